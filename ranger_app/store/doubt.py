"""What partners who may not see everything say of our records: it can make a place more sensitive, never less.

Whoever gets a place only roughly must not get it by correcting, deleting or moving what makes it sensitive, nor by
saying that its pictures were looked at. A person here who edits the same field, or looks, ends the doubt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ranger_app.domain import sharing
from ranger_app.domain.fields import Value
from ranger_app.domain.merge import Version, makers
from ranger_app.store import revocations
from ranger_app.store.connection import Database
from ranger_app.store.log import Log
from ranger_app.store.statements import about
from ranger_app.store.told_species import Told

_FIELDS: dict[str, frozenset[str]] = {
    "observation": frozenset(
        {
            *("taxon", "individual", "deployment", "media", "pictures", "waypoint", "sample"),
            *("type", "method", "look", "deleted"),
        }
    ),
    "media": frozenset({"deployment", "survey", "waypoint", "sighting", "deleted"}),
    "deployment": frozenset({"location", "paired_with", "deleted"}),
    "location": frozenset({"type", "latitude", "longitude", "part_of", "protected_area", "deleted"}),
    "survey": frozenset({"site", "deleted"}),
    "count": frozenset({"taxon", "survey", "sector", "deleted"}),
    "sample": frozenset(
        {
            *("result_taxon", "suspected_taxon", "individual", "waypoint", "latitude", "longitude", "deleted"),
            *("sighting", "health_event", "part_of"),
        }
    ),
    "health_event": frozenset({"taxon", "others_near", "individual", "waypoint", "latitude", "longitude", "deleted"}),
    "sighting": frozenset({"taxon", "category", "attributes", "waypoint", "deleted"}),
    "waypoint": frozenset({"category", "latitude", "longitude", "deleted"}),
    "individual": frozenset({"taxon", "deleted", "left_picture", "right_picture", "face_picture", "tail_picture"}),
}
"""By kind, the fields from which the sensitivity of a place follows."""


@dataclass(slots=True)
class Doubt:
    """What counts besides what the tables say. Sensitivities as bits, see ``sensitivity.Places``."""

    locations: dict[bytes, int] = field(default_factory=dict)
    deployments: dict[bytes, int] = field(default_factory=dict)
    points: list[tuple[int, int, int]] = field(default_factory=list)
    patrols: dict[bytes, int] = field(default_factory=dict)
    unreviewed: set[bytes] = field(default_factory=set)
    """Pictures that only such partners say they looked at."""
    people: set[bytes] = field(default_factory=set)
    """Pictures on which people were seen, though such a partner says otherwise."""


def stations(db: Database) -> list[bytes]:
    """The stations whose batches are here and whose word opens nothing: all but this one and those who see it all."""
    own = db.conn.execute("SELECT value FROM setting WHERE name='station.id'").fetchone()
    if own is None:
        return []
    believed = {bytes.fromhex(own[0])}
    for station, clearance, rule in db.conn.execute(
        "SELECT id, clearance, rule FROM station WHERE partner=1 AND trusted=1"
    ):
        if _sees_all(clearance, rule):
            believed.add(station)
    believed -= revocations.withdrawn(db).keys() - {bytes.fromhex(own[0])}
    return sorted({row[0] for row in db.conn.execute("SELECT DISTINCT origin FROM seen")} - believed)


def _sees_all(clearance: str, rule: str) -> bool:
    try:
        return sharing.from_text(rule).everything if rule else clearance == sharing.FULL.name
    except ValueError:
        return False


def find(db: Database, levels_of: Callable[[object], int], extreme: int) -> Doubt:
    """What counts besides what the tables say; ``extreme`` is the bit for where nothing better is known."""
    doubtful = stations(db)
    found = Doubt()
    if doubtful:
        _Search(db, frozenset(doubtful), levels_of, extreme, found).run()
    return found


class _Search:
    def __init__(
        self, db: Database, doubtful: frozenset[bytes], levels_of: Callable[[object], int], extreme: int, found: Doubt
    ) -> None:
        self.db, self.doubtful, self.levels_of, self.extreme, self.found = db, doubtful, levels_of, extreme, found
        self._marks = ",".join("?" * len(doubtful))
        self._log = Log(db)

    def run(self) -> None:
        kinds = ",".join(f"'{kind}'" for kind in _FIELDS)
        edited = self.db.conn.execute(
            "SELECT DISTINCT e.kind, e.id FROM edit AS e JOIN batch AS b ON b.key = e.batch"
            f" WHERE b.origin IN ({self._marks}) AND e.kind IN ({kinds})",
            tuple(self.doubtful),
        ).fetchall()
        for kind, record in edited:
            self._edited(kind, record)
        self._looked_at()

    # -- records that they edited

    def _edited(self, kind: str, record: bytes) -> None:
        row = self.db.conn.execute(f'SELECT batch FROM "{kind}" WHERE id=?', (record,)).fetchone()
        created_in = row[0] if row else None
        versions = self._log.versions(kind, record, created_in)
        keys = {key for (key,) in self.db.conn.execute("SELECT batch FROM edit WHERE id=? AND kind=?", (record, kind))}
        made_by = makers(self._log.made(kind, record, keys | ({created_in} if created_in is not None else set())))
        theirs = [v for v in versions if v.writer[0] in self.doubtful and made_by != {v.writer[0]}]
        ours = [v for v in versions if v.writer[0] not in self.doubtful]
        touched = {
            name
            for v in theirs
            for name in _FIELDS[kind] & v.fields.keys()
            if not any(name in one.fields and one.saw(v) for one in ours)
        }
        if touched:
            getattr(self, f"_{kind}")(record, versions, [v for v in versions if v not in theirs])

    def _observation(self, _record: bytes, versions: Sequence[Version], before: Sequence[Version]) -> None:
        pictures = set(_said(versions, "media"))
        for text in _texts(versions, "pictures"):
            pictures |= _ids(text)
        deployments = set(_said(versions, "deployment"))
        for one in pictures:
            deployments |= self._of("SELECT deployment FROM media WHERE id=?", one)
        levels = 0
        for name in self._names(versions):
            levels |= self.levels_of(name)
        self._mark(self.found.deployments, deployments, levels)
        self._photos(pictures, levels)
        self._points("waypoint", _said(versions, "waypoint"), levels)
        self._points("sample", _said(versions, "sample"), levels)
        types = set(_texts(before, "type"))
        if "human" in types:
            self.found.people |= pictures
        if not types - {"unclassified"} or set(_texts(before, "method")) == {"machine"}:
            self._unseen(pictures)

    def _names(self, versions: Sequence[Version]) -> set[object]:
        names: set[object] = set(_texts(versions, "taxon"))
        for individual in _said(versions, "individual"):
            names |= {row[0] for row in self.db.conn.execute("SELECT taxon FROM individual WHERE id=?", (individual,))}
        return names

    def _media(self, _record: bytes, versions: Sequence[Version], _before: Sequence[Version]) -> None:
        self._mark(self.found.deployments, _said(versions, "deployment"), self.extreme)
        for survey in _said(versions, "survey"):
            self._mark(self.found.locations, self._of("SELECT site FROM survey WHERE id=?", survey), self.extreme)
        self._points("waypoint", _said(versions, "waypoint"), self.extreme)

    def _deployment(self, record: bytes, versions: Sequence[Version], _before: Sequence[Version]) -> None:
        self._mark(self.found.deployments, [record], self.extreme)
        self._mark(self.found.locations, _said(versions, "location"), self.extreme)

    def _location(self, record: bytes, _versions: Sequence[Version], _before: Sequence[Version]) -> None:
        self._mark(self.found.locations, [record], self.extreme)

    def _survey(self, _record: bytes, versions: Sequence[Version], _before: Sequence[Version]) -> None:
        self._mark(self.found.locations, _said(versions, "site"), self.extreme)

    def _count(self, _record: bytes, versions: Sequence[Version], _before: Sequence[Version]) -> None:
        levels = 0
        for name in _texts(versions, "taxon"):
            levels |= self.levels_of(name)
        self._mark(self.found.locations, _said(versions, "sector"), levels)
        for survey in _said(versions, "survey"):
            self._mark(self.found.locations, self._of("SELECT site FROM survey WHERE id=?", survey), levels)

    def _sample(self, _record: bytes, versions: Sequence[Version], _before: Sequence[Version]) -> None:
        for latitude in _numbers(versions, "latitude"):
            self.found.points += [(latitude, one, self.extreme) for one in _numbers(versions, "longitude")]
        self._points("waypoint", _said(versions, "waypoint"), self.extreme)
        for find in _said(versions, "sighting"):
            self._points("waypoint", self._of("SELECT waypoint FROM sighting WHERE id=?", find), self.extreme)

    _waypoint = _health_event = _sample

    def _sighting(self, _record: bytes, versions: Sequence[Version], _before: Sequence[Version]) -> None:
        levels = 0
        for name in _texts(versions, "taxon"):
            levels |= self.levels_of(name)
        told = Told(self.db)
        for v in versions:
            for named in told.of_find(v.fields.get("category"), v.fields.get("attributes")):
                levels |= self.levels_of(named)
        self._points("waypoint", _said(versions, "waypoint"), levels)

    def _individual(self, record: bytes, versions: Sequence[Version], _before: Sequence[Version]) -> None:
        levels = 0
        for name in _texts(versions, "taxon"):
            levels |= self.levels_of(name)
        seen = self.db.conn.execute(
            "SELECT DISTINCT coalesce(o.deployment, m.deployment) FROM observation AS o"
            " LEFT JOIN media AS m ON m.id = o.media WHERE o.individual=?",
            (record,),
        )
        self._mark(self.found.deployments, [row[0] for row in seen], levels)
        for kind in ("observation", "sample", "health_event"):
            for waypoint in self._of(f"SELECT waypoint FROM {kind} WHERE individual=?", record):
                self._points("waypoint", [waypoint], levels)
        self._points("sample", self._of("SELECT sample FROM observation WHERE individual=?", record), levels)
        for kind in ("sample", "health_event"):
            self._points(kind, self._of(f"SELECT id FROM {kind} WHERE individual=?", record), levels)

    # -- pictures that they say they looked at

    def _looked_at(self) -> None:
        said = (
            f"FROM observation AS o JOIN batch AS b ON b.key = o.batch WHERE b.origin IN ({self._marks})"
            " AND o.deleted = 0 AND o.method IS NOT 'machine' AND o.type <> 'unclassified'"
        )
        pictures = self.db.conn.execute(
            f"SELECT o.media, b.origin {said} AND o.media IS NOT NULL"
            f" UNION SELECT e.media, b.origin {said.replace('WHERE', 'JOIN event_picture AS e ON e.observation = o.id WHERE', 1)}",  # noqa: E501
            (*self.doubtful, *self.doubtful),
        ).fetchall()
        question = (
            "SELECT coalesce(max(o.method IS NOT 'machine' AND o.type <> 'unclassified'), 0),"
            " coalesce(max(o.type = 'human'), 0), coalesce(max(o.look IS 'settled'), 0)"
            f" FROM observation AS o JOIN batch AS b ON b.key = o.batch WHERE o.deleted = 0 AND {about('?1')}"
            f" AND (b.origin = ?2 OR b.origin NOT IN ({','.join(f'?{at}' for at in range(3, 3 + len(self.doubtful)))}))"
        )
        for picture, origin in pictures:
            maker = self.db.conn.execute(
                "SELECT b.origin FROM media AS m JOIN batch AS b ON b.key = m.batch WHERE m.id=?", (picture,)
            ).fetchone()
            if maker is None or maker[0] == origin:
                continue
            seen, people, settled = self.db.conn.execute(question, (picture, maker[0], *self.doubtful)).fetchone()
            if not seen:
                self._unseen([picture])
            if people and not settled:
                self.found.people.add(picture)

    def _unseen(self, pictures: Iterable[bytes]) -> None:
        for picture in pictures:
            self.found.unreviewed.add(picture)
            deployments = self._of("SELECT deployment FROM media WHERE id=?", picture)
            self._mark(self.found.deployments, deployments, self.extreme)
            self._photos([picture], self.extreme)

    # -- small things

    def _photos(self, pictures: Iterable[bytes], levels: int) -> None:
        """Where photos of patrols were taken: at their waypoint, their own place, or somewhere on the track."""
        for picture in pictures if levels else ():
            self._points("media", [picture], levels)
            self._points("waypoint", self._of("SELECT waypoint FROM media WHERE id=?", picture), levels)
            self._mark(self.found.patrols, self._of("SELECT patrol FROM media WHERE id=?", picture), levels)

    def _points(self, table: str, records: Iterable[bytes], levels: int) -> None:
        for record in records if levels else ():
            for place in self.db.conn.execute(f"SELECT latitude, longitude FROM {table} WHERE id=?", (record,)):
                if None not in place:
                    self.found.points.append((*place, levels))

    def _of(self, sql: str, record: bytes) -> set[bytes]:
        return {row[0] for row in self.db.conn.execute(sql, (record,)) if row[0] is not None}

    def _mark(self, where: dict[bytes, int], ids: Iterable[bytes | None], levels: int) -> None:
        for one in ids:
            if one is not None and levels:
                where[one] = where.get(one, 0) | levels


def _values(versions: Sequence[Version], name: str) -> list[Value]:
    return [v.fields[name] for v in versions if v.fields.get(name) is not None]


def _said(versions: Sequence[Version], name: str) -> list[bytes]:
    return [value for value in _values(versions, name) if isinstance(value, bytes)]


def _texts(versions: Sequence[Version], name: str) -> list[str]:
    return [value for value in _values(versions, name) if isinstance(value, str)]


def _numbers(versions: Sequence[Version], name: str) -> list[int]:
    return [value for value in _values(versions, name) if isinstance(value, int)]


def _ids(text: str) -> set[bytes]:
    try:
        return {bytes.fromhex(one) for one in json.loads(text)}
    except (ValueError, TypeError, RecursionError):
        return set()
