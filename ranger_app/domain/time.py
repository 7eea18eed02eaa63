"""Camera time, clock corrections and UTC: a camera's time is kept as written and corrected beside it, never in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_MOST = 10**11
"""Seconds or years beyond which a correction is a mistake; dates end long before."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a deployment's clock; times are camera times as written, both ends included."""

    method: str
    start: str | None
    end: str | None
    seconds: int = 0
    seconds_at_end: int = 0
    years: int = 0
    reason: str = ""


def corrections(text: object) -> list[Correction]:
    """The corrections stored in a deployment; an unreadable entry (of a newer version) is passed over."""
    if not isinstance(text, str) or not text:
        return []
    found = []
    for entry in json.loads(text):
        one = correction(entry)
        if one is not None:
            found.append(one)
    return found


def correction(entry: Mapping[str, Any]) -> Correction | None:
    """One entry of ``clock_corrections``; None where its figures are beyond any clock."""
    seconds, at_end, years = (entry.get(name) or 0 for name in ("seconds", "seconds_at_end", "years"))
    if max(abs(seconds), abs(at_end), abs(years)) > _MOST:
        return None
    method, reason = str(entry.get("method", "shift")), str(entry.get("reason") or "")
    return Correction(method, entry.get("from"), entry.get("to"), seconds, at_end, years, reason)


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def corrected(written: str, applied: Sequence[Correction]) -> datetime | None:
    """The local time that a right clock would have shown; None where ``written`` is no time."""
    time = _parsed(written)
    if time is None:
        return None
    for one in applied:
        if reaches(one, written):
            time = _apply(one, time, written) or time  # where it gives no such day, the camera's own time stands
    return time


def reaches(one: Correction, written: str) -> bool:
    """Whether a camera time as written lies within the times a correction is meant for."""
    return not ((one.start and written < one.start) or (one.end and written > one.end))


def mends(one: Correction, time: datetime, written: str) -> bool:
    """Whether a correction gives a time at all: there is no month 13 to swap with, and no 29 February every year.

    ``time`` is what the corrections before it made of ``written``, in UTC.
    """
    return reaches(one, written) and _apply(one, time, written) is not None


def _apply(one: Correction, time: datetime, written: str) -> datetime | None:
    try:
        if one.method == "day_month":
            return time.replace(day=time.month, month=time.day)
        if one.method == "year":
            return time.replace(year=time.year + one.years)
        if one.method == "drift":
            start, end, here = _parsed(one.start or ""), _parsed(one.end or ""), _parsed(written)
            if start is None or end is None or here is None or end <= start:
                return None
            share = (here - start).total_seconds() / (end - start).total_seconds()
            return time + timedelta(seconds=round(one.seconds + (one.seconds_at_end - one.seconds) * share))
        return time + timedelta(seconds=one.seconds)
    except (ValueError, OverflowError):
        return None


def utc_seconds(written: str, offset_minutes: int | None, applied: Sequence[Correction] = ()) -> int | None:
    """Seconds since 1970 UTC of a camera time at a deployment's offset; None without an offset."""
    if offset_minutes is None:
        return None
    time = corrected(written, applied)
    return None if time is None else int(time.timestamp()) - offset_minutes * 60


def parse_offset(text: str) -> int:
    """Minutes east of UTC from ``+10:00``, ``-03:30``, ``+8``, ``Z``; ValueError otherwise."""
    text = text.strip().upper().removeprefix("UTC").strip()
    if text in ("Z", "0", ""):
        if not text:
            raise ValueError(text)
        return 0
    sign = {"+": 1, "-": -1, "−": -1}.get(text[0])
    if sign is None:
        sign, digits = 1, text
    else:
        digits = text[1:]
    hours, colon, minutes = digits.partition(":")
    if not colon and len(hours) == 4:
        hours, minutes = hours[:2], hours[2:]
    if not hours.isdigit() or not (minutes or "0").isdigit() or len(hours) > 2:
        raise ValueError(text)
    total = int(hours) * 60 + int(minutes or 0)
    if total > 14 * 60 or int(minutes or 0) > 59:
        raise ValueError(text)
    return sign * total


def offset_text(minutes: int) -> str:
    """``+10:00`` for 600."""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def instant_text(milliseconds: int) -> str:
    """``2021-04-11T10:43:09Z`` for milliseconds since 1970."""
    text = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="auto")
    return text.replace("+00:00", "Z")
