"""The list of patrols: a line each with date, leader, transport, kilometres, hours, state and waypoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.actions import listing, patrol_list
from ranger_app.actions.listing import Line
from ranger_app.actions.patrol_list import DATE, HOURS, KM, LEADER, REOPENED, TRANSPORT, WAYPOINTS, Narrowed, PatrolLine
from ranger_app.i18n import _, pgettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import day_at, decimal
from ui.patrols.list_choices import ListChoices
from ui.widgets.empty_state import EmptyState
from ui.widgets.origin_mark import origin_mark
from ui.widgets.table import FILTER_FROM, LinesModel, LineTable


class PatrolsModel(LinesModel):
    """Marks each patrol as this station's own or a partner's."""

    def __init__(self) -> None:
        super().__init__(
            [
                _("Date"),
                _("Leader"),
                _("Transport"),
                _("km"),
                _("Hours"),
                _("State"),
                pgettext("how many", "Waypoints"),
            ],
            [False, False, False, True, True, False, True],
        )

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() == KM and isinstance(line, PatrolLine):
            # Written for the eye when a row comes into view: ten thousand at once would take longer than reading them.
            return "" if line.metres is None else decimal(line.metres / 1000)
        if index.column() == DATE and isinstance(line, PatrolLine):
            if role == Qt.ItemDataRole.DecorationRole:
                return origin_mark(line.own)
            if role == Qt.ItemDataRole.ToolTipRole and not line.own:
                return _("From a partner")
        return super().data(index, role)


class PatrolTable(LineTable):
    """Patrols, newest first."""

    def __init__(
        self, library: Library, bridge: Bridge, add: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        empty = EmptyState(
            _("No patrols yet. Take the track from a GPS device, or enter one by hand."),
            _("From a GPS file"),
            add,
            icon="patrol",
            key="G",
        )
        self._library = library
        self._narrowed = Narrowed()
        self._states: dict[str, int] = {}
        self._taking = False
        super().__init__(
            bridge,
            PatrolsModel(),
            lambda: patrol_list.lines(library, self._narrowed),
            {"patrol", "track", "waypoint", "person"},
            empty,
            newest_first=DATE,
            spare={TRANSPORT: 560, WAYPOINTS: 560, HOURS: 500, KM: 430, LEADER: 330},
            parent=parent,
        )
        self.view.setAccessibleName(_("Patrols"))
        self.choices = ListChoices()
        self.choices.hide()
        self.choices.changed.connect(self._narrow_to)
        page = self._stack.widget(0)
        layout = page.layout() if page is not None else None
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, self.choices)

    def choose(self, record: bytes) -> None:
        """Choose ``record``, and show all patrols again where it is none of those picked."""
        if self._narrowed != Narrowed() and not self._taking and self.model.row_of(record) < 0:
            self.choices.clear()
        super().choose(record)

    def state_numbers(self) -> dict[str, int]:
        """How many patrols of the library stand in each state."""
        return self._states

    def _narrow_to(self, narrowed: Narrowed) -> None:
        self._narrowed = narrowed
        self.refresh()

    def _take(self, asked: int, lines: Sequence[Line]) -> None:
        everything = self._narrowed == Narrowed()
        if asked == self._asked and everything:
            self._states = self._numbers(lines)
            self.choices.setVisible(len(lines) >= FILTER_FROM)
            if len(lines) >= FILTER_FROM:
                self.choices.offer(
                    listing.names(self._library, "person"),
                    listing.names(self._library, "protected_area"),
                    day_at(self._library.now_ms() / 1000, self._library.station.utc_offset),
                )
        self._taking = True  # what was chosen before may well not be among what was picked
        super()._take(asked, lines)
        self._taking = False
        if not everything:  # nothing found is not the same as nothing there
            self._stack.setCurrentIndex(0)
            for part in (self.filter, self.count):
                part.setVisible(True)

    @staticmethod
    def _numbers(lines: Sequence[Line]) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in lines:
            if isinstance(line, PatrolLine):
                state = REOPENED if line.reopened else line.state
                found[state] = found.get(state, 0) + 1
        return found
