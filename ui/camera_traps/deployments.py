"""Deployments: the table of all, and the page of one with its failures, its clock and the cards emptied into it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget

from ranger_app.actions import deployment_list
from ranger_app.actions.listing import Line
from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.key_line import KeyLine
from ui.numbers import number
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LinesModel, LineTable

_SETTLE_MS = 700


def lines(library: Library) -> list[Line]:
    """All deployments as lines of the table."""
    with library.read() as db:
        found = deployment_list.deployments(db)
    return [
        Line(
            one.id,
            (
                one.name,
                one.location,
                one.start[:16].replace("T", " "),
                one.end[:16].replace("T", " "),
                number(one.pictures),
                number(one.to_review) if one.to_review else _("done") if one.pictures else "",
                number(one.failures) if one.failures else "",
            ),
            (
                (1, one.name.casefold()),
                (1, one.location.casefold()),
                (1, one.start),
                (1, one.end),
                (0, one.pictures),
                (0, one.to_review),
                (0, one.failures),
            ),
        )
        for one in found
    ]


class DeploymentsPage(QWidget):
    """``opened(id)`` to edit one, ``pictures_wanted(id)`` to see what it took."""

    opened = Signal(object)
    pictures_wanted = Signal(object)

    def __init__(self, library: Library, bridge: Bridge, empty_a_card: Callable[[], object]) -> None:
        super().__init__()
        self._dirty = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        headings = [
            _("Name"),
            _("Location"),
            _("Set up"),
            _("Taken down"),
            _("Pictures"),
            _("To review"),
            _("Failures"),
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
            LinesModel(headings, [False, False, False, False, True, True, True]),
            lambda: lines(library),
            ("deployment", "location", "media", "observation"),
            empty,
            newest_first=2,
            spare={1: 860, 6: 780},
        )
        header = self.table.view.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.opened.connect(self.opened)
        self.table.loaded.connect(self._loaded)
        column.addWidget(self.table, 1)
        self.keys = KeyLine()
        self.keys.show_keys([(["Return"], _("open")), (["G"], _("its pictures"))])
        column.addWidget(self.keys)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(lambda: self.refresh(None))
        self.setFocusProxy(self.table)

    def refresh(self, changes: Changes | None) -> None:
        """Read again what changed; many changes in a row, as an ingest makes, are read together, and only when seen."""
        if changes is None:
            self._dirty = False
            self.table.refresh(None)
        elif {"deployment", "location", "media", "observation"} & changes.kinds:
            self._dirty = True
            if self.isVisible() and not self._settle.isActive():
                self._settle.start()

    def _loaded(self, found: int) -> None:
        self.keys.setVisible(bool(found))
        if found and self.table.current() is None:
            self.table.view.selectRow(0)

    def show_pictures(self) -> None:
        """The pictures of the chosen deployment."""
        chosen = self.table.current()
        if chosen is not None:
            self.pictures_wanted.emit(chosen)

    def open_chosen(self) -> None:
        """The page of the chosen deployment."""
        chosen = self.table.current()
        if chosen is not None:
            self.opened.emit(chosen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.refresh(None)
