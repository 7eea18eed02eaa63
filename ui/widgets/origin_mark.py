"""The small sign of whose record it is: a green disc for this station's own, a blue diamond for a partner's."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPixmap, QPolygonF

from ui import theme

SIZE = 12


@lru_cache(maxsize=16)
def _drawn(colour: str, own: bool, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(SIZE * ratio), round(SIZE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    middle = SIZE / 2
    if own:
        painter.drawEllipse(QPointF(middle, middle), 4.0, 4.0)
    else:
        corners = [(middle, 1.0), (SIZE - 1.0, middle), (middle, SIZE - 1.0), (1.0, middle)]
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
    painter.end()
    return pixmap


def origin_mark(own: bool) -> QPixmap:
    """The sign, in the colours now in use."""
    screen = QGuiApplication.primaryScreen()
    tokens = theme.tokens()
    return _drawn(tokens.accent if own else tokens.partner, own, screen.devicePixelRatio() if screen else 1.0)
