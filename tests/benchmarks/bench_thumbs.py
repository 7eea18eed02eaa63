"""Thumbnails of 512 pixels for each second against ``vipsthumbnail``, called once for each core over the whole list.

Both sides decode every picture (there are no embedded previews) and write a JPEG; ours also tells damaged files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy
import simplejpeg

from ranger_app.media.card import CardFile, walk
from ranger_app.media.examine import examine
from ranger_app.media.intake import workers
from ranger_app.media.scale import smaller
from tests.benchmarks.bench_ingest import on_disk
from tests.conftest import real_data_folder

BAR = 1.5
EDGE = 512


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of each alternating round of one list."""

    files: int
    megabytes: float
    ours: tuple[float, ...]
    vips: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        """How many times as many thumbnails we made in each round."""
        return [theirs / mine for mine, theirs in zip(self.ours, self.vips, strict=True)]

    @property
    def ratio(self) -> float:
        """The fastest round of each side against the other's."""
        return min(self.vips) / min(self.ours)


def make_pictures(folder: Path, files: int, megabytes: float) -> Path:
    """``files`` JPEGs of 12 megapixels and about ``megabytes``: soft shapes, fine texture, a sensor's noise."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in range(min(4, files)):
        pixels = _drawn(kind)
        sampling = ("420", "422")[kind % 2]
        encoded = b""
        for quality in range(95, 30, -2):
            encoded = simplejpeg.encode_jpeg(pixels, quality, "RGB", sampling)
            if len(encoded) <= megabytes * 1e6:
                break
        for number in range(kind, files, 4):
            comment = b"\xff\xfe" + (18).to_bytes(2, "big") + f"{number:016}".encode()
            (folder / f"IMG_{number:05}.JPG").write_bytes(encoded[:2] + comment + encoded[2:])
    return folder


def _drawn(kind: int, height: int = 3000, width: int = 4000) -> numpy.ndarray:
    random = numpy.random.default_rng(kind)
    total = numpy.full((height, width, 3), 110, numpy.float32)
    for step, strength in ((250, 40), (63, 30), (16, 25), (4, 20)):
        coarse = random.normal(128, strength, (height // step + 2, width // step + 2, 3)).clip(0, 255)
        rough = coarse.astype(numpy.uint8).repeat(step, 0).repeat(step, 1)[:height, :width]
        total += rough.astype(numpy.float32) - 128
    total += random.normal(0, 5, (height, width, 1))
    return smaller(numpy.ascontiguousarray(total.clip(0, 255).astype(numpy.uint8)), width)


def ours_of(files: tuple[CardFile, ...], out: Path) -> float:
    """Seconds of our thumbnails: as many threads as an ingest has, each through the ingest's own look at a file.

    The threads of an ingest give way to other programs; here they do not, because the other side does not either.
    """

    def one(file: CardFile) -> None:
        _about, seen = examine(file.path.read_bytes(), file.format, EDGE)
        if seen.damaged or seen.preview is None:
            raise AssertionError((file.relative, seen.damaged))
        (out / f"{file.path.stem}.ours.jpg").write_bytes(seen.preview)

    start = time.perf_counter()
    with ThreadPoolExecutor(workers()) as pool:
        for _done in pool.map(one, files):
            pass
    return time.perf_counter() - start


def vips_of(files: tuple[CardFile, ...], out: Path) -> float:
    """Seconds of ``vipsthumbnail``: one call for each core, the list dealt out among them."""
    cores = os.cpu_count() or 1
    start = time.perf_counter()
    calls = [
        subprocess.Popen(
            ["vipsthumbnail", "--size", str(EDGE), "-o", f"{out}/%s.vips.jpg", *(str(one.path) for one in share)]
        )
        for share in (files[core::cores] for core in range(cores))
        if share
    ]
    statuses = [call.wait() for call in calls]
    if any(statuses):
        raise AssertionError("vipsthumbnail failed")
    return time.perf_counter() - start


def compare(pictures: Path, rounds: int) -> Figures:
    """Alternating runs of both sides over all JPEGs of a folder, the pictures in memory before the first."""
    files = tuple(file for file in walk(pictures).files if file.format.decoder == "jpeg")
    size = sum(len(file.path.read_bytes()) for file in files) / 1e6
    ours, vips = [], []
    with tempfile.TemporaryDirectory(prefix="ranger-thumbs-", dir=on_disk()) as out:
        for _round in range(rounds):
            ours.append(ours_of(files, Path(out)))
            vips.append(vips_of(files, Path(out)))
        made = len(list(Path(out).glob("*.jpg")))
        if made != 2 * len(files):
            raise AssertionError(f"{made} thumbnails of {len(files)} pictures on both sides")
    return Figures(len(files), size, tuple(ours), tuple(vips))


def _print(title: str, figures: Figures) -> None:
    print(f"{title}: {figures.files} files, {figures.megabytes:.0f} MB, {os.cpu_count()} processors")
    print(f"  vipsthumbnail: {figures.files / min(figures.vips):7.1f} a second")
    print(f"  ours:          {figures.files / min(figures.ours):7.1f} a second")
    each = ", ".join(f"{ratio:.2f}" for ratio in figures.ratios)
    print(f"  ratio {figures.ratio:.2f} (bar {BAR}); each round: {each}")


def main(arguments: list[str] | None = None) -> int:
    """Print the thumbnails for each second of both sides."""
    parser = argparse.ArgumentParser(prog="bench thumbs", description=main.__doc__)
    parser.add_argument("--files", type=int, default=120)
    parser.add_argument("--megabytes", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=4)
    chosen = parser.parse_args(arguments)
    if shutil.which("vipsthumbnail") is None:
        print("skipped: vipsthumbnail is not here (Debian: libvips-tools)")
        return 0
    with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=on_disk()) as folder:
        figures = compare(make_pictures(Path(folder), chosen.files, chosen.megabytes), chosen.rounds)
    _print("drawn pictures", figures)
    real = real_data_folder() / "camtrap-dp-example" / "media"
    if real.is_dir():
        _print("real pictures", compare(real, chosen.rounds))
    else:
        print(f"real pictures: skipped, none at {real}")
    return 0 if figures.ratio >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
