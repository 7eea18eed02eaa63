"""Making room: originals of pictures that people confirmed as blank may be dropped, by a stated rule, never by itself.

The record, its hash, what was said of it and its thumbnail stay; putting the same card in again brings the original
back.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from ranger_app.actions import originals, permission
from ranger_app.domain.fields import Value
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store import disks

DAYS = 30
DAY_MS = 86_400_000
_LIKELY = 2000
_A_BATCH = 200
_SAID = (
    "SELECT o.type, coalesce(o.at, 0) AS at FROM observation AS o WHERE o.deleted = 0 AND o.method IS NOT 'machine'"
    " AND (o.media = x.id OR o.id IN (SELECT e.observation FROM event_picture AS e WHERE e.media = x.id))"
)
_KEEP = (
    "(x.seen_by < 2 OR x.shown IS NOT 'blank' OR coalesce(x.favourite, 0) = 1 OR coalesce(x.hint, 0) >= ?1"
    f" OR EXISTS (SELECT 1 FROM ({_SAID}) WHERE type <> 'blank' OR at > ?2))"
)


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
        where = "m.deleted = 0 AND m.shown = 'blank' AND m.seen_by = 2 AND m.sha256 IS NOT NULL"
        params: list[Value] = [_LIKELY, library.now_ms() - days * DAY_MS]
        if deployments is not None:
            where += f" AND m.deployment IN ({','.join('?' * len(deployments))})"
            params += deployments
        rows = db.conn.execute(
            f"SELECT m.sha256, max(m.bytes) FROM media AS m WHERE {where} AND NOT EXISTS (SELECT 1 FROM media AS x"
            f" WHERE x.sha256 = m.sha256 AND x.deleted = 0 AND {_KEEP}) AND m.sha256 NOT IN"
            " (SELECT sha256 FROM original WHERE dropped IS NOT NULL) GROUP BY m.sha256 ORDER BY m.sha256",
            params,
        ).fetchall()
    return Droppable(tuple(row[0] for row in rows), sum(row[1] or 0 for row in rows))


def drop(
    library: Library,
    deployments: Sequence[bytes] | None = None,
    *,
    days: int = DAYS,
    cancel: CancelToken | None = None,
) -> Job[DropReport]:
    """Remove what the rule lets go. Managers only. A thumbnail is made first where there is none."""
    permission.require(library, permission.MANAGER)
    token, report, rule = cancel or CancelToken(), DropReport(), rule_of(days)
    wanted = droppable(library, deployments, days=days).hashes
    for first in range(0, len(wanted), _A_BATCH):
        part = wanted[first : first + _A_BATCH]
        found = {one: path for one in part if (path := originals.find(library, one)) is not None}
        report.kept += len(part) - len(found)
        for sha256 in found:
            with suppress(OSError):
                thumbs.thumbnail(library.folder, sha256)
        now, by = library.now_ms(), library.person
        library.write(partial(disks.put_dropped, hashes=list(found), at=now, person=by, rule=rule))
        for path in found.values():
            size = path.stat().st_size
            path.chmod(stat.S_IREAD | stat.S_IWRITE)  # Windows removes no read-only file
            path.unlink()
            report.dropped += 1
            report.bytes += size
        yield Progress(first + len(part), len(wanted), _("Dropping originals of blank pictures"))
        if token.cancelled:
            report.cancelled = True
            break
    return report
