"""The library that benchmarks of the window stand on: a million media, made once and kept in the build folder."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from ranger_app.demo import season

ROOT = Path(__file__).resolve().parents[2]
MEDIA = 1_000_000


def library(media: int = MEDIA) -> Path:
    """The folder of a demo library with ``media`` media; RANGER_BENCH_LIBRARY names one that is there already."""
    named = os.environ.get("RANGER_BENCH_LIBRARY")
    if named:
        return Path(named)
    folder = ROOT / "build" / f"bench-{media}"
    done = folder / "made"
    if not done.is_file():
        print(f"making a library of {media:,} media …", file=sys.stderr)
        begun = time.monotonic()
        shutil.rmtree(folder, ignore_errors=True)
        made = season.make(folder, media=media)[0]
        done.write_text(made.name, encoding="utf-8")
        print(f"made in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return folder / done.read_text(encoding="utf-8")
