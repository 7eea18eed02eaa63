"""The list under a field that is being typed in: what fits so far, the highlighted line taken with Enter or Tab."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ranger_app.actions.patrol_offers import Offer
from ui import theme

_Index = QModelIndex | QPersistentModelIndex
_ROW = 32
_VALUE = Qt.ItemDataRole.UserRole


class _Words(QStyledItemDelegate):
    """The word, and at its right in the quiet colour where it belongs."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        offer: Offer = index.data(_VALUE)
        if offer is None:
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        box: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        if chosen:
            painter.fillRect(box, theme.colour("selection"))
            painter.fillRect(QRect(box.left(), box.top(), 3, box.height()), theme.colour("accent"))
        inner = box.adjusted(12, 0, -12, 0)
        font = painter.font()
        font.setPixelSize(theme.BODY)
        font.setBold(chosen)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        metrics = painter.fontMetrics()
        word = metrics.elidedText(offer.word, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, word)
        left = inner.adjusted(metrics.horizontalAdvance(word) + 16, 0, 0, 0)
        if offer.remark and left.width() > 60:
            font.setBold(False)
            font.setPixelSize(theme.SMALL)
            painter.setFont(font)
            painter.setPen(theme.colour("text" if chosen else "muted"))
            remark = painter.fontMetrics().elidedText(offer.remark, Qt.TextElideMode.ElideLeft, left.width())
            painter.drawText(left, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, remark)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(100, _ROW)


class OffersList(QListWidget):
    """Never takes the keyboard: the field above sends it the arrows. ``taken(offer)`` on a click."""

    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setItemDelegate(_Words(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.itemClicked.connect(lambda item: self.taken.emit(item.data(_VALUE)))

    def offer(self, offers: Sequence[Offer], *, highlight: bool) -> None:
        """Show these; with ``highlight`` the first of them is ready to be taken."""
        self.clear()
        for offer in offers:
            item = QListWidgetItem()
            item.setData(_VALUE, offer)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, offer.word)
            self.addItem(item)
        if highlight and offers:
            self.setCurrentRow(0)
        else:
            self.setCurrentRow(-1)

    def step(self, by: int) -> None:
        """Highlight the next or an earlier line."""
        if self.count():
            self.setCurrentRow(max(0, min(self.count() - 1, self.currentRow() + by)))

    def current(self) -> Offer | None:
        """The highlighted line."""
        item = self.currentItem()
        return item.data(_VALUE) if item is not None and self.currentRow() >= 0 else None
