"""What an analysis is asked: species, time, and the rule of independence, each picked from a short list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ranger_app.actions.analysis import Question
from ranger_app.domain.effort import ONE, SUM
from ranger_app.domain.independence import LAST_INDEPENDENT, LAST_RECORD, MINUTES, Rule
from ranger_app.domain.occasions import STATION, SURVEY, Occasions
from ranger_app.i18n import _, ngettext
from ui.camera_traps.filter_line import PickBox
from ui.camera_traps.side_by_side import SideBySide
from ui.numbers import APART, apart
from ui.widgets.day_line import DayLine

_DAYS = (1, 3, 5, 7, 10, 14, 15, 20, 30)


class AnalysisChoice(SideBySide):
    """``changed`` when a person asks otherwise; ``left`` when the keyboard goes back to the figures."""

    changed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=8, parent=parent)
        what, how = QWidget(), QWidget()
        first, second = QHBoxLayout(what), QHBoxLayout(how)
        for line in (first, second):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
        self.species = self._pick_box(_("Species"), [(_("All animals"), None)], 170)
        self.start = self._date(_("From 2026-01-31"), _("From"))
        self.end = self._date(_("To 2026-01-31"), _("To"))
        for part in (self.species, self.start, self.end):
            first.addWidget(part)
        first.addStretch(1)
        self.minutes = self._pick_box(_("Minutes between events"), [(apart(n), n) for n in APART], 104)
        self.anchor = self._pick_box(
            _("Counted from"),
            [(_("since the last picture"), LAST_RECORD), (_("since the last event began"), LAST_INDEPENDENT)],
            160,
        )
        self.cameras = self._pick_box(
            _("Cameras of a station"), [(_("cameras together"), False), (_("each camera by itself"), True)], 150
        )
        self.days = self._pick_box(
            _("Length of an occasion"),
            [(ngettext("{n} day each", "{n} days each", n).format(n=n), n) for n in _DAYS],
            110,
        )
        self.origin = self._pick_box(
            _("First occasion"), [(_("from each set-up"), STATION), (_("from the first set-up"), SURVEY)], 140
        )
        for box in (self.minutes, self.anchor, self.cameras, self.days, self.origin):
            second.addWidget(box)
        second.addStretch(1)
        self._pick(self.minutes, MINUTES)
        self._pick(self.days, 7)
        self.add(what)
        self.add(how, 1)
        self.fit("events")

    def _pick_box(self, name: str, items: Sequence[tuple[str, Any]], least: int) -> PickBox:
        made = PickBox()
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setMinimumWidth(least)
        made.setMaximumWidth(300)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for word, data in items:
            made.addItem(word, data)
        # A list that is narrower than its words would cut the one that is chosen.
        made.setMinimumWidth(min(300, max(least, made.sizeHint().width())))
        made.activated.connect(lambda _index: self.changed.emit())
        made.closed.connect(self.left)
        return made

    def _date(self, hint: str, name: str) -> DayLine:
        made = DayLine(hint, name)
        made.editingFinished.connect(self.changed)
        made.returnPressed.connect(self.left)
        return made

    @staticmethod
    def _pick(box: QComboBox, value: Any) -> None:
        place = next((n for n in range(box.count()) if box.itemData(n) == value), -1)
        if place >= 0:
            box.setCurrentIndex(place)

    def fit(self, report: str) -> None:
        """Show what matters to this report."""
        self.species.setVisible(report != "trap-nights")
        for box in (self.minutes, self.anchor):
            box.setVisible(report != "trap-nights")
        self.cameras.setVisible(report not in ("trap-nights", "detection-history"))
        for box in (self.days, self.origin):
            box.setVisible(report == "detection-history")
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    def offer_species(self, found: Sequence[tuple[str, str]]) -> None:
        """The species of the library as (word, code); the choice is kept."""
        chosen = self.species.currentData()
        items = [(_("All animals"), None), *found]
        if [(self.species.itemText(n), self.species.itemData(n)) for n in range(self.species.count())] == items:
            return
        self.species.clear()
        for word, code in items:
            self.species.addItem(word, code)
        if chosen is not None and all(code != chosen for _word, code in items):
            self.species.addItem(str(chosen), chosen)
        self._pick(self.species, chosen)

    def question(self, *, exact: bool, at_home: bool = False) -> Question:
        """What is asked now; a day that cannot be read is marked and does not limit."""
        apart = bool(self.cameras.currentData()) and not self.cameras.isHidden()
        return Question(
            rule=Rule(self.minutes.currentData(), self.anchor.currentData()),
            taxon=self.species.currentData(),
            start=self.start.day(),
            end=self.end.day(),
            apart=apart,
            pairs=SUM if apart else ONE,
            occasions=Occasions(self.days.currentData(), 0, self.origin.currentData()),
            exact=exact,
            at_home=at_home,
        )

    def state(self) -> dict[str, Any]:
        """Everything chosen."""
        boxes = ("species", "minutes", "anchor", "cameras", "days", "origin")
        return {name: getattr(self, name).currentData() for name in boxes} | {
            "start": self.start.text(),
            "end": self.end.text(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Choose what was chosen."""
        if state["species"] is not None:
            self.species.addItem(str(state["species"]), state["species"])
        for name in ("species", "minutes", "anchor", "cameras", "days", "origin"):
            self._pick(getattr(self, name), state[name])
        self.start.setText(state["start"])
        self.end.setText(state["end"])
