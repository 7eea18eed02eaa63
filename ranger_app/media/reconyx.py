"""What Reconyx cameras write into their maker notes alone: burst, event and trigger, for some models even the date.

Layouts from the maker's notes as documented by ExifTool (Reconyx tags: HyperFire, HyperFire 2 PRO), checked against
pictures whose burned-in strip shows the same.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import NamedTuple

_HYPERFIRE = 0xF101
_HYPERFIRE_2 = b"RECONYXH2\0"
_LONGEST_BURST = 100


class MakerNote(NamedTuple):
    """What the note says; None where it does not. The camera's clock is without offset."""

    camera_time: datetime | None = None
    serial_number: str | None = None
    burst: tuple[int, int] | None = None
    """Which picture of how many in its burst, counted from 1."""
    event: int | None = None
    """The camera's own count of triggers."""
    time_lapse: bool | None = None
    """Whether the clock released it rather than an animal; None for other triggers."""


def read(note: bytes) -> MakerNote:
    """Read a maker note; all fields are None when it is not one of Reconyx's known layouts."""
    if note.startswith(_HYPERFIRE_2) and len(note) >= 156:
        # The clock in this note is known to be wrong in real pictures, and these models fill EXIF.
        return MakerNote(None, _words_as_text(note[126:156]), *_released(note, 0x34))
    if len(note) >= 72 and struct.unpack_from("<H", note)[0] == _HYPERFIRE:
        return MakerNote(_taken(note), _words_as_text(note[42:72]), *_released(note, 0x0C))
    return MakerNote()


def _released(note: bytes, at: int) -> tuple[tuple[int, int] | None, int | None, bool | None]:
    trigger, number, length, high, low = struct.unpack_from("<2s4H", note, at)
    burst = (number, length) if 1 <= number <= length <= _LONGEST_BURST else None
    return burst, high << 16 | low or None, {b"M": False, b"T": True}.get(trigger[:1])


def _taken(note: bytes) -> datetime | None:
    words = struct.unpack_from("<6H", note, 22)
    if words[0] & 0xFF00 and not words[0] & 0xFF:
        words = struct.unpack_from(">6H", note, 22)  # some write these numbers alone the other way round
    second, minute, hour, month, day, year = words
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def _words_as_text(data: bytes) -> str | None:
    text = data.decode("utf-16-le", "replace").partition("\0")[0].strip()
    return text if text.isascii() and text.isprintable() and text else None
