"""Counts and visits that partners keep back: how many there are, so that no total or zero passes for the whole.

Of a record that is kept back only its kind and its station are told, not its site, date or species.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ranger_app.i18n import _, ngettext
from ranger_app.store.connection import Database

_SQL = """
SELECT b.origin, s.name, count(DISTINCT r.id) FROM "{kind}" AS r
JOIN withheld AS w ON w.id = r.id AND w.kind = '{kind}'
JOIN batch AS b ON b.key = w.batch LEFT JOIN station AS s ON s.id = b.origin
WHERE r.deleted = 0 AND r."{of}" IS NULL AND (?1 IS NULL OR b.origin = ?1) GROUP BY b.origin ORDER BY b.origin
"""


@dataclass(slots=True)
class Withheld:
    """What one station keeps back from this one, in records."""

    station: bytes
    name: str
    counts: int = 0
    visits: int = 0


def by_station(db: Database, only: bytes | None = None) -> dict[bytes, Withheld]:
    """By station (all, or ``only`` one) the counts and visits that are here without what they say."""
    found: dict[bytes, Withheld] = {}
    for kind, of in (("count", "survey"), ("survey", "site")):
        for station, name, number in db.conn.execute(_SQL.format(kind=kind, of=of), (only,)):
            one = found.setdefault(station, Withheld(station, name or station.hex()[:8]))
            if kind == "count":
                one.counts = number
            else:
                one.visits = number
    return found


def visits_in_part(db: Database) -> frozenset[bytes]:
    """The visits that may lack counts: all of a station that keeps some back, save those that saw no birds."""
    stations = [one.station for one in by_station(db).values() if one.counts]
    rows = db.conn.execute(
        "SELECT s.id FROM survey AS s JOIN batch AS b ON b.key = s.batch WHERE s.no_birds IS NOT 1"
        f" AND b.origin IN ({','.join('?' * len(stations))})",
        stations,
    )
    return frozenset(row[0] for row in rows)


def told(found: Iterable[Withheld]) -> list[str]:
    """One sentence for each station, for what stands beside figures that lack its records."""
    return [
        _("Withheld by {station} and not in these figures: {what}. Of which visits is not told.").format(
            station=one.name, what=how_many(one)
        )
        for one in found
    ]


def in_all(found: Iterable[Iterable[Withheld]]) -> int:
    """Counts kept back from any of several sites, those of one station once."""
    return sum({one.station: one.counts for of_site in found for one in of_site}.values())


def how_many(one: Withheld) -> str:
    """The records that a station keeps back, as "3 counts, 1 visit"."""
    parts = []
    if one.counts:
        parts.append(ngettext("{n} count", "{n} counts", one.counts).format(n=one.counts))
    if one.visits:
        parts.append(ngettext("{n} visit", "{n} visits", one.visits).format(n=one.visits))
    return ", ".join(parts)
