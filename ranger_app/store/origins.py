"""Which station a record comes from, for the screens that draw one's own green and a partner's blue."""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.domain.merge import makers
from ranger_app.domain.station import Station
from ranger_app.store import purges
from ranger_app.store.connection import Database
from ranger_app.store.log import Log


@dataclass(frozen=True, slots=True)
class Origin:
    """A station as a person names it; ``own`` for this library's."""

    station: bytes
    name: str
    own: bool


def named(db: Database, station: bytes, own: Station) -> Origin:
    """The station with this id; one without a card here goes by the start of its id."""
    if station == own.id:
        return Origin(station, own.name, True)
    row = db.conn.execute("SELECT name FROM station WHERE id=?", (station,)).fetchone()
    return Origin(station, str(row[0]) if row else station.hex()[:8], False)


def of(db: Database, kind: str, record: bytes, own: Station) -> Origin | None:
    """Who created the record; None where it is not here."""
    row = db.conn.execute(
        f'SELECT b.origin FROM "{kind}" r JOIN batch b ON b.key = r.batch WHERE r.id=?', (record,)
    ).fetchone()
    return named(db, row[0], own) if row else None


def makers_of(db: Database, kind: str, record: bytes) -> set[bytes]:
    """The stations that made the record: several where it was made in more than one place."""
    return makers(Log(db).made(kind, record, purges.shown(db, kind, record)))


def may_be_own(db: Database, station: bytes) -> bool:
    """Whether a library that does not say whose it is can be this station's: by whom it wrote under its incarnation.

    Where nothing was written under it yet, any batch of the station counts, and an empty log fits everybody.
    """
    row = db.conn.execute(
        "SELECT b.origin FROM setting s JOIN batch b ON lower(hex(b.incarnation)) = s.value"
        " WHERE s.name = 'station.incarnation' LIMIT 1"
    ).fetchone()
    if row is not None:
        return bool(row[0] == station)
    if db.conn.execute("SELECT 1 FROM batch WHERE origin=? LIMIT 1", (station,)).fetchone():
        return True
    return db.conn.execute("SELECT 1 FROM batch LIMIT 1").fetchone() is None
