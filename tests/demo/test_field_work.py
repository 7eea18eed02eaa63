"""Made-up tracks and counts: the same number gives the same text, and the figures stay believable."""

from __future__ import annotations

import itertools
import random
from datetime import datetime

import gpxpy

from ranger_app.demo import counts, tracks


def _patrol(seed: int) -> str:
    rng = random.Random(seed)
    fixes = tracks.walk(rng, 42.5, 130.8, datetime(2025, 3, 28, 22, 5))
    return tracks.gpx("Made-up patrol", fixes, tracks.finds(rng, fixes, 4))


def test_track_is_repeatable_and_walkable() -> None:
    assert _patrol(5) == _patrol(5) != _patrol(6)
    track = gpxpy.parse(_patrol(5))
    assert len(track.waypoints) == 4
    hours = (track.get_duration() or 0) / 3600
    assert 2 < hours < 5
    assert 8 < (track.length_2d() or 0) / 1000 < 13
    for point in track.tracks[0].segments[0].points:
        assert abs(point.latitude - 42.5) < 0.06
        assert abs(point.longitude - 130.8) < 0.08


def test_one_fix_jumps_for_the_cleaning_rules() -> None:
    fixes = tracks.walk(random.Random(5), 42.5, 130.8, datetime(2025, 3, 28, 22, 5))
    jumps = [
        after for before, after in itertools.pairwise(fixes) if abs(after.latitude - before.latitude) * 111_000 > 300
    ]
    assert len(jumps) == 2


def test_counts_are_repeatable_and_complete() -> None:
    def rows(seed: int) -> list[counts.Row]:
        return counts.survey(random.Random(seed), "Made-up lakes (demo)", ("North", "South"), 1, 20, 2025)

    assert rows(1) == rows(1) != rows(2)
    assert len(rows(1)) == 20
    assert len({(row.taxon, row.sector) for row in rows(1)}) == 20
    text = counts.as_csv(rows(1))
    assert text.splitlines()[0] == "site,date,start,end,observer,sector,taxon,count,remarks"
    assert {row.date for row in rows(1)} == {"2025-10-19"}
    assert all(0 <= row.count < 10_000 for row in rows(1))


def test_surveys_of_all_seasons_hold_cranes() -> None:
    taxa = {taxon for _season, _month, _day, listed in counts.SEASONS for taxon, _usual in listed}
    assert taxa >= counts.CRANES
