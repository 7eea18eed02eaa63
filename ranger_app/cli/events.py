"""``events``: which pictures of a deployment form one event under a stated gap."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.actions import event_review
from ranger_app.cli.kinds import present_id
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add(verbs: Verbs) -> None:
    """Add the command."""
    events = verbs.add_parser("events", help=_("which pictures of a deployment belong together"))
    events.add_argument("--deployment", metavar="ID", required=True)
    events.add_argument("--gap", type=int, metavar="SECONDS", help=_("between two pictures of one event at most"))
    events.set_defaults(handler=_events)


def _events(library: Library, args: argparse.Namespace) -> dict[str, object]:
    return event_review.events_of(library, present_id(library, "deployment", args.deployment), args.gap)
