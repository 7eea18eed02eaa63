"""A page in the window reaches nothing but this process; proven in the real web engine, every request written down."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.domain.findings import Cell, Column, Findings, Table
from ranger_app.errors import EnvironmentProblem
from ranger_app.i18n import LANGUAGES, _, use_language
from ranger_app.reports import page
from ui.widgets import web
from ui.widgets.web import WebView

pytestmark = [pytest.mark.xdist_group("web_engine"), pytest.mark.web_engine]
# Without a display the engine looks for OpenGL all the same, and says that there is none.
without_display = pytest.mark.qt_log_ignore(
    "^QRhiGles2", "^Failed to create RHI", "^GPUInfo", "^This plugin does not support", extend=True
)

GREEDY = """<!doctype html><html><head><title>start</title>
<link rel="stylesheet" href="http://outside.example/style.css"><script src="https://outside.example/a.js"></script>
<style>@font-face{font-family:x;src:url(https://outside.example/x.woff)} body{font-family:x}</style></head><body>
<img src="http://outside.example/a.png"><img id="tile" src="tiles/1/2.png"><iframe src="https://outside.example/"></iframe>
<a id="go" href="ranger:record/patrol/01?name=%3Cb%3E">go</a><p>words</p><script>
fetch('http://outside.example/x').catch(() => 0);
navigator.sendBeacon && navigator.sendBeacon('https://outside.example/beacon', 'x');
try { new WebSocket('ws://outside.example/'); } catch (e) {}
window.opened = window.open('https://outside.example/');
</script></body></html>"""


@without_display
def test_nothing_outside_is_reached(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    view = WebView()
    qtbot.addWidget(view)
    asked: list[str] = []

    def answer(path: str) -> tuple[str, bytes] | None:
        asked.append(path)
        return None

    view.serve("tiles", answer)
    view.resize(400, 300)
    view.show()
    assert view.view is None, "the engine was loaded before any page was shown"
    with qtbot.waitSignal(view.loaded, timeout=30_000) as shown:
        view.show_page(GREEDY)
    assert shown.args == [True]
    requests = web.load_engine().requests
    hosts = {"style.css", "a.js", "a.png", "x"}
    assert hosts <= {one.rpartition("/")[2] for one in requests.blocked}
    assert asked == ["/tiles/1/2.png"]
    with qtbot.waitSignal(view.link, timeout=10_000) as link:
        view.run("document.getElementById('go').click()")
    assert link.args == ["ranger:record/patrol/01?name=%3Cb%3E"]
    answers: list[object] = []
    view.run("String(window.opened) + document.body.innerText.includes('words')", answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    assert answers == ["nulltrue"], "the page opened a window, or is gone after its link"
    written: list[bool] = []
    view.print_pdf(tmp_path / "page.pdf", written.append)
    qtbot.waitUntil(lambda: bool(written), timeout=30_000)
    assert written == [True]
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_a_system_without_its_libraries_is_told(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking() -> object:
        raise EnvironmentProblem("WEB_ENGINE_MISSING", "The system lacks libnss3.so.", "Run the set-up once more.")

    monkeypatch.setattr(web, "load_engine", lacking)
    view = WebView()
    qtbot.addWidget(view)
    heard: list[bool] = []
    view.loaded.connect(heard.append)
    view.show_page("<p>x</p>")
    assert heard == [False]
    assert view.failure is not None
    assert view.failure.code == "WEB_ENGINE_MISSING"
    done: list[bool] = []
    view.print_pdf(Path("nowhere.pdf"), done.append)
    assert done == [False]


def test_the_window_starts_without_the_engine() -> None:
    script = (
        "import sys; import ui.shell.window, ui.widgets.web\n"
        "heavy = [n for n in sys.modules if 'WebEngine' in n or n.split('.')[0] in ('folium', 'shapely', 'rasterio')]\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


PAPER_PX = round(182 / 25.4 * 96)
"""What the margins leave of an A4 sheet."""
LEDGER: tuple[tuple[str, Cell], ...] = (
    ("Animal", "CN HC Leo-6 = RU Leo 6 = RU Leo 6 bis"), ("Species", "Leopard"), ("Sex", "Female"), ("Status", "Alive"),
    ("Encounters", 14), ("Certain in {country}", 6), ("{country}: km from the border", 17), ("Certain in {country}", 8),
    ("{country}: km from the border", 18), ("Crossings, at least", 6), ("Farthest apart, km", 106),
    ("First seen", "2013-09-09"), ("Last seen", "2015-03-22"), ("Months", 14), ("Days between", 558),
    ("Proving no side", 0),
)  # fmt: skip
"""The widest table of a report, and a row of it."""


@without_display
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_widest_table_fits_the_paper(qtbot: QtBot, qapp: QApplication, language: str) -> None:
    use_language(language)
    columns = tuple(Column(f"c{n}", _(title).format(country="CN")) for n, (title, _cell) in enumerate(LEDGER))
    row = tuple(_(cell) if isinstance(cell, str) else cell for _title, cell in LEDGER)
    found = Findings("crossings", "Ledger", "", (), (), (), (), (Table("Each animal", columns, [row]),))
    view = WebView(paper=True)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    with qtbot.waitSignal(view.loaded, timeout=30_000):
        view.show_page(page.text(found, "Khasan", datetime(2026, 1, 31)))
    wide: list[object] = []
    view.run("document.querySelector('table').offsetWidth", wide.append)
    qtbot.waitUntil(lambda: bool(wide), timeout=10_000)
    assert 0 < float(str(wide[0])) <= PAPER_PX + 1
