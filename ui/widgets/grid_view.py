"""A grid of pictures that stays fluid at a million: positions come from a division, never from a layout.

Selection runs in reading order, as a person expects of a page, not in rectangles.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ui.widgets.grid_cell import CELL, FRAME, CellBrush
from ui.widgets.media_source import MediaSource
from ui.widgets.thumbs import Thumbs

_Index = QModelIndex | QPersistentModelIndex
_Select = QItemSelectionModel.SelectionFlag
_AHEAD = 1
"""Screens after the visible one whose previews are wished for, too."""
_KEEP_SELECTED = 20


class GridModel(QAbstractListModel):
    """Only a number of rows and their words for screen readers; neither rowCount nor flags ever reads."""

    def __init__(self, source: MediaSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source = source

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.source)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        cell = self.source.cell(index.row())
        if cell is None:
            return None
        words = [cell.file_name or "", (cell.camera_time or "").replace("T", " "), self.source.word(cell.shown)]
        return " · ".join(word for word in words if word)

    def take(self, keys: array[int]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.source.take(keys)
        self.endResetModel()


class GridView(QAbstractItemView):
    """Pictures in rows. ``opened(row)`` on Enter or double click; ``moved(row)`` when the current one changes;
    ``chosen_changed`` when the selection does."""

    opened = Signal(int)
    moved = Signal(int)
    chosen_changed = Signal()

    def __init__(self, source: MediaSource, parent: QWidget | None = None, *, cell: QSize = CELL) -> None:
        super().__init__(parent)
        self.setProperty("role", "grid")
        self.source = source
        self._least = cell
        self.cell_size = cell
        self._anchor = -1
        self.thumbs = Thumbs(source.library.folder, self)
        self.thumbs.loaded.connect(lambda _sha: self.viewport().update())
        self.destroyed.connect(self.thumbs.stop)
        self._model = GridModel(source, self)
        self.setModel(self._model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(False)

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_keys(self, keys: array[int]) -> None:
        """Show these rows; the current picture and a small selection are kept where they are still there."""
        current = self._key_at(self.currentIndex().row())
        chosen = self.selected_keys() if self.selected_number() <= _KEEP_SELECTED else []
        self._anchor = -1
        self._model.take(keys)
        self.updateGeometries()
        row = self._row_of(current)
        if row >= 0:
            self.setCurrentIndex(self._model.index(row))
            self.selectionModel().clearSelection()
            self._anchor = row
            for kept in (self._row_of(key) for key in chosen):
                if kept >= 0:
                    self.selectionModel().select(self._model.index(kept), _Select.Select)
            self.scrollTo(self._model.index(row))
        elif len(keys):
            self.go_to(0)
        self.viewport().update()

    def forget(self) -> None:
        """Read what is shown again: records changed."""
        self.source.forget()
        self.viewport().update()

    def _key_at(self, row: int) -> int | None:
        return self.source.keys[row] if 0 <= row < len(self.source) else None

    def _row_of(self, key: int | None) -> int:
        try:
            return self.source.keys.index(key) if key is not None else -1
        except ValueError:
            return -1

    def selected_number(self) -> int:
        """How many pictures are selected, without listing them."""
        return sum(span.bottom() - span.top() + 1 for span in self.selectionModel().selection().toList())

    def selected_rows(self) -> list[int]:
        """The selected rows in order."""
        return sorted(
            row for span in self.selectionModel().selection().toList() for row in range(span.top(), span.bottom() + 1)
        )

    def selected_keys(self) -> list[int]:
        """The row numbers in the library of what is selected, in order."""
        return [self.source.keys[row] for row in self.selected_rows()]

    def selected_ids(self) -> list[bytes]:
        """The ids of what is selected, in order."""
        return self.source.ids(self.selected_keys())

    @property
    def current_row(self) -> int:
        """The row with the keyboard, -1 without any."""
        return self.currentIndex().row()

    # -- positions ---------------------------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """How many cells stand side by side."""
        return max(1, self.viewport().width() // self._least.width())

    def _fit(self) -> None:
        # Cells share the whole width; their height follows the 4:3 of most cameras.
        width = max(self._least.width(), self.viewport().width() // self.columns)
        self.cell_size = QSize(width, (width - FRAME.width()) * 3 // 4 + FRAME.height())

    def _lines(self) -> int:
        return -(-len(self.source) // self.columns)

    def visualRect(self, index: _Index) -> QRect:
        if not index.isValid():
            return QRect()
        return self._rect(index.row())

    def _rect(self, row: int) -> QRect:
        line, column = divmod(row, self.columns)
        width, height = self.cell_size.width(), self.cell_size.height()
        return QRect(column * width, line * height - self.verticalOffset(), width, height)

    def row_at(self, point: QPoint) -> int:
        """The row drawn at ``point`` of the viewport, -1 beside all cells."""
        column = point.x() // self.cell_size.width()
        line = (point.y() + self.verticalOffset()) // self.cell_size.height()
        row = line * self.columns + column
        return row if 0 <= column < self.columns and 0 <= row < len(self.source) else -1

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.row_at(point)
        return self._model.index(row) if row >= 0 else QModelIndex()

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def isIndexHidden(self, index: _Index) -> bool:
        return False

    def visible_rows(self) -> range:
        """The rows drawn now."""
        first = self.verticalOffset() // self.cell_size.height() * self.columns
        lines = self.viewport().height() // self.cell_size.height() + 2
        return range(min(first, len(self.source)), min(first + lines * self.columns, len(self.source)))

    def updateGeometries(self) -> None:
        self._fit()
        bar = self.verticalScrollBar()
        bar.setSingleStep(self.cell_size.height() // 2)
        bar.setPageStep(max(1, self.viewport().height() - self.cell_size.height() // 2))
        bar.setRange(0, max(0, self._lines() * self.cell_size.height() - self.viewport().height()))
        ratio = self.devicePixelRatioF()
        picture = (self.cell_size - FRAME) * ratio
        self.thumbs.resize(picture, len(self.visible_rows()))
        super().updateGeometries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        # The cell at the top stays at the top, whatever the number of columns becomes.
        old = max(1, event.oldSize().width() // self._least.width())
        top = self.verticalOffset() // self.cell_size.height() * old
        super().resizeEvent(event)
        self.updateGeometries()
        if event.oldSize().width() > 0:
            self.verticalScrollBar().setValue(top // self.columns * self.cell_size.height())

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        rect, bar = self._rect(index.row()), self.verticalScrollBar()
        if hint == QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(bar.value() + rect.top())
        elif hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - self.viewport().height() // 2)
        elif rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + 1)

    # -- moving and choosing -----------------------------------------------------------------------------------

    def go_to(self, row: int, *, extend: bool = False, keep: bool = False) -> None:
        """Make ``row`` the current one and select it alone, or all from the anchor to it, or move only (``keep``)."""
        if not len(self.source):
            return
        row = max(0, min(len(self.source) - 1, row))
        before = self.current_row
        index = self._model.index(row)
        model = self.selectionModel()
        if extend:
            if self._anchor < 0:
                self._anchor = max(0, before)
            first, last = sorted((self._anchor, row))
            model.setCurrentIndex(index, _Select.NoUpdate)
            model.select(QItemSelection(self._model.index(first), self._model.index(last)), _Select.ClearAndSelect)
        else:
            self._anchor = row
            model.setCurrentIndex(index, _Select.NoUpdate if keep else _Select.ClearAndSelect)
        self.scrollTo(index)

    def choose(self, rows: Sequence[int]) -> None:
        """Choose these rows beside what is chosen already."""
        wanted = QItemSelection()
        for row in rows:
            wanted.select(self._model.index(row), self._model.index(row))
        self.selectionModel().select(wanted, _Select.Select)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.isValid():
            self.moved.emit(current.row())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.viewport().update()
        self.chosen_changed.emit()

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        first, last = self.row_at(rect.topLeft()), self.row_at(rect.bottomRight())
        if first >= 0 and last >= 0:
            low, high = sorted((first, last))
            self.selectionModel().select(QItemSelection(self._model.index(low), self._model.index(high)), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def selectAll(self) -> None:
        if len(self.source):
            whole = QItemSelection(self._model.index(0), self._model.index(len(self.source) - 1))
            self.selectionModel().select(whole, _Select.ClearAndSelect)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        row = self._moved(action)
        return self._model.index(max(0, min(len(self.source) - 1, row))) if len(self.source) else QModelIndex()

    def _moved(self, action: QAbstractItemView.CursorAction) -> int:
        row, act = max(0, self.current_row), QAbstractItemView.CursorAction
        screen = max(1, self.viewport().height() // self.cell_size.height()) * self.columns
        steps = {
            act.MoveLeft: -1,
            act.MovePrevious: -1,
            act.MoveRight: 1,
            act.MoveNext: 1,
            act.MoveUp: -self.columns,
            act.MoveDown: self.columns,
            act.MovePageUp: -screen,
            act.MovePageDown: screen,
        }
        if action == act.MoveHome:
            return 0
        if action == act.MoveEnd:
            return len(self.source) - 1
        step = steps[action]
        # A step beyond the first or last line stays where it is rather than jumping sideways.
        return (
            row + step
            if abs(step) == 1 or 0 <= row + step < len(self.source)
            else (0 if step == -screen else len(self.source) - 1 if step == screen else row)
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act = QAbstractItemView.CursorAction
        moves = {
            Qt.Key.Key_Left: act.MoveLeft,
            Qt.Key.Key_Right: act.MoveRight,
            Qt.Key.Key_Up: act.MoveUp,
            Qt.Key.Key_Down: act.MoveDown,
            Qt.Key.Key_PageUp: act.MovePageUp,
            Qt.Key.Key_PageDown: act.MovePageDown,
            Qt.Key.Key_Home: act.MoveHome,
            Qt.Key.Key_End: act.MoveEnd,
        }
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if key in moves:
            keep = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            self.go_to(self._moved(moves[key]), extend=bool(modifiers & Qt.KeyboardModifier.ShiftModifier), keep=keep)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current_row >= 0:
                self.opened.emit(self.current_row)
        elif key == Qt.Key.Key_Space:
            if self.current_row >= 0:
                self._anchor = self.current_row
                self.selectionModel().select(self.currentIndex(), _Select.Toggle)
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.selectAll()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        # What a press means is decided here once; Shift let go before the button changes nothing any more.
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.go_to(row, extend=True)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._anchor = row
            self.selectionModel().setCurrentIndex(self._model.index(row), _Select.Toggle)
        else:
            self.go_to(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row >= 0 and event.buttons() & Qt.MouseButton.LeftButton and row != self.current_row:
            self.go_to(row, extend=True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().toPoint())
        if row >= 0:
            self.opened.emit(row)

    # -- drawing -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        rows = self.visible_rows()
        painter = QPainter(self.viewport())
        try:
            self._paint(painter, rows)
        finally:
            painter.end()  # a painter left open takes the whole program down
        self.thumbs.want(list(self._wishes(rows)))

    def _paint(self, painter: QPainter, rows: range) -> None:
        brush = CellBrush(painter, self.font())
        model, current, focused = self.selectionModel(), self.current_row, self.hasFocus()
        joined = self.source.joined(rows.start)
        for row in rows:
            before, joined = joined, self.source.joined(row + 1)
            cell = self.source.cell(row)
            if before or joined:
                number = 0 if before else self.source.joined_number(row)
                brush.group(self._rect(row), before=before, after=joined, number=number)
            picture = self.thumbs.get(cell.sha256) if cell is not None and cell.sha256 else None
            brush.draw(
                self._rect(row),
                cell,
                picture,
                word=self.source.word(cell.shown) if cell is not None else "",
                failed=cell is not None and (not cell.sha256 or self.thumbs.known(cell.sha256)),
                selected=model.isSelected(self._model.index(row)),
                current=row == current and focused,
            )
        brush.numbers()

    def _wishes(self, rows: range) -> Iterator[str]:
        # The loader takes from the end: what is on screen, from its top.
        ahead = len(rows) * _AHEAD if not self.verticalScrollBar().isSliderDown() else 0
        near = [*range(rows.stop, min(len(self.source), rows.stop + ahead))][::-1]
        for row in (*near, *reversed(rows)):
            cell = self.source.cell(row)
            if cell is not None and cell.sha256:
                yield cell.sha256
