"""The window keeps answering beside every long work: a card, a bundle each way, a backup, an export and a check."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.benchmarks.bench_grid import GAP_WORST_MS
from tests.benchmarks.bench_heartbeat import measure
from tests.benchmarks.bench_ingest import on_disk

ATTEMPTS = 4
"""Another program may hold the processors for a while."""


def test_no_work_stops_the_window(qapp: QApplication) -> None:
    qapp.setStyle("Fusion")
    worst: list[dict[str, float]] = []
    for _attempt in range(ATTEMPTS):
        with tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=on_disk()) as folder:
            found = measure(Path(folder), files=30, megabytes=1.0)
        assert {one.job for one in found} == {"card", "bundle written", "bundle read", "backup", "export", "check"}
        worst.append({one.job: one.worst for one in found})
        if max(worst[-1].values()) < GAP_WORST_MS:
            return
    raise AssertionError(f"the window stood still for more than {GAP_WORST_MS} ms: {worst}")
