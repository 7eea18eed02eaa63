"""Darwin Core Archives into the library: an exact one of ours gives the same records, one of others surveys and counts.

People of other archives are no persons here, nothing is fetched, and no cell is taken for more than text: what stands
in ``dynamicProperties`` is not understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ranger_app.actions import dwca_fields
from ranger_app.actions.dwca_foreign import Foreign
from ranger_app.actions.export_dwca import ALONE
from ranger_app.actions.formats import ImportFormat, ImportReport, ImportRequest
from ranger_app.actions.import_notes import RowNotes
from ranger_app.actions.import_records import Taking
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import read_id
from ranger_app.domain.kinds import kind_named
from ranger_app.errors import DataProblem
from ranger_app.exchange import dwca_terms as terms
from ranger_app.exchange import further_fields
from ranger_app.exchange.dwca_read import Archive, opened
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library

Fields = dict[str, Value]
_REASONS: dict[str, str] = {
    "cut_short": N_("The row has fewer cells than the description says."),
    "no_identifier": N_("The row has no identifier of its event."),
    "twice": N_("The identifier {value} stands in an earlier row too."),
    "orphan": N_("No event is called {value}."),
    "no_day": N_("{value} is no single day."),
    "no_name": N_("There is no name of a species."),
    "no_number": N_("{value} is no number of birds."),
    "absent_with_number": N_("Absent, but with a number: {value}."),
    "present_with_zero": N_("Present, but 0 birds."),
    "zero_without_status": N_("0 birds, and nothing says whether that is an absence."),
    "not_a_bird": N_("{value} is no bird."),
    "not_observed": N_("Not an observation: {value}."),
    "no_place": N_("The event has no place."),
    "bad_place": N_("Coordinates that cannot be: {value}. The site was taken without them."),
    "bad_value": N_("A value that {value} cannot hold."),
    "required": N_("{value} is missing."),
    "in_circle": N_("The event is part of itself: {value}."),
}


def read(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    """Take the archive in ``request.source``: a zip file, a folder or a single table.

    DataProblem, with nothing taken, where it is no archive, is broken as a whole, or no row of it can be taken.
    """
    with opened(request.source) as archive:
        for code, sentence in archive.said:
            report.failed.append({"file": request.source.name, "code": code, "reason": sentence})
        doubts = RowNotes(report, _REASONS)
        taking = Taking(library, report, request.cancel, "import")
        taker: _Ours | Foreign
        taker = _Ours(archive, doubts, taking) if archive.ours else Foreign(library, archive, doubts, taking, report)
        for done in taker.look():
            yield Progress(done, 0, _("Looking the archive over"))
            if request.cancel.cancelled:
                return
        for done in taker.take():
            yield Progress(done, 0, _("Taking records"))
            if not taking.flush():
                break
        if not request.cancel.cancelled and not report.read["survey"] and report.failed and not archive.ours:
            raise DataProblem(
                "NO_ROW_TAKEN",
                _("No survey in the archive can be taken. {reason}")
                .format(reason=next((str(one["reason"]) for one in report.failed if "row" in one), ""))
                .strip(),
                _("Nothing was taken. See which tables and columns the archive has."),
            )
        taking.finish()
        doubts.finish()
        if isinstance(taker, _Ours):
            taker.say(report)


FORMAT = ImportFormat(N_("Waterbird counts (Darwin Core Archive)"), read)


class _Ours:
    """Makes records of an exact archive of ours: rows, and over them the further fields."""

    def __init__(self, archive: Archive, doubts: RowNotes, taking: Taking) -> None:
        self._archive, self._doubts, self._taking = archive, doubts, taking
        self._beside = further_fields.Beside(archive.further())
        self._visits: dict[str, None] = {}
        self._counts: dict[str, None] = {}
        self._done = self._released = 0

    def look(self) -> Iterator[int]:
        """Note which visits and counts have rows."""
        for table in self._archive.of(terms.ROW_TYPES[terms.EVENT]):
            for number, row in self._archive.rows(table):
                if row is None:
                    self._doubts.row(table.file, number, "cut_short")
                elif row.get("eventType") == dwca_fields.VISIT:
                    self._visits[row[""]] = None
                if number % 5000 == 0:
                    yield number
        for table in self._archive.of(terms.ROW_TYPES[terms.OCCURRENCE]):
            for number, row in self._archive.rows(table):
                if row is not None:
                    self._counts[row.get("occurrenceID", "")] = None
                if number % 5000 == 0:
                    yield number
        for number, _line in enumerate(self._archive.further()):  # what breaks off is found before anything is taken
            if number % 5000 == 0:
                yield number

    def take(self) -> Iterator[int]:
        """Take everything; yields rows done whenever a batch is full."""
        for kind in ALONE:
            yield from self._alone(kind, {})
        seen: set[str] = set()
        for table in self._archive.of(terms.ROW_TYPES[terms.EVENT]):
            for number, row in self._archive.rows(table):
                if row is None or row.get("eventType") != dwca_fields.VISIT:
                    continue
                yield from self._alone("survey", self._visits)
                yield from self._row("survey", table.file, number, row[""], self._survey(row), seen)
        yield from self._alone("survey", self._visits)
        seen = set()
        for table in self._archive.of(terms.ROW_TYPES[terms.OCCURRENCE]):
            for number, row in self._archive.rows(table):
                ident = row.get("occurrenceID", "") if row is not None else ""
                if row is None or dwca_fields.NO_BIRDS in ident:
                    continue
                yield from self._alone("count", self._counts)
                try:
                    fields = self._count(row)
                except ValueError as error:
                    self._beside.take("count", ident)
                    self._doubts.row(table.file, number, str(error), row.get("individualCount", ""))
                    continue
                yield from self._row("count", table.file, number, ident, fields, seen)
        yield from self._alone("count", self._counts)

    def say(self, report: ImportReport) -> None:
        """Releases of sites are no business of a file."""
        if self._released:
            reason = ngettext(
                "{n} site came without its release: only the station that made it gives its counts away.",
                "{n} sites came without their releases: only the stations that made them give their counts away.",
                self._released,
            ).format(n=self._released)
            report.failed.append({"file": "location", "code": "release_stays", "reason": reason})

    def _survey(self, row: Mapping[str, str]) -> Fields:
        when = dwca_fields.when_read(row)
        fields: Fields = dict(dwca_fields.survey_read(when)) if when is not None else {}
        fields["site"] = read_id(row.get("locationID", ""))
        return fields

    def _count(self, row: Mapping[str, str]) -> Fields:
        survey, _dash, sector = row[""].partition("-")
        fields: Fields = dict(dwca_fields.count_read(row))
        return fields | {"survey": read_id(survey), "sector": read_id(sector)}

    def _row(self, kind: str, file: str, number: int, ident: str, fields: Fields, seen: set[str]) -> Iterator[int]:
        self._done += 1
        self._lay_over(kind, self._beside.take(kind, ident), fields)
        record = read_id(ident)
        if record is None:
            self._doubts.row(file, number, "no_identifier")
        elif ident in seen:
            self._doubts.row(file, number, "twice", ident)
        else:
            seen.add(ident)
            yield from self._add(kind, record, fields, file, number)

    def _alone(self, kind: str, in_table: Mapping[str, object]) -> Iterator[int]:
        for _kind, ident, told in self._beside.alone(kind, in_table):
            fields: Fields = {}
            self._lay_over(kind, told, fields)
            if kind == "location" and fields.pop("release", None):
                self._released += 1
            if (record := read_id(ident)) is not None:
                yield from self._add(kind, record, fields, terms.FURTHER, 0)
            else:
                self._doubts.row(terms.FURTHER, 0, "no_identifier")

    def _add(self, kind: str, record: bytes, fields: Fields, file: str, number: int) -> Iterator[int]:
        lacking = next(
            (one.name for one in kind_named(kind).fields if one.required and fields.get(one.name) is None), ""
        )
        if lacking:
            self._doubts.row(file, number, "required", lacking)
        elif self._taking.add(kind, record, {name: value for name, value in fields.items() if value is not None}):
            yield self._done

    def _lay_over(self, kind: str, told: Mapping[str, str], fields: Fields) -> None:
        for name in further_fields.lay_over(kind, told, fields):
            self._doubts.row(terms.FURTHER, 0, "bad_value", name)
