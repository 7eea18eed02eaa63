"""The stations known here, which of them are partners, and the journal of bundles written and read.

Rows of this library alone: nothing here is exchanged but the cards, as they came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ranger_app.store.connection import Database

READ = "read"
WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class BundleLine:
    """A line of the journal. ``upto`` is the newest batch's local key of a written bundle, ``summary`` JSON."""

    direction: str
    station: bytes
    name: str
    counter: int
    at: int
    upto: int | None
    summary: str


@dataclass(frozen=True, slots=True)
class KnownStation:
    """A station whose card is here. ``clearance`` and the confirmation are a partner's; times in ms since 1970."""

    id: bytes
    card: str
    name: str
    country: str
    utc_offset: int
    signing: bytes
    sealing: bytes
    partner: bool
    trusted: bool
    clearance: str
    confirmed_by: bytes | None
    confirmed_at: int | None
    holds: bytes | None
    rule: str
    """The sharing rule as JSON; empty where the clearance's own holds."""
    partial: bytes | None


_SELECT = (
    "SELECT id, card, name, country, utc_offset, signing_key, sealing_key, partner, trusted, clearance,"
    " confirmed_by, confirmed_at, holds, rule, partial FROM station"
)


def _station(row: tuple[Any, ...]) -> KnownStation:
    values = [*row[:7], bool(row[7]), bool(row[8]), *row[9:]]
    return KnownStation(*values)


def station(db: Database, station_id: bytes) -> KnownStation | None:
    """The station with this id, if its card is here."""
    row = db.conn.execute(f"{_SELECT} WHERE id=?", (station_id,)).fetchone()
    return _station(row) if row else None


def partners(db: Database) -> list[KnownStation]:
    """All partners, waiting ones too, by name."""
    return [_station(row) for row in db.conn.execute(f"{_SELECT} WHERE partner=1 ORDER BY name, id").fetchall()]


def signing_keys(db: Database) -> dict[bytes, bytes]:
    """The signing key of every known station."""
    return dict(db.conn.execute("SELECT id, signing_key FROM station").fetchall())


def cards(db: Database, stations: Iterable[bytes]) -> list[str]:
    """The cards of these stations, as far as they are here."""
    found = (db.conn.execute("SELECT card FROM station WHERE id=?", (one,)).fetchone() for one in sorted(stations))
    return [str(row[0]) for row in found if row]


def put_card(
    db: Database,
    station_id: bytes,
    card: str,
    *,
    name: str,
    country: str,
    utc_offset: int,
    signing: bytes,
    sealing: bytes,
) -> None:
    """Keep a checked card; one that is here already is replaced, trust and the rest of the row stay."""
    db.conn.execute(
        "INSERT INTO station (id, card, name, country, utc_offset, signing_key, sealing_key) VALUES (?,?,?,?,?,?,?)"
        " ON CONFLICT(id) DO UPDATE SET card=excluded.card, name=excluded.name, country=excluded.country,"
        " utc_offset=excluded.utc_offset",
        (station_id, card, name, country, utc_offset, signing, sealing),
    )


def make_partner(db: Database, station_id: bytes, clearance: str) -> None:
    """Count the station among the partners; it waits until the digits were compared."""
    db.conn.execute("UPDATE station SET partner=1, clearance=? WHERE id=?", (clearance, station_id))


def trust(db: Database, station_id: bytes, by: bytes | None, at: int) -> None:
    """Note that a person compared the digits at ``at`` (ms since 1970)."""
    db.conn.execute("UPDATE station SET trusted=1, confirmed_by=?, confirmed_at=? WHERE id=?", (by, at, station_id))


def set_holds(db: Database, station_id: bytes, holds: bytes, counter: int) -> None:
    """Keep what the partner said it holds in its bundle number ``counter``."""
    db.conn.execute("UPDATE station SET holds=?, holds_order=? WHERE id=?", (holds, counter, station_id))


def set_partial(db: Database, station_id: bytes, packed: bytes | None) -> None:
    """Keep which batches the partner says it holds with something withheld (``domain.partial``)."""
    db.conn.execute("UPDATE station SET partial=? WHERE id=?", (packed, station_id))


def note_bundle(
    db: Database,
    bundle: bytes,
    direction: str,
    station_id: bytes,
    *,
    counter: int,
    at: int,
    upto: int | None,
    summary: str,
) -> None:
    """Add a line to the journal: ``direction`` READ or WRITTEN, ``upto`` the newest batch's key, summary as JSON."""
    db.conn.execute(
        "INSERT INTO journal (bundle, direction, station, counter, at, upto, summary) VALUES (?,?,?,?,?,?,?)",
        (bundle, direction, station_id, counter, at, upto, summary),
    )


def newest_counter(db: Database, direction: str, station_id: bytes) -> int:
    """The largest bundle number read from, or written for, a station; 0 for none."""
    row = db.conn.execute(
        "SELECT coalesce(max(counter), 0) FROM journal WHERE direction=? AND station=?", (direction, station_id)
    ).fetchone()
    return int(row[0])


def bundles_read(db: Database) -> set[bytes]:
    """The ids of all bundles that were read here, whole or in part."""
    return {row[0] for row in db.conn.execute("SELECT bundle FROM journal WHERE direction=?", (READ,))}


def newest_time(db: Database, direction: str, station_id: bytes) -> int | None:
    """When a bundle was last read from, or written for, a station, ms since 1970."""
    row = db.conn.execute(
        "SELECT max(at) FROM journal WHERE direction=? AND station=?", (direction, station_id)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def read_from(db: Database, station_id: bytes, since: int = 0) -> list[tuple[bytes, int, int]]:
    """Every reading of a bundle of a station after the journal's line ``since``: bundle, its number, how much was lost.

    A line that does not say counts as one with a loss.
    """
    rows = db.conn.execute(
        "SELECT bundle, counter, CASE json_valid(summary) WHEN 1 THEN json_extract(summary, '$.damaged') END"
        " FROM journal WHERE direction=? AND station=? AND key > ? ORDER BY key",
        (READ, station_id, since),
    ).fetchall()
    return [(bundle, counter, lost if isinstance(lost, int) else 1) for bundle, counter, lost in rows]


def newest_line(db: Database) -> int:
    """The key of the journal's newest line, 0 for an empty one."""
    return int(db.conn.execute("SELECT coalesce(max(key), 0) FROM journal").fetchone()[0])


def bundles(db: Database, limit: int) -> list[BundleLine]:
    """The newest lines of the journal."""
    rows = db.conn.execute(
        "SELECT j.direction, j.station, coalesce(s.name, substr(hex(j.station), 1, 8)), j.counter, j.at, j.upto,"
        " j.summary FROM journal j LEFT JOIN station s ON s.id = j.station ORDER BY j.at DESC, j.key DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return [BundleLine(*row) for row in rows]
