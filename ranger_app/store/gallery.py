"""The questions a grid of a million pictures asks: which ones in what order, and the few on screen.

Each answer is one indexed read: no OFFSET, no counting, no second pass.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.domain.fields import Value
from ranger_app.store.connection import Database

_TURN = 50_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pictures: all fields that are set must fit. ``review`` is "" for all, "open" or "done" (by a person)."""

    deployment: bytes | None = None
    review: str = ""
    shown: str | None = None
    """A taxon or an observation type as the newest statement says."""
    start: int | None = None
    end: int | None = None
    """Seconds since 1970, both included."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell of the grid shows. ``seen_by`` is 0 nobody, 1 a machine, 2 a person; ``taken_at`` UTC seconds."""

    key: int
    id: bytes
    sha256: str | None
    file_name: str | None
    camera_time: str | None
    taken_at: int | None
    media_type: str | None
    shown: str | None
    seen_by: int
    flags: str | None
    deployment: bytes | None


def keys(db: Database, wanted: Filter) -> array[int]:
    """The row numbers of the pictures that fit, in the order they were taken (without a time first)."""
    conditions: list[str] = ["deleted = 0"]
    params: list[Value] = []
    for column, value in (("deployment = ?", wanted.deployment), ("shown = ?", wanted.shown),
                          ("taken_at >= ?", wanted.start), ("taken_at <= ?", wanted.end)):  # fmt: skip
        if value is not None:
            conditions.append(column)
            params.append(value)
    if wanted.review:
        conditions.append("seen_by < 2" if wanted.review == "open" else "seen_by = 2")
    sql = f"SELECT key FROM media WHERE {' AND '.join(conditions)} ORDER BY taken_at, key"
    cursor = db.conn.execute(sql, params)
    found = array("q")
    while part := cursor.fetchmany(_TURN):
        found.extend([row[0] for row in part])
    return found


def cells(db: Database, wanted: Sequence[int]) -> list[Cell]:
    """The cells of some row numbers, in that order; rows that are gone are left out."""
    marks = ",".join("?" * len(wanted))
    rows = db.conn.execute(
        "SELECT key, id, sha256, file_name, camera_time, taken_at, media_type, shown, seen_by, flags, deployment"
        f" FROM media WHERE key IN ({marks})",
        list(wanted),
    )
    found = {row[0]: Cell(*row) for row in rows}
    return [found[key] for key in wanted if key in found]


def ids(db: Database, wanted: Sequence[int]) -> list[bytes]:
    """The ids of some row numbers, in that order."""
    found: list[bytes] = []
    for start in range(0, len(wanted), 500):
        part = list(wanted[start : start + 500])
        marks = ",".join("?" * len(part))
        known = dict(db.conn.execute(f"SELECT key, id FROM media WHERE key IN ({marks})", part).fetchall())
        found.extend(known[key] for key in part if key in known)
    return found


def key_of(db: Database, media: bytes) -> int | None:
    """The row number of a picture; None where it is not here."""
    row = db.conn.execute("SELECT key FROM media WHERE id=?", (media,)).fetchone()
    return int(row[0]) if row else None
