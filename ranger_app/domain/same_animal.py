"""Which animals of several catalogues are one: a pure function of what stations said of them, two by two.

Every station that holds the same statements reaches the same groups, in whatever order they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ranger_app.i18n import N_

SAME, DIFFERENT, WITHDRAWN = "same", "different", "withdrawn"
State = Literal["agreed", "waiting", "disputed", "different"]
RULE = N_(
    "Two animals count as one when every station whose catalogue one of them is from says so. A chain of such pairs"
    " that contradicts itself joins none of its animals until people have settled it."
)


@dataclass(frozen=True, slots=True)
class Animal:
    """One animal of one catalogue. ``station`` is the id of the station that made the record; its catalogue it is."""

    id: bytes
    station: bytes
    code: str
    taxon: str
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One station's word on a pair. ``at`` is in milliseconds since 1970; the newest word of a station counts."""

    id: bytes
    station: bytes
    one: bytes
    other: bytes
    answer: str
    at: int = 0


Key = tuple[bytes, bytes]
"""A pair of animals, the smaller id first."""


def key(one: bytes, other: bytes) -> Key:
    """The pair of two animals, whichever is named first."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True, slots=True)
class Pair:
    """All that counts of what was said on two animals. ``said`` has the newest word of each station, by station."""

    key: Key
    state: State
    said: Mapping[bytes, Said]
    lacking: frozenset[bytes] = frozenset()
    """Stations whose word is needed and not here yet, where the pair is waiting."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A chain of agreed pairs that cannot be true as a whole.

    ``why`` is "different" where two of its animals are said to be different, "catalogue" where one catalogue keeps two
    of them apart, "species" or "sex" where two of them differ in that. ``between`` are those two, ``chain`` the way
    from one to the other over agreed pairs.
    """

    why: Literal["different", "catalogue", "species", "sex"]
    between: Key
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Joins:
    """Who is who. ``whole`` maps an animal to the one that stands for it; animals that stand alone are not in it."""

    pairs: Mapping[Key, Pair]
    whole: Mapping[bytes, bytes]
    groups: Mapping[bytes, tuple[bytes, ...]]
    """The animals joined, by the one that stands for them: the smallest id, which is the same everywhere."""
    contradictions: tuple[Contradiction, ...]

    def of(self, animal: bytes) -> bytes:
        """The animal that stands for this one: itself where nothing joins it."""
        return self.whole.get(animal, animal)

    def together(self, animal: bytes) -> tuple[bytes, ...]:
        """The animal and all that are joined with it, by id."""
        return self.groups.get(self.of(animal), (animal,))


def joins(animals: Iterable[Animal], said: Iterable[Said]) -> Joins:
    """Which of these animals are one by what was said; statements on animals that are not here are passed over.

    A pair is agreed when each station that keeps one of the two says "same" and nobody says "different"; of two
    animals in one catalogue its own station decides alone. "disputed": some say the one and some the other.
    "waiting": somebody says "same", a station whose word is needed has not spoken. "different": nobody says "same".
    """
    known = {one.id: one for one in animals}
    words: dict[Key, dict[bytes, Said]] = defaultdict(dict)
    for one in said:
        if one.one == one.other or one.one not in known or one.other not in known:
            continue
        newest = words[key(one.one, one.other)].get(one.station)
        if newest is None or (one.at, one.id) > (newest.at, newest.id):
            words[key(one.one, one.other)][one.station] = one
    pairs = {pair: made for pair, by in sorted(words.items()) if (made := _pair(pair, by, known)) is not None}
    linked: dict[bytes, list[bytes]] = defaultdict(list)
    for (one_id, other_id), pair in pairs.items():
        if pair.state == "agreed":
            linked[one_id].append(other_id)
            linked[other_id].append(one_id)
    whole: dict[bytes, bytes] = {}
    groups: dict[bytes, tuple[bytes, ...]] = {}
    wrong: list[Contradiction] = []
    placed: set[bytes] = set()
    for start in sorted(linked):
        if start in placed:
            continue
        group = _reached(linked, start)
        placed |= set(group)
        found = _contradictions(group, known, pairs, linked)
        wrong += found
        if not found:
            groups[group[0]] = group
            whole |= dict.fromkeys(group, group[0])
    return Joins(pairs, whole, groups, tuple(wrong))


def _pair(pair: Key, by: Mapping[bytes, Said], known: Mapping[bytes, Animal]) -> Pair | None:
    standing = {station: one for station, one in by.items() if one.answer in (SAME, DIFFERENT)}
    if not standing:
        return None
    keepers = frozenset(known[one].station for one in pair)
    same = {station for station, one in standing.items() if one.answer == SAME}
    different = set(standing) - same
    if len(keepers) == 1 and not keepers.isdisjoint(standing):  # whoever keeps both decides
        same, different = same & keepers, different & keepers
    if not same:
        return Pair(pair, "different", standing)
    if different:
        return Pair(pair, "disputed", standing)
    lacking = keepers - same
    return Pair(pair, "waiting" if lacking else "agreed", standing, lacking)


_Linked = Mapping[bytes, Sequence[bytes]]
"""The animals that an animal has an agreed pair with."""


def _reached(linked: _Linked, start: bytes) -> tuple[bytes, ...]:
    found, left = {start}, [start]
    while left:
        for one in linked[left.pop()]:
            if one not in found:
                found.add(one)
                left.append(one)
    return tuple(sorted(found))


def _contradictions(
    group: Sequence[bytes],
    known: Mapping[bytes, Animal],
    pairs: Mapping[Key, Pair],
    linked: Mapping[bytes, Sequence[bytes]],
) -> list[Contradiction]:
    found: list[Contradiction] = []
    for n, a in enumerate(group):
        for b in group[n + 1 :]:
            one, other, pair = known[a], known[b], pairs.get((a, b))
            if pair is not None and pair.state != "agreed":
                if pair.state in ("different", "disputed"):
                    found.append(Contradiction("different", (a, b), _way(linked, a, b)))
            elif one.taxon and other.taxon and one.taxon != other.taxon:
                found.append(Contradiction("species", (a, b), _way(linked, a, b)))
            elif {one.sex, other.sex} == {"female", "male"}:
                found.append(Contradiction("sex", (a, b), _way(linked, a, b)))
            elif pair is None and one.station == other.station and not _own_way(one, other, known, linked):
                found.append(Contradiction("catalogue", (a, b), _way(linked, a, b)))
    return found


def _own_way(
    one: Animal, other: Animal, known: Mapping[bytes, Animal], linked: Mapping[bytes, Sequence[bytes]]
) -> bool:
    """Whether their own catalogue joins the two, directly or over more of its animals."""
    inside = {a: [b for b in to if known[b].station == one.station] for a, to in linked.items()}
    return bool(_way(inside, one.id, other.id))


def _way(linked: _Linked, start: bytes, goal: bytes) -> tuple[bytes, ...]:
    """The shortest way over agreed pairs; of ways of one length that of the smallest ids. Empty where there is none."""
    before: dict[bytes, bytes] = {start: start}
    ring = [start]
    while ring and goal not in before:
        following = []
        for one in ring:
            for to in sorted(linked.get(one, ())):
                if to not in before:
                    before[to] = one
                    following.append(to)
        ring = following
    if goal not in before:
        return ()
    way = [goal]
    while way[-1] != start:
        way.append(before[way[-1]])
    return tuple(reversed(way))
