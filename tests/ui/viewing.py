"""The viewer on the demo library, for tests of what can be done with the large picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions import beside
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ui.camera_traps.picture_source import as_pixels
from ui.camera_traps.picture_view import PictureView
from ui.camera_traps.screen import PICTURES, CameraTrapsScreen
from ui.camera_traps.viewer import Viewer
from ui.shell.window import Window

Dress = Callable[[str, str], None]
KEY = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def library(demo: Library) -> Library:
    """Here bridge and window stand on the demo library."""
    return demo


@pytest.fixture
def window(window: Window, qtbot: QtBot) -> Iterator[Window]:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("camera_traps")
    yield window
    window.screens["camera_traps"].gallery.grid.thumbs.stop()  # type: ignore[attr-defined]


@pytest.fixture
def screen(window: Window) -> CameraTrapsScreen:
    """Camera traps on the tab with all pictures."""
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    shown.choose_tab(PICTURES)
    return shown


@pytest.fixture
def viewer(screen: CameraTrapsScreen) -> Viewer:
    """The viewer on the first picture of an event of several."""
    QApplication.processEvents()  # the tab has the keyboard first
    screen.open_viewer(first_of_event(screen))
    QApplication.processEvents()
    return screen.viewer


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def first_of_event(screen: CameraTrapsScreen) -> int:
    source = screen.gallery.source
    with screen.library.read() as db:
        for row in range(len(source)):
            keys = beside.event_keys(db, source.keys[row])
            if len(keys) >= 2 and keys[0] == source.keys[row]:
                return row
    raise AssertionError("the demo has no event of two pictures")


def pixels(view: PictureView) -> numpy.ndarray:
    return as_pixels(view.grab().toImage())


def middle(view: PictureView) -> numpy.ndarray:
    """The pixels of the middle third of what is drawn."""
    found = pixels(view)
    rows, columns = found.shape[:2]
    return found[rows // 3 : 2 * rows // 3, columns // 3 : 2 * columns // 3]


def near(found: numpy.ndarray, colour: QColor, within: int = 40) -> numpy.ndarray:
    """Where pixels have about this colour."""
    wanted = numpy.array([colour.red(), colour.green(), colour.blue()])
    return (numpy.abs(found.astype(int) - wanted) <= within).all(axis=-1)


def machine_says(demo: Library, media: bytes, kind: str, certainty: int, box: str, taxon: str | None = None) -> None:
    demo.commit(
        [
            create(
                "observation",
                demo.new_id(),
                {
                    "media": media,
                    "type": kind,
                    "taxon": taxon,
                    "method": "machine",
                    "machine": "Detector 1",
                    "certainty": certainty,
                    "box": box,
                    "at": demo.now_ms(),
                },
            )
        ],
        label="machine",
    )


def named(screen: CameraTrapsScreen) -> int:
    source = screen.gallery.source
    return next(
        row
        for row in range(len(source))
        if (cell := source.cell(row)) and cell.seen_by == 2 and " " in (cell.shown or "")
    )
