"""The tables and charts of a month's or a season's report: each figure beside the time before and last year's.

A time in which nothing is recorded is empty, and sums that lack a month are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ranger_app.actions import patrol_effort
from ranger_app.actions.patrol_study import Part, Seen, Study
from ranger_app.actions.patrol_words import Categories
from ranger_app.domain import taxa
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Table
from ranger_app.domain.patrol_effort import Effort, rate, total
from ranger_app.domain.patrol_question import later
from ranger_app.geo import grid
from ranger_app.geo.grid import Cells
from ranger_app.i18n import _, language

Row = tuple[Cell, ...]
PRESSURE, STATE, RESPONSE = "pressure", "state", "response"
SNARES = "humanactivity.weaponsequipment.trap."
REMOVED = "response.snareremoved."
"""Categories of traps found and of traps taken away, in the shipped model and in SMART's."""
_MOST_CATEGORIES = 15


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


def said(months: tuple[str, ...]) -> str:
    """The months as words: one, or the first and the last."""
    return months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}"


def time_of(asked: Study, months: tuple[str, ...], word: str, cells: Cells | None = None) -> Time:
    """What was done and found in these months of a study."""
    parts = [part for part in asked.parts if part.date[:7] in months]
    seen = [one for one in asked.seen if one.date[:7] in months]
    return Time(months, word, parts, seen, patrol_effort.effort_of(parts), cells)


def of_kind(seen: Iterable[Seen], categories: Categories, kind: str) -> list[Seen]:
    """The finds that the model calls pressure, state or response."""
    return [one for one in seen if categories.kind(one.find.category) == kind]


def under(seen: Iterable[Seen], category: str) -> list[Seen]:
    """The finds of a category and those below it."""
    return [one for one in seen if one.find.category.startswith(category)]


def number_of(seen: Sequence[Seen]) -> float | None:
    """How many things were found; a find without a number is one."""
    return total(one.find for one in seen)


def _columns(now: Time, ago: Time, back: Time, digits: int = 1) -> tuple[Column, ...]:
    return (
        Column("now", now.word, digits, mixed=True),
        Column("before", ago.word, digits, mixed=True),
        Column("last_year", back.word, digits, mixed=True),
        Column("change", _("Change, %")),
        Column("change_year", _("In a year, %")),
    )


def change(now: float | None, then: float | None) -> int | None:
    """Per cent more or less; nothing where either is not known or then was 0."""
    if now is None or not then:
        return None
    return round((now / then - 1) * 100)


def sum_change(one: Time, other: Time, now: float | None, then: float | None) -> int | None:
    """The same of a sum over the months: nothing where a month is missing on either side."""
    return None if one.gaps or other.gaps else change(now, then)


def compared(now: Time, ago: Time, back: Time, categories: Categories, shares: dict[object, grid.Share]) -> Table:
    """Every measure of the three times beside each other."""

    def figures(one: Time, which: str) -> list[tuple[str, str, float | None]]:
        done, cells, share = one.effort, one.cells, shares.get(which)
        pressure, snares = of_kind(one.seen, categories, PRESSURE), under(one.seen, SNARES)
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
            ("snares", _("Traps and snares found"), number_of(snares)),
            ("snares_per_100_km", _("Traps and snares per 100 km"), one.rated(snares)),
            ("snares_removed", _("Traps and snares taken away"), number_of(under(one.seen, REMOVED))),
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
            change(here[2], other[2]) if rated else sum_change(now, time, here[2], other[2])
            for other, time in ((before, ago), (year, back))
        )
        rows.append((here[1], here[0], here[2], before[2], year[2], *changes))
    columns = (Column("measure", _("Measure")), Column("code", _("Key"), csv_only=True), *_columns(now, ago, back))
    return Table(_("Effort and findings"), columns, rows)


def kinds_table(now: Time, ago: Time, back: Time, categories: Categories, kind: str, words: str, name: str) -> Table:
    """Finds of one kind by category: number, and per 100 km beside the times before."""
    found = [
        Counter(categories.short(one.find.category) for one in of_kind(time.seen, categories, kind))
        for time in (now, ago, back)
    ]
    order = sorted({key for counted in found for key in counted}, key=lambda key: (-found[0][key], key))
    rows: list[Row] = []
    for key in order[:_MOST_CATEGORIES]:
        of_key = [
            [one for one in of_kind(time.seen, categories, kind) if categories.short(one.find.category) == key]
            for time in (now, ago, back)
        ]
        here, before, year = (
            None if time.missing else time.rated(finds) for time, finds in zip((now, ago, back), of_key, strict=True)
        )
        line: list[Cell] = [
            categories.word(key),
            categories.code(key),
            len(of_key[0]),
            number_of(of_key[0]),
            here,
            before,
            year,
            change(here, before),
            change(here, year),
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


def flagship(now: Time, ago: Time, back: Time) -> Table:
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


def by_group(asked: Study, now: Time, by: str, words: str, name: str) -> Table:
    """Patrols, days, km and hours of a time by transport or team."""
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


def charts(times: list[Time], categories: Categories) -> list[Chart]:
    """Kilometres and pressure month by month; a month in which nothing is recorded is an empty place."""
    km = [Bar(one.word, None if one.missing else one.effort.distance.cleaned.km) for one in times]
    pressed = [
        Bar(one.word, None if one.missing else one.rated(of_kind(one.seen, categories, PRESSURE))) for one in times
    ]
    gone = [one.word for one in times if one.missing]
    remark = _("Nothing recorded in: {months}.").format(months=listed(gone)) if gone else ""
    charts = [Chart(_("Kilometres by month"), tuple(km), upright=True, remark=remark)]
    if any(one.value is not None for one in pressed):
        charts.append(Chart(_("Signs of pressure per 100 km"), tuple(pressed), upright=True, digits=1, remark=remark))
    return charts


def listed(months: list[str]) -> str:
    """Months as a list in which those that follow each other are one entry."""
    runs: list[list[str]] = []
    for one in months:
        if runs and later(runs[-1][-1], 1) == one:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(said(tuple(run)) for run in runs)
