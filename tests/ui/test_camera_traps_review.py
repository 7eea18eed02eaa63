"""Saying what pictures show: one key in the grid and in the viewer, at once on screen, undone with one key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions import review
from ranger_app.actions.review import Said, Tally
from ranger_app.actions.undo import undo
from ranger_app.library import Library
from ranger_app.store.gallery import Filter
from ui.camera_traps.screen import PICTURES, CameraTrapsScreen
from ui.commands import same_keys
from ui.shell.window import Window

Dress = Callable[[str, str], None]
KEY = Qt.Key


@pytest.fixture
def library(demo: Library) -> Library:
    """Here bridge and window stand on the demo library."""
    return demo


@pytest.fixture
def window(window: Window) -> Iterator[Window]:
    window.activateWindow()
    window.go("camera_traps")
    yield window
    window.screens["camera_traps"].gallery.grid.thumbs.stop()  # type: ignore[attr-defined]


@pytest.fixture
def screen(window: Window) -> CameraTrapsScreen:
    """Camera traps on the tab with all pictures; keys name single ones here, whole events in the tests of events."""
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    shown.gallery.reviewer.set_whole(False)
    shown.choose_tab(PICTURES)
    return shown


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def said(library: Library, screen: CameraTrapsScreen, row: int) -> Said:
    cell = screen.gallery.source.cell(row)
    assert cell is not None
    with library.read() as db:
        return review.said(db, cell.id)[0]


def word(screen: CameraTrapsScreen, row: int) -> str | None:
    cell = screen.gallery.source.cell(row)
    return cell.shown if cell is not None else None


def waiting(screen: CameraTrapsScreen) -> list[int]:
    source = screen.gallery.source
    return [row for row in range(len(source)) if not source.is_reviewed(row)]


# -- grid ------------------------------------------------------------------------------------------------------


def test_a_key_names_the_picture_and_goes_to_the_next(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    row = waiting(screen)[0]
    screen.gallery.grid.go_to(row)
    press(window, KEY.Key_B)
    assert (said(demo, screen, row).type, word(screen, row)) == ("blank", "blank")
    assert said(demo, screen, row).by == "Manager"
    assert screen.gallery.grid.current_row == row + 1
    assert window.strip.sentence.text() == "Marked 1 picture: Blank."
    press(window, KEY.Key_1)
    assert said(demo, screen, row + 1).taxon == "Panthera tigris"


def test_many_pictures_at_once_and_one_undo_for_all(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    before = [word(screen, row) for row in range(len(screen.gallery.source))]
    press(window, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(window, KEY.Key_V)
    assert [word(screen, row) for row in range(len(before))] == ["vehicle"] * len(before)
    assert window.strip.sentence.text() == f"Marked {len(before)} pictures: Vehicle."
    press(window, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [word(screen, row) for row in range(len(before))] == before


def test_naming_again_replaces_what_the_same_person_said(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    row = waiting(screen)[0]
    cell = screen.gallery.source.cell(row)
    assert cell is not None
    for key in (KEY.Key_H, KEY.Key_U):
        screen.gallery.grid.go_to(row)
        press(window, key)
    with demo.read() as db:
        mine = [one for one in review.said(db, cell.id) if not one.machine]
    assert [one.type for one in mine] == ["unknown"]


def test_count_is_said_with_the_next_species_and_then_one_again(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    screen.gallery.grid.go_to(0)
    for _n in range(4):
        press(window, KEY.Key_Plus)
    press(window, KEY.Key_Minus)
    assert screen.gallery.count.text() == "4"
    press(window, KEY.Key_4)
    assert (said(demo, screen, 0).taxon, said(demo, screen, 0).count) == ("Sus scrofa", 4)
    assert screen.gallery.count.text() == "1"


def test_a_species_is_found_by_any_of_its_names(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    for row, typed in enumerate(("Лиса", "狼", "Alces al")):
        screen.gallery.grid.go_to(row)
        press(window, KEY.Key_S)
        assert QApplication.focusWidget() is screen.gallery.field
        screen.gallery.field.setText(typed)
        press(window, KEY.Key_Return)
        assert QApplication.focusWidget() is screen.gallery.grid
    assert [said(demo, screen, row).taxon for row in range(3)] == ["Vulpes vulpes", "Canis lupus", "Alces alces"]


def test_letters_typed_in_a_field_name_nothing(window: Window, screen: CameraTrapsScreen) -> None:
    before = [word(screen, row) for row in range(len(screen.gallery.source))]
    screen.gallery.field.setFocus()
    for key in (KEY.Key_B, KEY.Key_1, KEY.Key_H):
        press(window, key)
    assert screen.gallery.field.text().casefold() == "b1h"
    screen.gallery.filter.deployment.setFocus()
    press(window, KEY.Key_B)
    assert [word(screen, row) for row in range(len(before))] == before


def test_after_a_list_was_picked_from_the_pictures_have_the_keyboard(
    window: Window, screen: CameraTrapsScreen, qtbot: QtBot
) -> None:
    box = screen.gallery.filter.deployment
    box.setFocus()
    box.showPopup()
    box.setCurrentIndex(1)
    box.activated.emit(1)
    box.hidePopup()
    qtbot.waitUntil(lambda: window.focusWidget() is screen.gallery.grid)


def test_what_is_said_is_on_screen_before_it_is_written(
    screen: CameraTrapsScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Callable[[], object]] = []

    def later(
        work: Callable[[object], object], done: Callable[[object], object], failed: object, **_more: object
    ) -> None:
        held.append(lambda: done(work(None)))

    monkeypatch.setattr(screen.bridge, "act", later)
    row = waiting(screen)[0]
    key = screen.gallery.source.keys[row]
    screen.gallery.reviewer.answer([key], "blank")
    assert word(screen, row) == "blank"
    assert screen.gallery.source.is_reviewed(row)
    held[0]()
    assert word(screen, row) == "blank"


def test_a_refusal_takes_the_word_back(screen: CameraTrapsScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    row = waiting(screen)[0]
    before = word(screen, row)
    shown: list[BaseException] = []
    monkeypatch.setattr(screen.bridge, "report", shown.append)

    def broken(*_given: object, **_more: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr("ui.camera_traps.reviewer.state", broken)
    screen.gallery.reviewer.answer([screen.gallery.source.keys[row]], "blank")
    assert word(screen, row) == before
    assert len(shown) == 1


def test_more_than_one_undo_can_take_is_refused(screen: CameraTrapsScreen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.camera_traps.reviewer.MOST_AT_ONCE", 3)
    said_words: list[str] = []
    screen.bridge.said.connect(lambda sentence, _undo: said_words.append(sentence))
    assert not screen.gallery.reviewer.answer([1, 2, 3, 4], "blank")
    assert said_words == ["Choose at most 3 pictures at a time."]


# -- filter ----------------------------------------------------------------------------------------------------


def test_filters_narrow_and_the_empty_ones_say_so(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    gallery = screen.gallery
    everything = len(gallery.source)
    open_rows = len(waiting(screen))
    press(window, KEY.Key_R)
    assert len(gallery.source) == open_rows < everything
    gallery.show_all()
    deployment = gallery.filter.deployment.itemData(1)
    gallery.filter.put(Filter(deployment))
    assert 0 < len(gallery.source) < everything
    assert gallery.tally is not None
    assert gallery.tally.pictures == len(gallery.source)
    gallery.filter.put(Filter(shown="Gulo gulo"))
    assert len(gallery.source) == 0
    assert "No picture fits" in gallery.stack.currentWidget().sentence.text()  # type: ignore[union-attr]
    gallery.show_all()
    assert len(gallery.source) == everything


def test_days_are_those_of_the_station(screen: CameraTrapsScreen) -> None:
    line = screen.gallery.filter
    line.month.setCurrentIndex(line.month.count() - 1)
    line.month.activated.emit(line.month.count() - 1)
    line.start.setText("2025-09-01")
    line.start.editingFinished.emit()
    line.end.setText("2025-09-01")
    line.end.editingFinished.emit()
    start, end = line.filter.start, line.filter.end
    assert start is not None
    assert end is not None
    assert end - start == 86_399
    assert (start + 600 * 60) % 86_400 == 0
    line.end.setText("yesterday")
    line.end.editingFinished.emit()
    assert line.end.property("wrong") is True
    assert line.filter.end is None


def test_everything_looked_at_says_so(window: Window, screen: CameraTrapsScreen) -> None:
    press(window, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    press(window, KEY.Key_B)
    screen.open_at("review")
    assert "Everything here has been looked at" in screen.gallery.stack.currentWidget().sentence.text()  # type: ignore[union-attr]


# -- viewer ----------------------------------------------------------------------------------------------------


def test_viewer_opens_goes_on_after_a_key_and_comes_back(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    rows = waiting(screen)
    screen.gallery.grid.go_to(rows[0])
    press(window, KEY.Key_Return)
    assert screen.page is screen.viewer
    assert screen.viewer.row == rows[0]
    press(window, KEY.Key_2)
    assert said(demo, screen, rows[0]).taxon == "Panthera pardus"
    assert screen.viewer.row == rows[1]
    press(window, KEY.Key_C)
    assert said(demo, screen, rows[1]).taxon == "Panthera pardus"
    assert screen.viewer.row == rows[2]
    press(window, KEY.Key_Left)
    assert screen.viewer.row == rows[2] - 1
    press(window, KEY.Key_Escape)
    assert screen.page is screen.tabs
    assert screen.gallery.grid.current_row == rows[2] - 1


def test_progress_is_in_the_title_line(window: Window, screen: CameraTrapsScreen, qtbot: QtBot) -> None:
    tally = screen.gallery.tally
    assert tally == Tally(len(screen.gallery.source), len(screen.gallery.source) - len(waiting(screen)))
    left = screen.gallery.events_left
    assert 0 < left < tally.to_review
    assert screen.sentence == f"{tally.reviewed} of {tally.pictures} done · {left} events left"
    screen.open_viewer(waiting(screen)[0])
    press(window, KEY.Key_B)
    qtbot.waitUntil(lambda: screen.sentence.startswith(f"{tally.reviewed + 1} of {tally.pictures} done · "))
    assert screen.title.startswith("Review · ")


def test_enter_agrees_with_the_machine(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    source = screen.gallery.source
    guessed = next(row for row in range(len(source)) if (cell := source.cell(row)) is not None and cell.seen_by == 1)
    shown = word(screen, guessed)
    screen.open_viewer(guessed)
    assert "machine says" in screen.viewer.panel.chip.text()
    press(window, KEY.Key_Return)
    mine = said(demo, screen, guessed)
    assert (mine.shown, mine.machine, mine.by) == (shown, False, "Manager")


def test_enter_on_a_picture_nobody_named_asks_for_a_key(window: Window, screen: CameraTrapsScreen) -> None:
    source = screen.gallery.source
    row = next(row for row in range(len(source)) if (cell := source.cell(row)) is not None and cell.seen_by == 0)
    screen.open_viewer(row)
    assert not screen.viewer.panel.confirm.isEnabled()
    press(window, KEY.Key_Return)
    assert (screen.viewer.row, word(screen, row)) == (row, None)
    assert "Nobody has said" in window.strip.sentence.text()


def test_staying_and_details_of_a_named_picture_are_written(
    window: Window, screen: CameraTrapsScreen, demo: Library, qtbot: QtBot
) -> None:
    row = waiting(screen)[0]
    screen.open_viewer(row)
    screen.viewer.panel.on.setChecked(False)
    assert not review.goes_on(demo)
    press(window, KEY.Key_1)
    assert screen.viewer.row == row
    press(window, KEY.Key_Plus)
    press(window, KEY.Key_X)
    qtbot.waitUntil(lambda: said(demo, screen, row).count == 2)
    found = said(demo, screen, row)
    assert (found.taxon, found.sex) == ("Panthera tigris", "female")
    assert screen.viewer.panel.count.text() == "2"


def test_details_not_yet_written_are_not_lost_by_going_on(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    row = waiting(screen)[0]
    screen.open_viewer(row)
    screen.viewer.goes_on = False
    press(window, KEY.Key_3)
    press(window, KEY.Key_Plus)
    press(window, KEY.Key_Right)
    assert (said(demo, screen, row).taxon, said(demo, screen, row).count) == ("Cervus nippon", 2)
    assert screen.viewer.panel.count.text() != "2" or screen.viewer.row != row


def test_a_known_animal_brings_its_species(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    source = screen.gallery.source
    row = next(row for row in range(len(source)) if (cell := source.cell(row)) is not None and cell.seen_by == 0)
    screen.open_viewer(row)
    box = screen.viewer.panel.individual
    assert box.count() > 1
    animal = box.itemData(1)
    box.setCurrentIndex(1)
    box.activated.emit(1)
    found = said(demo, screen, row)
    assert (found.individual, found.taxon) == (animal.id, animal.taxon)


def test_side_and_sureness_are_asked_beside_a_known_animal(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    row = waiting(screen)[0]
    screen.open_viewer(row)
    viewer, panel = screen.viewer, screen.viewer.panel
    viewer.goes_on = False
    press(window, KEY.Key_L)  # nobody is named yet, so there is nothing to say
    assert (panel.flank.isVisible(), viewer.reviewer.details.flank) == (False, None)
    panel.individual.setCurrentIndex(1)
    panel.individual.activated.emit(1)
    assert panel.flank.isVisible()
    press(window, KEY.Key_L)
    for _turn in range(2):
        press(window, KEY.Key_P)
    press(window, KEY.Key_Right)
    found = said(demo, screen, row)
    assert (found.flank, found.sureness, found.individual is None) == ("left", "probable", False)
    viewer.show_row(row)
    assert (panel.flank.currentData(), panel.sureness.currentData()) == ("left", "probable")


def test_undo_in_the_viewer_shows_the_picture_waiting_again(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    row = waiting(screen)[0]
    screen.open_viewer(row)
    screen.viewer.goes_on = False
    press(window, KEY.Key_H)
    assert "Person" in screen.viewer.panel.chip.text()
    undo(demo)
    assert screen.viewer.panel.chip.property("tone") == "attention"
    assert row in waiting(screen)


def test_behind_the_last_it_begins_again_and_ends(window: Window, screen: CameraTrapsScreen) -> None:
    rows = waiting(screen)
    screen.open_viewer(rows[-1])
    press(window, KEY.Key_B)
    assert screen.viewer.row == rows[0]
    for _row in rows[:-1]:
        press(window, KEY.Key_B)
    assert waiting(screen) == []
    assert "Every picture of this filter" in window.strip.sentence.text() or "nothing left" in screen.sentence


def test_the_original_is_drawn_and_its_absence_said(
    window: Window, screen: CameraTrapsScreen, demo: Library, qtbot: QtBot
) -> None:
    from ranger_app.media import vault

    screen.open_viewer(0)
    view = screen.viewer.picture
    assert view._pixmap is not None
    assert view._pixmap.width() > 320
    assert view.remark == ""
    cell = screen.gallery.source.cell(5)
    assert cell is not None
    assert cell.sha256 is not None
    path = vault.find(demo.vault, cell.sha256)
    assert path is not None
    path.chmod(0o600)
    path.unlink()
    screen.viewer.show_row(5)
    assert "The original is not here" in view.remark
    assert view._pixmap is not None
    assert view._pixmap.width() <= 320
    assert "The original is not here" in screen.viewer.place.text()


def test_damage_is_said_with_the_picture(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    from ranger_app.actions import records

    cell = screen.gallery.source.cell(1)
    assert cell is not None
    records.edit(demo, "media", cell.id, {"flags": '["damaged"]'})
    screen.open_viewer(1)
    assert "damaged or break off" in screen.viewer.picture.notice
    assert " · damaged · " in screen.viewer.place.text()
    screen.viewer.show_row(2)
    assert screen.viewer.picture.notice == ""


def test_zoom_shows_the_pictures_own_pixels(window: Window, screen: CameraTrapsScreen) -> None:
    screen.open_viewer(0)
    view = screen.viewer.picture
    assert view._pixmap is not None
    fitted = view._pixmap.width()
    press(window, KEY.Key_Z)
    assert view.zoomed
    assert view._pixmap is not None
    assert view._pixmap.width() > fitted
    row = screen.viewer.row
    press(window, KEY.Key_Right)
    assert screen.viewer.row == row  # the arrows move the picture now
    press(window, KEY.Key_Z)
    assert not view.zoomed


def test_film_strip_goes_where_it_is_pressed(screen: CameraTrapsScreen, qtbot: QtBot) -> None:
    screen.open_viewer(0)
    strip = screen.viewer.strip
    assert strip.rows().start == 0
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip._rect(2).center())
    assert screen.viewer.row == 2


# -- keys ------------------------------------------------------------------------------------------------------


def test_no_key_has_two_meanings_on_any_page(window: Window, screen: CameraTrapsScreen) -> None:
    pages = [lambda index=index: screen.choose_tab(index) for index in range(3)]
    for get_there in (*pages, *(there for _name, there in screen.pictures())):
        get_there()
        assert same_keys([*screen.commands(), *window.own_commands()]) == {}


def test_another_person_brings_other_keys(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    review.keep_species(demo, ["Gulo gulo"])
    screen.bridge.person_changed.emit()
    screen.gallery.grid.go_to(0)
    press(window, KEY.Key_1)
    assert said(demo, screen, 0).taxon == "Gulo gulo"
    assert screen.viewer.panel.rows[0].key.taxon == "Gulo gulo"


def test_a_change_of_language_keeps_the_place(window: Window, screen: CameraTrapsScreen, dressed: Dress) -> None:
    screen.gallery.filter.put(Filter(review="open"))
    screen.open_viewer(2)
    key = screen.gallery.source.keys[2]
    dressed("ru", "dark")
    window.rebuild()
    again = window.current()
    assert isinstance(again, CameraTrapsScreen)
    assert again is not screen
    assert again.page is again.viewer
    assert (again.viewer.row, again.gallery.source.keys[2]) == (2, key)
    assert again.gallery.filter.filter == Filter(review="open")
    screen.gallery.grid.thumbs.stop()
