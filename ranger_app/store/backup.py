"""A copy of the database that is whole: made beside, checked, synced, then put in place."""

from __future__ import annotations

import os
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.store.connection import Database, DatabaseError, open_reader


def copy_database(db: Database, target: Path) -> Path:
    """Copy the open database to ``target`` (VACUUM INTO, which does not sync by itself) and check the copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    # A reader may not write at all, which SQLite takes to mean this too; its file is opened read-only anyway.
    (guarded,) = db.conn.execute("PRAGMA query_only").fetchone()
    db.conn.execute("PRAGMA query_only=OFF")
    try:
        db.conn.execute("VACUUM INTO ?", (str(draft),))
    finally:
        db.conn.execute(f"PRAGMA query_only={guarded}")
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    verify_database(draft)
    draft.replace(target)
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
