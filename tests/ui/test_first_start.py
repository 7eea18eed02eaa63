"""The first page asks for everything a station needs at once, and gives clear answers when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ranger_app.actions.backup import backup
from ranger_app.errors import RangerError
from ranger_app.library import Library
from ranger_app.store import rows
from ui.looked_at import cut_words
from ui.preferences import Preferences, load
from ui.shell.first_start import FirstStart, make_library

Page = Callable[..., FirstStart]


@pytest.fixture
def page(tmp_path: Path, qtbot: QtBot, dressed: Callable[[str, str], None]) -> Iterator[Page]:
    opened: list[Library] = []
    pages: list[FirstStart] = []

    def make(folder: Path | None = None, problem: RangerError | None = None) -> FirstStart:
        made = FirstStart(folder or tmp_path / "library", Preferences(language="en"), problem)
        made.bridge.inline = True
        made.made.connect(opened.append)
        made.opened = opened  # type: ignore[attr-defined]
        qtbot.addWidget(made)
        made.show()
        pages.append(made)
        return made

    yield make
    for one in pages:
        one.bridge.close()
    for library in opened:
        library.close()


def banner(page: FirstStart) -> str:
    item = page._messages.itemAt(0)
    assert item is not None
    return str(item.widget().what.text())  # type: ignore[union-attr, attr-defined]


def test_one_page_makes_the_library_and_its_first_person(page: Page) -> None:
    first = page()
    first.station.setText("Hunchun station")
    first.country.setCurrentIndex(first.country.findData("CN"))
    first.country.activated.emit(first.country.currentIndex())
    assert first.offset.currentData() == 480
    first.person.setText("Ranger 1")
    first.start.click()
    library = first.opened[0]  # type: ignore[attr-defined]
    assert (library.station.name, library.station.country, library.station.utc_offset) == ("Hunchun station", "CN", 480)
    with library.read() as db:
        people = list(rows.find(db, "person"))
    assert [(one["name"], one["role"]) for one in people] == [("Ranger 1", "manager")]
    assert library.person == people[0].id


def test_missing_name_is_said_and_has_the_keyboard(page: Page, tmp_path: Path) -> None:
    first = page()
    first.person.setText("Ranger 1")
    first.start.click()
    assert "name" in banner(first)
    assert first.isEnabled()
    assert not (tmp_path / "library").exists()


def test_folder_with_a_library_is_refused(page: Page, tmp_path: Path) -> None:
    make_library(tmp_path / "library", "A", "RU", 600, "Ranger 1").close()
    first = page()
    first.station.setText("B")
    first.person.setText("Ranger 2")
    first.start.click()
    assert first.opened == []  # type: ignore[attr-defined]
    assert "already" in banner(first)


def test_chosen_folder_that_is_not_empty_gets_a_folder_inside(page: Page, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("x", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    first = page()
    first._take_folder(tmp_path / "full")
    assert first.folder == tmp_path / "full" / "Ranger"
    first._take_folder(tmp_path / "empty")
    assert first.folder == tmp_path / "empty"


def test_language_changes_at_once_and_keeps_what_was_typed(page: Page, qtbot: QtBot) -> None:
    first = page()
    dressed: list[str] = []
    first.dressed.connect(lambda: dressed.append(first.kept.language))
    first.station.setText("Хасан")
    first._speak("ru")
    qtbot.waitUntil(lambda: dressed == ["ru"])
    assert first.station.text() == "Хасан"
    assert first.language.currentData() == "ru"


def test_passphrase_is_asked_for(page: Page, tmp_path: Path) -> None:
    library = make_library(tmp_path / "library", "A", "RU", 600, "Ranger 1")
    library.set_passphrase("long words")
    library.close()
    with pytest.raises(RangerError) as caught:
        Library.open(tmp_path / "library")
    first = page(problem=caught.value)
    first.passphrase.setText("wrong")
    first._unlock()
    assert first.opened == []  # type: ignore[attr-defined]
    first.passphrase.setText("long words")
    first._unlock()
    assert [one.station.name for one in first.opened] == ["A"]  # type: ignore[attr-defined]


def test_backup_is_brought_back(page: Page, tmp_path: Path) -> None:
    library = make_library(tmp_path / "lost", "A", "RU", 600, "Ranger 1")
    file = backup(library, tmp_path / "stick")
    library.close()
    first = page()
    first._bring_back(file)
    assert [one.station.name for one in first.opened] == ["A"]  # type: ignore[attr-defined]


def test_sealed_backup_asks_for_its_passphrase(page: Page, tmp_path: Path) -> None:
    library = make_library(tmp_path / "lost", "A", "RU", 600, "Ranger 1")
    library.set_passphrase("long words")
    file = backup(library, tmp_path / "stick")
    library.close()
    first = page()
    first.station.setText("typed before")
    first._bring_back(file)
    first.passphrase.setText("wrong words")
    first._unlock()
    assert first.opened == []  # type: ignore[attr-defined]
    assert cut_words(first) == []
    first._leave_backup()
    assert first.station.text() == "typed before"
    first._bring_back(file)
    first.passphrase.setText("long words")
    first._unlock()
    assert [one.station.name for one in first.opened] == ["A"]  # type: ignore[attr-defined]


def test_what_is_no_backup_is_said(page: Page, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("no backup", encoding="utf-8")
    first = page()
    first._bring_back(tmp_path / "text.txt")
    assert first.opened == []  # type: ignore[attr-defined]
    assert first.backup is None
    assert "not a whole backup" in banner(first)


def test_nothing_is_cut_at_the_least_size(page: Page) -> None:
    first = page()
    first.resize(first.minimumSize())
    assert cut_words(first) == []


def test_preferences_survive_and_broken_ones_do_not_hurt() -> None:
    kept = load()
    kept.language, kept.appearance = "ja", "dark"
    kept.save()
    again = load()
    assert (again.language, again.appearance) == ("ja", "dark")
    assert again.path is not None
    again.path.write_text('{"language": 7, "appearance": "pink", "people": []}', encoding="utf-8")
    assert load().appearance == "system"
    again.path.write_text("not json", encoding="utf-8")
    assert load().people == {}
