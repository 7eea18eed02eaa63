"""Date and serial number out of Reconyx maker notes: some models write them nowhere else.

Layout from the maker's notes as documented by ExifTool (Reconyx tags), checked against pictures whose burned-in
strip shows the same date.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import NamedTuple

_HYPERFIRE = 0xF101
_HYPERFIRE_2 = b"RECONYXH2\0"


class MakerNote(NamedTuple):
    """What the note says: the camera's clock without offset, and its serial number; None where it does not."""

    camera_time: datetime | None
    serial_number: str | None


def read(note: bytes) -> MakerNote:
    """Read a maker note; both fields are None when it is not one of Reconyx's known layouts."""
    if note.startswith(_HYPERFIRE_2):
        # The clock in this note is known to be wrong in real pictures, and these models fill EXIF: serial only.
        return MakerNote(None, _words_as_text(note[126:156]))
    if len(note) >= 72 and struct.unpack_from("<H", note)[0] == _HYPERFIRE:
        second, minute, hour, month, day, year = struct.unpack_from("<6H", note, 22)
        try:
            taken: datetime | None = datetime(year, month, day, hour, minute, second)
        except ValueError:
            taken = None
        return MakerNote(taken, _words_as_text(note[42:72]))
    return MakerNote(None, None)


def _words_as_text(data: bytes) -> str | None:
    text = data.decode("utf-16-le", "replace").partition("\0")[0].strip()
    return text if text.isascii() and text.isprintable() and text else None
