"""Effort of patrols under each published definition, side by side, because they differ several-fold on the same work.

Pure functions on plain values. What is not known is None and never 0; a sum says how many patrols tell nothing of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ranger_app.i18n import N_

Key = bytes | str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one leg. ``start`` and ``end`` are seconds of local time on any common scale, as people typed them;
    ``rest`` seconds; ``members`` how many people, the leader among them. None: not known."""

    patrol: Key
    date: str
    start: float | None = None
    end: float | None = None
    rest: float = 0
    members: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """One recorded track's figures: metres, seconds. ``filtered`` are ecoscope's, None where not asked for."""

    patrol: Key
    date: str
    raw_metres: float | None = None
    cleaned_metres: float | None = None
    raw_seconds: float | None = None
    cleaned_seconds: float | None = None
    still_seconds: float | None = None
    filtered_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over patrols; None where nobody tells. ``silent``: the patrols that tell nothing of it."""

    value: float | None
    silent: frozenset[Key] = frozenset()

    @property
    def hours(self) -> float | None:
        """Seconds as hours."""
        return None if self.value is None else self.value / 3600

    @property
    def km(self) -> float | None:
        """Metres as kilometres."""
        return None if self.value is None else self.value / 1000


@dataclass(frozen=True, slots=True)
class Three:
    """Raw, cleaned and what cleaning took away."""

    raw: Sum
    cleaned: Sum

    @property
    def excluded(self) -> Sum:
        """Raw less cleaned; None where either is."""
        if self.raw.value is None or self.cleaned.value is None:
            return Sum(None, self.raw.silent | self.cleaned.silent)
        return Sum(self.raw.value - self.cleaned.value, self.raw.silent | self.cleaned.silent)


@dataclass(frozen=True, slots=True)
class Effort:
    """What some patrols add up to; see DEFINITIONS for what each figure is and who defined it so."""

    patrols: int
    patrol_days: int
    dates: int
    nights: int
    distance: Three
    track_time: Three
    still: Sum
    filtered: Sum
    patrol_time: Sum
    field_time: Sum
    person_days: Sum
    person_time: Sum


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure: ``code`` as in tables, its words, and who published it."""

    code: str
    words: str
    source: str


DEFINITIONS = (
    Definition("patrols", N_("Patrols: distinct patrols."), "SMART numpatrols, ecoscope"),
    Definition(
        "patrol_days", N_("Patrol days: distinct pairs of a patrol and a calendar day of its place."), "SMART numdays"
    ),
    Definition(
        "dates", N_("Dates: distinct calendar days over all patrols of the group, however many went out."), "ecoscope"
    ),
    Definition("nights", N_("Nights: patrol days less patrols."), "SMART numnights"),
    Definition(
        "distance",
        N_(
            "Distance: geodesics on WGS 84 between consecutive points of tracks. Raw takes all points as written;"
            " cleaned leaves out marked points and gaps over 30 minutes; excluded is the difference."
        ),
        "SMART distance, ecoscope, Ranger",
    ),
    Definition(
        "patrol_hours", N_("Patrol hours: end less start of each day as typed, rest included."), "SMART numpatrolhours"
    ),
    Definition("field_hours", N_("Field hours: patrol hours less rest as typed."), "SMART numhours"),
    Definition(
        "track_hours",
        N_(
            "Track hours: from the first to the last time of each segment of a track; cleaned without gaps. Standing"
            " counts."
        ),
        "Ranger",
    ),
    Definition(
        "still_hours", N_("Still hours: the part of the track hours spent standing, such as an ambush."), "Ranger"
    ),
    Definition(
        "ecoscope_hours",
        N_(
            "Moving hours: steps of 0.001 to 100,000 m, 1 to 172,800 s and 0.01 to 500 km/h. Standing still does not"
            " count, long gaps do."
        ),
        "ecoscope",
    ),
    Definition("person_days", N_("Person days: patrol days times members, the leader among them."), "SMART mandays"),
    Definition("person_hours", N_("Person hours: field hours times members."), "SMART manhours"),
)
"""Every measure with its source; reports say those that they use."""

SHORTEST, LONGEST = 0.001, 100_000.0
BRIEFEST, SLOWEST_FIX = 1.0, 172_800.0
LEAST_SPEED, MOST_SPEED = 0.01, 500.0
"""ecoscope's default segment filter: metres, seconds, km/h; limits included."""


def passes_filter(metres: float, seconds: float) -> bool:
    """Whether ecoscope's default segment filter keeps a step between two fixes."""
    if not (SHORTEST <= metres <= LONGEST and BRIEFEST <= seconds <= SLOWEST_FIX):
        return False
    return LEAST_SPEED <= metres / seconds * 3.6 <= MOST_SPEED


def effort(days: Iterable[Day], walks: Iterable[Walk]) -> Effort:
    """Everything some days and tracks add up to.

    A patrol counts once, whichever of the two tells of it. A day told of twice, as by two legs, is one patrol day; of
    its legs the largest number of members counts, and hours of both add up. A track alone makes its date a patrol day.
    """
    days, walks = list(days), list(walks)
    pairs = {(one.patrol, one.date) for one in days} | {(one.patrol, one.date) for one in walks}
    patrols = {patrol for patrol, _date in pairs}
    walkers = {one.patrol for one in walks}
    lacking = frozenset(patrols - walkers)

    def of_walks(value: Callable[[Walk], float | None]) -> Sum:
        return _sum(((one.patrol, value(one)) for one in walks), lacking)

    return Effort(
        len(patrols),
        len(pairs),
        len({date for _patrol, date in pairs}),
        max(0, len(pairs) - len(patrols)),
        Three(of_walks(lambda one: one.raw_metres), of_walks(lambda one: one.cleaned_metres)),
        Three(of_walks(lambda one: one.raw_seconds), of_walks(lambda one: one.cleaned_seconds)),
        of_walks(lambda one: one.still_seconds),
        of_walks(lambda one: one.filtered_seconds),
        _of_days(days, pairs, patrol_seconds),
        _of_days(days, pairs, field_seconds),
        _person_days(days, pairs),
        _of_days(days, pairs, _person_seconds),
    )


def patrol_seconds(day: Day) -> float | None:
    """Typed end less start (SMART numpatrolhours); None where one is missing or the end lies before the start."""
    if day.start is None or day.end is None or day.end < day.start:
        return None
    return day.end - day.start


def field_seconds(day: Day) -> float | None:
    """The same less rest (SMART numhours), never below 0."""
    whole = patrol_seconds(day)
    return None if whole is None else max(0.0, whole - day.rest)


def _person_seconds(day: Day) -> float | None:
    worked = field_seconds(day)
    return None if worked is None or day.members is None else worked * day.members


def _sum(told: Iterable[tuple[Key, float | None]], silent: frozenset[Key]) -> Sum:
    known: list[float] = []
    unknown: set[Key] = set(silent)
    for patrol, value in told:
        if value is None:
            unknown.add(patrol)
        else:
            known.append(value)
    return Sum(math.fsum(known) if known else None, frozenset(unknown))


def _of_days(days: Sequence[Day], pairs: set[tuple[Key, str]], value: Callable[[Day], float | None]) -> Sum:
    untold = pairs - {(one.patrol, one.date) for one in days}
    return _sum(((one.patrol, value(one)) for one in days), frozenset(patrol for patrol, _date in untold))


def _person_days(days: Sequence[Day], pairs: set[tuple[Key, str]]) -> Sum:
    most: dict[tuple[Key, str], int | None] = dict.fromkeys(pairs)
    for one in days:
        if one.members is not None:
            most[one.patrol, one.date] = max(one.members, most[one.patrol, one.date] or 0)
    return _sum(((patrol, members) for (patrol, _date), members in most.items()), frozenset())


# ------------------------------------------------------------ encounter rates

OWN = ("distance", "hours", "days", "person_days", "person_hours", "patrols")
DENOMINATORS = (*OWN, *(f"total_{one}" for one in OWN))
"""SMART's twelve: of the group, and of all groups together."""


@dataclass(frozen=True, slots=True)
class Find:
    """A find for a rate: its category's full key, its number (None: one), numbers by attribute key."""

    patrol: Key
    category: str
    number: int | None = None
    numbers: dict[str, float] = field(default_factory=dict)


def denominator(of: Effort, total: Effort, name: str) -> float | None:
    """One of DENOMINATORS: km, hours, days, person days, person hours or patrols; hours are field hours as in SMART.

    ``total`` is the effort of all groups. KeyError for another name.
    """
    source = total if name.startswith("total_") else of
    values: dict[str, float | None] = {
        "distance": source.distance.cleaned.km,
        "hours": source.field_time.hours,
        "days": source.patrol_days,
        "person_days": source.person_days.value,
        "person_hours": source.person_time.hours,
        "patrols": source.patrols,
    }
    return values[name.removeprefix("total_")]


def silent(of: Effort, total: Effort, name: str) -> frozenset[Key]:
    """The patrols that tell nothing of a denominator: what they found is no part of its rate."""
    source = total if name.startswith("total_") else of
    sums = {
        "distance": source.distance.cleaned,
        "hours": source.field_time,
        "person_days": source.person_days,
        "person_hours": source.person_time,
    }
    found = sums.get(name.removeprefix("total_"))
    return found.silent if found else frozenset()


def rate(numerator: float | None, by: float | None, per: float = 1) -> float | None:
    """``numerator`` for each ``per`` of the denominator; None (not a number) where that is 0 or not known: never 0."""
    if numerator is None or not by:
        return None
    return numerator / by * per


def is_under(category: str, above: str) -> bool:
    """Whether a category is ``above`` or one of its children: a prefix of full keys, as SMART matches them."""
    return (category if category.endswith(".") else f"{category}.").startswith(
        above if above.endswith(".") or not above else f"{above}."
    )


def under(finds: Iterable[Find], category: str) -> Iterator[Find]:
    """The finds of a category and its children."""
    return (one for one in finds if is_under(one.category, category))


def count(finds: Iterable[Find]) -> int:
    """How many finds (SMART: number of observations)."""
    return sum(1 for _one in finds)


def total(finds: Iterable[Find], attribute: str = "") -> float | None:
    """A summed attribute, or the number of things found (one where nobody wrote a number); None where none tells."""
    if not attribute:
        return sum(1 if one.number is None else one.number for one in finds)
    told = [one.numbers[attribute] for one in finds if attribute in one.numbers]
    return math.fsum(told) if told else None
