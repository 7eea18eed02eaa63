"""The drawn sketch of a patrol's track: line, points left out, waypoints, start, end and a scale bar."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.geo.sketch import Place, Sketch
from ranger_app.i18n import _
from ui import theme
from ui.numbers import decimal, number

_MARGIN = 28
_NAMED = 8
"""With more waypoints their names would cover the track."""


class SketchView(QWidget):
    """Paints a Sketch with north up; own tracks green, a partner's blue and dotted at its start.

    ``pointed(latitude, longitude)`` in degrees where a person clicked, once ``take_points`` was asked for.
    """

    pointed = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sketch = Sketch()
        self._own = True
        self._lit: list[Place] = []
        self._pointable = False
        self.setMinimumHeight(130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(_("Sketch of the track"))

    def sizeHint(self) -> QSize:
        return QSize(480, 260)

    def show_sketch(self, sketch: Sketch, own: bool) -> None:
        """Draw ``sketch``."""
        self._sketch, self._own = sketch, own
        self.update()

    def light(self, places: Sequence[Place]) -> None:
        """Ring these places of the drawing; none for an empty list."""
        self._lit = list(places)
        self.update()

    def take_points(self) -> None:
        """Let a click say a place."""
        self._pointable = True
        self.setCursor(Qt.CursorShape.CrossCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._pointable and not self._sketch.empty and event.button() == Qt.MouseButton.LeftButton:
            at, scale = event.position(), self._scale()
            east, north = (at.x() - self.width() / 2) / scale, ((self.height() - 8) / 2 - at.y()) / scale
            self.pointed.emit(*self._sketch.degrees((east, north)))
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("background"))
        painter.drawRoundedRect(frame, 8, 8)
        sketch = self._sketch
        if sketch.empty:
            painter.setPen(theme.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("No track: nothing to draw."))
            painter.end()
            return
        scale = self._scale()
        self._draw_lines(painter, scale)
        self._draw_marks(painter, scale)
        self._draw_lit(painter, scale)
        self._draw_scale_bar(painter, scale)
        self._draw_north(painter)
        painter.end()

    def _scale(self) -> float:
        """Pixels a metre."""
        room = (max(self.width() - 2 * _MARGIN, 40), max(self.height() - 2 * _MARGIN - 8, 40))
        return min(room[0] / max(self._sketch.width, 20.0), room[1] / max(self._sketch.height, 20.0))

    def _at(self, place: Place, scale: float) -> QPointF:
        return QPointF(self.width() / 2 + place[0] * scale, (self.height() - 8) / 2 - place[1] * scale)

    def _draw_lines(self, painter: QPainter, scale: float) -> None:
        colour = theme.colour("accent" if self._own else "partner")
        for line in self._sketch.lines:
            pen = QPen(theme.colour("muted") if line.planned else colour, 1.5 if line.planned else 2.5)
            pen.setStyle(Qt.PenStyle.DashLine if line.planned else Qt.PenStyle.SolidLine)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            points = [self._at(one, scale) for one in line.points]
            if len(points) == 1:
                painter.drawPoint(points[0])
            painter.drawPolyline(QPolygonF(points))
        recorded = [line for line in self._sketch.lines if not line.planned]
        painter.setPen(QPen(theme.colour("attention"), 1.5))
        for place in self._sketch.left_out:
            at = self._at(place, scale)
            for dx in (3.5, -3.5):
                painter.drawLine(at + QPointF(-dx, -3.5), at + QPointF(dx, 3.5))
        if recorded:
            painter.setPen(QPen(colour, 2))
            painter.setBrush(theme.colour("surface"))
            painter.drawEllipse(self._at(recorded[-1].points[-1], scale), 6, 6)
            painter.setBrush(colour)
            painter.drawEllipse(self._at(recorded[0].points[0], scale), 5, 5)

    def _draw_marks(self, painter: QPainter, scale: float) -> None:
        small = painter.font()
        small.setPixelSize(12)
        painter.setFont(small)
        metrics = QFontMetrics(small)
        taken: list[QRectF] = []
        for name, place in self._sketch.marks:
            at = self._at(place, scale)
            corners = ((0, -5), (5, 0), (0, 5), (-5, 0))
            painter.setPen(QPen(theme.colour("surface"), 1))
            painter.setBrush(theme.colour("text"))
            painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))
            if not name or len(self._sketch.marks) > _NAMED:
                continue
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 130)
            box = QRectF(at.x() + 9, at.y() - 9, metrics.horizontalAdvance(text) + 4, 18)
            if box.right() > self.width() - 4:
                box.moveRight(at.x() - 9)
            if any(box.intersects(one) for one in taken):
                continue
            taken.append(box)
            ground = QColor(theme.colour("background"))
            ground.setAlpha(215)
            painter.fillRect(box, ground)
            painter.setPen(theme.colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _draw_lit(self, painter: QPainter, scale: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("attention"), 2.5))
        for place in self._lit:
            painter.drawEllipse(self._at(place, scale), 9, 9)

    def _draw_scale_bar(self, painter: QPainter, scale: float) -> None:
        metres = round_length(self.width() / 4 / scale)
        length = metres * scale
        left, base = 14.0, self.height() - 12.0
        painter.setPen(QPen(theme.colour("muted"), 2))
        painter.drawLine(QPointF(left, base), QPointF(left + length, base))
        for x in (left, left + length):
            painter.drawLine(QPointF(x, base - 4), QPointF(x, base))
        small = painter.font()
        small.setPixelSize(12)
        painter.setFont(small)
        painter.drawText(QPointF(left + length + 8, base + 1), length_text(metres))

    def _draw_north(self, painter: QPainter) -> None:
        x, y = self.width() - 22.0, 14.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("muted"))
        needle = ((0, 0), (5, 12), (0, 9), (-5, 12))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in needle]))
        small = painter.font()
        small.setPixelSize(12)
        small.setBold(True)
        painter.setFont(small)
        painter.setPen(theme.colour("muted"))
        box = QRectF(x - 20, y + 13, 40, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _("N"))


def round_length(metres: float) -> float:
    """The largest of 1, 2, 5, 10, … that is not above ``metres``."""
    if metres <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(metres))
    return next(step * power for step in (5, 2, 1) if step * power <= metres)


def length_text(metres: float) -> str:
    """500 m, 2 km, 0.5 m."""
    if metres >= 1000:
        return _("{n} km").format(n=number(round(metres / 1000)))
    return _("{n} m").format(n=number(round(metres)) if metres >= 1 else decimal(metres))
