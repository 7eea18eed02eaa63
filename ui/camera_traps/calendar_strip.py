"""When cameras worked, as a calendar: one row a camera, working time filled, failures hatched, pictures as ticks.

Painted, and only what is in sight: a thousand cameras scroll like one. Every colour has a shape and a word beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QEvent, QLine, QLocale, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from ranger_app.actions.effort import Worked
from ranger_app.domain import effort
from ranger_app.domain.effort import Span
from ranger_app.domain.kinds_camera import FAILURE_REASONS
from ranger_app.i18n import _, language
from ui import theme
from ui.numbers import day, decimal

ROW = 40
HEAD = 28
_BAR = 16
"""Pixels: a row, the months above the rows, the bar within a row."""
_LEAST_NIGHTS = 92
_EPOCH = date(1970, 1, 1).toordinal()
_NOON = effort.DAY // 2
_LEAST_MONTH = 26
"""A month narrower than this is not shown: the arrows move through the time instead."""
_QUARTERS = (1, 4, 7, 10)
"""The months that are named where there is no room for all."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One camera's row. Spans are seconds of its local time, as ``domain.effort`` has them."""

    id: bytes
    name: str
    set_up: tuple[Span, ...]
    working: tuple[Span, ...]
    failures: tuple[tuple[Span, str], ...]
    nights: float | None
    unknown: str
    since: int | None = None
    """Set up then, and not taken down yet."""


def strip_of(one: Worked) -> Strip:
    """A deployment as a row of the calendar."""
    labels = {choice.code: choice.label for choice in FAILURE_REASONS}
    start = effort.moment(one.start)
    since = _seconds(start) if start and one.effort is None and effort.moment(one.end) is None else None
    set_up = one.effort.set_up if one.effort else ()
    last = set_up[-1][1] if set_up else None
    failures = []
    for failure in one.failures:
        begun, ended = effort.moment(failure.start), effort.moment(failure.end)
        low = max(_seconds(begun), set_up[0][0]) if begun and set_up else _seconds(begun) if begun else None
        high = min(_seconds(ended), last) if ended and last else _seconds(ended) if ended else last
        if low is not None and high is not None and low < high:
            reason = labels.get(failure.reason)
            failures.append(((low, high), _(reason) if reason else failure.reason))
    return Strip(
        one.id,
        one.name or one.place,
        set_up,
        one.effort.working if one.effort else (),
        tuple(failures),
        one.effort.nights if one.effort else None,
        one.unknown,
        since,
    )


def _seconds(time: datetime) -> int:
    return int((time - datetime(1970, 1, 1)).total_seconds())


class CalendarStrip(QAbstractScrollArea):
    """Rows of strips. ``opened(id)`` on Enter or double click, ``moved(id)`` when another row is chosen.

    ``days_of(id)`` gives the days with pictures where they are known yet; ``wanted(ids)`` asks for those in sight.
    """

    opened = Signal(object)
    moved = Signal(object)
    wanted = Signal(object)

    def __init__(self, *, single: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._single = single
        self.strips: list[Strip] = []
        self.row = 0
        self._wanted: bytes | None = None
        self.days_of: Callable[[bytes], Sequence[date] | None] = lambda _id: None
        self._first, self._last = date(2025, 1, 1), date(2025, 2, 1)
        self._from = self._first
        self._scale = (0, 1.0, 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Calendar of the cameras"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus if single else Qt.FocusPolicy.StrongFocus)
        if single:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self.setFixedHeight(HEAD + ROW + 4)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._look())

    def sizeHint(self) -> QSize:
        return QSize(420, HEAD + ROW + 4 if self._single else 400)

    def show_strips(self, strips: Sequence[Strip]) -> None:
        """Show these rows, and all the time they span if it fits."""
        chosen = self._wanted or self.current
        self.strips = list(strips)
        edges = [edge for one in strips for span in one.set_up for edge in span]
        edges += [one.since for one in strips if one.since is not None]
        if edges:
            self._first = effort.as_time(min(edges)).date().replace(day=1)
            last = effort.as_time(max(edges)).date()
            self._last = _month_after(last)
        self._from = max(self._first, self._from) if self._from < self._last else self._first
        self.row = next((n for n, one in enumerate(self.strips) if one.id == chosen), 0)
        self._fit()
        self._to_end()
        if chosen is not None:
            self.choose_record(chosen)
        self._look()

    @property
    def current(self) -> bytes | None:
        """The chosen row's deployment."""
        return self.strips[self.row].id if 0 <= self.row < len(self.strips) else None

    @property
    def all_shown(self) -> bool:
        """Whether all the time fits, so that there is nothing earlier or later to go to."""
        return (self._last - self._first).days <= self._days()

    # -- geometry ----------------------------------------------------------------------------------------------

    def _names(self) -> int:
        return 0 if self._single else min(220, self.viewport().width() // 4)

    def _nights(self) -> int:
        """The width of the trap nights, which every language writes at its own length."""
        words = (_("Trap nights"), _("not known"))
        return max(_LEAST_NIGHTS, *(self.fontMetrics().horizontalAdvance(word) + 24 for word in words))

    def _room(self) -> tuple[int, int]:
        """Left edge and width of the time."""
        left = self._names()
        return left, max(60, self.viewport().width() - left - (0 if self._single else self._nights()))

    def _days(self) -> int:
        """How many days are shown: all, or as many as keep months readable."""
        all_days = max(28, (self._last - self._first).days)
        return min(all_days, max(28, self._room()[1] * 30 // _LEAST_MONTH))

    def _measure(self) -> None:
        """What every mark of one painting is placed by."""
        left, width = self._room()
        start = _seconds(datetime(self._from.year, self._from.month, self._from.day))
        self._scale = (left, width / (self._days() * effort.DAY), start)

    def _x(self, seconds: float) -> int:
        left, scale, start = self._scale
        return left + round((seconds - start) * scale)

    def _fit(self) -> None:
        rows = self.viewport().height() - HEAD
        bar = self.verticalScrollBar()
        bar.setRange(0, 0 if self._single else max(0, len(self.strips) * ROW - rows))
        bar.setPageStep(max(ROW, rows))
        bar.setSingleStep(ROW)

    def _to_end(self) -> None:
        """The newest months, where not all fit."""
        if (self._last - self._from).days > self._days():
            self._from = self._last - timedelta(days=self._days())
        if (self._last - self._first).days <= self._days():
            self._from = self._first

    def _visible(self) -> range:
        top = self.verticalScrollBar().value()
        first = top // ROW
        return range(first, min(len(self.strips), first + self.viewport().height() // ROW + 2))

    def _look(self) -> None:
        self.viewport().update()
        unknown = [self.strips[n].id for n in self._visible() if self.days_of(self.strips[n].id) is None]
        if unknown:
            self.wanted.emit(unknown)

    # -- drawing -----------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        self._measure()
        painter = QPainter(self.viewport())
        if not self._single:
            painter.fillRect(self.viewport().rect(), theme.colour("surface"))
        self._paint_months(painter)
        top = self.verticalScrollBar().value()
        painter.setClipRect(0, HEAD, self.viewport().width(), self.viewport().height() - HEAD)
        for n in self._visible():
            self._paint_row(painter, n, HEAD + n * ROW - top)
        painter.end()

    def _paint_months(self, painter: QPainter) -> None:
        left, width = self._room()
        metrics = QFontMetrics(painter.font())
        names = QLocale(language())
        roomy = width * 30 // self._days() >= 2 * _LEAST_MONTH
        month = self._from.replace(day=1)
        until = self._from + timedelta(days=self._days())
        painter.setClipRect(left, 0, width, self.viewport().height())
        free = left
        while month < until:
            x = self._x(_seconds(datetime(month.year, month.month, 1)))
            painter.setPen(QPen(theme.colour("line"), 1))
            painter.drawLine(x, HEAD - 6, x, self.viewport().height())
            words = names.standaloneMonthName(month.month, QLocale.FormatType.ShortFormat).removesuffix(".")
            if month.month == 1 or free == left:
                words = f"{words} {month.year}"
            if x + 3 >= free and x >= left - 1 and (roomy or month.month in _QUARTERS or free == left):
                painter.setPen(theme.colour("muted"))
                painter.drawText(x + 3, HEAD - 9, words)
                free = x + 3 + metrics.horizontalAdvance(words) + 4
            month = _month_after(month)
        painter.setClipping(False)
        if not self._single:
            painter.setPen(theme.colour("muted"))
            painter.drawText(
                QRect(left + width, 0, self._nights() - 10, HEAD - 4),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                _("Trap nights"),
            )

    def _paint_row(self, painter: QPainter, n: int, y: int) -> None:
        one = self.strips[n]
        left, width = self._room()
        if not self._single:
            self._paint_words(painter, n, y)
        painter.save()
        painter.setClipRect(QRect(left, max(y, HEAD), width, ROW))
        middle = y + 6 + _BAR // 2
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(left, middle, left + width, middle)
        accent, warn = theme.colour("accent"), theme.colour("attention")
        for start, end in one.set_up:
            box = self._box(start, end, y)
            painter.setPen(QPen(warn, 1))
            painter.setBrush(theme.colour("attention_on"))
            painter.drawRect(box)
            painter.setBrush(QBrush(warn, Qt.BrushStyle.BDiagPattern))
            painter.drawRect(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        for start, end in one.working:
            painter.drawRect(self._box(start, end, y).adjusted(0, 0, 1, 1))
        self._paint_elsewhere(painter, one, y)
        self._paint_open(painter, one, y)
        self._paint_reasons(painter, one, y)
        painter.setPen(QPen(theme.colour("text"), 1))
        places = {self._x((taken.toordinal() - _EPOCH) * effort.DAY + _NOON) for taken in self.days_of(one.id) or ()}
        painter.drawLines([QLine(x, y + _BAR + 9, x, y + _BAR + 14) for x in places if left <= x <= left + width])
        painter.restore()

    def _paint_words(self, painter: QPainter, n: int, y: int) -> None:
        one = self.strips[n]
        if n == self.row:
            painter.fillRect(QRect(0, y, self.viewport().width(), ROW), theme.colour("selection"))
            if self.hasFocus():
                painter.setPen(QPen(theme.colour("accent"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRect(1, y + 1, self.viewport().width() - 3, ROW - 3))
        middle = Qt.AlignmentFlag.AlignVCenter
        room = QRect(10, y, self._names() - 18, ROW)
        painter.setPen(theme.colour("text"))
        name = painter.fontMetrics().elidedText(one.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, name)
        left, width = self._room()
        nights = _("not known") if one.nights is None else decimal(one.nights)
        painter.setPen(theme.colour("muted" if one.nights is None else "text"))
        painter.drawText(QRect(left + width, y, self._nights() - 10, ROW), Qt.AlignmentFlag.AlignRight | middle, nights)

    def _box(self, start: int, end: int, y: int) -> QRect:
        x = self._x(start)
        return QRect(x, y + 6, max(1, self._x(end) - x - 1), _BAR)

    def _paint_open(self, painter: QPainter, one: Strip, y: int) -> None:
        if one.since is None:
            return
        left, width = self._room()
        box = QRect(self._x(one.since), y + 6, left + width - self._x(one.since) - 2, _BAR)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("muted"), 1, Qt.PenStyle.DashLine))
        painter.drawRect(box)
        words = _("not taken down yet")
        if QFontMetrics(painter.font()).horizontalAdvance(words) + 8 < box.width():
            painter.setPen(theme.colour("muted"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_elsewhere(self, painter: QPainter, one: Strip, y: int) -> None:
        """Where a camera's whole time is out of sight: on which side it lies, and when it was set up."""
        left, width = self._room()
        if not one.set_up or (self._x(one.set_up[-1][1]) > left and self._x(one.set_up[0][0]) < left + width):
            return
        before = self._x(one.set_up[0][0]) < left
        when = str(effort.as_time(one.set_up[0][0]).year)
        words = f"‹ {when}" if before else f"{when} ›"
        side = Qt.AlignmentFlag.AlignLeft if before else Qt.AlignmentFlag.AlignRight
        painter.setPen(theme.colour("muted"))
        painter.drawText(QRect(left + 6, y, width - 12, 28), side | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_reasons(self, painter: QPainter, one: Strip, y: int) -> None:
        metrics = QFontMetrics(painter.font())
        for (start, end), reason in one.failures:
            box = self._box(start, end, y)
            wide = metrics.horizontalAdvance(reason) + 8
            if wide + 8 > box.width():
                continue
            plate = QRect(box.center().x() - wide // 2, box.top() + 1, wide, _BAR - 1)
            painter.fillRect(plate, theme.colour("surface"))
            painter.setPen(theme.colour("attention"))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, reason)

    # -- words for one day -------------------------------------------------------------------------------------

    def words_at(self, at: QPoint) -> str:
        """What is known of the day under a point: "12 Jan 2025: not working · Snow"."""
        n = 0 if self._single else (at.y() - HEAD + self.verticalScrollBar().value()) // ROW
        left, width = self._room()
        if not 0 <= n < len(self.strips) or at.y() < HEAD:
            return ""
        if not left <= at.x() <= left + width:
            return self.strips[n].unknown or self.strips[n].name
        there = self._from + timedelta(days=(at.x() - left) * self._days() // width)
        return f"{day(there)}: {self.status(self.strips[n], there)}"

    def status(self, one: Strip, there: date) -> str:
        """Working, not working and why, or not set up, on one day."""
        start = _seconds(datetime(there.year, there.month, there.day))
        end = start + effort.DAY
        if not any(a < end and b > start for a, b in one.set_up):
            return _("not taken down yet") if one.since is not None and one.since < end else _("not set up")
        hours = sum(max(0, min(b, end) - max(a, start)) for a, b in one.working) / 3600
        reasons = [why for (a, b), why in one.failures if a < end and b > start]
        state = (
            _("working") if hours >= 24 else _("working {n} h").format(n=decimal(hours)) if hours else _("not working")
        )
        pictures = [_("pictures")] if there in (self.days_of(one.id) or ()) else []
        return " · ".join([state, *reasons, *pictures])

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos()), self)
            return True
        return super().viewportEvent(event)

    # -- moving ------------------------------------------------------------------------------------------------

    def choose_record(self, record: bytes) -> None:
        """Choose a deployment now, or as soon as it is among the rows."""
        row = next((n for n, one in enumerate(self.strips) if one.id == record), -1)
        self._wanted = record if row < 0 else None
        if row >= 0:
            self.choose(row)

    def choose(self, row: int) -> None:
        """Choose a row and bring it into sight."""
        if not self.strips:
            return
        self.row = max(0, min(row, len(self.strips) - 1))
        self._see(self.row)
        self._see_time(self.strips[self.row])
        self._look()
        self.moved.emit(self.current)

    def _see_time(self, one: Strip) -> None:
        """Move through the time to where the chosen camera worked, if nothing of that is shown."""
        if not one.set_up:
            return
        begun, ended = (effort.as_time(edge).date() for edge in (one.set_up[0][0], one.set_up[-1][1]))
        if ended < self._from or begun > self._from + timedelta(days=self._days()):
            self._from = begun.replace(day=1)
            self.go(0)

    def _see(self, row: int) -> None:
        bar = self.verticalScrollBar()
        room = max(ROW, self.viewport().height() - HEAD)
        bar.setValue(max(min(bar.value(), row * ROW), (row + 1) * ROW - room))

    def go(self, months: int) -> None:
        """Move through the time, where not all of it is shown."""
        wanted = self._from + timedelta(days=30 * months)
        latest = max(self._first, self._last - timedelta(days=self._days()))
        self._from = max(self._first, min(wanted, latest))
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, (self.viewport().height() - HEAD) // ROW)
        steps = {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self.strips),
            Qt.Key.Key_End: len(self.strips),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.choose(self.row + steps[key])
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.go(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._single:
            self.setFocus()
            n = (event.position().toPoint().y() - HEAD + self.verticalScrollBar().value()) // ROW
            if event.position().y() >= HEAD and 0 <= n < len(self.strips):
                self.choose(n)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._single and event.position().y() >= HEAD and self.current is not None:
            self.opened.emit(self.current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.go(0)
        self._see(self.row)
        self._look()


class Legend(QWidget):
    """What the shapes of the calendar mean, each beside its word."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _words(self) -> list[str]:
        return [_("working"), _("not working"), _("not set up"), _("pictures taken")]

    def sizeHint(self) -> QSize:
        width = sum(self.fontMetrics().horizontalAdvance(word) + 46 for word in self._words())
        return QSize(width, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 24 * self._rows(self.width()))

    def _places(self, width: int) -> list[QPoint]:
        x = y = 0
        places = []
        for word in self._words():
            wide = 46 + self.fontMetrics().horizontalAdvance(word)
            if x and x + wide > width:
                x, y = 0, y + 24
            places.append(QPoint(x, y))
            x += wide
        return places

    def _rows(self, width: int) -> int:
        return self._places(max(width, 60))[-1].y() // 24 + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(24 * self._rows(self.width()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for n, (word, at) in enumerate(zip(self._words(), self._places(self.width()), strict=True)):
            box = QRect(at.x(), at.y() + 6, 22, 12)
            if n == 0:
                painter.fillRect(box, theme.colour("accent"))
            elif n == 1:
                painter.fillRect(box, theme.colour("attention_on"))
                painter.setPen(QPen(theme.colour("attention"), 1))
                painter.setBrush(QBrush(theme.colour("attention"), Qt.BrushStyle.BDiagPattern))
                painter.drawRect(box)
            elif n == 2:
                painter.setPen(QPen(theme.colour("muted"), 1))
                painter.drawLine(box.left(), box.center().y(), box.right(), box.center().y())
            else:
                painter.setPen(QPen(theme.colour("text"), 1))
                for x in (4, 9, 11, 18):
                    painter.drawLine(box.left() + x, box.top() + 4, box.left() + x, box.bottom() - 1)
            painter.setPen(theme.colour("muted"))
            painter.drawText(at.x() + 28, at.y() + 17, word)
        painter.end()


def _month_after(one: date) -> date:
    return (one.replace(day=1) + timedelta(days=32)).replace(day=1)
