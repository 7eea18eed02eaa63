"""``second-look list`` and ``second-look settle``: what two people saw differently, and the word that settles it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ranger_app.actions import second_look
from ranger_app.actions.identify import Answer as Identification
from ranger_app.actions.second_look import Difference, Opinion
from ranger_app.cli.kinds import ids, present_id, record_id
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the commands."""
    second = verbs.add_parser("second-look", help=_("events that two people saw differently"))
    acts = second.add_subparsers(dest="act", required=True, metavar="ACT")
    listing = acts.add_parser("list", help=_("what waits to be settled, and how far both looks are"))
    listing.add_argument("--deployment", metavar="ID")
    listing.set_defaults(handler=_list)
    settle = acts.add_parser("settle", help=_("say what the events of these pictures show, as a reviewer"))
    settle.add_argument("media", nargs="+", metavar="MEDIA_ID")
    settle.add_argument(
        "--taxon", required=True, help=_("a species in any language, or blank, human, vehicle, unknown")
    )
    settle.add_argument("--count", type=int)
    settle.add_argument("--individual", metavar="ID")
    settle.set_defaults(handler=_settle)


def _list(library: Library, args: argparse.Namespace) -> Answer:
    deployment = present_id(library, "deployment", args.deployment) if args.deployment else None
    open_to_all = second_look.may_settle(library)
    with library.read() as db:
        found = second_look.queue(db, deployment, library.person)
    progress = found.progress
    return {
        "events": [_event(one, library.person, open_to_all) for one in found.differences],
        "progress": {
            "events": progress.events,
            "nobody": progress.nobody,
            "one_look": progress.one,
            "two_looks": progress.two,
            "agree": progress.agree,
            "disagree": progress.differ,
            "settled": progress.settled,
            "mine": progress.mine,
        },
    }


def _event(one: Difference, person: bytes | None, open_to_all: bool) -> Answer:
    """As JSON; who may not settle learns only their own answer."""
    return {
        "deployment_id": one.deployment.hex(),
        "deployment": one.place,
        "camera_time": one.start or None,
        "pictures": [media.hex() for media in one.pictures],
        "answers": [_opinion(said) for said in one.opinions if open_to_all or said.look.by == person],
        "differ": [{"field": point.field, "of": point.shown or None} for point in one.points] if open_to_all else [],
    }


def _opinion(said: Opinion) -> Answer:
    look = said.look
    return {
        "by_id": look.by.hex() if look.by is not None else None,
        "by": said.name,
        "at": datetime.fromtimestamp(look.at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seen": [
            {
                "shown": shown,
                "count": seen.count,
                "sex": sorted(seen.sexes),
                "life_stage": sorted(seen.life_stages),
                "individual": sorted(one.hex() for one in seen.individuals),
            }
            for shown, seen in look.seen.items()
        ],
    }


def _settle(library: Library, args: argparse.Namespace) -> Answer:
    if not args.taxon.strip():
        raise UsageProblem("TAXON_MISSING", _("No species was given."), _("See: ranger second-look settle --help"))
    if args.count is not None and not 0 <= args.count < 10**9:
        raise UsageProblem("COUNT_WRONG", _("This is no number of animals."), _("Give 0 or more."))
    individual = record_id(library, "individual", args.individual) if args.individual else None
    answer = Identification.of(args.taxon, args.count, individual)
    made, _changes = second_look.settle(library, list(dict.fromkeys(ids(args.media))), (answer,))
    return {"observations": [one.hex() for one in made]}
