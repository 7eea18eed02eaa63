"""Opens a Camtrap DP package: its version, its tables by column name, and what in it has no place here.

Only 1.0.x is read. Older and newer packages are refused whole, because a column that changed its meaning cannot be
told from one that did not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ranger_app.errors import DataProblem
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange.data_package import DataPackage, Resource, broken
from ranger_app.exchange.further_fields import Line
from ranger_app.i18n import _

_VERSION = re.compile(r"camtrap-dp/([^/]+)/")
_OURS = re.compile(r"1\.0(\.\d+)?")
_LONGEST_NAME = 200
Numbered = tuple[int, dict[str, str]]
"""A row with its number as a spreadsheet counts; the header is row 1."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is none: with too many or too few cells."""

    row: int
    cells: int


@dataclass(slots=True)
class Camtrap:
    """A package of a version that is understood, with its three tables checked for their columns."""

    package: DataPackage
    dataset: str
    ours: bool
    """Written by Ranger with all fields: ids are the records' own, and further fields stand beside the tables."""
    unknown: list[tuple[str, str]]
    """(table, column) without a place here; the column is empty where the whole table is unknown."""

    def rows(self, table: str) -> Iterator[Numbered | BadRow]:
        """The rows of a table by column; cells that mean nothing are empty. DataProblem where the table breaks."""
        source = self.package.rows(table)
        header = _header(next(source, (1, []))[1])
        width = len(header)
        for number, cells in source:
            if len(cells) != width:
                if any(cells):
                    yield BadRow(number, len(cells))
                continue
            yield number, dict(zip(header, map(standard.cell, cells), strict=True))

    def has(self, table: str) -> bool:
        """Whether there is such a table."""
        return table in self.package.resources

    def further(self) -> Iterator[Line]:
        """The lines of our own table of further fields, exactly as written."""
        if not self.ours or not self.has("further-fields"):
            return
        for _number, cells in islice(self.package.rows("further-fields"), 1, None):
            if len(cells) != len(standard.FURTHER):
                raise broken("TABLE_BROKEN", _("{file} is damaged or is no table."), self._resource("further-fields"))
            yield cells[0], cells[1], cells[2], cells[3]

    def _resource(self, name: str) -> Resource:
        return self.package.resources[name]


def understand(package: DataPackage) -> Camtrap:
    """Check version, tables and columns; DataProblem with one sentence where it cannot be read."""
    _check_version(package)
    unknown: list[tuple[str, str]] = []
    for table, columns in standard.COLUMNS.items():
        resource = package.resources.get(table)
        if resource is None:
            raise DataProblem(
                "TABLE_MISSING",
                _("The package has no table {table}.").format(table=table),
                _("Nothing was taken. Ask for the package again."),
            )
        header = _header(next(package.rows(table), (1, []))[1])
        for column in standard.REQUIRED[table]:
            if column not in header:
                raise broken("COLUMN_MISSING", _("{file} has no column {column}."), resource, column=column)
        for column in header:
            if header.count(column) > 1:
                raise broken("COLUMN_TWICE", _("{file} has the column {column} twice."), resource, column=column)
        unknown.extend((table, column) for column in header if column not in columns)
    mark = package.descriptor.get("ranger")
    rule = mark.get("rule") if isinstance(mark, dict) else None
    ours = rule == "exact"
    known = {*standard.COLUMNS, "failures"}
    if rule is not None:
        known |= {"individuals", "clock-corrections", "further-fields"}
    if package.resources.get("failures") and not ours:
        header = _header(next(package.rows("failures"), (1, []))[1])
        if not {"deploymentID", "failureStart", "failureEnd"} <= set(header):
            known.discard("failures")
    unknown.extend((name, "") for name in package.resources if name not in known)
    return Camtrap(package, dataset_of(package), ours, unknown)


def _header(cells: list[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _check_version(package: DataPackage) -> None:
    named = [package.text("profile")]
    for table in standard.COLUMNS:
        resource = package.resources.get(table)
        if resource is not None and isinstance(resource.schema, str):
            named.append(resource.schema)
    versions = [found[1] for text in named if (found := _VERSION.search(text))]
    if not versions:
        raise DataProblem(
            "NOT_CAMTRAP_DP",
            _("The package does not say which version of Camtrap DP it follows."),
            _("Nothing was taken. Export it again as Camtrap DP {version}.").format(version=standard.VERSION),
        )
    for version in versions:
        if not _OURS.fullmatch(version):
            raise DataProblem(
                "CAMTRAP_DP_VERSION",
                _("The package follows Camtrap DP {version}; only 1.0 to {newest} can be read.").format(
                    version=version, newest=standard.VERSION
                ),
                _("Nothing was taken. Export it again as Camtrap DP {version}.").format(version=standard.VERSION),
            )


def dataset_of(package: DataPackage) -> str:
    """What the data set is called: its id, else its name, else the project's, else a hash of its title. No spaces."""
    project = package.descriptor.get("project")
    of_project = project if isinstance(project, dict) else {}
    for value in (package.text("id"), package.text("name"), of_project.get("id")):
        if isinstance(value, str) and value.strip() and len(value) <= _LONGEST_NAME:
            return re.sub(r"\s+", "_", standard.cell(value.strip()) or "NA")
    title = f"{package.text('title')}\0{of_project.get('title')}"
    return "title-" + hashlib.sha256(title.encode()).hexdigest()[:16]
