"""The count form and the site dossier as PDF in six languages: A4, every glyph drawn, nothing cut at an edge.

``RANGER_PICTURES`` names a folder for a picture of each sheet, for looking at; without it none are kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions import count_form, records, report
from ranger_app.actions.analysis import Question
from ranger_app.domain import dossier
from ranger_app.domain.dossier import Dossier
from ranger_app.domain.values import canonical
from ranger_app.i18n import LANGUAGES, use_language
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.reports import count_form as form_page
from ranger_app.reports import dossier_page
from ui import fonts
from ui.widgets.web import WebView

pytestmark = [pytest.mark.xdist_group("web_engine"), pytest.mark.web_engine]
without_display = pytest.mark.qt_log_ignore(
    "^QRhiGles2", "^Failed to create RHI", "^GPUInfo", "^This plugin does not support", extend=True
)
A4 = (595, 842)
EDGE_MM = 6
"""Paper that every printer leaves white: what stands there was cut or will be."""
SPECIES = ("Antigone vipio", "Sibirionetta formosa", "Cygnus cygnus", "Grus monacha", "Anser albifrons", "Anas acuta")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "lib", name="Khasan", country="RU", utc_offset=600) as made:
        yield made
    use_language("en")


@pytest.fixture
def site(library: Library) -> bytes:
    """A site with long names and twelve years of counts, so that tables are as wide as they get."""
    place = records.add(
        library,
        "location",
        {"name": "Lagoon behind the long northern spit of the estuary (transboundary, eastern part)", "type": "site",
         "latitude": 424_567_891, "longitude": 1_306_543_219, "country": "RU", "area_ha": 12_345, "flyway": "Eastern",
         "wetland_type": "J, Tp, M, Ss, 9"},
    )  # fmt: skip
    for number in range(8):
        records.add(library, "location", {"name": f"Sector {number} by the old jetty", "type": "sector",
                                          "part_of": place})  # fmt: skip
    observer = records.add(library, "person", {"name": "Observer A", "role": "ranger"})
    for year in range(2013, 2026):
        for month, day in (("04", "10"), ("10", "12")):
            if year % 5 == 0 and month == "04":
                continue
            survey = records.add(
                library,
                "survey",
                {"site": place, "date": f"{year}-{month}-{day}", "observers": canonical([observer.hex()])},
            )
            for number, taxon in enumerate(SPECIES):
                records.add(library, "count", {"survey": survey, "taxon": taxon, "count": 21_111 // (number + 1)})
    return place


Printed = Callable[[str, Path], QPdfDocument]


@pytest.fixture
def printed(qtbot: QtBot, qapp: QApplication) -> Printed:
    view = WebView(paper=True)
    qtbot.addWidget(view)
    view.resize(794, 1123)
    view.show()

    def pdf(page: str, path: Path) -> QPdfDocument:
        with qtbot.waitSignal(view.loaded, timeout=30_000):
            view.show_page(page)
        written: list[bool] = []
        view.print_pdf(path, written.append)
        qtbot.waitUntil(lambda: bool(written), timeout=30_000)
        assert written == [True]
        found = QPdfDocument(view)
        assert found.load(str(path)) == QPdfDocument.Error.None_
        return found

    return pdf


def sheets(document: QPdfDocument, name: str) -> list[QImage]:
    """Each page as a picture of 100 dots an inch, on white."""
    made = []
    folder = os.environ.get("RANGER_PICTURES")
    for number in range(document.pageCount()):
        size = document.pagePointSize(number)
        assert (round(size.width()), round(size.height())) == A4
        drawn = document.render(number, QSize(827, 1169))
        image = QImage(drawn.size(), QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.drawImage(0, 0, drawn)
        painter.end()
        made.append(image)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            assert image.save(str(Path(folder) / f"{name}-{number + 1}.png"))
    return made


def ink(image: QImage, left: int, top: int, right: int, bottom: int) -> int:
    """Points of a rectangle that are not white."""
    return sum(image.pixelColor(x, y).lightness() < 250 for x in range(left, right) for y in range(top, bottom))


def assert_whole(document: QPdfDocument, name: str) -> None:
    edge = round(EDGE_MM / 25.4 * 100)
    for number, image in enumerate(sheets(document, name), 1):
        wide, high = image.width(), image.height()
        assert ink(image, edge, edge, wide - edge, high // 8) > 100, f"{name}: nothing stands on sheet {number}"
        for strip in ((0, 0, edge, high), (wide - edge, 0, wide, high), (0, 0, wide, edge)):
            assert ink(image, *strip) == 0, f"{name}: something runs off sheet {number} at {strip}"


def told(document: QPdfDocument) -> str:
    pages = (document.getAllText(number).text() for number in range(document.pageCount()))
    return re.sub(r"\s+", "", "".join(pages))


@without_display
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_count_form_fits_its_paper(
    library: Library, site: bytes, printed: Printed, tmp_path: Path, language: str
) -> None:
    count_form.write(library, tmp_path / "form.html", site, "2026-04-10", words=language)
    page = (tmp_path / "form.html").read_text(encoding="utf-8")
    assert not fonts.missing_glyphs(re.sub(r"<[^>]*>", "", page), language)
    document = printed(page, tmp_path / "form.pdf")
    assert_whole(document, f"form-{language}")
    pages = [re.sub(r"\s+", "", document.getAllText(number).text()) for number in range(document.pageCount())]
    assert all("Lagoonbehindthelong" in one and "2026-04-10" in one for one in pages), "a loose page names its visit"
    text = told(document)
    assert "Sector7bytheoldjetty" in text
    assert re.sub(r"\s+", "", form_page.words(language)["no_birds"]) in text


@without_display
@pytest.mark.parametrize("language", list(LANGUAGES))
def test_a_dossier_fits_its_paper(
    library: Library, site: bytes, printed: Printed, tmp_path: Path, language: str
) -> None:
    use_language(language)
    found = run(report.findings(library, "dossier", Question(exact=True, stations=frozenset({site}))))
    assert isinstance(found, Dossier)
    page = dossier_page.text(found, "Khasan", datetime(2026, 4, 10, 12, 0), ("dossier.csv",))
    words = re.sub(r"<style>.*?</style>|<[^>]*>", "", page, flags=re.DOTALL)
    assert not fonts.missing_glyphs(words, language)
    document = printed(page, tmp_path / "dossier.pdf")
    assert_whole(document, f"dossier-{language}")
    text = told(document)
    for key in ("overall", "lacking", "provenance", "rules"):
        assert re.sub(r"\s+", "", dossier.word(key)) in text, key
    assert "21,111" in text.replace("\u202f", ",").replace("21111", "21,111")
    assert "(Tp)" in text
