"""Draft, submitted, returned, approved: the steps of a patrol, each with who took it, when and why.

A manager approves what was in view; that an approved patrol changed since is computed (``store.reopened``).
"""

from __future__ import annotations

from collections.abc import Callable

from ranger_app.actions import kept_back, permission
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import change
from ranger_app.errors import DataProblem
from ranger_app.i18n import N_, _
from ranger_app.library import Library
from ranger_app.store import reopened
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.rows import Record

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
REOPENED = "reopened"
"""What people are told in place of ``approved`` once something changed; never stored."""
REOPENED_WORD = N_("Changed since approval")
TO_SUBMIT = (DRAFT, RETURNED)
"""States in which a patrol is still being written."""
TO_JUDGE = (SUBMITTED, REOPENED)
"""What waits for a manager."""
TO_RETURN = (SUBMITTED, APPROVED, REOPENED)
InView = frozenset[int]
"""The local keys of the batches that a page was made from."""


def standing(db: Database, record: Record) -> str:
    """The state as people are told it: ``reopened`` for an approved patrol that changed since."""
    state = _state(record.values)
    return REOPENED if state == APPROVED and reopened.reopened(db, record.id) else state


def in_view(db: Database, patrol: bytes) -> InView:
    """What ``approve`` asks for: read it with, or before, what the manager is shown of the patrol."""
    return frozenset(reopened.batches_of_patrol(db, Log(db), patrol))


def submit(library: Library, patrol: bytes) -> Changes:
    """Hand a draft or returned patrol in for review; DataProblem where it stands elsewhere or has no date."""
    values = _record(library, patrol).values
    if (state := _state(values)) not in TO_SUBMIT:
        raise _wrong_step(state)
    if values["date"] is None:
        raise DataProblem(
            "PATROL_WITHOUT_DATE", _("The patrol has no date."), _("Fill in the date, save, then submit it.")
        )
    return _set(library, patrol, SUBMITTED, None, "submit patrol")


def withdraw(library: Library, patrol: bytes) -> Changes:
    """Take a submission back to go on writing, before a manager has judged it; DataProblem afterwards."""
    if (state := _state(_record(library, patrol).values)) != SUBMITTED:
        raise _wrong_step(state)
    return _set(library, patrol, DRAFT, None, "withdraw patrol")


def approve(library: Library, patrol: bytes, seen: InView | None = None) -> Changes:
    """Accept a submitted patrol, or again one that changed since its approval. Needs the role manager.

    ``seen`` is ``in_view`` as it was when the patrol was shown: DataProblem PATROL_CHANGED where anything came since,
    for nobody approves what they have not looked at. Without it the patrol counts as it is in the library.
    """
    permission.require(library, permission.MANAGER)
    with library.read() as db:
        record = existing(db, "patrol", patrol)
        waits = standing(db, record) in TO_JUDGE or _differs(db, patrol)
    if not waits:
        raise _wrong_step(_state(record.values))

    def unchanged(db: Database) -> None:
        if seen is not None and not in_view(db, patrol) <= seen | {_newest(db)}:
            raise DataProblem(
                "PATROL_CHANGED",
                _("The patrol changed while you looked at it."),
                _("Look at what is new, then approve it."),
            )

    return _set(library, patrol, APPROVED, None, "approve patrol", unchanged)


def send_back(library: Library, patrol: bytes, comment: str) -> Changes:
    """Return a submitted or approved patrol with what has to be mended. Needs the role manager and a comment."""
    permission.require(library, permission.MANAGER)
    if (state := _state(_record(library, patrol).values)) not in (SUBMITTED, APPROVED):
        raise _wrong_step(state)
    if not comment.strip():
        raise DataProblem(
            "COMMENT_MISSING",
            _("A patrol is returned with a comment."),
            _("Write in one sentence what has to be mended."),
        )
    return _set(library, patrol, RETURNED, comment.strip(), "return patrol")


def _record(library: Library, patrol: bytes) -> Record:
    with library.read() as db:
        return existing(db, "patrol", patrol)


def _state(values: dict[str, Value]) -> str:
    return str(values["state"] or DRAFT)


def _differs(db: Database, patrol: bytes) -> bool:
    """Whether two stations set its state without knowing of each other: judging it again decides that."""
    sql = "SELECT 1 FROM conflict WHERE kind='patrol' AND id=? AND field='state'"
    return db.conn.execute(sql, (patrol,)).fetchone() is not None


def _newest(db: Database) -> int:
    return int(db.conn.execute("SELECT max(key) FROM batch").fetchone()[0])


def _wrong_step(state: str) -> DataProblem:
    told, todo = {
        DRAFT: (_("The patrol is a draft."), _("Submit it first.")),
        SUBMITTED: (
            _("The patrol is submitted already."),
            _("Withdraw the submission to change it; a manager approves or returns it."),
        ),
        RETURNED: (_("The patrol was returned."), _("Mend what the comment says, then submit it again.")),
        APPROVED: (
            _("The patrol is approved already."),
            _("Nothing is left to do. A manager who finds something wrong returns it with a comment."),
        ),
    }.get(state, (_("The patrol is not in a state for this."), _("Look at its state and who set it last.")))
    return DataProblem("STATE_WRONG", told, todo)


def _set(
    library: Library,
    patrol: bytes,
    state: str,
    comment: str | None,
    label: str,
    check: Callable[[Database], None] | None = None,
) -> Changes:
    values: dict[str, Value] = {
        "state": state,
        "state_by": library.person,
        "state_at": library.now_ms(),
        "state_comment": comment,
    }
    with library.read() as db:
        kept_back.check(db, "patrol", patrol, values)
    return library.commit([change("patrol", patrol, values)], label=label, also=check)
