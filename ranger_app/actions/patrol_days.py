"""The legs and days of a patrol, and what a time on the paper form means on a patrol of several days.

Both are lists inside the patrol's record, so that they travel, merge and are undone with it; a patrol of one leg and
one day needs neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ranger_app.domain.fields import Value
from ranger_app.domain.ids import read_id
from ranger_app.domain.values import canonical
from ranger_app.i18n import _

_CLOCK = re.compile(r"(\d{1,2})[:.hч時时]?(\d\d)")
_NTH = re.compile(r"(\d)\s*/?\s+(\d{1,2}[:.]?\d\d)|(\d)/(\d{1,2}[:.]?\d\d)")
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1)
MOST_DAYS = 400
"""A patrol longer than this has a mistake in a date."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a patrol under one transport and one crew. Times are local, as YYYY-MM-DDTHH:MM:SS."""

    number: int
    transport: str | None = None
    leader: bytes | None = None
    members: tuple[bytes, ...] = ()
    mandate: str | None = None
    name: str | None = None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a leg; ``end`` may lie on the day after ``date`` where the work went on past midnight."""

    leg: int = 1
    date: str | None = None
    start: str | None = None
    end: str | None = None
    rest_minutes: int | None = None


Span = tuple[datetime, datetime]


def legs(text: Value) -> list[Leg]:
    """The legs in a patrol's ``legs``, by number; what a newer version wrote there besides is passed over."""
    found: list[Leg] = []
    for entry in _entries(text):
        leader = entry.get("leader")
        found.append(
            Leg(
                _number(entry.get("number")) or len(found) + 1,
                _text(entry.get("transport")),
                read_id(leader),
                tuple(one for word in str(entry.get("members") or "").split() if (one := read_id(word)) is not None),
                _text(entry.get("mandate")),
                _text(entry.get("name")),
                _text(entry.get("start")),
                _text(entry.get("end")),
            )
        )
    return sorted(found, key=lambda leg: leg.number)


def days(text: Value) -> list[Day]:
    """The days in a patrol's ``days``, in their order."""
    return [
        Day(
            _number(entry.get("leg")) or 1,
            _text(entry.get("date")),
            _text(entry.get("start")),
            _text(entry.get("end")),
            _number(entry.get("rest_minutes")),
        )
        for entry in _entries(text)
    ]


def legs_text(found: Sequence[Leg]) -> str | None:
    """``found`` as stored; None for none."""
    entries = [
        _filled(
            {
                "number": leg.number,
                "transport": leg.transport,
                "leader": leg.leader.hex() if leg.leader else None,
                "members": " ".join(one.hex() for one in leg.members) or None,
                "mandate": leg.mandate,
                "name": leg.name,
                "start": leg.start,
                "end": leg.end,
            }
        )
        for leg in found
    ]
    return canonical(entries) if entries else None


def days_text(found: Sequence[Day]) -> str | None:
    """``found`` as stored; None for none."""
    entries = [
        _filled(
            {
                "leg": day.leg,
                "date": day.date,
                "start": day.start,
                "end": day.end,
                "rest_minutes": day.rest_minutes,
            }
        )
        for day in found
    ]
    return canonical(entries) if entries else None


def _filled(entry: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in entry.items() if value is not None}


def _entries(text: Value) -> Iterator[Mapping[str, object]]:
    if not isinstance(text, str) or not text:
        return
    try:
        found = json.loads(text)
    except ValueError:
        return
    for entry in found if isinstance(found, list) else ():
        if isinstance(entry, dict):
            yield entry


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


# -- clock times -----------------------------------------------------------------------------------------------


def clock(text: str) -> tuple[int, int] | None:
    """Hour and minute of ``14:05``, ``14.05``, ``1405`` or ``905``; None where it is none of these."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return int(match[1]), int(match[2])


def day_of(text: str, date_text: str, start: str = "", end: str = "", rest: str = "", leg: int = 1) -> Day:
    """A day as typed: a date, two clock times and minutes of rest. An end before the start is past midnight.

    ``text`` names the row in the sentence of the ValueError that is raised where something cannot be read.
    """
    day = _date(date_text)
    if day is None:  # the caller completes short dates
        raise ValueError(_("{row}: write the date as 2026-01-31.").format(row=text))
    began, ended = _at(text, day, start), _at(text, day, end)
    if began is not None and ended is not None and ended < began:
        ended += _DAY
    minutes = None
    if rest.strip():
        if not rest.strip().isdecimal() or int(rest) > 1440:
            raise ValueError(_("{row}: write the rest in minutes.").format(row=text))
        minutes = int(rest)
        if began is not None and ended is not None and timedelta(minutes=minutes) > ended - began:
            raise ValueError(_("{row}: the rest is longer than the day.").format(row=text))
    return Day(leg, day.isoformat(), _stored(began), _stored(ended), minutes)


def date_of(text: str, near: str) -> str | None:
    """A date as typed: 2026-03-31, 03-31 or 31; month and year are then those of ``near``. None for anything else."""
    text = text.strip()
    if re.fullmatch(r"\d{1,2}-\d{1,2}", text) and len(near) == 10:
        month, day = text.split("-")
        text = f"{near[:4]}-{month:0>2}-{day:0>2}"
    elif re.fullmatch(r"\d{1,2}", text) and len(near) == 10:
        text = f"{near[:8]}{text:0>2}"
    found = _date(text)
    return found.isoformat() if found else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _at(row: str, day: date, text: str) -> datetime | None:
    if not text.strip():
        return None
    read = clock(text)
    if read is None:
        raise ValueError(_("{row}: write the time as 14:05.").format(row=row))
    return datetime(day.year, day.month, day.day, *read)


def _stored(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def spans(values: Mapping[str, Value]) -> list[Span]:
    """When the patrol was out, by its own clock: its days, else its legs, its start and end, or its date."""
    found = [span for day in days(values.get("days")) if (span := _span(day.date, day.start, day.end)) is not None]
    if not found:
        found = [span for leg in legs(values.get("legs")) if (span := _span(None, leg.start, leg.end)) is not None]
    if not found:
        one = _span(_text(values.get("date")), _text(values.get("start")), _text(values.get("end")))
        found = [one] if one else []
    return sorted(found)


def _span(day: str | None, start: str | None, end: str | None) -> Span | None:
    began, ended = _moment(start), _moment(end)
    whole = _date(day or "")
    if began is None and whole is not None:
        began = datetime(whole.year, whole.month, whole.day)
    if began is None:
        return None if ended is None else (datetime(ended.year, ended.month, ended.day), ended)
    if ended is None or ended < began:
        ended = datetime(began.year, began.month, began.day) + _DAY - timedelta(minutes=1)
    return began, min(ended, began + MOST_DAYS * _DAY)


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=None) if found is not None else None


def moment_of(text: str, out: Sequence[Span], after: datetime | None = None) -> datetime | None:
    """The moment a time on the form means by the patrol's clock; None where ``text`` is no time.

    ``text``: 14:05, 1405, or with the number of the day before it (``2 14:05``), or with a date. On a patrol of
    several days a bare time is the first one that falls into a day's hours at or after ``after``, the find before;
    past midnight it falls on the next day.
    """
    text = text.strip()
    whole = _moment(text.replace(" ", "T", 1)) if len(text) >= 15 else None
    if whole is not None:
        return whole
    on = dates(out)
    nth = _NTH.fullmatch(text)
    if nth is not None:
        number, rest = int(nth[1] or nth[3]), nth[2] or nth[4]
        read = clock(rest)
        if read is None or not 1 <= number <= len(on):
            return None
        return datetime.combine(on[number - 1], datetime.min.time()).replace(hour=read[0], minute=read[1])
    read = clock(text)
    if read is None or not on:
        return None
    could = [datetime(day.year, day.month, day.day, *read) for day in on]
    inside = [one for one in could if any(start <= one <= end for start, end in out)]
    for choice in (
        [one for one in inside if after is None or one >= after],
        inside,
        [one for one in could if after is None or one >= after],
        could,
    ):
        if choice:
            return choice[0]
    return None


def dates(out: Sequence[Span]) -> list[date]:
    """Every date the patrol was out on, in order."""
    found: set[date] = set()
    for start, end in out:
        day = start.date()
        while day <= end.date():
            found.add(day)
            day += _DAY
    return sorted(found)


def instant(local: datetime, offset: int) -> int:
    """Milliseconds since 1970 UTC of a moment by a clock ``offset`` minutes east of UTC."""
    return int((local - _EPOCH).total_seconds()) * 1000 - offset * 60_000


def local(milliseconds: int, offset: int) -> datetime:
    """The moment by a clock ``offset`` minutes east of UTC, without a zone."""
    return (datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=milliseconds, minutes=offset)).replace(tzinfo=None)
