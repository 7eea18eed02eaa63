"""Reports by name: what is asked is computed, then written as a page with its tables as CSV beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.actions import (
    analysis_corridor,
    analysis_criteria,
    analysis_crossings,
    analysis_effort,
    analysis_events,
    analysis_individuals,
    analysis_month,
    analysis_trends_birds,
    dossier,
    joint_study,
    ledger,
    ledger_report,
    patrol_effort,
    permission,
)
from ranger_app.actions.analysis import Question
from ranger_app.domain import sharing
from ranger_app.domain.dossier import Dossier
from ranger_app.domain.findings import Findings
from ranger_app.errors import EnvironmentProblem, UsageProblem
from ranger_app.i18n import N_, _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.media.vault import hash_file
from ranger_app.reports import dossier_page, page, sheet

Compute = Callable[[Library, Question, CancelToken | None], Job[Findings] | Job[Dossier]]

REPORTS: dict[str, tuple[str, Compute]] = {
    "events": (N_("Independent events"), analysis_events.events),
    "abundance": (N_("Relative abundance"), analysis_events.abundance),
    "activity": (N_("Activity"), analysis_events.activity),
    "species-by-month": (N_("Species by station by month"), analysis_events.species_by_month),
    "detection-history": (N_("Detection histories"), analysis_effort.detection_history),
    "trap-nights": (N_("Trap nights"), analysis_effort.trap_nights),
    "individuals": (N_("Known animals"), analysis_individuals.individuals),
    "crossings": (N_("Crossings of the border"), analysis_crossings.crossings),
    "study": (N_("Joint study"), joint_study.study),
    "corridor": (N_("Prey and people"), analysis_corridor.corridor),
    "patrol-effort": (N_("Patrol effort"), patrol_effort.patrol_effort),
    "month": (N_("Month of patrols"), analysis_month.month),
    "season": (N_("Season of patrols"), analysis_month.season),
    "trends": (N_("Trends of patrols"), analysis_month.trends),
    "criteria": (N_("Criteria for wetlands"), analysis_criteria.report),
    "bird-trends": (N_("Trends of waterbirds"), analysis_trends_birds.report),
    "dossier": (N_("Dossier of wetlands"), dossier.report),
    "ledger": (N_("What we gave"), ledger_report.findings),
}
"""Name -> title and the action that computes it."""
OF_PATROLS = ("patrol-effort", "month", "season", "trends")
"""Reports asked by ``Question.patrols``."""


def findings(library: Library, name: str, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """The figures of a report; UsageProblem for a name that is no report."""
    if name not in REPORTS:
        raise UsageProblem(
            "REPORT_UNKNOWN",
            _("There is no report called {name}.").format(name=name),
            _("Use one of: {words}.").format(words=", ".join(REPORTS)),
        )
    return REPORTS[name][1](library, question, cancel)


def report(
    library: Library, name: str, out: Path, question: Question, cancel: CancelToken | None = None
) -> Job[dict[str, object]]:
    """Write ``name``.html and its CSV files into the folder ``out``, which is made if missing.

    Returns the answer of the command line: report, files (absolute, the CSV first) and the figures by code. A file of
    an earlier report of that name is replaced. DataProblem ROLE_NEEDED where names of places are asked for by somebody
    who may not give them; EnvironmentProblem where the folder cannot be written.
    """
    if question.exact and name in OF_PATROLS:  # they name people
        permission.require(library, permission.EXCHANGE)
    found = yield from findings(library, name, question, cancel)
    yield Progress(1, 1, _("Writing the report"))
    files = write(library, found, out)
    ledger.note_file(
        library,
        "report",
        name,
        place=str(out),
        rule="exact" if question.exact else sharing.to_text(sharing.OPEN),
        bytes=sum(path.stat().st_size for path in files),
        digest=hash_file(files[-1]),
    )
    return {"report": name, "files": [str(one) for one in files], **found.facts}


def html(library: Library, found: Findings) -> str:
    """The page of findings as text, to look at or to print. What leaves this way is noted by whoever lets it leave."""
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=library.station.utc_offset)
    if isinstance(found, Dossier):
        return dossier_page.text(found, library.station.name, now)
    return page.text(found, library.station.name, now)


def write(library: Library, found: Findings, out: Path) -> list[Path]:
    """Write the page and the CSV files of findings into a folder; returns their paths."""
    folder = out.expanduser().absolute()
    names = [f"{found.name}-{table.name}.csv" if table.name else f"{found.name}.csv" for table in found.tables]
    station = library.station
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in zip(names, found.tables, strict=True):
            sheet.write(table, folder / name)
        now = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=station.utc_offset)
        if isinstance(found, Dossier):
            dossier_page.write(found, folder / f"{found.name}.html", station.name, now, names)
        else:
            page.write(found, folder / f"{found.name}.html", station.name, now, names)
    except OSError as error:
        raise EnvironmentProblem(
            "REPORT_NOT_WRITTEN",
            _("The report could not be written: {what}.").format(what=error.strerror or str(error)),
            _("Check the folder {folder} and its disk.").format(folder=folder),
        ) from error
    return [*(folder / name for name in names), folder / f"{found.name}.html"]
