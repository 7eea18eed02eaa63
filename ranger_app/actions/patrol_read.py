"""One patrol as people read it, with its tracks and waypoints; the list of patrols is made elsewhere."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field

from ranger_app.actions.listing import Line, Names
from ranger_app.actions.records import existing
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.time import offset_text
from ranger_app.domain.values import exact
from ranger_app.geo import sketch
from ranger_app.geo.sketch import Sketch
from ranger_app.geo.tracks import unpack
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.connection import Database
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
class PatrolPage:
    """One patrol with everything on its page. Sums are over recorded tracks, not planned ways."""

    record: Record
    origin: Origin | None
    state: str
    state_by: str
    tracks: list[TrackLine]
    waypoints: list[Line]
    sketch: Sketch
    raw: Figures
    cleaned: Figures
    excluded: dict[str, int] = field(default_factory=dict)

    @property
    def left_out(self) -> Figures:
        """What cleaning took away."""
        metres, seconds = None, None
        if self.raw.metres is not None and self.cleaned.metres is not None:
            metres = self.raw.metres - self.cleaned.metres
        if self.raw.seconds is not None and self.cleaned.seconds is not None:
            seconds = self.raw.seconds - self.cleaned.seconds
        return Figures(metres, seconds)


def page(library: Library, patrol: bytes) -> PatrolPage:
    """One patrol, its tracks drawn; DataProblem NO_RECORD where it is gone."""
    with library.read() as db:
        record = existing(db, "patrol", patrol)
        names = Names(db)
        origin = origins.of(db, "patrol", patrol, library.station)
        found = list(rows.find(db, "track", "patrol=?", (patrol,)))
        places = list(rows.find(db, "waypoint", "patrol=?", (patrol,)))
        waypoints = [_waypoint(db, one, record) for one in places]
        by = record["state_by"]
        state_by = names("person", by) if isinstance(by, bytes) else ""
    tracks = [_track(one) for one in found]
    recorded = [one for one in tracks if not one.planned and one.points]
    excluded: dict[str, int] = {}
    for one in recorded:
        for reason, number in one.excluded.items():
            excluded[reason] = excluded.get(reason, 0) + number
    drawn = sketch.draw(
        [unpack(points) for one in found if isinstance(points := one["points"], bytes) and points],
        [(one.text("name"), _degrees(one["latitude"]), _degrees(one["longitude"])) for one in places],
    )
    return PatrolPage(
        record,
        origin,
        record.text("state") or "draft",
        state_by,
        tracks,
        waypoints,
        drawn,
        _sum([one.raw for one in recorded]),
        _sum([one.cleaned for one in recorded]),
        excluded,
    )


def _degrees(value: object) -> float:
    return value / 1e7 if isinstance(value, int) else math.nan


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


def _waypoint(db: Database, record: Record, patrol: Record) -> Line:
    """Time in the patrol's own clock, name, category, place, remarks."""
    declared = kind_named("waypoint")
    at, offset = record["at"], patrol["utc_offset"]
    time = ""
    if isinstance(at, int):
        minutes = offset if isinstance(offset, int) else 0
        time = exact(declared.field("at"), at + minutes * 60_000)[11:16]
        time = f"{time}" if isinstance(offset, int) else f"{time} {offset_text(0)}"
    latitude, longitude = record["latitude"], record["longitude"]
    place = ""
    if isinstance(latitude, int) and isinstance(longitude, int):
        place = f"{latitude / 1e7:.5f}, {longitude / 1e7:.5f}"
    texts = (time, record.text("name"), record.text("category"), place, record.text("remarks"))
    first = at if isinstance(at, int) else 1 << 62
    keys: tuple[tuple[int, int | str], ...] = ((0, first), *((1, text.casefold()) for text in texts[1:]))
    return Line(record.id, texts, keys)
