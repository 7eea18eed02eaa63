"""Trap nights against counts worked out by hand; the rules are those of camtrapR's cameraOperation (its manual page,
arguments setupCol, retrievalCol, ProblemX_from/_to, camerasIndependent, allCamsOn), with exact times."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain.effort import ALL, DAY, ONE, SUM, by_day, effort, less, nights, together, united

SET, TAKEN = datetime(2025, 9, 1, 12), datetime(2025, 9, 30, 12)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2025, 9, day, hour, minute)


def test_from_noon_to_noon_half_days_at_both_ends() -> None:
    """Source: set 1 Sep 12:00, taken down 30 Sep 12:00 is 0.5 + 28 + 0.5 = 29 nights, pictures or none."""
    assert nights(SET, TAKEN) == 29.0
    days = by_day(SET, TAKEN)
    assert len(days) == 30
    assert (days[date(2025, 9, 1)], days[date(2025, 9, 2)], days[date(2025, 9, 30)]) == (0.5, 1.0, 0.5)
    assert date(2025, 8, 31) not in days
    assert date(2025, 10, 1) not in days


def test_a_failure_is_subtracted_in_fractions_of_days() -> None:
    assert nights(SET, TAKEN, [(at(10), at(10, 12))]) == 28.5
    days = by_day(SET, TAKEN, [(at(10, 6), at(12, 18))])
    assert [days[date(2025, 9, day)] for day in (9, 10, 11, 12, 13)] == [1.0, 0.25, 0.0, 0.25, 1.0]


def test_overlapping_failures_count_once_and_are_clipped_to_the_deployment() -> None:
    assert nights(SET, TAKEN, [(at(10), at(14)), (at(12), at(16)), (at(13), at(13, 1))]) == 23.0
    early = datetime(2025, 8, 1)
    assert nights(SET, TAKEN, [(early, at(2, 12))]) == 28.0
    assert nights(SET, TAKEN, [(at(29, 12), datetime(2026, 1, 1))]) == 28.0
    assert nights(SET, TAKEN, [(early, datetime(2025, 8, 20))]) == 29.0
    assert nights(SET, TAKEN, [(at(28, 12), None)]) == 27.0, "until it was taken down"


def test_unknown_is_not_nothing() -> None:
    assert nights(None, TAKEN) is None
    assert nights(SET, None) is None
    assert nights(TAKEN, SET) is None
    assert by_day(SET, None) == {}
    assert nights(SET, SET) == 0.0
    assert nights(SET, TAKEN, [(SET, None)]) == 0.0
    assert set(by_day(SET, TAKEN, [(SET, None)]).values()) == {0.0}


def test_a_day_that_ends_at_midnight_is_not_a_day_of_the_next() -> None:
    assert by_day(at(1), at(3)) == {date(2025, 9, 1): 1.0, date(2025, 9, 2): 1.0}


def test_days_may_begin_at_noon() -> None:
    """camtrapR's occasionStartTime: with 12 every night of the example is whole."""
    days = by_day(SET, TAKEN, hour=12)
    assert set(days.values()) == {1.0}
    assert len(days) == 29


def test_three_rules_for_two_cameras_at_a_station() -> None:
    """Camera A works 1-11 Sep (10 nights) with 3-5 Sep lost; B is set up 6-16 Sep (10 nights) with 10-11 Sep lost.

    one: 1-3, 5-10 A or B, 10-11 A, 11-16 = 1-16 less 3-5 = 13. sum: 8 + 9 = 17. all: 13 less 10-11, when B was set up
    but did not work = 12.
    """
    a = effort(at(1), at(11), [(at(3), at(5))])
    b = effort(at(6), at(16), [(at(10), at(11))])
    assert a is not None
    assert b is not None
    assert {rule: together([a, b], rule).nights for rule in (ONE, SUM, ALL)} == {ONE: 13.0, SUM: 17.0, ALL: 12.0}
    assert together([a, b], SUM).by_day()[date(2025, 9, 8)] == 2.0
    assert together([a, b], ONE).by_day()[date(2025, 9, 10)] == 1.0
    assert together([a, b], ALL).by_day()[date(2025, 9, 10)] == 0.0
    assert together([a, b], ONE).by_day()[date(2025, 9, 4)] == 0.0
    assert together([a, b], SUM).failed == 2.0
    with pytest.raises(ValueError):
        together([a], "some")


def test_effort_between_two_moments() -> None:
    found = effort(at(10), at(20), [(at(12), at(13))])
    assert found is not None
    assert found.between(at(1), at(10)) is None
    assert found.between(at(12), at(13)) == 0.0
    assert found.between(at(5), at(12, 12)) == 2.0
    assert found.between(at(1), at(30)) == 9.0


TIMES = st.integers(0, 60 * 24).map(lambda minutes: SET + timedelta(hours=minutes))
FAILURES = st.lists(st.tuples(TIMES, TIMES | st.none()), max_size=6)


@given(TIMES, TIMES, FAILURES)
def test_days_add_up_and_failures_never_add_effort(
    start: datetime, end: datetime, failures: list[tuple[datetime, datetime | None]]
) -> None:
    found = effort(start, end, failures)
    if end < start:
        assert found is None
        return
    assert found is not None
    whole = (end - start).total_seconds() / DAY
    assert 0 <= found.nights <= whole
    assert found.nights + found.failed == pytest.approx(whole)
    days = found.by_day()
    assert sum(days.values()) == pytest.approx(found.nights)
    assert all(0 <= share <= 1 for share in days.values())
    # The truth the slow way: every hour for itself.
    hours = int((end - start).total_seconds()) // 3600
    lost = sum(
        any(a <= start + timedelta(hours=n) < (b or end) for a, b in failures if b is None or b > a)
        for n in range(hours)
    )
    assert found.seconds == (hours - lost) * 3600


@given(st.lists(st.tuples(TIMES, TIMES, FAILURES), min_size=1, max_size=3))
def test_rules_are_ordered_and_agree_for_one_camera(
    cameras: list[tuple[datetime, datetime, list[tuple[datetime, datetime | None]]]],
) -> None:
    known = [found for one in cameras if (found := effort(min(one[:2]), max(one[:2]), one[2])) is not None]
    counted = {rule: together(known, rule).nights for rule in (ONE, SUM, ALL)}
    assert counted[ALL] <= counted[ONE] <= counted[SUM]
    if len(known) == 1:
        assert len({*counted.values()}) == 1


SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6)


@given(SPANS, SPANS)
def test_spans_are_sets_of_seconds(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    def points(spans: object) -> set[int]:
        return {n for a, b in spans for n in range(a, b)}  # type: ignore[attr-defined]

    assert points(united(one)) == points(one)
    assert points(less(one, other)) == points(one) - points(other)
    joined = united(one)
    assert all(a[1] < b[0] for a, b in itertools.pairwise(joined))
