"""A place told roughly: the middle of its cell in a fixed grid, never a random shift, which repetition averages out.

Cells and what they say of uncertainty follow Chapman & Wieczorek, Georeferencing Best Practices (2020), and Chapman,
Current Best Practices for Generalizing Sensitive Species Occurrence Data (2020).
"""

from __future__ import annotations

from collections.abc import Mapping

from ranger_app.domain.fields import Group, Value
from ranger_app.domain.kinds import BY_NAME

DIGITS = (3, 2, 1)
"""Decimal places of a degree that a coarse place keeps, finest first."""
UNCERTAINTY = {3: 157, 2: 1569, 1: 15_691}
"""Metres that a place known to so many digits may be off, at the equator, where a degree is largest."""
_STEPS = {3: 10_000, 2: 100_000, 1: 1_000_000}
PLACE = Group.PLACE.value
COARSE = {f"{PLACE}.{digits}": digits for digits in DIGITS}
"""Group names of coarse places in a batch, with their digits."""
FIELDS = ("latitude", "longitude")
LOCATED = frozenset(
    kind.name for kind in BY_NAME.values() if {f.name for f in kind.fields if f.group is Group.PLACE} >= set(FIELDS)
)
"""Kinds of records that have a place of their own."""


def cell(value: int, digits: int) -> int:
    """The middle of the cell that a latitude or longitude (1e-7 degree) lies in: a multiple of 10**-digits degree."""
    step = _STEPS[digits]
    return (value + step // 2) // step * step


def groups(kind: str, fields: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    """The coarse places of an operation, by group name; nothing where it sets nothing of a place."""
    set_here = [name for name in FIELDS if name in fields]
    if kind not in LOCATED or not (set_here or "uncertainty" in fields):
        return {}
    found: dict[str, dict[str, Value]] = {}
    for group, digits in COARSE.items():
        told: dict[str, Value] = {}
        for name in set_here:
            value = fields[name]
            told[name] = cell(value, digits) if isinstance(value, int) else None
        known = not set_here or any(value is not None for value in told.values())
        if "uncertainty" in BY_NAME[kind].columns:
            told["uncertainty"] = UNCERTAINTY[digits] if known else None
        found[group] = told
    return found
