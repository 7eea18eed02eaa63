"""A panel inside the window, at its right: help, who is working, a record's details. Never a separate window."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ranger_app.i18n import _
from ui import icons
from ui.widgets.text import hairline, label

WIDTH = 440


class SidePanel(QFrame):
    """Holds one widget with a title and a close button; Escape closes it and gives the keyboard back."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 8)
        self.title = label("", "section")
        self.close_button = QPushButton()
        self.close_button.setProperty("role", "quiet")
        self.close_button.setFixedSize(36, 36)
        self.close_button.setAccessibleName(_("Close"))
        self.close_button.setToolTip(_("Close") + "  Esc")
        self.close_button.clicked.connect(self.close_panel)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        column.addLayout(head)
        column.addWidget(hairline())
        self._holder = QVBoxLayout()
        self._holder.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._holder, 1)
        self.content: QWidget | None = None
        self._before: QWidget | None = None
        self.hide()

    def show_widget(self, widget: QWidget, title: str) -> None:
        """Show ``widget`` under ``title``; whatever was shown before is dropped."""
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self._drop()
        self.content = widget
        self.title.setText(title)
        self.close_button.setIcon(icons.icon("close", "muted"))
        self._holder.addWidget(widget)
        self.place()
        self.show()
        self.raise_()
        widget.show()
        first = widget.focusProxy() or widget.nextInFocusChain()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_panel(self) -> None:
        """Hide the panel and give the keyboard back to where it was."""
        if self.isHidden():
            return
        self.hide()
        self._drop()
        before, self._before = self._before, None
        if before is not None:
            with suppress(RuntimeError):  # its widget was rebuilt meanwhile
                before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def _drop(self) -> None:
        if self.content is not None:
            self._holder.removeWidget(self.content)
            self.content.hide()
            self.content.deleteLater()
            self.content = None

    def place(self) -> None:
        """Fill the right side of the parent, above its bottom line."""
        parent = self._page
        width = min(WIDTH, parent.width() - 16)
        self.setGeometry(parent.width() - width - 12, 12, width, parent.height() - 12 - 52)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)
