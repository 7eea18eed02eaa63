"""Backups, the check of everything against its signatures, and which library is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ranger_app.actions.check import Problem, check
from ranger_app.i18n import _, ngettext
from ranger_app.library import DATABASE, Library
from ui.bridge import Bridge
from ui.numbers import number
from ui.settings.backup_card import BackupCard
from ui.settings.guard_card import GuardCard
from ui.settings.page import Page
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.choose import choose_folder
from ui.widgets.text import breakable, label, muted

_SHOWN = 8


class Safety(Page):
    """What keeps the library from being lost, one card each."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.backup = BackupCard(library, bridge)
        self.add_card(self.backup)
        self.guard = GuardCard(library, bridge)
        self.add_card(self.guard)
        proof = Card(_("Check the library"))
        proof.body.addWidget(
            muted(_("Compares every record with its signature and every picture with its hash. It changes nothing."))
        )
        self.found = label("", wrap=True)
        self.found.hide()
        proof.body.addWidget(self.found)
        line = QHBoxLayout()
        line.addWidget(button(_("Check the library"), self.check, key="Ctrl+Shift+C"))
        line.addStretch(1)
        proof.body.addLayout(line)
        self.add_card(proof)
        where = Card(_("Library"))
        where.body.addWidget(muted(_("This library lies in")))
        folder = label(breakable(library.folder), "strong", wrap=True)
        where.body.addWidget(folder)
        last = QHBoxLayout()
        last.addWidget(button(_("Open another library"), self.choose_library, key="Ctrl+O"))
        last.addStretch(1)
        where.body.addLayout(last)
        self.add_card(where)

    def refresh(self) -> None:
        """Say when and where the last backup was made."""
        self.backup.refresh()
        self.guard.refresh()

    def back_up(self) -> None:
        """Back up where the last backup went."""
        self.backup.back_up()

    def check(self) -> None:
        """Look everything over."""
        self.found.setText(_("Checking …"))
        self.found.show()
        self._bridge.run(
            lambda cancel: check(self._library, originals=True, cancel=cancel),
            self._checked,
            owner=self,
            title=_("Checking the library"),
        )

    def _checked(self, problems: list[Problem]) -> None:
        if not problems:
            self.found.setText(_("Everything is as it should be."))
            return
        n = len(problems)
        lines = [ngettext("{n} thing is wrong:", "{n} things are wrong:", n).format(n=number(n))]
        lines += [problem.what for problem in problems[:_SHOWN]]
        self.found.setText("\n".join(lines))

    def choose_library(self) -> None:
        """Ask for the folder of another library and open it."""
        choose_folder(self, _("Folder of the library"), self._open, start=self._library.folder.parent)

    def _open(self, folder: Path) -> None:
        if (folder / DATABASE).is_file():
            self._bridge.wished.emit("library", str(folder))
        else:
            self._bridge.say(_("There is no library in {folder}.").format(folder=folder))
