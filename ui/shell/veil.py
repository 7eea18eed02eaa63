"""Dims the page behind an open panel, so that what lies under it does not look cut off; a press closes the panel."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget


class Veil(QWidget):
    """Covers its parent; ``pressed`` when a person presses beside the panel."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setProperty("role", "veil")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()

    def cover(self) -> None:
        """Show over the whole parent."""
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Fill the parent."""
        self.setGeometry(self._page.rect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.pressed.emit()
