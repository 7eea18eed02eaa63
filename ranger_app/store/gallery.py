"""The questions a grid of a million pictures asks: which ones in what order, and the few on screen.

Each answer is one indexed read: no OFFSET, no counting, no second pass.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ranger_app.domain.fields import Value
from ranger_app.store import looks
from ranger_app.store.connection import Database

_TURN = 50_000
_PICTURE = (
    "CASE WHEN sha256 IS NULL AND EXISTS (SELECT 1 FROM withheld AS w WHERE w.id = media.id AND w.kind = 'media')"
    " THEN lower(hex(id)) ELSE sha256 END"
)
"""SQL on ``media``: the name under which previews of a picture lie. Where its station keeps the hash back, what came
lies under the record's own id."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """The person at work, None where nobody said who they are."""

    person: bytes | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pictures: all fields that are set must fit. ``review`` is "" for all, "open" or "done" (by a person)."""

    deployment: bytes | None = None
    review: str = ""
    shown: str | None = None
    """A taxon or an observation type as the newest statement says."""
    start: int | None = None
    end: int | None = None
    """Seconds since 1970, both included."""
    area: bytes | None = None
    """A protected area: the pictures of cameras at its locations."""
    hint: str = ""
    """What machines say of pictures no person has looked at: "blank" or "animal"; "" for all."""
    likely: int = 2000
    """Certainty (1/10,000) below which a machine's finding counts as blank."""
    order: str = "time"
    """"time", or "hint": what machines are surest of first."""
    flag: str = ""
    """Pictures with this flag, such as "damaged" or "no_date"; "" for all."""
    eyes: Eyes | None = None
    """Who looks: answers of others are hidden where two independent looks are asked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell of the grid shows. ``seen_by`` is 0 nobody, 1 a machine, 2 a person; ``taken_at`` UTC seconds."""

    key: int
    id: bytes
    sha256: str | None
    """The hash of the original; the record's id (32 hex digits) where the hash is withheld; None for none."""
    file_name: str | None
    camera_time: str | None
    taken_at: int | None
    media_type: str | None
    shown: str | None
    seen_by: int
    flags: str | None
    deployment: bytes | None
    hint: int | None = None
    people: int = 0


def conditions(db: Database, wanted: Filter) -> tuple[list[str], list[Value]]:
    """A filter as SQL conditions on ``media`` and their parameters."""
    found: list[str] = ["deleted = 0"]
    params: list[Value] = []
    for column, value in (
        ("deployment = ?", wanted.deployment),
        ("taken_at >= ?", wanted.start),
        ("taken_at <= ?", wanted.end),
    ):
        if value is not None:
            found.append(column)
            params.append(value)
    if wanted.area is not None:
        found.append(
            "deployment IN (SELECT d.id FROM deployment AS d JOIN location AS l ON l.id = d.location"
            " WHERE l.protected_area = ?)"
        )
        params.append(wanted.area)
    if wanted.flag:
        found.append("flags IS NOT NULL AND instr(flags, ?)")
        params.append(f'"{wanted.flag}"')
    if wanted.hint:
        found.append("seen_by < 2 AND hint " + ("< ?" if wanted.hint == "blank" else ">= ?"))
        params.append(wanted.likely)
    _for_eyes(db, wanted, found, params)
    return found, params


def _for_eyes(db: Database, wanted: Filter, found: list[str], params: list[Value]) -> None:
    # Only where two looks are asked for does it matter who looks; elsewhere nothing is added to the question.
    asked = looks.two_looks(db) if wanted.eyes is not None else []
    if wanted.deployment is not None:
        asked = [one for one in asked if one == wanted.deployment]
    person = wanted.eyes.person if wanted.eyes is not None else None
    more: list[tuple[str, list[Value]]] = []
    if wanted.review == "open":
        more.append(("seen_by < 2", []))
    if asked and (wanted.review == "open" or wanted.hint):  # what this person has done no longer waits for them
        more.append(looks.waits(asked, person))
    if wanted.review == "done":
        more.append(looks.is_done(asked, person) if asked else ("seen_by = 2", []))
    if wanted.shown is not None:  # a filter must not tell what the other one said
        more.append(looks.shows(asked, person, wanted.shown) if asked else ("shown = ?", [wanted.shown]))
    for condition, values in more:
        found.append(condition)
        params += values


def is_hidden(db: Database, media: bytes, eyes: Eyes) -> bool:
    """Whether the answers of others are hidden from this person: see ``store.looks``."""
    return looks.hides(db, media, eyes.person)


def keys(db: Database, wanted: Filter, most: int | None = None) -> array[int]:
    """The row numbers of the pictures that fit, in the order taken (without a time first), at most ``most``."""
    where, params = conditions(db, wanted)
    order = "hint DESC, taken_at, key" if wanted.order == "hint" else "taken_at, key"
    sql = f"SELECT key FROM media WHERE {' AND '.join(where)} ORDER BY {order}"
    if most is not None:
        sql += f" LIMIT {most:d}"
    cursor = db.conn.execute(sql, params)
    found = array("q")
    while part := cursor.fetchmany(_TURN):
        found.extend(chain.from_iterable(part))
    return found


def cells(db: Database, wanted: Sequence[int], eyes: Eyes | None = None) -> list[Cell]:
    """The cells of some row numbers, in that order; rows that are gone are left out. ``eyes`` as in ``Filter``."""
    marks = ",".join("?" * len(wanted))
    rows = db.conn.execute(
        f"SELECT key, id, {_PICTURE}, file_name, camera_time, taken_at, media_type, shown, seen_by, flags, deployment,"
        f" hint, people FROM media WHERE key IN ({marks})",
        list(wanted),
    )
    found = {row[0]: Cell(*row) for row in rows}
    if eyes is not None and (asked := set(looks.two_looks(db))):
        theirs = [key for key, cell in found.items() if cell.deployment in asked]
        for key, (shown, seen_by, people) in looks.seen(db, theirs, eyes.person).items():
            found[key] = replace(found[key], shown=shown, seen_by=seen_by, people=people)
    return [found[key] for key in wanted if key in found]


def taken_at(db: Database, key: int) -> int:
    """UTC seconds of a picture by its row number; before all others where it has no time or is gone."""
    row = db.conn.execute("SELECT taken_at FROM media WHERE key = ?", (key,)).fetchone()
    return int(row[0]) if row and row[0] is not None else -(1 << 62)


def ids(db: Database, wanted: Sequence[int]) -> list[bytes]:
    """The ids of some row numbers, in that order."""
    found: list[bytes] = []
    for start in range(0, len(wanted), 500):
        part = list(wanted[start : start + 500])
        marks = ",".join("?" * len(part))
        known = dict(db.conn.execute(f"SELECT key, id FROM media WHERE key IN ({marks})", part).fetchall())
        found.extend(known[key] for key in part if key in known)
    return found


def picture_of(db: Database, media: bytes) -> str | None:
    """The name under which previews of a picture lie, as in ``Cell.sha256``; None where it is not here."""
    row = db.conn.execute(f"SELECT {_PICTURE} FROM media WHERE id=? AND deleted=0", (media,)).fetchone()
    return row[0] if row else None


def pictures_of(db: Database, media: Sequence[bytes]) -> dict[bytes, str | None]:
    """picture_of() of many pictures at once, by id; those that are not here are not in it."""
    found: dict[bytes, str | None] = {}
    for start in range(0, len(media), 500):
        part = list(media[start : start + 500])
        marks = ",".join("?" * len(part))
        found |= db.conn.execute(f"SELECT id, {_PICTURE} FROM media WHERE id IN ({marks}) AND deleted = 0", part)
    return found


def key_of(db: Database, media: bytes) -> int | None:
    """The row number of a picture; None where it is not here."""
    row = db.conn.execute("SELECT key FROM media WHERE id=?", (media,)).fetchone()
    return int(row[0]) if row else None
