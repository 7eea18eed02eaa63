"""``withdrawal``: the keys of a station are withdrawn, by us or as a partner says, and what is shown because of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import revocations
from ranger_app.actions.revocations import Withdrawal
from ranger_app.cli import answers
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    whole = verbs.add_parser("withdrawal", help=_("keys of a station that nobody should trust any more"))
    own = whole.add_subparsers(dest="verb", required=True)
    new = own.add_parser("add", help=_("state that a station's keys are withdrawn"))
    new.add_argument("station", metavar="STATION")
    new.add_argument("--reason", required=True, metavar="TEXT")
    new.add_argument("--out", type=Path, metavar="FILE", help=_("write the signed statement there too"))
    new.set_defaults(handler=_add)
    own.add_parser("list").set_defaults(handler=_list)
    take = own.add_parser("take", help=_("take in a statement that a partner wrote"))
    take.add_argument("file", type=Path, metavar="FILE")
    take.set_defaults(handler=_take)
    for name, handler in (("accept", _accept), ("refuse", _refuse)):
        one = own.add_parser(name)
        one.add_argument("station", metavar="STATION")
        one.add_argument("--from", dest="issuer", required=True, metavar="PARTNER", help=_("who said so"))
        one.set_defaults(handler=handler)
    lift = own.add_parser("lift", help=_("show the station's work again"))
    lift.add_argument("station", metavar="STATION")
    lift.set_defaults(handler=_lift)


def _add(library: Library, args: argparse.Namespace) -> Answer:
    station = revocations.find_station(library, args.station)
    made = answers.with_progress(revocations.withdraw(library, station, args.reason))
    written = revocations.write_file(library, station, args.out.absolute()) if args.out else None
    return {
        **_answer(made),
        "statement": str(written) if written else None,
        "remark": revocations.no_way_back(made.own),
    }


def _list(library: Library, _args: argparse.Namespace) -> Answer:
    return {"withdrawals": [_answer(one) for one in revocations.list_(library)]}


def _take(library: Library, args: argparse.Namespace) -> Answer:
    text = revocations.read_file(args.file.absolute())
    return _answer(answers.with_progress(revocations.take(library, text)))


def _accept(library: Library, args: argparse.Namespace) -> Answer:
    station, issuer = _both(library, args)
    return _answer(answers.with_progress(revocations.accept(library, station, issuer)))


def _refuse(library: Library, args: argparse.Namespace) -> Answer:
    station, issuer = _both(library, args)
    return _answer(answers.with_progress(revocations.refuse(library, station, issuer)))


def _both(library: Library, args: argparse.Namespace) -> tuple[bytes, bytes]:
    return revocations.find_station(library, args.station), revocations.find_station(library, args.issuer)


def _lift(library: Library, args: argparse.Namespace) -> Answer:
    station = revocations.find_station(library, args.station)
    lifted = answers.with_progress(revocations.lift(library, station))
    return {"withdrawals": [_answer(one) for one in lifted]}


def _answer(one: Withdrawal) -> Answer:
    return {
        "station_id": one.station.hex(),
        "station": one.name,
        "issuer_id": one.issuer.hex(),
        "issuer": one.issuer_name,
        "reason": one.reason,
        "state": one.state,
        "issued": one.issued,
        "came": one.came,
        "decided": one.decided,
        "by": one.by.hex() if one.by else None,
        "not_shown": one.not_shown,
    }
