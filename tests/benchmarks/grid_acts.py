"""What a person does with a million pictures through the real window, each beside the same question in plain SQL.

Times of the window run from the key or click until the answer is painted; SQL paints nothing, hence one frame more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ranger_app.actions import deployment_list
from ranger_app.library import Library
from ranger_app.store import events
from ranger_app.store.connection import Database
from ranger_app.store.gallery import Filter
from ui.bridge import Bridge
from ui.camera_traps.screen import DEPLOYMENTS, PICTURES, CameraTrapsScreen
from ui.heartbeat import Heartbeat
from ui.shell.window import Window

BAR_MS = 300.0
TIMES_SQL = 3.0
FRAME_MS = 16.0
AT_ONCE = 5000
TURNS = 3
"""An act that can be done again is done so often; the best counts, as in SQL."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One act: milliseconds in the window and in plain SQL, and a remark."""

    act: str
    window: float
    sql: float
    remark: str = ""
    most: float = BAR_MS

    @property
    def good(self) -> bool:
        """Whether both bars are held."""
        return self.window <= self.most and self.window <= TIMES_SQL * self.sql + FRAME_MS

    def __str__(self) -> str:
        word = "" if self.good else "  OVER"
        return f"  {self.act:27} {self.window:7.1f} ms (bar 300; SQL {self.sql:.1f} ms){self.remark}{word}"


class Acts:
    """The window on a large library, driven as a person would drive it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.bridge = Bridge(library)
        self.window = Window(library, self.bridge)
        self.window.resize(1366, 768)
        self.window.show()
        QTest.qWaitForWindowActive(self.window)
        self.rest()
        with library.read() as db:
            areas = db.conn.execute(
                "SELECT l.protected_area FROM deployment AS d JOIN location AS l ON l.id = d.location"
                " WHERE l.protected_area IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
            ).fetchone()
            self.area = areas[0] if areas else None
            self.species, number = db.conn.execute(
                "SELECT shown, count(*) FROM media WHERE deleted = 0 AND shown LIKE '% %'"
                " GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
            ).fetchone()
            self.moment = db.conn.execute(
                "SELECT taken_at FROM media WHERE deleted = 0 AND shown = ? ORDER BY taken_at LIMIT 1 OFFSET ?",
                (self.species, number // 2),
            ).fetchone()[0]
            self.deployment = db.conn.execute(
                "SELECT deployment FROM media WHERE deleted = 0 GROUP BY deployment ORDER BY count(*) DESC LIMIT 1"
            ).fetchone()[0]

    def until(self, done: Callable[[], bool], most: float = 60.0) -> float:
        """Milliseconds until ``done``, the event loop running."""
        begun = time.perf_counter()
        while not done():
            QApplication.processEvents()
            if time.perf_counter() - begun > most:
                raise TimeoutError
            time.sleep(0.0002)
        return (time.perf_counter() - begun) * 1000

    def rest(self) -> None:
        """Until nothing is under way."""
        for _turn in range(3):
            self.until(lambda: not self.bridge.busy)
            QTest.qWait(450)

    def sql(self, sql: str, *params: object) -> float:
        """Milliseconds of a bare query with all its rows."""

        def once(db: Database) -> float:
            begun = time.perf_counter()
            for _row in db.conn.execute(sql, params):
                pass
            return (time.perf_counter() - begun) * 1000

        with self.library.read() as db:
            return min(once(db) for _turn in range(3))

    @property
    def screen(self) -> CameraTrapsScreen:
        """Camera traps."""
        shown = self.window.current()
        assert isinstance(shown, CameraTrapsScreen)
        return shown

    def all(self) -> list[Figure]:
        """Every act in the order a person does them."""
        found = [self.open(), self.pictures()]
        for act in (self.narrow, self.jump, self.scroll, self.choose):
            found.append(min((act() for _turn in range(TURNS)), key=lambda one: one.window))
        self.rest()
        return [*found, *self.name_and_undo()]

    def scroll(self) -> Figure:
        """Ninety-five of a hundred steps of the wheel over the grid of the review, its events drawn."""
        grid, times = self.screen.gallery.grid, []
        bar = grid.verticalScrollBar()
        for _step in range(200):
            begun = time.perf_counter()
            bar.setValue(bar.value() + bar.singleStep())
            grid.viewport().repaint()
            times.append((time.perf_counter() - begun) * 1000)
            QApplication.processEvents()
        p95 = sorted(times)[int(len(times) * 0.95)]
        return Figure("scroll, 95 % of frames", p95, FRAME_MS, ", bar 16 ms", most=FRAME_MS)

    def open(self) -> Figure:
        """Go to Camera traps until its table is filled."""
        begun = time.perf_counter()
        self.window.go("camera_traps")
        self.screen.choose_tab(DEPLOYMENTS)
        self.until(lambda: bool(self.screen.deployments.table.model.lines))
        self.window.repaint()
        taken = (time.perf_counter() - begun) * 1000
        with self.library.read() as db:
            start = time.perf_counter()
            deployment_list.names(db)
            for more in ("", " AND seen_by < 2"):  # the table says how many pictures there are and how many wait
                counted = f"SELECT deployment, count(*) FROM media WHERE deleted = 0{more} GROUP BY deployment"
                db.conn.execute(counted).fetchall()
            sql = (time.perf_counter() - start) * 1000
        return Figure("open Camera traps", taken, sql)

    def pictures(self) -> Figure:
        """The tab with all pictures until they are painted."""
        begun = time.perf_counter()
        self.screen.choose_tab(PICTURES)  # the page is made now
        page = self.screen.gallery
        self.until(lambda: len(page.source) > 0)
        page.grid.viewport().repaint()
        taken = (time.perf_counter() - begun) * 1000
        first = len(page.source)
        self.until(lambda: len(page.source) > first or not self.bridge.busy)
        whole = (time.perf_counter() - begun) * 1000
        self.rest()
        sql = self.sql("SELECT key FROM media WHERE deleted = 0 ORDER BY taken_at, key")
        return Figure("all pictures", taken, sql, f", all {len(page.source):,} after {whole:.0f} ms")

    def narrow(self) -> Figure:
        """Species, month and area at once."""
        offset = self.library.station.utc_offset
        start, end = events.month_span(*events.month_of(self.moment, offset), offset)
        wanted = Filter(shown=self.species, start=start, end=end, area=self.area)
        page = self.screen.gallery
        before = page.source.keys
        begun = time.perf_counter()
        page.filter.put(wanted)
        self.until(lambda: page.source.keys is not before)
        page.grid.viewport().repaint()
        taken = (time.perf_counter() - begun) * 1000
        number = len(page.source)
        sql = self.sql(
            "SELECT m.key FROM media AS m JOIN deployment AS d ON d.id = m.deployment JOIN location AS l"
            " ON l.id = d.location WHERE m.deleted = 0 AND m.shown = ? AND m.taken_at BETWEEN ? AND ?"
            " AND l.protected_area = ? ORDER BY m.taken_at, m.key",
            self.species, start, end, self.area,
        )  # fmt: skip
        page.show_all()
        self.until(lambda: len(page.source) > number)
        self.rest()
        return Figure("species + month + area", taken, sql, f", {number:,} media")

    def jump(self) -> Figure:
        """To a day in the middle of all pictures."""
        page = self.screen.gallery
        page.grid.go_to(0)
        begun = time.perf_counter()
        page.jump_to(self.moment)
        page.grid.viewport().repaint()
        taken = (time.perf_counter() - begun) * 1000
        place = page.grid.current_row
        sql = self.sql("SELECT count(*) FROM media WHERE deleted = 0 AND taken_at < ?", self.moment)
        return Figure("jump to a day", taken, sql, f", picture {place:,}")

    def choose(self) -> Figure:
        """All pictures of one deployment, chosen."""
        page = self.screen.gallery
        if page.filter.filter != Filter():
            page.show_all()
            self.rest()
        before = page.source.keys
        begun = time.perf_counter()
        page.filter.put(Filter(self.deployment))
        self.until(lambda: page.source.keys is not before)
        page.grid.selectAll()
        page.grid.viewport().repaint()
        taken = (time.perf_counter() - begun) * 1000
        sql = self.sql(
            "SELECT key FROM media WHERE deleted = 0 AND deployment = ? ORDER BY taken_at, key", self.deployment
        )
        return Figure("select all of a deployment", taken, sql, f", {page.grid.selected_number():,} media")

    def name_and_undo(self) -> list[Figure]:
        """Name 5,000 pictures with a key, then take it back."""
        page, found = self.screen.gallery, []
        page.grid.setFocus()
        before = [cell.shown for row in range(20) if (cell := page.source.cell(row)) is not None]
        said = "vehicle"
        sql = self._plain_write(list(page.source.keys[:AT_ONCE]))
        heart = Heartbeat()
        heart.start()
        begun = time.perf_counter()
        QTest.keyClick(page.grid, Qt.Key.Key_V)
        self._painted(lambda: self._shown(20) == [said] * len(before))
        taken = (time.perf_counter() - begun) * 1000
        self.until(lambda: not self.bridge.busy)
        written = (time.perf_counter() - begun) * 1000
        heart.stop()
        more = f", on the disk after {written:.0f} ms, window held {heart.worst:.0f} ms at most"
        found.append(Figure(f"identify {page.grid.selected_number():,}", taken, sql, more))
        self.rest()
        heart = Heartbeat()
        heart.start()
        begun = time.perf_counter()
        QTest.keyClick(page.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        self._painted(lambda: self._shown(20) == before)
        taken = (time.perf_counter() - begun) * 1000
        self.until(lambda: not self.bridge.busy)
        written = (time.perf_counter() - begun) * 1000
        heart.stop()
        more = f", on the disk after {written:.0f} ms, window held {heart.worst:.0f} ms at most"
        found.append(Figure("undo", taken, sql, more))
        return found

    def _shown(self, number: int) -> list[str | None]:
        source = self.screen.gallery.source
        return [cell.shown for row in range(number) if (cell := source.cell(row)) is not None]

    def _painted(self, done: Callable[[], bool]) -> None:
        self.until(done)
        self.screen.gallery.grid.viewport().repaint()

    def _plain_write(self, keys: list[int]) -> float:
        """Milliseconds of writing as many statements in bare SQL, rolled back: no log, no signature, no disk."""
        taken = 0.0

        class TakenBack(Exception):
            pass

        def write(db: Database) -> None:
            nonlocal taken
            begun = time.perf_counter()
            wanted = "SELECT key, id, deployment FROM media WHERE key IN (SELECT value FROM json_each(?))"
            rows = db.conn.execute(wanted, (str(keys),)).fetchall()
            db.conn.executemany(
                "INSERT INTO observation (id, media, deployment, type, method) VALUES (?, ?, ?, 'vehicle', 'human')",
                [(b"\xff" * 8 + key.to_bytes(8, "big"), media, deployment) for key, media, deployment in rows],
            )
            db.conn.executemany(
                "UPDATE media SET seen_by = 2, shown = 'vehicle' WHERE key = ?", [(key,) for key, *_rest in rows]
            )
            taken = (time.perf_counter() - begun) * 1000
            raise TakenBack

        with suppress(TakenBack):
            self.library.write(write)
        return taken

    def close(self) -> None:
        """Take everything down."""
        self.screen.gallery.grid.thumbs.stop()
        self.window.close()
        self.bridge.close()


def measure(library: Library) -> bool:
    """Print every figure; whether all bars are held."""
    acts = Acts(library)
    figures = acts.all()
    acts.close()
    for figure in figures:
        print(figure)
    return all(figure.good for figure in figures)
