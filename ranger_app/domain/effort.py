"""Trap nights: how long a camera really worked, from its deployment's dates and failures and never from its files.

A camera that saw nothing all season worked all season; one buried in snow did not, however many pictures it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ranger_app.i18n import N_, _

DAY = 86_400
"""Seconds of a day. Deployments keep one UTC offset, so every day of their local time has as many."""

_EPOCH = datetime(1970, 1, 1)

Span = tuple[int, int]
"""[start, end) in whole seconds of local time since 1970-01-01 00:00 local time."""

Failed = tuple[datetime, datetime | None]
"""From when to when a camera did not work; None = until it was taken down."""

ONE, SUM, ALL = "one", "sum", "all"
RULES = (ONE, SUM, ALL)
"""How the cameras of one station count together (see ``together``)."""

RULE_WORDS = {
    ONE: N_("A night counts once for a station if any of its cameras works."),
    SUM: N_("The nights of a station's cameras are added up."),
    ALL: N_("A night counts for a station only while all cameras set up there work."),
}
_NIGHTS = N_(
    "Trap nights are the days from set-up to taking down, in exact fractions, less the time of failures."
    " A camera that took no pictures counts. Without both dates there is no effort."
)


def rule_words(rule: str | None = None) -> str:
    """The rule of trap nights in the reader's language; with ``rule``, also how cameras of a station count together."""
    return f"{_(_NIGHTS)} {_(RULE_WORDS[rule])}" if rule else _(_NIGHTS)


@dataclass(frozen=True, slots=True)
class Effort:
    """When a camera, or a station, was set up and when it worked: sorted, disjoint spans.

    ``working`` may count twice over under the rule ``sum``: then it holds the spans of each camera in turn.
    """

    set_up: tuple[Span, ...]
    working: tuple[Span, ...]

    @property
    def seconds(self) -> int:
        """Working seconds."""
        return sum(end - start for start, end in self.working)

    @property
    def nights(self) -> float:
        """Trap nights: working days with their fraction."""
        return self.seconds / DAY

    @property
    def failed(self) -> float:
        """Days of set-up time in which nothing worked."""
        return (sum(b - a for a, b in self.set_up) - sum(b - a for a, b in united(self.working))) / DAY

    def by_day(self, hour: int = 0) -> dict[date, float]:
        """Effort of each day on which it was set up: 0 = set up but not working; a day that is absent was not set up.

        camtrapR's camera operation matrix (cameraOperation: NA, 0, fractions of days; occasionStartTime = ``hour``),
        with exact times. A day that begins at ``hour`` runs to the same hour of the next.
        """
        found = {day: 0 for span in self.set_up for day, _seconds in _days(span, hour)}
        for span in self.working:
            for day, seconds in _days(span, hour):
                found[day] += seconds
        return {day: seconds / DAY for day, seconds in sorted(found.items())}

    def between(self, start: datetime, end: datetime) -> float | None:
        """Trap nights within [start, end) of local time; None where it was not set up at all in that time."""
        low, high = _seconds(start), _seconds(end)
        if not any(max(a, low) < min(b, high) for a, b in self.set_up):
            return None
        return sum(max(0, min(b, high) - max(a, low)) for a, b in self.working) / DAY


def moment(text: object) -> datetime | None:
    """A local time as records keep it; None where there is none or it cannot be read."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def effort(start: datetime | None, end: datetime | None, failures: Iterable[Failed] = ()) -> Effort | None:
    """When a camera worked: from ``start`` to ``end`` (local times) less ``failures``.

    Overlapping failures are counted once, and clipped to the deployment. None where a date is missing or the end lies
    before the start: then nobody knows the effort, which is not the same as 0. After camtrapR's cameraOperation
    (setup, retrieval and ProblemX_from/_to as date-times), to the second.
    """
    if start is None or end is None or end < start:
        return None
    whole = (_seconds(start), _seconds(end))
    broken = united(
        (max(whole[0], _seconds(a)), min(whole[1], whole[1] if b is None else _seconds(b))) for a, b in failures
    )
    return Effort((whole,) if whole[0] < whole[1] else (), less([whole], broken))


def nights(start: datetime | None, end: datetime | None, failures: Iterable[Failed] = ()) -> float | None:
    """Trap nights of one deployment, with fractions of days; None = unknown (see ``effort``)."""
    found = effort(start, end, failures)
    return None if found is None else found.nights


def by_day(
    start: datetime | None, end: datetime | None, failures: Iterable[Failed] = (), hour: int = 0
) -> dict[date, float]:
    """Effort of each day (see ``Effort.by_day``); empty where the effort is not known."""
    found = effort(start, end, failures)
    return {} if found is None else found.by_day(hour)


def together(cameras: Sequence[Effort], rule: str) -> Effort:
    """The effort of a station from that of its cameras, whose spans must be on one clock.

    The three ways of camtrapR's cameraOperation: ``one`` = camerasIndependent FALSE (any working camera makes the
    night count, once), ``sum`` = camerasIndependent TRUE (nights add up), ``all`` = allCamsOn TRUE (only while all
    work). camtrapR asks for all cameras of the table; here for all that are set up at that moment, because successive
    deployments at one place are one station too. ValueError for another rule.
    """
    set_up = united(span for one in cameras for span in one.set_up)
    if rule == SUM:
        return Effort(set_up, tuple(span for one in cameras for span in one.working))
    working = united(span for one in cameras for span in one.working)
    if rule == ALL:
        broken = united(span for one in cameras for span in less(one.set_up, one.working))
        return Effort(set_up, less(working, broken))
    if rule != ONE:
        raise ValueError(rule)
    return Effort(set_up, working)


def moved(found: Effort, seconds: int) -> Effort:
    """The same effort on a clock that shows ``seconds`` more: for stations whose deployments differ in offset."""
    if not seconds:
        return found
    return Effort(
        tuple((a + seconds, b + seconds) for a, b in found.set_up),
        tuple((a + seconds, b + seconds) for a, b in found.working),
    )


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans sorted and joined where they touch or overlap; empty ones fall away."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def less(spans: Iterable[Span], broken: Iterable[Span]) -> tuple[Span, ...]:
    """``spans`` without ``broken``."""
    left: list[Span] = []
    holes = united(broken)
    for start, end in united(spans):
        at = start
        for low, high in holes:
            if high <= at or low >= end:
                continue
            if low > at:
                left.append((at, low))
            at = max(at, high)
        if at < end:
            left.append((at, end))
    return tuple(left)


def as_time(seconds: int) -> datetime:
    """The local time at an end of a span."""
    return _EPOCH + timedelta(seconds=seconds)


def _seconds(time: datetime) -> int:
    return int(time.replace(tzinfo=UTC, microsecond=0).timestamp())


def _days(span: Span, hour: int) -> Iterable[tuple[date, int]]:
    """The days a span touches and its seconds in each."""
    shift = hour * 3600
    start, end = span[0] - shift, span[1] - shift
    while start < end:
        number = start // DAY
        stop = min(end, (number + 1) * DAY)
        yield (_EPOCH + timedelta(days=number)).date(), stop - start
        start = stop
