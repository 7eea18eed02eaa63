"""A backup: one file with all records and the keys, and beside it the originals that are not there yet.

A file of the same name is never half there: it is written under another name, read back and only then renamed.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ranger_app.actions import backup_originals as carrying
from ranger_app.actions import originals
from ranger_app.actions.backup_originals import MB, Carried
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken, Job, Progress, run
from ranger_app.keys import FILE as KEY_FILE
from ranger_app.library import DATABASE, Library
from ranger_app.media.drives import same_drive
from ranger_app.store import ballast, disks, settings
from ranger_app.store.backup import Stopped, copy_database
from ranger_app.store.connection import Database
from ranger_app.sync import backup_file
from ranger_app.sync.files import folder_to_disk
from ranger_app.sync.files import hash_file as hash_past_cache

Value = TypeVar("Value")
SUFFIX = ".ranger-backup"
FOLDER = "Ranger backup"
"""Made at the top of a stick or disk that a person chooses."""
KEPT = 3
"""Backups kept in the library's own folder; elsewhere none is removed unless that was asked for."""
_SPARE = 64 << 20
_busy: set[Path] = set()
_busy_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Away:
    """A further disk whose originals are not in this backup: its name, and how many they are."""

    name: str
    originals: int


@dataclass(slots=True)
class BackupReport:
    """What was backed up. ``file`` is None where it was stopped before the records were written.

    ``sealed``: the file needs the passphrase or the recovery sheet. ``another_disk``: it lies on another disk than the
    library. ``away`` are disks not plugged in, ``same`` those that are the disk of the backup itself. ``older`` and
    ``older_bytes`` tell of this station's earlier backup files there, ``removed`` of those that made room.
    """

    file: Path | None = None
    bytes: int = 0
    sealed: bool = False
    another_disk: bool = False
    originals: Carried | None = None
    away: list[Away] = field(default_factory=list)
    same: list[Away] = field(default_factory=list)
    older: int = 0
    older_bytes: int = 0
    removed: list[Path] = field(default_factory=list)
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Last:
    """What is known of earlier backups. ``at`` is ms since 1970, None for never; ``elsewhere`` means another disk."""

    at: int | None
    folder: Path | None
    elsewhere_at: int | None
    elsewhere_folder: Path | None
    originals_left: int


def last(library: Library) -> Last:
    """When and where the last backups were made."""
    with library.read() as db:
        said = {
            name: settings.get(db, f"backup.{name}") for name in ("at", "folder", "elsewhere.at", "elsewhere.folder")
        }
        left = int(settings.get(db, "backup.originals_left", "0"))
    times = [int(said[name]) if said[name] else None for name in ("at", "elsewhere.at")]
    folders = [Path(said[name]) if said[name] else None for name in ("folder", "elsewhere.folder")]
    return Last(times[0], folders[0], times[1], folders[1], left)


def folder_on(place: Path) -> Path:
    """Where a backup goes when a person chose ``place``: not among what else lies at the top of a stick."""
    top = os.path.ismount(place) or place.parent == place
    if top and not any(place.glob(f"*{SUFFIX}")):
        return place / FOLDER
    return place


def backup(library: Library, folder: Path | None = None) -> Path:
    """Back up here and now, as ``back_up`` does; returns the file."""
    file = run(back_up(library, folder)).file
    assert file is not None  # nobody could stop it
    return file


def back_up(
    library: Library,
    folder: Path | None = None,
    *,
    with_originals: bool = True,
    verify: bool = False,
    keep: int | None = None,
    cancel: CancelToken | None = None,
) -> Job[BackupReport]:
    """Write a backup into ``folder``: the records into the library's own where none is given, else originals too.

    ``verify`` reads originals that lie there already again. ``keep``: of this station's backup files there only so
    many newest stay. Raises DataProblem NOT_A_FOLDER or DATABASE_DAMAGED, EnvironmentProblem DISK_FULL,
    BACKUP_DISK_FAILED, BACKUP_TOO_LARGE or BACKUP_RUNNING; what stood before stays.
    """
    token = cancel or CancelToken()
    own = folder is None or _inside(folder, library.folder)
    target = (library.backups if folder is None else folder).absolute()
    if target.exists() and not target.is_dir():
        raise DataProblem("NOT_A_FOLDER", _("{path} is not a folder.").format(path=target), _("Give a folder."))
    if keep is None and own:
        keep = KEPT
    report = BackupReport(sealed=library.keys.protected)
    with _alone(library):
        try:
            target.mkdir(parents=True, exist_ok=True)
            report.another_disk = not own and not same_drive(library.folder, target)
            sources, plan = [], carrying.Plan()
            if with_originals and not own:
                sources = _sources(library, target, report)
                plan = yield from carrying.plan(sources, target / carrying.FOLDER, token, again=verify)
            try:
                done = yield from _records(library, target, report, token, plan.bytes // MB)
            except Stopped:
                report.cancelled = True
                return report
            _note(library, target, report)
            _older(library, target, report, keep)
            if with_originals and not own:
                # The next file of records shall find room too.
                there = target / carrying.FOLDER
                total = done + plan.bytes // MB
                job = carrying.carry(sources, there, plan, token, again=verify, done=done, total=total)
                report.originals = yield from job
                report.cancelled = report.originals.cancelled
                folder_to_disk(there if there.is_dir() else target)
        except OSError as error:
            raise _failed(error) from error
    _note_originals(library, report)
    ballast.keep(library.folder)
    return report


def warnings(report: BackupReport, *, seal: bool = True) -> list[str]:
    """What a person should know about a backup, in sentences; without ``seal`` where that is said already."""
    found = []
    if report.file is not None and not report.another_disk:
        found.append(_("This backup lies on the same disk as the library: if the disk breaks, both are lost."))
    if seal and report.file is not None and not report.sealed:
        found.append(
            _("The file is not sealed, because this station has no passphrase: who finds it can read it and sign.")
        )
    carried = report.originals
    if carried is not None:
        n = carried.left
        if carried.full:
            words = ngettext(
                "The disk is full: {n} original is not there yet. Records and keys are saved.",
                "The disk is full: {n} originals are not there yet. Records and keys are saved.",
                n,
            )
            found.append(words.format(n=n))
        elif n:
            words = ngettext(
                "{n} original is not there yet; the next backup goes on.",
                "{n} originals are not there yet; the next backup goes on.",
                n,
            )
            found.append(words.format(n=n))
        if carried.failed:
            words = ngettext(
                "{n} original could not be copied: check the library.",
                "{n} originals could not be copied: check the library.",
                carried.failed,
            )
            found.append(words.format(n=carried.failed))
        if carried.too_large:
            found.append(_("The disk takes no files that large: one formatted as exFAT or NTFS does."))
    for one in report.away:
        words = ngettext(
            "{n} original lies on the disk {name}, which is not plugged in.",
            "{n} originals lie on the disk {name}, which is not plugged in.",
            one.originals,
        )
        found.append(words.format(n=one.originals, name=one.name))
    for one in report.same:
        words = ngettext(
            "{n} original lies only on the disk {name}, where this backup is too: back up to another disk as well.",
            "{n} originals lie only on the disk {name}, where this backup is too: back up to another disk as well.",
            one.originals,
        )
        found.append(words.format(n=one.originals, name=one.name))
    return found


def _inside(folder: Path, other: Path) -> bool:
    return folder.expanduser().resolve().is_relative_to(other.resolve())


@contextmanager
def _alone(library: Library) -> Iterator[None]:
    with _busy_lock:
        if library.folder in _busy:
            raise EnvironmentProblem(
                "BACKUP_RUNNING", _("A backup is being made already."), _("Wait until it has ended.")
            )
        _busy.add(library.folder)
    try:
        yield
    finally:
        with _busy_lock:
            _busy.discard(library.folder)


def _sources(library: Library, target: Path, report: BackupReport) -> list[Path]:
    """The folders originals are copied from; the disks whose originals cannot be are named in the report."""
    found = [library.vault]
    plugged = originals.look_for_disks(library)
    with library.read() as db:
        known = disks.disks(db)
    for disk in known:
        folder = plugged.get(disk.id)
        if folder is None:
            report.away.append(Away(disk.name, disk.originals))
        elif report.another_disk and same_drive(folder, target):  # a second copy beside the first protects nothing
            report.same.append(Away(disk.name, disk.originals))
        else:
            found.append(folder)
    report.away = [one for one in report.away if one.originals]
    report.same = [one for one in report.same if one.originals]
    return found


def _records(library: Library, folder: Path, report: BackupReport, token: CancelToken, originals_mb: int) -> Job[int]:
    """Write the file of records and keys; the value is the megabytes done, raises Stopped."""
    now = library.now_ms()
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    target = _free_name(folder, f"{library.station.id.hex()[:8]}-{stamp}")
    library.backups.mkdir(parents=True, exist_ok=True)
    for leftover in (*library.backups.glob("*.copy.db*"), *folder.glob(f"{library.station.id.hex()[:8]}-*.part")):
        leftover.unlink(missing_ok=True)
    draft = target.with_name(target.name + ".part")
    copy = library.backups / f"{secrets.token_hex(4)}.copy.db"
    yield Progress(0, 0, _("Copying the records"))
    try:
        _has_room(library.folder, (library.folder / DATABASE).stat().st_size)
        with library.read() as db:
            copy_database(db, copy, lambda: token.cancelled)
        size = copy.stat().st_size
        done, total = 0, 2 * size + originals_mb * MB
        writing = backup_file.write(draft, copy, library.keys, (library.folder / KEY_FILE).read_bytes(), now)
        written, sha256 = yield from _told(writing, done, total, token)
        done += size
        copy.unlink()  # before anything else wants room on this disk
        proved = yield from _told(hash_past_cache(draft, written), done, done + written + originals_mb * MB, token)
        if proved != sha256:
            raise DataProblem(
                "BACKUP_DAMAGED", _("The backup could not be read back."), _("Use another disk and try again.")
            )
        draft.replace(target)
        folder_to_disk(folder)
    finally:
        for one in (copy, draft):
            one.unlink(missing_ok=True)
    report.file, report.bytes = target, written
    return (done + written) // MB


def _free_name(folder: Path, name: str) -> Path:
    target = folder / f"{name}{SUFFIX}"
    number = 2
    while target.exists():  # two in one second
        target = folder / f"{name}-{number}{SUFFIX}"
        number += 1
    return target


def _told(job: Generator[int, None, Value], done: int, total: int, token: CancelToken) -> Job[Value]:
    while True:
        try:
            done += next(job)
        except StopIteration as stop:
            value: Value = stop.value
            return value
        if token.cancelled:
            job.close()
            raise Stopped
        yield Progress(done // MB, max(done, total) // MB, _("Writing the records"))


def _has_room(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < size + _SPARE:
        raise EnvironmentProblem(
            "DISK_FULL",
            _("The library's disk has too little room to make a backup."),
            _("Free as much as the records take, {n} MB, and try again.").format(n=(size + _SPARE) // MB),
        )


def _note(library: Library, folder: Path, report: BackupReport) -> None:
    made = str(library.now_ms())

    def change(db: Database) -> None:
        settings.put(db, "backup.at", made)
        settings.put(db, "backup.folder", str(folder))
        if report.another_disk:
            settings.put(db, "backup.elsewhere.at", made)
            settings.put(db, "backup.elsewhere.folder", str(folder))

    library.write(change)


def _note_originals(library: Library, report: BackupReport) -> None:
    carried = report.originals
    if carried is not None:
        library.write(lambda db: settings.put(db, "backup.originals_left", str(carried.left + carried.failed)))


def _older(library: Library, folder: Path, report: BackupReport, keep: int | None) -> None:
    mine = f"{library.station.id.hex()[:8]}-*{SUFFIX}"
    older = sorted((one for one in folder.glob(mine) if one != report.file), key=lambda one: one.name)
    if keep is not None:
        for old in older[: max(0, len(older) - max(0, keep - 1))]:
            old.unlink()
            report.removed.append(old)
    left = [one for one in older if one not in report.removed]
    report.older, report.older_bytes = len(left), sum(one.stat().st_size for one in left)


def _failed(error: OSError) -> EnvironmentProblem:
    if error.errno == errno.EFBIG:
        return EnvironmentProblem(
            "BACKUP_TOO_LARGE",
            _("The disk takes no file as large as this backup."),
            _("Use a disk that is formatted as exFAT or NTFS."),
        )
    return carrying.failed(error)
