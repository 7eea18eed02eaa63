"""A video is told by its size, length, clock and one frame; what breaks off is said, and nothing is invented."""

from __future__ import annotations

import io
import json
import mmap
import struct
import threading
import time
from pathlib import Path

import numpy
import pytest
from PIL import Image

from ranger_app import jobs
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.media import structure, thumbs, video
from ranger_app.media.frames import Frames
from ranger_app.media.look import Look
from ranger_app.store import rows
from tests.media.films import KINDS, MEDIA_TYPES, film, frame_of, heic, lying, moved_to_front, with_idit
from tests.media.pictures import ORIGINAL, with_tags


def typed(kind: str) -> str:
    return MEDIA_TYPES[kind.partition("-")[0]]


def poster(seen: Look) -> numpy.ndarray:
    assert seen.preview is not None
    return numpy.asarray(Image.open(io.BytesIO(seen.preview)))


@pytest.mark.parametrize("kind", KINDS)
def test_whole_videos(kind: str) -> None:
    told, seen = video.look(film(kind), typed(kind))
    assert (seen.width, seen.height, seen.duration, seen.damaged) == (320, 240, 1200, "")
    assert poster(seen).shape == (240, 320, 3)
    assert numpy.abs(poster(seen).astype(int) - frame_of(0, (320, 240))).mean() < 20
    assert told.camera_time is None


@pytest.mark.parametrize("kind", ["mp4", "mov", "avi"])
def test_the_poster_waits_for_the_lamps(kind: str) -> None:
    _told, seen = video.look(film(kind, dark=7), typed(kind))
    assert poster(seen).mean() > 60
    _told, seen = video.look(film(kind, dark=12), typed(kind))
    assert poster(seen).mean() < 20, "a film that stays dark has a dark poster"


@pytest.mark.parametrize("kind", ["mov", "avi"])
def test_the_poster_of_a_large_film_is_looked_for_second_by_second(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_PIXELS_TRIED", 1)
    _told, seen = video.look(film(kind, frames=30, dark=17), typed(kind))
    assert seen.damaged == ""
    assert numpy.abs(poster(seen).astype(int) - frame_of(20, (320, 240))).mean() < 20


def test_the_clock_as_written() -> None:
    def told(kind: str, **tags: str) -> tuple[str | None, str | None]:
        options = {"movflags": "use_metadata_tags"} if kind != "avi" else {}
        about = video.told(
            film(kind, 2, tags={k.replace("__", "."): v for k, v in tags.items()}, **options), typed(kind)
        )
        return about.camera_time, about.camera_time_source

    assert told("mp4", creation_time="2021-04-11T20:43:09Z") == ("2021-04-11T20:43:09", "creation_time")
    assert told("mov", creation_time="2021-04-11T20:43:09Z") == ("2021-04-11T20:43:09", "creation_time")
    assert told("mp4") == (None, None)
    assert told("mp4", creation_time="1970-01-01T00:00:00Z") == (None, None)
    assert told("mp4", creation_time="1904-01-01T00:00:00Z") == (None, None)
    apple = {"com__apple__quicktime__creationdate": "2021-04-11T20:43:09+1000", "creation_time": "2021-04-11T10:43:09Z"}
    assert told("mov", **apple) == ("2021-04-11T20:43:09", "creationdate")
    assert told("avi", date="2021-04-11 20:43:09") == ("2021-04-11T20:43:09", "ICRD")
    assert told("avi", date="2021") == (None, None)


@pytest.mark.parametrize(
    ("text", "time_"),
    [
        (b"Sun Apr 11 20:43:09 2021\n\0", "2021-04-11T20:43:09"),
        (b"2021/04/11 20:43:09\0", "2021-04-11T20:43:09"),
        (b"Thu Jan 01 00:00:00 1970\n\0", None),
        (b"\0" * 26, None),
    ],
)
def test_the_clock_of_an_avi(text: bytes, time_: str | None) -> None:
    told, seen = video.look(with_idit(film("avi"), text), "video/x-msvideo")
    assert (told.camera_time, told.camera_time_source) == (time_, "IDIT" if time_ else None)
    assert (seen.damaged, seen.duration) == ("", 1200)


def test_place_and_camera_of_a_telephone() -> None:
    tags = {
        "com.apple.quicktime.make": "Phone",
        "com.apple.quicktime.model": "Nine",
        "com.apple.quicktime.location.ISO6709": "+43.1234+131.5000+012.3/",
    }
    told = video.told(film("mov", 2, tags=tags, movflags="use_metadata_tags"), "video/quicktime")
    assert (told.make, told.model, told.latitude, told.longitude) == ("Phone", "Nine", 431234000, 1315000000)


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_posters_are_upright(clockwise: int) -> None:
    _told, seen = video.look(lying(film("mp4"), clockwise), "video/mp4")
    assert (seen.width, seen.height, seen.damaged) == (320, 240, "")
    expected = numpy.rot90(frame_of(0, (320, 240)), -clockwise // 90)
    assert poster(seen).shape == expected.shape
    assert numpy.abs(poster(seen).astype(int) - expected).mean() < 20


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("kind", ["mp4", "mov", "avi"])
@pytest.mark.parametrize("front", [False, True])
def test_what_breaks_off_is_damaged(kind: str, share: float, front: bool) -> None:
    whole = film(kind, frames=20)
    if front and kind != "avi":
        whole = moved_to_front(whole)
        assert not video.look(whole, typed(kind))[1].damaged
    _told, seen = video.look(whole[: int(len(whole) * share)], typed(kind))
    assert seen.damaged
    if share == 0.9 and (kind == "avi" or front):
        assert poster(seen).shape == (240, 320, 3), "what is there is shown"


def test_damage_is_told_in_words() -> None:
    mp4 = film("mp4")
    assert "no index (moov)" in video.look(mp4[: mp4.find(b"moov") - 4], "video/mp4")[1].damaged
    assert "breaks off" in video.look(film("avi")[:-9000], "video/x-msvideo")[1].damaged
    unfinished = bytearray(film("avi"))
    unfinished[4:8] = bytes(4)
    assert "did not finish" in video.look(bytes(unfinished), "video/x-msvideo")[1].damaged
    assert video.look(b"\0\0\0\x18ftypisom" + bytes(5000), "video/mp4")[1].damaged
    assert video.look(mp4 + bytes(5000), "video/mp4")[1].damaged == "", "zeros after the end are no damage"


def test_sound_alone_is_no_video() -> None:
    import av

    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as container:
        track = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(numpy.zeros((1, 1024), numpy.float32), "fltp", "mono")
        frame.sample_rate = 8000
        container.mux(track.encode(frame))
        container.mux(track.encode())
    assert video.look(stream.getvalue(), "video/mp4")[1].damaged == "no pictures in it"


def test_an_unknown_compression_is_no_damage() -> None:
    data = film("avi").replace(b"MJPG", b"QQ99")
    seen = video.look(data, "video/x-msvideo")[1]
    assert (seen.damaged, seen.no_decoder, seen.preview, seen.width, seen.duration) == ("", True, None, None, 1200)


def table(mp4: bytes, kind: bytes, at: int, value: int) -> bytes:
    data = bytearray(mp4)
    struct.pack_into(">I", data, data.find(kind) + 4 + at, value)
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "at", "value"),
    [(b"stsz", 8, 0x0FFFFFFF), (b"stts", 8, 0x0FFFFFFF), (b"stts", 4, 0x0FFFFFFF), (b"stsc", 4, 0x0FFFFFFF),
     (b"stco", 4, 0x0FFFFFFF), (b"elst", 4, 0x0FFFFFFF), (b"ctts", 8, 0x0FFFFFFF)],
)  # fmt: skip
def test_tables_that_promise_too_much_are_not_followed(kind: bytes, at: int, value: int) -> None:
    started = time.monotonic()
    seen = video.look(table(film("mp4", frames=20), kind, at, value), "video/mp4")[1]
    assert "promise" in seen.damaged or "edits" in seen.damaged
    assert time.monotonic() - started < 0.5


def test_frames_of_one_size_that_fit_no_file_are_not_followed() -> None:
    data = table(film("mp4", frames=20), b"stsz", 4, 1)
    bomb = table(table(data, b"stsz", 8, 0x0FFFFFFF), b"stsc", 12, 0x0FFFFFFF)
    assert not structure.of(bomb, "video/mp4").safe


def test_runs_that_promise_frames_for_no_bytes_are_not_followed() -> None:
    """Each is within bounds; together, in five kilobytes, they made the reader behind keep 20 million frames."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(content), kind) + content

    run = box(b"trun", struct.pack(">II", 0, structure.MOST_IN_RUN))
    for number, safe in ((40, True), (41, False)):
        fragment = box(b"moof", box(b"traf", run * number))
        assert structure.of(film("mp4") + fragment, "video/mp4").safe is safe


def test_a_frame_of_too_many_pixels_is_not_decoded() -> None:
    seen = video.look(film("avi", frames=1, size=(4800, 3200)), "video/x-msvideo")[1]
    assert (seen.width, seen.height, seen.too_large, seen.preview) == (4800, 3200, True, None)


def test_frames_play_and_seek(tmp_path: Path) -> None:
    path = tmp_path / "1.mp4"
    for kind in KINDS:
        path.write_bytes(film(kind, frames=30))
        with Frames(path, 160) as frames:
            assert (frames.duration, frames.rate) == (3000, 10.0)
            played = list(frames)
            assert [at for at, _pixels in played] == [number * 100 for number in range(30)]
            for number in (0, 13, 29):
                expected = frame_of(number, (320, 240)).reshape(120, 2, 160, 2, 3).mean((1, 3))
                assert numpy.abs(played[number][1].astype(int) - expected).mean() < 25
            for wanted, first in ((0, 0), (1300, 1300), (1301, 1400), (2900, 2900), (99_000, 2900)):
                frames.seek(wanted)
                at, pixels = next(iter(frames))
                assert (at, pixels.shape) == (first, (120, 160, 3)), (kind, wanted)
                assert numpy.abs(pixels.astype(int) - played[first // 100][1]).mean() < 1


def test_frames_go_from_thread_to_thread(tmp_path: Path) -> None:
    path = tmp_path / "1.mp4"
    path.write_bytes(film("mp4", frames=30))
    told = []

    def busy(number: int) -> None:
        end = time.thread_time() + 0.01 * number  # threads whose processor time differs
        while time.thread_time() < end:
            pass
        told.append(next(playing)[0])

    with Frames(path, 160) as frames:
        playing = iter(frames)
        for number in range(5):
            thread = threading.Thread(target=busy, args=(number,))
            thread.start()
            thread.join()
    assert told == [0, 100, 200, 300, 400]


def test_frames_are_upright_and_end_where_the_file_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "1.mp4"
    path.write_bytes(lying(film("mp4"), 90))
    with Frames(path, 160) as frames:
        assert next(iter(frames))[1].shape == (160, 120, 3)
    whole = film("avi", frames=30)
    path.write_bytes(whole[: len(whole) // 2])
    with Frames(path, 160) as frames:
        assert 10 <= len(list(frames)) <= 16


@pytest.mark.parametrize("junk", [b"", b"junk", b"\0\0\0\x18ftypisom" + bytes(500), b"RIFF\0\0\0\0AVI " + bytes(99)])
def test_what_cannot_be_played_says_so(tmp_path: Path, junk: bytes) -> None:
    path = tmp_path / "1.mp4"
    path.write_bytes(junk)
    with pytest.raises(DataProblem, match="VIDEO_UNREADABLE"):
        Frames(path, 160)
    with pytest.raises(OSError):
        Frames(tmp_path / "none.mp4", 160)


def test_a_mapped_video_is_seen_like_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "1.avi"
    path.write_bytes(film("avi"))
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert video.look(mapped, "video/x-msvideo") == video.look(path.read_bytes(), "video/x-msvideo")


def test_videos_and_telephone_pictures_go_in(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "1.mp4").write_bytes(film("mp4", tags={"creation_time": "2021-04-11T20:43:09Z"}))
    (folder / "2.AVI").write_bytes(with_idit(film("avi"), b"Sun Apr 11 20:44:09 2021\n\0"))
    (folder / "3.mov").write_bytes(film("mov"))
    (folder / "4.heic").write_bytes(heic(exif=with_tags({ORIGINAL: "2021:04:11 20:45:09"})))
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as library:
        report = jobs.run(ingest(library, IngestRequest(folder, "Ridge", 430_000_000, 1_310_000_000)))
        assert (report.stored, report.failed) == (4, [])
        assert [(one.file, one.code) for one in report.flagged] == [("3.mov", "no_date")]
        with library.read() as db:
            kept = {record["file_name"]: record for record in rows.find(db, "media")}
        told = {name: (one["camera_time"], one["camera_time_source"], one["duration"]) for name, one in kept.items()}
        assert told == {
            "1.mp4": ("2021-04-11T20:43:09", "creation_time", 1200),
            "2.AVI": ("2021-04-11T20:44:09", "IDIT", 1200),
            "3.mov": (None, None, 1200),
            "4.heic": ("2021-04-11T20:45:09", "DateTimeOriginal", None),
        }
        assert json.loads(kept["1.mp4"].text("flags") or "[]") == []
        for record in kept.values():
            made = thumbs.place(library.cache, record.text("sha256"))
            before = made.read_bytes()
            made.unlink()
            assert thumbs.thumbnail(library.folder, record.text("sha256")) == made
            assert made.read_bytes() == before
