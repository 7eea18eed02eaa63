"""Answers made of events: the events themselves, abundance, activity by clock and sun, species by station by month."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar, overload

from ranger_app.actions import analysis, analysis_words
from ranger_app.actions.analysis import Place, Question, Study
from ranger_app.actions.analysis_words import Subjects
from ranger_app.domain.findings import Bar, Cell, Chart, Column, Findings, Table
from ranger_app.domain.independence import Event
from ranger_app.geo.sun import DAY, NIGHT, TWILIGHT
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import CancelToken, Job, Progress
from ranger_app.library import Library
from ranger_app.reports.figures import figure
from ranger_app.store import animals
from ranger_app.store.connection import Database

_EPOCH = datetime(1970, 1, 1)
Item = TypeVar("Item")
Row = tuple[Cell, ...]


class Rows(Sequence[Row], Generic[Item]):
    """Rows that are written when they are read: a hundred thousand events need not be held as text."""

    def __init__(self, items: Sequence[Item], write: Callable[[Item], Row]) -> None:
        self._items, self._write = items, write

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self._write(one) for one in self._items[place]]
        return self._write(self._items[place])

    def __iter__(self) -> Iterator[Row]:
        return map(self._write, self._items)


@dataclass(frozen=True, slots=True)
class Answered:
    """The events of a study with the station of each; ``uncounted`` stations where it was stopped early."""

    asked: Study
    found: list[tuple[Place, Event]]
    lacking: analysis.Pictures
    subjects: Subjects
    uncounted: int = 0

    def left_out(self) -> list[str]:
        """What is not in the figures, in sentences."""
        stopped = ngettext(
            "Stopped early: {n} station is not counted.", "Stopped early: {n} stations are not counted.", self.uncounted
        ).format(n=figure(self.uncounted))
        return [*([stopped] if self.uncounted else []), *analysis_words.left_out(self.asked, self.lacking)]


def gather(db: Database, question: Question, cancel: CancelToken | None = None) -> Job[Answered]:
    """All events of a question, station by station; stops within a deployment's time where ``cancel`` asks for it."""
    asked = analysis.study(db, question)
    asked.cancel = cancel
    if question.individuals:
        joined = animals.catalogues(db).joins.whole
        asked.same = {one.hex(): whole.hex() for one, whole in joined.items() if one != whole}
    found: list[tuple[Place, Event]] = []
    uncounted = 0
    for number, place in enumerate(asked.places):
        yield Progress(number, len(asked.places), _("Counting events"))
        here = analysis.events_of(db, asked, place)
        if asked.stopped:
            uncounted = len(asked.places) - number
            break
        found.extend((place, one) for one in here)
    subjects = Subjects(db, individuals=question.individuals)
    return Answered(asked, found, analysis.pictures(db, asked), subjects, uncounted)


def local(place: Place, event: Event, seconds: int | None = None) -> datetime:
    """The local time of an event's beginning, or of ``seconds``, by the clock of the camera that took it."""
    offset = place.cameras[event.camera].offset
    return _EPOCH + timedelta(seconds=(event.start if seconds is None else seconds) + offset * 60)


def events(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Every independent event; the chart shows their number by species."""
    with library.read() as db:
        got = yield from gather(db, question, cancel)
    subjects, asked = got.subjects, got.asked
    counts = Counter(event.subject for _place, event in got.found)
    columns = (
        Column("station", _("Station")),
        Column("deployment", _("Deployment")),
        Column("species", _("Scientific name")),
        Column("name", _("Name")),
        Column("start", _("From")),
        Column("end", _("To")),
        Column("records", _("Records")),
        Column("pictures", _("Pictures")),
        Column("max_n", _("MaxN")),
    )

    def write(item: tuple[Place, Event]) -> Row:
        place, one = item
        return (
            asked.called(place),
            asked.camera_called(place.cameras[one.camera]),
            subjects.species(one.subject),
            subjects.word(one.subject),
            local(place, one).isoformat(),
            local(place, one, one.end).isoformat(),
            one.records,
            one.pictures,
            one.most,
        )

    total = len(got.found)
    return _findings(
        got,
        "events",
        N_("Independent events"),
        _("{n} independent events of {species} species or kinds at {stations} stations.").format(
            n=figure(total), species=len(counts), stations=len({place.id for place, _event in got.found})
        ),
        [Chart(_("Events by species"), _bars(counts, subjects))],
        [Table(_("Events"), columns, Rows(got.found, write))],
        {"events": total},
    )


def abundance(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Relative abundance: 100 x independent events / trap nights, by species, and by species and station.

    The index of O'Brien et al. 2003, Animal Conservation 6: 131-139. Only events of cameras whose effort is known are
    divided by nights; a station without effort has no rate.
    """
    with library.read() as db:
        got = yield from gather(db, question, cancel)
    subjects, asked = got.subjects, got.asked
    nights = {place.id: place.effort.nights for place in asked.places if place.effort is not None}
    total_nights = sum(nights.values())
    events_by: Counter[tuple[str, bytes]] = Counter()
    pictures_by: Counter[str] = Counter()
    homeless: Counter[str] = Counter()
    idle = 0
    for place, event in got.found:
        pictures_by[event.subject] += event.pictures
        camera = place.cameras[event.camera]
        if camera.effort is None:
            homeless[event.subject] += 1
        else:
            events_by[event.subject, place.id] += 1
            at = event.start + camera.offset * 60
            idle += not any(start <= at < end for start, end in camera.effort.working)
    counted: Counter[str] = Counter()
    seen_at: dict[str, set[bytes]] = defaultdict(set)
    for (subject, place_id), n in events_by.items():
        counted[subject] += n
        seen_at[subject].add(place_id)
    order = sorted({*counted, *homeless}, key=lambda one: (-counted[one], subjects.word(one)))
    rates = {one: 100 * counted[one] / total_nights if total_nights else None for one in order}
    columns = (
        Column("species", _("Scientific name")),
        Column("name", _("Name")),
        Column("events", _("Events")),
        Column("pictures", _("Pictures")),
        Column("stations", _("Stations with it")),
        Column("trap_nights", _("Trap nights"), 1),
        Column("rate_per_100_nights", _("Events per 100 trap nights"), 2),
        Column("events_without_effort", _("Events without known effort")),
    )
    rows: list[Row] = [
        (
            subjects.species(one),
            subjects.word(one),
            counted[one],
            pictures_by[one],
            len(seen_at[one]),
            total_nights or None,
            rates[one],
            homeless[one],
        )
        for one in order
    ]
    by_station: list[Row] = []
    for one in order:
        for place in asked.places:
            n, effort = events_by[one, place.id], nights.get(place.id)
            if n or effort:
                by_station.append(
                    (
                        subjects.species(one),
                        subjects.word(one),
                        asked.called(place),
                        n if effort else None,
                        effort,
                        100 * n / effort if effort else None,
                    )
                )
    station_columns = (
        columns[0],
        columns[1],
        Column("station", _("Station")),
        columns[2],
        columns[5],
        columns[6],
    )
    bars = tuple(Bar(subjects.word(one), rates[one]) for one in order if counted[one])
    without = sum(homeless.values())
    left_out = []
    if without:
        left_out.append(
            ngettext(
                "{n} event of a camera without known effort is in no rate.",
                "{n} events of cameras without known effort are in no rate.",
                without,
            ).format(n=figure(without))
        )
    if idle:
        left_out.append(
            ngettext(
                "{n} event is counted although its camera is said not to have worked then: check dates and failures.",
                "{n} events are counted although their cameras are said not to have worked then: check dates and"
                " failures.",
                idle,
            ).format(n=figure(idle))
        )
    return _findings(
        got,
        "abundance",
        N_("Relative abundance"),
        _("{n} independent events in {nights} trap nights.").format(
            n=figure(sum(counted.values())), nights=figure(total_nights, 1)
        ),
        [
            Chart(
                _("Events per 100 trap nights"),
                bars,
                digits=2,
                remark=_("Rates compare the same species between places or years; they are not numbers of animals."),
            )
        ],
        [
            Table(_("By species"), columns, rows),
            Table(_("By species and station"), station_columns, by_station, "stations"),
        ],
        {
            "events": sum(counted.values()),
            "trap_nights": total_nights,
            "events_without_effort": without,
            "events_while_idle": idle,
        },
        rules=[
            _("Rate = 100 × independent events / trap nights. Without effort there is no rate."),
            *analysis_words.night_rules(asked),
        ],
        left_out=left_out,
    )


def activity(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """When animals are about: events by the hour of the clock and of the sun, and in day, twilight and night."""
    with library.read() as db:
        got = yield from gather(db, question, cancel)
    subjects = got.subjects
    clock: dict[str, list[int]] = defaultdict(lambda: [0] * 24)
    solar: dict[str, list[int]] = defaultdict(lambda: [0] * 24)
    light: dict[str, Counter[str]] = defaultdict(Counter)
    no_place = no_turn = 0
    for place, event in got.found:
        clock[event.subject][local(place, event).hour] += 1
        if place.sun is None:
            no_place += 1
            continue
        light[event.subject][place.sun.light(event.start)] += 1
        hour = place.sun.hour(event.start)
        if hour is None:
            no_turn += 1
        else:
            solar[event.subject][int(hour) % 24] += 1
    order = sorted(clock, key=lambda one: (-sum(clock[one]), subjects.word(one)))
    by_clock = [sum(hours) for hours in zip(*clock.values(), strict=True)] or [0] * 24
    by_sun = [sum(hours) for hours in zip(*solar.values(), strict=True)] or [0] * 24
    shares: Counter[str] = sum(light.values(), Counter())
    head = (Column("species", _("Scientific name")), Column("name", _("Name")))
    hours = tuple(Column(f"h{hour:02d}", f"{hour:02d}", narrow=True) for hour in range(24))
    light_columns = (
        *head,
        Column("events", _("Events")),
        Column("day", _("Day")),
        Column("twilight", _("Twilight")),
        Column("night", _("Night")),
        Column("day_share", _("Day, %"), 1),
        Column("twilight_share", _("Twilight, %"), 1),
        Column("night_share", _("Night, %"), 1),
    )
    lit: list[Row] = []
    for one in order:
        parts = [light[one][what] for what in (DAY, TWILIGHT, NIGHT)]
        whole = sum(parts)
        lit.append(
            (
                subjects.species(one),
                subjects.word(one),
                sum(clock[one]),
                *parts,
                *(100 * part / whole if whole else None for part in parts),
            )
        )
    whole = sum(shares.values())
    words = {DAY: _("Day"), TWILIGHT: _("Twilight"), NIGHT: _("Night")}
    left_out = []
    if no_place:
        left_out.append(
            ngettext(
                "{n} event has no known place and cannot be set against the sun.",
                "{n} events have no known place and cannot be set against the sun.",
                no_place,
            ).format(n=figure(no_place))
        )
    if no_turn:
        left_out.append(
            ngettext(
                "{n} event falls on a day without sunrise or sunset and has no hour by the sun.",
                "{n} events fall on days without sunrise or sunset and have no hour by the sun.",
                no_turn,
            ).format(n=figure(no_turn))
        )
    return _findings(
        got,
        "activity",
        N_("Activity"),
        _("{n} independent events by hour: {night} % of them at night.").format(
            n=figure(len(got.found)), night=round(100 * shares[NIGHT] / whole) if whole else 0
        )
        if whole
        else _("{n} independent events by hour.").format(n=figure(len(got.found))),
        [
            Chart(_("Events by the clock"), _hours(by_clock), upright=True, remark=_("Hours of local time.")),
            Chart(
                _("Events by the sun"),
                _hours(by_sun),
                upright=True,
                remark=_("Hours by the sun: 6 is sunrise, 18 is sunset."),
            ),
            Chart(
                _("Day, twilight and night"),
                tuple(Bar(words[what], shares[what], _share(shares[what], whole)) for what in (DAY, TWILIGHT, NIGHT))
                if whole
                else (),
            ),
        ],
        [
            Table(_("Day, twilight and night"), light_columns, lit),
            Table(_("By the clock"), (*head, *hours), _matrix(order, clock, subjects), "clock"),
            Table(_("By the sun"), (*head, *hours), _matrix(order, solar, subjects), "sun"),
        ],
        {"events": len(got.found), "without_place": no_place, "without_sunrise": no_turn},
        rules=[
            _(
                "By the sun: day and night are each stretched to twelve hours, so that sunrise is 6:00 and sunset 18:00"
                " (double anchoring; Nouvellet et al. 2012, Vazquez et al. 2019). Twilight is civil twilight, with the"
                " sun less than 6° below the horizon."
            )
        ],
        left_out=left_out,
    )


def species_by_month(library: Library, question: Question, cancel: CancelToken | None = None) -> Job[Findings]:
    """Independent events, pictures and the highest MaxN by species, station and month."""
    with library.read() as db:
        got = yield from gather(db, question, cancel)
    subjects, asked = got.subjects, got.asked
    cells: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    months: Counter[str] = Counter()
    for place, one in got.found:
        month = f"{local(place, one):%Y-%m}"
        months[month] += 1
        cell = cells[one.subject, asked.called(place), month]
        cell[0] += 1
        cell[1] += one.pictures
        cell[2] = max(cell[2], one.most)
    columns = (
        Column("species", _("Scientific name")),
        Column("name", _("Name")),
        Column("station", _("Station")),
        Column("month", _("Month")),
        Column("events", _("Events")),
        Column("pictures", _("Pictures")),
        Column("max_n", _("MaxN")),
    )
    place_order = {asked.called(place): n for n, place in enumerate(asked.places)}
    ordered = sorted(cells.items(), key=lambda item: (subjects.word(item[0][0]), place_order[item[0][1]], item[0][2]))
    rows: list[Row] = [
        (subjects.species(subject), subjects.word(subject), station, month, *cell)
        for (subject, station, month), cell in ordered
    ]
    return _findings(
        got,
        "species-by-month",
        N_("Species by station by month"),
        _("{n} independent events in {months} months.").format(n=figure(len(got.found)), months=len(months)),
        [Chart(_("Events by month"), _month_bars(months), upright=True)],
        [Table(_("Species by station by month"), columns, rows)],
        {"events": len(got.found)},
    )


def _findings(
    got: Answered,
    name: str,
    title: str,
    summary: str,
    charts: list[Chart],
    tables: list[Table],
    facts: dict[str, Cell],
    *,
    rules: Sequence[str] = (),
    left_out: Sequence[str] = (),
) -> Findings:
    return Findings(
        name,
        _(title),
        summary,
        analysis_words.scope(got.asked, got.subjects),
        (*rules, *analysis_words.event_rules(got.asked), *analysis_words.place_rules(got.asked)),
        (*left_out, *got.left_out()),
        tuple(chart for chart in charts if chart.bars),
        tuple(tables),
        {**facts, **analysis_words.facts(got.asked, got.lacking)},
    )


def _bars(counts: Counter[str], subjects: Subjects) -> tuple[Bar, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], subjects.word(item[0])))
    return tuple(Bar(subjects.word(subject), n) for subject, n in ordered)


def _hours(counts: Sequence[int]) -> tuple[Bar, ...]:
    return tuple(Bar(str(hour), n) for hour, n in enumerate(counts)) if any(counts) else ()


def _month_bars(months: Counter[str]) -> tuple[Bar, ...]:
    """A bar for every month from the first to the last, also those without events."""
    if not months:
        return ()
    (year, month), last = (int(part) for part in min(months).split("-")), max(months)
    bars = []
    while (name := f"{year:04d}-{month:02d}") <= last:
        bars.append(Bar(name, months[name]))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(bars)


def _matrix(order: Sequence[str], counts: dict[str, list[int]], subjects: Subjects) -> list[Row]:
    return [(subjects.species(one), subjects.word(one), *counts.get(one, [0] * 24)) for one in order]


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)"
