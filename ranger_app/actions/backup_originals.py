"""Originals carried between the library and its backup by content hash: only what is missing, each one proved.

A cut anywhere leaves whole files and nothing else, so that the next run goes on where this one stood.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.media import copying, vault
from ranger_app.sync.files import folder_to_disk

FOLDER = "originals"
"""Beside the backup files."""
SPARE = 64 << 20
"""Bytes left free, so that the next file of records still finds room."""
MB = 10**6
_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,8}")
_PREFIXES = tuple(f"{number:02x}" for number in range(256))
_FULL = (errno.ENOSPC, errno.EDQUOT)

Wanted = Callable[[str], frozenset[str] | None]
"""The hashes wanted of those that begin with two hex digits; None for all."""


@dataclass(slots=True)
class Carried:
    """How many originals were ``copied`` now and lay there ``already``; ``failed`` could not be read or were damaged.

    ``left`` are those that had no room or were not reached; ``bytes`` those copied; ``mended`` lay there damaged.
    """

    copied: int = 0
    already: int = 0
    failed: int = 0
    left: int = 0
    bytes: int = 0
    mended: int = 0
    damaged: list[str] = field(default_factory=list)
    """The first hashes that failed."""
    too_large: int = 0
    """Of those that failed: the disk's file system takes no file of this size."""
    full: bool = False
    cancelled: bool = False


@dataclass(slots=True)
class Plan:
    """What is missing there: how many for each two first digits, and the bytes of all."""

    missing: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    already: int = 0


def plan(
    sources: Sequence[Path], target: Path, cancel: CancelToken, wanted: Wanted | None = None, *, again: bool = False
) -> Job[Plan]:
    """Compare what lies in the folders ``sources`` with ``target``, by name and size.

    With ``again`` what is there already is to be looked at too. Bounded memory: two hex digits at a time.
    EnvironmentProblem BACKUP_DISK_FAILED.
    """
    found = Plan()
    for place, prefix in enumerate(_PREFIXES):
        if cancel.cancelled:
            break
        try:
            missing, there = _missing(sources, target, prefix, wanted)
        except OSError as error:
            raise failed(error) from error
        found.already += len(there)
        work = [*missing, *there] if again else missing
        if work:
            found.missing[prefix] = len(work)
            found.bytes += sum(size for _hash, _path, size in work)
        if place % 16 == 0:
            yield Progress(0, 0, _("Looking at the originals"))
    return found


Lying = tuple[str, Path, int]


def _missing(
    sources: Sequence[Path], target: Path, prefix: str, wanted: Wanted | None
) -> tuple[list[Lying], list[Lying]]:
    there = {name: size for name, _path, size in lying(target, prefix)}
    only = wanted(prefix) if wanted is not None else None
    missing, already, seen = list[Lying](), list[Lying](), set[str]()
    for source in sources:
        for one in lying(source, prefix):
            if one[0] in seen or (only is not None and one[0] not in only):
                continue
            seen.add(one[0])
            (already if there.get(one[0]) == one[2] else missing).append(one)
    return missing, already


def lying(folder: Path, prefix: str) -> Iterator[Lying]:
    """(hash, path, bytes) of the originals in a folder whose hashes begin with two hex digits; none without folder."""
    with suppress(FileNotFoundError), os.scandir(folder / prefix) as entries:
        for entry in entries:
            name = _NAME.fullmatch(entry.name)
            if name and name[1].startswith(prefix) and entry.is_file(follow_symlinks=False):
                yield name[1], Path(entry.path), entry.stat(follow_symlinks=False).st_size


def carry(
    sources: Sequence[Path],
    target: Path,
    found: Plan,
    cancel: CancelToken,
    wanted: Wanted | None = None,
    *,
    again: bool = False,
    done: int = 0,
    total: int = 0,
) -> Job[Carried]:
    """Copy what a plan found missing: synced, read back past the cache, compared with its hash, then put in place.

    A full disk ends it without an error (``full``). ``again`` reads what lies there and replaces what is damaged.
    Progress is told in megabytes of 10**6 bytes on top of ``done``. EnvironmentProblem BACKUP_DISK_FAILED.
    """
    report = Carried(already=0 if again else found.already, left=sum(found.missing.values()))
    try:
        if found.missing:
            target.mkdir(parents=True, exist_ok=True)
            vault.clean_incoming(target)
        passed = done * MB
        for prefix in found.missing:
            missing, there = _missing(sources, target, prefix, wanted)
            for sha256, path, size in [*missing, *there] if again else missing:
                report.cancelled = report.cancelled or cancel.cancelled
                if report.cancelled or report.full:
                    break
                _carry_one(sha256, path, size, target, report, cancel, again=again)
                passed += size
                yield Progress(passed // MB, max(total, passed // MB), _("Copying originals"))
            folder_to_disk(target / prefix)
            if report.cancelled or report.full:
                break
    except OSError as error:
        raise failed(error) from error
    return report


def _carry_one(
    sha256: str, path: Path, size: int, target: Path, report: Carried, cancel: CancelToken, *, again: bool
) -> None:
    place = vault.place(target, sha256, path.suffix.lstrip("."))
    lay = place.is_file()
    if again and lay:
        copying.forget_cached(place)
        if vault.verify(place):
            report.already += 1
            report.left -= 1
            return
    if shutil.disk_usage(target).free < size + SPARE:
        report.full = True
        return
    try:
        copy, proved, _size = copying.copy_verified(path, target, lambda: cancel.cancelled)
    except copying.Stopped:
        report.cancelled = True
        return
    except copying.SourceFailed:
        _fail(report, sha256)
        return
    except EnvironmentProblem as problem:
        raise EnvironmentProblem(
            "BACKUP_DISK_FAILED",
            _("The disk gave back other bytes than were written to it."),
            _("This disk is failing: use another one."),
        ) from problem
    except OSError as error:
        if error.errno in _FULL:
            report.full = True
            return
        if error.errno == errno.EFBIG:
            report.too_large += 1
            _fail(report, sha256)
            return
        raise
    if proved != sha256:  # no copy of a damaged file may stand under the hash of the whole one
        vault.discard(copy)
        _fail(report, sha256)
        return
    try:
        vault.admit(copy, place)
    except BaseException:
        vault.discard(copy)
        raise
    report.copied += 1
    report.mended += int(lay)
    report.bytes += size
    report.left -= 1


def _fail(report: Carried, sha256: str) -> None:
    report.failed += 1
    report.left -= 1
    if len(report.damaged) < 20:
        report.damaged.append(sha256)


def failed(error: OSError) -> EnvironmentProblem:
    """A disk that fails in the middle, as a sentence."""
    if error.errno in _FULL:
        return EnvironmentProblem(
            "DISK_FULL",
            _("The disk is full."),
            _("What was copied before is safe. Make room, or use another disk, and do it again."),
        )
    return EnvironmentProblem(
        "BACKUP_DISK_FAILED",
        _("The disk failed ({reason}).").format(reason=error.strerror or error),
        _("What was copied before is safe. Check that the disk is plugged in, and do it again."),
    )
