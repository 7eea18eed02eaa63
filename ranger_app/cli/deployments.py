"""``deployment fail``, ``clock``, ``effort`` and ``times``: what is noted beside pictures, and what follows from it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ranger_app.actions import clock_preview, deployment_times, effort, time_check
from ranger_app.actions.records import existing
from ranger_app.cli.kinds import present_id, record_id
from ranger_app.domain.clock import drift
from ranger_app.domain.fields import Field, Type
from ranger_app.domain.values import parse
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(of_deployment: Verbs) -> None:
    """Add the commands."""
    fail = of_deployment.add_parser("fail", help=_("note when a camera did not work"))
    fail.add_argument("id", metavar="ID")
    fail.add_argument("--from", dest="start", metavar="T")
    fail.add_argument("--to", dest="end", metavar="T", help=_("without it: until it was taken down"))
    fail.add_argument("--reason", metavar="R")
    fail.add_argument("--remarks")
    fail.add_argument("--remove", type=int, metavar="N", help=_("take the entry with this number away, from 1"))
    fail.set_defaults(handler=_fail)

    clock = of_deployment.add_parser("clock", help=_("correct a camera's clock"))
    clock.add_argument("id", metavar="ID")
    clock.add_argument("--method", choices=deployment_times.METHODS, default="shift")
    clock.add_argument("--seconds", type=int, help=_("added to the camera time"))
    clock.add_argument("--seconds-at-end", type=int)
    clock.add_argument("--years", type=int)
    clock.add_argument("--from", dest="start", metavar="T")
    clock.add_argument("--to", dest="end", metavar="T")
    clock.add_argument("--true-from", metavar="T", help=_("the true time when the camera said --from"))
    clock.add_argument("--true-to", metavar="T", help=_("the true time when the camera said --to"))
    clock.add_argument("--reason")
    clock.add_argument("--show", action="store_true", help=_("show what would change; nothing is written"))
    clock.add_argument("--remove", type=int, metavar="N", help=_("take the entry with this number away, from 1"))
    clock.add_argument("--clear", action="store_true", help=_("take all corrections away"))
    clock.set_defaults(handler=_clock)

    nights = of_deployment.add_parser("effort", help=_("trap nights, by camera and by station"))
    nights.add_argument("id", metavar="ID", nargs="?")
    nights.set_defaults(handler=_effort)

    times = of_deployment.add_parser("times", help=_("find pictures whose time cannot be right"))
    times.add_argument("id", metavar="ID", nargs="?")
    times.add_argument("--take", type=int, metavar="N", help=_("do what the finding with this number proposes, from 1"))
    times.set_defaults(handler=_times)


def local_time(text: str | None) -> str | None:
    """A local time as it is stored; UsageProblem where the text is none."""
    if text is None:
        return None
    if len(text) == 10:
        text += "T00:00:00"
    try:
        value = parse(Field("time", "", Type.LOCAL_TIME), text)
    except ValueError as error:
        raise UsageProblem("TIME_WRONG", _("{text} is not a time.").format(text=text), str(error)) from error
    if value is None:
        raise UsageProblem(
            "TIME_WRONG", _("{text} is not a time.").format(text='""'), _("Write the time as 2026-01-31 14:05.")
        )
    return str(value)


def _fail(library: Library, args: argparse.Namespace) -> Answer:
    deployment = record_id(library, "deployment", args.id)
    if args.remove is not None:
        deployment_times.remove(library, deployment, "failures", args.remove - 1)
    else:
        start = local_time(args.start)
        if not start or not args.reason:
            raise UsageProblem(
                "USAGE", _("A failure needs --from and --reason."), _("See: ranger deployment fail --help")
            )
        deployment_times.add_failure(library, deployment, start, local_time(args.end), args.reason, args.remarks)
    return {"deployment_id": deployment.hex()}


def _clock(library: Library, args: argparse.Namespace) -> Answer:
    deployment = record_id(library, "deployment", args.id)
    if args.clear:
        deployment_times.clear(library, deployment, "clock_corrections")
        return {"deployment_id": deployment.hex()}
    if args.remove is not None:
        deployment_times.remove(library, deployment, "clock_corrections", args.remove - 1)
        return {"deployment_id": deployment.hex()}
    entry = deployment_times.checked(_correction(args))
    if args.show:
        with library.read() as db:
            made = clock_preview.preview(db, existing(db, "deployment", deployment), entry)
        return {"deployment_id": deployment.hex(), **clock_preview.answer(made)}
    deployment_times.add_clock_correction(library, deployment, entry)
    return {"deployment_id": deployment.hex()}


def _correction(args: argparse.Namespace) -> dict[str, str | int | None]:
    start, end = local_time(args.start), local_time(args.end)
    true_start, true_end = local_time(args.true_from), local_time(args.true_to)
    entry: dict[str, str | int | None] = {"method": args.method, "from": start, "to": end}
    entry |= {"seconds": args.seconds, "seconds_at_end": args.seconds_at_end, "years": args.years}
    if args.method == "drift" and start and end and true_start and true_end:
        try:
            entry |= drift(start, true_start, end, true_end)
        except ValueError as error:
            raise UsageProblem(
                "TIMES_WRONG", str(error), _("Give what the camera said with --from and --to.")
            ) from error
    return {**entry, "reason": args.reason}


def _effort(library: Library, args: argparse.Namespace) -> Answer:
    only = {present_id(library, "deployment", args.id)} if args.id else None
    return effort.answer(library, only)


def _times(library: Library, args: argparse.Namespace) -> Answer:
    only = {present_id(library, "deployment", args.id)} if args.id else None
    if args.take is not None:
        found = time_check.doubts(library, only)
        if only is None or not 1 <= args.take <= len(found):
            raise UsageProblem(
                "USAGE", _("There is no finding with this number."), _("See: ranger deployment times ID")
            )
        time_check.take(library, found[args.take - 1].deployment, found[args.take - 1].finding)
    return time_check.answer(library, only)
