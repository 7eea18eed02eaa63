"""Widths for the columns of a table: as wide as their words, shared out fairly when the window is narrow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPixmap
from PySide6.QtWidgets import QHeaderView, QTableView

PADDING = 24
"""Left and right of a cell's text, as the style sheet has it."""
_ARROW = 20
_LOOKED_AT = 200
_WIDEST = 360
_LEAST = 48


def heading_width(header: QHeaderView, section: int) -> int:
    """What the heading of a column needs, the sorting arrow included where it stands."""
    model = header.model()
    text = str(model.headerData(section, Qt.Orientation.Horizontal) or "") if model else ""
    font = header.font()
    font.setPixelSize(13)
    font.setBold(True)
    sorted_by = header.isSortIndicatorShown() and header.sortIndicatorSection() == section
    return QFontMetrics(font).horizontalAdvance(text) + PADDING + (_ARROW if sorted_by else 0)


def cell_width(view: QTableView, row: int, column: int) -> int:
    """What the text and picture of one cell need."""
    return widest_cell(view, range(row, row + 1), column)


def widest_cell(view: QTableView, rows: Iterable[int], column: int) -> int:
    """What the widest of these cells needs; 0 without any. A text that stands in many is measured once."""
    model = view.model()
    found = set()
    for row in rows:
        index = model.index(row, column)
        decoration = model.data(index, Qt.ItemDataRole.DecorationRole)
        found.add((str(model.data(index) or ""), isinstance(decoration, QPixmap | QIcon)))
    if not found:
        return 0
    metrics, icon = view.fontMetrics(), view.iconSize()
    beside = icon.width() + 8 if icon.isValid() else 24
    return max(metrics.horizontalAdvance(text) + beside * pictured for text, pictured in found) + PADDING


def shared_out(wanted: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths that fit ``room``: the widest give way first, none below what its heading needs.

    Narrower columns than the room are left as they are; the caller lets the last one stretch.
    """
    widths = list(wanted)
    excess = sum(widths) - room
    while excess > 0:
        open_to = [i for i, width in enumerate(widths) if width > least[i]]
        if not open_to:
            break
        widest = max(open_to, key=lambda i: widths[i])
        others = [widths[i] for i in open_to if i != widest]
        target = max(least[widest], max(others, default=0) - 1, widths[widest] - excess)
        target = min(target, widths[widest] - 1)
        excess -= widths[widest] - target
        widths[widest] = target
    return widths


class Columns(QObject):
    """Fits the columns of ``view`` when asked and whenever its width changes, until a person drags one."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._by_hand = False
        self._fitting = False
        view.horizontalHeader().sectionResized.connect(self._resized)
        view.viewport().installEventFilter(self)

    def fit(self) -> None:
        """Give every column its width."""
        model, header = self._view.model(), self._view.horizontalHeader()
        if model is None or self._by_hand or not model.rowCount():
            return
        columns = [column for column in range(model.columnCount()) if not header.isSectionHidden(column)]
        least = [max(_LEAST, heading_width(header, column), self._drawn(column)) for column in columns]
        rows = range(min(_LOOKED_AT, model.rowCount()))
        wanted = [
            min(_WIDEST, max(least[at], widest_cell(self._view, rows, column))) for at, column in enumerate(columns)
        ]
        self._fitting = True
        for column, width in zip(columns, shared_out(wanted, least, self._view.viewport().width()), strict=True):
            header.resizeSection(column, width)
        self._fitting = False

    def _drawn(self, column: int) -> int:
        """What a column needs that draws something else than words: its delegate's property "width"."""
        delegate = self._view.itemDelegateForColumn(column)
        return int(delegate.property("width") or 0) if delegate is not None else 0

    def _resized(self, section: int, _old: int, _new: int) -> None:
        last = self._view.horizontalHeader().count() - 1  # it stretches by itself
        if not self._fitting and section != last and self._view.horizontalHeader().underMouse():
            self._by_hand = True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and not self._fitting:
            self.fit()
        return super().eventFilter(watched, event)
