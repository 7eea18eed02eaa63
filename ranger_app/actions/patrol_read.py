"""One patrol as people read it, with its tracks, finds and photos; the list of patrols is made elsewhere."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

from ranger_app.actions import patrol_finds, patrol_places, patrol_write
from ranger_app.actions.listing import Names
from ranger_app.actions.patrol_days import local
from ranger_app.actions.patrol_finds import FindLine
from ranger_app.actions.patrol_places import Trace
from ranger_app.actions.records import existing
from ranger_app.geo import sketch
from ranger_app.geo.sketch import Place, Sketch
from ranger_app.geo.tracks import REASONS, believable, unpack
from ranger_app.geo.way import Way
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.origins import Origin
from ranger_app.store.rows import Record


@dataclass(frozen=True, slots=True)
class Figures:
    """Metres and seconds of effort; None where no track or no times tell, which is not zero."""

    metres: float | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class TrackLine:
    """One track. ``excluded`` is points by reason code."""

    id: bytes
    name: str
    planned: bool
    points: int
    raw: Figures
    cleaned: Figures
    excluded: dict[str, int]
    source: str


@dataclass(frozen=True, slots=True)
class Run:
    """Points of one track, one behind the other, under one mark: ``first`` to ``last`` by number, both included.

    ``reason`` is the mark that holds now, ``judged`` that of the first judgement, ``why`` what the person wrote who
    said otherwise. ``time`` is by the patrol's clock; ``place`` is in the drawing, None where it lies far outside.
    """

    track: bytes
    first: int
    last: int
    reason: str
    judged: str
    why: str
    time: str
    place: Place | None

    @property
    def points(self) -> int:
        """How many points it has."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class PatrolPage:
    """One patrol with everything on its page. Sums are over recorded tracks, not planned ways."""

    record: Record
    origin: Origin | None
    state: str
    state_by: str
    tracks: list[TrackLine]
    finds: list[FindLine]
    sketch: Sketch
    raw: Figures
    cleaned: Figures
    excluded: dict[str, int] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    photos: int = 0
    trace: Trace | None = None

    @property
    def left_out(self) -> Figures:
        """What cleaning took away."""
        metres, seconds = None, None
        if self.raw.metres is not None and self.cleaned.metres is not None:
            metres = self.raw.metres - self.cleaned.metres
        if self.raw.seconds is not None and self.cleaned.seconds is not None:
            seconds = self.raw.seconds - self.cleaned.seconds
        return Figures(metres, seconds)


MOST_RUNS = 500
"""So many marked runs are listed; the figures count all of them."""


def page(library: Library, patrol: bytes) -> PatrolPage:
    """One patrol, its tracks drawn; DataProblem NO_RECORD where it is gone."""
    with library.read() as db:
        record = existing(db, "patrol", patrol)
        names = Names(db)
        origin = origins.of(db, "patrol", patrol, library.station)
        found = list(rows.find(db, "track", "patrol=?", (patrol,)))
        places = list(rows.find(db, "waypoint", "patrol=?", (patrol,)))
        finds = patrol_finds.lines(db, record, places)
        photos = db.conn.execute("SELECT count(*) FROM media WHERE patrol=? AND deleted=0", (patrol,)).fetchone()[0]
        by = record["state_by"]
        state_by = names("person", by) if isinstance(by, bytes) else ""
    tracks = [_track(one) for one in found]
    recorded = [one for one in tracks if not one.planned and one.points]
    excluded: dict[str, int] = {}
    for one in recorded:
        for reason, number in one.excluded.items():
            excluded[reason] = excluded.get(reason, 0) + number
    ways = [_way(one) for one in found]
    drawn = sketch.draw(
        [(way, now) for way, _judged, now in ways if way is not None],
        [(one.texts[patrol_finds.WHAT], *_place(one)) for one in finds if not one.together],
    )
    offset = patrol_write.offset_of(record)
    runs = [
        run
        for one, (way, judged, now) in zip(found, ways, strict=True)
        if way is not None and not one["planned"]
        for run in _runs(one, way, judged, now, drawn, offset)
    ]
    return PatrolPage(
        record,
        origin,
        record.text("state") or "draft",
        state_by,
        tracks,
        finds,
        drawn,
        _sum([one.raw for one in recorded]),
        _sum([one.cleaned for one in recorded]),
        excluded,
        runs[:MOST_RUNS],
        int(photos),
        patrol_places.trace_of(found),
    )


def _way(track: Record) -> tuple[Way | None, list[int], list[int]]:
    """A track's points with the marks of the first judgement and those that hold now."""
    points = track["points"]
    if not isinstance(points, bytes) or not points:
        return None, [], []
    way, judged = unpack(points)
    return way, judged, list(patrol_places.effective_marks(judged, track["overrules"]))


def _place(line: FindLine) -> tuple[float, float]:
    if line.latitude is None or line.longitude is None:
        return math.nan, math.nan
    return line.latitude, line.longitude


def _runs(track: Record, way: Way, judged: list[int], now: list[int], drawn: Sketch, offset: int) -> list[Run]:
    """The marked points of a track, as runs of one mark."""
    said = json.loads(track.text("overrules") or "[]")
    found: list[Run] = []
    start = 0
    for end in range(1, len(now) + 1):
        same = end < len(now) and (now[end], judged[end]) == (now[start], judged[start])
        if same and way.segment[end] == way.segment[start]:
            continue
        if now[start] or judged[start]:
            found.append(_run(track.id, way, judged, now, (start, end - 1), said, drawn, offset))
        start = end
    return found


def _run(
    track: bytes,
    way: Way,
    judged: list[int],
    now: list[int],
    ends: tuple[int, int],
    said: list[dict[str, object]],
    drawn: Sketch,
    offset: int,
) -> Run:
    first, last = ends
    why = ""
    for entry in said:
        low, high = entry.get("first"), entry.get("last")
        if isinstance(low, int) and isinstance(high, int) and low <= first <= high:
            why = str(entry.get("why") or "")
    time = ""
    if believable(way.time[first]):
        time = f"{local(int(way.time[first]), offset):%Y-%m-%d %H:%M}"
    place = None
    latitude, longitude = way.latitude[first], way.longitude[first]
    if not math.isnan(latitude) and not math.isnan(longitude):
        east, north = drawn.metres(latitude, longitude)
        if abs(east) <= max(drawn.width, 100) and abs(north) <= max(drawn.height, 100):
            place = (east, north)
    return Run(track, first, last, REASONS[now[first]], REASONS[judged[first]], why, time, place)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _track(record: Record) -> TrackLine:
    raw, cleaned = _number(record["raw_metres"]), _number(record["cleaned_metres"])
    reasons = record["excluded"]
    return TrackLine(
        record.id,
        record.text("name"),
        bool(record["planned"]),
        _number(record["point_count"]) or 0,
        Figures(None if raw is None else raw / 1000, _number(record["raw_seconds"])),
        Figures(None if cleaned is None else cleaned / 1000, _number(record["cleaned_seconds"])),
        json.loads(reasons) if isinstance(reasons, str) else {},
        record.text("source_name"),
    )


def _sum(figures: list[Figures]) -> Figures:
    metres = [one.metres for one in figures if one.metres is not None]
    seconds = [one.seconds for one in figures if one.seconds is not None]
    return Figures(math.fsum(metres) if metres else None, sum(seconds) if seconds else None)
