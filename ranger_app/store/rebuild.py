"""Making every projected table again from the signed log."""

from __future__ import annotations

from collections.abc import Iterator

from ranger_app.domain.kinds import KINDS
from ranger_app.store import derived, revocations
from ranger_app.store.apply import understood
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.project import Projection

_TELL_EVERY = 50


def rebuild(db: Database, log: Log, projection: Projection) -> None:
    """Empty the tables and apply every batch again in the order it came; the caller holds the transaction."""
    for _done, _total in steps(db, log, projection):
        pass


def steps(db: Database, log: Log, projection: Projection) -> Iterator[tuple[int, int]]:
    """As ``rebuild``, telling after every few batches how many of how many are done."""
    for kind in KINDS:
        db.conn.execute(f'DELETE FROM "{kind.name}"')
    db.conn.execute("DELETE FROM event_picture")
    db.conn.execute("DELETE FROM edit")
    db.conn.execute("DELETE FROM conflict")
    db.conn.execute("DELETE FROM withheld")
    db.conn.execute("DELETE FROM purged")
    log.purges.clear()
    cuts = revocations.cuts(db)
    keys = db.conn.execute("SELECT key FROM batch ORDER BY key").fetchall()
    for done, (key,) in enumerate(keys):
        if done % _TELL_EVERY == 0:
            yield done, len(keys)
        opened = log.opened(key)
        shown = understood(opened) and revocations.counts(cuts, opened.header.writer, opened.header.n)
        log.show(key, shown)
        if shown:
            projection.apply(key, opened, purges_later=True)
    projection.purge()  # when all are here that made a record: what was erased too early would be lost
    derived.rebuild(db)
