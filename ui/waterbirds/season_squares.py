"""Seasons as a row of squares: reached, counted but fewer, counted too little to say, and not counted at all.

Each has its own sign besides its colour, and the years stand below.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.actions.analysis_criteria import season_word
from ranger_app.domain.criteria import SeasonValue
from ranger_app.i18n import _
from ui import theme
from ui.numbers import number

_SIDE = 30
_STEP = 44
_YEAR = 20
REACHED, FEWER, DOUBTFUL, MISSING = "reached", "fewer", "doubtful", "missing"


def state(value: SeasonValue, level: int) -> str:
    """Which of the four a season is."""
    if value.birds is None:
        return MISSING
    if value.birds >= level:
        return REACHED
    return FEWER if value.adequate else DOUBTFUL


def words(value: SeasonValue, level: int) -> str:
    """A season in words, for tooltips and screen readers."""
    told = {
        REACHED: _("{season}: {birds}, reached"),
        FEWER: _("{season}: {birds}, fewer"),
        DOUBTFUL: _("{season}: {birds}, counted too little to say"),
        MISSING: _("{season}: no visit"),
    }[state(value, level)]
    return told.format(season=season_word(value.season), birds=number(value.birds or 0))


class SeasonSquares(QWidget):
    """A row of squares, in a second line where there are many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: tuple[SeasonValue, ...] = ()
        self.level = 0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_seasons(self, values: Sequence[SeasonValue], level: int) -> None:
        """Draw these seasons against a level."""
        self.values, self.level = tuple(values), level
        told = "\n".join(words(value, level) for value in values)
        self.setAccessibleName(told)
        self.setToolTip(told)
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        in_line = max(1, width // _STEP)
        return max(1, -(-len(self.values) // in_line)) * (_SIDE + _YEAR + 4)

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(max(self.width(), 320)))

    def minimumSizeHint(self) -> QSize:
        return QSize(_STEP, self.heightForWidth(max(self.width(), 320)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(theme.SMALL)
        painter.setFont(font)
        in_line = max(1, self.width() // _STEP)
        try:
            for place, value in enumerate(self.values):
                line, column = divmod(place, in_line)
                top = line * (_SIDE + _YEAR + 4)
                box = QRectF(column * _STEP + (_STEP - _SIDE) / 2 + 0.5, top + 0.5, _SIDE - 1, _SIDE - 1)
                self._square(painter, box, state(value, self.level))
                painter.setPen(theme.colour("muted"))
                below = QRectF(column * _STEP, top + _SIDE, _STEP, _YEAR)
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(value.season.year))
        finally:
            painter.end()

    def _square(self, painter: QPainter, box: QRectF, kind: str) -> None:
        middle = box.center()
        if kind == REACHED:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QPen(theme.colour("accent_ink"), 2.4))
            points = [QPointF(-6, 0), QPointF(-2, 5), QPointF(7, -6)]
            painter.drawPolyline([middle + one for one in points])
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.SolidLine if kind == FEWER else Qt.PenStyle.DashLine
        painter.setPen(QPen(theme.colour("muted"), 1.4, style))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QPen(theme.colour("text" if kind == FEWER else "muted"), 2))
        if kind == FEWER:
            painter.drawLine(middle + QPointF(-6, 0), middle + QPointF(6, 0))
        elif kind == DOUBTFUL:
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
