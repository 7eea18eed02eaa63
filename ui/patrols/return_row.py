"""The line in which a manager says what has to be mended in a patrol that is returned."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ranger_app.i18n import _
from ui.widgets.buttons import button


class ReturnRow(QWidget):
    """Hidden until ``ask()``. ``sent`` when the patrol is to go back with ``words``; ``put_off`` for "Not now"."""

    sent = Signal()
    put_off = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = QLineEdit()
        self.words.setPlaceholderText(_("What has to be mended, in one sentence"))
        self.words.setAccessibleName(_("Comment"))
        self.words.returnPressed.connect(self.sent)
        row.addWidget(self.words, 1)
        row.addWidget(button(_("Return it"), self.sent.emit, key="Return"))
        row.addWidget(button(_("Not now"), self._not_now, role="quiet"))
        self.hide()

    def ask(self) -> None:
        """Show it empty, and give it the keyboard."""
        self.words.clear()
        self.show()
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_now(self) -> None:
        self.hide()
        self.put_off.emit()
