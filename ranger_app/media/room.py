"""One large picture at a time: several threads look at files, and together they must not fill a field laptop's memory.

Ordinary pictures pass freely; the few that need much are looked at one behind the other.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

MUCH = 40_000_000
"""Bytes from which on a picture waits for its turn."""
_turn = threading.RLock()


@contextmanager
def room(needed: int) -> Iterator[None]:
    """Hold this while decoding something that needs about so many bytes of memory."""
    if needed < MUCH:
        yield
        return
    with _turn:
        yield
