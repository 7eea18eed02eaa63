"""What of a record is kept back by the station it comes from, so that screens can say so and nobody types over it."""

from __future__ import annotations

from ranger_app.domain import coarse
from ranger_app.domain.fields import Group
from ranger_app.domain.kinds import kind_named
from ranger_app.store.connection import Database

_GROUPS = {group.value for group in Group}


def groups_of(db: Database, kind: str, record: bytes) -> frozenset[str]:
    """The groups of fields of which something is not here; ``place`` also where only a coarse place is."""
    rows = db.conn.execute("SELECT groups FROM withheld WHERE id=? AND kind=?", (record, kind))
    named = {group for (groups,) in rows for group in groups.split(",")}
    if not coarse.COARSE.keys().isdisjoint(named):
        named.add(coarse.PLACE)
    return frozenset(named & _GROUPS)


def fields_of(db: Database, kind: str, record: bytes) -> frozenset[str]:
    """The fields that cannot be edited here, because what they hold is withheld."""
    groups = groups_of(db, kind, record)
    return frozenset(field.name for field in kind_named(kind).fields if field.group.value in groups)


def number(db: Database) -> int:
    """How many records are here only in part."""
    return int(db.conn.execute("SELECT count(*) FROM (SELECT DISTINCT kind, id FROM withheld)").fetchone()[0])
