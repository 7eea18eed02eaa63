"""The grid: positions by division, selection in reading order, keys for everything, no reading where none is due."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ranger_app.library import Library
from ranger_app.store.gallery import Cell, Filter
from ui.widgets.grid_view import GridModel, GridView
from ui.widgets.media_source import PAGE, PAGES, MediaSource


class Made(MediaSource):
    """Cells out of thin air; counts the reads."""

    reads = 0

    def cell(self, row: int) -> Cell | None:
        Made.reads += 1
        key = self.keys[row]
        return Cell(key, key.to_bytes(16, "big"), None, f"{key}.jpg", None, None, "image/jpeg", None, 0, None, None)

    def ids(self, keys: object) -> list[bytes]:
        return [key.to_bytes(16, "big") for key in keys]  # type: ignore[attr-defined]


@pytest.fixture
def grid(library: Library, qtbot: QtBot, dressed: Callable[[str, str], None]) -> Iterator[GridView]:
    view = GridView(Made(library))
    qtbot.addWidget(view)
    view.resize(208 * 5 + 20, 600)
    view.show()
    view.show_keys(array("q", range(1000, 1100)))
    assert view.columns == 5
    yield view
    view.thumbs.stop()


def press(view: GridView, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    send(view, QEvent.Type.MouseButtonPress, row, modifiers)


def send(view: GridView, kind: QEvent.Type, row: int, modifiers: Qt.KeyboardModifier) -> None:
    where = QPointF(view.visualRect(view.model().index(row, 0)).center())
    button = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
    QApplication.sendEvent(view.viewport(), QMouseEvent(kind, where, where, button, held, modifiers))


def test_every_visible_row_is_found_where_it_is_drawn(grid: GridView) -> None:
    for row in grid.visible_rows():
        rect = grid.visualRect(grid.model().index(row, 0))
        for point in (rect.topLeft(), rect.center(), rect.bottomRight()):
            assert grid.row_at(point) == row
    assert grid.row_at(QPoint(grid.columns * grid.cell_size.width() + 1, 10)) == -1


def test_arrows_lines_and_ends(grid: GridView, qtbot: QtBot) -> None:
    steps = [
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 6),
        (Qt.Key.Key_Left, 5),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_End, 99),
        (Qt.Key.Key_Down, 99),
        (Qt.Key.Key_PageDown, 99),
        (Qt.Key.Key_Home, 0),
    ]
    for key, row in steps:
        qtbot.keyClick(grid, key)
        assert grid.current_row == row
        assert grid.visualRect(grid.currentIndex()).intersects(grid.viewport().rect())


def test_selection_is_a_range_in_reading_order(grid: GridView) -> None:
    press(grid, 2)
    press(grid, 13, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == list(range(2, 14))
    press(grid, 0, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == [0, 1, 2]


def test_shift_let_go_before_the_button_keeps_the_range(grid: GridView) -> None:
    press(grid, 3)
    press(grid, 8, Qt.KeyboardModifier.ShiftModifier)
    send(grid, QEvent.Type.MouseButtonRelease, 8, Qt.KeyboardModifier.NoModifier)
    assert grid.selected_rows() == list(range(3, 9))


def test_ctrl_adds_and_takes_away(grid: GridView) -> None:
    press(grid, 1)
    press(grid, 4, Qt.KeyboardModifier.ControlModifier)
    press(grid, 6, Qt.KeyboardModifier.ControlModifier)
    press(grid, 4, Qt.KeyboardModifier.ControlModifier)
    assert grid.selected_keys() == [1001, 1006]


def test_dragging_selects_what_is_passed(grid: GridView) -> None:
    press(grid, 1)
    send(grid, QEvent.Type.MouseMove, 7, Qt.KeyboardModifier.NoModifier)
    assert grid.selected_rows() == list(range(1, 8))


def test_keys_select_too(grid: GridView, qtbot: QtBot) -> None:
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == list(range(0, 7))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.selected_rows() == [7]
    qtbot.keyClick(grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    assert grid.selected_rows() == [7, 8]
    qtbot.keyClick(grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert grid.selected_number() == 100


def test_enter_and_double_click_open(grid: GridView, qtbot: QtBot) -> None:
    opened: list[int] = []
    grid.opened.connect(opened.append)
    grid.go_to(3)
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    send(grid, QEvent.Type.MouseButtonDblClick, 4, Qt.KeyboardModifier.NoModifier)
    assert opened == [3, 4]


def test_new_rows_keep_the_current_picture_and_a_small_selection(grid: GridView) -> None:
    press(grid, 10)
    press(grid, 12, Qt.KeyboardModifier.ShiftModifier)
    grid.show_keys(array("q", [*range(1011, 1100), *range(1000, 1005)]))
    assert grid.selected_keys() == [1011, 1012]
    assert grid.source.keys[grid.current_row] == 1012
    grid.show_keys(array("q", [5, 6]))
    assert grid.selected_keys() == [5]
    grid.show_keys(array("q"))
    assert grid.current_row == -1


def test_resizing_keeps_the_top_picture(grid: GridView) -> None:
    grid.verticalScrollBar().setValue(grid.cell_size.height() * 4)
    assert grid.visible_rows().start == 20
    grid.resize(208 * 4 + 20, 600)
    assert grid.columns == 4
    assert grid.visible_rows().start == 20


def test_a_million_rows_are_shown_without_reading_them(grid: GridView) -> None:
    grid.show_keys(array("q", range(1_000_000)))
    QApplication.sendPostedEvents()
    Made.reads = 0
    grid.selectAll()
    assert grid.model().rowCount() == 1_000_000
    assert grid.model().flags(grid.model().index(999_999, 0)) & Qt.ItemFlag.ItemIsSelectable
    assert grid.selected_number() == 1_000_000
    assert Made.reads == 0
    grid.go_to(999_999)
    grid.viewport().repaint()
    assert Made.reads < 200
    assert grid.visualRect(grid.currentIndex()).bottom() <= grid.viewport().height()


def test_model_obeys_qt(library: Library, qtmodeltester: ModelTester) -> None:
    source = Made(library)
    source.take(array("q", range(300)))
    qtmodeltester.check(GridModel(source), force_py=True)


def test_cells_are_read_by_the_page_and_the_oldest_are_forgotten(demo: Library) -> None:
    source = MediaSource(demo)
    source.take(source.find(Filter()))
    assert len(source) >= 16
    first = source.cell(0)
    assert first is not None
    assert first.key == source.keys[0]
    assert source.cell(0) is first
    assert source.row_of(first.id) == 0
    assert source.ids([source.keys[0]]) == [first.id]
    source.take(array("q", [*source.keys] * PAGE * (PAGES + 2)))
    for row in range(0, len(source), PAGE):
        source.cell(row)
    assert len(source._pages) == PAGES


def test_filters_answer_what_they_say(demo: Library) -> None:
    source = MediaSource(demo)
    everything = source.find(Filter())
    with demo.read() as db:
        total = db.conn.execute("SELECT count(*) FROM media WHERE deleted = 0").fetchone()[0]
        deployment = db.conn.execute("SELECT deployment FROM media LIMIT 1").fetchone()[0]
        times = [row[0] for row in db.conn.execute("SELECT taken_at FROM media WHERE deleted = 0")]
    assert len(everything) == total
    assert len(source.find(Filter(review="open"))) + len(source.find(Filter(review="done"))) == total
    source.take(source.find(Filter(deployment=deployment)))
    assert {source.cell(row).deployment for row in range(len(source))} == {deployment}  # type: ignore[union-attr]
    middle = sorted(time for time in times if time is not None)[total // 2]
    late, early = source.find(Filter(start=middle)), source.find(Filter(end=middle - 1))
    assert len(late) + len(early) == total - times.count(None)
    species = next(cell.shown for row in range(total) if (cell := source.cell(row % len(source))) and cell.shown)
    source.take(source.find(Filter(shown=species)))
    assert len(source)
    assert {source.cell(row).shown for row in range(len(source))} == {species}  # type: ignore[union-attr]


def test_previews_arrive_and_are_bounded(demo: Library, qtbot: QtBot, dressed: Callable[[str, str], None]) -> None:
    source = MediaSource(demo)
    view = GridView(source)
    qtbot.addWidget(view)
    view.resize(700, 500)
    view.show()
    view.show_keys(source.find(Filter()))
    cell = source.cell(0)
    assert cell is not None
    assert cell.sha256
    qtbot.waitUntil(lambda: view.thumbs.get(cell.sha256) is not None, timeout=10_000)
    picture = view.thumbs.get(cell.sha256)
    assert picture is not None
    assert 0 < picture.width() <= view.cell_size.width()
    view.thumbs.stop()


def test_a_missing_preview_is_made_from_the_original(
    demo: Library, qtbot: QtBot, dressed: Callable[[str, str], None]
) -> None:
    source = MediaSource(demo)
    source.take(source.find(Filter()))
    cell = source.cell(0)
    assert cell is not None
    assert cell.sha256
    source.thumbnail(cell.sha256).unlink(missing_ok=True)
    view = GridView(source)
    qtbot.addWidget(view)
    view.show()
    view.show_keys(array("q", [cell.key]))
    qtbot.waitUntil(lambda: view.thumbs.known(cell.sha256 or ""), timeout=10_000)
    assert view.thumbs.get(cell.sha256) is not None
    assert source.thumbnail(cell.sha256).is_file()
    view.thumbs.stop()
