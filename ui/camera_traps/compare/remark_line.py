"""The remark of a statement on two animals: one line that both sides see."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ranger_app.i18n import _
from ui import theme

_LETTERS = 200
_WIDTH = 250


class RemarkLine(QLineEdit):
    """``finished`` on Enter, ``left`` on Escape; the text stays either way."""

    finished = Signal()
    left = Signal()

    def __init__(self, key: str) -> None:
        super().__init__()
        self.kept = ""
        """What the statement holds."""
        self.setMaxLength(_LETTERS)
        self.setFixedWidth(_WIDTH)
        self.setMinimumHeight(theme.TARGET)
        self.setPlaceholderText(f"{_('Remark')}   {key}")
        self.setAccessibleName(_("Remark"))
        self.setToolTip(_("Why you say so, in a few words. Both sides see it."))

    def take(self, kept: str, begun: str | None = None) -> None:
        """Show the remark of a statement, or what was ``begun`` in its place."""
        self.kept = " ".join(kept.split())
        shown = self.kept if begun is None else begun
        if shown != self.words:  # otherwise whoever is typing goes on where he is
            self.setText(shown)

    @property
    def words(self) -> str:
        """What is written, on one line."""
        return " ".join(self.text().split())

    @property
    def unsaved(self) -> bool:
        """Whether no statement holds what is written."""
        return self.words != self.kept

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finished.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
