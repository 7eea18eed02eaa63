"""The report on criteria: what each site meets, by which rule and edition, in which seasons, and what is lacking."""

from __future__ import annotations

from ranger_app.actions import populations, site_criteria, withheld_counts
from ranger_app.actions.analysis import Question
from ranger_app.actions.records import title
from ranger_app.actions.sharing_view import View
from ranger_app.actions.site_criteria import ANY, Result, SiteFigures
from ranger_app.domain import criteria, sharing, taxa
from ranger_app.domain.criteria import SeasonValue
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Findings, Table
from ranger_app.domain.seasons import Season
from ranger_app.i18n import N_, _, language, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store.connection import Database

_CRITERIA = {
    "ramsar-2": N_("Ramsar 2: threatened species"),
    "ramsar-4": N_("Ramsar 4: critical stage of life"),
    "ramsar-5": N_("Ramsar 5: 20,000 waterbirds"),
    "ramsar-6": N_("Ramsar 6: 1 % of a population"),
    "eaafp-1": N_("Flyway: 1 % of a population"),
    "eaafp-0.25": N_("Flyway: 0.25 % on migration"),
    "eaafp-5000": N_("Flyway: 5,000 waterbirds on migration"),
}
_SHORT = {
    "ramsar-2": N_("Ramsar 2"),
    "ramsar-4": N_("Ramsar 4"),
    "ramsar-5": N_("Ramsar 5"),
    "ramsar-6": N_("Ramsar 6"),
    "eaafp-1": N_("Flyway 1 %"),
    "eaafp-0.25": N_("Flyway 0.25 %"),
    "eaafp-5000": N_("Flyway 5,000"),
}
_STATES = {
    criteria.MET: N_("Met"),
    criteria.PROVISIONAL: N_("Provisional"),
    criteria.NOT_MET: N_("Not met"),
    criteria.INSUFFICIENT: N_("Too few seasons"),
}
_SEASONS = {
    "wintering": N_("Wintering"),
    "spring": N_("Spring staging"),
    "breeding": N_("Breeding"),
    "moult": N_("Moult"),
    "autumn": N_("Autumn staging"),
    ANY: N_("Whole year"),
}
_BY_RULE = {criteria.TWO_THIRDS: N_("two thirds of seasons"), criteria.MEAN: N_("mean of maxima")}


def criterion_word(code: str) -> str:
    """The article and its figure, in words."""
    return _(_CRITERIA[code])


def short_word(code: str) -> str:
    """The article alone, for lists."""
    return _(_SHORT[code])


def state_word(code: str) -> str:
    """A verdict in a word or two."""
    return _(_STATES[code])


def kind_word(kind: str) -> str:
    """A kind of season, such as Spring staging."""
    return _(_SEASONS[kind])


def rule_word(code: str) -> str:
    """By which of the two ways a level is reached regularly; nothing where by none."""
    return _(_BY_RULE[code]) if code else ""


def lacking_words(result: Result) -> str:
    """What a verdict still lacks, in a sentence or two."""
    verdict = result.verdict
    needed = criteria.seasons_needed(verdict)
    if not needed:
        return _("Nothing is lacking.")
    if result.kind == ANY:
        said = ngettext(
            "{n} more year with {level} birds on one date is needed.",
            "{n} more years with {level} birds on one date are needed.",
            needed,
        )
    else:
        said = ngettext(
            "{n} more count at {level} birds is needed: {season}.",
            "{n} more counts at {level} birds are needed, each in another year: {season}.",
            needed,
        )
    words = said.format(n=needed, level=figure(verdict.level), season=kind_word(result.kind))
    short = verdict.level - (verdict.largest or 0)
    if short > 0:
        lacks = ngettext("The best season was {n} bird short.", "The best season was {n} birds short.", short)
        words += " " + lacks.format(n=figure(short))
    return words


def level_words(result: Result) -> str:
    """Where the level comes from: the edition and its year, published or computed, or the criterion itself."""
    one = result.population
    if one is None:
        return _("The level is that of the criterion itself.")
    name = populations.titled(one.edition, one.published)
    if one.computed:
        return _("Level computed from the estimate in: {edition}.").format(edition=name)
    return _("Level as published in: {edition}.").format(edition=name)


def season_word(season: Season) -> str:
    """A season as people say it: Autumn staging 2025, Wintering 2024/25."""
    if season.kind == "wintering":
        return f"{_(_SEASONS[season.kind])} {season.year - 1}/{season.year % 100:02d}"
    return f"{_(_SEASONS[season.kind])} {season.year}"


def report(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Criteria of all sites with surveys, or of those in ``question.stations``. Empty where nobody counted."""
    with library.read() as db:
        wanted = [one for one in site_criteria.sites(db) if question.stations is None or one in question.stations]
        found: list[tuple[str, SiteFigures]] = []
        names = names_of(db, library, wanted, question)
        figures = site_criteria.each(db, wanted, question.start, question.end)
        for number, site in enumerate(wanted):
            yield Progress(number, len(wanted), _("Sites"))
            if cancel is not None and cancel.cancelled:
                break
            one = next(figures)
            if one.visits:
                found.append((names[site], one))
    results = [(name, one, result) for name, one in found for result in site_criteria.best(one.results)]
    met = sum(result.verdict.state == criteria.MET for _name, _one, result in results)
    visits = sum(one.visits for _name, one in found)
    summary = _("There is no waterbird survey with a date and a site. Enter counts under Waterbirds.")
    if found:
        summary = " · ".join(
            (
                ngettext("{n} criterion is met", "{n} criteria are met", met).format(n=met),
                ngettext("{n} site", "{n} sites", len(found)).format(n=len(found)),
            )
        )
    return Findings(
        "criteria",
        _("Criteria for wetlands"),
        summary,
        ((_("Sites"), ", ".join(name for name, _one in found)), (_("Visits"), str(visits))),
        rules(),
        tuple(_lacking(found)),
        tuple(season_chart(name, one) for name, one in found),
        (
            Table(_("Criteria"), _COLUMNS(), [_row(name, result) for name, _one, result in results]),
            Table(_("By season"), _SEASON_COLUMNS(), _season_rows(found), "seasons"),
        ),
        {
            "sites": len(found),
            "met": met,
            "visits": visits,
            "withheld_counts": withheld_counts.in_all(one.withheld for _name, one in found),
        },
    )


def rules() -> tuple[str, ...]:
    """How everything is judged, each with its source."""
    return (
        _(
            "Regularly (Ramsar, Resolution XI.8 Annex 2): the level was reached in two thirds of the seasons with"
            " adequate data, at least three; or the mean of the maxima of at least five seasons reaches it. The mean of"
            " three or four seasons is provisional."
        ),
        _("The value of a season is the most birds on one date or one coordinated count, never a sum of visits."),
        _(
            "A season without a visit is missing, never zero. A low number is as good as missing at under half"
            " coverage, where the group was not counted, and where part of the site was not visited. What is met only"
            " by such visits that happened to be high is provisional."
        ),
        _(
            "Nothing counts twice on one occasion: of two visits to one area, of sectors that see the same water and of"
            " flocks with the same name the larger number counts, and roosts are never added to the day."
        ),
        _(
            "1 % is as published; where no edition is loaded it is computed from the estimate in the starter table:"
            " geometric mean of its ends, rounded as in the Waterbird Population Estimates, halves up."
        ),
        _(
            "On visits of a station that keeps counts back, species it does not tell of are not known, never zero,"
            " and a low total says nothing."
        ),
        _("Where several populations may be meant, the largest level decides."),
        _("Ramsar 2 and 4 need a person's judgement: here stand the numbers for it."),
    )


def names_of(db: Database, library: Library, sites: list[bytes], question: Question) -> dict[bytes, str]:
    """What sites are called in a report: by name where the question or the rule allows it, else S1, S2 …"""
    if question.exact or question.at_home:
        return {site: title(db, "location", site) for site in sites}
    view = View(db, sharing.OPEN, library.now_ms())
    told = view.precision("location", sites)
    return {
        site: title(db, "location", site) if told[site] == "exact" else f"S{number}"
        for number, site in enumerate(sites, 1)
    }


def _lacking(found: list[tuple[str, SiteFigures]]) -> list[str]:
    words = []
    for name, one in found:
        missing = {season for result in one.results for season in result.verdict.missing if season.kind != ANY}
        words += [f"{name}: {said}" for said in withheld_counts.told(one.withheld)]
        if missing:
            seasons = ", ".join(season_word(season) for season in sorted(missing))
            words.append(_("{site}: no adequate visit in {seasons}.").format(site=name, seasons=seasons))
        unclear = sorted({result.taxon for result in one.results if result.unclear})
        if unclear:
            species = ", ".join(taxa.name(taxon, language()) for taxon in unclear)
            words.append(
                _("{site}: say the flyway of the site, the verdict on {species} depends on it.").format(
                    site=name, species=species
                )
            )
    return words


def season_chart(name: str, one: SiteFigures) -> Chart:
    """The most birds of each season of a site, with seasons nobody counted in as bars that say so."""
    bars = []
    for kind in one.kinds:
        for value in one.series(kind):
            bars.append(
                Bar(
                    season_word(value.season),
                    None if value.birds is None else float(value.birds),
                    _("no visit") if value.birds is None else "",
                    not value.adequate,
                )
            )
    return Chart(_("{site}: most birds on one date").format(site=name), tuple(bars))


def _COLUMNS() -> tuple[Column, ...]:  # noqa: N802 - a table's head, made in the language in use
    return (
        Column("site", _("Site")),
        Column("criterion", _("Criterion")),
        Column("article", _("In words")),
        Column("taxon", _("Scientific name")),
        Column("species", _("Species")),
        Column("verdict", _("Verdict")),
        Column("season", _("Season")),
        Column("largest", _("Most birds")),
        Column("level", _("Level")),
        Column("share", _("Share of the population, %"), 2),
        Column("hits", _("Seasons reached")),
        Column("used", _("Seasons with data")),
        Column("missing", _("Seasons missing")),
        Column("mean", _("Mean of maxima"), 1),
        Column("rule", _("Regular by")),
        Column("population", _("Population")),
        Column("edition", _("Edition")),
        Column("unclear", _("Depends on the population")),
    )


def _row(name: str, result: Result) -> tuple[Cell, ...]:
    verdict, population = result.verdict, result.population
    return (
        name,
        result.criterion,
        criterion_word(result.criterion),
        result.taxon,
        taxa.name(result.taxon, language()) if result.taxon else _("all waterbirds"),
        state_word(verdict.state),
        _(_SEASONS[result.kind]),
        verdict.largest,
        verdict.level,
        result.share,
        len(verdict.hits),
        len(verdict.used),
        len(verdict.missing),
        verdict.mean,
        _(_BY_RULE[verdict.rule]) if verdict.rule else "",
        population.name if population else "",
        (populations.titled(population.edition) + (" *" if population.computed else "")) if population else "",
        _("yes") if result.unclear else "",
    )


def _SEASON_COLUMNS() -> tuple[Column, ...]:  # noqa: N802
    return (
        Column("site", _("Site")),
        Column("season", _("Season")),
        Column("year", _("Year")),
        Column("taxon", _("Scientific name")),
        Column("species", _("Species")),
        Column("birds", _("Most birds on one date")),
        Column("adequate", _("Half or more covered")),
    )


def _season_rows(found: list[tuple[str, SiteFigures]]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for name, one in found:
        kinds = one.kinds
        for kind in kinds:
            rows += [_season_row(name, value, "") for value in one.series(kind)]
        for taxon in sorted(one.species):
            for kind in kinds:
                rows += [_season_row(name, value, taxon) for value in one.series(kind, taxon) if value.birds]
    return rows


def _season_row(name: str, value: SeasonValue, taxon: str) -> tuple[Cell, ...]:
    return (
        name,
        _(_SEASONS[value.season.kind]),
        value.season.year,
        taxon,
        taxa.name(taxon, language()) if taxon else _("all waterbirds"),
        value.birds,
        _("yes") if value.adequate else _("no"),
    )
