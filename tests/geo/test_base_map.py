"""The shipped base map: what it carries, how near the border is to what is known, and how small it is."""

from __future__ import annotations

import gzip
import json

import pytest
from pyproj import Geod

from ranger_app.geo import base_map, border
from ranger_app.paths import resource

MARKER_423 = (42.41979, 130.63928)
GEOD = Geod(ellps="WGS84")


@pytest.mark.parametrize("name", base_map.NAMES)
def test_every_part_is_geojson_inside_the_region(name: str) -> None:
    west, south, east, north = base_map.REGION
    collection = base_map.features(name)
    assert collection["type"] == "FeatureCollection"
    assert collection["features"]
    text = json.dumps(collection)
    assert len(text) < 3_000_000

    def corners(coordinates: list) -> list:
        if isinstance(coordinates[0], float):
            return [coordinates]
        return [one for part in coordinates for one in corners(part)]

    for feature in collection["features"]:
        for longitude, latitude in corners(feature["geometry"]["coordinates"]):
            assert west <= longitude <= east
            assert south <= latitude <= north


def test_files_are_small_and_carry_source_and_licence() -> None:
    files = sorted(resource("basemap").glob("*.json.gz"))
    assert {path.name for path in files} == {
        f"{name}.json.gz" for name in ("border", "countries", "lakes", "land", "protected_areas", "rivers")
    }
    assert sum(path.stat().st_size for path in files) < 4_000_000
    for path in files:
        head = json.loads(gzip.decompress(path.read_bytes()))
        assert head["source"]
        assert head["licence"]
        assert head["credit"]
    credits = {one.name: one for one in base_map.credits()}
    assert "OpenStreetMap" in credits["border"].credit
    assert "Open Database License" in credits["border"].licence
    assert not border.reference().official
    assert json.loads(gzip.decompress((resource("basemap") / "border.json.gz").read_bytes()))["remark"] == (
        "Not an official boundary."
    )


def corners_of_lines() -> dict[frozenset[str], set[tuple[float, float]]]:
    """Longitude and latitude of the lines' corners, for each two countries."""
    found: dict[frozenset[str], set[tuple[float, float]]] = {}
    for feature in base_map.features("border")["features"]:
        geometry = feature["geometry"]
        lines = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
        for line in lines:
            found.setdefault(frozenset(feature["properties"]["countries"]), set()).update(map(tuple, line))
    return found


def test_the_three_countries_meet_near_the_treaty_marker() -> None:
    """The place where all three lines of the Tumen come together, against marker 423 of the treaty."""
    lines = corners_of_lines()
    common = set.intersection(*(lines[frozenset(pair)] for pair in (("CN", "RU"), ("CN", "KP"), ("RU", "KP"))))
    metres = [GEOD.inv(MARKER_423[1], MARKER_423[0], *one)[2] for one in common]
    assert len(common) == 1
    assert metres[0] < 600


SOURCE_CORNERS = {  # where the source's areas of both countries share a corner; longitude, latitude; drawn by lot
    "CN RU": [(117.8087, 49.5272), (118.6586, 49.9528), (126.044, 52.7978), (130.5732, 48.7055), (130.8837, 42.8503),
              (133.8963, 46.5589), (134.3132, 47.4341)],
    "CN KP": [(124.567, 40.2499), (125.7545, 40.8773), (127.0671, 41.6547), (128.0008, 41.4252), (129.2546, 42.373)],
    "CN MN": [(115.5337, 48.1279), (117.7135, 46.5135), (119.4757, 47.3319), (119.798, 47.0554)],
    "KP RU": [(130.6463, 42.3392), (130.6485, 42.4072), (130.6655, 42.382), (130.6685, 42.3661)],
    "MN RU": [(97.9474, 50.9011), (102.4459, 50.6457), (108.8137, 49.3431), (114.7523, 50.2338)],
    "KP KR": [(126.6555, 37.8088), (127.3487, 38.3293), (128.3086, 38.5893)],
}  # fmt: skip


@pytest.mark.parametrize("pair", SOURCE_CORNERS)
def test_the_extract_keeps_the_line_of_its_source(pair: str) -> None:
    for longitude, latitude in SOURCE_CORNERS[pair]:
        answer = border.distance(latitude, longitude)
        assert answer.metres < 50, (longitude, latitude)
        assert answer.country in pair.split()


def test_protected_areas_are_those_of_the_table() -> None:
    table = (resource("basemap") / "protected_areas.csv").read_text(encoding="utf-8").splitlines()[1:]
    shipped = [one["properties"]["name"] for one in base_map.features("protected_areas")["features"]]
    assert shipped == [line.split(",")[0] for line in table]


def test_the_line_of_two_countries_along_the_tumen_has_its_length() -> None:
    """Russia and the DPRK share 17 km of river, by their treaty; Natural Earth makes that 31."""
    metres = 0.0
    for feature in base_map.features("border")["features"]:
        if set(feature["properties"]["countries"]) == {"RU", "KP"}:
            geometry = feature["geometry"]
            lines = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
            metres += sum(GEOD.line_length(*zip(*line, strict=True)) for line in lines)
    assert 14_000 < metres < 20_000


def test_protected_areas_give_way_to_their_own_records() -> None:
    shipped = [one["properties"]["name"] for one in base_map.features("protected_areas")["features"]]
    assert "Kedrovaya Pad Nature Reserve" in shipped
    left = base_map.areas_without(["Заповедник «Кедровая Падь»", "unknown"])
    assert {one["properties"]["name"] for one in left["features"]} == set(shipped) - {"Kedrovaya Pad Nature Reserve"}


def test_protected_areas_lie_in_their_country() -> None:
    """A place good to some kilometres may fall across the border only where the area lies at it."""
    for feature in base_map.features("protected_areas")["features"]:
        longitude, latitude = feature["geometry"]["coordinates"]
        answer = border.side(latitude, longitude)
        near = answer.metres < feature["properties"]["approximate_km"] * 1000
        assert answer.country in (feature["properties"]["country"], "") or near, feature["properties"]["name"]
