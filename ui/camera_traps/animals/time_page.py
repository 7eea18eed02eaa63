"""When and where one animal was met, over all countries: months, what that proves, and its moves on a map."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QMargins
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import catalogue, encounters
from ranger_app.actions.analysis import Question
from ranger_app.changes import Changes
from ranger_app.domain.crossings import RULES, Encounter, Line, ledger
from ranger_app.geo.spread import farthest_apart
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.store import rows
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.animals.moves_card import MovesCard
from ui.camera_traps.animals.timeline import Timeline
from ui.camera_traps.animals.words import country_word
from ui.camera_traps.form_page import WIDE
from ui.camera_traps.side_by_side import SideBySide
from ui.commands import Command
from ui.numbers import day, day_at, decimal, number
from ui.widgets.again import Again
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted

_AT_ONCE = frozenset({"individual", "same_animal"})
_LATER = frozenset({"observation", "media", "deployment", "location"})
_DOUBTS = {
    "identity": N_("who it is is not certain"),
    "cell": N_("the place is only known roughly"),
    "border": N_("nearer to the border than its layer is accurate"),
    "place": N_("no place or country is known"),
    "tie": N_("in two countries at once"),
}


@dataclass(slots=True)
class Life:
    """The encounters of one animal in the order of time, the line of the ledger they make, and the border's layer."""

    met: list[Encounter] = field(default_factory=list)
    line: Line | None = None
    layer: str = ""


def life(library: Library, animal: bytes, cancel: CancelToken | None = None) -> Job[Life]:
    """What is known of where an animal and those it is joined with were met; for workers."""
    with library.read() as db:
        record = rows.get(db, "individual", animal)
        cameras = {one.deployment for one in catalogue.captures(db, animal) if one.deployment}
        places = {kept["location"] for one in cameras if (kept := rows.get(db, "deployment", one)) is not None}
        question = Question(
            taxon=record.text("taxon") if record else None,
            stations=frozenset(one for one in cameras | places if isinstance(one, bytes)),
            at_home=True,
        )
        met = yield from encounters.met(library, db, question, cancel)
    whole = met.catalogues.joins.of(animal)
    found = [one for one in met.encounters if one.animal == whole]
    lines = ledger(found, farthest_apart)
    return Life(found, lines[0] if lines else None, met.layer.name)


def facts(line: Line, offset: int) -> list[str]:
    """What the encounters prove, a sentence each."""
    found = [
        _("{encounters} in {months}: first on {first}, last on {last}.").format(
            encounters=ngettext("{n} encounter", "{n} encounters", line.encounters).format(n=number(line.encounters)),
            months=ngettext("{n} month", "{n} months", len(line.months)).format(n=number(len(line.months))),
            first=day(day_at(line.first, offset)),
            last=day(day_at(line.last, offset)),
        )
    ]
    if line.both:
        words = ngettext("At least {n} crossing of the border.", "At least {n} crossings of the border.", line.crossed)
        found.append(words.format(n=number(line.crossed)))
    for country, side in sorted(line.sides.items()):
        met = ngettext("{n} certain encounter", "{n} certain encounters", side.encounters)
        met = met.format(n=number(side.encounters))
        known = not math.isnan(side.farthest)
        words = _("{country}: {encounters}, up to {km} km from the border.") if known else _("{country}: {encounters}.")
        km = decimal(side.farthest / 1000) if known else ""
        found.append(words.format(country=country_word(country), encounters=met, km=km))
    for doubt, n in sorted(line.doubtful.items()):
        words = ngettext("{n} encounter proves no side: {why}.", "{n} encounters prove no side: {why}.", n)
        found.append(words.format(n=number(n), why=_(_DOUBTS[doubt])))
    return found


class TimePage(QWidget):
    """Reads only while somebody looks."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.animal: bytes | None = None
        self._again = Again(self, self._read_all, at_once=_AT_ONCE, later=_LATER)
        self._asked = 0
        self._cancel: CancelToken | None = None
        self.life = Life()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.area = ScrolledColumn(QMargins(0, 0, 8, theme.BETWEEN))
        outer.addWidget(self.area)
        column = self.area.column
        column.setSpacing(theme.BETWEEN)
        self.card = Card(_("Months in which it was met"))
        self.timeline = Timeline(library.station.country)
        self.card.body.addWidget(self.timeline)
        self.legend = muted(_("Filled: certain. Outlined: only uncertain encounters."))
        self.card.body.addWidget(self.legend)
        column.addWidget(self.card)
        self.proved = Card(_("What that proves"))
        self.facts = label("", wrap=True)
        self.proved.body.addWidget(self.facts)
        self.rules = muted("")
        self.rules.hide()
        self.rules_button = button(_("How it is counted"), self.turn_rules, role="quiet", key="H")
        line = QHBoxLayout()
        line.addWidget(self.rules_button)
        line.addStretch(1)
        self.proved.body.addLayout(line)
        self.proved.body.addWidget(self.rules)
        self.proved.body.addStretch(1)
        beside = SideBySide(WIDE)
        beside.add(self.proved, 3)
        self.moves = MovesCard(library, bridge)
        beside.add(self.moves, 5)
        column.addWidget(beside, 1)
        self.waiting = muted(_("Reading the encounters of its species …"))
        outer.addWidget(self.waiting)
        self.empty = EmptyState(_("No picture with a time and a place names this animal yet."), icon="map")
        outer.addWidget(self.empty)
        self._stand(self.waiting)

    def _stand(self, shown: QWidget) -> None:
        for one in (self.area, self.waiting, self.empty):
            one.setVisible(one is shown)

    def turn_rules(self) -> None:
        """Show how it is counted, or hide it again."""
        self.rules.setVisible(self.rules.isHidden())

    def open(self, animal: bytes | None) -> None:
        """Show an animal, once somebody looks."""
        self._stand(self.waiting)
        self.animal = animal
        self.moves.open(animal)
        self._again.now()

    def refresh(self, changes: Changes) -> None:
        """Read again what it rests on, once somebody looks."""
        self._again.changed(changes)

    def _read_all(self) -> None:
        self.read()
        self.moves.changed()

    def read(self) -> None:
        """Read the encounters."""
        self._asked += 1
        asked, animal = self._asked, self.animal
        if self._cancel is not None:
            self._cancel.cancel()
        if animal is not None:
            running = self._bridge.run(
                lambda cancel: life(self._library, animal, cancel), partial(self._take, asked), owner=self
            )
            self._cancel = running.cancel

    def _take(self, asked: int, found: Life) -> None:
        if asked != self._asked:
            return
        self.life = found
        if found.line is None:
            self._stand(self.empty)
            return
        self.timeline.show_met(found.met)
        self.legend.setVisible(any(one.doubt for one in found.met))
        self.facts.setText("\n".join(facts(found.line, self._library.station.utc_offset)))
        layer = _("Border: {layer}.").format(layer=found.layer)
        self.rules.setText("\n".join([*(_(one) for one in RULES), layer]))
        self._stand(self.area)

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """The keys of this page; ``free`` tells whether plain letters are commands now."""
        return [
            Command("moves.map", _("Show the map"), self.moves.show_map, "M", free, _("Time and moves")),
            Command("moves.rules", _("How it is counted"), self.turn_rules, "H", free, _("Time and moves")),
        ]
