"""A sharing rule: what of this station's records one partner may see, and how precisely.

The rule is values only; which record falls under which part of it is found in the store, and what a rule says is
written on the screen in words. Sensitivity is that of species, 1 (extreme) to 4 (low), and 0 where nothing is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from ranger_app.domain.coarse import UNCERTAINTY, cell
from ranger_app.domain.ids import read_id

Precision = Literal["exact", "3", "2", "1", "withheld"]
"""How a place leaves: as it is, as a cell of 0.001, 0.01 or 0.1 degree, or not at all."""
Pictures = Literal["none", "thumbnails", "originals"]

PRECISIONS: tuple[Precision, ...] = get_args(Precision)
PICTURES: tuple[Pictures, ...] = get_args(Pictures)
"""Strictest first."""
SENSITIVITIES = (0, 1, 2, 3, 4)

NOWHERE = "0" * 32
"""The area of two rules that have none in common. No record has this id."""

MAX_TEXT = 256 * 1024
MAX_EMBARGO = 36_500
_MAX_ENTRIES = 2_000
_MAX_WORD = 200
_KIND = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What leaves, to one partner or in one file. All sets name what stays, but ``areas``, which names what leaves."""

    name: str
    kinds: frozenset[str] = frozenset()
    """Kinds of record withheld entirely."""
    species: frozenset[str] = frozenset()
    """Scientific names whose observations, individuals, counts and samples stay."""
    areas: frozenset[str] = frozenset()
    """Protected areas (ids as 32 hex digits) that records with a place must lie in; empty: everywhere."""
    embargo_days: int = 0
    """Records about the last so many days stay."""
    people: bool = True
    """Names of persons, who did what, and what tells of them."""
    tracks: bool = True
    files: bool = True
    """File names, camera data and the hashes of originals."""
    places: Mapping[int, Precision] = field(default_factory=lambda: dict.fromkeys(SENSITIVITIES, "exact"))
    """Precision by sensitivity; one that is not named here is withheld."""
    pictures: Pictures = "originals"
    """The most that leaves of a picture."""

    @property
    def exact_files(self) -> bool:
        """Whether files leave as they are: an original holds its camera data and its own hash."""
        return self.files

    @property
    def everything(self) -> bool:
        """Whether the rule withholds nothing, so that batches leave as they are."""
        return (
            not (self.kinds or self.species or self.areas or self.embargo_days)
            and self.people
            and self.tracks
            and self.files
            and all(self.precision(one) == "exact" for one in SENSITIVITIES)
        )

    def precision(self, sensitivity: int) -> Precision:
        """How precisely a place of this sensitivity leaves."""
        return self.places.get(sensitivity, "withheld")


FULL = Rule("full")
STANDARD = Rule(
    "standard",
    kinds=frozenset({"note"}),
    people=False,
    tracks=False,
    files=False,
    places={0: "exact", 1: "withheld", 2: "1", 3: "2", 4: "exact"},
)
OPEN = Rule(
    "open",
    kinds=frozenset({"note", "waypoint", "sighting", "individual", "sample", "hand_over", "health_event"}),
    people=False,
    tracks=False,
    files=False,
    places={0: "2", 1: "withheld", 2: "withheld", 3: "1", 4: "2"},
    pictures="none",
)
PRESETS: dict[str, Rule] = {rule.name: rule for rule in (FULL, STANDARD, OPEN)}


def coarse(latitude: int, longitude: int, digits: int) -> tuple[int, int, int]:
    """Latitude, longitude (1e-7 degree) and uncertainty (m) of the cell that a place lies in."""
    return cell(latitude, digits), cell(longitude, digits), UNCERTAINTY[digits]


def least(precisions: Iterable[Precision]) -> Precision:
    """The coarsest of some precisions; exact where there are none."""
    return max(precisions, key=PRECISIONS.index, default="exact")


def stricter(a: Rule, b: Rule) -> Rule:
    """What both rules reveal: for a bundle that several partners can read."""
    if a == b:
        return a
    areas = a.areas & b.areas if a.areas and b.areas else a.areas | b.areas
    return Rule(
        "joint",
        kinds=a.kinds | b.kinds,
        species=a.species | b.species,
        areas=areas or (frozenset({NOWHERE}) if a.areas and b.areas else frozenset()),
        embargo_days=max(a.embargo_days, b.embargo_days),
        people=a.people and b.people,
        tracks=a.tracks and b.tracks,
        files=a.files and b.files,
        places={one: least((a.precision(one), b.precision(one))) for one in SENSITIVITIES},
        pictures=min(a.pictures, b.pictures, key=PICTURES.index),
    )


def to_text(rule: Rule) -> str:
    """The rule as JSON on one line, the same text for the same rule."""
    return json.dumps(as_dict(rule), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_dict(rule: Rule) -> dict[str, object]:
    """The rule as JSON values, as the command line answers it."""
    return {
        "name": rule.name,
        "kinds": sorted(rule.kinds),
        "species": sorted(rule.species),
        "areas": sorted(rule.areas),
        "embargo_days": rule.embargo_days,
        "people": rule.people,
        "tracks": rule.tracks,
        "files": rule.files,
        "places": {str(one): rule.precision(one) for one in SENSITIVITIES},
        "pictures": rule.pictures,
    }


def from_text(text: str) -> Rule:
    """The rule that ``to_text`` wrote; ValueError for anything else. What is missing is withheld."""
    if len(text) > MAX_TEXT:
        raise ValueError("length")
    try:
        found = json.loads(text)
    except RecursionError as error:
        raise ValueError("depth") from error
    if not isinstance(found, dict):
        raise ValueError("rule")
    name, embargo = found.get("name"), found.get("embargo_days", MAX_EMBARGO)
    if not isinstance(name, str) or not 0 < len(name) <= _MAX_WORD:
        raise ValueError("name")
    if type(embargo) is not int or not 0 <= embargo <= MAX_EMBARGO:
        raise ValueError("embargo_days")
    kinds, species, areas = (_words(found.get(one), one) for one in ("kinds", "species", "areas"))
    if not all(_KIND.fullmatch(one) for one in kinds):
        raise ValueError("kinds")
    if not all(read_id(one) for one in areas):
        raise ValueError("areas")
    places = found.get("places")
    if not isinstance(places, dict) or not set(places) <= {str(one) for one in SENSITIVITIES}:
        raise ValueError("places")
    if not all(isinstance(one, str) and one in PRECISIONS for one in places.values()):
        raise ValueError("places")
    pictures = found.get("pictures", "none")
    if not isinstance(pictures, str) or pictures not in PICTURES:
        raise ValueError("pictures")
    return Rule(
        name,
        kinds,
        species,
        areas,
        embargo,
        people=_yes(found, "people"),
        tracks=_yes(found, "tracks"),
        files=_yes(found, "files"),
        places={one: cast(Precision, places.get(str(one), "withheld")) for one in SENSITIVITIES},
        pictures=pictures,
    )


def _words(found: object, what: str) -> frozenset[str]:
    # A list that is missing would silently withhold nothing, or let everything leave.
    if not isinstance(found, list) or len(found) > _MAX_ENTRIES:
        raise ValueError(what)
    if not all(isinstance(one, str) and 0 < len(one) <= _MAX_WORD for one in found):
        raise ValueError(what)
    return frozenset(found)


def _yes(found: Mapping[str, object], what: str) -> bool:
    value = found.get(what, False)
    if not isinstance(value, bool):
        raise ValueError(what)
    return value
