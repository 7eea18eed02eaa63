"""The program killed at random moments of an edit, an ingest and a bundle: nothing acknowledged is ever lost.

The kills of all tests together are 20 in the normal run and 200 in the long one.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ranger_app.actions import partners
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.check import check
from ranger_app.actions.ingest import ingest
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.actions.status import current_hash
from ranger_app.demo import drawing
from ranger_app.domain.ops import create
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.media.vault import hash_file
from ranger_app.store import rows

ROOT = Path(__file__).resolve().parents[2]
PICTURES = 24


def _start(what: str, library: Path, source: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).with_name("writer.py")), what, str(library), str(source)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)


def _killed(what: str, library: Path, source: Path, rng: random.Random, seconds: float) -> list[str]:
    """Let it work, kill it at a random moment; returns the lines it had said."""
    with _start(what, library, source) as process:
        assert process.stdout
        said = [process.stdout.readline().strip()]
        assert said == ["open"]
        time.sleep(rng.uniform(0, seconds))
        process.kill()
        said += [line.strip() for line in process.stdout]
    return said


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("card")
    first = datetime(2026, 1, 31, 12)
    for number in range(PICTURES):
        time = first + timedelta(minutes=number)
        shot = drawing.Shot("T-01", "TEST-1", "forest", time, number % 2 == 1, "sika_deer")
        (folder / f"IMG_{number:04d}.JPG").write_bytes(drawing.draw(shot))
    return folder


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory, card: Path) -> tuple[Path, Path, str]:
    """A library that waits for the bundle, the stick it lies on, and the hash when it is read."""
    folder = tmp_path_factory.mktemp("stick")
    with (
        Library.create(folder / "a", name="Station A", country="RU", utc_offset=600) as ours,
        Library.create(folder / "b", name="Station B", country="CN", utc_offset=480) as theirs,
    ):
        for one, other in ((ours, theirs), (theirs, ours)):
            path = partners.write_card(other, folder / f"{other.station.country}.json")
            partners.add_partner(one, path, confirm=partners.add_partner(one, path).confirm, clearance="full")
        for _ in range(12):
            ours.commit([create("note", ours.new_id(), {"text": "x" * 200}) for _ in range(1000)], label="add note")
        run(ingest(ours, IngestRequest(card, "Site 1", 425_000_000, 1_306_000_000)))
        run(write_bundle(ours, WriteRequest(folder / "stick", (theirs.station.id,), "originals")))
        expected = current_hash(ours)
    return folder / "b", folder / "stick", expected


def _kills(long_run: bool, normal: int) -> int:
    return normal * 10 if long_run else normal


def _sound(library: Library) -> None:
    assert [problem.code for problem in run(check(library))] == []


def test_edits(tmp_path: Path, long_run: bool) -> None:
    folder = tmp_path / "library"
    Library.create(folder, name="Station A", country="RU", utc_offset=600).close()
    for seed in range(_kills(long_run, 6)):
        said = _killed("edit", folder, folder, random.Random(seed), 0.8)
        with Library.open(folder) as library:
            _sound(library)
            if len(said) > 1 and said[-1].count(" ") == 1:
                record, number = said[-1].split()
                with library.read() as db:
                    found = rows.get(db, "note", bytes.fromhex(record))
                assert found is not None
                assert int(found.text("text")) >= int(number)


def test_ingest_resumes(tmp_path: Path, card: Path, long_run: bool) -> None:
    hashes = {hash_file(path) for path in card.iterdir()}
    with Library.create(tmp_path / "whole", name="Station A", country="RU", utc_offset=600) as library:
        started = time.monotonic()
        run(ingest(library, IngestRequest(card, "Site 1", 425_000_000, 1_306_000_000)))
        seconds = time.monotonic() - started
    for seed in range(_kills(long_run, 5)):
        folder = tmp_path / f"library-{seed}"
        Library.create(folder, name="Station A", country="RU", utc_offset=600).close()
        _killed("ingest", folder, card, random.Random(seed), seconds * 1.1)
        with Library.open(folder) as library:
            _sound(library)
            report = run(ingest(library, IngestRequest(card, "Site 1", 425_000_000, 1_306_000_000)))
            assert report.failed == []
            assert report.found == PICTURES
            _sound(library)
            with library.read() as db:
                media = list(rows.find(db, "media"))
                assert rows.number(db, "deployment") == 1
                assert rows.number(db, "location") == 1
            assert sorted(str(one["sha256"]) for one in media) == sorted(hashes)
            assert list((library.vault / "incoming").glob("*")) == []
        shutil.rmtree(folder)


def test_bundle_read(tmp_path: Path, stick: tuple[Path, Path, str], long_run: bool) -> None:
    waiting, bundle, expected = stick
    shutil.copytree(waiting, tmp_path / "whole")
    with Library.open(tmp_path / "whole") as library:
        started = time.monotonic()
        run(read_bundles(library, bundle))
        seconds = time.monotonic() - started
    for seed in range(_kills(long_run, 5)):
        folder = tmp_path / f"library-{seed}"
        shutil.copytree(waiting, folder)
        _killed("bundle", folder, bundle, random.Random(seed), seconds * 1.1)
        with Library.open(folder) as library:
            _sound(library)
            run(read_bundles(library, bundle))
            _sound(library)
            assert current_hash(library) == expected
        shutil.rmtree(folder)


def test_bundle_write(tmp_path: Path, stick: tuple[Path, Path, str], long_run: bool) -> None:
    """A bundle that was not ended is never read as a whole one, and the next one holds everything."""
    waiting, bundle, expected = stick
    partner = Library.open(waiting)
    partner.close()
    shutil.copytree(bundle.parent / "a", tmp_path / "whole")
    with Library.open(tmp_path / "whole") as library:
        started = time.monotonic()
        run(write_bundle(library, WriteRequest(tmp_path / "first", (partner.station.id,), "originals")))
        seconds = time.monotonic() - started
    for seed in range(_kills(long_run, 4)):
        folder, onto = tmp_path / f"library-{seed}", tmp_path / f"stick-{seed}"
        shutil.copytree(bundle.parent / "a", folder)
        said = _killed("write", folder, onto, random.Random(seed), seconds * 1.1)
        with Library.open(folder) as library:
            _sound(library)
            assert current_hash(library) == expected
            ended = list(onto.rglob("DONE"))
            assert ended or said[-1] != "done"
            run(write_bundle(library, WriteRequest(onto, (partner.station.id,), "originals")))
        shutil.copytree(waiting, folder / "partner")
        with Library.open(folder / "partner") as library:
            run(read_bundles(library, onto))
            _sound(library)
            assert current_hash(library) == expected
        shutil.rmtree(folder)
