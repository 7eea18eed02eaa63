"""Detection histories: for each station and occasion whether a species was seen, not seen, or nobody could know.

Occupancy models live from the difference between the last two, so an occasion without effort is empty and never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ranger_app.domain.effort import Effort, as_time
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _

STATION, SURVEY = "station", "survey"
MOST = 5_000
"""Occasions beyond which a matrix is a mistake."""


_LONGEST = 36_525
"""Days; a century is longer than any survey."""


@dataclass(frozen=True, slots=True)
class Occasions:
    """How time is cut: ``days`` long, each day beginning at ``hour`` local time.

    ``origin`` is ``station`` (each station's own set-up), ``survey`` (the first set-up of all) or a date as
    YYYY-MM-DD: camtrapR's occasionLength, occasionStartTime and day1. UsageProblem for an impossible cut.
    """

    days: int = 7
    hour: int = 0
    origin: str = STATION

    def __post_init__(self) -> None:
        if not 1 <= self.days <= _LONGEST or not 0 <= self.hour <= 23:
            raise UsageProblem(
                "OCCASION_WRONG",
                _("Occasions of {n} days from {hour}:00 are not possible.").format(n=self.days, hour=self.hour),
                _("Give at least 1 day and an hour from 0 to 23."),
            )
        if self.origin not in (STATION, SURVEY):
            try:
                date.fromisoformat(self.origin)
            except ValueError as error:
                raise UsageProblem(
                    "ORIGIN_WRONG",
                    _("{text} is no beginning of occasions.").format(text=self.origin),
                    _("Use one of: {words}.").format(words=f"{STATION}, {SURVEY}, 2026-01-31"),
                ) from error


@dataclass(frozen=True, slots=True)
class History:
    """One station: for each occasion 1, 0 or None (no effort), and its effort in trap nights (None: not set up).

    ``start`` is when its first occasion begins; ``outside`` how many detections lie where there is no effort.
    """

    start: datetime
    seen: tuple[int | None, ...]
    nights: tuple[float | None, ...]
    outside: int


def first_days(efforts: Sequence[Effort | None], cut: Occasions) -> list[datetime | None]:
    """When the first occasion of each station begins, in its local time; None for a station without effort."""
    begun = [_day_of(as_time(one.set_up[0][0]), cut.hour) if one and one.set_up else None for one in efforts]
    if cut.origin == STATION:
        return begun
    known = [one for one in begun if one is not None]
    if not known:
        return begun
    if cut.origin == SURVEY:
        first = min(known)
    else:
        first = datetime.combine(date.fromisoformat(cut.origin), time(cut.hour))
    return [None if one is None else first for one in begun]


def number_of(efforts: Sequence[Effort | None], begun: Sequence[datetime | None], cut: Occasions) -> int:
    """How many occasions the longest station needs; UsageProblem beyond MOST. The last may be cut short."""
    most = 0
    for one, start in zip(efforts, begun, strict=True):
        if one is not None and start is not None:
            length = as_time(one.set_up[-1][1]) - start
            most = max(most, -(-length // timedelta(days=cut.days)))
    if most > MOST:
        raise UsageProblem(
            "OCCASIONS_TOO_MANY",
            _("That would be {n} occasions.").format(n=most),
            _("Give longer occasions or a later beginning."),
        )
    return most


def history(effort: Effort, start: datetime, count: int, cut: Occasions, seen: Iterable[datetime]) -> History:
    """A station's row of the matrix; ``seen`` are the local times of its detections.

    As camtrapR's detectionHistory with output "binary": 1 = detected, 0 = worked and not detected, empty = no effort
    (not set up, or not working at all); a detection in an occasion without effort does not fill it.
    """
    length = timedelta(days=cut.days)
    nights = tuple(effort.between(start + length * n, start + length * (n + 1)) for n in range(count))
    found: set[int] = set()
    outside = 0
    for at in seen:
        place = (at - start) // length
        if 0 <= place < count and nights[place]:
            found.add(place)
        else:
            outside += 1
    return History(start, tuple((1 if n in found else 0) if nights[n] else None for n in range(count)), nights, outside)


def _day_of(at: datetime, hour: int) -> datetime:
    """The beginning of the day, from ``hour`` to ``hour``, that a moment lies in."""
    begun = datetime.combine(at.date(), time(hour))
    return begun if begun <= at else begun - timedelta(days=1)
