"""How fast a person works and how long what is left will take, told from the moments of their last answers.

Pauses are not work: whoever drinks tea for ten minutes is not told that the card takes until midnight.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

PAUSE_MS = 60_000
"""A longer time between two answers is a pause."""
FEWEST = 5
"""Answers before anything is said."""
LATEST = 100
"""Answers looked at: the pace is that of now, not of this morning."""


def seconds_each(moments: Sequence[int]) -> float | None:
    """Mean seconds of work for one answer from rising ``moments`` in ms; None while too little is known."""
    latest = moments[-LATEST:]
    spans = [after - before for before, after in pairwise(latest) if after - before <= PAUSE_MS]
    if len(spans) < FEWEST - 1:
        return None
    return max(sum(spans), 1) / len(spans) / 1000


def minutes_left(moments: Sequence[int], answers: int) -> int | None:
    """Whole minutes that ``answers`` more will take at this pace, at least 1; None while too little is known."""
    each = seconds_each(moments)
    return None if each is None or answers <= 0 else max(1, round(each * answers / 60))
