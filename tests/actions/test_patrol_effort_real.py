"""Real tracks through the report of effort, against pyproj and a plain reading of ecoscope's filter, point by point."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pyproj import Geod

from ranger_app import jobs
from ranger_app.actions import patrol_effort
from ranger_app.actions.analysis import Question
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.domain.patrol_effort import passes_filter
from ranger_app.errors import DataProblem
from ranger_app.geo import tracks
from ranger_app.library import Library

GEOD = Geod(ellps="WGS84")
MOST_BYTES = 700_000


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


@pytest.mark.realdata
def test_figures_of_real_tracks(real_data: Path, library: Library) -> None:
    taken = 0
    for file in sorted((real_data / "gpx").rglob("*.gpx")):
        if file.stat().st_size > MOST_BYTES:
            continue
        try:
            import_patrol(library, file)
            taken += 1
        except DataProblem:
            continue
        if taken == 40:
            break
    assert taken >= 10
    answer = jobs.run(patrol_effort.patrol_effort(library, Question()))
    raw, moving, cleaned = 0.0, 0.0, 0.0
    with library.read() as db:
        rows = db.conn.execute("SELECT points FROM track WHERE coalesce(planned, 0) = 0 AND point_count > 0").fetchall()
        dated = {row[0] for row in db.conn.execute("SELECT id FROM patrol WHERE date IS NOT NULL")}
        undated = db.conn.execute(
            "SELECT points FROM track AS t JOIN patrol AS p ON p.id = t.patrol WHERE p.date IS NULL AND t.start IS NULL"
        ).fetchall()
    for (points,) in rows:
        if (points,) in undated:
            continue  # a patrol without any day is in no figure, and the report says so
        way, marks = tracks.unpack(points)
        raw += sum(segment_lengths(way))
        cleaned += tracks.measure(way, marks).cleaned.metres
        moving += plain_ecoscope(way)
    assert answer.facts["patrols"] == len(dated)
    assert answer.facts["km_raw"] == pytest.approx(raw / 1000, rel=1e-6)
    assert answer.facts["km_cleaned"] == pytest.approx(cleaned / 1000, rel=1e-6)
    assert answer.facts["ecoscope_hours"] == pytest.approx(moving / 3600, rel=1e-6)
    assert int(str(answer.facts["cells"])) > 50


def segment_lengths(way: tracks.Way) -> Iterator[float]:
    last: tuple[float, float, float] | None = None
    for n in range(len(way)):
        here = (way.latitude[n], way.longitude[n], way.segment[n])
        if math.isnan(here[0]) or math.isnan(here[1]):
            continue
        if last is not None and last[2] == here[2]:
            yield GEOD.inv(last[1], last[0], here[1], here[0])[2]
        last = here


def plain_ecoscope(way: tracks.Way) -> float:
    """Seconds of the steps that the filter keeps, read one by one."""
    fixes = sorted(
        (way.time[n], n)
        for n in range(len(way))
        if tracks.believable(way.time[n]) and not math.isnan(way.latitude[n]) and not math.isnan(way.longitude[n])
        and (way.longitude[n], way.latitude[n]) not in ((0, 0), (1, 1), (180, 90))
    )  # fmt: skip
    kept = 0.0
    for (before, a), (after, b) in pairwise(fixes):
        metres = GEOD.inv(way.longitude[a], way.latitude[a], way.longitude[b], way.latitude[b])[2]
        if passes_filter(metres, (after - before) / 1000):
            kept += (after - before) / 1000
    return kept
