"""Camtrap DP with the standard's own example and schemas: numbers, validity, every difference afterwards."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ranger_app.actions.export_data import export
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.import_data import import_data
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows
from tests.exchange.camera_season import Season
from tests.exchange.compare_camtrap_dp import TABLES, TIMES, compare, rows_of
from tests.exchange.validity import problems

pytestmark = pytest.mark.realdata


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "here", name="Station A", country="RU", utc_offset=600) as made:
        yield made


def test_the_example_comes_in_whole_and_goes_out_the_same(library: Library, real_data: Path, tmp_path: Path) -> None:
    example = real_data / "camtrap-dp-example"
    report = run(import_data(library, "camtrap-dp", example))
    assert {kind: report.new[kind] for kind in ("deployment", "media", "observation")} == {
        "deployment": 4, "media": 423, "observation": 549}  # fmt: skip
    assert [(one["file"], one["code"]) for one in report.failed] == [("individuals", "table_not_known")]
    assert run(import_data(library, "camtrap-dp", example)).new == {}
    written = run(export(library, "camtrap-dp", tmp_path / "out", exact=True))
    assert written.failed == []
    assert problems(tmp_path / "out", real_data / "camtrap-dp-schema") == []
    found = compare(example, tmp_path / "out")
    # The ten files of the example lie in its own folder: in ours their addresses lead nowhere, and that is said.
    assert Counter((one.table, one.column, one.original, one.exported) for one in found) == {
        ("media", "filePublic", "true", "false"): 10
    }
    assert all(one.why for one in found)


def test_every_time_is_the_same_instant_at_the_same_offset(library: Library, real_data: Path, tmp_path: Path) -> None:
    example = real_data / "camtrap-dp-example"
    run(import_data(library, "camtrap-dp", example))
    run(export(library, "camtrap-dp", tmp_path / "out", exact=True))
    offsets: Counter[tuple[str, str]] = Counter()
    for table in TABLES:
        exported = rows_of(tmp_path / "out", table)
        for ident, row in rows_of(example, table).items():
            for column in TIMES & row.keys():
                if row[column]:
                    one, other = (datetime.fromisoformat(text) for text in (row[column], exported[ident][column]))
                    assert (one, one.utcoffset()) == (other, other.utcoffset())
                    offsets[column, row[column][19:]] += 1
    assert offsets["deploymentStart", "+02:00"] == 3
    assert offsets["deploymentStart", "+01:00"] == 1
    assert offsets["timestamp", "+02:00"] + offsets["timestamp", "+01:00"] == 423
    assert offsets["eventStart", "Z"] == 549


def test_events_of_the_example_have_their_pictures(library: Library, real_data: Path) -> None:
    run(import_data(library, "camtrap-dp", real_data / "camtrap-dp-example"))
    said = rows_of(real_data / "camtrap-dp-example", "observations").values()
    wanted: dict[str, set[str]] = {}
    for row in said:
        if row["observationLevel"] == "media":
            wanted.setdefault(row["eventID"], set()).add(row["mediaID"])
    with library.read() as db:
        names = {one.id.hex(): one.text("source").partition(" ")[2] for one in rows.find(db, "media")}
        events = list(rows.find(db, "observation", "pictures IS NOT NULL"))
        assert len(events) == 36
        for one in events:
            pictures = {names[picture] for picture in json.loads(one.text("pictures"))}
            assert pictures == wanted[one.text("event")]
        shown = db.conn.execute("SELECT count(*) FROM media WHERE seen_by = 2").fetchone()[0]
    assert shown >= 400


def test_under_the_open_rule_it_is_as_valid(library: Library, real_data: Path, tmp_path: Path) -> None:
    run(import_data(library, "camtrap-dp", real_data / "camtrap-dp-example"))
    report = run(export(library, "camtrap-dp", tmp_path / "out"))
    assert problems(tmp_path / "out", real_data / "camtrap-dp-schema") == []
    assert report.written["media"] + report.withheld["media_of_people"] == 423
    assert report.written["observation"] + report.withheld["observations_of_people"] == 549


@pytest.mark.parametrize("offset", ["+10:00", "+08:00"])
def test_ten_pictures_carry_the_offset_of_their_side_of_the_river(
    offset: str, library: Library, real_data: Path, tmp_path: Path
) -> None:
    minutes = int(offset[1:3]) * 60
    folder = real_data / "camtrap-dp-example" / "media"
    request = IngestRequest(folder, location="River", latitude=431_000_000, longitude=1_312_000_000, utc_offset=minutes)
    assert run(ingest(library, request)).stored == 10
    report = run(export(library, "camtrap-dp", tmp_path / "out", exact=True, options={"media": "thumbnails"}))
    with (tmp_path / "out" / "media.csv").open(encoding="utf-8", newline="") as file:
        media = list(csv.DictReader(file))
    times = sorted(row["timestamp"] for row in media)
    assert (times[0], times[-1]) == (f"2021-04-11T20:43:09{offset}", f"2021-04-11T20:43:15{offset}")
    assert all(row["timestamp"].endswith(offset) for row in media)
    assert problems(tmp_path / "out", real_data / "camtrap-dp-schema") == []
    assert report.written["file"] == 10
    assert all((tmp_path / "out" / row["filePath"]).is_file() and row["filePublic"] == "true" for row in media)


def test_originals_leave_once_somebody_reviewed_them(library: Library, real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "camtrap-dp-example" / "media"
    request = IngestRequest(folder, location="River", latitude=431_000_000, longitude=1_312_000_000, utc_offset=600)
    run(ingest(library, request))
    how = {"exact": True, "options": {"media": "originals"}}
    report = run(export(library, "camtrap-dp", tmp_path / "before", **how))
    assert report.withheld == {"files_not_reviewed": 10}
    assert not (tmp_path / "before" / "media").exists()
    with library.read() as db:
        first, second = (one.id for one in rows.find(db, "media", order="camera_time, file_name", limit=2))
    identify(library, [first], Answer("animal", "Ardea cinerea"))
    identify(library, [second], Answer("human"))
    report = run(export(library, "camtrap-dp", tmp_path / "after", **how))
    assert report.withheld == {"files_not_reviewed": 8, "files_of_people": 1}
    (copied,) = (tmp_path / "after" / "media").iterdir()
    assert copied.read_bytes() == (folder / "20210531082538-RCNX0031.JPG").read_bytes()
    public = {row["mediaID"]: row["filePublic"] for row in rows_of(tmp_path / "after", "media").values()}
    assert [one for one, said in public.items() if said == "true"] == [first.hex()]
    assert problems(tmp_path / "after", real_data / "camtrap-dp-schema") == []


def test_records_with_every_turn_are_valid_too(library: Library, real_data: Path, tmp_path: Path) -> None:
    Season(library)
    for name, exact in (("exact", True), ("open", False)):
        run(export(library, "camtrap-dp", tmp_path / name, exact=exact, options={"license": "CC-BY-4.0"}))
        assert problems(tmp_path / name, real_data / "camtrap-dp-schema") == []
