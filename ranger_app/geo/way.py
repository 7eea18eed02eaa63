"""A line of places as a device recorded or a person planned it, held column by column.

Both the readers of track files and the effort figures work on it; columns of doubles keep a million points small.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field


def _column() -> array[float]:
    return array("d")


@dataclass(slots=True)
class Way:
    """One track or route. All columns have the same length; positions are WGS 84 degrees exactly as parsed."""

    name: str = ""
    planned: bool = False
    """A route: somebody meant to go there, so it carries no effort."""
    latitude: array[float] = field(default_factory=_column)
    longitude: array[float] = field(default_factory=_column)
    elevation: array[float] = field(default_factory=_column)
    """Metres, NaN where the file gives none."""
    time: array[float] = field(default_factory=_column)
    """Milliseconds since 1970-01-01T00:00:00Z, NaN where the file gives none."""
    segment: array[float] = field(default_factory=_column)
    """Number of the segment within the way, from 0; no line is drawn between two segments."""

    def __len__(self) -> int:
        return len(self.latitude)

    def add(self, latitude: float, longitude: float, elevation: float, time: float, segment: int) -> None:
        """Append one point; unknown values are NaN."""
        self.latitude.append(latitude)
        self.longitude.append(longitude)
        self.elevation.append(elevation)
        self.time.append(time)
        self.segment.append(segment)


@dataclass(frozen=True, slots=True)
class Mark:
    """A single named place. ``latitude`` and ``longitude`` are NaN where the file's are unusable."""

    name: str
    remarks: str
    symbol: str
    latitude: float
    longitude: float
    elevation: float
    time: float
