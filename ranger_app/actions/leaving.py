"""Which pictures may leave this library as pictures, in a bundle or an export: the record itself follows other rules.

Pixels that show people stay unless a manager released the picture; an original that no person has looked at stays
unless a manager released its deployment.
"""

from __future__ import annotations

from collections.abc import Sequence

from ranger_app.actions import permission
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.ops import change
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store.connection import Database
from ranger_app.store.statements import about

_PEOPLE = "(x.people = 1 AND coalesce(x.people_released, 0) = 0)"
_UNSEEN = (
    # Only where two looks are asked for can a picture wait although somebody has looked at it.
    "(x.seen_by < 2 AND coalesce(x.deployment, x'') NOT IN (SELECT d.id FROM deployment AS d WHERE d.released = 1)"
    " AND (coalesce(x.deployment, x'') NOT IN (SELECT d.id FROM deployment AS d WHERE d.looks >= 2)"
    " OR NOT EXISTS (SELECT 1 FROM observation AS o WHERE o.deleted = 0 AND o.method IS NOT 'machine'"
    f" AND o.type <> 'unclassified' AND {about('x.id')})))"
)
_SAME = "EXISTS (SELECT 1 FROM media AS x WHERE x.sha256 = m.sha256 AND x.deleted = 0 AND {why})"
_ANY = "m.sha256 IN (SELECT x.sha256 FROM media AS x {by} WHERE x.sha256 IS NOT NULL AND x.deleted = 0 AND {why})"

SHOWS_PEOPLE = f"({_PEOPLE.replace('x.', 'm.')} OR {_SAME.format(why=_PEOPLE)})"
"""SQL on ``media AS m``: the file shows people and was not released. One record of a file binds all others of it."""
_SEEN_BY_NOBODY = f"({_UNSEEN.replace('x.', 'm.')} OR {_SAME.format(why=_UNSEEN)})"
PIXELS_LEAVE = f"NOT {SHOWS_PEOPLE}"
"""SQL on ``media AS m``: a small preview may leave."""
_ORIGINAL_LEAVES = f"NOT {SHOWS_PEOPLE} AND NOT {_SEEN_BY_NOBODY}"
_ALL_PEOPLE = _ANY.format(by="INDEXED BY media_of_people", why=_PEOPLE)
_ALL_UNSEEN = _ANY.format(by="INDEXED BY media_to_review", why=_UNSEEN)
ALL_ORIGINALS = f"NOT {_ALL_PEOPLE} AND NOT {_ALL_UNSEEN}"
"""SQL on ``media AS m``: the original may leave; for questions about the whole library, where it is much faster."""


def originals_that_leave(db: Database, media: Sequence[bytes]) -> set[bytes]:
    """Of these pictures, those whose originals may leave."""
    return _of(db, media, _ORIGINAL_LEAVES)


def pixels_that_leave(db: Database, media: Sequence[bytes]) -> set[bytes]:
    """Of these pictures, those of which a small preview may leave."""
    return _of(db, media, PIXELS_LEAVE)


def _of(db: Database, media: Sequence[bytes], rule: str) -> set[bytes]:
    found: set[bytes] = set()
    for start in range(0, len(media), 500):
        part = list(media[start : start + 500])
        marks = ",".join("?" * len(part))
        rows = db.conn.execute(f"SELECT m.id FROM media AS m WHERE m.id IN ({marks}) AND {rule}", part)
        found.update(row[0] for row in rows)
    return found


def hashes_that_leave(db: Database, hashes: Sequence[str], *, originals: bool) -> set[str]:
    """Of these files (64 hex digits), those of which the original, else a small preview, may leave."""
    found: set[str] = set()
    rule = _ORIGINAL_LEAVES if originals else PIXELS_LEAVE
    for start in range(0, len(hashes), 500):
        part = list(hashes[start : start + 500])
        marks = ",".join("?" * len(part))
        rows = db.conn.execute(
            f"SELECT m.sha256 FROM media AS m WHERE m.sha256 IN ({marks}) AND m.deleted = 0 AND {rule}", part
        )
        found.update(row[0] for row in rows)
    return found


def withheld(db: Database, creator: bytes = b"") -> dict[str, int]:
    """How many originals stay, by reason: ``people`` and ``unseen``. Those made by ``creator`` do not count."""
    others = (
        "FROM media AS m LEFT JOIN batch AS b ON b.key = m.batch WHERE m.deleted = 0 AND m.sha256 IS NOT NULL"
        " AND coalesce(b.origin, x'') <> ?"
    )
    found = {}
    for name, rule in (("people", _ALL_PEOPLE), ("unseen", f"NOT {_ALL_PEOPLE} AND {_ALL_UNSEEN}")):
        number = db.conn.execute(f"SELECT count(DISTINCT m.sha256) {others} AND {rule}", (creator,)).fetchone()[0]
        if number:
            found[name] = int(number)
    return found


def release_deployment(library: Library, deployment: bytes, *, released: bool = True) -> Changes:
    """Let the originals of a deployment leave although nobody looked at them, or no longer. Managers only."""
    permission.require(library, permission.MANAGER)
    with library.read() as db:
        existing(db, "deployment", deployment)
        _require_own(library, db, "deployment", deployment)
    return library.commit([change("deployment", deployment, {"released": int(released)})], label="release")


def release_pictures(library: Library, media: Sequence[bytes], *, released: bool = True) -> Changes:
    """Let pictures of people leave, each named one by one, or no longer. Managers only."""
    permission.require(library, permission.MANAGER)
    with library.read() as db:
        for one in media:
            existing(db, "media", one)
            _require_own(library, db, "media", one)
    return library.commit([change("media", one, {"people_released": int(released)}) for one in media], label="release")


def _require_own(library: Library, db: Database, kind: str, record: bytes) -> None:
    made_by = origins.of(db, kind, record, library.station)
    if made_by is not None and not made_by.own:
        raise DataProblem(
            "NOT_OURS",
            _("Only the station that made a record can release it."),
            _("Ask {station} to release it.").format(station=made_by.name),
        )
