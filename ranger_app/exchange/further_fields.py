"""The table ``further-fields``: what a record holds beyond the standard's columns, so that reading gives it back whole.

Writing compares a record with what reading its row alone would give and notes every difference; reading runs beside
the tables, because both are in one order, and needs no memory for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ranger_app.domain.fields import Kind, Value, valid
from ranger_app.domain.kinds import BY_NAME

Line = tuple[str, str, str, str]
"""(kind of record, id in this package, field, value)."""
Group = tuple[str, str, dict[str, str]]
OWN_ID = "id"
"""The field that gives the record's own id where the package calls it otherwise."""
STANDALONE = ("person", "taxon", "individual", "location", "camera")
"""Kinds that stand in this table alone."""
KINDS = (*STANDALONE, "deployment", "media", "observation")
_EMPTY_TEXT = "\\"
"""A text that is there and empty, and the mark before a text that begins with it."""


def told(value: Value) -> str:
    """A stored value as text: numbers in the field's own unit, ids in hex, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int):
        return str(value)
    return _EMPTY_TEXT + value if not value or value.startswith(_EMPTY_TEXT) else value


def understood(kind: Kind, name: str, text: str) -> Value:
    """The stored value; ValueError or KeyError where the field does not exist or cannot hold it."""
    field = kind.field(name)
    if not text:
        return None
    value: Value
    if field.sql_type == "INTEGER":
        value = int(text)
        if abs(value) >= 1 << 63:
            raise ValueError(text)
    elif field.sql_type == "BLOB":
        value = bytes.fromhex(text)
    else:
        value = text.removeprefix(_EMPTY_TEXT)
    if not valid(field, value):
        raise ValueError(text)
    return value


def lay_over(kind: str, told: Mapping[str, str], fields: dict[str, Value]) -> list[str]:
    """Put the further fields of a record of ``kind`` over ``fields``; the names of those that could not be read."""
    bad: list[str] = []
    for name, text in told.items():
        if name == OWN_ID:
            continue
        try:
            fields[name] = understood(BY_NAME[kind], name, text)
        except (ValueError, KeyError):
            bad.append(name)
    return bad


def lines(kind: str, ident: str, own: bytes, values: Mapping[str, Value], read: Mapping[str, Value]) -> Iterator[Line]:
    """What ``read``, the fields that the row alone would give, lacks of the record's ``values``."""
    if own.hex() != ident:
        yield kind, ident, OWN_ID, own.hex()
    for name in BY_NAME[kind].columns:
        value = values[name]
        if read.get(name) != value:
            yield kind, ident, name, told(value)


class Beside:
    """The groups of lines, taken in step with the rows of the tables they belong to."""

    def __init__(self, rows: Iterator[Line]) -> None:
        self._groups = _groups(rows)
        self._next = next(self._groups, None)

    def take(self, kind: str, ident: str) -> dict[str, str]:
        """The further fields of the row ``ident``, empty where the next group is another's."""
        if self._next is None or self._next[:2] != (kind, ident):
            return {}
        found = self._next[2]
        self._next = next(self._groups, None)
        return found

    def alone(self, kind: str, in_table: Mapping[str, object]) -> Iterator[Group]:
        """The groups that come next and belong to records of ``kind`` that are in no table."""
        while self._next is not None and self._next[0] == kind and self._next[1] not in in_table:
            yield self._next
            self._next = next(self._groups, None)

    @property
    def next(self) -> tuple[str, str] | None:
        """Kind and id of the next group."""
        return self._next[:2] if self._next else None


def _groups(rows: Iterator[Line]) -> Iterator[Group]:
    current: Group | None = None
    for kind, ident, name, value in rows:
        if current is None or current[:2] != (kind, ident):
            if current:
                yield current
            current = (kind, ident, {})
        current[2][name] = value
    if current:
        yield current
