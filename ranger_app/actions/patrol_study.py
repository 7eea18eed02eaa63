"""What a question about patrols is answered from: their days, tracks and finds in the time and place asked for.

Every report of patrols reads here, so that none of them counts another patrol, day or kilometre than the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from ranger_app.actions import patrol_area
from ranger_app.actions.analysis import Question
from ranger_app.actions.patrol_legs import LONGEST, Legs, entries, local_day
from ranger_app.actions.records import title
from ranger_app.domain.patrol_effort import Day, Find, Walk
from ranger_app.domain.patrol_question import AREA, LEADER, MONTH, PATROL, TEAM, TRANSPORT
from ranger_app.geo import grid, steps, tracks
from ranger_app.geo.grid import Cells
from ranger_app.i18n import _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.store.connection import Database

PASSED = object()
"""The group of tracks that nobody asks about."""
_A_TURN = 500


@dataclass(frozen=True, slots=True)
class Patrol:
    """One patrol. ``offset`` is minutes east of UTC; ``withheld``: its maker keeps its way back."""

    id: bytes
    key: int
    name: str
    date: str
    team: str
    area: bytes | None
    leader: bytes | None
    transport: str
    offset: int
    state: str
    own: bool
    withheld: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A day or a track of a patrol, with what it is grouped by. ``track`` is the track's row."""

    patrol: Patrol
    transport: str
    leader: bytes | None
    item: Day | Walk
    track: int | None = None

    @property
    def date(self) -> str:
        """The calendar day it counts on."""
        return self.item.date


@dataclass(frozen=True, slots=True)
class Seen:
    """A find with its day, species and the leg it was made on."""

    patrol: Patrol
    date: str
    transport: str
    leader: bytes | None
    taxon: str | None
    find: Find


@dataclass(slots=True)
class Study:
    """A question with everything that answers it. ``undated`` patrols have no day at all and are in no figure."""

    question: Question
    patrols: dict[bytes, Patrol] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    areas: dict[bytes, str] = field(default_factory=dict)
    undated: int = 0
    unplaced: int = 0
    """Patrols passed over because nothing tells in which area they were."""
    _names: dict[tuple[str, object], str] = field(default_factory=dict)

    @property
    def named(self) -> bool:
        """Whether people, teams and patrols are called by name."""
        return self.question.exact or self.question.at_home

    def group(self, by: str, one: Part | Seen) -> object:
        """What a part or a find is grouped under: a value to sort and compare by, "" or None where not known."""
        if by == MONTH:
            return one.date[:7]
        if by == TRANSPORT:
            return one.transport
        if by == LEADER:
            return one.leader
        values: dict[str, object] = {AREA: one.patrol.area, TEAM: one.patrol.team, PATROL: one.patrol.id}
        return values[by]

    def called(self, by: str, group: object) -> str:
        """A group's name; where names are withheld a code that stays the same in every report."""
        if group in ("", None):
            return _("not known")
        return self._names.get((by, group), str(group) if isinstance(group, str) else _("not known"))


def study(db: Database, question: Question, station: bytes) -> Study:
    """The patrols a question is about; ``station`` is our own id."""
    found = Study(question)
    found.areas = dict(db.conn.execute("SELECT id, name FROM protected_area"))
    rows = _patrols(db, question, found, station)
    if question.area is not None or question.patrols.by == AREA:
        inside = patrol_area.of_patrols(db, found.patrols)
        found.patrols = {one: replace(patrol, area=inside.get(one)) for one, patrol in found.patrols.items()}
        if question.area is not None:
            found.unplaced = sum(one.area is None for one in found.patrols.values())
            found.patrols = {one: patrol for one, patrol in found.patrols.items() if patrol.area == question.area}
    legs = {one: _legs(rows[one], patrol) for one, patrol in found.patrols.items()}
    told: dict[bytes, list[Part]] = {}
    for part in _tracks(db, question, found.patrols, legs):
        told.setdefault(part.patrol.id, []).append(part)
    wanted = _wanted(question)
    for one, patrol in found.patrols.items():
        days = legs[one].days([part.date for part in told.get(one, ())])
        here = [Part(patrol, legs[one].transport(leg), legs[one].leader(leg), day) for leg, day in days]
        parts = [*here, *told.get(one, ())]
        if not parts:
            found.undated += 1
        found.parts += [part for part in parts if wanted(part)]
    at_all = {part.patrol.id for part in found.parts}
    found.patrols = {one: patrol for one, patrol in found.patrols.items() if one in at_all}
    found.seen = [one for one in _finds(db, found.patrols, legs) if wanted(one)]
    _name(db, found)
    return found


def cover(
    db: Database, found: Study, key: Callable[[Part], object], cancel: CancelToken | None = None
) -> Job[dict[object, Cells]]:
    """Visited cells of every group of tracks, reading their points; puts ecoscope's seconds into the tracks' figures.

    ``key`` says the group of a track; those of PASSED are not read. Groups without a track whose points are here have
    no cells. Yields its progress.
    """
    walks = [(key(part), part) for part in found.parts if part.track is not None]
    walks = [one for one in walks if one[0] is not PASSED]
    walks.sort(key=lambda one: (str(one[0]), one[1].patrol.key))
    filtered: dict[int, float | None] = {}
    cells: dict[object, Cells] = {}
    done = 0
    for group, run in groupby(walks, lambda one: one[0]):
        those = [part for _group, part in run]
        yield Progress(done, len(walks), _("Reading tracks"))
        if cancel is not None and cancel.cancelled:
            break
        here = [one for one in those if not one.patrol.withheld]
        got = grid.coverage(_ways(db, here, filtered, cancel), found.question.patrols.cell)
        if any(one.track in filtered for one in here):
            cells[group] = got
        done += len(those)
    found.parts = [_with_filtered(part, filtered) for part in found.parts]
    return cells


def _with_filtered(part: Part, filtered: dict[int, float | None]) -> Part:
    if part.track not in filtered or not isinstance(part.item, Walk):
        return part
    return replace(part, item=replace(part.item, filtered_seconds=filtered[part.track]))


def _ways(
    db: Database, parts: list[Part], filtered: dict[int, float | None], cancel: CancelToken | None
) -> Iterator[tuple[object, steps.Steps]]:
    for part in parts:
        if cancel is not None and cancel.cancelled:
            return
        row = db.conn.execute("SELECT points, overrules FROM track WHERE key = ?", (part.track,)).fetchone()
        if row is None or not row[0] or part.track is None:
            continue
        try:
            way = steps.counted(row[0], _marks(row[0], row[1]))
            filtered[part.track] = steps.ecoscope(row[0])[1]
        except ValueError:
            continue
        yield part.patrol.id, way


def _marks(points: bytes, overrules: str | None) -> Sequence[int] | None:
    """What holds now, where people said something of single points."""
    if not overrules:
        return None
    way, marks = tracks.unpack(points)
    return tracks.effective(marks, overrules, way)


def _wanted(question: Question) -> Callable[[Part | Seen], bool]:
    asked = question.patrols
    first = question.start.isoformat() if question.start else ""
    last = question.end.isoformat() if question.end else "9999"

    def wanted(one: Part | Seen) -> bool:
        return (
            first <= one.date <= last
            and (asked.transport is None or one.transport == asked.transport)
            and (asked.leader is None or one.leader == asked.leader)
        )

    return wanted


_PATROLS = """
SELECT p.id, p.key, p.name, p.date, p.team, p.leader, p.members, p.transport, p.start, p.end, p.utc_offset, p.legs,
    p.days, coalesce(p.state, 'draft'), p.reopened, b.origin
FROM patrol p LEFT JOIN batch b ON b.key = p.batch WHERE p.deleted = 0{where} ORDER BY p.key
"""


def _patrols(db: Database, question: Question, found: Study, station: bytes) -> dict[bytes, tuple[Any, ...]]:
    asked = question.patrols
    parts: list[str] = []
    params: list[object] = []
    if question.start is not None:
        parts.append("(p.date IS NULL OR p.date >= ?)")
        params.append((question.start - timedelta(days=LONGEST)).isoformat())
    if question.end is not None:
        parts.append("(p.date IS NULL OR p.date <= ?)")
        params.append(question.end.isoformat())
    for column, value in (("p.id", asked.patrol), ("p.team", asked.team)):
        if value is not None:
            parts.append(f"{column} = ?")
            params.append(value)
    if asked.approved:
        parts.append("p.state = 'approved' AND p.reopened = 0")
    withheld = {
        row[0] for row in db.conn.execute("SELECT id, groups FROM withheld WHERE kind IN ('patrol')") if _way(row[1])
    }
    hidden = {
        row[0]
        for row in db.conn.execute(
            "SELECT t.patrol, w.groups FROM withheld AS w JOIN track AS t ON t.id = w.id WHERE w.kind = 'track'"
        )
        if _way(row[1])
    }
    rows: dict[bytes, tuple[Any, ...]] = {}
    for row in db.conn.execute(_PATROLS.format(where="".join(f" AND {part}" for part in parts)), params):
        (
            record,
            key,
            name,
            day,
            team,
            leader,
            _members,
            transport,
            *_times,
            offset,
            _legs,
            _days,
            state,
            again,
            origin,
        ) = row
        rows[record] = row
        found.patrols[record] = Patrol(
            record,
            key,
            name or "",
            day or "",
            team or "",
            None,
            leader,
            transport or "",
            offset or 0,
            "reopened" if again else state,
            origin is None or origin == station,
            record in withheld or record in hidden,
        )
    return rows


def _way(groups: str) -> bool:
    return "track" in groups.split(",")


def _legs(row: tuple[Any, ...], patrol: Patrol) -> Legs:
    return Legs(
        patrol.id,
        date=patrol.date,
        transport=patrol.transport,
        leader=patrol.leader,
        members=row[6],
        start=row[8],
        end=row[9],
        legs=row[11],
        days=row[12],
    )


def _tracks(db: Database, question: Question, patrols: dict[bytes, Patrol], legs: dict[bytes, Legs]) -> Iterator[Part]:
    """Recorded tracks; the index ``track_by_patrol`` holds every column named here, so no point is read."""
    for chunk in _turns(list(patrols)):
        sql = (
            "SELECT patrol, raw_metres, cleaned_metres, raw_seconds, cleaned_seconds, still_seconds, leg, date, start,"
            f" point_count, key FROM track WHERE patrol IN ({','.join('?' * len(chunk))})"
            " AND deleted = 0 AND coalesce(planned, 0) = 0"
        )
        for record, raw, clean, raw_s, clean_s, still, leg, day, start, points, key in db.conn.execute(sql, chunk):
            patrol = patrols[record]
            if not points and raw is None:
                continue  # only the name of a file that held waypoints
            day = day or (local_day(start, patrol.offset) if start is not None else patrol.date)
            if not day:
                continue
            walk = Walk(record, day, _metres(raw), _metres(clean), raw_s, clean_s, still)
            yield Part(patrol, legs[record].transport(leg), legs[record].leader(leg), walk, key)


def _finds(db: Database, patrols: dict[bytes, Patrol], legs: dict[bytes, Legs]) -> Iterator[Seen]:
    """Finds with their day. Waypoints without a find of a model's category are places, not finds."""
    for chunk in _turns(list(patrols)):
        sql = (
            "SELECT s.patrol, s.category, s.taxon, s.count, s.attributes, w.at, w.leg FROM sighting AS s"
            " LEFT JOIN waypoint AS w ON w.id = s.waypoint"
            f" WHERE s.patrol IN ({','.join('?' * len(chunk))}) AND s.deleted = 0"
        )
        for record, category, taxon, number, attributes, at, leg in db.conn.execute(sql, chunk):
            patrol = patrols[record]
            day = local_day(at, patrol.offset) if at is not None else patrol.date
            find = Find(record, category or "", number, _numbers(attributes))
            yield Seen(patrol, day, legs[record].transport(leg), legs[record].leader(leg), taxon, find)


def _numbers(attributes: str | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in entries(attributes):
        key, value = one.get("key"), one.get("value")
        try:
            number = float(value) if isinstance(value, str | int) else math.nan
        except (ValueError, OverflowError):
            continue
        if isinstance(key, str) and math.isfinite(number):
            found[key] = found.get(key, 0) + number
    return found


def _name(db: Database, found: Study) -> None:
    """Names of groups where they may be told, else codes in the order in which the library came to know them."""
    names = found._names
    for area, name in found.areas.items():
        names[AREA, area] = name
    transports = _transports()
    for code, word in transports.items():
        names[TRANSPORT, code] = word
    leaders = {part.leader for part in found.parts if part.leader is not None}
    teams = {patrol.team for patrol in found.patrols.values() if patrol.team}
    if found.named:
        names.update({(LEADER, one): title(db, "person", one) for one in leaders})
        names.update({(TEAM, one): one for one in teams})
        names.update({(PATROL, one.id): one.name or one.date for one in found.patrols.values()})
        return
    for number, (one,) in enumerate(db.conn.execute("SELECT id FROM person ORDER BY key").fetchall(), start=1):
        names[LEADER, one] = f"L{number}"
    rows = db.conn.execute("SELECT team FROM patrol WHERE team <> '' GROUP BY team ORDER BY min(key)")
    for number, (team,) in enumerate(rows.fetchall(), start=1):
        names[TEAM, team] = f"T{number}"
    for number, (one,) in enumerate(db.conn.execute("SELECT id FROM patrol ORDER BY key").fetchall(), start=1):
        names[PATROL, one] = f"P{number}"


def _transports() -> dict[str, str]:
    from ranger_app.domain.kinds_patrol import TRANSPORTS

    return {choice.code: _(choice.label) for choice in TRANSPORTS}


def _turns(ids: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(ids), _A_TURN):
        yield ids[start : start + _A_TURN]


def _metres(millimetres: int | None) -> float | None:
    return None if millimetres is None else millimetres / 1000


def newest_day(db: Database) -> date | None:
    """The date of the newest patrol; None without any. A year after 9000 is a mistake and not the newest."""
    row = db.conn.execute("SELECT max(date) FROM patrol WHERE deleted = 0 AND date < '9000'").fetchone()
    try:
        return date.fromisoformat(row[0]) if row and row[0] else None
    except ValueError:
        return None
