"""Whether what came fits what is here: every batch names the one before it, and no number stands for two.

A break blocks nothing: each batch is signed by itself. But it tells that a station was copied or put back, and a
person should know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from ranger_app.domain.batch import BatchError, read_header
from ranger_app.library import Library

MOST_BREAKS = 1000

_NEIGHBOURS = (
    "SELECT b.origin, b.incarnation, b.n, b.head, a.head FROM batch AS {new} JOIN batch AS {other}"
    " ON {other}.origin={new}.origin AND {other}.incarnation={new}.incarnation AND {other}.n={new}.n{step}"
    " WHERE {new}.key>?{old}"
)
_BEHIND = _NEIGHBOURS.format(new="b", other="a", step="-1", old="")
"""New batches with the one before each."""
_BEFORE = _NEIGHBOURS.format(new="a", other="b", step="+1", old=" AND b.key<=?")
"""Batches that were here, behind one that is new."""


@dataclass(frozen=True, slots=True)
class Break:
    """Batch ``n`` of a writer was not written behind the batch that stands before it here."""

    station: bytes
    incarnation: bytes
    n: int
    name: str


def breaks(library: Library, last: int) -> list[Break]:
    """Breaks between the batches with local keys behind ``last`` and their neighbours, where both are here."""
    found: list[Break] = []
    with library.read() as db:
        names = {library.station.id: library.station.name, **_names(library)}
        for sql, values in ((_BEHIND, (last,)), (_BEFORE, (last, last))):
            for origin, incarnation, n, head, before in db.conn.execute(sql, values):
                try:
                    right = read_header(head).prev == sha256(before).digest()
                except BatchError:
                    continue
                if not right and len(found) < MOST_BREAKS:
                    found.append(Break(origin, incarnation, n, names.get(origin, origin.hex()[:8])))
    return found


def second_histories(library: Library, stations: Iterable[bytes]) -> list[str]:
    """The names of those stations of which a second history lies aside."""
    with library.read() as db:
        aside = {row[0] for row in db.conn.execute("SELECT DISTINCT origin FROM quarantine")}
    names = {library.station.id: library.station.name, **_names(library)}
    return sorted(names.get(station, station.hex()[:8]) for station in aside.intersection(stations))


def _names(library: Library) -> dict[bytes, str]:
    with library.read() as db:
        return dict(db.conn.execute("SELECT id, name FROM station").fetchall())
