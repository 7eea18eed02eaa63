"""Records of a kind as lines of text for a table, a list of names or a form: the reading side of ``records``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ranger_app.actions import kept_back
from ranger_app.actions.records import title, title_of
from ranger_app.domain import taxa
from ranger_app.domain.fields import Field, Group, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import shown
from ranger_app.i18n import language
from ranger_app.library import Library
from ranger_app.store import rows, withheld
from ranger_app.store.connection import Database

TAXA = ("taxon", "result_taxon", "suspected_taxon")
"""Fields that hold the name of a species."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record for a table: ``texts`` and ``keys`` (to sort by) in the order of the columns asked for."""

    id: bytes
    texts: tuple[str, ...]
    keys: tuple[tuple[int, Any], ...]


class Names:
    """Titles of records referred to, each read once."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[tuple[str, bytes], str] = {}

    def __call__(self, kind: str, record: bytes) -> str:
        """The title of the record."""
        found = self._known.get((kind, record))
        if found is None:
            found = self._known[(kind, record)] = title(self._db, kind, record)
        return found


def text_of(field: Field, value: Value, names: Names) -> str:
    """A value as a person reads it: species by their name in the language in use, references by title."""
    if field.name in TAXA and isinstance(value, str):
        return taxa.name(value, language())
    return shown(field, value, names)


def _key(value: Value, text: str) -> tuple[int, int | str]:
    if value is None:
        return (2, "")
    return (0, value) if isinstance(value, int) else (1, text.casefold())


def lines(library: Library, kind: str, columns: Sequence[str], match: Mapping[str, Value] | None = None) -> list[Line]:
    """All records of ``kind`` whose fields equal ``match``, oldest first."""
    declared = kind_named(kind)
    fields = [declared.field(name) for name in columns]
    wanted = dict(match or {})
    for name in wanted:
        declared.field(name)
    where = " AND ".join(f'"{name}" IS ?' for name in wanted)
    found: list[Line] = []
    with library.read() as db:
        names = Names(db)
        for record in rows.find(db, kind, where, list(wanted.values())):
            values = [record.values.get(field.name) for field in fields]
            texts = tuple(text_of(field, value, names) for field, value in zip(fields, values, strict=True))
            texts = _with_withheld(db, record, fields, texts)
            keys = tuple(_key(value, text) for value, text in zip(values, texts, strict=True))
            found.append(Line(record.id, texts, keys))
    return found


def _with_withheld(
    db: Database, record: rows.Record, fields: Sequence[Field], texts: tuple[str, ...]
) -> tuple[str, ...]:
    """A word in place of each blank that another station keeps back."""
    blank = [one for one in fields if one.group is not Group.OPEN and record.values.get(one.name) is None]
    if not blank:
        return texts
    hidden = withheld.fields_of(db, record.kind, record.id).intersection(one.name for one in blank)
    return tuple(kept_back.word() if one.name in hidden else text for one, text in zip(fields, texts, strict=True))


def names(library: Library, kind: str) -> list[tuple[bytes, str]]:
    """Ids and titles of all records of a kind, by title."""
    with library.read() as db:
        found = [(record.id, title_of(db, record)) for record in rows.find(db, kind)]
    return sorted(found, key=lambda item: item[1].casefold())
