"""A line of key caps with what they do; those that do not fit are left out, the most frequent stand first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.keycap import KeyHint

_GAP = 16
_HEIGHT = 36


class KeyLine(QWidget):
    """Hints side by side; the keys of hints that are left out work all the same (F1 lists them)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hints: list[KeyHint] = []
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_keys(self, keys: Sequence[tuple[Sequence[str], str]]) -> None:
        """Show these: (keys, word) each."""
        for hint in self._hints:
            hint.hide()
            hint.deleteLater()
        self._hints = [KeyHint(list(caps), word, self) for caps, word in keys]
        self._place()

    def shown(self) -> int:
        """How many hints fit."""
        return sum(not hint.isHidden() for hint in self._hints)

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    def _place(self) -> None:
        left = 0
        full = False
        for hint in self._hints:
            width = hint.sizeHint().width()
            full = full or left + width > self.width()
            hint.setVisible(not full)
            hint.setGeometry(left, (_HEIGHT - hint.sizeHint().height()) // 2, width, hint.sizeHint().height())
            left += width + _GAP

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
