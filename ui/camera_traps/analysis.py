"""What the pictures add up to: events, rates, hours and months as bars or as a table, with the rule beside them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMargins, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import report, review
from ranger_app.actions.analysis import TYPES
from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.domain.findings import Findings
from ranger_app.i18n import N_, _, language
from ranger_app.library import Library
from ranger_app.store.gallery import Eyes
from ui.bridge import Bridge, Running
from ui.camera_traps.analysis_choice import AnalysisChoice
from ui.camera_traps.key_line import KeyLine
from ui.commands import Command
from ui.widgets.card import Card
from ui.widgets.chart import ChartView
from ui.widgets.choose import choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.findings_table import FindingsTable
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.segments import Segments
from ui.widgets.text import label, muted, section

SHORT = {
    "events": N_("Events"),
    "abundance": N_("Abundance"),
    "activity": N_("Activity"),
    "species-by-month": N_("By month"),
    "detection-history": N_("Detections"),
    "trap-nights": N_("Trap nights"),
}
"""Name of a report -> its word here, in the order of their keys."""
NAMES = tuple(SHORT)
_KINDS = {"deployment", "location", "media", "observation", "individual", "protected_area"}
_SETTLE_MS = 700
_RULE_WIDTH = 304
_BRIEF_S = 1.0


class AnalysisPage(QWidget):
    """``told`` when new figures stand on the page."""

    told = Signal()

    def __init__(self, library: Library, bridge: Bridge, empty_a_card: Callable[[], object]) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.open_folder: Callable[[Path], object] = lambda folder: QDesktopServices.openUrl(
            QUrl.fromLocalFile(str(folder))
        )
        self.findings: Findings | None = None
        self._running: Running | None = None
        self._asked = 0
        self._dirty = True
        self._took = _BRIEF_S
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.what = Segments([f"{_(word)}  {n}" for n, word in enumerate(SHORT.values(), start=1)], wrap=True)
        self.what.chosen.connect(lambda _index: self._chosen())
        column.addWidget(self.what)
        self.choice = AnalysisChoice()
        self.choice.changed.connect(self.ask)
        self.choice.left.connect(self._focus)
        column.addWidget(self.choice)
        self.summary = label("", "strong", wrap=True)
        column.addWidget(self.summary)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        self.views = QStackedWidget()
        self.chart = ChartView()
        chart_column = ScrolledColumn(QMargins(0, 8, 8, 8))
        chart_column.column.addWidget(self.chart)
        chart_column.column.addStretch(1)
        tables = QWidget()
        self._tables = QVBoxLayout(tables)
        self._tables.setContentsMargins(0, 0, 0, 0)
        self._tables.setSpacing(4)
        self._parts: Segments | None = None
        self.table = FindingsTable()
        self._tables.addWidget(self.table, 1)
        self.nothing = EmptyState(
            _("No animal has been named in this time yet. Review pictures, or ask for another time or species."),
            _("Empty a card"),
            empty_a_card,
            icon="camera",
            key="E",
        )
        self._counting = label(_("Counting events …"), "muted")
        for page in (chart_column, tables, self.nothing, self._counting):
            self.views.addWidget(page)
        middle.addWidget(self.views, 1)
        self.rule = self._rule_card()
        middle.addWidget(self.rule)
        column.addLayout(middle, 1)
        self.keys = KeyLine()
        self.with_places = QCheckBox(_("Names of places in the report") + "   N")
        bottom = QHBoxLayout()
        bottom.setContentsMargins(0, 0, 8, 0)
        bottom.addWidget(self.keys, 1)
        bottom.addWidget(self.with_places)
        column.addLayout(bottom)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.ask)
        self._as_table = False
        self._show_keys()
        self.setFocusProxy(self.what)

    def _rule_card(self) -> QWidget:
        card = Card()
        card.setFixedWidth(_RULE_WIDTH)
        inside = ScrolledColumn(QMargins(0, 0, 8, 0))
        inside.column.setSpacing(8)
        self.missing_title = section(_("What is not in it"))
        self.missing = label("", "warning", wrap=True)
        self.rules = muted("")
        for part in (self.missing_title, self.missing, section(_("How this was counted")), self.rules):
            inside.column.addWidget(part)
        inside.column.addStretch(1)
        card.body.addWidget(inside, 1)
        return card

    # -- asking ------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The report shown."""
        return NAMES[self.what.index]

    def choose(self, index: int) -> None:
        """Show another report."""
        self.what.choose(index)

    def _chosen(self) -> None:
        self.choice.fit(self.name)
        self.ask()

    def ask(self) -> None:
        """Count anew; an older question that is still being counted is dropped."""
        self._dirty = False
        self._settle.stop()
        self._asked += 1
        asked, name = self._asked, self.name
        if self._running is not None and not self._running.finished:
            self._running.cancel.cancel()
        if self.findings is None or self.findings.name != name:
            self.views.setCurrentWidget(self._counting)
            self.summary.setText(" ")
        question = self.choice.question(exact=True, at_home=True)
        begun = time.monotonic()
        library = self._library
        self._running = self._bridge.run(
            lambda cancel: report.findings(library, name, question, cancel),
            lambda found: self._take(asked, found, time.monotonic() - begun),
            owner=self,
            # A job that takes a moment would only make the bottom line flicker.
            title=_("Counting events") if self._took >= _BRIEF_S else "",
        )
        self._bridge.run(lambda _cancel: self._species(), self.choice.offer_species, owner=self)

    def _species(self) -> list[tuple[str, str]]:
        with self._library.read() as db:
            found = [code for code, _n in review.shown_in_library(db, Eyes(self._library.person))]
        species = [(taxa.name(code, language()), code) for code in found if code not in TYPES]
        return sorted(species, key=lambda item: item[0].casefold())

    def _take(self, asked: int, found: Findings, seconds: float) -> None:
        if asked != self._asked:
            return
        self._took = seconds
        self.findings = found
        self.summary.setText(found.summary)
        self.rules.setText("\n\n".join(found.rules))
        self.missing.setText("\n\n".join(found.left_out))
        for part in (self.missing, self.missing_title):
            part.setVisible(bool(found.left_out))
        self.chart.show_charts(found.charts)
        self._offer_tables(found)
        self._show_view()
        self.told.emit()

    def _offer_tables(self, found: Findings) -> None:
        if self._parts is not None:
            self._parts.hide()
            self._parts.deleteLater()
            self._parts = None
        if len(found.tables) > 1:
            self._parts = Segments([table.title for table in found.tables])
            self._parts.chosen.connect(lambda index: self.table.show_table(found.tables[index]))
            self._tables.insertWidget(0, self._parts)
        self.table.show_table(found.tables[0])

    def _show_view(self) -> None:
        if self.findings is None:
            return
        if self.findings.is_empty:
            self.views.setCurrentWidget(self.nothing)
        else:
            self.views.setCurrentIndex(1 if self._as_table else 0)
        # The table needs the whole width; the rule is one key away.
        self.rule.setVisible(not self._as_table or self.findings.is_empty)

    def turn(self) -> None:
        """From the chart to its table and back."""
        self._as_table = not self._as_table
        self._show_keys()
        self._show_view()
        if self._as_table:
            self.table.setFocus()
        else:
            self._focus()

    def _focus(self) -> None:
        self.what.setFocus()

    @property
    def has_figures(self) -> bool:
        """Whether there is something to write."""
        return self.findings is not None and not self.findings.is_empty

    # -- writing -----------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Ask for a folder, then write page and CSV into it."""
        choose_folder(self, _("Folder for the report"), self.write_to)

    def write_to(self, folder: Path) -> None:
        """Write the report shown into ``folder`` and open it."""
        name, question = self.name, self.choice.question(exact=self.with_places.isChecked())
        library = self._library

        def done(answer: dict[str, object]) -> None:
            files = answer["files"]
            page = Path(files[-1]).name if isinstance(files, list) and files else name
            self._bridge.say(_("{file} and its CSV are in {folder}.").format(file=page, folder=folder))
            self.open_folder(folder)

        self._bridge.run(
            lambda cancel: report.report(library, name, folder, question, cancel),
            done,
            owner=self,
            title=_("Writing the report"),
        )

    # -- the screen's side -------------------------------------------------------------------------------------

    @property
    def sentence(self) -> str:
        """One sentence for the title line."""
        return _("What people have named so far, counted by a rule you choose.")

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """What can be done here."""
        made = partial(Command, group=_("Analysis"), enabled=free)
        found = [
            made(f"analysis.show_{name}", _(report.REPORTS[name][0]), partial(self.choose, n), str(n + 1))
            for n, name in enumerate(NAMES)
        ]
        turn = _("See the chart and the rule") if self._as_table else _("See the table")
        return [
            *found,
            made("analysis.table", turn, self.turn, "T"),
            made("analysis.species", _("Choose the species"), self.choice.species.setFocus, "S"),
            made("analysis.places", _("Names of places in the report"), self.with_places.toggle, "N"),
            self.write_command(free),
        ]

    def write_command(self, free: Callable[[], bool]) -> Command:
        """The act that the title line offers."""
        return Command("analysis.write", _("Write page and CSV"), self.write, "W", group=_("Analysis"), enabled=free)

    def _show_keys(self) -> None:
        self.keys.show_keys(
            [
                (["1", "…", "6"], _("what is counted")),
                (["T"], _("chart and rule") if self._as_table else _("table")),
                (["S"], _("species")),
                (["W"], _("write page and CSV")),
            ]
        )

    def refresh(self, changes: Changes | None) -> None:
        """Count anew when what is counted changed, once it is seen."""
        if changes is not None and not _KINDS & changes.kinds:
            return
        self._dirty = True
        if self.isVisible() and not self._settle.isActive():
            self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.ask()

    def state(self) -> dict[str, Any]:
        """What was asked and how it is shown."""
        return {
            "what": self.what.index,
            "choice": self.choice.state(),
            "table": self._as_table,
            "places": self.with_places.isChecked(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Ask what was asked."""
        self.choice.restore(state["choice"])
        self.with_places.setChecked(state["places"])
        if state["table"] != self._as_table:
            self._as_table = state["table"]
            self._show_keys()
        self.what.choose(state["what"])
