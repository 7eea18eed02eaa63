"""Tables for camtrapR: its column names, corrected local times, dated failures, nothing secret by rule."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import deployment_times, records
from ranger_app.actions.export_data import export
from ranger_app.actions.formats import ExportReport
from ranger_app.actions.identify import Answer, identify, state
from ranger_app.errors import DataProblem
from ranger_app.jobs import run
from ranger_app.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "l", name="Station A", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture
def media(library: Library) -> list[bytes]:
    """Five pictures of one camera that was an hour slow, broken for a day; the last one has no time."""
    place = records.add(
        library, "location", {"name": "Cedar pass", "latitude": 431_234_567, "longitude": 1_312_345_678}
    )
    fields = {"name": "Cedar pass 1", "location": place, "utc_offset": 600}
    deployment = records.add(
        library, "deployment", {**fields, "start": "2026-03-01T12:00:00", "end": "2026-03-11T12:00:00"}
    )
    times = ["2026-03-02T10:00:00", "2026-03-02T10:00:30", "2026-03-02T11:30:00", "2026-03-05T01:00:00", None]
    found = [
        records.add(
            library,
            "media",
            {"deployment": deployment, "file_name": f"{n}.jpg", "folder": "DCIM", "camera_time": t},
        )
        for n, t in enumerate(times)
    ]
    deployment_times.add_failure(library, deployment, "2026-03-07T00:00:00", "2026-03-08T00:00:00", "snow")
    deployment_times.add_clock_correction(library, deployment, {"method": "shift", "seconds": 3600})
    tiger = records.add(library, "individual", {"code": "T-07", "taxon": "Panthera tigris"})
    identify(library, found[:1], Answer("animal", "Panthera tigris", 1, tiger))
    state(library, [found[1:3]], [Answer("animal", "Sus scrofa", 4)])
    identify(library, found[3:], Answer("animal", "Panthera tigris"))
    return found


def written(
    library: Library, out: Path, *, exact: bool
) -> tuple[ExportReport, list[dict[str, str]], list[dict[str, str]]]:
    report = run(export(library, "camtrapr", out, exact=exact))
    tables = []
    for name in ("recordtable.csv", "cameratraps.csv"):
        with (out / name).open(encoding="utf-8", newline="") as file:
            tables.append(list(csv.DictReader(file)))
    return report, tables[0], tables[1]


def test_records_have_corrected_times_and_the_time_since_the_last_of_the_species(
    library: Library, media: list[bytes], tmp_path: Path
) -> None:
    report, rows, _traps = written(library, tmp_path / "out", exact=True)
    assert [(row["Species"], row["DateTimeOriginal"], row["delta.time.secs"], row["count"]) for row in rows] == [
        ("Panthera tigris", "2026-03-02 11:00:00", "0", "1"),
        ("Sus scrofa", "2026-03-02 11:00:30", "0", "4"),
        ("Sus scrofa", "2026-03-02 12:30:00", "5370", "4"),
        ("Panthera tigris", "2026-03-05 02:00:00", str(2 * 86_400 + 15 * 3600), "1"),
    ]
    assert rows[3]["delta.time.hours"] == "63.0"
    assert rows[0]["individual"] == "T-07"
    assert (rows[0]["Station"], rows[0]["Directory"], rows[0]["FileName"]) == ("Cedar pass", "DCIM", "0.jpg")
    assert [one["code"] for one in report.failed] == ["no_date"]


def test_effort_carries_dated_failures(library: Library, media: list[bytes], tmp_path: Path) -> None:
    _report, _rows, (trap,) = written(library, tmp_path / "out", exact=True)
    assert trap == {
        "Station": "Cedar pass",
        "Camera": "Cedar pass 1",
        "gps_x": "131.2345678",
        "gps_y": "43.1234567",
        "Setup_date": "2026-03-01 12:00:00",
        "Retrieval_date": "2026-03-11 12:00:00",
        "Problem1_from": "2026-03-07 00:00:00",
        "Problem1_to": "2026-03-08 00:00:00",
    }


def test_by_rule_neither_places_nor_files_leave(library: Library, media: list[bytes], tmp_path: Path) -> None:
    report, rows, (trap,) = written(library, tmp_path / "out", exact=False)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir())
    assert "Cedar" not in text
    assert "131.23" not in text
    assert "DCIM" not in text
    assert (trap["Station"], trap["gps_x"]) == (rows[0]["Station"], "")
    assert report.withheld["location"] == 1


def test_without_effort_nothing_is_written(library: Library, tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="NOTHING_TO_WRITE"):
        run(export(library, "camtrapr", tmp_path / "out"))
    assert not (tmp_path / "out").exists()
