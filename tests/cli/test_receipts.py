"""``receipt`` and ``ledger`` as their user calls them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Ok = Callable[..., dict[str, Any]]


def test_a_bundle_is_given_read_and_confirmed(pair: tuple[Path, Path], ok: Ok, ranger: Ok, tmp_path: Path) -> None:
    ours, theirs = pair
    ok(ours, "location", "add", "--name", "Ridge", "--type", "post")
    assert [one["state"] for one in ok(ours, "receipt", "list")["partners"]] == ["never"]
    ok(ours, "bundle", "write", tmp_path / "stick", "--to", "Hunchun")
    (line,) = [one for one in ok(ours, "ledger", "--partner", "Hunchun")["ledger"] if one["what"] == "bundle"]
    assert (line["counter"], line["to"], line["state"]) == (1, "Hunchun", "unconfirmed")
    ok(theirs, "bundle", "read", tmp_path / "stick")
    answer = ok(theirs, "receipt", "make", "Khasan", tmp_path / "back", "--code")
    assert answer["code"].startswith("RGR1:")
    assert len(answer["code"]) <= 600
    taken = ok(ours, "receipt", "take", answer["code"])
    assert (taken["confirmed"], taken["how"], taken["lacking"]) == ([1], "text", 0)
    again = ok(ours, "receipt", "take", answer["receipt"])
    assert again["older"]  # the file was made first
    (partner,) = ok(ours, "receipt", "list")["partners"]
    assert (partner["state"], partner["counter"]) == ("confirmed", 1)
    shown = ok(ours, "ledger", "show", line["line"])
    assert shown["state"] == "confirmed"
    assert {"kind": "location", "number": 1, "titles": ["Ridge"]} in shown["contents"]
    ok(theirs, "bundle", "write", tmp_path / "home", "--to", "Khasan")
    read = ok(ours, "bundle", "read", tmp_path / "home")
    assert [one["confirmed"] for one in read["receipts"]] == [[]]  # known already
    report = ok(ours, "report", "ledger", tmp_path / "report")
    assert report["confirmed"] == 1


def test_wrong_use_is_said(pair: tuple[Path, Path], ranger: Callable[..., Any], tmp_path: Path) -> None:
    ours, _theirs = pair
    assert ranger(ours, "receipt", "make", "Hunchun")[0] == 2
    assert ranger(ours, "receipt", "make", "Nobody", tmp_path)[0] == 3
    assert ranger(ours, "receipt", "take", tmp_path / "nothing.json")[0] == 4
    assert ranger(ours, "receipt", "take", "RGR1:AAAA")[0] == 3
    status, answer = ranger(ours, "ledger", "show", "9")
    assert (status, answer["error"]) == (3, "NO_LEDGER_LINE")
