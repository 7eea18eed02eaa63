"""Asking a library for independent events: which stations, which time, which species, counted by which rule.

Everything else an analysis says (rates, histories, hours, months) is made from these events and from trap nights.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from ranger_app.actions import effort as worked
from ranger_app.actions import second_look
from ranger_app.domain.effort import ONE, Effort
from ranger_app.domain.fields import Value
from ranger_app.domain.independence import Event, Rule, Sighting, events
from ranger_app.domain.occasions import Occasions
from ranger_app.domain.patrol_question import PatrolQuestion
from ranger_app.geo.sun import Sun
from ranger_app.jobs import CancelToken
from ranger_app.store import sightings
from ranger_app.store.connection import Database
from ranger_app.store.sightings import Passed, Wanted

TYPES = ("animal", "human", "vehicle", "blank", "unknown", "unclassified")
_DEGREE = 10_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``start`` and ``end`` are local days, both included; None = without a limit.

    ``taxon`` is a species or an observation type; None = all animals. ``stations`` are ids of stations or locations,
    ``area`` a protected area. ``apart`` counts every camera by itself instead of pooling those of a station; ``pairs``
    is the rule of ``domain.effort`` by which a station's nights are counted. ``machines`` lets machines' statements
    count where no person has spoken. ``anybody`` counts people and vehicles with all animals, in one pass. ``exact``
    gives the names of places; ``at_home`` where the answer stays on the screen of its own library and no word on
    places is needed. ``patrols`` is what is asked of patrols.
    """

    rule: Rule = field(default_factory=Rule)
    taxon: str | None = None
    start: date | None = None
    end: date | None = None
    stations: frozenset[bytes] | None = None
    area: bytes | None = None
    apart: bool = False
    pairs: str = ONE
    machines: bool = False
    individuals: bool = False
    anybody: bool = False
    occasions: Occasions = field(default_factory=Occasions)
    exact: bool = False
    at_home: bool = False
    patrols: PatrolQuestion = field(default_factory=PatrolQuestion)

    @property
    def wanted(self) -> Wanted:
        """The same for the store."""
        if self.anybody:
            return Wanted(None, sightings.ANYBODY, self.machines, self.individuals)
        if self.taxon in TYPES:
            return Wanted(None, str(self.taxon), self.machines, self.individuals)
        return Wanted(self.taxon, "animal", self.machines, self.individuals)


@dataclass(frozen=True, slots=True)
class Camera:
    """One deployment of a station. ``code`` stands for its name where places are withheld."""

    id: bytes
    code: str
    name: str
    offset: int
    effort: Effort | None
    start: str
    end: str
    unknown: str


@dataclass(frozen=True, slots=True)
class Place:
    """One station: all cameras at one location and those paired with them.

    ``effort`` is on the station's clock, ``offset`` minutes east of UTC, and inside the time asked for; None = not
    known. ``latitude`` and ``longitude`` are degrees.
    """

    id: bytes
    code: str
    name: str
    offset: int
    cameras: tuple[Camera, ...]
    effort: Effort | None
    sun: Sun | None


@dataclass(slots=True)
class Study:
    """A question with the stations it is about, and what was passed over while answering."""

    question: Question
    places: list[Place]
    passed: Passed = field(default_factory=Passed)
    on_events: bool = False
    cancel: CancelToken | None = None
    same: Mapping[str, str] = field(default_factory=dict)
    """Where animals are told apart: the id that stands for an animal joined with others, both in hexadecimal."""

    @property
    def stopped(self) -> bool:
        """Whether somebody asked to stop: the station under way is then not whole."""
        return self.cancel is not None and self.cancel.cancelled

    def called(self, place: Place) -> str:
        """What a station is called in the answer: its name only where that was asked for."""
        return place.name if self.question.exact else place.code

    def camera_called(self, camera: Camera) -> str:
        """What a deployment is called in the answer."""
        return camera.name if self.question.exact else camera.code


def study(db: Database, question: Question) -> Study:
    """The stations a question is about, with their effort inside its time.

    The codes S1, S2, … follow the order in which the library came to know the places, over all stations and not only
    those asked for: a station keeps its code from report to report.
    """
    known = dict(db.conn.execute("SELECT id, key FROM location").fetchall())
    rows = dict(db.conn.execute("SELECT id, key FROM deployment").fetchall())
    stations = worked.stations(db)
    stations.sort(key=lambda one: (one.id not in known, known.get(one.id) or rows.get(one.id) or 0))
    inside = _inside(db, question)
    points = {
        record: (latitude / _DEGREE, longitude / _DEGREE)
        for record, latitude, longitude in db.conn.execute(
            "SELECT id, latitude, longitude FROM location WHERE latitude IS NOT NULL AND longitude IS NOT NULL"
        )
    }
    places = []
    for number, station in enumerate(stations, start=1):
        members = {station.id, *(one.location for one in station.deployments if one.location)}
        if inside is not None and not members & inside:
            continue
        ordered = sorted(station.deployments, key=lambda one: rows.get(one.id, 0))
        cameras = tuple(
            Camera(
                one.id,
                f"S{number}.{nth}",
                one.name,
                one.utc_offset,
                None if one.effort is None else clipped(one.effort, question),
                one.start,
                one.end,
                one.unknown,
            )
            for nth, one in enumerate(ordered, start=1)
        )
        whole = station.effort(question.pairs)
        point = next((points[one] for one in (station.id, *sorted(members)) if one in points), None)
        places.append(
            Place(
                station.id,
                f"S{number}",
                station.name,
                station.deployments[0].utc_offset,
                cameras,
                None if whole is None else clipped(whole, question),
                Sun(*point) if point else None,
            )
        )
    if question.exact:
        places.sort(key=lambda one: (one.name.casefold(), one.id))
    return Study(question, places, on_events=sightings.has_events(db))


def _inside(db: Database, question: Question) -> set[bytes] | None:
    """The locations (and stations) that the question is limited to; None without a limit."""
    inside = None if question.stations is None else set(question.stations)
    if question.area is not None:
        rows = db.conn.execute("SELECT id FROM location WHERE protected_area = ?", (question.area,))
        here = {row[0] for row in rows}
        inside = here if inside is None else inside & here
    return inside


def limits(question: Question, offset: int) -> tuple[int | None, int | None]:
    """The time asked for in UTC seconds, [start, end), at a place ``offset`` minutes east of UTC."""
    start, end = _local(question)
    return (
        None if start is None else start - offset * 60,
        None if end is None else end - offset * 60,
    )


def _local(question: Question) -> tuple[int | None, int | None]:
    last = None if question.end is None or question.end == date.max else question.end + timedelta(days=1)
    return tuple(  # type: ignore[return-value]
        None if day is None else int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        for day in (question.start, last)
    )


def clipped(found: Effort, question: Question) -> Effort:
    """The part of an effort that lies in the time asked for."""
    low, high = _local(question)
    if low is None and high is None:
        return found

    def cut(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        kept = ((a if low is None else max(a, low), b if high is None else min(b, high)) for a, b in spans)
        return tuple(span for span in kept if span[0] < span[1])

    return Effort(cut(found.set_up), cut(found.working))


def events_of(db: Database, asked: Study, place: Place) -> list[Event]:
    """The independent events of one station in the order of time; ``camera`` of each counts ``place.cameras``."""
    question = asked.question
    streams = [
        (_reach(db, camera), _sightings(db, asked, camera, number)) for number, camera in enumerate(place.cameras)
    ]
    found: list[Event] = []
    if question.apart:
        for _span, stream in streams:
            found.extend(events(stream, question.rule))
    else:
        found.extend(events(_in_order(streams), question.rule))
    found.sort(key=lambda one: (one.start, one.key))
    return found


def _sightings(db: Database, asked: Study, camera: Camera, number: int) -> Iterator[Sighting]:
    if asked.stopped:
        return
    start, end = limits(asked.question, camera.offset)
    seen = sightings.of_deployment(
        db, camera.id, number, asked.question.wanted, asked.passed, start, end, on_events=asked.on_events
    )
    same = asked.same
    if not same:
        yield from seen
        return
    for one in seen:
        whole = same.get(one.subject)
        yield one if whole is None else one._replace(subject=whole)


def _reach(db: Database, camera: Camera) -> tuple[int, int] | None:
    sql = "SELECT min(taken_at), max(taken_at) FROM media WHERE deployment = ? AND deleted = 0"
    first, last = db.conn.execute(sql, (camera.id,)).fetchone()
    return None if first is None else (first, last)


def _in_order(streams: list[tuple[tuple[int, int] | None, Iterator[Sighting]]]) -> Iterator[Sighting]:
    """The sightings of all cameras by time. Only cameras that worked at the same time are merged: the rest follow one
    another, which is much faster."""
    undated = [stream for span, stream in streams if span is None]
    dated = sorted(((span, n) for n, (span, _stream) in enumerate(streams) if span is not None))
    groups: list[list[Iterator[Sighting]]] = []
    until: int | None = None
    for span, n in dated:
        if until is None or span[0] > until:
            groups.append([])
        groups[-1].append(streams[n][1])
        until = span[1] if until is None else max(until, span[1])
    for stream in undated:  # only to count what is passed over
        yield from stream
    yield from chain.from_iterable(
        group[0] if len(group) == 1 else heapq.merge(*group, key=lambda one: (one.at, one.camera)) for group in groups
    )


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures and deployments of a study that its events do not hold.

    ``one_look`` and ``disagreeing`` are events, where two independent looks are asked for.
    """

    all: int
    unreviewed: int
    undated: int
    homeless: int
    one_look: int
    disagreeing: int
    without_effort: tuple[Camera, ...]


def pictures(db: Database, asked: Study) -> Pictures:
    """What is not in the events, counted: waiting for a person, without a time, of no deployment, without effort.

    Where two independent looks are asked for: events with one so far, and those that people saw differently and nobody
    has settled.
    """
    total = unreviewed = undated = one_look = disagreeing = 0
    asks_two = {row[0] for row in db.conn.execute("SELECT id FROM deployment WHERE looks >= 2 AND deleted = 0")}
    for place in asked.places:
        for camera in place.cameras:
            start, end = limits(asked.question, camera.offset)
            where, params = _timed(camera.id, start, end)
            total += _number(db, f"SELECT count(*) FROM media WHERE {where}", params)
            unreviewed += _number(db, f"SELECT count(*) FROM media WHERE {where} AND seen_by < 2", params)
            undated += _number(
                db, "SELECT count(*) FROM media WHERE deployment = ? AND deleted = 0 AND taken_at IS NULL", [camera.id]
            )
            if camera.id in asks_two:
                looks = second_look.queue(db, camera.id).progress
                one_look, disagreeing = one_look + looks.one, disagreeing + looks.differ
    homeless = (
        "SELECT count(*) FROM media WHERE deployment IS NULL AND deleted = 0 AND patrol IS NULL AND survey IS NULL"
    )
    return Pictures(
        total,
        unreviewed,
        undated,
        _number(db, homeless, []),
        one_look,
        disagreeing,
        tuple(camera for place in asked.places for camera in place.cameras if camera.effort is None),
    )


def _timed(deployment: bytes, start: int | None, end: int | None) -> tuple[str, list[Value]]:
    where, params = ["deployment = ?", "deleted = 0"], [deployment]
    values: list[Value] = [*params]
    for condition, value in (("taken_at >= ?", start), ("taken_at < ?", end)):
        if value is not None:
            where.append(condition)
            values.append(value)
    return " AND ".join(where), values


def _number(db: Database, sql: str, params: list[Value]) -> int:
    return int(db.conn.execute(sql, params).fetchone()[0])
