"""Emptying a card in the window: found before it begins, seen while it runs, told afterwards, taken back whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ranger_app.actions import deployment_list, ingest_preview, records
from ranger_app.actions.undo import undo
from ranger_app.jobs import CancelToken
from ranger_app.library import Library
from ranger_app.media import volumes
from ranger_app.media.volumes import Volume
from ranger_app.store import rows
from ranger_app.store.gallery import Filter
from tests.media.pictures import jpeg
from ui.bridge import Bridge, Running
from ui.camera_traps.ingest_choice import found_words
from ui.camera_traps.screen import CameraTrapsScreen
from ui.shell.window import Window

Dress = Callable[[str, str], None]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def drives(monkeypatch: pytest.MonkeyPatch) -> list[Volume]:
    """What is plugged in: nothing, unless the test says so."""
    found: list[Volume] = []
    monkeypatch.setattr(volumes, "removable", lambda: list(found))
    return found


@pytest.fixture
def card(demo_folder: Path, tmp_path: Path) -> Path:
    """A camera's card with two files that are no pictures."""
    folder = tmp_path / "TRAIL CAM"
    shutil.copytree(demo_folder.parent / "to try" / "card", folder)
    (folder / "DCIM" / "notes.txt").write_text("not a picture", encoding="utf-8")
    (folder / "DCIM" / "IMG_9999.JPG").write_bytes(b"")
    return folder


@pytest.fixture
def window(drives: list[Volume], window: Window) -> Iterator[Window]:
    window.activateWindow()
    yield window
    window.screens["camera_traps"].gallery.grid.thumbs.stop()  # type: ignore[attr-defined]


@pytest.fixture
def screen(window: Window) -> CameraTrapsScreen:
    window.go("camera_traps")
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    return shown


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def choose(screen: CameraTrapsScreen, card: Path, place: str, *degrees: str) -> None:
    screen.open_at(("ingest", str(card)))
    screen.ingest.place.location.setText(place)
    if degrees:
        screen.ingest.place.where.control.setText(" ".join(degrees))


def pictures(library: Library) -> int:
    with library.read() as db:
        return rows.number(db, "media")


def listed(screen: CameraTrapsScreen) -> str:
    page = screen.ingest.stack.currentWidget()
    assert page is not None
    return "\n".join(one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page))


def test_from_the_empty_table_to_the_first_review_by_keys(
    window: Window, screen: CameraTrapsScreen, library: Library, card: Path
) -> None:
    press(window, Qt.Key.Key_E)
    assert screen.page is screen.ingest
    assert not screen.ingest.start_button.isEnabled()
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    number = screen.ingest.card.what.pictures  # type: ignore[union-attr]
    assert number > 0
    assert "2 other files" in screen.ingest.card.words.text()
    assert screen.ingest.ready.text() == f"{number} files to Barabash 12"
    press(window, Qt.Key.Key_Return, CTRL)
    assert screen.ingest.page == "report"
    assert pictures(library) == number
    assert screen.ingest.result.figures["stored"].text() == str(number)
    assert screen.ingest.result.figures["failed"].text() == "2"
    assert ("DCIM/IMG_9999.JPG", "empty file") in [
        line.texts[:2] for line in screen.ingest.result.lines.table.model.lines
    ]
    assert "You can take it out now" in listed(screen)
    press(window, Qt.Key.Key_Return, CTRL)
    assert screen.page is screen.tabs
    assert screen.gallery.filter.filter == Filter(screen.ingest.report.deployment_id, "open")  # type: ignore[union-attr]
    assert len(screen.gallery.source) == number
    with library.read() as db:
        (place,) = rows.find(db, "location")
    assert (place["latitude"], place["longitude"]) == (431_885_000, 1_314_690_000)


def test_the_same_card_again_is_known(screen: CameraTrapsScreen, library: Library, card: Path) -> None:
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    number = pictures(library)
    screen.open_at(("ingest", str(card)))
    assert screen.ingest.place.known
    assert not screen.ingest.place.where.isVisibleTo(screen.ingest)
    screen.ingest.start()
    assert screen.ingest.result.figures["stored"].text() == "0"
    assert screen.ingest.result.figures["known"].text() == str(number)
    assert "Nothing on this card was new" in listed(screen)
    assert pictures(library) == number


def test_taken_back_whole_and_brought_back_by_undo(screen: CameraTrapsScreen, library: Library, card: Path) -> None:
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    number = pictures(library)
    screen.ingest.result.back_button.click()
    assert pictures(library) == 0
    assert screen.ingest.page == "start"
    assert screen.ingest.before.lines == []
    undo(library)
    assert pictures(library) == number


def test_a_new_place_needs_coordinates_that_can_be_read(
    screen: CameraTrapsScreen, library: Library, card: Path
) -> None:
    choose(screen, card, "Barabash 12")
    screen.ingest.start()
    assert screen.ingest.page == "start"
    assert screen.ingest.place.where.wrong.text() == "This is needed."
    choose(screen, card, "Barabash 12", "43.1885", "north")
    screen.ingest.start()
    assert screen.ingest.page == "start"
    assert screen.ingest.place.where.wrong.text() != ""
    screen.ingest.place.where.control.setText("43.1885 131.469")
    screen.ingest.place.offset.control.setText("ten")  # type: ignore[attr-defined]
    screen.ingest.start()
    assert screen.ingest.page == "start"
    assert screen.ingest.place.offset.wrong.text() != ""
    assert pictures(library) == 0


def test_offset_is_prefilled_and_kept_with_the_deployment(
    screen: CameraTrapsScreen, library: Library, card: Path
) -> None:
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    assert screen.ingest.place.offset.typed() == "+10:00"
    screen.ingest.place.offset.control.setText("+11:00")  # type: ignore[attr-defined]
    screen.ingest.start()
    with library.read() as db:
        (deployment,) = rows.find(db, "deployment")
    assert deployment["utc_offset"] == 660


def test_pictures_can_join_a_deployment_that_is_there(screen: CameraTrapsScreen, library: Library, card: Path) -> None:
    place = records.add(
        library, "location", {"name": "Oak Ridge", "latitude": 1, "longitude": 1, "type": "camera_site"}
    )
    deployment = records.add(library, "deployment", {"name": "Oak Ridge 1", "location": place, "utc_offset": 600})
    choose(screen, card, "Oak Ridge")
    box = screen.ingest.place.deployment
    assert [box.itemText(n) for n in range(box.count())] == ["A new one from these pictures", "Oak Ridge 1"]
    box.setCurrentIndex(1)
    screen.ingest.start()
    assert screen.ingest.report is not None
    assert screen.ingest.report.deployment_id == deployment


def test_a_camera_known_by_its_number_proposes_its_place(
    screen: CameraTrapsScreen, library: Library, card: Path
) -> None:
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    screen.ingest.another()
    assert screen.ingest.place.name == ""
    screen.ingest.card.take(card)
    assert screen.ingest.place.name == "Barabash 12"


def test_a_plugged_in_card_is_offered(
    screen: CameraTrapsScreen, drives: list[Volume], card: Path, library: Library
) -> None:
    drives.append(Volume(card, "TRAIL CAM", "FAT32", 10, 32_000_000_000, True))
    screen.open_at(("ingest", ""))
    screen.ingest.card._look()
    assert screen.ingest.card.list.count() == 1
    offered = screen.ingest.card.list.itemAt(0).widget()
    assert "TRAIL CAM" in offered.text()  # type: ignore[attr-defined]
    offered.click()  # type: ignore[attr-defined]
    assert screen.ingest.card.folder == card


def test_a_folder_without_pictures_or_gone_cannot_be_started(screen: CameraTrapsScreen, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    choose(screen, tmp_path / "empty", "Barabash 12")
    assert "There are no pictures" in screen.ingest.card.words.text()
    assert not screen.ingest.start_button.isEnabled()
    screen.ingest.card.take(tmp_path / "gone")
    assert "There is no folder" in screen.ingest.card.words.text()
    assert not screen.ingest.start_button.isEnabled()


def test_what_goes_wrong_is_said_and_work_can_go_on(
    screen: CameraTrapsScreen, library: Library, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ranger_app.errors import EnvironmentProblem
    from ui.camera_traps import ingest as page

    def pulled(*_given: object) -> None:
        raise EnvironmentProblem("CARD_REMOVED", "The card was removed.", "Put it in again.")

    before = page.ingest
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    monkeypatch.setattr(page, "ingest", pulled)
    screen.ingest.start()
    assert screen.ingest.page == "start"
    banner = screen.ingest._banners.itemAt(0).widget()
    assert banner.what.text() == "The card was removed."  # type: ignore[attr-defined]
    assert screen.ingest.start_button.text().startswith("Go on")
    monkeypatch.setattr(page, "ingest", before)
    screen.ingest.start()
    assert screen.ingest.page == "report"
    assert screen.ingest._banners.count() == 0


def test_cancel_keeps_what_is_done_and_it_goes_on_later(
    library: Library, qtbot: QtBot, dressed: Dress, drives: list[Volume], card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.camera_traps import ingest as page

    real = page.ingest
    one = next(card.rglob("IMG_0001.JPG"))
    for number in range(40):  # bytes behind the end of a picture make it another file
        (one.parent / f"MORE_{number:04d}.JPG").write_bytes(one.read_bytes() + bytes([number]))

    def cancelled_after_two(library: Library, request: object, cancel: CancelToken) -> object:
        job = real(library, request, cancel)  # type: ignore[arg-type]
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                return stop.value
            if progress.done == 2:
                cancel.cancel()
            yield progress

    monkeypatch.setattr(page, "ingest", cancelled_after_two)
    bridge = Bridge(library)
    screen = CameraTrapsScreen(library, bridge)
    qtbot.addWidget(screen)
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    qtbot.waitUntil(lambda: screen.ingest.start_button.isEnabled())
    total = screen.ingest.card.what.pictures  # type: ignore[union-attr]
    assert total > 40
    screen.ingest.start()
    assert bridge.running[0].title == "Card from Barabash 12"
    qtbot.waitUntil(lambda: screen.ingest.page == "report")
    assert "Stopped" in screen.ingest.result.title.text()
    safe = pictures(library)
    assert 2 <= safe < total
    (line,) = deployment_list.ingests(library, unfinished=True)
    monkeypatch.setattr(page, "ingest", real)
    screen.open_at(("continue", line.id))
    assert screen.ingest.place.name == "Barabash 12"
    qtbot.waitUntil(lambda: screen.ingest.start_button.isEnabled())
    qtbot.waitUntil(lambda: screen.ingest.place.known)
    screen.ingest.start()
    qtbot.waitUntil(lambda: screen.ingest.page == "report")
    assert pictures(library) == total
    assert deployment_list.ingests(library, unfinished=True) == []
    screen.gallery.grid.thumbs.stop()
    bridge.close()


def test_half_typed_card_survives_a_change_of_language(
    window: Window, screen: CameraTrapsScreen, card: Path, dressed: Dress
) -> None:
    choose(screen, card, "Barabash 12")
    dressed("zh_CN", "light")
    window.rebuild()
    again = window.current()
    assert isinstance(again, CameraTrapsScreen)
    assert again.page is again.ingest
    assert (again.ingest.card.folder, again.ingest.place.name) == (card, "Barabash 12")
    screen.gallery.grid.thumbs.stop()


def test_escape_goes_back_from_the_card(window: Window, screen: CameraTrapsScreen) -> None:
    screen.open_at(("ingest", ""))
    press(window, Qt.Key.Key_Escape)
    assert screen.page is screen.tabs


def test_what_was_found_is_said_in_words(tmp_path: Path) -> None:
    found = ingest_preview.Found(
        tmp_path, 1, 2, 7_400_000_000, 0, "2025-01-01T10:00:00", "2025-02-01T10:00:00", "H1", ""
    )
    words = found_words(found)
    assert "1 picture · 2 videos · 7.4 GB" in words
    assert "2025-01-01 10:00:00 to 2025-02-01 10:00:00" in words
    assert "camera H1" in words


def undated_card(folder: Path, number: int = 3, odd: int = 0) -> Path:
    """Pictures whose files hold no date, an hour apart by file time, and ``odd`` empty files."""
    folder.mkdir(parents=True)
    for n in range(number):
        path = folder / f"IMG_{n:04}.JPG"
        path.write_bytes(jpeg(n, None))
        os.utime(path, (1_714_557_600 + 3600 * n,) * 2)
    for n in range(odd):
        (folder / f"ODD_{n:04}.JPG").write_bytes(b"")
    return folder


def camera_times(library: Library) -> list[str | None]:
    with library.read() as db:
        found = db.conn.execute("SELECT camera_time FROM media WHERE deleted = 0 ORDER BY file_name").fetchall()
    return [row[0] for row in found]


def rows_of(screen: CameraTrapsScreen) -> list[tuple[str, ...]]:
    return [line.texts[:2] for line in screen.ingest.result.lines.table.model.lines]


def test_undated_pictures_are_offered_their_file_times(
    window: Window, screen: CameraTrapsScreen, library: Library, tmp_path: Path
) -> None:
    choose(screen, undated_card(tmp_path / "bare"), "Barabash 12", "43.1885", "131.4690")
    assert "hold no date" in screen.ingest.card.words.text()
    screen.ingest.start()
    offered = screen.ingest.result.undated
    assert offered.title.text() == "3 pictures have no date"
    assert [what for _file, what in rows_of(screen)] == ["no date"] * 3
    first, last = (datetime.fromtimestamp(1_714_557_600 + 3600 * n).isoformat(" ") for n in (0, 2))
    assert offered.range.text() == f"3 pictures: {first} to {last}"
    assert offered.warning.isHidden()
    assert camera_times(library) == [None] * 3
    press(window, Qt.Key.Key_D, CTRL)
    assert camera_times(library)[0] == first.replace(" ", "T")
    assert offered.isHidden()
    assert rows_of(screen) == []
    assert screen.ingest.result.figures["flagged"].text() == "0"
    press(window, Qt.Key.Key_Z, CTRL)
    assert camera_times(library) == [None] * 3
    assert not offered.isHidden()
    assert screen.ingest.result.figures["flagged"].text() == "3"


def test_undated_pictures_are_offered_on_their_deployment_later(
    screen: CameraTrapsScreen, library: Library, tmp_path: Path
) -> None:
    choose(screen, undated_card(tmp_path / "bare"), "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    screen.open_deployment(screen.ingest.report.deployment_id)  # type: ignore[union-attr]
    offered = screen.deployment.undated
    assert not offered.isHidden()
    assert offered.title.text() == "3 pictures have no date"
    offered.button.click()
    assert all(camera_times(library))
    assert offered.isHidden()
    screen.open_deployment(None)
    assert offered.isHidden()


def test_a_typed_time_is_shown_with_its_warnings_before_it_is_taken(
    screen: CameraTrapsScreen, library: Library, tmp_path: Path
) -> None:
    choose(screen, undated_card(tmp_path / "bare"), "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    offered = screen.ingest.result.undated
    offered.how.choose(1)
    assert not offered.button.isEnabled()
    for text, enabled, warned in (
        ("2024-05", False, "Write the time"),
        ("2199-01-01 10:00", True, "3 times lie in the future."),
        ("2024-05-02 08:30", True, ""),
    ):
        offered.time.setText(text)
        offered._show_range()
        assert offered.button.isEnabled() is enabled
        assert warned in offered.warning.text()
    assert offered.range.text() == "3 pictures: 2024-05-02 08:30:00"
    offered.button.click()
    assert camera_times(library) == ["2024-05-02T08:30:00"] * 3


def test_the_report_lists_every_file_and_narrows_to_one_problem(
    screen: CameraTrapsScreen, library: Library, tmp_path: Path
) -> None:
    folder = undated_card(tmp_path / "bare", 2, odd=400)
    shutil.copy(folder / "IMG_0000.JPG", folder / "TWICE.JPG")
    choose(screen, folder, "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    lines = screen.ingest.result.lines
    assert len(rows_of(screen)) == 403
    words = [lines.problem.itemText(n) for n in range(lines.problem.count())]
    assert words == ["All (403)", "empty file (400)", "no date (2)", "already known (1)"]
    lines.problem.setCurrentIndex(3)
    lines.problem.activated.emit(3)
    [known] = lines.table.model.lines
    assert known.texts == ("TWICE.JPG", "already known", "The same content as IMG_0000.JPG.")
    lines.narrow_to("empty_file")
    assert len(rows_of(screen)) == 400
    lines.narrow_to("")
    lines.table.filter.setText("odd_0399")
    assert [file for file, _what in rows_of(screen)] == ["ODD_0399.JPG"]


def test_a_card_known_from_another_place_is_said_and_leads_there(
    screen: CameraTrapsScreen, library: Library, card: Path
) -> None:
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    first = screen.ingest.report.deployment_id  # type: ignore[union-attr]
    choose(screen, card, "Oak Ridge", "43.2", "131.5")
    screen.ingest.start()
    result = screen.ingest.result
    assert "known from another place: Barabash 12" in result.elsewhere.text()
    assert result.review_button.isEnabled()
    result.review_button.click()
    assert screen.gallery.filter.filter.deployment == first


def test_a_folder_named_like_a_location_proposes_it_with_the_reason(
    screen: CameraTrapsScreen, library: Library, card: Path, tmp_path: Path
) -> None:
    for name in ("Oak Ridge", "Barabash 12"):
        records.add(library, "location", {"name": name, "latitude": 1, "longitude": 1, "type": "camera_site"})
    choose(screen, card, "Barabash 12")
    screen.ingest.start()
    screen.ingest.another()
    named = tmp_path / "OAK_RIDGE"
    shutil.copytree(card, named)
    screen.ingest.card.take(named)
    place = screen.ingest.place
    assert place.name == "Oak Ridge"
    assert place.hint.text() == "Proposed: The folder OAK_RIDGE bears the name of this location."
    other = place._others.itemAt(0).widget()
    assert other.text() == "Or Barabash 12"  # type: ignore[attr-defined]
    other.click()  # type: ignore[attr-defined]
    assert place.name == "Barabash 12"
    assert "hung there last" in place.hint.text()
    place.location.setText("Typed Place")
    screen.ingest.card.take(named)
    assert place.name == "Typed Place"


def test_the_deployment_that_stood_then_is_chosen_with_its_location(
    screen: CameraTrapsScreen, library: Library, tmp_path: Path
) -> None:
    place = records.add(library, "location", {"name": "Oak Ridge", "latitude": 1, "longitude": 1})
    values = {"name": "Spring", "location": place, "utc_offset": 600, "start": "2024-04-01T00:00:00"}
    deployment = records.add(library, "deployment", values)
    (tmp_path / "Oak Ridge").mkdir()
    (tmp_path / "Oak Ridge" / "1.jpg").write_bytes(jpeg(1))
    screen.open_at(("ingest", str(tmp_path / "Oak Ridge")))
    assert screen.ingest.place.deployment.currentData() == deployment
    screen.ingest.start()
    assert screen.ingest.report is not None
    assert screen.ingest.report.deployment_id == deployment


def test_the_first_pictures_can_be_reviewed_while_the_rest_is_copied(
    screen: CameraTrapsScreen, library: Library, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.camera_traps import ingest as page

    real, looked = page.ingest, []

    def looking(library: Library, request: object, cancel: CancelToken) -> object:
        job = real(library, request, cancel)  # type: ignore[arg-type]
        while True:
            try:
                progress = next(job)
            except StopIteration as stop:
                return stop.value
            screen.ingest.running = Running("card", progress=progress)
            screen.ingest._poll()
            if screen.ingest.look_button.isEnabled() and not looked:
                screen.ingest.look()
                looked.append((screen.page, len(screen.gallery.source), progress.done, progress.total))
            yield progress

    one = next(card.rglob("IMG_0001.JPG"))
    for number in range(30):
        (one.parent / f"MORE_{number:04d}.JPG").write_bytes(one.read_bytes() + bytes([number]))
    monkeypatch.setattr(page, "ingest", looking)
    choose(screen, card, "Barabash 12", "43.1885", "131.4690")
    screen.ingest.start()
    [(shown, number, done, total)] = looked
    assert shown is screen.tabs
    assert 0 < number <= done < total
