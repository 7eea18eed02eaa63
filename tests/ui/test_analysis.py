"""The analysis tab: what is counted, the rule beside it, the table one key away, and the report that is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ranger_app.actions import records
from ranger_app.actions.identify import Answer, identify
from ranger_app.domain.findings import Bar, Chart, Column, Table
from ranger_app.domain.independence import LAST_INDEPENDENT
from ranger_app.domain.ops import create
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.analysis import NAMES, AnalysisPage
from ui.camera_traps.screen import ANALYSIS, CameraTrapsScreen
from ui.shell.window import Window
from ui.widgets.chart import ChartView, told
from ui.widgets.findings_table import FindingsTable
from ui.widgets.screen import Screen


def press(window: Window, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key)


def visit(library: Library) -> bytes:
    """Sixty minutes of deer, a picture every ten, at one camera; the sixth waits for a person."""
    place = records.add(library, "location", {"name": "Oak Ridge", "latitude": 430_000_000, "longitude": 1_310_000_000})
    deployment = records.add(
        library,
        "deployment",
        {
            "name": "Oak Ridge 2025",
            "location": place,
            "start": "2025-06-01T00:00:00",
            "end": "2025-06-11T00:00:00",
            "utc_offset": 600,
        },
    )
    ids = [library.new_id() for _n in range(6)]
    library.commit(
        [
            create("media", one, {"deployment": deployment, "camera_time": f"2025-06-05T10:{n}0:00"})
            for n, one in enumerate(ids)
        ],
        label="ingest",
    )
    identify(library, ids[:5], Answer("animal", "Cervus nippon", 2))
    return deployment


@pytest.fixture
def page(window: Window, library: Library) -> AnalysisPage:
    visit(library)
    window.activateWindow()
    QApplication.processEvents()  # until then keys go nowhere
    window.go("camera_traps")
    screen = window.current()
    assert isinstance(screen, CameraTrapsScreen)
    press(window, Qt.Key.Key_Y)
    assert screen.pages.index == ANALYSIS
    return screen.analysis.page


def test_one_key_leads_there_and_digits_choose_what_is_counted(window: Window, page: AnalysisPage) -> None:
    assert page.findings is not None
    assert page.findings.name == "events"
    assert page.summary.text().startswith("1 independent event")
    for n, name in enumerate(NAMES):
        press(window, Qt.Key(Qt.Key.Key_1 + n))
        assert page.findings.name == name
        assert "S1" not in page.findings.summary
    press(window, Qt.Key.Key_2)
    (chart,) = page.chart.charts
    assert [(bar.word, bar.value) for bar in chart.bars] == [("Sika deer", 10.0)]  # 100 x 1 event / 10 nights


def test_the_rule_and_what_is_missing_stand_beside_it(page: AnalysisPage) -> None:
    assert "at least 30 minutes" in page.rules.text()
    assert "(lastRecord)" in page.rules.text()
    assert "1 of 6 pictures still waits" in page.missing.text()


def test_another_rule_is_another_number(page: AnalysisPage) -> None:
    page.choice.anchor.setCurrentIndex(page.choice.anchor.findData(LAST_INDEPENDENT))
    page.choice.changed.emit()
    assert page.summary.text().startswith("2 independent event")
    assert "(lastIndependentRecord)" in page.rules.text()
    page.choice.start.setText("2025-06-06")
    page.choice.changed.emit()
    assert page.views.currentWidget() is page.nothing
    page.choice.start.setText("some day")
    page.choice.changed.emit()
    assert page.choice.start.property("wrong") is True
    assert page.summary.text().startswith("2 independent event")


def test_the_table_is_one_key_away(window: Window, page: AnalysisPage) -> None:
    press(window, Qt.Key.Key_T)
    model = page.table.model()
    assert page.table.isVisible()
    cells = [model.index(0, column).data() for column in range(model.columnCount())]
    assert cells[:2] == ["Oak Ridge", "Oak Ridge 2025"]
    assert "2025-06-05 10:00:00" in cells
    press(window, Qt.Key.Key_T)
    assert page.chart.isVisible()


def test_the_report_is_written_without_places_unless_asked(page: AnalysisPage, tmp_path: Path) -> None:
    opened: list[Path] = []
    page.open_folder = opened.append
    page.write_to(tmp_path / "one")
    assert opened == [tmp_path / "one"]
    assert "Oak Ridge" not in (tmp_path / "one" / "events.csv").read_text(encoding="utf-8")
    page.with_places.setChecked(True)
    page.write_to(tmp_path / "two")
    assert "Oak Ridge" in (tmp_path / "two" / "events.csv").read_text(encoding="utf-8")
    assert (tmp_path / "two" / "events.html").is_file()


def test_new_answers_are_counted_when_the_page_is_seen(library: Library, page: AnalysisPage, window: Window) -> None:
    with library.read() as db:
        (waiting,) = db.conn.execute("SELECT id FROM media WHERE seen_by < 2").fetchone()
    press(window, Qt.Key.Key_D)
    identify(library, [waiting], Answer("animal", "Sus scrofa", 1))
    press(window, Qt.Key.Key_Y)
    assert page.summary.text().startswith("2 independent event")
    assert page.missing.text() == ""


def test_it_survives_a_change_of_language(
    library: Library, page: AnalysisPage, show_screen: Callable[[type[Screen]], Screen], bridge: Bridge
) -> None:
    page.choose(1)
    page.choice.species.setCurrentIndex(page.choice.species.findData("Cervus nippon"))
    page.turn()
    again = AnalysisPage(library, bridge, lambda: None)
    again.restore(page.state())
    assert (again.name, again.choice.question(exact=True).taxon) == ("abundance", "Cervus nippon")
    again.deleteLater()


def test_without_anything_named_it_says_the_next_step(show_screen: Callable[[type[Screen]], Screen]) -> None:
    screen = show_screen(CameraTrapsScreen)
    assert isinstance(screen, CameraTrapsScreen)
    screen.choose_tab(ANALYSIS)
    page = screen.analysis.page
    assert page.views.currentWidget() is page.nothing
    assert not screen.title_actions


def test_bars_say_their_figures_and_start_at_zero(qapp: object) -> None:
    view = ChartView()
    view.resize(400, 200)
    bars = (Bar("Tiger", 10.0), Bar("Deer", 5.0), Bar("Nowhere", None, "not known"))
    view.show_charts([Chart("Rates", bars, digits=1)])
    assert view.accessibleName() == "Rates: Tiger 10.0, Deer 5.0, Nowhere not known"
    picture = view.grab().toImage()
    widths = []
    for row in range(3):
        y = 28 + row * 28 + 14
        widths.append(sum(picture.pixelColor(x, y).name() == "#1f6b4a" for x in range(400)))
    assert widths[0] == pytest.approx(2 * widths[1], abs=2)
    assert widths[2] == 0
    assert told(Bar("x", 1234.0), 0) == "1,234"


def test_a_table_of_very_many_rows_reads_only_what_is_seen(qapp: object) -> None:
    class Counted(list):
        def __init__(self) -> None:
            self.read: set[int] = set()

        def __len__(self) -> int:
            return 1_000_000

        def __getitem__(self, place):
            if isinstance(place, slice):
                return [self[n] for n in range(*place.indices(len(self)))]
            self.read.add(place)
            return (place,)

    rows = Counted()
    table = FindingsTable()
    table.resize(300, 400)
    table.show_table(Table("", (Column("n", "n"),), rows))
    table.grab()
    assert len(rows.read) < 200
    table.scrollToBottom()
    table.grab()
    assert 999_999 in rows.read
    assert len(rows.read) < 400
