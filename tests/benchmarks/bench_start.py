"""Start of the window on a large library against a bare Qt window, alternating launches in one run.

Ours ends when Today shows the true figures and a key has been answered on screen; the bare window ends when it was
painted and a key arrived. Both are timed from the launch of the process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import status
from ranger_app.library import Library
from tests.benchmarks import million

ROOT = Path(__file__).resolve().parents[2]
BAR = 6.0

BARE = """
import sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

class Bare(QWidget):
    painted = False
    def paintEvent(self, event):
        self.painted = True
    def keyPressEvent(self, event):
        print("ready", flush=True)
        QApplication.quit()

app = QApplication([])
window = Bare()
window.resize(1366, 768)
window.show()
def look():
    if window.painted:
        timer.stop()
        QTest.keyClick(window, Qt.Key.Key_F2)
timer = QTimer()
timer.timeout.connect(look)
timer.start(1)
app.exec()
"""

OURS = """
import json, sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtTest import QTest
from ui.app import main

def watch(desk):
    timer = QTimer(desk)
    def look():
        screen = desk.window.current()
        if screen.day is None or not screen.cards:
            return
        timer.stop()
        QTest.keyClick(desk.window, Qt.Key.Key_F2)
        desk.window.repaint()
        assert desk.window.panel.isVisible()
        print(json.dumps({"to_review": screen.day.to_review, "shown": screen.cards[0].figure.text()}), flush=True)
        desk.window.close()
    timer.timeout.connect(look)
    timer.start(1)

sys.exit(main(["--library", sys.argv[1]], watch=watch))
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of every launch."""

    bare: list[float]
    ours: list[float]

    @property
    def ratio(self) -> float:
        """Median of ours over median of bare."""
        return statistics.median(self.ours) / statistics.median(self.bare)


def launch(code: str, *arguments: str, profile: str) -> tuple[float, str]:
    """Seconds from the launch to the first line of output, and that line."""
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "RANGER_PROFILE": profile},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        seconds = time.perf_counter() - begun
        process.communicate(timeout=60)
    if process.returncode or not line:
        raise AssertionError(f"exit {process.returncode}, said {line!r}")
    return seconds, line


def compare(folder: Path, rounds: int) -> Figures:
    """Alternating launches, after one of each that fills the caches."""
    with Library.open(folder) as library:
        true = status.waiting(library)["pictures_to_review"]
    bare, ours = [], []
    with tempfile.TemporaryDirectory(prefix="ranger-profile-") as profile:
        for number in range(rounds + 1):
            first, _line = launch(BARE, profile=profile)
            second, line = launch(OURS, str(folder), profile=profile)
            said = json.loads(line)
            if said["to_review"] != true or "".join(c for c in said["shown"] if c.isdigit()) != str(true):
                raise AssertionError(f"Today shows {said}, true are {true}")
            if number:
                bare.append(first)
                ours.append(second)
    return Figures(bare, ours)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of one comparison."""
    parser = argparse.ArgumentParser(prog="bench start", description=main.__doc__)
    parser.add_argument("--media", type=int, default=million.MEDIA)
    parser.add_argument("--rounds", type=int, default=10)
    chosen = parser.parse_args(arguments)
    figures = compare(million.library(chosen.media), chosen.rounds)
    for name, seconds in (("bare Qt window", figures.bare), ("Ranger, Today", figures.ours)):
        median = statistics.median(seconds)
        print(f"  {name:15} median {median:.3f} s, {min(seconds):.3f} to {max(seconds):.3f}, {len(seconds)} launches")
    print(f"  ratio {figures.ratio:.2f} (bar {BAR})")
    return 0 if figures.ratio <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
