"""The neighbours of the picture in the viewer, in the order they were taken; a press goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.i18n import _
from ui import theme
from ui.camera_traps.source import ReviewSource
from ui.widgets.thumbs import Thumbs

CELL = QSize(100, 80)
_DOT = 9


class FilmStrip(QWidget):
    """Cells side by side, the current one framed. ``wanted(row)`` when one is pressed."""

    wanted = Signal(int)

    def __init__(self, source: ReviewSource, thumbs: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source, self._thumbs = source, thumbs
        self._row = 0
        self._event: frozenset[int] = frozenset()
        self.setFixedHeight(CELL.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(_("Pictures before and after"))
        thumbs.loaded.connect(self._loaded)

    def _loaded(self, _sha256: str) -> None:
        if self.isVisible():
            self.update()

    def show_row(self, row: int) -> None:
        """Stand around ``row``."""
        self._row = row
        self._thumbs.want(
            [cell.sha256 for one in reversed(self.rows()) if (cell := self._source.cell(one)) and cell.sha256]
        )
        self.update()

    def show_event(self, rows: Sequence[int]) -> None:
        """Draw the extent of these rows, the event of the picture shown."""
        self._event = frozenset(rows)
        self.update()

    def rows(self) -> range:
        """The rows drawn now: the current one in the middle, except near the ends."""
        number = max(1, self.width() // CELL.width())
        first = max(0, min(self._row - (number - 1) // 2, len(self._source) - number))
        return range(first, min(first + number, len(self._source)))

    def _rect(self, place: int) -> QRect:
        number = max(1, self.width() // CELL.width())
        left = place * self.width() // number
        return QRect(left, 0, (place + 1) * self.width() // number - left, CELL.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, row in enumerate(self.rows()):
            if self._rect(place).contains(event.position().toPoint()):
                self.wanted.emit(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, row in enumerate(self.rows()):
            frame = self._rect(place).adjusted(3, 7, -3, -3)
            self._extent(painter, place, row)
            painter.fillRect(frame, theme.colour("key_cap"))
            cell = self._source.cell(row)
            if cell is None:
                continue
            picture = self._thumbs.get(cell.sha256) if cell.sha256 else None
            if picture is not None:
                size = picture.deviceIndependentSize().toSize()
                target = QRect(frame.topLeft(), size.scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio))
                target.moveCenter(frame.center())
                painter.fillRect(frame, theme.colour("picture"))
                painter.drawPixmap(target, picture)
            self._dot(painter, frame, cell.seen_by >= 2)
            if row == self._row:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour("accent"), 3))
                painter.drawRoundedRect(frame.adjusted(-1, -1, 1, 1), 4, 4)
        painter.end()

    def _extent(self, painter: QPainter, place: int, row: int) -> None:
        # A line over the pictures of one event; that of the picture shown is thicker and coloured.
        before, after = self._source.joined(row), self._source.joined(row + 1)
        here = row in self._event and len(self._event) > 1
        if not (before or after or here):
            return
        rect = self._rect(place)
        left, right = rect.left() + (0 if before else 3), rect.right() + 1 - (0 if after else 3)
        height = 4 if here else 2
        painter.fillRect(QRect(left, 4 - height, right - left, height), theme.colour("accent" if here else "muted"))

    @staticmethod
    def _dot(painter: QPainter, frame: QRect, done: bool) -> None:
        # Filled: a person has said what it is. A ring: it waits.
        spot = QRect(frame.left() + 5, frame.bottom() - _DOT - 4, _DOT, _DOT)
        painter.setPen(QPen(theme.colour("picture"), 1.5))
        painter.setBrush(theme.colour("rail_mark" if done else "picture"))
        painter.drawEllipse(spot)
        if not done:
            painter.setPen(QPen(theme.colour("rail_text"), 1.5))
            painter.drawEllipse(spot.adjusted(1, 1, -1, -1))
