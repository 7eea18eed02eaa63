"""How one picture of the grid is drawn: the preview, what it is said to show, when, and who said so."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from ranger_app.i18n import _
from ranger_app.store.gallery import Cell
from ui import icons, theme

CELL = QSize(208, 186)
"""The least size of a cell; the grid widens cells to fill its width."""
_GAP = 4
_CAPTION = 28
_MARK = 10
_LINE = 2
_TICK = 7
_MOST = 999
FRAME = QSize(2 * _GAP, 2 * _GAP + _CAPTION)
"""What a cell has around its picture."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CellBrush:
    """Draws cells with one painter. Colours, font and words are looked up once for all cells of a paint."""

    def __init__(self, painter: QPainter, font: QFont) -> None:
        self._painter = painter
        small = QFont(font)
        small.setPixelSize(theme.SMALL)
        painter.setFont(small)
        self._metrics = QFontMetrics(small)
        self._clock = self._metrics.horizontalAdvance("00:00") + 8
        tokens = theme.tokens()
        self._text, self._muted = theme.colour("text"), theme.colour("muted")
        self._dark, self._blank = theme.colour("picture"), theme.colour("key_cap")
        self._selection, self._accent = theme.colour("selection"), theme.colour("accent")
        self._ink = theme.colour("accent_ink")
        self._numbers: list[tuple[QRect, int]] = []
        ratio = painter.device().devicePixelRatio()
        self._marks = [
            _mark(0, tokens.attention, ratio),
            _mark(1, tokens.attention, ratio),
            _mark(2, tokens.accent, ratio),
        ]
        self._unseen = _("to review")

    def draw(
        self,
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
        painter = self._painter
        inner = rect.adjusted(_GAP, _GAP, -_GAP, -_GAP)
        frame = QRect(inner.left(), inner.top(), inner.width(), inner.height() - _CAPTION)
        if picture is not None:
            fitted = picture.deviceIndependentSize().toSize().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
            if fitted != frame.size():
                painter.fillRect(frame, self._dark)
            target = QRect(frame.topLeft(), fitted)
            target.moveCenter(frame.center())
            painter.drawPixmap(target, picture)
        else:
            painter.fillRect(frame, self._blank)
            if failed and cell is not None:
                video = (cell.media_type or "").startswith("video")
                sign = icons.pixmap("video" if video else "picture", "muted", 32)
                painter.drawPixmap(frame.center().x() - 16, frame.center().y() - 16, sign)
        if cell is not None:
            caption = QRect(inner.left(), frame.bottom() + 1, inner.width(), _CAPTION)
            if selected:
                painter.fillRect(caption, self._selection)
            self._caption(caption, cell, word)
        if selected or current:
            self._frame(inner, selected, current)

    def group(self, rect: QRect, *, before: bool, after: bool, number: int) -> None:
        """Draw the line over the pictures of one group; ``number`` of them where the first stands, 0 elsewhere."""
        painter = self._painter
        left, right = rect.left() + (0 if before else _GAP), rect.right() + 1 - (0 if after else _GAP)
        painter.fillRect(QRect(left, rect.top(), right - left, _LINE), self._accent)
        if not after:
            painter.fillRect(QRect(right - _LINE, rect.top(), _LINE, _TICK), self._accent)
        if number:
            painter.fillRect(QRect(left, rect.top(), _LINE, _TICK), self._accent)
            self._numbers.append((rect, number))

    def numbers(self) -> None:
        """Draw how many pictures each group has, over what was drawn before."""
        painter = self._painter
        for rect, number in self._numbers:
            words = f"{number}" if number <= _MOST else f"{_MOST}+"
            width = self._metrics.horizontalAdvance(words) + 12
            badge = QRect(rect.left() + _GAP, rect.top(), width, 18)
            painter.fillRect(badge, self._accent)
            painter.setPen(self._ink)
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
        self._numbers.clear()

    def _caption(self, rect: QRect, cell: Cell, word: str) -> None:
        painter, top = self._painter, rect.top()
        left, right = rect.left() + 8, rect.right() - 7
        shown = word or self._unseen
        room = right - left - _MARK - 6 - self._clock
        if cell.camera_time and self._metrics.horizontalAdvance(shown) <= room:  # the name before the time
            painter.setPen(self._muted)
            right -= self._clock
            painter.drawText(QRect(right + 8, top, self._clock, _CAPTION), _LEFT, cell.camera_time[11:16])
        if cell.flags and "damaged" in cell.flags:
            right -= 20
            painter.drawPixmap(right + 4, top + 6, icons.pixmap("damaged", "problem", 16))
        painter.drawPixmap(left, top + (_CAPTION - _MARK) // 2, self._marks[cell.seen_by])
        left += _MARK + 6
        painter.setPen(self._text if cell.seen_by else self._muted)
        shown = self._metrics.elidedText(shown, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(QRect(left, top, right - left, _CAPTION), _LEFT, shown)

    def _frame(self, inner: QRect, selected: bool, current: bool) -> None:
        painter = self._painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self._accent if selected else self._muted, 3 if selected else 2))
        painter.drawRoundedRect(inner.adjusted(1, 1, -1, -1), 4, 4)
        if current and selected:
            painter.setPen(QPen(self._text, 1, Qt.PenStyle.DotLine))
            painter.drawRect(inner.adjusted(4, 4, -4, -4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


@lru_cache(maxsize=32)
def _mark(seen_by: int, colour: str, ratio: float) -> QPixmap:
    # A shape and a colour say the same: filled by a person, half by a machine, empty by nobody.
    pixmap = QPixmap(round(_MARK * ratio), round(_MARK * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    circle = QRect(1, 1, _MARK - 2, _MARK - 2)
    painter.setPen(QPen(QColor(colour), 1.5))
    if seen_by == 2:
        painter.setBrush(painter.pen().color())
    painter.drawEllipse(circle)
    if seen_by == 1:
        painter.setBrush(painter.pen().color())
        painter.drawPie(circle, 90 * 16, 180 * 16)
    painter.end()
    return pixmap
