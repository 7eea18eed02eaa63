"""The exchange as somebody uses it who is tired, in a hurry or up to no good: odd arguments, odd orders, odd places."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from ranger_app.cli.main import main

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


@pytest.mark.parametrize("own_file", ["ranger.db", "station.key"])
def test_no_page_is_written_over_a_library(own_file: str, pair: Pair, ok: Ok, ranger: Any, tmp_path: Path) -> None:
    ours, theirs = pair
    ok(ours, "bundle", "write", tmp_path / "stick", "--to", "Hunchun")
    before = (theirs / own_file).read_bytes()
    for words in (
        ("station", "card", theirs / own_file),
        ("station", "recovery-sheet", theirs / own_file),
        ("bundle", "slip", tmp_path / "stick", theirs / own_file),
        ("withdrawal", "add", "Hunchun", "--reason", "Stolen", "--out", theirs / own_file),
    ):
        status, said = ranger(ours, *words)
        assert (status, said["error"]) == (3, "FILE_OF_LIBRARY"), words
    assert (theirs / own_file).read_bytes() == before
    assert ok(ours, "station", "card", tmp_path / "again.json")["card"]
    assert ok(ours, "station", "card", tmp_path / "again.json")["card"]


@pytest.mark.parametrize("name", ["x" * 201, "Two\nlines", "North\u202e"])
def test_a_station_has_a_name_that_partners_can_take(name: str, ranger: Any, tmp_path: Path) -> None:
    status, said = ranger(tmp_path / "new", "init", "--station", name, "--country", "RU", "--utc-offset", "+10:00")
    assert (status, said["error"]) == (3, "NAME_WRONG")
    assert not (tmp_path / "new").exists()


def test_a_card_that_is_not_there_is_not_called_wrong(pair: Pair, ranger: Any, tmp_path: Path) -> None:
    status, said = ranger(pair[0], "partner", "add", tmp_path / "nothing.json")
    assert (status, said["error"]) == (3, "NO_CARD")


def test_what_cannot_go_together_is_not_left_out_in_silence(pair: Pair, ok: Ok, ranger: Any, tmp_path: Path) -> None:
    ours, stick = pair[0], tmp_path / "stick"
    for words, code in (
        (("--open", "--to", "Hunchun", "--dry-run"), "OPEN_ALONE"),
        (("--open", "--to", "Hunchun", "--budget", "5"), "OPEN_ALONE"),
        (("--open", "--to", "Hunchun", "--media", "originals"), "OPEN_ALONE"),
        (("--resume", "--open"), "RESUME_ALONE"),
        (("--resume", "--budget", "5"), "RESUME_ALONE"),
        (("--dry-run",), "NO_PARTNER"),
    ):
        status, said = ranger(ours, "bundle", "write", stick, *words)
        assert (status, said["error"]) == (2, code), words
    status, said = ranger(ours, "bundle", "write", stick, "--to", "Hunchun", "--budget", "x")
    assert (status, "_budget" in said["message"]) == (2, False)
    assert not stick.exists()
    assert ok(ours, "bundle", "write", stick, "--open", "--to", "Hunchun", "--media", "none")["parts"]


@pytest.mark.parametrize("verb", ["unfinished", "free"])
def test_a_stick_that_is_not_there_is_said(verb: str, pair: Pair, ranger: Any, tmp_path: Path) -> None:
    status, said = ranger(pair[0], "bundle", verb, tmp_path / "no-stick")
    assert (status, said["error"]) == (3, "NO_BUNDLE")


def test_a_line_beyond_all_numbers(pair: Pair, ranger: Any) -> None:
    status, said = ranger(pair[0], "ledger", "show", "9" * 30)
    assert (status, said["error"]) == (3, "NO_LEDGER_LINE")


def test_a_slip_in_a_rule_opens_nothing(pair: Pair, ok: Ok, ranger: Any) -> None:
    ours = pair[0]
    ok(ours, "partner", "rule", "Hunchun", "--withhold-species", "Panthera tigris", "--withhold-kind", "patrol")
    for words, code in (
        (("--withhold-species", "Panthera tigirs"), "NO_SPECIES"),
        (("--withhold-species", ""), "RULE_WRONG"),
        (("--withhold-kind", " "), "RULE_WRONG"),
        (("--area", ""), "RULE_WRONG"),
    ):
        status, said = ranger(ours, "partner", "rule", "Hunchun", *words)
        assert (status, said["error"]) == (3, code), words
    rule = ok(ours, "partner", "rule", "Hunchun")["rule"]
    assert (rule["species"], rule["kinds"]) == (["Panthera tigris"], ["patrol"])
    assert ok(ours, "partner", "rule", "Hunchun", "--withhold-species", "none")["rule"]["species"] == []


def test_a_purge_is_not_undone_in_word_only(pair: Pair, ok: Ok, ranger: Any) -> None:
    ours = pair[0]
    person = ok(ours, "person", "add", "--name", "Ranger 1", "--role", "ranger")["id"]
    ok(ours, "person", "purge", person, "--for-good")
    status, said = ranger(ours, "undo")
    assert (status, said["error"]) == (3, "PURGE_LAST")


def test_a_mistake_of_ours_is_an_answer_too(pair: Pair, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for broken, code, status in ((RuntimeError("no"), "BUG", 1), (KeyboardInterrupt(), "STOPPED", 4)):
        monkeypatch.setattr("ranger_app.cli.station.status", Mock(side_effect=broken))
        capsys.readouterr()
        assert main(["--library", str(pair[0]), "--json", "status"]) == status
        assert json.loads(capsys.readouterr().out)["error"] == code


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file here")
def test_an_endless_file_is_no_recovery_sheet(pair: Pair, ranger: Any) -> None:
    status, said = ranger(pair[0], "station", "recover", "/dev/zero")
    assert (status, said["error"]) == (3, "SHEET_LINE_WRONG")


def test_a_clock_before_1970_blocks_nobody(pair: Pair, ok: Ok, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours, theirs = pair
    with monkeypatch.context() as wrong:
        wrong.setattr("ranger_app.library.time.time_ns", lambda: -(10**17))
        ok(ours, "location", "add", "--name", "Hide")
    ok(ours, "bundle", "write", tmp_path / "stick", "--to", "Hunchun")
    assert ok(theirs, "bundle", "read", tmp_path / "stick")["new"] == 1


def test_to_keep_back_one_thing_more_opens_nothing(pair: Pair, ok: Ok) -> None:
    ours = pair[0]
    ok(ours, "partner", "rule", "Hunchun", "--clearance", "standard", "--withhold-species", "Panthera tigris")
    before = ok(ours, "partner", "rule", "Hunchun")["rule"]
    more = ("--withhold-kind", "media", "--withhold-species", "Panthera pardus")
    after = ok(ours, "partner", "rule", "Hunchun", *more)["rule"]
    assert after["kinds"] == sorted([*before["kinds"], "media"])
    assert after["species"] == ["Panthera pardus", "Panthera tigris"]
    anew = ok(ours, "partner", "rule", "Hunchun", "--withhold-kind", "none", "--withhold-kind", "media")["rule"]
    assert anew["kinds"] == ["media"]


def test_keys_without_a_library_are_kept_and_said(pair: Pair, ranger: Any, tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    keys = (pair[0] / "station.key").read_bytes()
    (left / "station.key").write_bytes(keys)
    status, said = ranger(left, "init", "--station", "New", "--country", "RU", "--utc-offset", "+10:00")
    assert (status, said["error"]) == (3, "KEYS_ALONE")
    assert (left / "station.key").read_bytes() == keys
