"""Statements that a station's keys are withdrawn, and what of each station counts because of those in force.

The rows keep the signed texts, which were checked before they came here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ranger_app.store.connection import Database

Cuts = dict[bytes, dict[bytes, int]]
"""Station -> incarnation -> the last batch that counts."""
REFUSED = 0
"""``accepted`` of a statement that a person here decided not to follow."""


@dataclass(frozen=True, slots=True)
class Row:
    """One statement. ``at`` when it came, ``accepted`` when it came into force here (ms since 1970); ``accepted`` is
    None while it waits for a person and REFUSED where it is not followed; ``by`` is the person who decided."""

    station: bytes
    issuer: bytes
    text: str
    at: int
    accepted: int | None
    by: bytes | None

    @property
    def content(self) -> dict[str, Any]:
        """What the text says."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def lifted(self) -> bool:
        """Whether the issuer took the statement back."""
        return bool(self.content["lifted"])

    @property
    def in_force(self) -> bool:
        """Whether it decides what is shown."""
        return bool(self.accepted) and not self.lifted

    @property
    def waits(self) -> bool:
        """Whether a person here has to decide."""
        return self.accepted is None and not self.lifted


_SELECT = 'SELECT station, issuer, text, at, accepted, "by" FROM revocation'


def rows(db: Database, station: bytes | None = None) -> list[Row]:
    """All statements, or those on one station, oldest first."""
    where, given = ("", ()) if station is None else (" WHERE station=?", (station,))
    found = db.conn.execute(f"{_SELECT}{where} ORDER BY at, station, issuer", given).fetchall()
    return [Row(*row) for row in found]


def one(db: Database, station: bytes, issuer: bytes) -> Row | None:
    """What this issuer said of this station."""
    row = db.conn.execute(f"{_SELECT} WHERE station=? AND issuer=?", (station, issuer)).fetchone()
    return Row(*row) if row else None


def put(db: Database, row: Row) -> None:
    """Keep a statement in place of the issuer's earlier one on the station."""
    db.conn.execute(
        "INSERT OR REPLACE INTO revocation VALUES (?,?,?,?,?,?)",
        (row.station, row.issuer, row.text, row.at, row.accepted, row.by),
    )


def texts(db: Database) -> list[str]:
    """The signed texts as they travel in every bundle."""
    return [row.text for row in rows(db)]


def withdrawn(db: Database) -> dict[bytes, Row]:
    """The stations whose keys are withdrawn here, with the earliest statement in force."""
    found: dict[bytes, Row] = {}
    for row in rows(db):
        if row.in_force:
            found.setdefault(row.station, row)
    return found


def cuts(db: Database) -> Cuts:
    """Station -> incarnation -> the last batch that counts; incarnations not named count for nothing.

    A station that is absent has no cut. Where several statements are in force each holds, so the lowest number does.
    This library's own station is left out: what people enter here is shown here, and ``withdrawn`` says how it stands.
    """
    own = db.conn.execute("SELECT value FROM setting WHERE name='station.id'").fetchone()
    found: Cuts = {}
    for row in rows(db):
        if not row.in_force or (own is not None and row.station.hex() == own[0]):
            continue
        said = {bytes.fromhex(incarnation): int(n) for incarnation, n in row.content["cut"].items()}
        before = found.get(row.station)
        found[row.station] = (
            said if before is None else {inc: min(n, before[inc]) for inc, n in said.items() if inc in before}
        )
    return found


def counts(cuts: Cuts, writer: tuple[bytes, bytes], n: int) -> bool:
    """Whether batch ``n`` of a writer (station, incarnation) is shown."""
    cut = cuts.get(writer[0])
    return cut is None or n <= cut.get(writer[1], 0)


def differ(db: Database, station: bytes, before: Cuts, after: Cuts) -> bool:
    """Whether any batch of the station that is here is shown under one of two sets of cuts and not under the other."""
    found = db.conn.execute("SELECT incarnation, n FROM batch WHERE origin=?", (station,))
    return any(
        counts(before, (station, incarnation), n) != counts(after, (station, incarnation), n)
        for incarnation, n in found
    )


def newest(db: Database, station: bytes) -> dict[bytes, int]:
    """The largest batch number of each incarnation of a station that is here."""
    return dict(
        db.conn.execute("SELECT incarnation, max(n) FROM batch WHERE origin=? GROUP BY incarnation", (station,))
    )


def hidden(db: Database, station: bytes) -> int:
    """How many operations of the station are kept and not shown because of the cuts in force."""
    now = cuts(db)
    found = db.conn.execute("SELECT incarnation, n, operations FROM batch WHERE origin=?", (station,))
    return sum(operations for incarnation, n, operations in found if not counts(now, (station, incarnation), n))
