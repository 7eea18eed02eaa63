"""Independent events under both published rules, held against counts worked out by hand.

The rules are camtrapR's recordTable with deltaTimeComparedTo "lastRecord" and "lastIndependentRecord" (Niedballa,
Sollmann, Courtiol & Wilting 2016, Methods in Ecology and Evolution 7: 1457-1462): a record is independent if at least
minDeltaTime minutes lie between it and the last record, or the last independent record, of its species at its station.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain.independence import ANCHORS, LAST_INDEPENDENT, LAST_RECORD, Event, Rule, Sighting, events
from ranger_app.errors import UsageProblem

MINUTE = 60


def seen(*at: int, subject: str = "Panthera tigris", number: int = 1, stated: int | None = None) -> list[Sighting]:
    return [Sighting(one, subject, number, stated, 0, place) for place, one in enumerate(at)]


def starts(found: list[Sighting], rule: Rule) -> list[int]:
    return sorted(one.start for one in events(found, rule))


@pytest.mark.parametrize("anchor", ANCHORS)
@pytest.mark.parametrize(
    ("gap", "expected"),
    [(29 * MINUTE + 59, 1), (30 * MINUTE, 2), (30 * MINUTE + 1, 2)],
    ids=["29:59", "30:00", "30:01"],
)
def test_exactly_at_the_threshold_is_independent(anchor: str, gap: int, expected: int) -> None:
    # camtrapR: ">=", "the second one must be at least minDeltaTime minutes after"
    assert len(starts(seen(0, gap), Rule(30, anchor))) == expected


def test_a_long_visit_is_one_event_or_several() -> None:
    visit = seen(*range(0, 95 * MINUTE, 10 * MINUTE))  # ten pictures, 90 minutes
    assert starts(visit, Rule(30, LAST_RECORD)) == [0]
    assert starts(visit, Rule(30, LAST_INDEPENDENT)) == [0, 30 * MINUTE, 60 * MINUTE, 90 * MINUTE]


def test_species_do_not_interrupt_each_other() -> None:
    both = sorted(seen(0, 40 * MINUTE) + seen(20 * MINUTE, subject="Sus scrofa"))
    found = list(events(both, Rule()))
    assert sorted((one.subject, one.start) for one in found) == [
        ("Panthera tigris", 0),
        ("Panthera tigris", 40 * MINUTE),
        ("Sus scrofa", 20 * MINUTE),
    ]


def test_records_of_one_second_are_one_with_a_threshold_and_all_count_without() -> None:
    (one,) = events(seen(5, 5, 5, 9), Rule(30))
    assert (one.records, one.pictures, one.start, one.end) == (2, 4, 5, 9)
    assert starts(seen(5, 5, 5, 9), Rule(0)) == [5, 5, 5, 9]


def test_max_n_is_the_highest_number_in_one_picture_and_never_a_sum() -> None:
    found = [Sighting(n, "Sus scrofa", number, None, n % 2, n) for n, number in enumerate((1, 3, 2, 3))]
    (one,) = events(found, Rule())
    assert one.most == 3


def test_a_number_stated_for_the_event_replaces_and_may_exceed() -> None:
    four_pass_one_by_one = seen(0, 10, 20, 30, number=1, stated=4)
    assert [one.most for one in events(four_pass_one_by_one, Rule())] == [4]
    frames_said_more = seen(0, 10, number=5, stated=2)
    assert [one.most for one in events(frames_said_more, Rule())] == [2]
    two_reviewed_events = seen(0, 10, number=1, stated=2) + seen(600, 610, number=1, stated=3)
    assert [one.most for one in events(two_reviewed_events, Rule())] == [3]


def test_disorder_is_refused() -> None:
    with pytest.raises(ValueError, match="order"):
        list(events(seen(10, 5), Rule()))


@pytest.mark.parametrize(("minutes", "anchor"), [(-1, LAST_RECORD), (30, "lastPicture"), (10**9, LAST_RECORD)])
def test_an_impossible_rule_is_refused(minutes: int, anchor: str) -> None:
    with pytest.raises(UsageProblem):
        Rule(minutes, anchor)


def by_the_book(found: list[Sighting], rule: Rule) -> list[tuple[str, int]]:
    """camtrapR's loop as its manual tells it, without any state kept: slow, and hard to get wrong."""
    made: list[tuple[str, int]] = []
    for subject in {one.subject for one in found}:
        times = sorted({one.at for one in found if one.subject == subject})
        independent = times[:1]
        for before, at in itertools.pairwise(times):
            since = before if rule.anchor == LAST_RECORD else independent[-1]
            if at - since >= rule.minutes * MINUTE:
                independent.append(at)
        made += [(subject, at) for at in independent]
    return sorted(made)


_SIGHTINGS = st.lists(st.tuples(st.integers(0, 40_000), st.sampled_from(["A", "B", "C"])), max_size=60).map(
    lambda raw: [Sighting(at, subject, 1, None, 0, n) for n, (at, subject) in enumerate(sorted(raw))]
)


@given(_SIGHTINGS, st.sampled_from(ANCHORS), st.integers(1, 120))
def test_any_sightings_as_the_manual_says(found: list[Sighting], anchor: str, minutes: int) -> None:
    rule = Rule(minutes, anchor)
    got: list[Event] = list(events(found, rule))
    assert sorted((one.subject, one.start) for one in got) == by_the_book(found, rule)
    assert sum(one.pictures for one in got) == len(found)
    assert sum(one.records for one in got) == len({(one.subject, one.at) for one in found})
