"""The right side of the patrols: one patrol with its state, record, finds, track, photos, history and notes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import patrol_history, patrol_read, patrol_state, permission
from ranger_app.actions.patrol_places import Spot
from ranger_app.actions.patrol_read import PatrolPage
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.numbers import moment
from ui.patrols.days_page import DaysBlock, LegsBlock
from ui.patrols.finds_page import FindsPage
from ui.patrols.history_card import HistoryCard
from ui.patrols.photos_page import PhotosPage
from ui.patrols.return_row import ReturnRow
from ui.patrols.track_panel import TrackPanel
from ui.patrols.words import state_tone, state_word
from ui.widgets.banner import Banner
from ui.widgets.buttons import button, primary
from ui.widgets.chip import Chip
from ui.widgets.form import RecordForm
from ui.widgets.record_card import RecordCard
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.text import label

RECORD, FINDS, TRACK, PHOTOS, HISTORY, NOTES = range(6)
_PEOPLE = ("leader", "transport", "members")
_TASK = ("type", "mandate", "objective", "team", "station", "armed")
_BLOCKS = ("date", "start", "end")
_REST = tuple(f.name for f in kind_named("patrol").fields if f.form and f.name not in (*_PEOPLE, *_TASK, *_BLOCKS))
"""The order of a paper form: when, who and how first. A field declared later stands at the end by itself."""


_RECORD = 200
"""Pixels of the record that are seen at least; with large letters the screen scrolls before they are fewer."""
_LEAST = 450
"""Narrower than this two fields beside each other cannot be read."""
_ROOMY = 560
"""Narrower than this the buttons at the bottom are only those that write."""


class PatrolCard(RecordCard):
    """One patrol, and what may be done with it in the state it is in."""

    kind = "patrol"
    kinds = frozenset({"patrol", "track", "waypoint", "sighting", "media", "person", "observation_model"})
    panel_wanted = Signal(object, str)
    """Show a widget in the side panel: (widget, title)."""
    panel_done = Signal()
    wide = Signal(bool)
    """The card wants the room of the list beside it, or gives it back."""
    stands = Signal()
    """The state shown changed: other commands are possible."""

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(library, bridge, parent)
        self.state = "draft"
        self._seen: patrol_state.InView = frozenset()
        self._submit_next = False
        self._find_next = False
        self.chip = Chip("")
        self.head.addWidget(self.chip)
        self.remark = label("", "sentence", wrap=True)
        self.body.addWidget(self.remark)
        self.comment = Banner("", "", "problem")
        self.body.addWidget(self.comment)
        self.form = RecordForm(
            library,
            bridge,
            "patrol",
            groups=[("", _PEOPLE), ("", _TASK), ("", _REST)],
            fixed={"state": "draft"},
            with_button=False,
        )
        self.form.saved.connect(self._saved)
        self.form.edited.connect(self._tell_save)
        self.days = DaysBlock()
        self.legs = LegsBlock(self._transport)
        self._place_blocks()
        self.finds = FindsPage(library, bridge)
        self.track = TrackPanel(library, bridge)
        self.photos = PhotosPage(library, bridge)
        self.history = HistoryCard(library.station.utc_offset)
        self.track.pointed.connect(self.find_at)
        record, past = ScrolledColumn(QMargins(0, 0, theme.GRID * 2, 0)), ScrolledColumn(QMargins(0, 0, 8, 0))
        record.column.addWidget(self.form)
        record.setMinimumHeight(_RECORD)
        past.column.addWidget(self.history)
        self.pages = self._make_pages(
            [
                (_("Record"), record),
                (_("Finds"), self.finds),
                (_("Track"), self.track),
                (_("Photos"), self.photos),
                (_("History"), past),
            ]
        )
        self.finds.counted.connect(lambda n: self.pages.tell_number(FINDS, n))
        self.photos.counted.connect(lambda n: self.pages.tell_number(PHOTOS, n))
        self.pages.changed.connect(self._page_turned)
        self.finds.entering.connect(lambda _open: self._make_room())
        for one in (self.pages.changed, self.finds.changed, self.photos.changed, self.track.chosen):
            one.connect(self.stands)
        self.body.addWidget(self.pages, 1)
        self.returning = ReturnRow()
        self.returning.sent.connect(self.send_back)
        self.words = self.returning.words
        self.body.addWidget(self.returning)
        self.bottom = QWidget()
        bottom = QHBoxLayout(self.bottom)
        bottom.setContentsMargins(0, 0, 0, 0)
        bottom.setSpacing(8)
        self.save_button = button(_("Save"), self.save, key="Ctrl+S")
        self.submit_button = primary(_("Submit"), self.submit, key="Ctrl+Return")
        self.approve_button = primary(_("Approve"), self.approve, key="A")
        self.return_button = button(_("Return"), self.ask_comment, key="R")
        self.withdraw_button = button(_("Withdraw"), self.withdraw, key="X", role="quiet")
        self.find_button = button(_("Finds"), self.add_find, key="Ctrl+F", icon="add")
        bottom.addWidget(self.find_button)
        bottom.addStretch(1)  # at the right: the strip that offers undo stands in the middle
        for made in (
            self.save_button,
            self.withdraw_button,
            self.return_button,
            self.approve_button,
            self.submit_button,
        ):
            bottom.addWidget(made)
        self.body.addWidget(self.bottom)
        self.setMinimumWidth(_LEAST)
        self.show_nothing()

    def _place_blocks(self) -> None:
        """Days stand above, legs below the people; both are saved with the other fields."""
        column = self.form.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, self.days)
        column.insertWidget(2, self.legs)
        for part in (*self.days.parts.values(), self.legs.part):
            self.form.add_editor(part)
        self.days.count_legs(self.legs.number)
        self.days.edited.connect(self.days.parts["date"].edited)
        self.legs.edited.connect(self.legs.part.edited)
        self.legs.counted.connect(self.days.legs_changed)
        self.form.editors["model"].hint(_("as usual here"))
        for block in (self.days, self.legs):
            block.rebuilt.connect(self._chain)
        self._chain()
        self.form.refresh(None)

    def _chain(self) -> None:
        """Tab walks the form as it is read: days, people, legs, then all the rest."""
        editors = self.form.editors
        people, others = ([editors[name].control for name in part] for part in (_PEOPLE, (*_TASK, *_REST)))
        for one, after in pairwise([*self.days.controls(), *people, *self.legs.controls(), *others]):
            QWidget.setTabOrder(one, after)

    def _transport(self) -> str:
        return str(self.form.editors["transport"].value_or_none() or "")

    # -- what is shown -----------------------------------------------------------------------------------------

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty record to fill in."""
        super().open_new(values)
        self.finds.form.close_form()
        self.state = "draft"
        self.name.setText(_("New patrol"))
        self.remark.setText(_("Fill in what you know. Everything can be changed until it is approved."))
        self.chip.show_word(state_word("draft"), "neutral")
        self.comment.hide()
        self.form.open_new(values)
        self._unlock(False)
        self._possible()
        self.pages.choose(RECORD)
        first = self.days.rows[0].date
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()

    def _open_other(self, record: bytes) -> None:
        self.returning.hide()
        self._find_next = False
        super()._open_other(record)

    def _page_of(self, record: bytes) -> PatrolPage:
        return patrol_read.page(self._library, record)

    def _show(self, page: PatrolPage) -> None:
        record = page.record
        self.state, self._seen = page.state, page.seen
        self.name.setText(record.text("name"))
        self.chip.show_word(state_word(page.state), state_tone(page.state))
        self._show_origin(page.origin)
        self.remark.setText(self._history(page))
        self.remark.setVisible(bool(self.remark.text()))
        comment = record.text("state_comment")
        self.comment.setVisible(page.state == "returned" and bool(comment))
        self.comment.what.setText(comment)
        self._unlock(True)
        self.track.show_page(page)
        self.finds.show_page(page)
        self.photos.show_page(page)
        self._read_history(page.record.id)
        if self._find_next:
            self._find_next = False
            self.pages.choose(FINDS)
            self.finds.add()
        self._possible()

    def _page_turned(self, page: int) -> None:
        if page != FINDS and not self.finds.form.busy_typing:
            self.finds.form.close_form()
        self._possible()
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.find_button.setVisible(self._offers_finds())

    def hasHeightForWidth(self) -> bool:
        return False  # the page shown gives way to wrapped lines, not the whole screen

    def _make_room(self) -> None:
        """While finds are entered nothing else is in the way."""
        entering = self.isVisible() and self.pages.index == FINDS and not self.finds.form.isHidden()
        self.bottom.setHidden(entering)
        self.wide.emit(entering)

    def show_nothing(self) -> None:
        super().show_nothing()
        if hasattr(self, "finds"):
            self.finds.form.close_form()

    def _unlock(self, there: bool) -> None:
        """Only the record of a patrol that is not on the disk yet can be turned to."""
        for page in range(self.pages.stack.count()):
            self.pages.segments.enable(page, there or page == RECORD)

    def _read_history(self, patrol: bytes) -> None:
        self._bridge.run(
            lambda _cancel: patrol_history.history(self._library, patrol),
            lambda steps: self._show_history(patrol, steps),
            owner=self,
        )

    def _show_history(self, patrol: bytes, steps: list[patrol_history.Step]) -> None:
        if patrol == self.record:
            self.history.show_steps(steps)

    def _history(self, page: PatrolPage) -> str:
        at = page.record["state_at"]
        if not isinstance(at, int):
            return ""
        when = moment(at / 1000, self._library.station.utc_offset)
        state = page.record.text("state") or patrol_state.DRAFT
        if page.state_by:
            return _("{state} by {name}, {when}").format(state=state_word(state), name=page.state_by, when=when)
        return _("{state}, {when}").format(state=state_word(state), when=when)

    def _tell_save(self) -> None:
        if self.form.touched:
            self.save_button.setVisible(True)

    def _offers_finds(self) -> bool:
        writing = self.state in patrol_state.TO_SUBMIT
        return writing and self.pages.index == RECORD and self.width() >= _ROOMY

    def _possible(self) -> None:
        writing = self.state in patrol_state.TO_SUBMIT
        self.find_button.setVisible(self._offers_finds())
        self.submit_button.setVisible(writing)
        submitted = self.state == patrol_state.SUBMITTED
        judges = permission.role(self._library) == "manager"
        # Whoever judges has two buttons; what is typed meanwhile can still be saved, by Ctrl+S too.
        self.save_button.setVisible(not (submitted and judges) or self.form.touched)
        self.withdraw_button.setVisible(submitted and not judges)
        self.approve_button.setVisible(self.state in patrol_state.TO_JUDGE)
        self.return_button.setVisible(self.state in patrol_state.TO_RETURN)
        self.stands.emit()

    def refresh(self, changes: Changes) -> None:
        if "observation_model" in changes.kinds:
            self.finds.model_changed()
        super().refresh(changes)

    # -- what a person does ------------------------------------------------------------------------------------

    def turn(self, page: int) -> None:
        """Show one of the pages and give it the keyboard."""
        self.pages.choose(page)
        if page == RECORD:
            self.days.rows[0].date.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif page != HISTORY:
            {FINDS: self.finds, TRACK: self.track, PHOTOS: self.photos, NOTES: self.notes}[page].setFocus()

    def add_find(self) -> None:
        """Open the line in which finds are entered; a record still being typed is saved first."""
        if not self.isVisible():
            return
        if self.form.touched or self.record is None:
            if self.form.values() is None:
                self.pages.choose(RECORD)
                return
            self._find_next = True
            self.form.save()
            return
        self.pages.choose(FINDS)
        self.finds.add()

    def find_at(self, spot: Spot) -> None:
        """A find at a place that was pointed at on the sketch."""
        if self.record is not None:
            self.pages.choose(FINDS)
            self.finds.add_at(spot)

    def judge_points(self) -> None:
        """Say of the marked points chosen on the track that they count after all."""
        if self.record is not None:
            self.pages.choose(TRACK)
            self.track.ask()

    def take_photos(self) -> None:
        """Choose photos of this patrol."""
        if self.record is not None:
            self.pages.choose(PHOTOS)
            self.photos.take()

    def set_clock(self) -> None:
        """Set the clock of the photos by the chosen one."""
        if self.record is not None:
            self.pages.choose(PHOTOS)
            self.photos.ask_clock()

    def delete_chosen(self) -> bool:
        """Take away what is chosen on the page shown; False where that is nothing but the patrol itself."""
        if self.pages.index == FINDS and self.finds.current() is not None:
            self.finds.delete_current()
            return True
        return False

    def add_row(self, block: DaysBlock | LegsBlock) -> None:
        """One more day or leg."""
        self.pages.choose(RECORD)
        block.add()

    def save(self) -> None:
        """Write what is being written: a find, what a photo shows, or the record."""
        if not self.isVisible():
            return
        if self.pages.index == FINDS and not self.finds.form.isHidden():
            self.finds.form.save()
        elif self.pages.index == PHOTOS and not self.photos.choosing.isHidden():
            self.photos.show_find()
        else:
            if self.form.values() is None:
                self.pages.choose(RECORD)
            self.form.save()

    def keep_edits(self) -> bool:
        return not self._find_is_open() and super().keep_edits()

    def _find_is_open(self) -> bool:
        """Whether a find is half entered; says so, for it would be lost."""
        if not self.finds.form.busy_typing:
            return False
        self.pages.choose(FINDS)
        self._bridge.say(_("A find is not saved yet. Press Enter to save it, or Escape to drop it."))
        return True

    def submit(self) -> None:
        """Hand the patrol in; a record still being typed is saved first, a half-entered find has to be ended."""
        if not self.isVisible() or self.state not in patrol_state.TO_SUBMIT or self._find_is_open():
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
        if patrol is None or self.state not in patrol_state.TO_JUDGE:
            return
        seen = self._seen
        self._bridge.act(
            lambda _cancel: patrol_state.approve(self._library, patrol, seen),
            lambda _changes: self._bridge.say(_("Approved"), undo=True),
            owner=self,
        )

    def withdraw(self) -> None:
        """Take the submission back to go on writing."""
        patrol = self.record
        if patrol is None or self.state != patrol_state.SUBMITTED:
            return
        self._bridge.act(
            lambda _cancel: patrol_state.withdraw(self._library, patrol),
            lambda _changes: self._bridge.say(_("Submission withdrawn"), undo=True),
            owner=self,
        )

    def ask_comment(self) -> None:
        """Open the line for the comment of a return."""
        if self.record is not None and self.state in patrol_state.TO_RETURN:
            self.returning.ask()

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
