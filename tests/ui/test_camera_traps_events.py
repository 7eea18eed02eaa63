"""Reviewing by events: one key for all pictures of a visit, several species, numbers, going from event to event."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ranger_app.actions import event_review, records, review
from ranger_app.domain.statements import Statement
from ranger_app.library import Library
from ranger_app.store import events, statements
from ranger_app.store.gallery import Filter
from ui.camera_traps.screen import PICTURES, CameraTrapsScreen
from ui.camera_traps.species_keys import SpeciesKeys
from ui.shell.window import Window

KEY = Qt.Key
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


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
    """Camera traps on the tab with all pictures."""
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    shown.choose_tab(PICTURES)
    return shown


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def waiting(screen: CameraTrapsScreen) -> list[list[int]]:
    """The rows of the events that wait whole and have several pictures."""
    source = screen.gallery.source
    rows = [source.event_rows(row) for row in range(len(source)) if source.starts_event(row)]
    return [one for one in rows if len(one) > 1 and not any(source.is_reviewed(row) for row in one)]


def mine(library: Library, screen: CameraTrapsScreen, row: int) -> list[Statement]:
    cell = screen.gallery.source.cell(row)
    assert cell is not None
    with library.read() as db:
        return [one for one in statements.of_picture(db, cell.id) if one.by == library.person]


# -- one key, one event ------------------------------------------------------------------------------------------


def test_a_key_in_the_viewer_names_the_event_and_goes_to_the_next(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    first, second = waiting(screen)[:2]
    screen.open_viewer(first[1])
    press(window, KEY.Key_1)
    said = {one.id for row in first for one in mine(demo, screen, row)}
    assert len(said) == 1
    assert len(mine(demo, screen, first[0])[0].pictures) == len(first)
    assert screen.viewer.row == second[0]
    assert f"pictures: {len(first)}. Tiger." in window.strip.sentence.text()
    press(window, KEY.Key_Z, CTRL)
    assert all(mine(demo, screen, row) == [] for row in first)
    assert not any(screen.gallery.source.is_reviewed(row) for row in first)


def test_many_steps_back_and_forth(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    first, second = waiting(screen)[:2]

    def shown() -> list[str | None]:
        cells = [screen.gallery.source.cell(row) for row in (first[0], second[-1])]
        return [cell.shown if cell is not None and cell.seen_by == 2 else None for cell in cells]

    steps = [shown()]
    for row, key in ((first[0], KEY.Key_B), (second[0], KEY.Key_1), (first[1], KEY.Key_H), (second[1], KEY.Key_U)):
        screen.open_viewer(row)
        press(window, key)
        steps.append(shown())
    assert steps[-1] == ["human", "unknown"]
    assert steps[-2] == ["human", "Panthera tigris"]
    for before in steps[-2::-1]:
        press(window, KEY.Key_Z, CTRL)
        assert shown() == before
    for after in steps[1:]:
        press(window, KEY.Key_Y, CTRL)
        assert shown() == after


def test_what_is_taken_back_is_seen_before_it_is_written(
    window: Window, screen: CameraTrapsScreen, demo: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = waiting(screen)[0]
    source = screen.gallery.source
    before = [source.cell(row) for row in event]
    screen.gallery.grid.go_to(event[0])
    press(window, KEY.Key_1)
    held: list[Callable[[], object]] = []

    def later(work: Callable[[object], object], done: Callable[[object], object], *_more: object, **_: object) -> None:
        held.append(lambda: done(work(None)))

    monkeypatch.setattr(screen.bridge, "act", later)
    press(window, KEY.Key_Z, CTRL)
    assert len(held) == 1
    assert [source.cell(row) for row in event] == before
    assert mine(demo, screen, event[0]) != []
    held[0]()
    assert [source.cell(row) for row in event] == before
    assert mine(demo, screen, event[0]) == []
    assert not source._said


def test_another_act_is_taken_back_without_a_guess(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    event = waiting(screen)[0]
    screen.gallery.grid.go_to(event[0])
    press(window, KEY.Key_1)
    record = records.add(demo, "note", {"text": "later"})
    screen.bridge.undo_asked.emit()
    assert not screen.gallery.source._said
    press(window, KEY.Key_Z, CTRL)
    with demo.read() as db:
        assert db.conn.execute("SELECT deleted FROM note WHERE id = ?", (record,)).fetchone()[0] == 1
    assert mine(demo, screen, event[0])[0].taxon == "Panthera tigris"


def test_w_names_single_pictures_and_is_remembered(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    event = waiting(screen)[0]
    screen.open_viewer(event[0])
    assert screen.viewer.panel.whole.isChecked()
    press(window, KEY.Key_W)
    assert not screen.viewer.panel.whole.isChecked()
    press(window, KEY.Key_B)
    assert mine(demo, screen, event[0])[0].media is not None
    assert mine(demo, screen, event[1]) == []
    assert screen.viewer.row == event[1]
    with demo.read() as db:
        assert not event_review.whole_event(db)
    press(window, KEY.Key_W)
    with demo.read() as db:
        assert event_review.whole_event(db)


def test_the_grid_names_events_and_a_selection_as_it_is(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    grid = screen.gallery.grid
    first, second = waiting(screen)[:2]
    grid.go_to(first[0])
    press(window, KEY.Key_B)
    assert all(mine(demo, screen, row)[0].type == "blank" for row in first)
    assert grid.current_row > first[-1]
    grid.go_to(second[0])
    grid.choose([second[1]])  # two of three, chosen by hand: only these
    press(window, KEY.Key_H)
    assert [bool(mine(demo, screen, row)) for row in second] == [True, True, *[False] * (len(second) - 2)]
    assert len({mine(demo, screen, row)[0].id for row in second[:2]}) == 1


def test_all_at_once_is_one_statement_an_event_and_one_undo(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    source = screen.gallery.source
    before = [source.cell(row).shown for row in range(len(source))]  # type: ignore[union-attr]
    number = sum(source.starts_event(row) for row in range(len(source)))
    press(window, KEY.Key_A, CTRL)
    press(window, KEY.Key_V)
    said = {mine(demo, screen, row)[0].id for row in range(len(source))}
    assert len(said) == number
    press(window, KEY.Key_Z, CTRL)
    assert [source.cell(row).shown for row in range(len(source))] == before  # type: ignore[union-attr]


def test_confirming_blank_shows_what_else_the_machine_found(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    event = waiting(screen)[0]
    ids = [screen.gallery.source.cell(row).id for row in event]  # type: ignore[union-attr]
    for media, kind, taxon in ((ids[0], "blank", None), (ids[1], "animal", "Lynx lynx")):
        fields = {"media": media, "type": kind, "taxon": taxon, "method": "machine", "certainty": 9000}
        records.add(demo, "observation", fields)
    screen.open_viewer(event[0])
    press(window, KEY.Key_Return)
    assert screen.viewer.row == event[1]
    assert mine(demo, screen, event[0]) == []
    assert "said to show: " in window.strip.sentence.text()
    press(window, KEY.Key_Return)
    assert mine(demo, screen, event[0])[0].taxon == "Lynx lynx"


# -- several species, numbers, behaviour ---------------------------------------------------------------------------


def test_shift_names_one_species_more(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    event = waiting(screen)[0]
    screen.open_viewer(event[0])
    press(window, KEY.Key_1, SHIFT)
    assert screen.viewer.row == event[0]
    press(window, KEY.Key_3, ALT)
    press(window, KEY.Key_4)
    said = sorted((one.taxon, one.count) for one in mine(demo, screen, event[-1]))
    assert said == [("Panthera tigris", 1), ("Sus scrofa", 3)]
    assert screen.viewer.row not in event
    screen.viewer.show_row(event[0])
    assert "Tiger" in screen.viewer.panel.chip.toolTip()
    assert "Wild boar" in screen.viewer.panel.chip.toolTip()


@pytest.mark.parametrize("modifiers", [ALT, Qt.KeyboardModifier.KeypadModifier])
def test_a_number_is_typed_digit_by_digit(
    window: Window, screen: CameraTrapsScreen, demo: Library, modifiers: Qt.KeyboardModifier
) -> None:
    event = waiting(screen)[0]
    screen.open_viewer(event[0])
    for key in (KEY.Key_1, KEY.Key_2, KEY.Key_0):
        press(window, key, modifiers)
    assert screen.viewer.panel.count.text() == "120"
    press(window, KEY.Key_4)
    assert [(one.taxon, one.count) for one in mine(demo, screen, event[0])] == [("Sus scrofa", 120)]
    assert screen.viewer.panel.count.text() == "1"


def test_behaviour_is_chosen_or_typed(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    event = waiting(screen)[0]
    screen.open_viewer(event[0])
    box = screen.viewer.panel.behaviour
    press(window, KEY.Key_D)
    box.hidePopup()
    assert QApplication.focusWidget() in (box, box.lineEdit())
    box.setEditText("rubbing a tree")
    press(window, KEY.Key_Return)
    assert QApplication.focusWidget() is screen.viewer
    press(window, KEY.Key_1)
    assert mine(demo, screen, event[0])[0].behaviour == "rubbing a tree"
    with demo.read() as db:
        assert review.behaviours(db)[0] == "rubbing a tree"


def test_a_name_typed_in_the_viewer_is_taken_with_enter(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    event = waiting(screen)[0]
    screen.open_viewer(event[0])
    press(window, KEY.Key_S)
    screen.viewer.panel.field.setText("росомаха")
    press(window, KEY.Key_Return)
    assert mine(demo, screen, event[0])[0].taxon == "Gulo gulo"


def test_a_detail_of_one_species_leaves_the_other_alone(
    window: Window, screen: CameraTrapsScreen, demo: Library
) -> None:
    event = waiting(screen)[0]
    screen.open_viewer(event[0])
    screen.viewer.goes_on = False
    press(window, KEY.Key_1, SHIFT)
    press(window, KEY.Key_4)
    press(window, KEY.Key_Plus)
    screen.viewer.write_details()
    said = sorted((one.taxon, one.count) for one in mine(demo, screen, event[-1]))
    assert said == [("Panthera tigris", 1), ("Sus scrofa", 2)]


def test_a_species_of_one_word_is_a_species(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    event = waiting(screen)[0]
    screen.gallery.grid.go_to(event[0])
    screen.gallery.reviewer.answer([screen.gallery.source.keys[event[0]]], "animal", "Ardea")
    screen.open_viewer(event[0])
    assert screen.viewer.taxon == "Ardea"
    screen.viewer.show_row(next(one[0] for one in waiting(screen)))
    assert screen.viewer.taxon is None or screen.viewer.said


def test_unclassified_leaves_the_event_waiting(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    event = waiting(screen)[0]
    screen.open_viewer(event[0])
    press(window, KEY.Key_U, SHIFT)
    assert mine(demo, screen, event[0])[0].type == "unclassified"
    assert not screen.gallery.source.is_reviewed(event[0])


# -- going about -------------------------------------------------------------------------------------------------


def test_j_and_k_go_from_event_to_event(window: Window, screen: CameraTrapsScreen) -> None:
    source = screen.gallery.source
    starts = [row for row in range(len(source)) if source.starts_event(row)]
    screen.open_viewer(starts[1] + 1)
    press(window, KEY.Key_J)
    assert screen.viewer.row == starts[2]
    press(window, KEY.Key_K)
    assert screen.viewer.row == starts[1]
    press(window, KEY.Key_K)
    assert screen.viewer.row == starts[0]
    press(window, KEY.Key_K)
    assert screen.viewer.row == starts[0]
    press(window, KEY.Key_Escape)
    grid = screen.gallery.grid
    grid.go_to(starts[0])
    press(window, KEY.Key_J)
    assert grid.current_row == starts[1]
    press(window, KEY.Key_J, SHIFT)
    assert grid.selected_rows() == source.event_rows(starts[1])
    press(window, KEY.Key_J)
    press(window, KEY.Key_W, SHIFT)
    assert grid.selected_rows() == source.event_rows(starts[2])


def test_the_gap_is_said_and_changed_over_the_grid(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    page = screen.gallery
    assert page.rule.gap.currentText() == "up to 2 minutes apart"
    before = page.events_left
    page.rule.gap.setCurrentIndex(page.rule.gap.findData(3600))
    page.rule.gap.activated.emit(page.rule.gap.currentIndex())
    assert page.source.gap == 3600
    with demo.read() as db:
        assert event_review.gap(db) == 3600
        assert page.events_left == events.waiting(db, Filter(), 3600) <= before


def test_a_day_is_gone_to(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    source = screen.gallery.source
    last = source.cell(len(source) - 1)
    assert last is not None
    assert last.camera_time is not None
    press(window, KEY.Key_G, CTRL)
    assert QApplication.focusWidget() is screen.gallery.filter.jump
    screen.gallery.filter.jump.setText(last.camera_time[:10])
    press(window, KEY.Key_Return)
    there = source.cell(screen.gallery.grid.current_row)
    assert there is not None
    assert (there.camera_time or "")[:10] == last.camera_time[:10]
    before = source.cell(screen.gallery.grid.current_row - 1)
    assert before is not None
    assert (before.camera_time or "")[:10] < last.camera_time[:10]
    assert QApplication.focusWidget() is screen.gallery.grid
    screen.gallery.filter.jump.setText("2099-01-01")
    screen.gallery.filter.jump.returnPressed.emit()
    assert screen.gallery.grid.current_row == len(source) - 1
    assert "This is the last one" in window.strip.sentence.text()


def test_month_and_mark_narrow_the_grid(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    line, source = screen.gallery.filter, screen.gallery.source
    everything = len(source)
    assert line.month.itemText(1) == max(source.cell(row).camera_time[:7] for row in range(everything))  # type: ignore
    line.month.setCurrentIndex(1)
    line.month.activated.emit(1)
    months = {(source.cell(row).camera_time or "")[:7] for row in range(len(source))}  # type: ignore[union-attr]
    assert months == {line.month.itemText(1)}
    screen.gallery.show_all()
    assert line.month.currentIndex() == 0
    media = source.cell(2)
    assert media is not None
    records.edit(demo, "media", media.id, {"flags": '["weak_date"]'})
    line.flag.setCurrentIndex(line.flag.findData("weak_date"))
    line.flag.activated.emit(line.flag.currentIndex())
    assert line.filter == Filter(flag="weak_date")
    assert len(source) == 1


def test_pictures_without_time_stand_alone(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    source = screen.gallery.source
    first = source.cell(0)
    assert first is not None
    for _n in range(3):
        records.add(demo, "media", {"deployment": first.deployment, "file_name": "x.jpg"})
    screen.gallery.show_filter(Filter())
    assert [source.cell(row).file_name for row in range(3)] == ["x.jpg"] * 3  # type: ignore[union-attr]
    assert [source.starts_event(row) for row in range(4)] == [True] * 4
    assert [source.joined(row) for row in range(4)] == [False] * 4


# -- keys of one's own, progress -----------------------------------------------------------------------------------


def test_species_are_put_on_keys_in_any_language(window: Window, screen: CameraTrapsScreen, demo: Library) -> None:
    press(window, KEY.Key_F3)
    panel = window.panel.content
    assert isinstance(panel, SpeciesKeys)
    assert panel.fields[0].text() == "Tiger"
    panel.fields[0].setText("Росомаха")
    panel.fields[0].returnPressed.emit()
    panel.fields[1].setText("Cervus nippon")  # it lies on 3 already: the two change places
    panel.fields[1].returnPressed.emit()
    assert review.species_list(demo)[:3] == ("Gulo gulo", "Cervus nippon", "Panthera pardus")
    panel.fields[2].setText("never finished")
    panel.fields[3].setFocus()
    assert panel.fields[2].text() != "never finished"
    panel.done.emit()
    event = waiting(screen)[0]
    screen.gallery.grid.setFocus()
    screen.gallery.grid.go_to(event[0])
    press(window, KEY.Key_1)
    assert mine(demo, screen, event[0])[0].taxon == "Gulo gulo"
    press(window, KEY.Key_F3)
    again = window.panel.content
    assert isinstance(again, SpeciesKeys)
    again.usual.click()
    assert review.species_list(demo) == review.USUAL_SPECIES
    assert again.fields[0].text() == "Tiger"


def test_progress_says_events_and_minutes(window: Window, screen: CameraTrapsScreen) -> None:
    page = screen.gallery
    assert page.progress().endswith(f"{page.events_left} events left")
    page.reviewer._moments = [1000 * n for n in range(0, 60, 6)]
    page.events_left = 84
    assert page.progress().endswith("84 events left · about 8 minutes")
    page.events_left = 1500
    assert page.progress().endswith("1,500 events left · about 2 hours")
