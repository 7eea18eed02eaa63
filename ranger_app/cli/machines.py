"""``triage``: a first sorting of a deployment's pictures without any model."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.actions.triage import MACHINE, triage
from ranger_app.cli import answers
from ranger_app.cli.kinds import present_id
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]


def add(verbs: Verbs) -> None:
    """Add the command."""
    sort = verbs.add_parser("triage", help=_("mark which pictures of a deployment are likely blank, without any model"))
    sort.add_argument("deployment", metavar="DEPLOYMENT")
    sort.set_defaults(handler=_triage)


def _triage(library: Library, args: argparse.Namespace) -> dict[str, object]:
    deployment = present_id(library, "deployment", args.deployment)
    report = answers.with_progress(triage(library, deployment))
    with library.read() as db:
        found = db.conn.execute(
            "SELECT count(*) FILTER (WHERE o.type = 'blank'), count(*) FILTER (WHERE o.type <> 'blank')"
            " FROM observation AS o WHERE o.deployment = ? AND o.machine = ? AND o.deleted = 0",
            (deployment, MACHINE),
        ).fetchone()
    return {
        "deployment_id": deployment.hex(),
        "machine": MACHINE,
        "pictures": report.read["media"],
        "likely_blank": found[0],
        "something": found[1],
    }
