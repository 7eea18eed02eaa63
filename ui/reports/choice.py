"""What a report is asked: which month or season, which days, which area, grouped by what, with names or codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from ranger_app.actions.analysis import Question
from ranger_app.domain import patrol_question
from ranger_app.domain.patrol_question import PatrolQuestion, later, season_of
from ranger_app.i18n import N_, _
from ui.numbers import month_word
from ui.widgets.day_line import DayLine
from ui.widgets.wrapped import Wrapped

MONTHLY, SEASONAL = "month", "season"
_WITH_DAYS = frozenset(
    {
        "events", "abundance", "activity", "species-by-month", "detection-history", "trap-nights", "patrol-effort",
        "individuals", "crossings", "corridor", "trends", "criteria", "dossier", "bird-trends", "ledger",
    }
)  # fmt: skip
_WITHOUT_AREA = frozenset({"ledger", "study"})
_BY_DISTANCE = frozenset({"crossings", "study", "corridor"})
"""Reports that name no place and tell distances from the border instead."""
_GROUPS = {
    patrol_question.MONTH: N_("by month"),
    patrol_question.AREA: N_("by area"),
    patrol_question.TEAM: N_("by team"),
    patrol_question.TRANSPORT: N_("by transport"),
    patrol_question.LEADER: N_("by leader"),
    patrol_question.PATROL: N_("by patrol"),
}
_LAST_MONTHS = 36


class ReportChoice(QWidget):
    """``changed`` when a person asks otherwise."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.report = MONTHLY
        self.newest = ""
        row = Wrapped()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.setLayout(row)
        self.month = self._box(_("Month"), 170)
        self.start, self.end = self._date(_("From 2026-01-31"), _("From")), self._date(_("To 2026-01-31"), _("To"))
        self.by = self._box(_("Grouped"), 130)
        for group, word in _GROUPS.items():
            self.by.addItem(_(word), group)
        self.area = self._box(_("Protected area"), 150)
        self.area.addItem(_("All areas"), None)
        for part in (self.month, self.start, self.end, self.by, self.area):
            row.addWidget(part)
        self.may = True
        self.names = QCheckBox()
        self.names.toggled.connect(lambda _on: self.changed.emit())
        row.addWidget(self.names)
        self.fit(MONTHLY)

    def _box(self, name: str, least: int) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setMinimumWidth(least)
        made.setMaximumWidth(280)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        made.activated.connect(lambda _index: self.changed.emit())
        return made

    def _date(self, hint: str, name: str) -> DayLine:
        made = DayLine(hint, name)
        made.editingFinished.connect(self.changed)
        return made

    # -- what is offered ---------------------------------------------------------------------------------------

    def fit(self, report: str) -> None:
        """Show what matters to this report."""
        self.report = report
        self.month.setVisible(report in (MONTHLY, SEASONAL))
        for part in (self.start, self.end):
            part.setVisible(report in _WITH_DAYS)
        self.by.setVisible(report == "patrol-effort")
        self.area.setVisible(report not in _WITHOUT_AREA)
        self._word_names()
        if self.newest:
            self.offer_months(self.newest)

    def offer_months(self, newest: str) -> None:
        """Offer the months, or seasons, up to ``newest`` (2026-03); the choice is kept."""
        self.newest = newest
        chosen = self.month.currentData()
        self.month.clear()
        seen: set[str] = set()
        for back in range(_LAST_MONTHS):
            month = later(newest, -back)
            if self.report == SEASONAL:
                first, _second, last = season_of(month)
                if first in seen:
                    continue
                seen.add(first)
                self.month.addItem(_("{first} – {last}").format(first=month_word(first), last=month_word(last)), month)
            else:
                self.month.addItem(month_word(month), month)
        place = self.month.findData(chosen)
        self.month.setCurrentIndex(max(0, place))

    def offer_areas(self, areas: Sequence[tuple[bytes, str]]) -> None:
        """Offer the protected areas of the library; the choice is kept."""
        chosen = self.area.currentData()
        while self.area.count() > 1:
            self.area.removeItem(1)
        for record, name in areas:
            self.area.addItem(name, record)
        found = next((n for n in range(self.area.count()) if self.area.itemData(n) == chosen), 0)
        self.area.setCurrentIndex(found)

    def may_name(self, may: bool) -> None:
        """Whether whoever is at work may give names of places away."""
        self.may = may
        self.names.setEnabled(may)
        if not may:
            self.names.setChecked(False)
        self._word_names()

    def _word_names(self) -> None:
        far = self.report in _BY_DISTANCE
        self.names.setText((_("Exact distances") if far else _("Names of places")) + "   N")
        if far:
            tip = _("Without it distances are told in whole kilometres and may be given to anybody.")
            need = _("Exact distances need the role exchange or manager.")
        else:
            tip = _("Without it places are told as S1, S2 … and may be given to anybody.")
            need = _("Names of places need the role exchange or manager.")
        self.names.setToolTip(tip if self.may else need)

    def step(self, by: int) -> None:
        """To an earlier (-1) or later month or season."""
        place = self.month.currentIndex() - by
        if self.report in (MONTHLY, SEASONAL) and 0 <= place < self.month.count():
            self.month.setCurrentIndex(place)
            self.changed.emit()

    # -- what is asked -----------------------------------------------------------------------------------------

    def question(self) -> Question:
        """What is asked now; a day that cannot be read is marked and does not limit."""
        with_days = self.report in _WITH_DAYS
        return Question(
            start=self.start.day() if with_days else None,
            end=self.end.day() if with_days else None,
            area=self.area.currentData() if self.report not in _WITHOUT_AREA else None,
            exact=self.names.isChecked(),
            patrols=PatrolQuestion(
                by=self.by.currentData(),
                month=str(self.month.currentData() or "") if self.report in (MONTHLY, SEASONAL) else "",
            ),
        )

    def state(self) -> dict[str, Any]:
        """Everything chosen."""
        return {
            "month": self.month.currentData(),
            "by": self.by.currentData(),
            "area": self.area.currentData(),
            "start": self.start.text(),
            "end": self.end.text(),
            "names": self.names.isChecked(),
            "newest": self.newest,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Choose what was chosen."""
        if state["newest"]:
            self.offer_months(state["newest"])
            self.month.setCurrentIndex(max(0, self.month.findData(state["month"])))
        self.by.setCurrentIndex(max(0, self.by.findData(state["by"])))
        if state["area"] is not None and self.area.findData(state["area"]) < 0:
            self.area.addItem("", state["area"])  # its name is read in a moment
            self.area.setCurrentIndex(self.area.count() - 1)
        self.start.setText(state["start"])
        self.end.setText(state["end"])
        self.names.setChecked(state["names"])
