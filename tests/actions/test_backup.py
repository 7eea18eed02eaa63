"""Backups are whole or not there; a restored or copied library writes under a new incarnation."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from ranger_app.actions import records
from ranger_app.actions.backup import KEPT, SUFFIX, backup
from ranger_app.actions.check import check
from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.restore import restore
from ranger_app.actions.status import current_hash, waiting
from ranger_app.errors import DataProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import settings


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library.create(tmp_path / "library", name="Station A", country="RU", utc_offset=600)
    records.add(library, "note", {"text": "first"})
    yield library
    library.close()


def test_what_is_restored_is_what_was_backed_up_under_a_new_incarnation(library: Library, tmp_path: Path) -> None:
    assert waiting(library)["backup_days"] is None
    file = backup(library, tmp_path / "other disk")
    assert waiting(library)["backup_days"] == 0
    saved, incarnation = current_hash(library), library.station.incarnation
    records.add(library, "note", {"text": "second"})
    library.close()
    with restore(library.folder, file) as back:
        assert current_hash(back) == saved
        assert back.station.id == library.station.id
        assert back.station.incarnation != incarnation
        assert run(check(back)) == []
        records.add(back, "note", {"text": "third"})
    replaced = list((library.folder / "backups").glob("replaced-*/ranger.db"))
    assert len(replaced) == 1
    with restore(tmp_path / "new laptop", file) as elsewhere:
        assert current_hash(elsewhere) == saved


def test_a_copied_or_moved_back_library_takes_a_new_incarnation(library: Library, tmp_path: Path) -> None:
    first = library.station.incarnation
    library.close()
    shutil.copytree(library.folder, tmp_path / "old")
    with Library.open(library.folder) as same:
        assert same.station.incarnation == first
        records.add(same, "note", {"text": "more"})
    with Library.open(tmp_path / "old") as copy:
        assert copy.station.incarnation != first
    shutil.copy(tmp_path / "old" / "ranger.db", library.folder / "ranger.db")
    with Library.open(library.folder) as rolled_back:
        assert rolled_back.station.incarnation != first


def test_an_older_file_put_back_in_place_is_noticed(library: Library, tmp_path: Path) -> None:
    library.close()
    shutil.copy(library.folder / "ranger.db", tmp_path / "kept.db")
    with Library.open(library.folder) as same:
        first = same.station.incarnation
        records.add(same, "note", {"text": "lost by the copy"})
    shutil.copy(tmp_path / "kept.db", library.folder / "ranger.db")
    with Library.open(library.folder) as rolled_back:
        assert rolled_back.station.incarnation != first


def test_a_damaged_backup_changes_nothing(library: Library, tmp_path: Path) -> None:
    whole = backup(library, tmp_path / "disk").read_bytes()
    library.close()
    before = {path: path.read_bytes() for path in library.folder.iterdir() if path.is_file()}
    rng = random.Random(5)
    for at in range(40):
        bad = tmp_path / f"bad{SUFFIX}"
        cut = rng.randrange(len(whole))
        flipped = whole[:cut] + bytes([whole[cut] ^ 0x41]) + whole[cut + 1 :]
        bad.write_bytes(whole[:cut] if at % 2 else flipped)
        try:
            with restore(library.folder, bad) as back:
                assert run(check(back)) == []  # the changed byte lay in the archive's own padding
            for path, data in before.items():
                path.write_bytes(data)
        except DataProblem:
            assert {path: path.read_bytes() for path in before} == before
            assert not list(library.folder.glob("*.restoring"))


def test_a_backup_of_another_station_is_refused(library: Library, tmp_path: Path) -> None:
    with Library.create(tmp_path / "other", name="Station B", country="CN", utc_offset=480) as other:
        file = backup(other)
    library.close()
    with pytest.raises(DataProblem, match="OTHER_STATION"):
        restore(library.folder, file)


def test_only_the_newest_backups_stay_in_the_library(library: Library) -> None:
    now = library.now_ms()
    for number in range(KEPT + 2):
        library.clock = lambda moment=now + number * 1000: moment
        backup(library)
    assert len(list(library.backups.glob(f"*{SUFFIX}"))) == KEPT
    assert not list(library.backups.glob("*.part"))
    assert not list(library.backups.glob("*.db"))


def test_check_finds_what_is_wrong(library: Library) -> None:
    library.write(lambda db: db.conn.execute("UPDATE note SET text = 'forged'"))
    assert [problem.code for problem in run(check(library, make_again=True))] == ["TABLES_DIFFERED"]
    assert run(check(library, make_again=True)) == []
    with library.read() as db:
        assert db.conn.execute("SELECT text FROM note").fetchone()[0] == "first"
    library.write(lambda db: db.conn.execute("UPDATE batch SET signature = zeroblob(64)"))
    assert [problem.code for problem in run(check(library))] == ["BATCH_DAMAGED"]


def test_check_reads_originals_again(library: Library, tmp_path: Path) -> None:
    track = tmp_path / "walk.gpx"
    track.write_text('<gpx version="1.1"><wpt lat="1" lon="2"/></gpx>', encoding="utf-8")
    import_patrol(library, track)
    (kept,) = [path for path in library.vault.rglob("*") if path.is_file()]
    assert run(check(library, originals=True)) == []
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes().replace(b"2", b"3"))
    assert run(check(library)) == []
    assert [problem.code for problem in run(check(library, originals=True))] == ["ORIGINAL_DAMAGED"]
    kept.unlink()
    assert [problem.code for problem in run(check(library))] == ["ORIGINAL_MISSING"]


def test_settings_are_text(library: Library) -> None:
    library.write(lambda db: settings.put(db, "language", "ru"))
    with library.read() as db:
        assert settings.get(db, "language") == "ru"
        assert settings.get(db, "never set", "x") == "x"
