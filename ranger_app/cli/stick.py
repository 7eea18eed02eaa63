"""``bundle write`` and what goes with the stick: what is unfinished on it, what can go, and the slip to sign."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import bundle_free, bundle_unfinished, slip
from ranger_app.actions import partners as partners_of
from ranger_app.actions.bundle_free import OnStick
from ranger_app.actions.bundle_open import write_open_bundle
from ranger_app.actions.bundle_outlook import outlook
from ranger_app.actions.bundle_unfinished import Unfinished
from ranger_app.actions.bundle_write import PICTURES, WriteReport, WriteRequest, write_bundle
from ranger_app.actions.partners import find_partner
from ranger_app.cli import answers
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.sync import problems

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(bundle: Verbs) -> None:
    """Add the commands below ``bundle``."""
    write = bundle.add_parser("write")
    write.add_argument("folder", type=Path, metavar="DIR")
    write.add_argument("--to", nargs="+", metavar="PARTNER", default=[])
    write.add_argument("--media", choices=PICTURES, help=_("thumbnails unless said otherwise"))
    write.add_argument(
        "--budget",
        type=_budget,
        default=None,
        metavar="BYTES|auto",
        help=_("how much of the stick may be filled; auto: what is free"),
    )
    write.add_argument("--open", action="store_true", help=_("records only, as signed text that an office can inspect"))
    write.add_argument("--dry-run", action="store_true", help=_("say what fits, write nothing"))
    write.add_argument("--keep", action="store_true", help=_("when interrupted, leave what was begun to be finished"))
    write.add_argument("--resume", action="store_true", help=_("finish the bundle whose writing stopped"))
    write.set_defaults(handler=_write)
    unfinished = bundle.add_parser("unfinished", help=_("bundles of this station whose writing stopped"))
    unfinished.add_argument("folder", type=Path, metavar="DIR")
    unfinished.set_defaults(handler=_unfinished)
    free = bundle.add_parser("free", help=_("remove bundles that every partner has confirmed"))
    free.add_argument("folder", type=Path, metavar="DIR")
    free.add_argument("--dry-run", action="store_true", help=_("say what would go, remove nothing"))
    free.set_defaults(handler=_free)
    paper = bundle.add_parser("slip", help=_("a page to sign when a stick changes hands"))
    paper.add_argument("folder", type=Path, metavar="DIR")
    paper.add_argument("out", type=Path, metavar="OUT")
    paper.set_defaults(handler=_slip)


def _budget(word: str) -> int | None:
    if word == "auto":
        return None
    if not (word.isascii() and word.isdigit() and len(word) <= 30):
        raise argparse.ArgumentTypeError(_("{word} is no number of bytes").format(word=word))
    return int(word)


def _write(library: Library, args: argparse.Namespace) -> Answer:
    folder = args.folder.absolute()
    if args.resume:
        if args.to or args.dry_run or args.open or args.media or args.budget is not None:
            raise UsageProblem(
                "RESUME_ALONE",
                _("What an unfinished bundle holds is settled already."),
                _("Give --resume without other options."),
            )
        return _written(answers.with_progress(bundle_unfinished.finish(library, folder)))
    partners = tuple(dict.fromkeys(find_partner(library, word) for word in args.to))
    if args.open and (args.dry_run or args.media not in (None, "none") or args.budget is not None or args.keep):
        raise UsageProblem(
            "OPEN_ALONE",
            _("An open bundle holds records only and is always written whole."),
            _("Give --open without --media, --budget, --dry-run and --keep."),
        )
    if args.open:
        return _written(answers.with_progress(write_open_bundle(library, folder, partners)))
    if args.dry_run:
        return _foreseen(library, folder, partners, args)
    waiting = bundle_unfinished.unfinished(library, folder)
    request = WriteRequest(folder, partners, args.media or "thumbnails", args.budget, keep=args.keep)
    answer = _written(answers.with_progress(write_bundle(library, request)))
    return answer | {"unfinished": [_as_unfinished(one) for one in waiting]}


def _written(report: WriteReport) -> Answer:
    return {
        "bundle": str(report.folder),
        "counter": report.counter,
        "operations": report.operations,
        "media": report.media,
        "bytes": report.bytes,
        "parts": report.parts,
        "thumbnails": report.thumbnails,
        "copies": report.copies,
        "originals": {
            "written": report.originals,
            "written_bytes": report.original_bytes,
            "left_out": report.left_out,
            "left_out_bytes": report.left_bytes,
        },
        "resumed": report.resumed,
        "failed": [
            *({"sha256": one, "code": "original_changed"} for one in report.rotten),
            *({"sha256": one, "code": "disk_missing"} for one in report.elsewhere),
        ],
        "withheld": report.withheld,
    }


def _foreseen(library: Library, folder: Path, partners: tuple[bytes, ...], args: argparse.Namespace) -> Answer:
    if not partners:
        raise UsageProblem("NO_PARTNER", _("No partner was named."), _("Say for whom the bundle is."))
    partners_of.require_trusted(library, partners)
    found = outlook(library, partners, folder, media=args.media or "thumbnails", budget=args.budget)
    return {
        "operations": found.records,
        "thumbnails": found.thumbnails,
        "copies": found.copies,
        "originals": {
            "fits": found.fits,
            "fits_bytes": found.fits_bytes,
            "left_out": found.left_out,
            "left_out_bytes": found.left_bytes,
        },
        "needed_bytes": found.needed,
        "free_bytes": found.free,
        "enough": found.enough,
        "exact": found.exact,
    }


def _unfinished(library: Library, args: argparse.Namespace) -> Answer:
    found = bundle_unfinished.unfinished(library, _there(args.folder))
    return {"unfinished": [_as_unfinished(one) for one in found]}


def _as_unfinished(one: Unfinished) -> Answer:
    return {
        "bundle": str(one.folder),
        "counter": one.counter,
        "to": list(one.partners),
        "begun": one.begun,
        "written_bytes": one.written,
        "bytes": one.size,
        "can_finish": one.can_finish,
    }


def _there(folder: Path) -> Path:
    # A stick that is not plugged in has nothing on it, which must not sound as if nothing waited.
    if not folder.is_dir():
        raise problems.not_a_folder(folder.absolute())
    return folder.absolute()


def _free(library: Library, args: argparse.Namespace) -> Answer:
    folder = _there(args.folder)
    if args.dry_run:
        found = bundle_free.on_stick(library, folder)
        return {
            "would_free": [_on_stick(one) for one in found if one.may_go],
            "kept": [_on_stick(one) for one in found if not one.may_go],
            "bytes": sum(one.size for one in found if one.may_go),
        }
    report = answers.with_progress(bundle_free.free(library, folder))
    return {
        "freed": [_on_stick(one) for one in report.freed],
        "kept": [_on_stick(one) for one in report.kept],
        "left": [str(one) for one in report.left],
        "bytes": report.bytes,
    }


def _on_stick(one: OnStick) -> Answer:
    return {
        "bundle": str(one.folder),
        "counter": one.counter,
        "state": one.why,
        "to": list(one.partners),
        "waiting_for": list(one.waiting),
        "bytes": one.size,
    }


def _slip(library: Library, args: argparse.Namespace) -> Answer:
    made = slip.slip(library, args.folder.absolute())
    out = slip.write_slip(library, args.folder.absolute(), args.out.absolute())
    return {"file": str(out), "bundle": made.name, "counter": made.number, "digits": made.digits}
