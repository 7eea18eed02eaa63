"""``deployment clock --show``, ``fail`` and ``effort`` as their user runs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def station(tmp_path: Path, ok: Ok) -> tuple[Path, str]:
    """A library with one deployment from noon on 1 to noon on 30 September."""
    library = tmp_path / "library"
    ok(library, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    made = ok(
        library,
        "deployment",
        "add",
        "--name",
        "Barabash 12",
        "--start",
        "2025-09-01 12:00",
        "--end",
        "2025-09-30 12:00",
    )
    return library, made["id"]


def test_showing_a_correction_writes_nothing(station: tuple[Path, str], ok: Ok, ranger: Run) -> None:
    library, record = station
    ok(library, "media", "add", "--deployment", record, "--camera-time", "2025-09-02 10:00", "--file-name", "IMG_1.JPG")
    pairs = ("--from", "2025-09-01 12:00", "--true-from", "2025-09-01 12:00")
    pairs += ("--to", "2025-09-30 11:00", "--true-to", "2025-09-30 12:00")
    answer = ok(library, "deployment", "clock", record, "--method", "drift", *pairs, "--show")
    assert (answer["pictures"], answer["changed"]) == (1, 1)
    assert answer["machine"].startswith("drift seconds=0 seconds_at_end=3600 from=2025-09-01T12:00:00")
    assert answer["samples"][0]["after"] == "2025-09-02T10:01:54"
    assert ok(library, "deployment", "show", record)["clock_corrections"] is None
    ok(library, "deployment", "clock", record, "--method", "drift", *pairs)
    assert ok(library, "deployment", "show", record)["clock_corrections"][0]["seconds_at_end"] == 3600
    ok(library, "deployment", "clock", record, "--remove", "1")
    assert ok(library, "deployment", "show", record)["clock_corrections"] is None
    status, problem = ranger(library, "deployment", "clock", record, "--remove", "1")
    assert (status, problem["error"]) == (3, "NO_ENTRY")


def test_effort_is_told_by_camera_and_station_with_its_rule(station: tuple[Path, str], ok: Ok, ranger: Run) -> None:
    library, record = station
    ok(library, "deployment", "fail", record, "--from", "2025-09-29 12:00", "--reason", "battery")
    answer = ok(library, "deployment", "effort", record)
    (found,) = answer["deployments"]
    assert (found["nights"], found["failures_nights"], found["days"]["2025-09-01"]) == (28.0, 1.0, 0.5)
    assert answer["stations"][0]["nights"] == {"one": 28.0, "sum": 28.0, "all": 28.0}
    assert answer["rule"].startswith("Trap nights are the days from set-up to taking down")
    ok(library, "deployment", "fail", record, "--remove", "1")
    assert ok(library, "deployment", "effort")["deployments"][0]["nights"] == 29.0
    assert ok(library, "deployment", "list")["deployments"][0]["nights"] == 29.0
    assert ranger(library, "deployment", "fail", record)[0] == 2


def test_wrong_times_are_listed_and_a_proposal_is_taken(station: tuple[Path, str], ok: Ok, ranger: Run) -> None:
    library, record = station
    for day in ("02", "03"):
        ok(library, "media", "add", "--deployment", record, "--camera-time", f"2024-09-{day} 10:00")
    (found,) = ok(library, "deployment", "times")["problems"]
    assert (found["deployment_id"], found["code"], found["pictures"]) == (record, "outside", 2)
    assert (found["first"], found["last"]) == ("2024-09-02T10:00:00", "2024-09-03T10:00:00")
    assert found["proposal"] == {"method": "year", "years": 1}
    assert ranger(library, "deployment", "times", record, "--take", "2")[0] == 2
    assert ok(library, "deployment", "times", record, "--take", "1") == {"problems": []}
    ok(library, "undo")
    assert len(ok(library, "deployment", "times", record)["problems"]) == 1


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("clock", "--seconds", "99999999999999999999"), 3, "CORRECTION_TOO_LARGE"),
        (("clock", "--method", "year", "--years", "-99999"), 3, "CORRECTION_TOO_LARGE"),
        (("clock", "--seconds", "60", "--from", ""), 2, "TIME_WRONG"),
        (("fail", "--from", "", "--reason", "snow"), 2, "TIME_WRONG"),
        (("fail", "--from", "2025-09-02", "--to", " ", "--reason", "snow"), 2, "TIME_WRONG"),
    ],
)
def test_what_cannot_be_a_time_or_a_correction_is_refused(
    station: tuple[Path, str], ok: Ok, ranger: Run, words: tuple[str, ...], status: int, code: str
) -> None:
    library, record = station
    before = ok(library, "status")["state_hash"]
    said, problem = ranger(library, "deployment", words[0], record, *words[1:])
    assert (said, problem["error"]) == (status, code)
    assert ok(library, "status")["state_hash"] == before
