"""What stands where there is nothing yet: one sentence and the one button that fills it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui import icons
from ui.widgets.buttons import primary
from ui.widgets.text import label

_LOW = 150  # pixels


class EmptyState(QWidget):
    """One sentence on the next step and, where there is one, the button that does it."""

    def __init__(
        self,
        sentence: str,
        action: str = "",
        run: Callable[[], object] | None = None,
        *,
        icon: str = "leaf",
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("empty_state", True)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(1)
        self.picture = QLabel()
        self.picture.setPixmap(icons.pixmap(icon, "accent", 40))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.picture)
        self.sentence = label(sentence, wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.sentence)
        if action:
            row = QHBoxLayout()
            row.addStretch(1)
            self.button = primary(action, run, key=key)
            row.addWidget(self.button)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        low = event.size().height() < _LOW  # words come first where there is little room
        self.picture.setHidden(low)
        around = 4 if low else 24
        self._column.setContentsMargins(24, around, 24, around)
        super().resizeEvent(event)
