"""Camera time and its corrections against times worked out by hand; nothing of it ever touches what was written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain import clock
from ranger_app.domain.time import Correction, corrected, correction, corrections, mends, utc_seconds


def fixed(written: str, *applied: Correction) -> str:
    time = corrected(written, applied)
    assert time is not None
    return time.replace(tzinfo=None).isoformat()


def entry(**parts: object) -> Correction:
    made = correction({name.rstrip("_"): value for name, value in parts.items()})
    assert made is not None
    return made


def test_shift_and_daylight_saving_add_seconds_within_their_times() -> None:
    hour_on = entry(**clock.daylight_saving("2025-03-30T02:00:00", "2025-10-26T03:00:00", forward=True))
    assert fixed("2025-03-30T01:59:59", hour_on) == "2025-03-30T01:59:59"
    assert fixed("2025-03-30T02:00:00", hour_on) == "2025-03-30T03:00:00"
    assert fixed("2025-10-26T03:00:00", hour_on) == "2025-10-26T04:00:00"
    assert fixed("2025-10-26T03:00:01", hour_on) == "2025-10-26T03:00:01"
    assert fixed("2024-12-31T23:30:00", entry(method="shift", seconds=3600)) == "2025-01-01T00:30:00"


def test_drift_between_two_pairs_of_times() -> None:
    """At set-up the clock was right, 100 days later 10 minutes slow: after half the time it was 5 minutes slow."""
    made = clock.drift("2025-01-01T12:00:00", "2025-01-01T12:00:00", "2025-04-11T11:50:00", "2025-04-11T12:00:00")
    assert (made["seconds"], made["seconds_at_end"]) == (0, 600)
    slow = entry(**made)
    assert fixed("2025-01-01T12:00:00", slow) == "2025-01-01T12:00:00"
    assert fixed("2025-02-20T11:55:00", slow) == "2025-02-20T12:00:00"
    assert fixed("2025-04-11T11:50:00", slow) == "2025-04-11T12:00:00"
    assert fixed("2025-04-11T11:50:01", slow) == "2025-04-11T11:50:01", "outside the known times nothing is known"
    with pytest.raises(ValueError, match="second time"):
        clock.drift("2025-02-01T00:00:00", "2025-02-01T00:00:00", "2025-01-01T00:00:00", "2025-03-01T00:00:00")


def test_day_and_month_swap_where_there_is_such_a_day() -> None:
    swap = entry(method="day_month")
    assert fixed("2025-03-04T05:06:07", swap) == "2025-04-03T05:06:07"
    assert fixed("2025-03-13T05:06:07", swap) == "2025-03-13T05:06:07"
    thirteenth = datetime(2025, 3, 13, 5, 6, 7, tzinfo=UTC)
    assert not mends(swap, thirteenth, "2025-03-13T05:06:07")
    assert mends(swap, thirteenth.replace(day=4), "2025-03-04T05:06:07")


def test_a_wrong_year_keeps_29_february_where_the_year_has_none() -> None:
    assert fixed("2015-06-01T00:00:00", entry(method="year", years=10)) == "2025-06-01T00:00:00"
    assert fixed("2024-02-29T00:00:00", entry(method="year", years=1)) == "2024-02-29T00:00:00"
    assert fixed("2024-02-29T00:00:00", entry(method="year", years=4)) == "2028-02-29T00:00:00"


def test_corrections_apply_one_on_top_of_the_other() -> None:
    both = (entry(method="day_month"), entry(method="shift", seconds=86_400))
    assert fixed("2025-03-04T00:00:00", *both) == "2025-04-04T00:00:00"
    assert utc_seconds("2025-03-04T00:00:00", 600, both) == int(datetime(2025, 4, 3, 14, tzinfo=UTC).timestamp())


@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)), st.integers(-(10**8), 10**8))
def test_a_shift_and_its_opposite_leave_the_time_as_written(time: datetime, seconds: int) -> None:
    written = time.replace(microsecond=0).isoformat()
    there_and_back = (entry(method="shift", seconds=seconds), entry(method="shift", seconds=-seconds))
    assert fixed(written, *there_and_back) == written


@given(
    st.integers(-600, 600), st.integers(-600, 600), st.lists(st.integers(0, 10**6), min_size=2, max_size=20).map(sorted)
)
def test_a_generated_drift_is_undone_to_the_second(at_first: int, at_last: int, moments: list[int]) -> None:
    """The clock of a camera runs steadily wrong: known at both ends, the truth comes back within rounding."""
    start, long = datetime(2025, 1, 1), 10**6
    shown = [moment + (at_last - at_first) * moment // long for moment in moments]

    def text(seconds: int) -> str:
        return (start + timedelta(seconds=seconds)).isoformat()

    made = entry(**clock.drift(text(at_first), text(0), text(long + at_last), text(long)))
    for moment, off in zip(moments, shown, strict=True):
        said = at_first + off
        true = corrected(text(said), [made])
        assert true is not None
        assert abs((true.replace(tzinfo=None) - start).total_seconds() - moment) <= 1


def test_words_and_machine_form_say_the_same() -> None:
    text = (
        '[{"method":"shift","seconds":-5400,"reason":"set wrong"},{"method":"day_month","from":"2025-01-01T00:00:00"},'
        '{"method":"year","years":9,"to":"2016-02-01T00:00:30"},'
        '{"method":"drift","from":"2025-01-01T00:00:00","to":"2025-02-01T00:00:00","seconds":0,"seconds_at_end":93784}]'
    )
    made = corrections(text)
    assert [clock.words_of(one) for one in made] == [
        "Shift: −1 h 30 min · all camera times · set wrong",
        "Day and month swapped · camera times from 2025-01-01 00:00 on",
        "Years +9 · camera times up to 2016-02-01 00:00:30",
        "Drift: 0 s at first, +1 day 2 h 3 min 4 s at the end · camera times from 2025-01-01 00:00 to 2025-02-01 00:00",
    ]
    assert [clock.machine_of(one) for one in made] == [
        "shift seconds=-5400",
        "day_month from=2025-01-01T00:00:00",
        "year years=9 to=2016-02-01T00:00:30",
        "drift seconds=0 seconds_at_end=93784 from=2025-01-01T00:00:00 to=2025-02-01T00:00:00",
    ]
    assert clock.describe(made[1]).endswith("[day_month from=2025-01-01T00:00:00]")
