"""A patrol written up from the command line: legs, days, finds, photos and their clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.domain.observation_model import to_text
from tests.finding import CAMP, SNARE, model, walk
from tests.media.pictures import jpeg

Ok = Callable[..., dict[str, Any]]
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def library(tmp_path: Path, ok: Ok) -> Path:
    folder = tmp_path / "station"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    from ranger_app.library import Library
    from tests.finding import use_model

    with Library.open(folder) as opened:
        use_model(opened)
    return folder


@pytest.fixture
def patrol(library: Path, tmp_path: Path, ok: Ok) -> str:
    return str(ok(library, "patrol", "import", walk(tmp_path / "walk.gpx"), "--leader", "Ranger 1")["patrol_id"])


def test_legs_and_days(library: Path, patrol: str, ok: Ok, ranger: Run) -> None:
    ok(library, "person", "add", "--name", "Ranger 2", "--role", "ranger")
    ok(library, "patrol", "leg", "edit", patrol, 1, "--transport", "car", "--leader", "Ranger 1")
    second = ok(library, "patrol", "leg", "add", patrol, "--transport", "foot", "--members", "Ranger 1, Ranger 2")
    assert second["number"] == 2
    ok(library, "patrol", "leg", "edit", patrol, 2, "--mandate", "Anti-poaching")
    legs = ok(library, "patrol", "leg", "list", patrol)["legs"]
    assert [(leg["transport"], leg["mandate"], len(leg["members"])) for leg in legs] == [
        ("car", None, 0),
        ("foot", "Anti-poaching", 2),
    ]
    ok(library, "patrol", "day", "edit", patrol, 1, "--start", "8:00", "--end", "17:30")
    ok(library, "patrol", "day", "add", patrol, "--date", "2026-03-04", "--start", "20:00", "--end", "2:00", "--leg", 2)
    ok(library, "patrol", "day", "edit", patrol, 1, "--rest", 45)
    days = ok(library, "patrol", "day", "list", patrol)["days"]
    assert days[0] == {
        "leg": 1,
        "date": "2026-03-03",
        "start": "2026-03-03T08:00:00",
        "end": "2026-03-03T17:30:00",
        "rest_minutes": 45,
    }
    assert days[1]["end"] == "2026-03-05T02:00:00"
    ok(library, "patrol", "day", "delete", patrol, 2)
    ok(library, "patrol", "leg", "delete", patrol, 1)
    assert len(ok(library, "patrol", "day", "list", patrol)["days"]) == 1
    status, answer = ranger(library, "patrol", "leg", "edit", patrol, 1, "--mandate", "x")
    assert (status, answer["error"]) == (3, "NO_SUCH_NUMBER")
    status, answer = ranger(library, "patrol", "day", "add", patrol, "--date", "3 March")
    assert (status, answer["error"]) == (3, "DAY_WRONG")


def test_finds(library: Path, patrol: str, ok: Ok, ranger: Run) -> None:
    made = ok(
        library,
        *("patrol", "find", "add", patrol, "--category", SNARE, "--at", "08:30", "--count", 2),
        *("--attribute", "age=fresh", "--attribute", "number=3"),
    )
    assert (made["latitude"], made["place"]) == (42.515, "track")
    ok(library, "patrol", "find", "add", patrol, "--category", CAMP, "--waypoint", made["waypoint_id"])
    ok(library, "patrol", "find", "add", patrol, "--category", CAMP, "--at", "09:10", "--place", "42.55, 130.81")
    finds = ok(library, "patrol", "find", "list", patrol)["finds"]
    assert [(one["category"], one["category_label"], one["latitude"]) for one in finds] == [
        (SNARE, "Snare", 42.515),
        (CAMP, "Camp", 42.515),
        (CAMP, "Camp", 42.55),
    ]
    ok(library, "patrol", "find", "edit", made["id"], "--attribute", "number=4", "--at", "08:40")
    first = ok(library, "patrol", "find", "list", patrol)["finds"][0]
    values = {one["key"]: one["value"] for one in first["attributes"]}
    assert (values, first["count"], first["latitude"]) == ({"age": "fresh", "number": "4"}, 2, 42.52)
    ok(library, "patrol", "find", "delete", made["id"])
    assert len(ok(library, "patrol", "find", "list", patrol)["finds"]) == 2
    by_word = ok(library, "patrol", "find", "add", patrol, "--category", "snare", "--attribute", "age=old")
    assert by_word["category"] == SNARE
    ok(library, "patrol", "find", "edit", by_word["id"], "--category", "Camp")
    assert CAMP in [one["category"] for one in ok(library, "patrol", "find", "list", patrol)["finds"]]
    before = ok(library, "status")["state_hash"]
    status, answer = ranger(library, "patrol", "find", "add", patrol, "--category", "snarez")
    assert (status, answer["error"]) == (2, "CATEGORY_UNKNOWN")
    assert SNARE in ranger(library, "patrol", "find", "add", patrol, "--category", "snar")[1]["todo"]
    assert ok(library, "status")["state_hash"] == before
    for bad, code in (
        (("--attribute", "age"), "ATTRIBUTE_WRONG"),
        (("--attribute", "age=old", "--at", "noon"), "TIME_WRONG"),
    ):
        status, answer = ranger(library, "patrol", "find", "add", patrol, "--category", SNARE, *bad)
        assert (status, answer["error"]) == (3, code)


def test_photos_and_their_clock(library: Path, patrol: str, tmp_path: Path, ok: Ok, ranger: Run) -> None:
    card = tmp_path / "photos"
    card.mkdir()
    (card / "P1.JPG").write_bytes(jpeg(1, "2026:03:03 07:05:00"))
    (card / "P2.JPG").write_bytes(jpeg(2, "2026:03:03 07:25:00"))
    taken = ok(library, "patrol", "photos", patrol, card)
    assert (taken["stored"], taken["placed"]) == (2, 0)
    seen = ok(library, "patrol", "photos", patrol, "--photo", "P1.JPG", "--time", "08:10", "--preview")
    assert (seen["shift"], seen["placed_before"], seen["placed_after"]) == (3900, 0, 2)
    assert ok(library, "patrol", "photos", patrol)["photos"][0]["latitude"] is None
    ok(library, "patrol", "photos", patrol, "--photo", "P1.JPG", "--place", "42.505, 130.8")
    assert [one["latitude"] for one in ok(library, "patrol", "photos", patrol)["photos"]] == [42.505, 42.515]
    ok(library, "patrol", "photos", patrol, "--shift", "0")
    status, answer = ranger(library, "patrol", "photos", patrol, "--photo", "P9.JPG", "--time", "08:10")
    assert (status, answer["error"]) == (3, "NO_PHOTO")
    status, answer = ranger(library, "patrol", "photos", patrol, "--photo", "P1.JPG")
    assert (status, answer["error"]) == (2, "PLACE_MISSING")


def test_the_test_model_survives_its_text() -> None:
    from ranger_app.domain.observation_model import from_text

    assert from_text(to_text(model())) == model()
