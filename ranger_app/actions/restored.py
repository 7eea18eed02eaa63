"""What a restored library still needs: its originals, and partners who know that it lost something.

Apart from the restore itself, because Today asks at every start.
"""

from __future__ import annotations

from pathlib import Path

from ranger_app.library import Library
from ranger_app.store import settings
from ranger_app.store.connection import Database
from ranger_app.store.partners import WRITTEN

WAITING = "restore.originals"
"""Setting: the folder whose originals are still to be brought back."""
TOLD_FROM = "restore.journal"
"""Setting: the journal's newest line at the restore. Partners without a bundle after it think that we hold more."""


def waits(library: Library) -> Path | None:
    """Where originals lie that a restore has not yet brought back; None where none wait."""
    with library.read() as db:
        noted = settings.get(db, WAITING)
    return Path(noted) if noted else None


def untold(db: Database) -> list[str]:
    """Names of the partners that do not know yet that this library was restored, and so leave out what is lost here."""
    since = settings.get(db, TOLD_FROM)
    if not since:
        return []
    rows = db.conn.execute(
        "SELECT name FROM station WHERE partner = 1 AND trusted = 1 AND id NOT IN"
        " (SELECT station FROM journal WHERE direction = ? AND station IS NOT NULL AND key > ?) ORDER BY name",
        (WRITTEN, int(since)),
    )
    return [str(row[0]) for row in rows]
