"""How far places lie from each other, and the area of the smallest outline around them, on the WGS 84 ellipsoid."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

_FLATTENING = 1 / 298.257223563
_ECCENTRICITY = _FLATTENING * (2 - _FLATTENING)
_NEARLY = 0.98
"""Chords through the Earth order distances as geodesics do, within far less than this."""


def farthest_apart(places: Iterable[tuple[float, float]]) -> float:
    """Metres of the geodesic between the two of these places (degrees) farthest from each other; 0 for one place."""
    listed = sorted(set(places))
    if len(listed) < 2:
        return 0.0
    import numpy as np

    at = np.radians(np.array(listed))
    latitude, longitude = at[:, 0], at[:, 1]
    normal = 1 / np.sqrt(1 - _ECCENTRICITY * np.sin(latitude) ** 2)
    level = normal * np.cos(latitude)
    spot = np.column_stack(
        (level * np.cos(longitude), level * np.sin(longitude), normal * (1 - _ECCENTRICITY) * np.sin(latitude))
    )
    chord = np.sqrt(((spot[:, None, :] - spot[None, :, :]) ** 2).sum(axis=2))
    one, other = np.nonzero(np.triu(chord >= chord.max() * _NEARLY, 1))
    found = np.array(listed)
    _there, _back, metres = _geod().inv(found[one, 1], found[one, 0], found[other, 1], found[other, 0])
    return float(np.max(metres))


def nearest(ones: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> list[tuple[float, int]]:
    """For each of ``others`` the nearest of ``ones``: metres of the geodesic, and its number. Degrees; at least one."""
    import numpy as np

    here, there = np.array(ones), np.array(others).reshape(-1, 2)
    one, other = (grid.ravel() for grid in np.meshgrid(np.arange(len(here)), np.arange(len(there)), indexing="ij"))
    _ahead, _back, far = _geod().inv(here[one, 1], here[one, 0], there[other, 1], there[other, 0])
    metres = np.reshape(far, (len(here), len(there)))
    closest = metres.argmin(axis=0)
    return [(float(metres[n, at]), int(n)) for at, n in enumerate(closest)]


def hull(places: Iterable[tuple[float, float]]) -> tuple[list[tuple[float, float]], float]:
    """The minimum convex polygon of places (latitude, longitude in degrees) and its area in square metres.

    The corners are those of the convex hull in the azimuthal equal-area projection (Snyder 1987, USGS PP 1395) around
    the middle of the places, its edges geodesics. Fewer than three places, or places on one line, have no polygon:
    an empty list and NaN.
    """
    listed = sorted(set(places))
    if len(listed) < 3:
        return [], math.nan
    import numpy as np
    import shapely
    from pyproj import Proj

    at = np.array(listed)
    middle = at.mean(axis=0)
    plane = f"+proj=laea +lat_0={middle[0]:.7f} +lon_0={middle[1]:.7f} +datum=WGS84 +units=m"
    x, y = Proj(plane)(at[:, 1], at[:, 0])  # a hundred times faster to make than a transformer between systems
    found = shapely.convex_hull(shapely.multipoints(np.column_stack((x, y))))
    if found.geom_type != "Polygon":
        return [], math.nan
    flat = shapely.get_coordinates(found)
    numbers = [int(np.argmin((x - corner[0]) ** 2 + (y - corner[1]) ** 2)) for corner in flat[:-1]]
    corners = [listed[number] for number in numbers]
    area, _length = _geod().polygon_area_perimeter([one[1] for one in corners], [one[0] for one in corners])
    return corners, abs(float(area))


@lru_cache(maxsize=1)
def _geod() -> Any:
    from pyproj import Geod

    return Geod(ellps="WGS84")
