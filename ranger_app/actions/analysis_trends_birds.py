"""The report on trends of waterbirds: totals by season, species by year, coverage and gaps, partners on agreed dates.

Nothing is filled in: a season that nobody counted in is shown as missing and never as a zero or a line across it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ranger_app.actions import coordinated, site_criteria, withheld_counts
from ranger_app.actions.analysis import Question
from ranger_app.actions.analysis_criteria import kind_word, names_of, season_chart, season_word
from ranger_app.actions.coordinated import Occasion
from ranger_app.actions.site_criteria import ANY, THREATENED, SiteFigures
from ranger_app.domain import taxa
from ranger_app.domain.bird_groups import is_waterbird
from ranger_app.domain.criteria import Counted, SeasonValue, day_total
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Findings, Table
from ranger_app.domain.seasons import Season
from ranger_app.i18n import _, language, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store.connection import Database

_SPECIES_CHARTS = 4
_SITE_CHARTS = 12
_OCCASIONS = 40


def report(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Trends of all sites with surveys, or of those in ``question.stations``. Empty where nobody counted."""
    with library.read() as db:
        wanted = [one for one in site_criteria.sites(db) if question.stations is None or one in question.stations]
        names = names_of(db, library, wanted, question)
        found: list[tuple[str, SiteFigures]] = []
        figures = site_criteria.each(db, wanted, question.start, question.end)
        for number, site in enumerate(wanted):
            yield Progress(number, len(wanted), _("Sites"))
            if cancel is not None and cancel.cancelled:
                break
            one = next(figures)
            if one.totals:
                found.append((names[site], one))
        compared = _compared(db, question, names)
    gaps = sum(len(_missing(one, kind)) for _name, one in found for kind in one.kinds)
    summary = _("There is no waterbird survey with a date and a site. Enter counts under Waterbirds.")
    if found:
        summary = " · ".join(
            (
                ngettext("{n} site", "{n} sites", len(found)).format(n=len(found)),
                ngettext("{n} season is missing", "{n} seasons are missing", gaps).format(n=gaps),
            )
        )
    charts = [season_chart(name, one) for name, one in found[:_SITE_CHARTS]]
    for name, one in found[:_SITE_CHARTS]:
        charts += _species_charts(name, one)
    by_season = [row for name, one in found for row in _seasons(name, one)]
    cover = [row for name, one in found for row in _cover(name, one)]
    return Findings(
        "bird-trends",
        _("Trends of waterbirds"),
        summary,
        ((_("Sites"), ", ".join(name for name, _one in found)),),
        (
            _("The value of a season is the most birds on one date or one coordinated count, never a sum of visits."),
            _("The value of a species in a year is the most birds of it on one date of any season."),
            _("A season without a visit is missing, never zero; no value is put in its place."),
            _(
                "On a coordinated count the larger number counts where sites see the same water, and flocks with the"
                " same name count once. So all sites together can be fewer than their sum."
            ),
        ),
        (
            *(f"{name}: {said}" for name, one in found for said in withheld_counts.told(one.withheld)),
            *(_gaps(name, one, kind) for name, one in found for kind in one.kinds if _missing(one, kind)),
        ),
        tuple(charts),
        (
            Table(_("By season"), _season_columns(), by_season),
            _by_year(found),
            Table(_("Coverage and gaps"), _gap_columns(), cover, "coverage"),
            Table(_("Partners on coordinated dates"), _compared_columns(), compared, "coordinated"),
        ),
        {
            "sites": len(found),
            "missing_seasons": gaps,
            "coordinated": len({row[0] for row in compared}),
            "withheld_counts": withheld_counts.in_all(one.withheld for _name, one in found),
        },
    )


def _missing(one: SiteFigures, kind: str) -> list[Season]:
    return [value.season for value in one.series(kind) if value.birds is None]


def _gaps(name: str, one: SiteFigures, kind: str) -> str:
    seasons = ", ".join(season_word(season) for season in _missing(one, kind))
    return _("{site}: no visit in {seasons}.").format(site=name, seasons=seasons)


def _mean(covered: Iterable[int | None]) -> int | None:
    known = [percent for percent in covered if percent is not None]
    return round(sum(known) / len(known)) if known else None


def _season_columns() -> tuple[Column, ...]:
    return (
        Column("site", _("Site")),
        Column("season", _("Season")),
        Column("year", _("Year")),
        Column("birds", _("Most birds on one date")),
        Column("taxa", _("Species")),
        Column("visits", _("Visits")),
        Column("coverage", _("Covered, %")),
        Column("remark", _("Remark")),
    )


def _seasons(name: str, one: SiteFigures) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for kind in one.kinds:
        for value in one.series(kind):
            covered = one.covered.get(value.season, [])
            species = sum(bool(seen[value.season].birds) for seen in one.species.values() if value.season in seen)
            missing = value.birds is None
            rows.append(
                (
                    name,
                    kind_word(kind),
                    value.season.year,
                    value.birds,
                    None if missing else species,
                    len(covered),
                    _mean(covered),
                    _remark(value, len(covered), withheld=any(kept.counts for kept in one.withheld)),
                )
            )
    return rows


def _remark(value: SeasonValue, visits: int, *, withheld: bool) -> str:
    if value.birds is None:
        return _("not known") if visits else _("no visit")  # a visit without entries is no zero
    if value.adequate:
        return ""
    return _("says little: part was not counted or is withheld") if withheld else _("says little: part was not counted")


def _by_year(found: Sequence[tuple[str, SiteFigures]]) -> Table:
    years = sorted({season.year for _name, one in found for season in one.totals})
    span = list(range(years[0], years[-1] + 1)) if years else []
    columns = (
        Column("site", _("Site")),
        Column("taxon", _("Scientific name")),
        Column("name", _("Species")),
        *(Column(str(year), str(year), narrow=True) for year in span),
    )
    rows: list[tuple[Cell, ...]] = []
    for name, one in found:
        for taxon in _ordered(one):
            of = {value.season.year: _known(value) for value in one.series(ANY, taxon)}
            told = taxa.name(taxon, language())
            rows.append((name, taxon, told, *(of.get(year) for year in span)))
    return Table(_("Species by year"), columns, rows, "species")


def _known(value: SeasonValue) -> int | None:
    """No birds in a year in which nobody looked well enough is not known, and no zero."""
    return value.birds if value.birds or value.adequate else None


def _ordered(one: SiteFigures) -> list[str]:
    """Threatened species first, then by their largest number."""

    def rank(taxon: str) -> tuple[bool, int]:
        known = taxa.find(taxon)
        most = max((value.birds or 0 for value in one.species[taxon].values()), default=0)
        return not (known is not None and known.iucn in THREATENED), -most

    return sorted(one.species, key=rank)


def _species_charts(name: str, one: SiteFigures) -> list[Chart]:
    charts = []
    for taxon in _ordered(one)[:_SPECIES_CHARTS]:
        bars = tuple(
            Bar(
                str(value.season.year),
                None if _known(value) is None else float(value.birds or 0),
                _("no visit") if value.birds is None else _("not known") if _known(value) is None else "",
                not value.adequate,
            )
            for value in one.series(ANY, taxon)
        )
        title = _("{site}: {species} by year").format(site=name, species=taxa.name(taxon, language()))
        charts.append(Chart(title, bars))
    return charts


def _gap_columns() -> tuple[Column, ...]:
    return (
        Column("site", _("Site")),
        Column("season", _("Season")),
        Column("first", _("From")),
        Column("last", _("To")),
        Column("counted", _("Seasons with data")),
        Column("missing", _("Seasons missing")),
        Column("years", _("Years missing")),
        Column("visits", _("Visits")),
        Column("coverage", _("Covered, %")),
    )


def _cover(name: str, one: SiteFigures) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for kind in one.kinds:
        series = one.series(kind)
        missing = _missing(one, kind)
        covered = [percent for season, of in one.covered.items() if season.kind == kind for percent in of]
        rows.append(
            (
                name,
                kind_word(kind),
                str(series[0].season.year),
                str(series[-1].season.year),
                len(series) - len(missing),
                len(missing),
                ", ".join(str(season.year) for season in missing),
                len(covered),
                _mean(covered),
            )
        )
    return rows


def _compared_columns() -> tuple[Column, ...]:
    return (
        Column("count", _("Coordinated count")),
        Column("first", _("From")),
        Column("last", _("To")),
        Column("site", _("Site")),
        Column("birds", _("Waterbirds")),
        Column("taxa", _("Species")),
        Column("share", _("Share, %"), 1),
    )


def _compared(db: Database, question: Question, names: dict[bytes, str]) -> list[tuple[Cell, ...]]:
    """For each coordinated count its sites and all of them together, nothing counted twice; the newest first."""
    water = site_criteria.same_water(db)
    rows: list[tuple[Cell, ...]] = []
    wanted = [one for one in coordinated.occasions(db) if one.sites & names.keys()]
    if question.start is not None:
        wanted = [one for one in wanted if one.last >= question.start.isoformat()]
    if question.end is not None:
        wanted = [one for one in wanted if one.first <= question.end.isoformat()]
    for number, one in enumerate(wanted[:_OCCASIONS]):
        code = len(wanted) - number
        called = one.name if question.exact or question.at_home else f"C{code}"
        counts = _counts(db, one, names)
        together = _birds(day_total([count for of in counts.values() for count in of], water))
        for site in sorted(counts, key=lambda site: names[site]):
            total = day_total(counts[site], water)
            birds = _birds(total)
            share = 100 * birds / together if together else None
            rows.append((called, one.first, one.last, names[site], birds, _species(total), share))
        if len(counts) > 1:
            total = day_total([count for of in counts.values() for count in of], water)
            rows.append((called, one.first, one.last, _("All together"), together, _species(total), None))
    return rows


def _counts(db: Database, one: Occasion, names: dict[bytes, str]) -> dict[bytes, list[Counted]]:
    found: dict[bytes, list[Counted]] = {site: [] for site in one.sites if site in names}
    marks = ",".join("?" * len(found))
    for site, visit, name, kind, sector, taxon, birds, flock, roost in db.conn.execute(
        'SELECT s.site, s.id, s.coordinated, s.kind, c.sector, c.taxon, c."count", c.flock, c.roost FROM survey AS s'
        ' LEFT JOIN "count" AS c ON c.survey = s.id AND c.deleted = 0'
        f" WHERE s.deleted = 0 AND s.date BETWEEN ? AND ? AND s.site IN ({marks}) AND s.coordinated IS NOT NULL",
        [one.first, one.last, *found],
    ):
        day = kind != "roost" and not roost
        if name.strip().casefold() == one.name.casefold() and taxon is not None and birds is not None and day:
            found[site].append(Counted(site, sector, taxon, birds, flock or "", visit))
    return found


def _birds(total: dict[str, int]) -> int:
    return sum(birds for taxon, birds in total.items() if is_waterbird(taxon))


def _species(total: dict[str, int]) -> int:
    return sum(birds > 0 for taxon, birds in total.items() if is_waterbird(taxon))
