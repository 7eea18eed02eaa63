"""Putting a backup in place: checked whole before anything is touched, and what it replaces is kept."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
import zlib
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.incarnation import new_incarnation
from ranger_app.keys import FILE as KEY_FILE
from ranger_app.keys import read_keys
from ranger_app.library import DATABASE, Library, hold
from ranger_app.media.vault import hash_file
from ranger_app.store import settings
from ranger_app.store.backup import verify_database
from ranger_app.store.connection import open_writer, transaction
from ranger_app.store.migrations import migrate

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, EOFError, NotImplementedError, RuntimeError,
    FileNotFoundError, IsADirectoryError,
)  # fmt: skip
"""What a file that is no whole backup makes the archive reader say."""


def restore(folder: Path, file: Path, passphrase: str | None = None) -> Library:
    """Make the library in ``folder`` as it was in the backup ``file``, under a new incarnation; returns it open.

    DataProblem, and nothing changed, where the file is no backup, is damaged, or is another station's.
    """
    with hold(folder):
        drafts = {name: folder / f"{name}.restoring" for name in (DATABASE, KEY_FILE)}
        try:
            _unpack(file, drafts)
            station = json.loads(drafts[KEY_FILE].read_text(encoding="utf-8"))["station"]
            _same_station(folder, station)
            read_keys(drafts[KEY_FILE], passphrase)  # a wrong passphrase is said before anything is replaced
            _renew(drafts[DATABASE])
            replaced = folder / "backups" / f"replaced-{time.time_ns() // 1_000_000}"
            for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEY_FILE):
                if (folder / name).exists():
                    replaced.mkdir(parents=True, exist_ok=True)
                    (folder / name).replace(replaced / name)
            drafts[KEY_FILE].replace(folder / KEY_FILE)
            drafts[DATABASE].replace(folder / DATABASE)
        finally:
            for draft in drafts.values():
                draft.unlink(missing_ok=True)
    library = Library.open(folder, passphrase=passphrase)
    library.new_incarnation()
    return library


def _unpack(file: Path, drafts: dict[str, Path]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read("backup.json"))
            for name, draft in drafts.items():
                with archive.open(name) as source, draft.open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
        if hash_file(drafts[DATABASE]) != manifest["database"]:
            raise ValueError("database")
        json.loads(drafts[KEY_FILE].read_text(encoding="utf-8"))
    except _DAMAGE as error:
        raise _no_backup(file) from error
    verify_database(drafts[DATABASE])


def _renew(database: Path) -> None:
    # Under a new incarnation from the first moment, even if the next one never comes.
    db = open_writer(database)
    try:
        migrate(db)
        with transaction(db):
            settings.put(db, "station.incarnation", new_incarnation().hex())
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
    if here != station:
        raise DataProblem(
            "OTHER_STATION",
            _("This backup belongs to another station."),
            _("Restore it into an empty folder."),
        )
