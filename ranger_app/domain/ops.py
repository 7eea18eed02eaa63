"""What can happen to a record: it is created, some of its fields are set, or it is purged.

Deleting is setting ``deleted``; everything a table shows follows from the set of these operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ranger_app.domain.fields import Value

Action = Literal["create", "set", "purge"]
DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Op:
    """One operation on one record. ``scope`` is the sharing label that later rules act on.

    ``withheld`` names the groups of fields that the sender kept back; a coarse place may stand in ``fields`` for one.
    """

    action: Action
    kind: str
    id: bytes
    fields: dict[str, Value]
    scope: str = ""
    withheld: frozenset[str] = frozenset()


def create(kind: str, record_id: bytes, fields: dict[str, Value]) -> Op:
    """A new record with all its fields; absent fields are empty."""
    return Op("create", kind, record_id, {name: value for name, value in fields.items() if value is not None})


def change(kind: str, record_id: bytes, fields: dict[str, Value]) -> Op:
    """Set some fields of a record."""
    return Op("set", kind, record_id, fields)


def delete(kind: str, record_id: bytes) -> Op:
    """Take a record away; it stays in the log and can be brought back."""
    return Op("set", kind, record_id, {DELETED: 1})


def purge(kind: str, record_id: bytes) -> Op:
    """Erase what every operation on the record says, here and wherever this reaches; a manager's act."""
    return Op("purge", kind, record_id, {})
