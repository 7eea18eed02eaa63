"""What a field of a record is: its type, unit, words and how far it may travel.

Forms, tables, filters, CSV columns, bundles and merging all read these declarations, so that a new field is
one line in one place.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ranger_app.domain.ids import read_id
from ranger_app.i18n import _

Value = str | int | bytes | None
"""The only types a field's value has, in the database, in a batch and in a hash alike; never a float."""


class Type(enum.Enum):
    """How a value is written and shown; the stored form is given behind each."""

    TEXT = "text"  # str
    LONG_TEXT = "long_text"  # str, several lines
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # int, in units of 10**-digits of the field's unit
    DEGREES = "degrees"  # int, 1e-7 degree, WGS 84
    YES_NO = "yes_no"  # int 0 or 1
    CHOICE = "choice"  # str, one of the vocabulary (an unknown one is kept and shown as it is)
    DATE = "date"  # str YYYY-MM-DD
    LOCAL_TIME = "local_time"  # str YYYY-MM-DDTHH:MM:SS as a clock or a person wrote it, no offset
    INSTANT = "instant"  # int, milliseconds since 1970-01-01T00:00:00Z
    OFFSET = "offset"  # int, minutes east of UTC
    REFERENCE = "reference"  # bytes, the 16-byte id of another record
    REFERENCES = "references"  # str, JSON list of ids as 32 hex digits
    LIST = "list"  # str, JSON list of objects described by ``parts``
    HASH = "hash"  # str, 64 lower-case hex digits, SHA-256
    DATA = "data"  # bytes


class Group(enum.Enum):
    """What must be withheld together. Each group of an operation is committed to on its own in the signed batch."""

    OPEN = "open"
    PLACE = "place"
    PEOPLE = "people"
    TRACK = "track"
    FILE = "file"


class Choice(NamedTuple):
    """One word of a vocabulary: the stored code and its untranslated label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind. ``label`` is marked with N_ and translated where shown."""

    name: str
    label: str
    type: Type = Type.TEXT
    required: bool = False
    unit: str = ""
    digits: int = 0
    choices: tuple[Choice, ...] = ()
    refers_to: str = ""
    group: Group = Group.OPEN
    parts: tuple[Field, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    listed: bool = False
    """Shown as a column of the kind's table."""
    form: bool = True
    """Shown in the kind's form; facts such as a hash are not for typing."""
    maker_only: bool = False
    """Counts only as the station that made the record sets it: no partner lets another's pictures leave."""
    goes_with: str = ""
    """The field that it is always set with: where stations differ, deciding that one decides this one too."""

    @property
    def words(self) -> dict[str, str]:
        """The labels of its vocabulary by code, in the language in use."""
        return {choice.code: _(choice.label) for choice in self.choices}

    @property
    def sql_type(self) -> str:
        """The STRICT column type of the stored form."""
        if self.type in (Type.INTEGER, Type.DECIMAL, Type.DEGREES, Type.YES_NO, Type.INSTANT, Type.OFFSET):
            return "INTEGER"
        return "BLOB" if self.type in (Type.REFERENCE, Type.DATA) else "TEXT"


@dataclass(frozen=True, slots=True)
class Kind:
    """A record type. ``name`` is the command-line word, ``plural`` the key its list answers under."""

    name: str
    plural: str
    label: str
    label_plural: str
    fields: tuple[Field, ...]
    title: tuple[str, ...] = ("name",)
    """Fields whose values together name a record to a person."""
    facts: tuple[str, ...] = ()
    """Fields that are written once and never edited."""
    public: bool = True
    """Has a command of its own; a part of another record has none."""
    own_word: bool = False
    """What one station says: no other station changes it or takes it away."""

    def field(self, name: str) -> Field:
        """The field called ``name``; KeyError if there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The field names in declared order, without the common ones (``id``, ``deleted``)."""
        return tuple(f.name for f in self.fields)


_HASH = re.compile(r"[0-9a-f]{64}")
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999
_PYTHON: dict[str, type] = {"INTEGER": int, "TEXT": str, "BLOB": bytes}
_PYTHON_TYPE = {one: _PYTHON[Field("", "", one).sql_type] for one in Type}
_CHECKED = {Type.HASH, Type.REFERENCE, Type.INSTANT, Type.OFFSET, Type.DEGREES, Type.LIST, Type.REFERENCES}
_LONGEST_LIST = 1 << 20


def valid(field: Field, value: Value) -> bool:
    """Whether a value that came from elsewhere is one that this version can show and compute with."""
    if value is None:
        return True
    if type(value) is not _PYTHON_TYPE[field.type]:
        return False
    if field.type not in _CHECKED:  # the usual case, a million times in an import
        return True
    match field.type:
        case Type.HASH:
            return isinstance(value, str) and _HASH.fullmatch(value) is not None
        case Type.REFERENCE:
            return isinstance(value, bytes) and len(value) == 16
        case Type.INSTANT:
            return isinstance(value, int) and _FIRST_MS <= value <= _LAST_MS
        case Type.OFFSET:
            return isinstance(value, int) and abs(value) <= 840
        case Type.DEGREES:
            return isinstance(value, int) and abs(value) <= (field.maximum or 1_800_000_000)
        case Type.LIST | Type.REFERENCES:
            return isinstance(value, str) and _valid_list(field, value)
        case _:
            return True


def checker(field: Field) -> Callable[[Value], bool]:
    """``valid`` for one field, made once, because an import asks a million times."""
    python = _PYTHON_TYPE[field.type]
    if field.type not in _CHECKED:
        return lambda value: value is None or type(value) is python
    if field.type is Type.REFERENCE:
        return lambda value: value is None or (type(value) is bytes and len(value) == 16)
    return partial(valid, field)


def _valid_list(field: Field, text: str) -> bool:
    try:
        entries = json.loads(text) if len(text) <= _LONGEST_LIST else None
    except (ValueError, RecursionError):
        return False
    if not isinstance(entries, list):
        return False
    if field.type is Type.REFERENCES:
        return all(map(read_id, entries))
    kinds = {part.name: _PYTHON[part.sql_type] for part in field.parts}
    return all(
        isinstance(entry, dict)
        and all(value is None or type(value) is kinds.get(name, type(value)) for name, value in entry.items())
        for entry in entries
    )
