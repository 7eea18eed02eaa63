"""Trends: totals by season, species by year, gaps and partners on agreed dates, as charts or as tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import criteria_look, report
from ranger_app.actions.analysis import Question
from ranger_app.changes import Changes
from ranger_app.domain.findings import Findings, Table
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge, Running
from ui.commands import Command
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.chart import ChartView
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.empty_state import EmptyState
from ui.widgets.findings_table import FindingsTable
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.segments import Segments
from ui.widgets.text import label, muted

_KINDS = frozenset({"survey", "count", "location", "taxon"})
CHARTS, TABLES = 0, ("", "species", "coverage", "coordinated")
"""The first word shows charts, the others these tables."""


class TrendsPage(QWidget):
    """``told`` when its sentence or its commands would be others; ``go`` as a screen's."""

    told = Signal()
    go = Signal(str, object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.findings: Findings | None = None
        self._site: bytes | None = None
        self._all = False
        """Whether somebody chose all sites, which takes seconds where there are many; at first it is the first one."""
        self._asked = 0
        self._running: Running | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(theme.BETWEEN)
        self.site = ChoiceBox()
        self.site.setAccessibleName(_("Site"))
        self.site.setMinimumWidth(180)
        self.site.setMaximumWidth(300)
        self.site.activated.connect(self._site_chosen)
        words = [_("Charts"), _("By season"), _("Species by year"), _("Coverage and gaps"), _("Partners")]
        self.what = Segments(words, wrap=True)
        self.what.chosen.connect(lambda _index: self._show())
        top.addWidget(self.site)
        top.addWidget(self.what, 1)
        self.print_button = button(_("Print the report"), self.print_report, key="P")
        top.addWidget(self.print_button)
        column.addLayout(top)
        self.withheld = label("", "warning", wrap=True)
        self.withheld.hide()
        column.addWidget(self.withheld)
        self.stack = QStackedWidget()
        self.charts = ChartView()
        self.rules = label("", "muted", wrap=True)
        scrolled = ScrolledColumn(QMargins(0, 0, 0, 0))
        scrolled.column.addWidget(self.charts)
        scrolled.column.addWidget(self.rules)
        scrolled.column.addStretch(1)
        self.table = FindingsTable()
        self.table.setAccessibleName(_("Trends"))
        self.nothing = muted(_("No counts on agreed dates yet. A visit belongs to one by the name of the count."))
        self.empty = EmptyState(
            _("No counts yet at any site. Enter a survey, and its seasons stand here."),
            _("Enter a survey"),
            lambda: self.go.emit("waterbirds", "new"),
            icon="map",
        )
        self.scrolled = scrolled
        for page in (scrolled, self.table, self.nothing, self.empty):
            self.stack.addWidget(page)
        column.addWidget(self.stack, 1)
        self.setFocusProxy(self.site)

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read again what ``changes`` touches."""
        if changes is None or changes.kinds & _KINDS:
            self._read()

    def _read(self) -> None:
        self._asked += 1
        asked, library = self._asked, self._library
        if self._running is not None and not self._running.finished:
            self._running.cancel.cancel()
        self._bridge.run(
            lambda _cancel: criteria_look.sites(library), lambda sites: self._offer(asked, sites), owner=self
        )

    def _offer(self, asked: int, sites: tuple[tuple[bytes, str], ...]) -> None:
        if asked != self._asked:
            return
        self.site.clear()
        self.site.addItem(_("All sites"), None)
        for record, name in sites:
            self.site.addItem(name, record)
        if self._site is None and not self._all and sites:
            self._site = sites[0][0]
        library, site = self._library, self._site
        found = next((at for at in range(self.site.count()) if self.site.itemData(at) == site), 0)
        self.site.setCurrentIndex(found)
        question = Question(at_home=True, stations=frozenset({site}) if site is not None else None)
        self._running = self._bridge.run(
            lambda cancel: report.findings(library, "bird-trends", question, cancel),
            lambda found: self._take(asked, found),
            owner=self,
        )

    def _take(self, asked: int, found: Findings) -> None:
        if asked != self._asked:
            return
        self.findings = found
        self.charts.show_charts(found.charts)
        self.rules.setText("\n".join(found.rules))
        kept_back = int(found.facts.get("withheld_counts") or 0)
        self.withheld.setVisible(kept_back > 0)
        self.withheld.setText(
            ngettext(
                "{n} count is withheld by partners and not in these figures.",
                "{n} counts are withheld by partners and not in these figures.",
                kept_back,
            ).format(n=number(kept_back))
        )
        self._show()
        self.told.emit()

    def _show(self) -> None:
        found = self.findings
        there = found is not None and not found.is_empty
        for part in (self.site, self.what, self.print_button):
            part.setVisible(there)
        if found is None or not there:
            self.stack.setCurrentWidget(self.empty)
            return
        if self.what.index == CHARTS:
            self.stack.setCurrentWidget(self.scrolled)
            return
        table = self._table(found)
        if not table.rows:
            self.stack.setCurrentWidget(self.nothing)
            return
        self.table.show_table(table)
        self.stack.setCurrentWidget(self.table)

    def _table(self, found: Findings) -> Table:
        name = TABLES[self.what.index - 1]
        return next(one for one in found.tables if one.name == name)

    # -- what a person does ------------------------------------------------------------------------------------

    def _site_chosen(self, _index: int) -> None:
        self._site = self.site.currentData()
        self._all = self._site is None
        self._read()

    def step_site(self, by: int) -> None:
        """To the next or the previous site."""
        place = self.site.currentIndex() + by
        if 0 <= place < self.site.count():
            self.site.setCurrentIndex(place)
            self._site_chosen(place)

    def print_report(self) -> None:
        """The report on these trends, to print or to save."""
        stations = frozenset({self._site}) if self._site is not None else None
        self.go.emit("reports", ("bird-trends", stations))

    # -- what the screen asks ----------------------------------------------------------------------------------

    def sentence(self) -> str:
        """Where things stand, for the heading."""
        if self.findings is None or self.findings.is_empty:
            return _("How many birds, season by season, and what nobody counted.")
        return self.findings.summary

    def commands(self) -> list[Command]:
        """What can be done here."""
        group = _("Trends")
        words = (
            ("charts", _("Charts"), "C"),
            ("seasons", _("By season"), "S"),
            ("species", _("Species by year"), "Y"),
            ("gaps", _("Coverage and gaps"), "G"),
            ("partners", _("Partners"), "T"),
        )
        return [
            *(
                Command(f"trends.{code}", word, _turn(self.what, place), key, self._some, group)
                for place, (code, word, key) in enumerate(words)
            ),
            Command("trends.next", _("Next site"), lambda: self.step_site(1), "N", self._some, group),
            Command("trends.before", _("Previous site"), lambda: self.step_site(-1), "Shift+N", self._some, group),
            Command("trends.print", _("Print the report"), self.print_report, "P", self._some, group),
        ]

    def _some(self) -> bool:
        return self.findings is not None and not self.findings.is_empty

    def keep_edits(self) -> bool:
        """Nothing is typed here."""
        return True

    def open_at(self, site: Any) -> None:
        """Show a site."""
        if isinstance(site, bytes):
            self._site = site
            self._read()

    def state(self) -> dict[str, Any]:
        """The site, or all of them, and which charts or table is shown."""
        return {"site": self._site, "all": self._all, "what": self.what.index}

    def restore(self, state: dict[str, Any]) -> None:
        """Choose the same again, before it is read."""
        self._site, self._all = state["site"], state["all"]
        self.what.tick(state["what"])


def _turn(what: Segments, place: int) -> Any:
    return lambda: what.choose(place)
