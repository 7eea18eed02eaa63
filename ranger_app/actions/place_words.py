"""What the formats of maps say of a patrol, a camera and a survey: names, sentences and places, as a rule lets them.

GeoJSON, GPX and KML take their words from here, so that they tell the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping

from ranger_app.actions import observation_models
from ranger_app.actions.observation_models import Source
from ranger_app.actions.patrol_shown import Part, ShownPatrol, code
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import scaled_text, shown
from ranger_app.geo.tracks import REASONS, unpack
from ranger_app.geo.way import Mark, Way
from ranger_app.i18n import _, language, ngettext


def entries(text: Value) -> list[dict[str, object]]:
    """A list of a record; empty for none."""
    try:
        found = json.loads(text) if isinstance(text, str) and text else []
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def roughness(part: Part) -> str:
    """The sentence that says how roughly a place is given; empty for one that is exact and of known exactness."""
    metres = part.number("uncertainty")
    if metres is None or part.degrees is None:
        return ""
    if part.rough:
        return ngettext(
            "The place is given roughly: within {n} m.", "The place is given roughly: within {n} m.", metres
        ).format(n=metres)
    return ngettext("Uncertainty of the place: {n} m.", "Uncertainty of the place: {n} m.", metres).format(n=metres)


def species(name: str) -> str:
    """A species in the language in use with its scientific name."""
    word = taxa.name(name, language()) if name else ""
    return f"{word} ({name})" if word and word != name else name


def find_words(source: Source, find: Part) -> str:
    """A find on one line: what, which species, how many, and what else is told of it."""
    said = [observation_models.label(source, find.text("category"))]
    if find.text("taxon"):
        said.append(species(find.text("taxon")))
    if find.number("count") is not None:
        said.append(f"x {find.number('count')}")
    for entry in entries(find.values.get("attributes")):
        key, value = str(entry.get("key") or ""), entry.get("value")
        if key and value not in (None, ""):
            word = observation_models.value_label(source, key, str(value))
            said.append(f"{observation_models.attribute_label(source, key)}: {word}")
    if find.text("remarks"):
        said.append(find.text("remarks"))
    return " · ".join(one for one in said if one)


def waypoint_name(source: Source, waypoint: Part, finds: list[Part]) -> str:
    """What to write beside a waypoint: its name and what was found first."""
    first = observation_models.label(source, finds[0].text("category")) if finds else ""
    first = first or waypoint.text("category")
    return " ".join(one for one in (waypoint.text("name"), first) if one) or code(waypoint.id)


def waypoint_words(source: Source, waypoint: Part, finds: list[Part], names: Mapping[bytes, str]) -> str:
    """All that a waypoint tells, a line each."""
    said = [find_words(source, find) for find in finds]
    observers = dict.fromkeys(names.get(by, "") for find in finds if isinstance(by := find.values.get("by"), bytes))
    if who := ", ".join(one for one in observers if one):
        said.append(_("Seen by: {names}").format(names=who))
    bearing, distance = waypoint.number("bearing"), waypoint.number("distance")
    if bearing is not None and distance is not None:
        text = _("{metres} m away in the direction of {degrees}°")
        said.append(text.format(metres=scaled_text(distance, 1), degrees=scaled_text(bearing, 1)))
    said += [waypoint.text("remarks"), roughness(waypoint)]
    return "\n".join(one for one in said if one)


def mark(part: Part, name: str, remarks: str, symbol: str = "") -> Mark:
    """A record with a place as a map marks it."""
    latitude, longitude = part.degrees or (math.nan, math.nan)
    elevation, at = part.number("elevation"), part.number("at")
    return Mark(
        name,
        remarks,
        symbol,
        latitude,
        longitude,
        math.nan if elevation is None else elevation / 100,
        math.nan if at is None else float(at),
    )


def ways(one: ShownPatrol) -> Iterator[tuple[Part, Way, list[int]]]:
    """The tracks of a patrol whose points may leave: (track, its way, the mark of each point)."""
    for track in one.tracks:
        points = track.values.get("points")
        if isinstance(points, bytes) and points:
            try:
                way, marks = unpack(points)
            except ValueError:  # as another station wrote it
                continue
            way.name = track.text("name") or " ".join(filter(None, (one.title, track.text("date"))))
            way.planned = bool(track.values.get("planned"))
            yield track, way, marks


def reason_words(marks: list[int]) -> list[str]:
    """Why each point does not count, as a code; empty for one that does."""
    return [REASONS[mark] for mark in marks]


def patrol_words(one: ShownPatrol) -> str:
    """What a patrol tells, a line each."""
    declared = kind_named("patrol")
    said = []
    for name in ("date", "type", "transport", "mandate", "objective", "team", "station", "start", "end", "notes"):
        field = declared.field(name)
        text = shown(field, one.record.values.get(name))
        if text:
            said.append(f"{_(field.label)}: {text}")
    leader = one.record.values.get("leader")
    if isinstance(leader, bytes) and one.names.get(leader):
        said.append(f"{_(declared.field('leader').label)}: {one.names[leader]}")
    return "\n".join(said)


def record_words(kind: str, part: Part, names: tuple[str, ...]) -> str:
    """Some fields of a record with their labels, a line each."""
    declared = kind_named(kind)
    fields = [(declared.field(name), part.values.get(name)) for name in names]
    return "\n".join(f"{_(field.label)}: {text}" for field, value in fields if (text := shown(field, value)))
