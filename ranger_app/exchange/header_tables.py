"""CSV tables of other programs that are known by their headers alone: in a folder, in a zip file, or one by one.

They come with the same bounds as data packages; a row with another number of cells than the header is never shifted
into place, it is passed on as one that cannot be read.
"""

from __future__ import annotations

import csv
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ranger_app.errors import DataProblem
from ranger_app.exchange.data_package import DataPackage, Resource, broken
from ranger_app.i18n import _

Row = dict[str, str]
_MOST_COLUMNS = 1_000
_MOST_LINE = 2 << 20


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its file name, its header as written (trimmed), and ``keys``, the header as it is compared."""

    name: str
    header: tuple[str, ...]
    package: DataPackage

    @property
    def keys(self) -> tuple[str, ...]:
        """Column names in lower case."""
        return tuple(column.casefold() for column in self.header)

    def rows(self) -> Iterator[tuple[int, Row | None]]:
        """(row number as a spreadsheet counts, trimmed cells by key); None for a row with too many or too few cells.

        Rows without any text are passed over. DataProblem where the table breaks.
        """
        keys = self.keys
        for number, cells in self.package.rows(self.name):
            if any("\0" in cell for cell in cells):
                raise _damaged(self.package, self.name)
            if number == 1 or not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(keys):
                yield number, None
            else:
                yield number, dict(zip(keys, (_cell(cell) for cell in cells), strict=True))


def _cell(text: str) -> str:
    """A cell without blanks around it, Unicode in one form, as all text of records is."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _damaged(package: DataPackage, name: str) -> DataProblem:
    return broken("TABLE_BROKEN", _("{file} is damaged or is no table."), package.resources[name])


@contextmanager
def tables(source: Path) -> Iterator[list[Table]]:
    """Every CSV table of a folder, a zip file or a file, by name; DataProblem where one has no usable header.

    Of a folder only its own files count, of a zip file those beside the first table.
    """
    csv.field_size_limit(_MOST_LINE)
    if source.is_dir():
        names = sorted(path.name for path in source.iterdir() if path.suffix.casefold() == ".csv" and path.is_file())
        yield _all(DataPackage({}, _resources(names), source))
    elif source.suffix.casefold() == ".zip":
        try:
            archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise _no_tables(source) from error
        with archive:
            members = [one for one in archive.namelist() if one.casefold().endswith(".csv") and "__MACOSX" not in one]
            members.sort(key=lambda one: (one.count("/"), one))
            inside = members[0].rpartition("/")[0] + "/" if members and "/" in members[0] else ""
            names = [one.removeprefix(inside) for one in members if one.rpartition("/")[0] == inside.rstrip("/")]
            try:
                yield _all(DataPackage({}, _resources(names), archive, inside))
            except (zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
                raise _no_tables(source) from error
    else:
        yield _all(DataPackage({}, _resources([source.name]), source.parent))


def _resources(names: list[str]) -> dict[str, Resource]:
    return {name: Resource(name, name, None, ",", '"', "utf-8-sig", False, None) for name in names}


def _no_tables(source: Path) -> DataProblem:
    return DataProblem(
        "TABLE_BROKEN",
        _("{file} is damaged or is no table.").format(file=source.name),
        _("Nothing was taken. Ask for the file again."),
    )


def _all(package: DataPackage) -> list[Table]:
    return [Table(name, _header(package, name), package) for name in package.resources]


def _header(package: DataPackage, name: str) -> tuple[str, ...]:
    resource = package.resources[name]
    cells = next(package.rows(name), (1, []))[1]
    if len(cells) == 1 and cells[0].count(";") > 1:  # as spreadsheets write where the comma is for decimals
        resource = package.resources[name] = replace(resource, delimiter=";")
        cells = next(package.rows(name), (1, []))[1]
    header = tuple(_cell(cell) for cell in cells)
    if not any(header):
        raise broken("TABLE_EMPTY", _("{file} is empty."), resource)
    if len(header) > _MOST_COLUMNS:
        raise broken("TOO_MANY_COLUMNS", _("{file} has more than {n} columns."), resource, n=_MOST_COLUMNS)
    if any("\0" in cell for cell in header):
        raise _damaged(package, name)
    keys = [cell.casefold() for cell in header]
    twice = next((cell for cell in header if cell and keys.count(cell.casefold()) > 1), "")
    if twice:
        raise broken("COLUMN_TWICE", _("{file} has two columns {column}."), resource, column=twice[:80])
    return header
