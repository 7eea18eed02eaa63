"""A track as a drawing: flat metres around its middle, few enough points to paint at once.

Only for the eye. Effort is measured on the ellipsoid elsewhere; here a degree has one length for the whole drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ranger_app.geo.tracks import LEFT_OUT, REASONS
from ranger_app.geo.way import Way

_METRES_A_DEGREE = 111_320.0
_FINEST = 800.0
"""Points closer together than the drawing's size divided by this are drawn as one."""

Place = tuple[float, float]
"""Degrees on the way in (latitude, longitude); metres east and north of the middle on the way out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unbroken line of a track."""

    points: list[Place]
    planned: bool


@dataclass(slots=True)
class Sketch:
    """What to draw, in metres east and north of the middle. ``width`` and ``height`` are those of everything."""

    lines: list[Line] = field(default_factory=list)
    left_out: list[Place] = field(default_factory=list)
    marks: list[tuple[str, Place]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    outside: int = 0
    """Waypoints too far from the track to be drawn with it."""

    @property
    def empty(self) -> bool:
        """Nothing has a place."""
        return not self.lines and not self.marks


def draw(ways: Sequence[tuple[Way, Sequence[int]]], waypoints: Sequence[tuple[str, float, float]]) -> Sketch:
    """Sketch tracks with the marks of their points, and waypoints as (name, latitude, longitude) in degrees."""
    lines: list[tuple[bool, list[Place]]] = []
    out: list[Place] = []
    for way, marks in ways:
        last_segment = math.nan
        for i in range(len(way)):
            place = (way.latitude[i], way.longitude[i])
            if math.isnan(place[0]) or math.isnan(place[1]):
                continue
            reason = REASONS[marks[i]]
            if reason in LEFT_OUT:
                if place != (0.0, 0.0):
                    out.append(place)
                continue
            if way.segment[i] != last_segment or reason == "gap" or not lines:
                lines.append((way.planned, []))
                last_segment = way.segment[i]
            lines[-1][1].append(place)
    named = [(name, (lat, lon)) for name, lat, lon in waypoints if not (math.isnan(lat) or math.isnan(lon))]
    walked = [place for _planned, line in lines for place in line]
    kept = walked or [place for _name, place in named]
    if not kept:
        return Sketch()
    flat = _Flat(kept)
    if walked:  # a device also hands over waypoints of other years: they must not shrink the track to a dot
        reach = max(flat.width, flat.height) / 2
        by = [(abs(x) - flat.width / 2, abs(y) - flat.height / 2) for x, y in (flat(place) for _name, place in named)]
        beside = [one for one, (x, y) in zip(named, by, strict=True) if x <= reach and y <= reach]
        outside, named = len(named) - len(beside), beside
        flat = _Flat(walked + [place for _name, place in named])
    else:
        outside = 0
    # A spike may lie a continent away: it must not shrink the patrol to a dot.
    near = [place for place in map(flat, out) if abs(place[0]) <= flat.width and abs(place[1]) <= flat.height]
    finest = max(flat.width, flat.height) / _FINEST
    return Sketch(
        [Line(_thinned([flat(one) for one in line], finest), planned) for planned, line in lines if line],
        near,
        [(name, flat(place)) for name, place in named],
        flat.width,
        flat.height,
        outside,
    )


class _Flat:
    """Degrees to metres around the middle of some places, across the date line too."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._near = places[0][1]
        latitudes = [lat for lat, _lon in places]
        longitudes = [self._turned(lon) for _lat, lon in places]
        self._lat = (min(latitudes) + max(latitudes)) / 2
        self._lon = (min(longitudes) + max(longitudes)) / 2
        self._east = _METRES_A_DEGREE * max(math.cos(math.radians(self._lat)), 0.01)
        self.width = (max(longitudes) - min(longitudes)) * self._east
        self.height = (max(latitudes) - min(latitudes)) * _METRES_A_DEGREE

    def _turned(self, longitude: float) -> float:
        return longitude - 360 * round((longitude - self._near) / 360)

    def __call__(self, place: Place) -> Place:
        return ((self._turned(place[1]) - self._lon) * self._east, (place[0] - self._lat) * _METRES_A_DEGREE)


def _thinned(points: list[Place], finest: float) -> list[Place]:
    kept = points[:1]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) >= finest or abs(point[1] - kept[-1][1]) >= finest:
            kept.append(point)
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept
