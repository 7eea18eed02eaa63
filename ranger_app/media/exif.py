"""What a picture says about itself: camera time as written, camera, place, orientation.

Nothing is invented here: a field the file does not hold, or holds as zeros, stays None.
"""

from __future__ import annotations

import io
import logging
import re
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


def read(data: Data, media_type: str) -> Exif:
    """The EXIF of a picture given as bytes or a memory map. Never raises: what cannot be read is absent."""
    if media_type == "image/heic":
        data = heic.exif_of(data)
        if not data:
            return Exif()
    source = data if media_type in ("image/tiff", "image/heic", "image/png") else data[:_HEAD]
    tags = _tags(source, details=False)
    time, time_source = _time(tags)
    make, model = _text(tags.get("Image Make")), _text(tags.get("Image Model"))
    serial = _text(tags.get("EXIF BodySerialNumber")) or _text(tags.get("Image CameraSerialNumber"))
    if serial is not None and not serial.strip("0 "):
        serial = None
    if tags and ((make is None and time is None) or (make or "").upper().startswith("RECONYX")):
        note = reconyx.read(_maker_note(source))
        serial = serial or note.serial_number
        if note.serial_number or note.camera_time:
            make = make or "RECONYX"
        if time is None and note.camera_time is not None:
            time, time_source = note.camera_time.isoformat(), MAKER_NOTE
    latitude, longitude = _place(tags)
    return Exif(time, time_source, make, model, serial, latitude, longitude, _orientation(tags))


def _tags(data: Data, *, details: bool) -> Mapping[str, Any]:
    try:
        stream: Any = io.BytesIO(data) if isinstance(data, bytes) else data
        stream.seek(0)
        found: Mapping[str, Any] = exifread.process_file(stream, details=details, extract_thumbnail=False)
    except Exception:  # a hostile file may raise anything inside the reader; the picture itself is still evidence
        return {}
    return found


def _maker_note(data: Data) -> bytes:
    note = _tags(data, details=True).get("EXIF MakerNote")
    try:
        return bytes(note.values) if note is not None else b""
    except (TypeError, ValueError):
        return b""


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
