"""Which pictures form one event: read by key from the index of a deployment's pictures, so a million cost nothing.

An event never crosses a deployment; its rule is that of ``domain.events``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ranger_app.domain.events import GAP, events
from ranger_app.store import gallery
from ranger_app.store.connection import Database
from ranger_app.store.gallery import Filter

_PART = 500
_BEHIND = (
    "SELECT key, taken_at FROM media WHERE deployment = ?1 AND deleted = 0"
    " AND (taken_at, key) {beyond} (?2, ?3) ORDER BY taken_at {order}, key {order}"
)
_BEFORE = _BEHIND.format(beyond="<", order="DESC")
_AFTER = _BEHIND.format(beyond=">", order="ASC")


def event_of(db: Database, key: int, gap: int = GAP) -> list[int]:
    """The row numbers of all pictures of the event that the picture ``key`` belongs to, in the order taken.

    ``gap`` in seconds. A picture without a time or a deployment is an event of its own.
    """
    row = db.conn.execute("SELECT deployment, taken_at FROM media WHERE key = ? AND deleted = 0", (key,)).fetchone()
    if row is None or row[0] is None or row[1] is None:
        return [key]
    before = _reach(db, _BEFORE, row[0], row[1], key, gap)
    return [*before[::-1], key, *_reach(db, _AFTER, row[0], row[1], key, gap)]


def _reach(db: Database, sql: str, deployment: bytes, time: int, key: int, gap: int) -> list[int]:
    found: list[int] = []
    cursor = db.conn.execute(sql, (deployment, time, key))
    for other, at in cursor:
        if at is None or abs(at - time) > gap:
            break
        found.append(int(other))
        time = at
    cursor.close()
    return found


def units_of(db: Database, keys: Sequence[int], gap: int = GAP) -> list[list[int]]:
    """These pictures and no others, gathered by event, each in the order taken; for a selection made by hand.

    Two pictures of one event stay together also where those between them are not among ``keys``.
    """
    units: list[list[int]] = []
    for deployment, pictures in _by_deployment(db, keys):
        here: list[list[int]] = []
        for place in events([time for _key, time in pictures], gap) if deployment is not None else ():
            unit = [key for key, _time in pictures[place.start : place.stop]]
            if here and here[-1][-1] in event_of(db, unit[0], gap):  # pictures between them were not chosen
                here[-1] += unit
            else:
                here.append(unit)
        units += here if deployment is not None else [[key] for key, _time in pictures]
    return units


def _by_deployment(db: Database, keys: Sequence[int]) -> Iterator[tuple[bytes | None, list[tuple[int, int | None]]]]:
    found: dict[bytes | None, list[tuple[int, int | None]]] = {}
    for start in range(0, len(keys), _PART):
        part = list(keys[start : start + _PART])
        marks = ",".join("?" * len(part))
        rows = db.conn.execute(f"SELECT deployment, key, taken_at FROM media WHERE key IN ({marks})", part)
        for deployment, key, time in rows:
            found.setdefault(deployment, []).append((key, time))
    for deployment, pictures in found.items():
        yield deployment, sorted(pictures, key=lambda one: (one[1] is not None, one[1] or 0, one[0]))


def of_deployment(db: Database, deployment: bytes, gap: int = GAP) -> list[list[tuple[bytes, int | None, str | None]]]:
    """The events of a deployment in order; of each picture its id, UTC seconds and what it is said to show."""
    rows = db.conn.execute(
        "SELECT id, taken_at, shown FROM media WHERE deployment = ? AND deleted = 0 ORDER BY taken_at, key",
        (deployment,),
    ).fetchall()
    return [
        [(rows[n][0], rows[n][1], rows[n][2]) for n in place] for place in events([time for _id, time, _s in rows], gap)
    ]


def waiting(db: Database, wanted: Filter, gap: int = GAP) -> int:
    """How many events the pictures of ``wanted`` form that wait for a person."""
    conditions, params = gallery.conditions(db, replace(wanted, review="open"))
    sql = (
        "SELECT count(*) FROM (SELECT taken_at - lag(taken_at) OVER (PARTITION BY deployment ORDER BY taken_at, key)"
        f" AS since FROM media WHERE {' AND '.join(conditions)}) WHERE since IS NULL OR since > ?"
    )
    return int(db.conn.execute(sql, [*params, gap]).fetchone()[0])


def months(db: Database, utc_offset: int) -> list[tuple[int, int]]:
    """(year, month) of every month with pictures, the newest first; days are those ``utc_offset`` minutes east.

    One index seek a month, however many pictures there are.
    """
    found: list[tuple[int, int]] = []
    moment = -(1 << 62)
    sql = "SELECT min(taken_at) FROM media WHERE deleted = 0 AND taken_at >= ?"
    while (first := db.conn.execute(sql, (moment,)).fetchone()[0]) is not None:
        year, month = month_of(int(first), utc_offset)
        found.append((year, month))
        following = month_span(year, month, utc_offset)[1] + 1
        if following <= moment:
            break
        moment = following
    return found[::-1]


def month_of(seconds: int, utc_offset: int) -> tuple[int, int]:
    """(year, month) of a moment in UTC seconds, ``utc_offset`` minutes east of Greenwich."""
    day = datetime.fromtimestamp(max(_FIRST, min(_LAST, seconds + utc_offset * 60)), UTC)
    return day.year, day.month


def month_span(year: int, month: int, utc_offset: int) -> tuple[int, int]:
    """The first and the last second of a month in UTC seconds, both included."""
    begin = datetime(year, month, 1, tzinfo=UTC)
    if (year, month) == (9999, 12):
        end = _LAST + 1
    else:
        end = int(datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp())
    return int(begin.timestamp()) - utc_offset * 60, end - 1 - utc_offset * 60


_FIRST = int(datetime(1, 1, 2, tzinfo=UTC).timestamp())
_LAST = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
