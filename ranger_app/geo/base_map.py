"""The shipped base map: coast, lakes, rivers, protected areas and the reference border, as GeoJSON.

The files of resources/basemap are made by packaging/base_map.py; its README.md tells their format and where each
comes from.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ranger_app.i18n import _, language
from ranger_app.paths import resource

NAMES = ("land", "coast", "lakes", "rivers", "border", "countries", "protected_areas")
REGION = (95.0, 30.0, 150.0, 56.0)
"""West, south, east, north of what the base map covers, degrees."""
_FILES = {"coast": "land"}
_TYPES = {"point": "Point", "line": "LineString", "polygon": "Polygon"}

Collection = dict[str, Any]
"""A GeoJSON FeatureCollection; positions are [longitude, latitude] in degrees, WGS 84."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Where a part of the base map comes from. ``credit`` is what a map has to show; nothing here is translated."""

    name: str
    source: str
    licence: str
    credit: str
    date: str
    """The source's release; none of them states a day."""


def features(name: str) -> Collection:
    """One of NAMES as a FeatureCollection, read anew at each call and the caller's to change.

    Properties: border ``countries`` [two ISO 3166-1 alpha-2 codes] and ``accuracy_m``; countries ``country``;
    protected_areas ``name``, ``names`` {language: name}, ``country``, ``approximate_km``. KeyError for other names.
    """
    if name not in NAMES:
        raise KeyError(name)
    content = _content(_FILES.get(name, name))
    scale = int(content["scale"])
    made = []
    for feature in content["features"]:
        shapes = [_decoded(feature["t"], shape, scale) for shape in feature["c"]]
        kind = _TYPES[feature["t"]]
        if name == "coast":
            kind, shapes = "LineString", [line for rings in shapes for ring in rings for line in _shore(ring)]
        elif kind == "Point":
            shapes = [shape[0] for shape in shapes]
        single = len(shapes) == 1
        geometry = {"type": kind if single else f"Multi{kind}", "coordinates": shapes[0] if single else shapes}
        made.append({"type": "Feature", "properties": dict(feature["p"]), "geometry": geometry})
    return {"type": "FeatureCollection", "features": made}


def area_name(properties: dict[str, Any]) -> str:
    """A protected area's name in the user's language, English where none is known."""
    return str(properties["names"].get(language()) or properties["name"])


def areas_without(known: Iterable[str]) -> Collection:
    """The protected areas' points without those that ``known`` names (in any language): their own records stand in."""
    names = {one.casefold().strip() for one in known}
    found = features("protected_areas")
    found["features"] = [
        one
        for one in found["features"]
        if not names & {str(n).casefold() for n in (one["properties"]["name"], *one["properties"]["names"].values())}
    ]
    return found


def credits() -> list[Credit]:
    """Source and licence of each part, in the order of NAMES."""
    made = []
    for name in NAMES:
        head = _head(_FILES.get(name, name))
        made.append(Credit(name, head["source"], head["licence"], head["credit"], head["date"]))
    return made


def border_remark() -> str:
    """What stands wherever the reference border is drawn."""
    return _("Not an official boundary.")


def _content(name: str) -> dict[str, Any]:
    packed = resource("basemap", f"{name}.json.gz").read_bytes()
    content: dict[str, Any] = json.loads(gzip.decompress(packed))
    return content


@lru_cache(maxsize=16)
def _head(name: str) -> dict[str, Any]:
    """What a file says of itself, without the shapes: it stands in front of them."""
    with gzip.open(resource("basemap", f"{name}.json.gz")) as file:
        start = file.read(4096).decode("utf-8", "ignore")
    head: dict[str, Any] = json.loads(start[: start.index(',"features":')] + "}")
    return head


def _decoded(kind: str, shape: list[Any], scale: int) -> list[Any]:
    if kind == "polygon":
        return [_corners(ring, scale) for ring in shape]
    return _corners(shape, scale)


def _corners(numbers: list[int], scale: int) -> list[Any]:
    x = y = 0
    corners = []
    for i in range(0, len(numbers), 2):
        x += numbers[i]
        y += numbers[i + 1]
        corners.append([x / scale, y / scale])
    return corners


def _shore(ring: list[list[float]]) -> list[list[list[float]]]:
    """The pieces of a ring that are not the edge of the region."""
    west, south, east, north = REGION
    pieces: list[list[list[float]]] = [[]]
    for a, b in pairwise(ring):
        if (a[0] == b[0] and a[0] in (west, east)) or (a[1] == b[1] and a[1] in (south, north)):
            pieces.append([])
            continue
        if not pieces[-1]:
            pieces[-1].append(a)
        pieces[-1].append(b)
    return [piece for piece in pieces if piece]
