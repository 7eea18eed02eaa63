"""Export and import in the window: what is offered, what may leave, and the report of what came of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel

from ranger_app.actions.export_data import FORMATS
from ranger_app.actions.import_data import FORMATS as READ
from ranger_app.library import Library
from tests.exchange import smart_files
from tests.exchange.camera_season import Season
from ui.camera_traps.screen import CameraTrapsScreen
from ui.patrols.screen import PatrolsScreen
from ui.widgets.transfer import OF_PATROLS, free_folder


def test_export_and_import_from_the_deployments(show_screen, library: Library, tmp_path: Path) -> None:
    Season(library)
    screen = show_screen(CameraTrapsScreen)
    keys = {command.id: command for command in screen.commands()}
    keys["camera_traps.export"].run()
    page = screen.transfer
    assert screen.title == "Export"
    assert [page.format.itemData(row) for row in range(page.format.count())] == list(FORMATS)
    assert page.chosen == "camtrap-dp"
    assert not page.exact
    assert not page.warning.isVisible()
    next(one for one in screen.commands() if one.id == "transfer.rule").run()
    assert page.exact
    assert page.warning.isVisible()
    page.write_into(tmp_path)
    (out,) = tmp_path.glob("camtrap-dp-*")
    assert (out / "further-fields.csv").is_file()
    assert page.result.isVisible()
    assert page.failed.isVisible()
    assert len(page.failed.model.lines) == 5
    screen.back()
    keys["camera_traps.import"].run()
    assert screen.title == "Import"
    assert [page.format.itemData(row) for row in range(page.format.count())] == list(READ)
    page.take(out)
    assert page.said.text() == "Everything in it was here already."
    assert not page.failed.isVisible()


def test_what_cannot_be_read_is_said_and_the_page_stays(show_screen, library: Library, tmp_path: Path) -> None:
    screen = show_screen(CameraTrapsScreen)
    screen.open_import()
    screen.transfer.take(tmp_path)
    assert not screen.transfer.working
    assert screen.transfer._problem.count() == 1
    assert not screen.transfer.result.isVisible()


def test_a_new_folder_gets_a_name_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "csv-2026-11-21").mkdir()
    assert free_folder(tmp_path, "csv-2026-11-21").name == "csv-2026-11-21-2"


def test_patrols_go_out_and_come_in_where_patrols_are(show_screen, library: Library, tmp_path: Path) -> None:
    made = smart_files.patrol()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p.xml").write_bytes(made.xml)
    screen = show_screen(PatrolsScreen)
    screen.open_at("import")
    page = screen.transfer
    assert [page.format.itemData(row) for row in range(page.format.count())] == ["smart-patrol"]
    assert page.modes.index == 1
    assert set(page.options.fields) == {"utc-offset", "transport"}
    page.take(tmp_path / "in")
    assert page.said.text() == "Taken in."
    assert page.failed.isVisible()
    assert {"Patrols", "Finds", "Waypoints"} <= {one.text() for one in page.result.findChildren(QLabel)}
    next(one for one in screen.commands() if one.id == "transfer.mode").run()
    assert page.modes.index == 0
    assert [page.format.itemData(row) for row in range(page.format.count())] == list(OF_PATROLS)
    assert page.chosen == "smart-patrol"
    assert "stay here" in page.rule_words.text()
    page.options.fields["version"].setCurrentText("1.2")
    page.rule.choose(1)
    page.write_into(tmp_path)
    (xml,) = tmp_path.glob("smart-patrol-*/*.xml")
    assert b"/xml/1.2/patrol" in xml.read_bytes()
    next(one for one in screen.commands() if one.id == "patrols.page_1").run()
    assert len(screen.table.model.lines) == 1
