"""Cards as pictures, and withdrawn keys, from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.mark.parametrize("name", ["card.json", "card.png", "card.txt"])
def test_a_card_goes_as_file_picture_and_text(tmp_path: Path, ok: Ok, name: str) -> None:
    ours, theirs = tmp_path / "a", tmp_path / "b"
    ok(ours, "init", "--station", "Хасан", "--country", "RU", "--utc-offset", "+10:00")
    made = ok(theirs, "init", "--station", "Hunchun 珲春", "--country", "CN", "--utc-offset", "+08:00")
    card = ok(theirs, "station", "card", tmp_path / name)
    waiting = ok(ours, "partner", "add", card["card"])
    assert (waiting["station_id"], waiting["name"]) == (made["station_id"], "Hunchun 珲春")
    assert waiting["trusted"] is False
    done = ok(ours, "partner", "add", card["card"], "--confirm", waiting["confirm"])
    assert done["trusted"] is True
    assert done["confirmed_at"] > 0


def test_a_picture_without_a_card_says_so(tmp_path: Path, ok: Ok, ranger: Run) -> None:
    from ranger_app.media import qr

    ours = tmp_path / "a"
    ok(ours, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    picture = tmp_path / "p.png"
    picture.write_bytes(qr.draw("https://example.org"))
    assert ranger(ours, "partner", "add", picture)[1]["error"] == "NO_CARD_IN_PICTURE"
    text = tmp_path / "t.txt"
    text.write_text("RGC1:nothing", encoding="utf-8")
    assert ranger(ours, "partner", "add", text)[1]["error"] == "CARD_NOT_VALID"


def test_keys_are_withdrawn_told_and_lifted(pair: tuple[Path, Path], tmp_path: Path, ok: Ok, ranger: Run) -> None:
    ours, theirs = pair
    made = ok(ours, "withdrawal", "add", "Hunchun", "--reason", "The laptop was stolen.", "--out", tmp_path / "w.json")
    assert made["state"] == "in_force"
    assert "cannot be taken back" in made["remark"]
    assert ok(ours, "partner", "list")["partners"][0]["withdrawn"] is True
    assert [one["reason"] for one in ok(ours, "withdrawal", "list")["withdrawals"]] == ["The laptop was stolen."]
    told = ok(theirs, "withdrawal", "take", tmp_path / "w.json")
    assert (told["state"], told["station"]) == ("waiting", "Hunchun")
    assert ok(theirs, "withdrawal", "refuse", "Hunchun", "--from", "Khasan")["state"] == "not_followed"
    assert ok(theirs, "withdrawal", "accept", "Hunchun", "--from", "Khasan")["state"] == "in_force"
    lifted = ok(ours, "withdrawal", "lift", "Hunchun")["withdrawals"]
    assert [one["state"] for one in lifted] == ["lifted"]
    assert ok(ours, "partner", "list")["partners"][0]["withdrawn"] is False
    assert ranger(ours, "withdrawal", "take", tmp_path / "none.json")[1]["error"] == "WITHDRAWAL_NOT_VALID"
    assert ranger(ours, "withdrawal", "add", "Nowhere", "--reason", "x")[1]["error"] == "NO_PARTNER"
