"""Counts that several stations make on agreed dates: their names, and which sites have been counted and which not.

A coordinated count is its name: visits that carry the same one and lie within ten days belong together, whichever
station wrote them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ranger_app.actions.records import title
from ranger_app.domain import bird_groups
from ranger_app.domain.seasons import days_apart
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store.connection import Database

APART_DAYS = 10
"""The same name more than so many days later is another count, such as next year's."""


@dataclass(slots=True)
class Occasion:
    """One coordinated count: its name as first written, its first and last date, how many visits and sites."""

    name: str
    first: str
    last: str
    visits: int = 0
    sites: set[bytes] = field(default_factory=set)

    def apart(self, day: str) -> int:
        """Days between ``day`` and the nearer of its first and last date."""
        return min(days_apart(self.first, day), days_apart(self.last, day))


@dataclass(frozen=True, slots=True)
class Place:
    """A site that belongs to a coordinated count. ``visits`` is empty where it is missing; ``birds`` counts waterbirds.

    ``known_by`` says why it is expected: "counted", "before" (in an earlier count of that name) or "neighbour" (part of
    the same site across the border).
    """

    site: bytes
    name: str
    country: str
    station: str
    own: bool
    known_by: str
    dates: tuple[str, ...]
    birds: int | None

    @property
    def counted(self) -> bool:
        """Whether a visit of this count is here."""
        return bool(self.dates)


def occasions(db: Database) -> list[Occasion]:
    """All coordinated counts known here, those of partners too, the newest first."""
    found: dict[str, list[Occasion]] = {}
    for name, day, site in db.conn.execute(
        "SELECT trim(coordinated), date, site FROM survey WHERE deleted = 0 AND date IS NOT NULL"
        " AND trim(coalesce(coordinated, '')) != '' ORDER BY date, key"
    ):
        of_name = found.setdefault(name.casefold(), [])
        if not of_name or days_apart(of_name[-1].first, day) > APART_DAYS:
            of_name.append(Occasion(name, day, day))
        one = of_name[-1]
        one.last = max(one.last, day)
        one.visits += 1
        if site is not None:
            one.sites.add(site)
    return sorted((one for of_name in found.values() for one in of_name), key=lambda one: one.first, reverse=True)


def near(db: Database, date: str) -> list[Occasion]:
    """Coordinated counts within ten days of ``date``, the nearest first: what a visit of that day may belong to."""
    within = [(one.apart(date), one) for one in occasions(db)]
    return [one for apart, one in sorted(within, key=lambda pair: pair[0]) if apart <= APART_DAYS]


def places(library: Library, name: str, date: str = "") -> tuple[Occasion | None, list[Place]]:
    """Which sites of the coordinated count ``name`` have been counted and which are missing; the newest count of that
    name, or the one ``date`` belongs to. (None, []) where no visit carries the name.

    Expected are the sites that were counted, those of earlier counts of the same name, and the parts of a site across
    the border of which another part was counted.
    """
    with library.read() as db:
        of_name = [one for one in occasions(db) if one.name.casefold() == name.strip().casefold()]
        if date:
            of_name = [one for one in of_name if one.apart(date) <= APART_DAYS]
        if not of_name:
            return None, []
        occasion = of_name[0]
        why = dict.fromkeys(_neighbours(db, occasion.sites), "neighbour")
        for other in occasions(db):
            if other.name.casefold() == occasion.name.casefold() and other.first < occasion.first:
                why |= dict.fromkeys(other.sites, "before")
        why |= dict.fromkeys(occasion.sites, "counted")
        return occasion, sorted(
            (_place(library, db, occasion, site, reason) for site, reason in why.items()),
            key=lambda one: (one.counted, one.country, one.name.casefold()),
        )


def _neighbours(db: Database, sites: Iterable[bytes]) -> list[bytes]:
    found = []
    for site in sites:
        found += [
            row[0]
            for row in db.conn.execute(
                "SELECT b.id FROM location AS a JOIN location AS b ON b.part_of = a.part_of"
                " WHERE a.id = ? AND b.deleted = 0 AND b.type = 'site'",
                (site,),
            )
        ]
    return found


def _place(library: Library, db: Database, occasion: Occasion, site: bytes, reason: str) -> Place:
    row = db.conn.execute("SELECT country FROM location WHERE id=?", (site,)).fetchone()
    origin = origins.of(db, "location", site, library.station)
    visits = db.conn.execute(
        "SELECT id, date, no_birds FROM survey WHERE deleted=0 AND site=? AND date BETWEEN ? AND ? ORDER BY date, key",
        (site, occasion.first, occasion.last),
    ).fetchall()
    named = {
        row[0]
        for row in db.conn.execute(
            "SELECT id, coordinated FROM survey WHERE deleted=0 AND site=? AND coordinated IS NOT NULL", (site,)
        )
        if row[1].strip().casefold() == occasion.name.casefold()
    }
    mine = [one for one in visits if one[0] in named]
    return Place(
        site,
        title(db, "location", site),
        (row[0] if row else None) or "",
        origin.name if origin is not None else "",
        origin is None or origin.own,
        reason,
        tuple(dict.fromkeys(one[1] for one in mine)),
        _birds(db, [one[0] for one in mine]) if mine else None,
    )


def _birds(db: Database, visits: list[bytes]) -> int:
    marks = ",".join("?" * len(visits))
    counted = db.conn.execute(
        f'SELECT taxon, sum("count") FROM "count" WHERE deleted=0 AND survey IN ({marks}) GROUP BY taxon', visits
    )
    return sum(birds or 0 for taxon, birds in counted if bird_groups.is_waterbird(taxon))
