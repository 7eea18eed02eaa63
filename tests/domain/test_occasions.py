"""Detection histories: 1, 0 and empty, origins and hours, held against small matrices worked out by hand.

The rules are camtrapR's detectionHistory (Niedballa et al. 2016): occasionLength, occasionStartTime, day1.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from ranger_app.domain.effort import effort
from ranger_app.domain.occasions import Occasions, first_days, history, number_of
from ranger_app.errors import UsageProblem


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


A = effort(
    at("2025-06-01T12:00:00"), at("2025-06-11T12:00:00"), [(at("2025-06-03T00:00:00"), at("2025-06-07T00:00:00"))]
)
B = effort(at("2025-06-04T06:00:00"), at("2025-06-08T18:00:00"))


def test_no_effort_is_empty_and_never_zero() -> None:
    assert A is not None
    cut = Occasions(2)
    (begun,) = first_days([A], cut)
    assert begun == at("2025-06-01T00:00:00")
    assert number_of([A], [begun], cut) == 6
    found = history(A, begun, 7, cut, [at("2025-06-01T13:00:00"), at("2025-06-08T01:00:00"), at("2025-06-04T05:00:00")])
    # 1-2, 3-4 broken, 5-6 broken, 7-8, 9-10, 11 (half a day), 13 not set up
    assert found.seen == (1, None, None, 1, 0, 0, None)
    assert found.nights == (1.5, 0, 0, 2, 2, 0.5, None)
    assert found.outside == 1


def test_origin_is_the_station_the_survey_or_a_date() -> None:
    assert A is not None
    assert B is not None
    assert first_days([A, None, B], Occasions(2)) == [at("2025-06-01T00:00:00"), None, at("2025-06-04T00:00:00")]
    assert first_days([B, A], Occasions(2, origin="survey")) == [at("2025-06-01T00:00:00")] * 2
    assert first_days([B], Occasions(2, 12, "2025-05-30")) == [at("2025-05-30T12:00:00")]


def test_days_begin_at_the_hour_asked_for() -> None:
    assert B is not None
    cut = Occasions(1, 12)
    (begun,) = first_days([B], cut)
    assert begun == at("2025-06-03T12:00:00")  # set up at 6:00, before the day of the 4th begins
    found = history(B, begun, number_of([B], [begun], cut), cut, [at("2025-06-04T11:59:59"), at("2025-06-05T12:00:00")])
    assert found.seen == (1, 0, 1, 0, 0, 0)
    assert found.nights == (0.25, 1, 1, 1, 1, 0.25)


@pytest.mark.parametrize(("days", "hour", "origin"), [(0, 0, "station"), (1, 24, "station"), (1, 0, "yesterday")])
def test_an_impossible_cut_is_refused(days: int, hour: int, origin: str) -> None:
    with pytest.raises(UsageProblem):
        Occasions(days, hour, origin)


def test_too_many_occasions_are_refused() -> None:
    cut = Occasions(1, origin="1900-01-01")
    with pytest.raises(UsageProblem):
        number_of([A], first_days([A], cut), cut)
