"""Does the window keep answering while work runs: a card, a bundle each way, a backup, an export and a check.

Gaps of a 10 ms heartbeat in the window's thread, counted only while the job runs, with the screens open that redraw
themselves at every change.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest

from ranger_app.actions.backup import back_up
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.check import check
from ranger_app.actions.export_data import export_csv
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.demo import season
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from tests.benchmarks.bench_grid import GAP_99_MS, GAP_WORST_MS
from tests.benchmarks.bench_ingest import make_card, on_disk
from ui import fonts, theme
from ui.app import Collector, make_application, tune
from ui.bridge import Bridge
from ui.heartbeat import Heartbeat
from ui.preferences import Preferences
from ui.shell.window import Window

_LONGEST_S = 600.0


@dataclass(frozen=True, slots=True)
class Beats:
    """The gaps of one job in milliseconds."""

    job: str
    seconds: float
    gaps: int
    most: float
    """What 99 % of the gaps stay under."""
    worst: float

    @property
    def held(self) -> bool:
        """Whether both bars are held."""
        return self.most < GAP_99_MS and self.worst < GAP_WORST_MS


def beside(window: Window, bridge: Bridge, name: str, work: Callable[[CancelToken], Any]) -> Beats:
    """Run one job on the bridge and measure the window beside it."""
    heart, ended, failed = Heartbeat(), list[object](), list[BaseException]()
    begun = time.perf_counter()
    heart.start()
    bridge.run(work, ended.append, failed.append, title=name)
    while not ended and not failed and time.perf_counter() - begun < _LONGEST_S:
        QTest.qWait(20)
    heart.stop()
    if failed or not ended:
        raise failed[0] if failed else TimeoutError(name)
    while bridge.busy:  # what the screens read afterwards is not the job
        QTest.qWait(20)
    return Beats(name, time.perf_counter() - begun, len(heart.gaps), heart.percentile(0.99), heart.worst)


def measure(folder: Path, files: int, megabytes: float) -> list[Beats]:
    """Every kind of long work, one after the other, in a window on the first of two demo stations."""
    card = make_card(folder / "card", files, megabytes)
    first, second = season.make(folder / "demo", media=40, patrols=3, counts=60)
    found: list[Beats] = []
    fonts.apply("en")
    theme.apply("light")
    with Library.open(second) as other:
        partner = other.station.id
    with Library.open(first) as library:
        bridge = Bridge(library, preferences=Preferences())
        window = Window(library, bridge)
        window.show()
        for place in window.places:  # all screens built: each hears of every change
            window.go(place.id)
            QTest.qWait(50)
        window.go("camera_traps")
        QTest.qWait(300)
        stick = folder / "stick"
        stick.mkdir()
        request = IngestRequest(card, "Benchmark", 430_000_000, 1_310_000_000)
        for name, work in (
            ("card", lambda cancel: ingest(library, request, cancel)),
            ("bundle written", lambda cancel: write_bundle(library, WriteRequest(stick, (partner,)), cancel)),
            ("backup", lambda cancel: back_up(library, folder / "backup", cancel=cancel)),
            ("export", lambda _cancel: export_csv(library, folder / "export", exact=True)),
            ("check", lambda _cancel: check(library)),
        ):
            found.append(beside(window, bridge, name, work))
        window.close()
        bridge.close()
        window.deleteLater()
    QTest.qWait(50)
    with Library.open(second) as other:
        bridge = Bridge(other, preferences=Preferences())
        window = Window(other, bridge)
        window.show()
        QTest.qWait(300)
        found.append(beside(window, bridge, "bundle read", lambda cancel: read_bundles(other, stick, cancel=cancel)))
        window.close()
        bridge.close()
        window.deleteLater()
    QTest.qWait(50)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print the gaps beside every kind of work."""
    parser = argparse.ArgumentParser(prog="bench heartbeat", description=main.__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--megabytes", type=float, default=3.0)
    chosen = parser.parse_args(arguments)
    collector = Collector(make_application())
    tune()
    with (
        tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=on_disk()) as folder,
        tempfile.TemporaryDirectory(prefix="ranger-profile-") as profile,
    ):
        os.environ["RANGER_PROFILE"] = profile
        found = measure(Path(folder), chosen.files, chosen.megabytes)
    del collector
    print(f"heartbeat on {platform.platform()}, {os.cpu_count()} processors; bars: 99 % under 50 ms, none over 250 ms")
    for one in found:
        print(
            f"  {one.job:15} {one.seconds:6.1f} s {one.gaps:6} gaps, 99 % under {one.most:5.1f} ms,"
            f" worst {one.worst:5.1f} ms"
            f"{'' if one.held else '   NOT HELD'}"
        )
    return 0 if all(one.held for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
