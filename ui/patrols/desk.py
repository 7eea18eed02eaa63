"""The manager's desk: what waits at the left, the patrol at the right with all that belongs to it, one key to judge.

What changed since a manager last judged it stands on top: nobody reads a whole patrol again for one mended field.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMargins, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.actions import patrol_changes, patrol_desk, patrol_queue, patrol_state, permission
from ranger_app.actions.listing import Line
from ranger_app.actions.patrol_desk import DeskPage, Seen
from ranger_app.actions.patrol_history import RETURNED
from ranger_app.actions.patrol_queue import Waiting
from ranger_app.changes import Changes
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.numbers import clock, decimal, moment, number, short_day
from ui.patrols.history_card import HistoryCard, who_when
from ui.patrols.photo_strip import PhotoStrip
from ui.patrols.return_row import ReturnRow
from ui.patrols.sketch_view import SketchView
from ui.patrols.words import state_tone, state_word
from ui.widgets.buttons import button, primary
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import ElidedLabel, hairline, label, muted, section

_KINDS = {"patrol", "track", "waypoint", "sighting", "media", "person"}
_MOST_CHANGES = 40
_MOST_FINDS = 60
_CHANGES_HEIGHT = 108
_LEAST_SKETCH = 110
"""The keys to judge stay in view, however much there is to tell: the drawing gives way first."""
_SETTLE_MS = 400


class Desk(QWidget):
    """``loaded(n)`` whenever the queue was read; ``open_wanted(id)`` asks for the patrol's own page."""

    loaded = Signal(int)
    open_wanted = Signal(object)
    panel_wanted = Signal(object, str)

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self.page: DeskPage | None = None
        self.judges = True
        self._asked = 0
        self._dirty = True
        self._acting = False
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.BETWEEN)
        self.table = LineTable(
            bridge,
            LinesModel([_("Date"), _("Patrol")], [False, False]),
            lambda: [],
            (),
            EmptyState(
                _("Nothing waits for a manager. What rangers submit appears here, the oldest first."), icon="done"
            ),
            with_filter=False,
        )
        self.table.view.setAccessibleName(_("Patrols that wait"))
        self.table.view.setSortingEnabled(False)  # who waited longest is first
        self.table.selected.connect(self._selected)
        self.table.opened.connect(lambda _patrol: self.open_patrol())
        outer.addWidget(self.table, 27)
        self.right = QWidget()
        outer.addWidget(self.right, 73)
        self._build()
        self.right.hide()
        self.setFocusProxy(self.table)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.read)

    def _build(self) -> None:
        column = QVBoxLayout(self.right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.name = ElidedLabel("", "section")
        self.chip, self.origin = Chip(""), Chip("", "partner")
        head.addWidget(self.name, 1)
        head.addWidget(self.origin)
        head.addWidget(self.chip)
        column.addLayout(head)
        self.remark = label("", "sentence", wrap=True)
        column.addWidget(self.remark)
        self.changes = QWidget()
        inside = QVBoxLayout(self.changes)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        self.changes_title = label("", "strong", wrap=True)
        inside.addWidget(self.changes_title)
        self.changes_list = ScrolledColumn(QMargins(0, 0, 8, 0))
        self.changes_list.column.setSpacing(2)
        self.changes_text = label("", wrap=True)
        self.changes_list.column.addWidget(self.changes_text)
        self.changes_list.column.addStretch(1)
        inside.addWidget(self.changes_list)
        column.addWidget(self.changes)
        column.addWidget(hairline())
        middle = QHBoxLayout()
        middle.setSpacing(theme.BETWEEN)
        left = QVBoxLayout()
        left.setSpacing(6)
        self.sketch = SketchView()
        self.sketch.setMinimumHeight(_LEAST_SKETCH)
        left.addWidget(self.sketch, 1)
        self.effort = label("", "sentence", wrap=True)
        left.addWidget(self.effort)
        self.photos = PhotoStrip(self._library, self._bridge)
        left.addWidget(self.photos)
        middle.addLayout(left, 52)
        self.told = ScrolledColumn(QMargins(0, 0, 8, 0))
        self.told.setMinimumWidth(240)
        self._told_inner: QWidget | None = None
        middle.addWidget(self.told, 48)
        column.addLayout(middle, 1)
        self.returning = ReturnRow()
        self.returning.sent.connect(self.send_back)
        self.returning.put_off.connect(self.table.view.setFocus)
        self.words = self.returning.words
        column.addWidget(self.returning)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(button(_("History"), self.show_history, key="H", role="quiet"))
        bottom.addWidget(button(_("Open"), self.open_patrol, key="O", role="quiet"))
        bottom.addStretch(1)
        self.refused = label(_("Only a manager approves or returns."), "muted")
        bottom.addWidget(self.refused)
        self.return_button = button(_("Return"), self.ask_comment, key="R")
        self.approve_button = primary(_("Approve"), self.approve, key="A")
        bottom.addWidget(self.return_button)
        bottom.addWidget(self.approve_button)
        column.addLayout(bottom)

    def hasHeightForWidth(self) -> bool:
        # Asked for its height it would want all its wrapped lines, and the page would scroll the keys out of view.
        return False

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read again what changed, when somebody looks."""
        if changes is None or _KINDS & changes.kinds:
            self._dirty = True
            if self.isVisible() and not self._settle.isActive():
                self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.read()

    def read(self) -> None:
        """Read the queue, and the patrol in view anew."""
        self._dirty = False
        self._settle.stop()
        library = self._library

        def read(_cancel: object) -> tuple[list[Waiting], bool]:
            role = permission.role(library)
            return patrol_queue.queue(library), role is None or role in permission.MANAGER

        self._bridge.run(read, self._take_queue, owner=self)

    def _take_queue(self, found: tuple[list[Waiting], bool]) -> None:
        waiting, self.judges = found
        lines = [_line(one) for one in waiting]
        row = max(0, self.table.view.currentIndex().row())
        before = self.table.current()
        self.table.show_lines(lines)
        self.right.setVisible(bool(lines) and self.page is not None)
        if not lines:
            self.page = None
        elif before is None or self.table.model.row_of(before) < 0:
            self.table.choose(lines[min(row, len(lines) - 1)].id)
        else:
            self._read_page(before)
        self._possible()
        self.loaded.emit(len(lines))

    def _selected(self, patrol: bytes | None) -> None:
        if patrol is not None and (self.page is None or self.page.page.record.id != patrol):
            self.returning.hide()
            self._read_page(patrol)

    def _read_page(self, patrol: bytes) -> None:
        self._asked += 1
        asked, library = self._asked, self._library
        self._bridge.run(
            lambda _cancel: patrol_desk.desk_page(library, patrol),
            lambda page: self._take_page(asked, page),
            lambda error: self._lost(asked, error),
            owner=self,
        )

    def _lost(self, asked: int, error: BaseException) -> None:
        if asked == self._asked and not isinstance(error, DataProblem):  # deleted: the queue is read again anyway
            self._bridge.report(error)

    def _take_page(self, asked: int, page: DeskPage) -> None:
        if asked != self._asked:
            return
        self.page = page
        self.right.show()
        own = page.page.origin is None or page.page.origin.own
        self.name.setText(page.page.record.text("name"))
        self.chip.show_word(state_word(page.state), state_tone(page.state))
        self.origin.setVisible(not own)
        if page.page.origin is not None:
            self.origin.setText(page.page.origin.name)
        self.remark.setText(self._remark(page))
        self._show_changes(page)
        self.sketch.show_sketch(page.page.sketch, own)
        self.effort.setText(_effort(page))
        self.photos.show_photos(page.photos)
        self._show_told(page)
        self._possible()

    def _remark(self, page: DeskPage) -> str:
        led = _("Led by {name}").format(name=page.leader) if page.leader else ""
        with_ = _("with {names}").format(names=page.members) if page.members else ""
        last = page.history[-1] if page.history else None
        offset = self._library.station.utc_offset
        step = f"{last.word}: {who_when(last, offset)}" if last else ""
        return " · ".join(filter(None, (led, with_, step)))

    def _show_changes(self, page: DeskPage) -> None:
        base = page.since.base
        told = patrol_changes.lines(page.since)
        lines = [f"• {one}" for one in told[:_MOST_CHANGES]]
        left = len(told) - len(lines)
        if left:
            lines.append(ngettext("{n} more change", "{n} more changes", left).format(n=number(left)))
        if base is None:
            title = _("Nobody has judged this patrol yet.")
        elif base.kind == RETURNED:
            title = _("Since it was returned with “{comment}”").format(comment=base.comment)
        else:
            when = moment(base.at / 1000, self._library.station.utc_offset)
            title = _("Since it was approved on {when}").format(when=when)
        if base is not None and not lines:
            lines = [_("Nothing was changed.")]
        self.changes_title.setText(title)
        self.changes_text.setText("\n".join(lines))
        self.changes_list.setVisible(bool(lines))
        height = self.changes_text.heightForWidth(max(self.right.width() - 24, 200))
        self.changes_list.setFixedHeight(min(max(height, 20) + 4, _CHANGES_HEIGHT))

    def _show_told(self, page: DeskPage) -> None:
        if self._told_inner is not None:
            self._told_inner.hide()
            self._told_inner.deleteLater()
        inner = self._told_inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        n = len(page.finds)
        column.addWidget(section(ngettext("{n} find or waypoint", "{n} finds and waypoints", n).format(n=number(n))))
        if not n:
            column.addWidget(muted(_("Nothing was noted on the way.")))
        for one in page.finds[:_MOST_FINDS]:
            column.addWidget(_find_row(one))
        if n > _MOST_FINDS:
            column.addWidget(muted(_("{n} more on the patrol's own page").format(n=number(n - _MOST_FINDS))))
        if page.facts:
            column.addWidget(hairline())
            column.addWidget(section(_("Notes and record")))
            grid = QGridLayout()
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(4)
            for row, (word, text) in enumerate(page.facts):
                grid.addWidget(label(_(word), "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
                grid.addWidget(label(text, wrap=True), row, 1)
            grid.setColumnStretch(1, 1)
            column.addLayout(grid)
        column.addStretch(1)
        self.told.column.addWidget(inner)
        self.told.verticalScrollBar().setValue(0)

    def _possible(self) -> None:
        for made in (self.return_button, self.approve_button):
            made.setVisible(self.judges)
            made.setEnabled(self.page is not None)
        self.refused.setVisible(not self.judges)

    # -- what a manager does -----------------------------------------------------------------------------------

    @property
    def can_judge(self) -> bool:
        """Whether a patrol is in view, and whoever is at work may judge it."""
        return self.isVisible() and self.page is not None and self.judges and not self._acting

    def step(self, by: int) -> None:
        """To the next patrol of the queue, or the one before."""
        row = self.table.view.currentIndex().row() + by
        if 0 <= row < len(self.table.model.lines):
            self.table.choose(self.table.model.lines[row].id)

    def approve(self) -> None:
        """Accept what is in view and go on to the next."""
        page = self.page
        if page is None or not self.can_judge:
            return
        patrol = page.page.record.id
        self._judge(lambda: patrol_state.approve(self._library, patrol, page.seen), _("Approved"), patrol)

    def ask_comment(self) -> None:
        """Open the line for the comment of a return."""
        if self.can_judge:
            self.returning.ask()

    def send_back(self) -> None:
        """Return the patrol with the comment and go on to the next."""
        page, comment = self.page, self.words.text()
        if page is None or not comment.strip():
            self.words.setFocus()
            return
        patrol = page.page.record.id
        said = _("Returned with a comment")
        self._judge(lambda: patrol_state.send_back(self._library, patrol, comment), said, patrol)

    def _judge(self, act: Callable[[], object], said: str, patrol: bytes) -> None:
        if self._acting:
            return
        self._acting = True
        self._bridge.act(lambda _cancel: act(), partial(self._done, said, patrol), failed=self._failed, owner=self)

    def _done(self, said: str, patrol: bytes, _changes: object) -> None:
        self._acting = False
        self.returning.hide()
        self._bridge.say(said, undo=True)
        lines = self.table.model.lines
        row = self.table.model.row_of(patrol)
        beside = [lines[at].id for at in (row + 1, row - 1) if 0 <= at < len(lines)] if row >= 0 else []
        if beside and self.table.current() == patrol:
            self.table.choose(beside[0])
        self.table.view.setFocus()
        self.read()

    def _failed(self, error: BaseException) -> None:
        self._acting = False
        self._bridge.report(error)
        self.read()  # what came meanwhile is shown, and can be judged

    def show_history(self) -> None:
        """Every step of the patrol, in the side panel."""
        if self.page is None:
            return
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 12, 16, 16)
        column.addWidget(HistoryCard(self._library.station.utc_offset, self.page.history))
        column.addStretch(1)
        self.panel_wanted.emit(page, _("History"))

    def open_patrol(self) -> None:
        """Go to the patrol's own page."""
        patrol = self.table.current()
        if patrol is not None:
            self.open_wanted.emit(patrol)

    # -- the screen's side -------------------------------------------------------------------------------------

    @property
    def sentence(self) -> str:
        """One sentence for the title line."""
        n = len(self.table.model.lines)
        if not n:
            return _("Nothing waits for a manager.")
        waits = ngettext("{n} patrol waits, the oldest first.", "{n} patrols wait, the oldest first.", n)
        return waits.format(n=number(n))

    def commands(self, group: str, free: Callable[[], bool] = lambda: True) -> list[Command]:
        """What can be done here; ``free`` says whether the keys are this page's."""

        def judged() -> bool:
            return free() and self.can_judge

        def some() -> bool:
            return free() and self.page is not None

        return [
            Command("patrols.desk_approve", _("Approve and go to the next"), self.approve, "A", judged, group),
            Command("patrols.desk_return", _("Return with a comment"), self.ask_comment, "R", judged, group),
            Command("patrols.desk_next", _("Next patrol"), partial(self.step, 1), "Right", some, group),
            Command("patrols.desk_back", _("Patrol before"), partial(self.step, -1), "Left", some, group),
            Command("patrols.desk_history", _("Show the history"), self.show_history, "H", some, group),
            Command("patrols.desk_open", _("Open the patrol's own page"), self.open_patrol, "O", some, group),
        ]


def _line(one: Waiting) -> Line:
    texts = (short_day(one.date) if one.date else "–", one.name)
    return Line(one.id, texts, tuple((1, text) for text in texts))


def _effort(page: DeskPage) -> str:
    figures = page.page.cleaned
    if figures.metres is None:
        return _("No track: no kilometres, which is not the same as zero.")
    parts = [_("{km} km").format(km=decimal(figures.metres / 1000, 2))]
    if figures.seconds is not None:
        parts.append(_("{hours} h").format(hours=clock(figures.seconds)))
    out = sum(page.page.excluded.values())
    if out:
        parts.append(ngettext("{n} point left out", "{n} points left out", out).format(n=number(out)))
    return " · ".join(parts)


def _find_row(one: Seen) -> QWidget:
    row = QWidget()
    grid = QGridLayout(row)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(0)
    at = label(one.at, "muted")
    at.setMinimumWidth(44)
    grid.addWidget(at, 0, 0, Qt.AlignmentFlag.AlignTop)
    words = " · ".join(dict.fromkeys(filter(None, (one.what, one.place))))
    grid.addWidget(label(words or _("Waypoint"), "strong", wrap=True), 0, 1)
    if one.changed:
        grid.addWidget(Chip(_("changed"), "attention"), 0, 2, Qt.AlignmentFlag.AlignTop)
    if one.said:
        grid.addWidget(label(one.said, wrap=True), 1, 1, 1, 2)
    grid.setColumnStretch(1, 1)
    return row
