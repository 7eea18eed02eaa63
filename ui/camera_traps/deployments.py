"""Deployments: the table of all with what is to be done, and the same cameras as a calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import deployment_list, effort, time_check
from ranger_app.actions.deployment_list import DeploymentLine
from ranger_app.actions.listing import Line
from ranger_app.actions.time_check import Doubt
from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.key_line import KeyLine
from ui.numbers import decimal, number
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.later import Later
from ui.widgets.table import LinesModel, LineTable

if TYPE_CHECKING:
    from ui.camera_traps.calendar_page import CalendarPage

_SETTLE_MS = 700


def lines(library: Library, marks: Mapping[bytes, int]) -> list[Line]:
    """All deployments as lines of the table; ``marks`` = how many of each one's times are to be checked."""
    with library.read() as db:
        found = deployment_list.deployments(db)
        nights = {one.id: one.effort.nights for one in effort.deployments(db) if one.effort is not None}
    return [_line(one, nights.get(one.id), marks.get(one.id, 0)) for one in found]


def _line(one: DeploymentLine, nights: float | None, mark: int) -> Line:
    return Line(
        one.id,
        (
            one.name,
            one.location,
            one.start[:16].replace("T", " "),
            one.end[:16].replace("T", " "),
            "" if nights is None else decimal(nights),
            number(one.failures) if one.failures else "",
            number(one.pictures),
            number(one.to_review) if one.to_review else _("done") if one.pictures else "",
            _("check times") if mark else "",
        ),
        (
            (1, one.name.casefold()),
            (1, one.location.casefold()),
            (1, one.start),
            (1, one.end),
            (0, -1 if nights is None else round(nights * 86_400)),
            (0, one.failures),
            (0, one.pictures),
            (0, one.to_review),
            (0, mark),
        ),
    )


class DeploymentsPage(QWidget):
    """``opened(id)`` to edit one, ``pictures_wanted(id)`` to see what it took."""

    opened = Signal(object)
    pictures_wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, empty_a_card: Callable[[], object]) -> None:
        super().__init__()
        self._dirty = True
        self._library, self._bridge = library, bridge
        self._marks: dict[bytes, int] = {}
        self._checking = False
        self._begun = not bridge.inline
        """Whether the table reads already while it is being made."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        headings = [
            _("Name"),
            _("Location"),
            _("Set up"),
            _("Taken down"),
            _("Nights"),
            _("Failures"),
            _("Pictures"),
            _("To review"),
            _("Times"),
        ]
        empty = EmptyState(
            _("No camera has been emptied yet. Put its card in the reader; the deployment is made from it."),
            _("Empty a card"),
            empty_a_card,
            icon="camera",
            key="E",
        )
        self.table = LineTable(
            bridge,
            LinesModel(headings, [False, False, False, False, True, True, True, True, False]),
            lambda: lines(library, dict(self._marks)),
            ("deployment", "location", "media", "observation"),
            empty,
            newest_first=2,
            spare={1: 980, 5: 860, 3: 760},
            ahead=self._begun,
        )
        header = self.table.view.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.opened.connect(self.opened)
        self.table.loaded.connect(self._loaded)
        self._calendar = Later(self._made_calendar)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.stack.addWidget(self._calendar)
        column.addWidget(self.stack, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(12)
        self.keys = KeyLine()
        bottom.addWidget(self.keys, 1)
        self.turn = button("", self.toggle_calendar)
        bottom.addWidget(self.turn)
        column.addLayout(bottom)
        self._say_keys()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(lambda: self.refresh(None))
        self.setFocusProxy(self.table)

    def refresh(self, changes: Changes | None) -> None:
        """Read again what changed; many changes in a row, as an ingest makes, are read together, and only when seen."""
        if self._calendar.made is not None:
            self.calendar.refresh(changes)
        if changes is None:
            self._dirty = False
            if not self._begun:
                self.table.refresh(None)
            self._begun = False
        elif {"deployment", "location", "media", "observation"} & changes.kinds:
            self._dirty = True
            if self.isVisible() and not self._settle.isActive():
                self._settle.start()

    def _loaded(self, found: int) -> None:
        self.keys.setVisible(bool(found))
        self.turn.setVisible(bool(found))
        if found and self.table.current() is None:
            self.table.view.selectRow(0)
        if self._bridge.inline:
            self._check_times()
        else:  # once the table is painted: a worker at the same time would hold it up
            QTimer.singleShot(0, self, self._check_times)

    def _check_times(self) -> None:
        """Look for times that cannot be right once the table stands; it is read again only where a mark changes."""
        if self._checking:
            return
        self._checking = True
        self._bridge.run(
            lambda _cancel: time_check.doubts(self._library),
            self._checked,
            self._not_checked,
            owner=self,
        )

    def _checked(self, found: list[Doubt]) -> None:
        marks: dict[bytes, int] = {}
        for one in found:
            marks[one.deployment] = marks.get(one.deployment, 0) + one.finding.pictures
        if marks != self._marks:
            self._marks = marks
            self.table.refresh(None)  # the answer to it looks once more, and finds the marks as they are
        self._checking = False

    def _not_checked(self, error: BaseException) -> None:
        self._checking = False
        self._bridge.report(error)

    # -- table or calendar -------------------------------------------------------------------------------------

    @property
    def calendar(self) -> CalendarPage:
        """All cameras as a calendar."""
        return self._calendar.page

    def _made_calendar(self) -> CalendarPage:
        from ui.camera_traps.calendar_page import CalendarPage

        made = CalendarPage(self._library, self._bridge)
        made.opened.connect(self.opened)
        made.loaded.connect(self._say_keys)
        return made

    @property
    def in_calendar(self) -> bool:
        """Whether the calendar is shown instead of the table."""
        return self.stack.currentWidget() is self._calendar

    def toggle_calendar(self) -> None:
        """Show the calendar instead of the table, or the table again; the chosen deployment stays chosen."""
        chosen = self.current()
        self.stack.setCurrentWidget(self.table if self.in_calendar else self._calendar)
        if chosen is not None:
            self._choose(chosen)
        self._say_keys()
        self.focus().setFocus()

    def _choose(self, record: bytes) -> None:
        if self.in_calendar:
            self.calendar.strip.choose_record(record)
        else:
            self.table.choose(record)

    def focus(self) -> QWidget:
        """Where the keyboard belongs."""
        return self.calendar.strip if self.in_calendar else self.table.view

    def _say_keys(self) -> None:
        keys: list[tuple[Sequence[str], str]] = [
            (["Return"], _("open")),
            (["G"], _("its pictures")),
            (["B"], _("likely blanks")),
        ]
        if self.in_calendar and not self.calendar.strip.all_shown:
            keys.append((["Left", "Right"], _("earlier, later")))
        self.keys.show_keys(keys)
        self.turn.setText(f"{_('Table') if self.in_calendar else _('Calendar')}   T")

    def current(self) -> bytes | None:
        """The chosen deployment."""
        return self.calendar.strip.current if self.in_calendar else self.table.current()

    def show_pictures(self) -> None:
        """The pictures of the chosen deployment."""
        chosen = self.current()
        if chosen is not None:
            self.pictures_wanted.emit(chosen)

    def open_chosen(self) -> None:
        """The page of the chosen deployment."""
        chosen = self.current()
        if chosen is not None:
            self.opened.emit(chosen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.refresh(None)
