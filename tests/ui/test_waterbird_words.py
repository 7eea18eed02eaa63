"""What stands beside waterbird figures and in empty fields: who withholds what, and what may be typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from ranger_app.actions import records
from ranger_app.library import Library
from tests.actions.test_withheld_counts import NO_CRANES, give, season
from ui.shell.window import Window
from ui.waterbirds.card import COUNTS
from ui.waterbirds.criteria_page import CriteriaPage
from ui.waterbirds.screen import WaterbirdsScreen
from ui.waterbirds.sites_page import SitesPage
from ui.waterbirds.trends_page import TrendsPage
from ui.widgets.field_editors import FieldEditor


@pytest.fixture
def screen(show_screen: Callable[[type[WaterbirdsScreen]], WaterbirdsScreen]) -> WaterbirdsScreen:
    return show_screen(WaterbirdsScreen)


@pytest.fixture
def visits(library: Library, tmp_path: Path) -> list[bytes]:
    """Visits of a partner that withholds its cranes."""
    with Library.create(tmp_path / "theirs", name="Hunchun", country="CN", utc_offset=480) as theirs:
        _place, made = season(theirs)
        give(theirs, library, NO_CRANES)
    return made


def test_a_visit_says_that_counts_are_withheld(
    visits: list[bytes], library: Library, screen: WaterbirdsScreen, qtbot: QtBot
) -> None:
    own = records.add(library, "location", {"name": "Ours", "type": "site"})
    ours = records.add(library, "survey", {"site": own, "date": "2026-01-12"})
    screen.open_at(visits[0])
    qtbot.waitUntil(lambda: screen.card.sheet is not None and screen.card.sheet.record.id == visits[0])
    screen.card.turn(COUNTS)
    assert screen.card.withheld.isVisible()
    assert "withholds 3 counts, maybe of this visit" in screen.card.withheld.text()
    screen.open_at(ours)
    qtbot.waitUntil(lambda: screen.card.sheet is not None and screen.card.sheet.record.id == ours)
    assert not screen.card.withheld.isVisible()


def test_criteria_and_trends_say_it_too(visits: list[bytes], screen: WaterbirdsScreen, qtbot: QtBot) -> None:
    screen.open_at("criteria")
    page = screen.more[1].later.page
    assert isinstance(page, CriteriaPage)
    qtbot.waitUntil(lambda: bool(page.results))
    assert "not in these figures: 3 counts" in page.remark.text()
    assert page.remark.isVisible()
    screen.open_at("trends")
    trends = screen.more[2].later.page
    assert isinstance(trends, TrendsPage)
    qtbot.waitUntil(lambda: trends.findings is not None)
    assert trends.withheld.isVisible()
    assert trends.withheld.text() == "3 counts are withheld by partners and not in these figures."
    assert len(visits) == 3


def hint(editor: FieldEditor) -> str:
    control = editor.control
    assert isinstance(control, QLineEdit | QPlainTextEdit)
    return control.placeholderText()


def test_empty_fields_say_what_may_be_typed(library: Library, screen: WaterbirdsScreen, qtbot: QtBot) -> None:
    records.add(library, "location", {"name": "Reed Lake", "type": "site"})
    screen.new()
    editors = screen.card.form.editors
    assert {name: hint(editors[name]) for name in ("start", "coverage")} == {
        "start": "08:30",
        "coverage": "or C E G M B",
    }
    screen.open_at("sites")
    page = screen.more[0].later.page
    assert isinstance(page, SitesPage)
    qtbot.waitUntil(lambda: page.card.sheet is not None)
    assert hint(page.card.form.editors["flyway"]) == "decides which populations count"
    assert hint(page.card.form.editors["wetland_type"]) == "words or Ramsar codes: J, Tp"


def test_a_sentence_over_the_count_sheet_takes_no_tap(window: Window, qtbot: QtBot) -> None:
    below = QPushButton("Part of a flock", window.page)
    below.setGeometry(0, window.page.height() - 140, window.page.width(), 100)
    below.show()
    strip = window.strip
    strip.say("13 counts saved", False)
    assert below.geometry().contains(strip.geometry())
    at = strip.mapToGlobal(strip.rect().center())
    assert window.childAt(window.mapFromGlobal(at)) is below
    strip.say("No birds seen: saved", True)  # here the button to undo is to be reached
    assert window.childAt(window.mapFromGlobal(strip.undo.mapToGlobal(strip.undo.rect().center()))) is not below
    qtbot.wait(0)
