"""Further disks for originals: added by name, filled by moving proved copies, brought back the same way.

Thumbnails and review copies stay in the library, so all but the originals goes on working without the disk.
"""

from __future__ import annotations

import json
import secrets
import shutil
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions import originals
from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.media import copying, thumbs, vault
from ranger_app.store import disks
from ranger_app.store.connection import Database
from ranger_app.store.disks import DiskRow

Note = Callable[[Database, Sequence[str]], None]
_A_BATCH = 50
_SPARE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Disk:
    """A further disk; ``folder`` is None while it is not plugged in. ``free`` in bytes, 0 then."""

    id: str
    name: str
    folder: Path | None
    originals: int
    bytes: int
    free: int


@dataclass(slots=True)
class MoveReport:
    """``moved`` originals and their ``bytes``; ``damaged`` are hashes whose file no longer was what it should be."""

    moved: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    cancelled: bool = False


def known(library: Library) -> list[Disk]:
    """All further disks, plugged in or not. Looks at drives: for workers."""
    here = originals.look_for_disks(library)
    with library.read() as db:
        return [_disk(row, here.get(row.id)) for row in disks.disks(db)]


def _disk(row: DiskRow, folder: Path | None) -> Disk:
    free = 0
    if folder is not None:
        with suppress(OSError):
            free = shutil.disk_usage(folder).free
    return Disk(row.id, row.name, folder, row.originals, row.bytes, free)


def add(library: Library, place: Path, name: str) -> Disk:
    """Make a folder for originals on the disk at ``place`` and know it by ``name``; one made before is known again.

    Raises DataProblem NAME_MISSING, NAME_TAKEN, FOLDER_IN_LIBRARY or DISK_OF_ANOTHER, EnvironmentProblem DISK_FAILED.
    """
    name = " ".join(name.split())
    place = place.expanduser().resolve()
    if not name:
        raise DataProblem("NAME_MISSING", _("The disk has no name."), _("Give it the name that is written on it."))
    if place.is_relative_to(library.folder.resolve()):
        raise DataProblem(
            "FOLDER_IN_LIBRARY", _("This folder is part of the library itself."), _("Choose another disk.")
        )
    folder = place if (place / originals.MARKER).exists() else place / originals.FOLDER
    with library.read() as db:
        before = {row.id: row for row in disks.disks(db)}
    if any(row.name.casefold() == name.casefold() and not originals.is_disk(folder, row.id) for row in before.values()):
        raise DataProblem(
            "NAME_TAKEN", _("Another disk is called {name}.").format(name=name), _("Choose another name.")
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        marked = originals.marked(folder)
        if marked is not None and marked[0] not in before and marked[1] != library.station.id.hex():
            raise DataProblem(
                "DISK_OF_ANOTHER",
                _("Another library keeps its originals in this folder."),
                _("Choose another folder on this disk."),
            )
        disk = marked[0] if marked is not None else _mark(library, folder, name)
    except OSError as error:
        raise EnvironmentProblem(
            "DISK_FAILED",
            _("The disk cannot be written ({reason}).").format(reason=error.strerror or error),
            _("Check that it is plugged in and not write-protected."),
        ) from error
    at = library.now_ms()
    library.write(lambda db: disks.put_disk(db, disk, name, str(folder), at))
    if marked is not None:
        _learn(library, disk, folder)
    return next(one for one in known(library) if one.id == disk)


def _learn(library: Library, disk: str, folder: Path) -> None:
    """Note what lies on a disk that this library had known before it was put back from an older backup."""
    with library.read() as db:
        unknown = disks.unplaced(db)
    there = _lying(folder) - _lying(library.vault)
    found = [one for one in unknown if one in there]
    if found:
        library.write(lambda db: disks.put_on(db, disk, found))


def _mark(library: Library, folder: Path, name: str) -> str:
    disk = secrets.token_hex(16)
    text = json.dumps({"disk": disk, "name": name, "station": library.station.id.hex()}, ensure_ascii=False)
    marker = folder / originals.MARKER
    fresh = marker.with_suffix(".part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(marker)
    return disk


def move(
    library: Library, disk: str, deployments: Sequence[bytes] | None = None, cancel: CancelToken | None = None
) -> Job[MoveReport]:
    """Move originals of these deployments (of all by default) to a disk: copied, read back, only then removed here.

    Raises DataProblem DISK_UNKNOWN, EnvironmentProblem DISK_MISSING, DISK_FULL or COPY_DIFFERS; what was moved before
    stays moved, and moving again goes on.
    """
    folder = _plugged(library, disk)
    with library.read() as db:
        wanted = _here(library, db, deployments)
    report = MoveReport()
    yield from _carry(
        library, [(sha256, library.vault) for sha256 in wanted], folder, report, cancel or CancelToken(),
        lambda db, hashes: disks.put_on(db, disk, hashes), copies=True,
    )  # fmt: skip
    return report


def reviewed_deployments(library: Library) -> list[bytes]:
    """Deployments with pictures none of which waits for a person: their originals are seldom needed now."""
    with library.read() as db:
        return [
            row[0]
            for row in db.conn.execute(
                "SELECT deployment FROM media WHERE deleted = 0 AND deployment IS NOT NULL"
                " GROUP BY deployment HAVING min(seen_by) = 2"
            )
        ]


def bring_back(library: Library, disk: str, cancel: CancelToken | None = None) -> Job[MoveReport]:
    """Move all originals of a disk into the library's folder again; raises as ``move`` does."""
    folder = _plugged(library, disk)
    with library.read() as db:
        wanted = [row[0] for row in db.conn.execute("SELECT sha256 FROM original WHERE disk=? ORDER BY 1", (disk,))]
    report = MoveReport()
    yield from _carry(
        library, [(sha256, folder) for sha256 in wanted], library.vault, report, cancel or CancelToken(),
        disks.put_back, copies=False,
    )  # fmt: skip
    return report


def _plugged(library: Library, disk: str) -> Path:
    here = originals.look_for_disks(library)
    if disk in here:
        return here[disk]
    with library.read() as db:
        row = disks.disk_path(db, disk)
    if row is None:
        raise DataProblem("DISK_UNKNOWN", _("There is no such disk."), _("Look it up with: ranger disk list"))
    raise EnvironmentProblem(
        "DISK_MISSING", _("The disk {name} is not plugged in.").format(name=row[0]), _("Plug it in and try again.")
    )


def _here(library: Library, db: Database, deployments: Sequence[bytes] | None) -> list[str]:
    """Hashes of what lies in the library's folder, whatever is noted: also what a power cut left in both places."""
    there = _lying(library.vault)
    where, params = "", list[bytes]()
    if deployments is not None:
        where, params = f" AND deployment IN ({','.join('?' * len(deployments))})", list(deployments)
    rows = db.conn.execute(
        f"SELECT DISTINCT sha256 FROM media WHERE sha256 IS NOT NULL AND deleted=0{where} ORDER BY taken_at, key",
        params,
    )
    return [row[0] for row in rows if row[0] in there]


def _lying(vault_folder: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in vault_folder.glob("[0-9a-f][0-9a-f]/*")}


def _carry(
    library: Library,
    wanted: Sequence[tuple[str, Path]],
    target: Path,
    report: MoveReport,
    token: CancelToken,
    note: Note,
    *,
    copies: bool,
) -> Job[None]:
    vault.clean_incoming(target)
    done: list[tuple[str, Path]] = []
    try:
        for number, (sha256, source) in enumerate(wanted):
            if token.cancelled:
                report.cancelled = True
                break
            path = vault.find(source, sha256)
            if path is not None and _copied(library, path, sha256, target, report, copies=copies):
                done.append((sha256, path))
            if len(done) >= _A_BATCH:
                _settle(library, done, target, note)
                done = []
            yield Progress(number + 1, len(wanted), path.name[:12] if path else "")
    except OSError as error:
        raise _failed(error) from error
    finally:
        try:
            _settle(library, done, target, note)
        except OSError as error:  # the disk is gone: nothing of this was removed here
            raise _failed(error) from error


def _failed(error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        "DISK_FAILED",
        _("The disk failed ({reason}).").format(reason=error.strerror or error),
        _("What was moved before is safe. Check the disk and try again."),
    )


def _copied(library: Library, path: Path, sha256: str, target: Path, report: MoveReport, *, copies: bool) -> bool:
    size = path.stat().st_size
    if shutil.disk_usage(target).free < size + _SPARE:
        raise EnvironmentProblem(
            "DISK_FULL", _("The disk is full."), _("What was moved before is safe. Use another disk for the rest.")
        )
    if copies:  # made before the original goes away, because afterwards nobody can
        with suppress(OSError):
            thumbs.thumbnail(library.folder, sha256)
            thumbs.review_copy(library.folder, sha256, path)
    try:
        copy, proved, _size = copying.copy_verified(path, target, lambda: False)
    except copying.SourceFailed as failed:
        raise failed.cause from failed
    if proved != sha256:
        vault.discard(copy)
        report.damaged.append(sha256)  # it stays where it is, as it is
        return False
    vault.admit(copy, vault.place(target, sha256, path.suffix.lstrip(".")))
    report.moved += 1
    report.bytes += size
    return True


def _settle(library: Library, done: Sequence[tuple[str, Path]], target: Path, note: Note) -> None:
    """Make copies durable, note where they are, and only then remove what they were made from."""
    if not done:
        return
    vault.sync_folders({vault.place(target, sha256, "x").parent for sha256, _path in done} | {target})
    library.write(lambda db: note(db, [sha256 for sha256, _path in done]))
    for _sha256, path in done:
        with suppress(OSError):
            path.chmod(stat.S_IREAD | stat.S_IWRITE)  # Windows removes no read-only file
            path.unlink()
