"""A table with headings of its own, confirmed in the window by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.actions import count_form, records, survey_mapping
from ranger_app.library import Library
from ranger_app.media import qr
from ranger_app.store import rows
from ui.bridge import Bridge
from ui.waterbirds.mapping_page import MappingPage
from ui.waterbirds.paper import PaperPanel
from ui.waterbirds.screen import WaterbirdsScreen

TABLE = "place seen,when,Вид,how many birds\nBay,03/04/2026,Кряква,ca. 200\nBay,03/04/2026,утка в шляпе,5\n"


@pytest.fixture
def screen(show_screen: Callable[[type[WaterbirdsScreen]], WaterbirdsScreen]) -> WaterbirdsScreen:
    return show_screen(WaterbirdsScreen)


def panels(screen: WaterbirdsScreen) -> list[QWidget]:
    found: list[QWidget] = []
    screen.panel_wanted.connect(lambda widget, _title: found.append(widget))
    return found


def texts(page: QWidget) -> str:
    return "\n".join(one.text() for one in page.findChildren(QLabel))


def test_columns_are_named_by_the_keyboard(
    screen: WaterbirdsScreen, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(TABLE, encoding="utf-8")
    shown = panels(screen)
    screen.take_table(path)
    (page,) = shown
    assert isinstance(page, MappingPage)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    assert not page.take.isEnabled()
    assert "Say which column holds: Site, Date, Number." in page.said.text()
    for at, steps in ((0, 1), (1, 2), (3, 9)):
        page.columns[at].setFocus()
        for _step in range(steps):
            qtbot.keyClick(page.columns[at], Qt.Key.Key_Down)
    assert [page.columns[at].currentData() for at in range(4)] == ["site", "date", "taxon", "count"]
    assert "two ways" in page.said.text()
    assert page.order.isVisibleTo(page)
    qtbot.keyClick(page.order, Qt.Key.Key_Down)
    assert page.order.currentData() == "dmy"
    assert page.take.isEnabled()
    assert "2 counts of 1 visit" in page.said.text()
    assert "Row 2, how many birds: “ca. 200” read as an estimate: 200, give or take 100" in texts(page)
    assert "утка в шляпе" in texts(page)
    with library.read() as db:
        assert rows.number(db, "count") == 0, "nothing before it is confirmed"
    page.take.setFocus()
    qtbot.keyClick(page.take, Qt.Key.Key_Space)
    with library.read() as db:
        assert rows.number(db, "count") == 2
        assert [one["date"] for one in rows.find(db, "survey")] == ["2026-04-03"]
    assert len(shown) == 2
    screen.take_table(path)
    assert shown[2].take.isEnabled(), "the same header is known the next time"  # type: ignore[attr-defined]


def test_a_wide_table_asks_what_its_headings_are(
    library: Library, bridge: Bridge, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("Species,North,South,Total\nMallard,5,,5\nTotal,5,0,5\n", encoding="utf-8")
    page = MappingPage(library, bridge, survey_mapping.preview(library, path))
    qtbot.addWidget(page)
    assert page.across.currentData() == "sector"
    for name, text in (("site", "Bay"), ("date", "2026-01-12")):
        line = page.told[name][1]
        line.setText(text)
        line.editingFinished.emit()
    assert page.take.isEnabled()
    page.across.setCurrentIndex(page.across.findData("site"))
    assert not page.told["site"][1].isVisibleTo(page)
    assert page.found.chosen.proposal.across == "site"
    assert [one.site for one in page.found.table.rows] == ["North"]


def test_another_sheet_of_a_workbook(screen: WaterbirdsScreen, tmp_path: Path, qtbot: QtBot) -> None:
    book = Workbook()
    for name, birds in (("January", 5), ("March", 7)):
        sheet = book.create_sheet(name)
        sheet.append(["site", "date", "species", "count"])
        sheet.append(["Bay", "2026-01-12", "Mallard", birds])
    book.save(tmp_path / "counts.xlsx")
    shown = panels(screen)
    screen.take_table(tmp_path / "counts.xlsx")
    page = shown[0]
    assert isinstance(page, MappingPage)
    qtbot.addWidget(page)
    page.show()
    assert (page.found.grid.name, page.sheet.isVisible()) == ("January", True)
    page.sheet.setFocus()
    qtbot.keyClick(page.sheet, Qt.Key.Key_Down)
    other = shown[1]
    assert isinstance(other, MappingPage)
    assert [one.count for one in other.found.table.rows] == [7]


def test_the_form_of_a_visit_and_its_photo(
    screen: WaterbirdsScreen, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    site = records.add(library, "location", {"name": "Reed Lake", "type": "site"})
    survey = records.add(library, "survey", {"site": site, "date": "2026-01-12"})
    screen.open_at(survey)
    shown = panels(screen)
    screen.print_form()
    (panel,) = shown
    assert isinstance(panel, PaperPanel)
    qtbot.addWidget(panel)
    panel.language.setCurrentIndex(panel.language.findData("ja"))
    panel.write(tmp_path / "form.html")
    text = (tmp_path / "form.html").read_text(encoding="utf-8")
    assert "水鳥調査票" in text
    assert "Reed Lake" in text
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "form.png").write_bytes(qr.draw(f"{count_form.PREFIX}{site.hex()} 2026-01-12"))
    screen.take_forms([folder / "form.png"])
    QApplication.processEvents()
    with library.read() as db:
        assert [one["survey"] for one in rows.find(db, "media")] == [survey]
