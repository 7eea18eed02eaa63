"""A card of a thousand pictures in bursts, named through the real window key by key, against the known answers.

Prints how many keys an event took, how many answers are right and how long a key takes until the next is on screen.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ranger_app import jobs
from ranger_app.actions import records
from ranger_app.actions.ingest import ingest
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.actions.review import USUAL_SPECIES
from ranger_app.library import Library
from ranger_app.store import statements
from ui import fonts, theme
from ui.app import Collector, make_application, tune
from ui.bridge import Bridge
from ui.camera_traps.screen import PICTURES, CameraTrapsScreen
from ui.shell.window import Window

PICTURES_MADE = 1000
KEYS_BLANK, KEYS_SPECIES = 1, 2
"""The bars: keys for an event without and with an animal."""
_EXIF, _WHEN = 0x8769, 0x9003


@dataclass(frozen=True, slots=True)
class Truth:
    """What one event shows: None for a blank one; ``names`` are its files."""

    taxon: str | None
    count: int
    names: tuple[str, ...]


@dataclass(slots=True)
class Outcome:
    """What came of the run."""

    events: int = 0
    most_blank: int = 0
    most_species: int = 0
    keys: int = 0
    wrong: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every bar is held."""
        return not self.wrong and self.most_blank <= KEYS_BLANK and self.most_species <= KEYS_SPECIES


def draw(folder: Path, pictures: int, seed: int = 1) -> list[Truth]:
    """Draw a card: bursts of one to six pictures no more than two minutes apart, more than that between bursts."""
    rng = random.Random(seed)
    folder.mkdir(parents=True)
    found: list[Truth] = []
    at, done = datetime(2025, 3, 1, 6, 0, 0), 0
    while done < pictures:
        here = min(rng.randint(1, 6), pictures - done)
        taxon = rng.choice(USUAL_SPECIES) if rng.random() < 0.6 else None
        count = rng.choice((1, 1, 1, 2, 3, 5, 9)) if taxon else 0
        names = []
        for place in range(here):
            at += timedelta(seconds=rng.choice((1, 2, 30, 120)) if place else 0)
            names.append(f"IMG_{done:04d}.JPG")
            _picture(folder / names[-1], at, done, taxon)
            done += 1
        found.append(Truth(taxon, count, tuple(names)))
        at += timedelta(seconds=rng.choice((121, 600, 7200)))
    return found


def _picture(path: Path, at: datetime, number: int, taxon: str | None) -> None:
    image = Image.new("L", (160, 120), 90 if taxon else 60)
    drawn = ImageDraw.Draw(image)
    drawn.text((8, 8), f"{number} {taxon or 'blank'}", fill=255)
    exif = Image.Exif()
    exif.get_ifd(_EXIF)[_WHEN] = at.strftime("%Y:%m:%d %H:%M:%S")
    image.save(path, "JPEG", exif=exif)


def card(folder: Path, pictures: int) -> tuple[Path, list[Truth]]:
    """A library with a card of so many pictures in it, and what they show."""
    truth = draw(folder / "card", pictures)
    with Library.create(folder / "library", name="Khasan", country="RU", utc_offset=600) as library:
        library.person = records.add(library, "person", {"name": "Ranger 1", "role": "ranger", "active": 1})
        jobs.run(ingest(library, IngestRequest(folder / "card", "Barabash", 431_500_000, 1_315_000_000, 600)))
    return folder / "library", truth


def run(window: Window, library: Library, truth: list[Truth], wait: Callable[[], object]) -> Outcome:
    """Name every event through the viewer; ``wait`` lets answers arrive where the bridge has threads."""
    QTest.qWaitForWindowActive(window)  # keys go to the active window only
    window.go("camera_traps")
    wait()
    screen = window.current()
    assert isinstance(screen, CameraTrapsScreen)
    screen.choose_tab(PICTURES)
    wait()
    by_name = {name: one for one in truth for name in one.names}
    outcome = Outcome()
    screen.open_viewer(0)
    wait()
    for _event in truth:
        cell = screen.viewer.cell
        assert cell is not None
        assert cell.file_name is not None
        keys = _keys(by_name[cell.file_name])
        begun = time.perf_counter()
        for key, modifiers in keys:
            QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
        screen.viewer.repaint()
        outcome.times.append((time.perf_counter() - begun) * 1000)
        wait()
        outcome.events += 1
        outcome.keys += len(keys)
        if by_name[cell.file_name].taxon is None:
            outcome.most_blank = max(outcome.most_blank, len(keys))
        else:
            outcome.most_species = max(outcome.most_species, len(keys))
    wait()
    outcome.wrong = wrong(library, truth)
    return outcome


def _keys(one: Truth) -> list[tuple[Qt.Key, Qt.KeyboardModifier]]:
    plain, alt = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
    if one.taxon is None:
        return [(Qt.Key.Key_B, plain)]
    species = (Qt.Key(Qt.Key.Key_1 + USUAL_SPECIES.index(one.taxon)), plain)
    return [species] if one.count == 1 else [(Qt.Key(Qt.Key.Key_0 + one.count), alt), species]


def wrong(library: Library, truth: list[Truth]) -> list[str]:
    """Every way in which the library differs from the truth: one statement for each event, right in all of it."""
    found: list[str] = []
    with library.read() as db:
        ids = {str(name): record for record, name in db.conn.execute("SELECT id, file_name FROM media WHERE deleted=0")}
        for one in truth:
            pictures = tuple(ids[name] for name in one.names)
            said = statements.of_pictures(db, pictures)
            right = [
                this
                for this in said
                if (this.taxon, this.count or 0) == (one.taxon, one.count)
                and this.type == ("animal" if one.taxon else "blank")
                and (this.pictures or (this.media,)) == pictures
            ]
            if len(said) != 1 or not right:
                found.append(
                    f"{one.names[0]}: {one.taxon} {one.count} not {[(s.taxon or s.type, s.count) for s in said]}"
                )
        unseen = db.conn.execute("SELECT count(*) FROM media WHERE deleted = 0 AND seen_by < 2").fetchone()[0]
    return [*found, *([f"{unseen} pictures wait"] if unseen else [])]


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of the review."""
    parser = argparse.ArgumentParser(prog="bench review", description=main.__doc__)
    parser.add_argument("--pictures", type=int, default=PICTURES_MADE)
    chosen = parser.parse_args(arguments)
    application = make_application()
    collector = Collector(application)
    fonts.apply("en")
    theme.apply("light")
    tune()
    with tempfile.TemporaryDirectory() as folder:
        place, truth = card(Path(folder), chosen.pictures)
        with Library.open(place) as library:
            with library.read() as db:
                library.person = db.conn.execute("SELECT id FROM person").fetchone()[0]
            bridge = Bridge(library)
            window = Window(library, bridge)
            window.resize(1366, 768)
            window.show()

            def wait() -> None:
                QApplication.processEvents()
                while bridge.busy:
                    QApplication.processEvents()
                    time.sleep(0.0005)
                QApplication.processEvents()

            outcome = run(window, library, truth, wait)
            window.close()
            bridge.close()
    del collector
    show(outcome, chosen.pictures)
    return 0 if outcome.good else 1


def show(outcome: Outcome, pictures: int) -> None:
    """Print what came of the run."""
    p95 = sorted(outcome.times)[int(len(outcome.times) * 0.95)]
    print(f"  {pictures:,} pictures in {outcome.events} events, {outcome.keys} keys")
    print(
        f"  keys at most                blank {outcome.most_blank} (bar 1), one species {outcome.most_species} (bar 2)"
    )
    print(f"  answers wrong               {len(outcome.wrong)} (bar 0)")
    print(f"  key until painted           median {statistics.median(outcome.times):.0f} ms, 95 % {p95:.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
