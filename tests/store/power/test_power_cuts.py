"""The power fails while the store writes: whatever was acknowledged is there afterwards, and nothing is torn.

The statements are those of our own connection at a real ingest, tally and bundle read, its settings included; they
run again on a recording file system in ``replay.py``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import partners, records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.count_write import CountEntry, add_count, edit_count
from ranger_app.actions.ingest import ingest
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.demo import drawing
from ranger_app.domain.ops import change, create
from ranger_app.jobs import run
from ranger_app.library import DATABASE, Library
from ranger_app.store import connection, rows
from ranger_app.sync.cards import confirmation_digits

NORMAL, LONG = 500, 5_000
PICTURES, COUNTS, NOTES = 16, 420, 300


@dataclass(frozen=True)
class Recording:
    """The database before and after, and every statement of the writer's connection in between."""

    before: Path
    statements: tuple[str | None, ...]
    after: Path


@contextmanager
def _recorded(library: Path) -> Iterator[list[str | None]]:
    """Every statement with its values that a library's writing connection is given; None where one is opened."""
    said: list[str | None] = []
    real: Callable[..., Any] = connection.sqlite3.connect

    def connect(path: str, **options: Any) -> Any:
        opened = real(path, **options)
        if path == str(library / DATABASE):  # a reader is named by an address
            said.append(None)
            opened.set_trace_callback(said.append)
        return opened

    connection.sqlite3.connect = connect
    try:
        yield said
    finally:
        connection.sqlite3.connect = real


def _card(folder: Path) -> Path:
    folder.mkdir()
    for number in range(PICTURES):
        time = datetime(2026, 1, 31, 12) + timedelta(minutes=number)
        shot = drawing.Shot("T-01", "TEST-1", "forest", time, number % 2 == 1, "sika_deer")
        (folder / f"IMG_{number:04d}.JPG").write_bytes(drawing.draw(shot))
    return folder


def _bundle(ours: Path, folder: Path) -> None:
    """A partner takes what is here, edits a part of it and adds its own."""
    with (
        Library.open(ours) as one,
        Library.create(folder / "partner", name="Station B", country="CN", utc_offset=480) as other,
    ):
        digits = confirmation_digits(one.station.id, other.station.id)
        for left, right in ((one, other), (other, one)):
            card = partners.write_card(left, folder / f"{left.station.country}.json")
            partners.add_partner(right, card, confirm=digits, clearance="full")
        run(write_bundle(one, WriteRequest(folder / "there", (other.station.id,), "none")))
        run(read_bundles(other, folder / "there"))
        with other.read() as db:
            counts = [row.id for row in rows.find(db, "count")]
        for at in range(0, len(counts), 40):
            other.commit([change("count", one, {"remarks": "seen"}) for one in counts[at : at + 40]], label="edit")
        for _ in range(6):
            other.commit([create("note", other.new_id(), {"text": "n" * 300}) for _ in range(NOTES)], label="add note")
        run(write_bundle(other, WriteRequest(folder / "back", (one.station.id,), "none")))


def _tally(library: Library) -> None:
    site = records.add(library, "location", {"name": "Lagoon", "type": "site"})
    survey = records.add(library, "survey", {"site": site, "date": "2026-01-31"})
    for number in range(COUNTS):
        row = add_count(library, survey, CountEntry(f"Sector {number % 7}", "Anas crecca", number))
        if number % 5 == 0:
            edit_count(library, row, CountEntry(f"Sector {number % 7}", "Anas crecca", number + 1))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    folder = tmp_path_factory.mktemp("power")
    card, ours = _card(folder / "card"), folder / "ours"
    Library.create(ours, name="Station A", country="RU", utc_offset=600).close()
    before = folder / "before.db"
    shutil.copy(ours / DATABASE, before)
    with _recorded(ours) as said:
        with Library.open(ours) as library:
            run(ingest(library, IngestRequest(card, "Site 1", 425_000_000, 1_306_000_000)))
        with Library.open(ours) as library:
            _tally(library)
        _bundle(ours, folder)
        with Library.open(ours) as library:
            run(read_bundles(library, folder / "back"))
    # Nested statements are told as comments; what only reads writes nothing.
    kept = tuple(sql for sql in said if sql is None or not sql.lstrip().startswith(("--", "SELECT", "EXPLAIN")))
    return Recording(before, kept, ours / DATABASE)


def _replay(recording: Recording, folder: Path, cuts: int, statements: tuple[str | None, ...]) -> dict[str, Any]:
    work = folder / "disk"
    work.mkdir()
    shutil.copy(recording.before, work / DATABASE)
    script = folder / "statements.jsonl"
    script.write_text("".join(json.dumps(sql) + "\n" for sql in statements), encoding="utf-8")
    child = Path(__file__).with_name("replay.py")
    done = subprocess.run(
        [sys.executable, "-I", str(child), str(script), str(work), str(cuts), "4"],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _content(database: Path) -> dict[str, list[Any]]:
    """Every row of every table; the planner's figures (``sqlite_stat1``) differ between versions of SQLite."""
    opened = connection.open_reader(database)
    try:
        return {
            name: opened.conn.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall()
            for name in opened.table_names()
            if not name.startswith("sqlite_")
        }
    finally:
        opened.conn.close()


def _with(recording: Recording, old: str, new: str) -> tuple[str | None, ...]:
    changed = tuple(new if sql is not None and sql.strip() == old else sql for sql in recording.statements)
    assert changed != recording.statements, f"the connection no longer says {old}"
    return changed


def test_no_acknowledged_commit_is_lost_and_nothing_is_corrupt(
    recording: Recording, tmp_path: Path, long_run: bool
) -> None:
    cuts = LONG if long_run else NORMAL
    found = _replay(recording, tmp_path, cuts, recording.statements)
    print(found)  # pytest -rP shows the figures
    assert _content(tmp_path / "disk" / DATABASE) == _content(recording.after), "the replay was not what was recorded"
    assert found["commits"] >= recording.statements.count("COMMIT") > COUNTS
    assert found["checkpoints"] > recording.statements.count(None), "only at the end was the log taken over"
    assert (found["lost"], found["corrupt"]) == (0, 0), found["told"]
    assert found["ok"] == cuts


def test_a_weaker_setting_is_found_out(recording: Recording, tmp_path: Path) -> None:
    """The same cuts find the commits that ``synchronous=NORMAL`` loses: the proof above can fail."""
    weaker = _with(recording, "PRAGMA synchronous=FULL;", "PRAGMA synchronous=NORMAL;")
    found = _replay(recording, tmp_path, 80, weaker)
    assert found["lost"] > 8
    assert found["corrupt"] == 0, found["told"]


def test_no_syncs_at_all_are_found_out(recording: Recording, tmp_path: Path) -> None:
    weaker = _with(recording, "PRAGMA synchronous=FULL;", "PRAGMA synchronous=OFF;")
    found = _replay(recording, tmp_path, 80, weaker)
    assert found["corrupt"] > 0
