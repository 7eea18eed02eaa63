"""Undo and redo over every sort of act, never touching what somebody did since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import records
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.status import current_hash
from ranger_app.actions.undo import last_act, redo, undo
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.store import rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "l", name="Station A", country="MN", utc_offset=480) as library:
        yield library


def name_of(library: Library, record: bytes) -> object:
    with library.read() as db:
        found = rows.get(db, "location", record)
    return None if found is None or found.deleted else found["name"]


def test_steps_back_and_forth_meet_the_same_states(library: Library) -> None:
    record = records.add(library, "location", {"name": "one"})
    states = [current_hash(library)]
    for name in ("two", "three"):
        records.edit(library, "location", record, {"name": name})
        states.append(current_hash(library))
    records.delete(library, "location", record)
    for expected, state in (("three", states[2]), ("two", states[1]), ("one", states[0])):
        assert undo(library) is not None
        assert name_of(library, record) == expected
        assert current_hash(library) == state
    assert undo(library) is not None
    assert name_of(library, record) is None
    assert undo(library) is None
    for expected in ("one", "two", "three", None):
        assert redo(library) is not None
        assert name_of(library, record) == expected
    assert redo(library) is None


def test_a_new_act_ends_redo(library: Library) -> None:
    record = records.add(library, "location", {"name": "one"})
    records.edit(library, "location", record, {"name": "two"})
    undo(library)
    records.edit(library, "location", record, {"remarks": "x"})
    assert redo(library) is None
    assert name_of(library, record) == "one"


def test_undo_leaves_later_edits_alone(library: Library) -> None:
    record = records.add(library, "location", {"name": "one", "remarks": "a"})
    records.edit(library, "location", record, {"name": "two", "remarks": "b"})
    library.commit([], label="nothing")
    undo(library)
    undo(library)
    with library.read() as db:
        found = rows.get(db, "location", record)
    assert found is not None
    assert (found["name"], found["remarks"]) == ("one", "a")


def test_an_act_of_several_batches_is_undone_whole(library: Library) -> None:
    media = [library.new_id() for _ in range(2300)]
    for start in range(0, len(media), 500):
        ops = [create("media", one, {"file_name": "f"}) for one in media[start : start + 500]]
        library.commit(ops, label="ingest test")
    made, changes = identify(library, media, Answer.of("blank"))
    assert len(made) == 2300
    assert changes.label == "identify"
    assert _seen(library) == 2300
    assert last_act(library) == "identify"
    undone = undo(library)
    assert undone is not None
    assert _seen(library) == 0
    assert redo(library) is not None
    assert _seen(library) == 2300


def _seen(library: Library) -> int:
    with library.read() as db:
        return int(db.conn.execute("SELECT count(*) FROM media WHERE seen_by = 2").fetchone()[0])


def test_identifying_again_replaces_what_the_same_person_said(library: Library) -> None:
    (one,) = (library.new_id(),)
    library.commit([create("media", one, {"file_name": "f"})], label="ingest test")
    identify(library, [one], Answer.of("Panthera tigris"), replace=True)
    identify(library, [one], Answer.of("Амурский тигр"), replace=True)
    identify(library, [one], Answer.of("Sus scrofa"), replace=True)
    with library.read() as db:
        found = list(rows.find(db, "observation"))
        shown = db.conn.execute("SELECT shown FROM media").fetchone()[0]
    assert [o["taxon"] for o in found] == ["Sus scrofa"]
    assert shown == "Sus scrofa"
    undo(library)
    with library.read() as db:
        assert [o["taxon"] for o in rows.find(db, "observation")] == ["Panthera tigris"]
