"""One patrol as people read it, with its tracks, finds and photos; the list of patrols is made elsewhere."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

from ranger_app.actions import patrol_finds, patrol_places, patrol_state, patrol_write, track_judgement
from ranger_app.actions.listing import Names
from ranger_app.actions.patrol_days import local
from ranger_app.actions.patrol_finds import FindLine
from ranger_app.actions.patrol_places import Trace
from ranger_app.actions.patrol_state import InView
from ranger_app.actions.records import existing
from ranger_app.actions.track_judgement import Run
from ranger_app.geo import sketch
from ranger_app.geo.sketch import Place, Sketch
from ranger_app.geo.tracks import believable, effective, unpack
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
class MarkedRun:
    """A run of marked points of one track; ``time`` by the patrol's clock, ``places`` in the drawing."""

    track: bytes
    run: Run
    time: str
    places: list[Place]

    @property
    def points(self) -> int:
        """How many points it has."""
        return self.run.last - self.run.first + 1


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
    runs: list[MarkedRun] = field(default_factory=list)
    photos: int = 0
    trace: Trace | None = None
    seen: InView = frozenset()
    """What was in view, for ``patrol_state.approve``."""

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
        seen = patrol_state.in_view(db, patrol)  # before the rest: what comes while reading was not in view
        record = existing(db, "patrol", patrol)
        state = patrol_state.standing(db, record)
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
        _run(one.id, way, run, drawn, offset)
        for one, (way, judged, _now) in zip(found, ways, strict=True)
        if way is not None and not one["planned"]
        for run in track_judgement.runs(way, judged, one["overrules"])[:MOST_RUNS]
    ]
    return PatrolPage(
        record,
        origin,
        state,
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
        seen,
    )


def _way(track: Record) -> tuple[Way | None, list[int], list[int]]:
    """A track's points with the marks of the first judgement and those that hold now."""
    points = track["points"]
    if not isinstance(points, bytes) or not points:
        return None, [], []
    way, judged = unpack(points)
    way.planned = bool(track["planned"])
    return way, judged, list(effective(judged, track["overrules"], way))


def _place(line: FindLine) -> tuple[float, float]:
    if line.latitude is None or line.longitude is None:
        return math.nan, math.nan
    return line.latitude, line.longitude


def _run(track: bytes, way: Way, run: Run, drawn: Sketch, offset: int) -> MarkedRun:
    time = ""
    if believable(way.time[run.first]):
        time = f"{local(int(way.time[run.first]), offset):%Y-%m-%d %H:%M}"
    places = []
    for i in range(run.first, min(run.last + 1, run.first + MOST_RUNS)):
        latitude, longitude = way.latitude[i], way.longitude[i]
        if not math.isnan(latitude) and not math.isnan(longitude):
            east, north = drawn.metres(latitude, longitude)
            if abs(east) <= max(drawn.width, 100) and abs(north) <= max(drawn.height, 100):
                places.append((east, north))
    return MarkedRun(track, run, time, places)


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
