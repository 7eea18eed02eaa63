"""What the page of criteria shows: sites with surveys, and one site's figures under an edition of the levels."""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions import site_criteria
from ranger_app.actions.population_import import Edition, editions
from ranger_app.actions.records import title
from ranger_app.actions.site_criteria import ANY, Result, SiteFigures
from ranger_app.domain import criteria
from ranger_app.domain.criteria import SeasonValue
from ranger_app.domain.seasons import ORDER
from ranger_app.library import Library

STRONGEST = ""
"""In place of a kind of season: of each criterion the season that says most for it."""


@dataclass(frozen=True, slots=True)
class Look:
    """One site and what may be chosen beside it."""

    sites: tuple[tuple[bytes, str], ...]
    editions: tuple[Edition, ...]
    figures: SiteFigures | None


def sites(library: Library) -> tuple[tuple[bytes, str], ...]:
    """Sites with surveys, and those they are parts of, by name."""
    with library.read() as db:
        names = [(one, title(db, "location", one)) for one in site_criteria.sites(db)]
    return tuple(sorted(names, key=lambda one: one[1].casefold()))


def look(library: Library, site: bytes | None, edition: str) -> Look:
    """Figures of ``site``, of the first one where that is None or gone; ``edition`` empty for the one in use."""
    names = sites(library)
    known = [one for one, _name in names]
    with library.read() as db:
        wanted = site if site in known else known[0] if known else None
        found = site_criteria.figures(db, [wanted], edition=edition)[0] if wanted is not None else None
    return Look(names, tuple(editions(library)), found)


def results(figures: SiteFigures, kind: str) -> list[Result]:
    """Verdicts of one kind of season, or of each criterion the strongest; met ones first within a criterion."""
    wanted = figures.results if kind == STRONGEST else [one for one in figures.results if one.kind == kind]
    order = (criteria.MET, criteria.PROVISIONAL, criteria.INSUFFICIENT, criteria.NOT_MET)
    return sorted(
        site_criteria.best(wanted),
        key=lambda one: (_place(one), order.index(one.verdict.state), -(one.verdict.largest or 0)),
    )


def kinds(figures: SiteFigures) -> list[str]:
    """The kinds of season with counts, and the whole year."""
    here = {one.kind for one in figures.results}
    return [kind for kind in (*ORDER, ANY) if kind in here]


def series(figures: SiteFigures, result: Result) -> list[SeasonValue]:
    """The seasons a verdict rests on, those without a count among them."""
    return figures.series(result.kind, result.taxon or None, result.stated)


def _place(one: Result) -> int:
    # All birds first, then what a threshold decides; what a person has to judge stands last.
    ranks = (
        site_criteria.RAMSAR_5,
        site_criteria.FLYWAY_5000,
        site_criteria.RAMSAR_6,
        site_criteria.FLYWAY_025,
        site_criteria.FLYWAY_1,
        site_criteria.RAMSAR_2,
        site_criteria.RAMSAR_4,
    )
    return ranks.index(one.criterion)
