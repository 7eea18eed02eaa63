"""The seasons of a waterbird year: which one a visit belongs to, and which lie between two others.

December belongs to the winter of the year that follows, as the International Waterbird Census counts it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import total_ordering

WINTERING, SPRING, BREEDING, MOULT, AUTUMN = "wintering", "spring", "breeding", "moult", "autumn"
ORDER = (WINTERING, SPRING, BREEDING, MOULT, AUTUMN)
STAGING = frozenset({SPRING, AUTUMN})
"""Seasons in which birds rest on their way."""

Limits = tuple[tuple[str, str, str], ...]
DEFAULT: Limits = (
    (WINTERING, "12-01", "02-28"),
    (SPRING, "03-01", "05-15"),
    (BREEDING, "05-16", "07-31"),
    (AUTUMN, "08-01", "11-30"),
)
"""Season, first and last day as MM-DD, for wetlands at about 42 degrees north on the Sea of Japan; sites have their
own (moult only where a site says so). The last of February means the end of the month in leap years too."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Season:
    """A season of a year; winter goes by the year of its January."""

    year: int
    kind: str

    def __lt__(self, other: Season) -> bool:
        return (self.year, _place(self.kind)) < (other.year, _place(other.kind))


def season_of(date: str, stated: str | None = None, limits: Limits = DEFAULT) -> Season | None:
    """The season of a visit on ``date`` (YYYY-MM-DD); what the visit states itself counts before the ``limits``.

    None where the date lies in no season of the site.
    """
    year, day = int(date[:4]), date[5:10]
    kind = stated or next((kind for kind, first, last in limits if _within(day, first, last)), None)
    if kind is None:
        return None
    if (kind == WINTERING and day >= "07-01") or (kind == SPRING and day >= "11-01"):
        year += 1
    elif kind == AUTUMN and day < "03-01":
        year -= 1  # where a site's autumn runs into January, that is the autumn before and not the next one
    return Season(year, kind)


def days_apart(first: str, second: str) -> int:
    """Days between two dates as YYYY-MM-DD, in any order; a great number where one is none."""
    try:
        return abs((date.fromisoformat(second) - date.fromisoformat(first)).days)
    except ValueError:
        return 10**6


def limits_of(text: str | None) -> Limits:
    """The limits a site has (JSON list of season, first, last), or the usual ones; broken entries are passed over."""
    try:
        entries = json.loads(text) if text else []
    except ValueError:
        entries = []
    found = []
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            kind, first, last = (entry.get(name) for name in ("season", "first", "last"))
            if kind in ORDER and is_day(first) and is_day(last):
                found.append((str(kind), str(first), str(last)))
    return tuple(found) or DEFAULT


def between(seasons: Iterable[Season], kinds: Sequence[str] = ORDER) -> list[Season]:
    """Every season of ``kinds`` from the first to the last year of ``seasons``, counted or not, in order."""
    years = sorted({one.year for one in seasons})
    if not years:
        return []
    return sorted(Season(year, kind) for year in range(years[0], years[-1] + 1) for kind in kinds)


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _within(day: str, first: str, last: str) -> bool:
    last = "02-29" if last == "02-28" else last
    return first <= day <= last if first <= last else day >= first or day <= last


def is_day(text: object) -> bool:
    """Whether a text is a month and a day as MM-DD."""
    return (
        isinstance(text, str)
        and len(text) == 5
        and text[2] == "-"
        and text[:2].isdigit()
        and text[3:].isdigit()
        and 1 <= int(text[:2]) <= 12
        and 1 <= int(text[3:]) <= 31
    )
