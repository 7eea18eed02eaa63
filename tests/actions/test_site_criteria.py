"""Three sites over six seasons of known truth, from records to verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import records
from ranger_app.actions.site_criteria import (
    ANY,
    FLYWAY_025,
    FLYWAY_5000,
    RAMSAR_2,
    RAMSAR_5,
    RAMSAR_6,
    Result,
    best,
    figures,
)
from ranger_app.domain.values import canonical
from ranger_app.library import Library

VIPIO = "Antigone vipio"
TEAL = "Sibirionetta formosa"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


def site(library: Library, name: str, **more: object) -> bytes:
    return records.add(library, "location", {"name": name, "type": "site", **more})  # type: ignore[dict-item]


def visit(library: Library, place: bytes, date: str, counts: dict[str, int], **more: object) -> bytes:
    survey = records.add(library, "survey", {"site": place, "date": date, **more})  # type: ignore[dict-item]
    for taxon, birds in counts.items():
        records.add(library, "count", {"survey": survey, "taxon": taxon, "count": birds})
    return survey


def result(library: Library, place: bytes, criterion: str, taxon: str = "", kind: str = "spring") -> Result:
    with library.read() as db:
        (one,) = figures(db, [place])
    (found,) = [r for r in one.results if (r.criterion, r.taxon, r.kind) == (criterion, taxon, kind)]
    return found


def test_one_bird_decides(library: Library) -> None:
    place = site(library, "Lagoon")
    for year, birds in zip(range(2021, 2027), (20_000, 19_999, 20_000, 20_001, 20_000, 3), strict=True):
        visit(library, place, f"{year}-04-10", {TEAL: birds})
    met = result(library, place, RAMSAR_5)
    assert (met.verdict.state, met.verdict.rule, len(met.verdict.hits)) == ("met", "two_thirds", 4)
    last = visit(library, place, "2020-04-10", {TEAL: 19_999})  # 4 of 7 is no longer two thirds
    assert result(library, place, RAMSAR_5).verdict.state == "not_met"
    records.delete(library, "survey", last)
    assert result(library, place, FLYWAY_5000).verdict.state == "met"


def test_a_season_without_a_visit_is_missing_and_a_poor_one_too(library: Library) -> None:
    place = site(library, "Lagoon")
    for year in (2021, 2022, 2025):
        visit(library, place, f"{year}-04-10", {TEAL: 21_000})
    visit(library, place, "2024-04-10", {TEAL: 10}, coverage=20)
    found = result(library, place, RAMSAR_5).verdict
    assert found.state == "met"
    assert [season.year for season in found.missing] == [2023, 2024]
    visit(library, place, "2024-04-12", {TEAL: 10}, coverage=80)
    assert [season.year for season in result(library, place, RAMSAR_5).verdict.missing] == [2023]


def test_two_populations_thirty_fold_apart(library: Library) -> None:
    plain, west, east = site(library, "?"), site(library, "W", flyway="Western"), site(library, "E", flyway="eastern")
    for place in (plain, west, east):
        for year in (2022, 2023, 2024):
            visit(library, place, f"{year}-04-10", {VIPIO: 40})
    western, eastern = result(library, west, RAMSAR_6, VIPIO), result(library, east, RAMSAR_6, VIPIO)
    assert (western.verdict.level, western.verdict.state) == (4, "met")
    assert (eastern.verdict.level, eastern.verdict.state) == (130, "not_met")
    unclear = result(library, plain, RAMSAR_6, VIPIO)
    assert (unclear.verdict.level, unclear.unclear) == (130, True)
    assert result(library, east, FLYWAY_025, VIPIO).verdict.state == "met"  # 32 birds
    assert result(library, east, RAMSAR_2, VIPIO).verdict.state == "met"


def test_an_imported_edition_counts_before_the_starter_table(library: Library) -> None:
    place = site(library, "E", flyway="East")
    for year in (2022, 2023, 2024):
        visit(library, place, f"{year}-04-10", {VIPIO: 100})
    assert result(library, place, RAMSAR_6, VIPIO).verdict.state == "not_met"
    own = {"taxon": VIPIO, "name": "East Asia", "edition": "CSR 1", "published": 2022, "one_percent": 100}
    records.add(library, "population", {**own, "edition": "WPE 5", "published": 2012, "one_percent": 10})
    records.add(library, "population", own)  # type: ignore[arg-type]
    found = result(library, place, RAMSAR_6, VIPIO)
    assert (found.verdict.state, found.verdict.level) == ("met", 100)
    assert found.population is not None
    assert (found.population.edition, found.population.computed) == ("CSR 1", False)


def test_one_flock_on_both_banks_of_a_transboundary_site(library: Library) -> None:
    both = site(library, "Both banks")
    ours, theirs = site(library, "Ours", part_of=both), site(library, "Theirs", part_of=both)
    north = records.add(library, "location", {"name": "N", "type": "sector", "part_of": ours})
    south = records.add(
        library, "location", {"name": "S", "type": "sector", "part_of": theirs, "overlaps": canonical([north.hex()])}
    )
    for year in (2022, 2023, 2024):
        for day, place, sector, birds in ((12, ours, north, 9_000), (13, theirs, south, 11_000)):
            survey = records.add(
                library, "survey", {"site": place, "date": f"{year}-01-{day}", "coordinated": "January count"}
            )
            records.add(library, "count", {"survey": survey, "sector": sector, "taxon": TEAL, "count": birds})
            records.add(library, "count", {"survey": survey, "taxon": TEAL, "count": 5_000, "flock": "Island"})
    found = result(library, both, RAMSAR_5, kind="wintering").verdict
    assert (found.largest, found.state, len(found.used)) == (16_000, "not_met", 3)
    assert result(library, both, RAMSAR_5, kind=ANY).verdict.largest == 16_000
    assert result(library, ours, RAMSAR_5, kind="wintering").verdict.largest == 14_000


def test_the_strongest_of_each_is_told(library: Library) -> None:
    place = site(library, "Lagoon", flyway="Eastern")
    for year in (2022, 2023, 2024):
        visit(library, place, f"{year}-04-10", {VIPIO: 10})
        visit(library, place, f"{year}-10-10", {VIPIO: 200})
        visit(library, place, f"{year}-10-11", {"Corvus corone": 90_000})
    with library.read() as db:
        (one,) = figures(db, [place])
    strongest = {(r.criterion, r.taxon): r for r in best(one.results)}
    assert (strongest[RAMSAR_6, VIPIO].kind, strongest[RAMSAR_6, VIPIO].verdict.state) == ("autumn", "met")
    assert strongest[RAMSAR_5, ""].verdict.largest == 200


def test_a_season_without_its_group_says_nothing_of_a_species(library: Library) -> None:
    place = site(library, "Lagoon", flyway="eastern")
    for year in (2021, 2022, 2023):
        visit(library, place, f"{year}-04-10", {VIPIO: 500, TEAL: 25_000})
    for year in (2024, 2025, 2026):
        visit(library, place, f"{year}-04-10", {TEAL: 25_000}, not_counted="cranes")
    cranes = result(library, place, RAMSAR_6, VIPIO).verdict
    assert (cranes.state, [season.year for season in cranes.missing]) == ("met", [2024, 2025, 2026])
    ducks = result(library, place, RAMSAR_5).verdict
    assert len(ducks.used) == 6  # more birds only hide behind what was not counted
    for year in (2027, 2028, 2029):  # counted, and there were none: now it is three of six
        visit(library, place, f"{year}-04-10", {TEAL: 10})
    later = result(library, place, RAMSAR_6, VIPIO).verdict
    assert (later.rule, len(later.used), len(later.hits)) == ("mean", 6, 3)


def test_a_goose_count_does_not_show_that_other_birds_were_few(library: Library) -> None:
    place = site(library, "Lagoon")
    for year in (2021, 2022, 2023):
        visit(library, place, f"{year}-04-10", {TEAL: 21_000})
    visit(library, place, "2024-04-10", {"Anser albifrons": 30}, kind="geese")
    assert [one.year for one in result(library, place, RAMSAR_5).verdict.missing] == [2024]


def test_what_one_side_did_not_count_is_not_known_of_the_whole(library: Library) -> None:
    whole = site(library, "Mouth")
    left, right = site(library, "Left", part_of=whole), site(library, "Right", part_of=whole)
    for year in (2021, 2022, 2023):
        for place in (left, right):
            visit(library, place, f"{year}-04-10", {TEAL: 11_000}, coordinated="April count")
    visit(library, left, "2024-04-10", {TEAL: 100}, coordinated="April count", not_counted="ducks")
    visit(library, right, "2024-04-10", {TEAL: 100}, coordinated="April count")
    assert [one.year for one in result(library, whole, RAMSAR_5).verdict.missing] == [2024]
    assert result(library, right, RAMSAR_5).verdict.missing == ()


def test_two_visits_of_one_day_are_no_sum(library: Library) -> None:
    place = site(library, "Lagoon")
    for year in (2021, 2022, 2023):
        for birds in (12_000, 15_000):
            visit(library, place, f"{year}-04-10", {TEAL: birds})
    assert result(library, place, RAMSAR_5).verdict.largest == 15_000


def test_a_roost_is_never_added_to_the_day(library: Library) -> None:
    place = site(library, "Lagoon")
    for year in (2021, 2022, 2023):
        visit(library, place, f"{year}-04-10", {TEAL: 12_000})
        visit(library, place, f"{year}-04-10", {TEAL: 14_000}, kind="roost")
        day = visit(library, place, f"{year}-04-10", {})
        records.add(library, "count", {"survey": day, "taxon": TEAL, "count": 3_000, "roost": 1})
    assert result(library, place, RAMSAR_5).verdict.largest == 14_000


def test_one_bank_alone_says_nothing_against_the_whole(library: Library) -> None:
    whole = site(library, "Mouth")
    left, right = site(library, "Left", part_of=whole, flyway="Eastern"), site(library, "Right", part_of=whole)
    for year in (2021, 2022, 2023):
        for place in (left, right):
            visit(library, place, f"{year}-04-10", {TEAL: 11_000})
    for year in (2024, 2025, 2026):
        visit(library, left, f"{year}-04-10", {TEAL: 11_000})
    found = result(library, whole, RAMSAR_5).verdict
    assert (found.state, [one.year for one in found.missing]) == ("met", [2024, 2025, 2026])
    with library.read() as db:
        (one,) = figures(db, [whole])
    assert one.flyway == "Eastern"


def test_the_population_a_counter_named_decides(library: Library) -> None:
    place = site(library, "E", flyway="Eastern")
    line = {"taxon": VIPIO, "edition": "CSR 1", "published": 2022}
    east = records.add(library, "population", {**line, "name": "Eastern", "one_percent": 130})  # type: ignore[dict-item]
    west = records.add(library, "population", {**line, "name": "Western", "one_percent": 4})  # type: ignore[dict-item]
    for year in (2021, 2022, 2023):
        survey = visit(library, place, f"{year}-04-10", {})
        for population, birds in ((east, 127), (west, 3)):
            records.add(library, "count", {"survey": survey, "taxon": VIPIO, "count": birds, "population": population})
    with library.read() as db:
        (one,) = figures(db, [place])
    told = {r.stated: r.verdict for r in best(one.results) if r.criterion == RAMSAR_6}
    assert {name: (v.level, v.largest, v.state) for name, v in told.items()} == {
        "Eastern": (130, 127, "not_met"),
        "Western": (4, 3, "not_met"),
    }


def test_a_bustard_is_no_waterbird_and_a_level_of_zero_is_none(library: Library) -> None:
    place = site(library, "Steppe")
    line = {"name": "All", "edition": "CSR 1", "published": 2022}
    records.add(library, "population", {**line, "taxon": "Otis tarda", "one_percent": 20})  # type: ignore[dict-item]
    records.add(library, "population", {**line, "taxon": TEAL, "one_percent": 0})  # type: ignore[dict-item]
    for year in (2021, 2022, 2023):
        visit(library, place, f"{year}-04-10", {"Otis tarda": 100, TEAL: 10})
    with library.read() as db:
        (one,) = figures(db, [place])
    assert not [r for r in one.results if r.criterion == RAMSAR_6]


def test_a_visit_without_entries_is_no_zero_but_no_birds_seen_is(library: Library) -> None:
    place = site(library, "Lagoon")
    for year in (2021, 2022, 2023):
        visit(library, place, f"{year}-04-10", {TEAL: 20_000})
    blank = [visit(library, place, f"{year}-04-10", {}, complete=1) for year in (2024, 2025)]
    found = result(library, place, RAMSAR_5).verdict
    assert (found.state, len(found.used)) == ("met", 3)
    for survey in blank:
        records.edit(library, "survey", survey, {"no_birds": 1})
    found = result(library, place, RAMSAR_5).verdict
    assert (found.state, len(found.used)) == ("not_met", 5)


def test_birds_present_and_not_counted_are_neither_zero_nor_few(library: Library) -> None:
    place = site(library, "Lagoon")
    for year in (2021, 2022, 2023):
        visit(library, place, f"{year}-04-10", {TEAL: 20_000})
    for year in (2024, 2025, 2026):
        survey = visit(library, place, f"{year}-04-10", {"Anas crecca": 30})
        for taxon in (TEAL, VIPIO):
            records.add(library, "count", {"survey": survey, "taxon": taxon, "count": 0, "method": "present"})
    for criterion, taxon in ((RAMSAR_5, ""), (RAMSAR_6, TEAL)):
        for kind in ("spring", ANY):
            found = result(library, place, criterion, taxon, kind).verdict
            assert (found.state, len(found.used)) == ("met", 3)
    threatened = result(library, place, RAMSAR_2, VIPIO).verdict  # one bird is enough, and there was one
    assert (threatened.state, len(threatened.hits), threatened.largest) == ("not_met", 3, 1)


def test_a_visit_to_a_roost_says_nothing_of_other_birds(library: Library) -> None:
    place = site(library, "Lagoon")
    for year in (2021, 2022, 2023):
        visit(library, place, f"{year}-04-10", {TEAL: 20_000, VIPIO: 130})
    roosts = [visit(library, place, f"{year}-04-10", {VIPIO: 50}, kind="roost") for year in (2024, 2025)]
    assert len(result(library, place, RAMSAR_5).verdict.used) == 3
    assert len(result(library, place, RAMSAR_2, VIPIO).verdict.used) == 5
    for survey in roosts:
        records.edit(library, "survey", survey, {"complete": 1})
    assert len(result(library, place, RAMSAR_5).verdict.used) == 5


def test_parts_counted_on_one_date_add_up_though_one_visit_lacks_the_name(library: Library) -> None:
    whole = site(library, "Both banks")
    ours, theirs = site(library, "Ours", part_of=whole), site(library, "Theirs", part_of=whole)
    for year in (2022, 2023, 2024):
        visit(library, ours, f"{year}-04-10", {TEAL: 9_000}, coordinated="April count")
        visit(library, theirs, f"{year}-04-10", {TEAL: 11_000})
        visit(library, theirs, f"{year}-04-12", {TEAL: 1_000}, coordinated="April count")
    found = result(library, whole, RAMSAR_5).verdict
    assert (found.state, found.largest, len(found.used)) == ("met", 20_000, 3)
    with library.read() as db:
        assert figures(db, [whole])[0].counts == 9
