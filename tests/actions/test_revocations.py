"""Keys withdrawn: what is shown follows the statements in force, whatever the order, and comes back when lifted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import partners, records, revocations
from ranger_app.actions.check import check
from ranger_app.actions.status import current_hash
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import apply, rows
from ranger_app.store import revocations as store
from ranger_app.store.apply import ApplyReport
from ranger_app.store.log import stored
from ranger_app.sync import cards

Make = Callable[[str], Library]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Stations that know and trust each other."""
    made: list[Library] = []

    def new(name: str) -> Library:
        library = Library.create(tmp_path / name, name=name, country="RU", utc_offset=600)
        for other in made:
            pair(library, other)
        made.append(library)
        return library

    yield new
    for library in made:
        library.close()


def pair(one: Library, other: Library) -> None:
    digits = cards.confirmation_digits(one.station.id, other.station.id)
    for ours, theirs in ((one, other), (other, one)):
        card = partners.write_card(theirs, ours.folder / f"{theirs.station.name}.json")
        partners.add_partner(ours, card, confirm=digits, clearance="full")


def hand_over(sender: Library, receiver: Library) -> ApplyReport:
    """All batches of the sender, as a bundle would bring them."""
    report = ApplyReport()
    with receiver.read() as db:
        keys = {row[0]: row[1] for row in db.conn.execute("SELECT id, signing_key FROM station")}
    keys[receiver.station.id] = receiver.station.signing
    with sender.read() as db:
        turn = [(one.sealed, apply.check(one.sealed, keys)) for one in stored(db)]
    receiver.take_in(turn, report)
    return report


def note(library: Library, name: str) -> bytes:
    return records.add(library, "deployment", {"name": name, "utc_offset": 600})


def names(library: Library) -> set[str]:
    with library.read() as db:
        return {one.text("name") for one in rows.find(db, "deployment")}


def statement(library: Library, station: bytes) -> str:
    with library.read() as db:
        row = store.one(db, station, library.station.id)
    assert row is not None
    return row.text


def refused(code: str, act: Callable[[], object]) -> DataProblem:
    with pytest.raises(DataProblem) as told:
        act()
    assert told.value.code == code
    return told.value


def test_what_came_before_stays_and_what_comes_after_is_kept_and_not_shown(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    note(theirs, "before")
    hand_over(theirs, ours)
    made = jobs.run(revocations.withdraw(ours, theirs.station.id, "Their laptop was stolen."))
    assert (made.state, made.issuer_name, made.not_shown) == (revocations.IN_FORCE, "Khasan", 0)
    note(theirs, "after")
    report = hand_over(theirs, ours)
    assert report.after_withdrawal > 0
    assert names(ours) == {"before"}
    (shown,) = revocations.list_(ours)
    assert shown.not_shown == report.after_withdrawal
    assert "Hunchun" in revocations.sentence(ours, theirs.station.id)
    with ours.read() as db:  # kept, to be carried on
        assert db.conn.execute("SELECT count(*) FROM batch WHERE origin=?", (theirs.station.id,)).fetchone()[0] == 2
    assert jobs.run(check(ours, make_again=True)) == []
    assert names(ours) == {"before"}


def test_lifting_shows_it_again_and_ends_as_if_nothing_had_been(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    note(theirs, "before")
    hand_over(theirs, ours)
    jobs.run(revocations.withdraw(ours, theirs.station.id, "A mistake."))
    note(theirs, "after")
    hand_over(theirs, ours)
    hidden = current_hash(ours)
    progress: list[jobs.Progress] = []
    (lifted,) = jobs.run(revocations.lift(ours, theirs.station.id), progress.append)
    assert lifted.state == revocations.LIFTED
    assert progress
    assert names(ours) == {"before", "after"}
    assert current_hash(ours) == current_hash(theirs) != hidden
    assert revocations.sentence(ours, theirs.station.id) == ""
    assert jobs.run(revocations.withdraw(ours, theirs.station.id, "After all.")).state == revocations.IN_FORCE
    assert names(ours) == {"before", "after"}


def test_nothing_is_written_to_a_partner_whose_keys_are_withdrawn(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    partners.require_trusted(ours, [theirs.station.id])
    jobs.run(revocations.withdraw(ours, theirs.station.id, "Stolen."))
    refused("KEYS_WITHDRAWN", lambda: partners.require_trusted(ours, [theirs.station.id]))
    assert [one.withdrawn for one in partners.list_partners(ours)] == [True]
    jobs.run(revocations.lift(ours, theirs.station.id))
    partners.require_trusted(ours, [theirs.station.id])
    refused("NO_PARTNER", lambda: partners.require_trusted(ours, [bytes(16)]))


def test_a_partners_statement_waits_for_a_person(make: Make) -> None:
    ours, theirs, third = make("Khasan"), make("Hunchun"), make("Rason")
    note(third, "one")
    hand_over(third, theirs)
    jobs.run(revocations.withdraw(theirs, third.station.id, "We do not trust it."))
    note(third, "two")
    hand_over(third, ours)
    assert names(ours) == {"one", "two"}
    taken = jobs.run(revocations.take(ours, statement(theirs, third.station.id)))
    assert taken.state == revocations.WAITING
    assert names(ours) == {"one", "two"}
    assert [one.station for one in revocations.waiting(ours)] == [third.station.id]
    assert jobs.run(revocations.accept(ours, third.station.id, theirs.station.id)).state == revocations.IN_FORCE
    assert names(ours) == {"one"}
    again = jobs.run(revocations.take(ours, statement(theirs, third.station.id)))
    assert again.state == revocations.IN_FORCE
    assert jobs.run(revocations.refuse(ours, third.station.id, theirs.station.id)).state == revocations.NOT_FOLLOWED
    assert names(ours) == {"one", "two"}
    assert revocations.waiting(ours) == []
    jobs.run(revocations.take(ours, statement(theirs, third.station.id)))
    assert revocations.waiting(ours) == []


def test_a_statement_that_takes_more_waits_again(make: Make) -> None:
    ours, theirs, third = make("Khasan"), make("Hunchun"), make("Rason")
    note(third, "one")
    hand_over(third, theirs)
    hand_over(third, ours)
    jobs.run(revocations.withdraw(theirs, third.station.id, "First."))
    jobs.run(revocations.take(ours, statement(theirs, third.station.id)))
    jobs.run(revocations.accept(ours, third.station.id, theirs.station.id))
    jobs.run(revocations._state(theirs, third.station.id, "All of it.", {}, lifted=False))
    more = jobs.run(revocations.take(ours, statement(theirs, third.station.id)))
    assert more.state == revocations.WAITING
    assert names(ours) == {"one"}
    jobs.run(revocations.accept(ours, third.station.id, theirs.station.id))
    assert names(ours) == set()
    jobs.run(revocations.lift(theirs, third.station.id))
    back = jobs.run(revocations.take(ours, statement(theirs, third.station.id)))
    assert back.state == revocations.LIFTED
    assert names(ours) == {"one"}


def test_a_stations_word_on_itself_is_in_force_at_once_and_can_only_take_more(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    note(theirs, "mine")
    before = jobs.run(revocations.withdraw(theirs, theirs.station.id, "Our laptop was stolen."))
    assert before.own
    note(theirs, "of the thief")
    assert names(theirs) == {"mine", "of the thief"}
    hand_over(theirs, ours)
    assert names(ours) == {"mine", "of the thief"}
    taken = jobs.run(revocations.take(ours, statement(theirs, theirs.station.id)))
    assert taken.state == revocations.IN_FORCE
    assert names(ours) == {"mine"}
    jobs.run(revocations.lift(theirs, theirs.station.id))  # the thief holds the keys
    assert jobs.run(revocations.take(ours, statement(theirs, theirs.station.id))).state == revocations.IN_FORCE
    jobs.run(revocations.withdraw(theirs, theirs.station.id, "Nothing was stolen."))
    jobs.run(revocations.take(ours, statement(theirs, theirs.station.id)))
    assert names(ours) == {"mine"}
    jobs.run(revocations.lift(ours, theirs.station.id))  # a person here may
    assert names(ours) == {"mine", "of the thief"}


def test_a_lifted_word_on_itself_that_comes_first_means_nothing_and_a_new_one_counts(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    note(theirs, "one")
    jobs.run(revocations.withdraw(theirs, theirs.station.id, "A mistake."))
    jobs.run(revocations.lift(theirs, theirs.station.id))
    hand_over(theirs, ours)
    taken = jobs.run(revocations.take(ours, statement(theirs, theirs.station.id)))
    assert taken.state == revocations.LIFTED
    assert revocations.waiting(ours) == []
    jobs.run(revocations.withdraw(theirs, theirs.station.id, "Stolen now."))
    note(theirs, "two")
    hand_over(theirs, ours)
    assert jobs.run(revocations.take(ours, statement(theirs, theirs.station.id))).state == revocations.IN_FORCE
    assert names(ours) == {"one"}


def test_what_is_known_already_disturbs_nobody(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    jobs.run(revocations.withdraw(theirs, theirs.station.id, "Stolen."))
    jobs.run(revocations.take(ours, statement(theirs, theirs.station.id)))
    heard: list[object] = []
    ours.listeners.append(heard.append)
    jobs.run(revocations.take(ours, statement(theirs, theirs.station.id)))
    assert heard == []


def test_order_does_not_matter(make: Make) -> None:
    ours, theirs, third = make("Khasan"), make("Hunchun"), make("Rason")
    note(third, "one")
    hand_over(third, theirs)
    jobs.run(revocations.withdraw(theirs, third.station.id, "Stolen."))
    note(third, "two")
    text = statement(theirs, third.station.id)
    jobs.run(revocations.take(ours, text))
    jobs.run(revocations.accept(ours, third.station.id, theirs.station.id))
    hand_over(third, ours)
    hand_over(third, theirs)
    assert names(ours) == names(theirs) == {"one"}
    assert current_hash(ours) == current_hash(theirs)


def test_several_statements_hold_together(make: Make) -> None:
    ours, theirs, third = make("Khasan"), make("Hunchun"), make("Rason")
    note(third, "one")
    hand_over(third, theirs)
    jobs.run(revocations.withdraw(theirs, third.station.id, "Stolen."))
    note(third, "two")
    hand_over(third, ours)
    jobs.run(revocations.withdraw(ours, third.station.id, "Stolen, we think."))
    assert names(ours) == {"one", "two"}
    jobs.run(revocations.take(ours, statement(theirs, third.station.id)))
    jobs.run(revocations.accept(ours, third.station.id, theirs.station.id))
    assert names(ours) == {"one"}
    jobs.run(revocations.lift(ours, third.station.id))
    assert names(ours) == {"one", "two"}


def test_what_is_not_valid_is_refused(make: Make, tmp_path: Path) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    stranger = Library.create(tmp_path / "x", name="X", country="MN", utc_offset=480)
    with stranger:
        pair(stranger, theirs)
        jobs.run(revocations.withdraw(stranger, theirs.station.id, "r"))
        foreign = statement(stranger, theirs.station.id)
    refused("WITHDRAWAL_FROM_STRANGER", lambda: jobs.run(revocations.take(ours, foreign)))
    jobs.run(revocations.withdraw(theirs, theirs.station.id, "reason"))
    text = statement(theirs, theirs.station.id)
    refused("WITHDRAWAL_NOT_VALID", lambda: jobs.run(revocations.take(ours, text.replace('reason"', 'Reason"'))))
    refused("WITHDRAWAL_NOT_VALID", lambda: jobs.run(revocations.take(ours, "{}")))
    refused("REASON_MISSING", lambda: jobs.run(revocations.withdraw(ours, theirs.station.id, " ")))
    refused("NO_WITHDRAWAL", lambda: jobs.run(revocations.withdraw(ours, bytes(16), "r")))
    refused("NO_WITHDRAWAL", lambda: jobs.run(revocations.lift(ours, theirs.station.id)))
    refused("NO_WITHDRAWAL", lambda: jobs.run(revocations.accept(ours, theirs.station.id, bytes(16))))
    assert revocations.list_(ours) == []


def test_only_the_roles_that_answer_for_it_decide(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    ours.person = records.add(ours, "person", {"name": "Ranger 1", "role": "ranger", "active": 1})
    refused("ROLE_NEEDED", lambda: jobs.run(revocations.withdraw(ours, theirs.station.id, "r")))
    ours.person = None
    ours.person = records.add(ours, "person", {"name": "Ranger 2", "role": "exchange", "active": 1})
    refused("ROLE_NEEDED", lambda: jobs.run(revocations.withdraw(ours, ours.station.id, "r")))
    made = jobs.run(revocations.withdraw(ours, theirs.station.id, "r"))
    assert made.by == ours.person


def test_an_end_half_way_leaves_everything_as_it_was(make: Make) -> None:
    ours, theirs = make("Khasan"), make("Hunchun")
    note(theirs, "before")
    hand_over(theirs, ours)
    jobs.run(revocations.withdraw(ours, theirs.station.id, "r"))
    note(theirs, "after")
    hand_over(theirs, ours)
    job = revocations.lift(ours, theirs.station.id)
    next(job)
    job.close()
    assert names(ours) == {"before"}
    assert [one.state for one in revocations.list_(ours)] == [revocations.IN_FORCE]
    note(ours, "the lane is free again")


def test_two_statements_with_one_number_end_the_same_in_any_order(make: Make) -> None:
    """As when the station that withdrew the keys comes back from a backup and does it again."""
    thief, issuer = make("Thief"), make("Issuer")
    readers = [make("Reader 1"), make("Reader 2")]
    texts = []
    for number, reason in enumerate(("stolen", "lost")):
        note(thief, f"work {number}")
        hand_over(thief, issuer)
        jobs.run(revocations.withdraw(issuer, thief.station.id, reason))
        texts.append(statement(issuer, thief.station.id))
        issuer.write(lambda db: db.conn.execute("DELETE FROM revocation"))
    for reader, order in zip((*readers, issuer), (texts, texts[::-1], texts), strict=True):
        hand_over(thief, reader)
        for text in order:
            jobs.run(revocations.take(reader, text))
        if reader is not issuer:
            jobs.run(revocations.accept(reader, thief.station.id, issuer.station.id))
    assert len({statement_of(reader, thief, issuer) for reader in (*readers, issuer)}) == 1
    assert names(readers[0]) == names(readers[1]) == names(issuer)


def statement_of(library: Library, station: Library, issuer: Library) -> str:
    with library.read() as db:
        row = store.one(db, station.station.id, issuer.station.id)
    assert row is not None
    return row.text
