"""Trends of waterbirds: what was counted is told, what was not is told as missing, and nothing is counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import records, report
from ranger_app.actions.analysis import Question
from ranger_app.domain.findings import Cell, Findings
from ranger_app.domain.values import canonical
from ranger_app.library import Library

VIPIO, TEAL = "Antigone vipio", "Sibirionetta formosa"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        north = records.add(made, "location", {"name": "North bank", "type": "site"})
        south = records.add(
            made, "location", {"name": "South bank", "type": "site", "overlaps": canonical([north.hex()])}
        )
        lake = records.add(made, "location", {"name": "Lake", "type": "site"})
        for year, birds in ((2021, 100), (2023, 300)):
            for place, more in ((north, 0), (south, 50), (lake, 10)):
                survey = records.add(
                    made,
                    "survey",
                    {"site": place, "date": f"{year}-01-12", "coordinated": "January count", "coverage": 80},
                )
                records.add(made, "count", {"survey": survey, "taxon": TEAL, "count": birds + more})
        survey = records.add(made, "survey", {"site": lake, "date": "2022-04-10", "coverage": 20})
        records.add(made, "count", {"survey": survey, "taxon": VIPIO, "count": 7})
        yield made


def asked(library: Library, question: Question | None = None) -> Findings:
    return jobs.run(report.findings(library, "bird-trends", question or Question(exact=True)))


def rows(found: Findings, name: str, site: str) -> list[tuple[Cell, ...]]:
    (table,) = [one for one in found.tables if one.name == name]
    at = [column.code for column in table.columns].index("site")
    return [row for row in table.rows if row[at] == site]


def test_what_is_missing_is_told_as_missing(library: Library) -> None:
    found = asked(library)
    assert rows(found, "", "Lake") == [
        ("Lake", "Wintering", 2021, 110, 1, 1, 80, ""),
        ("Lake", "Wintering", 2022, None, None, 0, None, "no visit"),
        ("Lake", "Wintering", 2023, 310, 1, 1, 80, ""),
        ("Lake", "Spring staging", 2022, 7, 1, 1, 20, "says little: part was not counted"),
    ]
    assert rows(found, "coverage", "Lake")[0] == ("Lake", "Wintering", "2021", "2023", 2, 1, "2022", 2, 80)
    assert found.facts["missing_seasons"] == 3
    assert "Lake: no visit in Wintering 2021/22." in found.left_out
    chart = next(one for one in found.charts if one.title.startswith("Lake: most"))
    assert [(bar.value, bar.text) for bar in chart.bars][:3] == [(110.0, ""), (None, "no visit"), (310.0, "")]


def test_species_by_year(library: Library) -> None:
    by_year = {row[1]: row[3:] for row in rows(asked(library), "species", "Lake")}
    assert by_year == {VIPIO: (0, 7, 0), TEAL: (110, None, 310)}
    north = {row[1]: row[3:] for row in rows(asked(library), "species", "North bank")}
    assert north == {TEAL: (100, None, 300)}


def test_partners_on_one_date(library: Library) -> None:
    (table,) = [one for one in asked(library).tables if one.name == "coordinated"]
    assert [row[:6] for row in table.rows][:4] == [
        ("January count", "2023-01-12", "2023-01-12", "Lake", 310, 1),
        ("January count", "2023-01-12", "2023-01-12", "North bank", 300, 1),
        ("January count", "2023-01-12", "2023-01-12", "South bank", 350, 1),
        ("January count", "2023-01-12", "2023-01-12", "All together", 660, 1),
    ]


def test_days_and_names(library: Library) -> None:
    found = asked(library, Question(start=date(2022, 1, 1)))
    assert found.facts == {"sites": 3, "missing_seasons": 0, "coordinated": 1, "withheld_counts": 0}
    words = str(found.tables) + str(found.charts) + str(found.left_out)
    assert "Lake" not in words
    assert "bank" not in words
    assert "January" not in words


def test_a_visit_without_entries_is_not_known_and_no_missing_visit(library: Library) -> None:
    with library.read() as db:
        (lake,) = db.conn.execute("SELECT id FROM location WHERE name = 'Lake'").fetchone()
    records.add(library, "survey", {"site": lake, "date": "2022-01-12", "coverage": 80})
    assert rows(asked(library), "", "Lake")[1] == ("Lake", "Wintering", 2022, None, None, 1, 80, "not known")
