"""Where the sun stands at a camera: animals keep time by it, not by the clock of the ministry.

Sunrise, sunset and civil twilight come from ``astral`` (NOAA's equations); this file says what they mean for an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from astral import Observer
from astral.sun import dawn, dusk, elevation, noon, sunrise, sunset

DAY, TWILIGHT, NIGHT = "day", "twilight", "night"
_SECONDS = 86_400
_HALF = _SECONDS // 2
_HORIZON = -0.833
"""Degrees at which the sun's upper edge touches the horizon, refraction included."""
_CIVIL = -6.0
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class SunDay:
    """The sun's turns of one day in UTC seconds, around its noon; None where it does not make that turn.

    ``up`` tells, where there is no sunrise, whether it stays up; ``bright``, where there is no dawn, whether the
    night stays brighter than civil twilight.
    """

    noon: float
    rise: float | None
    set: float | None
    dawn: float | None
    dusk: float | None
    up: bool
    bright: bool


class Sun:
    """The sun over one place, in degrees north and east; days are computed once."""

    def __init__(self, latitude: float, longitude: float) -> None:
        self._observer = Observer(latitude, longitude)
        self._east = longitude * 240  # seconds by which the sun's own time is ahead of UTC
        self._days: dict[int, SunDay] = {}

    def day(self, at: float) -> SunDay:
        """The day, from midnight to midnight by the sun, that a moment (UTC seconds) belongs to."""
        number = int((at + self._east) // _SECONDS)
        found = self._days.get(number)
        if found is None:
            found = self._days[number] = self._computed(number)
        return found

    def _computed(self, number: int) -> SunDay:
        here = _EPOCH + timedelta(days=number)
        middle = number * _SECONDS + _HALF - self._east
        noon_at = _nearest(noon(self._observer, here, tzinfo=UTC).timestamp(), middle)
        rise, down = self._turn(sunrise, here, noon_at, -1), self._turn(sunset, here, noon_at, 1)
        first, last = self._turn(dawn, here, noon_at, -1), self._turn(dusk, here, noon_at, 1)
        if rise is None or down is None:
            rise = down = None
        if first is None or last is None:
            first = last = None
        return SunDay(
            noon_at,
            rise,
            down,
            first,
            last,
            up=elevation(self._observer, datetime.fromtimestamp(noon_at, UTC)) > _HORIZON,
            bright=elevation(self._observer, datetime.fromtimestamp(noon_at + _HALF, UTC)) > _CIVIL,
        )

    def _turn(self, what: Callable[..., datetime], here: date, noon_at: float, side: int) -> float | None:
        # Near the polar circle the sun may set after midnight: the turn is looked for on its side of noon.
        with suppress(ValueError):
            away = (what(self._observer, here, tzinfo=UTC).timestamp() - noon_at) % _SECONDS
            return noon_at + (away if side > 0 else away - _SECONDS)
        return None

    def hour(self, at: float) -> float | None:
        """The time by the sun, 0 to 24: sunrise is 6, sunset 18; None where the sun neither rises nor sets that day.

        Day and night are each stretched to twelve hours: double anchoring (Nouvellet et al. 2012, Journal of Zoology
        286: 179-184; Vazquez et al. 2019, Methods in Ecology and Evolution 10: 2057-2066, with the equinox as anchor).
        """
        day = self.day(at)
        if day.rise is None or day.set is None:
            return None
        length = day.set - day.rise
        if day.rise <= at <= day.set:
            return 6 + 12 * (at - day.rise) / length
        night = _SECONDS - length
        since = at - day.set if at > day.set else at - day.rise + night
        return (18 + 12 * since / night) % 24

    def light(self, at: float) -> str:
        """``day`` between sunrise and sunset, ``twilight`` with the sun less than 6 degrees below, else ``night``."""
        day = self.day(at)
        if day.rise is not None and day.set is not None:
            if day.rise <= at <= day.set:
                return DAY
        elif day.up:
            return DAY
        if day.dawn is not None and day.dusk is not None:
            return TWILIGHT if day.dawn <= at <= day.dusk else NIGHT
        return TWILIGHT if day.bright else NIGHT


def _nearest(at: float, to: float) -> float:
    """The moment that is whole days from ``at`` and closest to ``to``."""
    return at + round((to - at) / _SECONDS) * _SECONDS
