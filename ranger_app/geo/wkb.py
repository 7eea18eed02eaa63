"""Reads Well-Known Binary, the geometry of GeoPackages, into GeoJSON with bounds on depth and size.

Our own reader, because libraries follow nested geometries as deep as a hostile file likes.
"""

from __future__ import annotations

import struct
from typing import Any

_NAMES = {1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}
_PARTS = {4: 1, 5: 2, 6: 3}


class _Cursor:
    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at
        self.order = "<"

    def head(self) -> tuple[int, int]:
        """The type (1 to 7) and the numbers in each position; ISO and EWKB ways of writing Z and M."""
        self.order = "<" if self.data[self.at] == 1 else ">"
        (code,) = struct.unpack_from(f"{self.order}I", self.data, self.at + 1)
        self.at += 5
        width = 2
        if code & 0x20000000:
            self.at += 4
        width += bool(code & 0x80000000) + bool(code & 0x40000000)
        code &= 0x0FFFFFFF
        width += {0: 0, 1: 1, 2: 1, 3: 2}.get(code // 1000, 0)
        return code % 1000, width

    def count(self, least: int) -> int:
        """A number of parts, of which each has ``least`` bytes at least: never more than the data can hold."""
        (number,) = struct.unpack_from(f"{self.order}I", self.data, self.at)
        self.at += 4
        if number * least > len(self.data) - self.at:
            raise ValueError("more parts than bytes")
        return int(number)

    def positions(self, number: int, width: int) -> list[list[float]]:
        flat = struct.unpack_from(f"{self.order}{number * width}d", self.data, self.at)
        self.at += 8 * number * width
        return [[flat[i], flat[i + 1]] for i in range(0, len(flat), width)]

    def shape(self, kind: int, width: int) -> Any:
        if kind == 1:
            return self.positions(1, width)[0]
        if kind == 2:
            return self.positions(self.count(8 * width), width)
        return [self.positions(self.count(8 * width), width) for _ring in range(self.count(4))]


def geometry(data: bytes, at: int = 0) -> dict[str, Any] | None:
    """The GeoJSON geometry (x, y) of WKB from byte ``at``; None for collections, curves and empty points.

    Raises ValueError, struct.error or IndexError where the bytes are no geometry.
    """
    cursor = _Cursor(data, at)
    kind, width = cursor.head()
    if kind in (1, 2, 3):
        coordinates = cursor.shape(kind, width)
        if kind == 1 and coordinates[0] != coordinates[0]:  # NaN: an empty point
            return None
        return {"type": _NAMES[kind], "coordinates": coordinates} if coordinates else None
    if kind not in _PARTS:
        return None
    parts = []
    for _part in range(cursor.count(5)):
        inner, inner_width = cursor.head()
        if inner != _PARTS[kind]:
            raise ValueError("a part of another type")
        parts.append(cursor.shape(inner, inner_width))
    return {"type": _NAMES[kind], "coordinates": parts} if parts else None
