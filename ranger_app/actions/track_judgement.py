"""A person says of points of a track that they count, or why they do not; the first judgement stays beside it.

Nobody needs a role for it: what a manager approved reopens by itself when a track's figures change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ranger_app.actions import kept_back
from ranger_app.actions.patrol_import import figures_of
from ranger_app.actions.records import existing
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import change
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo.tracks import BAD_PLACE, KEPT, REASONS, Judged, effective, measure, overrule_entries, unpack
from ranger_app.geo.way import Way
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.rows import Record

COUNTS = "counts"
"""The word for "this point counts" on the command line; a track's ``overrules`` hold it as an empty mark."""
GIVEN = tuple(reason for reason in REASONS if reason not in (KEPT, BAD_PLACE))
"""Reasons that a person can give for a point."""
LABEL = "judge track points"
_MOST_ENTRIES = 2000
_LONGEST_WHY = 2000


@dataclass(frozen=True, slots=True)
class Run:
    """Points one after the other under one mark. ``first`` and ``last`` count from 0 and are both part of it."""

    first: int
    last: int
    reason: str
    """A reason of ``geo.tracks``; empty for points that count because a person said so."""
    seconds: float | None
    """From the point before the run to its last one; None where times do not tell."""
    metres: float | None
    """Along the run from the point before it; None where a place is missing."""
    judged: str
    """The reason of the first judgement."""
    why: str = ""
    """What the person said who judged it otherwise."""
    by: str = ""
    """That person's id as 32 hex digits."""


def track_of(library: Library, record: bytes) -> bytes:
    """The track that is meant by its own id, or by that of a patrol with one track that was walked.

    DataProblem for a patrol without a track, or with several: their ids are named.
    """
    with library.read() as db:
        if db.conn.execute("SELECT 1 FROM patrol WHERE id=?", (record,)).fetchone() is None:
            return record
        walked = "SELECT id FROM track WHERE patrol=? AND deleted=0 AND coalesce(planned, 0)=0 ORDER BY key"
        found = [bytes(row[0]) for row in db.conn.execute(walked, (record,))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise DataProblem("NO_TRACK", _("This patrol has no track."), _("Import one: ranger patrol import FILE"))
    ids = ", ".join(one.hex() for one in found)
    raise DataProblem(
        "TRACKS_SEVERAL", _("This patrol has {n} tracks.").format(n=len(found)), _("Give one: {ids}").format(ids=ids)
    )


def marked(library: Library, track: bytes) -> list[Run]:
    """The runs of points of a track that do not count, count in part, or count by a person's word; in their order.

    DataProblem where there is no such track or its points are withheld.
    """
    with library.read() as db:
        record = existing(db, "track", track)
        way, marks = _points(record)
    return runs(way, marks, record["overrules"])


def runs(way: Way, marks: Sequence[int], overrules: object) -> list[Run]:
    """As ``marked``, of a way at hand with the marks of its first judgement."""
    now = effective(marks, overrules, way)
    said: list[dict[str, object] | None] = [None] * len(way)
    for entry in overrule_entries(overrules):
        first, last = entry.get("first"), entry.get("last")
        if isinstance(first, int) and isinstance(last, int) and (entry.get("mark") or KEPT) in REASONS:
            one = dict(entry)
            for i in range(max(first, 0), min(last + 1, len(way))):
                said[i] = one
    found: list[Run] = []
    start = 0
    for end in range(1, len(way) + 1):
        if end < len(way) and (now[end], marks[end], way.segment[end]) == (
            now[start], marks[start], way.segment[start],
        ) and said[end] is said[start]:  # fmt: skip
            continue
        if now[start] or marks[start]:
            entry = said[start] or {}
            reason, judged = REASONS[now[start]], REASONS[marks[start]]
            seconds, metres = _measures(way, start, end - 1)
            why, by = str(entry.get("why") or ""), str(entry.get("by") or "")
            found.append(Run(start, end - 1, reason, seconds, metres, judged, why, by))
        start = end
    return found


def overrule(library: Library, track: bytes, first: int, last: int, mark: str, why: str) -> Judged:
    """Say of the points ``first`` to ``last`` (from 0, both meant) that they count (``mark`` empty) or why not.

    ``mark`` is one of GIVEN. The points and their first marks stay; the entry joins those before it, and the track's
    figures are measured again. Returns the new judgement. UsageProblem where points or reason do not exist or ``why``
    is empty; DataProblem where the track is not here or withheld.
    """
    why = why.strip()[:_LONGEST_WHY]
    if mark and mark not in GIVEN:
        raise UsageProblem(
            "REASON_UNKNOWN",
            _("There is no reason called {reason}.").format(reason=mark),
            _("Use one of: {words}.").format(words=", ".join((COUNTS, *GIVEN))),
        )
    if not why:
        raise UsageProblem(
            "WHY_MISSING",
            _("It is not said why these points are judged otherwise."),
            _("Write what you know of this part of the way."),
        )
    with library.read() as db:
        record = existing(db, "track", track)
        kept_back.check(db, "track", track, ("points", "overrules", "excluded"))
        way, marks = _points(record)
    if record["planned"]:
        raise DataProblem(
            "TRACK_PLANNED", _("This is a planned way, which has no effort."), _("Choose a recorded track.")
        )
    if not 0 <= first <= last < len(way):
        raise UsageProblem(
            "POINTS_UNKNOWN",
            _("The track has no such points."),
            _("Choose points from 1 to {n}.").format(n=len(way)),
        )
    entries = [dict(entry) for entry in overrule_entries(record["overrules"])]
    if len(entries) >= _MOST_ENTRIES:
        raise DataProblem(
            "TOO_MANY_OVERRULES",
            _("So much was said of the points of this track that no more can be kept."),
            _("Judge longer runs of points at once."),
        )
    entry: dict[str, object] = {"first": first, "last": last, "mark": mark, "why": why}
    if library.person is not None:
        entry["by"] = library.person.hex()
    entry["at"] = int(datetime.now(UTC).timestamp() * 1000)
    entries.append(entry)
    judged = measure(way, effective(marks, entries, way))
    values: dict[str, Value] = {"overrules": canonical(entries), **figures_of(judged)}
    library.commit([change("track", track, values)], label=LABEL)
    return judged


def _points(record: Record) -> tuple[Way, list[int]]:
    points = record["points"]
    if not isinstance(points, bytes):
        raise DataProblem(
            "POINTS_WITHHELD", _("The points of this track are not here."), _("Ask the station that recorded them.")
        )
    try:
        way, marks = unpack(points)
    except ValueError as error:
        raise DataProblem(
            "POINTS_UNREADABLE",
            _("The points of this track cannot be read by this version."),
            _("Install the newest version of Ranger."),
        ) from error
    way.planned = bool(record["planned"])
    return way, marks


def _measures(way: Way, first: int, last: int) -> tuple[float | None, float | None]:
    from ranger_app.geo.tracks import believable, steps

    begin = first - 1 if first and way.segment[first - 1] == way.segment[first] else first
    seconds = None
    if believable(way.time[begin]) and believable(way.time[last]):
        seconds = (way.time[last] - way.time[begin]) / 1000
    along = range(begin, last + 1)
    places = [way.latitude[i] + way.longitude[i] for i in along]
    metres = None if any(place != place for place in places) else sum(steps(way, along))
    return seconds, metres
