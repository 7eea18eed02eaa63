"""Today: true figures, one button each, number keys, and a word where nothing waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ranger_app.actions import patrol_state, records, today
from ranger_app.actions.today import Day
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.media.volumes import Volume
from ui.bridge import Bridge
from ui.commands import same_keys
from ui.shell.window import Window
from ui.today.cards import cards_of
from ui.today.screen import TodayScreen

QUIET = Day(0, "", 0, 0, (), 0, (), 0, (), (), (), 1, 0, False)


@pytest.fixture
def no_cards(monkeypatch: pytest.MonkeyPatch) -> list[Volume]:
    """What lies in the readers of this computer must not decide a test."""
    found: list[Volume] = []
    monkeypatch.setattr(today, "cards_in_readers", lambda: list(found))
    return found


@pytest.fixture
def screen(
    library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None], no_cards: list[Volume]
) -> TodayScreen:
    made = TodayScreen(library, bridge)
    qtbot.addWidget(made)
    made.resize(1170, 640)
    made.refresh(None)
    made.show()
    return made


def figures(screen: TodayScreen) -> dict[str, str]:
    return {card.what.text(): card.figure.text() for card in screen.cards}


def test_a_new_library_shows_the_four_jobs(screen: TodayScreen) -> None:
    assert "Nothing is recorded yet" in screen.sentence
    assert [one.text().split("   ")[0] for one in screen.job_buttons] == [
        "Empty a card",
        "Write up a patrol",
        "Enter a count",
        "Write a bundle",
    ]
    assert all(not one.waits for one in screen.waiting)


def test_title_is_the_day_of_the_station(library: Library, screen: TodayScreen) -> None:
    library.clock = lambda: 1_795_219_200_000 - 3_600_000  # 23:00 UTC on 20 November 2026: the 21st at +10:00
    screen.refresh(None)
    assert screen.title == "Saturday, November 21, 2026"


def test_figures_follow_the_library(library: Library, screen: TodayScreen, qtbot: QtBot) -> None:
    deployment = records.add(library, "deployment", {"name": "Barabash 12", "utc_offset": 600})
    media = [create("media", library.new_id(), {"deployment": deployment, "sha256": f"{n:064x}"}) for n in range(3)]
    library.commit(media, label="ingest")
    records.add(library, "patrol", {"name": "Upper Tumen", "state": "draft"})
    screen.refresh(None)
    assert figures(screen)["pictures to review"] == "3"
    assert figures(screen)["patrol to submit"] == "1"
    review = next(card for card in screen.cards if card.what.text() == "pictures to review")
    assert review.remark.text() == "Barabash 12"
    assert screen.sentence == "3 things wait."  # the pictures, the patrol, the backup that was never made


def test_changes_in_a_row_are_read_once(
    library: Library, screen: TodayScreen, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    before = today.day
    monkeypatch.setattr(today, "day", lambda given: (asked.append(1), before(given))[1])
    library.listeners.append(screen.refresh)
    for n in range(5):
        records.add(library, "patrol", {"name": f"Patrol {n}", "state": "draft"})
    qtbot.waitUntil(lambda: figures(screen).get("patrols to submit") == "5")
    assert asked == [1]


def test_buttons_and_number_keys_lead_to_the_place(library: Library, screen: TodayScreen) -> None:
    patrol_state.submit(library, records.add(library, "patrol", {"name": "Upper Tumen", "date": "2026-09-01"}))
    screen.refresh(None)
    went: list[tuple[str, Any]] = []
    screen.go.connect(lambda place, target: went.append((place, target)))
    first = screen.waiting[0]
    assert (first.place, first.target) == ("patrols", "desk")
    screen.cards[0].button.click()
    next(one for one in screen.commands() if one.shortcut == "1").run()
    next(one for one in screen.commands() if one.shortcut == "E").run()
    assert went == [("patrols", "desk"), ("patrols", "desk"), ("camera_traps", ("ingest", ""))]


def test_patrols_come_back_to_their_ranger_and_wait_for_a_manager(library: Library, screen: TodayScreen) -> None:
    ranger = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    other = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    manager = records.add(library, "person", {"name": "Manager", "role": "manager"})
    for name, leader in (("North", ranger), ("South", other), ("East", ranger), ("West", ranger)):
        patrol = records.add(library, "patrol", {"name": name, "date": "2026-09-01", "leader": leader})
        patrol_state.submit(library, patrol)
        library.person = manager
        if name in ("North", "South"):
            patrol_state.send_back(library, patrol, "Where was the net taken to?")
        elif name == "East":
            patrol_state.approve(library, patrol)
            records.edit(library, "patrol", patrol, {"notes": "later"})
        library.person = None
    library.person = ranger
    screen.refresh(None)
    assert figures(screen)["patrol returned to you"] == "1"
    back = next(one for one in screen.waiting if one.id == "returned")
    assert back.remark == "North: “Where was the net taken to?”"
    assert figures(screen)["patrol to submit"] == "1"  # the other ranger's
    review = next(one for one in screen.waiting if one.id == "patrols")
    assert (review.figure, review.waits, review.target) == ("1", 0, "submitted")
    assert "patrol changed since approval" not in figures(screen)
    library.person = manager
    screen.refresh(None)
    assert figures(screen)["patrol changed since approval"] == "1"
    review = next(one for one in screen.waiting if one.id == "patrols")
    assert (review.waits, review.remark, review.target) == (1, "West", "desk")


def test_keys_are_unique_and_only_of_buttons_that_are_there(screen: TodayScreen) -> None:
    assert same_keys(screen.commands()) == {}
    numbered = [one for one in screen.commands() if one.shortcut.isdigit()]
    assert len(numbered) == sum(not card.button.isHidden() for card in screen.cards)


def test_a_card_in_the_reader_is_offered_first(screen: TodayScreen, no_cards: list[Volume], tmp_path: Path) -> None:
    no_cards.append(Volume(tmp_path, "TRAIL CAM", "FAT32", 10_000_000_000, 32_000_000_000, True))
    screen._look_for_cards()
    assert screen.waiting[0].what == "card in the reader"
    assert screen.waiting[0].target == ("ingest", str(tmp_path))
    assert "TRAIL CAM" in screen.cards[0].remark.text()


def test_the_first_button_has_the_keyboard(
    library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None], no_cards: list[Volume]
) -> None:
    window = Window(library, bridge)
    qtbot.addWidget(window)
    window.show()
    screen = window.current()
    assert isinstance(screen, TodayScreen)
    assert screen.start_focus() is screen.cards[0].button
    assert window.focusWidget() is screen.cards[0].button
    window.close()


def test_places_that_today_leads_to_are_there(
    library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None], no_cards: list[Volume]
) -> None:
    window = Window(library, bridge)
    qtbot.addWidget(window)
    window.show()
    screen = window.screens["today"]
    for command in screen.commands():
        window.go("today")
        command.run()
        assert window.place != "today", command.id
    window.close()


def test_old_backup_waits_and_a_fresh_one_does_not() -> None:
    def backup(days: int | None) -> tuple[int, str]:
        day = Day(0, "", 0, 0, (), 0, (), 0, (), (), (), days, 5, False)
        one = next(one for one in cards_of(day, []) if one.id == "backup")
        return one.waits, one.figure

    assert backup(None) == (1, "0")
    assert backup(6) == (0, "6")
    assert backup(7) == (1, "7")


def test_what_waits_stands_before_what_does_not() -> None:
    cards = cards_of(QUIET, [])
    assert not any(one.waits for one in cards)
    busy = Day(9, "Barabash 12", 9, 0, (), 0, (), 2, ("Hunchun",), (), ("Rason",), 8, 9, False)
    waits = [one.id for one in cards_of(busy, []) if one.waits]
    assert waits == ["decisions", "review", "partners", "backup"]
    assert [one.id for one in cards_of(busy, [])][: len(waits)] == waits


def test_statements_on_animals_have_one_card_that_leads_to_them() -> None:
    assert not any(one.id == "animals" for one in cards_of(QUIET, []))
    card = next(one for one in cards_of(replace(QUIET, same_animals=2, second_opinions=1), []) if one.id == "animals")
    assert (card.waits, card.figure, card.place, card.target) == (3, "3", "camera_traps", ("animals", "waiting"))
    assert card.remark == "a partner says that two are one: 2, second opinions asked: 1"
    alone = next(one for one in cards_of(replace(QUIET, second_opinions=1), []) if one.id == "animals")
    assert alone.what == "statement on animals waits for your answer"
    assert alone.remark == "second opinions asked: 1"


def test_narrow_window_stacks_the_cards(screen: TodayScreen, qtbot: QtBot) -> None:
    assert screen.cards[1].x() > screen.cards[0].x()
    screen.resize(500, 600)
    qtbot.waitUntil(lambda: screen.cards[1].x() == screen.cards[0].x())
    assert screen.cards[1].y() > screen.cards[0].y()
    assert screen.focusPolicy() is not Qt.FocusPolicy.StrongFocus


def test_wrong_times_have_a_card_that_leads_to_the_deployment(window: Window, library: Library) -> None:
    dates = {"start": "2025-03-01T00:00:00", "end": "2025-05-01T00:00:00"}
    deployment = records.add(library, "deployment", {"name": "Barabash 12", "utc_offset": 600, **dates})
    records.add(library, "media", {"deployment": deployment, "camera_time": "2024-03-02T10:00:00"})
    made = today.day(library)
    assert made.times == ((deployment, "Barabash 12", 1),)
    card = next(one for one in cards_of(made, []) if one.id == "times")
    assert (card.figure, card.what, card.remark) == ("1", "picture with a doubtful time", "Barabash 12")
    window.go(card.place, card.target)
    assert window.current().title == "Barabash 12"
