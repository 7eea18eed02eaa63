"""The card for backups: how old the last one on another disk is, one button to make the next, and what it lacks.

After a restore it also brings the originals back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import backup as backups
from ranger_app.actions import restore, restored
from ranger_app.actions.backup import BackupReport, back_up
from ranger_app.actions.backup_originals import Carried
from ranger_app.actions.restore import bring_back
from ranger_app.actions.status import BACKUP_DAYS, DAY_MS
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.store import settings
from ui.bridge import Bridge
from ui.numbers import moment, number
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.choose import choose_folder
from ui.widgets.layouts import clear
from ui.widgets.text import label, muted


class BackupCard(Card):
    """A backup goes where the last one on another disk went unless another folder is chosen."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(_("Backup"), parent)
        self._library, self._bridge = library, bridge
        self._working = False
        self.age = Chip("", "neutral")
        self.head.addWidget(self.age)
        self.last = label("", wrap=True)
        self.body.addWidget(self.last)
        self.sealed = muted("")
        self.body.addWidget(self.sealed)
        self.body.addWidget(
            muted(
                _(
                    "One file with all records and the keys, and beside it the originals that are not there yet. "
                    "Put it on a stick or disk that is not in this computer. Pictures are not sealed: lock it away."
                )
            )
        )
        self.originals = QCheckBox(_("With originals"))
        self.few = QCheckBox(_("Keep only the {n} newest files of records there").format(n=backups.KEPT))
        for box, name in ((self.originals, "backup.records_only"), (self.few, "backup.few")):
            self.body.addWidget(box)
            box.clicked.connect(lambda on, name=name: self._keep_choice(name, on=on))
        row = QHBoxLayout()
        row.setSpacing(8)
        self.now = primary(_("Back up now"), self.back_up, key="Ctrl+B")
        self.elsewhere = button(_("Choose a folder and back up"), self.choose, icon="folder")
        row.addWidget(self.now)
        row.addWidget(self.elsewhere)
        row.addStretch(1)
        self.body.addLayout(row)
        self.said = QVBoxLayout()
        self.said.setContentsMargins(0, 4, 0, 0)
        self.body.addLayout(self.said)
        self.back = QWidget()
        line = QVBoxLayout(self.back)
        line.setContentsMargins(0, 8, 0, 0)
        self.waiting = label("", "strong", wrap=True)
        line.addWidget(self.waiting)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.bring = button(_("Bring back"), self.bring_back)
        buttons.addWidget(self.bring)
        buttons.addWidget(button(_("Choose their folder"), self.choose_originals, icon="folder"))
        buttons.addStretch(1)
        line.addLayout(buttons)
        self.body.addWidget(self.back)
        self.refresh()

    # -- showing -----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Say when and where the last backup was made, and whether originals wait to come back."""
        last = backups.last(self._library)
        with self._library.read() as db:
            self.originals.setChecked(not settings.get(db, "backup.records_only"))
            self.few.setChecked(bool(settings.get(db, "backup.few")))
        self.last.setText(self._last_words(last))
        self.sealed.setText(
            _("The file is sealed: it opens with this station's passphrase or its recovery sheet.")
            if self._library.keys.protected
            else _("The file is not sealed, because this station has no passphrase. Set one under Station.")
        )
        if last.elsewhere_at is None:
            self.age.show_word(_("none on another disk") if last.at else _("no backup"), "attention")
        else:
            old = self._library.now_ms() - last.elsewhere_at >= BACKUP_DAYS * DAY_MS
            self.age.show_word(_("older than 7 days") if old else _("recent"), "attention" if old else "own")
        folder = restored.waits(self._library)
        self.back.setVisible(folder is not None)
        self.waiting.setText(_("Originals of this library still lie in {folder}.").format(folder=folder))

    def _last_words(self, last: backups.Last) -> str:
        offset = self._library.station.utc_offset
        if last.at is None:
            return _("There is no backup yet.")
        if last.elsewhere_at is None:
            said = _("Last backup {time} in {folder}, on the same disk as the library: if it breaks, both are lost.")
            return said.format(time=moment(last.at / 1000, offset), folder=last.folder)
        words = [
            _("Last backup {time} in {folder}").format(
                time=moment(last.elsewhere_at / 1000, offset), folder=last.elsewhere_folder
            )
        ]
        if last.originals_left:
            n = last.originals_left
            missing = ngettext("{n} original is not there yet.", "{n} originals are not there yet.", n)
            words.append(missing.format(n=number(n)))
        return "\n".join(words)

    def _say(self, sentences: list[str], tone: str) -> None:
        clear(self.said)
        if sentences:
            self.said.addWidget(Banner(sentences[0], "\n".join(sentences[1:]), tone))

    def _keep_choice(self, name: str, *, on: bool) -> None:
        value = ("" if on else "1") if name == "backup.records_only" else ("1" if on else "")
        self._library.write(lambda db: settings.put(db, name, value))

    # -- backing up --------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for a folder, then back up there."""
        choose_folder(self, _("Folder for the backup"), lambda place: self._back_up_in(backups.folder_on(place)))

    def back_up(self) -> None:
        """Back up where the last backup on another disk went; ask for a folder where that is not known."""
        folder = backups.last(self._library).elsewhere_folder
        if folder is None:
            self.choose()
        elif not folder.is_dir():
            gone = _("The folder {folder} is not there.").format(folder=folder)
            self._say([gone, _("Plug the disk in, or choose another folder.")], "attention")
        else:
            self._back_up_in(folder)

    def _back_up_in(self, folder: Path) -> None:
        originals, keep = self.originals.isChecked(), backups.KEPT if self.few.isChecked() else None
        self._work(
            lambda cancel: back_up(self._library, folder, with_originals=originals, keep=keep, cancel=cancel),
            self._backed_up,
            _("Backup (MB)"),
        )

    def _backed_up(self, report: BackupReport) -> None:
        warned = backups.warnings(report, seal=False)
        if report.cancelled:
            warned.insert(0, _("The backup was stopped.") if report.file is None else _("Records and keys are saved."))
        if report.older and not report.removed:
            words = ngettext(
                "{n} older file of records lies there too.", "{n} older files of records lie there too.", report.older
            )
            warned.append(words.format(n=number(report.older)))
        self._say(warned, "attention")
        if report.file is not None:
            copied = report.originals.copied if report.originals else 0
            words = ngettext(
                "Backed up to {file}, {n} original copied", "Backed up to {file}, {n} originals copied", copied
            )
            self._bridge.say(words.format(file=report.file.name, n=number(copied)))

    # -- bringing back -----------------------------------------------------------------------------------------

    def bring_back(self) -> None:
        """Copy the originals out of the backup that the library was restored from."""
        folder = restored.waits(self._library)
        if folder is not None and not folder.is_dir():
            gone = _("The folder {folder} is not there.").format(folder=folder)
            self._say([gone, _("Plug the disk in, or choose another folder.")], "attention")
        else:
            self._bring_from(folder)

    def choose_originals(self) -> None:
        """Ask where the originals of the backup lie."""
        choose_folder(self, _("Folder with the originals of the backup"), self._bring_from)

    def _bring_from(self, folder: Path | None) -> None:
        self._work(
            lambda cancel: bring_back(self._library, folder, cancel=cancel),
            self._brought,
            _("Originals from the backup (MB)"),
        )

    def _brought(self, carried: Carried) -> None:
        self._say(restore.warnings(self._library, carried), "attention")
        words = ngettext("{n} original brought back", "{n} originals brought back", carried.copied)
        self._bridge.say(words.format(n=number(carried.copied)))

    def _work(self, job: Callable[[CancelToken], Any], done: Callable[[Any], object], title: str) -> None:
        if self._working:
            return
        self._say([], "")
        self._set_working(True)

        def ended(result: Any) -> None:
            self._set_working(False)
            self.refresh()
            done(result)

        def failed(error: BaseException) -> None:
            self._set_working(False)
            self.refresh()
            self._bridge.report(error)

        self._bridge.run(job, ended, failed, owner=self, title=title)

    def _set_working(self, on: bool) -> None:
        self._working = on
        for one in (self.now, self.elsewhere, self.bring):
            one.setEnabled(not on)
