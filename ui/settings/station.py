"""What this station is called and where it stands, its fingerprint and the passphrase of its keys."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from ranger_app.actions.station_edit import edit_station
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.countries import COUNTRIES, OFFSETS
from ui.numbers import offset
from ui.settings.keys_card import KeysCard
from ui.settings.page import Page, rows
from ui.widgets.buttons import primary
from ui.widgets.card import Card
from ui.widgets.text import muted


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
        self.keys = KeysCard(library, bridge)
        self.add_card(self.keys)

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

    def refresh(self) -> None:
        """Say again how the keys stand: another person may be working now."""
        self.keys.refresh()
