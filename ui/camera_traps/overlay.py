"""What is written over the large picture: remarks, what a key just changed, how far a video is, what has changed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from ui import theme

_LINE = 32
_PAD = 12.0


def remark(painter: QPainter, room: QRectF, words: str, *, over: bool) -> None:
    """A line along the lower edge, ``over`` a picture; in the middle where there is none."""
    if not words:
        return
    painter.setPen(theme.over_picture("rail_text"))
    if not over:
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(room.adjusted(16, room.height() / 2 + 16, -16, -16), int(flags), words)
        return
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    needed = QFontMetricsF(painter.font()).boundingRect(room.adjusted(16, 0, -16, 0), int(flags), words).height()
    height = max(float(_LINE), needed + 12)
    line = QRectF(room.left(), room.bottom() - height, room.width(), height)
    painter.fillRect(line, theme.over_picture("picture"))
    painter.drawText(line.adjusted(16, 0, -16, 0), int(flags), words)


def readout(painter: QPainter, room: QRectF, words: str) -> None:
    """What a key just changed, at the upper left."""
    if not words:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
    widest = QRectF(0, 0, max(40.0, room.width() - 4 * _PAD), room.height())
    needed = QFontMetricsF(painter.font()).boundingRect(widest, flags, words).size()
    ground = QRectF(room.topLeft() + QPointF(_PAD, _PAD), needed + QSizeF(2 * _PAD, _PAD))
    painter.setPen(QPen(theme.over_picture("muted"), 1))
    painter.setBrush(theme.over_picture("picture"))
    painter.drawRoundedRect(ground, 6, 6)
    painter.setPen(theme.over_picture("rail_text"))
    painter.drawText(ground, flags, words)
    painter.restore()


def changed(painter: QPainter, target: QRectF, box: tuple[float, float, float, float] | None) -> None:
    """A frame around what has changed since the picture before."""
    if box is None:
        return
    left, top, width, height = box
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.over_picture("attention"), 2, Qt.PenStyle.DashLine))
    painter.drawRect(
        QRectF(
            target.left() + left * target.width(),
            target.top() + top * target.height(),
            width * target.width(),
            height * target.height(),
        )
    )


def clock(ms: int) -> str:
    """A time in a video: minutes, seconds and tenths, "0:03.4"."""
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}.{ms // 100 % 10}"


def video_line(painter: QPainter, room: QRectF, at: int, duration: int | None, *, playing: bool) -> None:
    """A sign for playing or standing, a bar and the time, along the lower edge."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = theme.over_picture("picture")
    ground.setAlpha(210)
    line = QRectF(room.left(), room.bottom() - _LINE, room.width(), _LINE)
    painter.fillRect(line, ground)
    ink = theme.over_picture("rail_text")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    sign = QRectF(line.left() + _PAD, line.center().y() - 7, 12, 14)
    if playing:  # what stands there is what happens now: a triangle while it runs, two bars while it stands
        painter.drawPolygon(QPolygonF([sign.topLeft(), sign.bottomLeft(), QPointF(sign.right(), sign.center().y())]))
    else:
        painter.drawRect(QRectF(sign.left(), sign.top(), 4, 14))
        painter.drawRect(QRectF(sign.left() + 8, sign.top(), 4, 14))
    words = f"{clock(at)} / {clock(duration)}" if duration else clock(at)
    width = QFontMetricsF(painter.font()).horizontalAdvance(words)
    painter.setPen(ink)
    painter.drawText(
        line.adjusted(0, 0, -_PAD, 0), int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), words
    )
    bar = QRectF(sign.right() + _PAD, line.center().y() - 3, line.right() - width - 3 * _PAD - sign.right(), 6)
    if duration and bar.width() > 20:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.over_picture("line"))
        painter.drawRoundedRect(bar, 3, 3)
        bar.setWidth(max(6.0, bar.width() * min(1.0, at / duration)))
        painter.setBrush(theme.over_picture("rail_mark"))
        painter.drawRoundedRect(bar, 3, 3)
    painter.restore()
