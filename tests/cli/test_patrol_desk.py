"""A patrol's steps on the command line: handed in, returned, mended, approved, and the history of it all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


def test_the_steps_the_queue_and_the_history(tmp_path: Path, ok: Ok, ranger: Run) -> None:
    folder = tmp_path / "library"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    for name, role in (("Ranger 1", "ranger"), ("Manager", "manager")):
        ok(folder, "person", "add", "--name", name, "--role", role)
    patrol = ok(folder, "patrol", "add", "--name", "North", "--date", "2026-09-20")["id"]
    assert ok(folder, "--as", "Ranger 1", "patrol", "submit", patrol) == {"patrol_id": patrol, "state": "submitted"}
    assert ok(folder, "--as", "Ranger 1", "patrol", "withdraw", patrol)["state"] == "draft"
    ok(folder, "--as", "Ranger 1", "patrol", "submit", patrol)
    (waiting,) = ok(folder, "patrol", "queue")["patrols"]
    assert (waiting["id"], waiting["name"], waiting["state"]) == (patrol, "North", "submitted")
    status, answer = ranger(folder, "--as", "Ranger 1", "patrol", "approve", patrol)
    assert (status, answer["error"]) == (3, "ROLE_NEEDED")
    status, answer = ranger(folder, "--as", "Manager", "patrol", "return", patrol)
    assert (status, answer["error"]) == (3, "COMMENT_MISSING")
    ok(folder, "--as", "Manager", "patrol", "return", patrol, "--comment", "Who was with you?")
    assert ok(folder, "patrol", "queue")["patrols"] == []
    ok(folder, "--as", "Ranger 1", "patrol", "edit", patrol, "--team", "Day team")
    ok(folder, "--as", "Ranger 1", "patrol", "submit", patrol)
    found = ok(folder, "patrol", "changes", patrol)
    assert found["since"]["comment"] == "Who was with you?"
    assert [one["text"] for one in found["changes"]] == ["Team: empty → Day team"]
    assert ok(folder, "--as", "Manager", "patrol", "approve", patrol)["state"] == "approved"
    ok(folder, "--as", "Ranger 1", "patrol", "edit", patrol, "--team", "Night team")
    told = ok(folder, "patrol", "history", patrol)
    assert told["state"] == "reopened"
    assert [(one["step"], one["by"]) for one in told["steps"]] == [
        ("made", ""),
        ("submitted", "Ranger 1"),
        ("withdrawn", "Ranger 1"),
        ("submitted", "Ranger 1"),
        ("returned", "Manager"),
        ("submitted", "Ranger 1"),
        ("approved", "Manager"),
        ("changed", "Ranger 1"),
    ]
    assert ok(folder, "patrol", "queue")["patrols"][0]["state"] == "reopened"
    status, answer = ranger(folder, "patrol", "edit", patrol, "--state", "draft")
    assert (status, answer["error"]) == (3, "STATE_BY_STEP")
