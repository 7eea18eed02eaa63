"""Carries work from the window's thread to workers and its results back: the only place in ui with threads.

Screens ask with run() or act() and are answered in their own thread, or not at all once they are gone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal

from ranger_app.actions import own_taxa, taps
from ranger_app.changes import Changes
from ranger_app.jobs import CancelToken, Progress
from ui.preferences import Preferences

if TYPE_CHECKING:
    from ranger_app.library import Library

log = logging.getLogger(__name__)

Work = Callable[[CancelToken], Any]
"""Gets a token to look at between steps; returns a result, or a generator of Progress whose return value is it."""
Done = Callable[[Any], object]
Failed = Callable[[BaseException], object]


@dataclass(eq=False)
class Running:
    """One piece of work under way. ``progress`` is written by the worker and polled by the bottom line."""

    title: str
    cancel: CancelToken = field(default_factory=CancelToken)
    progress: Progress | None = None
    started: float = field(default_factory=time.monotonic)
    finished: bool = False

    def seconds_left(self) -> float | None:
        """Estimated seconds to the end at the pace so far; None while too little is known."""
        progress, spent = self.progress, time.monotonic() - self.started
        if progress is None or not progress.total or progress.done <= 0 or spent < 2:
            return None
        return spent / progress.done * max(0, progress.total - progress.done)


class Bridge(QObject):
    """Runs work for the screens of one library. ``inline=True`` (tests) does everything at once in the caller."""

    changed = Signal(object)
    """Changes: records were written; every screen decides whether to read again."""
    said = Signal(str, bool)
    """A sentence on what was just done; True: it can be undone."""
    problem = Signal(object)
    """An exception nobody else took."""
    undo_asked = Signal()
    """A person wants the last act taken back; it is written from now on."""
    undo_done = Signal()
    jobs_changed = Signal()
    person_changed = Signal()
    wished = Signal(str, object)
    """What only the application can do: ("language", code), ("appearance", name), ("library", folder)."""
    _arrived = Signal(object)

    def __init__(
        self,
        library: Library | None = None,
        *,
        inline: bool = False,
        workers: int = 3,
        preferences: Preferences | None = None,
    ) -> None:
        super().__init__()
        self.library = library
        self.inline = inline
        self.preferences = preferences or Preferences()
        self.running: list[Running] = []
        self._pool = ThreadPoolExecutor(workers, "io")
        self._in_order = ThreadPoolExecutor(1, "acts")
        self._open = 0
        self._count = threading.Lock()
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        if library is not None:
            own_taxa.attend(library)  # before the screens hear of a change
            library.listeners.append(self.tell)
            self.act(lambda _cancel: taps.settle(library), owner=self)  # what a crash left open

    # -- asking ------------------------------------------------------------------------------------------------

    def run(
        self,
        work: Work,
        done: Done | None = None,
        failed: Failed | None = None,
        *,
        owner: QObject | None = None,
        title: str = "",
    ) -> Running:
        """Do ``work`` on the pool. With a ``title`` the bottom line shows it with count, time left and Cancel.

        ``done(result)`` or ``failed(exception)`` is called in the window's thread unless ``owner`` was deleted;
        without ``failed`` the exception becomes the window's problem banner.
        """
        return self._start(self._pool, work, done, failed, owner, title)

    def act(
        self, work: Work, done: Done | None = None, failed: Failed | None = None, *, owner: QObject | None = None
    ) -> Running:
        """Like run(), for small changes: one after the other in the order asked, so that undo undoes the last."""
        return self._start(self._in_order, work, done, failed, owner, "")

    def _start(
        self,
        pool: ThreadPoolExecutor,
        work: Work,
        done: Done | None,
        failed: Failed | None,
        owner: QObject | None,
        title: str,
    ) -> Running:
        running = Running(title)
        if title:
            self.running.append(running)
            self.jobs_changed.emit()

        def finish(result: Any, error: BaseException | None) -> Callable[[], None]:
            return lambda: self._finish(running, result, error, done, failed, owner)

        def body() -> None:
            try:
                outcome = finish(self._drive(running, work), None)
            except BaseException as error:  # brought home to the window's thread, whatever it is
                outcome = finish(None, error)
            if self.inline:
                outcome()
            else:
                self._arrived.emit(outcome)

        with self._count:
            self._open += 1
        if self.inline:
            body()
        else:
            pool.submit(body)
        return running

    @staticmethod
    def _drive(running: Running, work: Work) -> Any:
        result = work(running.cancel)
        if not isinstance(result, Generator):
            return result
        while True:
            try:
                running.progress = next(result)
            except StopIteration as stop:
                return stop.value

    # -- answering ---------------------------------------------------------------------------------------------

    def _deliver(self, outcome: Callable[[], None]) -> None:
        outcome()

    def _finish(
        self,
        running: Running,
        result: Any,
        error: BaseException | None,
        done: Done | None,
        failed: Failed | None,
        owner: QObject | None,
    ) -> None:
        running.finished = True
        with self._count:
            self._open -= 1
        if running in self.running:
            self.running.remove(running)
            self.jobs_changed.emit()
        gone = owner is not None and not shiboken6.isValid(owner)
        if error is not None:
            if failed is not None and not gone:
                failed(error)
            else:
                self.problem.emit(error)
        elif done is not None and not gone:
            done(result)

    # -- telling -----------------------------------------------------------------------------------------------

    def tell(self, changes: Changes) -> None:
        """Broadcast ``changes``; callable from any thread (the library's listener)."""
        if self.inline:
            self.changed.emit(changes)
        else:
            self._arrived.emit(lambda: self.changed.emit(changes))

    def say(self, sentence: str, *, undo: bool = False) -> None:
        """Show ``sentence`` in the strip at the bottom for 8 seconds, with Undo where the act can be undone."""
        self.said.emit(sentence, undo)

    def report(self, error: BaseException) -> None:
        """Show ``error`` as the window's problem banner."""
        self.problem.emit(error)

    # -- ending ------------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether any work is not yet delivered."""
        return self._open > 0

    def close(self) -> None:
        """Ask everything to stop, wait for it and deliver what had finished; idempotent."""
        if self._closed:
            return
        self._closed = True
        for running in list(self.running):
            running.cancel.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._in_order.shutdown(wait=True)
        if self.library is not None and self.tell in self.library.listeners:
            self.library.listeners.remove(self.tell)
        if QCoreApplication.instance() is not None:
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
