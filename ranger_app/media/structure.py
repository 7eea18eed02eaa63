"""Whether the boxes of a video file fit the file, told before any decoder sees it.

A video that breaks off is told by its sizes in a moment, and tables that promise billions of frames in a few bytes,
which would fill the memory of the reader behind, are kept from it. Layouts: ISO/IEC 14496-12, RIFF 1.0 with OpenDML.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy

if TYPE_CHECKING:
    from ranger_app.media.look import Data

MOST_BOXES = 50_000
MOST_SAMPLES = 4_000_000
"""Frames of one track: 37 hours at 30 a second."""
MOST_HEADER = 64 * 1024 * 1024
"""Bytes of one table."""
MOST_EDITS = 1_000
MOST_IN_RUN = 100_000
"""Frames of one fragment of a track."""

_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf"))
_DEEPEST = 8
_ROW = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stss": 4, b"stco": 4, b"co64": 8}
"""Bytes of a row of each table that starts with its number of rows."""
_RUN_FIELDS = (0x100, 0x200, 0x400, 0x800)


class _Promise(Exception):
    """A table promises more than the file can hold; the text says it in English, as decoders do."""


@dataclass(slots=True)
class Structure:
    """``fault`` says in English what is wrong, empty when all is there; ``safe`` whether a reader may follow it."""

    fault: str = ""
    safe: bool = True

    def note(self, fault: str) -> None:
        """Keep the first thing that is wrong."""
        self.fault = self.fault or fault


@dataclass(slots=True)
class _Track:
    size: int = 0
    samples: int = 0
    even: bool = False
    """Uncompressed sound: one duration of one unit for all samples, indexed by chunk and not by sample."""
    chunks: int = 0
    in_chunk: list[tuple[int, int]] = field(default_factory=list)
    """From which chunk (counted from 1) on how many samples are in each."""


def of(data: Data, media_type: str) -> Structure:
    """Look through the structure of a video. Never raises for what the file holds."""
    found = Structure()
    try:
        if media_type == "video/x-msvideo":
            _avi(data, found)
        else:
            _mp4(data, found)
    except struct.error:
        found.note("a box is shorter than its content")
        found.safe = False
    except _Promise as promise:
        found.fault, found.safe = str(promise), False
    return found


def _mp4(data: Data, found: Structure) -> None:
    kinds: set[bytes] = set()
    track = _Track()
    ends = in_runs = 0
    for kind, start, end in _boxes(data, found):
        kinds.add(kind)
        if kind == b"trak":
            _must_be_bounded(track)
            track = _Track()
        elif kind in _ROW:
            rows = _rows(data, kind, start, end)
            _enter(track, kind, rows)
            if kind in (b"stco", b"co64") and len(rows):
                ends = max(ends, int(rows.max()))
        elif kind == b"stsz":
            track.size, track.samples = struct.unpack_from(">II", data, start + 4)
            if track.size == 0 and 12 + track.samples * 4 > end - start:
                raise _Promise("a table promises more than it holds")
        elif kind == b"stz2":
            (track.samples,) = struct.unpack_from(">I", data, start + 8)
        elif kind == b"elst" and struct.unpack_from(">I", data, start + 4)[0] > MOST_EDITS:
            raise _Promise("too many edits")
        elif kind == b"trun":
            in_runs += _must_be_short(data, start, end)
            if in_runs > MOST_SAMPLES:
                raise _Promise("a table promises too many frames")
    _must_be_bounded(track)
    if b"moov" not in kinds:
        found.note("no index (moov): the camera did not finish the file")
    elif not kinds & {b"mdat", b"moof"}:
        found.note("no frames (mdat)")
    elif ends >= len(data):
        found.note(f"frames lie beyond the end of the file ({ends} of {len(data)} bytes)")


def _boxes(data: Data, found: Structure) -> Iterator[tuple[bytes, int, int]]:
    """The type of each box and where its content starts and ends, outer before inner; what does not fit is noted."""
    count = 0
    waiting = [(0, len(data))]
    while waiting:
        at, stop = waiting.pop()
        top = not waiting
        while at + 8 <= stop:
            size, kind = struct.unpack_from(">I4s", data, at)
            content = at + 8
            if size == 1:
                (size,) = struct.unpack_from(">Q", data, content)
                content += 8
            elif size == 0:
                if not top or kind == b"\0\0\0\0":
                    break  # zeros fill up the rest
                size = stop - at
            if size < content - at or (top and not all(32 <= letter < 127 for letter in kind)):
                found.note(f"no box where one should start (byte {at})")
                break
            if at + size > stop:
                found.note(f"breaks off: {at + size - stop} bytes of {kind.decode('ascii', 'replace')} are missing")
                size = stop - at
            count += 1
            if count > MOST_BOXES:
                raise _Promise("too many boxes")
            yield kind, content, at + size
            if kind in _CONTAINERS and len(waiting) < _DEEPEST:
                waiting.append((at + size, stop))
                at, stop, top = content, at + size, False
                continue
            at += size


def _rows(data: Data, kind: bytes, start: int, end: int) -> numpy.ndarray[Any, Any]:
    (count,) = struct.unpack_from(">I", data, start + 4)
    width = _ROW[kind]
    if 8 + count * width > end - start or count * width > MOST_HEADER:
        raise _Promise("a table promises more than it holds")
    cell, across = (">u8", 1) if kind == b"co64" else (">u4", width // 4)
    return numpy.frombuffer(bytes(data[start + 8 : start + 8 + count * width]), cell).reshape(count, across)


def _enter(track: _Track, kind: bytes, rows: numpy.ndarray[Any, Any]) -> None:
    if kind in (b"stts", b"ctts"):
        if kind == b"stts" and len(rows) == 1 and rows[0, 1] == 1:
            track.even = True
        elif int(rows[:, 0].sum(dtype=numpy.int64)) > MOST_SAMPLES:
            raise _Promise("a table promises too many frames")
    elif kind == b"stsc":
        track.in_chunk = [(int(first), int(many)) for first, many in rows[:MOST_BOXES, :2]]
        if len(rows) > MOST_BOXES and track.even:
            raise _Promise("a table promises too many frames")
    elif kind in (b"stco", b"co64"):
        track.chunks = len(rows)


def _must_be_bounded(track: _Track) -> None:
    """A reader keeps about 24 bytes for each sample, or for each 1,024 of uncompressed sound."""
    entries = track.samples
    if track.even and track.size:
        firsts = [first for first, _many in track.in_chunk] + [track.chunks + 1]
        entries = sum(
            max(0, min(after, track.chunks + 1) - first) * (many // 1024 + 1)
            for (first, many), after in zip(track.in_chunk, firsts[1:], strict=True)
        )
    if entries > MOST_SAMPLES:
        raise _Promise("a table promises too many frames")


def _must_be_short(data: Data, start: int, end: int) -> int:
    """Frames of a run; one without fields of its own promises them for no bytes at all."""
    flags, count = struct.unpack_from(">II", data, start)
    width = 4 * sum(1 for bit in _RUN_FIELDS if flags & bit)
    if count > MOST_IN_RUN or count * width > end - start:
        raise _Promise("a table promises more than it holds")
    return int(count)


def _avi(data: Data, found: Structure) -> None:
    (size,) = struct.unpack_from("<I", data, 4)
    if size == 0:
        found.note("no length in the header: the camera did not finish the file")
    elif 8 + size > len(data) + 1:  # some writers count a last padding byte that they leave out
        found.note(f"breaks off: {8 + size - len(data)} bytes are missing")
    at, lists = 12, set()
    stop = min(len(data), 8 + size) if size else len(data)
    for _ in range(MOST_BOXES):
        if at + 12 > stop:
            break
        kind, length, form = struct.unpack_from("<4sI4s", data, at)
        if kind == b"LIST":
            lists.add(form)
        at += 8 + length + (length & 1)
    if b"movi" not in lists:
        found.note("no frames (movi)")
