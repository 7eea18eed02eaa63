"""How far and how long: raw, cleaned and excluded effort of a recorded track, with a reason at every point left out.

Nothing is ever deleted. A point that does not count keeps its place in the record and carries a mark that says why,
so that another person, rule or decade can judge again.
"""

from __future__ import annotations

import json
import math
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ranger_app.geo.stays import stays
from ranger_app.geo.way import Way

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import Geod

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]
    Flags = NDArray[np.bool_]

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
    still: float | None = None
    """Seconds of the cleaned time that were spent on one spot (``geo.stays``); None where no times tell."""
    stays: tuple[tuple[int, int], ...] = ()
    """First and last point of each time on one spot, as indices into the way."""


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
    patrol reference, extended to runs of at most five points and never for jumps below 20 m). Time on one spot stays
    in the cleaned figures and is told apart as ``still``. A planned way is no effort: everything is zero or None.
    """
    import numpy

    if way.planned:
        return Judged(array("b", bytes(len(way))), Effort(), Effort(), Effort())
    points = _Points(way)
    marks = numpy.zeros(len(way), numpy.int8)
    marks[points.bad] = _MARK[BAD_PLACE]
    marks[(points.latitude == 0) & (points.longitude == 0)] = _MARK[ZERO_ZERO]
    kept = numpy.flatnonzero(marks == 0)
    _mark_disorder(points, kept, marks)
    _mark_twins(points, kept[marks[kept] == 0], marks)
    limit = SPEED_LIMITS.get(transport, SPEED_LIMITS["other"]) / 3.6
    _mark_spikes(points, kept[marks[kept] == 0], marks, limit)
    _mark_gaps(points, marks)
    return _measured(points, marks)


def measure(way: Way, marks: Sequence[int]) -> Judged:
    """Effort of ``way`` under these marks as they are: ``effective``'s, or those a track was stored with.

    Nothing is judged again. A point without a usable place never counts, whatever its mark, nor does time that runs
    back.
    """
    import numpy

    if way.planned:
        return Judged(array("b", bytes(len(way))), Effort(), Effort(), Effort())
    return _measured(_Points(way), numpy.array(marks, numpy.int8))


def effective(marks: Sequence[int], overrules: object, way: Way | None = None) -> Sequence[int]:
    """The marks that hold now: those of the first judgement where no person said otherwise.

    ``overrules`` is a track's field of that name, as text or as a list; of several entries on a point the last holds.
    With ``way`` gaps are found again between the points that count now, except where a person spoke.
    """
    found = overrule_entries(overrules)
    if not found:
        return marks
    import numpy

    now = numpy.array(marks, numpy.int8)
    said = numpy.zeros(len(now), bool)
    for entry in found:
        first, last, reason = entry.get("first"), entry.get("last"), entry.get("mark") or KEPT
        if isinstance(first, int) and isinstance(last, int) and reason in _MARK:
            now[max(first, 0) : max(last + 1, 0)] = _MARK[reason]
            said[max(first, 0) : max(last + 1, 0)] = True
    if way is not None and not way.planned:
        now[~said & (now == _MARK[GAP])] = 0
        _mark_gaps(_Points(way), now, said)
    return array("b", now.tobytes())


def overrule_entries(overrules: object) -> list[Mapping[str, Any]]:
    """What people said of a track's points, oldest first; entries that cannot be read are passed over."""
    if isinstance(overrules, str) and overrules:
        try:
            overrules = json.loads(overrules)
        except ValueError:
            return []
    return [entry for entry in overrules if isinstance(entry, dict)] if isinstance(overrules, list) else []


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
    if not set(marks) <= set(range(len(REASONS))):
        raise ValueError("unknown mark of a track point")
    way = Way("", False, table[0::6], table[1::6], table[2::6], table[3::6], table[4::6])
    return way, list(map(int, marks))


def believable(milliseconds: float) -> bool:
    """Whether a satellite receiver can have given this time (ms since 1970 UTC, NaN for none)."""
    return _GPS_BEGAN <= milliseconds < _FAR_FUTURE  # false for NaN


class _Points:
    """A way's columns as numpy arrays, with the length of each step as it was first measured."""

    def __init__(self, way: Way) -> None:
        import numpy

        self.latitude: Floats = numpy.asarray(way.latitude)
        self.longitude: Floats = numpy.asarray(way.longitude)
        self.time: Floats = numpy.asarray(way.time)
        number = numpy.asarray(way.segment)
        changed = numpy.ones(len(number), bool)
        changed[1:] = number[1:] != number[:-1]
        self.segment: Numbers = numpy.cumsum(changed) - 1
        self.bad: Flags = numpy.isnan(self.latitude) | numpy.isnan(self.longitude)
        self.timed: Flags = (self.time >= _GPS_BEGAN) & (self.time < _FAR_FUTURE)
        usable = numpy.flatnonzero(~self.bad)
        self.before: Numbers = numpy.full(len(number), -1)
        """The usable point before each usable one in its segment, -1 for none."""
        self.metres: Floats = numpy.zeros(len(number))
        """Geodesic metres from there."""
        ones, others = self.pairs(usable)
        self.before[others] = ones
        self.metres[others] = self._measure(ones, others)

    def pairs(self, points: Numbers) -> tuple[Numbers, Numbers]:
        """Those of neighbouring ``points`` that lie in one segment."""
        same = self.segment[points[1:]] == self.segment[points[:-1]]
        return points[:-1][same], points[1:][same]

    def between(self, ones: Numbers, others: Numbers) -> Floats:
        """Geodesic metres from each of ``ones`` to its neighbour of ``others``."""
        metres = self.metres[others]
        new = self.before[others] != ones
        if new.any():
            metres[new] = self._measure(ones[new], others[new])
        return metres

    def _measure(self, ones: Numbers, others: Numbers) -> Floats:
        if not len(ones):
            return self.metres[:0]
        _azimuth, _back, metres = geod().inv(
            self.longitude[ones], self.latitude[ones], self.longitude[others], self.latitude[others]
        )
        return metres  # type: ignore[no-any-return]


def _measured(points: _Points, marks: NDArray[np.int8]) -> Judged:
    """The three efforts under ``marks``, which are completed where a kept point has no time."""
    import numpy

    timed = numpy.flatnonzero(points.timed)
    raw_seconds = None
    if len(timed):
        starts = numpy.flatnonzero(numpy.diff(points.segment[timed], prepend=-1))
        times = points.time[timed]
        lasting = (numpy.maximum.reduceat(times, starts) - numpy.minimum.reduceat(times, starts)) / 1000
        raw_seconds = math.fsum(lasting.tolist())
    raw = Effort(math.fsum(points.metres.tolist()), raw_seconds)
    out = numpy.isin(marks, [_MARK[reason] for reason in LEFT_OUT]) | points.bad
    kept = numpy.flatnonzero(~out)
    marks[kept[~points.timed[kept]]] = _MARK[NO_TIME]
    ones, others = points.pairs(kept)
    counts = marks[others] != _MARK[GAP]
    metres = math.fsum(points.between(ones[counts], others[counts]).tolist())
    clocked = kept[points.timed[kept]]
    ones, others = points.pairs(clocked)
    waits = (points.time[others] - points.time[ones]) / 1000
    if len(waits) and waits.min() < 0:  # only where a person overruled the order of times
        waits = _forwards(points, ones, others)
    counts = marks[others] != _MARK[GAP]
    seconds = math.fsum(waits[counts].tolist()) if raw_seconds is not None else None
    breaks = numpy.ones(len(points.time), bool)
    breaks[others[counts]] = False
    spots = stays(
        points.latitude[clocked], points.longitude[clocked], points.time[clocked], numpy.cumsum(breaks[clocked])
    )
    still = math.fsum(float(points.time[clocked[b]] - points.time[clocked[a]]) / 1000 for a, b in spots)
    counted = points.time[clocked]
    lost = None if raw_seconds is None or seconds is None else raw_seconds - seconds
    held = array("b", marks.tobytes())
    return Judged(
        held,
        raw,
        Effort(metres, seconds),
        Effort(raw.metres - metres, lost),
        float(counted.min()) if len(counted) else None,
        float(counted.max()) if len(counted) else None,
        tally([held]),
        still if raw_seconds is not None else None,
        tuple((int(clocked[a]), int(clocked[b])) for a, b in spots),
    )


def _forwards(points: _Points, ones: Numbers, others: Numbers) -> Floats:
    """Seconds of each step beyond the latest time of its segment so far."""
    import numpy

    waits = numpy.zeros(len(ones))
    latest, segment = -math.inf, -1
    for k, (one, other) in enumerate(zip(ones.tolist(), others.tolist(), strict=True)):
        if points.segment[one] != segment:
            segment, latest = points.segment[one], float(points.time[one])
        waits[k] = max(points.time[other] - latest, 0.0) / 1000
        latest = max(latest, float(points.time[other]))
    return waits


def _mark_disorder(points: _Points, kept: Numbers, marks: NDArray[np.int8]) -> None:
    """Mark the times outside the longest run of each segment whose times never go back."""
    import numpy

    clocked = kept[points.timed[kept]]
    ones, others = points.pairs(clocked)
    backwards = points.time[others] < points.time[ones]
    if not backwards.any():
        return
    of = points.segment[clocked]
    for segment in numpy.unique(points.segment[others[backwards]]).tolist():
        here = clocked[numpy.searchsorted(of, segment) : numpy.searchsorted(of, segment, side="right")]
        marks[here] = _MARK[TIME_ORDER]
        marks[here[_longest_in_order(points.time[here].tolist())]] = 0


def _longest_in_order(times: list[float]) -> list[int]:
    """Positions of the longest run of ``times`` that never goes back (patience sorting, n log n)."""
    tops: list[float] = []
    top_points: list[int] = []
    before: list[int] = []
    for i, time in enumerate(times):
        place = bisect_right(tops, time)
        before.append(top_points[place - 1] if place else -1)
        if place == len(tops):
            tops.append(time)
            top_points.append(i)
        else:
            tops[place] = time
            top_points[place] = i
    run: list[int] = []
    at = top_points[-1] if top_points else -1
    while at >= 0:
        run.append(at)
        at = before[at]
    return run


def _mark_twins(points: _Points, kept: Numbers, marks: NDArray[np.int8]) -> None:
    import numpy

    first, second = kept[:-1], kept[1:]
    same = (
        (points.segment[first] == points.segment[second])
        & (points.latitude[first] == points.latitude[second])
        & (points.longitude[first] == points.longitude[second])
        & (points.timed[first] == points.timed[second])
    )
    same &= ~points.timed[second] | ((points.time[second] - points.time[first]) / 1000 < _TWIN)
    twin, last = -1, -1  # position of the twin before, and the point kept last
    for k in (numpy.flatnonzero(same) + 1).tolist():
        if k - 1 != twin:
            last = kept[k - 1]
        i = kept[k]
        if not points.timed[i] or (points.time[i] - points.time[last]) / 1000 < _TWIN:
            marks[i] = _MARK[DUPLICATE]
            twin = k


def _mark_spikes(points: _Points, kept: Numbers, marks: NDArray[np.int8], limit: float) -> None:
    import numpy

    if len(kept) < 3:
        return

    def jumps(ones: Numbers, others: Numbers) -> Flags:
        """Farther and faster than anybody moves; two fixes in one second are within the clock's own rounding."""
        metres = points.between(ones, others)
        seconds = numpy.maximum((points.time[others] - points.time[ones]) / 1000, 1.0)
        known = points.timed[ones] & points.timed[others] & (points.segment[ones] == points.segment[others])
        found: Flags = known & (metres > _ERROR_OF_FIX) & (metres / numpy.where(known, seconds, 1.0) > limit)
        return found

    jumped = numpy.zeros(len(kept), bool)
    jumped[1:] = jumps(kept[:-1], kept[1:])
    away = numpy.flatnonzero(jumped)
    back_at = numpy.zeros(len(kept), numpy.int64)  # where each jump is taken back, 0 for nowhere
    for step in range(1, _LONGEST_SPIKE + 1):
        back = away + step
        likely = away[(back < len(kept)) & (back_at[away] == 0)]
        likely = likely[jumped[likely + step]]
        likely = likely[points.segment[kept[likely + step]] == points.segment[kept[likely - 1]]]
        if len(likely):
            over = likely[~jumps(kept[likely - 1], kept[likely + step])]
            back_at[over] = over + step
    free = 1
    for k in away[back_at[away] > 0].tolist():
        if k >= free:
            end = int(back_at[k])
            marks[kept[k:end]] = _MARK[SPIKE]
            free = end + 1


def _mark_gaps(points: _Points, marks: NDArray[np.int8], said: Flags | None = None) -> None:
    """Mark points that follow the one before them after too long, except those of which a person has ``said``."""
    import numpy

    kept = numpy.flatnonzero(~(numpy.isin(marks, [_MARK[reason] for reason in LEFT_OUT]) | points.bad))
    ones, others = points.pairs(kept)
    both = points.timed[ones] & points.timed[others]
    ones, others = ones[both], others[both]
    gaps = others[(points.time[others] - points.time[ones]) / 1000 > LONGEST_GAP]
    if said is not None:
        gaps = gaps[~said[gaps]]
    marks[gaps] = _MARK[GAP]
