"""The window covers itself after ten minutes without input, work goes on, and only a PIN or the passphrase opens it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.actions import pins, proof, records
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.full_screen import FullScreen
from ui.shell import lock
from ui.shell.lock import Cover, Lock
from ui.shell.window import Window


class Clock:
    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(window: Window, library: Library, bridge: Bridge, clock: Clock) -> Lock:
    """The window's lock with a clock of its own."""
    window.lock.stop()
    window.lock = Lock(library, bridge, window, clock)
    window.lock.watch()
    return window.lock


def with_pin(library: Library, pin: str = "2468") -> None:
    assert library.person is not None
    pins.set_pin(library, library.person, pin)


def cover_of(guard: Lock) -> Cover:
    assert guard.cover is not None
    return guard.cover


def test_it_covers_after_ten_minutes_and_not_before(guard: Lock, library: Library, clock: Clock) -> None:
    with_pin(library)
    clock.s += proof.LOCK_AFTER_S - 1
    guard.look()
    assert guard.cover is None
    clock.s += 1
    guard.look()
    assert cover_of(guard).isVisible()
    assert cover_of(guard).geometry() == guard.parent().rect()


def test_any_key_or_mouse_movement_counts(guard: Lock, window: Window, library: Library, clock: Clock) -> None:
    with_pin(library)
    handle = window.windowHandle()
    clock.s += proof.LOCK_AFTER_S - 1
    QTest.keyClick(handle, Qt.Key.Key_Shift)
    clock.s += proof.LOCK_AFTER_S - 1
    guard.look()
    assert guard.cover is None
    QTest.mouseMove(handle, window.rect().center())
    clock.s += proof.LOCK_AFTER_S - 1
    guard.look()
    assert guard.cover is None


def test_without_pin_and_passphrase_it_never_covers(guard: Lock, window: Window, bridge: Bridge, clock: Clock) -> None:
    clock.s += 10 * proof.LOCK_AFTER_S
    guard.look()
    assert guard.cover is None
    said: list[str] = []
    bridge.said.connect(lambda sentence, _undo: said.append(sentence))
    window.cover()
    assert guard.cover is None
    assert "nothing could open it" in said[0]


def test_the_station_can_choose_otherwise(guard: Lock, library: Library, clock: Clock) -> None:
    with_pin(library)
    assert proof.lock_chosen(library)
    proof.choose_lock(library, False)
    clock.s += proof.LOCK_AFTER_S
    guard.look()
    assert guard.cover is None
    proof.choose_lock(library, True)
    clock.s += proof.LOCK_AFTER_S
    guard.look()
    assert guard.cover is not None


def test_the_pin_opens_it_where_it_was(guard: Lock, window: Window, library: Library) -> None:
    with_pin(library)
    window.go("patrols")
    screen = window.current()
    focus = QApplication.focusWidget()
    window.cover()
    cover = cover_of(guard)
    cover.secret.setText("1111")
    cover.try_it()
    assert guard.cover is cover
    assert "neither the PIN nor the passphrase" in cover.said.text()
    assert cover.secret.text() == ""
    cover.secret.setText("2468")
    cover.button.click()
    assert guard.cover is None
    assert window.current() is screen
    assert window.centralWidget().isEnabled()
    if focus is not None:
        assert QApplication.focusWidget() is focus


def test_the_passphrase_opens_it_too(guard: Lock, window: Window, library: Library) -> None:
    library.set_passphrase("cedar and snow")
    at_work = library.person
    window.cover()
    cover_of(guard).secret.setText("cedar and snow")
    cover_of(guard).try_it()
    assert guard.cover is None
    assert library.person == at_work


def test_another_person_goes_on_with_their_own_pin(guard: Lock, window: Window, library: Library) -> None:
    other = records.add(library, "person", {"name": "Ranger 2", "role": "ranger", "active": 1})
    records.add(library, "person", {"name": "Ranger 3", "role": "ranger", "active": 1})
    with_pin(library)
    pins.set_pin(library, other, "9753")
    window.cover()
    cover = cover_of(guard)
    assert [cover.person.itemText(n) for n in range(cover.person.count())] == ["Ranger 1", "Ranger 2"]
    cover.person.setCurrentIndex(1)
    cover.secret.setText("9753")
    cover.try_it()
    assert guard.cover is None
    assert library.person == other


def test_no_key_of_a_screen_works_under_the_cover(
    guard: Lock, window: Window, library: Library, bridge: Bridge
) -> None:
    with_pin(library)
    window.go("today")
    window.activateWindow()
    window.cover()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.place == "today"
    assert not window.palette_panel.isVisible()


def test_work_goes_on_and_is_told_after(guard: Lock, window: Window, library: Library, bridge: Bridge) -> None:
    with_pin(library)
    window.cover()
    done: list[object] = []
    bridge.run(lambda _cancel: records.add(library, "patrol", {"name": "P"}), done.append, title="Card")
    assert len(done) == 1
    window.resize(1000, 600)
    assert cover_of(guard).geometry() == window.rect()


def test_guessing_is_slowed_down(
    guard: Lock, window: Window, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_pin(library)
    window.cover()
    cover = cover_of(guard)
    for number in range(lock.FREE_TRIES + 1):
        assert cover.secret.isEnabled()
        cover.secret.setText(f"000{number}")
        cover.try_it()
    assert not cover.secret.isEnabled()
    assert "Wait" in cover.said.text()
    cover._rest.timeout.emit()
    assert cover.secret.isEnabled()


def test_proof_is_asked_of_those_who_have_a_secret(library: Library) -> None:
    library.attended = True
    proof.prove(library, "")
    with_pin(library)
    for wrong in ("", "1357"):
        with pytest.raises(DataProblem):
            proof.prove(library, wrong)
    proof.prove(library, "2468")


def test_a_picture_over_the_whole_screen_gives_way_to_the_cover(
    guard: Lock, window: Window, library: Library, qtbot: QtBot
) -> None:
    with_pin(library)
    window.activateWindow()
    qtbot.waitActive(window)
    home = QWidget()
    column = QVBoxLayout(home)
    window.current().layout().addWidget(home)
    held = QPushButton("picture")
    column.addWidget(held)
    full = FullScreen(window, held, column, 0, held)
    left: list[int] = []
    full.left.connect(lambda: left.append(1))
    held.setFocus()
    window.cover()
    QCoreApplication.processEvents()
    assert left == [1]
    assert cover_of(guard).isAncestorOf(window.childAt(cover_of(guard).secret.mapTo(window, QPoint(5, 5))))
