"""Waterbirds on screen: a visit with proposals, counts typed fast and saved row by row, tables taken in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.actions import count_write, records, survey_read
from ranger_app.actions.count_write import CountEntry
from ranger_app.actions.undo import undo
from ranger_app.domain.values import canonical
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import rows
from ui.bridge import Bridge
from ui.commands import same_keys
from ui.shell.window import Window
from ui.waterbirds.card import COUNTS, TOTALS, VISIT
from ui.waterbirds.entry import Fitting
from ui.waterbirds.screen import WaterbirdsScreen
from ui.waterbirds.visit_fields import SeveralEditor
from ui.widgets.buttons import button

CTRL = Qt.KeyboardModifier.ControlModifier
ENTER = Qt.Key.Key_Return


@pytest.fixture
def screen(show_screen: Callable[[type[WaterbirdsScreen]], WaterbirdsScreen]) -> WaterbirdsScreen:
    return show_screen(WaterbirdsScreen)


@pytest.fixture
def site(library: Library) -> bytes:
    return records.add(library, "location", {"name": "Reed Lake", "type": "site"})


@pytest.fixture
def survey(library: Library, site: bytes) -> bytes:
    return records.add(library, "survey", {"site": site, "date": "2026-01-12", "start": "08:00", "season": "wintering"})


def type_count(screen: WaterbirdsScreen, qtbot: QtBot, species: str, number: str) -> None:
    entry = screen.card.entry
    entry.species.control.setFocus()
    if species.isascii():
        qtbot.keyClicks(entry.species.control, species)
    else:  # an input method commits such letters, no key carries them
        entry.species.control.insert(species)  # type: ignore[attr-defined]
    qtbot.keyClick(entry.species.control, ENTER)
    qtbot.keyClicks(entry.number.control, number)
    qtbot.keyClick(entry.number.control, ENTER)


def counts(library: Library) -> list[tuple[str, int]]:
    with library.read() as db:
        return [(one.text("taxon"), one["count"]) for one in rows.find(db, "count")]  # type: ignore[misc]


def test_an_empty_list_names_the_next_step(screen: WaterbirdsScreen) -> None:
    assert screen.table.empty.isVisible()
    assert "No surveys yet" in screen.table.empty.sentence.text()
    assert not screen.card.isVisible()


def test_a_whole_visit_from_the_keyboard(window: Window, qtbot: QtBot, library: Library) -> None:
    window.go("waterbirds")
    screen = window.current()
    assert isinstance(screen, WaterbirdsScreen)
    qtbot.keyClick(screen.table.empty, Qt.Key.Key_N)
    visit = screen.card.visit
    qtbot.keyClicks(visit.site.control, "Reed Lake")
    qtbot.keyClick(visit.site.control, ENTER)
    assert visit.new_site.isVisible()
    qtbot.keyClicks(visit.new_site.where.control, "42.5 130.7")
    qtbot.keyClick(visit.new_site.where.control, ENTER)
    assert not visit.new_site.isVisible()
    qtbot.keyClick(visit.site.control, Qt.Key.Key_S, CTRL)
    assert screen.card.pages.index == COUNTS
    screen.card.entry.sector.setText("North")
    for species, number in (("GRMO", "120"), ("mallard", "8"), ("Grus monacha", "30"), ("луток", "1")):
        type_count(screen, qtbot, species, number)
    assert counts(library) == [
        ("Grus monacha", 120),
        ("Anas platyrhynchos", 8),
        ("Grus monacha", 30),
        ("Mergellus albellus", 1),
    ]
    totals = [(line.texts[0], line.texts[3]) for line in screen.card.totals.model.lines]
    assert totals[0] == ("Hooded crane", "150")
    assert screen.card.figure.text() == "159 birds, 3 species"
    sheet = survey_read.sheet(library, screen.card.record)  # type: ignore[arg-type]
    assert [name for _id, name in sheet.sectors] == ["North"]
    assert len({one.values["sector"] for one in all_counts(library)}) == 1
    assert screen.card.entry.species.typed() == ""
    assert screen.card.entry.sector.text() == "North"


def all_counts(library: Library) -> list[rows.Record]:
    with library.read() as db:
        return list(rows.find(db, "count"))


def test_each_row_is_on_the_disk_before_the_next(
    screen: WaterbirdsScreen, survey: bytes, library: Library, qtbot: QtBot
) -> None:
    screen.table.choose(survey)
    for n in range(1, 6):
        type_count(screen, qtbot, "GRMO", str(n))
        assert counts(library) == [("Grus monacha", birds) for birds in range(1, n + 1)]
    undo(library)
    assert len(counts(library)) == 4
    assert len(screen.card.counts.model.lines) == 4


def test_an_unclear_species_is_asked_about_and_nothing_is_written(
    screen: WaterbirdsScreen, survey: bytes, library: Library, qtbot: QtBot
) -> None:
    screen.table.choose(survey)
    entry = screen.card.entry
    entry.species.control.setFocus()
    qtbot.keyClicks(entry.species.control, "crane")
    qtbot.keyClick(entry.species.control, ENTER)
    assert entry.hint.isVisible()
    assert "Hooded crane" in entry.hint.text()
    entry.number.control.setText("5")  # type: ignore[attr-defined]
    entry.enter()
    assert counts(library) == []
    entry.species.control.setText("hooded cr")  # type: ignore[attr-defined]
    entry.enter()
    assert counts(library) == [("Grus monacha", 5)]


def test_a_number_that_is_none_is_said_under_the_field(
    screen: WaterbirdsScreen, survey: bytes, library: Library, qtbot: QtBot
) -> None:
    screen.table.choose(survey)
    type_count(screen, qtbot, "GRMO", "ca. 20")
    assert counts(library) == []
    assert screen.card.entry.number.wrong.isVisible()
    assert screen.card.entry.species.typed().endswith("Grus monacha")


def test_a_species_on_no_list_is_kept_as_written(
    screen: WaterbirdsScreen, survey: bytes, library: Library, qtbot: QtBot
) -> None:
    screen.table.choose(survey)
    type_count(screen, qtbot, "Strange duck", "3")
    assert counts(library) == [("Strange duck", 3)]
    assert "not on the list" in screen.card.entry.hint.text()


def test_a_count_is_changed_deleted_and_brought_back(
    screen: WaterbirdsScreen, survey: bytes, library: Library, qtbot: QtBot
) -> None:
    count = count_write.add_count(library, survey, CountEntry("North", "Grus monacha", 12, "counted", "in fog"))
    screen.table.choose(survey)
    assert screen.card.remarks.text() == "in fog"
    screen.card.edit_count(count)
    assert screen.card.entry.sector.text() == "North"
    assert screen.card.entry.remarks.text() == "in fog"
    screen.card.entry.number.control.setText("21")  # type: ignore[attr-defined]
    screen.card.entry.enter()
    assert counts(library) == [("Grus monacha", 21)]
    assert screen.card.entry.count is None
    screen.card.counts.choose(count)
    screen.card.delete()
    assert counts(library) == []
    undo(library)
    assert counts(library) == [("Grus monacha", 21)]


def test_no_birds_seen_is_said_and_a_first_bird_takes_it_back(
    screen: WaterbirdsScreen, survey: bytes, library: Library, qtbot: QtBot
) -> None:
    screen.table.choose(survey)
    screen.card.no_birds()
    assert screen.card.figure.text() == "No birds seen"
    assert not screen.card.none_button.isVisible()
    assert screen.table.model.lines[0].texts[survey_read.BIRDS] == "0"
    type_count(screen, qtbot, "GRMO", "2")
    assert screen.card.figure.text() == "2 birds, 1 species"
    with pytest.raises(DataProblem) as refused:
        count_write.no_birds(library, survey)
    assert refused.value.code == "BIRDS_ENTERED"


def test_a_new_visit_proposes_what_the_last_one_had(screen: WaterbirdsScreen, survey: bytes, library: Library) -> None:
    person = library.person
    assert person is not None
    records.edit(library, "survey", survey, {"coverage": 80, "method": "T", "weather": "fog", "not_counted": "gulls"})
    screen.new()
    visit = screen.card.visit
    values = {name: editor.value_or_none() for name, editor in visit.form.editors.items()}
    assert (values["coverage"], values["method"], values["start"]) == (80, "T", "08:00")
    assert (values["weather"], values["not_counted"]) == (None, "gulls")
    assert values["observers"] == canonical([person.hex()])
    assert values["date"] != "2026-01-12"
    assert visit.proposed.isVisible()
    assert "12" in visit.proposed.text()
    assert not visit.form.touched  # nothing is lost by leaving what only was proposed


def type_date(screen: WaterbirdsScreen, date: str) -> None:
    control = screen.card.visit.form.editors["date"].control
    assert isinstance(control, QLineEdit)
    control.setText(date)
    control.editingFinished.emit()


def test_proposals_follow_site_and_date_and_leave_what_was_typed(
    screen: WaterbirdsScreen, survey: bytes, library: Library
) -> None:
    records.add(library, "location", {"name": "Other Bay", "type": "site"})
    records.edit(library, "survey", survey, {"coverage": 80, "method": "T"})
    screen.new()
    editors = screen.card.visit.form.editors
    type_date(screen, "2026-04-02")
    assert editors["season"].value_or_none() == "spring"
    assert editors["method"].value_or_none() is None
    editors["coverage"].control.setText("E")  # type: ignore[attr-defined]
    editors["coverage"].control.editingFinished.emit()  # type: ignore[attr-defined]
    editors["site"].control.setText("Reed Lake")  # type: ignore[attr-defined]
    screen.card.visit._site_typed()
    assert (editors["method"].value_or_none(), editors["coverage"].value_or_none()) == ("T", 90)
    type_date(screen, "2026-12-02")
    assert editors["season"].value_or_none() == "wintering"


def test_a_time_that_is_none_is_never_taken_and_an_early_end_is_asked_about(
    screen: WaterbirdsScreen, site: bytes, library: Library
) -> None:
    screen.new()
    visit = screen.card.visit
    start, end = (visit.form.editors[name].control for name in ("start", "end"))
    assert isinstance(start, QLineEdit)
    assert isinstance(end, QLineEdit)
    start.setText("26:00")
    start.editingFinished.emit()
    assert visit.form.editors["start"].wrong.isVisible()
    screen.card.save()
    assert screen.table.model.lines == []
    start.setText("2230")
    start.editingFinished.emit()
    assert start.text() == "22:30"
    end.setText("115")
    screen.card.save()
    assert visit.asked.isVisible()
    assert "01:15" in visit.asked.what.text()
    assert screen.table.model.lines == []
    screen.card.save()  # it is right: the count went on past midnight
    assert len(screen.table.model.lines) == 1
    assert not visit.asked.isVisible()


def test_groups_and_methods_are_switched_by_keyboard(screen: WaterbirdsScreen, site: bytes, qtbot: QtBot) -> None:
    screen.new()
    editors = screen.card.visit.form.editors
    for name, wanted in (("method", "FT"), ("not_counted", "geese ducks")):
        editor = editors[name]
        assert isinstance(editor, SeveralEditor)
        editor.put(None)
        made = list(editor.toggles.buttons.values())
        first = ["F", "T"] if name == "method" else ["geese", "ducks"]
        made[0].setFocus()
        at = 0
        for code in first:
            target = list(editor.toggles.buttons).index(code)
            for _step in range(target - at):
                qtbot.keyClick(made[at], Qt.Key.Key_Right)
                at += 1
            qtbot.keyClick(made[at], Qt.Key.Key_Space)
        assert editor.value() == wanted
        editor.put(f"{wanted} some words")
        assert editor.value() == f"{wanted} some words"


def test_a_coordinated_count_of_the_day_is_proposed(screen: WaterbirdsScreen, survey: bytes, library: Library) -> None:
    bay = records.add(library, "location", {"name": "Other Bay", "type": "site"})
    records.add(library, "survey", {"site": bay, "date": "2026-01-12", "coordinated": "The January count"})
    screen.new()
    editors = screen.card.visit.form.editors
    type_date(screen, "2026-01-12")
    assert editors["coordinated"].value_or_none() == "The January count"
    type_date(screen, "2026-01-15")
    assert editors["coordinated"].value_or_none() is None
    words = [part.text() for part in screen.card.visit.agreed.parts if hasattr(part, "text")]
    assert "The January count" in words
    screen.card.visit._agree("The January count")
    assert editors["coordinated"].value_or_none() == "The January count"


def test_unknown_observers_are_added_on_a_word(screen: WaterbirdsScreen, site: bytes, library: Library) -> None:
    screen.new()
    editors = screen.card.visit.form.editors
    editors["observers"].control.setText("Ranger 1, Observer B")  # type: ignore[attr-defined]
    editors["observers"].edited.emit()
    screen.card.save()
    assert screen.card.visit.unknown.isVisible()
    assert screen.table.model.lines == []
    screen.card.visit.add_people()
    assert [line.texts[survey_read.OBSERVERS] for line in screen.table.model.lines] == ["Ranger 1, Observer B"]


def test_a_visit_without_a_known_site_is_not_saved(screen: WaterbirdsScreen) -> None:
    screen.new()
    screen.card.visit.site.control.setText("Nowhere")  # type: ignore[attr-defined]
    screen.card.save()
    assert screen.card.visit.new_site.isVisible()
    assert screen.table.model.lines == []


def test_a_table_is_taken_in_and_bad_rows_are_listed(
    screen: WaterbirdsScreen, tmp_path: Path, library: Library, qtbot: QtBot
) -> None:
    table = tmp_path / "counts.csv"
    table.write_text(
        "site,date,start,end,observer,sector,taxon,count,remarks\n"
        "New Bay,2026-01-12,09:00,11:00,Observer A,North,Grus monacha,12,\n"
        "New Bay,2026-13-12,09:00,11:00,Observer A,North,Grus monacha,12,\n"
        "New Bay,2026-01-12,09:00,11:00,Observer A,North,Odd bird,3,\n",
        encoding="utf-8",
    )
    shown: list[QWidget] = []
    screen.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    screen.take_table(table)
    qtbot.addWidget(shown[0])
    words = " ".join(label.text() for label in shown[0].findChildren(QLabel))
    assert "2 counts added" in words
    assert "1 row was not taken" in words
    assert "Row 3:" in words
    assert "Odd bird" in words
    assert "New Bay" in words
    assert screen.card.figure.text() == "15 birds, 2 species"


def test_species_often_seen_are_offered_and_lead_to_the_number(
    screen: WaterbirdsScreen, survey: bytes, library: Library
) -> None:
    for _row in range(2):
        count_write.add_count(library, survey, CountEntry("", "Anas platyrhynchos", 3))
    count_write.add_count(library, survey, CountEntry("", "Grus monacha", 3))
    screen.table.choose(survey)
    words = [part.text() for part in screen.card.entry.offered.parts if hasattr(part, "text")]
    assert words == ["Often here:", "Mallard", "Hooded crane"]
    screen.card.entry.take_species("Grus monacha")
    assert screen.card.entry.species.value() == "Grus monacha"


def test_a_row_that_is_too_narrow_shows_what_fits(qtbot: QtBot, dressed: Callable[[str, str], None]) -> None:
    row = Fitting()
    qtbot.addWidget(row)
    parts: list[QWidget] = [button("Greater white-fronted goose") for _n in range(4)]
    row.resize(2 * parts[0].sizeHint().width() + 10, 36)
    row.show()
    row.fill(parts)
    assert [part.isVisible() for part in parts] == [True, True, False, False]
    assert row.minimumSizeHint().width() <= 0


def test_deleting_a_survey_and_undo(screen: WaterbirdsScreen, survey: bytes, library: Library) -> None:
    screen.table.choose(survey)
    screen.delete_survey()
    assert screen.table.model.lines == []
    assert not screen.card.isVisible()
    undo(library)
    assert len(screen.table.model.lines) == 1


def test_keys_are_unique_and_hold_on_an_empty_library(screen: WaterbirdsScreen) -> None:
    assert same_keys(screen.commands()) == {}
    for command in screen.commands():
        command.enabled()
        if command.id != "waterbirds.import":
            command.run()


def test_the_pages_survive_a_change_of_language(
    screen: WaterbirdsScreen, survey: bytes, library: Library, bridge: Bridge, qtbot: QtBot
) -> None:
    screen.table.choose(survey)
    screen.card.turn(TOTALS)
    again = WaterbirdsScreen(library, bridge)
    qtbot.addWidget(again)
    again.refresh(None)
    again.restore(screen.state())
    assert again.card.record == survey
    assert again.card.pages.index == TOTALS
    screen.new()
    screen.card.visit.form.editors["transport"].control.setText("boat")  # type: ignore[attr-defined]
    screen.card.visit.form.editors["transport"].edited.emit()
    again.restore(screen.state())
    assert again.card.pages.index == VISIT
    assert again.card.visit.form.editors["transport"].typed() == "boat"
