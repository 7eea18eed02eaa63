"""Tables of counts: any script and encoding, bad rows beside good ones, and never the same count twice."""

from __future__ import annotations

import codecs
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions.survey_import import import_surveys
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows

HEADER = "site,date,start,end,observer,sector,taxon,count,remarks\n"
FOUR_SCRIPTS = (
    HEADER
    + "Хасан,2026-03-28,07:05,9:30,Observer A,Север,Чёрный журавль,12,у воды\n"
    + "Хасан,2026-03-28,7:05,09:30,Observer A,Юг,白枕鹤,3,“芦苇” 两群\n"
    + "敬信湿地,2026-03-28,08:00,10:00,观察员B,一区,ナベヅル,40,ヒシクイも\n"
    + "敬信湿地,2026-03-28,08:00,10:00,观察员B,一区,저어새,0,없음\n"
    + "敬信湿地,2026-03-28,08:00,10:00,观察员B,,GRGR,7,\n"
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


def table(tmp_path: Path, text: str | bytes, name: str = "counts.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def stored(library: Library) -> list[tuple[str, str, str | None, str, object, str]]:
    """Site, date, sector, taxon, number, remarks of every count, sorted."""
    with library.read() as db:
        found = []
        for count in rows.find(db, "count"):
            survey = rows.get(db, "survey", count["survey"])  # type: ignore[arg-type]
            assert survey is not None
            site = rows.get(db, "location", survey["site"])  # type: ignore[arg-type]
            assert site is not None
            sector = rows.get(db, "location", count["sector"]) if count["sector"] else None  # type: ignore[arg-type]
            assert sector is None or sector["part_of"] == site.id
            name = sector.text("name") if sector else None
            found.append(
                (
                    site.text("name"),
                    survey.text("date"),
                    name,
                    count.text("taxon"),
                    count["count"],
                    count.text("remarks"),
                )
            )
        return sorted(found, key=str)


EXPECTED = sorted(
    [
        ("Хасан", "2026-03-28", "Север", "Grus monacha", 12, "у воды"),
        ("Хасан", "2026-03-28", "Юг", "Antigone vipio", 3, "“芦苇” 两群"),
        ("敬信湿地", "2026-03-28", "一区", "Grus monacha", 40, "ヒシクイも"),
        ("敬信湿地", "2026-03-28", "一区", "Platalea minor", 0, "없음"),
        ("敬信湿地", "2026-03-28", None, "Grus grus", 7, ""),
    ],
    key=str,
)


@pytest.mark.parametrize(
    "data",
    [
        FOUR_SCRIPTS.encode("utf-8"),
        codecs.BOM_UTF8 + FOUR_SCRIPTS.encode("utf-8"),
        FOUR_SCRIPTS.encode("utf-16"),
        FOUR_SCRIPTS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + FOUR_SCRIPTS.encode("utf-16-be"),
        FOUR_SCRIPTS.replace(",", ";").encode("utf-8"),
        FOUR_SCRIPTS.replace(",", "\t").replace("\n", "\r\n").encode("utf-8"),
        FOUR_SCRIPTS.replace("\n", "\r").encode("utf-8"),
        FOUR_SCRIPTS.replace(HEADER, HEADER.upper()).encode("utf-8"),
        FOUR_SCRIPTS.replace("\n", ",,\n").encode("utf-8"),
    ],
    ids=[
        "utf-8",
        "bom",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "semicolon",
        "tab",
        "old-mac",
        "capitals",
        "empty-columns",
    ],
)
def test_four_scripts(library: Library, tmp_path: Path, data: bytes) -> None:
    done = import_surveys(library, table(tmp_path, data))
    assert stored(library) == EXPECTED
    assert (len(done.surveys), done.counts, done.already_known, done.failed, done.unmatched) == (2, 5, 0, [], [])
    assert done.new_persons == ["Observer A", "观察员B"]
    assert done.new_locations == ["Хасан", "敬信湿地", "Север", "Юг", "一区"]


def test_a_second_time_nothing_changes(library: Library, tmp_path: Path) -> None:
    path = table(tmp_path, FOUR_SCRIPTS)
    first = import_surveys(library, path)
    again = import_surveys(library, path)
    assert (again.surveys, again.counts, again.already_known) == (first.surveys, 0, 5)
    assert stored(library) == EXPECTED
    assert (again.new_locations, again.new_persons) == ([], [])


def test_columns_in_another_order(library: Library, tmp_path: Path) -> None:
    import_surveys(
        library, table(tmp_path, "count,taxon,site,date,start,end,observer,sector,remarks\n4,GRMO,A,2026-01-12\n")
    )
    assert stored(library) == [("A", "2026-01-12", None, "Grus monacha", 4, "")]


def test_two_equal_rows_are_two_flocks(library: Library, tmp_path: Path) -> None:
    row = "A,2026-01-12,,,,,Mallard,50,\n"
    assert import_surveys(library, table(tmp_path, HEADER + row + row)).counts == 2
    more = import_surveys(library, table(tmp_path, HEADER + row * 3))
    assert (more.counts, more.already_known) == (1, 2)


def test_bad_rows_are_listed_and_the_others_taken(library: Library, tmp_path: Path) -> None:
    text = HEADER + (
        "A,2026-02-30,,,,,Mallard,1,\n"  # row 2: no such day
        "A,12.01.2026,,,,,Mallard,1,\n"
        "\n"
        "A,2026-01-12,,,,,Mallard,-1,\n"
        "A,2026-01-12,,,,,Mallard,ca. 200,\n"
        "A,2026-01-12,,,,,Mallard,1.5,\n"
        "A,2026-01-12,,,,,Mallard,,\n"
        "A,2026-01-12,,,,,,3,\n"
        ",2026-01-12,,,,,Mallard,3,\n"
        "A,2026-01-12,,,,,Mallard,3,near, the bridge\n"
        "A,2026-01-12,,,,,Mallard,99999999999,\n"
        "A,2026-01-12,,,,,Mallard,3,bell\a\n"
        "A,2026-01-12,dawn,,,,Mallard,3,good\n"
        "A,2026-01-12,,,,,duck with a green hat,8,good\n"
    )
    done = import_surveys(library, table(tmp_path, text))
    assert [(bad.row, bad.code) for bad in done.failed] == [
        (2, "DATE_WRONG"),
        (3, "DATE_WRONG"),
        (5, "COUNT_WRONG"),
        (7, "COUNT_WRONG"),
        (8, "COUNT_WRONG"),
        (9, "TAXON_MISSING"),
        (10, "SITE_MISSING"),
        (11, "ROW_TOO_LONG"),
        (12, "COUNT_WRONG"),
        (13, "TEXT_WRONG"),
    ]
    assert all(bad.reason for bad in done.failed)
    assert done.counts == 3
    assert [(one.row, one.column, one.text) for one in done.doubtful] == [(6, "count", "ca. 200")]
    assert done.unmatched == [(15, "duck with a green hat")]
    assert ("A", "2026-01-12", None, "duck with a green hat", 8, "good") in stored(library)


@pytest.mark.parametrize(
    ("encoding", "taxon"),
    [("cp1251", "Чёрный журавль"), ("gb18030", "白头鹤"), ("cp949", "흑두루미"), ("cp932", "ナベヅル")],
)
def test_older_encodings_where_a_species_proves_them(
    library: Library, tmp_path: Path, encoding: str, taxon: str
) -> None:
    done = import_surveys(library, table(tmp_path, f"{HEADER}A,2026-01-12,,,,,{taxon},9,\n".encode(encoding)))
    assert done.encoding == encoding
    assert stored(library) == [("A", "2026-01-12", None, "Grus monacha", 9, "")]


GOOD = "A,2026-01-12,,,,,Mallard,9,\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "HEADER_WRONG"),
        (b"\0" * 100, "HEADER_WRONG"),
        (b"place,day,bird\nA,2026-01-12,Mallard\n", "HEADER_WRONG"),
        ((HEADER.replace(",count", "") + GOOD).encode(), "HEADER_WRONG"),
        ((HEADER.replace("remarks", "remarks,weather") + GOOD).encode(), "HEADER_WRONG"),
        (GOOD.encode(), "HEADER_WRONG"),
        (HEADER.encode(), "NO_COUNTS"),
        ((HEADER + "A,yesterday,,,,,Mallard,9,\n").encode(), "NO_COUNTS"),
        ((HEADER + "A,2026-01-12,,,,,птица,9,\n").encode("cp1251"), "TABLE_ENCODING"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8", "TABLE_ENCODING"),
        ((HEADER + 'A,2026-01-12,,,,,Mallard,9,"open\n' + GOOD).encode(), "TABLE_BROKEN"),
        (b"\xff\xd8\xff\xe0 a picture", "TABLE_ENCODING"),
    ],
)
def test_refused_whole_and_nothing_changed(library: Library, tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(DataProblem) as problem:
        import_surveys(library, table(tmp_path, data))
    assert problem.value.code == code
    if code == "HEADER_WRONG":
        assert HEADER.strip() in problem.value.todo
    with library.read() as db:
        assert db.conn.execute("SELECT count(*) FROM batch").fetchone()[0] == 0


def test_a_folder_and_a_missing_file(library: Library, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(DataProblem):
            import_surveys(library, path)


def test_a_later_table_joins_its_survey(library: Library, tmp_path: Path) -> None:
    start = "Bay,2026-01-12,08:00,10:00,Observer B; Observer A,"
    other = "bay,2026-01-12,08:00,10:00,observer a;OBSERVER B,"
    first = import_surveys(library, table(tmp_path, f"{HEADER}{start}North,Mallard,4,\n".replace(";", "；")))
    second = import_surveys(library, table(tmp_path, f"{HEADER}{other}South,Smew,2,\n", "two.csv"))
    assert first.surveys == second.surveys
    assert (second.new_persons, second.new_locations) == ([], ["South"])


def test_five_thousand_rows(library: Library, tmp_path: Path) -> None:
    text = HEADER + "".join(f"S{n % 7},2026-01-{n % 28 + 1:02d},,,O,Q{n % 3},Mallard,{n},\n" for n in range(5000))
    path = table(tmp_path, text)
    assert import_surveys(library, path).counts == 5000
    assert import_surveys(library, path).already_known == 5000


def test_mutated_tables_are_taken_or_refused_with_one_sentence(library: Library, tmp_path: Path) -> None:
    whole = (FOUR_SCRIPTS * 2).encode("utf-8")
    chance = random.Random(60)
    refused = []
    taken = 0
    for n in range(60):
        first, last = sorted(chance.randrange(len(whole)) for _end in range(2))
        data = (
            whole[:last],
            whole[:first] + whole[last:],
            whole[:first] + chance.randbytes(8) + whole[first:],
            whole[:first] + b'"' + whole[first:],
            whole[:first] + b"\n" + whole[first:],
            whole[:first] + b"," + whole[first:],
        )[n % 6]
        with library.read() as db:
            before = rows.number(db, "count")
        try:
            added = import_surveys(library, table(tmp_path, data)).counts
        except DataProblem as problem:
            refused.append(problem.what)
            added = 0
        else:
            taken += 1
        with library.read() as db:
            assert rows.number(db, "count") == before + added
    assert all(what.endswith(".") for what in refused)
    assert len(refused) > 5
    assert taken > 20
