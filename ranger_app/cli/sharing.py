"""``partner rule`` and ``partner preview``: what a partner may see, set in words and shown before anything leaves."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.actions import sharing
from ranger_app.actions.partners import find_partner
from ranger_app.actions.sharing_preview import PlaceSeen, preview
from ranger_app.domain.fields import Value
from ranger_app.domain.kinds_place import LATITUDE, LONGITUDE
from ranger_app.domain.sharing import PICTURES, PRESETS, Rule, as_dict
from ranger_app.domain.values import plain
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]
_YES = {"yes": True, "no": False}


def add(partner_verbs: Verbs) -> None:
    """Add the commands to those of ``partner``."""
    rule = partner_verbs.add_parser("rule", help=_("what a partner may see; without options it is shown"))
    rule.add_argument("partner", metavar="PARTNER")
    rule.add_argument("--clearance", choices=tuple(PRESETS), help=_("begin again from this rule"))
    rule.add_argument("--withhold-kind", action="append", metavar="KIND", help=_("one more; none begins with none"))
    rule.add_argument(
        "--withhold-species", action="append", metavar="SPECIES", help=_("one more; none begins with none")
    )
    rule.add_argument("--area", action="append", metavar="NAME", help=_("none for everywhere"))
    rule.add_argument("--embargo", type=int, metavar="DAYS")
    for name in ("people", "tracks", "files"):
        rule.add_argument(f"--{name}", choices=tuple(_YES))
    rule.add_argument(
        "--places", metavar="0=exact,1=withheld,…", help=_("precision by sensitivity: exact 3 2 1 withheld")
    )
    rule.add_argument("--pictures", choices=PICTURES)
    rule.set_defaults(handler=_rule)
    see = partner_verbs.add_parser("preview", help=_("what a partner will see"))
    see.add_argument("partner", metavar="PARTNER")
    see.set_defaults(handler=_preview)


def _wish(args: argparse.Namespace) -> sharing.Wish:
    return sharing.Wish(
        clearance=args.clearance,
        kinds=args.withhold_kind,
        species=args.withhold_species,
        areas=args.area,
        embargo_days=args.embargo,
        people=_YES.get(args.people),
        tracks=_YES.get(args.tracks),
        files=_YES.get(args.files),
        places=_places(args.places),
        pictures=args.pictures,
    )


def _places(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not equals for _level, equals, _precision in pairs):
        raise UsageProblem(
            "PLACES_WRONG",
            _("{text} does not say how precise places are.").format(text=text),
            _("Write it as 0=exact,1=withheld."),
        )
    return {level.strip(): precision.strip() for level, _equals, precision in pairs}


def _rule(library: Library, args: argparse.Namespace) -> Answer:
    partner = find_partner(library, args.partner)
    wish = _wish(args)
    with library.read() as db:
        rule = sharing.rule_of(db, partner)
        wanted = sharing.changed(db, rule, wish)
    if wish != sharing.Wish():
        rule = sharing.set_rule(library, partner, wanted)
    return {"station_id": partner.hex(), **_told(library, rule)}


def _told(library: Library, rule: Rule) -> Answer:
    with library.read() as db:
        return {"rule": as_dict(rule), "words": sharing.words(rule, sharing.area_names(db, rule))}


def _preview(library: Library, args: argparse.Namespace) -> Answer:
    partner = find_partner(library, args.partner)
    with library.read() as db:
        rule = sharing.rule_of(db, partner)
    found = preview(library, rule)
    return {
        "station_id": partner.hex(),
        **_told(library, rule),
        "kinds": {
            kind: {"whole": seen.whole, "part": seen.part, "withheld": seen.withheld}
            for kind, seen in found.kinds.items()
        },
        "places": [_place(one) for one in found.places],
        "precisions": dict(found.precisions),
        "species": found.species,
        "pictures": dict(found.pictures),
    }


def _place(place: PlaceSeen) -> Answer:
    return {
        "id": place.id.hex(),
        "precision": place.precision,
        "before": _point(place.name, place.latitude, place.longitude),
        "after": _point(place.shown_name, place.shown_latitude, place.shown_longitude),
        "uncertainty": place.uncertainty,
    }


def _point(name: str | None, latitude: Value, longitude: Value) -> Answer:
    return {"name": name, "latitude": plain(LATITUDE, latitude), "longitude": plain(LONGITUDE, longitude)}
