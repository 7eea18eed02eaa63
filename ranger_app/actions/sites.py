"""Wetlands as people know them: sites made of national sites, their sectors, viewpoints, seasons and species.

A site of several countries is a site like others, made of those that name it as what they are part of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ranger_app.actions import kept_back, records, visit_defaults
from ranger_app.actions.records import existing
from ranger_app.domain import bird_groups, taxa
from ranger_app.domain.seasons import DEFAULT, ORDER, Limits, is_day, season_of
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store.connection import Database
from ranger_app.store.origins import Origin

SITE, SECTOR, VIEWPOINT = "site", "sector", "viewpoint"
PARTS = (SECTOR, VIEWPOINT)
_TREE = """
SELECT l.id, l.name, l.type, l.part_of, l.country, l.flyway, l.latitude, l.outline IS NOT NULL, l.route IS NOT NULL,
       l.overlaps IS NOT NULL, b.origin, coalesce(v.visits, 0), v.last
FROM location AS l LEFT JOIN batch AS b ON b.key = l.batch
LEFT JOIN (SELECT site, count(*) AS visits, max(date) AS last FROM survey WHERE deleted = 0 GROUP BY site) AS v
       ON v.site = l.id
WHERE l.deleted = 0 AND (l.type IN ('site', 'sector', 'viewpoint') OR v.visits IS NOT NULL) ORDER BY l.key
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree. ``depth`` is 0 for what is part of nothing; ``last`` the date of the newest visit.

    ``national`` counts the sites a site of several countries is made of, ``parts`` sectors and viewpoints.
    """

    id: bytes
    name: str
    type: str
    parent: bytes | None
    country: str
    flyway: str
    own: bool
    visits: int
    last: str
    has_place: bool
    has_outline: bool
    has_way: bool
    overlaps: bool
    depth: int = 0
    national: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class SiteSpecies:
    """How often a species was seen: in ``visits`` of the ``of`` visits that looked for its group.

    ``average`` is the mean number of those visits that saw it, a half rounded up; ``most`` the largest.
    """

    taxon: str
    name: str
    visits: int
    of: int
    average: int
    most: int
    last: str


@dataclass(frozen=True, slots=True)
class SeasonDays:
    """First and last day (MM-DD) of a season at a site, empty where the site has no such season."""

    kind: str
    first: str
    last: str
    visits: int


def tree(library: Library) -> list[Node]:
    """All sites with what is part of them, each below what it is part of, by name; nothing is left out of a circle."""
    with library.read() as db:
        found = [
            Node(
                row[0],
                row[1] or kept_back.name(db, "location", row[0], None) or row[0].hex()[:8],
                row[2] or "",
                row[3],
                row[4] or "",
                row[5] or "",
                row[10] == library.station.id,
                row[11],
                row[12] or "",
                row[6] is not None,
                bool(row[7]),
                bool(row[8]),
                bool(row[9]),
            )
            for row in db.conn.execute(_TREE)
        ]
    here = {one.id for one in found}
    below: dict[bytes | None, list[Node]] = {}
    for one in found:
        below.setdefault(one.parent if one.parent in here else None, []).append(one)
    for of_parent in below.values():
        of_parent.sort(key=lambda one: (one.type in PARTS, one.type, one.name.casefold()))
    done: set[bytes] = set()
    ordered = list(_down(below, None, 0, done))
    for one in found:  # two places that are part of one another stand at the top
        if one.id not in done:
            done.add(one.id)
            ordered += [replace(one, depth=0), *_down(below, one.id, 1, done)]
    return ordered


def _down(below: dict[bytes | None, list[Node]], parent: bytes | None, depth: int, done: set[bytes]) -> Iterator[Node]:
    for one in below.get(parent, ()):
        if one.id in done:
            continue
        done.add(one.id)
        of_one = below.get(one.id, [])
        national = sum(part.type not in PARTS for part in of_one)
        yield replace(one, depth=depth, national=national, parts=len(of_one) - national)
        yield from _down(below, one.id, depth + 1, done)


def origin(library: Library, site: bytes) -> Origin | None:
    """The station a place comes from."""
    with library.read() as db:
        return origins.of(db, "location", site, library.station)


def parts(db: Database, site: bytes) -> list[bytes]:
    """A site and all that is part of it, directly or through others."""
    rows = db.conn.execute(
        "WITH RECURSIVE down(id) AS (SELECT ?1 UNION SELECT l.id FROM location AS l JOIN down ON l.part_of = down.id"
        " WHERE l.deleted = 0) SELECT id FROM down",
        (site,),
    )
    return [row[0] for row in rows]


# -- species -----------------------------------------------------------------------------------------------------


def species(library: Library, site: bytes, kind: str | None = None) -> list[SiteSpecies]:
    """The species of a site (with all that is part of it) or of a sector, most often seen first.

    ``kind`` narrows to a season: the one a visit states, else the one its date lies in at this site. A visit counts
    towards ``of`` where it looked for the group of the species.
    """
    with library.read() as db:
        record = existing(db, "location", site)
        of_sector = record["type"] in PARTS
        ids = parts(db, site)
        marks = ",".join("?" * len(ids))
        season, limits = _season_sql(visit_defaults.limits(db, site))
        narrowed = f" AND {season} = ?" if kind is not None else ""
        more = [*limits, kind] if kind is not None else []
        place = f"c.sector IN ({marks})" if of_sector else f"s.site IN ({marks})"
        counted = db.conn.execute(
            "SELECT taxon, count(*), sum(birds), max(birds), max(date) FROM ("
            'SELECT c.taxon, s.date, sum(c."count") AS birds FROM survey AS s JOIN "count" AS c ON c.survey = s.id'
            f" WHERE {place} AND s.deleted = 0 AND c.deleted = 0{narrowed}"
            " AND (c.\"count\" > 0 OR c.method = 'present') GROUP BY c.survey, c.taxon) GROUP BY taxon",
            [*ids, *more],
        ).fetchall()
        whole = [record["part_of"]] if of_sector else ids
        looked_for = _looked_for(db, whole, narrowed, more)
    found = []
    for taxon, visits, birds, most, last in counted:
        group = bird_groups.group_of(taxon)
        of = sum(n for groups, n in looked_for if not group or group in groups)
        average = (2 * (birds or 0) + visits) // (2 * visits)
        found.append(
            SiteSpecies(taxon, taxa.name(taxon, language()), visits, max(of, visits), average, most or 0, last or "")
        )
    return sorted(found, key=lambda one: (-one.visits, -one.average, one.name.casefold()))


def _looked_for(
    db: Database, whole: Sequence[object], narrowed: str, more: Sequence[object]
) -> list[tuple[frozenset[str], int]]:
    marks = ",".join("?" * len(whole))
    rows = db.conn.execute(
        "SELECT s.kind, s.not_counted, s.complete, count(*) FROM survey AS s"
        f" WHERE s.site IN ({marks}) AND s.deleted = 0{narrowed} GROUP BY 1, 2, 3",
        [*whole, *more],
    )
    return [
        (bird_groups.counted({"kind": kind, "not_counted": left_out, "complete": complete}), n)
        for kind, left_out, complete, n in rows
    ]


def _season_sql(limits: Limits) -> tuple[str, list[str]]:
    """The season of a survey ``s`` as an expression with its parameters; as ``seasons.season_of`` does it."""
    day = "substr(s.date, 6, 5)"
    whens, given = [], []
    for kind, first, last in limits:
        last = "02-29" if last == "02-28" else last
        joined = "AND" if first <= last else "OR"
        whens.append(f"WHEN {day} >= ? {joined} {day} <= ? THEN ?")
        given += [first, last, kind]
    return f"coalesce(s.season, CASE {' '.join(whens)} END)", given


# -- seasons -----------------------------------------------------------------------------------------------------


def season_days(library: Library, site: bytes) -> tuple[list[SeasonDays], bool]:
    """Each season with its days at a site and its visits, in the order of the year; whether the site has days of its
    own, which else are those of the site it is part of or the usual ones."""
    with library.read() as db:
        record = existing(db, "location", site)
        limits = visit_defaults.limits(db, site)
        ids = parts(db, site)
        season, given = _season_sql(limits)
        rows = db.conn.execute(
            f"SELECT {season}, count(*) FROM survey AS s WHERE s.deleted = 0 AND s.date IS NOT NULL"
            f" AND s.site IN ({','.join('?' * len(ids))}) GROUP BY 1",
            [*given, *ids],
        )
        visits = {kind: number for kind, number in rows if kind}
    of_kind = {kind: (first, last) for kind, first, last in limits}
    days = [SeasonDays(kind, *of_kind.get(kind, ("", "")), visits.get(kind, 0)) for kind in ORDER]
    return days, bool(record["seasons"])


def set_seasons(library: Library, site: bytes, limits: Limits | None) -> None:
    """Give a site seasons of its own (season, first, last as MM-DD), or with None take them away.

    DataProblem SEASON_WRONG for a season nobody knows, a day that is none, or none at all.
    """
    if limits is None:
        records.edit(library, "location", site, {"seasons": None})
        return
    for kind, first, last in limits:
        if kind not in ORDER or not is_day(first) or not is_day(last):
            raise DataProblem(
                "SEASON_WRONG",
                _("{season} from {first} until {last} is no season.").format(season=kind, first=first, last=last),
                _("Write the days as month and day, such as 03-01."),
            )
    if not limits:
        raise DataProblem("SEASON_WRONG", _("No season is given."), _("Give one, or take the usual ones."))
    text = canonical([{"season": kind, "first": first, "last": last} for kind, first, last in limits])
    records.edit(library, "location", site, {"seasons": text})


def set_season(library: Library, site: bytes, kind: str, first: str, last: str) -> None:
    """Change the days of one season of a site; the others stay as they are there. Both empty: no such season."""
    with library.read() as db:
        existing(db, "location", site)
        kept = {one: (begin, end) for one, begin, end in visit_defaults.limits(db, site)}
    kept.pop(kind, None)
    if first or last:
        kept[kind] = (first, last)
    ordered = sorted(kept, key=lambda one: ORDER.index(one) if one in ORDER else len(ORDER))
    set_seasons(library, site, tuple((one, *kept[one]) for one in ordered))


def gaps(limits: Limits) -> bool:
    """Whether days of the year lie in no season."""
    months = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return any(
        season_of(f"2025-{month:02d}-{day:02d}", None, limits) is None
        for month, days in enumerate(months, start=1)
        for day in range(1, days + 1)
    )


USUAL = DEFAULT
"""The seasons of a site that has none of its own."""
