"""Draft, submitted, returned, approved: the steps of a patrol, each with who took it, when and why."""

from __future__ import annotations

from ranger_app.actions import kept_back, permission
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import change
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
TO_SUBMIT = (DRAFT, RETURNED)
"""States in which a patrol is still being written."""


def submit(library: Library, patrol: bytes) -> Changes:
    """Hand a draft or returned patrol in for review; DataProblem where it stands elsewhere or has no date."""
    values = _values(library, patrol)
    if _state(values) not in TO_SUBMIT:
        raise _wrong_step()
    if values["date"] is None:
        raise DataProblem(
            "PATROL_WITHOUT_DATE", _("The patrol has no date."), _("Fill in the date, save, then submit it.")
        )
    return _set(library, patrol, SUBMITTED, None, "submit patrol")


def approve(library: Library, patrol: bytes) -> Changes:
    """Accept a submitted patrol. Needs the role manager; DataProblem otherwise."""
    permission.require(library, permission.MANAGER)
    if _state(_values(library, patrol)) != SUBMITTED:
        raise _wrong_step()
    return _set(library, patrol, APPROVED, None, "approve patrol")


def send_back(library: Library, patrol: bytes, comment: str) -> Changes:
    """Return a submitted or approved patrol with what has to be mended. Needs the role manager and a comment."""
    permission.require(library, permission.MANAGER)
    if _state(_values(library, patrol)) not in (SUBMITTED, APPROVED):
        raise _wrong_step()
    if not comment.strip():
        raise DataProblem(
            "COMMENT_MISSING",
            _("A patrol is returned with a comment."),
            _("Write in one sentence what has to be mended."),
        )
    return _set(library, patrol, RETURNED, comment.strip(), "return patrol")


def _values(library: Library, patrol: bytes) -> dict[str, Value]:
    with library.read() as db:
        return existing(db, "patrol", patrol).values


def _state(values: dict[str, Value]) -> str:
    return str(values["state"] or DRAFT)


def _wrong_step() -> DataProblem:
    return DataProblem(
        "STATE_WRONG", _("The patrol is not in a state for this."), _("Look at its state and who set it last.")
    )


def _set(library: Library, patrol: bytes, state: str, comment: str | None, label: str) -> Changes:
    values: dict[str, Value] = {
        "state": state,
        "state_by": library.person,
        "state_at": library.now_ms(),
        "state_comment": comment,
    }
    with library.read() as db:
        kept_back.check(db, "patrol", patrol, values)
    return library.commit([change("patrol", patrol, values)], label=label)
