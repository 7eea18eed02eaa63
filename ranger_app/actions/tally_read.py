"""What the count sheet shows: totals by species, sector and flock, and behind each the trace of what was tapped.

Open taps and closed counts are read in one view, so the sheet shows the same before a crash and after it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from ranger_app.actions import plausible, sites, taps, visit_defaults
from ranger_app.actions.plausible import History
from ranger_app.actions.records import existing, title
from ranger_app.domain import bird_groups, taxa
from ranger_app.domain.tally import Estimate, Part, Tally, Tap, standing_taps, subtotals
from ranger_app.domain.values import canonical
from ranger_app.library import Library
from ranger_app.store import rows, settings
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

PLACE = "tally.place"
LEAST_TILES = 26
"""As many species as there are letters are offered, also at a site where nobody counted yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the trace. Either an open tap (``key``) or the sub-total at ``place`` of the closed ``count``."""

    at: int
    number: int
    key: int | None = None
    count: bytes | None = None
    place: int = 0
    gone: bool = False
    estimate: Estimate | None = None


@dataclass(slots=True)
class Kept:
    """All that is counted of one tally, open and closed. ``parts`` are its sub-totals in time order."""

    birds: int = 0
    give: int = 0
    estimated: bool = False
    parts: list[Part] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    rings: list[str] = field(default_factory=list)
    said: bool = False


@dataclass(slots=True)
class Totals:
    """A survey as its sheet shows it. ``sample`` are birds looked at by (sector, flock), then species."""

    kept: dict[Tally, Kept] = field(default_factory=dict)
    sample: dict[tuple[bytes | None, str], dict[str, int]] = field(default_factory=dict)
    sample_taps: list[Tap] = field(default_factory=list)
    newest: Tap | None = None
    """The newest open tap that stands: what the key for undo takes back."""
    no_birds: bool = False

    def of(self, taxon: str, sector: bytes | None) -> int:
        """Birds of a species in a sector, all flocks."""
        return sum(one.birds for tally, one in self.kept.items() if tally.taxon == taxon and tally.sector == sector)

    def by_taxon(self, sector: bytes | None) -> dict[str, int]:
        """Birds by species in a sector; a species of which somebody said that there is none has 0."""
        found: dict[str, int] = {}
        for tally, one in self.kept.items():
            if tally.sector == sector and one.said:
                found[tally.taxon] = found.get(tally.taxon, 0) + one.birds
        return found

    def of_sector(self, sector: bytes | None) -> int:
        """All birds in a sector."""
        return sum(one.birds for tally, one in self.kept.items() if tally.sector == sector)

    def of_flock(self, sector: bytes | None, flock: str) -> int:
        """All birds of a flock in a sector."""
        return sum(one.birds for tally, one in self.kept.items() if tally.sector == sector and tally.flock == flock)

    def of_survey(self, taxon: str) -> int:
        """Birds of a species in the whole survey."""
        return sum(one.birds for tally, one in self.kept.items() if tally.taxon == taxon)

    @property
    def birds(self) -> int:
        """All birds of the survey."""
        return sum(one.birds for one in self.kept.values())

    @property
    def species(self) -> int:
        """How many species have birds."""
        return len({tally.taxon for tally, one in self.kept.items() if one.birds > 0})

    def flocks(self, sector: bytes | None) -> list[str]:
        """The named flocks of a sector, oldest first."""
        return list(dict.fromkeys(tally.flock for tally in self.kept if tally.sector == sector and tally.flock))


@dataclass(slots=True)
class Sheet:
    """What does not change while one counts. ``sectors`` begins with (None, "") for the site as a whole."""

    survey: bytes
    title: str
    utc_offset: int
    sectors: list[tuple[bytes | None, str]]
    species: list[str]
    groups: list[str]
    average: dict[str, int]
    history: History
    place: Tally


def totals(library: Library, survey: bytes) -> Totals:
    """All that is counted in a survey, closed and open. DataProblem NO_RECORD where the survey is gone."""
    with library.moment() as db:  # taps become counts in one transaction: they are read in one as well
        visit = existing(db, "survey", survey)
        closed = list(rows.find(db, "count", "survey=?", (survey,)))
        opened = taps.read_open(db, survey)
    found = Totals(no_birds=bool(visit["no_birds"]))
    for record in closed:
        _add_closed(found.kept.setdefault(taps.tally_of(record), Kept()), record)
    plain = [one for one in opened if not one.sample]
    by_tally: dict[Tally, list[Tap]] = {}
    for one in plain:
        by_tally.setdefault(one.tally, []).append(one)
    for tally, of_tally in by_tally.items():
        _add_open(found.kept.setdefault(tally, Kept()), of_tally)
    found.sample_taps = [one for one in opened if one.sample]
    for one in found.sample_taps:
        of_flock = found.sample.setdefault((one.tally.sector, one.tally.flock), {})
        of_flock[one.tally.taxon] = of_flock.get(one.tally.taxon, 0) + one.number
    standing = standing_taps(opened)
    found.newest = standing[-1] if standing else None
    return found


def sheet(library: Library, survey: bytes) -> Sheet:
    """Species, sectors and history for the sheet of a survey. DataProblem NO_RECORD where the survey is gone."""
    with library.read() as db:
        visit = existing(db, "survey", survey)
        site = visit["site"]
        kind = str(visit["season"] or visit_defaults.season(db, _id(site), visit.text("date")) or "") or None
        named = title(db, "location", site) if isinstance(site, bytes) else ""
        sectors = [
            (one.id, one.text("name"))
            for one in rows.find(db, "location", "part_of=? AND coalesce(type, 'sector') = 'sector'", (site,))
        ]
        history = plausible.history(db, survey, _id(site), kind)
        here = [
            row[0]
            for row in db.conn.execute('SELECT DISTINCT taxon FROM "count" WHERE survey=? AND deleted=0', (survey,))
        ]
        open_taps = taps.read_open(db, survey)
        here += [one.tally.taxon for one in open_taps]
        place = _place(db, survey)
        if not place.taxon and open_taps:
            place = open_taps[-1].tally
    often = _often(library, site, kind) if isinstance(site, bytes) else []
    species = list(dict.fromkeys([*(one for one, _average in often), *here]))
    groups = list(bird_groups.UNIDENTIFIED)
    species = [one for one in species if one not in groups]
    for taxon in taxa.load():
        if len(species) >= LEAST_TILES:
            break
        counted = taxon.code and taxon.group == "bird" and bird_groups.is_waterbird(taxon.scientific)
        if counted and taxon.scientific not in species:
            species.append(taxon.scientific)
    known: list[tuple[bytes | None, str]] = [(None, ""), *sectors]
    if place.sector not in {one for one, _name in known}:
        place = Tally(None, place.taxon, place.flock, place.stage, place.sex)
    if not place.taxon and species:
        place = Tally(sectors[0][0] if sectors else None, species[0])
    offset = visit["utc_offset"]
    return Sheet(
        survey,
        f"{named} · {visit.text('date')}",
        offset if isinstance(offset, int) else library.station.utc_offset,
        known,
        species,
        groups,
        dict(often),
        history,
        place,
    )


def remember(library: Library, survey: bytes, place: Tally) -> None:
    """Note which sector, flock and species is being counted, for the next time the sheet is opened."""
    sector = place.sector.hex() if place.sector is not None else ""
    text = canonical([survey.hex(), sector, place.taxon, place.flock, place.stage, place.sex])
    library.write(lambda db: settings.put(db, PLACE, text))


# -- inside ------------------------------------------------------------------------------------------------------


def _id(value: object) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _often(library: Library, site: bytes, kind: str | None) -> list[tuple[str, int]]:
    of_season = sites.species(library, site, kind)
    known = {one.taxon for one in of_season}
    others = [one for one in sites.species(library, site) if one.taxon not in known] if kind else []
    return [(one.taxon, one.average) for one in (*of_season, *others)]


def _place(db: Database, survey: bytes) -> Tally:
    try:
        of, sector, taxon, flock, stage, sex = json.loads(settings.get(db, PLACE, "[]"))
    except ValueError:
        return Tally(None, "")
    if of != survey.hex():
        return Tally(None, "")
    return Tally(bytes.fromhex(sector) if sector else None, taxon, flock, stage, sex)


def _add_closed(kept: Kept, record: Record) -> None:
    number = record["count"]
    birds = number if isinstance(number, int) else 0
    kept.birds += birds
    kept.said = True
    give = record["give_or_take"]
    if isinstance(give, int):
        kept.give += give
    kept.estimated = kept.estimated or record["method"] == "estimated"
    if record["rings"]:
        kept.rings.append(record.text("rings"))
    parts = taps.parts_of(record)
    if sum(one.number for one in parts) != birds or not parts:
        at = record["at"]
        parts = [Part(at if isinstance(at, int) else 0, birds)] if birds else []
    gone = _gone(parts)
    kept.parts += parts
    kept.entries += [
        Entry(one.at, one.number, None, record.id, place, place in gone) for place, one in enumerate(parts)
    ]


def _gone(parts: list[Part]) -> set[int]:
    """Places of sub-totals that a later one takes back, and of those that take back."""
    gone: set[int] = set()
    for place, one in enumerate(parts):
        if one.number < 0:
            for before in range(place - 1, -1, -1):
                if before not in gone and parts[before].number == -one.number:
                    gone |= {before, place}
                    break
    return gone


def _add_open(kept: Kept, of_tally: list[Tap]) -> None:
    undone = {one.undoes for one in of_tally if one.undoes is not None}
    standing = standing_taps(of_tally)
    kept.birds += sum(one.number for one in of_tally)
    kept.said = kept.said or any(one.number or one.zero or one.rings for one in standing)
    kept.give += sum(one.estimate.give for one in standing if one.estimate is not None)
    kept.estimated = kept.estimated or any(one.estimate is not None for one in standing)
    kept.rings += [one.rings for one in standing if one.rings]
    kept.parts += subtotals(of_tally)
    kept.entries += [
        Entry(one.at, one.number, one.key, gone=one.key in undone or one.undoes is not None, estimate=one.estimate)
        for one in of_tally
        if one.number
    ]
