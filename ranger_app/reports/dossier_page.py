"""The dossier of wetlands as printed pages, one site after the other, in any of the six languages.

It is drawn with the words of its own table instead of the window's texts, and says which of them nobody has confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from ranger_app.domain.dossier import Dossier, Sheet, word
from ranger_app.domain.findings import Cell, Column, Table
from ranger_app.i18n import language
from ranger_app.reports.figures import figure

_YEARS_ON_A_LINE = 8
_FACES = {
    "zh_CN": '"Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC"',
    "ko": '"Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic", "Apple SD Gothic Neo"',
    "ja": '"Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic", "Hiragino Sans"',
}
"""Faces of each script first: one code point has other shapes in Chinese, Korean and Japanese print."""
_STYLE = """
@page { size: A4; margin: 18mm 14mm 16mm; }
* { box-sizing: border-box; }
body { font: 10pt/1.4 %(faces)s; color: #1C2823; background: #fff; max-width: 190mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 18pt; margin: 0; color: #17382C; } h1 small { font-size: 10pt; font-weight: 400; color: #9A4A06; }
h2 { font-size: 15pt; margin: 5mm 0 2mm; color: #17382C; break-after: avoid; }
h3 { font-size: 11.5pt; margin: 5mm 0 1.5mm; break-after: avoid; }
.lead { margin: 1mm 0 2mm; } section + section { break-before: page; }
dl { display: grid; grid-template-columns: minmax(40mm, max-content) 1fr; gap: 0.5mm 4mm; margin: 0; }
dt { color: #56665E; max-width: 60mm; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%%; font-size: 8.2pt; margin-bottom: 2mm; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th { text-align: left; color: #56665E; font-weight: 600; border-bottom: 1px solid #56665E; vertical-align: bottom; }
td, th { padding: 0.6mm 1.2mm; overflow-wrap: break-word; }
td { border-bottom: 1px solid #DADFD8; vertical-align: top; }
:lang(ko) td, :lang(ja) td, :lang(zh) td { word-break: keep-all; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
table.years { width: auto; } table.years td.n { min-width: 17mm; }
td.missing { background: repeating-linear-gradient(45deg, #fff, #fff 2px, #DADFD8 2px, #DADFD8 3px); color: #56665E;
  text-align: center; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
td.missing span { background: #fff; padding: 0 1mm; } td.poor { color: #56665E; }
.rules { border-left: 1mm solid #1F6B4A; padding: 1mm 4mm; background: #F6F5F0; font-size: 8.8pt; }
.rules ul, .lacking { margin: 0; padding-left: 4mm; } .rules li { break-inside: avoid; }
.remark { color: #56665E; font-size: 8.5pt; margin: 0; }
footer { color: #56665E; font-size: 8.5pt; margin-top: 6mm; }
@media print { body { margin: 0 auto; padding: 0; max-width: none; } }
"""


def write(findings: Dossier, out: Path, station: str, made_at: datetime, csv_names: Sequence[str]) -> None:
    """Write the page; ``station`` names who made it, ``made_at`` is that station's local time."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_page(findings, station, made_at, csv_names))


def text(findings: Dossier, station: str, made_at: datetime, csv_names: Sequence[str] = ()) -> str:
    """The page as one text, for a window or a PDF."""
    return "".join(_page(findings, station, made_at, csv_names))


def _page(findings: Dossier, station: str, made_at: datetime, csv_names: Sequence[str]) -> Iterator[str]:
    faces = ", ".join(one for one in (_FACES.get(language(), ""), '"Noto Sans", "Segoe UI", sans-serif') if one)
    made = word("made").format(station=station, day=f"{made_at:%Y-%m-%d %H:%M}")
    yield f'<!DOCTYPE html>\n<html lang="{language().replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    yield f'<meta name="viewport" content="width=device-width">\n<title>{escape(findings.title)}</title>\n'
    yield f"<style>{_STYLE % {'faces': faces}}{_numbers()}</style>\n</head>\n<body>\n"
    mark = f" <small>{escape(word('unreviewed'))}</small>" if word("unreviewed") else ""
    yield f'<h1>{escape(findings.title)}{mark}</h1>\n<p class="lead">{escape(findings.summary)}</p>\n'
    for sheet in findings.sheets:
        yield from _sheet(sheet)
    if findings.sheets:
        yield f'<h3>{escape(word("rules"))}</h3>\n<div class="rules"><ul>'
        yield from (f"<li>{escape(rule)}</li>\n" for rule in findings.rules)
        yield "</ul></div>\n"
    beside = word("files").format(files=", ".join(csv_names)) if csv_names else ""
    yield f"<footer>{escape(made)} {escape(beside)}</footer>\n</body>\n</html>\n"


def _numbers() -> str:
    return "@page { @bottom-right { content: counter(page) ' / ' counter(pages); font: 8.5pt sans-serif; } }"


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(sheet.name)}</h2>\n{_pairs(sheet.facts)}"
    yield f"<h3>{escape(word('overall'))}</h3>\n{_pairs(sheet.overall)}"
    yield from _table(sheet.criteria)
    yield from _table(sheet.species)
    yield from _seasons(sheet)
    yield f'<h3>{escape(word("lacking"))}</h3>\n<ul class="lacking">'
    yield from (f"<li>{escape(line)}</li>" for line in sheet.lacking)
    yield f"</ul>\n<h3>{escape(word('provenance'))}</h3>\n{_pairs(sheet.provenance)}</section>\n"


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in pairs) + "</dl>\n"


def _seasons(sheet: Sheet) -> Iterator[str]:
    yield f"<h3>{escape(word('seasons'))}</h3>\n"
    for start in range(0, len(sheet.years), _YEARS_ON_A_LINE):
        part = slice(start, start + _YEARS_ON_A_LINE)
        head = "".join(f'<th class="n">{year}</th>' for year in sheet.years[part])
        yield f'<table class="years"><thead><tr><th>{escape(word("season"))}</th>{head}</tr></thead>\n<tbody>\n'
        for name, cells in sheet.seasons:
            yield f"<tr><td>{escape(name)}</td>"
            for cell in cells[part]:
                if cell.birds is None:
                    yield f'<td class="missing"><span>{escape(word("no_count"))}</span></td>'
                elif cell.adequate:
                    yield f'<td class="n">{figure(cell.birds)}</td>'
                else:
                    yield f'<td class="n poor">{figure(cell.birds)} *</td>'
            yield "</tr>\n"
        yield "</tbody></table>\n"
    if any(cell.birds is not None and not cell.adequate for _name, cells in sheet.seasons for cell in cells):
        yield f'<p class="remark">* {escape(word("poor"))}</p>\n'


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        return
    numeric = {n for n in range(len(table.columns)) if not any(isinstance(row[n], str) for row in table.rows)}
    yield f"<h3>{escape(table.title)}</h3>\n<table>\n<thead><tr>"
    for n, column in enumerate(table.columns):
        side = ' class="n"' if n in numeric else ""
        yield f"<th{side}>{escape(column.title)}</th>"
    yield "</tr></thead>\n<tbody>\n"
    for row in table.rows:
        if len(row) > 3 and all(cell is None for cell in row[3:]):  # a criterion with the names of its species
            criterion, names, verdict = (_cell(table.columns[n], row[n], numeric=False) for n in range(3))
            said = f"{verdict[4:-5]}: {names[4:-5]}"
            yield f'<tr>{criterion}<td colspan="{len(row) - 1}">{said}</td></tr>\n'
            continue
        yield (
            "<tr>"
            + "".join(_cell(table.columns[n], cell, numeric=n in numeric) for n, cell in enumerate(row))
            + "</tr>\n"
        )
    yield "</tbody></table>\n"


def _cell(column: Column, cell: Cell, *, numeric: bool) -> str:
    said = escape(figure(cell, column.digits_of(cell))).replace(" %", "\u00a0%")
    if column.code == "species":
        said = f"<i>{said}</i>"
    return f'<td class="n">{said}</td>' if numeric else f"<td>{said}</td>"
