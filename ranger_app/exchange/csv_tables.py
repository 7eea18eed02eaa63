"""Every kind as one CSV table (RFC 4180, UTF-8 with a byte-order mark so that spreadsheets show all scripts)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from ranger_app.domain import coarse
from ranger_app.domain.fields import Kind, Value
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.values import exact
from ranger_app.store import rows
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record

Allowed = Callable[[str, Sequence[bytes]], Mapping[bytes, Container[str]]]
"""The groups of fields that may leave of some records of a kind; none for a record that stays."""
_TURN = 500


def write_tables(db: Database, folder: Path, allowed: Allowed | None = None) -> tuple[dict[str, int], dict[str, int]]:
    """Write ``<kind>.csv`` for every kind; returns (records written, records that stay whole or in part) by kind.

    Rows are ordered by id and columns as declared, so that two stations with the same records write the same bytes.
    A field that may not leave keeps its column and loses its value; a place may leave as the middle of its cell.
    Without ``allowed`` everything leaves.
    """
    written: dict[str, int] = {}
    withheld: dict[str, int] = {}
    for kind in KINDS:
        number = hidden = 0
        with (folder / f"{kind.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(["id", *kind.columns])
            for part in _turns(rows.find(db, kind.name, order="id")):
                groups = allowed(kind.name, [record.id for record in part]) if allowed else {}
                for record in part:
                    values = told(kind, record, groups[record.id]) if allowed else record.values
                    hidden += holds_back(record, values)
                    if values is not None:
                        table.writerow([record.id.hex(), *(exact(field, values[field.name]) for field in kind.fields)])
                        number += 1
        written[kind.name] = number
        if hidden:
            withheld[kind.name] = hidden
    return written, withheld


def _turns(records: Iterator[Record]) -> Iterator[list[Record]]:
    while part := list(islice(records, _TURN)):
        yield part


def holds_back(record: Record, values: Mapping[str, Value] | None) -> bool:
    """Whether ``values``, what ``told`` left of a record, lack anything of it."""
    return values is None or any(record[name] is not None and values[name] is None for name in values)


def told(kind: Kind, record: Record, groups: Container[str]) -> dict[str, Value] | None:
    """A record's fields as they may leave; None where it stays."""
    values = {field.name: record[field.name] if field.group.value in groups else None for field in kind.fields}
    rough = next((digits for name, digits in coarse.COARSE.items() if name in groups), None)
    if rough is not None and coarse.PLACE not in groups and kind.name in coarse.LOCATED:
        values |= coarse.groups(kind.name, {name: record[name] for name in coarse.FIELDS})[f"{coarse.PLACE}.{rough}"]
    open_or_rough = rough is not None or any(field.group.value in groups for field in kind.fields)
    return values if open_or_rough else None
