"""Reads what receivers say themselves: NMEA 0183 lines, of which GGA and RMC tell place, time and height.

pynmeagps reads each sentence and checks its sum; how sentences of one second become one point is decided here.
"""

from __future__ import annotations

import hashlib
import math
import re
from array import array
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from ranger_app.geo.track_file import (
    TrackFile,
    instant,
    number_of,
    opened,
    place,
    refused,
    too_big,
    without_places,
    words,
)
from ranger_app.geo.way import Mark, Way
from ranger_app.i18n import _

MOST_BYTES = 128 * 1024 * 1024
_LONGEST_LINE = 1024
_SENTENCE = re.compile(rb"\$[A-Z]{2}(GGA|RMC|WPL),[\x20-\x7e]{0,200}?\*[0-9A-Fa-f]{2}")
_BEGINS = re.compile(rb"\$[A-Z]{2}(?:GGA|RMC|WPL),")
_DAY = 86_400_000.0
_MOST_DAMAGED = 1000
"""Without one good sentence among so many the file is none of this kind."""


def looks_like(head: bytes) -> bool:
    """Whether the beginning of a file holds a sentence of a receiver, maybe behind a logger's own stamp."""
    return re.search(rb"(?:^|[\r\n,; \t])[$!][A-Z]{2}[A-Z]{3},", head) is not None


def read_nmea(path: Path, *, most_bytes: int = MOST_BYTES) -> TrackFile:
    """The track of the NMEA file ``path``. Times are UTC by the standard; the date comes from RMC.

    A sentence with a wrong checksum or broken off is counted in ``damaged_lines`` and passed over. Fixes that the
    receiver itself calls void have no place. Before the first date and without any, times are not known.
    Raises DataProblem and EnvironmentProblem.
    """
    track = _Track(TrackFile("nmea"))
    file = track.file
    digest = hashlib.sha256()
    total = good = 0
    with opened(path, "nmea") as source:
        while line := source.readline(_LONGEST_LINE):
            total += len(line)
            if total > most_bytes:
                raise too_big("nmea")
            digest.update(line)
            message = None
            for sentence in _sentences(line, file):
                message = _parsed(sentence)
                if message is None:
                    file.damaged_lines += 1
                else:
                    track.take(message)
                    good += 1
            if not good and file.damaged_lines > _MOST_DAMAGED:
                raise refused("NOT_NMEA", _("The file holds no whole sentence of a receiver."))
    track.end()
    file.sha256 = digest.hexdigest()
    if not file.usable:
        raise without_places("nmea")
    return file


def _sentences(line: bytes, file: TrackFile) -> Iterator[bytes]:
    begun = len(_BEGINS.findall(line))
    if not begun:
        return
    found = list(_SENTENCE.finditer(line))
    file.damaged_lines += begun - len(found)
    for match in found:
        yield match[0]


def _parsed(sentence: bytes) -> Any:
    """The sentence as pynmeagps reads it; None where its checksum is wrong or its parts are no numbers."""
    from pynmeagps import NMEAReader
    from pynmeagps.exceptions import NMEAMessageError, NMEAParseError, NMEATypeError

    try:
        return NMEAReader.parse(sentence + b"\r\n")
    except (
        NMEAParseError,
        NMEAMessageError,
        NMEATypeError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
    ):
        return None


class _Track:
    """Sentences of one time of day become one point; a date holds until the next, and past midnight the next day."""

    def __init__(self, file: TrackFile) -> None:
        self.file = file
        self.way = Way()
        self.day: date | None = None
        self.clock = math.nan  # milliseconds into the day, of the point being gathered
        self.last_clock = math.nan
        self.latitude = self.longitude = self.elevation = math.nan
        self.pending = False
        self.undated = array("q")  # points before the first date

    def take(self, message: Any) -> None:
        kind = message.msgID
        if kind == "WPL":
            at = place(_number(message, "lat"), _number(message, "lon"))
            self.file.add_waypoint(Mark(words(str(getattr(message, "wpt", ""))), "", "", *at, math.nan, math.nan))
            return
        clock = _clock(getattr(message, "time", None))
        if self.pending and not (clock == self.clock or (math.isnan(clock) and math.isnan(self.clock))):
            self._flush()
        self.pending = True
        self.clock = clock
        if kind == "RMC":
            if isinstance(day := getattr(message, "date", None), date):
                self._date(day)
            fixed = getattr(message, "status", "") == "A"
        else:
            fixed = bool(getattr(message, "quality", 0))
            self.elevation = _number(message, "alt") if fixed else math.nan
        if fixed:
            latitude, longitude = place(_number(message, "lat"), _number(message, "lon"))
            if not math.isnan(latitude):
                self.latitude, self.longitude = latitude, longitude

    def end(self) -> None:
        if self.pending:
            self._flush()
        for i in self.undated:
            self.way.time[i] = math.nan
        self.file.add_way(self.way)

    def _date(self, day: date) -> None:
        if self.day is None:  # the points until now were earlier on this day, or before midnight
            of, later = day, self.clock
            for i in reversed(self.undated):
                clock = self.way.time[i]
                if clock > later + _DAY / 2:
                    of -= timedelta(days=1)
                self.way.time[i], later = _moment(of, clock), clock
            self.undated = array("q")
        self.day = day
        self.last_clock = math.nan  # this date is that of this very second

    def _flush(self) -> None:
        self.file.count_point()
        if self.day is not None and self.clock < self.last_clock - _DAY / 2:
            self.day += timedelta(days=1)
        time = self.clock
        if self.day is None:
            if not math.isnan(time):
                self.undated.append(len(self.way))
        else:
            time = _moment(self.day, time)
        self.way.add(self.latitude, self.longitude, self.elevation, time, 0)
        if not math.isnan(self.clock):
            self.last_clock = self.clock
        self.latitude = self.longitude = self.elevation = math.nan
        self.pending = False


def _number(message: Any, name: str) -> float:
    return number_of(getattr(message, name, None))


def _clock(written: object) -> float:
    if not isinstance(written, time):
        return math.nan
    return ((written.hour * 60 + written.minute) * 60 + written.second) * 1000.0 + written.microsecond // 1000


def _moment(day: date, clock: float) -> float:
    if math.isnan(clock):
        return math.nan
    return instant(day.year, day.month, day.day, 0, 0, 0) + clock
