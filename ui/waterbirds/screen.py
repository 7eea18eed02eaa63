"""Waterbirds: surveys with their fast count form, and the pages beside them: sites and what follows from counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.actions import survey_mapping, survey_read, visit_defaults
from ranger_app.actions.survey_import import SurveysImported, import_surveys
from ranger_app.actions.survey_mapping import Preview
from ranger_app.changes import Changes
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import number
from ui.waterbirds.card import COUNTS, NOTES, TOTALS, VISIT, SurveyCard
from ui.waterbirds.imported import Imported
from ui.waterbirds.mapping_page import MappingPage
from ui.waterbirds.paper import PaperPanel
from ui.waterbirds.sheet_door import SheetDoor
from ui.waterbirds.survey_list import SurveyTable
from ui.widgets.choose import choose_file, choose_files
from ui.widgets.later import Later
from ui.widgets.list_screen import ListScreen
from ui.widgets.segments import Pages

SURVEYS = 0
_KEEPING = ("criteria", "trends")
"""Pages whose choices survive a change of language."""
_SITE_PAGES = ("record", "sectors", "species", "seasons", "overlaps")


@dataclass(frozen=True, slots=True)
class Tab:
    """A page beside the surveys. It has ``sentence()``, ``commands()``, ``refresh(changes)``, ``keep_edits()`` and
    ``open_at(target)``, and the signals ``told`` (another sentence, other commands) and ``go`` as a screen's."""

    name: str
    word: str
    later: Later[Any]


class Filling(Pages):
    """Pages that fill the window: what is longer scrolls inside, where its buttons stay in sight."""

    def hasHeightForWidth(self) -> bool:
        return False


class WaterbirdsScreen(ListScreen):
    """``open_at`` takes a survey's id, "new", "import", "coordinated", the name of a page, or (name, what to show)."""

    help_page = "waterbirds"
    table: SurveyTable
    card: SurveyCard

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self.door = SheetDoor(self, lambda: self.card.record, lambda: self.card.keep_edits(), self._came_back)
        listed = QWidget()
        inside = QVBoxLayout(listed)
        inside.setContentsMargins(0, 0, 0, 0)
        self.put_beside(SurveyTable(library, bridge, self.new), SurveyCard(library, bridge), (44, 67), inside)
        self.following.opened.connect(lambda _survey: self.card.pages.choose(COUNTS))
        self.card.sheet_wanted.connect(self.door.open)
        self.more = self._tabs()
        self.tabs = Filling([(_("Surveys"), listed), *((tab.word, tab.later) for tab in self.more)])
        self.tabs.changed.connect(self._turned)
        self.body.addWidget(self.tabs, 1)
        self._kept: dict[str, dict[str, Any]] = {}
        """What was chosen on pages before a change of language, until somebody looks at them again."""
        self._missed: dict[str, Changes | None] = {}
        """What changed while a page was not shown ("" the list), None for everything: figures are not made unseen."""
        self._list_sentence = ""
        self.table.opened.connect(lambda _survey: self.card.turn(COUNTS))
        self.table.loaded.connect(self._loaded)
        found = self.commands()
        self.set_heading(_("Waterbirds"))
        self.set_actions(found[0], found[1])

    # -- the pages ---------------------------------------------------------------------------------------------

    def _tabs(self) -> tuple[Tab, ...]:
        return (
            Tab("sites", _("Sites"), Later(self._sites)),
            Tab("criteria", _("Criteria"), Later(self._criteria)),
            Tab("trends", _("Trends"), Later(self._trends)),
        )

    def _sites(self) -> QWidget:
        from ui.waterbirds.sites_page import SitesPage

        return self._joined(SitesPage(self.library, self.bridge), "sites")

    def _criteria(self) -> QWidget:
        from ui.waterbirds.criteria_page import CriteriaPage

        return self._joined(CriteriaPage(self.library, self.bridge), "criteria")

    def _trends(self) -> QWidget:
        from ui.waterbirds.trends_page import TrendsPage

        return self._joined(TrendsPage(self.library, self.bridge), "trends")

    def _joined(self, page: Any, name: str) -> QWidget:
        """A page that is shown for the first time."""
        page.told.connect(lambda: self._told(name))
        page.go.connect(self._from_page)
        if name in self._kept:
            page.restore(self._kept.pop(name))
        page.refresh(None)
        made: QWidget = page
        return made

    def _tab(self) -> Tab | None:
        """The page shown, None for the surveys."""
        return self.more[self.tabs.index - 1] if self.tabs.index != SURVEYS else None

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        if page != self.tabs.index and self.leave():
            self.tabs.choose(page)

    def leave(self) -> bool:
        self.door.leave()
        tab = self._tab()
        return bool(self.card.keep_edits() if tab is None else tab.later.page.keep_edits())

    def _turned(self, _page: int) -> None:
        tab = self._tab()
        name = "" if tab is None else tab.name
        if name in self._missed:
            missed = self._missed.pop(name)
            if tab is None:
                super().refresh(missed)
            else:
                tab.later.page.refresh(missed)
        if tab is None:
            found = self.commands()
            self.set_heading(_("Waterbirds"), self._list_sentence)
            self.set_actions(found[0], found[1])
        else:
            self.set_heading(_("Waterbirds"), tab.later.page.sentence())
            self.set_actions()
        focus = self.start_focus()
        if focus is not None:
            focus.setFocus()
        self.commands_changed.emit()

    def _told(self, name: str) -> None:
        tab = self._tab()
        if tab is not None and tab.name == name and tab.later.made is not None:
            self.set_heading(_("Waterbirds"), tab.later.page.sentence())
            self.commands_changed.emit()

    def _from_page(self, place: str, target: object) -> None:
        """A page asks for another place; for a survey here, that is the list beside it."""
        if place == "waterbirds":
            self.open_at(target)
        else:
            self.go.emit(place, target)

    def show_coordinated(self) -> None:
        """Counts on agreed dates: which sites have been counted and which are missing."""
        from ui.waterbirds.coordinated_panel import CoordinatedPanel

        self.panel_wanted.emit(CoordinatedPanel(self.library, self.bridge), _("Coordinated counts"))

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        if self.door.is_open:
            return self.door.commands()
        group, shown, some = _("Waterbirds"), self.shown, self.some
        tabs = self.tabs.commands("waterbirds", group)
        agreed = Command("waterbirds.coordinated", _("Coordinated counts"), self.show_coordinated, "K", group=group)
        tab = self._tab()
        if tab is not None:
            return [*tab.later.page.commands(), agreed, *tabs]
        return [
            Command("waterbirds.new", _("New survey"), self.new, "N", group=group),
            Command("waterbirds.import", _("Import"), self.choose_table, "I", group=group),
            Command("waterbirds.count", _("Enter counts"), lambda: self.card.turn(COUNTS), "C", some, group),
            self.door.command,
            Command("waterbirds.totals", _("Totals per species"), lambda: self.card.turn(TOTALS), "T", some, group),
            Command("waterbirds.visit", _("Show the visit"), lambda: self.card.turn(VISIT), "V", shown, group),
            Command("waterbirds.notes", _("Show and add notes"), lambda: self.card.turn(NOTES), "O", some, group),
            Command("waterbirds.save", _("Save the visit"), self.card.save, "Ctrl+S", shown, group),
            Command("waterbirds.none", _("No birds seen"), self.card.no_birds, "B", some, group),
            Command("waterbirds.delete", _("Delete the count"), self.card.delete, "Del", some, group),
            Command("waterbirds.drop", _("Delete the survey"), self.delete_survey, "Shift+Del", some, group),
            Command("waterbirds.site", _("Show the site"), self.show_site, "Shift+S", some, group),
            Command("waterbirds.form", _("Print a count form"), self.print_form, "Shift+P", some, group),
            Command("waterbirds.photos", _("Attach photos of filled forms"), self.choose_forms, "Shift+I", group=group),
            agreed,
            *tabs,
        ]

    def show_site(self) -> None:
        """The site of the survey that is open, on the page of sites."""
        sheet = self.card.sheet
        if sheet is not None:
            self.open_at(("sites", sheet.record["site"]))

    def new(self) -> None:
        """An empty visit for today, observed by whoever is working."""
        if not self.card.keep_edits():
            return
        sites = survey_read.sites(self.library)
        only = sites[0][0] if len(sites) == 1 else None
        values = visit_defaults.propose(self.library, only, self.today()).values
        self.table.view.clearSelection()
        self.card.open_new(values)

    def choose_table(self) -> None:
        """Choose a table of counts."""
        suffixes = "*.csv *.CSV *.tsv *.txt *.xlsx *.XLSX"
        choose_file(self, _("Choose a table of counts (CSV or XLSX)"), self.take_table, suffixes)

    def take_table(self, path: Path, sheet: str = "") -> None:
        """Import a table and show what came of it; one with other headings is shown first, and nothing is taken."""
        self.bridge.run(
            lambda _cancel: self._table(path, sheet),
            lambda result: self._imported(result, path),
            owner=self,
            title=_("Table {name}").format(name=path.name),
        )

    def _table(self, path: Path, sheet: str) -> SurveysImported | Preview:
        if survey_mapping.is_workbook(path):
            return survey_mapping.preview(self.library, path, None, sheet)
        try:
            return import_surveys(self.library, path)
        except DataProblem as problem:
            if problem.code != "HEADER_WRONG":
                raise
            found = survey_mapping.preview(self.library, path)
            if len(found.header) < 2:
                raise
            return found

    def _imported(self, result: SurveysImported | Preview, path: Path) -> None:
        if isinstance(result, Preview):
            page = MappingPage(self.library, self.bridge, result)
            page.taken.connect(lambda done: self._imported(done, path))
            page.sheet_wanted.connect(lambda sheet: self.take_table(path, sheet))
            self.panel_wanted.emit(page, _("Table of counts"))
            return
        self.table.refresh(None)
        if result.surveys:
            self.table.choose(result.surveys[0])
        self.panel_wanted.emit(Imported(result), _("Table of counts"))
        self.bridge.say(
            ngettext("{n} count added", "{n} counts added", result.counts).format(n=number(result.counts)),
            undo=result.counts > 0,
        )

    def print_form(self) -> None:
        """The form on paper for the visit that is open."""
        sheet = self.card.sheet
        if sheet is None or not isinstance(site := sheet.record["site"], bytes):
            return
        panel = PaperPanel(self.library, self.bridge, site, sheet.title, sheet.record.text("date"), "")
        self.panel_wanted.emit(panel, _("Count form"))

    def choose_forms(self) -> None:
        """Choose photos or scans of filled forms."""
        choose_files(self, _("Choose photos of filled forms"), self.take_forms, "*.jpg *.jpeg *.JPG *.png *.heic *.tif")

    def take_forms(self, pictures: list[Path]) -> None:
        """Attach photos of forms to the visits that their codes name."""
        from ranger_app.actions import count_form  # codes are slow to load

        self.bridge.run(
            lambda cancel: count_form.attach(self.library, pictures, cancel=cancel),
            self._forms_taken,
            owner=self,
            title=_("Photos of forms"),
        )

    def _forms_taken(self, done: Any) -> None:
        said = ngettext("{n} photo attached", "{n} photos attached", done.attached).format(n=number(done.attached))
        self.bridge.say(" ".join([said, *(f"{one.file}: {one.reason}" for one in done.failed[:3])]))
        if len(done.surveys) == 1:
            self.table.choose(next(iter(done.surveys)))

    def delete_survey(self) -> None:
        """Take the survey away; undo brings it back."""
        self.card.delete_record(_("Survey deleted"))

    # -- the list ----------------------------------------------------------------------------------------------

    def _came_back(self) -> None:
        """From the count sheet, to a list and a card that did not hear of it."""
        self.table.refresh(None)
        if self.card.record is not None:
            self.card.open_record(self.card.record)

    def _loaded(self, surveys: int) -> None:
        if self.door.is_open:
            return
        if surveys:
            birds = self.table.birds()
            sentence = _("{surveys}, {birds}").format(
                surveys=ngettext("{n} survey", "{n} surveys", surveys).format(n=number(surveys)),
                birds=ngettext("{n} bird counted", "{n} birds counted", birds).format(n=number(birds)),
            )
        else:
            sentence = _("Which birds, how many, where, on which day.")
        self._list_sentence = sentence
        if self.tabs.index == SURVEYS:
            self.set_heading(_("Waterbirds"), sentence)
        self.following.choose_first()

    # -- what the shell asks -----------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        shown = self._tab()
        if self.door.is_open and changes is not None:
            self.door.refresh(changes)
        elif shown is None:
            super().refresh(changes)
        else:
            self._miss("", changes)
        for tab in self.more:
            if tab is shown:
                tab.later.page.refresh(changes)
            elif tab.later.made is not None:
                self._miss(tab.name, changes)

    def _miss(self, page: str, changes: Changes | None) -> None:
        if page in self._missed:
            missed = self._missed[page]
            changes = None if missed is None or changes is None else missed.and_then(changes)
        self._missed[page] = changes

    def state(self) -> dict[str, Any]:
        made = {tab.name: tab.later.made for tab in self.more if tab.name in _KEEPING}
        pages = {name: page.state() for name, page in made.items() if page is not None}
        return {**super().state(), "tab": self.tabs.index, "pages": {**self._kept, **pages}}

    def restore(self, state: dict[str, Any]) -> None:
        super().restore(state)
        self._kept = dict(state["pages"])
        self.tabs.choose(state["tab"])

    def start_focus(self) -> QWidget | None:
        if self.door.is_open:
            return self.door.sheet
        tab = self._tab()
        return self.table.view if tab is None else tab.later.page

    def open_at(self, target: Any) -> None:
        if self.door.is_open:
            self.door.close()
        name, wanted = target if isinstance(target, tuple) else (target, None)
        pages = [tab.name for tab in self.more]
        if name in pages:
            self.turn(pages.index(name) + 1)
            if wanted is not None and self.tabs.index == pages.index(name) + 1:
                self.more[self.tabs.index - 1].later.page.open_at(wanted)
            return
        self.turn(SURVEYS)
        if target == "coordinated":
            self.show_coordinated()
        elif target == "new":
            self.new()
        elif target == "import":
            self.choose_table()
        else:
            super().open_at(target)

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("totals", partial(self.card.turn, TOTALS)),
            ("visit", partial(self.card.turn, VISIT)),
            ("notes", partial(self.card.turn, NOTES)),
            ("sheet", self.door.open),
            ("sheet-estimate", self.door.ask_estimate),
            ("list", self.door.close),
            ("new", self.new),
            *((tab.name, partial(self.open_at, tab.name)) for tab in self.more),
            *((f"sites-{word}", partial(self._picture_of_site, page)) for page, word in enumerate(_SITE_PAGES)),
            ("coordinated", self.show_coordinated),
        ]

    def _picture_of_site(self, page: int) -> None:
        self.open_at("sites")
        self.more[0].later.page.card.turn(page)
