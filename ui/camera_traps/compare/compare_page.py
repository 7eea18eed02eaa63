"""Two animals side by side, ours left and the other right: is it one animal? A key says so, and one takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from ranger_app.actions import same_animal, whereabouts
from ranger_app.actions.same_animal import Point
from ranger_app.actions.whereabouts import Whereabouts
from ranger_app.changes import Changes
from ranger_app.i18n import _, ngettext, pgettext
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.compare import found as finding
from ui.camera_traps.compare.candidates import Far, Pair, Round, apart_words, begin, far_of
from ui.camera_traps.compare.found import AT_ONCE, LATER, STATES, Found
from ui.camera_traps.compare.marks import Begun
from ui.camera_traps.compare.remark_line import RemarkLine
from ui.camera_traps.compare.subject import Subject, of_animal
from ui.camera_traps.compare.two_panes import TwoPanes
from ui.commands import Command
from ui.numbers import number
from ui.widgets.again import Again
from ui.widgets.buttons import button, primary
from ui.widgets.chip import Chip
from ui.widgets.text import label
from ui.widgets.wrapped import Wrapped

_AHEAD = 4
"""Pairs after this one, and one before it, whose pictures are read beforehand."""
_PLACES = frozenset({"observation", "media", "deployment", "location"})
_NARROW, LOW = 1000, 460
UNDER_THE_STRIP = 48
"""Pixels that the strip with what was just done covers."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    one: bytes
    other: bytes | None
    round: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was marked and written of a pair and is in no statement yet."""

    points: tuple[Point, ...]
    begun: Begun | None
    remark: str


def steering(free: Callable[[], bool]) -> bool:
    """Whether arrows and letters are commands now: not in a field, not on a slider."""
    return free() and not isinstance(QApplication.focusWidget(), QSlider)


class ComparePage(QWidget):
    """``open()`` a pair, an animal with all candidates, or a round of pairs. ``told`` when heading or commands differ;
    ``statements_wanted`` to see a chain that contradicts itself.
    """

    told = Signal()
    statements_wanted = Signal()

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        self._wanted: _Wanted | None = None
        self.found: Found | None = None
        self.pairs: list[Pair] = []
        self.place = 0
        self._anchor: bytes | None = None
        self._subjects: dict[bytes, Subject] = {}
        self._far: Far | None = None
        self._where: Whereabouts | None = None
        """Where animals were met, until something changes that."""
        self._drafts: dict[Pair, Draft] = {}
        self._filled: Pair | None = None
        """The pair whose points and remark stand on the page."""
        self._asked = 0
        self._again = Again(self, lambda: self._read(fresh=False), at_once=AT_ONCE, later=LATER)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        column.setSpacing(8)
        self.panes = TwoPanes(library, bridge)
        self.panes.turned_page.connect(self._show_warning)
        self.panes.marks.changed.connect(self._show_buttons)
        column.addWidget(self.panes, 1)
        column.addLayout(self._buttons())
        column.addWidget(self._state_row())
        self.setFocusProxy(self.panes)

    def _state_row(self) -> QWidget:
        made = self.below = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.chip = Chip("")
        self.words = label("", "muted", wrap=True)
        self.warning = label("", "warning", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.warning)
        words.addWidget(self.words)
        words.addStretch(1)
        row.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return made

    def _buttons(self) -> Wrapped:
        row = Wrapped(8)
        self.same = primary(_("Same animal"), partial(self.say, "same"), key="S")
        self.different = button(_("Different animals"), partial(self.say, "different"), key="D")
        self.next = button(_("Cannot tell – next"), partial(self.step, 1), key="N")
        self.back = button(pgettext("statement", "Take back"), self.take_back, key="T")
        self.unmark = button(_("Remove the last point"), self.panes.drop_mark, role="quiet", key="Backspace")
        self.chain_button = button(_("See the chain"), self.statements_wanted.emit, key="V")
        self.remark = RemarkLine("E")
        self.remark.finished.connect(self._remarked)
        self.remark.left.connect(self.panes.setFocus)
        for one in (
            self.same, self.different, self.next, self.remark, self.back, self.chain_button, self.unmark,
        ):  # fmt: skip
            row.addWidget(one)
        return row

    # -- opening -----------------------------------------------------------------------------------------------

    def open(self, one: bytes, other: bytes | None = None, round_: Sequence[Pair] = ()) -> None:
        """Show two animals beside each other. Without ``other`` all that may be the same, one after the other.

        ``round_`` are pairs to walk through instead, this one among them.
        """
        self._wanted = _Wanted(one, other, tuple(round_))
        self.pairs, self.place, self._far = [], 0, None
        self.panes.begin()
        self._read(fresh=True)

    def _read(self, *, fresh: bool) -> None:
        self._asked += 1
        asked, library, wanted = self._asked, self._library, self._wanted
        pairs = None if self._far is not None else tuple(self.pairs)

        where = self._where

        def read(_cancel: object) -> tuple[Found, Whereabouts | None, Round | None, Far | None]:
            found, known = finding.read(library), where
            if wanted is None or not (fresh or pairs):
                return found, known, None, None
            if known is None:
                with library.read() as db:
                    known = whereabouts.whereabouts(library, db)
            if fresh:
                return found, known, begin(found, known, wanted.one, wanted.other, wanted.round), None
            return found, known, None, far_of(found, known, pairs or ())

        self._bridge.run(read, lambda told: self._take(asked, *told), owner=self)

    def _take(self, asked: int, found: Found, where: Whereabouts | None, begun: Round | None, far: Far | None) -> None:
        if asked != self._asked or self._wanted is None:
            return
        self._where = where
        before = self.pair
        self.found = found
        self._subjects.clear()
        if begun is not None:
            self._anchor = None if self._wanted.round else self._wanted.one
            self.pairs, self.place, self._far = begun.pairs, begun.place, begun.far
        else:
            self._far = far or self._far
            self.pairs = [pair for pair in self.pairs if all(one in found.entries for one in pair)]
            self.place = self.pairs.index(before) if before in self.pairs else min(self.place, len(self.pairs) - 1)
        self._show()

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def pair(self) -> Pair | None:
        """The two animals shown."""
        return self.pairs[self.place] if 0 <= self.place < len(self.pairs) else None

    def step(self, by: int) -> None:
        """The pair after (1) or before (-1) this one."""
        if not 0 <= self.place + by < len(self.pairs):
            self._bridge.say(_("There are no more animals to compare.") if by > 0 else _("This is the first one."))
            return
        self.place += by
        self._show()

    def _subject(self, animal: bytes) -> Subject | None:
        assert self.found is not None
        if animal not in self._subjects and animal in self.found.entries:
            with self._library.read() as db:
                self._subjects[animal] = of_animal(db, self.found.entries[animal])
        return self._subjects.get(animal)

    def _show(self) -> None:
        pair = self.pair
        if pair is None:
            alone = self._subject(self._anchor) if self._anchor is not None else None
            left_empty = alone is not None and not alone.own
            left, right = (None, alone) if left_empty else (alone, None)
            self.panes.show_pair(left, right, self._nothing())
        else:
            self.panes.show_pair(self._subject(pair[0]), self._subject(pair[1]))
            self._read_ahead()
        self._keep_draft()
        self._fill_in()
        self._show_state()
        self.told.emit()

    @staticmethod
    def _nothing() -> str:
        return _(
            "No animal of this species in another catalogue is left to compare. What was said is under Statements; new"
            " animals come with a partner's next bundle."
        )

    def _read_ahead(self) -> None:
        near = [self.place + by for by in (1, -1, *range(2, _AHEAD + 1)) if 0 <= self.place + by < len(self.pairs)]
        wanted = list(dict.fromkeys(animal for n in near for animal in self.pairs[n]))
        known = [self._subjects[one] for one in wanted if one in self._subjects]
        assert self.found is not None
        lacking = [self.found.entries[one] for one in wanted if one not in self._subjects]
        self.panes.ahead([one for one in known if one.animal not in (self.pair or ())])
        if not lacking:
            return
        library, asked, place = self._library, self._asked, self.place

        def read(_cancel: object) -> list[Subject]:
            with library.read() as db:
                return [of_animal(db, entry) for entry in lacking]

        def take(subjects: list[Subject]) -> None:
            if asked == self._asked:
                self._subjects.update((one.animal, one) for one in subjects if one.animal is not None)
                if place == self.place:
                    shown = self.pair or ()
                    self.panes.ahead([self._subjects[one] for one in wanted if one not in shown])

        self._bridge.run(read, take, lambda _error: None, owner=self)

    def _keep_draft(self) -> None:
        """Remember what is in no statement yet, for when the pair is shown again."""
        if self._filled is None:
            return
        marks, remark = self.panes.marks, self.remark
        if marks.unsaved or remark.unsaved:
            self._drafts[self._filled] = Draft(tuple(marks.points), marks.begun, remark.words)
        else:
            self._drafts.pop(self._filled, None)

    def _fill_in(self) -> None:
        """Show what the statements on the pair say, and over it what was begun and is in none."""
        pair, marks = self.pair, self.panes.marks
        said = self.found.of(*pair) if self.found is not None and pair is not None else None
        own = finding.own_word(self._library, said)
        points: list[tuple[bool, Point]] = []
        if said is not None and pair is not None:
            turned = said.one != pair[0]
            points = [(word is own, point.turned() if turned else point) for word in said.said for point in word.points]
        marks.take([point for mine, point in points if mine], [point for mine, point in points if not mine])
        self._filled = pair
        draft = self._drafts.get(pair) if pair is not None else None
        if draft is not None:
            marks.put_back(draft.points, draft.begun)
        self.remark.take(own.remarks if own is not None else "", draft.remark if draft is not None else None)

    def _show_state(self) -> None:
        pair, found = self.pair, self.found
        state = found.state(*pair) if found is not None and pair is not None else ""
        wrong = found.wrong_with(*pair) if found is not None and pair is not None else []
        state = state or ("contradiction" if wrong else "")
        word, tone = STATES[state] if state else (_("Nothing was said yet"), "neutral")
        self.chip.setVisible(pair is not None)
        self.chip.show_word(_(word), tone)
        lines = []
        if found is not None and pair is not None:
            said = found.of(*pair)
            offset = self._library.station.utc_offset
            lines = [finding.word_line(one, offset) for one in said.said] if said is not None else []
            if all(found.entries[one].mine for one in pair) and not lines:
                lines.append(
                    _("Both are in your own catalogue: your word alone merges them, and taking it back parts them.")
                )
            lines += [one.words for one in wrong[:1]]
        self.words.setText("\n".join(lines[-1:] if self._low else lines))
        self.chain_button.setVisible(bool(wrong))
        self._show_warning()
        self._show_buttons()

    def _show_warning(self) -> None:
        differ = self.panes.sides_differ
        self.warning.setVisible(differ)
        self.warning.setText(_("A left flank stands beside a right one: their patterns never match.") if differ else "")

    def _show_buttons(self) -> None:
        pair = self.pair
        mine = self._mine()
        for one in (self.same, self.different, self.remark):
            one.setEnabled(pair is not None)
        self.next.setEnabled(self.place + 1 < len(self.pairs))
        self.back.setVisible(bool(mine))
        marks = self.panes.marks
        self.unmark.setVisible((bool(marks.points) or marks.begun is not None) and self.width() >= _NARROW)

    @property
    def _low(self) -> bool:
        """Whether the pictures need every line there is."""
        return self.height() < LOW

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # What was done is told for a few seconds over the lower edge: no button lies there if it can be helped.
        self.below.setMinimumHeight(0 if self._low else UNDER_THE_STRIP)
        self._show_state()

    def _mine(self) -> str:
        pair = self.pair
        said = self.found.of(*pair) if self.found is not None and pair is not None else None
        return said.mine if said is not None else ""

    def heading(self) -> tuple[str, str]:
        """Title and sentence of the page."""
        if self.found is None:
            return _("Same animal?"), " "
        pair = self.pair
        if pair is None:
            return _("Same animal?"), _("No candidate is left.")
        names = _("{one} and {other}").format(one=self.found.title(pair[0]), other=self.found.title(pair[1]))
        place, n = number(self.place + 1), len(self.pairs)
        count = ngettext("pair {place} of {n}", "pair {place} of {n}", n).format(place=place, n=number(n))
        waits = sum(one.waits_for_us for one in self.found.said.values())
        more = ngettext("{n} waits for your answer", "{n} wait for your answer", waits).format(n=number(waits))
        far = apart_words((self._far or {}).get(pair))
        return _("Same animal?"), " · ".join([names, count, *([far] if far else []), *([more] if waits else [])])

    # -- saying ------------------------------------------------------------------------------------------------

    def say(self, answer: str) -> None:
        """Say "same" or "different" of the two shown; their points and the remark are kept with it."""
        pair, found = self.pair, self.found
        if pair is None or found is None:
            return
        points = tuple(self.panes.marks.points)
        remarks = self.remark.words
        words = {
            "same": _("Same animal: {one} = {other}"),
            "different": _("Different animals: {one} ≠ {other}"),
        }[answer].format(one=found.title(pair[0]), other=found.title(pair[1]))
        self.panes.marks.take(points, self.panes.marks.others)
        self.remark.take(remarks)
        self._bridge.act(
            lambda _cancel: same_animal.say(self._library, *pair, answer, points=points, remarks=remarks or None),
            lambda _done: self._bridge.say(words, undo=True),
            owner=self,
        )
        # A match ends the search for this animal, in a round the next pair waits.
        if (answer == "different" or self._anchor is None) and self.place + 1 < len(self.pairs):
            self.step(1)

    def _remarked(self) -> None:
        """Enter in the remark: it goes with what was said already, else it waits for what will be said."""
        self.panes.setFocus()
        mine = self._mine()
        if mine in ("same", "different") and self.remark.unsaved:
            pair, words, points = self.pair, self.remark.words, tuple(self.panes.marks.points)
            assert pair is not None
            self.panes.marks.take(points, self.panes.marks.others)
            self.remark.take(words)
            self._bridge.act(
                lambda _cancel: same_animal.say(self._library, *pair, mine, points=points, remarks=words or None),
                lambda _done: self._bridge.say(_("The remark is kept with what you said."), undo=True),
                owner=self,
            )

    def take_back(self) -> None:
        """Take back what this station said of the two shown."""
        pair = self.pair
        if pair is None or self.found is None:
            return
        if not self._mine():
            self._bridge.say(_("This station has said nothing of these two."))
            return
        words = _("Taken back: {one}, {other}").format(one=self.found.title(pair[0]), other=self.found.title(pair[1]))
        self._bridge.act(
            lambda _cancel: same_animal.take_back(self._library, *pair),
            lambda _done: self._bridge.say(words, undo=True),
            owner=self,
        )

    # -- hearing and commands ----------------------------------------------------------------------------------

    def refresh(self, changes: Changes) -> None:
        """Read again what changed; the pair shown stays."""
        if _PLACES & changes.kinds:
            self._where = None
        if self._wanted is not None:
            self._again.changed(changes)

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """Its keys; ``free`` tells whether plain letters are commands now."""
        keys = partial(steering, free)
        made = partial(Command, group=_("Same animal?"), enabled=keys)
        return [
            made("compare.same", _("Same animal"), partial(self.say, "same"), "S"),
            made("compare.different", _("Different animals"), partial(self.say, "different"), "D"),
            made("compare.next", _("Cannot tell – next"), partial(self.step, 1), "N", also=("Right",)),
            made("compare.previous", _("Pair before"), partial(self.step, -1), "Shift+N", also=("Left",)),
            made("compare.take_back", _("Take back what was said"), self.take_back, "T"),
            made("compare.remark", _("Write a remark"), self.remark.setFocus, "E"),
            made("compare.chain", _("See all statements"), self.statements_wanted.emit, "V"),
            *self.panes.commands(keys),
        ]

    def start_focus(self) -> QWidget:
        """Where the keyboard goes."""
        return self

    def state(self) -> dict[str, Any]:
        """The pairs, which is shown, and what is in no statement yet."""
        self._keep_draft()
        return {
            "wanted": self._wanted,
            "pairs": list(self.pairs),
            "place": self.place,
            "anchor": self._anchor,
            "drafts": dict(self._drafts),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Stand where the earlier page stood."""
        self._wanted, self._drafts = state["wanted"], state["drafts"]
        if self._wanted is not None:
            self.pairs, self.place, self._anchor = state["pairs"], state["place"], state["anchor"]
            self._read(fresh=False)
