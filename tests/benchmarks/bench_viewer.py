"""Does the window keep answering while a person goes through pictures of 12 megapixels and plays a video.

Gaps of a 10 ms heartbeat in the window's thread, for each tool of the large picture.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

import av
import numpy
from PIL import Image
from PySide6.QtCore import QEventLoop, QTimer

from ranger_app.actions import records
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from tests.benchmarks.bench_heartbeat import Beats
from tests.benchmarks.bench_ingest import on_disk
from ui import fonts, theme
from ui.app import Collector, make_application, tune
from ui.bridge import Bridge
from ui.camera_traps.screen import PICTURES, CameraTrapsScreen
from ui.camera_traps.viewer import Viewer
from ui.heartbeat import Heartbeat
from ui.preferences import Preferences
from ui.shell.window import Window

PICTURE = (4000, 3000)
_BETWEEN_MS = 120


def wait(ms: int) -> None:
    """Let the window's events run as the program itself does."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def make_card(card: Path, pictures: int, seconds: int) -> None:
    """Pictures of 12 megapixels that differ from one another, and a video of 1920 x 1080 at 30 frames a second."""
    card.mkdir()
    chance = numpy.random.default_rng(5)
    ground = chance.integers(40, 200, (PICTURE[1] // 8, PICTURE[0] // 8, 3), dtype=numpy.uint8)
    base = numpy.asarray(Image.fromarray(ground).resize(PICTURE, Image.Resampling.BICUBIC)).copy()
    exif = Image.Exif()
    for number in range(pictures):
        base[1000:1600, 150 * number : 150 * number + 500] = 250
        exif[36867] = f"2025:06:01 10:{number // 2:02d}:{number % 2 * 30:02d}"
        exif[306] = exif[36867]
        Image.fromarray(base).save(card / f"IMG_{number:04d}.JPG", quality=92, exif=exif)
    with av.open(str(card / "CLIP0001.MP4"), "w") as container:
        track = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        track.width, track.height, track.pix_fmt = 1920, 1080, "yuv420p"
        for number in range(30 * seconds):
            pixels = base[number * 2 : number * 2 + 1080, number * 4 : number * 4 + 1920]
            container.mux(track.encode(av.VideoFrame.from_ndarray(numpy.ascontiguousarray(pixels), "rgb24")))
        container.mux(track.encode(None))


def beats(name: str, work: Callable[[], object]) -> Beats:
    """The gaps while ``work`` runs; it waits by itself."""
    heart, begun = Heartbeat(), perf_counter()
    heart.start()
    work()
    heart.stop()
    return Beats(name, perf_counter() - begun, len(heart.gaps), heart.percentile(0.99), heart.worst)


def _through(viewer: Viewer, number: int, between: int = _BETWEEN_MS) -> None:
    for row in range(number):
        viewer.show_row(row)
        wait(between)
    viewer.show_row(0)
    wait(between)


def _acts(viewer: Viewer, number: int, video: int) -> Iterator[tuple[str, Callable[[], object]]]:
    tools, picture = viewer.tools, viewer.picture
    yield "stepping", lambda: _through(viewer, number)
    yield "held key", lambda: _through(viewer, number, 30)

    def light() -> None:
        for step in range(16):
            tools.turn_light(brightness=1 if step < 8 else -1)
            wait(60)
        tools.reset_light()

    yield "light", light
    tools.turn_light(brightness=2)
    yield "stepping, lit", lambda: _through(viewer, number)
    tools.reset_light()

    def zoomed() -> None:
        picture.zoom()
        wait(800)
        tools.turn_light(brightness=2)
        for step in range(30):
            tools.arrow(1 if step < 15 else -1, 0)
            wait(30)
        tools.reset_light()
        picture.zoom()

    yield "zoomed, lit", zoomed

    def lens() -> None:
        picture.turn_lens()
        wait(800)
        for step in range(40):
            tools.arrow(1 if step < 20 else -1, 0)
            wait(20)
        _through(viewer, number // 2, 300)
        picture.put_lens_away()

    yield "magnifier", lens
    yield "difference", lambda: (tools.toggle_difference(), _through(viewer, number, 300), tools.toggle_difference())

    def play() -> None:
        viewer.show_row(video)
        wait(600)
        tools.play()
        shown: list[int] = []
        picture.video.changed.connect(lambda: shown.append(picture.video.at))
        wait(4000)
        print(f"  (video: {len(set(shown))} frames shown in 4 s, at {picture.video.at} ms)")

    yield "playing", play
    yield "stepped video", lambda: [(tools.step(-1), wait(60)) for _n in range(30)]


def measure(folder: Path, pictures: int, seconds: int) -> list[Beats]:
    """Every tool, one after the other, in a window on a library of its own."""
    make_card(folder / "card", pictures, seconds)
    fonts.apply("en")
    theme.apply("light")
    with Library.create(folder / "library", name="Benchmark", country="RU", utc_offset=600) as library:
        library.person = records.add(library, "person", {"name": "Ranger 1", "role": "manager", "active": 1})
        request = IngestRequest(folder / "card", "Benchmark", 430_000_000, 1_310_000_000)
        for _progress in ingest(library, request, CancelToken()):
            pass
        bridge = Bridge(library, preferences=Preferences())
        window = Window(library, bridge)
        window.resize(1366, 768)
        window.show()
        window.go("camera_traps")
        screen = window.current()
        assert isinstance(screen, CameraTrapsScreen)
        screen.choose_tab(PICTURES)
        wait(500)
        source = screen.gallery.source
        kinds = [str(cell.media_type) if (cell := source.cell(row)) else "" for row in range(len(source))]
        video = next(row for row, kind in enumerate(kinds) if kind.startswith("video"))
        screen.open_viewer(1 if video == 0 else 0)
        wait(1000)
        found = [beats(name, act) for name, act in _acts(screen.viewer, pictures, video)]
        screen.gallery.grid.thumbs.stop()
        window.close()
        bridge.close()
        window.deleteLater()
    wait(50)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print the gaps beside every tool of the large picture."""
    parser = argparse.ArgumentParser(prog="bench viewer", description=main.__doc__)
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=10)
    chosen = parser.parse_args(arguments)
    collector = Collector(make_application())
    tune()
    with (
        tempfile.TemporaryDirectory(prefix="ranger-bench-", dir=on_disk()) as folder,
        tempfile.TemporaryDirectory(prefix="ranger-profile-") as profile,
    ):
        os.environ["RANGER_PROFILE"] = profile
        found = measure(Path(folder), chosen.pictures, chosen.seconds)
    del collector
    print(f"viewer on {platform.platform()}, {os.cpu_count()} processors; bars: 99 % under 50 ms, none over 250 ms")
    for one in found:
        print(
            f"  {one.job:15} {one.seconds:6.1f} s {one.gaps:6} gaps, 99 % under {one.most:5.1f} ms,"
            f" worst {one.worst:5.1f} ms"
            f"{'' if one.held else '   NOT HELD'}"
        )
    return 0 if all(one.held for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
