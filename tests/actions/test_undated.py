"""A date that no file holds is never invented: file time or a typed one, shown first, taken whole, taken back whole."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import records, undated
from ranger_app.actions.ingest import IngestReport, IngestRequest, ingest
from ranger_app.actions.undo import undo
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows
from tests.media.pictures import jpeg

NOON = 1_714_557_600  # 2024-05-01 10:00:00 UTC


@pytest.fixture(params=["UTC", "Asia/Vladivostok"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The hours that this computer is ahead of UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of this system cannot be changed for a test")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield 0 if request.param == "UTC" else 10
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as opened:
        yield opened


def bare_card(folder: Path, number: int = 3, first: int = NOON, dated: int = 0) -> Path:
    """Pictures without a camera time, changed a minute apart; ``dated`` more with one."""
    folder.mkdir(parents=True)
    for n in range(number):
        path = folder / f"{n}.jpg"
        path.write_bytes(jpeg(n, None))
        os.utime(path, (first + 60 * n, first + 60 * n))
    for n in range(dated):
        (folder / f"dated{n}.jpg").write_bytes(jpeg(500 + n, f"2024:05:01 0{n}:00:00"))
    return folder


def run(library: Library, folder: Path, **more: object) -> IngestReport:
    values: dict[str, object] = {"latitude": 430_000_000, "longitude": 1_310_000_000, **more}
    location = None if "deployment" in more else "Ridge"
    return jobs.run(ingest(library, IngestRequest(folder, location, **values)))  # type: ignore[arg-type]


def pictures(library: Library, report: IngestReport) -> list[undated.Undated]:
    with library.read() as db:
        return list(undated.undated(db, ingest=report.ingest_id))


def media(library: Library) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, "media", order="file_name"))


def deployment(library: Library, report: IngestReport) -> rows.Record:
    with library.read() as db:
        found = rows.get(db, "deployment", report.deployment_id or b"")
    assert found is not None
    return found


def test_file_times_are_kept_but_not_taken(library: Library, tmp_path: Path, zone: int) -> None:
    report = run(library, bare_card(tmp_path / "card", dated=1))
    assert report.undated == 3
    first, second, third, dated = media(library)
    assert [one["camera_time"] for one in (first, second, third)] == [None] * 3
    assert json.loads(first.text("exif")) == {"FileModifyDate": f"2024:05:01 {10 + zone}:00:00+{zone:02}:00"}
    assert dated["exif"] is None
    shown = undated.outcome(library, pictures(library, report), None)
    assert (shown.files, shown.dated) == (3, 3)
    assert (shown.first, shown.last) == (f"2024-05-01T{10 + zone}:00:00", f"2024-05-01T{10 + zone}:02:00")
    assert (shown.in_future, shown.outside, undated.warnings(shown)) == (0, 0, [])
    assert [one["camera_time"] for one in media(library)[:3]] == [None] * 3


def test_file_times_taken_and_taken_back(library: Library, tmp_path: Path, zone: int) -> None:
    report = run(library, bare_card(tmp_path / "card"))
    assert deployment(library, report)["start"] is None
    before = media(library)
    done = undated.date(library, pictures(library, report), None)
    assert done.dated == 3
    times = [f"2024-05-01T{10 + zone}:0{n}:00" for n in range(3)]
    assert [(one["camera_time"], one["camera_time_source"], one["flags"]) for one in media(library)] == [
        (time, "file_time", None) for time in times
    ]
    assert [row["taken_at"] for row in taken_at(library)] == [NOON + 60 * n + (zone - 10) * 3600 for n in range(3)]
    assert (deployment(library, report)["start"], deployment(library, report)["end"]) == (times[0], times[2])
    assert pictures(library, report) == []
    undo(library)
    assert media(library) == before
    assert (deployment(library, report)["start"], deployment(library, report)["end"]) == (None, None)
    undated.date(library, pictures(library, report), "2024-06-01T08:00:00")
    assert (deployment(library, report)["start"], deployment(library, report)["end"]) == ("2024-06-01T08:00:00",) * 2
    assert {(one["camera_time"], one["camera_time_source"]) for one in media(library)} == {
        ("2024-06-01T08:00:00", "typed")
    }


def taken_at(library: Library) -> list[dict[str, int]]:
    with library.read() as db:
        found = db.conn.execute("SELECT taken_at FROM media ORDER BY file_name").fetchall()
    return [{"taken_at": row[0]} for row in found]


def test_dates_of_the_deployment_follow_only_where_nobody_typed_them(library: Library, tmp_path: Path) -> None:
    report = run(library, bare_card(tmp_path / "card", dated=2))
    undated.date(library, pictures(library, report), "2024-04-30T23:00:00")
    assert deployment(library, report)["start"] == "2024-04-30T23:00:00"
    assert deployment(library, report)["end"] == "2024-05-01T01:00:00"
    undo(library)
    assert deployment(library, report)["start"] == "2024-05-01T00:00:00"
    records.edit(library, "deployment", report.deployment_id or b"", {"start": "2024-05-01T00:00:01"})
    said = undated.date(library, pictures(library, report), "2024-04-30T23:00:00")
    assert said.outside == 3
    assert deployment(library, report)["start"] == "2024-05-01T00:00:01"


def test_times_that_cannot_be_right_are_said_beforehand(library: Library, tmp_path: Path) -> None:
    report = run(library, bare_card(tmp_path / "card", first=int(time.time()) + 3 * 86400))
    shown = undated.outcome(library, pictures(library, report), None)
    assert shown.in_future == 3
    assert undated.warnings(shown) == ["3 times lie in the future."]
    values = {"name": "R", "location": deployment(library, report)["location"], "utc_offset": 600}
    typed = records.add(library, "deployment", {**values, "end": "2024-04-01T00:00:00"})
    folder = bare_card(tmp_path / "more", 1)
    (folder / "0.jpg").write_bytes(jpeg(900, None))
    other = run(library, folder, deployment=typed)
    [one] = pictures(library, other)
    [blind] = [undated.Undated(one.id, one.file, None, one.deployment, one.flags)]
    shown = undated.outcome(library, [one, blind], None)
    assert (shown.files, shown.dated, shown.outside) == (2, 1, 1)
    assert undated.warnings(shown) == [
        "1 picture has no file time.",
        "1 time lies outside the dates entered for the deployment.",
    ]


def test_a_time_that_is_there_is_never_changed(library: Library, tmp_path: Path) -> None:
    report = run(library, bare_card(tmp_path / "card", 1, dated=1))
    without, dated = (one.id for one in media(library))
    with library.read() as db:
        undated.must_be_undated(db, [without])
        with pytest.raises(DataProblem, match="DATED"):
            undated.must_be_undated(db, [without, dated])
        with pytest.raises(DataProblem, match="NO_RECORD"):
            undated.must_be_undated(db, [bytes(16)])
        assert [one.id for one in undated.undated(db, ids=[without, dated])] == [without]
        assert [one.id for one in undated.undated(db, deployment=report.deployment_id)] == [without]
    again = pictures(library, report)
    undated.date(library, again, "2024-06-01T08:00:00")
    undated.date(library, again, "2025-06-01T08:00:00")
    assert [one["camera_time"] for one in media(library)] == ["2024-06-01T08:00:00", "2024-05-01T00:00:00"]


def test_many_pictures_are_one_act(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undated, "_A_BATCH", 2)
    report = run(library, bare_card(tmp_path / "card", 5))
    undated.date(library, pictures(library, report), None)
    assert all(one["camera_time"] for one in media(library))
    undo(library)
    assert not any(one["camera_time"] for one in media(library))


@pytest.mark.parametrize(
    "kept", [None, "", "{", "[]", '{"FileModifyDate": 5}', '{"FileModifyDate": "2024:13:01 00:00:00"}']
)
def test_odd_camera_data_gives_no_time(kept: str | None) -> None:
    assert undated.file_time_in(kept) is None


def test_a_file_that_is_gone_has_no_time(tmp_path: Path) -> None:
    assert undated.file_time_of(tmp_path / "gone.jpg") is None
