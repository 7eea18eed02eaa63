"""A record made at two stations that did not know of each other, and one of them asks for its purge.

Who hears of the purge before it hears of the second maker erases too early; the next stick brings that back for good.
"""

from __future__ import annotations

import itertools

import pytest

from ranger_app.domain.ops import change, create, purge
from ranger_app.store import rows, withheld
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild
from tests.station import Station

NOTE = b"n" * 16
WHOLE = {"about_kind": "patrol", "deleted": False, "text": "theirs"}


def values(station: Station) -> dict[str, object]:
    found = rows.get(station.db, "note", NOTE)
    assert found is not None
    return {"about_kind": found["about_kind"], "deleted": found.deleted, "text": found["text"]}


def again(station: Station) -> None:
    with transaction(station.db):
        rebuild(station.db, station.log, station.projection)
    station.log.load()


@pytest.fixture
def makers() -> tuple[Station, Station]:
    """One station asks for the purge when it knows that there is another maker; the other has everything from it."""
    ours, theirs = Station("twice-ours"), Station("twice-theirs")
    ours.commit(create("note", NOTE, {"about_kind": "patrol"}))
    ours.read([theirs.commit(create("note", NOTE, {"text": "theirs"}))])
    ours.commit(purge("note", NOTE))
    theirs.read(ours.batches())
    assert values(ours) == values(theirs) == WHOLE
    return ours, theirs


def test_what_was_erased_too_early_comes_with_the_next_stick_and_stays(makers: tuple[Station, Station]) -> None:
    ours, theirs = makers
    reader = Station("twice-reader")
    report = reader.read([ours.batches()[0], ours.batches()[2]])  # its own two
    assert report.purged == {("note", NOTE)}
    reader.read(theirs.batches()[:1])
    assert values(reader) == {"about_kind": None, "deleted": False, "text": "theirs"}
    assert "about_kind" in withheld.fields_of(reader.db, "note", NOTE)  # nobody types over what comes back
    reader.read(ours.batches())
    assert values(reader) == WHOLE
    assert reader.hash() == ours.hash() == theirs.hash()
    assert withheld.number(reader.db) == 0
    again(reader)
    assert values(reader) == WHOLE
    assert reader.hash() == ours.hash()
    assert withheld.number(reader.db) == 0


def test_a_rebuild_in_between_tells_the_same(makers: tuple[Station, Station]) -> None:
    ours, theirs = makers
    reader = Station("twice-reader")
    reader.read([ours.batches()[0], ours.batches()[2], theirs.batches()[0]])
    before = reader.hash(), withheld.fields_of(reader.db, "note", NOTE)
    again(reader)
    assert (reader.hash(), withheld.fields_of(reader.db, "note", NOTE)) == before


def test_a_purge_that_was_followed_once_hides_nothing() -> None:
    ours, theirs, third = Station("twice-ours"), Station("twice-theirs"), Station("twice-third")
    made = ours.commit(create("note", NOTE, {"about_kind": "patrol"}))
    other = theirs.commit(create("note", NOTE, {"text": "theirs"}))
    third.read([made, other])
    ours.commit(purge("note", NOTE))  # of the purge itself only a stub stays
    ours.read([other])
    for one, two in itertools.permutations((ours, third)):
        one.read(two.batches())
    again(third)
    assert values(ours) == values(third) == WHOLE
    assert ours.hash() == third.hash()
    assert withheld.number(ours.db) == withheld.number(third.db) == 0


def test_a_purge_that_both_asked_for_holds_after_a_rebuild(makers: tuple[Station, Station]) -> None:
    ours, theirs = makers
    theirs.commit(change("note", NOTE, {"text": "secret of theirs"}))
    theirs.commit(purge("note", NOTE))
    ours.read(theirs.batches())
    for station in makers:
        again(station)
        assert values(station) == {"about_kind": None, "deleted": True, "text": None}
        assert all(b"theirs" not in one.body and b"patrol" not in one.body for one in station.batches())
        assert withheld.number(station.db) == 0
    assert ours.hash() == theirs.hash()
