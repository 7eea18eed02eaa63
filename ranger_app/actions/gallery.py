"""Pictures by the million as the window needs them: all keys of a filter at once, the rows of one page at a time.

A key is the row number in this library; it names a picture to the screen and never leaves the library.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ranger_app.domain.fields import Value
from ranger_app.domain.kinds_camera import OBSERVATION_TYPES
from ranger_app.i18n import N_
from ranger_app.store.connection import Database

REVIEWED = 2
"""``seen_by`` from which on a picture counts as done: a person said what it shows."""
TYPES = tuple(choice.code for choice in OBSERVATION_TYPES)
"""What ``shown`` may hold besides the scientific name of a species."""
FLAGS: dict[str, str] = {
    "damaged": N_("damaged"),
    "no_date": N_("no date"),
    "weak_date": N_("date uncertain"),
    "no_preview": N_("no preview"),
    "too_large": N_("too large to draw"),
}
"""Flags of pictures in a word each, untranslated."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pictures: ``shown`` is a scientific name or one of TYPES; times are UTC seconds, both included."""

    deployment: bytes | None = None
    shown: str | None = None
    start: int | None = None
    end: int | None = None
    to_review: bool = False

    def __bool__(self) -> bool:
        """Whether anything is left out at all."""
        return self != Filter()


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture in a grid. ``local`` is the corrected local time, as written where no offset is known."""

    key: int
    id: bytes
    sha256: str
    media_type: str
    file_name: str
    local: str
    shown: str
    seen_by: int
    flags: tuple[str, ...]
    deployment: bytes | None
    deployment_name: str

    @property
    def reviewed(self) -> bool:
        """Whether a person has said what it shows."""
        return self.seen_by >= REVIEWED

    @property
    def is_video(self) -> bool:
        """Whether it is a video, of which no picture is drawn."""
        return self.media_type.startswith("video/")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pictures there are and how many of them a person has looked at."""

    pictures: int
    reviewed: int

    @property
    def to_review(self) -> int:
        """How many still wait."""
        return self.pictures - self.reviewed


def _conditions(chosen: Filter) -> tuple[list[str], list[Value]]:
    conditions, params = ["deleted = 0"], list[Value]()
    if chosen.deployment is not None:
        conditions.append("deployment = ?")
        params.append(chosen.deployment)
    if chosen.shown is not None:
        conditions.append("shown = ?")
        params.append(chosen.shown)
    if chosen.to_review:
        conditions.append("seen_by < 2")
    return conditions, params


def keys(db: Database, chosen: Filter) -> array[int]:
    """The keys of all pictures that meet the filter in the order they were taken, those without a time last."""
    conditions, params = _conditions(chosen)
    dated, more = ["taken_at IS NOT NULL"], list[Value]()
    if chosen.start is not None:
        dated.append("taken_at >= ?")
        more.append(chosen.start)
    if chosen.end is not None:
        dated.append("taken_at <= ?")
        more.append(chosen.end)
    found: array[int] = array("q")
    sql = f"SELECT key FROM media WHERE {' AND '.join([*conditions, *dated])} ORDER BY taken_at, key"
    _fill(found, db, sql, [*params, *more])
    if not more:
        sql = f"SELECT key FROM media WHERE {' AND '.join(conditions)} AND taken_at IS NULL ORDER BY key"
        _fill(found, db, sql, params)
    return found


def _fill(found: array[int], db: Database, sql: str, params: Sequence[Value]) -> None:
    cursor = db.conn.execute(sql, params)
    while rows := cursor.fetchmany(5000):
        found.extend([row[0] for row in rows])


def cells(db: Database, wanted: Sequence[int]) -> list[Cell]:
    """The pictures with these keys (at most a few hundred), in this order; one deleted meanwhile is left out."""
    marks = ",".join("?" * len(wanted))
    rows = db.conn.execute(
        "SELECT m.key, m.id, m.sha256, m.media_type, m.file_name, m.camera_time, m.taken_at, d.utc_offset, m.shown,"
        " m.seen_by, m.flags, m.deployment, d.name FROM media AS m LEFT JOIN deployment AS d ON d.id = m.deployment"
        f" WHERE m.key IN ({marks}) AND m.deleted = 0",
        list(wanted),
    ).fetchall()
    known = {row[0]: _cell(*row) for row in rows}
    return [known[key] for key in wanted if key in known]


def _cell(
    key: int,
    record: bytes,
    sha256: str | None,
    media_type: str | None,
    file_name: str | None,
    camera_time: str | None,
    taken_at: int | None,
    offset: int | None,
    shown: str | None,
    seen_by: int,
    flags: str | None,
    deployment: bytes | None,
    deployment_name: str | None,
) -> Cell:
    return Cell(
        key,
        record,
        sha256 or "",
        media_type or "",
        file_name or "",
        _local(camera_time, taken_at, offset),
        shown or "",
        seen_by,
        tuple(json.loads(flags)) if flags else (),
        deployment,
        deployment_name or "",
    )


def _local(camera_time: str | None, taken_at: int | None, offset: int | None) -> str:
    if taken_at is None or offset is None:
        return camera_time or ""
    there = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=taken_at + offset * 60)
    return there.strftime("%Y-%m-%dT%H:%M:%S")


def ids(db: Database, wanted: Sequence[int]) -> list[bytes]:
    """The record ids of these keys in this order, any number of them."""
    found: dict[int, bytes] = {}
    for first in range(0, len(wanted), 500):
        part = list(wanted[first : first + 500])
        marks = ",".join("?" * len(part))
        sql = f"SELECT key, id FROM media WHERE key IN ({marks}) AND deleted = 0"
        found.update(db.conn.execute(sql, part).fetchall())
    return [found[key] for key in wanted if key in found]


def key_of(db: Database, record: bytes) -> int | None:
    """The key of the picture with this id."""
    row = db.conn.execute("SELECT key FROM media WHERE id=? AND deleted=0", (record,)).fetchone()
    return int(row[0]) if row else None


def next_to_review(db: Database, chosen: Filter, after: int | None = None) -> int | None:
    """The key of the first picture of the filter behind ``after`` that waits for a person; None where none does."""
    conditions, params = _conditions(Filter(chosen.deployment, chosen.shown, to_review=True))
    for sign, bound in ((">=", chosen.start), ("<=", chosen.end)):
        if bound is not None:
            conditions.append(f"taken_at {sign} ?")
            params.append(bound)
    if after is not None:
        row = db.conn.execute("SELECT taken_at FROM media WHERE key=?", (after,)).fetchone()
        if row is not None and row[0] is None:
            conditions.append("taken_at IS NULL AND key > ?")
            params.append(after)
        elif row is not None:
            conditions.append("(taken_at IS NULL OR taken_at > ? OR (taken_at = ? AND key > ?))")
            params += [row[0], row[0], after]
    sql = f"SELECT key FROM media WHERE {' AND '.join(conditions)} ORDER BY taken_at IS NULL, taken_at, key LIMIT 1"
    row = db.conn.execute(sql, params).fetchone()
    return int(row[0]) if row else None


def tally(db: Database, deployment: bytes | None = None) -> Tally:
    """How far the review of one deployment, or of everything, has come."""
    where, params = ("deployment = ? AND ", [deployment]) if deployment is not None else ("", [])
    sql = f"SELECT count(*) FROM media WHERE {where}deleted = 0"
    pictures = int(db.conn.execute(sql, params).fetchone()[0])
    waiting = int(db.conn.execute(f"{sql} AND seen_by < 2", params).fetchone()[0])
    return Tally(pictures, pictures - waiting)


def shown_in_library(db: Database) -> list[tuple[str, int]]:
    """What pictures are said to show, with how many of each, most first."""
    rows = db.conn.execute(
        "SELECT shown, count(*) AS n FROM media WHERE deleted = 0 AND shown IS NOT NULL"
        " GROUP BY shown ORDER BY n DESC, shown"
    ).fetchall()
    return [(str(shown), int(number)) for shown, number in rows]
