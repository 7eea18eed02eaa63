"""``drop``: bundles by way of a drop point; nothing is asked of one unless its command is run."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import drop_carry, drop_points
from ranger_app.actions.bundle_read import ReadReport
from ranger_app.actions.drop_points import DropPoint
from ranger_app.cli import answers
from ranger_app.cli.exchange import read_answer
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]
PASSWORD = "RANGER_DROP_PASSWORD"


def add(verbs: Verbs) -> None:
    """Add the commands."""
    drop = verbs.add_parser("drop", help=_("carry bundles by way of a drop point")).add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    new = drop.add_parser("add", help=_("keep a drop point; its password is taken from RANGER_DROP_PASSWORD"))
    new.add_argument("name", metavar="NAME")
    new.add_argument(
        "url", metavar="URL", help=_("a folder, sftp://host/folder, https://host/folder, s3://bucket/folder")
    )
    new.add_argument("--user", default="", metavar="U")
    new.add_argument("--plain", action="store_true", help=_("allow a line that is not encrypted"))
    new.set_defaults(handler=_add)
    drop.add_parser("list").set_defaults(handler=_list)
    for verb, help_, handler in (
        ("remove", _("forget a drop point"), _remove),
        ("test", _("speak to a drop point and count its bundles"), _test),
    ):
        one = drop.add_parser(verb, help=help_)
        one.add_argument("name", metavar="NAME")
        one.set_defaults(handler=handler)
    send = drop.add_parser("send", help=_("send a bundle; again goes on where it stopped"))
    send.add_argument("name", metavar="NAME")
    send.add_argument("folder", type=Path, metavar="BUNDLE_DIR")
    send.set_defaults(handler=_send)
    fetch = drop.add_parser("fetch", help=_("fetch what is for this station and read it"))
    fetch.add_argument("name", metavar="NAME")
    fetch.add_argument("--keep", action="store_true", help=_("only fetch, do not read"))
    fetch.add_argument("--into", type=Path, metavar="DIR", help=_("with --keep: the folder to fetch into"))
    fetch.add_argument("--partial", action="store_true", help=_("take what is whole of a damaged bundle"))
    fetch.set_defaults(handler=_fetch)


def _answer(point: DropPoint) -> Answer:
    return {
        "name": point.name,
        "url": point.url,
        "kind": point.kind,
        "user": point.user,
        "plain": point.plain,
        "password": bool(point.sealed),
        "host_key": point.host_key,
    }


def _add(library: Library, args: argparse.Namespace) -> Answer:
    password = os.environ.get(PASSWORD, "")
    point = drop_points.add(library, args.name, args.url, user=args.user, password=password, plain=args.plain)
    return _answer(point)


def _list(library: Library, _args: argparse.Namespace) -> Answer:
    waiting = drop_carry.waiting(library)
    return {
        "drops": [
            {**_answer(one), "waiting": [str(part.folder) for part in waiting if part.point.id == one.id]}
            for one in drop_points.known(library)
        ]
    }


def _remove(library: Library, args: argparse.Namespace) -> Answer:
    drop_points.remove(library, args.name)
    return {"removed": args.name}


def _test(library: Library, args: argparse.Namespace) -> Answer:
    found = answers.with_progress(drop_points.try_out(library, args.name))
    return {**_answer(drop_points.named(library, args.name)), "bundles": found}


def _send(library: Library, args: argparse.Namespace) -> Answer:
    report = answers.with_progress(drop_carry.send_bundles(library, args.name, args.folder.absolute()))
    return {"sent": report.bundles, "files": report.files, "bytes": report.bytes, "there": report.there}


def _fetch(library: Library, args: argparse.Namespace) -> Answer:
    if args.into is not None and not args.keep:
        raise UsageProblem("USAGE", _("--into is for --keep."), _("See: ranger drop fetch --help"))
    if args.keep:
        report = answers.with_progress(drop_carry.fetch_bundles(library, args.name, args.into))
    else:
        report = answers.with_progress(drop_carry.fetch_and_read(library, args.name, partial=args.partial))
    fetched = report.fetched
    told: Answer = {
        "folder": str(report.place),
        "fetched": [str(one) for one in fetched.folders],
        "bytes": fetched.bytes,
        "known": fetched.known,
        "for_others": fetched.others,
        "unfinished": fetched.unfinished,
        "damaged_files": fetched.damaged,
        "not_fetched": [{"bundle": one.name, "code": one.code, "reason": one.reason} for one in fetched.refused],
    }
    return told if args.keep else {**told, **read_answer(report.read or ReadReport())}
