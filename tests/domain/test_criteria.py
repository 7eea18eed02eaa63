"""Verdicts of known truth: by one bird, by two thirds, by the mean, with seasons missing, with one flock seen twice."""

from __future__ import annotations

import pytest

from ranger_app.domain import criteria, seasons
from ranger_app.domain.criteria import Counted, SeasonValue, day_total, joined, one_percent, regularly
from ranger_app.domain.seasons import Season


def values(*birds: int | None) -> list[SeasonValue]:
    return [SeasonValue(Season(2000 + at, "autumn"), one) for at, one in enumerate(birds)]


@pytest.mark.parametrize(
    ("birds", "state", "rule"),
    [
        ((130, 130, 129), "met", "two_thirds"),  # 2 of 3
        ((129, 129, 129), "not_met", ""),  # by one bird
        ((130, 130, 130, 10, 10), "not_met", ""),  # 3 of 5 is under two thirds
        ((130, 130, 130, 129, 131), "met", "two_thirds"),
        ((130, 130, 130, 130, 0, 0), "met", "two_thirds"),  # 4 of 6
        ((130, 130), "insufficient", ""),
        ((500, 10, 10), "provisional", "mean"),
        ((500, 129, 129, 129), "provisional", "mean"),  # four seasons only
        ((500, 129, 129, 129, 129), "met", "mean"),
        ((142, 127, 127, 127, 127), "met", "mean"),  # exactly 130
        ((141, 127, 127, 127, 127), "not_met", ""),  # one bird less in five seasons
        ((130, None, 130, 129), "met", "two_thirds"),  # a missing season is not zero
        ((130, None, None), "insufficient", ""),
        ((0, 0, 0, 0, 0), "not_met", ""),
        ((), "insufficient", ""),
    ],
)
def test_regularly(birds: tuple[int | None, ...], state: str, rule: str) -> None:
    verdict = regularly(values(*birds), 130)
    assert (verdict.state, verdict.rule) == (state, rule)
    assert len(verdict.missing) == birds.count(None)
    assert verdict.largest == max((one for one in birds if one is not None), default=None)


def test_a_poor_visit_says_only_what_it_saw() -> None:
    poor = SeasonValue(Season(2003, "autumn"), 5, adequate=False)
    assert regularly([*values(130, 130), poor], 130).state == "insufficient"
    enough = SeasonValue(Season(2003, "autumn"), 130, adequate=False)
    assert regularly([*values(130, 10), enough], 130).state == "met"


@pytest.mark.parametrize(
    ("low", "high", "level"),
    [
        (19_300, 19_300, 190),
        (18_570, None, 190),
        (730, 730, 7),
        (13_100, 13_100, 130),
        (12_720, 12_720, 130),
        (380, 380, 4),  # thirty times less than the eastern population
        (42_000, 47_000, 440),
        (99_000, 141_000, 1_200),
        (157_000, 194_000, 1_700),
        (7_081, 7_081, 70),
        (1_063_280, 1_063_280, 10_600),
        (425_000, 425_000, 4_300),  # a tie goes up
        (50, 50, 1),
        (None, None, None),
        (0, 0, None),
    ],
)
def test_one_percent_is_rounded_as_published(low: int | None, high: int | None, level: int | None) -> None:
    assert one_percent(low, high) == level


@pytest.mark.parametrize(
    ("low", "high", "published", "level"),
    [(13_100, 13_100, None, 33), (380, 380, None, 1), (19_300, 19_300, None, 49), (None, None, 130, 33)],
)
def test_a_quarter_percent(low: int | None, high: int | None, published: int | None, level: int) -> None:
    assert criteria.quarter_percent(low, high, published) == level


def test_the_same_flock_on_both_banks_counts_once() -> None:
    ours, theirs, north, south = b"ours", b"theirs", b"north", b"south"
    groups = joined([(north, south)])
    both = [
        Counted(ours, north, "Grus monacha", 120),
        Counted(ours, north, "Grus monacha", 30),
        Counted(theirs, south, "Grus monacha", 140),
        Counted(theirs, None, "Grus monacha", 7),
    ]
    assert day_total(both, groups) == {"Grus monacha": 157}
    assert day_total(both, {}) == {"Grus monacha": 297}
    named = [
        Counted(ours, b"a", "Antigone vipio", 40, "Island"),
        Counted(theirs, b"b", "Antigone vipio", 44, "island "),
    ]
    assert day_total(named, {}) == {"Antigone vipio": 44}
    chain = joined([(b"1", b"2"), (b"2", b"3"), (b"5", b"6")])
    assert chain[b"1"] == chain[b"3"] != chain[b"5"]


def test_seasons() -> None:
    assert seasons.season_of("2025-12-03") == Season(2026, "wintering") == seasons.season_of("2026-01-12")
    assert seasons.season_of("2024-02-29") == Season(2024, "wintering")
    assert seasons.season_of("2026-03-01") == Season(2026, "spring")
    assert seasons.season_of("2026-11-02", "wintering") == Season(2027, "wintering")
    own = seasons.limits_of('[{"season": "moult", "first": "07-10", "last": "08-20"}, {"season": "x"}, 7]')
    assert seasons.season_of("2026-08-01", None, own) == Season(2026, "moult")
    assert seasons.season_of("2026-01-01", None, own) is None
    late = seasons.limits_of('[{"season": "autumn", "first": "09-01", "last": "01-15"}]')
    assert (
        seasons.season_of("2025-10-01", None, late)
        == Season(2025, "autumn")
        == seasons.season_of("2026-01-05", None, late)
    )
    early = seasons.limits_of('[{"season": "spring", "first": "12-20", "last": "05-15"}]')
    assert seasons.season_of("2025-12-24", None, early) == Season(2026, "spring")
    assert seasons.limits_of("broken") == seasons.DEFAULT
    found = seasons.between([Season(2026, "autumn"), Season(2024, "spring")], ("spring", "autumn"))
    assert [(one.year, one.kind) for one in found] == [
        (year, kind) for year in (2024, 2025, 2026) for kind in ("spring", "autumn")
    ]


def test_days_apart() -> None:
    assert seasons.days_apart("2024-02-28", "2024-03-01") == 2 == seasons.days_apart("2024-03-01", "2024-02-28")
    assert seasons.days_apart("2024-02-30", "2024-03-01") > 366 < seasons.days_apart("2024-03-01", "")


def test_poor_seasons_chosen_by_their_result_prove_nothing() -> None:
    adequate = values(130, 10, 10)
    poor = [SeasonValue(Season(2010 + at, "autumn"), birds, adequate=False) for at, birds in enumerate([130] * 5)]
    assert regularly([*adequate, *poor], 130).state == "met"  # six of eight, none left out
    low = [SeasonValue(Season(2020 + at, "autumn"), 10, adequate=False) for at in range(5)]
    assert regularly([*adequate, *poor, *low], 130).state == "provisional"
    assert regularly([*values(130, 130, 130), *low], 130).state == "met"  # by the adequate seasons alone


def test_an_area_counted_twice_counts_with_the_larger_number() -> None:
    teal, place, north, south = "Sibirionetta formosa", b"site", b"north", b"south"
    twice = [Counted(place, north, teal, 30, visit=b"1"), Counted(place, north, teal, 20, visit=b"2")]
    assert day_total(twice, {}) == {teal: 30}
    teams = [Counted(place, north, teal, 30, visit=b"1"), Counted(place, south, teal, 20, visit=b"2")]
    assert day_total(teams, {}) == {teal: 50}
    within = [Counted(place, north, teal, 30, visit=b"1"), Counted(place, north, teal, 20, visit=b"1")]
    assert day_total(within, {}) == {teal: 50}
    assert day_total([*teams, Counted(place, None, teal, 45, visit=b"3")], {}) == {teal: 50}
    assert day_total([*teams, Counted(place, None, teal, 55, visit=b"3")], {}) == {teal: 55}
    assert day_total([*teams, Counted(place, None, teal, 5, visit=b"2")], {}) == {teal: 55}


def test_a_flock_in_two_lines_of_one_visit_adds_up() -> None:
    crane = "Grus monacha"
    lines = [
        Counted(b"ours", b"n", crane, 40, "Island", b"1"),
        Counted(b"ours", b"n", crane, 10, "Island", b"1"),
        Counted(b"theirs", b"s", crane, 44, "island", b"2"),
    ]
    assert day_total(lines, {}) == {crane: 50}


def test_sites_that_see_the_same_water_need_no_tied_sectors() -> None:
    counts = [Counted(b"ours", b"n", "Grus monacha", 40), Counted(b"theirs", None, "Grus monacha", 44)]
    assert day_total(counts, joined([(b"ours", b"theirs")])) == {"Grus monacha": 44}
