"""Plays a video without sound: frames are decoded a few at a time on a worker, shown by the clock, stepped by key.

No more than a handful of frames wait at any time, and nothing is decoded for a video nobody looks at any more.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.picture_source import as_image, original

if TYPE_CHECKING:
    from ranger_app.media.frames import Frames

AHEAD = 12
"""Frames that may wait to be shown."""
A_TURN = 6
"""Frames decoded in one piece of work."""
BEHIND = 16
"""Frames kept for stepping back; further back is decoded again."""
MOST = QSize(1280, 1280)
"""Pixels a frame is drawn from at most, so that all frames kept take about 100 MB on the largest screen."""
_BACK_MS = 1500

Frame = tuple[int, QImage]
"""Milliseconds from the start, and the picture."""


@dataclass(eq=False)
class _Film:
    """One open video. Everything but ``dropped`` belongs to whichever worker is reading it, one at a time."""

    sha256: str
    box: QSize
    path: Path | None = None
    frames: Frames | None = None
    rest: Iterator[tuple[int, Any]] | None = None
    ended: bool = False
    reading: bool = False
    dropped: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class _Read:
    """What a worker brings home: frames in order, whether they are the last, and how long the video is."""

    frames: list[Frame]
    ended: bool
    duration: int | None
    here: bool = True


class VideoPlay(QObject):
    """``changed`` when another frame stands there or the state is another; ``failed`` with words where none can."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, library: Library, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge = library, bridge
        self._film: _Film | None = None
        self._waiting: deque[Frame] = deque()
        self._shown: deque[Frame] = deque(maxlen=BEHIND)
        self.playing = False
        self.duration: int | None = None
        self._wish = 0
        self._clock = 0.0
        self._clock_ms = 0
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.setTimerType(Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._go_on)

    # -- what stands there -------------------------------------------------------------------------------------

    @property
    def image(self) -> QImage | None:
        """The frame to draw, None before the first."""
        return self._shown[-1][1] if self._shown else None

    @property
    def at(self) -> int:
        """Its time in milliseconds."""
        return self._shown[-1][0] if self._shown else 0

    @property
    def at_end(self) -> bool:
        """Whether the last frame stands there."""
        return self._film is not None and self._film.ended and not self._waiting

    def open(self, sha256: str, box: QSize) -> None:
        """Show the first frame of this video, at most as large as ``box`` pixels; whatever played before ends."""
        self.close()
        self._film = _Film(sha256, box.boundedTo(MOST))
        self._fetch(1)

    def resize(self, box: QSize) -> None:
        """The next frames are for so many pixels."""
        film, box = self._film, box.boundedTo(MOST)
        if film is not None and film.box != box:
            film.box = box
            if film.frames is not None:  # taken up at the next frame; the one shown is scaled meanwhile
                film.frames.edge = max(box.width(), box.height(), 16)

    def close(self) -> None:
        """Stop and forget the video; a worker still at it ends after its frame."""
        film, self._film = self._film, None
        self._tick.stop()
        self._waiting.clear()
        self._shown.clear()
        self.playing, self.duration, self._wish = False, None, 0
        if film is not None:
            film.dropped.set()
            if not film.reading and film.frames is not None:
                self._bridge.run(lambda _cancel: _let_go(film))

    # -- keys --------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play or pause; from the beginning again behind the end."""
        if self._film is None or self.image is None:
            return
        if self.playing:
            self.pause()
        elif self.at_end:
            self._start(0)
            self._fetch(A_TURN, seek=0)
        else:
            self._start(self.at)
            self._go_on()
        self.changed.emit()

    def step(self, by: int) -> None:
        """One frame on (1) or back (-1); playing ends."""
        if self._film is None or self.image is None:
            return
        self.pause()
        if by > 0:
            self._forward()
        elif len(self._shown) > 1:
            self._waiting.appendleft(self._shown.pop())
        elif self._film.reading:
            self._wish = -1
        elif self.at > 0:
            self._fetch(0, back_to=self.at)
        self.changed.emit()

    def _forward(self) -> None:
        if self._waiting:
            self._shown.append(self._waiting.popleft())
        elif self._film is not None and not self._film.ended:
            self._wish = 1
        self._fill()

    def _start(self, ms: int) -> None:
        self.playing = True
        self._clock, self._clock_ms = perf_counter(), ms

    def pause(self) -> None:
        """Stand still at the frame shown."""
        self.playing = False
        self._tick.stop()

    # -- the clock ---------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Show the frame that is due; those that came too late are passed over."""
        if not self.playing:
            return
        now = self._clock_ms + (perf_counter() - self._clock) * 1000
        moved = False
        while self._waiting and self._waiting[0][0] <= now:
            self._shown.append(self._waiting.popleft())
            moved = True
        if self.at_end:
            self.playing = False
            moved = True
        elif self._waiting:
            self._tick.start(max(1, round(self._waiting[0][0] - now)))
        self._fill()
        if moved:
            self.changed.emit()

    def _fill(self) -> None:
        if len(self._waiting) <= AHEAD - A_TURN:
            self._fetch(A_TURN)

    # -- workers -----------------------------------------------------------------------------------------------

    def _fetch(self, number: int, *, seek: int | None = None, back_to: int | None = None) -> None:
        film = self._film
        if film is None or film.reading or (film.ended and seek is None and back_to is None):
            return
        film.reading = True
        again = seek is not None or back_to is not None
        if again:
            film.ended = False
            self._waiting.clear()
        library = self._library

        def read(_cancel: object) -> _Read | None:
            try:
                return _read(library, film, number, seek, back_to)
            except BaseException:
                _let_go(film)
                raise

        def done(found: _Read | None) -> None:
            film.reading = False
            if film.dropped.is_set() or found is None:
                self._bridge.run(lambda _cancel: _let_go(film))
            else:
                self._take(film, found, back_to, again)

        def failed(error: BaseException) -> None:
            film.reading = False
            if film is self._film:
                self._fail(error)

        self._bridge.run(read, done, failed, owner=self)

    def _take(self, film: _Film, found: _Read, back_to: int | None, again: bool) -> None:
        film.ended = found.ended
        if not found.here:
            self._film = None
            self.failed.emit("")
            return
        self.duration = found.duration
        frames = list(found.frames)
        if again:
            self._shown.clear()
        if back_to is not None:
            earlier = [one for one in frames if one[0] < back_to]
            self._shown.extend(earlier or frames[:1])
            frames = frames[len(earlier) or 1 :]
        elif not self._shown and frames:
            self._shown.append(frames.pop(0))
        self._waiting.extend(frames)
        wish, self._wish = self._wish, 0
        if wish > 0 and self._waiting:
            self._shown.append(self._waiting.popleft())
        elif wish < 0 and not self.playing:
            self.step(-1)
        if not self._shown and found.ended:
            self._fail(None)
            return
        if self.playing:
            if self._waiting and not self._tick.isActive():
                # The decoder was slower than the clock: the clock waits for it rather than passing over everything.
                now = self._clock_ms + (perf_counter() - self._clock) * 1000
                if now > self._waiting[-1][0]:
                    self._start(self.at)
            self._go_on()
        self.changed.emit()

    def _fail(self, error: BaseException | None) -> None:
        self._film = None
        self.pause()
        words = error.what if isinstance(error, DataProblem) else _("This video cannot be played here.")
        self.failed.emit(words)


def _read(library: Library, film: _Film, number: int, seek: int | None, back_to: int | None) -> _Read | None:
    """The next frames of a video, on a worker. DataProblem where it cannot be played."""
    from ranger_app.media.frames import Frames  # late: it brings the decoders with it

    if film.dropped.is_set():
        return None
    if film.frames is None:
        film.path = original(library, film.sha256)
        if film.path is None:
            return _Read([], True, None, here=False)
        film.frames = Frames(film.path, max(film.box.width(), film.box.height(), 16))
    if seek is not None or back_to is not None:
        film.frames.seek(seek if seek is not None else max(0, (back_to or 0) - _BACK_MS))
        film.rest = None
    if film.rest is None:
        film.rest = iter(film.frames)
    kept: deque[Frame] = deque(maxlen=BEHIND)
    for ms, pixels in film.rest:
        if film.dropped.is_set():
            return None
        height, width = pixels.shape[:2]
        if height > film.box.height() > 0:  # the next frames at once as large as they are drawn
            film.frames.edge = max(16, max(width, height) * film.box.height() // height)
        kept.append((ms, as_image(pixels)))
        if (len(kept) >= number) if back_to is None else ms >= back_to:
            return _Read(list(kept), False, film.frames.duration)
    return _Read(list(kept), True, film.frames.duration)


def _let_go(film: _Film) -> None:
    frames, film.frames, film.rest = film.frames, None, None
    if frames is not None:
        frames.close()
