"""Signed nonsense from a trusted partner: kept verbatim, shown as nothing, and harmless to what is computed here."""

from __future__ import annotations

import json

import pytest

from ranger_app.domain.batch import BatchError
from ranger_app.domain.fields import Value
from ranger_app.domain.merge import resolve
from ranger_app.domain.ops import change, create
from ranger_app.store import derived, rows
from ranger_app.store.connection import transaction
from ranger_app.store.rebuild import rebuild
from tests.station import Station

POISON: list[tuple[str, dict[str, Value]]] = [
    ("deployment", {"clock_corrections": "not json"}),
    ("deployment", {"clock_corrections": "5"}),
    ("deployment", {"clock_corrections": '[{"seconds":"abc"}]'}),
    ("deployment", {"clock_corrections": '[{"from":5}]'}),
    ("deployment", {"clock_corrections": '[{"seconds":1e999}]'}),
    ("deployment", {"clock_corrections": "[" * 5000}),
    ("deployment", {"utc_offset": 2**62}),
    ("deployment", {"utc_offset": "ten"}),
    ("deployment", {"name": b"\xff"}),
    ("media", {"sha256": "../../x", "camera_time": 7}),
    ("media", {"key": 1, "batch": "x", "id": b"no", "taken_at": 5, "extra": "y"}),
    ("media", {'"; DROP TABLE media; --': 1}),
    ("observation", {"at": 2**62, "type": 4}),
    ("patrol", {"members": "[1,2]", "deleted": "yes"}),
]


@pytest.mark.parametrize(("kind", "fields"), POISON)
def test_poison_is_kept_and_harmless(kind: str, fields: dict[str, Value]) -> None:
    partner, ours = Station("partner"), Station("ours")
    deployment, media, record = b"d" * 16, b"m" * 16, b"r" * 16
    time: dict[str, Value] = {"deployment": deployment, "camera_time": "2026-01-31T10:00:00"}
    partner.commit(create("deployment", deployment, {"name": "D", "utc_offset": 600}), create("media", media, time))
    partner.commit(create(kind, record, fields))
    target = {"deployment": deployment, "media": media}.get(kind, record)
    partner.commit(change(kind, target, fields))
    ours.read(partner.batches())
    assert ours.hash() == partner.hash()
    for name, value in fields.items():
        found = rows.get(ours.db, kind, record)
        assert found is not None
        assert found.id == record
        assert name in ("key", "batch", "id", "extra", "deleted") or found.values.get(name) in (None, value)
    ours.commit(create("media", b"n" * 16, time))
    before = ours.hash()
    with transaction(ours.db):
        rebuild(ours.db, ours.log, ours.projection)
    assert ours.hash() == before


def test_a_deletion_that_also_sets_a_field_deletes() -> None:
    ours, theirs = Station("ours"), Station("theirs")
    record = b"r" * 16
    ours.commit(create("note", record, {"text": "a"}))
    ours.commit(change("note", record, {"deleted": 1, "text": None}))
    for one in reversed(ours.batches()):
        theirs.read([one])
    assert ours.hash() == theirs.hash()
    versions = ours.log.versions("note", record, 1)
    assert resolve(versions).values == {"text": None, "deleted": 1}
    assert not resolve(versions).conflicts


def test_a_batch_in_an_impossible_order_is_refused() -> None:
    partner, ours = Station("partner"), Station("ours")
    record = b"r" * 16
    with pytest.raises(BatchError):
        partner.commit(change("note", record, {"text": "b"}), create("note", record, {"text": "a"}))
    assert ours.batches() == []


def test_one_id_under_two_kinds_stays_two_records() -> None:
    partner, ours = Station("partner"), Station("ours")
    record = b"r" * 16
    partner.commit(create("note", record, {"text": "a"}), create("sample", record, {"code": "S", "type": "scat"}))
    partner.commit(change("note", record, {"text": "b"}))
    for one in reversed(partner.batches()):
        ours.read([one])
    assert ours.hash() == partner.hash()


def test_computed_columns_do_not_depend_on_the_order_of_arrival() -> None:
    partner, ours = Station("partner"), Station("ours")
    deployment, one, other, seen = b"d" * 16, b"m" * 16, b"n" * 16, b"o" * 16
    partner.commit(create("observation", seen, {"media": one, "type": "animal", "taxon": "Sus scrofa"}))
    partner.commit(create("deployment", deployment, {"name": "D", "utc_offset": 600}))
    partner.commit(change("deployment", deployment, {"utc_offset": 480}))
    time: dict[str, Value] = {"deployment": deployment, "camera_time": "2026-01-31T10:00:00"}
    partner.commit(create("media", one, time), create("media", other, time))
    partner.commit(change("media", one, {"remarks": "x"}))
    partner.commit(change("observation", seen, {"media": other}))
    for batch in reversed(partner.batches()):
        ours.read([batch])
    question = "SELECT id, taken_at, seen_by, shown FROM media ORDER BY id"
    expected = [(one, 1769824800, 0, None), (other, 1769824800, 2, "Sus scrofa")]
    for station in (partner, ours):
        assert station.db.conn.execute(question).fetchall() == expected


def test_a_statement_made_twice_leaves_the_pictures_it_no_longer_is_about() -> None:
    first, second, ours = Station("first"), Station("second", 1_800_000_000_000_000), Station("ours")
    one, other, seen = b"m" * 16, b"n" * 16, b"o" * 16
    first.commit(create("media", one, {"file_name": "1"}), create("media", other, {"file_name": "2"}))
    second.read(first.batches())
    for station, about in ((first, one), (second, other)):  # the same import at two stations, changed in between
        pictures = json.dumps([about.hex()])
        station.commit(create("observation", seen, {"pictures": pictures, "type": "animal", "taxon": "Sus scrofa"}))
    for batch in [*first.batches(), *second.batches()[-1:]]:
        ours.read([batch])
    found = ours.db.conn.execute("SELECT id, seen_by, shown FROM media ORDER BY id").fetchall()
    assert found == [(one, 0, None), (other, 2, "Sus scrofa")]


def test_a_new_deployment_reads_no_other_pictures() -> None:
    station = Station("large")
    station.commit(*(create("media", bytes([n]) * 16, {"file_name": str(n)}) for n in range(50)))
    plans = [
        row[3]
        for where in ("SELECT camera_time, deployment, file_offset, key FROM media", "SELECT id FROM media")
        for row in station.db.conn.execute(f"EXPLAIN QUERY PLAN {where} WHERE {derived.OF_DEPLOYMENT}", (b"d" * 16,))
    ]
    assert plans
    assert all(plan.startswith("SEARCH") for plan in plans)
