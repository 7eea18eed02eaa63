"""An outline as the text of a GeoJSON geometry, read with bounds: it may have come from anybody's bundle or file."""

from __future__ import annotations

import json
import math
from typing import Any

from ranger_app.geo.tracks import geod

MOST_POINTS = 50_000
MOST_TEXT = 4_000_000
_DEPTH = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3, "MultiLineString": 2, "MultiPoint": 1}
AREAS = ("Polygon", "MultiPolygon")


def read(text: object, kinds: tuple[str, ...] = AREAS) -> dict[str, Any] | None:
    """The geometry (type and coordinates only), or None for what is none of ``kinds`` or lies outside the earth."""
    if not isinstance(text, str) or not text or len(text) > MOST_TEXT:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    if found.get("type") == "Feature" and isinstance(found.get("geometry"), dict):
        found = found["geometry"]
    kind = found.get("type")
    if kind not in kinds:
        return None
    left = [MOST_POINTS]
    coordinates = _checked(found.get("coordinates"), _DEPTH[kind], left)
    return None if coordinates is None else {"type": kind, "coordinates": coordinates}


def write(geometry: dict[str, Any]) -> str:
    """The geometry as the text that is kept in a record: seven digits of a degree, no space."""
    return json.dumps(_round(geometry), separators=(",", ":"), ensure_ascii=True)


def _round(value: Any) -> Any:
    if isinstance(value, dict):
        return {"type": value["type"], "coordinates": _round(value["coordinates"])}
    if isinstance(value, list):
        return [_round(one) for one in value]
    return round(value, 7)


def _checked(value: Any, depth: int, left: list[int]) -> list[Any] | None:
    if not isinstance(value, list) or not value:
        return None
    if depth == 0:
        left[0] -= 1
        if left[0] < 0 or len(value) < 2 or not all(_number(one) for one in value[:2]):
            return None
        longitude, latitude = float(value[0]), float(value[1])
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            return None
        return [longitude, latitude]
    parts = [_checked(one, depth - 1, left) for one in value]
    return None if any(one is None for one in parts) else parts


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def length(line: list[tuple[float, float]]) -> float:
    """Metres of the WGS 84 geodesic through (longitude, latitude) points in degrees."""
    if len(line) < 2:
        return 0.0
    return float(geod().line_length([one[0] for one in line], [one[1] for one in line]))


def area(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """Square metres inside a ring of (longitude, latitude) and metres around it, on the WGS 84 ellipsoid."""
    if len(ring) < 3:
        return 0.0, 0.0
    inside, around = geod().polygon_area_perimeter([one[0] for one in ring], [one[1] for one in ring])
    return abs(float(inside)), float(around)
