"""Runs what blocks on a network beside the job that asked for it, so that Cancel is heard while a line hangs.

The thread only fetches and reports; files here are written by the job itself, which may leave at any moment.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from ranger_app.errors import RangerError
from ranger_app.sync.drop import Emit

log = logging.getLogger(__name__)
Result = TypeVar("Result")
BEAT = 0.2
"""Seconds after which a job that waits yields, so that somebody can stop it."""
_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Moved:
    """How far a transfer is: ``done`` of ``total`` bytes; ``file`` is what is on its way."""

    done: int
    total: int
    file: str = ""


class LineFailed(Exception):
    """A drop point, or the line to it, failed; the cause is what its library raised.

    A drop point may answer anything, and then these libraries raise anything: all of it means the same to a person.
    """


class Left(Exception):
    """The job is no longer there."""


@dataclass(frozen=True, slots=True)
class _End:
    value: Any = None
    error: BaseException | None = None


def beside(work: Callable[[Emit], Result]) -> Generator[Any, None, Result]:
    """Run ``work`` on a thread of its own; yields what it emits, and None while nothing comes.

    The value is the work's. Raises LineFailed for what goes wrong in it, our own problems as they are. Closing the
    generator leaves the thread to end by itself.
    """
    items: queue.Queue[Any] = queue.Queue(_AHEAD)
    left = threading.Event()

    def emit(item: object) -> None:
        while not left.is_set():
            try:
                items.put(item, timeout=BEAT)
                return
            except queue.Full:
                continue
        raise Left

    def body() -> None:
        try:
            end = _End(work(emit))
        except BaseException as error:  # carried over to the job's thread, whatever it is
            end = _End(error=error)
        with suppress(Left):
            emit(end)

    threading.Thread(target=body, name="drop", daemon=True).start()
    try:
        while True:
            try:
                item = items.get(timeout=BEAT)
            except queue.Empty:
                yield None
                continue
            if isinstance(item, _End):
                if isinstance(item.error, RangerError) or not isinstance(item.error, Exception | None):
                    raise item.error
                if item.error is not None:
                    log.info("drop point", exc_info=item.error)
                    raise LineFailed from item.error
                result: Result = item.value
                return result
            yield item
    finally:
        left.set()


def asked(question: Callable[[], Result], at: Moved) -> Generator[Moved, None, Result]:
    """Something short on the line, with ``at`` told while it takes."""
    waiting = beside(lambda _emit: question())
    while True:
        try:
            next(waiting)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        yield at
