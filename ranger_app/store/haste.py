"""Filling a new library with very many made-up records in minutes instead of hours, for benchmarks only.

Indexes are made once at the end and nothing waits for the disk meanwhile: a power cut would spoil the library, which
is why only the demo may use this.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ranger_app.store.connection import Database
from ranger_app.store.schema import INDEXES

_NEEDED = frozenset(
    (
        "observation_by_media",
        "media_by_batch",
        "media_by_patrol",
        "track_by_patrol",
        "waypoint_by_patrol",
        "sighting_by_patrol",
    )
)
"""Indexes that applying a batch itself looks into."""


@contextmanager
def in_haste(db: Database) -> Iterator[None]:
    """Within the block the writer's connection ``db`` does not wait for the disk and keeps few indexes."""
    execute = db.conn.execute
    later = {sql.split()[2]: sql for sql in INDEXES if sql.split()[2] not in _NEEDED}
    before = {
        name: execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "cache_size", "wal_autocheckpoint")
    }
    for name in later:
        execute(f"DROP INDEX IF EXISTS {name}")
    execute("PRAGMA synchronous=OFF")
    execute("PRAGMA cache_size=-262144")
    execute("PRAGMA wal_autocheckpoint=20000")
    try:
        yield
    finally:
        present = {row[0] for row in execute("SELECT name FROM sqlite_master WHERE type='index'").fetchall()}
        for name, sql in later.items():
            if name not in present:
                execute(sql)
        for name, value in before.items():
            execute(f"PRAGMA {name}={value}")
        execute("PRAGMA wal_checkpoint(TRUNCATE)")
        execute("PRAGMA optimize")
