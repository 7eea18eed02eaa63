"""A track as a drawing: metres to scale, north up, breaks kept, far points left out, few enough points to paint."""

from __future__ import annotations

import math

from ranger_app.geo.sketch import draw
from ranger_app.geo.tracks import GAP, REASONS, SPIKE
from ranger_app.geo.way import Way


def way(points: list[tuple[float, float]], segments: list[int] | None = None, planned: bool = False) -> Way:
    made = Way(planned=planned)
    for i, (latitude, longitude) in enumerate(points):
        made.add(latitude, longitude, math.nan, math.nan, segments[i] if segments else 0)
    return made


def kept(one: Way, **marked: int) -> list[int]:
    marks = [0] * len(one)
    for reason, at in marked.items():
        marks[at] = REASONS.index({"spike": SPIKE, "gap": GAP}[reason])
    return marks


def test_metres_are_to_scale_and_north_is_up() -> None:
    one = way([(42.5, 130.8), (42.51, 130.8), (42.51, 130.81)])
    found = draw([(one, kept(one))], [])
    (line,) = found.lines
    (x0, y0), (x1, y1), (x2, _y2) = line.points
    assert math.isclose(y1 - y0, 1113.2, rel_tol=1e-3)
    assert math.isclose(x2 - x1, 1113.2 * math.cos(math.radians(42.505)), rel_tol=1e-3)
    assert x0 == x1
    assert math.isclose(found.height, 1113.2, rel_tol=1e-3)


def test_segments_and_gaps_break_the_line() -> None:
    points = [(42.5 + i / 1000, 130.8) for i in range(6)]
    one = way(points, [0, 0, 0, 1, 1, 1])
    found = draw([(one, kept(one, gap=5))], [])
    assert [len(line.points) for line in found.lines] == [3, 2, 1]


def test_points_left_out_are_shown_beside_the_line_unless_they_are_far() -> None:
    points = [(42.5 + i / 1000, 130.8 + i / 2000) for i in range(10)]
    near = way([*points[:5], (42.503, 130.803), *points[5:]])
    assert len(draw([(near, kept(near, spike=5))], []).left_out) == 1
    far = way([*points[:5], (10.0, 20.0), *points[5:]])
    found = draw([(far, kept(far, spike=5))], [])
    assert found.left_out == []
    assert found.height < 2000


def test_a_far_waypoint_does_not_shrink_the_track() -> None:
    one = way([(42.5 + i / 1000, 130.8 + i / 1000) for i in range(10)])
    found = draw([(one, kept(one))], [("Camp", 42.503, 130.804), ("Old", 43.5, 131.8), ("Nowhere", math.nan, math.nan)])
    assert [name for name, _place in found.marks] == ["Camp"]
    assert found.outside == 1
    alone = draw([], [("Camp", 42.503, 130.804), ("Old", 43.5, 131.8)])
    assert len(alone.marks) == 2


def test_the_date_line_is_crossed_not_circled() -> None:
    one = way([(65.0, 179.99), (65.0, -179.99)])
    assert draw([(one, kept(one))], []).width < 1000


def test_twenty_thousand_points_become_few_enough_to_paint() -> None:
    one = way([(42.5 + math.sin(i / 3000) / 10, 130.8 + math.cos(i / 3000) / 10) for i in range(20_000)])
    (line,) = draw([(one, kept(one))], []).lines
    assert 100 < len(line.points) < 5_000


def test_nothing_to_draw() -> None:
    empty = Way()
    assert draw([(empty, [])], []).empty
