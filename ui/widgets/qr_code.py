"""A QR code on the screen: always dark on white with its quiet border, whatever the appearance, or cameras fail."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ranger_app.media.qr import QUIET, matrix


class QrCode(QWidget):
    """Draws ``show_text``'s text as large as its place allows, in whole pixels for each module."""

    def __init__(self, name: str, least: int = 200, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = least
        self._rows: list[list[bool]] = []
        self.text = ""
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(least, least)

    def show_text(self, text: str) -> None:
        """Draw the code of ``text``."""
        self.text = text
        self._rows = matrix(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._least, self._least)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._rows:
            return
        side = len(self._rows) + 2 * QUIET
        module = max(1, min(self.width(), self.height()) // side)
        whole = module * side
        left, top = (self.width() - whole) // 2, (self.height() - whole) // 2
        painter = QPainter(self)
        try:
            painter.fillRect(QRectF(left, top, whole, whole), Qt.GlobalColor.white)
            for y, row in enumerate(self._rows):
                for x, dark in enumerate(row):
                    if dark:
                        place = QRectF(left + (x + QUIET) * module, top + (y + QUIET) * module, module, module)
                        painter.fillRect(place, Qt.GlobalColor.black)
        finally:
            painter.end()
