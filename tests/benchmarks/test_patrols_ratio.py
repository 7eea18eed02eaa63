"""Patrols against plain SQL and numpy on the same rows and points: absolute times belong to the benchmark."""

from __future__ import annotations

from pathlib import Path

from ranger_app import jobs
from ranger_app.demo import cast, fast
from ranger_app.demo.chance import Chance
from ranger_app.library import Library
from tests.benchmarks.bench_patrols import compare

BARS = {"list read": 15.0, "all effort": 60.0, "season": 150.0}
"""Times the floor; a small library bears the costs of opening that a large one does not notice."""


def test_patrols_cost_a_bounded_multiple_of_reading_them(tmp_path: Path) -> None:
    chance = Chance("ratio")
    people = {name: bytes([number]) * 16 for number, (name, _role) in enumerate(cast.PEOPLE)}
    with Library.create(tmp_path / "library", name="A", country="RU", utc_offset=600, keys=chance.keys(),
                        clock=chance.now_ms) as library:  # fmt: skip
        library.new_id = chance.new_id
        jobs.run(fast.fill(library, cast.PARTIES[0], fast.Amount(0, 600, 0), people, []))
        over: dict[str, float] = {}
        for _attempt in range(3):  # another program may hold the processors for a while
            over = {one.name: one.ratio for one in compare(library, 2) if one.ratio > BARS.get(one.name, 1e9)}
            if not over:
                return
    raise AssertionError(f"times the floor: {over}, the bars are {BARS}")
