"""Waterbirds: the list of surveys at the left, one survey with its fast count form at the right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from ranger_app.actions import records, survey_read
from ranger_app.actions.survey_import import SurveysImported, import_surveys
from ranger_app.changes import Changes
from ranger_app.domain.values import canonical
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import number
from ui.waterbirds.card import COUNTS, NOTES, TOTALS, VISIT, SurveyCard
from ui.waterbirds.imported import Imported
from ui.waterbirds.survey_list import SurveyTable
from ui.widgets.choose import choose_file
from ui.widgets.screen import Screen


class WaterbirdsScreen(Screen):
    """``open_at`` takes a survey's id, "new" or "import"."""

    help_page = "waterbirds"

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        row = QHBoxLayout()
        row.setSpacing(theme.BETWEEN)
        self.table = SurveyTable(library, bridge, self.new)
        self.card = SurveyCard(library, bridge)
        row.addWidget(self.table, 53)
        row.addWidget(self.card, 58)
        self.body.addLayout(row, 1)
        self.table.selected.connect(self._selected)
        self.table.opened.connect(lambda _survey: self.card.turn(COUNTS))
        self.table.loaded.connect(self._loaded)
        self.card.saved.connect(self.table.choose)
        self.card.gone.connect(lambda: self._selected(self.table.current()))
        found = self.commands()
        self.set_heading(_("Waterbirds"))
        self.set_actions(found[0], found[1])

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        group = _("Waterbirds")

        def shown() -> bool:
            return self.card.isVisibleTo(self)

        def some() -> bool:
            return shown() and self.card.survey is not None

        return [
            Command("waterbirds.new", _("New survey"), self.new, "N", group=group),
            Command("waterbirds.import", _("Import"), self.choose_table, "I", group=group),
            Command("waterbirds.count", _("Enter counts"), lambda: self.card.turn(COUNTS), "C", some, group),
            Command("waterbirds.totals", _("Totals per species"), lambda: self.card.turn(TOTALS), "T", some, group),
            Command("waterbirds.visit", _("Show the visit"), lambda: self.card.turn(VISIT), "V", shown, group),
            Command("waterbirds.notes", _("Show and add notes"), lambda: self.card.turn(NOTES), "O", some, group),
            Command("waterbirds.save", _("Save the visit"), self.card.save, "Ctrl+S", shown, group),
            Command("waterbirds.none", _("No birds seen"), self.card.no_birds, "B", some, group),
            Command("waterbirds.delete", _("Delete the count"), self.card.delete, "Del", some, group),
            Command("waterbirds.drop", _("Delete the survey"), self.delete_survey, "Shift+Del", some, group),
        ]

    def new(self) -> None:
        """An empty visit for today, observed by whoever is working."""
        if not self.card.keep_edits():
            return
        station = self.library.station
        today = datetime.fromtimestamp(self.library.now_ms() / 1000, UTC) + timedelta(minutes=station.utc_offset)
        person = self.library.person
        values = survey_read.defaults(self.library, None)
        values |= {
            "date": today.date().isoformat(),
            "observers": canonical([person.hex()]) if person is not None else None,
        }
        sites = survey_read.sites(self.library)
        if len(sites) == 1:
            last = survey_read.defaults(self.library, sites[0][0])
            values = {**last, **{name: value for name, value in values.items() if value is not None}}
            values["site"] = sites[0][0]
        self.table.view.clearSelection()
        self.card.open_new(values)

    def choose_table(self) -> None:
        """Choose a CSV table of counts."""
        choose_file(self, _("Choose a table of counts (CSV)"), self.take_table, "*.csv *.CSV *.tsv *.txt")

    def take_table(self, path: Path) -> None:
        """Import a table and show what came of it."""
        self.bridge.run(
            lambda _cancel: import_surveys(self.library, path),
            self._imported,
            owner=self,
            title=_("Table {name}").format(name=path.name),
        )

    def _imported(self, result: SurveysImported) -> None:
        self.table.refresh(None)
        if result.surveys:
            self.table.choose(result.surveys[0])
        self.panel_wanted.emit(Imported(result), _("Table of counts"))
        self.bridge.say(
            ngettext("{n} count added", "{n} counts added", result.counts).format(n=number(result.counts)),
            undo=result.counts > 0,
        )

    def delete_survey(self) -> None:
        """Take the survey away; undo brings it back."""
        survey = self.card.survey
        if survey is not None:
            self.bridge.act(
                lambda _cancel: records.delete(self.library, "survey", survey),
                lambda _changes: self.bridge.say(_("Survey deleted"), undo=True),
                owner=self,
            )

    # -- the list ----------------------------------------------------------------------------------------------

    def _selected(self, survey: bytes | None) -> None:
        if survey is None:
            if self.card.survey is not None:
                self.card.show_nothing()
            return
        if survey == self.card.survey:
            return
        if not self.card.keep_edits():
            if self.card.survey is not None:
                self.table.choose(self.card.survey)
            return
        self.card.open_survey(survey)
        self.card.pages.choose(COUNTS)

    def _loaded(self, surveys: int) -> None:
        if surveys:
            birds = self.table.birds()
            sentence = _("{surveys}, {birds}").format(
                surveys=ngettext("{n} survey", "{n} surveys", surveys).format(n=number(surveys)),
                birds=ngettext("{n} bird counted", "{n} birds counted", birds).format(n=number(birds)),
            )
        else:
            sentence = _("Which birds, how many, where, on which day.")
        self.set_heading(_("Waterbirds"), sentence)
        if self.table.current() is None and self.table.model.lines and not self.card.isVisibleTo(self):
            self.table.choose(self.table.model.lines[0].id)

    # -- what the shell asks -----------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        self.table.refresh(changes)
        if changes is not None:
            self.card.refresh(changes)

    def open_at(self, target: Any) -> None:
        if isinstance(target, bytes):
            self.table.choose(target)
        elif target == "new":
            self.new()
        elif target == "import":
            self.choose_table()

    def state(self) -> dict[str, Any]:
        return {
            "survey": self.card.survey,
            "shown": self.card.isVisibleTo(self),
            "page": self.card.pages.index,
            "form": self.card.visit.form.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        if not state.get("shown"):
            return
        if state["survey"] is not None:
            self.table.choose(state["survey"])
            self.card.open_survey(state["survey"])
        else:
            self.card.open_new({})
        self.card.visit.form.restore(state["form"])
        self.card.pages.choose(state["page"])

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("totals", partial(self.card.turn, TOTALS)),
            ("visit", partial(self.card.turn, VISIT)),
            ("notes", partial(self.card.turn, NOTES)),
            ("new", self.new),
        ]

    def start_focus(self) -> QWidget | None:
        return self.table.view

    def leave(self) -> bool:
        return self.card.keep_edits()
