"""Take an ingest back whole, as long as nobody else has seen it: the wrong card, the wrong place.

The originals stay in the vault; only the records go, and undo brings them back.
"""

from __future__ import annotations

from ranger_app.domain.ops import Op, delete
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.connection import Database

LABEL = "take back"
_CHUNK = 1500


def take_back(library: Library, ingest_id: str) -> int:
    """Delete the records of an ingest (32 hex digits); answers how many pictures and videos.

    Its deployment, location and camera go too where this ingest made them and nothing else uses them. Raises
    DataProblem INGEST_UNKNOWN, or SHARED once any of it was written in a bundle.
    """
    with library.read() as db:
        row = db.conn.execute("SELECT deployment FROM ingest WHERE id=?", (ingest_id,)).fetchone()
        media = db.conn.execute(
            "SELECT id FROM media WHERE ingest=? AND deleted=0 ORDER BY key", (ingest_id,)
        ).fetchall()
        if row is None or not media:
            raise DataProblem(
                "INGEST_UNKNOWN",
                _("There is no such ingest to take back."),
                _("Look at the list of ingests; it may have been taken back already."),
            )
        deployment: bytes = row[0]
        batches = {
            found[0] for found in db.conn.execute("SELECT DISTINCT batch FROM media WHERE ingest=?", (ingest_id,))
        }
        if any(is_shared(db, batch) for batch in batches):
            raise DataProblem(
                "SHARED",
                _("Pictures of this ingest were written in a bundle already."),
                _("Delete single pictures instead; the partner learns of it with the next bundle."),
            )
        ops = [delete("media", record) for (record,) in media]
        ops += [delete("observation", record) for record in _observations(db, ingest_id)]
        ops += _emptied(db, deployment, ingest_id, batches)
    at = library.now_ms()

    def also(writer: Database) -> None:
        writer.conn.execute("UPDATE ingest SET taken_back=? WHERE id=?", (at, ingest_id))

    act: int | None = None
    for first in range(0, len(ops), _CHUNK):
        part = ops[first : first + _CHUNK]
        last = first + _CHUNK >= len(ops)
        changes = library.commit(part, label=LABEL, act=act, also=also if last else None)
        act = act or changes.batch
    return len(media)


def is_shared(db: Database, batch: int) -> bool:
    """Whether the batch with this local key was written in any bundle."""
    return bool(db.conn.execute("SELECT 1 FROM journal WHERE upto >= ? LIMIT 1", (batch,)).fetchall())


def _observations(db: Database, ingest_id: str) -> list[bytes]:
    """Statements about these pictures; one on an event goes too, because an ingest takes events whole."""
    ours = "SELECT id FROM media WHERE ingest=?1 AND deleted=0"
    found = db.conn.execute(
        f"SELECT id FROM observation WHERE deleted=0 AND (media IN ({ours}) OR id IN"
        f" (SELECT observation FROM event_picture WHERE media IN ({ours})))",
        (ingest_id,),
    )
    return [row[0] for row in found]


def _emptied(db: Database, deployment: bytes, ingest_id: str, batches: set[int]) -> list[Op]:
    """Deletions of what only this ingest had brought: its deployment, and then its location and camera."""
    others = "SELECT 1 FROM media WHERE deployment=? AND deleted=0 AND ingest IS NOT ? LIMIT 1"
    row = db.conn.execute(
        "SELECT batch, location, camera FROM deployment WHERE id=? AND deleted=0", (deployment,)
    ).fetchone()
    if row is None or row[0] not in batches or db.conn.execute(others, (deployment, ingest_id)).fetchall():
        return []
    ops = [delete("deployment", deployment)]
    for kind, record in (("location", row[1]), ("camera", row[2])):
        if record is None:
            continue
        made = db.conn.execute(f"SELECT batch FROM {kind} WHERE id=? AND deleted=0", (record,)).fetchone()
        used = db.conn.execute(
            f"SELECT 1 FROM deployment WHERE {kind}=? AND id<>? AND deleted=0 LIMIT 1", (record, deployment)
        ).fetchall()
        if made and made[0] in batches and not used:
            ops.append(delete(kind, record))
    return ops
