"""A column that scrolls where the window is too low for it, without a frame and without taking the keyboard.

Every page longer than its screen is one of these, so that all of them scroll and look alike.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


class ScrolledColumn(QScrollArea):
    """Put widgets into ``column``, which keeps ``margins`` in pixels around them."""

    def __init__(self, margins: QMargins, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._was_whole = False
        self.whole = False
        """Whether it is shown at full height, for a page that scrolls around it."""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setProperty("role", "body")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(margins)
        self.setWidget(inner)
        inner.installEventFilter(self)

    # A scrolled page asks its wrapped lines for no height of their own: without this they are squeezed first.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.make_room()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.make_room()

    def make_room(self) -> None:
        """Give the content the height that its wrapped lines need at this width."""
        inner = self.widget()
        if inner is None or not self.column.hasHeightForWidth():
            return
        least = self.column.minimumHeightForWidth(max(1, self.viewport().width()))
        if least != inner.minimumHeight():
            inner.setMinimumHeight(least)
        if self.whole or self._was_whole:
            self.setMinimumHeight(least if self.whole else 0)
            self._was_whole = self.whole
