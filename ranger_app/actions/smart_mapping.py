"""A patrol of ours as a SMART file says it, and what the file it came from said otherwise.

An import builds each record's part of the file anew and keeps every difference to the file beside the record; an
export builds it again and puts the difference back wherever nobody changed the record since. So what came in goes out
as it was, and what people changed here goes out as they changed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ranger_app.actions import patrol_days, smart_words
from ranger_app.actions.patrol_shown import Part, ShownPatrol
from ranger_app.actions.place_words import entries
from ranger_app.actions.smart_lines import DATASET, lines_of
from ranger_app.actions.smart_losses import Losses
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import read_ids
from ranger_app.domain.natural_order import natural
from ranger_app.domain.values import canonical, scaled_text
from ranger_app.exchange import smart_patrol as smart
from ranger_app.i18n import ngettext

KEPT = "smart"
"""The key among a patrol's further attributes under which stands what has no field."""
TYPES = {"ground": "GROUND", "water": "MARINE", "air": "AIR"}
ELEMENTS = {"NUMERIC": "dValue", "BOOLEAN": "bValue", "LIST": "itemKey", "MLIST": "itemKey", "TREE": "itemKey"}
"""The element that holds a value of a type of attribute; texts and dates stand in sValue."""
_LABELS = frozenset({"team", "station", "transport", "mandate"})
_NEVER_KEPT = frozenset(
    {"record", "legs", "days", "members", "waypoints", "lines", "groups", "attachments", "version", "lost"}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Kept = dict[str, Any]


def facts(part: object) -> dict[str, object]:
    """What a part of a file says by itself, without the parts below it, as JSON values."""
    found: dict[str, object] = {}
    for name in part.__dataclass_fields__:  # type: ignore[attr-defined]
        value = getattr(part, name)
        if name in _LABELS:
            found[name] = smart.label(value)
        elif name == "told" or name == "custom":
            found[name] = [[one.key, one.element, one.text] for one in value]
        elif name == "observer":
            found[name] = _ranger(value) if value is not None else None
        elif name == "members":
            found[name] = [_ranger(one) for one in value]
        elif name == "geometry":
            continue
        elif name not in _NEVER_KEPT:
            found[name] = value
    return found


def take(part: object, said: Mapping[str, object]) -> None:
    """Set what ``facts`` names."""
    for name, value in said.items():
        if name in _LABELS:
            setattr(part, name, smart.understood_label(value))
        elif name in ("told", "custom") and isinstance(value, list):
            made: type = smart.Told if name == "told" else smart.Custom
            setattr(part, name, [made(*map(str, one)) for one in value if isinstance(one, list) and len(one) == 3])
        elif name == "observer":
            setattr(part, name, _understood_ranger(value))
        elif name == "members" and isinstance(value, list):
            setattr(part, name, [one for entry in value if (one := _understood_ranger(entry)) is not None])
        elif name == "extra":
            setattr(part, name, [one for one in value if isinstance(one, list)] if isinstance(value, list) else [])
        elif isinstance(value, str):
            setattr(part, name, value)


def _ranger(one: smart.Ranger) -> list[str]:
    return [one.given, one.family, one.employee, one.leader, one.pilot, one.record]


def _understood_ranger(value: object) -> smart.Ranger | None:
    if isinstance(value, list) and len(value) == 6 and all(isinstance(one, str) for one in value):
        return smart.Ranger(*value)
    return None


def kept_of(custom: str) -> tuple[list[smart.Custom], Kept]:
    """A patrol's further attributes, and what an import kept among them."""
    attributes: list[smart.Custom] = []
    kept: Kept = {}
    for entry in entries(custom):
        key, value = entry.get("key"), entry.get("value")
        if key == KEPT:
            found = _json(value)
            kept = found if isinstance(found, dict) else {}
        elif isinstance(key, str) and key:
            attributes.append(smart.Custom(key, "stringValue", value if isinstance(value, str) else ""))
    return attributes, kept


def custom_text(attributes: Iterable[smart.Custom], kept: Kept) -> str | None:
    """``kept_of`` undone."""
    entries = [{"key": one.key, "value": one.text} for one in attributes]
    if kept:
        entries.append({"key": KEPT, "value": canonical(kept)})
    return canonical(entries) if entries else None


def _json(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else None
    except (ValueError, RecursionError):
        return None


def local(milliseconds: int, offset: int) -> tuple[str, str]:
    """Date and time of day at an offset in minutes, the time to the second or, where it has some, to the ms."""
    try:
        moment = _EPOCH + timedelta(milliseconds=milliseconds, minutes=offset)
    except OverflowError:
        return "", ""
    fine = "milliseconds" if milliseconds % 1000 else "seconds"
    date, _t, time = moment.replace(tzinfo=None).isoformat(timespec=fine).partition("T")
    return date, time


@dataclass(slots=True)
class _Built:
    patrol: smart.Patrol
    legs: dict[int, smart.Leg] = field(default_factory=dict)
    days: dict[tuple[int, str], smart.Day] = field(default_factory=dict)

    def leg(self, number: int | None) -> int:
        """The number of a leg that there is; without one, the first."""
        if number is None:
            number = next(iter(self.legs), 1)
        self.legs.setdefault(number, smart.Leg(str(number)))
        return number

    def day(self, leg: int, date: str) -> smart.Day:
        return self.days.setdefault((self.leg(leg), date), smart.Day(date))


def patrol_of(one: ShownPatrol, offset: int, losses: Losses, files: Mapping[bytes, str]) -> smart.Patrol:
    """The patrol as SMART says it, times at ``offset`` minutes from UTC; ``files`` names the photos that leave."""
    record = one.record
    attributes, kept = kept_of(record.text("custom"))
    source = record.text("source")
    name = source.removeprefix(f"{DATASET} ") if source.startswith(f"{DATASET} ") else one.title
    patrol = smart.Patrol(name, TYPES.get(record.text("type"), ""), custom=attributes)
    armed = record.number("armed")
    patrol.armed = "" if armed is None else ("true" if armed else "false")
    patrol.objective, patrol.comment = record.text("objective"), record.text("notes")
    patrol.team, patrol.station = _label(record.text("team")), _label(record.text("station"))
    built = _Built(patrol)
    _legs(built, one, kept)
    for entry in patrol_days.days(record.values.get("days")):
        day = built.day(entry.leg, entry.date or "")
        day.start, day.end = (entry.start or "")[11:], (entry.end or "")[11:]
        day.rest = "" if entry.rest_minutes is None else str(entry.rest_minutes)
        if entry.start and entry.end and entry.end[:10] > (entry.date or entry.start[:10]):
            losses.note("past_midnight")
    for found in lines_of(one, offset, losses):
        built.day(built.leg(found.leg), found.date).lines.append(found.line)
    _waypoints(built, one, offset, losses, kept, files)
    _set_dates(built, record)
    _number_waypoints(built, one)
    for number, leg in built.legs.items():
        leg.days = [built.days[key] for key in sorted(built.days, key=lambda key: key[1]) if key[0] == number]
        take(leg, smart.restored(facts(leg), kept.get(f"leg/{number}")))
        leg.extra = _extra(f"leg/{number}", kept)
        for day in leg.days:
            date = day.date
            take(day, smart.restored(facts(day), kept.get(f"day/{number}/{date}")))
            day.extra = _extra(f"day/{number}/{date}", kept)
            for line in day.lines:
                take(line, smart.restored(facts(line), kept.get(f"track/{line.record}")))
    patrol.legs = list(built.legs.values())
    take(patrol, smart.restored(facts(patrol), kept.get("patrol")))
    patrol.extra = _extra("patrol", kept)
    losses.fields(one)
    return patrol


def _label(text: str) -> smart.Label | None:
    return smart.Label(text, smart_words.language_code()) if text else None


def _legs(built: _Built, one: ShownPatrol, kept: Kept) -> None:
    record = one.record
    legs = patrol_days.legs(record.values.get("legs"))
    if not legs:
        leader = record.values.get("leader")
        members = read_ids(record.text("members"))
        legs = [
            patrol_days.Leg(
                1,
                record.text("transport") or None,
                leader if isinstance(leader, bytes) else None,
                tuple(members),
                record.text("mandate") or None,
            )
        ]
    for leg in legs:
        said = smart.Leg(leg.name or str(leg.number), (leg.start or "")[:10], (leg.end or "")[:10])
        said.transport = _label(smart_words.transport_label(leg.transport or record.text("transport") or None))
        said.mandate = _label(leg.mandate or "")
        order = [*([leg.leader] if leg.leader else []), *(one_ for one_ in leg.members if one_ != leg.leader)]
        of_legs = kept.get("pilots")
        pilots = of_legs.get(str(leg.number)) if isinstance(of_legs, dict) else None
        pilots = pilots if isinstance(pilots, list) else []
        for person in order:
            found = ranger(person, one.names, kept)
            if found is not None:
                found.leader = "true" if person == leg.leader else "false"
                found.pilot = "true" if person.hex() in pilots else "false"
                said.members.append(found)
        built.legs[leg.number] = said


def ranger(person: bytes, names: Mapping[bytes, str], kept: Kept) -> smart.Ranger | None:
    """A person as SMART names them; None for one who may not be named. The last word counts as the family's name."""
    name = names.get(person)
    if not name:
        return None
    people = kept.get("people")
    said = people.get(person.hex()) if isinstance(people, dict) else None
    employee = ""
    if isinstance(said, list) and [type(part) for part in said] == [str, int, int, str]:
        seen, given_size, family_size, employee = said
        if seen == _mark(name) and 0 <= given_size <= len(name) and 0 <= family_size <= len(name):
            start = given_size + 1 if given_size else 0
            return smart.Ranger(name[:given_size], name[start : start + family_size], employee, record=person.hex())
    given, _space, family = name.rpartition(" ")
    return smart.Ranger(given or family, family if given else "", str(employee), record=person.hex())


def how_written(name: str, given: str, family: str, employee: str) -> list[object]:
    """How a file divides the name of a person here: sizes instead of words, so that a name stands in one place only."""
    return [_mark(name), len(given.strip()), len(family.strip()), employee]


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def _waypoints(
    built: _Built, one: ShownPatrol, offset: int, losses: Losses, kept: Kept, files: Mapping[bytes, str]
) -> None:
    photos = _photos(one, losses, kept, files)
    finds: dict[Value, list[Part]] = {}
    for found in one.finds:
        finds.setdefault(found.values.get("waypoint"), []).append(found)
    for part in sorted(one.waypoints, key=lambda part: (part.number("at") or 1 << 62, natural(part.text("name")))):
        said = _json(part.text("imported"))
        imported = said if isinstance(said, dict) else {}
        if part.degrees is None and not part.text("imported"):
            losses.note("no_place")
            continue
        waypoint = _waypoint(part, offset)
        take(waypoint, smart.restored(facts(waypoint), imported.get("says")))
        waypoint.extra = _extra(part.id.hex(), kept, imported)
        waypoint.attachments = photos.get((part.id, None), [])
        groups: dict[int, list[smart.Find]] = {}
        for found in finds.get(part.id, ()):
            group = groups.setdefault(found.number("group") or 1, [])
            group.append(_find(found, one.names, kept, imported))
            group[-1].attachments = photos.get((part.id, found.id), [])
        waypoint.groups = [groups[number] for number in sorted(groups)]
        at = part.number("at")
        date = str(imported.get("day") or "")
        if at is not None:
            date = local(at, offset)[0]
        elif not date:
            losses.note("no_time")
            date = one.record.text("date")
        built.day(built.leg(part.number("leg")), date).waypoints.append(waypoint)


def _number_waypoints(built: _Built, one: ShownPatrol) -> None:
    """SMART wants an identifier of each waypoint; those that came from it keep theirs, even an empty one."""
    ours = {part.id.hex() for part in one.waypoints if not part.text("source").startswith(f"{DATASET} ")}
    for day in built.days.values():
        taken = {waypoint.name for waypoint in day.waypoints}
        number = 0
        for waypoint in day.waypoints:
            if not waypoint.name and waypoint.record in ours:
                while str(number := number + 1) in taken:
                    pass
                waypoint.name = str(number)


def _photos(
    one: ShownPatrol, losses: Losses, kept: Kept, files: Mapping[bytes, str]
) -> dict[tuple[bytes, bytes | None], list[smart.Attachment]]:
    """The attachments of each waypoint and find; those that are missing here keep their names."""
    found: dict[tuple[bytes, bytes | None], list[smart.Attachment]] = {}
    for photo in one.photos:
        waypoint, find = photo.values.get("waypoint"), photo.values.get("sighting")
        name = files.get(photo.id) or ("" if photo.values.get("sha256") else photo.text("file_name"))
        if not name:
            continue
        if not isinstance(waypoint, bytes):
            losses.note("photo_of_nothing")
            continue
        attachment = smart.Attachment(name, record=photo.id.hex())
        said = kept.get(f"photo/{photo.id.hex()}")
        if isinstance(said, str):
            attachment.signature = said
        found.setdefault((waypoint, find if isinstance(find, bytes) else None), []).append(attachment)
    return found


def _waypoint(part: Part, offset: int) -> smart.Waypoint:
    said = smart.Waypoint(part.text("name"), comment=part.text("remarks"), record=part.id.hex())
    latitude, longitude = part.number("latitude"), part.number("longitude")
    if latitude is not None and longitude is not None:
        said.y, said.x = scaled_text(latitude, 7), scaled_text(longitude, 7)
    at, bearing, distance = part.number("at"), part.number("bearing"), part.number("distance")
    said.time = "" if at is None else local(at, offset)[1]
    said.direction = "" if bearing is None else scaled_text(bearing, 1)
    said.distance = "" if distance is None else scaled_text(distance, 1)
    if part.rough:
        metres = part.number("uncertainty") or 0
        said.comment = ngettext(
            "The place is given roughly: within {n} m.", "The place is given roughly: within {n} m.", metres
        ).format(n=metres)
    return said


def _find(part: Part, names: Mapping[bytes, str], kept: Kept, imported: Kept) -> smart.Find:
    said = smart.Find(part.text("category"), record=part.id.hex())
    for entry in entries(part.text("attributes")):
        value = entry.get("value")
        text = "" if value is None else str(value)
        element = ELEMENTS.get(str(entry.get("type") or "").upper(), "sValue") if text else ""
        said.told.append(smart.Told(str(entry.get("key") or ""), element, text))
    by = part.values.get("by")
    said.observer = ranger(by, names, kept) if isinstance(by, bytes) else None
    take(said, smart.restored(facts(said), kept.get(f"find/{part.id.hex()}")))
    said.extra = _extra(part.id.hex(), kept, imported)
    return said


def _extra(part: str, *kept: Kept) -> list[smart.Extra]:
    """What nobody understood of a part of the file, from wherever it is kept."""
    found: list[smart.Extra] = []
    for one in kept:
        of_all = one.get("extra")
        of_part = of_all.get(part) if isinstance(of_all, dict) else None
        found += [item for item in of_part if isinstance(item, list)] if isinstance(of_part, list) else []
    return found


def _set_dates(built: _Built, record: Part) -> None:
    """Start and end of legs and patrol: their own, else those of their days, else the patrol's date."""
    for number, leg in built.legs.items():
        dates = sorted(date for of, date in built.days if of == number and date)
        leg.start = leg.start or (dates[0] if dates else record.text("date"))
        leg.end = leg.end or (dates[-1] if dates else leg.start)
    starts = [leg.start for leg in built.legs.values() if leg.start]
    ends = [leg.end for leg in built.legs.values() if leg.end]
    built.patrol.start = record.text("date") or min(starts, default="")
    built.patrol.end = record.text("end")[:10] or max(ends, default=built.patrol.start)
