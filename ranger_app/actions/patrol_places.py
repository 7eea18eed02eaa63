"""Where a patrol was at a time, and when at a place: what finds and photos without a place of their own rest on.

Only points that count are asked. Between two of them the place lies on the straight line, and how far it may be off
is said with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ranger_app.geo import tracks
from ranger_app.store import rows
from ranger_app.store.connection import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.float64]

_RECEIVER = 15
"""Metres a receiver under trees is off at best."""
_OFF_THE_LINE = 0.5
"""Metres a second that a person strays from the line between two fixes: half a walker's pace."""
_BESIDE = 5 * 60_000
"""Milliseconds before the first, after the last or inside a gap for which the nearest fix still tells the place."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: 1e-7 degrees WGS 84, metres it may be off, ms since 1970 UTC where a time belongs to it."""

    latitude: int
    longitude: int
    uncertainty: int | None = None
    at: int | None = None
    gap: int = 0
    """Seconds to the nearest fix."""


@dataclass(slots=True)
class Trace:
    """All counting, timed points of a patrol's tracks in order of time; ``parts`` tells which hang together."""

    times: Column
    latitudes: Column
    longitudes: Column
    parts: Column
    spans: list[tuple[int, int]] = field(default_factory=list)
    """First and last time of each track, milliseconds since 1970 UTC."""

    def __len__(self) -> int:
        return len(self.times)

    def at(self, milliseconds: int) -> Spot | None:
        """The place at a time; None where the track does not tell."""
        import numpy as np

        if not len(self.times):
            return None
        after = int(np.searchsorted(self.times, milliseconds))
        before = after - 1
        if after < len(self.times) and self.times[after] == milliseconds:
            return self._fix(after, milliseconds)
        if before < 0 or after >= len(self.times):
            return self._beside(max(before, 0) if before >= 0 else 0, milliseconds)
        apart = self.times[after] - self.times[before]
        if apart / 1000 > tracks.LONGEST_GAP or self.parts[after] != self.parts[before]:
            near = before if milliseconds - self.times[before] <= self.times[after] - milliseconds else after
            return self._beside(near, milliseconds)
        share = (milliseconds - self.times[before]) / apart
        east = (self.longitudes[after] - self.longitudes[before] + 180) % 360 - 180
        latitude = self.latitudes[before] + share * (self.latitudes[after] - self.latitudes[before])
        longitude = (self.longitudes[before] + share * east + 180) % 360 - 180
        _out, _back, metres = tracks.geod().inv(
            self.longitudes[before], self.latitudes[before], self.longitudes[after], self.latitudes[after]
        )
        seconds = min(share, 1 - share) * apart / 1000
        off = _RECEIVER + min(share, 1 - share) * metres / 2 + _OFF_THE_LINE * seconds
        return _spot(latitude, longitude, off, milliseconds, seconds)

    def _fix(self, i: int, milliseconds: int) -> Spot:
        return _spot(self.latitudes[i], self.longitudes[i], _RECEIVER, milliseconds, 0)

    def _beside(self, i: int, milliseconds: int) -> Spot | None:
        away = abs(float(self.times[i]) - milliseconds)
        if away > _BESIDE:
            return None
        return _spot(self.latitudes[i], self.longitudes[i], _RECEIVER + away / 1000, milliseconds, away / 1000)

    def nearest(self, latitude: int, longitude: int, around: int | None = None) -> Spot | None:
        """The fix nearest to a place (1e-7 degrees); of passes about as near, the one nearest in time to ``around``."""
        import numpy as np

        if not len(self.times):
            return None
        east = (self.longitudes - longitude / 1e7 + 180) % 360 - 180
        away = np.hypot(self.latitudes - latitude / 1e7, east * np.cos(np.radians(latitude / 1e7)))
        least = float(away.min())
        close = np.flatnonzero(away <= least + 30 / 111_320)
        i = int(close[0]) if around is None else int(close[np.argmin(np.abs(self.times[close] - around))])
        if around is None:
            i = int(np.argmin(away))
        return _spot(self.latitudes[i], self.longitudes[i], _RECEIVER, int(self.times[i]), 0)


def _spot(latitude: float, longitude: float, off: float, milliseconds: int, gap: float) -> Spot:
    return Spot(round(float(latitude) * 10**7), round(float(longitude) * 10**7), round(off), milliseconds, round(gap))


def metres(one: Spot, other: Spot) -> float:
    """Metres between two places along the ellipsoid."""
    _out, _back, length = tracks.geod().inv(
        one.longitude / 1e7, one.latitude / 1e7, other.longitude / 1e7, other.latitude / 1e7
    )
    return float(length)


def trace(db: Database, patrol: bytes) -> Trace:
    """The recorded ways of a patrol as one line in time."""
    return trace_of(list(rows.find(db, "track", "patrol=? AND coalesce(planned, 0) = 0", (patrol,))))


def trace_of(found: Sequence[rows.Record]) -> Trace:
    """As ``trace``, of track records at hand."""
    import numpy as np

    pieces = []
    spans: list[tuple[int, int]] = []
    for number, record in enumerate(found):
        points = record["points"]
        if record["planned"] or not isinstance(points, bytes) or not points or len(points) % 48:
            continue
        table = np.frombuffer(points, dtype="<f8").reshape(-1, 6)
        marks = np.asarray(tracks.effective(table[:, 5].astype(int).tolist(), record["overrules"]))
        out = [place for place, reason in enumerate(tracks.REASONS) if reason in tracks.LEFT_OUT]
        timed = np.fromiter(map(tracks.believable, table[:, 3].tolist()), dtype=bool, count=len(table))
        kept = timed & ~np.isin(marks, out) & ~np.isnan(table[:, 0]) & ~np.isnan(table[:, 1])
        piece = np.column_stack([table[kept][:, [3, 0, 1]], table[kept][:, 4] + number * 1_000_000])
        if len(piece):
            pieces.append(piece)
            spans.append((int(piece[:, 0].min()), int(piece[:, 0].max())))
    if not pieces:
        empty = np.empty(0)
        return Trace(empty, empty, empty, empty)
    whole = np.concatenate(pieces)
    whole = whole[np.argsort(whole[:, 0], kind="stable")]
    return Trace(whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3], sorted(spans))
