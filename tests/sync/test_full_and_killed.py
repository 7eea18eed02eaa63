"""A stick that is full at any place, and a program killed at any moment: unfinished and said so, or complete.

The file size limit and the kill are done to a child of this process; the small file system lies in a name space of
its own, where the machine allows one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import bundle_unfinished
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.errors import EnvironmentProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.sync import files
from ranger_app.sync.problems import BundleProblem
from tests.sync import full_stick

ROOT = Path(__file__).resolve().parents[2]
PICTURES = 40
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="no child processes of this kind here")


@pytest.fixture
def waiting(stations: Any, pictures: Any, tmp_path: Path) -> tuple[Path, Path, bytes]:
    """The folders of two stations, closed, the first with much to tell; and the second's id."""
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, PICTURES)
    one.close()
    other.close()
    return one.folder, other.folder, other.station.id


def in_child(work: Callable[[], None]) -> int:
    """Run ``work`` in a child; the signal that ended it, or 0."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    assert os.WEXITSTATUS(status) == 0
    return 0


def is_whole(library: Library, stick: Path) -> bool:
    try:
        return run(verify_bundles(library, stick)).complete
    except BundleProblem:
        return False


def ends_well(one: Path, other: Path, stick: Path) -> bool:
    """What stands unfinished is finished, or the bundle is complete; then it is read. Whether it was unfinished."""
    with Library.open(one) as library:
        found = bundle_unfinished.unfinished(library, stick)
        if found:
            assert found[0].can_finish
            report = run(bundle_unfinished.finish(library, stick))
            assert (report.originals, report.rotten) == (PICTURES, [])
        elif not is_whole(library, stick):
            assert not list(stick.rglob("*.pak"))
            return False
        assert is_whole(library, stick)
        assert bundle_unfinished.unfinished(library, stick) == []
    return bool(found)


@forks
def test_file_size_limit_at_every_tenth_position(
    waiting: tuple[Path, Path, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    one, other, partner = waiting
    with Library.open(one) as library:
        whole = run(write_bundle(library, WriteRequest(tmp_path / "whole", (partner,), "originals")))
    assert whole.folder is not None
    largest = max(path.stat().st_size for path in whole.folder.iterdir())
    unfinished = 0
    for tenth in range(11):
        stick, limit = tmp_path / f"stick{tenth}", largest * tenth // 10 + tenth

        def work(stick: Path = stick, limit: int = limit, tenth: int = tenth) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            library = Library.open(one)
            job = write_bundle(library, WriteRequest(stick, (partner,), "originals"))
            while not list(stick.glob("exchange/*/*")):
                next(job)
            # The library's own files may grow: it is the stick that is full.
            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
            try:
                while True:
                    next(job)
            except StopIteration:
                assert tenth == 10
            except EnvironmentProblem as problem:
                assert problem.code == "BUNDLE_NOT_WRITTEN"  # noqa: PT017 - in a child of its own
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
            library.close()

        assert in_child(work) == 0
        unfinished += ends_well(one, other, stick)
    assert unfinished == 10


class Killer:
    """Kills its own process at the n-th thing that is done to a stick."""

    def __init__(self, stick: Path, at: int) -> None:
        self.stick, self.left, self.done = stick, at, 0

    def step(self) -> None:
        self.done += 1
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        path_open, put, unlink, to_disk = Path.open, files.NewFile._put, Path.unlink, files.to_disk

        def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            if self.stick in path.parents:
                self.step()
            return path_open(path, mode, *args, **kwargs)

        def written(file: files.NewFile, data: bytes) -> None:
            self.step()
            put(file, data)
            self.step()

        def synced(handle: Any) -> None:
            self.step()
            to_disk(handle)
            self.step()

        def removed(path: Path, missing_ok: bool = False) -> None:
            if self.stick in path.parents:
                self.step()
            unlink(path, missing_ok=missing_ok)

        for where, name, patched in (
            (Path, "open", opened), (files.NewFile, "_put", written), (files, "to_disk", synced),
            (Path, "unlink", removed),
        ):  # fmt: skip
            setattr(where, name, patched)


@forks
def test_killed_at_many_points(
    waiting: tuple[Path, Path, bytes], tmp_path: Path, stations: Any, long_run: bool
) -> None:
    one, other, partner = waiting
    counted = tmp_path / "count"

    def count() -> None:
        killer = Killer(tmp_path / "whole", 0)
        killer.arm()
        library = Library.open(one)
        run(write_bundle(library, WriteRequest(tmp_path / "whole", (partner,), "originals")))
        library.close()
        counted.write_text(str(killer.done), encoding="ascii")

    assert in_child(count) == 0
    steps = int(counted.read_text(encoding="ascii"))
    assert steps > 40
    points = 200 if long_run else 20
    unfinished = 0
    for number in range(points):
        stick, at = tmp_path / f"stick{number}", 1 + (steps - 1) * number // points

        def work(stick: Path = stick, at: int = at) -> None:
            Killer(stick, at).arm()
            library = Library.open(one)
            run(write_bundle(library, WriteRequest(stick, (partner,), "originals")))

        assert in_child(work) == signal.SIGKILL
        if number % 4 == 3:  # killed once more while it is finished

            def again(stick: Path = stick) -> None:
                Killer(stick, 9).arm()
                library = Library.open(one)
                run(bundle_unfinished.finish(library, stick))

            in_child(again)
        unfinished += ends_well(one, other, stick)
        if number != points - 1:
            shutil.rmtree(stick, ignore_errors=True)
    assert unfinished > points * 3 // 4
    receiver = Library.open(other)
    stations.open.append(receiver)
    read = stations.read(receiver, f"stick{points - 1}")
    assert (read.originals, read.damaged) == (PICTURES, 0)


def test_a_small_stick_that_fills_up(waiting: tuple[Path, Path, bytes], tmp_path: Path) -> None:
    one, _other, _partner = waiting
    program = shutil.which("unshare")
    if program is None:
        pytest.skip("unshare is not here: no file system of its own")
    allowed = subprocess.run([program, "-rm", "true"], capture_output=True, check=False)
    if allowed.returncode != 0:
        pytest.skip("this machine allows no user name spaces")
    script = [sys.executable, "-m", "tests.sync.full_stick", str(one), str(tmp_path / "small")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [program, "-rm", *script], capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )
    if "mount" in done.stderr and not done.stdout:
        pytest.skip("this machine mounts nothing in a name space")
    assert done.returncode == 0, done.stderr
    rounds = [line.split()[1:] for line in done.stdout.splitlines()]
    assert len(rounds) == full_stick.ROUNDS
    for said, left, unfinished, whole, plans in rounds:
        if said == "STICK_FULL":
            assert (left, unfinished, plans) == ("0", "0", "0")  # nothing is left lying about
        else:
            assert (said, unfinished, whole, plans) == ("written", "0", "1", "0")
    assert [said for said, *_rest in rounds].count("STICK_FULL") >= 9
    assert rounds[-1][0] == "written"
