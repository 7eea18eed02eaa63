"""The grid of effort against pyproj's projection and shapely's intersections: nothing gained or lost at any border."""

from __future__ import annotations

import math
import random
import struct

import numpy
import pytest
import shapely
from pyproj import Geod, Transformer
from shapely.geometry import LineString, Polygon, box

from ranger_app.geo import grid, steps
from ranger_app.geo.steps import Steps
from ranger_app.geo.tracks import REASONS, judge, pack
from ranger_app.geo.way import Way

CELL = 1000


def walked(places: list[tuple[float, float]], seconds: float = 10) -> Steps:
    latitude, longitude = (numpy.array(column, float) for column in zip(*places, strict=True))
    metres = steps.distances(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])
    return Steps(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:], metres, numpy.full(len(metres), seconds))


def way_of(points: list[tuple[float, float, float]], segments: list[int] | None = None) -> Way:
    """A way of (latitude, longitude, seconds)."""
    made = Way()
    for n, (latitude, longitude, time) in enumerate(points):
        made.add(latitude, longitude, math.nan, 1.7e12 + time * 1000, segments[n] if segments else 0)
    return made


def test_projection_is_that_of_epsg_6933() -> None:
    rng = numpy.random.default_rng(1)
    latitude, longitude = rng.uniform(-89, 89, 2000), rng.uniform(-180, 180, 2000)
    x, y = grid.project(latitude, longitude)
    other = Transformer.from_crs(4326, 6933, always_xy=True).transform(longitude, latitude)
    assert numpy.abs(x - other[0]).max() < 1e-6
    assert numpy.abs(y - other[1]).max() < 1e-6
    back = grid.unproject(x, y)
    assert numpy.abs(back[0] - latitude).max() < 1e-7
    assert numpy.abs(back[1] - longitude).max() < 1e-9


def test_cells_have_equal_area() -> None:
    geod = Geod(ellps="WGS84")
    for latitude in (0.1, 43.0, -60.0):
        x, y = grid.project(numpy.array([latitude]), numpy.array([131.0]))
        code = int(grid._code(numpy.floor((x + grid.HALF_WIDTH) / CELL), numpy.floor(y / CELL))[0])
        corners = grid.ring(code, CELL)
        area, _length = geod.polygon_area_perimeter([lon for _lat, lon in corners], [lat for lat, _lon in corners])
        assert abs(area) == pytest.approx(CELL**2, rel=1e-5)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("cell", [1000, 2000, 5000])
def test_shares_are_those_of_intersections(seed: int, cell: int) -> None:
    rng = random.Random(seed)
    latitude, longitude = 42.9 + rng.random(), 130.5 + rng.random()
    places = [(latitude, longitude)]
    for _step in range(80):
        jump = rng.choice((0.0, 0.0005, 0.004, 0.05))
        latitude, longitude = latitude + rng.uniform(-jump, jump), longitude + rng.uniform(-jump, jump)
        places.append((latitude, longitude))
    steps_of = walked(places)
    found = grid.coverage([("patrol", steps_of)], cell)
    x, y = grid.project(*(numpy.array(column) for column in zip(*places, strict=True)))
    metres: dict[int, float] = {}
    seconds: dict[int, float] = {}
    for n in range(len(steps_of)):
        line = LineString([(x[n], y[n]), (x[n + 1], y[n + 1])])
        whole = line.length
        for column in range(int((min(x[n], x[n + 1]) + grid.HALF_WIDTH) // cell),
                            int((max(x[n], x[n + 1]) + grid.HALF_WIDTH) // cell) + 1):  # fmt: skip
            for row in range(int(min(y[n], y[n + 1]) // cell), int(max(y[n], y[n + 1]) // cell) + 1):
                west, south = column * cell - grid.HALF_WIDTH, row * cell
                part = line.intersection(box(west, south, west + cell, south + cell)).length / whole if whole else 1.0
                if part > 0:
                    code = int(grid._code(numpy.array([column]), numpy.array([row]))[0])
                    metres[code] = metres.get(code, 0) + part * steps_of.metres[n]
                    seconds[code] = seconds.get(code, 0) + part * 10
    told = dict(zip(found.codes.tolist(), found.metres.tolist(), strict=True))
    assert {code for code, value in metres.items() if value > 1e-6} <= told.keys()
    for code, value in told.items():
        assert value == pytest.approx(metres.get(code, 0), abs=1e-3)
    for code, value in zip(found.codes.tolist(), found.seconds.tolist(), strict=True):
        assert value == pytest.approx(seconds.get(code, 0), abs=1e-3)
    assert found.metres.sum() == pytest.approx(steps_of.metres.sum(), rel=1e-12)
    assert found.seconds.sum() == pytest.approx(800)


def test_standing_still_counts_where_one_stands() -> None:
    found = grid.coverage([("p", walked([(43.0, 131.0)] * 13, 600))], CELL)
    assert (len(found), found.metres.sum(), found.seconds.sum()) == (1, 0, 7200)


def test_patrols_of_a_cell_are_counted_once_each() -> None:
    a, b = [(43.0, 131.0), (43.001, 131.0)], [(43.0005, 131.0), (43.0007, 131.0)]
    found = grid.coverage([("one", walked(a)), ("one", walked(b)), ("two", walked(b))], 5000)
    assert found.patrols.tolist() == [2]
    assert len(grid.coverage([], CELL)) == 0


def test_across_the_date_line() -> None:
    steps_of = walked([(65.0, 179.95), (65.0, -179.95), (65.0, 179.99)])
    found = grid.coverage([("p", steps_of)], CELL)
    assert found.metres.sum() == pytest.approx(steps_of.metres.sum())
    assert steps_of.metres[0] == pytest.approx(Geod(ellps="WGS84").inv(179.95, 65, -179.95, 65)[2], rel=1e-6)
    columns = found.codes // grid._ROWS
    assert columns.min() == 0
    assert columns.max() == int(2 * grid.HALF_WIDTH / CELL)
    assert len(found) < 20  # and not all the way round


def test_a_step_round_the_world_costs_nothing() -> None:
    found = grid.coverage([("p", walked([(43.0, 131.0), (-43.0, 11.0)] * 1000))], CELL)
    assert found.passed_over > 1e9
    assert len(found) == 0


def test_share_of_an_area() -> None:
    area = Polygon([(131.0, 43.0), (131.1, 43.0), (131.1, 43.1), (131.0, 43.1)])
    size = abs(Geod(ellps="WGS84").geometry_area_perimeter(area)[0]) / 1e6
    inside = grid.inside_of(area, CELL)
    assert len(inside) == pytest.approx(size, rel=0.15)
    found = grid.coverage([("p", walked([(43.05, 130.9), (43.05, 131.2)]))], CELL)
    told = grid.share(found, area)
    assert 0 < told.visited < len(found)
    assert told.value == told.visited / len(inside)
    assert grid.share(found, shapely.box(131, 43, 131.0001, 43.0001)).value is None


def test_steps_are_what_the_judgement_counts() -> None:
    """Metres and seconds of the columns are those that ``judge`` adds up point by point."""
    rng = random.Random(4)
    points, segments, time = [], [], 0.0
    latitude, longitude = 43.0, 131.0
    for n in range(600):
        time += rng.choice((0, 10, 20, 60, 2500)) if rng.random() < 0.1 else 20
        latitude, longitude = latitude + rng.uniform(-1e-4, 1e-4), longitude + rng.uniform(-1e-4, 1e-4)
        jump = 0.3 if rng.random() < 0.01 else 0
        points.append((0.0 if n == 77 else latitude + jump, 0.0 if n == 77 else longitude, time))
        segments.append(n // 200)
    way = way_of(points, segments)
    for n in (5, 6, 250, 399):
        way.time[n] = math.nan
    judged = judge(way)
    found = steps.counted(pack(way, judged.marks))
    assert found.metres.sum() == pytest.approx(judged.cleaned.metres, rel=1e-6)
    assert found.seconds.sum() == pytest.approx(judged.cleaned.seconds)
    assert {REASONS[mark] for mark in judged.marks} >= {"spike", "zero_zero", "gap", "no_time"}


def test_short_distances_agree_with_the_geodesic() -> None:
    rng = numpy.random.default_rng(2)
    latitude, longitude = rng.uniform(-85, 85, 4000), rng.uniform(-180, 180, 4000)
    size = 10 ** rng.uniform(-6, 0.5, 4000)
    to = (latitude + rng.uniform(-1, 1, 4000) * size, longitude + rng.uniform(-1, 1, 4000) * size)
    found = steps.distances(latitude, longitude, *to)
    _a, _b, true = Geod(ellps="WGS84").inv(longitude, latitude, to[1], to[0])
    assert numpy.abs(found / numpy.array(true) - 1).max() < 1e-6


def test_places_off_the_earth_are_passed_over() -> None:
    points = [(43.0, 131.0), (1e300, 131.0), (91.0, 5.0), (43.0, -1e9), (math.inf, 0.0), (43.0005, 131.0)]
    way = way_of([(latitude, longitude, n * 60.0) for n, (latitude, longitude) in enumerate(points)])
    packed = pack(way, [0] * len(way))
    found = steps.counted(packed)
    assert len(found) == 1
    assert found.seconds.sum() == 300
    assert steps.ecoscope(packed)[1] == 300


@pytest.mark.parametrize("data", [b"\0" * 47, struct.pack("<6d", 1, 1, 1, 1, 1, 99)])
def test_bytes_that_are_no_points(data: bytes) -> None:
    with pytest.raises(ValueError, match="point"):
        steps.counted(data)
