"""In which protected area a patrol was: no field says so; rangers write where they went, not whose land it is.

One rule for lists and reports: the area of the ranger post that the patrol names; else the area in whose outline most
of its waypoints lie; else the same of its track's points. Where none of these tells, the area is not known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ranger_app.domain.taxa import fold
from ranger_app.geo import outline as geojson
from ranger_app.i18n import N_
from ranger_app.store.connection import Database

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

RULE = N_(
    "A patrol belongs to the protected area of the ranger post that it names; without a post, to the area in whose"
    " outline most of its waypoints lie, else most of its track points."
)
_A_TURN = 500
_ENOUGH = 200
"""Points of a track that say in which area it lies, taken evenly from all of it."""


def outline(text: str | None) -> BaseGeometry | None:
    """A GeoJSON polygon, as geometry or feature (WGS 84 degrees), as a shape; None where it is no area."""
    geometry = geojson.read(text)
    if geometry is None:
        return None
    import shapely
    from shapely.geometry import shape

    try:
        made: BaseGeometry = shapely.make_valid(shape(geometry))
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
        return None
    return made if made.area > 0 else None


def outlines(db: Database) -> dict[bytes, BaseGeometry]:
    """The outlines of the protected areas that have one."""
    rows = db.conn.execute("SELECT id, outline FROM protected_area WHERE deleted = 0 AND outline IS NOT NULL")
    shapes = [(record, outline(text)) for record, text in rows.fetchall()]
    return {record: one for record, one in shapes if one is not None}


def of_patrols(db: Database, patrols: Iterable[bytes] | None = None) -> dict[bytes, bytes]:
    """Patrol -> protected area, of these patrols or all; those of which nothing tells are not in it."""
    wanted = None if patrols is None else set(patrols)
    posts = _posts(db)
    found: dict[bytes, bytes] = {}
    rest: list[bytes] = []
    for patrol, post in db.conn.execute("SELECT id, station FROM patrol WHERE deleted = 0"):
        if wanted is not None and patrol not in wanted:
            continue
        area = posts.get(fold(post)) if post else None
        if area is not None:
            found[patrol] = area
        else:
            rest.append(patrol)
    shapes = outlines(db) if rest else {}
    if shapes:
        for places in (_waypoints, _track_points):
            told = _inside(shapes, places(db, rest))
            found |= told
            rest = [one for one in rest if one not in told]
    return found


def _posts(db: Database) -> dict[str, bytes]:
    """Names of places, as compared -> protected area; names that lie in two areas tell nothing."""
    areas: dict[str, set[bytes]] = defaultdict(set)
    for name, area in db.conn.execute(
        "SELECT name, protected_area FROM location WHERE deleted = 0 AND protected_area IS NOT NULL AND name <> ''"
    ):
        areas[fold(name)].add(area)
    return {name: next(iter(those)) for name, those in areas.items() if len(those) == 1}


def _waypoints(db: Database, patrols: Sequence[bytes]) -> Iterable[tuple[bytes, float, float]]:
    for start in range(0, len(patrols), _A_TURN):
        part = patrols[start : start + _A_TURN]
        sql = (
            f"SELECT patrol, latitude, longitude FROM waypoint WHERE patrol IN ({','.join('?' * len(part))})"
            " AND deleted = 0 AND latitude IS NOT NULL AND longitude IS NOT NULL"
        )
        for patrol, latitude, longitude in db.conn.execute(sql, part):
            yield patrol, latitude / 1e7, longitude / 1e7


def _track_points(db: Database, patrols: Sequence[bytes]) -> Iterable[tuple[bytes, float, float]]:
    import numpy

    for patrol in patrols:
        for (points,) in db.conn.execute(
            "SELECT points FROM track WHERE patrol = ? AND deleted = 0 AND coalesce(planned, 0) = 0", (patrol,)
        ):
            if not points or len(points) % 48:
                continue
            table = numpy.frombuffer(points, "<f8").reshape(-1, 6)
            for point in table[:: max(1, len(table) // _ENOUGH)]:
                yield patrol, float(point[0]), float(point[1])


def _inside(shapes: dict[bytes, BaseGeometry], places: Iterable[tuple[bytes, float, float]]) -> dict[bytes, bytes]:
    """For each patrol the area that most of its places lie in; outside all areas counts like one more."""
    import numpy
    import shapely

    known = list(places)
    if not known:
        return {}
    latitude = numpy.array([one[1] for one in known])
    longitude = numpy.array([one[2] for one in known])
    votes: dict[bytes, Counter[bytes]] = defaultdict(Counter)
    for area, one in shapes.items():
        shapely.prepare(one)
        for place in numpy.nonzero(shapely.contains_xy(one, longitude, latitude))[0]:
            votes[known[place][0]][area] += 1
    total = Counter(one[0] for one in known)
    return {
        patrol: area
        for patrol, counted in votes.items()
        for area, number in counted.most_common(1)
        if number * 2 >= total[patrol]
    }
