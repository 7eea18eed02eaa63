"""Lines with a strong beginning, a quiet remark and a badge at the right: what is shared, what went where."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.widgets.chip import Chip
from ui.widgets.layouts import clear
from ui.widgets.text import ElidedLabel, label


class Row(QWidget):
    """One line."""

    def __init__(self, what: str, remark: str, word: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label(what))
        if remark:
            row.addWidget(label("·", "sentence"))
            row.addWidget(ElidedLabel(remark, "sentence"), 1)
        else:
            row.addStretch(1)
        if word:
            row.addWidget(Chip(word, tone))


class Rows(QScrollArea):
    """Lines under one another, scrolled when they do not fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        inner.setProperty("role", "body")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(5)
        self.setWidget(inner)

    def fill(self, widgets: list[QWidget]) -> None:
        """Show these instead of what was there."""
        clear(self._column)
        for widget in widgets:
            self._column.addWidget(widget)
        self._column.addStretch(1)
