"""Columns computed from other records so that a million pictures sort and filter at once.

They belong to this library alone: never hashed, never exchanged, made again whenever their source changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from ranger_app.domain.fields import Value
from ranger_app.domain.time import Correction, corrections, utc_seconds
from ranger_app.store.connection import Database
from ranger_app.store.statements import FIRST_THAT_COUNTS, about

_ABOUT = f"o.deleted = 0 AND {about('media.id')}"
_SEEN = f"""
UPDATE media SET
    (seen_by, hint, people) = (SELECT
        CASE WHEN coalesce(max(o.look = 'settled'), 0) OR count(DISTINCT CASE
                WHEN o.method IS NOT 'machine' AND o.type <> 'unclassified' THEN coalesce(o."by", o.by_name, x'') END)
                >= coalesce((SELECT d.looks FROM deployment AS d WHERE d.id = media.deployment), 1) THEN 2
            WHEN coalesce(max(o.type <> 'unclassified'), 0) THEN 1 ELSE 0 END,
        max(CASE WHEN o.method = 'machine' THEN CASE o.type WHEN 'blank' THEN 0 ELSE coalesce(o.certainty, 10000) END
            END),
        coalesce(CASE WHEN max(o.look = 'settled') THEN max(o.look = 'settled' AND o.type = 'human')
            WHEN max(o.method IS NOT 'machine' AND o.type <> 'unclassified')
                THEN max(o.method IS NOT 'machine' AND o.type = 'human')
            ELSE max(o.type = 'human') END, 0)
        FROM observation AS o WHERE {_ABOUT}),
    shown = (SELECT coalesce(o.taxon, o.type) FROM observation AS o WHERE {_ABOUT}
        ORDER BY {FIRST_THAT_COUNTS} LIMIT 1)
WHERE id = ?
"""
"""What is settled counts before what people say, and people before machines. Where a deployment asks for two looks,
a picture counts as seen once two people have looked at it. Who says "unclassified" gave no answer: a machine that saw
people is still believed."""


_MET = """
UPDATE observation SET met_at = CASE WHEN individual IS NOT NULL THEN (SELECT max(m.taken_at) FROM media AS m
    WHERE m.deleted = 0 AND (m.id = observation.media
        OR m.id IN (SELECT e.media FROM event_picture AS e WHERE e.observation = observation.id))) END
WHERE id = ?
"""
"""A catalogue of very many animals tells when each was met last without reading their pictures."""


class Offsets:
    """The UTC offset and clock corrections of deployments, read once each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: dict[Value, tuple[int | None, list[Correction]]] = {}

    def of(self, deployment: Value) -> tuple[int | None, list[Correction]]:
        """(minutes east of UTC, corrections); (None, []) while the deployment is not here."""
        found = self._known.get(deployment)
        if found is None:
            row = self._db.conn.execute(
                "SELECT utc_offset, clock_corrections FROM deployment WHERE id=?", (deployment,)
            ).fetchone()
            found = self._known[deployment] = (row[0], corrections(row[1])) if row else (None, [])
        return found

    def instant(self, written: Value, deployment: Value, own_offset: Value) -> int | None:
        """Seconds since 1970 of a camera time; an offset of the file itself counts before the deployment's."""
        if not isinstance(written, str) or not written:
            return None
        offset, applied = self.of(deployment)
        return utc_seconds(written, own_offset if isinstance(own_offset, int) else offset, applied)


class Touch(Protocol):
    """What ``refresh`` needs to know of a batch."""

    new: dict[str, list[bytes]]
    changed: dict[str, list[bytes]]
    retimed: set[bytes]
    reseen: set[bytes]
    relooked: set[bytes]


def refresh(db: Database, touched: Touch, batch: int) -> None:
    """Bring the derived columns up to date after a batch; the caller holds the transaction."""
    new, changed = touched.new, touched.changed
    _times(db, OF_DEPLOYMENT, touched.retimed)
    _times(db, "id=?", changed.get("media", ()))
    _link(db, new.get("observation", ()))
    _link(db, changed.get("observation", ()), again=True)
    seen = touched.reseen | pictures_of(db, [*new.get("observation", ()), *changed.get("observation", ())])
    for deployment in touched.relooked:
        rows = db.conn.execute(f"SELECT id FROM media WHERE {OF_DEPLOYMENT}", (deployment,))
        seen.update(row[0] for row in rows)
    pictures = set(changed.get("media", ()))
    if "media" in new and _any_observed(db, batch):
        pictures.update(new["media"])
    db.conn.executemany(_SEEN, [(record,) for record in seen | pictures])
    named = [row[0] for kind in (new, changed) for row in _chosen(db, "id", kind.get("observation", ()), _NAMED)]
    named += _naming(db, "m.id = ?1", pictures)
    named += _naming(db, "m.deployment = ?1 AND m.deleted = 0", touched.retimed)
    db.conn.executemany(_MET, [(record,) for record in dict.fromkeys(named)])


_NAMED = " AND (individual IS NOT NULL OR met_at IS NOT NULL)"


def _naming(db: Database, pictures: str, ids: Iterable[bytes]) -> list[bytes]:
    """Statements on these pictures that name an animal."""
    sql = (
        f"SELECT o.id FROM media AS m JOIN observation AS o ON o.media = m.id WHERE {pictures}{_NAMED}"
        " UNION ALL SELECT o.id FROM media AS m JOIN event_picture AS e ON e.media = m.id"
        f" JOIN observation AS o ON o.id = e.observation WHERE {pictures}{_NAMED}"
    )
    return [row[0] for one in ids for row in db.conn.execute(sql, (one,))]


OF_DEPLOYMENT = "deployment=? AND deleted=0"
"""As the index has it: without it every new deployment would read the whole table. A deleted picture that comes back
is a changed one."""


def pictures_of(db: Database, observations: Iterable[bytes]) -> set[bytes]:
    """The pictures that these statements are about."""
    found: set[bytes] = set()
    for record, media, on_event in _chosen(db, "id, media, pictures IS NOT NULL", observations):
        if media is not None:
            found.add(media)
        if on_event:
            found.update(one[0] for one in db.conn.execute(_LINKED, (record,)))
    return found


_LINKED = "SELECT media FROM event_picture WHERE observation=?"
_AT_ONCE = 200


def _chosen(db: Database, columns: str, observations: Iterable[bytes], where: str = "") -> Iterator[tuple[Any, ...]]:
    """Rows of these statements, many with one question: an import has a statement for every picture."""
    ids = list(observations)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        marks = ",".join("?" * len(some))
        yield from db.conn.execute(f"SELECT {columns} FROM observation WHERE id IN ({marks}){where}", some).fetchall()


def _link(db: Database, observations: Sequence[bytes], *, again: bool = False) -> None:
    """Keep which pictures a statement on an event is about; ``again`` where the statement was there before."""
    if again:
        db.conn.executemany("DELETE FROM event_picture WHERE observation=?", [(record,) for record in observations])
    for record, text in _chosen(db, "id, pictures", observations, " AND pictures IS NOT NULL"):
        pictures = [(bytes.fromhex(one), record) for one in json.loads(text)]
        db.conn.executemany("INSERT OR IGNORE INTO event_picture VALUES (?,?)", pictures)


def _any_observed(db: Database, batch: int) -> bool:
    # Statements that came before their pictures, as parts of bundles may.
    return any(
        db.conn.execute(f"SELECT 1 FROM media JOIN {said} WHERE media.batch = ? LIMIT 1", (batch,)).fetchone()
        for said in ("observation AS o ON o.media = media.id", "event_picture AS e ON e.media = media.id")
    )


def _times(db: Database, where: str, ids: Iterable[bytes]) -> None:
    offsets = Offsets(db)
    for record in ids:
        rows = db.conn.execute(
            f"SELECT camera_time, deployment, file_offset, key FROM media WHERE {where}", (record,)
        ).fetchall()
        db.conn.executemany(
            "UPDATE media SET taken_at=? WHERE key=?", [(offsets.instant(*row[:3]), row[3]) for row in rows]
        )


def rebuild(db: Database) -> None:
    """Compute every derived column afresh."""
    _times(db, "id=?", [row[0] for row in db.conn.execute("SELECT id FROM media").fetchall()])
    said = "SELECT media FROM observation WHERE media IS NOT NULL UNION SELECT media FROM event_picture"
    rows = db.conn.execute(said).fetchall()
    db.conn.executemany(_SEEN, rows)
    named = db.conn.execute(f"SELECT id FROM observation WHERE 1{_NAMED}").fetchall()
    db.conn.executemany(_MET, named)
