"""``map OUT``: everything in its place on one page that needs no other file and no network."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import map_layers, map_page
from ranger_app.actions.map_sight import Period, day
from ranger_app.cli import answers
from ranger_app.domain import sharing
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the command."""
    one = verbs.add_parser("map", help=_("write a map as one page to send"))
    one.add_argument("out", type=Path, metavar="OUT", help=_("file; must not exist yet"))
    how = one.add_mutually_exclusive_group()
    how.add_argument("--rule", default=sharing.OPEN.name, metavar="NAME", help=_("sharing rule, or a partner"))
    how.add_argument("--exact", action="store_true", help=_("exact places; needs the role exchange"))
    words = ",".join((*map_layers.RECORDS, map_layers.GROUND, map_layers.OWN))
    one.add_argument("--layers", metavar="NAMES", help=_("only these, with commas: {words}").format(words=words))
    one.add_argument("--from", dest="start", metavar="YYYY-MM-DD")
    one.add_argument("--to", dest="end", metavar="YYYY-MM-DD")
    one.set_defaults(handler=_map)


def _map(library: Library, args: argparse.Namespace) -> Answer:
    period = Period(_day(args.start), _day(args.end))
    if period.first is not None and period.last is not None and period.last < period.first:
        raise UsageProblem("DAYS_SWAPPED", _("The end lies before the start."), _("Swap them and try again."))
    names = [one.strip() for one in args.layers.split(",") if one.strip()] if args.layers else None
    job = map_page.write(library, args.out, rule=args.rule, exact=args.exact, layers=names, period=period)
    return answers.with_progress(job).answer()


def _day(text: str | None) -> int | None:
    if not text:
        return None
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(
            "DATE_WRONG", _("{text} is not a day.").format(text=text), _("Write the day as 2026-01-31.")
        ) from error
    return day(text)
