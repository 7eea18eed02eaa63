"""GeoJSON as EarthRanger speaks it: patrols with segments, events with type and details, positions; cameras, surveys.

Each kind is one FeatureCollection. Positions come as a line for each track with the time of each position beside it;
as single points, one for each fix as EarthRanger's observations are, where that is asked for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from ranger_app.actions import observation_models, patrol_days, place_words
from ranger_app.actions.formats import ExportReport, ExportRequest, Option
from ranger_app.actions.observation_models import Source
from ranger_app.actions.patrol_shown import Part, Shown, ShownPatrol, code, files_of
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.time import offset_text
from ranger_app.domain.values import plain
from ranger_app.exchange.geo_text import instant
from ranger_app.exchange.geojson_write import Collection, lines, point
from ranger_app.i18n import N_, _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library

OPTIONS = (Option("positions", N_("how positions of tracks are written"), ("lines", "points"), "lines"),)
_STATES = {"draft": "open", "submitted": "open", "returned": "open", "approved": "done"}
_NO_FIELD = frozenset({"points", "custom", "legs", "days", "members", "leader", "imported", "attributes", "outline"})
_FILES = ("patrols", "events", "tracks", "deployments", "surveys")


def write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with the collections."""
    with library.moment() as db, ExitStack() as files:
        source = observation_models.known(db)
        shown = Shown(library, db, request, report)
        to = {name: files.enter_context(Collection(request.folder / f"{name}.geojson", name)) for name in _FILES}
        if request.options["positions"] == "points":
            path = request.folder / "observations.geojson"
            to["observations"] = files.enter_context(Collection(path, "observations"))
        total = shown.number("patrol")
        for done, one in enumerate(shown.patrols()):
            yield Progress(done, total, _("Writing patrols"))
            if request.cancel.cancelled:
                return
            names = _photos(shown, one, request.folder, report)
            _patrol(to, source, one, names, library.station.utc_offset)
            report.written["patrol"] += 1
        _at_locations(to, shown, report)
    report.written["waypoint"] = to["events"].number
    report.written["track"] = to["tracks"].number


def _photos(shown: Shown, one: ShownPatrol, folder: Path, report: ExportReport) -> dict[bytes, str]:
    """The photos that leave, written beside the collections; names by record."""
    found: dict[bytes, str] = {}
    for photo, name, data in files_of(shown, one, report):
        here = folder / "files" / code(one.record.id)
        here.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(data)
        found[photo.id] = f"files/{code(one.record.id)}/{name}"
        report.written["file"] += 1
    return found


def _patrol(
    to: Mapping[str, Collection], source: Source, one: ShownPatrol, photos: Mapping[bytes, str], station: int
) -> None:
    record = one.record
    offset = record.number("utc_offset")
    offset = station if offset is None else offset
    files: dict[bytes, list[str]] = {}
    for photo in one.photos:
        if photo.id in photos:
            about = photo.values.get("sighting") or photo.values.get("waypoint")
            files.setdefault(about if isinstance(about, bytes) else one.record.id, []).append(photos[photo.id])
    events: dict[int, list[str]] = {}
    for waypoint in one.waypoints:
        leg = waypoint.number("leg") or 1
        for ident, properties in _events(source, one, waypoint, files):
            properties["patrols"] = [record.id.hex()]
            properties["patrol_segments"] = [f"{record.id.hex()}-{leg}"]
            to["events"].add(ident, point(waypoint.degrees), properties)
            events.setdefault(leg, []).append(ident)
    for track, way, marks in place_words.ways(one):
        geometry, times = lines(way)
        properties = {
            "name": way.name,
            "patrol": record.id.hex(),
            "patrol_segment": f"{record.id.hex()}-{track.number('leg') or 1}",
            "planned": way.planned,
            "coordTimes": times if any(time for part in times for time in part) else None,
        }
        to["tracks"].add(track.id.hex(), geometry, {**_fields("track", track), **properties})
        if "observations" in to and not way.planned:
            reasons = place_words.reason_words(marks)
            for i, latitude in enumerate(way.latitude):
                if not math.isfinite(latitude + way.longitude[i]):
                    continue
                fix = {"recorded_at": instant(way.time[i]), "source": track.id.hex(), "excluded": reasons[i]}
                here = (latitude, way.longitude[i])
                to["observations"].add(f"{track.id.hex()}-{i}", point(here), fix)
    leader = record.values.get("leader")
    to["patrols"].add(
        record.id.hex(),
        None,
        {
            "id": record.id.hex(),
            "title": one.title,
            "state": _STATES.get(record.text("state"), "open"),
            "objective": record.text("objective"),
            "notes": record.text("notes"),
            "files": files.get(record.id),
            "utc_offset": offset_text(offset),
            "patrol_segments": _segments(one, offset, events, leader),
            **{name: value for name, value in _fields("patrol", record).items() if name not in ("state", "utc_offset")},
        },
    )


def _segments(
    one: ShownPatrol, offset: int, events: Mapping[int, list[str]], leader: object
) -> list[dict[str, object]]:
    record = one.record
    legs = {leg.number: leg for leg in patrol_days.legs(record.values.get("legs"))}
    numbers = sorted({*legs, *events, *(track.number("leg") or 1 for track in one.tracks)} or {1})
    found: list[dict[str, object]] = []
    for number in numbers:
        leg = legs.get(number)
        led = (leg.leader if leg else None) or leader
        name = one.names.get(led, "") if isinstance(led, bytes) else ""
        start = leg.start if leg and leg.start else record.text("start")
        end = leg.end if leg and leg.end else record.text("end")
        segment: dict[str, object] = {
            "id": f"{record.id.hex()}-{number}",
            "patrol_type": (leg.transport if leg else None) or record.text("transport") or None,
            "time_range": {"start_time": _zoned(start, offset), "end_time": _zoned(end, offset)},
            "events": events.get(number, []),
        }
        if name and isinstance(led, bytes):
            segment["leader"] = {"id": led.hex(), "name": name}
        found.append(segment)
    return found


def _zoned(local: str | None, offset: int) -> str | None:
    return f"{local}{offset_text(offset)}" if local else None


def _events(
    source: Source, one: ShownPatrol, waypoint: Part, files: Mapping[bytes, list[str]]
) -> list[tuple[str, dict[str, object]]]:
    """A waypoint's finds as events; a waypoint without finds is one event itself."""
    degrees, at = waypoint.degrees, waypoint.number("at")
    common: dict[str, object] = {
        "time": None if at is None else instant(float(at)),
        "location": {"latitude": degrees[0], "longitude": degrees[1]} if degrees else None,
        "place_precision": place_words.roughness(waypoint),
        "uncertainty_m": waypoint.number("uncertainty"),
        "waypoint": waypoint.id.hex(),
        "name": waypoint.text("name"),
        "comment": waypoint.text("remarks"),
        "distance_m": plain(kind_named("waypoint").field("distance"), waypoint.values.get("distance")),
        "bearing": plain(kind_named("waypoint").field("bearing"), waypoint.values.get("bearing")),
    }
    finds = one.finds_at(waypoint.id)
    if not finds:
        category = waypoint.text("category") or "waypoint"
        about = {"id": waypoint.id.hex(), "event_type": category, "title": waypoint.text("name")}
        return [(waypoint.id.hex(), {**common, **about, "files": files.get(waypoint.id)})]
    found: list[tuple[str, dict[str, object]]] = []
    for find in finds:
        details: dict[str, object] = {}
        for entry in place_words.entries(find.values.get("attributes")):
            _add(details, str(entry.get("key") or ""), entry.get("value"), str(entry.get("type") or ""))
        by = find.values.get("by")
        of_waypoint = files.get(waypoint.id, []) if find is finds[0] else []
        properties = {
            **common,
            "id": find.id.hex(),
            "event_type": find.text("category"),
            "title": observation_models.label(source, find.text("category")),
            "event_details": details,
            "species": find.text("taxon"),
            "count": find.number("count"),
            "remarks": find.text("remarks"),
            "reported_by": one.names.get(by) if isinstance(by, bytes) else None,
            "files": [*files.get(find.id, []), *of_waypoint],
        }
        found.append((find.id.hex(), properties))
    return found


def _add(details: dict[str, object], key: str, value: object, kind: str) -> None:
    """One value of ``event_details``: numbers and yes or no as JSON has them, several values as a list."""
    if not key or value in (None, ""):
        return
    told: object = str(value)
    if kind == "NUMERIC":
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        told = (int(number) if number.is_integer() else number) if math.isfinite(number) else str(value)
    elif kind == "BOOLEAN" and str(value).casefold() in ("true", "false"):
        told = str(value).casefold() == "true"
    if key not in details:
        details[key] = [told] if kind == "MLIST" else told
        return
    before = details[key]
    details[key] = [*before, told] if isinstance(before, list) else [before, told]


def _fields(kind: str, part: Part) -> dict[str, object]:
    """The plain fields of a record, by name."""
    declared = kind_named(kind)
    return {
        field.name: plain(field, part.values.get(field.name))
        for field in declared.fields
        if field.name not in _NO_FIELD
    }


def _at_locations(to: Mapping[str, Collection], shown: Shown, report: ExportReport) -> None:
    places = {one.id: one for one in shown.records("location", count=False)}
    for one in shown.records("deployment", order='"start", id'):
        place = places.get(_id(one, "location"))
        to["deployments"].add(one.id.hex(), _where(place, report), {**_fields("deployment", one), **_said(place)})
        report.written["deployment"] += 1
    counts: dict[bytes, list[dict[str, object]]] = {}
    for count in shown.records("count", order="survey, id"):
        counts.setdefault(_id(count, "survey"), []).append(
            {name: value for name, value in _fields("count", count).items() if value is not None and name != "survey"}
        )
        report.written["count"] += 1
    for one in shown.records("survey", order="date, id"):
        place = places.get(_id(one, "site"))
        properties = {**_fields("survey", one), **_said(place), "counts": counts.get(one.id)}
        to["surveys"].add(one.id.hex(), _where(place, report), properties)
        report.written["survey"] += 1


def _where(place: Part | None, report: ExportReport) -> object:
    if place is None or place.degrees is None:
        report.withheld["location"] += 1
        return None
    return point(place.degrees)


def _said(place: Part | None) -> dict[str, object]:
    if place is None:
        return {}
    return {
        "location_name": place.text("name"),
        "uncertainty_m": place.number("uncertainty"),
        "place_precision": place_words.roughness(place),
    }


def _id(part: Part, name: str) -> bytes:
    value = part.values.get(name)
    return value if isinstance(value, bytes) else b""
