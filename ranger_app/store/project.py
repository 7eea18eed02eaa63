"""From operations to the tables the screens read.

The common cases (a new record; an edit by someone who had seen everything) touch one row; whenever operations met
without knowing of each other, the record is computed afresh from all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from ranger_app.domain.batch import Opened
from ranger_app.domain.fields import Field, Kind, Type, Value, checker, valid
from ranger_app.domain.intervals import covers
from ranger_app.domain.kinds import BY_NAME, MAKER_ONLY
from ranger_app.domain.merge import Resolved, resolve
from ranger_app.domain.ops import DELETED, Op
from ranger_app.store import derived, purges, reopened
from ranger_app.store.connection import Database, DatabaseError
from ranger_app.store.log import Log

_encode = msgspec.msgpack.Encoder().encode
_TIMING = {"utc_offset", "clock_corrections"}
_TIMED = ("camera_time", "deployment", "file_offset")
_FIELDS: dict[str, dict[str, Field]] = {
    kind.name: {f.name: f for f in kind.fields} | {DELETED: Field(DELETED, "", Type.YES_NO)}
    for kind in BY_NAME.values()
}


_CHECKS = {kind: {name: checker(field) for name, field in fields.items()} for kind, fields in _FIELDS.items()}
_NONE: frozenset[str] = frozenset()
_OWN = {kind.name: kind.columns for kind in BY_NAME.values()}
_GO_WITH = {kind.name: [f.name for f in kind.fields if f.goes_with] for kind in BY_NAME.values()}


@dataclass(slots=True)
class Touched:
    """What a batch changed, by kind."""

    new: dict[str, list[bytes]] = field(default_factory=dict)
    changed: dict[str, list[bytes]] = field(default_factory=dict)
    soft: set[bytes] = field(default_factory=set)
    hard: set[bytes] = field(default_factory=set)
    retimed: set[bytes] = field(default_factory=set)
    """Deployments whose pictures may have got another time."""
    reseen: set[bytes] = field(default_factory=set)
    """Pictures that a statement was about before it was changed."""
    relooked: set[bytes] = field(default_factory=set)
    """Deployments that ask for another number of looks."""
    purged: set[tuple[str, bytes]] = field(default_factory=set)
    """Kind and id of records whose content was erased."""
    left: set[bytes] = field(default_factory=set)
    """Patrols that records belonged to before they were changed."""
    unknown: int = 0

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds with any change."""
        return frozenset(self.new) | frozenset(self.changed)


class _Row(NamedTuple):
    created_in: int | None
    extra: bool


class Projection:
    """Applies batches to the tables of one connection; the caller holds the transaction."""

    def __init__(self, db: Database, log: Log) -> None:
        self.db = db
        self.log = log
        self._inserts = {kind.name: _insert_sql(kind) for kind in BY_NAME.values()}

    def apply(self, key: int, opened: Opened, *, purges_later: bool = False) -> Touched:
        """Put the batch with local ``key`` into the tables; ``purges_later``: ``purge`` follows the last of many."""
        touched = Touched()
        creates: dict[str, list[int]] = {}
        for index, op in enumerate(opened.ops):
            if op.withheld:
                self._keep_note(op, key, index)
            if op.action == "purge":
                self.log.purge(key, op, later=purges_later)
                self._remember(op, key, index)
            elif op.kind not in BY_NAME:
                self._remember(op, key, index)
                touched.unknown += 1
            elif op.action == "create":
                creates.setdefault(op.kind, []).append(index)
        for kind_name, indexes in creates.items():
            self._create(BY_NAME[kind_name], key, opened, indexes, touched)
        for index, op in enumerate(opened.ops):
            if op.action == "set" and op.kind in BY_NAME:
                self._set(BY_NAME[op.kind], key, opened, index, touched)
        touched.retimed.update(touched.new.get("deployment", ()))
        touched.relooked.update(op.id for op in opened.ops if op.kind == "deployment" and _looks_change(op))
        self._erase_purged(((op.kind, op.id) for op in opened.ops), touched)
        derived.refresh(self.db, touched, key)
        reopened.refresh(self.db, self.log, touched)
        return touched

    def purge(self) -> None:
        """Erase what the batches that were applied with ``purges_later`` ask for, now that all are here."""
        self.log.load_purges()
        touched = Touched()
        self._erase_purged(list(self.log.purges), touched)
        derived.refresh(self.db, touched, 0)
        reopened.refresh(self.db, self.log, touched)

    def reveal(self, key: int, opened: Opened, indexes: Sequence[int]) -> Touched:
        """Compute the records of some operations of a batch again, of which more is known now."""
        touched = Touched()
        self.db.conn.execute("DELETE FROM withheld WHERE batch=?", (key,))
        for index, op in enumerate(opened.ops):
            if op.withheld:
                self._keep_note(op, key, index)
        for record in dict.fromkeys((opened.ops[index].kind, opened.ops[index].id) for index in indexes):
            if record[0] in BY_NAME:
                self._again(BY_NAME[record[0]], record[1], touched)
        self._erase_purged(((opened.ops[index].kind, opened.ops[index].id) for index in indexes), touched)
        derived.refresh(self.db, touched, key)
        reopened.refresh(self.db, self.log, touched)
        return touched

    def _keep_note(self, op: Op, key: int, index: int) -> None:
        if op.action == "purge":
            return  # it sets nothing
        if (op.kind, op.id) in self.log.purges and purges.to_erase(self.db, self.log, op.kind, op.id) is not None:
            return  # what was erased is not kept back by anybody
        groups = ",".join(sorted(op.withheld))
        self.db.conn.execute("INSERT OR REPLACE INTO withheld VALUES (?,?,?,?,?)", (op.id, key, index, op.kind, groups))

    def _note_again(self, kind: str, record: bytes) -> None:
        """What was erased while it was not known who else made the record is from now on only kept back."""
        if (kind, record) not in self.log.purges:
            return
        for key in purges.shown(self.db, kind, record):
            for index, op in enumerate(self.log.opened(key).ops):
                if op.withheld and (op.kind, op.id) == (kind, record):
                    self._keep_note(op, key, index)

    def _again(self, kind: Kind, record: bytes, touched: Touched) -> None:
        """Compute a record that is here from all operations on it."""
        self._note_before(kind, record, touched)
        self._compute(kind, record, self._row(kind, record), touched)
        touched.changed.setdefault(kind.name, []).append(record)

    def _erase_purged(self, records: Iterable[tuple[str, bytes]], touched: Touched) -> None:
        if not self.log.purges:
            return
        for kind, record in dict.fromkeys(records):
            batches_of = purges.to_erase(self.db, self.log, kind, record)
            if batches_of is None:
                self._note_again(kind, record)
                continue
            purges.erase(self.db, self.log, kind, record, batches_of)
            touched.purged.add((kind, record))
            if kind in BY_NAME:
                self._again(BY_NAME[kind], record, touched)

    def _remember(self, op: Op, key: int, index: int) -> None:
        self.db.conn.execute("INSERT OR IGNORE INTO edit VALUES (?,?,?,?)", (op.id, key, index, op.kind))

    def _create(self, kind: Kind, key: int, opened: Opened, indexes: Sequence[int], touched: Touched) -> None:
        ops = [opened.ops[i] for i in indexes]
        offsets = derived.Offsets(self.db) if kind.name == "media" else None
        rows = [_row(kind, op.id, op.fields, key, offsets) for op in ops]
        before = self.db.conn.total_changes
        sql = self._inserts[kind.name]
        self.db.conn.execute("SAVEPOINT creating")
        try:
            self.db.conn.executemany(sql, rows)
            whole = self.db.conn.total_changes - before == len(rows)
        except DatabaseError:
            if not self.db.conn.in_transaction:  # a full disk ended it all
                raise
            whole = False  # a value of a type this version does not know
        if not whole:
            self.db.conn.execute("ROLLBACK TO creating")
        self.db.conn.execute("RELEASE creating")
        if whole:
            touched.new.setdefault(kind.name, []).extend(op.id for op in ops)
            return
        for index, op in zip(indexes, ops, strict=True):
            row = self._row(kind, op.id)
            self._note_before(kind, op.id, touched)  # what is made twice may be about other pictures than before
            if row and row.created_in is not None:
                self._remember(op, key, index)
                self._compute(kind, op.id, row, touched)
            else:  # new, or known so far only from edits that came first
                self._compute(kind, op.id, row, touched, created_in=key)
            where = touched.changed if row else touched.new
            where.setdefault(kind.name, []).append(op.id)

    def _note_before(self, kind: Kind, record: bytes, touched: Touched, fields: Collection[str] | None = None) -> None:
        """Note what a record tells of before these fields of it (any: None) change."""
        if kind.name == "observation":
            touched.reseen.update(derived.pictures_of(self.db, [record]))
        elif kind.name in reopened.PARTS and (fields is None or "patrol" in fields):
            touched.left.update(reopened.patrol_of(self.db, kind.name, record))
        elif kind.name == "deployment":
            if fields is None or not _TIMING.isdisjoint(fields):
                touched.retimed.add(record)
            if fields is None:
                touched.relooked.add(record)

    def _row(self, kind: Kind, record: bytes) -> _Row | None:
        row = self.db.conn.execute(
            f'SELECT batch, extra IS NOT NULL FROM "{kind.name}" WHERE id=?', (record,)
        ).fetchone()
        return _Row(row[0], bool(row[1])) if row else None

    def _set(self, kind: Kind, key: int, opened: Opened, index: int, touched: Touched) -> None:
        op = opened.ops[index]
        row = self._row(kind, op.id)
        simple = (
            row is not None
            and not row.extra
            and not op.withheld
            and MAKER_ONLY.get(op.kind, _NONE).isdisjoint(op.fields)
            and _fits(kind, op.fields)
            and self._all_seen(opened, key, index, op, row.created_in)
        )
        self._remember(op, key, index)
        self._note_before(kind, op.id, touched, op.fields if simple else None)
        if simple:
            names = list(op.fields)
            if names:
                sets = ", ".join(f'"{name}"=?' for name in names)
                values = [(op.fields[name] or 0) if name == DELETED else op.fields[name] for name in names]
                self.db.conn.execute(f'UPDATE "{kind.name}" SET {sets} WHERE id=?', (*values, op.id))
                decided = [(kind.name, op.id, name) for name in names]
                self.db.conn.executemany("DELETE FROM conflict WHERE kind=? AND id=? AND field=?", decided)
        else:
            self._compute(kind, op.id, row, touched)
        touched.changed.setdefault(kind.name, []).append(op.id)

    def _all_seen(self, opened: Opened, key: int, index: int, op: Op, created_in: int | None) -> bool:
        found = self.db.conn.execute("SELECT batch, i FROM edit WHERE id=? AND kind=?", (op.id, op.kind))
        edits = found.fetchall()
        if created_in is not None:
            edits.append((created_in, -1))
        writer, n, seen = opened.header.writer, opened.header.n, opened.seen
        for other, other_index in edits:
            if other == key:
                if other_index > index:
                    return False
                continue
            other_writer, other_n = self.log.stamp(other)
            if other_writer == writer:
                if other_n >= n:
                    return False
            elif not covers(seen.get(other_writer, []), other_n) or covers(self.log.saw(other).get(writer, []), n):
                return False  # the second only where somebody claims to have seen what was not there yet
        return True

    def _compute(
        self, kind: Kind, record: bytes, row: _Row | None, touched: Touched, created_in: int | None = None
    ) -> None:
        if created_in is None and row:
            created_in = row.created_in
        if (kind.name, record) in self.log.purges and purges.to_erase(self.db, self.log, kind.name, record) is not None:
            resolved = Resolved({DELETED: 1})
        else:
            resolved = resolve(self.log.versions(kind.name, record, created_in))
            for name in _GO_WITH[kind.name]:  # decided with the field that it is set with
                resolved.conflicts.pop(name, None)
        offsets = derived.Offsets(self.db) if kind.name == "media" else None
        self.db.conn.execute("DELETE FROM conflict WHERE kind=? AND id=?", (kind.name, record))
        new_row = _row(kind, record, resolved.values, created_in, offsets)
        if row is None:
            self.db.conn.execute(self._inserts[kind.name], new_row)
        else:
            names = _columns(kind)
            sets = ", ".join(f'"{name}"=?' for name in names[1:])
            self.db.conn.execute(f'UPDATE "{kind.name}" SET {sets} WHERE id=?', (*new_row[1:], record))
        self.db.conn.executemany(
            "INSERT INTO conflict (id, field, kind, sides) VALUES (?,?,?,?)",
            [(record, name, kind.name, sides) for name, sides in sides_of(resolved).items()],
        )
        if resolved.conflicts:
            touched.hard.add(record)
        elif resolved.soft:
            touched.soft.add(record)


def _looks_change(op: Op) -> bool:
    # A new deployment has no pictures yet unless they came first; taking the number of looks away changes it too.
    return bool(op.fields.get("looks")) or (op.action == "set" and "looks" in op.fields)


def sides_of(resolved: Resolved) -> dict[str, bytes]:
    """The sides of each conflict as they are kept and hashed."""
    return {
        name: _encode([(*v.stamp, v.fields.get(name)) for v in versions])
        for name, versions in resolved.conflicts.items()
    }


def _columns(kind: Kind) -> tuple[str, ...]:
    columns = ("id", *kind.columns, DELETED, "batch", "extra")
    return (*columns, "taken_at") if kind.name == "media" else columns


def _insert_sql(kind: Kind) -> str:
    columns = _columns(kind)
    names = ", ".join(f'"{c}"' for c in columns)
    return f'INSERT INTO "{kind.name}" ({names}) VALUES ({",".join("?" * len(columns))}) ON CONFLICT(id) DO NOTHING'


def _fits(kind: Kind, fields: dict[str, Value]) -> bool:
    checks = _CHECKS[kind.name]
    for name, value in fields.items():
        check = checks.get(name)
        if check is None or not check(value):
            return False
    return True


def _row(
    kind: Kind, record: bytes, fields: dict[str, Value], created_in: int | None, offsets: derived.Offsets | None
) -> tuple[Value, ...]:
    own = _OWN[kind.name]
    values: list[Value] = [record, *map(fields.get, own), fields.get(DELETED) or 0, created_in, None]
    if not _fits(kind, fields):
        # Words of a newer version, or of a broken one: kept whole, beside the fields this version shows.
        known = _FIELDS[kind.name]
        extra = {n: v for n, v in fields.items() if n not in known or not valid(known[n], v)}
        for at, name in enumerate(own, start=1):
            if name in extra:
                values[at] = None
        if DELETED in extra:
            values[-3] = 0
        values[-1] = _encode(dict(sorted(extra.items())))
    if offsets is not None:
        values.append(offsets.instant(*(values[1 + own.index(name)] for name in _TIMED)))
    return tuple(values)
