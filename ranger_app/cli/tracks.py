"""``patrol points`` and ``patrol judge``: which points of a track do not count and why, and a person's word on them.

Points are numbered from 1 here, as people count; records count from 0.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.actions import track_judgement
from ranger_app.actions.track_judgement import COUNTS, GIVEN
from ranger_app.domain.ids import parse_id
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    verbs = of_kind["patrol"]
    points = verbs.add_parser("points", help=_("list the points of a track that do not count, with the reason"))
    points.add_argument("track", metavar="TRACK", help=_("its id, or that of a patrol with one track"))
    points.set_defaults(handler=_points)
    judge = verbs.add_parser("judge", help=_("say that points of a track count, or why they do not"))
    judge.add_argument("track", metavar="TRACK", help=_("its id, or that of a patrol with one track"))
    judge.add_argument("--from", dest="first", type=int, required=True, metavar="N", help=_("first point, from 1"))
    judge.add_argument("--to", dest="last", type=int, metavar="M", help=_("last point; without it only the first"))
    judge.add_argument("--as", dest="mark", choices=[COUNTS, *GIVEN], required=True)
    judge.add_argument("--why", required=True, metavar="TEXT")
    judge.set_defaults(handler=_judge)


def _track(library: Library, text: str) -> bytes:
    try:
        record = parse_id(text)
    except ValueError as error:
        raise UsageProblem(
            "ID_WRONG", _("{text} is not the id of a record.").format(text=text), _("See: ranger patrol list")
        ) from error
    return track_judgement.track_of(library, record)


def _points(library: Library, args: argparse.Namespace) -> Answer:
    track = _track(library, args.track)
    found = track_judgement.marked(library, track)
    return {
        "track_id": track.hex(),
        "runs": [
            {
                "first": one.first + 1,
                "last": one.last + 1,
                "reason": one.reason or COUNTS,
                "judged": one.judged or COUNTS,
                "seconds": one.seconds,
                "metres": one.metres,
                "why": one.why,
            }
            for one in found
        ],
    }


def _judge(library: Library, args: argparse.Namespace) -> Answer:
    mark = "" if args.mark == COUNTS else args.mark
    last = args.first if args.last is None else args.last
    track = _track(library, args.track)
    judged = track_judgement.overrule(library, track, args.first - 1, last - 1, mark, args.why)

    def figures(metres: float, seconds: float | None) -> dict[str, float | None]:
        return {"km": metres / 1000, "hours": None if seconds is None else seconds / 3600}

    return {
        "track_id": track.hex(),
        "excluded": [{"reason": reason, "points": points} for reason, points in judged.reasons.items()],
        "effort": {
            "raw": figures(judged.raw.metres, judged.raw.seconds),
            "cleaned": figures(judged.cleaned.metres, judged.cleaned.seconds),
            "excluded": figures(judged.excluded.metres, judged.excluded.seconds),
            "still": {"hours": None if judged.still is None else judged.still / 3600},
        },
    }
