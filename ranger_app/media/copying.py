"""Copies that can be trusted: hashed while read, written through to the disk, and read back from it.

A copy counts only when the bytes that come back from the disk, not from memory, have the hash of the source.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import _
from ranger_app.media import vault as vaults

CHUNK = 1 << 20
_COMPARED = 1 << 18
_F_NOCACHE = 48  # macOS, sys/fcntl.h


class SourceFailed(Exception):
    """The file on the card could not be read; ``cause`` is the operating system's error."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Stopped(Exception):
    """The copy was given up because the ingest was cancelled."""


def read_source(path: Path) -> bytes:
    """The whole content of a file on the card; SourceFailed when the card does not give it."""
    try:
        with path.open("rb") as stream:
            return stream.read()
    except OSError as error:
        raise SourceFailed(error) from error


def write_verified(data: bytes, vault: Path) -> Path:
    """Write ``data`` into the vault's incoming folder and prove it from the disk; the path of the copy.

    Raises EnvironmentProblem COPY_DIFFERS when the disk gives back other bytes, OSError when it is full or fails.
    """
    target = vaults.incoming_name(vault)
    try:
        with target.open("xb") as stream:
            stream.write(data)
            _settle(stream)
        forget_cached(target)
        with _past_cache(target) as reader:
            if not _gives_back(reader, data):
                raise _differs()
    except BaseException:
        vaults.discard(target)
        raise
    return target


def copy_verified(source: Path, vault: Path, stopped: Callable[[], bool]) -> tuple[Path, str, int]:
    """Copy a file of any size in pieces of 1 MiB; the copy's path, its SHA-256 and its size in bytes.

    Raises Stopped once ``stopped()`` is true, SourceFailed when the card fails, EnvironmentProblem COPY_DIFFERS or
    OSError when the vault's disk does; nothing is left behind then.
    """
    target = vaults.incoming_name(vault)
    digest = hashlib.sha256()
    size = 0
    try:
        with target.open("xb") as stream:
            try:
                reader = source.open("rb", buffering=0)
            except OSError as error:
                raise SourceFailed(error) from error
            with reader:
                while piece := _read(reader):
                    if stopped():
                        raise Stopped
                    digest.update(piece)
                    size += len(piece)
                    stream.write(piece)
            _settle(stream)
        _prove(target, digest.hexdigest())
    except BaseException:
        vaults.discard(target)
        raise
    return target, digest.hexdigest(), size


def hash_source(path: Path) -> str:
    """SHA-256 of a file on the card, read in pieces; SourceFailed when the card does not give it."""
    try:
        return vaults.hash_file(path)
    except OSError as error:
        raise SourceFailed(error) from error


def _read(reader: IO[bytes]) -> bytes:
    try:
        return reader.read(CHUNK)
    except OSError as error:
        raise SourceFailed(error) from error


def _settle(stream: IO[bytes]) -> None:
    stream.flush()
    if sys.platform == "darwin":  # there fsync leaves the bytes in the drive's own memory
        import fcntl

        with suppress(OSError):  # network disks do not know the stronger call
            fcntl.fcntl(stream.fileno(), fcntl.F_FULLFSYNC)
            return
    os.fsync(stream.fileno())


def forget_cached(path: Path) -> None:
    """Ask the system to drop its memory of a synced file, so that the next read comes from the disk.

    Linux does so for clean pages; on macOS the reader avoids the cache instead; Windows offers no way without
    administrator rights, so there the copy is read back through the system's cache.
    """
    if sys.platform == "linux":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def _past_cache(path: Path) -> io.FileIO:
    reader = io.FileIO(path, "r")
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(reader.fileno(), _F_NOCACHE, 1)
    return reader


def _prove(path: Path, sha256: str) -> None:
    forget_cached(path)
    with _past_cache(path) as reader:
        if hashlib.file_digest(reader, "sha256").hexdigest() != sha256:
            raise _differs()


def _gives_back(reader: io.FileIO, data: bytes) -> bool:
    """Whether the file holds exactly ``data``. One small buffer, because fresh memory costs more than comparing."""
    buffer, whole = bytearray(_COMPARED), memoryview(data)
    for at in range(0, len(data), _COMPARED):
        expected = whole[at : at + _COMPARED]
        if reader.readinto(buffer) != len(expected):
            return False
        # A bytearray compares itself with any memory in one go; two memoryviews would do so byte by byte.
        if (buffer if len(expected) == _COMPARED else buffer[: len(expected)]) != expected:
            return False
    return reader.readinto(buffer) == 0


def _differs() -> EnvironmentProblem:
    return EnvironmentProblem(
        "COPY_DIFFERS",
        _("The library's disk gave back other bytes than were written to it."),
        _("This disk is failing: do not use it for evidence. Keep the card as it is and use another disk."),
    )
