"""Criteria: what a site meets, by which seasons, rule and edition, and what is still lacking."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import criteria_look, population_import, populations, withheld_counts
from ranger_app.actions.analysis_criteria import (
    criterion_word,
    kind_word,
    lacking_words,
    level_words,
    rule_word,
    season_word,
    short_word,
    state_word,
)
from ranger_app.actions.criteria_look import STRONGEST, Look
from ranger_app.actions.listing import Line
from ranger_app.actions.population_import import Edition, Taken
from ranger_app.actions.site_criteria import RAMSAR_2, RAMSAR_4, Result
from ranger_app.changes import Changes
from ranger_app.domain import criteria, taxa
from ranger_app.i18n import _, language, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import decimal, number
from ui.waterbirds.season_squares import SeasonSquares
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.choose import choose_file
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label, muted, section
from ui.widgets.wrapped import Wrapped

_TONES = {criteria.MET: "own", criteria.PROVISIONAL: "attention"}
_KINDS = frozenset({"survey", "count", "location", "population", "taxon"})
MOST, LEVEL = 3, 4


class CriteriaPage(QWidget):
    """``told`` when its sentence or its commands would be others; ``go`` as a screen's."""

    told = Signal()
    go = Signal(str, object)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.looked: Look | None = None
        self.results: list[Result] = []
        self._site: bytes | None = None
        self._edition = ""
        self._season = STRONGEST
        self._asked = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        top = Wrapped(8)
        self.site = self._box(_("Site"), 200)
        self.season = self._box(_("Season"), 170)
        self.edition = self._box(_("Edition of the levels"), 290)
        self.use_button = button(_("Measure by this edition"), self.use_edition, key="U")
        self.print_button = button(_("Print the dossier"), self.dossier, key="P")
        for part in (self.site, self.season, self.edition, self.use_button, self.print_button):
            top.addWidget(part)
        self.site.activated.connect(self._site_chosen)
        self.season.activated.connect(lambda _index: self._season_chosen())
        self.edition.activated.connect(self._edition_chosen)
        column.addLayout(top)
        row = QHBoxLayout()
        row.setSpacing(theme.BETWEEN)
        headings = [_("Criterion"), _("Species"), _("Verdict"), _("Birds"), _("Level")]
        self.table = LineTable(
            bridge,
            LinesModel(headings, [False, False, False, True, True]),
            lambda: [],
            (),
            EmptyState(
                _("No counts yet at any site. Enter a survey, and this page says which criteria it meets."),
                _("Enter a survey"),
                lambda: self.go.emit("waterbirds", "new"),
                icon="map",
            ),
            spare={LEVEL: 620},
        )
        self.table.view.setAccessibleName(_("Criteria"))
        self.table.view.setSortingEnabled(False)
        self.table.selected.connect(lambda _line: self._show_result())
        row.addWidget(self.table, 58)
        row.addWidget(self._made_card(), 50)
        column.addLayout(row, 1)
        self.setFocusProxy(self.table.view)

    def _box(self, name: str, least: int) -> ChoiceBox:
        made = ChoiceBox()
        made.setAccessibleName(name)
        made.setToolTip(name)
        made.setMinimumWidth(least)
        made.setMaximumWidth(360)
        return made

    def _made_card(self) -> QWidget:
        area = ScrolledColumn(self.contentsMargins())
        area.setFrameShape(QFrame.Shape.NoFrame)
        self.card = Card()
        body = self.card.body
        self.title = section("")
        self.title.setWordWrap(True)
        head = QHBoxLayout()
        self.chip = Chip("")
        head.addWidget(self.title, 1)
        head.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        body.addLayout(head)
        self.species = label("", "scientific")
        self.figure = label("", "figure")
        self.against = label("", "", wrap=True)
        self.lacking = label("", "strong", wrap=True)
        self.squares = SeasonSquares()
        self.seasons = label("", "muted", wrap=True)
        self.rule = label("", "", wrap=True)
        self.population = label("", "muted", wrap=True)
        self.remark = label("", "warning", wrap=True)
        self.signs = muted(
            _("Tick: reached. Line: fewer. Question mark: counted too little to say. Broken, empty: no visit.")
        )
        for part in (
            self.species, self.figure, self.against, self.lacking, self.squares, self.signs, self.seasons, self.rule,
            self.population, self.remark,
        ):  # fmt: skip
            body.addWidget(part)
        body.addStretch(1)
        area.column.addWidget(self.card, 1)
        self.area = area
        return area

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read again what ``changes`` touches."""
        if changes is None or changes.kinds & _KINDS:
            self._read()

    def _read(self) -> None:
        self._asked += 1
        asked, library, site, edition = self._asked, self._library, self._site, self._edition
        self._bridge.run(
            lambda _cancel: criteria_look.look(library, site, edition),
            lambda found: self._take(asked, found),
            owner=self,
        )

    def _take(self, asked: int, found: Look) -> None:
        if asked != self._asked:
            return
        self.looked = found
        figures = found.figures
        self._site = figures.site if figures is not None else None
        self._fill(self.site, [(name, record) for record, name in found.sites], self._site)
        self._fill(
            self.edition,
            [(_edition_words(one), "" if one.used else one.name) for one in found.editions],
            self._edition,
        )
        kinds = criteria_look.kinds(figures) if figures is not None else []
        words = [(_("Strongest season"), STRONGEST), *((kind_word(kind), kind) for kind in kinds)]
        self._fill(self.season, words, self._season)
        for part in (self.site, self.season, self.edition):
            part.setVisible(figures is not None)
        self.use_button.setVisible(bool(self._edition))
        self.print_button.setVisible(figures is not None)
        self._show_results()

    def _fill(self, box: ChoiceBox, words: list[tuple[str, Any]], chosen: Any) -> None:
        box.clear()
        for word, data in words:
            box.addItem(word, data)
        place = next((at for at, (_word, data) in enumerate(words) if data == chosen), 0)
        box.setCurrentIndex(place)

    def _show_results(self) -> None:
        figures = self.looked.figures if self.looked is not None else None
        kind = self.season.currentData() or STRONGEST
        self.results = criteria_look.results(figures, kind) if figures is not None else []
        lines = []
        for place, one in enumerate(self.results):
            name = taxa.name(one.taxon, language()) if one.taxon else _("all waterbirds")
            if one.stated:
                name = f"{name} ({one.stated})"
            texts = (
                short_word(one.criterion),
                name,
                state_word(one.verdict.state),
                number(one.verdict.largest) if one.verdict.largest is not None else "",
                number(one.verdict.level),
            )
            key = "\0".join((one.criterion, one.taxon, one.stated)).encode()
            lines.append(Line(key, texts, tuple((0, place) for _text in texts)))
        self.table.show_lines(lines)
        if self.table.current() is None and lines:
            self.table.choose(lines[0].id)
        self._show_result()
        self.told.emit()

    def chosen(self) -> Result | None:
        """The verdict in view."""
        current = self.table.current()
        for line, one in zip(self.table.model.lines, self.results, strict=False):
            if line.id == current:
                return one
        keys = {"\0".join((one.criterion, one.taxon, one.stated)).encode(): one for one in self.results}
        return keys.get(current) if current is not None else None

    def _show_result(self) -> None:
        one = self.chosen()
        figures = self.looked.figures if self.looked is not None else None
        self.area.setVisible(one is not None)
        if one is None or figures is None:
            return
        verdict = one.verdict
        self.title.setText(criterion_word(one.criterion))
        self.chip.show_word(state_word(verdict.state), _TONES.get(verdict.state, "neutral"))
        self.species.setText(one.taxon)
        self.species.setVisible(bool(one.taxon))
        most = verdict.largest or 0
        self.figure.setText(ngettext("{n} bird", "{n} birds", most).format(n=number(most)))
        against = _("Level: {level}.").format(level=number(verdict.level))
        if one.share is not None:
            against += " " + _("That is {share} % of the population.").format(share=decimal(one.share, 2))
        self.against.setText(against)
        self.lacking.setText(lacking_words(one))
        self.squares.show_seasons(criteria_look.series(figures, one), verdict.level)
        missing = ", ".join(
            season_word(season) if season.kind != "year" else str(season.year) for season in verdict.missing
        )
        said = _("{kind}: reached in {hits} of {used} seasons with data.").format(
            kind=kind_word(one.kind), hits=len(verdict.hits), used=len(verdict.used)
        )
        if missing:
            said += " " + _("Missing: {seasons}.").format(seasons=missing)
        self.seasons.setText(said)
        mean = decimal(verdict.mean, 1) if verdict.mean is not None else "–"
        rule = _("Mean of the maxima: {mean}.").format(mean=mean)
        if verdict.rule:
            rule = _("Regular by: {rule}.").format(rule=rule_word(verdict.rule)) + " " + rule
        self.rule.setText(rule)
        self.population.setText(_population_words(one))
        remarks = []
        if one.unclear:
            remarks.append(_("Say the flyway of the site: the verdict depends on the population."))
        if one.criterion in (RAMSAR_2, RAMSAR_4):
            remarks.append(_("A person has to judge this criterion: here stand the numbers for it."))
        remarks += withheld_counts.told(figures.withheld)
        self.remark.setText(" ".join(remarks))
        self.remark.setVisible(bool(remarks))

    # -- what a person does ------------------------------------------------------------------------------------

    def _site_chosen(self, _index: int) -> None:
        self._site = self.site.currentData()
        self._read()

    def _edition_chosen(self, _index: int) -> None:
        self._edition = self.edition.currentData() or ""
        self._read()

    def step_site(self, by: int) -> None:
        """To the next or the previous site."""
        place = self.site.currentIndex() + by
        if 0 <= place < self.site.count():
            self.site.setCurrentIndex(place)
            self._site_chosen(place)

    def _season_chosen(self) -> None:
        self._season = self.season.currentData() or STRONGEST
        self._show_results()

    def step_season(self) -> None:
        """To the next kind of season, round."""
        if self.season.count():
            self.season.setCurrentIndex((self.season.currentIndex() + 1) % self.season.count())
            self._season_chosen()

    def step_edition(self) -> None:
        """To the next edition, round."""
        if self.edition.count():
            self.edition.setCurrentIndex((self.edition.currentIndex() + 1) % self.edition.count())
            self._edition_chosen(0)

    def use_edition(self) -> None:
        """Measure by the edition in view from now on; a manager's act."""
        edition = self._edition
        if not edition:
            return
        if any(one.name == edition and not one.used for one in (self.looked.editions if self.looked else ())):
            self._bridge.act(
                lambda _cancel: population_import.measure_by(self._library, edition), self._used, owner=self
            )

    def _used(self, one: Edition) -> None:
        self._edition = ""
        self._read()
        self._bridge.say(
            _("Measured by {edition} from now on.").format(edition=populations.titled(one.name)), undo=True
        )

    def import_edition(self) -> None:
        """Choose a table of populations and take it in."""
        choose_file(self, _("Choose a table of populations (XLSX or CSV)"), self.take_table, "*.xlsx *.csv")

    def take_table(self, path: Any) -> None:
        """Take a table of populations in and say what came of it."""
        self._bridge.run(
            lambda _cancel: population_import.take(self._library, path, edition=path.stem), self._taken, owner=self
        )

    def _taken(self, taken: Taken) -> None:
        doubts = len(taken.preview.doubts)
        self._bridge.say(
            _("{added} populations taken, {doubts} rows doubtful. Measured by: {edition}.").format(
                added=number(taken.added + taken.changed),
                doubts=number(doubts),
                edition=populations.titled(taken.in_use),
            )
        )
        self._read()

    def dossier(self) -> None:
        """The dossier of this site, to print or to save."""
        if self._site is not None:
            self.go.emit("reports", ("dossier", frozenset({self._site})))

    # -- what the screen asks ----------------------------------------------------------------------------------

    def sentence(self) -> str:
        """Where things stand, for the heading."""
        figures = self.looked.figures if self.looked is not None else None
        if figures is None:
            return _("What a site meets, and what is still lacking.")
        met = len({one.criterion for one in self.results if one.verdict.state == criteria.MET})
        return _("{met}, {visits}").format(
            met=ngettext("{n} criterion is met", "{n} criteria are met", met).format(n=number(met)),
            visits=ngettext("{n} visit", "{n} visits", figures.visits).format(n=number(figures.visits)),
        )

    def commands(self) -> list[Command]:
        """What can be done here."""
        group, some = _("Criteria"), self._some
        return [
            Command("criteria.dossier", _("Print the dossier"), self.dossier, "P", some, group),
            Command("criteria.next", _("Next site"), lambda: self.step_site(1), "N", some, group),
            Command("criteria.before", _("Previous site"), lambda: self.step_site(-1), "Shift+N", some, group),
            Command("criteria.season", _("Next season"), self.step_season, "S", some, group),
            Command("criteria.edition", _("Next edition"), self.step_edition, "E", some, group),
            Command("criteria.use", _("Measure by this edition"), self.use_edition, "U", self._other, group),
            Command("criteria.import", _("Import a table of populations"), self.import_edition, "I", group=group),
        ]

    def _some(self) -> bool:
        return self._site is not None

    def _other(self) -> bool:
        return bool(self._edition)

    def keep_edits(self) -> bool:
        """Nothing is typed here."""
        return True

    def open_at(self, site: object) -> None:
        """Show a site."""
        if isinstance(site, bytes):
            self._site = site
            self._read()

    def state(self) -> dict[str, Any]:
        """Site, edition, season and line that are chosen."""
        return {
            "site": self._site,
            "edition": self._edition,
            "season": self._season,
            "line": self.table.current(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Choose the same again, before it is read."""
        self._site, self._edition, self._season = state["site"], state["edition"], state["season"]
        if state["line"] is not None:
            self.table.choose(state["line"])


def _edition_words(one: Edition) -> str:
    name = populations.titled(one.name, one.published)
    if one.station:
        return _("{edition}, from {station}").format(edition=name, station=one.station)
    return _("{edition}, in use").format(edition=name) if one.used else name


def _population_words(one: Result) -> str:
    words = level_words(one)
    population = one.population
    if population is None:
        return words
    ends = " – ".join(dict.fromkeys(number(end) for end in (population.low, population.high) if end)) or _("not known")
    told = _("Population: {name}, {size}").format(name=population.name, size=ends)
    if population.size_years:
        told += f" ({population.size_years})"
    return f"{words} {told}. {population.reference}".rstrip()
