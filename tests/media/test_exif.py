"""Camera time is what the camera wrote, or nothing."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from ranger_app.media import exif, reconyx
from tests.media.pictures import CHANGED, DIGITIZED, MAKE, ORIENTATION, ORIGINAL, SERIAL, drawn, encoded, with_tags


def of(tags: dict[int, object], gps: dict[int, object] | None = None) -> exif.Exif:
    return exif.read(encoded(drawn(), exif=with_tags(tags, gps)), "image/jpeg")


@pytest.mark.parametrize(
    ("tags", "time", "source"),
    [
        (
            {ORIGINAL: "2021:04:11 20:43:09", DIGITIZED: "2022:01:01 00:00:00"},
            "2021-04-11T20:43:09",
            "DateTimeOriginal",
        ),
        (
            {DIGITIZED: "2021:04:11 20:43:09", CHANGED: "2023:01:01 00:00:00"},
            "2021-04-11T20:43:09",
            "DateTimeDigitized",
        ),
        ({CHANGED: "2021:04:11 20:43:09"}, "2021-04-11T20:43:09", "DateTime"),
        ({ORIGINAL: "2021-04-11 20:43:09"}, "2021-04-11T20:43:09", "DateTimeOriginal"),
        ({ORIGINAL: "2021:04:11 20:43:09.500"}, "2021-04-11T20:43:09", "DateTimeOriginal"),
        ({ORIGINAL: "2000:01:01 00:00:00"}, "2000-01-01T00:00:00", "DateTimeOriginal"),
        ({ORIGINAL: "0000:00:00 00:00:00"}, None, None),
        (
            {ORIGINAL: "0000:00:00 00:00:00", DIGITIZED: "2021:04:11 20:43:09"},
            "2021-04-11T20:43:09",
            "DateTimeDigitized",
        ),
        ({ORIGINAL: "    :  :     :  :  "}, None, None),
        ({ORIGINAL: "2021:02:30 10:00:00"}, None, None),
        ({ORIGINAL: "2021:04:11 25:00:00"}, None, None),
        ({ORIGINAL: "not a date"}, None, None),
        ({MAKE: "Testcam"}, None, None),
    ],
)
def test_time_as_written(tags: dict[int, object], time: str | None, source: str | None) -> None:
    found = of(tags)
    assert (found.camera_time, found.camera_time_source) == (time, source)


def test_camera_and_orientation() -> None:
    found = of({MAKE: "  Testcam\0rest", SERIAL: "SN 42", ORIENTATION: 6})
    assert (found.make, found.serial_number, found.orientation) == ("Testcam", "SN 42", 6)
    assert of({SERIAL: "00000000", ORIENTATION: 77}) == exif.Exif()


@pytest.mark.parametrize(
    ("gps", "place"),
    [
        ({1: "N", 2: (43.0, 28.0, 2.814), 3: "E", 4: (11.0, 53.0, 6.456)}, (434674483, 118851267)),
        ({1: "S", 2: (43.0, 30.0, 0.0), 3: "W", 4: (180.0, 0.0, 0.0)}, (-435000000, -1800000000)),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}, (None, None)),
        ({1: "N", 2: (97.0, 0.0, 0.0), 3: "E", 4: (11.0, 0.0, 0.0)}, (None, None)),
        ({2: (43.0, 28.0, 2.814), 4: (11.0, 53.0, 6.456)}, (None, None)),
        ({1: "N", 2: (43.0, 28.0, 2.814)}, (None, None)),
    ],
)
def test_place(gps: dict[int, object], place: tuple[int | None, int | None]) -> None:
    found = of({MAKE: "Testcam"}, gps)
    assert (found.latitude, found.longitude) == place


def test_a_reconyx_note() -> None:
    words = [0xF101, 3, 3, 0, 0x2011, 0x0110, 0x54, 0, 0, 0, 8, 59, 30, 23, 12, 31, 2019, 2, 6, 33, 1]
    note = b"".join(word.to_bytes(2, "little") for word in words) + "H500".encode("utf-16-le").ljust(30, b"\0")
    found = reconyx.read(note)
    assert found.camera_time is not None
    assert (found.camera_time.isoformat(), found.serial_number) == ("2019-12-31T23:30:59", "H500")
    assert (found.burst, found.event, found.time_lapse) == (None, 8, True)
    assert reconyx.read(note[:60]) == reconyx.MakerNote()
    turned = note[:22] + b"".join(note[at + 1 : at + 2] + note[at : at + 1] for at in range(22, 34, 2)) + note[34:]
    assert reconyx.read(turned).camera_time == found.camera_time
    burst = note[:12] + b"M\0" + struct.pack("<4H", 2, 5, 1, 7) + note[22:]
    assert reconyx.read(burst)[2:] == ((2, 5), 65543, False)
    assert reconyx.read(note[:12] + b"E\0" + struct.pack("<4H", 6, 5, 0, 7) + note[22:])[2:] == (None, 7, None)
    assert reconyx.read(b"\x01\xf1" + b"\0" * 100).camera_time is None
    assert reconyx.read(b"") == reconyx.MakerNote()


def test_garbage_is_no_error() -> None:
    random_ = random.Random(7)
    whole = encoded(drawn(), exif=with_tags({ORIGINAL: "2021:04:11 20:43:09", MAKE: "RECONYX"}))
    for _ in range(300):
        broken = bytearray(whole[:2000])
        for _ in range(random_.randrange(1, 30)):
            broken[random_.randrange(2, 400)] = random_.randrange(256)
        for media_type in ("image/jpeg", "image/tiff", "image/png"):
            exif.read(bytes(broken), media_type)
    assert exif.read(b"", "image/jpeg") == exif.Exif()


FIELDS = {
    "Canon_40D.jpg": ("2008-05-30T15:56:01", "DateTimeOriginal"),
    "DSCN0010.jpg": ("2008-10-22T16:28:39", "DateTimeOriginal"),
    "DSCN0012.jpg": ("2008-10-22T16:29:49", "DateTimeOriginal"),
    "Konica_Minolta_DiMAGE_Z3.jpg": ("2005-03-10T15:10:48", "DateTimeOriginal"),
    "Nikon_COOLPIX_P1.jpg": ("2008-03-07T09:55:46", "DateTimeOriginal"),
    "PaintTool_sample.jpg": (None, None),
    "Panasonic_DMC-FZ30.jpg": ("2008-07-16T11:33:20", "DateTimeOriginal"),
    # Written in the maker note alone; the strip burned into the picture shows the same.
    "Reconyx_HC500_Hyperfire.jpg": ("2020-03-16T10:00:00", "maker_note"),
    "corrupted.jpg": ("2015-09-08T11:02:17", "DateTimeOriginal"),
}


@pytest.mark.realdata
def test_real_files_one_by_one(real_data: Path) -> None:
    files = sorted((real_data / "exif").glob("*.jpg"))
    found = {path.name: exif.read(path.read_bytes(), "image/jpeg") for path in files}
    assert {name: (one.camera_time, one.camera_time_source) for name, one in found.items()} == FIELDS
    assert found["Reconyx_HC500_Hyperfire.jpg"].serial_number == "H500EE06130468"
    assert (found["DSCN0010.jpg"].latitude, found["DSCN0010.jpg"].longitude) == (434674483, 118851267)
    for path in (real_data / "camera-images").glob("*.jpg"):
        assert exif.read(path.read_bytes(), "image/jpeg").camera_time is None


@pytest.mark.realdata
def test_the_note_of_the_real_burst_never_overrides_exif(real_data: Path) -> None:
    bursts = []
    for path in sorted((real_data / "camtrap-dp-example" / "media").glob("*.JPG")):
        found = exif.read(path.read_bytes(), "image/jpeg")
        assert found.camera_time is not None
        assert "2021-04-11T20:43:09" <= found.camera_time <= "2021-04-11T20:43:15"
        assert (found.camera_time_source, found.serial_number) == ("DateTimeOriginal", "H2RXEM06043616")
        assert (found.event, found.time_lapse) == (4, False)
        bursts.append(found.burst)
    assert bursts == [(number, 10) for number in range(1, 11)]
