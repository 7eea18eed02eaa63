"""Gives memory back to the system after something large was made: glibc keeps what was freed, and the day is long."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Return what was freed; takes a few milliseconds. Windows and macOS do so by themselves."""
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)
