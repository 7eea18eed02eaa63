"""The manager's desk: the queue, what is in view, approving and returning by keyboard, and when nothing waits."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ranger_app.actions import patrol_state, records
from ranger_app.actions.undo import undo
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.store import rows
from ui.patrols.desk import Desk
from ui.patrols.history_card import HistoryCard
from ui.patrols.screen import DESK, LIST, PatrolsScreen
from ui.shell.window import Window
from ui.widgets.screen import Screen

ASKED = "Where was the net taken to?"


@pytest.fixture
def screen(show_screen: Callable[[type[Screen]], Screen], library: Library) -> PatrolsScreen:
    made = show_screen(PatrolsScreen)
    assert isinstance(made, PatrolsScreen)
    return made


def submitted(library: Library, name: str, clock: int) -> bytes:
    library.clock = itertools.count(clock, 60_000).__next__
    patrol = records.add(library, "patrol", {"name": name, "date": "2026-09-20", "leader": library.person})
    place = library.new_id()
    where = {"patrol": patrol, "name": "001", "remarks": "Below the ford", "latitude": 430_000_000}
    find = {"patrol": patrol, "waypoint": place, "category": "unknown.thing.", "count": 3}
    library.commit([create("waypoint", place, where), create("sighting", library.new_id(), find)], label="finds")
    patrol_state.submit(library, patrol)
    return patrol


def state_of(library: Library, patrol: bytes) -> str:
    with library.read() as db:
        record = rows.get(db, "patrol", patrol)
        assert record is not None
        return patrol_state.standing(db, record)


def run(screen: PatrolsScreen, key: str) -> None:
    command = next(one for one in screen.commands() if one.shortcut == key)
    assert command.enabled()
    command.run()


def words(desk: Desk) -> str:
    return "\n".join(one.text() for one in desk.right.findChildren(QLabel) if one.isVisible())


def names(desk: Desk) -> list[str]:
    return [one.texts[1] for one in desk.table.model.lines]


def test_nothing_waits(screen: PatrolsScreen) -> None:
    screen.open_at("desk")
    assert screen.tabs.index == DESK
    assert screen.sentence == "Nothing waits for a manager."
    assert screen.desk.table.empty.isVisible()
    assert not screen.desk.right.isVisible()
    screen.desk.approve()  # a key pressed with nothing in view does nothing
    run(screen, "Alt+1")
    assert screen.tabs.index == LIST


def test_approve_with_one_key_and_go_to_the_next(library: Library, screen: PatrolsScreen, qtbot: QtBot) -> None:
    late, early = submitted(library, "Late", 2_000_000_000_000), submitted(library, "Early", 1_000_000_000_000)
    screen.open_at("desk")
    desk = screen.desk
    assert names(desk) == ["Early", "Late"]
    assert desk.page is not None
    assert desk.page.page.record.id == early
    qtbot.waitUntil(lambda: "unknown.thing. × 3 · 001" in words(desk))
    for text in ("Early", "Submitted", "Nobody has judged this patrol yet.", "Below the ford"):
        assert text in words(desk)
    assert screen.sentence == "2 patrols wait, the oldest first."
    run(screen, "Right")
    assert desk.page.page.record.id == late
    run(screen, "Left")
    run(screen, "A")
    assert state_of(library, early) == "approved"
    assert desk.page.page.record.id == late
    run(screen, "A")
    assert state_of(library, late) == "approved"
    assert screen.sentence == "Nothing waits for a manager."
    undo(library)
    desk.read()
    assert names(desk) == ["Late"]


def test_return_with_a_comment_and_see_what_changed(library: Library, screen: PatrolsScreen, qtbot: QtBot) -> None:
    patrol = submitted(library, "North", 1_000_000_000_000)
    screen.open_at("desk")
    desk = screen.desk
    run(screen, "R")
    assert desk.words.hasFocus()
    desk.send_back()  # without a comment it stays
    assert state_of(library, patrol) == "submitted"
    qtbot.keyClicks(desk.words, ASKED)
    desk.words.returnPressed.emit()
    assert state_of(library, patrol) == "returned"
    assert names(desk) == []
    records.edit(library, "patrol", patrol, {"notes": "To the post."})
    patrol_state.submit(library, patrol)
    desk.read()
    assert f"Since it was returned with “{ASKED}”" in words(desk)
    assert "• Notes: empty → To the post." in words(desk)
    run(screen, "A")
    records.edit(library, "patrol", patrol, {"notes": "To the town."})
    desk.read()
    assert "Changed since approval" in words(desk)
    assert "• Notes: To the post. → To the town." in words(desk)
    panels: list[object] = []
    screen.panel_wanted.connect(lambda widget, _title: panels.append(widget))
    run(screen, "H")
    card = panels[0].findChild(HistoryCard)  # type: ignore[attr-defined]
    assert [one.kind for one in card.steps] == ["made", "submitted", "returned", "submitted", "approved", "changed"]
    run(screen, "O")
    assert (screen.tabs.index, screen.card.record) == (LIST, patrol)


def test_what_came_while_looking_is_not_approved(library: Library, screen: PatrolsScreen) -> None:
    patrol = submitted(library, "North", 1_000_000_000_000)
    screen.open_at("desk")
    screen.bridge.problems_expected = True  # type: ignore[attr-defined]
    told: list[BaseException] = []
    screen.bridge.problem.connect(told.append)
    library.listeners.clear()  # as if the change were on its way
    records.edit(library, "patrol", patrol, {"notes": "late"})
    run(screen, "A")
    assert state_of(library, patrol) == "submitted"
    assert "PATROL_CHANGED" in str(told[0])
    run(screen, "A")  # now it is in view
    assert state_of(library, patrol) == "approved"


def test_a_ranger_sees_the_queue_and_judges_nothing(library: Library, screen: PatrolsScreen) -> None:
    submitted(library, "North", 1_000_000_000_000)
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    screen.open_at("desk")
    assert not screen.desk.approve_button.isVisible()
    assert screen.desk.refused.isVisible()
    assert not next(one for one in screen.commands() if one.shortcut == "A").enabled()


def test_today_leads_to_the_desk(library: Library, window: Window) -> None:
    submitted(library, "North", 1_000_000_000_000)
    window.go("patrols", "desk")
    screen = window.current()
    assert isinstance(screen, PatrolsScreen)
    assert screen.tabs.index == DESK


def test_the_patrols_own_page_withdraws_and_judges_what_was_in_view(library: Library, screen: PatrolsScreen) -> None:
    patrol = submitted(library, "North", 1_000_000_000_000)
    screen.open_at(patrol)
    run(screen, "X")
    assert state_of(library, patrol) == "draft"
    patrol_state.submit(library, patrol)
    screen.refresh(None)
    run(screen, "A")
    assert state_of(library, patrol) == "approved"
    records.edit(library, "patrol", patrol, {"notes": "later"})
    assert screen.card.chip.text() == "Changed since approval"
    screen.bridge.problems_expected = True  # type: ignore[attr-defined]
    listeners, library.listeners[:] = list(library.listeners), []
    records.edit(library, "patrol", patrol, {"notes": "later still"})
    run(screen, "A")
    assert state_of(library, patrol) == "reopened"  # the last words were not in view
    library.listeners[:] = listeners
    screen.card.open_record(patrol)
    run(screen, "A")
    assert state_of(library, patrol) == "approved"
