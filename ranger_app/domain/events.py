"""Bursts: pictures of one deployment that belong to one visit of an animal, told by the time between them.

Pure; which pictures are read and in what order is the caller's business.
"""

from __future__ import annotations

from collections.abc import Sequence

GAP = 120
"""Seconds between two pictures of one event at most, unless a library is set otherwise (as Timelapse's episodes)."""


def events(times: Sequence[int | None], gap: int = GAP) -> list[range]:
    """The events in a deployment's pictures, as ranges of places in ``times``.

    ``times`` are UTC seconds in the order the pictures were taken. A picture belongs to the event of the one before
    while no more than ``gap`` seconds lie between the two, exactly ``gap`` included. A picture without a time is an
    event of its own.
    """
    found: list[range] = []
    start = 0
    for place in range(1, len(times)):
        before, here = times[place - 1], times[place]
        if before is None or here is None or here - before > gap:
            found.append(range(start, place))
            start = place
    if times:
        found.append(range(start, len(times)))
    return found
