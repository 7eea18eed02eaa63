"""Writing counts row by row, each on the disk before the next is typed, with its sector made where it is new."""

from __future__ import annotations

from dataclasses import dataclass

from ranger_app.actions.people import person_named
from ranger_app.actions.records import existing
from ranger_app.domain import taxa
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import Op, change, create
from ranger_app.domain.taxa import fold
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.connection import Database


@dataclass(frozen=True, slots=True)
class CountEntry:
    """One row as it was typed: ``sector`` by name, ``taxon`` scientific or as written, ``count`` birds."""

    sector: str
    taxon: str
    count: int
    method: str | None = "counted"
    remarks: str = ""


def add_count(library: Library, survey: bytes, entry: CountEntry) -> bytes:
    """Add one count to a survey; returns its id. DataProblem for no species or a survey that is gone."""
    count = library.new_id()
    with library.read() as db:
        ops, values = _row(library, db, survey, entry)
        visit = existing(db, "survey", survey)
    if visit["no_birds"] and entry.count > 0:
        ops.append(change("survey", survey, {"no_birds": None}))
    ops.append(create("count", count, {"survey": survey, "by": library.person, **values}))
    library.commit(ops, label="add count")
    return count


def edit_count(library: Library, count: bytes, entry: CountEntry) -> None:
    """Set a count to what was typed; fields that stay the same are left alone."""
    with library.read() as db:
        current = existing(db, "count", count)
        survey = current["survey"]
        ops, values = _row(library, db, survey if isinstance(survey, bytes) else b"", entry)
    different = {name: value for name, value in values.items() if current[name] != value}
    if different:
        library.commit([*ops, change("count", count, different)], label="edit count")


def no_birds(library: Library, survey: bytes) -> None:
    """Say that the whole site was looked at and empty. DataProblem where birds are entered."""
    with library.read() as db:
        existing(db, "survey", survey)
        birds = db.conn.execute(
            'SELECT coalesce(sum("count"), 0) FROM "count" WHERE survey=? AND deleted=0', (survey,)
        ).fetchone()[0]
    if birds:
        raise DataProblem(
            "BIRDS_ENTERED", _("Birds are entered for this visit."), _("Delete these counts first if they are wrong.")
        )
    library.commit([change("survey", survey, {"no_birds": 1})], label="no birds")


def people_ids(library: Library, names: str) -> str | None:
    """The people named, with commas between, as a list of references; unknown ones are added as rangers."""
    found: list[str] = []
    ops: list[Op] = []
    with library.read() as db:
        for name in dict.fromkeys(part.strip() for part in names.split(",") if part.strip()):
            known = person_named(db, name)
            if known is None:
                known = library.new_id()
                ops.append(create("person", known, {"name": name, "role": "ranger", "active": 1}))
            found.append(known.hex())
    if ops:
        library.commit(ops, label="add person")
    return canonical(found) if found else None


def _row(library: Library, db: Database, survey: bytes, entry: CountEntry) -> tuple[list[Op], dict[str, Value]]:
    taxon = entry.taxon.strip()
    if not taxon:
        raise DataProblem("SPECIES_MISSING", _("The species is empty."), _("Type its name or its four-letter code."))
    ops: list[Op] = []
    sector = _sector(library, db, survey, entry.sector, ops) if entry.sector.strip() else None
    values: dict[str, Value] = {
        "sector": sector,
        "taxon": taxa.match(taxon) or taxon,
        "count": entry.count,
        "method": entry.method,
        "remarks": entry.remarks.strip() or None,
    }
    return ops, values


def _sector(library: Library, db: Database, survey: bytes, name: str, ops: list[Op]) -> bytes:
    site = existing(db, "survey", survey)["site"]
    for place in rows.find(db, "location", "part_of IS ?", (site,)):
        if fold(place.text("name")) == fold(name):
            return place.id
    made = library.new_id()
    ops.append(create("location", made, {"name": name.strip(), "type": "sector", "part_of": site}))
    return made
