"""The CSV that Timelapse writes: a project names and orders its columns itself, so they are found by their headers.

Timelapse has File, RelativePath, DateTime (or Date and Time) and DeleteFlag; everything else is a project's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, datetime

from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange.header_tables import Row, Table
from ranger_app.i18n import _

FIELDS = (*("species", "count", "individual", "sex", "age", "behaviour", "remarks", "by", "blank", "ignore"),)
"""What a column of a project can be mapped to."""
_USUAL: dict[str, tuple[str, ...]] = {
    "species": ("species", "taxon", "scientificname", "commonname", "animal", "label"),
    "count": ("count", "number", "howmany", "quantity", "numberofanimals", "animalcount", "total"),
    "individual": ("individual", "individualid", "animalid"),
    "sex": ("sex", "gender"),
    "age": ("age", "lifestage", "ageclass"),
    "behaviour": ("behaviour", "behavior"),
    "remarks": ("comment", "comments", "remarks", "note", "notes"),
    "by": ("user", "username", "observer", "analyst", "identifiedby", "recorder", "person", "reviewer"),
    "blank": ("blank", "empty"),
}
_STANDARD = ("file", "relativepath", "rootfolder", "datetime", "date", "time", "deleteflag")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})[a-z]*-(\d{4})")
_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what: ``told`` is field -> key of the column; ``left`` are headers that mean nothing here."""

    told: Mapping[str, str]
    left: tuple[str, ...]
    dated: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """One row: a file and what was said of it. ``time`` is local, ``YYYY-MM-DDTHH:MM:SS``, None where it has none."""

    row: int
    root: str
    folder: str
    name: str
    time: str | None
    written_time: str
    deleted: bool
    said: Mapping[str, str] = field(default_factory=dict)


def mapping(text: str) -> dict[str, str]:
    """Label -> field from ``Label=field;Label=field``; UsageProblem where it is not that."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        label, equals, name = (piece.strip() for piece in part.rpartition("="))
        if not part.strip():
            continue
        if not equals or not label or name.casefold() not in FIELDS:
            raise UsageProblem(
                "MAP_WRONG",
                _("{text} does not say which column is which field.").format(text=part.strip()[:80]),
                _("Write Label=field; the fields are {words}.").format(words=", ".join(FIELDS)),
            )
        found[label.casefold()] = name.casefold()
    return found


def columns(table: Table, given: Mapping[str, str]) -> Columns:
    """What the header says, with ``given`` (label -> field) before the usual names.

    DataProblem where there is no column File or none of the labels given.
    """
    if "file" not in table.keys:
        raise DataProblem(
            "NOT_TIMELAPSE",
            _("{file} has no column File.").format(file=table.name),
            _("Nothing was taken. Choose the CSV file that Timelapse exported."),
        )
    for label in given:
        if label not in table.keys:
            raise DataProblem(
                "COLUMN_MISSING",
                _("{file} has no column {column}.").format(file=table.name, column=label),
                _("Nothing was taken. Check how the column is called."),
            )
    told = {name: label for label, name in given.items() if name != "ignore"}
    left: list[str] = []
    for key, header in zip(table.keys, table.header, strict=True):
        if key in _STANDARD or key in given or not key:
            continue
        plain = _LETTERS.sub("", key)
        name = next((name for name, usual in _USUAL.items() if plain in usual and name not in told), None)
        if name is None:
            left.append(header)
        else:
            told[name] = key
    dated = "datetime" in table.keys or ("date" in table.keys and "time" in table.keys)
    return Columns(told, tuple(left), dated)


def pictures(table: Table, found: Columns) -> Iterator[tuple[int, Picture | None]]:
    """(row number, what it says); None for a row with a wrong number of cells or without a file name.

    A file that lies less deep than others has too few cells in some versions of Timelapse, and its values would
    stand under the wrong headers.
    """
    for number, row in table.rows():
        yield number, picture(number, row, found.told) if row is not None else None


def picture(number: int, row: Row, told: Mapping[str, str]) -> Picture | None:
    """What one row says; None where it names no file. ``told`` is field -> key of the column."""
    above, _slash, name = row["file"].replace("\\", "/").rpartition("/")
    if not name:
        return None
    folder = row.get("relativepath", "").replace("\\", "/").strip("/")
    written = _written(row)
    return Picture(
        row=number,
        root=row.get("rootfolder", ""),
        folder="/".join(part for part in (folder, above) if part),
        name=name,
        time=read_time(written),
        written_time=written,
        deleted=is_true(row.get("deleteflag", "")),
        said={field: row[key] for field, key in told.items() if row[key]},
    )


def _written(row: Row) -> str:
    return row.get("datetime") or f"{row.get('date', '')} {row.get('time', '')}".strip()


def read_time(text: str) -> str | None:
    """Local time from ``2021-04-11 20:43:09``, the same with ``T``, or ``11-Apr-2021 20:43:09``; None otherwise."""
    text = text.strip()
    if text[10:11] == "T":
        text = f"{text[:10]} {text[11:]}"
    day, _space, clock = text.partition(" ")
    match = _DATE.fullmatch(day)
    if match:
        month = match[2].casefold()
        if month not in _MONTHS:
            return None
        day = f"{match[3]}-{_MONTHS.index(month) + 1:02d}-{int(match[1]):02d}"
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day) or not re.fullmatch(r"\d\d:\d\d:\d\d", clock.strip()):
        return None
    try:
        moment = datetime.fromisoformat(f"{day}T{clock.strip()}")
    except ValueError:
        return None
    return moment.isoformat() if 1 < moment.year < MAXYEAR else None


def is_true(text: str) -> bool:
    """Whether a flag is set."""
    return text.casefold() in ("true", "1", "yes")
