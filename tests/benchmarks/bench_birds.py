"""200,000 counts: every waterbird screen, one survey, and the criteria of all sites.

Each beside a floor of the same run: the same counts summed in plain SQL, which no way of judging them can undercut.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from ranger_app.actions import site_criteria, survey_read
from ranger_app.demo import season
from ranger_app.library import Library
from ranger_app.store.connection import Database
from tests.benchmarks.bench_grid import resident_mb
from tests.benchmarks.bench_patrols import Compared, best
from ui import fonts, theme
from ui.bridge import Bridge
from ui.waterbirds.screen import WaterbirdsScreen

ROOT = Path(__file__).resolve().parents[2]
COUNTS = 200_000
SCREEN_S, CRITERIA_S = 0.3, 2.0
"""Bars of issue 6, seconds on the machine that builds it."""
FLOOR = """
SELECT s.site, s.date, c.taxon, sum(c."count") FROM "count" AS c JOIN survey AS s ON s.id = c.survey
WHERE c.deleted = 0 AND s.deleted = 0 GROUP BY s.site, s.date, c.taxon
"""
FLOOR_LIST = 'SELECT survey, count(DISTINCT taxon), sum("count") FROM "count" WHERE deleted = 0 GROUP BY survey'


def library(counts: int = COUNTS) -> Path:
    """A demo library with so many counts, made once and kept."""
    folder = ROOT / "build" / f"bench-birds-{counts}"
    done = folder / "made"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        begun = time.monotonic()
        made = season.make(folder, media=12, patrols=2, counts=counts)[0]
        print(f"  made in {time.monotonic() - begun:.0f} s")
        done.write_text(made.name, encoding="utf-8")
    return folder / done.read_text(encoding="utf-8")


def sums(db: Database, sql: str) -> int:
    """How many rows a floor has."""
    return len(db.conn.execute(sql).fetchall())


def open_screen(screen: WaterbirdsScreen, turn: Callable[[], object]) -> None:
    """Turn to a page, read it, lay it out and paint it."""
    turn()
    screen.refresh(None)
    assert not screen.grab().isNull()


def compare(opened: Library, times: int = 3) -> list[Compared]:
    """All acts beside their floors."""
    app = QApplication.instance() or QApplication([])
    app.setStyle("Fusion")  # type: ignore[attr-defined]
    fonts.apply("en")
    theme.apply("light")
    bridge = Bridge(opened, inline=True)
    screen = WaterbirdsScreen(opened, bridge)
    screen.resize(1170, 768)
    with opened.read() as db:
        survey = db.conn.execute('SELECT survey FROM "count" ORDER BY key DESC LIMIT 1').fetchone()[0]
        found = [
            Compared("list read", best(lambda: survey_read.lines(opened), times),
                     best(lambda: sums(db, FLOOR_LIST), times), SCREEN_S),
            Compared("one survey", best(lambda: survey_read.sheet(opened, survey), times),
                     best(lambda: sums(db, FLOOR_LIST), times), SCREEN_S),
        ]  # fmt: skip
        for name, turn in [("surveys", lambda: None), *screen.pictures()]:
            turn()  # what is made on the first visit is made
            found.append(
                Compared(name, best(lambda turn=turn: open_screen(screen, turn), times),
                         best(lambda: sums(db, FLOOR_LIST), 1), SCREEN_S)
            )  # fmt: skip
        found.append(
            Compared("criteria, all sites", best(lambda: site_criteria.figures(db), times),
                     best(lambda: sums(db, FLOOR), times), CRITERIA_S)
        )  # fmt: skip
    screen.deleteLater()
    bridge.close()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print every act beside its floor."""
    parser = argparse.ArgumentParser(prog="bench birds", description=main.__doc__)
    parser.add_argument("--counts", type=int, default=COUNTS)
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    good = True
    with Library.open(library(chosen.counts)) as opened:
        for one in compare(opened):
            held = one.seconds <= one.bar
            good &= held
            told = "" if held else ", NOT HELD"
            print(
                f"  {one.name:20} {one.seconds:7.3f} s, floor {one.floor:7.3f} s, {one.ratio:5.1f} times"
                f" (bar {one.bar:.1f} s{told})"
            )
        print(f"  memory {resident_mb():.0f} MB")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
