"""Sends one written bundle to a drop point, file by file under the same names; DONE goes last, as on a stick."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from ranger_app.sync import drop_problems, manifest, problems
from ranger_app.sync.drop import Carrier, Emit
from ranger_app.sync.drop_steps import LineFailed, Moved, asked, beside
from ranger_app.sync.files import hash_file, read_small
from ranger_app.sync.manifest import ManifestError
from ranger_app.sync.writer import EXCHANGE

TRIES = 2


@dataclass(slots=True)
class Sent:
    """What was sent now and what lay there already from an earlier try, in files and bytes."""

    folder: str = ""
    files: int = 0
    bytes: int = 0
    there: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    sha256: str
    """As the manifest says; empty for the files it does not name."""


def _files(folder: Path) -> list[_File]:
    """The bundle's files in the order they are sent; DataProblem where it is not a finished bundle."""
    data = read_small(folder / manifest.OUTER, manifest.LIMIT)
    done = read_small(folder / manifest.DONE, 200)
    if data is None:
        raise problems.no_bundle(folder)
    if done != hashlib.sha256(data).hexdigest().encode("ascii") + b"\n":
        raise problems.unfinished(folder.name)
    try:
        outer = manifest.read_outer(data)
    except ManifestError as error:
        raise problems.unreadable(folder.name) from error
    stated = {name: part for part in outer.parts for name in (part.name, part.copy) if name is not None}
    first = [part.name for part in outer.parts]
    copies = [part.copy for part in outer.parts if part.copy is not None]
    controls = [base + end for base in (manifest.OUTER, manifest.OUTER_COPY) for end in ("", manifest.SIGNATURE)]
    found = []
    for name in (manifest.READ_ME, *first, *copies, *controls, manifest.DONE):
        path, part = folder / name, stated.get(name)
        try:
            size = path.stat(follow_symlinks=False).st_size
        except OSError:
            size = -1
        if (part is not None and size != part.size) or (part is None and size < 0 and name != manifest.READ_ME):
            raise problems.not_whole(folder.name, int(size >= 0), int(size < 0))
        if size >= 0:
            found.append(_File(path, size, part.sha256 if part else ""))
    return found


def send(folder: Path, carrier: Carrier, name: str) -> Generator[Moved, None, Sent]:
    """Send the bundle in ``folder`` to the drop point called ``name``; what lies there whole is not sent again.

    Each file is held against its hash there before the next; DONE is sent when all are. Raises BundleProblem where
    the bundle here is not whole, EnvironmentProblem DROP_NOT_RELIABLE, and LineFailed.
    """
    files = _files(folder)
    total = sum(one.size for one in files)
    report = Sent(folder=f"{EXCHANGE}/{folder.name}")
    at = Moved(0, total)
    yield at
    yield from asked(lambda: carrier.make_folder(report.folder), at)
    for one in files:
        yield from _one(carrier, one, f"{report.folder}/{one.path.name}", name, at, report)
        at = Moved(at.done + one.size, total, one.path.name)
        yield at
    return report


def _one(carrier: Carrier, one: _File, path: str, name: str, at: Moved, report: Sent) -> Generator[Moved, None, None]:
    at = Moved(at.done, at.total, one.path.name)
    sha256 = one.sha256 or (yield from _own_hash(one, at))
    there = yield from asked(lambda: carrier.size(path), at)
    if there is not None:
        if there == one.size and (yield from _whole(carrier, one, path, sha256, at)):
            report.there += 1
            return
        yield from asked(lambda: carrier.remove(path), at)
    if one.sha256 and (yield from _own_hash(one, at)) != sha256:
        raise problems.not_whole(one.path.parent.name, 1, 0)
    for _attempt in range(TRIES):
        gone = 0
        try:
            for step in beside(lambda emit: carrier.send(one.path, path, emit)):
                gone += step or 0
                yield Moved(at.done + min(gone, one.size), at.total, at.file)
        except LineFailed:
            if not one.path.exists():
                raise problems.stick_gone(one.path.parent.name) from None
            raise
        report.files, report.bytes = report.files + 1, report.bytes + one.size
        if (yield from _whole(carrier, one, path, sha256, at)):
            return
        yield from asked(lambda: carrier.remove(path), at)
    raise drop_problems.not_kept(name, one.path.name)


def _own_hash(one: _File, at: Moved) -> Generator[Moved, None, str]:
    hashing = hash_file(one.path, one.size)
    while True:
        try:
            next(hashing)
        except StopIteration as stop:
            if stop.value is None:
                raise problems.not_whole(one.path.parent.name, 1, 0) from None
            return str(stop.value)
        yield at


def _whole(carrier: Carrier, one: _File, path: str, sha256: str, at: Moved) -> Generator[Moved, None, bool]:
    """Whether the drop point holds the file: by its word where it gives one, else by reading back."""
    if (yield from asked(lambda: carrier.same(one.path, path), at)):
        return True
    found, size = hashlib.sha256(), 0

    def back(emit: Emit) -> None:
        for block in carrier.read(path, 0, one.size):
            emit(block)

    for block in beside(back) if one.size else ():
        if block is not None:
            found.update(block)
            size += len(block)
        yield at
    return size == one.size and found.hexdigest() == sha256
