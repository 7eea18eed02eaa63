"""Two libraries with animals that may be the same, and the screen on ours, for tests of the pages on pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ranger_app.actions import records, same_animal
from ranger_app.actions.same_animal import Listed
from ranger_app.domain import batch as batches
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import log
from ranger_app.store.apply import ApplyReport
from tests.sync.conftest import pair as trust
from ui.camera_traps.screen import INDIVIDUALS, CameraTrapsScreen
from ui.shell.window import Window

KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
TIGER, LEOPARD = "Panthera tigris", "Panthera pardus"
NOON = 1_760_000_000


@dataclass
class Border:
    """Our library and the partner's, with the animals of both in ours after ``meet``."""

    ours: Library
    theirs: Library
    number: int = 0

    def animal(self, library: Library, code: str, taxon: str = TIGER, **more: str) -> bytes:
        return records.add(library, "individual", {"code": code, "taxon": taxon, **more})

    def capture(self, library: Library, animal: bytes, flank: str | None, *, seconds: int | None = None) -> bytes:
        """A picture of an animal with its review copy here; returns the observation's id."""
        self.number += 1
        sha256 = f"{self.number:064x}"
        image = Image.new("RGB", (400, 200), (40 * self.number % 256, 90, 60))
        place = thumbs.review_place(self.ours.cache, sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        image.save(place, "JPEG")
        at = NOON + (seconds if seconds is not None else 86_400 * self.number)
        media, observation = library.new_id(), library.new_id()
        taken = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        camera = records.add(library, "deployment", {"name": f"Camera {self.number}", "utc_offset": 0})
        facts = {"sha256": sha256, "camera_time": taken, "media_type": "image/jpeg", "deployment": camera}
        values = {"type": "animal", "taxon": TIGER, "method": "human", "at": at * 1000, "by": library.person}
        ops = [
            create("media", media, facts),
            create("observation", observation, {**values, "media": media, "individual": animal, "flank": flank}),
        ]
        library.commit(ops, label="capture")
        return observation

    def meet(self) -> None:
        """All that the partner knows comes here, and the other way."""
        for giver, taker in ((self.theirs, self.ours), (self.ours, self.theirs)):
            with giver.read() as db:
                turn = [(one.sealed, batches.read(one.sealed)) for one in log.stored(db)]
            taker.take_in(turn, ApplyReport())

    def said(self) -> list[Listed]:
        with self.ours.read() as db:
            return same_animal.listed(self.ours, db)


@pytest.fixture
def border(library: Library, tmp_path: Path) -> Iterator[Border]:
    with Library.create(tmp_path / "theirs", name="Hunchun", country="CN", utc_offset=480) as theirs:
        theirs.person = records.add(theirs, "person", {"name": "Observer B", "role": "manager", "active": 1})
        trust(library, theirs, tmp_path)
        yield Border(library, theirs)


@pytest.fixture
def animals(border: Border) -> dict[str, bytes]:
    """Ours: T-01 with both flanks, T-02. Theirs: 11 right only, 12 both, 13 of the other sex, a leopard."""
    made = {
        "T-01": border.animal(border.ours, "T-01", sex="female"),
        "T-02": border.animal(border.ours, "T-02"),
        "11": border.animal(border.theirs, "11", sex="female"),
        "12": border.animal(border.theirs, "12"),
        "10": border.animal(border.theirs, "10", sex="male"),
        "L": border.animal(border.theirs, "9", LEOPARD),
    }
    for code, flanks in (("T-01", ("left", "left", "right")), ("T-02", ("left",))):
        for flank in flanks:
            border.capture(border.ours, made[code], flank)
    for code, flanks in (("11", ("right",)), ("12", ("left", "right")), ("10", ("left",))):
        for flank in flanks:
            border.capture(border.theirs, made[code], flank)
    border.meet()
    return made


@pytest.fixture
def screen(animals: dict[str, bytes], window: Window) -> CameraTrapsScreen:
    window.activateWindow()
    window.go("camera_traps")
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    shown.choose_tab(INDIVIDUALS)
    return shown


Press = Callable[..., None]


@pytest.fixture
def press(window: Window) -> Press:
    def do(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
        QApplication.processEvents()

    return do


def compare(screen: CameraTrapsScreen, *animals: bytes) -> None:
    screen.animals.open_pair(*animals)
    QApplication.processEvents()


def titles(screen: CameraTrapsScreen) -> tuple[str, str]:
    left, right = (pane.subject for pane in screen.animals.compare.panes.panes)
    return (left.title if left else "", right.title if right else "")


def agree(border: Border, ours: bytes, theirs: bytes) -> None:
    same_animal.say(border.ours, ours, theirs, "same")
    border.meet()
    same_animal.say(border.theirs, theirs, ours, "same")
    border.meet()


def typed(window: Window, text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget() or window, text)
    QApplication.processEvents()


def place(border: Border, library: Library, animal: bytes, longitude: float, **more: object) -> None:
    at = {"name": f"Place {longitude}", "latitude": 430_000_000, "longitude": round(longitude * 1e7), "uncertainty": 0}
    location = records.add(library, "location", at)
    camera = records.add(library, "deployment", {"name": f"C {longitude}", "utc_offset": 0, "location": location})
    media = library.new_id()
    said = {"media": media, "type": "animal", "taxon": TIGER, "method": "human", "individual": animal, **more}
    library.commit(
        [
            create("media", media, {"deployment": camera, "camera_time": "2025-01-01T00:00:00"}),
            create("observation", library.new_id(), said),
        ],
        label="capture",
    )
