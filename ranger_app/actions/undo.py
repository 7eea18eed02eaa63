"""Undo and redo: always a new batch that sets back what an earlier act of ours changed, never a rewriting of it."""

from __future__ import annotations

from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.merge import Version, heads, resolve
from ranger_app.domain.ops import DELETED, Op, change
from ranger_app.library import Library
from ranger_app.store.connection import Database
from ranger_app.store.log import Log

LIMIT = 50_000
"""Acts with more operations, such as a large ingest, are taken back on their own page instead."""


def undo(library: Library) -> Changes | None:
    """Take back our newest act that still stands; None where there is none."""
    return _reverse(
        library,
        "SELECT act FROM batch WHERE origin=? AND incarnation=? AND undoes IS NULL AND undone_by IS NULL"
        " AND label NOT LIKE 'ingest%' ORDER BY n DESC LIMIT 1",
    )


def redo(library: Library) -> Changes | None:
    """Bring back what the last undo took, as long as nothing else was done since; None otherwise."""
    return _reverse(
        library,
        "SELECT act FROM batch AS b WHERE origin=?1 AND incarnation=?2 AND undoes IS NOT NULL AND undone_by IS NULL"
        " AND label = 'undo' AND NOT EXISTS (SELECT 1 FROM batch AS later WHERE later.origin=?1 AND"
        " later.incarnation=?2 AND later.n > b.n AND later.undoes IS NULL) ORDER BY n DESC LIMIT 1",
    )


def last_act(library: Library) -> str | None:
    """The label of the act that ``undo`` would take back."""
    with library.read() as db:
        row = db.conn.execute(
            "SELECT label FROM batch WHERE origin=? AND incarnation=? AND undoes IS NULL AND undone_by IS NULL"
            " AND label NOT LIKE 'ingest%' ORDER BY n DESC LIMIT 1",
            (library.station.id, library.station.incarnation),
        ).fetchone()
    return str(row[0]) if row else None


def _reverse(library: Library, which: str) -> Changes | None:
    writer = (library.station.id, library.station.incarnation)
    with library.read() as db:
        row = db.conn.execute(which, writer).fetchone()
        if row is None:
            return None
        act = int(row[0])
        batches = db.conn.execute(
            "SELECT key, n, label FROM batch WHERE origin=? AND incarnation=? AND act=? ORDER BY n DESC", (*writer, act)
        ).fetchall()
        log = Log(db)
        kinds: set[str] = set()
        ops: list[Op] = []
        seen: set[tuple[bytes, str]] = set()
        undone = {n for _key, n, _label in batches}
        for key, _n, _label in batches:
            for op in log.opened(key).ops:
                back = _inverse(db, log, op, undone, writer, seen)
                if back:
                    ops.append(back)
                    kinds.add(op.kind)
    label = "undo" if batches[0][2] != "undo" else "redo"
    return _commit(library, ops, label, act, kinds, batches[0][2])


def _commit(library: Library, ops: list[Op], label: str, act: int, kinds: set[str], what: str) -> Changes:
    first: int | None = None
    writer = (library.station.id, library.station.incarnation)

    def mark(db: Database) -> None:
        db.conn.execute(
            "UPDATE batch SET undone_by = (SELECT max(n) FROM batch WHERE origin=?1 AND incarnation=?2)"
            " WHERE origin=?1 AND incarnation=?2 AND act=?3",
            (*writer, act),
        )
        if label == "redo":  # what the undo had taken back stands again
            db.conn.execute(
                "UPDATE batch SET undone_by=NULL WHERE origin=?1 AND incarnation=?2 AND act ="
                " (SELECT undoes FROM batch WHERE origin=?1 AND incarnation=?2 AND n=?3)",
                (*writer, act),
            )

    for start in range(0, max(len(ops), 1), 2000):
        done = library.commit(
            ops[start : start + 2000], label=label, act=first, undoes=act, also=mark if first is None else None
        )
        first = first or done.batch
    return Changes(frozenset(kinds), tuple(op.id for op in ops[:1000]), what, first or 0)


def _inverse(
    db: Database, log: Log, op: Op, undone: set[int], writer: tuple[bytes, bytes], seen: set[tuple[bytes, str]]
) -> Op | None:
    row = db.conn.execute(f'SELECT batch FROM "{op.kind}" WHERE id=?', (op.id,)).fetchone()
    versions = log.versions(op.id, row[0] if row else None)

    def ours(version: Version) -> bool:
        return version.writer == writer and version.n in undone

    names = [DELETED] if op.action == "create" else list(op.fields)
    before = resolve([v for v in versions if not ours(v)]).values
    back: dict[str, Value] = {}
    for name in names:
        if (op.id, name) in seen:
            continue
        seen.add((op.id, name))
        if op.action == "create":
            back[DELETED] = 1
            continue
        current = heads([v for v in versions if name in v.fields])
        if current and ours(current[0]):  # what somebody changed since stays as it is
            value = before.get(name)
            back[name] = (value or 0) if name == DELETED else value
    return change(op.kind, op.id, back) if back else None
