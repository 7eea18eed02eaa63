"""The count form on paper: A4 pages that match the count sheet of the screen and need no other file.

Its words come from a table of six languages, because a form is printed for the people who count, in whichever language
they read; where nobody has checked a language yet, the form says so.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ranger_app.domain.bird_groups import WATERBIRDS
from ranger_app.paths import resource

SECTORS_A_PAGE = 6
"""Columns for sectors that leave room to write on A4; more sectors go on further sheets."""
_COVERAGE = (("C", "100 %"), ("E", "75–99 %"), ("G", "50–75 %"), ("M", "25–50 %"), ("B", "&lt; 25 %"))
_WEATHER = ("clear", "cloudy", "overcast", "fog", "rain", "snow", "wind")
_DISTURBANCE = (
    "hunting",
    "fishing",
    "boats",
    "people",
    "vehicles",
    "farming",
    "livestock",
    "raptor",
    "aircraft",
    "fire",
)
_FONTS = {
    "zh_CN": '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC"',
    "ko": '"Noto Sans CJK KR", "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo"',
    "ja": '"Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic", "Hiragino Sans"',
}
_STYLE = """
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 8.5pt/1.25 "Noto Sans", %FONTS%"Segoe UI", "Noto Sans CJK SC", sans-serif; color: #000;
  background: #fff; margin: 0 auto; width: 184mm; }
section { break-after: page; } section:last-child { break-after: auto; }
header { display: grid; grid-template-columns: 1fr 27mm; column-gap: 4mm; }
header svg { width: 27mm; height: 27mm; display: block; }
h1 { font-size: 13pt; margin: 0 0 1.5mm; line-height: 1.15; }
h1 small { font-size: 8pt; font-weight: 400; color: #444; margin-left: 3mm; }
.lines { display: grid; grid-template-columns: 2fr 1fr; gap: 1.2mm 4mm; }
.lines p { margin: 0; border-bottom: 0.25mm solid #000; min-height: 8.4mm; overflow-wrap: anywhere; }
.lines small, .asks b { display: block; font-size: 7pt; line-height: 1.2; color: #333; font-weight: 400; }
.lines span { font-size: 10.5pt; line-height: 1.25; }
.times { display: grid; grid-template-columns: 1fr 1fr; column-gap: 3mm; }
.asks { margin: 2mm 0 1.5mm; display: grid; grid-template-columns: max-content 1fr; gap: 0.7mm 3mm; }
.asks b { font-size: 8pt; font-weight: 600; color: #000; max-width: 42mm; }
.asks div { display: flex; padding-right: 1mm; flex-wrap: wrap; gap: 0.3mm 3mm; }
.t { white-space: nowrap; } .t::before { content: ""; display: inline-block; width: 3mm; height: 3mm;
  border: 0.25mm solid #000; margin-right: 1mm; vertical-align: -0.3mm; }
.write { display: inline-block; border-bottom: 0.25mm solid #000; width: 14mm; height: 4mm; }
table { border-collapse: collapse; table-layout: fixed; width: 183mm; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { border: 0.2mm solid #000; padding: 0.4mm 1mm; overflow: hidden; overflow-wrap: anywhere; }
th { font-size: 7.2pt; padding: 0.4mm 0.6mm; font-weight: 600; text-align: left; vertical-align: bottom; height: 8mm; }
td { height: 8.6mm; }
td.k { width: 13mm; font-size: 7.5pt; } col.k { width: 13mm; } col.n { width: 51mm; } col.s { width: 19mm; }
td.n { line-height: 1.15; } td.n i { display: block; font-size: 7pt; }
td.c { padding: 0; vertical-align: bottom; } td.c u { display: block; margin-left: auto; width: 10mm; height: 4.2mm;
  border-left: 0.15mm solid #777; border-top: 0.15mm solid #777; }
.who { display: flex; gap: 2mm; align-items: flex-end; } .who svg { width: 16mm; height: 16mm; flex: none; }
.who small { display: block; font-weight: 400; font-size: 7pt; }
.d { white-space: nowrap; }
tr.sum td { font-weight: 600; height: 8mm; }
.end { break-inside: avoid; margin-top: 2mm; } .end p { margin: 0 0 1.2mm; }
.rule { border-bottom: 0.2mm solid #777; height: 7mm; }
.note { font-size: 7pt; color: #333; } .mark { border: 0.3mm solid #000; padding: 0.6mm 1.5mm; font-size: 7.5pt; }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A species: four-letter code, name in the form's language, Latin name. ``unsure``: nobody confirmed the name."""

    code: str
    name: str
    latin: str
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What one form shows. ``picture`` is its QR code as SVG; empty texts become lines to write on."""

    language: str
    site: str
    date: str
    observers: str
    sectors: Sequence[str]
    species: Sequence[Line]
    empty: int
    picture: str


@functools.cache
def words(language: str) -> dict[str, str]:
    """The words of the form in ``language`` by their keys, English where a word is missing."""
    with resource("forms", "count_form.csv").open(encoding="utf-8", newline="") as source:
        return {row["key"]: row[language] or row["en"] for row in csv.DictReader(source)}


@functools.cache
def unreviewed(language: str) -> bool:
    """Whether nobody who reads ``language`` has checked the words yet."""
    with resource("forms", "count_form.csv").open(encoding="utf-8", newline="") as source:
        return any(language in row["unreviewed"].split() for row in csv.DictReader(source))


def write(form: Form, out: Path) -> None:
    """Write the page. OSError where that fails."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(page(form))


def page(form: Form) -> Iterator[str]:
    """The page as text, piece by piece."""
    said = words(form.language)
    fonts = _FONTS.get(form.language, "")
    style = _STYLE.replace("%FONTS%", f"{fonts}, " if fonts else "")
    yield f'<!DOCTYPE html>\n<html lang="{form.language.replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    yield f"<title>{escape(said['title'])}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    sectors = list(form.sectors) or [said["whole"]]
    sheets = [sectors[at : at + SECTORS_A_PAGE] for at in range(0, len(sectors), SECTORS_A_PAGE)]
    for number, part in enumerate(sheets, 1):
        yield from _sheet(form, said, part, f"{number} / {len(sheets)}" if len(sheets) > 1 else "")
    yield "</body>\n</html>\n"


def _sheet(form: Form, said: dict[str, str], sectors: Sequence[str], number: str) -> Iterator[str]:
    yield f"<section><header><div><h1>{escape(said['title'])}<small>{number}</small></h1><div class='lines'>"
    for key, text in (("site", form.site), ("date", form.date), ("observers", form.observers)):
        yield f"<p><small>{escape(said[key])}</small><span>{escape(text)}</span></p>"
    yield "<div class='times'>" + "".join(f"<p><small>{escape(said[key])}</small></p>" for key in ("start", "end"))
    yield f"</div></div></div>{form.picture}</header><div class='asks'>"
    yield _ask(said, "weather", [(said[one], "") for one in _WEATHER])
    line = "<span class='write'></span>"
    degrees = f"<span>{escape(said['temperature'])} {line} °C</span>"
    yield f"<b>{escape(said['ice'])}</b><div><span>{line} %</span>{degrees}</div>"
    for key, codes in (("water", "DLNHO"), ("tide", "NLRHF")):
        yield _ask(said, key, [(said[f"{key}_{code}"], code) for code in codes])
    yield _ask(said, "disturbance", [(said[one], "") for one in _DISTURBANCE])
    yield _ask(said, "effect", [(said[f"effect_{code}"], code) for code in "NLMS"])
    ticks = "".join(f"<span class='t'>{code} {per_cent}</span>" for code, per_cent in _COVERAGE)
    yield f"<b>{escape(said['coverage'])}</b><div>{ticks}</div>"
    yield _ask(said, "method", [(said[f"method_{code}"], code) for code in "ABFT"])
    yield f"</div><p class='note'>{escape(said['how'])}</p>"
    yield from _table(form, said, sectors)
    yield f"<div class='end'><div class='asks'><b></b><div><span class='t'>{escape(said['no_birds'])}</span></div>"
    yield _ask(said, "not_counted", [(said[one], "") for one in WATERBIRDS])
    yield f"</div><p>{escape(said['remarks'])}</p><div class='rule'></div><div class='rule'></div>"
    if any(one.unsure for one in form.species):
        yield f"<p class='note'>{escape(said['unsure'])}</p>"
    if unreviewed(form.language):
        also = words("en")["unreviewed"]
        yield f"<p class='mark'>{escape(said['unreviewed'])} · {escape(also)}</p>"
    yield "</div></section>\n"


def _ask(said: dict[str, str], key: str, ticks: Sequence[tuple[str, str]]) -> str:
    boxes = "".join(f"<span class='t'>{f'{code} ' if code else ''}{escape(word)}</span>" for word, code in ticks)
    return f"<b>{escape(said[key])}</b><div>{boxes}</div>"


def _table(form: Form, said: dict[str, str], sectors: Sequence[str]) -> Iterator[str]:
    wide = f"{(183 - 13 - 51) / (len(sectors) + 1):.2f}mm"
    yield "<table><colgroup><col class='k'><col class='n'>" + f"<col style='width:{wide}'>" * (len(sectors) + 1)
    # The headings stand on every sheet, and each sheet is photographed by itself.
    whose = f"<small>{escape(form.site)} <span class='d'>{escape(form.date)}</span></small>{escape(said['species'])}"
    yield f"</colgroup><thead><tr><th colspan='2'><div class='who'>{form.picture}<div>{whose}</div></div></th>"
    yield (
        "".join(f"<th>{escape(one)}</th>" for one in sectors) + f"<th>{escape(said['total'])}</th></tr></thead><tbody>"
    )
    cells = "<td class='c'><u></u></td>" * len(sectors) + "<td></td>"
    for one in form.species:
        latin = f"<i>{escape(one.latin)}</i>" if one.latin != one.name else ""
        name = f"<i>{escape(one.name)}</i>" if one.latin == one.name else escape(one.name)
        yield f"<tr><td class='k'>{escape(one.code)}</td><td class='n'>{name}{' *' if one.unsure else ''}{latin}</td>"
        yield f"{cells}</tr>"
    yield f"<tr><td class='k'></td><td></td>{cells}</tr>" * form.empty
    sums = "<td></td>" * (len(sectors) + 1)
    yield f"<tr class='sum'><td></td><td>{escape(said['total'])}</td>{sums}</tr></tbody></table>"
