"""A library copied with all that marks it, so that nobody noticed: two histories under one number."""

from __future__ import annotations

from ranger_app.domain.ops import change, create, purge
from tests.station import Station

NOTE, PERSON = b"n" * 16, b"w" * 16


def copied(station: Station) -> Station:
    twin = Station(station.name, station.clock)
    station.db.conn.backup(twin.db.conn)
    twin.log.load()
    twin.n, twin.prev = station.n, station.prev
    return twin


def test_the_first_history_stays_the_second_is_kept_aside_and_said() -> None:
    ours = Station("histories")
    ours.commit(create("note", NOTE, {"text": "t"}))
    twin, first, second = copied(ours), Station("reader-1"), Station("reader-2")
    ours.commit(change("note", NOTE, {"text": "ours"}))
    twin.commit(change("note", NOTE, {"text": "twin's"}))
    for reader, order, expected in ((first, (ours, twin), ours), (second, (twin, ours), twin)):
        reports = [reader.read(station.batches()) for station in order]
        assert [report.quarantined for report in reports] == [0, 1]
        assert reader.hash() == expected.hash()
        again = reader.read(order[1].batches())
        assert (again.quarantined, again.new, again.updated) == (1, 0, 0)
        assert reader.db.conn.execute("SELECT count(*) FROM quarantine").fetchone() == (1,)


def test_a_purge_reaches_what_is_kept_aside() -> None:
    ours = Station("aside")
    ours.commit(create("person", PERSON, {"name": "first name", "role": "ranger"}))
    twin, before, after = copied(ours), Station("aside-reader-1"), Station("aside-reader-2")
    ours.commit(change("person", PERSON, {"remarks": "ours"}))
    twin.commit(change("person", PERSON, {"remarks": "knows the north"}))
    for reader in (before, after):
        reader.read(ours.batches())
    before.read(twin.batches())
    ours.commit(purge("person", PERSON))
    for reader in (before, after):
        reader.read(ours.batches())
    after.read(twin.batches())
    for reader in (before, after):
        ((body,),) = reader.db.conn.execute("SELECT body FROM quarantine").fetchall()
        assert b"knows the north" not in body
