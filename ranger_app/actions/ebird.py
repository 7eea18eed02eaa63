"""Checklists for eBird and from it. What is written passes the sharing rule and the release of each site.

eBird knows no zero and no sector: numbers are summed over a visit, and a species that was looked for and not found
shows only in a complete list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from ranger_app.actions import withheld_counts
from ranger_app.actions.count_table import BadRow, CountRow, CountTable, short
from ranger_app.actions.formats import ExportReport, ExportRequest, ImportFormat, ImportReport, ImportRequest
from ranger_app.actions.patrol_shown import Part, Shown
from ranger_app.actions.release import Released
from ranger_app.actions.survey_import import take
from ranger_app.domain import bird_groups, taxa, visit_words
from ranger_app.domain.count_cells import read_date, read_number
from ranger_app.domain.fields import Value
from ranger_app.errors import DataProblem
from ranger_app.exchange import count_tables, ebird
from ranger_app.exchange.ebird import Record
from ranger_app.geo import outline
from ranger_app.i18n import N_, _, ngettext
from ranger_app.jobs import Job, Progress
from ranger_app.library import Library

RECEIVER = "open"
"""What goes to eBird is for anybody."""
_BINOMIAL = re.compile(r"[A-Z][a-z-]+ [a-z-]+(?: [a-z-]+)?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*([AaPp][Mm])?")


def write(library: Library, request: ExportRequest, report: ExportReport) -> Job[None]:
    """Write ``ebird.csv`` into the request's folder."""
    yield Progress(0, 0, _("Writing tables"))
    with library.moment() as db:
        in_part = withheld_counts.visits_in_part(db)
        writing = _Writing(Shown(library, db, request, report), report, in_part)
        released = Released(db, RECEIVER, everything=request.exact or request.partner)
        ebird.write(writing.records(released), request.folder / "ebird.csv")
    report.failed += [{"file": "ebird.csv", "code": "not_released", "reason": one} for one in released.reasons()]
    writing.say()


class _Writing:
    """Puts counts together by visit and species."""

    def __init__(self, shown: Shown, report: ExportReport, in_part: frozenset[bytes]) -> None:
        self.shown = shown
        self.report = report
        self.in_part = in_part
        """Visits of which their station may keep counts back."""
        self.zeros = self.no_place = self.no_species = 0

    def records(self, released: Released) -> Iterator[Record]:
        """A record for each species of each visit that may leave."""
        places = {one.id: one for one in self.shown.records("location", count=False)}
        counts: dict[bytes, list[Part]] = {}
        for count in self.shown.records("count", order="survey, taxon, id"):
            counts.setdefault(_id(count, "survey"), []).append(count)
        for visit in self.shown.records("survey", order="date, id"):
            site = visit.values.get("site")
            if not released.allows(site):
                continue
            place = places.get(site) if isinstance(site, bytes) else None
            day = read_date(visit.text("date"), "ymd").text
            if place is None or place.degrees is None or not day:
                self.no_place += 1
                continue
            self.report.written["survey"] += 1
            yield from self._visit(visit, place, day, counts.get(visit.id, []))

    def _visit(self, visit: Part, place: Part, day: str, counts: list[Part]) -> Iterator[Record]:
        start, end = visit_words.minutes(visit.text("start")), visit_words.minutes(visit.text("end"))
        minutes = (end - start) % 1440 if start is not None and end is not None and start != end else None
        km = _km(place)
        hectares = place.number("area_ha")
        protocol = "Historical"
        if minutes is not None and km:
            protocol, hectares = "Traveling", None
        elif minutes is not None and hectares:
            protocol, km = "Area", None
        else:
            km = hectares = None
        observers = visit.values.get("observers")
        latitude, longitude = place.degrees or (None, None)
        complete = self._complete(visit, counts)
        for taxon, number, remarks in self._sums(counts):
            yield Record(
                taxon,
                number,
                place.text("name") or f"L-{place.id.hex()[:8]}",
                day,
                (visit_words.time_of_day(visit.text("start")[:5]) or "") if start is not None else "",
                latitude,
                longitude,
                place.text("country"),
                protocol,
                len(json.loads(observers)) if isinstance(observers, str) else None,
                minutes,
                complete,
                km,
                None if hectares is None else float(hectares),
                remarks,
                visit.text("remarks"),
            )
            self.report.written["count"] += 1

    def _sums(self, counts: list[Part]) -> Iterator[tuple[str, int | None, str]]:
        numbers: dict[str, int] = {}
        present: set[str] = set()
        remarks: dict[str, list[str]] = {}
        for one in counts:
            taxon = one.text("taxon")
            if not _BINOMIAL.fullmatch(taxon):
                self.no_species += 1
                continue
            birds = one.number("count") or 0
            if one.text("method") == "present" and not birds:
                present.add(taxon)
            elif birds:
                numbers[taxon] = numbers.get(taxon, 0) + birds
            else:
                self.zeros += 1
            if one.text("remarks"):
                remarks.setdefault(taxon, []).append(one.text("remarks"))
        for taxon in sorted({*numbers, *present}):
            yield taxon, numbers.get(taxon), "; ".join(dict.fromkeys(remarks.get(taxon, [])))

    def _complete(self, visit: Part, counts: list[Part]) -> bool:
        """A list is complete where all groups of waterbirds were looked for and nothing of it stays here."""
        looked_for = bird_groups.counted(visit.values)
        if (
            visit.id in self.in_part
            or visit.values.get("complete") != 1
            or not set(bird_groups.WATERBIRDS) <= looked_for
        ):
            return False
        here = self.shown.number_of("count", "survey=?", (visit.id,))
        return here == len(counts) and all(_BINOMIAL.fullmatch(one.text("taxon")) for one in counts)

    def say(self) -> None:
        """List what has no place in the file."""
        said = (
            (
                "no_zero",
                self.zeros,
                ngettext("{n} zero has no place in eBird.", "{n} zeros have no place in eBird.", self.zeros),
            ),
            (
                "no_species",
                self.no_species,
                ngettext(
                    "{n} count is of no single species and was left out.",
                    "{n} counts are of no single species and were left out.",
                    self.no_species,
                ),
            ),
            (
                "no_place",
                self.no_place,
                ngettext(
                    "{n} survey has no place or date that may be told and was left out.",
                    "{n} surveys have no place or date that may be told and were left out.",
                    self.no_place,
                ),
            ),
        )
        for code, number, text in said:
            if number:
                self.report.failed.append({"file": "ebird.csv", "code": code, "reason": text.format(n=number)})


def _km(place: Part) -> float | None:
    route = outline.read(place.text("route"), ("LineString",))
    return None if route is None else outline.length(route["coordinates"]) / 1000


def _id(part: Part, name: str) -> bytes:
    value = part.values.get(name)
    return value if isinstance(value, bytes) else b""


# -- taking in ---------------------------------------------------------------------------------------------------


def read(library: Library, request: ImportRequest, report: ImportReport) -> Job[None]:
    """Take checklists: the file that is uploaded to eBird, or the tables that it gives back.

    DataProblem with nothing taken where it is neither. What is here already is not added again.
    """
    yield Progress(0, 0, _("Reading"))
    grid = count_tables.read(request.source)
    table = CountTable(encoding=grid.encoding)
    places: dict[str, dict[str, Value]] = {}
    visits: dict[tuple[str, str, str], dict[str, Value]] = {}
    found = list(ebird.fields(grid.rows))
    if not found:
        raise DataProblem(
            "NOT_EBIRD",
            _("{file} is no table of eBird.").format(file=request.source.name),
            _("Nothing was taken. Choose the CSV file that eBird made, or one in its record format."),
        )
    for number, cells in found:
        row = _row(number, cells)
        if isinstance(row, BadRow):
            table.failed.append(row)
            continue
        report.read["count"] += 1
        table.rows.append(row)
        places.setdefault(taxa.fold(row.site), _place(cells))
        visit = visits.setdefault((taxa.fold(row.site), row.date, row.start), {})
        if cells["complete"].strip().casefold() in ("y", "1", "yes", "true"):
            visit["complete"] = 1
        if cells["visit_remarks"]:
            visit["remarks"] = cells["visit_remarks"]
    done = take(library, table, places=places, visits=visits)
    report.new["count"] += done.counts
    report.read["survey"] += len(done.surveys)
    report.new["location"] += len(done.new_locations)
    report.failed += [{"row": one.row, "code": one.code, "reason": one.reason} for one in done.failed]
    report.failed += [
        {
            "row": number,
            "code": "taxon_unknown",
            "reason": _("{taxon} is on no list; kept as written.").format(taxon=name),
        }
        for number, name in done.unmatched
    ]


def _row(number: int, cells: Mapping[str, str]) -> CountRow | BadRow:
    day = read_date(cells["date"], "mdy")
    if not day.text:
        reason = _("{text} is not a date such as 2026-05-31.").format(text=short(cells["date"]))
        return BadRow(number, "DATE_WRONG", reason)
    if not cells["location"] or not (cells["scientific"] or cells.get("common")):
        name = "taxon" if cells["location"] else "site"
        return BadRow(number, f"{name.upper()}_MISSING", _("The column {column} is empty.").format(column=name))
    birds = read_number(cells["count"])
    if birds.count is None:
        reason = _("{text} is not a whole number of birds.").format(text=short(cells["count"]))
        return BadRow(number, "COUNT_WRONG", reason)
    start = _start(cells["start"])
    end = ""
    if start and cells["minutes"].isascii() and cells["minutes"].isdigit() and len(cells["minutes"]) < 5:
        until = (int(start[:2]) * 60 + int(start[3:]) + int(cells["minutes"])) % 1440
        end = f"{until // 60:02d}:{until % 60:02d}"
    taxon = cells["scientific"] or cells["common"]
    remarks = "; ".join(text for text in (cells["remarks"], birds.note) if text)
    return CountRow(
        number,
        *(cells["location"], day.text, start, end, (), "", taxon, birds.count, remarks),
        method=birds.method,
        low=birds.low,
        high=birds.high,
        give=birds.give,
    )


def _start(text: str) -> str:
    read_time = _TIME.fullmatch(text.strip())
    if read_time is None:
        return ""
    hour, minute, half = int(read_time[1]), int(read_time[2]), (read_time[3] or "").casefold()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else ""


def _place(cells: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    try:
        latitude, longitude = round(float(cells["latitude"]) * 1e7), round(float(cells["longitude"]) * 1e7)
    except (ValueError, OverflowError):
        return found
    if abs(latitude) <= 900_000_000 and abs(longitude) <= 1_800_000_000:
        found |= {"latitude": latitude, "longitude": longitude}
    country = cells["country"][:2].upper()
    if country.isascii() and country.isalpha() and len(country) == 2:
        found["country"] = country
    return found


FORMAT = ImportFormat(N_("Checklists of eBird (CSV)"), read)
