"""The strip that says what was just done and offers to undo it, for eight seconds, without asking first."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ranger_app.i18n import _
from ui.widgets.buttons import button
from ui.widgets.text import label

SHOWN_MS = 8000
_EDGE = 16


class UndoStrip(QFrame):
    """Floats above the bottom line of its parent; ``undo_wanted`` when Undo is pressed."""

    undo_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setProperty("role", "strip")
        self._row = row = QHBoxLayout(self)
        row.setSpacing(12)
        self.sentence = label("")
        self.undo = button(_("Undo"), self.undo_wanted.emit, role="strip-button", key="Ctrl+Z")
        row.addWidget(self.sentence, 1)
        row.addWidget(self.undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, sentence: str, undo: bool) -> None:
        """Show ``sentence``; with ``undo`` also the button."""
        self.sentence.setText(sentence)
        self.undo.setVisible(undo)
        self._row.setContentsMargins(_EDGE, 6, 6 if undo else _EDGE, 6)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not undo)  # taps reach what lies below
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start()

    def place(self) -> None:
        """Stand in the middle above the bottom line of the parent."""
        parent = self._page
        width = min(self.sizeHint().width(), parent.width() - 48)
        height = self.sizeHint().height()
        self.setGeometry((parent.width() - width) // 2, parent.height() - height - 52, width, height)
