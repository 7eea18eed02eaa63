"""Waterbirds: the list of surveys at the left, one survey with its fast count form at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from ranger_app.actions import survey_read
from ranger_app.actions.survey_import import SurveysImported, import_surveys
from ranger_app.domain.values import canonical
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import number
from ui.waterbirds.card import COUNTS, NOTES, TOTALS, VISIT, SurveyCard
from ui.waterbirds.imported import Imported
from ui.waterbirds.survey_list import SurveyTable
from ui.widgets.choose import choose_file
from ui.widgets.list_screen import ListScreen


class WaterbirdsScreen(ListScreen):
    """``open_at`` takes a survey's id, "new" or "import"."""

    help_page = "waterbirds"
    table: SurveyTable
    card: SurveyCard

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge)
        self.put_beside(SurveyTable(library, bridge, self.new), SurveyCard(library, bridge), (53, 58))
        self.table.opened.connect(lambda _survey: self.card.turn(COUNTS))
        self.table.loaded.connect(self._loaded)
        found = self.commands()
        self.set_heading(_("Waterbirds"))
        self.set_actions(found[0], found[1])

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        group, shown, some = _("Waterbirds"), self.shown, self.some
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
        person = self.library.person
        values = survey_read.defaults(self.library, None)
        values |= {
            "date": self.today(),
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
        self.delete_record(_("Survey deleted"))

    # -- the list ----------------------------------------------------------------------------------------------

    def _open(self, record: bytes) -> None:
        super()._open(record)
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
        self._choose_first()

    # -- what the shell asks -----------------------------------------------------------------------------------

    def open_at(self, target: Any) -> None:
        if target == "new":
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
            ("new", self.new),
        ]
