"""Reports: choose one, ask it for a month or a season, see the page as it leaves, and save or print it.

The page in the window is the page that leaves, codes in place of names included: nobody gives more than was in view.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import listing, report, report_leave
from ranger_app.actions.analysis import Question
from ranger_app.actions.joint_study import StudyQuestion
from ranger_app.actions.listing import Line
from ranger_app.changes import Changes
from ranger_app.domain.findings import Findings
from ranger_app.errors import EnvironmentProblem, RangerError
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge, Running
from ui.commands import Command
from ui.numbers import day_at
from ui.problems import worded
from ui.reports.choice import MONTHLY, SEASONAL, ReportChoice
from ui.reports.printing import Printing
from ui.reports.study_bar import STUDY, StudyBar
from ui.widgets.banner import Banner
from ui.widgets.buttons import button
from ui.widgets.choose import choose_folder
from ui.widgets.empty_state import EmptyState
from ui.widgets.screen import Screen
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label
from ui.widgets.web import WebView

ORDER = (
    "month", "season", "patrol-effort", "trends", "events", "abundance", "activity", "species-by-month",
    "detection-history", "trap-nights", "crossings", "individuals", "corridor", "study", "criteria", "dossier",
    "bird-trends", "ledger",
)  # fmt: skip
"""The reports in the order of the list: patrols, camera traps, waterbirds, exchange; others stand at the end."""
_SETTLE_MS = 300
_BRIEF_S = 1.0


class ReportsScreen(Screen):
    """``open_at`` takes the name of a report, or (name, the sites it is about)."""

    help_page = "reports"

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge, scroll=False)
        self.findings: Findings | None = None
        self.question: Question | None = None
        self.html = ""
        self.ready = False
        """Whether the page in view is drawn, so that it can be printed."""
        self.stations: frozenset[bytes] | None = None
        """Sites that another place asked this report for; None for all."""
        self._stations_of = ""
        self._asked = 0
        self._running: Running | None = None
        self._dirty = True
        self._took = 0.0
        self.open_file: Callable[[Path], object] = lambda file: QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))
        row = QHBoxLayout()
        row.setSpacing(theme.BETWEEN)
        self.table = LineTable(
            bridge,
            LinesModel([_("Report")], [False]),
            lambda: [],
            (),
            EmptyState(_("There are no reports.")),
            with_filter=False,
        )
        self.table.view.setAccessibleName(_("Reports"))
        self.table.view.setSortingEnabled(False)
        self.table.setMinimumWidth(180)
        self.table.selected.connect(self._chosen)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.table, 1)
        self.web_button = button(_("Save page and tables"), self.save_page, key="W")
        left.addWidget(self.web_button)
        row.addLayout(left, 26)
        right = QVBoxLayout()
        right.setSpacing(8)
        self.choice = ReportChoice()
        self.choice.changed.connect(self.ask)
        right.addWidget(self.choice)
        self.study = StudyBar(library, bridge)
        self.study.changed.connect(self.ask)
        self.study.turned.connect(self._turned)
        right.addWidget(self.study)
        self.views = QStackedWidget()
        self.waiting = label(_("Counting …"), "muted")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.trouble = QWidget()
        self._trouble = QVBoxLayout(self.trouble)
        self._trouble.setContentsMargins(0, 0, 0, 0)
        self._trouble.addStretch(1)
        self.web = WebView(paper=True)
        self.web.loaded.connect(self._drawn)
        for page in (self.waiting, self.trouble, self.web, self.study.form):
            self.views.addWidget(page)
        self._page: QWidget = self.waiting
        right.addWidget(self.views, 1)
        row.addLayout(right, 74)
        self.body.addLayout(row, 1)
        self.printing = Printing(self.web, bridge)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.ask)
        self._offer_reports()
        self._head()

    def _offer_reports(self) -> None:
        names = [name for name in ORDER if name in report.REPORTS]
        names += [name for name in report.REPORTS if name not in names]
        words = [(name, _(report.REPORTS[name][0])) for name in names]
        lines = [Line(name.encode(), (word,), ((1, word),)) for name, word in words]
        self.table.show_lines(lines)
        self.table.choose(lines[0].id)

    # -- asking ------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The report chosen."""
        return (self.table.current() or b"month").decode()

    def choose(self, name: str) -> None:
        """Choose a report by its name."""
        self.table.choose(name.encode())

    def _stand(self, page: QWidget) -> None:
        """Show the report, or what is lacking of it, unless the form of a study is being filled in."""
        self._page = page
        of_study, filling = self.name == STUDY, self.filling
        self.study.setVisible(of_study and not filling)
        self.choice.setVisible(not filling)
        self.views.setCurrentWidget(self.study.form if filling else page)

    @property
    def filling(self) -> bool:
        """Whether the form of a study stands in place of the report."""
        return self.name == STUDY and self.study.editing

    def _turned(self) -> None:
        self._stand(self._page)
        self._head()
        self.commands_changed.emit()
        if not self.filling:
            self.table.view.setFocus()

    def _chosen(self, _record: bytes | None) -> None:
        self.choice.fit(self.name)
        self._stand(self._page)
        if self.name != self._stations_of:
            self.stations, self._stations_of = None, ""
        self._dirty = True
        if self.isVisible():
            self._settle.start()
        self.commands_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.ask()

    def ask(self) -> None:
        """Count what is chosen and show its page; an older question that is still being counted is dropped."""
        self._dirty = False
        self._settle.stop()
        self._asked += 1
        asked, name, library = self._asked, self.name, self.library
        if self._running is not None and not self._running.finished:
            self._running.cancel.cancel()
        if self.findings is None or self.findings.name != name:
            self.findings = None
            self._stand(self.waiting)
            self._head()
        self.bridge.run(lambda _cancel: _offered(library), self._take_offered, owner=self)
        question = self.choice.question()
        if name == STUDY:
            self.study.read()
            question = StudyQuestion(exact=question.exact, joint=self.study.chosen)
        if self.stations is not None and name == self._stations_of:
            question = replace(question, stations=self.stations)
        begun = time.monotonic()
        self._running = self.bridge.run(
            lambda cancel: report.findings(library, name, question, cancel),
            lambda found: self._take(asked, question, found, time.monotonic() - begun),
            lambda error: self._lost(asked, error),
            owner=self,
            # A job that takes a moment would only make the bottom line flicker.
            title=_("Counting for the report") if self._took >= _BRIEF_S else "",
        )

    def _take_offered(self, offered: tuple[str, list[tuple[bytes, str]], bool]) -> None:
        newest, areas, may = offered
        if newest and newest != self.choice.newest:
            self.choice.offer_months(newest)
        self.choice.offer_areas(areas)
        self.choice.may_name(may)

    def _take(self, asked: int, question: Question, found: Findings, seconds: float) -> None:
        if asked != self._asked:
            return
        self._took = seconds
        self.findings, self.question = found, question
        self.html = report.html(self.library, found)
        self.ready = False
        self._stand(self.web)
        self.web.show_page(self.html)
        self._head()
        self.commands_changed.emit()

    def _drawn(self, well: bool) -> None:
        self.ready = well
        self._head()
        self.commands_changed.emit()

    def _lost(self, asked: int, error: BaseException) -> None:
        if asked != self._asked:
            return
        self.findings = None
        if not isinstance(error, RangerError):
            self.bridge.report(error)
            return
        words = worded(error)
        while (item := self._trouble.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        self._trouble.addWidget(Banner(words.what, words.todo, "attention"))
        self._trouble.addStretch(1)
        self._stand(self.trouble)
        self._head()

    def _head(self) -> None:
        found = self.commands()
        self.set_heading(_("Reports"), _("Pages to print or to give."))
        self.set_actions(found[0], found[2], primary=found[0].id)
        self.web_button.setEnabled(self.has_page())

    # -- saving and printing -----------------------------------------------------------------------------------

    def has_page(self) -> bool:
        """Whether there is a report to save."""
        return self.findings is not None and not self.filling

    def is_drawn(self) -> bool:
        """Whether its page is drawn and can be printed."""
        return self.has_page() and self.ready

    def save_pdf(self) -> None:
        """Ask for a folder, then write the page as PDF into it."""
        if self.is_drawn():
            choose_folder(self, _("Folder for the report"), self.save_pdf_to)

    def save_pdf_to(self, folder: Path) -> None:
        """Write the page in view as PDF into ``folder`` and open it; a file of an earlier report is replaced."""
        found, question = self.findings, self.question
        if found is None or question is None or not self.ready:
            return
        try:
            report_leave.allow(self.library, question)
            folder.mkdir(parents=True, exist_ok=True)
        except RangerError as error:
            self.bridge.report(error)
            return
        except OSError as error:
            self.bridge.report(_not_written(folder, error))
            return
        file = folder / f"{found.name}.pdf"

        def done(well: bool) -> None:
            if not well:
                self.bridge.report(_not_written(folder))
                return
            self.bridge.run(
                lambda _cancel: report_leave.note(self.library, found.name, question, file),
                lambda _none: self.bridge.say(_("{file} is in {folder}.").format(file=file.name, folder=folder)),
                owner=self,
            )
            self.open_file(file)

        self.printing.pdf(file, done)

    def save_page(self) -> None:
        """Ask for a folder, then write page and CSV into it."""
        if self.has_page():
            choose_folder(self, _("Folder for the report"), self.save_page_to)

    def save_page_to(self, folder: Path) -> None:
        """Write page and CSV of the report in view into ``folder`` and open the folder."""
        question = self.question
        if question is None:
            return
        library, name = self.library, self.name

        def done(answer: dict[str, object]) -> None:
            files = answer["files"]
            page = Path(files[-1]).name if isinstance(files, list) and files else name
            self.bridge.say(_("{file} and its CSV are in {folder}.").format(file=page, folder=folder))
            self.open_file(folder)

        try:
            report_leave.allow(library, question)
        except RangerError as error:
            self.bridge.report(error)
            return
        self.bridge.run(
            lambda cancel: report.report(library, name, folder, question, cancel),
            done,
            owner=self,
            title=_("Writing the report"),
        )

    def print_page(self) -> None:
        """Print the page in view, after asking which printer."""
        found, question = self.findings, self.question
        if found is None or question is None or not self.ready:
            return
        try:
            report_leave.allow(self.library, question)
        except RangerError as error:
            self.bridge.report(error)
            return

        def done(well: bool) -> None:
            if well:
                report_leave.note(self.library, found.name, question, None)
                self.bridge.say(_("Sent to the printer."))

        self.printing.ask(self, done)

    # -- the screen's side -------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        group, there, drawn = _("Reports"), self.has_page, self.is_drawn
        found = [
            Command("reports.pdf", _("Save as PDF"), self.save_pdf, "P", drawn, group),
            Command("reports.page", _("Save page and tables"), self.save_page, "W", there, group),
            Command("reports.print", _("Print"), self.print_page, "Ctrl+P", drawn, group),
            Command("reports.names", _("Names of places"), self._toggle_names, "N", group=group),
            Command("reports.list", _("Choose a report"), self.table.view.setFocus, "L", group=group),
        ]
        if self.name == STUDY:
            found += self.study.commands(_("Joint study"))
        if self.name in (MONTHLY, SEASONAL):
            found += [
                Command("reports.before", _("Earlier"), partial(self.choice.step, -1), "Left", group=group),
                Command("reports.after", _("Later"), partial(self.choice.step, 1), "Right", group=group),
            ]
        return found

    def _toggle_names(self) -> None:
        if self.choice.names.isEnabled():
            self.choice.names.toggle()

    def refresh(self, changes: Changes | None) -> None:
        """Counted anew when somebody looks: what is shown may be old, but never half."""
        if changes is None or changes.kinds:
            self._dirty = True
            if changes is not None and self.isVisible():
                self._settle.start()

    def open_at(self, target: Any) -> None:
        name, stations = target if isinstance(target, tuple) else (target, None)
        if isinstance(name, str) and name in report.REPORTS:
            self.stations, self._stations_of = stations, name
            self._dirty = True
            self.choose(name)
            if self.isVisible():
                self._settle.start()

    def state(self) -> dict[str, Any]:
        return {"report": self.name, "choice": self.choice.state(), "study": self.study.state()}

    def restore(self, state: dict[str, Any]) -> None:
        self.choose(state["report"])
        self.choice.restore(state["choice"])
        self.study.restore(state["study"])

    def start_focus(self) -> QWidget | None:
        return self.table.view

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        names = ("season", "patrol-effort", "trends", "events", STUDY)
        return [*((name, partial(self.choose, name)) for name in names), ("study-form", self.study.edit)]


def _offered(library: Library) -> tuple[str, list[tuple[bytes, str]], bool]:
    """The newest month with a patrol (this month where there is none), the areas, and whether names may be given."""
    with library.read() as db:
        row = db.conn.execute("SELECT max(date) FROM patrol WHERE deleted = 0 AND date <= ?", ("9990",)).fetchone()
    today = day_at(library.now_ms() / 1000, library.station.utc_offset)
    newest = str(row[0])[:7] if row[0] else f"{today:%Y-%m}"
    return newest, listing.names(library, "protected_area"), report_leave.may_exactly(library)


def _not_written(folder: Path, error: OSError | None = None) -> EnvironmentProblem:
    what = (error.strerror or str(error)) if error else _("the file could not be made")
    return EnvironmentProblem(
        "REPORT_NOT_WRITTEN",
        _("The report could not be written: {what}.").format(what=what),
        _("Check the folder {folder} and its disk.").format(folder=folder),
    )
