"""Effort figures against tracks whose truth is known, and distances against an independent computation."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from ranger_app.errors import DataProblem
from ranger_app.geo.gpx import read_gpx
from ranger_app.geo.tracks import LONGEST_GAP, REASONS, Judged, geod, judge, pack, unpack
from ranger_app.geo.way import Way

START = 1_767_225_600_000.0  # 2026-01-01T00:00:00Z
NONE = math.nan


def walk(points: list[tuple[float, float, float]], segment: int = 0, way: Way | None = None) -> Way:
    """A way through (latitude, longitude, seconds after START)."""
    way = way or Way()
    for latitude, longitude, seconds in points:
        way.add(latitude, longitude, NONE, START + seconds * 1000, segment)
    return way


def eastward(
    number: int, step: float = 60.0, metres: float = 50.0, latitude: float = 43.0
) -> list[tuple[float, float, float]]:
    """Points ``metres`` apart along a geodesic that starts due east, one each ``step`` seconds."""
    points = []
    for n in range(number):
        longitude, end, _back = geod().fwd(131.0, latitude, 90.0, metres * n)
        points.append((end, longitude, n * step))
    return points


def marks(judged: Judged) -> list[str]:
    return [REASONS[mark] for mark in judged.marks]


def vincenty(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Metres on WGS 84 by Vincenty's inverse formula (Survey Review XXIII 176, 1975); not for antipodes."""
    a, f = 6378137.0, 1 / 298.257223563
    b = a * (1 - f)
    u1 = math.atan((1 - f) * math.tan(math.radians(one[0])))
    u2 = math.atan((1 - f) * math.tan(math.radians(two[0])))
    apart = math.radians((two[1] - one[1] + 540) % 360 - 180)
    lam = apart
    for _round in range(200):
        first = math.cos(u2) * math.sin(lam)
        second = math.cos(u1) * math.sin(u2) - math.sin(u1) * math.cos(u2) * math.cos(lam)
        sin_sigma = math.hypot(first, second)
        if sin_sigma == 0:
            return 0.0
        cos_sigma = math.sin(u1) * math.sin(u2) + math.cos(u1) * math.cos(u2) * math.cos(lam)
        sigma = math.atan2(sin_sigma, cos_sigma)
        sin_alpha = math.cos(u1) * math.cos(u2) * math.sin(lam) / sin_sigma
        cos2_alpha = 1 - sin_alpha**2
        middle = cos_sigma - 2 * math.sin(u1) * math.sin(u2) / cos2_alpha if cos2_alpha else 0.0
        c = f / 16 * cos2_alpha * (4 + f * (4 - 3 * cos2_alpha))
        turn = middle + c * cos_sigma * (2 * middle**2 - 1)
        before, lam = lam, apart + (1 - c) * f * sin_alpha * (sigma + c * sin_sigma * turn)
        if abs(lam - before) < 1e-15:
            break
    square = cos2_alpha * (a**2 - b**2) / b**2
    big = 1 + square / 16384 * (4096 + square * (square * (320 - 175 * square) - 768))
    small = square / 1024 * (256 + square * (square * (74 - 47 * square) - 128))
    cubic = small / 6 * middle * (4 * sin_sigma**2 - 3) * (4 * middle**2 - 3)
    return b * big * (sigma - small * sin_sigma * (middle + small / 4 * (cos_sigma * (2 * middle**2 - 1) - cubic)))


def test_steady_walk_counts_whole() -> None:
    judged = judge(walk(eastward(61)))
    assert judged.raw.metres == pytest.approx(3000, rel=1e-9)
    assert judged.raw == judged.cleaned
    assert judged.raw.seconds == 3600
    assert (judged.excluded.metres, judged.excluded.seconds) == (0, 0)
    assert judged.reasons == {}


def test_nothing_is_drawn_between_segments() -> None:
    way = walk(eastward(11))
    walk([(44.0, 131.0, 7200.0), (44.0, 131.0, 7260.0)], 1, way)
    judged = judge(way)
    assert judged.cleaned.metres == pytest.approx(500, rel=1e-9)
    assert judged.cleaned.seconds == 660


def test_spike_is_left_out_and_only_it() -> None:
    points = eastward(11)
    points[5] = (43.1, 131.0, points[5][2])
    judged = judge(walk(points))
    assert marks(judged) == ["spike" if n == 5 else "" for n in range(11)]
    assert judged.cleaned.metres == pytest.approx(500, rel=1e-9)
    assert judged.cleaned.seconds == judged.raw.seconds == 600
    assert judged.raw.metres > 22_000
    assert judged.excluded.metres == judged.raw.metres - judged.cleaned.metres


def test_a_repeated_wrong_place_is_one_spike() -> None:
    points = eastward(20)
    for n in (7, 8, 9):
        points[n] = (43.1, 131.0 + n * 1e-6, points[n][2])
    judged = judge(walk(points))
    assert judged.reasons == {"spike": 3}
    assert judged.cleaned.metres == pytest.approx(950, rel=1e-9)


def test_real_travel_is_no_spike() -> None:
    ride = judge(walk(eastward(60, step=10, metres=200)), "foot")  # 72 km/h in a car, imported as a walk
    assert ride.reasons == {}
    assert ride.cleaned.metres == pytest.approx(200 * 59, rel=1e-9)


def test_the_limit_is_the_transports() -> None:
    points = eastward(11)
    points[5] = (points[5][0] + 0.01, points[5][1], points[5][2])  # 1.1 km aside in a minute: 67 km/h
    assert judge(walk(points), "foot").reasons == {"spike": 1}
    assert judge(walk(points), "boat").reasons == {}
    assert judge(walk(points), "no such word").reasons == {}


def test_wandering_fixes_are_no_spikes() -> None:
    random.seed(7)
    points = [
        (latitude + random.uniform(-5e-5, 5e-5), longitude, n)
        for n, (latitude, longitude, _t) in enumerate(eastward(300, metres=1))
    ]
    assert judge(walk(points)).reasons == {}


def test_twins_are_duplicates_and_change_no_figure() -> None:
    points = [twin for point in eastward(31) for twin in (point, (point[0], point[1], point[2] + 0.004))]
    judged = judge(walk(points))
    assert judged.reasons == {"duplicate": 31}
    assert judged.cleaned.metres == pytest.approx(1500, rel=1e-9)
    assert judged.cleaned.seconds == 1800


def test_ambush_of_two_hours_counts_its_hours() -> None:
    points = eastward(11)
    points += [(points[-1][0], points[-1][1], 600.0 + n * 300) for n in range(1, 25)]
    judged = judge(walk(points))
    assert judged.reasons == {}
    assert judged.cleaned.seconds == 600 + 7200
    assert judged.cleaned.metres == pytest.approx(500, rel=1e-9)


def test_gap_gives_neither_km_nor_hours() -> None:
    points = eastward(11)
    points = points[:6] + [(a, b, t + LONGEST_GAP) for a, b, t in points[6:]]
    judged = judge(walk(points))
    assert marks(judged)[6] == "gap"
    assert judged.reasons == {"gap": 1}
    assert judged.cleaned.metres == pytest.approx(450, rel=1e-9)
    assert judged.cleaned.seconds == 540
    assert judged.excluded.seconds == LONGEST_GAP + 60
    exactly = [(a, b, t + LONGEST_GAP - 60 if n > 5 else t) for n, (a, b, t) in enumerate(eastward(11))]
    assert judge(walk(exactly)).reasons == {}


def test_zero_zero_and_bad_places() -> None:
    points = eastward(11)
    points[3] = (0.0, 0.0, points[3][2])
    points[7] = (NONE, 131.0, points[7][2])
    judged = judge(walk(points))
    assert judged.reasons == {"bad_place": 1, "zero_zero": 1}
    assert judged.cleaned.metres == pytest.approx(500, rel=1e-9)
    assert judged.raw.metres > 10_000_000
    assert judged.cleaned.seconds == 600


def test_one_wrong_clock_costs_one_point() -> None:
    points = eastward(11)
    points[4] = (points[4][0], points[4][1], 3e8)
    points[8] = (points[8][0], points[8][1], -3e7)
    judged = judge(walk(points))
    assert [n for n, reason in enumerate(marks(judged)) if reason == "time_order"] == [4, 8]
    assert judged.cleaned.metres == pytest.approx(500, rel=1e-9)
    assert judged.cleaned.seconds == 600


def test_no_times_means_no_hours_not_zero() -> None:
    judged = judge(walk([(a, b, NONE) for a, b, _t in eastward(11)]))
    assert judged.reasons == {"no_time": 11}
    assert judged.raw.seconds is judged.cleaned.seconds is judged.excluded.seconds is None
    assert judged.cleaned.metres == judged.raw.metres == pytest.approx(500, rel=1e-9)
    assert (judged.start, judged.end) == (None, None)


def test_times_before_satellites_are_none() -> None:
    judged = judge(walk([(a, b, -4e9 + t) for a, b, t in eastward(11)]))
    assert judged.reasons == {"no_time": 11}
    assert judged.raw.seconds is None


def test_some_times_missing() -> None:
    points = [(a, b, NONE if n in (3, 4) else t) for n, (a, b, t) in enumerate(eastward(11))]
    judged = judge(walk(points))
    assert judged.reasons == {"no_time": 2}
    assert judged.cleaned.metres == pytest.approx(500, rel=1e-9)
    assert judged.cleaned.seconds == 600


def test_midnight_and_the_date_line() -> None:
    points = [(65.0, (179.99 + n * 0.001 + 180) % 360 - 180, 86_300.0 + n * 60) for n in range(21)]
    judged = judge(walk(points))
    assert judged.reasons == {}
    assert judged.cleaned.metres == pytest.approx(20 * vincenty((65.0, 179.99), (65.0, 179.991)), rel=1e-6)
    assert judged.cleaned.seconds == 1200


def test_a_planned_way_is_no_effort() -> None:
    way = walk(eastward(11))
    way.planned = True
    judged = judge(way)
    assert (judged.raw.metres, judged.raw.seconds, judged.reasons) == (0, None, {})


@pytest.mark.parametrize("way", [Way(), walk(eastward(1))], ids=["empty", "one point"])
def test_hardly_a_way(way: Way) -> None:
    assert judge(way).raw.metres == 0


def test_pack_keeps_every_bit() -> None:
    way = walk(eastward(5))
    way.elevation[2] = 12.25
    way.latitude[3] = NONE
    judged = judge(way)
    packed = pack(way, judged.marks)
    assert len(packed) == 5 * 48
    again, read = unpack(packed)
    assert pack(again, read) == packed
    assert read == list(judged.marks)
    assert again.latitude[:3] == way.latitude[:3]
    assert packed[8:16] == b"\x00\x00\x00\x00\x00\x60\x60\x40"  # 131.0, little-endian


@pytest.mark.parametrize("damaged", [b"\0" * 47, b"\xff" * 48, b"\0" * 40 + b"\0\0\0\0\0\0\x59\x40"])
def test_unpack_refuses(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="track point"):
        unpack(damaged)


@pytest.mark.realdata
def test_raw_distance_is_the_sum_of_geodesics(real_data: Path) -> None:
    measured = 0
    for file in sorted((real_data / "gpx").glob("*.gpx")):
        try:
            gpx = read_gpx(file)
        except DataProblem:
            continue
        for way in gpx.ways:
            if way.planned or not len(way):
                continue
            pairs = [
                ((way.latitude[i], way.longitude[i]), (way.latitude[i + 1], way.longitude[i + 1]))
                for i in range(len(way) - 1)
                if way.segment[i] == way.segment[i + 1]
            ]
            one_by_one = math.fsum(geod().inv(a[1], a[0], b[1], b[0])[2] for a, b in pairs)
            by_vincenty = math.fsum(vincenty(a, b) for a, b in pairs)
            raw = judge(way).raw.metres
            assert raw == pytest.approx(one_by_one, rel=1e-9)
            # On steps of a few metres Vincenty loses nanometres to cancellation, hence the absolute floor.
            assert raw == pytest.approx(by_vincenty, rel=1e-9, abs=2e-6)
            measured += len(pairs)
    assert measured == 2645


def test_generated_tracks_of_known_truth() -> None:
    """Two hundred walks with faults put in at known points: cleaning gives back the walk without them."""
    chance = random.Random(20260101)
    for _walk in range(200):
        number = chance.randrange(20, 80)
        points = eastward(number, step=60, metres=chance.uniform(10, 90), latitude=chance.uniform(-60, 60))
        truth = judge(walk(points)).cleaned
        faults = {n: chance.choice(["spike", "zero_zero", "bad_place"]) for n in range(2, number - 2, 7)}
        for n, fault in faults.items():
            place = {"spike": (points[n][0] + 0.2, points[n][1]), "zero_zero": (0.0, 0.0), "bad_place": (NONE, NONE)}
            points[n] = (*place[fault], points[n][2])
        judged = judge(walk(points))
        assert {n: reason for n, reason in enumerate(marks(judged)) if reason} == faults
        assert judged.cleaned.metres == pytest.approx(truth.metres, rel=1e-6)
        assert judged.cleaned.seconds == truth.seconds
