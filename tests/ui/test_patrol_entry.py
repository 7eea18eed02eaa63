"""A paper form's worth written up by keyboard alone, every key counted and every value found again."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.actions import patrol_days, patrol_finds, patrol_read, patrol_values, records
from ranger_app.actions.patrol_days import Day
from ranger_app.actions.undo import undo
from ranger_app.i18n import use_language
from ranger_app.library import Library
from ranger_app.store import rows
from tests.finding import CAMP, SNARE, TRACK, use_model, walked
from ui.bridge import Bridge
from ui.patrols.page import FINDS
from ui.patrols.screen import PatrolsScreen
from ui.shell.window import Window

BUDGET = 360
"""Two minutes at three keys a second."""
CTRL = Qt.KeyboardModifier.ControlModifier


class Hands:
    """Types into whatever has the keyboard and counts the keys."""

    def __init__(self, window: Window) -> None:
        self.window, self.keys = window, 0

    def at(self) -> QWidget:
        there = QApplication.focusWidget()
        assert there is not None
        return there

    def type(self, text: str) -> None:
        for letter in text:
            if letter == "\t":
                self.press(Qt.Key.Key_Tab)
            elif letter == "\n":
                self.press(Qt.Key.Key_Return)
            else:
                QTest.keyClicks(self.at(), letter)
                self.keys += 1

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.at(), key, modifier)
        self.keys += 1 if modifier == Qt.KeyboardModifier.NoModifier else 2


@pytest.fixture
def hands(window: Window, qtbot: QtBot, library: Library) -> Hands:
    use_model(library)
    for n in range(2, 6):
        records.add(library, "person", {"name": f"Ranger {n}", "role": "ranger", "active": 1})
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("patrols")
    window.current().start_focus().setFocus()  # type: ignore[union-attr]
    return Hands(window)


def test_a_paper_form_is_written_up_in_two_minutes_without_the_mouse(
    hands: Hands, window: Window, library: Library
) -> None:
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.type("2026-03-03\t0800\t1730\t60")
    hands.type("\t\t")
    assert hands.at() is screen.card.form.editors["leader"].control
    hands.type("\t\t2,3,4,5")
    hands.press(Qt.Key.Key_L, CTRL)  # the second leg, by car
    hands.type("c\t2\t2,3\tNight")
    hands.press(Qt.Key.Key_D, CTRL)  # the second day, of that leg, past midnight
    hands.type("\t2000\t0200\t0")
    hands.press(Qt.Key.Key_F, CTRL)  # saves the record and opens the line for finds
    assert hands.at() is screen.card.finds.form.time.line
    finds = (
        ("0910", "sn", "fr\t3\ty\tbu"),
        ("0925", "ca", "two huts"),
        ("1005", "tra", "ti\t10,5"),
        ("1130", "sn", "ol\t1\tn"),
        ("1240", "sn", "ve\t12"),
        ("1355", "tra", "de\t8"),
        ("1500", "ca", "one man\tol"),
        ("2 2010", "sn", "fr\t2\ty\tse"),
        ("2315", "tra", "ti\t11"),
    )
    for place, (time, what, told) in enumerate(finds):
        hands.type(f"{time}\t{what}\n{told}\n")
        if place == 4:  # something else at the same place
            hands.type("=ca\nold fire\n")
    hands.press(Qt.Key.Key_Escape)
    assert screen.card.pages.index == FINDS
    print(f"{hands.keys} keys")
    assert hands.keys <= BUDGET
    _as_on_paper(library, screen.card.record)


def _as_on_paper(library: Library, patrol: bytes | None) -> None:
    assert patrol is not None
    with library.read() as db:
        record = rows.get(db, "patrol", patrol)
        assert record is not None
        names = [records.title(db, "person", bytes.fromhex(one)) for one in json.loads(record.text("members"))]
        places = list(rows.find(db, "waypoint", "patrol=?", (patrol,)))
        finds = {one.id: one for one in rows.find(db, "sighting", "patrol=?", (patrol,))}
        legs = patrol_days.legs(record["legs"])
        led = records.title(db, "person", legs[1].leader or b"")
    assert names == ["Ranger 2", "Ranger 3", "Ranger 4", "Ranger 5"]
    assert record["leader"] == library.person
    assert [(leg.transport, leg.mandate, len(leg.members)) for leg in legs] == [("foot", None, 0), ("car", "Night", 2)]
    assert led == "Ranger 2"
    assert patrol_days.days(record["days"]) == [
        Day(1, "2026-03-03", "2026-03-03T08:00:00", "2026-03-03T17:30:00", 60),
        Day(2, "2026-03-04", "2026-03-04T20:00:00", "2026-03-05T02:00:00", 0),
    ]
    assert (record["date"], record["start"], record["end"]) == (
        "2026-03-03",
        "2026-03-03T08:00:00",
        "2026-03-05T02:00:00",
    )
    assert (len(places), len(finds)) == (9, 10)
    lines = patrol_read.page(library, patrol).finds
    told = []
    for line in lines:
        assert line.find is not None
        values = patrol_values.entries(finds[line.find]["attributes"])
        told.append((line.texts[patrol_finds.TIME], line.category, {one["key"]: one["value"] for one in values}))
    assert told == [
        ("03-03 09:10", SNARE, {"number": "3", "age": "fresh", "active": "true", "action": "removed.burnt."}),
        ("03-03 09:25", CAMP, {"words": "two huts"}),
        ("03-03 10:05", TRACK, {"width": "10.5", "species": "tiger"}),
        ("03-03 11:30", SNARE, {"number": "1", "age": "old", "active": "false"}),
        ("03-03 12:40", SNARE, {"number": "12", "age": "veryold"}),
        ("03-03 12:40", CAMP, {"words": "old fire"}),
        ("03-03 13:55", TRACK, {"width": "8", "species": "deer"}),
        ("03-03 15:00", CAMP, {"words": "one man", "people": "old"}),
        ("03-04 20:10", SNARE, {"number": "2", "age": "fresh", "active": "true", "action": "seen."}),
        ("03-04 23:15", TRACK, {"width": "11", "species": "tiger"}),
    ]
    assert [line.together for line in lines] == [n == 5 for n in range(10)]
    assert {finds[line.find or b""]["taxon"] for line in lines if line.category == TRACK} == {
        "Panthera tigris",
        "Cervus nippon",
    }


def test_a_patrol_of_one_day_and_one_leg_is_one_line(hands: Hands, window: Window, library: Library) -> None:
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.type("2026-03-03\t2000\t0115")
    hands.press(Qt.Key.Key_S, CTRL)
    assert len(screen.card.days.rows) == 1
    assert not screen.card.legs.rows
    with library.read() as db:
        record = rows.get(db, "patrol", screen.card.record or b"")
    assert record is not None
    assert (record["legs"], record["days"]) == (None, None)
    assert (record["date"], record["start"], record["end"]) == (
        "2026-03-03",
        "2026-03-03T20:00:00",
        "2026-03-04T01:15:00",
    )
    hands.press(Qt.Key.Key_F, CTRL)
    hands.type("0030\tca\nsmoke\n")
    (find,) = patrol_read.page(library, screen.card.record or b"").finds
    assert find.at == patrol_days.instant(datetime(2026, 3, 4, 0, 30), 600)


def test_a_find_that_cannot_be_read_stays_in_the_line(
    hands: Hands, window: Window, library: Library, tmp_path: Path
) -> None:
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    patrol = walked(library, tmp_path)
    screen.table.choose(patrol)
    hands.press(Qt.Key.Key_F)
    hands.press(Qt.Key.Key_N)
    form = screen.card.finds.form
    hands.type("0830\tsn\n\n")  # the age is needed
    assert "Age" in form.wrong.text()
    assert hands.at() is form.attributes[0].line
    hands.type("fr\t900\n")  # more than the model allows
    assert "How many" in form.wrong.text()
    assert [line.category for line in patrol_read.page(library, patrol).finds] == []
    assert not screen.card.keep_edits()  # nobody loses it by choosing another patrol
    hands.type("9\n")
    (line,) = screen.card.finds.table.model.lines
    assert line.texts[:4] == ("08:30", "Snare", "Fresh", "9")
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Return)  # change it
    assert form.time.line.text() == "08:30"
    hands.type("tra\nti\t7\n")
    (line,) = screen.card.finds.table.model.lines
    assert line.texts[1:3] == ("Track · Tiger", "Width: 7 cm")
    hands.press(Qt.Key.Key_Delete)
    assert screen.card.finds.table.model.lines == []
    assert screen.card.record == patrol
    undo(library)
    assert len(screen.card.finds.table.model.lines) == 1


def test_a_half_entered_find_survives_a_change_of_language(
    hands: Hands, window: Window, library: Library, tmp_path: Path, bridge: Bridge, qtbot: QtBot
) -> None:
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    patrol = walked(library, tmp_path)
    screen.table.choose(patrol)
    hands.press(Qt.Key.Key_F, CTRL)
    hands.type("0830\tsn\nfr\t3")
    use_language("ru")
    again = PatrolsScreen(library, bridge)
    qtbot.addWidget(again)
    again.refresh(None)
    again.restore(screen.state())
    form = again.card.finds.form
    assert not form.isHidden()
    assert [form.time.line.text(), form.what.line.text()] == ["0830", "Петля"]
    assert [field.line.text() for field in form.attributes[:2]] == ["Свежий", "3"]
    form.save()
    (find,) = patrol_read.page(library, patrol).finds
    assert find.texts[1:4] == ("Петля", "Свежий", "3")


def test_a_patrol_with_a_half_entered_find_is_not_submitted(hands: Hands, window: Window, library: Library) -> None:
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    hands.press(Qt.Key.Key_N, CTRL)
    hands.type("2026-03-03\t0800\t1730")
    hands.press(Qt.Key.Key_F, CTRL)
    hands.type("0910\tsn\n")
    hands.press(Qt.Key.Key_Return, CTRL)
    form = screen.card.finds.form
    assert screen.card.state == "draft"
    assert form.busy_typing
    hands.press(Qt.Key.Key_Escape)
    hands.press(Qt.Key.Key_Return, CTRL)
    assert not form.busy_typing
