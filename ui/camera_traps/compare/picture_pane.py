"""One of two pictures side by side: zoomed, moved, turned and lit as the person likes, with numbered points on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFont,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QShowEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.i18n import _
from ui import icons, theme
from ui.camera_traps import overlay
from ui.camera_traps.compare.marks import Mark
from ui.camera_traps.compare.sight import Sight
from ui.camera_traps.light import Light, lit

_CLICK = 5
"""A press that moves less than so many pixels is a click, otherwise the picture is pulled."""
_RING, _SIGN = 6.0, 20.0
_PER_NOTCH = 1.2


class PicturePane(QWidget):
    """``pointed(x, y)`` for a click on the picture, ``pulled(across, down)`` and ``neared(factor, at)`` in shares of
    the pane, ``entered`` when it has the keyboard, ``seen`` when another part of the picture, or another one, is seen.
    """

    seen = Signal()
    pointed = Signal(int, int)
    pulled = Signal(float, float)
    neared = Signal(float, QPointF)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap: QPixmap | None = None
        self._whole: QImage | None = None
        self._lit: tuple[QPixmap, Light, QPixmap] | None = None
        self._sight = Sight()
        self.light = Light()
        self.marks: Sequence[Mark] = ()
        self.sentence = ""
        """What stands there without a picture."""
        self.readout = ""
        self.active = False
        self._pressed: QPointF | None = None
        self._pulling = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 140)

    def sizeHint(self) -> QSize:
        return QSize(560, 400)

    def show_pixmap(self, pixmap: QPixmap | None, sentence: str = "", whole: QImage | None = None) -> None:
        """Draw this; without it ``sentence`` stands in its place. ``whole`` is the same picture with all its pixels,
        drawn where somebody looks closer than ``pixmap`` shows.
        """
        self._pixmap, self.sentence, self._whole = pixmap, sentence, whole
        self._lit = None
        self.update()
        self.seen.emit()

    def drop_whole(self) -> None:
        """Give the memory of the original back; it is asked for again when the pane is shown."""
        self._whole = None

    @property
    def sight(self) -> Sight:
        """How the picture lies in the pane."""
        return self._sight

    @sight.setter
    def sight(self, sight: Sight) -> None:
        self._sight = sight
        self.update()
        self.seen.emit()

    @property
    def is_close(self) -> bool:
        """Whether more pixels of the picture would be seen than are drawn."""
        if self._pixmap is None:
            return False
        drawn = self.sight.placed(self._size(), QRectF(self.rect()))
        return math.hypot(drawn.m11(), drawn.m12()) * self.devicePixelRatioF() > 1.0

    @property
    def has_picture(self) -> bool:
        """Whether a picture is drawn."""
        return self._pixmap is not None

    def _size(self) -> QSize:
        return self._pixmap.size() if self._pixmap is not None else QSize()

    def middle(self) -> tuple[int, int] | None:
        """The point of the picture in the middle of the pane; None where there is none."""
        return self.sight.spot(QRectF(self.rect()).center(), self._size(), QRectF(self.rect()))

    def drawn(self, mark: Mark) -> QPointF:
        """Where a point is drawn."""
        return self.sight.drawn(mark.x, mark.y, self._size(), QRectF(self.rect()))

    # -- Qt ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.seen.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed, self._pulling = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        by = event.position() - self._pressed
        if self._pulling or by.manhattanLength() >= _CLICK:
            self._pulling = True
            self._pressed = event.position()
            self.pulled.emit(by.x() / max(1, self.width()), by.y() / max(1, self.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and not self._pulling
        self._pressed = None
        if clicked and event.button() == Qt.MouseButton.LeftButton and self._pixmap is not None:
            spot = self.sight.spot(event.position(), self._size(), QRectF(self.rect()))
            if spot is not None:
                self.pointed.emit(*spot)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        middle = QRectF(self.rect()).center()
        at = event.position() - middle
        self.neared.emit(_PER_NOTCH**notches, QPointF(at.x() / max(1, self.width()), at.y() / max(1, self.height())))
        event.accept()

    # -- drawing -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = QRectF(self.rect())
        painter.fillRect(room, theme.colour("picture"))
        if self._pixmap is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            placed = self.sight.placed(self._size(), room)
            if self._whole is not None and self.is_close:
                self._paint_whole(painter, self._whole, placed, room)
            else:
                painter.setTransform(placed)
                painter.drawPixmap(0, 0, self._in_light(self._pixmap))
            painter.restore()
            for mark in self.marks:
                self._paint_mark(painter, mark)
        elif self.sentence:
            painter.drawPixmap((room.center() - QPointF(24, 56)).toPoint(), icons.pixmap("picture", "muted", 48))
            overlay.remark(painter, room, self.sentence, over=False)
        overlay.readout(painter, room, self.readout)
        if self.active:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.over_picture("accent"), 4))
            painter.drawRect(room)
        painter.end()

    def _paint_whole(self, painter: QPainter, whole: QImage, placed: QTransform, room: QRectF) -> None:
        """Draw the piece of the original that is seen; only that piece is lit."""
        size = self._size()
        placed = QTransform.fromScale(size.width() / whole.width(), size.height() / whole.height()) * placed
        back, _possible = placed.inverted()
        piece = back.mapRect(room).toAlignedRect().adjusted(-1, -1, 1, 1).intersected(whole.rect())
        painter.setTransform(placed)
        if self.light.changed:
            painter.drawImage(piece.topLeft(), lit(whole.copy(piece), self.light))
        else:
            painter.drawImage(piece.topLeft(), whole, piece)

    def _in_light(self, pixmap: QPixmap) -> QPixmap:
        if not self.light.changed:
            return pixmap
        if self._lit is None or self._lit[0] is not pixmap or self._lit[1] != self.light:
            self._lit = (pixmap, self.light, QPixmap.fromImage(lit(pixmap.toImage(), self.light)))
        return self._lit[2]

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        at = self.drawn(mark)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = theme.over_picture("accent" if mark.own else "partner")
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((theme.over_picture("picture"), 4.0), (ink, 2.0)):  # seen on dark and on bright fur
            pen = QPen(colour, width)
            if not mark.whole:
                pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen)
            if mark.own:
                painter.drawEllipse(at, _RING, _RING)
            else:
                painter.drawPolygon(
                    QPolygonF([at + QPointF(0, -8), at + QPointF(8, 0), at + QPointF(0, 8), at + QPointF(-8, 0)])
                )
        # The number stands beside its point, so that it does not hide what is compared.
        right = at.x() + _RING + _SIGN + 6 <= self.width()
        sign = QRectF(at.x() + _RING + 3 if right else at.x() - _RING - 3 - _SIGN, at.y() - _SIGN, _SIGN, _SIGN)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(sign, 4, 4)
        bold = QFont(painter.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(theme.over_picture("accent_ink"))
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, str(mark.number))
        painter.restore()

    def say_name(self, words: str) -> None:
        """What it shows, for those who listen."""
        self.setAccessibleName(words or _("Picture"))
