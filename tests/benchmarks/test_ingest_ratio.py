"""Ingest against its floor in the same run: absolute times belong to the benchmark, the ratio to the tests."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.bench_ingest import compare, on_disk

BAR = 2.0
"""At most so many times ``cp -r``, ``sync`` and a cold-cache ``sha256sum`` of the same files."""


def test_ingest_is_close_to_a_checked_copy() -> None:
    ratios = []
    for _attempt in range(5):  # another program may hold the processors for a while
        with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=on_disk()) as folder:
            figures = compare(Path(folder), files=60, megabytes=3.0)
        ratios.append(figures.ratio)
        if figures.ratio <= BAR:
            return
    raise AssertionError(f"ingest took {min(ratios):.2f} times the floor at best, the bar is {BAR}: {ratios}")
