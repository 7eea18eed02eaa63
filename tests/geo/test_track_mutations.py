"""Five hundred damaged files of tracks: each is taken or refused in one sentence, quickly, and none does any harm."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.geo.track_mutants import WHOLE

NUMBER = 504
SECONDS = 2.0
"""Of processor time for one file, so that a busy machine is no failure."""
MEMORY = 400_000_000


def test_mutations(tmp_path: Path, long_run: bool) -> None:
    number = NUMBER * (10 if long_run else 1)
    done = subprocess.run(
        [sys.executable, "-m", "tests.geo.track_mutants", str(number), str(tmp_path)],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120 + number, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (lines[-1:], done.stderr[-2000:])
    *seen, last = lines
    assert len(seen) == number
    assert last["vault"]  # a refused file leaves nothing in the vault
    assert last["peak"] is None or last["peak"] < MEMORY
    assert [one for one in seen if one["seconds"] > SECONDS] == []
    assert sum(one["seconds"] for one in seen) < number / 25
    for one in seen:
        assert one["unchanged"] == one["known"], one
        if one["problem"]:
            assert one["problem"].endswith("."), one
            assert ". " not in one["problem"], one
            assert one["todo"], one
    for form in WHOLE:
        of = [one for one in seen if one["form"] == form]
        assert sum(bool(one["problem"]) for one in of) > 10, form
        assert sum(not one["problem"] for one in of) > 5, form
