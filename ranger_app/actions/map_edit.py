"""What a person drew on the map, as values of a record: a place with how sure a pointed place can be, an outline."""

from __future__ import annotations

import math
from typing import Any

from ranger_app.actions import records
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem
from ranger_app.geo import outline
from ranger_app.i18n import _
from ranger_app.library import Library

_PIXELS = 4
"""A hand on a mouse or a touch pad is about so many pixels off."""
_METRES_A_PIXEL = 156_543.03
"""On the equator at zoom 0 of the web's map grid, 256 pixels around the Earth."""
OUTLINED = ("location", "protected_area")


def read(text: str) -> dict[str, Any]:
    """A geometry that the map's page handed over; DataProblem where it is none."""
    found = outline.read(text, ("Point", "LineString", "Polygon", "MultiPolygon"))
    if found is None:
        raise DataProblem("SHAPE_WRONG", _("What was drawn is no place on the Earth."), _("Draw it again."))
    return found


def place(geometry: dict[str, Any], zoom: float) -> dict[str, Value]:
    """Latitude, longitude (1e-7 degree) and uncertainty (m) of a point that was pointed at on the map at ``zoom``."""
    longitude, latitude = geometry["coordinates"][:2]
    pixel = _METRES_A_PIXEL * math.cos(math.radians(latitude)) / 2**zoom
    return {
        "latitude": round(latitude * 1e7),
        "longitude": round(longitude * 1e7),
        "uncertainty": max(5, math.ceil(_PIXELS * pixel)),
    }


def outlined(kind: str, geometry: dict[str, Any]) -> dict[str, Value]:
    """The values of an outline drawn on the map; a location without a place gets the outline's middle as its place."""
    _whole(geometry)
    values: dict[str, Value] = {"outline": outline.write(geometry)}
    if kind == "protected_area":
        values["outline_source"] = _("Drawn on Ranger's map")
    return values


def middle(geometry: dict[str, Any]) -> dict[str, Value]:
    """Latitude, longitude and uncertainty of a point inside an outline; the uncertainty reaches its farthest corner."""
    import shapely

    from ranger_app.geo.tracks import geod

    shape = shapely.geometry.shape(geometry)
    point = shape.representative_point()
    corners = list(shapely.get_coordinates(shape))
    farthest = max(geod().inv(point.x, point.y, float(x), float(y))[2] for x, y in corners)
    return {
        "latitude": round(point.y * 1e7),
        "longitude": round(point.x * 1e7),
        "uncertainty": math.ceil(farthest),
    }


def reshape(library: Library, kind: str, record: bytes, geometry: dict[str, Any], zoom: float) -> Changes:
    """Move a location to a point, or give a location or protected area an outline; undone like any change."""
    if geometry["type"] == "Point":
        return records.edit(library, kind, record, place(geometry, zoom))
    values = outlined(kind, geometry)
    if kind == "location":
        with library.read() as db:
            if records.existing(db, kind, record)["latitude"] is None:
                values |= middle(geometry)
    return records.edit(library, kind, record, values)


def corners_of(library: Library, kind: str, record: bytes) -> list[list[float]]:
    """The corners of a record's outline as [longitude, latitude], to be drawn anew; the largest part of several."""
    with library.read() as db:
        found = outline.read(records.existing(db, kind, record)["outline"])
    if found is None:
        return []
    rings = [found["coordinates"][0]] if found["type"] == "Polygon" else [part[0] for part in found["coordinates"]]
    largest: list[list[float]] = max(rings, key=len)
    return largest[:-1]


def title(library: Library, kind: str, record: bytes) -> str:
    """The name of the record that is moved."""
    with library.read() as db:
        return records.title(db, kind, record)


def _whole(geometry: dict[str, Any]) -> None:
    import shapely

    if geometry["type"] not in outline.AREAS:
        raise DataProblem("SHAPE_OPEN", _("An outline needs at least three corners."), _("Draw it again."))
    if not shapely.geometry.shape(geometry).is_valid:
        raise DataProblem(
            "SHAPE_CROSSES", _("The outline crosses itself."), _("Draw it again, going around once without crossing.")
        )
