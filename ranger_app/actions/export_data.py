"""Writing records out for others. What leaves passes a rule: ``open`` unless exactness is asked for on purpose."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from ranger_app.actions import (
    ebird,
    export_camtrap_dp,
    export_camtrapr,
    export_dwca,
    export_geojson,
    export_secr,
    export_smart_patrol,
    export_tracks,
    export_wildlife_insights,
    ledger,
    permission,
    smart_model_files,
)
from ranger_app.actions.formats import ExportFormat, ExportReport, ExportRequest
from ranger_app.actions.partners import find_partner
from ranger_app.actions.sharing_view import View
from ranger_app.domain import sharing
from ranger_app.domain.sharing import Rule
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange.csv_tables import write_tables
from ranger_app.i18n import N_, _
from ranger_app.jobs import CancelToken, Job, Progress, run
from ranger_app.library import Library
from ranger_app.media.vault import hash_file
from ranger_app.store import partners


def _tables(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    yield Progress(0, 0, _("Writing tables"))
    with library.moment() as db:
        view = None if request.exact else View(db, request.shown, library.now_ms())
        written, withheld = write_tables(db, request.folder, view.records if view else None)
    report.written.update(written)
    report.withheld.update(withheld)


FORMATS: dict[str, ExportFormat] = {
    "csv": ExportFormat(N_("Every kind of record as a table (CSV)"), _tables, any_rule=True),
    "camtrap-dp": ExportFormat(
        N_("Camera traps for science (Camtrap DP 1.0.2)"), export_camtrap_dp.write, export_camtrap_dp.OPTIONS
    ),
    "camtrapr": ExportFormat(N_("Record and effort tables for camtrapR"), export_camtrapr.write),
    "secr": ExportFormat(
        N_("Known animals for capture-recapture (R package secr)"),
        export_secr.write_secr,
        export_secr.SECR_OPTIONS,
        any_rule=True,
    ),
    "oscr": ExportFormat(
        N_("Known animals for capture-recapture (R package oSCR)"),
        export_secr.write_oscr,
        export_secr.OPTIONS,
        any_rule=True,
    ),
    "wildlife-insights": ExportFormat(
        N_("Upload tables for Wildlife Insights"), export_wildlife_insights.write, export_wildlife_insights.OPTIONS
    ),
    "smart-patrol": ExportFormat(
        N_("Patrols for SMART (XML 1.2, 1.3)"), export_smart_patrol.write, export_smart_patrol.OPTIONS, any_rule=True
    ),
    "geojson": ExportFormat(
        N_("Patrols, events, cameras and surveys (GeoJSON as in EarthRanger)"),
        export_geojson.write,
        export_geojson.OPTIONS,
        any_rule=True,
    ),
    "ebird": ExportFormat(N_("Checklists for eBird (Record Format, Extended)"), ebird.write, any_rule=True),
    "gpx": ExportFormat(N_("Tracks and waypoints of patrols (GPX 1.1)"), export_tracks.write_gpx, any_rule=True),
    "kml": ExportFormat(N_("Patrols, cameras and surveys for a map (KML)"), export_tracks.write_kml, any_rule=True),
    "smart-model": smart_model_files.EXPORT,
    "dwca": ExportFormat(
        N_("Waterbird counts for science (Darwin Core Archive)"), export_dwca.write, export_dwca.OPTIONS, any_rule=True
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

    ``rule`` is ``open``, ``standard``, ``full`` or a partner, as far as the format knows it. ``options`` are the
    format's own. What was written stands in the ledger. DataProblem for an unknown rule or a folder that exists; on a
    cancel the report says so and there is no folder.
    """
    chosen = FORMATS.get(format_name)
    if chosen is None:
        raise UsageProblem(
            "FORMAT_UNKNOWN",
            _("There is no format called {name}.").format(name=format_name),
            _("Use one of: {words}.").format(words=", ".join(FORMATS)),
        )
    shown = _rule(library, chosen, rule)
    if exact or shown.everything:
        permission.require(library, permission.EXCHANGE)
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
        yield from chosen.write(
            library, ExportRequest(draft, shown, exact, given, token, rule not in sharing.PRESETS), report
        )
        if token.cancelled:
            report.cancelled = True
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.rename(out)
            report.folder = out
            _note(library, out, "exact" if exact else sharing.to_text(shown), report)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return report


def _rule(library: Library, chosen: ExportFormat, name: str) -> Rule:
    if name == sharing.OPEN.name:
        return sharing.OPEN
    if not chosen.any_rule:
        raise DataProblem(
            "RULE_UNKNOWN",
            _("This format can be written under the rule {rule} only.").format(rule=sharing.OPEN.name),
            _("Leave the rule out, or use --exact."),
        )
    return rule_named(library, name)


def rule_named(library: Library, name: str) -> Rule:
    """The sharing rule that a preset or a partner goes by; DataProblem where there is none of that name."""
    if name in sharing.PRESETS:
        return sharing.PRESETS[name]
    try:
        station = find_partner(library, name)
    except DataProblem as error:
        words = ", ".join(sharing.PRESETS)
        raise DataProblem(
            "RULE_UNKNOWN",
            _("There is no sharing rule called {name}.").format(name=name),
            _("Use one of: {words}. Or name a partner.").format(words=words),
        ) from error
    with library.read() as db:
        known = partners.station(db, station)
    if known is None or not known.rule:
        return sharing.PRESETS.get(known.clearance if known else "", sharing.STANDARD)
    return sharing.from_text(known.rule)


def _note(library: Library, out: Path, rule: str, report: ExportReport) -> None:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    told = hashlib.sha256()
    for path in files:
        told.update(f"{hash_file(path)}  {path.relative_to(out).as_posix()}\n".encode())
    ledger.note_file(
        library,
        "export",
        report.format,
        place=str(out),
        rule=rule,
        records=report.written,
        bytes=sum(path.stat().st_size for path in files),
        digest=told.hexdigest(),
    )


def export_csv(library: Library, out: Path, *, rule: str = "open", exact: bool = False) -> dict[str, object]:
    """Write one table a kind into the new folder ``out``, here and now."""
    return run(export(library, "csv", out, rule=rule, exact=exact)).answer()
