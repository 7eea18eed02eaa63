"""All pictures in a grid that stays fluid at a million: choose some, press a key, and they are named."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ranger_app.actions import deployment_list, review
from ranger_app.actions.review import Tally
from ranger_app.actions.second_look import OwnProgress, own_progress
from ranger_app.changes import Changes
from ranger_app.domain import taxa
from ranger_app.i18n import _, language
from ranger_app.library import Library
from ranger_app.store.gallery import Filter
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.filter_line import FilterLine
from ui.camera_traps.key_line import KeyLine
from ui.camera_traps.reviewer import MOST_AT_ONCE, AnswerKey, Details, Reviewer
from ui.camera_traps.source import ReviewSource
from ui.camera_traps.species_field import SpeciesField
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.grid_view import GridView
from ui.widgets.text import label, muted

_SETTLE_MS = 400
"""Changes that come close together are read once."""
_GRID, _EMPTY, _NOTHING, _DONE, _LOADING = range(5)


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
        self.own: OwnProgress | None = None
        """How far the person at work is where two looks are asked for."""
        self.names: dict[bytes, str] = {}
        self.loaded = False
        self._asked = 0
        self._wanted: bytes | None = None
        self._resume: tuple[int, Callable[[int], object] | None] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.filter = FilterLine(library.station.utc_offset)
        self.filter.changed.connect(self._filter_changed)
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
        self._rows_too = False
        self.reviewer.said.connect(self._said)
        self.reviewer.details_changed.connect(self._show_count)

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
                self.count.setToolTip(_("How many"))
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
        self._find()
        self._read_words()
        self._read_tally()

    def _find(self) -> None:
        self._asked += 1
        asked, wanted = self._asked, self.filter.filter
        self._bridge.run(lambda _cancel: self.source.find(wanted), lambda keys: self._found(asked, keys), owner=self)

    def _found(self, asked: int, keys: array[int]) -> None:
        if asked != self._asked:
            return
        self.grid.show_keys(keys)
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
        had_focus = self.stack.isAncestorOf(self.focusWidget() or self)
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
        def read(_cancel: object) -> tuple[list[tuple[bytes, str]], list[tuple[str, int]]]:
            with self._library.read() as db:
                return deployment_list.names(db), review.shown_in_library(db, self.source.eyes)

        self._bridge.run(read, self._words_read, owner=self)

    def _words_read(self, found: tuple[list[tuple[bytes, str]], list[tuple[str, int]]]) -> None:
        names, seen = found
        self.names = dict(names)
        self.filter.offer_deployments(names)
        self.filter.offer_species([(self.source.word(code), code, n) for code, n in seen])
        self.tallied.emit()

    def _read_tally(self) -> None:
        deployment = self.filter.filter.deployment

        eyes = self.source.eyes

        def read(_cancel: object) -> tuple[Tally, OwnProgress]:
            with self._library.read() as db:
                return review.tally(db, deployment, eyes), own_progress(db, eyes.person, deployment)

        self._bridge.run(read, lambda found: self._tally_read(deployment, *found), owner=self)

    def _tally_read(self, deployment: bytes | None, tally: Tally, own: OwnProgress) -> None:
        if deployment == self.filter.filter.deployment:
            self.tally, self.own = tally, own
            self.tallied.emit()

    def refresh(self, changes: Changes) -> None:
        """Look again at what ``changes`` touches; new or deleted pictures need the filter again."""
        if not self.loaded or not {"media", "observation", "deployment", "individual"} & changes.kinds:
            return
        self.grid.forget()
        self._rows_too = self._rows_too or "media" in changes.kinds
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
        self._read_words()
        self._read_tally()

    # -- filter ------------------------------------------------------------------------------------------------

    def _filter_changed(self, _wanted: Filter) -> None:
        if self.loaded:
            self._find()
            self._read_tally()

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

    def answer(self, key: AnswerKey) -> None:
        """Name what is chosen; after a single picture the next one is chosen."""
        if self._too_many():
            self.reviewer.refuse()
            return
        keys = self.chosen()
        if self.reviewer.answer(keys, key.type, key.taxon):
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
        self.reviewer.more(1 - self.reviewer.details.count)
        if len(keys) == 1 and self.grid.current_row + 1 < len(self.source):
            self.grid.go_to(self.grid.current_row + 1)

    def _said(self, _keys: object) -> None:
        self.grid.viewport().update()

    def _show_count(self) -> None:
        self.count.setText(str(self.reviewer.details.count))
