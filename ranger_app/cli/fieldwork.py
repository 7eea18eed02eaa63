"""``patrol import`` and ``survey import``: field work that comes as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions.patrol_import import import_patrol
from ranger_app.actions.survey_import import import_surveys
from ranger_app.cli.station import offset
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    patrol = of_kind["patrol"].add_parser("import", help=_("make a patrol from a GPS file"))
    patrol.add_argument("file", type=Path, metavar="FILE")
    patrol.add_argument("--leader", metavar="NAME")
    patrol.add_argument("--transport", choices=[choice.code for choice in TRANSPORTS], default="foot")
    patrol.add_argument("--utc-offset", metavar="+HH:MM")
    patrol.add_argument("--date", metavar="YYYY-MM-DD")
    patrol.set_defaults(handler=_patrol)
    survey = of_kind["survey"].add_parser("import", help=_("take waterbird counts from a table"))
    survey.add_argument("file", type=Path, metavar="COUNTS.csv")
    survey.set_defaults(handler=_survey)


def _patrol(library: Library, args: argparse.Namespace) -> Answer:
    imported = import_patrol(
        library,
        args.file,
        leader=args.leader or "",
        transport=args.transport,
        utc_offset=offset(args.utc_offset) if args.utc_offset else None,
        date=args.date,
    )
    return imported.answer()


def _survey(library: Library, args: argparse.Namespace) -> Answer:
    return import_surveys(library, args.file).answer()
