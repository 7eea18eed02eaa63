"""Waterbird counts as a Darwin Core Archive: events, occurrences, the Humboldt Extension and measurements.

Three things stay apart: a species that was counted as none by a visit that looked for all is absent; a blank says
nothing; a group that was not counted is named as excluded. Counts leave only from sites that are released, unless a
partner's own rule or exactness was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ranger_app.actions import coordinated, dwca_fields, withheld_counts
from ranger_app.actions.dwca_places import Places, Site, rough_point
from ranger_app.actions.dwca_rows import OF_A_SECTOR, Answered, humboldt, measurements, occurrence
from ranger_app.actions.export_camtrap_dp import LICENCES
from ranger_app.actions.formats import ExportReport, ExportRequest, Option
from ranger_app.actions.patrol_shown import Part, Shown
from ranger_app.actions.release import Released
from ranger_app.actions.sharing_view import View
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id, read_ids
from ranger_app.domain.seasons import days_apart
from ranger_app.exchange import dwca_terms as terms
from ranger_app.exchange import further_fields
from ranger_app.exchange.dwca_eml import LICENCES as ADDRESSES
from ranger_app.exchange.dwca_eml import Coverage, Words, eml
from ranger_app.exchange.dwca_write import ArchiveWriter, cell
from ranger_app.i18n import N_, _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.store import origins, rows
from ranger_app.store.connection import Database

FILE = "dwca.zip"
RECEIVER = "gbif"
ALONE = ("person", "protected_area", "location", "population")
"""Kinds that stand in the further fields of an exact archive, in this order."""
OPTIONS = (
    Option("title", N_("title of the project")),
    Option("license", N_("licence under which data and pictures are given"), LICENCES),
)
_A_TURN = 200


@dataclass(slots=True)
class _Occasion:
    """A count on agreed dates, of the visits that leave."""

    id: str
    name: str
    first: str
    last: str


@dataclass(slots=True)
class _Met:
    """Records that the archive speaks of, whole in the further fields."""

    ids: dict[str, set[bytes]] = field(default_factory=lambda: {kind: set() for kind in ALONE})

    def note(self, kind: str, value: Value) -> None:
        if isinstance(value, bytes):
            self.ids[kind].add(value)


def write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with ``dwca.zip``. What was left out is listed in the report."""
    with library.moment() as db, ArchiveWriter(request.folder / FILE, further=request.exact) as writer:
        work = _Work(library, db, writer, request, report)
        total = int(db.conn.execute("SELECT count(*) FROM survey WHERE deleted = 0").fetchone()[0])
        for done in work.surveys():
            if done % _A_TURN == 0:
                yield Progress(done, total, _("Writing surveys"))
            if request.cancel.cancelled:
                return
        work.finish()


class _Work:
    def __init__(
        self, library: Library, db: Database, writer: ArchiveWriter, request: ExportRequest, report: ExportReport
    ) -> None:
        self._library, self._db, self._writer = library, db, writer
        self._request, self._report = request, report
        self._shown = Shown(library, db, request, report)
        self._places = Places(db, None if request.exact else View(db, request.shown, library.now_ms()))
        self._released = Released(db, RECEIVER, everything=request.exact or request.partner)
        rule = request.shown  # one that holds counts back makes every visit incomplete, or a gap would be an absence
        self._complete = request.exact or not (rule.species or rule.areas or "count" in rule.kinds)
        self._in_part = withheld_counts.visits_in_part(db)  # and so does a partner's rule, for its visits
        self._occasions: list[_Occasion] = []
        self._coverage = Coverage()
        self._met = _Met()
        licence = request.options["license"]
        name = library.station.name
        self._common: dict[str, object] = {
            "dcterms:license": ADDRESSES[licence][1] if licence in ADDRESSES else "",
            "dcterms:rightsHolder": name,
            "dcterms:accessRights": "" if licence in ADDRESSES else f"Ask {name} before any use.",
            "datasetName": self._title,
        }

    @property
    def _title(self) -> str:
        return self._request.options["title"].strip() or f"Waterbird counts of {self._library.station.name}"

    def surveys(self) -> Iterator[int]:
        """Write every visit that may leave, with its counts; yields how many were looked at."""
        self._agreed()
        counts = _Groups(self._shown.records("count", order="survey, id"))
        for done, survey in enumerate(self._shown.records("survey", order="id")):
            if self._released.allows(survey.values.get("site")):
                self._survey(survey, counts.of(survey.id))
            yield done

    def _agreed(self) -> None:
        """Put together the visits of one coordinated count: the same name within ten days, as the screens do."""
        quiet = Released(self._db, RECEIVER, everything=self._request.exact or self._request.partner)
        visits = []
        for survey in self._shown.records("survey", count=False):
            site = self._places.site(survey.values.get("site"))
            name = " ".join(survey.text("coordinated").split())
            if name and site is not None and site.told(name) and quiet.allows(survey.values.get("site")):
                visits.append((survey.text("date"), name))
        for date, name in sorted(visits):
            if (one := self._occasion(name, date)) is None:
                ident = derived_id("ranger", "coordinated count", f"{name.casefold()} {date}").hex()
                self._occasions.append(_Occasion(ident, name, date, date))
            else:
                one.last = max(one.last, date)

    def _occasion(self, name: str, date: str) -> _Occasion | None:
        for one in self._occasions:
            if one.name.casefold() == name.casefold() and (
                one.first <= date <= one.last or days_apart(one.first, date) <= coordinated.APART_DAYS
            ):
                return one
        return None

    def _survey(self, survey: Part, counts: list[Part]) -> None:
        site = self._places.site(survey.values.get("site"))
        if site is None:
            self._report.withheld["survey"] += 1
            return
        values, ident = survey.values, survey.id.hex()
        offset = self._offset(survey)
        date, time, minutes = dwca_fields.when_told(values, offset)
        name = " ".join(survey.text("coordinated").split())
        occasion = self._occasion(name, survey.text("date")) if name and site.told(name) else None
        observers = self._observers(values)
        event: dict[str, object] = {
            "eventID": ident,
            "parentEventID": occasion.id if occasion else "",
            "eventType": dwca_fields.VISIT,
            "eventDate": date,
            "eventTime": time,
            **_parts(survey.text("date")),
            "samplingProtocol": protocol(values, site),
            "samplingEffort": f"{minutes} minutes" if minutes is not None else "",
            "eventRemarks": values.get("remarks"),
            **self._common,
        }
        self._event(event, site, None)
        sectors = sorted({one for count in counts if isinstance(one := count.values.get("sector"), bytes)})
        for sector in sectors:
            part = event | {
                "eventID": f"{ident}-{sector.hex()}",
                "parentEventID": ident,
                "eventType": dwca_fields.SECTOR,
                "eventRemarks": "",
                "samplingEffort": "",
            }
            self._event(part, site, sector)
        whole = self._complete and survey.id not in self._in_part
        answered = Answered(values, site, whole, minutes, observers, len(sectors))
        for count in counts:
            self._count(count, survey, site, answered)
        for number, taxon in enumerate(answered.no_birds()):
            row = {"eventID": ident, "occurrenceID": f"{ident}{dwca_fields.NO_BIRDS}{number}"}
            self._writer.row(terms.OCCURRENCE, row | answered.absent(taxon, _names(observers)))
            answered.absences.append(taxon)
        told = humboldt(answered)
        self._writer.row(terms.HUMBOLDT, told | {"eventID": ident})
        for sector in sectors:
            self._writer.row(terms.HUMBOLDT, told | OF_A_SECTOR | {"eventID": f"{ident}-{sector.hex()}"})
        for measured in measurements(values, site, dwca_fields.OF_SURVEY, "survey"):
            more = {"eventID": ident, "measurementID": f"{ident}-{measured['field']}"}
            self._writer.row(terms.MEASUREMENT, measured | more)
        self._report.written["survey"] += 1
        self._coverage.day(survey.text("date"))
        if self._request.exact:
            when = dwca_fields.when_read({key: cell(value) for key, value in event.items()})
            read = dwca_fields.survey_read(when) if when else {}
            read["site"] = site.record.id
            self._writer.further("survey", further_fields.lines("survey", ident, survey.id, values, read))
            self._met.note("location", values.get("site"))
            for text in read_ids(values.get("observers")):
                self._met.note("person", text)

    def _event(self, event: Mapping[str, object], site: Site, sector: bytes | None) -> None:
        cells = self._places.cells(site, sector)
        row = {**event, **cells}
        held = [str(cells.get("informationWithheld") or "")]
        if not self._names_leave:
            held.append("Names of observers.")
        row["informationWithheld"] = " ".join(one for one in held if one)
        self._writer.row(terms.EVENT, row)
        if cells.get("countryCode"):
            self._coverage.countries.add(str(cells["countryCode"]))
        if (point := rough_point(cells)) is not None:
            self._coverage.place(*point)

    @property
    def _names_leave(self) -> bool:
        return self._request.exact or self._request.shown.people

    def _count(self, count: Part, survey: Part, site: Site, answered: Answered) -> None:
        values, ident = count.values, count.id.hex()
        sector = values.get("sector")
        by = values.get("by")
        name = self._shown.names.get(by) if isinstance(by, bytes) else None
        row = occurrence(values, site, answered, _names([name] if name else answered.observers))
        if row is None:
            self._report.failed.append(
                {
                    "id": ident,
                    "code": "zero_not_vouched",
                    "reason": _(
                        "{species}: 0 was not written as an absence, because its visit does not say that all birds"
                        " were looked for."
                    ).format(species=str(values.get("taxon") or "")),
                }
            )
        else:
            event = f"{survey.id.hex()}-{sector.hex()}" if isinstance(sector, bytes) else survey.id.hex()
            row |= {"eventID": event, "occurrenceID": ident}
            self._writer.row(terms.OCCURRENCE, row)
            for one in measurements(values, site, dwca_fields.OF_COUNT, "count"):
                more = {"eventID": event, "occurrenceID": ident, "measurementID": f"{ident}-{one['field']}"}
                self._writer.row(terms.MEASUREMENT, one | more)
            self._population(values, event, ident)
            self._report.written["count"] += 1
            self._coverage.taxa.add(str(row["scientificName"]))
        if self._request.exact:
            read: dict[str, Value] = {}
            if row is not None:
                read = dwca_fields.count_read({key: cell(value) for key, value in row.items()})
                read |= {"survey": survey.id, "sector": sector}
                lines = further_fields.lines("count", ident, count.id, values, read)
            else:
                lines = iter(
                    [
                        ("count", ident, further_fields.OWN_ID, ident),
                        *further_fields.lines("count", ident, count.id, values, {}),
                    ]
                )
            self._writer.further("count", lines)
            self._met.note("location", sector)
            self._met.note("person", by)
            self._met.note("population", values.get("population"))

    def _population(self, values: Mapping[str, Value], event: str, ident: str) -> None:
        population = values.get("population")
        found = rows.get(self._db, "population", population) if isinstance(population, bytes) else None
        if found is None or (not self._request.exact and "population" in self._request.shown.kinds):
            return
        row = {
            "eventID": event,
            "occurrenceID": ident,
            "measurementID": f"{ident}-population",
            "measurementType": "population",
            "measurementValue": found.text("name"),
            "measurementMethod": found.text("edition"),
        }
        self._writer.row(terms.MEASUREMENT, row)

    def _observers(self, values: Mapping[str, Value]) -> list[str]:
        names = self._shown.names
        return [names[one] for one in read_ids(values.get("observers")) if one in names]

    def _offset(self, survey: Part) -> int | None:
        """Minutes east of UTC: the visit's own, else this station's for a visit of its own."""
        offset = survey.number("utc_offset")
        if offset is not None:
            return offset
        origin = origins.of(self._db, "survey", survey.id, self._library.station)
        return self._library.station.utc_offset if origin is not None and origin.own else None

    def finish(self) -> None:
        """Write the coordinated counts, what stands alone and the description; say what was left out."""
        for one in self._occasions:
            span = one.first if one.first == one.last else f"{one.first}/{one.last}"
            row = {
                "eventID": one.id,
                "eventType": dwca_fields.OCCASION,
                "eventDate": span,
                "eventRemarks": one.name,
                **self._common,
            }
            self._writer.row(terms.EVENT, row)
        if self._request.exact:
            self._alone()
            self._report.written["further-fields"] = self._writer.further_lines
        for table in terms.COLUMNS:
            self._report.written[table] = self._writer.lines(table)
        left_out = sum(self._released.left_out.values())
        if left_out:
            self._report.withheld["survey"] += left_out
            for reason in self._released.reasons():
                self._report.failed.append({"file": FILE, "code": "not_released", "reason": reason})
        self._writer.finish(eml(self._words(), self._coverage))

    def _alone(self) -> None:
        met = self._met.ids
        met["location"] = self._whole(met["location"])
        for record in met["location"]:
            found = rows.get(self._db, "location", record)
            self._met.note("protected_area", found["protected_area"] if found else None)
        for kind in ALONE:
            for record in sorted(met[kind]):
                found = rows.get(self._db, kind, record)
                if found is not None and not found.deleted:
                    ident = record.hex()
                    self._writer.further("alone", [(kind, ident, further_fields.OWN_ID, ident)])
                    self._writer.further("alone", further_fields.lines(kind, ident, record, found.values, {}))

    def _whole(self, locations: Iterable[bytes]) -> set[bytes]:
        """Sites with all that is part of them, what they are part of and what is seen from elsewhere too."""
        found: set[bytes] = set()
        waiting = list(locations)
        while waiting:
            one = waiting.pop()
            if one in found:
                continue
            found.add(one)
            record = rows.get(self._db, "location", one)
            if record is None:
                continue
            if isinstance(above := record["part_of"], bytes):
                waiting.append(above)
            waiting += read_ids(record["overlaps"])
            if record["type"] not in ("", None) and one in self._met.ids["location"]:
                waiting += [part.id for part in rows.find(self._db, "location", "part_of=?", (one,))]
        return found

    def _words(self) -> Words:
        station = self._library.station
        rule = "" if self._request.exact else f" Written under the sharing rule {self._request.rule}."
        return Words(
            identifier=f"ranger-{station.id.hex()[:16]}",
            title=self._title,
            station=station.name,
            country=station.country,
            created=datetime.fromtimestamp(self._library.now_ms() // 1000, UTC).date().isoformat(),
            licence=self._request.options["license"],
            paragraphs=[
                f"Counts of waterbirds at wetlands by the station {station.name}, with visits, sectors, effort and"
                f" completeness.{rule}",
                "An absence is stated only where a visit says that all waterbirds were looked for. Groups of birds that"
                " were not counted are named as excluded.",
            ],
            methods=[
                "Visits to wetlands with counts of all birds seen, by sector, after the protocol of the International"
                " Waterbird Census; numbers are counts, estimates with an error, or shares of a sampled flock, as each"
                " record says.",
                "Places are told as the station's sharing rule allows: coordinates are then the middle of a cell, for"
                " the whole event.",
            ],
            sampling="Sites and sectors as each event names them, on the dates of its visits.",
        )


def _names(names: Iterable[str]) -> str:
    return dwca_fields.SEPARATOR.join(names)


class _Groups:
    """Counts by survey, taken in step with surveys in the order of their ids."""

    def __init__(self, counts: Iterator[Part]) -> None:
        self._counts = counts
        self._next = next(counts, None)

    def of(self, survey: bytes) -> list[Part]:
        found: list[Part] = []
        while self._next is not None:
            about = self._next.values.get("survey")
            about = about if isinstance(about, bytes) else b""
            if about > survey:
                break
            if about == survey:
                found.append(self._next)
            self._next = next(self._counts, None)
        return found


def protocol(values: Mapping[str, Value], site: Site) -> str:
    """What was counted and how, in English."""
    kind = dwca_fields.english("survey", "kind", values.get("kind"))
    way = site.told(dwca_fields.english("survey", "method", values.get("method")))
    return "; ".join(one for one in (f"Waterbird count: {kind}" if kind else "Waterbird count", way) if one)


def _parts(date: str) -> dict[str, object]:
    year, _dash, rest = date.partition("-")
    month, _dash, day = rest.partition("-")
    if not (year.isdigit() and month.isdigit() and day.isdigit()):
        return {}
    return {"year": int(year), "month": int(month), "day": int(day)}
