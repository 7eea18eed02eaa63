"""GeoJSON, CSV and NMEA, and the one door that tells formats by what is in a file."""

from __future__ import annotations

import json
import math
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ranger_app.errors import DataProblem
from ranger_app.geo import track_files
from ranger_app.geo.track_file import TrackFile, parse_time
from ranger_app.geo.tracks import judge
from ranger_app.geo.way import Way

UTC_TIME = "2026-05-01T22:0{n}:00Z"


def written(tmp_path: Path, text: str | bytes, name: str = "track.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def at(text: str) -> float:
    return parse_time(text)[0]


def times(way: Way) -> list[str]:
    return [
        "" if math.isnan(time) else datetime.fromtimestamp(time / 1000, UTC).isoformat(timespec="milliseconds")[:-6]
        for time in way.time
    ]


# -- GeoJSON -----------------------------------------------------------------------------------------------------


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "name": "Обход", "features": features}, ensure_ascii=False)


def test_geojson(tmp_path: Path) -> None:
    line = [[131.5, 43.0, 5], [131.5, 43.001], [131.5, "x"], [131.5, 1e999], None]
    stamps = [UTC_TIME.format(n=n) for n in range(3)]
    text = collection(
        feature("LineString", line, name="Walk", coordTimes=[*stamps, "never", None]),
        feature("MultiLineString", [[[131, 43], [131, 43.1]], [[132, 44]]], times=[[1e9, 1e12], [stamps[0]]]),
        feature("MultiLineString", [[[131, 43], [131, 43.1]], [[132, 44]]], coordinateProperties={"times": stamps}),
        feature("Point", [131.25, 43.5, 120], title="虎", notes="scrape", time="2026-05-01T22:05:00"),
        feature("Polygon", [[[131, 43], [132, 43], [132, 44], [131, 43]]]),
        feature("Point", [], name="nowhere"),
        "no feature",
    )
    file = track_files.read(written(tmp_path, text), station_offset=600)
    assert (file.format, file.name, file.passed_over) == ("geojson", "Обход", 1)
    walk, numbers, flat = file.ways
    assert (walk.name, list(walk.latitude)[:2], walk.elevation[0]) == ("Walk", [43.0, 43.001], 5.0)
    assert [math.isnan(latitude) for latitude in walk.latitude] == [False, False, True, True, True]
    assert list(walk.time)[:3] == [at(stamp) for stamp in stamps]
    assert file.bad_times == 1
    assert list(numbers.time) == [1e12, 1e12, at(stamps[0])]
    assert list(numbers.segment) == [0, 0, 1]
    assert list(flat.time) == [at(stamp) for stamp in stamps]
    tiger, nowhere = file.waypoints
    assert (tiger.name, tiger.remarks, tiger.latitude, tiger.elevation) == ("虎", "scrape", 43.5, 120.0)
    assert tiger.time == at("2026-05-01T12:05:00Z")
    assert (file.naive_times, file.naive_offset) == (1, 600)
    assert math.isnan(nowhere.latitude)


def test_bare_geometries_and_halves_of_letters(tmp_path: Path) -> None:
    bare = {"type": "GeometryCollection", "geometries": [{"type": "LineString", "coordinates": [[131, 43], [131, 44]]}]}
    assert len(track_files.read(written(tmp_path, json.dumps(bare))).ways[0]) == 2
    odd = collection(feature("Point", [131, 43], name="a\ud800\u0000b")).encode("utf-8", "surrogatepass")
    with pytest.raises(DataProblem):
        track_files.read(written(tmp_path, odd))
    escaped = json.dumps(feature("Point", [131, 43], name="a\ud800\u0000b"))
    assert track_files.read(written(tmp_path, escaped)).waypoints[0].name == "a?b"


# -- CSV ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("lat,lon,ele,time\n43,131.5,5,2026-05-01T22:00:00Z\n43.001,131.5,,2026-05-01T22:01:00Z\n", 0),
        ("Latitude;Longitude;Altitude (m);Date;Time\n"
         "43,0;131,5;5,0;02.05.2026;08:00:00\n43,001;131,5;;02.05.2026;08:01\n", 600),
        ("\ufeffy\tx\tz\ttimestamp\n43\t131.5\t5\t1777672800\n43.001\t131.5\t\t1777672860000\n", 0),
        ('"Y","X","Elevation","Date & Time"\r\n"43,0","131,5","5","5/13/2026 8:00:00 AM"\r\n'
         '"43,001","131,5","","5/13/2026 8:01 AM"\r\n', 600),
        ("Logger 7\nserial 12\nШирота;Долгота;Высота;Дата;Время\n"
         "43,0;131,5;5;2026/05/02;08:00\n43,001;131,5;;20260502;08:01\n", 600),
        ("time utc,lat,lng,alt\n2026-05-01 22:00:00,43N,131.5E,5\n2026-05-01 22:01,43.001 N,131.5°,\n", 0),
    ],
    ids=["plain", "decimal-comma", "epoch", "american", "russian", "utc-column"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251"])
def test_csv_of_every_make(tmp_path: Path, text: str, offset: int, encoding: str) -> None:
    if encoding == "cp1251":
        text = text.removeprefix("\ufeff")
    file = track_files.read(written(tmp_path, text.encode(encoding), "positions.csv"), station_offset=600)
    assert file.format == "csv"
    (way,) = file.ways
    assert (list(way.latitude), list(way.longitude)) == ([43.0, 43.001], [131.5, 131.5])
    assert way.elevation[0] == 5.0
    assert math.isnan(way.elevation[1])
    day = "2026-05-12" if "5/13" in text else "2026-05-01"
    assert times(way) == [f"{day}T22:00:00.000", f"{day}T22:01:00.000"]
    assert file.naive_times == (2 if offset else 0)


def test_csv_tracks_segments_and_waypoints(tmp_path: Path) -> None:
    text = (
        "type,trip,segment,lat,lon,name,desc,time\nT,A,0,43,131,,,\nT,A,1,43.1,131,,,\nT,B,0,44,131,,,\n"
        "W,,,43.5,131.2,虎,scrape,2026-05-01T22:00:00Z\nT\nT,A,1,oops,131,,,\n"
    )
    file = track_files.read(written(tmp_path, text, "a.csv"))
    assert [(way.name, len(way), list(way.segment)) for way in file.ways] == [("A", 3, [0, 1, 1]), ("B", 1, [0])]
    assert [(mark.name, mark.remarks, mark.latitude) for mark in file.waypoints] == [("虎", "scrape", 43.5)]
    assert file.damaged_lines == 1
    places = track_files.read(written(tmp_path, "name,lat,lon\ncamp,43,131\nden,44,132\n", "b.csv"))
    assert ([mark.name for mark in places.waypoints], places.ways) == (["camp", "den"], [])


def test_csv_says_what_is_lacking(tmp_path: Path) -> None:
    with pytest.raises(DataProblem) as problem:
        track_files.read(written(tmp_path, "breite,lon,time\n43,131,\n", "a.csv"))
    assert problem.value.code == "CSV_COLUMNS"
    assert "lat" in problem.value.what
    assert "lon" not in problem.value.what
    with pytest.raises(DataProblem) as problem:
        track_files.read(written(tmp_path, "lat,lon,time\n43,131,3/4/2026 08:00\n43,131,5/6/2026 08:00\n", "a.csv"))
    assert problem.value.code == "CSV_DATES_UNCLEAR"
    either = track_files.read(
        written(tmp_path, "lat,lon,time\n43,131,4/4/2026 08:00\n43,131,5/5/2026 08:00\n", "a.csv")
    )
    assert times(either.ways[0])[0] == "2026-04-04T08:00:00.000"


# -- NMEA --------------------------------------------------------------------------------------------------------


def sentence(body: str) -> str:
    total = 0
    for letter in body.encode():
        total ^= letter
    return f"${body}*{total:02X}\r\n"


def fix(clock: str, minutes: float, date: str = "", height: float = 12.5) -> str:
    place = f"43{minutes:07.4f},N,13130.0000,E"
    text = sentence(f"GPGGA,{clock},{place},1,08,0.9,{height},M,40.0,M,,")
    return text + (sentence(f"GPRMC,{clock},A,{place},2.0,10.0,{date},,,A") if date else "")


def test_nmea(tmp_path: Path) -> None:
    text = (
        sentence("GPGSV,1,1,00") + fix("235858.00", 0.0) + fix("235859.50", 0.06, "300426")
        + fix("000001.00", 0.12)  # no date of its own: the day after
        + fix("000002.00", 0.18, "010526").replace("0.9", "9.9", 1)  # its GGA is damaged
        + sentence("GPRMC,000003.00,V,,,,,,,010526,,,N")
        + sentence("GPWPL,4330.00,N,13130.00,E,CAMP") + "$GPRMC,0000"
    )  # fmt: skip
    file = track_files.read(written(tmp_path, text))
    assert (file.format, file.naive_times, file.damaged_lines) == ("nmea", 0, 2)
    (way,) = file.ways
    assert times(way) == [
        "2026-04-30T23:58:58.000", "2026-04-30T23:58:59.500", "2026-05-01T00:00:01.000", "2026-05-01T00:00:02.000",
        "2026-05-01T00:00:03.000",
    ]  # fmt: skip
    assert [round(latitude, 6) for latitude in way.latitude[:4]] == [43.0, 43.001, 43.002, 43.003]
    assert math.isnan(way.latitude[4])  # the receiver itself called it void
    assert [way.elevation[0], way.elevation[1]] == [12.5, 12.5]
    assert [(mark.name, mark.latitude) for mark in file.waypoints] == [("CAMP", 43.5)]


def test_nmea_before_its_first_date_and_without_any(tmp_path: Path) -> None:
    text = fix("235950.00", 0.0) + fix("000010.00", 0.1) + fix("000020.00", 0.2, "010526")
    file = track_files.read(written(tmp_path, text))
    assert times(file.ways[0])[0] == "2026-04-30T23:59:50.000"
    assert times(file.ways[0])[1] == "2026-05-01T00:00:10.000"
    undated = track_files.read(written(tmp_path, fix("235950.00", 0.0) + fix("000010.00", 0.1)))
    assert times(undated.ways[0]) == ["", ""]


# -- the door ----------------------------------------------------------------------------------------------------

GPX = '<?xml version="1.0"?>\n<!-- made by a device --><gpx version="1.1"><wpt lat="43" lon="131"/></gpx>'
KML = "<kml><Placemark><Point><coordinates>131,43</coordinates></Point></Placemark></kml>"


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (GPX.encode(), "gpx"), (GPX.replace("1.0", '1.0" encoding="UTF-16', 1).encode("utf-16"), "gpx"),
        (b"\xef\xbb\xbf" + KML.encode(), "kml"), (KML.replace("kml>", "ns0:kml>").encode(), "kml"),
        (b'{"type":"Point","coordinates":[131,43]}', "geojson"), (b"lat,lon\n43,131\n", "csv"),
        (fix("235950.00", 0.0).encode(), "nmea"), (b"2026-05-01 08:00 " + fix("235950.00", 0.0).encode(), "nmea"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["track.gpx", "track.kml", "track", "track.csv", "track.json"])
def test_content_decides_not_the_name(tmp_path: Path, data: bytes, form: str, name: str) -> None:
    file = track_files.read(written(tmp_path, data, name))
    assert file.format == form
    assert file.usable
    assert len(file.sha256) == 64


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.gpx", "GPX_EMPTY"), (b"", "a.csv", "CSV_COLUMNS"), (b"", "a", "NOT_A_TRACK_FILE"),
        (b"\xff\xd8\xff\xe0\0\0", "a.jpg", "NOT_A_TRACK_FILE"), (b"<html><body/></html>", "a.htm", "NOT_A_TRACK_FILE"),
        (b"<html/>", "a.gpx", "NOT_GPX"), (b"lat lon", "a.csv", "CSV_COLUMNS"), (b"\0" * 99, "a.csv", "CSV_ENCODING"),
        (b"{", "a.json", "GEOJSON_BROKEN"), (b"[1]", "a.json", "NOT_GEOJSON"), (b'{"type":1}', "a", "NOT_GEOJSON"),
        (b"[" * 100_000, "a.geojson", "NOT_GEOJSON"), (b'{"a":' + b"9" * 10_000 + b"}", "a.geojson", "NOT_GEOJSON"),
        (b'{"type":"FeatureCollection","features":[]}', "a.json", "GEOJSON_NO_PLACES"),
        (b'{"type":"Point","coordinates":["131","43"]}', "a.json", "GEOJSON_NO_PLACES"),
        (b"[" + b"[]," * 2_500_001 + b"[]]", "a.json", "GEOJSON_TOO_BIG"),
        (b"[" + b"{}," * 500_001 + b"{}]", "a.json", "GEOJSON_TOO_BIG"),
        (b"lat,lon\n" + b"x" * 300_000 + b"\n", "a.csv", "CSV_NO_PLACES"),
        (b'lat,lon\n"' + b"x" * 300_000 + b"\n", "a.csv", "CSV_BROKEN"),
        (b"lat,lon\nnorth,east\n", "a.csv", "CSV_NO_PLACES"),
        (b"$GPGGA,1,2,3*00\r\n", "a.nmea", "NMEA_NO_PLACES"), (b"$GPGGA,1,2,3*00\r\n" * 1002, "a.nmea", "NOT_NMEA"),
        (b"hello", "a.nmea", "NMEA_NO_PLACES"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else value,
)  # fmt: skip
def test_refused(tmp_path: Path, data: bytes, name: str, code: str) -> None:
    with pytest.raises(DataProblem) as problem:
        track_files.read(written(tmp_path, data, name))
    assert problem.value.code == code
    assert problem.value.what.endswith(".")
    assert ". " not in problem.value.what
    assert problem.value.todo


def test_naive_times_are_utc_in_gpx_and_the_stations_elsewhere(tmp_path: Path) -> None:
    gpx = '<gpx><wpt lat="43" lon="131"><time>2026-05-01T22:00:00</time></wpt></gpx>'
    table = "name,type,lat,lon,time\nx,W,43,131,2026-05-01 22:00:00\n"

    def read(text: str, asked: int | None) -> tuple[float, int, int]:
        file: TrackFile = track_files.read(written(tmp_path, text, "a.txt"), asked, station_offset=600)
        return file.waypoints[0].time, file.naive_times, file.naive_offset

    late, early = at("2026-05-01T22:00:00Z"), at("2026-05-01T12:00:00Z")
    assert read(gpx, None) == (late, 1, 0)
    assert read(table, None) == (early, 1, 600)
    assert read(gpx, 600) == (early, 1, 600)
    assert read(table, 0) == (late, 1, 0)


def test_a_change_of_zone_on_the_way_costs_no_hour(tmp_path: Path) -> None:
    """Eleven points a minute apart; at the sixth the watch is set from UTC+10 to UTC+8."""
    clocks = [f"08:{n:02d}:00+10:00" if n < 6 else f"06:{n:02d}:00+08:00" for n in range(11)]
    points = "".join(f'<trkpt lat="{43 + n / 2000}" lon="131"><time>2026-05-02T{clock}</time></trkpt>'
                     for n, clock in enumerate(clocks))  # fmt: skip
    file = track_files.read(written(tmp_path, f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>"))
    judged = judge(file.ways[0])
    assert (judged.reasons, judged.raw.seconds, judged.cleaned.seconds, file.naive_times) == ({}, 600, 600, 0)


def test_memory_of_a_table_stays_bounded(tmp_path: Path) -> None:
    path = written(tmp_path, "lat,lon,time\n" + "43.123456,131.123456,2026-05-01T22:00:00Z\n" * 30_000, "a.csv")
    tracemalloc.start()
    try:
        assert len(track_files.read(path).ways[0]) == 30_000
        assert tracemalloc.get_traced_memory()[1] < 4 * path.stat().st_size
    finally:
        tracemalloc.stop()


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "day 2").mkdir()
    for name in ("b.gpx", "a.KML", "day 2/c.csv", "photo.jpg"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.name for path in track_files.in_folders([tmp_path])] == ["a.KML", "b.gpx", "c.csv"]
    one = tmp_path / "photo.jpg"
    assert track_files.in_folders([one, one]) == [one]
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataProblem):
        track_files.in_folders([tmp_path / "empty"])
