"""Which population a wetland's birds belong to and how large it is: the station's own editions, else the starter table.

An edition that a person of this station chose counts before the starter table for every species it names, and a
published 1 % counts before a computed one. What a partner sends may be looked at and chosen, and moves no level here.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass

from ranger_app.domain import criteria
from ranger_app.domain.fields import Value
from ranger_app.domain.merge import resolve
from ranger_app.domain.ops import DELETED
from ranger_app.domain.taxa import fold
from ranger_app.i18n import N_, _
from ranger_app.paths import resource
from ranger_app.store import settings
from ranger_app.store.connection import Database
from ranger_app.store.log import Log

STARTER = N_("Starter table, 2025")
"""The edition named beside every level that rests on the table that comes with the program."""
STARTER_YEAR = 2025
ALL = "All"
"""The name of the line that stands for a whole species."""
FIELDS = (
    "taxon", "name", "flyway", "low", "high", "size_years", "quality", "one_percent", "edition", "published",
    "reference",
)  # fmt: skip
"""What an edition says of a population."""
_ROWS = f"""
SELECT p.id, p.batch, b.origin IS ?1,
       EXISTS (SELECT 1 FROM edit e JOIN batch o ON o.key = e.batch WHERE e.id = p.id AND o.origin = ?1),
       EXISTS (SELECT 1 FROM edit e JOIN batch o ON o.key = e.batch WHERE e.id = p.id AND o.origin != ?1),
       {", ".join(f'p."{name}"' for name in (*FIELDS, "in_use", DELETED))}
FROM population AS p LEFT JOIN batch AS b ON b.key = p.batch ORDER BY p.key
"""

Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Population:
    """One flyway population. ``id`` is None where no record of ours holds it; ``published`` is the edition's year."""

    id: bytes | None
    taxon: str
    name: str
    flyway: str
    low: int | None
    high: int | None
    size_years: str
    quality: str
    stated: int | None
    edition: str
    published: int | None
    reference: str

    @property
    def one_percent(self) -> int | None:
        """Birds that are 1 %: as published, else computed; None for a population of unknown size."""
        return self.stated or criteria.one_percent(self.low, self.high)  # a published 0 is "not known"

    @property
    def quarter_percent(self) -> int | None:
        """Birds that are 0.25 %."""
        return criteria.quarter_percent(self.low, self.high, self.stated or None)

    @property
    def computed(self) -> bool:
        """Whether the 1 % is computed here and not published."""
        return not self.stated

    def share(self, birds: int) -> float | None:
        """``birds`` as a percentage of the population by the geometric mean of its estimate, else by its published
        1 %; None if neither is known."""
        ends = [end for end in (self.low, self.high) if end]
        if not ends:
            return birds / self.stated if self.stated else None
        mean = (ends[0] * ends[-1]) ** 0.5
        return float(100 * birds / mean)


def titled(edition: str, published: int | None = None) -> str:
    """An edition as screens name it, with its year where that is not in its name."""
    if edition == STARTER:
        return _(STARTER)
    return edition if not published or str(published) in edition else f"{edition} ({published})"


@functools.cache
def starter() -> tuple[Population, ...]:
    """The table that comes with the program."""
    with resource("populations", "populations.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Population(
                None,
                row["taxon"],
                row["name"],
                row["flyway"],
                int(row["low"]) if row["low"] else None,
                int(row["high"]) if row["high"] else None,
                row["size_years"],
                row["quality"],
                int(row["one_percent"]) if row["one_percent"] else None,
                STARTER,
                STARTER_YEAR,
                row["reference"],
            )
            for row in csv.DictReader(file)
        )


def ours(db: Database) -> dict[bytes, Values]:
    """Populations that this station wrote down, deleted ones too, by record in the order they were made.

    Values are what its own statements alone make of each, so that nothing a partner adds, edits or deletes, in a
    record of its own or in one of ours, moves a level that verdicts here rest on.
    """
    station = bytes.fromhex(settings.get(db, "station.id"))
    log: Log | None = None
    found: dict[bytes, Values] = {}
    for record, batch, made, edited, touched, *held in db.conn.execute(_ROWS, (station,)).fetchall():
        values: Values = dict(zip((*FIELDS, "in_use", DELETED), held, strict=True))
        if not made or touched:
            if not made and not edited:
                continue
            log = log or Log(db)
            of = resolve([one for one in log.versions("population", record, batch) if one.writer[0] == station])
            values = {name: of.values.get(name) for name in values}
        if values["taxon"] and values["edition"]:
            found[record] = values
    return found


def theirs(db: Database, own: Mapping[bytes, Values]) -> dict[str, tuple[str, list[Values]]]:
    """By name the editions that partners sent and this station does not have as its ``own`` (``ours``): from whom, and
    what they say.

    Where two sent one, it is that of whom it came from first; a station without a card goes by the start of its id.
    """
    known = {values["edition"] for values in own.values() if not values[DELETED]}
    found: dict[str, tuple[bytes, str, list[Values]]] = {}
    for origin, name, *held in db.conn.execute(
        f"SELECT b.origin, s.name, {', '.join(f'p.{name}' for name in FIELDS)} FROM population AS p"
        " JOIN batch AS b ON b.key = p.batch LEFT JOIN station AS s ON s.id = b.origin"
        " WHERE p.deleted = 0 AND p.taxon IS NOT NULL AND p.edition IS NOT NULL ORDER BY p.key"
    ):
        values: Values = dict(zip(FIELDS, held, strict=True))
        edition = str(values["edition"])
        if edition not in known:
            station, _name, of = found.setdefault(edition, (origin, name or origin.hex()[:8], []))
            if station == origin:
                of.append(values)
    return {edition: (name, of) for edition, (_station, name, of) in found.items()}


def in_use(values: Values) -> bool:
    """Whether criteria are measured by a population of ``ours``: unless a person said otherwise."""
    return not values[DELETED] and values["in_use"] != 0


def by_taxon(db: Database, edition: str = "") -> dict[str, list[Population]]:
    """The populations each species is measured by: its newest edition in use here, else the starter table's.

    ``edition`` asks how it would be under another one that is here, in use or not, a partner's too, by its exact name.
    """
    held = ours(db)
    if edition:
        wanted = {record: one for record, one in held.items() if one["edition"] == edition and not one[DELETED]}
        told = [_population(record, values) for record, values in wanted.items()]
        if not told and edition in (sent := theirs(db, held)):
            told = [_population(None, values) for values in sent[edition][1]]
    else:
        told = [_population(record, values) for record, values in held.items() if in_use(values)]
    own: dict[str, list[Population]] = {}
    for one in told:
        own.setdefault(one.taxon, []).append(one)
    found: dict[str, list[Population]] = {}
    for taxon, populations in own.items():
        newest = max((one.published or 0, one.edition) for one in populations)
        found[taxon] = [one for one in populations if (one.published or 0, one.edition) == newest]
    for one in starter():
        if one.taxon not in own:
            found.setdefault(one.taxon, []).append(one)
    return found


def _population(record: bytes | None, values: Values) -> Population:
    def text(name: str) -> str:
        return str(values[name] or "")

    def whole(name: str) -> int | None:
        value = values[name]
        return value if isinstance(value, int) else None

    return Population(
        record,
        text("taxon"),
        text("name"),
        text("flyway"),
        whole("low"),
        whole("high"),
        text("size_years"),
        text("quality"),
        whole("one_percent"),
        text("edition"),
        whole("published"),
        text("reference"),
    )


def for_site(populations: list[Population], flyway: str) -> list[Population]:
    """Those of a species' populations that a site of ``flyway`` may hold: all of them where nothing decides it.

    ``flyway`` is that of the site, or the beginning of a population's name. Where a species has several populations,
    the line of all of them together is no population of its own.
    """
    single = [one for one in populations if len(populations) == 1 or one.name != ALL]
    wanted = fold(flyway)
    if not wanted:
        return single
    by_name = [one for one in single if fold(one.name).startswith(wanted)]
    return by_name or [one for one in single if fold(one.flyway) == wanted] or single
