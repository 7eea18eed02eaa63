"""What the pages on pairs read: all animals, what was said of pairs, and where that contradicts itself; on workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ranger_app.actions import catalogue, same_animal
from ranger_app.actions.catalogue import Entry
from ranger_app.actions.same_animal import Listed, Word
from ranger_app.domain.same_animal import Key, key
from ranger_app.i18n import N_, _
from ranger_app.library import Library
from ranger_app.store import animals
from ranger_app.store.animals import Catalogues
from ui.camera_traps.compare.subject import title
from ui.numbers import moment, number

STATES: dict[str, tuple[str, str]] = {
    "answer": (N_("Waits for your answer"), "attention"),
    "waiting": (N_("Waits for the other station"), "partner"),
    "disputed": (N_("Disputed"), "problem"),
    "contradiction": (N_("Contradiction"), "problem"),
    "agreed": (N_("Agreed: one animal"), "own"),
    "different": (N_("Different animals"), "neutral"),
}
"""What a pair may stand at: (word, tone of its badge), in the order the groups are listed."""
AT_ONCE = frozenset({"same_animal", "second_opinion"})
LATER = frozenset({"individual", "observation", "media"})
"""What these pages read again for (see ui.widgets.again)."""
ANSWERS = {"same": N_("same animal"), "different": N_("different animals")}


def state_of(said: Listed, *, wrong: bool) -> str:
    """What a pair stands at, a code of STATES; ``wrong``: it is part of a chain that contradicts itself."""
    if said.state == "agreed" and wrong:
        return "contradiction"  # it joins nothing until people have settled it
    return "answer" if said.waits_for_us else said.state


@dataclass(frozen=True, slots=True)
class Wrong:
    """A chain of pairs that cannot be true as a whole, and what it says in words."""

    between: Key
    pairs: tuple[tuple[bytes, bytes], ...]
    """The two that cannot be one, then the pairs of the chain that makes them one."""
    words: str

    def has(self, one: bytes, other: bytes) -> bool:
        """Whether the two are a pair of it."""
        return any(key(*pair) == key(one, other) for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Found:
    """``said`` has the pairs something is said of, in the order they are listed."""

    entries: Mapping[bytes, Entry]
    said: Mapping[Key, Listed]
    wrong: tuple[Wrong, ...]

    def of(self, one: bytes, other: bytes) -> Listed | None:
        """What was said of two animals."""
        return self.said.get(key(one, other))

    def state(self, one: bytes, other: bytes) -> str:
        """A code of STATES, "" where nothing was said."""
        said = self.of(one, other)
        return state_of(said, wrong=bool(self.wrong_with(one, other))) if said is not None else ""

    def title(self, animal: bytes) -> str:
        """An animal by country and code."""
        entry = self.entries.get(animal)
        return title(entry) if entry is not None else animal.hex()[:8]

    def wrong_with(self, one: bytes, other: bytes) -> list[Wrong]:
        """The contradictions that a pair is part of."""
        return [wrong for wrong in self.wrong if wrong.has(one, other)]

    def placed(self, one: bytes, other: bytes) -> tuple[bytes, bytes]:
        """A pair as it stands on screen: our animal left, the other right."""
        first, second = self.entries.get(one), self.entries.get(other)
        turned = first is not None and second is not None and second.mine and not first.mine
        return (other, one) if turned else (one, other)


def read(library: Library) -> Found:
    """Read all of it."""
    with library.read() as db:
        entries = {one.id: one for one in catalogue.entries(db)}
        said = {key(one.one, one.other): one for one in same_animal.listed(library, db)}
        here = animals.catalogues(db)
        wrong = wrongs(here)
    return Found(entries, said, wrong)


def wrongs(here: Catalogues) -> tuple[Wrong, ...]:
    """Everything that contradicts itself."""
    return tuple(
        Wrong(one.between, (one.between, *zip(one.chain, one.chain[1:], strict=False)), same_animal.words(one, here))
        for one in here.joins.contradictions
    )


def own_word(library: Library, said: Listed | None) -> Word | None:
    """What this station itself says of a pair."""
    if said is None or not said.mine:
        return None
    return next((one for one in said.said if one.station_name == library.station.name), None)


def word_line(word: Word, utc_offset: int) -> str:
    """Who said what and when, in a line."""
    points = _("{n} points").format(n=number(len(word.points))) if word.points else ""
    who = f"{word.station_name} ({word.country})" if word.country else word.station_name
    parts = (word.by, moment(word.at / 1000, utc_offset) if word.at else "", points, word.remarks)
    told = _("{who}: {answer}").format(who=who, answer=_(ANSWERS[word.answer]))
    return " · ".join([told, *(part for part in parts if part)])
