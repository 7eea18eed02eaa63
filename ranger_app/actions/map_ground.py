"""What lies under the records: the shipped base map with its credits, the border, areas without an outline."""

from __future__ import annotations

from typing import Any

from ranger_app.geo import base_map
from ranger_app.geo.border import Layer as BorderLayer
from ranger_app.geo.border import reference
from ranger_app.i18n import _
from ranger_app.maps.layers import AREAS, LINES, POINTS, Layer, Thing, corners

Bounds = tuple[float, float, float, float]
"""South, west, north, east, degrees."""
_NEAR = 3.0
"""Degrees around the records within which a map file carries the ground: a page for one reserve needs no continent."""


def ground(around: Bounds | None = None, chosen: BorderLayer | None = None) -> list[Layer]:
    """The base map's layers from below to above; ``around`` leaves out what lies far from there.

    ``chosen`` is the border in use here; the reference where none is given.
    """
    credit = {one.name: one.credit for one in base_map.credits()}
    land = Layer("land", _("Land"), AREAS, colour="land", group="ground", credit=credit["land"])
    lakes = Layer("lakes", _("Lakes"), AREAS, colour="water", group="ground", credit=credit["lakes"])
    rivers = Layer("rivers", _("Rivers"), LINES, colour="river", group="ground", credit=credit["rivers"])
    border = Layer("border", _("Border"), LINES, colour="border", group="ground", credit=credit["border"])
    border.note = base_map.border_remark()
    replaced = chosen is not None and chosen.name != reference().name
    if chosen is not None and replaced:
        border.name = _("Border: {layer}").format(layer=chosen.name)
        border.credit = " ".join(one for one in (chosen.name, chosen.date) if one)
        border.note = ""
        border.things = [Thing(line, "") for line in _chained(chosen)]
    for layer in (land, lakes, rivers, *(() if replaced else (border,))):
        for feature in base_map.features(layer.id)["features"]:
            for shape in _parts(feature["geometry"]) if around is not None else (feature["geometry"],):
                if _near(shape, around):
                    place: Any = shape if layer.kind == AREAS else _lines(shape)
                    layer.things.append(Thing(place, ""))
    return [one for one in (land, lakes, rivers, border) if one.things]


def _chained(layer: BorderLayer) -> list[list[list[tuple[float, float]]]]:
    """The border's short pieces as lines, each a thing of one piece."""
    lines: list[list[tuple[float, float]]] = []
    for west, south, east, north in layer.pieces.tolist():
        if lines and lines[-1][-1] == (south, west):
            lines[-1].append((north, east))
        else:
            lines.append([(south, west), (north, east)])
    return [[line] for line in lines]


def known_areas(drawn: set[str], around: Bounds | None = None) -> Layer:
    """Protected areas of which only a point is known, without those that ``drawn`` names: these have an outline."""
    layer = Layer("known_areas", _("Protected areas (points)"), POINTS, shape="square", colour="park", group="ground")
    layer.note = _("A point only, not the area: load its outline where you have one.")
    layer.credit = {one.name: one.credit for one in base_map.credits()}["protected_areas"]
    for feature in base_map.areas_without(drawn)["features"]:
        shape, told = feature["geometry"], feature["properties"]
        if shape["type"] != "Point" or not _near(shape, around):
            continue
        longitude, latitude = shape["coordinates"]
        facts = [told["country"]] if told.get("country") else []
        layer.things.append(Thing((latitude, longitude), base_map.area_name(told), facts))
    return layer


def _lines(shape: dict[str, Any]) -> list[list[tuple[float, float]]]:
    lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
    return [[(latitude, longitude) for longitude, latitude in line] for line in lines]


def _parts(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """The single polygons or lines of a shape."""
    kind = shape["type"].removeprefix("Multi")
    if kind == shape["type"]:
        return [shape]
    return [{"type": kind, "coordinates": one} for one in shape["coordinates"]]


def _near(shape: dict[str, Any], around: Bounds | None) -> bool:
    if around is None:
        return True
    south, west, north, east = around
    places = corners(shape)
    return (
        max(y for _x, y in places) >= south - _NEAR
        and min(y for _x, y in places) <= north + _NEAR
        and max(x for x, _y in places) >= west - _NEAR
        and min(x for x, _y in places) <= east + _NEAR
    )
