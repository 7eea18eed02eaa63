"""Sample labels as one HTML page for A4 that needs nothing else: a QR code, the code in large letters, lines to fill.

24 labels a page with cutting lines, 63 by 34 mm, which fit a tube bag; no place stands on a label, because bags travel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ranger_app.i18n import _, language

_STYLE = """
@page { size: A4; margin: 12mm 9mm; }
* { box-sizing: border-box; }
body { font: 8pt/1.25 "Noto Sans", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Segoe UI", sans-serif;
  color: #000; background: #fff; margin: 0; }
main { display: grid; grid-template-columns: repeat(3, 63mm); grid-auto-rows: 34mm; width: 189mm; }
article { border: 0.2mm dashed #888; padding: 2mm; display: grid; grid-template-columns: 24mm 1fr; column-gap: 2mm;
  break-inside: avoid; overflow: hidden; }
svg { width: 24mm; height: 24mm; display: block; }
h2 { font-size: 11pt; line-height: 1.1; margin: 0 0 1mm; overflow-wrap: anywhere; letter-spacing: 0.02em; }
p { margin: 0; min-height: 5.4mm; border-bottom: 0.2mm solid #999; font-size: 7.5pt; overflow: hidden; }
p small { color: #555; font-size: 6pt; display: block; line-height: 1; }
"""


@dataclass(frozen=True, slots=True)
class Label:
    """One label. ``picture`` is its QR code as SVG; empty texts become lines to write on."""

    code: str
    picture: str
    kind: str = ""
    species: str = ""
    date: str = ""
    person: str = ""


def write(labels: Sequence[Label], out: Path) -> None:
    """Write the page. OSError where that fails."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_page(labels))


def _page(labels: Sequence[Label]) -> Iterator[str]:
    yield f'<!DOCTYPE html>\n<html lang="{language().replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
    yield f"<title>{escape(_('Sample labels'))}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    for label in labels:
        yield f"<article>{label.picture}<div><h2>{escape(label.code)}</h2>"
        kind = " · ".join(text for text in (label.kind, label.species) if text)
        for word, text in ((_("Type"), kind), (_("Date"), label.date), (_("Collected by"), label.person)):
            yield f"<p><small>{escape(word)}</small>{escape(text)}</p>"
        yield "</div></article>\n"
    yield "</main>\n</body>\n</html>\n"
