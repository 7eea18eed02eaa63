"""eBird's files of checklists: the Record Format (Extended) that is uploaded, and the tables that eBird gives back.

The first has 19 columns and no header, American dates, miles and acres, and no double quotes inside a field; the second
has a header, kilometres and hectares.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ranger_app.exchange.count_tables import Cells

COLUMNS = 19
KM_A_MILE = 1.609344
ACRES_A_HECTARE = 2.4710538
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Record:
    """One species of one checklist. ``number`` None: present, not counted (X). Distances in km, areas in hectares,
    ``minutes`` of the visit; None where not known. ``date`` is YYYY-MM-DD, ``start`` HH:MM or empty."""

    scientific: str
    number: int | None
    location: str
    date: str
    start: str = ""
    latitude: float | None = None
    longitude: float | None = None
    country: str = ""
    protocol: str = "Historical"
    observers: int | None = None
    minutes: int | None = None
    complete: bool = False
    km: float | None = None
    hectares: float | None = None
    remarks: str = ""
    visit_remarks: str = ""
    row: int = 0
    written: str = ""
    """The number as it stands in a file that was read."""


def write(records: Iterable[Record], out: Path) -> int:
    """Write the file to upload; how many lines it has. OSError where that fails."""
    number = 0
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        for one in records:
            number += 1
            table.writerow([_plain(text) for text in line(one)])
    return number


def line(one: Record) -> list[str]:
    """The 19 fields of a record. The common name stays empty: eBird matches it in the account's own language."""
    genus, _space, species = one.scientific.partition(" ")
    year, month, day = one.date.split("-")
    return [
        "",
        genus,
        species,
        "X" if one.number is None else str(one.number),
        one.remarks,
        one.location,
        "" if one.latitude is None else f"{one.latitude:.6f}",
        "" if one.longitude is None else f"{one.longitude:.6f}",
        f"{month}/{day}/{year}",
        one.start,
        "",
        one.country,
        one.protocol,
        "" if one.observers is None else str(one.observers),
        "" if one.minutes is None else str(one.minutes),
        "Y" if one.complete else "N",
        "" if one.km is None else f"{one.km / KM_A_MILE:.2f}",
        "" if one.hectares is None else f"{one.hectares * ACRES_A_HECTARE:.1f}",
        one.visit_remarks,
    ]


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.replace('"', "'")).strip()


# -- reading -----------------------------------------------------------------------------------------------------

_HEADER = {
    "scientific": ("scientific name",),
    "count": ("count", "number"),
    "location": ("location", "location name"),
    "latitude": ("latitude",),
    "longitude": ("longitude",),
    "date": ("date", "observation date"),
    "start": ("time", "start time", "time observations started"),
    "country": ("country code", "state/province", "state code"),
    "observers": ("number of observers",),
    "minutes": ("duration (min)", "duration minutes"),
    "complete": ("all obs reported", "all observations reported", "all species reported"),
    "remarks": ("observation details", "species comments"),
    "visit_remarks": ("checklist comments", "submission comments", "trip comments"),
}


def is_record_format(rows: list[Cells]) -> bool:
    """Whether a table is one without header, as it is uploaded."""
    for cells in rows[:5]:
        if len(cells) > COLUMNS or len(cells) < 9 or not re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", cells[8]):
            return False
    return bool(rows)


def fields(rows: list[Cells]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """(row number, cells by field) of either kind of file; nothing where it is neither."""
    if is_record_format(rows):
        names = (
            *("common", "genus", "species", "count", "remarks", "location", "latitude", "longitude", "date", "start"),
            *("state", "country", "protocol", "observers", "minutes", "complete", "miles", "acres", "visit_remarks"),
        )
        for number, cells in enumerate(rows, 1):
            if any(cells):
                found = dict(zip(names, (*cells, *[""] * (COLUMNS - len(cells))), strict=True))
                found["scientific"] = f"{found['genus']} {found['species']}".strip()
                yield number, found
        return
    header = [cell.casefold() for cell in (rows[0] if rows else ())]
    at = {name: next((header.index(word) for word in words if word in header), -1) for name, words in _HEADER.items()}
    if min(at["scientific"], at["count"], at["location"], at["date"]) < 0:
        return
    for number, cells in enumerate(rows[1:], 2):
        if any(cells):
            yield number, {name: cells[one] if 0 <= one < len(cells) else "" for name, one in at.items()}
