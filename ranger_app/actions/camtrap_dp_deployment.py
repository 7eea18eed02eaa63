"""One deployment for Camtrap DP: its row, its pictures and what was said of them, with what may not leave left out.

What has no valid time has no row, because none is invented: it is listed, and with exactness carried beside the tables.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ranger_app.actions import leaving, originals
from ranger_app.actions.camtrap_dp_names import Names
from ranger_app.actions.formats import ExportReport, ExportRequest, open_values
from ranger_app.domain.fields import Group, Value
from ranger_app.domain.kinds import BY_NAME
from ranger_app.domain.time import Correction, corrected, corrections
from ranger_app.errors import EnvironmentProblem
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange import camtrap_dp_fields, camtrap_dp_rows, further_fields
from ranger_app.exchange.camtrap_dp_rows import Device, Place, Row
from ranger_app.exchange.camtrap_dp_write import PackageWriter
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.media import thumbs
from ranger_app.media.formats import BY_MEDIA_TYPE
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

STEP = 1_000_000
"""0.1 degree in 1e-7 degrees: the rounding of the rule ``open``."""
STEP_UNCERTAINTY = 7_900
"""Metres from a point to its rounded place at most: half the diagonal of 0.1 by 0.1 degree at the equator."""
_EVERY = 200
_SHOWS_PEOPLE = f"((m.people = 1 AND coalesce(m.people_released, 0) = 0) OR {leaving.SHOWS_PEOPLE})"


@dataclass(frozen=True, slots=True)
class _Picture:
    ident: str
    time: str


@dataclass(frozen=True, slots=True)
class _Clock:
    offset: int
    applied: list[Correction]

    def written(self, media: Record) -> str:
        """The corrected camera time with its offset, empty where there is none."""
        right = corrected(media.text("camera_time"), self.applied) if media["camera_time"] else None
        if right is None:
            return ""
        own = media["file_offset"]
        local = right.replace(tzinfo=None).isoformat(timespec="seconds")
        return standard.time_text(local, own if isinstance(own, int) else self.offset)


def _ignore(_column: str, _code: str) -> None:
    """What a row cannot hold is carried beside it."""


def _clean(row: Row) -> Row:
    return {column: standard.cell(text) for column, text in row.items()}


class DeploymentRows:
    """Writes deployments one after the other into an open package."""

    def __init__(
        self,
        library: Library,
        db: Database,
        writer: PackageWriter,
        names: Names,
        request: ExportRequest,
        report: ExportReport,
    ) -> None:
        self._library = library
        self._db = db
        self._writer = writer
        self._names = names
        self._request = request
        self._exact = request.exact
        self._report = report
        self._said_without_deployment = _by_deployment(db)
        self.pictures = 0
        self.withheld: Counter[str] = Counter()

    def write(self, record: Record) -> Iterator[None]:
        """Write one deployment; yields now and then."""
        place, why = self._place(record)
        offset = record["utc_offset"]
        start, end = self._times(record)
        if not isinstance(offset, int):
            why = why or _("it has no UTC offset")
        elif not start or not end:
            why = why or _("it has no dates, and no picture gives one")
        if why or place is None or not isinstance(offset, int):
            yield from self._without_row(record, why)
            return
        ident = self._names.ident(record)
        self._deployment(record, ident, place, start, end)
        clock = _Clock(offset, corrections(record["clock_corrections"]))
        written: dict[bytes, _Picture] = {}
        kept_back: set[bytes] = set()
        yield from self._media(record, ident, clock, written, kept_back)
        yield from self._observations(record, ident, clock, written, kept_back)

    def _values(self, record: Record) -> dict[str, Value]:
        return dict(record.values) if self._exact else open_values(record)

    # ---- the deployment itself

    def _place(self, record: Record) -> tuple[Place | None, str]:
        reference = record["location"]
        location = rows.get(self._db, "location", reference) if isinstance(reference, bytes) else None
        if location is None:
            return None, _("it has no location")
        self._names.locations_met.add(location.id)
        latitude, longitude, uncertainty = location["latitude"], location["longitude"], location["uncertainty"]
        if not isinstance(latitude, int) or not isinstance(longitude, int):
            return None, _("its location has no coordinates")
        ident = self._names.ident(location)
        own = uncertainty if isinstance(uncertainty, int) and uncertainty >= 1 else None
        if self._exact:
            return Place(ident, location.text("name"), latitude, longitude, own), ""
        self._count(location)
        return Place(ident, ident, _rounded(latitude), _rounded(longitude), (own or 0) + STEP_UNCERTAINTY), ""

    def _times(self, record: Record) -> tuple[str, str]:
        """Start and end with offset; a missing one from the first or last picture, and that is listed."""
        offset = record["utc_offset"]
        if not isinstance(offset, int):
            return "", ""
        found = [record.text("start"), record.text("end")]
        times = [standard.time_text(text, offset) if text else "" for text in found]
        if all(times):
            return times[0], times[1]
        first, last = self._db.conn.execute(
            "SELECT min(taken_at), max(taken_at) FROM media WHERE deployment=? AND deleted=0", (record.id,)
        ).fetchone()
        if first is None:
            return "", ""
        pictured = [standard.at_offset(first, offset), standard.at_offset(last, offset)]
        reason = _("{name} has no date of set-up or retrieval; that of its first or last picture is written.")
        self._fail(self._names.ident(record), "date_from_pictures", reason.format(name=self._called(record)))
        return times[0] or pictured[0], times[1] or pictured[1]

    def _deployment(self, record: Record, ident: str, place: Place, start: str, end: str) -> None:
        camera = record["camera"]
        device = self._device(camera) if isinstance(camera, bytes) else None
        by = (self._names.person(record["set_by"]) or record.text("set_by_name")) if self._exact else ""
        row = camtrap_dp_rows.deployment(ident, self._values(record), place, device, start, end, by)
        self._writer.row("deployments", row)
        self._writer.coverage.place(place.latitude, place.longitude)
        self._writer.coverage.days(start, end)
        self._report.written["deployment"] += 1
        if self._exact:
            self._beside(record, ident, camtrap_dp_fields.deployment(_clean(row), _ignore))
        else:
            self._count(record)
        self._lists(record, ident)

    def _device(self, camera: bytes) -> Device | None:
        found = rows.get(self._db, "camera", camera)
        if found is None:
            return None
        self._names.cameras_met.add(found.id)
        return Device(self._names.ident(found), camtrap_dp_rows.camera_model(found.text("make"), found.text("model")))

    def _lists(self, record: Record, ident: str) -> None:
        """Failures and clock corrections as tables of their own, for every reader."""
        offset = record["utc_offset"]
        minutes = offset if isinstance(offset, int) else 0
        for entry in _entries(record["failures"]):
            lasted = entry("to") or record.text("end")  # without an end it lasted until the camera was taken down
            times = [standard.time_text(text, minutes) if text else "" for text in (entry("from"), lasted)]
            self._writer.extra("failures", [ident, *times, entry("reason"), entry("remarks")])
            self._report.written["failure"] += 1
        for entry in _entries(record["clock_corrections"]):
            names = ("method", "from", "to", "seconds", "seconds_at_end", "years", "reason")
            self._writer.extra("clock-corrections", [ident, *(entry(name) for name in names)])
            self._report.written["clock-correction"] += 1

    # ---- pictures

    def _media(
        self, record: Record, ident: str, clock: _Clock, written: dict[bytes, _Picture], kept_back: set[bytes]
    ) -> Iterator[None]:
        people = {
            row[0]
            for row in self._db.conn.execute(
                f"SELECT m.id FROM media AS m WHERE m.deployment = ? AND m.deleted = 0 AND {_SHOWS_PEOPLE}",
                (record.id,),
            )
        }
        undated = 0
        for media in rows.find(self._db, "media", "deployment=?", (record.id,), order="taken_at, id"):
            self.pictures += 1
            if self.pictures % _EVERY == 0:
                yield
            if media.id in people and not self._exact:
                self.withheld["media_of_people"] += 1
                kept_back.add(media.id)
                continue
            time = clock.written(media)
            if not time:
                undated += 1
                self._beside(media, self._names.ident(media), {})
                continue
            written[media.id] = self._picture(media, ident, clock, time, shows_people=media.id in people)
        if undated:
            reason = ngettext(
                "{n} picture of {name} has no camera time, which the standard demands. None was made up.",
                "{n} pictures of {name} have no camera time, which the standard demands. None was made up.",
                undated,
            ).format(n=undated, name=self._called(record))
            self._fail(ident, "no_camera_time", reason)

    def _picture(self, media: Record, deployment: str, clock: _Clock, time: str, *, shows_people: bool) -> _Picture:
        ident = self._names.ident(media)
        values = self._values(media)
        form = media.text("media_type") or "image/jpeg"
        known = BY_MEDIA_TYPE.get(form)
        path = f"{standard.DATA_FOLDER}{media.id.hex()}.{known.extension if known else 'jpg'}"
        public = False
        if not self._exact:
            self._count(media)
        if self._exact and standard.is_path(media.text("address")):
            path = media.text("address")
            # A path inside the package it came from leads nowhere in this one.
            public = media["file_public"] == 1 and not shows_people and "://" in path
        copied = self._copy(media) if media["sha256"] else None
        if copied:
            path, form, public = copied[0], copied[1] or form, True
        row = camtrap_dp_rows.media(ident, deployment, values, time, path, form, public=public)
        self._writer.row("media", row)
        if row["captureMethod"]:
            self._writer.coverage.capture_methods.add(row["captureMethod"])
        self._report.written["media"] += 1
        if self._exact:
            read = camtrap_dp_fields.media(_clean(row), clock.offset, ours=True, bad=_ignore)
            self._beside(media, ident, read | {"deployment": media["deployment"]})
        return _Picture(ident, time)

    def _copy(self, media: Record) -> tuple[str, str] | None:
        """(path in the package, media type where it became another) of a file that may leave and was copied."""
        wanted = self._request.options["media"]
        if wanted == "none":
            return None
        leave = leaving.originals_that_leave if wanted == "originals" else leaving.pixels_that_leave
        if media.id not in leave(self._db, [media.id]):
            shown = media.id not in leaving.pixels_that_leave(self._db, [media.id])
            self.withheld["files_of_people" if shown else "files_not_reviewed"] += 1
            return None
        sha256 = media.text("sha256")
        found = (
            originals.find(self._library, sha256)
            if wanted == "originals"
            else thumbs.thumbnail(self._library.folder, sha256)
        )
        if found is None:
            self._fail(self._names.ident(media), "no_file", _("The file is not here."))
            return None
        target = f"{standard.DATA_FOLDER}{media.id.hex()}{found.suffix}"
        folder = self._request.folder / standard.DATA_FOLDER
        folder.mkdir(exist_ok=True)
        try:
            shutil.copyfile(found, self._request.folder / target)
        except OSError as error:
            raise EnvironmentProblem(
                "FILE_NOT_COPIED",
                _("A picture could not be copied: {what}.").format(what=error.strerror or str(error)),
                _("Check the disk and its free space, then try again."),
            ) from error
        self._report.written["file"] += 1
        return target, "image/jpeg" if wanted == "thumbnails" else ""

    # ---- what was said

    def _observations(
        self, record: Record, ident: str, clock: _Clock, written: Mapping[bytes, _Picture], kept_back: set[bytes]
    ) -> Iterator[None]:
        untimed = 0
        more = self._said_without_deployment.get(record.id, [])
        found = [rows.find(self._db, "observation", "deployment=?", (record.id,), order="id")]
        found += [rows.find(self._db, "observation", "id=?", (one,)) for one in more]
        for number, said in enumerate((one for part in found for one in part), start=1):
            if number % _EVERY == 0:
                yield
            if not self._exact and self._of_people(said, kept_back):
                self.withheld["observations_of_people"] += 1
                continue
            event = self._event(said, clock, written)
            if event is None:
                untimed += 1
                self._beside(said, self._names.ident(said), {})
                continue
            self._observation(said, record.id, ident, event, written)
        if untimed:
            reason = ngettext(
                "{n} observation of {name} is of pictures without camera time and has no row.",
                "{n} observations of {name} are of pictures without camera time and have no row.",
                untimed,
            ).format(n=untimed, name=self._called(record))
            self._fail(ident, "no_event_time", reason)

    @staticmethod
    def _of_people(said: Record, kept_back: set[bytes]) -> bool:
        return said["type"] == "human" or said["media"] in kept_back

    def _event(self, said: Record, clock: _Clock, written: Mapping[bytes, _Picture]) -> tuple[str, str, str] | None:
        """(event id, start, end with offsets), kept ones as they are; None where no time is known."""
        start, end = said.text("event_start"), said.text("event_end")
        media = said["media"]
        event = said.text("event") if self._exact else ""
        if isinstance(media, bytes):
            picture = written.get(media)
            if picture is None:
                return None
            start = start if standard.is_time(start) else picture.time
            return event, start, end if standard.is_time(end) else picture.time
        if not standard.is_time(start) or not standard.is_time(end):
            first, last = self._db.conn.execute(
                "SELECT min(m.taken_at), max(m.taken_at) FROM event_picture AS e JOIN media AS m ON m.id = e.media"
                " WHERE e.observation = ? AND m.deleted = 0",
                (said.id,),
            ).fetchone()
            if first is None:
                return None
            start = start if standard.is_time(start) else standard.at_offset(first, clock.offset)
            end = end if standard.is_time(end) else standard.at_offset(last, clock.offset)
        pictures = said.text("pictures")
        return event or (json.loads(pictures)[0] if len(pictures) > 2 else ""), start, end

    def _observation(
        self,
        said: Record,
        owner: bytes,
        deployment: str,
        event: tuple[str, str, str],
        written: Mapping[bytes, _Picture],
    ) -> None:
        ident = self._names.ident(said)
        media = said["media"]
        picture = written[media] if isinstance(media, bytes) else None
        if said["method"] == "machine":
            by = said.text("machine")
        else:
            by = (self._names.person(said["by"]) or said.text("by_name")) if self._exact else ""
        animal = self._names.individual(said["individual"])
        row = camtrap_dp_rows.observation(
            ident, deployment, picture.ident if picture else "", self._values(said), event, animal, by
        )
        self._writer.row("observations", row)
        coverage = self._writer.coverage
        coverage.levels.add(row["observationLevel"])
        coverage.individuals = coverage.individuals or bool(animal)
        if row["scientificName"]:
            coverage.taxa.add(row["scientificName"])
        self._report.written["observation"] += 1
        if self._exact:
            read = camtrap_dp_fields.observation(_clean(row), ours=True, bad=_ignore)
            read |= {"deployment": owner, "media": media}
            self._beside(said, ident, read)
        else:
            self._count(said)

    # ---- what has no row

    def _without_row(self, record: Record, why: str) -> Iterator[None]:
        """A deployment that the standard cannot hold: listed with its pictures, and with exactness carried beside."""
        ident = self._names.ident(record)
        self._beside(record, ident, {})
        numbers = {}
        for kind in ("media", "observation"):
            numbers[kind] = 0
            for one in rows.find(self._db, kind, "deployment=?", (record.id,), order="id"):
                numbers[kind] += 1
                self._beside(one, self._names.ident(one), {})
                if numbers[kind] % _EVERY == 0:
                    yield
        self.pictures += numbers["media"]
        reason = _("{name} has no row, because {why}; with it stay {media} pictures and {said} observations.")
        self._fail(
            ident,
            "deployment_incomplete",
            reason.format(name=self._called(record), why=why, media=numbers["media"], said=numbers["observation"]),
        )

    def _beside(self, record: Record, ident: str, read: Mapping[str, Value]) -> None:
        if self._exact:
            for name in ("set_by", "by"):
                person = record.values.get(name)
                if isinstance(person, bytes):
                    self._names.persons_met.add(person)
            self._names.individual(record.values.get("individual"))
            if not read and ident == record.id.hex():
                self._writer.further(record.kind, [(record.kind, ident, further_fields.OWN_ID, ident)])
            self._writer.further(record.kind, further_fields.lines(record.kind, ident, record.id, record.values, read))

    def _count(self, record: Record) -> None:
        """Count the values that the rule holds back."""
        for field in BY_NAME[record.kind].fields:
            if field.group is not Group.OPEN and record.values[field.name] is not None:
                self.withheld[record.kind] += 1

    def _called(self, record: Record) -> str:
        return record.text("name") if self._exact else record.id.hex()

    def _fail(self, ident: str, code: str, reason: str) -> None:
        self._report.failed.append({"id": ident, "code": code, "reason": reason})


def _rounded(value: int) -> int:
    return (value + STEP // 2) // STEP * STEP


class _Entry:
    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __call__(self, name: str) -> str:
        value = self._values.get(name)
        return "" if value is None else str(value)


def _entries(text: Value) -> list[_Entry]:
    return [_Entry(entry) for entry in json.loads(text)] if isinstance(text, str) and text else []


def _by_deployment(db: Database) -> dict[bytes, list[bytes]]:
    """Statements on a picture that do not name its deployment themselves."""
    found: dict[bytes, list[bytes]] = {}
    for said, deployment in db.conn.execute(
        "SELECT o.id, m.deployment FROM observation AS o JOIN media AS m ON m.id = o.media"
        " WHERE o.deployment IS NULL AND o.deleted = 0 AND m.deployment IS NOT NULL ORDER BY o.id"
    ):
        found.setdefault(deployment, []).append(said)
    return found
