"""Originals are copied to a backup once, proved, and come back; a cut leaves whole files and the rest for later."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import further_disks
from ranger_app.actions.backup import SUFFIX, BackupReport, back_up, warnings
from ranger_app.actions.restore import bring_back, restore, restoring
from ranger_app.actions.restored import WAITING, waits
from ranger_app.actions.status import current_hash
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.jobs import CancelToken, run
from ranger_app.library import Library
from ranger_app.media import copying, vault
from ranger_app.store import settings
from ranger_app.sync import backup_file

Usage = namedtuple("Usage", "total used free")


def add_originals(library: Library, number: int, size: int = 3000) -> list[str]:
    """Put made-up originals into the vault with their records; returns their hashes in order."""
    hashes = []
    for at in range(number):
        data = f"{library.station.name} {at} ".encode() * (size // 10)
        sha256 = hashlib.sha256(data).hexdigest()
        target = vault.place(library.vault, sha256, "jpg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        hashes.append(sha256)
    ops = [create("media", library.new_id(), {"sha256": one, "file_name": "IMG.JPG"}) for one in hashes]
    library.commit(ops, label="ingest")
    return sorted(hashes)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.create(tmp_path / "library", name="A", country="RU", utc_offset=600)
    yield library
    library.close()


def lying(folder: Path) -> list[str]:
    """The hashes of all whole originals; fails on anything else that bears a hash's name."""
    found = [path for path in folder.glob("??/*") if path.is_file()]
    assert all(vault.verify(path) for path in found)
    return sorted(path.name.partition(".")[0] for path in found)


def made(library: Library, folder: Path, **more: Any) -> BackupReport:
    return run(back_up(library, folder, **more))


def test_originals_are_copied_once(library: Library, tmp_path: Path) -> None:
    hashes = add_originals(library, 12)
    stick = tmp_path / "stick"
    first = made(library, stick).originals
    assert first is not None
    assert (first.copied, first.already, first.failed, first.left) == (12, 0, 0, 0)
    assert lying(stick / "originals") == hashes
    more = add_originals(library, 13)
    second = made(library, stick).originals
    assert second is not None
    assert (second.copied, second.already) == (1, 12)
    assert lying(stick / "originals") == more
    assert not list((stick / "originals" / vault.INCOMING).iterdir())
    assert made(library, tmp_path / "small", with_originals=False).originals is None
    assert not (tmp_path / "small" / "originals").exists()
    assert run(back_up(library)).originals is None  # in its own folder they would protect nothing


def test_a_damaged_copy_is_found_and_mended(library: Library, tmp_path: Path) -> None:
    hashes = add_originals(library, 5)
    stick = tmp_path / "stick"
    made(library, stick)
    rotten = vault.find(stick / "originals", hashes[2])
    short = vault.find(stick / "originals", hashes[3])
    assert rotten is not None
    assert short is not None
    for path, data in ((rotten, b"?" + rotten.read_bytes()[1:]), (short, b"short")):
        path.chmod(0o600)
        path.write_bytes(data)
    plain = made(library, stick).originals
    assert plain is not None
    assert (plain.copied, plain.mended, plain.already) == (1, 1, 4)  # the size gave the short one away
    thorough = made(library, stick, verify=True).originals
    assert thorough is not None
    assert (thorough.copied, thorough.mended, thorough.already) == (1, 1, 4)
    assert lying(stick / "originals") == hashes


def test_a_damaged_original_does_not_take_the_place_of_a_whole_one(library: Library, tmp_path: Path) -> None:
    hashes = add_originals(library, 3)
    path = vault.find(library.vault, hashes[0])
    assert path is not None
    path.write_bytes(b"rotten")
    report = made(library, tmp_path / "stick")
    assert report.originals is not None
    assert (report.originals.copied, report.originals.failed, report.originals.damaged) == (2, 1, [hashes[0]])
    assert lying(tmp_path / "stick" / "originals") == hashes[1:]
    assert any("could not be copied" in one for one in warnings(report))


def test_a_full_disk_takes_the_rest_the_next_time(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = add_originals(library, 8)
    stick = tmp_path / "stick"
    real = copying.copy_verified
    copied: list[Path] = []

    def full(source: Path, target: Path, stopped: Callable[[], bool]) -> tuple[Path, str, int]:
        if len(copied) == 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        copied.append(source)
        return real(source, target, stopped)

    monkeypatch.setattr(copying, "copy_verified", full)
    report = made(library, stick)
    assert report.file is not None
    assert report.originals is not None
    assert (report.originals.copied, report.originals.left, report.originals.full) == (5, 3, True)
    assert [one for one in warnings(report) if "full" in one] == [
        "The disk is full: 3 originals are not there yet. Records and keys are saved."
    ]
    with library.read() as db:
        assert settings.get(db, "backup.originals_left") == "3"
    monkeypatch.setattr(copying, "copy_verified", real)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: Usage(1 << 40, 0, 1 << 28))
    again = made(library, stick).originals
    assert again is not None
    assert (again.copied, again.already, again.left) == (3, 5, 0)
    assert lying(stick / "originals") == hashes


def test_a_stop_keeps_what_stands_and_goes_on(library: Library, tmp_path: Path) -> None:
    hashes = add_originals(library, 8)
    token = CancelToken()
    job = back_up(library, tmp_path / "stick", cancel=token)
    for progress in job:
        if progress.note == "Copying originals":
            break
    token.cancel()
    report = run(job)
    assert report.cancelled
    assert report.file is not None
    assert report.originals is not None
    assert (report.originals.copied, report.originals.left) == (1, 7)
    assert made(library, tmp_path / "stick").originals.already == 1  # type: ignore[union-attr]
    assert lying(tmp_path / "stick" / "originals") == hashes


def test_originals_of_further_disks_are_copied_or_named(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = add_originals(library, 4)
    (tmp_path / "red").mkdir()
    disk = further_disks.add(library, tmp_path / "red", "Red")
    run(further_disks.move(library, disk.id))
    report = made(library, tmp_path / "stick")
    assert report.away == []
    assert lying(tmp_path / "stick" / "originals") == hashes
    (tmp_path / "red").rename(tmp_path / "away")
    report = made(library, tmp_path / "other")
    assert [(one.name, one.originals) for one in report.away] == [("Red", 4)]
    assert any("Red" in one and "not plugged in" in one for one in warnings(report))
    (tmp_path / "away").rename(tmp_path / "red")
    red = tmp_path / "red"
    monkeypatch.setattr(
        "ranger_app.actions.backup.same_drive",
        lambda one, other: one.is_relative_to(red) == other.is_relative_to(red),
    )
    report = made(library, red)
    assert [(one.name, one.originals) for one in report.same] == [("Red", 4)]
    assert any("only on the disk Red" in one for one in warnings(report))


def test_everything_comes_back_on_another_computer(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = add_originals(library, 6)
    report = made(library, tmp_path / "stick")
    assert report.file is not None
    state = current_hash(library)
    monkeypatch.setenv("RANGER_PROFILE", str(tmp_path / "profile of the new computer"))
    restored = run(restoring(tmp_path / "new", report.file))
    with restored.library as back:
        assert restored.originals is not None
        assert (restored.originals.copied, restored.originals.left) == (6, 0)
        assert lying(back.vault) == hashes
        assert current_hash(back) == state
        assert back.station.incarnation != library.station.incarnation
        assert waits(back) is None


def test_originals_wait_until_they_are_brought_back(library: Library, tmp_path: Path) -> None:
    hashes = add_originals(library, 6)
    library.commit([create("track", library.new_id(), {"source_sha256": hashes[5]})], label="x")
    file = made(library, tmp_path / "stick").file
    assert file is not None
    rotten = vault.find(tmp_path / "stick" / "originals", hashes[0])
    assert rotten is not None
    rotten.chmod(0o600)
    rotten.write_bytes(b"rotten")
    stranger = hashlib.sha256(b"of another station").hexdigest()
    place = vault.place(tmp_path / "stick" / "originals", stranger, "jpg")
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"of another station")
    with restore(tmp_path / "new", file) as back:
        assert waits(back) == tmp_path / "stick" / "originals"
        token = CancelToken()
        job = bring_back(back, cancel=token)
        for progress in job:
            if progress.note == "Copying originals":
                break
        token.cancel()
        assert run(job).cancelled
        assert waits(back) is not None
        rest = run(bring_back(back, tmp_path / "stick"))  # the folder above will do
        assert (rest.failed, rest.left) == (1, 0)
        assert rest.damaged == [hashes[0]]
        assert lying(back.vault) == hashes[1:]
        assert waits(back) is None
        with pytest.raises(DataProblem, match="NO_ORIGINALS"):
            run(bring_back(back, tmp_path / "nowhere"))
        back.write(lambda db: settings.put(db, WAITING, ""))
        with pytest.raises(DataProblem, match="NO_ORIGINALS"):
            run(bring_back(back))


def test_a_backup_disk_that_fails_is_one_sentence(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_originals(library, 2)
    file = made(library, tmp_path / "stick").file
    assert file is not None
    with restore(tmp_path / "new", file) as back:

        def broken(_folder: Path) -> None:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(os, "scandir", broken)
        with pytest.raises(EnvironmentProblem, match="BACKUP_DISK_FAILED"):
            run(bring_back(back))
        with pytest.raises(EnvironmentProblem, match="BACKUP_DISK_FAILED"):
            made(library, tmp_path / "stick")


def test_what_lies_on_a_further_disk_stays_there_unless_that_is_lost(library: Library, tmp_path: Path) -> None:
    hashes = add_originals(library, 3)
    (tmp_path / "red").mkdir()
    disk = further_disks.add(library, tmp_path / "red", "Red")
    run(further_disks.move(library, disk.id))
    file = made(library, tmp_path / "stick").file
    assert file is not None
    restored = run(restoring(tmp_path / "new", file))
    with restored.library as back:
        assert restored.originals is not None
        assert restored.originals.copied == 0
        assert run(bring_back(back, tmp_path / "stick", also_disks=True)).copied == 3
        assert lying(back.vault) == hashes


class Faults:
    """Lets the n-th file operation below a folder fail, whichever it is."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        self.hit = False
        for name in ("open", "replace", "mkdir", "unlink"):
            monkeypatch.setattr(Path, name, self._failing(getattr(Path, name), folder))
        real_sync = os.fsync

        def sync(handle: int) -> None:
            if sys.platform == "linux" and str(folder) in str(Path(f"/proc/self/fd/{handle}").readlink()):
                self.count()
            real_sync(handle)

        monkeypatch.setattr(os, "fsync", sync)

    def _failing(self, real: Callable[..., Any], folder: Path) -> Callable[..., Any]:
        def call(path: Path, *args: Any, **more: Any) -> Any:
            if path.is_relative_to(folder):
                self.count()
            return real(path, *args, **more)

        return call

    def count(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.hit = True
            raise OSError(errno.EIO, "Input/output error")


def whole(folder: Path) -> list[Path]:
    """The backup files in a folder, each read to its end."""
    found = sorted(folder.glob(f"*{SUFFIX}"))
    for one in found:
        for _read in backup_file.verify(one):
            pass
    return found


def test_a_fault_at_any_file_operation_leaves_whole_files(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = add_originals(library, 3)
    n = failures = 0
    while True:
        n += 1
        stick = tmp_path / "sticks" / str(n)
        with monkeypatch.context() as patch:
            faults = Faults(stick, patch)
            faults.left = n
            try:
                report = made(library, stick)
                ended = report.originals is not None and not report.originals.failed
            except EnvironmentProblem:
                ended = False
        if not faults.hit:
            assert ended
            break
        failures += not ended
        whole(stick)
        lying(stick / "originals")
        assert not list(library.backups.glob("*.db*"))
        again = made(library, stick)
        assert again.originals is not None
        assert (again.originals.left, again.originals.failed) == (0, 0)
        assert lying(stick / "originals") == hashes
        assert again.file in whole(stick)
        assert not list(stick.glob("*.part"))
        assert not list((stick / "originals" / vault.INCOMING).iterdir())
    assert failures > 15


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
def test_a_full_disk_at_any_place_is_one_sentence(library: Library, tmp_path: Path) -> None:
    """The system refuses to let any file of the child grow beyond a limit, as a full disk does."""
    import resource

    hashes = add_originals(library, 4, size=2_000_000)
    folder = library.folder
    library.close()
    stick = tmp_path / "stick"
    codes = []
    for limit in (100, 700, 4000):
        command = [sys.executable, "-m", "ranger_app", "--library", str(folder), "--json", "backup", str(stick)]
        child = subprocess.run(
            command,
            capture_output=True,
            encoding="utf-8",
            check=False,
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit << 10, limit << 10)),
        )
        answer = json.loads(child.stdout)
        assert "Traceback" not in child.stderr
        codes.append(answer.get("error"))
        assert child.returncode == (4 if "error" in answer else 0), answer
        if limit == 700:
            assert answer["originals"]["failed"] == 4
            assert any("exFAT" in one for one in answer["warnings"])
        whole(stick)
        lying(stick / "originals")
    assert codes == ["DISK_FAILED", None, None]
    assert lying(stick / "originals") == hashes
    with restore(tmp_path / "new", whole(stick)[-1]) as back:
        assert back.station.name == "A"


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("unshare"), reason="needs a small disk of its own")
def test_a_stick_without_room_for_the_records_says_so(library: Library, tmp_path: Path) -> None:
    folder, stick = library.folder, tmp_path / "stick"
    library.close()
    stick.mkdir()
    inner = f'mount -t tmpfs -o size=4k none "{stick}" && exec "{sys.executable}" -c "$0" "{folder}" "{stick}"'
    command = ["unshare", "-rm", "sh", "-c", inner, _CHILD]
    child = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if "Operation not permitted" in child.stderr or "permission denied" in child.stderr:
        pytest.skip("no small disk can be made here")
    assert child.stderr.splitlines()[-1].startswith("ranger_app.errors.EnvironmentProblem: DISK_FULL"), child.stderr
    assert "left over: 0" in child.stdout
    assert not list(folder.glob("backups/*.db*"))


def test_killed_at_any_moment_the_next_backup_goes_on(library: Library, tmp_path: Path) -> None:
    hashes = add_originals(library, 150, size=40_000)
    folder, profile = library.folder, os.environ["RANGER_PROFILE"]
    library.close()
    stick = tmp_path / "stick"
    rng = random.Random(11)
    seen = set()
    for _kill in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(folder), str(stick)],
            stdout=subprocess.PIPE,
            env={**os.environ, "RANGER_PROFILE": profile},
        )
        assert child.stdout is not None
        for _line in range(rng.randrange(1, 60)):  # it tells each step, so no clock is needed
            child.stdout.readline()
        child.kill()
        child.wait()
        child.stdout.close()
        whole(stick)
        seen.add(len(lying(stick / "originals")))
    assert len(seen) > 2
    with Library.open(folder) as again:
        report = made(again, stick)
        assert report.originals is not None
        assert report.originals.already > 0
        assert (report.originals.left, report.originals.failed) == (0, 0)
        assert not list(again.backups.glob("*.db*"))
    assert lying(stick / "originals") == hashes
    assert not list(stick.glob("*.part"))
    assert not list((stick / "originals" / vault.INCOMING).iterdir())


_CHILD = """
import sys
from pathlib import Path
from ranger_app.actions.backup import back_up
from ranger_app.library import Library
with Library.open(Path(sys.argv[1])) as library:
    try:
        for progress in back_up(library, Path(sys.argv[2])):
            print(progress, flush=True)
    finally:
        print("left over:", sum(path.is_file() for path in Path(sys.argv[2]).rglob("*")))
"""
