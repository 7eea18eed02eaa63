"""Archives of other programs: which events are visits to a site, which are sectors of one, and what was counted there.

A visit is the topmost event of one day that has a place; events below it on that day are its sectors. What lasts
longer is no visit. Everything that has no place here is listed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ranger_app.actions import dwca_fields
from ranger_app.actions.dwca_fields import When
from ranger_app.actions.formats import ImportReport
from ranger_app.actions.import_notes import RowNotes
from ranger_app.actions.import_records import Taking
from ranger_app.domain import bird_groups, taxa, visit_words
from ranger_app.domain.fields import Value, valid
from ranger_app.domain.ids import derived_id, read_id
from ranger_app.domain.kinds import kind_named
from ranger_app.errors import DataProblem
from ranger_app.exchange import dwca_terms as terms
from ranger_app.exchange.dwca_read import Archive, Table
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store import rows

Fields = dict[str, Value]
_MOST_EVENTS = 500_000
_A_LOOK = 5000
_DEEPEST = 20
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?", re.ASCII)
_METRES = re.compile(r"(\d{1,8})(?:\.(\d{1,20}))?", re.ASCII)
_OF_EVENT = frozenset(
    ("parentEventID", "eventType", "eventDate", "eventTime", "year", "month", "day", "samplingProtocol", "eventRemarks",
     "locationID", "locality", "verbatimLocality", "countryCode", "decimalLatitude", "decimalLongitude",
     "coordinateUncertaintyInMeters", "dataGeneralizations", "informationWithheld")
)  # fmt: skip
_OF_COUNT = frozenset(
    ("occurrenceID", "basisOfRecord", "individualCount", "organismQuantity", "organismQuantityType", "sex", "lifeStage",
     "behavior", "occurrenceStatus", "occurrenceRemarks", "verbatimIdentification", "scientificName", "class")
)  # fmt: skip
_OF_HUMBOLDT = ("isTaxonomicScopeFullyReported", "excludedTaxonomicScope", "absentTaxa", "targetTaxonomicScope")
_TOLD_ELSEWHERE = frozenset(
    ("eventID", "kingdom", "taxonRank", "vernacularName", "identificationQualifier", "geodeticDatum", "datasetName",
     "license", "rightsHolder", "accessRights", "coordinatePrecision", "type", "language", "modified", "id", "coreid",
     "country", "continent", "genus", "specificEpithet", "family", "order", "phylum", "targetTaxonomicScope",
     "eventDurationValue", "eventDurationUnit", "measurementID", "measurementUnit", "measurementMethod")
)  # fmt: skip
"""Terms that say again what others say, or of the data set: nothing is lost without them."""
_OF_MEASUREMENT = frozenset(("occurrenceID", "measurementType", "measurementValue"))
_SAME_AGAIN = ("siteCount", "taxonCompletenessReported", "isAbsenceReported", "hasNonTargetTaxa", "isAbundanceReported")
_MOST_LOST = 60
_MOST_OTHER = 200
"""Kinds of measurement without a place here that are told by name."""
_GROUPINGS = frozenset(("project", "campaign", "expedition", "cruise", "programme", "program"))
_OBSERVED = frozenset(("", "humanobservation", "machineobservation", "occurrence", "observation"))
_MEASURED = {what: (name, "survey") for name, what, _unit in dwca_fields.OF_SURVEY} | {
    what: (name, "count") for name, what, _unit in dwca_fields.OF_COUNT
}


@dataclass(slots=True)
class _Event:
    row: dict[str, str]
    when: When | None
    file: str
    number: int
    used: bool = False
    measured: Fields = field(default_factory=dict)

    @property
    def placed(self) -> bool:
        return any(self.row.get(one) for one in ("locationID", "locality", "verbatimLocality", "decimalLatitude"))

    @property
    def day(self) -> str:
        """The one day it lasted; empty where it is none or lasted longer."""
        return self.when.first if self.when is not None and self.when.first == self.when.last else ""


class Foreign:
    """Takes an archive of another program; the steps are those of an archive of ours."""

    def __init__(
        self, library: Library, archive: Archive, doubts: RowNotes, taking: Taking, report: ImportReport
    ) -> None:
        self._library, self._archive, self._doubts, self._taking = library, archive, doubts, taking
        self._report = report
        self._events: dict[str, _Event] = {}
        self._counted: dict[str, Fields] = {}
        self._places: dict[bytes, None] = {}
        self._surveys: dict[str, bytes] = {}
        self._same: Counter[str] = Counter()
        self._lost: dict[str, dict[str, None]] = {}
        self._other: Counter[str] = Counter()
        self._own_events = bool(archive.of(terms.ROW_TYPES[terms.EVENT]))

    # ------------------------------------------------------------ first look

    def look(self) -> Iterator[int]:
        """Read events, completeness and measurements; yields rows looked at."""
        event, occurrence = terms.ROW_TYPES[terms.EVENT], terms.ROW_TYPES[terms.OCCURRENCE]
        for table in self._archive.of(event):
            yield from self._look_events(table)
        for table in self._archive.of(occurrence):
            if self._own_events:
                for number, _row in self._first(table, _OF_COUNT | _OF_EVENT):  # finds what breaks off, too
                    if number % _A_LOOK == 0:
                        yield number
            else:
                yield from self._look_events(table, of_counts=True)
        for table in self._archive.of(terms.ROW_TYPES[terms.HUMBOLDT]):
            yield from self._look_completeness(table)
        for table in self._archive.of(terms.PLAIN_MEASUREMENT, terms.ROW_TYPES[terms.MEASUREMENT]):
            yield from self._look_measured(table)
        known = {*terms.ROW_TYPES.values(), terms.PLAIN_MEASUREMENT}
        for table in self._archive.tables:
            if table.row_type not in known:
                reason = _("The table {table} is about something else and was not taken.").format(table=table.file)
                self._report.failed.append({"file": table.file, "code": "table_not_known", "reason": reason})

    def _first(self, table: Table, understood: frozenset[str]) -> Iterator[tuple[int, dict[str, str] | None]]:
        """The rows of a table for the first time: notes columns that hold anything and have no place here."""
        told = understood | _TOLD_ELSEWHERE | {""}
        lost = self._lost.setdefault(table.file, {})
        for number, row in self._archive.rows(table):
            if row is not None and not row.keys() <= told and len(lost) < _MOST_LOST:
                lost.update(dict.fromkeys(name for name in row if name not in told))
            yield number, row

    def _look_events(self, table: Table, *, of_counts: bool = False) -> Iterator[int]:
        for number, row in self._first(table, _OF_COUNT | _OF_EVENT if of_counts else _OF_EVENT):
            if number % _A_LOOK == 0:
                yield number
            if row is None:
                if not of_counts:
                    self._doubts.row(table.file, number, "cut_short")
                continue
            ident = _event_of(row) if of_counts else row.get("eventID") or row[""]
            if not ident:
                if not of_counts:
                    self._doubts.row(table.file, number, "no_identifier")
                continue
            if ident in self._events:
                if not of_counts:
                    self._doubts.row(table.file, number, "twice", ident)
                continue
            if len(self._events) >= _MOST_EVENTS:
                raise DataProblem(
                    "ARCHIVE_TOO_LARGE",
                    _("The archive has more than {n} events.").format(n=_MOST_EVENTS),
                    _("Nothing was taken. Ask for it in parts."),
                )
            kept = {name: value for name, value in row.items() if name in _OF_EVENT}
            self._events[ident] = _Event(kept, dwca_fields.when_read(row), table.file, number)

    def _look_completeness(self, table: Table) -> Iterator[int]:
        for number, row in self._first(table, frozenset((*_OF_HUMBOLDT, *_SAME_AGAIN, "reportedWeather"))):
            if number % _A_LOOK == 0:
                yield number
            event = self._found(table, number, row)
            if event is None or row is None:
                continue
            full = row.get("isTaxonomicScopeFullyReported", "").casefold()
            if full in ("true", "1", "yes"):
                event.measured["complete"] = 1
            elif full in ("false", "0", "no"):
                event.measured["complete"] = 0
            excluded, absent, target = (
                [one.strip() for one in re.split(r"[|;,]", row.get(name, "")) if one.strip()]
                for name in _OF_HUMBOLDT[1:]
            )
            if row.get("reportedWeather"):
                event.measured["weather"] = _measured("survey", "weather", row["reportedWeather"])
            if absent and set(absent) == set(target):
                event.measured["no_birds"] = 1
            if excluded:
                groups, words = dwca_fields.groups_named(excluded)
                event.measured["not_counted"] = bird_groups.written(groups, " ".join(words))

    def _look_measured(self, table: Table) -> Iterator[int]:
        for number, row in self._first(table, _OF_MEASUREMENT):
            if number % _A_LOOK == 0:
                yield number
            if row is None:
                self._doubts.row(table.file, number, "cut_short")
                continue
            what, value = row.get("measurementType", ""), row.get("measurementValue", "")
            name, kind = _MEASURED.get(what.casefold(), ("", ""))
            about = row.get("occurrenceID", "")
            if not name or (kind == "count") != bool(about):
                other = what[:80]
                if other and (other in self._other or len(self._other) < _MOST_OTHER):
                    self._other[other] += 1
                continue
            read = _measured(kind, name, value)
            if read is None:
                self._doubts.row(table.file, number, "bad_value", what)
            elif about:
                if len(self._counted) < _MOST_EVENTS * 4:
                    self._counted.setdefault(about, {})[name] = read
            else:
                event = self._found(table, number, row)
                if event is not None:
                    event.measured[name] = read

    def _found(self, table: Table, number: int, row: Mapping[str, str] | None) -> _Event | None:
        if row is None:
            self._doubts.row(table.file, number, "cut_short")
            return None
        ident = row.get("eventID") or row[""]
        event = self._events.get(ident)
        if event is None:
            self._doubts.row(table.file, number, "orphan", ident)
        return event

    # ------------------------------------------------------------ taking

    def take(self) -> Iterator[int]:
        """Take the visits, then the counts; yields rows done whenever a batch is full."""
        done = 0
        for ident, event in self._events.items():
            top = self._visit_of(ident)
            if top == ident and event.day and event.placed and not self._is_grouping(event):
                done += 1
                yield from self._flushed(self._survey(ident), done)
        for table in self._archive.of(terms.ROW_TYPES[terms.OCCURRENCE]):
            seen: set[str] = set()
            for number, row in self._archive.rows(table):
                done += 1
                if row is None:
                    self._doubts.row(table.file, number, "cut_short")
                    continue
                yield from self._flushed(self._count(table, number, row, seen), done)
        self._say()

    def _flushed(self, full: bool, done: int) -> Iterator[int]:
        if full:
            yield done

    def _is_grouping(self, event: _Event) -> bool:
        return event.row.get("eventType", "").casefold() in _GROUPINGS

    def _visit_of(self, ident: str) -> str:
        """The event that is the visit this one belongs to: the topmost of the same day that has a place."""
        top = ident
        event = self._events[ident]
        for _step in range(_DEEPEST):
            above = event.row.get("parentEventID", "")
            parent = self._events.get(above)
            if parent is None or above == ident:
                break
            if not parent.placed or self._is_grouping(parent) or not parent.day or parent.day != event.day:
                break
            top, event = above, parent
        return top

    def _survey(self, ident: str) -> bool:
        event = self._events[ident]
        if event.when is None:
            return False
        site, full = self._place(event, "site", None)
        fields: Fields = dict(dwca_fields.survey_read(event.when)) | {"site": site}
        fields["remarks"] = event.row.get("eventRemarks") or None
        fields["method"] = event.row.get("samplingProtocol") or None
        above = self._events.get(event.row.get("parentEventID", ""))
        if above is not None and self._is_grouping(above):
            fields["coordinated"] = above.row.get("eventRemarks") or None
        fields |= event.measured
        record = self._surveys[ident] = self._record("survey", ident)
        return self._taking.add("survey", record, _filled("survey", fields)) or full

    def _place(self, event: _Event, kind: str, part_of: bytes | None) -> tuple[bytes, bool]:
        row = event.row
        name = row.get("locality") or row.get("verbatimLocality") or row.get("locationID") or ""
        # Never by its coordinates: an id leaves where the place does not, and could be found by trying them all.
        called = row.get("locationID") or name or f"{event.file} {event.number}"
        record = self._record("location", called)
        if record in self._places:
            return record, False
        self._places[record] = None
        fields: Fields = {"name": name or called, "type": kind, "part_of": part_of}
        fields["country"] = row.get("countryCode") or None
        fields["source"] = f"{self._archive.dataset} {called}"
        fields["remarks"] = "\n".join(
            row[one] for one in ("dataGeneralizations", "informationWithheld") if row.get(one)
        ) or None  # fmt: skip
        if row.get("dataGeneralizations") or row.get("informationWithheld"):
            self._report.withheld["location"] += 1
        latitude, longitude = row.get("decimalLatitude", ""), row.get("decimalLongitude", "")
        if latitude or longitude:
            point = _degrees(latitude, 90), _degrees(longitude, 180)
            if None in point:
                self._doubts.row(event.file, event.number, "bad_place", f"{latitude} {longitude}")
            else:
                metres = _METRES.fullmatch(row.get("coordinateUncertaintyInMeters", ""))
                fields |= {"latitude": point[0], "longitude": point[1]}
                if metres is not None:  # rather a metre too much
                    fields["uncertainty"] = int(metres[1]) + bool((metres[2] or "").strip("0"))
        return record, self._taking.add("location", record, _filled("location", fields))

    def _count(self, table: Table, number: int, row: dict[str, str], seen: set[str]) -> bool:
        ident = (row.get("eventID") or row[""]) if self._own_events else _event_of(row)
        event = self._events.get(ident)
        given = row.get("occurrenceID", "")
        if event is None:
            self._doubts.row(table.file, number, "orphan" if ident else "no_identifier", ident)
            return False
        if given and given in seen:
            self._doubts.row(table.file, number, "twice", given)
            return False
        seen.add(given)
        fields = self._read(table, number, row)
        if fields is None:
            return False
        visit = self._visit_of(ident)
        full = False
        if visit not in self._surveys:
            top = self._events[visit]
            if not top.day:
                told = top.row.get("eventDate", "")
                self._doubts.row(table.file, number, "no_day", told)
                return False
            full = self._survey(visit)
        sector = None
        if visit != ident:
            site = self._place(self._events[visit], "site", None)[0]
            sector, more = self._place(event, "sector", site)
            full = full or more
            if sector == site:
                sector = None
        fields |= {"survey": self._surveys[visit], "sector": sector} | self._counted.get(given, {})
        called = given
        if not called:
            called = "|".join((ident, str(fields["taxon"]), str(fields["sex"]), str(fields["life_stage"])))
            self._same[called] += 1
            called = f"{called}|{self._same[called]}"
        return self._taking.add("count", self._record("count", called), _filled("count", fields)) or full

    def _read(self, table: Table, number: int, row: dict[str, str]) -> Fields | None:
        if row.get("class", "").casefold() not in ("", "aves"):
            self._doubts.row(table.file, number, "not_a_bird", row.get("scientificName") or row["class"])
            return None
        basis = row.get("basisOfRecord", "")
        if basis.rpartition("/")[2].casefold().replace(" ", "") not in _OBSERVED:
            self._doubts.row(table.file, number, "not_observed", basis)
            return None
        known = taxa.find(dwca_fields.known_taxon(row.get("scientificName", "")))
        if known is not None and known.group not in ("bird", ""):
            self._doubts.row(table.file, number, "not_a_bird", row["scientificName"])
            return None
        if dwca_fields.NO_BIRDS in row.get("occurrenceID", ""):
            return None  # an archive of ours: its visit says the same
        try:
            fields = dwca_fields.count_read(row)
        except ValueError as error:
            told = row.get("individualCount") or row.get("organismQuantity", "")
            self._doubts.row(table.file, number, str(error), told)
            return None
        fields["taxon"] = dwca_fields.known_taxon(str(fields["taxon"]))
        return fields

    def _record(self, kind: str, ident: str) -> bytes:
        """The id of a record; that of a record of ours where its identifier came back to us."""
        if (own := read_id(ident)) is not None:
            with self._library.read() as db:
                if rows.get(db, kind, own) is not None:
                    return own
        return derived_id(self._archive.dataset, kind, ident)

    def _say(self) -> None:
        for file, lost in self._lost.items():
            if not lost:
                continue
            reason = _("These columns have no place here and were not taken: {columns}.").format(
                columns=", ".join(list(lost)[:_MOST_LOST])
            )
            self._report.failed.append({"file": file, "code": "column_not_known", "reason": reason})
        for what, number in sorted(self._other.items()):
            reason = ngettext(
                "{n} measurement of {what} has no place here and was not taken.",
                "{n} measurements of {what} have no place here and were not taken.",
                number,
            ).format(n=number, what=what)
            self._report.failed.append({"file": terms.MEASUREMENT, "code": "measurement_not_known", "reason": reason})


def _event_of(row: Mapping[str, str]) -> str:
    """What to call the event of an occurrence that stands for itself: its identifier, else place and day."""
    if row.get("eventID"):
        return row["eventID"]
    where = row.get("locationID") or row.get("locality") or row.get("verbatimLocality", "")
    when = row.get("eventDate") or "-".join(row.get(one, "") for one in ("year", "month", "day"))
    return f"{where} {when}".strip() if where else ""


def _degrees(text: str, most: int) -> int | None:
    match = _DEGREES.fullmatch(text)
    if match is None:
        return None
    whole, _point, part = text.lstrip("+-").partition(".")
    value = int(whole) * 10**7 + int(part[:7].ljust(7, "0"))
    value += len(part) > 7 and part[7] >= "5"
    return (-value if text.startswith("-") else value) if value <= most * 10**7 else None


def _measured(kind: str, name: str, text: str) -> Value:
    """A measured value as the field holds it; None where it cannot."""
    declared = kind_named(kind).field(name)
    if declared.sql_type == "INTEGER":
        whole = re.fullmatch(r"([+-]?\d{1,9})(?:[.,]0+)?", text, re.ASCII)
        return int(whole[1]) if whole and valid(declared, int(whole[1])) else None
    words = {one.code: one.label for one in declared.choices} | visit_words.OF_FIELD.get(name, {})
    words |= visit_words.SEVERAL.get(name, {}) if kind == "survey" else {}
    codes = {text.casefold(): code for code, label in words.items() for text in (code, label)}
    if kind == "survey" and name in visit_words.SEVERAL:
        said = [one.strip() for one in text.split(", ")]
        found = {codes[one.casefold()] for one in said if one.casefold() in codes}
        return visit_words.together(name, found, " ".join(one for one in said if one.casefold() not in codes))
    return codes.get(text.casefold(), text) or None


def _filled(kind: str, fields: Mapping[str, Value]) -> Fields:
    """The fields that hold anything and may hold it."""
    declared = kind_named(kind)
    return {name: value for name, value in fields.items() if value is not None and valid(declared.field(name), value)}
