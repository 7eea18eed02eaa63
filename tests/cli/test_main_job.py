"""The main job on real files: a card, a track, a count, a bundle, and the other station holds the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ok = Callable[..., dict[str, Any]]
PLACE = ("--latitude", "42.5", "--longitude", "130.6")


@pytest.mark.realdata
def test_main_job(pair: tuple[Path, Path], real_data: Path, tmp_path: Path, ok: Ok) -> None:
    ours, theirs = pair
    card = real_data / "camtrap-dp-example" / "media"
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in card.iterdir()}
    first = ok(ours, "ingest", card, "--location", "Site 1", *PLACE)
    assert (first["found"], first["stored"], first["already_known"]) == (10, 10, 0)
    again = ok(ours, "ingest", card, "--location", "Site 1")
    assert (again["found"], again["stored"], again["already_known"]) == (10, 0, 10)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in card.iterdir()} == before

    exif = ok(ours, "ingest", real_data / "exif", "--location", "Site 2", *PLACE[:3], "130.7")
    assert exif["stored"] == 9
    assert ("corrupted.jpg", "damaged") in {(f["file"], f["code"]) for f in exif["flagged"]}
    bare = ok(ours, "ingest", real_data / "camera-images", "--location", "Site 3", *PLACE[:3], "130.8")
    assert bare["stored"] == 9
    assert {f["code"] for f in bare["flagged"]} == {"no_date"}

    media = ok(ours, "media", "list", "--deployment", first["deployment_id"])["media"]
    assert media[0]["camera_time"] == "2021-04-11T20:43:09"
    assert media[-1]["camera_time"] == "2021-04-11T20:43:15"
    assert media[0]["time_utc"] == "2021-04-11T10:43:09Z"
    undated = ok(ours, "media", "list", "--deployment", bare["deployment_id"])["media"]
    assert {one["camera_time"] for one in undated} == {None}

    patrol = ok(ours, "patrol", "import", real_data / "gpx" / "cerknicko-jezero.gpx", "--leader", "Ranger 1")
    assert patrol["points"] == 296
    assert patrol["waypoints"] == 7
    counts = tmp_path / "counts.csv"
    counts.write_text(
        "site,date,start,end,observer,sector,taxon,count,remarks\n"
        "Lagoon,2026-01-12,09:00,11:00,Observer A,North,Grus monacha,12,\n"
        "Lagoon,2026-01-12,09:00,11:00,Observer A,North,白枕鹤,5,\n"
        "Lagoon,2026-01-12,09:00,11:00,Observer A,South,Кряква,200,ice\n",
        encoding="utf-8",
    )
    survey = ok(ours, "survey", "import", counts)
    assert (len(survey["survey_ids"]), survey["counts"], survey["failed"]) == (1, 3, [])
    said = ok(ours, "identify", media[0]["id"], media[1]["id"], "--taxon", "Panthera tigris", "--count", 1)
    assert len(said["observations"]) == 2
    unseen = {one["id"] for one in ok(ours, "media", "list")["media"]} - {media[0]["id"], media[1]["id"]}
    ok(ours, "identify", *unseen, "--taxon", "blank")  # originals that nobody looked at would stay

    stick = tmp_path / "stick"
    written = ok(ours, "bundle", "write", stick, "--to", "Hunchun", "--media", "originals")
    assert Path(written["bundle"]).is_dir()
    verified = ok(theirs, "bundle", "verify", stick)
    assert verified["complete"] is True
    assert verified["signed_by"] == "Khasan"
    files = {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()}
    read = ok(theirs, "bundle", "read", stick)
    # A card that is read slowly is recorded in parts, and its deployment's times are then an operation more.
    assert read["new"] == sum(ok(ours, "status")["records"].values()) <= written["operations"]
    assert {path: path.read_bytes() for path in stick.rglob("*") if path.is_file()} == files
    hashes = [ok(library, "status")["state_hash"] for library in pair]
    assert hashes[0] == hashes[1]
    repeated = ok(theirs, "bundle", "read", stick)
    assert (repeated["new"], repeated["updated"]) == (0, 0)
    assert repeated["already_known"] == written["operations"]
    assert ok(theirs, "status")["state_hash"] == hashes[0]

    for library in pair:
        ok(library, "export", "csv", tmp_path / f"{library.name}-csv", "--exact")
        assert ok(library, "check", "--rebuild")["problems"] == []
    tables = [sorted((tmp_path / f"{library.name}-csv").iterdir()) for library in pair]
    assert [path.read_bytes() for path in tables[0]] == [path.read_bytes() for path in tables[1]]
    originals = [sorted(p.name for p in (library / "vault").rglob("*") if p.is_file()) for library in pair]
    assert originals[0] == originals[1]


def test_conflict_is_shown_on_both_sides_and_one_decision_clears_it(
    pair: tuple[Path, Path], tmp_path: Path, ok: Ok
) -> None:
    ours, theirs = pair
    record = ok(ours, "individual", "add", "--code", "T-01", "--taxon", "Panthera tigris")["id"]

    def carry(giver: Path, taker: Path, name: str) -> dict[str, Any]:
        ok(giver, "bundle", "write", tmp_path / name, "--to", taker.name.title())
        return ok(taker, "bundle", "read", tmp_path / name)

    carry(ours, theirs, "1")
    ok(ours, "individual", "edit", record, "--sex", "male")
    ok(theirs, "individual", "edit", record, "--sex", "female")
    assert carry(ours, theirs, "2")["hard"] == 1
    assert carry(theirs, ours, "3")["hard"] == 1
    lists = [ok(library, "conflicts", "list")["conflicts"] for library in pair]
    assert lists[0] == lists[1]
    assert {side["value"] for side in lists[0][0]["sides"]} == {"male", "female"}
    shown = ok(ours, "individual", "show", record)["sex"]
    assert lists[0][0]["sides"][0]["value"] == shown
    ok(theirs, "conflicts", "resolve", lists[0][0]["id"], "--take", 2)
    carry(theirs, ours, "4")
    assert [ok(library, "status")["conflicts"] for library in pair] == [0, 0]
    assert ok(ours, "individual", "show", record)["sex"] != shown
    assert ok(ours, "status")["state_hash"] == ok(theirs, "status")["state_hash"]
