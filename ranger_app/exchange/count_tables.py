"""Tables of counts as people keep them, from CSV or XLSX: plain rows of text, and which column probably holds what.

Every reader is bounded in bytes, rows and columns before it looks at anything; what a column means is proposed by the
words of six languages and never decided here.
"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ranger_app.domain.count_cells import read_date, read_number
from ranger_app.domain.taxa import fold, match
from ranger_app.errors import DataProblem, file_missing, file_unreadable
from ranger_app.i18n import N_, _

FIELDS: dict[str, str] = {
    "site": N_("Site"),
    "date": N_("Date"),
    "start": N_("Start"),
    "end": N_("End"),
    "observer": N_("Observers"),
    "sector": N_("Sector"),
    "taxon": N_("Species"),
    "scientific": N_("Scientific name"),
    "count": N_("Number"),
    "flock": N_("Flock"),
    "age": N_("Age"),
    "sex": N_("Sex"),
    "remarks": N_("Remarks"),
}
"""What a column can hold, with its words."""
ACROSS = ("site", "date", "sector", "taxon")
"""What the headings of columns of numbers can be."""
MOST_BYTES = 50 << 20
MOST_ROWS = 200_000
MOST_COLUMNS = 400
MOST_CELLS = 2_000_000
MOST_UNPACKED = 150 << 20
_MOST_PARTS = 2_000
_MOST_SHEETS = 40
_HEAD = 30
_LONGEST_CELL = 20_000
_OLD_ENCODINGS = ("cp1251", "gb18030", "cp949", "cp932")

_USUAL: dict[str, str] = {
    "site": "site|site name|sitename|locality|location|wetland|lake|place|участок|место|водоем|угодье|точка|пункт"
    "|название участка|озеро|地点|站点|样地|湿地|湖泊|调查地点|地名|지점|조사지|조사지역|습지|지역|장소|газар|нуур"
    "|ажиглалтын газар|調査地|湿地名|場所",
    "date": "date|visit date|survey date|day|observation date|дата|день|дата учета|日期|调查日期|时间日期|날짜|일자"
    "|조사일|огноо|он сар өдөр|日付|調査日|月日|年月日",
    "start": "start|start time|time start|begin|from|time|начало|время начала|время|开始|开始时间|时间|시작|시작시간"
    "|эхэлсэн|эхлэх цаг|эхэлсэн цаг|開始|開始時刻|開始時間",
    "end": "end|end time|time end|finish|until|to|конец|окончание|время окончания|结束"
    "|结束时间|종료|종료시간|끝|дууссан"
    "|дуусах цаг|дууссан цаг|終了|終了時刻|終了時間",
    "observer": "observer|observers|counter|counters|recorder|surveyor"
    "|compiler|name of observer|наблюдатель|наблюдатели"
    "|учетчик|учетчики|исполнитель|观察者|观察员|调查人|调查员|记录人|조사자|관찰자|ажиглагч|тоологч|судлаач|調査者"
    "|観察者|調査員",
    "sector": "sector|section|subsite|sub-site|zone|block|area|count unit|сектор|часть"
    "|зона|выдел|квадрат|分区|区域|样区"
    "|小区|구역|구획|구간|сектор хэсэг|хэсэг|бүс|区画|区域名|セクター",
    "taxon": "species|taxon|bird|birds|common name|english name|name|reporting name|reporting_name|вид|вид птиц|птица"
    "|виды|название|название вида|русское название|物种|种类|鸟种|种名|中文名|名称|鸟类|종|종명|국명|새|조류|зүйл|шувуу"
    "|зүйлийн нэр|монгол нэр|種|種名|和名|鳥|鳥種",
    "scientific": "scientific name|scientificname|scientific|latin|latin name|латинское название|латынь|лат"
    "|научное название|学名|拉丁名|拉丁学名|학명|латин нэр|шинжлэх ухааны нэр",
    "count": "count|number|no|no.|total count|individuals|quantity|abundance|n|individual count|individualcount"
    "|численность|количество|число|кол-во|особей|число особей|шт|数量|个体数|只数|计数"
    "|개체수|마리수|수|마리|тоо|тоо толгой"
    "|тоо ширхэг|個体数|羽数|数",
    "flock": "flock|group|стая|группа|群|무리|сүрэг|群れ",
    "age": "age|life stage|lifestage|возраст|年龄|연령|나이|нас|年齢|齢",
    "sex": "sex|gender|пол|性别|성별|хүйс|性別",
    "remarks": "remarks|remark|comment|comments|note|notes|примечание|примечания|комментарий|заметки|备注|附注|说明"
    "|비고|메모|тайлбар|тэмдэглэл|備考|メモ|注",
}
_TOTALS = (
    "total|totals|sum|subtotal|sub-total|grand total|total birds|all species|all birds"
    "|итого|всего|сумма|итог|всего птиц"
    "|всего особей|合计|总计|总数|小计|总和|共计|합계|총계|소계|계|총합|合計|総計|計|総数|小計|нийт|нийлбэр|дүн|бүгд"
)
_BY_WORD = {fold(word): name for name, words in _USUAL.items() for word in words.split("|")}
_TOTAL_WORDS = frozenset(fold(word) for word in _TOTALS.split("|"))
_EDGES = re.compile(r"\s*[(\[（].*$|[:*：]+\s*$")
Cells = tuple[str, ...]


@dataclass(slots=True)
class Grid:
    """One sheet as text, rows from 1; ``more_sheets`` are the names of all sheets of its file."""

    name: str
    rows: list[Cells] = field(default_factory=list)
    sheets: tuple[str, ...] = ()
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the header stands and what columns hold. ``columns``: column number -> field, ``across`` for numbers under
    headings; ``told``: field -> value that holds for the whole table, from the lines above the header.

    ``above`` is the row (from 0) of a second, merged heading over the columns across, with what it holds; -1 for none.
    """

    header: int
    columns: Mapping[int, str]
    across: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    above: int = -1
    above_is: str = ""

    @property
    def of_numbers(self) -> list[int]:
        """The columns that hold numbers under headings."""
        return sorted(at for at, name in self.columns.items() if name == "across")


def field_named(text: str) -> str:
    """The field a heading usually names, empty for none: ``Участок``, ``日期``, ``Count (ind.)``."""
    return _BY_WORD.get(fold(text)) or _BY_WORD.get(fold(_EDGES.sub("", text)), "")


def is_total(text: str) -> bool:
    """Whether a row or column of this name is a sum over others."""
    plain = fold(_EDGES.sub("", text))
    first = plain.partition(" ")[0].rstrip(":.")
    return plain in _TOTAL_WORDS or (first in _TOTAL_WORDS and match(text) is None)


def merged(cells: Cells, width: int) -> Cells:
    """A row of headings where a merged one is written in its first cell only: each cell with the heading over it."""
    found, last = [], ""
    for cell in (*cells, *[""] * (width - len(cells))):
        last = cell or last
        found.append(last)
    return tuple(found)


# -- reading -----------------------------------------------------------------------------------------------------


def read(path: Path, sheet: str = "") -> Grid:
    """The sheet ``sheet`` of a file of tables, the first with anything in it by default.

    DataProblem where it is no table, is too large or has no such sheet; EnvironmentProblem where it cannot be read.
    """
    data = bytes_of(path)
    if data.startswith(b"PK\x03\x04"):
        return _workbook(data, sheet)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused("TABLE_OLD_XLS", _("This is a table of an old kind (.xls)."), _("Save it as XLSX or CSV."))
    text, encoding = _decoded(data)
    if "\0" in text:
        raise _broken()
    return Grid(path.name, _csv_rows(text), (), encoding)


def bytes_of(path: Path) -> bytes:
    """The whole file. DataProblem where there is none or it is too large, EnvironmentProblem where a disk fails."""
    try:
        with path.open("rb") as source:
            data = source.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise file_missing(path) from error
    except OSError as error:
        if path.is_dir():
            raise refused("TABLE_NOT_A_FILE", _("This is a folder, not a table.")) from error
        raise file_unreadable(path, error) from error
    if len(data) > MOST_BYTES:
        raise too_big()
    return data


def refused(code: str, what: str, todo: str = "") -> DataProblem:
    """A table that is not taken, in one sentence, with what to do next."""
    return DataProblem(code, what, todo or _("Nothing was taken. Save the table again as CSV in UTF-8."))


def too_big() -> DataProblem:
    """A table beyond any table of counts."""
    return refused("TABLE_TOO_BIG", _("The table is larger than a table of counts can be."))


def _broken() -> DataProblem:
    return refused("TABLE_BROKEN", _("The file is damaged or is no table."))


def _decoded(data: bytes) -> tuple[str, str]:
    """UTF-8, UTF-16, else the one older encoding in which a heading or a species can be read."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), "utf-16"
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    proved = []
    for encoding in _OLD_ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        cells = {cell.strip() for cell in re.split(r"[,;\t\r\n]", text[:20_000])}
        if any(not cell.isascii() and (field_named(cell) or match(cell)) for cell in cells):
            proved.append((text, encoding))
    if len(proved) != 1:
        raise refused("TABLE_ENCODING", _("The letters of the table cannot be read with certainty."))
    return proved[0]


def _csv_rows(text: str) -> list[Cells]:
    csv.field_size_limit(2 << 20)
    head = "\n".join(re.split("\r\n|\r|\n", text[:200_000])[:_HEAD])
    delimiter = max((",", ";", "\t"), key=lambda one: (_steady(head, one), -",;\t".index(one)))
    try:
        return _collected(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _broken() from error


def _steady(head: str, delimiter: str) -> int:
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return 0
    return max((widths.count(width) * (width - 1) for width in set(widths)), default=0)


def _collected(rows: Iterable[Iterable[str]]) -> list[Cells]:
    found: list[Cells] = []
    cells = written = 0
    for number, row in enumerate(rows, 1):
        one = [_cell(cell) for cell in row]
        written += len(one)
        if written > 4 * MOST_CELLS:  # empty cells that carry a colour only
            raise too_big()
        while one and not one[-1]:
            one.pop()
        cells += len(one) + 1
        if number > MOST_ROWS + 1 or cells > MOST_CELLS or len(one) > MOST_COLUMNS:
            raise too_big()
        found.append(tuple(one))
    while found and not found[-1]:
        found.pop()
    return found


def _cell(text: str) -> str:
    if len(text) > _LONGEST_CELL:
        raise too_big()
    text = text.strip().lstrip("\ufeff").strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _workbook(data: bytes, sheet: str) -> Grid:
    _check_zip(data)
    from openpyxl import load_workbook  # slow to load, and few tables are workbooks

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sums = load_workbook(io.BytesIO(data), read_only=True, keep_links=False) if _has_formulas(data) else None
        names = tuple(one.title for one in book.worksheets)[:_MOST_SHEETS]
        wanted = [one for one in names if one.casefold() == sheet.casefold()] if sheet else list(names)
        if sheet and not wanted:
            raise refused(
                "SHEET_MISSING",
                _("The file has no sheet called {name}.").format(name=sheet[:80]),
                _("Its sheets are: {names}.").format(names=", ".join(names)),
            )
        for name in wanted:
            page = book[name]
            page.reset_dimensions()
            rows = page.iter_rows(max_row=MOST_ROWS + 2, values_only=True)
            if sums is not None:
                sums[name].reset_dimensions()
                written = sums[name].iter_rows(max_row=MOST_ROWS + 2, values_only=True)
                rows = _results(page.iter_rows(max_row=MOST_ROWS + 2), written)
            found = _collected([_worded(cell) for cell in row] for row in rows)
            if found or sheet:
                return Grid(name, found, names)
    except DataProblem:
        raise
    except (MemoryError, RecursionError, Exception) as error:
        raise _broken() from error
    return Grid(names[0] if names else "", [], names)


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            if one.filename.startswith("xl/worksheets/"):
                with archive.open(one) as file:
                    before = b""
                    while part := file.read(1 << 20):
                        if b"<f>" in (seen := before + part) or b"<f " in seen:
                            return True
                        before = part[-2:]
    return False


def _results(rows: Iterable[Iterable[Any]], formulas: Iterable[Iterable[object]]) -> Iterator[list[object]]:
    """Rows with the results of formulas; a formula that was never worked out stands as it is written, for it is no
    empty cell. One whose result is an empty text is (its cell is of text)."""
    for row, written in zip(rows, formulas, strict=False):
        yield [
            (formula if isinstance(formula, str) else "=")
            if cell.value is None and formula is not None and cell.data_type == "n"
            else cell.value
            for cell, formula in zip(row, written, strict=False)
        ]


def _check_zip(data: bytes) -> None:
    """Refuse what would unpack to more than a table can be, and XML that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            whole = sum(one.file_size for one in parts)
            if len(parts) > _MOST_PARTS or whole > MOST_UNPACKED or whole > 200 * len(data) + (1 << 20):
                raise too_big()
            for one in parts:
                if one.filename.endswith((".xml", ".rels")):
                    with archive.open(one) as file:
                        if b"<!DOCTYPE" in file.read(4096).upper():
                            raise _broken()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise _broken() from error


def _worded(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    return str(value)


# -- what columns hold -------------------------------------------------------------------------------------------


def propose(rows: list[Cells]) -> Proposal:
    """What a table probably holds. Without a header that says anything, the first row is the header and no column
    means anything."""
    header = _header_row(rows)
    cells = rows[header] if rows else ()
    columns: dict[int, str] = {}
    for at, cell in enumerate(cells):
        name = field_named(cell)
        if name and name not in columns.values():
            columns[at] = name
    if "taxon" not in columns.values() and "scientific" in columns.values():
        columns[next(at for at, name in columns.items() if name == "scientific")] = "taxon"
    told = {name: text for name, text in _above(rows[:header]).items() if name not in columns.values()}
    left = [
        at
        for at, cell in enumerate(cells)
        if at not in columns and cell and not is_total(cell) and _numbers_below(rows, header, at)
    ]
    across = ""
    if "count" not in columns.values() and left:
        across = _heading_kind([cells[at] for at in left], columns.values())
        if across in ("sector", "site") and len(left) == 1:
            across = ""  # one column of numbers is more likely the count itself, and a person says so
        columns |= dict.fromkeys(left if across else (), "across")
    above, above_is = _second_heading(rows, header, columns, told) if across else (-1, "")
    return Proposal(header, columns, across, told, above, above_is)


def _header_row(rows: list[Cells]) -> int:
    best, most = 0, 0
    for at, cells in enumerate(itertools.islice(rows, _HEAD)):
        named = {name for cell in cells if (name := field_named(cell))}
        words = len(named) * 2 + sum(1 for cell in cells if match(cell)) if len(cells) > 1 else 0
        if words > most and (len(named) > 1 or named & {"taxon", "scientific", "date", "site", "sector"}):
            best, most = at, words
    if not most:
        return next((at for at, cells in enumerate(rows) if cells), 0)
    return best


def _above(rows: list[Cells]) -> dict[str, str]:
    """``Site: Khasan`` in one cell, or beside each other, in the lines over the header."""
    found: dict[str, str] = {}
    for cells in rows:
        for at, cell in enumerate(cells):
            word, colon, value = cell.replace("：", ":").partition(":")
            beside = next((one for one in cells[at + 1 : at + 4] if one), "")
            name = field_named(word)
            if name in ("site", "date", "start", "end", "observer", "sector"):
                text = value.strip() if colon and value.strip() else beside
                if text and not field_named(text):
                    found.setdefault(name, text)
    return found


def _heading_kind(headings: list[str], known: Iterable[str]) -> str:
    for kind, meant in (("taxon", lambda cell: match(cell) is not None), ("date", _is_date)):
        if kind not in known and any(meant(cell) for cell in headings):
            return kind
    if "taxon" not in known:
        return ""
    return "sector" if "sector" not in known else "site"


def _is_date(text: str) -> bool:
    day = read_date(text)
    return bool(day.text) or day.open


def _numbers_below(rows: list[Cells], header: int, at: int) -> bool:
    """Whether what stands under a heading is mostly numbers of birds."""
    below = [cells[at] for cells in rows[header + 1 : header + 200] if len(cells) > at and cells[at]]
    return 2 * sum(not read_number(cell).wrong for cell in below) >= len(below)


def _second_heading(
    rows: list[Cells], header: int, columns: Mapping[int, str], told: Mapping[str, str]
) -> tuple[int, str]:
    if header == 0:
        return -1, ""
    over = merged(rows[header - 1], len(rows[header]))
    across = [at for at, name in columns.items() if name == "across"]
    cells = [over[at] for at in across if at < len(over) and over[at]]
    own = [rows[header - 1][at] for at in across if at < len(rows[header - 1]) and rows[header - 1][at]]
    if not own or len(cells) < len(across) or any(":" in cell or cell in told.values() for cell in cells):
        return -1, ""
    if "date" not in columns.values() and all(_is_date(cell) for cell in cells):
        return header - 1, "date"
    return (header - 1, "site") if "site" not in columns.values() and "site" not in told else (-1, "")
