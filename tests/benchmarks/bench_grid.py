"""The grid at a million media: opening, scrolling, jumping and filtering, the heartbeat meanwhile, and memory.

The floor of opening is the bare query for the same row numbers in the same run.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ranger_app.actions.check import check
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import Library
from ranger_app.store.gallery import Filter
from tests.benchmarks import grid_acts, million
from ui import fonts, theme
from ui.app import Collector, make_application, tune
from ui.bridge import Bridge
from ui.heartbeat import Heartbeat
from ui.widgets.grid_view import GridView
from ui.widgets.media_source import MediaSource

OPEN_BAR_S = 1.0
GAP_99_MS, GAP_WORST_MS = 50.0, 250.0
RESIDENT_MB = 400.0
FRAME_MS = 16.0


def resident_mb() -> float:
    """Memory of this process in megabytes of 10**6; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, AttributeError):
        return 0.0


class Stage:
    """A grid on a library, driven as a person would drive it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.bridge = Bridge(library)
        self.view = GridView(MediaSource(library))
        self.view.resize(1122, 600)
        self.view.show()
        self.heart = Heartbeat()
        QTest.qWait(50)

    def until(self, done: Callable[[], bool], most: float = 60.0) -> None:
        """Let the event loop run until ``done``."""
        end = time.perf_counter() + most
        while not done() and time.perf_counter() < end:
            QApplication.processEvents()
            time.sleep(0.0005)

    def find(self, wanted: Filter) -> tuple[float, int]:
        """Seconds from the wish to the painted grid, and how many pictures it shows."""
        found: list[array[int]] = []
        begun = time.perf_counter()
        self.bridge.run(lambda _cancel: self.view.source.find(wanted), found.append)
        self.until(lambda: bool(found))
        self.view.show_keys(found[0])
        self.view.viewport().repaint()
        return time.perf_counter() - begun, len(found[0])

    def scroll(self, steps: int) -> list[float]:
        """Milliseconds of each painted step of the wheel."""
        times = []
        for _step in range(steps):
            begun = time.perf_counter()
            place = QPointF(400, 300)
            wheel = QWheelEvent(
                place,
                place,
                QPoint(),
                QPoint(0, -120),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(self.view.viewport(), wheel)
            self.view.viewport().repaint()
            times.append((time.perf_counter() - begun) * 1000)
            QApplication.processEvents()
        return times

    def jump(self, steps: int) -> list[float]:
        """Milliseconds of each painted jump to anywhere."""
        bar, rng, times = self.view.verticalScrollBar(), random.Random(1), []
        for _step in range(steps):
            begun = time.perf_counter()
            bar.setValue(rng.randrange(bar.maximum() + 1))
            self.view.viewport().repaint()
            times.append((time.perf_counter() - begun) * 1000)
            QApplication.processEvents()
        return times

    def close(self) -> None:
        """Take everything down."""
        self.bridge.close()
        self.view.thumbs.stop()
        self.view.close()
        self.view.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def stoppable(library: Library) -> Callable[[CancelToken], Iterator[Progress]]:
    """A long job on the pool: the check of every signature, until it is cancelled."""

    def job(cancel: CancelToken) -> Iterator[Progress]:
        for progress in check(library):
            yield progress
            if cancel.cancelled:
                return

    return job


def measure(library: Library, seconds: float) -> int:
    """Print all figures; 0 where every bar is held."""
    stage = Stage(library)
    begun = time.perf_counter()
    with library.read() as db:
        rows = db.conn.execute("SELECT key FROM media WHERE deleted = 0 ORDER BY taken_at, key").fetchall()
        species = db.conn.execute(
            "SELECT shown FROM media WHERE shown IS NOT NULL GROUP BY 1 ORDER BY count(*)"
        ).fetchone()
    floor = time.perf_counter() - begun
    total = len(rows)
    del rows
    good = True
    stage.heart.start()
    opened, shown = stage.find(Filter())
    stage.heart.stop()
    good &= opened <= OPEN_BAR_S and shown == total
    print(f"  open {shown:,} media        {opened * 1000:7.0f} ms (bar 1,000; bare query {floor * 1000:.0f} ms)")
    print(f"  heartbeat while opening     worst gap {stage.heart.worst:.0f} ms")
    for name, times in (("scroll", stage.scroll(400)), ("jump", stage.jump(200))):
        p95 = sorted(times)[int(len(times) * 0.95)]
        good &= p95 < FRAME_MS
        print(f"  {name:6} painted             median {statistics.median(times):.1f} ms, 95 % {p95:.1f} ms (bar 16)")
    for name, wanted in (
        ("to review", Filter(review="open")),
        ("one species", Filter(shown=species[0] if species else "blank")),
        ("all again", Filter()),
    ):
        taken, shown = stage.find(wanted)
        print(f"  filter {name:12}         {taken * 1000:7.0f} ms, {shown:,} media")
    begun = time.perf_counter()
    stage.view.selectAll()
    taken = (time.perf_counter() - begun) * 1000
    print(f"  select all                  {taken:7.1f} ms, {stage.view.selected_number():,}")
    begun = time.perf_counter()
    stage.view.resize(900, 560)
    stage.view.viewport().repaint()
    print(f"  resize                      {(time.perf_counter() - begun) * 1000:7.1f} ms")
    running = stage.bridge.run(stoppable(library), title="Check")
    stage.heart.start()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and not running.finished:
        stage.scroll(3)
        stage.until(lambda: False, 0.05)
    stage.heart.stop()
    running.cancel.cancel()
    stage.until(lambda: running.finished)
    gaps = stage.heart
    good &= gaps.percentile(0.99) < GAP_99_MS and gaps.worst < GAP_WORST_MS
    print(
        f"  heartbeat beside a job      {len(gaps.gaps)} gaps, 99 % under {gaps.percentile(0.99):.0f} ms (bar 50),"
        f" worst {gaps.worst:.0f} ms (bar 250)"
    )
    memory = resident_mb()
    good &= memory < RESIDENT_MB
    print(f"  memory                      {memory:.0f} MB resident (bar 400)")
    stage.close()
    return 0 if good else 1


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of the grid."""
    parser = argparse.ArgumentParser(prog="bench grid", description=main.__doc__)
    parser.add_argument("--media", type=int, default=million.MEDIA)
    parser.add_argument("--seconds", type=float, default=8.0)
    chosen = parser.parse_args(arguments)
    application = make_application()
    collector = Collector(application)
    fonts.apply("en")
    theme.apply("light")
    tune()
    with Library.open(million.library(chosen.media)) as library:
        status = measure(library, chosen.seconds)
        with library.read() as db:
            library.person = db.conn.execute("SELECT id FROM person WHERE role = 'manager'").fetchone()[0]
        status |= 0 if grid_acts.measure(library) else 1
    del collector
    return status


if __name__ == "__main__":
    sys.exit(main())
