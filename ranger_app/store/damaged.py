"""What is missing of bundles that were read in part: told to their senders in the next receipt, asked for by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class InPart:
    """One bundle read in part: the sender's number of it and what did not arrive, as (what, name)."""

    bundle: bytes
    counter: int
    lost: tuple[tuple[str, str], ...]


def put(db: Database, bundle: bytes, station: bytes, counter: int, lost: Iterable[tuple[str, str]]) -> None:
    """Say what is missing of a bundle, in place of what was said before; the caller holds a transaction."""
    drop(db, bundle)
    db.conn.executemany(
        "INSERT OR IGNORE INTO damaged (bundle, station, counter, what, name) VALUES (?,?,?,?,?)",
        [(bundle, station, counter, what, name) for what, name in lost],
    )


def drop(db: Database, bundle: bytes) -> None:
    """Nothing of the bundle is missing any more; the caller holds a transaction."""
    db.conn.execute("DELETE FROM damaged WHERE bundle=?", (bundle,))


def of(db: Database, station: bytes) -> list[InPart]:
    """What is missing of the bundles of a station, newest first."""
    found: dict[bytes, tuple[int, list[tuple[str, str]]]] = {}
    for bundle, counter, what, name in db.conn.execute(
        "SELECT bundle, counter, what, name FROM damaged WHERE station=? ORDER BY counter DESC, bundle, what, name",
        (station,),
    ):
        found.setdefault(bundle, (counter, []))[1].append((what, name))
    return [InPart(bundle, counter, tuple(lost)) for bundle, (counter, lost) in found.items()]
