"""The report ``patrol-effort``: what patrols did by month, area, team, transport, leader or patrol, all definitions.

Raw, cleaned and excluded stand side by side, because filters alone change hours by a third on the same tracks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from ranger_app.actions import observation_models, patrol_area, patrol_study, patrol_words
from ranger_app.actions.analysis import Question
from ranger_app.actions.patrol_study import Part, Seen, Study
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Findings, Table
from ranger_app.domain.patrol_effort import (
    DENOMINATORS,
    Day,
    Effort,
    Walk,
    count,
    denominator,
    effort,
    rate,
    silent,
    total,
)
from ranger_app.domain.patrol_question import AREA, GROUPS, LEADER, MONTH, PATROL, TEAM, TRANSPORT, months_between
from ranger_app.errors import UsageProblem
from ranger_app.geo import grid
from ranger_app.geo.grid import Cells
from ranger_app.i18n import N_, _
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store.connection import Database

Row = tuple[Cell, ...]

WORDS = {
    MONTH: N_("Month"),
    AREA: N_("Protected area"),
    TEAM: N_("Team"),
    TRANSPORT: N_("Transport"),
    LEADER: N_("Leader"),
    PATROL: N_("Patrol"),
}
_TITLES = {
    MONTH: N_("Patrol effort by month"),
    AREA: N_("Patrol effort by protected area"),
    TEAM: N_("Patrol effort by team"),
    TRANSPORT: N_("Patrol effort by transport"),
    LEADER: N_("Patrol effort by leader"),
    PATROL: N_("Patrol effort by patrol"),
}
_MOST_BARS = 40
_MOST_MONTHS = 600
"""More months in a row than this rest on a mistake in a date."""
_PER = {"distance": 100.0}
"""Rates are given per so many units of a denominator; one where nothing is said."""


def patrol_effort(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """The effort of the patrols asked for, in groups. UsageProblem for a grouping that is none.

    Definitions and their sources are those of ``domain.patrol_effort``, coverage that of ``geo.grid``.
    """
    by = question.patrols.by
    if by not in GROUPS:
        raise UsageProblem(
            "GROUP_UNKNOWN",
            _("Patrols cannot be grouped by {word}.").format(word=by),
            _("Use one of: {words}.").format(words=", ".join(GROUPS)),
        )
    with library.read() as db:
        yield Progress(0, 1, _("Reading patrols"))
        asked = patrol_study.study(db, question, library.station.id)
        cells = yield from patrol_study.cover(db, asked, lambda part: asked.group(by, part), cancel)
        categories = patrol_words.Categories(observation_models.known(db), named=asked.named)
        shares = _shares(db, asked, cells) if by == AREA else {}
    whole = effort_of(asked.parts)
    groups = _groups(asked, by)
    sorted_out: dict[object, list[Part]] = {one: [] for one in groups}
    for part in asked.parts:
        sorted_out[asked.group(by, part)].append(part)
    efforts = {one: effort_of(parts) for one, parts in sorted_out.items()}
    names = {one: asked.called(by, one) for one in groups}
    together = grid.together(list(cells.values())) if cells else None
    tables = [
        _main(by, groups, names, efforts, cells, whole, together),
        _distance(by, groups, names, efforts, whole),
        _hours(by, groups, names, efforts, whole),
    ]
    if shares:
        tables.append(_share_table(by, groups, names, shares))
    tables.append(_rates(by, groups, names, efforts, whole, asked, categories))
    facts = patrol_words.facts(whole)
    facts |= {"cells": None if together is None else len(together), "cell_metres": question.patrols.cell}
    return Findings(
        "patrol-effort",
        _(_TITLES[by]),
        summary(whole),
        tuple(patrol_words.scope(asked)),
        (
            *patrol_words.rules(asked),
            patrol_words.grid_rule(asked),
            patrol_words.rate_rule(),
            *patrol_words.place_rules(asked),
        ),
        (*patrol_words.left_out(asked, whole), *patrol_words.unrated(asked, whole.distance.cleaned.silent)),
        (_chart(by, groups, names, efforts),) if groups else (),
        tuple(tables) if groups else tuple(replace(table, rows=()) for table in tables),
        facts,
    )


def effort_of(parts: Iterable[Part]) -> Effort:
    """What some days and tracks add up to."""
    days: list[Day] = []
    walks: list[Walk] = []
    for part in parts:
        if isinstance(part.item, Day):
            days.append(part.item)
        else:
            walks.append(part.item)
    return effort(days, walks)


def summary(whole: Effort) -> str:
    """The main result in a sentence."""
    if not whole.patrols:
        return _("No patrols in this time.")
    km, hours = whole.distance.cleaned.km, whole.field_time.hours
    told = [
        # Named before the number: so each stands alone and needs no plural.
        _("Patrols: {n}").format(n=figure(whole.patrols)),
        _("patrol days: {n}").format(n=figure(whole.patrol_days)),
        _("distance not known") if km is None else _("{n} km").format(n=figure(km, 1)),
        _("field hours not known") if hours is None else _("field hours: {n}").format(n=figure(hours, 1)),
    ]
    return ", ".join(told) + "."


def _groups(asked: Study, by: str) -> list[object]:
    """The groups in order; by month also those in which nothing is recorded, so that they can be seen to be missing."""
    found = {asked.group(by, part) for part in asked.parts}
    if by != MONTH:
        return sorted(found, key=lambda one: (one in ("", None), asked.called(by, one).casefold()))
    months = sorted(str(one) for one in found if one)
    question = asked.question
    if question.start is not None:
        months.insert(0, f"{question.start:%Y-%m}")
    if question.end is not None and months:
        months.append(f"{question.end:%Y-%m}")
    if not months:
        return []
    every = months_between(months[0], months[-1])
    return [*(every if len(every) <= _MOST_MONTHS else sorted(set(months)))]


def _head(by: str) -> Column:
    return Column(by, _(WORDS[by]))


def _known(one: Effort, value: Cell) -> Cell:
    """Nothing in place of the figures of a month without any patrol: they are missing, not 0."""
    return value if one.patrols else None


def _main(
    by: str,
    groups: list[object],
    names: dict[object, str],
    efforts: dict[object, Effort],
    cells: dict[object, Cells],
    whole: Effort,
    together: Cells | None,
) -> Table:
    columns = (
        _head(by),
        Column("patrols", _("Patrols")),
        Column("patrol_days", _("Patrol days")),
        Column("dates", _("Dates")),
        Column("nights", _("Nights")),
        Column("person_days", _("Person days")),
        Column("km_cleaned", _("km"), 1),
        Column("field_hours", _("Field hours"), 1),
        Column("cells", _("Cells visited")),
        Column("km2", _("km² visited")),
        Column("remark", _("Remarks")),
    )

    def row(word: str, one: Effort, visited: Cells | None) -> Row:
        remark = "" if one.patrols else _("nothing recorded")
        if one.patrols and visited is None:
            remark = _("coverage not known")
        figures: list[Cell] = [
            one.patrols,
            one.patrol_days,
            one.dates,
            one.nights,
            one.person_days.value,
            one.distance.cleaned.km,
            one.field_time.hours,
            None if visited is None else len(visited),
            None if visited is None else visited.area,
        ]
        return (word, *(_known(one, value) for value in figures), remark)

    rows = [row(names[one], efforts[one], cells.get(one)) for one in groups]
    return Table(_("Effort"), columns, [*rows, row(_("All together"), whole, together)])


def _distance(
    by: str, groups: list[object], names: dict[object, str], efforts: dict[object, Effort], whole: Effort
) -> Table:
    columns = (
        _head(by),
        Column("km_raw", _("km raw"), 3),
        Column("km_cleaned", _("km cleaned"), 3),
        Column("km_excluded", _("km excluded"), 3),
        Column("patrols_without", _("Patrols that tell no distance")),
    )

    def row(word: str, one: Effort) -> Row:
        three = one.distance
        silent_here = _known(one, len(three.cleaned.silent))
        return word, three.raw.km, three.cleaned.km, three.excluded.km, silent_here

    rows = [row(names[one], efforts[one]) for one in groups]
    return Table(_("Distance"), columns, [*rows, row(_("All together"), whole)], "distance")


def _hours(
    by: str, groups: list[object], names: dict[object, str], efforts: dict[object, Effort], whole: Effort
) -> Table:
    columns = (
        _head(by),
        Column("patrol_hours", _("Patrol hours"), 1),
        Column("field_hours", _("Field hours"), 1),
        Column("track_hours_raw", _("Track hours raw"), 1),
        Column("track_hours_cleaned", _("Track hours cleaned"), 1),
        Column("track_hours_excluded", _("Track hours excluded"), 1),
        Column("still_hours", _("Still hours"), 1),
        Column("ecoscope_hours", _("Moving hours (ecoscope)"), 1),
        Column("person_hours", _("Person hours"), 1),
    )

    def row(word: str, one: Effort) -> Row:
        times = one.track_time
        sums = (one.patrol_time, one.field_time, times.raw, times.cleaned, times.excluded, one.still, one.filtered)
        return (word, *(each.hours for each in sums), one.person_time.hours)

    rows = [row(names[one], efforts[one]) for one in groups]
    return Table(_("Hours"), columns, [*rows, row(_("All together"), whole)], "hours")


def _shares(db: Database, asked: Study, cells: dict[object, Cells]) -> dict[object, grid.Share]:
    shapes = patrol_area.outlines(db)
    return {area: grid.share(cells[area], shapes[area]) for area in cells if isinstance(area, bytes) and area in shapes}


def _share_table(by: str, groups: list[object], names: dict[object, str], shares: dict[object, grid.Share]) -> Table:
    columns = (
        _head(by),
        Column("cells_visited", _("Cells of the area visited")),
        Column("cells", _("Cells of the area")),
        Column("percent", _("Share, %"), 1),
    )
    rows: list[Row] = []
    for one in groups:
        share = shares.get(one)
        if share is not None:
            part = share.value
            rows.append((names[one], share.visited, share.cells, None if part is None else part * 100))
    return Table(_("Share of the area's cells"), columns, rows, "coverage")


RATE_TITLES = {
    "distance": N_("per 100 km"),
    "hours": N_("per hour"),
    "days": N_("per patrol day"),
    "person_days": N_("per person day"),
    "person_hours": N_("per person hour"),
    "patrols": N_("per patrol"),
}


def _rates(
    by: str,
    groups: list[object],
    names: dict[object, str],
    efforts: dict[object, Effort],
    whole: Effort,
    asked: Study,
    categories: patrol_words.Categories,
) -> Table:
    """Encounter rates of every category and group for SMART's twelve denominators: finds, or a number added up."""
    summed = asked.question.patrols.attribute
    what = observation_models.attribute_label(categories.models, summed) if summed else _("Number")
    columns = [
        _head(by),
        Column("category", _("Category")),
        Column("key", _("Key"), csv_only=True),
        Column("finds", _("Finds")),
        Column("number", what, 1 if summed else 0),
    ]
    for name in DENOMINATORS:
        words = _(RATE_TITLES[name.removeprefix("total_")])
        said = _("{rate}, all groups").format(rate=words) if name.startswith("total_") else words
        columns.append(
            Column(
                f"per_{name}".replace("distance", "100_km"), said, 3, narrow=True, csv_only=name.startswith("total_")
            )
        )
    seen: dict[object, dict[str, list[Seen]]] = {}
    for one in asked.seen:
        of_group = seen.setdefault(asked.group(by, one), {})
        of_group.setdefault(categories.short(one.find.category), []).append(one)
    rows: list[Row] = []
    for group in groups:
        for category, finds in sorted(seen.get(group, {}).items(), key=lambda item: -len(item[1])):
            here = efforts[group]
            figures: list[Cell] = [len(finds), total((one.find for one in finds), summed)]
            for name in DENOMINATORS:
                quiet = silent(here, whole, name)
                those = [one.find for one in finds if one.patrol.id not in quiet]
                counted = total(those, summed) if summed else count(those)
                per = _PER.get(name.removeprefix("total_"), 1)
                figures.append(rate(counted, denominator(here, whole, name), per))
            rows.append((names[group], categories.word(category), categories.code(category), *figures))
    return Table(_("Finds for the effort"), tuple(columns), rows, "rates")


def _chart(by: str, groups: list[object], names: dict[object, str], efforts: dict[object, Effort]) -> Chart:
    """Bars of the groups; of very many only those with the most kilometres, because the table has them all."""
    shown = groups
    if by != MONTH and len(groups) > _MOST_BARS:
        shown = sorted(groups, key=lambda one: -(efforts[one].distance.cleaned.km or 0))[:_MOST_BARS]
    bars = []
    for one in shown:
        km = efforts[one].distance.cleaned.km
        lacking = _("not known") if efforts[one].patrols else _("nothing recorded")
        bars.append(Bar(names[one], km, "" if km is not None else lacking, quiet=km is None))
    word: Callable[[], str] = {
        MONTH: lambda: _("Kilometres by month"),
        AREA: lambda: _("Kilometres by protected area"),
        TEAM: lambda: _("Kilometres by team"),
        TRANSPORT: lambda: _("Kilometres by transport"),
        LEADER: lambda: _("Kilometres by leader"),
        PATROL: lambda: _("Kilometres by patrol"),
    }[by]
    remark = "" if len(shown) == len(groups) else _("Those with the most kilometres; the table has all.")
    return Chart(word(), tuple(bars), digits=1, remark=remark)
