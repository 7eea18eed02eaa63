"""Every kind as one CSV table (RFC 4180, UTF-8 with a byte-order mark so that spreadsheets show all scripts)."""

from __future__ import annotations

import csv
from collections.abc import Container
from pathlib import Path

from ranger_app.domain.fields import Group
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.values import exact
from ranger_app.store import rows
from ranger_app.store.connection import Database


def write_tables(db: Database, folder: Path, groups: Container[Group]) -> tuple[dict[str, int], dict[str, int]]:
    """Write ``<kind>.csv`` for every kind; returns (records written, values withheld) by kind.

    Rows are ordered by id and columns as declared, so that two stations with the same records write the same bytes.
    A field whose group is not in ``groups`` keeps its column and loses its value.
    """
    written: dict[str, int] = {}
    withheld: dict[str, int] = {}
    for kind in KINDS:
        number = hidden = 0
        with (folder / f"{kind.name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(["id", *kind.columns])
            for record in rows.find(db, kind.name, order="id"):
                line = [record.id.hex()]
                for field in kind.fields:
                    value = record[field.name]
                    if field.group not in groups and value is not None:
                        hidden += 1
                        value = None
                    line.append(exact(field, value))
                table.writerow(line)
                number += 1
        written[kind.name] = number
        if hidden:
            withheld[kind.name] = hidden
    return written, withheld
