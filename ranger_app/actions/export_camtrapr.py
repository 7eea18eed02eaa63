"""Records and effort for camtrapR: what people in the field analyse with already, with corrected local times.

Under the rule ``open`` stations are codes and have no coordinates; camtrapR needs them for maps and SECR only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ranger_app.actions import effort as worked
from ranger_app.actions.analysis import Camera, Place, Question, Study, study
from ranger_app.actions.formats import ExportReport, ExportRequest
from ranger_app.domain.effort import as_time, less
from ranger_app.domain.independence import Sighting
from ranger_app.errors import DataProblem
from ranger_app.exchange.camtrapr_tables import Record, RecordTable, TrapLine, write_traps
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.store import sightings
from ranger_app.store.connection import Database
from ranger_app.store.sightings import Wanted
from ranger_app.store.statements import about

_TURN = 500


def write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with ``recordtable.csv``, ``cameratraps.csv`` and ``README.txt``.

    DataProblem where no deployment has dates and an offset.
    """
    with library.read() as db:
        asked = study(db, Question(exact=request.exact))
        lines = [line for place in asked.places for line in _traps(db, asked, place, report, exact=request.exact)]
        if not lines:
            raise DataProblem(
                "NOTHING_TO_WRITE",
                _("No deployment has the dates that effort is counted from."),
                _("Enter when the cameras were set up and taken down."),
            )
        write_traps(request.folder, lines)
        report.written["deployment"] = len(lines)
        with RecordTable(request.folder) as table:
            for number, place in enumerate(asked.places, 1):
                for record in _records(db, asked, place, exact=request.exact):
                    table.write(record)
                    report.written["observation"] += 1
                    if request.cancel.cancelled:
                        return
                yield Progress(number, len(asked.places), _("Writing records"))
        _say_left_out(asked, report)
        offsets = {camera.offset for place in asked.places for camera in place.cameras}
        (request.folder / "README.txt").write_text(_read_me(db, request.exact, offsets), encoding="utf-8")


def _traps(db: Database, asked: Study, place: Place, report: ExportReport, *, exact: bool) -> Iterator[TrapLine]:
    names = {camera.id: camera for camera in place.cameras}
    for one in worked.deployments(db, set(names)):
        camera = names[one.id]
        if one.effort is None:
            report.failed.append({"id": one.id.hex(), "code": "no_effort", "reason": one.unknown})
            continue
        start, end = one.effort.set_up[0][0], one.effort.set_up[-1][1]
        longitude, latitude = _point(db, one.location) if exact else ("", "")
        if not exact:
            report.withheld["location"] += 1
        yield TrapLine(
            asked.called(place), asked.camera_called(camera), longitude, latitude, as_time(start), as_time(end),
            [(as_time(a), as_time(b)) for a, b in less(one.effort.set_up, one.effort.working)],
        )  # fmt: skip


def _point(db: Database, location: bytes | None) -> tuple[str, str]:
    row = db.conn.execute("SELECT longitude, latitude FROM location WHERE id=?", (location,)).fetchone()
    if row is None or row[0] is None or row[1] is None:
        return "", ""
    return f"{row[0] / 10_000_000:.7f}", f"{row[1] / 10_000_000:.7f}"


def _records(db: Database, asked: Study, place: Place, *, exact: bool) -> Iterator[Record]:
    found: list[tuple[Sighting, Camera]] = []
    for number, camera in enumerate(place.cameras):
        wanted = Wanted(None, "animal", False, False)
        stream = sightings.of_deployment(db, camera.id, number, wanted, asked.passed, on_events=asked.on_events)
        found += [(one, camera) for one in stream]
    found.sort(key=lambda pair: (pair[0].at, pair[0].camera, pair[0].key))
    last: dict[str, int] = {}
    for start in range(0, len(found), _TURN):
        part = found[start : start + _TURN]
        files = _files(db, [one.key for one, _camera in part]) if exact else {}
        animals = _individuals(db, [one.key for one, _camera in part])
        for one, camera in part:
            before = last.get(one.subject, one.at)
            last[one.subject] = one.at
            directory, name = files.get(one.key, ("", str(one.key)))
            yield Record(
                asked.called(place), asked.camera_called(camera), one.subject,
                datetime.fromtimestamp(one.at, UTC).replace(tzinfo=None) + timedelta(minutes=camera.offset),
                one.at - before, directory, name, one.stated or one.number, animals.get((one.key, one.subject), ""),
            )  # fmt: skip


def _files(db: Database, keys: list[int]) -> dict[int, tuple[str, str]]:
    marks = ",".join("?" * len(keys))
    rows = db.conn.execute(f"SELECT key, folder, file_name FROM media WHERE key IN ({marks})", keys)
    return {key: (folder or "", name or "") for key, folder, name in rows}


def _individuals(db: Database, keys: list[int]) -> dict[tuple[int, str], str]:
    marks = ",".join("?" * len(keys))
    rows = db.conn.execute(
        f"SELECT m.key, o.taxon, i.code FROM media AS m JOIN observation AS o ON {about('m.id')}"
        " JOIN individual AS i"
        f" ON i.id = o.individual WHERE o.deleted = 0 AND m.key IN ({marks}) ORDER BY o.look IS 'settled', o.at",
        keys,
    )
    return {(key, taxon or ""): code or "" for key, taxon, code in rows}


def _say_left_out(asked: Study, report: ExportReport) -> None:
    for number, code, words in (
        (
            asked.passed.undated, "no_date",
            ngettext("{n} picture has no time and is not in the table.", "{n} pictures have no time and are not in the"
                     " table.", asked.passed.undated),
        ),
        (
            asked.passed.set_up + asked.passed.time_lapse, "not_of_animals",
            ngettext("{n} picture of setting up or time lapse does not count.",
                     "{n} pictures of setting up or time lapse do not count.",
                     asked.passed.set_up + asked.passed.time_lapse),
        ),
    ):  # fmt: skip
        if number:
            report.failed.append({"file": "recordtable.csv", "code": code, "reason": words.format(n=number)})


def _read_me(db: Database, exact: bool, offsets: set[int]) -> str:
    corrected = db.conn.execute(
        "SELECT count(*) FROM deployment WHERE deleted = 0 AND clock_corrections IS NOT NULL"
    ).fetchone()[0]
    zones = ", ".join(f"UTC{offset // 60:+03d}:{offset % 60:02d}" for offset in sorted(offsets))
    places = "Names and coordinates are exact." if exact else "Stations are codes; coordinates and files are withheld."
    return "\n".join(
        (
            "Tables for the R package camtrapR, written by Ranger.",
            "",
            "recordtable.csv   one line for each species in each picture that a person identified; what a reviewer",
            "                  settled counts before what others said; machines do not count. delta.time is the time",
            "                  since the record before of the same species at the same station (0 for the first);",
            "                  no threshold is applied: use minDeltaTime in camtrapR or the report 'events'.",
            "cameratraps.csv   one line for each camera: cameraOperation(stationCol = 'Station', cameraCol = 'Camera',",
            "                  setupCol = 'Setup_date', retrievalCol = 'Retrieval_date', hasProblems = TRUE,",
            "                  dateFormat = 'ymd HMS'). Problem columns are the dated failures.",
            "",
            f"Times are local wall times of each deployment ({zones}), after corrections of the camera's clock;",
            f"the clocks of {corrected} deployments were corrected.",
            places,
            "",
        )
    )
