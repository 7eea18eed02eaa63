"""The recovery sheet typed in: for a key file that is lost, or a passphrase that nobody remembers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from ranger_app.actions import recovery
from ranger_app.domain.recovery import LINES
from ranger_app.errors import RangerError
from ranger_app.i18n import _
from ui.problems import worded
from ui.settings.page import rows
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.choose import choose_file
from ui.widgets.text import label, muted

_PICTURES_AND_TEXT = "*.txt *.png *.jpg *.jpeg *.heic *.heif *.TXT *.PNG *.JPG *.JPEG *.HEIC"


class RecoverCard(Card):
    """Seven lines and a new passphrase. ``use(text, passphrase)`` gets what was typed, ``back`` leaves the card."""

    def __init__(
        self, use: Callable[[str, str | None], object], back: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Recovery sheet"), parent)
        self._use = use
        self.setFixedWidth(620)
        self.body.addWidget(
            muted(
                _(
                    "Type the {n} lines from the sheet, one below the other, or choose a picture of its QR code. "
                    "Spaces and small letters do not matter."
                ).format(n=LINES)
            )
        )
        self.lines = QPlainTextEdit()
        self.lines.setProperty("role", "typed")
        self.lines.setTabChangesFocus(True)
        self.lines.setFixedHeight(190)
        self.lines.setAccessibleName(_("Lines of the recovery sheet"))
        self.body.addWidget(self.lines)
        self.first, self.second = QLineEdit(), QLineEdit()
        for field in (self.first, self.second):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self.body.addLayout(rows((_("New passphrase"), self.first), (_("New passphrase again"), self.second)))
        self.said = label("", "warning", wrap=True)
        self.said.hide()
        self.body.addWidget(self.said)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.make = primary(_("Make the keys again"), self.try_it, key="Ctrl+Return")
        self.make.setShortcut("Ctrl+Return")
        row.addWidget(self.make)
        row.addWidget(button(_("Choose a picture or text"), self.choose, icon="picture"))
        row.addWidget(button(_("Back"), back, role="quiet"))
        row.addStretch(1)
        self.body.addLayout(row)

    def choose(self) -> None:
        """Ask for a picture of the QR code or a text file with the lines."""
        choose_file(self, _("Picture or text of the recovery sheet"), self.read, _PICTURES_AND_TEXT)

    def read(self, path: Path) -> None:
        """Fill in what a picture or a text says."""
        try:
            self.lines.setPlainText(recovery.lines_of(recovery.read_file(path)))
            self.said.hide()
        except RangerError as error:
            self.say(error)

    def try_it(self) -> None:
        """Hand over what was typed."""
        passphrase = self.first.text()
        if passphrase != self.second.text():
            self.said.setText(_("The two passphrases are not the same. Type them again."))
            self.said.show()
            self.first.setFocus()
            return
        self._use(self.lines.toPlainText(), passphrase or None)

    def say(self, error: BaseException) -> None:
        """Say what is wrong, lines by their numbers."""
        problem = worded(error)
        self.said.setText(f"{problem.what} {problem.todo}")
        self.said.show()
        self.lines.setFocus()
