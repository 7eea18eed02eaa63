"""Each known animal once, of all catalogues that are joined: what its records say of it together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ranger_app.domain.kinds_individual import SIDES
from ranger_app.store.animals import Catalogues
from ranger_app.store.connection import Database

DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Whole:
    """One animal. ``sex`` is female, male or "", ``flanks`` are those that a picture shows, ``mother`` is whole too.

    Where its records differ, death counts before anything else said of its status, then the newest statement.
    """

    id: bytes
    records: tuple[bytes, ...]
    codes: str
    name: str
    taxon: str
    sex: str
    status: str
    since: str
    birth_season: str
    mother: bytes | None
    flanks: frozenset[str]


def animals(db: Database, known: Catalogues, *, flanks: bool = True) -> dict[bytes, Whole]:
    """All known animals by the id that stands for each; without ``flanks`` nobody looks which are shown."""
    shown: dict[bytes, set[str]] = defaultdict(set)
    for record, flank in _shown(db) if flanks else ():
        shown[record].add(flank)
    pictures = ", ".join(f"{flank}_picture" for flank in SIDES)
    said = {}
    for row in db.conn.execute(
        f"SELECT id, name, status, status_since, birth_season, mother, {pictures} FROM individual WHERE deleted = 0"
    ):
        if row[0] not in known.animals:
            continue
        said[row[0]] = row
        shown[row[0]].update(flank for flank, picture in zip(SIDES, row[6:], strict=True) if picture is not None)
    found = {}
    for record in said:
        if record not in known.animals or known.joins.of(record) != record:
            continue
        together = known.joins.together(record)
        rows = [said[one] for one in together]
        sexes = {known.animals[one].sex for one in together} & {"female", "male"}
        dying = [row for row in rows if row[2] == DEAD]
        state = max(dying or [row for row in rows if row[2]], key=lambda row: row[3] or "", default=None)
        mother = next((row[5] for row in rows if row[5] in known.animals), None)
        found[record] = Whole(
            record,
            together,
            known.codes(record),
            _first(row[1] for row in rows),
            _first(known.animals[one].taxon for one in together),
            sexes.pop() if len(sexes) == 1 else "",
            state[2] if state else "",
            (state[3] or "") if state else "",
            _first(row[4] for row in rows),
            None if mother is None else known.joins.of(mother),
            frozenset(flank for one in together for flank in shown[one]),
        )
    return found


def _shown(db: Database) -> list[tuple[bytes, str]]:
    marks = ",".join("?" * len(SIDES))
    return db.conn.execute(
        "SELECT DISTINCT individual, flank FROM observation WHERE deleted = 0 AND individual IS NOT NULL"
        f" AND flank IN ({marks})",
        SIDES,
    ).fetchall()


def _first(words: Iterable[str | None]) -> str:
    return next((word for word in words if word), "")
