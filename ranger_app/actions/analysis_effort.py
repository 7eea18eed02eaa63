"""Answers made of effort: trap nights by camera and station, and detection histories with their effort."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from ranger_app.actions import analysis, analysis_words
from ranger_app.actions.analysis import Place, Question, Study
from ranger_app.actions.analysis_events import Row, gather
from ranger_app.actions.analysis_words import Subjects
from ranger_app.domain.findings import Bar, Chart, Column, Findings, Table
from ranger_app.domain.occasions import STATION, SURVEY, History, first_days, history, number_of
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure

_EPOCH = datetime(1970, 1, 1)


def trap_nights(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Trap nights of every deployment and of every station under the rule asked for."""
    with library.read() as db:
        asked = analysis.study(db, question)
        yield Progress(0, 1, _("Counting trap nights"))
        lacking = analysis.pictures(db, asked)
        subjects = Subjects(db)
    rows: list[Row] = []
    by_station: list[Row] = []
    bars = []
    for place in asked.places:
        for camera in place.cameras:
            known = camera.effort
            rows.append(
                (
                    asked.called(place),
                    asked.camera_called(camera),
                    camera.start,
                    camera.end,
                    None if known is None else known.nights,
                    None if known is None else known.failed,
                    camera.unknown,
                )
            )
        whole = place.effort
        nights = None if whole is None else whole.nights
        by_station.append((asked.called(place), len(place.cameras), nights, None if whole is None else whole.failed))
        bars.append(Bar(asked.called(place), nights, "" if nights is not None else _("not known")))
    total = sum(one.effort.nights for one in asked.places if one.effort is not None)
    columns = (
        Column("station", _("Station")),
        Column("deployment", _("Deployment")),
        Column("start", _("Set up")),
        Column("end", _("Taken down")),
        Column("trap_nights", _("Trap nights"), 2),
        Column("failed_nights", _("Nights failed"), 2),
        Column("unknown", _("Why not known")),
    )
    station_columns = (
        Column("station", _("Station")),
        Column("deployments", _("Deployments")),
        Column("trap_nights", _("Trap nights"), 2),
        Column("nights_without_camera", _("Nights with no camera working"), 2),
    )
    return Findings(
        "trap-nights",
        _("Trap nights"),
        _("{nights} trap nights at {stations} stations.").format(
            nights=figure(total, 1), stations=sum(one.effort is not None for one in asked.places)
        ),
        analysis_words.scope(asked, subjects)[1:],
        (*analysis_words.night_rules(asked), *analysis_words.place_rules(asked)),
        tuple(analysis_words.left_out(asked, lacking)),
        (Chart(_("Trap nights by station"), tuple(bars), digits=1),) if bars else (),
        (
            Table(_("By deployment"), columns, rows),
            Table(_("By station"), station_columns, by_station, "stations"),
        ),
        {"trap_nights": total, **analysis_words.facts(asked, lacking)},
    )


def detection_history(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """The detection history of each species: stations by occasions, 1, 0 or empty, with the effort matrix.

    After camtrapR's detectionHistory (Niedballa et al. 2016) on the record table of independent events.
    """
    with library.read() as db:
        got = yield from gather(db, question, cancel)
    asked, subjects, cut = got.asked, got.subjects, question.occasions
    places = [one for one in asked.places if one.effort is not None and one.effort.set_up]
    efforts = [one.effort for one in places]
    begun = first_days(efforts, cut)
    count = number_of(efforts, begun, cut)
    seen: dict[str, dict[bytes, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    lost = 0
    at_places = {one.id for one in places}
    for place, one in got.found:
        if place.id in at_places:
            # The station's clock, on which its occasions are cut.
            seen[one.subject][place.id].append(_EPOCH + timedelta(seconds=one.start + place.offset * 60))
        else:
            lost += 1
    order = sorted(seen, key=lambda one: (-len(seen[one]), subjects.word(one)))
    occasions = tuple(Column(f"o{n + 1}", str(n + 1), narrow=True) for n in range(count))
    head = (Column("species", _("Scientific name")), Column("name", _("Name")))
    station = (Column("station", _("Station")), Column("first_occasion", _("First occasion")))
    rows: list[Row] = []
    bars = []
    outside = lost
    for subject in order:
        told = _histories(asked, places, begun, count, seen[subject])
        detected = 0
        for place, line in told:
            rows.append(
                (
                    subjects.species(subject),
                    subjects.word(subject),
                    asked.called(place),
                    line.start.isoformat(timespec="minutes"),
                    *line.seen,
                )
            )
            outside += line.outside
            detected += 1 in line.seen
        share = 100 * detected / len(told) if told else None
        bars.append(Bar(subjects.word(subject), share, f"{share:.0f} % ({detected}/{len(told)})" if told else ""))
    effort_rows: list[Row] = [
        (asked.called(place), line.start.isoformat(timespec="minutes"), *line.nights)
        for place, line in _histories(asked, places, begun, count, {})
    ]
    rules = [
        ngettext(
            "Occasions of {n} day, each day from {hour}:00 local time.",
            "Occasions of {n} days, each day from {hour}:00 local time.",
            cut.days,
        ).format(n=cut.days, hour=cut.hour),
        {
            STATION: _("The first occasion begins on the day the station was set up."),
            SURVEY: _("The first occasion begins on the day the first station was set up."),
        }.get(cut.origin, _("The first occasion begins on {day}.").format(day=cut.origin)),
        _(
            "1 = at least one independent event, 0 = the station worked and saw none, empty = no effort. The last"
            " occasion of a station may be cut short: its effort says so."
        ),
        *analysis_words.night_rules(asked),
        *analysis_words.event_rules(asked),
        *analysis_words.place_rules(asked),
    ]
    left_out = got.left_out()
    if outside:
        left_out.insert(
            0,
            ngettext(
                "{n} event lies where no effort is known and fills no cell.",
                "{n} events lie where no effort is known and fill no cell.",
                outside,
            ).format(n=outside),
        )
    return Findings(
        "detection-history",
        _("Detection histories"),
        _("{species} species or kinds at {stations} stations over {occasions} occasions.").format(
            species=len(order), stations=len(places), occasions=count
        ),
        analysis_words.scope(asked, subjects),
        tuple(rules),
        tuple(left_out),
        (Chart(_("Stations with at least one detection"), tuple(bars), digits=0),) if bars else (),
        (
            Table(_("Detections"), (*head, *station, *occasions), rows),
            Table(
                _("Effort in trap nights"),
                (*station, *(Column(one.code, one.title, 1, narrow=True) for one in occasions)),
                effort_rows,
                "effort",
            ),
        ),
        {"occasions": count, "events_outside_effort": outside, **analysis_words.facts(asked, got.lacking)},
    )


def _histories(
    asked: Study,
    places: list[Place],
    begun: list[datetime | None],
    count: int,
    seen: dict[bytes, list[datetime]],
) -> list[tuple[Place, History]]:
    return [
        (place, history(place.effort, start, count, asked.question.occasions, seen.get(place.id, ())))
        for place, start in zip(places, begun, strict=True)
        if place.effort is not None and start is not None
    ]
