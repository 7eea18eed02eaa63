"""What every reader of track files shares: what a file holds, how much it may hold, its times, numbers and refusals.

Each format has a reader of its own beside this file; ``track_files.read`` looks at the content and asks the right one.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from ranger_app.errors import DataProblem, file_missing, file_unreadable
from ranger_app.geo.way import Mark, Way
from ranger_app.i18n import _

MOST_BYTES = 200 * 1024 * 1024
MOST_POINTS = 1_000_000
MOST_WAYPOINTS = 100_000
MOST_WAYS = 5_000
LONGEST_NAME = 500
LONGEST_REMARK = 20_000
CHUNK = 1 << 16
_TIME = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?"
    r"\s*(Z|z|UTC|GMT|[+\-−]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)
_UNPRINTED = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


@dataclass(slots=True)
class TrackFile:
    """What one file holds, whatever its format."""

    format: str = ""
    """gpx, kml, kmz, geojson, csv or nmea."""
    ways: list[Way] = field(default_factory=list)
    waypoints: list[Mark] = field(default_factory=list)
    name: str = ""
    naive_times: int = 0
    """Times written without a zone."""
    naive_offset: int = 0
    """Minutes east of UTC that those were taken for."""
    bad_times: int = 0
    damaged_lines: int = 0
    """Lines that were passed over: a wrong checksum, too few columns."""
    made: float = math.nan
    """When the file says that it was written, milliseconds since 1970 UTC."""
    passed_over: int = 0
    """Areas and other things that are no track, route or waypoint."""
    sha256: str = ""
    points: int = 0
    """Track and route points, for the limit."""

    def add_way(self, way: Way) -> None:
        """Take ``way`` unless it is empty; DataProblem where a file cannot hold so many."""
        if not len(way):
            return
        if len(self.ways) >= MOST_WAYS:
            raise too_big(self.format)
        self.ways.append(way)

    def add_waypoint(self, mark: Mark) -> None:
        """Take ``mark``; DataProblem where a file cannot hold so many."""
        if len(self.waypoints) >= MOST_WAYPOINTS:
            raise too_big(self.format)
        self.waypoints.append(mark)

    def count_point(self) -> None:
        """One more point of a way; DataProblem where a file cannot hold so many."""
        self.points += 1
        if self.points > MOST_POINTS:
            raise too_big(self.format)

    def moment(self, text: str) -> float:
        """``text`` in milliseconds since 1970 UTC, NaN for none; counts what has no zone or is no time."""
        if not text:
            return math.nan
        time, naive = parse_time(text, self.naive_offset)
        self.naive_times += naive
        self.bad_times += math.isnan(time)
        return time

    @property
    def usable(self) -> bool:
        """Whether any point or waypoint has a place."""
        return any(not math.isnan(mark.latitude) for mark in self.waypoints) or any(
            not math.isnan(latitude) for way in self.ways for latitude in way.latitude
        )


def parse_time(text: str, naive_offset: int = 0) -> tuple[float, bool]:
    """``text`` as (milliseconds since 1970 UTC or NaN, written without a zone). Fractions are cut to milliseconds."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return math.nan, False
    zone = match[8]
    offset = naive_offset
    if zone in ("Z", "z", "UTC", "GMT"):
        offset = 0
    elif zone:
        digits = zone[1:].replace(":", "")
        offset = int(digits[:2]) * 60 + int(digits[2:] or 0)
        offset = offset if zone[0] == "+" else -offset
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    millis = int((match[7] or "0")[:3].ljust(3, "0"))
    time = instant(year, month, day, hour, minute, int(match[6] or 0), millis, offset)
    return time, zone is None and not math.isnan(time)


def instant(
    year: int, month: int, day: int, hour: int, minute: int, second: int, millis: int = 0, offset: int = 0
) -> float:
    """Milliseconds since 1970 UTC of a clock ``offset`` minutes east of UTC; NaN where there is no such moment."""
    # 24:00:00 and a leap second are legal in ISO 8601 and unknown to datetime.
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return math.nan
    days = _day_number(year, month, day)
    if days is None:
        return math.nan
    return float((((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + millis)


@lru_cache(maxsize=1024)  # a million points lie on a few days
def _day_number(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None


def epoch(number: float) -> float:
    """A number that stands for a time since 1970 UTC, in milliseconds: seconds below 100,000,000,000, else ms."""
    if not math.isfinite(number) or number <= 0:
        return math.nan
    return number * 1000 if number < 1e11 else number


def number_of(text: object) -> float:
    """A finite number from a text or a JSON value, else NaN."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return math.nan
    if isinstance(text, str) and "_" in text:  # Python's own way of writing 1_000
        return math.nan
    try:
        value = float(text)
    except (ValueError, OverflowError):
        return math.nan
    return value if math.isfinite(value) else math.nan


def place(latitude: float, longitude: float) -> tuple[float, float]:
    """Both as they are, or both NaN where they are no place on Earth."""
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        return latitude, longitude
    return math.nan, math.nan


def words(text: object, longest: int = LONGEST_NAME) -> str:
    """A text of a file without what no database or screen takes: control characters and halves of letters."""
    if not isinstance(text, str):
        return ""
    whole = text[:longest].translate(_UNPRINTED).encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", whole).strip()


FORMATS = {"gpx": "GPX", "kml": "KML", "kmz": "KMZ", "geojson": "GeoJSON", "csv": "CSV", "nmea": "NMEA"}
"""The formats by their code, with the name that people know."""


def refused(code: str, what: str, todo: str = "") -> DataProblem:
    """A file that is not taken, in one sentence, with what to do next."""
    return DataProblem(
        code, what, todo or _("Nothing was taken. Choose another file, or export the track again from the device.")
    )


def code_of(form: str, ending: str) -> str:
    """A stable code such as GPX_EMPTY."""
    return f"{form.upper()}_{ending}"


def too_big(form: str) -> DataProblem:
    """The file, or what it unpacks to, is beyond any track file."""
    return refused(
        code_of(form or "track", "TOO_BIG"),
        _("The file is larger than a track file can be."),
        _("Nothing was taken. Export fewer days at a time from the device and take those files."),
    )


def without_places(form: str) -> DataProblem:
    """There is nothing in the file that lies anywhere."""
    return refused(
        code_of(form, "NO_PLACES"), _("The file holds no track point, route point or waypoint with a place.")
    )


@contextmanager
def opened(path: Path, form: str = "gpx") -> Iterator[BinaryIO]:
    """The file ``path`` open for reading; DataProblem where there is none, EnvironmentProblem where a disk fails."""
    try:
        with path.open("rb") as source:
            yield source
    except FileNotFoundError as error:
        raise file_missing(path) from error
    except OSError as error:
        if path.is_dir():  # Windows says only "permission denied" of a folder
            what = _("This is a folder, not a {format} file.").format(format=FORMATS[form])
            raise refused(code_of(form, "NOT_A_FILE"), what) from error
        raise file_unreadable(path, error) from error
