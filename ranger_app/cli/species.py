"""``taxon known``: the species that the program and this library know, with names, status and secrecy."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.domain import taxa
from ranger_app.i18n import _, language
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the command."""
    known = of_kind["taxon"].add_parser("known", help=_("list the species known by name, or those that fit a word"))
    known.add_argument("text", nargs="?", default="", metavar="TEXT")
    known.set_defaults(handler=_known)


def _known(_library: Library, args: argparse.Namespace) -> dict[str, object]:
    found = taxa.search(args.text, language(), most=1000) if args.text else taxa.load()
    return {
        "taxa": [
            {
                "scientific": one.scientific,
                "group": one.group,
                "names": one.names,
                "unverified": sorted(one.unverified),
                "sensitive": one.sensitive,
                "iucn": one.iucn or None,
                "iucn_date": one.iucn_date or None,
                "own": one.own,
            }
            for one in found
        ]
    }
