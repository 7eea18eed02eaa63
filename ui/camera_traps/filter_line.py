"""Which pictures the grid shows: deployment, what is seen, from when to when, only those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from ranger_app.domain.fields import Field, Type
from ranger_app.domain.values import parse
from ranger_app.i18n import _, ngettext
from ranger_app.store.gallery import Filter
from ui.camera_traps.side_by_side import SideBySide
from ui.numbers import number
from ui.widgets.text import label, restyle

_DAY = timedelta(days=1)


class PickBox(QComboBox):
    """A list to pick from; ``closed`` when its popup is, so that the letters can go back to the pictures."""

    closed = Signal()

    def hidePopup(self) -> None:
        super().hidePopup()
        QTimer.singleShot(0, self, self.closed.emit)


class FilterLine(SideBySide):
    """``changed(Filter)`` whenever a person chooses otherwise."""

    changed = Signal(object)
    left = Signal()
    """The keyboard goes back to the pictures."""

    def __init__(self, utc_offset: int, parent: QWidget | None = None) -> None:
        super().__init__(spacing=8, parent=parent)
        self._offset = utc_offset
        self._filter = Filter()
        what, when = QWidget(), QWidget()
        row, more = QHBoxLayout(what), QHBoxLayout(when)
        for line in (row, more):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
        self.deployment = PickBox()
        self.deployment.setAccessibleName(_("Deployment"))
        self.species = PickBox()
        self.species.setAccessibleName(_("What is seen"))
        for box, least in ((self.deployment, 230), (self.species, 190)):
            box.setMinimumWidth(least)
            box.setMaximumWidth(420)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.activated.connect(lambda _index: self._choose())
            box.closed.connect(self.left)
            row.addWidget(box, 1)
        self.start = self._date(_("From 2026-01-31"), _("From"))
        self.end = self._date(_("To 2026-01-31"), _("To"))
        more.addWidget(self.start)
        more.addWidget(self.end)
        self.to_review = QCheckBox(_("To review only") + "   R")
        self.to_review.toggled.connect(lambda _on: self._choose())
        more.addWidget(self.to_review)
        more.addStretch(1)
        self.count = label("", "sentence")
        more.addWidget(self.count)
        self.add(what)
        self.add(when, 1)
        self.offer_deployments([])
        self.offer_species([])

    def _date(self, hint: str, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(hint)
        made.setAccessibleName(name)
        made.setFixedWidth(142)
        made.editingFinished.connect(self._choose)
        made.returnPressed.connect(self.left)
        return made

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
        for box, value in ((self.deployment, wanted.deployment), (self.species, wanted.shown)):
            place = next((n for n in range(box.count()) if box.itemData(n) == value), -1)
            if place < 0 and value is not None:
                box.addItem("…" if isinstance(value, bytes) else str(value), value)
                place = box.count() - 1
            box.setCurrentIndex(max(0, place))
        for line, moment, back in ((self.start, wanted.start, 0), (self.end, wanted.end, 0)):
            if not line.hasFocus():
                line.setText(self._day_of(moment - back) if moment is not None else "")
        self.to_review.blockSignals(True)
        self.to_review.setChecked(wanted.review == "open")
        self.to_review.blockSignals(False)

    def _choose(self) -> None:
        start, end = self._seconds(self.start), self._seconds(self.end, _DAY)
        species, deployment = self.species.currentData(), self.deployment.currentData()
        wanted = Filter(
            deployment=deployment if isinstance(deployment, bytes) else None,
            review="open" if self.to_review.isChecked() else "",
            shown=species if isinstance(species, str) else None,
            start=start,
            end=end - 1 if end is not None else None,
        )
        if wanted != self._filter:
            self._filter = wanted
            self.changed.emit(wanted)

    def _seconds(self, line: QLineEdit, more: timedelta = timedelta(0)) -> int | None:
        """UTC seconds of the local midnight a day begins with; None for no day, or one that cannot be read."""
        wrong = False
        try:
            value = parse(Field("day", "", Type.DATE), line.text())
        except ValueError as error:
            value, wrong = None, True
            line.setToolTip(str(error))
        if bool(line.property("wrong")) != wrong:
            line.setProperty("wrong", wrong)
            restyle(line)
        if not isinstance(value, str):
            return None
        try:
            there = datetime.combine(date.fromisoformat(value), datetime.min.time(), UTC) + more
        except OverflowError:
            return None
        return int(there.timestamp()) - self._offset * 60

    def _day_of(self, seconds: int) -> str:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds + self._offset * 60)).date().isoformat()
