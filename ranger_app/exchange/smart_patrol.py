"""What one SMART patrol file says, text for text, before anything is understood of it.

Reader and writer meet here, and so does whoever compares what was read with what is kept: every value is the text that
stands in the file, and what no version of the format names stays as a tree beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

NAMESPACE = "http://www.smartconservationsoftware.org/xml/{version}/patrol"
VERSIONS = ("1.3", "1.2")
"""Those that are written, the one to prefer first. 1.3 puts observations into groups."""

VALUE_ELEMENTS = ("dValue", "bValue", "sValue", "itemKey")

Extra = list[object]
"""What is not understood: ``[name, attributes, text, children]`` of an element, ``["@name", text]`` of an attribute."""


@dataclass(slots=True)
class Label:
    """A word of the area's own list, in its language; SMART gives no key."""

    value: str = ""
    language: str = ""


@dataclass(slots=True)
class Ranger:
    """A person as the file names them; ``leader`` and ``pilot`` as written, of members only."""

    given: str = ""
    family: str = ""
    employee: str = ""
    leader: str = ""
    pilot: str = ""
    record: str = ""
    """The person's record here, as hex; empty in what was read."""


@dataclass(slots=True)
class Attachment:
    """The name of a file beside the XML."""

    filename: str = ""
    signature: str = ""
    record: str = ""


@dataclass(slots=True)
class Told:
    """One value of a find: ``element`` is one of VALUE_ELEMENTS, empty where the attribute has no value."""

    key: str
    element: str = ""
    text: str = ""


@dataclass(slots=True)
class Find:
    """One observation."""

    category: str = ""
    told: list[Told] = field(default_factory=list)
    observer: Ranger | None = None
    attachments: list[Attachment] = field(default_factory=list)
    extra: list[Extra] = field(default_factory=list)
    record: str = ""


@dataclass(slots=True)
class Waypoint:
    """A place with the groups of what was found there; ``x`` is the longitude."""

    name: str = ""
    x: str = ""
    y: str = ""
    time: str = ""
    direction: str = ""
    distance: str = ""
    comment: str = ""
    groups: list[list[Find]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    extra: list[Extra] = field(default_factory=list)
    record: str = ""


@dataclass(slots=True)
class Line:
    """The track of a day: kilometres and the line in hex digits, both as written."""

    distance: str = ""
    geometry: str = ""
    record: str = ""


@dataclass(slots=True)
class Day:
    """One day of a leg."""

    date: str = ""
    start: str = ""
    end: str = ""
    rest: str = ""
    waypoints: list[Waypoint] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    extra: list[Extra] = field(default_factory=list)


@dataclass(slots=True)
class Leg:
    """A part of the patrol with its transport and its people."""

    name: str = ""
    start: str = ""
    end: str = ""
    transport: Label | None = None
    mandate: Label | None = None
    members: list[Ranger] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    extra: list[Extra] = field(default_factory=list)


@dataclass(slots=True)
class Custom:
    """An attribute of the patrol: ``element`` is stringValue or doubleValue."""

    key: str
    element: str = "stringValue"
    text: str = ""


@dataclass(slots=True)
class Patrol:
    """One file."""

    name: str = ""
    type: str = ""
    start: str = ""
    end: str = ""
    armed: str = ""
    objective: str = ""
    comment: str = ""
    team: Label | None = None
    station: Label | None = None
    custom: list[Custom] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    extra: list[Extra] = field(default_factory=list)
    version: str = ""
    lost: dict[str, int] = field(default_factory=dict)
    """What small elements say that nobody knows, as ``element name``, with how often: it is not kept."""

    def finds(self) -> Iterator[tuple[Leg, Day, Waypoint, int, int, Find]]:
        """Every find with where it stands; numbers of group and find count from 1."""
        for leg in self.legs:
            for day in leg.days:
                for waypoint in day.waypoints:
                    for group, of_group in enumerate(waypoint.groups, 1):
                        for number, find in enumerate(of_group, 1):
                            yield leg, day, waypoint, group, number, find


Differences = dict[str, object]
"""What of one part of a file our record of it would say otherwise: field to ``[ours, theirs]``."""


def label(found: Label | None) -> list[str] | None:
    """A label as it stands among differences."""
    return None if found is None else [found.value, found.language]


def understood_label(kept: object) -> Label | None:
    """``label`` undone."""
    if isinstance(kept, list) and len(kept) == 2 and all(isinstance(one, str) for one in kept):
        return Label(kept[0], kept[1])
    return None


def differences(ours: Mapping[str, object], theirs: Mapping[str, object]) -> Differences:
    """The fields of which the two say different things."""
    return {name: [ours.get(name), value] for name, value in theirs.items() if ours.get(name) != value}


def restored(ours: dict[str, object], kept: object) -> dict[str, object]:
    """``ours`` with what the file said, wherever nobody changed our record since: ours is what it was then."""
    if not isinstance(kept, dict):
        return ours
    for name, pair in kept.items():
        if name not in ours or not isinstance(pair, list) or len(pair) != 2 or ours[name] != pair[0]:
            continue
        if type(pair[1]) is type(ours[name]) or ours[name] is None or pair[1] is None:
            ours[name] = pair[1]
    return ours
