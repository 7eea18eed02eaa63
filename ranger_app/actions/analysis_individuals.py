"""The report of known animals: catalogue, sexes and litters, ranges, discovery curve and timeline across countries.

All of it from the encounters that the ledger of crossings rests on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from ranger_app.actions import analysis_words, encounters, whole_animals
from ranger_app.actions.analysis import Question
from ranger_app.actions.analysis_events import Row
from ranger_app.actions.analysis_words import Subjects
from ranger_app.actions.encounters import Met
from ranger_app.actions.whole_animals import DEAD, Whole
from ranger_app.domain import crossings, discovery, taxa
from ranger_app.domain.crossings import Encounter, Line
from ranger_app.domain.discovery import Step
from ranger_app.domain.findings import Chart, Column, Curve, Findings, Lane, Lanes, Table
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.kinds_individual import SIDES
from ranger_app.domain.natural_order import natural
from ranger_app.domain.patrol_question import months_between
from ranger_app.geo import spread
from ranger_app.i18n import N_, _, language, ngettext
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library
from ranger_app.reports.figures import figure

UNSURE = "?"
"""In a timeline: met, but who it was or on which side is not certain."""
_RULES = (
    N_("Animals that stations agreed are one count once; their codes are joined by =."),
    N_(
        "Range: the minimum convex polygon around the places of an animal's encounters, its area on the ellipsoid"
        " (WGS 84). It counts encounters of certain identity at exact places, also those near the border. Fewer than"
        " three places, or places on one line, have none."
    ),
    N_(
        "Discovery: animals of certain identity met so far, against the trap nights so far of stations whose nights are"
        " known. Stations near the border count to the side that the border layer gives."
    ),
    N_("Litter: young of one mother with one birth season, as the catalogue has it."),
)


def individuals(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Who is known, and what their encounters in the question's time and stations tell; every animal has a line."""
    with library.read() as db:
        met = yield from encounters.met(library, db, question, cancel)
        lacking = encounters.lacking(db, met)
        known = whole_animals.animals(db, met.catalogues)
        subjects = Subjects(db, individuals=True)
    wanted = question.taxon
    lines = {one.animal: one for one in crossings.ledger(met.encounters, lambda _places: 0.0)}
    listed = [one for one in known.values() if wanted is None or one.taxon == wanted or one.id in lines]
    listed.sort(key=lambda one: (taxa.name(one.taxon, language()), natural(one.codes), one.id))
    here = [one for one in listed if one.id in lines]
    told = crossings.by_animal(met.encounters)
    sexes = Counter(one.sex for one in here)
    litters = _litters(known, listed, lines)
    ranges = _ranges(here, told, met)
    curves, missed = discovery_curves(met)
    timeline = _timeline(here, told)
    both = sum(lines[one.id].both for one in here)
    left_out = encounters.left_out(met, lacking)
    if missed:
        left_out.insert(
            0,
            ngettext(
                "{n} animal was met only where trap nights are not known: it is not in the discovery curve.",
                "{n} animals were met only where trap nights are not known: they are not in the discovery curve.",
                missed,
            ).format(n=figure(missed)),
        )
    summary = _("{met} of {n} known animals were met in {events} encounters, {both} of them in both countries.")
    return Findings(
        "individuals",
        _("Known animals"),
        summary.format(met=len(here), n=len(listed), events=figure(len(met.encounters)), both=both),
        analysis_words.scope(met.asked, subjects),
        (
            *(_(rule) for rule in (*_RULES, *crossings.RULES[:2])),
            *analysis_words.event_rules(met.asked),
            *analysis_words.night_rules(met.asked),
        ),
        tuple(left_out),
        _charts(curves, here, timeline),
        (
            _catalogue(listed, lines, told, met),
            _sexes(here),
            litters,
            ranges,
            curve_table(curves),
            _timeline_table(here, timeline),
        ),
        {
            "animals": len(listed),
            "met": len(here),
            "both_sides": both,
            "encounters": len(met.encounters),
            "females": sexes["female"],
            "males": sexes["male"],
            "sex_unknown": sexes[""],
            "litters": len(litters.rows),
            "not_in_curve": missed,
        },
    )


def _head() -> tuple[Column, ...]:
    species = Column("species", _("Scientific name"), csv_only=True)
    return (species, Column("name", _("Name")), Column("animal", _("Animal")))


def _start(one: Whole) -> Row:
    return (one.taxon, taxa.name(one.taxon, language()), one.codes)


def _catalogue(
    listed: Sequence[Whole], lines: Mapping[bytes, Line], told: Mapping[bytes, Sequence[Encounter]], met: Met
) -> Table:
    sexes, states = (kind_named("individual").field(field).words for field in ("sex", "status"))
    flanks = {"left": _("left"), "right": _("right"), "face": _("face"), "tail": _("tail")}
    rows: list[Row] = []
    for one in listed:
        line = lines.get(one.id)
        state = states.get(one.status, one.status)
        seen = told[one.id] if line else ()
        rows.append(
            (
                *_start(one),
                one.name,
                sexes.get(one.sex, ""),
                _("{state} since {day}").format(state=state, day=one.since) if state and one.since else state,
                ", ".join(flanks[flank] for flank in SIDES if flank in one.flanks),
                line.encounters if line else 0,
                met.local_date(seen[0]).isoformat() if seen else "",
                met.local_date(seen[-1]).isoformat() if seen else "",
                len(line.months) if line else 0,
                " ".join(line.countries) if line else "",
            )
        )
    columns = (
        *_head(),
        Column("known_as", _("Known as")),
        Column("sex", _("Sex")),
        Column("status", _("Status")),
        Column("flanks", _("Flanks known")),
        Column("encounters", _("Encounters")),
        Column("first_seen", _("First seen")),
        Column("last_seen", _("Last seen")),
        Column("months", _("Months")),
        Column("countries", _("Countries, certain")),
    )
    return Table(_("Catalogue"), columns, rows)


def _sexes(here: Sequence[Whole]) -> Table:
    rows: list[Row] = []
    for taxon in dict.fromkeys(one.taxon for one in here):
        of = [one for one in here if one.taxon == taxon]
        sexes = Counter(one.sex for one in of)
        rows.append(
            (
                taxon,
                taxa.name(taxon, language()),
                sexes["female"],
                sexes["male"],
                sexes[""],
                len(of),
                sum(one.status == DEAD for one in of),
            )
        )
    columns = (
        *_head()[:2],
        Column("females", _("Females")),
        Column("males", _("Males")),
        Column("sex_unknown", _("Sex not known")),
        Column("animals", _("Animals")),
        Column("dead", _("Dead by now")),
    )
    return Table(_("Animals met, by sex"), columns, rows, "sexes")


def _litters(known: Mapping[bytes, Whole], listed: Iterable[Whole], lines: Mapping[bytes, Line]) -> Table:
    of: dict[tuple[bytes, str], list[Whole]] = defaultdict(list)
    for one in listed:
        if one.mother is not None and one.mother in known:
            of[one.mother, one.birth_season].append(one)
    rows: list[Row] = []
    for (mother, season), young in sorted(of.items(), key=lambda item: (natural(known[item[0][0]].codes), item[0][1])):
        sexes = Counter(one.sex for one in young)
        rows.append(
            (
                *_start(known[mother]),
                season,
                len(young),
                sexes["female"],
                sexes["male"],
                sexes[""],
                sum(one.id in lines for one in young),
                ", ".join(one.codes for one in young),
            )
        )
    columns = (
        *_head()[:2],
        Column("mother", _("Mother")),
        Column("birth_season", _("Birth season")),
        Column("young", _("Young")),
        Column("females", _("Females")),
        Column("males", _("Males")),
        Column("sex_unknown", _("Sex not known")),
        Column("met", _("Of these met")),
        Column("codes", _("Codes")),
    )
    return Table(_("Females with young"), columns, rows, "litters")


def _ranges(here: Sequence[Whole], told: Mapping[bytes, Sequence[Encounter]], met: Met) -> Table:
    rows: list[Row] = []
    for one in here:
        exact = exactly(told[one.id], met)
        places = {(at.latitude, at.longitude) for at in exact}
        _corners, area = spread.hull(places)
        rows.append(
            (
                *_start(one),
                len(exact),
                len(places),
                None if area != area else area / 1e6,
                spread.farthest_apart(places) / 1000 if places else None,
            )
        )
    columns = (
        *_head(),
        Column("encounters", _("Encounters at exact places")),
        Column("places", _("Places")),
        Column("area_km2", _("Range, km²"), 1),
        Column("apart_km", _("Farthest apart, km"), 1),
    )
    return Table(_("Ranges (minimum convex polygon)"), columns, rows, "ranges")


def exactly(of: Iterable[Encounter], met: Met) -> list[Encounter]:
    """Encounters of certain identity whose exact place is here, however near the border it is."""
    return [
        one
        for one in of
        if one.doubt != "identity"
        and met.sites[one.place].precision == "exact"
        and met.sites[one.place].latitude == met.sites[one.place].latitude
    ]


def discovery_curves(met: Met) -> tuple[dict[str, list[Step]], int]:
    """A curve for each country and, under "", for all together; and how many animals no curve holds."""
    nights: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for site in met.sites.values():
        for day, number in (site.place.effort.by_day() if site.place.effort is not None else {}).items():
            nights[""][day] += number
            if site.country:
                nights[site.country][day] += number
    firsts: dict[str, dict[bytes, date]] = defaultdict(dict)
    certain: set[bytes] = set()
    for one in met.encounters:
        if one.doubt == "identity":
            continue
        certain.add(one.animal)
        if met.sites[one.place].place.effort is None:
            continue
        day = met.local_date(one)
        for country in {"", one.country}:
            firsts[country].setdefault(one.animal, day)
    if not firsts:
        return {}, len(certain)
    days = {*nights[""], *firsts[""].values()}
    over = discovery.steps(min(days), max(days))
    countries = [*sorted(one for one in {*nights, *firsts} if one), ""]
    found = {one: discovery.curve(over, nights[one], firsts[one].values()) for one in countries}
    return found, len(certain - set(firsts[""]))


def curve_table(curves: Mapping[str, Sequence[Step]]) -> Table:
    titles = {country: country or _("Together") for country in curves}
    columns = [Column("until", _("Until"))]
    for country, title in titles.items():
        end = f"_{country.lower()}" if country else ""
        columns.append(Column(f"trap_nights{end}", _("{who}: trap nights").format(who=title), 1))
        columns.append(Column(f"animals{end}", _("{who}: animals").format(who=title)))
    rows: list[Row] = [
        (together[0].until, *(cell for step in together for cell in (step.nights, step.animals)))
        for together in zip(*curves.values(), strict=True)
    ]
    return Table(_("Discovery of animals"), tuple(columns), rows, "discovery")


_Timeline = tuple[list[str], list[str], dict[bytes, dict[str, set[str]]]]
"""Months in order, countries with UNSURE last, and by animal and month where it was met."""


def _timeline(here: Sequence[Whole], told: Mapping[bytes, Sequence[Encounter]]) -> _Timeline:
    found: dict[bytes, dict[str, set[str]]] = {}
    for one in here:
        months: dict[str, set[str]] = defaultdict(set)
        proving = set(crossings.certain(told[one.id]))
        for at in told[one.id]:
            months[at.month].add(at.country if at in proving else UNSURE)
        found[one.id] = months
    met = {month for months in found.values() for month in months}
    words = {word for months in found.values() for inside in months.values() for word in inside}
    over = months_between(min(met), max(met)) if met else []
    return over, sorted(words, key=lambda word: (word == UNSURE, word)), found


def _timeline_table(here: Sequence[Whole], timeline: _Timeline) -> Table:
    months, words, found = timeline
    columns = (*_head(), *(Column(f"m{month}", month, narrow=True) for month in months))
    rows: list[Row] = [
        (*_start(one), *(" ".join(word for word in words if word in found[one.id].get(month, ())) for month in months))
        for one in here
    ]
    return Table(_("Where each animal was met, by month"), columns, rows, "timeline")


def _charts(curves: Mapping[str, Sequence[Step]], here: Sequence[Whole], timeline: _Timeline) -> tuple[Chart, ...]:
    charts = []
    if curves:
        drawn = tuple(
            Curve(country or _("Together"), ((0.0, 0.0), *((step.nights, float(step.animals)) for step in steps)))
            for country, steps in curves.items()
        )
        charts.append(
            Chart(
                _("Discovery of animals"),
                curves=drawn,
                axes=(_("Trap nights"), _("Animals")),
                remark=_("Where a curve is still rising, animals are there that nobody has met yet."),
            )
        )
    months, words, found = timeline
    if months:
        keys = tuple(_("Side or animal not certain") if word == UNSURE else word for word in words)
        rows = tuple(
            Lane(
                one.codes,
                tuple(
                    (at, key)
                    for at, month in enumerate(months)
                    for key, word in enumerate(words)
                    if word in found[one.id].get(month, ())
                ),
            )
            for one in here
        )
        charts.append(Chart(_("Where each animal was met, by month"), lanes=Lanes(tuple(months), keys, rows)))
    return tuple(charts)
