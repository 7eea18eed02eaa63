"""GeoJSON (RFC 7946) feature by feature, so that five million positions need no more memory than one.

Numbers are written as Python writes doubles, which reads back to the same double everywhere.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ranger_app.exchange.geo_text import instant
from ranger_app.geo.way import Way


class Collection:
    """One file with a FeatureCollection; used with ``with``."""

    def __init__(self, path: Path, name: str) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="\n")
        self._stream.write('{"type":"FeatureCollection","name":' + json.dumps(name) + ',"features":[')
        self.number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.write("\n]}\n")
        self._stream.close()

    def add(self, ident: str, geometry: object, properties: Mapping[str, object]) -> None:
        """One feature; ``geometry`` is None where it has no place."""
        filled = {name: value for name, value in properties.items() if value not in (None, "", [], {})}
        feature = {"type": "Feature", "id": ident, "geometry": geometry, "properties": filled}
        self._stream.write("," if self.number else "")
        self._stream.write("\n" + json.dumps(feature, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
        self.number += 1


def point(degrees: tuple[float, float] | None) -> object:
    """A Point of latitude and longitude, None for none."""
    return None if degrees is None else {"type": "Point", "coordinates": [degrees[1], degrees[0]]}


def lines(way: Way) -> tuple[object, list[list[str | None]]]:
    """A MultiLineString with a part for each segment, and the time of each position as ``coordTimes`` has them."""
    coordinates: list[list[list[float]]] = []
    times: list[list[str | None]] = []
    last = None
    for i, segment in enumerate(way.segment):
        if not math.isfinite(way.latitude[i] + way.longitude[i]):
            continue
        if segment != last:
            coordinates.append([])
            times.append([])
            last = segment
        position = [way.longitude[i], way.latitude[i]]
        if math.isfinite(way.elevation[i]):
            position.append(way.elevation[i])
        coordinates[-1].append(position)
        times[-1].append(instant(way.time[i]) or None)
    return ({"type": "MultiLineString", "coordinates": coordinates} if coordinates else None), times
