"""Erasing records for good where the law asks for it: a manager's act that travels in bundles and cannot be undone.

What was written on sticks and in backups before stays there; the person who purges is told so.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ranger_app.actions import permission
from ranger_app.actions.originals import Found, look_for
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain import ops
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import disks, origins

_TURN = 500
_HASH = 64
"""Digits of a hash; a shorter name is a record's id, under which only previews lie."""


def purge(library: Library, kind: str, records: Sequence[bytes]) -> Changes:
    """Erase what these records say, here now and at every partner with the next bundle. Managers only.

    DataProblem where one of them is not here, or was made by another station, which alone can have it purged.
    """
    permission.require(library, permission.MANAGER)
    with library.read() as db:
        for record in records:
            existing(db, kind, record)
            made_by = origins.of(db, kind, record, library.station)
            if made_by is None or not made_by.own:
                raise DataProblem(
                    "NOT_OURS",
                    _("Only the station that made a record can purge it."),
                    _("Ask {station} to purge it.").format(station=made_by.name if made_by else _("its station")),
                )
    changes = Changes(frozenset())
    for start in range(0, len(records), _TURN):
        part = records[start : start + _TURN]
        changes = library.commit([ops.purge(kind, record) for record in part], label="purge")
    remove_files(library)
    return changes


def finish_purges(library: Library, *, purged: bool = False) -> None:
    """Remove what ``purged`` records left, or those before the power failed: files, and traces in the database."""
    with library.read() as db:
        waiting = bool(disks.waiting_purge(db))
    if waiting or purged:
        remove_files(library)


def remove_files(library: Library) -> int:
    """Remove the files of purged pictures and tracks; returns how many wait for a disk that is not plugged in.

    Called after every purge, own or a partner's, and whenever a disk comes back.
    """
    with library.read() as db:
        waiting = disks.waiting_purge(db)
    done: list[str] = []
    for name in waiting:
        found = look_for(library, name) if len(name) == _HASH else Found(None, lost=True)
        if found.path is None and not found.lost:
            continue  # on a disk that is not here now
        for path in (found.path, thumbs.place(library.cache, name), thumbs.review_place(library.cache, name)):
            if path is not None and not _removed(path):
                break
        else:
            done.append(name)
    now = library.now_ms()
    library.write(lambda db: disks.put_dropped(db, done, now, library.person, disks.PURGED))
    library.forget_what_was_deleted()
    return len(waiting) - len(done)


def _removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True
