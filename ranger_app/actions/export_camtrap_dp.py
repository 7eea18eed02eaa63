"""Camtrap DP 1.0.2 out of the library: camera-trap records as any scientist can open them, with exact times.

Under the rule ``open`` places are given to 0.1 degree, the step that current practice for sensitive species (GBIF;
Chapman 2020, Current Best Practices for Generalizing Sensitive Species Occurrence Data) names for species of high
sensitivity. The standard demands coordinates, so the rounding holds for every deployment alike: a coarser place for
the deployments of a tiger alone would say which these are. Names of places and people, file names and addresses stay,
and so do rows of people and what was said of them. With ``exact`` everything leaves, and a further table carries what
the standard has no column for, so that Ranger reads back the same records.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ranger_app.actions.camtrap_dp_deployment import DeploymentRows
from ranger_app.actions.camtrap_dp_names import Names
from ranger_app.actions.formats import ExportReport, ExportRequest, Option, open_values
from ranger_app.domain import taxa
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import further_fields
from ranger_app.exchange.camtrap_dp_write import PackageWriter, Words
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database

DESIGNS = ("targeted", "opportunistic", "simpleRandom", "systematicRandom", "clusteredRandom", "experimental")
LICENCES = ("CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0")
OPTIONS = (
    Option("media", N_("files to copy into the package"), ("none", "thumbnails", "originals"), "none"),
    Option("title", N_("title of the project")),
    Option("sampling-design", N_("how the camera sites were chosen"), DESIGNS, "targeted"),
    Option("license", N_("licence under which data and pictures are given"), LICENCES),
)
_CODES = {"en": "eng", "ru": "rus", "zh_CN": "zho", "ko": "kor", "mn": "mon", "ja": "jpn"}


def write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Fill the request's folder with a package.

    DataProblem where no deployment can be written; UsageProblem for originals under the rule ``open``, because they
    carry the place and the camera's serial number inside.
    """
    if request.options["media"] == "originals" and not request.exact:
        raise UsageProblem(
            "ORIGINALS_NEED_EXACT",
            _("Originals carry exact places and serial numbers inside."),
            _("Use --media thumbnails, or --exact if they may leave."),
        )
    with library.moment() as db:
        yield from _write(library, db, request, report)


def _write(library: Library, db: Database, request: ExportRequest, report: ExportReport) -> Job[None]:
    names = Names(db, exact=request.exact)
    total = int(db.conn.execute("SELECT count(*) FROM media WHERE deployment IS NOT NULL AND deleted=0").fetchone()[0])
    with PackageWriter(request.folder) as writer:
        work = DeploymentRows(library, db, writer, names, request, report)
        for deployment in list(rows.find(db, "deployment", order='"start", id')):
            for _done in work.write(deployment):
                yield Progress(work.pictures, total, _("Writing deployments"))
                if request.cancel.cancelled:
                    return
        if not report.written["deployment"]:
            raise DataProblem(
                "NOTHING_TO_WRITE",
                _("No deployment has all that the standard asks for: coordinates, UTC offset, dates."),
                str(report.failed[0]["reason"]) if report.failed else _("Add deployments first."),
            )
        _individuals(db, writer, names, report)
        if request.exact:
            _alone(db, writer, names)
            report.written["further-fields"] = writer.further_lines
        _loose_pictures(db, report)
        writer.finish(_words(library, request, writer, names))
    for kind, number in work.withheld.items():
        report.withheld[kind] += number


def _individuals(db: Database, writer: PackageWriter, names: Names, report: ExportReport) -> None:
    for record in rows.find(db, "individual", order="id"):
        if record.id not in names.individuals_met:
            continue
        cells = [names.individual(record.id)]
        values = record.values if names.exact else open_values(record)
        for column in ("taxon", "name", "sex", "birth_season", "status", "status_since", "joint_code", "remarks"):
            cells.append(str(values[column] or ""))
        writer.extra("individuals", cells)
        report.written["individual"] += 1


def _alone(db: Database, writer: PackageWriter, names: Names) -> None:
    """Records that have no table of the standard: all of their fields."""
    met = {"person": names.persons_met, "location": names.locations_met, "camera": names.cameras_met}
    for kind in further_fields.STANDALONE:
        for record in rows.find(db, kind, order="id"):
            if kind not in met or record.id in met[kind]:
                ident = record.id.hex()
                named = [(kind, ident, further_fields.OWN_ID, ident)]  # so that one without any value is there too
                writer.further("alone", named)
                writer.further("alone", further_fields.lines(kind, ident, record.id, record.values, {}))


def _loose_pictures(db: Database, report: ExportReport) -> None:
    loose = db.conn.execute("SELECT count(*) FROM media WHERE deployment IS NULL AND deleted = 0").fetchone()[0]
    if loose:
        reason = ngettext(
            "{n} picture belongs to no deployment and was not written.",
            "{n} pictures belong to no deployment and were not written.",
            loose,
        ).format(n=loose)
        report.failed.append({"file": "media.csv", "code": "no_deployment", "reason": reason})


def _words(library: Library, request: ExportRequest, writer: PackageWriter, names: Names) -> Words:
    now = datetime.fromtimestamp(library.now_ms() // 1000, UTC).replace(tzinfo=None).isoformat() + "Z"
    title = request.options["title"].strip() or f"Camera traps of {library.station.name}"
    vernacular = {}
    for name in writer.coverage.taxa:
        known = taxa.find(name)
        if known:
            vernacular[name] = {_CODES[code]: word for code, word in known.names.items() if code in _CODES}
    return Words(
        name=f"ranger-{library.station.id.hex()[:16]}",
        title=title,
        contributor=library.station.name,
        created=now,
        sampling=request.options["sampling-design"],
        licence=request.options["license"],
        rule="exact" if request.exact else request.rule,
        precision="" if request.exact else "0.1",
        sources=sorted(names.datasets_met),
        names=vernacular,
    )
