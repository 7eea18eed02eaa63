"""Files of tracks on their way to becoming a patrol: read whole, judged, and looked at before anything is taken.

What cannot be known for sure, such as whose clock a time was read from, is said here and never decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ranger_app.domain.time import offset_text
from ranger_app.errors import DataProblem
from ranger_app.geo import track_files
from ranger_app.geo.track_file import FORMATS, TrackFile
from ranger_app.geo.tracks import LEFT_OUT, LONGEST_GAP, NO_TIME, REASONS, Effort, Judged, believable, judge, tally
from ranger_app.geo.way import Way
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import CancelToken
from ranger_app.library import Library

MOST_POINTS = 3_000_000
"""Of all files of one import together: more do not fit into the memory of a small machine."""

FUTURE = "future"
AFTER_FILE = "after_file"
TIMES_DISAGREE = "times_disagree"
TWICE = "same_way_twice"
_DOUBTS = {
    FUTURE: N_("The file {file} holds times that have not come yet. Its clock may show local time as UTC."),
    AFTER_FILE: N_("The file {file} says that it was written before its last points. Its clock may show local time."),
    TIMES_DISAGREE: N_("{file} and {other} hold the same way, {shift} apart. One of them may show local time as UTC."),
    TWICE: N_("{file} and {other} hold the same way. Its kilometres and hours would count twice."),
}
_COUNTED = [mark for mark, reason in enumerate(REASONS) if reason not in LEFT_OUT and reason != NO_TIME]
_EARLY = 10 * 60_000.0  # ms that a right clock may be ahead
_QUARTER = 15 * 60_000.0
_SAME = 1000.0
_LARGEST_SHIFT = 14 * 3_600_000.0  # no clock is farther from UTC


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about the times that a person should look at; nothing was left out because of it."""

    code: str
    file: str
    other: str = ""
    minutes: int = 0

    @property
    def sentence(self) -> str:
        """For people."""
        shift = offset_text(self.minutes).lstrip("+-") if self.minutes else ""
        return _(_DOUBTS[self.code]).format(file=self.file, other=self.other, shift=shift)


@dataclass(frozen=True, slots=True)
class Source:
    """One file, read and judged. ``judged`` stands beside ``file.ways``."""

    path: Path
    file: TrackFile
    judged: list[Judged]

    @property
    def start(self) -> float | None:
        """The first believable time of its tracks, else of its waypoints; ms since 1970 UTC."""
        times = [one.start for one in self.judged if one.start is not None]
        return min(times or [mark.time for mark in self.file.waypoints if believable(mark.time)], default=None)

    @property
    def end(self) -> float | None:
        """The last one."""
        times = [one.end for one in self.judged if one.end is not None]
        return max(times or [mark.time for mark in self.file.waypoints if believable(mark.time)], default=None)


@dataclass(frozen=True, slots=True)
class Seen:
    """What files hold, before they are taken. ``excluded`` is points by reason over all tracks."""

    files: int
    formats: list[str]
    points: int
    tracks: int
    routes: int
    waypoints: int
    days: list[str]
    raw: Effort
    cleaned: Effort
    still: float | None
    excluded: dict[str, int]
    naive_times: int
    naive_offsets: list[int]
    """Minutes east of UTC that times without a zone were taken for; one for each kind of file that has such times."""
    bad_times: int
    damaged_lines: int
    doubts: list[Doubt] = field(default_factory=list)


def read(
    library: Library,
    paths: Sequence[Path],
    transport: str,
    utc_offset: int | None,
    cancel: CancelToken | None = None,
) -> list[Source]:
    """All of the files and folders ``paths``, by the time they begin; the same content twice is read once.

    DataProblem, naming the file where there are several, for the first that cannot be read.
    """
    found: dict[str, Source] = {}
    points = 0
    files = track_files.in_folders(paths)
    for path in files:
        if cancel is not None and cancel.cancelled:
            break
        try:
            file = track_files.read(path, utc_offset, station_offset=library.station.utc_offset)
        except DataProblem as problem:
            if len(files) == 1 or problem.code == "FILE_NOT_FOUND":
                raise
            what = f"{path.name}: {problem.what}"
            raise DataProblem(problem.code, what, problem.todo) from problem
        points += sum(len(way) for way in file.ways)
        if points > MOST_POINTS:
            raise DataProblem(
                "TOO_MANY_POINTS",
                _("The files hold more points than can be taken at once."),
                _("Nothing was taken. Import fewer days at a time."),
            )
        if file.sha256 not in found:
            found[file.sha256] = Source(path, file, [judge(way, transport) for way in file.ways])
    ordered = sorted(found.values(), key=lambda one: (one.start is None, one.start or 0.0))
    return ordered


def look(
    library: Library,
    paths: Sequence[Path],
    transport: str = "foot",
    utc_offset: int | None = None,
    cancel: CancelToken | None = None,
) -> Seen:
    """What ``patrol_import.import_patrol`` would take from ``paths``; changes nothing. Raises as that does."""
    return seen(library, read(library, paths, transport, utc_offset, cancel), utc_offset)


def seen(library: Library, sources: Sequence[Source], utc_offset: int | None) -> Seen:
    """Figures and doubts of files at hand."""
    offset = library.station.utc_offset if utc_offset is None else utc_offset
    files = [one.file for one in sources]
    judged = [one for source in sources for one in source.judged]
    ways = [way for file in files for way in file.ways]
    return Seen(
        len(files),
        list(dict.fromkeys(file.format for file in files)),
        sum(len(way) for way in ways),
        sum(not way.planned for way in ways),
        sum(way.planned for way in ways),
        sum(len(file.waypoints) for file in files),
        sorted({day for source in sources for day in days_of(source, offset)}),
        sum((one.raw for one in judged), Effort()),
        sum((one.cleaned for one in judged), Effort()),
        still_of(judged),
        tally(one.marks for one in judged),
        sum(file.naive_times for file in files),
        list(dict.fromkeys(file.naive_offset for file in files if file.naive_times)),
        sum(file.bad_times for file in files),
        sum(file.damaged_lines for file in files),
        doubts(sources, datetime.now(UTC).timestamp() * 1000),
    )


def remarks(sources: Sequence[Source], found: Sequence[Doubt]) -> str:
    """What a person who reads the patrol later should know of its times: one line each, empty where all is told.

    Files are called by number and format: their names may tell a place or a ranger's name.
    """
    called = {one.path.name: f"{n} ({FORMATS[one.file.format]})" for n, one in enumerate(sources, 1)}
    lines = []
    for source in sources:
        if naive := source.file.naive_times:
            words = ngettext(
                "File {file}: {n} time without a zone was read as UTC {offset}.",
                "File {file}: {n} times without a zone were read as UTC {offset}.",
                naive,
            )
            offset = offset_text(source.file.naive_offset)
            lines.append(words.format(file=called[source.path.name], n=naive, offset=offset))
    for one in found:
        if one.file in called:
            lines.append(replace(one, file=called[one.file], other=called.get(one.other, "–")).sentence)
    return "\n".join(lines)


def still_of(judged: Sequence[Judged]) -> float | None:
    """Seconds on one spot over all ways; None where no times tell."""
    known = [one.still for one in judged if one.still is not None]
    return sum(known) if known else None


def local(milliseconds: float, offset: int) -> str:
    """An instant on a clock ``offset`` minutes east of UTC, as YYYY-MM-DDTHH:MM:SS."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds, minutes=offset)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def days_of(source: Source, offset: int) -> list[str]:
    """The local dates on which the tracks of a file have points that count, else the dates of its waypoints."""
    found = {day for way, one in zip(source.file.ways, source.judged, strict=True) for day in spans(way, one, offset)}
    if not found:
        found = {local(mark.time, offset)[:10] for mark in source.file.waypoints if believable(mark.time)}
    return sorted(found)


def spans(way: Way, judged: Judged, offset: int) -> dict[str, tuple[float, float]]:
    """First and last believable time (ms since 1970 UTC) of the points that count, by local date.

    A way that goes on past midnight without a gap ends one day and begins the next at midnight itself.
    """
    import numpy

    if judged.start is None or judged.end is None:
        return {}
    first, last = local(judged.start, offset), local(judged.end, offset)
    if first[:10] == last[:10]:
        return {first[:10]: (judged.start, judged.end)}
    time = numpy.asarray(way.time)
    counts = (time >= judged.start) & (time <= judged.end)
    counts &= numpy.isin(numpy.asarray(judged.marks), _COUNTED)
    time = time[counts]
    day = numpy.floor((time / 60_000 + offset) / 1440).astype(numpy.int64)
    found: dict[str, tuple[float, float]] = {}
    before: tuple[str, float] | None = None
    for day_number in numpy.unique(day).tolist():
        of_day = time[day == day_number]
        began, ended = float(of_day.min()), float(of_day.max())
        midnight = float((day_number * 1440 - offset) * 60_000)
        if before is not None and before[1] < midnight <= began and began - before[1] <= LONGEST_GAP * 1000:
            found[before[0]] = found[before[0]][0], midnight
            began = midnight
        before = local(began, offset)[:10], ended
        found[before[0]] = began, ended
    return found


def doubts(sources: Sequence[Source], now: float) -> list[Doubt]:
    """Where times may be local times taken for UTC, or a way is there twice. ``now``: ms since 1970 UTC.

    A flag, never a reason to leave anything out: times that have not come yet, points later than the file itself says
    it was written, and one way in two files with times that differ by whole quarters of an hour, as zones do.
    """
    found: list[Doubt] = []
    ways: dict[tuple[float, ...], tuple[str, float]] = {}
    for source in sources:
        name, made = source.path.name, source.file.made
        start, end = source.start, source.end
        if start is not None and end is not None:
            if end > now + _EARLY:
                found.append(Doubt(FUTURE, name))
            # Some devices write the time of the first point there: that is no contradiction.
            elif believable(made) and end > made + 4 * _QUARTER and abs(made - start) > _EARLY:
                found.append(Doubt(AFTER_FILE, name))
        for way, one in zip(source.file.ways, source.judged, strict=True):
            if way.planned or len(way) < 2:
                continue
            ends = way.latitude[0], way.longitude[0], way.latitude[-1], way.longitude[-1], one.raw.metres
            key = (len(way), *(round(part, 4) for part in ends))
            began = one.start if one.start is not None else 0.0
            if key not in ways:
                ways[key] = name, began
                continue
            other, before = ways[key]
            shift = abs(began - before)
            if shift < _SAME or not (began and before):
                found.append(Doubt(TWICE, name, other))
            elif shift % _QUARTER < _SAME and shift <= _LARGEST_SHIFT:
                found.append(Doubt(TIMES_DISAGREE, name, other, round(shift / 60_000)))
    return found
