"""The list of patrols: a line each with date, leader, transport, kilometres, hours, state and waypoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from ranger_app.actions import patrol_list
from ranger_app.actions.patrol_list import DATE, HOURS, KM, LEADER, REOPENED, TRANSPORT, WAYPOINTS, PatrolLine
from ranger_app.i18n import _, pgettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import decimal
from ui.widgets.empty_state import EmptyState
from ui.widgets.origin_mark import origin_mark
from ui.widgets.table import LinesModel, LineTable


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
        super().__init__(
            bridge,
            PatrolsModel(),
            lambda: patrol_list.lines(library),
            {"patrol", "track", "waypoint", "person"},
            empty,
            newest_first=DATE,
            spare={TRANSPORT: 560, WAYPOINTS: 560, HOURS: 440, KM: 380, LEADER: 330},
            parent=parent,
        )
        self.view.setAccessibleName(_("Patrols"))

    def state_numbers(self) -> dict[str, int]:
        """How many patrols stand in each state."""
        found: dict[str, int] = {}
        for line in self.model.lines:
            if isinstance(line, PatrolLine):
                state = REOPENED if line.reopened else line.state
                found[state] = found.get(state, 0) + 1
        return found
