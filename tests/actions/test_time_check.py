"""Wrong clocks found in a library, mended by one act and brought back by undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ranger_app.actions import records, time_check
from ranger_app.actions.undo import undo
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem
from ranger_app.library import Library

NOW_MS = int(datetime(2025, 8, 1).timestamp()) * 1000


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "library"
    with Library.create(folder, name="Khasan", country="RU", utc_offset=600, clock=lambda: NOW_MS) as made:
        yield made


def deployed(library: Library, name: str, times: list[str | None], **values: Value) -> bytes:
    record = records.add(library, "deployment", {"name": name, "utc_offset": 600, **values})
    for number, time in enumerate(times, 1):
        picture: dict[str, Value] = {"deployment": record, "camera_time": time, "ingest": "card"}
        records.add(library, "media", {**picture, "file_name": f"IMG_{number:04}.JPG", "folder": "DCIM/100MEDIA"})
    return record


def test_findings_name_the_deployment_and_are_mended_and_undone(library: Library) -> None:
    dates: dict[str, Value] = {"start": "2025-03-01T09:00:00", "end": "2025-05-01T09:00:00"}
    days = [(datetime(2025, 3, 1, 10) + timedelta(days=day)).isoformat() for day in range(20)]
    deployed(library, "Right", [*days], **dates)
    late = deployed(library, "Last year", [day.replace("2025", "2024") for day in days], **dates)
    swapped = [day[:5] + day[8:10] + "-" + day[5:7] + day[10:] if day[8:10] <= "12" else day for day in days]
    mixed = deployed(library, "Mixed up", [*swapped], **dates)
    deployed(library, "No dates", [None, None])
    found = time_check.answer(library)["problems"]
    assert [(one["name"], one["code"], one["pictures"]) for one in found] == [  # type: ignore[attr-defined]
        ("Last year", "outside", 20),
        ("Mixed up", "day_month", 11),
        ("No dates", "undated", 2),
    ]
    (one,) = time_check.doubts(library, {late})
    assert time_check.words(one.finding) == "20 pictures lie outside the deployment's dates."
    assert time_check.proposed(one.finding) == "Year +1 · all camera times"
    time_check.take(library, late, one.finding)
    assert time_check.doubts(library, {late}) == []
    undo(library)
    assert time_check.doubts(library, {late}) == [one]
    (two,) = time_check.doubts(library, {mixed})
    time_check.take(library, mixed, two.finding)
    assert [one.name for one in time_check.doubts(library)] == ["Last year", "No dates"]
    with pytest.raises(DataProblem, match="Nothing can be proposed"):
        time_check.take(library, mixed, time_check.doubts(library)[1].finding)


def test_a_rough_correction_says_so_in_the_record(library: Library) -> None:
    """Only bounds are known after a reset, so the deployment is marked as one whose times may be wrong."""
    times = ["2025-03-01T10:00:00", "2025-03-05T10:00:00", "2015-01-01T00:00:30", "2015-01-02T00:00:30"]
    record = deployed(library, "Reset", [*times], start="2025-03-01T09:00:00", end="2025-05-01T09:00:00")
    (one,) = time_check.doubts(library)
    time_check.take(library, record, one.finding)
    with library.read() as db:
        assert records.existing(db, "deployment", record)["timestamp_issues"] == 1
    assert time_check.doubts(library) == []


def test_dates_close_beside_the_pictures_are_proposed(library: Library) -> None:
    record = deployed(
        library,
        "Late",
        ["2025-03-02T10:00:00", "2025-05-01T12:00:00"],
        start="2025-03-01T09:00:00",
        end="2025-05-01T09:00:00",
    )
    (one,) = time_check.doubts(library)
    assert time_check.proposed(one.finding) == "The deployment's dates: taken down on 2025-05-01 12:00:00"
    time_check.take(library, record, one.finding)
    assert time_check.doubts(library) == []


def test_files_are_read_in_the_order_a_camera_numbers_them(library: Library) -> None:
    """After IMG_9999 in 100MEDIA comes IMG_0001 in 101MEDIA: no step back; another folder is another series."""
    record = records.add(library, "deployment", {"name": "Two folders", "utc_offset": 600})
    for folder, name, time in (
        ("DCIM/101MEDIA", "IMG_0001.JPG", "2025-03-03T10:00:00"),
        ("DCIM/100MEDIA", "IMG_9998.JPG", "2025-03-01T10:00:00"),
        ("DCIM/100MEDIA", "IMG_9999.JPG", "2025-03-02T10:00:00"),
        ("old", "IMG_0001.JPG", "2024-12-03T10:00:00"),
    ):
        picture: dict[str, Value] = {"deployment": record, "camera_time": time, "ingest": "card"}
        records.add(library, "media", {**picture, "file_name": name, "folder": folder})
    assert time_check.doubts(library) == []
