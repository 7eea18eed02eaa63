"""Effort of patrols: each published definition on work of known truth, and never a 0 where nothing is known."""

from __future__ import annotations

import pytest

from ranger_app.domain.patrol_effort import (
    DEFINITIONS,
    DENOMINATORS,
    Day,
    Find,
    Walk,
    count,
    denominator,
    effort,
    field_seconds,
    is_under,
    passes_filter,
    patrol_seconds,
    rate,
    silent,
    total,
    under,
)
from ranger_app.domain.patrol_question import later, month_of, months_between, season_of, span

HOUR = 3600.0


def day(patrol: str, date: str, hours: float | None = None, rest: float = 0, members: int | None = None) -> Day:
    return Day(patrol, date, None if hours is None else 0.0, None if hours is None else hours * HOUR, rest, members)


def test_two_patrols_on_one_day_differ_by_definition() -> None:
    """SMART counts patrol days, ecoscope dates: two teams on three days are six or three."""
    done = effort([day(p, f"2026-01-0{n}", 8, 1800, 3) for p in "ab" for n in (1, 2, 3)], [])
    assert (done.patrols, done.patrol_days, done.dates, done.nights) == (2, 6, 3, 4)
    assert done.patrol_time.hours == 48
    assert done.field_time.hours == 45
    assert done.person_days.value == 18
    assert done.person_time.hours == 135


def test_what_nobody_tells_is_not_zero() -> None:
    done = effort([day("a", "2026-01-01")], [])
    for one in (done.distance.raw, done.distance.cleaned, done.distance.excluded, done.track_time.raw, done.still,
                done.filtered, done.patrol_time, done.field_time, done.person_days, done.person_time):  # fmt: skip
        assert one.value is None
        assert one.silent == {"a"}
    assert effort([], []).distance.raw.value is None
    assert effort([], []).patrols == 0


def test_a_sum_names_the_patrols_that_are_silent() -> None:
    done = effort(
        [day("a", "2026-01-01", 4, members=2), day("b", "2026-01-01"), day("c", "2026-01-02", 2)],
        [Walk("a", "2026-01-01", 5000, 4000, 7200, 7000, 600), Walk("b", "2026-01-01", 1000, 1000)],
    )
    assert (done.distance.raw.km, done.distance.cleaned.km, done.distance.excluded.km) == (6, 5, 1)
    assert done.distance.cleaned.silent == {"c"}
    assert done.track_time.cleaned.silent == {"b", "c"}
    assert done.track_time.excluded.value == 200
    assert done.patrol_time.hours == 6
    assert done.patrol_time.silent == {"b"}
    assert done.person_days.value == 2
    assert done.person_days.silent == {"b", "c"}


def test_legs_of_one_day_are_one_patrol_day() -> None:
    done = effort([day("a", "2026-01-01", 3, members=2), day("a", "2026-01-01", 2, members=5)], [])
    assert (done.patrol_days, done.nights) == (1, 0)
    assert done.patrol_time.hours == 5
    assert done.person_days.value == 5
    assert done.person_time.hours == 16


def test_times_that_cannot_be() -> None:
    assert patrol_seconds(Day("a", "", 10, 5)) is None
    assert field_seconds(Day("a", "", 0, 3600, rest=7200)) == 0


@pytest.mark.parametrize(
    ("metres", "seconds", "kept"),
    [(0, 10, False), (0.001, 0.3, False), (0.0011, 1, False), (1, 10, True), (100_000, 720, True),
     (100_001, 3600, False), (500, 172_800, True), (500, 172_801, False), (0.4, 172_800, False), (200, 1, False)],
)  # fmt: skip
def test_ecoscopes_filter(metres: float, seconds: float, kept: bool) -> None:
    assert passes_filter(metres, seconds) is kept


def test_twelve_denominators_and_no_rate_without_effort() -> None:
    one = effort([day("a", "2026-01-01", 4, members=2)], [Walk("a", "2026-01-01", 10_000, 8_000)])
    both = effort([day("a", "2026-01-01", 4, members=2), day("b", "2026-01-02", 6, members=1)],
                  [Walk("a", "2026-01-01", 10_000, 8_000), Walk("b", "2026-01-02", 2_000, 2_000)])  # fmt: skip
    values = {name: denominator(one, both, name) for name in DENOMINATORS}
    assert len(values) == 12
    assert values == {
        "distance": 8, "hours": 4, "days": 1, "person_days": 2, "person_hours": 8, "patrols": 1,
        "total_distance": 10, "total_hours": 10, "total_days": 2, "total_person_days": 3, "total_person_hours": 14,
        "total_patrols": 2,
    }  # fmt: skip
    assert rate(4, values["distance"], 100) == 50
    nothing = effort([], [])
    unknown = effort([day("c", "2026-01-01")], [])
    for name in DENOMINATORS:
        assert rate(3, denominator(nothing, nothing, name)) is None
    assert rate(0, denominator(unknown, unknown, "distance")) is None
    assert rate(0, 8) == 0
    assert rate(None, 8) is None
    assert silent(unknown, both, "distance") == {"c"}
    assert silent(unknown, both, "total_distance") == frozenset()
    with pytest.raises(KeyError):
        denominator(one, both, "moons")


def test_children_of_a_category_count_with_it() -> None:
    finds = [
        Find("a", "humanactivity.trap.snare.", 3, {"length": 2.5}),
        Find("a", "humanactivity.trap.", None),
        Find("b", "humanactivity.traps."),
        Find("b", "animals.sign."),
    ]
    assert count(under(finds, "humanactivity.trap.")) == 2
    assert total(under(finds, "humanactivity.trap")) == 4
    assert count(under(finds, "")) == 4
    assert total(finds, "length") == 2.5
    assert total(finds, "weight") is None
    assert is_under("a.b", "a.b.")
    assert not is_under("a.bc.", "a.b.")


def test_every_definition_names_its_source() -> None:
    assert all(one.words and one.source for one in DEFINITIONS)
    assert len({one.code for one in DEFINITIONS}) == len(DEFINITIONS)


def test_months_and_seasons() -> None:
    assert season_of("2026-01") == season_of("2025-12") == ("2025-12", "2026-01", "2026-02")
    assert season_of("2026-05") == ("2026-03", "2026-04", "2026-05")
    assert season_of("2026-11")[0] == "2026-09"
    assert later("2026-01", -1) == "2025-12"
    assert later("2025-12", 14) == "2027-02"
    assert months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert [one.isoformat() for one in span(("2024-01", "2024-02"))] == ["2024-01-01", "2024-02-29"]
    for wrong in ("2026", "2026-13", "2026-1", "x", "2026-00"):
        with pytest.raises(ValueError, match="month"):
            month_of(wrong)
