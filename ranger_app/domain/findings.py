"""What an analysis answers, as plain values: figures in tables and bars, the rule in words, and what it leaves out.

The window, the page and the CSV show the same findings, so that none of them can say something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float | None
"""A figure or a word; None is an empty cell: not known, which is never 0."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``code`` heads it in the CSV and is never translated, ``title`` heads it for people.

    ``digits`` are the decimals shown; ``narrow`` columns belong to a matrix; ``csv_only`` ones are on no page. In a
    ``mixed`` one each row counts something else: whole numbers are shown without decimals.
    """

    code: str
    title: str
    digits: int = 0
    narrow: bool = False
    csv_only: bool = False
    mixed: bool = False

    def digits_of(self, cell: Cell) -> int:
        """The decimals this cell is shown with."""
        return 0 if self.mixed and isinstance(cell, int) else self.digits


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. ``name`` tells the files of a report apart and is empty for the main table."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, how long it is (None: not known) and, where it differs, the figure as text."""

    word: str
    value: float | None
    text: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points (x, y) in the order of x, from zero upwards; ``word`` says whose it is."""

    word: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a timeline: ``marks`` are (step, key) by number, each step of time under each key at most once."""

    word: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    """A timeline: rows over the same steps of time. Each key has its own height in a row, and its own colour."""

    steps: tuple[str, ...]
    keys: tuple[str, ...]
    rows: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from zero, or where there are none curves over two axes, or a timeline.

    ``upright`` for the hours of a day or the months of a year; ``digits`` of the figures; ``axes`` name what curves
    show across and upwards.
    """

    title: str
    bars: tuple[Bar, ...] = ()
    upright: bool = False
    digits: int = 0
    remark: str = ""
    curves: tuple[Curve, ...] = ()
    axes: tuple[str, str] = ("", "")
    lanes: Lanes | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A small picture (JPEG) with what stands below it."""

    jpeg: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Findings:
    """One report. ``summary`` is its main result in a sentence; ``rules`` how it was counted; ``left_out`` what is not
    in it, each a sentence with its number."""

    name: str
    title: str
    summary: str
    scope: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    left_out: tuple[str, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    facts: dict[str, Cell] = field(default_factory=dict)
    """Figures by code for the command line's JSON answer."""
    photos: tuple[Photo, ...] = ()
    written_by: str = ""
    """Who asked for it, where the report says so."""
    compact: bool = False
    """A summary for a manager: figures and photos first, how they were counted at the end."""
    reproducible: bool = False
    """The same page at every station that holds the same records: it names neither who made it nor when."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(table.rows for table in self.tables)
