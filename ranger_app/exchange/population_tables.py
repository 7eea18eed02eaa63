"""Tables of waterbird populations as people download them: XLSX or CSV, columns found by their usual headings.

The portal of the Waterbird Populations gives no fixed layout and other tables have their own, so headings decide and
whatever cannot be read for certain is told cell by cell.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.i18n import _

_MOST_BYTES = 64 << 20
_MOST_UNPACKED = 512 << 20
_MOST_ROWS = 50_000
_MOST_COLUMNS = 200
_HEAD_WITHIN = 30

HEADINGS: dict[str, tuple[str, ...]] = {
    "taxon": (
        "scientificname", "scientific", "latinname", "species", "speciesname", "taxon", "binomial", "学名", "拉丁名",
        "латинскоеназвание", "вид", "научноеназвание",
    ),
    "subspecies": ("subspecies", "ssp"),
    "name": ("populationname", "population", "biogeographicpopulation", "种群", "популяция"),
    "flyway": ("flyway", "flyways", "flywayname", "flywayregion", "迁飞区", "пролетныйпуть", "пролётныйпуть"),
    "low": (
        "sizemin", "populationsizemin", "minimum", "min", "estimatemin", "minestimate", "minimumestimate", "low",
        "sizelow", "populationsizelow", "minsize", "populationsizeminimum",
    ),
    "high": (
        "sizemax", "populationsizemax", "maximum", "max", "estimatemax", "maxestimate", "maximumestimate", "high",
        "sizehigh", "populationsizehigh", "maxsize", "populationsizemaximum",
    ),
    "size": ("size", "populationsize", "estimate", "populationestimate", "种群数量", "численность"),
    "first": ("startyear", "sizestartyear", "yearstart", "estimatestartyear", "populationsizestartyear", "from"),
    "last": ("endyear", "sizeendyear", "yearend", "estimateendyear", "populationsizeendyear", "to"),
    "size_years": ("yearsofestimate", "estimateyears", "estimateyear", "years", "period"),
    "quality": ("quality", "sizequality", "estimatequality", "dataquality", "populationsizequality"),
    "one_percent": (
        "1", "1threshold", "1level", "onepercent", "1percent", "onepercentthreshold", "onepercentlevel", "1thresholds",
        "1value", "1criterion", "1阈值", "1порог", "threshold",
    ),
    "published": ("yearset", "publicationyear", "published", "editionyear", "1yearset", "year", "thresholdyear"),
    "edition": ("edition", "publication", "publicationname", "版本", "издание"),
    "reference": ("reference", "references", "source", "sources", "1publication", "notes", "note", "1note"),
}  # fmt: skip
"""What a column is, and headings it goes by: small letters and digits only, everything else left out."""

UNKNOWN = -1
_GROUPED = re.compile(r"\d{1,3}(?:[ ,.'’\u00a0\u2009\u202f]\d{3})+")
_RANGE = re.compile(r"\s*[-–—−]\s*|\s+to\s+|\s+до\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One row by the names of ``HEADINGS``; ``row`` is its number as a spreadsheet counts."""

    row: int
    cells: dict[str, str] = field(default_factory=dict)


def lines(path: Path) -> tuple[list[str], list[Line]]:
    """The headings that were understood and the rows below them.

    DataProblem TABLE_UNREAD where the file is no such table, TABLE_NO_HEAD where no heading names a species.
    """
    sheets = _xlsx(path) if path.suffix.casefold() in (".xlsx", ".xlsm") else [_csv(path)]
    for rows in sheets:
        taken = list(islice(rows, _MOST_ROWS + 1))
        if len(taken) > _MOST_ROWS:
            raise _unread(path, _("it has more than {n} rows").format(n=_MOST_ROWS))
        for at, row in enumerate(taken[:_HEAD_WITHIN]):
            columns = _columns(row)
            if "taxon" in columns and len(columns) >= 2:
                return list(columns), _below(taken, at, columns)
    raise DataProblem(
        "TABLE_NO_HEAD",
        _("No row of headings with a species and a number was found."),
        _("Name the columns: species, population, size min, size max, 1 %, publication, year."),
    )


def whole(text: str) -> int | None:
    """A number of birds: thousands in any usual marks, a trailing ".0" of a spreadsheet; None where there is none.

    UNKNOWN for -1, the portal's word for it. ValueError where it is not certain: "ca. 200", "1.5", "<1,000".
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if text in ("", "-", "–", "—", "?", "n/a", "N/A", "null", "None"):
        return None
    text = text.replace("−", "-")
    if re.fullmatch(r"-1(\.0+)?", text):
        return UNKNOWN
    if re.fullmatch(r"\d+(\.00?)?", text):
        return int(text.partition(".")[0])
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"\D", "", text))
    raise ValueError(text)


def ends(text: str) -> tuple[int | None, int | None]:
    """A size that stands in one cell: "20,000-25,000" or one number; ValueError where it is not certain."""
    parts = _RANGE.split(unicodedata.normalize("NFKC", text).strip())
    if len(parts) == 2 and all(parts):
        return whole(parts[0]), whole(parts[1])
    one = whole(text)
    return one, one


def _below(rows: list[list[str]], head: int, columns: dict[str, int]) -> list[Line]:
    found = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        if any(row):
            found.append(Line(number, {name: row[at] for name, at in columns.items() if at < len(row) and row[at]}))
    return found


def _columns(row: list[str]) -> dict[str, int]:
    """Which column is which; the first of those with the same meaning, better headings before worse ones."""
    keys = ["".join(letter for letter in cell.casefold() if letter.isalnum()) for cell in row]
    found: dict[str, int] = {}
    for name, headings in HEADINGS.items():
        place = next(
            (keys.index(one) for one in headings if one in keys and keys.index(one) not in found.values()), None
        )
        if place is not None:
            found[name] = place
    return found


def _text(cell: object) -> str:
    return unicodedata.normalize("NFC", " ".join(str(cell).split())) if cell is not None else ""


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unread(path, _("it is too large"))
        data = path.read_bytes()
    except OSError as error:
        raise _unread(path, error.strerror or str(error)) from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise _unread(path, _("it is no table"))
    head = text[:20_000]
    mark = max("\t;,", key=head.count)
    try:
        yield from (
            [_text(cell) for cell in row[:_MOST_COLUMNS]] for row in csv.reader(io.StringIO(text), delimiter=mark)
        )
    except csv.Error as error:
        raise _unread(path, str(error)) from error


def _xlsx(path: Path) -> Iterator[Iterator[list[str]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            if path.stat().st_size > _MOST_BYTES or sum(one.file_size for one in archive.infolist()) > _MOST_UNPACKED:
                raise _unread(path, _("it is too large"))
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except DataProblem:
        raise
    except Exception as error:  # a damaged workbook fails in whatever part reads it
        raise _unread(path, _("it is no workbook that can be read")) from error
    try:
        for sheet in book.worksheets:
            yield _sheet(path, sheet)
    finally:
        book.close()


def _sheet(path: Path, sheet: object) -> Iterator[list[str]]:
    try:
        for row in sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True):  # type: ignore[attr-defined]
            yield [_text(cell) for cell in row]
    except Exception as error:
        raise _unread(path, _("it is no workbook that can be read")) from error


def _unread(path: Path, why: str) -> DataProblem:
    return DataProblem(
        "TABLE_UNREAD",
        _("{file} cannot be read: {why}.").format(file=path.name, why=why),
        _("Save it once more as XLSX or CSV and try again."),
    )
