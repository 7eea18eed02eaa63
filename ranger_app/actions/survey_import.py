"""A table of counts becomes surveys: rows of one site, date, time and observer are one survey.

Evidence is never refused: a species the program does not know is kept as it was written and listed. Importing the
same table again changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions.count_table import BadRow, CountRow, CountTable, Doubt, read_counts
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, create
from ranger_app.domain.taxa import fold, match
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database

Places = Mapping[str, Mapping[str, Value]]
Visits = Mapping[tuple[str, str, str], Mapping[str, Value]]
LABEL = "survey import"
_OPS_A_BATCH = 1000
_ALIKE = ("remarks", "method", "flock", "life_stage", "sex")
"""Texts in which two counts of one number and species differ."""


@dataclass(slots=True)
class SurveysImported:
    """What came of one table. ``counts`` were added, ``already_known`` rows were here before."""

    surveys: list[bytes] = field(default_factory=list)
    counts: int = 0
    already_known: int = 0
    failed: list[BadRow] = field(default_factory=list)
    unmatched: list[tuple[int, str]] = field(default_factory=list)
    """Rows stored with a species name that is on no list."""
    new_locations: list[str] = field(default_factory=list)
    new_persons: list[str] = field(default_factory=list)
    encoding: str = ""
    doubtful: list[Doubt] = field(default_factory=list)
    """Cells that were taken in the way most people would mean them."""

    def answer(self) -> dict[str, object]:
        """As the command line says it."""
        return {
            "survey_ids": [survey.hex() for survey in self.surveys],
            "counts": self.counts,
            "already_known": self.already_known,
            "failed": [{"row": bad.row, "code": bad.code, "reason": bad.reason} for bad in self.failed],
            "unmatched": [{"row": row, "taxon": taxon} for row, taxon in self.unmatched],
            "new_locations": self.new_locations,
            "new_persons": self.new_persons,
            "encoding": self.encoding,
            "doubtful": [one.answer() for one in self.doubtful],
        }


@dataclass(frozen=True, slots=True)
class _Place:
    """A location at hand while importing."""

    id: bytes
    name: str
    type: str
    part_of: bytes | None


def import_surveys(library: Library, path: Path) -> SurveysImported:
    """Take the counts of the CSV table ``path`` (header site,date,start,end,observer,sector,taxon,count,remarks).

    Unknown sites and sectors become locations, unknown observers rangers. Rows with a bad date or count are listed in
    ``failed``, the others taken. DataProblem, with nothing changed, where it is no such table or no row can be taken.
    """
    return take(library, read_counts(path))


def take(
    library: Library, table: CountTable, *, places: Places | None = None, visits: Visits | None = None
) -> SurveysImported:
    """Take the rows of a table that was read; DataProblem NO_COUNTS where there is none to take.

    ``places`` are further values of new sites by folded name, ``visits`` of new surveys by folded site, date and start.
    """
    if not table.rows:
        first = table.failed[0].reason if table.failed else ""
        raise DataProblem(
            "NO_COUNTS",
            _("The table holds no count that can be taken. {reason}").format(reason=first).strip(),
            _("Nothing was taken. Correct the table and try again."),
        )
    imported = SurveysImported(failed=table.failed, encoding=table.encoding, doubtful=table.doubtful)
    with library.read() as db:
        ops = _Plan(library, db, imported, places or {}, visits or {}).ops_for(table.rows)
    act: int | None = None
    for start in range(0, len(ops), _OPS_A_BATCH):
        done = library.commit(ops[start : start + _OPS_A_BATCH], label=LABEL, act=act)
        act = act or done.batch
    return imported


class _Plan:
    """Finds or makes what the rows name, so that each thing is made once."""

    def __init__(
        self, library: Library, db: Database, imported: SurveysImported, further: Places, visits: Visits
    ) -> None:
        self.further = further
        self.visits = visits
        self.library = library
        self.db = db
        self.imported = imported
        self.ops: list[Op] = []
        self.places = [
            _Place(record.id, fold(record.text("name")), record.text("type"), _id(record["part_of"]))
            for record in rows.find(db, "location")
        ]
        self.persons: dict[str, bytes] = {}
        for record in rows.find(db, "person"):
            self.persons.setdefault(fold(record.text("name")), record.id)
        self.sites: dict[str, bytes] = {}
        self.sectors: dict[tuple[bytes, str], bytes] = {}

    def ops_for(self, table: list[CountRow]) -> list[Op]:
        """The operations that add what is not yet here."""
        groups: dict[tuple[bytes, str, str, str, tuple[bytes, ...]], list[CountRow]] = {}
        for row in table:
            observers = tuple(sorted({self.person(name) for name in row.observers}))
            key = (self.site(row.site), row.date, row.start, row.end, observers)
            groups.setdefault(key, []).append(row)
        for (site, date, start, end, observers), members in groups.items():
            more = self.visits.get((fold(members[0].site), date, start), {})
            survey = self.survey(site, date, start, end, observers, more)
            self.imported.surveys.append(survey)
            self.counts(survey, site, observers, members)
        return self.ops

    def person(self, name: str) -> bytes:
        """The person of this name, made a ranger where unknown."""
        known = self.persons.get(fold(name))
        if known is None:
            known = self.library.new_id()
            self.persons[fold(name)] = known
            self.ops.append(create("person", known, {"name": name, "role": "ranger", "active": 1}))
            self.imported.new_persons.append(name)
        return known

    def site(self, name: str) -> bytes:
        """The site of this name; a place of another use is taken only where no waterbird site is called so."""
        folded = fold(name)
        if folded not in self.sites:
            named = [place for place in self.places if place.name == folded]
            sites = [place for place in named if place.type == "site"]
            others = [place for place in named if place.type in ("", "other", "viewpoint", "hide")]
            found = (sites or others)[:1]
            self.sites[folded] = found[0].id if found else self.location(name, "site", None)
        return self.sites[folded]

    def sector(self, name: str, site: bytes) -> bytes:
        """The sector of this name within ``site``."""
        key = (site, fold(name))
        if key not in self.sectors:
            found = [place for place in self.places if place.name == key[1] and place.part_of == site]
            self.sectors[key] = found[0].id if found else self.location(name, "sector", site)
        return self.sectors[key]

    def location(self, name: str, kind: str, part_of: bytes | None) -> bytes:
        """A new location; without coordinates where the table has none: none are invented."""
        made = self.library.new_id()
        values: dict[str, Value] = {"name": name, "type": kind, "part_of": part_of}
        if part_of is None:
            values |= self.further.get(fold(name), {})
        self.ops.append(create("location", made, values))
        self.imported.new_locations.append(name)
        return made

    def survey(
        self,
        site: bytes,
        date: str,
        start: str,
        end: str,
        observers: tuple[bytes, ...],
        more: Mapping[str, Value],
    ) -> bytes:
        """The survey of this visit, made where it is not here."""
        for record in rows.find(self.db, "survey", "site=? AND date=?", (site, date)):
            same_time = record.text("start") == start and record.text("end") == end
            if same_time and _ids(record["observers"]) == {person.hex() for person in observers}:
                return record.id
        made = self.library.new_id()
        values: dict[str, Value] = {
            "site": site,
            "date": date,
            "start": start or None,
            "end": end or None,
            "utc_offset": self.library.station.utc_offset,
            "observers": canonical([person.hex() for person in observers]) if observers else None,
            **more,
        }
        self.ops.append(create("survey", made, values))
        return made

    def counts(self, survey: bytes, site: bytes, observers: tuple[bytes, ...], members: list[CountRow]) -> None:
        """Add the counts that the survey does not hold yet; two equal rows of one table are two flocks."""
        here = Counter(
            (_id(record["sector"]), record.text("taxon"), record["count"], *(record.text(one) for one in _ALIKE))
            for record in rows.find(self.db, "count", "survey=?", (survey,))
        )
        for row in members:
            scientific = match(row.taxon)
            if scientific is None:
                self.imported.unmatched.append((row.row, row.taxon))
            sector = self.sector(row.sector, site) if row.sector else None
            taxon = scientific or row.taxon
            key = (sector, taxon, row.count, row.remarks, row.method, row.flock, row.age, row.sex)
            if here[key]:
                here[key] -= 1
                self.imported.already_known += 1
                continue
            values: dict[str, Value] = {
                "survey": survey,
                "sector": sector,
                "taxon": taxon,
                "count": row.count,
                "method": row.method,
                "low": row.low,
                "high": row.high,
                "give_or_take": row.give,
                "flock": row.flock or None,
                "life_stage": row.age or None,
                "sex": row.sex or None,
                "by": observers[0] if len(observers) == 1 else None,
                "remarks": row.remarks or None,
            }
            self.ops.append(create("count", self.library.new_id(), values))
            self.imported.counts += 1


def _id(value: Value) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _ids(value: Value) -> set[str]:
    return set(json.loads(value)) if isinstance(value, str) else set()
