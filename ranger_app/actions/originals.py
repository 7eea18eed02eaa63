"""Finding an original wherever it lies: in the library's folder, on a further disk, or nowhere any more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ranger_app.errors import RangerError
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import vault, volumes
from ranger_app.store import disks
from ranger_app.store.connection import Database

MARKER = "ranger-originals.json"
"""Lies beside the originals on a further disk and says which disk it is, whatever letter the system gives it."""
FOLDER = "Ranger originals"
"""Made at the top of a further disk."""


_HASH_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Found:
    """``path`` where the original can be read now; else ``why`` says in a sentence where it is.

    ``lost`` where nobody knows, or it should be on a disk that is plugged in and is not there.
    """

    path: Path | None
    why: str = ""
    lost: bool = False


def find(library: Library, sha256: str) -> Path | None:
    """The original with this hash if it can be read now."""
    return look_for(library, sha256).path


def look_for(library: Library, sha256: str) -> Found:
    """The original with this hash, or where it went. The id of a record stands for a hash that is withheld."""
    if len(sha256) != _HASH_DIGITS:
        return Found(None, _("The original stays at its station."))
    path = vault.find(library.vault, sha256)
    if path is not None:
        return Found(path)
    with library.read() as db:
        kept = disks.kept(db, sha256)
        known = disks.disk_path(db, kept.disk) if kept is not None and kept.disk else None
        places = disks.places(db) if kept is None else []
    if kept is None:  # a library put back from an older backup does not know what was moved after it
        for disk, folder in places:
            stray = vault.find(Path(folder), sha256) if is_disk(Path(folder), disk) else None
            if stray is not None:
                return Found(stray)
        return Found(None, _("The original is not here."), True)
    if kept.dropped is not None:
        return Found(None, _("The original of this blank picture was dropped to make room."))
    if known is None:
        return Found(None, _("The original is on a disk that is no longer known."), True)
    name, folder = known
    if not is_disk(Path(folder), kept.disk or ""):
        return Found(None, _("The original is on the disk {name}: plug it in.").format(name=name))
    here = vault.find(Path(folder), sha256)
    return Found(here, "" if here else _("The original is no longer on the disk {name}.").format(name=name), not here)


def is_kept(library: Library, sha256: str) -> bool:
    """Whether the original is here or on a known disk that is not plugged in: then a card need not give it again."""
    found = look_for(library, sha256)
    if found.path is not None:
        return True
    with library.read() as db:
        kept = disks.kept(db, sha256)
    return kept is not None and kept.disk is not None and not found.lost


def is_away(db: Database, sha256: str) -> bool:
    """Whether the original lies on a known disk, as far as can be seen: one that is plugged in must have it."""
    kept = disks.kept(db, sha256)
    known = disks.disk_path(db, kept.disk) if kept is not None and kept.disk else None
    if kept is None or known is None:
        return False
    folder = Path(known[1])
    return not is_disk(folder, kept.disk or "") or vault.find(folder, sha256) is not None


def is_disk(folder: Path, disk: str) -> bool:
    """Whether ``folder`` is the folder of originals of this disk."""
    return _marked(folder) == disk


def _marked(folder: Path) -> str | None:
    found = marked(folder)
    return found[0] if found else None


def marked(folder: Path) -> tuple[str, str] | None:
    """(disk, station in hex) as the marker of a folder of originals says; None where there is none to be read."""
    try:
        read = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        return str(read["disk"]), str(read.get("station", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def look_for_disks(library: Library) -> dict[str, Path]:
    """The further disks that are plugged in, by id. One that came back under another letter is known again."""
    with library.read() as db:
        known = disks.disks(db)
    found = {one.id: Path(one.path) for one in known if is_disk(Path(one.path), one.id)}
    missing = {one.id: one for one in known if one.id not in found}
    if missing:
        try:
            plugged = volumes.removable()
        except (OSError, RangerError):
            plugged = []
        for volume in plugged:
            folder = volume.path / FOLDER
            disk = _marked(folder)
            if disk in missing:
                row = missing[disk]
                found[disk] = folder
                library.write(partial(disks.put_disk, disk=disk, name=row.name, path=str(folder), added=row.added))
    return found
