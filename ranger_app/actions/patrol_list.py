"""The list of patrols with kilometres, hours and state, narrowed by state, leader, period, area or words.

It opens with ten thousand patrols at once: figures of tracks come from an index, and no point of a track is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ranger_app.actions import patrol_area
from ranger_app.actions.listing import Line, Names
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import shown
from ranger_app.i18n import _
from ranger_app.library import Library

_LIST = """
SELECT p.id, p.name, p.date, p.leader, p.transport, coalesce(p.state, 'draft'), p.reopened, b.origin, t.metres,
    t.seconds, w.number, p.team
FROM patrol p
LEFT JOIN batch b ON b.key = p.batch
LEFT JOIN (SELECT patrol, sum(cleaned_metres) AS metres, sum(cleaned_seconds) AS seconds FROM track
           WHERE deleted = 0 GROUP BY patrol) t ON t.patrol = p.id
LEFT JOIN (SELECT patrol, count(*) AS number FROM waypoint WHERE deleted = 0 GROUP BY patrol) w ON w.patrol = p.id
WHERE p.deleted = 0{where} ORDER BY p.key
"""
DATE, LEADER, TRANSPORT, KM, HOURS, STATE, WAYPOINTS = range(7)
"""The columns of the list."""
REOPENED = "reopened"
"""What is asked for to see approved patrols that changed since."""
_ORDER = ("draft", "returned", "submitted", "approved")


@dataclass(frozen=True, slots=True)
class PatrolLine(Line):
    """A line of the list. ``state`` is the code; ``metres`` cleaned; ``own`` whether this station wrote the patrol;
    ``reopened`` whether it was approved and changed since."""

    state: str
    metres: float | None
    own: bool
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which patrols are wanted; nothing given = all. ``start`` and ``end`` are days, both included.

    ``states`` are codes, REOPENED among them; ``area`` is a protected area's id; every word of ``text`` must stand in
    the patrol's name, team or line.
    """

    states: frozenset[str] = frozenset()
    leader: bytes | None = None
    start: date | None = None
    end: date | None = None
    area: bytes | None = None
    text: str = ""


def hours_text(seconds: float | None) -> str:
    """Hours and minutes, 5:07, empty where unknown."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def lines(library: Library, narrowed: Narrowed | None = None) -> list[PatrolLine]:
    """Patrols: date, leader, transport, cleaned km and hours, state, number of waypoints; oldest first."""
    asked = narrowed or Narrowed()
    declared = kind_named("patrol")
    moved_word = {one.code: _(one.label) for one in declared.field("transport").choices}
    state_word = {one.code: _(one.label) for one in declared.field("state").choices}
    changed = _("Changed since approval")
    rank = {state: number for number, state in enumerate(_ORDER)}
    words = asked.text.casefold().split()
    where, params = _where(asked)
    found: list[PatrolLine] = []
    with library.read() as db:
        names = Names(db)
        inside = patrol_area.of_patrols(db) if asked.area is not None else {}
        leaders: dict[bytes, tuple[str, str]] = {}
        for row in db.conn.execute(_LIST.format(where=where), params):
            record, name, day, leader, moved, stands, reopened, origin, metres, seconds, waypoints, team = row
            if asked.area is not None and inside.get(record) != asked.area:
                continue
            led = leaders.get(leader) if leader else ("", "")
            if led is None:
                said = names("person", leader)
                led = leaders[leader] = (said, said.casefold())
            transport = moved_word.get(moved) or shown(declared.field("transport"), moved)
            texts = (
                day or name or "",
                led[0],
                transport,
                "" if metres is None else f"{metres / 1e6:.1f}",
                hours_text(seconds),
                changed if reopened else state_word.get(stands, stands),
                str(waypoints or ""),
            )
            if words and not _holds(words, texts, name, team):
                continue
            keys: tuple[tuple[int, int | str], ...] = (
                (1, day or ""),
                (1, led[1]),
                (1, transport),
                (0, metres or 0),
                (0, seconds or 0),
                (0, rank.get(stands, len(_ORDER))),
                (0, waypoints or 0),
            )
            cleaned = None if metres is None else metres / 1000
            own = origin == library.station.id
            found.append(PatrolLine(record, texts, keys, stands, cleaned, own, bool(reopened)))
    return found


def _where(asked: Narrowed) -> tuple[str, list[bytes | str]]:
    parts: list[str] = []
    params: list[bytes | str] = []
    if asked.states:
        plain = sorted(asked.states - {REOPENED})
        either = [f"coalesce(p.state, 'draft') IN ({','.join('?' * len(plain))})"] if plain else []
        if REOPENED in asked.states:
            either.append("p.reopened = 1")
        parts.append(f"({' OR '.join(either)})")
        params += plain
    if asked.leader is not None:
        parts.append("p.leader = ?")
        params.append(asked.leader)
    if asked.start is not None:
        parts.append("p.date >= ?")
        params.append(asked.start.isoformat())
    if asked.end is not None:
        parts.append("p.date <= ?")
        params.append(asked.end.isoformat())
    return "".join(f" AND {part}" for part in parts), params


def _holds(words: list[str], texts: tuple[str, ...], name: str | None, team: str | None) -> bool:
    line = " ".join((*texts, name or "", team or "")).casefold()
    return all(word in line for word in words)
