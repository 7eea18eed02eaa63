"""What is asked of patrols besides time and place: which of them, grouped by what, which month, how wide the cells are.

A part of an analysis question, so that every report is asked the same way by the window and the command line.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

MONTH, AREA, TEAM, TRANSPORT, LEADER, PATROL = "month", "area", "team", "transport", "leader", "patrol"
GROUPS = (MONTH, AREA, TEAM, TRANSPORT, LEADER, PATROL)
CELLS = (1000, 2000, 5000)
"""Sides of a cell to choose from, metres."""
_MONTH = re.compile(r"(\d{4})-(\d\d)")


@dataclass(frozen=True, slots=True)
class PatrolQuestion:
    """``by`` is one of GROUPS. ``month`` is the month asked for, or any month of the season asked for, as 2026-03;
    empty: the newest with a patrol. ``leader`` and ``patrol`` are ids. ``approved``: only patrols that stand approved.
    ``cell`` is the side of a cell in metres. ``attribute`` is the key of a number that rates are made of, added up;
    empty: finds are counted."""

    by: str = MONTH
    month: str = ""
    team: str | None = None
    transport: str | None = None
    leader: bytes | None = None
    patrol: bytes | None = None
    approved: bool = False
    cell: int = CELLS[0]
    attribute: str = ""


def month_of(text: str) -> tuple[int, int]:
    """Year and month of 2026-03; ValueError for anything else."""
    match = _MONTH.fullmatch(text.strip())
    if match is None or not 1 <= int(match[2]) <= 12 or not 1 <= int(match[1]) <= 9990:
        raise ValueError("month")
    return int(match[1]), int(match[2])


def later(month: str, months: int) -> str:
    """The month so many months after (before: negative) 2026-03."""
    year, number = month_of(month)
    whole = year * 12 + number - 1 + months
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def season_of(month: str) -> tuple[str, str, str]:
    """The three months of the season a month lies in: winter December to February, and so on by threes."""
    _year, number = month_of(month)
    first = later(month, -(number % 3))
    return first, later(first, 1), later(first, 2)


def span(months: tuple[str, ...]) -> tuple[date, date]:
    """First and last day of consecutive months."""
    year, number = month_of(months[-1])
    return date(*month_of(months[0]), 1), date(year, number, calendar.monthrange(year, number)[1])


def months_between(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both included; empty where the last lies before."""
    found = []
    while first <= last:
        found.append(first)
        first = later(first, 1)
    return found
