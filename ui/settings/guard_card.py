"""If this computer is taken: the cover over an unused window, and whether the disk is encrypted."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QWidget

from ranger_app.actions import disk, proof
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.text import label, muted


class GuardCard(Card):
    """What the station chose, in force at once."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(_("If this computer is taken"), parent)
        self._library, self._bridge = library, bridge
        self.chip = Chip("", "neutral")
        self.head.addWidget(self.chip)
        self.disk = label("", wrap=True)
        self.body.addWidget(self.disk)
        self.quiet = QCheckBox(_("We know. Do not say it on Today"))
        self.quiet.toggled.connect(self._be_quiet)
        self.body.addWidget(self.quiet)
        self.cover = QCheckBox(_("Cover the window after 10 minutes without input"))
        self.cover.toggled.connect(self._choose_cover)
        self.body.addWidget(self.cover)
        self.remark = muted("")
        self.body.addWidget(self.remark)
        self._show_disk(disk.answered(library))

    def refresh(self) -> None:
        """Read the choices again and ask the system about the disk."""
        can = proof.can_ask(self._library)
        for box, on in ((self.cover, proof.lock_chosen(self._library)), (self.quiet, disk.quiet(self._library))):
            box.blockSignals(True)
            box.setChecked(on)
            box.blockSignals(False)
        self.cover.setEnabled(can)
        self.remark.setText(
            _("What runs goes on under the cover. A PIN or the passphrase opens it.")
            if can
            else _("The cover needs something to open it: give people a PIN, or the keys a passphrase.")
        )
        self._bridge.run(lambda _cancel: disk.look(self._library), self._show_disk, owner=self)

    def _show_disk(self, answer: str) -> None:
        if answer == disk.YES:
            self.chip.show_word(_("disk encrypted"), "own")
            self.disk.setText(_("The disk is encrypted: without its password nobody can read this library."))
        elif answer == disk.NO:
            self.chip.show_word(_("disk open"), "attention")
            self.disk.setText(
                _(
                    "The disk is not encrypted: whoever takes this computer can read all records and pictures. "
                    "Turn on BitLocker (Windows), FileVault (macOS) or LUKS (Linux)."
                )
            )
        else:
            self.chip.show_word(_("disk not known"), "neutral")
            self.disk.setText(_("This system does not tell whether the disk is encrypted. Ask whoever set it up."))
        self.quiet.setVisible(answer == disk.NO)

    def _be_quiet(self, on: bool) -> None:
        self._bridge.act(lambda _cancel: disk.be_quiet(self._library, on), owner=self)

    def _choose_cover(self, on: bool) -> None:
        self._bridge.act(lambda _cancel: proof.choose_lock(self._library, on), owner=self)
