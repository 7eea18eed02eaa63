"""The report of crossings: which animals live on both sides of a border, how often they crossed, how far they went.

All of it from the encounters of ``actions/encounters.py`` and the ledger of ``domain/crossings.py``; nothing here names
a place, and what tells of one is rounded unless exact figures are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ranger_app.actions import analysis_words, encounters, same_animal, whole_animals
from ranger_app.actions.analysis import Pictures, Question
from ranger_app.actions.analysis_events import Row
from ranger_app.actions.analysis_words import Subjects
from ranger_app.actions.border_windows import by_window
from ranger_app.actions.encounters import Among, Met
from ranger_app.actions.whole_animals import DEAD, Whole
from ranger_app.domain import crossings as rule
from ranger_app.domain import same_animal as joined
from ranger_app.domain import taxa
from ranger_app.domain.crossings import Encounter, Line
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Findings, Table
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.natural_order import natural
from ranger_app.geo import spread
from ranger_app.i18n import N_, _, language, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store.connection import Database

DOUBTS = {
    "identity": N_("Animal not certain"),
    "cell": N_("Place known as a cell"),
    "border": N_("Near the border"),
    "place": N_("No place"),
    "tie": N_("Two countries in one second"),
}
"""Why an encounter proves no side, as a heading."""


@dataclass(frozen=True, slots=True)
class Told:
    """A ledger with all that its tables say beside it. ``exact`` gives distances as they are, else in whole km."""

    met: Met
    whole: Mapping[bytes, Whole]
    lines: list[Line]
    """By species, then by code."""
    exact: bool
    first: Mapping[bytes, Encounter]
    last: Mapping[bytes, Encounter]
    """The first and the last encounter of each animal, doubtful ones too."""
    lacking: Pictures
    """What the encounters do not hold."""

    @property
    def countries(self) -> list[str]:
        """Countries with a station of the study, by code."""
        return sorted({site.country for site in self.met.sites.values()} - {""})

    @property
    def species(self) -> list[str]:
        """The species met, by scientific name."""
        return sorted({self.whole[line.animal].taxon for line in self.lines})

    def of(self, taxon: str) -> list[Line]:
        """The lines of a species whose animal somebody was certain of at least once."""
        return [line for line in self.lines if self.whole[line.animal].taxon == taxon and is_individual(line)]

    def km(self, metres: float) -> Cell:
        """A distance in kilometres."""
        if metres != metres:
            return None
        return round(metres / 1000, 3) if self.exact else round(metres / 1000)

    @property
    def digits(self) -> int:
        """Decimals of a distance on the page."""
        return 1 if self.exact else 0

    def day(self, one: Encounter) -> str:
        """The day of an encounter by the clock of its station."""
        return self.met.local_date(one).isoformat()


def is_individual(line: Line) -> bool:
    """Whether somebody was certain in at least one encounter which animal it was."""
    return line.encounters > line.doubtful["identity"]


def tell(
    library: Library,
    db: Database,
    question: Question,
    cancel: CancelToken | None = None,
    among: Among | None = None,
) -> Job[Told]:
    """The ledger of a question's encounters; ``among`` as for ``encounters.met``."""
    met = yield from encounters.met(library, db, question, cancel, among)
    whole = whole_animals.animals(db, met.catalogues, flanks=False)
    lines = rule.ledger(met.encounters, spread.farthest_apart)
    lines.sort(key=lambda line: (whole[line.animal].taxon, natural(whole[line.animal].codes), line.animal))
    lacking = encounters.lacking(db, met)
    last = {one.animal: one for one in met.encounters}
    first = {one.animal: one for one in reversed(met.encounters)}
    return Told(met, whole, lines, question.exact or question.at_home, first, last, lacking)


def crossings(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """The ledger of crossings in the question's time and stations."""
    with library.read() as db:
        told = yield from tell(library, db, question, cancel)
        subjects = Subjects(db)
    asked = told.met.asked
    return Findings(
        "crossings",
        _("Animals on both sides of the border"),
        summary(told),
        analysis_words.scope(asked, subjects),
        (*rules(told), *analysis_words.event_rules(asked), *analysis_words.night_rules(asked)),
        (*left_out(told), *encounters.left_out(told.met, told.lacking)),
        charts(told),
        tables(told),
        {**facts(told), **analysis_words.facts(asked, told.lacking)},
    )


# ---------------------------------------------------------------- words


def summary(told: Told) -> str:
    """How many of each species were on both sides."""
    if not told.lines:
        return _("No known animal was met.")
    return " ".join(
        _("{name}: {n} of {m} individuals seen on both sides.").format(
            name=taxa.name(taxon, language()), n=sum(one.both for one in of), m=len(of)
        )
        for taxon in told.species
        if (of := told.of(taxon))
    )


def rules(told: Told) -> list[str]:
    """How sides, crossings and distances were counted."""
    layer = told.met.layer
    accuracy = sorted(set(layer.accuracy))
    found = [
        _(joined.RULE),
        *(_(words) for words in rule.RULES),
        _("Border layer: {layer}, {date}; accurate to {metres} m.").format(
            layer=layer.name,
            date=layer.date or _("without a date"),
            metres="–".join(figure(one) for one in dict.fromkeys((accuracy[0], accuracy[-1]))) if accuracy else "?",
        ),
    ]
    if not layer.official:
        found.append(_("It is not an official boundary."))
    if told.exact:
        found.append(_("No station is named, but exact distances from the border tell of places: take care."))
    else:
        found.append(_("No station is named, and distances are in whole kilometres: exact ones would tell of places."))
    return found


def left_out(told: Told) -> list[str]:
    """What proves no side, is not settled or was not met, each with its number."""
    found: list[str] = []
    doubtful: Counter[str] = sum((line.doubtful for line in told.lines), Counter())

    def add(n: int, words: str) -> None:
        if n:
            found.append(words.format(n=figure(n)))

    n = doubtful["identity"]
    add(
        n,
        ngettext(
            "{n} encounter of an animal that nobody is certain of proves no side.",
            "{n} encounters of animals that nobody is certain of prove no side.",
            n,
        ),
    )
    n = doubtful["cell"]
    add(
        n,
        ngettext(
            "{n} encounter at a place that is known here as a cell proves no side.",
            "{n} encounters at places that are known here as cells prove no side.",
            n,
        ),
    )
    n = doubtful["border"]
    add(
        n,
        ngettext(
            "{n} encounter nearer to the border than its layer is accurate proves no side.",
            "{n} encounters nearer to the border than its layer is accurate prove no side.",
            n,
        ),
    )
    n = doubtful["place"]
    add(
        n,
        ngettext(
            "{n} encounter without a known place or country proves no side.",
            "{n} encounters without a known place or country prove no side.",
            n,
        ),
    )
    n = doubtful["tie"]
    add(
        n,
        ngettext(
            "{n} encounter proves no side: the same animal was in another country in the same second.",
            "{n} encounters prove no side: the same animal was in another country in the same second.",
            n,
        ),
    )
    unsure = [told.whole[line.animal].codes for line in told.lines if not is_individual(line)]
    if unsure:
        found.append(
            _("Nobody is certain of any encounter of {codes}: not counted as individuals met.").format(
                codes=", ".join(unsure)
            )
        )
    return [*found, *_unsettled(told), *_not_met(told)]


def _unsettled(told: Told) -> list[str]:
    known, found = told.met.catalogues, []
    wanted = told.met.asked.question.taxon
    states = Counter(
        pair.state
        for (one, _other), pair in known.joins.pairs.items()
        if wanted is None or known.animals[one].taxon == wanted
    )
    if n := states["waiting"]:
        found.append(
            ngettext(
                "{n} pair waits for a station to say whether it is one animal: both count apart.",
                "{n} pairs wait for a station to say whether they are one animal: their animals count apart.",
                n,
            ).format(n=figure(n))
        )
    if n := states["disputed"]:
        found.append(
            ngettext(
                "{n} pair is one animal for one station and two for another: both count apart.",
                "{n} pairs are one animal for one station and two for another: their animals count apart.",
                n,
            ).format(n=figure(n))
        )
    found += sorted(
        same_animal.words(one, known)
        for one in known.joins.contradictions
        if wanted is None or wanted in {known.animals[animal].taxon for animal in one.between}
    )
    return found


def _not_met(told: Told) -> list[str]:
    found = []
    wanted = told.met.asked.question.taxon
    met = told.last
    never = sum(one.id not in met for one in told.whole.values() if wanted is None or one.taxon == wanted)
    if never:
        found.append(
            ngettext(
                "{n} animal of the catalogues was not met in this time at these stations.",
                "{n} animals of the catalogues were not met in this time at these stations.",
                never,
            ).format(n=figure(never))
        )
    late = sorted(
        (
            one
            for one in told.whole.values()
            if one.id in met and one.status == DEAD and one.since and told.day(told.last[one.id]) > one.since
        ),
        key=lambda one: natural(one.codes),
    )
    if late:
        found.append(
            _("Met after the day they are said to have died: {codes}. Check who it was, and the clocks.").format(
                codes=", ".join(one.codes for one in late)
            )
        )
    return found


def facts(told: Told) -> dict[str, Cell]:
    """The figures by code."""
    counted = [line for line in told.lines if is_individual(line)]
    return {
        "individuals": len(counted),
        "both_sides": sum(line.both for line in counted),
        "crossings": sum(line.crossed for line in counted),
        "encounters": sum(line.encounters for line in told.lines),
        "proving_no_side": sum(line.doubtful.total() for line in told.lines),
    }


# ---------------------------------------------------------------- figures


def charts(told: Told) -> tuple[Chart, ...]:
    """Both sides by species, and crossings by animal."""
    sides = tuple(
        Bar(
            taxa.name(taxon, language()),
            n := sum(one.both for one in of),
            _("{n} of {m} ({share} %)").format(n=n, m=len(of), share=round(100 * n / len(of))),
        )
        for taxon in told.species
        if (of := told.of(taxon))
    )
    crossed = sorted((line for line in told.lines if line.crossed), key=lambda line: -line.crossed)
    bars = tuple(Bar(told.whole[line.animal].codes, line.crossed) for line in crossed)
    found = [
        Chart(_("Individuals seen on both sides"), sides),
        Chart(
            _("Crossings, at least"), bars, remark=_("A lower bound: it grows with the number of stations and nights.")
        ),
    ]
    return tuple(chart for chart in found if chart.bars)


def tables(told: Told) -> tuple[Table, ...]:
    """One line for each animal; by species; by direction; by year and season with the effort of both sides."""
    species = {animal: one.taxon for animal, one in told.whole.items()}
    proving = [rule.certain(met) for met in rule.by_animal(told.met.encounters).values()]
    return (
        individuals(told),
        _species(told),
        _directions(told),
        by_window(told.met, species, proving, 12, _("By year, with the effort of each side"), "years"),
        by_window(told.met, species, proving, 3, _("By season, with the effort of each side"), "seasons"),
    )


def individuals(told: Told) -> Table:
    """The ledger: a row for each animal met."""
    countries = told.countries
    sexes, states = (kind_named("individual").field(field).words for field in ("sex", "status"))
    columns = [
        Column("animal", _("Animal")),
        Column("scientific_name", _("Scientific name"), csv_only=True),
        Column("name", _("Species")),
        Column("sex", _("Sex")),
        Column("status", _("Status")),
        Column("encounters", _("Encounters")),
    ]
    for country in countries:
        code = country.lower()
        columns += [
            Column(f"encounters_{code}", _("Certain in {country}").format(country=country)),
            Column(f"farthest_km_{code}", _("{country}: km from the border").format(country=country), told.digits),
            Column(f"months_{code}", _("Months in {country}").format(country=country), csv_only=True),
        ]
    columns += [
        Column("both_sides", _("Both sides"), csv_only=True),
        Column("crossings", _("Crossings, at least")),
        Column("apart_km", _("Farthest apart, km"), told.digits),
        Column("first", _("First seen")),
        Column("last", _("Last seen")),
        Column("months", _("Months")),
        Column("days", _("Days between")),
        Column("proving_no_side", _("Proving no side")),
        *(Column(doubt, _(words), csv_only=True) for doubt, words in DOUBTS.items()),
    ]
    rows: list[Row] = []
    for line in told.lines:
        one = told.whole[line.animal]
        there: list[Cell] = []
        for country in countries:
            side = line.sides.get(country)
            there += (0, None, 0) if side is None else (side.encounters, told.km(side.farthest), len(side.months))
        rows.append(
            (
                one.codes,
                one.taxon,
                taxa.name(one.taxon, language()),
                sexes.get(one.sex, ""),
                states.get(one.status, one.status),
                line.encounters,
                *there,
                int(line.both),
                line.crossed,
                told.km(line.apart),
                told.day(told.first[line.animal]),
                told.day(told.last[line.animal]),
                len(line.months),
                line.days,
                line.doubtful.total(),
                *(line.doubtful[doubt] for doubt in DOUBTS),
            )
        )
    return Table(_("Each animal"), tuple(columns), rows)


def _species(told: Told) -> Table:
    countries = told.countries
    columns = (
        Column("species", _("Scientific name")),
        Column("name", _("Name")),
        Column("individuals", _("Individuals")),
        Column("both_sides", _("On both sides")),
        *(Column(f"only_{one.lower()}", _("Only in {country}").format(country=one)) for one in countries),
        Column("side_not_known", _("Side not known")),
        Column("crossings", _("Crossings, at least")),
        Column("most_crossings", _("Most by one animal")),
        Column("encounters", _("Encounters")),
    )
    rows: list[Row] = []
    for taxon in told.species:
        of = told.of(taxon)
        rows.append(
            (
                taxon,
                taxa.name(taxon, language()),
                len(of),
                sum(one.both for one in of),
                *(sum(one.countries == (country,) for one in of) for country in countries),
                sum(not one.sides for one in of),
                sum(one.crossed for one in of),
                max((one.crossed for one in of), default=0),
                sum(one.encounters for one in told.lines if told.whole[one.animal].taxon == taxon),
            )
        )
    return Table(_("By species"), columns, rows, "species")


def _directions(told: Told) -> Table:
    """Crossings from each country to each other: where three meet, each pair of countries apart."""
    columns = (
        Column("species", _("Scientific name")),
        Column("name", _("Name")),
        Column("from", _("From")),
        Column("to", _("To")),
        Column("crossings", _("Crossings, at least")),
        Column("individuals", _("Individuals")),
    )
    rows: list[Row] = []
    for taxon in told.species:
        of = told.of(taxon)
        ways: Counter[tuple[str, str]] = sum((one.crossings for one in of), Counter())
        rows += [
            (taxon, taxa.name(taxon, language()), *way, ways[way], sum(one.crossings[way] > 0 for one in of))
            for way in sorted(ways)
        ]
    return Table(_("By direction"), columns, rows, "directions")
