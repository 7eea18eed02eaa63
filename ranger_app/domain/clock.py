"""Corrections of a camera's clock in words and figures: what they do, said the same on screen and in every export.

How they are applied is ``domain.time``; here is what a person reads, and how two known times become seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ranger_app.domain.time import Correction
from ranger_app.i18n import _, ngettext

METHODS = ("shift", "drift", "day_month", "year", "daylight_saving")
HOUR = 3600


def seconds_off(camera_said: str, true_time: str) -> int:
    """Seconds to add to the camera's time to get the true one; both local times as records keep them.

    ValueError where one of them is no time.
    """
    said, true = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (camera_said, true_time))
    return int(true.timestamp()) - int(said.timestamp())


def drift(said_first: str, true_first: str, said_last: str, true_last: str) -> dict[str, str | int | None]:
    """The drift between two moments at which both times are known; local times as records keep them.

    ValueError where one is no time or the camera's second time is not after its first.
    """
    start, end = (datetime.fromisoformat(text).isoformat(timespec="seconds") for text in (said_first, said_last))
    if end <= start:
        raise ValueError(_("The camera's second time must lie after its first."))
    return {
        "method": "drift",
        "from": start,
        "to": end,
        "seconds": seconds_off(said_first, true_first),
        "seconds_at_end": seconds_off(said_last, true_last),
    }


def daylight_saving(since: str | None, until: str | None, *, forward: bool) -> dict[str, str | int | None]:
    """An hour for summer time: ``forward`` adds it to the camera times from ``since`` to ``until``, else takes it."""
    return {"method": "daylight_saving", "from": since, "to": until, "seconds": HOUR if forward else -HOUR}


def duration(seconds: int) -> str:
    """``+1 d 2 h 3 min 4 s`` in the reader's language; ``0 s`` for nothing."""
    rest = abs(seconds)
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, 60)
    parts = []
    if days:
        parts.append(ngettext("{n} day", "{n} days", days).format(n=days))
    if hours:
        parts.append(_("{n} h").format(n=hours))
    if minutes:
        parts.append(_("{n} min").format(n=minutes))
    if rest or not parts:
        parts.append(_("{n} s").format(n=rest))
    return ("−" if seconds < 0 else "+" if seconds else "") + " ".join(parts)


def words_of(one: Correction) -> str:
    """A correction as a person reads it, in the language in use: what it does and to which camera times."""
    return " · ".join(part for part in (_what(one), _which(one), one.reason) if part)


def machine_of(one: Correction) -> str:
    """A correction as a program reads it, the same in every language: ``shift seconds=3600 from=2025-01-31T14:05:00``.

    Times are camera times as written, both ends included; seconds are added to them.
    """
    parts = [one.method]
    if one.method == "year":
        parts.append(f"years={one.years}")
    elif one.method != "day_month":
        parts.append(f"seconds={one.seconds}")
    if one.method == "drift":
        parts.append(f"seconds_at_end={one.seconds_at_end}")
    for name, value in (("from", one.start), ("to", one.end)):
        if value:
            parts.append(f"{name}={value}")
    return " ".join(parts)


def describe(one: Correction) -> str:
    """Words and machine form in one line, for a cell or a comment of an export."""
    return f"{words_of(one)} [{machine_of(one)}]"


def _what(one: Correction) -> str:
    if one.method == "day_month":
        return _("Day and month swapped")
    if one.method == "year":
        return ngettext("Year {sign}{n}", "Years {sign}{n}", abs(one.years)).format(
            sign="−" if one.years < 0 else "+", n=abs(one.years)
        )
    if one.method == "drift":
        return _("Drift: {first} at first, {last} at the end").format(
            first=duration(one.seconds), last=duration(one.seconds_at_end)
        )
    if one.method == "daylight_saving":
        return _("Daylight saving time: {time}").format(time=duration(one.seconds))
    return _("Shift: {time}").format(time=duration(one.seconds))


def _which(one: Correction) -> str:
    start, end = (readable(text) for text in (one.start, one.end))
    if start and end:
        return _("camera times from {start} to {end}").format(start=start, end=end)
    if start:
        return _("camera times from {start} on").format(start=start)
    if end:
        return _("camera times up to {end}").format(end=end)
    return _("all camera times")


def readable(time: str | None) -> str:
    """A local time as people read it: ``2025-01-31 14:05``, with seconds where they are not zero."""
    return (time or "").replace("T", " ").removesuffix(":00") if len(time or "") > 16 else (time or "")
