"""Prey and people beside the cats, on a season whose figures are worked out by hand (``tests/border_season.py``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ranger_app import jobs
from ranger_app.actions import report
from ranger_app.actions.analysis import Question
from ranger_app.domain.findings import Findings
from ranger_app.library import Library
from ranger_app.store import sightings
from tests import border_season
from tests.border_season import NIGHTS, PLACES, TIGER, Season

ONE = 100 / NIGHTS
"""The rate of one event at one station."""


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Season]:
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        yield border_season.make(made)


def found(season: Season, **asked: Any) -> Findings:
    return jobs.run(report.findings(season.library, "corridor", Question(**{"taxon": TIGER, "exact": True} | asked)))


def table(findings: Findings, name: str = "") -> list[dict[str, Any]]:
    (one,) = (one for one in findings.tables if one.name == name)
    return [dict(zip([column.code for column in one.columns], row, strict=True)) for row in one.rows]


def rates(row: dict[str, Any]) -> dict[str, float]:
    return {
        name.removesuffix("_per_100"): pytest.approx(value) for name, value in row.items()
        if name.endswith("_per_100") and value
    }  # fmt: skip


def test_each_station_has_the_rates_of_everybody_there(season: Season) -> None:
    rows = {row["station"]: row for row in table(found(season))}
    assert set(rows) == set(PLACES)
    # Three tigers at East on 10 January are one event of the species, 20 January and the unknown one two more.
    assert rates(rows["East"]) == {"cats": 3 * ONE, "prey": 3 * ONE, "people": 2 * ONE, "cervus_nippon": 3 * ONE}
    assert rates(rows["West"]) == {
        "cats": 2 * ONE, "prey": ONE, "sus_scrofa": ONE, "cattle": 2 * ONE, "dogs": ONE,
    }  # fmt: skip
    assert rates(rows["Field"]) == {"cats": 3 * ONE, "vehicles": ONE}
    assert rows["East"]["livestock_per_100"] == 0.0
    remote = rows["Remote"]
    assert (remote["trap_nights"], remote["encounters"], remote["prey_per_100"]) == (None, 1, None)
    assert (rows["East"]["encounters"], rows["East"]["animals"]) == (3, 3)
    assert (rows["Field"]["encounters"], rows["Field"]["animals"]) == (2, 1), "who was only probably there is no fact"


def test_events_follow_the_rule_of_independence(season: Season) -> None:
    season.see("East", "01-15T09:29:00", border_season.DEER)
    assert rates({row["station"]: row for row in table(found(season))}["East"])["prey"] == 3 * ONE
    season.see("East", "01-15T10:00:00", border_season.DEER)
    assert rates({row["station"]: row for row in table(found(season))}["East"])["prey"] == 4 * ONE


def test_sums_by_country_and_by_distance_divide_by_the_nights_there(season: Season) -> None:
    findings = found(season)
    countries = {row["country"]: row for row in table(findings, "countries")}
    assert (countries["CN"]["stations"], countries["CN"]["trap_nights"]) == (3, 180.0)
    assert (countries["RU"]["stations"], countries["RU"]["trap_nights"]) == (3, 120.0)
    assert countries["CN"]["cattle_per_100"] == pytest.approx(2 * 100 / 180)
    assert countries["RU"]["people_per_100"] == pytest.approx(2 * 100 / 120)
    bands = {(row["country"], row["border"]): row["stations"] for row in table(findings, "bands")}
    assert bands == {
        ("CN", "0 to 5 km"): 1, ("CN", "5 to 15 km"): 2, ("RU", "0 to 5 km"): 1, ("RU", "15 to 30 km"): 1,
        ("RU", "over 30 km"): 1,
    }  # fmt: skip
    assert findings.facts["events_without_effort"] == 2, "the deer and the tiger at a camera without dates"
    prey = {(row["country"], row["border"]): row["cervus_nippon_per_100"] for row in table(findings, "prey")}
    assert (prey["RU", "0 to 5 km"], prey["CN", "0 to 5 km"], prey["RU", "over 30 km"]) == (
        pytest.approx(3 * ONE), 0.0, None,
    )  # fmt: skip
    bars = {bar.word: bar.value for bar in findings.charts[0].bars}
    assert bars["RU, 0 to 5 km"] == pytest.approx(3 * ONE)
    assert "RU, over 30 km" not in bars


def test_each_crossing_names_its_two_stations_with_what_is_there(season: Season) -> None:
    rows = table(found(season), "crossings")
    assert [(row["from"], row["to"], row["crossings"], row["fewest_days"]) for row in rows] == [
        ("East", "West", 1, 21), ("West", "East", 1, 4),
    ]  # fmt: skip
    out = rows[1]
    assert (out["from_country"], out["to_country"]) == ("CN", "RU")
    assert (out["from_cattle_per_100"], out["to_cattle_per_100"]) == (pytest.approx(2 * ONE), 0.0)
    assert (out["from_people_per_100"], out["to_people_per_100"]) == (0.0, pytest.approx(2 * ONE))
    assert out["apart_km"] == pytest.approx(12.231, abs=1e-3)  # 0.15 degree along 43 N


def test_of_another_species_only_its_own_encounters_count(season: Season) -> None:
    findings = found(season, taxon=border_season.LEOPARD)
    assert (findings.facts["crossings"], findings.facts["encounters"]) == (0, 1)
    wide = next(row for row in table(findings) if row["station"] == "Wide")
    assert rates(wide) == {"cats": ONE}
    both = found(season, taxon=None)
    wide = next(row for row in table(both) if row["station"] == "Wide")
    assert (rates(wide), wide["animals"]) == ({"cats": 2 * ONE}, 2)


def test_a_subspecies_is_prey_as_its_species_is(season: Season) -> None:
    season.see("Wide", "01-20T03:00:00", "Sus scrofa ussuricus")
    wide = next(row for row in table(found(season)) if row["station"] == "Wide")
    assert rates(wide) == {"cats": ONE, "prey": ONE, "sus_scrofa": ONE}


def test_everybody_is_counted_in_one_pass(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[str] = []
    real = sightings.of_deployment

    def counted(db: Any, deployment: bytes, camera: int, wanted: Any, *more: Any, **named: Any) -> Any:
        passes.append(wanted.type)
        return real(db, deployment, camera, wanted, *more, **named)

    monkeypatch.setattr(sightings, "of_deployment", counted)
    found(season)
    assert passes.count("anybody") == len(PLACES)
    assert not {"human", "vehicle"} & set(passes)


def test_without_names_places_are_codes_and_distances_whole(season: Season, tmp_path: Path) -> None:
    jobs.run(report.report(season.library, "corridor", tmp_path / "open", Question(taxon=TIGER)))
    for file in (tmp_path / "open").iterdir():
        text = file.read_text(encoding="utf-8")
        assert not [name for name in PLACES if re.search(rf"\b{name}\b", text)], file.name
        assert "://" not in text
    rows = {row["station"]: row for row in table(found(season, exact=False))}
    assert (rows["S3"]["border_km"], rows["S4"]["border_km"]) == (3, 16)


def test_a_time_in_which_nothing_happened_has_effort_and_no_crossings(season: Season) -> None:
    findings = found(season, start=date(2014, 2, 26), end=date(2014, 2, 26))
    assert findings.facts["trap_nights"] == 5.0
    assert table(findings, "crossings") == []
