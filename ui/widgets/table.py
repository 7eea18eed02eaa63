"""A table of the records of one kind, made from its declared fields: sortable, with a filter, never silently empty."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions import listing
from ranger_app.actions.listing import Line
from ranger_app.changes import Changes
from ranger_app.domain.fields import Type, Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import number
from ui.widgets.columns import Columns
from ui.widgets.empty_state import EmptyState
from ui.widgets.text import label

_Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 36
FILTER_FROM = 8
"""With fewer records the filter box is only in the way."""


class LinesModel(QAbstractTableModel):
    """Lines under headings; sorting and filtering in memory."""

    def __init__(self, headings: Sequence[str], right: Sequence[bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headings = list(headings)
        self._right = list(right)
        self._all: list[Line] = []
        self.lines: list[Line] = []
        self._filter = ""
        self._column, self._order = -1, Qt.SortOrder.AscendingOrder

    def take(self, lines: Sequence[Line]) -> None:
        """Show ``lines`` in the chosen order under the chosen filter."""
        self._all = list(lines)
        self._arrange()

    def narrow(self, text: str) -> None:
        """Show only lines that hold every word of ``text``."""
        self._filter = text
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._column, self._order = column, order
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        words = self._filter.casefold().split()
        kept = [line for line in self._all if all(w in " ".join(line.texts).casefold() for w in words)]
        if 0 <= self._column < len(self._headings):
            column = self._column
            kept.sort(key=lambda line: line.keys[column], reverse=self._order == Qt.SortOrder.DescendingOrder)
        self.lines = kept
        self.endResetModel()

    def row_of(self, record: bytes) -> int:
        """The row that shows ``record``, -1 if none does."""
        return next((row for row, line in enumerate(self.lines) if line.id == record), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.lines[index.row()].texts[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._right[index.column()] else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self._right[section] else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


class LineTable(QWidget):
    """Lines that ``read`` answers; ``opened(id)`` on Enter or double click, ``selected(id or None)`` on moving.

    Read again whenever one of ``kinds`` changes. ``newest_first`` is the column to sort by, downwards, at first.
    ``spare`` names columns that are left out while the table is narrower than so many pixels. With ``ahead`` a worker
    reads while the table is still being made.
    """

    opened = Signal(object)
    selected = Signal(object)
    loaded = Signal(int)

    def __init__(
        self,
        bridge: Bridge,
        model: LinesModel,
        read: Callable[[], Sequence[Line]],
        kinds: Iterable[str],
        empty: EmptyState,
        *,
        newest_first: int = -1,
        with_filter: bool = True,
        spare: Mapping[int, int] | None = None,
        ahead: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._spare = dict(spare or {})
        self._filter_from = FILTER_FROM if with_filter else sys.maxsize
        self._bridge, self._read, self._kinds = bridge, read, frozenset(kinds)
        self._wanted: bytes | None = None
        self._held: bytes | None = None
        self._holding = False
        self._asked = 0
        if ahead:
            self.refresh()
        self.model = model
        model.setParent(self)
        self._stack = QStackedLayout(self)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        top = QHBoxLayout()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(_("Filter"))
        self.filter.setAccessibleName(_("Filter"))
        self.filter.setClearButtonEnabled(False)
        self.filter.setMaximumWidth(280)
        self.filter.textChanged.connect(self._narrow)
        self.count = label("", "sentence")
        top.addWidget(self.filter)
        top.addWidget(self.count)
        top.addStretch(1)
        column.addLayout(top)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.view.setSortingEnabled(True)
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        order = Qt.SortOrder.DescendingOrder if newest_first >= 0 else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(newest_first, order)
        header.setMinimumSectionSize(40)
        self._columns_fitted = Columns(self.view)
        self.model.sort(newest_first, order)
        self.view.activated.connect(self._activate)
        self.view.selectionModel().currentRowChanged.connect(lambda *_rows: self._tell())
        self.model.modelAboutToBeReset.connect(self._hold)
        self.model.modelReset.connect(self._take_up)
        column.addWidget(self.view, 1)
        self.empty = empty
        self._stack.addWidget(page)
        self._stack.addWidget(empty)
        self.setFocusProxy(self.view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        changed = False
        for column, least in self._spare.items():
            changed |= self.view.isColumnHidden(column) != (self.width() < least)
            self.view.setColumnHidden(column, self.width() < least)
        super().resizeEvent(event)
        if changed:  # the view was resized before: its columns were fitted with those that are now gone
            self._columns_fitted.fit()

    def refresh(self, changes: Changes | None = None) -> None:
        """Read again if ``changes`` touches what is shown."""
        if changes is not None and not self._kinds & changes.kinds:
            return
        self._asked += 1
        asked, read = self._asked, self._read
        self._bridge.run(lambda _cancel: read(), lambda lines: self._take(asked, lines), owner=self)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show ``lines`` that were read elsewhere; a question still on its way is forgotten."""
        self._asked += 1
        self._take(self._asked, lines)

    def current(self) -> bytes | None:
        """The id of the chosen record."""
        row = self.view.currentIndex().row()
        return self.model.lines[row].id if 0 <= row < len(self.model.lines) else None

    def choose(self, record: bytes) -> None:
        """Choose ``record`` now, or as soon as it is read."""
        row = self.model.row_of(record)
        self._wanted = record if row < 0 else None
        if row >= 0:
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0))

    def _take(self, asked: int, lines: Sequence[Line]) -> None:
        if asked != self._asked:
            return  # a newer question is on its way
        before = self._wanted or self.current()
        self.model.take(lines)
        self._stack.setCurrentIndex(0 if lines else 1)
        for part in (self.filter, self.count):
            part.setVisible(len(lines) >= self._filter_from)
        self._count()
        if lines:
            self._columns_fitted.fit()
        if before is not None:
            self.choose(before)
        self.loaded.emit(len(lines))

    def _hold(self) -> None:
        self._held, self._holding = self.current(), True

    def _take_up(self) -> None:
        # Reading again, sorting and filtering keep the chosen record; nobody hears of a choice that did not change.
        row = self.model.row_of(self._held) if self._held is not None else -1
        if row >= 0:
            self.view.selectRow(row)
        self._holding = False
        if self.current() != self._held:
            self._tell()

    def _tell(self) -> None:
        if not self._holding:
            self.selected.emit(self.current())

    def _narrow(self, text: str) -> None:
        self.model.narrow(text)
        self._count()

    def _count(self) -> None:
        n = len(self.model.lines)
        self.count.setText(ngettext("{n} record", "{n} records", n).format(n=number(n)))

    def _activate(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.model.lines[index.row()].id)


class RecordTable(LineTable):
    """The records of ``kind``. ``match`` narrows to records whose fields equal it; ``columns`` defaults to the kind's
    listed fields, and ``spare`` names those left out while the table is narrower than so many pixels.
    """

    def __init__(
        self,
        library: Library,
        bridge: Bridge,
        kind: str,
        empty: EmptyState,
        *,
        columns: Sequence[str] | None = None,
        match: Mapping[str, Value] | None = None,
        newest_first: str = "",
        spare: Mapping[str, int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._library, self.kind = library, kind_named(kind)
        self._columns = list(columns or [f.name for f in self.kind.fields if f.listed])
        self._match = dict(match or {})
        fields = [self.kind.field(name) for name in self._columns]
        headings = [f"{_(f.label)}, {_(f.unit)}" if f.unit else _(f.label) for f in fields]
        super().__init__(
            bridge,
            LinesModel(headings, [f.type in (Type.INTEGER, Type.DECIMAL) for f in fields]),
            lambda: listing.lines(self._library, self.kind.name, tuple(self._columns), dict(self._match)),
            {self.kind.name, *(f.refers_to for f in fields)},
            empty,
            newest_first=self._columns.index(newest_first) if newest_first in self._columns else -1,
            spare={self._columns.index(name): least for name, least in (spare or {}).items()},
            parent=parent,
        )

    def narrow_to(self, match: Mapping[str, Value]) -> None:
        """Show only records whose fields equal ``match`` from now on."""
        self._match = dict(match)
        self.refresh()
