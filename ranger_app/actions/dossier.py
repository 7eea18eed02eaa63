"""The dossier of a wetland: the figures an information sheet of Ramsar or of the flyway partnership asks for.

Each figure stands with its years, its edition and the counts it rests on, and names and places leave as the sharing
rule lets them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ranger_app.actions import populations, site_criteria
from ranger_app.actions.analysis import Question
from ranger_app.actions.records import title
from ranger_app.actions.sharing_view import View
from ranger_app.actions.site_criteria import (
    ANY,
    FLYWAY_025,
    FLYWAY_1,
    RAMSAR_2,
    RAMSAR_4,
    RAMSAR_5,
    RAMSAR_6,
    Result,
    SiteFigures,
)
from ranger_app.actions.withheld_counts import Withheld
from ranger_app.domain import criteria, sharing, taxa
from ranger_app.domain.dossier import Dossier, SeasonCell, Sheet, word
from ranger_app.domain.dossier import wetland as wetland_words
from ranger_app.domain.findings import Cell, Column, Table
from ranger_app.domain.seasons import Season
from ranger_app.domain.station import Station
from ranger_app.i18n import language
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store.connection import Database

_SPECIES_CRITERIA = (RAMSAR_2, RAMSAR_4, RAMSAR_6, FLYWAY_1, FLYWAY_025)
_BY_NAME = (RAMSAR_2, RAMSAR_4, FLYWAY_1)
_SHOWN = (criteria.MET, criteria.PROVISIONAL)
_RULES = ("rule_regular", "rule_season", "rule_missing", "rule_withheld", "rule_levels", "rule_judgement")
_NOTEWORTHY = 6
_LETTERS = "ABFT"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sharing rule lets a dossier say of one location."""

    name: str
    exact: bool
    digits: int | None


def report(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Dossier]:
    """Dossiers of all sites with surveys, or of those in ``question.stations``, in the language in use.

    Names, coordinates and observers leave exactly only where ``question.exact`` asks for it; otherwise sites are S1,
    S2 …, coordinates are as coarse as the rule ``open`` makes them and observers are a number.
    """
    with library.read() as db:
        wanted = [one for one in site_criteria.sites(db) if question.stations is None or one in question.stations]
        view = None if question.exact or question.at_home else View(db, sharing.OPEN, library.now_ms())
        found = []
        for number, site in enumerate(wanted, 1):
            yield Progress(number - 1, len(wanted), word("site"))
            if cancel is not None and cancel.cancelled:
                break
            one = _within(db, site, question)
            if one.visits:
                found.append((_sheet(db, one, _told(db, view, site, f"S{number}"), library.station), one))
    sheets = tuple(sheet for sheet, _one in found)
    return Dossier(
        "dossier",
        word("title"),
        word("lead") if sheets else word("no_visit"),
        (),
        tuple(word(rule) for rule in _RULES),
        (),
        (),
        (
            _joined([(sheet.name, sheet.criteria) for sheet in sheets], _criteria_columns(), word("criteria"), ""),
            _joined(
                [(sheet.name, sheet.species) for sheet in sheets], _species_columns(), word("species_tables"), "species"
            ),
            Table(
                word("seasons"),
                _season_columns(),
                [row for sheet, one in found for row in _rows(sheet, one)],
                "seasons",
            ),
        ),
        {"sites": len(sheets)},
        sheets=sheets,
    )


def _within(db: Database, site: bytes, question: Question) -> SiteFigures:
    (one,) = site_criteria.figures(db, [site], question.start, question.end)
    return one


def _told(db: Database, view: View | None, site: bytes, code: str) -> _Told:
    if view is None:
        return _Told(title(db, "location", site), True, None)
    precision = view.place_for(site)
    if precision == "exact":
        return _Told(title(db, "location", site), True, None)
    return _Told(code, False, int(precision) if precision != "withheld" else 0)


def _sheet(db: Database, one: SiteFigures, told: _Told, home: Station) -> Sheet:
    results = site_criteria.best(one.results)
    claimed = [result for result in results if result.verdict.state in _SHOWN]
    years = tuple(range(min(s.year for s in one.totals), max(s.year for s in one.totals) + 1)) if one.totals else ()
    kinds = one.kinds
    return Sheet(
        told.name,
        _facts(db, one, told),
        _overall(one, results),
        Table(word("criteria"), _criteria_columns()[1:], _criteria_rows(results)),
        Table(word("species_tables"), _species_columns()[1:], _species_rows(claimed, results)),
        years,
        tuple((word(kind), tuple(_cell(one, Season(year, kind)) for year in years)) for kind in kinds),
        tuple(_lacking(results)),
        _provenance(db, one, told, claimed, home),
    )


def _facts(db: Database, one: SiteFigures, told: _Told) -> tuple[tuple[str, str], ...]:
    row = db.conn.execute(
        "SELECT site_code, country, latitude, longitude, area_ha, outline, wetland_type FROM location WHERE id=?",
        (one.site,),
    ).fetchone()
    code, country, latitude, longitude, area, outline, wetland = row or (None,) * 7
    hidden = told.digits == 0  # nothing that would lead to a place the rule withholds
    said = word("not_known")
    if hidden:
        said = word("withheld")
    elif latitude is not None and longitude is not None:
        said = _degrees(latitude, longitude)
        if told.digits:
            north, east, metres = sharing.coarse(latitude, longitude, told.digits)
            said = f"{_degrees(north, east, told.digits)} ({word('made_coarse').format(m=figure(metres))})"
    parts = _national(db, one)
    told_parts = [title(db, "location", part) for part in parts] if told.exact else [str(len(parts))] if parts else []
    facts = [(word("site"), told.name)]
    if told.exact:
        facts.append((word("code"), code or word("none")))
    facts += [
        (word("country"), word("withheld") if hidden else _countries(db, one, country)),
        (word("coordinates"), said),
        (word("area"), _area(area, hidden=hidden)),
        (word("outline"), word("withheld") if not told.exact else word("outline_here") if outline else word("none")),
        (word("wetland"), word("withheld") if hidden else wetland_words(wetland or "") or word("not_known")),
        (word("flyway"), one.flyway or word("not_known")),
    ]
    if told_parts:
        facts.append((word("parts"), ", ".join(told_parts)))
    return tuple(facts)


def _area(hectares: int | None, *, hidden: bool) -> str:
    if hidden:
        return word("withheld")
    return word("ha").format(n=figure(hectares)) if hectares is not None else word("not_known")


def _degrees(latitude: int, longitude: int, digits: int = 5) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude) / 1e7:.{digits}f}° {north}, {abs(longitude) / 1e7:.{digits}f}° {east}"


def _national(db: Database, one: SiteFigures) -> list[bytes]:
    marks = ",".join("?" * len(one.parts))
    rows = db.conn.execute(
        f"SELECT id FROM location WHERE id IN ({marks}) AND id != ? AND type = 'site' ORDER BY key",
        [*one.parts, one.site],
    )
    return [row[0] for row in rows]


def _countries(db: Database, one: SiteFigures, own: str | None) -> str:
    if own:
        return own
    marks = ",".join("?" * len(one.parts))
    rows = db.conn.execute(
        f"SELECT DISTINCT country FROM location WHERE country IS NOT NULL AND id IN ({marks}) ORDER BY 1", one.parts
    )
    return ", ".join(row[0] for row in rows) or word("not_known")


def _overall(one: SiteFigures, results: Sequence[Result]) -> tuple[tuple[str, str], ...]:
    """What Ramsar's sheet asks for criterion 5: overall number, first and last year, source, noteworthy species."""
    verdict = next((result for result in results if result.criterion == RAMSAR_5), None)
    whole = [value for value in one.series(ANY) if value.birds is not None]
    most = max(whole, key=lambda value: value.birds or 0, default=None)
    adequate = [value.birds or 0 for value in whole if value.adequate]
    largest: dict[str, tuple[int, int]] = {}
    for taxon, of in one.species.items():
        best = max(of.values(), key=lambda value: value.birds or 0)
        if best.birds:
            largest[taxon] = (best.birds, best.season.year)
    noted = sorted(largest, key=lambda taxon: (-_threat(taxon), -largest[taxon][0]))[:_NOTEWORTHY]
    counts = len(whole)
    lines = [
        (word("overall_most"), f"{figure(most.birds)} ({most.season.year})" if most else word("not_known")),
        (
            word("overall_mean"),
            f"{figure(round(sum(adequate) / len(adequate)))} (n = {len(adequate)})" if adequate else word("not_known"),
        ),
        (word("period"), f"{whole[0].season.year} – {whole[-1].season.year}" if counts else word("not_known")),
        (word("source"), word("source_words").format(visits=figure(one.visits), counts=figure(one.counts))),
    ]
    if verdict is not None:
        lines.append((word("ramsar-5"), f"{word(verdict.verdict.state)}. {_season_span(verdict)}"))
    said = [f"{taxa.name(taxon, language())} ({figure(largest[taxon][0])}, {largest[taxon][1]})" for taxon in noted]
    lines.append((word("noteworthy"), "; ".join(said) or word("none")))
    return tuple(lines)


def _threat(taxon: str) -> int:
    known = taxa.find(taxon)
    return ("VU", "EN", "CR").index(known.iucn) + 1 if known is not None and known.iucn in ("VU", "EN", "CR") else 0


def _season_span(result: Result) -> str:
    verdict = result.verdict
    return f"{word(result.kind)}: {len(verdict.hits)} / {len(verdict.used)}; {word('missing')}: {len(verdict.missing)}"


def _criteria_rows(results: Sequence[Result]) -> list[tuple[Cell, ...]]:
    """What is claimed or was reached at least once, in the order of the treaties.

    Criteria that name species are one line each: the figures behind stand in the table of species. That birds rest or
    breed here (Ramsar 4) is told of species that count for something else too: it is true of nearly all others.
    """
    notable = {(one.taxon, one.stated) for one in results if one.criterion != RAMSAR_4 and one.verdict.state in _SHOWN}
    rows: list[tuple[Cell, ...]] = []
    for criterion in site_criteria.CRITERIA:
        here = [one for one in results if one.criterion == criterion and (one.verdict.hits or not one.taxon)]
        if criterion not in _BY_NAME:
            rows += [_criterion_row(one) for one in here]
            continue
        for state in _SHOWN:
            those = [one for one in here if one.verdict.state == state and (one.taxon, one.stated) in notable]
            names = sorted({taxa.name(one.taxon, language()) for one in those})
            if names:
                rows.append((word(criterion), f"{', '.join(names)} ({len(names)})", word(state), *[None] * 6))
    return rows


def _criterion_row(result: Result) -> tuple[Cell, ...]:
    verdict = result.verdict
    stated = f" ({result.stated})" if result.stated else ""
    rule = word("two_thirds") if verdict.rule == criteria.TWO_THIRDS else ""
    if verdict.rule == criteria.MEAN:
        rule = word("mean").format(n=figure(round(verdict.mean or 0)))
    return (
        word(result.criterion),
        (taxa.name(result.taxon, language()) if result.taxon else word("all_birds")) + stated,
        word(verdict.state) + (f" ({word('unclear')})" if result.unclear else ""),
        word(result.kind),
        verdict.largest,
        verdict.level,
        f"{len(verdict.hits)} / {len(verdict.used)}",
        len(verdict.missing),
        rule,
    )


def _species_rows(claimed: Sequence[Result], results: Sequence[Result]) -> list[tuple[Cell, ...]]:
    by_species: dict[tuple[str, str], list[Result]] = {}
    for one in claimed:
        if one.taxon and one.criterion in _SPECIES_CRITERIA:
            by_species.setdefault((one.taxon, one.stated), []).append(one)
    rows: list[tuple[Cell, ...]] = []
    for (taxon, stated), those in sorted(by_species.items()):
        of_taxon = [one for one in results if one.taxon == taxon and one.population is not None]
        measured = [one for one in of_taxon if one.stated == stated] or of_taxon
        if all(one.population is None for one in those) and all(one.criterion == RAMSAR_4 for one in those):
            continue  # a species of no threat and no level: its numbers are in the table of criteria
        population = measured[0].population if measured else None
        most = max(those, key=lambda one: one.verdict.largest or 0)
        known = taxa.find(taxon)
        rows.append(
            (
                taxon,
                taxa.name(taxon, language()),
                ", ".join(dict.fromkeys(_short(one.criterion) for one in those)),
                most.verdict.largest,
                _population(population) if population else "",
                _level(population) if population else "",
                population.share(most.verdict.largest or 0) if population else None,
                f"{known.iucn} ({known.iucn_date})" if known is not None and known.iucn else "",
                f"{len(most.verdict.hits)} / {len(most.verdict.used)}",
            )
        )
    return rows


def _short(criterion: str) -> str:
    scheme, _dash, number = criterion.partition("-")
    return f"R{number}" if scheme == "ramsar" else f"F {number} %"


def _population(one: populations.Population) -> str:
    size = " – ".join(dict.fromkeys(figure(end) for end in (one.low, one.high) if end)) or word("not_known")
    name = word("whole_species") if one.name == populations.ALL else one.name
    return f"{name}: {size}" + (f" ({one.size_years})" if one.size_years else "")


def _level(one: populations.Population) -> str:
    kind = word("computed") if one.computed else word("published")
    return f"{figure(one.one_percent)} ({kind}; {_edition(one, ', {}')})"


def _cell(one: SiteFigures, season: Season) -> SeasonCell:
    value = one.totals.get(season)
    return SeasonCell(None) if value is None else SeasonCell(value.birds, value.adequate)


def _lacking(results: Iterable[Result]) -> list[str]:
    """What would still meet the criteria on numbers that are not met yet, each by its strongest season."""
    said = []
    for one in results:
        needed = criteria.seasons_needed(one.verdict)
        if needed and one.criterion not in (RAMSAR_2, RAMSAR_4) and one.verdict.hits:
            name = taxa.name(one.taxon, language()) if one.taxon else word("all_birds")
            said.append(f"{word(one.criterion)}, {name}: {word(one.kind)} ≥ {figure(one.verdict.level)} × {needed}")
    return said or [word("nothing")]


def _provenance(
    db: Database, one: SiteFigures, told: _Told, claimed: Sequence[Result], home: Station
) -> tuple[tuple[str, str], ...]:
    marks = ",".join("?" * len(one.parts))
    rows = db.conn.execute(
        "SELECT s.observers, s.method, s.coverage, b.origin FROM survey AS s LEFT JOIN batch AS b ON b.key = s.batch"
        f" WHERE s.deleted = 0 AND s.date IS NOT NULL AND s.site IN ({marks})",
        one.parts,
    ).fetchall()
    observers: set[str] = set()
    methods: Counter[str] = Counter()
    cover: Counter[str] = Counter()
    origins: set[bytes] = set()
    for seen_by, method, coverage, origin in rows:
        observers.update(json.loads(seen_by) if seen_by else ())
        letters = [letter for letter in (method or "").upper() if letter in _LETTERS] if _coded(method) else []
        methods.update(letters or ["not_said"])
        cover[_band(coverage)] += 1
        origins.add(origin)
    people = figure(len(observers))
    if told.exact and observers:
        people += ": " + ", ".join(sorted(title(db, "person", bytes.fromhex(record)) for record in observers))
    stations = {home.id: f"{home.name} ({home.country})"}
    stations |= dict(db.conn.execute("SELECT id, name || ' (' || country || ')' FROM station").fetchall())
    editions: dict[str, set[str]] = {}
    for result in claimed:
        if result.population is not None:
            editions.setdefault(_edition(result.population), set()).add(result.population.reference)
    cited = [f"{name}: {'; '.join(sorted(of - {''}))}" if of - {""} else name for name, of in sorted(editions.items())]
    kept_back = [
        f"{kept.name}: " + ", ".join(f"{word(key)} {figure(n)}" for key, n in _kept(kept) if n) for kept in one.withheld
    ]
    return (
        (word("visits"), figure(one.visits)),
        (word("counts"), figure(one.counts)),
        (word("observers"), people if observers else word("not_said")),
        (word("methods"), "; ".join(f"{word(code)} ({figure(n)})" for code, n in sorted(methods.items()))),
        (word("coverage"), "; ".join(f"{band or word('not_said')} ({figure(n)})" for band, n in sorted(cover.items()))),
        (word("stations"), ", ".join(sorted(stations.get(origin, "?") for origin in origins))),
        (word("editions"), ". ".join(cited) or word("none")),
        *(((word("kept_back"), "; ".join(kept_back)),) if kept_back else ()),
    )


def _kept(kept: Withheld) -> tuple[tuple[str, int], ...]:
    return ("counts", kept.counts), ("visits", kept.visits)


def _edition(one: populations.Population, year: str = " ({})") -> str:
    if one.edition == populations.STARTER:
        return word("starter")
    return one.edition + ("" if not one.published or str(one.published) in one.edition else year.format(one.published))


def _coded(method: str | None) -> bool:
    return bool(method) and all(letter in _LETTERS for letter in (method or "").upper())


def _band(coverage: int | None) -> str:
    if coverage is None:
        return ""
    return "≥ 75 %" if coverage >= 75 else "50–74 %" if coverage >= 50 else "< 50 %"


def _criteria_columns() -> tuple[Column, ...]:
    return (
        Column("site", word("site")),
        Column("criterion", word("criterion")),
        Column("name", word("name")),
        Column("verdict", word("verdict")),
        Column("season", word("season")),
        Column("largest", word("most")),
        Column("level", word("level")),
        Column("reached", word("reached")),
        Column("missing", word("missing")),
        Column("rule", word("rule")),
    )


def _species_columns() -> tuple[Column, ...]:
    return (
        Column("site", word("site")),
        Column("species", word("scientific")),
        Column("name", word("name")),
        Column("criteria", word("criteria")),
        Column("largest", word("most")),
        Column("population", word("population")),
        Column("one_percent", word("one_percent")),
        Column("share", word("share"), 2),
        Column("iucn", word("iucn")),
        Column("reached", word("reached")),
    )


def _season_columns() -> tuple[Column, ...]:
    return (
        Column("site", word("site")),
        Column("season", word("season")),
        Column("year", word("year")),
        Column("birds", word("most")),
        Column("remark", word("coverage")),
    )


def _rows(sheet: Sheet, _one: SiteFigures) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name, cells in sheet.seasons:
        for year, cell in zip(sheet.years, cells, strict=True):
            remark = word("no_count") if cell.birds is None else "" if cell.adequate else word("poor")
            rows.append((sheet.name, name, year, cell.birds, remark))
    return rows


def _joined(tables: Sequence[tuple[str, Table]], columns: tuple[Column, ...], head: str, name: str) -> Table:
    return Table(head, columns, [(site, *row) for site, table in tables for row in table.rows], name)
