"""A column of a table that shows its words as badges, coloured as everywhere else."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import theme

TONE = int(Qt.ItemDataRole.UserRole) + 7
"""The role under which a model names the tone of a cell's badge (see ``ui.widgets.chip``)."""
_HEIGHT, _BESIDE, _LEFT = 22, 9, 8
_COLOURS = {
    "neutral": ("muted", "key_cap"),
    "own": ("accent", "key_cap"),
    "attention": ("attention", "attention_on"),
    "problem": ("problem", "problem_on"),
    "partner": ("partner", "partner_on"),
}


class ChipColumn(QStyledItemDelegate):
    """Draws a cell's word as a badge; a cell without a word stays empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        word, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        if not word:
            return
        ink, ground = _COLOURS.get(str(index.data(TONE) or "neutral"), _COLOURS["neutral"])
        font = option.font
        font.setPixelSize(theme.SMALL)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        room = option.rect.width() - _LEFT - 4
        shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, room - 2 * _BESIDE)
        width = metrics.horizontalAdvance(shown) + 2 * _BESIDE
        box = QRect(option.rect.left() + _LEFT, option.rect.center().y() - _HEIGHT // 2 + 1, width, _HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(box, _HEIGHT / 2, _HEIGHT / 2)
        painter.setPen(theme.colour(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + 2 * _BESIDE, hint.height())
