"""Backups, the check of everything against its signatures, and which library is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ranger_app.actions.backup import backup
from ranger_app.actions.check import Problem, check
from ranger_app.i18n import _, ngettext
from ranger_app.library import DATABASE, Library
from ranger_app.store import settings
from ui.bridge import Bridge
from ui.numbers import moment, number
from ui.settings.page import Page
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.choose import choose_folder
from ui.widgets.text import label, muted

_SHOWN = 8
_OLD_MS = 7 * 86_400_000


class Safety(Page):
    """A backup goes where the last one went unless another folder is chosen."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        card = Card(_("Backup"))
        self.age = Chip("", "neutral")
        card.head.addWidget(self.age)
        self.last = label("", wrap=True)
        card.body.addWidget(self.last)
        card.body.addWidget(
            muted(
                _(
                    "One file with all records and the keys. Put it on a stick or disk that is not in this computer. "
                    "The pictures lie in the folder vault; copy that too."
                )
            )
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(primary(_("Back up now"), self.back_up, key="Ctrl+B"))
        row.addWidget(button(_("Choose a folder and back up"), self.choose, icon="folder"))
        row.addStretch(1)
        card.body.addLayout(row)
        self.add_card(card)
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
        folder = label(str(library.folder), "strong", wrap=True)
        where.body.addWidget(folder)
        last = QHBoxLayout()
        last.addWidget(button(_("Open another library"), self.choose_library, key="Ctrl+O"))
        last.addStretch(1)
        where.body.addLayout(last)
        self.add_card(where)

    def refresh(self) -> None:
        """Say when and where the last backup was made."""
        with self._library.read() as db:
            made, folder = settings.get(db, "backup.at"), settings.get(db, "backup.folder")
        if not made:
            self.last.setText(_("There is no backup yet."))
            self.age.show_word(_("no backup"), "attention")
            return
        when = moment(int(made) / 1000, self._library.station.utc_offset)
        self.last.setText(_("Last backup {time} in {folder}").format(time=when, folder=folder))
        old = self._library.now_ms() - int(made) > _OLD_MS
        self.age.show_word(_("older than 7 days") if old else _("recent"), "attention" if old else "own")

    def choose(self) -> None:
        """Ask for a folder, then back up there."""
        choose_folder(self, _("Folder for the backup"), self._back_up_in)

    def back_up(self) -> None:
        """Back up where the last backup went."""
        with self._library.read() as db:
            folder = settings.get(db, "backup.folder")
        self._back_up_in(Path(folder) if folder and Path(folder).is_dir() else None)

    def _back_up_in(self, folder: Path | None) -> None:
        self._bridge.run(lambda _cancel: backup(self._library, folder), self._backed_up, owner=self, title=_("Backup"))

    def _backed_up(self, file: Path) -> None:
        self.refresh()
        self._bridge.say(_("Backed up to {file}").format(file=file.name))

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
