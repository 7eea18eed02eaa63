"""Many files at once through reading, hashing, looking, copying and proving, so that disk and processor overlap.

Results come in the order of the card, a bounded number of files is under way, and nothing of a file is kept in
memory once it is done.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from ranger_app.jobs import step_back
from ranger_app.media import copying, thumbs, vault
from ranger_app.media.card import CardFile
from ranger_app.media.examine import examine
from ranger_app.media.exif import Exif
from ranger_app.media.formats import HEAD, Format, told_by_content
from ranger_app.media.look import IN_MEMORY, Data, Look, opened

AHEAD = 48
"""Files handed to the threads before the first of them is recorded; finished ones wait as a few hundred bytes."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was read whole. ``copy`` is its proved copy in ``incoming``, None when the vault has it already."""

    file: CardFile
    sha256: str
    bytes: int
    format: Format
    copy: Path | None = None
    exif: Exif = field(default_factory=Exif)
    look: Look = field(default_factory=Look)

    @property
    def target(self) -> tuple[str, str]:
        """The hash and the ending under which the vault keeps it."""
        return self.sha256, self.format.extension


@dataclass(frozen=True, slots=True)
class Refused:
    """A file the card did not give."""

    file: CardFile
    cause: OSError


@dataclass(frozen=True, slots=True)
class Desk:
    """Where files go and what is known there. The two questions are asked from several threads."""

    vault: Path
    cache: Path
    is_here: Callable[[str], bool]
    """Whether the record and the original with this hash are both here, so that nothing is left to do."""
    has_size: Callable[[int], bool]
    """Whether any known file has this many bytes: only then is a large one hashed before it is copied."""
    stopped: Callable[[], bool] = lambda: False


def workers() -> int:
    """Twice the processors and two more: while some decode, others wait for the disk (measured on two: 6 beat 4)."""
    return min(8, (os.cpu_count() or 1) * 2 + 2)


def take_all(files: Sequence[CardFile], desk: Desk) -> Generator[Taken | Refused, None, None]:
    """Take files in order; ends early once ``desk.stopped()``.

    Raises EnvironmentProblem or OSError when the vault's disk fails. Copies not handed out are removed.
    """
    under_way: deque[Future[Taken | Refused]] = deque()
    waiting = iter(files)
    pool = ThreadPoolExecutor(workers(), thread_name_prefix="ingest", initializer=step_back)
    try:
        while True:
            while len(under_way) < AHEAD and not desk.stopped():
                file = next(waiting, None)
                if file is None:
                    break
                under_way.append(pool.submit(take, file, desk))
            if desk.stopped():
                under_way = deque(future for future in under_way if not future.cancel())
            if not under_way:
                return
            try:
                yield under_way.popleft().result()
            except copying.Stopped:
                return
    finally:
        for future in under_way:
            future.cancel()
        pool.shutdown(wait=True)
        for future in under_way:
            if not future.cancelled() and future.exception() is None:
                left = future.result()
                if isinstance(left, Taken) and left.copy is not None:
                    vault.discard(left.copy)


def take(file: CardFile, desk: Desk) -> Taken | Refused:
    """Read one file whole, and unless it is known look at it and put a proved copy into ``incoming``."""
    try:
        return _take_large(file, desk) if file.bytes > IN_MEMORY else _take(file, desk)
    except copying.SourceFailed as failed:
        return Refused(file, failed.cause)


def _take(file: CardFile, desk: Desk) -> Taken:
    data = copying.read_source(file.path)
    sha256 = hashlib.sha256(data).hexdigest()
    form = told_by_content(data[:HEAD]) or file.format
    if desk.is_here(sha256):
        return Taken(file, sha256, len(data), form)
    copy = copying.write_verified(data, desk.vault)
    try:
        exif, seen = _looked_at(data, sha256, form, desk)
    except BaseException:
        vault.discard(copy)
        raise
    return Taken(file, sha256, len(data), form, copy, exif, seen)


def _take_large(file: CardFile, desk: Desk) -> Taken:
    if desk.has_size(file.bytes):
        sha256 = copying.hash_source(file.path)
        if desk.is_here(sha256):
            return Taken(file, sha256, file.bytes, file.format)
    copy, sha256, size = copying.copy_verified(file.path, desk.vault, desk.stopped)
    try:
        with copy.open("rb") as stream:
            form = told_by_content(stream.read(HEAD)) or file.format
        with opened(copy) as data:
            exif, seen = _looked_at(data, sha256, form, desk)
    except BaseException:
        vault.discard(copy)
        raise
    return Taken(file, sha256, size, form, copy, exif, seen)


def _looked_at(data: Data, sha256: str, form: Format, desk: Desk) -> tuple[Exif, Look]:
    exif, seen = examine(data, form)
    if seen.preview is not None:
        thumbs.keep(desk.cache, sha256, seen.preview)
    return exif, replace(seen, preview=None)
