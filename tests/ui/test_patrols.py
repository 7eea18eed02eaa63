"""Patrols on screen: a GPS file becomes one, its track is drawn, its record edited, and it goes through review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.actions import notes, patrol_list, patrol_read, patrol_state, records
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.undo import undo
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows
from tests.finding import use_model
from ui import theme
from ui.bridge import Bridge
from ui.commands import same_keys
from ui.patrols.page import FINDS, NOTES, RECORD, TRACK
from ui.patrols.screen import SAMPLES, PatrolsScreen
from ui.patrols.sketch_view import length_text, round_length
from ui.shell.window import Window
from ui.widgets.scrolled import ScrolledColumn

CTRL = Qt.KeyboardModifier.ControlModifier
SPIKE = 40
"""The point of the track below that lies far off."""


def gpx(path: Path, day: int = 3) -> Path:
    """A walk of 80 points, one a minute, about 22 m apart, with one jump away and one waypoint."""
    points = []
    for i in range(80):
        latitude = 43.5 if i == SPIKE else 42.5 + i * 0.0002
        time = f"2026-03-{day:02d}T{i // 60:02d}:{i % 60:02d}:00Z"
        points.append(f'<trkpt lat="{latitude:.5f}" lon="130.8"><time>{time}</time></trkpt>')
    way = f'<wpt lat="42.505" lon="130.8"><time>2026-03-{day:02d}T00:25:00Z</time><name>Snare</name></wpt>'
    text = f'<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">{way}<trk><trkseg>'
    path.write_text(text + "".join(points) + "</trkseg></trk></gpx>", encoding="utf-8")
    return path


@pytest.fixture
def track(tmp_path: Path) -> Path:
    return gpx(tmp_path / "walk.gpx")


@pytest.fixture
def screen(show_screen: Callable[[type[PatrolsScreen]], PatrolsScreen]) -> PatrolsScreen:
    return show_screen(PatrolsScreen)


def state_of(library: Library, patrol: bytes) -> str:
    with library.read() as db:
        record = rows.get(db, "patrol", patrol)
    assert record is not None
    return record.text("state")


def test_an_empty_list_names_the_next_step(screen: PatrolsScreen) -> None:
    assert screen.table.empty.isVisible()
    assert "No patrols yet" in screen.table.empty.sentence.text()
    assert not screen.card.isVisible()


def test_a_gps_file_becomes_a_patrol_with_its_effort(
    screen: PatrolsScreen, track: Path, qtbot: QtBot, library: Library
) -> None:
    shown: list[object] = []
    screen.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    screen.ask_about(track)
    panel = shown[0]
    assert panel.leader.text() == "Ranger 1"  # type: ignore[attr-defined]
    qtbot.keyClick(panel.leader, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    assert screen.card.isVisible()
    assert screen.card.pages.index == TRACK
    line = screen.table.model.lines[0]
    assert line.texts[:3] == ("2026-03-03", "Ranger 1", "On foot")
    assert line.texts[patrol_list.STATE] == "Draft"
    assert line.texts[patrol_list.WAYPOINTS] == "1"
    page = patrol_read.page(library, line.id)
    km, hours = (label.text() for label in screen.card.track._cells[1])
    assert km == f"{page.cleaned.metres / 1000:.2f}"  # type: ignore[operator]
    assert hours == "1:19"
    assert float(screen.card.track._cells[0][0].text()) > 200  # the jump counts in the raw figure only
    assert page.excluded == {"spike": 1}
    assert [one.texts[:2] for one in screen.card.track.runs.model.lines] == [("Jump away and back", "1")]


def test_the_same_file_again_opens_the_patrol_it_became(screen: PatrolsScreen, track: Path, library: Library) -> None:
    first = import_patrol(library, track, leader="Ranger 1")
    said: list[str] = []
    screen.bridge.said.connect(lambda words, _undo: said.append(words))
    screen._imported(import_patrol(library, track, leader="Ranger 1"))
    assert "already" in said[-1]
    assert screen.card.record == first.patrol
    assert len(screen.table.model.lines) == 1


def test_a_file_that_is_no_track_says_so_beside_the_questions(
    screen: PatrolsScreen, tmp_path: Path, library: Library
) -> None:
    bad = tmp_path / "bad.gpx"
    bad.write_text("not xml", encoding="utf-8")
    shown: list[object] = []
    screen.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    screen.ask_about(bad)
    shown[0].take()  # type: ignore[attr-defined]
    assert not shown[0].wrong.isHidden()  # type: ignore[attr-defined]
    assert shown[0].button.isEnabled()  # type: ignore[attr-defined]
    assert screen.table.model.lines == []


def test_a_dropped_gps_file_is_asked_about(screen: PatrolsScreen, track: Path) -> None:
    shown: list[object] = []
    screen.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(track))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    screen.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, left, none))
    assert len(shown) == 1
    other = QMimeData()
    other.setUrls([QUrl.fromLocalFile(str(track.with_suffix(".txt")))])
    screen.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, other, left, none))
    assert len(shown) == 1


def test_a_patrol_entered_by_hand_and_submitted_from_the_keyboard(
    window: Window, qtbot: QtBot, library: Library
) -> None:
    window.go("patrols")
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    qtbot.keyClick(screen.table.empty, Qt.Key.Key_N)
    assert screen.card.pages.index == RECORD
    mandate = screen.card.form.editors["mandate"].control
    mandate.setFocus()
    qtbot.keyClicks(mandate, "Night watch")
    qtbot.keyClick(mandate, Qt.Key.Key_Return, CTRL)
    patrol = screen.table.model.lines[0].id
    assert state_of(library, patrol) == "submitted"
    with library.read() as db:
        record = rows.get(db, "patrol", patrol)
    assert record is not None
    assert (record["mandate"], record["leader"], record["state_by"]) == ("Night watch", library.person, library.person)
    assert isinstance(record["state_at"], int)
    assert screen.card.approve_button.isVisible()
    assert not screen.card.submit_button.isVisible()


def test_review_returns_with_a_comment_then_approves(screen: PatrolsScreen, track: Path, library: Library) -> None:
    patrol = import_patrol(library, track).patrol
    screen.table.choose(patrol)
    card = screen.card
    card.submit()
    assert state_of(library, patrol) == "submitted"
    card.ask_comment()
    assert card.returning.isVisible()
    card.send_back()  # nothing written yet: nothing happens
    assert state_of(library, patrol) == "submitted"
    card.words.setText("Who found the snare?")
    card.send_back()
    assert state_of(library, patrol) == "returned"
    assert card.comment.isVisible()
    assert card.comment.what.text() == "Who found the snare?"
    assert "Ranger 1" in card.remark.text()
    card.submit()
    card.approve()
    assert state_of(library, patrol) == "approved"
    assert undo(library) is not None
    assert state_of(library, patrol) == "submitted"
    assert card.chip.text() == "Submitted"


def test_approving_needs_the_manager(screen: PatrolsScreen, bridge: Bridge, track: Path, library: Library) -> None:
    bridge.problems_expected = True  # type: ignore[attr-defined]
    patrol = import_patrol(library, track).patrol
    screen.table.choose(patrol)
    screen.card.submit()
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger", "active": 1})
    problems: list[BaseException] = []
    bridge.problem.connect(problems.append)
    screen.card.approve()
    assert isinstance(problems[0], DataProblem)
    assert problems[0].code == "ROLE_NEEDED"
    assert "Manager" in problems[0].what
    assert state_of(library, patrol) == "submitted"


def test_steps_out_of_order_are_refused(library: Library, track: Path) -> None:
    patrol = import_patrol(library, track).patrol
    with pytest.raises(DataProblem) as refused:
        patrol_state.approve(library, patrol)
    assert refused.value.code == "STATE_WRONG"
    assert "draft" in refused.value.what
    patrol_state.submit(library, patrol)
    with pytest.raises(DataProblem, match="submitted already"):
        patrol_state.submit(library, patrol)
    with pytest.raises(DataProblem) as silent:
        patrol_state.send_back(library, patrol, "  ")
    assert silent.value.code == "COMMENT_MISSING"
    undated = records.add(library, "patrol", {"name": "No date"})
    with pytest.raises(DataProblem) as dateless:
        patrol_state.submit(library, undated)
    assert dateless.value.code == "PATROL_WITHOUT_DATE"


def test_notes_are_added_and_taken_back(screen: PatrolsScreen, track: Path, library: Library) -> None:
    patrol = import_patrol(library, track).patrol
    screen.table.choose(patrol)
    screen.card.turn(NOTES)
    screen.card.notes.text.setPlainText("Two snares\nat the stream")
    screen.card.notes.add()
    found = notes.about(library, patrol)
    assert [(one.text, one.by) for one in found] == [("Two snares\nat the stream", "Ranger 1")]
    assert screen.card.pages.segments._group.button(NOTES).text() == "Notes · 1"
    undo(library)
    assert notes.about(library, patrol) == []
    assert screen.card.pages.segments._group.button(NOTES).text() == "Notes"


def test_a_waypoint_of_the_device_gets_its_find(
    screen: PatrolsScreen, track: Path, library: Library, qtbot: QtBot
) -> None:
    use_model(library)
    patrol = import_patrol(library, track).patrol
    screen.table.choose(patrol)
    screen.card.turn(FINDS)
    waypoint = screen.card.finds.table.model.lines[0]
    assert waypoint.texts[:2] == ("10:25", "Snare")  # by the station's clock, ten hours east
    screen.card.finds.table.opened.emit(waypoint.id)
    form = screen.card.finds.form
    assert not form.time.line.isEnabled()
    type_in(qtbot, form.what.line, "sna")
    qtbot.keyClick(form.what.line, Qt.Key.Key_Return)
    type_in(qtbot, form.attributes[0].line, "old")
    qtbot.keyClick(form.attributes[0].line, Qt.Key.Key_Return)
    (line,) = screen.card.finds.table.model.lines
    assert line.texts[:3] == ("10:25", "Snare", "Old")
    assert line.waypoint == waypoint.id  # type: ignore[attr-defined]


def type_in(qtbot: QtBot, line: QWidget, text: str) -> None:
    """Type into a line that has the keyboard."""
    line.setFocus()
    qtbot.keyClicks(line, text)


def test_edits_are_saved_before_another_is_shown(screen: PatrolsScreen, tmp_path: Path, library: Library) -> None:
    first = import_patrol(library, gpx(tmp_path / "a.gpx", 3)).patrol
    second = import_patrol(library, gpx(tmp_path / "b.gpx", 4)).patrol
    screen.table.choose(first)
    name = screen.card.form.editors["name"]
    name.control.setText("Ridge walk")  # type: ignore[attr-defined]
    name.edited.emit()
    screen.table.choose(second)
    assert screen.card.record == second
    with library.read() as db:
        assert records.title(db, "patrol", first) == "Ridge walk"
    screen.card.form.editors["date"].control.setText("yesterday")  # type: ignore[attr-defined]
    screen.card.form.editors["date"].edited.emit()
    screen.table.choose(first)
    assert screen.card.record == second  # a field that cannot be read keeps the person here
    assert screen.leave() is False


def test_deleting_and_bringing_back(screen: PatrolsScreen, tmp_path: Path, library: Library) -> None:
    first = import_patrol(library, gpx(tmp_path / "a.gpx", 3)).patrol
    second = import_patrol(library, gpx(tmp_path / "b.gpx", 4)).patrol
    screen.table.choose(second)
    screen.delete()
    assert [line.id for line in screen.table.model.lines] == [first]
    undo(library)
    assert {line.id for line in screen.table.model.lines} == {first, second}
    screen.table.choose(first)
    screen.delete()
    screen.table.choose(second)
    screen.delete()
    assert not screen.card.isVisible()
    assert screen.table.empty.isVisible()


def test_today_can_ask_for_the_drafts(screen: PatrolsScreen, tmp_path: Path, library: Library) -> None:
    draft = import_patrol(library, gpx(tmp_path / "a.gpx", 3)).patrol
    other = import_patrol(library, gpx(tmp_path / "b.gpx", 4)).patrol
    patrol_state.submit(library, other)
    screen.open_at("draft")
    assert screen.card.record == draft
    screen.open_at("submitted")
    assert screen.card.record == other
    screen.open_at(draft)
    assert screen.card.record == draft


def test_a_half_written_record_survives_a_change_of_language(
    library: Library, bridge: Bridge, screen: PatrolsScreen, qtbot: QtBot
) -> None:
    screen.new()
    screen.card.form.editors["mandate"].control.setText("Night watch")  # type: ignore[attr-defined]
    screen.card.form.editors["mandate"].edited.emit()
    again = PatrolsScreen(library, bridge)
    qtbot.addWidget(again)
    again.refresh(None)
    again.restore(screen.state())
    assert again.card.form.editors["mandate"].typed() == "Night watch"
    assert again.card.pages.index == RECORD


def test_keys_are_unique_and_hold_on_an_empty_library(screen: PatrolsScreen) -> None:
    assert same_keys(screen.commands()) == {}
    for command in screen.commands():
        command.enabled()
        if command.id not in ("patrols.gps", "patrols.gps_folder"):  # open the file dialog of the platform
            command.run()


def colours_of(widget: QWidget) -> set[str]:
    """The colours of every third line of what ``widget`` shows."""
    picture = widget.grab().toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(0, picture.height(), 3)}


def test_the_sketch_is_painted_in_both_appearances(
    screen: PatrolsScreen, track: Path, library: Library, dressed: Callable[[str, str], None]
) -> None:
    patrol = import_patrol(library, track).patrol
    screen.table.choose(patrol)
    view = screen.card.track.sketch
    for appearance in ("light", "dark"):
        dressed("en", appearance)
        colours = colours_of(view)
        assert theme.tokens().accent.lower() in colours
        assert theme.tokens().partner.lower() not in colours
    view.show_sketch(view._sketch, own=False)
    assert theme.tokens().partner.lower() in colours_of(view)


@pytest.mark.parametrize(("metres", "length", "words"), [(730, 500, "500 m"), (2400, 2000, "2 km"), (1.9, 1, "1 m")])
def test_scale_bar_has_round_lengths(metres: float, length: float, words: str) -> None:
    assert round_length(metres) == length
    assert length_text(length) == words


def test_a_save_under_way_does_not_follow_into_the_next_record(
    library: Library, tmp_path: Path, qtbot: QtBot, dressed: Callable[[str, str], None]
) -> None:
    first = import_patrol(library, gpx(tmp_path / "a.gpx", 3)).patrol
    second = import_patrol(library, gpx(tmp_path / "b.gpx", 4)).patrol
    bridge = Bridge(library)
    try:
        screen = PatrolsScreen(library, bridge)
        qtbot.addWidget(screen)
        bridge.changed.connect(screen.refresh)
        screen.refresh(None)
        qtbot.waitUntil(lambda: not bridge.busy)
        screen.table.choose(first)
        qtbot.waitUntil(lambda: not bridge.busy)
        for name in ("Ridge walk", "Stream walk"):
            screen.card.form.editors["name"].control.setText(name)  # type: ignore[attr-defined]
            screen.card.form.editors["name"].edited.emit()
            screen.table.choose(second)  # at once: the save is still on its way
        qtbot.waitUntil(lambda: not bridge.busy)
        assert screen.card.record == screen.card.form.record == second
        screen.card.form.save()
        qtbot.waitUntil(lambda: not bridge.busy)
        with library.read() as db:
            assert [records.title(db, "patrol", one) for one in (first, second)] == ["Ridge walk", "Stream walk"]
    finally:
        bridge.close()


@pytest.mark.realdata
def test_every_real_gps_file_is_shown_or_refused_in_words(
    screen: PatrolsScreen, real_data: Path, library: Library
) -> None:
    shown = 0
    refused: list[DataProblem] = []
    for path in sorted((real_data / "gpx").glob("*.gpx")):
        try:
            result = import_patrol(library, path)
        except DataProblem as problem:
            refused.append(problem)
            continue
        screen._imported(result)
        assert screen.card.record == result.patrol, path.name
        assert not screen.card.track.sketch.grab().isNull()
        page = patrol_read.page(library, result.patrol)
        assert sum(one.points for one in page.tracks) == result.points
        assert len(page.finds) == result.waypoints
        if result.tracks and not result.already_known:
            assert page.raw.metres == pytest.approx(result.raw.metres, abs=0.001 * max(1, result.tracks))
        shown += 1
    assert shown >= 20
    assert all(one.what and one.todo for one in refused)


def test_every_page_fits_a_window_of_768_pixels(screen: PatrolsScreen, qapp: QApplication) -> None:
    screen.resize(1170, 652)
    screen.show()
    area = next(one for one in screen.findChildren(ScrolledColumn) if one.parent() is screen)
    for page in range(4):
        screen.turn(page)
        for _again in range(3):
            qapp.processEvents()
        assert area.verticalScrollBar().maximum() == 0
    screen.turn(SAMPLES)
    assert [one.id for one in screen.title_actions] == ["samples.new", "samples.labels"]
    screen.samples.new_event()
    for _again in range(3):
        qapp.processEvents()
    assert area.verticalScrollBar().maximum() == 0
