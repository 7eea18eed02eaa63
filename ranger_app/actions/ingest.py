"""Empty a memory card into the library: every file copied, proved, looked at and recorded, the card untouched.

Work is recorded in short batches. After a power cut, a pulled card or a cancel, ingesting the same folder again
goes on in the same deployment where it stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ranger_app.actions import deployment_dates, ingest_known, ingest_room, media_facts
from ranger_app.actions.deployment_dates import Window
from ranger_app.actions.ingest_known import Known
from ranger_app.actions.ingest_place import IngestRequest, Place, camera_of, place_of
from ranger_app.actions.ingest_report import IngestReport, flagged, flags_of
from ranger_app.actions.take_back import take_back
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create
from ranger_app.errors import EnvironmentProblem, RangerError
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Progress
from ranger_app.library import DATABASE, Library
from ranger_app.media import card, intake, vault
from ranger_app.media.card import CardFile, FileProblem, Listing
from ranger_app.media.intake import Refused, Taken
from ranger_app.store import disks, rows
from ranger_app.store.connection import Database, open_reader

__all__ = ["FileProblem", "IngestReport", "IngestRequest", "ingest", "take_back"]

LABEL = "ingest"
"""Names the act in the log; undo passes over it, because a whole ingest is taken back by ``take_back``."""
BATCH_FILES = 200
BATCH_SECONDS = 1.0
FIRST_FILES = 16
FIRST_SECONDS = 0.4
"""The first batch is small: a person sees the first pictures at once and knows whether it is the right card."""
FAILURES_IN_A_ROW = 10
"""After so many unreadable files one behind the other the card itself is taken to be gone."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file to be recorded: ``new``; of a record that came without it, ``bare``; or of one whose original is gone."""

    taken: Taken
    media: bytes
    new: bool = False
    bare: rows.Record | None = None


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
    window: Window = field(default_factory=Window)
    act: int | None = None
    waiting: dict[str, _Waiting] = field(default_factory=dict)
    """By content hash."""
    twins: list[Taken] = field(default_factory=list)
    """Further files with the content of a waiting one; they are named once that is recorded."""
    recorded: bool = False
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
    ingest_room.must_be_outside(library, folder)
    yield Progress(0, 0, _("Looking through the folder"))
    place = place_of(library, request)
    listing = card.walk(folder, without=library.folder)
    ingest_room.must_hold_media(folder, listing)
    ingest_room.must_have_room(library, listing)
    vault.clean_incoming(library.vault)
    run = _begin(library, request, place, folder, listing)
    if run.begun:
        with library.read() as db:
            run.window = deployment_dates.window(db, run.deployment)
    with closing(_work(run, folder, listing.files, cancel)) as work:
        yield from work
    run.report.cancelled = run.done < len(listing.files)
    _finish(run)
    yield Progress(len(listing.files), len(listing.files), _("Done"))
    return run.report


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
        with closing(intake.take_all(files, media_facts.desk(run.library, reader, cancel))) as taking:
            for run.done, taken in enumerate(taking, 1):
                if isinstance(taken, Refused):
                    _refused(run, taken, folder, device)
                else:
                    run.failures = 0
                    _sort(run, taken)
                if _is_time(run):
                    _record(run)
                yield Progress(run.done, len(files), taken.file.relative)
        _record(run)
    except (EnvironmentProblem, OSError) as error:
        with suppress(RangerError, OSError):
            _record(run)
        safe = run.report.stored + run.report.already_known
        raise ingest_room.stopped(error, safe, run.report.found) from error
    finally:
        reader.conn.close()
        for left in run.waiting.values():
            if left.taken.copy is not None:
                vault.discard(left.taken.copy)


def _is_time(run: _Run) -> bool:
    files, seconds = (BATCH_FILES, BATCH_SECONDS) if run.recorded else (FIRST_FILES, FIRST_SECONDS)
    return len(run.waiting) >= min(files, BATCH_FILES) or time.monotonic() - run.last >= seconds


def _sort(run: _Run, taken: Taken) -> None:
    """Put a file where it belongs: to be recorded, known before, or twice on the same card."""
    report, file = run.report, taken.file
    twin = run.waiting.get(taken.sha256)
    if twin is not None:
        report.already_known += 1
        run.twins.append(taken)
        if taken.copy is not None:
            vault.discard(taken.copy)
        return
    with run.library.read() as db:
        known = ingest_known.of_content(db, taken.sha256, report.ingest_id, run.deployment)
        bare = None
        if known is None:
            bare = ingest_known.without_file(
                db, file.name, taken.exif.camera_time, run.request.deployment, run.place.location
            )
    if known is not None:
        _sort_known(run, taken, known)
    elif bare is not None and all(one.media != bare.id for one in run.waiting.values()):
        report.already_known += 1
        run.waiting[taken.sha256] = _Waiting(taken, bare.id, bare=bare)
    else:
        run.waiting[taken.sha256] = _Waiting(taken, run.library.new_id(), new=True)


def _sort_known(run: _Run, taken: Taken, known: Known) -> None:
    report, file = run.report, taken.file
    same = known.ingest == report.ingest_id and known.file == file.relative
    if same:
        report.stored += 1
        report.resumed += 1
        _look_again(run, file, json.loads(known.flags or "[]"), known.camera_time)
    else:
        report.already_known += 1
        _say_where(run, known)
    if taken.copy is not None and vault.find(run.library.vault, taken.sha256) is None:
        run.waiting[taken.sha256] = _Waiting(taken, known.media)
        return
    if taken.copy is not None:  # copied while the first file of this content was not yet recorded
        vault.discard(taken.copy)
    if not same:
        report.name_duplicate(file.relative, known)


def _say_where(run: _Run, known: Known) -> None:
    """A known card said to be from another place than before is a mistake that somebody must hear of."""
    at_the_place = run.request.deployment is None and known.location == run.place.location
    if known.deployment == run.deployment or at_the_place:
        run.report.deployment_id = run.report.deployment_id or known.deployment
    else:
        run.report.count_elsewhere(known)


def _record(run: _Run) -> None:
    """Move waiting copies to their place and write their records; on return all of it is on the disk."""
    run.last = time.monotonic()
    waiting = list(run.waiting.values())
    if not waiting:
        return
    folders = set()
    for one in waiting:
        if one.taken.copy is not None:
            target = vault.place(run.library.vault, *one.taken.target)
            vault.admit(one.taken.copy, target)
            folders.add(target.parent)
    vault.sync_folders([*folders, run.library.vault, run.library.folder])
    new = [one for one in waiting if one.new]
    ops = [] if run.begun or not new else _deployment(run, [one.taken for one in new])
    ops += [create("media", one.media, _media(run, one.taken)) for one in new]
    ops += [ingest_known.filled(one.bare, _media(run, one.taken)) for one in waiting if one.bare is not None]
    if new:
        _commit(run, ops)
        run.begun = True
        run.report.deployment_id = run.deployment
    elif ops:
        run.library.commit(ops, label=LABEL)
    back = [one.taken.sha256 for one in waiting if not one.new]
    if back:  # an original dropped before lies here again
        run.library.write(partial(disks.put_back, hashes=back))
    run.report.stored += len(new)
    run.report.made_whole += len(waiting) - len(new)
    for one in new:
        taken = one.taken
        _look_again(run, taken.file, flags_of(taken), taken.exif.camera_time, taken.look.damaged)
    _name_known(run, [one.taken for one in waiting if one.bare is not None])
    run.waiting, run.twins, run.recorded = {}, [], True


def _name_known(run: _Run, found: list[Taken]) -> None:
    """Name what could only be named now: files twice on the card, and where ``found`` records lie."""
    with run.library.read() as db:
        for taken in run.twins:
            known = ingest_known.of_content(db, taken.sha256, run.report.ingest_id, run.deployment)
            if known is not None:
                run.report.name_duplicate(taken.file.relative, known)
        for taken in found:
            known = ingest_known.of_content(db, taken.sha256, run.report.ingest_id, run.deployment)
            if known is not None:
                _say_where(run, known)


def _look_again(run: _Run, file: CardFile, flags: list[str], camera_time: str | None, damage: str = "") -> None:
    """List what of a stored file deserves a second look."""
    run.report.undated += "no_date" in flags
    outside = ["outside_deployment"] if camera_time is not None and run.window.leaves_out(camera_time) else []
    run.report.flagged += flagged(file.relative, [*flags, *outside], damage)


def _commit(run: _Run, ops: list[Op], *, finished: int | None = None) -> None:
    # While it runs only the numbers are written: all lines each time would cost more the longer it runs.
    said = run.report.as_json(most=0) if finished is None else run.report.as_json()
    row = (run.report.ingest_id, run.folder, run.deployment, run.started, finished, said)

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
    return {"deployment": run.deployment, **media_facts.facts_of(taken), "ingest": run.report.ingest_id}


def _finish(run: _Run) -> None:
    """Set the deployment's times from all its pictures and mark the ingest as done, unless it was cancelled."""
    if not run.begun or not (run.report.stored or run.resumed):
        return
    ours = run.place.deployment is None
    with run.library.read() as db:
        found = rows.get(db, "deployment", run.deployment)
        values = deployment_dates.from_pictures(db, run.deployment, follow=ours)
    if ours and found is not None and isinstance(values.get("start"), str):
        name = _named(run.place, str(values["start"]))
        if found["name"] == _named(run.place, found.text("start") or None) != name:
            values["name"] = name
    ops = [change("deployment", run.deployment, values)] if values else []
    _commit(run, ops, finished=None if run.report.cancelled else run.library.now_ms())


def _refused(run: _Run, refused: Refused, folder: Path, device: int) -> None:
    run.failures += 1
    if run.failures >= FAILURES_IN_A_ROW or ingest_room.is_gone(folder, device):
        raise EnvironmentProblem("CARD_REMOVED", "", "")
    run.report.failed.append(card.unreadable(refused.file.relative, refused.cause))
