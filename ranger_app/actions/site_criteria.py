"""Whether a wetland's counts meet the criteria of Ramsar and of the flyway partnership, season by season.

A season's value is the most birds on one date, or on one coordinated date of all its parts, never a sum of visits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from ranger_app.actions import populations, withheld_counts
from ranger_app.actions.coordinated import APART_DAYS
from ranger_app.actions.populations import Population
from ranger_app.actions.withheld_counts import Withheld
from ranger_app.domain import bird_groups, criteria, taxa
from ranger_app.domain.bird_groups import is_waterbird
from ranger_app.domain.criteria import Counted, SeasonValue, Verdict, day_total, joined, regularly
from ranger_app.domain.seasons import ORDER, STAGING, Limits, Season, between, days_apart, limits_of, season_of
from ranger_app.store.connection import Database

RAMSAR_2, RAMSAR_4, RAMSAR_5, RAMSAR_6 = "ramsar-2", "ramsar-4", "ramsar-5", "ramsar-6"
FLYWAY_1, FLYWAY_025, FLYWAY_5000 = "eaafp-1", "eaafp-0.25", "eaafp-5000"
CRITERIA = (RAMSAR_2, RAMSAR_4, RAMSAR_5, RAMSAR_6, FLYWAY_1, FLYWAY_025, FLYWAY_5000)
ANY = "year"
"""In place of a kind of season: the most birds of a whole year, whatever the season."""
THREATENED = ("CR", "EN", "VU")
_ENOUGH = 50
"""Per cent of a site covered from which a low number shows that birds were few (IWC: good, excellent, complete)."""
_ONLY_SOME = ("roost", "colony")
"""Kinds of count that look for the birds of the place and vouch for no others unless they say so."""


@dataclass(frozen=True, slots=True)
class Result:
    """One criterion for one species or for all birds. ``kind`` is the season it is met in, ANY for whole years.

    ``population`` is the one it is measured by, ``share`` the largest number as a percentage of it. ``unclear`` where
    several populations of the species may be meant and the verdict depends on which.
    """

    criterion: str
    taxon: str
    kind: str
    verdict: Verdict
    population: Population | None = None
    share: float | None = None
    unclear: bool = False
    stated: str = ""
    """The population that counters named for these birds; empty where the site's flyway decides."""


@dataclass(slots=True)
class SiteFigures:
    """The counts of one site. ``totals`` and ``species`` hold values by season; ``names`` those of national sites."""

    site: bytes
    flyway: str
    parts: list[bytes]
    totals: dict[Season, SeasonValue] = field(default_factory=dict)
    species: dict[str, dict[Season, SeasonValue]] = field(default_factory=dict)
    covered: dict[Season, list[int | None]] = field(default_factory=dict)
    """By season, of each visit what per cent of the site it covered; None where it does not say."""
    counts: int = 0
    results: list[Result] = field(default_factory=list)
    groups: dict[Season, frozenset[str]] = field(default_factory=dict)
    """Groups of birds that adequate visits of the season looked for."""
    uncounted: set[tuple[str, Season]] = field(default_factory=set)
    """Species that were there in a season in a number nobody counted, which is no small one."""
    named: dict[tuple[str, str], dict[Season, SeasonValue]] = field(default_factory=dict)
    """Values of birds for which counters named a population, by species and that name; "" for the rest of a species."""
    withheld: list[Withheld] = field(default_factory=list)
    """What stations that counted here, or made one of its parts, keep back; of which site it is nobody tells."""

    @property
    def visits(self) -> int:
        """How many visits there were."""
        return sum(map(len, self.covered.values()))

    @property
    def kinds(self) -> list[str]:
        """The kinds of season of which something is known, in the order of the year."""
        return [kind for kind in ORDER if any(season.kind == kind for season in self.totals)]

    def series(self, kind: str, taxon: str | None = None, stated: str | None = None) -> list[SeasonValue]:
        """Values of one kind of season, or of whole years, with those missing; a counted season without the species
        has 0 birds of it, which says nothing where its group was not counted."""
        of = self.totals if taxon is None else self.species.get(taxon, {})
        if taxon is not None and stated is not None and (taxon, stated) in self.named:
            of = self.named[taxon, stated]
        here = [season for season in self.totals if kind in (ANY, season.kind)]
        if taxon is None:
            counted = {season: self.totals[season].adequate for season in here}
        else:
            group, nothing = bird_groups.group_of(taxon), frozenset[str]()
            counted = {
                season: (season in of and of[season].adequate)
                or ((taxon, season) not in self.uncounted and _counts_group(group, self.groups.get(season, nothing)))
                for season in here
            }
        if kind == ANY:
            return _years(counted, of)
        return [_value(season, counted, of) for season in between(here, (kind,))]


def _value(season: Season, counted: dict[Season, bool], of: dict[Season, SeasonValue]) -> SeasonValue:
    if season not in counted:
        return SeasonValue(season, None)
    known = of.get(season)
    return known if known is not None else SeasonValue(season, 0, counted[season])


def _years(counted: dict[Season, bool], of: dict[Season, SeasonValue]) -> list[SeasonValue]:
    adequate: dict[int, bool] = {}
    for season, well in counted.items():
        adequate[season.year] = adequate.get(season.year, False) or well
    most: dict[int, int] = {}
    for season, value in of.items():
        most[season.year] = max(most.get(season.year, 0), value.birds or 0)
    return [
        SeasonValue(Season(year, ANY), most.get(year, 0), adequate[year])
        if year in adequate
        else SeasonValue(Season(year, ANY), None)
        for year in (range(min(adequate), max(adequate) + 1) if adequate else ())
    ]


def sites(db: Database) -> list[bytes]:
    """The sites that have surveys, and those they are parts of, in the order they were made."""
    rows = db.conn.execute(
        "WITH RECURSIVE up(id) AS (SELECT DISTINCT site FROM survey WHERE deleted = 0 AND site IS NOT NULL UNION"
        " SELECT l.part_of FROM location AS l JOIN up ON l.id = up.id WHERE l.part_of IS NOT NULL)"
        " SELECT l.id FROM location AS l JOIN up ON l.id = up.id WHERE l.deleted = 0 ORDER BY l.key"
    )
    return [row[0] for row in rows]


def figures(
    db: Database,
    wanted: Sequence[bytes] | None = None,
    start: date | None = None,
    end: date | None = None,
    edition: str = "",
) -> list[SiteFigures]:
    """Figures and verdicts of these sites (all: None), a site of several countries with those of its parts.

    ``start`` and ``end`` limit the visits, both days included; ``edition`` measures by another one than that in use.
    """
    return list(each(db, wanted, start, end, edition))


def each(
    db: Database,
    wanted: Sequence[bytes] | None = None,
    start: date | None = None,
    end: date | None = None,
    edition: str = "",
) -> Iterator[SiteFigures]:
    """``figures`` one by one, for whoever tells how far it is and stops when asked to."""
    tables = populations.by_taxon(db, edition)
    groups, kept_back = same_water(db), withheld_counts.by_station(db)
    for site in wanted if wanted is not None else sites(db):
        parts = _parts(db, site)
        flyway, limits = _flyway(db, site, parts), limits_of(seasons_text(db, site))
        one = SiteFigures(site, flyway, parts)
        _count(db, one, limits, groups, (start, end), kept_back)
        _judge(one, tables)
        yield one


def _parts(db: Database, site: bytes) -> list[bytes]:
    rows = db.conn.execute(
        "WITH RECURSIVE down(id) AS (SELECT ?1 UNION SELECT l.id FROM location AS l JOIN down ON l.part_of = down.id)"
        " SELECT id FROM down",
        (site,),
    )
    return [row[0] for row in rows]


def _own_or_above(db: Database, site: bytes, name: str) -> str | None:
    """A field of the site, or of the nearest site it is part of that has it."""
    row = db.conn.execute(
        "WITH RECURSIVE up(id, far) AS (SELECT ?1, 0 UNION"
        " SELECT l.part_of, far + 1 FROM location AS l JOIN up ON l.id = up.id WHERE l.part_of IS NOT NULL AND far < 9)"
        f" SELECT {name} FROM location AS l JOIN up ON l.id = up.id WHERE {name} IS NOT NULL ORDER BY far LIMIT 1",
        (site,),
    ).fetchone()
    return str(row[0]) if row else None


def seasons_text(db: Database, site: bytes) -> str | None:
    """The limits of a site's seasons as they are kept, its own or those of the site it is part of."""
    return _own_or_above(db, site, "seasons")


def _flyway(db: Database, site: bytes, parts: Sequence[bytes]) -> str:
    """The site's own, that of a site it is part of, or the one that all its parts with a flyway share."""
    if own := _own_or_above(db, site, "flyway"):
        return own
    marks = ",".join("?" * len(parts))
    rows = db.conn.execute(
        f"SELECT DISTINCT flyway FROM location WHERE deleted = 0 AND flyway IS NOT NULL AND id IN ({marks})",
        list(parts),
    ).fetchall()
    return str(rows[0][0]) if len(rows) == 1 else ""


def same_water(db: Database) -> dict[bytes, bytes]:
    """One name for all sectors and sites from which the same water is seen."""
    pairs = []
    for location, text in db.conn.execute(
        "SELECT id, overlaps FROM location WHERE deleted = 0 AND overlaps IS NOT NULL"
    ):
        pairs += [(location, bytes.fromhex(one)) for one in json.loads(text)]
    return joined(pairs)


@dataclass(slots=True)
class _Occasion:
    """All visits of one date, or of one coordinated count, in the parts of a site."""

    season: Season
    counts: list[Counted] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """For each count the population its counter named, or nothing."""
    looked_for: dict[bytes, frozenset[str]] = field(default_factory=dict)
    """By site, the groups that its adequate visits looked for."""
    told: dict[bytes, set[str]] = field(default_factory=dict)
    """By site, species of its adequate visits by stations that keep counts back: of others these show no zero."""
    uncounted: set[tuple[str, str]] = field(default_factory=set)
    """Species, with the population named, that were there and not counted."""
    roost: _Occasion | None = None
    """Birds at roosts on the same date: the same ones as by day, never added to them."""

    def groups(self, needed: Iterable[Sequence[bytes]]) -> frozenset[str]:
        """What was looked for in all of the site: a low number proves nothing where one bank was not counted.

        ``needed`` are the parts that people count in, each with the sites that hold it.
        """
        found = [frozenset[str]().union(*(self.looked_for.get(one, ()) for one in line)) for line in needed]
        return frozenset.intersection(*found) if found else frozenset()

    def told_whole(self, taxon: str, needed: Sequence[Sequence[bytes]]) -> bool:
        """Whether every part looked for a species, or tells of it and so keeps none of it back."""
        return bool(self.told) and all(
            _looked_for(taxon, self.groups([line])) or any(taxon in self.told.get(one, ()) for one in line)
            for line in needed
        )


def _needed(db: Database, found: SiteFigures, counted: set[bytes]) -> list[list[bytes]]:
    """Each innermost part that was ever counted, with those that hold it; a visit to any of these covers it."""
    marks = ",".join("?" * len(found.parts))
    above = dict(db.conn.execute(f"SELECT id, part_of FROM location WHERE id IN ({marks})", found.parts).fetchall())
    lines = {}
    for site in counted:
        line, one = [site], site
        while one != found.site and above.get(one) in above and above[one] not in line:
            one = above[one]
            line.append(one)
        lines[site] = line
    outer = {one for line in lines.values() for one in line[1:]}
    return [line for site, line in lines.items() if site not in outer]


def _count(
    db: Database,
    found: SiteFigures,
    limits: Limits,
    groups: dict[bytes, bytes],
    days: tuple[date | None, date | None],
    kept_back: dict[bytes, Withheld],
) -> None:
    marks = ",".join("?" * len(found.parts))
    visits = db.conn.execute(
        "SELECT s.id, site, date, season, coverage, coordinated, kind, quality, not_counted, complete, no_birds,"
        " b.origin FROM survey AS s LEFT JOIN batch AS b ON b.key = s.batch WHERE s.deleted = 0 AND date IS NOT NULL"
        f" AND site IN ({marks}) AND date >= ? AND date <= ? ORDER BY date, s.key",
        [*found.parts, days[0].isoformat() if days[0] else "", days[1].isoformat() if days[1] else "9999"],
    ).fetchall()
    written: dict[bytes, list[tuple[bytes | None, str, int, str | None, int | None, str | None, str | None]]] = {}
    for visit, *of_count in db.conn.execute(
        'SELECT c.survey, c.sector, c.taxon, c."count", c.flock, c.roost, p.name, c.method FROM "count" AS c'
        " JOIN survey AS s ON s.id = c.survey LEFT JOIN population AS p ON p.id = c.population"
        f' WHERE c.deleted = 0 AND s.deleted = 0 AND s.site IN ({marks}) AND c."count" IS NOT NULL',
        found.parts,
    ):
        written.setdefault(visit, []).append(tuple(of_count))
    occasions: dict[str, _Occasion] = {}
    of_visit: dict[bytes, tuple[bytes, list[_Occasion]]] = {}
    plain = {day for _visit, _site, day, _stated, _cover, called, *_more in visits if not (called or "").strip()}
    begun: dict[str, str] = {}
    for visit, site, day, stated, coverage, coordinated, kind, quality, not_counted, complete, none, maker in visits:
        if quality == "invalid":
            continue
        season = season_of(day, stated, limits)
        if season is None:
            continue
        found.covered.setdefault(season, []).append(coverage)
        rows = written.get(visit, [])
        if not rows and none != 1:
            continue  # nothing was entered, which is no zero: a site without birds is said to be one
        name = (coordinated or "").strip().casefold()
        if name and (name not in begun or days_apart(begun[name], day) > APART_DAYS):
            begun[name] = day
        key = f"{name}/{begun[name]}" if name else day
        groups_seen = frozenset[str]()
        if coverage is None or coverage >= _ENOUGH:
            groups_seen = bird_groups.counted({"kind": kind, "not_counted": not_counted, "complete": complete})
            if kind in _ONLY_SOME and complete != 1:
                groups_seen &= {bird_groups.group_of(row[1]) for row in rows}
        lacks = none != 1 and maker in kept_back and kept_back[maker].counts > 0
        told = {row[1] for row in rows if _looked_for(row[1], groups_seen)} if lacks else set()
        if lacks:
            groups_seen = frozenset()  # a species that its rule keeps back looks like one that was not there
        # On a date when another part was counted without the name, all parts are a site total of that date too.
        for one in {key, day} if day in plain else {key}:
            occasion = occasions.setdefault(one, _Occasion(season))
            if occasion.roost is None:
                occasion.roost = _Occasion(season)
            if groups_seen:
                occasion.looked_for[site] = occasion.looked_for.get(site, frozenset()) | groups_seen
            if told:
                occasion.told.setdefault(site, set()).update(told)
            of_visit.setdefault(visit, (site, []))[1].append(occasion.roost if kind == "roost" else occasion)
    for visit, (site, several) in of_visit.items():
        found.counts += len(written.get(visit, []))
        for sector, taxon, birds, flock, roost, named, method in written.get(visit, []):
            for of in several:
                occasion = of.roost if roost and of.roost is not None else of
                occasion.counts.append(Counted(site, sector, taxon, birds, flock or "", visit))
                occasion.names.append(named or "")
                if method == "present" and not birds:
                    occasion.uncounted.add((taxon, named or ""))
    needed = _needed(db, found, {site for site, _occasion in of_visit.values()})
    for occasion in occasions.values():
        season, seen = occasion.season, occasion.groups(needed)
        found.groups[season] = found.groups.get(season, frozenset()) | seen
        for one in (occasion, occasion.roost):
            if one is not None and (one is occasion or one.counts):
                _add(found, one, seen, groups, _whole(one, occasion, seen, needed))
    made = db.conn.execute(
        f"SELECT DISTINCT b.origin FROM location AS l JOIN batch AS b ON b.key = l.batch WHERE l.id IN ({marks})",
        found.parts,
    )
    near = {visit[-1] for visit in visits} | {row[0] for row in made} if kept_back else set()
    found.withheld = [one for station, one in kept_back.items() if station in near]


def _whole(one: _Occasion, day: _Occasion, seen: frozenset[str], needed: Sequence[Sequence[bytes]]) -> set[str]:
    """The species whose number on an occasion, or at its roosts, is whole."""
    here = {count.taxon for count in one.counts}
    return {taxon for taxon in here if _looked_for(taxon, seen) or day.told_whole(taxon, needed)}


def _add(
    found: SiteFigures, occasion: _Occasion, seen: frozenset[str], groups: dict[bytes, bytes], counted: set[str]
) -> None:
    """``seen`` are the groups that all of the site was looked over for, ``counted`` species whose number is whole."""
    season, totals = occasion.season, day_total(occasion.counts, groups)
    waterbirds = sum(birds for taxon, birds in totals.items() if is_waterbird(taxon))
    uncounted = {taxon for taxon, _named in occasion.uncounted}
    whole = seen.issuperset(bird_groups.WATERBIRDS) and not any(is_waterbird(taxon) for taxon in uncounted)
    _keep(found.totals, season, waterbirds, whole)
    for taxon, birds in totals.items():
        if taxon in uncounted:  # at least one bird, and who knows how many more
            found.uncounted.add((taxon, season))
            _keep(found.species.setdefault(taxon, {}), season, max(birds, 1), adequate=False)
        else:
            _keep(found.species.setdefault(taxon, {}), season, birds, taxon in counted)
    several = {one.taxon for one, name in zip(occasion.counts, occasion.names, strict=True) if name}
    for named in set(occasion.names) if several else ():
        these = [
            one
            for one, name in zip(occasion.counts, occasion.names, strict=True)
            if name == named and one.taxon in several
        ]
        for taxon, birds in day_total(these, groups).items():
            here = (taxon, named) in occasion.uncounted
            of = found.named.setdefault((taxon, named), {})
            _keep(of, season, max(birds, int(here)), adequate=not here and taxon in counted)


def _keep(of: dict[Season, SeasonValue], season: Season, birds: int, adequate: bool) -> None:
    known = of.get(season)
    if known is not None:
        birds, adequate = max(birds, known.birds or 0), adequate or known.adequate
    of[season] = SeasonValue(season, birds, adequate)


def _looked_for(taxon: str, groups: frozenset[str]) -> bool:
    """Whether a visit that counted these groups would have counted the species; of an unknown one, if it was all."""
    return _counts_group(bird_groups.group_of(taxon), groups)


def _counts_group(group: str, groups: frozenset[str]) -> bool:
    return group in groups if group else groups.issuperset(bird_groups.WATERBIRDS)


def _judge(found: SiteFigures, tables: dict[str, list[Population]]) -> None:
    kinds = found.kinds
    results = found.results
    for kind in (*kinds, ANY):
        results.append(Result(RAMSAR_5, "", kind, regularly(found.series(kind), criteria.RAMSAR_5)))
        if kind in STAGING:
            results.append(Result(FLYWAY_5000, "", kind, regularly(found.series(kind), criteria.EAAFP_STAGING)))
    for taxon in sorted(found.species):
        known = taxa.find(taxon)
        threatened = known is not None and known.iucn in THREATENED
        for kind in (*kinds, ANY):
            series = found.series(kind, taxon)
            if not any(one.birds for one in series):
                continue
            if threatened:
                results.append(Result(RAMSAR_2, taxon, kind, regularly(series, 1)))
            if kind in STAGING or kind in ("breeding", "moult"):
                results.append(Result(RAMSAR_4, taxon, kind, regularly(series, 1)))
            if taxon in tables and is_waterbird(taxon):
                results += _measured(found, taxon, kind, series, tables[taxon])


def _measured(
    found: SiteFigures, taxon: str, kind: str, whole: list[SeasonValue], of: list[Population]
) -> Iterable[Result]:
    """A species by its population: the one counters named, else by the site's flyway. Once counters named one, birds
    for which nobody did stand by themselves: added up, two populations would reach what neither does."""
    names = sorted(name for known, name in found.named if known == taxon) if found.named else []
    for name in names or [""]:
        series = found.series(kind, taxon, name) if name or names else whole
        if any(one.birds for one in series):
            meant = populations.for_site(of, name or found.flyway)
            yield from _of_population(taxon, kind, series, meant, name)


def _of_population(
    taxon: str, kind: str, series: list[SeasonValue], of: Iterable[Population], stated: str
) -> Iterable[Result]:
    """The 1 % and 0.25 % of a species. Where several populations may be meant, that with the highest level decides,
    and the result says that the verdict depends on it if it does."""
    known = [one for one in of if one.one_percent is not None]
    if not known:
        return
    levels: list[tuple[str, list[tuple[Population, int]]]] = [
        (RAMSAR_6, [(one, one.one_percent or 0) for one in known]),
        (FLYWAY_1, [(one, one.one_percent or 0) for one in known]),
    ]
    if kind in STAGING:
        levels.append((FLYWAY_025, [(one, one.quarter_percent or 0) for one in known]))
    for criterion, measured in levels:
        verdicts = [(one, regularly(series, level)) for one, level in measured]
        population, verdict = max(verdicts, key=lambda pair: pair[1].level)
        states = {other.state for _one, other in verdicts}
        share = population.share(verdict.largest) if verdict.largest is not None else None
        yield Result(criterion, taxon, kind, verdict, population, share, len(states) > 1, stated)


def best(results: Iterable[Result]) -> list[Result]:
    """Of the results of one criterion and species the strongest: met before provisional, then by the largest number."""
    order = (criteria.MET, criteria.PROVISIONAL, criteria.INSUFFICIENT, criteria.NOT_MET)
    chosen: dict[tuple[str, str, str], Result] = {}
    for one in results:
        key = (one.criterion, one.taxon, one.stated)
        known = chosen.get(key)
        rank = (order.index(one.verdict.state), one.unclear, one.kind == ANY, -(one.verdict.largest or 0))
        if known is None or rank < (
            order.index(known.verdict.state),
            known.unclear,
            known.kind == ANY,
            -(known.verdict.largest or 0),
        ):
            chosen[key] = one
    return [chosen[key] for key in sorted(chosen, key=lambda one: (CRITERIA.index(one[0]), *one[1:]))]
