"""How long what is left will take: the pace of now, without the pauses."""

from __future__ import annotations

from ranger_app.domain.pace import LATEST, minutes_left, seconds_each


def test_nothing_is_said_after_a_few_answers() -> None:
    assert seconds_each([0, 1000, 2000, 3000]) is None
    assert minutes_left([0, 1000, 2000], 100) is None


def test_the_pace_is_the_mean_without_pauses() -> None:
    moments = [0, 2_000, 4_000, 6_000, 8_000, 900_000, 902_000]
    assert seconds_each(moments) == 2.0
    assert minutes_left(moments, 84) == 3
    assert minutes_left(moments, 1) == 1
    assert minutes_left(moments, 0) is None


def test_only_the_latest_answers_count() -> None:
    slow = list(range(0, 500_000, 50_000))
    fast = [slow[-1] + 1_000 * n for n in range(1, LATEST + 1)]
    assert seconds_each(slow + fast) == 1.0
