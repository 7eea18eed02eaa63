"""A report as one HTML page that needs nothing else: no script, no host, no font; it prints on A4.

The rule stands beside the figures on the same page, because a printed figure outlives the program that made it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import islice
from pathlib import Path

from ranger_app.domain.findings import Cell, Chart, Findings, Photo, Table
from ranger_app.i18n import _, language, ngettext
from ranger_app.reports import drawing
from ranger_app.reports.figures import figure

MOST_ROWS = 400
"""Rows of a table on a page; the CSV beside it has all of them."""
_NARROW_ON_A_LINE = 26
"""Columns of a matrix that fit the width of the paper; more go below."""
_WIDE = 10
"""From so many columns on the headings of figures stand upright: a browser cuts off what is wider than the paper."""

_DAY = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?\b")

_STYLE = """
@page { size: A4; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.4 "Noto Sans", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Segoe UI", sans-serif;
  color: #1C2823; background: #fff; max-width: 190mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 19pt; margin: 0; color: #17382C; }
h2 { font-size: 12pt; margin: 7mm 0 2mm; break-after: avoid; }
.lead { font-size: 12pt; margin: 1mm 0 4mm; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.5mm 4mm; margin: 0 0 4mm; }
dt { color: #56665E; } dd { margin: 0; }
.rule, .missing { border-left: 1mm solid #1F6B4A; padding: 1mm 4mm; background: #F6F5F0; break-inside: avoid; }
.missing { border-color: #9A4A06; }
.rule ul, .missing ul { margin: 0; padding-left: 4mm; }
figure { margin: 0; break-inside: avoid; } figcaption, .remark { color: #56665E; font-size: 9pt; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: #1C2823; }
svg .unknown { fill: none; stroke: #B9C2BB; stroke-dasharray: 3 3; }
svg .figure { font-weight: 600; } svg .bar { fill: #1F6B4A; } svg .axis { stroke: #56665E; stroke-width: 1; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th { text-align: left; color: #56665E; font-weight: 600; border-bottom: 1px solid #56665E; vertical-align: bottom; }
td, th { padding: 0.6mm 1.5mm; word-break: keep-all; } td { border-bottom: 1px solid #DADFD8; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
table.matrix { font-size: 7.5pt; width: auto; margin-bottom: 3mm; }
table.matrix td, table.matrix th { padding: 0.3mm 0.9mm; }
table.wide { font-size: 8pt; } table.wide td, table.wide th { padding: 0.5mm 1mm; }
table.wide th.n span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); max-height: 32mm;
  text-align: left; line-height: 1.15; }
td.on { background: #1F6B4A; color: #fff; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
td i { font-style: italic; white-space: nowrap; } .w { white-space: nowrap; }
footer { color: #56665E; font-size: 8.5pt; margin-top: 8mm; }
.photos { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 3mm; }
.photos img { width: 100%; height: 40mm; object-fit: cover; display: block; }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 10mm; margin-top: 12mm; break-inside: avoid; }
.sign div { border-top: 1px solid #56665E; padding-top: 1mm; color: #56665E; font-size: 9pt; }
.compact h2 { margin: 5mm 0 1.5mm; } .compact td, .compact th { padding: 0.4mm 1.5mm; }
.compact .rule { font-size: 9pt; break-inside: auto; } .compact .rule li { break-inside: avoid; }
@media print { body { margin: 0 auto; padding: 0; max-width: none; } footer { display: none; } }
"""
_MARGINS = """
@page {{ margin: 18mm 14mm 16mm; }}
@page {{
  @top-left {{ content: "{title}"; font: 8.5pt sans-serif; color: #56665E; }}
  @top-right {{ content: "{station}"; font: 8.5pt sans-serif; color: #56665E; }}
  @bottom-left {{ content: "{made}"; font: 8.5pt sans-serif; color: #56665E; }}
  @bottom-right {{ content: counter(page) " / " counter(pages); font: 8.5pt sans-serif; color: #56665E; }}
}}
"""
"""Header and footer of every printed sheet; a browser that does not know them prints without."""


def write(findings: Findings, out: Path, station: str, made_at: datetime, csv_names: list[str]) -> None:
    """Write the page; ``station`` names who made it, ``made_at`` is that station's local time."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_page(findings, station, made_at, csv_names))


def text(findings: Findings, station: str, made_at: datetime, csv_names: Sequence[str] = ()) -> str:
    """The page as one text, for a window or a PDF."""
    return "".join(_page(findings, station, made_at, csv_names))


def _page(findings: Findings, station: str, made_at: datetime, csv_names: Sequence[str]) -> Iterator[str]:
    tag = language().replace("_", "-")
    made = _("Made with Ranger by {station} on {day}.").format(station=station, day=f"{made_at:%Y-%m-%d %H:%M}")
    if findings.reproducible:
        station, made = "", _("Made with Ranger. Every station that holds the same records gets this very page.")
    yield f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
    # Nothing outside the page is ever asked for, whoever opens it.
    images = " img-src data:;" if findings.photos else ""
    yield '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
    yield f"{images} style-src 'unsafe-inline'\">\n"
    yield f'<meta name="viewport" content="width=device-width">\n<title>{escape(findings.title)}</title>\n'
    margins = _MARGINS.format(title=_css(findings.title), station=_css(station), made=_css(made))
    yield f"<style>{_STYLE}{margins}</style>\n</head>\n"
    yield '<body class="compact">\n' if findings.compact else "<body>\n"
    yield f'<h1>{escape(findings.title)}</h1>\n<p class="lead">{escape(findings.summary)}</p>\n<dl>\n'
    for word, value in findings.scope:
        yield f"<dt>{escape(word)}</dt><dd>{escape(value)}</dd>\n"
    if findings.written_by:
        yield f"<dt>{escape(_('Written by'))}</dt><dd>{escape(findings.written_by)}</dd>\n"
    yield "</dl>\n"
    yield from _summary(findings) if findings.compact else _analysis(findings)
    beside = _("All figures: {files}.").format(files=", ".join(csv_names)) if csv_names else ""
    yield f"<footer>{escape(made)} {escape(beside)}</footer>\n</body>\n</html>\n"


def _analysis(findings: Findings) -> Iterator[str]:
    # The main figure and its rule stand on the first sheet.
    yield from _chart(findings.charts[:1])
    yield from _list("rule", _("How this was counted"), findings.rules)
    yield from _missing(findings)
    if findings.is_empty:
        yield f"<p>{escape(_('There is nothing to show for this question.'))}</p>\n"
    yield from _chart(findings.charts[1:])
    for table in findings.tables:
        if table.rows:
            yield from _table(table)
    yield from _photos(findings.photos)


def _summary(findings: Findings) -> Iterator[str]:
    """For a manager: what is missing, figures, photos; how they were counted stands at the end, and who signs."""
    yield from _missing(findings)
    if findings.is_empty:
        yield f"<p>{escape(_('There is nothing to show for this question.'))}</p>\n"
    main, rest = findings.tables[:1], findings.tables[1:]
    for table in main:
        if table.rows:
            yield from _table(table)
    yield from _chart(findings.charts)
    for table in rest:
        if table.rows:
            yield from _table(table)
    yield from _photos(findings.photos)
    yield from _list("rule", _("How this was counted"), findings.rules)
    lines = (_("Written by: name, date, signature"), _("Read by: name, date, signature"))
    yield '<div class="sign">' + "".join(f"<div>{escape(line)}</div>" for line in lines) + "</div>\n"


def _missing(findings: Findings) -> Iterator[str]:
    yield from _list("missing", _("What is not in it"), findings.left_out or (_("Nothing is left out."),))


def _photos(photos: Sequence[Photo]) -> Iterator[str]:
    if not photos:
        return
    yield f'<h2>{escape(_("Photos"))}</h2>\n<div class="photos">\n'
    for one in photos:
        data = base64.b64encode(one.jpeg).decode("ascii")
        yield f'<figure><img alt="" src="data:image/jpeg;base64,{data}">'
        yield f"<figcaption>{escape(one.caption)}</figcaption></figure>\n"
    yield "</div>\n"


def _whole(words: str) -> str:
    """Days and months that no line breaks at their hyphens."""
    return _DAY.sub(r'<span class="w">\g<0></span>', words)


def _css(words: str) -> str:
    """A text inside quotes of a style sheet: whatever could end it or the style is written by its number.

    The space behind a number belongs to it.
    """
    return "".join(letter if letter.isalnum() or letter in " .,:–-" else f"\\{ord(letter):06x} " for letter in words)


def _chart(charts: Sequence[Chart]) -> Iterator[str]:
    for drawn in charts:
        yield f"<h2>{escape(drawn.title)}</h2>\n<figure>{drawing.chart(drawn)}"
        if drawn.remark:
            yield f"<figcaption>{escape(drawn.remark)}</figcaption>"
        yield "</figure>\n"


def _list(role: str, title: str, lines: tuple[str, ...]) -> Iterator[str]:
    yield f'<h2>{escape(title)}</h2>\n<div class="{role}"><ul>\n'
    yield from (f"<li>{escape(line)}</li>\n" for line in lines)
    yield "</ul></div>\n"


def _table(table: Table) -> Iterator[str]:
    yield f"<h2>{escape(table.title)}</h2>\n"
    matrix = any(column.narrow for column in table.columns)
    fixed = [n for n, column in enumerate(table.columns) if not column.narrow and not column.csv_only]
    narrow = [n for n, column in enumerate(table.columns) if column.narrow and not column.csv_only]
    parts = [narrow[at : at + _NARROW_ON_A_LINE] for at in range(0, len(narrow), _NARROW_ON_A_LINE)] or [[]]
    if matrix and len(fixed) > 1 and table.columns[fixed[0]].code == "species":
        fixed = fixed[1:]  # the name stands for it where room is short
    for part in parts:
        shown = [*fixed, *part]
        numeric = _numeric(table, shown)
        form = "matrix" if matrix else "wide" if len(shown) >= _WIDE else "plain"
        yield f'<table class="{form}">\n<thead><tr>'
        for n in shown:
            side = ' class="n"' if n in numeric else ""
            yield f"<th{side}><span>{_whole(escape(table.columns[n].title))}</span></th>"
        yield "</tr></thead>\n<tbody>\n"
        for row in islice(table.rows, MOST_ROWS):
            yield "<tr>" + "".join(_cell(table, row, n, numeric) for n in shown) + "</tr>\n"
        yield "</tbody></table>\n"
    more = len(table.rows) - MOST_ROWS
    if more > 0:
        said = ngettext("{n} more row is in the CSV.", "{n} more rows are in the CSV.", more)
        yield f'<p class="remark">{escape(said.format(n=figure(more)))}</p>\n'


def _numeric(table: Table, shown: list[int]) -> set[int]:
    first = list(islice(table.rows, MOST_ROWS))
    return {n for n in shown if not any(isinstance(row[n], str) for row in first)}


def _cell(table: Table, row: tuple[Cell, ...], n: int, numeric: set[int]) -> str:
    column, value = table.columns[n], row[n]
    text = _whole(escape(figure(value, column.digits_of(value))))
    if column.code == "species" and text:
        text = f"<i>{text}</i>"
    if column.narrow and value == 1 and not column.digits:
        return f'<td class="n on">{text}</td>'
    return f'<td class="n">{text}</td>' if n in numeric else f"<td>{text}</td>"
