"""Criteria and trends on screen: the verdict with its seasons and edition, what is lacking, gaps that stay gaps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ranger_app.actions import records
from ranger_app.changes import Changes
from ranger_app.library import Library
from ui.waterbirds.criteria_page import CriteriaPage
from ui.waterbirds.screen import WaterbirdsScreen
from ui.waterbirds.season_squares import words
from ui.waterbirds.trends_page import TrendsPage

VIPIO, TEAL = "Antigone vipio", "Sibirionetta formosa"


@pytest.fixture
def site(library: Library) -> bytes:
    place = records.add(library, "location", {"name": "Reed Lake", "type": "site", "flyway": "Eastern"})
    for year, teal in ((2021, 20_000), (2022, 19_900), (2024, 21_000), (2025, 100)):
        survey = records.add(library, "survey", {"site": place, "date": f"{year}-04-10"})
        for taxon, birds in ((TEAL, teal), (VIPIO, 40)):
            records.add(library, "count", {"survey": survey, "taxon": taxon, "count": birds})
    return place


@pytest.fixture
def screen(show_screen: Callable[[type[WaterbirdsScreen]], WaterbirdsScreen]) -> WaterbirdsScreen:
    return show_screen(WaterbirdsScreen)


def page(screen: WaterbirdsScreen, name: str) -> CriteriaPage | TrendsPage:
    screen.open_at(name)
    found: CriteriaPage | TrendsPage = next(tab for tab in screen.more if tab.name == name).later.page
    return found


def test_a_verdict_says_what_it_rests_on_and_what_is_lacking(site: bytes, screen: WaterbirdsScreen) -> None:
    shown = page(screen, "criteria")
    assert isinstance(shown, CriteriaPage)
    lines = {(line.texts[0], line.texts[1]): line.texts[2] for line in shown.table.model.lines}
    assert lines["Ramsar 5", "all waterbirds"] == "Not met"
    assert lines["Flyway 0.25 %", "White-naped crane"] == "Met"
    one = shown.chosen()
    assert one is not None
    assert (one.criterion, shown.chip.text(), shown.figure.text()) == ("ramsar-5", "Not met", "21,040 birds")
    assert "2 more counts at 20,000 birds are needed" in shown.lacking.text()
    assert [value.birds for value in shown.squares.values] == [20_040, 19_940, None, 21_040, 140]
    assert words(shown.squares.values[2], 20_000) == "Spring staging 2023: no visit"
    assert "Missing: Spring staging 2023." in shown.seasons.text()
    assert shown.sentence() == "6 criteria are met, 4 visits"


def test_a_hidden_list_hears_once_of_all_that_changed(
    site: bytes, screen: WaterbirdsScreen, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(screen, "criteria")
    heard: list[Changes | None] = []
    monkeypatch.setattr(screen.table, "refresh", heard.append)
    screen.refresh(Changes(frozenset({"survey"}), (b"a" * 16,), "one", 1))
    screen.refresh(Changes(frozenset({"count"}), (b"b" * 16,), "two", 2))
    assert heard == []
    screen.turn(0)
    assert heard == [Changes(frozenset({"survey", "count"}), (b"a" * 16, b"b" * 16), "two", 2)]
    screen.turn(2)
    screen.turn(0)
    assert len(heard) == 1


def test_another_edition_changes_the_view_and_only_on_purpose_the_measure(
    site: bytes, library: Library, screen: WaterbirdsScreen
) -> None:
    line = {"taxon": VIPIO, "name": "E Asia", "in_use": 0}
    records.add(library, "population", {**line, "edition": "CSR 9", "published": 2030, "one_percent": 30})
    shown = page(screen, "criteria")
    assert isinstance(shown, CriteriaPage)
    shown.refresh(None)

    def verdict() -> str:
        key = ("Ramsar 6", "White-naped crane")
        return next(one.texts[2] for one in shown.table.model.lines if one.texts[:2] == key)

    assert verdict() == "Not met"
    assert not shown.use_button.isVisibleTo(shown)
    shown.edition.setCurrentIndex(shown.edition.findData("CSR 9"))
    shown.edition.activated.emit(shown.edition.currentIndex())
    assert verdict() == "Met"
    shown.table.choose(f"ramsar-6\0{VIPIO}\0".encode())
    assert "Level as published in: CSR 9 (2030)." in shown.population.text()
    shown.use_edition()
    assert "CSR 9 (2030), in use" in [shown.edition.itemText(n) for n in range(shown.edition.count())]
    assert verdict() == "Met"


def test_trends_show_gaps_as_gaps_and_the_report_is_asked_for_the_site(site: bytes, screen: WaterbirdsScreen) -> None:
    shown = page(screen, "trends")
    assert isinstance(shown, TrendsPage)
    assert [(bar.value, bar.text) for bar in shown.charts.charts[0].bars][2] == (None, "no visit")
    shown.what.choose(2)
    assert shown.table.model().rowCount() == 2
    shown.what.choose(4)
    assert shown.stack.currentWidget() is shown.nothing
    asked: list[tuple[str, object]] = []
    screen.go.connect(lambda place, target: asked.append((place, target)))
    shown.open_at(site)
    shown.print_report()
    criteria = page(screen, "criteria")
    assert isinstance(criteria, CriteriaPage)
    criteria.dossier()
    wanted = frozenset({site})
    assert asked == [("reports", ("bird-trends", wanted)), ("reports", ("dossier", wanted))]


def test_without_counts_both_say_the_next_step(screen: WaterbirdsScreen) -> None:
    for name in ("criteria", "trends"):
        shown = page(screen, name)
        empty = shown.table.empty if isinstance(shown, CriteriaPage) else shown.empty
        assert empty.isVisibleTo(shown)


def test_what_was_chosen_survives_a_change_of_language(site: bytes, library: Library, screen: WaterbirdsScreen) -> None:
    second = records.add(library, "location", {"name": "Alder Lake", "type": "site", "flyway": "Eastern"})
    survey = records.add(library, "survey", {"site": second, "date": "2025-04-10"})
    records.add(library, "count", {"survey": survey, "taxon": TEAL, "count": 30_000})
    line = {"taxon": VIPIO, "name": "E Asia", "in_use": 0}
    records.add(library, "population", {**line, "edition": "CSR 9", "published": 2030, "one_percent": 30})
    chosen = f"ramsar-6\0{VIPIO}\0".encode()
    for wanted in (site, second):
        criteria, trends = page(screen, "criteria"), page(screen, "trends")
        assert isinstance(criteria, CriteriaPage)
        assert isinstance(trends, TrendsPage)
        for shown in (criteria, trends):
            shown.refresh(None)
            shown.open_at(wanted)
        criteria.edition.setCurrentIndex(criteria.edition.findData("CSR 9"))
        criteria.edition.activated.emit(criteria.edition.currentIndex())
        criteria.step_season()
        criteria.table.choose(chosen)
        trends.what.choose(2)
        before = (criteria.season.currentData(), criteria.table.current())
        again = WaterbirdsScreen(screen.library, screen.bridge)
        again.restore(screen.state())
        assert again.tabs.index == screen.tabs.index
        kept = WaterbirdsScreen(screen.library, screen.bridge)  # two changes of language, one page not looked at
        kept.restore(again.state())
        for name, shown in (("criteria", page(kept, "criteria")), ("trends", page(kept, "trends"))):
            assert shown.site.currentData() == wanted, name
        told = page(kept, "criteria")
        assert isinstance(told, CriteriaPage)
        assert told.edition.currentData() == "CSR 9"
        assert (told.season.currentData(), told.table.current()) == before
        assert page(kept, "trends").what.index == 2  # type: ignore[union-attr]
        for one in (again, kept):
            one.deleteLater()


def test_all_sites_stay_chosen(site: bytes, screen: WaterbirdsScreen) -> None:
    shown = page(screen, "trends")
    assert isinstance(shown, TrendsPage)
    assert shown.site.currentData() == site
    shown.site.setCurrentIndex(0)
    shown.site.activated.emit(0)
    again = WaterbirdsScreen(screen.library, screen.bridge)
    again.restore(screen.state())
    assert page(again, "trends").site.currentData() is None
    again.deleteLater()
