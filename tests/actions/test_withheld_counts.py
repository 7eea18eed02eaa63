"""Counts that a partner's rule keeps back are told apart from birds that were not there."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import records, report, site_criteria, survey_read
from ranger_app.actions.analysis import Question
from ranger_app.actions.export_data import export
from ranger_app.actions.sharing_view import View
from ranger_app.actions.site_criteria import RAMSAR_2, RAMSAR_5, RAMSAR_6, Result, SiteFigures
from ranger_app.domain import batch as batches
from ranger_app.domain import stubs
from ranger_app.domain.dossier import Dossier
from ranger_app.domain.findings import Findings
from ranger_app.domain.sharing import FULL, Rule
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import log
from ranger_app.store.apply import ApplyReport

VIPIO, TEAL, SWAN = "Antigone vipio", "Sibirionetta formosa", "Cygnus cygnus"
NO_CRANES = Rule("no cranes", species=frozenset({VIPIO}))


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[tuple[Library, Library]]:
    with (
        Library.create(tmp_path / "a", name="Hunchun", country="CN", utc_offset=480) as theirs,
        Library.create(tmp_path / "b", name="Khasan", country="RU", utc_offset=600) as ours,
    ):
        yield theirs, ours


def give(giver: Library, taker: Library, rule: Rule) -> None:
    """Carry every batch over as the rule lets it be seen."""
    turn = []
    with giver.read() as db:
        view = View(db, rule, giver.now_ms())
        for stored in log.stored(db):
            opened = batches.read(stored.sealed)
            sealed = stubs.withhold(stored.sealed, view.reveal(opened), meta=view.meta(opened), opened=opened)
            turn.append((sealed, batches.read(sealed)))
    taker.take_in(turn, ApplyReport())


def site(library: Library, name: str, **more: object) -> bytes:
    return records.add(library, "location", {"name": name, "type": "site", **more})  # type: ignore[dict-item]


def visit(library: Library, place: bytes, date: str, counts: dict[str, int], **more: object) -> bytes:
    survey = records.add(library, "survey", {"site": place, "date": date, **more})  # type: ignore[dict-item]
    for taxon, birds in counts.items():
        records.add(library, "count", {"survey": survey, "taxon": taxon, "count": birds})
    return survey


def seen(library: Library, place: bytes) -> SiteFigures:
    with library.read() as db:
        (one,) = site_criteria.figures(db, [place])
    return one


def result(one: SiteFigures, criterion: str, taxon: str = "") -> Result:
    (found,) = [r for r in one.results if (r.criterion, r.taxon, r.kind) == (criterion, taxon, "spring")]
    return found


def season(theirs: Library) -> tuple[bytes, list[bytes]]:
    place = site(theirs, "Fangchuan", flyway="Eastern")
    visits = [
        visit(theirs, place, f"{year}-04-10", {VIPIO: 12_000, TEAL: 10_700, SWAN: swans} if swans else {VIPIO: 12_000})
        for year, swans in ((2022, 500), (2023, 0), (2024, 500))
    ]
    return place, visits


def test_a_species_kept_back_makes_no_zero_and_no_small_total(stations: tuple[Library, Library]) -> None:
    theirs, ours = stations
    place, _visits = season(theirs)
    give(theirs, ours, NO_CRANES)
    found = seen(ours, place)
    assert [(one.counts, one.visits) for one in found.withheld] == [(3, 0)]
    assert VIPIO not in found.species
    # 11,200 told birds hide 12,000 cranes: without this it would read as a site that fails by 8,800.
    assert result(found, RAMSAR_5).verdict.state == "insufficient"
    swans = result(found, RAMSAR_6, SWAN).verdict
    assert [value.year for value in swans.used] == [2022, 2024]  # what is told is whole
    assert [value.year for value in swans.missing] == [2023]  # a visit of which nothing is told is no zero of swans
    assert seen(theirs, place).withheld == []
    assert result(seen(theirs, place), RAMSAR_5).verdict.state == "met"

    give(theirs, ours, FULL)  # and once it is told, everything is as it is there
    later = seen(ours, place)
    assert later.withheld == []
    assert later.results == seen(theirs, place).results
    assert result(later, RAMSAR_2, VIPIO).verdict.state == "met"


def test_a_low_number_of_a_told_species_still_counts(stations: tuple[Library, Library]) -> None:
    theirs, ours = stations
    place = site(theirs, "Fangchuan")
    for year, teal in ((2022, 11_000), (2023, 5), (2024, 5)):
        visit(theirs, place, f"{year}-04-10", {VIPIO: 3, TEAL: teal})
    give(theirs, ours, NO_CRANES)
    verdict = result(seen(ours, place), RAMSAR_6, TEAL).verdict
    assert (verdict.state, len(verdict.hits), len(verdict.used)) == ("not_met", 1, 3)


def test_our_own_bank_does_not_vouch_for_theirs(stations: tuple[Library, Library]) -> None:
    theirs, ours = stations
    whole = site(theirs, "Both banks")
    theirs_bank = site(theirs, "Their bank", part_of=whole)
    give(theirs, ours, NO_CRANES)
    our_bank = site(ours, "Our bank", part_of=whole)
    for year in (2022, 2023, 2024):
        visit(theirs, theirs_bank, f"{year}-04-10", {VIPIO: 50, TEAL: 10})
        visit(ours, our_bank, f"{year}-04-10", {SWAN: 600 if year == 2022 else 3, TEAL: 10})
    give(theirs, ours, NO_CRANES)
    found = seen(ours, whole)
    assert result(found, RAMSAR_6, SWAN).verdict.state == "insufficient"  # maybe their swans are kept back too
    teal = found.series("spring", TEAL)
    assert [(value.birds, value.adequate) for value in teal] == [(20, True)] * 3
    own = result(seen(ours, our_bank), RAMSAR_6, SWAN).verdict
    assert (own.state, len(own.used)) == ("not_met", 3)  # where only we count, our zeros are zeros


def test_reports_say_what_is_not_in_them(stations: tuple[Library, Library]) -> None:
    theirs, ours = stations
    place, visits = season(theirs)
    give(theirs, ours, NO_CRANES)
    name = theirs.station.id.hex()[:8]
    said = f"Withheld by {name} and not in these figures: 3 counts. Of which visits is not told."
    for code in ("criteria", "bird-trends"):
        found = run(report.findings(ours, code, Question(exact=True)))
        assert isinstance(found, Findings)
        assert f"Fangchuan: {said}" in found.left_out
        assert found.facts["withheld_counts"] == 3
        at_home = run(report.findings(theirs, code, Question(exact=True)))
        assert not any("Withheld" in one for one in at_home.left_out)
    dossier = run(report.findings(ours, "dossier", Question(exact=True)))
    assert isinstance(dossier, Dossier)
    assert dict(dossier.sheets[0].provenance)["Withheld by stations, not in these figures"] == f"{name}: Counts 3"
    assert not any(cell.adequate for _season, cells in dossier.sheets[0].seasons for cell in cells if cell.birds)
    sheet = survey_read.sheet(ours, visits[0])
    assert sheet.withheld is not None
    assert (sheet.withheld.counts, [one.taxon for one in sheet.totals]) == (3, [TEAL, SWAN])
    assert survey_read.sheet(theirs, visits[0]).withheld is None
    assert place


def test_no_export_says_that_a_visit_told_in_part_is_complete(
    stations: tuple[Library, Library], tmp_path: Path
) -> None:
    theirs, ours = stations
    place = site(theirs, "Fangchuan", latitude=425_000_000, longitude=1_306_000_000, country="CN")
    visit(theirs, place, "2024-04-10", {VIPIO: 3, TEAL: 11_000, SWAN: 0}, complete=1, start="08:00", end="09:00")
    visit(theirs, place, "2024-04-12", {}, complete=1, no_birds=1)
    give(theirs, ours, NO_CRANES)
    said = {}
    for name, library in (("theirs", theirs), ("ours", ours)):
        run(export(library, "dwca", tmp_path / name / "dwca", exact=True))
        run(export(library, "ebird", tmp_path / name / "ebird", exact=True))
        with zipfile.ZipFile(tmp_path / name / "dwca" / "dwca.zip") as archive:
            text = next(archive.read(one).decode() for one in archive.namelist() if "humboldt" in one.casefold())
        rows = list(csv.DictReader(io.StringIO(text), delimiter="\t"))
        (column,) = (one for one in rows[0] if one.endswith("isTaxonomicScopeFullyReported"))
        with (tmp_path / name / "ebird" / "ebird.csv").open(encoding="utf-8", newline="") as file:
            said[name] = sorted(row[column] for row in rows), {row[15] for row in csv.reader(file)}
    assert said == {"theirs": (["true", "true"], {"Y"}), "ours": (["false", "true"], {"N"})}


def test_visits_kept_back_are_told_too(stations: tuple[Library, Library]) -> None:
    theirs, ours = stations
    place, visits = season(theirs)
    give(theirs, ours, Rule("no counts", kinds=frozenset({"survey"})))
    assert [(one.counts, one.visits) for one in seen(ours, place).withheld] == [(7, 3)]
    assert len(visits) == 3
