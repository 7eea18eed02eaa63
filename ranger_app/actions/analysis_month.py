"""The reports ``month``, ``season`` and ``trends``: what a manager reads and prints of a month's or a season's patrols.

Each figure stands beside that of the time before and of the same time last year; where nothing is recorded it says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ranger_app.actions import month_photos, observation_models, patrol_area, patrol_effort, patrol_study, patrol_words
from ranger_app.actions.analysis import Question
from ranger_app.actions.patrol_study import Part, Seen, Study
from ranger_app.actions.patrol_words import Categories
from ranger_app.actions.records import title
from ranger_app.domain import taxa
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Findings, Table
from ranger_app.domain.patrol_effort import Effort, rate, total
from ranger_app.domain.patrol_question import TEAM, TRANSPORT, later, month_of, months_between, season_of, span
from ranger_app.errors import UsageProblem
from ranger_app.geo import grid
from ranger_app.geo.grid import Cells
from ranger_app.i18n import _, language, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store.connection import Database

Row = tuple[Cell, ...]
PRESSURE, STATE, RESPONSE = "pressure", "state", "response"
SNARES = "humanactivity.weaponsequipment.trap."
REMOVED = "response.snareremoved."
"""Categories of traps found and of traps taken away, in the shipped model and in SMART's."""
_MEASURES = (
    "patrols", "patrol_days", "dates", "distance", "field_hours", "track_hours", "still_hours", "person_days",
    "person_hours",
)  # fmt: skip
_MOST_CATEGORIES = 15
_TREND = 24
"""Months of a trend where no time is asked for."""


@dataclass(slots=True)
class Time:
    """A month or season: its months, what was done and found in it, the cells visited (None: not known)."""

    months: tuple[str, ...]
    word: str
    parts: list[Part]
    seen: list[Seen]
    effort: Effort
    cells: Cells | None = None

    @property
    def missing(self) -> bool:
        """Whether nothing at all is recorded."""
        return not self.effort.patrols

    @property
    def gaps(self) -> list[str]:
        """Its months in which nothing is recorded."""
        there = {part.date[:7] for part in self.parts}
        return [one for one in self.months if one not in there]

    def rated(self, finds: Iterable[Seen]) -> float | None:
        """Finds per 100 km, of patrols whose kilometres are known."""
        silent = self.effort.distance.cleaned.silent
        return rate(sum(one.patrol.id not in silent for one in finds), self.effort.distance.cleaned.km, 100)


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
    times = [_time(asked, (one,), one) for one in months]
    rows: list[Row] = []
    for one in times:
        pressure, snares = _of_kind(one.seen, categories, PRESSURE), _under(one.seen, SNARES)
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
            _number(_under(one.seen, REMOVED)),
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
        tuple(_charts(times, categories)) if months else (),
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
        now, ago, back = (_time(asked, months, _said(months), cells.get(which)) for which, months in times.items())
        shares = _area_shares(db, question, cells)
        asked.patrols = {part.patrol.id: part.patrol for part in now.parts}
        photos = month_photos.choose(library, db, asked, now.seen, categories)
        author = title(db, "person", library.person) if library.person is not None and asked.named else ""
    line = [_time(asked, (one,), one) for one in months_between(later(here[0], -12), here[-1])]
    pressure, snares = _of_kind(now.seen, categories, PRESSURE), _under(now.seen, SNARES)
    shown = replace(asked, question=replace(asked_for, start=span(here)[0]), seen=now.seen)
    facts = patrol_words.facts(now.effort) | {
        name: here[0] if name == "month" else f"{here[0]}/{here[-1]}",
        "cells": None if now.cells is None else len(now.cells),
        "cell_metres": question.patrols.cell,
        "finds": len(now.seen),
        "pressure": len(pressure),
        "pressure_per_100_km": now.rated(pressure),
        "snares": len(snares),
        "snares_removed": _number(_under(now.seen, REMOVED)),
        "photos": len(photos),
    }
    tables = [
        _compared(now, ago, back, categories, shares),
        _kinds_table(now, ago, back, categories, PRESSURE, _("Pressure: threats per 100 km"), "pressure"),
        _kinds_table(now, ago, back, categories, STATE, _("State: animals and habitat"), "state"),
        _kinds_table(now, ago, back, categories, RESPONSE, _("Response: what was done"), "response"),
        _flagship(now, ago, back),
        _by(shown, now, TRANSPORT, _("Kilometres by transport"), "transport"),
        _by(shown, now, TEAM, _("Effort by team"), "teams"),
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
        tuple(_charts(line, categories)),
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


def _said(months: tuple[str, ...]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}"


def _time(asked: Study, months: tuple[str, ...], word: str, cells: Cells | None = None) -> Time:
    parts = [part for part in asked.parts if part.date[:7] in months]
    seen = [one for one in asked.seen if one.date[:7] in months]
    return Time(months, word, parts, seen, patrol_effort.effort_of(parts), cells)


# ------------------------------------------------------------ finds


def _of_kind(seen: Iterable[Seen], categories: Categories, kind: str) -> list[Seen]:
    return [one for one in seen if categories.kind(one.find.category) == kind]


def _under(seen: Iterable[Seen], category: str) -> list[Seen]:
    return [one for one in seen if one.find.category.startswith(category)]


def _number(seen: Sequence[Seen]) -> float | None:
    """How many things were found; a find without a number is one."""
    return total(one.find for one in seen)


# ------------------------------------------------------------ tables and charts


def _columns(now: Time, ago: Time, back: Time, digits: int = 1) -> tuple[Column, ...]:
    return (
        Column("now", now.word, digits, mixed=True),
        Column("before", ago.word, digits, mixed=True),
        Column("last_year", back.word, digits, mixed=True),
        Column("change", _("Change, %")),
        Column("change_year", _("In a year, %")),
    )


def _change(now: float | None, then: float | None) -> int | None:
    """Per cent more or less; nothing where either is not known or then was 0."""
    if now is None or not then:
        return None
    return round((now / then - 1) * 100)


def _sum_change(one: Time, other: Time, now: float | None, then: float | None) -> int | None:
    """The same of a sum over the months: nothing where a month is missing on either side."""
    return None if one.gaps or other.gaps else _change(now, then)


def _compared(now: Time, ago: Time, back: Time, categories: Categories, shares: dict[object, grid.Share]) -> Table:
    """Every measure of the three times beside each other."""

    def figures(one: Time, which: str) -> list[tuple[str, str, float | None]]:
        done, cells, share = one.effort, one.cells, shares.get(which)
        pressure, snares = _of_kind(one.seen, categories, PRESSURE), _under(one.seen, SNARES)
        part = share.value if share else None
        return [
            ("patrols", _("Patrols"), done.patrols),
            ("patrol_days", _("Patrol days"), done.patrol_days),
            ("dates", _("Dates with a patrol"), done.dates),
            ("person_days", _("Person days"), done.person_days.value),
            ("km_cleaned", _("km, cleaned"), done.distance.cleaned.km),
            ("km_raw", _("km, raw"), done.distance.raw.km),
            ("km_excluded", _("km, excluded"), done.distance.excluded.km),
            ("patrol_hours", _("Patrol hours"), done.patrol_time.hours),
            ("field_hours", _("Field hours"), done.field_time.hours),
            ("track_hours", _("Track hours, cleaned"), done.track_time.cleaned.hours),
            ("still_hours", _("Still hours"), done.still.hours),
            ("person_hours", _("Person hours"), done.person_time.hours),
            ("cells", _("Cells visited"), None if cells is None else len(cells)),
            ("share", _("Share of the area, %"), None if part is None else part * 100),
            ("pressure", _("Signs of pressure"), len(pressure)),
            ("pressure_per_100_km", _("Pressure per 100 km"), one.rated(pressure)),
            ("snares", _("Traps and snares found"), _number(snares)),
            ("snares_per_100_km", _("Traps and snares per 100 km"), one.rated(snares)),
            ("snares_removed", _("Traps and snares taken away"), _number(_under(one.seen, REMOVED))),
        ]

    told = [
        [(code, word, None if one.missing else value) for code, word, value in figures(one, which)]
        for one, which in ((now, "here"), (ago, "before"), (back, "year"))
    ]
    rows: list[Row] = []
    for here, before, year in zip(*told, strict=True):
        if here[2] is before[2] is year[2] is None:
            continue
        rated = here[0].endswith("per_100_km")
        changes = (
            _change(here[2], other[2]) if rated else _sum_change(now, time, here[2], other[2])
            for other, time in ((before, ago), (year, back))
        )
        rows.append((here[1], here[0], here[2], before[2], year[2], *changes))
    columns = (Column("measure", _("Measure")), Column("code", _("Key"), csv_only=True), *_columns(now, ago, back))
    return Table(_("Effort and findings"), columns, rows)


def _kinds_table(now: Time, ago: Time, back: Time, categories: Categories, kind: str, words: str, name: str) -> Table:
    """Finds of one kind by category: number, and per 100 km beside the times before."""
    found = [
        Counter(categories.short(one.find.category) for one in _of_kind(time.seen, categories, kind))
        for time in (now, ago, back)
    ]
    order = sorted({key for counted in found for key in counted}, key=lambda key: (-found[0][key], key))
    rows: list[Row] = []
    for key in order[:_MOST_CATEGORIES]:
        of_key = [
            [one for one in _of_kind(time.seen, categories, kind) if categories.short(one.find.category) == key]
            for time in (now, ago, back)
        ]
        here, before, year = (
            None if time.missing else time.rated(finds) for time, finds in zip((now, ago, back), of_key, strict=True)
        )
        line: list[Cell] = [
            categories.word(key),
            categories.code(key),
            len(of_key[0]),
            _number(of_key[0]),
            here,
            before,
            year,
            _change(here, before),
            _change(here, year),
        ]
        if kind == PRESSURE:
            line.insert(2, categories.threat(key))
        rows.append(tuple(line))
    columns = [
        Column("category", _("Category")),
        Column("key", _("Key"), csv_only=True),
        Column("finds", _("Finds")),
        Column("number", _("Number")),
        *_columns(now, ago, back, 2),
    ]
    if kind == PRESSURE:
        columns.insert(2, Column("threat", _("Threat")))
    return Table(words, tuple(columns), rows, name)


def _flagship(now: Time, ago: Time, back: Time) -> Table:
    """Signs of the flagship species, those that were looked for and not found among them."""
    counted = [Counter(one.taxon for one in time.seen) for time in (now, ago, back)]
    rows: list[Row] = []
    for species in taxa.flagship():
        here, before, year = (
            None if time.missing else number[species] for time, number in zip((now, ago, back), counted, strict=True)
        )
        if not (here or before or year):
            continue
        rows.append((species, taxa.name(species, language()), here, before, year, now.rated(
            one for one in now.seen if one.taxon == species)))  # fmt: skip
    columns = (
        Column("species", _("Scientific name")),
        Column("name", _("Name")),
        Column("now", now.word),
        Column("before", ago.word),
        Column("last_year", back.word),
        Column("per_100_km", _("per 100 km"), 2),
    )
    return Table(_("Finds of flagship species"), columns, rows, "flagship")


def _by(asked: Study, now: Time, by: str, words: str, name: str) -> Table:
    parts: dict[object, list[Part]] = {}
    for part in now.parts:
        parts.setdefault(asked.group(by, part), []).append(part)
    rows: list[Row] = []
    for group in sorted(parts, key=lambda one: (one in ("", None), asked.called(by, one))):
        done = patrol_effort.effort_of(parts[group])
        rows.append(
            (asked.called(by, group), done.patrols, done.patrol_days, done.distance.cleaned.km, done.field_time.hours)
        )
    columns = (
        Column(by, _(patrol_effort.WORDS[by])),
        Column("patrols", _("Patrols")),
        Column("patrol_days", _("Patrol days")),
        Column("km_cleaned", _("km"), 1),
        Column("field_hours", _("Field hours"), 1),
    )
    return Table(words, columns, rows, name)


def _charts(times: list[Time], categories: Categories) -> list[Chart]:
    """Kilometres and pressure month by month; a month in which nothing is recorded is an empty place."""
    km = [Bar(one.word, None if one.missing else one.effort.distance.cleaned.km) for one in times]
    pressed = [
        Bar(one.word, None if one.missing else one.rated(_of_kind(one.seen, categories, PRESSURE))) for one in times
    ]
    gone = [one.word for one in times if one.missing]
    remark = _("Nothing recorded in: {months}.").format(months=_listed(gone)) if gone else ""
    charts = [Chart(_("Kilometres by month"), tuple(km), upright=True, remark=remark)]
    if any(one.value is not None for one in pressed):
        charts.append(Chart(_("Signs of pressure per 100 km"), tuple(pressed), upright=True, digits=1, remark=remark))
    return charts


def _area_shares(db: Database, question: Question, cells: dict[object, Cells]) -> dict[object, grid.Share]:
    """What share of the area asked for was visited, where it has an outline."""
    if question.area is None:
        return {}
    outline = patrol_area.outlines(db).get(question.area)
    return {} if outline is None else {which: grid.share(those, outline) for which, those in cells.items()}


# ------------------------------------------------------------ words


def _sentence(now: Time, ago: Time, pressure: list[Seen]) -> str:
    if now.missing:
        return _("Nothing is recorded for {time}. This is not the same as no patrol.").format(time=now.word)
    said = patrol_effort.summary(now.effort)
    per = now.rated(pressure)
    if per is not None:
        words = ngettext("{n} sign of pressure, {rate} per 100 km.", "{n} signs of pressure, {rate} per 100 km.",
                         len(pressure))  # fmt: skip
        said = f"{said} {words.format(n=figure(len(pressure)), rate=figure(per, 1))}"
    change = _sum_change(now, ago, now.effort.distance.cleaned.km, ago.effort.distance.cleaned.km)
    if change:
        words = _("{n} % more kilometres than before.") if change > 0 else _("{n} % fewer kilometres than before.")
        said = f"{said} {words.format(n=figure(abs(change)))}"
    return said


def _gaps(*times: Time) -> list[str]:
    """The months that are missing: sums with them are not compared."""
    gone = sorted({month for one in times for month in one.gaps})
    if not gone:
        return []
    words = _("Nothing is recorded in: {months}. Sums with these months are not compared.")
    return [words.format(months=_listed(gone))]


def _listed(months: list[str]) -> str:
    """Months as a list in which those that follow each other are one entry."""
    runs: list[list[str]] = []
    for one in months:
        if runs and later(runs[-1][-1], 1) == one:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(_said(tuple(run)) for run in runs)


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
