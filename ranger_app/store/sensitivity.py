"""How sensitive each place is: which protected species were seen there, and whether anybody has looked at all.

What a rule does to a place depends on this. It is asked for whole bundles and exports, so it is read once: memory holds
something for each location, deployment and sensitive waypoint, never for each picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from ranger_app.domain import taxa
from ranger_app.store import doubt as doubts
from ranger_app.store.connection import Database
from ranger_app.store.told_species import Told, in_list

EXTREME = 1 << 1
"""The most sensitive category, as a bit of ``levels``."""
NEAR = 10_000
"""1e-7 degree, about 100 m: two records of one place are rarely further apart."""

_decode = msgspec.msgpack.Decoder(list[list[object]]).decode
_DEEPEST = 20
"""Samples taken from samples; a ring of them is no reason to hang."""
_UNNAMED = {"sp", "sp.", "spp", "spp."}


@dataclass(slots=True)
class Places:
    """Sensitivities as sets of categories, one bit each: bit 1 extreme … bit 4 low, 0 where nothing is known."""

    locations: dict[bytes, int] = field(default_factory=dict)
    deployments: dict[bytes, int] = field(default_factory=dict)
    cameras: dict[bytes, int] = field(default_factory=dict)
    waypoints: dict[bytes, set[str]] = field(default_factory=dict)
    """Species stated for waypoints, by whatever was found or taken there."""
    of_record: dict[bytes, set[str]] = field(default_factory=dict)
    """Species that samples and health events are of, by their own word or by that of what they belong to."""
    patrols: dict[bytes, int] = field(default_factory=dict)
    """Categories of photos of a patrol that only its track places, by their time."""
    told: Told | None = None
    """What recognises species in a find."""
    location_of: dict[bytes, bytes] = field(default_factory=dict)
    """Deployment -> location."""
    locations_of_camera: dict[bytes, set[bytes]] = field(default_factory=dict)
    area_of: dict[bytes, bytes] = field(default_factory=dict)
    """Location -> protected area, its own or that of the location it is part of."""
    grid: dict[tuple[int, int], list[tuple[int, int, int]]] = field(default_factory=dict)
    """Sensitive points by cell of NEAR: latitude, longitude, categories."""
    doubt: doubts.Doubt = field(default_factory=doubts.Doubt)
    """What partners who may not see everything cannot take away."""
    cells: dict[tuple[int, int], int] = field(default_factory=dict)
    """Categories by cell of NEAR, each point counted in the cells around its own too."""

    def near(self, latitude: object, longitude: object) -> int:
        """Categories of the sensitive places within NEAR of a point (1e-7 degree)."""
        if not isinstance(latitude, int) or not isinstance(longitude, int):
            return 0
        found = 0
        for one, other, levels in _around(self.grid, latitude, longitude):
            if abs(one - latitude) <= NEAR and abs(other - longitude) <= NEAR:
                found |= levels
        return found


def levels_of(name: object) -> int:
    """The categories of a species by any of its names: of its species for a subspecies, of all species for a genus."""
    if not isinstance(name, str) or not name:
        return 0
    words = taxa.fold(name).split()
    both = " ".join(words[:2])
    found = 0
    for text in {name, taxa.match(name), taxa.match(both), taxa.given_as(both)}:
        for listed in (taxa.find(text), taxa.given(text)) if text else ():
            # What a record says of a listed species can make it more sensitive, never less: it may have come by bundle.
            if listed is not None and listed.sensitive:
                found |= 1 << listed.sensitive
    if not found and words and (len(words) == 1 or words[1] in _UNNAMED):
        for listed in taxa.load():
            genus, _space, species = listed.scientific.partition(" ")
            if species and listed.sensitive and taxa.fold(genus) == words[0]:
                found |= 1 << listed.sensitive
    return found


def places(db: Database) -> Places:
    """The sensitivity of every place; all of it from this library's own tables."""
    found = Places()
    own: dict[bytes, int] = {}
    pairs: list[tuple[bytes, bytes]] = []
    deployments = db.conn.execute("SELECT id, location, camera, paired_with, deleted FROM deployment").fetchall()
    for deployment, location, _camera, _paired, _deleted in deployments:
        found.deployments[deployment] = 0
        if location is not None:
            found.location_of[deployment] = location
    _of_deployments(db, found)
    found.doubt = doubts.find(db, levels_of, EXTREME)
    for deployment, levels in found.doubt.deployments.items():
        found.deployments[deployment] = found.deployments.get(deployment, 0) | levels
    for location, levels in found.doubt.locations.items():
        own[location] = own.get(location, 0) | levels
    for deployment, location, _camera, paired, deleted in deployments:
        if not deleted and _unknown(db, deployment):
            found.deployments[deployment] |= EXTREME
        if location is not None:
            own[location] = own.get(location, 0) | found.deployments[deployment]
            other = found.location_of.get(paired)
            if other is not None:
                pairs.append((location, other))
    found.patrols |= found.doubt.patrols
    _of_surveys(db, own)
    points = _of_waypoints(db, found) + found.doubt.points
    _spread(db, found, own, pairs, points)
    for deployment, location, camera, _paired, _deleted in deployments:
        if location in found.locations:
            found.deployments[deployment] = found.locations[location]
        if camera is not None:
            found.cameras[camera] = found.cameras.get(camera, 0) | found.deployments[deployment]
            if location is not None:
                found.locations_of_camera.setdefault(camera, set()).add(location)
    return found


def _unknown(db: Database, deployment: bytes) -> bool:
    """Whether pictures that no person has reviewed may still show anything, or there are no pictures yet at all."""
    if db.conn.execute(
        "SELECT 1 FROM media WHERE deployment=? AND deleted=0 AND seen_by < 2 LIMIT 1", (deployment,)
    ).fetchone():
        return True
    return not db.conn.execute("SELECT 1 FROM media WHERE deployment=? AND deleted=0 LIMIT 1", (deployment,)).fetchone()


def _sensitive_taxa(db: Database, sql: str) -> list[tuple[str, int]]:
    return [(name, levels) for (name,) in db.conn.execute(sql) if (levels := levels_of(name))]


def _of_deployments(db: Database, found: Places) -> None:
    conn = db.conn
    said = _sensitive_taxa(db, "SELECT DISTINCT taxon FROM observation WHERE deleted=0 AND taxon IS NOT NULL")
    for name, levels in said:
        for sql in (
            "SELECT DISTINCT deployment FROM observation WHERE deleted=0 AND taxon=?",
            "SELECT DISTINCT deployment FROM media WHERE deleted=0 AND shown=?",
            # Statements that name no deployment of their own.
            "SELECT DISTINCT m.deployment FROM observation AS o JOIN media AS m ON m.id = o.media"
            " WHERE o.deleted=0 AND o.taxon=? AND o.deployment IS NULL",
            "SELECT DISTINCT m.deployment FROM observation AS o JOIN event_picture AS e ON e.observation = o.id"
            " JOIN media AS m ON m.id = e.media WHERE o.deleted=0 AND o.taxon=? AND o.deployment IS NULL",
        ):
            _mark(found.deployments, (row[0] for row in conn.execute(sql, (name,))), levels)
    rows = conn.execute(
        "SELECT DISTINCT coalesce(o.deployment, m.deployment), i.taxon FROM observation AS o"
        " JOIN individual AS i ON i.id = o.individual LEFT JOIN media AS m ON m.id = o.media"
        " WHERE o.individual IS NOT NULL AND o.deleted=0"
    ).fetchall()
    for side in ("left_picture", "right_picture", "face_picture", "tail_picture"):
        rows += conn.execute(
            f"SELECT DISTINCT m.deployment, i.taxon FROM individual AS i JOIN media AS m ON m.id = i.{side}"
            " WHERE i.deleted=0"
        ).fetchall()
    rows += _undecided(db)
    for deployment, name in rows:
        _mark(found.deployments, (deployment,), levels_of(name))


def _undecided(db: Database) -> list[tuple[bytes | None, object]]:
    """Deployments with what is said there by a side of a conflict: until somebody decides, each may be right."""
    found: list[tuple[bytes | None, object]] = []
    rows = db.conn.execute(
        "SELECT coalesce(o.deployment, m.deployment), c.sides FROM conflict AS c JOIN observation AS o ON o.id = c.id"
        " LEFT JOIN media AS m ON m.id = o.media WHERE c.kind='observation' AND c.field='taxon'"
    )
    for deployment, sides in rows:
        found += [(deployment, side[-1]) for side in _decode(sides)]
    return found


def _mark(where: dict[bytes, int], ids: Iterable[bytes | None], levels: int) -> None:
    for one in ids:
        if one is not None:
            where[one] = where.get(one, 0) | levels


def _of_surveys(db: Database, own: dict[bytes, int]) -> None:
    for name, levels in _sensitive_taxa(db, 'SELECT DISTINCT taxon FROM "count" WHERE deleted=0'):
        rows = db.conn.execute(
            'SELECT DISTINCT s.site, c.sector FROM "count" AS c LEFT JOIN survey AS s ON s.id = c.survey'
            " WHERE c.deleted=0 AND c.taxon=?",
            (name,),
        )
        for row in rows:
            _mark(own, row, levels)
    rows = db.conn.execute(
        "SELECT DISTINCT s.site, m.shown FROM media AS m JOIN survey AS s ON s.id = m.survey"
        " WHERE m.survey IS NOT NULL AND m.deleted=0"
    )
    for site, name in rows:
        _mark(own, (site,), levels_of(name))


def _of_waypoints(db: Database, found: Places) -> list[tuple[int, int, int]]:
    """Notes what was stated for waypoints; returns the sensitive points among waypoints, samples and health events."""
    told = found.told = Told(db)
    for waypoint, name in db.conn.execute(
        "SELECT DISTINCT o.waypoint, coalesce(o.taxon, i.taxon) FROM observation AS o"
        " LEFT JOIN individual AS i ON i.id = o.individual WHERE o.waypoint IS NOT NULL AND o.deleted=0"
    ):
        if name:
            found.waypoints.setdefault(waypoint, set()).add(name)
    for waypoint, name, category, attributes in db.conn.execute(
        "SELECT waypoint, taxon, category, attributes FROM sighting WHERE waypoint IS NOT NULL AND deleted=0"
    ):
        if names := told.of_find(category, attributes) | ({name} if name else set()):
            found.waypoints.setdefault(waypoint, set()).update(names)
    for waypoint, category in db.conn.execute("SELECT id, category FROM waypoint WHERE category <> '' AND deleted=0"):
        if names := told.of_category(category):
            found.waypoints.setdefault(waypoint, set()).update(names)
    points = _of_photos(db, found) + _of_samples(db, found)
    known: dict[frozenset[str], int] = {}
    for waypoint, stated in found.waypoints.items():
        names = frozenset(stated)
        if (levels := known.get(names)) is None:
            levels = known[names] = of_names(names)
        if levels:
            points += _points(db, "waypoint", "id=?", (waypoint,), levels)
    return points


_PHOTOS = (
    "SELECT DISTINCT m.patrol, coalesce(m.waypoint, f.waypoint), m.latitude, m.longitude, {said}"
    " FROM media AS m INDEXED BY media_by_patrol LEFT JOIN sighting AS f ON f.id = m.sighting {joined}"
    " WHERE m.patrol IS NOT NULL AND m.deleted=0 AND {which}"
)
_ON_PHOTO = "CROSS JOIN observation AS o ON o.media = m.id"
_ON_EVENT = "CROSS JOIN event_picture AS e ON e.media = m.id CROSS JOIN observation AS o ON o.id = e.observation"


def _of_photos(db: Database, found: Places) -> list[tuple[int, int, int]]:
    """Notes what photos of patrols show for their waypoints and tracks; returns the sensitive points they tell."""
    name = "coalesce(o.taxon, i.taxon)"
    named = f"o.deleted=0 AND {name} IS NOT NULL"
    individual = "LEFT JOIN individual AS i ON i.id = o.individual"
    sides = (
        (name, f"{_ON_PHOTO} {individual}", named),
        (name, f"{_ON_EVENT} {individual}", named),
        ("NULL", "", "m.seen_by < 2"),  # nobody has looked: it may show anything
    )
    points: list[tuple[int, int, int]] = []
    levels_by: dict[str | None, int] = {None: EXTREME}
    unseen: set[bytes] = set()
    for said, joined, which in sides:
        sql = _PHOTOS.format(said=said, joined=joined, which=which)
        for patrol, waypoint, latitude, longitude, species in db.conn.execute(sql):
            if species not in levels_by:
                levels_by[species] = levels_of(species)
            levels = levels_by[species]
            if waypoint is not None and species is not None:
                found.waypoints.setdefault(waypoint, set()).add(species)
            elif waypoint is not None:
                unseen.add(waypoint)
            if levels and latitude is not None and longitude is not None:
                points.append((latitude, longitude, levels))
            elif levels and waypoint is None:
                found.patrols[patrol] = found.patrols.get(patrol, 0) | levels
    for waypoint in unseen:
        points += _points(db, "waypoint", "id=?", (waypoint,), EXTREME)
    return points


_SAMPLES = (
    "SELECT s.id, s.waypoint, s.health_event, s.part_of, f.waypoint, s.result_taxon, s.suspected_taxon, i.taxon,"
    " s.deleted FROM sample AS s LEFT JOIN individual AS i ON i.id = s.individual"
    " LEFT JOIN sighting AS f ON f.id = s.sighting"
)
_EVENTS = (
    "SELECT h.id, h.waypoint, h.taxon, h.others_near, i.taxon, h.deleted FROM health_event AS h"
    " LEFT JOIN individual AS i ON i.id = h.individual"
)


def _of_samples(db: Database, found: Places) -> list[tuple[int, int, int]]:
    """Notes the species of samples and health events, for their waypoints too; returns their sensitive points.

    A sample is of the species of what it was taken from, and its place is that of its waypoint, whichever says it.
    """
    points: list[tuple[int, int, int]] = []
    own = found.of_record
    at: dict[bytes, set[bytes]] = {}
    events: set[bytes] = set()
    gone: set[bytes] = set()  # deleted: what was stated of them holds for themselves alone
    for event, waypoint, taxon, others, individual, deleted in db.conn.execute(_EVENTS):
        own[event] = {one for one in (taxon, individual) if one} | in_list(others)
        at[event] = {waypoint} - {None}
        events.add(event)
        if deleted:
            gone.add(event)
    above: dict[bytes, tuple[bytes | None, ...]] = {}
    for sample, waypoint, event, whole, found_at, result, supposed, individual, deleted in db.conn.execute(_SAMPLES):
        own[sample] = {one for one in (result, supposed, individual) if one}
        at[sample] = {waypoint, found_at} - {None}
        above[sample] = (event, whole)
        if deleted:
            gone.add(sample)
        elif not result and not individual:  # whose scat it is may be known tomorrow
            for one in at[sample]:
                points += _points(db, "waypoint", "id=?", (one,), EXTREME)
    for sample, name in db.conn.execute(
        "SELECT DISTINCT o.sample, coalesce(o.taxon, i.taxon) FROM observation AS o"
        " LEFT JOIN individual AS i ON i.id = o.individual WHERE o.sample IS NOT NULL AND o.deleted=0"
    ):
        if name:
            own.setdefault(sample, set()).add(name)
    for record in list(own):  # before anything is added to the waypoints, or they would speak for each other
        for waypoint in at.get(record, ()):
            own[record] |= found.waypoints.get(waypoint, set())
    for _step in range(_DEEPEST):
        more = False
        for sample, parents in above.items():
            for parent in parents:
                names = own.get(parent, set()) if parent is not None else set()
                if not names <= own[sample]:
                    own[sample] |= names
                    more = True
        if not more:
            break
    for record, names in own.items():
        if record in gone:
            continue
        for waypoint in at.get(record, ()):
            found.waypoints.setdefault(waypoint, set()).update(names)
        if levels := of_names(names):
            points += _points(db, "health_event" if record in events else "sample", "id=?", (record,), levels)
    return points


def of_names(names: Iterable[object]) -> int:
    """The categories of several species together."""
    found = 0
    for name in names:
        found |= levels_of(name)
    return found


def _points(
    db: Database, table: str, where: str, params: tuple[object, ...], levels: int
) -> list[tuple[int, int, int]]:
    rows = db.conn.execute(f"SELECT latitude, longitude FROM {table} WHERE deleted=0 AND {where}", params)
    return [(row[0], row[1], levels) for row in rows if None not in row]


def _around(
    grid: dict[tuple[int, int], list[tuple[int, int, int]]], latitude: int, longitude: int
) -> Iterable[tuple[int, int, int]]:
    row, column = latitude // NEAR, longitude // NEAR
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            yield from grid.get((row + down, column + across), ())


def _spread(
    db: Database,
    found: Places,
    own: dict[bytes, int],
    pairs: list[tuple[bytes, bytes]],
    points: list[tuple[int, int, int]],
) -> None:
    """Give each location what is known of it, of those beside it, and of the one it is part of."""
    rows = db.conn.execute("SELECT id, latitude, longitude, part_of, protected_area, type FROM location").fetchall()
    used = set(found.location_of.values())
    at: dict[bytes, tuple[int, int]] = {}
    parent: dict[bytes, bytes] = {}
    for location, latitude, longitude, part_of, area, kind in rows:
        if kind == "camera_site" and location not in used:
            own[location] = own.get(location, 0) | EXTREME  # a camera may be there already, its card not yet here
        own.setdefault(location, 0)
        if latitude is not None and longitude is not None:
            at[location] = (latitude, longitude)
        if part_of is not None:
            parent[location] = part_of
        if area is not None:
            found.area_of[location] = area
    groups = _beside(at, pairs)
    levels: dict[bytes, int] = {}
    for location, known in own.items():
        group = groups.get(location, location)
        levels[group] = levels.get(group, 0) | known
    for latitude, longitude, known in points:
        found.grid.setdefault((latitude // NEAR, longitude // NEAR), []).append((latitude, longitude, known))
    for location, place in at.items():
        group = groups.get(location, location)
        levels[group] |= found.near(*place)
    for location in own:
        known, above, steps = levels[groups.get(location, location)], parent.get(location), 0
        while above is not None and steps < 20:  # a ring of parts is no reason to hang
            known |= own.get(above, 0)
            if location not in found.area_of and above in found.area_of:
                found.area_of[location] = found.area_of[above]
            above, steps = parent.get(above), steps + 1
        found.locations[location] = known
    for location, (latitude, longitude) in at.items():
        if found.locations[location]:
            found.grid.setdefault((latitude // NEAR, longitude // NEAR), []).append(
                (latitude, longitude, found.locations[location])
            )
    for (row, column), there in found.grid.items():
        for _latitude, _longitude, known in there:
            for cell in ((row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)):
                found.cells[cell] = found.cells.get(cell, 0) | known


def _beside(at: dict[bytes, tuple[int, int]], pairs: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """One name for all locations that stand beside each other or hold paired cameras: place of one, place of all."""
    above: dict[bytes, bytes] = {}

    def top(one: bytes) -> bytes:
        while (other := above.get(one, one)) != one:
            above[one] = above.get(other, other)
            one = other
        return one

    cells: dict[tuple[int, int], dict[tuple[int, int], bytes]] = {}
    for location, (latitude, longitude) in at.items():
        row, column = latitude // NEAR, longitude // NEAR
        for down in (-1, 0, 1):
            for across in (-1, 0, 1):
                for there, other in cells.get((row + down, column + across), {}).items():
                    if abs(there[0] - latitude) <= NEAR and abs(there[1] - longitude) <= NEAR:
                        above[top(location)] = top(other)
        cells.setdefault((row, column), {})[latitude, longitude] = location
    for one, other in pairs:
        above[top(one)] = top(other)
    return {one: top(one) for one in {*at, *above}}
