"""What a card holds, told before anything is copied, and where it seems to belong.

Where it belongs is only ever proposed, with the reason in words: a record that lacks one of its files, a folder's
name, or where its camera hung last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import ingest_known
from ranger_app.domain.taxa import fold
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import card, exif, look
from ranger_app.media.card import CardFile, Listing
from ranger_app.media.exif import Exif
from ranger_app.store.connection import Database

_CAMERAS_OWN = re.compile(r"dcim|[1-9]\d\d[a-z0-9_]{5}", re.IGNORECASE)
"""Folders that cameras make themselves (DCF, JEITA CP-3461): DCIM, and three digits with five letters or digits."""
_BETWEEN = re.compile(r"[\s_\-–—]+")
_DATE_BEHIND = re.compile(r" (?:19|20)\d\d(?:[ .]?\d\d){0,2}$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place that a card seems to belong to. ``why`` is record, folder or camera, ``told`` its name or number.

    ``deployment`` is None where a new one is to be made.
    """

    location: str
    deployment: bytes | None
    deployment_name: str
    why: str
    told: str

    @property
    def reason(self) -> str:
        """Why it is proposed, in a sentence."""
        if self.why == "record":
            return _("A picture called {name} is known there and lacks its file.").format(name=self.told)
        if self.why == "folder":
            if self.deployment_name and fold(self.told) == fold(self.deployment_name):
                return _("The folder bears the name of this deployment.")
            return _("The folder {name} bears the name of this location.").format(name=self.told)
        return _("The camera {number} hung there last.").format(number=self.told)


@dataclass(frozen=True, slots=True)
class Found:
    """``first`` and ``last`` are the camera times of the first and last picture, as written; ``bytes`` of all files.

    ``location`` is the name of the place that is proposed first, empty if there is none.
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
    proposals: tuple[Proposal, ...] = ()
    """The best first: records that lack these files, folders' names, the camera's last place; each place once."""


def look_through(library: Library, folder: Path) -> Found:
    """List the folder and read the first and last picture. Raises as ``card.walk`` does; nothing is written."""
    listing = card.walk(folder, without=library.folder)
    videos = sum(one.format.media_type.startswith("video/") for one in listing.files)
    pictures = [one for one in listing.files if one.format.decoder]
    outermost = pictures[:1] + pictures[-1:]
    ends = [_exif(one) for one in outermost]
    times = sorted(one.camera_time for one in ends if one.camera_time)
    first, last = (times[0], times[-1]) if times else ("", "")
    serial = next((one.serial_number for one in ends if one.serial_number), "")
    lacking = [(file.name, one.camera_time) for file, one in zip(outermost, ends, strict=True)]
    proposals = _proposals(library, folder, listing, serial, (first, last), lacking)
    return Found(
        folder,
        len(listing.files) - videos,
        videos,
        listing.bytes,
        len(listing.problems),
        first,
        last,
        serial,
        proposals[0].location if proposals else "",
        proposals,
    )


def _proposals(
    library: Library,
    folder: Path,
    listing: Listing,
    serial: str,
    times: tuple[str, str],
    lacking: list[tuple[str, str | None]],
) -> tuple[Proposal, ...]:
    found: list[Proposal] = []
    with library.read() as db:
        for name, camera_time in lacking:
            found += _lacks(db, name, camera_time)
        for name in _names(folder, listing):
            found += _named(db, name, times)
        found += _hung_last(db, serial, times) if serial else []
    once: dict[str, Proposal] = {}
    for one in found:
        once.setdefault(one.location, one)
    return tuple(once.values())


def _names(folder: Path, listing: Listing) -> Iterator[str]:
    """Names of folders that people gave: the one that holds all files, then upwards from there."""
    inner: list[str] = []
    if listing.files:
        first, last = (one.folder.split("/") for one in (listing.files[0], listing.files[-1]))
        for one, other in zip(first, last, strict=False):
            if one != other:
                break
            inner.append(one)
    if all(one.folder.split("/")[: len(inner)] == inner for one in listing.files):
        yield from (card.readable(name) for name in reversed(inner) if name and not _CAMERAS_OWN.fullmatch(name))
    for part in (folder, *folder.parents):
        if part.name and not _CAMERAS_OWN.fullmatch(part.name):
            yield card.readable(part.name)


def _compared(name: str) -> str:
    return fold(_BETWEEN.sub(" ", name))


def _named(db: Database, name: str, times: tuple[str, str]) -> list[Proposal]:
    """The deployment of this name, or the location of this name with or without a date behind it."""
    wanted = _compared(name)
    deployments = db.conn.execute(
        "SELECT d.id, d.name, l.name FROM deployment AS d JOIN location AS l ON l.id = d.location AND l.deleted = 0"
        " WHERE d.deleted = 0 AND d.name IS NOT NULL AND l.name IS NOT NULL"
    ).fetchall()
    same = [row for row in deployments if _compared(row[1]) == wanted]
    if len(same) == 1:
        record, own_name, location = same[0]
        return [Proposal(location, record, own_name, "folder", own_name)]
    places = {
        row[0]: _compared(row[0])
        for row in db.conn.execute(
            "SELECT DISTINCT name FROM location WHERE deleted = 0 AND name IS NOT NULL ORDER BY name"
        )
    }
    for compared in (wanted, _DATE_BEHIND.sub("", wanted)):
        for location, known in places.items():
            if compared and known == compared:
                return [Proposal(location, *_standing(db, location, times), "folder", name)]
    return []


def _lacks(db: Database, name: str, camera_time: str | None) -> list[Proposal]:
    """The deployment with the one record that came without its file and has this name and camera time."""
    record = ingest_known.without_file(db, name, camera_time, None, b"")
    row = (
        record
        and db.conn.execute(
            "SELECT l.name, d.id, d.name FROM deployment AS d JOIN location AS l ON l.id = d.location AND l.deleted = 0"
            " WHERE d.id = ? AND d.deleted = 0 AND l.name IS NOT NULL",
            (record["deployment"],),
        ).fetchone()
    )
    return [Proposal(row[0], row[1], str(row[2] or ""), "record", name)] if row else []


def _hung_last(db: Database, serial_number: str, times: tuple[str, str]) -> list[Proposal]:
    row = db.conn.execute(
        "SELECT l.name, d.id FROM camera AS c JOIN deployment AS d ON d.camera = c.id AND d.deleted = 0"
        " JOIN location AS l ON l.id = d.location AND l.deleted = 0"
        " WHERE c.serial_number = ? AND c.deleted = 0 AND l.name IS NOT NULL"
        " ORDER BY coalesce(d.start, '') DESC, d.key DESC LIMIT 1",
        (serial_number,),
    ).fetchone()
    if row is None:
        return []
    return [Proposal(row[0], *_standing(db, row[0], times, row[1]), "camera", serial_number)]


def _standing(
    db: Database, location: str, times: tuple[str, str], only: bytes | None = None
) -> tuple[bytes | None, str]:
    """The one deployment at a location within whose dates the card's times lie, or that has not ended before them.

    ``only`` is the single deployment to think of. (None, "") where there is none or several, or no times to tell by.
    """
    first, last = times
    if not first:
        return None, ""
    found = db.conn.execute(
        "SELECT d.id, d.name FROM deployment AS d JOIN location AS l ON l.id = d.location AND l.deleted = 0"
        " WHERE d.deleted = 0 AND l.name = ?1 AND (?4 IS NULL OR d.id = ?4) AND d.start IS NOT NULL"
        ' AND d.start <= ?2 AND (d."end" IS NULL OR d."end" >= ?3) LIMIT 2',
        (location, first, last, only),
    ).fetchall()
    return (found[0][0], str(found[0][1] or "")) if len(found) == 1 else (None, "")


def _exif(file: CardFile) -> Exif:
    with suppress(OSError), look.opened(file.path) as data:
        return exif.read(data, file.format.media_type)
    return Exif()


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
