"""The steps of a stored track that count, as columns of numbers: what a grid, a filter or a map makes figures of.

The same points and marks as ``tracks.judge`` uses, read at once instead of one by one: millions in a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ranger_app.geo import tracks

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

    Floats = NDArray[float64]

_A = 6_378_137.0
_E2 = 0.0066943799901413165  # WGS 84
_FAR = 5_000.0  # metres: the formula for short steps is good to 1e-6 below this
_BEGAN, _END = 315_964_800_000, 7_258_118_400_000  # what tracks.believable takes for a time


COLUMNS = ("latitude", "longitude", "to_latitude", "to_longitude", "metres", "seconds")


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps from one place (WGS 84 degrees) to the next. ``seconds`` is 0 where no times tell."""

    latitude: Floats
    longitude: Floats
    to_latitude: Floats
    to_longitude: Floats
    metres: Floats
    seconds: Floats

    def __len__(self) -> int:
        return len(self.metres)

    def only(self, wanted: NDArray[bool_]) -> Steps:
        """Those of the steps that are wanted."""
        return Steps(*(getattr(self, name)[wanted] for name in COLUMNS))


def counted(points: bytes, marks: Sequence[int] | None = None) -> Steps:
    """The steps that count towards cleaned figures. ``points`` are ``tracks.pack``'s bytes; ``marks`` replace theirs.

    Points left out are passed over; a step that ends at a gap counts nowhere. Time between two points with others
    without a time between them belongs to the last of these steps. ValueError where the bytes are no points.
    """
    import numpy

    if len(points) % 48:
        raise ValueError("not a whole number of track points")
    table = numpy.frombuffer(points, "<f8").reshape(-1, 6)
    given = table[:, 5] if marks is None else numpy.asarray(marks)
    if not ((given >= 0) & (given < len(tracks.REASONS))).all():
        raise ValueError("unknown mark of a track point")
    judged = given.astype(numpy.int64)
    out = numpy.isin(judged, [n for n, reason in enumerate(tracks.REASONS) if reason in tracks.LEFT_OUT])
    table, judged = table[~out], judged[~out]
    good = _on_earth(table[:, 0], table[:, 1])
    table, judged = table[good], judged[good]
    if len(table) < 2:
        none = numpy.zeros(0)
        return Steps(none, none, none, none, none, none)
    latitude, longitude, time, segment = table[:, 0], table[:, 1], table[:, 3], table[:, 4]
    same = (segment[1:] == segment[:-1]) & (judged[1:] != tracks.REASONS.index(tracks.GAP))
    seconds = _seconds(time, segment)
    metres = distances(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])
    return Steps(
        latitude[:-1][same], longitude[:-1][same], latitude[1:][same], longitude[1:][same], metres[same], seconds[same]
    )


def joined(parts: Sequence[Steps]) -> Steps:
    """Several tracks' steps one after the other."""
    import numpy

    empty = [numpy.zeros(0)]
    return Steps(*(numpy.concatenate([getattr(one, name) for one in parts] or empty) for name in COLUMNS))


def distances(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Metres between places on WGS 84: radii of curvature at the middle latitude, and the geodesic beyond 5 km.

    Formula: Gauss mid-latitude (Rapp 1991, Geometric Geodesy I); against the geodesic under 1e-6 relative below 5 km
    and 70 degrees of latitude.
    """
    import numpy

    middle = numpy.radians((latitude + to_latitude) / 2)
    east = numpy.radians((to_longitude - longitude + 180) % 360 - 180)
    north = numpy.radians(to_latitude - latitude)
    w = 1 - _E2 * numpy.sin(middle) ** 2
    metres: Floats = numpy.hypot(
        _A / numpy.sqrt(w) * numpy.cos(middle) * east, _A * (1 - _E2) / (w * numpy.sqrt(w)) * north
    )
    far = numpy.nonzero((metres > _FAR) | (numpy.abs(latitude) > 70))[0]
    if len(far):
        _azimuth, _back, found = tracks.geod().inv(longitude[far], latitude[far], to_longitude[far], to_latitude[far])
        metres[far] = found
    return metres


def ecoscope(points: bytes) -> tuple[float | None, float | None, float | None]:
    """Metres kept, seconds kept and seconds of all steps under ecoscope's default filters; None where no times tell.

    Fixes at exactly (0, 0), (1, 1) and (180, 90) as longitude and latitude are passed over, the others sorted by time;
    of the steps between them those stay that ``domain.patrol_effort.passes_filter`` keeps. Segments and our marks do
    not matter to it.
    """
    import numpy

    from ranger_app.domain import patrol_effort as limits

    if len(points) % 48:
        raise ValueError("not a whole number of track points")
    table = numpy.frombuffer(points, "<f8").reshape(-1, 6)
    latitude, longitude, time = table[:, 0], table[:, 1], table[:, 3]
    good = _on_earth(latitude, longitude) & (time >= _BEGAN) & (time < _END)
    for x, y in ((0, 0), (1, 1), (180, 90)):
        good &= ~((longitude == x) & (latitude == y))
    order = numpy.argsort(time[good], kind="stable")
    latitude, longitude, time = latitude[good][order], longitude[good][order], time[good][order]
    if not len(time):
        return None, None, None
    metres = distances(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:])
    seconds = numpy.diff(time) / 1000
    with numpy.errstate(divide="ignore", invalid="ignore"):
        speed = metres / seconds * 3.6
    kept = (
        (metres >= limits.SHORTEST) & (metres <= limits.LONGEST)
        & (seconds >= limits.BRIEFEST) & (seconds <= limits.SLOWEST_FIX)
        & (speed >= limits.LEAST_SPEED) & (speed <= limits.MOST_SPEED)
    )  # fmt: skip
    return math.fsum(metres[kept]), math.fsum(seconds[kept]), math.fsum(seconds)


def _on_earth(latitude: Floats, longitude: Floats) -> NDArray[bool_]:
    import numpy

    found: NDArray[bool_] = (numpy.abs(latitude) <= 90) & (numpy.abs(longitude) <= 180)  # false for NaN
    return found


def _seconds(time: Floats, segment: Floats) -> Floats:
    """Seconds that end with each point but the first: since the last point of its segment that has a time."""
    import numpy

    timed: NDArray[bool_] = (time >= _BEGAN) & (time < _END)
    index: NDArray[int64] = numpy.where(timed, numpy.arange(len(time)), -1)
    last = numpy.maximum.accumulate(index)[:-1]
    here = numpy.arange(1, len(time))
    known = timed[1:] & (last >= 0)
    known &= segment[numpy.maximum(last, 0)] == segment[1:]
    seconds: Floats = numpy.zeros(len(time) - 1)
    seconds[known] = (time[here[known]] - time[last[known]]) / 1000
    return numpy.maximum(seconds, 0)
