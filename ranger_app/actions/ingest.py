"""Empty a memory card into the library: every file copied, proved, looked at and recorded, the card untouched.

Work is recorded in short batches. After a power cut, a pulled card or a cancel, ingesting the same folder again
goes on in the same deployment where it stopped.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions.ingest_place import IngestRequest, Place, camera_of, place_of
from ranger_app.actions.ingest_report import IngestReport, flagged, flags_of
from ranger_app.actions.take_back import take_back
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create
from ranger_app.errors import DataProblem, EnvironmentProblem, RangerError
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import DATABASE, Library
from ranger_app.media import card, intake, vault
from ranger_app.media.card import CardFile, FileProblem, Listing
from ranger_app.media.intake import Desk, Refused, Taken
from ranger_app.store import rows
from ranger_app.store.connection import Database, open_reader

__all__ = ["FileProblem", "IngestReport", "IngestRequest", "ingest", "take_back"]

LABEL = "ingest"
"""Names the act in the log; undo passes over it, because a whole ingest is taken back by ``take_back``."""
BATCH_FILES = 200
BATCH_SECONDS = 1.0
SPARE_BYTES = 64 * 1024 * 1024
PREVIEW_BYTES = 24 * 1024
"""Room set aside for the preview and the records of one file."""
FAILURES_IN_A_ROW = 10
"""After so many unreadable files one behind the other the card itself is taken to be gone."""
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


@dataclass(slots=True)
class _Run:
    """One ingest under way: what is waiting to be recorded, and where it goes."""

    library: Library
    request: IngestRequest
    place: Place
    folder: str
    report: IngestReport
    deployment: bytes
    resumed: bool = False
    begun: bool = False
    """Whether the deployment's record stands."""
    act: int | None = None
    waiting: list[Taken] = field(default_factory=list)
    whole: list[Taken] = field(default_factory=list)
    hashes: set[str] = field(default_factory=set)
    last: float = field(default_factory=time.monotonic)
    done: int = 0
    failures: int = 0
    started: int = 0


def ingest(
    library: Library, request: IngestRequest, cancel: CancelToken | None = None
) -> Generator[Progress, None, IngestReport]:
    """Ingest a folder or card; a job whose result is the report.

    Raises UsageProblem, DataProblem (nothing is taken then) and EnvironmentProblem CARD_REMOVED, DISK_FULL,
    LIBRARY_DISK_FAILED, COPY_DIFFERS (what was recorded before stays, and the next ingest goes on from there).
    """
    cancel = cancel or CancelToken()
    folder = request.folder.expanduser().resolve()
    _must_be_outside(library, folder)
    yield Progress(0, 0, _("Looking through the folder"))
    place = place_of(library, request)
    listing = card.walk(folder, without=library.folder)
    _must_hold_media(folder, listing)
    _must_have_room(library, listing)
    vault.clean_incoming(library.vault)
    run = _begin(library, request, place, folder, listing)
    with closing(_work(run, folder, listing.files, cancel)) as work:
        yield from work
    run.report.cancelled = run.done < len(listing.files)
    _finish(run)
    yield Progress(len(listing.files), len(listing.files), _("Done"))
    return run.report


def _must_be_outside(library: Library, folder: Path) -> None:
    if folder.is_relative_to(library.folder.resolve()):
        raise DataProblem(
            "FOLDER_IN_LIBRARY",
            _("The folder {path} is part of the library itself.").format(path=folder),
            _("Name the card or the folder that holds the new pictures."),
        )


def _must_hold_media(folder: Path, listing: Listing) -> None:
    if listing.files:
        return
    unread = [problem for problem in listing.problems if problem.code in ("folder_unreadable", "unreadable")]
    if unread:
        raise EnvironmentProblem(
            "FOLDER_UNREADABLE",
            _("Nothing in {path} could be read.").format(path=folder),
            _("Put the card in again, or try another card reader."),
        )
    raise DataProblem(
        "NO_MEDIA",
        _("There are no pictures or videos in {path}.").format(path=folder),
        _("Check that this is the right card or folder."),
    )


def _must_have_room(library: Library, listing: Listing) -> None:
    free = shutil.disk_usage(library.folder).free - SPARE_BYTES
    if listing.bytes + len(listing.files) * PREVIEW_BYTES <= free:
        return
    # Known files need no room. Name and size tell well enough here; the hash decides later.
    with library.read() as db:
        sizes = {row[0] for row in db.conn.execute("SELECT DISTINCT bytes FROM media WHERE deleted = 0").fetchall()}
    needed = sum(file.bytes + PREVIEW_BYTES for file in listing.files if file.bytes not in sizes)
    if needed > free:
        raise EnvironmentProblem(
            "NO_ROOM",
            _("The card holds {needed} MB that are new, but the library's disk has {free} MB left.").format(
                needed=needed // 1_000_000, free=max(0, free) // 1_000_000
            ),
            _("Free some space, or use another disk. The card is unchanged."),
        )


def _begin(library: Library, request: IngestRequest, place: Place, folder: Path, listing: Listing) -> _Run:
    report = IngestReport(failed=list(listing.problems))
    report.found = len(listing.files) + sum(problem.code == "empty_file" for problem in listing.problems)
    with library.read() as db:
        unfinished = db.conn.execute(
            "SELECT id, deployment, started FROM ingest WHERE folder=? AND finished IS NULL AND taken_back IS NULL"
            " ORDER BY started DESC",
            (str(folder),),
        ).fetchall()
        for ingest_id, deployment, started in unfinished:
            found = rows.get(db, "deployment", deployment)
            if found is None or found.deleted or found["location"] != place.location:
                continue
            if place.deployment in (None, deployment) and _is_same_card(db, ingest_id, listing):
                report.ingest_id, report.deployment_id = ingest_id, deployment
                return _Run(library, request, place, str(folder), report, deployment, True, True, started=started)
    report.ingest_id = library.new_id().hex()
    report.deployment_id = place.deployment
    deployment = place.deployment or library.new_id()
    begun = place.deployment is not None
    return _Run(library, request, place, str(folder), report, deployment, False, begun, started=library.now_ms())


def _is_same_card(db: Database, ingest_id: str, listing: Listing) -> bool:
    """Whether the folder still holds what the interrupted ingest took: drive letters come back with other cards."""
    here = {(file.folder, file.name, file.bytes) for file in listing.files}
    taken = db.conn.execute(
        "SELECT coalesce(folder, ''), file_name, bytes FROM media WHERE ingest=? AND deleted=0 LIMIT 50", (ingest_id,)
    ).fetchall()
    return any(tuple(row) in here for row in taken)


def _work(run: _Run, folder: Path, files: tuple[CardFile, ...], cancel: CancelToken) -> Generator[Progress, None, None]:
    device = folder.stat().st_dev
    reader = open_reader(run.library.folder / DATABASE)
    try:
        with closing(intake.take_all(files, _desk(run.library, reader, cancel))) as taking:
            for run.done, taken in enumerate(taking, 1):
                if isinstance(taken, Refused):
                    _refused(run, taken, folder, device)
                else:
                    run.failures = 0
                    _sort(run, taken)
                if len(run.waiting) + len(run.whole) >= BATCH_FILES or time.monotonic() - run.last >= BATCH_SECONDS:
                    _record(run)
                yield Progress(run.done, len(files), taken.file.relative)
        _record(run)
    except (EnvironmentProblem, OSError) as error:
        with suppress(RangerError, OSError):
            _record(run)
        raise _stopped(run, error) from error
    finally:
        reader.conn.close()
        for left in (*run.waiting, *run.whole):
            if left.copy is not None:
                vault.discard(left.copy)


def _desk(library: Library, reader: Database, cancel: CancelToken) -> Desk:
    """What the threads of the intake may ask. They share one reader of their own, one question at a time."""
    one_at_a_time = threading.Lock()

    def asked(sql: str, value: Value) -> bool:
        with one_at_a_time:
            return bool(reader.conn.execute(sql, (value,)).fetchall())

    def is_here(sha256: str) -> bool:
        known = asked("SELECT 1 FROM media WHERE sha256=? AND deleted=0 LIMIT 1", sha256)
        return known and vault.find(library.vault, sha256) is not None

    def has_size(size: int) -> bool:
        return asked("SELECT 1 FROM media WHERE bytes=? AND deleted=0 LIMIT 1", size)

    return Desk(library.vault, library.cache, is_here, has_size, lambda: cancel.cancelled)


def _sort(run: _Run, taken: Taken) -> None:
    """Put a file where it belongs: to be recorded, known before, or twice on the same card."""
    report = run.report
    if taken.sha256 in run.hashes:
        report.already_known += 1
        if taken.copy is not None:
            vault.discard(taken.copy)
        return
    run.hashes.add(taken.sha256)
    with run.library.read() as db:
        known = db.conn.execute(
            "SELECT ingest, deployment, flags FROM media WHERE sha256=? AND deleted=0 ORDER BY key LIMIT 1",
            (taken.sha256,),
        ).fetchall()
    if not known:
        run.waiting.append(taken)
        return
    ingest_id, deployment, flags = known[0]
    if ingest_id == report.ingest_id:
        report.stored += 1
        report.resumed += 1
        report.flagged += flagged(taken.file.relative, json.loads(flags or "[]"))
    else:
        report.already_known += 1
        report.deployment_id = report.deployment_id or deployment
    if taken.copy is not None:
        run.whole.append(taken)


def _record(run: _Run) -> None:
    """Move waiting copies to their place and write their records; on return all of it is on the disk."""
    run.last = time.monotonic()
    new, whole = run.waiting, run.whole
    if not new and not whole:
        return
    folders = set()
    for taken in (*new, *whole):
        if taken.copy is not None:
            target = vault.place(run.library.vault, *taken.target)
            vault.admit(taken.copy, target)
            folders.add(target.parent)
    vault.sync_folders([*folders, run.library.vault, run.library.folder])
    if new:
        ops = [] if run.begun else _deployment(run, new)
        ops += [create("media", run.library.new_id(), _media(run, taken)) for taken in new]
        _commit(run, ops)
        run.begun = True
        run.report.deployment_id = run.deployment
    run.report.stored += len(new)
    run.report.made_whole += len(whole)
    for taken in new:
        run.report.flagged += flagged(taken.file.relative, flags_of(taken), taken.look.damaged)
    run.waiting, run.whole = [], []


def _commit(run: _Run, ops: list[Op], *, finished: int | None = None) -> None:
    row = (run.report.ingest_id, run.folder, run.deployment, run.started, finished, run.report.as_json())

    def also(db: Database) -> None:
        db.conn.execute(
            "INSERT INTO ingest (id, folder, deployment, started, finished, report) VALUES (?,?,?,?,?,?)"
            " ON CONFLICT (id) DO UPDATE SET finished = excluded.finished, report = excluded.report",
            row,
        )

    if ops:
        changes = run.library.commit(ops, label=LABEL, act=run.act, also=also)
        run.act = run.act or changes.batch
    else:
        run.library.write(also)


def _deployment(run: _Run, first: list[Taken]) -> list[Op]:
    camera, new_camera = camera_of(run.library, [taken.exif for taken in first])
    times = [taken.exif.camera_time for taken in first if taken.exif.camera_time]
    offset = run.request.utc_offset
    values: dict[str, Value] = {
        "name": _named(run.place, min(times, default=None)),
        "location": run.place.location,
        "camera": camera,
        "start": min(times, default=None),
        "end": max(times, default=None),
        "utc_offset": run.library.station.utc_offset if offset is None else offset,
    }
    return [*run.place.new_location, *new_camera, create("deployment", run.deployment, values)]


def _named(place: Place, start: str | None) -> str:
    return f"{place.location_name} {start[:10]}" if start else place.location_name


def _media(run: _Run, taken: Taken) -> dict[str, Value]:
    flags = flags_of(taken)
    return {
        "deployment": run.deployment,
        "sha256": taken.sha256,
        "bytes": taken.bytes,
        "media_type": taken.format.media_type,
        "file_name": taken.file.name,
        "folder": taken.file.folder or None,
        "camera_time": taken.exif.camera_time,
        "camera_time_source": taken.exif.camera_time_source,
        "width": taken.look.width,
        "height": taken.look.height,
        "duration": taken.look.duration,
        "serial_number": taken.exif.serial_number,
        "latitude": taken.exif.latitude,
        "longitude": taken.exif.longitude,
        "flags": json.dumps(flags, separators=(",", ":")) if flags else None,
        "ingest": run.report.ingest_id,
    }


def _finish(run: _Run) -> None:
    """Set the deployment's times from all its pictures and mark the ingest as done, unless it was cancelled."""
    if not run.begun or not (run.report.stored or run.resumed):
        return
    with run.library.read() as db:
        found = rows.get(db, "deployment", run.deployment)
        start, end = db.conn.execute(
            "SELECT min(camera_time), max(camera_time) FROM media WHERE deployment=? AND deleted=0", (run.deployment,)
        ).fetchone()
    ours = run.place.deployment is None
    values: dict[str, Value] = {}
    if found is not None:
        for name, time_ in (("start", start), ("end", end)):
            if time_ is not None and found[name] != time_ and (ours or found[name] is None):
                values[name] = time_
        if ours and found["name"] == _named(run.place, found.text("start") or None) != _named(run.place, start):
            values["name"] = _named(run.place, start)
    ops = [change("deployment", run.deployment, values)] if values else []
    _commit(run, ops, finished=None if run.report.cancelled else run.library.now_ms())


def _refused(run: _Run, refused: Refused, folder: Path, device: int) -> None:
    run.failures += 1
    if run.failures >= FAILURES_IN_A_ROW or _is_gone(folder, device):
        raise EnvironmentProblem("CARD_REMOVED", "", "")
    run.report.failed.append(card.unreadable(refused.file.relative, refused.cause))


def _is_gone(folder: Path, device: int) -> bool:
    try:
        if folder.stat().st_dev != device:
            return True
        with os.scandir(folder) as entries:
            return next(entries, None) is None  # an empty mount point is what a pulled card leaves
    except OSError:
        return True


def _stopped(run: _Run, error: EnvironmentProblem | OSError) -> EnvironmentProblem:
    """The error as a person meets it, with the number of files that are safe."""
    safe = _("{stored} of {found} files are safe in the library; ingest the same folder again to go on.").format(
        stored=run.report.stored + run.report.already_known, found=run.report.found
    )
    if isinstance(error, EnvironmentProblem):
        if error.code == "CARD_REMOVED":
            what = _("The card was removed or cannot be read any more.")
            return EnvironmentProblem(error.code, what, _("Put it in again.") + " " + safe)
        return EnvironmentProblem(error.code, error.what, f"{error.todo} {safe}")
    if error.errno in _FULL:
        return EnvironmentProblem("DISK_FULL", _("The library's disk is full."), _("Free some space.") + " " + safe)
    what = _("The library's disk could not be written ({reason}).").format(reason=error.strerror or error)
    return EnvironmentProblem("LIBRARY_DISK_FAILED", what, _("Check the disk.") + " " + safe)
