"""``export`` and ``import`` on the command line: formats, options, rules, answers."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.exchange.foreign import Given


def test_a_package_comes_in_and_goes_out(ok, tmp_path: Path) -> None:
    library, given = tmp_path / "library", Given().write(tmp_path / "given")
    ok(library, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    answer = ok(library, "import", "camtrap-dp", given)
    assert answer["read"] == {"location": 1, "deployment": 1, "media": 1, "observation": 1}
    assert answer["new"] == answer["read"]
    assert ok(library, "import", "camtrap-dp", given)["new"] == {}
    out = ok(library, "export", "camtrap-dp", tmp_path / "out", "--exact", "--sampling-design", "systematicRandom")
    assert out["written"]["media"] == 1
    assert out["failed"] == []
    with (tmp_path / "out" / "media.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["mediaID"], row["timestamp"]) == ("m1", "2026-03-02T10:00:00+10:00")
    assert ok(library, "export", "csv", tmp_path / "tables")["written"]["media"] == 1


def test_wrong_choices_are_said(ranger, ok, tmp_path: Path) -> None:
    library = tmp_path / "library"
    ok(library, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    ok(library, "import", "camtrap-dp", Given().write(tmp_path / "given"))
    cases = {
        ("export", "csv", "a", "--media", "originals"): (2, "OPTION_UNKNOWN"),
        ("export", "camtrap-dp", "a", "--media", "originals"): (2, "ORIGINALS_NEED_EXACT"),
        ("export", "camtrap-dp", "a", "--rule", "whatever"): (3, "RULE_UNKNOWN"),
        ("export", "camtrap-dp", "given"): (3, "FOLDER_EXISTS"),
        ("export", "paper", "a"): (2, "USAGE"),
        ("import", "camtrap-dp", "nothing"): (3, "NOT_FOUND"),
        ("import", "camtrap-dp", "library"): (3, "NO_PACKAGE"),
    }
    for (verb, form, where, *more), (status, code) in cases.items():
        found, answer = ranger(library, verb, form, tmp_path / where, *more)
        assert (found, answer.get("error")) == (status, code), (verb, form, where)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("a")]


def test_a_library_without_deployments_has_nothing_for_science(ranger, ok, tmp_path: Path) -> None:
    library = tmp_path / "library"
    ok(library, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    status, answer = ranger(library, "export", "camtrap-dp", tmp_path / "out")
    assert (status, answer["error"]) == (3, "NOTHING_TO_WRITE")
    assert not (tmp_path / "out").exists()


def test_a_rule_and_exact_exclude_each_other(ranger, ok, tmp_path: Path) -> None:
    library = tmp_path / "library"
    ok(library, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    status, problem = ranger(library, "export", "csv", tmp_path / "both", "--rule", "open", "--exact")
    assert (status, problem["error"]) == (2, "USAGE")
    assert not (tmp_path / "both").exists()
    status, problem = ranger(library, "report", "detection-history", tmp_path / "r", "--occasion-days", 10**20)
    assert (status, problem["error"]) == (2, "OCCASION_WRONG")
    days = ("--from", "2026-02-01", "--to", "2026-01-31")
    status, problem = ranger(library, "report", "events", tmp_path / "r", *days)
    assert (status, problem["error"]) == (2, "DAYS_SWAPPED")
    assert not (tmp_path / "r").exists()
