"""``ingest`` and ``media date``: empty a card, and give a date to pictures whose files hold none."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import ingest_preview, undated
from ranger_app.actions.ingest import ingest
from ranger_app.actions.ingest_place import IngestRequest
from ranger_app.actions.take_back import take_back
from ranger_app.cli import answers, places
from ranger_app.cli.cameras import degrees
from ranger_app.cli.deployments import local_time
from ranger_app.cli.kinds import ids, record_id
from ranger_app.cli.station import offset
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]
FILE_TIME = "file-time"


def add(verbs: Verbs, of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    take = verbs.add_parser("ingest", help=_("empty a camera-trap card"))
    take.add_argument("folder", type=Path, metavar="FOLDER", nargs="?")
    take.add_argument("--location", metavar="NAME")
    take.add_argument("--latitude", metavar="D")
    take.add_argument("--longitude", metavar="D")
    places.add_place(take)
    take.add_argument("--utc-offset", metavar="+HH:MM")
    take.add_argument("--deployment", metavar="ID")
    take.add_argument(
        "--undated", metavar="file-time|T", help=_("date pictures that hold no date: by their file, or all at a time")
    )
    take.add_argument("--show", action="store_true", help=_("with --undated: only show which times it would give"))
    take.add_argument("--take-back", metavar="INGEST", help=_("take a whole ingest back that was not yet shared"))
    take.set_defaults(handler=_ingest)

    date = of_kind["media"].add_parser("date", help=_("give a date to pictures whose files hold none"))
    date.add_argument("media", nargs="*", metavar="MEDIA_ID")
    date.add_argument("--deployment", metavar="ID")
    date.add_argument("--ingest", metavar="INGEST")
    how = date.add_mutually_exclusive_group(required=True)
    how.add_argument("--file-time", action="store_true", help=_("each the time of its file's last change"))
    how.add_argument("--typed", metavar="T", help=_("all of them this time"))
    date.add_argument("--show", action="store_true", help=_("only show which times it would give"))
    date.set_defaults(handler=_date)


def _ingest(library: Library, args: argparse.Namespace) -> Answer:
    if args.take_back:
        return {"ingest_id": args.take_back, "taken_back": take_back(library, args.take_back)}
    if args.folder is None:
        raise UsageProblem("USAGE", _("A folder and a location are needed."), _("See: ranger ingest --help"))
    if not (args.location or args.deployment):
        raise _place_wanted(library, args.folder)
    typed = None if args.undated in (None, FILE_TIME) else local_time(args.undated)
    place = places.place_of(args)
    request = IngestRequest(
        folder=args.folder,
        location=args.location,
        latitude=place.latitude if place else degrees(args.latitude),
        longitude=place.longitude if place else degrees(args.longitude),
        utc_offset=offset(args.utc_offset) if args.utc_offset else None,
        deployment=record_id(library, "deployment", args.deployment) if args.deployment else None,
    )
    report = answers.with_progress(ingest(library, request))
    answer = {**report.answer(), **places.understood(place)}
    if report.undated:
        with library.read() as db:
            pictures = list(undated.undated(db, ingest=report.ingest_id))
        take = args.undated and not args.show
        given = undated.date(library, pictures, typed) if take else undated.outcome(library, pictures, typed)
        answer["dates"] = {"taken": bool(take), "source": _source(typed), **given.answer()}
    return answer


def _source(typed: str | None) -> str:
    return undated.FILE_TIME if typed is None else undated.TYPED


def _place_wanted(library: Library, folder: Path) -> UsageProblem:
    """Nothing is assumed: what the card seems to belong to is named, and the person says it."""
    found = ingest_preview.look_through(library, folder.expanduser().resolve())
    what = _("No location is given.")
    if not found.proposals:
        return UsageProblem("LOCATION_MISSING", what, _("Say where the camera hung with --location NAME."))
    words = []
    for one in found.proposals:
        option = f"--deployment {one.deployment.hex()}" if one.deployment else f'--location "{one.location}"'
        place = f"{one.location}, {one.deployment_name}" if one.deployment_name else one.location
        words.append(
            _("It may be {place}: {reason} Then give: {option}").format(place=place, reason=one.reason, option=option)
        )
    return UsageProblem("LOCATION_MISSING", what, "\n".join(words))


def _date(library: Library, args: argparse.Namespace) -> Answer:
    if not (args.media or args.deployment or args.ingest):
        raise UsageProblem(
            "USAGE",
            _("It is not said which pictures."),
            _("Give their ids, or --deployment ID, or --ingest INGEST."),
        )
    typed = None if args.file_time else local_time(args.typed)
    chosen = ids(args.media)
    deployment = record_id(library, "deployment", args.deployment) if args.deployment else None
    with library.read() as db:
        undated.must_be_undated(db, chosen)
        found = undated.undated(db, ids=chosen, deployment=deployment, ingest=args.ingest)
        pictures = list({one.id: one for one in found}.values())
    if not pictures:
        raise DataProblem(
            "NONE_UNDATED",
            _("None of these pictures lacks a date."),
            _("Look them up with: ranger media list"),
        )
    given = undated.outcome(library, pictures, typed) if args.show else undated.date(library, pictures, typed)
    return {"taken": not args.show, "source": _source(typed), **given.answer()}
