"""Fields on which two stations differ without having known of each other: each waits for a person's decision."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from ranger_app.domain.fields import Value
from ranger_app.store.connection import Database

_decode = msgspec.msgpack.Decoder().decode


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values. ``at`` is milliseconds since 1970 by that station's clock."""

    value: Value
    station: bytes
    at: int
    person: bytes | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field with several values; ``sides[0]`` is the one shown until somebody decides."""

    kind: str
    record: bytes
    field: str
    sides: tuple[Side, ...]

    @property
    def id(self) -> str:
        """The name that ``conflicts resolve`` takes."""
        return f"{self.record.hex()}:{self.field}"


def conflicts(db: Database, limit: int | None = None) -> list[Conflict]:
    """All open conflicts in the order every station lists them."""
    sql = "SELECT kind, id, field, sides FROM conflict ORDER BY kind, id, field"
    rows = db.conn.execute(sql + (f" LIMIT {int(limit)}" if limit is not None else "")).fetchall()
    return [Conflict(kind, record, name, _sides(db, packed)) for kind, record, name, packed in rows]


def number(db: Database) -> int:
    """How many fields wait for a decision."""
    return int(db.conn.execute("SELECT count(*) FROM conflict").fetchone()[0])


def records(db: Database) -> set[bytes]:
    """The records of which a field waits for a decision."""
    return {bytes(row[0]) for row in db.conn.execute("SELECT DISTINCT id FROM conflict")}


def _sides(db: Database, packed: bytes) -> tuple[Side, ...]:
    sides = []
    for hlc, origin, incarnation, n, _index, value in _decode(packed):
        row = db.conn.execute(
            "SELECT person FROM batch WHERE origin=? AND incarnation=? AND n=?", (origin, incarnation, n)
        ).fetchone()
        sides.append(Side(value, origin, hlc // 1000, row[0] if row else None))
    return tuple(sides)
