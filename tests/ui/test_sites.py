"""Sites on screen: the tree, the card with species, seasons and overlaps, and counts on agreed dates; by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.actions import records, site_parts, sites
from ranger_app.library import Library
from ui.commands import same_keys
from ui.shell.window import Window
from ui.waterbirds.screen import WaterbirdsScreen
from ui.waterbirds.site_card import OVERLAPS, SEASONS, SECTORS, SPECIES
from ui.waterbirds.sites_page import SitesPage

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def screen(show_screen: Callable[[type[WaterbirdsScreen]], WaterbirdsScreen]) -> WaterbirdsScreen:
    return show_screen(WaterbirdsScreen)


@pytest.fixture
def lagoon(library: Library) -> bytes:
    site = records.add(library, "location", {"name": "Lagoon", "type": "site", "country": "RU"})
    for name in ("East", "West"):
        records.add(library, "location", {"name": name, "type": "sector", "part_of": site})
    for year in (2025, 2026):
        survey = records.add(library, "survey", {"site": site, "date": f"{year}-04-10", "coordinated": "April count"})
        records.add(library, "count", {"survey": survey, "taxon": "Grus monacha", "count": 30 + year - 2025})
    return site


def page_of(screen: WaterbirdsScreen) -> SitesPage:
    screen.open_at("sites")
    page = screen.more[0].later.page
    assert isinstance(page, SitesPage)
    return page


def names(page: SitesPage) -> list[str]:
    return [page.table.model.index(row, 0).data().strip() for row in range(len(page.table.model.lines))]


def test_a_site_and_its_sector_from_the_keyboard(window: Window, qtbot: QtBot, library: Library) -> None:
    window.go("waterbirds")
    screen = window.current()
    assert isinstance(screen, WaterbirdsScreen)
    qtbot.keyClick(screen, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    page = page_of(screen)
    assert page.table.empty.isVisible()
    qtbot.keyClick(page.table.empty, Qt.Key.Key_N)
    name = page.card.form.editors["name"].control
    qtbot.keyClicks(name, "Reed Lake")
    qtbot.keyClick(name, Qt.Key.Key_S, CTRL)
    assert names(page) == ["Reed Lake"]
    page.table.view.setFocus()
    qtbot.keyClick(page.table.view, Qt.Key.Key_N, SHIFT)
    name = page.card.form.editors["name"].control
    qtbot.keyClicks(name, "North")
    qtbot.keyClick(name, Qt.Key.Key_S, CTRL)
    assert names(page) == ["Reed Lake", "North"]
    (site, sector) = sites.tree(library)
    assert (sector.parent, sector.type, sector.depth, site.country) == (site.id, "sector", 1, "RU")


def test_the_card_shows_species_of_a_season(screen: WaterbirdsScreen, lagoon: bytes) -> None:
    page = page_of(screen)
    page.table.choose(lagoon)
    page.card.turn(SPECIES)
    (line,) = page.card.species.table.model.lines
    assert line.texts[:5] == ("Hooded crane", "Grus monacha", "2 of 2", "31", "31")
    page.next_season()  # wintering
    assert page.card.species.table.model.lines == []
    page.next_season()  # spring
    assert len(page.card.species.table.model.lines) == 1
    assert page.card.figure.text() == "2 visits"


def test_the_seasons_of_a_site_are_typed_and_taken_back(
    screen: WaterbirdsScreen, lagoon: bytes, library: Library
) -> None:
    page = page_of(screen)
    page.table.choose(lagoon)
    page.card.turn(SEASONS)
    seasons = page.card.seasons
    first, last = seasons.lines["spring"]
    assert (first.text(), last.text()) == ("03-01", "05-15")
    first.setText("3-1")
    seasons.save()
    assert seasons.wrong.isVisible()
    assert not sites.season_days(library, lagoon)[1]
    first.setText("03-20")
    seasons.save()
    days, own = sites.season_days(library, lagoon)
    assert own
    assert [one.first for one in days if one.kind == "spring"] == ["03-20"]
    assert "no season" in seasons.wrong.text()
    seasons.usual()
    assert not sites.season_days(library, lagoon)[1]
    assert first.text() == "03-01"


def test_overlaps_are_added_and_deleted(screen: WaterbirdsScreen, lagoon: bytes, library: Library) -> None:
    page = page_of(screen)
    page.table.choose(lagoon)
    page.card.turn(OVERLAPS)
    overlaps = page.card.overlaps
    assert [overlaps.first.itemText(n) for n in range(overlaps.first.count())] == ["East", "West"]
    overlaps.second.setCurrentIndex(overlaps.second.findText("West"))
    overlaps.add()
    (pair,) = site_parts.overlaps(library, lagoon)
    assert {pair.first_name, pair.second_name} == {"East", "West"}
    assert len(overlaps.table.model.lines) == 1
    overlaps.table.choose(overlaps.table.model.lines[0].id)
    page.delete()
    assert site_parts.overlaps(library, lagoon) == []
    assert len(sites.tree(library)) == 3  # the site itself stays


def test_a_sector_has_no_seasons_of_its_own(screen: WaterbirdsScreen, lagoon: bytes) -> None:
    page = page_of(screen)
    page.table.choose(lagoon)
    page.card.turn(SECTORS)
    assert len(page.card.sectors.model.lines) == 2
    page.card.opened.emit(page.card.sectors.model.lines[0].id)
    assert page.card.name.text() == "East"
    assert page.card.pages.index not in (SECTORS, SEASONS)


def test_coordinated_counts_name_who_is_missing(
    screen: WaterbirdsScreen, lagoon: bytes, library: Library, qtbot: QtBot
) -> None:
    bay = records.add(library, "location", {"name": "Bay", "type": "site"})
    records.add(library, "survey", {"site": bay, "date": "2025-04-11", "coordinated": "April count"})
    shown: list[QWidget] = []
    screen.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    screen.show_coordinated()
    qtbot.addWidget(shown[0])
    words = [one.text() for one in shown[0].findChildren(QLabel)]
    assert "1 site counted, 1 missing" in words
    assert "counted in an earlier year" in words
    assert any("31 birds" in one for one in words)


def test_keys_are_unique_on_the_page_of_sites(screen: WaterbirdsScreen, lagoon: bytes) -> None:
    page = page_of(screen)
    assert same_keys(screen.commands()) == {}
    for command in screen.commands():
        if command.id.startswith("sites.") and command.id not in ("sites.shape", "sites.delete"):
            page.card.open_record(lagoon)
            assert command.enabled()
            command.run()
    assert isinstance(page.card.form.editors["name"].control, QLineEdit)


def test_from_a_survey_to_its_site(screen: WaterbirdsScreen, lagoon: bytes) -> None:
    screen.table.choose(screen.table.model.lines[0].id)
    screen.show_site()
    assert page_of(screen).card.name.text() == "Lagoon"
