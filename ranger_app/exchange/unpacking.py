"""Packed files of strangers: none outside is opened, and what one unpacks to is bounded while it is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from ranger_app.errors import DataProblem

_FREE, _RATIO = 64 << 20, 200
"""A compressed file may always give 64 MiB, and beyond that at most 200 times its own size: photos give once,
tables and XML 10 to 40 times, a bomb a thousand."""


def most_unpacked(packed: int) -> int:
    """Bytes that an honest file of ``packed`` bytes may unpack to."""
    return max(_FREE, packed * _RATIO)


def bounded(stream: BinaryIO, packed: int, too_large: DataProblem) -> io.BufferedReader:
    """What ``stream`` unpacks from ``packed`` bytes, buffered; ``too_large`` is raised where it goes on too long."""
    return io.BufferedReader(_Bounded(stream, packed, too_large), 1 << 16)


@contextmanager
def member(
    source: zipfile.ZipFile | Path, name: str, *, missing: DataProblem, outside: DataProblem, too_large: DataProblem
) -> Iterator[tuple[io.BufferedReader, int]]:
    """The bytes of a file of a zip file or of a folder, and how many they are by its directory.

    ``missing`` is raised where it is not there, ``outside`` where its name leads out of the folder, ``too_large`` while
    reading what unpacks to too much; what ``zipfile`` raises of a broken one passes.
    """
    if isinstance(source, zipfile.ZipFile):
        try:
            info = source.getinfo(name)
        except KeyError as error:
            raise missing from error
        with source.open(info) as packed:
            yield bounded(cast(BinaryIO, packed), info.compress_size, too_large), info.file_size
        return
    root = source.resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise outside
    if not path.is_file():
        raise missing
    with path.open("rb") as stream:
        yield stream, path.stat().st_size


class _Bounded(io.RawIOBase):
    """Passes bytes on until there are far more than an honest file of that size would give."""

    def __init__(self, stream: BinaryIO, packed: int, too_large: DataProblem) -> None:
        self._stream = stream
        self._left = most_unpacked(packed)
        self._too_large = too_large

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._stream.read(len(view))
        self._left -= len(data)
        if self._left < 0:
            raise self._too_large
        view[: len(data)] = data
        return len(data)
