"""Making every projected table again from the signed log."""

from __future__ import annotations

from ranger_app.domain.kinds import KINDS
from ranger_app.store import derived
from ranger_app.store.apply import understood
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.project import Projection


def rebuild(db: Database, log: Log, projection: Projection) -> None:
    """Empty the tables and apply every batch again in the order it came; the caller holds the transaction."""
    for kind in KINDS:
        db.conn.execute(f'DELETE FROM "{kind.name}"')
    db.conn.execute("DELETE FROM event_picture")
    db.conn.execute("DELETE FROM edit")
    db.conn.execute("DELETE FROM conflict")
    db.conn.execute("DELETE FROM withheld")
    db.conn.execute("DELETE FROM purged")
    log.purges.clear()
    for (key,) in db.conn.execute("SELECT key FROM batch ORDER BY key").fetchall():
        opened = log.opened(key)
        shown = understood(opened)
        db.conn.execute("UPDATE batch SET understood=? WHERE key=?", (int(shown), key))
        if shown:
            projection.apply(key, opened, own=False)
    derived.rebuild(db)
