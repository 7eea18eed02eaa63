"""The place for reports: what is listed and asked, what may leave under whose role, and what the ledger notes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtPrintSupport import QPrinterInfo

from ranger_app.actions import ledger, patrol_state, records, report
from ranger_app.errors import RangerError
from ranger_app.library import Library
from ui.reports.screen import ReportsScreen
from ui.widgets.screen import Screen
from ui.widgets.web import WebView


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages given to the web view, which draws them at once and prints what it was given last."""
    shown: list[str] = []

    def show(self: WebView, html: str) -> None:
        shown.append(html)
        self.loaded.emit(True)

    def to_pdf(_self: WebView, path: Path, done: Callable[[bool], object]) -> None:
        path.write_text(shown[-1], encoding="utf-8")
        done(True)

    monkeypatch.setattr(WebView, "show_page", show)
    monkeypatch.setattr(WebView, "print_pdf", to_pdf)
    return shown


@pytest.fixture
def screen(library: Library, pages: list[str], show_screen: Callable[[type[Screen]], Screen]) -> ReportsScreen:
    for day in ("2026-03-05", "2026-02-11"):
        patrol = records.add(library, "patrol", {"name": f"P {day}", "date": day, "leader": library.person})
        patrol_state.submit(library, patrol)
    made = show_screen(ReportsScreen)
    assert isinstance(made, ReportsScreen)
    made.open_file = lambda _file: None
    return made


def run(screen: ReportsScreen, key: str) -> None:
    command = next(one for one in screen.commands() if one.shortcut == key)
    assert command.enabled()
    command.run()


def rules(library: Library) -> list[tuple[str, str, str]]:
    return [(one.name, one.rule, one.place) for one in (line.given for line in ledger.lines(library))]


def test_the_managers_month_comes_first(screen: ReportsScreen, pages: list[str]) -> None:
    assert screen.name == "month"
    assert screen.findings is not None
    assert screen.question is not None
    assert (screen.question.patrols.month, screen.question.exact) == ("2026-03", False)
    assert "2026-03" in pages[-1]
    assert screen.choice.month.currentText() == "March 2026"
    run(screen, "Left")
    assert screen.question.patrols.month == "2026-02"
    run(screen, "Right")
    assert screen.question.patrols.month == "2026-03"


def test_every_report_is_listed_and_shows_a_page(screen: ReportsScreen, pages: list[str]) -> None:
    listed = [line.id.decode() for line in screen.table.model.lines]
    assert sorted(listed) == sorted(report.REPORTS)
    for name in listed:
        screen.choose(name)
        screen.ask()
        assert screen.findings is not None, name
        assert screen.findings.name == name
        assert "<h1>" in pages[-1]
    screen.choose("season")
    screen.ask()
    assert screen.choice.month.currentText() == "March 2026 – May 2026"


def test_a_page_is_saved_as_pdf_and_noted(library: Library, screen: ReportsScreen, tmp_path: Path) -> None:
    screen.save_pdf_to(tmp_path / "out")
    assert (tmp_path / "out" / "month.pdf").is_file()
    assert rules(library) == [("month", rules(library)[0][1], str(tmp_path / "out"))]
    assert rules(library)[0][1] != ledger.EXACT
    screen.save_page_to(tmp_path / "web")
    assert (tmp_path / "web" / "month.html").is_file()
    assert len(rules(library)) == 2
    run(screen, "N")
    assert screen.question is not None
    assert screen.question.exact
    screen.save_pdf_to(tmp_path / "out")
    assert ledger.EXACT in [rule for _name, rule, _place in rules(library)]


def test_names_need_the_role(library: Library, screen: ReportsScreen, tmp_path: Path) -> None:
    run(screen, "N")
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    told: list[Any] = []
    screen.bridge.problems_expected = True  # type: ignore[attr-defined]
    screen.bridge.problem.connect(told.append)
    screen.save_pdf_to(tmp_path / "out")
    screen.save_page_to(tmp_path / "out")
    assert [one.code for one in told if isinstance(one, RangerError)] == ["ROLE_NEEDED", "ROLE_NEEDED"]
    assert rules(library) == []
    assert not (tmp_path / "out").exists()
    screen.ask()
    assert not screen.choice.names.isEnabled()
    assert screen.question is not None
    assert not screen.choice.question().exact


def test_without_a_printer_the_window_says_so(
    library: Library, screen: ReportsScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", staticmethod(list))
    told: list[Any] = []
    screen.bridge.problems_expected = True  # type: ignore[attr-defined]
    screen.bridge.problem.connect(told.append)
    run(screen, "Ctrl+P")
    assert [one.code for one in told] == ["NO_PRINTER"]
    assert rules(library) == []


def test_what_is_chosen_survives_a_change_of_language(screen: ReportsScreen) -> None:
    screen.choose("patrol-effort")
    screen.choice.by.setCurrentIndex(screen.choice.by.findData("team"))
    state = screen.state()
    again = ReportsScreen(screen.library, screen.bridge)
    again.restore(state)
    assert again.name == "patrol-effort"
    assert again.choice.question().patrols.by == "team"


def test_the_page_in_view_names_nobody_unless_asked(library: Library, screen: ReportsScreen, pages: list[str]) -> None:
    screen.choose("patrol-effort")
    screen.choice.by.setCurrentIndex(screen.choice.by.findData("leader"))
    screen.ask()
    assert "Ranger 1" not in pages[-1]
    run(screen, "N")
    assert "Ranger 1" in pages[-1]
