"""Pictures become events by the gap between neighbours: 2 minutes, and at the threshold still the same event."""

from __future__ import annotations

from ranger_app.domain.events import GAP, events


def test_exactly_the_gap_is_the_same_event_and_a_second_more_is_not() -> None:
    assert GAP == 120
    assert events([0, 120, 241], 120) == [range(2), range(2, 3)]
    assert events([0, 119, 239], 120) == [range(3)]  # a long visit with short gaps stays one


def test_a_picture_without_a_time_is_an_event_of_its_own() -> None:
    assert events([None, None, 5, 6]) == [range(1), range(1, 2), range(2, 4)]
    assert events([]) == []
