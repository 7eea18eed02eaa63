"""``population import|use|editions``: tables of estimates and 1 % levels, several editions side by side."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import population_import
from ranger_app.actions.population_import import Edition, Preview
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the commands to those of ``population``."""
    population = of_kind["population"]
    taken = population.add_parser("import", help=_("take in a table of populations (XLSX or CSV)"))
    taken.add_argument("file", type=Path, metavar="FILE")
    taken.add_argument("--edition", default="", metavar="TEXT", help=_("its edition, where the table names none"))
    taken.add_argument("--published", type=int, metavar="YEAR", help=_("year of the edition"))
    taken.add_argument("--use", action="store_true", help=_("measure by it at once"))
    taken.add_argument("--preview", action="store_true", help=_("only tell what it holds"))
    taken.set_defaults(handler=_import)
    use = population.add_parser("use", help=_("measure criteria by this edition"))
    use.add_argument(
        "edition",
        metavar="EDITION",
        help=_("its name or the beginning of it; {word} for the table of the program").format(
            word=population_import.STARTER_WORD
        ),
    )
    use.set_defaults(handler=_use)
    population.add_parser("editions", help=_("the editions that are here")).set_defaults(handler=_editions)


def _import(library: Library, args: argparse.Namespace) -> Answer:
    if args.preview:
        found = population_import.preview(args.file, args.edition, args.published)
        rows = [dict(values) for values in found.values.values()]
        return {"columns": found.columns, "populations": rows, **_doubts(found)}
    taken = population_import.take(library, args.file, args.edition, args.published, use=args.use)
    return {
        "added": taken.added,
        "changed": taken.changed,
        "same": taken.same,
        "in_use": taken.in_use,
        **_doubts(taken.preview),
    }


def _doubts(found: Preview) -> Answer:
    told = [{"row": one.row, "cell": one.cell, "reason": one.reason} for one in found.doubts if not one.refused]
    failed = [{"row": one.row, "cell": one.cell, "reason": one.reason} for one in found.doubts if one.refused]
    return {
        "editions": [{"edition": name, "published": year} for name, year in found.editions],
        "doubtful": told,
        "failed": failed,
    }


def _use(library: Library, args: argparse.Namespace) -> Answer:
    return _told(population_import.measure_by(library, args.edition))


def _editions(library: Library, args: argparse.Namespace) -> Answer:
    return {"editions": [_told(one) for one in population_import.editions(library)]}


def _told(one: Edition) -> Answer:
    return {
        "edition": one.name,
        "published": one.published,
        "populations": one.populations,
        "in_use": one.used,
        "from": one.station,
    }
