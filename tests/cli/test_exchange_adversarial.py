"""The exchange as somebody uses it who is tired, in a hurry or up to no good: odd arguments, odd orders, odd places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ok = Callable[..., dict[str, Any]]
Pair = tuple[Path, Path]


@pytest.fixture
def third(pair: Pair, tmp_path: Path, ok: Ok) -> Path:
    """A third station, which the two of ``pair`` know and which gets what is open from both."""
    new = tmp_path / "rason"
    ok(new, "init", "--station", "Rason", "--country", "KP", "--utc-offset", "+09:00")
    card = ok(new, "station", "card", tmp_path / "rason.json")["card"]
    for one in pair:
        digits = ok(one, "partner", "add", card)["confirm"]
        ok(one, "partner", "add", card, "--confirm", digits, "--clearance", "open")
        theirs = tmp_path / f"{one.name}-for-rason.json"
        ok(one, "station", "card", theirs)
        ok(new, "partner", "add", theirs, "--confirm", digits, "--clearance", "full")
    return new


def test_a_place_known_roughly_is_passed_on_roughly(pair: Pair, third: Path, ok: Ok, tmp_path: Path) -> None:
    ours, theirs = pair
    hide = ok(ours, "location", "add", "--name", "Hide", "--latitude", "42.98765", "--longitude", "131.43210")["id"]
    ok(ours, "partner", "rule", "Hunchun", "--clearance", "open")
    ok(ours, "bundle", "write", tmp_path / "one", "--to", "Hunchun")
    ok(theirs, "bundle", "read", tmp_path / "one")
    known = ok(theirs, "location", "show", hide)
    assert known["latitude"] not in (None, 42.98765)
    ok(theirs, "bundle", "write", tmp_path / "two", "--to", "Rason")
    ok(third, "bundle", "read", tmp_path / "two")
    assert ok(third, "location", "show", hide)["latitude"] == known["latitude"]
