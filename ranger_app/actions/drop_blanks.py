"""Making room: originals of pictures that people confirmed as blank may be dropped, by a stated rule, never by itself.

The record, its hash, what was said of it and its thumbnail stay; putting the same card in again brings the original
back.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import originals, permission
from ranger_app.domain.fields import Value
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import disks
from ranger_app.store.connection import Database
from ranger_app.store.disks import Kept
from ranger_app.store.statements import about

DAYS = 30
DAY_MS = 86_400_000
_LIKELY = 2000
_A_BATCH = 200
_SAID = (
    f"SELECT o.type, o.at FROM observation AS o WHERE o.deleted = 0 AND o.method IS NOT 'machine' AND {about('x.id')}"
)
_KEEP = (
    "(x.seen_by < 2 OR x.shown IS NOT 'blank' OR coalesce(x.favourite, 0) = 1 OR coalesce(x.hint, 0) >= ?1"
    f" OR NOT EXISTS ({_SAID})"
    f" OR EXISTS (SELECT 1 FROM ({_SAID}) WHERE type IS NOT 'blank' OR at IS NULL OR at > ?2))"
)
"""What keeps an original: a doubt of any kind, also that nobody knows when somebody said blank."""


@dataclass(frozen=True, slots=True)
class Droppable:
    """How many originals the rule lets go, and their bytes."""

    hashes: tuple[str, ...]
    bytes: int


@dataclass(slots=True)
class DropReport:
    """What was dropped. ``kept`` counts files that could not be removed, such as those on a disk not plugged in."""

    dropped: int = 0
    bytes: int = 0
    kept: int = 0
    cancelled: bool = False


def rule_of(days: int) -> str:
    """The rule in words, as it is shown before and kept with what was dropped."""
    return _(
        "Every person who looked said blank, at least {days} days ago; no machine saw anything; not a favourite."
    ).format(days=days)


def droppable(library: Library, deployments: Sequence[bytes] | None = None, *, days: int = DAYS) -> Droppable:
    """What may go now, of these deployments or of all. All records of a file must fit the rule."""
    with library.read() as db:
        rows = _fitting(db, library.now_ms() - days * DAY_MS, "deployment", deployments)
    return Droppable(tuple(rows), sum(rows.values()))


def _fitting(db: Database, until: int, column: str, these: Sequence[Value] | None) -> dict[str, int]:
    """Hash and bytes of what the rule lets go, answered until then (ms); where ``column`` is one of ``these``."""
    # Numbered, because a bare mark would take the number of one of the rule's own.
    marks = ",".join(f"?{number}" for number in range(3, 3 + len(these or ())))
    where = "" if these is None else f" AND m.{column} IN ({marks})"
    rows = db.conn.execute(
        "SELECT m.sha256, max(coalesce(m.bytes, 0)) FROM media AS m WHERE m.deleted = 0 AND m.shown = 'blank'"
        f" AND m.seen_by = 2 AND m.sha256 IS NOT NULL{where} AND NOT EXISTS (SELECT 1 FROM media AS x"
        f" WHERE x.sha256 = m.sha256 AND x.deleted = 0 AND {_KEEP}) AND m.sha256 NOT IN"
        " (SELECT sha256 FROM original WHERE dropped IS NOT NULL) GROUP BY m.sha256 ORDER BY m.sha256",
        (_LIKELY, until, *(these or ())),
    )
    return {row[0]: int(row[1]) for row in rows}


def drop(
    library: Library,
    deployments: Sequence[bytes] | None = None,
    *,
    days: int = DAYS,
    cancel: CancelToken | None = None,
) -> Job[DropReport]:
    """Remove what the rule lets go. Managers only. A thumbnail is made first; without one the original stays."""
    permission.require(library, permission.MANAGER)
    token, report, rule = cancel or CancelToken(), DropReport(), rule_of(days)
    wanted = droppable(library, deployments, days=days).hashes
    for first in range(0, len(wanted), _A_BATCH):
        part = wanted[first : first + _A_BATCH]
        found = {
            one: path
            for one in part
            if (path := originals.find(library, one)) is not None and _has_preview(library, one)
        }
        report.kept += len(part) - len(found)
        for sha256, before in _note(library, found, days, rule).items():
            _remove(library, sha256, found[sha256], before, report)
        yield Progress(first + len(part), len(wanted), _("Dropping originals of blank pictures"))
        if token.cancelled:
            report.cancelled = True
            break
    return report


def _has_preview(library: Library, sha256: str) -> bool:
    """Whether something stays to be looked at: without it nobody could ever doubt the answer again."""
    try:
        return thumbs.thumbnail(library.folder, sha256) is not None
    except OSError:
        return False


def _note(library: Library, found: Mapping[str, Path], days: int, rule: str) -> dict[str, Kept | None]:
    """Note these as dropped, with where each lay before; what somebody doubted since it was found is left out."""
    before: dict[str, Kept | None] = {}
    now, by = library.now_ms(), library.person

    def write(db: Database) -> None:
        still = _fitting(db, now - days * DAY_MS, "sha256", list(found))
        before.update((sha256, disks.kept(db, sha256)) for sha256 in still)
        disks.put_dropped(db, still, at=now, person=by, rule=rule)

    library.write(write)
    return before


def _remove(library: Library, sha256: str, path: Path, before: Kept | None, report: DropReport) -> None:
    try:
        size = path.stat().st_size
        path.chmod(stat.S_IREAD | stat.S_IWRITE)  # Windows removes no read-only file
        path.unlink()
    except OSError:  # on a disk that only reads, or in use: it is where it was
        report.kept += 1
        disk = before.disk if before is not None else None
        if disk is not None:
            library.write(lambda db: disks.put_on(db, disk, [sha256]))
        else:
            library.write(lambda db: disks.put_back(db, [sha256]))
        return
    report.dropped += 1
    report.bytes += size
