"""Compares two Camtrap DP packages row by row by id and names every difference with its reason.

Run with two folders (the original first) it prints them: ``python tests/exchange/compare_camtrap_dp.py A B``.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

TABLES = {"deployments": "deploymentID", "media": "mediaID", "observations": "observationID"}
TIMES = {"deploymentStart", "deploymentEnd", "timestamp", "eventStart", "eventEnd", "classificationTimestamp"}


@dataclass(frozen=True)
class Difference:
    """One cell, or one whole row (column empty), that is not the same in both."""

    table: str
    id: str
    column: str
    original: str
    exported: str
    why: str


def rows_of(folder: Path, table: str) -> dict[str, dict[str, str]]:
    """The rows of a table by id; AssertionError for an id that stands twice."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_id = {row[TABLES[table]]: row for row in rows}
    assert len(by_id) == len(rows), f"{table}: an id stands twice"
    return by_id


def compare(original: Path, exported: Path) -> list[Difference]:
    """Every difference between two packages, in the order of the tables."""
    found: list[Difference] = []
    people = _shows_people(original)
    for table in TABLES:
        first, second = rows_of(original, table), rows_of(exported, table)
        found += [Difference(table, one, "", "row", "", "missing") for one in first if one not in second]
        found += [Difference(table, one, "", "", "row", "added") for one in second if one not in first]
        for ident, row in first.items():
            other = second.get(ident)
            if other is None:
                continue
            for column, value in row.items():
                if other[column] != value:
                    why = _why(row, column, value, other[column], people)
                    found.append(Difference(table, ident, column, value, other[column], why))
    return found


def _shows_people(folder: Path) -> set[str]:
    """Pictures of people: by a statement on the picture itself or on its event."""
    said = rows_of(folder, "observations").values()
    events = {
        row["eventID"] for row in said if row["observationType"] == "human" and row["observationLevel"] == "event"
    }
    found = {row.get("mediaID", "") for row in said if row["observationType"] == "human"}
    found |= {row.get("mediaID", "") for row in said if row.get("eventID") in events}
    return found - {""}


def _why(row: dict[str, str], column: str, first: str, second: str, people: set[str]) -> str:
    if column in TIMES:
        return "" if not first or not second else _why_time(first, second)
    if column == "filePublic" and (first, second) == ("true", "false"):
        if row["mediaID"] in people:
            return "shows people: not public unless released"
        return "" if "://" in row["filePath"] else "the file lies in the original package and not in this one"
    if not first and column in ("locationID", "locationName", "cameraID"):
        return "filled in: every place and camera has an identifier and a name here"
    if first.casefold() == second.casefold() and column in ("favorite", "timestampIssues", "baitUse", "filePublic"):
        return "spelling of a boolean"
    try:
        if Decimal(first) == Decimal(second):
            return "same number, written otherwise"
    except InvalidOperation:
        pass
    return ""


def _why_time(first: str, second: str) -> str:
    one, other = datetime.fromisoformat(first), datetime.fromisoformat(second)
    if one != other:
        return ""
    return "same time, written otherwise" if one.utcoffset() == other.utcoffset() else "same instant, other offset"


WHY_DESCRIBED = {
    "resources": "tables of our own are added; others' own tables are not taken, and that is listed on import",
    "spatial": "reckoned anew from the coordinates",
    "temporal": "reckoned anew from the deployments",
    "taxonomic": "reckoned anew from the observations, with names from the list of species",
    "coordinatePrecision": "stated only where the program rounded",
}
"""The rest of the descriptor speaks of the package and who made it, which is another one."""


def described(original: Path, exported: Path) -> list[str]:
    """The properties of the two descriptors that differ, with the reason."""
    one, other = (
        json.loads((folder / "datapackage.json").read_text(encoding="utf-8")) for folder in (original, exported)
    )
    return [
        f"{name}: {WHY_DESCRIBED.get(name, 'describes the new package, not the one it came from')}"
        for name in {**one, **other}
        if one.get(name) != other.get(name)
    ]


def main() -> int:
    """Print the differences and how many of each kind there are."""
    original, exported = Path(sys.argv[1]), Path(sys.argv[2])
    found = compare(original, exported)
    for one in found:
        print(f"{one.table} {one.id} {one.column}: {one.original!r} -> {one.exported!r} ({one.why or 'UNEXPLAINED'})")
    for (table, column, why), number in Counter((d.table, d.column, d.why) for d in found).items():
        print(f"{number} x {table}.{column or '(row)'}: {why or 'UNEXPLAINED'}")
    for line in described(original, exported):
        print(f"datapackage.json {line}")
    print(f"{len(found)} differences, {sum(not d.why for d in found)} unexplained")
    return 1 if any(not d.why for d in found) else 0


if __name__ == "__main__":
    sys.exit(main())
