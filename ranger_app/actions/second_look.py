"""The independent second look: which events two people saw differently, how far they are, and settling a difference.

Nothing anybody said is taken back: what a reviewer settles is one more statement, and it is the one that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ranger_app.actions import event_review, permission, records
from ranger_app.actions.identify import Answer, state
from ranger_app.changes import Changes
from ranger_app.domain import agreement
from ranger_app.domain.agreement import Look, Point
from ranger_app.domain.events import events
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import events as events_in_store
from ranger_app.store import gallery, looks, statements
from ranger_app.store.connection import Database

SETTLERS = permission.SETTLERS
OWN_LOOK = "settler:gave one of the looks"
"""Tag of a settling statement whose author had given one of the answers that differed."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """One person's answer with the name they go by."""

    name: str
    look: Look

    def answers(self) -> list[Answer]:
        """What to state of the whole event to say the same."""
        return [
            Answer(
                one.type, one.taxon, one.count, one.individual, one.sex, one.life_stage, None, one.flank, one.sureness
            )
            for one in agreement.in_short(self.look)
        ]


@dataclass(frozen=True, slots=True)
class Difference:
    """An event two people saw differently. ``pictures`` in the order taken; ``start`` the camera's time, or empty."""

    deployment: bytes
    place: str
    start: str
    pictures: tuple[bytes, ...]
    opinions: tuple[Opinion, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Events of the deployments that ask for two looks: ``nobody`` + ``one`` + ``agree`` + ``differ`` + ``settled``.

    ``mine`` are those of which a person has answered every picture.
    """

    events: int = 0
    nobody: int = 0
    one: int = 0
    agree: int = 0
    differ: int = 0
    settled: int = 0
    mine: int = 0

    @property
    def two(self) -> int:
        """Events that two people have looked at."""
        return self.agree + self.differ + self.settled


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What waits to be settled, in the order of the deployments' names and of time, and how far all is."""

    differences: tuple[Difference, ...]
    progress: Progress


def ask_for_two(library: Library, deployment: bytes) -> Changes:
    """Ask for two independent looks at a deployment's pictures; DataProblem ROLE_NEEDED without the role."""
    permission.require(library, SETTLERS)
    return records.edit(library, "deployment", deployment, {"looks": 2})


def may_settle(library: Library) -> bool:
    """Whether the person at work may see both answers and settle what differs."""
    role = permission.role(library)
    return role is None or role in SETTLERS


def queue(db: Database, deployment: bytes | None = None, person: bytes | None = None) -> SecondLook:
    """The differences that wait, of one deployment or of all; ``person`` is whose own progress is counted."""
    asked = [one for one in looks.two_looks(db) if deployment in (None, one)]
    gap = event_review.gap(db)
    found: list[Difference] = []
    counted: dict[str, int] = {}
    names = _Names(db)
    for one in sorted(asked, key=lambda record: (names.place(record).casefold(), record)):
        pictures = db.conn.execute(
            "SELECT id, taken_at, coalesce(camera_time, '') FROM media WHERE deployment = ? AND deleted = 0"
            " ORDER BY taken_at, key",
            (one,),
        ).fetchall()
        said = _Said(db, one, person)
        for event in events([row[1] for row in pictures], gap):
            ids = [pictures[place][0] for place in event]
            counted["mine"] = counted.get("mine", 0) + all(media in said.mine for media in ids)
            what = said.standing(ids)
            if what == "differ":
                difference = _difference(db, names, one, ids, pictures[event.start][2], said.settled)
                what = "differ" if difference is not None and difference.points else "agree"
                if difference is None:
                    what = "one"
                elif difference.points:
                    found.append(difference)
            counted[what] = counted.get(what, 0) + 1
            counted["events"] = counted.get("events", 0) + 1
    return SecondLook(tuple(found), Progress(**counted))


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """How many of the ``events`` of the deployments that ask for two looks have a person's own answer throughout."""

    asked: frozenset[bytes] = frozenset()
    events: int = 0
    mine: int = 0


def own_progress(db: Database, person: bytes | None, deployment: bytes | None = None) -> OwnProgress:
    """How far this person is, in one deployment or in all that ask for two looks. It reads no other answer."""
    asked = looks.two_looks(db)
    gap = event_review.gap(db)
    number = mine = 0
    for one in asked:
        if deployment in (None, one):
            pictures = looks.answered(db, one, person)
            for event in events([taken_at for taken_at, _own in pictures], gap):
                number += 1
                mine += all(pictures[place][1] for place in event)
    return OwnProgress(frozenset(asked), number, mine)


class _Said:
    """What was said of a deployment's pictures, in one reading; enough to tell most events without a second one."""

    def __init__(self, db: Database, deployment: bytes, person: bytes | None) -> None:
        self.settled: set[bytes] = set()
        self.mine: set[bytes] = set()
        self._of: dict[bytes, dict[object, object]] = {}
        """Picture -> person -> all they said of it, in one order."""
        words = (
            "coalesce(o.\"by\", o.by_name, ''), coalesce(o.taxon, o.type) || '|' || coalesce(o.\"count\", '') || '|' ||"
            " coalesce(o.sex, '') || '|' || coalesce(o.life_stage, '') || '|' || coalesce(hex(o.individual), ''),"
            " o.look IS 'settled'"
        )
        only = "o.deleted = 0 AND o.method IS NOT 'machine' AND o.type <> 'unclassified'"
        rows = db.conn.execute(
            f"SELECT m.id, {words} FROM media AS m JOIN observation AS o ON o.media = m.id"
            f" WHERE m.deployment = ?1 AND m.deleted = 0 AND {only}"
            f" UNION ALL SELECT m.id, {words} FROM media AS m JOIN event_picture AS e ON e.media = m.id"
            f" JOIN observation AS o ON o.id = e.observation WHERE m.deployment = ?1 AND m.deleted = 0 AND {only}",
            (deployment,),
        )
        me: object = person if person is not None else ""
        for media, who, what, is_settled in rows:
            if is_settled:
                self.settled.add(media)
                continue
            if who == me:
                self.mine.add(media)
            people = self._of.setdefault(media, {})
            people[who] = f"{people[who]}\n{what}" if who in people else what

    def standing(self, ids: Sequence[bytes]) -> str:
        """Where an event stands: nobody, one, agree, settled, or ``differ`` where it must be looked at more closely."""
        if self.settled and (done := [media for media in ids if media in self.settled]):
            answered = [media for media in ids if media in self._of]
            if set(answered) <= set(done):
                return "settled"
            return "differ"
        first = self._of.get(ids[0])
        people: set[object] = set(first or ())
        same = first is not None
        for media in ids:
            here = self._of.get(media)
            if here is None:
                same = False
                continue
            people.update(here)
            same = same and len(set(here.values())) == 1 and here.keys() == (first or {}).keys()
        if len(people) < 2:
            return "one" if people else "nobody"
        # All said the same of each picture: they agree whatever the rule makes of it.
        return "agree" if same else "differ"


def _difference(
    db: Database, names: _Names, deployment: bytes, ids: list[bytes], start: str, settled: set[bytes]
) -> Difference | None:
    """The event as people saw it; None until two have looked at what is not settled of it."""
    left = frozenset(media for media in ids if media not in settled)
    said = [one for one in statements.of_pictures(db, ids) if not left.isdisjoint(one.about)]
    found = agreement.complete(agreement.looks(said, left))
    if not found:
        return None
    opinions = tuple(Opinion(names.of(one), one) for one in found)
    return Difference(deployment, names.place(deployment), start, tuple(ids), opinions, agreement.differences(found))


class _Names:
    """People's and deployments' names, read once each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[bytes, str] = {}

    def of(self, look: Look) -> str:
        return self._title("person", look.by) if look.by is not None else look.by_name or _("somebody")

    def place(self, deployment: bytes) -> str:
        return self._title("deployment", deployment)

    def _title(self, kind: str, record: bytes) -> str:
        if record not in self._known:
            self._known[record] = records.title(self._db, kind, record)
        return self._known[record]


def event_of(db: Database, media: bytes) -> tuple[bytes, ...]:
    """The pictures of the event that a picture belongs to, in the order taken; DataProblem where it is not here."""
    row = db.conn.execute("SELECT key FROM media WHERE id = ? AND deleted = 0", (media,)).fetchone()
    if row is None:
        raise DataProblem(
            "NO_RECORD",
            _("There is no picture with the id {id}.").format(id=media.hex()),
            _("Look it up with: ranger media list"),
        )
    return tuple(gallery.ids(db, events_in_store.event_of(db, row[0], event_review.gap(db))))


def settle(library: Library, pictures: Iterable[bytes], answers: Sequence[Answer]) -> tuple[list[bytes], Changes]:
    """Settle what the events of these pictures show; returns the ids of the settling statements.

    It needs the role of a reviewer or manager (DataProblem ROLE_NEEDED). All that people said stays. Settling again
    replaces what the same person had settled; where two people settle the same event, at two stations, both stay and
    the later one counts. A settler who had given one of the answers is allowed, and the record says so.
    """
    permission.require(library, SETTLERS)
    if not answers or any(one.type == agreement.NO_ANSWER for one in answers):
        raise DataProblem(
            "NO_ANSWER", _("Nothing was said that would settle it."), _("Name a species, blank, human or vehicle.")
        )
    with library.read() as db:
        units = list(dict.fromkeys(event_of(db, media) for media in pictures))
        said = [one for unit in units for one in statements.of_pictures(db, unit)]
    own = any(
        one.by == library.person and one.by is not None and not one.is_machine and one.look != "settled" for one in said
    )
    return state(library, units, answers, replace=True, look="settled", tags=OWN_LOOK if own else None)
