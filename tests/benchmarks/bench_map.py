"""The map with 10,000 finds and 500 tracks: how long its page takes to build and to stand, how large it is as a file.

The floor is an empty page of the same parts, built and shown in the same run. Every request a page makes is counted.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from ranger_app import jobs
from ranger_app.actions import map_page
from ranger_app.domain.ops import create
from ranger_app.geo.tracks import pack
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.maps import page
from ranger_app.maps.layers import MapPage
from tests.benchmarks.bench_grid import resident_mb
from ui import theme
from ui.app import make_application, tune
from ui.memory import give_back
from ui.widgets import web
from ui.widgets.web import WebView

FINDS, TRACKS, POINTS = 10_000, 500, 1000
BUILT_S, READY_S, FILE_MB = 2.0, 3.0, 15.0
_CATEGORIES = ("humanactivity.weapons.trap.", "animals.tracks.", "animals.scat.", "humanactivity.camp.", "fire.")
_BEGAN = 1_735_689_600_000  # 2025-01-01
_DAY = 86_400_000


def fill(library: Library, finds: int = FINDS, tracks: int = TRACKS, points: int = POINTS) -> None:
    """Patrols of one track each, with finds along it, over a year and 100 km of country."""
    chance = random.Random(7)
    each = max(1, finds // tracks)
    for number in range(tracks):
        patrol = library.new_id()
        begins = _BEGAN + number * 365 * _DAY // tracks
        date = time.strftime("%Y-%m-%d", time.gmtime(begins / 1000))
        way = Way()
        latitude, longitude = 42.5 + chance.random(), 130.6 + chance.random()
        heading = chance.random() * 2 * math.pi
        for i in range(points):
            heading += chance.gauss(0, 0.3)
            latitude += 1e-4 * math.cos(heading) + chance.gauss(0, 1e-5)
            longitude += 1.3e-4 * math.sin(heading) + chance.gauss(0, 1e-5)
            way.add(latitude, longitude, math.nan, begins + i * 15_000.0, 0)
        ops = [
            create("patrol", patrol, {"name": f"Patrol {number}", "date": date, "transport": "foot", "state": "draft"}),
            create(
                "track",
                library.new_id(),
                {
                    "patrol": patrol, "points": pack(way, [0] * points), "point_count": points, "date": date,
                    "cleaned_metres": points * 12_000, "start": begins,
                },
            ),
        ]  # fmt: skip
        for i in range(each):
            waypoint, at = library.new_id(), i * points // each
            here = {"latitude": round(way.latitude[at] * 1e7), "longitude": round(way.longitude[at] * 1e7)}
            ops.append(create("waypoint", waypoint, {"patrol": patrol, "name": f"{i}", "at": begins, **here}))
            category = _CATEGORIES[(number + i) % len(_CATEGORIES)]
            found = {"patrol": patrol, "waypoint": waypoint, "category": category, "count": 1 + i % 3}
            ops.append(create("sighting", library.new_id(), found))
        library.commit(ops, label="benchmark")


def wait(ms: int) -> None:
    """Let the window's events run."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def ask(view: WebView, script: str) -> object:
    """The value of a script in the page."""
    answers: list[object] = []
    view.run(script, answers.append)
    end = time.monotonic() + 60
    while not answers and time.monotonic() < end:
        wait(5)
    return answers[0] if answers else None


def show(view: WebView, text: str) -> float:
    """Seconds from handing the page over until it says that it can be used."""
    loop = QEventLoop()
    view.loaded.connect(loop.quit)
    begun = time.perf_counter()
    view.show_page(text)
    loop.exec()
    view.loaded.disconnect(loop.quit)
    while not ask(view, "window.rangerReady || 0"):
        wait(5)
    return time.perf_counter() - begun


def measure(library: Library, folder: Path) -> int:
    """Print all figures; 0 where every bar is held."""
    before = resident_mb()
    empty = page.write(MapPage("Map", [], in_window=True))  # folium and Leaflet are loaded now
    begun = time.perf_counter()
    shown, text = jobs.run(map_page.for_window(library))
    first = time.perf_counter() - begun
    begun = time.perf_counter()
    jobs.run(map_page.for_window(library))
    built = time.perf_counter() - begun
    things = {one.id: one.number for one in shown.layers if one.group == "records"}
    print(f"  {things}")
    print(f"  page built in {first:.2f} s, again {built:.2f} s (bar {BUILT_S:.0f}), {len(text) / 1e6:.1f} MB")
    made = jobs.run(map_page.write(library, folder / "map.html", exact=True))
    print(f"  as a file {made.bytes / 1e6:.1f} MB (bar {FILE_MB:.0f})")
    give_back()
    view = WebView()
    view.resize(1100, 680)
    view.show()
    floor = show(view, empty)
    ready = show(view, text)
    stood = float(str(ask(view, "window.rangerReady")))
    print(
        f"  usable {ready:.2f} s after it was handed over (bar {READY_S:.0f}), {stood / 1000:.2f} s by its own clock;"
    )
    print(f"  an empty map {floor:.2f} s, the web engine's start included")
    for what, script in (
        ("narrowed to half the time", "ranger.period(ranger.state.low, (ranger.state.low + ranger.state.high) >> 1)"),
        ("all of the time", "ranger.period(ranger.state.low, ranger.state.high)"),
        ("zoomed in by three", "ranger.map.setZoom(ranger.map.getZoom() + 3, {animate: false})"),
    ):
        took = ask(view, f"(() => {{ const t = performance.now(); {script}; return performance.now() - t; }})()")
        print(f"  {what:28} {float(str(took)):6.0f} ms")
    file = show(view, (folder / "map.html").read_text(encoding="utf-8"))
    requests = web.load_engine().requests
    print(f"  the file by itself usable after {file:.2f} s")
    print(f"  requests of the three pages: {requests.allowed} for themselves, {len(requests.blocked)} to anywhere else")
    print(f"  main process {resident_mb():.0f} MB, {before:.0f} MB before; browser's processes {others_mb():.0f} MB")
    errors = view.errors()
    print(f"  of the main process {resident('RssAnon'):.0f} MB its own, {resident('RssFile'):.0f} MB libraries")
    if errors:
        print(f"  the page's script failed: {errors}")
    view.close()
    good = built <= BUILT_S and ready <= READY_S and made.bytes <= FILE_MB * 1e6
    return 0 if good and not requests.blocked and not errors else 1


def resident(part: str) -> float:
    """MB of a part of this process's resident memory; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii", errors="replace").splitlines() if status.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith(f"{part}:")) / 1024


def others_mb() -> float:
    """Memory of the processes that this one started: what each has for itself, and its share of what is common."""
    if not sys.platform.startswith("linux"):
        return 0.0
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, waiting = 0.0, [os.getpid()]
    while waiting:
        mine = [one for one, parent in parents.items() if parent == waiting[0]]
        waiting = [*waiting[1:], *mine]
        for one in mine:
            try:
                lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            found += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return found


def main() -> int:
    """Make the library, build and show its map."""
    parser = argparse.ArgumentParser(prog="bench_map")
    parser.add_argument("--finds", type=int, default=FINDS)
    parser.add_argument("--tracks", type=int, default=TRACKS)
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="ranger-bench-") as folder:
        os.environ["RANGER_PROFILE"] = str(Path(folder) / "profile")
        tune()
        application = make_application()
        theme.apply("light")
        with Library.create(Path(folder) / "library", name="Bench", country="RU", utc_offset=600) as library:
            fill(library, given.finds, given.tracks)
            print(json.dumps({"finds": given.finds, "tracks": given.tracks, "points a track": POINTS}))
            status = measure(library, Path(folder))
        application.closeAllWindows()
    return status


if __name__ == "__main__":
    sys.exit(main())
