"""Questions about a number while it is being counted: asked beside it, never in the way of it.

A rare bird is why people count; what is asked is only whether the finger meant this species and this number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ranger_app.actions import populations, visit_defaults
from ranger_app.domain import bird_groups, taxa
from ranger_app.domain.seasons import season_of
from ranger_app.i18n import _
from ranger_app.store.connection import Database

TIMES = 10
"""So many times the most ever counted at the site is asked about."""
LEAST = 20
"""Fewer birds are never asked about for being many."""
VISITS = 3
"""So many earlier visits of a season make a species that none of them saw worth a question."""


@dataclass(slots=True)
class History:
    """What earlier visits to a site saw. ``most`` by species, over the whole site on one visit.

    ``in_season`` are the species seen in the season at hand, in ``visits`` of it; ``world`` all birds of a species
    there are, by the populations in use.
    """

    most: dict[str, int] = field(default_factory=dict)
    in_season: frozenset[str] = frozenset()
    visits: int = 0
    world: Mapping[str, int] = field(default_factory=dict)


def history(db: Database, survey: bytes, site: bytes | None, kind: str | None) -> History:
    """What was seen at ``site`` in other visits than ``survey``; ``kind`` is the season at hand."""
    world: dict[str, int] = {}
    for taxon, found in populations.by_taxon(db).items():
        ends = [one.high or one.low or 0 for one in found if one.name == populations.ALL]
        world[taxon] = max(ends) if ends else sum(one.high or one.low or 0 for one in found)
    if site is None:
        return History(world=world)
    limits = visit_defaults.limits(db, site)
    of_season = {
        row[0]
        for row in db.conn.execute(
            "SELECT id, date, season FROM survey WHERE site=? AND id<>? AND deleted=0 AND date IS NOT NULL",
            (site, survey),
        )
        if kind is not None and _kind(row[1], row[2], limits) == kind
    }
    most: dict[str, int] = {}
    seen: set[str] = set()
    for visit, taxon, birds in db.conn.execute(
        'SELECT c.survey, c.taxon, sum(c."count") FROM survey s JOIN "count" c ON c.survey = s.id'
        " WHERE s.site=? AND s.id<>? AND s.deleted=0 AND c.deleted=0 GROUP BY 1, 2",
        (site, survey),
    ):
        if birds:
            most[taxon] = max(most.get(taxon, 0), birds)
        if visit in of_season and birds:
            seen.add(taxon)
    return History(most, frozenset(seen), len(of_season), world)


def _kind(date: str, stated: str | None, limits: tuple[tuple[str, str, str], ...]) -> str | None:
    try:
        season = season_of(date, stated, limits)
    except ValueError:
        return None
    return season.kind if season is not None else None


def questions(known: History, taxon: str, birds: int) -> list[str]:
    """What to ask about ``birds`` of a species in the survey so far, in words; empty where nothing is unusual."""
    asked: list[str] = []
    most = known.most.get(taxon)
    if birds <= 0:
        return asked
    if most is not None and birds >= LEAST and birds >= TIMES * most:
        asked.append(_("Ten times the most ever counted here ({most}). Is it right?").format(most=most))
    if known.visits >= VISITS and taxon not in known.in_season and taxon not in bird_groups.UNIDENTIFIED:
        asked.append(_("Never seen here in this season. Is it this species?"))
    world = known.world.get(taxon, 0)
    if world and birds * 100 > world and birds >= 2:
        asked.append(_("More than 1 % of all there are (about {world}). Is it right?").format(world=world))
    if taxa.find(taxon) is None:
        asked.append(_("Not on the list of species; kept as written."))
    return asked
