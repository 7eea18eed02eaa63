"""Time on one spot keeps its hours and is told apart; what a person says of points changes just what it must."""

from __future__ import annotations

import json
import math
import random

import pytest

from ranger_app.geo.tracks import REASONS, Judged, effective, geod, judge, measure
from ranger_app.geo.way import Way
from tests.geo.test_tracks import NONE, eastward, marks, walk


def ambush(number: int, step: float, start: tuple[float, float, float]) -> list[tuple[float, float, float]]:
    """Fixes that wander up to 12 m around the place where the walk ended."""
    chance = random.Random(3)
    found = []
    for n in range(1, number + 1):
        longitude, latitude, _back = geod().fwd(start[1], start[0], chance.uniform(0, 360), chance.uniform(0, 12))
        found.append((latitude, longitude, start[2] + n * step))
    return found


def onward(points: list[tuple[float, float, float]], number: int) -> list[tuple[float, float, float]]:
    """A walk on east at 50 m a minute from the last of the points."""
    latitude, longitude, time = points[-1]
    found = []
    for n in range(1, number + 1):
        east, north, _back = geod().fwd(longitude, latitude, 90.0, 50.0 * n)
        found.append((north, east, time + 60 * n))
    return found


@pytest.mark.parametrize("step", [10, 60, 300])
def test_an_ambush_of_two_hours_keeps_its_hours_and_is_told_apart(step: int) -> None:
    points = eastward(11)
    points += ambush(7200 // step, step, points[-1])
    points += onward(points, 10)
    judged = judge(walk(points))
    assert judged.reasons == {}
    assert judged.raw.seconds == judged.cleaned.seconds == 600 + 7200 + 600
    assert judged.still == 7200
    assert judged.stays == ((10, 10 + 7200 // step),)


def test_ambush_on_the_very_spot() -> None:
    points = eastward(11)
    points += [(points[-1][0], points[-1][1], 600.0 + n * 300) for n in range(1, 25)]
    points += onward(points, 10)
    judged = judge(walk(points))
    assert (judged.cleaned.seconds, judged.still) == (600 + 7200 + 600, 7200)
    assert judged.cleaned.metres == pytest.approx(1000, rel=1e-9)


def test_a_walk_and_a_short_halt_are_no_stay() -> None:
    assert judge(walk(eastward(200))).still == 0
    points = eastward(11)
    points += [(points[-1][0], points[-1][1], 600.0 + n * 60) for n in range(1, 10)]
    assert judge(walk(points + onward(points, 5))).still == 0


def test_time_in_a_gap_and_across_segments_is_no_stay() -> None:
    place = eastward(1)[0]
    silent = judge(walk([(place[0], place[1], 0.0), (place[0], place[1], 7200.0)]))
    assert (silent.reasons, silent.still, silent.cleaned.seconds) == ({"gap": 1}, 0, 0)
    way = walk([(place[0], place[1], n * 60.0) for n in range(6)])
    walk([(place[0], place[1], n * 60.0) for n in range(6, 12)], 1, way)
    assert judge(way).still == 0
    assert judge(walk([(place[0], place[1], NONE)] * 5)).still is None


def test_two_spots_are_two_stays_and_a_wrong_fix_does_not_end_one() -> None:
    points = eastward(2)
    points += [(points[-1][0], points[-1][1], 60.0 + n * 60) for n in range(1, 31)]
    points[15] = (points[15][0] + 0.1, points[15][1], points[15][2])
    points += onward(points, 20)
    points += [(points[-1][0], points[-1][1], points[-1][2] + n * 60) for n in range(1, 16)]
    judged = judge(walk(points))
    assert judged.reasons == {"spike": 1}
    assert judged.stays == ((1, 31), (51, 66))
    assert judged.still == 1800 + 900


def test_a_stay_beside_the_date_line() -> None:
    points = [(65.0, (180 + (0.0001 if n % 2 else -0.0001) + 180) % 360 - 180, n * 60.0) for n in range(31)]
    assert judge(walk(points)).still == 1800


def slow_stays(points: list[tuple[float, float, float]]) -> list[tuple[int, int]]:
    """The rule read plainly: from the front, the longest run within 30 m of its first point, ten minutes at least."""
    found = []
    at = 0
    while at < len(points):
        end = at
        while end + 1 < len(points):
            _a, _b, metres = geod().inv(points[at][1], points[at][0], points[end + 1][1], points[end + 1][0])
            if metres > 30:
                break
            end += 1
        if points[end][2] - points[at][2] >= 600:
            found.append((at, end))
            at = max(end, at + 1)
        else:
            at += 1
    return found


def test_stays_are_those_of_the_rule_read_plainly() -> None:
    chance = random.Random(11)
    for _walk in range(60):
        points = [(43.0, 131.0, 0.0)]
        for _n in range(chance.randrange(20, 120)):
            latitude, longitude, time = points[-1]
            far = chance.choice([1, 5, 10, 30, 60])
            longitude, latitude, _back = geod().fwd(longitude, latitude, chance.uniform(0, 360), chance.uniform(0, far))
            points.append((latitude, longitude, time + chance.choice([10, 60, 200])))
        assert list(judge(walk(points), "car").stays) == slow_stays(points)


# -- what a person says ------------------------------------------------------------------------------------------


def said(*entries: tuple[int, int, str]) -> str:
    return json.dumps([{"first": first, "last": last, "mark": mark, "why": "seen"} for first, last, mark in entries])


def ruled(way: Way, judged: Judged, text: str) -> Judged:
    return measure(way, effective(judged.marks, text, way))


def test_measuring_again_changes_nothing() -> None:
    points = eastward(30)
    points[5] = (43.1, 131.0, points[5][2])
    points[20:] = [(a, b, t + 4000) for a, b, t in points[20:]]
    way = walk(points)
    judged = judge(way)
    assert measure(way, judged.marks) == judged
    assert effective(judged.marks, None, way) is judged.marks
    assert effective(judged.marks, "not json", way) is judged.marks


def test_a_spike_can_count_and_a_point_be_left_out() -> None:
    points = eastward(11)
    points[5] = (43.1, 131.0, points[5][2])
    way = walk(points)
    judged = judge(way)
    assert ruled(way, judged, said((5, 5, ""))).cleaned == judged.raw
    without = ruled(way, judged, said((9, 10, "spike")))
    assert without.cleaned.metres == pytest.approx(400, rel=1e-9)
    assert without.cleaned.seconds == 480
    assert without.reasons == {"spike": 3}
    assert without.end == judged.end - 120_000  # type: ignore[operator]
    last_word = said((9, 10, "spike"), (9, 10, ""), (5, 5, ""))
    assert ruled(way, judged, last_word).reasons == {}


def test_gaps_follow_what_a_person_leaves_out_or_takes_in() -> None:
    way = walk(eastward(60))
    judged = judge(way)
    hole = ruled(way, judged, said((10, 49, "time_order")))
    assert hole.reasons == {"time_order": 40, "gap": 1}
    assert hole.cleaned.seconds == 59 * 60 - 41 * 60
    counted = ruled(way, judged, said((10, 49, "time_order"), (50, 50, "")))
    assert counted.cleaned.seconds == judged.cleaned.seconds  # a person says that the way across counts
    assert counted.cleaned.metres == pytest.approx(judged.cleaned.metres, rel=1e-9)
    cut = ruled(way, judged, said((30, 30, "gap")))
    assert cut.cleaned.metres == pytest.approx(58 * 50, rel=1e-9)
    filled = walk([(a, b, t) for a, b, t in eastward(60, step=600, metres=300)])
    for n in (20, 21, 22):
        filled.latitude[n] += 1.0
    wrong = judge(filled)
    assert wrong.reasons == {"spike": 3, "gap": 1}
    assert ruled(filled, wrong, said((20, 22, ""))).reasons == {}


def test_what_has_no_place_never_counts_and_time_never_runs_twice() -> None:
    points = eastward(11)
    points[4] = (NONE, NONE, points[4][2])
    points[7] = (points[7][0], points[7][1], 30.0)
    way = walk(points)
    judged = judge(way)
    assert judged.reasons == {"bad_place": 1, "time_order": 1}
    all_in = ruled(way, judged, said((0, 10, "")))
    assert all_in.cleaned.metres == pytest.approx(500, rel=1e-9)
    assert all_in.cleaned.seconds == 600
    assert math.isfinite(all_in.excluded.metres)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"first":"a"}]', '[{"first":0,"last":3,"mark":"no such"}]', '[{"first":-9,"last":-3}]']
)
def test_entries_that_cannot_be_read_change_nothing(text: str) -> None:
    way = walk(eastward(11))
    judged = judge(way)
    assert ruled(way, judged, text) == judged
    assert marks(judged) == [REASONS[0]] * 11
