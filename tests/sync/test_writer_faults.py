"""Failure at the n-th file operation of writing, for every n: the bundle is complete, or it says it is not."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import bundle_unfinished
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.errors import EnvironmentProblem
from ranger_app.jobs import run
from ranger_app.sync import files
from ranger_app.sync.problems import BundleProblem


class Fault:
    """Counts operations on the stick; from the n-th on they fail, once or for good."""

    def __init__(self, at: int, for_good: bool, code: int) -> None:
        self.left, self.for_good, self.code = at, for_good, code
        self.hit = False

    def step(self) -> None:
        self.left -= 1
        if self.left == 0 or (self.left < 0 and self.for_good):
            self.hit = True
            raise OSError(self.code, os.strerror(self.code))


class Handle:
    """A file that can fail."""

    def __init__(self, inner: Any, fault: Fault) -> None:
        self.inner, self.fault = inner, fault

    def write(self, data: bytes) -> int:
        self.fault.step()
        return int(self.inner.write(data))

    def flush(self) -> None:
        self.fault.step()
        self.inner.flush()

    def close(self) -> None:
        self.inner.close()

    def fileno(self) -> int:
        return int(self.inner.fileno())


def on_stick(handle: int, stick: Path) -> bool:
    """Whether an open file lies on the stick; taken for granted where the system does not tell."""
    name = Path(f"/proc/self/fd/{handle}")
    return stick in name.readlink().parents if name.exists() else True


def arm(monkeypatch: pytest.MonkeyPatch, stick: Path, fault: Fault) -> None:
    """Put the fault under every operation that writing a bundle does on the stick."""
    path_open, mkdir, unlink, fsync = Path.open, Path.mkdir, Path.unlink, os.fsync
    open_plain = files.open_plain

    def opened(self: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if stick not in self.parents or "x" not in mode:
            return path_open(self, mode, *args, **kwargs)
        fault.step()
        return Handle(path_open(self, mode, *args, **kwargs), fault)

    def made(self: Path, *args: Any, **kwargs: Any) -> None:
        if stick in self.parents:
            fault.step()
        mkdir(self, *args, **kwargs)

    def removed(self: Path, missing_ok: bool = False) -> None:
        if stick in self.parents and fault.for_good and fault.hit:
            raise OSError(errno.EIO, "gone")
        unlink(self, missing_ok=missing_ok)

    def read(path: Path) -> Any:
        fault.step()
        return open_plain(path)

    def synced(handle: int) -> None:
        if on_stick(handle, stick):
            fault.step()
        fsync(handle)

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr(Path, "mkdir", made)
    monkeypatch.setattr(Path, "unlink", removed)
    monkeypatch.setattr(files, "open_plain", read)
    monkeypatch.setattr(files.os, "fsync", synced)


def attempt(stations: Any, one: Any, other: Any, stick: str) -> Any:
    """Write; the error where it failed. Any other exception fails the test."""
    try:
        return stations.write(one, other, stick=stick, media="originals")
    except EnvironmentProblem as problem:
        return problem


def state(library: Any, stick: Path) -> bool | None:
    """Whether what lies on the stick is complete; None where no bundle is to be seen."""
    try:
        return run(verify_bundles(library, stick)).complete
    except BundleProblem as problem:
        return None if problem.code == "NO_BUNDLE" else False


def finished(library: Any, other: Any, stick: Path) -> None:
    """Finish what stands unfinished on the stick; it is whole then, and nothing of it is left to be finished."""
    report = run(bundle_unfinished.finish(library, stick))
    assert (report.resumed, report.operations, report.media, report.rotten) == (True, 3, 2, [])
    assert state(other, stick) is True
    assert bundle_unfinished.unfinished(library, stick) == []
    assert list((library.cache / "bundles").iterdir()) == []


@pytest.mark.parametrize(("for_good", "code"), [(False, errno.ENOSPC), (True, errno.EIO), (False, errno.EIO)])
def test_every_operation(
    stations: Any,
    pictures: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    for_good: bool,
    code: int,
) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 2)
    states: list[bool | None] = []
    for n in range(1, 500):
        stick = tmp_path / f"stick{n}"
        fault = Fault(n, for_good, code)
        with monkeypatch.context() as patched:
            arm(patched, stick, fault)
            outcome = attempt(stations, one, other, stick.name)
        if isinstance(outcome, EnvironmentProblem):
            said = "STICK_FULL" if code == errno.ENOSPC else "BUNDLE_NOT_WRITTEN"
            assert outcome.code in (said, "STICK_NOT_RELIABLE")
            states.append(state(other, stick))
            if states[-1] is False:
                with pytest.raises(BundleProblem, match="BUNDLE_NOT_WHOLE"):
                    stations.read(other, stick.name)
            # Only a stick that failed is worth going on with; a full or false one is not.
            waiting = bundle_unfinished.unfinished(one, stick)
            if outcome.code == "BUNDLE_NOT_WRITTEN" and (stick / "exchange").exists() and waiting:
                assert waiting[0].can_finish
                finished(one, other, stick)
            elif code == errno.ENOSPC:
                assert waiting == []
        elif fault.hit:  # an operation that may fail, such as the syncing of a folder
            assert state(other, stick) is True
        else:
            break
    assert len(states) > 30
    # What failed for good behind DONE is complete in truth: a false alarm there is the safe side.
    assert (True in states) == (code == errno.EIO)
    assert (False in states) == (code == errno.EIO)
    assert states.count(True) <= 8
    if code == errno.EIO:
        assert states.index(True) > len(states) - 12
    done = stations.read(other, stick.name)
    assert (done.new, done.originals, done.damaged) == (3, 2, 0)


def test_every_operation_of_finishing(
    stations: Any, pictures: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = stations.new("One"), stations.new("Two", "CN")
    stations.pair(one, other)
    pictures(one, 2)
    rounds = 0
    for n in range(1, 200):
        stick = tmp_path / f"stick{n}"
        with monkeypatch.context() as patched:
            arm(patched, stick, Fault(24, True, errno.EIO))  # the first pull, in the middle
            assert isinstance(attempt(stations, one, other, stick.name), EnvironmentProblem)
        fault = Fault(n, True, errno.EIO)
        with monkeypatch.context() as patched:
            arm(patched, stick, fault)
            with suppress(EnvironmentProblem):
                run(bundle_unfinished.finish(one, stick))
        rounds += 1
        if not fault.hit:
            break
        if bundle_unfinished.unfinished(one, stick):
            finished(one, other, stick)
        assert state(other, stick) is True
    assert rounds > 20
