"""A backup on a stolen stick gives nothing away where the station has a passphrase; any damage is noticed."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import records, recovery
from ranger_app.actions.backup import SUFFIX, BackupReport, back_up, backup, warnings
from ranger_app.actions.restore import restore, restoring
from ranger_app.actions.status import current_hash, waiting
from ranger_app.domain.recovery import spell
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem
from ranger_app.jobs import CancelToken, run
from ranger_app.keys import FILE
from ranger_app.library import DATABASE, Library
from ranger_app.media import drives
from ranger_app.media.vault import hash_file
from ranger_app.store.backup import copy_database
from ranger_app.sync import backup_file

SECRET = "tiger at the salt lick"
WORDS = "four brown bears dig"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.create(tmp_path / "library", name="Station A", country="RU", utc_offset=600)
    records.add(library, "note", {"text": SECRET})
    yield library
    library.close()


def made(library: Library, folder: Path) -> BackupReport:
    return run(back_up(library, folder))


def test_a_sealed_backup_gives_nothing_away(library: Library, tmp_path: Path) -> None:
    library.set_passphrase(WORDS)
    report = made(library, tmp_path / "stick")
    assert report.sealed
    assert report.file is not None
    data = report.file.read_bytes()
    for secret in (library.keys.signing_secret, library.keys.sealing_secret):
        assert secret not in data
        assert secret.hex().encode() not in data
    assert SECRET.encode() not in data
    assert b"SQLite" not in data
    assert b"Station A" not in data
    with pytest.raises(UsageProblem, match="PASSPHRASE_NEEDED"):
        restore(tmp_path / "new", report.file)
    with pytest.raises(UsageProblem, match="PASSPHRASE_WRONG"):
        restore(tmp_path / "new", report.file, "four brown bears")
    assert not (tmp_path / "new").exists()
    with restore(tmp_path / "new", report.file, WORDS) as back:
        assert current_hash(back) == current_hash(library)
        assert back.keys.protected


def test_the_recovery_sheet_opens_a_backup_whose_passphrase_is_lost(library: Library, tmp_path: Path) -> None:
    library.set_passphrase(WORDS)
    file = backup(library, tmp_path / "stick")
    lines = spell(library.keys.signing_secret, library.keys.sealing_secret)
    keys = recovery.keys_of("\n".join(lines))
    back = run(restoring(tmp_path / "new", file, "another passphrase", recovered=keys)).library
    back.close()
    with Library.open(tmp_path / "new", passphrase="another passphrase") as again:
        assert current_hash(again) == current_hash(library)
    with Library.create(tmp_path / "b", name="B", country="CN", utc_offset=480) as other:
        job = restoring(tmp_path / "third", file, recovered=other.keys)
        with pytest.raises(DataProblem, match="OTHER_STATION"):
            run(job)


def test_without_a_passphrase_the_answer_says_so(library: Library, tmp_path: Path) -> None:
    report = made(library, tmp_path / "stick")
    assert not report.sealed
    assert any("not sealed" in one for one in warnings(report))


def test_every_changed_byte_is_noticed(library: Library, tmp_path: Path) -> None:
    library.set_passphrase(WORDS)
    whole = backup(library, tmp_path / "disk").read_bytes()
    rng = random.Random(7)
    bad = tmp_path / f"bad{SUFFIX}"
    for at in [*range(0, 40), *(rng.randrange(len(whole)) for _ in range(150)), len(whole) - 1]:
        bad.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1 :])
        with pytest.raises(DataProblem, match="NO_BACKUP"):
            restore(tmp_path / "new", bad, WORDS)
        bad.write_bytes(whole[:at])
        with pytest.raises(DataProblem, match="NO_BACKUP"):
            restore(tmp_path / "new", bad, WORDS)
    bad.write_bytes(whole + b"x")
    with pytest.raises(DataProblem, match="NO_BACKUP"):
        restore(tmp_path / "new", bad, WORDS)
    assert not (tmp_path / "new").exists()


def test_chunks_are_bound_to_their_place(tmp_path: Path, library: Library) -> None:
    """Records that do not compress, so that there are several chunks; the last may be exactly full."""
    rng = random.Random(3)
    for size in (2 * backup_file.CHUNK + 5, 0, 1):
        source = tmp_path / "source"
        source.write_bytes(rng.randbytes(size))
        target = tmp_path / f"{size}{SUFFIX}"
        key_file = (library.folder / FILE).read_bytes()
        job = backup_file.write(target, source, library.keys, key_file, 0)
        written, sha256 = _value(job)
        assert (written, sha256) == (target.stat().st_size, hash_file(target))
        _value(backup_file.verify(target))
        with (tmp_path / "out").open("wb") as out:
            _value(backup_file.unpack(target, library.keys, out))
        assert (tmp_path / "out").read_bytes() == source.read_bytes()


def _value(job: object) -> object:
    while True:
        try:
            next(job)  # type: ignore[call-overload]
        except StopIteration as stop:
            return stop.value


def test_a_backup_of_an_older_ranger_is_still_put_back(library: Library, tmp_path: Path) -> None:
    with library.read() as db:
        copy = copy_database(db, tmp_path / "copy.db")
    manifest = {"ranger_backup": 1, "station": library.station.id.hex(), "database": hash_file(copy)}
    file = tmp_path / f"old{SUFFIX}"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("backup.json", json.dumps(manifest))
        archive.write(library.folder / FILE, FILE)
        archive.write(copy, DATABASE)
    with restore(tmp_path / "new", file) as back:
        assert current_hash(back) == current_hash(library)


def test_a_missing_file_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match="NO_BACKUP"):
        restore(tmp_path / "a" / "b", tmp_path / "no such file")
    assert not (tmp_path / "a").exists()
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("no backup", encoding="utf-8")
    with pytest.raises(DataProblem, match="NO_BACKUP"):
        restore(tmp_path / "empty", tmp_path / "text")
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_library_made_just_now_makes_room_for_the_backup(library: Library, tmp_path: Path) -> None:
    file = backup(library, tmp_path / "stick")
    with Library.create(tmp_path / "new", name="New", country="RU", utc_offset=600) as fresh:
        records.add(fresh, "person", {"name": "Ranger 1", "role": "manager"})
    with restore(tmp_path / "new", file) as back:
        assert back.station.id == library.station.id
        assert current_hash(back) == current_hash(library)
    assert len(list((tmp_path / "new").glob("backups/replaced-*/ranger.db"))) == 1


def test_stopping_leaves_what_was(library: Library, tmp_path: Path) -> None:
    token = CancelToken()
    job = back_up(library, tmp_path / "stick", cancel=token)
    next(job)
    token.cancel()
    report = run(job)
    assert report.cancelled
    assert report.file is None
    assert [path for path in (tmp_path / "stick").rglob("*") if path.is_file()] == []
    assert not list(library.backups.glob("*.db*"))
    assert waiting(library)["backup_days"] is None


def test_two_at_once_are_refused(library: Library, tmp_path: Path) -> None:
    first = back_up(library, tmp_path / "stick")
    next(first)
    with pytest.raises(EnvironmentProblem, match="BACKUP_RUNNING"):
        run(back_up(library, tmp_path / "other"))
    assert run(first).file is not None
    assert run(back_up(library, tmp_path / "other")).file is not None


def test_only_another_disk_counts(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = made(library, tmp_path / "same")
    assert not report.another_disk
    assert any("same disk" in one for one in warnings(report))
    assert waiting(library)["backup_days"] == 0
    assert waiting(library)["backup_elsewhere_days"] is None
    monkeypatch.setattr("ranger_app.actions.backup.same_drive", lambda one, other: False)
    assert made(library, tmp_path / "stick").another_disk
    assert waiting(library)["backup_elsewhere_days"] == 0
    now = library.now_ms()
    library.clock = lambda: now + 8 * 86_400_000
    assert waiting(library)["backup_elsewhere_days"] == 8
    assert not made(library, library.folder / "inside").another_disk
    assert waiting(library)["backup_elsewhere_days"] == 8


def test_partitions_and_volumes_of_one_disk_are_one_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Linux shows them: a disk with two partitions, on one of them an encrypted volume."""
    system, devices = tmp_path / "devices", tmp_path / "block"
    for name in ("sda", "sda/sda1", "sda/sda2", "dm-0", "sdb/sdb1"):
        (system / name).mkdir(parents=True)
    for name in ("sda/sda1", "sda/sda2", "sdb/sdb1"):
        (system / name / "partition").write_text("1", encoding="ascii")
    (system / "dm-0" / "slaves").mkdir()
    (system / "dm-0" / "slaves" / "sda2").symlink_to(system / "sda" / "sda2")
    devices.mkdir()
    for number, name in (("8:1", "sda/sda1"), ("253:0", "dm-0"), ("8:17", "sdb/sdb1")):
        (devices / number).symlink_to(system / name)
    assert drives._whole(devices / "8:1") == drives._whole(devices / "253:0") == {"sda"}
    assert drives._whole(devices / "8:17") == {"sdb"}
    assert drives._whole(devices / "9:9") == frozenset()
    assert drives.same_drive(tmp_path, tmp_path / "not" / "there")


def test_elsewhere_nothing_is_removed_unasked(library: Library, tmp_path: Path) -> None:
    stick, now = tmp_path / "stick", library.now_ms()
    for number in range(5):
        library.clock = lambda moment=now + number * 1000: moment
        report = made(library, stick)
    assert (report.older, report.removed) == (4, [])
    assert report.older_bytes > 0
    shutil.copy(next(stick.glob(f"*{SUFFIX}")), stick / f"00000000-20200101-000000{SUFFIX}")  # of another station
    library.clock = lambda: now + 9000
    report = run(back_up(library, stick, keep=2))
    assert len(report.removed) == 4
    assert report.older == 1
    assert len(list(stick.glob(f"*{SUFFIX}"))) == 3
