"""Taking in a table of population estimates and 1 % levels as an edition of its own, and choosing which one holds.

Thresholds are dated and cited data: every edition stays beside the others, and no verdict changes until a manager says
which edition to measure by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions import permission, populations
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id
from ranger_app.domain.ops import Op, change, create
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import population_tables
from ranger_app.exchange.population_tables import UNKNOWN, Line
from ranger_app.i18n import _
from ranger_app.library import Library

STARTER_WORD = "starter"
"""What ``use`` takes for the table that comes with the program."""
_AT_ONCE = 400
_YEARS = range(1900, 2201)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell that was not taken as it stands, with the reason. ``refused``: the whole row was left out."""

    row: int
    cell: str
    reason: str
    refused: bool = False


@dataclass(slots=True)
class Preview:
    """What a table holds: values of records by their id, in the order of the file, and what is doubtful of it."""

    columns: list[str]
    values: dict[bytes, dict[str, Value]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def editions(self) -> list[tuple[str, int | None]]:
        """Editions in the table with their years, newest first."""
        pairs = {(str(one["edition"]), _year_of(one)) for one in self.values.values()}
        return sorted(pairs, key=lambda pair: (pair[1] or 0, pair[0]), reverse=True)


@dataclass(frozen=True, slots=True)
class Taken:
    """Records added, changed and found unchanged; ``in_use`` is the edition that is measured by now."""

    added: int
    changed: int
    same: int
    in_use: str
    preview: Preview


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition that is here. ``used`` where criteria are measured by it."""

    name: str
    published: int | None
    populations: int
    used: bool


def preview(path: Path, edition: str = "", published: int | None = None) -> Preview:
    """Read a table without taking it. ``edition`` and ``published`` stand for cells the table does not have.

    DataProblem where the file is no such table, UsageProblem EDITION_MISSING where nothing names the edition.
    """
    columns, lines = population_tables.lines(path)
    found = Preview(columns)
    if "edition" not in columns and not edition.strip():
        raise UsageProblem(
            "EDITION_MISSING",
            _("The table does not say which edition it is."),
            _("Name it, such as CSR 1, and its year."),
        )
    for line in lines:
        values = _values(line, edition.strip(), published, found.doubts)
        if values is None:
            continue
        record = derived_id(
            "populations", "population", "\0".join(str(values[key]) for key in ("edition", "taxon", "name"))
        )
        if record in found.values:
            if found.values[record] != values:
                found.doubts.append(
                    Doubt(line.row, str(values["name"]), _("the same population stands above with other figures"), True)
                )
            continue
        found.values[record] = values
    return found


def take(library: Library, path: Path, edition: str = "", published: int | None = None, *, use: bool = False) -> Taken:
    """Take a table in. The first edition of a library is measured by at once, a later one with ``use`` or later on.

    Taking the same table again changes nothing. DataProblem ROLE_NEEDED unless a manager is at work.
    """
    permission.require(library, permission.MANAGER)
    found = preview(path, edition, published)
    first = not editions(library)[1:]
    added = changed = same = 0
    ops: list[Op] = []
    with library.read() as db:
        for record, values in found.values.items():
            names = list(values)
            quoted = ", ".join(f'"{name}"' for name in names)
            row = db.conn.execute(f"SELECT {quoted}, deleted FROM population WHERE id=?", (record,)).fetchone()
            if row is None:
                added += 1
                ops.append(create("population", record, {**values, "in_use": 0}))
                continue
            known = dict(zip(names, row, strict=False))
            differing: dict[str, Value] = {name: value for name, value in values.items() if known[name] != value}
            if row[-1]:
                differing["deleted"] = 0
            changed, same = changed + bool(differing), same + (not differing)
            if differing:
                ops.append(change("population", record, differing))
    for start in range(0, len(ops), _AT_ONCE):
        library.commit(ops[start : start + _AT_ONCE], label="import population")
    if found.editions and (use or first):
        measure_by(library, found.editions[0][0])
    used = next((one.name for one in editions(library) if one.used), populations.STARTER)
    return Taken(added, changed, same, used, found)


def measure_by(library: Library, edition: str) -> Edition:
    """Measure criteria by this edition, named by its beginning, from now on; ``starter`` by the table of the program.

    DataProblem ROLE_NEEDED unless a manager is at work, NO_EDITION where there is none or several are meant.
    """
    permission.require(library, permission.MANAGER)
    here = editions(library)
    wanted = taxa.fold(edition)
    meant = [one for one in here if taxa.fold(one.name) == wanted]
    if not meant:
        meant = [one for one in here if wanted and taxa.fold(one.name).startswith(wanted)]
    if wanted == STARTER_WORD:
        meant = here[-1:]
    if len(meant) != 1:
        raise DataProblem(
            "NO_EDITION",
            _("There is no single edition called {name}.").format(name=edition),
            _("Use one of: {words}.").format(words=", ".join(one.name for one in here)),
        )
    with library.read() as db:
        rows = db.conn.execute("SELECT id, edition, in_use FROM population WHERE deleted = 0").fetchall()
    ops = []
    for record, name, used in rows:
        now = int(name == meant[0].name)
        if used != now:
            ops.append(change("population", record, {"in_use": now}))
    for start in range(0, len(ops), _AT_ONCE):
        library.commit(ops[start : start + _AT_ONCE], label="use population")
    return next(one for one in editions(library) if one.name == meant[0].name)


def editions(library: Library) -> list[Edition]:
    """Every edition that is here, newest first; the table of the program is the last."""
    with library.read() as db:
        rows = db.conn.execute(
            "SELECT edition, max(published), count(*), max(in_use IS NOT 0) FROM population WHERE deleted = 0"
            " GROUP BY edition ORDER BY max(published) DESC, edition"
        ).fetchall()
    found = [Edition(name, published, number, bool(used)) for name, published, number, used in rows]
    starter = populations.starter()
    alone = not any(one.used for one in found)
    return [*found, Edition(populations.STARTER, populations.STARTER_YEAR, len(starter), alone)]


def _values(line: Line, edition: str, published: int | None, doubts: list[Doubt]) -> dict[str, Value] | None:
    cells = line.cells
    given = cells.get("taxon", "")
    if not given:
        doubts.append(Doubt(line.row, "", _("no species is named"), True))
        return None
    taxon = taxa.match(given) or taxa.match(" ".join(given.split()[:2]))
    if taxon is None:
        if not _looks_scientific(given):
            doubts.append(Doubt(line.row, given, _("this is no species that is known"), True))
            return None
        taxon = given
        doubts.append(Doubt(line.row, given, _("the species is not in the list; its name is kept as it stands")))
    figures: dict[str, int | None] = {}
    for name in ("low", "high", "one_percent"):
        figures[name] = _number(line, name, doubts)
    if figures["low"] is None and figures["high"] is None and cells.get("size"):
        try:
            figures["low"], figures["high"] = population_tables.ends(cells["size"])
        except ValueError:
            doubts.append(Doubt(line.row, cells["size"], _("this is no certain number; it is left out")))
    low, high, level = (
        None if figures[one] in (UNKNOWN, 0) else figures[one] for one in ("low", "high", "one_percent")
    )
    if low is not None and high is not None and low > high:
        doubts.append(Doubt(line.row, f"{low} > {high}", _("the smaller end is the larger number; they are swapped")))
        low, high = high, low
    year = _year(line, doubts)
    named = cells.get("edition") or edition
    if not named:
        doubts.append(Doubt(line.row, given, _("no edition is named"), True))
        return None
    several = [cells.get("subspecies", ""), cells.get("name", "")]
    name = ", ".join(dict.fromkeys(one for one in several if one)) or populations.ALL
    period = cells.get("size_years") or "-".join(
        dict.fromkeys(one.removesuffix(".0") for one in (cells.get("first", ""), cells.get("last", "")) if one)
    )
    return {
        "taxon": taxon,
        "name": name,
        "flyway": cells.get("flyway"),
        "low": low,
        "high": high,
        "size_years": period or None,
        "quality": cells.get("quality"),
        "one_percent": level,
        "edition": named,
        "published": year if year is not None else published,
        "reference": cells.get("reference"),
    }


def _number(line: Line, name: str, doubts: list[Doubt]) -> int | None:
    text = line.cells.get(name, "")
    try:
        return population_tables.whole(text)
    except ValueError:
        doubts.append(Doubt(line.row, text, _("this is no certain number; it is left out")))
        return None


def _year(line: Line, doubts: list[Doubt]) -> int | None:
    text = line.cells.get("published", "").removesuffix(".0")
    if not text:
        return None
    if text.isdigit() and int(text) in _YEARS:
        return int(text)
    doubts.append(Doubt(line.row, text, _("this is no year; it is left out")))
    return None


def _looks_scientific(text: str) -> bool:
    words = text.split()
    return len(words) >= 2 and words[0][:1].isupper() and all(one.isalpha() and one.isascii() for one in words[:2])


def _year_of(values: dict[str, Value]) -> int | None:
    year = values["published"]
    return year if isinstance(year, int) else None
