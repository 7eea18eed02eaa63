"""A forgotten passphrase or a lost key file at the start of the window, and the sheet that opens the library again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from ranger_app.domain import recovery
from ranger_app.errors import RangerError
from ranger_app.keys import FILE
from ranger_app.library import Library
from ranger_app.media import qr
from ui.bridge import Bridge
from ui.preferences import Preferences
from ui.shell.first_start import FirstStart


@pytest.fixture
def sheet(tmp_path: Path) -> list[str]:
    """The lines of the sheet of a library whose passphrase nobody remembers."""
    with Library.create(
        tmp_path / "library", name="Khasan", country="RU", utc_offset=600, passphrase="nobody knows it"
    ) as library:
        return recovery.spell(library.keys.signing_secret, library.keys.sealing_secret)


@pytest.fixture
def start(tmp_path: Path, qtbot: QtBot, dressed: Callable[[str, str], None], sheet: list[str]) -> Iterator[FirstStart]:
    problem: RangerError | None = None
    try:
        Library.open(tmp_path / "library")
    except RangerError as error:
        problem = error
    page = FirstStart(tmp_path / "library", Preferences(), problem)
    page.bridge.close()
    page.bridge = Bridge(inline=True)
    qtbot.addWidget(page)
    page.show()
    yield page
    page.bridge.close()


def opened(page: FirstStart) -> list[Library]:
    found: list[Library] = []
    page.made.connect(found.append)
    return found


def test_the_sheet_opens_a_library_whose_passphrase_is_forgotten(start: FirstStart, sheet: list[str]) -> None:
    found = opened(start)
    start.passphrase.setText("wrong one")
    start._unlock()
    assert found == []
    start.show_sheet()
    card = start.recovering
    assert card is not None
    wrong = [*sheet]
    wrong[3] = wrong[3].replace(wrong[3][0], "Z" if wrong[3][0] != "Z" else "Y", 1)
    card.lines.setPlainText("\n".join(wrong))
    card.try_it()
    assert "not right: 4" in card.said.text()
    card.lines.setPlainText("\n".join(sheet))
    card.first.setText("a better one")
    card.try_it()
    assert "not the same" in card.said.text()
    card.second.setText("a better one")
    card.make.click()
    (library,) = found
    with library:
        assert library.keys.protected
    with Library.open(library.folder, passphrase="a better one"):
        pass


def test_a_picture_of_the_code_fills_the_lines(start: FirstStart, sheet: list[str], tmp_path: Path) -> None:
    start.show_sheet()
    card = start.recovering
    assert card is not None
    picture = tmp_path / "sheet.png"
    picture.write_bytes(qr.draw(recovery.code(sheet)))
    card.read(picture)
    assert card.lines.toPlainText().splitlines() == sheet
    card.read(tmp_path / "none.png")
    assert "No recovery sheet can be read" in card.said.text()


def test_a_lost_key_file_asks_for_the_sheet_at_once(
    tmp_path: Path, sheet: list[str], qtbot: QtBot, dressed: Callable[[str, str], None]
) -> None:
    (tmp_path / "library" / FILE).unlink()
    with pytest.raises(RangerError) as told:
        Library.open(tmp_path / "library")
    page = FirstStart(tmp_path / "library", Preferences(), told.value)
    page.bridge.close()
    page.bridge = Bridge(inline=True)
    qtbot.addWidget(page)
    page.show()
    found = opened(page)
    card = page.recovering
    assert card is not None
    card.lines.setPlainText("\n".join(sheet))
    card.try_it()
    (library,) = found
    with library:
        assert not library.keys.protected
    page.bridge.close()


def test_the_way_back_leads_to_the_passphrase_again(start: FirstStart) -> None:
    start.show_sheet()
    start._leave_sheet()
    assert start.recovering is None
    QCoreApplication.processEvents()
    assert start.passphrase.isVisible()
