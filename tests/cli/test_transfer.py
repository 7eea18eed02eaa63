"""``export`` and ``import`` on the command line: formats, options, rules, answers."""

from __future__ import annotations

import csv
from pathlib import Path

from ranger_app.exchange import smart_patrol_read
from tests.exchange import smart_files
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


def test_patrols_come_from_smart_and_go_out_again(ranger, ok, tmp_path: Path) -> None:
    library, made = tmp_path / "library", smart_files.patrol()
    ok(library, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "p.xml").write_bytes(made.xml)
    options = ("--utc-offset", "+08:00", "--transport", "雪橇犬队=ski")
    answer = ok(library, "import", "smart-patrol", tmp_path / "given", *options)
    assert answer["new"]["patrol"] == 1
    said = {one["code"]: one["reason"] for one in answer["failed"]}
    assert "+08:00" in said["utc_offset"]
    assert "transport_unknown" not in said
    assert ok(library, "import", "smart-patrol", tmp_path / "given" / "p.xml", *options)["new"] == {}
    out = ok(library, "export", "smart-patrol", tmp_path / "out", "--exact", "--version", "1.2")
    assert out["written"]["patrol"] == 1
    assert "+08:00" in {one["code"]: one["reason"] for one in out["failed"]}["utc_offset"]
    (path,) = (tmp_path / "out").glob("*.xml")
    found = smart_patrol_read.read(path.read_bytes(), path.name)
    assert (found.version, found.name) == ("1.2", "ХТ_000017")
    for name in ("gpx", "kml", "geojson"):
        assert ok(library, "export", name, tmp_path / name, "--exact")["written"]["track"] == 2
        assert not ok(library, "export", name, tmp_path / f"{name}-open")["written"].get("waypoint")
    status, problem = ranger(library, "export", "smart-patrol", tmp_path / "no", "--version", "9.9")
    assert (status, problem["error"]) == (2, "USAGE")
    status, problem = ranger(library, "import", "smart-patrol", tmp_path / "given", "--utc-offset", "noon")
    assert (status, problem["error"]) == (2, "OFFSET_WRONG")
