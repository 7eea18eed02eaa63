"""Bar charts as SVG inside a page: bars from zero, the figure written at each, one colour."""

from __future__ import annotations

import unicodedata
from html import escape

from ranger_app.domain.findings import Bar, Chart
from ranger_app.reports.figures import figure

WIDTH = 680
"""Units of a drawing's width; the page scales it to the paper."""
_MOST_WORDS = 220
_ROW = 24
_TALL = 190
_MOST_LYING = 40


def chart(drawn: Chart) -> str:
    """The SVG of a chart; more than 40 lying bars are cut, because the table has them all."""
    return _upright(drawn) if drawn.upright else _lying(drawn)


def _label(bar: Bar, digits: int) -> str:
    return bar.text or figure(bar.value, digits)


def _lying(drawn: Chart) -> str:
    bars = drawn.bars[:_MOST_LYING]
    top = max((bar.value or 0 for bar in bars), default=0) or 1
    left = min(_MOST_WORDS, 14 + max((_wide(bar.word) for bar in bars), default=0))
    room = WIDTH - left - 110
    parts = []
    for row, bar in enumerate(bars):
        y = row * _ROW
        length = (bar.value or 0) / top * room
        text = escape(_label(bar, drawn.digits))
        word = bar.word if len(bar.word) <= 32 else f"{bar.word[:31]}…"
        parts.append(
            f'<text x="{left - 10}" y="{y + 16}" text-anchor="end">{escape(word)}</text>'
            f'<rect class="bar" x="{left}" y="{y + 4}" width="{length:.1f}" height="16"/>'
            f'<text class="figure" x="{left + length + 6:.1f}" y="{y + 16}">{text}</text>'
        )
    height = len(bars) * _ROW
    axis = f'<line class="axis" x1="{left}" y1="0" x2="{left}" y2="{height}"/>'
    return _svg(drawn.title, height, "".join(parts) + axis)


def _wide(word: str) -> int:
    """About how wide a word is: nobody can measure letters before the reader's font is known."""
    return sum(12 if unicodedata.east_asian_width(letter) in "WF" else 7 for letter in word)


def _upright(drawn: Chart) -> str:
    bars = drawn.bars
    top = max((bar.value or 0 for bar in bars), default=0) or 1
    step = WIDTH / max(len(bars), 1)
    width = min(step * 0.72, 48)
    every = -(-len(bars) // max(1, int(WIDTH / 58))) if any(len(bar.word) > 3 for bar in bars) else 1
    told = step >= 20
    parts = []
    for place, bar in enumerate(bars):
        middle = step * place + step / 2
        height = (bar.value or 0) / top * (_TALL - 44)
        y = _TALL - 22 - height
        parts.append(
            f'<rect class="bar" x="{middle - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
        )
        if bar.value is None:  # nobody knows: an empty place, not a bar of no height
            parts.append(
                f'<rect class="unknown" x="{middle - width / 2:.1f}" y="22" width="{width:.1f}" height="{_TALL - 44}"/>'
                f'<text x="{middle:.1f}" y="{_TALL - 30}" text-anchor="middle">–</text>'
            )
        elif bar.value and told:
            parts.append(
                f'<text class="figure" x="{middle:.1f}" y="{y - 4:.1f}" text-anchor="middle">'
                f"{escape(_label(bar, drawn.digits))}</text>"
            )
        if place % every == 0:
            at = max(middle, _wide(bar.word) / 2)
            parts.append(f'<text x="{at:.1f}" y="{_TALL - 6}" text-anchor="middle">{escape(bar.word)}</text>')
    axis = f'<line class="axis" x1="0" y1="{_TALL - 22}" x2="{WIDTH}" y2="{_TALL - 22}"/>'
    return _svg(drawn.title, _TALL, "".join(parts) + axis)


def _svg(title: str, height: float, inside: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">{inside}</svg>'
