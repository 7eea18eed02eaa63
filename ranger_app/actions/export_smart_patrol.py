"""Patrols as SMART reads them: one XML file each, version 1.2 or 1.3, and a folder with the photos that may leave.

Times are written as the wall clock showed them at the patrol's own offset, which the report names; what the format
cannot hold is listed there too.
"""

from __future__ import annotations

from ranger_app.actions.formats import ExportReport, ExportRequest, Option
from ranger_app.actions.patrol_shown import Shown, ShownPatrol, files_of
from ranger_app.actions.smart_losses import Losses
from ranger_app.actions.smart_mapping import patrol_of
from ranger_app.errors import DataProblem
from ranger_app.exchange import smart_patrol_write
from ranger_app.exchange.smart_patrol import VERSIONS, Find, Patrol
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library

OPTIONS = (Option("version", N_("version of the file"), VERSIONS, VERSIONS[0]),)


def write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder; DataProblem where there is no patrol that may leave."""
    version = request.options["version"]
    losses = Losses()
    with library.moment() as db:
        shown = Shown(library, db, request, report)
        total = shown.number("patrol")
        for done, one in enumerate(shown.patrols()):
            yield Progress(done, total, _("Writing patrols"))
            if request.cancel.cancelled:
                return
            _one(library, shown, one, request, report, losses, version)
    if not report.written["patrol"]:
        raise DataProblem(
            "NOTHING_TO_WRITE", _("There is no patrol that may leave."), _("Add patrols, or choose another rule.")
        )
    losses.say(report, "*.xml")


def _one(
    library: Library,
    shown: Shown,
    one: ShownPatrol,
    request: ExportRequest,
    report: ExportReport,
    losses: Losses,
    version: str,
) -> None:
    offset = one.record.number("utc_offset")
    offset = library.station.utc_offset if offset is None else offset
    losses.offsets[offset] += 1
    stem = one.stem
    files: dict[bytes, str] = {}
    for photo, name, data in files_of(shown, one, report):
        folder = request.folder / f"{stem}-attachments"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        files[photo.id] = name
        report.written["file"] += 1
    patrol = patrol_of(one, offset, losses, files)
    (request.folder / f"{stem}.xml").write_bytes(smart_patrol_write.write(patrol, version))
    report.written["patrol"] += 1
    _count(patrol, report)
    if version == "1.2":
        several = sum(len(waypoint.groups) > 1 for leg in patrol.legs for day in leg.days for waypoint in day.waypoints)
        if several:
            reason = ngettext(
                "{n} waypoint has several groups of finds: version 1.2 knows no groups and holds them as one.",
                "{n} waypoints have several groups of finds: version 1.2 knows no groups and holds them as one.",
                several,
            ).format(n=several)
            report.failed.append({"file": f"{stem}.xml", "code": "groups_joined", "reason": reason})


def _count(patrol: Patrol, report: ExportReport) -> None:
    finds: list[Find] = []
    for leg in patrol.legs:
        for day in leg.days:
            report.written["track"] += len(day.lines)
            report.written["waypoint"] += len(day.waypoints)
            finds += [find for waypoint in day.waypoints for group in waypoint.groups for find in group]
    report.written["sighting"] += len(finds)
