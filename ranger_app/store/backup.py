"""A copy of the database that is whole: made beside, checked, synced, then put in place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.store.connection import Database, DatabaseError, open_reader, said

_STEPS = 20_000
"""Steps of the database's machine between two looks at whether to stop: a few milliseconds."""


class Stopped(Exception):
    """The copy was given up because somebody asked for it; nothing is left behind."""


def copy_database(db: Database, target: Path, stopped: Callable[[], bool] | None = None) -> Path:
    """Copy the open database to ``target`` (VACUUM INTO, which does not sync by itself) and check the copy.

    Raises Stopped once ``stopped()`` is true, EnvironmentProblem where the disk is full or fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    # A reader may not write at all, which SQLite takes to mean this too; its file is opened read-only anyway.
    (guarded,) = db.conn.execute("PRAGMA query_only").fetchone()
    db.conn.execute("PRAGMA query_only=OFF")
    if stopped is not None:
        db.conn.set_progress_handler(lambda: int(stopped()), _STEPS)
    try:
        db.conn.execute("VACUUM INTO ?", (str(draft),))
    except DatabaseError as error:
        draft.unlink(missing_ok=True)
        if stopped is not None and stopped():
            raise Stopped from error
        raise said(error, target.parent) from error
    finally:
        db.conn.set_progress_handler(None, 0)
        db.conn.execute(f"PRAGMA query_only={guarded}")
    try:
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        verify_database(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def verify_database(path: Path) -> None:
    """Raise DataProblem unless the file is a sound database."""
    try:
        copy = open_reader(path)
        try:
            answer = copy.conn.execute("PRAGMA quick_check").fetchone()[0]
        finally:
            copy.conn.close()
    except DatabaseError as error:
        answer = str(error)
    if answer != "ok":
        raise DataProblem("DATABASE_DAMAGED", _("The database copy is damaged."), _("Check the disk and try again."))
