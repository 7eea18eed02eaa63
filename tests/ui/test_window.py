"""The frame: places by key, undo everywhere, who is working, panels inside the window, and a change of language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ranger_app import i18n
from ranger_app.actions import permission, pins, records
from ranger_app.errors import DataProblem
from ranger_app.jobs import Progress
from ranger_app.library import Library
from ranger_app.store import rows
from ui.bridge import Bridge, Running
from ui.commands import same_keys
from ui.help import PAGES, HelpPanel, keys_html, page_text
from ui.shell.status_line import job_sentence, time_left
from ui.shell.who import WhoPanel
from ui.shell.window import Window

CTRL = Qt.KeyboardModifier.ControlModifier


def test_places_by_their_digits(window: Window, qtbot: QtBot) -> None:
    for number, place in enumerate(window.places, start=1):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), CTRL)
        assert window.place == place.id
        assert window.stack.currentWidget() is window.current()
        assert window.rail.buttons[place.id].isChecked()
        assert window.title_line.title.text()


def test_at_most_eight_places(window: Window) -> None:
    assert 6 <= len(window.places) <= 8


def test_every_act_has_a_key_of_its_own(window: Window) -> None:
    """Two presses at most from its place: the act's own key, or Ctrl+K and Enter never being needed."""
    for place in window.places:
        window.go(place.id)
        commands = window.commands()
        assert same_keys(commands) == {}, place.id
        assert [command.id for command in commands if not command.keys] == []
        assert [command.id for command in commands if not command.title.strip()] == []
        assert {command.group for command in commands} != {""}
        for command in commands:
            command.enabled()


def test_every_screen_has_its_help_page(window: Window) -> None:
    for place in window.places:
        window.go(place.id)
        page = window.current().help_page
        assert page in PAGES
        assert page_text(page).lstrip().startswith("# ")


def test_help_lists_the_keys_that_work_here(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F1)
    panel = window.panel.content
    assert isinstance(panel, HelpPanel)
    text = panel.browser.toPlainText()
    for command in window.commands():
        assert command.title in text
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.panel.isHidden()


def test_help_links_lead_to_pages_only(window: Window) -> None:
    window.show_help()
    panel = window.panel.content
    assert isinstance(panel, HelpPanel)
    from PySide6.QtCore import QUrl

    panel._follow(QUrl("job_card.md"))
    first = panel.browser.toPlainText()
    panel._follow(QUrl("https://example.org/job_patrol.md"))
    panel._follow(QUrl("nowhere.md"))
    assert panel.browser.toPlainText() == first
    assert first.startswith(page_text("job_card").splitlines()[0].lstrip("# "))


def test_titles_in_the_key_list_are_never_markup() -> None:
    from ui.commands import Command

    html = keys_html([Command("x", "<b>A & B</b>", lambda: None, "A", group="<i>")])
    assert "&lt;b&gt;A &amp; B" in html
    assert "<i>" not in html


def test_palette_finds_a_place_and_goes_there(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, CTRL)
    field = window.palette_panel.field
    qtbot.keyClicks(field, "settin")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.place == "settings"
    assert window.palette_panel.isHidden()
    assert window.veil.isHidden()


def test_palette_closes_with_escape_and_gives_the_keyboard_back(window: Window, qtbot: QtBot) -> None:
    window.go("settings")
    before = QApplication.focusWidget()
    window.show_palette()
    qtbot.keyClick(window.palette_panel.field, Qt.Key.Key_Escape)
    assert window.palette_panel.isHidden()
    assert QApplication.focusWidget() is before


def test_undo_and_redo_from_anywhere(window: Window, library: Library, qtbot: QtBot) -> None:
    patrol = records.add(library, "patrol", {"name": "Upper Tumen"})
    window.go("settings")
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    with library.read() as db, pytest.raises(DataProblem):
        records.existing(db, "patrol", patrol)
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    with library.read() as db:
        assert records.existing(db, "patrol", patrol)["name"] == "Upper Tumen"


def test_undo_in_a_field_undoes_typing_first(window: Window, library: Library, qtbot: QtBot) -> None:
    patrol = records.add(library, "patrol", {"name": "Upper Tumen"})
    window.go("settings")
    field = QLineEdit(window.current())
    field.show()
    field.setFocus()
    qtbot.keyClicks(field, "a")
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    assert field.text() == ""
    with library.read() as db:
        records.existing(db, "patrol", patrol)
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL)
    with library.read() as db, pytest.raises(DataProblem):
        records.existing(db, "patrol", patrol)


def test_strip_says_what_was_done_and_offers_undo(window: Window, bridge: Bridge) -> None:
    bridge.say("Marked 12 pictures blank.", undo=True)
    assert window.strip.isVisible()
    assert window.strip.undo.isVisible()
    assert window.strip._timer.interval() == 8000
    bridge.say("Nothing to undo here.")
    assert not window.strip.undo.isVisible()
    window.strip._timer.timeout.emit()
    assert window.strip.isHidden()


def test_who_is_working_is_always_shown(window: Window, library: Library) -> None:
    assert "Ranger 1" in window.rail.who.text()
    assert "F2" in window.rail.who.text()


def test_changing_who_works_needs_the_pin(window: Window, library: Library, qtbot: QtBot) -> None:
    first = library.person
    other = records.add(library, "person", {"name": "Reviewer A", "role": "reviewer", "active": 1})
    pins.set_pin(library, other, "4711")
    qtbot.keyClick(window, Qt.Key.Key_F2)
    panel = window.panel.content
    assert isinstance(panel, WhoPanel)
    button = next(one for one in panel.buttons if "Reviewer A" in one.text())
    button.click()
    assert library.person == first
    qtbot.keyClicks(panel.pin, "1111")
    qtbot.keyClick(panel.pin, Qt.Key.Key_Return)
    assert library.person == first
    assert panel.wrong.isVisible()
    panel.pin.setText("4711")
    qtbot.keyClick(panel.pin, Qt.Key.Key_Return)
    assert library.person == other
    assert "Reviewer A" in window.rail.who.text()
    assert window.panel.isHidden()


def test_refused_act_names_the_role(window: Window, library: Library, bridge: Bridge) -> None:
    bridge.problems_expected = True  # type: ignore[attr-defined]
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger", "active": 1})
    window.go("settings")
    window.current().station.name.setText("Other")  # type: ignore[attr-defined]
    window.current().station.save()  # type: ignore[attr-defined]
    banner = window._banners.itemAt(0)
    assert banner is not None
    assert "Manager" in banner.widget().what.text()  # type: ignore[union-attr, attr-defined]
    assert library.station.name == "Khasan station"


def test_a_person_is_added_with_keys_alone(window: Window, library: Library, qtbot: QtBot) -> None:
    window.go("settings")
    qtbot.keyClick(window, Qt.Key.Key_N, CTRL)
    qtbot.keyClicks(QApplication.focusWidget(), "Ranger 3")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_S, CTRL)
    with library.read() as db:
        found = {str(one["name"]): one["role"] for one in rows.find(db, "person")}
    assert found == {"Ranger 1": "manager", "Ranger 3": "ranger"}
    assert library.station.name == "Khasan station"
    assert window.panel.isHidden()


def test_nobody_at_a_window_has_no_role(library: Library) -> None:
    library.person = None
    permission.require(library, permission.MANAGER)
    library.attended = True
    with pytest.raises(DataProblem, match="Manager"):
        permission.require(library, permission.MANAGER)


def test_own_pin_only(library: Library) -> None:
    manager = library.person
    assert manager is not None
    ranger = records.add(library, "person", {"name": "Ranger 2", "role": "ranger", "active": 1})
    library.person = ranger
    pins.set_pin(library, ranger, "1234")
    with pytest.raises(DataProblem):
        pins.set_pin(library, manager, "1234")
    for wrong in ("123", "12a4"):
        with pytest.raises(DataProblem):
            pins.set_pin(library, ranger, wrong)
    assert pins.with_pin(library) == {ranger}
    pins.set_pin(library, ranger, "")
    assert pins.with_pin(library) == set()


def test_pin_is_not_kept_as_it_is(library: Library) -> None:
    assert library.person is not None
    pins.set_pin(library, library.person, "987654")
    with library.read() as db:
        row = db.conn.execute("SELECT salt, hash FROM pin").fetchone()
    assert b"987654" not in bytes(row[0]) + bytes(row[1])
    assert len(row[1]) == 32


def test_problem_says_what_and_what_to_do_and_can_be_closed(window: Window, bridge: Bridge) -> None:
    window.show_problem(DataProblem("X", "The disk is full.", "Free some space."))
    item = window._banners.itemAt(0)
    assert item is not None
    banner = item.widget()
    assert banner.isVisible()  # type: ignore[union-attr]
    assert banner.what.text() == "The disk is full."  # type: ignore[union-attr, attr-defined]
    assert banner.todo.text() == "Free some space."  # type: ignore[union-attr, attr-defined]
    for number in range(5):
        window.show_problem(DataProblem("X", str(number), ""))
    assert window._banners.count() == 2


def test_fault_of_ours_is_written_down(window: Window) -> None:
    from ui.problems import worded

    problem = worded(ValueError("boom"))
    assert problem.ours
    assert problem.report is not None
    assert "ValueError: boom" in problem.report.read_text(encoding="utf-8")


def test_language_and_look_change_without_restart(
    window: Window, dressed: Callable[[str, str], None], bridge: Bridge
) -> None:
    window.go("settings")
    window.current().pages.choose(3)  # type: ignore[attr-defined]
    english = window.title_line.title.text()
    dressed("ru", "dark")
    window.rebuild()
    assert window.place == "settings"
    assert window.current().pages.index == 3  # type: ignore[attr-defined]
    assert i18n.language() == "ru"
    assert window.title_line.title.text() == i18n._("Settings")
    dressed("en", "light")
    window.rebuild()
    assert window.title_line.title.text() == english


def test_window_fits_small_screens(window: Window) -> None:
    assert window.minimumWidth() <= 1366 / 1.5
    assert window.minimumHeight() <= 768 / 1.5
    window.resize(1024, 640)
    for place in window.places:
        window.go(place.id)
        assert window.width() <= 1024 + 1, place.id


def test_bottom_line_counts_and_estimates() -> None:
    running = Running("Card from Barabash 12")
    assert job_sentence(running) == "Card from Barabash 12"
    running.progress = Progress(1240, 2000)
    running.started -= 62
    assert job_sentence(running) == "Card from Barabash 12: 1,240 of 2,000 · 38 s left"
    assert "1 more" in job_sentence(running, 1)
    running.cancel.cancel()
    assert "stopping" in job_sentence(running)


def test_time_left_is_rounded_up() -> None:
    assert [time_left(s) for s in (0.2, 59, 61, 7100, 7300)] == [
        "1 s left",
        "59 s left",
        "2 min left",
        "119 min left",
        "3 h left",
    ]
