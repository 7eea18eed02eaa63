"""Surveys as people read them: the list with birds and species, one survey's counts and totals, a site's last visit."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from ranger_app.actions import withheld_counts
from ranger_app.actions.listing import Line, Names, text_of
from ranger_app.actions.records import existing, title_of
from ranger_app.actions.withheld_counts import Withheld
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.i18n import language
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.origins import Origin
from ranger_app.store.rows import Record

_LIST = """
SELECT s.id, s.site, s.date, s.start, s.observers, s.no_birds, b.origin, c.species, c.birds
FROM survey s
LEFT JOIN batch b ON b.key = s.batch
LEFT JOIN (SELECT survey, count(DISTINCT CASE WHEN "count" > 0 OR method = 'present' THEN taxon END) AS species,
           sum("count") AS birds FROM "count" WHERE deleted = 0 GROUP BY survey) c ON c.survey = s.id
WHERE s.deleted = 0 ORDER BY s.key
"""
SITE, DATE, OBSERVERS, SPECIES, BIRDS = range(5)
"""The columns of the list of surveys."""
SECTOR, TAXON, NUMBER, METHOD, REMARKS = range(5)
"""The columns of the table of counts."""
COUNT_COLUMNS = ("sector", "taxon", "count", "method", "remarks")


@dataclass(frozen=True, slots=True)
class SurveyLine(Line):
    """A line of the list. ``birds`` is None where nothing was entered yet; ``own``: written at this station."""

    birds: int | None
    no_birds: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Total:
    """Birds of one species over all sectors of a survey; ``name`` in the language in use."""

    taxon: str
    name: str
    birds: int
    rows: int


@dataclass(slots=True)
class Sheet:
    """One survey with its counts, newest last; ``values`` holds each count's fields by id."""

    record: Record
    title: str
    origin: Origin | None
    counts: list[Line] = field(default_factory=list)
    values: dict[bytes, dict[str, Value]] = field(default_factory=dict)
    totals: list[Total] = field(default_factory=list)
    sectors: list[tuple[bytes, str]] = field(default_factory=list)
    often: list[str] = field(default_factory=list)
    """Species seen at this site before, the most frequent first."""
    withheld: Withheld | None = None
    """What the station that made the visit keeps back, perhaps of this one."""

    @property
    def birds(self) -> int:
        """All birds of the survey."""
        return sum(one.birds for one in self.totals)


def lines(library: Library) -> list[SurveyLine]:
    """All surveys: site, date, observers, species, birds."""
    found = []
    with library.read() as db:
        names = Names(db)
        for survey, site, date, start, observers, none, origin, species, birds in db.conn.execute(_LIST):
            where = names("location", site) if site else ""
            who = ", ".join(names("person", bytes.fromhex(one)) for one in json.loads(observers or "[]"))
            seen = ("0", "0") if none and not birds else tuple("" if n is None else str(n) for n in (species, birds))
            texts = (where, date or "", who, *seen)
            keys: tuple[tuple[int, int | str], ...] = (
                (1, where.casefold()),
                (1, f"{date or ''} {start or ''}"),
                (1, who.casefold()),
                (0, species or 0),
                (0, birds or 0),
            )
            found.append(SurveyLine(survey, texts, keys, birds, bool(none), origin == library.station.id))
    return found


def sheet(library: Library, survey: bytes) -> Sheet:
    """One survey's counts; DataProblem NO_RECORD where it is gone."""
    declared = kind_named("count")
    fields = [declared.field(name) for name in COUNT_COLUMNS]
    with library.read() as db:
        record = existing(db, "survey", survey)
        made = Sheet(record, title_of(db, record), origins.of(db, "survey", survey, library.station))
        if made.origin is not None and not made.origin.own and not record["no_birds"]:
            kept_back = withheld_counts.by_station(db, made.origin.station).get(made.origin.station)
            made.withheld = kept_back if kept_back is not None and kept_back.counts else None
        names = Names(db)
        sums: dict[str, list[int]] = {}
        for number, one in enumerate(rows.find(db, "count", "survey=?", (survey,)), 1):
            texts = tuple(text_of(f, one[f.name], names) for f in fields)
            birds = one["count"] if isinstance(one["count"], int) else 0
            keys: tuple[tuple[int, int | str], ...] = (
                (1, texts[SECTOR].casefold()),
                (1, texts[TAXON].casefold()),
                (0, birds),
                (1, texts[METHOD].casefold()),
                (0, number),
            )
            made.counts.append(Line(one.id, texts, keys))
            made.values[one.id] = one.values
            entry = sums.setdefault(one.text("taxon"), [0, 0])
            entry[0] += birds
            entry[1] += 1
        site = record["site"]
        if isinstance(site, bytes):
            made.sectors = [
                (one.id, one.text("name"))
                for one in rows.find(db, "location", "part_of=? AND coalesce(type, 'sector') = 'sector'", (site,))
            ]
            often = db.conn.execute(
                'SELECT c.taxon, count(*) FROM "count" c JOIN survey s ON s.id = c.survey'
                " WHERE s.site=? AND s.deleted=0 AND c.deleted=0 GROUP BY c.taxon ORDER BY 2 DESC, 1",
                (site,),
            ).fetchall()
            made.often = [str(taxon) for taxon, _number in often]
    made.totals = sorted(
        (Total(taxon, taxa.name(taxon, language()), birds, number) for taxon, (birds, number) in sums.items()),
        key=lambda one: (-one.birds, one.name.casefold()),
    )
    return made


def sites(library: Library) -> list[tuple[bytes, str]]:
    """Waterbird sites by name, and other places that a survey already stands at."""
    with library.read() as db:
        found = [
            (one.id, one.text("name"))
            for one in rows.find(db, "location", "type='site' OR id IN (SELECT site FROM survey WHERE deleted=0)")
        ]
    return sorted(found, key=lambda one: one[1].casefold())
