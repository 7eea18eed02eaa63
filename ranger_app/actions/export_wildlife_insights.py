"""The four tables of a Wildlife Insights bulk upload: projects, cameras, deployments, images.

Under the rule ``open`` names are codes and places are rounded to 0.1 degree for every deployment alike, as in the
Camtrap DP export and for its reasons; pictures of people and what was said of people stay. The format holds one answer
for a picture, so what counts is written (what a reviewer settled, else the newest person's answer, else the surest
machine's) and the rest is counted in the report.

A statement on an event stands in one row, on the first picture for which it counts; the event's other pictures have a
row without identification and the same external_sequence_id, so that one animal is not counted once for each picture.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from ranger_app.actions import leaving
from ranger_app.actions.camtrap_dp_deployment import STEP
from ranger_app.actions.camtrap_dp_names import Names
from ranger_app.actions.export_camtrap_dp import DESIGNS, LICENCES
from ranger_app.actions.formats import ExportReport, ExportRequest, Option
from ranger_app.domain import taxa
from ranger_app.domain.fields import Group, Value
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.statements import Statement, counting
from ranger_app.domain.values import scaled_text
from ranger_app.errors import DataProblem
from ranger_app.exchange import wildlife_insights as standard
from ranger_app.exchange.wildlife_insights import Writer
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.media.formats import BY_MEDIA_TYPE
from ranger_app.store import rows, statements
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

OPTIONS = (
    Option("title", N_("title of the project")),
    Option("sampling-design", N_("how the camera sites were chosen"), DESIGNS, "targeted"),
    Option("license", N_("licence under which data and pictures are given"), LICENCES),
)
_EVERY = 200
_SHOWS_PEOPLE = f"((m.people = 1 AND coalesce(m.people_released, 0) = 0) OR {leaving.SHOWS_PEOPLE})"
_NO_COLUMN = {
    "deployment": ("clock_corrections", "paired_with", "habitat", "depth", "timestamp_issues", "tags", "remarks"),
    "observation": ("behaviour", "certainty", "box", "setup"),
}
"""Fields for which its upload has no column."""


def write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with the four tables. DataProblem where no deployment can be written."""
    with library.moment() as db, Writer(request.folder) as writer:
        work = _Tables(library, db, writer, request, report)
        total = int(db.conn.execute("SELECT count(*) FROM media WHERE deleted = 0").fetchone()[0])
        for deployment in list(rows.find(db, "deployment", order='"start", id')):
            for done in work.deployment(deployment):
                yield Progress(done, total, _("Writing deployments"))
                if request.cancel.cancelled:
                    return
        work.finish()


class _Tables:
    """Writes deployment by deployment and keeps count of what the format cannot hold."""

    def __init__(
        self, library: Library, db: Database, writer: Writer, request: ExportRequest, report: ExportReport
    ) -> None:
        self._library = library
        self._db = db
        self._writer = writer
        self._request = request
        self._exact = request.exact
        self._report = report
        self._names = Names(db, exact=request.exact)
        self._project = f"ranger-{library.station.id.hex()[:16]}"
        self._cameras: dict[bytes, str] = {}
        self._lost: Counter[tuple[str, str]] = Counter()
        """Table and field -> values without a column."""
        self._short: Counter[str] = Counter()
        self._outweighed = self._outside = self._done = 0
        self._baits: Counter[str] = Counter()
        self._methods: set[str] = set()
        self._individuals = self._blanks = self._paired = False

    # ---- deployments

    def deployment(self, record: Record) -> Iterator[int]:
        """Write one deployment with its pictures; yields the pictures done now and then."""
        offset, reference = record["utc_offset"], record["location"]
        location = rows.get(self._db, "location", reference) if isinstance(reference, bytes) else None
        start, end = self._dates(record)
        why = ""
        if location is None or not isinstance(location["latitude"], int) or not isinstance(location["longitude"], int):
            why = _("it has no coordinates")
        elif not isinstance(offset, int):
            why = _("it has no UTC offset")
        elif not start or not end:
            why = _("it has no dates, and no picture gives one")
        elif end < start:
            why = _("its end lies before its start")
        if why or location is None or not isinstance(offset, int):
            pictures = self._db.conn.execute(
                "SELECT count(*) FROM media WHERE deployment = ? AND deleted = 0", (record.id,)
            ).fetchone()[0]
            reason = _("{name} has no row, because {why}; with it stay {media} pictures.")
            self._fail(record, "deployment_incomplete",
                       reason.format(name=self._called(record), why=why, media=pictures))  # fmt: skip
            return
        ident = self._names.ident(record)
        self._writer.row("deployments", self._deployment(record, ident, location, start, end))
        self._report.written["deployment"] += 1
        for name in _NO_COLUMN["deployment"]:
            self._lost["deployments.csv", name] += record[name] is not None
        self._withhold(record)
        yield from self._images(record, ident, offset, start, end)

    def _dates(self, record: Record) -> tuple[str, str]:
        start, end, offset = record.text("start"), record.text("end"), record["utc_offset"]
        if (start and end) or not isinstance(offset, int):
            return start, end
        first, last = self._db.conn.execute(
            "SELECT min(taken_at), max(taken_at) FROM media WHERE deployment=? AND deleted=0", (record.id,)
        ).fetchone()
        if first is None:
            return "", ""
        reason = _("{name} has no date of set-up or retrieval; that of its first or last picture is written.")
        self._fail(record, "date_from_pictures", reason.format(name=self._called(record)))
        return start or _local(first, offset), end or _local(last, offset)

    def _deployment(self, record: Record, ident: str, location: Record, start: str, end: str) -> dict[str, str]:
        latitude, longitude = (_whole(location[name]) or 0 for name in ("latitude", "longitude"))
        if not self._exact:
            latitude, longitude = ((value + STEP // 2) // STEP * STEP for value in (latitude, longitude))
            self._withhold(location)
        bait_type, bait_words = standard.bait(_whole(record["bait"]), record.text("bait_kind"))
        self._baits[bait_type] += 1
        height, height_words = standard.height(_whole(record["height"]))
        orientation, orientation_words = standard.orientation(_whole(record["tilt"]), _whole(record["heading"]))
        distance = _whole(record["detection_distance"])
        self._paired = self._paired or record["paired_with"] is not None
        by = (self._names.person(record["set_by"]) or record.text("set_by_name")) if self._exact else ""
        return {
            "project_id": self._project,
            "deployment_id": ident,
            "placename": location.text("name") if self._exact else self._names.ident(location),
            "longitude": scaled_text(longitude, 7),
            "latitude": scaled_text(latitude, 7),
            "start_date": standard.time_text(start),
            "end_date": standard.time_text(end),
            "bait_type": bait_type,
            "bait_description": bait_words,
            "feature_type": standard.FEATURES.get(record.text("feature"), ""),
            "camera_id": self._camera(record),
            "quiet_period": _text(record["camera_delay"]),
            "camera_functioning": self._functioning(record),
            "sensor_height": height,
            "height_other": height_words,
            "sensor_orientation": orientation,
            "orientation_other": orientation_words,
            "detection_distance": "" if distance is None else scaled_text(distance, 2),
            "subproject_name": record.text("groups"),
            "recorded_by": by,
        }

    def _functioning(self, record: Record) -> str:
        entries = json.loads(record.text("failures") or "[]")
        word = standard.functioning(str(entry.get("reason") or "other") for entry in entries)
        if entries:
            reason = ngettext(
                "{n} dated failure of {name} is written as {word} for the whole deployment, without its dates.",
                "{n} dated failures of {name} are written as {word} for the whole deployment, without their dates.",
                len(entries),
            ).format(n=len(entries), name=self._called(record), word=word)
            self._fail(record, "failure_dates", reason)
        return word

    def _camera(self, record: Record) -> str:
        reference = record["camera"]
        camera = rows.get(self._db, "camera", reference) if isinstance(reference, bytes) else None
        if camera is None:
            reason = _("{name} names no camera, which an upload asks for.").format(name=self._called(record))
            self._fail(record, "no_camera", reason)
            return ""
        if camera.id not in self._cameras:
            ident = self._cameras[camera.id] = self._names.ident(camera)
            told = {column: camera.text(column) for column in ("make", "model")}
            if self._exact:
                told["serial_number"] = camera.text("serial_number")
            elif camera["serial_number"] is not None:
                self._report.withheld["camera"] += 1
            self._writer.row("cameras", {"project_id": self._project, "camera_id": ident, **told})
            self._report.written["camera"] += 1
        return self._cameras[camera.id]

    # ---- pictures

    def _images(self, record: Record, deployment: str, offset: int, start: str, end: str) -> Iterator[int]:
        people = self._ids(f"SELECT m.id FROM media AS m WHERE m.deployment=? AND m.deleted=0 AND {_SHOWS_PEOPLE}",
                           record)  # fmt: skip
        said = self._said(record)
        times = dict(self._db.conn.execute("SELECT id, taken_at FROM media WHERE deployment=?", (record.id,)))
        written: set[bytes] = set()
        first_times: dict[bytes, str] = {}
        undated = 0
        for media in rows.find(self._db, "media", "deployment=?", (record.id,), order="taken_at, id"):
            self._done += 1
            if self._done % _EVERY == 0:
                yield self._done
            if media.id in people and not self._exact:
                self._report.withheld["media_of_people"] += 1
                continue
            taken_at = times[media.id]
            if taken_at is None:
                undated += 1
                continue
            time = _local(taken_at, offset)
            self._outside += not start <= time <= end
            answers = self._counting(said.get(media.id, []))
            event = next((one for one in answers if one.media is None), None)
            here = [one for one in answers if one.media is not None or one.id not in written]
            written.update(one.id for one in here)
            cells = self._picture(media, deployment, time)
            if event is not None:
                first = event.pictures[0].hex() if event.pictures else event.id.hex()
                cells["external_sequence_id"] = (event.event if self._exact else "") or first
                cells["sequence_start_time"] = first_times.setdefault(event.id, standard.time_text(time))
            for one in here:
                self._writer.row("images", cells | self._identified(one))
                self._report.written["observation"] += 1
            if not here:
                self._writer.row("images", cells)
        not_written = {one.id: one for part in said.values() for one in part if one.id not in written}
        for one in not_written.values():
            if not self._exact and one.about and people.issuperset(one.about):
                self._report.withheld["observations_of_people"] += 1
            else:
                self._outweighed += 1
        if undated:
            reason = ngettext(
                "{n} picture of {name} has no camera time, which the format demands. None was made up.",
                "{n} pictures of {name} have no camera time, which the format demands. None was made up.",
                undated,
            ).format(n=undated, name=self._called(record))
            self._fail(record, "no_camera_time", reason)

    def _picture(self, media: Record, deployment: str, time: str) -> dict[str, str]:
        ident = self._names.ident(media)
        form = BY_MEDIA_TYPE.get(media.text("media_type"))
        where = f"{media.id.hex()}.{form.extension if form else 'jpg'}"
        if self._exact:
            folder, name = media.text("folder"), media.text("file_name")
            where = media.text("address") or "/".join(part for part in (folder, name) if part) or where
        else:
            self._withhold(media)
        self._methods.add(media.text("capture_method"))
        self._report.written["media"] += 1
        self._lost["images.csv", "remarks"] += media["remarks"] is not None
        return {
            "project_id": self._project,
            "deployment_id": deployment,
            "image_id": ident,
            "location": where,
            "timestamp": standard.time_text(time),
            "highlighted": {1: "TRUE", 0: "FALSE"}.get(_whole(media["favourite"]) or 0, ""),
        }

    # ---- what was said

    def _ids(self, sql: str, record: Record) -> set[bytes]:
        return {row[0] for row in self._db.conn.execute(sql, (record.id,))}

    def _said(self, record: Record) -> dict[bytes, list[Statement]]:
        """What was said, by picture, in the order in which it counts; also where it names no deployment."""
        loose = self._ids("SELECT DISTINCT o.media FROM observation AS o JOIN media AS m ON m.id = o.media WHERE"
                          " m.deployment = ? AND o.deployment IS NULL AND o.deleted = 0", record)  # fmt: skip
        told = statements.of_deployment(self._db, record.id)
        told += [one for one in statements.of_pictures(self._db, sorted(loose)) if one.deployment is None]
        found: dict[bytes, list[Statement]] = {}
        for one in told:
            if one.type == "human" and not self._exact:
                self._report.withheld["observations_of_people"] += 1
                continue
            for media in one.about:
                found.setdefault(media, []).append(one)
        return found

    def _counting(self, said: Sequence[Statement]) -> list[Statement]:
        """The one answer of a picture: all statements of the person, or the machine, whose first one counts most."""
        found = [one for one in counting(said, machines=True) if one.type != "unclassified"]
        answer: list[Statement] = []
        for one in found:
            same = not answer or (one.is_machine, one.by, one.by_name, one.machine) == (
                answer[0].is_machine, answer[0].by, answer[0].by_name, answer[0].machine)  # fmt: skip
            if same and not (one.is_machine and one.shown in {other.shown for other in answer}):
                answer.append(one)
        # Statements on an event and on its pictures are never added: of one species the event's stands.
        of_events = {one.shown for one in answer if one.media is None}
        return [one for one in answer if one.media is None or one.shown not in of_events]

    def _identified(self, one: Statement) -> dict[str, str]:
        for name in _NO_COLUMN["observation"]:
            self._lost["images.csv", name] += bool(getattr(one, name))
        self._blanks = self._blanks or one.type == "blank"
        animal = self._names.individual(one.individual)
        self._individuals = self._individuals or bool(animal)
        remarks = ""
        if self._exact:  # free text may name a place
            remarks = self._db.conn.execute("SELECT remarks FROM observation WHERE id=?", (one.id,)).fetchone()[0]
        by = standard.MACHINE if one.is_machine else ""
        if self._exact and not one.is_machine:
            by = self._names.person(one.by) or one.by_name
        return {
            "identified_by": by,
            **self._taxon(one).cells(),
            "number_of_objects": str(one.count) if one.count else "",
            "age": standard.AGES.get(one.life_stage or "", ""),
            "sex": standard.SEXES.get(one.sex or "", ""),
            "animal_recognizable": "Yes" if animal else "",
            "individual_id": animal,
            "individual_animal_notes": remarks or "",
        }

    def _taxon(self, one: Statement) -> standard.Name:
        if not one.taxon:
            ident, word = standard.TYPES.get(one.type, ("", ""))
            return standard.Name(ident, standard.PERSON if one.type == "human" else {}, word)
        known = taxa.find(one.taxon)
        found, whole = standard.ranks(one.taxon, known.group if known else "")
        if not whole:
            self._short[one.taxon] += 1
        self._lost["images.csv", "wi_taxon_id"] += 1
        return standard.Name("", found, known.names.get("en", "") if known else one.taxon)

    # ---- the end

    def finish(self) -> None:
        """Write the project, and say what the format could not hold. DataProblem where there is no deployment."""
        report = self._report
        if not report.written["deployment"]:
            raise DataProblem(
                "NOTHING_TO_WRITE",
                _("No deployment has all that an upload asks for: coordinates, UTC offset, dates."),
                str(report.failed[0]["reason"]) if report.failed else _("Add deployments first."),
            )
        self._writer.row("projects", self._words())
        report.written["project"] = 1
        for taxon, number in sorted(self._short.items()):
            reason = _("{taxon} is written as its species: there is no column for a subspecies.")
            report.failed.append({"id": taxon, "code": "subspecies", "n": number, "reason": reason.format(taxon=taxon)})
        for (table, name), number in sorted(self._lost.items()):
            if number:
                report.failed.append({"file": table, "code": "no_column", "n": number, "reason": _lost(name, number)})
        for number, code, words in (
            (self._outweighed, "outweighed",
             ngettext("{n} statement counts less than another, or is of pictures without a row, and was not written.",
                      "{n} statements count less than others, or are of pictures without a row, and were not written.",
                      self._outweighed)),
            (self._outside, "outside_dates",
             ngettext("{n} picture lies outside of its deployment's dates; an upload may be refused.",
                      "{n} pictures lie outside of their deployment's dates; an upload may be refused.",
                      self._outside)),
        ):  # fmt: skip
            if number:
                report.failed.append({"file": "images.csv", "code": code, "reason": words.format(n=number)})
        loose = self._db.conn.execute("SELECT count(*) FROM media WHERE deployment IS NULL AND deleted = 0")
        if number := int(loose.fetchone()[0]):
            reason = ngettext(
                "{n} picture belongs to no deployment and was not written.",
                "{n} pictures belong to no deployment and were not written.",
                number,
            ).format(n=number)
            report.failed.append({"file": "images.csv", "code": "no_deployment", "reason": reason})

    def _words(self) -> dict[str, str]:
        station = self._library.station
        title = self._request.options["title"].strip() or f"Camera traps of {station.name}"
        data, pictures = standard.LICENCES.get(self._request.options["license"], ("", ""))
        country = standard.COUNTRIES.get(station.country, "")
        layout = standard.LAYOUTS.get(self._request.options["sampling-design"], "")
        for word, column in ((country, "country_code"), (layout, "project_sensor_layout"), (data, "metadata_license")):
            if not word:
                reason = _("{column} is empty: an upload asks for it. Fill it in by hand.").format(column=column)
                self._report.failed.append({"file": "projects.csv", "code": "fill_in", "reason": reason})
        baited = sum(self._baits[word] for word in standard.BAITS)
        used = "No" if not baited else "Yes" if baited == sum(self._baits.values()) else "Some"
        kinds = {word for word in standard.BAITS if self._baits[word]}
        lapse, motion = "timeLapse" in self._methods, bool(self._methods - {"timeLapse"})
        return {
            "project_id": self._project,
            "project_name": title,
            "project_short_name": title[:40],
            "project_species": "Multiple",
            "project_sensor_layout": layout,
            "project_bait_use": used,
            "project_bait_type": ("Multiple" if len(kinds) > 1 else next(iter(kinds))) if kinds else "None",
            "project_stratification": "No",
            "project_sensor_method": "Both" if lapse and motion else "Time Lapse" if lapse else "Sensor Detection",
            "project_individual_animals": "Yes" if self._individuals else "No",
            "project_blank_images": "Yes" if self._blanks else "No",
            "project_sensor_cluster": "Yes" if self._paired else "No",
            "project_admin_organization": station.name,
            "country_code": country,
            "metadata_license": data,
            "image_license": pictures,
            "count_optional": "Yes",
            "project_type": "Image",
        }

    def _withhold(self, record: Record) -> None:
        """Count the values that the rule holds back."""
        if not self._exact:
            hidden = [f for f in BY_NAME[record.kind].fields if f.group is not Group.OPEN]
            self._report.withheld[record.kind] += sum(record.values[field.name] is not None for field in hidden)

    def _called(self, record: Record) -> str:
        return record.text("name") if self._exact else record.id.hex()

    def _fail(self, record: Record, code: str, reason: str) -> None:
        self._report.failed.append({"id": self._names.ident(record), "code": code, "reason": reason})


def _lost(name: str, number: int) -> str:
    if name == "wi_taxon_id":
        return ngettext(
            "{n} row names a species without wi_taxon_id, which only Wildlife Insights gives.",
            "{n} rows name a species without wi_taxon_id, which only Wildlife Insights gives.",
            number,
        ).format(n=number)
    return ngettext(
        "{n} value of {field} has no column there and was not written.",
        "{n} values of {field} have no column there and were not written.",
        number,
    ).format(n=number, field=name)


def _local(seconds: int, offset: int) -> str:
    """The corrected wall time of an instant at the deployment's offset."""
    return (datetime.fromtimestamp(seconds, UTC) + timedelta(minutes=offset)).replace(tzinfo=None).isoformat()


def _whole(value: Value) -> int | None:
    return value if isinstance(value, int) else None


def _text(value: Value) -> str:
    return "" if value is None else str(value)
