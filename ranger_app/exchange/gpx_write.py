"""GPX 1.1 of one patrol: its ways with every point, its waypoints, times to the millisecond.

Elements stand in the order that the schema of GPX 1.1 demands.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ranger_app.exchange.geo_text import escape, instant, number, quoted
from ranger_app.geo.way import Mark, Way

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<gpx version="1.1" creator="Ranger" xmlns="http://www.topografix.com/GPX/1/1">\n'
)


@dataclass(frozen=True, slots=True)
class Line:
    """A way with a remark for each point that has one, by its number."""

    way: Way
    remarks: Sequence[str] = ()


def text(name: str, description: str, marks: Iterable[Mark], lines: Iterable[Line]) -> Iterator[str]:
    """The file piece by piece. A point without a place is passed over; a planned way is a route."""
    yield _HEAD
    yield f"  <metadata>\n{_leaf('name', name, 4)}{_leaf('desc', description, 4)}  </metadata>\n"
    for mark in marks:
        if math.isnan(mark.latitude):
            continue
        yield f"  <wpt{_place(mark.latitude, mark.longitude)}>\n"
        yield _inner(mark.elevation, mark.time, 4)
        yield _leaf("name", mark.name, 4) + _leaf("cmt", mark.remarks, 4) + _leaf("type", mark.symbol, 4)
        yield "  </wpt>\n"
    lines = list(lines)
    for line in sorted(lines, key=lambda one: not one.way.planned):  # routes stand before tracks
        yield from _route(line) if line.way.planned else _track(line)
    yield "</gpx>\n"


def _track(line: Line) -> Iterator[str]:
    yield f"  <trk>\n{_leaf('name', line.way.name, 4)}"
    last = None
    for i, segment in enumerate(line.way.segment):
        if not math.isfinite(line.way.latitude[i] + line.way.longitude[i]):
            continue
        if segment != last:
            yield "    <trkseg>\n" if last is None else "    </trkseg>\n    <trkseg>\n"
            last = segment
        yield _point("trkpt", line, i, 6)
    yield "" if last is None else "    </trkseg>\n"
    yield "  </trk>\n"


def _route(line: Line) -> Iterator[str]:
    yield f"  <rte>\n{_leaf('name', line.way.name, 4)}"
    for i in range(len(line.way)):
        if math.isfinite(line.way.latitude[i] + line.way.longitude[i]):
            yield _point("rtept", line, i, 4)
    yield "  </rte>\n"


def _point(tag: str, line: Line, i: int, indent: int) -> str:
    way = line.way
    inner = _inner(way.elevation[i], way.time[i], 0, "")
    remark = line.remarks[i] if i < len(line.remarks) else ""
    inner += _leaf("cmt", remark, 0, "") if remark else ""
    start = f"{' ' * indent}<{tag}{_place(way.latitude[i], way.longitude[i])}"
    return f"{start}>{inner}</{tag}>\n" if inner else f"{start}/>\n"


def _place(latitude: float, longitude: float) -> str:
    return f" lat={quoted(number(latitude))} lon={quoted(number(longitude))}"


def _inner(elevation: float, time: float, indent: int, end: str = "\n") -> str:
    found = "" if not math.isfinite(elevation) else _leaf("ele", number(elevation), indent, end)
    return found + _leaf("time", instant(time), indent, end)


def _leaf(name: str, content: str, indent: int, end: str = "\n") -> str:
    return f"{' ' * indent}<{name}>{escape(content)}</{name}>{end}" if content else ""
