"""Files of a GPS device become patrols: tracks with their effort, routes as planned ways, waypoints; files are kept.

All files are read whole before anything is written, so one that cannot be read leaves the library as it was.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from ranger_app.actions import patrol_files, patrol_resume
from ranger_app.actions.patrol_days import Day, Leg, days_text, legs_text
from ranger_app.actions.patrol_files import Seen, Source, local, spans
from ranger_app.actions.patrol_resume import Begun
from ranger_app.actions.people import person_named
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.ops import Op, create
from ranger_app.domain.time import offset_text
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem, file_unreadable
from ranger_app.geo.tracks import Effort, Judged, believable, pack
from ranger_app.geo.way import Mark, Way
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.media import copying, vault
from ranger_app.store import rows
from ranger_app.store.connection import Database

LABEL = "patrol import"
_OPS_A_BATCH = 500
_BYTES_A_BATCH = 24 << 20  # a bundle's group holds 64 MiB; one track of a million points alone takes 48 MB
_HIGHEST = 100_000  # metres: above it an elevation is a fault of the file


@dataclass(frozen=True, slots=True)
class PatrolImported:
    """What came of the files. ``patrol`` is the first of ``patrols``; figures are of all of them together."""

    patrol: bytes
    date: str | None
    patrols: tuple[tuple[bytes, str | None], ...]
    """Each patrol with its date; several where there is to be one for each day."""
    seen: Seen
    track_points: int
    already_known: bool
    known_files: tuple[str, ...] = ()
    """Files that were left out because they are part of a patrol already."""

    @property
    def points(self) -> int:
        """Track and route points."""
        return self.seen.points

    @property
    def tracks(self) -> int:
        """Recorded ways."""
        return self.seen.tracks

    @property
    def routes(self) -> int:
        """Planned ways."""
        return self.seen.routes

    @property
    def waypoints(self) -> int:
        """Waypoints."""
        return self.seen.waypoints

    @property
    def excluded(self) -> dict[str, int]:
        """Points by reason."""
        return self.seen.excluded

    @property
    def raw(self) -> Effort:
        """Effort as parsed."""
        return self.seen.raw

    @property
    def cleaned(self) -> Effort:
        """Effort of the points that count."""
        return self.seen.cleaned

    @property
    def naive_times(self) -> int:
        """Times written without a zone."""
        return self.seen.naive_times

    def answer(self) -> dict[str, object]:
        """As the command line says it: km and hours as numbers, null where no times tell."""
        raw, cleaned, still = self.raw, self.cleaned, self.seen.still
        lost = None if raw.seconds is None or cleaned.seconds is None else raw.seconds - cleaned.seconds
        return {
            "patrol_id": self.patrol.hex(),
            "date": self.date,
            "patrols": [{"patrol_id": patrol.hex(), "date": date} for patrol, date in self.patrols],
            "days": self.seen.days,
            "files": self.seen.files,
            "formats": self.seen.formats,
            "points": self.points,
            "track_points": self.track_points,
            "tracks": self.tracks,
            "routes": self.routes,
            "waypoints": self.waypoints,
            "excluded": [{"reason": reason, "points": points} for reason, points in self.excluded.items()],
            "effort": {
                "raw": _figures(raw),
                "cleaned": _figures(cleaned),
                "excluded": _figures(Effort(raw.metres - cleaned.metres, lost)),
                "still": {"hours": None if still is None else still / 3600},
            },
            "naive_times": self.naive_times,
            "naive_offsets": [offset_text(minutes) for minutes in self.seen.naive_offsets],
            "bad_times": self.seen.bad_times,
            "damaged_lines": self.seen.damaged_lines,
            "doubts": [{"code": one.code, "file": one.file, "message": one.sentence} for one in self.seen.doubts],
            "already_known": self.already_known,
            "known_files": list(self.known_files),
        }


@dataclass(slots=True)
class _Part:
    """What one file gives to one patrol."""

    source: Source
    ways: list[tuple[Way, Judged]]
    waypoints: list[Mark]
    day: str | None


@dataclass(slots=True)
class _Plan:
    """A patrol to be made. ``date`` replaces the files' own where a person gave one."""

    day: str | None
    parts: list[_Part] = field(default_factory=list)
    known: bytes | None = None


def import_patrol(
    library: Library,
    paths: Path | Sequence[Path],
    *,
    leader: str = "",
    transport: str = "foot",
    utc_offset: int | None = None,
    date: str | None = None,
    name: str = "",
    per_day: bool = False,
) -> PatrolImported:
    """Make a draft patrol of the files of tracks ``paths``, or of what lies in folders; ``track_files`` has formats.

    ``leader``: a person's name, added as a ranger where unknown. ``transport``: a code of TRANSPORTS, for the speed
    limit. ``utc_offset``: minutes east of UTC for local dates and for times without a zone; without it, those are UTC
    in GPX as that says, the station's in other formats, and dates are local at the station. ``date``: YYYY-MM-DD,
    replaces the files' own. ``per_day``: a patrol for each local date, a way going to the day on which it began.
    A file that is part of a patrol with the same leader, transport and date is not taken twice. Raises DataProblem
    (nothing changed), UsageProblem, EnvironmentProblem.
    """
    if transport not in {choice.code for choice in TRANSPORTS}:
        raise UsageProblem(
            "TRANSPORT_UNKNOWN",
            _("There is no transport called {transport}.").format(transport=transport),
            _("Use one of: {words}.").format(words=", ".join(choice.code for choice in TRANSPORTS)),
        )
    if date is not None:
        _check_date(date)
        if per_day:
            raise UsageProblem(
                "DATE_PER_DAY",
                _("One date does not fit a patrol for each day."),
                _("Leave the date out, or make one patrol of all files."),
            )
    sources = patrol_files.read(library, [paths] if isinstance(paths, Path) else list(paths), transport, utc_offset)
    offset = library.station.utc_offset if utc_offset is None else utc_offset
    leader = unicodedata.normalize("NFC", leader).strip()
    plans = _plans(sources, offset, date, per_day)
    decides = [source.file.sha256 for source in sources], transport, offset, utc_offset, leader, date, name, per_day
    mark_name = patrol_resume.name_of(decides)
    with library.read() as db:
        led_by = person_named(db, leader) if leader else None
        begun = patrol_resume.begun(db, library, mark_name)
        known_files = [] if begun or (leader and led_by is None) else _leave_out_known(db, plans, led_by, transport)
        titles = _titles(db, plans, unicodedata.normalize("NFC", name).strip())
    new = [plan for plan in plans if plan.known is None]
    made: list[tuple[bytes, str | None]] = [(plan.known, plan.day) for plan in plans if plan.known is not None]
    if known_files and new:  # only what was taken now is told of
        taken = {part.source.path for plan in new for part in plan.parts}
        sources = [source for source in sources if source.path in taken]
    seen = patrol_files.seen(library, sources, utc_offset)
    if new:
        for source in {part.source.path: part.source for plan in new for part in plan.parts}.values():
            keep(library, source.path, source.file.sha256, source.file.format)
        ids = begun.patrols if begun else tuple(library.new_id() for _plan in new)
        ops: list[Op] = []
        added = begun.person if begun else None
        if leader and led_by is None:
            led_by = added = library.new_id()
        if added is not None:
            ops.append(create("person", added, {"name": leader, "role": "ranger", "active": 1}))
        for plan, title, patrol in zip(new, titles, ids, strict=True):
            made.append((patrol, plan.day))
            values = _patrol(plan, title, transport, offset, led_by, date)
            if told := patrol_files.remarks([part.source for part in plan.parts], seen.doubts):
                values["notes"] = _text(told)
            ops.append(create("patrol", patrol, values))
            for part in plan.parts:
                ops += _tracks(library, patrol, part, offset, date)
                ops += [create("waypoint", library.new_id(), _waypoint(patrol, mark)) for mark in part.waypoints]
        _write(library, ops, mark_name, begun or Begun(0, 0, added, ids))
    made.sort(key=lambda one: one[1] or "9999")
    recorded = sum(len(way) for one in sources for way in one.file.ways if not way.planned)
    return PatrolImported(*made[0], tuple(made), seen, recorded, not new, tuple(known_files))


def _write(library: Library, ops: list[Op], name: str, at: Begun) -> None:
    """Write what of an import is not here yet, noting after each batch how far it came."""
    for batch in _batches(ops[at.done :]):
        done = at.done + len(batch)

        def noted(db: Database, at: Begun = at, done: int = done) -> None:
            # The first batch of an act is the act's number, and is known once it is there.
            act = at.act or library.log.last((library.station.id, library.station.incarnation))[0]
            patrol_resume.note(db, library, name, replace(at, act=act, done=done) if done < len(ops) else None)

        written = library.commit(batch, label=LABEL, act=at.act or None, also=noted)
        at = replace(at, act=at.act or written.batch, done=done)


def _plans(sources: list[Source], offset: int, date: str | None, per_day: bool) -> list[_Plan]:
    if not per_day:
        parts = [
            _Part(one, list(zip(one.file.ways, one.judged, strict=True)), one.file.waypoints, date or _day(one, offset))
            for one in sources
        ]
        return [_Plan(date or min((part.day for part in parts if part.day), default=None), parts)]
    plans: dict[str | None, _Plan] = {}
    for source in sources:
        own = _day(source, offset)
        parts_of: dict[str | None, _Part] = {}

        def part(day: str | None, source: Source = source, parts_of: dict[str | None, _Part] = parts_of) -> _Part:
            if day not in parts_of:
                parts_of[day] = _Part(source, [], [], day)
            return parts_of[day]

        for way, one in zip(source.file.ways, source.judged, strict=True):
            part(own if one.start is None else local(one.start, offset)[:10]).ways.append((way, one))
        for mark in source.file.waypoints:
            part(local(mark.time, offset)[:10] if believable(mark.time) else own).waypoints.append(mark)
        for day, found in parts_of.items():
            plans.setdefault(day, _Plan(day)).parts.append(found)
    return [plans[day] for day in sorted(plans, key=lambda day: day or "9999")]


def _day(source: Source, offset: int) -> str | None:
    return None if source.start is None else local(source.start, offset)[:10]


def _leave_out_known(db: Database, plans: list[_Plan], leader: bytes | None, transport: str) -> list[str]:
    """Take out of the plans what is part of a patrol already; returns the names of those files."""
    names: list[str] = []
    for plan in plans:
        new = []
        for part in plan.parts:
            patrol = _known(db, part, leader, transport)
            if patrol is None:
                new.append(part)
            else:
                plan.known = plan.known or patrol
                names.append(part.source.path.name)
        if new and plan.known is not None:
            plan.known, plan.parts = None, new
            plan.day = min((part.day for part in new if part.day), default=None)
    return list(dict.fromkeys(names))


def _patrol(
    plan: _Plan, title: str, transport: str, offset: int, leader: bytes | None, date: str | None
) -> dict[str, Value]:
    values: dict[str, Value] = {
        "name": title,
        "date": plan.day,
        "type": {"boat": "water", "drone": "air"}.get(transport, "ground"),
        "transport": transport,
        "utc_offset": offset,
        "state": "draft",
        "leader": leader,
        "legs": legs_text([Leg(1)]),
        "days": days_text(_days(plan, offset, date)),
    }
    judged = [one for part in plan.parts for _way, one in part.ways]
    starts = [one.start for one in judged if one.start is not None]
    ends = [one.end for one in judged if one.end is not None]
    if starts and ends:
        values["start"], values["end"] = local(min(starts), offset), local(max(ends), offset)
    return {key: value for key, value in values.items() if value is not None}


def _days(plan: _Plan, offset: int, date: str | None) -> list[Day]:
    """An entry for each local date with its first and last believable time of the recorded ways."""
    found: dict[str, tuple[float, float]] = {}
    for part in plan.parts:
        for way, one in part.ways:
            for day, (first, last) in spans(way, one, offset).items():
                before = found.get(day, (first, last))
                found[day] = min(first, before[0]), max(last, before[1])
    days = [Day(1, day, local(first, offset), local(last, offset)) for day, (first, last) in sorted(found.items())]
    if date is not None and len(days) == 1:  # a person knows better than the file's clock which day it was
        start, end = (date + (text or "")[10:] for text in (days[0].start, days[0].end))
        return [Day(1, date, start, end)]
    if not days and plan.day is not None:
        return [Day(1, plan.day)]
    return days


def keep(library: Library, path: Path, sha256: str, ending: str = "gpx") -> None:
    """Keep a verified copy of the source file ``path`` in the vault under its hash.

    DataProblem where its content is no longer the one that was read; EnvironmentProblem where a disk fails.
    """
    here = vault.find(library.vault, sha256)
    if here is not None and vault.verify(here):
        return
    try:
        copy, found, _size = copying.copy_verified(path, library.vault, lambda: False)
        if found != sha256:
            vault.discard(copy)
            raise DataProblem(
                "FILE_CHANGED",
                _("The file changed while it was read."),
                _("Close the program that writes it and try again."),
            )
        target = vault.place(library.vault, sha256, ending)
        vault.admit(copy, target)
        vault.sync_folders([target.parent])
    except copying.SourceFailed as error:
        raise file_unreadable(path, error.cause) from error
    except OSError as error:
        raise EnvironmentProblem(
            "VAULT_FAILED",
            _("The file could not be copied into the library: {reason}.").format(reason=error.strerror or error),
            _("Make room on the library's disk and try again."),
        ) from error


def _figures(effort: Effort) -> dict[str, float | None]:
    hours = None if effort.seconds is None else effort.seconds / 3600
    return {"km": effort.metres / 1000, "hours": hours}


def _check_date(date: str) -> None:
    try:
        good = datetime.strptime(date, "%Y-%m-%d").strftime("%Y-%m-%d") == date
    except ValueError:
        good = False
    if not good:
        raise UsageProblem("DATE_WRONG", _("{text} is not a date.").format(text=date), _("Write it as in 2026-05-31."))


def _titles(db: Database, plans: list[_Plan], name: str) -> list[str]:
    """A name for each patrol that is new: as given, or told by its date."""
    new = [plan for plan in plans if plan.known is None]
    if name and len(new) == 1:
        return [name]
    titles: list[str] = []
    for plan in new:
        # Not the file's name: that may tell a place or a ranger's name, and a patrol's name travels openly.
        own = _("Patrol {date}").format(date=plan.day) if plan.day else _("Patrol")
        plain = f"{name} {plan.day or ''}".strip() if name else own
        taken = {record.text("name") for record in rows.find(db, "patrol", "date IS ?", (plan.day,))} | set(titles)
        title, number = plain, 1
        while title in taken:
            number += 1
            title = f"{plain} ({number})"
        titles.append(title)
    return titles


def _known(db: Database, part: _Part, leader: bytes | None, transport: str) -> bytes | None:
    """The patrol that holds this very file, led and moved the same way on the same day."""
    patrols = db.conn.execute(
        "SELECT patrol, count(*) FROM track WHERE source_sha256=? AND deleted=0 GROUP BY patrol",
        (part.source.file.sha256,),
    ).fetchall()
    for patrol, tracks in patrols:
        record = rows.get(db, "patrol", patrol)
        if record is None or record.deleted or record["leader"] != leader or record["transport"] != transport:
            continue
        if record["date"] != part.day and part.day not in _dates(record["days"]):
            continue
        marks = db.conn.execute("SELECT count(*) FROM waypoint WHERE patrol=?", (patrol,)).fetchone()[0]
        if tracks >= max(len(part.ways), 1) and marks >= len(part.waypoints):  # else that import was interrupted
            return record.id
    return None


def _dates(days: Value) -> list[object]:
    return [entry.get("date") for entry in json.loads(days) if isinstance(entry, dict)] if isinstance(days, str) else []


def _text(text: str) -> str | None:
    return unicodedata.normalize("NFC", text).strip() or None


def _tracks(library: Library, patrol: bytes, part: _Part, offset: int, date: str | None) -> Iterator[Op]:
    source: dict[str, Value] = {
        "patrol": patrol,
        "leg": 1,
        "source_sha256": part.source.file.sha256,
        "source_name": _text(part.source.path.name),
    }
    if not part.ways:  # waypoints alone: an empty track still names the file they came from
        yield create("track", library.new_id(), {**source, "points": b"", "point_count": 0})
    for way, one in part.ways:
        values = {**source, "name": _text(way.name), "planned": int(way.planned), "points": pack(way, one.marks)}
        values["point_count"] = len(way)
        if not way.planned:
            days = {} if one.start is None else spans(way, one, offset)
            values["date"] = date if date is not None and len(days) < 2 else min(days, default=None)
            values |= figures_of(one)
        yield create("track", library.new_id(), values)


def figures_of(one: Judged) -> dict[str, Value]:
    """What a track keeps of its judgement: mm, seconds, points by reason, first and last time."""
    return {
        "raw_metres": round(one.raw.metres * 1000),
        "cleaned_metres": round(one.cleaned.metres * 1000),
        "raw_seconds": None if one.raw.seconds is None else round(one.raw.seconds),
        "cleaned_seconds": None if one.cleaned.seconds is None else round(one.cleaned.seconds),
        "still_seconds": None if one.still is None else round(one.still),
        "excluded": canonical(one.reasons) if one.reasons else None,
        "start": None if one.start is None else int(one.start),
        "end": None if one.end is None else int(one.end),
    }


def _waypoint(patrol: bytes, mark: Mark) -> dict[str, Value]:
    values: dict[str, Value] = {"patrol": patrol, "name": _text(mark.name), "remarks": _text(mark.remarks)}
    if not math.isnan(mark.latitude):
        values |= {"latitude": round(mark.latitude * 10**7), "longitude": round(mark.longitude * 10**7)}
    if abs(mark.elevation) < _HIGHEST:
        values["elevation"] = round(mark.elevation * 100)
    if believable(mark.time):
        values["at"] = int(mark.time)
    if symbol := _text(mark.symbol):
        values["attributes"] = canonical([{"name": "symbol", "value": symbol}])
    return values


def _batches(ops: list[Op]) -> Iterator[list[Op]]:
    part: list[Op] = []
    size = 0
    for op in ops:
        points = op.fields.get("points")
        weight = len(points) if isinstance(points, bytes) else 0
        if part and (len(part) >= _OPS_A_BATCH or size + weight > _BYTES_A_BATCH):
            yield part
            part, size = [], 0
        part.append(op)
        size += weight
    yield part
