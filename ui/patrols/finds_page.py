"""What was found on a patrol: the list by time, and over it the line in which the next find is entered."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ranger_app.actions import observation_models, patrol_finds, patrol_write
from ranger_app.actions.patrol_finds import DETAILS, NUMBER, PLACE, TIME, WHAT, FindLine
from ranger_app.actions.patrol_places import Spot
from ranger_app.actions.patrol_read import PatrolPage
from ranger_app.domain.fields import Value
from ranger_app.domain.observation_model import Model
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.patrols.find_form import FindForm
from ui.patrols.offers_list import OffersList
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label

_EMPTY = 210
"""Pixels for the sentence and the button of an empty list."""
_IN_A_CELL = 30
_NEVER = 1 << 20
_BESIDE = 720
"""Narrower than this, the list stands under the line in which finds are entered."""


class FindsModel(LinesModel):
    """Finds that share a waypoint with the one above show no time of their own."""

    def __init__(self) -> None:
        headings = [_("Time"), _("Find"), _("Details"), _("Number"), _("Place")]
        super().__init__(headings, [False, False, False, True, False])

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole and index.column() == TIME and getattr(line, "together", False):
            return "  ↳"
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == TIME and getattr(line, "together", False):
            return _("At the same place as the one above")
        text = super().data(index, role)
        if role == Qt.ItemDataRole.DisplayRole and index.column() == WHAT and line.texts[NUMBER] not in ("", "1"):
            return f"{text} × {line.texts[NUMBER]}"
        if role == Qt.ItemDataRole.DisplayRole and index.column() == DETAILS:
            return shorten(text, _IN_A_CELL, placeholder=" …") if text else text  # whole below the table
        return text


class FindsPage(QWidget):
    """Finds of the patrol last shown."""

    counted = Signal(int)
    changed = Signal()
    """Other commands are possible."""
    entering = Signal(bool)
    """The line for finds was opened or closed: it needs the room of everything beside it."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._patrol: bytes | None = None
        self._model: Value = None
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._halves.setContentsMargins(0, 0, 0, 0)
        self._halves.setSpacing(theme.INSIDE)
        self.offers = OffersList()
        self.form = FindForm(library, bridge, self.offers)
        self.form.hide()
        self._halves.addWidget(self.form, 5)
        lower = QWidget()
        self._lower = QStackedLayout(lower)
        self.table = LineTable(
            bridge,
            FindsModel(),
            lambda: [],
            (),
            EmptyState(
                _("Nothing written up yet. Take the paper form and enter one find after the other."),
                _("Enter a find"),
                self.add,
                icon="patrol",
                key="N",
            ),
            newest_first=-1,
            spare={DETAILS: 540, NUMBER: _NEVER, PLACE: 800},
        )
        self.table.view.setAccessibleName(_("Finds"))
        self.table.opened.connect(self.open)
        self.table.selected.connect(lambda _id: self._selected())
        listed = QWidget()
        inner = QVBoxLayout(listed)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(self.table, 1)
        self.told = label("", "sentence", wrap=True)
        inner.addWidget(self.told)
        self.row = QWidget()
        row = QHBoxLayout(self.row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(button(_("Enter a find"), self.add, key="N", icon="add"))
        row.addWidget(button(_("Change it"), self.open_current, key="Return", role="quiet"))
        row.addStretch(1)
        inner.addWidget(self.row)
        self._lower.addWidget(listed)
        self._lower.addWidget(self.offers)
        self._halves.addWidget(lower, 3)
        self.form.offering.connect(self._show_offers)
        self.form.written.connect(lambda made: self.table.choose(made.find))
        self.form.opened.connect(self._begun)
        self.form.closed.connect(self._closed)
        self.setFocusProxy(self.table)

    def hasHeightForWidth(self) -> bool:
        return False  # the list gives way to wrapped lines, not the whole screen

    def show_page(self, page: PatrolPage) -> None:
        """Show the finds of ``page``."""
        if (page.record.id, page.record["model"]) != (self._patrol, self._model):
            self._patrol, self._model = page.record.id, page.record["model"]
            patrol = page.record.id
            self._bridge.run(lambda _cancel: self._read(patrol), lambda found: self.form.know(*found), owner=self)
        self.form.show_page(page)
        self.table.show_lines(page.finds)
        self.table.setMinimumHeight(0 if page.finds else _EMPTY)
        if page.finds and self.table.current() is None:
            self.table.choose(page.finds[0].id)
        self.row.setVisible(bool(page.finds) and self.form.isHidden())
        self._selected()
        self.counted.emit(sum(one.find is not None for one in page.finds) or len(page.finds))

    def _read(self, patrol: bytes) -> tuple[Model, list[str]]:
        with self._library.read() as db:
            return observation_models.model_of(db, patrol), patrol_finds.frequent(db)

    def model_changed(self) -> None:
        """Another observation model is in use: read it again."""
        self._patrol = None

    def _selected(self) -> None:
        """Tell the chosen find whole: what has no room in the table."""
        line = self.current()
        parts = (line.texts[patrol_finds.DETAILS], line.texts[PLACE]) if line is not None else ()
        self.told.setText(" · ".join(part for part in parts if part))
        self.told.setVisible(bool(self.told.text()) and self.form.isHidden())
        self.changed.emit()

    def _show_offers(self, offering: bool) -> None:
        self._lower.setCurrentIndex(1 if offering else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() < _BESIDE
        side_by_side, above = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(above if narrow else side_by_side)
        super().resizeEvent(event)

    def _closed(self) -> None:
        self.entering.emit(False)
        self.row.setVisible(bool(self.table.model.lines))
        self._selected()
        self.table.setFocus()

    # -- what a person does ------------------------------------------------------------------------------------

    def _begun(self) -> None:
        self.row.hide()
        self.told.hide()
        self.entering.emit(True)
        self.changed.emit()

    def add(self) -> None:
        """Open the line for the next find."""
        if self._patrol is not None:
            self.form.open_new()

    def add_at(self, spot: Spot) -> None:
        """Open it for a place that was pointed at."""
        self.form.open_new(spot=spot, words=f"{spot.latitude / 1e7:.5f}, {spot.longitude / 1e7:.5f}")

    def open(self, record: bytes) -> None:
        """Change a find, or give a waypoint its first one."""
        line = self._line(record)
        if line is None:
            return
        if line.find is not None:
            self.form.open_find(line.find)
        else:
            self.form.open_new(waypoint=line.waypoint, words=line.texts[patrol_finds.WHAT])

    def open_current(self) -> None:
        """Change the chosen one."""
        current = self.table.current()
        if current is not None:
            self.open(current)

    def delete_current(self) -> None:
        """Take the chosen find away; undo brings it back."""
        line = self._line(self.table.current())
        if line is None:
            return
        library, find, waypoint = self._library, line.find, line.waypoint
        if find is not None:
            self._bridge.act(
                lambda _cancel: patrol_write.delete_find(library, find),
                lambda _changes: self._bridge.say(_("Find deleted"), undo=True),
                owner=self,
            )
        else:
            self._bridge.act(
                lambda _cancel: patrol_write.delete_waypoint(library, waypoint),
                lambda _changes: self._bridge.say(_("Waypoint deleted"), undo=True),
                owner=self,
            )

    def current(self) -> FindLine | None:
        """The chosen line."""
        return self._line(self.table.current())

    def _line(self, record: bytes | None) -> FindLine | None:
        row = self.table.model.row_of(record) if record is not None else -1
        line = self.table.model.lines[row] if row >= 0 else None
        return line if isinstance(line, FindLine) else None
