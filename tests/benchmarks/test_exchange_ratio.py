"""Originals in a bundle against ``tar`` and ``age``: absolute times belong to the benchmark."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.benchmarks.bench_exchange import compare

BAR = 0.2
"""At least this part of the rate of ``tar`` and ``age``: short runs bear the costs of opening and of syncing, and while
other programs hold the processors the two of them together get more than one of ours. The benchmark holds 1 GiB to its
bar."""


def test_originals_keep_up_with_tar_and_age() -> None:
    seen = []
    for _attempt in range(4):  # another program may hold the processors for a while
        with tempfile.TemporaryDirectory(prefix="ranger-bench-") as folder:
            made = compare(Path(folder), 60)
        if made is None:
            pytest.skip("the stock age program is not installed")
        seen.append((round(made.write_ratio, 2), round(made.read_ratio, 2)))
        if min(seen[-1]) >= BAR:
            return
    raise AssertionError(f"(writing, reading) ran at {seen} of the floor's rate, the bar is {BAR}")
