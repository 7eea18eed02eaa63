"""Ingest against its floor in the same run: absolute times belong to the benchmark, the ratio to the tests."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.bench_ingest import BAR, FIRST_BAR, Figures, compare, on_disk


def test_ingest_is_close_to_a_checked_copy_and_shows_its_first_pictures_at_once() -> None:
    tried: list[Figures] = []
    for _attempt in range(5):  # another program may hold the processors for a while
        with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=on_disk()) as folder:
            tried.append(compare(Path(folder), files=60, megabytes=3.0))
        if any(one.ratio <= BAR for one in tried) and any(one.first <= FIRST_BAR for one in tried):
            return
    said = ", ".join(f"{one.ratio:.2f} ({one.first:.2f} s)" for one in tried)
    raise AssertionError(f"ingest took so many times the floor, the bars are {BAR} and {FIRST_BAR} s: {said}")
