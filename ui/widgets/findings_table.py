"""The table behind a chart: rows are read as they come into view, so that a hundred thousand cost no more than ten."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from ranger_app.domain.findings import Cell, Table
from ui.numbers import decimal, number
from ui.widgets.columns import shared_out
from ui.widgets.table import ROW_HEIGHT

_Index = QModelIndex | QPersistentModelIndex
_MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d)?)$")
_BESIDE = {"species": "name", "records": "pictures"}
"""Columns that are left out here where another says nearly the same; page and CSV have them."""
_LEAST_NAME = 72
_LOOKED_AT = 60
"""Rows that decide how wide a column is and whether it holds figures."""


def text_of(cell: Cell, digits: int) -> str:
    """A cell as it is shown; nothing where something is not known."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _MOMENT.sub(r"\1 \2", cell)
    return decimal(float(cell), digits) if digits else number(round(cell))


class FindingsModel(QAbstractTableModel):
    """A table of findings; figures stand at the right."""

    def __init__(self, table: Table, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = table
        first = list(table.rows[:_LOOKED_AT])
        self._figures = [not any(isinstance(row[n], str) for row in first) for n in range(len(table.columns))]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.table.columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            column = index.column()
            cell = self.table.rows[index.row()][column]
            return text_of(cell, self.table.columns[column].digits_of(cell))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.table.columns[section].title
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def holds_words(self, column: int) -> bool:
        """Whether a column holds names rather than figures."""
        return not self._figures[column]

    def _side(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self._figures[column] else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class FindingsTable(QTableView):
    """Shows one table of findings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widths: list[int] = []
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setHighlightSections(False)

    def show_table(self, table: Table) -> None:
        """Show ``table`` from its first row."""
        before = self.model()
        self.setModel(FindingsModel(table, self))
        if before is not None:
            before.deleteLater()
        codes = {column.code for column in table.columns}
        for n, column in enumerate(table.columns):
            self.setColumnHidden(n, column.csv_only or _BESIDE.get(column.code) in codes)
        self._widths = []
        self._fit()

    def _fit(self) -> None:
        """Each column as wide as its words; names give way first where there is no room, figures never."""
        model = self.model()
        if not isinstance(model, FindingsModel):
            return
        shown = [n for n in range(model.columnCount()) if not self.isColumnHidden(n)]
        if not self._widths:
            self._widths = [self._wanted(model.table, n) for n in shown]
        pairs = list(zip(shown, self._widths, strict=True))
        least = [
            min(wide, max(_LEAST_NAME, self._heading(model.table, n))) if model.holds_words(n) else wide
            for n, wide in pairs
        ]
        for n, wide in zip(shown, shared_out(self._widths, least, self.viewport().width()), strict=True):
            self.setColumnWidth(n, wide)

    def _wanted(self, table: Table, n: int) -> int:
        column, metrics = table.columns[n], self.fontMetrics()
        words = [text_of(row[n], column.digits_of(row[n])) for row in table.rows[:_LOOKED_AT]]
        least = 28 if column.narrow else 48
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0)
        return max(max(least, min(widest, 320)) + 26, self._heading(table, n))

    def _heading(self, table: Table, n: int) -> int:
        # Bold in the style sheet.
        return int(self.fontMetrics().horizontalAdvance(table.columns[n].title) * 1.12) + 26

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
