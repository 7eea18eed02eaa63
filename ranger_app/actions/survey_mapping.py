"""Tables of counts with any headings: what their columns hold is proposed, said by a person, and remembered.

A cell that is no plain number or date is taken as most people would mean it, and listed with its row and column.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ranger_app.actions.count_table import BadRow, CountRow, CountTable, Doubt, clock, short
from ranger_app.actions.survey_import import SurveysImported, take
from ranger_app.domain.count_cells import Order, order_of, read_date, read_number
from ranger_app.domain.taxa import fold, match
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import count_tables
from ranger_app.exchange.count_tables import FIELDS, Cells, Grid, Proposal, is_total, merged
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.store import settings

NEEDED = ("site", "date", "taxon", "count")
_REMEMBERED = "survey.columns"
_MOST_REMEMBERED = 50
_TOLD = ("site", "date", "start", "end", "observer", "sector")
_DOWN = ("site", "date")
"""Fields of which an empty cell means the one above: people merge these cells."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the columns hold, as proposed or said, and in which order dates are written."""

    proposal: Proposal
    order: Order = ""
    remembered: bool = False

    def with_column(self, at: int, name: str) -> Chosen:
        """The same with one column held to be ``name`` (a field, ``across``, or empty for nothing)."""
        columns = {one: held for one, held in self.proposal.columns.items() if one != at and held != name}
        if name == "across":
            columns = {one: held for one, held in self.proposal.columns.items() if one != at}
        if name:
            columns[at] = name
        across = self.proposal.across or ("sector" if name == "across" else "")
        if "across" not in columns.values():
            across = ""
        return replace(self, proposal=replace(self.proposal, columns=columns, across=across))

    def with_columns(self, columns: Mapping[int, str], across: str) -> Chosen:
        """The same with all columns as said; ``across`` counts where there are numbers under headings."""
        across = across if "across" in columns.values() else ""
        return replace(self, proposal=replace(self.proposal, columns=dict(columns), across=across))

    def with_order(self, order: Order) -> Chosen:
        """The same with dates written in this order."""
        return replace(self, order=order)

    def with_told(self, name: str, text: str) -> Chosen:
        """The same with a value that holds for the whole table."""
        told = {one: held for one, held in self.proposal.told.items() if one != name}
        if text.strip():
            told[name] = text.strip()
        return replace(self, proposal=replace(self.proposal, told=told))


@dataclass(slots=True)
class Preview:
    """What would be taken of a table. ``needs`` are fields that no column holds; ``asks_order``: dates that could be
    read in two ways. ``unmatched`` species names with their rows; ``left_out`` headings that mean nothing here."""

    grid: Grid
    chosen: Chosen
    table: CountTable
    needs: list[str] = field(default_factory=list)
    asks_order: bool = False
    unmatched: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether it can be taken as it stands."""
        return not self.needs and not self.asks_order and bool(self.table.rows)

    @property
    def header(self) -> Cells:
        """The headings."""
        rows = self.grid.rows
        return rows[self.chosen.proposal.header] if rows else ()

    def answer(self) -> dict[str, object]:
        """As the command line says it."""
        proposal = self.chosen.proposal
        return {
            "sheet": self.grid.name,
            "sheets": list(self.grid.sheets),
            "header_row": proposal.header + 1,
            "columns": {heading(self.header, at): name for at, name in sorted(proposal.columns.items())},
            "across": proposal.across or None,
            "told": dict(proposal.told),
            "needs": self.needs,
            "asks_date_order": self.asks_order,
            "rows": len(self.table.rows),
            "birds": sum(one.count for one in self.table.rows),
            "sites": sorted({one.site for one in self.table.rows}),
            "dates": sorted({one.date for one in self.table.rows}),
            "failed": [{"row": one.row, "code": one.code, "reason": one.reason} for one in self.table.failed],
            "doubtful": [one.answer() for one in self.table.doubtful],
            "unmatched": [{"taxon": name, "rows": number} for name, number in self.unmatched.items()],
            "left_out": self.left_out,
        }


def letter(at: int) -> str:
    """A column as spreadsheets call it: 0 is A, 26 is AA."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text


def heading(header: Cells, at: int) -> str:
    """A column's heading, its letter where it has none."""
    return header[at] if at < len(header) and header[at] else letter(at)


def whole_heading(found: Preview, at: int) -> str:
    """A column's heading with the merged one that stands over it."""
    proposal = found.chosen.proposal
    own = heading(found.header, at)
    if proposal.above < 0 or proposal.columns.get(at) != "across":
        return own
    over = merged(found.grid.rows[proposal.above], len(found.header))
    return f"{over[at]} · {own}" if at < len(over) and over[at] else own


def proposed(library: Library, grid: Grid) -> Chosen:
    """What was said of such a header before, else what its words usually mean."""
    found = count_tables.propose(grid.rows)
    if not grid.rows:
        return Chosen(found)
    with library.read() as db:
        known = _known(settings.get(db, _REMEMBERED, "{}")).get(_mark(grid.rows[found.header]))
    if not isinstance(known, dict):
        return Chosen(found)
    try:
        columns = {int(at): str(name) for at, name in known["columns"].items()}
        across = str(known["across"])
        order: Order = known["order"] if known["order"] in ("dmy", "mdy", "ymd") else ""
    except (KeyError, ValueError, AttributeError, TypeError):
        return Chosen(found)
    return Chosen(replace(found, columns=columns, across=across), order, remembered=True)


def preview(library: Library, path: Path, chosen: Chosen | None = None, sheet: str = "") -> Preview:
    """Read a table and say what would be taken; nothing is written. Errors as ``count_tables.read``."""
    grid = count_tables.read(path, sheet)
    return seen(grid, chosen or proposed(library, grid))


def seen(grid: Grid, chosen: Chosen) -> Preview:
    """What would be taken of a grid under a choice of columns."""
    found = Preview(grid, chosen, CountTable(encoding=grid.encoding))
    proposal = chosen.proposal
    held = {*proposal.columns.values(), *proposal.told, proposal.across, proposal.above_is}
    if "across" in held:
        held.add("count")
    if "scientific" in held:
        held.add("taxon")
    found.needs = [name for name in NEEDED if name not in held]
    found.left_out = [cell for at, cell in enumerate(found.header) if cell and at not in proposal.columns]
    if not found.needs:
        _Reading(found).run()
    return found


def import_mapped(library: Library, found: Preview) -> SurveysImported:
    """Take what a preview showed and remember its columns. UsageProblem where something has still to be said."""
    if found.needs:
        raise UsageProblem(
            "MAP_INCOMPLETE",
            _("No column is known to hold: {fields}.").format(fields=", ".join(found.needs)),
            _("Say which, such as {example}.").format(example="--map " + ",".join(f"{one}=…" for one in found.needs)),
        )
    if found.asks_order:
        raise UsageProblem(
            "DATE_ORDER",
            _("The dates of the table can be read in two ways: day or month first."),
            _("Say which: --date-order dmy or mdy."),
        )
    done = take(library, found.table)
    remember(library, found)
    return done


def remember(library: Library, found: Preview) -> None:
    """Keep what the columns of such a header hold, for the next table with the same one."""
    proposal = found.chosen.proposal
    said = {
        "columns": {str(at): name for at, name in proposal.columns.items()},
        "across": proposal.across,
        "order": found.chosen.order,
    }
    with library.read() as db:
        known = _known(settings.get(db, _REMEMBERED, "{}"))
    known.pop(_mark(found.header), None)
    known[_mark(found.header)] = said
    kept = dict(list(known.items())[-_MOST_REMEMBERED:])
    library.write(lambda db: settings.put(db, _REMEMBERED, json.dumps(kept)))


def _known(text: str) -> dict[str, object]:
    try:
        known = json.loads(text)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _mark(header: Cells) -> str:
    return hashlib.sha256("\x1f".join(fold(cell) for cell in header).encode()).hexdigest()[:24]


def given(
    chosen: Chosen,
    header: Cells,
    columns: Mapping[str, str],
    *,
    told: Mapping[str, str] | None = None,
    across: str = "",
    order: Order = "",
) -> Chosen:
    """A choice with what a command line says: ``columns`` are field -> heading (or letter). UsageProblem for others."""
    for name, wanted in columns.items():
        at = _column(header, wanted)
        if name not in (*FIELDS, "ignore", "across") or at is None:
            raise UsageProblem(
                "MAP_WRONG",
                _("{text} does not say which column is which field.").format(text=f"{name}={wanted}"[:80]),
                _("Write field=heading; the fields are {words}.").format(words=", ".join((*FIELDS, "ignore"))),
            )
        chosen = chosen.with_column(at, "" if name == "ignore" else name)
    if across:
        proposal = chosen.proposal
        spread = {at: name for at, name in proposal.columns.items() if name != across}
        for at, cell in enumerate(header):
            left_out = at in (_column(header, wanted) for name, wanted in columns.items() if name == "ignore")
            if cell and at not in spread and not left_out and not is_total(cell):
                spread[at] = "across"
        chosen = replace(chosen, proposal=replace(proposal, columns=spread, across=across))
    for name, text in (told or {}).items():
        chosen = chosen.with_told(name, text)
        if text:
            keep = {at: held for at, held in chosen.proposal.columns.items() if held != name}
            chosen = replace(chosen, proposal=replace(chosen.proposal, columns=keep))
    return replace(chosen, order=order or chosen.order)


def _column(header: Cells, wanted: str) -> int | None:
    folded = fold(wanted)
    for at, cell in enumerate(header):
        if cell and fold(cell) == folded:
            return at
    return next((at for at in range(len(header)) if letter(at).casefold() == folded), None)


# -- rows --------------------------------------------------------------------------------------------------------


class _Reading:
    """Walks the rows of a grid and fills a preview's table."""

    def __init__(self, found: Preview) -> None:
        self.found = found
        self.table = found.table
        self.proposal = found.chosen.proposal
        rows = found.grid.rows
        self.header = found.header
        self.at = {name: at for at, name in self.proposal.columns.items() if name != "across"}
        self.over = merged(rows[self.proposal.above], len(self.header)) if self.proposal.above >= 0 else ()
        self.across = [(at, heading(self.header, at)) for at in self.proposal.of_numbers]
        self.body = rows[self.proposal.header + 1 :]
        dates = [cells[self.at["date"]] for cells in self.body if self.at.get("date", 1 << 30) < len(cells)]
        dates += [text for _at, text in self.across] if self.proposal.across == "date" else []
        dates += list(self.over) if self.proposal.above_is == "date" else []
        dates += [self.proposal.told["date"]] if "date" in self.proposal.told else []
        self.order: Order = found.chosen.order or order_of(dates)
        self.names: dict[str, str] = {}
        self.unknown: Counter[str] = Counter()

    def run(self) -> None:
        """Read all rows."""
        before: dict[str, str] = {}
        for number, cells in enumerate(self.body, self.proposal.header + 2):
            if not any(cells):
                continue
            said = {name: cells[at] if at < len(cells) else "" for name, at in self.at.items()}
            first = next(cell for cell in cells if cell)
            total = next((one for one in (first, *said.values()) if one and is_total(one)), "")
            if total:
                self._failed(
                    number, "TOTALS_ROW", _("A row of totals ({text}) is passed over.").format(text=short(total))
                )
                continue
            if cells == self.header:
                self._failed(number, "HEADER_AGAIN", _("The headings stand here again; the row is passed over."))
                continue
            numbers = [at for at, _text in self.across] or [self.at.get("count", -1)]
            if not any(at < len(cells) and cells[at] for at in numbers if at >= 0):
                if said.get("taxon") or said.get("scientific"):
                    before = self._down(number, said, before, quiet=True)
                    if not self.across:
                        where = heading(self.header, self.at["count"])
                        self.table.doubtful.append(Doubt(number, where, "", _("empty, read as not counted")))
                continue
            before = self._down(number, said, before)
            self._row(number, cells, said)
        self.found.unmatched = dict(self.unknown)

    def _down(
        self, number: int, said: dict[str, str], before: dict[str, str], *, quiet: bool = False
    ) -> dict[str, str]:
        if all(said.get(name) for name in _DOWN if name in self.at):
            return dict(said)
        for name in _DOWN:
            if name in said and not said[name] and before.get(name):
                said[name] = before[name]
                if not quiet:
                    taken = _("empty, read as in the row above: {text}").format(text=before[name])
                    self.table.doubtful.append(Doubt(number, heading(self.header, self.at[name]), "", taken))
        return {**before, **{name: said[name] for name in _DOWN if said.get(name)}}

    def _row(self, number: int, cells: Cells, said: Mapping[str, str]) -> None:
        if not self.across:
            self._count(number, said, said.get("count", ""), heading(self.header, self.at["count"]))
            return
        for at, text in self.across:
            cell = cells[at] if at < len(cells) else ""
            if cell and not is_total(text):
                over = {self.proposal.above_is: self.over[at]} if at < len(self.over) else {}
                column = whole_heading(self.found, at)
                self._count(number, {**said, **over, self.proposal.across: text}, cell, column)

    def _count(self, number: int, said: Mapping[str, str], cell: str, column: str) -> None:
        told = self.proposal.told
        value = {name: said.get(name) or told.get(name, "") for name in (*_TOLD, *FIELDS)}
        taxon = self._taxon(number, value["scientific"], value["taxon"])
        if not taxon or not value["site"]:
            name = "site" if taxon else "taxon"
            reason = _("The column {column} is empty.").format(column=heading(self.header, self.at.get(name, 0)))
            self._failed(number, f"{name.upper()}_MISSING", reason)
            return
        day = read_date(value["date"], self.order)
        if day.open:
            self.found.asks_order = True
        if not day.text:
            code = "DATE_OPEN" if day.open else "DATE_WRONG"
            reason = (
                _("{text} is a date that can be read in two ways.")
                if day.open
                else _("{text} is not a date such as 2026-05-31.")
            ).format(text=short(value["date"]))
            self._failed(number, code, reason)
            return
        birds = read_number(cell)
        if birds.wrong:
            reason = _("{text} is not a whole number of birds.").format(text=short(cell))
            self._failed(number, "COUNT_WRONG", f"{column}: {reason}" if self.across else reason)
            return
        if day.doubt and self.proposal.across != "date":
            self._doubt(number, heading(self.header, self.at.get("date", 0)), value["date"], day.doubt)
        if birds.doubt:
            self._doubt(number, column, cell, birds.doubt)
        if birds.count is None:
            return
        observers = [
            name.strip() for part in value["observer"].split(";") for name in part.replace("；", "、").split("、")
        ]
        self.table.rows.append(
            CountRow(
                number,
                value["site"],
                day.text,
                clock(value["start"]),
                clock(value["end"]),
                tuple(dict.fromkeys(name for name in observers if name)),
                value["sector"],
                taxon,
                birds.count,
                "; ".join(text for text in (value["remarks"], birds.note) if text),
                birds.method,
                birds.low,
                birds.high,
                birds.give,
                value["flock"],
                value["age"],
                value["sex"],
            )
        )

    def _taxon(self, number: int, scientific: str, name: str) -> str:
        both = f"{scientific}\0{name}"
        known = self.names.get(both)
        if known is None:
            known = next((found for one in (scientific, name) if one and (found := match(one))), "")
            if not known:
                for one in (scientific, name):
                    inside = one.replace("（", "(").replace("）", ")")
                    parts = [part.strip(" )") for part in inside.split("(")] if "(" in inside else []
                    known = known or next((found for part in parts if part and (found := match(part))), "")
                if known:
                    at = self.at.get("taxon", self.at.get("scientific", 0))
                    taken = _("read as {species}").format(species=known)
                    self._doubt(number, heading(self.header, at), name or scientific, taken)
            known = known or scientific or name
            self.names[both] = known
        if known and match(known) is None:
            self.unknown[known] += 1
        return known

    def _doubt(self, number: int, column: str, text: str, taken: str) -> None:
        self.table.doubtful.append(Doubt(number, column, text, taken))

    def _failed(self, number: int, code: str, reason: str) -> None:
        self.table.failed.append(BadRow(number, code, reason))


def sentence(found: Preview) -> str:
    """What would be taken, in one sentence."""
    rows, visits = len(found.table.rows), len({(one.site, one.date) for one in found.table.rows})
    counts = ngettext("{n} count", "{n} counts", rows).format(n=rows)
    return _("{counts} of {visits}").format(
        counts=counts, visits=ngettext("{n} visit", "{n} visits", visits).format(n=visits)
    )


def is_workbook(path: Path) -> bool:
    """Whether a file is a zipped workbook by its first bytes; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def is_ready_made(path: Path, sheet: str = "") -> bool:
    """Whether a workbook has the header that needs no mapping."""
    grid = count_tables.read(path, sheet)
    header = {cell.strip().casefold() for cell in (grid.rows[0] if grid.rows else ())}
    return header == {*FIELDS} - {"scientific", "flock", "age", "sex"}


def not_ready(library: Library, path: Path, sheet: str, problem: DataProblem) -> DataProblem:
    """``problem`` (a header that is not the expected one) with what the columns probably hold, for the command line."""
    try:
        found = preview(library, path, None, sheet)
    except DataProblem:
        return problem
    columns = found.chosen.proposal.columns
    if len(columns) < 2:
        return problem
    guess = ",".join(f"{name}={heading(found.header, at)}" for at, name in sorted(columns.items()) if name != "across")
    more = _("Or say which column is which; they look like: {guess}").format(guess=f"--map {guess}")
    return DataProblem(problem.code, problem.what, f"{problem.todo} {more}")
