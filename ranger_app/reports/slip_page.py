"""The hand-over slip as one HTML page for A4 that needs nothing else: two halves, one for whoever gives the stick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path

from ranger_app.i18n import N_, _, language
from ranger_app.reports.figures import figure

_STYLE = """
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.4 "Noto Sans", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Segoe UI", sans-serif;
  color: #1C2823; background: #fff; max-width: 186mm; margin: 6mm auto; padding: 0 4mm; }
section { break-inside: avoid; padding: 3mm 0; }
section + section { border-top: 1px dashed #56665E; margin-top: 5mm; padding-top: 7mm; }
h1 { font-size: 16pt; margin: 0 0 1mm; color: #17382C; }
.half { color: #56665E; margin: 0 0 3mm; }
dl { display: grid; grid-template-columns: 52mm 1fr; gap: 1mm 4mm; margin: 0; }
dt { color: #56665E; } dt small { display: block; font-size: 8pt; } dd { margin: 0; overflow-wrap: anywhere; }
.digits { font-size: 19pt; font-weight: 600; letter-spacing: 0.06em; font-variant-numeric: tabular-nums; }
.number { font-size: 14pt; font-weight: 600; }
table { width: 100%; border-collapse: collapse; margin-top: 7mm; font-size: 9.5pt; }
td { width: 50%; vertical-align: top; padding: 0 3mm 0 0; } .line { border-bottom: 1px solid #1C2823; height: 11mm; }
p { margin: 3mm 0 0; font-size: 9.5pt; }
"""

_NUMBER = N_("Bundle number")
_DIGITS = N_("Digits of the bundle")
_FROM = N_("From")
_TO = N_("To")
_DATE = N_("Written on")
_SIZE = N_("Size")
_FOLDER = N_("Folder on the stick")
_GIVEN = N_("Given by: name, date, signature")
_TAKEN = N_("Taken by: name, date, signature")
_COMPARE = N_("Whoever reads the stick compares these digits with those on the screen. The stick is sealed.")
_HALVES = (N_("For whoever takes the stick"), N_("For whoever gives the stick"))


@dataclass(frozen=True, slots=True)
class Slip:
    """What it says: no contents. ``size`` bytes in ``files`` files; ``at`` local time of the station that wrote it."""

    number: int
    name: str
    digits: str
    size: int
    files: int
    sender: str
    to: tuple[str, ...]
    at: datetime | None


def write(slip: Slip, out: Path) -> None:
    """Write the page. OSError where that fails."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_page(slip))


def _page(slip: Slip) -> Iterator[str]:
    title = f"{_('Hand-over slip')} {slip.number}"
    yield f'<!DOCTYPE html>\n<html lang="{language().replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    yield f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
    yield f"<style>{_STYLE}</style>\n</head>\n<body>\n"
    for half in _HALVES:
        yield f'<section>\n<h1>{escape(_("Hand-over slip"))}</h1>\n<p class="half">{escape(_(half))}</p>\n<dl>\n'
        for word, value, role in _lines(slip):
            said = f' class="{role}"' if role else ""
            yield f"<dt>{_label(word)}</dt><dd{said}>{escape(value)}</dd>\n"
        yield f"</dl>\n<p>{escape(_(_COMPARE))}</p>\n<table><tr>"
        yield "".join(f'<td><div class="line"></div>{_label(word)}</td>' for word in (_GIVEN, _TAKEN))
        yield "</tr></table>\n</section>\n"
    yield "</body>\n</html>\n"


def _lines(slip: Slip) -> Iterator[tuple[str, str, str]]:
    yield _NUMBER, str(slip.number), "number"
    yield _DIGITS, slip.digits, "digits"
    yield _FROM, slip.sender, ""
    yield _TO, ", ".join(slip.to), ""
    yield _DATE, f"{slip.at:%Y-%m-%d %H:%M}" if slip.at else "", ""
    yield (
        _SIZE,
        _("{size} MB in {n} files").format(size=figure(max(1, round(slip.size / 1e6))), n=figure(slip.files)),
        "",
    )
    yield _FOLDER, slip.name, ""


def _label(word: str) -> str:
    """In the language of the station, and in English for the other side."""
    said = _(word)
    return escape(said) if said == word else f"{escape(said)}<small>{escape(word)}</small>"
