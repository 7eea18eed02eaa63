"""Every screen and panel, on a demo library: no word is cut, nothing stands empty without a word, all can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.library import Library
from ui import screens
from ui.looked_at import cut_words, poor_contrast, silent_tables
from ui.shell.places import PLACES
from ui.widgets.empty_state import EmptyState
from ui.widgets.text import label

Dress = Callable[[str, str], None]


@pytest.mark.parametrize(("language", "appearance"), [("en", "light"), ("ru", "dark"), ("zh_CN", "light")])
def test_no_picture_shows_a_fault(
    demo: Library, tmp_path: Path, dressed: Dress, language: str, appearance: str
) -> None:
    out = tmp_path / "pictures"
    assert screens.photograph(demo, out, language, appearance) == []
    assert screens.photograph_first(out, tmp_path / "none", language, appearance) == []
    taken = sorted(path.stem for path in out.glob("*.png"))
    for number, place in enumerate(PLACES, start=1):
        assert f"{number}-{place.id}" in taken
    assert {"0-first_start", "9-help", "9-who", "9-find", "9-undo", "9-problem"} <= set(taken)
    assert QImage(str(out / "1-today.png")).width() >= 1366


@pytest.mark.parametrize("scaling", [1.25, 1.5])
def test_larger_letters_still_fit(demo: Library, tmp_path: Path, dressed: Dress, scaling: float) -> None:
    """What 1366x768 has left at this scaling; names in tables may end in … there, words of ours may not."""
    size = (int(1366 / scaling), int(768 / scaling))
    found = screens.photograph(demo, tmp_path / "pictures", "ru", "light", size)
    assert [fault for fault in found if ": cut: cell" not in fault] == []


def test_a_new_library_says_the_next_step_on_every_screen(library: Library, tmp_path: Path, dressed: Dress) -> None:
    assert screens.photograph(library, tmp_path / "pictures", "en", "dark") == []


@pytest.fixture
def page(qtbot: QtBot, dressed: Dress) -> QWidget:
    made = QWidget()
    made.setProperty("role", "page")
    made.resize(400, 300)
    qtbot.addWidget(made)
    return made


def test_cut_label_and_button_are_found(page: QWidget) -> None:
    cut = QLabel("a rather long sentence that does not fit", page)
    cut.setGeometry(10, 10, 60, 20)
    fits = QLabel("ok", page)
    fits.setGeometry(10, 40, 60, 20)
    button = QPushButton("Write and check the bundle", page)
    button.setGeometry(10, 70, 60, 36)
    page.show()
    found = cut_words(page)
    assert len(found) == 2
    assert "rather long" in found[0]
    assert "Write and check" in found[1]


def test_label_outside_the_window_is_found(page: QWidget) -> None:
    beyond = QLabel("beyond", page)
    beyond.setGeometry(380, 10, 80, 20)
    page.show()
    assert [one for one in cut_words(page) if one.startswith("outside")]


def test_wrapped_label_too_low_is_found(page: QWidget) -> None:
    low = label("word " * 30, wrap=True, parent=page)
    low.setGeometry(10, 10, 100, 20)
    page.show()
    assert len(cut_words(page)) == 1


def test_silent_table_is_found_and_one_that_speaks_is_not(page: QWidget) -> None:
    from PySide6.QtGui import QStandardItemModel

    row = QHBoxLayout(page)
    table = QTableView()
    table.setModel(QStandardItemModel(0, 2, table))
    row.addWidget(table)
    page.show()
    assert len(silent_tables(page)) == 1
    row.addWidget(EmptyState("Nothing yet. Enter the first one."))
    screens.settle()
    assert silent_tables(page) == []


def test_poor_contrast_is_found(page: QWidget) -> None:
    poor = QLabel("pale words", page)
    poor.setStyleSheet("color: #AAAAAA; background: #FFFFFF")
    poor.setGeometry(10, 10, 120, 24)
    good = label("dark words", parent=page)
    good.setGeometry(10, 60, 120, 24)
    page.show()
    found = poor_contrast(page, page.grab().toImage())
    assert len(found) == 1
    assert "pale" in found[0]
