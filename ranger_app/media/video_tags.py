"""What the tags of a video state: the camera's clock as its digits stand, its make, where it was.

MP4 asks for UTC, but trail cameras write their local clock there; which of the two it is, a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from fractions import Fraction

from av.container import InputContainer
from av.video.stream import VideoStream

from ranger_app.media.exif import Exif

_TIME = re.compile(r"(\d{4})[-:/](\d\d)[-:/](\d\d)/?[T ]+(\d\d):(\d\d):(\d\d)", re.ASCII)
_PLACE = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?=[+-/]|$)", re.ASCII)
_NO_YEARS = (1904, 1970)
"""The years in which the clocks of these formats begin: what a camera writes that writes no date."""


def read(container: InputContainer, stream: VideoStream | None, media_type: str) -> Exif:
    """Camera time, make, model and place as the container and its picture track state them."""
    about = {key.lower(): value for key, value in container.metadata.items()}
    own = stream.metadata if stream is not None else {}
    avi = media_type == "video/x-msvideo"
    written = (
        (about.get("com.apple.quicktime.creationdate"), "creationdate"),
        (about.get("creation_time"), "IDIT" if avi else "creation_time"),
        (own.get("creation_time"), "creation_time"),
        (about.get("date"), "ICRD" if avi else "date"),
    )
    moments = ((_moment(text), name) for text, name in written)
    taken, name = next(((moment, name) for moment, name in moments if moment), (None, None))
    make = about.get("com.apple.quicktime.make") or about.get("make")
    model = about.get("com.apple.quicktime.model") or about.get("model")
    place = about.get("com.apple.quicktime.location.iso6709") or about.get("location")
    latitude, longitude = _place(place)
    return Exif(taken, name, _short(make), _short(model), None, latitude, longitude)


def _moment(text: str | None) -> str | None:
    matched = _TIME.search(text or "")
    if matched is None:
        return None
    try:
        moment = datetime(*(int(part) for part in matched.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
    return None if moment.year in _NO_YEARS else moment.isoformat()


def _place(text: str | None) -> tuple[int | None, int | None]:
    matched = _PLACE.match(text or "")
    if matched is None:
        return None, None
    latitude, longitude = (round(Fraction(part) * 10_000_000) for part in matched.groups())
    if latitude == longitude == 0 or abs(latitude) > 900_000_000 or abs(longitude) > 1_800_000_000:
        return None, None
    return latitude, longitude


def _short(text: str | None) -> str | None:
    normal = unicodedata.normalize("NFC", text or "")
    return "".join(letter for letter in normal if letter.isprintable()).strip()[:100] or None
