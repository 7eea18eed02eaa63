"""Sides, distances and crossings, held against shapely and pyproj used in another way."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod, Proj
from shapely.geometry import shape

from ranger_app.errors import DataProblem
from ranger_app.geo import base_map, border

GEOD = Geod(ellps="WGS84")
PLACES = {  # settlements, by public gazetteers; latitude and longitude
    "Fangchuan": (42.43701, 130.58829, "CN"),
    "Khasan": (42.4289, 130.6456, "RU"),
    "Tumangang": (42.4163, 130.6097, "KP"),
    "Hunchun": (42.8630, 130.3660, "CN"),
    "Slavyanka": (42.8633, 131.3850, "RU"),
}


@lru_cache(maxsize=1)
def all_lines() -> Any:
    return shapely.union_all([shape(one["geometry"]) for one in base_map.features("border")["features"]])


@lru_cache(maxsize=1)
def all_areas() -> dict[str, Any]:
    found = {}
    for feature in base_map.features("countries")["features"]:
        found[feature["properties"]["country"]] = shapely.make_valid(shape(feature["geometry"]))
        shapely.prepare(found[feature["properties"]["country"]])
    return found


RIVERS = {"Tumen": (129.0, 42.0, 130.9, 43.1), "Ussuri": (132.8, 45.1, 135.1, 48.5)}


def points_along(river: str) -> Iterator[tuple[float, float]]:
    """500 places along a river, up to about 20 km off the line."""
    chance = random.Random(river)
    parts = shapely.get_parts(shapely.clip_by_rect(all_lines(), *RIVERS[river]))
    weights = list(shapely.length(parts))
    for part in chance.choices(list(parts), weights=weights, k=500):
        on = part.interpolate(chance.random(), normalized=True)
        reach = 0.2 * chance.random() ** 3
        turn = chance.uniform(0, 2 * math.pi)
        yield on.y + reach * math.sin(turn), on.x + 1.35 * reach * math.cos(turn)


@lru_cache(maxsize=4)
def lines_around(west: float, south: float, east: float, north: float) -> Any:
    """The lines in a box and a degree around it, every piece at most 500 m long."""
    cut = shapely.clip_by_rect(all_lines(), west - 1, south - 1, east + 1, north + 1)
    return shapely.segmentize(cut, 0.005)


def metres_another_way(latitude: float, longitude: float, lines: Any) -> float:
    """The distance on an equal-area map around the place."""
    near = shapely.clip_by_rect(lines, longitude - 0.4, latitude - 0.3, longitude + 0.4, latitude + 0.3)
    plane = Proj(proj="laea", lat_0=latitude, lon_0=longitude, ellps="WGS84")
    flat = shapely.transform(near, lambda at: np.column_stack(plane(at[:, 0], at[:, 1])))
    return flat.distance(shapely.Point(0, 0))


@pytest.mark.parametrize("river", RIVERS)
def test_a_thousand_places_agree_with_an_independent_computation(river: str) -> None:
    number = sides = 0
    worst = 0.0
    lines = lines_around(*RIVERS[river])
    for latitude, longitude in points_along(river):
        number += 1
        answer = border.side(latitude, longitude)
        worst = max(worst, abs(answer.metres - metres_another_way(latitude, longitude, lines)))
        point = shapely.Point(longitude, latitude)
        within = [country for country, area in all_areas().items() if area.covers(point)]
        assert len(within) <= 1 or answer.metres < 0.1
        if within:
            assert answer.country in within
            sides += 1
        else:  # off a shore
            assert answer.country == "" or answer.uncertain
        assert answer.uncertain == (answer.metres < answer.accuracy_m) or not within
    assert number == 500
    assert sides > 450
    assert worst < 1.0


@pytest.mark.parametrize("name", PLACES)
def test_five_places_lie_on_the_right_side(name: str) -> None:
    latitude, longitude, country = PLACES[name]
    answer = border.side(latitude, longitude)
    assert answer.country == country
    assert not answer.uncertain
    assert answer.metres > answer.accuracy_m


def test_answers_name_their_layer_and_how_good_it_is() -> None:
    answer = border.distance(42.863, 130.366)
    assert answer.layer == "Reference border (OpenStreetMap)"
    assert answer.date == "0.6.0"
    assert answer.accuracy_m >= 500
    assert {answer.country, answer.neighbour} == {"CN", "KP"}
    there = GEOD.inv(130.366, 42.863, answer.longitude, answer.latitude)[2]
    assert there == pytest.approx(answer.metres, abs=0.01)
    marker = border.side(42.41979, 130.63928)
    assert marker.uncertain


def test_at_sea_and_outside_nobody_is_named() -> None:
    sea = border.side(42.0, 132.0)
    assert (sea.country, sea.uncertain) == ("", False)
    assert sea.metres > 50_000
    outside = border.side(55.75, 37.6)
    assert outside.country == ""
    assert math.isnan(outside.metres)
    assert math.isnan(border.side(math.nan, 130).metres)


def test_long_lines_are_straight_on_the_map() -> None:
    """Across Lake Khanka the line is 70 km long: a geodesic between its ends would bulge 80 m off it."""
    answer = border.distance(44.95, 132.4)
    assert abs(answer.metres - metres_another_way(44.95, 132.4, lines_around(131.5, 44.0, 133.0, 46.0))) < 1


# ---------------------------------------------------------------- crossings


def test_a_line_of_positions_crosses_where_it_changes_country() -> None:
    way = [(43.2, 131.5), (42.9, 130.4), (42.95, 130.45), (42.6, 129.9), (42.5, 129.8)]
    found = border.crossings(way)
    assert [(one.before, one.origin, one.goal) for one in found] == [(0, "RU", "CN"), (2, "CN", "KP")]
    for one in found:
        assert border.distance(one.latitude, one.longitude).metres < 1
        assert one.layer == "Reference border (OpenStreetMap)"
        assert one.accuracy_m >= 500
        a, b = way[one.before], way[one.before + 1]
        line = shapely.LineString([(a[1], a[0]), (b[1], b[0])])
        assert line.distance(shapely.Point(one.longitude, one.latitude)) < 1e-6


def test_crossings_agree_with_cutting_the_line_by_the_areas() -> None:
    chance = random.Random(7)
    for _ in range(60):
        way = [(chance.uniform(42.3, 43.6), chance.uniform(129.6, 131.4)) for _step in range(2)]
        line = shapely.LineString([(lon, lat) for lat, lon in way])
        countries = []
        for step in range(4001):  # where the line is, step by step
            point = line.interpolate(step / 4000, normalized=True)
            here = next((c for c, area in all_areas().items() if area.covers(point)), "")
            if here and (not countries or countries[-1] != here):
                countries.append(here)
        found = [one.goal for one in border.crossings(way)]
        # Strips narrower than a step (about 50 m) are seen by one of the two only.
        assert found[-1:] == countries[1:][-1:]
        assert len(found) >= len(countries) - 1


def test_over_the_sea_a_crossing_has_no_place() -> None:
    (one,) = border.crossings([(42.6, 130.75), (42.2, 130.75), (42.35, 130.50)])
    assert (one.before, one.origin, one.goal) == (1, "RU", "KP")
    assert math.isnan(one.latitude)


def test_positions_at_the_line_make_a_crossing_uncertain() -> None:
    line = border.distance(43.0, 130.9)  # a place on the line of China and Russia, and two beside it
    north, south = (line.latitude + 0.002, line.longitude - 0.002), (line.latitude - 0.002, line.longitude + 0.002)
    found = border.crossings([north, south]) + border.crossings(
        [(line.latitude + 0.002, line.longitude + 0.002), (line.latitude - 0.002, line.longitude - 0.002)]
    )
    assert found
    assert all(one.uncertain for one in found)


def test_no_crossing_in_one_country_and_of_one_place() -> None:
    assert border.crossings([]) == []
    assert border.crossings([(43.2, 131.5)]) == []
    assert border.crossings([(43.2, 131.5), (43.2, 131.5)]) == []
    assert border.crossings([(43.2, 131.6), (math.nan, 1.0), (43.3, 131.8)]) == []


def test_a_long_track_is_judged_at_once() -> None:
    """Twenty thousand positions, against asking for each by itself."""
    way = [(43 + 0.2 * math.sin(i / 300), 131.2 + 0.2 * math.cos(i / 170)) for i in range(20_000)]
    found = border.crossings(way)
    assert len(found) > 10
    for one in found:
        assert border.side(*way[one.before]).country in (one.origin, "") or one.uncertain
        assert {one.origin, one.goal} == {"CN", "RU"}
    changes = 0
    for i in range(0, 3000):
        here, there = border.side(*way[i]), border.side(*way[i + 1])
        changes += bool(here.country and there.country and here.country != there.country)
    assert changes <= len([one for one in found if one.before < 3000])


# ---------------------------------------------------------------- a border of one's own

WEST = [[130.0, 42.0], [130.6, 42.0], [130.6, 44.0], [130.0, 44.0], [130.0, 42.0]]
EAST = [[130.6, 42.0], [131.2, 42.0], [131.2, 44.0], [130.6, 44.0], [130.6, 42.0]]


def collection(*features: tuple[str, Any, dict[str, Any]]) -> base_map.Collection:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
            for kind, coordinates, properties in features
        ],
    }


def test_areas_with_a_country_make_a_border() -> None:
    areas = collection(("Polygon", [WEST], {"ISO_A3": "CHN"}), ("Polygon", [EAST], {"ISO_A3": "RUS"}))
    layer = border.from_features(areas, "Survey of 2024", "2024-05-01", 5)
    assert layer.official
    answer = border.side(43.0, 130.7, layer)
    assert (answer.country, answer.neighbour) == ("RU", "CN")
    assert (answer.layer, answer.date, answer.accuracy_m, answer.uncertain) == (
        "Survey of 2024",
        "2024-05-01",
        5,
        False,
    )
    assert answer.metres == pytest.approx(GEOD.inv(130.7, 43.0, 130.6, 43.0)[2], abs=10)
    assert border.side(43.0, 130.60001, layer).uncertain
    (crossing,) = border.crossings([(43.0, 130.4), (43.2, 130.8)], layer)
    assert (crossing.origin, crossing.goal) == ("CN", "RU")
    assert (crossing.latitude, crossing.longitude) == pytest.approx((43.1, 130.6))


def test_a_line_with_its_sides_makes_a_border() -> None:
    line = [[131.05, 43.30], [131.20, 43.50], [131.20, 44.0]]  # northward: what lies west is left
    drawn = collection(("LineString", line, {"left": "CN", "right": "RU"}))
    layer = border.from_features(drawn, "Line", "", 20)
    assert border.side(43.6, 131.1, layer).country == "CN"
    assert border.side(43.6, 131.3, layer).country == "RU"
    # Beyond the corner both pieces are equally near.
    assert border.side(43.49, 131.25, layer).country == "RU"
    assert border.side(43.52, 131.15, layer).country == "CN"
    (crossing,) = border.crossings([(43.8, 131.0), (43.8, 131.4)], layer)
    assert (crossing.origin, crossing.goal, round(crossing.longitude, 6)) == ("CN", "RU", 131.2)


def test_of_a_line_without_names_the_reference_says_who_lies_beside() -> None:
    places = [border.distance(43.6 + step / 20, 131.2) for step in range(11)]
    line = sorted([one.longitude, one.latitude + 0.002] for one in places)
    layer = border.from_features(collection(("LineString", line, {})), "Line", "", 20)
    middle = places[5]
    assert border.side(middle.latitude, middle.longitude - 0.1, layer).country == "CN"
    assert border.side(middle.latitude, middle.longitude + 0.1, layer).country == "RU"


@pytest.mark.parametrize(
    "features",
    [(), (("Point", [130, 42], {}),), (("Polygon", [WEST], {"colour": "red"}),)],
)
def test_a_file_without_a_border_is_refused(features: Any) -> None:
    with pytest.raises(DataProblem) as refused:
        border.from_features(collection(*features), "x", "", 5)
    assert refused.value.code == "NO_BORDER"
