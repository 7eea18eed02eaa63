"""A record that two stations made without knowing of each other: who may purge and decide, by real bundles."""

from __future__ import annotations

import pytest

from ranger_app.actions import decisions, purge
from ranger_app.actions.check import check
from ranger_app.actions.status import current_hash
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import conflicts, rows
from tests.sync.conftest import Stations

RECORD = b"r" * 16


class Border:
    """Three stations that trust each other and may see everything."""

    def __init__(self, stations: Stations) -> None:
        self.stations = stations
        self.a, self.b, self.c = stations.new("A"), stations.new("B"), stations.new("C")
        for one, other in ((self.a, self.b), (self.b, self.c), (self.a, self.c)):
            stations.pair(one, other)
        self._sticks = 0

    def carry(self, sender: Library, receiver: Library) -> None:
        self._sticks += 1
        self.stations.write(sender, receiver, stick=f"stick{self._sticks}")
        self.stations.read(receiver, stick=f"stick{self._sticks}")


@pytest.fixture
def border(stations: Stations) -> Border:
    return Border(stations)


def value(library: Library, kind: str, field: str) -> Value:
    with library.read() as db:
        found = rows.get(db, kind, RECORD)
    assert found is not None
    return found[field]


def test_what_a_purge_took_that_does_not_hold_comes_back_with_the_next_bundles(border: Border) -> None:
    a, b, c = border.a, border.b, border.c
    a.commit([create("note", RECORD, {"about_kind": "patrol"})], label="import")
    b.commit([create("note", RECORD, {"text": "theirs"})], label="import")
    border.stations.write(b, c, stick="early")  # before B has anything of A
    border.carry(a, b)
    purge.purge(a, "note", [RECORD])
    border.carry(a, c)
    border.stations.read(c, stick="early")  # only now C hears that B made it too
    assert (value(c, "note", "about_kind"), value(c, "note", "text")) == (None, "theirs")
    border.carry(c, a)
    border.carry(c, b)
    for sender, receiver in ((a, b), (b, c), (b, a)):
        border.carry(sender, receiver)
    assert current_hash(a) == current_hash(b) == current_hash(c)
    for library in (a, b, c):
        assert (value(library, "note", "about_kind"), value(library, "note", "text")) == ("patrol", "theirs")
        before = current_hash(library)
        assert run(check(library, make_again=True)) == []
        assert current_hash(library) == before
        assert value(library, "note", "about_kind") == "patrol"


def test_a_role_is_decided_where_the_person_was_made(border: Border) -> None:
    a, b, c = border.a, border.b, border.c
    a.commit([create("person", RECORD, {"name": "P", "role": "ranger"})], label="import")
    b.commit([create("person", RECORD, {"name": "P", "role": "reviewer"})], label="import")
    border.carry(a, c)
    border.carry(b, c)
    border.carry(b, a)
    with c.read() as db:
        (open_one,) = conflicts.conflicts(db)
    assert open_one.field == "role"
    with pytest.raises(DataProblem, match="NOT_OURS") as told:
        decisions.take(c, open_one, 0)
    assert told.value.todo == "Ask A, B to decide it."
    decisions.take(a, open_one, 0)
    border.carry(a, c)
    with c.read() as db:
        assert not conflicts.conflicts(db)
    assert value(c, "person", "role") == open_one.sides[0].value
