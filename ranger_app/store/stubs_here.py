"""Which batches of this library are here with something withheld, for what it tells its partners."""

from __future__ import annotations

from ranger_app.domain import partial
from ranger_app.domain.partial import Stubs
from ranger_app.store.connection import Database


def stubs(db: Database) -> Stubs:
    """Runs of batches that are not whole here, with their masks."""
    return partial.runs(
        db.conn.execute(
            "SELECT origin, incarnation, n, mask FROM batch WHERE mask IS NOT NULL ORDER BY origin, incarnation, n"
        )
    )
