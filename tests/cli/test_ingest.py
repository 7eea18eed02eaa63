"""``ingest`` and ``media date`` from the command line: nothing is assumed, everything is shown before it is taken."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ranger_app.cli.main import main
from ranger_app.library import Library
from tests.media.pictures import MAKE, ORIGINAL, SERIAL, drawn, encoded, jpeg, with_tags

Ok = Callable[..., dict[str, Any]]
PLACE = ("--latitude", "42.5", "--longitude", "130.6")
NOON = 1_714_557_600  # 2024-05-01 10:00:00 UTC


@pytest.fixture
def library(tmp_path: Path) -> Path:
    Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600).close()
    return tmp_path / "library"


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of this system cannot be changed for a test")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def bare(folder: Path, number: int = 2) -> Path:
    folder.mkdir(parents=True)
    for n in range(number):
        (folder / f"{n}.jpg").write_bytes(jpeg(n, None))
        os.utime(folder / f"{n}.jpg", (NOON + 60 * n, NOON + 60 * n))
    return folder


def refused(library: Path, capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, str]:
    capsys.readouterr()
    assert main(["--library", str(library), "--json", *map(str, arguments)]) == 2
    answer: dict[str, str] = json.loads(capsys.readouterr().out)
    return answer


def test_undated_pictures_are_shown_then_taken(library: Path, ok: Ok, tmp_path: Path) -> None:
    card = bare(tmp_path / "card")
    first = ok(library, "ingest", card, "--location", "Site 1", *PLACE, "--undated", "file-time", "--show")
    assert (first["undated"], first["dates"]["taken"]) == (2, False)
    assert (first["dates"]["first"], first["dates"]["last"]) == ("2024-05-01T10:00:00", "2024-05-01T10:01:00")
    media = ok(library, "media", "list")["media"]
    assert {one["camera_time"] for one in media} == {None}
    shown = ok(library, "media", "date", "--ingest", first["ingest_id"], "--typed", "2024-04-01 08:30", "--show")
    assert (shown["taken"], shown["files"], shown["first"]) == (False, 2, "2024-04-01T08:30:00")
    one = ok(library, "media", "date", media[0]["id"], "--typed", "2024-04-01 08:30")
    assert (one["taken"], one["dated"], one["source"]) == (True, 1, "typed")
    rest = ok(library, "media", "date", "--deployment", first["deployment_id"], "--file-time")
    assert (rest["dated"], rest["source"], rest["first"]) == (1, "file_time", "2024-05-01T10:01:00")
    assert {one["camera_time"] for one in ok(library, "media", "list")["media"]} == {
        "2024-04-01T08:30:00",
        "2024-05-01T10:01:00",
    }
    ok(library, "undo")
    ok(library, "undo")
    assert {one["camera_time"] for one in ok(library, "media", "list")["media"]} == {None}


def test_undated_pictures_are_dated_with_the_ingest(library: Path, ok: Ok, tmp_path: Path) -> None:
    done = ok(library, "ingest", bare(tmp_path / "a"), "--location", "Site 1", *PLACE, "--undated", "file-time")
    assert (done["dates"]["taken"], done["dates"]["dated"]) == (True, 2)
    shown = ok(library, "deployment", "show", done["deployment_id"])
    assert (shown["start"], shown["end"]) == ("2024-05-01T10:00:00", "2024-05-01T10:01:00")


def test_wrong_dates_are_refused(library: Path, ok: Ok, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = bare(tmp_path / "a")
    refused(library, capsys, "ingest", card, "--location", "Site 1", *PLACE, "--undated", "yesterday")
    assert ok(library, "media", "list")["media"] == []
    refused(library, capsys, "media", "date", "--file-time")
    refused(library, capsys, "media", "date", "--typed", "2024-05-01", "--file-time", "--ingest", "x")
    assert main(["--library", str(library), "media", "date", "--ingest", "x", "--file-time"]) == 3


def test_a_place_is_proposed_and_never_assumed(
    library: Path, ok: Ok, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ok(library, "location", "add", "--name", "Oak Ridge", *PLACE)
    card = tmp_path / "oak_ridge" / "DCIM" / "100RECNX"
    card.mkdir(parents=True)
    tags = {MAKE: "Testcam", ORIGINAL: "2024:05:01 06:00:00", SERIAL: "SN1"}
    (card / "1.jpg").write_bytes(encoded(drawn(1), exif=with_tags(tags)))
    said = refused(library, capsys, "ingest", card)
    assert said["error"] == "LOCATION_MISSING"
    assert 'The folder oak_ridge bears the name of this location. Then give: --location "Oak Ridge"' in said["todo"]
    assert ok(library, "media", "list")["media"] == []
    done = ok(library, "ingest", card, "--location", "Oak Ridge")
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "2.jpg").write_bytes(encoded(drawn(2), exif=with_tags(tags)))
    said = refused(library, capsys, "ingest", tmp_path / "card")
    assert "The camera SN1 hung there last." in said["todo"]
    assert f"--deployment {done['deployment_id']}" in said["todo"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "3.jpg").write_bytes(jpeg(3))
    said = refused(library, capsys, "ingest", tmp_path / "other")
    assert said["todo"] == "Say where the camera hung with --location NAME."
