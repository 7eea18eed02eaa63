"""What a partner will see under a rule, in numbers and examples, before anything is given."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ranger_app.actions.sharing_view import View, precision_in
from ranger_app.domain import coarse, sharing, taxa
from ranger_app.domain.fields import Kind, Value
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.sharing import SENSITIVITIES, Precision, Rule
from ranger_app.library import Library
from ranger_app.store.connection import Database

EXAMPLES = 5
_TURN = 5_000


@dataclass(slots=True)
class Seen:
    """Records of one kind: seen with all their fields, in part, or not at all."""

    whole: int = 0
    part: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class PlaceSeen:
    """A location as it is here and as the partner will see it; coordinates in 1e-7 degree, None where not given."""

    id: bytes
    name: str
    latitude: int
    longitude: int
    precision: Precision
    shown_name: str | None
    shown_latitude: int | None
    shown_longitude: int | None
    uncertainty: int | None
    """Metres, of a rounded place."""


@dataclass(slots=True)
class Preview:
    """What the partner will see. ``pictures`` counts by what leaves of them."""

    rule: Rule
    kinds: dict[str, Seen] = field(default_factory=dict)
    places: list[PlaceSeen] = field(default_factory=list)
    """Examples, at most EXAMPLES for each precision, the strictest first."""
    precisions: Counter[Precision] = field(default_factory=Counter)
    """How many locations leave at each precision."""
    species: dict[str, Precision] = field(default_factory=dict)
    """Species recorded here whose places are not given exactly."""
    pictures: Counter[str] = field(default_factory=Counter)


def preview(library: Library, rule: Rule) -> Preview:
    """What the rule gives of this library as it stands.

    Pictures and statements are counted by deployment, so that a million take a moment; statements without a picture
    count as older than any embargo.
    """
    with library.read() as db:
        view = View(db, rule, library.now_ms())
        found = Preview(rule)
        for kind in KINDS:
            if kind.name == "media":
                found.kinds[kind.name] = _media(db, view, found.pictures)
            elif kind.name == "observation":
                found.kinds[kind.name] = _observations(db, view, kind)
            else:
                found.kinds[kind.name] = _one_by_one(db, view, kind)
        _places(db, view, found)
        _species(db, view, found)
        return found


def _one_by_one(db: Database, view: View, kind: Kind) -> Seen:
    seen = Seen()
    cursor = db.conn.execute(f'SELECT id FROM "{kind.name}" WHERE deleted=0')
    if not view.allowed_kind(kind.name):
        seen.withheld = sum(1 for _row in cursor)
        return seen
    while rows := cursor.fetchmany(_TURN):
        for groups in view.records(kind.name, [row[0] for row in rows]).values():
            _count(seen, kind, groups, 1)
    return seen


def _count(seen: Seen, kind: Kind, groups: frozenset[str], number: int) -> None:
    if not groups:
        seen.withheld += number
    elif all(one.group.value in groups for one in kind.fields):
        seen.whole += number
    else:
        seen.part += number


def _media(db: Database, view: View, pictures: Counter[str]) -> Seen:
    kind = next(one for one in KINDS if one.name == "media")
    seen = Seen()
    since = view.since
    recent = "0" if since is None else "coalesce(taken_at, 0) >= ?"
    params: tuple[Value, ...] = () if since is None else (-(-since // 1000),)
    shown = "shown" if view.rule.species else "NULL"
    rows = db.conn.execute(
        f"SELECT deployment, {recent}, seen_by >= 2, people, {shown}, count(*), min(id) FROM media WHERE deleted=0"
        " GROUP BY 1, 2, 3, 4, 5",
        params,
    ).fetchall()
    allowed = view.allowed_kind("media")
    for deployment, late, looked, people, taxon, number, one in rows:
        if not allowed or late:
            groups: frozenset[str] = frozenset()
        elif deployment is None:
            groups = view.records("media", [one])[one]  # pictures of patrols and surveys are few and much alike
        else:
            groups = view.in_deployment("media", deployment)
        _count(seen, kind, groups, number)
        stays = bool(people) or not view.allowed_taxon(taxon)
        pictures[_form(view, groups, bool(looked), stays)] += number
    return seen


def _form(view: View, groups: frozenset[str], looked: bool, stays: bool) -> str:
    rule = view.rule
    if not groups or rule.pictures == "none" or stays or (rule.species and not looked):
        return "none"
    if "file" not in groups:
        return "redacted"
    return "original" if looked and rule.pictures == "originals" else "thumbnail"


def _observations(db: Database, view: View, kind: Kind) -> Seen:
    seen = Seen()
    taxon = "taxon" if view.rule.species else "NULL"
    rows = db.conn.execute(
        f"SELECT deployment, {taxon}, count(*) FROM observation WHERE deleted=0 GROUP BY 1, 2"
    ).fetchall()
    late: Counter[tuple[bytes | None, str | None]] = Counter()
    if view.since is not None:
        for deployment, name, number in db.conn.execute(
            f"SELECT o.deployment, {'o.taxon' if view.rule.species else 'NULL'}, count(*) FROM media AS m"
            " CROSS JOIN observation AS o ON o.media = m.id"
            " WHERE m.deleted=0 AND o.deleted=0 AND m.taken_at >= ? GROUP BY 1, 2",
            (-(-view.since // 1000),),
        ):
            late[deployment, name] = number
    allowed = view.allowed_kind("observation")
    for deployment, name, number in rows:
        hidden = number if not allowed or not view.allowed_taxon(name) else min(number, late[deployment, name])
        seen.withheld += hidden
        _count(seen, kind, view.in_deployment("observation", deployment), number - hidden)
    return seen


def _places(db: Database, view: View, found: Preview) -> None:
    cursor = db.conn.execute(
        "SELECT id, name, latitude, longitude FROM location WHERE deleted=0 AND latitude IS NOT NULL"
        " AND longitude IS NOT NULL ORDER BY name, id"
    )
    examples: dict[Precision, list[PlaceSeen]] = {}
    while rows := cursor.fetchmany(_TURN):
        seen = view.records("location", [row[0] for row in rows])
        for location, name, latitude, longitude in rows:
            precision = precision_in(seen[location])
            found.precisions[precision] += 1
            some = examples.setdefault(precision, [])
            if len(some) < EXAMPLES:
                some.append(_place(location, name, latitude, longitude, precision))
    for precision in reversed(sharing.PRECISIONS):
        found.places += examples.get(precision, [])


def _place(location: bytes, name: str | None, latitude: int, longitude: int, precision: Precision) -> PlaceSeen:
    here = (location, name or "", latitude, longitude, precision)
    if precision == "exact":
        return PlaceSeen(*here, name, latitude, longitude, None)
    if precision == "withheld":
        return PlaceSeen(*here, None, None, None, None)
    digits = int(precision)
    cell = (coarse.cell(latitude, digits), coarse.cell(longitude, digits))
    return PlaceSeen(*here, None, *cell, coarse.UNCERTAINTY[digits])


def _species(db: Database, view: View, found: Preview) -> None:
    names = {
        row[0]
        for table in ("observation", '"count"', "individual")
        for row in db.conn.execute(f"SELECT DISTINCT taxon FROM {table} WHERE deleted=0 AND taxon IS NOT NULL")
    }
    for name in sorted(taxa.match(one) or one for one in names):
        levels = view.levels_of(name)
        precision = view.level_precision(levels)
        if levels and precision != "exact" and any(levels >> one & 1 for one in SENSITIVITIES):
            found.species[name] = precision
