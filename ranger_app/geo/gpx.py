"""Reads GPX 1.0 and 1.1 of any make: tracks, routes and waypoints as parsed, nothing judged here.

An event parser of our own rather than a tree: memory stays bounded, a document type is refused before its first
entity, and prefixed, unprefixed and oddly encoded files are read alike.
"""

from __future__ import annotations

import codecs
import hashlib
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from ranger_app.errors import DataProblem, EnvironmentProblem
from ranger_app.geo.way import Mark, Way
from ranger_app.i18n import _

MOST_BYTES = 200 * 1024 * 1024
MOST_POINTS = 1_000_000
MOST_WAYPOINTS = 100_000
MOST_WAYS = 5_000
_DEEPEST = 100
_LONGEST_NAME = 500
_LONGEST_REMARK = 20_000
_CHUNK = 1 << 16
_LONGEST_TOKEN = 1 << 20  # expat looks through an unfinished tag again with each chunk
_WANTED = frozenset(("name", "cmt", "desc", "sym", "type", "ele", "time"))
_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?\s*(Z|z|[+\-−]\d{2}(?::?\d{2})?)?"
)
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._\-]{1,40})["']""")


@dataclass(slots=True)
class Gpx:
    """What one GPX file holds. ``naive_times`` counts times written without a zone."""

    ways: list[Way] = field(default_factory=list)
    waypoints: list[Mark] = field(default_factory=list)
    name: str = ""
    naive_times: int = 0
    bad_times: int = 0
    sha256: str = ""


def read_gpx(path: Path, *, naive_offset: int = 0, most_bytes: int = MOST_BYTES) -> Gpx:
    """The tracks, routes and waypoints of the GPX file ``path``, positions as doubles exactly as written.

    ``naive_offset``: minutes east of UTC for times written without a zone (GPX 1.1 says that times are UTC, so 0).
    Raises DataProblem for anything that is not a readable GPX file with at least one usable place;
    EnvironmentProblem where the file cannot be read.
    """
    try:
        with path.open("rb") as source:
            return _parse(source, naive_offset, most_bytes)
    except FileNotFoundError as error:
        raise DataProblem(
            "FILE_NOT_FOUND",
            _("There is no file {file}.").format(file=path),
            _("Check the name, and that the card or stick is still in."),
        ) from error
    except IsADirectoryError as error:
        raise _refused("GPX_NOT_A_FILE", _("This is a folder, not a GPX file.")) from error
    except OSError as error:
        if path.is_dir():  # Windows says only "permission denied" of a folder
            raise _refused("GPX_NOT_A_FILE", _("This is a folder, not a GPX file.")) from error
        raise EnvironmentProblem(
            "FILE_NOT_READABLE",
            _("The file {file} could not be read: {reason}.").format(file=path, reason=error.strerror or error),
            _("Check that the card or stick is still in, then try again."),
        ) from error


def parse_time(text: str, naive_offset: int = 0) -> tuple[float, bool]:
    """``text`` as (milliseconds since 1970 UTC or NaN, written without a zone). Fractions are cut to milliseconds."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return math.nan, False
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    second = int(match[6] or 0)
    zone = match[8]
    try:
        moment = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return math.nan, False
    # 24:00:00 and a leap second are legal in ISO 8601 and unknown to datetime.
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return math.nan, False
    offset = naive_offset
    if zone in ("Z", "z"):
        offset = 0
    elif zone:
        digits = zone[1:].replace(":", "")
        offset = int(digits[:2]) * 60 + int(digits[2:] or 0)
        offset = offset if zone[0] == "+" else -offset
    millis = int((match[7] or "0")[:3].ljust(3, "0"))
    days = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(days=1)
    total = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
    return float(total * 1000 + millis), zone is None


def _refused(code: str, what: str) -> DataProblem:
    todo = _("Nothing was taken. Choose another file, or export the track again from the device.")
    return DataProblem(code, what, todo)


def _too_big() -> DataProblem:
    return _refused("GPX_TOO_BIG", _("The file is larger than a track file can be."))


def _number(text: str | None) -> float:
    try:
        value = float((text or "").strip())
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


class _Reader:
    """Expat's handlers and what they have gathered."""

    def __init__(self, naive_offset: int) -> None:
        self.gpx = Gpx()
        self.naive_offset = naive_offset
        self.path: list[str] = []
        self.prefix = ""
        self.way: Way | None = None
        self.segments = -1
        self.points = 0
        self.usable = 0
        self.place: dict[str, str] | None = None  # the point being read: attributes and texts
        self.way_texts: dict[str, str] = {}
        self.text: list[str] | None = None
        self.text_length = 0

    def doctype(self, *_args: object) -> None:
        raise _refused("GPX_DOCTYPE", _("The file declares a document type or entities, which no GPS device writes."))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        # Prefixes are compared as written, because devices forget to declare those of their extensions.
        prefix, _colon, name = tag.rpartition(":")
        if not self.path:
            self.prefix = prefix
        name = name.lower() if prefix == self.prefix else tag
        if not self.path and name != "gpx":
            raise _refused("NOT_GPX", _("The file is XML but not GPX."))
        if len(self.path) >= _DEEPEST:
            raise _refused("NOT_GPX", _("The file is nested deeper than any GPX file."))
        parent = self.path[-1] if self.path else ""
        self.path.append(name)
        if name in ("trk", "rte") and parent == "gpx":
            self.way = Way(planned=name == "rte")
            self.way_texts = {}
            self.segments = 0 if name == "rte" else -1
        elif name == "trkseg" and parent == "trk":
            self.segments += 1
        elif (name, parent) in (("trkpt", "trkseg"), ("rtept", "rte"), ("wpt", "gpx")):
            self.place = {"lat": attributes.get("lat", ""), "lon": attributes.get("lon", "")}
        elif name in _WANTED and parent in ("trkpt", "rtept", "wpt", "trk", "rte", "metadata", "gpx"):
            self.text, self.text_length = [], 0

    def data(self, text: str) -> None:
        if self.text is not None and self.text_length < _LONGEST_REMARK:
            self.text.append(text)
            self.text_length += len(text)

    def end(self, _tag: str) -> None:
        name = self.path.pop()
        parent = self.path[-1] if self.path else ""
        if self.text is not None and name in _WANTED:
            written = "".join(self.text).strip()[:_LONGEST_REMARK]
            self.text = None
            if parent in ("trkpt", "rtept", "wpt"):
                if self.place is not None:
                    self.place.setdefault(name, written)
            elif parent in ("trk", "rte"):
                self.way_texts.setdefault(name, written)
            elif name == "name" and not self.gpx.name:
                self.gpx.name = written[:_LONGEST_NAME]
        elif name in ("trkpt", "rtept", "wpt") and self.place is not None:
            self._take(name, self.place)
            self.place = None
        elif name in ("trk", "rte") and parent == "gpx" and self.way is not None:
            self.way.name = self.way_texts.get("name", "")[:_LONGEST_NAME]
            if len(self.way):
                if len(self.gpx.ways) >= MOST_WAYS:
                    raise _too_big()
                self.gpx.ways.append(self.way)
            self.way = None

    def _take(self, name: str, place: dict[str, str]) -> None:
        latitude, longitude = _number(place["lat"]), _number(place["lon"])
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            latitude = longitude = math.nan
        else:
            self.usable += 1
        elevation = _number(place.get("ele"))
        moment, naive = math.nan, False
        if place.get("time"):
            moment, naive = parse_time(place["time"], self.naive_offset)
            self.gpx.naive_times += naive
            self.gpx.bad_times += math.isnan(moment)
        if name == "wpt":
            if len(self.gpx.waypoints) >= MOST_WAYPOINTS:
                raise _too_big()
            remarks = list(dict.fromkeys(place[key] for key in ("cmt", "desc") if place.get(key)))
            title = place.get("name", "")[:_LONGEST_NAME]
            text = "\n".join(remark for remark in remarks if remark != title)
            symbol = (place.get("sym") or place.get("type") or "")[:_LONGEST_NAME]
            self.gpx.waypoints.append(Mark(title, text, symbol, latitude, longitude, elevation, moment))
        elif self.way is not None:
            self.points += 1
            if self.points > MOST_POINTS:
                raise _too_big()
            self.way.add(latitude, longitude, elevation, moment, self.segments)


def _parse(source: BinaryIO, naive_offset: int, most_bytes: int) -> Gpx:
    reader = _Reader(naive_offset)
    head = source.read(1024)
    if not head.strip():
        raise _refused("GPX_EMPTY", _("The file is empty."))
    decode, encoding = _decoder(head)
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = reader.doctype
    digest = hashlib.sha256()
    total = given = 0
    chunk = head
    try:
        while chunk:
            total += len(chunk)
            if total > most_bytes:
                raise _too_big()
            digest.update(chunk)
            fed = decode.decode(chunk).encode("utf-8") if decode else chunk
            parser.Parse(fed, False)
            given += len(fed)
            if given - max(parser.CurrentByteIndex, 0) > _LONGEST_TOKEN:
                raise _refused("NOT_GPX", _("The file holds a tag or comment longer than any in a GPX file."))
            chunk = source.read(_CHUNK)
        parser.Parse(decode.decode(b"", True).encode("utf-8") if decode else b"", True)
    except expat.ExpatError as error:
        if not reader.path and not reader.gpx.ways:
            raise _refused("NOT_GPX", _("This is not a GPX file.")) from error
        raise _refused(
            "GPX_BROKEN", _("The file breaks off or is damaged in line {line}.").format(line=error.lineno)
        ) from error
    except (UnicodeError, ValueError, LookupError) as error:
        raise _refused("GPX_ENCODING", _("The letters of the file are not in the encoding it names.")) from error
    reader.gpx.sha256 = digest.hexdigest()
    if not reader.usable:
        raise _refused("GPX_NO_PLACES", _("The file holds no track point, route point or waypoint with a place."))
    return reader.gpx


def _decoder(head: bytes) -> tuple[codecs.IncrementalDecoder | None, str | None]:
    """A decoder for the multi-byte encodings that expat cannot read, and the encoding then forced on expat."""
    declared = _ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return None, None
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name
    except LookupError:
        return None, None
    if name.startswith(("gb", "big5", "hz", "euc", "cp932", "cp949", "cp950", "shift_jis", "johab", "iso2022")):
        return codecs.getincrementaldecoder(name)(), "utf-8"
    return None, None
