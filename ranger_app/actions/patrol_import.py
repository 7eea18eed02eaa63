"""A GPS file becomes a patrol: tracks with their effort, routes as planned ways, waypoints; the file itself is kept.

The file is read whole before anything is written, so one that cannot be read leaves the library as it was.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.actions.people import person_named
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.ops import Op, create
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem
from ranger_app.geo.gpx import read_gpx
from ranger_app.geo.track_file import TrackFile as Gpx
from ranger_app.geo.tracks import Effort, Judged, believable, judge, pack, tally
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
    """What came of one file. ``points`` counts track and route points; ``excluded`` is points by reason."""

    patrol: bytes
    date: str | None
    points: int
    track_points: int
    tracks: int
    routes: int
    waypoints: int
    excluded: dict[str, int]
    raw: Effort
    cleaned: Effort
    left_out: Effort
    naive_times: int
    already_known: bool

    def answer(self) -> dict[str, object]:
        """As the command line says it: km and hours as numbers, null where no times tell."""
        return {
            "patrol_id": self.patrol.hex(),
            "date": self.date,
            "points": self.points,
            "track_points": self.track_points,
            "tracks": self.tracks,
            "routes": self.routes,
            "waypoints": self.waypoints,
            "excluded": [{"reason": reason, "points": points} for reason, points in self.excluded.items()],
            "effort": {
                "raw": _figures(self.raw),
                "cleaned": _figures(self.cleaned),
                "excluded": _figures(self.left_out),
            },
            "naive_times": self.naive_times,
            "already_known": self.already_known,
        }


def import_patrol(
    library: Library,
    path: Path,
    *,
    leader: str = "",
    transport: str = "foot",
    utc_offset: int | None = None,
    date: str | None = None,
    name: str = "",
) -> PatrolImported:
    """Make a draft patrol of the GPX file ``path``.

    ``leader``: a person's name, added as a ranger where unknown. ``transport``: a code of TRANSPORTS, for the speed
    limit. ``utc_offset``: minutes east of UTC for local dates and for times without a zone; without it, those are UTC
    as GPX says, and dates are local at the station. ``date``: YYYY-MM-DD, replaces the file's own. A file already
    imported with the same leader, transport and date is not taken twice. Raises DataProblem (nothing changed),
    UsageProblem, EnvironmentProblem.
    """
    if transport not in {choice.code for choice in TRANSPORTS}:
        raise UsageProblem(
            "TRANSPORT_UNKNOWN",
            _("There is no transport called {transport}.").format(transport=transport),
            _("Use one of: {words}.").format(words=", ".join(choice.code for choice in TRANSPORTS)),
        )
    if date is not None:
        _check_date(date)
    gpx = read_gpx(path, naive_offset=utc_offset or 0)
    offset = library.station.utc_offset if utc_offset is None else utc_offset
    judged = [judge(way, transport) for way in gpx.ways]
    start, end = _span(gpx, judged)
    day = date or (None if start is None else _local(start, offset)[:10])
    leader = unicodedata.normalize("NFC", leader).strip()
    with library.read() as db:
        known_leader = person_named(db, leader) if leader else None
        new_leader = bool(leader) and known_leader is None
        patrol = None if new_leader else _known(db, gpx, known_leader, transport, day)
        title = unicodedata.normalize("NFC", name).strip() or _title(db, day)
    already = patrol is not None
    if patrol is None:
        keep(library, path, gpx.sha256)
        patrol = library.new_id()
        values: dict[str, Value] = {
            "name": title,
            "date": day,
            "type": {"boat": "water", "drone": "air"}.get(transport, "ground"),
            "transport": transport,
            "utc_offset": offset,
            "state": "draft",
        }
        if start is not None and end is not None and any(one.start is not None for one in judged):
            values["start"], values["end"] = _local(start, offset), _local(end, offset)
        ops: list[Op] = []
        if leader:
            if known_leader is None:
                known_leader = library.new_id()
                ops.append(create("person", known_leader, {"name": leader, "role": "ranger", "active": 1}))
            values["leader"] = known_leader
        ops.append(create("patrol", patrol, values))
        ops += _tracks(library, patrol, path.name, gpx, judged)
        ops += [create("waypoint", library.new_id(), _waypoint(patrol, mark)) for mark in gpx.waypoints]
        act: int | None = None
        for part in _batches(ops):
            done = library.commit(part, label=LABEL, act=act)
            act = act or done.batch
    recorded = [way for way in gpx.ways if not way.planned]
    return PatrolImported(
        patrol,
        day,
        sum(len(way) for way in gpx.ways),
        sum(len(way) for way in recorded),
        len(recorded),
        len(gpx.ways) - len(recorded),
        len(gpx.waypoints),
        tally(one.marks for one in judged),
        sum((one.raw for one in judged), Effort()),
        sum((one.cleaned for one in judged), Effort()),
        sum((one.excluded for one in judged), Effort()),
        gpx.naive_times,
        already,
    )


def keep(library: Library, path: Path, sha256: str) -> None:
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
        target = vault.place(library.vault, sha256, "gpx")
        vault.admit(copy, target)
        vault.sync_folders([target.parent])
    except copying.SourceFailed as error:
        raise EnvironmentProblem(
            "FILE_NOT_READABLE",
            _("The file {file} could not be read: {reason}.").format(file=path, reason=error.cause.strerror or error),
            _("Check that the card or stick is still in, then try again."),
        ) from error
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


def _span(gpx: Gpx, judged: list[Judged]) -> tuple[float | None, float | None]:
    """First and last believable time of the tracks, else of the waypoints."""
    times = [time for one in judged for time in (one.start, one.end) if time is not None]
    if not times:
        times = [mark.time for mark in gpx.waypoints if believable(mark.time)]
    return min(times, default=None), max(times, default=None)


def _local(milliseconds: float, offset: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds, minutes=offset)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _title(db: Database, day: str | None) -> str:
    # Not the file's name: that may tell a place or a ranger's name, and a patrol's name travels openly.
    plain = _("Patrol {date}").format(date=day) if day else _("Patrol")
    taken = {record.text("name") for record in rows.find(db, "patrol", "date IS ?", (day,))}
    title, number = plain, 1
    while title in taken:
        number += 1
        title = f"{plain} ({number})"
    return title


def _known(db: Database, gpx: Gpx, leader: bytes | None, transport: str, day: str | None) -> bytes | None:
    """The patrol that this very file became, led and moved the same way on the same day."""
    wanted = {"leader": leader, "transport": transport, "date": day}
    patrols = db.conn.execute(
        "SELECT patrol, count(*) FROM track WHERE source_sha256=? GROUP BY patrol", (gpx.sha256,)
    ).fetchall()
    for patrol, tracks in patrols:
        record = rows.get(db, "patrol", patrol)
        if record is None or record.deleted or any(record[name] != value for name, value in wanted.items()):
            continue
        marks = db.conn.execute("SELECT count(*) FROM waypoint WHERE patrol=?", (patrol,)).fetchone()[0]
        if tracks == max(len(gpx.ways), 1) and marks >= len(gpx.waypoints):  # else that import was interrupted
            return record.id
    return None


def _text(text: str) -> str | None:
    return unicodedata.normalize("NFC", text).strip() or None


def _tracks(library: Library, patrol: bytes, file_name: str, gpx: Gpx, judged: list[Judged]) -> Iterator[Op]:
    source: dict[str, Value] = {"patrol": patrol, "source_sha256": gpx.sha256, "source_name": _text(file_name)}
    if not gpx.ways:  # waypoints alone: an empty track still names the file they came from
        yield create("track", library.new_id(), {**source, "points": b"", "point_count": 0})
    for way, one in zip(gpx.ways, judged, strict=True):
        yield create("track", library.new_id(), {**source, **_track(way, one)})


def _track(way: Way, one: Judged) -> dict[str, Value]:
    values: dict[str, Value] = {
        "name": _text(way.name),
        "planned": int(way.planned),
        "points": pack(way, one.marks),
        "point_count": len(way),
    }
    if not way.planned:
        values |= {
            "raw_metres": round(one.raw.metres * 1000),
            "cleaned_metres": round(one.cleaned.metres * 1000),
            "raw_seconds": None if one.raw.seconds is None else round(one.raw.seconds),
            "cleaned_seconds": None if one.cleaned.seconds is None else round(one.cleaned.seconds),
            "excluded": canonical(one.reasons) if one.reasons else None,
            "start": None if one.start is None else int(one.start),
            "end": None if one.end is None else int(one.end),
        }
    return values


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
