"""One number for everything two stations share, so that they can see at a glance whether they hold the same.

SHA-256 over every shared record, field and open conflict in a fixed order; never counts, local row numbers or the
log. A field means the same whether this version knows its name or only carries it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.merge import Resolved, resolve
from ranger_app.domain.ops import DELETED
from ranger_app.store import purges
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.project import sides_of

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def state_hash(db: Database) -> str:
    """The hash as 64 hex digits."""
    total = hashlib.sha256()
    unknown = _unknown_kinds(db)
    conflicts = db.conn.execute("SELECT kind, id, field, sides FROM conflict").fetchall()
    for kind in sorted({*BY_NAME, *unknown}):
        records = _known(db, kind) if kind in BY_NAME else _unknown(db, kind, conflicts)
        for number, (record, fields) in enumerate(records):
            if number == 0:  # a kind without records is nothing, or a version that knows it would differ
                total.update(_encode(("kind", kind)))
            total.update(_encode((record, fields)))
    for row in sorted(conflicts, key=lambda row: row[:3]):
        total.update(_encode(("conflict", *row)))
    return total.hexdigest()


def _known(db: Database, kind: str) -> Iterator[tuple[bytes, list[tuple[str, Value]]]]:
    names = sorted([*BY_NAME[kind].columns, "deleted"])
    columns = ", ".join(f'"{name}"' for name in names)
    for record, extra, *values in db.conn.execute(f'SELECT id, extra, {columns} FROM "{kind}" ORDER BY id'):
        fields = [(name, value) for name, value in zip(names, values, strict=True) if value is not None]
        if extra is not None:
            more = {name: value for name, value in _decode(extra).items() if value is not None}
            fields = sorted([*(pair for pair in fields if pair[0] not in more), *more.items()])
        yield record, fields


def _unknown_kinds(db: Database) -> list[str]:
    known = ",".join("?" * len(BY_NAME))
    rows = db.conn.execute(f"SELECT DISTINCT kind FROM edit WHERE kind NOT IN ({known})", tuple(BY_NAME))
    return [row[0] for row in rows]


def _unknown(
    db: Database, kind: str, conflicts: list[tuple[str, bytes, str, bytes]]
) -> Iterator[tuple[bytes, list[tuple[str, Value]]]]:
    log = Log(db)
    for (record,) in db.conn.execute("SELECT DISTINCT id FROM edit WHERE kind=? ORDER BY id", (kind,)).fetchall():
        purged = purges.to_erase(db, log, kind, record) is not None
        resolved = Resolved({DELETED: 1}) if purged else resolve(log.versions(kind, record, None))
        values = resolved.values
        conflicts += [(kind, record, name, sides) for name, sides in sides_of(resolved).items()]
        values["deleted"] = values.get("deleted") or 0
        yield record, sorted((name, value) for name, value in values.items() if value is not None)
