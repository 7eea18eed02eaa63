"""Reading records of any kind back from their table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from ranger_app.domain.fields import Kind, Value
from ranger_app.domain.kinds import BY_NAME
from ranger_app.store.connection import Database

_decode = msgspec.msgpack.Decoder().decode


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the tables show it. ``key`` is its row number in this library alone."""

    kind: str
    id: bytes
    values: dict[str, Value]
    key: int
    deleted: bool

    def __getitem__(self, name: str) -> Value:
        """The field's value, None when empty."""
        return self.values[name]

    def text(self, name: str) -> str:
        """The field as text, empty when there is none."""
        value = self.values[name]
        return value if isinstance(value, str) else ""


_OWN = ("id", "key", "deleted", "batch", "extra")
"""Names no field may take from elsewhere."""


def _select(kind: Kind) -> str:
    columns = ", ".join(f'"{name}"' for name in kind.columns)
    return f'SELECT key, id, deleted, extra, {columns} FROM "{kind.name}"'


def _record(kind: Kind, row: Sequence[Value]) -> Record:
    values = dict(zip(kind.columns, row[4:], strict=True))
    if row[3] is not None:
        extra = _decode(row[3])  # type: ignore[arg-type]
        more = {n: v for n, v in extra.items() if n not in values and n not in _OWN}
        values.update(more)
    return Record(kind.name, row[1], values, row[0], bool(row[2]))  # type: ignore[arg-type]


def get(db: Database, kind: str, record: bytes) -> Record | None:
    """The record with this id, deleted or not."""
    declared = BY_NAME[kind]
    row = db.conn.execute(f"{_select(declared)} WHERE id=?", (record,)).fetchone()
    return _record(declared, row) if row else None


def find(
    db: Database,
    kind: str,
    where: str = "",
    params: Sequence[Value] = (),
    *,
    order: str = "key",
    limit: int | None = None,
    deleted: bool = False,
) -> Iterator[Record]:
    """Records that are not deleted (unless asked for) and meet the SQL condition ``where``, streamed."""
    declared = BY_NAME[kind]
    conditions = [part for part in ("" if deleted else "deleted = 0", where) if part]
    sql = _select(declared) + (" WHERE " + " AND ".join(f"({part})" for part in conditions) if conditions else "")
    sql += f" ORDER BY {order}" if order else ""
    sql += f" LIMIT {int(limit)}" if limit is not None else ""
    for row in db.conn.execute(sql, params):
        yield _record(declared, row)


def number(db: Database, kind: str) -> int:
    """How many records of a kind are not deleted."""
    return int(db.conn.execute(f'SELECT count(*) FROM "{kind}" WHERE deleted = 0').fetchone()[0])


def file_name(db: Database, name: str) -> str:
    """The file name of a picture known by its hash or its record's id in lower hex; empty where it has none here."""
    column, value = ("sha256", name) if len(name) == 64 else ("id", bytes.fromhex(name))
    row = db.conn.execute(f"SELECT file_name FROM media WHERE {column}=? LIMIT 1", (value,)).fetchone()
    return str(row[0] or "") if row else ""
