"""Reads GPX 1.0 and 1.1 of any make: tracks, routes and waypoints as parsed, nothing judged here.

Element by element rather than as a tree, so that a million points fit into memory.
"""

from __future__ import annotations

from pathlib import Path

from ranger_app.geo.track_file import (
    LONGEST_NAME,
    LONGEST_REMARK,
    MOST_BYTES,
    TrackFile,
    number_of,
    opened,
    place,
    without_places,
    words,
)
from ranger_app.geo.way import Mark, Way
from ranger_app.geo.xml_elements import Elements, parse

_POINTS = {"trkpt": "trkseg", "rtept": "rte", "wpt": "gpx"}
_WANTED = frozenset(("name", "cmt", "desc", "sym", "type", "ele", "time"))
_DESCRIBED = frozenset(("trkpt", "rtept", "wpt", "trk", "rte", "metadata", "gpx"))


def read_gpx(path: Path, *, naive_offset: int = 0, most_bytes: int = MOST_BYTES) -> TrackFile:
    """The tracks, routes and waypoints of the GPX file ``path``, positions as doubles exactly as written.

    ``naive_offset``: minutes east of UTC for times written without a zone (GPX 1.1 says that times are UTC, so 0).
    Raises DataProblem for anything that is not a readable GPX file with at least one usable place;
    EnvironmentProblem where the file cannot be read.
    """
    reader = _Reader(naive_offset)
    with opened(path) as source:
        reader.file.sha256 = parse(source, reader, most_bytes)
    if not reader.usable:
        raise without_places("gpx")
    return reader.file


class _Reader(Elements):
    """What is being gathered from a GPX file."""

    def __init__(self, naive_offset: int) -> None:
        super().__init__()
        self.file = TrackFile("gpx", naive_offset=naive_offset)
        self.way: Way | None = None
        self.segments = -1
        self.usable = 0
        self.place: dict[str, str] | None = None  # the point being read: attributes and texts
        self.way_texts: dict[str, str] = {}

    def opened(self, name: str, parent: str, attributes: dict[str, str]) -> None:
        if name in _POINTS:
            if parent == _POINTS[name]:
                self.place = {"lat": attributes.get("lat", ""), "lon": attributes.get("lon", "")}
        elif name in _WANTED:
            if parent in _DESCRIBED:
                self.collect()
        elif name in ("trk", "rte"):
            if parent == "gpx":
                self.way = Way(planned=name == "rte")
                self.way_texts = {}
                self.segments = 0 if name == "rte" else -1
        elif name == "trkseg" and parent == "trk":
            self.segments += 1

    def closed(self, name: str, parent: str, text: str | None) -> None:
        if text is not None and name in _WANTED:
            if parent in _POINTS:
                if self.place is not None:
                    self.place.setdefault(name, text)
            elif parent in ("trk", "rte"):
                self.way_texts.setdefault(name, text)
            elif name == "name" and not self.file.name:
                self.file.name = words(text)
            elif name == "time" and not self.file.made > 0:
                self.file.made = TrackFile(naive_offset=self.file.naive_offset).moment(text)
        elif name in _POINTS and self.place is not None:
            self._take(name, self.place)
            self.place = None
        elif name in ("trk", "rte") and parent == "gpx" and self.way is not None:
            self.way.name = words(self.way_texts.get("name", ""))
            self.file.add_way(self.way)
            self.way = None

    def _take(self, name: str, point: dict[str, str]) -> None:
        latitude, longitude = place(number_of(point["lat"].strip()), number_of(point["lon"].strip()))
        self.usable += latitude == latitude
        elevation = number_of(point.get("ele"))
        moment = self.file.moment(point.get("time", ""))
        if name == "wpt":
            remarks = list(dict.fromkeys(point[key] for key in ("cmt", "desc") if point.get(key)))
            title = words(point.get("name", "")[:LONGEST_NAME])
            text = words("\n".join(remark for remark in remarks if remark != title), LONGEST_REMARK)
            symbol = words(point.get("sym") or point.get("type") or "")
            self.file.add_waypoint(Mark(title, text, symbol, latitude, longitude, elevation, moment))
        elif self.way is not None:
            self.file.count_point()
            self.way.add(latitude, longitude, elevation, moment, self.segments)
