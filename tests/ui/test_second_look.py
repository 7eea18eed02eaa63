"""Two people at one window: neither sees the other's answer, what they saw differently is settled with one key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ranger_app.actions import records
from ranger_app.actions.identify import Answer, state
from ranger_app.actions.today import day
from ranger_app.domain import taxa
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ranger_app.store import statements
from ranger_app.store.gallery import Filter
from ui.camera_traps.screen import DEPLOYMENTS, PICTURES, SECOND_LOOK, CameraTrapsScreen
from ui.looked_at import cut_words
from ui.shell.window import Window
from ui.today.cards import cards_of

KEY = Qt.Key
BOAR = Answer("animal", "Sus scrofa")
TIGER = Answer("animal", "Panthera tigris", 2, None, "male")
BOAR_NAME, TIGER_NAME = taxa.name("Sus scrofa", "en"), taxa.name("Panthera tigris", "en")


def person(library: Library, name: str, role: str = "ranger") -> bytes:
    return records.add(library, "person", {"name": name, "role": role, "active": 1})


@pytest.fixture
def events(library: Library) -> list[list[bytes]]:
    """Three events of two pictures each, of a deployment of two looks."""
    deployment = records.add(library, "deployment", {"name": "Crossing", "utc_offset": 600, "looks": 2})
    found = [[library.new_id() for _n in range(2)] for _event in range(3)]
    ops = [
        create(
            "media", one, {"deployment": deployment, "camera_time": f"2026-03-01T1{e}:00:0{n}", "file_name": "A.JPG"}
        )
        for e, ids in enumerate(found)
        for n, one in enumerate(ids)
    ]
    library.commit(ops, label="ingest")
    return found


@pytest.fixture
def people(library: Library) -> tuple[bytes, bytes, bytes]:
    """Observers A and B, and a reviewer."""
    return person(library, "Observer A"), person(library, "Observer B"), person(library, "Reviewer", "reviewer")


@pytest.fixture
def window(events: list[list[bytes]], people: tuple[bytes, bytes, bytes], window: Window) -> Iterator[Window]:
    window.activateWindow()
    window.go("camera_traps")
    yield window
    window.screens["camera_traps"].gallery.grid.thumbs.stop()  # type: ignore[attr-defined]


@pytest.fixture
def screen(window: Window) -> CameraTrapsScreen:
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    return shown


def press(window: Window, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key)


def works(screen: CameraTrapsScreen, who: bytes | None) -> None:
    """This person says who they are."""
    screen.library.person = who
    screen.bridge.person_changed.emit()


def look(library: Library, who: bytes, events: list[list[bytes]], answers: list[Answer]) -> None:
    library.person = who
    for unit, answer in zip(events, answers, strict=True):
        state(library, [unit], (answer,), replace=True)


def on_screen(screen: CameraTrapsScreen) -> str:
    """Every word of the tab and of the viewer, and what the grid would paint."""
    source = screen.gallery.source
    cells = [source.cell(row) for row in range(len(source))]
    words = [f"{source.word(cell.shown)}/{cell.seen_by}/{cell.people}" for cell in cells if cell is not None]
    box = screen.gallery.filter.species
    words += [box.itemText(n) for n in range(box.count())]
    for row in range(len(source)):
        screen.open_viewer(row)
        viewer = screen.viewer
        words += [f"{one.shown} {one.by}" for one in viewer.said]
        words += sorted(one.text() for one in viewer.findChildren(QLabel) if one.isVisible())
        words += [str(row.isChecked()) for row in viewer.panel.rows]
        words += [screen.title, screen.sentence, str(viewer.reviewer.details), str(viewer.reviewer.last)]
    screen.choose_tab(PICTURES)
    return "\n".join([*words, screen.sentence])


def test_the_second_person_finds_the_pictures_as_if_nobody_had_looked(
    screen: CameraTrapsScreen, library: Library, people: tuple[bytes, bytes, bytes], events: list[list[bytes]]
) -> None:
    first, second, _reviewer = people
    screen.choose_tab(PICTURES)
    works(screen, second)
    before = on_screen(screen)
    assert "independent" in screen.sentence or "two looks" in screen.sentence
    works(screen, first)
    screen.gallery.reviewer.state([screen.gallery.source.keys[0]], TIGER)
    look(library, first, events, [TIGER, Answer("human"), Answer("blank")])
    works(screen, first)
    assert "Observer A" in on_screen(screen)
    works(screen, second)
    assert on_screen(screen).splitlines() == before.splitlines()
    # What the person before said cannot be copied either.
    screen.gallery.copy_previous()
    with library.read() as db:
        assert {one.by for one in statements.of_pictures(db, [media for unit in events for media in unit])} == {first}


def test_own_answers_count_as_done_and_the_line_says_how_far(
    screen: CameraTrapsScreen, library: Library, people: tuple[bytes, bytes, bytes], events: list[list[bytes]]
) -> None:
    first, second, _reviewer = people
    look(library, first, events, [BOAR, BOAR, BOAR])
    look(library, second, events[:1], [BOAR])
    with library.read() as db:
        deployment = db.conn.execute("SELECT id FROM deployment").fetchone()[0]
    works(screen, second)
    screen.gallery.show_filter(Filter(deployment, "open"))
    screen.choose_tab(PICTURES)
    assert len(screen.gallery.source) == 4
    assert screen.sentence == "1 of 3 events have your answer · Independent look: you see only your own answers."
    works(screen, first)
    assert len(screen.gallery.source) == 0
    assert "3 of 3 events have your answer" in screen.sentence
    works(screen, None)
    assert "press F2" in screen.sentence


def test_both_answers_stand_side_by_side_and_a_key_settles(
    window: Window,
    screen: CameraTrapsScreen,
    library: Library,
    people: tuple[bytes, bytes, bytes],
    events: list[list[bytes]],
    qtbot: QtBot,
) -> None:
    first, second, reviewer = people
    look(library, first, events, [BOAR, BOAR, BOAR])
    look(library, second, events, [TIGER, BOAR, Answer("animal", "Sus scrofa", 2)])
    works(screen, reviewer)
    press(window, KEY.Key_L)
    page = screen.second
    assert screen.pages.index == SECOND_LOOK
    qtbot.waitUntil(lambda: len(page.table.model.lines) == 2)
    assert screen.sentence == "2 events were seen differently"
    assert [line.texts[1] for line in page.table.model.lines] == ["species", "number"]
    shown = [card for card in page.cards if not card.isHidden()]
    assert [card.who.text() for card in shown] == ["Observer A", "Observer B"]
    assert [card.marked for card in shown] == [[BOAR_NAME], [TIGER_NAME]]
    assert all(card.when.text() for card in shown)
    assert len(page.source) == 2
    press(window, KEY.Key_2)
    assert window.strip.sentence.text() == f"Settled: {TIGER_NAME}"
    assert [line.texts[1] for line in page.table.model.lines] == ["number"]
    assert page.cards[1].marked == ["× 2"]
    with library.read() as db:
        settled = statements.of_picture(db, events[0][1])
    assert next((one.look, one.taxon, one.count, one.sex, one.by) for one in settled) == (
        "settled", "Panthera tigris", 2, "male", reviewer,
    )  # fmt: skip
    assert len(settled) == 3
    press(window, KEY.Key_S)
    assert QApplication.focusWidget() is page.field
    page.field.setText("Lynx lynx")
    press(window, KEY.Key_Return)
    assert "Nothing to settle" in page.empty.sentence.text()
    QTest.keyClick(window, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(page.table.model.lines) == 1)


def test_who_may_not_settle_sees_only_their_own_answer(
    window: Window,
    screen: CameraTrapsScreen,
    library: Library,
    people: tuple[bytes, bytes, bytes],
    events: list[list[bytes]],
    qtbot: QtBot,
) -> None:
    first, second, reviewer = people
    look(library, first, events, [BOAR, BOAR, BOAR])
    look(library, second, events, [TIGER, BOAR, BOAR])
    works(screen, reviewer)
    screen.choose_tab(SECOND_LOOK)
    page = screen.second
    assert len([card for card in page.cards if not card.isHidden()]) == 2
    works(screen, first)  # at once: nothing of what the reviewer saw stays
    assert page.table.model.lines[0].texts[1] == ""
    shown = [card for card in page.cards if not card.isHidden()]
    assert [card.who.text() for card in shown] == ["Observer A"]
    assert shown[0].marked == []
    assert "tiger" not in " ".join(one.text() for one in page.findChildren(QLabel) if one.isVisible()).casefold()
    assert not page.refused.isHidden()
    press(window, KEY.Key_1)
    assert len(page.table.model.lines) == 1


def test_nothing_asked_for_explains_how_and_one_key_asks(
    window: Window, screen: CameraTrapsScreen, library: Library, events: list[list[bytes]]
) -> None:
    with library.read() as db:
        deployment = db.conn.execute("SELECT id FROM deployment").fetchone()[0]
    records.edit(library, "deployment", deployment, {"looks": None})
    screen.choose_tab(SECOND_LOOK)
    assert "Nobody has asked for a second look yet" in screen.second.empty.sentence.text()
    screen.second.empty.button.click()
    assert screen.pages.index == DEPLOYMENTS
    screen.deployments.table.choose(deployment)
    press(window, KEY.Key_2)
    with library.read() as db:
        assert db.conn.execute("SELECT looks FROM deployment").fetchone()[0] == 2


def test_today_names_what_was_seen_differently(
    library: Library, people: tuple[bytes, bytes, bytes], events: list[list[bytes]], tmp_path: Path
) -> None:
    assert all(one.id != "second_look" for one in cards_of(day(library), []))
    look(library, people[0], events, [BOAR, BOAR, BOAR])
    look(library, people[1], events, [TIGER, TIGER, BOAR])
    [card] = [one for one in cards_of(day(library), []) if one.id == "second_look"]
    assert (card.figure, card.what, card.target) == ("2", "events were seen differently", "second_look")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1092, 614), (910, 512)])
def test_both_answers_fit_what_scaling_leaves_of_the_window(
    window: Window,
    screen: CameraTrapsScreen,
    library: Library,
    people: tuple[bytes, bytes, bytes],
    events: list[list[bytes]],
    width: int,
    height: int,
) -> None:
    animal = records.add(library, "individual", {"code": "T-17", "taxon": "Panthera tigris"})
    look(library, people[0], events, [TIGER, BOAR, BOAR])
    look(library, people[1], events, [Answer("animal", "Panthera tigris", 3, animal, "female", "adult"), BOAR, BOAR])
    works(screen, people[2])
    window.resize(width, height)
    screen.choose_tab(SECOND_LOOK)
    QApplication.processEvents()
    assert [card.marked for card in screen.second.cards[:2]] == [["× 2", "Male"], ["× 3", "Female"]]
    assert cut_words(window) == []
