"""Taking in what other programs wrote. Each format says what it read, what was new here and what it could not take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ranger_app.actions import (
    ebird,
    import_camtrap_dp,
    import_dwca,
    import_smart_patrol,
    import_timelapse,
    import_wildlife_insights,
    machine_import,
    smart_model_files,
)
from ranger_app.actions.formats import ImportFormat, ImportReport, ImportRequest
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import N_, _
from ranger_app.jobs import CancelToken, Job
from ranger_app.library import Library

FORMATS: dict[str, ImportFormat] = {
    "camtrap-dp": ImportFormat(N_("Camera traps (Camtrap DP 1.0)"), import_camtrap_dp.read),
    "wildlife-insights": import_wildlife_insights.FORMAT,
    "timelapse": import_timelapse.FORMAT,
    "megadetector": machine_import.FORMAT,
    "smart-patrol": import_smart_patrol.FORMAT,
    "smart-model": smart_model_files.IMPORT,
    "ebird": ebird.FORMAT,
    "dwca": import_dwca.FORMAT,
}


def import_data(
    library: Library,
    format_name: str,
    source: Path,
    *,
    options: Mapping[str, str] | None = None,
    cancel: CancelToken | None = None,
) -> Job[ImportReport]:
    """Take in the file or folder ``source``, written as ``format_name``; ``options`` are the format's own.

    Ids of imported records are derived from the source, so that taking it in again, after an interruption or at
    another station, adds nothing twice. DataProblem, with nothing taken, where it is not what it should be.
    """
    chosen = FORMATS.get(format_name)
    if chosen is None:
        raise UsageProblem(
            "FORMAT_UNKNOWN",
            _("There is no format called {name}.").format(name=format_name),
            _("Use one of: {words}.").format(words=", ".join(FORMATS)),
        )
    if not source.exists():
        raise DataProblem(
            "NOT_FOUND", _("There is no file or folder {path}.").format(path=source), _("Check the name.")
        )
    token = cancel or CancelToken()
    report = ImportReport(format_name)
    given = {option.name: option.default for option in chosen.options} | dict(options or {})
    yield from chosen.read(library, ImportRequest(source, given, token), report)
    report.cancelled = token.cancelled
    return report
