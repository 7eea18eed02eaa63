"""Deployments and known animals in the window: tables, forms, dated failures and clock corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from ranger_app.actions import records
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.gallery import Filter
from ui.bridge import Bridge
from ui.camera_traps.screen import DEPLOYMENTS, INDIVIDUALS, PICTURES, CameraTrapsScreen
from ui.shell.window import Window

Dress = Callable[[str, str], None]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(window: Window) -> Iterator[Window]:
    window.activateWindow()
    window.go("camera_traps")
    yield window
    window.screens["camera_traps"].gallery.grid.thumbs.stop()  # type: ignore[attr-defined]


@pytest.fixture
def screen(window: Window) -> CameraTrapsScreen:
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    return shown


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def texts(screen: CameraTrapsScreen) -> list[tuple[str, ...]]:
    return [line.texts for line in screen.deployments.table.model.lines]


def test_nothing_yet_says_what_to_do(screen: CameraTrapsScreen) -> None:
    empty = screen.deployments.table.empty
    assert "No camera has been emptied yet" in empty.sentence.text()
    empty.button.click()
    assert screen.page is screen.ingest
    screen.choose_tab(PICTURES)
    assert "No pictures yet" in screen.gallery.stack.currentWidget().sentence.text()  # type: ignore[union-attr]
    screen.choose_tab(INDIVIDUALS)
    screen.individuals.empty.button.click()
    assert screen.page is screen.individual


def test_a_deployment_is_entered_saved_and_found_in_the_table(
    window: Window, screen: CameraTrapsScreen, library: Library
) -> None:
    press(window, Qt.Key.Key_N, CTRL)
    assert screen.page is screen.deployment
    assert screen.title == "A new deployment"
    assert not screen.deployment.failures.isVisibleTo(screen)
    editors = screen.deployment.form.editors
    assert editors["utc_offset"].typed() == "+10:00"
    QTest.keyClicks(editors["name"].control, "Barabash 12")
    QTest.keyClicks(editors["start"].control, "2025-01-01 10:00")
    press(window, Qt.Key.Key_S, CTRL)
    assert screen.title == "Barabash 12"
    assert screen.deployment.failures.isVisibleTo(screen)
    press(window, Qt.Key.Key_Escape)
    assert screen.page is screen.tabs
    assert texts(screen) == [("Barabash 12", "", "2025-01-01 10:00", "", "0", "", "")]
    assert "Saved" in window.strip.sentence.text()


def test_a_failure_needs_its_times_and_reason(window: Window, screen: CameraTrapsScreen, library: Library) -> None:
    deployment = records.add(library, "deployment", {"name": "Barabash 12", "utc_offset": 600})
    screen.open_deployment(deployment)
    card = screen.deployment.failures
    card.editors["from"].control.setText("2025-01-02 00:00")  # type: ignore[attr-defined]
    card.add_button.click()
    assert card.editors["to"].wrong.text() == "This is needed."
    card.editors["to"].control.setText("soon")  # type: ignore[attr-defined]
    card.add_button.click()
    assert card.editors["to"].wrong.text().startswith("Write the time")
    card.editors["to"].control.setText("2025-01-05 12:30")  # type: ignore[attr-defined]
    reason = card.editors["reason"].control
    assert isinstance(reason, QComboBox)
    reason.setCurrentIndex(reason.findData("snow"))
    card.add_button.click()
    assert [card.words(one) for one in card.entries] == ["2025-01-02 00:00 · 2025-01-05 12:30 · Snow"]
    assert card.editors["from"].typed() == ""
    with library.read() as db:
        found = rows.get(db, "deployment", deployment)
    assert found is not None
    assert '"reason":"snow"' in found.text("failures")
    screen.back()
    assert texts(screen)[0][6] == "1"


def test_failures_can_be_taken_away_and_undone(window: Window, screen: CameraTrapsScreen, library: Library) -> None:
    failure = '[{"from":"2025-01-02T00:00:00","reason":"snow","to":"2025-01-03T00:00:00"}]'
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600, "failures": failure})
    screen.open_deployment(deployment)
    screen.deployment.failures.clear_button.click()
    assert screen.deployment.failures.entries == []
    assert not screen.deployment.failures.clear_button.isVisibleTo(screen)
    window.undo()
    assert len(screen.deployment.failures.entries) == 1


def test_a_wrong_clock_is_corrected_beside_the_pictures(screen: CameraTrapsScreen, library: Library) -> None:
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600})
    media = records.add(library, "media", {"deployment": deployment, "camera_time": "2025-01-01T10:00:00"})
    screen.open_deployment(deployment)
    card = screen.deployment.clock
    card.add_button.click()
    assert card.entries == []
    card.editors["seconds"].control.setText("-3600")  # type: ignore[attr-defined]
    card.add_button.click()
    assert card.editors["method"].wrong.text() == "This is needed."
    method = card.editors["method"].control
    assert isinstance(method, QComboBox)
    method.setCurrentIndex(method.findData("shift"))
    card.add_button.click()
    assert len(card.entries) == 1
    with library.read() as db:
        taken, written = db.conn.execute("SELECT taken_at, camera_time FROM media WHERE id=?", (media,)).fetchone()
    assert (taken, written) == (1_735_689_600 + 3600 * 9 - 36_000, "2025-01-01T10:00:00")


def test_keys_of_the_table_lead_to_page_and_pictures(
    window: Window, screen: CameraTrapsScreen, library: Library
) -> None:
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600})
    records.add(library, "media", {"deployment": deployment, "camera_time": "2025-01-01T10:00:00"})
    screen.deployments.refresh(None)
    screen.choose_tab(DEPLOYMENTS)
    press(window, Qt.Key.Key_Return)
    assert screen.page is screen.deployment
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_G)
    assert screen.pages.index == PICTURES
    assert screen.gallery.filter.filter == Filter(deployment)
    assert len(screen.gallery.source) == 1


def test_another_place_can_ask_for_a_deployments_pictures(
    window: Window, screen: CameraTrapsScreen, library: Library
) -> None:
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600})
    window.go("today")
    window.go("camera_traps", ("deployment", deployment))
    assert screen.gallery.filter.filter == Filter(deployment)
    assert screen.gallery.filter.deployment.currentText() == "One"


def test_an_animal_is_entered_and_its_species_typed_in_any_language(
    window: Window, screen: CameraTrapsScreen, library: Library
) -> None:
    press(window, Qt.Key.Key_I)
    assert screen.pages.index == INDIVIDUALS
    press(window, Qt.Key.Key_N, CTRL)
    editors = screen.individual.form.editors
    QTest.keyClicks(editors["code"].control, "T-01")
    editors["taxon"].control.setText("Тигр")  # type: ignore[attr-defined]
    press(window, Qt.Key.Key_S, CTRL)
    with library.read() as db:
        (animal,) = rows.find(db, "individual")
    assert (animal["code"], animal["taxon"]) == ("T-01", "Panthera tigris")
    assert screen.title == "T-01"
    press(window, Qt.Key.Key_Escape)
    assert len(screen.individuals.model.lines) == 1
    assert screen.sentence == "1 animal is known."


def test_flanks_are_shown_and_missing_ones_said(window: Window, demo: Library, qtbot: QtBot, dressed: Dress) -> None:
    bridge = Bridge(demo, inline=True)
    screen = CameraTrapsScreen(demo, bridge)
    qtbot.addWidget(screen)
    with demo.read() as db:
        known = [one for one in rows.find(db, "individual") if one["left_picture"] or one["right_picture"]]
    assert known
    screen.open_individual(known[0].id)
    for name, frame in screen.individual._frames.items():
        assert frame.pixmap().isNull() == (known[0][name] is None), name
        assert known[0][name] is not None or frame.text() == "no picture"
    screen.gallery.grid.thumbs.stop()
    bridge.close()


def test_half_typed_deployment_survives_a_change_of_language(
    window: Window, screen: CameraTrapsScreen, dressed: Dress
) -> None:
    screen.open_deployment(None)
    QTest.keyClicks(screen.deployment.form.editors["name"].control, "Barab")
    dressed("ru", "light")
    window.rebuild()
    again = window.current()
    assert isinstance(again, CameraTrapsScreen)
    assert again.page is again.deployment
    assert again.deployment.form.editors["name"].typed() == "Barab"
    screen.gallery.grid.thumbs.stop()
