"""Reads KML and KMZ: the placemarks with their points, lines, areas and times, for tracks and for layers of the map.

Nothing outside the file is ever fetched: links to the network and pictures are passed over.
"""

from __future__ import annotations

import errno
import hashlib
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ranger_app.geo.track_file import (
    CHUNK,
    LONGEST_REMARK,
    MOST_BYTES,
    TrackFile,
    number_of,
    opened,
    place,
    refused,
    too_big,
    without_places,
    words,
)
from ranger_app.geo.way import Mark, Way
from ranger_app.geo.xml_elements import Elements, parse
from ranger_app.i18n import _

_MOST_PLACEMARKS = 200_000
_MOST_ENTRIES = 10_000
_LONGEST_COORDINATE = 200
_MOST_FURTHER = 200
_LISTS = {"point": "point", "linestring": "line", "linearring": "line"}
_TEXTS = frozenset(("name", "description", "when", "begin", "coordinates", "coord", "value", "simpledata"))


@dataclass(slots=True)
class Placemark:
    """One geometry of a placemark. A placemark of several geometries comes as several of these, with one ``number``."""

    number: int
    kind: str
    """point, line or polygon."""
    name: str
    description: str
    points: Way
    """The point, the line with its times, or the outer ring."""
    holes: list[Way] = field(default_factory=list)
    extended: dict[str, str] = field(default_factory=dict)
    """Further data of the placemark, by name, as written."""

    @property
    def rings(self) -> list[list[tuple[float, float]]]:
        """(longitude, latitude) as GeoJSON has them: the line or outer ring first, then the holes."""
        return [list(zip(way.longitude, way.latitude, strict=True)) for way in (self.points, *self.holes)]

    @property
    def times(self) -> list[float]:
        """Milliseconds since 1970 UTC of each point, NaN where there is none."""
        return list(self.points.time)


def placemarks(path: Path, *, naive_offset: int = 0, most_bytes: int = MOST_BYTES) -> list[Placemark]:
    """Everything with a geometry in the KML or KMZ file ``path``, in the order of the file, degrees as written.

    Positions that are no place on Earth are NaN. ``naive_offset``: minutes east of UTC for times without a zone.
    Raises DataProblem for what is no readable KML of a bearable size; EnvironmentProblem where it cannot be read.
    """
    found: list[Placemark] = []
    _read(path, TrackFile("kml", naive_offset=naive_offset), found.append, most_bytes)
    return found


def read_kml(path: Path, *, naive_offset: int = 0, most_bytes: int = MOST_BYTES) -> TrackFile:
    """The lines of the KML or KMZ file ``path`` as ways, its points as waypoints; areas are passed over, and counted.

    A line without any time carries no hours, but it is taken for a recorded track: KML does not say which it is.
    Raises as ``placemarks`` does, and where nothing in the file has a place.
    """
    file = TrackFile("kml", naive_offset=naive_offset)
    last: list[int] = []

    def take(mark: Placemark) -> None:
        if mark.kind == "polygon":
            file.passed_over += 1
        elif mark.kind == "point":
            of = mark.points
            file.add_waypoint(
                Mark(mark.name, mark.description, "", of.latitude[0], of.longitude[0], of.elevation[0], of.time[0])
            )
        elif last == [mark.number]:  # one more part of a line in several parts
            whole = file.ways[-1]
            segment = whole.segment[-1] + 1
            for column in ("latitude", "longitude", "elevation", "time"):
                getattr(whole, column).extend(getattr(mark.points, column))
            whole.segment.extend([segment] * len(mark.points))
        elif len(mark.points):
            mark.points.name = mark.name
            file.add_way(mark.points)
            last[:] = [mark.number]

    _read(path, file, take, most_bytes)
    if not file.usable:
        raise without_places("kml")
    return file


def _read(path: Path, file: TrackFile, take: Callable[[Placemark], None], most_bytes: int) -> None:
    reader = _Reader(file, take)
    with opened(path, "kml") as source:
        zipped = source.read(4) == b"PK\x03\x04"
        source.seek(0)
        if not zipped:
            file.sha256 = parse(source, reader, most_bytes)
        else:
            file.format = "kmz"
            file.sha256 = _sha256(source, most_bytes)
            with _unzipped(source) as inner:
                parse(inner, reader, most_bytes)
    if reader.links and not reader.number:
        raise refused(
            "KML_LINK_ONLY",
            _("The file holds no places, only a link to a file on the network."),
            _("Nothing was taken. Open the link in a browser, save the file it leads to, and take that one."),
        )


def _sha256(source: BinaryIO, most_bytes: int) -> str:
    digest = hashlib.sha256()
    total = 0
    while chunk := source.read(CHUNK):
        total += len(chunk)
        if total > most_bytes:
            raise too_big("kmz")
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _unzipped(source: BinaryIO) -> Iterator[BinaryIO]:
    """The KML inside a KMZ: the first at the top (KML 2.2 reference, KMZ files), unpacked while it is read."""
    try:
        _check_directory(source)
        with zipfile.ZipFile(source) as archive:
            inside = [one for one in archive.infolist() if one.filename.casefold().endswith(".kml")]
            inside.sort(key=lambda one: one.filename.count("/"))  # stable: the first of the topmost
            if not inside:
                raise refused("NOT_KML", _("This is a ZIP file without a KML file in it."))
            wanted = inside[0]
            # Other methods may ask for gigabytes to unpack a few bytes.
            if wanted.flag_bits & 1 or wanted.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise refused("KMZ_LOCKED", _("The KMZ file is locked, or packed in an unusual way."))
            with archive.open(wanted) as inner:
                yield inner  # type: ignore[misc]  # reads as a BinaryIO does
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, RuntimeError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # the disk's, not the file's
            raise
        raise refused("KMZ_BROKEN", _("The KMZ file is damaged and cannot be unpacked.")) from error


def _check_directory(source: BinaryIO) -> None:
    """Refuse an archive of so many entries that their list alone would fill the memory."""
    size = source.seek(0, 2)
    source.seek(max(0, size - (1 << 16) - 22))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise zipfile.BadZipFile
    entries, length = struct.unpack_from("<HI", tail, at + 10)
    if entries > _MOST_ENTRIES or length > 4 * 1024 * 1024 or tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
        raise too_big("kmz")
    source.seek(0)


class _Reader(Elements):
    """What is being gathered from a KML file."""

    form = "kml"
    roots = frozenset(("kml", "document", "folder", "placemark"))

    def __init__(self, file: TrackFile, take: Callable[[Placemark], None]) -> None:
        super().__init__()
        self.file, self.take = file, take
        self.number = 0
        self.links = 0
        self.texts: dict[str, str] = {}
        self.further: dict[str, str] = {}
        self.key = ""
        self.inside = False  # a placemark
        self.geometries: list[tuple[str, Way, list[Way]]] = []
        self.polygon: list[Way] | None = None  # outer ring and holes being read
        self.hole = False
        self.list: _Coordinates | None = None
        self.whens: list[float] | None = None  # of the gx:Track being read
        self.line: Way | None = None

    def opened(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        name = self.path[-1] = name.rpartition(":")[2].lower()
        if name == "placemark":
            self.texts, self.further, self.geometries, self.inside = {}, {}, [], True
            self.number += 1
            if self.number > _MOST_PLACEMARKS:
                raise too_big("kml")
        elif name == "networklink":
            self.links += 1
        elif name == "name" and parent == "document" and not self.file.name:
            self.collect()
        elif not self.inside:
            return
        elif name == "coordinates":
            self.list = _Coordinates(self.file)
        elif name in ("data", "simpledata"):
            self.key = attributes.get("name", "")
            if name == "simpledata":
                self.collect()
        elif name == "polygon":
            self.polygon = []
        elif name in ("outerboundaryis", "innerboundaryis"):
            self.hole = name == "innerboundaryis"
        elif name == "track":
            self.whens, self.line = [], Way()
        elif name in _TEXTS and (parent in ("placemark", "timestamp", "timespan", "track", "data")):
            self.collect()

    def data(self, text: str) -> None:
        if self.list is not None:
            self.list.feed(text)
        else:
            super().data(text)

    def closed(self, name: str, parent: str, text: str | None) -> None:
        if name == "coordinates" and self.list is not None:
            way = self.list.end()
            self.list = None
            if self.polygon is not None:
                self.polygon.insert(len(self.polygon) if self.hole else 0, way)
            elif parent in _LISTS and len(way):
                self.geometries.append((_LISTS[parent], way, []))
        elif name == "polygon":
            if self.polygon and len(self.polygon[0]):
                self.geometries.append(("polygon", self.polygon[0], self.polygon[1:]))
            self.polygon, self.hole = None, False
        elif name == "track" and self.line is not None and self.whens is not None:
            for i, time in enumerate(self.whens[: len(self.line)]):
                self.line.time[i] = time
            if len(self.line):
                self.geometries.append(("line", self.line, []))
            self.line = self.whens = None
        elif name == "placemark":
            self._end_placemark()
        elif text is not None:
            self._text_of(name, parent, text)

    def _text_of(self, name: str, parent: str, text: str) -> None:
        if parent == "document":
            self.file.name = words(text)
        elif parent == "track" and self.line is not None and self.whens is not None:
            if name == "when":
                if len(self.whens) > len(self.line) + 1_000_000:
                    raise too_big("kml")
                self.whens.append(self.file.moment(text))
            elif name == "coord":
                _add(self.file, self.line, text.split())
        elif name in ("value", "simpledata"):
            if len(self.further) < _MOST_FURTHER:
                self.further[words(self.key)] = words(text, LONGEST_REMARK)
        else:
            self.texts.setdefault(name, text)

    def _end_placemark(self) -> None:
        self.inside = False
        name, description = words(self.texts.get("name", "")), words(self.texts.get("description", ""), LONGEST_REMARK)
        time = self.file.moment(self.texts.get("when") or self.texts.get("begin") or "")
        for kind, way, holes in self.geometries:
            if kind == "point":
                way.time[0] = time
            self.take(Placemark(self.number, kind, name, description, way, holes, self.further))


def _add(file: TrackFile, way: Way, parts: list[str]) -> None:
    file.count_point()
    longitude, latitude, elevation = (number_of(part) for part in (*parts, "", "", "")[:3])
    way.add(*place(latitude, longitude), elevation, math.nan, 0)


class _Coordinates:
    """A list of ``longitude,latitude[,metres]`` that comes in pieces cut anywhere."""

    def __init__(self, file: TrackFile) -> None:
        self.file = file
        self.way = Way()
        self.rest = ""

    def feed(self, text: str) -> None:
        pieces = (self.rest + text).split()
        self.rest = ""
        if pieces and not text[-1:].isspace():
            self.rest = pieces.pop()
            if len(self.rest) > _LONGEST_COORDINATE:
                raise refused("KML_BROKEN", _("The file holds a coordinate longer than any number."))
        for piece in pieces:
            self._take(piece)

    def end(self) -> Way:
        if self.rest:
            self._take(self.rest)
        return self.way

    def _take(self, piece: str) -> None:
        _add(self.file, self.way, piece.split(","))
