"""Camtrap DP 1.0.x into the library: deployments with place and camera, pictures without their files, statements.

People of other programs become names beside the statement, never persons who work here. Nothing is fetched: a picture
keeps its address and becomes whole when its file is ingested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ranger_app.actions.camtrap_dp_index import Index, Troubles
from ranger_app.actions.formats import ImportReport, ImportRequest
from ranger_app.actions.import_records import Taking
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id
from ranger_app.domain.kinds_camera import FAILURE_REASONS
from ranger_app.domain.values import canonical
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange import camtrap_dp_fields as fields_of
from ranger_app.exchange import further_fields
from ranger_app.exchange.camtrap_dp_read import BadRow, Camtrap, understand
from ranger_app.exchange.data_package import opened
from ranger_app.i18n import _
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library

Fields = dict[str, Value]
_REASONS = {choice.code for choice in FAILURE_REASONS}


def read(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    """Take the package in ``request.source``: a folder, its descriptor, or a zip file.

    DataProblem, with nothing taken, where the package is of another version or broken as a whole; single rows that
    do not hold are listed in the report with their number.
    """
    with opened(request.source) as package:
        camtrap = understand(package)
        troubles = Troubles(report)
        index = Index(camtrap, troubles)
        for done in index.read():
            yield Progress(done, 0, _("Looking the package over"))
            if request.cancel.cancelled:
                return
        total = sum(index.rows.values())
        taking = Taking(library, report, request.cancel, "import")
        taker = _Taker(index, troubles, taking)
        for done in taker.take():
            yield Progress(done, total, _("Taking records"))
            if not taking.flush():
                break
        taking.finish()
        troubles.finish()
        _say_unknown(camtrap, report)


def _say_unknown(camtrap: Camtrap, report: ImportReport) -> None:
    for table, column in camtrap.unknown:
        if column:
            reason = _("The column {column} is none of the standard's and was not taken.").format(column=column)
            report.failed.append({"file": table, "code": "column_not_known", "reason": reason})
        else:
            reason = _("The table {table} is none of the standard's and was not taken.").format(table=table)
            report.failed.append({"file": table, "code": "table_not_known", "reason": reason})


class _Taker:
    """Makes records of rows; in a package of ours the further fields are laid over what the row says."""

    def __init__(self, index: Index, troubles: Troubles, taking: Taking) -> None:
        self._index = index
        self._camtrap = index.camtrap
        self._ours = index.camtrap.ours
        self._troubles = troubles
        self._taking = taking
        self._beside = further_fields.Beside(index.camtrap.further())
        self._places: dict[str, Fields] = {}
        self._cameras: dict[str, Fields] = {}
        self._animals: dict[str, bytes] = {}
        self._taken: set[bytes] = set()
        self._done = 0

    def take(self) -> Iterator[int]:
        """Take everything; yields rows done whenever a batch is full."""
        for kind in further_fields.STANDALONE:
            yield from self._alone(kind, {})
        failures = {} if self._ours else self._failures()
        yield from self._table("deployments", lambda row, bad: self._deployment(row, bad, failures))
        yield from self._alone("deployment", self._index.deployments)
        yield from self._table("media", self._picture)
        yield from self._alone("media", self._index.media)
        yield from self._table("observations", self._observation)
        yield from self._alone("observation", self._index.observations)

    def _table(self, table: str, make: Callable[[dict[str, str], fields_of.Bad], Fields]) -> Iterator[int]:
        kind = {"deployments": "deployment", "media": "media", "observations": "observation"}[table]
        known: Mapping[str, object] = getattr(self._index, table)
        number = 0

        def bad(column: str, code: str) -> None:
            if code == "bad_value":
                self._troubles.row(table, number, code, column)
            else:
                self._troubles.loss(table, column, code)

        column = {"deployment": "deploymentID", "media": "mediaID", "observation": "observationID"}[kind]
        for number, row in self._index.good(table):  # noqa: B007 - ``bad`` names the row
            self._done += 1
            ident = row[column]
            fields = make(row, bad)
            if self._ours:
                yield from self._alone(kind, known)
                self._lay_over(kind, self._beside.take(kind, ident), fields)
            else:
                fields["source"] = f"{self._camtrap.dataset} {ident}"
            if self._taking.add(kind, self._index.record(table, ident), fields):
                yield self._done

    # ---- rows

    def _deployment(self, row: dict[str, str], bad: fields_of.Bad, failures: dict[str, list[Fields]]) -> Fields:
        fields = fields_of.deployment(row, bad)
        if self._ours:
            return fields
        fields["location"] = self._place(row, bad)
        fields["camera"] = self._camera(row)
        found = failures.get(row["deploymentID"])
        fields["failures"] = canonical(found) if found else None
        return fields

    def _place(self, row: dict[str, str], bad: fields_of.Bad) -> bytes:
        fields = fields_of.location(row, bad)
        ident = row.get("locationID", "")
        # Never by its coordinates: an id leaves where the place does not, and could be found by trying them all.
        called = ident or row.get("locationName") or row["deploymentID"]
        if self._places.setdefault(called, fields) != fields:  # one identifier, two places: both stand
            called = f"{called} {row['deploymentID']}"
            ident = ""
            self._places[called] = fields
        fields = dict(fields)
        fields["source"] = f"{self._camtrap.dataset} {ident}" if ident else None
        record = derived_id(self._camtrap.dataset, "location", called)
        self._once("location", record, fields)
        return record

    def _camera(self, row: dict[str, str]) -> bytes | None:
        fields = fields_of.camera(row)
        if fields is None:
            return None
        ident = row.get("cameraID", "")
        called = ident or f"{row['cameraModel']} {row['deploymentID']}"
        if self._cameras.setdefault(called, fields) != fields:
            called = f"{called} {row['deploymentID']}"
            ident = ""
            self._cameras[called] = fields
        fields = dict(fields)
        fields["source"] = f"{self._camtrap.dataset} {ident}" if ident else None
        record = derived_id(self._camtrap.dataset, "camera", called)
        self._once("camera", record, fields)
        return record

    def _once(self, kind: str, record: bytes, fields: Fields) -> None:
        """A place or a camera stands in the rows of all its deployments."""
        if record not in self._taken:
            self._taken.add(record)
            self._taking.add(kind, record, fields)

    def _picture(self, row: dict[str, str], bad: fields_of.Bad) -> Fields:
        deployment = row["deploymentID"]
        fields = fields_of.media(row, self._index.deployments[deployment], ours=self._ours, bad=bad)
        fields["deployment"] = self._index.record("deployments", deployment)
        return fields

    def _observation(self, row: dict[str, str], bad: fields_of.Bad) -> Fields:
        fields = fields_of.observation(row, ours=self._ours, bad=bad)
        fields["deployment"] = self._index.record("deployments", row["deploymentID"])
        if row["observationLevel"] == "media":
            fields["media"] = self._index.picture(row["mediaID"])
        if self._ours:
            return fields
        if row["observationLevel"] == "event":
            pictures = self._index.pictures(row)
            fields["pictures"] = canonical([one.hex() for one in pictures]) if pictures else None
        animal = row.get("individualID", "")
        if animal:
            fields["individual"] = self._individual(animal, row)
        return fields

    def _individual(self, code: str, row: dict[str, str]) -> bytes:
        if code not in self._animals:
            record = self._animals[code] = derived_id(self._camtrap.dataset, "individual", code)
            source = f"{self._camtrap.dataset} {code}"
            taxon = row.get("scientificName") or None
            self._taking.add("individual", record, {"code": code, "taxon": taxon, "source": source})
        return self._animals[code]

    def _failures(self) -> dict[str, list[Fields]]:
        """Failures by deployment; a reason that is none of ours stays as a remark."""
        found: dict[str, list[Fields]] = {}
        if not self._camtrap.has("failures") or ("failures", "") in self._camtrap.unknown:
            return found
        for one in self._camtrap.rows("failures"):
            if isinstance(one, BadRow):
                self._troubles.row("failures", one.row, "cells")
                continue
            number, row = one
            offset = self._index.deployments.get(row["deploymentID"])
            if offset is None:
                self._troubles.row("failures", number, "orphan", row["deploymentID"])
                continue
            try:
                times = [
                    standard.local_at(row[name], offset) if row[name] else None
                    for name in ("failureStart", "failureEnd")
                ]
            except ValueError:
                self._troubles.row("failures", number, "bad_time", f"{row['failureStart']} {row['failureEnd']}".strip())
                continue
            reason = row.get("failureReason", "")
            words = [reason if reason not in _REASONS else "", row.get("failureComments", "")]
            entry: Fields = {"from": times[0], "to": times[1], "reason": reason if reason in _REASONS else "other"}
            entry["remarks"] = "; ".join(word for word in words if word) or None
            found.setdefault(row["deploymentID"], []).append(
                {name: value for name, value in entry.items() if value is not None}
            )
        return found

    # ---- packages of ours

    def _lay_over(self, kind: str, told: Mapping[str, str], fields: Fields) -> None:
        for name in further_fields.lay_over(kind, told, fields):
            self._troubles.row("further-fields", 0, "bad_value", name)

    def _alone(self, kind: str, in_table: Mapping[str, object]) -> Iterator[int]:
        """Records that are in no table of the standard."""
        for _kind, ident, told in self._beside.alone(kind, in_table):
            fields: Fields = {}
            self._lay_over(kind, told, fields)
            if self._taking.add(kind, self._index.record_of(kind, ident), fields):
                yield self._done
