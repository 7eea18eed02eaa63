"""The line at the top of every screen: what this is, where things stand, its acts, and the way to find anything."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ranger_app.i18n import _
from ui import theme
from ui.commands import key_text
from ui.widgets.buttons import button, for_command
from ui.widgets.screen import Screen
from ui.widgets.text import ElidedLabel, label


class TitleLine(QWidget):
    """Shows the heading of the screen it is given; ``find_wanted`` opens the palette."""

    find_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.OUTSIDE, 16, theme.OUTSIDE, 8)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        self.title = ElidedLabel("", "title")
        self.sentence = label("", "sentence", wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.sentence)
        row.addLayout(words, 1)
        self._buttons: list[QPushButton] = []
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        row.addLayout(self._actions)
        self.find_button = button("", self.find_wanted.emit, role="find")
        self.find_button.setAccessibleName(_("Find anything"))
        self._find_long = "{}   {}".format(_("Find anything").replace("&", "&&"), key_text("Ctrl+K"))
        row.addWidget(self.find_button, 0, Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # In a narrow window the words of Find anything make room for the title and the acts.
        wide = self.find_button.fontMetrics().horizontalAdvance(self._find_long) + 40
        acts = sum(made.sizeHint().width() + 8 for made in self._buttons)
        title = self.title.fontMetrics().horizontalAdvance(self.title.text())
        roomy = self.width() >= title + acts + max(190, wide) + 2 * theme.OUTSIDE + 24
        self.find_button.setText(self._find_long if roomy else key_text("Ctrl+K"))
        self.find_button.setMinimumWidth(max(190, wide) if roomy else 0)

    def show_screen(self, screen: Screen) -> None:
        """Draw the heading of ``screen``."""
        self.title.setText(screen.title)
        self.sentence.setText(screen.sentence)
        self.sentence.setVisible(bool(screen.sentence))
        self._buttons = []
        while (item := self._actions.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for command in screen.title_actions:
            role = "primary" if command.id == screen.primary_action else ""
            made = for_command(command, role=role)
            self._buttons.append(made)
            self._actions.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        self._fit()
