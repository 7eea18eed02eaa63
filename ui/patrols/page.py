"""The right side of the patrols: one patrol with its state, track, record, waypoints and notes."""

from __future__ import annotations

from typing import Any

import shiboken6
from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ranger_app.actions import patrol_read, patrol_state
from ranger_app.actions.patrol_read import PatrolPage
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.numbers import moment
from ui.patrols.track_panel import TrackPanel
from ui.patrols.words import state_tone, state_word
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.form import RecordForm
from ui.widgets.record_card import RecordCard
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import label

TRACK, RECORD, WAYPOINTS, NOTES = range(4)
_FIRST = ("name", "date", "leader", "transport", "members", "start", "end", "type", "mandate", "team", "armed")
_FIELDS = (*_FIRST, *(f.name for f in kind_named("patrol").fields if f.form and f.name not in _FIRST))
"""The order of a paper form: who and how first. A field declared later stands at the end by itself."""
_WAYPOINT_FIELDS = ("category", "name", "remarks", "latitude", "longitude", "elevation")


class PatrolCard(RecordCard):
    """One patrol, and what may be done with it in the state it is in."""

    kind = "patrol"
    kinds = frozenset({"patrol", "track", "waypoint", "person"})
    panel_wanted = Signal(object, str)
    """Show a widget in the side panel: (widget, title)."""
    panel_done = Signal()
    stands = Signal()
    """The state shown changed: other commands are possible."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.state = "draft"
        self._submit_next = False
        self._beside: RecordForm | None = None
        self.chip = Chip("")
        self.head.addWidget(self.chip)
        self.remark = label("", "sentence", wrap=True)
        self.body.addWidget(self.remark)
        self.comment = Banner("", "", "problem")
        self.body.addWidget(self.comment)
        self.track = TrackPanel()
        self.form = RecordForm(library, bridge, "patrol", fields=_FIELDS, fixed={"state": "draft"}, with_button=False)
        self.form.saved.connect(self._saved)
        self.waypoints = LineTable(
            bridge,
            LinesModel([_("Time"), _("Find"), _("Details"), _("Number"), _("Place")], [False] * 5),
            lambda: [],
            (),
            EmptyState(_("No waypoints: the GPS file held none."), icon="patrol"),
        )
        self.remarks = label("", wrap=True)
        self.waypoints.selected.connect(self._tell_remarks)
        self.waypoints.opened.connect(self.edit_waypoint)
        waypoints = QWidget()
        listed = QVBoxLayout(waypoints)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.addWidget(self.waypoints, 1)
        listed.addWidget(self.remarks)
        record = ScrolledColumn(QMargins(0, 0, theme.GRID * 2, 0))
        record.column.addWidget(self.form)
        self.pages = self._make_pages([(_("Track"), self.track), (_("Record"), record), (_("Waypoints"), waypoints)])
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self._return_row())
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        self.save_button = button(_("Save"), self.save, key="Ctrl+S")
        self.submit_button = primary(_("Submit"), self.submit, key="Ctrl+Return")
        self.approve_button = primary(_("Approve"), self.approve, key="A")
        self.return_button = button(_("Return"), self.ask_comment, key="R")
        bottom.addStretch(1)  # at the right: the strip that offers undo stands in the middle
        for made in (self.save_button, self.return_button, self.approve_button, self.submit_button):
            bottom.addWidget(made)
        self.body.addLayout(bottom)
        self.show_nothing()

    def _return_row(self) -> QWidget:
        self.returning = QWidget()
        row = QHBoxLayout(self.returning)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = QLineEdit()
        self.words.setPlaceholderText(_("What has to be mended, in one sentence"))
        self.words.setAccessibleName(_("Comment"))
        self.words.returnPressed.connect(self.send_back)
        row.addWidget(self.words, 1)
        row.addWidget(button(_("Return it"), self.send_back, key="Return"))
        row.addWidget(button(_("Not now"), self.returning.hide, role="quiet"))
        self.returning.hide()
        return self.returning

    # -- what is shown -----------------------------------------------------------------------------------------

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty record to fill in."""
        super().open_new(values)
        self.state = "draft"
        self.name.setText(_("New patrol"))
        self.remark.setText(_("Fill in what you know. Everything can be changed until it is approved."))
        self.chip.show_word(state_word("draft"), "neutral")
        self.comment.hide()
        self.form.open_new(values)
        self._possible()
        self.pages.choose(RECORD)
        self.form.setFocus()

    def _open_other(self, record: bytes) -> None:
        self.returning.hide()
        super()._open_other(record)

    def _page_of(self, record: bytes) -> PatrolPage:
        return patrol_read.page(self._library, record)

    def _show(self, page: PatrolPage) -> None:
        record = page.record
        self.state = page.state
        self.name.setText(record.text("name"))
        self.chip.show_word(state_word(page.state), state_tone(page.state))
        self._show_origin(page.origin)
        self.remark.setText(self._history(page))
        self.remark.setVisible(bool(self.remark.text()))
        comment = record.text("state_comment")
        self.comment.setVisible(page.state == "returned" and bool(comment))
        self.comment.what.setText(comment)
        self.track.show_page(page)
        self.waypoints.show_lines(page.finds)
        if page.finds and self.waypoints.current() is None:
            self.waypoints.choose(page.finds[0].id)
        self.pages.tell_number(WAYPOINTS, len(page.finds))
        self._possible()

    def edit_waypoint(self, waypoint: bytes) -> None:
        """Give a waypoint its category and remarks in the side panel."""
        form = RecordForm(self._library, self._bridge, "waypoint", fields=_WAYPOINT_FIELDS, columns=1)
        form.open_record(waypoint)
        form.saved.connect(lambda _waypoint: self.panel_done.emit())
        self._beside = form
        self.panel_wanted.emit(_padded(form), _("Waypoint"))

    def _tell_remarks(self, waypoint: bytes | None) -> None:
        row = self.waypoints.model.row_of(waypoint) if waypoint else -1
        self.remarks.setText(self.waypoints.model.lines[row].texts[-1] if row >= 0 else "")
        self.remarks.setVisible(bool(self.remarks.text()))

    def _history(self, page: PatrolPage) -> str:
        at = page.record["state_at"]
        if not isinstance(at, int):
            return ""
        when = moment(at / 1000, self._library.station.utc_offset)
        if page.state_by:
            return _("{state} by {name}, {when}").format(state=state_word(page.state), name=page.state_by, when=when)
        return _("{state}, {when}").format(state=state_word(page.state), when=when)

    def _possible(self) -> None:
        writing = self.state in patrol_state.TO_SUBMIT
        self.submit_button.setVisible(writing)
        self.approve_button.setVisible(self.state == patrol_state.SUBMITTED)
        self.return_button.setVisible(self.state in (patrol_state.SUBMITTED, patrol_state.APPROVED))
        self.stands.emit()

    # -- what a person does ------------------------------------------------------------------------------------

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        self.pages.choose(page)
        (self.track, self.form, self.waypoints, self.notes)[page].setFocus()

    def save(self) -> None:
        """Write the record, or the waypoint that is open beside it."""
        if self._beside is not None and shiboken6.isValid(self._beside) and self._beside.isVisible():
            self._beside.save()
        elif self.isVisible():
            if self.form.values() is None:
                self.pages.choose(RECORD)
            self.form.save()

    def keep_edits(self) -> bool:
        """Save what was typed before something else is shown; False where a field has to be mended first."""
        if not self.form.touched:
            return True
        if self.form.values() is None:
            self.pages.choose(RECORD)
            self._bridge.say(_("One field cannot be read yet. Mend it or clear it first."))
            return False
        self.form.save()
        return True

    def submit(self) -> None:
        """Hand the patrol in; a record still being typed is saved first."""
        if not self.isVisible() or self.state not in patrol_state.TO_SUBMIT:
            return
        if self.form.touched or self.record is None:
            if self.form.values() is None:
                self.pages.choose(RECORD)
                return
            self._submit_next = True
            self.form.save()
            return
        self._submit(self.record)

    def _submit(self, patrol: bytes) -> None:
        self._bridge.act(
            lambda _cancel: patrol_state.submit(self._library, patrol),
            lambda _changes: self._bridge.say(_("Submitted for review"), undo=True),
            owner=self,
        )

    def approve(self) -> None:
        """Accept the patrol."""
        patrol = self.record
        if patrol is None or self.state != patrol_state.SUBMITTED:
            return
        self._bridge.act(
            lambda _cancel: patrol_state.approve(self._library, patrol),
            lambda _changes: self._bridge.say(_("Approved"), undo=True),
            owner=self,
        )

    def ask_comment(self) -> None:
        """Open the line for the comment of a return."""
        if self.record is not None and self.state in (patrol_state.SUBMITTED, patrol_state.APPROVED):
            self.words.clear()
            self.returning.show()
            self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def send_back(self) -> None:
        """Return the patrol with the comment."""
        patrol, comment = self.record, self.words.text()
        if patrol is None or not comment.strip():
            self.words.setFocus()
            return
        self._bridge.act(
            lambda _cancel: patrol_state.send_back(self._library, patrol, comment), self._sent_back, owner=self
        )

    def _sent_back(self, _changes: Any) -> None:
        self.returning.hide()
        self._bridge.say(_("Returned with a comment"), undo=True)

    def _saved(self, record: bytes) -> None:
        super()._saved(record)
        if self._submit_next:
            self._submit_next = False
            self._submit(record)


def _padded(widget: QWidget) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 12, 16, 16)
    column.addWidget(widget)
    page.setFocusProxy(widget)
    return page
