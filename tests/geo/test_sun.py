"""Hours by the sun: sunrise is 6 and sunset 18 at every place and season, and the poles do not break it.

Double anchoring after Nouvellet et al. 2012 and Vazquez et al. 2019.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from astral import Observer
from astral.sun import sunrise, sunset

from ranger_app.geo.sun import DAY, NIGHT, TWILIGHT, Sun

VLADIVOSTOK = (43.1, 131.9)


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize("place", [VLADIVOSTOK, (64.7, 177.5), (-33.9, 151.2), (0.0, -179.9)])
@pytest.mark.parametrize("month", [1, 4, 6, 9, 12])
def test_sunrise_is_six_and_sunset_eighteen(place: tuple[float, float], month: int) -> None:
    sun, observer = Sun(*place), Observer(*place)
    here = datetime(2025, month, 15).date()
    assert sun.hour(sunrise(observer, here).timestamp()) == pytest.approx(6, abs=0.1)
    assert sun.hour(sunset(observer, here).timestamp()) == pytest.approx(18, abs=0.1)


def test_noon_and_midnight_lie_in_the_middle() -> None:
    sun = Sun(*VLADIVOSTOK)
    day = sun.day(instant("2025-06-21T03:00:00"))
    assert day.rise is not None
    assert sun.hour(day.noon) == pytest.approx(12, abs=0.05)
    assert (sun.hour(day.noon + 43_000) or 0) == pytest.approx(24, abs=0.1)
    hours = [sun.hour(day.noon + minutes * 60) for minutes in range(-700, 700, 7)]
    assert all(one is not None and 0 <= one < 24 for one in hours)


def test_light_of_the_day() -> None:
    sun = Sun(*VLADIVOSTOK)
    day = sun.day(instant("2025-03-21T03:00:00"))
    assert day.rise is not None
    assert [sun.light(day.noon), sun.light(day.rise - 600), sun.light(day.rise - 5_400)] == [DAY, TWILIGHT, NIGHT]


def test_polar_day_and_night_have_no_hour_but_light() -> None:
    sun = Sun(71.0, 136.0)
    june, december = instant("2025-06-21T12:00:00"), instant("2025-12-21T15:00:00")
    assert sun.hour(june) is None
    assert sun.light(june) == DAY
    assert sun.hour(december) is None
    assert sun.light(december) == NIGHT
    noon = sun.day(december).noon
    assert sun.light(noon) == TWILIGHT


def test_white_nights_are_twilight_all_night() -> None:
    sun = Sun(62.0, 130.0)
    day = sun.day(instant("2025-06-21T03:00:00"))
    assert day.rise is not None
    assert {sun.light(day.noon + timedelta(hours=n).total_seconds()) for n in range(-12, 12)} == {DAY, TWILIGHT}
