"""Curves over two axes and timelines, drawn in the look of the window; each differs in more than its colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from ranger_app.domain.findings import Chart, Lanes
from ranger_app.reports.figures import figure, ticks
from ui import theme

_PLOT, _AXIS, _KEY, _LANE = 200, 24, 20, 24
_MOST_WORDS = 240
_INKS = ("accent", "attention", "partner", "muted")
_LINES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def height(chart: Chart) -> int:
    """Pixels that a chart of curves or a timeline needs below its title."""
    if chart.lanes is not None:
        return _LANE * len(chart.lanes.rows) + _AXIS + _KEY
    return _AXIS + _PLOT + 2 * _AXIS + _KEY * len(chart.curves)


def said(chart: Chart) -> str:
    """What a screen reader hears of it: where each curve ends, when and where each row has a mark."""
    if chart.lanes is None:
        ends = [(curve.word, curve.points[-1]) for curve in chart.curves if curve.points]
        return ", ".join(f"{word} {figure(y, chart.digits)} ({figure(x)})" for word, (x, y) in ends)
    steps, keys = chart.lanes.steps, chart.lanes.keys
    return "; ".join(
        f"{row.word}: " + ", ".join(f"{steps[at]} {keys[key]}" for at, key in row.marks) for row in chart.lanes.rows
    )


def draw(painter: QPainter, chart: Chart, box: QRectF) -> None:
    """Draw it into the box with the painter's font."""
    if chart.lanes is not None:
        _lanes(painter, chart.lanes, box)
    else:
        _curves(painter, chart, box)


def _ink(number: int) -> QColor:
    return theme.colour(_INKS[number % len(_INKS)])


def _curves(painter: QPainter, chart: Chart, box: QRectF) -> None:
    metrics = painter.fontMetrics()
    points = [point for curve in chart.curves for point in curve.points]
    across, up = ticks(max((x for x, _y in points), default=0)), ticks(max((y for _x, y in points), default=0))
    rising, going = [figure(one) for one in up], [figure(one) for one in across]
    left = max(metrics.horizontalAdvance(one) for one in rising) + 10
    room = max(40.0, box.width() - left - metrics.horizontalAdvance(going[-1]))
    top, floor = box.top() + _AXIS, box.top() + _AXIS + _PLOT
    painter.setPen(theme.colour("muted"))
    painter.drawText(QRectF(box.left(), box.top(), box.width(), _AXIS), _LEFT, chart.axes[1])
    for value, word in zip(up, rising, strict=True):
        y = floor - value / up[-1] * (floor - top)
        painter.fillRect(QRectF(left, y, room, 1), theme.colour("line"))
        painter.drawText(QRectF(box.left(), y - 10, left - 6, 20), _RIGHT, word)
    for value, word in zip(across, going, strict=True):
        x = left + value / across[-1] * room
        painter.drawText(QRectF(x - 40, floor, 80, _AXIS), Qt.AlignmentFlag.AlignCenter, word)
    painter.drawText(QRectF(left, floor + _AXIS, room, _AXIS), _RIGHT, chart.axes[0])
    painter.fillRect(QRectF(left, floor, room, 1), theme.colour("muted"))
    for number, curve in enumerate(chart.curves):
        painter.setPen(QPen(_ink(number), 2, _LINES[number % len(_LINES)]))
        painter.drawPolyline(
            QPolygonF(
                [QPointF(left + x / across[-1] * room, floor - y / up[-1] * (floor - top)) for x, y in curve.points]
            )
        )
        y = floor + 2 * _AXIS + number * _KEY
        painter.drawLine(QPointF(left, y + _KEY / 2), QPointF(left + 34, y + _KEY / 2))
        painter.setPen(theme.colour("text"))
        last = figure(curve.points[-1][1], chart.digits) if curve.points else ""
        painter.drawText(QRectF(left + 42, y, box.width() - left - 42, _KEY), _LEFT, f"{curve.word} {last}")


def _lanes(painter: QPainter, lanes: Lanes, box: QRectF) -> None:
    metrics = painter.fontMetrics()
    words = min(_MOST_WORDS, max((metrics.horizontalAdvance(row.word) for row in lanes.rows), default=0) + 2)
    left = words + 12
    step = max(1.0, (box.width() - left) / max(1, len(lanes.steps)))
    strip = (_LANE - 6) / max(1, len(lanes.keys))
    for number, row in enumerate(lanes.rows):
        y = box.top() + number * _LANE
        painter.setPen(theme.colour("text"))
        painter.drawText(
            QRectF(0, y, words, _LANE), _RIGHT, metrics.elidedText(row.word, Qt.TextElideMode.ElideRight, words)
        )
        painter.fillRect(QRectF(left, y + _LANE - 1, box.width() - left, 1), theme.colour("line"))
        for at, key in row.marks:
            painter.fillRect(QRectF(left + at * step, y + 3 + key * strip, max(1.0, step - 1), strip), _ink(key))
    floor = box.top() + _LANE * len(lanes.rows)
    widest = max((metrics.horizontalAdvance(word) for word in lanes.steps), default=0)
    painter.setPen(theme.colour("muted"))
    for at in range(0, len(lanes.steps), max(1, -(-(widest + 10) // max(1, int(step))))):
        x = min(left + at * step, box.right() - widest)
        painter.drawText(QRectF(x, floor, widest + 4, _AXIS), _LEFT, lanes.steps[at])
    x = float(left)
    for number, word in enumerate(lanes.keys):
        painter.fillRect(QRectF(x, floor + _AXIS + 4, 12, 12), _ink(number))
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(x + 18, floor + _AXIS, metrics.horizontalAdvance(word) + 4, _KEY), _LEFT, word)
        x += 44 + metrics.horizontalAdvance(word)
