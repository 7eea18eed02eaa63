"""Cancel, full disk, pulled card, kill: what was recorded stays, and the same ingest goes on from there."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import ingest as ingests
from ranger_app.actions import ingest_room
from ranger_app.actions.ingest import IngestReport, IngestRequest, ingest, take_back
from ranger_app.actions.undo import undo
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.library import Library
from ranger_app.media import copying, vault
from ranger_app.store import rows
from ranger_app.store.connection import DatabaseError
from ranger_app.store.project import Projection
from tests.media.pictures import card, jpeg

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setattr(ingests, "BATCH_FILES", 3)
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as opened:
        yield opened


def request(folder: Path) -> IngestRequest:
    return IngestRequest(folder, "Ridge", 430_000_000, 1_310_000_000)


def records(library: Library, kind: str) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, kind))


def whole(library: Library) -> bool:
    """Whether every record has its proved original, each content once, and nothing half-copied is left."""
    hashes = [one.text("sha256") for one in records(library, "media")]
    originals = [vault.find(library.vault, sha256) for sha256 in hashes]
    left = list((library.vault / vault.INCOMING).glob("*"))
    return len(set(hashes)) == len(hashes) and not left and all(path and vault.verify(path) for path in originals)


def goes_on(library: Library, folder: Path, found: int) -> IngestReport:
    report = jobs.run(ingest(library, request(folder)))
    assert (report.found, report.stored) == (found, found)
    assert len(records(library, "media")) == found
    assert len(records(library, "deployment")) == 1
    assert len(records(library, "location")) == 1
    assert whole(library)
    with library.read() as db:
        assert [row[0] is not None for row in db.conn.execute("SELECT finished FROM ingest")] == [True]
    return report


def test_cancel_keeps_what_stands(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 80)
    cancel = jobs.CancelToken()

    def at_ten(progress: jobs.Progress) -> None:
        if progress.done == 10:
            cancel.cancel()

    report = jobs.run(ingest(library, request(folder), cancel), at_ten)
    assert report.cancelled
    assert 10 <= report.stored < 80
    assert len(records(library, "media")) == report.stored
    assert whole(library)
    report = goes_on(library, folder, 80)
    assert report.resumed >= 10
    [deployment] = records(library, "deployment")
    assert (deployment["start"], deployment["end"]) == ("2024-05-01T00:00:00", "2024-05-01T01:19:00")


def test_a_finished_ingest_is_not_continued(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 4)
    jobs.run(ingest(library, request(folder)))
    card(folder, 4, 10)
    report = jobs.run(ingest(library, request(folder)))
    assert (report.found, report.stored, report.already_known) == (8, 4, 4)
    assert len(records(library, "deployment")) == 2


def test_another_card_in_the_same_slot_is_another_deployment(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 60)
    cancel = jobs.CancelToken()
    job = ingest(library, request(folder), cancel)
    jobs.run(job, lambda progress: cancel.cancel() if progress.done == 5 else None)
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "other.jpg").write_bytes(jpeg(999))
    report = jobs.run(ingest(library, request(folder)))
    assert (report.found, report.stored, report.resumed) == (1, 1, 0)
    assert len(records(library, "deployment")) == 2


def test_a_pulled_card_stops_and_goes_on(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 80)
    away = tmp_path / "away"

    def pull(progress: jobs.Progress) -> None:
        if progress.done == 8:
            folder.rename(away)

    with pytest.raises(EnvironmentProblem, match="CARD_REMOVED") as caught:
        jobs.run(ingest(library, request(folder)), pull)
    stored = len(records(library, "media"))
    assert 8 <= stored < 80
    assert f"{stored} of 80" in caught.value.todo
    assert whole(library)
    away.rename(folder)
    goes_on(library, folder, 80)


def test_an_empty_mount_point_is_a_pulled_card(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 80)

    def pull(progress: jobs.Progress) -> None:
        if progress.done == 4:
            folder.rename(tmp_path / "away")
            folder.mkdir()

    with pytest.raises(EnvironmentProblem, match="CARD_REMOVED"):
        jobs.run(ingest(library, request(folder)), pull)
    assert whole(library)


def test_one_bad_file_is_listed_and_the_rest_goes_in(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = card(tmp_path / "card", 12)
    real = copying.read_source

    def failing(path: Path) -> bytes:
        if path.name == "IMG_0005.JPG":
            raise copying.SourceFailed(OSError(errno.EIO, "Input/output error"))
        return real(path)

    monkeypatch.setattr(copying, "read_source", failing)
    report = jobs.run(ingest(library, request(folder)))
    assert (report.found, report.stored) == (12, 11)
    assert [(one.file, one.code) for one in report.failed] == [("DCIM/100TEST/IMG_0005.JPG", "unreadable")]
    assert "Input/output error" in report.failed[0].reason


def test_a_card_that_gives_nothing_any_more_is_gone(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = card(tmp_path / "card", 30)
    real = copying.read_source

    def failing(path: Path) -> bytes:
        if path.name >= "IMG_0006.JPG":
            raise copying.SourceFailed(OSError(errno.EIO, "Input/output error"))
        return real(path)

    monkeypatch.setattr(copying, "read_source", failing)
    with pytest.raises(EnvironmentProblem, match="CARD_REMOVED"):
        jobs.run(ingest(library, request(folder)))
    assert len(records(library, "media")) == 6
    monkeypatch.undo()
    goes_on(library, folder, 30)


def test_a_full_disk_stops_cleanly(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = card(tmp_path / "card", 20)
    real = copying.write_verified
    done: list[int] = []

    def full(data: bytes, where: Path) -> Path:
        done.append(1)
        if len(done) > 7:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(data, where)

    monkeypatch.setattr(copying, "write_verified", full)
    with pytest.raises(EnvironmentProblem, match="DISK_FULL"):
        jobs.run(ingest(library, request(folder)))
    assert len(records(library, "media")) <= 7
    assert whole(library)
    monkeypatch.undo()
    goes_on(library, folder, 20)


def test_too_little_room_is_said_before_anything_is_copied(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = card(tmp_path / "card", 3)
    usage = shutil.disk_usage(tmp_path)._replace(free=ingest_room.SPARE_BYTES + 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(EnvironmentProblem, match="NO_ROOM") as caught:
        jobs.run(ingest(library, request(folder)))
    assert f"has {usage.free // 1_000_000} MB free" in caught.value.what
    assert records(library, "media") == []
    monkeypatch.undo()
    jobs.run(ingest(library, request(folder)))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert jobs.run(ingest(library, request(folder))).already_known == 3


def test_a_disk_without_a_byte_is_said_to_be_full(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = card(tmp_path / "card", 8)
    usage = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(EnvironmentProblem, match="DISK_FULL") as caught:
        jobs.run(ingest(library, request(folder)))
    assert "The card is unchanged" in caught.value.todo

    # On a full disk SQLite's shared memory cannot grow, and it calls that an I/O error.
    def cannot_grow(self: Projection, *_given: object, **_more: object) -> None:
        raise DatabaseError("disk I/O error")

    monkeypatch.setattr(ingest_room, "must_have_room", lambda *_given: None)
    monkeypatch.setattr(Projection, "apply", cannot_grow)
    with pytest.raises(EnvironmentProblem, match="DISK_FULL") as caught:
        jobs.run(ingest(library, request(folder)))
    assert "0 of 8" in caught.value.todo
    usage = usage._replace(free=10**9)
    with pytest.raises(EnvironmentProblem, match="DISK_FAILED"):
        jobs.run(ingest(library, request(folder)))


def test_a_folder_that_cannot_be_read_is_never_an_empty_one(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = card(tmp_path / "card", 2)
    bad = folder / "DCIM" / "101TEST"
    bad.mkdir()
    real = os.scandir

    def failing(path: str | Path) -> object:
        if Path(path) == bad:
            raise OSError(errno.EIO, "Input/output error")
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        report = jobs.run(ingest(library, request(folder)))
        assert report.stored == 2
        assert [(one.file, one.code) for one in report.failed] == [("DCIM/101TEST", "folder_unreadable")]
        assert "Input/output error" in report.failed[0].reason
        (folder / "DCIM" / "100TEST").rename(tmp_path / "away")
        with pytest.raises(EnvironmentProblem, match="FOLDER_UNREADABLE"):
            jobs.run(ingest(library, request(folder)))


def test_the_first_pictures_are_recorded_long_before_the_rest(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingests, "BATCH_FILES", 200)
    monkeypatch.setattr(ingests, "BATCH_SECONDS", 1000.0)
    sizes: list[int] = []
    library.listeners.append(lambda changes: sizes.append(len(records(library, "media"))))
    jobs.run(ingest(library, request(card(tmp_path / "card", 60))))
    assert 1 <= sizes[0] <= ingests.FIRST_FILES
    assert sizes[-1] == 60


def test_a_window_that_closes_leaves_nothing_half_copied(library: Library, tmp_path: Path) -> None:
    job = ingest(library, request(card(tmp_path / "card", 60)))
    for _ in range(6):
        next(job)
    job.close()
    assert whole(library)


CHILD = """
import sys
from pathlib import Path
from ranger_app import jobs
from ranger_app.actions import ingest as ingests
from ranger_app.actions import ingest_room
from ranger_app.library import Library
ingests.BATCH_FILES = 4
with Library.open(Path(sys.argv[1])) as library:
    request = ingests.IngestRequest(Path(sys.argv[2]), "Ridge", 430_000_000, 1_310_000_000)
    jobs.run(ingests.ingest(library, request), lambda progress: print(progress.done, flush=True))
"""


def test_kills_at_random_moments(tmp_path: Path, long_run: bool) -> None:
    random_ = random.Random()
    folder = card(tmp_path / "card", 60)
    for number in range(40 if long_run else 4):
        home = tmp_path / f"library{number}"
        Library.create(home, name="North", country="RU", utc_offset=600).close()
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(home), str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        last = random_.randrange(1, 55)
        for line in child.stdout:
            if int(line) >= last:
                break
        child.kill()
        child.wait()
        child.stdout.close()
        with Library.open(home) as library:
            assert all(
                (path := vault.find(library.vault, one.text("sha256"))) and vault.verify(path)
                for one in records(library, "media")
            )
            goes_on(library, folder, 60)


def test_take_back_whole(library: Library, tmp_path: Path) -> None:
    folder = card(tmp_path / "card", 10)
    kept = jobs.run(
        ingest(library, IngestRequest(card(tmp_path / "kept", 2, 500), "Valley", 440_000_000, 1_310_000_000))
    )
    report = jobs.run(ingest(library, request(folder)))
    assert take_back(library, report.ingest_id) == 10
    assert [one["ingest"] for one in records(library, "media")] == [kept.ingest_id] * 2
    assert [one["name"] for one in records(library, "location")] == ["Valley"]
    assert [one.id for one in records(library, "deployment")] == [kept.deployment_id]
    with pytest.raises(DataProblem, match="INGEST_UNKNOWN"):
        take_back(library, report.ingest_id)
    with pytest.raises(DataProblem, match="INGEST_UNKNOWN"):
        take_back(library, "0" * 32)
    undo(library)
    assert len(records(library, "media")) == 12
    assert sorted(str(one["name"]) for one in records(library, "location")) == ["Ridge", "Valley"]
    assert take_back(library, report.ingest_id) == 10
    again = jobs.run(ingest(library, request(folder)))
    assert (again.stored, again.already_known) == (10, 0)


def test_a_deployment_with_other_pictures_stays(library: Library, tmp_path: Path) -> None:
    first = jobs.run(ingest(library, request(card(tmp_path / "card", 3))))
    folder = card(tmp_path / "more", 3, 50)
    second = jobs.run(ingest(library, IngestRequest(folder, deployment=first.deployment_id)))
    assert take_back(library, first.ingest_id) == 3
    assert [one.id for one in records(library, "deployment")] == [first.deployment_id]
    assert [one["ingest"] for one in records(library, "media")] == [second.ingest_id] * 3


def test_what_was_shared_is_not_taken_back(library: Library, tmp_path: Path) -> None:
    report = jobs.run(ingest(library, request(card(tmp_path / "card", 3))))
    library.write(
        lambda db: db.conn.execute(
            "INSERT INTO journal (bundle, direction, counter, at, upto, summary)"
            " VALUES (x'00', 'written', 1, 0, (SELECT max(key) FROM batch), '{}')"
        )
    )
    with pytest.raises(DataProblem, match="SHARED"):
        take_back(library, report.ingest_id)
    assert len(records(library, "media")) == 3
