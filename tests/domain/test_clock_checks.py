"""Wrong clocks made on purpose: each is found, and the correction proposed brings back the truth that was drawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain.clock_checks import FUTURE, OUTSIDE, RESET, SWAPPED, UNDATED, Deployed, Finding, Shot, check
from ranger_app.domain.time import corrected, correction

NOW = datetime(2025, 8, 1)
SET, TAKEN = datetime(2025, 3, 1, 9), datetime(2025, 5, 1, 9)


def deployed(start: datetime | None = SET, end: datetime | None = TAKEN, **parts: Any) -> Deployed:
    return Deployed(start, end, 600, parts.get("applied", ()), NOW)


def shots(times: list[datetime]) -> list[Shot]:
    return [Shot(time.isoformat()) for time in times]


def swapped(time: datetime) -> datetime:
    return time.replace(day=time.month, month=time.day) if time.day <= 12 else time


def mended(found: list[Finding], written: list[datetime]) -> list[datetime]:
    applied = [one for f in found if f.proposal and "method" in f.proposal and (one := correction(f.proposal))]
    times = [corrected(time.isoformat(), applied) for time in written]
    return [time.replace(tzinfo=None) for time in times if time]


DAILY = [SET + timedelta(days=day, hours=day % 7) for day in range(60)]


def test_right_times_are_left_alone() -> None:
    assert check(shots(DAILY), deployed()) == []
    assert check(shots(DAILY), deployed(None, None)) == []
    quiet = [SET, SET + timedelta(days=30), SET + timedelta(days=58)]
    assert check(shots(quiet), deployed()) == [], "a quiet camera has done nothing wrong"
    assert check(shots([TAKEN + timedelta(seconds=59)]), deployed()) == [], "dates are entered to the minute"


@pytest.mark.parametrize("known", [True, False])
def test_swapped_day_and_month_are_found_by_the_dates_and_by_the_sequence(known: bool) -> None:
    written = [swapped(time) for time in DAILY]
    dates = (SET, TAKEN) if known else (min(written), max(written))  # as an ingest takes them from the pictures
    (found,) = check(shots(written), deployed(*dates))
    wrong = [time for time, true in zip(written, DAILY, strict=True) if time != true]
    assert (found.code, found.pictures) == (SWAPPED, len(wrong)) == (SWAPPED, 22)
    assert found.proposal == {"method": "day_month"}
    assert mended([found], written) == DAILY


def test_ambiguous_days_inside_the_deployment_are_not_suspected() -> None:
    """1 to 12 March could all be swapped, but as they stand they fit the deployment and each other."""
    assert check(shots(DAILY[:12]), deployed()) == []


def test_a_camera_of_last_year_gets_its_year() -> None:
    written = [time.replace(year=2024) for time in DAILY]
    (found,) = check(shots(written), deployed())
    assert (found.code, found.pictures, found.proposal) == (OUTSIDE, 60, {"method": "year", "years": 1})
    assert mended([found], written) == DAILY


def test_the_future_is_found_without_dates() -> None:
    written = [time.replace(year=2034) for time in DAILY]
    (found,) = check(shots(written), deployed(None, None))
    assert (found.code, found.pictures) == (FUTURE, 60)
    assert found.proposal == {"method": "year", "years": -9}


def test_a_reset_in_the_middle_goes_on_from_the_last_right_picture() -> None:
    reset = [datetime(2015, 1, 1, 0, 4) + timedelta(days=day) for day in range(5)]
    written = [*DAILY[:30], *reset]
    for dates in ((SET, TAKEN), (min(written), max(written))):
        (found,) = check(shots(written), deployed(*dates))
        assert (found.code, found.pictures, found.rough) == (RESET, 5, True)
        assert (found.first, found.last) == ("2015-01-01T00:04:00", "2015-01-05T00:04:00")
        assert mended([found], written)[30:] == [DAILY[29] + timedelta(days=day) for day in range(5)]


def test_a_card_that_began_at_a_factory_date_starts_with_the_set_up() -> None:
    for year in (1970, 1980, 2000, 2010, 2016):
        written = [datetime(year, 1, 1, 0, 1) + timedelta(days=day) for day in range(20)]
        (found,) = check(shots(written), deployed())
        assert (found.code, found.pictures, found.rough) == (RESET, 20, True)
        assert mended([found], written)[0] == SET
        (found,) = check(shots(written), deployed(min(written), max(written)))
        assert (found.code, found.pictures, found.proposal) == (RESET, 20, None), "nobody knows when it was set up"


def test_a_clock_set_with_day_and_month_exchanged_runs_on_evenly() -> None:
    """Set up on 1 March, the clock set to 3 January: no day is swapped, all are 57 days early."""
    off = datetime(2025, 3, 1) - datetime(2025, 1, 3)
    written = [time - off for time in DAILY]
    (found,) = check(shots(written), deployed())
    assert found.code == OUTSIDE
    assert found.proposal is not None
    assert (found.proposal["method"], found.proposal["seconds"]) == ("shift", off.days * 86_400)


def test_pictures_just_beside_the_dates_are_held_for_right() -> None:
    late = TAKEN + timedelta(hours=5)
    (found,) = check(shots([*DAILY, late]), deployed())
    assert (found.code, found.pictures) == (OUTSIDE, 1)
    assert found.proposal == {"end": "2025-05-01T14:00:00"}


def test_undated_pictures_are_listed() -> None:
    found = check([Shot(""), *shots(DAILY), Shot("soon")], deployed())
    assert found == [Finding(UNDATED, 2, "", "", None)]


def test_what_is_corrected_already_is_not_found_again() -> None:
    written = [time.replace(year=2024) for time in DAILY]
    one = correction({"method": "year", "years": 1})
    assert one is not None
    assert check(shots(written), deployed(applied=(one,))) == []


def test_series_of_different_cards_are_not_held_against_each_other() -> None:
    two = [Shot(time.isoformat(), None, card) for card in (0, 1) for time in DAILY[:30]]
    assert check(two, deployed(DAILY[0], DAILY[29])) == []


@given(st.lists(st.integers(0, 60 * 24 * 60), min_size=1, max_size=40).map(sorted), st.integers(-30, 30))
def test_no_proposal_makes_anything_worse(minutes: list[int], years: int) -> None:
    written = []
    for minute in minutes:
        time = SET + timedelta(minutes=minute)
        written.append(time.replace(year=time.year + years, day=min(time.day, 28)))
    found = check(shots(written), deployed())
    if years == 0:
        assert found == []
    times = mended(found, written)
    if found and all(one.proposal for one in found):
        assert all(SET <= time <= TAKEN + timedelta(seconds=59) for time in times)
