"""One patrol as a manager judges it: way, finds, notes and photos together, and what changed since last time."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ranger_app.actions import observation_models, patrol_changes, patrol_history, patrol_read, patrol_state
from ranger_app.actions.listing import Names
from ranger_app.actions.patrol_changes import Since
from ranger_app.actions.patrol_history import Step
from ranger_app.actions.patrol_read import PatrolPage
from ranger_app.actions.patrol_state import InView
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.observation_model import Model
from ranger_app.domain.values import shown
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record


@dataclass(frozen=True, slots=True)
class Seen:
    """Something found, or a waypoint where nothing was noted. ``at`` is a local time HH:MM, ``said`` its attributes
    and remarks in words, ``changed`` whether it is new or other than when the patrol was last judged."""

    at: str
    place: str
    what: str
    said: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the patrol; ``changed`` where it was added since."""

    id: bytes
    sha256: str
    file_name: str
    changed: bool


@dataclass(frozen=True, slots=True)
class DeskPage:
    """What the desk shows of a patrol. ``seen`` goes to ``patrol_state.approve``: this is what was in view."""

    page: PatrolPage
    state: str
    leader: str
    members: str
    facts: tuple[tuple[str, str], ...]
    """Labels and texts of what was written of the whole patrol."""
    finds: tuple[Seen, ...]
    photos: tuple[Photo, ...]
    history: tuple[Step, ...]
    since: Since
    seen: InView


_FACTS = ("mandate", "objective", "transport", "team", "armed", "notes")


def desk_page(library: Library, patrol: bytes) -> DeskPage:
    """Read all of it; DataProblem NO_RECORD where the patrol is gone."""
    with library.read() as db:
        seen = patrol_state.in_view(db, patrol)  # before the rest: what comes while reading was not in view
    page = patrol_read.page(library, patrol)
    with library.read() as db:
        since = patrol_changes.since(db, library, patrol)
        touched = frozenset(one.record for one in since.changes)
        names = Names(db)
        declared = kind_named("patrol")
        facts = [
            (field.label, shown(field, page.record[field.name], names))
            for field in (declared.field(name) for name in _FACTS)
        ]
        return DeskPage(
            page,
            patrol_state.standing(db, page.record),
            shown(declared.field("leader"), page.record["leader"], names),
            _others(page.record, names),
            tuple((label, text) for label, text in facts if text),
            tuple(_finds(db, patrol, page.record["utc_offset"], touched)),
            tuple(_photos(db, patrol, touched)),
            tuple(patrol_history.steps_of(db, library.station, patrol)),
            since,
            seen,
        )


def _others(patrol: Record, names: Names) -> str:
    """The members by name, without the leader, who is told before them."""
    leader = patrol["leader"].hex() if isinstance(patrol["leader"], bytes) else ""
    members = json.loads(patrol.text("members") or "[]")
    return ", ".join(names("person", bytes.fromhex(one)) for one in members if one != leader)


def _finds(db: Database, patrol: bytes, offset: Value, touched: frozenset[bytes]) -> list[Seen]:
    models = observation_models.known(db, observation_models.model_of(db, patrol))
    by_place: dict[bytes, list[Record]] = {}
    for find in rows.find(db, "sighting", "patrol=?", (patrol,)):
        waypoint = find["waypoint"]
        by_place.setdefault(waypoint if isinstance(waypoint, bytes) else b"", []).append(find)
    places = {one.id: one for one in rows.find(db, "waypoint", "patrol=?", (patrol,), order="at IS NULL, at, key")}
    found = []
    for waypoint, place in places.items():
        at, name = _clock(place["at"], offset), place.text("name")
        other = waypoint in touched
        finds = by_place.pop(waypoint, [])
        for find in finds:
            said = _said(models, find, place if find is finds[0] else None)
            what = _what(models, find)
            found.append(Seen(at, name, what, said, other or find.id in touched))
        if not finds:
            what = observation_models.label(models, place.text("category")) if place.text("category") else ""
            found.append(Seen(at, name, what, place.text("remarks"), other))
    for finds in by_place.values():  # of a waypoint that was deleted or is not here
        found += [Seen("", "", _what(models, one), _said(models, one, None), one.id in touched) for one in finds]
    return found


def _what(models: tuple[Model, ...], find: Record) -> str:
    count = find["count"]
    label = observation_models.label(models, find.text("category"))
    return f"{label} × {count}" if isinstance(count, int) and count > 1 else label


def _said(models: tuple[Model, ...], find: Record, place: Record | None) -> str:
    parts = []
    for entry in json.loads(find.text("attributes") or "[]"):
        key, value = str(entry.get("key", "")), str(entry.get("value", ""))
        label = observation_models.attribute_label(models, key)
        parts.append(f"{label}: {observation_models.value_label(models, key, value)}")
    parts += [find.text("remarks"), place.text("remarks") if place else ""]
    return " · ".join(filter(None, parts))


def _photos(db: Database, patrol: bytes, touched: frozenset[bytes]) -> list[Photo]:
    found = rows.find(db, "media", "patrol=?", (patrol,), order="camera_time, key")
    return [Photo(one.id, one.text("sha256"), one.text("file_name"), one.id in touched) for one in found]


def _clock(at: Value, offset: Value) -> str:
    if not isinstance(at, int):
        return ""
    minutes = at // 60_000 + (offset if isinstance(offset, int) else 0)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
