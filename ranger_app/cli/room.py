"""``disk add|list|move|back`` and ``originals drop-blanks``: room on the laptop."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import drop_blanks, further_disks
from ranger_app.actions.further_disks import Disk, MoveReport
from ranger_app.cli import answers
from ranger_app.cli.kinds import record_id
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    disk = verbs.add_parser("disk", help=_("keep originals on further disks")).add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    new = disk.add_parser("add", help=_("use a disk for originals"))
    new.add_argument("folder", type=Path, metavar="FOLDER")
    new.add_argument("--name", required=True, metavar="NAME")
    new.set_defaults(handler=_add)
    disk.add_parser("list").set_defaults(handler=_list)
    for verb, help_, handler in (
        ("move", _("move originals to a disk"), _move),
        ("back", _("bring all originals of a disk back"), _back),
    ):
        one = disk.add_parser(verb, help=help_)
        one.add_argument("disk", metavar="DISK")
        if verb == "move":
            one.add_argument("--deployment", action="append", metavar="ID")
        one.set_defaults(handler=handler)
    room = verbs.add_parser("originals", help=_("make room among the originals")).add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    drop = room.add_parser("drop-blanks", help=_("drop originals that people confirmed as blank"))
    drop.add_argument("--days", type=int, default=drop_blanks.DAYS, metavar="N")
    drop.add_argument("--deployment", action="append", metavar="ID")
    drop.add_argument("--show", action="store_true", help=_("only say what would go"))
    drop.set_defaults(handler=_drop)


MOST_DAYS = 36_525


def _answer(disk: Disk) -> Answer:
    return {
        "disk_id": disk.id,
        "name": disk.name,
        "plugged_in": disk.folder is not None,
        "folder": str(disk.folder) if disk.folder else None,
        "originals": disk.originals,
        "bytes": disk.bytes,
    }


def _add(library: Library, args: argparse.Namespace) -> Answer:
    return _answer(further_disks.add(library, args.folder, args.name))


def _list(library: Library, _args: argparse.Namespace) -> Answer:
    return {"disks": [_answer(one) for one in further_disks.known(library)]}


def _named(library: Library, text: str) -> str:
    found = [one for one in further_disks.known(library) if text in (one.id, one.name)]
    if len(found) != 1:
        raise DataProblem(
            "DISK_UNKNOWN",
            _("There is no disk called {name}.").format(name=text),
            _("Look it up with: ranger disk list"),
        )
    return found[0].id


def _deployments(library: Library, args: argparse.Namespace) -> list[bytes] | None:
    return [record_id(library, "deployment", one) for one in args.deployment] if args.deployment else None


def _move(library: Library, args: argparse.Namespace) -> Answer:
    job = further_disks.move(library, _named(library, args.disk), _deployments(library, args))
    return _moved(answers.with_progress(job))


def _back(library: Library, args: argparse.Namespace) -> Answer:
    return _moved(answers.with_progress(further_disks.bring_back(library, _named(library, args.disk))))


def _moved(report: MoveReport) -> Answer:
    failed = [{"sha256": one, "code": "original_changed"} for one in report.damaged]
    return {"moved": report.moved, "bytes": report.bytes, "failed": failed}


def _drop(library: Library, args: argparse.Namespace) -> Answer:
    deployments = _deployments(library, args)
    if not 0 <= args.days <= MOST_DAYS:
        raise UsageProblem(
            "DAYS_WRONG",
            _("This is no number of days."),
            _("Give whole days, from 0 to {most}.").format(most=MOST_DAYS),
        )
    rule = drop_blanks.rule_of(args.days)
    if args.show:
        found = drop_blanks.droppable(library, deployments, days=args.days)
        return {"would_drop": len(found.hashes), "bytes": found.bytes, "rule": rule}
    report = answers.with_progress(drop_blanks.drop(library, deployments, days=args.days))
    return {"dropped": report.dropped, "bytes": report.bytes, "kept": report.kept, "rule": rule}
