"""How one picture of the grid is drawn: the preview, what it is said to show, when, and who said so."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPixmap

from ranger_app.i18n import _
from ranger_app.store.gallery import Cell
from ui import icons, theme

CELL = QSize(208, 186)
"""The least size of a cell; the grid widens cells to fill its width."""
_GAP = 4
_CAPTION = 28
FRAME = QSize(2 * _GAP, 2 * _GAP + _CAPTION)
"""What a cell has around its picture."""


def draw_cell(
    painter: QPainter,
    rect: QRect,
    cell: Cell | None,
    picture: QPixmap | None,
    *,
    word: str,
    failed: bool,
    selected: bool,
    current: bool,
) -> None:
    """Draw ``cell`` into ``rect``. A frame shows the selection while the picture is still loading, too."""
    inner = rect.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    frame = QRect(inner.left(), inner.top(), inner.width(), inner.height() - _CAPTION)
    painter.fillRect(frame, theme.colour("picture" if picture else "key_cap"))
    if picture is not None:
        size = picture.deviceIndependentSize().toSize()
        fitted = size.scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(frame.topLeft(), fitted)
        target.moveCenter(frame.center())
        painter.drawPixmap(target, picture)
    elif failed and cell is not None:
        video = (cell.media_type or "").startswith("video")
        sign = icons.pixmap("video" if video else "picture", "muted", 32)
        painter.drawPixmap(frame.center().x() - 16, frame.center().y() - 16, sign)
    if cell is not None:
        _caption(painter, QRect(inner.left(), frame.bottom() + 1, inner.width(), _CAPTION), cell, word, selected)
    if selected or current:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("accent" if selected else "muted"), 3 if selected else 2))
        painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), 4, 4)
        if current and selected:
            painter.setPen(QPen(theme.colour("text"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(inner.adjusted(4, 4, -4, -4))
        painter.restore()


def _caption(painter: QPainter, rect: QRect, cell: Cell, word: str, selected: bool) -> None:
    if selected:
        painter.fillRect(rect, theme.colour("selection"))
    text = rect.adjusted(8, 0, -8, 0)
    font = QFont(painter.font())
    font.setPixelSize(theme.SMALL)
    painter.setFont(font)
    time = (cell.camera_time or "")[11:16]
    metrics = painter.fontMetrics()
    width = metrics.horizontalAdvance(time)
    painter.setPen(theme.colour("muted"))
    painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, time)
    text.setRight(text.right() - width - 8)
    if "damaged" in (cell.flags or ""):
        painter.drawPixmap(rect.right() - 24 - width, rect.top() + 6, icons.pixmap("damaged", "problem", 16))
        text.setRight(text.right() - 20)
    _mark(painter, text.left(), rect.center().y(), cell.seen_by)
    text.setLeft(text.left() + 16)
    painter.setPen(theme.colour("text" if cell.seen_by else "muted"))
    shown = word or _("to review")
    painter.drawText(
        text,
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        metrics.elidedText(shown, Qt.TextElideMode.ElideRight, text.width()),
    )


def _mark(painter: QPainter, left: int, middle: int, seen_by: int) -> None:
    # A shape and a colour say the same: filled by a person, half by a machine, empty by nobody.
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    tone = theme.colour("accent" if seen_by == 2 else "attention")
    circle = QRect(left, middle - 4, 9, 9)
    painter.setPen(QPen(tone, 1.5))
    painter.setBrush(tone if seen_by == 2 else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(circle)
    if seen_by == 1:
        painter.setBrush(tone)
        painter.drawPie(circle, 90 * 16, 180 * 16)
    painter.restore()
