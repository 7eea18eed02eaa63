"""The discovery curve: how many animals were known by how many trap nights. Where it flattens, few are left to meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from ranger_app.domain.patrol_question import months_between

BY_DAY = 120
"""Days of a study up to which the curve has a point for each day; for longer ones it has one for each month."""


class Step(NamedTuple):
    """What had been reached when a day, or a month, ended. ``until`` is YYYY-MM-DD or YYYY-MM."""

    until: str
    nights: float
    animals: int


def steps(first: date, last: date) -> list[str]:
    """The steps of a study from its first day to its last."""
    if (last - first).days < BY_DAY:
        return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
    return months_between(f"{first:%Y-%m}", f"{last:%Y-%m}")


def curve(over: Iterable[str], nights: Mapping[date, float], met: Iterable[date]) -> list[Step]:
    """The curve over the steps, from the trap nights of each day and the day on which each animal was first met."""
    at = list(over)
    length = len(at[0]) if at else 0
    effort = dict.fromkeys(at, 0.0)
    found = dict.fromkeys(at, 0)
    for day, number in nights.items():
        effort[day.isoformat()[:length]] += number
    for day in met:
        found[day.isoformat()[:length]] += 1
    reached, animals, rows = 0.0, 0, []
    for until in at:
        reached, animals = reached + effort[until], animals + found[until]
        rows.append(Step(until, reached, animals))
    return rows
