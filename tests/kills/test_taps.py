"""Two thousand taps with the program killed at random moments: none that was shown is lost, none is doubled.

Every bird asked for is told on one line before its tap and on another once it is on the disk. A kill between the two
may have it or not; anything else would be a lost or a doubled bird.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from ranger_app.actions import records, tally_read, taps
from ranger_app.actions.check import check
from ranger_app.jobs import run
from ranger_app.library import Library

ROOT = Path(__file__).resolve().parents[2]
TAPS = 2000
KILLS, LONG_KILLS = 8, 100


def _counted(folder: Path, survey: bytes) -> tuple[Counter[str], bool]:
    with Library.open(folder) as library:
        before = tally_read.totals(library, survey)
        taps.settle(library)
        after = tally_read.totals(library, survey)
        shown = {tally: (kept.birds, kept.parts) for tally, kept in before.kept.items() if kept.birds}
        same = shown == {tally: (kept.birds, kept.parts) for tally, kept in after.kept.items() if kept.birds}
        assert taps.opened(library, survey) == []
        assert [problem.code for problem in run(check(library))] == []
        found: Counter[str] = Counter()
        for tally, kept in after.kept.items():
            found[tally.taxon] += kept.birds
        return found, same


def test_no_tap_is_lost_or_doubled(tmp_path: Path, long_run: bool) -> None:
    folder = tmp_path / "library"
    with Library.create(folder, name="Station A", country="RU", utc_offset=600) as library:
        site = records.add(library, "location", {"name": "Reed Lake", "type": "site"})
        survey = records.add(library, "survey", {"site": site, "date": "2026-01-12"})
    kills = LONG_KILLS if long_run else KILLS
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    expected: Counter[str] = Counter()
    shown = 0
    for seed in range(kills + 1):
        number = TAPS if seed < kills else max(TAPS - shown, 100)
        command = [sys.executable, str(Path(__file__).with_name("tapper.py"))]
        command += [str(folder), survey.hex(), str(seed), str(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
            assert process.stdout
            assert process.stdout.readline().strip() == "open"
            if seed < kills:
                time.sleep(random.Random(seed).uniform(0, 0.4))
                process.kill()
            said = [line.strip().split("|") for line in process.stdout if line.endswith("\n")]
        asked: tuple[str, int] | None = None
        for line in said:
            if line[0] == "asked":
                asked = (line[1], int(line[2]))
            elif line[0] == "shown":
                expected[line[1]] += int(line[2])
                shown += 1
                asked = None
        found, same = _counted(folder, survey)
        assert same, f"the sheet showed something else after kill {seed}"
        if asked is not None and found != +expected:
            expected[asked[0]] += asked[1]  # on the disk, but the kill came before it was shown
        assert found == +expected, f"after kill {seed}"
    assert shown >= (TAPS if long_run else 1)
