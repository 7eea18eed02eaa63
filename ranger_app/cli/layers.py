"""``layer`` and ``border``: a person's own layers of the map, and on which side of the border a place lies."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import border_layer, layers
from ranger_app.cli import places
from ranger_app.errors import UsageProblem
from ranger_app.geo import border, coordinates
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    sub = verbs.add_parser("layer", help=_("own layers of the map")).add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    one = sub.add_parser("add", help=_("lay a file under the map's records"))
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--name")
    one.set_defaults(handler=_add)
    sub.add_parser("list").set_defaults(handler=_list)
    one = sub.add_parser("show", help=_("show a layer, or change how it is shown"))
    one.add_argument("layer", metavar="LAYER")
    one.add_argument("--name")
    one.add_argument("--visible", choices=("yes", "no"))
    one.add_argument("--opacity", type=int, metavar="PERCENT")
    one.set_defaults(handler=_show)
    one = sub.add_parser("remove", help=_("forget a layer; its file stays"))
    one.add_argument("layer", metavar="LAYER")
    one.set_defaults(handler=_remove)
    one = sub.add_parser("order", help=_("draw the layers in this order, the first lowest"))
    one.add_argument("layers", nargs="+", metavar="LAYER")
    one.set_defaults(handler=_order)
    one = sub.add_parser("border", help=_("which border is reckoned with; a file puts its own in place"))
    how = one.add_mutually_exclusive_group()
    how.add_argument("file", type=Path, metavar="FILE", nargs="?")
    how.add_argument("--reference", action="store_true", help=_("go back to the shipped reference"))
    one.add_argument("--name")
    one.add_argument("--date", default="", help=_("as its maker gives it"))
    one.add_argument("--accuracy", type=int, metavar="M", help=_("how far its lines may be from the truth, in metres"))
    one.set_defaults(handler=_border_layer)

    one = verbs.add_parser("border", help=_("whose side of the border a place is on, and how far from it"))
    one.add_argument("where", metavar="PLACE", help=_("coordinates in any notation, or a location's name"))
    places.add_datum(one)
    one.add_argument("--country", metavar="CC", help=_("warn where the place is not in this country"))
    one.set_defaults(handler=_border)


def _told(layer: layers.Layer) -> Answer:
    return {
        "id": layer.id, "name": layer.name, "kind": layer.kind, "path": str(layer.path), "visible": layer.visible,
        "opacity": layer.opacity, "order": layer.order, "missing": layer.missing,
    }  # fmt: skip


def _add(library: Library, args: argparse.Namespace) -> Answer:
    added = layers.add(library, args.file, args.name or "")
    found = {"features": added.features, "skipped": added.skipped, "remarks": list(added.remarks)}
    return {**_told(added.layer), **found}


def _list(library: Library, _args: argparse.Namespace) -> Answer:
    return {"layers": [_told(one) for one in layers.layers(library)]}


def _show(library: Library, args: argparse.Namespace) -> Answer:
    found = layers.find(library, args.layer)
    visible = None if args.visible is None else args.visible == "yes"
    return _told(layers.put(library, found.id, name=args.name, visible=visible, opacity=args.opacity))


def _remove(library: Library, args: argparse.Namespace) -> Answer:
    found = layers.find(library, args.layer)
    layers.remove(library, found.id)
    return {"id": found.id, "name": found.name}


def _order(library: Library, args: argparse.Namespace) -> Answer:
    layers.order(library, [layers.find(library, one).id for one in args.layers])
    return _list(library, args)


def _border_layer(library: Library, args: argparse.Namespace) -> Answer:
    if args.file is None and (args.name or args.date or args.accuracy is not None):
        raise UsageProblem("USAGE", _("No file was given."), _("See: ranger layer border --help"))
    if args.reference:
        border_layer.choose_reference(library)
    elif args.file is not None:
        accuracy = border_layer.DEFAULT_ACCURACY if args.accuracy is None else args.accuracy
        border_layer.choose(library, args.file, name=args.name or "", date=args.date, accuracy_m=accuracy)
    chosen, used = border_layer.choice(library), border_layer.in_use(library)
    return {
        "layer": used.name, "date": used.date, "reference": not used.official,
        "accuracy_m": min(used.accuracy), "path": chosen.path if chosen else None,
        "missing": bool(chosen and chosen.missing),
    }  # fmt: skip


def _border(library: Library, args: argparse.Namespace) -> Answer:
    place = places.named(library, args.where, args.datum, args.order)
    answer = border.distance(place.latitude / 1e7, place.longitude / 1e7, border_layer.in_use(library))
    return {
        "country": answer.country,
        "neighbour": answer.neighbour,
        "metres": None if answer.metres != answer.metres else round(answer.metres),
        "latitude": places.degrees(place.latitude / 1e7),
        "longitude": places.degrees(place.longitude / 1e7),
        "nearest": [places.degrees(answer.latitude), places.degrees(answer.longitude)],
        "layer": answer.layer,
        "date": answer.date,
        "accuracy_m": answer.accuracy_m,
        "uncertain": answer.uncertain,
        "understood": coordinates.understood(place),
        "remark": place.remark,
        **places.warning(library, place.latitude, place.longitude, args.country),
    }
