"""A column that scrolls where the window is too low for it, without a frame and without taking the keyboard.

Every page longer than its screen is one of these, so that all of them scroll and look alike.
"""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class ScrolledColumn(QScrollArea):
    """Put widgets into ``column``, which keeps ``margins`` in pixels around them."""

    def __init__(self, margins: QMargins, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("role", "body")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(margins)
        self.setWidget(inner)
