"""Writing up a patrol: its legs and days, and what was found where, each act one signed batch that undo takes back.

A find stands on a waypoint, and several finds may share one. Where nobody said the place, the track tells it by time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache

from ranger_app.actions import kept_back, observation_models, patrol_places, patrol_values
from ranger_app.actions.patrol_days import (
    Day,
    Leg,
    clock,
    dates,
    days_text,
    instant,
    legs_text,
    local,
    moment_of,
    spans,
)
from ranger_app.actions.patrol_places import Spot, Trace
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create, delete
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.geo import coordinates
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

NUMBER = "number"
"""The attribute that says how many there were, as models of this family name it."""
_FAR = 100_000
"""Metres to what was seen, above which the distance is a mistake."""


@dataclass(frozen=True, slots=True)
class FindEntry:
    """One find as it is written up. Texts are as typed: ``time`` by the patrol's clock, ``place`` in any notation or
    as a time on the track, ``distance`` in metres and ``bearing`` in degrees to what was seen.

    ``waypoint`` puts it on a waypoint that is there; then time and place count only where they are filled in.
    ``spot`` is a place pointed at. ``after`` is the moment of the find before, ms since 1970 UTC.
    """

    category: str
    time: str = ""
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    count: str = ""
    place: str = ""
    distance: str = ""
    bearing: str = ""
    remarks: str = ""
    by: bytes | None = None
    waypoint: bytes | None = None
    spot: Spot | None = None
    after: int | None = None
    datum: str = coordinates.WGS84
    """What ``place`` was read on, a key of ``coordinates.DATUMS``."""


@dataclass(frozen=True, slots=True)
class FindMade:
    """What was written: ids, the moment, and the place with where it comes from: "typed", "track", or ""."""

    find: bytes
    waypoint: bytes
    at: int | None
    spot: Spot | None
    source: str


# -- legs and days ---------------------------------------------------------------------------------------------


def set_legs(library: Library, patrol: bytes, legs: Sequence[Leg]) -> Changes:
    """Write all legs of a patrol. DataProblem where a number is there twice."""
    numbers = [leg.number for leg in legs]
    if len(set(numbers)) != len(numbers):
        raise DataProblem("LEG_TWICE", _("Two legs have the same number."), _("Give each leg a number of its own."))
    return _set(library, patrol, {"legs": legs_text(legs)}, "edit legs")


def set_days(library: Library, patrol: bytes, days: Sequence[Day]) -> Changes:
    """Write all days of a patrol, in order of date and leg."""
    ordered = sorted(days, key=lambda day: (day.date or "", day.start or "", day.leg))
    return _set(library, patrol, {"days": days_text(ordered)}, "edit days")


def _set(library: Library, patrol: bytes, values: dict[str, Value], label: str) -> Changes:
    with library.read() as db:
        current = existing(db, "patrol", patrol)
        kept_back.check(db, "patrol", patrol, values)
    if all(current[name] == value for name, value in values.items()):
        return Changes(frozenset())
    return library.commit([change("patrol", patrol, values)], label=label)


# -- finds -----------------------------------------------------------------------------------------------------


def add_find(library: Library, patrol: bytes, entry: FindEntry) -> FindMade:
    """Write a find and, unless it shares one, its waypoint. DataProblem in one sentence where something is wrong."""
    with library.read() as db:
        record = existing(db, "patrol", patrol)
        values = _find_values(db, record, entry)
        at, spot, source = placed(record, entry, lambda: patrol_places.trace(db, patrol))
        here = _own_waypoint(db, patrol, entry.waypoint) if entry.waypoint else None
        offset = _offset_values(entry)
        number = _next_number(db, entry.waypoint)
    find = library.new_id()
    ops: list[Op] = []
    if here is None:
        waypoint = library.new_id()
        ops.append(create("waypoint", waypoint, {"patrol": patrol, **_where(at, spot), **offset}))
    else:
        waypoint = here.id
        wanted = {**_missing(here, _where(at, spot)), **offset}
        if wanted:
            ops.append(change("waypoint", waypoint, wanted))
        at = here["at"] if isinstance(here["at"], int) else at
    ops.append(create("sighting", find, {"patrol": patrol, "waypoint": waypoint, "number": number, **values}))
    library.commit(ops, label="add find")
    return FindMade(find, waypoint, at, spot, source)


def edit_find(library: Library, find: bytes, entry: FindEntry) -> FindMade:
    """Write a find anew as ``entry`` says; its waypoint moves where time or place are given differently."""
    with library.read() as db:
        current = existing(db, "sighting", find)
        record = existing(db, "patrol", _bytes(current["patrol"]))
        values = _find_values(db, record, entry)
        waypoint = existing(db, "waypoint", _bytes(current["waypoint"]))
        trace = cache(lambda: patrol_places.trace(db, record.id))
        at, spot, source = placed(record, entry, trace)
        wanted: dict[str, Value] = dict(_offset_values(entry))
        was = waypoint["at"]
        if isinstance(was, int) and at is not None and 0 <= was - at < 60_000:
            at = was  # typed to the minute, known to the second
        if entry.place.strip() or entry.spot is not None:
            wanted |= _where(at, spot)
        elif at != was:
            wanted |= _where(at, spot) if _follows_the_track(waypoint, trace) else {"at": at}
        new = {name: value for name, value in values.items() if current[name] != value}
        wanted = {name: value for name, value in wanted.items() if waypoint[name] != value}
        kept_back.check(db, "sighting", find, new)
        kept_back.check(db, "waypoint", waypoint.id, wanted)
    ops = [change("sighting", find, new)] if new else []
    ops += [change("waypoint", waypoint.id, wanted)] if wanted else []
    if ops:
        library.commit(ops, label="edit find")
    return FindMade(find, waypoint.id, at, spot, source)


def _follows_the_track(waypoint: Record, trace: Callable[[], Trace]) -> bool:
    """Whether a waypoint has no place, or the one that the track told for its time: then it moves with its time."""
    if waypoint["latitude"] is None:
        return True
    at = waypoint["at"]
    told = trace().at(at) if isinstance(at, int) else None
    return told is not None and (told.latitude, told.longitude) == (waypoint["latitude"], waypoint["longitude"])


def delete_find(library: Library, find: bytes) -> Changes:
    """Take a find away, and its waypoint with it where nothing else rests on that; undo brings both back."""
    with library.read() as db:
        current = existing(db, "sighting", find)
        waypoint = _bytes(current["waypoint"])
        ops = [delete("sighting", find)]
        place = rows.get(db, "waypoint", waypoint)
        if place is not None and not place.deleted and not _still_needed(db, place, find):
            ops.append(delete("waypoint", waypoint))
    return library.commit(ops, label="delete find")


def add_waypoint(library: Library, patrol: bytes, entry: FindEntry, name: str = "") -> FindMade:
    """Mark a place without a find: ``entry`` says time, place, offset and remarks, its category nothing."""
    with library.read() as db:
        record = existing(db, "patrol", patrol)
        at, spot, source = placed(record, entry, lambda: patrol_places.trace(db, patrol))
    waypoint = library.new_id()
    values: dict[str, Value] = {"patrol": patrol, **_where(at, spot), **_offset_values(entry)}
    values |= {"name": name.strip() or None, "remarks": entry.remarks.strip() or None}
    library.commit([create("waypoint", waypoint, values)], label="add waypoint")
    return FindMade(b"", waypoint, at, spot, source)


def edit_waypoint(library: Library, waypoint: bytes, entry: FindEntry, name: str | None = None) -> Changes:
    """Change what is filled in of ``entry``: time, place, offset, remarks; and the name where it is given.

    All finds on the waypoint move with it.
    """
    with library.read() as db:
        current = existing(db, "waypoint", waypoint)
        patrol = existing(db, "patrol", _bytes(current["patrol"]))
        trace = cache(lambda: patrol_places.trace(db, patrol.id))
        at, spot, _source = placed(patrol, entry, trace)
        values: dict[str, Value] = dict(_offset_values(entry))
        if entry.place.strip() or entry.spot is not None or (at is not None and _follows_the_track(current, trace)):
            values |= _where(at if at is not None else _number(current["at"]), spot)
        elif at is not None:
            values["at"] = at
        if entry.remarks.strip():
            values["remarks"] = entry.remarks.strip()
        if name is not None:
            values["name"] = name.strip() or None
        values = {field_: value for field_, value in values.items() if current[field_] != value}
        kept_back.check(db, "waypoint", waypoint, values)
    if not values:
        return Changes(frozenset())
    return library.commit([change("waypoint", waypoint, values)], label="edit waypoint")


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def delete_waypoint(library: Library, waypoint: bytes) -> Changes:
    """Take a waypoint away with all its finds; undo brings them back."""
    with library.read() as db:
        existing(db, "waypoint", waypoint)
        finds = [record.id for record in rows.find(db, "sighting", "waypoint=?", (waypoint,))]
    ops = [delete("waypoint", waypoint), *(delete("sighting", find) for find in finds)]
    return library.commit(ops, label="delete waypoint")


def _still_needed(db: Database, waypoint: Record, find: bytes) -> bool:
    """Whether a GPS device gave it, somebody wrote something on it, or other records stand on it."""
    if any(waypoint[name] for name in ("name", "remarks", "category", "attributes", "source")):
        return True
    for kind in ("sighting", "media", "sample", "health_event"):
        sql = f'SELECT 1 FROM "{kind}" WHERE waypoint=? AND deleted=0 AND id<>? LIMIT 1'
        if db.conn.execute(sql, (waypoint.id, find)).fetchone():
            return True
    return False


def _find_values(db: Database, patrol: Record, entry: FindEntry) -> dict[str, Value]:
    hkey = entry.category.strip()
    if not hkey:
        raise DataProblem("CATEGORY_MISSING", _("The find has no category."), _("Say what was found."))
    model = observation_models.model_of(db, patrol.id)
    attributes = patrol_values.read(model, hkey, entry.attributes)
    count = entry.count.strip()
    if count and not (count.isdecimal() and len(count) < 10):
        raise DataProblem("NUMBER_WRONG", _("{text} is not a number.").format(text=count), _("Write a whole number."))
    if not count:  # many models ask for the number as an attribute
        told = next((one["value"] for one in attributes if one["key"] == NUMBER), "")
        count = told if told.isdecimal() and len(told) < 10 else ""
    return {
        "category": hkey,
        "taxon": observation_models.taxon_of(observation_models.known(db, model), attributes, hkey),
        "count": int(count) if count else None,
        "attributes": patrol_values.stored(attributes),
        "by": entry.by,
        "remarks": entry.remarks.strip() or None,
    }


def placed(patrol: Record, entry: FindEntry, trace: Callable[[], Trace]) -> tuple[int | None, Spot | None, str]:
    """The moment and the place of ``entry``, and where the place comes from: "typed", "track" or "".

    ``trace``: reads the patrol's track, asked only where it is needed. DataProblem where time or place cannot be read,
    or the track does not tell where somebody was at a time given as the place.
    """
    at = moment(patrol, entry.time, entry.after)
    if entry.spot is not None:
        return (entry.spot.at if at is None else at), entry.spot, "typed"
    text = entry.place.strip()
    if text and clock(text) is None:
        return at, typed_place(text, entry.datum), "typed"
    if at is None and not text:
        return None, None, ""
    when = moment(patrol, text, entry.after) if text else at
    spot = trace().at(when) if when is not None else None
    if spot is None:
        if text:
            raise DataProblem(
                "NO_TRACK_THEN",
                _("The track does not say where the patrol was at {time}.").format(time=text),
                _("Write the place in degrees, or another time."),
            )
        return at, None, ""
    return (when if at is None else at), spot, "track"


def moment(patrol: Record, text: str, after: int | None = None) -> int | None:
    """A typed time as ms since 1970 UTC; None for an empty one. DataProblem TIME_WRONG where it cannot be read."""
    if not text.strip():
        return None
    minutes = offset_of(patrol)
    out = spans(patrol.values)
    if not out:
        raise DataProblem("PATROL_WITHOUT_DATE", _("The patrol has no date."), _("Fill in the date first."))
    found = moment_of(text, out, local(after, minutes) if after is not None else None)
    if found is None:
        raise DataProblem(
            "TIME_WRONG", _("{text} is not a time.").format(text=text.strip()), _("Write it as 14:05 or 1405.")
        )
    return instant(found, minutes)


def offset_of(patrol: Record) -> int:
    """The patrol's clock, minutes east of UTC; UTC where nobody said."""
    value = patrol["utc_offset"]
    return value if isinstance(value, int) else 0


def days_out(patrol: Record) -> list[str]:
    """The dates on which the patrol was out, in order."""
    return [day.isoformat() for day in dates(spans(patrol.values))]


def typed_place(text: str, datum: str = coordinates.WGS84) -> Spot:
    """A place typed in any notation on ``datum``; DataProblem where it cannot be read."""
    place = coordinates.parse(text, datum)
    return Spot(place.latitude, place.longitude, place.uncertainty_m)


def _where(at: int | None, spot: Spot | None) -> dict[str, Value]:
    return {
        "at": at,
        "latitude": spot.latitude if spot else None,
        "longitude": spot.longitude if spot else None,
        "uncertainty": spot.uncertainty if spot else None,
    }


def _missing(waypoint: Record, values: dict[str, Value]) -> dict[str, Value]:
    """What the waypoint lacks of ``values``; a place only as a whole."""
    found: dict[str, Value] = {"at": values["at"]} if waypoint["at"] is None and values["at"] is not None else {}
    if waypoint["latitude"] is None and values["latitude"] is not None:
        found |= {name: values[name] for name in ("latitude", "longitude", "uncertainty")}
    return found


def _offset_values(entry: FindEntry) -> dict[str, Value]:
    distance = _tenths(entry.distance, _FAR, _("The distance"))
    bearing = _tenths(entry.bearing, 360, _("The direction"))
    found: dict[str, Value] = {}
    if distance is not None:
        found["distance"] = distance
    if bearing is not None:
        found["bearing"] = bearing % 3600
    return found


def _tenths(text: str, most: int, what: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 <= number <= most:
        raise UsageProblem(
            "OFFSET_WRONG",
            _("{what} {text} cannot be used.").format(what=what, text=text),
            _("Write a number from 0 to {most}.").format(most=most),
        )
    return int((number * 10).to_integral_value(ROUND_HALF_EVEN))


def _own_waypoint(db: Database, patrol: bytes, waypoint: bytes) -> Record:
    record = existing(db, "waypoint", waypoint)
    if record["patrol"] != patrol:
        raise DataProblem(
            "OTHER_PATROL", _("This waypoint belongs to another patrol."), _("Choose one of this patrol.")
        )
    return record


def _next_number(db: Database, waypoint: bytes | None) -> int:
    if waypoint is None:
        return 1
    row = db.conn.execute("SELECT coalesce(max(number), 0) FROM sighting WHERE waypoint=?", (waypoint,)).fetchone()
    return int(row[0]) + 1


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else b""


def typed(find: Record, waypoint: Record, offset: int) -> FindEntry:
    """A find as it would be typed, to be changed."""
    attributes: dict[str, list[str]] = {}
    for one in patrol_values.entries(find["attributes"]):
        attributes.setdefault(one["key"], []).append(one.get("value", ""))
    at, by = waypoint["at"], find["by"]
    return FindEntry(
        find.text("category"),
        local(at, offset).isoformat(sep=" ", timespec="minutes") if isinstance(at, int) else "",
        attributes,
        "" if find["count"] is None else str(find["count"]),
        "",
        _shown_tenths(waypoint["distance"]),
        _shown_tenths(waypoint["bearing"]),
        find.text("remarks"),
        by if isinstance(by, bytes) else None,
    )


def _shown_tenths(value: Value) -> str:
    return f"{Decimal(value) / 10:f}".rstrip("0").rstrip(".") if isinstance(value, int) and value else ""


def members(patrol: Record) -> list[bytes]:
    """The people of a patrol, its leader first."""
    leader, others = patrol["leader"], patrol["members"]
    found = [leader] if isinstance(leader, bytes) else []
    for one in json.loads(others) if isinstance(others, str) else []:
        if (known := bytes.fromhex(one)) not in found:
            found.append(known)
    return found
