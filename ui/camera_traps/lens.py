"""The magnifier: a round glass over the picture that shows the original's own pixels, two or three times as large."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QPixmap

from ranger_app.i18n import _
from ui import theme
from ui.camera_traps.light import Light, lit

STRENGTHS = (0, 2, 3)
"""Screen pixels for one pixel of the picture; 0 is no magnifier. Its key goes through them."""
ACROSS = 264
"""Diameter in pixels."""
STEP = 24
"""How far an arrow key moves it, in pixels of the window."""


@dataclass(slots=True)
class Lens:
    """Where the glass is, in shares of the picture, and how strong."""

    strength: int = 0
    across: float = 0.5
    down: float = 0.5

    def turn(self) -> None:
        """The next strength."""
        self.strength = STRENGTHS[(STRENGTHS.index(self.strength) + 1) % len(STRENGTHS)]

    def words(self) -> str:
        """Its strength in a line."""
        if not self.strength:
            return _("Magnifier put away")
        return _("Magnifier {n}× · arrows or the mouse move it").format(n=self.strength)

    def to(self, point: QPointF, target: QRectF) -> None:
        """Stand at a point of the window, at most at the edge of the picture drawn at ``target``."""
        if target.width() > 0 and target.height() > 0:
            self.across = max(0.0, min(1.0, (point.x() - target.left()) / target.width()))
            self.down = max(0.0, min(1.0, (point.y() - target.top()) / target.height()))

    def centre(self, target: QRectF) -> QPointF:
        """The point of the window it stands at."""
        return QPointF(target.left() + self.across * target.width(), target.top() + self.down * target.height())

    def rect(self, target: QRectF, view: QRectF) -> QRectF:
        """The square around the glass; wholly inside the view."""
        glass = QRectF(QPointF(), QSizeF(ACROSS, ACROSS))
        glass.moveCenter(self.centre(target))
        glass.moveLeft(max(view.left(), min(glass.left(), view.right() - ACROSS)))
        glass.moveTop(max(view.top(), min(glass.top(), view.bottom() - ACROSS)))
        return glass


def paint(
    painter: QPainter, lens: Lens, target: QRectF, view: QRectF, whole: QImage | None, fitted: QPixmap, light: Light
) -> None:
    """Draw the glass. ``whole`` is the picture in its own size, None while it is read: then ``fitted`` stands in."""
    glass = lens.rect(target, view)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = QPainterPath()
    path.addEllipse(glass)
    painter.setClipPath(path)
    painter.fillRect(glass, theme.over_picture("picture"))
    size = QSizeF(whole.size() if whole is not None else fitted.size())
    strength = lens.strength if whole is not None else lens.strength * max(1.0, size.width() / target.width())
    ratio = painter.device().devicePixelRatioF() if whole is not None else 1.0
    scale = strength / ratio
    middle = QPointF(lens.across * size.width(), lens.down * size.height())
    wanted = QRectF(0, 0, ACROSS / scale, ACROSS / scale)
    wanted.moveCenter(middle)
    piece = wanted.toAlignedRect().intersected(QRect(0, 0, int(size.width()), int(size.height())))
    place = QRectF(
        glass.left() + (piece.left() - wanted.left()) * scale,
        glass.top() + (piece.top() - wanted.top()) * scale,
        piece.width() * scale,
        piece.height() * scale,
    )
    if whole is not None:
        # Only the piece under the glass is copied and lit; its pixels are shown as they are, not smoothed.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, lit(whole.copy(piece), light))
    else:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, fitted, QRectF(piece))
    painter.setClipping(False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.over_picture("picture"), 5))
    painter.drawEllipse(glass)
    painter.setPen(QPen(theme.over_picture("rail_text"), 2))
    painter.drawEllipse(glass)
    painter.restore()
