"""When a patrol was out and in which legs, as two short tables of fields that the keyboard walks through.

A patrol of one day in one leg is one line. What stands in the lines goes into the record with all other fields, as one
act.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import patrol_days, people
from ranger_app.actions.patrol_days import Day, Leg
from ranger_app.domain.fields import Field, Value
from ranger_app.domain.kinds_patrol import PATROL, TRANSPORTS
from ranger_app.i18n import _
from ui.numbers import clock
from ui.widgets.buttons import button
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.field_editors import FieldEditor
from ui.widgets.layouts import clear
from ui.widgets.text import label, restyle


class Part(FieldEditor):
    """One field of the record that a block of lines holds; the form treats it as any other field."""

    def __init__(self, field: Field, read: Callable[[], Value], show: Callable[[Value], None], block: QWidget) -> None:
        self._read_block, self._show_block = read, show
        super().__init__(field, block)
        self._shown: Value = None
        self.hide()

    def put(self, value: Value) -> None:
        self._shown = value
        self._show_block(value)

    def value(self) -> Value:
        return self._shown if self.withheld else self._read_block()

    def typed(self) -> str:
        return ""

    def offer(self, names: Sequence[tuple[bytes, str]]) -> None:
        pass


class DaysBlock(QWidget):
    """The days: date, start, end, rest. ``edited`` when a person changes something."""

    edited = Signal()
    rebuilt = Signal()
    """There are other lines than before."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, Value] = {}
        self._legs: Callable[[], int] = lambda: 1
        self._told = False
        self.rows: list[_DayRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        column.addLayout(self._grid)
        row = QHBoxLayout()
        self.add_button = button(_("Add a day"), self.add, key="Ctrl+D", role="quiet", icon="add")
        row.addWidget(self.add_button)
        self.sum = label("", "sentence")
        row.addWidget(self.sum)
        row.addStretch(1)
        column.addLayout(row)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        names = ("date", "start", "end", "days")
        self.parts = {
            name: Part(PATROL.field(name), partial(self._value, name), partial(self._put, name), self) for name in names
        }
        self._build([Day()])

    def count_legs(self, legs: Callable[[], int]) -> None:
        """How many legs there are: with several, each day names its leg."""
        self._legs = legs

    # -- showing -----------------------------------------------------------------------------------------------

    def _put(self, name: str, value: Value) -> None:
        self._values[name] = value
        if name != "days":
            return
        found = patrol_days.days(value)
        self._told = bool(found)
        if not found:
            start, end, day = (self._values.get(one) for one in ("start", "end", "date"))
            found = [Day(1, _text(day) or (_text(start) or "")[:10] or None, _text(start), _text(end))]
        self._build(found)

    def _build(self, days: Sequence[Day]) -> None:
        clear(self._grid)
        self.rows = []
        self.say("")
        several = self._legs() > 1
        words = [_("Date"), _("Start"), _("End"), _("Rest, min"), *([_("Leg")] if several else [])]
        for place, word in enumerate(words):
            self._grid.addWidget(label(word, "muted"), 0, place)
        for day in days:
            self._add_row(day, several)
        self._grid.setColumnStretch(6, 1)
        self.parts["date"].control = self.rows[0].date
        self._sum()

    def _add_row(self, day: Day, several: bool) -> _DayRow:
        row = _DayRow(day, self)
        self.rows.append(row)
        line = len(self.rows)
        for place, control in enumerate(row.controls(several)):
            self._grid.addWidget(control, line, place)
            control.show()  # now, or the keyboard could not go there yet
            control.textEdited.connect(lambda _text: self._changed())
        if line > 1:
            off = button("×", lambda: self._remove(row), role="quiet")
            off.setAccessibleName(_("Remove the day"))
            off.setToolTip(_("Remove the day"))
            off.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # by keyboard an emptied line does the same
            row.remove = off
            self._grid.addWidget(off, line, 5)
        self.rebuilt.emit()
        return row

    def controls(self) -> list[QWidget]:
        """All that the keyboard walks through, in order."""
        several = self._legs() > 1
        return [*(control for row in self.rows for control in row.controls(several)), self.add_button]

    def legs_changed(self) -> None:
        """Show or drop the column of legs."""
        found = [row.as_typed() for row in self.rows]
        self._build([Day()] * len(found))
        for row, texts in zip(self.rows, found, strict=True):
            row.type(texts)
        self._sum()

    # -- what a person does ------------------------------------------------------------------------------------

    def add(self) -> None:
        """One more day, like the one before it."""
        last = self.rows[-1]
        day = patrol_days.date_of(last.date.text(), self._near(last))
        after = (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else ""
        row = self._add_row(Day(), self._legs() > 1)
        row.type((after, last.start.text(), last.end.text(), last.rest.text(), str(self._legs())))
        row.date.setFocus()
        row.date.selectAll()
        self._changed()

    def _remove(self, row: _DayRow) -> None:
        found = [one.as_typed() for one in self.rows if one is not row]
        self._build([Day()] * len(found))
        for one, texts in zip(self.rows, found, strict=True):
            one.type(texts)
        self.rows[-1].date.setFocus()
        self._changed()

    def _changed(self) -> None:
        self.say("")
        self._sum()
        self.edited.emit()

    def _near(self, row: _DayRow) -> str:
        """The date that a short one is completed by: that of the line above, or the one shown before."""
        place = self.rows.index(row)
        if place:
            return patrol_days.date_of(self.rows[place - 1].date.text(), self._near(self.rows[place - 1])) or ""
        return _text(self._values.get("date")) or date.today().isoformat()

    def spell_out(self, row: _DayRow) -> None:
        """Write short dates and times in full, so that a person sees what was understood."""
        day = patrol_days.date_of(row.date.text(), self._near(row))
        if day:
            row.date.setText(day)
        for line in (row.start, row.end):
            read = patrol_days.clock(line.text())
            if read:
                line.setText(f"{read[0]:02d}:{read[1]:02d}")

    # -- reading -----------------------------------------------------------------------------------------------

    def _read(self) -> list[Day]:
        """The days as typed; ValueError with the sentence, shown under the lines."""
        found: list[Day] = []
        for number, row in enumerate(self.rows, 1):
            texts = row.as_typed()
            if number > 1 and not any(texts[:3]):
                continue
            word = _("Day {n}").format(n=number)
            day = patrol_days.date_of(texts[0], self._near(row)) or texts[0]
            if not day and not any(texts[1:4]):
                continue
            try:
                leg = int(texts[4]) if texts[4].isdecimal() else 1
                found.append(row.keep(patrol_days.day_of(word, day, *texts[1:4], leg=leg)))
            except ValueError as error:
                self.say(str(error))
                row.mark(True)
                self.parts["date"].control = row.date
                raise
            row.mark(False)
        self.parts["date"].control = self.rows[0].date
        return sorted(found, key=lambda day: (day.date or "", day.start or ""))

    def _value(self, name: str) -> Value:
        days = self._read()
        if name == "date":
            return days[0].date if days else None
        if name == "days":
            told = self._told or len(days) > 1 or any(day.rest_minutes is not None for day in days)
            return patrol_days.days_text(days) if told else None
        times = [one for day in days if (one := day.start if name == "start" else day.end) is not None]
        return (min(times) if name == "start" else max(times)) if times else None

    def _sum(self) -> None:
        seconds = 0.0
        for number, row in enumerate(self.rows, 1):
            texts = row.as_typed()
            try:
                day = patrol_days.date_of(texts[0], self._near(row)) or texts[0]
                one = patrol_days.day_of(str(number), day, *texts[1:4])
            except ValueError:
                continue
            span = patrol_days.spans({"days": patrol_days.days_text([one])})
            if one.start and one.end and span:
                seconds += (span[0][1] - span[0][0]).total_seconds() - 60 * (one.rest_minutes or 0)
        hours = clock(seconds) if seconds > 0 else ""
        self.sum.setText(_("{hours} hours in the field").format(hours=hours) if hours else "")

    def say(self, sentence: str) -> None:
        """Show what is wrong; an empty sentence clears it."""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))


class _DayRow(QObject):
    """The controls of one day. What was read with seconds stays so while its minute is not changed."""

    def __init__(self, day: Day, block: DaysBlock) -> None:
        super().__init__(block)
        self._day, self._block = day, block
        self.remove: QWidget | None = None
        self.date, self.start, self.end, self.rest, self.leg = (QLineEdit(block) for _n in range(5))
        self.leg.hide()  # until there are several legs to choose from
        for line, words, hint, width in (
            (self.date, _("Date"), "2026-01-31", 116),
            (self.start, _("Start"), "8:00", 72),
            (self.end, _("End"), "17:30", 72),
            (self.rest, _("Rest, min"), "0", 72),
            (self.leg, _("Leg"), "1", 56),
        ):
            line.setAccessibleName(words)
            line.setPlaceholderText(hint)
            line.setFixedWidth(width)
            line.installEventFilter(self)
        rest = "" if day.rest_minutes is None else str(day.rest_minutes)
        self.type((day.date or "", (day.start or "")[11:16], (day.end or "")[11:16], rest, str(day.leg)))

    def controls(self, several: bool) -> list[QLineEdit]:
        return [self.date, self.start, self.end, self.rest, *([self.leg] if several else [])]

    def as_typed(self) -> tuple[str, str, str, str, str]:
        return (
            self.date.text().strip(),
            self.start.text().strip(),
            self.end.text().strip(),
            self.rest.text().strip(),
            self.leg.text().strip(),
        )

    def type(self, texts: tuple[str, str, str, str, str]) -> None:
        for line, text in zip((self.date, self.start, self.end, self.rest, self.leg), texts, strict=True):
            line.setText(text)

    def keep(self, read: Day) -> Day:
        for name in ("start", "end"):
            before, now = getattr(self._day, name), getattr(read, name)
            if before and now and before[:16] == now[:16]:
                read = replace(read, **{name: before})
        return read

    def mark(self, wrong: bool) -> None:
        for line in self.controls(True):
            if bool(line.property("wrong")) != wrong:
                line.setProperty("wrong", wrong)
                restyle(line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and self in self._block.rows:
            self._block.spell_out(self)
        return super().eventFilter(watched, event)


class LegsBlock(QWidget):
    """The legs: transport, leader, members, mandate. Nothing but one button while the patrol has one leg."""

    edited = Signal()
    counted = Signal()
    """There are more or fewer legs than before."""
    rebuilt = Signal()
    """There are other lines than before."""

    def __init__(self, transport: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transport = transport
        self._names: list[tuple[bytes, str]] = []
        self._single: Leg | None = None
        """The one leg of a patrol that has nothing of its own to say."""
        self.rows: list[_LegRow] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.heading = label(_("Legs · what is empty is as above"), "muted")
        column.addWidget(self.heading)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        column.addLayout(self._grid)
        row = QHBoxLayout()
        self.add_button = button(_("Add a leg"), self.add, key="Ctrl+L", role="quiet", icon="add")
        row.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.one = label(_("One leg: the same transport and people all the way."), "sentence", wrap=True)
        row.addWidget(self.one, 1)
        column.addLayout(row)
        self.wrong = label("", "warning", wrap=True)
        self.wrong.hide()
        column.addWidget(self.wrong)
        self.part = Part(replace(PATROL.field("legs"), refers_to="person"), self._value, self._put, self)
        self.part.offer = self.offer  # type: ignore[method-assign]
        self._build([])

    def controls(self) -> list[QWidget]:
        """All that the keyboard walks through, in order."""
        return [*(control for row in self.rows for control in row.controls()), self.add_button]

    def offer(self, names: Sequence[tuple[bytes, str]]) -> None:
        """The people that may be named."""
        self._names = list(names)
        for row in self.rows:
            row.know(self._names)

    def number(self) -> int:
        """How many legs there are, one where none is written down."""
        return max(1, len(self.rows))

    def _put(self, value: Value) -> None:
        found = patrol_days.legs(value)
        self._single = None
        if len(found) == 1 and not (found[0].leader or found[0].members or found[0].mandate):
            self._single, found = found[0], []
        self._build(found)

    def _build(self, legs: Sequence[Leg]) -> None:
        before = self.number()
        clear(self._grid)
        self.rows = []
        self.say("")
        words = ("", _("Transport"), _("Leader"), _("Members"), _("Mandate"))
        for place, word in enumerate(words if legs else ()):
            self._grid.addWidget(label(word, "muted"), 0, place)
        for leg in legs:
            self._add_row(leg)
        for place, share in enumerate((0, 0, 3, 5, 3)):
            self._grid.setColumnStretch(place, share)
        self._shown(before)

    def _shown(self, before: int) -> None:
        self.one.setVisible(not self.rows)
        self.heading.setVisible(bool(self.rows))
        if self.number() != before:
            self.counted.emit()
        self.rebuilt.emit()

    def _add_row(self, leg: Leg) -> _LegRow:
        row = _LegRow(leg)
        row.know(self._names)
        self.rows.append(row)
        line = len(self.rows)
        self._grid.addWidget(label(str(leg.number), "strong"), line, 0)
        for place, control in enumerate(row.controls(), 1):
            self._grid.addWidget(control, line, place)
            control.show()
            if isinstance(control, QLineEdit):
                control.textEdited.connect(lambda _text: self._changed())
            else:
                control.activated.connect(lambda _index: self._changed())
        off = button("×", lambda: self._remove(row), role="quiet")
        off.setAccessibleName(_("Remove the leg"))
        off.setToolTip(_("Remove the leg"))
        off.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # by keyboard an emptied line does the same
        self._grid.addWidget(off, line, 5)
        return row

    def add(self) -> None:
        """One more leg; the first time, what the patrol was so far becomes the first."""
        before = self.number()
        if not self.rows:
            only = self._single or Leg(1)
            self._build([replace(only, transport=self._transport() or only.transport)])
        number = max(row.leg.number for row in self.rows) + 1
        row = self._add_row(Leg(number))
        self._shown(before)
        row.transport.setFocus()
        self._changed()

    def _remove(self, row: _LegRow) -> None:
        before = self.number()
        left = [one for one in self.rows if one is not row]
        typed = [one.as_typed() for one in left]
        self._build([one.leg for one in left])
        for one, texts in zip(self.rows, typed, strict=True):
            one.type(texts)
        self._shown(before)
        self.add_button.setFocus()
        self._changed()

    def _changed(self) -> None:
        self.say("")
        self.edited.emit()

    def _value(self) -> Value:
        if not self.rows:
            return patrol_days.legs_text([self._single] if self._single else [])
        try:
            return patrol_days.legs_text([row.read() for row in self.rows if row is self.rows[0] or not row.empty()])
        except ValueError as error:
            self.say(str(error))
            self.part.control = self.rows[0].leader
            raise

    def say(self, sentence: str) -> None:
        """Show what is wrong; an empty sentence clears it."""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))


class _LegRow:
    """The controls of one leg."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self._names: list[tuple[bytes, str]] = []
        self.transport = ChoiceBox()
        self.transport.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.transport.setMinimumContentsLength(10)
        self.transport.addItem("", None)
        for choice in TRANSPORTS:
            self.transport.addItem(_(choice.label), choice.code)
        self.leader, self.members, self.mandate = QLineEdit(), QLineEdit(), QLineEdit()
        for control, words in (
            (self.transport, _("Transport")),
            (self.leader, _("Leader")),
            (self.members, _("Members")),
            (self.mandate, _("Mandate")),
        ):
            control.setAccessibleName(words)
            control.setMinimumWidth(60)
        self.transport.setCurrentIndex(max(0, self.transport.findData(leg.transport)))
        self.mandate.setText(leg.mandate or "")

    def controls(self) -> list[QComboBox | QLineEdit]:
        return [self.transport, self.leader, self.members, self.mandate]

    def know(self, names: list[tuple[bytes, str]]) -> None:
        first = not self._names
        self._names = names
        if first:
            self.leader.setText(self._name(self.leg.leader) if self.leg.leader else "")
            self.members.setText(", ".join(self._name(one) for one in self.leg.members))
            for line in (self.leader, self.members, self.mandate):
                line.setCursorPosition(0)

    def _name(self, person: bytes) -> str:
        return next((name for one, name in self._names if one == person), person.hex())

    def as_typed(self) -> tuple[int, str, str, str]:
        return (self.transport.currentIndex(), self.leader.text(), self.members.text(), self.mandate.text())

    def empty(self) -> bool:
        """Whether nothing is said of the leg."""
        return self.transport.currentData() is None and not any(text.strip() for text in self.as_typed()[1:])

    def type(self, texts: tuple[int, str, str, str]) -> None:
        self.transport.setCurrentIndex(texts[0])
        for line, text in zip((self.leader, self.members, self.mandate), texts[1:], strict=True):
            line.setText(text)

    def read(self) -> Leg:
        """The leg as typed; ValueError naming the person who is not known."""
        leader = self.leader.text().strip()
        members = [name.strip() for name in self.members.text().split(",") if name.strip()]
        transport = self.transport.currentData()
        return replace(
            self.leg,
            transport=transport if isinstance(transport, str) else None,
            leader=self._person(leader) if leader else None,
            members=tuple(dict.fromkeys(self._person(name) for name in members)),
            mandate=self.mandate.text().strip() or None,
        )

    def _person(self, name: str) -> bytes:
        found = people.one_meant(self._names, name)
        if found is None:
            raise ValueError(_("There is no single person called {name}.").format(name=name))
        return found


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) and value else None
