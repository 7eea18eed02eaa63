"""Single taps of a count under way: rows of this library alone, there until their count is closed.

A tap is on the disk before the screen shows it, so a laptop that dies between two taps loses neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class TapRow:
    """A tap as it is stored. ``number`` birds, negative for one that takes back; ``at`` ms since 1970.

    ``more`` is canonical JSON of what else the tap says, empty where it says nothing.
    """

    key: int
    survey: bytes
    sector: bytes | None
    taxon: str
    flock: str
    number: int
    at: int
    more: str


_COLUMNS = "key, survey, sector, taxon, flock, number, at, more"


def add(db: Database, tap: TapRow) -> int:
    """Add a tap (its ``key`` is ignored); returns the key. The caller holds a transaction."""
    cursor = db.conn.execute(
        "INSERT INTO tap (survey, sector, taxon, flock, number, at, more) VALUES (?,?,?,?,?,?,?)",
        (tap.survey, tap.sector, tap.taxon, tap.flock, tap.number, tap.at, tap.more),
    )
    return int(cursor.lastrowid or 0)


def of_survey(db: Database, survey: bytes) -> list[TapRow]:
    """The open taps of a survey in the order they were made."""
    rows = db.conn.execute(f"SELECT {_COLUMNS} FROM tap WHERE survey=? ORDER BY key", (survey,))
    return [TapRow(*row) for row in rows]


def surveys(db: Database) -> list[bytes]:
    """The surveys that have open taps."""
    return [row[0] for row in db.conn.execute("SELECT DISTINCT survey FROM tap")]


def remove(db: Database, taps: Iterable[TapRow]) -> bool:
    """Take taps away that became a count; False where one of them is not there any more, and nothing may be written.

    The caller holds a transaction and ends it with an error on False.
    """
    gone = [db.conn.execute("DELETE FROM tap WHERE key=? AND at=?", (one.key, one.at)).rowcount for one in taps]
    return all(one == 1 for one in gone)


def say(db: Database, key: int, more: str) -> None:
    """Set what else a tap says. The caller holds a transaction."""
    db.conn.execute("UPDATE tap SET more=? WHERE key=?", (more, key))
