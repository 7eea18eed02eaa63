"""Where an animal lives on both sides of a border: the lower bounds that its encounters prove, and nothing more.

No published definition of a crossing count is known; these are ours, and every answer carries them in words.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Literal, NamedTuple

from ranger_app.i18n import N_

Doubt = Literal["", "identity", "cell", "border", "place"]
"""Why an encounter proves no side: who it is is not certain; its place is told as a cell; it is nearer to the border
than the layer is accurate; no place or country is known."""

RULES = (
    N_(
        "An encounter is an independent event of one animal at one station. It is certain where the person was certain"
        " which animal it is (or did not say otherwise), the exact place is known, and the place is farther from the"
        " border than the border layer is accurate."
    ),
    N_("On both sides: at least one certain encounter in each of two countries in the period."),
    N_(
        "Crossings, at least: consecutive certain encounters, in the order of time, that lie in different countries."
        " It is a lower bound, and it grows with effort. Encounters of one animal that begin in the same second in"
        " different countries cannot both be true: neither counts."
    ),
    N_(
        "Distance from the border: along the ellipsoid (WGS 84) from a certain encounter to the nearest place on the"
        " border line. Distance between encounters: the greatest between any two certain ones."
    ),
)


class Encounter(NamedTuple):
    """One independent event of one animal. ``at`` UTC seconds, ``place`` the id of the station, degrees and metres.

    ``country`` is "" and ``metres`` NaN where not known; ``month`` is YYYY-MM by the station's clock.
    """

    animal: bytes
    at: int
    place: bytes
    latitude: float
    longitude: float
    country: str
    metres: float
    doubt: Doubt
    month: str


@dataclass(slots=True)
class Side:
    """An animal in one country: certain encounters, and how far from the border it went at most (metres)."""

    encounters: int = 0
    farthest: float = math.nan
    months: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Line:
    """One animal's line of the ledger. ``crossings`` by pair of countries, from and to."""

    animal: bytes
    sides: dict[str, Side] = field(default_factory=dict)
    crossings: Counter[tuple[str, str]] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    """Encounters that prove no side, by why; "tie" for those in two countries at once."""
    encounters: int = 0
    """All of them, doubtful ones too."""
    first: int = 0
    last: int = 0
    """UTC seconds of the first and last encounter, doubtful ones too: whoever is seen lives."""
    months: set[str] = field(default_factory=set)
    apart: float = 0.0
    """Metres between the two certain encounters farthest from each other."""

    @property
    def countries(self) -> tuple[str, ...]:
        """Where it was met for certain."""
        return tuple(sorted(self.sides))

    @property
    def both(self) -> bool:
        """Met for certain in more than one country."""
        return len(self.sides) > 1

    @property
    def crossed(self) -> int:
        """At least so many crossings."""
        return sum(self.crossings.values())

    @property
    def days(self) -> int:
        """Whole days between the first and the last encounter."""
        return (self.last - self.first) // 86_400


_IN_ORDER = attrgetter("at", "place")
Apart = Callable[[Iterable[tuple[float, float]]], float]
"""Metres between the two of some places (degrees) farthest from each other."""


def by_animal(encounters: Iterable[Encounter]) -> dict[bytes, list[Encounter]]:
    """The encounters of each animal, in the order they come in."""
    of: dict[bytes, list[Encounter]] = defaultdict(list)
    for one in encounters:
        of[one.animal].append(one)
    return of


def ledger(encounters: Iterable[Encounter], apart: Apart) -> list[Line]:
    """One line for each animal, by id, from its encounters in any order.

    Same encounters, same lines: ties in time are broken by place, so that no reading order shows through.
    """
    of = by_animal(encounters)
    return [_line(animal, sorted(of[animal], key=_IN_ORDER), apart) for animal in sorted(of)]


def certain(met: Sequence[Encounter]) -> list[Encounter]:
    """Of one animal's encounters in the order of time those that prove a side: none in two countries at once."""
    sure = [one for one in met if not one.doubt]
    at_once: dict[int, str] = {}
    torn = {one.at for one in sure if at_once.setdefault(one.at, one.country) != one.country}
    return [one for one in sure if one.at not in torn] if torn else sure


def _line(animal: bytes, met: Sequence[Encounter], apart: Apart) -> Line:
    line = Line(animal, encounters=len(met), first=met[0].at, last=met[-1].at)
    line.months = {one.month for one in met}
    line.doubtful.update(one.doubt for one in met if one.doubt)
    proving = certain(met)
    ties = len(met) - len(proving) - line.doubtful.total()
    if ties:
        line.doubtful["tie"] = ties
    before = ""
    for one in proving:
        side = line.sides.get(one.country)
        if side is None:
            side = line.sides[one.country] = Side()
        side.encounters += 1
        side.months.add(one.month)
        if not side.farthest >= one.metres:
            side.farthest = one.metres
        if before != one.country:
            if before:
                line.crossings[before, one.country] += 1
            before = one.country
    line.apart = apart({(one.latitude, one.longitude) for one in proving})
    return line
