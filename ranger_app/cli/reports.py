"""``report NAME OUT``: the figures of camera traps and patrols as pages and CSV."""

from __future__ import annotations

import argparse
from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ranger_app.actions import joint_study
from ranger_app.actions.analysis import TYPES, Question
from ranger_app.actions.joint_study import StudyQuestion
from ranger_app.actions.partners import find_partner
from ranger_app.actions.report import REPORTS, report
from ranger_app.cli import answers
from ranger_app.cli.kinds import record_id
from ranger_app.domain import taxa
from ranger_app.domain.effort import ONE, RULES, SUM
from ranger_app.domain.independence import ANCHORS, LAST_RECORD, MINUTES, Rule
from ranger_app.domain.kinds_patrol import TRANSPORTS
from ranger_app.domain.occasions import STATION, Occasions
from ranger_app.domain.patrol_question import CELLS, GROUPS, MONTH, PatrolQuestion
from ranger_app.errors import UsageProblem
from ranger_app.i18n import _
from ranger_app.library import Library

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

Answer = dict[str, object]


def add(verbs: Verbs) -> None:
    """Add the command."""
    one = verbs.add_parser("report", help=_("write a report as a page and CSV"))
    one.add_argument("name", metavar="NAME", help=", ".join(REPORTS))
    one.add_argument("out", type=Path, metavar="OUT", help=_("folder; made if missing"))
    one.add_argument("--threshold", type=int, default=MINUTES, metavar="MIN", help=_("minutes between events"))
    one.add_argument("--anchor", choices=ANCHORS, default=LAST_RECORD, help=_("what the minutes are counted from"))
    one.add_argument("--from", dest="start", metavar="YYYY-MM-DD")
    one.add_argument("--to", dest="end", metavar="YYYY-MM-DD")
    one.add_argument(
        "--taxon", metavar="T", help=_("a species in any language, or {words}").format(words=", ".join(TYPES))
    )
    one.add_argument(
        "--station", action="append", default=[], metavar="LOCATION", help=_("only these; may be repeated")
    )
    one.add_argument("--area", metavar="PROTECTED_AREA")
    one.add_argument("--individuals", action="store_true", help=_("count known animals one by one"))
    one.add_argument("--apart", action="store_true", help=_("count every camera of a station by itself"))
    one.add_argument("--pairs", choices=RULES, help=_("how the cameras of a station make its trap nights"))
    one.add_argument("--machines", action="store_true", help=_("count machines where no person has spoken"))
    one.add_argument("--occasion-days", type=int, default=7, metavar="N")
    one.add_argument("--occasion-hour", type=int, default=0, metavar="HOUR")
    one.add_argument("--origin", default=STATION, metavar="station|survey|YYYY-MM-DD")
    one.add_argument("--exact", action="store_true", help=_("give the names of places and people"))
    joint = one.add_argument_group(_("Joint study of animals on both sides of a border"))
    joint.add_argument("--study", type=Path, metavar="FILE", help=_("the study to report; it names all choices"))
    joint.add_argument("--write-study", type=Path, metavar="FILE", help=_("write the study as a file for partners"))
    joint.add_argument("--partner", action="append", default=[], help=_("only these; may be repeated"))
    joint.add_argument("--species", action="append", default=[], metavar="T", help=_("may be repeated"))
    joint.add_argument("--title", default="", metavar="TEXT")
    patrols = one.add_argument_group(_("Reports of patrols"))
    patrols.add_argument("--by", choices=GROUPS, default=MONTH, help=_("how patrol effort is grouped"))
    patrols.add_argument("--month", default="", metavar="YYYY-MM", help=_("the month, or any month of the season"))
    patrols.add_argument("--team", metavar="TEXT")
    patrols.add_argument("--transport", choices=[choice.code for choice in TRANSPORTS])
    patrols.add_argument("--leader", metavar="PERSON")
    patrols.add_argument("--patrol", metavar="ID")
    patrols.add_argument("--approved", action="store_true", help=_("only patrols that a manager approved"))
    patrols.add_argument("--cell", type=int, choices=[side // 1000 for side in CELLS], default=1, help=_("cells, km"))
    patrols.add_argument("--sum", metavar="KEY", help=_("make rates of this number of finds instead of their count"))
    one.set_defaults(handler=_report)


def _report(library: Library, args: argparse.Namespace) -> Answer:
    start, end = _day(args.start), _day(args.end)
    if args.month and args.name not in ("month", "season"):
        start, end = _days_of(args.month, start, end)
    if start and end and end < start:
        raise UsageProblem("DAYS_SWAPPED", _("The end lies before the start."), _("Swap them and try again."))
    question = Question(
        rule=Rule(args.threshold, args.anchor),
        taxon=_taxon(args.taxon),
        start=start,
        end=end,
        stations=frozenset(record_id(library, "location", one) for one in args.station) or None,
        area=record_id(library, "protected_area", args.area) if args.area else None,
        apart=args.apart,
        # camtrapR: cameras that are independent add up, others count once.
        pairs=args.pairs or (SUM if args.apart else ONE),
        machines=args.machines,
        individuals=args.individuals,
        occasions=Occasions(args.occasion_days, args.occasion_hour, args.origin),
        exact=args.exact,
        patrols=PatrolQuestion(
            by=args.by,
            month=args.month,
            team=args.team,
            transport=args.transport,
            leader=record_id(library, "person", args.leader) if args.leader else None,
            patrol=record_id(library, "patrol", args.patrol) if args.patrol else None,
            approved=args.approved,
            cell=args.cell * 1000,
            attribute=args.sum or "",
        ),
    )
    if args.name == "study":
        question = _joint(library, args, question)
    return answers.with_progress(report(library, args.name, args.out, question))


def _joint(library: Library, args: argparse.Namespace, question: Question) -> StudyQuestion:
    if args.study:
        study = joint_study.read(args.study)
    else:
        stations = [find_partner(library, one) for one in args.partner]
        species = [_taxon(one) or one for one in args.species]
        study = joint_study.proposed(library, question, stations, species, args.title)
    if args.write_study:
        joint_study.write(study, args.write_study)
    return StudyQuestion(exact=question.exact, joint=study)


def _days_of(month: str, start: date | None, end: date | None) -> tuple[date, date]:
    """First and last day of a month, for the reports that go by days. UsageProblem beside --from or --to."""
    if start or end:
        raise UsageProblem("DAYS_TWICE", _("The days are given twice."), _("Give --month, or --from and --to."))
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise UsageProblem(
            "MONTH_WRONG", _("{text} is not a month.").format(text=month), _("Write the month as 2026-01.")
        ) from error
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _taxon(text: str | None) -> str | None:
    if not text or not text.strip():
        return None
    return taxa.type_of(text) or taxa.match(text) or text.strip()


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(
            "DATE_WRONG", _("{text} is not a day.").format(text=text), _("Write the day as 2026-01-31.")
        ) from error
