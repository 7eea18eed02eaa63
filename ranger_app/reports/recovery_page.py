"""The recovery sheet as one page to print: no script, no host, no font, nothing but the paper keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from ranger_app.i18n import _, language

_STYLE = """
@page { size: A4; margin: 16mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.45 "Noto Sans", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Segoe UI", sans-serif;
  color: #1C2823; background: #fff; max-width: 178mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 20pt; margin: 0 0 2mm; color: #17382C; }
h2 { font-size: 12pt; margin: 6mm 0 2mm; break-after: avoid; }
.warn { border-left: 1.2mm solid #9A4A06; padding: 1.5mm 4mm; background: #F6F5F0; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.8mm 5mm; margin: 4mm 0; }
dt { color: #56665E; } dd { margin: 0; overflow-wrap: anywhere; }
.keys { display: flex; gap: 8mm; align-items: center; break-inside: avoid; }
table { border-collapse: collapse; font: 15pt/1.5 "Noto Sans Mono", "DejaVu Sans Mono", Consolas, Menlo, monospace; }
td { padding: 0.6mm 1.6mm; border-bottom: 1px solid #DADFD8; white-space: nowrap; }
td.n { color: #56665E; font-size: 11pt; } td.c { background: #F6F5F0; }
svg { width: 46mm; height: 46mm; flex: none; }
ol { margin: 0; padding-left: 6mm; } li { margin-bottom: 1mm; }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 10mm; margin-top: 14mm; }
.sign div { border-top: 1px solid #56665E; padding-top: 1mm; color: #56665E; font-size: 9pt; }
footer { color: #56665E; font-size: 9pt; margin-top: 8mm; }
"""


def page(
    name: str, country: str, station: str, fingerprint: str, lines: Sequence[str], code: str, made_at: datetime
) -> str:
    """The page; ``code`` is the QR code as an SVG element, ``made_at`` the station's local time."""
    title = _("Recovery sheet")
    facts = (
        (_("Station"), f"{name}, {country}"),
        (_("Station id"), station),
        (_("Fingerprint"), fingerprint),
        (_("Written"), f"{made_at:%Y-%m-%d %H:%M}"),
    )
    rows = "".join(_row(number, line) for number, line in enumerate(lines, start=1))
    steps = (
        _("Open the library. Where the passphrase or the key file is asked for, choose “I have the recovery sheet”."),
        _("Type the seven lines, or choose a picture of the QR code. Spaces and small letters do not matter."),
        _("A line that was mistyped is named. The last group of each line checks it."),
        _("Choose a new passphrase, then write a new backup."),
    )
    parts = [
        f'<!DOCTYPE html>\n<html lang="{language().replace("_", "-")}">\n<head>\n<meta charset="utf-8">',
        # Nothing outside the page is ever asked for, whoever opens it.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f"<h1>{escape(title)}</h1>",
        f'<p class="warn">{escape(_warning())}</p>',
        "<dl>" + "".join(f"<dt>{escape(word)}</dt><dd>{escape(value)}</dd>" for word, value in facts) + "</dl>",
        f"<h2>{escape(_('The secret keys of this station'))}</h2>",
        f'<div class="keys"><table>{rows}</table>{code}</div>',
        f"<h2>{escape(_('How to use it'))}</h2>\n<ol>"
        + "".join(f"<li>{escape(step)}</li>" for step in steps)
        + "</ol>",
        f'<div class="sign"><div>{escape(_("Kept where"))}</div><div>{escape(_("Put there by, on"))}</div></div>',
        f"<footer>{escape(_('Print this page, then delete the file and empty the trash.'))}</footer>",
        "</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _warning() -> str:
    return _(
        "Keep this sheet in the safe. Whoever holds it can read what partners send to this station"
        " and sign in its name."
    )


def _row(number: int, line: str) -> str:
    *groups, check = [escape(group) for group in line.split(" ")]
    cells = "".join(f"<td>{group}</td>" for group in groups)
    return f'<tr><td class="n">{number}</td>{cells}<td class="c">{check}</td></tr>\n'
