"""Running the command line as its user would, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.cli.main import main

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ranger(capsys: pytest.CaptureFixture[str]) -> Run:
    """``ranger(library, *arguments)`` gives the exit status and the JSON answer."""

    def run(library: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = main(["--library", str(library), "--json", *map(str, arguments)])
        out = capsys.readouterr()
        assert "Traceback" not in out.err
        return status, json.loads(out.out) if out.out.strip() else {}

    return run


@pytest.fixture
def ok(ranger: Run) -> Callable[..., dict[str, Any]]:
    """As ``ranger``, for a command that must succeed: the answer alone."""

    def run(library: Path, *arguments: object) -> dict[str, Any]:
        status, answer = ranger(library, *arguments)
        assert status == 0, answer
        return answer

    return run


@pytest.fixture
def pair(tmp_path: Path, ok: Callable[..., dict[str, Any]]) -> tuple[Path, Path]:
    """Two stations that trust each other."""
    ours, theirs = tmp_path / "khasan", tmp_path / "hunchun"
    ok(ours, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    ok(theirs, "init", "--station", "Hunchun", "--country", "CN", "--utc-offset", "+08:00")
    for one, other in ((ours, theirs), (theirs, ours)):
        card = tmp_path / f"{other.name}.json"
        ok(other, "station", "card", card)
        waiting = ok(one, "partner", "add", card)
        assert waiting["trusted"] is False
        assert ok(one, "partner", "add", card, "--confirm", waiting["confirm"], "--clearance", "full")["trusted"]
    return ours, theirs
