"""Counting bird by bird: each tap on the disk before it is shown, taken back by a counter-tap, closed into counts.

Closing writes the counts and takes their taps away in one transaction, so a kill loses none and doubles none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ranger_app.actions.flock_shares import shares
from ranger_app.actions.records import existing
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.domain.ids import derived_id
from ranger_app.domain.ops import Op, change, create, delete
from ranger_app.domain.tally import Estimate, Part, Sum, Tally, Tap, standing_taps, subtotals, sums
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows, taps
from ranger_app.store.connection import Database
from ranger_app.store.rows import Record
from ranger_app.store.taps import TapRow

LABEL = "add count"


def tap(
    library: Library,
    survey: bytes,
    tally: Tally,
    number: int,
    *,
    estimate: Estimate | None = None,
    sample: bool = False,
    typed: bool = False,
    rings: str = "",
) -> int:
    """Add ``number`` birds to a tally; returns the tap's key. On return it is on the disk.

    A typed number of 0 says that there were none. DataProblem BELOW_ZERO where more is taken off than is there,
    SPECIES_MISSING without a species.
    """
    if not tally.taxon.strip():
        raise DataProblem("SPECIES_MISSING", _("The species is empty."), _("Choose a species first."))
    more: dict[str, object] = {}
    if estimate is not None:
        number = estimate.birds
        more["estimate"] = [estimate.block, estimate.times, estimate.give]
    if sample:
        more["sample"] = 1
    if typed:
        more["typed"] = 1
        if number == 0:
            more["zero"] = 1
    if rings.strip():
        more["rings"] = rings.strip()
    if library.person is not None:
        more["by"] = library.person.hex()
    if number < 0 and _birds(library, survey, tally, sample) + number < 0:
        raise DataProblem(
            "BELOW_ZERO", _("There are not that many birds to take off."), _("Take back the tap that was wrong.")
        )
    keys: list[int] = []
    library.write(lambda db: keys.append(taps.add(db, _row(survey, tally, number, library.now_ms(), more))))
    return keys[0]


def take_back(library: Library, survey: bytes, key: int) -> Tap | None:
    """Take back an open tap by one of the opposite number; both stay in the trace.

    None where it is closed or was taken back already.
    """
    found: list[Tap] = []

    def counter(db: Database) -> None:
        here = [_read(row) for row in taps.of_survey(db, survey)]
        one = next((other for other in standing_taps(here) if other.key == key), None)
        if one is None:
            return
        more: dict[str, object] = {"undoes": key}
        if one.sample:
            more["sample"] = 1
        if library.person is not None:
            more["by"] = library.person.hex()
        taps.add(db, _row(survey, one.tally, -one.number, library.now_ms(), more))
        found.append(one)

    library.write(counter)
    return found[0] if found else None


def take_back_part(library: Library, count: bytes, place: int) -> int:
    """Take back the sub-total at ``place`` of a count that is closed; returns its number.

    The trace keeps both. A count of which nothing is left is deleted: a mistake does not say that there were none.
    DataProblem NO_RECORD where the count or the sub-total is gone.
    """
    with library.read() as db:
        record = existing(db, "count", count)
    parts = parts_of(record)
    if not 0 <= place < len(parts):
        existing_count = record["count"]
        number = existing_count if isinstance(existing_count, int) else 0
        library.commit([delete("count", count)], label="delete count")
        return number
    number = parts[place].number
    parts.append(Part(library.now_ms(), -number))
    left = sum(one.number for one in parts)
    if left > 0:
        ops = [change("count", count, {"count": left, "parts": _listed(parts), **_band(record, left)})]
    else:
        ops = [delete("count", count)]
    library.commit(ops, label="edit count")
    return number


def opened(library: Library, survey: bytes) -> list[Tap]:
    """The taps of a survey that are no counts yet, oldest first."""
    with library.read() as db:
        return read_open(db, survey)


def read_open(db: Database, survey: bytes) -> list[Tap]:
    """As ``opened``, on a connection at hand."""
    return [_read(row) for row in taps.of_survey(db, survey)]


def close(library: Library, survey: bytes) -> Changes | None:
    """Make a count of the open taps of each tally, samples of flocks apart; None where there was nothing to write.

    A count made of taps of the same tally before is carried on, so that each tally has one. DataProblem TAPS_CHANGED
    where somebody else closed them meanwhile: then nothing is written.
    """
    with library.read() as db:
        found = [row for row in taps.of_survey(db, survey) if not _read(row).sample]
        if not found:
            return None
        visit = rows.get(db, "survey", survey)
        before = [] if visit is None else list(rows.find(db, "count", "survey=?", (survey,)))
    if visit is None or visit.deleted:
        return None
    here = [_read(row) for row in found]
    ops: list[Op] = []
    kept: set[int] = set()
    for total in sums(here):
        made = _closed(library, survey, total, before)
        if made is None:
            kept |= {one.key for one in total.taps}
        else:
            ops += made
    gone = [row for row in found if row.key not in kept]
    if visit["no_birds"] and any(one.birds > 0 for one in sums(here)):
        ops.append(change("survey", survey, {"no_birds": None}))
    return _finish(library, ops, gone, next((one.by for one in here if one.by is not None), None))


def finish_sample(library: Library, survey: bytes, sector: bytes | None, flock: str, of: int) -> Changes | None:
    """Spread a flock of ``of`` birds over its species as the birds looked at say; the sample's taps become counts.

    DataProblem of ``flock_shares.shares`` where the sample cannot say it, or TAPS_CHANGED.
    """
    with library.read() as db:
        found = [row for row in taps.of_survey(db, survey) if _is_sample(_read(row), sector, flock)]
        visit = existing(db, "survey", survey)
    here = [_read(row) for row in found]
    numbers: dict[str, int] = {}
    for one in here:
        numbers[one.tally.taxon] = numbers.get(one.tally.taxon, 0) + one.number
    ops: list[Op] = []
    by = next((one.by for one in here if one.by is not None), library.person)
    for share in shares(of, numbers):
        values: dict[str, Value] = {
            "survey": survey,
            "sector": sector,
            "taxon": share.taxon,
            "flock": flock or None,
            "count": share.birds,
            "method": "sampled",
            "at": min(one.at for one in here),
            "by": by,
            "sample_of": share.of,
            "sample_counted": share.counted,
            "sample_found": share.found,
        }
        ops.append(create("count", _id_of(library, survey, here[0], share.taxon), values))
    if visit["no_birds"]:
        ops.append(change("survey", survey, {"no_birds": None}))
    return _finish(library, ops, found, by)


def keep_sample(library: Library, survey: bytes, sector: bytes | None, flock: str) -> None:
    """Take the birds looked at as counted after all: no share is computed from them."""

    def turn(db: Database) -> None:
        for row in taps.of_survey(db, survey):
            if _is_sample(_read(row), sector, flock):
                more = json.loads(row.more)
                del more["sample"]
                taps.say(db, row.key, canonical(more) if more else "")

    library.write(turn)


def settle(library: Library) -> int:
    """Close what a crash left open, at the next start; returns how many surveys were closed."""
    with library.read() as db:
        left = taps.surveys(db)
    return sum(close(library, survey) is not None for survey in left)


def parts_of(record: Record) -> list[Part]:
    """The sub-totals of a count; empty where it has none that can be read."""
    try:
        listed = json.loads(record.text("parts") or "[]")
        return [Part(int(one["at"]), int(one["number"])) for one in listed]
    except (ValueError, TypeError, KeyError):
        return []


def tally_of(record: Record) -> Tally:
    """What a count is of."""
    sector = record["sector"]
    return Tally(
        sector if isinstance(sector, bytes) else None,
        record.text("taxon"),
        record.text("flock"),
        record.text("life_stage"),
        record.text("sex"),
    )


# -- inside ------------------------------------------------------------------------------------------------------


def _row(survey: bytes, tally: Tally, number: int, at: int, more: Mapping[str, object]) -> TapRow:
    said = dict(more)
    if tally.stage:
        said["stage"] = tally.stage
    if tally.sex:
        said["sex"] = tally.sex
    return TapRow(0, survey, tally.sector, tally.taxon, tally.flock, number, at, canonical(said) if said else "")


def _read(row: TapRow) -> Tap:
    more = json.loads(row.more) if row.more else {}
    tally = Tally(row.sector, row.taxon, row.flock, str(more.get("stage", "")), str(more.get("sex", "")))
    estimate = more.get("estimate")
    return Tap(
        row.key,
        tally,
        row.number,
        row.at,
        more.get("undoes"),
        Estimate(*estimate) if estimate else None,
        bool(more.get("sample")),
        bool(more.get("zero")),
        bool(more.get("typed")),
        str(more.get("rings", "")),
        bytes.fromhex(more["by"]) if "by" in more else None,
    )


def _is_sample(one: Tap, sector: bytes | None, flock: str) -> bool:
    return one.sample and one.tally.sector == sector and one.tally.flock == flock


def _birds(library: Library, survey: bytes, tally: Tally, sample: bool) -> int:
    with library.read() as db:
        birds = sum(one.number for one in read_open(db, survey) if one.tally == tally and one.sample == sample)
        if not sample:
            for record in rows.find(db, "count", "survey=? AND taxon=?", (survey, tally.taxon)):
                if tally_of(record) == tally and _is_of_taps(record):
                    birds += int(record["count"] or 0)
    return birds


def _is_of_taps(record: Record) -> bool:
    """Whether a count is the sum of its sub-totals, so that more can be added to them."""
    parts = parts_of(record)
    return bool(parts) and sum(one.number for one in parts) == record["count"]


def _listed(parts: Sequence[Part]) -> str:
    return canonical([{"at": one.at, "number": one.number} for one in parts])


def _band(record: Record, birds: int) -> dict[str, Value]:
    give = record["give_or_take"]
    if record["method"] != "estimated" or not isinstance(give, int):
        return {}
    return {"low": max(0, birds - give), "high": birds + give}


def _closed(library: Library, survey: bytes, total: Sum, before: Sequence[Record]) -> list[Op] | None:
    """The operations that write a sum; None where it cannot be written yet, because it would fall below zero."""
    tally, give, birds = total.tally, total.give, total.birds
    parts = subtotals(total.taps)
    method = "estimated" if give is not None else "counted"
    same = [one for one in before if tally_of(one) == tally and _is_of_taps(one)]
    known = next((one for one in same if one["method"] == method and int(one["count"] or 0) + birds >= 0), None)
    if known is None and not total.says_something:
        return []  # only mistakes, taken back
    if known is None and birds < 0:
        known = next((one for one in same if int(one["count"] or 0) + birds >= 0), None)
        if known is None:
            return None
    if known is not None:
        parts = [*parts_of(known), *parts]
        birds += int(known["count"] or 0)
        more = known["give_or_take"]
        if give is not None and isinstance(more, int):
            give += more
    values: dict[str, Value] = {"count": birds, "parts": _listed(parts) if parts else None}
    if give is not None:
        values |= {"give_or_take": give, "low": max(0, birds - give), "high": birds + give}
    rings = [*([known.text("rings")] if known is not None and known["rings"] else []), *total.rings]
    if rings:
        values["rings"] = "; ".join(rings)
    if known is not None:
        if birds == 0 and not rings:
            return [delete("count", known.id)]
        return [change("count", known.id, values)]
    values |= {
        "survey": survey,
        "sector": tally.sector,
        "taxon": tally.taxon,
        "flock": tally.flock or None,
        "life_stage": tally.stage or None,
        "sex": tally.sex or None,
        "method": method,
        "at": total.taps[0].at,
        "by": next((one.by for one in total.taps if one.by is not None), library.person),
    }
    return [create("count", _id_of(library, survey, total.taps[0], method), values)]


def _id_of(library: Library, survey: bytes, first: Tap, what: str) -> bytes:
    """The id of a count made of taps that began with ``first``: the same from a backup that held them open, so that
    the count a partner sends back is this one and no second one beside it."""
    made = derived_id("tap", survey.hex(), canonical([first.key, first.at, what]))
    with library.read() as db:
        return library.new_id() if rows.get(db, "count", made) is not None else made


def _finish(library: Library, ops: Sequence[Op], gone: Sequence[TapRow], person: bytes | None) -> Changes | None:
    def take_away(db: Database) -> None:
        if not taps.remove(db, gone):
            raise DataProblem("TAPS_CHANGED", _("These taps were closed already."), _("Open the count sheet again."))

    if not ops:
        if gone:
            library.write(take_away)
        return None
    return library.commit(ops, label=LABEL, person=person, also=take_away)
