"""``media list`` and ``identify``; a deployment's own verbs are in ``deployments``."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ranger_app.actions import leaving, media_list
from ranger_app.actions.identify import Answer as Identification
from ranger_app.actions.identify import state
from ranger_app.cli import deployments
from ranger_app.cli.kinds import ids, limit, record_id
from ranger_app.domain.kinds_camera import FLANKS, SURENESS
from ranger_app.domain.values import parse_degrees
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs, of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    listing = of_kind["media"].add_parser("list")
    for name in ("--deployment", "--taxon", "--from", "--to"):
        listing.add_argument(name)
    listing.add_argument("--limit", type=limit)
    listing.set_defaults(handler=_media_list)

    say = verbs.add_parser("identify", help=_("say what pictures show"))
    say.add_argument("media", nargs="+", metavar="MEDIA_ID")
    say.add_argument("--taxon", required=True, help=_("a species in any language, or blank, human, vehicle, unknown"))
    say.add_argument("--count", type=int)
    say.add_argument("--individual", metavar="ID")
    say.add_argument("--flank", choices=[choice.code for choice in FLANKS], help=_("which side of the animal shows"))
    sure = [choice.code for choice in SURENESS]
    say.add_argument("--sure", choices=sure, help=_("how sure it is which animal it is"))
    say.add_argument("--replace", action="store_true", help=_("take back what this person said of them before"))
    say.add_argument("--event", action="store_true", help=_("one statement about all of them together"))
    say.set_defaults(handler=_identify)

    deployments.add(of_kind["deployment"])

    for kind, what, handler in (
        ("deployment", _("let originals leave that no person has looked at"), _release_deployment),
        ("media", _("let pictures of people leave, each named one by one"), _release_pictures),
    ):
        release = of_kind[kind].add_parser("release", help=what)
        release.add_argument("ids", nargs="+" if kind == "media" else 1, metavar="ID")
        release.add_argument("--stop", action="store_true", help=_("no longer let them leave"))
        release.set_defaults(handler=handler)


def degrees(text: str | None) -> int | None:
    """1e-7 degrees; UsageProblem where the text is no coordinate."""
    if text is None:
        return None
    try:
        return parse_degrees(text)
    except ValueError as error:
        raise UsageProblem("DEGREES_WRONG", _("{text} is not a coordinate.").format(text=text), str(error)) from error


def _media_list(library: Library, args: argparse.Namespace) -> Answer:
    deployment = record_id(library, "deployment", args.deployment) if args.deployment else None
    with library.read() as db:
        found = media_list.media_list(
            db,
            deployment=deployment,
            taxon=args.taxon,
            start=_moment(getattr(args, "from"), library.station.utc_offset),
            end=_moment(args.to, library.station.utc_offset),
            limit=args.limit,
        )
    return {"media": found}


def _moment(text: str | None, offset_minutes: int) -> int | None:
    # Seconds since 1970; a time without an offset is the station's own.
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text.replace(" ", "T", 1))
    except ValueError as error:
        raise UsageProblem(
            "TIME_WRONG", _("{text} is not a time.").format(text=text), _("Write the time as 2026-01-31 14:05.")
        ) from error
    if time.tzinfo is None:
        return int(time.replace(tzinfo=UTC).timestamp()) - offset_minutes * 60
    return int(time.timestamp())


def _identify(library: Library, args: argparse.Namespace) -> Answer:
    if not args.taxon.strip():
        raise UsageProblem("TAXON_MISSING", _("No species was given."), _("See: ranger identify --help"))
    if args.count is not None and not 0 <= args.count < 10**9:
        raise UsageProblem("COUNT_WRONG", _("This is no number of animals."), _("Give 0 or more."))
    individual = record_id(library, "individual", args.individual) if args.individual else None
    answer = replace(Identification.of(args.taxon, args.count, individual), flank=args.flank, sureness=args.sure)
    media = list(dict.fromkeys(ids(args.media)))
    units = [media] if args.event else [[one] for one in media]
    made, _changes = state(library, units, (answer,), replace=args.replace)
    return {"observations": [one.hex() for one in made]}


def _release_deployment(library: Library, args: argparse.Namespace) -> Answer:
    deployment = record_id(library, "deployment", args.ids[0])
    leaving.release_deployment(library, deployment, released=not args.stop)
    return {"deployment_id": deployment.hex(), "released": not args.stop}


def _release_pictures(library: Library, args: argparse.Namespace) -> Answer:
    media = ids(args.ids)
    leaving.release_pictures(library, media, released=not args.stop)
    return {"media": [one.hex() for one in media], "released": not args.stop}
