"""Erasing a record for good, where the law asks for it: its content goes from the log, what proves the log stays.

Only the station that made a record can have it purged, so that no partner can empty another's library.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ranger_app.domain import batch as batches_of
from ranger_app.domain import stubs
from ranger_app.domain.batch import Opened, Sealed
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.merge import Version, makers
from ranger_app.domain.ops import Op
from ranger_app.store import disks, settings
from ranger_app.store.connection import Database, DatabaseError
from ranger_app.store.log import Log, sealed

logger = logging.getLogger(__name__)
_TRACES = "purge.traces"
"""Setting: set while what was erased may still lie in parts of the file that no table uses."""


def to_erase(db: Database, log: Log, kind: str, record: bytes, arriving: Sequence[Version] = ()) -> set[int] | None:
    """The batches with operations on a record that is to be purged; None where it is not, or not yet.

    A function of the operations that are here and never of their order. ``arriving`` create it in a batch that is
    not here yet. Where several stations say that they made it, all of them must have asked.
    """
    origins = log.purges.get((kind, record))
    if not origins:
        return None
    batches = shown(db, kind, record)
    made_by = makers([*log.made(kind, record, batches), *arriving])
    if not made_by or not made_by <= origins:
        return None
    # What is kept without being shown (of a later version, of withdrawn keys) tells of the record all the same.
    return batches | {key for key in log.kept if any((op.kind, op.id) == (kind, record) for op in log.opened(key).ops)}


def shown(db: Database, kind: str, record: bytes) -> set[int]:
    """The batches with operations on a record, without those that are only kept."""
    batches = {row[0] for row in db.conn.execute("SELECT batch FROM edit WHERE id=? AND kind=?", (record, kind))}
    if kind in BY_NAME:
        row = db.conn.execute(f'SELECT batch FROM "{kind}" WHERE id=? AND batch IS NOT NULL', (record,)).fetchone()
        batches |= {row[0]} if row else set()
    return batches


def erase(db: Database, log: Log, kind: str, record: bytes, batches: set[int]) -> None:
    """Take what these batches say of the record out of the log; the caller holds the transaction."""

    def keep(_number: int, op: Op) -> frozenset[str] | None:
        return frozenset() if (op.kind, op.id) == (kind, record) else None

    disks.put_purged(db, _files(db, kind, record))
    db.conn.execute("PRAGMA secure_delete=ON")
    settings.put(db, _TRACES, "1")
    for key in batches:
        log.replace(key, stubs.withhold(sealed(db, key), keep, meta=True))
    for head, signature, body in db.conn.execute("SELECT head, signature, body FROM quarantine").fetchall():
        state = stubs.withhold(Sealed(head, signature, body), keep, meta=True)
        db.conn.execute("UPDATE quarantine SET body=? WHERE head=?", (state.body, head))
    db.conn.execute("DELETE FROM withheld WHERE id=? AND kind=?", (record, kind))


def without_erased(db: Database, log: Log, sealed: Sealed, opened: Opened) -> tuple[Sealed, Opened]:
    """An arriving batch without what it says of records that are purged: that never reaches the disk again."""
    named = {(op.kind, op.id) for op in opened.ops} & log.purges.keys() if log.purges else set()
    gone = {record for record in named if to_erase(db, log, *record, _made_in(opened, *record)) is not None}
    if not gone:
        return sealed, opened
    state = stubs.withhold(
        sealed, lambda _number, op: frozenset() if (op.kind, op.id) in gone else None, meta=True, opened=opened
    )
    return state, batches_of.read(state)


def _made_in(opened: Opened, kind: str, record: bytes) -> list[Version]:
    header = opened.header
    return [
        Version(header.writer, header.n, index, header.hlc, opened.seen, {})
        for index, op in enumerate(opened.ops)
        if op.action == "create" and (op.kind, op.id) == (kind, record)
    ]


def sweep(db: Database) -> None:
    """Write the file anew if a purge left traces in it; outside a transaction. Where the disk is full, another time.

    What an edit had replaced before the purge would stay in the gaps of the file's pages.
    """
    if not settings.get(db, _TRACES):
        return
    db.conn.execute("PRAGMA temp_store=FILE")  # a large library does not fit into memory
    try:
        db.conn.execute("VACUUM")
        db.conn.execute("DELETE FROM setting WHERE name=?", (_TRACES,))
    except DatabaseError:
        logger.warning("the file could not be written anew after a purge", exc_info=True)
    finally:
        db.conn.execute("PRAGMA temp_store=MEMORY")


def _files(db: Database, kind: str, record: bytes) -> list[str]:
    column = {"media": "sha256", "track": "source_sha256"}.get(kind)
    if column is None:
        return []
    rows = db.conn.execute(f'SELECT "{column}" FROM "{kind}" WHERE id=? AND "{column}" IS NOT NULL', (record,))
    # The redacted copies of a partner's picture lie under the record's own id.
    return [record.hex(), *(row[0] for row in rows)]


def is_purged(db: Database, kind: str, record: bytes) -> bool:
    """Whether the content of a record was erased."""
    asked = db.conn.execute("SELECT 1 FROM purged WHERE kind=? AND id=?", (kind, record)).fetchone()
    return bool(asked) and to_erase(db, Log(db), kind, record) is not None


def since(db: Database, key: int) -> bool:
    """Whether anything was asked to be purged by a batch that came behind the local key ``key``."""
    return db.conn.execute("SELECT 1 FROM purged WHERE batch > ? LIMIT 1", (key,)).fetchone() is not None
