"""What happened to a patrol, step by step, and what changed since somebody last judged it: both read from the log.

Every station that holds the same batches tells the same history in the same order, whoever walked to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranger_app.actions import kept_back
from ranger_app.actions.records import existing
from ranger_app.domain.intervals import Writer, covers
from ranger_app.domain.merge import Version, heads
from ranger_app.domain.station import Station
from ranger_app.i18n import N_, _
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.reopened import ATTACHING, PARTS, STEP_FIELDS

MADE, SUBMITTED, WITHDRAWN, RETURNED, APPROVED = "made", "submitted", "withdrawn", "returned", "approved"
CHANGED, RESTORED, DECIDED = "changed", "restored", "decided"
JUDGED = (RETURNED, APPROVED)
WORDS = {
    MADE: N_("Draft made"),
    SUBMITTED: N_("Submitted for review"),
    WITHDRAWN: N_("Submission withdrawn"),
    RETURNED: N_("Returned with a comment"),
    APPROVED: N_("Approved"),
    CHANGED: N_("Changed after the approval"),
    RESTORED: N_("Step taken back"),
    DECIDED: N_("Decided between two stations"),
}
"""Code of a step -> what it is called."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``state`` is the patrol's state after it; ``at`` ms since 1970 by the clock of the station it was
    taken at. ``by`` is empty where the library's owner acted, ``withheld`` where the name is not for this station.
    ``unseen`` says of an edit that the approval before it did not know of it, though it may be older.
    """

    kind: str
    state: str
    by: str
    at: int
    station: str
    own: bool
    comment: str = ""
    unseen: bool = False
    withheld: bool = False
    key: tuple[bytes, bytes, int, int] = (b"", b"", 0, 0)
    """Which statement it is: station, incarnation, number of the batch and place in it, the same everywhere."""

    @property
    def word(self) -> str:
        """What the step is called."""
        if self.kind == CHANGED and self.unseen:
            return _("Changed meanwhile, not seen by the approval")
        return _(WORDS[self.kind])

    @property
    def who(self) -> str:
        """The person, or that the name is withheld; empty where nobody is named."""
        return _("name withheld") if self.withheld else self.by


def history(library: Library, patrol: bytes) -> list[Step]:
    """A patrol's steps, each after all that its station knew of, then by the clock; DataProblem where it is gone."""
    with library.read() as db:
        existing(db, "patrol", patrol)
        return steps_of(db, library.station, patrol)


def steps_of(db: Database, own: Station, patrol: bytes) -> list[Step]:
    """The same for a patrol that may be deleted, as the station ``own`` tells it."""
    log = Log(db)
    made, found = statements(db, log, patrol)
    reopenings = _reopenings(db, found, edits(db, log, patrol)) if approvals(found) else []
    nodes: list[_Node] = [*([made] if made else []), *found, *reopenings]
    return [_step(db, own, made, found, node) for node in _ordered(nodes)]


# -- reading the log -----------------------------------------------------------------------------------------------


def statements(db: Database, log: Log, patrol: bytes) -> tuple[Version | None, list[Version]]:
    """The statement that made the patrol, None where it is not here, and those that set its state later."""
    made_in = _made_in(db, "patrol", patrol)
    found = log.versions("patrol", patrol, made_in)
    made = found[0] if made_in is not None and found else None
    return made, sorted((v for v in found if v is not made and "state" in v.fields), key=lambda v: v.stamp)


def edits(db: Database, log: Log, patrol: bytes) -> list[Version]:
    """All other operations on a patrol and on what belongs to it."""
    found = log.versions("patrol", patrol, _made_in(db, "patrol", patrol))
    rest = [v for v in found if not STEP_FIELDS.issuperset(v.fields)]
    return rest + [v for _kind, _record, versions in parts(db, log, patrol) for v in versions]


def parts(db: Database, log: Log, patrol: bytes) -> list[tuple[str, bytes, list[Version]]]:
    """All that belongs to a patrol, with the operations that count for it: a picture reviewed is the same picture."""
    found = []
    for kind in PARTS:
        sql = f"SELECT id, batch FROM {kind} WHERE patrol=? ORDER BY id"
        for record, made_in in db.conn.execute(sql, (patrol,)).fetchall():
            versions = log.versions(kind, record, made_in)
            if kind == "media":
                versions = [v for v in versions if not ATTACHING.isdisjoint(v.fields)]
            found.append((kind, record, versions))
    return found


def in_view(one: Version, other: Version) -> bool:
    """Whether ``one`` was stated with ``other`` in the library, its own batch included."""
    if one.writer == other.writer:
        return other.n <= one.n
    return covers(one.seen.get(other.writer, []), other.n)


def approvals(found: Sequence[Version]) -> list[Version]:
    """Those that approve; one that only states an old approval again, as undo does, is not among them."""
    first: dict[object, Version] = {}
    for version in found:
        if version.fields.get("state") == APPROVED:
            first.setdefault(version.fields.get("state_at") or version.stamp, version)
    return list(first.values())


def _made_in(db: Database, kind: str, record: bytes) -> int | None:
    row = db.conn.execute(f'SELECT batch FROM "{kind}" WHERE id=?', (record,)).fetchone()
    return row[0] if row else None


# -- in order ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Reopening:
    """Edits after one approval by one person at one station; ``first`` is the earliest of them."""

    first: Version
    approval: Version
    unseen: bool


_Node = Version | _Reopening


def _reopenings(db: Database, found: Sequence[Version], changes: Sequence[Version]) -> list[_Reopening]:
    """What an approval had not in view, unless the patrol was returned or approved again before it was changed."""
    first: dict[tuple[object, ...], _Reopening] = {}
    people: dict[tuple[Writer, int], bytes | None] = {}
    for approval in approvals(found):
        after = [s for s in found if s.saw(approval) and not _same_step(s, approval)]
        for version in changes:
            if in_view(approval, version) or any(version.saw(step) for step in after):
                continue
            batch = (version.writer, version.n)
            if batch not in people:
                people[batch] = _batch(db, version)[0]
            unseen = not version.saw(approval)
            place = (approval.stamp, version.writer, people[batch], unseen)
            known = first.get(place)
            if known is None or version.stamp < known.first.stamp:
                first[place] = _Reopening(version, approval, unseen)
    return list(first.values())


def _same_step(one: Version, other: Version) -> bool:
    return all(one.fields.get(name) == other.fields.get(name) for name in ("state", "state_at"))


def _ordered(nodes: Sequence[_Node]) -> list[_Node]:
    """What was known comes first; the clock decides between what nobody knew of each other."""
    left = sorted(nodes, key=lambda node: _said(node).stamp)
    found: list[_Node] = []
    while left:
        free = (n for n in left if not any(other is not n and _follows(n, other) for other in left))
        taken = next(free, left[0])  # only a dishonest station can have seen in a circle
        left.remove(taken)
        found.append(taken)
    return found


def _follows(node: _Node, other: _Node) -> bool:
    if isinstance(node, _Reopening) and other is node.approval:
        return True
    return not (isinstance(other, _Reopening) and other.approval is node) and _said(node).saw(_said(other))


def _said(node: _Node) -> Version:
    return node.first if isinstance(node, _Reopening) else node


# -- in words ------------------------------------------------------------------------------------------------------


def _step(db: Database, own: Station, made: Version | None, found: Sequence[Version], node: _Node) -> Step:
    version = _said(node)
    person, hidden = _batch(db, version)
    state = str(version.fields.get("state") or "draft")
    at, comment = version.hlc // 1000, ""
    if isinstance(node, _Reopening):
        kind, state = CHANGED, APPROVED
    elif version is made:
        kind = MADE
    else:
        kind = _kind(version, [v for v in found if version.saw(v)])
        if kind in (SUBMITTED, WITHDRAWN, *JUDGED):
            by, stated = version.fields.get("state_by"), version.fields.get("state_at")
            person = by if isinstance(by, bytes) else None
            hidden = "state_by" in version.hides
            at = stated if isinstance(stated, int) else at
        said = version.fields.get("state_comment")
        comment = said if isinstance(said, str) else ""
        if state == RETURNED and "state_comment" in version.hides:
            comment = kept_back.word()
    known = rows.get(db, "person", person) if person else None
    name = known.text("name") if known else ""
    station = origins.named(db, version.writer[0], own)
    return Step(
        kind,
        state,
        name,
        at,
        station.name,
        station.own,
        comment,
        isinstance(node, _Reopening) and node.unseen,
        not name and (hidden or person is not None),
        (*version.writer, version.n, version.index),
    )


def _kind(version: Version, known: Sequence[Version]) -> str:
    """What a statement about the state is, given those that its station knew of."""
    at = version.fields.get("state_at")
    if at is None or any(_same_step(version, other) for other in known):
        return DECIDED if len({v.fields["state"] for v in heads(known)}) > 1 else RESTORED
    state = version.fields.get("state")
    return str(state) if state in (SUBMITTED, *JUDGED) else WITHDRAWN


def _batch(db: Database, version: Version) -> tuple[bytes | None, bool]:
    """Who made the batch, and whether that is withheld here."""
    row = db.conn.execute(
        "SELECT person, mask FROM batch WHERE origin=? AND incarnation=? AND n=?", (*version.writer, version.n)
    ).fetchone()
    if row is None:
        return None, False
    return row[0], row[0] is None and row[1] is not None and not row[1][0] & 1
