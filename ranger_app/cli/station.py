"""``init``, ``status``, ``station`` and ``partner``: who we are and whom we exchange with."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import partners
from ranger_app.actions.status import status
from ranger_app.cli import sharing, station_secrets
from ranger_app.domain.time import parse_offset
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    init = verbs.add_parser("init", help=_("make a new library"))
    init.add_argument("--station", required=True, metavar="NAME")
    init.add_argument("--country", required=True, metavar="CC")
    init.add_argument("--utc-offset", required=True, metavar="+HH:MM")
    init.set_defaults(handler=_init, without_library=True)
    verbs.add_parser("status", help=_("where this library stands")).set_defaults(handler=_status)

    own = verbs.add_parser("station", help=_("this station")).add_subparsers(dest="verb", required=True)
    card = own.add_parser("card", help=_("write the card that partners need"))
    card.add_argument("out", type=Path, metavar="OUT")
    card.set_defaults(handler=_card)
    station_secrets.add(own)

    partner = verbs.add_parser("partner", help=_("stations we exchange with"))
    partner_verbs = partner.add_subparsers(dest="verb", required=True)
    new = partner_verbs.add_parser("add")
    new.add_argument("card", type=Path, metavar="CARD")
    new.add_argument("--confirm", metavar="DIGITS")
    new.add_argument("--clearance", choices=partners.CLEARANCES)
    new.set_defaults(handler=_partner_add)
    partner_verbs.add_parser("list").set_defaults(handler=_partner_list)
    sharing.add(partner_verbs)


def offset(text: str) -> int:
    """Minutes east of UTC; UsageProblem where the text is none."""
    try:
        return parse_offset(text)
    except ValueError as error:
        raise UsageProblem(
            "OFFSET_WRONG", _("{text} is not a UTC offset.").format(text=text), _("Write it as +10:00.")
        ) from error


def _init(folder: Path, args: argparse.Namespace) -> Answer:
    library = Library.create(
        folder,
        name=args.station,
        country=args.country,
        utc_offset=offset(args.utc_offset),
        passphrase=os.environ.get("RANGER_PASSPHRASE") or None,
    )
    with library:
        station = library.station
        return {"station_id": station.id.hex(), "fingerprint": station.fingerprint, "library": str(folder)}


def _status(library: Library, _args: argparse.Namespace) -> Answer:
    return status(library)


def _card(library: Library, args: argparse.Namespace) -> Answer:
    written = partners.write_card(library, args.out.absolute())
    station = library.station
    return {"station_id": station.id.hex(), "fingerprint": station.fingerprint, "card": str(written)}


def _partner_add(library: Library, args: argparse.Namespace) -> Answer:
    return _partner(partners.add_partner(library, args.card, confirm=args.confirm, clearance=args.clearance))


def _partner(partner: partners.Partner) -> Answer:
    return {
        "station_id": partner.id.hex(),
        "name": partner.name,
        "country": partner.country,
        "fingerprint": partner.fingerprint,
        "confirm": partner.confirm,
        "trusted": partner.trusted,
        "clearance": partner.clearance,
        "confirmed_by": partner.confirmed_by.hex() if partner.confirmed_by else None,
        "confirmed_at": partner.confirmed_at,
        "withdrawn": partner.withdrawn,
    }


def _partner_list(library: Library, _args: argparse.Namespace) -> Answer:
    return {"partners": [_partner(one) for one in partners.list_partners(library)]}
