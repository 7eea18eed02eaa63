"""How far and how long: raw, cleaned and excluded effort of a recorded track, with a reason at every point left out.

Nothing is ever deleted. A point that does not count keeps its place in the record and carries a mark that says why,
so that another person, rule or decade can judge again.
"""

from __future__ import annotations

import math
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ranger_app.geo.way import Way

if TYPE_CHECKING:
    from pyproj import Geod

KEPT = ""
BAD_PLACE = "bad_place"
"""No usable latitude and longitude; it has no distance, so even the raw sum passes over it."""
ZERO_ZERO = "zero_zero"
"""Exactly 0, 0: what a receiver writes that has no fix (seen in SMART Mobile and ecoscope)."""
TIME_ORDER = "time_order"
"""Its time lies outside the longest run of non-decreasing times of the segment (SMART Mobile drops such fixes)."""
DUPLICATE = "duplicate"
"""The place of the point before, under a second later: SMART writes every fix twice a few milliseconds apart."""
SPIKE = "spike"
"""A jump away and back faster than the transport can move."""
GAP = "gap"
"""The point counts, the way to it does not: more than 30 minutes passed since the point before."""
NO_TIME = "no_time"
"""The point counts for distance, not for hours: no time, or one that no receiver can have known."""

REASONS = (KEPT, BAD_PLACE, ZERO_ZERO, TIME_ORDER, DUPLICATE, SPIKE, GAP, NO_TIME)
"""A point's mark is its index in this tuple. The order is stored: append only."""

LEFT_OUT = frozenset((BAD_PLACE, ZERO_ZERO, TIME_ORDER, DUPLICATE, SPIKE))
"""Marks of points that take no part in cleaned figures; the two others only limit how the point counts."""

SPEED_LIMITS = {
    "foot": 10.0,
    "ski": 20.0,
    "horse": 25.0,
    "bicycle": 40.0,
    "boat": 80.0,
    "drone": 100.0,
    "motorcycle": 120.0,
    "car": 120.0,
    "snowmobile": 120.0,
    "other": 120.0,
}
"""km/h. Foot 10, ski 20, horse 25, boat 80, vehicles 120 are the patrol reference's defaults; the others are ours."""

LONGEST_GAP = 30 * 60.0
"""Seconds between two points above which the straight line between them is nobody's effort."""

_TWIN = 1.0  # seconds: two fixes at one place closer than this are one
_ERROR_OF_FIX = 20.0  # metres a receiver under trees may wander between two fixes: no spike is shorter
_LONGEST_SPIKE = 5  # points: a receiver that lost its satellites may repeat the wrong place a few times
_GPS_BEGAN = 315_964_800_000  # 1980-01-06T00:00:00Z: no receiver knew an earlier time
_FAR_FUTURE = 7_258_118_400_000  # 2200-01-01T00:00:00Z
_MARK = {reason: number for number, reason in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class Effort:
    """Metres along the ellipsoid and seconds; ``seconds`` is None where no times tell, which is not zero."""

    metres: float = 0.0
    seconds: float | None = None

    def __add__(self, other: Effort) -> Effort:
        if self.seconds is None or other.seconds is None:
            seconds = other.seconds if self.seconds is None else self.seconds
        else:
            seconds = self.seconds + other.seconds
        return Effort(self.metres + other.metres, seconds)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a track is worth: a mark per point (an index into REASONS) and the three efforts."""

    marks: Sequence[int]
    raw: Effort
    cleaned: Effort
    excluded: Effort
    start: float | None = None
    """First and last believable time of the points kept, milliseconds since 1970 UTC."""
    end: float | None = None
    reasons: dict[str, int] = field(default_factory=dict)
    """Points under each mark, in the order of REASONS."""


def geod() -> Geod:
    """The WGS 84 ellipsoid. pyproj takes long to load, so it is loaded by whoever first measures something."""
    global _geod
    if _geod is None:
        from pyproj import Geod

        _geod = Geod(ellps="WGS84")
    return _geod


_geod: Geod | None = None


def steps(way: Way, points: Sequence[int]) -> list[float]:
    """Geodesic metres from each of ``points`` (indices into ``way``) to the next: one number less than points."""
    if len(points) < 2:
        return []
    latitude = [way.latitude[i] for i in points]
    longitude = [way.longitude[i] for i in points]
    _azimuth, _back, metres = geod().inv(longitude[:-1], latitude[:-1], longitude[1:], latitude[1:])
    return list(metres)


def judge(way: Way, transport: str = "foot") -> Judged:
    """Raw, cleaned and excluded effort of ``way`` moved along by ``transport`` (a key of SPEED_LIMITS, else "other").

    Raw: the sum of WGS 84 geodesics between consecutive points inside each segment, as parsed; raw time is each
    segment's latest minus its earliest time. Cleaned: the same over the points that stay, gaps not counted. A spike is
    left out only if speed in *and* out exceed the limit and passing over it brings the speed under (section 4.5 of the
    patrol reference, extended to runs of at most five points and never for jumps below 20 m). A planned way is no
    effort: everything is zero or None.
    """
    limit = SPEED_LIMITS.get(transport, SPEED_LIMITS["other"]) / 3.6
    marks = array("b", bytes(len(way)))
    if way.planned:
        return Judged(marks, Effort(), Effort(), Effort())
    raw_metres: list[float] = []
    clean_metres: list[float] = []
    raw_seconds: list[float] = []
    clean_seconds: list[float] = []
    for segment in _segments(way):
        usable = []
        for i in segment:
            if math.isnan(way.latitude[i]) or math.isnan(way.longitude[i]):
                marks[i] = _MARK[BAD_PLACE]
            else:
                usable.append(i)
        raw_metres += steps(way, usable)
        times = [way.time[i] for i in segment if _timed(way, i)]
        if times:
            raw_seconds.append((max(times) - min(times)) / 1000)
        kept = _clean(way, usable, marks, limit)
        metres, seconds = _count(way, kept, marks)
        clean_metres += metres
        clean_seconds += seconds
    raw = Effort(math.fsum(raw_metres), math.fsum(raw_seconds) if raw_seconds else None)
    cleaned = Effort(math.fsum(clean_metres), math.fsum(clean_seconds) if raw_seconds else None)
    lost = None if raw.seconds is None or cleaned.seconds is None else raw.seconds - cleaned.seconds
    counted = [way.time[i] for i in range(len(way)) if REASONS[marks[i]] not in LEFT_OUT and _timed(way, i)]
    return Judged(
        marks,
        raw,
        cleaned,
        Effort(raw.metres - cleaned.metres, lost),
        min(counted, default=None),
        max(counted, default=None),
        tally([marks]),
    )


def tally(marks: Iterable[Sequence[int]]) -> dict[str, int]:
    """How many points carry each mark, in the order of REASONS, kept ones not listed."""
    numbers = [0] * len(REASONS)
    for of_way in marks:
        for mark in of_way:
            numbers[mark] += 1
    return {reason: number for reason, number in zip(REASONS, numbers, strict=True) if reason and number}


def pack(way: Way, marks: Sequence[int]) -> bytes:
    """The points as stored in a track's ``points``: six little-endian IEEE doubles each, nothing before or between.

    latitude, longitude (degrees as parsed), elevation (m or NaN), time (ms since 1970 UTC or NaN), segment number,
    mark (index into REASONS).
    """
    table = array("d", bytes(8 * 6 * len(way)))
    for offset, column in enumerate((way.latitude, way.longitude, way.elevation, way.time, way.segment)):
        table[offset::6] = column
    table[5::6] = array("d", marks)
    if sys.byteorder == "big":
        table.byteswap()
    return table.tobytes()


def unpack(points: bytes) -> tuple[Way, list[int]]:
    """A way and its marks from ``pack``'s bytes; ValueError where they are not whole points or carry unknown marks."""
    if len(points) % 48:
        raise ValueError("not a whole number of track points")
    table = array("d")
    table.frombytes(points)
    if sys.byteorder == "big":
        table.byteswap()
    marks = table[5::6]
    if any(mark not in range(len(REASONS)) for mark in marks):
        raise ValueError("unknown mark of a track point")
    way = Way("", False, table[0::6], table[1::6], table[2::6], table[3::6], table[4::6])
    return way, [int(mark) for mark in marks]


def believable(milliseconds: float) -> bool:
    """Whether a satellite receiver can have given this time (ms since 1970 UTC, NaN for none)."""
    return _GPS_BEGAN <= milliseconds < _FAR_FUTURE  # false for NaN


def _timed(way: Way, i: int) -> bool:
    return believable(way.time[i])


def _segments(way: Way) -> list[list[int]]:
    segments: list[list[int]] = []
    last = math.nan
    for i, number in enumerate(way.segment):
        if number != last:
            segments.append([])
            last = number
        segments[-1].append(i)
    return segments


def _clean(way: Way, points: list[int], marks: array[int], limit: float) -> list[int]:
    """Mark what one segment's usable ``points`` must do without and return the others."""
    kept = []
    for i in points:
        if way.latitude[i] == 0 and way.longitude[i] == 0:
            marks[i] = _MARK[ZERO_ZERO]
        else:
            kept.append(i)
    in_order = _longest_in_order(way, [i for i in kept if _timed(way, i)])
    for i in kept:
        if _timed(way, i) and i not in in_order:
            marks[i] = _MARK[TIME_ORDER]
    kept = _without_twins(way, [i for i in kept if not marks[i]], marks)
    return _without_spikes(way, kept, marks, limit)


def _longest_in_order(way: Way, points: list[int]) -> set[int]:
    """The longest run of ``points`` whose times never go back (patience sorting, n log n)."""
    tops: list[float] = []
    top_points: list[int] = []
    before: dict[int, int] = {}
    for i in points:
        place = bisect_right(tops, way.time[i])
        if place:
            before[i] = top_points[place - 1]
        if place == len(tops):
            tops.append(way.time[i])
            top_points.append(i)
        else:
            tops[place] = way.time[i]
            top_points[place] = i
    run: set[int] = set()
    at = top_points[-1] if top_points else None
    while at is not None:
        run.add(at)
        at = before.get(at)
    return run


def _without_twins(way: Way, points: list[int], marks: array[int]) -> list[int]:
    kept: list[int] = []
    for i in points:
        if kept:
            last = kept[-1]
            same = way.latitude[i] == way.latitude[last] and way.longitude[i] == way.longitude[last]
            both = _timed(way, i), _timed(way, last)
            if same and (not any(both) or (all(both) and (way.time[i] - way.time[last]) / 1000 < _TWIN)):
                marks[i] = _MARK[DUPLICATE]
                continue
        kept.append(i)
    return kept


def _without_spikes(way: Way, points: list[int], marks: array[int], limit: float) -> list[int]:
    metres = steps(way, points)

    def jumps(first: int, second: int, distance: float) -> bool:
        if distance <= _ERROR_OF_FIX or not (_timed(way, first) and _timed(way, second)):
            return False
        # Two fixes in one second are within the clock's own rounding.
        return distance / max((way.time[second] - way.time[first]) / 1000, 1.0) > limit

    kept: list[int] = points[:1]
    k = 1
    while k < len(points):
        end = k
        if jumps(points[k - 1], points[k], metres[k - 1]):
            for back in range(k + 1, min(k + 1 + _LONGEST_SPIKE, len(points))):
                if not jumps(points[back - 1], points[back], metres[back - 1]) or not _timed(way, points[back]):
                    continue
                across = steps(way, [points[k - 1], points[back]])[0]
                if not jumps(points[k - 1], points[back], across):
                    end = back
                    break
        for i in points[k:end]:
            marks[i] = _MARK[SPIKE]
        kept.append(points[end])
        k = end + 1
    return kept


def _count(way: Way, points: list[int], marks: array[int]) -> tuple[list[float], list[float]]:
    """Metres and seconds of the steps between the ``points`` that stay; marks gaps and missing times."""
    metres: list[float] = []
    seconds: list[float] = []
    last_timed: int | None = None
    distances = steps(way, points)
    for k, i in enumerate(points):
        gap = False
        if not _timed(way, i):
            marks[i] = _MARK[NO_TIME]
        else:
            if last_timed is not None:
                waited = (way.time[i] - way.time[last_timed]) / 1000
                gap = waited > LONGEST_GAP and points[k - 1] == last_timed
                if gap:
                    marks[i] = _MARK[GAP]
                else:
                    seconds.append(waited)
            last_timed = i
        if k and not gap:
            metres.append(distances[k - 1])
    return metres, seconds
