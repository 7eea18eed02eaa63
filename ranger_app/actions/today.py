"""What waits for somebody today, with the names that make each figure plain: the page the window opens with."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import (
    deployment_list,
    disk,
    kept_back,
    ledger,
    patrol_queue,
    permission,
    restored,
    revocations,
    status,
    time_check,
)
from ranger_app.actions.deployment_list import IngestLine
from ranger_app.actions.patrol_queue import Returned
from ranger_app.domain.clock_checks import UNDATED
from ranger_app.errors import RangerError
from ranger_app.library import Library
from ranger_app.media import card, volumes
from ranger_app.media.volumes import Volume
from ranger_app.store import settings
from ranger_app.store.connection import Database
from ranger_app.store.revocations import withdrawn as withdrawn_stations

NAMED = 3
"""How many names a card of Today shows at most."""


@dataclass(frozen=True, slots=True)
class Day:
    """Numbers of what waits, and for each the first names.

    ``backup_days`` since the last backup on another disk, None where there was none.
    """

    to_review: int
    review_at: str
    """The deployment with the most pictures to review."""
    review_there: int
    to_submit: int
    submit_names: tuple[str, ...]
    patrols_to_review: int
    patrol_names: tuple[str, ...]
    decisions: int
    decided_with: tuple[str, ...]
    """The stations that wrote something else."""
    ingests: tuple[IngestLine, ...]
    partners: tuple[str, ...]
    """Partners whose digits were not yet compared."""
    backup_days: int | None
    pictures: int
    empty: bool
    """Whether nothing at all was recorded yet."""
    second_look: int = 0
    """Events that two people saw differently."""
    times: tuple[tuple[bytes, str, int], ...] = ()
    """Deployments whose times cannot be right: id, name, how many pictures."""
    backup_here: bool = False
    """Whether there is a backup at all, if only on the disk of the library."""
    originals_left: int = 0
    """How many originals the last backup on another disk could not take."""
    originals_wait: bool = False
    """Whether originals of a restored library still lie in its backup."""
    untold: tuple[str, ...] = ()
    """Partners that do not know yet that this library was restored."""
    withdrawals: tuple[str, ...] = ()
    """Stations whose keys a partner says are withdrawn, and nobody here decided yet."""
    own_withdrawn: bool = False
    """Whether the keys of this very station are withdrawn."""
    receipts: tuple[tuple[str, int], ...] = ()
    """Partners whose receipt is overdue, and for how many days a bundle has been on its way to each."""
    returned: tuple[Returned, ...] = ()
    """Patrols that came back to whoever is at work, with what has to be mended; not counted in ``to_submit``."""
    reopened: int = 0
    """Approved patrols that changed since."""
    reopened_names: tuple[str, ...] = ()
    judges: bool = True
    """Whether whoever is at work may approve patrols."""
    same_animals: int = 0
    """Pairs of animals that a partner says are one, and this station has not answered."""
    second_opinions: int = 0
    """Questions which animal it is that whoever is at work may answer."""
    disk_open: bool = False
    """Whether the disk is not encrypted and the station has not said that it knows."""


def day(library: Library) -> Day:
    """Read what waits; fast at a million pictures, but not for the window's own thread."""
    waiting = status.waiting(library)
    judges = permission.role(library)
    ingests = tuple(deployment_list.ingests(library, unfinished=True))
    with library.read() as db:
        at, there = _most_to_review(db)
        pictures = int(db.conn.execute("SELECT count(*) FROM media WHERE deleted = 0").fetchone()[0])
        returned = patrol_queue.returned(db, library.person)
        back = ",".join(f"x'{one.id.hex()}'" for one in returned)
        submit = f"coalesce(state, 'draft') IN ('draft', 'returned') AND id NOT IN ({back})"
        review, reopened = "state = 'submitted'", "reopened = 1"
        return Day(
            to_review=waiting["pictures_to_review"] or 0,
            review_at=at,
            review_there=there,
            to_submit=(waiting["patrols_to_submit"] or 0) - len(returned),
            submit_names=_patrols(db, submit),
            patrols_to_review=waiting["patrols_to_review"] or 0,
            patrol_names=_patrols(db, review),
            decisions=waiting["conflicts"] or 0,
            decided_with=_other_sides(db),
            ingests=ingests,
            partners=_unconfirmed(db),
            backup_days=waiting["backup_elsewhere_days"],
            backup_here=waiting["backup_days"] is not None,
            originals_left=int(settings.get(db, "backup.originals_left", "0")),
            untold=tuple(restored.untold(db)),
            originals_wait=bool(settings.get(db, restored.WAITING)),
            pictures=pictures,
            empty=not pictures and not _any(db, "patrol") and not _any(db, "survey") and not _any(db, "deployment"),
            second_look=waiting["second_look"] or 0,
            times=_times(library),
            withdrawals=tuple(one.name for one in revocations.waiting(library)),
            own_withdrawn=library.station.id in withdrawn_stations(db),
            receipts=tuple((one.name, one.days) for one in ledger.receipts_missing(library)),
            returned=tuple(returned),
            reopened=_number(db, f"SELECT count(*) FROM patrol WHERE deleted = 0 AND {reopened}"),
            reopened_names=_patrols(db, reopened),
            judges=judges is None or judges in permission.MANAGER,
            same_animals=waiting["same_animals"] or 0,
            second_opinions=waiting["second_opinions"] or 0,
            disk_open=disk.warns(db),
        )


def cards_in_readers() -> list[Volume]:
    """Cards and sticks plugged in that hold a camera's folder DCIM; slow readers make this slow."""
    return [one for one in volumes.removable() if is_camera_card(one.path)]


def is_emptied(library: Library, folder: Path) -> bool:
    """Whether everything on this card came in with the last ingest from this folder. Lists the card: for workers."""
    with library.read() as db:
        last = db.conn.execute(
            "SELECT id, report FROM ingest WHERE folder=? AND finished IS NOT NULL AND taken_back IS NULL"
            " ORDER BY finished DESC LIMIT 1",
            (str(folder.expanduser().resolve()),),
        ).fetchone()
        if last is None:
            return False
        taken = {
            (row[0] or "", row[1], row[2])
            for row in db.conn.execute(
                "SELECT folder, file_name, bytes FROM media WHERE ingest=? LIMIT 500", (last[0],)
            )
        }
    found = json.loads(last[1]).get("found")
    try:
        listing = card.walk(folder, without=library.folder)
    except (RangerError, OSError):
        return False
    empty = sum(problem.code == "empty_file" for problem in listing.problems)
    here = {(file.folder, file.name, file.bytes) for file in listing.files}
    # Another card in the same reader has other files; the same card taken out again has more of them.
    return len(listing.files) + empty == found and taken <= here


def is_camera_card(folder: Path) -> bool:
    """Whether a folder DCIM lies at its top, as every camera makes it."""
    with suppress(OSError), os.scandir(folder) as entries:
        return any(entry.name.upper() == "DCIM" for entry in entries)
    return False


def _times(library: Library) -> tuple[tuple[bytes, str, int], ...]:
    found: dict[bytes, tuple[bytes, str, int]] = {}
    for one in time_check.doubts(library):
        if one.finding.code == UNDATED:
            continue  # no date is not a wrong one, and the card's report said so
        before = found.get(one.deployment, (one.deployment, one.name, 0))
        found[one.deployment] = (*before[:2], before[2] + one.finding.pictures)
    return tuple(found.values())


def _number(db: Database, sql: str) -> int:
    return int(db.conn.execute(sql).fetchone()[0])


def _any(db: Database, kind: str) -> bool:
    return db.conn.execute(f'SELECT 1 FROM "{kind}" WHERE deleted = 0 LIMIT 1').fetchone() is not None


def _most_to_review(db: Database) -> tuple[str, int]:
    row = db.conn.execute(
        "SELECT deployment, count(*) AS n FROM media WHERE deleted = 0 AND seen_by < 2"
        " GROUP BY deployment ORDER BY n DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return "", 0
    name = db.conn.execute("SELECT name FROM deployment WHERE id=?", (row[0],)).fetchone()
    return (kept_back.name(db, "deployment", row[0], name[0]) if name else ""), int(row[1])


def _patrols(db: Database, where: str) -> tuple[str, ...]:
    rows = db.conn.execute(
        f"SELECT id, name FROM patrol WHERE deleted = 0 AND {where} ORDER BY coalesce(date, '') DESC, key LIMIT {NAMED}"
    ).fetchall()
    return tuple(kept_back.name(db, "patrol", *row) for row in rows)


def _other_sides(db: Database) -> tuple[str, ...]:
    if db.conn.execute("SELECT 1 FROM conflict LIMIT 1").fetchone() is None:
        return ()
    rows = db.conn.execute("SELECT name FROM station WHERE partner = 1 AND trusted = 1 ORDER BY name").fetchall()
    return tuple(str(row[0]) for row in rows[:NAMED])


def _unconfirmed(db: Database) -> tuple[str, ...]:
    rows = db.conn.execute("SELECT name FROM station WHERE partner = 1 AND trusted = 0 ORDER BY name").fetchall()
    return tuple(str(row[0]) for row in rows)
