"""Writing records out for others. What leaves passes a rule: ``open`` unless exactness is asked for on purpose."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from ranger_app.actions import export_camtrap_dp, export_camtrapr, export_wildlife_insights
from ranger_app.actions.formats import RULES, ExportFormat, ExportReport, ExportRequest
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange.csv_tables import write_tables
from ranger_app.i18n import N_, _
from ranger_app.jobs import CancelToken, Job, Progress, run
from ranger_app.library import Library


def _tables(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    yield Progress(0, 0, _("Writing tables"))
    with library.read() as db:
        written, withheld = write_tables(db, request.folder, request.groups)
    report.written.update(written)
    report.withheld.update(withheld)


FORMATS: dict[str, ExportFormat] = {
    "csv": ExportFormat(N_("Every kind of record as a table (CSV)"), _tables),
    "camtrap-dp": ExportFormat(
        N_("Camera traps for science (Camtrap DP 1.0.2)"), export_camtrap_dp.write, export_camtrap_dp.OPTIONS
    ),
    "camtrapr": ExportFormat(N_("Record and effort tables for camtrapR"), export_camtrapr.write),
    "wildlife-insights": ExportFormat(
        N_("Upload tables for Wildlife Insights"), export_wildlife_insights.write, export_wildlife_insights.OPTIONS
    ),
}


def export(
    library: Library,
    format_name: str,
    out: Path,
    *,
    rule: str = "open",
    exact: bool = False,
    options: Mapping[str, str] | None = None,
    cancel: CancelToken | None = None,
) -> Job[ExportReport]:
    """Write the records as ``format_name`` into the new folder ``out``; nothing is left there if it fails.

    ``options`` are the format's own. DataProblem for an unknown rule or a folder that exists; on a cancel the report
    says so and there is no folder.
    """
    chosen = FORMATS.get(format_name)
    if chosen is None:
        raise UsageProblem(
            "FORMAT_UNKNOWN",
            _("There is no format called {name}.").format(name=format_name),
            _("Use one of: {words}.").format(words=", ".join(FORMATS)),
        )
    if rule not in RULES:
        raise DataProblem(
            "RULE_UNKNOWN",
            _("There is no sharing rule called {name}.").format(name=rule),
            _("Use one of: {words}.").format(words=", ".join(RULES)),
        )
    if out.exists():
        raise DataProblem(
            "FOLDER_EXISTS", _("The folder {folder} exists already.").format(folder=out), _("Give a new one.")
        )
    token = cancel or CancelToken()
    report = ExportReport(format_name)
    given = {option.name: option.default for option in chosen.options} | dict(options or {})
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f"{out.name}.{secrets.token_hex(4)}.part")
    draft.mkdir()
    try:
        yield from chosen.write(library, ExportRequest(draft, rule, exact, given, token), report)
        if token.cancelled:
            report.cancelled = True
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.rename(out)
            report.folder = out
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return report


def export_csv(library: Library, out: Path, *, rule: str = "open", exact: bool = False) -> dict[str, object]:
    """Write one table a kind into the new folder ``out``, here and now."""
    return run(export(library, "csv", out, rule=rule, exact=exact)).answer()
