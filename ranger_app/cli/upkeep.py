"""``backup``, ``restore``, ``check``, ``undo``, ``redo`` and ``demo``."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import undo
from ranger_app.actions.backup import back_up, warnings
from ranger_app.actions.backup_originals import Carried
from ranger_app.actions.check import check
from ranger_app.actions.restore import bring_back, restoring
from ranger_app.actions.restore import warnings as brought_warnings
from ranger_app.actions.status import BACKUP_DAYS, waiting
from ranger_app.cli import answers
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.keys import StationKeys
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    copy = verbs.add_parser("backup", help=_("write records and keys into one file"))
    copy.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    copy.add_argument("--records", action="store_true", help=_("records and keys only, no originals"))
    copy.add_argument("--verify", action="store_true", help=_("read the originals that lie there again"))
    copy.add_argument("--keep", type=int, metavar="N", help=_("keep only the N newest backup files there"))
    copy.set_defaults(handler=_backup)
    back = verbs.add_parser("restore", help=_("put a backup in place"))
    back.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("without it, only originals come back"))
    back.add_argument("--originals", type=Path, metavar="DIR", help=_("the folder originals of the backup"))
    back.add_argument("--records", action="store_true", help=_("records and keys only, no originals"))
    back.add_argument("--sheet", type=Path, metavar="SHEET", help=_("the recovery sheet, for a lost passphrase"))
    back.add_argument("--all", action="store_true", help=_("also originals of further disks that are lost"))
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
    if args.keep is not None and args.keep < 1:
        raise UsageProblem("NUMBER_WRONG", _("At least one backup is kept."), _("Give 1 or more."))
    folder = args.folder.absolute() if args.folder else None
    job = back_up(library, folder, with_originals=not args.records, verify=args.verify, keep=args.keep)
    report = answers.with_progress(job)
    return {
        "backup": str(report.file),
        "bytes": report.bytes,
        "sealed": report.sealed,
        "another_disk": report.another_disk,
        "originals": _carried(report.originals or Carried()),
        "not_plugged_in": [{"disk": one.name, "originals": one.originals} for one in report.away],
        "only_on_this_disk": [{"disk": one.name, "originals": one.originals} for one in report.same],
        "older_backups": report.older,
        "removed": [str(path) for path in report.removed],
        "warnings": warnings(report),
    }


def _carried(carried: Carried) -> Answer:
    return {
        "copied": carried.copied,
        "already": carried.already,
        "failed": carried.failed,
        "left": carried.left,
        "bytes": carried.bytes,
        "mended": carried.mended,
        "damaged": carried.damaged,
    }


def _restore(folder: Path, args: argparse.Namespace) -> Answer:
    passphrase = os.environ.get("RANGER_PASSPHRASE") or None
    originals = args.originals.absolute() if args.originals else None
    if args.file is None and originals is None:
        raise UsageProblem(
            "USAGE", _("Nothing to restore was given."), _("Give a backup file, or --originals with their folder.")
        )
    if args.file is None:
        with Library.open(folder, passphrase=passphrase) as library:
            return _brought(library, answers.with_progress(bring_back(library, originals, also_disks=args.all)))
    if originals is not None and not originals.is_dir():
        raise DataProblem("NO_ORIGINALS", _("There is no folder with originals."), _("Check the folder."))
    recovered = _from_sheet(args.sheet) if args.sheet else None
    job = restoring(
        folder, args.file, passphrase,
        recovered=recovered, originals=originals, bring=not args.records, also_disks=args.all,
    )  # fmt: skip
    restored = answers.with_progress(job)
    with restored.library:
        return _brought(restored.library, restored.originals)


def _from_sheet(file: Path) -> StationKeys:
    from ranger_app.actions import recovery  # pictures and codes are slow to load

    return recovery.keys_of(recovery.read_file(file))


def _brought(library: Library, carried: Carried | None) -> Answer:
    return {
        "restored": str(library.folder),
        "station_id": library.station.id.hex(),
        "originals": _carried(carried or Carried()),
        "warnings": brought_warnings(library, carried),
    }


def _check(library: Library, args: argparse.Namespace) -> Answer:
    problems = answers.with_progress(check(library, make_again=args.rebuild, originals=args.originals))
    days = waiting(library)["backup_elsewhere_days"]
    said = [] if days is not None and days < BACKUP_DAYS else [_("No backup of the last 7 days lies on another disk.")]
    return {"problems": [{"code": problem.code, "what": problem.what} for problem in problems], "warnings": said}


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
