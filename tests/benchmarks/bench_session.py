"""A long working day in a few minutes: thousands of real keys over all screens of a library of a million media.

Held bars: the process stays under 400 MB, grows by less than 5 % in the second half, and no key stops the window's
thread for more than 250 ms.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ranger_app.library import Library
from ranger_app.store.log import newest_key
from tests.benchmarks import million
from tests.benchmarks.bench_grid import GAP_99_MS, GAP_WORST_MS, RESIDENT_MB, resident_mb
from ui import fonts, theme
from ui.app import Collector, make_application, tune
from ui.bridge import Bridge
from ui.heartbeat import Heartbeat
from ui.preferences import Preferences
from ui.shell.who import people
from ui.shell.window import Window

ACTIONS = 10_000
GROWTH = 0.05

DAY: tuple[str, ...] = (
    *("Ctrl+1", "Ctrl+2", "P"),
    *("PgDown",) * 12, *("Right",) * 8, *("Shift+Down",) * 3, "B", "Ctrl+Z", *("PgUp",) * 4, "3", "Ctrl+Z",
    "End", "Home",
    *("R", "PgDown", "Right", "R", "Return", *("Right",) * 10, "B", "N", "4", "Ctrl+Z", "Ctrl+Z", "Ctrl+Shift+Z"),
    *("Ctrl+Z", "Z", "Z", "Esc", "I", "D", "Down", "Down", "Up"),
    *("Ctrl+3", "Down", "Down", "W", "T", "Up", "Up", "Ctrl+4", "Down", "T", "Up"),
    *("Ctrl+6", "R", "D", "P", "W"),
    *("Ctrl+7", "Down", "Down", "Up", "Up"),
    *("Ctrl+8", "Alt+2", "Alt+3", "Alt+4", "Alt+5", "Alt+1"),
    *("F1", "Esc", "Ctrl+K", "Esc", "F2", "Esc"),
)  # fmt: skip
"""Keys of one round; every screen, every tab, pictures named and undone, the viewer, help and palette."""


def keys(total: int) -> Iterator[str]:
    """``total`` keys, round after round."""
    for number in range(total):
        yield DAY[number % len(DAY)]


def press(window: QWidget, key: str) -> None:
    """Press a key where the focus is."""
    combination = QKeySequence(key)[0]
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def settle(bridge: Bridge, most: float = 5.0) -> None:
    """Let the window finish what the key began."""
    end = time.perf_counter() + most
    QApplication.processEvents()
    while bridge.busy and time.perf_counter() < end:
        QApplication.processEvents()
        time.sleep(0.001)
    QApplication.processEvents()
    # The real event loop deletes what is to be deleted later; processEvents alone does not.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def measure(library: Library, actions: int) -> int:
    """Print the figures; 0 where every bar is held."""
    bridge = Bridge(library, preferences=Preferences())
    window = Window(library, bridge)
    window.show()
    QTest.qWaitForWindowExposed(window)
    settle(bridge)
    with library.read() as db:
        before_all = newest_key(db)
    heart = Heartbeat()
    memory: list[float] = []
    slow: dict[str, list[float]] = {}
    begun = time.perf_counter()
    heart.start()
    for number, key in enumerate(keys(actions)):
        before = time.perf_counter()
        press(window, key)
        settle(bridge)
        slow.setdefault(key, []).append((time.perf_counter() - before) * 1000)
        if number % 100 == 99:
            memory.append(resident_mb())
    heart.stop()
    with library.read() as db:
        made = newest_key(db) - before_all
    half = memory[len(memory) // 2 :]
    growth = (statistics.fmean(half[-5:]) - statistics.fmean(half[:5])) / statistics.fmean(half[:5])
    seconds = time.perf_counter() - begun
    print(f"  {actions:,} keys in {seconds:.0f} s over {len(window.screens)} screens, {made:,} batches written")
    print(f"  memory                      {max(memory):.0f} MB at most (bar {RESIDENT_MB:.0f})")
    print(f"  growth in the second half   {growth:+.1%} (bar {GROWTH:.0%})")
    print(
        f"  heartbeat                   {len(heart.gaps)} gaps, 99 % under {heart.percentile(0.99):.0f} ms (bar"
        f" {GAP_99_MS:.0f}), worst {heart.worst:.0f} ms (bar {GAP_WORST_MS:.0f})"
    )
    worst = sorted(((statistics.median(times), max(times), key) for key, times in slow.items()), reverse=True)[:6]
    words = (f"{key} {middle:.0f} ({most:.0f})" for middle, most, key in worst)
    print("  slowest keys, median (max) ms  " + ", ".join(words))
    good = max(memory) < RESIDENT_MB and growth < GROWTH
    good &= made >= actions // len(DAY) and len(window.screens) == len(window.places)
    good &= heart.percentile(0.99) < GAP_99_MS and heart.worst < GAP_WORST_MS
    window.close()
    bridge.close()
    return 0 if good else 1


def main(arguments: list[str] | None = None) -> int:
    """Print memory, its growth and the heartbeat of a long session."""
    parser = argparse.ArgumentParser(prog="bench session", description=main.__doc__)
    parser.add_argument("--media", type=int, default=million.MEDIA)
    parser.add_argument("--actions", type=int, default=ACTIONS)
    chosen = parser.parse_args(arguments)
    application = make_application()
    collector = Collector(application)
    fonts.apply("en")
    theme.apply("light")
    tune()
    with tempfile.TemporaryDirectory(prefix="ranger-bench-") as folder:
        os.environ["RANGER_PROFILE"] = str(Path(folder))
        with Library.open(million.library(chosen.media)) as library:
            library.attended = True
            library.person = next(one.id for one in people(library) if one.text("role") == "manager")
            status = measure(library, chosen.actions)
    del collector
    return status


if __name__ == "__main__":
    sys.exit(main())
