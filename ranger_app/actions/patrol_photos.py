"""Photos of a patrol: kept in the vault like pictures of a card, and placed on the track by the time they were taken.

A camera's time stays as written. How far its clock was off is one number of the patrol, found by pointing at a photo
whose place is known, so that all photos move together and nothing is typed over.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import ingest_room, kept_back, patrol_places, patrol_write
from ranger_app.actions.patrol_days import instant, local
from ranger_app.actions.patrol_places import Spot, Trace
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import DATABASE, Library
from ranger_app.media import card, vault
from ranger_app.media.card import CardFile, FileProblem, Listing
from ranger_app.store import disks, rows
from ranger_app.store.connection import Database, open_reader
from ranger_app.store.rows import Record

if TYPE_CHECKING:
    from ranger_app.media.intake import Taken

LABEL = "patrol photos"
_A_BATCH = 200
GPS, WAYPOINT, TRACK, NOWHERE = "gps", "waypoint", "track", ""
"""Where a photo's place comes from: its own file, the waypoint it belongs to, the track, or nowhere."""
_LONGEST = 50 * 366 * 86_400
"""Seconds beyond which a shift is a mistake: a camera whose battery ran out begins again with the year it was made."""


@dataclass(slots=True)
class PhotosTaken:
    """What came of the files: ``stored`` new ones, ``linked`` ones that were here, and what was not taken."""

    patrol: bytes
    stored: int = 0
    linked: int = 0
    already: int = 0
    placed: int = 0
    media: list[bytes] = field(default_factory=list)
    failed: list[FileProblem] = field(default_factory=list)
    cancelled: bool = False

    def answer(self) -> dict[str, object]:
        """As the command line says it."""
        return {
            "patrol_id": self.patrol.hex(),
            "stored": self.stored,
            "linked": self.linked,
            "already_known": self.already,
            "placed": self.placed,
            "media_ids": [one.hex() for one in self.media],
            "failed": [{"file": one.file, "code": one.code, "reason": one.reason} for one in self.failed],
        }


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a patrol. ``at`` is ms since 1970 UTC with the shift; ``spot`` where it was taken, by ``source``."""

    id: bytes
    sha256: str | None
    file_name: str
    camera_time: str | None
    at: int | None
    spot: Spot | None
    source: str
    waypoint: bytes | None
    find: bytes | None

    def answer(self) -> dict[str, object]:
        """As the command line says it: degrees, metres, null where not known."""
        spot = self.spot
        return {
            "id": self.id.hex(),
            "file_name": self.file_name,
            "camera_time": self.camera_time,
            "place": self.source or None,
            "latitude": spot.latitude / 1e7 if spot else None,
            "longitude": spot.longitude / 1e7 if spot else None,
            "uncertainty": spot.uncertainty if spot else None,
            "waypoint_id": self.waypoint.hex() if self.waypoint else None,
            "find_id": self.find.hex() if self.find else None,
        }


@dataclass(frozen=True, slots=True)
class ShiftSeen:
    """What a shift would do: ``seconds`` added to every camera time, and the photos before and after."""

    seconds: int
    before: list[Photo]
    after: list[Photo]

    @property
    def placed_before(self) -> int:
        """Photos with a place as it is."""
        return sum(one.spot is not None for one in self.before)

    @property
    def placed_after(self) -> int:
        """Photos with a place under the shift."""
        return sum(one.spot is not None for one in self.after)


# -- taking files ----------------------------------------------------------------------------------------------


def attach(
    library: Library,
    patrol: bytes,
    paths: Sequence[Path],
    *,
    waypoint: bytes | None = None,
    find: bytes | None = None,
    cancel: CancelToken | None = None,
) -> Generator[Progress, None, PhotosTaken]:
    """Take photos and videos, and all of folders, as pictures of a patrol; a job whose result is the report.

    Originals are hashed, copied and read back as in an ingest. One that is here already is linked unless it belongs to
    a camera or to another patrol; then it is named under ``failed``. ``waypoint`` and ``find``: what they show.
    Raises DataProblem (nothing taken) and EnvironmentProblem as an ingest does; what was recorded before stays.
    """
    cancel = cancel or CancelToken()
    taken_in = PhotosTaken(patrol)
    yield Progress(0, 0, _("Looking at the files"))
    with library.read() as db:
        existing(db, "patrol", patrol)
        if find is not None and waypoint is None:
            link = existing(db, "sighting", find)["waypoint"]
            waypoint = link if isinstance(link, bytes) else None
    links: dict[str, Value] = {"patrol": patrol, "waypoint": waypoint, "sighting": find}
    yield from _attach(library, paths, links, taken_in, cancel)
    with library.read() as db:
        wanted = set(taken_in.media)
        taken_in.placed = sum(one.spot is not None for one in photos(db, patrol) if one.id in wanted)
    return taken_in


def attach_to_survey(
    library: Library, survey: bytes, paths: Sequence[Path], *, cancel: CancelToken | None = None
) -> Generator[Progress, None, PhotosTaken]:
    """Take pictures of a waterbird survey in the same way; the report's ``patrol`` is the survey. As ``attach``."""
    taken_in = PhotosTaken(survey)
    yield from _attach(library, paths, {"patrol": None, "survey": survey}, taken_in, cancel or CancelToken())
    return taken_in


def _attach(
    library: Library, paths: Sequence[Path], links: dict[str, Value], taken_in: PhotosTaken, cancel: CancelToken
) -> Generator[Progress, None, None]:
    listing = _listed(library, paths)
    taken_in.failed += listing.problems
    ingest_room.must_have_room(library, listing)
    vault.clean_incoming(library.vault)
    with closing(_work(library, listing.files, links, taken_in, cancel)) as work:
        yield from work
    yield Progress(len(listing.files), len(listing.files), _("Done"))


def _listed(library: Library, paths: Sequence[Path]) -> Listing:
    files: list[CardFile] = []
    problems: list[FileProblem] = []
    for path in paths:
        whole = path.expanduser().resolve()
        ingest_room.must_be_outside(library, whole if whole.is_dir() else whole.parent)
        if whole.is_dir():
            listing = card.walk(whole, without=library.folder)
            files += listing.files
            problems += listing.problems
            continue
        one = card.one(whole)
        if isinstance(one, FileProblem):
            problems.append(one)
        else:
            files.append(one)
    if not files:
        why = problems[0].reason if problems else _("No file was named.")
        raise DataProblem(
            "NO_PHOTOS", _("There is no picture or video to take. {why}").format(why=why), _("Choose others.")
        )
    return Listing(tuple(files), tuple(problems))


def _work(
    library: Library, files: Sequence[CardFile], links: dict[str, Value], report: PhotosTaken, cancel: CancelToken
) -> Generator[Progress, None, None]:
    reader = open_reader(library.folder / DATABASE)
    waiting: dict[str, Taken] = {}
    act: int | None = None
    try:
        # Slow to load: the page of a patrol imports this, and most never take a photo in.
        from ranger_app.actions import media_facts
        from ranger_app.media import intake

        desk = media_facts.desk(library, reader, cancel)
        with closing(intake.take_all(files, desk)) as taking:
            done = 0
            for done, taken in enumerate(taking, 1):
                if isinstance(taken, intake.Refused):
                    report.failed.append(card.unreadable(taken.file.relative, taken.cause))
                elif taken.sha256 in waiting:
                    report.already += 1
                    if taken.copy is not None:
                        vault.discard(taken.copy)
                else:
                    waiting[taken.sha256] = taken
                if len(waiting) >= _A_BATCH:
                    act = _record(library, waiting, links, report, act)
                yield Progress(done, len(files), taken.file.relative)
            report.cancelled = done < len(files)
        _record(library, waiting, links, report, act)
    except (EnvironmentProblem, OSError) as error:
        raise ingest_room.stopped(error, report.stored, len(files)) from error
    finally:
        reader.conn.close()
        for left in waiting.values():
            if left.copy is not None:
                vault.discard(left.copy)


def _record(
    library: Library, waiting: dict[str, Taken], links: dict[str, Value], report: PhotosTaken, act: int | None
) -> int | None:
    """Move copies to their place and write their records; on return all of it is on the disk."""
    ops: list[Op] = []
    folders = set()
    with library.read() as db:
        for taken in waiting.values():
            here = _known(db, taken.sha256)
            op = _linked(library, here, taken, links, report)
            if op is not None:
                ops.append(op)
    for taken in waiting.values():
        if taken.copy is None:
            continue
        if vault.find(library.vault, taken.sha256) is not None:
            vault.discard(taken.copy)
            continue
        target = vault.place(library.vault, *taken.target)
        vault.admit(taken.copy, target)
        folders.add(target.parent)
    if folders:
        vault.sync_folders([*folders, library.vault, library.folder])
    back = [one.sha256 for one in waiting.values() if one.copy is not None]
    waiting.clear()
    if back:  # an original dropped before lies here again
        library.write(partial(disks.put_back, hashes=back))
    if not ops:
        return act
    done = library.commit(ops, label=LABEL, act=act).batch
    return act or done


def _linked(
    library: Library, here: Record | None, taken: Taken, links: dict[str, Value], report: PhotosTaken
) -> Op | None:
    if here is None:
        media = library.new_id()
        report.stored += 1
        report.media.append(media)
        from ranger_app.actions import media_facts

        return create("media", media, {**media_facts.facts_of(taken), **links})
    elsewhere = here["survey"] is not None and here["survey"] != links.get("survey", here["survey"])
    if here["deployment"] is not None or here["patrol"] not in (None, links["patrol"]) or elsewhere:
        reason = _("This picture is here already and belongs to a camera, another patrol or another survey.")
        report.failed.append(FileProblem(taken.file.relative, "belongs_elsewhere", reason))
        return None
    report.media.append(here.id)
    wanted: dict[str, Value] = {
        name: value for name, value in links.items() if value is not None and here[name] != value
    }
    report.linked += bool(wanted)
    report.already += not wanted
    return change("media", here.id, wanted) if wanted else None


def _known(db: Database, sha256: str) -> Record | None:
    return next(rows.find(db, "media", "sha256=?", (sha256,), limit=1), None)


# -- where they were taken -------------------------------------------------------------------------------------


def photos(db: Database, patrol: bytes, *, shift: int | None = None, trace: Trace | None = None) -> list[Photo]:
    """The photos of a patrol by time, each with its place. ``shift``: as if the clock were off by so many seconds."""
    record = existing(db, "patrol", patrol)
    known = trace if trace is not None else patrol_places.trace(db, patrol)
    seconds = shift_of(record) if shift is None else shift
    places = {one.id: one for one in rows.find(db, "waypoint", "patrol=?", (patrol,))}
    offset = patrol_write.offset_of(record)
    found = [_placed(one, places, known, offset, seconds) for one in rows.find(db, "media", "patrol=?", (patrol,))]
    return sorted(found, key=lambda one: (1 << 62 if one.at is None else one.at, one.file_name))


def shift_of(patrol: Record) -> int:
    """Seconds that are added to the camera time of the patrol's photos."""
    value = patrol["photo_shift"]
    return value if isinstance(value, int) else 0


def _placed(media: Record, places: dict[bytes, Record], trace: Trace, offset: int, seconds: int) -> Photo:
    written = media.text("camera_time")
    own = media["file_offset"]
    at = None
    if written:
        at = instant(datetime.fromisoformat(written), own if isinstance(own, int) else offset) + seconds * 1000
    waypoint, find = media["waypoint"], media["sighting"]
    spot, source = None, NOWHERE
    place = places.get(waypoint) if isinstance(waypoint, bytes) else None
    if (own_place := _spot(media, at)) is not None:
        spot, source = own_place, GPS
    elif place is not None and (known := _spot(place, at)) is not None:
        spot, source = known, WAYPOINT
    elif at is not None and (on_track := trace.at(at)) is not None:
        spot, source = on_track, TRACK
    return Photo(
        media.id,
        media.text("sha256") or None,
        media.text("file_name"),
        written or None,
        at,
        spot,
        source,
        waypoint if isinstance(waypoint, bytes) else None,
        find if isinstance(find, bytes) else None,
    )


def _spot(record: Record, at: int | None) -> Spot | None:
    latitude, longitude = record["latitude"], record["longitude"]
    if not isinstance(latitude, int) or not isinstance(longitude, int) or (latitude, longitude) == (0, 0):
        return None
    off = record.values.get("uncertainty")
    return Spot(latitude, longitude, off if isinstance(off, int) else None, at)


# -- the clock -------------------------------------------------------------------------------------------------


def shift_by(
    library: Library,
    media: bytes,
    *,
    time: str = "",
    place: str = "",
    waypoint: bytes | None = None,
    spot: Spot | None = None,
) -> int:
    """Seconds the camera's clock was behind, from one photo whose true time or place is known; nothing is written.

    ``time``: by the patrol's clock. ``place``: in any notation; the track tells when somebody was there. ``waypoint``:
    the photo was taken there. ``spot``: a place pointed at. DataProblem where the photo has no time, or the track
    passes nowhere near.
    """
    with library.read() as db:
        photo = existing(db, "media", media)
        patrol = existing(db, "patrol", _id(photo["patrol"]))
        written = photo.text("camera_time")
        if not written:
            raise DataProblem("PHOTO_WITHOUT_TIME", _("This photo has no time."), _("Choose a photo that has one."))
        offset = patrol_write.offset_of(patrol)
        own = photo["file_offset"]
        taken = instant(datetime.fromisoformat(written), own if isinstance(own, int) else offset)
        if time.strip():
            true = patrol_write.moment(patrol, time, None)
        elif waypoint is not None:
            here = existing(db, "waypoint", waypoint)
            at = here["at"]
            true = at if isinstance(at, int) else _when(db, patrol, _spot(here, None), taken)
        else:
            true = _when(db, patrol, spot or patrol_write.typed_place(place), taken)
    if true is None:
        raise DataProblem(
            "NO_TIME_THERE",
            _("The track does not say when the patrol was at this place."),
            _("Type the time at which the photo was taken."),
        )
    return round((true - taken) / 1000)


_BESIDE_THE_TRACK = 500
"""Metres from the track beyond which a place says nothing of the time."""


def _when(db: Database, patrol: Record, spot: Spot | None, around: int) -> int | None:
    if spot is None:
        return None
    near = patrol_places.trace(db, patrol.id).nearest(spot.latitude, spot.longitude, around)
    if near is None or patrol_places.metres(spot, near) > _BESIDE_THE_TRACK:
        return None
    return near.at


def preview(library: Library, patrol: bytes, seconds: int) -> ShiftSeen:
    """What ``seconds`` would do to the places of all photos; nothing is written."""
    _check(seconds)
    with library.read() as db:
        trace = patrol_places.trace(db, patrol)
        return ShiftSeen(seconds, photos(db, patrol, trace=trace), photos(db, patrol, shift=seconds, trace=trace))


def set_shift(library: Library, patrol: bytes, seconds: int) -> Changes:
    """Add ``seconds`` to the camera time of all the patrol's photos; the times themselves stay as written."""
    _check(seconds)
    values: dict[str, Value] = {"photo_shift": seconds or None}
    with library.read() as db:
        current = existing(db, "patrol", patrol)
        kept_back.check(db, "patrol", patrol, values)
    if shift_of(current) == seconds:
        return Changes(frozenset())
    return library.commit([change("patrol", patrol, values)], label="shift photos")


def _check(seconds: int) -> None:
    if abs(seconds) > _LONGEST:
        raise DataProblem(
            "SHIFT_TOO_LARGE", _("The clock would be off by more than fifty years."), _("Check the time or the place.")
        )


def show_at(library: Library, media: bytes, waypoint: bytes | None, find: bytes | None = None) -> Changes:
    """Say that a photo shows a find, or a waypoint; None for both takes that back."""
    values: dict[str, Value] = {"waypoint": waypoint, "sighting": find}
    with library.read() as db:
        current = existing(db, "media", media)
        if find is not None:
            of_find = existing(db, "sighting", find)["waypoint"]
            values["waypoint"] = of_find
        different = {name: value for name, value in values.items() if current[name] != value}
        kept_back.check(db, "media", media, different)
    if not different:
        return Changes(frozenset())
    return library.commit([change("media", media, different)], label="photo of a find")


def local_text(photo: Photo, offset: int) -> str:
    """When it was taken by the patrol's clock, with the shift: 2026-03-03 14:05:10; empty where it has no time."""
    return "" if photo.at is None else local(photo.at, offset).isoformat(sep=" ", timespec="seconds")


def _id(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""
