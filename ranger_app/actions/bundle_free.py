"""Making room on a stick: only bundles of ours go of which every partner sent a receipt; nothing else is touched."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions.bundle_unfinished import own_folders
from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.store import ledger
from ranger_app.store import partners as store
from ranger_app.store.connection import Database
from ranger_app.sync import manifest
from ranger_app.sync.files import read_small
from ranger_app.sync.manifest import ManifestError

_FIRST = (manifest.DONE,)
_OTHERS = (
    manifest.OUTER, manifest.OUTER_COPY, manifest.OUTER + manifest.SIGNATURE, manifest.OUTER_COPY + manifest.SIGNATURE,
    manifest.READ_ME,
)  # fmt: skip
_MOST = 20_000

CONFIRMED, NO_RECEIPT, UNFINISHED, UNKNOWN = "confirmed", "no_receipt", "unfinished", "unknown"


@dataclass(frozen=True, slots=True)
class OnStick:
    """A bundle of ours on a stick. ``why`` is a code of this module: only ``confirmed`` may go.

    ``waiting`` are the partners without a receipt; ``unknown`` is what this library has no record of.
    """

    folder: Path
    counter: int
    why: str
    partners: tuple[str, ...]
    waiting: tuple[str, ...]
    size: int

    @property
    def may_go(self) -> bool:
        """Whether every partner confirmed that it holds it."""
        return self.why == CONFIRMED


@dataclass(slots=True)
class FreeReport:
    """What went and what stayed. ``left`` are folders of freed bundles that hold files of somebody else's."""

    freed: list[OnStick] = field(default_factory=list)
    kept: list[OnStick] = field(default_factory=list)
    left: list[Path] = field(default_factory=list)
    bytes: int = 0
    cancelled: bool = False


def on_stick(library: Library, place: Path) -> list[OnStick]:
    """The bundles of ours at ``place`` (a stick's root, an exchange folder or one of them), oldest first."""
    with library.read() as db:
        rows = ledger.given(db)
        found = [_look(db, folder, rows) for folder in own_folders(library, place)]
    return sorted(found, key=lambda one: (one.counter, one.folder.name))


def _look(db: Database, folder: Path, rows: list[ledger.Given]) -> OnStick:
    counter = int(folder.name.split("-")[1])
    size = sum(length for _path, length in _files(folder))
    mine = [row for row in rows if row.what in ledger.BUNDLES and row.name == folder.name]
    names = {row.key: _name(db, row.station) for row in mine}
    waiting = tuple(names[row.key] for row in mine if not row.proved)
    if not os.path.lexists(folder / manifest.DONE):
        why = UNFINISHED
    elif not mine or not _is_that(folder, mine[0]):
        why = UNKNOWN
    else:
        why = NO_RECEIPT if waiting else CONFIRMED
    return OnStick(folder, counter, why, tuple(names.values()), waiting, size)


def _is_that(folder: Path, row: ledger.Given) -> bool:
    """Whether the folder holds the bundle of this row, as far as one of its manifests can be read."""
    for name in (manifest.OUTER, manifest.OUTER_COPY):
        text = read_small(folder / name, manifest.LIMIT)
        if text is None:
            continue
        try:
            return bytes.fromhex(manifest.read_outer(text).bundle) == row.bundle
        except (ManifestError, ValueError):
            continue
    return True  # damaged, but by a name that was drawn by lot here


def _name(db: Database, station: bytes | None) -> str:
    known = store.station(db, station) if station else None
    return known.name if known else (station or b"").hex()[:8]


def _files(folder: Path) -> list[tuple[Path, int]]:
    found = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                known = entry.name in (*_FIRST, *_OTHERS) or manifest.NAME.match(entry.name)
                if known and entry.is_file(follow_symlinks=False):
                    found.append((folder / entry.name, entry.stat(follow_symlinks=False).st_size))
                if number > _MOST:
                    break
    except OSError:
        return []
    return found


def free(library: Library, place: Path, cancel: CancelToken | None = None) -> Job[FreeReport]:
    """Remove from ``place`` the bundles of ours that every partner confirmed; all others are named and stay.

    EnvironmentProblem STICK_NOT_FREED where the stick does not let files go.
    """
    token = cancel or CancelToken()
    report = FreeReport()
    found = on_stick(library, place)
    for number, one in enumerate(found):
        if token.cancelled:
            report.cancelled = True
            break
        if not one.may_go:
            report.kept.append(one)
            continue
        yield Progress(number, len(found), _("Freeing the stick"))
        try:
            _remove(one, report)
        except OSError as error:
            raise EnvironmentProblem(
                "STICK_NOT_FREED",
                _("Bundle {name} could not be removed ({reason}).").format(
                    name=one.folder.name, reason=error.strerror or type(error).__name__
                ),
                _("Check whether the stick is write-protected."),
            ) from error
    return report


def _remove(one: OnStick, report: FreeReport) -> None:
    files = _files(one.folder)
    # Without DONE nobody takes what is left for a bundle, should this be interrupted.
    for path, size in sorted(files, key=lambda entry: entry[0].name not in _FIRST):
        path.unlink()
        report.bytes += size
    try:
        one.folder.rmdir()
    except OSError:
        report.left.append(one.folder)
    report.freed.append(one)
