"""Files on a stick: written so that they are there, read so that nothing on the stick can lead us elsewhere.

A file is made once and never reopened for writing; no rename, no pre-allocation, no time stamp is relied on,
because FAT and exFAT keep none of these promises.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
_HANDED_OVER = 1 << 18
_ALONE = 4 << 20
"""A file larger than this is hashed and written by a thread of its own, beside the reading and sealing of the next."""
_UNDERWAY = 8
_FLUSHED_AT = 32 << 20


def to_disk(handle: BinaryIO) -> None:
    """Return when the file's bytes have left this computer."""
    handle.flush()
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(handle.fileno(), fcntl.F_FULLFSYNC)  # fsync alone stops at the drive's own cache
    else:
        os.fsync(handle.fileno())


def folder_to_disk(folder: Path) -> None:
    """Make the names in a folder last, where the system can."""
    if sys.platform == "win32":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass  # some file systems of sticks refuse this for folders; the files themselves are synced
    finally:
        os.close(handle)


def past_cache(handle: BinaryIO) -> None:
    """Ask the system to read the file from the stick, not from memory."""
    with suppress(OSError):  # a file system that cannot is read as it is
        if sys.platform == "linux":
            os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        elif sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(handle.fileno(), fcntl.F_NOCACHE, 1)


def begin_flush(handle: BinaryIO, start: int, length: int) -> None:
    """Ask the system to begin bringing written bytes to the stick, so that the last wait is not for all of them."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.posix_fadvise(handle.fileno(), start, length, os.POSIX_FADV_DONTNEED)


class NewFile:
    """A file being written; ``size`` is that of what was handed over, ``sha256`` is known once it is finished.

    An error of the stick is raised by a later ``write``, at the latest by ``finish``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._put_bytes = self._flushed = 0
        self._beside: ThreadPoolExecutor | None = None
        self._underway: deque[Future[None]] = deque()
        self._handle: BinaryIO = path.open("xb")

    def write(self, data: bytes) -> None:
        """Append ``data``."""
        self.size += len(data)
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= _HANDED_OVER:
            self._hand_over()

    def _hand_over(self) -> None:
        data = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        if self._beside is None and self.size > _ALONE:
            self._beside = ThreadPoolExecutor(1, thread_name_prefix="stick")
        if self._beside is None:
            self._put(data)
            return
        self._underway.append(self._beside.submit(self._put, data))
        while len(self._underway) > _UNDERWAY:
            self._underway.popleft().result()

    def _put(self, data: bytes) -> None:
        self._handle.write(data)
        self._hash.update(data)
        self._put_bytes += len(data)
        if self._put_bytes - self._flushed >= _FLUSHED_AT:
            begin_flush(self._handle, self._flushed, self._put_bytes - self._flushed)
            self._flushed = self._put_bytes

    def finish(self) -> None:
        """Bring everything to the stick and close."""
        try:
            if self._waiting:
                self._hand_over()
            while self._underway:
                self._underway.popleft().result()
            to_disk(self._handle)
            past_cache(self._handle)
        finally:
            self._stop()
            self._handle.close()

    def abandon(self) -> None:
        """Close without caring for the content."""
        self._stop()
        with suppress(OSError):  # what could not be written is given up anyway
            self._handle.close()

    def _stop(self) -> None:
        self._waiting, self._waiting_bytes = [], 0
        self._underway.clear()
        if self._beside is not None:
            self._beside.shutdown(wait=True, cancel_futures=True)
            self._beside = None

    @property
    def sha256(self) -> str:
        """The hash of the finished file, 64 hex digits."""
        return self._hash.hexdigest()


def write_small(path: Path, data: bytes) -> NewFile:
    """Make a small file in one go."""
    file = NewFile(path)
    try:
        file.write(data)
        file.finish()
    except OSError:
        file.abandon()
        raise
    return file


def open_plain(path: Path) -> BinaryIO:
    """Open an ordinary file for reading; OSError for links, folders, devices and pipes."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_symlink():
        raise OSError(f"{path.name} is a link")
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path.name} is not a file")
    return os.fdopen(descriptor, "rb")


def read_small(path: Path, limit: int) -> bytes | None:
    """The content of a file of at most ``limit`` bytes; None where it is missing, larger or unreadable."""
    try:
        with open_plain(path) as handle:
            data = handle.read(limit + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= limit else None


def hash_file(path: Path, size: int) -> Generator[int, None, str | None]:
    """Hash a file past the cache, yielding the bytes done; the generator's value is the hash.

    The value is None where the file is not ``size`` bytes long or cannot be read to its end.
    """
    result = hashlib.sha256()
    left = size
    try:
        with open_plain(path) as handle:
            past_cache(handle)
            if os.fstat(handle.fileno()).st_size != size:
                return None
            buffer = memoryview(bytearray(min(CHUNK, size)))  # one, because fresh memory costs more than hashing
            while left > 0:
                length = handle.readinto(buffer[: min(CHUNK, left)])  # type: ignore[attr-defined]
                if not length:
                    return None
                result.update(buffer[:length])
                left -= length
                yield length
    except (OSError, ValueError):
        return None
    return result.hexdigest()
