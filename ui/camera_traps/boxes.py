"""Boxes that machines drew around what they found: colour and line by type, the word and how sure beside each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from ranger_app.actions.review import Said
from ranger_app.i18n import _, ngettext
from ui import theme

LEAST = 2000
"""Certainty (1/10,000) below which a box is not drawn at first: what MegaDetector itself takes for typical."""
FROM_LEAST, EVERY, NONE = range(3)
"""Which boxes are drawn."""
_STYLES: dict[str, tuple[str, Qt.PenStyle]] = {
    "animal": ("rail_mark", Qt.PenStyle.SolidLine),
    "human": ("problem", Qt.PenStyle.DashLine),
    "vehicle": ("partner", Qt.PenStyle.DotLine),
}
_OTHER = ("attention", Qt.PenStyle.DashDotLine)
_WIDTH = 2.0


@dataclass(frozen=True, slots=True)
class Box:
    """A box in shares of the picture. ``certainty`` is in 1/10,000, None where the machine did not say."""

    left: float
    top: float
    width: float
    height: float
    type: str
    word: str
    certainty: int | None = None

    @property
    def label(self) -> str:
        """The word and how sure: "Wild boar 87 %"."""
        if self.certainty is None:
            return self.word
        return _("{what} {percent} %").format(what=self.word, percent=self.certainty // 100)


def boxes_of(said: Iterable[Said], word: Callable[[str], str]) -> list[Box]:
    """The boxes of machines' statements, the surest last so that it lies on top; what is no box is left out."""
    found = []
    for one in said:
        shares = _shares(one.box) if one.machine and one.box else None
        if shares is not None:
            found.append(Box(*shares, one.type, word(one.shown), one.certainty))
    return sorted(found, key=lambda box: box.certainty if box.certainty is not None else 10_000)


def _shares(text: str) -> tuple[float, float, float, float] | None:
    try:
        left, top, width, height = (float(Decimal(part)) for part in text.split())
    except (ValueError, InvalidOperation, OverflowError):
        return None
    if not (-0.01 <= left <= 1 and -0.01 <= top <= 1 and 0 < width <= 1.02 and 0 < height <= 1.02):
        return None
    return left, top, width, height


def chosen(boxes: Sequence[Box], which: int) -> list[Box]:
    """Those that are drawn."""
    if which == NONE:
        return []
    return [box for box in boxes if which == EVERY or box.certainty is None or box.certainty >= LEAST]


def words(boxes: Sequence[Box], which: int) -> str:
    """Which boxes are drawn, in a line, with how many are left out."""
    if which == NONE:
        return _("No boxes")
    if which == EVERY:
        return _("All boxes")
    hidden = len(boxes) - len(chosen(boxes, which))
    line = _("Boxes from {percent} % certainty").format(percent=LEAST // 100)
    if hidden:
        line += " · " + ngettext("{n} less certain", "{n} less certain", hidden).format(n=hidden)
    return line


def paint(painter: QPainter, boxes: Sequence[Box], target: QRectF, view: QRectF) -> None:
    """Draw the boxes of a picture that lies at ``target``; words stay inside ``view``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    metrics = QFontMetricsF(painter.font())
    taken: list[QRectF] = []
    for box in boxes:
        name, style = _STYLES.get(box.type, _OTHER)
        colour = theme.over_picture(name)
        frame = QRectF(
            target.left() + box.left * target.width(),
            target.top() + box.top * target.height(),
            box.width * target.width(),
            box.height * target.height(),
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # A dark line under the light one: seen on snow as well as in the night.
        painter.setPen(QPen(theme.over_picture("picture"), _WIDTH + 2))
        painter.drawRect(frame)
        painter.setPen(QPen(colour, _WIDTH, style))
        painter.drawRect(frame)
        _word(painter, metrics, box, frame, view, colour, taken)
    painter.restore()


def _word(
    painter: QPainter,
    metrics: QFontMetricsF,
    box: Box,
    frame: QRectF,
    view: QRectF,
    colour: QColor,
    taken: list[QRectF],
) -> None:
    text = box.label
    ground = QRectF(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 2)
    ground.moveBottomLeft(QPointF(frame.left() - 1, frame.top() - 1))
    if ground.top() < view.top():
        ground.moveTop(max(view.top(), frame.top() + 2))
    ground.moveLeft(max(view.left(), min(ground.left(), view.right() - ground.width())))
    while any(ground.intersects(other) for other in taken) and ground.bottom() < view.bottom():
        ground.moveTop(ground.top() + ground.height() + 1)
    if not ground.intersects(view):
        return
    taken.append(QRectF(ground))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRect(ground)
    painter.setPen(theme.over_picture("accent_ink"))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, text)
