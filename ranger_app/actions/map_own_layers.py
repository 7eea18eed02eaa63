"""A person's own files as layers of the map: outlines, pictures, and tiles that are served or packed one by one.

No sharing rule knows what lies in such a file, so a map file carries them only where everything is shown as it is.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence

from ranger_app.actions import layers as own
from ranger_app.errors import RangerError
from ranger_app.geo import layer_files, tiles
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.maps.layers import AREAS, IMAGE, TILES, Layer, Thing

PREFIX = "own-"
MOST_PACKED = 6_000_000
"""Bytes of tiles that one map file carries."""
_FACTS = 12

Bounds = tuple[float, float, float, float]


def layers(library: Library, packed_around: Bounds | None = None) -> list[Layer]:
    """The remembered files from below to above, as far as they can be read; one that cannot says so in its note.

    ``packed_around`` (south, west, north, east) packs the tiles of that area into the layers, for a page without a
    server; without it tiles are asked for at ``tiles/ID/z/x/y``.
    """
    made = []
    for one in own.layers(library):
        layer = Layer(
            PREFIX + one.id, one.name, AREAS, colour="own", on=one.visible, opacity=max(10, one.opacity), group="own"
        )
        if one.missing:
            layer.note = _("The file {file} is not there now.").format(file=one.path)
        else:
            try:
                _fill(layer, one, packed_around)
            except RangerError as error:
                layer.note = error.what
        made.append(layer)
    return made


def keep(library: Library, shown: Sequence[tuple[str, bool, int]]) -> None:
    """Remember how layers of the map are shown (id, on, percent), from below to above, for those that are files."""
    known = {one.id: one for one in own.layers(library)}
    files = [(one[len(PREFIX) :], on, opacity) for one, on, opacity in shown if one.startswith(PREFIX)]
    files = [one for one in files if one[0] in known]
    for record, on, opacity in files:
        before = known[record]
        if (before.visible, before.opacity) != (on, opacity):
            own.put(library, record, visible=on, opacity=opacity)
    ids = [record for record, _on, _opacity in files]
    if ids != [one.id for one in own.layers(library) if one.id in ids]:
        own.order(library, ids)


def _fill(layer: Layer, one: own.Layer, packed_around: Bounds | None) -> None:
    if one.kind == own.VECTOR:
        found = layer_files.vector(one.path)
        for feature in found["features"]:
            told = feature.get("properties") or {}
            facts = [f"{name}: {value}" for name, value in list(told.items())[:_FACTS]]
            layer.things.append(Thing(feature["geometry"], layer_files.title(told) or one.name, facts))
        layer.note = " ".join(found.get("remarks", ()))
    elif one.kind == own.IMAGE:
        picture = layer_files.image(one.path)
        layer.kind = IMAGE
        layer.source = f"data:image/png;base64,{base64.b64encode(picture.png).decode()}"
        layer.bounds = (picture.south, picture.west, picture.north, picture.east)
    else:
        layer.kind = TILES
        file = tiles.open(one.path)
        try:
            layer.bounds, layer.zooms = file.bounds, file.zooms
            layer.source = f"tiles/{one.id}/{{z}}/{{x}}/{{y}}"
            if packed_around is not None:
                _pack(layer, file, packed_around)
        finally:
            file.close()


def _pack(layer: Layer, file: tiles.Tiles, around: Bounds) -> None:
    """Put the tiles of an area into the layer, coarse ones first, whole zooms as long as there is room."""
    left, highest = MOST_PACKED, layer.zooms[0] - 1
    for zoom in range(layer.zooms[0], layer.zooms[1] + 1):
        fetched: dict[str, bytes] = {}
        size = 0
        for x, y in _numbers(zoom, around):
            data = file.tile(zoom, x, y)
            if data is not None:
                fetched[f"{zoom}/{x}/{y}"] = data
                size += len(data)
            if size > left or len(fetched) > 4000:
                break
        else:
            left -= size
            highest = zoom
            for name, data in fetched.items():
                kind = tiles.picture_type(data)
                layer.pictures[name] = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
            continue
        break
    layer.zooms = (layer.zooms[0], max(layer.zooms[0], highest))
    layer.source = "packed"


def _numbers(zoom: int, around: Bounds) -> Iterator[tuple[int, int]]:
    """Columns and rows (from the north) of the tiles that touch an area."""
    south, west, north, east = around
    number = 1 << zoom

    def column(longitude: float) -> int:
        return min(number - 1, max(0, int((longitude + 180) / 360 * number)))

    def row(latitude: float) -> int:
        sine = math.sin(math.radians(min(85.05, max(-85.05, latitude))))
        return min(number - 1, max(0, int((0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * number)))

    for x in range(column(west), column(east) + 1):
        for y in range(row(north), row(south) + 1):
            yield x, y
