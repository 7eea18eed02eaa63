"""Tables of populations from XLSX and CSV: what is certain is taken, what is not is listed, no edition is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from ranger_app.actions import population_import, populations, records
from ranger_app.errors import DataProblem, UsageProblem
from ranger_app.exchange.population_tables import UNKNOWN, ends, whole
from ranger_app.library import Library

HEAD = [
    "Scientific Name",
    "Common Name",
    "Population name",
    "Flyway",
    "Population size min",
    "Population size max",
    "Start year",
    "End year",
    "1% threshold",
    "Year set",
    "Publication",
]
ROWS: list[list[object]] = [
    ["Waterbird populations", None, None],
    [None],
    HEAD,
    ["Grus vipio", "White-naped Crane", "E Asia", "EAAF", "12,000", "13 000", 2018, 2022, 125, 2022, "CSR 1"],
    ["Grus vipio", "White-naped Crane", "E Asia", "EAAF", 4000, 4500.0, None, None, 40, 2012, "WPE 5"],
    ["Anser cygnoid", "Swan Goose", "All", "EAAF", -1, -1, None, None, -1, 2022, "CSR 1"],
    ["Anas acuta", "", "E Asia", "EAAF", "ca. 200", "300.000", None, None, "2.400", 2022, "CSR 1"],
    ["Nobodus avis", "", "All", "EAAF", 10, 20, None, None, None, 2022, "CSR 1"],
    ["total", "", "", "", 5, None, None, None, None, 2022, "CSR 1"],
    ["Grus vipio", "White-naped Crane", "E Asia", "EAAF", 1, 1, None, None, 1, 2022, "CSR 1"],
]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


@pytest.fixture(params=["xlsx", "csv"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"wpp.{request.param}"
    if request.param == "csv":
        lines = [";".join("" if cell is None else str(cell) for cell in row) for row in ROWS]
        path.write_text("\n".join(lines), encoding="utf-8-sig")
        return path
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in ROWS:
        book.active.append(row)
    book.save(path)
    return path


def test_editions_stand_side_by_side(library: Library, table: Path) -> None:
    found = population_import.preview(table)
    told = {(one.row, one.refused): one.cell for one in found.doubts}
    assert told == {(7, False): "ca. 200", (8, False): "Nobodus avis", (9, True): "total", (10, True): "E Asia"}
    assert found.editions == [("CSR 1", 2022), ("WPE 5", 2012)]
    taken = population_import.take(library, table)
    assert (taken.added, taken.in_use) == (5, "CSR 1")
    with library.read() as db:
        by_taxon = populations.by_taxon(db)
    (vipio,) = by_taxon["Antigone vipio"]
    assert (vipio.one_percent, vipio.computed, vipio.edition, vipio.published) == (125, False, "CSR 1", 2022)
    assert (vipio.low, vipio.high, vipio.size_years) == (12_000, 13_000, "2018-2022")
    (goose,) = by_taxon["Anser cygnoides"]
    assert (goose.low, goose.one_percent) == (None, None)  # the edition knows no number: nothing is put in its place
    assert (by_taxon["Anas acuta"][0].high, by_taxon["Anas acuta"][0].one_percent) == (300_000, 2_400)
    assert by_taxon["Grus monacha"][0].edition == populations.STARTER
    again = population_import.take(library, table)
    assert (again.added, again.changed, again.same) == (0, 0, 5)
    population_import.measure_by(library, "WPE")
    with library.read() as db:
        assert populations.by_taxon(db)["Antigone vipio"][0].one_percent == 40
    assert [one.used for one in population_import.editions(library)] == [False, True, False]
    assert population_import.take(library, table).in_use == "WPE 5"  # an import changes no verdict by itself
    population_import.measure_by(library, "starter")
    with library.read() as db:
        assert {one.edition for one in populations.by_taxon(db)["Antigone vipio"]} == {populations.STARTER}


def test_only_a_manager_decides_what_is_measured_by(library: Library, table: Path) -> None:
    person = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    library.person = person
    for act in (
        lambda: population_import.take(library, table),
        lambda: population_import.measure_by(library, "starter"),
        lambda: records.add(library, "population", {"taxon": "Anas acuta", "name": "x", "edition": "mine"}),
    ):
        with pytest.raises(DataProblem) as caught:
            act()
        assert caught.value.code == "ROLE_NEEDED"


@pytest.mark.parametrize(
    ("text", "birds"),
    [
        ("12,000", 12_000),
        ("12 000", 12_000),
        ("12\u00a0000", 12_000),
        ("1.063.280", 1_063_280),
        ("12000.0", 12_000),
        ("-1", UNKNOWN),
        ("-1.0", UNKNOWN),
        ("", None),
        ("–", None),
        ("０", 0),
    ],
)
def test_numbers_of_birds(text: str, birds: int | None) -> None:
    assert whole(text) == birds


@pytest.mark.parametrize("text", ["ca. 200", "1.5", "<1,000", "12,00", "1e5", "-5"])
def test_what_is_no_certain_number(text: str) -> None:
    with pytest.raises(ValueError):
        whole(text)


def test_a_size_in_one_cell() -> None:
    assert ends("20,000-25,000") == ends("20 000 – 25 000") == (20_000, 25_000)
    assert ends("700") == (700, 700)


def test_what_is_no_table(library: Library, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    headless = tmp_path / "headless.csv"
    headless.write_text("a,b\n1,2\n", encoding="utf-8")
    for path, code in ((broken, "TABLE_UNREAD"), (tmp_path / "no.csv", "TABLE_UNREAD"), (headless, "TABLE_NO_HEAD")):
        with pytest.raises(DataProblem) as caught:
            population_import.take(library, path)
        assert caught.value.code == code
    nameless = tmp_path / "nameless.csv"
    nameless.write_text("species,min,max\nGrus vipio,5,4\n", encoding="utf-8")
    with pytest.raises(UsageProblem):
        population_import.preview(nameless)
    found = population_import.preview(nameless, "Mine", 2024)
    (values,) = found.values.values()
    assert (values["low"], values["high"], values["edition"], values["published"]) == (4, 5, "Mine", 2024)
    assert len(found.doubts) == 1


def test_on_the_command_line(tmp_path: Path, table: Path) -> None:
    from ranger_app.cli import main

    run = main.main
    base = ["--library", str(tmp_path / "here"), "--json"]
    assert run([*base, "init", "--station", "A", "--country", "RU", "--utc-offset", "+10:00"]) == 0
    assert run([*base, "population", "import", str(table), "--preview"]) == 0
    assert run([*base, "population", "import", str(table)]) == 0
    assert run([*base, "population", "use", "WPE 5"]) == 0
    assert run([*base, "population", "editions"]) == 0
    assert run([*base, "population", "use", "nobody's"]) == 3
