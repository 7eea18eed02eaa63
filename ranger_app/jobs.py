"""Long work as generators: each step says how far it is, and the one who runs it may ask it to stop.

The command line runs a job in its own thread; the window runs the same job on a pool and shows its progress.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

Result = TypeVar("Result")
BEHIND = 10
"""The niceness of threads that step back: the window's thread runs first whenever it has something to do."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. ``total`` 0 means not known; ``note`` is translated and names what is being done."""

    done: int
    total: int
    note: str = ""


Job = Generator[Progress, None, Result]


class CancelToken:
    """Asks a job to stop at its next safe point: what stands is kept, nothing is left half-written."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask for the stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether a stop was asked for."""
        return self._event.is_set()


def step_back() -> None:
    """Let the calling thread give way to the window's: lower its priority where the system has one for threads."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentThread.restype = ctypes.c_void_p
        kernel.SetThreadPriority.argtypes = (ctypes.c_void_p, ctypes.c_int)
        kernel.SetThreadPriority(kernel.GetCurrentThread(), -1)  # THREAD_PRIORITY_BELOW_NORMAL
    elif sys.platform.startswith("linux"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)


def run(job: Generator[Progress, None, Result], on_progress: Callable[[Progress], None] | None = None) -> Result:
    """Run a job to its end here and now; returns its result."""
    while True:
        try:
            progress = next(job)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        if on_progress:
            on_progress(progress)
