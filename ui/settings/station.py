"""What this station is called and where it stands, its fingerprint and the passphrase of its keys."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from ranger_app.actions import permission
from ranger_app.actions.station_edit import edit_station
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.countries import COUNTRIES, OFFSETS
from ui.numbers import offset
from ui.settings.page import Page, rows
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.text import label, muted


class StationPage(Page):
    """Changing the station needs the role manager; the action says so."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        station = library.station
        card = Card(_("This station"))
        self.name = QLineEdit(station.name)
        self.country = QComboBox()
        for code, word in COUNTRIES.items():
            self.country.addItem(f"{_(word)} ({code})", code)
        if self.country.findData(station.country) < 0:
            self.country.addItem(station.country, station.country)
        self.country.setCurrentIndex(self.country.findData(station.country))
        self.offset = QComboBox()
        for minutes in sorted({*OFFSETS, station.utc_offset}):
            self.offset.addItem(offset(minutes), minutes)
        self.offset.setCurrentIndex(self.offset.findData(station.utc_offset))
        card.body.addLayout(
            rows(
                (_("Name of the station"), self.name),
                (_("Country"), self.country),
                (_("Hours from UTC"), self.offset),
            )
        )
        card.body.addWidget(
            muted(_("The offset is proposed for new deployments, patrols and surveys; old ones keep theirs."))
        )
        line = QHBoxLayout()
        line.addWidget(primary(_("Save"), self.save, key="Ctrl+S"))
        line.addStretch(1)
        card.body.addLayout(line)
        self.add_card(card)
        keys = Card(_("Keys"))
        self.protected = Chip("", "neutral")
        keys.head.addWidget(self.protected)
        keys.body.addWidget(
            muted(_("Fingerprint of this station, to compare with a partner in person or by telephone"))
        )
        self.fingerprint = label(station.fingerprint, "strong", wrap=True)
        keys.body.addWidget(self.fingerprint)
        keys.body.addWidget(
            muted(
                _(
                    "With a passphrase nobody can sign or read bundles for this station without it. "
                    "There is no way back if it is forgotten."
                )
            )
        )
        self.first, self.second = QLineEdit(), QLineEdit()
        for field in (self.first, self.second):
            field.setEchoMode(QLineEdit.EchoMode.Password)
        keys.body.addLayout(rows((_("New passphrase"), self.first), (_("New passphrase again"), self.second)))
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        keys.body.addWidget(self.wrong)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(button(_("Set the passphrase"), self.set_passphrase, icon="key"))
        self.remove = button(_("Take it away"), self.remove_passphrase, role="quiet")
        row.addWidget(self.remove)
        row.addStretch(1)
        keys.body.addLayout(row)
        self.add_card(keys)
        self._show_protection()

    def save(self) -> None:
        """Write name, country and offset."""
        name, country, minutes = self.name.text(), self.country.currentData(), self.offset.currentData()
        self._bridge.act(
            lambda _cancel: edit_station(self._library, name=name, country=country, utc_offset=minutes),
            lambda _nothing: self._saved(),
            owner=self,
        )

    def _saved(self) -> None:
        self._bridge.say(_("Saved: {name}").format(name=self._library.station.name))
        self._bridge.wished.emit("station", None)

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
        def change(_cancel: object) -> None:
            permission.require(self._library, permission.MANAGER)
            self._library.set_passphrase(passphrase)

        self._bridge.act(change, lambda _nothing: self._protected(), owner=self)

    def _protected(self) -> None:
        self.first.clear()
        self.second.clear()
        self.wrong.hide()
        self._show_protection()
        protected = self._library.keys.protected
        self._bridge.say(
            _("The keys are behind the passphrase.") if protected else _("The keys have no passphrase now.")
        )

    def _show_protection(self) -> None:
        protected = self._library.keys.protected
        self.protected.show_word(
            _("behind a passphrase") if protected else _("no passphrase"), "own" if protected else "attention"
        )
        self.remove.setVisible(protected)
