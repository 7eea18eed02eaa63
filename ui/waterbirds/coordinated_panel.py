"""Counts on agreed dates, across stations: which sites have been counted and which are missing."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import coordinated
from ranger_app.actions.coordinated import Occasion, Place
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number, short_day
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import ElidedLabel, label


class CoordinatedPanel(QWidget):
    """``chosen(site)`` when somebody wants to see one of the sites."""

    chosen = Signal(object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._occasions: list[Occasion] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 8, 12)
        outer.setSpacing(8)
        self.empty = EmptyState(
            _("No coordinated count yet. Give visits of several sites the same name in the field Coordinated count."),
            icon="bird",
        )
        outer.addWidget(self.empty)
        self.choice = ChoiceBox()
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setAccessibleName(_("Coordinated count"))
        self.choice.currentIndexChanged.connect(lambda _index: self._read())
        outer.addWidget(self.choice)
        self.said = label("", "sentence", wrap=True)
        outer.addWidget(self.said)
        self.area = ScrolledColumn(QMargins(0, 0, 8, 0))
        outer.addWidget(self.area, 1)
        self._cards: list[QWidget] = []
        self.area.column.addStretch(1)
        self.setFocusProxy(self.choice)
        bridge.run(lambda _cancel: self._all(), self._show, owner=self)

    def _all(self) -> list[Occasion]:
        with self._library.read() as db:
            return coordinated.occasions(db)

    def _show(self, found: list[Occasion]) -> None:
        self._occasions = found
        for part in (self.choice, self.said, self.area):
            part.setVisible(bool(found))
        self.empty.setVisible(not found)
        self.choice.blockSignals(True)
        for one in found:
            self.choice.addItem(f"{one.name} · {short_day(one.first)}")
        self.choice.blockSignals(False)
        if found:
            self.choice.setCurrentIndex(0)
            self._read()
            self.choice.setFocus()

    def _read(self) -> None:
        index = self.choice.currentIndex()
        if not 0 <= index < len(self._occasions):
            return
        one = self._occasions[index]
        self._bridge.run(
            lambda _cancel: coordinated.places(self._library, one.name, one.first),
            lambda answer: self._tell(answer[1]) if index == self.choice.currentIndex() else None,
            owner=self,
        )

    def _tell(self, places: list[Place]) -> None:
        counted, missing = sum(one.counted for one in places), sum(not one.counted for one in places)
        words = [ngettext("{n} site counted", "{n} sites counted", counted).format(n=number(counted))]
        if missing:
            words.append(ngettext("{n} missing", "{n} missing", missing).format(n=number(missing)))
        self.said.setText(", ".join(words))
        for card in self._cards:
            self.area.column.removeWidget(card)
            card.deleteLater()
        self._cards = [_card(one) for one in places]
        for place, card in enumerate(self._cards):
            self.area.column.insertWidget(place, card)


def _card(one: Place) -> QWidget:
    card = Card()
    row = QHBoxLayout()
    row.addWidget(ElidedLabel(one.name, "strong"), 1)
    row.addWidget(Chip(_("counted"), "neutral") if one.counted else Chip(_("missing"), "attention"))
    card.body.addLayout(row)
    where = [one.station, one.country]
    below = QHBoxLayout()
    below.addWidget(Chip(" · ".join(part for part in where if part), "own" if one.own else "partner"))
    if one.counted:
        days = ", ".join(short_day(day) for day in one.dates)
        birds = ngettext("{n} bird", "{n} birds", one.birds or 0).format(n=number(one.birds or 0))
        said = f"{days} · {birds}"
    elif one.known_by == "before":
        said = _("counted in an earlier year")
    else:
        said = _("part of the same site")
    below.addWidget(label(said, "sentence", wrap=True), 1)
    card.body.addLayout(below)
    return card
