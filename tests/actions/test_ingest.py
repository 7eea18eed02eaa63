"""A card goes in whole, once, untouched, and says what deserves a second look."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions.ingest import IngestReport, IngestRequest, ingest
from ranger_app.errors import DataProblem, RangerError, UsageProblem
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from ranger_app.store import rows
from tests.media.pictures import CHANGED, MAKE, MODEL, ORIGINAL, SERIAL, card, drawn, encoded, jpeg, with_tags

HERE = {"latitude": 430_000_000, "longitude": 1_310_000_000}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as opened:
        yield opened


def run(library: Library, folder: Path, location: str | None = "Ridge", **more: object) -> IngestReport:
    values: dict[str, object] = {**HERE, **more}
    return jobs.run(ingest(library, IngestRequest(folder, location, **values)))  # type: ignore[arg-type]


def records(library: Library, kind: str) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, kind))


def snapshot(folder: Path) -> dict[str, tuple[int, int, int, str]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.stat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(folder))] = (about.st_mtime_ns, about.st_size, about.st_mode, content)
    return found


def refused(library: Library, folder: Path, code: str, kind: type[RangerError], **request: object) -> None:
    before = [len(records(library, name)) for name in ("media", "deployment", "location")]
    with pytest.raises(kind) as caught:
        run(library, folder, **request)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert [len(records(library, name)) for name in ("media", "deployment", "location")] == before


def test_a_card_goes_in_once(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 12)
    before = snapshot(folder)
    first = run(library, folder)
    assert (first.found, first.stored, first.already_known, first.failed, first.flagged) == (12, 12, 0, [], [])
    again = run(library, folder, latitude=None, longitude=None)
    assert (again.found, again.stored, again.already_known) == (12, 0, 12)
    assert again.deployment_id == first.deployment_id
    assert snapshot(folder) == before

    [deployment] = records(library, "deployment")
    assert deployment.id == first.deployment_id
    assert (deployment["name"], deployment["start"], deployment["end"], deployment["utc_offset"]) == (
        "Ridge 2024-05-01",
        "2024-05-01T00:00:00",
        "2024-05-01T00:11:00",
        600,
    )
    media = records(library, "media")
    assert [one["file_name"] for one in media] == [f"IMG_{number:04}.JPG" for number in range(12)]
    for one in media:
        path = folder / one.text("folder") / one.text("file_name")
        assert one["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (one["bytes"], one["media_type"], one["width"], one["height"]) == (
            path.stat().st_size,
            "image/jpeg",
            640,
            480,
        )
        original = vault.find(library.vault, one.text("sha256"))
        assert original is not None
        assert original.read_bytes() == path.read_bytes()
        assert thumbs.is_whole(thumbs.place(library.cache, one.text("sha256")))
    assert list((library.vault / vault.INCOMING).iterdir()) == []


def test_a_card_that_cannot_be_written_is_read_all_the_same(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 2)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(stat.S_IREAD | stat.S_IEXEC if path.is_dir() else stat.S_IREAD)
    try:
        assert run(library, folder).stored == 2
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)


def test_every_kind_of_trouble_is_named(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 1)
    whole = jpeg(50)
    (folder / "broken.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "text.jpg").write_text("not a picture", encoding="utf-8")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("battery low", encoding="utf-8")
    (folder / "undated.png").write_bytes(encoded(drawn(51), "PNG"))
    (folder / "changed.jpg").write_bytes(encoded(drawn(52), exif=with_tags({CHANGED: "2024:05:01 10:00:00"})))
    (folder / "film.avi").write_bytes(b"RIFF\0\0\0\0AVI LIST" + bytes(2000))
    (folder / "broken.mp4").write_bytes(bytes(3000))
    (folder / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0" + bytes(2000))
    report = run(library, folder)
    assert {(one.file, one.code) for one in report.failed} == {("empty.jpg", "empty_file"), ("notes.txt", "not_media")}
    assert {(one.file, one.code) for one in report.flagged} == {
        ("broken.jpg", "damaged"),
        ("text.jpg", "damaged"),
        ("text.jpg", "no_date"),
        ("undated.png", "no_date"),
        ("changed.jpg", "weak_date"),
        ("film.avi", "damaged"),
        ("film.avi", "no_date"),
        ("broken.mp4", "damaged"),
        ("broken.mp4", "no_date"),
        ("phone.heic", "damaged"),
        ("phone.heic", "no_date"),
    }
    assert (report.found, report.stored, report.already_known) == (9, 8, 0)
    flags = {one["file_name"]: json.loads(one.text("flags") or "[]") for one in records(library, "media")}
    assert flags["broken.jpg"] == ["damaged"]
    assert flags["IMG_0000.JPG"] == []
    assert flags["broken.mp4"] == ["damaged", "no_date"]
    stored = {one["file_name"]: vault.find(library.vault, one.text("sha256")) for one in records(library, "media")}
    assert {path.suffix for path in stored.values() if path} == {".jpg", ".png", ".avi", ".mp4", ".heic"}
    assert (report.failed[0].reason, report.flagged[0].reason) != ("", "")
    answer = report.answer()
    assert {"deployment_id", "found", "stored", "already_known", "failed", "flagged"} <= set(answer)
    json.dumps(answer)


def test_one_content_under_two_names_is_one_picture(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 1)
    (folder / "copy.jpg").write_bytes(jpeg(0, "2024:05:01 00:00:00"))
    (folder / "b").mkdir()
    (folder / "b" / "IMG_0000.JPG").write_bytes(jpeg(7))
    report = run(library, folder)
    assert (report.found, report.stored, report.already_known) == (3, 2, 1)
    assert list((library.vault / vault.INCOMING).iterdir()) == []


def test_places(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 1)
    refused(library, folder, "LOCATION_UNKNOWN", DataProblem, latitude=None, longitude=None)
    refused(library, folder, "LOCATION_UNKNOWN", DataProblem, longitude=None)
    refused(library, folder, "LOCATION_MISSING", UsageProblem, location="  ")
    refused(library, folder, "COORDINATES_WRONG", DataProblem, latitude=910_000_000)
    refused(library, folder, "DEPLOYMENT_UNKNOWN", DataProblem, deployment=bytes(16))
    first = run(library, folder, utc_offset=480)
    refused(library, folder, "LOCATION_ELSEWHERE", DataProblem, latitude=440_000_000)
    [location] = records(library, "location")
    assert (location["name"], location["latitude"], location["longitude"]) == ("Ridge", 430_000_000, 1_310_000_000)
    [deployment] = records(library, "deployment")
    assert (deployment["location"], deployment["utc_offset"]) == (location.id, 480)

    more = run(library, card(tmp_path / "more", 3, 5), latitude=None, longitude=None)
    assert more.deployment_id != first.deployment_id
    assert len(records(library, "location")) == 1
    joined = run(library, card(tmp_path / "joined", 2, 20), None, deployment=first.deployment_id)
    assert joined.deployment_id == first.deployment_id
    refused(library, folder, "DEPLOYMENT_ELSEWHERE", DataProblem, location="Valley", deployment=first.deployment_id)
    with library.read() as db:
        found = rows.get(db, "deployment", first.deployment_id or b"")
    assert found is not None
    assert (found["start"], found["end"]) == ("2024-05-01T00:00:00", "2024-05-01T00:00:00")


def test_nothing_to_take_makes_nothing(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(library, tmp_path / "empty", "NO_MEDIA", DataProblem)
    (tmp_path / "empty" / "notes.txt").write_text("x", encoding="utf-8")
    refused(library, tmp_path / "empty", "NO_MEDIA", DataProblem)
    refused(library, tmp_path / "none", "FOLDER_MISSING", DataProblem)
    run(library, card(tmp_path / "card", 1))
    refused(library, library.vault, "FOLDER_IN_LIBRARY", DataProblem)


def test_the_camera_is_known_by_its_number(library: Library, tmp_path: Path) -> None:
    def numbered(folder: Path, seed: int, serial: str) -> Path:
        folder.mkdir()
        tags = {ORIGINAL: "2024:05:01 10:00:00", MAKE: "Testcam", MODEL: "One", SERIAL: serial}
        for number in range(2):
            (folder / f"{number}.jpg").write_bytes(encoded(drawn(seed + number), exif=with_tags(tags)))
        return folder

    run(library, numbered(tmp_path / "a", 0, "SN1"))
    run(library, numbered(tmp_path / "b", 10, "SN1"))
    run(library, numbered(tmp_path / "c", 20, "SN2"))
    cameras = {one.id: one for one in records(library, "camera")}
    assert sorted(one.text("serial_number") for one in cameras.values()) == ["SN1", "SN2"]
    used = [cameras[one["camera"]]["serial_number"] for one in records(library, "deployment")]  # type: ignore[index]
    assert used == ["SN1", "SN1", "SN2"]
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for number, serial in enumerate(("SN3", "SN4")):
        tags = {ORIGINAL: "2024:06:01 10:00:00", SERIAL: serial}
        (mixed / f"{number}.jpg").write_bytes(encoded(drawn(30 + number), exif=with_tags(tags)))
    run(library, mixed)
    assert records(library, "deployment")[-1]["camera"] is None


def test_a_known_record_without_its_file_becomes_whole(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 2)
    run(library, folder)
    gone = vault.find(library.vault, records(library, "media")[0].text("sha256"))
    assert gone is not None
    gone.chmod(0o644)
    gone.unlink()
    report = run(library, folder)
    assert (report.stored, report.already_known, report.made_whole) == (0, 2, 1)
    assert vault.verify(gone)
    assert len(records(library, "media")) == 2


@pytest.mark.realdata
def test_the_real_burst(library: Library, real_data: Path) -> None:
    folder = real_data / "camtrap-dp-example" / "media"
    before = snapshot(folder)
    report = run(library, folder)
    assert (report.found, report.stored, report.already_known) == (10, 10, 0)
    assert (report.failed, report.flagged) == ([], [])
    again = run(library, folder)
    assert (again.found, again.stored, again.already_known) == (10, 0, 10)
    assert snapshot(folder) == before
    assert [one["camera_time"] for one in records(library, "media")] == [
        f"2021-04-11T20:43:{second:02}" for second in (9, 10, 10, 11, 12, 12, 13, 13, 14, 15)
    ]
    [deployment] = records(library, "deployment")
    assert (deployment["start"], deployment["end"]) == ("2021-04-11T20:43:09", "2021-04-11T20:43:15")


@pytest.mark.realdata
def test_real_oddities(library: Library, real_data: Path) -> None:
    odd = run(library, real_data / "exif")
    assert (odd.found, odd.stored, odd.failed) == (9, 9, [])
    assert {(one.file, one.code) for one in odd.flagged} == {
        ("corrupted.jpg", "damaged"),
        ("PaintTool_sample.jpg", "no_date"),
    }
    corrupted = (real_data / "exif" / "corrupted.jpg").read_bytes()
    kept = vault.find(library.vault, hashlib.sha256(corrupted).hexdigest())
    assert kept is not None
    assert kept.read_bytes() == corrupted
    undated = run(library, real_data / "camera-images", "Second")
    assert (undated.found, undated.stored, undated.failed) == (9, 9, [])
    assert {one.code for one in undated.flagged} == {"no_date"}
    assert len(undated.flagged) == 9
    assert records(library, "deployment")[-1]["start"] is None


def test_names_with_strange_letters(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "карта 卡"
    folder.mkdir()
    names = ["тигр.jpg", "虎 1.jpg", "e\u0301.jpg"]
    try:
        for number, name in enumerate(names):
            (folder / name).write_bytes(jpeg(number))
        (Path(os.fsdecode(os.fsencode(folder) + b"/\xff.jpg"))).write_bytes(jpeg(9))
    except OSError:
        pytest.skip("this disk does not take such names")
    report = run(library, folder)
    assert report.stored == 4
    assert {one["file_name"] for one in records(library, "media")} >= {"тигр.jpg", "虎 1.jpg", "\xe9.jpg"}
    json.dumps(report.answer()).encode("utf-8")
