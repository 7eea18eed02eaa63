"""One file with all records and the station's keys. Originals lie in the vault and are copied from there."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.keys import FILE as KEY_FILE
from ranger_app.library import DATABASE, Library
from ranger_app.media.vault import hash_file
from ranger_app.store import settings
from ranger_app.store.backup import copy_database

SUFFIX = ".ranger-backup"
KEPT = 3
"""Backups kept in the library's own folder; elsewhere none is ever removed."""


def backup(library: Library, folder: Path | None = None) -> Path:
    """Write a backup into ``folder`` (the library's own where none is given); returns the file."""
    target_folder = folder or library.backups
    if target_folder.exists() and not target_folder.is_dir():
        raise DataProblem("NOT_A_FOLDER", _("{path} is not a folder.").format(path=target_folder), _("Give a folder."))
    target_folder.mkdir(parents=True, exist_ok=True)
    now = library.now_ms()
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    target = target_folder / f"{library.station.id.hex()[:8]}-{stamp}{SUFFIX}"
    draft = target.with_name(target.name + ".part")
    copy = library.backups / f"{stamp}.copy.db"
    try:
        with library.read() as db:
            copy_database(db, copy)
        manifest = {
            "ranger_backup": 1,
            "station": library.station.id.hex(),
            "name": library.station.name,
            "made": stamp,
            "database": hash_file(copy),
        }
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("backup.json", json.dumps(manifest, ensure_ascii=False, indent=1))
            archive.write(library.folder / KEY_FILE, KEY_FILE)
            archive.write(copy, DATABASE)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        with zipfile.ZipFile(draft) as archive:
            if archive.testzip() is not None:
                raise DataProblem(
                    "BACKUP_DAMAGED", _("The backup could not be read back."), _("Use another disk and try again.")
                )
        draft.replace(target)
    finally:
        copy.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)
    elsewhere = target_folder.resolve() != library.backups.resolve()
    library.write(lambda db: settings.put(db, "backup.at", str(now)))
    library.write(lambda db: settings.put(db, "backup.folder", str(target_folder.absolute())))
    if not elsewhere:
        for old in sorted(library.backups.glob(f"*{SUFFIX}"))[:-KEPT]:
            old.unlink()
    return target.absolute()
