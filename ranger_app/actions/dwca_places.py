"""Where an event lies as a rule lets it be told: one precision for a site and all its sectors, as cells of Darwin Core.

The whole event is generalised: where the place is rough, no name, outline, remark or finer cell of a sector beside it
may give it away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ranger_app.actions.sharing_view import View, precision_in
from ranger_app.domain import sharing
from ranger_app.domain.fields import Value
from ranger_app.domain.sharing import Precision
from ranger_app.exchange.dwca_eml import degrees
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

_SHORTEST_NAME = 3
_DEEPEST = 20
_SAID = {
    "3": "Coordinates are the middle of a cell of 0.001 degree; exact ones are held by the station.",
    "2": "Coordinates are the middle of a cell of 0.01 degree; exact ones are held by the station.",
    "1": "Coordinates are the middle of a cell of 0.1 degree; exact ones are held by the station.",
    "withheld": "No coordinates are given; exact ones are held by the station.",
}
"""What ``dataGeneralizations`` says, in English whatever the station's language."""


@dataclass(slots=True)
class Site:
    """A site with all that is part of it. ``words`` are names that would give a rough place away."""

    record: Record
    parts: dict[bytes, Record]
    precision: Precision
    words: frozenset[str] = frozenset()
    cells: dict[bytes, dict[str, object]] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether the place leaves as it is."""
        return self.precision == "exact"

    def told(self, text: object) -> str:
        """Free words as they may leave: none that hold a name of a place that is told roughly."""
        said = str(text if text is not None else "")
        if self.exact:
            return said
        folded = said.casefold()
        return "" if any(word in folded for word in self.words) else said


class Places:
    """The sites of an export. ``view`` is None where everything leaves."""

    def __init__(self, db: Database, view: View | None) -> None:
        self._db = db
        self._view = view
        self._sites: dict[bytes, Site | None] = {}

    def site(self, location: Value) -> Site | None:
        """The site with this id; None where there is none or the rule lets nothing of it be seen."""
        if not isinstance(location, bytes):
            return None
        if location not in self._sites:
            self._sites[location] = self._read(location)
        return self._sites[location]

    def _read(self, location: bytes) -> Site | None:
        record = rows.get(self._db, "location", location)
        if record is None or record.deleted:
            return None
        parts = self._below(location)
        if self._view is None:
            return Site(record, parts, "exact")
        groups = self._view.records("location", [location, *parts])
        if not groups[location]:
            return None
        precision = sharing.least(precision_in(one) for one in groups.values())
        above = self._above(record)
        words = {
            text.casefold().strip()
            for one in (record, *parts.values(), *above)
            for text in (one.text("name"), one.text("site_code"))
        }
        return Site(record, parts, precision, frozenset(word for word in words if len(word) >= _SHORTEST_NAME))

    def _below(self, location: bytes) -> dict[bytes, Record]:
        found: dict[bytes, Record] = {}
        waiting = [location]
        while waiting:
            above = waiting.pop()
            for one in rows.find(self._db, "location", "part_of=?", (above,)):
                if one.id not in found and one.id != location:
                    found[one.id] = one
                    waiting.append(one.id)
        return found

    def _above(self, record: Record) -> list[Record]:
        found: list[Record] = []
        for _step in range(_DEEPEST):
            above = record["part_of"]
            one = rows.get(self._db, "location", above) if isinstance(above, bytes) else None
            if one is None:
                break
            found.append(one)
            record = one
        area = found[-1]["protected_area"] if found else record["protected_area"]
        if isinstance(area, bytes) and (named := rows.get(self._db, "protected_area", area)) is not None:
            found.append(named_only(named))
        return found

    def cells(self, site: Site, sector: bytes | None) -> Mapping[str, object]:
        """The cells of an event at a site or in a sector of it; sectors of a rough place lie where the site does."""
        key = sector or site.record.id
        if key not in site.cells:
            site.cells[key] = self._cells(site, sector)
        return site.cells[key]

    def _cells(self, site: Site, sector: bytes | None) -> dict[str, object]:
        part = site.parts.get(sector) if sector is not None else None
        if part is None and sector is not None:
            part = rows.get(self._db, "location", sector) if self._view is None else None
        here = part if part is not None and site.exact else site.record
        country = (part.text("country") if part else "") or site.record.text("country")
        told: dict[str, object] = {
            "locationID": (sector or site.record.id).hex(),
            "countryCode": country.strip().upper(),  # as declared: a cell may lie across a border
        }
        latitude, longitude = here["latitude"], here["longitude"]
        uncertainty: Value = here["uncertainty"]
        if not isinstance(latitude, int) or not isinstance(longitude, int):
            here = site.record
            latitude, longitude, uncertainty = here["latitude"], here["longitude"], here["uncertainty"]
        if site.exact:
            names = [one.text("name") for one in (part, site.record) if one is not None]
            told["locality"] = ", ".join(name for name in names if name)
            outline = wkt((part or site.record).text("outline"))
            if outline:
                told |= {"footprintWKT": outline, "footprintSRS": "EPSG:4326"}
        else:
            told["dataGeneralizations"] = _SAID[site.precision]
            told["informationWithheld"] = "Names and outlines of places; remarks."
        if isinstance(latitude, int) and isinstance(longitude, int) and site.precision != "withheld":
            if not site.exact:
                latitude, longitude, uncertainty = sharing.coarse(latitude, longitude, int(site.precision))
                told["coordinatePrecision"] = degrees(10 ** (7 - int(site.precision)))
            told |= {
                "decimalLatitude": degrees(latitude),
                "decimalLongitude": degrees(longitude),
                "geodeticDatum": "EPSG:4326",
                "coordinateUncertaintyInMeters": uncertainty,
            }
        if site.exact or site.precision in ("3", "2"):
            told["habitat"] = site.record.text("wetland_type")
        return told


def named_only(record: Record) -> Record:
    """A protected area as a place with nothing but its name."""
    return Record(record.kind, record.id, {"name": record["name"], "site_code": None}, record.key, record.deleted)


def rough_point(cells: Mapping[str, object]) -> tuple[int, int] | None:
    """Latitude and longitude (1e-7 degree) that cells tell, for what is said of the whole archive."""
    latitude, longitude = cells.get("decimalLatitude"), cells.get("decimalLongitude")
    if not isinstance(latitude, str) or not isinstance(longitude, str):
        return None
    return _units(latitude), _units(longitude)


def _units(text: str) -> int:
    whole, _point, part = text.lstrip("-").partition(".")
    value = int(whole) * 10**7 + int(part.ljust(7, "0") or "0")
    return -value if text.startswith("-") else value


def wkt(outline: str) -> str:
    """A GeoJSON geometry as well-known text; empty where there is none or it is none."""
    if not outline:
        return ""
    import shapely

    try:
        return str(shapely.to_wkt(shapely.from_geojson(outline), rounding_precision=7))
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return ""
