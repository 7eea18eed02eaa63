"""Tables as people keep them: any headings, wide ones, workbooks; every cell that is no plain number is listed."""

from __future__ import annotations

import datetime
import io
import random
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ranger_app.actions import survey_mapping
from ranger_app.actions.survey_mapping import Preview
from ranger_app.domain.count_cells import MOST_BIRDS, band, read_date, read_number
from ranger_app.errors import DataProblem, EnvironmentProblem, UsageProblem
from ranger_app.exchange import count_tables
from ranger_app.library import Library
from ranger_app.store import rows


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "library", name="Station", country="RU", utc_offset=600) as made:
        yield made


def table(tmp_path: Path, text: str | bytes, name: str = "counts.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def workbook(tmp_path: Path, *lines: tuple[object, ...], merge: tuple[str, ...] = (), name: str = "c.xlsx") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(line)
    for one in merge:
        sheet.merge_cells(one)
    book.save(tmp_path / name)
    return tmp_path / name


def taken(found: Preview) -> list[tuple[str, str, str, str, int, str]]:
    return [(one.site, one.date, one.sector, one.taxon, one.count, one.method) for one in found.table.rows]


# -- cells -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count", "method", "low", "high", "doubtful"),
    [
        ("", None, "counted", None, None, False),
        ("0", 0, "counted", None, None, False),
        ("12", 12, "counted", None, None, False),
        ("１２", 12, "counted", None, None, False),
        ("12,0", 12, "counted", None, None, False),
        ("1 200", 1200, "counted", None, None, False),
        ("1,200", 1200, "counted", None, None, True),
        ("12 ос.", 12, "counted", None, None, False),
        ("30只", 30, "counted", None, None, False),
        ("ca. 200", 200, "estimated", 100, 300, True),
        ("ок. 250", 250, "estimated", 240, 260, True),
        ("约200", 200, "estimated", 100, 300, True),
        ("200左右", 200, "estimated", 100, 300, True),
        ("약 30", 30, "estimated", 20, 40, True),
        ("50-60", 55, "estimated", 50, 60, True),
        ("50–60", 55, "estimated", 50, 60, True),
        ("от 50 до 60", 55, "estimated", 50, 60, True),
        ("50～60", 55, "estimated", 50, 60, True),
        ("100+", 100, "estimated", 100, None, True),
        (">100", 100, "estimated", 100, None, True),
        ("+", 0, "present", None, None, True),
        ("x", 0, "present", None, None, True),
        ("Х", 0, "present", None, None, True),
        ("нет", 0, "counted", None, None, True),
        ("-", None, "counted", None, None, True),
        ("12+3+5", 20, "counted", None, None, True),
        ("12 (3 juv.)", 12, "counted", None, None, True),
    ],
)
def test_a_cell_as_a_person_would_read_it(
    text: str, count: int | None, method: str, low: int | None, high: int | None, doubtful: bool
) -> None:
    found = read_number(text)
    assert (found.count, found.method, found.low, found.high) == (count, method, low, high)
    assert bool(found.doubt) == doubtful
    assert not found.wrong


@pytest.mark.parametrize("text", ["12,5", "1.5", "-5", "<10", "60-50", "abc", "9" * 11, "1(" * 120, "=A1", "1e5", "٣-"])
def test_what_is_no_number_of_birds_is_said_and_not_taken(text: str) -> None:
    found = read_number(text)
    assert found.wrong
    assert found.count is None
    assert found.doubt


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_no_text_breaks_the_reader_or_passes_in_silence(text: str) -> None:
    found = read_number(text)
    read_date(text)
    assert found.count is None or 0 <= found.count <= MOST_BIRDS
    if found.method != "counted" or found.wrong:
        assert found.doubt


@given(st.integers(0, MOST_BIRDS), st.integers(0, MOST_BIRDS))
def test_numbers_come_back(first: int, second: int) -> None:
    low, high = sorted((first, second))
    assert read_number(str(first)).count == first
    about = read_number(f"ca. {low}")
    if low + band(low) <= MOST_BIRDS:
        assert (about.count, about.low, about.high) == (low, max(0, low - band(low)), low + band(low))
    between = read_number(f"{low}-{high}")
    assert (between.low, between.high) == (low, high)
    assert between.count is not None
    assert low <= between.count <= high


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)))
def test_dates_in_usual_forms(day: datetime.date) -> None:
    y, m, d = day.year, day.month, day.day
    for text in (
        *(f"{y}-{m:02d}-{d:02d}", f"{d:02d}.{m:02d}.{y}", f"{y}年{m}月{d}日", f"{y}년 {m}월 {d}일", f"{y}/{m}/{d}"),
        *(f"{d} {day:%B} {y}", f"{y} оны {m} сарын {d}", f"{y}-{m:02d}-{d:02d} 00:00:00"),
    ):
        assert read_date(text).text == day.isoformat()
    slashes = read_date(f"{d}/{m}/{y}")
    assert slashes.open == (d <= 12 and m != d)
    assert read_date(f"{d}/{m}/{y}", "dmy").text == day.isoformat()
    assert read_date(f"{m}/{d}/{y}", "mdy").text == day.isoformat() or m > 12


# -- tables ------------------------------------------------------------------------------------------------------

RUSSIAN = (
    "Участок;Дата;Сектор;Вид;Количество;Примечание\n"
    "Хасан;12.01.2026;Север;Чёрный журавль;ca. 200;\n"
    "Хасан;12.01.2026;Север;白枕鹤;50-60;у берега\n"
    ";;Юг;Mallard;12,0;\n"
    "Хасан;12.01.2026;Юг;ナベヅル;+;\n"
    "Хасан;12.01.2026;Юг;GRGR;;\n"
    "Хасан;12.01.2026;Юг;Кряква;0;\n"
    "Хасан;12.01.2026;Юг;утка в шляпе;12,5;\n"
    "Итого;;;;267;\n"
)


def test_headings_of_another_language_are_proposed_and_every_doubt_is_listed(library: Library, tmp_path: Path) -> None:
    found = survey_mapping.preview(library, table(tmp_path, RUSSIAN))
    assert [found.chosen.proposal.columns[at] for at in range(6)] == [
        *("site", "date", "sector", "taxon", "count", "remarks"),
    ]
    assert taken(found) == [
        ("Хасан", "2026-01-12", "Север", "Grus monacha", 200, "estimated"),
        ("Хасан", "2026-01-12", "Север", "Antigone vipio", 55, "estimated"),
        ("Хасан", "2026-01-12", "Юг", "Anas platyrhynchos", 12, "counted"),
        ("Хасан", "2026-01-12", "Юг", "Grus monacha", 0, "present"),
        ("Хасан", "2026-01-12", "Юг", "Anas platyrhynchos", 0, "counted"),
    ]
    assert [(one.row, one.column, one.text) for one in found.table.doubtful] == [
        (2, "Количество", "ca. 200"),
        (3, "Количество", "50-60"),
        (4, "Участок", ""),
        (4, "Дата", ""),
        (5, "Количество", "+"),
        (6, "Количество", ""),
    ]
    assert [(bad.row, bad.code) for bad in found.table.failed] == [(8, "COUNT_WRONG"), (9, "TOTALS_ROW")]
    assert found.unmatched == {"утка в шляпе": 1}
    done = survey_mapping.import_mapped(library, found)
    assert (done.counts, len(done.surveys)) == (5, 1)
    with library.read() as db:
        crane = next(one for one in rows.find(db, "count") if one["count"] == 200)
        assert (crane["low"], crane["high"], crane["give_or_take"]) == (100, 300, 100)
    again = survey_mapping.import_mapped(library, survey_mapping.preview(library, table(tmp_path, RUSSIAN)))
    assert (again.counts, again.already_known) == (0, 5)


def test_what_was_said_of_a_header_is_remembered(library: Library, tmp_path: Path) -> None:
    text = "wetland name,when,bird,n birds\nBay,03/04/2026,Mallard,5\n"
    found = survey_mapping.preview(library, table(tmp_path, text))
    assert found.needs
    with pytest.raises(UsageProblem) as problem:
        survey_mapping.import_mapped(library, found)
    assert problem.value.code == "MAP_INCOMPLETE"
    columns = {"site": "wetland name", "date": "B", "taxon": "bird", "count": "n birds"}
    found = survey_mapping.seen(found.grid, survey_mapping.given(found.chosen, found.header, columns))
    assert found.asks_order
    with pytest.raises(UsageProblem) as problem:
        survey_mapping.import_mapped(library, found)
    assert problem.value.code == "DATE_ORDER"
    found = survey_mapping.seen(found.grid, survey_mapping.given(found.chosen, found.header, {}, order="dmy"))
    assert survey_mapping.import_mapped(library, found).counts == 1
    assert taken(found)[0][1] == "2026-04-03"
    later = survey_mapping.preview(library, table(tmp_path, text.replace("5\n", "9\n")))
    assert later.chosen.remembered
    assert (later.ready, taken(later)[0][4]) == (True, 9)


def test_another_date_of_the_column_settles_the_order(library: Library, tmp_path: Path) -> None:
    text = "site,date,species,count\nBay,03/04/2026,Mallard,5\nBay,25/04/2026,Mallard,5\n"
    found = survey_mapping.preview(library, table(tmp_path, text))
    assert [one[1] for one in taken(found)] == ["2026-04-03", "2026-04-25"]


def test_a_wide_workbook_with_merged_headings_and_totals(library: Library, tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ("Учёт водоплавающих",),
        ("Участок: Хасан",),
        ("", datetime.date(2026, 1, 12), None, datetime.date(2026, 3, 28), None, ""),
        ("Вид", "Север", "Юг", "Север", "Юг", "Всего"),
        ("Кряква", 12, "ca. 200", None, 0, 212),
        ("Journal", None, None, None, None, None),
        ("Чёрный журавль", "+", None, "50-60", 7.0, 62),
        ("ИТОГО:", 12, 200, 55, 7, 274),
        merge=("B3:C3", "D3:E3"),
    )
    found = survey_mapping.preview(library, path)
    proposal = found.chosen.proposal
    assert (proposal.header, proposal.across, proposal.above_is, dict(proposal.told)) == (
        *(3, "sector", "date"),
        {"site": "Хасан"},
    )
    assert taken(found) == [
        ("Хасан", "2026-01-12", "Север", "Anas platyrhynchos", 12, "counted"),
        ("Хасан", "2026-01-12", "Юг", "Anas platyrhynchos", 200, "estimated"),
        ("Хасан", "2026-03-28", "Юг", "Anas platyrhynchos", 0, "counted"),
        ("Хасан", "2026-01-12", "Север", "Grus monacha", 0, "present"),
        ("Хасан", "2026-03-28", "Север", "Grus monacha", 55, "estimated"),
        ("Хасан", "2026-03-28", "Юг", "Grus monacha", 7, "counted"),
    ]
    assert [(one.row, one.column) for one in found.table.doubtful] == [
        (5, "2026-01-12 · Юг"),
        (7, "2026-01-12 · Север"),
        (7, "2026-03-28 · Север"),
    ]
    assert [(bad.row, bad.code) for bad in found.table.failed] == [(8, "TOTALS_ROW")]
    assert found.left_out == ["Всего"]
    assert survey_mapping.import_mapped(library, found).counts == 6
    assert survey_mapping.import_mapped(library, found).counts == 0


def test_species_or_dates_as_headings(library: Library, tmp_path: Path) -> None:
    species = "地点,日期,绿头鸭,白头鹤,合计\n敬信湿地,2026年1月12日,5,,5\n"
    found = survey_mapping.preview(library, table(tmp_path, species))
    assert found.chosen.proposal.across == "taxon"
    assert taken(found) == [("敬信湿地", "2026-01-12", "", "Anas platyrhynchos", 5, "counted")]
    dates = "site,species,12.01.2026,28.03.2026\nBay,Mallard,5,7\n"
    found = survey_mapping.preview(library, table(tmp_path, dates))
    assert found.chosen.proposal.across == "date"
    assert [(one[1], one[4]) for one in taken(found)] == [("2026-01-12", 5), ("2026-03-28", 7)]


def test_the_ready_header_in_a_workbook(library: Library, tmp_path: Path) -> None:
    header = ("site", "date", "start", "end", "observer", "sector", "taxon", "count", "remarks")
    day = datetime.datetime(2026, 1, 12)
    path = workbook(tmp_path, header, ("Bay", day, datetime.time(7, 5), "9:30", "Observer A", "N", "Mallard", 3, ""))
    assert survey_mapping.is_ready_made(path)
    found = survey_mapping.preview(library, path)
    assert [(one.start, one.end, one.observers) for one in found.table.rows] == [("07:05", "09:30", ("Observer A",))]


def test_a_formula_nobody_worked_out_is_listed_and_an_empty_result_is_empty(library: Library, tmp_path: Path) -> None:
    head = ("site", "date", "species", "count")
    lines = [("Bay", "2026-01-12", bird, "=2+3") for bird in ("Mallard", "Smew", "Goosander")]
    path = workbook(tmp_path, head, *lines)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            for cell, kind, value in ((b"D3", b' t="str"', b"<v></v>"), (b"D4", b"", b"<v>5</v>")):
                empty = b'<c r="%b"><f>2+3</f><v /></c>' % cell
                assert empty in data or not name.endswith("sheet1.xml")
                data = data.replace(empty, b'<c r="%b"%b><f>2+3</f>%b</c>' % (cell, kind, value))
            new.writestr(name, data)
    found = survey_mapping.preview(library, path)
    assert [(one.taxon, one.count) for one in found.table.rows] == [("Mergus merganser", 5)]
    assert [bad.row for bad in found.table.failed if "=2+3" in bad.reason] == [2]


# -- hostile -----------------------------------------------------------------------------------------------------


def bombs(tmp_path: Path) -> Iterator[Path]:
    whole = workbook(tmp_path, ("site", "date", "species", "count"), ("Bay", "2026-01-12", "Mallard", 5)).read_bytes()
    names = zipfile.ZipFile(io.BytesIO(whole)).namelist()
    sheet = next(name for name in names if name.endswith("sheet1.xml"))
    row = "<row r='1048576'><c r='XFD1048576' t='inlineStr'><is><t>x</t></is></c></row>"
    start = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    huge = "<row><c t='n'><v>1</v></c></row>" * 400_000
    bodies = {
        "far": f"{start}<sheetData>{row}</sheetData></worksheet>".encode(),
        "bomb": b" " * (160 << 20),
        "rows": f"{start}<sheetData>{huge}</sheetData></worksheet>".encode(),
        "entity": b'<!DOCTYPE a [<!ENTITY b "cccc">]><a>&b;</a>',
        "open": start.encode(),
    }
    for name, body in bodies.items():
        path = tmp_path / f"{name}.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out, zipfile.ZipFile(io.BytesIO(whole)) as source:
            for one in names:
                out.writestr(one, body if one == sheet else source.read(one))
        yield path


def test_bombs_and_endless_sheets_are_refused(tmp_path: Path) -> None:
    began = time.monotonic()
    for path in bombs(tmp_path):
        with pytest.raises(DataProblem) as problem:
            count_tables.read(path)
        assert problem.value.code in ("TABLE_TOO_BIG", "TABLE_BROKEN")
    assert time.monotonic() - began < 10


def test_two_hundred_mutated_tables(library: Library, tmp_path: Path) -> None:
    chance = random.Random(200)
    book = workbook(tmp_path, *(tuple(line.split(";")) for line in RUSSIAN.splitlines())).read_bytes()
    text = RUSSIAN.encode()
    began = time.monotonic()
    refused = []
    for n in range(200):
        whole = bytearray(book if n % 2 else text)
        for _time in range(chance.randrange(1, 6)):
            at = chance.randrange(len(whole))
            match n // 2 % 4:
                case 0:
                    whole[at] = chance.randrange(256)
                case 1:
                    del whole[at : at + chance.randrange(1, 40)]
                case 2:
                    whole[at:at] = chance.randbytes(8)
                case _:
                    del whole[at:]
            if not whole:
                break
        try:
            survey_mapping.preview(library, table(tmp_path, bytes(whole), "m"))
        except (DataProblem, EnvironmentProblem) as problem:
            refused.append(problem.what)
    assert len(refused) > 40
    assert all(what.endswith(".") for what in refused)
    assert time.monotonic() - began < 10
