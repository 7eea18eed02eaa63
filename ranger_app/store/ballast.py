"""A file that only takes up room, so that room can be made when the disk is full.

Without it not even a deletion can be written then, because that too is a new entry in the log.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

FILE = "ballast"
SIZE = 64 << 20
LEAST = 1 << 30
"""Bytes free on the disk below which no ballast is made: it would take what people need."""


def keep(folder: Path, least: int = LEAST) -> bool:
    """Make the ballast in a library's folder unless it is there; whether it is there now."""
    target = folder / FILE
    try:
        if target.is_file() and target.stat().st_size == SIZE:
            return True
        if shutil.disk_usage(folder).free < SIZE + least:
            return False
        with target.open("wb") as file:
            if sys.platform == "linux":
                os.posix_fallocate(file.fileno(), 0, SIZE)
            else:
                for _block in range(SIZE >> 20):
                    file.write(bytes(1 << 20))
    except OSError:
        with suppress(OSError):
            target.unlink(missing_ok=True)
        return False
    return True


def give_up(folder: Path) -> bool:
    """Remove the ballast; whether that made room."""
    try:
        (folder / FILE).unlink()
    except OSError:
        return False
    return True
