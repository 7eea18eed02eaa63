"""What taps add up to: running totals, the sub-totals behind them, and the band of what was estimated.

Pure functions on values, so that the sheet shows the same before a crash and after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

PAUSE_MS = 5_000
"""Single taps that follow each other within this time are one sub-total."""
STAGES = ("adult", "subadult", "juvenile")
SEXES = ("male", "female")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a number is counted of: one species in one sector, perhaps of one flock, one age and one sex."""

    sector: bytes | None
    taxon: str
    flock: str = ""
    stage: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """``times`` blocks of ``block`` birds, give or take ``give``."""

    block: int
    times: int
    give: int = 0

    @property
    def birds(self) -> int:
        """The estimate itself."""
        return self.block * self.times


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap. ``undoes`` is the key of the one it takes back; ``sample``: of a part of a flock that is looked at.

    ``zero``: somebody said that there is none. ``typed`` numbers stand by themselves in the trace.
    """

    key: int
    tally: Tally
    number: int
    at: int
    undoes: int | None = None
    estimate: Estimate | None = None
    sample: bool = False
    zero: bool = False
    typed: bool = False
    rings: str = ""
    by: bytes | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A sub-total: ``number`` birds at ``at`` (ms since 1970), in the trace of a total."""

    at: int
    number: int


def subtotals(taps: Iterable[Tap]) -> list[Part]:
    """The sub-totals of the taps of one tally in time order: "23, 5, 2, 4 → 34".

    A typed number, an estimate and a tap that takes back stand alone; single taps run together until a pause.
    """
    parts: list[Part] = []
    last: Tap | None = None
    for tap in taps:
        if tap.number == 0:
            continue
        alone = tap.typed or tap.undoes is not None or tap.estimate is not None or tap.number < 0
        before_alone = last is None or last.typed or last.undoes is not None or last.estimate is not None
        if alone or before_alone or last is None or last.number < 0 or tap.at - last.at > PAUSE_MS:
            parts.append(Part(tap.at, tap.number))
        else:
            parts[-1] = Part(parts[-1].at, parts[-1].number + tap.number)
        last = tap
    return parts


@dataclass(slots=True)
class Sum:
    """All taps of one tally. ``low`` and ``high`` are the band where some of it is estimated, else None."""

    tally: Tally
    taps: list[Tap] = field(default_factory=list)

    @property
    def birds(self) -> int:
        """Birds, what was taken back taken off."""
        return sum(one.number for one in self.taps)

    @property
    def give(self) -> int | None:
        """Give or take so many birds; None where all were counted."""
        standing = [one.estimate for one in standing_taps(self.taps) if one.estimate is not None]
        return sum(one.give for one in standing) if standing else None

    @property
    def rings(self) -> list[str]:
        """Rings and flags read, in order."""
        return [one.rings for one in standing_taps(self.taps) if one.rings]

    @property
    def says_something(self) -> bool:
        """Whether anything stands: a mistake taken back is no statement that there were none."""
        return any(one.number != 0 or one.zero or one.rings for one in standing_taps(self.taps))


def standing_taps(taps: Sequence[Tap]) -> list[Tap]:
    """The taps that are not taken back, without those that take back."""
    undone = {one.undoes for one in taps if one.undoes is not None}
    return [one for one in taps if one.undoes is None and one.key not in undone]


def sums(taps: Iterable[Tap]) -> list[Sum]:
    """Taps by what they count, in the order each was first tapped."""
    found: dict[Tally, Sum] = {}
    for one in taps:
        found.setdefault(one.tally, Sum(one.tally)).taps.append(one)
    return list(found.values())
