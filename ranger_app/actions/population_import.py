"""Taking in a table of population estimates and 1 % levels as an edition of its own, and choosing which one holds.

Thresholds are dated and cited data: every edition stays beside the others, and no verdict changes until a manager says
which edition to measure by. An edition that a partner sent stands among them; choosing it writes it down as our own, so
that what the partner says of it later changes nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ranger_app.actions import permission, populations
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id
from ranger_app.domain.ops import DELETED, Op, change, create
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange import population_tables
from ranger_app.exchange.population_tables import UNKNOWN, Line
from ranger_app.i18n import _
from ranger_app.library import Library

STARTER_WORD = "starter"
"""What ``use`` takes for the table that comes with the program."""
_AT_ONCE = 400
_KEY = ("edition", "taxon", "name")

Key = tuple[str, ...]
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
    """What a table holds: values of records by edition, species and population, in the order of the file, and what is
    doubtful of it."""

    columns: list[str]
    values: dict[Key, dict[str, Value]] = field(default_factory=dict)
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
    """One edition that is here. ``used`` where criteria are measured by it; ``station`` names the partner that sent
    it, where nobody here chose it yet."""

    name: str
    published: int | None
    populations: int
    used: bool
    station: str = ""


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
        key = _key(values)
        if key in found.values:
            if found.values[key] != values:
                found.doubts.append(
                    Doubt(line.row, str(values["name"]), _("the same population stands above with other figures"), True)
                )
            continue
        found.values[key] = values
    return found


def take(library: Library, path: Path, edition: str = "", published: int | None = None, *, use: bool = False) -> Taken:
    """Take a table in. The first edition of a library is measured by at once, a later one with ``use`` or later on.

    Taking the same table again changes nothing. DataProblem ROLE_NEEDED unless a manager is at work.
    """
    permission.require(library, permission.MANAGER)
    found = preview(path, edition, published)
    added = changed = same = 0
    ops: list[Op] = []
    with library.read() as db:
        held = {_key(values): (record, values) for record, values in populations.ours(db).items()}
    for key, values in found.values.items():
        if key not in held:
            added += 1
            ops.append(_new(library, values, used=False))
            continue
        record, known = held[key]
        differing: dict[str, Value] = {name: value for name, value in values.items() if known[name] != value}
        if known[DELETED]:
            differing[DELETED] = 0
        changed, same = changed + bool(differing), same + (not differing)
        if differing:
            ops.append(change("population", record, differing))
    _commit(library, ops, "import population")
    first = all(known[DELETED] for _record, known in held.values())
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
    chosen = meant[0]
    with library.read() as db:
        ours = populations.ours(db)
        sent = populations.theirs(db, ours)[chosen.name][1] if chosen.station else []
    gone = {_key(values): record for record, values in ours.items() if values[DELETED]}
    ops = [
        change("population", gone[_key(values)], {**values, "in_use": 1, DELETED: 0})  # chosen before, and taken back
        if _key(values) in gone
        else _new(library, values, used=True)
        for values in sent
    ]
    for record, values in ours.items():
        now = int(values["edition"] == chosen.name)
        if not values[DELETED] and values["in_use"] != now:
            ops.append(change("population", record, {"in_use": now}))
    _commit(library, ops, "use population")
    return next(one for one in editions(library) if one.name == chosen.name)


def editions(library: Library) -> list[Edition]:
    """Every edition that is here, newest first, those that partners sent among them; the program's is the last."""
    with library.read() as db:
        ours = populations.ours(db)
        theirs = populations.theirs(db, ours)
    of: dict[str, list[dict[str, Value]]] = {}
    for values in ours.values():
        if not values[DELETED]:
            of.setdefault(str(values["edition"]), []).append(values)
    found = [
        Edition(name, max(map(_year_of, these), key=_since), len(these), any(map(populations.in_use, these)))
        for name, these in of.items()
    ]
    found += [
        Edition(name, max(map(_year_of, these), key=_since), len(these), False, station)
        for name, (station, these) in theirs.items()
        if name not in of
    ]
    found.sort(key=lambda one: (-_since(one.published), one.name))
    alone = not any(one.used for one in found)
    return [*found, Edition(populations.STARTER, populations.STARTER_YEAR, len(populations.starter()), alone)]


def _since(year: int | None) -> int:
    return year or 0


def _key(values: dict[str, Value]) -> Key:
    return tuple(str(values[name]) for name in _KEY)


def _new(library: Library, values: dict[str, Value], *, used: bool) -> Op:
    """A record of our own: under one that a partner made too, either could move the other's levels."""
    record = derived_id(f"populations of {library.station.id.hex()}", "population", "\0".join(_key(values)))
    return create("population", record, {**values, "in_use": int(used)})


def _commit(library: Library, ops: list[Op], label: str) -> None:
    """All of it as one act, which is undone whole."""
    act: int | None = None
    for start in range(0, len(ops), _AT_ONCE):
        done = library.commit(ops[start : start + _AT_ONCE], label=label, act=act)
        act = act or done.batch


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
