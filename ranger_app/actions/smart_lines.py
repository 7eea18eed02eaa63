"""The tracks of a patrol as SMART's lines: one for each day of a leg, times as the wall clock showed them.

A track that came from a SMART file stays the line it was; others are cut at midnight and joined by day.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ranger_app.actions.patrol_shown import Part, ShownPatrol
from ranger_app.actions.smart_losses import Losses
from ranger_app.exchange import smart_patrol as smart
from ranger_app.exchange import smart_wkb
from ranger_app.geo.tracks import LEFT_OUT, REASONS, believable, steps, unpack
from ranger_app.geo.way import Way

DATASET = "smart-patrol"
_MINUTE = 60_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DayLine:
    """A line with the leg and the day it belongs to; the leg is None where nobody said."""

    leg: int | None
    date: str
    line: smart.Line


@dataclass(slots=True)
class _Piece:
    way: Way
    points: list[int]


def lines_of(one: ShownPatrol, offset: int, losses: Losses) -> Iterator[DayLine]:
    """The lines of a patrol's recorded tracks; what a line cannot hold is counted in ``losses``."""
    joined: dict[tuple[int | None, str], tuple[str, list[_Piece]]] = {}
    for track in one.tracks:
        points = track.values.get("points")
        if not isinstance(points, bytes) or not points:
            continue
        if track.values.get("planned"):
            losses.note("planned_way")
            continue
        try:
            way, marks = unpack(points)
        except ValueError:  # as another station wrote it
            losses.note("unreadable_track")
            continue
        losses.note("marked_point", sum(REASONS[mark] in LEFT_OUT for mark in marks))
        losses.note("elevation", sum(not math.isnan(value) for value in way.elevation))
        losses.note("no_point_time", sum(math.isnan(value) for value in way.time))
        as_it_came = track.text("source").startswith(f"{DATASET} ") and track.text("date")
        pieces = _pieces(way, offset, track.text("date") or one.record.text("date"), whole=bool(as_it_came))
        if as_it_came:
            line = _line(track.id.hex(), [piece for of_day in pieces.values() for piece in of_day], offset, losses)
            line.distance = _kilometres(track)
            yield DayLine(track.number("leg"), track.text("date"), line)
            continue
        for date, of_day in pieces.items():
            joined.setdefault((track.number("leg"), date), (track.id.hex(), []))[1].extend(of_day)
    for (leg, date), (record, of_day) in joined.items():
        of_day.sort(key=_first_time)
        line = _line(record, of_day, offset, losses)
        metres = math.fsum(metre for piece in of_day for metre in steps(piece.way, _placed(piece)))
        line.distance = f"{metres / 1000:.6f}"
        yield DayLine(leg, date, line)


def _kilometres(track: Part) -> str:
    millimetres = track.number("raw_metres")
    return "" if millimetres is None else f"{millimetres / 1e6:.6f}"


def _pieces(way: Way, offset: int, date: str, *, whole: bool) -> dict[str, list[_Piece]]:
    """The points by local date and, there, by segment; one without a time lies on the day of the one before."""
    found: dict[str, list[_Piece]] = {}
    last: tuple[str, float] | None = None
    first = next((time for time in way.time if believable(time)), math.nan)
    here = _date(first, offset) or date
    for i, segment in enumerate(way.segment):
        if not whole:
            here = _date(way.time[i], offset) or here
        key = ("" if whole else here, segment)
        if key != last:
            found.setdefault(key[0], []).append(_Piece(way, []))
            last = key
        found[key[0]][-1].points.append(i)
    return found


def _first_time(piece: _Piece) -> float:
    return next((time for i in piece.points if believable(time := piece.way.time[i])), math.inf)


def _date(time: float, offset: int) -> str:
    if not believable(time):
        return ""
    return (_EPOCH + timedelta(milliseconds=time, minutes=offset)).date().isoformat()


def _placed(piece: _Piece) -> list[int]:
    return [i for i in piece.points if math.isfinite(piece.way.latitude[i] + piece.way.longitude[i])]


def _line(record: str, pieces: list[_Piece], offset: int, losses: Losses) -> smart.Line:
    segments = []
    shift = offset * _MINUTE
    for piece in pieces:
        way, points = piece.way, _placed(piece)
        losses.note("no_point_place", len(piece.points) - len(points))
        if points:
            times = [way.time[i] + shift if math.isfinite(way.time[i]) else 0.0 for i in points]
            segments.append(([way.longitude[i] for i in points], [way.latitude[i] for i in points], times))
    return smart.Line("", smart_wkb.encode(segments) if segments else "", record)
