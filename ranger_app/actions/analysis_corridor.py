"""The report on the corridor: prey and people beside the cats, by side and distance from the border.

Where do they cross, and what hinders: each pair of stations between which an animal crossed stands beside the rates of
prey, people, vehicles and livestock there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ranger_app.actions import analysis_words, encounters
from ranger_app.actions.analysis import Place, Question
from ranger_app.actions.analysis_events import Row, gather
from ranger_app.actions.encounters import Met, Site
from ranger_app.domain import crossings, taxa
from ranger_app.domain.crossings import Encounter
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Findings, Table
from ranger_app.domain.independence import Event
from ranger_app.geo import spread
from ranger_app.i18n import N_, _, language, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.reports.figures import figure

CATS = ("Panthera tigris", "Panthera pardus")
"""Whose corridor it is where no species is asked for."""
PREY = (
    "Cervus nippon", "Cervus canadensis", "Cervus elaphus", "Capreolus pygargus", "Sus scrofa", "Alces alces",
    "Moschus moschiferus", "Hydropotes inermis", "Naemorhedus caudatus", "Cervidae",
)  # fmt: skip
"""Wild ungulates that tigers and leopards of the region live on, and deer that nobody named more closely."""
_CATTLE, _DOG, _CAT = "Bos taurus", "Canis familiaris", "Felis catus"
_GROUPS = {
    "cats": N_("Cats asked for"),
    "prey": N_("Prey"),
    "people": N_("People"),
    "vehicles": N_("Vehicles"),
    "cattle": N_("Cattle"),
    "dogs": N_("Dogs"),
    "livestock": N_("Other livestock"),
}
BANDS = (5, 15, 30)
"""Kilometres from the border at which one band ends and the next begins."""


@dataclass(slots=True)
class _Sum:
    """One station, or several together: events by group and by species of prey where nights are known."""

    stations: int = 0
    nights: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    encounters: int = 0
    animals: set[bytes] = field(default_factory=set)

    def add(self, other: _Sum) -> None:
        self.stations += other.stations
        self.nights += other.nights
        self.events += other.events
        self.encounters += other.encounters
        self.animals |= other.animals

    def rate(self, what: str) -> float | None:
        return 100 * self.events[what] / self.nights if self.nights else None


def corridor(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Rates of prey, people, vehicles and livestock beside the cats' encounters and crossings."""
    cats = CATS if question.taxon is None else (question.taxon,)
    with library.read() as db:
        met = yield from encounters.met(library, db, question, cancel)
        got = yield from gather(db, replace(question, taxon=None, individuals=False, anybody=True), cancel)
    of_cats = [one for one in met.encounters if met.catalogues.animals[one.animal].taxon in cats]
    at, homeless = _by_station(met, got.found, of_cats, cats)
    crossed = _crossed(of_cats)
    exact = question.exact or question.at_home
    prey = [one for one in PREY if any(one in here.events for here in at.values())]
    by_band = _together(at, met, lambda site: (site.country, str(_band(site))))
    tables = (
        _stations(at, met, prey, exact=exact),
        *_by_side(at, met, prey),
        _pairs(crossed, at, met, exact=exact),
    )
    left_out = got.left_out()
    if homeless:
        left_out.insert(
            0,
            ngettext(
                "{n} event of a camera without known effort is in no rate.",
                "{n} events of cameras without known effort are in no rate.",
                homeless,
            ).format(n=figure(homeless)),
        )
    number = sum(map(len, crossed.values()))
    nights = sum(here.nights for here in at.values())
    return Findings(
        "corridor",
        _("Corridor: prey and people beside the cats"),
        ngettext(
            "At least {n} crossing between {pairs} pairs of stations, {nights} trap nights.",
            "At least {n} crossings between {pairs} pairs of stations, {nights} trap nights.",
            number,
        ).format(n=figure(number), pairs=len(crossed), nights=figure(nights, 1)),
        (
            (_("Cats"), ", ".join(taxa.name(one, language()) for one in cats)),
            *analysis_words.scope(got.asked, got.subjects)[1:],
        ),
        _rules(met, exact=exact),
        tuple(left_out),
        _charts(by_band),
        tables,
        {
            "crossings": number,
            "pairs": len(crossed),
            "encounters": sum(here.encounters for here in at.values()),
            "animals": len({one for here in at.values() for one in here.animals}),
            "trap_nights": nights,
            "events_without_effort": homeless,
        },
    )  # fmt: skip


def beside(met: Met, found: Iterable[tuple[Place, Event]], cats: Sequence[str]) -> tuple[Table, ...]:
    """The rates of a study by country, and by country and distance from the border; ``found`` are events of anybody."""
    of_cats = [one for one in met.encounters if met.catalogues.animals[one.animal].taxon in cats]
    at, _homeless = _by_station(met, found, of_cats, cats)
    return _by_side(at, met, [one for one in PREY if any(one in here.events for here in at.values())])


def _by_side(at: Mapping[bytes, _Sum], met: Met, prey: Sequence[str]) -> tuple[Table, ...]:
    by_country = _together(at, met, lambda site: (site.country,))
    by_band = _together(at, met, lambda site: (site.country, str(_band(site))))
    country, border = Column("country", _("Country")), Column("border", _("From the border"))
    by_both = _("By country and distance from the border, events per 100 trap nights")
    return (
        _sums(_("By country, events per 100 trap nights"), "countries", by_country, prey, (country,)),
        _sums(by_both, "bands", _named(by_band), prey, (country, border)),
        _by_prey(_named(by_band), prey, (country, border)),
    )


def _by_station(
    met: Met, found: Iterable[tuple[Place, Event]], of_cats: Iterable[Encounter], cats: Sequence[str]
) -> tuple[dict[bytes, _Sum], int]:
    """What each station has, and how many events no rate can count."""
    at = {one: _Sum(1, site.nights or 0.0) for one, site in met.sites.items()}
    homeless = 0
    for place, event in found:
        group, species = _group(event.subject, cats)
        if not group:
            continue
        if place.cameras[event.camera].effort is None:
            homeless += 1
            continue
        at[place.id].events[group] += 1
        if species:
            at[place.id].events[species] += 1
    for one in of_cats:
        if one.doubt != "identity":
            at[one.place].encounters += 1
            at[one.place].animals.add(one.animal)
    return at, homeless


def _group(subject: str, cats: Sequence[str]) -> tuple[str, str]:
    """The group of a subject, "" for others, and which of PREY it is."""
    if subject in ("human", "vehicle"):
        return {"human": "people", "vehicle": "vehicles"}[subject], ""
    species = " ".join(subject.split()[:2])  # a subspecies is prey as its species is
    if subject in cats or species in cats:
        return "cats", ""
    if species in PREY:
        return "prey", species
    known = taxa.find(species)
    if known is None or known.group != "domestic" or species == _CAT:
        return "", ""
    return {_CATTLE: "cattle", _DOG: "dogs"}.get(species, "livestock"), ""


_Pairs = Mapping[tuple[bytes, bytes], Sequence[tuple[Encounter, Encounter]]]


def _crossed(of_cats: Iterable[Encounter]) -> _Pairs:
    """Between which two stations animals crossed: consecutive certain encounters in different countries."""
    of = crossings.by_animal(of_cats)
    found: dict[tuple[bytes, bytes], list[tuple[Encounter, Encounter]]] = defaultdict(list)
    for animal in sorted(of):
        for before, after in pairwise(crossings.certain(of[animal])):
            if before.country != after.country:
                found[before.place, after.place].append((before, after))
    return found


def _band(site: Site) -> int:
    """The number of the band a station lies in; one past the last where its exact place is not known here."""
    if site.precision != "exact" or site.metres != site.metres:
        return len(BANDS) + 1
    return sum(site.metres >= end * 1000 for end in BANDS)


def _band_words(number: int) -> str:
    if number > len(BANDS):
        return _("not known")
    if number == len(BANDS):
        return _("over {n} km").format(n=BANDS[-1])
    return _("{a} to {b} km").format(a=(0, *BANDS)[number], b=BANDS[number])


_Sums = Mapping[tuple[str, ...], _Sum]
"""By country, or by country and the number of the band."""


def _together(at: Mapping[bytes, _Sum], met: Met, key: Callable[[Site], tuple[str, ...]]) -> _Sums:
    found: dict[tuple[str, ...], _Sum] = {}
    for one, site in met.sites.items():
        found.setdefault(key(site), _Sum()).add(at[one])
    return dict(sorted(found.items(), key=lambda item: (not item[0][0], item[0])))


def _named(sums: _Sums) -> _Sums:
    return {(country, _band_words(int(band))): one for (country, band), one in sums.items()}


def _rates(prey: Sequence[str]) -> tuple[Column, ...]:
    return (
        Column("trap_nights", _("Trap nights"), 1),
        Column("encounters", _("Encounters of known cats")),
        Column("animals", _("Known cats")),
        *(Column(f"{group}_per_100", _(word), 2, narrow=True)
          for group, word in _GROUPS.items()),
        *_of_prey(prey, csv_only=True),
    )  # fmt: skip


def _of_prey(prey: Sequence[str], *, csv_only: bool = False) -> Iterator[Column]:
    for one in prey:
        code = f"{one.lower().replace(' ', '_')}_per_100"
        yield Column(code, taxa.name(one, language()), 2, narrow=not csv_only, csv_only=csv_only)


def _by_prey(sums: _Sums, prey: Sequence[str], head: tuple[Column, ...]) -> Table:
    """The species of prey apart: with them no other table fits a sheet of paper."""
    rows: list[Row] = [(*key, one.nights or None, *(one.rate(what) for what in prey)) for key, one in sums.items()]
    nights = Column("trap_nights", _("Trap nights"), 1)
    title = _("Prey by country and distance from the border, events per 100 trap nights")
    return Table(title, (*head, nights, *_of_prey(prey)), rows if prey else [], "prey")


def _figures(one: _Sum, prey: Sequence[str]) -> Row:
    return (one.nights or None, one.encounters, len(one.animals), *(one.rate(what) for what in (*_GROUPS, *prey)))


def _kilometres(metres: float, *, exact: bool) -> Cell:
    """Without names a distance is told in whole kilometres."""
    if metres != metres:
        return None
    return metres / 1000 if exact else round(metres / 1000)


def _stations(at: Mapping[bytes, _Sum], met: Met, prey: Sequence[str], *, exact: bool) -> Table:
    rows: list[Row] = []
    for one, site in met.sites.items():
        known = site.metres if site.precision == "exact" else float("nan")
        rows.append(
            (
                met.asked.called(site.place),
                site.country,
                _kilometres(known, exact=exact),
                _band_words(_band(site)),
                *_figures(at[one], prey),
            )
        )
    columns = (
        Column("station", _("Station")),
        Column("country", _("Country")),
        Column("border_km", _("To the border, km"), 1 if exact else 0),
        Column("border", _("From the border"), csv_only=True),
        *_rates(prey),
    )
    return Table(_("By station, events per 100 trap nights"), columns, rows)


def _sums(title: str, name: str, sums: _Sums, prey: Sequence[str], head: tuple[Column, ...]) -> Table:
    rows: list[Row] = [(*key, one.stations, *_figures(one, prey)) for key, one in sums.items()]
    return Table(title, (*head, Column("stations", _("Stations")), *_rates(prey)), rows, name)


def _pairs(crossed: _Pairs, at: Mapping[bytes, _Sum], met: Met, *, exact: bool) -> Table:
    order = sorted(
        crossed.items(),
        key=lambda item: (-len(item[1]), *(met.asked.called(met.sites[one].place) for one in item[0])),
    )
    groups = [group for group in _GROUPS if group != "cats"]
    rows: list[Row] = []
    for (origin, goal), steps in order:
        one, other = met.sites[origin], met.sites[goal]
        apart = spread.farthest_apart([(one.latitude, one.longitude), (other.latitude, other.longitude)])
        rows.append(
            (
                met.asked.called(one.place),
                one.country,
                met.asked.called(other.place),
                other.country,
                len(steps),
                len({before.animal for before, _after in steps}),
                min(after.at - before.at for before, after in steps) // 86_400,
                _kilometres(apart, exact=exact),
                *(at[side].rate(group) for group in groups for side in (origin, goal)),
            )
        )
    columns = (
        Column("from", _("From")),
        Column("from_country", _("Country"), csv_only=True),
        Column("to", _("To")),
        Column("to_country", _("Country"), csv_only=True),
        Column("crossings", _("Crossings")),
        Column("animals", _("Animals")),
        Column("fewest_days", _("Fewest days between")),
        Column("apart_km", _("Apart, km"), 1 if exact else 0),
        *(
            Column(
                f"{side}_{group}_per_100",
                _("{what}, {side}").format(what=_(_GROUPS[group]), side=word),
                2,
                narrow=group != "livestock",
                csv_only=group == "livestock",
            )
            for group in groups
            for side, word in (("from", _("from")), ("to", _("to")))
        ),
    )
    return Table(_("Where they crossed, and events per 100 trap nights there"), columns, rows, "crossings")


def _charts(by_band: _Sums) -> tuple[Chart, ...]:
    counted = {key: one for key, one in by_band.items() if one.nights}
    return tuple(
        Chart(
            _("{what}: events per 100 trap nights").format(what=_(_GROUPS[group])),
            tuple(
                Bar(f"{country or '?'}, {_band_words(int(band))}", one.rate(group))
                for (country, band), one in counted.items()
            ),
            digits=2,
        )
        for group in ("prey", "people", "cattle")
        if any(one.events[group] for one in counted.values())
    )


def _rules(met: Met, *, exact: bool) -> tuple[str, ...]:
    layer = " ".join(part for part in (_(met.layer.name), met.layer.date) if part)
    prey = ", ".join(dict.fromkeys(taxa.name(one, language()) for one in PREY))
    return (
        _("Rate = 100 × independent events / trap nights. Without effort there is no rate."),
        _("Prey: {names}. Events of each species are counted by themselves and added up.").format(names=prey),
        _("Encounters of known cats: those whose identity is certain."),
        _(
            "Where they crossed: the two stations of consecutive certain encounters of one animal in different"
            " countries. Its way between them is not known."
        ),
        _("Country and distance follow the border layer: {layer}.").format(layer=layer),
        *([] if exact else [_("Distances are told in whole kilometres.")]),
        *(_(rule) for rule in crossings.RULES[:1]),
        *analysis_words.event_rules(met.asked),
        *analysis_words.night_rules(met.asked),
        *analysis_words.place_rules(met.asked),
    )
