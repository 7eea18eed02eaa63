"""Putting a backup in place: checked whole before anything is touched, and what it replaces is kept.

What comes back writes under a new incarnation, so nothing that a partner holds is ever contradicted or lost.
"""

from __future__ import annotations

import json
import shutil
import time
import zipfile
import zlib
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ranger_app.actions import backup_originals as carrying
from ranger_app.actions import receipts
from ranger_app.actions.backup_originals import MB, Carried
from ranger_app.actions.restored import TOLD_FROM, WAITING, untold
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _, ngettext
from ranger_app.incarnation import new_incarnation
from ranger_app.jobs import CancelToken, Job, Progress, run
from ranger_app.keys import FILE as KEY_FILE
from ranger_app.keys import StationKeys, check_passphrase, read_keys, write_keys
from ranger_app.library import DATABASE, Library, hold
from ranger_app.media.vault import hash_file
from ranger_app.store import settings
from ranger_app.store.backup import verify_database
from ranger_app.store.connection import Database, DatabaseError, open_reader, open_writer, transaction
from ranger_app.store.migrations import migrate
from ranger_app.sync import backup_file
from ranger_app.sync.backup_file import BackupDamaged
from ranger_app.sync.files import folder_to_disk, to_disk

LOCK = "ranger.lock"
_SPARE = 64 << 20
_DAMAGE = (
    BackupDamaged, zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, EOFError, NotImplementedError,
    RuntimeError, FileNotFoundError, IsADirectoryError,
)  # fmt: skip
"""What a file that is no whole backup makes its reader say."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The library, open, and what came back of its originals; None where there was no folder of originals."""

    library: Library
    originals: Carried | None


def restore(folder: Path, file: Path, passphrase: str | None = None) -> Library:
    """Put records and keys back here and now, as ``restoring`` does; the originals beside the file stay there."""
    return run(restoring(folder, file, passphrase, bring=False)).library


def restoring(
    folder: Path,
    file: Path,
    passphrase: str | None = None,
    *,
    recovered: StationKeys | None = None,
    originals: Path | None = None,
    bring: bool = True,
    also_disks: bool = False,
    cancel: CancelToken | None = None,
) -> Job[Restored]:
    """Make the library in ``folder`` as it was in the backup ``file``, under a new incarnation; then its originals.

    ``recovered``: the keys from the recovery sheet, for a passphrase that is lost; ``passphrase`` is then the new one.
    ``originals`` is where they lie, beside the file by default; without ``bring`` they wait for ``bring_back``.
    DataProblem NO_BACKUP, OTHER_STATION, UsageProblem PASSPHRASE_NEEDED, PASSPHRASE_WRONG or PASSPHRASE_SHORT,
    EnvironmentProblem DISK_FULL, and nothing changed, where it cannot be put back.
    """
    if recovered is not None and passphrase:
        check_passphrase(passphrase)
    file, folder = file.expanduser().resolve(), folder.absolute()
    beside = file.parent / carrying.FOLDER if originals is None else originals
    if not file.is_file():
        raise _no_backup(file)
    fresh, locked = _missing_above(folder), (folder / LOCK).exists()
    try:
        with hold(folder):
            yield from _put_in_place(folder, file, passphrase, recovered, beside)
    except BaseException:
        if not locked:
            _leave_nothing(folder, fresh)
        raise
    pictures = (folder / "cache").is_dir()
    library = Library.open(folder, passphrase=passphrase)  # which takes a new incarnation, not being known here
    try:
        if not pictures:  # partners' thumbnails are in no backup: the next receipt asks for them again
            receipts.forget_pictures(library)
        carried = None
        if bring and beside.is_dir():
            carried = yield from bring_back(library, beside, also_disks=also_disks, cancel=cancel)
    except BaseException:
        library.close()
        raise
    return Restored(library, carried)


def bring_back(
    library: Library, folder: Path | None = None, *, also_disks: bool = False, cancel: CancelToken | None = None
) -> Job[Carried]:
    """Copy the library's missing originals out of a backup's folder, where a restore noted it by default.

    Those noted on a further disk stay there unless ``also_disks``; those dropped stay dropped. Raises DataProblem
    NO_ORIGINALS, EnvironmentProblem BACKUP_DISK_FAILED. May be stopped, and goes on the next time.
    """
    token = cancel or CancelToken()
    with library.read() as db:
        noted = settings.get(db, WAITING)
    source = folder if folder is not None else Path(noted) if noted else None
    if source is not None and not (source / "00").is_dir() and (source / carrying.FOLDER).is_dir():
        source = source / carrying.FOLDER  # the folder of the backup was given
    if source is None or not source.is_dir():
        raise DataProblem(
            "NO_ORIGINALS",
            _("There is no folder with originals."),
            _("Plug the disk in and choose the folder originals beside the backup."),
        )

    def wanted(prefix: str) -> frozenset[str]:
        with library.read() as db:
            return frozenset(_known(db, prefix, also_disks=also_disks))

    plan = yield from carrying.plan([source], library.vault, token, wanted)
    carried = yield from carrying.carry([source], library.vault, plan, token, wanted, total=plan.bytes // MB)
    if not carried.left and not carried.cancelled:
        library.write(lambda db: settings.put(db, WAITING, ""))
    return carried


def warnings(library: Library, carried: Carried | None) -> list[str]:
    """What a person should know after a restore."""
    with library.read() as db:
        names = untold(db)
    found = []
    if names:
        said = _("Write a bundle for {names}: then they send back what was made after this backup.")
        found.append(said.format(names=", ".join(names)))
    return found + (_of_originals(carried) if carried is not None else [])


def _of_originals(carried: Carried) -> list[str]:
    found = []
    if carried.full:
        found.append(_("The disk is full. Make room and bring the rest back."))
    if carried.left:
        words = ngettext("{n} original is not back yet.", "{n} originals are not back yet.", carried.left)
        found.append(words.format(n=carried.left))
    if carried.failed:
        words = ngettext(
            "{n} original is damaged in the backup.", "{n} originals are damaged in the backup.", carried.failed
        )
        found.append(words.format(n=carried.failed))
    return found


def _known(db: Database, prefix: str, *, also_disks: bool) -> set[str]:
    upto = f"{int(prefix, 16) + 1:02x}" if prefix != "ff" else "g"
    rows = db.conn.execute(
        "SELECT sha256 FROM media WHERE sha256 >= ? AND sha256 < ?"
        " UNION SELECT source_sha256 FROM track WHERE source_sha256 >= ? AND source_sha256 < ?",
        (prefix, upto, prefix, upto),
    )
    found = {str(row[0]) for row in rows}
    away = "dropped IS NOT NULL" if also_disks else "1"
    gone = db.conn.execute(f"SELECT sha256 FROM original WHERE sha256 >= ? AND sha256 < ? AND {away}", (prefix, upto))
    return found - {str(row[0]) for row in gone}


def _put_in_place(
    folder: Path, file: Path, passphrase: str | None, recovered: StationKeys | None, beside: Path
) -> Job[None]:
    drafts = {name: folder / f"{name}.restoring" for name in (DATABASE, KEY_FILE)}
    try:
        try:
            if backup_file.is_backup(file):
                yield from _unpack(file, drafts, folder, passphrase, recovered)
            else:
                _unpack_first_form(file, drafts)
                _check_keys(drafts[KEY_FILE], folder, passphrase, recovered)
        except _DAMAGE as error:
            raise _no_backup(file) from error
        yield Progress(0, 0, _("Checking the records"))
        verify_database(drafts[DATABASE])
        _renew(drafts[DATABASE], beside)
        for draft in drafts.values():
            with draft.open("rb+") as handle:
                to_disk(handle)
        replaced = folder / "backups" / f"replaced-{time.time_ns() // 1_000_000}"
        for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEY_FILE):
            if (folder / name).exists():
                replaced.mkdir(parents=True, exist_ok=True)
                (folder / name).replace(replaced / name)
        drafts[KEY_FILE].replace(folder / KEY_FILE)
        drafts[DATABASE].replace(folder / DATABASE)
        folder_to_disk(folder)
    except OSError as error:
        raise carrying.failed(error) from error
    finally:
        for name, draft in drafts.items():
            for leftover in (draft, folder / f"{name}.restoring-wal", folder / f"{name}.restoring-shm"):
                leftover.unlink(missing_ok=True)


def _unpack(
    file: Path, drafts: dict[str, Path], folder: Path, passphrase: str | None, recovered: StationKeys | None
) -> Job[None]:
    size = file.stat().st_size
    head = yield from _told(backup_file.verify(file), size, _("Checking the backup"))
    drafts[KEY_FILE].touch(0o600)
    drafts[KEY_FILE].write_text(json.dumps(head.keys, indent=1), encoding="utf-8")
    keys = _check_keys(drafts[KEY_FILE], folder, passphrase, recovered)
    if shutil.disk_usage(folder).free < head.database + _SPARE:
        raise EnvironmentProblem(
            "DISK_FULL",
            _("The disk has too little room for the library."),
            _("Free {n} MB and try again.").format(n=(head.database + _SPARE) // MB),
        )
    with drafts[DATABASE].open("wb") as target:
        yield from _told(backup_file.unpack(file, keys, target), head.database, _("Taking out the records"))


def _told(job: Generator[int, None, backup_file.Head | None], size: int, note: str) -> Job[backup_file.Head]:
    done = 0
    while True:
        try:
            done += next(job)
        except StopIteration as stop:
            head: backup_file.Head = stop.value
            return head
        yield Progress(done // MB, max(done, size) // MB, note)


def _check_keys(draft: Path, folder: Path, passphrase: str | None, recovered: StationKeys | None) -> StationKeys:
    station = str(json.loads(draft.read_text(encoding="utf-8"))["station"])
    _same_station(folder, station)
    if recovered is None:
        return read_keys(draft, passphrase)  # a wrong passphrase is said before anything is replaced
    if recovered.station.hex() != station:
        raise DataProblem(
            "OTHER_STATION",
            _("This recovery sheet belongs to another station."),
            _("Use the sheet of the station whose backup this is."),
        )
    return write_keys(draft, recovered, passphrase)


def _unpack_first_form(file: Path, drafts: dict[str, Path]) -> None:
    """Backups of Ranger before sealed files: a plain archive."""
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("backup.json"))
        for name, draft in drafts.items():
            with archive.open(name) as source, draft.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    if hash_file(drafts[DATABASE]) != manifest["database"]:
        raise ValueError("database")


def _renew(database: Path, beside: Path) -> None:
    # Under a new incarnation from the first moment, even if the next one never comes.
    db = open_writer(database)
    try:
        migrate(db)
        with transaction(db):
            settings.put(db, "station.incarnation", new_incarnation().hex())
            settings.put(db, WAITING, str(beside) if beside.is_dir() else "")
            # Not 0, which would say that no bundle was ever written: the first ones may be younger than the backup.
            settings.put(db, "bundle.counter", str(max(1, int(settings.get(db, "bundle.counter", "0")))))
            newest = db.conn.execute("SELECT coalesce(max(key), 0) FROM journal").fetchone()[0]
            settings.put(db, TOLD_FROM, str(newest))
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.conn.close()


def _no_backup(file: Path) -> DataProblem:
    return DataProblem(
        "NO_BACKUP", _("{file} is not a whole backup.").format(file=file), _("Choose another backup file.")
    )


def _same_station(folder: Path, station: str) -> None:
    try:
        here = json.loads((folder / KEY_FILE).read_text(encoding="utf-8"))["station"]
    except (OSError, ValueError, KeyError):
        return  # no library here, or its key file is what has to be restored
    if here != station and not _is_new(folder / DATABASE):
        raise DataProblem(
            "OTHER_STATION",
            _("This backup belongs to another station."),
            _("Restore it into an empty folder."),
        )


def _is_new(database: Path) -> bool:
    """Whether a library was made just now, with at most its first person: a backup may then take its place."""
    try:
        db = open_reader(database)
        try:
            others = "SELECT count(*) FROM batch WHERE key NOT IN (SELECT batch FROM person)"
            (batches,) = db.conn.execute(others).fetchone()
            (partners,) = db.conn.execute("SELECT count(*) FROM station WHERE partner = 1").fetchone()
        finally:
            db.conn.close()
    except DatabaseError:
        return False
    return bool(batches == 0 and partners == 0)


def _missing_above(folder: Path) -> list[Path]:
    """``folder`` and those above it that are not there yet, the deepest first."""
    found = []
    while not folder.exists():
        found.append(folder)
        folder = folder.parent
    return found


def _leave_nothing(folder: Path, fresh: list[Path]) -> None:
    if (folder / DATABASE).exists():
        return
    with suppress(OSError):
        (folder / LOCK).unlink(missing_ok=True)
        for one in fresh:
            one.rmdir()
