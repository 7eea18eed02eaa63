"""Which pictures of one deployment carry a time that cannot be right, and which correction would mend it.

A camera's clock is found wrong by what contradicts it: the deployment's dates, today, and the order of its own files.
The ideas (dates outside the deployment, ambiguous day and month tried both ways) are Timelapse's; the rules are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ranger_app.domain.time import Correction, corrected, correction

UNDATED, SWAPPED, RESET, FUTURE, OUTSIDE = "undated", "day_month", "reset", "future", "outside"
CODES = (SWAPPED, RESET, FUTURE, OUTSIDE, UNDATED)

FIRST_YEAR = 2001
"""Before it there was no digital camera trap: such a date is a factory's (1970, 1980 and 2000 are usual)."""
GAP = timedelta(days=20)
"""A longer silence between pictures breaks the sequence: rare by nature, usual where day and month are swapped."""
BACK = timedelta(days=1)
"""Further back than that no clock goes by itself, daylight saving and bursts included."""
YEAR = timedelta(days=366)
GRACE = timedelta(seconds=59)
"""Deployments are dated to the minute."""
NEAR = timedelta(days=2)
"""So close beside a deployment it is likelier its date that is wrong."""
_MOST = 12


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: camera time as written, the file's own UTC offset in minutes, and the numbered series it is of."""

    written: str
    own_offset: int | None = None
    series: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """Pictures of one deployment whose time is doubtful; ``first`` and ``last`` as written, empty for undated ones.

    ``proposal`` is an entry of ``clock_corrections``, or new dates of the deployment (``start``, ``end``), or None
    where nothing can be proposed. ``rough``: the true time is known only within bounds, the proposal is one of many.
    """

    code: str
    pictures: int
    first: str
    last: str
    proposal: dict[str, Any] | None
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Deployed:
    """What is known of the deployment: local dates, its offset in minutes, corrections, and the local time now."""

    start: datetime | None
    end: datetime | None
    offset: int
    applied: tuple[Correction, ...]
    now: datetime


def check(shots: Sequence[Shot], where: Deployed) -> list[Finding]:
    """What is wrong with ``shots``, given in the order of their files. At most a dozen findings, the widest first."""
    dated = [shot for shot in shots if corrected(shot.written, ()) is not None]
    found = [Finding(UNDATED, len(shots) - len(dated), "", "", None)] if len(dated) < len(shots) else []
    if dated:
        found = [*_Case(dated, where).findings(), *found]
    order = {code: place for place, code in enumerate(CODES)}
    return sorted(found, key=lambda one: (order[one.code], -one.pictures))[:_MOST]


class _Case:
    """One deployment's dated pictures; every idea is tried out on all of them before it is proposed."""

    def __init__(self, shots: list[Shot], where: Deployed) -> None:
        self.shots, self.where = shots, where
        self.more: list[Correction] = []
        times = self.times()
        # Dates that were taken from the pictures prove nothing about them.
        self.start = None if where.start == min(times) else where.start
        self.end = None if where.end == max(times) else where.end

    def times(self, *extra: Correction) -> list[datetime]:
        applied = [*self.where.applied, *self.more, *extra]
        return [self._time(shot, applied) for shot in self.shots]

    def _time(self, shot: Shot, applied: Sequence[Correction]) -> datetime:
        time = corrected(shot.written, applied)
        assert time is not None
        own = timedelta(minutes=self.where.offset - shot.own_offset) if shot.own_offset is not None else timedelta(0)
        return time.replace(tzinfo=None) + own

    # -- what contradicts a time -------------------------------------------------------------------------------

    def bad(self, times: Sequence[datetime]) -> list[str]:
        """For each picture why its time cannot be right, "" where it may be."""
        return [self._why(time) for time in times]

    def _why(self, time: datetime) -> str:
        if time.year < FIRST_YEAR or (self.start and time < self.start - YEAR):
            return RESET
        if time > self.where.now + BACK:
            return FUTURE
        if (self.start and time < self.start) or (self.end and time > self.end + GRACE):
            return OUTSIDE
        return ""

    def resets(self, times: Sequence[datetime], bad: Sequence[str]) -> list[str]:
        """``bad`` with the pictures after a step back in the order of the files, until the clock goes on rightly."""
        marked = list(bad)
        since: datetime | None = None
        for place in range(1, len(times)):
            if self.shots[place].series != self.shots[place - 1].series:
                since = None
            elif since is None and times[place] < times[place - 1] - BACK:
                since = times[place - 1]
            if since is not None and times[place] >= since:
                since = None
            if since is not None and not marked[place]:
                marked[place] = RESET
        if self._begins_like_new(times) and not any(marked):
            end = next((n for n in range(1, len(times)) if times[n] - times[n - 1] > YEAR), len(times))
            marked[:end] = [RESET] * end
        return marked

    def _begins_like_new(self, times: Sequence[datetime]) -> bool:
        # A camera that wakes in the first hour of a year, long ago, was never set.
        first = times[0]
        return (
            (first.month, first.day, first.hour) == (1, 1, 0)
            and self.start is None
            and (first < self.where.now - YEAR - YEAR / 2)
        )

    def breaks(self, times: Sequence[datetime]) -> int:
        """Steps back, and silences too long, in the order of the files."""
        return sum(
            not -BACK <= later - sooner <= GAP
            for sooner, later, one, other in zip(times, times[1:], self.shots, self.shots[1:], strict=False)
            if one.series == other.series
        )

    # -- findings ----------------------------------------------------------------------------------------------

    def findings(self) -> list[Finding]:
        times = self.times()
        found = self._swapped(times)
        if found:
            times = self.times()
        marked = self.resets(times, self.bad(times))
        at = 0
        while at < len(marked):
            upto = at + 1
            while upto < len(marked) and marked[upto] == marked[at]:
                upto += 1
            if marked[at]:
                found.append(self._group(times, marked, range(at, upto)))
            at = upto
            if len(found) >= _MOST:
                break
        return found

    def _swapped(self, times: list[datetime]) -> list[Finding]:
        bad = self.bad(times)
        doubtful = [n for n, shot in enumerate(self.shots) if _ambiguous(shot.written)]
        wrong = [n for n in doubtful if bad[n]]
        breaks = self.breaks(times)
        if not doubtful or (not wrong and breaks < 2):
            return []
        ranges = [{}, self._range(wrong)] if wrong else [{}]
        for part in ranges:
            entry = {"method": "day_month", **part}
            one = correction(entry)
            if one is None:
                continue
            then = self.times(one)
            changed = [n for n in doubtful if then[n] != times[n]]
            after = self.bad(then)
            if any(after[n] for n in changed) or any(after[n] and not bad[n] for n in range(len(times))):
                continue
            smooth = self.breaks(then)
            if wrong and (any(after[n] for n in wrong) or smooth > breaks):
                continue
            if not wrong and (smooth or len({times[n].date() for n in changed}) < 3):
                continue
            self.more.append(one)
            return [self._finding(SWAPPED, changed, entry)]
        return []

    def _group(self, times: list[datetime], marked: list[str], places: range) -> Finding:
        code = marked[places.start]
        # First for these pictures alone; then for all, since a clock that was set wrong may reach into right dates.
        parts: list[dict[str, str]] = [{}] if len(places) == len(times) else [self._range(places), {}]
        for entry, rough in (idea for part in parts for idea in self._ideas(times, marked, places, part)):
            if "method" not in entry:
                return self._finding(code, places, entry)
            one = correction(entry)
            if one is None:
                continue
            then = self.times(one)
            after = self.resets(then, self.bad(then))
            if any(after[n] for n in places) or any(after[n] and not marked[n] for n in range(len(times))):
                continue
            return self._finding(code, places, entry, rough=rough)
        return self._finding(code, places, None)

    def _ideas(
        self, times: list[datetime], marked: list[str], places: range, part: dict[str, str]
    ) -> list[tuple[dict[str, Any], bool]]:
        first, last = times[places.start], max(times[n] for n in places)
        soonest = min(times[n] for n in places)
        ideas: list[tuple[dict[str, Any], bool]] = []
        like_new = (first.month, first.day) == (1, 1)
        if marked[places.start] == OUTSIDE:
            dates = self._dates(soonest, last)
            if dates:
                ideas.append((dates, False))
        if not like_new:
            years = [edge.year - time.year for edge, time in ((self.start, first), (self.end, last)) if edge]
            if not years:
                years = [self.where.now.year - last.year, self.where.now.year - last.year - 1]
            ideas += [({"method": "year", "years": n, **part}, False) for n in dict.fromkeys(years) if n]
            if _ambiguous(first.isoformat()):
                meant = first.replace(day=first.month, month=first.day)
                ideas.append((_shift(meant - first, part), False))
        before = places.start - 1
        same = before >= 0 and self.shots[before].series == self.shots[places.start].series
        if same and not marked[before]:
            ideas.append((_shift(times[before] - first, part), True))
        elif self.start is not None and (not same or marked[before]):
            ideas.append((_shift(self.start - first, part), True))
        return ideas

    def _dates(self, first: datetime, last: datetime) -> dict[str, Any]:
        dates: dict[str, Any] = {}
        if self.start and first < self.start:
            if first < self.start - NEAR:
                return {}
            dates["start"] = first.isoformat(timespec="seconds")
        if self.end and last > self.end:
            if last > self.end + NEAR:
                return {}
            dates["end"] = last.isoformat(timespec="seconds")
        return dates

    def _range(self, places: Sequence[int]) -> dict[str, str]:
        written = [self.shots[n].written for n in places]
        return {"from": min(written), "to": max(written)}

    def _finding(
        self, code: str, places: Sequence[int], proposal: dict[str, Any] | None, *, rough: bool = False
    ) -> Finding:
        written = [self.shots[n].written for n in places]
        return Finding(code, len(written), min(written), max(written), proposal, rough)


def _shift(by: timedelta, part: dict[str, str]) -> dict[str, Any]:
    return {"method": "shift", "seconds": by.days * 86_400 + by.seconds, **part}


def _ambiguous(written: str) -> bool:
    """Whether day and month could be exchanged and another date comes out."""
    try:
        time = datetime.fromisoformat(written).replace(tzinfo=UTC)
    except ValueError:
        return False
    return time.day <= 12 and time.day != time.month
