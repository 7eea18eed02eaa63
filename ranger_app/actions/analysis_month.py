"""The reports ``month``, ``season`` and ``trends``: what a manager reads and prints of a month's or a season's patrols.

Each figure stands beside that of the time before and of the same time last year; where nothing is recorded it says so.
"""

from __future__ import annotations

from dataclasses import replace

from ranger_app.actions import (
    month_photos,
    observation_models,
    patrol_area,
    patrol_effort,
    patrol_study,
    patrol_words,
    permission,
)
from ranger_app.actions.analysis import Question
from ranger_app.actions.month_tables import (
    PRESSURE,
    REMOVED,
    RESPONSE,
    SNARES,
    STATE,
    Time,
    by_group,
    charts,
    compared,
    flagship,
    kinds_table,
    listed,
    number_of,
    of_kind,
    said,
    sum_change,
    time_of,
    under,
)
from ranger_app.actions.patrol_study import Seen, Study
from ranger_app.actions.patrol_words import Categories
from ranger_app.actions.records import title
from ranger_app.domain.findings import Cell, Column, Findings, Table
from ranger_app.domain.kinds import kind_named
from ranger_app.domain.patrol_question import TEAM, TRANSPORT, later, month_of, months_between, season_of, span
from ranger_app.errors import UsageProblem
from ranger_app.geo import grid
from ranger_app.geo.grid import Cells
from ranger_app.i18n import _, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store.connection import Database

Row = tuple[Cell, ...]
_MEASURES = (
    "patrols", "patrol_days", "dates", "distance", "patrol_hours", "field_hours", "track_hours", "still_hours",
    "person_days", "person_hours",
)  # fmt: skip
_TREND = 24
"""Months of a trend where no time is asked for."""


def month(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """One month: effort, coverage, pressure, state and response, beside the month before and that of last year."""
    return (yield from _summary(library, question, cancel, "month"))


def season(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """The same of a season: December to February, March to May, June to August, September to November."""
    return (yield from _summary(library, question, cancel, "season"))


def trends(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Month by month: effort and finds per 100 km, months without any patrol shown as missing."""
    with library.read() as db:
        asked_for = _period(db, question)
        yield Progress(0, 1, _("Reading patrols"))
        asked = patrol_study.study(db, asked_for, library.station.id)
        categories = Categories(observation_models.known(db), named=asked.named)
    months = _months(asked)
    times = [time_of(asked, (one,), one) for one in months]
    rows: list[Row] = []
    for one in times:
        pressure, snares = (
            of_kind(one.seen, categories, PRESSURE),
            under(one.seen, SNARES),
        )
        known: list[Cell] = [
            one.effort.patrols,
            one.effort.patrol_days,
            one.effort.person_days.value,
            one.effort.distance.cleaned.km,
            one.effort.field_time.hours,
            len(pressure),
            one.rated(pressure),
            len(snares),
            one.rated(snares),
            number_of(under(one.seen, REMOVED)),
        ]
        rows.append((one.word, *([None] * len(known) if one.missing else known), _remark(one)))
    columns = (
        Column("month", _("Month")),
        Column("patrols", _("Patrols")),
        Column("patrol_days", _("Patrol days")),
        Column("person_days", _("Person days")),
        Column("km_cleaned", _("km"), 1),
        Column("field_hours", _("Field hours"), 1),
        Column("pressure", _("Signs of pressure")),
        Column("pressure_per_100_km", _("per 100 km"), 2),
        Column("snares", _("Traps and snares")),
        Column("snares_per_100_km", _("per 100 km"), 2),
        Column("snares_removed", _("Taken away")),
        Column("remark", _("Remarks")),
    )
    whole = patrol_effort.effort_of(asked.parts)
    gone = sum(one.missing for one in times)
    lack = ngettext("{n} month without any patrol.", "{n} months without any patrol.", gone).format(n=figure(gone))
    return Findings(
        "trends",
        _("Trends of patrols"),
        f"{patrol_effort.summary(whole)} {lack}" if months else patrol_effort.summary(whole),
        tuple(patrol_words.scope(asked)),
        tuple(_rules(asked)),
        (*patrol_words.left_out(asked, whole), *patrol_words.unrated(asked, whole.distance.cleaned.silent)),
        tuple(charts(times, categories)) if months else (),
        (Table(_("By month"), columns, rows),),
        {**patrol_words.facts(whole), "months": len(months), "months_missing": gone},
    )


def _summary(library: Library, question: Question, cancel: CancelToken | None, name: str) -> Job[Findings]:
    with library.read() as db:
        here, before, year = _times(db, question, name)
        first, _end = span((later(here[0], -12),))
        asked_for = replace(question, start=first, end=span(here)[1])
        yield Progress(0, 1, _("Reading patrols"))
        asked = patrol_study.study(db, asked_for, library.station.id)
        times = {"here": here, "before": before, "year": year}
        groups = {one: which for which, months in times.items() for one in months}
        cells = yield from patrol_study.cover(
            db, asked, lambda part: groups.get(part.date[:7], patrol_study.PASSED), cancel
        )
        categories = Categories(observation_models.known(db), named=asked.named)
        now, ago, back = (time_of(asked, months, said(months), cells.get(which)) for which, months in times.items())
        shares = _area_shares(db, question, cells)
        asked.patrols = {part.patrol.id: part.patrol for part in now.parts}
        photos = month_photos.choose(library, db, asked, now.seen, categories)
        author = title(db, "person", library.person) if library.person is not None and asked.named else _role(library)
    line = [time_of(asked, (one,), one) for one in months_between(later(here[0], -12), here[-1])]
    pressure, snares = (
        of_kind(now.seen, categories, PRESSURE),
        under(now.seen, SNARES),
    )
    shown = replace(asked, question=replace(asked_for, start=span(here)[0]), seen=now.seen)
    facts = patrol_words.facts(now.effort) | {
        name: here[0] if name == "month" else f"{here[0]}/{here[-1]}",
        "cells": None if now.cells is None else len(now.cells),
        "cell_metres": question.patrols.cell,
        "finds": len(now.seen),
        "pressure": len(pressure),
        "pressure_per_100_km": now.rated(pressure),
        "snares": len(snares),
        "snares_removed": number_of(under(now.seen, REMOVED)),
        "photos": len(photos),
    }
    tables = [
        compared(now, ago, back, categories, shares),
        kinds_table(now, ago, back, categories, PRESSURE, _("Pressure: threats per 100 km"), "pressure"),
        kinds_table(now, ago, back, categories, STATE, _("State: animals and habitat"), "state"),
        kinds_table(now, ago, back, categories, RESPONSE, _("Response: what was done"), "response"),
        flagship(now, ago, back),
        by_group(shown, now, TRANSPORT, _("Kilometres by transport"), "transport"),
        by_group(shown, now, TEAM, _("Effort by team"), "teams"),
    ]
    nothing = now.missing and ago.missing and back.missing
    titles = {"month": _("Patrols in {month}"), "season": _("Patrols in the season {month}")}
    return Findings(
        name,
        titles[name].format(month=now.word),
        _sentence(now, ago, pressure),
        tuple(patrol_words.scope(shown)),
        (*_rules(asked), patrol_words.grid_rule(asked)),
        (
            *_gaps(now, ago, back),
            *patrol_words.left_out(shown, now.effort),
            *patrol_words.unrated(shown, now.effort.distance.cleaned.silent),
        ),
        tuple(charts(line, categories)),
        tuple(replace(table, rows=()) for table in tables) if nothing else tuple(tables),
        facts,
        photos,
        author,
        compact=True,
    )


# ------------------------------------------------------------ which time


def _times(db: Database, question: Question, name: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The months asked for, those before, and the same a year ago. UsageProblem for what is no month."""
    text = question.patrols.month
    if not text:
        newest = question.end or patrol_study.newest_day(db)
        text = f"{newest:%Y-%m}" if newest else "2000-01"
    try:
        month_of(text)
    except ValueError as error:
        raise UsageProblem(
            "MONTH_WRONG", _("{text} is not a month.").format(text=text), _("Write the month as 2026-03.")
        ) from error
    here = (text.strip(),) if name == "month" else season_of(text)
    before = tuple(later(one, -len(here)) for one in here)
    return here, before, tuple(later(one, -12) for one in here)


def _period(db: Database, question: Question) -> Question:
    """A trend over all that is asked for, else over the two years up to the newest patrol."""
    if question.start is not None or question.end is not None:
        return question
    newest = patrol_study.newest_day(db)
    if newest is None:
        return question
    last = f"{newest:%Y-%m}"
    first, end = span((later(last, 1 - _TREND), last))
    return replace(question, start=first, end=end)


def _months(asked: Study) -> list[str]:
    found = sorted({part.date[:7] for part in asked.parts})
    if not found:
        return []
    question = asked.question
    first = f"{question.start:%Y-%m}" if question.start else found[0]
    last = f"{question.end:%Y-%m}" if question.end else found[-1]
    return months_between(first, last)


def _area_shares(db: Database, question: Question, cells: dict[object, Cells]) -> dict[object, grid.Share]:
    """What share of the area asked for was visited, where it has an outline."""
    if question.area is None:
        return {}
    outline = patrol_area.outlines(db).get(question.area)
    return {} if outline is None else {which: grid.share(those, outline) for which, those in cells.items()}


# ------------------------------------------------------------ words


def _role(library: Library) -> str:
    """The role of whoever asks, in place of a name."""
    role = permission.role(library)
    labels = kind_named("person").field("role").words
    return labels.get(role or "", "")


def _sentence(now: Time, ago: Time, pressure: list[Seen]) -> str:
    if now.missing:
        return _("Nothing is recorded for {time}. This is not the same as no patrol.").format(time=now.word)
    said = patrol_effort.summary(now.effort)
    per = now.rated(pressure)
    if per is not None:
        words = ngettext("{n} sign of pressure, {rate} per 100 km.", "{n} signs of pressure, {rate} per 100 km.",
                         len(pressure))  # fmt: skip
        said = f"{said} {words.format(n=figure(len(pressure)), rate=figure(per, 1))}"
    more = sum_change(now, ago, now.effort.distance.cleaned.km, ago.effort.distance.cleaned.km)
    if more:
        words = _("{n} % more kilometres than before.") if more > 0 else _("{n} % fewer kilometres than before.")
        said = f"{said} {words.format(n=figure(abs(more)))}"
    return said


def _gaps(*times: Time) -> list[str]:
    """The months that are missing: sums with them are not compared."""
    gone = sorted({month for one in times for month in one.gaps})
    if not gone:
        return []
    words = _("Nothing is recorded in: {months}. Sums with these months are not compared.")
    return [words.format(months=listed(gone))]


def _remark(one: Time) -> str:
    return _("nothing recorded") if one.missing else ""


def _rules(asked: Study) -> list[str]:
    return [
        *patrol_words.rules(asked, _MEASURES),
        patrol_words.rate_rule(),
        _("Pressure, state and response, and the threat of each category, are those of the observation model."),
        _("A time in which nothing is recorded is empty, not 0. A change is given where both figures are known."),
        *patrol_words.place_rules(asked),
    ]
