"""Independent events: when two pictures of a species are two visits, under the two published rules.

The same tiger standing before a camera for ten minutes is one event or several, and a rate means nothing without the
rule it was counted by; so the rule is a value that every result carries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ranger_app.errors import UsageProblem
from ranger_app.i18n import N_, _

LAST_RECORD = "lastRecord"
LAST_INDEPENDENT = "lastIndependentRecord"
ANCHORS = (LAST_RECORD, LAST_INDEPENDENT)
"""camtrapR's own words for what the time is counted from (recordTable, deltaTimeComparedTo)."""
SOURCE = "Niedballa et al. 2016, camtrapR, Methods in Ecology and Evolution 7: 1457-1462"
MINUTES = 30
"""The usual threshold in the region (独立有效照片, independent valid photo)."""

_ANCHOR_WORDS = {
    LAST_RECORD: N_(
        "A new event begins when at least {minutes} minutes have passed since the last picture of the same species at"
        " the same station, counted or not (lastRecord)."
    ),
    LAST_INDEPENDENT: N_(
        "A new event begins when at least {minutes} minutes have passed since the beginning of the last event of the"
        " same species at the same station (lastIndependentRecord)."
    ),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of independence. ``minutes`` 0 = every picture is an event; UsageProblem for an impossible rule."""

    minutes: int = MINUTES
    anchor: str = LAST_RECORD

    def __post_init__(self) -> None:
        if not 0 <= self.minutes <= 525_600:
            raise UsageProblem(
                "THRESHOLD_WRONG",
                _("{n} minutes is no time between events.").format(n=self.minutes),
                _("Give a number of minutes, usually {n}.").format(n=MINUTES),
            )
        if self.anchor not in ANCHORS:
            raise UsageProblem(
                "ANCHOR_UNKNOWN",
                _("{name} is no rule of independence.").format(name=self.anchor),
                _("Use one of: {words}.").format(words=", ".join(ANCHORS)),
            )

    @property
    def words(self) -> str:
        """The rule in the reader's language."""
        if not self.minutes:
            return _("Every picture of a species counts as an event of its own.")
        return _(_ANCHOR_WORDS[self.anchor]).format(minutes=self.minutes)


class Sighting(NamedTuple):
    """One subject in one picture.

    ``at`` is in UTC seconds, ``subject`` a species or individual, ``number`` how many the picture shows, ``stated``
    the number that a person stated for the whole event the picture belongs to (None without), ``camera`` and ``key``
    tell deployment and picture.
    """

    at: int
    subject: str
    number: int
    stated: int | None
    camera: int
    key: int


@dataclass(frozen=True, slots=True)
class Event:
    """One independent event of a subject. ``start`` and ``end`` are UTC seconds of its first and last picture.

    ``records`` are its pictures taken at different seconds, ``pictures`` all of them. ``most`` is MaxN.
    ``camera`` and ``key`` tell deployment and picture of the first.
    """

    subject: str
    start: int
    end: int
    records: int
    pictures: int
    most: int
    camera: int
    key: int


class _Open:
    # An event that may still grow: a plain object because it is changed for every picture.
    __slots__ = ("camera", "end", "framed", "key", "pictures", "records", "start", "stated")

    def __init__(self, first: Sighting) -> None:
        self.start = self.end = first.at
        self.records = self.pictures = 1
        self.framed = self.stated = 0
        self.camera, self.key = first.camera, first.key

    def closed(self, subject: str) -> Event:
        most = max(self.framed, self.stated)
        return Event(subject, self.start, self.end, self.records, self.pictures, most, self.camera, self.key)


def begins(rule: Rule) -> Callable[[int, int, int], bool]:
    """Whether a record begins a new event, by its time and by those of the first and the last record of the event
    before it, all in seconds; made once for a rule, because it is asked for every picture.
    """
    threshold, from_last = rule.minutes * 60, rule.anchor == LAST_RECORD

    def new(at: int, first: int, last: int) -> bool:
        return not threshold or at - (last if from_last else first) >= threshold

    return new


def events(sightings: Iterable[Sighting], rule: Rule) -> Iterator[Event]:
    """The independent events among the sightings of one station (or one camera), which come in the order of time.

    After camtrapR's recordTable (Niedballa et al. 2016, see SOURCE): by subject, the first record is independent, and
    a later one is if the time since the last record (``lastRecord``) or since the last independent record
    (``lastIndependentRecord``) is at least the threshold: exactly 30 minutes later is a new event. Records of one
    subject in the same second are one where there is a threshold; without one every picture counts, so that ties all
    count, as they do there.

    ``most`` is MaxN: the highest number in any single picture, never a sum, also over the cameras of a pair. A number
    that a person stated for a whole event replaces the numbers of its pictures and may exceed them.

    Events come in the order in which they end. ValueError where the sightings are not in order.
    """
    new = begins(rule)
    growing: dict[str, _Open] = {}
    before: int | None = None
    for one in sightings:
        at, subject, number, stated, _camera, _key = one
        if before is not None and at < before:
            raise ValueError("sightings are not in the order of time")
        before = at
        now = growing.get(subject)
        if now is None:
            now = growing[subject] = _Open(one)
        elif new(at, now.start, now.end):
            yield now.closed(subject)
            now = growing[subject] = _Open(one)
        else:
            now.pictures += 1
            if at != now.end:
                now.records += 1
                now.end = at
        if stated is None:
            if number > now.framed:
                now.framed = number
        elif stated > now.stated:
            now.stated = stated
    for subject, now in growing.items():
        yield now.closed(subject)
