"""Which pictures the grid shows: deployment, what is seen, area, month or days, marks, only those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions.review import FLAGS
from ranger_app.i18n import N_, _, ngettext
from ranger_app.store.events import month_span
from ranger_app.store.gallery import Filter
from ui.camera_traps.side_by_side import SideBySide
from ui.numbers import number
from ui.widgets.day_line import DayLine
from ui.widgets.text import label

_DAY = timedelta(days=1)
_OTHER_DAYS = "days"
_FOR_THE_COUNT = 760
"""Narrower than this the controls need the room."""
_LETTERS = 13
"""What a box has room for at least."""
MACHINE: dict[str, str] = {
    "machine:blank": N_("likely blank (machine)"),
    "machine:animal": N_("something there (machine)"),
    "machine:first": N_("surest of a machine first"),
}
"""What machines say of pictures that wait, offered beside the marks."""


def _mark_of(wanted: Filter) -> str | None:
    """What stands in the box of marks for a filter."""
    if wanted.hint:
        return f"machine:{wanted.hint}"
    return "machine:first" if wanted.order == "hint" else wanted.flag or None


def _line(side: SideBySide, stretch: int) -> QHBoxLayout:
    part = QWidget()
    made = QHBoxLayout(part)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(8)
    side.add(part, stretch)
    return made


class PickBox(QComboBox):
    """A list to pick from; ``closed`` when its popup is, so that the letters can go back to the pictures."""

    closed = Signal()

    def hidePopup(self) -> None:
        super().hidePopup()
        QTimer.singleShot(0, self, self._say_closed)

    def _say_closed(self) -> None:
        if self.isVisible():  # Qt closes the popup of a list that is hidden with its page, too
            self.closed.emit()


class FilterLine(QWidget):
    """``changed(Filter)`` whenever a person chooses otherwise; ``jumped(UTC seconds)`` for a day typed to go to."""

    changed = Signal(object)
    jumped = Signal(object)
    left = Signal()
    """The keyboard goes back to the pictures."""

    def __init__(self, utc_offset: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offset = utc_offset
        self._filter = Filter()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        upper, more = SideBySide(spacing=8), QHBoxLayout()
        more.setSpacing(8)
        column.addWidget(upper)
        column.addLayout(more)
        row, behind = _line(upper, 3), _line(upper, 2)
        self.deployment = self._box(row, _("Deployment"), 5)
        self.species = self._box(row, _("What is seen"), 4)
        self.area = self._box(row, _("Protected area"), 4)
        self.month = self._box(behind, _("Month"), 3)
        self.flag = self._box(behind, _("Marks"), 4)
        self.start = self._date(_("From 2026-01-31"), _("From"))
        self.end = self._date(_("To 2026-01-31"), _("To"))
        self.jump = DayLine(_("Go to a day") + "   Ctrl+G", _("Go to a day"), 190)
        self.jump.returnPressed.connect(self._jump)
        self.to_review = QCheckBox(_("To review only") + "   R")
        self.to_review.toggled.connect(lambda _on: self._choose())
        more.addWidget(self.to_review)
        more.addStretch(1)
        self.count = label("", "sentence")
        for part in (self.start, self.end, self.jump, self.count):
            more.addWidget(part)
        self.events = more
        """Where the page puts the rule of events, behind "To review only"."""
        self.offer_deployments([])
        self.offer_species([])
        self.offer_places([], [])
        for code, word in {**MACHINE, **FLAGS}.items():
            self.flag.addItem(_(word), code)

    def _box(self, row: QHBoxLayout, name: str, stretch: int) -> PickBox:
        box = PickBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setMinimumWidth(110)
        box.setMinimumContentsLength(_LETTERS)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(lambda _index, box=box: self._picked(box))
        box.closed.connect(self.left)
        row.addWidget(box, stretch)
        if name == _("Marks"):
            box.addItem(_("Any mark or none"), None)
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _FOR_THE_COUNT
        self.count.setVisible(wide)
        self.jump.setFixedWidth(190 if wide else 120)
        self.jump.setPlaceholderText(_("Go to a day") + ("   Ctrl+G" if wide else ""))

    def put_rule(self, *parts: QWidget) -> None:
        """Show the rule of events behind "To review only"."""
        for place, part in enumerate(parts, 1):
            self.events.insertWidget(place, part)

    def _date(self, hint: str, name: str) -> DayLine:
        made = DayLine(hint, name, 128)
        made.editingFinished.connect(self._choose)
        made.returnPressed.connect(self.left)
        made.hide()
        return made

    def _jump(self) -> None:
        moment = self._seconds(self.jump)
        if moment is not None:
            self.jumped.emit(moment)
            self.jump.clear()
            self.left.emit()

    def _picked(self, box: PickBox) -> None:
        if box is self.month:
            chosen = self.month.currentData()
            if chosen == _OTHER_DAYS:
                self._show_days(True)
                self.start.setFocus()
                return
            span = self._span(chosen)
            self._take(replace(self._filter, start=span[0], end=span[1]))
            self._show(self._filter)
            return
        self._choose()

    def _span(self, month: tuple[int, int] | None) -> tuple[int | None, int | None]:
        return month_span(month[0], month[1], self._offset) if month else (None, None)

    def _show_days(self, on: bool) -> None:
        self.start.setVisible(on)
        self.end.setVisible(on)

    # -- what can be chosen ------------------------------------------------------------------------------------

    def offer_deployments(self, names: Sequence[tuple[bytes, str]]) -> None:
        """The deployments to choose from; the choice is kept."""
        self._offer(self.deployment, [(_("All deployments"), None), *((name, record) for record, name in names)])
        self._show(self._filter)

    def offer_species(self, found: Sequence[tuple[str, str, int]]) -> None:
        """What is seen in the library: (word, code, number of pictures) each; the choice is kept."""
        words = [(f"{word}  ({number(n)})", code) for word, code, n in found]
        self._offer(self.species, [(_("Everything seen"), None), *words])
        self._show(self._filter)

    def offer_places(self, areas: Sequence[tuple[bytes, str]], months: Sequence[tuple[int, int]]) -> None:
        """The protected areas and the months with pictures to choose from; the choice is kept."""
        self._offer(self.area, [(_("All areas"), None), *((name, record) for record, name in areas)])
        words = [(f"{year}-{month:02d}", (year, month)) for year, month in months]
        self._offer(self.month, [(_("Any time"), None), *words, (_("From … to …"), _OTHER_DAYS)])
        self._show(self._filter)

    @staticmethod
    def _offer(box: QComboBox, items: Sequence[tuple[str, Any]]) -> None:
        if [(box.itemText(n), box.itemData(n)) for n in range(box.count())] == list(items):
            return
        box.clear()
        for word, data in items:
            box.addItem(word, data)

    # -- the filter --------------------------------------------------------------------------------------------

    @property
    def filter(self) -> Filter:
        """The filter chosen."""
        return self._filter

    def put(self, wanted: Filter) -> None:
        """Choose ``wanted``, as if a person had."""
        self._show(wanted)
        if wanted != self._filter:
            self._filter = wanted
            self.changed.emit(wanted)

    def show_count(self, shown: int) -> None:
        """How many pictures fit."""
        self.count.setText(ngettext("{n} picture", "{n} pictures", shown).format(n=number(shown)))

    def _show(self, wanted: Filter) -> None:
        for box, value in (
            (self.deployment, wanted.deployment),
            (self.species, wanted.shown),
            (self.area, wanted.area),
            (self.flag, _mark_of(wanted)),
        ):
            place = next((n for n in range(box.count()) if box.itemData(n) == value), -1)
            if place < 0 and value is not None:
                box.addItem("…" if isinstance(value, bytes) else str(value), value)
                place = box.count() - 1
            box.setCurrentIndex(max(0, place))
        self._show_time(wanted)
        self.to_review.blockSignals(True)
        self.to_review.setChecked(wanted.review == "open")
        self.to_review.blockSignals(False)

    def _show_time(self, wanted: Filter) -> None:
        span = (wanted.start, wanted.end)
        if span == (None, None):
            place = 0
        else:
            spans = {n: self.month.itemData(n) for n in range(self.month.count())}
            place = next(
                (n for n, one in spans.items() if isinstance(one, tuple) and self._span(one) == span),
                self.month.count() - 1,
            )
        other = place == self.month.count() - 1 and place > 0
        if not (self.start.hasFocus() or self.end.hasFocus()):
            self.month.setCurrentIndex(place)
            self._show_days(other)
        for line, moment in ((self.start, wanted.start), (self.end, wanted.end)):
            if not line.hasFocus():
                line.setText(self._day_of(moment) if moment is not None and other else "")

    def _choose(self) -> None:
        start, end = self._filter.start, self._filter.end
        if not self.start.isHidden():
            start, end = self._seconds(self.start), self._seconds(self.end, _DAY)
            end = end - 1 if end is not None else None
        species, deployment, area = (box.currentData() for box in (self.species, self.deployment, self.area))
        mark = str(self.flag.currentData() or "")
        self._take(
            Filter(
                deployment=deployment if isinstance(deployment, bytes) else None,
                review="open" if self.to_review.isChecked() else "",
                shown=species if isinstance(species, str) else None,
                start=start,
                end=end,
                area=area if isinstance(area, bytes) else None,
                flag="" if mark in MACHINE else mark,
                hint=mark.removeprefix("machine:") if mark in ("machine:blank", "machine:animal") else "",
                likely=self._filter.likely,
                order="hint" if mark in ("machine:animal", "machine:first") else "time",
            )
        )

    def _take(self, wanted: Filter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self.changed.emit(wanted)

    def _seconds(self, line: DayLine, more: timedelta = timedelta(0)) -> int | None:
        """UTC seconds of the local midnight a day begins with; None for no day, or one that cannot be read."""
        day = line.day()
        if day is None:
            return None
        try:
            there = datetime.combine(day, datetime.min.time(), UTC) + more
        except OverflowError:
            return None
        return int(there.timestamp()) - self._offset * 60

    def _day_of(self, seconds: int) -> str:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds + self._offset * 60)).date().isoformat()
