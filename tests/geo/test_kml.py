"""KML and KMZ: lines with their times, points, areas, and files that are made to do harm."""

from __future__ import annotations

import io
import math
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from ranger_app.errors import DataProblem
from ranger_app.geo.kml import placemarks, read_kml
from ranger_app.geo.track_file import TrackFile, parse_time

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" '
    'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>Обход</name>'
)
TAIL = "</Document></kml>"
TRACK = (
    "<Placemark><name>Walk</name><gx:MultiTrack><gx:Track><when>2026-05-01T22:00:00Z</when>"
    "<when>2026-05-02T08:01:00</when><gx:coord>131.5 43 5</gx:coord><gx:coord>131.5 43.001 6.5</gx:coord></gx:Track>"
    "<gx:Track><when>2026-05-01T22:09:00Z</when><gx:coord>131.6 43.1</gx:coord></gx:Track></gx:MultiTrack></Placemark>"
)
LINES = (
    "<Folder><Placemark><name>Two parts</name><MultiGeometry><LineString><coordinates>\n 131,43,1\n\t131.1,43.1,2 "
    "</coordinates></LineString><LineString><coordinates>132,44 132.1,44.1</coordinates></LineString></MultiGeometry>"
    "</Placemark></Folder>"
)
POINT = (
    "<Placemark><name>虎</name><description><![CDATA[<b>scrape</b>]]></description><TimeStamp>"
    "<when>2026-05-01T22:05:00+10:00</when></TimeStamp><ExtendedData><Data name='width'><value>9</value></Data>"
    "<SchemaData><SimpleData name='who'>R1</SimpleData></SchemaData></ExtendedData>"
    "<Point><coordinates>131.25,43.5,120.5</coordinates></Point></Placemark>"
)
AREA = (
    "<Placemark><name>Zone</name><Polygon><outerBoundaryIs><LinearRing><coordinates>131,43 132,43 132,44 131,43"
    "</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>131.4,43.1 131.5,43.1 "
    "131.5,43.2 131.4,43.1</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>"
)


def written(tmp_path: Path, text: str | bytes, name: str = "track.kml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def whole(*parts: str) -> str:
    return HEAD + "".join(parts) + TAIL


def columns(file: TrackFile, number: int) -> list[tuple[float, ...]]:
    way = file.ways[number]
    return list(zip(way.latitude, way.longitude, way.elevation, way.segment, strict=True))


@pytest.mark.parametrize("packed", [False, True], ids=["kml", "kmz"])
def test_everything_is_read(tmp_path: Path, packed: bool) -> None:
    data = whole(TRACK, LINES, POINT, AREA).encode()
    if packed:
        data = zipped({"files/other.kml": b"<kml/>", "images/a.png": b"x", "doc.kml": data})
    file = read_kml(written(tmp_path, data), naive_offset=600)
    assert (file.format, file.name) == ("kmz" if packed else "kml", "Обход")
    assert [(way.name, len(way)) for way in file.ways] == [("Walk", 3), ("Two parts", 4)]
    assert columns(file, 0)[:2] == [(43.0, 131.5, 5.0, 0), (43.001, 131.5, 6.5, 0)]
    assert (columns(file, 0)[2][:2], columns(file, 0)[2][3]) == ((43.1, 131.6), 1)
    assert list(file.ways[0].time) == [
        parse_time(f"2026-05-01T22:0{minute}:00Z")[0] for minute in (0, 1, 9)
    ]  # the second was written as local time
    assert file.naive_times == 1
    assert [row[3] for row in columns(file, 1)] == [0, 0, 1, 1]
    (mark,) = file.waypoints
    assert (mark.name, mark.remarks, mark.latitude, mark.longitude, mark.elevation) == (
        "虎", "<b>scrape</b>", 43.5, 131.25, 120.5,
    )  # fmt: skip
    assert mark.time == parse_time("2026-05-01T12:05:00Z")[0]
    assert file.passed_over == 1


def test_placemarks_for_layers(tmp_path: Path) -> None:
    found = placemarks(written(tmp_path, whole(POINT, AREA, LINES)))
    assert [(one.kind, one.name, one.number) for one in found] == [
        ("point", "虎", 1), ("polygon", "Zone", 2), ("line", "Two parts", 3), ("line", "Two parts", 3),
    ]  # fmt: skip
    assert found[0].extended == {"width": "9", "who": "R1"}
    assert found[0].times == [parse_time("2026-05-01T12:05:00Z")[0]]
    assert [len(ring) for ring in found[1].rings] == [4, 4]
    assert found[1].rings[1][0] == (131.4, 43.1)


def test_numbers_cut_between_two_pieces_stay_whole(tmp_path: Path) -> None:
    points = [(43 + n / 100_000, 131 + n / 100_000) for n in range(20_000)]
    text = " ".join(f"{longitude!r},{latitude!r},1" for latitude, longitude in points)
    line = f"<Placemark><LineString><coordinates>{text}</coordinates></LineString></Placemark>"
    way = read_kml(written(tmp_path, whole(line))).ways[0]
    assert list(zip(way.latitude, way.longitude, strict=True)) == points


def test_places_that_are_none(tmp_path: Path) -> None:
    text = "131,43 x,y 131,1e999 ,, 131,91 131,44"
    line = f"<Placemark><LineString><coordinates>{text}</coordinates></LineString></Placemark>"
    way = read_kml(written(tmp_path, whole(line))).ways[0]
    assert [math.isnan(latitude) for latitude in way.latitude] == [False, True, True, True, True, False]


BOMB = (
    '<!DOCTYPE kml [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><kml><Document><name>&b;</name></Document></kml>'
)
LINK = "<NetworkLink><Link><href>https://example.org/a.kml</href></Link></NetworkLink>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "KML_EMPTY"),
        (b"<gpx/>", "NOT_KML"),
        (b"no", "NOT_KML"),
        (BOMB.encode(), "KML_DOCTYPE"),
        (whole(POINT).encode()[:-20], "KML_BROKEN"),
        (whole(AREA).encode(), "KML_NO_PLACES"),
        (whole(LINK).encode(), "KML_LINK_ONLY"),
        (b"<kml>" + b"<Folder>" * 50_000, "NOT_KML"),
        (whole("<Placemark><Point><coordinates>" + "1" * 5_000_000).encode(), "KML_BROKEN"),
        (b"PK\x03\x04 not a zip", "KMZ_BROKEN"),
        (zipped({"doc.kml": whole(POINT).encode()})[:-30], "KMZ_BROKEN"),
        (zipped({"readme.txt": b"hello"}), "NOT_KML"),
        (zipped({"doc.kml": whole(POINT).encode()}, zipfile.ZIP_LZMA), "KMZ_LOCKED"),
        (zipped({f"{n}.kml": b"" for n in range(10_001)}), "KMZ_TOO_BIG"),
        (zipped({"doc.kml": BOMB.encode()}), "KML_DOCTYPE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # not the bytes: an archive holds the time it was made
)  # fmt: skip
def test_refused(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(DataProblem) as problem:
        read_kml(written(tmp_path, data))
    assert problem.value.code == code
    assert problem.value.what.count(".") == 1
    assert problem.value.todo


def test_a_zip_bomb_costs_neither_memory_nor_time(tmp_path: Path) -> None:
    held = io.BytesIO()
    with (
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("doc.kml", "w", force_zip64=True) as inner,
    ):
        inner.write(b"<kml><Document>")
        for _piece in range(60):
            inner.write(b" " * 1_000_000)
    path = written(tmp_path, held.getvalue(), "bomb.kmz")
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(DataProblem) as problem:
            read_kml(path, most_bytes=50_000_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert problem.value.code == "KML_TOO_BIG"
