"""Mutated pictures and videos: none crashes or hangs the ingest, each is stored and flagged or taken for whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ranger_app import jobs
from ranger_app.actions.ingest import IngestRequest, ingest
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import rows
from tests.conftest import ROOT
from tests.media.mutants import KINDS, files

SECONDS = 2.0
"""Of processor time for one file, so that a busy machine is no failure; a true hang ends in the timeout."""
MEMORY = 300_000_000
# The program ignores these lines itself; pytest resets the filter for each test.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def looked_at(*arguments: str, seconds: float) -> list[dict[str, Any]]:
    """The lines of a process that looks at files; it must end well and within the time."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.media.mutants", *arguments],
        cwd=ROOT, capture_output=True, encoding="utf-8", timeout=seconds, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (arguments, lines[-1:], done.stderr[-2000:])
    peak = lines[-1]["peak"]
    assert peak is None or peak < MEMORY, (arguments, peak)
    return lines


@pytest.mark.parametrize("kind", KINDS)
def test_mutations(kind: str, long_run: bool) -> None:
    count = KINDS[kind][1] * (10 if long_run else 1)
    lines = looked_at(kind, str(count), seconds=60 + 2 * count)
    seen = [line for line in lines if "seconds" in line]
    assert len(seen) == count
    slow = [line for line in seen if line["seconds"] > SECONDS]
    assert not slow
    for line in seen:
        assert line["preview"] or line["damaged"] or line["too_large"] or line["no_decoder"], (kind, line)
        assert line["sound"], (kind, line)
    assert sum(bool(line["damaged"]) for line in seen) >= count // 4
    assert any(line["preview"] for line in seen)


LARGE: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("PNG", "P", 11_000, {"compress_level": 1}),
    ("TIFF", "F", 5_000, {"compression": "tiff_lzw"}),
    ("JPEG", "RGB", 6_500, {"progressive": True}),
)
"""Pictures near the limits of what is decoded: format, Pillow's name of the kind of pixels, edge, how written."""


@pytest.mark.parametrize("large", LARGE, ids=str)
def test_large_pictures_fit_into_memory(tmp_path: Path, large: tuple[str, str, int, dict[str, Any]]) -> None:
    form, mode, edge, options = large
    Image.new(mode, (edge, edge), 1).save(tmp_path / "large", form, **options)
    _begun, seen, _peak = looked_at(str(tmp_path), seconds=60)
    assert (seen["preview"], seen["damaged"]) == (True, "")
    assert seen["seconds"] < SECONDS


def test_a_card_of_mutations_goes_in(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    for kind in KINDS:
        for number, (data, form) in enumerate(files(kind, 12)):
            (folder / f"{kind}{number}.{form.extension}").write_bytes(data)
    with Library.create(tmp_path / "library", name="North", country="RU", utc_offset=600) as library:
        report = jobs.run(ingest(library, IngestRequest(folder, "Ridge", 430_000_000, 1_310_000_000)))
        assert report.found == 12 * len(KINDS)
        assert report.stored + report.already_known + len(report.failed) == report.found
        assert {one.code for one in report.failed} <= {"empty_file"}
        flagged = {one.file for one in report.flagged if one.code in ("damaged", "too_large", "no_preview")}
        with library.read() as db:
            kept = {record.text("file_name"): record.text("sha256") for record in rows.find(db, "media")}
        for name, sha256 in kept.items():
            assert name in flagged or thumbs.is_whole(thumbs.place(library.cache, sha256))
        assert len(flagged) > 20
        assert set(kept) - flagged
