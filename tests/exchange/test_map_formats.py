"""GPX, KML and GeoJSON out and in again: positions equal as doubles, times equal to the millisecond."""

from __future__ import annotations

import json
import math
import random
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app import jobs
from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ExportReport
from ranger_app.actions.import_data import import_data
from ranger_app.domain.ops import create
from ranger_app.domain.values import canonical
from ranger_app.exchange.geo_text import instant, number
from ranger_app.geo import track_files
from ranger_app.geo.track_file import TrackFile, parse_time
from ranger_app.geo.tracks import judge, pack, unpack
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.store import rows
from tests.exchange import smart_files

START = 1_767_312_000_123.0
GPX = "{http://www.topografix.com/GPX/1/1}"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600) as library:
        yield library


def wandering(seed: int, points: int) -> Way:
    """A track with doubles of every length, two segments, points without time, height or place."""
    chance = random.Random(seed)
    way = Way("Ход «А» & co <1>")
    for step in range(points):
        latitude, longitude = chance.uniform(42, 44), chance.uniform(130, 132)
        height = chance.uniform(0, 900) if step % 3 else math.nan
        time = START + step * 30_000 + chance.randrange(1000) if step % 7 else math.nan
        if step == 5:
            latitude = longitude = 1e-7 / 3
        way.add(latitude, longitude, height, time, step * 2 // points)
    return way


def made(library: Library) -> tuple[Way, dict[str, tuple[float, float]]]:
    """A patrol with a track of places and one route, waypoints with finds, a deployment and a survey."""
    new = library.new_id
    way = wandering(3, 40)
    person, patrol, location, survey = (new() for _ in range(4))
    points = {"A": (431_234_567, 1_312_345_679), "Б": (420_000_001, 1_300_000_000)}
    library.commit(
        [
            create("person", person, {"name": "Ranger 1", "role": "ranger"}),
            create("patrol", patrol, {"name": "Round", "date": "2026-01-02", "leader": person, "utc_offset": 600,
                                      "transport": "foot", "state": "approved", "objective": "Snares & traps",
                                      "start": "2026-01-02T10:00:00", "end": "2026-01-02T12:00:00"}),
            create("track", new(), {"patrol": patrol, "leg": 1, "name": way.name, "date": "2026-01-02",
                                    "points": pack(way, judge(way).marks), "point_count": len(way)}),
            create("location", location, {"name": "Ridge", "type": "camera_site", "latitude": 431_000_003,
                                          "longitude": 1_311_000_007, "uncertainty": 12}),
            create("deployment", new(), {"name": "Ridge 2026", "location": location, "start": "2026-01-01T00:00:00"}),
            create("survey", survey, {"site": location, "date": "2026-01-05"}),
            create("count", new(), {"survey": survey, "taxon": "Grus vipio", "count": 12}),
        ],
        label="made",
    )  # fmt: skip
    for nth, (name, (latitude, longitude)) in enumerate(points.items()):
        waypoint = new()
        attributes = [{"key": "typeoftrap", "value": "wiresnare", "type": "LIST"},
                      {"key": "numberofitems", "value": "3", "type": "NUMERIC"},
                      {"key": "isactive", "value": "true", "type": "BOOLEAN"},
                      {"key": "actions", "value": "a", "type": "MLIST"},
                      {"key": "actions", "value": "b", "type": "MLIST"}]  # fmt: skip
        library.commit(
            [
                create("waypoint", waypoint, {"patrol": patrol, "name": name, "latitude": latitude, "leg": 1,
                                              "longitude": longitude, "elevation": 12_345,
                                              "at": 1_767_312_345_678 + nth}),
                create("sighting", new(), {"patrol": patrol, "waypoint": waypoint, "category": "humanactivity.trap.",
                                           "attributes": canonical(attributes), "by": person, "count": 3}),
            ],
            label="found",
        )  # fmt: skip
    return way, {name: (place[0] / 1e7, place[1] / 1e7) for name, place in points.items()}


def written(library: Library, out: Path, format_name: str, **options: str) -> ExportReport:
    library.person = None
    return jobs.run(export(library, format_name, out, exact=True, options=options))


def compare(found: TrackFile, way: Way, points: dict[str, tuple[float, float]]) -> None:
    (read,) = found.ways
    for name in ("latitude", "longitude", "segment"):
        assert list(getattr(read, name)) == list(getattr(way, name)), name
    for name in ("elevation", "time"):
        for mine, theirs in zip(getattr(way, name), getattr(read, name), strict=True):
            assert mine == theirs or (math.isnan(mine) and math.isnan(theirs)), name
    assert read.name == way.name
    places = {mark.name.split()[0]: (mark.latitude, mark.longitude) for mark in found.waypoints}
    assert {name: places[name] for name in points} == points


@pytest.mark.parametrize(("format_name", "pattern"), [("gpx", "*.gpx"), ("kml", "*.kml")])
def test_tracks_and_waypoints_read_back_the_same(
    library: Library, tmp_path: Path, format_name: str, pattern: str
) -> None:
    way, points = made(library)
    report = written(library, tmp_path / "out", format_name)
    (path,) = (tmp_path / "out").glob(pattern)
    found = track_files.read(path)
    compare(found, way, points)
    times = {mark.name.split()[0]: mark.time for mark in found.waypoints}
    assert (times["A"], times["Б"]) == (1_767_312_345_678, 1_767_312_345_679)
    assert report.written["track"] == 1
    assert report.written["waypoint"] == 2


def test_geojson_reads_back_the_same(library: Library, tmp_path: Path) -> None:
    way, points = made(library)
    written(library, tmp_path / "out", "geojson")
    tracks = track_files.read(tmp_path / "out" / "tracks.geojson")
    tracks.waypoints = track_files.read(tmp_path / "out" / "events.geojson").waypoints
    compare(tracks, way, points)
    assert sorted(mark.time for mark in tracks.waypoints) == [1_767_312_345_678, 1_767_312_345_679]


def test_geojson_speaks_as_earthranger_does(library: Library, tmp_path: Path) -> None:
    way, _points = made(library)
    written(library, tmp_path / "out", "geojson", positions="points")
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in (tmp_path / "out").glob("*.geojson")}
    assert set(found) == {"patrols", "events", "tracks", "observations", "deployments", "surveys"}
    assert all(one["type"] == "FeatureCollection" for one in found.values())
    (patrol,) = (one["properties"] for one in found["patrols"]["features"])
    assert (patrol["state"], patrol["title"], patrol["utc_offset"]) == ("done", "Round", "+10:00")
    (segment,) = patrol["patrol_segments"]
    assert segment["patrol_type"] == "foot"
    assert segment["leader"]["name"] == "Ranger 1"
    assert segment["time_range"] == {
        "start_time": "2026-01-02T10:00:00+10:00",
        "end_time": "2026-01-02T12:00:00+10:00",
    }
    events = {one["properties"]["name"]: one for one in found["events"]["features"]}
    event = events["A"]["properties"]
    assert events["A"]["geometry"] == {"type": "Point", "coordinates": [131.2345679, 43.1234567]}
    assert event["event_type"] == "humanactivity.trap."
    assert event["event_details"] == {
        "typeoftrap": "wiresnare",
        "numberofitems": 3,
        "isactive": True,
        "actions": ["a", "b"],
    }
    assert event["location"] == {"latitude": 43.1234567, "longitude": 131.2345679}
    assert event["time"] == "2026-01-02T00:05:45.678Z"
    assert event["patrol_segments"] == [segment["id"]]
    assert set(segment["events"]) == {one["id"] for one in found["events"]["features"]}
    fixes = found["observations"]["features"]
    assert [one["geometry"]["coordinates"] for one in fixes] == [
        [longitude, latitude] for latitude, longitude in zip(way.latitude, way.longitude, strict=True)
    ]
    (deployment,) = found["deployments"]["features"]
    assert deployment["geometry"]["coordinates"] == [131.1000007, 43.1000003]
    assert deployment["properties"]["uncertainty_m"] == 12
    (survey,) = found["surveys"]["features"]
    assert survey["properties"]["counts"][0]["taxon"] == "Grus vipio"


def test_gpx_keeps_to_the_schema_and_says_why_a_point_does_not_count(library: Library, tmp_path: Path) -> None:
    made(library)
    written(library, tmp_path / "out", "gpx")
    (path,) = (tmp_path / "out").glob("*.gpx")
    root = ElementTree.parse(path).getroot()
    assert root.attrib["version"] == "1.1"
    order = [one.tag.removeprefix(GPX) for one in root]
    assert order == ["metadata", "wpt", "wpt", "trk"]
    for waypoint in root.iter(f"{GPX}wpt"):
        inner = [one.tag.removeprefix(GPX) for one in waypoint]
        assert inner == ["ele", "time", "name", "cmt", "type"]
    remarks = {one.text for one in root.iter(f"{GPX}cmt")}
    assert "spike" in remarks or "time_order" in remarks or "no_time" in remarks


def test_kml_has_folders_and_descriptions(library: Library, tmp_path: Path) -> None:
    made(library)
    written(library, tmp_path / "out", "kml")
    root = ElementTree.parse(tmp_path / "out" / "ranger.kml").getroot()
    space = "{http://www.opengis.net/kml/2.2}"
    folders = [one.findtext(f"{space}name") for one in root.iter(f"{space}Folder")]
    assert folders == ["Camera traps", "Surveys", "Patrols", "Round"]
    said = [one.findtext(f"{space}description") or "" for one in root.iter(f"{space}Placemark")]
    assert any("12 m" in one for one in said)
    assert any("Seen by: Ranger 1" in one for one in said)


@pytest.mark.parametrize(("format_name", "pattern"), [("gpx", "*.gpx"), ("kml", "*.kml"), ("geojson", "tracks.*")])
def test_what_came_from_smart_goes_to_a_map_with_every_fix(
    library: Library, tmp_path: Path, format_name: str, pattern: str
) -> None:
    (tmp_path / "p.xml").write_bytes(smart_files.patrol().xml)
    jobs.run(import_data(library, "smart-patrol", tmp_path / "p.xml"))
    written(library, tmp_path / "out", format_name)
    (path,) = (tmp_path / "out").glob(pattern)
    ways = {len(one): one for one in track_files.read(path).ways}
    with library.read() as db:
        tracks = list(rows.find(db, "track"))
    for track in tracks:
        points = track["points"]
        assert isinstance(points, bytes)
        way, _marks = unpack(points)
        assert list(ways[len(way)].latitude) == list(way.latitude)
        assert list(ways[len(way)].time) == list(way.time)


@given(st.floats(-180, 180))
def test_a_double_is_written_without_an_exponent_and_reads_back_the_same(value: float) -> None:
    text = number(value)
    assert float(text) == value
    assert "e" not in text


@given(st.integers(0, 4_102_444_800_000))
def test_an_instant_reads_back_to_the_millisecond(milliseconds: int) -> None:
    assert parse_time(instant(float(milliseconds))) == (float(milliseconds), False)
