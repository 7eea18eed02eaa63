"""One SMART patrol file as records of ours, with everything that has no field kept beside them.

The format has no identity but the patrol's number, so ids come from that number and the station's name: taking the
same file in again, here or at another station, finds the same records.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from ranger_app.actions import observation_models, patrol_days, smart_words
from ranger_app.actions.observation_models import Source
from ranger_app.actions.patrol_import import figures_of
from ranger_app.actions.patrol_shown import Fields, Part, ShownPatrol
from ranger_app.actions.smart_lines import DATASET
from ranger_app.actions.smart_losses import Losses
from ranger_app.actions.smart_mapping import ELEMENTS, TYPES, Kept, custom_text, facts, how_written, patrol_of
from ranger_app.domain import observation_model as models
from ranger_app.domain.ids import derived_id
from ranger_app.domain.values import canonical
from ranger_app.exchange import smart_patrol as smart
from ranger_app.exchange import smart_wkb
from ranger_app.exchange.xml_tree import refused
from ranger_app.geo.tracks import judge, pack
from ranger_app.i18n import _

_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*|Z|[+-]\d\d:\d\d)?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?")
_TELLS_PLACE = re.compile(r"\d[.,]\d{3,}")
"""Digits that could be coordinates: what is not understood is kept with people's names, so such may not be in it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTS = ("number", "count", "howmany", "quantity")
_TYPES = {word: code for code, word in TYPES.items()} | {"WATER": "water", "AERIAL": "air"}
_LONGEST_KEPT = 900_000
"""Characters of what is kept beside a patrol; a list of the store holds a million."""
_MOST_FINDS = 50_000
_NEVER, _EVER = ("24", 1 << 30), ("", -1)
"""Later and earlier than every time of day."""


@dataclass(slots=True)
class Attached:
    """A file that the XML names, and the record it becomes."""

    id: bytes
    filename: str
    fields: Fields


@dataclass(slots=True)
class Taken:
    """What one file becomes. ``unknown`` are words for ways of moving that nobody has said the meaning of."""

    patrol: bytes
    date: str | None
    records: list[tuple[str, bytes, Fields]] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(code, what of the file is not taken as it stands)."""


class People:
    """Who is known here by name and employee's number. Names that two numbers share are two persons."""

    def __init__(self, persons: list[tuple[bytes, str, str]]) -> None:
        """``persons``: id, name, remarks of each."""
        self._by_name: dict[str, list[tuple[bytes, str]]] = {}
        self._name_of: dict[bytes, str] = {}
        for record, name, remarks in persons:
            self._note(record, name, _employee_in(remarks))

    def _note(self, record: bytes, name: str, employee: str) -> None:
        self._by_name.setdefault(_folded(name), []).append((record, employee))
        self._name_of[record] = name

    def find(self, one: smart.Ranger, ident: str) -> tuple[bytes, str, Fields | None]:
        """(the person's record, their name here, the fields of a new one or None). ``ident`` makes a new one's id."""
        name = _text(f"{one.given.strip()} {one.family.strip()}") or _text(one.employee) or _("Unknown person")
        employee = _text(one.employee) or ""
        for record, known in self._by_name.get(_folded(name), ()):
            if not employee or not known or known == employee:
                return record, self._name_of[record], None
        if _folded(name) in self._by_name:
            name = f"{name} ({employee})"
            for record, _known in self._by_name.get(_folded(name), ()):
                return record, self._name_of[record], None
        # The id must not follow from the name, or a partner who sees only ids could find it by trying names.
        record = derived_id(DATASET, "person", ident)
        while record in self._name_of:
            ident += "+"
            record = derived_id(DATASET, "person", ident)
        fields: Fields = {"name": name, "role": "ranger"}
        if employee:
            fields["remarks"] = f"employeeId: {employee}"
        self._note(record, name, employee)
        return record, name, fields

    @property
    def names(self) -> Mapping[bytes, str]:
        """Names by record."""
        return self._name_of


def _employee_in(remarks: str) -> str:
    found = re.search(r"^employeeId: (.+)$", remarks, re.MULTILINE)
    return found[1].strip() if found else ""


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def _text(text: str) -> str | None:
    return unicodedata.normalize("NFC", text).strip() or None


def _day(text: str) -> str | None:
    match = _DATE.fullmatch(text.strip())
    try:
        return date.fromisoformat(match[1]).isoformat() if match else None
    except ValueError:
        return None


def _clock(text: str) -> tuple[str, int] | None:
    """(HH:MM:SS, milliseconds since midnight) of a time of day; None where it is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    millis = int((match[4] or "0")[:3].ljust(3, "0"))
    return f"{hour:02d}:{minute:02d}:{second:02d}", ((hour * 60 + minute) * 60 + second) * 1000 + millis


def _at(day: str | None, clock: tuple[str, int] | None) -> str | None:
    return f"{day}T{clock[0]}" if day and clock else None


def _scaled(text: str, factor: int, most: float) -> int | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value * factor) if math.isfinite(value) and abs(value) <= most else None


def taken(
    patrol: smart.Patrol, file: str, offset: int, source: Source, people: People, said: Mapping[str, str]
) -> Taken:
    """The records of one file, times read as local at ``offset`` minutes; ``file`` names it in messages.

    DataProblem where a line is none or the file holds more than a patrol can.
    """
    return _Taking(patrol, file, offset, source, people, said).run()


class _Taking:
    def __init__(
        self, patrol: smart.Patrol, file: str, offset: int, source: Source, people: People, said: Mapping[str, str]
    ) -> None:
        self.patrol, self.file, self.offset, self.source = patrol, file, offset, source
        self.people, self.said = people, said
        station = patrol.station.value if patrol.station else ""
        number = _text(patrol.name) or f"{patrol.start} {station}".strip() or file
        self.ident = f"{number}\0{_text(station) or ''}"
        self.id = derived_id(DATASET, "patrol", self.ident)
        self.found = Taken(self.id, _day(patrol.start))
        self.kept: Kept = {"people": {}, "pilots": {}}
        self.met: dict[tuple[str, str, str], bytes] = {}
        self.shown = ShownPatrol(Part(self.id, {}), names=people.names)
        self.waypoints: dict[str, tuple[smart.Waypoint, Part]] = {}
        self.names_of_waypoints: dict[str, int] = {}
        self.days_of: dict[str, str] = {}

    def run(self) -> Taken:
        legs = [self._leg(number, leg) for number, leg in enumerate(self.patrol.legs, 1)]
        self.shown.record.values = self._fields(legs)
        if sum(1 for _one in self.patrol.finds()) > _MOST_FINDS:
            raise refused("SMART_TOO_BIG", _("{file} holds more finds than a patrol can."), self.file)
        self.found.notes += [("not_known", f"{name} ({number})") for name, number in [*self.patrol.lost.items()][:50]]
        self._keep_differences()
        records = self.found.records
        at = next((i for i, one in enumerate(records) if one[0] != "person"), len(records))
        records.insert(at, ("patrol", self.id, self.shown.record.values))
        return self.found

    def _note(self, code: str, value: str) -> None:
        self.found.notes.append((code, value))

    # -- the patrol and its legs

    def _fields(self, legs: list[patrol_days.Leg]) -> Fields:
        patrol = self.patrol
        days = self._days()
        starts = [one.start for one in days if one.start]
        ends = [one.end for one in days if one.end]
        members = dict.fromkeys(one for leg in legs for one in (leg.leader, *leg.members) if one)
        first = legs[0] if legs else patrol_days.Leg(1)
        return {
            "name": _text(patrol.name) or _("Patrol {date}").format(date=patrol.start),
            "date": self.found.date,
            "type": _TYPES.get(patrol.type.strip().upper()),
            "mandate": first.mandate,
            "objective": _text(patrol.objective),
            "armed": {"true": 1, "1": 1, "false": 0, "0": 0}.get(patrol.armed.strip().casefold()),
            "team": _text(patrol.team.value) if patrol.team else None,
            "station": _text(patrol.station.value) if patrol.station else None,
            "leader": first.leader,
            "members": canonical([one.hex() for one in members]) if members else None,
            "transport": first.transport,
            "start": min(starts, default=None),
            "end": max(ends, default=None),
            "utc_offset": self.offset,
            "legs": patrol_days.legs_text(legs),
            "days": patrol_days.days_text(days),
            "state": "draft",
            "notes": _text(patrol.comment),
            "source": f"{DATASET} {patrol.name.strip()}".strip(),
        }

    def _leg(self, number: int, leg: smart.Leg) -> patrol_days.Leg:
        label = leg.transport.value if leg.transport else ""
        code = smart_words.transport_code(label, self.said) if label.strip() else None
        if label.strip() and code is None:
            self.found.unknown.add(label.strip())
            code = "other"
        leader: bytes | None = None
        members: list[bytes] = []
        pilots: list[str] = []
        for one in leg.members:
            person = self._person(one)
            one.record = person.hex()
            if one.leader.strip().casefold() in ("true", "1") and leader is None:
                leader = person
            elif person not in members:
                members.append(person)
            if one.pilot.strip().casefold() in ("true", "1"):
                pilots.append(person.hex())
        if pilots:
            self.kept["pilots"][str(number)] = pilots
        days = set()
        for day in leg.days:
            if day.date in days:
                self._note("day_twice", f"{leg.name} {day.date}")
            days.add(day.date)
            self._day(number, leg, day, code)
        start, end = _day(leg.start), _day(leg.end)
        first = min((_clock(day.start) or _NEVER for day in leg.days if _day(day.date) == start), default=_NEVER)
        last = max((_clock(day.end) or _EVER for day in leg.days if _day(day.date) == end), default=_EVER)
        return patrol_days.Leg(
            number,
            code,
            leader,
            tuple(members),
            _text(leg.mandate.value) if leg.mandate else None,
            _text(leg.name),
            _at(start, first if first != _NEVER else None),
            _at(end, last if last != _EVER else None),
        )

    def _person(self, one: smart.Ranger) -> bytes:
        key = (one.given, one.family, one.employee)
        if key not in self.met:
            record, name, new = self.people.find(one, f"{self.ident}\0{len(self.met)}")
            if new is not None:
                self.found.records.append(("person", record, new))
            self.met[key] = record
            self.kept["people"].setdefault(record.hex(), how_written(name, *key))
        return self.met[key]

    def _days(self) -> list[patrol_days.Day]:
        found: dict[tuple[int, str | None], patrol_days.Day] = {}
        for number, leg in enumerate(self.patrol.legs, 1):
            for day in leg.days:
                on = _day(day.date)
                rest = _scaled(day.rest, 1, 100_000) if day.rest else None
                start, end = _at(on, _clock(day.start)), _at(on, _clock(day.end))
                found.setdefault((number, on), patrol_days.Day(number, on, start, end, rest))
        return list(found.values())

    # -- what lies in a day

    def _day(self, number: int, leg: smart.Leg, day: smart.Day, transport: str | None) -> None:
        for nth, line in enumerate(day.lines):
            self._line(number, leg, day, line, transport, nth)
        for waypoint in day.waypoints:
            self._waypoint(number, leg, day, waypoint)

    def _line(
        self, number: int, leg: smart.Leg, day: smart.Day, line: smart.Line, transport: str | None, nth: int
    ) -> None:
        record = derived_id(DATASET, "track", f"{self.ident}\0{leg.name}\0{number}\0{day.date}\0{nth}")
        line.record = record.hex()
        on = _day(day.date)
        values: Fields = {"patrol": self.id, "leg": number, "date": on, "planned": 0, "points": b"", "point_count": 0}
        values["source"] = f"{DATASET} {self.patrol.name}".strip()
        if line.geometry:
            try:
                way = smart_wkb.decode(line.geometry)
            except ValueError as error:
                what = _("{file} holds a track that cannot be read ({day}).")
                raise refused("SMART_TRACK_BROKEN", what, self.file, day=day.date) from error
            for i, time in enumerate(way.time):
                way.time[i] = math.nan if time == 0 else time - self.offset * 60_000
            judged = judge(way, transport or "other")
            if judged.reasons.get("bad_place"):
                self._note("bad_place", f"{day.date}: {judged.reasons['bad_place']}")
            values |= {"points": pack(way, judged.marks), "point_count": len(way), **figures_of(judged)}
        self.found.records.append(("track", record, values))
        self.shown.tracks.append(Part(record, values))

    def _waypoint(self, number: int, leg: smart.Leg, day: smart.Day, one: smart.Waypoint) -> None:
        ident = f"{self.ident}\0{leg.name}\0{number}\0{day.date}\0{one.name}"
        nth = self.names_of_waypoints[ident] = self.names_of_waypoints.get(ident, -1) + 1
        ident = f"{ident}\0{nth}"
        record = derived_id(DATASET, "waypoint", ident)
        one.record = record.hex()
        on, clock = _day(day.date), _clock(one.time)
        latitude, longitude = _scaled(one.y, 10**7, 90), _scaled(one.x, 10**7, 180)
        if latitude is None or longitude is None:
            latitude = longitude = None
            if one.x or one.y:
                self._note("bad_place", f"{one.name}: {one.y} {one.x}")
        values: Fields = {
            "patrol": self.id,
            "leg": number,
            "name": _text(one.name),
            "latitude": latitude,
            "longitude": longitude,
            "at": self._instant(on, clock) if on and clock else None,
            "remarks": _text(one.comment),
            "distance": _scaled(one.distance, 10, 10**7) if one.distance else None,
            "bearing": _scaled(one.direction, 10, 360) if one.direction else None,
            "imported": "{}",
            "source": f"{DATASET} {self.patrol.name}".strip(),
        }
        if isinstance(values["bearing"], int) and values["bearing"] < 0:
            values["bearing"] = None
        part = Part(record, values)
        self.waypoints[one.record] = (one, part)
        self.days_of[one.record] = day.date
        self.shown.waypoints.append(part)
        self.found.records.append(("waypoint", record, values))
        for group, finds in enumerate(one.groups, 1):
            for place, find in enumerate(finds, 1):
                self._find(ident, record, group, place, find)
        for attachment in one.attachments:
            self._attachment(ident, record, None, attachment)

    def _instant(self, day: str, clock: tuple[str, int]) -> int:
        midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        return (midnight - _EPOCH) // timedelta(milliseconds=1) + clock[1] - self.offset * 60_000

    def _find(self, ident: str, waypoint: bytes, group: int, place: int, one: smart.Find) -> None:
        ident = f"{ident}\0{group}\0{place}"
        record = derived_id(DATASET, "sighting", ident)
        one.record = record.hex()
        attributes = [{"key": told.key, "value": _value(told.text), "type": self._type(told, one)} for told in one.told]
        values: Fields = {
            "patrol": self.id,
            "waypoint": waypoint,
            "group": group,
            "number": place,
            "category": unicodedata.normalize("NFC", one.category).strip(),
            "taxon": observation_models.taxon_of(self.source, attributes, one.category),
            "count": _count(one),
            "attributes": canonical(attributes) if attributes else None,
            "source": f"{DATASET} {self.patrol.name}".strip(),
        }
        if one.observer is not None and (one.observer.given or one.observer.family or one.observer.employee):
            person = self._person(one.observer)
            one.observer.record = person.hex()
            values["by"] = person
        self.found.records.append(("sighting", record, values))
        self.shown.finds.append(Part(record, values))
        for attachment in one.attachments:
            self._attachment(ident, waypoint, record, attachment)

    def _type(self, told: smart.Told, find: smart.Find) -> str:
        """The model's type where the element can hold it, else what the element and its text tell."""
        known = observation_models.attribute_of(self.source, told.key)
        model_type = known[1].type if known else ""
        if model_type in models.TYPES and told.element == ELEMENTS.get(model_type, "sValue"):
            return str(model_type)
        if told.element == "itemKey":
            several = sum(one.key == told.key for one in find.told) > 1
            return "TREE" if told.text.endswith(".") else ("MLIST" if several else "LIST")
        return {"dValue": "NUMERIC", "bValue": "BOOLEAN"}.get(told.element, "TEXT")

    def _attachment(self, ident: str, waypoint: bytes, find: bytes | None, one: smart.Attachment) -> None:
        number = sum(1 for known in self.found.attached if known.fields["waypoint"] == waypoint)
        record = derived_id(DATASET, "media", f"{ident}\0{one.filename}\0{number}")
        one.record = record.hex()
        if one.signature:
            self.kept[f"photo/{one.record}"] = one.signature
        name = _text(one.filename.replace("\\", "/").rpartition("/")[2])
        if name != _text(one.filename):
            self._note("folder_of_file", one.filename)
        if name is None:
            return
        values: Fields = {"patrol": self.id, "waypoint": waypoint, "sighting": find, "file_name": name}
        values["source"] = f"{DATASET} {self.patrol.name}".strip()
        self.found.attached.append(Attached(record, one.filename, values))
        self.shown.photos.append(Part(record, values))

    # -- what the file says otherwise than our records would

    def _keep_differences(self) -> None:
        record, kept, theirs = self.shown.record, self.kept, self.patrol
        record.values["custom"] = custom_text(theirs.custom, kept)
        files = {one.id: one.filename for one in self.found.attached}
        ours = patrol_of(self.shown, self.offset, Losses(), files)
        self._keep("patrol", smart.differences(facts(ours), facts(theirs)), without=("name",))
        for number, (our_leg, leg) in enumerate(zip(ours.legs, theirs.legs, strict=False), 1):
            self._keep(f"leg/{number}", smart.differences(facts(our_leg), facts(leg)))
            days = {day.date: day for day in reversed(leg.days)}
            for our_day in our_leg.days:
                if (day := days.get(our_day.date)) is not None:
                    self._keep(f"day/{number}/{our_day.date}", smart.differences(facts(our_day), facts(day)))
                    lines = {line.record: line for line in day.lines}
                    for our_line in our_day.lines:
                        if (line := lines.get(our_line.record)) is not None:
                            said = smart.differences({"distance": our_line.distance}, {"distance": line.distance})
                            self._keep(f"track/{line.record}", said)
        self._keep_of_places(ours)
        text = custom_text(theirs.custom, kept)
        if text is not None and len(text) > _LONGEST_KEPT:
            self._note("too_much", str(len(text)))
            text = custom_text(theirs.custom[:1000], {"people": kept["people"]})
            text = text if text is not None and len(text) <= _LONGEST_KEPT else None
        record.values["custom"] = text

    def _keep_of_places(self, ours: smart.Patrol) -> None:
        built = {one.record: one for leg in ours.legs for day in leg.days for one in day.waypoints}
        finds = {find.record: find for _leg, _day, _waypoint, _group, _number, find in ours.finds()}
        for ident, (one, part) in self.waypoints.items():
            said = smart.differences(facts(built[ident]), facts(one))
            of_place: dict[str, list[smart.Extra]] = {}
            self._keep_extra(ident, said, of_place, one.name)
            imported: Kept = {"says": said} if said else {}
            if part.values.get("at") is None:
                imported["day"] = self.days_of[ident]
            for group in one.groups:
                for find in group:
                    told = smart.differences(facts(finds[find.record]), facts(find))
                    self._keep_extra(find.record, told, of_place, one.name)
                    if told:
                        self.kept[f"find/{find.record}"] = told
            if of_place:
                imported["extra"] = of_place
            # A waypoint without a place is written all the same where it came without one.
            part.values["imported"] = canonical(imported) if imported or part.degrees is None else None

    def _keep(self, part: str, said: smart.Differences, without: tuple[str, ...] = ()) -> None:
        for name in list(said):
            if name in without:
                del said[name]
        self._keep_extra(part, said, None)
        if said:
            self.kept[part] = said

    def _keep_extra(
        self, part: str, said: smart.Differences, of_place: dict[str, list[smart.Extra]] | None, where: str = ""
    ) -> None:
        """Keep what nobody understands with what it may tell of: figures with the place, the rest with the people.

        What could be both stays out and is said, and so do figures of a part that has no place of its own.
        """
        pair = said.pop("extra", None)
        if not isinstance(pair, list):
            return
        for one in pair[1]:
            texts = list(_texts(one))
            if not any(_TELLS_PLACE.search(text) for text in texts):
                self.kept.setdefault("extra", {}).setdefault(part, []).append(one)
            elif of_place is None or any(char.isalpha() for text in texts for char in text):
                self._note("extra_place", f"{where or part} {one[0]}")
            else:
                of_place.setdefault(part, []).append(one)


def _texts(extra: object) -> Iterator[str]:
    """The values of an element or attribute that is not understood, names apart."""
    if isinstance(extra, list) and len(extra) == 2:
        yield str(extra[1])
    elif isinstance(extra, list) and len(extra) == 4:
        yield from extra[1].values()
        yield str(extra[2])
        for child in extra[3]:
            yield from _texts(child)


def _value(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _count(find: smart.Find) -> int | None:
    """The number of a find, where one of its numbers is called so and is whole."""
    for told in find.told:
        key = told.key.casefold()
        if told.element == "dValue" and (key in _COUNTS or key.startswith("number")):
            try:
                value = float(told.text)
            except ValueError:
                continue
            if value.is_integer() and 0 <= value <= 1_000_000:
                return int(value)
    return None
