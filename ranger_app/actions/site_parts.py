"""What ties the parts of a wetland together: waters seen from two sectors, the way of a visit, whom counts may go to.

An overlap is written on one of the two sectors and holds for both, so that one side of a border can state it alone.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranger_app.actions import records
from ranger_app.actions.records import existing, title
from ranger_app.domain.fields import Value
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.geo import layer_files, outline, track_files
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import origins
from ranger_app.store.connection import Database

_MOST_OF_WAY = 2_000


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two places from which the same water is seen, by name; ``across`` where they lie in two countries."""

    first: bytes
    second: bytes
    first_name: str
    second_name: str
    across: bool


def overlaps(library: Library, site: bytes) -> list[Overlap]:
    """The overlaps of a site's parts among each other and with parts elsewhere, such as across the border."""
    with library.read() as db:
        inside = set(_below(db, site))
        pairs: dict[tuple[bytes, bytes], None] = {}
        for location, text in db.conn.execute(
            "SELECT id, overlaps FROM location WHERE deleted=0 AND overlaps IS NOT NULL"
        ):
            for other in (bytes.fromhex(one) for one in json.loads(text)):
                if location in inside or other in inside:
                    first, second = (location, other) if location in inside else (other, location)
                    if (second, first) not in pairs:
                        pairs[(first, second)] = None
        found = [
            Overlap(
                first,
                second,
                _full_name(db, first, site),
                _full_name(db, second, site),
                len({_country(db, first), _country(db, second)} - {""}) > 1,
            )
            for first, second in pairs
            if _is_here(db, first) and _is_here(db, second)
        ]
    return sorted(found, key=lambda one: (one.first_name.casefold(), one.second_name.casefold()))


def candidates(library: Library, site: bytes) -> list[tuple[bytes, str]]:
    """Sectors and sites that may see the same water as parts of ``site``: its own, then all others, by name."""
    with library.read() as db:
        inside = set(_below(db, site)) - {site}
        rows = db.conn.execute("SELECT id FROM location WHERE deleted=0 AND type IN ('sector', 'site')").fetchall()
        found = [(row[0] not in inside, _full_name(db, row[0], site), row[0]) for row in rows if row[0] != site]
    return [(record, name) for _outside, name, record in sorted(found, key=lambda one: (one[0], one[1].casefold()))]


def tie(library: Library, first: bytes, second: bytes) -> bytes:
    """State that the same water is seen from both; returns the place it is written on, our own where one is.

    DataProblem OVERLAP_SELF for one place, OVERLAP_INSIDE where one contains the other.
    """
    if first == second:
        raise DataProblem(
            "OVERLAP_SELF", _("A sector does not overlap with itself."), _("Choose two different sectors.")
        )
    with library.read() as db:
        for one, other in ((first, second), (second, first)):
            existing(db, "location", one)
            if other in _below(db, one):
                raise DataProblem(
                    "OVERLAP_INSIDE",
                    _("{part} is part of {whole}.").format(
                        part=title(db, "location", other), whole=title(db, "location", one)
                    ),
                    _("Choose two sectors that lie beside one another."),
                )
        kept = first
        for one in (second, first):
            origin = origins.of(db, "location", one, library.station)
            if origin is not None and origin.own:
                kept = one
        named = _named(existing(db, "location", kept)["overlaps"])
    other = second if kept == first else first
    if other.hex() not in named:
        records.edit(library, "location", kept, {"overlaps": canonical([*named, other.hex()])})
    return kept


def untie(library: Library, first: bytes, second: bytes) -> None:
    """Take the overlap of two places back, on whichever of them it is written."""
    for one, other in ((first, second), (second, first)):
        with library.read() as db:
            named = _named(existing(db, "location", one)["overlaps"])
        if other.hex() in named:
            left = [name for name in named if name != other.hex()]
            records.edit(library, "location", one, {"overlaps": canonical(left) if left else None})


def set_shape(library: Library, site: bytes, path: Path) -> str:
    """Take the outline (the largest area) or the way of the visit (the longest line) of a place from a file: GeoJSON,
    KML, shapefile or GeoPackage; GPX and other tracks for a way. Of a long way 2,000 points are kept.

    Returns the field that was set. DataProblem where the file holds neither.
    """
    with library.read() as db:
        existing(db, "location", site)
    geometries = _shapes(path)
    areas = [one for one in geometries if one["type"] in outline.AREAS]
    if areas:
        largest = max(areas, key=_area)
        records.edit(library, "location", site, {"outline": outline.write(largest)})
        return "outline"
    lines = [one for one in geometries if one["type"] == "LineString" and len(one["coordinates"]) > 1]
    if not lines:
        raise DataProblem(
            "NO_SHAPE",
            _("{file} holds neither an area nor a way.").format(file=path.name),
            _("Choose a GPX, KML or GeoJSON file with a track, a route or an area."),
        )
    longest = max(lines, key=lambda one: outline.length(one["coordinates"]))
    points = longest["coordinates"]
    step = -(-len(points) // _MOST_OF_WAY)
    thinned = points[::step] if points[-1] in points[::step] else [*points[::step], points[-1]]
    way = {"type": "LineString", "coordinates": [list(point[:2]) for point in thinned]}
    records.edit(library, "location", site, {"route": outline.write(way)})
    return "route"


def _shapes(path: Path) -> list[dict[str, Any]]:
    """The areas and lines of a file."""
    if path.suffix.lower() in layer_files.VECTORS:
        found = []
        for feature in layer_files.vector(path)["features"]:
            shape = feature["geometry"]
            if shape["type"] == "MultiLineString":
                found += [{"type": "LineString", "coordinates": part} for part in shape["coordinates"]]
            else:
                found.append(shape)
        return found
    return [
        {"type": "LineString", "coordinates": list(zip(way.longitude, way.latitude, strict=True))}
        for way in track_files.read(path).ways
        if not any(map(math.isnan, (*way.longitude, *way.latitude)))
    ]


def _area(geometry: dict[str, Any]) -> float:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return sum(outline.area(rings[0])[0] for rings in parts if rings)


def _named(value: Value) -> list[str]:
    return list(json.loads(value)) if isinstance(value, str) else []


def _below(db: Database, site: bytes) -> list[bytes]:
    rows = db.conn.execute(
        "WITH RECURSIVE down(id) AS (SELECT ?1 UNION SELECT l.id FROM location AS l JOIN down ON l.part_of = down.id)"
        " SELECT id FROM down",
        (site,),
    )
    return [row[0] for row in rows]


def _full_name(db: Database, place: bytes, site: bytes) -> str:
    """The name of a place, with that of the site it belongs to where it is another one."""
    row = db.conn.execute("SELECT part_of, type FROM location WHERE id=?", (place,)).fetchone()
    name = title(db, "location", place)
    if row is None or row[0] is None or row[0] == site or row[1] == "site":
        return name
    return _("{sector}, {site}").format(sector=name, site=title(db, "location", row[0]))


def _country(db: Database, place: bytes) -> str:
    above: bytes | None = place
    seen: set[bytes] = set()
    while above is not None and above not in seen:
        seen.add(above)
        row = db.conn.execute("SELECT country, part_of FROM location WHERE id=?", (above,)).fetchone()
        if row is None or row[0]:
            return str(row[0]) if row else ""
        above = row[1]
    return ""


def _is_here(db: Database, place: bytes) -> bool:
    return db.conn.execute("SELECT 1 FROM location WHERE id=? AND deleted=0", (place,)).fetchone() is not None
