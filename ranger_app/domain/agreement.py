"""What several people say of one event of pictures, side by side: whether they agree, and on which points not.

Two independent looks are compared here and nowhere else, so that every station queues the same disagreements.

The rule:

* A person's answer is everything they said of the event's pictures together: the set of species and types.
  ``unclassified`` is no answer. ``blank`` counts only if they said nothing else, because the animal of a burst is
  on some of its pictures only.
* The number of a species is the highest on any one picture (or of any one statement on the whole event). Statements
  on the same pictures that tell animals apart by sex, age or name are added; the same said twice counts once.
* People agree where the sets are the same and, for each species, the numbers. Sex, age and individual are compared
  only where both gave one; ``unknown`` is none. Behaviour and remarks are never compared.
* A person has looked at an event once they have answered every picture that somebody else has answered. Until two
  have, nothing is compared: half an event says nothing yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ranger_app.domain.statements import Statement

NO_ANSWER = "unclassified"
BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one person says of one species or type: ``count`` None where no number was given; empty sets, not said."""

    count: int | None
    sexes: frozenset[str]
    life_stages: frozenset[str]
    individuals: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Look:
    """One person's answer on an event. ``at`` is when they spoke last, milliseconds since 1970.

    ``seen`` is by species or type in alphabetical order; ``pictures`` are those they answered.
    """

    by: bytes | None
    by_name: str
    at: int
    seen: Mapping[str, Seen]
    pictures: frozenset[bytes]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One point on which answers differ: ``field`` is taxon, count, sex, life_stage or individual.

    ``shown`` is the species or type it is about; empty for ``taxon``, where the sets themselves differ.
    """

    field: str
    shown: str = ""


def looks(said: Sequence[Statement], pictures: frozenset[bytes]) -> list[Look]:
    """The answers of the people who spoke of an event's ``pictures``, the earliest first.

    Machines and what was settled are left out; people without an answer too.
    """
    of_person: dict[tuple[bytes | None, str], list[Statement]] = {}
    for one in said:
        if not one.is_machine and one.look != "settled" and one.type != NO_ANSWER:
            of_person.setdefault((one.by, "" if one.by is not None else one.by_name), []).append(one)
    found = [_look(by, name, mine, pictures) for (by, name), mine in of_person.items()]
    # The id decides where two spoke in the same moment, so that "first" is the same person everywhere.
    return sorted(found, key=lambda one: (min(s.at for s in one.statements), min(s.id for s in one.statements)))


def _look(by: bytes | None, name: str, mine: Sequence[Statement], pictures: frozenset[bytes]) -> Look:
    groups: dict[str, list[Statement]] = {}
    for one in mine:
        groups.setdefault(one.shown, []).append(one)
    if len(groups) > 1:
        groups.pop(BLANK, None)
    return Look(
        by,
        name or next((one.by_name for one in mine if one.by_name), ""),
        max(one.at for one in mine),
        {shown: _seen(groups[shown]) for shown in sorted(groups)},
        frozenset(media for one in mine for media in one.about) & pictures,
        tuple(mine),
    )


def _seen(mine: Sequence[Statement]) -> Seen:
    together: dict[tuple[bytes, ...], dict[tuple[object, ...], int]] = {}
    for one in mine:
        if one.count is not None:
            animals = together.setdefault(one.about, {})
            which = (one.sex, one.life_stage, one.individual)
            animals[which] = max(animals.get(which, 0), one.count)
    return Seen(
        max((sum(animals.values()) for animals in together.values()), default=None),
        frozenset(one.sex for one in mine if one.sex and one.sex != "unknown"),
        frozenset(one.life_stage for one in mine if one.life_stage and one.life_stage != "unknown"),
        frozenset(one.individual for one in mine if one.individual),
    )


def complete(found: Sequence[Look]) -> list[Look]:
    """Those of ``found`` who have answered all that somebody else has answered; none unless there are two."""
    done = [one for one in found if any(one.pictures >= other.pictures for other in found if other is not one)]
    return done if len(done) > 1 else []


def differences(found: Sequence[Look]) -> tuple[Point, ...]:
    """The points on which these answers differ, each once; empty where all agree."""
    points: dict[Point, None] = {}
    for one, other in combinations(found, 2):
        if one.seen.keys() != other.seen.keys():
            points[Point("taxon")] = None
        for shown in sorted(one.seen.keys() & other.seen.keys()):
            mine, theirs = one.seen[shown], other.seen[shown]
            for field, left, right in (
                ("count", mine.count, theirs.count),
                ("individual", mine.individuals, theirs.individuals),
                ("sex", mine.sexes, theirs.sexes),
                ("life_stage", mine.life_stages, theirs.life_stages),
            ):
                given = left is not None and right is not None and left != frozenset() and right != frozenset()
                if given and left != right:
                    points[Point(field, shown)] = None
    return tuple(points)


def in_short(look: Look) -> list[Statement]:
    """The few statements that say of the whole event what this person said of its pictures.

    For each species those of the picture with the most animals, and among such the one that tells most of them.
    """
    found: list[Statement] = []
    for shown in look.seen:
        together: dict[tuple[bytes, ...], dict[tuple[object, ...], Statement]] = {}
        for one in look.statements:
            if one.shown == shown:
                animals = together.setdefault(one.about, {})
                which = (one.sex, one.life_stage, one.individual)
                if which not in animals or (animals[which].count or 0) < (one.count or 0):
                    animals[which] = one
        found += max(together.values(), key=_weight).values()
    return found


def _weight(animals: Mapping[tuple[object, ...], Statement]) -> tuple[int, int]:
    told = sum(part is not None for which in animals for part in which)
    return sum(one.count or 0 for one in animals.values()), told
