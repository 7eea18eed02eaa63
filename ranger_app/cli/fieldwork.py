"""``patrol import`` and ``survey import``: field work that comes as files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions.patrol_import import PatrolImported, import_patrol
from ranger_app.actions.survey_import import import_surveys
from ranger_app.cli.station import offset
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.time import offset_text
from ranger_app.i18n import _, ngettext
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
    survey.add_argument("file", type=Path, metavar="COUNTS.csv")
    survey.set_defaults(handler=_survey)


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
    return import_surveys(library, args.file).answer()
