"""What two people saw differently, one event at a time: its pictures, both answers side by side, and a key to settle.

Who may not settle sees that something waits, and of the answers only their own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from ranger_app.actions import records, second_look
from ranger_app.actions.identify import Answer
from ranger_app.actions.listing import Line
from ranger_app.actions.second_look import Difference, OwnProgress, SecondLook
from ranger_app.changes import Changes
from ranger_app.i18n import N_, _, ngettext
from ranger_app.library import Library
from ranger_app.store import gallery, looks
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps import own_look
from ui.camera_traps.film_strip import FilmStrip
from ui.camera_traps.key_line import KeyLine
from ui.camera_traps.opinion_card import OpinionCard, word_of
from ui.camera_traps.picture_view import PictureView
from ui.camera_traps.source import ReviewSource
from ui.camera_traps.species_field import SpeciesField
from ui.commands import Command
from ui.numbers import number
from ui.widgets.buttons import button
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import LinesModel, LineTable
from ui.widgets.text import ElidedLabel, label, muted
from ui.widgets.thumbs import Thumbs

MOST_OPINIONS = 3
_NARROW, _LOW = 760, 400
_TIMES, _WIDE = 176, 16_777_215
_SETTLE_MS = 400
"""Changes that come close together are read once."""
FIELDS = {
    "taxon": N_("species"),
    "count": N_("number"),
    "individual": N_("individual"),
    "sex": N_("sex"),
    "life_stage": N_("age"),
}
TYPE_KEYS = (("B", "blank"), ("H", "human"), ("V", "vehicle"), ("U", "unknown"))


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: the queue, the names of known animals in it, and what the person at work may do."""

    queue: SecondLook
    individuals: dict[bytes, str]
    asked: int
    """How many deployments ask for two looks."""
    may: bool


def read(library: Library) -> Found:
    """Read the queue for the person at work; for workers."""
    may = second_look.may_settle(library)
    with library.read() as db:
        queue = second_look.queue(db, None, library.person)
        named = {
            animal
            for one in queue.differences
            for opinion in one.opinions
            for seen in opinion.look.seen.values()
            for animal in seen.individuals
        }
        names = {animal: records.title(db, "individual", animal) for animal in named}
        return Found(queue, names, len(looks.two_looks(db)), may)


class SecondLookPage(QWidget):
    """The queue at the left, the event at the right. ``loaded(n)`` whenever the queue was read."""

    loaded = Signal(int)

    def __init__(
        self, library: Library, bridge: Bridge, thumbs: Thumbs, show_deployments: Callable[[], object]
    ) -> None:
        super().__init__()
        self._library, self._bridge, self._thumbs = library, bridge, thumbs
        self.found: Found | None = None
        self.row = 0
        self.count = 1
        self._dirty = True
        self._asked = 0
        self.source = ReviewSource(library)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(theme.BETWEEN)
        self.empty = EmptyState("", _("Choose a deployment"), show_deployments, icon="done", key="D")
        self.table = LineTable(
            bridge,
            LinesModel([_("Camera time"), _("Differs in")], [False, False]),
            lambda: [],
            (),
            self.empty,
            with_filter=False,
        )
        self.table.view.setAccessibleName(_("Seen differently"))
        header = self.table.view.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.selected.connect(self._selected)
        outer.addWidget(self.table, 30)
        self.right = QWidget()
        outer.addWidget(self.right, 70)
        self._build()
        self.right.hide()
        self.setFocusProxy(self.table)
        thumbs.loaded.connect(self._preview_came)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.read)

    def _build(self) -> None:
        column = QVBoxLayout(self.right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.place = ElidedLabel("", "strong")
        column.addWidget(self.place)
        self.picture = PictureView(self._library, self._bridge)
        self.picture.setMinimumSize(160, 100)
        column.addWidget(self.picture, 1)
        self.strip = FilmStrip(self.source, self._thumbs)
        self.strip.wanted.connect(self.show_picture)
        column.addWidget(self.strip)
        cards = QHBoxLayout()
        cards.setSpacing(8)
        self.cards = [OpinionCard(place) for place in range(MOST_OPINIONS)]
        for place, card in enumerate(self.cards):
            card.taken.connect(partial(self.take, place))
            cards.addWidget(card, 1)
        column.addLayout(cards)
        self.other = QWidget()
        line = QHBoxLayout(self.other)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.field = SpeciesField()
        self.field.setPlaceholderText(_("Another species"))
        self.field.setFixedWidth(200)
        self.field.chosen.connect(self.settle_species)
        self.field.left.connect(self.table.view.setFocus)
        line.addWidget(self.field)
        for sign, by, name in (("−", -1, _("One fewer")), ("+", 1, _("One more"))):
            made = button(sign, partial(self.more, by))
            made.setFixedSize(44, theme.TARGET)
            made.setAccessibleName(name)
            line.addWidget(made)
            if by < 0:
                self.number = label("1", "section")
                self.number.setMinimumWidth(24)
                self.number.setToolTip(_("How many"))
                line.addWidget(self.number)
        self.keys = KeyLine()
        line.addWidget(self.keys, 1)
        column.addWidget(self.other)
        self.refused = muted(
            _("A reviewer or manager settles what was seen differently. Until then you see only your own answer.")
        )
        column.addWidget(self.refused)
        self.keys.show_keys(
            [
                (["S"], _("another species")),
                *(([key], word_of(kind)) for key, kind in TYPE_KEYS[:2]),
                (["Ctrl+Z"], _("undo")),
                (["Left", "Right"], _("picture")),
            ]
        )

    # -- reading -----------------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        """Read again what changed, when somebody looks."""
        if changes is None or {"observation", "media", "deployment", "person", "individual"} & changes.kinds:
            self._dirty = True
            if self.isVisible() and not self._settle.isActive():
                self._settle.start()

    def person_changed(self) -> None:
        """Somebody else is here now: what they may not see is gone at once, whatever is still being read."""
        self._asked += 1
        self._dirty = True
        if self.found is not None:
            self._show(replace(self.found, queue=SecondLook((), self.found.queue.progress)))
            self.found = None
        if self.isVisible():
            self.read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._dirty:
            self.read()

    def read(self) -> None:
        """Read the queue."""
        self._dirty = False
        self._asked += 1
        asked, library = self._asked, self._library
        self._bridge.run(lambda _cancel: read(library), lambda found: self._take(asked, found), owner=self)

    def _take(self, asked: int, found: Found) -> None:
        if asked == self._asked:
            self._show(found)

    def _show(self, found: Found) -> None:
        row = max(0, self.table.view.currentIndex().row())
        before = self.current()
        self.found = found
        self.empty.sentence.setText(self._nothing(found))
        self.empty.button.setVisible(not found.asked)
        self._fit()
        self.table.show_lines([_line(one, open_=found.may) for one in found.queue.differences])
        lines = self.table.model.lines
        if lines and self.table.current() is None:
            self.table.choose(lines[min(row, len(lines) - 1)].id)
        if before is None or before != self.current():
            self._selected(self.table.current())
        else:
            self._show_cards(before)
        self.loaded.emit(len(lines))

    @staticmethod
    def _nothing(found: Found) -> str:
        if not found.asked:
            return _(
                "Nobody has asked for a second look yet. Open a deployment and set “Independent looks” to 2, or choose"
                " it in the list and press 2. Two people then name its pictures without seeing each other's answers;"
                " what they see differently waits here."
            )
        return _("Nothing to settle. What two people see differently waits here.") + "\n" + progress_words(found)

    def current(self) -> Difference | None:
        """The event shown."""
        chosen = self.table.current()
        waiting = self.found.queue.differences if self.found is not None else ()
        return next((one for one in waiting if one.pictures[0] == chosen), None)

    # -- showing -----------------------------------------------------------------------------------------------

    def _selected(self, _chosen: bytes | None) -> None:
        one = self.current()
        self.right.setVisible(one is not None)
        if one is None or self.found is None:
            return
        with self._library.read() as db:
            keys = [key for media in one.pictures if (key := gallery.key_of(db, media)) is not None]
        self.source.take(array("q", keys))
        pictures = ngettext("{n} picture", "{n} pictures", len(keys)).format(n=number(len(keys)))
        self.place.setText(" · ".join(part for part in (one.place, one.start.replace("T", " "), pictures) if part))
        self._fit()
        self.count = 0
        self.more(1)
        self._show_cards(one)
        self.show_picture(0)

    def _show_cards(self, one: Difference) -> None:
        assert self.found is not None
        may, offset = self.found.may, self._library.station.utc_offset
        shown = [o for o in one.opinions if may or o.look.by == self._library.person][:MOST_OPINIONS]
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(shown))
            if place < len(shown):
                card.show_opinion(one, shown[place], self.found.individuals, offset, open_=may)
        self.other.setVisible(may)
        self.refused.setVisible(not may)

    def show_picture(self, row: int) -> None:
        """The picture at ``row`` of the event, large."""
        if not 0 <= row < len(self.source):
            return
        self.row = row
        cell = self.source.cell(row)
        sha256 = cell.sha256 if cell is not None else None
        video = cell is not None and (cell.media_type or "").startswith("video")
        self.picture.show_picture(sha256, self._thumbs.get(sha256) if sha256 else None, is_video=video)
        self.strip.show_row(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Where there is little room the answers come first: the list is left with its times, the strip makes way.
        narrow = self.width() < _NARROW
        self.table.setMaximumWidth(_TIMES if narrow and self.table.model.lines else _WIDE)
        self.table.view.setColumnHidden(1, narrow or self.found is None or not self.found.may)
        self.strip.setVisible(len(self.source) > 1 and self.height() >= _LOW)

    def _preview_came(self, sha256: str) -> None:
        if self.isVisible():
            self.picture.offer_rough(sha256, self._thumbs.get(sha256))

    def sentence(self) -> str:
        """The line below the title: how much is to settle, and how far both looks are."""
        if self.found is None:
            return " "
        if not self.found.asked:
            return _("No deployment asks for two independent looks.")
        n = self.found.queue.progress.differ
        if not n:
            return progress_words(self.found)
        words = ngettext("{n} event was seen differently", "{n} events were seen differently", n).format(n=number(n))
        return f"{words} · {own_words(self.found)}" if self.found.queue.progress.mine else words

    # -- settling ----------------------------------------------------------------------------------------------

    def take(self, place: int) -> None:
        """Settle the event shown for the answer at ``place``; a third place without an answer asks for another."""
        one = self.current()
        if one is None or not self._may():
            return
        if place < len(one.opinions):
            self._state(one, one.opinions[place].answers())
        else:
            self.field.setFocus()

    def settle_species(self, name: str) -> None:
        """Settle the event shown for another species, as many as the figure beside it says."""
        one = self.current()
        if one is not None and self._may():
            self._state(one, [Answer("animal", name, self.count)])

    def settle_type(self, kind: str) -> None:
        """Settle the event shown as blank, a person, a vehicle or unknown."""
        one = self.current()
        if one is not None and self._may():
            self._state(one, [Answer(kind)])

    def more(self, by: int) -> None:
        """Change how many animals a species typed here has; never below one."""
        self.count = max(1, self.count + by)
        self.number.setText(number(self.count))

    def _may(self) -> bool:
        if self.found is not None and not self.found.may:
            self._bridge.say(_("A reviewer or manager settles what was seen differently."))
            return False
        return True

    def _state(self, one: Difference, answers: Sequence[Answer]) -> None:
        assert self.found is not None
        what = ", ".join(word_of(answer.taxon or answer.type) for answer in answers)
        queue = self.found.queue
        left = tuple(other for other in queue.differences if other is not one)
        progress = replace(queue.progress, differ=len(left), settled=queue.progress.settled + 1)
        # The next one stands there at once; the writer follows.
        self._asked += 1
        self._show(replace(self.found, queue=SecondLook(left, progress)))
        self._bridge.act(
            lambda _cancel: second_look.settle(self._library, one.pictures, answers),
            lambda _done: self._bridge.say(_("Settled: {what}").format(what=what), undo=True),
            self._failed,
            owner=self,
        )

    def _failed(self, error: BaseException) -> None:
        self._bridge.report(error)
        self.read()

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """Its keys; ``free`` tells whether plain keys are commands now."""
        made = partial(Command, group=_("Second look"), enabled=free)
        types = [
            made(f"second_look.{kind}", word_of(kind), partial(self.settle_type, kind), key) for key, kind in TYPE_KEYS
        ]
        return [
            made("second_look.first", _("Take the first answer"), partial(self.take, 0), "1"),
            made("second_look.second", _("Take the second answer"), partial(self.take, 1), "2"),
            made("second_look.third", _("Take the third answer, or another"), partial(self.take, 2), "3"),
            made("second_look.other", _("Another species"), self.field.setFocus, "S"),
            *types,
            made("second_look.more", _("One more"), partial(self.more, 1), "+", also=("=",)),
            made("second_look.fewer", _("One fewer"), partial(self.more, -1), "-"),
            made("second_look.back", _("Picture before"), lambda: self.show_picture(self.row - 1), "Left"),
            made("second_look.on", _("Picture after"), lambda: self.show_picture(self.row + 1), "Right"),
            made("second_look.zoom", _("Zoom"), self.picture.zoom, "Z"),
        ]


def own_words(found: Found) -> str:
    """How many events have the person's answer."""
    progress = found.queue.progress
    return own_look.own(OwnProgress(frozenset(), progress.events, progress.mine))


def progress_words(found: Found) -> str:
    """How many events have the person's answer, and how many were seen by two."""
    n = found.queue.progress.two
    two = ngettext("{n} was seen by two people", "{n} were seen by two people", n).format(n=number(n))
    return f"{own_words(found)} · {two}"


def _line(one: Difference, *, open_: bool) -> Line:
    fields = dict.fromkeys(point.field for point in one.points) if open_ else {}
    time = one.start[:16].replace("T", " ") or _("no date")
    differs = ", ".join(_(FIELDS[field]) for field in fields)
    return Line(one.pictures[0], (time, differs), ((1, one.start), (1, differs.casefold())))
