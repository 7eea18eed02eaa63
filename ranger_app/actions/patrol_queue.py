"""Which patrols wait for a manager, who waited longest first, and which came back to their rangers."""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions import kept_back
from ranger_app.actions.listing import Names
from ranger_app.actions.patrol_state import APPROVED, REOPENED, RETURNED, SUBMITTED
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store.connection import Database

_WAITING = """
SELECT p.id, p.name, p.date, p.leader, p.state, p.state_at, b.origin FROM patrol p LEFT JOIN batch b ON b.key = p.batch
WHERE p.deleted = 0 AND (p.state = 'submitted' OR p.reopened = 1)
ORDER BY coalesce(p.state_at, 0), coalesce(p.date, ''), p.id
"""
WAITING = "deleted = 0 AND (state = 'submitted' OR reopened = 1)"
"""The same as a condition on the table of patrols."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A patrol in the queue. ``state`` is submitted or reopened, ``at`` ms since 1970 when it got there (for a
    reopened one, when it was approved), None where that is not known. ``station`` made it."""

    id: bytes
    name: str
    date: str
    leader: str
    state: str
    at: int | None
    station: str
    own: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """A patrol that came back, with what has to be mended."""

    id: bytes
    name: str
    comment: str


def queue(library: Library) -> list[Waiting]:
    """All patrols that wait for a manager, the one that waited longest first; the same order at every station."""
    with library.read() as db:
        names = Names(db)
        found = []
        for record, name, day, leader, state, at, origin in db.conn.execute(_WAITING).fetchall():
            made = origins.named(db, origin, library.station) if origin else None
            found.append(
                Waiting(
                    record,
                    kept_back.name(db, "patrol", record, name) or record.hex()[:8],
                    day or "",
                    names("person", leader) if leader else "",
                    REOPENED if state == APPROVED else SUBMITTED,
                    at,
                    made.name if made else "",
                    made is None or made.own,
                )
            )
    return found


def returned(db: Database, person: bytes | None) -> list[Returned]:
    """The returned patrols that ``person`` led or was on, or that name nobody; all of them where nobody is at work."""
    sql = (
        "SELECT id, name, state_comment, leader, members FROM patrol WHERE deleted = 0 AND state = ?"
        " ORDER BY coalesce(state_at, 0), id"
    )
    found = []
    for record, name, comment, leader, members in db.conn.execute(sql, (RETURNED,)).fetchall():
        if person is None or leader is None or leader == person or person.hex() in (members or ""):
            shown = kept_back.name(db, "patrol", record, name) or record.hex()[:8]
            found.append(Returned(record, shown, comment or ""))
    return found
