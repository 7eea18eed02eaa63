"""The line of a SMART track: well-known binary in hex digits, one vertex for each fix, its time in the third place.

SMART writes big-endian EWKB of type MultiLineString Z; lines of other makers come little-endian, single, in ISO's
numbers or without times, and are read alike.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array
from collections.abc import Iterable

from ranger_app.geo.way import Way

_LINE, _LINES = 2, 5
_Z, _M, _SRID = 0x8000_0000, 0x4000_0000, 0x2000_0000
MOST_POINTS = 1_000_000
_MOST_PARTS = 100_000


def decode(hex_text: str) -> Way:
    """The fixes of a line in hex digits: degrees as written, ``time`` as the third number of each vertex.

    That number is milliseconds of the wall clock counted as if it were UTC; NaN where the line has none. Parts become
    segments. Places that are none become NaN. ValueError for anything that is not a whole line of at most a million
    fixes.
    """
    text = hex_text.strip()
    if len(text) > 2 * (MOST_POINTS * 32 + 64):
        raise ValueError("too long")
    data = bytes.fromhex(text)
    way = Way()
    end = _geometry(data, 0, way, depth=0)
    if end != len(data):
        raise ValueError("bytes are left over")
    return way


def encode(segments: Iterable[tuple[Iterable[float], Iterable[float], Iterable[float]]]) -> str:
    """Hex digits of a MultiLineString Z as SMART writes it; each segment is its longitudes, latitudes and times."""
    parts = []
    for longitudes, latitudes, times in segments:
        flat = [value for vertex in zip(longitudes, latitudes, times, strict=True) for value in vertex]
        line = array("d", flat)
        if sys.byteorder == "little":
            line.byteswap()
        parts.append(struct.pack(">BII", 0, _Z | _LINE, len(flat) // 3) + line.tobytes())
    return (struct.pack(">BII", 0, _Z | _LINES, len(parts)) + b"".join(parts)).hex().upper()


def _geometry(data: bytes, at: int, way: Way, depth: int) -> int:
    order, kind, dimensions, timed, at = _head(data, at)
    count = int(struct.unpack_from(f"{order}I", data, _inside(data, at, 4))[0])
    at += 4
    if kind == _LINES and depth == 0:
        if count > _MOST_PARTS or count * 9 > len(data) - at:
            raise ValueError("more parts than bytes")
        for _number in range(count):
            at = _geometry(data, at, way, depth=1)
        return at
    if kind != _LINE:
        raise ValueError("no line")
    size = 8 * dimensions * count
    if size > len(data) - at or len(way) + count > MOST_POINTS:
        raise ValueError("more vertices than bytes")
    _vertices(way, _doubles(data[at : at + size], order), dimensions, timed)
    return at + size


def _head(data: bytes, at: int) -> tuple[str, int, int, bool, int]:
    _inside(data, at, 5)
    if data[at] not in (0, 1):
        raise ValueError("no byte order")
    order = "<" if data[at] else ">"
    (word,) = struct.unpack_from(f"{order}I", data, at + 1)
    at += 5
    has_z, has_m = bool(word & _Z), bool(word & _M)
    if word & _SRID:
        _inside(data, at, 4)
        at += 4
    kind = word & 0x0FFF_FFFF
    iso, kind = divmod(kind, 1000)
    if iso > 3:
        raise ValueError("no geometry")
    has_z, has_m = has_z or iso in (1, 3), has_m or iso in (2, 3)
    return order, kind, 2 + has_z + has_m, has_z, at


def _inside(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise ValueError("breaks off")
    return at


def _doubles(data: bytes, order: str) -> array[float]:
    found = array("d")
    found.frombytes(data)
    if (order == ">") == (sys.byteorder == "little"):
        found.byteswap()
    return found


def _vertices(way: Way, flat: array[float], dimensions: int, timed: bool) -> None:
    number = int(way.segment[-1]) + 1 if len(way) else 0
    longitudes, latitudes = flat[0::dimensions], flat[1::dimensions]
    times = flat[2::dimensions] if timed else array("d", [math.nan]) * len(longitudes)
    for longitude, latitude, time in zip(longitudes, latitudes, times, strict=True):
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            longitude = latitude = math.nan
        way.add(latitude, longitude, math.nan, time if math.isfinite(time) else math.nan, number)
