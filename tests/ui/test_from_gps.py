"""Before files become a patrol the window says what they hold and asks only what they leave open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ranger_app.actions.patrol_import import PatrolImported
from ranger_app.library import Library
from ranger_app.store import rows
from tests.actions.test_patrol_files import gpx, table
from ui.bridge import Bridge
from ui.patrols.from_gps import FromGps
from ui.patrols.screen import PatrolsScreen

Make = Callable[..., FromGps]


@pytest.fixture
def done() -> list[PatrolImported]:
    return []


@pytest.fixture
def make(library: Library, bridge: Bridge, qtbot: QtBot, done: list[PatrolImported]) -> Make:
    def made(*paths: Path) -> FromGps:
        panel = FromGps(library, bridge, paths, ["Ranger 1", "Ranger 2"], "Ranger 1", done.append)
        qtbot.addWidget(panel)
        panel.show()
        return panel

    return made


def found(panel: FromGps) -> str:
    return panel.found.text().replace("\N{NO-BREAK SPACE}", " ")


def number_of(library: Library, kind: str) -> int:
    with library.read() as db:
        return rows.number(db, kind)


def test_one_file_with_zones_leaves_nothing_open(make: Make, tmp_path: Path, library: Library) -> None:
    panel = make(gpx(tmp_path / "walk.gpx", "2026-05-01T22:00:00"))
    assert found(panel) == "2026-05-02 (1 day) · 11 points · 1.1 km · 0:10 h · 1 waypoint"
    assert [panel.days.isVisible(), panel.clock.isVisible(), panel.doubts.isVisible(), panel.marked.isVisible()] == (
        [False] * 4
    )
    assert number_of(library, "patrol") == 0


def test_a_clock_is_asked_for_where_times_have_no_zone(
    make: Make, tmp_path: Path, qtbot: QtBot, done: list[PatrolImported]
) -> None:
    panel = make(table(tmp_path / "walk.csv", "2026-05-01T22:00:00"))
    assert panel.clock.isVisible()
    assert panel.clock.placeholderText() == "+10:00"
    assert "11 times" in panel._clock_caption.text()
    panel.clock.setFocus()
    qtbot.keyClicks(panel.clock, "eight")
    qtbot.keyClick(panel.clock, Qt.Key.Key_Return)
    assert panel.wrong.isVisible()
    assert done == []
    panel.clock.selectAll()
    qtbot.keyClicks(panel.clock, "+00:00")
    panel.leader.setFocus()
    assert found(panel).startswith("2026-05-01 (1 day)")
    qtbot.keyClick(panel.leader, Qt.Key.Key_Return)
    assert len(done) == 1
    assert done[0].seen.naive_offsets == [0]


def test_several_days_by_keyboard(
    make: Make, tmp_path: Path, qtbot: QtBot, done: list[PatrolImported], library: Library
) -> None:
    one = gpx(tmp_path / "one.gpx", "2026-05-01T22:00:00")
    panel = make(one, table(tmp_path / "two.csv", "2026-05-04T22:00:00", latitude=44, zone="Z"))
    assert found(panel).startswith("2026-05-02 – 2026-05-05 (2 days) · 22 points")
    assert panel.days.isVisible()
    panel.leader.setFocus()
    reached = []
    for _press in range(4):
        reached.append(panel.focusWidget())
        QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
    assert reached == [panel.leader, panel.transport, panel.days, panel.button]
    panel.days.setFocus()
    qtbot.keyClick(panel.days, Qt.Key.Key_Down)
    qtbot.keyClick(panel.days, Qt.Key.Key_Return)
    assert len(done) == 1
    assert [date for _patrol, date in done[0].patrols] == ["2026-05-02", "2026-05-05"]
    assert number_of(library, "patrol") == 2


def test_what_is_marked_and_what_is_doubtful_is_said_before(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    path = gpx(tmp_path / "walk.gpx", "2026-05-01T08:00:00", 200, made="2026-05-01T01:20:00Z")
    path.write_text(path.read_text(encoding="utf-8").replace('lat="43.005"', 'lat="43.015"'), encoding="utf-8")
    panel = make(path)
    assert panel.marked.text() == "Jump away and back: 1"
    assert "walk.gpx" in panel.doubts.text()
    assert "22.1 km" in found(panel)
    panel.transport.setFocus()
    qtbot.keyClicks(panel.transport, "Drone")
    assert not panel.marked.isVisible()  # fast enough for that
    assert "24.1 km" in found(panel)


def test_a_bad_file_is_refused_at_once(make: Make, tmp_path: Path, qtbot: QtBot, done: list[PatrolImported]) -> None:
    bad = tmp_path / "bad.kml"
    bad.write_text("<kml>", encoding="utf-8")
    panel = make(bad)
    assert panel.wrong.isVisible()
    assert panel.button.isEnabled()
    qtbot.keyClick(panel.button, Qt.Key.Key_Return)
    assert panel.wrong.isVisible()
    assert done == []


def test_the_screen_says_how_many_patrols_were_made(
    show_screen: Callable[[type[PatrolsScreen]], PatrolsScreen], tmp_path: Path
) -> None:
    screen = show_screen(PatrolsScreen)
    shown: list[FromGps] = []
    said: list[str] = []
    screen.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    screen.bridge.said.connect(lambda words, _undo: said.append(words))
    gpx(tmp_path / "one.gpx", "2026-05-01T22:00:00")
    gpx(tmp_path / "two.gpx", "2026-05-03T22:00:00")
    screen.ask_about([tmp_path])
    shown[0].days.setCurrentIndex(1)
    shown[0].take()
    assert said[-1] == "2 patrols made"
    assert len(screen.table.model.lines) == 2
