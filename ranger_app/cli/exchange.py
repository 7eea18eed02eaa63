"""``bundle`` and ``conflicts``: what goes over the border and what comes back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import decisions
from ranger_app.actions.bundle_read import ReadReport, read_bundles
from ranger_app.actions.bundle_verify import verify_bundles
from ranger_app.actions.records import title
from ranger_app.cli import answers, stick
from ranger_app.domain.fields import Field
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.values import plain
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store.conflicts import Conflict, conflicts
from ranger_app.store.connection import Database

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    bundle = verbs.add_parser("bundle", help=_("carry records to a partner")).add_subparsers(dest="verb", required=True)
    stick.add(bundle)
    verify = bundle.add_parser("verify")
    verify.add_argument("folder", type=Path, metavar="DIR")
    verify.set_defaults(handler=_verify)
    read = bundle.add_parser("read")
    read.add_argument("folder", type=Path, metavar="DIR")
    read.add_argument("--partial", action="store_true", help=_("take what is whole of a damaged bundle"))
    read.set_defaults(handler=_read)

    conflict = verbs.add_parser("conflicts", help=_("what needs a decision")).add_subparsers(dest="verb", required=True)
    conflict.add_parser("list").set_defaults(handler=_conflicts)
    resolve = conflict.add_parser("resolve")
    resolve.add_argument("id", metavar="ID")
    resolve.add_argument("--take", type=int, required=True, metavar="SIDE", help=_("1 for the first side listed"))
    resolve.set_defaults(handler=_resolve)


def _verify(library: Library, args: argparse.Namespace) -> Answer:
    report = answers.with_progress(verify_bundles(library, args.folder.absolute()))
    return {
        "complete": report.complete,
        "signed_by": report.signed_by,
        "parts": {what: report.total(what) for what in ("good", "damaged", "missing")},
        "problems": [one.problem for one in report.bundles if one.problem],
        "bundles": [
            {"bundle": str(one.folder), "counter": one.counter, "complete": one.complete, "digits": one.digits}
            for one in report.bundles
        ],
    }


def _read(library: Library, args: argparse.Namespace) -> Answer:
    return read_answer(answers.with_progress(read_bundles(library, args.folder.absolute(), partial=args.partial)))


def read_answer(report: ReadReport) -> Answer:
    """The keys that tell what reading changed."""
    return {
        "new": report.new,
        "updated": report.updated,
        "soft": report.soft,
        "hard": report.hard,
        "withheld": report.withheld,
        "not_understood": report.not_understood,
        "damaged": report.damaged,
        "lost": [{"bundle": str(one.folder), "what": one.what, "name": one.name} for one in report.lost],
        "already_known": report.already_known,
        "revealed": report.revealed,
        "after_withdrawal": report.after_withdrawal,
        "quarantined": report.quarantined,
        "thumbnails": report.thumbnails,
        "originals": report.originals,
        "copies": report.copies,
        "broken_chain": [
            {"station_id": one.station.hex(), "incarnation": one.incarnation.hex(), "batch": one.n}
            for one in report.broken_chain
        ],
        "notes": report.notes,
        "receipts": [
            {
                "station_id": one.station.hex(),
                "confirmed": one.confirmed,
                "in_part": [part.counter for part in one.in_part],
            }
            for one in report.receipts
        ],
        "bundles": [
            {
                "bundle": str(one.folder),
                "station_id": one.station.hex(),
                "counter": one.counter,
                "newest": one.newest,
                "damaged": one.damaged,
            }
            for one in report.bundles
        ],
        "refused": [
            {"bundle": str(one.folder), "code": one.code, "reason": one.reason, "in_part": one.in_part}
            for one in report.refused
        ],
    }


def _conflicts(library: Library, _args: argparse.Namespace) -> Answer:
    with library.read() as db:
        return {"conflicts": [_conflict(db, one) for one in conflicts(db)]}


def _conflict(db: Database, conflict: Conflict) -> Answer:
    kind = kind_named(conflict.kind)
    known = conflict.field in kind.columns
    field = kind.field(conflict.field) if known else Field(conflict.field, conflict.field)
    return {
        "id": conflict.id,
        "kind": conflict.kind,
        "record": conflict.record.hex(),
        "title": title(db, conflict.kind, conflict.record),
        "field": conflict.field,
        "sides": [
            {
                "value": plain(field, side.value),
                "station": side.station.hex(),
                "at": side.at,
                "person": side.person.hex() if side.person else None,
            }
            for side in conflict.sides
        ],
    }


def _resolve(library: Library, args: argparse.Namespace) -> Answer:
    conflict = decisions.find(library, args.id)
    decisions.take(library, conflict, args.take - 1)
    return {"id": conflict.id}
