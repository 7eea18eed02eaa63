"""Whether an approved patrol still says what was approved.

A manager approves what is in view. Work that the approval did not see, made later or meanwhile at another station,
reopens the patrol, by whatever road it comes: this is computed from the log and never stated by anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from ranger_app.domain.intervals import covers
from ranger_app.domain.merge import Version
from ranger_app.domain.ops import DELETED
from ranger_app.store.connection import Database
from ranger_app.store.log import Log

APPROVED = "approved"
STEP_FIELDS = frozenset({"state", "state_by", "state_at", "state_comment"})
"""Fields that tell of a patrol's state and are no part of what is approved."""
PARTS = ("track", "waypoint", "sighting", "media")
"""Kinds that belong to a patrol and name it in their field ``patrol``."""
ATTACHING = frozenset({"patrol", "waypoint", "sighting", DELETED})
"""Fields of a picture that make it part of a patrol, or no part of it any more."""
_AT_ONCE = 200


class Touch(Protocol):
    """What ``refresh`` needs to know of a batch."""

    new: dict[str, list[bytes]]
    changed: dict[str, list[bytes]]
    left: set[bytes]


def refresh(db: Database, log: Log, touched: Touch) -> None:
    """Bring ``patrol.reopened`` up to date after a batch; the caller holds the transaction."""
    patrols: set[bytes] = set()
    for kind in ("patrol", *PARTS):
        for ids in (touched.new.get(kind, ()), touched.changed.get(kind, ())):
            if ids:
                patrols.update(_approved(db, kind, ids))
    if touched.left:
        patrols.update(_approved(db, "patrol", touched.left))
    for patrol in patrols:
        told = int(is_reopened(db, log, patrol))
        db.conn.execute("UPDATE patrol SET reopened=? WHERE id=? AND reopened<>?", (told, patrol, told))


def patrol_of(db: Database, kind: str, record: bytes) -> list[bytes]:
    """The patrol that a record belongs to as the tables stand, as a list of one or none."""
    found = db.conn.execute(f"SELECT patrol FROM {kind} WHERE id=? AND patrol IS NOT NULL", (record,))
    return [row[0] for row in found]


def is_reopened(db: Database, log: Log, patrol: bytes) -> bool:
    """Whether an approved patrol holds anything that the newest approval had not in view; False for other states."""
    row = db.conn.execute("SELECT state, batch FROM patrol WHERE id=?", (patrol,)).fetchone()
    if row is None or row[0] != APPROVED:
        return False
    versions = log.versions("patrol", patrol, row[1])
    approvals = [v for v in versions if v.fields.get("state") == APPROVED]
    if not approvals:
        return False
    approval = approval_of(approvals)
    for version in versions:
        if version is not approval and not STEP_FIELDS.issuperset(version.fields) and not approval.saw(version):
            return True
    return any(not _in_view(approval, log, key) for key in batches_of_parts(db, log, patrol))


def approval_of(approvals: Sequence[Version]) -> Version:
    """The approval that holds, of statements that set the state approved.

    Taking a return back, or deciding between two stations, states an old approval again, with its time. Its maker then
    looked at the state and not at the patrol: the approval is as old as when it was first stated.
    """
    newest = max(approvals, key=lambda v: v.stamp)
    at = newest.fields.get("state_at")
    if at is None:
        return newest
    return min((v for v in approvals if v.fields.get("state_at") == at), key=lambda v: v.stamp)


def reopened(db: Database, patrol: bytes) -> bool:
    """Whether an approved patrol changed since, as it was computed when that came."""
    row = db.conn.execute("SELECT reopened FROM patrol WHERE id=?", (patrol,)).fetchone()
    return bool(row and row[0])


def batches_of_patrol(db: Database, log: Log, patrol: bytes) -> set[int]:
    """The local keys of the batches that made or changed a patrol or what belongs to it, its steps included."""
    keys = batches_of_parts(db, log, patrol)
    rows = db.conn.execute(
        "SELECT batch FROM patrol WHERE id=? AND batch IS NOT NULL UNION SELECT batch FROM edit"
        " WHERE id=? AND kind='patrol'",
        (patrol, patrol),
    )
    return keys | {row[0] for row in rows}


def batches_of_parts(db: Database, log: Log, patrol: bytes) -> set[int]:
    """The local keys of the batches that made or changed what belongs to a patrol."""
    keys: set[int] = set()
    for kind in PARTS:
        for record, made_in in db.conn.execute(f"SELECT id, batch FROM {kind} WHERE patrol=?", (patrol,)).fetchall():
            if made_in is not None:
                keys.add(made_in)
            edits = db.conn.execute("SELECT batch, i FROM edit WHERE id=? AND kind=?", (record, kind)).fetchall()
            # A picture that is reviewed or marked is the same picture.
            keys.update(k for k, index in edits if kind != "media" or _attaches(log, k, index))
    return keys


def _attaches(log: Log, key: int, index: int) -> bool:
    return not ATTACHING.isdisjoint(log.lines(key).op(index).fields)


def _in_view(approval: Version, log: Log, key: int) -> bool:
    writer, n = log.stamp(key)
    if writer == approval.writer:
        return n <= approval.n
    return covers(approval.seen.get(writer, []), n)


def _approved(db: Database, kind: str, ids: Iterable[bytes]) -> set[bytes]:
    """Of the patrols that these records are or belong to, those that are approved or were reopened."""
    found: set[bytes] = set()
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        column = "id" if kind == "patrol" else "patrol"
        sql = f"SELECT {column} FROM {kind} WHERE id IN ({','.join('?' * len(part))})"
        rows = db.conn.execute(f"SELECT id FROM patrol WHERE (state = 'approved' OR reopened) AND id IN ({sql})", part)
        found.update(row[0] for row in rows)
    return found
