"""Frames of a video one after the other, small enough to draw, for a viewer that plays without sound.

Everything a file can do to a reader is bounded as in ``video``; whoever plays calls from one thread at a time.
"""

from __future__ import annotations

import mmap
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av

from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.media import formats, structure, video
from ranger_app.media.scale import Pixels

_SECONDS_A_FRAME = 5.0
_SECONDS_A_SEEK = 20.0
"""By the wall clock, generous: a busy laptop plays slowly rather than not at all."""


class Frames:
    """An open video. Iterating gives (milliseconds from its start, height x width x 3 bytes RGB, upright), in order.

    ``duration`` in milliseconds or None, ``rate`` in frames per second (1 to 120), both as the file says.
    Raises DataProblem VIDEO_UNREADABLE when nothing can be played, OSError when the file cannot be read.
    """

    def __init__(self, path: Path, edge: int) -> None:
        self.edge = edge
        self._left = ExitStack()
        try:
            self._open(path)
        except BaseException:
            self._left.close()
            raise

    def _open(self, path: Path) -> None:
        stream = self._left.enter_context(path.open("rb"))
        head = stream.read(formats.HEAD)
        if not head:
            raise _unreadable("empty file")
        data = self._left.enter_context(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        form = formats.told_by_content(head) or formats.told_by_name(path.name)
        if form is None or not form.video:
            raise _unreadable("not a video")
        found = structure.of(data, form.media_type)
        if not found.safe:
            raise _unreadable(found.fault)
        self._source = video.Source(data, time.monotonic)
        try:
            self._container = self._left.enter_context(video.opened(self._source, form.media_type))
            pictures = video.pictures(self._container)
            known = pictures is not None and video.can_decode(pictures)
        except Exception as error:  # libraries raise anything on hostile input
            raise _unreadable(str(error)) from error
        if pictures is None or not known:
            raise _unreadable("no pictures that can be decoded")
        if (pictures.width or 0) * (pictures.height or 0) > video.MOST_PIXELS:
            raise _unreadable("too many pixels")
        self._stream = pictures
        self.duration = video.duration_of(self._container, pictures)
        self.rate = min(120.0, max(1.0, float(pictures.average_rate or 25)))
        self._wanted = 0

    def seek(self, ms: int) -> None:
        """Go to a time, then iterate anew: the first frame is the one at or after it, or the last of all."""
        self._wanted = max(0, ms)
        self._source.allow(_SECONDS_A_SEEK)
        base = self._stream.time_base
        if base is None:
            return
        target = int(Fraction(self._wanted, 1000) / base) + (self._stream.start_time or 0)
        with suppress(av.FFmpegError, OSError, ValueError, video.TooSlow):  # without an index it plays from here on
            self._container.seek(target, stream=self._stream)

    def __iter__(self) -> Iterator[tuple[int, Pixels]]:
        """The frames from here on; ends early, without an error, where the file cannot be decoded any further."""
        passed: av.VideoFrame | None = None
        self._source.allow(_SECONDS_A_SEEK)
        with suppress(av.FFmpegError, OSError, ValueError, video.TooSlow):
            for frame in video.frames(self._container, self._stream, self._source):
                if self._at(frame) < self._wanted:
                    passed = frame
                    continue
                passed, self._wanted = None, 0
                yield self._shown(frame)
                self._source.allow(_SECONDS_A_FRAME)
        if passed is not None:
            self._wanted = 0
            yield self._shown(passed)

    def _at(self, frame: av.VideoFrame) -> int:
        if frame.pts is None or frame.time_base is None:
            return self._wanted
        return max(0, round((frame.pts - (self._stream.start_time or 0)) * frame.time_base * 1000))

    def _shown(self, frame: av.VideoFrame) -> tuple[int, Pixels]:
        return self._at(frame), video.upright(video.small(frame, self.edge), frame.rotation)

    def close(self) -> None:
        """Let go of the file."""
        self._left.close()

    def __enter__(self) -> Frames:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _unreadable(reason: str) -> DataProblem:
    return DataProblem(
        "VIDEO_UNREADABLE",
        _("This video cannot be played ({reason}).").format(reason=reason),
        _("The file is kept as it came; another program may know it."),
    )
