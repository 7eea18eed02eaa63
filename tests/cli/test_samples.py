"""Samples and health events on the command line, and at the partner who got them by bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_from_the_forest_to_the_result(ok: Any, ranger: Any, pair: tuple[Path, Path], tmp_path: Path) -> None:
    ours, theirs = pair
    event = ok(
        ours, "health_event", "add", "--name", "Dead deer at the ford", "--date", "2026-03-01", "--dead", 2,
        "--disease", "African swine fever", "--certainty", "suspected", "--latitude", "42.6", "--longitude", "131.0",
    )["id"]  # fmt: skip
    made = ok(ours, "sample", "collect", "--type", "carcass", "--health-event", event)
    shown = ok(ours, "sample", "show", made["id"])
    assert (shown["date"], shown["latitude"]) == ("2026-03-01", 42.6)
    told = ok(
        ours, "sample", "hand-over", made["id"], "--at", "2026-03-02T10:00:00", "--given-by", "Ranger 1",
        "--taken-by", "Laboratory", "--temperature", "-18.5", "--seal-whole", "yes",
    )  # fmt: skip
    assert told["warnings"] == []
    status, _answer = ranger(ours, "sample", "hand-over", made["id"], "--given-by", "Ranger 1")
    assert status == 3
    status, _answer = ranger(
        ours, "sample", "hand-over", made["id"], "--at", "2026-03-03T10:00:00", "--given-by", "A", "--taken-by", "B",
        "--corrects", "no such",
    )  # fmt: skip
    assert status == 3
    result = ok(ours, "sample", "result", made["code"], "--result-taxon", "Sika deer", "--result-test", "negative")
    assert result["observation"]
    assert ok(ours, "health_event", "samples", event)["samples"] == [made["id"]]
    labels = ok(ours, "sample", "labels", tmp_path / "out" / "labels.html", made["id"], "--empty", 3)
    assert len(labels["codes"]) == 4
    ok(ours, "bundle", "write", tmp_path / "stick", "--to", "Hunchun")
    ok(theirs, "bundle", "read", tmp_path / "stick")
    chain = ok(theirs, "sample", "chain", made["id"])
    assert chain["holder"] == "Laboratory"
    (link,) = chain["hand_overs"]
    assert (link["temperature"], link["seal_whole"], link["signed_by"], link["warnings"]) == (-18.5, True, "Khasan", [])
    assert ok(theirs, "observation", "show", result["observation"])["taxon"] == "Cervus nippon"
