"""The table of all real GPX files: points, what was left out and why, kilometres and hours, or why a file is refused.

``python -m tests.geo.real_tracks FOLDER`` prints it as Markdown.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import gpxpy
from pyproj import Geod

from ranger_app.errors import DataProblem
from ranger_app.geo import track_files
from ranger_app.geo.tracks import Effort, judge, tally


@dataclass(slots=True)
class Line:
    """One file. ``alone`` is the raw distance by gpxpy's points and pyproj's geodesics, without our code."""

    name: str
    points: int = 0
    waypoints: int = 0
    routes: int = 0
    excluded: dict[str, int] = field(default_factory=dict)
    raw: Effort = field(default_factory=Effort)
    cleaned: Effort = field(default_factory=Effort)
    still: float | None = None
    alone: float = 0.0
    refused: str = ""


def lines(folder: Path) -> Iterator[Line]:
    """A line for each GPX file of ``folder``, judged as a walk."""
    for path in sorted(folder.glob("*.gpx")):
        try:
            file = track_files.read(path)
        except DataProblem as problem:
            yield Line(path.name, refused=problem.what)
            continue
        recorded = [way for way in file.ways if not way.planned]
        judged = [judge(way) for way in recorded]
        still = [one.still for one in judged if one.still is not None]
        yield Line(
            path.name,
            sum(len(way) for way in recorded),
            len(file.waypoints),
            sum(way.planned for way in file.ways),
            tally(one.marks for one in judged),
            sum((one.raw for one in judged), Effort()),
            sum((one.cleaned for one in judged), Effort()),
            sum(still) if still else None,
            by_others(path),
        )


def by_others(path: Path) -> float:
    """Metres of all track segments as gpxpy reads them, each step by pyproj's geodesic on WGS 84."""
    geod = Geod(ellps="WGS84")
    metres = [
        geod.inv(one.longitude, one.latitude, other.longitude, other.latitude)[2]
        for track in gpxpy.parse(path.read_bytes()).tracks
        for segment in track.segments
        for one, other in zip(segment.points, segment.points[1:], strict=False)
    ]
    return math.fsum(metres)


def table(found: list[Line]) -> str:
    """The lines as Markdown."""
    heads = ["File", "Track points", "Routes", "Waypoints", "Marked", "km raw", "km cleaned"]
    heads += ["h raw", "h cleaned", "h still"]
    out = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for one in found:
        if one.refused:
            out.append(f"| {one.name} | refused: {one.refused} | | | | | | | | |")
            continue
        reasons = ", ".join(f"{reason} {number}" for reason, number in one.excluded.items()) or "–"
        hours = " | ".join("–" if seconds is None else f"{seconds / 3600:.3f}"
                           for seconds in (one.raw.seconds, one.cleaned.seconds, one.still))  # fmt: skip
        km = f"{one.raw.metres / 1000:.3f} | {one.cleaned.metres / 1000:.3f}"
        out.append(f"| {one.name} | {one.points} | {one.routes} | {one.waypoints} | {reasons} | {km} | {hours} |")
    return "\n".join(out)


if __name__ == "__main__":
    print(table(list(lines(Path(sys.argv[1])))))
