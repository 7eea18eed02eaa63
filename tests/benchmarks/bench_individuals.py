"""2,000 known animals met 200,000 times: the ledger of crossings, the catalogue, and turning pairs side by side.

Each beside a floor of the same run: the same rows in plain SQL, or the two pictures of a pair decoded and nothing else.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import shutil
import statistics
import sys
import time
from pathlib import Path

import numpy
from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from ranger_app import jobs
from ranger_app.actions import analysis_crossings, catalogue
from ranger_app.actions.analysis import Question
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store.connection import Database
from tests.benchmarks.bench_analysis import peak_mb
from tests.benchmarks.bench_grid import RESIDENT_MB, resident_mb
from tests.benchmarks.bench_patrols import Compared, best
from tests.individuals import many
from ui import fonts, theme
from ui.app import Collector
from ui.bridge import Bridge
from ui.camera_traps.animals.catalogue_page import CataloguePage
from ui.camera_traps.compare.compare_page import ComparePage

ROOT = Path(__file__).resolve().parents[2]
LEDGER_S, CATALOGUE_S, FLIP_S = 3.0, 0.3, 0.1
"""Bars of issue 7, seconds on the machine that builds it."""
PAIRS, PICTURES = 20, 12
"""Pairs that are turned, and different pictures that the review copies of their animals are."""
LOOKED_AT_MS = 700
"""Less than anybody needs to look at two flanks."""
MET = """
SELECT o.individual, m.taken_at, m.deployment FROM observation AS o JOIN media AS m ON m.id = o.media
WHERE o.deleted = 0 AND m.deleted = 0 AND o.individual IS NOT NULL ORDER BY o.individual, m.taken_at
"""
COUNTED = """
SELECT i.id, i.code, i.name, i.taxon, count(o.key) FROM individual AS i
LEFT JOIN observation AS o ON o.individual = i.id AND o.deleted = 0 WHERE i.deleted = 0 GROUP BY i.id
"""


def library(individuals: int, encounters: int) -> Path:
    """The library, made once and kept; RANGER_BENCH_INDIVIDUALS names one that is there already."""
    named = os.environ.get("RANGER_BENCH_INDIVIDUALS")
    if named:
        return Path(named)
    folder = ROOT / "build" / f"bench-individuals-{encounters}"
    if not (folder / "made").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        begun = time.monotonic()
        many.make(folder, individuals, encounters)
        (folder / "made").touch()
        print(f"  made in {time.monotonic() - begun:.0f} s")
    return folder


def ledger(opened: Library) -> analysis_crossings.Told:
    """Every animal's line of the ledger, from the records."""
    with opened.read() as db:
        return jobs.run(analysis_crossings.tell(opened, db, Question()))


def processor_s(opened: Library) -> float:
    """Seconds of one processor that the ledger takes, whatever else the machine does."""
    taken = []
    for _time in range(2):
        begun = time.process_time()
        ledger(opened)
        taken.append(time.process_time() - begun)
    return min(taken)


def entries(opened: Library) -> None:
    """The catalogue as the actions give it."""
    with opened.read() as db:
        catalogue.entries(db)


def show_catalogue(opened: Library) -> None:
    """What happens when somebody turns to the catalogue: read, fill, lay out, paint."""
    gc.collect()  # the page of the run before
    bridge = Bridge(opened, inline=True)
    page = CataloguePage(opened, bridge, lambda: None)
    page.resize(1200, 700)
    page.show()
    page.refresh(None)
    QApplication.processEvents()
    assert not page.grab().isNull()
    _gone(page)
    bridge.close()


def _gone(page: QWidget) -> None:
    """Take a page down, as the event loop of the window would; what it held goes with the next collection."""
    page.hide()
    page.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def pairs_with_pictures(opened: Library) -> list[tuple[bytes, bytes]]:
    """Pairs of neighbouring animals whose pictures all have a review copy."""
    with opened.read() as db:
        animals = [row[0] for row in db.conn.execute("SELECT id FROM individual ORDER BY key LIMIT ?", (PAIRS * 20,))]
        chosen = animals[2::20] + animals[3::20]
        marks = ",".join("?" * len(chosen))
        hashes = [
            row[0]
            for row in db.conn.execute(
                "SELECT m.sha256 FROM observation AS o JOIN media AS m ON m.id = o.media"
                f" WHERE o.individual IN ({marks})",
                chosen,
            )
        ]
    drawn = _drawn(opened.cache)
    for number, sha256 in enumerate(hashes):
        place = thumbs.review_place(opened.cache, sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            os.link(drawn[number % len(drawn)], place)
    return list(zip(chosen[:PAIRS], chosen[PAIRS:], strict=True))


def _drawn(cache: Path) -> list[Path]:
    chance = numpy.random.default_rng(7)
    found = []
    for number in range(PICTURES):
        place = cache / "review" / f"drawn-{number}.jpg"
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            coarse = chance.integers(0, 255, (120, 160, 3), dtype=numpy.uint8)
            Image.fromarray(coarse).resize((1280, 960), Image.Resampling.BICUBIC).save(place, quality=88)
        found.append(place)
    return found


def flips(opened: Library, bridge: Bridge, pairs: list[tuple[bytes, bytes]], pause: int) -> list[float]:
    """Seconds from the key to both pictures painted, for each pair; ``pause`` ms of looking before the next."""
    gc.collect()  # the pages before
    page = ComparePage(opened, bridge)
    page.resize(1366, 700)
    page.show()
    page.open(*pairs[0], pairs)
    taken = []
    _until_drawn(page, pairs[0])
    for pair in pairs[1:]:
        _wait(pause)
        begun = time.perf_counter()
        page.step(1)
        _until_drawn(page, pair)
        page.grab()
        taken.append(time.perf_counter() - begun)
    _gone(page)
    return taken


def _until_drawn(page: ComparePage, pair: tuple[bytes, bytes]) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < 30:
        QApplication.processEvents()
        panes = page.panes.panes
        shown = {pane.subject.animal for pane in panes if pane.subject is not None}
        if shown == set(pair) and all(pane.picture.has_picture for pane in panes):
            return
        time.sleep(0.001)
    raise AssertionError("a pair was not drawn")


def _wait(ms: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def _decoded(cache: Path) -> None:
    for place in _drawn(cache)[:2]:
        assert not QImage(str(place)).isNull()


def rows(db: Database, sql: str) -> int:
    """The rows of a plain question."""
    return len(db.conn.execute(sql).fetchall())


def measure(opened: Library) -> bool:
    """Print every act beside its floor; True where all bars are held."""
    app = QApplication.instance() or QApplication([])
    app.setStyle("Fusion")  # type: ignore[attr-defined]
    _collector = Collector()  # as in the window: no collection comes in between
    fonts.apply("en")
    theme.apply("light")
    with opened.read() as db:
        met = Compared("ledger", best(lambda: ledger(opened)), best(lambda: rows(db, MET)), LEDGER_S)
        counted = best(lambda: rows(db, COUNTED))
    processor = processor_s(opened)
    memory = {"ledger": (resident_mb(), peak_mb())}
    pairs, bridge = pairs_with_pictures(opened), Bridge(opened)  # one for all pages, as in the window
    decoded = best(lambda: _decoded(opened.cache))
    good = True
    for one in (
        met,
        Compared("catalogue read", best(lambda: entries(opened)), counted, CATALOGUE_S),
        Compared("catalogue opened", best(lambda: show_catalogue(opened)), counted, CATALOGUE_S),
        Compared("pair turned", statistics.median(flips(opened, bridge, pairs, LOOKED_AT_MS)), decoded, FLIP_S),
    ):
        good &= one.seconds <= one.bar
        held = "" if one.seconds <= one.bar else ", NOT HELD"
        print(
            f"  {one.name:18} {one.seconds:7.3f} s, floor {one.floor:7.3f} s, {one.ratio:5.1f} times"
            f" (bar {one.bar:.1f} s{held})"
        )
    print(f"  ledger, time of one processor {processor:.2f} s")
    held_key = flips(opened, bridge, pairs, 0)
    bridge.close()
    print(f"  pair turned, held key: median {statistics.median(held_key):.3f} s, worst {max(held_key):.3f} s")
    gc.collect()
    memory["pairs turned"] = (resident_mb(), peak_mb())
    report = best(lambda: jobs.run(analysis_crossings.crossings(opened, Question())), 1)
    memory["report"] = (resident_mb(), peak_mb())
    print(f"  report of crossings {report:.3f} s with every table")
    for what, (now, most) in memory.items():
        print(f"  memory after {what:12} {now:4.0f} MB, at its highest so far {most:4.0f} MB (bar {RESIDENT_MB:.0f})")
        good &= now < RESIDENT_MB
    return good


def main(arguments: list[str] | None = None) -> int:
    """Print every act beside its floor."""
    parser = argparse.ArgumentParser(prog="bench individuals", description=main.__doc__)
    parser.add_argument("--individuals", type=int, default=many.INDIVIDUALS)
    parser.add_argument("--encounters", type=int, default=many.ENCOUNTERS)
    chosen = parser.parse_args(arguments)
    with Library.open(library(chosen.individuals, chosen.encounters)) as opened:
        told = ledger(opened)
        print(
            f"  {chosen.individuals:,} animals, {len(told.met.encounters):,} encounters, {len(told.lines):,} lines,"
            f" on {platform.platform()}, {os.cpu_count()} processors"
        )
        del told
        return 0 if measure(opened) else 1


if __name__ == "__main__":
    sys.exit(main())
