"""A report's tables as CSV (RFC 4180, UTF-8 with a byte-order mark so that spreadsheets show all scripts)."""

from __future__ import annotations

import csv
from pathlib import Path

from ranger_app.domain.findings import Cell, Table

_STEERING = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula. Names may come from other stations."""


def write(table: Table, out: Path) -> None:
    """Write one table: codes as headings, points in decimals, empty cells where something is not known."""
    digits = [column.digits for column in table.columns]
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow([column.code for column in table.columns])
        sheet.writerows([_text(cell, n) for cell, n in zip(row, digits, strict=True)] for row in table.rows)


def _text(cell: Cell, digits: int) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.{max(digits, 4)}f}".rstrip("0").rstrip(".")
    if isinstance(cell, str) and cell.startswith(_STEERING):
        return f"'{cell}"
    return cell
