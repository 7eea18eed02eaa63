"""``patrol import`` and ``survey import``: field work that comes as files."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import survey_mapping
from ranger_app.actions.count_table import wrong_header
from ranger_app.actions.patrol_import import PatrolImported, import_patrol
from ranger_app.actions.survey_import import import_surveys
from ranger_app.cli.answers import with_progress
from ranger_app.cli.kinds import present_id
from ranger_app.cli.station import offset
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.time import offset_text
from ranger_app.errors import DataProblem
from ranger_app.exchange.count_tables import ACROSS
from ranger_app.i18n import LANGUAGES, _, ngettext
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    patrol = of_kind["patrol"].add_parser("import", help=_("make a patrol from the files of a GPS device"))
    patrol.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help=_("GPX, KML, KMZ, GeoJSON, CSV, NMEA, or a folder of them")
    )
    patrol.add_argument("--leader", metavar="NAME")
    patrol.add_argument("--transport", choices=[choice.code for choice in TRANSPORTS], default="foot")
    patrol.add_argument("--utc-offset", metavar="+HH:MM")
    patrol.add_argument("--date", metavar="YYYY-MM-DD")
    patrol.add_argument("--per-day", action="store_true", help=_("a patrol for each day"))
    patrol.set_defaults(handler=_patrol)
    survey = of_kind["survey"].add_parser("import", help=_("take waterbird counts from a table"))
    survey.add_argument("file", type=Path, metavar="COUNTS.csv", help=_("CSV or XLSX"))
    survey.add_argument(
        "--map", metavar="FIELD=HEADING,…", help=_("which column holds what, or auto to take the usual words")
    )
    survey.add_argument("--across", choices=ACROSS, help=_("what the headings over columns of numbers are"))
    survey.add_argument("--sheet", default="", metavar="NAME")
    survey.add_argument("--site", metavar="NAME", help=_("the site of the whole table"))
    survey.add_argument("--date", metavar="YYYY-MM-DD", help=_("the date of the whole table"))
    survey.add_argument("--date-order", choices=("dmy", "mdy", "ymd"))
    survey.add_argument("--preview", action="store_true", help=_("say what would be taken, and take nothing"))
    survey.set_defaults(handler=_survey)
    form = of_kind["survey"].add_parser("form", help=_("write a count form to print"))
    form.add_argument("out", type=Path, metavar="OUT.html")
    form.add_argument("--site", required=True, metavar="SITE")
    form.add_argument("--date", required=True, metavar="YYYY-MM-DD")
    form.add_argument("--language", choices=list(LANGUAGES), default="")
    form.add_argument("--observers", default="", metavar="NAMES")
    form.add_argument("--empty", type=int, default=6, metavar="N", help=_("empty lines for further species"))
    form.set_defaults(handler=_form)
    photo = of_kind["survey"].add_parser("photo", help=_("attach photos of filled forms by their code"))
    photo.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    photo.add_argument("--survey", metavar="ID", help=_("in place of the code on the form"))
    photo.set_defaults(handler=_photo)


def _patrol(library: Library, args: argparse.Namespace) -> Answer:
    imported = import_patrol(
        library,
        args.files,
        leader=args.leader or "",
        transport=args.transport,
        utc_offset=offset(args.utc_offset) if args.utc_offset else None,
        date=args.date,
        per_day=args.per_day,
    )
    for sentence in _said(imported):
        print(sentence, file=sys.stderr)
    return imported.answer()


def _said(imported: PatrolImported) -> list[str]:
    """What a person should hear of the times, beside the answer."""
    said = [one.sentence for one in imported.seen.doubts]
    if imported.naive_times:
        clocks = ", ".join(offset_text(minutes) for minutes in imported.seen.naive_offsets)
        said.append(
            ngettext(
                "{n} time has no zone and was read as UTC {offset}. If that is wrong, undo and give --utc-offset.",
                "{n} times have no zone and were read as UTC {offset}. If that is wrong, undo and give --utc-offset.",
                imported.naive_times,
            ).format(n=imported.naive_times, offset=clocks)
        )
    return said


def _survey(library: Library, args: argparse.Namespace) -> Answer:
    told = {name: text for name, text in (("site", args.site), ("date", args.date)) if text}
    if not (args.map or args.across or args.sheet or args.date_order or args.preview or told):
        try:
            if not survey_mapping.is_workbook(args.file):
                return import_surveys(library, args.file).answer()
        except DataProblem as problem:
            if problem.code != "HEADER_WRONG":
                raise
            raise survey_mapping.not_ready(library, args.file, args.sheet, problem) from problem
        if not survey_mapping.is_ready_made(args.file):
            raise survey_mapping.not_ready(library, args.file, args.sheet, wrong_header())
    found = survey_mapping.preview(library, args.file, None, args.sheet)
    columns = _columns(args.map or "")
    chosen = survey_mapping.given(
        found.chosen, found.header, columns, told=told, across=args.across or "", order=args.date_order or ""
    )
    found = survey_mapping.seen(found.grid, chosen)
    if args.preview:
        return found.answer()
    return survey_mapping.import_mapped(library, found).answer()


def _columns(text: str) -> dict[str, str]:
    """Field -> heading from ``site=Участок,date=Дата``; a part in quotes may hold commas."""
    if text.strip() == "auto":
        return {}
    parts = next(csv.reader([text]), [])
    found = {}
    for part in parts:
        name, equals, heading = part.partition("=")
        if not equals:
            name = heading = part
        found[name.strip()] = heading.strip()
    return found


def _form(library: Library, args: argparse.Namespace) -> Answer:
    from ranger_app.actions import count_form  # codes are slow to load

    site = present_id(library, "location", args.site)
    form = count_form.write(
        library,
        args.out.absolute(),
        site,
        args.date,
        words=args.language,
        observers=args.observers,
        empty=args.empty,
    )
    return {
        "file": str(args.out.absolute()),
        "language": form.language,
        "species": [one.latin for one in form.species],
        "sectors": list(form.sectors),
    }


def _photo(library: Library, args: argparse.Namespace) -> Answer:
    from ranger_app.actions import count_form

    survey = present_id(library, "survey", args.survey) if args.survey else None
    return with_progress(count_form.attach(library, args.pictures, survey=survey)).answer()
