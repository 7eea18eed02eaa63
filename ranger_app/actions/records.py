"""Adding, editing, deleting and finding records of any kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ranger_app.actions import deployment_rules, kept_back, permission, visit_rules
from ranger_app.changes import Changes
from ranger_app.domain.fields import Field, Kind, Type, Value
from ranger_app.domain.ids import parse_id
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.ops import DELETED, Op, change, create
from ranger_app.domain.ops import delete as delete_op
from ranger_app.domain.values import exact, parse, plain
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.reopened import STEP_FIELDS
from ranger_app.store.rows import Record


def add(library: Library, kind: str, values: Mapping[str, Value]) -> bytes:
    """Make a record; returns its id. DataProblem where a required field is empty or a word is not a field."""
    declared = kind_named(kind)
    _check_names(declared, values)
    permission.require_for(library, kind, {}, values)
    if values.get("state") not in (None, "draft"):
        _refuse_steps(kind, values)
    missing = [f for f in declared.fields if f.required and values.get(f.name) is None]
    if missing:
        raise DataProblem(
            "FIELD_MISSING",
            _("{field} is empty.").format(field=_(missing[0].label)),
            _("Fill it in and try again."),
        )
    record = library.new_id()
    more: list[Op] = []
    if kind == "survey":
        values = visit_rules.checked(values)
    if kind == "deployment":
        deployment_rules.check(None, {}, values)
        with library.read() as db:
            more = deployment_rules.pairing(db, record, None, values.get("paired_with"))
    library.commit([create(kind, record, dict(values)), *more], label=f"add {kind}")
    return record


def edit(library: Library, kind: str, record: bytes, values: Mapping[str, Value]) -> Changes:
    """Set some fields of a record; fields that already have the value are left alone."""
    declared = kind_named(kind)
    _check_names(declared, values)
    for name in values:
        if name in declared.facts:
            raise DataProblem(
                "FACT",
                _("{field} is a fact and is never edited.").format(field=_(declared.field(name).label)),
                _("Write a note or a correction instead."),
            )
    with library.read() as db:
        current = existing(db, kind, record)
        if kind == "survey":
            values = visit_rules.checked(values, current.values)
        open_fields = {row[0] for row in db.conn.execute("SELECT field FROM conflict WHERE id=?", (record,))}
    # Setting a field again to the value shown is a decision where two stations differ on it.
    different = {n: v for n, v in values.items() if current.values.get(n) != v or n in open_fields}
    for f in declared.fields:  # what is empty already may be withheld: that is no reason to refuse the rest
        if f.required and f.name in different and different[f.name] is None:
            raise DataProblem(
                "FIELD_MISSING", _("{field} is empty.").format(field=_(f.label)), _("Fill it in and try again.")
            )
    if not different:
        return Changes(frozenset())
    permission.require_for(library, kind, current.values, different)
    _refuse_steps(kind, different)
    with library.read() as db:
        kept_back.check(db, kind, record, different)
    more: list[Op] = []
    if kind == "deployment":
        deployment_rules.check(record, current.values, different)
        if "paired_with" in different:
            with library.read() as db:
                more = deployment_rules.pairing(db, record, current["paired_with"], different["paired_with"])
    return library.commit([change(kind, record, different), *more], label=f"edit {kind}")


def delete(library: Library, kind: str, record: bytes) -> Changes:
    """Take a record away; undo brings it back."""
    with library.read() as db:
        current = existing(db, kind, record)
    permission.require_for(library, kind, current.values, {DELETED: 1})
    return library.commit([delete_op(kind, record)], label=f"delete {kind}")


def _refuse_steps(kind: str, values: Mapping[str, Value]) -> None:
    # Who set the state and when is part of each step: typing it in would make a history that nobody made.
    if kind == "patrol" and not STEP_FIELDS.isdisjoint(values):
        raise DataProblem(
            "STATE_BY_STEP",
            _("The state of a patrol is set by its steps and not typed in."),
            _("Submit, withdraw, approve or return it."),
        )


def _check_names(kind: Kind, values: Mapping[str, Value]) -> None:
    for name in values:
        if name not in kind.columns:
            raise DataProblem(
                "FIELD_UNKNOWN",
                _("{kind} has no field called {field}.").format(kind=_(kind.label), field=name),
                _("Use one of: {fields}.").format(fields=", ".join(kind.columns)),
            )


def existing(db: Database, kind: str, record: bytes) -> Record:
    """The record, which must be here and not deleted; DataProblem otherwise."""
    found = rows.get(db, kind, record)
    if found is None or found.deleted:
        raise DataProblem(
            "NO_RECORD",
            _("There is no {kind} with the id {id}.").format(kind=_(kind_named(kind).label), id=record.hex()),
            _("Look it up in the list."),
        )
    return found


def find_named(db: Database, kind: str, text: str) -> bytes | None:
    """The one record of a kind with this id or this exact name (its first title field); None if not exactly one."""
    try:
        record = parse_id(text)
    except ValueError:
        name = kind_named(kind).title[0]
        found = db.conn.execute(f'SELECT id FROM "{kind}" WHERE deleted=0 AND "{name}"=? LIMIT 2', (text,)).fetchall()
        return found[0][0] if len(found) == 1 else None
    return record if rows.get(db, kind, record) else None


def parse_values(db: Database, kind: Kind, typed: Mapping[str, str]) -> dict[str, Value]:
    """What a person typed for some fields, as values; DataProblem naming the first field that cannot be read."""
    values: dict[str, Value] = {}
    for name, text in typed.items():
        if name not in kind.columns:
            _check_names(kind, {name: None})
        declared = kind.field(name)
        try:
            values[name] = parse(declared, text, lambda other, what: find_named(db, other, what))
        except ValueError as error:
            raise DataProblem(
                "VALUE_WRONG",
                _("{field}: {text} cannot be used.").format(field=_(declared.label), text=text),
                str(error),
            ) from error
    return values


def title(db: Database, kind: str, record: bytes) -> str:
    """A record's name as a person knows it; the short id where it has none or is not here, a word where withheld."""
    found = rows.get(db, kind, record)
    return title_of(db, found) if found else record.hex()[:8]


def title_of(db: Database, record: Record) -> str:
    """The name of a record at hand: its title fields, references by their own names."""
    declared = kind_named(record.kind)
    words = []
    for name in declared.title:
        field, value = declared.field(name), record[name]
        if isinstance(value, bytes) and field.type is Type.REFERENCE:
            words.append(title(db, field.refers_to, value))
        elif value is not None:
            words.append(exact(field, value))
    if not any(record[name] is not None for name in declared.title):
        return kept_back.name(db, record.kind, record.id, None) or record.id.hex()[:8]
    return " ".join(words)


def answer(record: Record) -> dict[str, object]:
    """A record as the command line answers it."""
    declared = kind_named(record.kind)
    shown: dict[str, object] = {"id": record.id.hex()}
    for name, value in record.values.items():
        shown[name] = plain(_field(declared, name), value)
    return shown


def _field(kind: Kind, name: str) -> Field:
    # A field of a newer version is shown as the text or number it is.
    return kind.field(name) if name in kind.columns else Field(name, name)


def everything(db: Database, kind: str) -> Iterator[Record]:
    """All records of a kind that are not deleted, oldest first."""
    return rows.find(db, kind)
