"""What was purged does not lie on in gaps of the file, and a stick from before does not bring it back."""

from __future__ import annotations

from pathlib import Path

from ranger_app.actions import records
from ranger_app.actions.purge import purge
from ranger_app.domain import ops
from ranger_app.domain.ops import change, create
from ranger_app.library import DATABASE, Library
from tests.station import Station

PERSON = b"w" * 16


def test_what_an_edit_had_replaced_goes_too(tmp_path: Path) -> None:
    with Library.create(tmp_path / "a", name="Station A", country="RU", utc_offset=600) as library:
        names = [f"Observer {letter} of the north" for letter in "ABCDEFGH"]
        record = records.add(library, "person", {"name": names[0], "role": "ranger"})
        for name in names[1:]:
            records.edit(library, "person", record, {"name": name, "remarks": name * 400})
        records.edit(library, "person", record, {"remarks": None})
        purge(library, "person", [record])
        files = [path.read_bytes() for path in (tmp_path / "a").glob(f"{DATABASE}*")]
        assert not [name for name in names if any(name.encode() in data for data in files)]


def test_a_stick_from_before_the_purge_brings_nothing_back() -> None:
    giver, taker = Station("traces-giver"), Station("traces-taker")
    giver.commit(create("person", PERSON, {"name": "Observer A", "role": "ranger"}))
    giver.commit(change("person", PERSON, {"remarks": "knows the north"}))
    before = giver.batches()
    taker.read(before[:1])
    giver.commit(ops.purge("person", PERSON))
    taker.read(giver.batches())
    hashed = taker.hash()
    said: list[str] = []
    taker.db.conn.set_trace_callback(said.append)
    report = taker.read(before)
    assert (report.revealed, report.withheld, report.purged) == (0, 0, set())
    assert not [sql for sql in said if sql.startswith(("UPDATE", "INSERT"))]
    assert taker.hash() == hashed == giver.hash()


def test_an_edit_that_comes_after_the_purge_is_never_written() -> None:
    giver, partner, taker = Station("late-giver"), Station("late-partner"), Station("late-taker")
    giver.commit(create("person", PERSON, {"name": "Observer A", "role": "ranger"}))
    partner.read(giver.batches())
    edit = partner.commit(change("person", PERSON, {"remarks": "knows the north"}))
    giver.commit(ops.purge("person", PERSON))
    taker.read(giver.batches())
    said: list[str] = []
    taker.db.conn.set_trace_callback(said.append)
    taker.read([edit])
    assert not any("knows the north" in sql for sql in said)
    assert all(b"knows" not in sealed.body for sealed in taker.batches())
