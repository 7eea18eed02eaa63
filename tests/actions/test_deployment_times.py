"""Failures, corrections and their previews, and what is refused of a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import clock_preview, deployment_times, effort, records
from ranger_app.actions.clock_preview import Preview
from ranger_app.actions.deployment_times import Entry, add_clock_correction, add_failure, checked, clear, remove
from ranger_app.actions.undo import undo
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem
from ranger_app.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


def deployment(library: Library, **values: Value) -> bytes:
    return records.add(library, "deployment", {"name": "Barabash 12", "utc_offset": 600, **values})


def pictures(library: Library, record: bytes, *times: str | None) -> list[bytes]:
    return [
        records.add(library, "media", {"deployment": record, "camera_time": time, "file_name": f"IMG_{number:04}.JPG"})
        for number, time in enumerate(times, 1)
    ]


def value(library: Library, record: bytes, field: str) -> Value:
    with library.read() as db:
        return records.existing(db, "deployment", record)[field]


def shown(library: Library, record: bytes, entry: Entry) -> Preview:
    with library.read() as db:
        return clock_preview.preview(db, records.existing(db, "deployment", record), checked(entry))


def times(library: Library) -> list[int | None]:
    with library.read() as db:
        return [row[0] for row in db.conn.execute("SELECT taken_at FROM media ORDER BY key")]


def test_a_preview_writes_nothing_and_says_what_the_correction_then_does(library: Library) -> None:
    record = deployment(library, start="2025-04-03T00:00:00", end="2025-05-01T00:00:00")
    pictures(library, record, "2025-03-04T10:00:00", "2025-04-13T10:00:00", None, "2025-04-04T10:00:00")
    before, batches = times(library), library.seen
    made = shown(library, record, {"method": "day_month"})
    assert (times(library), library.seen) == (before, batches)
    assert (made.pictures, made.changed, made.cannot, made.undated, made.not_meant) == (4, 1, 1, 1, 0)
    assert made.outside == (1, 0)
    assert made.first == ("2025-03-04T10:00:00", "2025-04-03T10:00:00")
    assert made.dates == {}
    assert [(one.before[:10], one.after[:10], one.cannot) for one in made.samples] == [
        ("2025-03-04", "2025-04-03", False),
        ("2025-04-13", "2025-04-13", True),
    ]
    add_clock_correction(library, record, {"method": "day_month"})
    after = times(library)
    assert after[0] is not None
    assert before[0] is not None
    assert after[0] - before[0] == 30 * 86_400
    assert after[1:] == before[1:]
    undo(library)
    assert times(library) == before


def test_samples_are_few_and_hold_the_first_and_the_last(library: Library) -> None:
    record = deployment(library)
    pictures(library, record, *(f"2025-03-{day:02}T10:00:00" for day in range(1, 29)))
    made = shown(library, record, {"method": "shift", "seconds": 60, "from": "2025-03-03T00:00:00"})
    assert (made.changed, made.not_meant) == (26, 2)
    assert [one.before[8:10] for one in made.samples] == ["03", "07", "11", "15", "20", "24", "28"]
    assert {one.after[11:16] for one in made.samples} == {"10:01"}


def test_dates_taken_from_pictures_move_with_them_and_typed_ones_stay(library: Library) -> None:
    record = deployment(library, start="2016-01-01T00:05:00", end="2025-03-01T00:00:00")
    pictures(library, record, "2016-01-01T00:05:00", "2016-01-11T00:05:00")
    shift: Entry = {"method": "shift", "seconds": 86_400 * 366}
    assert shown(library, record, shift).dates == {"start": "2017-01-01T00:05:00"}
    add_clock_correction(library, record, shift)
    assert value(library, record, "start") == "2017-01-01T00:05:00"
    assert value(library, record, "end") == "2025-03-01T00:00:00"
    remove(library, record, "clock_corrections", 0)
    assert value(library, record, "start") == "2016-01-01T00:05:00"
    assert value(library, record, "clock_corrections") is None
    undo(library)
    assert value(library, record, "start") == "2017-01-01T00:05:00"


def test_single_entries_are_taken_away_and_come_back(library: Library) -> None:
    record = deployment(library, start="2025-01-01T00:00:00", end="2025-03-01T00:00:00")
    for day, reason in ((3, "snow"), (8, "battery"), (20, "other")):
        add_failure(library, record, f"2025-01-{day:02}T00:00:00", f"2025-01-{day + 2:02}T00:00:00", reason)
    remove(library, record, "failures", 1)
    with library.read() as db:
        assert [one.reason for one in effort.deployments(db)[0].failures] == ["snow", "other"]
    with pytest.raises(DataProblem, match="no such entry"):
        remove(library, record, "failures", 2)
    with pytest.raises(DataProblem, match="no such entry"):
        remove(library, record, "failures", 0, {"reason": "battery"})
    undo(library)
    clear(library, record, "failures")
    assert value(library, record, "failures") is None
    undo(library)
    with library.read() as db:
        assert [one.reason for one in effort.deployments(db)[0].failures] == ["snow", "battery", "other"]


def test_until_taken_down_is_written_as_that_date_or_stays_open(library: Library) -> None:
    ended = deployment(library, start="2025-01-01T00:00:00", end="2025-01-11T00:00:00")
    add_failure(library, ended, "2025-01-09T00:00:00", None, "stolen")
    assert value(library, ended, "failures") == (
        '[{"from":"2025-01-09T00:00:00","reason":"stolen","to":"2025-01-11T00:00:00"}]'
    )
    running = deployment(library, start="2025-01-01T00:00:00")
    add_failure(library, running, "2025-01-09T00:00:00", None, "stolen")
    records.edit(library, "deployment", running, {"end": "2025-02-01T00:00:00"})
    with library.read() as db:
        found = effort.deployments(db)
    assert [one.effort.nights if one.effort else None for one in found] == [8.0, 8.0]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2025-01-05T00:00:00", "2025-01-04T00:00:00", "TIMES_SWAPPED"),
        ("2024-12-01T00:00:00", "2024-12-24T00:00:00", "FAILURE_OUTSIDE"),
        ("2025-02-01T00:00:00", "2025-02-02T00:00:00", "FAILURE_OUTSIDE"),
        ("2025-02-01T00:00:00", None, "FAILURE_OUTSIDE"),
    ],
)
def test_a_failure_outside_the_deployment_is_refused(library: Library, start: str, end: str | None, code: str) -> None:
    record = deployment(library, start="2025-01-01T00:00:00", end="2025-01-11T00:00:00")
    with pytest.raises(DataProblem) as refused:
        add_failure(library, record, start, end, "snow")
    assert refused.value.code == code
    add_failure(library, record, "2024-12-31T00:00:00", "2025-01-02T00:00:00", "snow")


def test_a_deployment_does_not_end_before_it_starts(library: Library) -> None:
    with pytest.raises(DataProblem, match="before it was set up on 2025-02-01 10:00"):
        deployment(library, start="2025-02-01T10:00:00", end="2025-01-01T00:00:00")
    record = deployment(library, start="2025-02-01T10:00:00")
    with pytest.raises(DataProblem) as refused:
        records.edit(library, "deployment", record, {"end": "2025-01-01T00:00:00"})
    assert refused.value.code == "END_BEFORE_START"
    records.edit(library, "deployment", record, {"end": "2025-02-01T10:00:00", "remarks": "one moment"})


def test_pairs_know_of_each_other_and_partners_left_behind_are_single(library: Library) -> None:
    one, two, three = (deployment(library, name=name) for name in ("One", "Two", "Three"))
    records.edit(library, "deployment", one, {"paired_with": two})
    assert value(library, two, "paired_with") == one
    four = deployment(library, name="Four", paired_with=three)
    assert value(library, three, "paired_with") == four
    records.edit(library, "deployment", one, {"paired_with": three})
    assert [value(library, record, "paired_with") for record in (one, two, three, four)] == [three, None, one, None]
    undo(library)
    assert [value(library, record, "paired_with") for record in (one, two, three, four)] == [two, one, four, three]
    records.edit(library, "deployment", one, {"paired_with": None})
    assert value(library, two, "paired_with") is None
    with pytest.raises(DataProblem, match="itself"):
        records.edit(library, "deployment", one, {"paired_with": one})


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"method": "guess"}, "METHOD_UNKNOWN"),
        ({"method": "drift", "seconds": 5}, "TIMES_MISSING"),
        (
            {"method": "drift", "seconds": 5, "from": "2025-01-01T00:00:00", "to": "2025-01-01T00:00:00"},
            "TIMES_EQUAL",
        ),
        ({"method": "shift"}, "NOTHING_TO_CORRECT"),
        ({"method": "year"}, "NOTHING_TO_CORRECT"),
        ({"method": "day_month", "from": "2025-01-02T00:00:00", "to": "2025-01-01T00:00:00"}, "TIMES_SWAPPED"),
    ],
)
def test_a_correction_that_can_do_nothing_is_refused(library: Library, entry: Entry, code: str) -> None:
    with pytest.raises(DataProblem) as refused:
        deployment_times.add_clock_correction(library, deployment(library), entry)
    assert refused.value.code == code


def test_stations_are_places_with_their_pairs(library: Library) -> None:
    """Two cameras face each other at Ridge for 10 nights, one of them failing for 4; a third has no dates."""
    ridge = records.add(library, "location", {"name": "Ridge"})
    dates: dict[str, Value] = {"start": "2025-01-01T12:00:00", "end": "2025-01-11T12:00:00"}
    one = deployment(library, name="A", location=ridge, **dates)
    two = deployment(library, name="B", paired_with=one, **dates)
    deployment(library, name="C")
    add_failure(library, two, "2025-01-03T12:00:00", "2025-01-07T12:00:00", "snow")
    answer = effort.answer(library)
    stations = answer["stations"]
    assert isinstance(stations, list)
    assert [(one["name"], len(one["deployments"]), one["nights"]) for one in stations] == [
        ("C", 1, {"one": None, "sum": None, "all": None}),
        ("Ridge", 2, {"one": 10.0, "sum": 16.0, "all": 6.0}),
    ]
    found = {one["code"]: one for one in answer["deployments"]}  # type: ignore[attr-defined]
    assert (found["B"]["nights"], found["B"]["failures_nights"]) == (6.0, 4.0)
    assert found["C"]["nights"] is None
    assert "missing" in found["C"]["unknown"]
    assert found["B"]["days"]["2025-01-05"] == 0.0
