"""Columns computed from other records so that a million pictures sort and filter at once.

They belong to this library alone: never hashed, never exchanged, made again whenever their source changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ranger_app.domain.fields import Value
from ranger_app.domain.time import Correction, corrections, utc_seconds
from ranger_app.store.connection import Database

_SEEN = """
UPDATE media SET
    seen_by = coalesce((SELECT max(CASE WHEN o.method = 'machine' THEN 1 ELSE 2 END) FROM observation AS o
        WHERE o.media = media.id AND o.deleted = 0 AND o.type <> 'unclassified'), 0),
    shown = (SELECT coalesce(o.taxon, o.type) FROM observation AS o WHERE o.media = media.id AND o.deleted = 0
        ORDER BY o.method = 'machine', coalesce(o.at, 0) DESC, o.id LIMIT 1)
WHERE id = ?
"""


class Offsets:
    """The UTC offset and clock corrections of deployments, read once each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[Value, tuple[int | None, list[Correction]]] = {}

    def of(self, deployment: Value) -> tuple[int | None, list[Correction]]:
        """(minutes east of UTC, corrections); (None, []) while the deployment is not here."""
        found = self._known.get(deployment)
        if found is None:
            row = self._db.conn.execute(
                "SELECT utc_offset, clock_corrections FROM deployment WHERE id=?", (deployment,)
            ).fetchone()
            found = self._known[deployment] = (row[0], corrections(row[1])) if row else (None, [])
        return found


class Touch(Protocol):
    """What ``refresh`` needs to know of a batch."""

    new: dict[str, list[bytes]]
    changed: dict[str, list[bytes]]
    retimed: set[bytes]
    reseen: set[bytes]


def refresh(db: Database, touched: Touch, batch: int) -> None:
    """Bring the derived columns up to date after a batch; the caller holds the transaction."""
    new, changed = touched.new, touched.changed
    _times(db, "deployment", touched.retimed)
    _times(db, "id", changed.get("media", ()))
    seen = touched.reseen | pictures_of(db, [*new.get("observation", ()), *changed.get("observation", ())])
    seen.update(changed.get("media", ()))
    if "media" in new and _any_observed(db, batch):
        seen.update(new["media"])
    db.conn.executemany(_SEEN, [(record,) for record in seen])


def pictures_of(db: Database, observations: Iterable[bytes]) -> set[bytes]:
    """The pictures that these statements are about."""
    found: set[bytes] = set()
    for record in observations:
        row = db.conn.execute("SELECT media FROM observation WHERE id=? AND media IS NOT NULL", (record,)).fetchone()
        if row:
            found.add(row[0])
    return found


def _any_observed(db: Database, batch: int) -> bool:
    # Statements that came before their pictures, as parts of bundles may.
    found = db.conn.execute(
        "SELECT 1 FROM media JOIN observation ON observation.media = media.id WHERE media.batch = ? LIMIT 1", (batch,)
    )
    return found.fetchone() is not None


def _times(db: Database, column: str, ids: Iterable[bytes]) -> None:
    offsets = Offsets(db)
    for record in ids:
        rows = db.conn.execute(f"SELECT key, camera_time, deployment FROM media WHERE {column}=?", (record,)).fetchall()
        db.conn.executemany(
            "UPDATE media SET taken_at=? WHERE key=?",
            [(utc_seconds(time, *offsets.of(deployment)) if time else None, key) for key, time, deployment in rows],
        )


def rebuild(db: Database) -> None:
    """Compute every derived column afresh."""
    _times(db, "id", [row[0] for row in db.conn.execute("SELECT id FROM media").fetchall()])
    rows = db.conn.execute("SELECT DISTINCT media FROM observation WHERE media IS NOT NULL").fetchall()
    db.conn.executemany(_SEEN, rows)
