"""What is here without being shown (of withdrawn keys, of a later version) counts as unseen by who edits here."""

from __future__ import annotations

import random

import msgspec
import pytest

from ranger_app.domain import batch as batches
from ranger_app.domain.batch import Meta, Sealed
from ranger_app.domain.intervals import add, covers, without
from ranger_app.domain.ops import Op, change, create, purge
from ranger_app.store import revocations
from ranger_app.store.conflicts import conflicts
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild
from ranger_app.store.revocations import Row
from ranger_app.sync import revocations as statements
from tests.station import Station

NOTE = b"n" * 16


def withdraw(station: Station, partner: Station, upto: int, *, lifted: bool = False) -> None:
    text = statements.write(
        station=partner.writer[0], name="", issuer=station.writer[0], number=1 + lifted, reason="stolen", issued=0,
        cut={partner.writer[1]: upto}, sign=station.keys.signer.sign, lifted=lifted,
    )  # fmt: skip
    with transaction(station.db):
        revocations.put(station.db, Row(partner.writer[0], station.writer[0], text, 1, 1, None))
        rebuild(station.db, station.log, station.projection)


def test_an_edit_beside_work_that_is_not_shown_is_a_conflict_once_that_is_shown() -> None:
    ours, partner = Station("kept-ours"), Station("kept-partner")
    partner.commit(create("note", NOTE, {"text": "first"}))
    partner.commit(change("note", NOTE, {"text": "theirs"}))
    withdraw(ours, partner, 1)
    ours.read(partner.batches())
    ours.commit(change("note", NOTE, {"text": "ours"}))
    assert conflicts(ours.db) == []
    withdraw(ours, partner, 1, lifted=True)
    assert [{side.value for side in one.sides} for one in conflicts(ours.db)] == [{"ours", "theirs"}]


def later(station: Station, *ops: Op) -> Sealed:
    """A batch of a later version that asks its reader for more than this one can."""
    station.n += 1
    sealed, header = batches.seal(
        ops, key=station.keys.signer, writer=station.writer, n=station.n, prev=station.prev, seen=station.log.shown(),
        hlc=station.clock, meta=Meta(), seed=bytes(16),
    )  # fmt: skip
    head = msgspec.msgpack.encode(msgspec.structs.replace(header, requires=["later"]))
    return Sealed(head, station.keys.signer.sign(head), sealed.body)


def test_what_a_later_version_wrote_is_carried_on_and_shown_after_the_update(monkeypatch: pytest.MonkeyPatch) -> None:
    newer, ours, third = Station("kept-newer"), Station("kept-older"), Station("kept-third")
    newer.commit(create("note", NOTE, {"text": "first"}))
    first = newer.batches()
    edit = later(newer, change("note", NOTE, {"text": "theirs"}))
    assert ours.read([*first, edit]).not_understood == 1
    ours.commit(change("note", NOTE, {"text": "ours"}))
    third.read(ours.batches())
    assert edit in third.batches()
    assert conflicts(third.db) == []
    assert third.hash() == ours.hash()
    monkeypatch.setattr(batches, "FEATURES", batches.FEATURES | {"later"})
    for station in (ours, third):
        with transaction(station.db):
            rebuild(station.db, station.log, station.projection)
        assert [{side.value for side in one.sides} for one in conflicts(station.db)] == [{"ours", "theirs"}]
    assert third.hash() == ours.hash()


def test_a_purge_reaches_what_is_not_shown() -> None:
    ours, partner = Station("kept-maker"), Station("kept-other")
    ours.commit(create("note", NOTE, {"text": "first"}))
    partner.read(ours.batches())
    partner.commit(change("note", NOTE, {"text": "Observer A was there"}))
    withdraw(ours, partner, 0)
    ours.read(partner.batches())
    ours.commit(purge("note", NOTE))
    assert all(b"Observer A" not in sealed.body for sealed in ours.batches())


def test_numbers_taken_out_of_spans() -> None:
    rng = random.Random(4)
    for _ in range(300):
        numbers, out = ({rng.randint(1, 30) for _ in range(rng.randint(0, 25))} for _ in range(2))
        spans: list[tuple[int, int]] = []
        for number in numbers:
            add(spans, number)
        left = without(spans, out)
        assert {n for n in range(40) if covers(left, n)} == numbers - out
        assert all(low <= high for low, high in left)
