"""Deciding a conflict is just editing: the new value was written with every side in view."""

from __future__ import annotations

from ranger_app.changes import Changes
from ranger_app.domain.ops import DELETED, change
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.conflicts import Conflict, conflicts


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
    """Decide for one side, counted from 0 in the order listed."""
    if not 0 <= side < len(conflict.sides):
        raise DataProblem(
            "NO_SIDE", _("This conflict has {n} sides.").format(n=len(conflict.sides)), _("Take one of them.")
        )
    value = conflict.sides[side].value
    if conflict.field == DELETED:
        value = value or 0
    return library.commit([change(conflict.kind, conflict.record, {conflict.field: value})], label="decide")
