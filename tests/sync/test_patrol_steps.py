"""A patrol between two stations: submitted, returned, corrected, approved, changed again, each step by bundle."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ranger_app.actions import decisions, patrol_changes, patrol_history, patrol_state, records, sharing
from ranger_app.actions.patrol_changes import changes_since
from ranger_app.actions.patrol_history import Step, history
from ranger_app.actions.status import current_hash
from ranger_app.actions.undo import redo, undo
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import change, create, delete
from ranger_app.domain.sharing import STANDARD
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import conflicts, rows
from tests.sync.conftest import Stations

ASKED = "Where was the net taken to?"


class Post:
    """Two stations that trust each other, a ranger at A and a manager at B; clocks that go on by a minute an act."""

    def __init__(self, stations: Stations) -> None:
        self.stations = stations
        self.a, self.b = stations.new("A"), stations.new("B", "CN")
        stations.pair(self.a, self.b)
        self._now = 1_790_000_000_000
        for library in (self.a, self.b):
            library.clock = self._clock
        self.ranger = records.add(self.a, "person", {"name": "Ranger 1", "role": "ranger"})
        self.manager = records.add(self.b, "person", {"name": "Manager", "role": "manager"})
        self.a.person, self.b.person = self.ranger, self.manager
        self._sticks = 0

    def _clock(self) -> int:
        self._now += 60_000
        return self._now

    def carry(self, sender: Library, receiver: Library) -> None:
        self._sticks += 1
        self.stations.write(sender, receiver, stick=f"stick{self._sticks}")
        self.stations.read(receiver, stick=f"stick{self._sticks}")

    def patrol(self) -> bytes:
        """A draft with a waypoint and a find."""
        made = records.add(self.a, "patrol", {"name": "North", "date": "2026-09-20", "leader": self.ranger})
        self.waypoint, self.find = self.a.new_id(), self.a.new_id()
        place: dict[str, Value] = {"patrol": made, "name": "001", "latitude": 430_000_000, "longitude": 1_310_000_000}
        found: dict[str, Value] = {"patrol": made, "waypoint": self.waypoint, "category": "humanactivity.gunshot."}
        self.a.commit([create("waypoint", self.waypoint, place), create("sighting", self.find, found)], label="finds")
        return made

    def alike(self, patrol: bytes) -> list[Step]:
        """The history, which is the same at both stations but for what is one's own."""
        here, there = history(self.a, patrol), history(self.b, patrol)
        assert [replace(one, own=False) for one in here] == [replace(one, own=False) for one in there]
        assert current_hash(self.a) == current_hash(self.b)
        assert told(self.a, patrol) == told(self.b, patrol)
        return here


@pytest.fixture
def post(stations: Stations) -> Post:
    return Post(stations)


def told(library: Library, patrol: bytes) -> str:
    with library.read() as db:
        record = rows.get(db, "patrol", patrol)
        assert record is not None
        return patrol_state.standing(db, record)


def kinds(steps: list[Step]) -> list[str]:
    return [one.kind for one in steps]


def said(library: Library, patrol: bytes) -> list[str]:
    return [one.text for one in changes_since(library, patrol).changes]


def test_submitted_returned_corrected_approved(post: Post) -> None:
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    assert changes_since(post.b, patrol).base is None
    patrol_state.send_back(post.b, patrol, ASKED)
    post.carry(post.b, post.a)
    steps = post.alike(patrol)
    assert [(s.kind, s.by, s.station, s.comment) for s in steps] == [
        ("made", "Ranger 1", "A", ""),
        ("submitted", "Ranger 1", "A", ""),
        ("returned", "Manager", "B", ASKED),
    ]
    records.edit(post.a, "patrol", patrol, {"notes": "To the post."})
    records.edit(post.a, "waypoint", post.waypoint, {"latitude": 430_100_000})
    net = post.a.new_id()
    new: dict[str, Value] = {"patrol": patrol, "waypoint": post.waypoint, "category": "a.new.thing."}
    photo = create("media", post.a.new_id(), {"patrol": patrol, "file_name": "IMG_1.JPG", "sha256": "0" * 64})
    post.a.commit([create("sighting", net, new), delete("sighting", post.find), photo], label="finds")
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    for library in (post.a, post.b):
        assert said(library, patrol) == [
            "Notes: empty → To the post.",
            "Waypoint 001, Place: 43.00000, 131.00000 → 43.01000, 131.00000",
            "New: Find a.new.thing.",
            f"Removed: Find {gunshot(library)}",
            "New: Photo IMG_1.JPG",
        ]
    patrol_state.approve(post.b, patrol)
    post.carry(post.b, post.a)
    assert kinds(post.alike(patrol)) == ["made", "submitted", "returned", "submitted", "approved"]
    assert told(post.a, patrol) == "approved"
    assert changes_since(post.b, patrol).changes == ()
    before = patrol_history.history(post.b, patrol)[2]
    assert len(changes_since(post.b, patrol, before).changes) == 5


def gunshot(library: Library) -> str:
    with library.read() as db:
        return patrol_changes.observation_models.label(db, "humanactivity.gunshot.")


def approved(post: Post) -> bytes:
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    patrol_state.approve(post.b, patrol)
    return patrol


def test_an_edit_after_the_approval_reopens_at_both(post: Post) -> None:
    patrol = approved(post)
    post.carry(post.b, post.a)
    records.edit(post.a, "waypoint", post.waypoint, {"remarks": "Two nets"})
    assert told(post.a, patrol) == "reopened"
    post.carry(post.a, post.b)
    steps = post.alike(patrol)
    assert kinds(steps)[-2:] == ["approved", "changed"]
    assert (steps[-1].by, steps[-1].station, steps[-1].unseen) == ("Ranger 1", "A", False)
    assert said(post.b, patrol) == ["Waypoint 001, Remarks: empty → Two nets"]
    patrol_state.approve(post.b, patrol)
    post.carry(post.b, post.a)
    assert told(post.a, patrol) == "approved"
    assert kinds(post.alike(patrol))[-2:] == ["changed", "approved"]
    patrol_state.send_back(post.b, patrol, "Once more")  # an approval is taken back by a manager
    records.edit(post.b, "patrol", patrol, {"notes": "in returned state"})
    assert kinds(history(post.b, patrol))[-2:] == ["approved", "returned"]


def test_an_edit_meanwhile_that_the_approval_did_not_see_reopens(post: Post) -> None:
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    records.edit(post.a, "patrol", patrol, {"notes": "Forgot this"})
    patrol_state.approve(post.b, patrol)
    assert told(post.b, patrol) == "approved"
    post.carry(post.b, post.a)
    post.carry(post.a, post.b)
    assert told(post.b, patrol) == "reopened"
    steps = post.alike(patrol)
    assert kinds(steps) == ["made", "submitted", "approved", "changed"]
    assert steps[-1].unseen
    assert steps[-1].at < steps[-2].at
    patrol_state.send_back(post.b, patrol, "Look at the notes")
    assert kinds(history(post.b, patrol))[-1] == "returned"


def test_a_photo_put_on_an_approved_patrol_reopens_it_and_a_mark_on_a_picture_does_not(post: Post) -> None:
    patrol = approved(post)
    photo = post.b.new_id()
    post.b.commit([create("media", photo, {"file_name": "IMG_2.JPG", "sha256": "1" * 64})], label="ingest")
    assert told(post.b, patrol) == "approved"
    post.b.commit([change("media", photo, {"patrol": patrol})], label="attach")
    assert told(post.b, patrol) == "reopened"
    patrol_state.approve(post.b, patrol)
    post.b.commit([change("media", photo, {"favourite": 1})], label="mark")
    assert told(post.b, patrol) == "approved"


def test_two_managers_at_once(post: Post) -> None:
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    boss = records.add(post.b, "person", {"name": "Manager A", "role": "manager"})
    post.carry(post.a, post.b)
    post.carry(post.b, post.a)
    patrol_state.approve(post.b, patrol)
    post.a.person = boss
    patrol_state.send_back(post.a, patrol, ASKED)
    post.carry(post.a, post.b)
    post.carry(post.b, post.a)
    assert [s.kind for s in post.alike(patrol)] == ["made", "submitted", "approved", "returned"]
    for library in (post.a, post.b):
        with library.read() as db:
            (open_one,) = conflicts.conflicts(db)  # who, when and why go with the state
            assert open_one.field == "state"
            assert [side.value for side in open_one.sides] == ["returned", "approved"]
        assert told(library, patrol) == "returned"
    post.a.person = post.ranger
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        decisions.take(post.a, open_one, 1)
    decisions.take(post.b, open_one, 1)
    post.carry(post.b, post.a)
    steps = post.alike(patrol)
    assert kinds(steps) == ["made", "submitted", "approved", "returned", "decided"]
    assert (steps[-1].by, steps[-1].state) == ("Manager", "approved")
    with post.a.read() as db:
        record = rows.get(db, "patrol", patrol)
        assert record is not None
        assert (record["state"], record["state_comment"], record["state_by"]) == ("approved", None, post.manager)
        assert not conflicts.conflicts(db)


def test_a_decision_for_an_approval_does_not_approve_what_it_had_not_seen(post: Post) -> None:
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    patrol_state.approve(post.b, patrol)
    patrol_state.withdraw(post.a, patrol)
    records.edit(post.a, "patrol", patrol, {"notes": "New words"})
    post.carry(post.a, post.b)
    with post.b.read() as db:
        (open_one,) = conflicts.conflicts(db)
    decisions.take(post.b, open_one, [side.value for side in open_one.sides].index("approved"))
    assert told(post.b, patrol) == "reopened"
    post.carry(post.b, post.a)
    assert "changed" in kinds(post.alike(patrol))


def test_only_what_was_in_view_is_approved(post: Post) -> None:
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    with post.b.read() as db:
        seen = patrol_state.in_view(db, patrol)
    records.edit(post.a, "waypoint", post.waypoint, {"remarks": "late"})
    post.carry(post.a, post.b)
    with pytest.raises(DataProblem, match="PATROL_CHANGED"):
        patrol_state.approve(post.b, patrol, seen)
    assert told(post.b, patrol) == "submitted"
    with post.b.read() as db:
        seen = patrol_state.in_view(db, patrol)
    patrol_state.approve(post.b, patrol, seen)
    assert told(post.b, patrol) == "approved"


def test_every_way_in_asks_for_the_role(post: Post) -> None:
    a, patrol = post.a, post.patrol()
    for values in ({"state": "approved"}, {"state": "returned", "state_comment": "x"}):
        with pytest.raises(DataProblem, match="ROLE_NEEDED"):
            records.edit(a, "patrol", patrol, values)
        with pytest.raises(DataProblem, match="ROLE_NEEDED"):
            records.add(a, "patrol", {"name": "n", **values})
    with pytest.raises(DataProblem, match="STATE_BY_STEP"):
        records.edit(a, "patrol", patrol, {"state": "submitted"})
    with pytest.raises(DataProblem, match="STATE_BY_STEP"):
        records.add(a, "patrol", {"name": "n", "state": "submitted"})
    patrol_state.submit(a, patrol)
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        patrol_state.approve(a, patrol)
    boss = records.add(post.b, "person", {"name": "Manager A", "role": "manager"})
    post.carry(post.b, a)
    a.person = boss
    patrol_state.approve(a, patrol)
    for values in ({"state": "draft"}, {"state_comment": "x"}, {"state_by": post.ranger}):
        with pytest.raises(DataProblem, match="STATE_BY_STEP"):
            records.edit(a, "patrol", patrol, values)
    a.person = post.ranger
    for act in (undo, lambda library: patrol_state.send_back(library, patrol, "x")):
        with pytest.raises(DataProblem, match="ROLE_NEEDED"):
            act(a)
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        records.delete(a, "patrol", patrol)
    with pytest.raises(DataProblem, match="STATE_WRONG"):
        patrol_state.withdraw(a, patrol)
    a.person = boss
    undo(a)
    assert told(a, patrol) == "submitted"
    assert kinds(history(a, patrol)) == ["made", "submitted", "approved", "restored"]
    a.person = post.ranger
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        redo(a)
    a.person = boss
    redo(a)
    assert told(a, patrol) == "approved"


def test_nobody_but_a_manager_takes_a_photo_out_of_an_approved_patrol(post: Post) -> None:
    a, patrol = post.a, post.patrol()
    photo = a.new_id()
    a.commit([create("media", photo, {"patrol": patrol, "sha256": "a" * 64})], label="test")
    records.edit(a, "media", photo, {"patrol": None})
    records.edit(a, "media", photo, {"patrol": patrol})
    patrol_state.submit(a, patrol)
    boss = records.add(post.b, "person", {"name": "Manager A", "role": "manager"})
    post.carry(post.b, a)
    a.person = boss
    patrol_state.approve(a, patrol)
    a.person = post.ranger
    with pytest.raises(DataProblem, match="ROLE_NEEDED"):
        records.edit(a, "media", photo, {"patrol": None})
    records.edit(a, "media", photo, {"patrol": patrol, "remarks": "x"})
    a.person = boss
    records.edit(a, "media", photo, {"patrol": None})


def test_a_ranger_takes_back_an_own_step_and_gets_the_comment_again(post: Post) -> None:
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    patrol_state.withdraw(post.a, patrol)
    assert told(post.a, patrol) == "draft"
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    patrol_state.send_back(post.b, patrol, ASKED)
    post.carry(post.b, post.a)
    patrol_state.submit(post.a, patrol)
    undo(post.a)
    assert told(post.a, patrol) == "returned"
    with post.a.read() as db:
        record = rows.get(db, "patrol", patrol)
        assert record is not None
        assert record["state_comment"] == ASKED
    post.carry(post.a, post.b)
    assert kinds(post.alike(patrol)) == [
        "made", "submitted", "withdrawn", "submitted", "returned", "submitted", "restored"
    ]  # fmt: skip


def test_undoing_a_return_brings_the_old_approval_and_not_a_new_one(post: Post) -> None:
    patrol = approved(post)
    post.carry(post.b, post.a)
    records.edit(post.a, "patrol", patrol, {"notes": "after"})
    post.carry(post.a, post.b)
    patrol_state.send_back(post.b, patrol, ASKED)
    undo(post.b)
    assert told(post.b, patrol) == "reopened"
    assert kinds(history(post.b, patrol)) == ["made", "submitted", "approved", "changed", "returned", "restored"]


def test_names_are_withheld_under_the_rule_standard(post: Post) -> None:
    post.a.person = None  # the library's owner
    sharing.set_rule(post.a, post.b.station.id, STANDARD)
    post.a.person = post.ranger
    patrol = post.patrol()
    patrol_state.submit(post.a, patrol)
    post.carry(post.a, post.b)
    steps = history(post.b, patrol)
    assert [(s.kind, s.by, s.who) for s in steps] == [
        ("made", "", "name withheld"),
        ("submitted", "", "name withheld"),
    ]
    assert [s.at for s in steps] == [s.at for s in history(post.a, patrol)]
    with pytest.raises(DataProblem, match="WITHHELD_HERE"):
        patrol_state.approve(post.b, patrol)
