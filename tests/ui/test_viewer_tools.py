"""The tools of the large picture: each by its key, each seen in the pixels or the words it leaves on screen."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions import beside, review
from ranger_app.actions.undo import undo
from ranger_app.library import Library
from ranger_app.media import thumbs, vault
from tests.ui.viewing import (
    CONTROL,
    KEY,
    Dress,
    library,
    machine_says,
    middle,
    named,
    near,
    pixels,
    press,
    screen,
    viewer,
    window,
)
from ui import theme
from ui.camera_traps import boxes, picture_source
from ui.camera_traps.light import MOST, Light, lit
from ui.camera_traps.picture_source import WHOLE, as_image, as_pixels, load
from ui.camera_traps.picture_view import PictureView
from ui.camera_traps.screen import CameraTrapsScreen
from ui.camera_traps.viewer import Viewer
from ui.commands import grouped, same_keys
from ui.shell.window import Window

__all__ = ["library", "screen", "viewer", "window"]
"""Fixtures of this file."""


# -- light -----------------------------------------------------------------------------------------------------


def test_light_is_a_table_and_leaves_the_picture_alone_at_zero() -> None:
    assert Light().table() == list(range(256))
    brighter, darker = Light(3).table(), Light(-3).table()
    assert all(up >= level >= down for level, up, down in zip(range(256), brighter, darker, strict=True))
    assert (brighter[0], brighter[255], darker[0], darker[255]) == (0, 255, 0, 255)
    harder = Light(0, 3).table()
    assert harder[60] < 60
    assert harder[200] > 200
    assert Light(MOST, -MOST).turned(1, -1) == Light(MOST, -MOST)


@pytest.mark.parametrize("wide", [1, 7, 640])
def test_light_turns_every_pixel_by_the_table(qapp: QApplication, wide: int) -> None:
    given = numpy.random.default_rng(2).integers(0, 256, (33, wide, 3), dtype=numpy.uint8)
    image = as_image(given)
    assert (as_pixels(image) == given).all()
    light = Light(2, -1)
    assert (as_pixels(lit(image, light)) == numpy.array(light.table())[given]).all()


def test_light_of_a_window_full_of_pixels_takes_less_than_a_frame_of_thirty_milliseconds(qapp: QApplication) -> None:
    image = as_image(numpy.random.default_rng(2).integers(0, 256, (768, 1366, 3), dtype=numpy.uint8))
    spent = []
    for step in range(1, 8):
        begun = perf_counter()
        lit(image, Light(step))
        spent.append(perf_counter() - begun)
    assert min(spent) < 0.03


def test_brighter_darker_and_back_by_key(window: Window, viewer: Viewer) -> None:
    view = viewer.picture
    before = middle(view)
    press(window, KEY.Key_BracketRight)
    press(window, KEY.Key_BracketRight)
    assert view.readout == "Brightness +2 · Contrast 0"
    assert middle(view).mean() > before.mean() + 5
    for _n in range(4):
        press(window, KEY.Key_BracketLeft)
    assert middle(view).mean() < before.mean() - 5
    press(window, KEY.Key_Apostrophe)
    press(window, KEY.Key_Semicolon)
    press(window, KEY.Key_Semicolon)
    assert view.readout == "Brightness −2 · Contrast −1"
    press(window, KEY.Key_Backslash)
    view.say("")
    assert (middle(view) == before).all()


def test_the_readout_goes_by_itself(window: Window, viewer: Viewer, qtbot: QtBot) -> None:
    press(window, KEY.Key_BracketRight)
    qtbot.waitUntil(lambda: viewer.picture.readout == "", timeout=5000)


def test_light_is_kept_within_the_event_and_not_beyond(window: Window, viewer: Viewer, demo: Library) -> None:
    source = viewer._source
    press(window, KEY.Key_BracketRight)
    press(window, KEY.Key_Right)
    assert viewer.picture.light == Light(1)
    with demo.read() as db:
        event = set(beside.event_keys(db, source.keys[viewer.row]))
    outside = next(row for row in range(len(source)) if source.keys[row] not in event)
    viewer.show_row(outside)
    assert viewer.picture.light == Light()


def test_light_works_on_a_zoomed_picture(window: Window, viewer: Viewer) -> None:
    press(window, KEY.Key_Z)
    before = middle(viewer.picture)
    press(window, KEY.Key_BracketRight)
    viewer.picture.say("")
    after = middle(viewer.picture)
    table = numpy.array(Light(1).table())
    assert (after == table[before]).all()


# -- magnifier -------------------------------------------------------------------------------------------------


def test_the_magnifier_shows_the_pictures_own_pixels(window: Window, viewer: Viewer) -> None:
    view = viewer.picture
    view.boxes = ()
    press(window, KEY.Key_M)
    assert view.lens.strength == 2
    whole = view.whole
    assert whole is not None
    assert view._pixmap is not None
    assert whole.width() > view._pixmap.width()
    press(window, KEY.Key_Down)
    press(window, KEY.Key_Right)
    view.say("")
    shown = view.grab().toImage()
    glass = view.lens.rect(view.target(), view.room())
    at = glass.center().toPoint()
    here = (int(view.lens.across * whole.width()), int(view.lens.down * whole.height()))
    for by in (-20, -8, 0, 8, 20):  # two pixels of the screen for one of the picture
        seen, own = shown.pixelColor(at.x() + 2 * by, at.y()), whole.pixelColor(here[0] + by, here[1])
        around = [whole.pixelColor(here[0] + by + d, here[1] + e) for d in (-1, 0, 1) for e in (-1, 0, 1)]
        assert seen.rgb() in {one.rgb() for one in around}, (by, seen.name(), own.name())


def test_arrows_and_the_mouse_move_the_magnifier_and_it_is_put_away(
    window: Window, screen: CameraTrapsScreen, viewer: Viewer
) -> None:
    view, row = viewer.picture, viewer.row
    press(window, KEY.Key_M)
    across, down = view.lens.across, view.lens.down
    press(window, KEY.Key_Right)
    press(window, KEY.Key_Up)
    assert viewer.row == row
    assert view.lens.across > across
    assert view.lens.down < down
    target = view.target()
    QTest.mouseMove(view, (target.topLeft() + QPointF(3, 3)).toPoint())
    assert view.lens.across < 0.05
    for _n in range(100):
        press(window, KEY.Key_Left)
    assert view.lens.across == 0
    press(window, KEY.Key_M)
    assert view.lens.strength == 3
    press(window, KEY.Key_Period)
    assert viewer.row == row + 1
    assert view.lens.strength == 3
    press(window, KEY.Key_Escape)
    assert view.lens.strength == 0
    assert screen.page is viewer
    press(window, KEY.Key_Right)
    assert viewer.row == row + 2


def test_a_picture_is_read_whole_only_once(window: Window, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[QSize] = []

    def counted(library: Library, sha256: str, box: QSize, **more: bool) -> picture_source.Loaded:
        read.append(box)
        return load(library, sha256, box, **more)

    monkeypatch.setattr("ui.camera_traps.picture_view.load", counted)
    for _n in range(6):
        press(window, KEY.Key_M)
    press(window, KEY.Key_Z)
    press(window, KEY.Key_Z)
    assert [box for box in read if box.isEmpty()] == [WHOLE]


# -- difference ------------------------------------------------------------------------------------------------


def two_pictures(viewer: Viewer, demo: Library) -> tuple[Path, Path]:
    """The originals of the first two pictures of the event; the second becomes the first with a bright square."""
    source, found = viewer._source, []
    for row in (viewer.row, viewer.row + 1):
        cell = source.cell(row)
        assert cell is not None
        assert cell.sha256 is not None
        path = vault.find(demo.vault, cell.sha256)
        assert path is not None
        path.chmod(0o600)
        found.append(path)
    first = QImage(str(found[0]))
    second = QImage(first)
    width, height = second.width(), second.height()
    for x in range(width // 2, width // 2 + width // 8):
        for y in range(height // 2, height // 2 + height // 8):
            second.setPixelColor(x, y, QColor("white"))
    assert first.save(str(found[0]), "JPG", 95)
    assert second.save(str(found[1]), "JPG", 95)
    return found[0], found[1]


def test_the_difference_to_the_picture_before_glows(window: Window, viewer: Viewer, demo: Library) -> None:
    two_pictures(viewer, demo)
    view = viewer.picture
    press(window, KEY.Key_T)
    assert "first picture of its event" in view.readout
    assert view.difference is None
    press(window, KEY.Key_Right)
    view.say("")
    assert view.difference is not None
    assert view.difference_words == "What differs from the picture before"
    assert view.changed_box is not None
    left, top, width, height = view.changed_box
    assert abs(left - 0.5) < 0.03
    assert abs(top - 0.5) < 0.03
    assert abs(width - 0.125) < 0.05
    assert abs(height - 0.125) < 0.05
    target = view.target()
    shown = view.grab().toImage()
    inside = (target.topLeft() + QPointF(target.width() * 0.56, target.height() * 0.56)).toPoint()
    assert shown.pixelColor(inside).red() > 150
    outside = (target.topLeft() + QPointF(target.width() * 0.2, target.height() * 0.6)).toPoint()
    assert shown.pixelColor(outside).red() < 90
    press(window, KEY.Key_T)
    assert view.difference is None


def test_the_difference_works_with_previews_only(window: Window, viewer: Viewer, demo: Library) -> None:
    for path in two_pictures(viewer, demo):
        sha256 = path.name.partition(".")[0]
        thumbs.place(demo.folder / "cache", sha256).unlink(missing_ok=True)
        assert thumbs.thumbnail(demo.folder, sha256) is not None
        path.unlink()
    viewer.picture._kept.clear()
    press(window, KEY.Key_T)
    press(window, KEY.Key_Right)
    assert viewer.picture.difference is not None
    assert viewer.picture.changed_box is not None


# -- boxes -----------------------------------------------------------------------------------------------------


def edges(view: PictureView, box: boxes.Box, colour: QColor) -> list[float]:
    """How much of each edge of a box (left, right, bottom) is drawn in this colour."""
    target, found = view.target(), near(pixels(view), colour)
    left, top = target.left() + box.left * target.width(), target.top() + box.top * target.height()
    right, bottom = left + box.width * target.width(), top + box.height * target.height()
    rows, columns = slice(int(top) + 30, int(bottom) - 4), slice(int(left) + 4, int(right) - 4)
    return [float(found[rows, int(x) - 2 : int(x) + 3].any(axis=1).mean()) for x in (left, right)] + [
        float(found[int(bottom) - 2 : int(bottom) + 3, columns].any(axis=0).mean())
    ]


def test_boxes_stand_where_the_machine_saw_something(window: Window, viewer: Viewer, demo: Library) -> None:
    view = viewer.picture
    assert viewer.cell is not None
    for kind, certainty, box in (
        ("animal", 8700, "0.1 0.5 0.2 0.3"),
        ("human", 5100, "0.4 0.5 0.2 0.3"),
        ("vehicle", 4000, "0.7 0.5 0.2 0.3"),
        ("animal", 900, "0.3 0.1 0.2 0.3"),
        ("animal", 9000, "0.9 nonsense"),
    ):
        machine_says(demo, viewer.cell.id, kind, certainty, box)
    viewer.reload()
    found = {(one.type, one.certainty): one for one in view.boxes}
    assert len(found) == 4
    animal, human = found["animal", 8700], found["human", 5100]
    vehicle, unsure = found["vehicle", 4000], found["animal", 900]
    assert animal.label == "Animal 87 %"
    solid, dashed, dotted = (
        edges(view, one, theme.over_picture(name))
        for one, name in ((animal, "rail_mark"), (human, "problem"), (vehicle, "partner"))
    )
    assert min(solid) > 0.95
    assert 0.4 < min(dashed) < 0.95  # another line, not only another colour
    assert 0.2 < min(dotted) < 0.9
    assert max(edges(view, unsure, theme.over_picture("rail_mark"))) < 0.5  # below the stated certainty
    press(window, KEY.Key_B, CONTROL)
    assert view.readout == "All boxes"
    view.say("")
    assert min(edges(view, unsure, theme.over_picture("rail_mark"))) > 0.95
    press(window, KEY.Key_B, CONTROL)
    view.say("")
    assert max(edges(view, animal, theme.over_picture("rail_mark"))) < 0.5
    press(window, KEY.Key_B, CONTROL)
    assert view.readout == "Boxes from 20 % certainty · 1 less certain"
    view.say("")
    press(window, KEY.Key_Z)
    assert view.zoomed
    assert view.target().width() > view.width()
    view._offset = QPointF(1e6, -1e6)  # the lower left corner
    assert min(edges(view, animal, theme.over_picture("rail_mark"))[:2]) > 0.9


def test_enter_agrees_with_what_the_machine_is_surest_of(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    source = screen.gallery.source
    row = next(row for row in range(len(source)) if (cell := source.cell(row)) and cell.seen_by == 0)
    cell = source.cell(row)
    assert cell is not None
    for certainty in (9000, 1200, 5000):
        kind = {9000: "vehicle", 1200: "human", 5000: "blank"}[certainty]
        machine_says(demo, cell.id, kind, certainty, "0.1 0.5 0.2 0.3")
    QApplication.processEvents()
    screen.open_viewer(row)
    assert screen.viewer.panel.chip.text() == "machine says vehicle 90 %"
    press(window, KEY.Key_Return)
    with demo.read() as db:
        assert review.said(db, cell.id)[0].type == "vehicle"


def test_a_person_sees_no_boxes_where_no_machine_spoke(viewer: Viewer) -> None:
    viewer.said = []
    viewer.tools.said()
    assert list(viewer.picture.boxes) == []


# -- full screen -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY.Key_F, KEY.Key_F11])
def test_full_screen_shows_only_the_picture_and_keys_work(
    window: Window, screen: CameraTrapsScreen, viewer: Viewer, demo: Library, key: Qt.Key
) -> None:
    row = viewer.row
    press(window, key)
    full = viewer.tools.full
    assert full is not None
    assert window.isFullScreen()
    assert viewer.picture.window() is window
    assert full.geometry() == window.rect()
    assert viewer.picture.width() == window.width()
    assert full.isAncestorOf(viewer.picture)
    press(window, KEY.Key_Right)
    assert viewer.row == row + 1
    assert full.said.text() == viewer.panel.chip.text()
    cell = viewer.cell
    assert cell is not None
    press(window, KEY.Key_V)
    with demo.read() as db:
        assert review.said(db, cell.id)[0].type == "vehicle"
    press(window, KEY.Key_Escape)
    assert viewer.tools.full is None
    assert not window.isFullScreen()
    assert screen.page is viewer
    assert viewer.column.indexOf(viewer.picture) == 0
    assert viewer.isAncestorOf(viewer.picture)


def test_full_screen_ends_where_something_else_is_wanted(window: Window, viewer: Viewer) -> None:
    press(window, KEY.Key_F)
    press(window, KEY.Key_S)
    assert viewer.tools.full is None
    assert QApplication.focusWidget() is viewer.panel.field
    viewer.setFocus()
    press(window, KEY.Key_F)
    press(window, KEY.Key_1, CONTROL)
    assert viewer.tools.full is None
    assert window.place == window.places[0].id


# -- keys ------------------------------------------------------------------------------------------------------


def test_every_tool_has_a_key_in_the_list_and_none_is_shared(window: Window, viewer: Viewer) -> None:
    commands = window.commands()
    assert same_keys(commands) == {}
    listed = {key for group in grouped(commands).values() for command in group for key in command.keys}
    wanted = {"M", "T", "[", "]", ";", "'", "\\", "Ctrl+B", "Q", "Shift+Q", "F", "F11", "Space", ",", ".", "Up", "Down"}
    assert wanted <= listed


def test_a_mark_is_taken_back_by_undo(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    row = named(screen)
    cell = screen.gallery.source.cell(row)
    assert cell is not None
    beside.mark(demo, cell.id, True)
    undo(demo)
    with demo.read() as db:
        assert not beside.is_reference(db, cell.id)


def test_words_of_the_tools_fit_in_the_longest_language(window: Window, viewer: Viewer, dressed: Dress) -> None:
    dressed("ru", "dark")
    view = viewer.picture
    view.resize(240, 160)
    for key in (KEY.Key_BracketRight, KEY.Key_M, KEY.Key_T, KEY.Key_Q):
        press(window, key)
        view.grab()  # paints without a word outside
    assert view.readout
