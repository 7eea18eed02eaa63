"""Who was met on which side in each year or season, with the stations and trap nights of each side beside it.

A crossing between two windows counts in the whole period alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ranger_app.actions.analysis_events import Row
from ranger_app.actions.encounters import Met, Site
from ranger_app.domain import taxa
from ranger_app.domain.crossings import Encounter
from ranger_app.domain.effort import as_time
from ranger_app.domain.findings import Column, Table
from ranger_app.i18n import _, language

_WINTER = -1
"""Months that a winter begins before its year: December to February are one season."""


@dataclass(slots=True)
class _Count:
    """What was met of one species in one window."""

    sides: dict[bytes, set[str]] = field(default_factory=dict)
    """Animal -> countries."""
    encounters: Counter[str] = field(default_factory=Counter)
    crossings: int = 0


def by_window(
    met: Met, species: Mapping[bytes, str], proving: Iterable[Sequence[Encounter]], months: int, title: str, name: str
) -> Table:
    """A row for each window (12 months: calendar years, 3: seasons from December on), species and country.

    ``proving`` are the encounters that prove a side, a list in the order of time for each animal; ``species`` is that
    of an animal.
    """
    columns = (
        Column("window", _("Window")),
        Column("species", _("Scientific name")),
        Column("name", _("Name")),
        Column("both_sides", _("On both sides")),
        Column("crossings", _("Crossings, at least")),
        Column("country", _("Country")),
        Column("individuals", _("Individuals there")),
        Column("encounters", _("Certain encounters")),
        Column("stations", _("Stations")),
        Column("trap_nights", _("Trap nights"), 1),
        Column("stations_unknown", _("Stations, nights not known")),
    )
    sites: dict[str, list[Site]] = defaultdict(list)
    for site in met.sites.values():
        sites[site.country].append(site)
    number = {one.month: _window(int(one.month[:4]), int(one.month[5:]), months) for one in met.encounters}
    found = _counted(species, proving, number)
    listed = sorted({species[one.animal] for one in met.encounters})
    rows: list[Row] = []
    for window in _from_first_to_last(number.values(), met.sites.values(), months):
        begin, end = _limits(window, months)
        effort = {country: _effort(of, begin, end) for country, of in sites.items() if country}
        for taxon in listed:
            count = found.get((window, taxon)) or _Count()
            both = sum(len(countries) > 1 for countries in count.sides.values())
            for country in sorted(effort):
                there = sum(country in countries for countries in count.sides.values())
                stations, nights, unknown = effort[country]
                rows.append(
                    (
                        _name(begin, end), taxon, taxa.name(taxon, language()), both, count.crossings,
                        country, there, count.encounters[country], stations, round(nights, 4), unknown,
                    )
                )  # fmt: skip
    return Table(title, columns, rows, name)


def _counted(
    species: Mapping[bytes, str], proving: Iterable[Sequence[Encounter]], number: Mapping[str, int]
) -> dict[tuple[int, str], _Count]:
    found: dict[tuple[int, str], _Count] = {}
    for of in proving:
        before, at, count = "", None, _Count()
        for one in of:
            animal, country, window = one.animal, one.country, number[one.month]
            if window != at:
                at, before = window, country
                count = found.setdefault((window, species[animal]), _Count())
            elif country != before:
                count.crossings += 1
                before = country
            count.encounters[country] += 1
            count.sides.setdefault(animal, set()).add(country)
    return found


def _window(year: int, month: int, months: int) -> int:
    """The number of the window that a month lies in."""
    return (year * 12 + month - 1 - _offset(months)) // months


def _offset(months: int) -> int:
    return _WINTER % months if months < 12 else 0


def _limits(window: int, months: int) -> tuple[datetime, datetime]:
    first = window * months + _offset(months)
    begin, end = (datetime(month // 12, month % 12 + 1, 1) for month in (first, first + months))
    return begin, end


def _name(begin: datetime, end: datetime) -> str:
    """A year as 2014, a season as 2013-12–2014-02: the same in every language."""
    last = end.year * 12 + end.month - 2
    if begin.month == 1 and end.year == begin.year + 1:
        return f"{begin:%Y}"
    return f"{begin:%Y-%m}–{last // 12:04d}-{last % 12 + 1:02d}"


def _from_first_to_last(inside: Iterable[int], sites: Iterable[Site], months: int) -> Iterator[int]:
    found = set(inside)
    if not found:
        return iter(())
    for site in sites:
        for start, end in site.place.effort.set_up if site.place.effort is not None else ():
            for second in (start, end - 1):
                at = as_time(second)
                found.add(_window(at.year, at.month, months))
    return iter(range(min(found), max(found) + 1))


def _effort(sites: Iterable[Site], begin: datetime, end: datetime) -> tuple[int, float, int]:
    """Stations set up in a window, their trap nights, and stations whose nights are not known at any time."""
    stations, total, unknown = 0, 0.0, 0
    for site in sites:
        if site.place.effort is None:
            unknown += 1
            continue
        nights = site.place.effort.between(begin, end)
        if nights is not None:
            stations += 1
            total += nights
    return stations, total, unknown
