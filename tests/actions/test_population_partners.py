"""Levels that verdicts rest on are moved by persons of this station alone, whatever a partner's bundle holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ranger_app.actions import population_import, populations, records, undo
from ranger_app.domain import batch as batches
from ranger_app.library import Library
from ranger_app.store import log
from ranger_app.store.apply import ApplyReport

VIPIO = "Antigone vipio"
HEAD = "Scientific name,Population name,Flyway,1% threshold,Year set,Publication\n"


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[tuple[Library, Library]]:
    with (
        Library.create(tmp_path / "a", name="Khasan", country="RU", utc_offset=600) as ours,
        Library.create(tmp_path / "b", name="Hunchun", country="CN", utc_offset=480) as theirs,
    ):
        yield ours, theirs


def table(folder: Path, name: str, level: int, year: int, edition: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(f"{HEAD}{VIPIO},E Asia,EAAF,{level},{year},{edition}\n", encoding="utf-8")
    return path


def carry(giver: Library, taker: Library) -> None:
    with giver.read() as db:
        turn = [(stored.sealed, batches.read(stored.sealed)) for stored in log.stored(db)]
    taker.take_in(turn, ApplyReport())


def level(library: Library, edition: str = "") -> int | None:
    with library.read() as db:
        found = populations.by_taxon(db, edition)[VIPIO]
    return max(one.one_percent or 0 for one in found)


def held(library: Library) -> dict[str, tuple[bool, str]]:
    return {one.name: (one.used, one.station) for one in population_import.editions(library)}


def test_none_of_a_partners_editions_holds_until_somebody_here_chose_it(
    stations: tuple[Library, Library], tmp_path: Path
) -> None:
    ours, theirs = stations
    by_starter = level(ours)
    population_import.take(theirs, table(tmp_path, "theirs", 5, 2030, "CSR 9"), use=True)
    carry(theirs, ours)
    assert (level(theirs), level(ours)) == (5, by_starter)
    assert held(ours) == {"CSR 9": (False, theirs.station.id.hex()[:8]), populations.STARTER: (True, "")}
    assert level(ours, "CSR 9") == 5  # it can be looked at
    sent = held(ours)["CSR 9"]

    population_import.take(ours, table(tmp_path, "ours", 125, 2022, "CSR 1"))
    assert level(ours) == 125  # the first that somebody here took in, whatever partners sent before
    population_import.measure_by(ours, "CSR 9")
    assert (level(ours), held(ours)["CSR 9"]) == (5, (True, ""))
    undo.undo(ours)
    assert (level(ours), held(ours)["CSR 1"]) == (125, (True, ""))
    assert held(ours)["CSR 9"] == sent  # not chosen any more, and still here to be chosen
    population_import.measure_by(ours, "CSR 9")
    assert (level(ours), held(ours)["CSR 9"]) == (5, (True, ""))


@pytest.mark.parametrize(
    "act",
    [
        lambda theirs, record: records.edit(theirs, "population", record, {"one_percent": 1, "in_use": 1}),
        lambda theirs, record: records.edit(theirs, "population", record, {"in_use": 0}),
        lambda theirs, record: records.delete(theirs, "population", record),
    ],
    ids=["edited", "put out of use", "deleted"],
)
def test_a_partner_moves_no_level_in_a_record_of_ours(
    stations: tuple[Library, Library], tmp_path: Path, act: Callable[[Library, bytes], object]
) -> None:
    ours, theirs = stations
    path = table(tmp_path, "ours", 125, 2022, "CSR 1")
    population_import.take(ours, path)
    carry(ours, theirs)
    with ours.read() as db:
        (record,) = populations.ours(db)
    act(theirs, record)
    carry(theirs, ours)
    assert (level(ours), held(ours)["CSR 1"]) == (125, (True, ""))
    again = population_import.take(ours, path)
    assert (again.added, again.changed, again.same) == (0, 0, 1)
    population_import.measure_by(ours, "starter")  # and persons of this station still decide
    assert level(ours) != 125
    population_import.measure_by(ours, "CSR 1")
    assert level(ours) == 125


def test_two_stations_that_take_the_same_table_in_keep_their_own(
    stations: tuple[Library, Library], tmp_path: Path
) -> None:
    ours, theirs = stations
    population_import.take(theirs, table(tmp_path, "theirs", 40, 2022, "CSR 1"))  # with a slip in its figure
    carry(theirs, ours)
    taken = population_import.take(ours, table(tmp_path, "ours", 125, 2022, "CSR 1"))
    carry(ours, theirs)
    assert (taken.added, level(ours), level(theirs)) == (1, 125, 40)
    with ours.read() as db:
        assert not db.conn.execute("SELECT 1 FROM conflict").fetchall()


def test_records_that_both_made_count_as_each_wrote_them(stations: tuple[Library, Library]) -> None:
    """Tables taken in before records were told apart by station have one id at both."""
    from ranger_app.domain.ops import create

    ours, theirs = stations
    values = {"taxon": VIPIO, "name": "E Asia", "edition": "CSR 1", "published": 2022, "in_use": 1}
    theirs.commit([create("population", b"p" * 16, {**values, "one_percent": 40})], label="import population")
    ours.commit([create("population", b"p" * 16, {**values, "one_percent": 125})], label="import population")
    carry(theirs, ours)
    carry(ours, theirs)
    assert (level(ours), level(theirs)) == (125, 40)


def test_a_choice_of_many_populations_is_taken_back_whole(library: Library, tmp_path: Path) -> None:
    lines = [f"{VIPIO},P{number},EAAF,{number + 1},2022,CSR 1\n" for number in range(900)]
    path = tmp_path / "many.csv"
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    before = level(library)
    population_import.take(library, path)
    assert level(library) == 900
    undo.undo(library)
    assert (level(library), held(library)["CSR 1"]) == (before, (False, ""))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        yield made
