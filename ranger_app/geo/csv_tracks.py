"""Reads tables of positions as loggers, collars and offices write them: columns found by their headers.

Nothing about the layout is asked for that the table itself tells: separator, decimal comma, order of day and month.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.geo.track_file import (
    LONGEST_REMARK,
    MOST_WAYPOINTS,
    MOST_WAYS,
    TrackFile,
    code_of,
    epoch,
    instant,
    number_of,
    opened,
    parse_time,
    place,
    refused,
    too_big,
    without_places,
    words,
)
from ranger_app.geo.way import Mark, Way
from ranger_app.i18n import _

MOST_BYTES = 128 * 1024 * 1024
_LONGEST_CELL = 1 << 17
_MOST_COLUMNS = 500
_LONGEST_LINE = 100_000
_LONGEST_WORD = 80  # of a header or a time; patterns never look at more
_MOST_DAMAGED = 100_000
_HEADERS = {
    "latitude": "lat latitude y ycoord latdd declat decimallatitude locationlat gpslatitude"
    " широта 纬度 緯度 위도 өргөрөг",
    "longitude": "lon lng long longitude x xcoord londd declon decimallongitude locationlong gpslongitude"
    " долгота 经度 經度 경도 уртраг",
    "elevation": "ele elevation alt altitude altitudem elevationm heightm z height высота 海拔 高度 고도 өндөр",
    "stamp": "timestamp datetime dateandtime datetimeutc timeutc utctime utcdatetime utc fixtime gpstime recordedat"
    " acquisitiontime studylocaltimestamp isotime timestamputc датавремя датаивремя 日期时间 时间戳 일시",
    "date": "date day gpsdate utcdate dateutc localdate дата 日期 날짜 огноо",
    "time": "time clock timeofday localtime hour время 时间 時間 시간 цаг",
    "name": "name waypoint label title название имя 名称 名稱 이름 нэр",
    "remarks": "desc description comment comments cmt remarks notes примечание 备注",
    "type": "type kind тип",
    "track": "track trackid trackname trip tripid patrol patrolid way трек",
    "segment": "segment segmentid trackseg tracksegment segmentno",
}
_WORDS = {word: key for key, words_of in _HEADERS.items() for word in words_of.split()}
"""Headers as they are usually written, in small letters, without spaces, signs and what stands in brackets."""
_UTC = frozenset(("utc", "timeutc", "utctime", "datetimeutc", "utcdatetime", "timestamputc", "gpstime"))
_WANTED = {"latitude": "latitude (lat, latitude, y)", "longitude": "longitude (lon, lng, longitude, x)"}
_SLASHED = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?"
    r"\s*([AaPp])?\.?(?:[Mm]\.?)?)?\s*(Z|UTC|GMT|[+\-−]\d{2}:?\d{2})?",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|[+\-−]\d{2}:?\d{2})?", re.A
)
_TWO_DIGIT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


@dataclass(slots=True)
class _Times:
    """Times under both readings of a date such as 3/4/2026, until the whole file tells which is meant."""

    day_first: array[float] = field(default_factory=lambda: array("d"))
    month_first: array[float] = field(default_factory=lambda: array("d"))
    naive: array[int] = field(default_factory=lambda: array("b"))
    written: int = 0

    def add(self, day_first: float, month_first: float, naive: bool, written: bool) -> None:
        self.day_first.append(day_first)
        self.month_first.append(month_first)
        self.naive.append(naive)
        self.written += written

    def settle(self, file: TrackFile) -> array[float]:
        """The times under the reading that makes sense of more of them; DataProblem where both do and differ."""
        bad = [sum(1 for time in column if math.isnan(time)) for column in (self.day_first, self.month_first)]
        differ = any(
            a != b and not (math.isnan(a) and math.isnan(b))
            for a, b in zip(self.day_first, self.month_first, strict=True)
        )
        if bad[0] == bad[1] and differ:
            raise refused(
                "CSV_DATES_UNCLEAR",
                _("The dates of the table can be read as day/month and as month/day."),
                _("Nothing was taken. Write the dates in the file as 2026-05-31 and try again."),
            )
        chosen = self.day_first if bad[0] <= bad[1] else self.month_first
        known = [not math.isnan(time) for time in chosen]
        file.naive_times += sum(1 for naive, there in zip(self.naive, known, strict=True) if naive and there)
        file.bad_times += max(self.written - sum(known), 0)
        return chosen


def looks_like(beginning: str) -> bool:
    """Whether one of the first lines of a text is a header with latitude and longitude."""
    try:
        _header(beginning)
    except DataProblem:
        return False
    return True


def read_csv(path: Path, *, naive_offset: int = 0, most_bytes: int = MOST_BYTES) -> TrackFile:
    """The positions of the table ``path``: separated by comma, semicolon or tab, with a decimal point or comma.

    Columns are found by their headers in usual words (lat, latitude, y …). Rows are points of one track in the order
    of the file, or of several where a column names the track. Rows are waypoints where their type says so (W, wpt,
    waypoint), and all of them where the table has names but no times. ``naive_offset``: minutes east of UTC for
    times without a zone. Rows that are no rows are counted in ``damaged_lines``. Raises DataProblem, with the name of
    a column that is lacking, and EnvironmentProblem.
    """
    file = TrackFile("csv", naive_offset=naive_offset)
    with opened(path, "csv") as source:
        if source.seek(0, 2) > most_bytes:
            raise too_big("csv")
        source.seek(0)
        data = source.read()
    file.sha256 = hashlib.sha256(data).hexdigest()
    text = _decoded(data)
    del data
    start, separator, columns = _header(text)
    # A cell longer than this is none of a table of positions; readers of other tables set limits of their own.
    csv.field_size_limit(_LONGEST_CELL)
    rows = csv.reader(_lines(text, start), delimiter=separator)
    _Table(file, columns).take(rows)
    if not file.usable:
        raise without_places("csv")
    return file


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030", "cp1251")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text if "\n" in text else text.replace("\r", "\n")
    raise refused(code_of("csv", "ENCODING"), _("The file is not a table of text."))


def _lines(text: str, start: int) -> Iterator[str]:
    """Lines one by one, so that a table of a million rows is not held twice."""
    while start < len(text):
        end = text.find("\n", start, start + _LONGEST_LINE) + 1 or min(start + _LONGEST_LINE, len(text))
        yield text[start:end]
        start = end


def _header(text: str) -> tuple[int, str, dict[str, int]]:
    """Where the header row begins, the separator and the column of each thing; DataProblem naming what is lacking."""
    at = 0
    best: dict[str, int] = {}
    for _row in range(30):  # some loggers write a few lines about themselves first
        end = text.find("\n", at, at + _LONGEST_LINE)
        line = text[at : end if end >= 0 else at + _LONGEST_LINE]
        for separator in "\t;,":
            columns = _columns(line, separator)
            if "latitude" in columns and "longitude" in columns:
                return at, separator, columns
            if len(columns) > len(best):
                best = columns
        if end < 0:
            break
        at = end + 1
    lacking = [word for key, word in _WANTED.items() if key not in best]
    raise refused(
        "CSV_COLUMNS",
        _("The table has no column for {columns}.").format(columns=" + ".join(lacking)),
        _("Nothing was taken. Give the columns of the first row these names, in degrees (WGS 84), and try again."),
    )


def _columns(line: str, separator: str) -> dict[str, int]:
    csv.field_size_limit(_LONGEST_CELL)
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return {}
    found: dict[str, int] = {}
    for i, cell in enumerate(cells[:_MOST_COLUMNS]):
        word = re.sub(r"\(.*?\)|\[.*?\]|[^\w]|_", "", cell[:_LONGEST_WORD].casefold())
        key = _WORDS.get(word)
        if key is not None and key not in found:
            found[key] = i
            if key in ("stamp", "time") and (word in _UTC or "utc" in cell[:_LONGEST_WORD].casefold()):
                found["utc"] = i
    return found


class _Table:
    """Rows become ways and waypoints."""

    def __init__(self, file: TrackFile, columns: dict[str, int]) -> None:
        self.file, self.columns = file, columns
        self.ways: dict[str, Way] = {}
        self.times = _Times()
        self.marks: list[tuple[str, str, float, float, float, int]] = []
        timed = any(key in columns for key in ("stamp", "date", "time"))
        self.named = "name" in columns and not timed

    def take(self, rows: Iterator[list[str]]) -> None:
        """Read all ``rows``, the header first."""
        line = 0
        while True:
            line += 1
            try:
                cells = next(rows)
            except StopIteration:
                break
            except csv.Error as error:
                what = _("The file breaks off or is damaged in line {line}.").format(line=line)
                raise refused(code_of("csv", "BROKEN"), what) from error
            if line > 1 and any(cells):
                self._row(cells)
        self._finish()

    def _cell(self, cells: list[str], key: str) -> str:
        i = self.columns.get(key)
        return cells[i].strip() if i is not None and i < len(cells) else ""

    def _row(self, cells: list[str]) -> None:
        written = self._cell(cells, "latitude"), self._cell(cells, "longitude")
        if not any(written) and len(cells) <= max(self.columns["latitude"], self.columns["longitude"]):
            self.file.damaged_lines += 1
            if self.file.damaged_lines > _MOST_DAMAGED:
                raise too_big("csv")
            return
        latitude, longitude = place(_degrees(written[0]), _degrees(written[1]))
        elevation = _degrees(self._cell(cells, "elevation"))
        self._time(cells)
        if self._is_waypoint(cells):
            name, remarks = words(self._cell(cells, "name")), words(self._cell(cells, "remarks"), LONGEST_REMARK)
            self.marks.append((name, remarks, latitude, longitude, elevation, len(self.times.naive) - 1))
            if len(self.marks) > MOST_WAYPOINTS:
                raise too_big("csv")
            return
        self.file.count_point()
        track = words(self._cell(cells, "track"))
        way = self.ways.get(track)
        if way is None:
            way = self.ways[track] = Way(track)
            if len(self.ways) > MOST_WAYS:
                raise too_big("csv")
        segment = number_of(self._cell(cells, "segment"))
        part = 0 if math.isnan(segment) else int(segment)
        way.add(latitude, longitude, elevation, float(len(self.times.naive) - 1), part)

    def _is_waypoint(self, cells: list[str]) -> bool:
        kind = self._cell(cells, "type").casefold()
        return kind in ("w", "wpt", "waypoint") or (self.named and kind not in ("t", "trkpt", "track", "trackpoint"))

    def _time(self, cells: list[str]) -> None:
        stamp, day, clock = (self._cell(cells, key) for key in ("stamp", "date", "time"))
        text = stamp
        if day and clock and _CLOCK.fullmatch(clock):
            text = f"{_whole_day(day)} {clock}"
        elif not text:
            text = day if len(day) > 10 else clock
        utc = "utc" in self.columns
        self.times.add(*_read_time(text, 0 if utc else self.file.naive_offset, utc), bool(text))

    def _finish(self) -> None:
        times = self.times.settle(self.file)
        for way in self.ways.values():
            way.time = array("d", (times[int(row)] for row in way.time))
            self.file.add_way(way)
        for name, remarks, latitude, longitude, elevation, row in self.marks:
            self.file.add_waypoint(Mark(name, remarks, "", latitude, longitude, elevation, times[row]))


def _degrees(text: str) -> float:
    """A number with a decimal point or comma, maybe with a hemisphere's letter or a sign of degrees."""
    bare = text.strip().rstrip("°").strip()
    letter = ""
    if bare[-1:] in "NSEWnsew":
        letter, bare = bare[-1:].upper(), bare[:-1].strip().rstrip("°")
    if "," in bare and "." not in bare:
        bare = bare.replace(",", ".", 1)
    value = number_of(bare.replace("−", "-"))
    return -value if letter and letter in "SW" else value


def _whole_day(day: str) -> str:
    compact = _TWO_DIGIT.fullmatch(day)  # 20260531
    return "-".join(compact.groups()) if compact else day.split(" ")[0].split("T")[0]


def _read_time(text: str, offset: int, utc: bool) -> tuple[float, float, bool]:
    """``text`` with the day before the month, and after it; the two are the same unless the date is written so."""
    if not text or len(text) > _LONGEST_WORD:
        return math.nan, math.nan, False
    time, naive = parse_time(text, offset)
    if not math.isnan(time):
        return time, time, naive and not utc
    number = number_of(text)
    if number > 1e8:  # since 1970, in seconds or milliseconds
        time = epoch(number)
        return time, time, False
    match = _SLASHED.fullmatch(text)
    if match is None or match[5] is None:
        return math.nan, math.nan, False
    first, second, year, hour, minute = (int(match[i]) for i in (1, 3, 4, 5, 6))
    if match[9]:
        hour = hour % 12 + (12 if match[9] in "Pp" else 0)
    millis = int((match[8] or "0")[:3].ljust(3, "0"))
    zone = match[10]
    if zone:
        digits = zone[1:].replace(":", "")
        offset = 0 if zone in ("Z", "UTC", "GMT") else int(digits[:2]) * 60 + int(digits[2:])
        offset = -offset if zone[0] in "-−" else offset
    rest = (hour, minute, int(match[7] or 0), millis, offset)
    day_first, month_first = instant(year, second, first, *rest), instant(year, first, second, *rest)
    if match[2] == ".":  # 31.05.2026: nobody writes the month first with full stops
        month_first = day_first
    return day_first, month_first, not zone and not utc
