"""``backup``, ``restore``, ``check``, ``undo``, ``redo`` and ``demo``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import undo
from ranger_app.actions.backup import backup
from ranger_app.actions.check import check
from ranger_app.actions.restore import restore
from ranger_app.cli import answers
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    copy = verbs.add_parser("backup", help=_("write records and keys into one file"))
    copy.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    copy.set_defaults(handler=_backup)
    back = verbs.add_parser("restore", help=_("put a backup in place"))
    back.add_argument("file", type=Path, metavar="FILE")
    back.set_defaults(handler=_restore, without_library=True)
    look = verbs.add_parser("check", help=_("look the library over"))
    look.add_argument("--rebuild", action="store_true", help=_("make every table again from the signed log"))
    look.add_argument("--originals", action="store_true", help=_("read every original again and compare its hash"))
    look.set_defaults(handler=_check)
    verbs.add_parser("undo", help=_("take back the last act")).set_defaults(handler=_undo)
    verbs.add_parser("redo", help=_("bring back what undo took")).set_defaults(handler=_redo)
    demo = verbs.add_parser("demo", help=_("make a made-up season to try things on"))
    demo.add_argument("folder", type=Path, metavar="DIR")
    for name in ("--media", "--patrols", "--counts"):
        demo.add_argument(name, type=int, metavar="N")
    demo.add_argument("--stations", type=int, choices=(2, 3), default=2)
    demo.set_defaults(handler=_demo, without_library=True)


def _backup(library: Library, args: argparse.Namespace) -> Answer:
    return {"backup": str(backup(library, args.folder.absolute() if args.folder else None))}


def _restore(folder: Path, args: argparse.Namespace) -> Answer:
    with restore(folder, args.file, os.environ.get("RANGER_PASSPHRASE")) as library:
        return {"restored": str(folder), "station_id": library.station.id.hex()}


def _check(library: Library, args: argparse.Namespace) -> Answer:
    problems = answers.with_progress(check(library, make_again=args.rebuild, originals=args.originals))
    return {"problems": [{"code": problem.code, "what": problem.what} for problem in problems]}


def _undo(library: Library, _args: argparse.Namespace) -> Answer:
    changes = undo.undo(library)
    return {"undone": changes.label if changes else None}


def _redo(library: Library, _args: argparse.Namespace) -> Answer:
    changes = undo.redo(library)
    return {"redone": changes.label if changes else None}


def _demo(_folder: Path, args: argparse.Namespace) -> Answer:
    from ranger_app.demo import season  # drawing is slow to load and no other command needs it

    numbers = {
        name: value
        for name, value in (("media", args.media), ("patrols", args.patrols), ("count_records", args.counts))
        if value is not None
    }
    job = season.season(args.folder.absolute(), stations=args.stations, **numbers)
    return {"libraries": [str(path) for path in answers.with_progress(job)]}
