"""Answers on events: one statement for all pictures, several species side by side, many steps of undo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import event_review, records, review
from ranger_app.actions.identify import Answer, state
from ranger_app.actions.undo import redo, undo
from ranger_app.domain.ops import create
from ranger_app.errors import UsageProblem
from ranger_app.library import Library
from ranger_app.store import statements

TIGER, BOAR = "Panthera tigris", "Sus scrofa"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Khasan", country="RU", utc_offset=600) as made:
        made.person = records.add(made, "person", {"name": "Ranger 1", "role": "ranger", "active": 1})
        yield made


@pytest.fixture
def burst(library: Library) -> list[bytes]:
    """Three pictures a second apart, and one ten minutes later."""
    deployment = library.new_id()
    pictures = [library.new_id() for _n in range(4)]
    times = ("10:00:00", "10:00:01", "10:00:02", "10:10:00")
    library.commit([create("deployment", deployment, {"name": "A", "utc_offset": 600})], label="t")
    library.commit(
        [
            create("media", one, {"deployment": deployment, "file_name": "a.jpg", "camera_time": f"2025-08-31T{time}"})
            for one, time in zip(pictures, times, strict=True)
        ],
        label="t",
    )
    return pictures


def said(library: Library, media: bytes) -> list[tuple[str, int | None]]:
    with library.read() as db:
        return sorted((one.taxon or one.type, one.count) for one in statements.of_picture(db, media))


def shown(library: Library) -> list[str | None]:
    with library.read() as db:
        return [row[0] for row in db.conn.execute("SELECT shown FROM media WHERE deleted=0 ORDER BY taken_at")]


def test_one_statement_stands_for_the_whole_event_and_replaces(library: Library, burst: list[bytes]) -> None:
    state(library, [burst[:1]], [Answer("animal", BOAR)], replace=True)
    state(library, [burst[:3]], [Answer("animal", TIGER, 2)], replace=True)
    assert [said(library, one) for one in burst] == [[(TIGER, 2)]] * 3 + [[]]
    with library.read() as db:
        assert len(statements.of_pictures(db, burst)) == 1


def test_a_second_species_stands_beside_the_first(library: Library, burst: list[bytes]) -> None:
    state(library, [burst[:3]], [Answer("blank")], replace=True)
    state(library, [burst[:3]], [Answer("animal", TIGER)], add=True)
    state(library, [burst[:3]], [Answer("animal", BOAR, 3)], add=True)
    assert said(library, burst[0]) == [(TIGER, 1), (BOAR, 3)]
    state(library, [burst[:3]], [Answer("animal", BOAR, 5)], add=True)  # the same again corrects the number
    state(library, [burst[:3]], [Answer("animal", TIGER, 2, life_stage="juvenile")], add=True)  # her cubs do not
    assert said(library, burst[1]) == [(TIGER, 1), (TIGER, 2), (BOAR, 5)]
    state(library, [burst[:3]], [Answer("blank")], replace=True)
    assert said(library, burst[2]) == [("blank", None)]


def test_many_steps_of_undo_and_redo_over_events(library: Library, burst: list[bytes]) -> None:
    steps: list[list[str | None]] = [shown(library)]
    for units, answer in (
        ([burst[:3]], Answer("blank")),
        ([burst[3:]], Answer("human")),
        ([burst[:3]], Answer("animal", TIGER, 2)),
        ([burst[1:2]], Answer("animal", BOAR)),
        ([burst[:3], burst[3:]], Answer("vehicle")),
    ):
        state(library, units, [answer], replace=True)
        steps.append(shown(library))
    assert steps[4] == [TIGER, BOAR, TIGER, "human"]
    for before in steps[-2::-1]:
        assert undo(library) is not None
        assert shown(library) == before
    for after in steps[1:]:
        assert redo(library) is not None
        assert shown(library) == after
    assert redo(library) is None


def test_the_gap_is_kept_and_nonsense_refused(library: Library, burst: list[bytes]) -> None:
    with library.read() as db:
        assert (event_review.gap(db), event_review.whole_event(db)) == (120, True)
    event_review.keep_gap(library, 600)
    event_review.keep_whole_event(library, False)
    with library.read() as db:
        assert (event_review.gap(db), event_review.whole_event(db)) == (600, False)
        deployment = db.conn.execute("SELECT id FROM deployment").fetchone()[0]
    for wrong in (-1, 90_000):
        with pytest.raises(UsageProblem):
            event_review.keep_gap(library, wrong)
        with pytest.raises(UsageProblem):
            event_review.events_of(library, deployment, wrong)
    assert len(event_review.events_of(library, deployment)["events"]) == 1  # type: ignore[arg-type]
    found = event_review.events_of(library, deployment, 60)
    assert found["gap"] == 60
    first, second = found["events"]  # type: ignore[misc]
    assert (first["start"], first["end"]) == ("2025-08-31T10:00:00+10:00", "2025-08-31T10:00:02+10:00")
    assert first["pictures"] == [one.hex() for one in burst[:3]]
    assert (second["id"], second["shown"]) == (burst[3].hex(), [])


def test_used_behaviours_come_first(library: Library, burst: list[bytes]) -> None:
    for one, word in zip(burst, ("resting", "scent marking", "scent marking", None), strict=True):
        state(library, [[one]], [Answer("animal", TIGER, behaviour=word)])
    with library.read() as db:
        assert review.behaviours(db)[:2] == ["scent marking", "resting"]
