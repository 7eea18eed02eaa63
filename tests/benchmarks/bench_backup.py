"""A backup against its floor, in one run: every original copied, synced and hashed again from the disk, no more.

Both sides begin with the originals out of the memory cache. Ours also compares, names and seals, and writes the file
of records. Beside it: what the next backup takes when nothing is new, and how much memory all of it took.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ranger_app import jobs
from ranger_app.actions.backup import back_up
from ranger_app.actions.restore import restoring
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.media.copying import forget_cached
from tests.benchmarks.bench_ingest import on_disk

BAR = 1.4
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of one comparison. ``megabytes`` of 10**6; ``again`` with nothing new; ``back`` of a restore."""

    files: int
    megabytes: float
    floor: float
    ours: float
    again: float
    back: float

    @property
    def ratio(self) -> float:
        """How many times the floor our backup took."""
        return self.ours / self.floor


def make_library(folder: Path, files: int, megabytes: float) -> Library:
    """A library with ``files`` originals of ``megabytes`` each, which do not compress, and a record for each."""
    library = Library.create(folder, name="Benchmark", country="RU", utc_offset=600)
    rng = random.Random(1)
    block = rng.randbytes(int(megabytes * 1e6))
    ops = []
    for number in range(files):
        data = number.to_bytes(8, "big") + block[8:]
        sha256 = hashlib.sha256(data).hexdigest()
        target = vault.place(library.vault, sha256, "jpg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        ops.append(create("media", library.new_id(), {"sha256": sha256, "bytes": len(data), "file_name": "IMG.JPG"}))
    for first in range(0, files, 500):
        library.commit(ops[first : first + 500], label="ingest")
    return library


def _originals(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("??/*") if path.is_file())


def _forget(folder: Path) -> None:
    if hasattr(os, "sync"):
        os.sync()
    for path in _originals(folder):
        forget_cached(path)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def floor_of(source: Path, target: Path) -> float:
    """Seconds to copy each file, sync it and hash it from the disk."""

    def copy() -> None:
        for path in _originals(source):
            copied = target / path.parent.name / path.name
            copied.parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as reader, copied.open("wb") as writer:
                shutil.copyfileobj(reader, writer, CHUNK)
                writer.flush()
                os.fsync(writer.fileno())
            forget_cached(copied)
            with copied.open("rb") as reader:
                hashlib.file_digest(reader, "sha256").hexdigest()

    _forget(source)
    return _timed(copy)


def compare(folder: Path, files: int, megabytes: float, rounds: int = 1) -> Figures:
    """The fastest of ``rounds`` alternating runs of each side."""
    with make_library(folder / "library", files, megabytes) as library:
        floors, ours, again = [], [], []
        file: Path | None = None
        for number in range(rounds):
            floors.append(floor_of(library.vault, folder / f"floor{number}"))
            shutil.rmtree(folder / f"floor{number}")
            _forget(library.vault)
            target = folder / f"backup{number}"
            start = time.perf_counter()
            report = jobs.run(back_up(library, target))
            ours.append(time.perf_counter() - start)
            if report.originals is None or report.originals.copied != files or report.originals.failed:
                raise AssertionError(report)
            again.append(_timed(lambda target=target: jobs.run(back_up(library, target))))
            file = report.file
        assert file is not None
        _forget(file.parent / "originals")
        start = time.perf_counter()
        restored = jobs.run(restoring(folder / "restored", file))
        back = time.perf_counter() - start
        restored.library.close()
        if restored.originals is None or restored.originals.copied != files:
            raise AssertionError(restored.originals)
    return Figures(files, files * megabytes, min(floors), min(ours), min(again), back)


def _peak() -> int:
    """The most memory this process has held, in megabytes of 10**6; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) // 10**6


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of one comparison."""
    parser = argparse.ArgumentParser(prog="bench backup", description=main.__doc__)
    parser.add_argument("--files", type=int, default=1000, help="fewer for a quick look")
    parser.add_argument("--megabytes", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to measure")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=chosen.dir or on_disk()) as folder:
        figures = compare(Path(folder), chosen.files, chosen.megabytes, chosen.rounds)
    print(f"backup of {figures.files} originals, {figures.megabytes:.0f} MB, on {platform.platform()}")
    print(f"  floor (copy, sync, cold hash): {figures.floor:7.2f} s  {figures.megabytes / figures.floor:6.0f} MB/s")
    print(f"  ours (with records, sealed):   {figures.ours:7.2f} s  {figures.megabytes / figures.ours:6.0f} MB/s")
    print(f"  ratio {figures.ratio:.2f} (bar {BAR})")
    print(f"  nothing new: {figures.again:.2f} s; all brought back: {figures.back:.2f} s; memory {_peak()} MB")
    return 0 if figures.ratio <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
