"""Charts as SVG inside a page: bars from zero with the figure written at each, curves, timelines."""

from __future__ import annotations

import unicodedata
from html import escape

from ranger_app.domain.findings import Bar, Chart, Lanes
from ranger_app.reports.figures import figure, ticks

WIDTH = 680
"""Units of a drawing's width; the page scales it to the paper."""
_MOST_WORDS = 220
_ROW = 24
_TALL = 190
_MOST_LYING = 40
_INKS = ("#1F6B4A", "#9A4A06", "#1B5A9C", "#56665E")
_DASHES = ("", "7 3", "2 3", "9 3 2 3")
"""Curves differ in both, so that a black and white print tells them apart."""


def chart(drawn: Chart) -> str:
    """The SVG of a chart; more than 40 lying bars are cut, because the table has them all."""
    if drawn.curves:
        return _curves(drawn)
    if drawn.lanes is not None:
        return _lanes(drawn.title, drawn.lanes)
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


def _curves(drawn: Chart) -> str:
    points = [point for curve in drawn.curves for point in curve.points]
    across, up = ticks(max((x for x, _y in points), default=0)), ticks(max((y for _x, y in points), default=0))
    left, floor, room, tall = 52, 236, WIDTH - 52 - 24, 210
    parts = []
    for value in up:
        y = floor - value / up[-1] * tall
        parts.append(
            f'<line x1="{left}" y1="{y:.1f}" x2="{left + room}" y2="{y:.1f}" stroke="#DADFD8"/>'
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(figure(value))}</text>'
        )
    for value in across:
        x = left + value / across[-1] * room
        words = escape(figure(value))
        parts.append(f'<text x="{x:.1f}" y="{floor + 16}" text-anchor="middle">{words}</text>')
    for number, curve in enumerate(drawn.curves):
        ink, dash = _INKS[number % len(_INKS)], _DASHES[number % len(_DASHES)]
        line = " ".join(f"{left + x / across[-1] * room:.1f},{floor - y / up[-1] * tall:.1f}" for x, y in curve.points)
        y = floor + 60 + number * 18
        last = figure(curve.points[-1][1], drawn.digits) if curve.points else ""
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="2" stroke-dasharray="{dash}"/>'
            f'<line x1="{left}" y1="{y - 4}" x2="{left + 34}" y2="{y - 4}" stroke="{ink}" stroke-width="2"'
            f' stroke-dasharray="{dash}"/>'
            f'<text x="{left + 42}" y="{y}">{escape(curve.word)} <tspan class="figure">{escape(last)}</tspan></text>'
        )
    parts.append(
        f'<line class="axis" x1="{left}" y1="{floor}" x2="{left + room}" y2="{floor}"/>'
        f'<text x="{left + room}" y="{floor + 34}" text-anchor="end">{escape(drawn.axes[0])}</text>'
        f'<text x="0" y="12">{escape(drawn.axes[1])}</text>'
    )
    return _svg(drawn.title, floor + 48 + 18 * len(drawn.curves), "".join(parts))


def _lanes(title: str, lanes: Lanes) -> str:
    rows = lanes.rows[:_MOST_LYING]
    left = min(_MOST_WORDS, 14 + max((_wide(row.word) for row in rows), default=0))
    step = (WIDTH - left) / max(len(lanes.steps), 1)
    strip = (_ROW - 6) / max(len(lanes.keys), 1)
    parts = []
    for number, row in enumerate(rows):
        y = number * _ROW
        word = row.word if len(row.word) <= 32 else f"{row.word[:31]}…"
        parts.append(
            f'<line x1="{left}" y1="{y + _ROW}" x2="{WIDTH}" y2="{y + _ROW}" stroke="#DADFD8"/>'
            f'<text x="{left - 10}" y="{y + 16}" text-anchor="end">{escape(word)}</text>'
        )
        parts += (
            f'<rect x="{left + at * step:.1f}" y="{y + 3 + key * strip:.1f}" width="{max(step - 1, 1):.1f}"'
            f' height="{strip:.1f}" fill="{_INKS[key % len(_INKS)]}"/>'
            for at, key in row.marks
        )
    floor = len(rows) * _ROW
    every = -(-len(lanes.steps) // max(1, int((WIDTH - left) / 58)))
    parts += (
        f'<text x="{min(left + at * step, WIDTH - _wide(word)):.1f}" y="{floor + 16}">{escape(word)}</text>'
        for at, word in enumerate(lanes.steps)
        if at % every == 0
    )
    x = float(left)
    for number, word in enumerate(lanes.keys):
        parts.append(
            f'<rect x="{x:.1f}" y="{floor + 28}" width="12" height="12" fill="{_INKS[number % len(_INKS)]}"/>'
            f'<text x="{x + 18:.1f}" y="{floor + 38}">{escape(word)}</text>'
        )
        x += 44 + _wide(word)
    return _svg(title, floor + 46, "".join(parts))


def _svg(title: str, height: float, inside: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">{inside}</svg>'
