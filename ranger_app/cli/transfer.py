"""``export`` and ``import``: every format that the tables of formats hold, with the options these name."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import export_data, import_data
from ranger_app.actions.formats import ExportFormat, ImportFormat, Option
from ranger_app.cli import answers
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]
_PREFIX = "option_"


def add(verbs: Verbs) -> None:
    """Add the commands."""
    export = verbs.add_parser("export", help=_("write records for others"))
    export.add_argument("format", choices=tuple(export_data.FORMATS))
    export.add_argument("out", type=Path, metavar="OUT")
    how = export.add_mutually_exclusive_group()
    how.add_argument("--rule", metavar="NAME")  # no default here: --rule open --exact must be refused
    how.add_argument("--exact", action="store_true", help=_("places, people and tracks too"))
    _add_options(export, export_data.FORMATS.values())
    export.set_defaults(handler=_export)
    taken = verbs.add_parser("import", help=_("take in records that another program wrote"))
    taken.add_argument("format", choices=tuple(import_data.FORMATS))
    taken.add_argument("source", type=Path, metavar="SRC")
    _add_options(taken, import_data.FORMATS.values())
    taken.set_defaults(handler=_import)


def _add_options(parser: argparse.ArgumentParser, formats: Iterable[ExportFormat | ImportFormat]) -> None:
    """Options of one name in several formats are one option of the command."""
    by_name: dict[str, list[Option]] = {}
    for one in formats:
        for option in one.options:
            by_name.setdefault(option.name, []).append(option)
    for name, options in by_name.items():
        choices = dict.fromkeys(choice for option in options for choice in option.choices)
        parser.add_argument(
            f"--{name}",
            dest=_PREFIX + name,
            choices=tuple(choices) or None,
            metavar=None if choices else name.upper().replace("-", "_"),
            help=_(options[0].label),
        )


def _given(args: argparse.Namespace, formats: Mapping[str, ExportFormat | ImportFormat]) -> dict[str, str]:
    """The options that were given; UsageProblem for one that the format does not have."""
    known = {option.name: option for option in formats[args.format].options}
    given: dict[str, str] = {}
    for name, value in vars(args).items():
        if not name.startswith(_PREFIX) or value is None:
            continue
        option = known.get(name.removeprefix(_PREFIX))
        if option is None or (option.choices and value not in option.choices):
            raise UsageProblem(
                "OPTION_UNKNOWN",
                _("The format {format} has no option --{name} {value}.").format(
                    format=args.format, name=name.removeprefix(_PREFIX), value=value
                ),
                _("Leave it out."),
            )
        given[option.name] = value
    return given


def _export(library: Library, args: argparse.Namespace) -> Answer:
    options = _given(args, export_data.FORMATS)
    job = export_data.export(
        library, args.format, args.out.absolute(), rule=args.rule or "open", exact=args.exact, options=options
    )
    return answers.with_progress(job).answer()


def _import(library: Library, args: argparse.Namespace) -> Answer:
    options = _given(args, import_data.FORMATS)
    job = import_data.import_data(library, args.format, args.source.absolute(), options=options)
    return answers.with_progress(job).answer()
