"""Sides of a border and distances worked out a second time, with shapely and pyproj on the base map's own features.

Nothing here uses ``ranger_app.geo.border`` or ``ranger_app.geo.spread``: what both agree on, two ways have found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from pyproj import Geod, Proj

from ranger_app.geo import base_map

REGION = (128.5, 41.0, 133.0, 45.0)
"""West, south, east, north of what is worked out here; places stay a degree inside."""
STEP = 0.002
"""Degrees of a piece of a line: some 200 m, on which straight in degrees and straight in the plane are one."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Whose land a place is, and how far the nearest line is."""

    country: str
    metres: float
    accuracy: int


@cache
def _lines() -> list[tuple[Any, int]]:
    found = []
    for feature in base_map.features("border")["features"]:
        line = shapely.from_geojson(_text(feature["geometry"]))
        near = shapely.segmentize(shapely.clip_by_rect(line, *REGION), STEP)
        if not near.is_empty:
            found.append((near, int(feature["properties"]["accuracy_m"])))
    return found


def corners() -> list[tuple[float, float]]:
    """Latitude and longitude of the corners of all border lines, as the base map has them."""
    features = base_map.features("border")["features"]
    return [
        (float(latitude), float(longitude))
        for feature in features
        for longitude, latitude in shapely.get_coordinates(shapely.from_geojson(_text(feature["geometry"])))
    ]


@cache
def _lands() -> list[tuple[Any, str]]:
    box = shapely.box(*REGION)
    found = []
    for feature in base_map.features("countries")["features"]:
        land = shapely.from_geojson(_text(feature["geometry"]))
        parts = [one for one in shapely.get_parts(land) if one.intersects(box)]
        found += [(shapely.make_valid(one).intersection(box), feature["properties"]["country"]) for one in parts]
    for land, _country in found:
        shapely.prepare(land)
    return found


def _text(geometry: dict[str, Any]) -> str:
    return json.dumps(geometry)


@cache
def ground(latitude: float, longitude: float) -> Ground:
    """By the land that covers the place, and by lines laid into an azimuthal equidistant plane around it."""
    point = shapely.Point(longitude, latitude)
    country = next((of for land, of in _lands() if land.covers(point)), "")
    to_plane = Proj(f"+proj=aeqd +lat_0={latitude:.10f} +lon_0={longitude:.10f} +ellps=WGS84 +units=m")

    def moved(corners: np.ndarray) -> np.ndarray:
        return np.column_stack(to_plane(corners[:, 0], corners[:, 1]))

    around = shapely.box(longitude - 1.0, latitude - 0.8, longitude + 1.0, latitude + 0.8)
    nearest, accuracy = np.inf, 0
    for line, metres in _lines():
        near = line.intersection(around)
        if near.is_empty:
            continue
        far = shapely.transform(near, moved).distance(shapely.Point(0, 0))
        if far < nearest:
            nearest, accuracy = far, metres
    return Ground(country, float(nearest), accuracy)


def apart(places: Iterable[tuple[float, float]]) -> float:
    """Metres between the two places farthest from each other: every pair, on the ellipsoid."""
    listed = list(set(places))
    if len(listed) < 2:
        return 0.0
    first, second = np.triu_indices(len(listed), 1)
    at = np.array(listed)
    _there, _back, metres = Geod(ellps="WGS84").inv(at[first, 1], at[first, 0], at[second, 1], at[second, 0])
    return float(np.max(metres))


def crossings(sides: Sequence[tuple[int, str]]) -> int:
    """Changes of side along (second, country), all of one second left out where they differ."""
    at: dict[int, set[str]] = {}
    for second, country in sides:
        at.setdefault(second, set()).add(country)
    way = [min(at[second]) for second in sorted(at) if len(at[second]) == 1]
    return sum(a != b for a, b in pairwise(way))
