"""The captures of one animal: where and when it was met, and sorting what was given to the wrong one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ranger_app.actions import capture_marks, catalogue, second_opinion
from ranger_app.actions.catalogue import Capture
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.kinds_individual import SIDES
from ranger_app.errors import DataProblem
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store import rows
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.animals import captures_model
from ui.camera_traps.animals.captures_model import BY, FLANK, PICTURE, PLACE, RECORD, SURENESS, CapturesModel, Met
from ui.camera_traps.animals.other_animal import Offered, OtherAnimal, offered
from ui.camera_traps.animals.picture_frame import PictureFrame
from ui.camera_traps.animals.small_pictures import SmallPictures
from ui.camera_traps.animals.words import flank_word
from ui.commands import Command
from ui.numbers import moment, number
from ui.widgets.buttons import button
from ui.widgets.columns import Columns
from ui.widgets.empty_state import EmptyState
from ui.widgets.scrolled import ScrolledColumn
from ui.widgets.segments import Segments
from ui.widgets.text import ElidedLabel, muted
from ui.widgets.wrapped import Wrapped

FLANK_KEYS = "LRFTX"
_SIDES = tuple(one.code for one in kind_named("observation").field("flank").choices)
_SURE = tuple(one.code for one in kind_named("observation").field("sureness").choices)
_SHARES = (7, 5)
_SPARE = {BY: 900, RECORD: 780, SURENESS: 620, FLANK: 530, PLACE: 410}
"""Columns that are left out where the list is narrower."""
_LEAST_BELOW, _LEAST_PICTURE = 168, 200
_ROOM_TO_ASK = 420
"""Lower than this the picture makes way while another animal is chosen."""


class CapturesPage(QWidget):
    """``counted(n)`` whenever the captures were read."""

    counted = Signal(int)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self.animal: bytes | None = None
        self.code = ""
        self._asked = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.BETWEEN)
        self.model = CapturesModel(library.station.utc_offset, self)
        self.view = self._made_view()
        self.pictures = SmallPictures(library, self.view, PICTURE)
        self._columns = Columns(self.view)
        self.empty = EmptyState(
            _("It was not met yet. Name the animal on a picture in the review, and the capture stands here."),
            icon="picture",
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        row.addWidget(self.stack, _SHARES[0])
        self.beside = QWidget()
        self.beside.setMinimumWidth(300)
        self._build_beside()
        row.addWidget(self.beside, _SHARES[1])
        self.setFocusProxy(self.view)

    def _made_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self.model)
        view.setAccessibleName(_("Captures"))
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        view.selectionModel().selectionChanged.connect(lambda *_both: self._chose())
        view.selectionModel().currentRowChanged.connect(lambda *_both: self._show_current())
        return view

    def _build_beside(self) -> None:
        column = QVBoxLayout(self.beside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.picture = PictureFrame(self._library, self._bridge)
        column.addWidget(self.picture, 1)
        self.told = ElidedLabel("", "strong")
        self.by = ElidedLabel("", "muted")
        told = QVBoxLayout()
        told.setSpacing(0)
        told.addWidget(self.told)
        told.addWidget(self.by)
        column.addLayout(told)
        self.acts = ScrolledColumn(self.contentsMargins())
        inside = self.acts.column
        inside.setSpacing(6)
        inside.addWidget(muted(_("Side that shows")))
        words = [f"{flank_word(side)}  {key}" for side, key in zip(_SIDES, FLANK_KEYS, strict=True)]
        self.sides = Segments(words, wrap=True)
        self.sides.chosen.connect(lambda place: self.mark("flank", _SIDES[place]))
        inside.addWidget(self.sides)
        inside.addWidget(muted(_("How sure who it is")))
        found = kind_named("observation").field("sureness").choices
        self.sure = Segments([f"{_(one.label)}  {n}" for n, one in enumerate(found, start=1)], wrap=True)
        self.sure.chosen.connect(lambda place: self.mark("sureness", _SURE[place]))
        inside.addWidget(self.sure)
        row = QWidget()
        buttons = Wrapped(8)
        row.setLayout(buttons)
        self.other_button = button(_("Another animal"), self.ask_other, key="A")
        self.picture_button = button(_("Its picture"), self.use_picture, key="P")
        self.picture_button.setToolTip(_("Use as its picture"))
        self.opinion_button = button(_("Second opinion"), self.ask_opinion, key="O")
        for made in (self.other_button, self.picture_button, self.opinion_button):
            buttons.addWidget(made)
        inside.addWidget(row)
        inside.addStretch(1)
        self.other = OtherAnimal()
        self.other.chosen.connect(self.move_to)
        self.other.made.connect(self.make_new)
        self.other.left.connect(self._put_back)
        self.below = QStackedWidget()
        self.below.addWidget(self.acts)
        self.below.addWidget(self.other)
        column.addWidget(self.below)

    # -- reading -----------------------------------------------------------------------------------------------

    def open(self, animal: bytes | None, code: str) -> None:
        """Show the captures of an animal; nothing for a new one."""
        if animal != self.animal:
            self.model.take(Met((), {}))
            self._put_back()
        self.animal, self.code = animal, code
        self.read()

    def read(self) -> None:
        """Read the captures again; what was chosen stays chosen."""
        self._asked += 1
        asked, animal = self._asked, self.animal
        if animal is not None:
            self._bridge.run(
                lambda _cancel: captures_model.read(self._library, animal),
                lambda met: self._take(asked, met),
                partial(self._lost, asked),
                owner=self,
            )

    def _take(self, asked: int, met: Met) -> None:
        if asked != self._asked:
            return
        chosen, row = {one.observation for one in self.chosen()}, self.view.currentIndex().row()
        self.model.take(met)
        self._fit()
        self.stack.setCurrentIndex(0 if met.captures else 1)
        self.beside.setVisible(bool(met.captures))
        same = [n for n, one in enumerate(met.captures) if one.observation in chosen] if chosen else []
        if met.captures:
            self._choose(same or [min(max(row, 0), len(met.captures) - 1)])
        self.counted.emit(len(met.captures))

    def _lost(self, asked: int, error: BaseException) -> None:
        if asked == self._asked and not isinstance(error, DataProblem):  # an animal that is gone has no captures
            self._bridge.report(error)

    def _fit(self) -> None:
        several = len(self.model.met.records) > 1
        width = self.width() * _SHARES[0] // sum(_SHARES)
        for column, least in _SPARE.items():
            self.view.setColumnHidden(column, width < least or (column == RECORD and not several))
        self._columns.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._make_room()

    def _make_room(self) -> None:
        """The buttons get what they need, the picture the rest; where that is little they scroll."""
        asking = self.below.currentWidget() is self.other
        self.picture.setVisible(not asking or self.height() >= _ROOM_TO_ASK)
        if asking:
            self.below.setFixedHeight(self.other.minimumSizeHint().height())
            return
        needed = self.acts.column.totalMinimumHeightForWidth(self.beside.width() - 12)
        self.below.setFixedHeight(max(_LEAST_BELOW, min(needed, self.height() - _LEAST_PICTURE)))

    def _choose(self, wanted: Sequence[int]) -> None:
        """Choose these rows, in order, at one stroke: thousands may be chosen."""
        selection, flag = self.view.selectionModel(), QItemSelectionModel.SelectionFlag
        chosen = QItemSelection()
        first = before = wanted[0]
        for row in [*wanted[1:], -1]:
            if row != before + 1:
                chosen.select(self.model.index(first, 0), self.model.index(before, 0))
                first = row
            before = row
        selection.setCurrentIndex(self.model.index(wanted[0], 0), flag.NoUpdate)
        selection.select(chosen, flag.ClearAndSelect | flag.Rows)

    # -- choosing ----------------------------------------------------------------------------------------------

    def chosen(self) -> list[Capture]:
        """The chosen captures, as they stand."""
        return [self.model.capture(n) for n in sorted(one.row() for one in self.view.selectionModel().selectedRows())]

    def choose_at(self, kind: str, place: bytes) -> None:
        """Choose the captures made at a location or by a deployment."""
        there = {place}
        if kind == "location":
            with self._library.read() as db:
                there = {one.id for one in rows.find(db, "deployment", '"location" IS ?', [place])}
        found = [row for row, one in enumerate(self.model.met.captures) if one.deployment in there]
        if found:
            self._choose(found)
            self.view.scrollTo(self.model.index(found[0], 0))

    def _show_current(self) -> None:
        """The picture the keyboard is on, else the first one chosen."""
        row, chosen = self.view.currentIndex().row(), self.view.selectionModel()
        if not chosen.isRowSelected(row):
            row = min((one.row() for one in chosen.selectedRows()), default=-1)
        one = self.model.capture(row) if 0 <= row < self.model.rowCount() else None
        self.picture.show_picture(one.sha256 if one else None, _("The picture is not here.") if one else "")

    def _chose(self) -> None:
        found = self.chosen()
        one = found[0] if len(found) == 1 else None
        self._show_current()
        words = ngettext("{n} capture chosen", "{n} captures chosen", len(found)).format(n=number(len(found)))
        if one is not None:
            at = moment(one.taken_at, self._library.station.utc_offset) if one.taken_at is not None else ""
            words = " · ".join(part for part in (at, one.place) if part) or words
        self.told.setText(words)
        self.by.setText(self._whose(one) if one is not None else "")
        flanks, sure = {one.flank for one in found}, {one.sureness or "certain" for one in found}
        self.sides.tick(_SIDES.index(flanks.pop()) if len(flanks) == 1 and flanks <= set(_SIDES) else None)
        self.sure.tick(_SURE.index(sure.pop()) if len(sure) == 1 and sure <= set(_SURE) else None)
        self.picture_button.setEnabled(len(found) == 1)
        self.opinion_button.setEnabled(len(found) == 1)

    def _whose(self, one: Capture) -> str:
        said = _("said by {name}").format(name=one.by) if one.by else ""
        code = self.model.code(one) if len(self.model.met.records) > 1 else ""
        return " · ".join(part for part in (code, said) if part)

    # -- what a person does ------------------------------------------------------------------------------------

    def mark(self, field: str, word: str) -> None:
        """Say of the chosen captures which side shows, or how sure it is who it is."""
        found = [one.observation for one in self.chosen()]
        if found:
            self._act(
                lambda: capture_marks.mark(self._library, found, field, word),
                ngettext("Noted for {n} capture.", "Noted for {n} captures.", len(found)).format(n=number(len(found))),
            )

    def use_picture(self) -> None:
        """Let the chosen capture stand for the side it shows."""
        found, animal = self.chosen(), self.animal
        if len(found) != 1 or animal is None or found[0].media is None:
            return
        one = found[0]
        if one.flank not in SIDES:
            self._bridge.say(_("Say first which side shows: left, right, face or tail."))
            self.sides.setFocus()
            return
        self._act(
            lambda: catalogue.choose_picture(self._library, animal, one.flank, one.media),
            _("This picture now stands for: {side}.").format(side=flank_word(one.flank)),
        )

    def ask_opinion(self) -> None:
        """Ask somebody else who the chosen capture shows, without telling what was said."""
        found = self.chosen()
        if len(found) == 1:
            observation = found[0].observation
            self._act(
                lambda: second_opinion.ask(self._library, observation),
                _("Another person is asked, without being told who you say it is."),
            )

    def ask_other(self) -> None:
        """Ask which other animal the chosen captures show."""
        found, animal = self.chosen(), self.animal
        if not found or animal is None:
            return
        self.other.ask(len(found))
        self.below.setCurrentWidget(self.other)
        self._make_room()
        self.other.setFocus()

        def read(_cancel: object) -> Offered:
            with self._library.read() as db:
                return offered(catalogue.entries(db), animal)

        self._bridge.run(read, lambda answer: self.other.offer(answer, self.code), owner=self)

    def _put_back(self) -> None:
        self.other.say("")
        self.below.setCurrentWidget(self.acts)
        self._make_room()
        if self.isVisible():
            self.view.setFocus()

    def move_to(self, animal: bytes) -> None:
        """The chosen captures show a known animal."""
        found = [one.observation for one in self.chosen()]
        if found:
            self._put_back()
            self._act(lambda: catalogue.move(self._library, found, animal), self._moved(len(found)))

    def make_new(self, code: str) -> None:
        """The chosen captures show an animal that nobody knew; it gets ``code``."""
        found = self.chosen()
        of = {one.animal for one in found}
        if len(of) > 1:
            self.other.say(_("These captures are from several catalogues. Choose those of one record."))
            return
        if found:
            whole, chosen = of.pop(), [one.observation for one in found]
            self._put_back()
            self._act(
                lambda: catalogue.split(self._library, whole, chosen, {"code": code, "status": "alive"}),
                f"{_('{code} is a new animal.').format(code=code)} {self._moved(len(found))}",
            )

    @staticmethod
    def _moved(n: int) -> str:
        return ngettext("{n} capture moved.", "{n} captures moved.", n).format(n=number(n))

    def _act(self, work: Callable[[], object], words: str) -> None:
        self._bridge.act(lambda _cancel: work(), lambda _done: self._bridge.say(words, undo=True), owner=self)

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """The keys of this page; ``free`` tells whether plain letters are commands now."""
        group = _("Captures")

        def possible() -> bool:
            return free() and self.isVisible() and bool(self.chosen())

        made = partial(Command, group=group, enabled=possible)
        found = [
            made("captures.other", _("Another animal"), self.ask_other, "A"),
            made("captures.picture", _("Use as its picture"), self.use_picture, "P"),
            made("captures.opinion", _("Ask for a second opinion"), self.ask_opinion, "O"),
        ]
        for side, key in zip(_SIDES, FLANK_KEYS, strict=True):
            found.append(made(f"captures.{side}", flank_word(side), partial(self.mark, "flank", side), key))
        for n, one in enumerate(kind_named("observation").field("sureness").choices, start=1):
            run = partial(self.mark, "sureness", one.code)
            found.append(made(f"captures.{one.code}", _(one.label), run, str(n)))
        return found
