"""Says what pictures show, for the grid and the viewer alike: at once on screen, then written in order, undoable.

A key names the whole event of a picture, unless a person turned that off; a selection made by hand is named as it is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from ranger_app.actions import event_review, review
from ranger_app.actions.identify import Answer, correct, state
from ranger_app.actions.review import Said
from ranger_app.actions.undo import last_number
from ranger_app.domain import pace, taxa
from ranger_app.i18n import _, language, ngettext
from ranger_app.library import Library
from ranger_app.store import events
from ui.bridge import Bridge
from ui.camera_traps.source import Look, ReviewSource
from ui.numbers import number

MOST_AT_ONCE = 20_000
"""More would be too much for one undo."""
MOST_ANIMALS = 9999
_LOOKS_KEPT = 50_000
"""Pictures of earlier acts that can be shown as they were while an act is being taken back."""


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """A key and what it says: a species, or one of the observation types."""

    key: str
    type: str
    taxon: str | None = None

    @property
    def shown(self) -> str:
        """The species, else the type."""
        return self.taxon or self.type


OTHER_KEYS: tuple[AnswerKey, ...] = (
    AnswerKey("B", "blank"),
    AnswerKey("H", "human"),
    AnswerKey("V", "vehicle"),
    AnswerKey("U", "unknown"),
)


@dataclass(frozen=True, slots=True)
class Details:
    """What is said beside the species. Empty words mean not known."""

    count: int = 1
    sex: str | None = None
    life_stage: str | None = None
    individual: bytes | None = None
    behaviour: str | None = None
    flank: str | None = None
    sureness: str | None = None


def details_of(said: Said | None) -> Details:
    """The details of a statement, the usual ones without any."""
    if said is None:
        return Details()
    count = max(1, said.count or 1)
    return Details(count, said.sex, said.life_stage, said.individual, said.behaviour, said.flank, said.sureness)


class Reviewer(QObject):
    """Holds the details for the next answer. ``said(keys)`` when an answer stands on screen."""

    said = Signal(object)
    details_changed = Signal()
    keys_changed = Signal()
    keys_wanted = Signal()
    """A person wants to choose which species lie on the keys."""
    rule_changed = Signal()
    """Whether a key names the whole event, or the gap that makes one, is another now."""

    def __init__(self, library: Library, bridge: Bridge, source: ReviewSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._source = library, bridge, source
        self.details = Details()
        self.last: Answer | None = None
        self.species: tuple[str, ...] = review.species_list(library)
        with library.read() as db:
            self.whole = event_review.whole_event(db)
        """Whether a key names the whole event."""
        self._typed = ""
        self._moments: list[int] = []
        self._before: list[tuple[int, dict[int, Look]]] = []
        """The numbers of the acts of this window, and how their pictures looked before."""
        self._shown_again: list[int] = []
        bridge.undo_asked.connect(self._undo_asked)
        bridge.undo_done.connect(self._undo_done)

    def all_keys(self) -> list[AnswerKey]:
        """The keys 1 to 9 of the person at work, then those that mean the same for everybody."""
        return [*self.species_keys(), *OTHER_KEYS]

    def species_keys(self) -> list[AnswerKey]:
        """The keys 1 to 9."""
        return [AnswerKey(str(place), "animal", name) for place, name in enumerate(self.species, start=1)]

    def put_species(self, names: Sequence[str]) -> None:
        """Put these species on the keys of the person at work; the usual ones for an empty list."""
        self.species = tuple(names) or review.USUAL_SPECIES
        self._bridge.act(lambda _cancel: review.keep_species(self._library, names), owner=self)
        self.keys_changed.emit()

    def person_changed(self) -> None:
        """Another person works: other species may lie on the keys, and how it looked to the one before is forgotten."""
        self._before = []
        self.species = review.species_list(self._library)

    # -- the rule of events ------------------------------------------------------------------------------------

    def set_whole(self, on: bool) -> None:
        """Name whole events with a key, or single pictures."""
        if on != self.whole:
            self.whole = on
            self._bridge.act(lambda _cancel: event_review.keep_whole_event(self._library, on), owner=self)
            self.rule_changed.emit()

    def set_gap(self, seconds: int) -> None:
        """Form events by another gap, for everybody in this library."""
        if seconds != self._source.gap:
            self._source.set_gap(seconds)
            self._bridge.act(lambda _cancel: event_review.keep_gap(self._library, seconds), owner=self)
            self.rule_changed.emit()

    def event_of(self, key: int) -> list[int]:
        """The row numbers of the event of a picture: what the next key names where whole events are named."""
        with self._library.read() as db:
            return events.event_of(db, key, self._source.gap)

    # -- details -----------------------------------------------------------------------------------------------

    def put(self, details: Details) -> None:
        """Take over details, for example those of the picture just opened."""
        self._typed = ""
        if details != self.details:
            self.details = details
            self.details_changed.emit()

    def more(self, by: int = 1) -> None:
        """Change how many animals; never below one."""
        self.put(replace(self.details, count=max(1, min(MOST_ANIMALS, self.details.count + by))))

    def type_digit(self, digit: int) -> None:
        """Another digit of the number of animals: 1 and then 2 are twelve. Begins anew after an answer."""
        typed = (self._typed + str(digit)).lstrip("0")
        if len(typed) > len(str(MOST_ANIMALS)):
            typed = typed[-1:]
        self.put(replace(self.details, count=int(typed or "1")))
        self._typed = typed

    # -- saying ------------------------------------------------------------------------------------------------

    def answer(self, keys: Sequence[int], kind: str, taxon: str | None = None, *, add: bool = False) -> bool:
        """State this of the pictures with these row numbers; False where there is nothing to say it of.

        ``add``: beside what the same person said before, because several species show.
        """
        return self.state(keys, self.answer_for(kind, taxon), add=add)

    def answer_for(self, kind: str, taxon: str | None) -> Answer:
        """The answer a key gives, with the details that stand now."""
        one = self.details
        if kind == "animal":
            return Answer(
                kind, taxon, one.count, one.individual, one.sex, one.life_stage, one.behaviour, one.flank, one.sureness
            )
        return Answer(kind, None, one.count if kind == "human" and one.count > 1 else None)

    def state(self, keys: Sequence[int], answer: Answer, *, add: bool = False) -> bool:
        """State a whole answer, for example the one given last.

        One picture stands for its event where whole events are named; several are taken as they were chosen, with
        one statement for those of each event.
        """
        if not keys:
            return False
        gathered = self.whole and len(keys) > 1
        chosen = self.event_of(keys[0]) if self.whole and len(keys) == 1 else list(keys)
        if len(chosen) > MOST_AT_ONCE:
            self.refuse()
            return False
        self.last = answer
        shown = answer.taxon or answer.type
        self._source.say(chosen, shown)
        self._moments = [*self._moments[1 - pace.LATEST :], time.monotonic_ns() // 1_000_000]
        gap, whole = self._source.gap, self.whole

        def write(_cancel: object) -> tuple[int, int]:
            units = [chosen] if whole else [[key] for key in chosen]
            if gathered:
                with self._library.read() as db:
                    units = events.units_of(db, chosen, gap)
            found = [one for one in self._ids(units) if one]
            looked = self._source.looks(chosen)
            _made, changes = state(self._library, found, (answer,), replace=not add, add=add)
            self._before = _kept([*self._before, (changes.batch or 0, looked)])
            return sum(map(len, found)), len(found)

        self._bridge.act(
            write,
            lambda done: self._written(chosen, done[0], done[1], shown),
            lambda error: self._refused(chosen, error),
            owner=self,
        )
        self.said.emit(chosen)
        return True

    def correct(self, key: int, taxon: str) -> None:
        """Give the newest statement of this person on a picture the details that stand now."""
        answer = self.answer_for("animal", taxon)
        self.last = answer

        def write(_cancel: object) -> None:
            for media in self._source.ids([key]):
                correct(self._library, media, answer)

        self._bridge.act(
            write, lambda _done: self._corrected(key), lambda error: self._refused([key], error), owner=self
        )

    def _corrected(self, key: int) -> None:
        self._source.settle([key])
        self._bridge.say(_("Kept what was changed."), undo=True)
        self.said.emit([])

    def _ids(self, units: Sequence[Sequence[int]]) -> list[list[bytes]]:
        flat = [key for unit in units for key in unit]
        found = self._source.ids(flat)
        if len(found) != len(flat):  # a picture went meanwhile
            return [self._source.ids(unit) for unit in units]
        each = iter(found)
        return [[next(each) for _key in unit] for unit in units]

    def _undo_asked(self) -> None:
        # Taking back thousands of answers takes the writer a second; how it was is shown at once.
        if self._before and not self._shown_again and self._before[-1][0] == last_number(self._library):
            _act, looked = self._before.pop()
            self._shown_again = list(looked)
            self._source.show_again(looked)
            self.said.emit(self._shown_again)

    def _undo_done(self) -> None:
        if self._shown_again:
            self._source.settle(self._shown_again)
            self._shown_again = []
            self.said.emit([])

    def minutes_left(self, events_left: int) -> int | None:
        """How long so many events will take at this pace; None while too little is known."""
        return pace.minutes_left(self._moments, events_left)

    def refuse(self) -> None:
        """Say that too many pictures are chosen."""
        self._bridge.say(_("Choose at most {n} pictures at a time.").format(n=number(MOST_AT_ONCE)))

    def _written(self, keys: Sequence[int], pictures: int, units: int, shown: str) -> None:
        self._source.settle(keys)
        words = ngettext("Marked {n} picture: {what}.", "Marked {n} pictures: {what}.", pictures)
        if units < pictures:
            words = ngettext(
                "Marked {events} event, pictures: {n}. {what}.",
                "Marked {events} events, pictures: {n}. {what}.",
                units,
            )
        said = words.format(n=number(pictures), events=number(units), what=self._source.word(shown))
        self._bridge.say(said, undo=True)
        self.said.emit([])

    def _refused(self, keys: Sequence[int], error: BaseException) -> None:
        self._source.settle(keys)
        self._bridge.report(error)
        self.said.emit([])


def _kept(before: list[tuple[int, dict[int, Look]]]) -> list[tuple[int, dict[int, Look]]]:
    """The newest of these acts, as many as memory is kept for."""
    pictures, first = 0, len(before)
    while first and (pictures := pictures + len(before[first - 1][1])) <= _LOOKS_KEPT:
        first -= 1
    return before[first:]


def species_meant(text: str) -> str:
    """The species for what was typed: the one of this name, else the first that begins so, else the text itself."""
    text = text.strip()
    if " · " in text:
        text = text.rsplit(" · ", 1)[1]
    exact = taxa.match(text)
    if exact is not None:
        return exact
    offered = taxa.search(text, language(), 1)
    return offered[0].scientific if offered else text
