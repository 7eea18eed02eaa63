"""KML 2.2 with folders and descriptions: places as points, ways as tracks with a time for each position.

Ways with times are ``gx:MultiTrack``, which every reader of KML since 2009 knows; others are lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ranger_app.exchange.geo_text import escape, instant, number
from ranger_app.geo.way import Mark, Way

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n<Document>\n'
)
END = "</Document>\n</kml>\n"
FOLDER_END = "</Folder>\n"


def named(name: str, description: str = "") -> str:
    """The name and description of a document, folder or placemark."""
    return _leaf("name", name) + _leaf("description", description)


def folder(name: str, description: str = "") -> str:
    """The start of a folder; it ends with FOLDER_END."""
    return f"<Folder>\n{named(name, description)}"


def point(mark: Mark) -> str:
    """A place; nothing for one that lies nowhere."""
    if math.isnan(mark.latitude):
        return ""
    time = instant(mark.time)
    when = f"<TimeStamp><when>{time}</when></TimeStamp>\n" if time else ""
    position = _position(mark.latitude, mark.longitude, mark.elevation, ",")
    return (
        f"<Placemark>\n{named(mark.name, mark.remarks)}{when}"
        f"<Point><coordinates>{position}</coordinates></Point>\n</Placemark>\n"
    )


def way(one: Way, description: str) -> Iterator[str]:
    """A way, each segment a track; a point without a place is passed over."""
    segments: list[list[int]] = []
    last = None
    for i, segment in enumerate(one.segment):
        if not math.isfinite(one.latitude[i] + one.longitude[i]):
            continue
        if segment != last:
            segments.append([])
            last = segment
        segments[-1].append(i)
    yield f"<Placemark>\n{named(one.name, description)}"
    if any(not math.isnan(time) for time in one.time):
        yield "<gx:MultiTrack>\n<gx:interpolate>0</gx:interpolate>\n"
        for points in segments:
            yield "<gx:Track>\n"
            yield "".join(f"<when>{instant(one.time[i])}</when>\n" for i in points)
            yield "".join(f"<gx:coord>{_of(one, i, ' ')}</gx:coord>\n" for i in points)
            yield "</gx:Track>\n"
        yield "</gx:MultiTrack>\n"
    else:
        yield "<MultiGeometry>\n"
        for points in segments:
            yield "<LineString><coordinates>" + " ".join(_of(one, i, ",") for i in points)
            yield "</coordinates></LineString>\n"
        yield "</MultiGeometry>\n"
    yield "</Placemark>\n"


def _of(one: Way, i: int, between: str) -> str:
    return _position(one.latitude[i], one.longitude[i], one.elevation[i], between)


def _position(latitude: float, longitude: float, elevation: float, between: str) -> str:
    parts = [number(longitude), number(latitude)]
    if math.isfinite(elevation):
        parts.append(number(elevation))
    return between.join(parts)


def _leaf(name: str, content: str) -> str:
    return f"<{name}>{escape(content)}</{name}>\n" if content else ""
