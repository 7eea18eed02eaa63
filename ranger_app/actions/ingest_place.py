"""Where the pictures of a card belong: a location known or new, and the deployment they become or join."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, create
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media.exif import Exif
from ranger_app.store import rows
from ranger_app.store.connection import Database

_SAME_PLACE = 5_000
"""Coordinates this close (1e-7 degrees, about 50 m) to a known location's are taken for it."""


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """What to ingest and where it was taken. Degrees are integers of 1e-7, the offset is minutes east of UTC."""

    folder: Path
    location: str | None = None
    latitude: int | None = None
    longitude: int | None = None
    utc_offset: int | None = None
    deployment: bytes | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The location and deployment of one ingest; ``new`` operations are written with its first pictures."""

    location: bytes
    location_name: str
    new_location: tuple[Op, ...]
    deployment: bytes | None
    """The deployment asked for, None for one to be made."""


def place_of(library: Library, request: IngestRequest) -> Place:
    """Find the deployment or location asked for.

    Raises UsageProblem LOCATION_MISSING, DataProblem DEPLOYMENT_UNKNOWN, DEPLOYMENT_ELSEWHERE, LOCATION_UNKNOWN,
    LOCATION_ELSEWHERE or COORDINATES_WRONG.
    """
    name = unicodedata.normalize("NFC", request.location or "").strip()
    with library.read() as db:
        if request.deployment is not None:
            return _of_deployment(db, request.deployment, name)
        if not name:
            raise UsageProblem(
                "LOCATION_MISSING", _("No location is given."), _("Say where the camera hung with --location NAME.")
            )
        known = sorted(
            rows.find(db, "location", "name = ?", (name,)),
            key=lambda found: (found["type"] != "camera_site", found.key),
        )
    if not known:
        return _new_location(library, request, name)
    location = known[0]
    _must_be_near(location, request)
    return Place(location.id, name, (), None)


def _of_deployment(db: Database, deployment: bytes, name: str) -> Place:
    found = rows.get(db, "deployment", deployment)
    if found is None or found.deleted:
        raise DataProblem(
            "DEPLOYMENT_UNKNOWN",
            _("There is no deployment {id}.").format(id=deployment.hex()),
            _("Look it up with: ranger deployment list"),
        )
    location_id = found["location"]
    location = rows.get(db, "location", location_id) if isinstance(location_id, bytes) else None
    location_name = location.text("name") if location else ""
    if name and location is not None and name != location_name:
        raise DataProblem(
            "DEPLOYMENT_ELSEWHERE",
            _("This deployment is at {place}, not at {name}.").format(place=location_name, name=name),
            _("Leave out the location, or choose another deployment."),
        )
    return Place(location.id if location else b"", location_name or found.text("name"), (), deployment)


def _new_location(library: Library, request: IngestRequest, name: str) -> Place:
    latitude, longitude = request.latitude, request.longitude
    if latitude is None or longitude is None:
        raise DataProblem(
            "LOCATION_UNKNOWN",
            _("The location {name} is not known yet.").format(name=name),
            _("Give --latitude and --longitude once."),
        )
    if not -900_000_000 <= latitude <= 900_000_000 or not -1_800_000_000 <= longitude <= 1_800_000_000:
        raise DataProblem(
            "COORDINATES_WRONG",
            _("There is no such place on Earth."),
            _("Latitude goes from -90 to 90, longitude from -180 to 180 degrees."),
        )
    location = library.new_id()
    values: dict[str, Value] = {
        "name": name,
        "type": "camera_site",
        "latitude": latitude,
        "longitude": longitude,
        "country": library.station.country,
    }
    return Place(location, name, (create("location", location, values),), None)


def _must_be_near(location: rows.Record, request: IngestRequest) -> None:
    for field, given in (("latitude", request.latitude), ("longitude", request.longitude)):
        known = location[field]
        if given is not None and isinstance(known, int) and abs(known - given) > _SAME_PLACE:
            raise DataProblem(
                "LOCATION_ELSEWHERE",
                _("The location {name} is known at other coordinates.").format(name=location.text("name")),
                _("Leave out the coordinates, or use another name for the new place."),
            )


def camera_of(library: Library, pictures: Sequence[Exif]) -> tuple[bytes | None, tuple[Op, ...]]:
    """The camera with the serial number in the pictures, and what to write if it is new.

    (None, ()) where they hold no number, or several: then they are not of one camera.
    """
    numbered = {exif.serial_number: exif for exif in reversed(pictures) if exif.serial_number}
    if len(numbered) != 1:
        return None, ()
    exif = next(iter(numbered.values()))
    with library.read() as db:
        known = next(rows.find(db, "camera", "serial_number = ?", (exif.serial_number,), limit=1), None)
    if known is not None:
        return known.id, ()
    camera = library.new_id()
    name = " ".join(part for part in (exif.make, exif.model, exif.serial_number) if part)
    values: dict[str, Value] = {
        "name": name,
        "make": exif.make,
        "model": exif.model,
        "serial_number": exif.serial_number,
    }
    return camera, (create("camera", camera, values),)
