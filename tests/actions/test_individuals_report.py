"""The report of known animals on a season whose figures are worked out by hand (``tests/border_season.py``)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

from ranger_app import jobs
from ranger_app.actions import records, report
from ranger_app.actions.analysis import Question
from ranger_app.domain import discovery
from ranger_app.domain.findings import Findings
from ranger_app.library import Library
from tests import border_season
from tests.border_season import PLACES, TIGER, Season

JOINED = "RU C-9 = RU T-1"


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Season]:
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        yield border_season.make(made)


def found(season: Season, **asked: Any) -> Findings:
    return jobs.run(report.findings(season.library, "individuals", Question(taxon=TIGER, **asked)))


def table(findings: Findings, name: str = "") -> list[dict[str, Any]]:
    (one,) = (one for one in findings.tables if one.name == name)
    return [dict(zip([column.code for column in one.columns], row, strict=True)) for row in one.rows]


def of(rows: list[dict[str, Any]], animal: str) -> dict[str, Any]:
    (row,) = (row for row in rows if row["animal"] == animal)
    return row


def test_the_catalogue_has_each_animal_once_with_what_its_encounters_tell(season: Season) -> None:
    findings = found(season)
    rows = table(findings)
    assert [row["animal"] for row in rows] == [JOINED, "RU T-2", "RU T-3", "RU T-4", "RU T-5"]
    one = of(rows, JOINED)
    assert (one["encounters"], one["first_seen"], one["last_seen"]) == (4, "2014-01-05", "2014-02-20")
    assert (one["months"], one["countries"], one["flanks"]) == (2, "CN RU", "left, right")
    assert (one["sex"], one["known_as"]) == ("Female", "Borisovna")
    two = of(rows, "RU T-2")
    assert (two["status"], two["flanks"], two["countries"]) == ("Dead since 2014-05-01", "left", "RU")
    never = of(rows, "RU T-4")
    assert (never["encounters"], never["first_seen"], never["countries"]) == (0, "", "")
    facts = findings.facts
    assert (facts["animals"], facts["met"], facts["both_sides"], facts["encounters"]) == (5, 4, 1, 11)


def test_a_flank_chosen_in_the_catalogue_counts_as_known(season: Season) -> None:
    (picture,) = season.library.db.conn.execute(
        "SELECT media FROM observation WHERE individual = ? LIMIT 1", (season.animals["T-2"],)
    ).fetchone()
    records.edit(season.library, "individual", season.animals["T-2"], {"right_picture": picture})
    assert of(table(found(season)), "RU T-2")["flanks"] == "left, right"


def test_sexes_and_litters_follow_mothers_over_joined_records(season: Season) -> None:
    findings = found(season)
    (sexes,) = table(findings, "sexes")
    assert {name: sexes[name] for name in ("females", "males", "sex_unknown", "animals", "dead")} == {
        "females": 1, "males": 2, "sex_unknown": 1, "animals": 4, "dead": 1,
    }  # fmt: skip
    (litter,) = table(findings, "litters")
    assert (litter["mother"], litter["birth_season"], litter["young"], litter["met"]) == (JOINED, "2013", 2, 1)
    assert (litter["females"], litter["sex_unknown"], litter["codes"]) == (1, 1, "RU T-3, RU T-4")


def test_a_range_is_the_polygon_of_exact_places_whose_animal_is_certain(season: Season) -> None:
    rows = table(found(season), "ranges")
    for animal, names in ((JOINED, ("West", "East", "Wide")), ("RU T-2", ("East", "Field", "On it"))):
        row = of(rows, animal)
        latitudes, longitudes = zip(*((PLACES[name][0] / 1e7, PLACES[name][1] / 1e7) for name in names), strict=True)
        area, _around = Geod(ellps="WGS84").polygon_area_perimeter(longitudes, latitudes)
        assert (row["places"], row["area_km2"]) == (3, pytest.approx(abs(area) / 1e6, rel=1e-9))
    three = of(rows, "RU T-3")  # its second place is of an animal that is probably this one
    assert (three["encounters"], three["places"], three["area_km2"]) == (1, 1, None)


def test_the_discovery_curve_counts_animals_against_the_nights_of_each_side(season: Season) -> None:
    findings = found(season)
    rows = {row["until"]: row for row in table(findings, "discovery")}
    assert len(rows) == 60
    # Ten days: three stations on the Chinese side (that on the line too), two on the Russian.
    assert list(rows["2014-01-10"].values()) == ["2014-01-10", 30.0, 1, 20.0, 2, 50.0, 2]
    assert list(rows["2014-03-01"].values()) == ["2014-03-01", 180.0, 2, 120.0, 3, 300.0, 3]
    assert findings.facts["not_in_curve"] == 1
    assert findings.left_out[0].startswith("1 animal was met only where trap nights are not known")
    curves = {curve.word: curve.points for curve in findings.charts[0].curves}
    assert curves["Together"][0] == (0.0, 0.0)
    assert curves["Together"][-1] == (300.0, 3.0)


def test_a_long_study_is_told_by_months() -> None:
    assert discovery.steps(date(2014, 12, 31), date(2015, 1, 1)) == ["2014-12-31", "2015-01-01"]
    over = discovery.steps(date(2014, 11, 30), date(2015, 4, 1))
    assert over == ["2014-11", "2014-12", "2015-01", "2015-02", "2015-03", "2015-04"]
    nights = {date(2014, 11, 30): 2.0, date(2015, 1, 5): 1.5, date(2015, 1, 6): 1.0}
    steps = discovery.curve(over, nights, [date(2015, 1, 6), date(2014, 11, 30)])
    assert [step[1:] for step in steps] == [(2.0, 1), (2.0, 1), (4.5, 2), (4.5, 2), (4.5, 2), (4.5, 2)]


def test_the_timeline_tells_sides_by_month_and_what_is_not_certain(season: Season) -> None:
    findings = found(season)
    rows = table(findings, "timeline")
    assert [(row["animal"], row["m2014-01"], row["m2014-02"]) for row in rows] == [
        (JOINED, "CN RU", "CN"), ("RU T-2", "RU", "RU ?"), ("RU T-3", "RU", "?"), ("RU T-5", "", "RU"),
    ]  # fmt: skip
    lanes = findings.charts[1].lanes
    assert lanes is not None
    assert lanes.rows[0].marks == ((0, 0), (0, 1), (1, 0))


def test_a_join_taken_back_changes_its_own_lines_only(season: Season) -> None:
    before = table(found(season))
    (said,) = season.library.db.conn.execute("SELECT id FROM same_animal").fetchone()
    records.edit(season.library, "same_animal", said, {"answer": "withdrawn"})
    after = table(found(season))
    assert [row for row in after if row["animal"] not in ("RU C-9", "RU T-1")] == before[1:]
    assert (of(after, "RU C-9")["encounters"], of(after, "RU T-1")["encounters"]) == (1, 3)
    assert of(after, "RU C-9")["countries"] == "CN"


def test_page_and_tables_are_written_and_ask_no_host(season: Season, tmp_path: Path) -> None:
    answer = jobs.run(report.report(season.library, "individuals", tmp_path / "out", Question(taxon=TIGER)))
    assert answer["both_sides"] == 1
    names = {"", "-sexes", "-litters", "-ranges", "-discovery", "-timeline"}
    assert {Path(str(one)).name for one in answer["files"]} == {  # type: ignore[attr-defined]
        *(f"individuals{name}.csv" for name in names), "individuals.html",
    }  # fmt: skip
    page = (tmp_path / "out" / "individuals.html").read_text(encoding="utf-8")
    assert "<polyline" in page
    assert "://" not in page
    assert not [name for name in PLACES if name in page], "a place is named without being asked for"
    with (tmp_path / "out" / "individuals.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["countries"] == "CN RU"


def test_nobody_met_is_a_catalogue_without_figures(season: Season) -> None:
    findings = found(season, start=date(2020, 1, 1))
    assert [row["encounters"] for row in table(findings)] == [0] * 5
    assert (findings.charts, findings.facts["met"]) == ((), 0)
