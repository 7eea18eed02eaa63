"""What went over the border: the bundles written and read here, newest first, and what each partner confirmed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ranger_app.domain.intervals import covers, unpack
from ranger_app.library import Library
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.sync import holds


@dataclass(frozen=True, slots=True)
class Entry:
    """One bundle written for, or read from, one partner. ``at`` ms since 1970; counts as its summary says.

    ``partner_has`` of a written one: the partner's own later bundle says that it holds everything that was inside.
    """

    written: bool
    partner: str
    station: bytes
    counter: int
    at: int
    operations: int
    media: int
    bytes: int
    damaged: int
    partner_has: bool


def journal(library: Library, limit: int = 200) -> list[Entry]:
    """The newest ``limit`` bundles."""
    with library.read() as db:
        found = store.bundles(db, limit)
        has = {station: _held_up_to(db, station) for station in {line.station for line in found}}
        return [
            Entry(
                line.direction == store.WRITTEN,
                line.name,
                line.station,
                line.counter,
                line.at,
                *_figures(line.summary),
                line.direction == store.WRITTEN and line.upto is not None and line.upto <= has[line.station],
            )
            for line in found
        ]


def _held_up_to(db: Database, station: bytes) -> int:
    """The newest local batch up to which the partner says it holds every one; 0 where it said nothing."""
    known = store.station(db, station)
    said = holds.from_bytes(known.holds) if known else None
    if said is None:
        return 0
    have = unpack(said.packed)
    last = 0
    for key, origin, incarnation, n in db.conn.execute("SELECT key, origin, incarnation, n FROM batch ORDER BY key"):
        if not covers(have.get((origin, incarnation), []), n):
            return last
        last = int(key)
    return last


def _figures(summary: str) -> tuple[int, int, int, int]:
    try:
        said = json.loads(summary)
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    operations, media, size, damaged = (
        int(said.get(name) or 0) for name in ("operations", "media", "bytes", "damaged")
    )
    return operations, media, size, damaged
