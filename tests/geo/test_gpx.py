"""GPX files of every make are read as they are written, and what is no GPX file is refused with one sentence."""

from __future__ import annotations

import math
import tracemalloc
from datetime import UTC
from pathlib import Path

import gpxpy
import pytest

from ranger_app.errors import DataProblem
from ranger_app.geo.gpx import read_gpx
from ranger_app.geo.track_file import parse_time
from ranger_app.geo.way import Way

WITHOUT_PLACES = {"custom_schema_locations.gpx", "default_schema_locations.gpx", "unicode2.gpx"}
POINT = '<trkpt lat="43.1" lon="131.2"><ele>5</ele><time>2024-05-01T00:00:00Z</time></trkpt>'


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "track.gpx"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def track(points: str) -> str:
    return f'<gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'


@pytest.mark.realdata
def test_every_real_file_is_read_as_gpxpy_reads_it(real_data: Path) -> None:
    files = sorted((real_data / "gpx").glob("*.gpx"))
    assert len(files) == 28
    for file in files:
        if file.name in WITHOUT_PLACES:
            with pytest.raises(DataProblem) as problem:
                read_gpx(file)
            assert problem.value.code == "GPX_NO_PLACES"
            continue
        ours = read_gpx(file)
        theirs = gpxpy.parse(file.read_bytes())
        expected = [point for one in theirs.tracks for part in one.segments for point in part.points]
        compare([way for way in ours.ways if not way.planned], expected)
        compare([way for way in ours.ways if way.planned], [point for one in theirs.routes for point in one.points])
        assert len(ours.waypoints) == len(theirs.waypoints)
        for mark, waypoint in zip(ours.waypoints, theirs.waypoints, strict=True):
            assert (mark.latitude, mark.longitude) == (waypoint.latitude, waypoint.longitude)
            assert mark.name == (waypoint.name or "").strip()


def compare(ways: list[Way], expected: list[gpxpy.gpx.GPXTrackPoint]) -> None:
    columns = [row for way in ways for row in zip(way.latitude, way.longitude, way.elevation, way.time, strict=True)]
    assert len(columns) == len(expected)
    for (latitude, longitude, elevation, time), point in zip(columns, expected, strict=True):
        assert (latitude, longitude) == (point.latitude, point.longitude)  # the very same doubles
        assert elevation == point.elevation or (math.isnan(elevation) and point.elevation is None)
        if point.time is None:
            assert math.isnan(time)
        else:
            moment = point.time if point.time.tzinfo else point.time.replace(tzinfo=UTC)
            assert 0 <= moment.timestamp() * 1000 - time < 1.01  # ours is cut to the millisecond


@pytest.mark.parametrize(
    ("text", "milliseconds", "naive"),
    [
        ("1970-01-01T00:00:00Z", 0, False),
        ("1970-01-01T10:00:00+10:00", 0, False),
        ("1970-01-01T00:00:01.2345678Z", 1234, False),
        ("1969-12-31T24:00:00Z", 0, False),
        ("2016-12-31T23:59:60Z", 1483228800000, False),
        ("1970-01-01 00:01", 60000, True),
        ("1970-1-1T00:00:00", 0, True),
        ("1969-12-31T14:00:00-1000", 0, False),
    ],
)
def test_times(text: str, milliseconds: int, naive: bool) -> None:
    assert parse_time(text) == (milliseconds, naive)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-01-01T25:00:00Z"]
)
def test_bad_times_are_none(text: str) -> None:
    assert math.isnan(parse_time(text)[0])


def test_naive_times_are_utc_unless_told(tmp_path: Path) -> None:
    path = written(tmp_path, track(POINT.replace("Z</time>", "</time>")))
    plain, local = read_gpx(path), read_gpx(path, naive_offset=600)
    assert plain.naive_times == local.naive_times == 1
    assert plain.ways[0].time[0] - local.ways[0].time[0] == 600 * 60_000


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="UTF-16"?><gpx><wpt lat="1" lon="2"><name>Ёж 虎</name></wpt></gpx>'.encode(
            "utf-16"
        ),
        '<?xml version="1.0" encoding="GB18030"?><gpx><wpt lat="1" lon="2"><name>Ёж 虎</name></wpt></gpx>'.encode(
            "gb18030"
        ),
        b"\xef\xbb\xbf" + '<gpx><wpt lat="1" lon="2"><name>Ёж 虎</name></wpt></gpx>'.encode(),
        '<g:gpx xmlns:g="u"><g:wpt lat="1" lon="2"><g:name>Ёж 虎</g:name></g:wpt></g:gpx>'.encode(),
        '<gpx><wpt lat="1" lon="2"><x:name>no</x:name><name><![CDATA[Ёж 虎]]></name></wpt></gpx>'.encode(),
        '<gpx><wpt lat="1" lon="2"><extensions><name/></extensions><name>Ёж &#x864E;</name></wpt></gpx>'.encode(),
    ],
    ids=["utf-16", "gb18030", "bom", "prefix", "undeclared-prefix", "extension"],
)
def test_letters(tmp_path: Path, data: bytes) -> None:
    assert [mark.name for mark in read_gpx(written(tmp_path, data)).waypoints] == ["Ёж 虎"]


def test_one_bad_point_does_not_cost_the_track(tmp_path: Path) -> None:
    bad = '<trkpt lat="north" lon="2"/><trkpt lon="2"/><trkpt lat="91" lon="2"/><trkpt lat="1" lon="nan"/>'
    way = read_gpx(written(tmp_path, track(POINT + bad + POINT))).ways[0]
    assert [math.isnan(latitude) for latitude in way.latitude] == [False, True, True, True, True, False]


ENTITIES = '<!DOCTYPE gpx [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "GPX_EMPTY"),
        (b"  \n", "GPX_EMPTY"),
        (b"\0" * 5000, "NOT_GPX"),
        (b"\xff\xd8\xff\xe0 a picture", "NOT_GPX"),
        (b"<html><body/></html>", "NOT_GPX"),
        (b"<kml xmlns='http://www.opengis.net/kml/2.2'/>", "NOT_GPX"),
        (f"{ENTITIES}<gpx><name>&b;</name></gpx>".encode(), "GPX_DOCTYPE"),
        (b'<!DOCTYPE gpx SYSTEM "file:///etc/passwd"><gpx/>', "GPX_DOCTYPE"),
        (b'<gpx><wpt lat="1" lon="1"><name>&unknown;</name></wpt></gpx>', "GPX_BROKEN"),
        (track(POINT).encode()[:-20], "GPX_BROKEN"),
        (b"<gpx><trk><trkseg/></trk></gpx>", "GPX_NO_PLACES"),
        (b'<?xml version="1.0" encoding="none-such"?><gpx/>', "GPX_ENCODING"),
        (b'<?xml version="1.0" encoding="gb2312"?><gpx><name>\xff\xff</name></gpx>', "GPX_ENCODING"),
        (b"<gpx>" + b"<a>" * 100_000, "NOT_GPX"),
    ],
)
def test_refused(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(DataProblem) as problem:
        read_gpx(written(tmp_path, data))
    assert problem.value.code == code
    assert problem.value.what.count(".") == 1


def test_not_a_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.gpx"):
        with pytest.raises(DataProblem):
            read_gpx(path)


@pytest.mark.parametrize(
    "head", [b'<gpx creator="', b"<gpx><!--", b"<gpx><![CDATA[", b"<gpx><name>", b"<gpx a='1' "], ids=str
)
def test_memory_stays_bounded(tmp_path: Path, head: bytes) -> None:
    path = written(tmp_path, head + b"x" * 20_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(DataProblem):
            read_gpx(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_the_size_is_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, track(POINT * 2000))
    with pytest.raises(DataProblem) as problem:
        read_gpx(path, most_bytes=100_000)
    assert problem.value.code == "GPX_TOO_BIG"
