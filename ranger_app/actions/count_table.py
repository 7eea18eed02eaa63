"""Reads a table of waterbird counts: any usual encoding and delimiter, row by row, a bad row beside the good ones.

It knows nothing of the library; what the rows mean there is decided by the survey import.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as calendar_date
from pathlib import Path

from ranger_app.domain.count_cells import read_number
from ranger_app.domain.taxa import match
from ranger_app.errors import DataProblem
from ranger_app.exchange.count_tables import bytes_of, refused, too_big
from ranger_app.i18n import _

HEADER = ("site", "date", "start", "end", "observer", "sector", "taxon", "count", "remarks")
MOST_ROWS = 200_000
_LONGEST_CELL = 20_000
_OLD_ENCODINGS = ("cp1251", "gb18030", "cp949", "cp932")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2})?")


@dataclass(frozen=True, slots=True)
class CountRow:
    """One valid row. ``row`` counts as a spreadsheet does, the header being row 1."""

    row: int
    site: str
    date: str
    start: str
    end: str
    observers: tuple[str, ...]
    sector: str
    taxon: str
    """As written, one form of each letter (NFC)."""
    count: int
    remarks: str
    method: str = "counted"
    low: int | None = None
    high: int | None = None
    give: int | None = None
    flock: str = ""
    age: str = ""
    sex: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell to look at again: in which ``row`` and under which heading (``column``), what it says, what was taken."""

    row: int
    column: str
    text: str
    taken: str

    def answer(self) -> dict[str, object]:
        """As the command line says it."""
        return {"row": self.row, "column": self.column, "text": self.text, "taken": self.taken}


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was not taken: ``code`` is stable, ``reason`` a translated sentence."""

    row: int
    code: str
    reason: str


@dataclass(slots=True)
class CountTable:
    """The rows of one file."""

    rows: list[CountRow] = field(default_factory=list)
    failed: list[BadRow] = field(default_factory=list)
    encoding: str = ""
    doubtful: list[Doubt] = field(default_factory=list)


def read_counts(path: Path) -> CountTable:
    """The counts of the table ``path``: UTF-8 or UTF-16, or an older encoding where the names of the species prove it;
    comma, semicolon or tab.

    Raises DataProblem where it is no such table or has another header; EnvironmentProblem where it cannot be read.
    """
    data = bytes_of(path)
    text, encoding = _decoded(data)
    delimiter = _delimiter(text)
    columns: list[str] = []
    table = CountTable(encoding=encoding)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            if number == 1:
                columns = _names(cells)
                continue
            if number > MOST_ROWS + 1:
                raise too_big()
            if any(cell.strip() for cell in cells):
                row = _row(number, columns, cells, table.doubtful)
                if isinstance(row, BadRow):
                    table.failed.append(row)
                else:
                    table.rows.append(row)
    except csv.Error as error:
        raise refused("TABLE_BROKEN", _("The table is damaged: a cell is not closed or has no end.")) from error
    return table


def wrong_header() -> DataProblem:
    """HEADER_WRONG, which names the header that needs no mapping."""
    return refused(
        "HEADER_WRONG",
        _("The first line of the table is not the expected header."),
        _("Nothing was taken. Name the columns: {columns}").format(columns=",".join(HEADER)),
    )


def _decoded(data: bytes) -> tuple[str, str]:
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16"), "utf-16"
        for endian in ("utf-16-le", "utf-16-be"):
            # Without a mark: the header's first letters, two bytes each, are proof enough.
            if data[:8] in (text.encode(endian) for text in ("site", "SITE", "Site")):
                return data.decode(endian), endian
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:64]:
            raise _unreadable() from error
    proved = [(text, name) for text, name in _older(data) if _names_species(text)]
    if len(proved) != 1:
        raise _unreadable()
    return proved[0]


def _unreadable() -> DataProblem:
    return refused("TABLE_ENCODING", _("The letters of the table cannot be read with certainty."))


def _older(data: bytes) -> Iterator[tuple[str, str]]:
    for encoding in _OLD_ENCODINGS:
        try:
            yield data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue


def _names_species(text: str) -> bool:
    """Whether a cell with other letters than English ones is the name of a species: chance does not spell that."""
    try:
        cells = {
            cell for line in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)) for cell in line
        }
    except (csv.Error, DataProblem):
        return False
    return any(not cell.isascii() and match(cell) for cell in cells)


def _names(cells: list[str]) -> list[str]:
    names = [cell.lstrip("\ufeff").strip().lower() for cell in cells]
    while names and not names[-1]:  # a spreadsheet likes to save empty columns too
        names.pop()
    return names


def _delimiter(text: str) -> str:
    first = re.split("\r\n|\r|\n", text, maxsplit=1)[0]
    for delimiter in (",", ";", "\t"):
        try:
            cells = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        if sorted(_names(cells)) == sorted(HEADER):
            return delimiter
    raise wrong_header()


def _row(number: int, columns: list[str], cells: list[str], doubtful: list[Doubt]) -> CountRow | BadRow:
    if len(cells) > len(columns):
        if any(cell.strip() for cell in cells[len(columns) :]):
            return BadRow(
                number, "ROW_TOO_LONG", _("The row has more cells than the header: a comma in a text needs quotes.")
            )
        cells = cells[: len(columns)]
    cell = dict.fromkeys(HEADER, "")
    for name, text in zip(columns, cells, strict=False):
        cell[name] = unicodedata.normalize("NFC", text).strip()
    for text in cell.values():
        if len(text) > _LONGEST_CELL or any(
            unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\r\n" for c in text
        ):
            return BadRow(number, "TEXT_WRONG", _("A cell holds what is no text."))
    for name, code in (("site", "SITE_MISSING"), ("taxon", "TAXON_MISSING")):
        if not cell[name]:
            return BadRow(number, code, _("The column {column} is empty.").format(column=name))
    if not _is_date(cell["date"]):
        reason = _("{text} is not a date such as 2026-05-31.").format(text=short(cell["date"]))
        return BadRow(number, "DATE_WRONG", reason)
    birds = read_number(cell["count"])
    if birds.count is None:
        reason = _("{text} is not a whole number of birds.").format(text=short(cell["count"]))
        return BadRow(number, "COUNT_WRONG", reason)
    if birds.doubt:
        doubtful.append(Doubt(number, "count", cell["count"], birds.doubt))
    observers = tuple(dict.fromkeys(name for part in re.split("[;；]", cell["observer"]) if (name := part.strip())))
    return CountRow(
        number,
        cell["site"],
        cell["date"],
        clock(cell["start"]),
        clock(cell["end"]),
        observers,
        cell["sector"],
        cell["taxon"],
        birds.count,
        "; ".join(text for text in (cell["remarks"], birds.note) if text),
        birds.method,
        birds.low,
        birds.high,
        birds.give,
    )


def short(text: str) -> str:
    """The beginning of a cell, in quotation marks."""
    return f"“{text[:40]}”"


def _is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) is not None and bool(
            calendar_date.fromisoformat(text)
        )
    except ValueError:
        return False


def clock(text: str) -> str:
    """``7:05`` as ``07:05``; what is no clock time, such as "dawn", stays as it was written."""
    read = _CLOCK.fullmatch(text)
    if read and int(read[1]) < 24 and int(read[2]) < 60:
        return f"{int(read[1]):02d}:{read[2]}"
    return text
