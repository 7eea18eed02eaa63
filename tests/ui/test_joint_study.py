"""A joint study in the window: made, changed, given as a file, taken in from a partner, and refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import joint_study
from ranger_app.domain.joint_study import JointStudy, Party
from ranger_app.library import Library
from tests.border_season import TIGER, make
from ui.reports.screen import ReportsScreen
from ui.reports.study_bar import StudyBar, in_words
from ui.widgets.banner import Banner
from ui.widgets.screen import Screen
from ui.widgets.web import WebView

PARTNER = Party(b"p" * 16, "Hunchun station", "CN")


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages given to the web view, which draws them at once."""
    shown: list[str] = []

    def show(self: WebView, html: str) -> None:
        shown.append(html)
        self.loaded.emit(True)

    monkeypatch.setattr(WebView, "show_page", show)
    return shown


@pytest.fixture
def screen(library: Library, pages: list[str], show_screen: Callable[[type[Screen]], Screen]) -> ReportsScreen:
    make(library)
    made = show_screen(ReportsScreen)
    assert isinstance(made, ReportsScreen)
    made.open_file = lambda _file: None
    made.choose("study")
    made.ask()
    return made


def run(screen: ReportsScreen, key: str) -> None:
    command = next(one for one in screen.commands() if one.shortcut == key)
    assert command.enabled()
    command.run()


def asked(bar: StudyBar) -> JointStudy:
    assert bar.study is not None
    return bar.study


def test_the_usual_study_is_shown_and_said(screen: ReportsScreen, pages: list[str]) -> None:
    assert screen.findings is not None
    assert screen.findings.name == "study"
    assert "Khasan station (RU)" in screen.study.words.text()
    assert "all days" in screen.study.words.text()
    assert screen.study.isVisible()
    assert not screen.choice.area.isVisible()
    assert "Digest of the encounters" in pages[-1]
    screen.choose("month")
    assert not screen.study.isVisible()


def test_a_study_is_changed_and_its_report_follows(screen: ReportsScreen, pages: list[str]) -> None:
    run(screen, "C")
    form = screen.study.form
    assert form.isVisible()
    assert not screen.has_page()  # what is not in view does not leave
    form.title.setText("  Both sides \n 2013-2015 ")
    form.species.choose([TIGER])
    form.start.setText("2013-08-01")
    form.minutes.setCurrentIndex(form.minutes.findData(60))
    form.anchor.setCurrentIndex(1)
    run(screen, "Ctrl+Return")
    assert not form.isVisible()
    study = asked(screen.study)
    assert (study.title, study.species, study.start, study.end) == (
        "Both sides 2013-2015", (TIGER,), date(2013, 8, 1), None,
    )  # fmt: skip
    assert (study.minutes, study.anchor) == (60, "lastIndependentRecord")
    assert screen.question is not None
    assert getattr(screen.question, "joint", None) == study
    assert "<h1>Both sides 2013-2015</h1>" in pages[-1]
    run(screen, "C")
    form.title.setText("Another")
    run(screen, "Esc")
    assert asked(screen.study).title == "Both sides 2013-2015"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda form: form.species.choose([]), "Choose at least one species."),
        (lambda form: form.stations.choose([]), "Choose at least one partner."),
        (lambda form: form.put_days("yesterday", ""), "Write the day as 2026-01-31."),
        (lambda form: form.put_days("2015-01-01", "2014-01-01"), "The end lies before the start."),
    ],
)
def test_what_is_lacking_is_said_in_the_form(screen: ReportsScreen, spoil: Callable[[Any], None], words: str) -> None:
    before = screen.study.study
    run(screen, "C")
    spoil(screen.study.form)
    run(screen, "Ctrl+Return")
    assert screen.study.form.isVisible()
    assert screen.study.form.trouble.text() == words
    run(screen, "Esc")
    assert screen.study.study == before


def test_a_study_goes_to_the_partner_as_a_file(screen: ReportsScreen, pages: list[str], tmp_path: Path) -> None:
    run(screen, "C")
    screen.study.form.title.setText("Both sides")
    run(screen, "Ctrl+Return")
    made, page, file = asked(screen.study), pages[-1], tmp_path / "out" / "joint-study.json"
    screen.study.save_to(file)
    assert joint_study.read(file) == made
    run(screen, "C")
    screen.study.form.propose()
    run(screen, "Ctrl+Return")
    assert pages[-1] != page
    screen.study.open_file(file)
    assert asked(screen.study) == made
    assert "joint-study.json" in screen.study.words.text()
    assert pages[-1] == page
    screen.save_page_to(tmp_path / "given")
    names = sorted(one.name for one in (tmp_path / "given").iterdir())
    assert "study.html" in names
    assert (tmp_path / "given" / "study.html").read_text(encoding="utf-8").count("Both sides") >= 1
    assert len([one for one in names if one.endswith(".csv")]) >= 4


def test_a_station_that_only_the_file_names_stays_in_the_form(screen: ReportsScreen, tmp_path: Path) -> None:
    study, file = asked(screen.study), tmp_path / "study.json"
    joint_study.write(replace(study, parties=(*study.parties, PARTNER), species=(*study.species, "Lynx lynx")), file)
    screen.study.open_file(file)
    run(screen, "C")
    form = screen.study.form
    assert form.stations.chosen() == {one.station.hex() for one in (*study.parties, PARTNER)}
    assert "Lynx lynx" in form.species.chosen()
    run(screen, "Ctrl+Return")
    assert "study.json" in screen.study.words.text()  # nothing was changed: it is still that file's study


def test_refusals_are_one_sentence(screen: ReportsScreen, tmp_path: Path) -> None:
    told: list[Any] = []
    screen.bridge.problems_expected = True  # type: ignore[attr-defined]
    screen.bridge.problem.connect(told.append)
    file = tmp_path / "study.json"
    file.write_text("{}", encoding="utf-8")
    before = screen.study.study
    screen.study.open_file(file)
    assert [one.code for one in told] == ["STUDY_WRONG"]
    assert screen.study.study == before
    joint_study.write(replace(asked(screen.study), border="00ff"), file)
    screen.study.open_file(file)
    (banner,) = screen.trouble.findChildren(Banner)
    assert screen.trouble.isVisible()
    assert "another border layer" in banner.what.text()
    assert banner.todo.text()
    assert not screen.has_page()


def test_a_study_survives_a_change_of_language(screen: ReportsScreen) -> None:
    run(screen, "C")
    screen.study.form.title.setText("Both sides")
    run(screen, "Ctrl+Return")
    run(screen, "C")
    screen.study.form.title.setText("Half written")
    screen.study.form.put_days("2013-", "")
    again = ReportsScreen(screen.library, screen.bridge)
    again.restore(screen.state())
    assert asked(again.study).title == "Both sides"
    assert again.filling
    assert (again.study.form.title.text(), again.study.form.days()) == ("Half written", ("2013-", ""))


def test_a_study_without_animals_is_not_given_away(library: Library, bridge: Any, pages: list[str]) -> None:
    bar = StudyBar(library, bridge)
    bar.read()
    assert bar.study is not None
    assert "no known animals" in in_words(bar.study)
    assert not bar.can_save()
    assert not bar.save_button.isEnabled()
    bar.deleteLater()
