"""Deployments and known animals in the window: tables, forms, dated failures and clock corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from ranger_app.actions import records
from ranger_app.domain.fields import Value
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.gallery import Filter
from ui.bridge import Bridge
from ui.camera_traps.animals.catalogue_model import CODE
from ui.camera_traps.calendar_strip import CalendarStrip, Strip
from ui.camera_traps.clock_card import ClockCard
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


def choose(card: ClockCard, method: str) -> None:
    card.editors["method"].put(method)
    card._edited("method")


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
    screen.individuals.table.empty.button.click()
    assert screen.where == "individual"


def test_a_tab_is_made_on_its_first_visit_and_hears_of_everything_before(
    window: Window, screen: CameraTrapsScreen, library: Library
) -> None:
    tabs = (screen._gallery, screen._individuals, screen._second, screen.analysis, screen.deployments._calendar)
    records.add(library, "individual", {"code": "T-01", "taxon": "Panthera tigris"})
    screen.bridge.person_changed.emit()
    screen.state()
    assert [one.made for one in tabs] == [None] * len(tabs)
    press(window, Qt.Key.Key_I)
    assert [line.texts[CODE] for line in screen.individuals.model.lines] == ["T-01"]
    assert screen.sentence == "1 animal is known."
    records.add(library, "individual", {"code": "T-02", "taxon": "Panthera tigris"})
    assert screen.sentence == "2 animals are known."
    assert [one.made is not None for one in tabs] == [False, True, False, False, False]


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
    assert texts(screen) == [("Barabash 12", "", "2025-01-01 10:00", "", "", "", "0", "", "")]
    assert "Saved" in window.strip.sentence.text()


def test_a_failure_needs_its_times_and_reason(window: Window, screen: CameraTrapsScreen, library: Library) -> None:
    deployment = records.add(library, "deployment", {"name": "Barabash 12", "utc_offset": 600})
    screen.open_deployment(deployment)
    card = screen.deployment.failures
    card.editors["from"].control.setText("2025-01-02 00:00")  # type: ignore[attr-defined]
    card.add_button.click()
    assert card.editors["reason"].wrong.text() == "This is needed."
    card.editors["to"].control.setText("soon")  # type: ignore[attr-defined]
    card.add_button.click()
    assert card.editors["to"].wrong.text().startswith("Write the time")
    card.editors["to"].control.setText("2025-01-05 12:30")  # type: ignore[attr-defined]
    reason = card.editors["reason"].control
    assert isinstance(reason, QComboBox)
    reason.setCurrentIndex(reason.findData("snow"))
    card.add_button.click()
    assert [card.words(one) for one in card.entries] == ["2025-01-02 00:00 – 2025-01-05 12:30 · Snow"]
    assert card.editors["from"].typed() == ""
    with library.read() as db:
        found = rows.get(db, "deployment", deployment)
    assert found is not None
    assert '"reason":"snow"' in found.text("failures")
    screen.back()
    assert texts(screen)[0][5] == "1"


def test_failures_can_be_taken_away_and_undone(window: Window, screen: CameraTrapsScreen, library: Library) -> None:
    failure = (
        '[{"from":"2025-01-02T00:00:00","reason":"snow","to":"2025-01-03T00:00:00"},'
        '{"from":"2025-01-05T00:00:00","reason":"stolen"}]'
    )
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600, "failures": failure})
    screen.open_deployment(deployment)
    failures = screen.deployment.failures
    assert failures.words(failures.entries[1]) == "2025-01-05 00:00 – until taken down · Stolen"
    failures.list.remove_buttons[0].click()  # type: ignore[attr-defined]
    assert [one["reason"] for one in failures.entries] == ["stolen"]
    window.undo()
    assert [one["reason"] for one in failures.entries] == ["snow", "stolen"]


def test_a_failure_outside_the_deployment_is_refused_beside_its_field(
    screen: CameraTrapsScreen, library: Library
) -> None:
    dates: dict[str, Value] = {"start": "2025-01-01T00:00:00", "end": "2025-02-01T00:00:00"}
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600, **dates})
    screen.open_deployment(deployment)
    failures = screen.deployment.failures
    failures.editors["from"].put("2025-03-01T00:00:00")
    failures.editors["reason"].put("battery")
    failures.add_button.click()
    assert "after the camera was taken down on 2025-02-01 00:00" in failures.editors["from"].wrong.text()
    failures.editors["from"].put("2025-01-22T00:00:00")
    failures.add_button.click()
    assert [failures.words(one) for one in failures.entries] == ["2025-01-22 00:00 – 2025-02-01 00:00 · Battery"]
    assert screen.deployment.worked.nights.text() == "21.0 trap nights"
    assert screen.deployment.worked.remark.text().startswith("Failures take 10.0 nights.")


def test_a_wrong_clock_is_corrected_beside_the_pictures(screen: CameraTrapsScreen, library: Library) -> None:
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600})
    media = records.add(library, "media", {"deployment": deployment, "camera_time": "2025-01-01T10:00:00"})
    screen.open_deployment(deployment)
    card = screen.deployment.clock
    card.add()
    assert card.editors["method"].wrong.text() == "This is needed."
    choose(card, "shift")
    card.add_button.click()
    assert card.editors["seconds"].wrong.text() == "This is needed."
    card.editors["said"].put("2025-01-01T11:00:00")
    card.editors["true"].put("2025-01-01T10:00:00")
    card._edited("true")
    assert card.editors["seconds"].typed() == "-3600"
    card.show_preview()
    assert card.what.text() == "1 of 1 picture changes."
    assert card.preview is not None
    assert card.preview.samples[0].after == "2025-01-01T09:00:00"
    assert card.entries == []
    card.add_button.click()
    assert [card.words(one) for one in card.entries] == ["Shift: −1 h · all camera times"]
    with library.read() as db:
        taken, written = db.conn.execute("SELECT taken_at, camera_time FROM media WHERE id=?", (media,)).fetchone()
    assert (taken, written) == (1_735_689_600 + 3600 * 9 - 36_000, "2025-01-01T10:00:00")


@pytest.mark.parametrize(
    ("method", "typed", "words"),
    [
        (
            "drift",
            {
                "said": "2025-01-01T10:00:00",
                "true": "2025-01-01T10:00:00",
                "said_last": "2025-02-01T09:50:00",
                "true_last": "2025-02-01T10:00:00",
            },
            "Drift: 0 s at first, +10 min at the end · camera times from 2025-01-01 10:00 to 2025-02-01 09:50",
        ),
        ("year", {"years": 9}, "Years +9 · all camera times"),
        ("day_month", {"to": "2025-02-01T00:00:00"}, "Day and month swapped · camera times up to 2025-02-01 00:00"),
        (
            "daylight_saving",
            {"hour": "back", "from": "2025-01-01T00:00:00"},
            "Daylight saving time: −1 h · camera times from 2025-01-01 00:00 on",
        ),
    ],
)
def test_each_way_to_correct_a_clock_asks_what_a_ranger_knows(
    screen: CameraTrapsScreen, library: Library, method: str, typed: dict[str, Value], words: str
) -> None:
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600})
    screen.open_deployment(deployment)
    card = screen.deployment.clock
    choose(card, method)
    shown = {name for name, editor in card.editors.items() if editor.isVisibleTo(card)}
    assert set(typed) <= shown
    assert "seconds" not in shown
    for name, value in typed.items():
        card.editors[name].put(value)
    card.add_button.click()
    assert [card.words(one) for one in card.entries] == [words]
    card.list.remove_buttons[0].click()  # type: ignore[attr-defined]
    assert card.entries == []


def test_wrong_times_are_marked_shown_and_mended_with_two_presses(
    window: Window, screen: CameraTrapsScreen, library: Library
) -> None:
    dates: dict[str, Value] = {"start": "2025-03-01T00:00:00", "end": "2025-05-01T00:00:00"}
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600, **dates})
    for day in (1, 2, 5, 20):
        records.add(
            library, "media", {"deployment": deployment, "camera_time": f"2024-03-{day:02}T10:00:00", "file_name": "A"}
        )
    screen.deployments.refresh(None)
    assert texts(screen)[0][-1] == "check times"
    screen.open_deployment(deployment)
    doubts = screen.deployment.doubts
    assert doubts.isVisibleTo(screen)
    (mend,) = doubts.buttons
    assert mend.text() == "Correct the year of 4 pictures"
    mend.click()
    assert screen.deployment.clock.entries == []
    assert "4 of 4 pictures change. Outside the deployment: 4 now, 0 then." in screen.deployment.clock.what.text()
    screen.deployment.clock.add_button.click()
    assert len(screen.deployment.clock.entries) == 1
    assert not doubts.isVisibleTo(screen)
    screen.back()
    screen.deployments.refresh(None)
    assert texts(screen)[0][-1] == ""
    window.undo()
    assert texts(screen)[0][-1] == ""
    screen.deployments.refresh(None)
    assert texts(screen)[0][-1] == "check times"


def test_seldom_fields_are_folded_away_until_asked_for_or_wrong(screen: CameraTrapsScreen, library: Library) -> None:
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600, "habitat": "oak", "tilt": -5})
    screen.open_deployment(deployment)
    form = screen.deployment.form
    assert not form.editors["tilt"].isVisibleTo(screen)
    assert form.fold_button.text().strip() == "More fields · 2 filled in"
    form.editors["tilt"].control.setText("steep")  # type: ignore[attr-defined]
    form.save()
    assert form.editors["tilt"].isVisibleTo(screen)
    assert form.editors["tilt"].wrong.text() == "Write a whole number."
    screen.open_deployment(None)
    assert not form.editors["tilt"].isVisibleTo(screen)
    assert form.fold_button.text().strip() == "More fields"


def test_an_end_before_the_start_is_refused_in_the_window(
    window: Window, screen: CameraTrapsScreen, library: Library, bridge: Bridge
) -> None:
    bridge.problems_expected = True  # type: ignore[attr-defined]
    deployment = records.add(library, "deployment", {"name": "One", "utc_offset": 600, "start": "2025-03-01T00:00:00"})
    screen.open_deployment(deployment)
    screen.deployment.form.editors["end"].put("2025-02-01T00:00:00")
    screen.deployment.form.save()
    with library.read() as db:
        found = rows.get(db, "deployment", deployment)
    assert found is not None
    assert found["end"] is None


def test_the_calendar_shows_working_failing_and_pictures_with_words(
    window: Window, screen: CameraTrapsScreen, library: Library
) -> None:
    failure = '[{"from":"2025-01-10T00:00:00","reason":"snow","to":"2025-01-20T12:00:00"}]'
    dates: dict[str, Value] = {"start": "2025-01-01T12:00:00", "end": "2025-01-31T12:00:00"}
    one = records.add(library, "deployment", {"name": "One", "utc_offset": 600, "failures": failure, **dates})
    two = records.add(library, "deployment", {"name": "Two", "utc_offset": 600, "start": "2025-01-03T00:00:00"})
    records.add(library, "media", {"deployment": one, "camera_time": "2025-01-05T23:30:00"})
    screen.deployments.refresh(None)
    screen.choose_tab(DEPLOYMENTS)
    screen.deployments.table.choose(one)
    press(window, Qt.Key.Key_T)
    page = screen.deployments
    assert page.in_calendar
    assert page.current() == one
    strip = page.calendar.strip
    assert strip.hasFocus()
    assert [row.name for row in strip.strips] == ["One", "Two"]
    assert [row.nights for row in strip.strips] == [19.5, None]
    statuses = {day: strip.status(strip.strips[0], date(2025, 1, day)) for day in (1, 5, 9, 15, 20, 31)}
    assert statuses == {
        1: "working 12.0 h",
        5: "working · pictures",
        9: "working",
        15: "not working · Snow",
        20: "working 12.0 h · Snow",
        31: "working 12.0 h",
    }
    assert strip.status(strip.strips[0], date(2025, 2, 1)) == "not set up"
    assert strip.status(strip.strips[1], date(2025, 1, 9)) == "not taken down yet"
    assert page.calendar.total.text() == "19.5 trap nights of 1 camera"
    assert "1 deployment is not counted." in page.calendar.rule.text()
    press(window, Qt.Key.Key_Down)
    assert page.current() == two
    press(window, Qt.Key.Key_Return)
    assert screen.page is screen.deployment
    assert screen.deployment.record == two
    press(window, Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_T)
    assert not page.in_calendar
    assert page.table.current() == two


def test_a_station_of_two_cameras_is_counted_under_each_rule(screen: CameraTrapsScreen, library: Library) -> None:
    dates: dict[str, Value] = {"start": "2025-01-01T12:00:00", "end": "2025-01-31T12:00:00"}
    one = records.add(library, "deployment", {"name": "One", "utc_offset": 600, **dates})
    screen.open_deployment(one)
    assert "Station" not in screen.deployment.worked.remark.text()
    records.add(library, "deployment", {"name": "Two", "utc_offset": 600, "paired_with": one, **dates})
    place = records.add(library, "location", {"name": "One"})
    records.edit(library, "deployment", one, {"location": place})
    earlier: dict[str, Value] = {"start": "2024-01-01T12:00:00", "end": "2024-01-31T12:00:00"}
    records.add(library, "deployment", {"name": "Last year", "utc_offset": 600, "location": place, **earlier})
    screen.open_deployment(one)
    assert screen.deployment.worked.remark.text().endswith(
        "Station One: 30.0 nights where its cameras count once, 60.0 added up, 30.0 only while all set up work."
    )


def test_a_thousand_rows_are_painted_only_where_they_are_seen(qtbot: QtBot, dressed: Dress) -> None:
    dressed("en", "light")
    shown = CalendarStrip()
    qtbot.addWidget(shown)
    shown.resize(900, 400)
    asked: list[bytes] = []
    shown.wanted.connect(asked.extend)
    start = 1_735_689_600
    shown.show_strips(
        [
            Strip(n.to_bytes(16, "big"), f"Camera {n}", ((start, start + 86_400 * 90),), (), (), 0.0, "")
            for n in range(1000)
        ]
    )
    shown.show()
    assert 0 < len(set(asked)) < 20
    shown.choose(999)
    assert (999).to_bytes(16, "big") in asked
    assert len(set(asked)) < 40
    assert not shown.grab().isNull()


def test_years_that_do_not_fit_are_gone_through_with_the_arrows(qtbot: QtBot, dressed: Dress) -> None:
    dressed("en", "light")
    shown = CalendarStrip()
    qtbot.addWidget(shown)
    shown.resize(900, 400)
    begun = [1_577_836_800 + 86_400 * 365 * n for n in range(8)]  # the first days of 2020 to 2027
    spans = [((start, start + 86_400 * 60),) for start in begun]
    shown.show_strips([Strip(bytes([n]) * 16, f"{2020 + n}", span, span, (), 60.0, "") for n, span in enumerate(spans)])
    shown.show()
    assert not shown.all_shown
    newest = shown._from
    assert newest > date(2025, 1, 1)
    shown.choose(0)
    assert shown._from == date(2020, 1, 1), "the chosen camera's time is shown"
    shown.choose(7)
    there = shown._from
    assert there > date(2025, 1, 1)
    qtbot.keyClick(shown, Qt.Key.Key_Left)
    assert shown._from < there
    for _n in range(200):
        qtbot.keyClick(shown, Qt.Key.Key_Left)
    assert shown._from == date(2020, 1, 1)


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
    for flank, frame in screen.individual.about.flanks.frames.items():
        assert (frame.pixmap is None) == (known[0][f"{flank}_picture"] is None), flank
        assert known[0][f"{flank}_picture"] is not None or frame.accessibleDescription() == "no picture"
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
