"""The photos, the marked points and the sketch of a patrol, as a person works with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from ranger_app.actions import patrol_photos, patrol_read, patrol_write
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.patrol_write import FindEntry
from ranger_app.actions.undo import undo
from ranger_app.library import Library
from ranger_app.store import rows
from tests.finding import CAMP, SNARE, use_model, walk
from tests.media.pictures import jpeg
from tests.ui.test_patrols import gpx
from ui.patrols.page import FINDS, PHOTOS, TRACK
from ui.patrols.photos_page import PICTURE, TIME, WHERE
from ui.patrols.screen import PatrolsScreen
from ui.shell.window import Window
from ui.widgets.choice_box import ChoiceBox


@pytest.fixture
def screen(show_screen: Callable[[type[PatrolsScreen]], PatrolsScreen], library: Library) -> PatrolsScreen:
    use_model(library)
    return show_screen(PatrolsScreen)


@pytest.fixture
def patrol(screen: PatrolsScreen, library: Library, tmp_path: Path) -> bytes:
    made = import_patrol(library, walk(tmp_path / "walk.gpx")).patrol
    screen.table.choose(made)
    return made


def photos(folder: Path, *times: str) -> Path:
    card = folder / "card"
    card.mkdir()
    for n, time in enumerate(times):
        (card / f"P{n}.JPG").write_bytes(jpeg(n, f"2026:03:03 {time}:00"))
    return card


def test_photos_are_taken_shown_and_moved_by_one_whose_time_is_known(
    screen: PatrolsScreen, patrol: bytes, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    page = screen.card.photos
    screen.card.turn(PHOTOS)
    assert page.table.empty.isVisible()
    page.take_files([photos(tmp_path, "07:05", "07:25")])
    model = page.table.model
    assert [line.texts[TIME] for line in model.lines] == ["07:05:00", "07:25:00"]
    assert [line.texts[WHERE] for line in model.lines] == ["no place", "no place"]
    assert not model.data(model.index(0, PICTURE), Qt.ItemDataRole.DecorationRole).isNull()
    assert "2 photos have no place" in page.summary.text()
    page.table.choose(model.lines[0].id)
    screen.card.set_clock()
    page.true.setFocus()
    qtbot.keyClicks(page.true, "0810")
    qtbot.keyClick(page.true, Qt.Key.Key_Return)  # seen first …
    assert "+1 h 5 min" in page.outlook.text()
    assert "2 of 2" in page.outlook.text()
    assert [line.texts[TIME] for line in model.lines] == ["08:10:00", "08:30:00"]
    assert shift(library, patrol) is None
    qtbot.keyClick(page.true, Qt.Key.Key_Return)  # … then taken
    assert shift(library, patrol) == 3900
    assert [line.texts[WHERE] for line in model.lines] == ["on the track ± 15 m", "on the track ± 15 m"]
    undo(library)
    assert shift(library, patrol) is None


def shift(library: Library, patrol: bytes) -> object:
    with library.read() as db:
        record = rows.get(db, "patrol", patrol)
    assert record is not None
    return record["photo_shift"]


def test_a_shift_that_is_not_taken_leaves_no_trace(
    screen: PatrolsScreen, patrol: bytes, library: Library, tmp_path: Path
) -> None:
    page = screen.card.photos
    screen.card.turn(PHOTOS)
    page.take_files([photos(tmp_path, "07:05")])
    page.ask_clock()
    page.true.setText("noon")
    page.preview()
    assert page.outlook.text()
    assert not page.take_button.isVisibleTo(page)
    page.true.setText("08:10")
    page.preview()
    assert page.model.lines[0].texts[TIME] == "08:10:00"
    page._close_rows()
    assert page.model.lines[0].texts[TIME] == "07:05:00"
    assert shift(library, patrol) is None


def test_pointing_at_the_sketch_says_when_a_photo_was_taken(
    screen: PatrolsScreen, patrol: bytes, library: Library, tmp_path: Path
) -> None:
    page = screen.card.photos
    screen.card.turn(PHOTOS)
    page.take_files([photos(tmp_path, "07:05")])
    page.sketch.pointed.emit(42.505, 130.8001)
    assert "+1 h 5 min" in page.outlook.text()
    page.shift()
    assert shift(library, patrol) == 3900


def test_a_photo_is_joined_to_its_find(screen: PatrolsScreen, patrol: bytes, library: Library, tmp_path: Path) -> None:
    patrol_write.add_find(library, patrol, FindEntry(CAMP, "8:40"))
    near = patrol_write.add_find(library, patrol, FindEntry(SNARE, "8:11", {"age": ["old"]}))
    page = screen.card.photos
    screen.card.turn(PHOTOS)
    page.take_files([photos(tmp_path, "08:10")])
    page.ask_find()
    assert page.finds.currentData() == near.find  # the nearest in time is offered
    page.show_find()
    with library.read() as db:
        (photo,) = patrol_photos.photos(db, patrol)
    assert (photo.find, photo.waypoint) == (near.find, near.waypoint)
    assert page.model.lines[0].texts[WHERE] == "◆ Snare"
    assert screen.card.pages.segments._group.button(PHOTOS).text() == "Photos · 1"


def test_a_person_says_that_marked_points_count(
    screen: PatrolsScreen, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    patrol = import_patrol(library, gpx(tmp_path / "spike.gpx")).patrol
    screen.table.choose(patrol)
    screen.card.turn(TRACK)
    panel = screen.card.track
    before = patrol_read.page(library, patrol).cleaned.metres
    assert panel.runs.model.lines[0].texts[0] == "Jump away and back"
    screen.card.judge_points()
    panel.judge()  # nothing said yet: nothing happens
    assert patrol_read.page(library, patrol).runs[0].run.reason == "spike"
    qtbot.keyClicks(panel.why, "We crossed by helicopter")
    qtbot.keyClick(panel.why, Qt.Key.Key_Return)
    page = patrol_read.page(library, patrol)
    assert before is not None
    assert page.cleaned.metres is not None
    assert page.cleaned.metres > before + 100_000
    assert panel.runs.model.lines[0].texts[0] == "Jump away and back → counts"
    assert "helicopter" in panel.said.text()
    screen.card.judge_points()
    panel.why.setText("No, it was the receiver")
    panel.judge()
    assert patrol_read.page(library, patrol).cleaned.metres == pytest.approx(before)


def test_a_click_on_the_sketch_is_the_place_of_a_find(
    screen: PatrolsScreen, patrol: bytes, library: Library, qtbot: QtBot
) -> None:
    screen.card.turn(TRACK)
    sketch = screen.card.track.sketch
    qtbot.mouseClick(sketch, Qt.MouseButton.LeftButton, pos=QPoint(sketch.width() // 2, (sketch.height() - 8) // 2))
    form = screen.card.finds.form
    assert screen.card.pages.index == FINDS
    assert not screen.table.isVisible()  # the line for finds has the room
    form.what.line.setFocus()
    qtbot.keyClicks(form.what.line, "camp")
    qtbot.keyClick(form.what.line, Qt.Key.Key_Return)
    form.save()
    (find,) = patrol_read.page(library, patrol).finds
    assert find.latitude == pytest.approx(42.5 + 119 * 0.0005 / 2, abs=0.0005)
    assert find.longitude == pytest.approx(130.8, abs=0.0005)
    form.close_form()
    assert screen.table.isVisible()


def test_escape_drops_a_question_and_nothing_else(
    window: Window, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    use_model(library)
    patrol = import_patrol(library, gpx(tmp_path / "spike.gpx")).patrol
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("patrols")
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    screen.table.choose(patrol)
    screen.card.turn(TRACK)
    screen.card.judge_points()
    qtbot.keyClick(screen.card.track.why, Qt.Key.Key_Escape)
    assert screen.card.track.asking.isHidden()
    screen.card.photos.take_files([photos(tmp_path, "07:05")])
    screen.card.turn(PHOTOS)
    screen.card.set_clock()
    qtbot.keyClick(screen.card.photos.true, Qt.Key.Key_Escape)
    assert screen.card.photos.setting.isHidden()
    assert screen.card.record == patrol


def test_letters_choose_in_a_list_and_reach_no_command(qtbot: QtBot) -> None:
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItems(["", "On foot", "Car"])
    box.show()
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_C)
    assert box.currentText() == "Car"
    assert isinstance(box, QComboBox)
