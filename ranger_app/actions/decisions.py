"""Open conflicts in words, each side with its station, person and time; and deciding one of them.

Deciding a conflict is just editing: the new value was written with every side in view.
"""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions import kept_back, permission
from ranger_app.actions.listing import Names, text_of
from ranger_app.actions.records import title, title_of
from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.domain.fields import Field, Value
from ranger_app.domain.kinds import MAKER_ONLY, kind_named
from ranger_app.domain.ops import DELETED, change
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.conflicts import Conflict, Side, conflicts
from ranger_app.store.conflicts import number as conflicts_number
from ranger_app.store.connection import Database
from ranger_app.store.log import Log

_BELONGS_TO = ("survey", "sector", "patrol", "deployment", "media")


@dataclass(frozen=True, slots=True)
class DecisionSide:
    """One of the values as people read it. ``at`` ms since 1970 by that station's clock; ``by`` may be empty."""

    value: str
    station: str
    own: bool
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A field that waits for a person. ``sides`` are in the order that ``take`` counts."""

    conflict: Conflict
    kind: str
    record: str
    field: str
    sides: tuple[DecisionSide, ...]


def open_decisions(library: Library, limit: int = 500) -> list[Decision]:
    """The open conflicts, in the order every station lists them, at most ``limit``."""
    with library.read() as db:
        names = Names(db)
        return [_decision(library, db, names, one) for one in conflicts(db, limit)]


def number(library: Library) -> int:
    """How many conflicts are open."""
    with library.read() as db:
        return conflicts_number(db)


def find(library: Library, name: str) -> Conflict:
    """The open conflict called ``name``; DataProblem where it is decided already or never was."""
    with library.read() as db:
        for conflict in conflicts(db):
            if conflict.id == name:
                return conflict
    raise DataProblem(
        "NO_CONFLICT", _("There is no open conflict {id}.").format(id=name), _("Look it up with: ranger conflicts list")
    )


def take(library: Library, conflict: Conflict, side: int) -> Changes:
    """Decide for one side, counted from 0 in the order listed.

    DataProblem NOT_OURS where the field counts only as the station sets it that made the record: no decision of ours
    would end the conflict.
    """
    if not 0 <= side < len(conflict.sides):
        raise DataProblem(
            "NO_SIDE", _("This conflict has {n} sides.").format(n=len(conflict.sides)), _("Take one of them.")
        )
    value = conflict.sides[side].value
    if conflict.field == DELETED:
        value = value or 0
    values = {conflict.field: value}
    with library.read() as db:
        _require_ours(library, db, conflict)
        record = rows.get(db, conflict.kind, conflict.record)
        values |= _going_with(db, conflict, conflict.sides[side])
        kept_back.check(db, conflict.kind, conflict.record, values)
    permission.require_for(library, conflict.kind, record.values if record else {}, values)
    return library.commit([change(conflict.kind, conflict.record, values)], label="decide")


def _require_ours(library: Library, db: Database, conflict: Conflict) -> None:
    if conflict.field not in MAKER_ONLY.get(conflict.kind, ()):
        return
    made_by = origins.makers_of(db, conflict.kind, conflict.record)
    if library.station.id in made_by:
        return
    names = sorted(origins.named(db, one, library.station).name for one in made_by)
    raise DataProblem(
        "NOT_OURS",
        _("Only the station that made a record can decide this."),
        _("Ask {station} to decide it.").format(station=", ".join(names)),
    )


def _going_with(db: Database, conflict: Conflict, side: Side) -> dict[str, Value]:
    """What the side's statement said of the fields that are decided with this one: who took a step, when and why."""
    names = [f.name for f in kind_named(conflict.kind).fields if f.goes_with == conflict.field]
    if not names:
        return {}
    made_in = db.conn.execute(f'SELECT batch FROM "{conflict.kind}" WHERE id=?', (conflict.record,)).fetchone()
    for version in Log(db).versions(conflict.kind, conflict.record, made_in[0] if made_in else None):
        if (version.writer[0], version.hlc // 1000) == (side.station, side.at) and (
            version.fields.get(conflict.field) == side.value
        ):
            return {name: version.fields.get(name) for name in names}
    return {}


def _decision(library: Library, db: Database, names: Names, conflict: Conflict) -> Decision:
    declared = kind_named(conflict.kind)
    deleted = conflict.field == DELETED
    known = conflict.field in declared.columns
    field = declared.field(conflict.field) if known else Field(conflict.field, conflict.field)
    sides = []
    for side in conflict.sides:
        station = origins.named(db, side.station, library.station)
        value = _deletion(side.value) if deleted else text_of(field, side.value, names) or _("empty")
        by = title(db, "person", side.person) if side.person else ""
        sides.append(DecisionSide(value, station.name, station.own, by, side.at))
    return Decision(
        conflict,
        _(declared.label),
        _named(db, names, conflict),
        _("Deleted or kept") if deleted else _(field.label),
        tuple(sides),
    )


def _named(db: Database, names: Names, conflict: Conflict) -> str:
    """The record's name and what it belongs to; a count goes by its species, not by the number in question."""
    record = rows.get(db, conflict.kind, conflict.record)
    if record is None:
        return conflict.record.hex()[:8]
    own = taxa.name(record.text("taxon"), language()) if conflict.kind == "count" else title_of(db, record)
    parents = [
        names(field.refers_to, value)
        for field in kind_named(conflict.kind).fields
        if field.name in _BELONGS_TO and isinstance(value := record[field.name], bytes)
    ]
    return " · ".join([own, *parents])


def _deletion(value: Value) -> str:
    return _("Deleted") if value else _("Kept")
