"""Where a patrol stood still: an ambush, a rest, an observation post. Its hours count, and are shown as their own.

Others' filters drop such time (ecoscope's least speed), which takes a third of the hours of a real patrol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

RADIUS = 30.0
"""Metres around the first point of a stay: three times a receiver's usual error in the open, more than under trees.
"""
SHORTEST = 600.0
"""Seconds. A shorter halt belongs to walking."""


def stays(latitude: Floats, longitude: Floats, time: Floats, stretch: Numbers) -> list[tuple[int, int]]:
    """First and last position of each stay among points with a place and a time (ms), in the order of the track.

    A stay is a run of points of one ``stretch`` that all lie within RADIUS of its first and last at least SHORTEST:
    the stay point of Li et al. 2008 (Mining user similarity based on location history; 200 m and 20 minutes there),
    with our figures for people on foot. Runs are found from the front; the last point of one may begin the next.
    """
    import numpy

    count = len(time)
    if count < 2:
        return []
    waits = numpy.maximum(numpy.diff(time) / 1000, 0.0)
    waits[stretch[1:] != stretch[:-1]] = 2 * SHORTEST
    clock = numpy.concatenate(([0.0], numpy.cumsum(waits)))
    after = numpy.searchsorted(clock, clock + SHORTEST)
    places = numpy.flatnonzero((after < count) & (stretch[numpy.minimum(after, count - 1)] == stretch))
    # Only a point that is near the one ten minutes later can begin a stay: on a walk none is.
    begins = places[_apart(latitude, longitude, places, after[places]) <= RADIUS]
    ends = numpy.append(numpy.flatnonzero(stretch[1:] != stretch[:-1]) + 1, count)
    found: list[tuple[int, int]] = []
    at = 0
    while (next_one := int(numpy.searchsorted(begins, at))) < len(begins):
        first = int(begins[next_one])
        end = int(ends[numpy.searchsorted(ends, first, side="right")])
        leaves = _leaves(latitude, longitude, first, end)
        if clock[leaves - 1] >= clock[first] + SHORTEST:
            found.append((first, leaves - 1))
            at = max(leaves - 1, first + 1)
            continue
        # Whoever is also too far from the point where this run ended cannot begin a stay that passes it.
        between = numpy.arange(first + 1, leaves)
        near = between[_apart(latitude, longitude, between, numpy.full(len(between), leaves)) <= RADIUS]
        at = int(near[0]) if len(near) else leaves
    return found


def _leaves(latitude: Floats, longitude: Floats, first: int, end: int) -> int:
    """The first position after ``first`` that is farther than RADIUS from it, ``end`` where there is none."""
    import numpy

    begin, length = first + 1, 256
    while begin < end:
        others = numpy.arange(begin, min(begin + length, end))
        far = numpy.flatnonzero(_apart(latitude, longitude, numpy.full(len(others), first), others) > RADIUS)
        if len(far):
            return begin + int(far[0])
        begin, length = begin + length, length * 2
    return end


def _apart(latitude: Floats, longitude: Floats, ones: Numbers, others: Numbers) -> Floats:
    from ranger_app.geo.steps import distances  # which itself asks for the marks of a track

    return distances(latitude[ones], longitude[ones], latitude[others], longitude[others])
