"""What a bundle would hold before it is written, from the log's own figures, so that step three can say it at once."""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions import leaving
from ranger_app.domain.intervals import covers, unpack
from ranger_app.library import Library
from ranger_app.store import partners as store
from ranger_app.sync import holds


@dataclass(frozen=True, slots=True)
class Outlook:
    """``records`` and ``thumbnails`` that none of the partners is known to hold; ``originals`` and their bytes here."""

    records: int
    thumbnails: int
    originals: int
    original_bytes: int


def outlook(library: Library, partners: tuple[bytes, ...]) -> Outlook:
    """What would be written for ``partners`` (station ids). An upper bound: damaged originals are found on writing."""
    with library.read() as db:
        known = [found for one in partners if (found := store.station(db, one)) is not None]
        said = [holds.from_bytes(one.holds) for one in known]
        have = holds.common([unpack(one.packed) if one else {} for one in said])
        creator = partners[0] if len(partners) == 1 else b""
        lacking = [
            (key, operations)
            for key, origin, incarnation, n, operations in db.conn.execute(
                "SELECT key, origin, incarnation, n, operations FROM batch"
            )
            if not covers(have.get((origin, incarnation), []), n)
        ]
        thumbnails = 0
        for start in range(0, len(lacking), 500):
            keys = [key for key, _operations in lacking[start : start + 500]]
            marks = ",".join("?" * len(keys))
            thumbnails += int(
                db.conn.execute(
                    "SELECT count(*) FROM media WHERE deleted=0 AND sha256 IS NOT NULL"
                    f" AND batch IN ({marks})",
                    keys,
                ).fetchone()[0]
            )
        originals, size = db.conn.execute(
            "SELECT count(*), coalesce(sum(m.bytes), 0) FROM media m LEFT JOIN batch b ON b.key=m.batch"
            " WHERE m.deleted=0 AND m.sha256 IS NOT NULL AND coalesce(b.origin, x'') <> ?"
            f" AND {leaving.ALL_ORIGINALS}",
            (creator,),
        ).fetchone()
    return Outlook(sum(operations for _key, operations in lacking), thumbnails, int(originals), int(size))
