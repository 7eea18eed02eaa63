"""Numbered steps from an empty file to today's tables, each in one transaction with its record.

Steps hold frozen SQL, never today's declarations. A file from a newer version is refused, an older one is backed
up before its first step.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.store.connection import APPLICATION_ID, Database, transaction
from ranger_app.store.migrations import (
    m0001_initial,
    m0002_camera_traps,
    m0003_exchange,
    m0004_patrols,
    m0005_individuals,
)

Step = Callable[[Database], None]
STEPS: tuple[Step, ...] = (
    m0001_initial.apply,
    m0002_camera_traps.apply,
    m0003_exchange.apply,
    m0004_patrols.apply,
    m0005_individuals.apply,
)


def version(db: Database) -> int:
    """How many steps this file has taken."""
    return int(db.conn.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: Database, backup: Callable[[], Path] | None = None, steps: tuple[Step, ...] = STEPS) -> int:
    """Take the missing steps; returns how many there were. DataProblem for a file of a newer version."""
    application = int(db.conn.execute("PRAGMA application_id").fetchone()[0])
    done = version(db)
    if done > len(steps) or application not in (0, APPLICATION_ID):
        raise DataProblem(
            "LIBRARY_TOO_NEW",
            _("This library was made by a newer version of Ranger."),
            _("Update Ranger, then open it again."),
        )
    missing = steps[done:]
    if missing and done and backup:
        backup()
    for number, step in enumerate(missing, start=done + 1):
        with transaction(db):
            step(db)
            db.conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.conn.execute(f"PRAGMA user_version={number}")
    return len(missing)
