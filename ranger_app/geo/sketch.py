"""A track as a drawing: flat metres around its middle, few enough points to paint at once.

Only for the eye. Effort is measured on the ellipsoid elsewhere; here a degree has one length for the whole drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ranger_app.geo.tracks import GAP, LEFT_OUT, REASONS
from ranger_app.geo.way import Way

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Columns = NDArray[np.float64]

_METRES_A_DEGREE = 111_320.0
_FINEST = 800.0
"""Points closer together than the drawing's size divided by this are drawn as one."""

_MANY = 500

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
    latitude: float = 0.0
    """The middle, in degrees, and metres a degree of longitude there."""
    longitude: float = 0.0
    east: float = _METRES_A_DEGREE

    @property
    def empty(self) -> bool:
        """Nothing has a place."""
        return not self.lines and not self.marks

    def degrees(self, place: Place) -> Place:
        """Latitude and longitude of a place in the drawing."""
        longitude = self.longitude + place[0] / self.east
        return self.latitude + place[1] / _METRES_A_DEGREE, (longitude + 180) % 360 - 180

    def metres(self, latitude: float, longitude: float) -> Place:
        """Where a place of the earth lies in the drawing, be it outside of it."""
        turned = longitude - 360 * round((longitude - self.longitude) / 360)
        return (turned - self.longitude) * self.east, (latitude - self.latitude) * _METRES_A_DEGREE


def draw(ways: Sequence[tuple[Way, Sequence[int]]], waypoints: Sequence[tuple[str, float, float]]) -> Sketch:
    """Sketch tracks with the marks of their points, and waypoints as (name, latitude, longitude) in degrees."""
    import numpy as np

    lines: list[tuple[bool, Columns]] = []
    out: list[Columns] = []
    for way, marks in ways:
        more, left = _kept(way, marks)
        lines += [(way.planned, one) for one in more]
        out.append(left)
    named = [(name, (lat, lon)) for name, lat, lon in waypoints if not (math.isnan(lat) or math.isnan(lon))]
    places = np.array([place for _name, place in named]).reshape(-1, 2)
    walked = np.concatenate([line for _planned, line in lines]) if lines else np.empty((0, 2))
    kept = walked if len(walked) else places
    if not len(kept):
        return Sketch()
    flat = _Flat(kept)
    outside = 0
    if len(walked):  # a device also hands over waypoints of other years: they must not shrink the track to a dot
        reach = max(flat.width, flat.height) / 2
        away = np.abs(flat.all(places)) - np.array([flat.width, flat.height]) / 2
        beside = np.all(away <= reach, axis=1)
        outside = int((~beside).sum())
        named = [one for one, near in zip(named, beside, strict=True) if near]
        flat = _Flat(np.concatenate([walked, places[beside]]))
    # A spike may lie a continent away: it must not shrink the patrol to a dot.
    far = flat.all(np.concatenate(out)) if out else np.empty((0, 2))
    near = far[np.all(np.abs(far) <= np.array([flat.width, flat.height]), axis=1)]
    finest = max(flat.width, flat.height) / _FINEST
    return Sketch(
        [Line(_thinned(flat.all(line), finest), planned) for planned, line in lines],
        _apart(near, finest),
        [(name, flat(place)) for name, place in named],
        flat.width,
        flat.height,
        outside,
        flat.latitude,
        flat.longitude,
        flat.east,
    )


def _kept(way: Way, marks: Sequence[int]) -> tuple[list[Columns], Columns]:
    """The unbroken lines of a way in degrees, and the places of the points that were left out."""
    import numpy as np

    table = np.column_stack([np.asarray(way.latitude), np.asarray(way.longitude)]).reshape(-1, 2)
    judged = np.asarray(marks, dtype=np.int64)
    segments = np.asarray(way.segment)
    there = ~np.isnan(table).any(axis=1)
    left = np.isin(judged, [place for place, reason in enumerate(REASONS) if reason in LEFT_OUT])
    out = table[there & left & (table != 0).any(axis=1)]
    walked = there & ~left
    if not walked.any():
        return [], out
    line, parts = table[walked], segments[walked]
    starts = (np.diff(parts) != 0) | (judged[walked][1:] == REASONS.index(GAP))
    return np.split(line, np.flatnonzero(starts) + 1), out


class _Flat:
    """Degrees to metres around the middle of some places, across the date line too."""

    def __init__(self, places: Columns) -> None:
        self._near = float(places[0, 1])
        self.longitude = 0.0
        longitudes = self._turned(places[:, 1])
        self.latitude = float(places[:, 0].min() + places[:, 0].max()) / 2
        self.longitude = float(longitudes.min() + longitudes.max()) / 2
        self.east = _METRES_A_DEGREE * max(math.cos(math.radians(self.latitude)), 0.01)
        self.width = float(longitudes.max() - longitudes.min()) * self.east
        self.height = float(places[:, 0].max() - places[:, 0].min()) * _METRES_A_DEGREE

    def _turned(self, longitudes: Columns) -> Columns:
        import numpy as np

        return longitudes - 360 * np.round((longitudes - self._near) / 360)

    def all(self, places: Columns) -> Columns:
        """Many places at once, a row each."""
        import numpy as np

        east = (self._turned(places[:, 1]) - self.longitude) * self.east
        return np.column_stack([east, (places[:, 0] - self.latitude) * _METRES_A_DEGREE])

    def __call__(self, place: Place) -> Place:
        import numpy as np

        east, north = self.all(np.array([place]))[0].tolist()
        return east, north


def _thinned(line: Columns, finest: float) -> list[Place]:
    """The points that can be told apart at ``finest`` metres: first coarsely all at once, then one by one."""
    import numpy as np

    if len(line) > _MANY and finest > 0:
        cells = np.floor(line / finest)
        moved = np.ones(len(line), dtype=bool)
        moved[1:-1] = (np.diff(cells, axis=0) != 0).any(axis=1)[:-1]
        line = line[moved]
    points = [(east, north) for east, north in line.tolist()]
    kept = points[:1]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) >= finest or abs(point[1] - kept[-1][1]) >= finest:
            kept.append(point)
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    return kept


def _apart(places: Columns, finest: float) -> list[Place]:
    """Places of which no two would be drawn as one."""
    import numpy as np

    if len(places) > _MANY and finest > 0:
        _cells, first = np.unique(np.floor(places / finest), axis=0, return_index=True)
        places = places[np.sort(first)]
    return [(east, north) for east, north in places.tolist()]
