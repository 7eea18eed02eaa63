"""Compressed files of strangers: what one unpacks to is bounded while it is read."""

from __future__ import annotations

import io
from typing import BinaryIO

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
