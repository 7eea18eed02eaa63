"""Groups of batches between checking and applying: taken off the stick once, so that pulling it harms nothing."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

IN_MEMORY = 32 << 20
_LENGTH = struct.Struct(">I")


class Spool:
    """Compressed groups in order; beyond IN_MEMORY bytes they lie in a nameless file in ``folder``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY, dir=str(folder))  # noqa: SIM115 - closed by close()

    def add(self, group: bytes) -> None:
        """Put a group behind the others."""
        self._file.write(_LENGTH.pack(len(group)))
        self._file.write(group)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        while length := self._file.read(_LENGTH.size):
            yield self._file.read(_LENGTH.unpack(length)[0])

    def close(self) -> None:
        """Let go of everything."""
        self._file.close()
