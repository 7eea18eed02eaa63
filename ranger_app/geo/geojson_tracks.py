"""Reads GeoJSON: lines as recorded tracks with the times that the usual writers put beside them, points as waypoints.

GeoJSON itself (RFC 7946) knows no times; the names read here are those of togeojson, GPSBabel, EarthRanger and SMART.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from pathlib import Path

from ranger_app.geo.track_file import (
    CHUNK,
    LONGEST_REMARK,
    TrackFile,
    code_of,
    epoch,
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

MOST_BYTES = 96 * 1024 * 1024
_MOST_LISTS = 2_500_000
_MOST_OBJECTS = 500_000
_MOST_VALUES = 6_000_000
"""What a file may hold. An object of 7 bytes takes 200 in memory, so that bytes alone bound nothing."""
_DEEPEST = 20
_LINE_TIMES = ("coordTimes", "times", "timestamps", "time")
_POINT_TIMES = ("time", "timestamp", "recorded_at", "dateTime", "datetime", "SMART_WaypointTime")
_NAMES = ("name", "title", "Name")
_REMARKS = ("desc", "description", "comment", "cmt", "notes")
_SYMBOLS = ("sym", "symbol", "type", "event_type")


def read_geojson(path: Path, *, naive_offset: int = 0, most_bytes: int = MOST_BYTES) -> TrackFile:
    """The lines of the GeoJSON file ``path`` as ways and its points as waypoints, degrees as doubles as written.

    Times come from ``coordTimes``, ``times`` or ``coordinateProperties`` of the properties, one for each position, as
    ISO 8601 or as a number (seconds or milliseconds since 1970 UTC). Areas are passed over and counted.
    ``naive_offset``: minutes east of UTC for times without a zone. Raises DataProblem and EnvironmentProblem.
    """
    file = TrackFile("geojson", naive_offset=naive_offset)
    found = _loaded(path, file, most_bytes)
    if not isinstance(found, dict) or not isinstance(found.get("type"), str):
        raise refused("NOT_GEOJSON", _("The file is JSON but not GeoJSON."))
    file.name = words(found.get("name"))
    for geometry, properties in _features(found):
        _take(file, geometry, properties)
    if not file.usable:
        raise without_places("geojson")
    return file


def _loaded(path: Path, file: TrackFile, most_bytes: int) -> object:
    digest = hashlib.sha256()
    data = bytearray()
    with opened(path, "geojson") as source:
        while chunk := source.read(CHUNK):
            data += chunk
            digest.update(chunk)
            if len(data) > most_bytes:
                raise too_big("geojson")
    file.sha256 = digest.hexdigest()
    most = ((b"[", _MOST_LISTS), (b"{", _MOST_OBJECTS), (b",", _MOST_VALUES))
    if any(data.count(sign) > number for sign, number in most):
        raise too_big("geojson")
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
        data.clear()
        return json.loads(text)
    except UnicodeError as error:
        what = _("The letters of the file are not in the encoding it names.")
        raise refused(code_of("geojson", "ENCODING"), what) from error
    except json.JSONDecodeError as error:
        what = _("The file breaks off or is damaged in line {line}.").format(line=error.lineno)
        raise refused(code_of("geojson", "BROKEN"), what) from error
    except (RecursionError, ValueError) as error:  # a number of thousands of digits is a ValueError
        what = _("The file is nested deeper, or holds longer numbers, than any GeoJSON file.")
        raise refused("NOT_GEOJSON", what) from error


def _entries(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _features(root: dict[str, object]) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    """Each geometry that is no collection, with its feature's properties."""
    stack: list[tuple[object, dict[str, object], int]] = [(root, {}, 0)]
    while stack:
        one, properties, depth = stack.pop()
        if not isinstance(one, dict) or depth > _DEEPEST:
            continue
        match one.get("type"):
            case "FeatureCollection":
                stack += [(part, {}, depth + 1) for part in reversed(_entries(one.get("features")))]
            case "Feature":
                own = one.get("properties")
                stack.append((one.get("geometry"), own if isinstance(own, dict) else {}, depth + 1))
            case "GeometryCollection":
                stack += [(part, properties, depth + 1) for part in reversed(_entries(one.get("geometries")))]
            case _:
                yield one, properties


def _take(file: TrackFile, geometry: dict[str, object], properties: dict[str, object]) -> None:
    places = _entries(geometry.get("coordinates"))
    match geometry.get("type"):
        case "Point":
            _waypoint(file, places, properties)
        case "MultiPoint":
            for one in places:
                _waypoint(file, _entries(one), properties)
        case "LineString":
            way = Way(words(_first(properties, _NAMES)))
            _line(file, way, places, _line_times(properties), 0)
            file.add_way(way)
        case "MultiLineString":
            way = Way(words(_first(properties, _NAMES)))
            times = _line_times(properties)
            apart = any(isinstance(one, list) for one in times)  # a list of times for each line, or one for all
            for segment, line in enumerate(places):
                positions = _entries(line)
                own = _entries(times[segment]) if apart and segment < len(times) else ([] if apart else times)
                _line(file, way, positions, own, segment)
                times = times if apart else times[len(positions) :]
            file.add_way(way)
        case _:
            file.passed_over += 1


def _first(properties: dict[str, object], names: tuple[str, ...]) -> object:
    return next((properties[name] for name in names if properties.get(name) not in (None, "")), None)


def _line_times(properties: dict[str, object]) -> list[object]:
    beside = properties.get("coordinateProperties")
    for source in (properties, beside if isinstance(beside, dict) else {}):
        for name in _LINE_TIMES:
            if isinstance(found := source.get(name), list):
                return found
    return []


def _time(file: TrackFile, value: object) -> float:
    if isinstance(value, str):
        return file.moment(value)
    if value is None:
        return math.nan
    time = epoch(number_of(value))
    file.bad_times += math.isnan(time)
    return time


def _position(value: object) -> tuple[float, float, float]:
    """Latitude, longitude and metres of a position, NaN where it is none."""
    numbers = [number_of(part) if not isinstance(part, str) else math.nan for part in _entries(value)[:3]]
    longitude, latitude, elevation = (*numbers, math.nan, math.nan, math.nan)[:3]
    return *place(latitude, longitude), elevation


def _line(file: TrackFile, way: Way, places: list[object], times: list[object], segment: int) -> None:
    for i, one in enumerate(places):
        file.count_point()
        time = _time(file, times[i]) if i < len(times) else math.nan
        way.add(*_position(one), time, segment)


def _waypoint(file: TrackFile, position: list[object], properties: dict[str, object]) -> None:
    latitude, longitude, elevation = _position(position)
    name = words(_first(properties, _NAMES))
    remarks = words(_first(properties, _REMARKS), LONGEST_REMARK)
    symbol = words(_first(properties, _SYMBOLS))
    time = _time(file, _first(properties, _POINT_TIMES))
    file.add_waypoint(Mark(name, remarks, symbol, latitude, longitude, elevation, time))
