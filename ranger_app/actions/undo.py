"""Undo and redo: always a new batch that sets back what an earlier act of ours changed, never a rewriting of it."""

from __future__ import annotations

from collections.abc import Callable

from ranger_app.actions import permission
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.merge import Version, heads, resolve
from ranger_app.domain.ops import DELETED, Op, change
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.connection import Database
from ranger_app.store.log import Log

_OURS = "origin=? AND incarnation=?"
_STANDS = f"{_OURS} AND undoes IS NULL AND undone_by IS NULL ORDER BY n DESC LIMIT 1"
"""Our newest act that still stands."""
_TAKE_BACK = "take back"
_A_BATCH = 2000
_GUARDED = {"deployment": "looks", "media": "people_released", "observation": "look", "patrol": "state",
            "observation_model": "in_use"}  # fmt: skip
"""Kinds with fields that not everybody may set, and the one whose value as it stands matters: nobody gets by undo
what they could not do themselves."""


def undo(library: Library) -> Changes | None:
    """Take back our newest act that still stands; None where there is none. DataProblem ROLE_NEEDED where what it
    sets back is for others to set, as a release of pictures."""
    with library.read() as db:
        row = db.conn.execute(f"SELECT act, label FROM batch WHERE {_STANDS}", _writer(library)).fetchone()
        if row is None:
            return None
        act = int(row[0])
        if row[1] == "ingest":  # it may be large, and is taken back whole or not at all
            raise DataProblem(
                "INGEST_LAST",
                _("The last act emptied a card."),
                _("Take it back under Camera traps, or with: ranger ingest --take-back ID"),
            )
        if row[1] == "add hand_over":
            raise DataProblem(
                "HAND_OVER_LAST",
                _("The last act was the hand-over of a sample, which stays as it was signed."),
                _("Add an entry that corrects it."),
            )
        if row[1] == "purge":
            raise DataProblem(
                "PURGE_LAST",
                _("The last act erased records for good."),
                _("Neither it nor what was done before can be taken back."),
            )
        ops, label = _plan(db, library, act, standing=False)

    def mark(db: Database) -> None:
        _mark(db, library, act, undone=True)

    return _commit(library, ops, "undo", act, mark, label)


def redo(library: Library) -> Changes | None:
    """Bring back what the last undo took, as long as nothing else was done since; None otherwise."""
    writer = _writer(library)
    with library.read() as db:
        row = db.conn.execute(
            "SELECT act, undoes, n FROM batch WHERE origin=? AND incarnation=? AND undoes IS NOT NULL AND label='undo'"
            " AND undone_by IS NULL ORDER BY n DESC LIMIT 1",
            writer,
        ).fetchone()
        if row is None:
            return None
        taken_back_by, act, n = row
        newer = db.conn.execute(f"SELECT 1 FROM batch WHERE {_OURS} AND n > ? AND undoes IS NULL LIMIT 1", (*writer, n))
        if newer.fetchone():
            return None
        ops, label = _plan(db, library, act, standing=True)

    def mark(db: Database) -> None:
        _mark(db, library, taken_back_by, undone=True)
        _mark(db, library, act, undone=False)

    return _commit(library, ops, "redo", taken_back_by, mark, label)


def last_act(library: Library) -> str | None:
    """The label of the act that ``undo`` would take back."""
    with library.read() as db:
        row = db.conn.execute(f"SELECT label FROM batch WHERE {_STANDS}", _writer(library)).fetchone()
    return str(row[0]) if row else None


def last_number(library: Library) -> int | None:
    """The number of the act that ``undo`` would take back."""
    with library.read() as db:
        row = db.conn.execute(f"SELECT act FROM batch WHERE {_STANDS}", _writer(library)).fetchone()
    return int(row[0]) if row else None


def _writer(library: Library) -> tuple[bytes, bytes]:
    return (library.station.id, library.station.incarnation)


def _mark(db: Database, library: Library, act: int, *, undone: bool) -> None:
    by = f"(SELECT max(n) FROM batch WHERE {_OURS})" if undone else "NULL"
    writer = _writer(library)
    params = (*writer, *writer, act) if undone else (*writer, act)
    db.conn.execute(f"UPDATE batch SET undone_by={by} WHERE {_OURS} AND act=?", params)


def _commit(
    library: Library, ops: list[Op], label: str, undoes: int, mark: Callable[[Database], None], what: str
) -> Changes:
    first: int | None = None
    for start in range(0, max(len(ops), 1), _A_BATCH):
        part = ops[start : start + _A_BATCH]
        done = library.commit(part, label=label, act=first, undoes=undoes, also=mark if first is None else None)
        first = first or done.batch
    if what == _TAKE_BACK:
        library.write(lambda db: _note_ingests(db, library.now_ms()))
    return Changes.of((op.kind for op in ops), [op.id for op in ops], what, first or 0)


def _note_ingests(db: Database, now: int) -> None:
    # An ingest counts as taken back while none of its pictures is there.
    there = "EXISTS (SELECT 1 FROM media WHERE media.ingest = ingest.id AND media.deleted = 0)"
    gone = "EXISTS (SELECT 1 FROM media WHERE media.ingest = ingest.id AND media.deleted = 1)"
    db.conn.execute(f"UPDATE ingest SET taken_back = NULL WHERE taken_back IS NOT NULL AND {there}")
    db.conn.execute(f"UPDATE ingest SET taken_back = ? WHERE taken_back IS NULL AND {gone} AND NOT {there}", (now,))


def _plan(db: Database, library: Library, act: int, *, standing: bool) -> tuple[list[Op], str]:
    """The operations after which ``act`` no longer counts (or, ``standing``, counts again), and its label.

    What counts is every operation but our acts that are undone and the undoing itself; a field that somebody set
    after ``act`` stays as it is.
    """
    writer = _writer(library)
    log = Log(db)
    found = db.conn.execute(f"SELECT key, n, label FROM batch WHERE {_OURS} AND act=? ORDER BY n", (*writer, act))
    rows = found.fetchall()
    own = {n for _key, n, _label in rows}
    void = {
        row[0]
        for row in db.conn.execute(
            f"SELECT n FROM batch WHERE {_OURS} AND undone_by IS NOT NULL"
            f" UNION SELECT n FROM batch WHERE {_OURS} AND undoes IS NOT NULL",
            (*writer, *writer),
        )
    } - own
    names: dict[tuple[str, bytes], set[str]] = {}
    for key, _n, _label in rows:
        for op in log.opened(key).ops:
            names.setdefault((op.kind, op.id), set()).update([DELETED] if op.action == "create" else op.fields)
    ops = []
    for (kind, record), touched in names.items():
        shown = _GUARDED.get(kind)
        row = db.conn.execute(f'SELECT batch, {shown or "0"} FROM "{kind}" WHERE id=?', (record,)).fetchone()
        versions = log.versions(kind, record, row[0] if row else None)
        counting = [v for v in versions if not (v.writer == writer and v.n in void)]
        back = _back(counting, touched, lambda v: v.writer == writer and v.n in own, standing)
        if back:
            if shown:
                did = [v.fields for v in versions if v.writer == writer and v.n in own]
                roles = permission.undo_needs(kind, {shown: row[1]} if row else {}, did, back)
                if roles is not None:
                    permission.require(library, roles)
            ops.append(change(kind, record, back))
    return ops, str(rows[0][2])


def _back(
    counting: list[Version], touched: set[str], ours: Callable[[Version], bool], standing: bool
) -> dict[str, Value]:
    without = [v for v in counting if not ours(v)]
    values = resolve(counting if standing else without).values
    back: dict[str, Value] = {}
    for name in sorted(touched):
        writers = [v for v in counting if name in v.fields]
        if writers and not ours(heads(writers)[0]):
            continue
        back[name] = values.get(name)
    if DELETED in back:
        # A record whose making is undone is gone; one whose deletion is undone is back.
        back[DELETED] = 1 if not without and not standing else (back[DELETED] or 0)
    return back
