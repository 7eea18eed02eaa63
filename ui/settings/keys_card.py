"""The station's keys: fingerprint, passphrase, and the recovery sheet that brings them back from paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ranger_app.actions import proof, recovery
from ranger_app.actions.station_keys import change_passphrase
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import day_at
from ui.problems import worded
from ui.settings.page import rows
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.choose import choose_folder
from ui.widgets.text import hairline, label, muted


class KeysCard(Card):
    """Changing anything needs the role manager; the actions say so."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(_("Keys"), parent)
        self._library, self._bridge = library, bridge
        self.protected = Chip("", "neutral")
        self.head.addWidget(self.protected)
        self.body.addWidget(
            muted(_("Fingerprint of this station, to compare with a partner in person or by telephone"))
        )
        self.fingerprint = label(library.station.fingerprint, "strong", wrap=True)
        self.body.addWidget(self.fingerprint)
        self.body.addWidget(hairline())
        self.body.addWidget(
            muted(
                _(
                    "With a passphrase nobody who takes this computer can sign or read bundles for this station. "
                    "If it is forgotten, only the recovery sheet helps."
                )
            )
        )
        self.current, self.first, self.second = QLineEdit(), QLineEdit(), QLineEdit()
        for field in (self.current, self.first, self.second):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        self.form = rows(
            (_("Passphrase now"), self.current),
            (_("New passphrase"), self.first),
            (_("New passphrase again"), self.second),
        )
        self.body.addLayout(self.form)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        self.body.addWidget(self.wrong)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(button(_("Set the passphrase"), self.set_passphrase, icon="key"))
        self.remove = button(_("Take it away"), self.remove_passphrase, role="quiet")
        row.addWidget(self.remove)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(hairline())
        self.sheet = label("", "strong", wrap=True)
        self.body.addWidget(self.sheet)
        self.body.addWidget(
            muted(
                _(
                    "The recovery sheet holds the secret keys on one page. Print it, put it in the safe, "
                    "and delete the file."
                )
            )
        )
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.proving = rows((_("Your PIN or the passphrase"), self.secret))
        self.body.addLayout(self.proving)
        self.not_written = label("", "warning", wrap=True)
        self.not_written.hide()
        self.body.addWidget(self.not_written)
        last = QHBoxLayout()
        last.addWidget(button(_("Write the recovery sheet"), self.choose_sheet, icon="note"))
        last.addStretch(1)
        self.body.addLayout(last)
        self.refresh()

    def refresh(self) -> None:
        """Say how the keys stand."""
        protected = self._library.keys.protected
        self.protected.show_word(
            _("behind a passphrase") if protected else _("no passphrase"), "own" if protected else "attention"
        )
        self.remove.setVisible(protected)
        self.form.setRowVisible(0, protected)
        self.proving.setRowVisible(0, proof.wanted(self._library))
        at = recovery.made_at(self._library)
        if at is None:
            self.sheet.setText(_("There is no recovery sheet yet."))
        else:
            day = day_at(at / 1000, self._library.station.utc_offset).isoformat()
            self.sheet.setText(_("A recovery sheet was written on {day}.").format(day=day))

    # -- passphrase --------------------------------------------------------------------------------------------

    def set_passphrase(self) -> None:
        """Put the keys behind what stands in both fields."""
        passphrase = self.first.text()
        if not passphrase or passphrase != self.second.text():
            self.wrong.setText(
                _("The two are not the same. Type them again.") if passphrase else _("Type the new passphrase twice.")
            )
            self.wrong.show()
            self.first.setFocus()
            return
        self._protect(passphrase)

    def remove_passphrase(self) -> None:
        """Keep the keys without a passphrase."""
        self._protect(None)

    def _protect(self, passphrase: str | None) -> None:
        current = self.current.text()
        self._bridge.act(
            lambda _cancel: change_passphrase(self._library, passphrase, current=current),
            lambda _protected: self._protected(),
            self._refused,
            owner=self,
        )

    def _protected(self) -> None:
        for field in (self.current, self.first, self.second):
            field.clear()
        self.wrong.hide()
        self.refresh()
        protected = self._library.keys.protected
        self._bridge.say(
            _("The keys are behind the passphrase.") if protected else _("The keys have no passphrase now.")
        )

    def _refused(self, error: BaseException) -> None:
        problem = worded(error)
        self.wrong.setText(f"{problem.what} {problem.todo}")
        self.wrong.show()

    # -- recovery sheet ----------------------------------------------------------------------------------------

    def choose_sheet(self) -> None:
        """Ask for the folder, best a stick that is then wiped, and write the sheet there."""
        choose_folder(self, _("Where to write the recovery sheet"), self.write_sheet)

    def write_sheet(self, folder: Path) -> None:
        """Write the sheet into ``folder`` and open it to be printed."""
        secret = self.secret.text()
        self._bridge.act(
            lambda _cancel: recovery.write_sheet(self._library, folder, secret),
            self._sheet_written,
            self._sheet_refused,
            owner=self,
        )

    def _sheet_written(self, path: Path) -> None:
        self.secret.clear()
        self.not_written.hide()
        self.refresh()
        self._bridge.say(_("Recovery sheet written: {file}. Print it, then delete the file.").format(file=path.name))
        self.show_page(path)

    def show_page(self, path: Path) -> None:
        """Open the page where it can be printed."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _sheet_refused(self, error: BaseException) -> None:
        problem = worded(error)
        self.not_written.setText(f"{problem.what} {problem.todo}")
        self.not_written.show()
        self.secret.clear()
        self.secret.setFocus()
