"""What a card holds, told before anything is copied, and where its camera hung last."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ranger_app.library import Library
from ranger_app.media import card, exif, look
from ranger_app.media.card import CardFile
from ranger_app.media.exif import Exif


@dataclass(frozen=True, slots=True)
class Found:
    """``first`` and ``last`` are the camera times of the first and last picture, as written; ``bytes`` of all files.

    ``location`` is the name of the place where the camera with this serial number hung last, empty if unknown.
    """

    folder: Path
    pictures: int
    videos: int
    bytes: int
    unread: int
    first: str
    last: str
    serial_number: str
    location: str


def look_through(library: Library, folder: Path) -> Found:
    """List the folder and read the first and last picture. Raises as ``card.walk`` does; nothing is written."""
    listing = card.walk(folder, without=library.folder)
    videos = sum(one.format.media_type.startswith("video/") for one in listing.files)
    pictures = [one for one in listing.files if one.format.decoder]
    ends = [_exif(one) for one in (pictures[:1] + pictures[-1:])]
    times = sorted(one.camera_time for one in ends if one.camera_time)
    serial = next((one.serial_number for one in ends if one.serial_number), "")
    return Found(
        folder,
        len(listing.files) - videos,
        videos,
        listing.bytes,
        len(listing.problems),
        times[0] if times else "",
        times[-1] if times else "",
        serial,
        _hung_last(library, serial) if serial else "",
    )


def _exif(file: CardFile) -> Exif:
    with suppress(OSError), look.opened(file.path) as data:
        return exif.read(data, file.format.media_type)
    return Exif()


def _hung_last(library: Library, serial_number: str) -> str:
    with library.read() as db:
        row = db.conn.execute(
            "SELECT l.name FROM camera AS c JOIN deployment AS d ON d.camera = c.id AND d.deleted = 0"
            " JOIN location AS l ON l.id = d.location AND l.deleted = 0"
            " WHERE c.serial_number = ? AND c.deleted = 0 ORDER BY coalesce(d.start, '') DESC LIMIT 1",
            (serial_number,),
        ).fetchone()
    return str(row[0] or "") if row else ""


def locations(library: Library) -> list[str]:
    """Names of all known locations, camera sites first."""
    with library.read() as db:
        rows = db.conn.execute(
            "SELECT name FROM location WHERE deleted = 0 AND name IS NOT NULL"
            " GROUP BY name ORDER BY min(coalesce(type, '') <> 'camera_site'), name COLLATE NOCASE"
        ).fetchall()
    return [str(row[0]) for row in rows]


def deployments_at(library: Library, location: str) -> list[tuple[bytes, str]]:
    """Deployments at the location of this name that pictures could still be added to, the newest first."""
    with library.read() as db:
        rows = db.conn.execute(
            "SELECT d.id, d.name FROM deployment AS d JOIN location AS l ON l.id = d.location"
            " WHERE d.deleted = 0 AND l.deleted = 0 AND l.name = ? ORDER BY coalesce(d.start, '') DESC, d.key DESC",
            (location,),
        ).fetchall()
    return [(row[0], str(row[1] or "")) for row in rows]
