"""All pictures in a grid that stays fluid at a million: choose some, press a key, and they are named."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import deployment_list, review
from ranger_app.actions.review import Tally
from ranger_app.actions.second_look import OwnProgress, own_progress
from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.i18n import _, language, ngettext
from ranger_app.library import Library
from ranger_app.store import events
from ranger_app.store.gallery import Filter
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.event_rule import EventRule
from ui.camera_traps.filter_line import FilterLine
from ui.camera_traps.key_line import KeyLine
from ui.camera_traps.reviewer import MOST_AT_ONCE, AnswerKey, Details, Reviewer
from ui.camera_traps.source import ReviewSource
from ui.camera_traps.species_field import SpeciesField
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.grid_view import GridView
from ui.widgets.text import label, muted

_SETTLE_MS = 400
"""Changes that come close together are read once."""
_WORDS_MS = 3000
"""While a person names picture after picture, how many show what is counted anew so often."""
_FIRST = 2000
"""Pictures shown before all that fit are found."""
_LONG = 120
"""Minutes from which hours are said."""
_GRID, _EMPTY, _NOTHING, _DONE, _LOADING = range(5)


@dataclass(frozen=True, slots=True)
class Words:
    """What the filter offers."""

    deployments: list[tuple[bytes, str]]
    seen: list[tuple[str, int]]
    areas: list[tuple[bytes, str]]
    months: list[tuple[int, int]]


class PicturesPage(QWidget):
    """Filter line, grid, key line. ``opened(row)`` for the viewer; ``tallied`` when the progress is known anew."""

    opened = Signal(int)
    tallied = Signal()

    def __init__(self, library: Library, bridge: Bridge, empty_a_card: Callable[[], object]) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.source = ReviewSource(library)
        self.reviewer = Reviewer(library, bridge, self.source, self)
        self.tally: Tally | None = None
        self.events_left = 0
        self.own: OwnProgress | None = None
        """How far the person at work is where two looks are asked for."""
        self.names: dict[bytes, str] = {}
        self.loaded = False
        self._asked = 0
        self._words_due = self._tally_due = False
        self._wanted: bytes | None = None
        self._more_of: tuple[int, ...] = ()
        """What one species was named of while another is to follow."""
        self._resume: tuple[int, Callable[[int], object] | None] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.filter = FilterLine(library.station.utc_offset)
        self.filter.changed.connect(self._filter_changed)
        self.filter.jumped.connect(self.jump_to)
        self.rule = EventRule(self.reviewer, self.source)
        self.filter.put_rule(self.rule)
        self.rule.left.connect(self._to_grid)
        column.addWidget(self.filter)
        self.grid = GridView(self.source)
        self.grid.opened.connect(self.opened)
        self.filter.left.connect(self.grid.setFocus)
        self.grid.setAccessibleName(_("Pictures"))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.grid)
        self.stack.addWidget(
            EmptyState(
                _("No pictures yet. Put a camera's card in the reader and empty it."),
                _("Empty a card"),
                empty_a_card,
                icon="camera",
                key="E",
            )
        )
        show_all = _("Show all pictures")
        self.stack.addWidget(EmptyState(_("No picture fits this filter."), show_all, self.show_all, icon="picture"))
        self.stack.addWidget(EmptyState(_("Everything here has been looked at."), show_all, self.show_all, icon="done"))
        loading = muted(_("Looking for the pictures …"))
        loading.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack.addWidget(loading)
        self.stack.setCurrentIndex(_LOADING)
        column.addWidget(self.stack, 1)
        self._build_answers(column)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._read_again)
        self._rows_too = self._words_too = False
        self._words_later = QTimer(self)
        self._words_later.setSingleShot(True)
        self._words_later.setInterval(_WORDS_MS)
        self._words_later.timeout.connect(self._read_words)
        self.reviewer.said.connect(self._said)
        self.reviewer.details_changed.connect(self._show_count)
        self.reviewer.rule_changed.connect(self._rule_changed)

    def _build_answers(self, column: QVBoxLayout) -> None:
        line = QHBoxLayout()
        line.setSpacing(theme.BETWEEN)
        self.field = SpeciesField()
        self.field.setPlaceholderText(_("Type a few letters"))
        self.field.setFixedWidth(210)
        self.field.chosen.connect(lambda name: self.answer(AnswerKey("", "animal", name)))
        self.field.left.connect(self.grid.setFocus)
        line.addWidget(self.field)
        steps = QHBoxLayout()
        steps.setSpacing(4)
        for sign, by, name in (("−", -1, _("One fewer")), ("+", 1, _("One more"))):
            made = button(sign, partial(self.reviewer.more, by))
            made.setFixedSize(44, theme.TARGET)
            made.setAccessibleName(name)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            steps.addWidget(made)
            if by < 0:
                self.count = label("1", "section")
                self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
                self.count.setMinimumWidth(28)
                self.count.setToolTip(_("How many: of an event, the most that any single picture shows"))
                steps.addWidget(self.count)
        line.addLayout(steps)
        self.keys = KeyLine()
        line.addWidget(self.keys, 1)
        column.addLayout(line)
        self.show_answer_keys()

    def show_answer_keys(self) -> None:
        """The key line anew: another person, another language."""
        reviewer = self.reviewer
        species = [([one.key], taxa.name(one.taxon or "", language())) for one in reviewer.species_keys()]
        others = [([one.key], self.source.word(one.type)) for one in reviewer.all_keys()[len(species) :]]
        self.keys.show_keys([*others[:2], *species[:4], *others[2:], *species[4:]])

    # -- reading -----------------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read which pictures fit the filter, the words to choose from and the progress."""
        self.loaded = True
        self._words_due = self._tally_due = True
        self._find()

    def _find(self) -> None:
        self._asked += 1
        asked, wanted = self._asked, self.filter.filter
        self.source.by_time = wanted.order == "time"

        def find_all() -> None:
            self._bridge.run(
                lambda _cancel: self.source.find(wanted), lambda keys: self._found(asked, keys), owner=self
            )

        def begun(keys: array[int]) -> None:
            if asked != self._asked:
                return
            if len(keys) < _FIRST:
                self._found(asked, keys)
                return
            self.grid.show_keys(keys)
            self.stack.setCurrentIndex(_GRID)
            find_all()

        if len(self.source) or self._resume is not None or self._wanted is not None:
            find_all()
        else:  # nobody stands anywhere yet: what fits on the first screens is there at once, the rest follows
            self._bridge.run(lambda _cancel: self.source.find(wanted, _FIRST), begun, owner=self)

    def _found(self, asked: int, keys: array[int]) -> None:
        if asked != self._asked:
            return
        self.grid.show_keys(keys)
        if self._words_due:  # not before the pictures: at a million the three would hold each other up
            self._words_due = False
            self._read_words()
        if self._tally_due:
            self._tally_due = False
            self._read_tally()
        self.filter.show_count(len(keys))
        wanted = self.filter.filter
        if len(keys):
            place = _GRID
        elif wanted == Filter():
            place = _EMPTY
        elif wanted.review == "open" and wanted == Filter(wanted.deployment, "open"):
            place = _DONE
        else:
            place = _NOTHING
        had_focus = self.isVisible() and self.stack.isAncestorOf(self.focusWidget() or self)
        self.stack.setCurrentIndex(place)
        if self._wanted is not None:
            row = self.source.row_of(self._wanted)
            self._wanted = None
            if row >= 0:
                self.grid.go_to(row)
        if self._resume is not None and 0 <= self._resume[0] < len(keys):
            row, then = self._resume
            self.grid.go_to(row)
            if then is not None:
                then(row)
        self._resume = None
        if had_focus and place == _GRID:
            self.grid.setFocus()
        self.tallied.emit()

    def _read_words(self) -> None:
        def read(_cancel: object) -> Words:
            with self._library.read() as db:
                return Words(
                    deployment_list.names(db),
                    review.shown_in_library(db, self.source.eyes),
                    deployment_list.areas(db),
                    events.months(db, self._library.station.utc_offset),
                )

        self._bridge.run(read, self._words_read, owner=self)

    def _words_read(self, found: Words) -> None:
        self.names = dict(found.deployments)
        self.filter.offer_deployments(found.deployments)
        self.filter.offer_species([(self.source.word(code), code, n) for code, n in found.seen])
        self.filter.offer_places(found.areas, found.months)
        self.tallied.emit()

    def _read_tally(self) -> None:
        deployment = self.filter.filter.deployment
        eyes, gap = self.source.eyes, self.source.gap

        def read(_cancel: object) -> tuple[Tally, OwnProgress, int]:
            with self._library.read() as db:
                left = events.waiting(db, Filter(deployment, eyes=eyes), gap)
                return review.tally(db, deployment, eyes), own_progress(db, eyes.person, deployment), left

        self._bridge.run(read, lambda found: self._tally_read(deployment, *found), owner=self)

    def _tally_read(self, deployment: bytes | None, tally: Tally, own: OwnProgress, events_left: int) -> None:
        if deployment == self.filter.filter.deployment:
            self.tally, self.own, self.events_left = tally, own, events_left
            self.tallied.emit()

    def progress(self) -> str:
        """How far the review has come, how many events are left and roughly how long they take at this pace."""
        tally = self.tally
        if tally is None:
            return " "
        if not tally.pictures:
            return _("No pictures yet.")
        done = _("{done} of {total} done").format(done=number(tally.reviewed), total=number(tally.pictures))
        if not tally.to_review:
            return _("{done} · nothing left to review").format(done=done)
        left = ngettext("{n} event left", "{n} events left", self.events_left).format(n=number(self.events_left))
        minutes = self.reviewer.minutes_left(self.events_left)
        if minutes is None:
            return f"{done} · {left}"
        if minutes >= _LONG:
            about = ngettext("about {n} hour", "about {n} hours", round(minutes / 60)).format(
                n=number(round(minutes / 60))
            )
        else:
            about = ngettext("about {n} minute", "about {n} minutes", minutes).format(n=minutes)
        return f"{done} · {left} · {about}"

    def refresh(self, changes: Changes) -> None:
        """Look again at what ``changes`` touches; new or deleted pictures need the filter again."""
        if not self.loaded or not {"media", "observation", "deployment", "individual"} & changes.kinds:
            return
        self.grid.forget()
        self._rows_too = self._rows_too or "media" in changes.kinds
        if changes.kinds != {"observation"}:
            self._words_too = True
        elif not self._words_later.isActive():
            self._words_later.start()
        if not self._settle.isActive():
            self._settle.start()

    def person_changed(self) -> None:
        """Somebody else looks now: nothing that the one before said stays at hand."""
        self.reviewer.last = None
        self.reviewer.put(Details())
        self.source.forget()
        if self.loaded:
            self.load()

    def _read_again(self) -> None:
        if self._rows_too:
            self._rows_too = False
            self._find()
        if self._words_too:
            self._words_too = False
            self._read_words()
        self._read_tally()

    # -- filter ------------------------------------------------------------------------------------------------

    def _filter_changed(self, _wanted: Filter) -> None:
        if self.loaded:
            self._tally_due = True
            self._find()

    def show_all(self) -> None:
        """Take all filters away."""
        self.filter.put(Filter())
        self.grid.setFocus()

    def toggle_review(self) -> None:
        """Between all pictures and those that wait."""
        self.filter.to_review.toggle()

    def show_filter(self, wanted: Filter, media: bytes | None = None) -> None:
        """Show these pictures, standing on ``media`` if it is among them."""
        self._wanted = media
        same = wanted == self.filter.filter
        self.filter.put(wanted)
        if not self.loaded:
            self.load()
        elif same:
            self._find()

    def resume(self, wanted: Filter, row: int, then: Callable[[int], object] | None = None) -> None:
        """Stand where an earlier page stood; ``then(row)`` once the pictures are there."""
        self._resume = (row, then)
        self.filter.put(wanted)
        self.load()

    # -- saying ------------------------------------------------------------------------------------------------

    def chosen(self) -> list[int]:
        """The row numbers in the library of what the next key names."""
        if self.stack.currentIndex() != _GRID:
            return []
        keys = [] if self._too_many() else self.grid.selected_keys()
        if not keys and self.grid.current_row >= 0:
            keys = [self.source.keys[self.grid.current_row]]
        return keys

    def _too_many(self) -> bool:
        return self.grid.selected_number() > MOST_AT_ONCE

    def answer(self, key: AnswerKey, *, more: bool = False) -> None:
        """Name what is chosen; after a single picture or event the next one is chosen, unless ``more`` follows."""
        if self._too_many():
            self.reviewer.refuse()
            return
        keys = self.chosen()
        if not self.reviewer.answer(keys, key.type, key.taxon, add=more or tuple(keys) == self._more_of):
            return
        self._more_of = tuple(keys) if more else ()
        if more:
            self.reviewer.put(Details())
        else:
            self._go_on(keys)

    def copy_previous(self) -> None:
        """Say the same as last time."""
        if self._too_many():
            self.reviewer.refuse()
            return
        keys = self.chosen()
        if self.reviewer.last is None:
            self._bridge.say(_("There is nothing to copy yet."))
        elif self.reviewer.state(keys, self.reviewer.last):
            self._go_on(keys)

    def _go_on(self, keys: list[int]) -> None:
        self.reviewer.put(Details())
        row = self.grid.current_row
        if len(keys) != 1:
            return
        following = self.source.event_step(row, 1) if self.reviewer.whole else row + 1
        if row < following < len(self.source):
            self.grid.go_to(following)

    def _to_grid(self) -> None:
        self.grid.setFocus()

    # -- events ------------------------------------------------------------------------------------------------

    def step_event(self, by: int, *, extend: bool = False) -> None:
        """The first picture of the event after (1) or before (-1) the current one; ``extend`` chooses up to there."""
        row = self.grid.current_row
        if row < 0:
            return
        if not extend:
            self.grid.go_to(self.source.event_step(row, by))
        elif by > 0:  # to the end of this event, or of the next one where this is chosen whole
            last = self.source.event_rows(row)[-1]
            self.grid.go_to(
                last if last != row else self.source.event_rows(min(row + 1, len(self.source) - 1))[-1], extend=True
            )
        else:
            self.grid.go_to(self.source.event_step(row, -1), extend=True)

    def choose_event(self) -> None:
        """Choose all pictures of the current event, beside what is chosen already."""
        if self.grid.current_row >= 0:
            self.grid.choose(self.source.event_rows(self.grid.current_row))

    def jump_to(self, moment: int) -> None:
        """Go to the first picture taken at ``moment`` (UTC seconds) or later."""
        if self.stack.currentIndex() != _GRID:
            return
        if not self.source.by_time:
            self._bridge.say(_("The pictures are not in the order of time now."))
            return
        row = self.source.row_at(moment)
        if row >= len(self.source):
            self._bridge.say(_("No picture was taken after this day. This is the last one."))
        self.grid.go_to(min(row, len(self.source) - 1))
        self.grid.scrollTo(self.grid.currentIndex(), self.grid.ScrollHint.PositionAtTop)

    def _rule_changed(self) -> None:
        self.rule.show_rule()
        self.grid.viewport().update()
        if self.loaded:
            self._read_tally()

    def _said(self, _keys: object) -> None:
        self.grid.viewport().update()

    def _show_count(self) -> None:
        self.count.setText(str(self.reviewer.details.count))
