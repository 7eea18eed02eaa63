"""10,000 patrols with 5,000,000 track points: the list, one patrol of 20,000 points drawn, a season, all of the effort.

Each beside a floor of the same run: the same rows in plain SQL, or the same points read and their lengths added up with
numpy, which no way of counting them can undercut.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy
from PySide6.QtWidgets import QApplication

from ranger_app import jobs
from ranger_app.actions import analysis_month, patrol_effort, patrol_list, patrol_read, patrol_study
from ranger_app.actions.analysis import Question
from ranger_app.demo import season
from ranger_app.domain.ops import create
from ranger_app.domain.patrol_question import later, season_of, span
from ranger_app.geo import tracks
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.store.connection import Database
from tests.benchmarks.bench_grid import resident_mb
from ui import fonts, theme
from ui.bridge import Bridge
from ui.patrols.patrol_list import PatrolTable
from ui.patrols.sketch_view import SketchView

ROOT = Path(__file__).resolve().parents[2]
PATROLS = 10_000
POINTS = 20_000
LIST_S, DRAWN_S, SEASON_S = 0.3, 1.0, 5.0
"""Bars of issue 5, seconds on the machine that builds it."""
FLOOR_LIST = """
SELECT p.id, p.name, p.date, p.transport, p.state, sum(t.cleaned_metres), sum(t.cleaned_seconds)
FROM patrol AS p LEFT JOIN track AS t ON t.patrol = p.id AND t.deleted = 0 WHERE p.deleted = 0 GROUP BY p.id
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Seconds of one act and of its floor, the best of several runs of each."""

    name: str
    seconds: float
    floor: float
    bar: float

    @property
    def ratio(self) -> float:
        """Times the floor."""
        return self.seconds / self.floor


def library(patrols: int = PATROLS) -> Path:
    """A demo library with so many patrols, made once and kept; RANGER_BENCH_PATROLS names one that is there already."""
    named = os.environ.get("RANGER_BENCH_PATROLS")
    if named:
        return Path(named)
    folder = ROOT / "build" / f"bench-patrols-{patrols}"
    done = folder / "made"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        begun = time.monotonic()
        made = season.make(folder, media=12, patrols=patrols, counts=20)[0]
        print(f"  made in {time.monotonic() - begun:.0f} s")
        done.write_text(made.name, encoding="utf-8")
    return folder / done.read_text(encoding="utf-8")


def best(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest of several runs."""
    taken = []
    for _time in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def compare(opened: Library, times: int = 3) -> list[Compared]:
    """All acts beside their floors; the library gets one patrol more, of POINTS points, for the time of the run."""
    app = QApplication.instance() or QApplication([])
    app.setStyle("Fusion")  # type: ignore[attr-defined]
    fonts.apply("en")
    theme.apply("light")
    with opened.read() as db:
        newest = patrol_study.newest_day(db)
    assert newest is not None
    months = season_of(f"{newest:%Y-%m}")
    wanted = [months, tuple(later(one, -3) for one in months), tuple(later(one, -12) for one in months)]
    long_one = long_patrol(opened)
    with opened.read() as db:
        return [
            Compared("list read", best(lambda: patrol_list.lines(opened), times),
                     best(lambda: rows(db), times), LIST_S),
            Compared("list opened", best(lambda: show_list(opened), times), best(lambda: rows(db), times), LIST_S),
            Compared("patrol drawn", best(lambda: draw(opened, long_one), times),
                     best(lambda: lengths(db, "patrol = ?", (long_one,)), times), DRAWN_S),
            Compared("season", best(lambda: jobs.run(analysis_month.season(opened, Question())), times),
                     best(lambda: [in_months(db, one) for one in wanted], times), SEASON_S),
            Compared("month", best(lambda: jobs.run(analysis_month.month(opened, Question())), times),
                     best(lambda: [in_months(db, one[:1]) for one in wanted], times), SEASON_S),
            Compared("trends", best(lambda: jobs.run(analysis_month.trends(opened, Question())), times),
                     best(lambda: rows(db), times), math.inf),
            Compared("all effort", best(lambda: jobs.run(patrol_effort.patrol_effort(opened, Question())), 1),
                     best(lambda: lengths(db), 1), math.inf),
        ]  # fmt: skip


def rows(db: Database) -> list[object]:
    """The rows of the list in plain SQL."""
    return list(db.conn.execute(FLOOR_LIST).fetchall())


def in_months(db: Database, months: tuple[str, ...]) -> float:
    """The lengths of the tracks of some months."""
    first, last = span(months)
    inside = "patrol IN (SELECT id FROM patrol WHERE deleted = 0 AND date BETWEEN ? AND ?)"
    return lengths(db, inside, (first.isoformat(), last.isoformat()))


def lengths(db: Database, where: str = "1", params: tuple[object, ...] = ()) -> float:
    """The points of tracks read and the way between them added up, flat: no less can be done with them."""
    total = 0.0
    for (points,) in db.conn.execute(f"SELECT points FROM track WHERE deleted = 0 AND {where}", params):
        table = numpy.frombuffer(points, "<f8").reshape(-1, 6)
        east = numpy.diff(table[:, 1]) * math.cos(math.radians(float(table[0, 0])))
        total += float(numpy.hypot(numpy.diff(table[:, 0]), east).sum()) * 111_320
    return total


def show_list(opened: Library) -> None:
    """What happens when somebody turns to the patrols: read, fill, lay out, paint."""
    bridge = Bridge(opened, inline=True)
    table = PatrolTable(opened, bridge, lambda: None)
    table.resize(720, 600)
    table.refresh(None)
    table.show()
    table.view.viewport().repaint()
    table.hide()
    table.deleteLater()
    bridge.close()


def draw(opened: Library, patrol: bytes) -> None:
    """Read a patrol and paint its track."""
    page = patrol_read.page(opened, patrol)
    view = SketchView()
    view.resize(620, 520)
    view.show_sketch(page.sketch, True)
    assert not view.grab().isNull()


def long_patrol(opened: Library, points: int = POINTS) -> bytes:
    """A patrol whose track goes on for ``points`` points: walks of the library one after the other."""
    with opened.read() as db:
        found = db.conn.execute("SELECT id FROM patrol WHERE name = 'Long way (demo)'").fetchone()
        if found is not None:
            return bytes(found[0])
        packed = [row[0] for row in db.conn.execute("SELECT points FROM track LIMIT 60")]
    way = Way(name="Long way (demo)")
    for number, one in enumerate(packed):
        part, _marks = tracks.unpack(one)
        for n in range(min(len(part), points - len(way))):
            time_of = 1_700_000_000_000.0 + len(way) * 20_000
            way.add(part.latitude[n] + number * 0.004, part.longitude[n], part.elevation[n], time_of, number)
    judged = tracks.judge(way)
    patrol = opened.new_id()
    values = {"patrol": patrol, "points": tracks.pack(way, judged.marks), "point_count": len(way)}
    figures = {"raw_metres": round(judged.raw.metres * 1000), "cleaned_metres": round(judged.cleaned.metres * 1000)}
    opened.commit(
        [
            create("patrol", patrol, {"name": "Long way (demo)", "date": "2023-11-14", "utc_offset": 600}),
            create("track", opened.new_id(), {**values, **figures}),
        ],
        label="made",
    )
    return patrol


def main(arguments: list[str] | None = None) -> int:
    """Print every act beside its floor."""
    parser = argparse.ArgumentParser(prog="bench patrols", description=main.__doc__)
    parser.add_argument("--patrols", type=int, default=PATROLS)
    chosen = parser.parse_args(arguments)
    with Library.open(library(chosen.patrols)) as opened:
        opened.person = None
        with opened.read() as db:
            patrols = db.conn.execute("SELECT count(*) FROM patrol").fetchone()[0]
            points, finds = db.conn.execute(
                "SELECT sum(point_count), (SELECT count(*) FROM sighting) FROM track"
            ).fetchone()
        print(f"  {patrols:,} patrols, {points:,} points, {finds:,} finds, {resident_mb():.0f} MB before")
        good = True
        for one in compare(opened):
            held = one.seconds <= one.bar
            good &= held
            bar = "" if one.bar == math.inf else f" (bar {one.bar:.1f} s{'' if held else ', NOT HELD'})"
            print(f"  {one.name:14} {one.seconds:7.3f} s, floor {one.floor:7.3f} s, {one.ratio:5.1f} times{bar}")
        named = replace(Question(), exact=True)
        print(f"  season named   {best(lambda: jobs.run(analysis_month.season(opened, named)), 1):7.3f} s, with photos")
        print(f"  memory {resident_mb():.0f} MB")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
