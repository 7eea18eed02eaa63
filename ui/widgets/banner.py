"""A message across the top of a screen: what happened, what to do, one button. It waits; it never blocks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.buttons import button
from ui.widgets.text import label


class Banner(QFrame):
    """A framed message in a tone: problem, attention or partner."""

    def __init__(
        self,
        what: str,
        todo: str = "",
        tone: str = "problem",
        action: str = "",
        run: Callable[[], object] | None = None,
        *,
        close: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setProperty("tone", tone)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.what = label(what, "strong", wrap=True)
        words.addWidget(self.what)
        self.todo = label(todo, wrap=True)
        words.addWidget(self.todo)
        row.addLayout(words, 1)  # the labels have their place only now: shown before, they are windows of their own
        self.todo.setVisible(bool(todo))
        if action:
            row.addWidget(button(action, run))
        if close:
            row.addWidget(button(close, self._close, role="quiet"))

    def _close(self) -> None:
        self.hide()
        self.deleteLater()
