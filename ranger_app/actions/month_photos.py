"""Up to six photos of a month's patrols: those of finds first, one of each patrol before a second of any.

Only pictures that may leave: by the sharing rule where the report leaves, and never people who were not released.
"""

from __future__ import annotations

from collections.abc import Sequence

from ranger_app.actions import bundle_pictures, leaving
from ranger_app.actions.patrol_legs import local_day
from ranger_app.actions.patrol_study import Seen, Study
from ranger_app.actions.patrol_words import Categories
from ranger_app.actions.sharing_view import View
from ranger_app.domain import sharing
from ranger_app.domain.findings import Photo
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.store.connection import Database
from ranger_app.sync.packs import NO_HASH

MOST = 6
_MOST_BYTES = 120_000
_LOOKED_AT = 300
_A_TURN = 500


def choose(
    library: Library, db: Database, asked: Study, seen: Sequence[Seen], categories: Categories
) -> tuple[Photo, ...]:
    """The photos for the patrols of a study; none where the rule lets no picture leave."""
    rule = sharing.FULL if asked.named else sharing.OPEN
    if rule.pictures == "none":
        return ()
    candidates = _candidates(db, asked)
    if asked.question.at_home and not asked.question.exact:
        allowed = dict.fromkeys(leaving.pixels_that_leave(db, [one[0] for one in candidates]), "original")
    else:
        told = View(db, rule, library.now_ms()).pictures([one[0] for one in candidates])
        allowed = {one: how for one, how in told.items() if how != "none"}
    found: list[Photo] = []
    for media, sha256, patrol, category, at in candidates:
        if len(found) == MOST:
            break
        how = allowed.get(media)
        jpeg = _jpeg(library, media, sha256, redacted=how == "redacted") if how else None
        if jpeg is None:
            continue
        offset = asked.patrols[patrol].offset
        words = [local_day(at * 1000, offset) if at is not None else asked.patrols[patrol].date]
        if category:
            words.append(categories.word(category))
        found.append(Photo(jpeg, " · ".join(words)))
    return tuple(found)


def _candidates(db: Database, asked: Study) -> list[tuple[bytes, str | None, bytes, str, int | None]]:
    """Pictures of the patrols: id, hash, patrol, category of their find, time; in the order they are wanted."""
    rows: list[tuple[bytes, str | None, bytes, str, int | None]] = []
    ids = list(asked.patrols)
    for start in range(0, len(ids), _A_TURN):
        part = ids[start : start + _A_TURN]
        rows += db.conn.execute(
            "SELECT m.id, m.sha256, m.patrol, coalesce(s.category, (SELECT x.category FROM sighting AS x"
            " WHERE x.waypoint = m.waypoint AND x.deleted = 0 ORDER BY x.key LIMIT 1), ''), m.taken_at FROM media AS m"
            " LEFT JOIN sighting AS s ON s.id = m.sighting AND s.deleted = 0"
            f" WHERE m.patrol IN ({','.join('?' * len(part))}) AND m.deleted = 0",
            part,
        ).fetchall()
    rows.sort(key=lambda row: (not row[3], row[4] or 0))
    turns: dict[bytes, int] = {}
    ordered = []
    for row in rows:
        turns[row[2]] = turns.get(row[2], -1) + 1
        ordered.append((turns[row[2]], row))
    return [row for _turn, row in sorted(ordered, key=lambda one: one[0])][:_LOOKED_AT]


def _jpeg(library: Library, media: bytes, sha256: str | None, *, redacted: bool) -> bytes | None:
    """The small preview, without what the camera wrote where the rule keeps that back; None where there is none."""
    if redacted:
        made = bundle_pictures.thumbnail(library, NO_HASH + media)
    else:
        try:
            path = thumbs.thumbnail(library.folder, sha256 or media.hex())
            made = path.read_bytes() if path else None
        except (OSError, ValueError):
            made = None
    return made if made and len(made) <= _MOST_BYTES else None
