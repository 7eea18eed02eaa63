"""Figures as readers of a language write them, on pages that no window draws."""

from __future__ import annotations

import math
import re

from ranger_app.domain.findings import Cell
from ranger_app.i18n import language

_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)$")
_THIN = "\u202f"
_COMMA = ("ru", "mn")
"""Languages with a decimal comma and a space between thousands; Mongolian print follows the Russian habit."""


def figure(value: Cell, digits: int = 0) -> str:
    """A cell as text: grouped thousands, ``digits`` decimals, nothing where it is not known."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _MOMENT.sub(r"\1 \2", value)
    text = f"{value:,.{digits}f}"
    if language() in _COMMA:
        return text.replace(",", _THIN).replace(".", ",")
    return text


def ticks(top: float) -> list[float]:
    """Whole round figures from 0 to at least ``top`` for an axis: two to seven of them, in steps of 1, 2 or 5."""
    size = 10.0 ** max(0, math.floor(math.log10(max(top, 1) / 4)))
    step = next(size * one for one in (1, 2, 5, 10) if top / (size * one) <= 6)
    return [step * number for number in range(max(1, math.ceil(top / step)) + 1)]
