"""A content is one picture: files known already are named with their place, and records without a file get theirs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import ingest as ingests
from ranger_app.actions import ingest_report, records
from ranger_app.actions.ingest import IngestReport, IngestRequest, ingest, take_back
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.store import rows
from tests.media.pictures import card, jpeg

HERE = {"latitude": 430_000_000, "longitude": 1_310_000_000}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as opened:
        yield opened


def run(library: Library, folder: Path, location: str | None = "Ridge", **more: object) -> IngestReport:
    values: dict[str, object] = {**HERE, **more}
    return jobs.run(ingest(library, IngestRequest(folder, location, **values)))  # type: ignore[arg-type]


def media(library: Library) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, "media"))


def one(library: Library, kind: str, record: bytes | None) -> rows.Record:
    with library.read() as db:
        found = rows.get(db, kind, record or b"")
    assert found is not None
    return found


def test_known_files_are_named_with_the_picture_they_are(library: Library, tmp_path: Path) -> None:
    first = run(library, card(tmp_path / "card", 3))
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(tmp_path / "card" / "DCIM" / "100TEST" / "IMG_0001.JPG", again / "renamed.jpg")
    (again / "new.jpg").write_bytes(jpeg(70, "2024:05:02 00:00:00"))
    report = run(library, again)
    assert (report.found, report.stored, report.already_known) == (2, 1, 1)
    known = {one["file_name"]: one.id for one in media(library)}["IMG_0001.JPG"]
    assert report.answer()["duplicates"] == [
        {
            "file": "renamed.jpg",
            "of": "DCIM/100TEST/IMG_0001.JPG",
            "deployment": "Ridge 2024-05-01",
            "deployment_id": (first.deployment_id or b"").hex(),
            "media_id": known.hex(),
        }
    ]
    assert report.known_elsewhere == {}


@pytest.mark.parametrize("batch", [1, 200])
def test_files_twice_on_the_same_card_are_named(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(ingests, "BATCH_FILES", batch)
    folder = card(tmp_path / "card", 2)
    shutil.copytree(folder / "DCIM" / "100TEST", folder / "DCIM" / "101COPY")
    report = run(library, folder)
    assert (report.found, report.stored, report.already_known) == (4, 2, 2)
    assert [(one.file, one.of) for one in report.duplicates] == [
        (f"DCIM/101COPY/IMG_000{n}.JPG", f"DCIM/100TEST/IMG_000{n}.JPG") for n in range(2)
    ]
    assert {one.deployment_id for one in report.duplicates} == {report.deployment_id}
    assert {one.media_id for one in report.duplicates} == {one.id for one in media(library)}


def test_the_list_of_known_files_is_bounded_and_their_number_is_not(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_report, "MOST_DUPLICATES", 2)
    folder = card(tmp_path / "card", 5)
    run(library, folder)
    report = run(library, folder)
    assert (report.already_known, len(report.duplicates)) == (5, 2)


def test_a_known_card_from_another_place_is_said(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 4)
    first = run(library, folder)
    valley = run(library, folder, "Valley", latitude=440_000_000)
    assert (valley.stored, valley.already_known) == (0, 4)
    assert valley.deployment_id is None
    assert valley.answer()["known_elsewhere"] == [
        {
            "code": "known_elsewhere",
            "deployment": "Ridge 2024-05-01",
            "deployment_id": (first.deployment_id or b"").hex(),
            "location": "Ridge",
            "files": 4,
        }
    ]
    with library.read() as db:
        assert [row["name"] for row in rows.find(db, "location")] == ["Ridge"]
    (folder / "more.jpg").write_bytes(jpeg(80, "2024:05:02 00:00:00"))
    mixed = run(library, folder, "Valley", latitude=440_000_000)
    assert (mixed.stored, mixed.already_known) == (1, 4)
    assert [there.files for there in mixed.known_elsewhere.values()] == [4]
    assert mixed.deployment_id != first.deployment_id
    joined = run(library, folder, None, deployment=mixed.deployment_id)
    assert [there.location for there in joined.known_elsewhere.values()] == ["Ridge"]
    assert joined.deployment_id == mixed.deployment_id


def bare(library: Library, deployment: bytes | None, name: str, time: str, **more: object) -> bytes:
    record = library.new_id()
    values = {"deployment": deployment, "file_name": name, "camera_time": time, "media_type": "image/jpeg", **more}
    library.commit([create("media", record, values)], label="import")  # type: ignore[arg-type]
    return record


def station(library: Library, name: str) -> tuple[bytes, bytes]:
    place = records.add(library, "location", {"name": name, "type": "camera_site", **HERE})
    values = {"name": f"{name} 1", "location": place, "utc_offset": 60}
    return place, records.add(library, "deployment", values)  # type: ignore[arg-type]


@pytest.mark.realdata
@pytest.mark.parametrize("named", [True, False])
def test_imported_records_get_their_files(library: Library, real_data: Path, named: bool) -> None:
    folder = real_data / "camtrap-dp-example" / "media"
    _place, deployment = station(library, "B_DM_val 4")
    times = [f"2021-04-11T20:43:{second:02}" for second in (9, 10, 10, 11, 12, 12, 13, 13, 14, 15)]
    names = sorted(path.name for path in folder.iterdir())
    ids = [
        bare(library, deployment, name, time, address=f"media/{name}", file_offset=60)
        for name, time in zip(names, times, strict=True)
    ]
    request = IngestRequest(folder, None if named else "B_DM_val 4", deployment=deployment if named else None)
    report = jobs.run(ingest(library, request))
    assert (report.found, report.stored, report.already_known, report.made_whole) == (10, 0, 10, 10)
    assert (report.deployment_id, report.duplicates, report.known_elsewhere) == (deployment, [], {})
    assert {record.id for record in media(library)} == set(ids)
    for record in media(library):
        assert record["camera_time"] in times
        assert (record["address"], record["file_offset"]) == (f"media/{record['file_name']}", 60)
        assert (record["bytes"], record["width"], record["camera_time_source"]) == (
            (folder / record.text("file_name")).stat().st_size,
            2048,
            "DateTimeOriginal",
        )
        path = vault.find(library.vault, record.text("sha256"))
        assert path is not None
        assert path.read_bytes() == (folder / record.text("file_name")).read_bytes()
        assert thumbs.is_whole(thumbs.place(library.cache, record.text("sha256")))
    again = jobs.run(ingest(library, request))
    assert (again.stored, again.already_known, again.made_whole, len(again.duplicates)) == (0, 10, 0, 10)


def test_only_one_certain_match_is_filled(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 2)  # IMG_0000 at 00:00 and IMG_0001 at 00:01
    _ridge, first = station(library, "Ridge")
    _pass, second = station(library, "Pass")
    here = bare(library, first, "IMG_0000.JPG", "2024-05-01T00:00:00")
    there = bare(library, second, "IMG_0000.JPG", "2024-05-01T00:00:00")
    late = bare(library, first, "IMG_0001.JPG", "2024-05-01T00:02:00")
    report = run(library, folder, "Nowhere", latitude=440_000_000)
    assert (report.stored, report.made_whole) == (2, 0)
    assert all(one(library, "media", record)["sha256"] is None for record in (here, there, late))
    take_back(library, report.ingest_id)
    report = run(library, folder, "Pass")
    assert (report.stored, report.made_whole) == (1, 1)
    assert one(library, "media", there)["sha256"] is not None
    assert one(library, "media", here)["sha256"] is None


def test_a_record_found_at_another_place_is_filled_and_said(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 1)
    _place, deployment = station(library, "Ridge")
    found = bare(library, deployment, "IMG_0000.JPG", "2024-05-01T00:00:00")
    report = run(library, folder, "Valley", latitude=440_000_000)
    assert (report.stored, report.made_whole) == (0, 1)
    assert one(library, "media", found)["sha256"] is not None
    assert [there.location for there in report.known_elsewhere.values()] == ["Ridge"]
    with library.read() as db:
        assert db.conn.execute("SELECT count(*) FROM ingest").fetchone()[0] == 0


def test_what_is_known_of_a_record_is_never_changed(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 1)
    _place, deployment = station(library, "Ridge")
    found = bare(library, deployment, "IMG_0000.JPG", "2024-05-01T00:00:00", width=7, folder="elsewhere")
    report = run(library, folder, None, deployment=deployment)
    assert (report.stored, report.made_whole) == (0, 1)
    record = one(library, "media", found)
    assert (record["width"], record["height"], record["folder"], record["ingest"]) == (7, 480, "elsewhere", None)


def test_typed_dates_stand_and_times_outside_them_are_listed(library: Library, tmp_path: Path) -> None:
    place, _other = station(library, "Ridge")
    typed = {"name": "Ridge 2", "location": place, "utc_offset": 600}
    values = {**typed, "start": "2024-05-01T00:01:00", "end": "2024-05-01T00:03:00"}
    deployment = records.add(library, "deployment", values)  # type: ignore[arg-type]
    report = run(library, card(tmp_path / "card", 6), None, deployment=deployment)
    assert report.stored == 6
    assert [(one.file[-8:], one.code) for one in report.flagged] == [
        (f"000{n}.JPG", "outside_deployment") for n in (0, 4, 5)
    ]
    assert report.flagged[0].reason != ""
    kept = one(library, "deployment", deployment)
    assert (kept["start"], kept["end"]) == (values["start"], values["end"])
    half = records.add(library, "deployment", {**typed, "start": "2024-04-01T00:00:00"})  # type: ignore[arg-type]
    report = run(library, card(tmp_path / "more", 2, 50), None, deployment=half)
    assert report.flagged == []
    kept = one(library, "deployment", half)
    assert (kept["start"], kept["end"]) == ("2024-04-01T00:00:00", "2024-05-01T00:51:00")


def test_the_window_is_that_of_the_corrected_clock(library: Library, tmp_path: Path) -> None:
    place, _other = station(library, "Ridge")
    corrections = json.dumps([{"method": "year", "years": 1}])
    values = {"name": "R", "location": place, "utc_offset": 600, "clock_corrections": corrections}
    values |= {"start": "2025-05-01T00:00:00", "end": "2025-06-01T00:00:00"}
    deployment = records.add(library, "deployment", values)  # type: ignore[arg-type]
    assert run(library, card(tmp_path / "card", 2), None, deployment=deployment).flagged == []


def test_dates_typed_between_two_runs_of_an_ingest_stand(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingests, "BATCH_FILES", 3)
    folder = card(tmp_path / "card", 60)
    cancel = jobs.CancelToken()

    def at_five(progress: jobs.Progress) -> None:
        if progress.done == 5:
            cancel.cancel()

    request = IngestRequest(folder, "Ridge", **HERE)
    report = jobs.run(ingest(library, request, cancel), at_five)
    records.edit(library, "deployment", report.deployment_id or b"", {"start": "2024-05-01T00:02:00"})
    report = jobs.run(ingest(library, request))
    assert report.stored == 60
    deployment = one(library, "deployment", report.deployment_id)
    assert (deployment["start"], deployment["end"]) == ("2024-05-01T00:02:00", "2024-05-01T00:59:00")
    assert [(one.file[-8:], one.code) for one in report.flagged] == [
        (f"000{n}.JPG", "outside_deployment") for n in (0, 1)
    ]


def test_only_the_last_record_of_an_ingest_holds_its_lines(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingests, "BATCH_FILES", 2)
    folder = tmp_path / "card"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_bytes(jpeg(number, None))
    kept = []
    real = Library.commit

    def commit(self: Library, *given: object, **more: object) -> object:
        changes = real(self, *given, **more)  # type: ignore[arg-type]
        with self.read() as db:
            kept.append(json.loads(db.conn.execute("SELECT report FROM ingest").fetchone()[0]))
        return changes

    monkeypatch.setattr(Library, "commit", commit)
    report = run(library, folder)
    assert len(kept) >= 3
    assert all(one["flagged"] == [] for one in kept)
    with library.read() as db:
        last = json.loads(db.conn.execute("SELECT report FROM ingest").fetchone()[0])
    assert last == report.answer()
    assert len(last["flagged"]) == 6
