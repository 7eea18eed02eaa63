"""Ingest of a card against its floor, in one run: ``cp -r`` and ``sync``, then a cold-cache SHA-256 of the copy.

Both sides start with the card's files out of the memory cache and end with everything on the disk; ours also ends
with records, previews, and every copy read back past the cache. The first pictures must be there within a second.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy
import simplejpeg

from ranger_app import jobs
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.library import Library
from ranger_app.media.copying import forget_cached

BAR = 1.5
FIRST_BAR = 1.0
"""Seconds until the first pictures can be looked at, with their previews."""
ROOT = Path(__file__).resolve().parents[2]


def on_disk() -> Path:
    """A folder on a real disk: /tmp lies in memory on many machines, where the floor would mean nothing."""
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    return folder


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of one comparison. ``megabytes`` of 10**6; ``first`` until the first pictures were recorded."""

    files: int
    megabytes: float
    floor: float
    ours: float
    first: float

    @property
    def ratio(self) -> float:
        """How many times the floor our ingest took."""
        return self.ours / self.floor


def make_card(folder: Path, files: int, megabytes: float) -> Path:
    """A card of ``files`` different 12-megapixel JPEGs of about ``megabytes`` each, deterministic."""
    pixels = _noise(3000, 4000, 9)
    quality = 85
    picture = simplejpeg.encode_jpeg(pixels, quality, "RGB", "420")
    for quality in range(95, 30, -1):
        picture = simplejpeg.encode_jpeg(pixels, quality, "RGB", "420")
        if len(picture) <= megabytes * 1e6:
            break
    for number in range(files):
        target = folder / f"DCIM/{100 + number // 500}RCNX" / f"IMG_{number:05}.JPG"
        target.parent.mkdir(parents=True, exist_ok=True)
        # A comment segment makes each file different without drawing thousands of pictures.
        comment = b"\xff\xfe" + (18).to_bytes(2, "big") + f"{number:016}".encode()
        target.write_bytes(picture[:2] + comment + picture[2:])
    return folder


def _noise(height: int, width: int, spread: float) -> numpy.ndarray:
    random = numpy.random.default_rng(1)
    ramp = numpy.linspace(60, 190, width)[None, :, None] + numpy.linspace(-40, 40, height)[:, None, None]
    return numpy.clip(ramp + random.normal(0, spread, (height, width, 3)), 0, 255).astype(numpy.uint8)


def _sync() -> None:
    if hasattr(os, "sync"):
        os.sync()


def _forget(paths: Iterable[Path]) -> None:
    _sync()
    for path in paths:
        if path.is_file():
            forget_cached(path)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def floor_of(card: Path, target: Path) -> float:
    """Seconds of ``cp -r`` and ``sync`` followed by a cold-cache SHA-256 of the copied files."""

    def copy() -> None:
        if shutil.which("cp"):
            subprocess.run(["cp", "-r", str(card), str(target)], check=True)
        else:
            shutil.copytree(card, target)
        _sync()

    def check() -> None:
        files = sorted(path for path in target.rglob("*") if path.is_file())
        if shutil.which("sha256sum"):
            for first in range(0, len(files), 500):
                subprocess.run(
                    ["sha256sum", *map(str, files[first : first + 500])], check=True, stdout=subprocess.DEVNULL
                )
            return
        for path in files:
            with path.open("rb") as stream:
                hashlib.file_digest(stream, "sha256").hexdigest()

    _forget(card.rglob("*"))
    copied = _timed(copy)
    _forget(target.rglob("*"))
    checked = _timed(check)
    shutil.rmtree(target)
    _sync()
    return copied + checked


def ours_of(card: Path, folder: Path) -> tuple[float, float]:
    """Seconds of our ingest of the same card into a new library, and until its first pictures were on the disk."""
    with Library.create(folder, name="Benchmark", country="RU", utc_offset=600) as library:
        _forget(card.rglob("*"))
        request = IngestRequest(card, "Benchmark", 430_000_000, 1_310_000_000)
        shown: list[float] = []
        library.listeners.append(lambda _changes: shown.append(time.perf_counter()) if not shown else None)
        start = time.perf_counter()
        report = jobs.run(ingest(library, request))
        seconds = time.perf_counter() - start
        if report.stored != report.found or report.failed:
            raise AssertionError(report.answer())
    shutil.rmtree(folder)
    _sync()
    return seconds, shown[0] - start


def compare(folder: Path, files: int, megabytes: float, rounds: int = 1) -> Figures:
    """The fastest of ``rounds`` alternating runs of each side."""
    card = make_card(folder / "card", files, megabytes)
    _sync()
    size = sum(path.stat().st_size for path in card.rglob("*") if path.is_file()) / 1e6
    floors, ours = [], []
    for number in range(rounds):
        floors.append(floor_of(card, folder / f"copy{number}"))
        ours.append(ours_of(card, folder / f"library{number}"))
    return Figures(files, size, min(floors), min(taken for taken, _first in ours), min(first for _taken, first in ours))


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of one comparison."""
    parser = argparse.ArgumentParser(prog="bench ingest", description=main.__doc__)
    parser.add_argument("--files", type=int, default=2000, help="fewer for a quick look")
    parser.add_argument("--megabytes", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--dir", type=Path, default=None, help="a folder on the disk to measure")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=chosen.dir or on_disk()) as folder:
        figures = compare(Path(folder), chosen.files, chosen.megabytes, chosen.rounds)
    print(
        f"ingest of {figures.files} files, {figures.megabytes:.0f} MB,"
        f" on {platform.platform()}, {os.cpu_count()} processors"
    )
    print(
        f"  floor (cp -r, sync, cold sha256sum): {figures.floor:7.2f} s  {figures.megabytes / figures.floor:6.0f} MB/s"
    )
    print(f"  ours (copied, proved, recorded):     {figures.ours:7.2f} s  {figures.files / figures.ours:6.0f} files/s")
    print(f"  ratio {figures.ratio:.2f} (bar {BAR})")
    print(f"  first pictures after {figures.first:.2f} s (bar {FIRST_BAR})")
    return 0 if figures.ratio <= BAR and figures.first <= FIRST_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
