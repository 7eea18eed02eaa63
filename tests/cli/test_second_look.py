"""The second look on the command line: asked for by a field, listed, settled by a reviewer only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ranger_app.domain.ops import create
from ranger_app.library import Library

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


def test_two_people_a_list_and_a_settlement(tmp_path: Path, ok: Ok, ranger: Run) -> None:
    folder = tmp_path / "library"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    deployment = ok(folder, "deployment", "add", "--name", "D", "--utc-offset", "+10:00")["id"]
    ok(folder, "deployment", "edit", deployment, "--looks", 2)
    media = [bytes([n]) * 16 for n in range(1, 5)]
    with Library.open(folder) as library:
        times = ("10:00:00", "10:00:05", "12:00:00", "14:00:00")
        ops = [
            create("media", one, {"deployment": bytes.fromhex(deployment), "camera_time": f"2026-03-01T{time}"})
            for one, time in zip(media, times, strict=True)
        ]
        library.commit(ops, label="ingest")
    for name, role in (("Observer A", "ranger"), ("Observer B", "ranger"), ("Reviewer", "reviewer")):
        ok(folder, "person", "add", "--name", name, "--role", role)
    a, b, c, _d = (one.hex() for one in media)
    ok(folder, "--as", "Observer A", "identify", a, b, c, "--taxon", "Sus scrofa", "--count", 2)
    ok(folder, "--as", "Observer B", "identify", a, b, "--taxon", "Sus scrofa", "--count", 3)
    ok(folder, "--as", "Observer B", "identify", c, "--taxon", "Sus scrofa", "--count", 2)
    found = ok(folder, "second-look", "list", "--deployment", deployment)
    assert found["progress"] == {
        "events": 3, "nobody": 1, "one_look": 0, "two_looks": 2, "agree": 1, "disagree": 1, "settled": 0, "mine": 0,
    }  # fmt: skip
    [event] = found["events"]
    assert (event["pictures"], event["deployment"], event["camera_time"]) == ([a, b], "D", "2026-03-01T10:00:00")
    assert event["differ"] == [{"field": "count", "of": "Sus scrofa"}]
    assert [(one["by"], one["seen"][0]["count"]) for one in event["answers"]] == [("Observer A", 2), ("Observer B", 3)]
    assert ok(folder, "status")["waiting"]["second_look"] == 1
    # Who may not settle is not told what the other one said.
    [event] = ok(folder, "--as", "Observer A", "second-look", "list")["events"]
    assert ([one["by"] for one in event["answers"]], event["differ"]) == (["Observer A"], [])
    status, answer = ranger(folder, "--as", "Observer A", "second-look", "settle", a, "--taxon", "Sus scrofa")
    assert (status, answer["error"]) == (3, "ROLE_NEEDED")
    made = ok(folder, "--as", "Reviewer", "second-look", "settle", b, "--taxon", "кабан", "--count", 3)["observations"]
    settled = ok(folder, "observation", "show", made[0])
    assert (settled["look"], settled["count"], settled["taxon"]) == ("settled", 3, "Sus scrofa")
    assert ok(folder, "second-look", "list")["events"] == []
    assert ok(folder, "undo")
    assert len(ok(folder, "second-look", "list")["events"]) == 1


def test_what_cannot_be_said_or_dropped_is_refused(tmp_path: Path, ok: Ok, ranger: Run) -> None:
    folder = tmp_path / "library"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    media = []
    for name in ("D", "E"):
        deployment = ok(folder, "deployment", "add", "--name", name, "--utc-offset", "+10:00")["id"]
        media.append(ok(folder, "media", "add", "--deployment", deployment, "--camera-time", "2026-03-01 10:00")["id"])
    gone = ok(folder, "deployment", "add", "--name", "Gone", "--utc-offset", "+10:00")["id"]
    ok(folder, "deployment", "delete", gone)
    before = ok(folder, "status")["state_hash"]
    for words, status, code in (
        (("identify", *media, "--taxon", "Panthera tigris", "--event"), 3, "EVENT_SPLIT"),
        (("identify", media[0], "--taxon", "blank", "--count", 3), 3, "COUNT_OF_NOTHING"),
        (("originals", "drop-blanks", "--days", -1), 2, "DAYS_WRONG"),
        (("originals", "drop-blanks", "--days", 10**17), 2, "DAYS_WRONG"),
        (("media", "list", "--limit", "9" * 30), 2, "USAGE"),
        (("events", "--deployment", gone), 3, "NO_RECORD"),
        (("triage", gone), 3, "NO_RECORD"),
        (("second-look", "list", "--deployment", gone), 3, "NO_RECORD"),
        (("deployment", "effort", gone), 3, "NO_RECORD"),
        (("deployment", "list", "--limit", -5), 2, "USAGE"),
    ):
        said, problem = ranger(folder, *words)
        assert (said, problem["error"]) == (status, code), words
    assert ok(folder, "status")["state_hash"] == before
