"""``receipt`` and ``ledger``: what arrived, what partners say arrived, and what was given to whom."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import ledger, ledger_words, receipts
from ranger_app.actions.ledger import Line
from ranger_app.actions.partners import find_partner
from ranger_app.actions.receipts import Taken
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.sync.receipts import is_receipt

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    receipt = verbs.add_parser("receipt", help=_("tell what arrived, take what a partner says")).add_subparsers(
        dest="verb", required=True
    )
    make = receipt.add_parser("make", help=_("sign what arrived from a partner"))
    make.add_argument("partner", metavar="PARTNER")
    make.add_argument("out", metavar="OUT", type=Path, nargs="?", help=_("folder, such as a stick"))
    make.add_argument("--code", action="store_true", help=_("a short code for a text message"))
    make.set_defaults(handler=_make)
    take = receipt.add_parser("take", help=_("take a partner's receipt"))
    take.add_argument("receipt", metavar="FILE|CODE")
    take.set_defaults(handler=_take)
    receipt.add_parser("list", help=_("what every partner confirmed")).set_defaults(handler=_list)

    whole = verbs.add_parser("ledger", help=_("what was given to whom, when and under which rule"))
    whole.add_argument("--partner", metavar="PARTNER")
    whole.set_defaults(handler=_ledger)
    show = whole.add_subparsers(dest="verb").add_parser("show", help=_("all of one line"))
    show.add_argument("line", metavar="N", type=int)
    show.add_argument("--all", action="store_true", help=_("every record and picture, however many"))
    show.set_defaults(handler=_show)


def _make(library: Library, args: argparse.Namespace) -> Answer:
    partner = find_partner(library, args.partner)
    if args.out is None and not args.code:
        raise UsageProblem(
            "NO_PLACE", _("No folder was named for the receipt."), _("Name a folder, or ask for a text with --code.")
        )
    answer: Answer = {"partner": partner.hex()}
    if args.out is not None:
        answer["receipt"] = str(receipts.write(library, partner, args.out.absolute()))
    if args.code:
        answer["code"] = receipts.code(library, partner)
    return answer


def _take(library: Library, args: argparse.Namespace) -> Answer:
    if is_receipt(args.receipt):
        return _taken(receipts.take(library, args.receipt))
    return _taken(receipts.take_file(library, Path(args.receipt).absolute()))


def _taken(taken: Taken) -> Answer:
    return {
        "station_id": taken.station.hex(),
        "name": taken.name,
        "number": taken.number,
        "how": taken.how,
        "older": taken.older,
        "restored": taken.restored,
        "confirmed": taken.confirmed,
        "in_part": [{"counter": one.counter, "lacking": one.lacking} for one in taken.in_part],
        "unknown": taken.not_ours,
        "lacking": taken.lacking,
    }


def _list(library: Library, _args: argparse.Namespace) -> Answer:
    return {
        "partners": [
            {
                "station_id": one.partner.hex(),
                "name": one.name,
                "state": one.state,
                "counter": one.counter,
                "at": one.at,
                "waiting": one.waiting,
                "days": one.days,
                "confirmed": one.confirmed,
            }
            for one in ledger.standings(library)
        ]
    }


def _ledger(library: Library, args: argparse.Namespace) -> Answer:
    partner = find_partner(library, args.partner) if args.partner else None
    return {"ledger": [_line(one) for one in ledger.lines(library, partner)]}


def _line(line: Line) -> Answer:
    given = line.given
    return {
        "line": given.key,
        "at": given.at,
        "what": given.what,
        "name": given.name,
        "station_id": given.station.hex() if given.station else None,
        "to": line.to or None,
        "person": line.who or None,
        "counter": given.counter,
        "bundle": given.bundle.hex() if given.bundle else None,
        "rule": ledger_words.rule_word(given),
        "place": given.place,
        "records": dict(given.records),
        "media": dict(given.media),
        "bytes": given.bytes,
        "parts": given.parts,
        "state": line.state,
        "days": line.days,
        "confirmed": given.confirmed,
        "confirmed_how": given.confirmed_how,
        "lacking": line.lacking,
        "brought_by": line.by,
    }


def _show(library: Library, args: argparse.Namespace) -> Answer:
    found = ledger.detail(library, args.line, None if args.all else 100)
    return {
        **_line(found.line),
        "digest": found.line.given.digest,
        "withheld": ledger_words.withheld(found.line.given),
        "contents": [{"kind": one.kind, "number": one.number, "titles": list(one.titles)} for one in found.groups],
        "pictures": [
            {"name": one.name, "file_name": one.file_name, "form": one.form, "lacking": one.lacking}
            for one in found.pictures
        ],
        "more": found.more,
    }
