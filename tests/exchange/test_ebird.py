"""Checklists for eBird: 19 columns as documented, nothing without release, no zero, and our own file comes back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions.export_data import export
from ranger_app.actions.import_data import import_data
from ranger_app.domain import taxa
from ranger_app.domain.ops import create
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.store import rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


ROUTE = '{"type":"LineString","coordinates":[[130.70,42.40],[130.70,42.50]]}'


def counted(library: Library, *, release: str | None = "open") -> bytes:
    site, visit, north, south = (library.new_id() for _n in range(4))
    person = library.new_id()
    library.commit(
        [
            create("person", person, {"name": "Observer A", "role": "ranger", "active": 1}),
            create(
                *("location", site),
                {
                    **{"name": 'Bay "one"', "type": "site", "latitude": 424000000, "longitude": 1307000000},
                    **{"country": "RU", "route": ROUTE, "area_ha": 100, "release": release},
                },
            ),
            create("location", north, {"name": "North", "type": "sector", "part_of": site}),
            create("location", south, {"name": "South", "type": "sector", "part_of": site}),
            create(
                *("survey", visit),
                {
                    **{"site": site, "date": "2026-03-28", "start": "07:05", "end": "09:30", "complete": 1},
                    "observers": canonical([person.hex()]),
                },
            ),
            *(
                create("count", library.new_id(), {"survey": visit, "sector": sector, "taxon": taxon, **more})
                for sector, taxon, more in (
                    (north, "Anas platyrhynchos", {"count": 12, "remarks": 'by the "old" jetty\nand on'}),
                    (south, "Anas platyrhynchos", {"count": 30}),
                    (south, "Anas crecca", {"count": 0, "method": "present"}),
                    (south, "Anas acuta", {"count": 0}),
                    (south, "Anatinae", {"count": 5}),
                )
            ),
        ],
        label="edit",
    )
    return visit


def lines(folder: Path) -> list[list[str]]:
    with (folder / "ebird.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_nineteen_columns_in_miles_without_quotes(library: Library, tmp_path: Path) -> None:
    counted(library)
    done = run(export(library, "ebird", tmp_path / "out", exact=True))
    teal, mallard = lines(tmp_path / "out")
    assert len(teal) == len(mallard) == 19
    assert mallard == [
        *("", "Anas", "platyrhynchos", "42", "by the 'old' jetty and on", "Bay 'one'", "42.400000", "130.700000"),
        *("03/28/2026", "07:05", "", "RU", "Traveling", "1", "145", "N", "6.90", "", ""),
    ]
    assert teal[1:4] == ["Anas", "crecca", "X"]
    assert {one["code"] for one in done.failed} == {"no_zero", "no_species"}
    text = (tmp_path / "out" / "ebird.csv").read_text(encoding="utf-8")
    assert '"' not in text


def test_area_is_in_acres_and_a_complete_list_says_so(library: Library, tmp_path: Path) -> None:
    site, visit = library.new_id(), library.new_id()
    place = {"name": "Bay", "type": "site", "latitude": 424000000, "longitude": 1307000000, "area_ha": 100}
    library.commit(
        [
            create("location", site, {**place, "release": "open"}),
            create(
                "survey", visit, {"site": site, "date": "2026-03-28", "start": "07:05", "end": "08:05", "complete": 1}
            ),
            create("count", library.new_id(), {"survey": visit, "taxon": "Anas crecca", "count": 3}),
        ],
        label="edit",
    )
    run(export(library, "ebird", tmp_path / "out"))
    (only,) = lines(tmp_path / "out")
    assert only[12:18] == ["Area", "", "60", "Y", "", "247.1"]


@pytest.mark.parametrize("release", [None, "gbif"])
def test_a_site_that_is_not_released_stays(library: Library, tmp_path: Path, release: str | None) -> None:
    counted(library, release=release)
    done = run(export(library, "ebird", tmp_path / "out"))
    assert lines(tmp_path / "out") == []
    assert [one["code"] for one in done.failed] == ["not_released"]


def test_under_the_open_rule_nobody_is_named(library: Library, tmp_path: Path) -> None:
    counted(library)
    run(export(library, "ebird", tmp_path / "out"))
    assert all(one[13] == "" for one in lines(tmp_path / "out"))


@pytest.mark.parametrize("taxon", [one.scientific for one in taxa.load() if one.sensitive and one.group == "bird"])
def test_a_sensitive_bird_makes_its_place_rough_or_stays(library: Library, tmp_path: Path, taxon: str) -> None:
    site, visit = library.new_id(), library.new_id()
    place = {"name": "Crane roost", "type": "site", "latitude": 424136713, "longitude": 1306754321, "release": "open"}
    library.commit(
        [
            create("location", site, {**place, "route": ROUTE, "remarks": "behind Hill 17"}),
            create("survey", visit, {"site": site, "date": "2026-03-28", "remarks": "from Hill 17"}),
            create("count", library.new_id(), {"survey": visit, "taxon": taxon, "count": 3, "remarks": "at Hill 17"}),
        ],
        label="edit",
    )
    run(export(library, "ebird", tmp_path / "out"))
    text = (tmp_path / "out" / "ebird.csv").read_text(encoding="utf-8")
    assert not any(secret in text for secret in ("Crane roost", "Hill 17", "42.4136", "130.6754", "Traveling"))


def test_our_own_file_comes_back_once(library: Library, tmp_path: Path) -> None:
    counted(library)
    run(export(library, "ebird", tmp_path / "out", exact=True))
    with Library.create(tmp_path / "other", name="Other", country="CN", utc_offset=480) as other:
        path = tmp_path / "out" / "ebird.csv"
        done = run(import_data(other, "ebird", path))
        assert (done.read["count"], done.new["count"], done.new["location"]) == (2, 2, 1)
        again = run(import_data(other, "ebird", path))
        assert again.new["count"] == again.new["location"] == 0
        with other.read() as db:
            site = next(rows.find(db, "location"))
            assert (site["latitude"], site["longitude"], site["country"]) == (424000000, 1307000000, "RU")
            visit = next(rows.find(db, "survey"))
            assert (visit["date"], visit["start"], visit["end"]) == ("2026-03-28", "07:05", "09:30")
            counts = sorted((one.text("taxon"), one["count"], one.text("method")) for one in rows.find(db, "count"))
            assert counts == [("Anas crecca", 0, "present"), ("Anas platyrhynchos", 42, "counted")]


DOWNLOAD = (
    "Submission ID,Common Name,Scientific Name,Taxonomic Order,Count,State/Province,County,Location ID,Location,"
    "Latitude,Longitude,Date,Time,Protocol,Duration (Min),All Obs Reported,Distance Traveled (km)\n"
    "S1,Mallard,Anas platyrhynchos,1,12,CN-22,,L1,Lake,42.6,130.6,2026-03-28,07:05 AM,eBird - Stationary Count,30,1,\n"
    "S1,Swan Goose,Anser cygnoid,2,X,CN-22,,L1,Lake,42.6,130.6,2026-03-28,07:05 AM,eBird - Stationary Count,30,1,\n"
    "S1,,,3,5,CN-22,,L1,Lake,42.6,130.6,2026-03-28,07:05 AM,eBird - Stationary Count,30,1,\n"
    "S1,Mallard,Anas platyrhynchos,1,lots,CN-22,,L1,Lake,42.6,130.6,yesterday,07:05 AM,x,30,1,\n"
)


def test_what_ebird_gives_back_is_read(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "MyEBirdData.csv"
    path.write_text(DOWNLOAD, encoding="utf-8")
    done = run(import_data(library, "ebird", path))
    assert done.new["count"] == 2
    assert [(one.get("row"), one["code"]) for one in done.failed] == [(4, "TAXON_MISSING"), (5, "DATE_WRONG")]
    with library.read() as db:
        visit = next(rows.find(db, "survey"))
        assert (visit["complete"], visit["end"]) == (1, "07:35")
        assert {one.text("taxon") for one in rows.find(db, "count")} == {"Anas platyrhynchos", "Anser cygnoides"}


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "site,date,taxon,count\nBay,2026-01-12,Mallard,3\n"])
def test_what_is_no_table_of_ebird_is_refused(library: Library, tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataProblem) as problem:
        run(import_data(library, "ebird", path))
    assert problem.value.code == "NOT_EBIRD"
