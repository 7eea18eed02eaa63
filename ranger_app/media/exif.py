"""What a picture says about itself: camera time as written, camera, place, orientation.

Nothing is invented here: a field the file does not hold, or holds as zeros, stays None.
"""

from __future__ import annotations

import io
import logging
import re
import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import exifread

from ranger_app.media import heic, reconyx
from ranger_app.media.look import Data

_HEAD = 512 * 1024
"""EXIF of a JPEG lies in its first segments, each at most 64 KiB; a scan of the whole file is never needed."""

_TIME = re.compile(r"\s*(\d{4})[:/.-](\d{1,2})[:/.-](\d{1,2})[ T](\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)")
_TIME_TAGS = (
    ("EXIF DateTimeOriginal", "DateTimeOriginal"),
    ("EXIF DateTimeDigitized", "DateTimeDigitized"),
    ("Image DateTime", "DateTime"),
)
MAKER_NOTE = "maker_note"
CHANGE_TIME = "DateTime"
"""The weakest source: programs that edit a picture write the time of the edit into the same tag."""

# exifread reports each odd tag there; a ranger cannot do anything with those lines.
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Exif:
    """Times are ``YYYY-MM-DDTHH:MM:SS`` without offset, as the camera wrote them; degrees are integers of 1e-7."""

    camera_time: str | None = None
    camera_time_source: str | None = None
    make: str | None = None
    model: str | None = None
    serial_number: str | None = None
    latitude: int | None = None
    longitude: int | None = None
    orientation: int = 1
    """EXIF orientation 1 to 8; 1 is upright."""
    burst: tuple[int, int] | None = None
    """Which picture of how many in its burst, as the camera counts them; from Reconyx maker notes alone."""
    event: int | None = None
    """The camera's own number of the event, likewise."""
    time_lapse: bool | None = None
    """Whether the clock released the picture, False for the motion sensor, likewise."""


def read(data: Data, media_type: str) -> Exif:
    """The EXIF of a picture given as bytes or a memory map. Never raises: what cannot be read is absent."""
    if media_type == "image/heic":
        data = heic.exif_of(data)
        if not data:
            return Exif()
    source = data if media_type in ("image/tiff", "image/heic", "image/png") else data[:_HEAD]
    tags = _tags(source)
    time, time_source = _time(tags)
    make, model = _text(tags.get("Image Make")), _text(tags.get("Image Model"))
    serial = _text(tags.get("EXIF BodySerialNumber")) or _text(tags.get("Image CameraSerialNumber"))
    if serial is not None and not serial.strip("0 "):
        serial = None
    note = reconyx.MakerNote()
    if tags and ((make is None and time is None) or (make or "").upper().startswith("RECONYX")):
        note = reconyx.read(_maker_note(source))
        serial = serial or note.serial_number
        if note.serial_number or note.camera_time:
            make = make or "RECONYX"
        if time is None and note.camera_time is not None:
            time, time_source = note.camera_time.isoformat(), MAKER_NOTE
    latitude, longitude = _place(tags)
    released = (note.burst, note.event, note.time_lapse)
    return Exif(time, time_source, make, model, serial, latitude, longitude, _orientation(tags), *released)


def _tags(data: Data) -> Mapping[str, Any]:
    try:
        stream: Any = io.BytesIO(data) if isinstance(data, bytes) else data
        stream.seek(0)
        found: Mapping[str, Any] = exifread.process_file(stream, details=False, extract_thumbnail=False)
    except Exception:  # a hostile file may raise anything inside the reader; the picture itself is still evidence
        return {}
    return found


def _maker_note(data: Data) -> bytes:
    """The bytes of tag 0x927C: the reader above would decode every maker's note to give them, which takes longer."""
    marks = ((data.find(mark, 0, _HEAD), len(mark)) for mark in (b"Exif\0\0", b"eXIf"))
    start = next((at + length for at, length in marks if at >= 0), 0)
    try:
        order = "<" if data[start : start + 2] == b"II" else ">"
        (first,) = struct.unpack_from(order + "I", data, start + 4)
        within, _count = _entry(data, start, first, 0x8769, order)
        offset, count = _entry(data, start, within, 0x927C, order)
    except (struct.error, KeyError):
        return b""
    return bytes(data[start + offset : start + offset + min(count, 0xFFFF)])


def _entry(data: Data, start: int, directory: int, tag: int, order: str) -> tuple[int, int]:
    (entries,) = struct.unpack_from(order + "H", data, start + directory)
    for at in range(start + directory + 2, start + directory + 2 + 12 * entries, 12):
        found, _kind, count, value = struct.unpack_from(order + "HHII", data, at)
        if found == tag:
            return value, count
    raise KeyError(tag)


def _time(tags: Mapping[str, Any]) -> tuple[str | None, str | None]:
    for tag, source in _TIME_TAGS:
        matched = _TIME.match(str(tags.get(tag, "")))
        if matched:
            try:
                return datetime(*(int(part) for part in matched.groups())).isoformat(), source  # type: ignore[arg-type]
            except ValueError:
                continue
    return None, None


def _text(tag: Any) -> str | None:
    if tag is None:
        return None
    text = unicodedata.normalize("NFC", str(tag).partition("\0")[0])
    text = "".join(c for c in text if c.isprintable()).strip()
    return text[:100] or None


def _place(tags: Mapping[str, Any]) -> tuple[int | None, int | None]:
    latitude = _degrees(tags.get("GPS GPSLatitude"), str(tags.get("GPS GPSLatitudeRef", "")), "NS", 90)
    longitude = _degrees(tags.get("GPS GPSLongitude"), str(tags.get("GPS GPSLongitudeRef", "")), "EW", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None, None  # 0, 0 is what cameras write without a fix
    return latitude, longitude


def _degrees(tag: Any, reference: str, signs: str, limit: int) -> int | None:
    try:
        whole, minutes, seconds = (Fraction(part.num, part.den) for part in tag.values)
        letter = reference.strip().upper()[0]
    except (AttributeError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    degrees = whole + minutes / 60 + seconds / 3600
    if letter not in signs or not 0 <= degrees <= limit:
        return None
    return round(degrees * 10_000_000) * (-1 if letter == signs[1] else 1)


def _orientation(tags: Mapping[str, Any]) -> int:
    try:
        value = int(tags["Image Orientation"].values[0])
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return 1
    return value if 1 <= value <= 8 else 1
