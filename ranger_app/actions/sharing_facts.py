"""What a sharing rule has to know of a record: how sensitive its place is, its species, its area, its time.

Facts are read for many records of a kind at once, because a bundle asks for a million of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ranger_app.domain.fields import Value
from ranger_app.geo.tracks import unpack
from ranger_app.store.connection import Database
from ranger_app.store.sensitivity import EXTREME, NEAR, Places
from ranger_app.store.told_species import in_list

DAY = 86_400_000
_A_TURN = 500
_LONGEST = 2000
"""Steps of NEAR, some 200 km: fixes further apart are faults of the device, and the line between them means nothing."""


class Fact(NamedTuple):
    """What is known of one record. ``levels`` are categories of sensitivity as bits, ``when`` ms since 1970 or None."""

    levels: int = 0
    species: frozenset[str] = frozenset()
    places: frozenset[bytes] = frozenset()
    """Locations it is about; empty where it has none."""
    unplaced: bool = False
    """It lies somewhere, but at no location: nothing says in which area."""
    on_patrol: bool = False
    """Its place is a point of a patrol."""
    when: int | None = None


Row = tuple[Any, ...]
NOTHING = Fact()
_NOWHERE: frozenset[bytes] = frozenset()

_SQL = {
    "location": "SELECT id, latitude, longitude FROM location WHERE id IN ({marks})",
    "deployment": "SELECT id, location, start, utc_offset FROM deployment WHERE id IN ({marks})",
    "media": (
        "SELECT m.id, m.deployment, m.taken_at, s.site, m.latitude, m.longitude, m.patrol, m.shown, m.seen_by,"
        " coalesce(m.waypoint, f.waypoint), w.latitude, w.longitude"
        " FROM media AS m LEFT JOIN survey AS s ON s.id = m.survey LEFT JOIN sighting AS f ON f.id = m.sighting"
        " LEFT JOIN waypoint AS w ON w.id = coalesce(m.waypoint, f.waypoint) WHERE m.id IN ({marks})"
    ),
    "observation": (
        "SELECT o.id, o.deployment, m.taken_at, m.deployment, o.waypoint, o.taxon, i.taxon,"
        " CASE WHEN o.pictures IS NULL THEN NULL ELSE (SELECT max(x.taken_at) FROM event_picture AS e"
        " JOIN media AS x ON x.id = e.media WHERE e.observation = o.id) END, w.at, o.sample, t.date"
        " FROM observation AS o LEFT JOIN media AS m ON m.id = o.media"
        " LEFT JOIN individual AS i ON i.id = o.individual LEFT JOIN waypoint AS w ON w.id = o.waypoint"
        " LEFT JOIN sample AS t ON t.id = o.sample WHERE o.id IN ({marks})"
    ),
    "individual": "SELECT id, taxon FROM individual WHERE id IN ({marks})",
    "same_animal": (
        "SELECT s.id, s.at, a.taxon, b.taxon FROM same_animal AS s LEFT JOIN individual AS a ON a.id = s.one"
        " LEFT JOIN individual AS b ON b.id = s.other WHERE s.id IN ({marks})"
    ),
    "second_opinion": (
        "SELECT s.id, s.observation, coalesce(s.at, s.asked_at), i.taxon FROM second_opinion AS s"
        " LEFT JOIN individual AS i ON i.id = s.individual WHERE s.id IN ({marks})"
    ),
    "camera": "SELECT id FROM camera WHERE id IN ({marks})",
    "patrol": "SELECT id, date FROM patrol WHERE id IN ({marks})",
    "track": (
        "SELECT t.id, p.date, t.start, t.patrol, {points} FROM track AS t LEFT JOIN patrol AS p ON p.id = t.patrol"
        " WHERE t.id IN ({marks})"
    ),
    "waypoint": (
        "SELECT w.id, p.date, w.at, w.latitude, w.longitude FROM waypoint AS w"
        " LEFT JOIN patrol AS p ON p.id = w.patrol WHERE w.id IN ({marks})"
    ),
    "sighting": (
        "SELECT w.id, p.date, w.at, w.latitude, w.longitude, s.taxon, s.category, s.attributes, s.id FROM sighting AS s"
        " LEFT JOIN waypoint AS w ON w.id = s.waypoint LEFT JOIN patrol AS p ON p.id = s.patrol"
        " WHERE s.id IN ({marks})"
    ),
    "survey": "SELECT id, site, date FROM survey WHERE id IN ({marks})",
    "count": (
        'SELECT c.id, s.site, s.date, c.sector, c.taxon FROM "count" AS c LEFT JOIN survey AS s ON s.id = c.survey'
        " WHERE c.id IN ({marks})"
    ),
    "sample": (
        "SELECT s.id, s.waypoint, s.date, s.latitude, s.longitude, coalesce(s.patrol, s.sighting, s.health_event,"
        " s.part_of), coalesce(s.result_taxon, i.taxon) FROM sample AS s"
        " LEFT JOIN individual AS i ON i.id = s.individual WHERE s.id IN ({marks})"
    ),
    "hand_over": "SELECT id, sample, at, utc_offset FROM hand_over WHERE id IN ({marks})",
    "health_event": ("SELECT id, waypoint, date, latitude, longitude, patrol FROM health_event WHERE id IN ({marks})"),
    "note": "SELECT id, about_kind, about, at FROM note WHERE id IN ({marks})",
}
_NAMES = ("taxon", "result_taxon", "suspected_taxon")
_LOCATIONS = ("location", "site", "sector")


class Facts:
    """Reads facts of records from one connection, with what is known of places at hand."""

    def __init__(
        self, db: Database, places: Places, levels_of: Callable[[object], int], *, tracks: bool = True
    ) -> None:
        """``tracks``: whether the points of tracks matter, which are long to read."""
        self._db = db
        self._points = "t.points" if tracks else "NULL"
        self._places = places
        self._levels = levels_of
        self._known: dict[bytes | None, Fact] = {}
        self._readers: dict[str, Callable[[Row], Fact]] = {
            "location": self._location,
            "deployment": self._deployment,
            "media": self._media,
            "observation": self._observation,
            "individual": lambda row: self._of_species((row[1],)),
            "same_animal": lambda row: self._at((), row[2:], row[1]),
            "camera": self._camera,
            "patrol": lambda row: Fact(when=day(row[1])),
            "track": self._track,
            "waypoint": self._waypoint,
            "sighting": self._sighting,
            "survey": lambda row: self._at((row[1],), (), day(row[2])),
            "count": lambda row: self._at((row[1], row[3]), (row[4],), day(row[2])),
            "sample": self._sample,
            "health_event": self._placed,
        }

    def of(self, kind: str, ids: Iterable[bytes]) -> dict[bytes, Fact]:
        """The facts of those of these records that are here."""
        sql = _SQL.get(kind)
        if sql is None:
            return {}
        wanted = list(dict.fromkeys(ids))
        found: dict[bytes, Fact] = {}
        if kind == "note":
            return self._notes(self._rows(sql, wanted))
        if kind == "hand_over":
            return self._hand_overs(self._rows(sql, wanted))
        if kind == "second_opinion":
            return self._opinions(self._rows(sql, wanted))
        read = self._readers[kind]
        for row in self._rows(sql, wanted):
            found[row[-1] if kind == "sighting" else row[0]] = read(row)
        return found

    def stated(self, kind: str, record: bytes, fields: dict[str, Value], fact: Fact) -> Fact:
        """A fact with what one operation says itself, which may be what the record no longer says."""
        levels, species, places = fact.levels, fact.species, fact.places
        for said in self._named(kind, fields) - species:
            levels |= self._levels(said)
            species |= {said}
        for name in _LOCATIONS:
            value = fields.get(name)
            if isinstance(value, bytes) and value not in places:
                levels |= self._places.locations.get(value, EXTREME)
                places |= {value}
        deployment = fields.get("deployment")
        if isinstance(deployment, bytes):
            there = self._in_deployment(deployment, None)
            levels |= there.levels
            places |= there.places
        if kind in ("location", "waypoint", "sample", "health_event"):
            levels |= self._places.near(fields.get("latitude"), fields.get("longitude"))
        when = fact.when
        if when is not None:  # or a partner could end an embargo by giving the record an older date
            told = [day(fields.get("date")), local(fields.get("start"), 0), fields.get("at")]
            told.append(local(fields.get("at"), fields.get("utc_offset")))
            when = max([when, *(one for one in told if isinstance(one, int))])
        if (levels, species, places, when) == (fact.levels, fact.species, fact.places, fact.when):
            return fact
        return fact._replace(levels=levels, species=species, places=places, when=when)

    def _named(self, kind: str, fields: dict[str, Value]) -> set[str]:
        """The species that the fields of an operation name."""
        found = {value for name in _NAMES if isinstance(value := fields.get(name), str)}
        if kind in ("sighting", "waypoint") and self._places.told is not None:
            found |= self._places.told.of_find(fields.get("category"), fields.get("attributes"))
        return found | in_list(fields.get("others_near"))

    def in_deployment(self, deployment: Value) -> Fact:
        """What is known of anything in a deployment."""
        return self._in_deployment(deployment if isinstance(deployment, bytes) else None, None)

    def edited(self, ids: Sequence[bytes]) -> set[bytes]:
        """Those of these records that were changed after they were made."""
        return {row[0] for row in self._rows("SELECT DISTINCT id FROM edit WHERE id IN ({marks})", ids)}

    def _rows(self, sql: str, wanted: Sequence[bytes]) -> Iterable[Row]:
        for start in range(0, len(wanted), _A_TURN):
            part = wanted[start : start + _A_TURN]
            marks = ",".join("?" * len(part))
            yield from self._db.conn.execute(sql.format(marks=marks, points=self._points), part)

    def _at(self, locations: Iterable[bytes | None], names: Iterable[str | None], when: int | None) -> Fact:
        here = frozenset(one for one in locations if one is not None)
        levels = 0
        for one in here:
            levels |= self._places.locations.get(one, EXTREME)
        species = frozenset(one for one in names if one)
        for name in species:
            levels |= self._levels(name)
        return Fact(levels, species, here, when=when)

    def _of_species(self, names: Iterable[str | None]) -> Fact:
        return self._at((), names, None)

    def _location(self, row: Row) -> Fact:
        return Fact(self._places.locations.get(row[0], 0), places=frozenset((row[0],)))

    def _deployment(self, row: Row) -> Fact:
        here = frozenset((row[1],)) if row[1] is not None else _NOWHERE
        levels = self._places.deployments.get(row[0], 0)
        return Fact(levels, places=here, unplaced=row[1] is None, when=local(row[2], row[3]))

    def _camera(self, row: Row) -> Fact:
        here = frozenset(self._places.locations_of_camera.get(row[0], ()))
        return Fact(self._places.cameras.get(row[0], 0), places=here)

    def _in_deployment(self, deployment: bytes | None, when: int | None) -> Fact:
        fact = self._known.get(deployment)
        if fact is None:
            fact = self._known[deployment] = self._of_deployment(deployment)
        return fact if when is None else Fact(fact.levels, fact.species, fact.places, fact.unplaced, False, when)

    def _of_deployment(self, deployment: bytes | None) -> Fact:
        if deployment is None:
            return NOTHING
        location = self._places.location_of.get(deployment)
        here = frozenset((location,)) if location is not None else _NOWHERE
        return Fact(self._places.deployments.get(deployment, EXTREME), places=here, unplaced=location is None)

    def _media(self, row: Row) -> Fact:
        _id, deployment, taken_at, site, latitude, longitude, patrol, shown, seen_by, waypoint, *point = row
        on_patrol = patrol is not None or waypoint is not None
        fact = self._in_deployment(deployment, None if taken_at is None else taken_at * 1000)
        if deployment is not None and site is None and not on_patrol and latitude is None:
            return fact
        # A photo at a waypoint may show what was found there, whatever is said of the photo.
        there = self._at((site,), (shown, *self._places.waypoints.get(waypoint, ())), None)
        species = there.species - {shown}
        levels = fact.levels | there.levels | self._places.near(latitude, longitude) | self._places.near(*point)
        if seen_by < 2 and deployment is None:
            levels |= EXTREME
        places = fact.places | there.places
        unplaced = fact.unplaced or (not places and (latitude is not None or on_patrol))
        return fact._replace(levels=levels, species=species, places=places, unplaced=unplaced, on_patrol=on_patrol)

    def _observation(self, row: Row) -> Fact:
        _id, stated, taken_at, deployment, waypoint, taxon, individual, last, at, sample, collected = row
        when = taken_at if last is None else last
        at = day(collected) if at is None else at
        fact = self._in_deployment(stated if stated is not None else deployment, at if when is None else when * 1000)
        if deployment is not None and stated is not None and deployment != stated:
            other = self._in_deployment(deployment, None)
            fact = fact._replace(levels=fact.levels | other.levels, places=fact.places | other.places)
        names = frozenset(one for one in (taxon, individual) if one)
        names |= self._places.waypoints.get(waypoint, set()) | self._places.of_record.get(sample, set())
        levels = fact.levels
        for name in names:
            levels |= self._levels(name)
        unplaced = fact.unplaced or (not fact.places and (waypoint is not None or sample is not None))
        return Fact(levels, names, fact.places, unplaced, False, fact.when)

    def _track(self, row: Row) -> Fact:
        """A track is as sensitive as the places it passes: who walks to a camera stops there."""
        _id, date, start, patrol, points = row
        when = start if start is not None else day(date)
        levels = self._places.patrols.get(patrol, 0)
        if points is None or not self._places.cells:
            return Fact(levels, when=when)
        try:
            way, _marks = unpack(points)
        except ValueError:
            return Fact(EXTREME, when=when)
        cells = self._places.cells
        before: tuple[float, float] | None = None
        for latitude, longitude in zip(way.latitude, way.longitude, strict=True):
            if -90 <= latitude <= 90 and -180 <= longitude <= 180:  # not for NaN
                here = latitude * 1e7, longitude * 1e7
                levels |= cells.get((int(here[0]) // NEAR, int(here[1]) // NEAR), 0)
                if before is not None:
                    for cell in _between(before, here):
                        levels |= cells.get(cell, 0)
                before = here
        return Fact(levels, when=when)

    def _waypoint(self, row: Row) -> Fact:
        record, date, at, latitude, longitude = row
        names = frozenset(self._places.waypoints.get(record, ()))
        levels = self._places.near(latitude, longitude)
        for name in names:
            levels |= self._levels(name)
        return Fact(levels, names, unplaced=True, on_patrol=True, when=at if at is not None else day(date))

    def _sighting(self, row: Row) -> Fact:
        fact = self._waypoint(row[:5])
        taxon, category, attributes = row[5:8]
        names = {taxon} if taxon else set()
        if self._places.told is not None:
            names |= self._places.told.of_find(category, attributes)
        return self._of_names(fact, names)

    def _of_names(self, fact: Fact, names: Iterable[str]) -> Fact:
        levels = fact.levels
        for name in names:
            levels |= self._levels(name)
        return fact._replace(levels=levels, species=fact.species | frozenset(names))

    def _placed(self, row: Row) -> Fact:
        """A sample or a health event: by its own place, and by the waypoint and the patrol it is of."""
        record, waypoint, date, latitude, longitude, within, *_more = row
        fact = Fact(
            self._places.near(latitude, longitude),
            unplaced=latitude is not None or waypoint is not None or within is not None,
            on_patrol=waypoint is not None or within is not None,
            when=day(date),
        )
        return self._of_names(fact, self._places.of_record.get(record, ()))

    def _sample(self, row: Row) -> Fact:
        fact = self._placed(row)
        if not row[6]:
            return fact._replace(levels=fact.levels | EXTREME)  # whose scat it is may be known tomorrow
        return fact

    def _hand_overs(self, rows: Iterable[Row]) -> dict[bytes, Fact]:
        links = list(rows)
        facts = self.of("sample", [row[1] for row in links if row[1] is not None])
        found = {}
        for record, sample, at, offset in links:
            fact = facts.get(sample, NOTHING)
            times = [one for one in (fact.when, local(at, offset)) if one is not None]
            found[record] = fact._replace(when=max(times, default=None))
        return found

    def _opinions(self, rows: Iterable[Row]) -> dict[bytes, Fact]:
        """An opinion is as sensitive as the observation that it is about, and as the animal that it names."""
        opinions = list(rows)
        facts = self.of("observation", [row[1] for row in opinions if row[1] is not None])
        found = {}
        for record, observation, at, taxon in opinions:
            fact = self._of_names(facts.get(observation, NOTHING), () if taxon is None else (taxon,))
            found[record] = fact._replace(when=max((one for one in (fact.when, at) if one is not None), default=None))
        return found

    def _notes(self, rows: Iterable[Row]) -> dict[bytes, Fact]:
        notes = list(rows)
        about: dict[str, list[bytes]] = {}
        for _id, kind, record, _at in notes:
            if isinstance(kind, str) and kind != "note" and isinstance(record, bytes):
                about.setdefault(kind, []).append(record)
        facts = {kind: self.of(kind, ids) for kind, ids in about.items()}
        return {note: facts.get(kind, {}).get(record, NOTHING)._replace(when=at) for note, kind, record, at in notes}


def _between(one: tuple[float, float], other: tuple[float, float]) -> Iterator[tuple[int, int]]:
    """The cells of NEAR on the line between two fixes that lie further apart: somebody walked there too."""
    north, east = other[0] - one[0], other[1] - one[1]
    steps = int(max(abs(north), abs(east)) // NEAR) + 1
    if 1 < steps <= _LONGEST:
        for step in range(1, steps):
            yield int(one[0] + north * step / steps) // NEAR, int(one[1] + east * step / steps) // NEAR


def day(date: Value) -> int | None:
    """The end of a date in ms since 1970; None where there is none."""
    return None if (start := local(date, 0)) is None else start + DAY


def local(time: Value, offset: Value) -> int | None:
    """A written time or date with its offset in minutes, in ms since 1970; None where it is none."""
    if not isinstance(time, str) or not time:
        return None
    try:
        moment = datetime.fromisoformat(time).replace(tzinfo=None)
    except ValueError:
        return None
    minutes = offset if isinstance(offset, int) else 0
    return round((moment - datetime(1970, 1, 1)) / timedelta(milliseconds=1)) - minutes * 60_000
