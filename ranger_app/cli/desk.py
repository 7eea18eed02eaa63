"""``patrol submit|withdraw|approve|return|history|changes|queue``: the steps of a patrol and what is told of them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.actions import patrol_changes, patrol_history, patrol_queue, patrol_state
from ranger_app.actions.patrol_history import Step
from ranger_app.cli.kinds import present_id
from ranger_app.domain.time import instant_text
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(of_kind: dict[str, Verbs]) -> None:
    """Add the commands."""
    verbs = of_kind["patrol"]
    for word, help_text, handler in (
        ("submit", _("hand a patrol in for review"), _submit),
        ("withdraw", _("take a submission back"), _withdraw),
        ("approve", _("accept a submitted patrol"), _approve),
        ("return", _("give a patrol back to be mended"), _return),
        ("history", _("tell every step of a patrol"), _history),
        ("changes", _("tell what changed since a manager judged it"), _changes),
    ):
        one = verbs.add_parser(word, help=help_text)
        one.add_argument("id", metavar="ID")
        if word == "return":
            one.add_argument("--comment", default="", metavar="TEXT", help=_("what has to be mended"))
        one.set_defaults(handler=handler)
    verbs.add_parser("queue", help=_("list what waits for a manager")).set_defaults(handler=_queue)


def _submit(library: Library, args: argparse.Namespace) -> Answer:
    patrol = present_id(library, "patrol", args.id)
    patrol_state.submit(library, patrol)
    return _standing(library, patrol)


def _withdraw(library: Library, args: argparse.Namespace) -> Answer:
    patrol = present_id(library, "patrol", args.id)
    patrol_state.withdraw(library, patrol)
    return _standing(library, patrol)


def _approve(library: Library, args: argparse.Namespace) -> Answer:
    patrol = present_id(library, "patrol", args.id)
    patrol_state.approve(library, patrol)
    return _standing(library, patrol)


def _return(library: Library, args: argparse.Namespace) -> Answer:
    patrol = present_id(library, "patrol", args.id)
    patrol_state.send_back(library, patrol, args.comment)
    return _standing(library, patrol)


def _standing(library: Library, patrol: bytes) -> Answer:
    with library.read() as db:
        record = rows.get(db, "patrol", patrol)
        state = patrol_state.standing(db, record) if record else ""
    return {"patrol_id": patrol.hex(), "state": state}


def _history(library: Library, args: argparse.Namespace) -> Answer:
    patrol = present_id(library, "patrol", args.id)
    steps = patrol_history.history(library, patrol)
    return {**_standing(library, patrol), "steps": [_step(one) for one in steps]}


def _step(step: Step) -> dict[str, object]:
    return {
        "step": step.kind,
        "state": step.state,
        "by": step.by,
        "withheld": int(step.withheld),
        "at": instant_text(step.at),
        "station": step.station,
        "comment": step.comment,
        "unseen": int(step.unseen),
    }


def _changes(library: Library, args: argparse.Namespace) -> Answer:
    patrol = present_id(library, "patrol", args.id)
    found = patrol_changes.changes_since(library, patrol)
    return {
        **_standing(library, patrol),
        "since": _step(found.base) if found.base else None,
        "changes": [
            {
                "what": one.what,
                "kind": one.kind,
                "id": one.record.hex(),
                "field": one.field,
                "before": one.before,
                "after": one.after,
                "text": one.text,
            }
            for one in found.changes
        ],
    }


def _queue(library: Library, _args: argparse.Namespace) -> Answer:
    return {
        "patrols": [
            {
                "id": one.id.hex(),
                "name": one.name,
                "date": one.date or None,
                "leader": one.leader,
                "state": one.state,
                "at": None if one.at is None else instant_text(one.at),
                "station": one.station,
            }
            for one in patrol_queue.queue(library)
        ]
    }
