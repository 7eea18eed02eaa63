"""Says what pictures show, for the grid and the viewer alike: at once on screen, then written in order, undoable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from ranger_app.actions import review
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.review import Said
from ranger_app.domain import taxa
from ranger_app.i18n import _, language, ngettext
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.source import ReviewSource
from ui.numbers import number

MOST_AT_ONCE = 20_000
"""More would be too much for one undo."""
MOST_ANIMALS = 9999


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


def details_of(said: Said | None) -> Details:
    """The details of a statement, the usual ones without any."""
    if said is None:
        return Details()
    return Details(max(1, said.count or 1), said.sex, said.life_stage, said.individual)


class Reviewer(QObject):
    """Holds the details for the next answer. ``said(keys)`` when an answer stands on screen."""

    said = Signal(object)
    details_changed = Signal()

    def __init__(self, library: Library, bridge: Bridge, source: ReviewSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._source = library, bridge, source
        self.details = Details()
        self.last: Answer | None = None
        self.species: tuple[str, ...] = review.species_list(library)

    def all_keys(self) -> list[AnswerKey]:
        """The keys 1 to 9 of the person at work, then those that mean the same for everybody."""
        return [*self.species_keys(), *OTHER_KEYS]

    def species_keys(self) -> list[AnswerKey]:
        """The keys 1 to 9."""
        return [AnswerKey(str(place), "animal", name) for place, name in enumerate(self.species, start=1)]

    def person_changed(self) -> None:
        """Another person works: other species may lie on the keys."""
        self.species = review.species_list(self._library)

    def put(self, details: Details) -> None:
        """Take over details, for example those of the picture just opened."""
        if details != self.details:
            self.details = details
            self.details_changed.emit()

    def more(self, by: int = 1) -> None:
        """Change how many animals; never below one."""
        self.put(replace(self.details, count=max(1, min(MOST_ANIMALS, self.details.count + by))))

    def answer(self, keys: Sequence[int], kind: str, taxon: str | None = None) -> bool:
        """State this of the pictures with these row numbers; False where there is nothing to say it of."""
        details = self.details
        if kind == "animal":
            made = Answer(kind, taxon, details.count, details.individual, details.sex, details.life_stage)
        else:
            made = Answer(kind, None, details.count if kind == "human" and details.count > 1 else None)
        return self.state(keys, made)

    def state(self, keys: Sequence[int], answer: Answer) -> bool:
        """State a whole answer, for example the one given last."""
        if not keys:
            return False
        if len(keys) > MOST_AT_ONCE:
            self.refuse()
            return False
        chosen = list(keys)
        self.last = answer
        shown = answer.taxon or answer.type
        self._source.say(chosen, shown)

        def write(_cancel: object) -> int:
            found = self._source.ids(chosen)
            identify(self._library, found, answer, replace=True)
            return len(found)

        self._bridge.act(
            write,
            lambda n: self._written(chosen, n, shown),
            lambda error: self._refused(chosen, error),
            owner=self,
        )
        self.said.emit(chosen)
        return True

    def refuse(self) -> None:
        """Say that too many pictures are chosen."""
        self._bridge.say(_("Choose at most {n} pictures at a time.").format(n=number(MOST_AT_ONCE)))

    def _written(self, keys: Sequence[int], n: int, shown: str) -> None:
        self._source.settle(keys)
        words = ngettext("Marked {n} picture: {what}.", "Marked {n} pictures: {what}.", n)
        self._bridge.say(words.format(n=number(n), what=self._source.word(shown)), undo=True)
        self.said.emit([])

    def _refused(self, keys: Sequence[int], error: BaseException) -> None:
        self._source.settle(keys)
        self._bridge.report(error)
        self.said.emit([])


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
