"""Steps of the database: each whole or not taken, newer files refused, older ones backed up first."""

from __future__ import annotations

from pathlib import Path

import pytest

from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store.connection import APPLICATION_ID, Database, open_writer
from ranger_app.store.migrations import STEPS, migrate, version
from ranger_app.store.schema import whole


def test_the_newest_step_leaves_todays_tables(tmp_path: Path) -> None:
    db = open_writer(tmp_path / "x.db")
    assert migrate(db) == len(STEPS)
    assert migrate(db) == 0
    made = {row[0] for row in db.conn.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
    wanted = {statement.strip() for statement in whole().split(";\n") if statement.strip()}
    assert made == wanted
    assert db.conn.execute("PRAGMA foreign_key_check").fetchall() == []
    db.conn.close()


def test_a_failing_step_is_not_taken_and_the_backup_comes_first(tmp_path: Path) -> None:
    db = open_writer(tmp_path / "x.db")
    migrate(db)
    backups: list[int] = []

    def backup() -> Path:
        backups.append(version(db))
        return tmp_path

    def broken(db: Database) -> None:
        db.conn.execute("CREATE TABLE half (x TEXT) STRICT")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrate(db, backup, (*STEPS, broken))
    assert backups == [len(STEPS)]
    assert version(db) == len(STEPS)
    assert not db.conn.execute("SELECT 1 FROM sqlite_master WHERE name='half'").fetchall()
    db.conn.close()


def test_a_library_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Library.create(tmp_path / "l", name="Station A", country="RU", utc_offset=600).close()
    db = open_writer(tmp_path / "l" / "ranger.db")
    db.conn.execute("PRAGMA user_version=99")
    assert db.conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    db.conn.close()
    before = (tmp_path / "l" / "ranger.db").read_bytes()
    with pytest.raises(DataProblem, match="LIBRARY_TOO_NEW"):
        Library.open(tmp_path / "l")
    assert (tmp_path / "l" / "ranger.db").read_bytes() == before


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    Library.create(tmp_path / "l", name="Station A", country="RU", utc_offset=600).close()
    (tmp_path / "l" / "ranger.db").write_bytes(b"not a database at all" * 400)
    with pytest.raises(DataProblem, match="LIBRARY_DAMAGED"):
        Library.open(tmp_path / "l")
