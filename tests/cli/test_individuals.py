"""``individual``: two stations join an animal by bundle; captures are split, moved and looked at a second time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ranger_app.domain.ops import create
from ranger_app.library import Library

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]
TIGER = "Panthera tigris"


def carry(ok: Ok, folder: Path, one: Path, other: Path, number: int) -> None:
    stick = folder / f"stick{number}-{one.name}"
    name = "Khasan" if other.name == "khasan" else "Hunchun"
    ok(one, "bundle", "write", stick, "--to", name, "--media", "none")
    ok(other, "bundle", "read", stick)


def test_two_stations_agree_and_undo(tmp_path: Path, ok: Ok, ranger: Run, pair: tuple[Path, Path]) -> None:
    ours, theirs = pair
    mine = ok(ours, "individual", "add", "--code", "T-07", "--taxon", TIGER)["id"]
    yours = ok(theirs, "individual", "add", "--code", "12", "--taxon", TIGER)["id"]
    carry(ok, tmp_path, ours, theirs, 1)
    carry(ok, tmp_path, theirs, ours, 2)
    said = ok(ours, "individual", "join", "T-07", "CN 12", "--remarks", "three stripes")
    assert (said["one_code"], said["other_code"], said["state"], said["mine"]) == (
        "RU T-07",
        "CN 12",
        "waiting",
        "same",
    )
    carry(ok, tmp_path, ours, theirs, 3)
    assert ok(theirs, "status")["waiting"]["same_animals"] == 1
    found = ok(theirs, "individual", "joins")
    assert (found["waiting_for_us"], found["contradictions"]) == (1, [])
    [waiting] = found["pairs"]
    assert (waiting["one"], waiting["waits_for_us"], waiting["said"][0]["remarks"]) == (yours, True, "three stripes")
    assert ok(theirs, "individual", "join", yours[:6], mine)["state"] == "agreed"
    carry(ok, tmp_path, theirs, ours, 4)
    assert {one["codes"] for one in ok(ours, "individual", "catalogue")["individuals"]} == {"CN 12 = RU T-07"}
    assert ok(ours, "status")["state_hash"] == ok(theirs, "status")["state_hash"]
    back = ok(theirs, "individual", "take-back", "12", "T-07")
    assert (back["state"], back["mine"], back["waits_for_us"]) == ("waiting", None, True)
    assert ok(ours, "individual", "apart", "T-07", "12")["state"] == "disputed"  # the news has not come yet
    carry(ok, tmp_path, theirs, ours, 5)
    assert ok(ours, "individual", "joins")["pairs"][0]["state"] == "different"
    status, answer = ranger(theirs, "individual", "take-back", "12", "T-07")
    assert (status, answer["error"]) == (3, "NOTHING_SAID")


def test_a_contradiction_is_said_in_words(tmp_path: Path, ok: Ok) -> None:
    folder = tmp_path / "library"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    for code, sex in (("T1", "female"), ("T2", "unknown"), ("T3", "male")):
        ok(folder, "individual", "add", "--code", code, "--taxon", TIGER, "--sex", sex)
    ok(folder, "individual", "join", "T1", "T2")
    assert ok(folder, "individual", "joins")["contradictions"] == []
    ok(folder, "individual", "join", "T2", "T3")
    [wrong] = ok(folder, "individual", "joins")["contradictions"]
    assert (wrong["why"], len(wrong["chain"])) == ("sex", 3)
    assert "T1" in wrong["text"]
    assert "correct the sex" in wrong["text"]
    assert {one["codes"] for one in ok(folder, "individual", "catalogue")["individuals"]} == {"RU T1", "RU T2", "RU T3"}


def test_captures_are_split_moved_and_looked_at_again(tmp_path: Path, ok: Ok, ranger: Run) -> None:
    folder = tmp_path / "library"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    media = [bytes([n]) * 16 for n in range(1, 5)]
    deployment = bytes.fromhex(ok(folder, "deployment", "add", "--name", "D", "--utc-offset", "+10:00")["id"])
    with Library.open(folder) as library:
        ops = [
            create("media", one, {"deployment": deployment, "camera_time": f"2026-03-01T{10 + n}:00:00"})
            for n, one in enumerate(media)
        ]
        library.commit(ops, label="ingest")
    for name in ("Reviewer A", "Reviewer B"):
        ok(folder, "person", "add", "--name", name, "--role", "reviewer")
    tiger = ok(folder, "individual", "add", "--code", "T1", "--taxon", TIGER)["id"]
    ids = [one.hex() for one in media]
    said = ok(folder, "--as", "Reviewer A", "identify", *ids, "--taxon", TIGER, "--individual", "T1",
              "--flank", "left", "--sure", "probable")["observations"]  # fmt: skip
    shown = ok(folder, "observation", "show", said[0])
    assert (shown["flank"], shown["sureness"], shown["individual"]) == ("left", "probable", tiger)
    captures = ok(folder, "individual", "captures", "T1")["captures"]
    assert [one["media_id"] for one in captures] == ids[::-1]
    assert (captures[0]["flank"], captures[0]["sureness"], captures[0]["by"]) == ("left", "probable", "Reviewer A")
    cub = ok(folder, "individual", "split", "T1", *said[2:], "--code", "T1-b", "--sex", "female")["id"]
    assert len(ok(folder, "individual", "captures", cub)["captures"]) == 2
    ok(folder, "individual", "move", "T1-b", said[1])
    counts = {one["code"]: one["captures"] for one in ok(folder, "individual", "catalogue")["individuals"]}
    assert counts == {"T1": 1, "T1-b": 3}
    ok(folder, "individual", "picture", "T1-b", ids[3], "--flank", "left")
    assert ok(folder, "individual", "show", cub)["left_picture"] == ids[3]
    ok(folder, "individual", "picture", "T1-b", "--flank", "left")
    assert ok(folder, "individual", "show", cub)["left_picture"] is None

    asked = ok(folder, "--as", "Reviewer A", "individual", "ask", said[0])["opinion"]
    assert ok(folder, "--as", "Reviewer A", "individual", "opinions", "--open") == {"open": []}
    [question] = ok(folder, "--as", "Reviewer B", "individual", "opinions", "--open")["open"]
    assert (question["id"], question["media"], question["taxon"]) == (asked, [ids[0]], TIGER)
    assert tiger not in str(question)
    status, answer = ranger(folder, "--as", "Reviewer A", "individual", "opinion", asked, "--answer", "new")
    assert (status, answer["error"]) == (3, "OWN_QUESTION")
    ok(folder, "--as", "Reviewer B", "individual", "opinion", asked, "--answer", "animal", "--individual", "T1-b")
    [compared] = ok(folder, "individual", "opinions")["answered"]
    assert (compared["first"], compared["second"], compared["agrees"]) == (tiger, cub, False)


def test_names_that_fit_several_animals_or_none(tmp_path: Path, ok: Ok, ranger: Run) -> None:
    folder = tmp_path / "library"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    first = ok(folder, "individual", "add", "--code", "T1", "--taxon", TIGER)["id"]
    ok(folder, "individual", "add", "--code", "T1", "--taxon", TIGER)
    status, answer = ranger(folder, "individual", "captures", "T1")
    assert (status, answer["error"]) == (3, "SEVERAL_ANIMALS")
    assert first[:8] in answer["message"]
    status, answer = ranger(folder, "individual", "captures", "T9")
    assert (status, answer["error"]) == (3, "NO_RECORD")
    status, answer = ranger(folder, "individual", "join", first, first)
    assert (status, answer["error"]) == (3, "SAME_RECORD")
    assert ok(folder, "individual", "captures", first[:8])["captures"] == []
