"""A trusted partner who lies in what it signs: about what it has seen, about what it made, about where a value ends."""

from __future__ import annotations

import pytest

from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.batch import BatchError, Meta, Sealed, Shown, Stub, StubLine
from ranger_app.domain.intervals import Vector
from ranger_app.domain.ops import Op, change, create, purge
from ranger_app.store import rows, withheld
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild
from tests.station import Station

RECORD = b"r" * 16


class Liar(Station):
    """Claims to have seen ``claims``, and nothing of the stations in ``denies``."""

    claims: Vector = {}  # noqa: RUF012 - set on the object
    denies: frozenset[bytes] = frozenset()

    def commit(self, *ops: Op) -> Sealed:
        self.clock += 1_000_000
        self.n += 1
        seen = {writer: spans for writer, spans in self.log.shown().items() if writer[0] not in self.denies}
        sealed, header = batches.seal(
            ops, key=self.keys.signer, writer=self.writer, n=self.n, prev=self.prev, seen=seen | self.claims,
            hlc=self.clock, meta=Meta(), seed=bytes(16),
        )  # fmt: skip
        with transaction(self.db):
            key = self.log.append(sealed, header, Meta(), understood=True, at=0)
            self.projection.apply(key, batches.read(sealed))
        self.prev = sealed.hash
        return sealed


def _values(station: Station, kind: str) -> dict[str, object]:
    found = rows.get(station.db, kind, RECORD)
    return {name: value for name, value in found.values.items() if value is not None} if found else {}


def test_who_claims_to_have_seen_the_future_divides_no_stations() -> None:
    ours, liar, one, other = Station("ours"), Liar("liar"), Station("one"), Station("other")
    first = ours.commit(create("note", RECORD, {"text": "as it was"}))
    liar.read([first])
    liar.claims = {ours.writer: [(1, 2**53)]}
    lie = liar.commit(change("note", RECORD, {"text": "theirs"}))
    ours.read([lie])
    last = ours.commit(change("note", RECORD, {"text": "ours"}))
    for station, order in ((one, (first, lie, last)), (other, (first, last, lie))):
        for batch in order:
            station.read([batch])
    assert ours.hash() == one.hash() == other.hash()
    assert one.db.conn.execute("SELECT count(*) FROM conflict").fetchone() == (1,)
    with transaction(ours.db):
        rebuild(ours.db, ours.log, ours.projection)
    assert ours.hash() == one.hash()


@pytest.mark.parametrize("denies", [False, True])
def test_nobody_purges_what_they_only_make_again(denies: bool) -> None:
    ours, liar = Station("ours"), Liar("liar")
    liar.read([ours.commit(create("note", RECORD, {"text": "a year's work"}))])
    liar.denies = frozenset({ours.writer[0]} if denies else ())
    report = ours.read([liar.commit(create("note", RECORD, {}), purge("note", RECORD))])
    assert not report.purged
    assert _values(ours, "note") == {"text": "a year's work"}
    ours.commit(purge("note", RECORD))
    assert _values(ours, "note") == {}


@pytest.mark.parametrize("denies", [False, True])
def test_nobody_releases_what_they_only_make_again(denies: bool) -> None:
    ours, liar, third = Station("ours"), Liar("liar"), Station("third")
    liar.read([ours.commit(create("deployment", RECORD, {"name": "Den"}))])
    liar.denies = frozenset({ours.writer[0]} if denies else ())
    liar.commit(create("deployment", RECORD, {"released": 1}))
    liar.commit(change("deployment", RECORD, {"released": 1}))
    ours.read(liar.batches())
    assert "released" not in _values(ours, "deployment")
    for batch in reversed(ours.batches()):
        third.read([batch])
    assert third.hash() == ours.hash()


def test_a_role_given_from_outside_is_not_taken_or_asks_a_person() -> None:
    for denies in (False, True):
        ours, liar = Station("ours"), Liar("liar", 1_900_000_000_000_000)
        liar.read([ours.commit(create("person", RECORD, {"name": "P", "role": "ranger"}))])
        liar.denies = frozenset({ours.writer[0]} if denies else ())
        ours.read([liar.commit(create("person", RECORD, {"role": "manager"}))])
        open_ones = ours.db.conn.execute("SELECT field FROM conflict").fetchall()
        assert (_values(ours, "person")["role"], open_ones) in (("ranger", []), ("manager", [("role",)]))
        ours.commit(change("person", RECORD, {"role": "ranger"}))
        assert _values(ours, "person")["role"] == "ranger"
        assert ours.db.conn.execute("SELECT field FROM conflict").fetchall() == []


def test_the_end_of_a_value_does_not_pass_for_all_of_it() -> None:
    ours = Station("ours")
    sealed = ours.commit(create("note", RECORD, {"text": "x", "about": b"a" * 15 + b"\x80"}))
    stub = stubs.as_stub(sealed.body)
    line = stub.lines[0]
    for name, part in line.groups.items():
        assert isinstance(part, Shown)
        cut = line.groups | {name: Shown(part.salt + part.payload[:-1], part.payload[-1:])}
        forged = Stub(2, stub.meta, [StubLine(line.action, line.kind, line.id, line.scope, cut)])
        with pytest.raises(BatchError):
            batches.verify(Sealed(sealed.head, sealed.signature, batches.write_stub(forged)), ours.keys.signing)


def test_a_purge_that_does_not_count_hides_nothing_of_what_is_withheld() -> None:
    ours, liar, third = Station("ours"), Station("other"), Station("third")
    place = {"name": "Den", "type": "camera_site", "latitude": 425_678_912, "longitude": 1_306_543_219}
    stub = stubs.withhold(ours.commit(create("location", RECORD, place)), lambda *_: frozenset({"open"}), meta=True)
    third.read([liar.commit(purge("location", RECORD))])
    third.read([stub])
    assert "place" in withheld.groups_of(third.db, "location", RECORD)
