"""The form of a joint study: which stations, which species, which days, by which rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from ranger_app.actions import joint_study
from ranger_app.actions.analysis import Question
from ranger_app.domain import taxa
from ranger_app.domain.effort import ALL, ONE, SUM
from ranger_app.domain.independence import LAST_INDEPENDENT, LAST_RECORD
from ranger_app.domain.joint_study import JointStudy, Party
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store import animals, partners
from ui import theme
from ui.numbers import APART, apart
from ui.widgets.buttons import button, primary
from ui.widgets.card import Card
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_line import DayLine
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label, muted
from ui.widgets.toggles import Toggles
from ui.widgets.wrapped import Wrapped

_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """What a study can be made of: the stations whose animals may count, the species known, and the usual study."""

    stations: tuple[Party, ...]
    species: tuple[str, ...]
    proposed: JointStudy


def read_offer(library: Library) -> Offer:
    """This station, its trusted partners and whoever else keeps animals that are known here; for workers."""
    own = library.station
    with library.read() as db:
        here = animals.catalogues(db)
        found = {own.id: Party(own.id, own.name, own.country)}
        found |= {one.id: Party(one.id, one.name, one.country) for one in partners.partners(db) if one.trusted}
    for animal in here.animals.values():
        name, country = here.stations.get(animal.station, ("", ""))
        if name and country:
            found.setdefault(animal.station, Party(animal.station, name, country))
    species = {one.taxon for one in here.animals.values() if one.taxon}
    return Offer(tuple(found.values()), tuple(sorted(species)), joint_study.proposed(library, Question()))


class StudyForm(ScrolledColumn):
    """``done(JointStudy)`` when a person wants its report, ``left`` when the form is put away as it was."""

    done = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QMargins(0, 0, 8, theme.BETWEEN), parent)
        self._offer: Offer | None = None
        self._parties: dict[str, Party] = {}
        self._border = ""
        card = Card(_("What the study asks"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.BETWEEN)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self.title = QLineEdit()
        self.title.setMaxLength(_LETTERS)
        self.title.setPlaceholderText(_("Joint study"))
        self.stations, self.species = Toggles([]), Toggles([])
        self.start = DayLine(_("From 2026-01-31"), _("From"))
        self.end = DayLine(_("To 2026-01-31"), _("To"))
        self.minutes = self._box([(apart(n), n) for n in APART])
        self.anchor = self._box(
            [(_("since the last picture"), LAST_RECORD), (_("since the last event began"), LAST_INDEPENDENT)]
        )
        self.nights = self._box(
            [
                (_("a night counts once for a station"), ONE),
                (_("the nights of all its cameras are added"), SUM),
                (_("a night counts while all its cameras work"), ALL),
            ]
        )
        self._row(_("Title"), self.title)
        self._row(_("Partners"), self.stations)
        self._row(_("Species"), self.species)
        self._row(_("Period"), self.start, self.end, muted(_("Empty: all days.")))
        self._row(_("Events"), self.minutes, self.anchor)
        self._row(_("Trap nights"), self.nights)
        card.body.addLayout(self._grid)
        self.trouble = label("", "warning", wrap=True)
        self.trouble.hide()
        card.body.addWidget(self.trouble)
        buttons = Wrapped(8)
        buttons.addWidget(primary(_("Show the report"), self.finish, key="Ctrl+Return"))
        buttons.addWidget(button(_("Leave it as it was"), self.left.emit, key="Esc"))
        buttons.addWidget(button(_("All partners and species"), self.propose, role="quiet"))
        card.body.addLayout(buttons)
        self.column.addWidget(card)
        self.column.addStretch(1)
        self.setFocusProxy(self.title)

    @staticmethod
    def _box(items: Iterable[tuple[str, Any]]) -> ChoiceBox:
        made = ChoiceBox()
        for word, data in items:
            made.addItem(word, data)
        return made

    def _row(self, word: str, *fields: QWidget) -> None:
        line = self._grid.rowCount()
        name = label(word, "muted")
        name.setMinimumHeight(theme.TARGET)
        self._grid.addWidget(name, line, 0)
        for field in fields:
            if not isinstance(field, DayLine):
                field.setAccessibleName(word)
        if len(fields) == 1:
            self._grid.addWidget(fields[0], line, 1)
            return
        beside = QHBoxLayout()
        beside.setSpacing(8)
        for field in fields:
            beside.addWidget(field)
        beside.addStretch(1)
        self._grid.addLayout(beside, line, 1)

    # -- filling and reading -----------------------------------------------------------------------------------

    def show_study(self, study: JointStudy, offer: Offer) -> None:
        """Fill in a study; what it names is offered beside what is known here."""
        self._offer, self._border = offer, study.border
        self._parties = {one.station.hex(): one for one in (*offer.stations, *study.parties)}
        self.stations = self._renew(
            self.stations,
            [(code, f"{one.name} ({one.country})") for code, one in self._parties.items()],
            [one.station.hex() for one in study.parties],
        )
        known = sorted((taxa.name(one, language()), one) for one in {*offer.species, *study.species})
        self.species = self._renew(self.species, [(one, word) for word, one in known], study.species)
        self.title.setText(study.title)
        self.put_days(*(one.isoformat() if one else "" for one in (study.start, study.end)))
        if self.minutes.findData(study.minutes) < 0:
            self.minutes.addItem(apart(study.minutes), study.minutes)
        for box, chosen in ((self.minutes, study.minutes), (self.anchor, study.anchor), (self.nights, study.nights)):
            box.setCurrentIndex(box.findData(chosen))
        self._say("")

    def days(self) -> tuple[str, str]:
        """The days as they are typed, readable or not."""
        return self.start.text(), self.end.text()

    def put_days(self, start: str, end: str) -> None:
        """Type these days."""
        self.start.setText(start)
        self.end.setText(end)

    def _renew(self, old: Toggles, words: list[tuple[str, str]], chosen: Iterable[str]) -> Toggles:
        made = Toggles(words)
        made.setAccessibleName(old.accessibleName())
        made.choose(chosen)
        self._grid.replaceWidget(old, made)
        old.hide()
        old.deleteLater()
        return made

    def propose(self) -> None:
        """Fill in the usual study: all partners, all species they know animals of, all days."""
        if self._offer is not None:
            self.show_study(self._offer.proposed, self._offer)

    def finish(self) -> None:
        """Ask for the report of what is filled in; where something is lacking the form says what."""
        study, wrong = self.study(), self._lacking()
        self._say(wrong)
        if not wrong:
            self.done.emit(study)

    def study(self) -> JointStudy:
        """What is filled in; a day that cannot be read is marked and does not limit."""
        stations = self.stations.chosen()
        return JointStudy(
            " ".join(self.title.text().split()),
            tuple(sorted((self._parties[one] for one in stations), key=lambda one: one.station)),
            tuple(sorted(self.species.chosen())),
            self.start.day(),
            self.end.day(),
            self.minutes.currentData(),
            self.anchor.currentData(),
            self.nights.currentData(),
            self._border,
        )

    def _lacking(self) -> str:
        study = self.study()
        if not study.parties:
            return _("Choose at least one partner.")
        if not study.species:
            return _("Choose at least one species.")
        if self._unread(self.start, study.start) or self._unread(self.end, study.end):
            return _("Write the day as 2026-01-31.")
        if study.start and study.end and study.end < study.start:
            return _("The end lies before the start.")
        return ""

    @staticmethod
    def _unread(line: DayLine, day: date | None) -> bool:
        return day is None and bool(line.text().strip())

    def _say(self, words: str) -> None:
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))
