"""The legs and days of a patrol as people wrote them, read for counting: who went, how, and from when to when."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ranger_app.domain.ids import read_id, read_ids
from ranger_app.domain.patrol_effort import Day

LONGEST = 60
"""Days: no patrol lasts longer."""
LegDay = tuple[object, Day]
"""The number of a leg as written, and a day of it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Legs:
    """One patrol's. ``legs`` and ``days`` are the record's lists as text, ``start`` and ``end`` its own local times."""

    def __init__(
        self,
        patrol: bytes,
        *,
        date: str,
        transport: str,
        leader: bytes | None,
        members: str | None,
        start: str | None,
        end: str | None,
        legs: str | None,
        days: str | None,
    ) -> None:
        self._patrol, self._date, self._transport, self._leader = patrol, date, transport, leader
        self._start, self._end = _moment(start), _moment(end)
        self._members = _people(members, leader)
        self._legs = {one["number"]: one for one in entries(legs) if isinstance(one.get("number"), int)}
        self._days = entries(days)

    def transport(self, leg: object) -> str:
        """How a leg moved; the patrol's transport where it says nothing."""
        return str(self._legs.get(leg, {}).get("transport") or self._transport)

    def leader(self, leg: object) -> bytes | None:
        """Who led a leg."""
        return read_id(self._legs.get(leg, {}).get("leader")) or self._leader

    def members(self, leg: object) -> int | None:
        """How many people went; None where nobody is named."""
        one = self._legs.get(leg, {})
        people = _people(None, read_id(one.get("leader")))
        people |= {found for word in str(one.get("members") or "").split() if (found := read_id(word))}
        return len(people or self._members) or None

    def days(self, walked: list[str]) -> list[LegDay]:
        """Days with the number of their leg, as typed. Without any the patrol's own start and end, else dates of its
        tracks (``walked``), else its date."""
        found: list[LegDay] = []
        for one in self._days:
            start, end = _moment(one.get("start")), _moment(one.get("end"))
            day = _day(one.get("date")) or (f"{start:%Y-%m-%d}" if start else "")
            rest = one.get("rest_minutes")
            leg = one.get("leg") if isinstance(one.get("leg"), int) else None
            if day:
                found += self._parts(leg, day, start, end, rest * 60 if isinstance(rest, int) else 0)
        if found:
            return found
        start, end = self._start, self._end
        if start and end and timedelta(0) <= end - start <= timedelta(days=1):
            return self._parts(None, f"{start:%Y-%m-%d}", start, end, 0)
        dates = set(walked)
        if start and end and timedelta(0) < end - start <= timedelta(days=LONGEST):
            dates |= {f"{start + timedelta(days=n):%Y-%m-%d}" for n in range((end.date() - start.date()).days + 1)}
        if not dates and (self._date or start):
            dates = {self._date or f"{start:%Y-%m-%d}"}
        return [(None, Day(self._patrol, day, members=self.members(None))) for day in sorted(dates)]

    def _parts(self, leg: object, day: str, start: datetime | None, end: datetime | None, rest: int) -> list[LegDay]:
        """One day, or two where it went on past midnight: each has its own hours, the first the rest."""
        members = self.members(leg)
        if start is None or end is None or not timedelta(0) <= end - start <= timedelta(days=1):
            return [(leg, Day(self._patrol, day, None, None, rest, members))]
        if end.date() == start.date():
            day = f"{start:%Y-%m-%d}"
            whole = Day(self._patrol, day, _seconds(start), _seconds(end), rest, members)
            return [(leg, whole)]
        midnight = datetime(end.year, end.month, end.day, tzinfo=UTC)
        first = Day(self._patrol, f"{start:%Y-%m-%d}", _seconds(start), _seconds(midnight), rest, members)
        left = max(0, rest - round((midnight - start).total_seconds()))
        if end == midnight:
            return [(leg, first)]
        second = Day(self._patrol, f"{end:%Y-%m-%d}", _seconds(midnight), _seconds(end), left, members)
        return [(leg, first), (leg, second)]


def entries(text: object) -> list[dict[str, Any]]:
    """The entries of a list field; empty for what is none."""
    if not isinstance(text, str):
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _people(members: object, leader: bytes | None) -> set[bytes]:
    return {*read_ids(members), *([leader] if leader else ())}


def _day(text: object) -> str:
    """A calendar day as written; empty for what is none."""
    try:
        return text if isinstance(text, str) and date.fromisoformat(text).isoformat() == text else ""
    except ValueError:
        return ""


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if isinstance(text, str) and len(text) > 10 else None
    except ValueError:
        return None


def _seconds(moment: datetime) -> float:
    return (moment - _EPOCH).total_seconds()


def local_day(milliseconds: int, offset: int) -> str:
    """The calendar day of an instant (ms since 1970 UTC), ``offset`` minutes east of UTC; empty beyond the calendar."""
    try:
        return (_EPOCH + timedelta(milliseconds=milliseconds, minutes=offset)).date().isoformat()
    except OverflowError:
        return ""
