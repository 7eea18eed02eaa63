"""Which patrols the list shows: by state, leader, protected area and time, each picked from what there is."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ranger_app.actions.patrol_list import REOPENED, Narrowed
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ui.widgets.wrapped import Wrapped

_LETTERS = 7
Named = Sequence[tuple[bytes, str]]


class ListChoices(QWidget):
    """``changed(Narrowed)`` whenever a person picks otherwise. Each list's first entry is its name and means all."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayout(Wrapped(6))
        self.state = self._box(_("State"))
        self.leader = self._box(_("Leader"))
        self.area = self._box(_("Protected area"))
        self.time = self._box(_("Time"))
        states = [(choice.code, _(choice.label)) for choice in kind_named("patrol").field("state").choices]
        states.append((REOPENED, _("Changed since approval")))
        _fill(self.state, _("State"), states)

    def offer(self, leaders: Named, areas: Named, today: date) -> None:
        """Fill the lists; what is picked stays picked as long as it is there."""
        _fill(self.leader, _("Leader"), leaders)
        _fill(self.area, _("Area"), areas)
        _fill(self.time, _("Time"), _times(today))
        self.area.setVisible(len(areas) > 1)

    def narrowed(self) -> Narrowed:
        """What is picked."""
        state, span = self.state.currentData(), self.time.currentData()
        return Narrowed(
            frozenset((state,)) if state else frozenset(),
            self.leader.currentData(),
            span[0] if span else None,
            span[1] if span else None,
            self.area.currentData(),
        )

    def clear(self) -> None:
        """Show all patrols again."""
        if self.narrowed() == Narrowed():
            return
        for box in (self.state, self.leader, self.area, self.time):
            box.blockSignals(True)
            box.setCurrentIndex(0)
            box.blockSignals(False)
        self._tell()

    def _box(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setMinimumContentsLength(_LETTERS)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(self._tell)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(box)
        return box

    def _tell(self) -> None:
        self.changed.emit(self.narrowed())


def _fill(box: QComboBox, everything: str, entries: Sequence[tuple[object, str]]) -> None:
    before = box.currentData()
    box.blockSignals(True)
    box.clear()
    box.addItem(everything, None)
    for data, word in entries:
        box.addItem(word, data)
    place = next((n for n in range(box.count()) if box.itemData(n) == before), 0)
    box.setCurrentIndex(place)
    box.blockSignals(False)


def _times(today: date) -> list[tuple[object, str]]:
    first = today.replace(day=1)
    year, month = (first.year, first.month - 1) if first.month > 1 else (first.year - 1, 12)
    last_month = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return [
        ((first, today), _("This month")),
        (last_month, _("Last month")),
        ((date(today.year, 1, 1), today), _("This year")),
        ((date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)), _("Last year")),
    ]
