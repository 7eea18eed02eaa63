"""Which population a wetland's birds belong to and how large it is: the station's own editions, else the starter table.

An edition that a person imported counts before the starter table for every species it names, and a published 1 %
counts before a computed one.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass

from ranger_app.domain import criteria
from ranger_app.domain.taxa import fold
from ranger_app.paths import resource
from ranger_app.store.connection import Database

STARTER = "Starter table, 2025"
"""The edition named beside every level that rests on the table that comes with the program."""
STARTER_YEAR = 2025
ALL = "All"
"""The name of the line that stands for a whole species."""
_COLUMNS = 'id, taxon, name, flyway, low, high, size_years, quality, one_percent, edition, published, "reference"'


@dataclass(frozen=True, slots=True)
class Population:
    """One flyway population. ``id`` is None in the starter table; ``published`` the year of the edition."""

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


def by_taxon(db: Database, edition: str = "") -> dict[str, list[Population]]:
    """The populations each species is measured by: its newest edition in use here, else the starter table's.

    ``edition`` asks how it would be under another one that is here, in use or not, by its exact name.
    """
    own: dict[str, list[Population]] = {}
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM population WHERE deleted = 0 AND CASE ?1 WHEN '' THEN in_use IS NOT 0"
        " ELSE edition = ?1 END ORDER BY key",
        (edition,),
    ).fetchall()
    for row in rows:
        record, taxon, name, flyway, low, high, years, quality, stated, edition, published, reference = row
        texts = (flyway or "", low, high, years or "", quality or "", stated, edition or "", published, reference or "")
        own.setdefault(taxon, []).append(Population(record, taxon, name or "", *texts))
    found: dict[str, list[Population]] = {}
    for taxon, populations in own.items():
        newest = max((one.published or 0, one.edition) for one in populations)
        found[taxon] = [one for one in populations if (one.published or 0, one.edition) == newest]
    for one in starter():
        if one.taxon not in own:
            found.setdefault(one.taxon, []).append(one)
    return found


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
