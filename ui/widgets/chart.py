"""Charts drawn in the look of the window: bars from zero with the figure at each, curves and timelines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.domain.findings import Bar, Chart
from ui import theme
from ui.numbers import decimal, number
from ui.widgets import chart_lines

ROW = 28
_BAR = 16
_TALL = 176
_AXIS = 24
_HEAD = 28
_GAP = 20
_MOST_WORDS = 240


def told(bar: Bar, digits: int) -> str:
    """The figure written at a bar."""
    if bar.text:
        return bar.text
    if bar.value is None:
        return ""
    return decimal(bar.value, digits) if digits else number(round(bar.value))


class ChartView(QWidget):
    """One or more charts below each other, as high as they need; a screen reader hears their figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.charts: tuple[Chart, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_charts(self, charts: Sequence[Chart]) -> None:
        """Draw these instead of what was drawn."""
        self.charts = tuple(charts)
        self.setAccessibleName("\n".join(f"{chart.title}: {_said(chart)}" for chart in self.charts))
        self.setMinimumHeight(self._height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, self._height())

    def _height(self) -> int:
        return sum(_height(chart) + _GAP for chart in self.charts)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0.0
        try:
            for chart in self.charts:
                self._draw(painter, chart, top)
                top += _height(chart) + _GAP
        finally:
            painter.end()

    def _draw(self, painter: QPainter, chart: Chart, top: float) -> None:
        painter.setFont(self._font(theme.SECTION, bold=True))
        painter.setPen(theme.colour("text"))
        painter.drawText(
            QRectF(0, top, self.width(), _HEAD), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, chart.title
        )
        top += _HEAD
        if chart.curves or chart.lanes is not None:
            painter.setFont(self._font(theme.SMALL))
            height = chart_lines.height(chart)
            chart_lines.draw(painter, chart, QRectF(0, top, self.width(), height))
            top += height
        elif chart.upright:
            self._upright(painter, chart, top)
            top += _TALL
        else:
            self._lying(painter, chart, top)
            top += ROW * len(chart.bars)
        if chart.remark:
            painter.setFont(self._font(theme.SMALL))
            painter.setPen(theme.colour("muted"))
            box = QRectF(0, top, self.width(), _AXIS)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, chart.remark)

    def _font(self, pixels: int, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(pixels)
        font.setBold(bold)
        return font

    def _lying(self, painter: QPainter, chart: Chart, top: float) -> None:
        plain, strong = self._font(theme.SMALL), self._font(theme.SMALL, bold=True)
        metrics = QFontMetrics(plain)
        words = min(_MOST_WORDS, max((metrics.horizontalAdvance(bar.word) for bar in chart.bars), default=0) + 2)
        figures = max(
            (QFontMetrics(strong).horizontalAdvance(told(bar, chart.digits)) for bar in chart.bars), default=0
        )
        left = words + 12
        room = max(20.0, self.width() - left - max(figures, 40) - 16)
        largest = max((bar.value or 0 for bar in chart.bars), default=0) or 1
        for row, bar in enumerate(chart.bars):
            y = top + row * ROW
            painter.setFont(plain)
            painter.setPen(theme.colour("text"))
            word = metrics.elidedText(bar.word, Qt.TextElideMode.ElideRight, words)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y, words, ROW), right, word)
            length = (bar.value or 0) / largest * room
            painter.fillRect(QRectF(left, y + (ROW - _BAR) / 2, length, _BAR), self._colour(bar))
            painter.setFont(strong)
            painter.setPen(theme.colour("text" if bar.value is not None else "muted"))
            box = QRectF(left + length + 8, y, self.width() - left - length - 8, ROW)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told(bar, chart.digits))
        painter.fillRect(QRectF(left - 1, top, 1, ROW * len(chart.bars)), theme.colour("muted"))

    def _upright(self, painter: QPainter, chart: Chart, top: float) -> None:
        bars = chart.bars
        plain, strong = self._font(theme.SMALL), self._font(theme.SMALL, bold=True)
        metrics, figures = QFontMetrics(plain), QFontMetrics(strong)
        step = self.width() / max(1, len(bars))
        wide = min(step * 0.72, 44)
        widest = max((metrics.horizontalAdvance(bar.word) for bar in bars), default=0)
        every = max(1, -(-(widest + 10) // max(1, int(step))))
        floor = top + _TALL - _AXIS
        largest = max((bar.value or 0 for bar in bars), default=0) or 1
        for place, bar in enumerate(bars):
            middle = step * (place + 0.5)
            height = (bar.value or 0) / largest * (_TALL - _AXIS - 22)
            painter.fillRect(QRectF(middle - wide / 2, floor - height, wide, height), self._colour(bar))
            text = told(bar, chart.digits)
            painter.setPen(theme.colour("text"))
            if bar.value is None:  # nobody knows: a dash in an empty place
                painter.setFont(plain)
                painter.setPen(theme.colour("muted"))
                painter.drawText(QRectF(middle - step / 2, floor - 20, step, 18), Qt.AlignmentFlag.AlignCenter, "–")
            elif bar.value and figures.horizontalAdvance(text) <= step - 2:
                painter.setFont(strong)
                box = QRectF(middle - step / 2, floor - height - 20, step, 18)
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, text)
            if place % every == 0:
                painter.setFont(plain)
                painter.setPen(theme.colour("muted"))
                box = QRectF(middle - widest / 2 - 4, floor, widest + 8, _AXIS)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, bar.word)
        painter.fillRect(QRectF(0, floor, self.width(), 1), theme.colour("muted"))

    @staticmethod
    def _colour(bar: Bar) -> QColor:
        return theme.colour("muted" if bar.quiet else "accent")


def _said(chart: Chart) -> str:
    if chart.curves or chart.lanes is not None:
        return chart_lines.said(chart)
    return ", ".join(f"{bar.word} {told(bar, chart.digits)}" for bar in chart.bars)


def _height(chart: Chart) -> int:
    if chart.curves or chart.lanes is not None:
        body = chart_lines.height(chart)
    else:
        body = _TALL if chart.upright else ROW * len(chart.bars)
    return _HEAD + body + (_AXIS if chart.remark else 0)
