"""What a video says about itself and one frame that stands for it, within bounds a hostile file cannot pass.

Processor time and pixels are counted, and only the kinds of compression that camera traps write are let in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import av
import numpy
from av import open as read_container
from av.container import InputContainer
from av.video.stream import VideoStream

from ranger_app.media import scale, structure, video_tags
from ranger_app.media.exif import Exif
from ranger_app.media.look import EDGE, Look
from ranger_app.media.room import room

if TYPE_CHECKING:
    from ranger_app.media.look import Data

SECONDS = 1.2
"""So much processor time may a look at one video take. A busy laptop must not make a whole video look damaged."""
MOST_PIXELS = 4096 * 2176
"""A frame with more is not decoded: its decoder keeps up to seventeen of them in memory."""
DECODERS = frozenset(
    ("h264", "hevc", "mjpeg", "mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4", "h263", "mpeg1video", "mpeg2video",
     "dvvideo")
)  # fmt: skip
_DEMUXERS = {"video/x-msvideo": "avi"}
_PIXELS_TRIED = 50_000_000
_LEAST_TRIED, _MOST_TRIED = 6, 90
"""So many packets, and of large pictures so many pixels, are decoded at a time in search of a frame with something."""
_SECONDS_TRIED = (1, 2, 3)
_FAILED_IN_A_ROW = 50
_KEPT = 16
"""Bytes a decoder keeps for each pixel of a frame, those of the frames it still needs included."""
_DARK, _FLAT = 24, 6
"""A frame is taken for dark below this mean and for empty below this spread, of 255."""
_LONGEST_MS = 7 * 24 * 3600 * 1000


class TooSlow(Exception):
    """The video kept the reader busy for longer than it may."""


class Source:
    """A video's bytes as the reader wants them: read, seek, tell, and an end to its patience.

    ``clock`` counts the processor time of the thread that looks, unless the work goes from thread to thread.
    """

    def __init__(self, data: Data, clock: Callable[[], float] = time.thread_time) -> None:
        self.data = data
        self.clock = clock
        self.at = 0
        self.until = 0.0
        self.allow(SECONDS)

    def allow(self, seconds: float) -> None:
        """Let the reader go on for so many seconds from now."""
        self.until = self.clock() + seconds

    def check(self) -> None:
        """Raise TooSlow when the time is over."""
        if self.clock() > self.until:
            raise TooSlow("it keeps the reader busy for too long")

    def read(self, size: int) -> bytes:
        """The next bytes, at most ``size``."""
        self.check()
        piece = bytes(self.data[self.at : self.at + max(0, size)])
        self.at += len(piece)
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place counted from the start, from here or from the end."""
        self.check()
        self.at = max(0, offset + (0, self.at, len(self.data))[whence])
        return self.at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self.at


def opened(source: Source, media_type: str) -> InputContainer:
    """The container with its header read. Raises av.FFmpegError, TooSlow and what the reader meets besides."""
    whitelist = ",".join(sorted(DECODERS))
    return read_container(
        source,
        "r",
        format=_DEMUXERS.get(media_type, "mov"),
        metadata_errors="replace",
        buffer_size=1 << 17,
        options={
            "probesize": "500000",
            "analyzeduration": "100000",
            "fpsprobesize": "0",
            "max_streams": "16",
            "ignore_editlist": "1",
            "codec_whitelist": whitelist,
            "max_pixels": str(4 * MOST_PIXELS),  # one frame may be needed to learn its size
            "threads": "1",
        },
    )


def pictures(container: InputContainer) -> VideoStream | None:
    """The track of moving pictures, not a cover picture; None where there is none."""
    for stream in container.streams:
        stream.discard = av.stream.Discard.all
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            stream.discard = av.stream.Discard.default
            return stream
    return None


def can_decode(stream: VideoStream) -> bool:
    """Whether its kind of compression is one that is let in; prepares the decoder."""
    context = stream.codec_context
    if context is None or context.name not in DECODERS:
        return False
    context.thread_count = 1
    context.options = {"max_pixels": str(MOST_PIXELS)}
    return True


def look(data: Data, media_type: str, edge: int = EDGE) -> tuple[Exif, Look]:
    """One look at a video given as bytes or a memory map: its own statements, its size, length, damage and poster.

    Never raises for what the file holds. The camera time is kept as its digits stand,
    because trail cameras write their local clock where the format asks for UTC.
    """
    found = structure.of(data, media_type)
    if not found.safe:
        return Exif(), Look(damaged=found.fault)
    source = Source(data)
    told, seen = Exif(), Look(damaged=found.fault)
    try:
        with opened(source, media_type) as container:
            stream = pictures(container)
            told = video_tags.read(container, stream, media_type)
            seen = _seen(container, stream, source, found.fault, edge)
    except Exception as error:  # libraries raise anything on hostile input; the file itself is still evidence
        seen = Look(seen.width, seen.height, found.fault or _words(error), duration=seen.duration)
    return told, seen


def told(data: Data, media_type: str) -> Exif:
    """What a video says about itself, without decoding a frame; never raises."""
    if not structure.of(data, media_type).safe:
        return Exif()
    try:
        with opened(Source(data), media_type) as container:
            return video_tags.read(container, pictures(container), media_type)
    except Exception:  # as above
        return Exif()


def _seen(container: InputContainer, stream: VideoStream | None, source: Source, fault: str, edge: int) -> Look:
    if stream is None:
        return Look(damaged=fault or "no pictures in it")
    duration = duration_of(container, stream)
    if not can_decode(stream):
        return Look(damaged=fault, duration=duration, no_decoder=True)
    width, height = stream.width or None, stream.height or None
    if width and height and width * height > MOST_PIXELS:
        return Look(width, height, fault, too_large=True, duration=duration)
    with room((width or 0) * (height or 0) * _KEPT):
        poster, fault = _poster(container, stream, source, fault, edge)
    if poster is None:
        return Look(width, height, fault or "no frame can be decoded", duration=duration)
    return Look(width, height, fault, preview=scale.as_jpeg(poster), duration=duration)


def _poster(
    container: InputContainer, stream: VideoStream, source: Source, fault: str, edge: int
) -> tuple[scale.Pixels | None, str]:
    poster: scale.Pixels | None = None
    try:
        for frame in _tried(container, stream, source, edge):
            if poster is None or frame.std() > poster.std():
                poster = frame
            if frame.mean() >= _DARK and frame.std() >= _FLAT:
                poster = frame
                break
    except TooSlow as slow:
        fault = fault or ("" if poster is not None else str(slow))
    except (av.FFmpegError, ValueError) as error:
        fault = fault or _words(error)
    return poster, fault


def _tried(container: InputContainer, stream: VideoStream, source: Source, edge: int) -> Iterator[scale.Pixels]:
    """The first frames, small, then one of each second after: some cameras begin in the dark until their lamps are on.

    Few packets at a time are decoded of a large picture, because a decoder may keep every frame of them in memory.
    """
    size = max(1, stream.width * stream.height)
    for frame in frames(container, stream, source, max(_LEAST_TRIED, min(_MOST_TRIED, _PIXELS_TRIED // size))):
        yield upright(small(frame, edge), frame.rotation)
    base = stream.time_base
    if base is None:
        return
    for second in _SECONDS_TRIED:
        try:
            container.seek(int(second / base) + (stream.start_time or 0), stream=stream, backward=False)
        except (av.FFmpegError, OSError):
            return  # it is shorter
        for frame in frames(container, stream, source, _LEAST_TRIED):
            yield upright(small(frame, edge), frame.rotation)
            break


def frames(
    container: InputContainer, stream: VideoStream, source: Source, most: int | None = None
) -> Iterator[av.VideoFrame]:
    """Whole frames from here on, of ``most`` packets at most.

    A packet that cannot be decoded is passed over, many in a row are the end.
    """
    failed = 0
    for number, packet in enumerate(container.demux(stream), 1):
        source.check()
        try:
            decoded = stream.decode(packet)
            if number == most:
                decoded += stream.decode(None)
        except av.error.InvalidDataError:
            failed += 1
            if failed > _FAILED_IN_A_ROW:
                raise
            continue
        for frame in decoded:
            if not frame.is_corrupt and 0 < frame.width * frame.height <= MOST_PIXELS:
                failed = 0
                yield frame
            source.check()
        if number == most:
            return


def small(frame: av.VideoFrame, edge: int) -> scale.Pixels:
    """A frame as red, green, blue with its longest side at most ``edge`` pixels, not yet turned."""
    return scale.rescaled(frame, *scale.fitted(frame.width, frame.height, edge))


def upright(pixels: scale.Pixels, rotation: int) -> scale.Pixels:
    """Turned by the quarter turns (degrees against the clock) the file asks for; other angles are left alone."""
    turns = rotation // 90 % 4 if rotation % 90 == 0 else 0
    return numpy.ascontiguousarray(numpy.rot90(pixels, turns))


def duration_of(container: InputContainer, stream: VideoStream) -> int | None:
    """Milliseconds, None where the file does not say or says what cannot be."""
    length = None
    if stream.duration and stream.time_base:
        length = round(stream.duration * stream.time_base * 1000)
    elif container.duration:
        length = container.duration // 1000
    return length if length is not None and 0 < length < _LONGEST_MS else None


def _words(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(str(text).split())[:200] or type(error).__name__
