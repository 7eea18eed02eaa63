"""Writes a Camtrap DP 1.0.2 package: its tables row by row, then the descriptor with what was seen on the way.

Knows rows and no records; the tables beyond the standard's three are made when their first row comes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ranger_app import __version__
from ranger_app.exchange import camtrap_dp as standard
from ranger_app.exchange.further_fields import Line

CORRECTIONS = ("deploymentID", "method", "from", "to", "seconds", "secondsAtEnd", "years", "reason")
INDIVIDUALS = (
    *("individualID", "scientificName", "individualName", "sex", "birthSeason", "status", "statusSince", "jointID"),
    *("individualComments",),
)
DESCRIPTIONS: dict[str, str] = {
    "failures": "Times at which a camera of a deployment did not work, with the reason. Subtract them from the effort.",
    "individuals": "Known animals, as observations.individualID names them.",
    "clock-corrections": "How camera times were corrected; media.timestamp holds the corrected time. From and to are"
    " camera times as written, both included; the first row that applies is applied first.",
    "further-fields": "Fields of Ranger's records that no column of the standard holds, as stored: whole numbers in"
    " the unit of the field, identifiers in hex.",
}
_EXTRA: dict[str, tuple[str, ...]] = {
    "failures": standard.FAILURES,
    "individuals": INDIVIDUALS,
    "clock-corrections": CORRECTIONS,
    "further-fields": standard.FURTHER,
}
_PARTS = ("alone", "deployment", "media", "observation")


@dataclass(slots=True)
class Coverage:
    """What the tables hold, for the descriptor: degrees in 1e-7."""

    taxa: set[str] = field(default_factory=set)
    capture_methods: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    individuals: bool = False
    west: int = 1_800_000_000
    south: int = 900_000_000
    east: int = -1_800_000_000
    north: int = -900_000_000
    start: str = ""
    end: str = ""

    def place(self, latitude: int, longitude: int) -> None:
        """Widen the box."""
        self.west, self.east = min(self.west, longitude), max(self.east, longitude)
        self.south, self.north = min(self.south, latitude), max(self.north, latitude)

    def days(self, start: str, end: str) -> None:
        """Widen the days; both are times with offset, of which the local date counts."""
        self.start = min(self.start or start[:10], start[:10])
        self.end = max(self.end, end[:10])


@dataclass(frozen=True, slots=True)
class Words:
    """What a person or the station says of the package."""

    name: str
    title: str
    contributor: str
    created: str
    sampling: str
    licence: str
    rule: str
    precision: str
    sources: Sequence[str]
    """Data sets of others that records came from."""
    names: Mapping[str, Mapping[str, str]]
    """Scientific name -> names by three-letter language code."""


class PackageWriter:
    """The open files of a package that is being written."""

    def __init__(self, folder: Path) -> None:
        self.coverage = Coverage()
        self._folder = folder
        self._open = ExitStack()
        self._tables = {name: self._table(f"{name}.csv", columns) for name, columns in standard.COLUMNS.items()}
        self._extra: dict[str, Any] = {}
        self._further: dict[str, Any] = {}
        self.further_lines = 0

    def __enter__(self) -> PackageWriter:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._open.close()

    def _table(self, name: str, header: Sequence[str] = ()) -> Any:
        file = self._open.enter_context((self._folder / name).open("w", encoding="utf-8", newline=""))
        # Lines of RFC 4180: before Python 3.13 a lone carriage return is quoted only where lines end with one.
        table = csv.writer(file, lineterminator="\r\n")
        if header:
            table.writerow(header)
        return table

    def row(self, table: str, row: Mapping[str, str]) -> None:
        """Add a row to one of the standard's tables; its columns come in the standard's order."""
        self._tables[table].writerow(row.values())

    def extra(self, table: str, cells: Sequence[str]) -> None:
        """Add a row to a table of our own."""
        if table not in self._extra:
            self._extra[table] = self._table(f"{table}.csv", _EXTRA[table])
        self._extra[table].writerow(cells)

    def further(self, part: str, lines: Iterable[Line]) -> None:
        """Note further fields; ``part`` is a kind that has a table, or ``alone``."""
        if part not in self._further:
            self._further[part] = self._table(f"further-{part}.part")
        for line in lines:
            self._further[part].writerow(line)
            self.further_lines += 1

    def finish(self, words: Words) -> None:
        """Join the parts and write the descriptor, last."""
        self._open.close()
        if self._further:
            self._extra["further-fields"] = None
            with (self._folder / "further-fields.csv").open("w", encoding="utf-8", newline="") as whole:
                csv.writer(whole, lineterminator="\r\n").writerow(standard.FURTHER)
                for name in (part for part in _PARTS if part in self._further):
                    part = self._folder / f"further-{name}.part"
                    with part.open(encoding="utf-8", newline="") as text:
                        while block := text.read(1 << 20):
                            whole.write(block)
                    part.unlink()
        described = json.dumps(self._descriptor(words), ensure_ascii=False, indent=2)
        (self._folder / "datapackage.json").write_text(described + "\n", encoding="utf-8", newline="\n")

    def _descriptor(self, words: Words) -> dict[str, object]:
        seen = self.coverage
        described: dict[str, object] = {
            "resources": [*(_resource(name) for name in standard.COLUMNS), *(_own(name) for name in self._extra)],
            "profile": standard.PROFILE,
            "name": words.name,
            "id": words.name,
            "created": words.created,
            "title": words.title,
            "contributors": [
                {"title": words.contributor, "role": "contact"},
                {"title": words.contributor, "role": "rightsHolder"},
            ],
            "sources": [{"title": "Ranger", "version": __version__}, *({"title": one} for one in words.sources)],
            "project": {
                "id": words.name,
                "title": words.title,
                "samplingDesign": words.sampling,
                "captureMethod": sorted(seen.capture_methods) or ["activityDetection"],
                "individualAnimals": seen.individuals,
                "observationLevel": [level for level in ("media", "event") if level in seen.levels] or ["media"],
            },
            "spatial": _box(seen),
            "temporal": {"start": seen.start, "end": seen.end},
            "taxonomic": [_taxon(name, words.names.get(name, {})) for name in sorted(seen.taxa)],
            "ranger": {"rule": words.rule},
        }
        if words.precision:
            described["coordinatePrecision"] = json.loads(words.precision)
        if words.licence:
            described["licenses"] = [{"name": words.licence, "scope": scope} for scope in ("data", "media")]
        return described


def _resource(name: str) -> dict[str, object]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": standard.schema(name),
    }


def _own(name: str) -> dict[str, object]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": DESCRIPTIONS[name],
        "schema": {"fields": [{"name": column, "type": "string"} for column in _EXTRA[name]]},
    }


def _box(seen: Coverage) -> dict[str, object]:
    west, south, east, north = (value / 1e7 for value in (seen.west, seen.south, seen.east, seen.north))
    if (west, south) == (east, north):
        return {"type": "Point", "coordinates": [west, south]}
    if west == east or south == north:
        return {"type": "LineString", "coordinates": [[west, south], [east, north]]}
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


def _taxon(name: str, names: Mapping[str, str]) -> dict[str, object]:
    described: dict[str, object] = {"scientificName": name}
    words = name.split()
    if len(words) in (2, 3) and words[0].istitle() and all(word.islower() and word.isalpha() for word in words[1:]):
        described["taxonRank"] = "species" if len(words) == 2 else "subspecies"
    if names:
        described["vernacularNames"] = dict(names)
    return described
