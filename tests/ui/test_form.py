"""Forms and tables are made from the declared fields of a kind, for every kind there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QLineEdit, QTableView
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ranger_app.actions import records
from ranger_app.changes import Changes
from ranger_app.domain.fields import Type
from ranger_app.domain.kinds import KINDS
from ranger_app.domain.ops import create
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import rows
from ui.bridge import Bridge
from ui.widgets.columns import cell_width, shared_out, widest_cell
from ui.widgets.empty_state import EmptyState
from ui.widgets.field_editors import species_of, species_offered, species_text
from ui.widgets.form import NOT_TYPED, RecordForm
from ui.widgets.table import RecordTable

Dress = Callable[[str, str], None]


@pytest.fixture
def patrol_form(library: Library, bridge: Bridge, qtbot: QtBot, dressed: Dress) -> RecordForm:
    form = RecordForm(library, bridge, "patrol")
    qtbot.addWidget(form)
    form.open_new()
    form.show()
    return form


def line(form: RecordForm, name: str) -> QLineEdit:
    control = form.editors[name].control
    assert isinstance(control, QLineEdit)
    return control


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.public], ids=lambda kind: kind.name)
def test_every_kind_has_a_form_and_a_table(
    kind: object, library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None]
) -> None:
    form = RecordForm(library, bridge, kind.name)  # type: ignore[attr-defined]
    qtbot.addWidget(form)
    wanted = [
        f.name
        for f in kind.fields  # type: ignore[attr-defined]
        if f.form and f.type not in NOT_TYPED and f.refers_to != "media"
    ]
    assert list(form.editors) == wanted
    for name, editor in form.editors.items():
        field = kind.field(name)  # type: ignore[attr-defined]
        assert _(field.label) in editor.caption.text()
        assert editor.control.accessibleName() == _(field.label)
        if field.type is Type.CHOICE:
            assert isinstance(editor.control, QComboBox)
            assert editor.control.count() == len(field.choices) + 1
    table = RecordTable(library, bridge, kind.name, EmptyState("Nothing yet."))  # type: ignore[attr-defined]
    qtbot.addWidget(table)
    table.refresh()
    assert table.model.columnCount() == len([f for f in kind.fields if f.listed])  # type: ignore[attr-defined]


def test_record_is_saved_with_its_key_and_read_back(patrol_form: RecordForm, library: Library, qtbot: QtBot) -> None:
    saved: list[bytes] = []
    patrol_form.saved.connect(saved.append)
    qtbot.keyClicks(line(patrol_form, "name"), "Upper Tumen")
    qtbot.keyClicks(line(patrol_form, "date"), "2026-11-21")
    qtbot.keyClicks(line(patrol_form, "start"), "2026-11-21 08:10")
    qtbot.keyClicks(line(patrol_form, "leader"), "ranger 1")
    transport = patrol_form.editors["transport"].control
    assert isinstance(transport, QComboBox)
    transport.setCurrentIndex(transport.findData("ski"))
    assert patrol_form.touched
    save = patrol_form.commands()[0]
    assert save.shortcut == "Ctrl+S"
    save.run()
    assert not patrol_form.touched
    with library.read() as db:
        record = rows.get(db, "patrol", saved[0])
    assert record is not None
    assert record["name"] == "Upper Tumen"
    assert record["date"] == "2026-11-21"
    assert record["start"] == "2026-11-21T08:10:00"
    assert record["transport"] == "ski"
    assert record["leader"] == library.person
    again = RecordForm(library, patrol_form._bridge, "patrol")
    qtbot.addWidget(again)
    again.open_record(saved[0])
    assert again.values() == patrol_form.values()
    line(again, "name").setText("Lower Tumen")
    again.save()
    with library.read() as db:
        assert records.existing(db, "patrol", saved[0])["name"] == "Lower Tumen"


def test_a_change_of_too_many_records_to_name_is_read_again(patrol_form: RecordForm, library: Library) -> None:
    record = records.add(library, "patrol", {"name": "Ridge", "date": "2026-01-05"})
    patrol_form.open_record(record)
    records.edit(library, "patrol", record, {"name": "River"})
    patrol_form.refresh(Changes(frozenset({"survey"})))
    assert line(patrol_form, "name").text() == "Ridge"
    patrol_form.refresh(Changes(frozenset({"patrol"})))
    assert line(patrol_form, "name").text() == "River"


def test_what_is_wrong_is_said_under_the_field_and_nothing_is_saved(
    patrol_form: RecordForm, library: Library, qtbot: QtBot
) -> None:
    qtbot.keyClicks(line(patrol_form, "date"), "21.11.2026")
    qtbot.keyClicks(line(patrol_form, "leader"), "nobody")
    patrol_form.save()
    for name in ("name", "date", "leader"):
        assert patrol_form.editors[name].wrong.isVisible(), name
        assert patrol_form.editors[name].wrong.text()
    assert patrol_form.editors["name"].control.hasFocus()
    with library.read() as db:
        assert rows.number(db, "patrol") == 0
    qtbot.keyClicks(line(patrol_form, "name"), "x")
    assert not patrol_form.editors["name"].wrong.isVisible()


def test_tab_goes_through_the_fields_in_their_order(patrol_form: RecordForm, qtbot: QtBot) -> None:
    patrol_form.editors["name"].control.setFocus()
    seen = []
    for _step in range(6):
        focused = patrol_form.focusWidget()
        seen.append(next(name for name, editor in patrol_form.editors.items() if editor.control is focused))
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert seen == list(patrol_form.editors)[:6]


def test_half_written_form_survives_a_change_of_language(
    patrol_form: RecordForm, library: Library, bridge: Bridge, qtbot: QtBot
) -> None:
    qtbot.keyClicks(line(patrol_form, "name"), "Half")
    qtbot.keyClicks(line(patrol_form, "date"), "2026-1")
    other = RecordForm(library, bridge, "patrol")
    qtbot.addWidget(other)
    other.restore(patrol_form.state())
    assert line(other, "name").text() == "Half"
    assert line(other, "date").text() == "2026-1"
    assert other.touched


def test_fixed_values_are_not_asked_for(library: Library, bridge: Bridge, qtbot: QtBot) -> None:
    site = records.add(library, "location", {"name": "Tumen mouth"})
    survey = records.add(library, "survey", {"site": site, "date": "2026-01-12"})
    form = RecordForm(library, bridge, "count", fields=["taxon", "count", "survey"], fixed={"survey": survey})
    qtbot.addWidget(form)
    assert list(form.editors) == ["taxon", "count"]
    line(form, "taxon").setText("grus monacha")
    line(form, "count").setText("12")
    form.save()
    with library.read() as db:
        found = list(rows.find(db, "count"))
    assert [(one["survey"], one["taxon"], one["count"]) for one in found] == [(survey, "Grus monacha", 12)]


def test_species_are_found_in_any_language() -> None:
    assert species_of("Тигр") == "Panthera tigris"
    assert species_of(species_text("Grus monacha")) == "Grus monacha"
    assert species_of("Unheard of") == "Unheard of"
    assert any("Panthera tigris" in one for one in species_offered("tig"))
    assert species_offered("  ") == []


def test_empty_table_says_the_next_step(library: Library, bridge: Bridge, qtbot: QtBot) -> None:
    pressed: list[int] = []
    empty = EmptyState("No patrols yet.", "Enter one", lambda: pressed.append(1))
    table = RecordTable(library, bridge, "patrol", empty)
    qtbot.addWidget(table)
    table.show()
    table.refresh()
    assert table.empty.isVisible()
    table.empty.button.click()
    assert pressed == [1]
    patrol = records.add(library, "patrol", {"name": "A"})
    table.refresh()
    assert not table.empty.isVisible()
    table.choose(patrol)
    assert table.current() == patrol


def test_table_sorts_numbers_as_numbers_and_filters_by_words(library: Library, bridge: Bridge, qtbot: QtBot) -> None:
    site = records.add(library, "location", {"name": "Tumen mouth"})
    survey = records.add(library, "survey", {"site": site, "date": "2026-01-12"})
    for number in (9, 100, 20):
        records.add(library, "count", {"survey": survey, "taxon": "Grus monacha", "count": number})
    records.add(library, "count", {"survey": survey, "taxon": "Anser anser", "count": 1})
    table = RecordTable(library, bridge, "count", EmptyState("x"), columns=["taxon", "count"])
    qtbot.addWidget(table)
    table.refresh()
    table.model.sort(1, Qt.SortOrder.DescendingOrder)
    assert [entry.texts[1] for entry in table.model.lines] == ["100", "20", "9", "1"]
    table.model.narrow("CRANE")
    assert len(table.model.lines) == 3
    table.model.narrow("")
    assert len(table.model.lines) == 4


def test_table_model_obeys_qt(library: Library, bridge: Bridge, qtmodeltester: ModelTester) -> None:
    records.add(library, "patrol", {"name": "A"})
    table = RecordTable(library, bridge, "patrol", EmptyState("x"))
    table.refresh()
    qtmodeltester.check(table.model, force_py=True)
    table.deleteLater()


def test_widest_columns_give_way_first() -> None:
    assert shared_out([100, 100], [50, 50], 300) == [100, 100]
    assert shared_out([300, 100], [50, 50], 250) == [150, 100]
    squeezed = shared_out([300, 280, 60], [50, 50, 60], 300)
    assert sum(squeezed) <= 300
    assert squeezed[2] == 60
    assert abs(squeezed[0] - squeezed[1]) <= 1
    assert shared_out([300, 300], [200, 200], 100) == [200, 200]


def test_the_widest_cell_counts_text_and_picture(qtbot: QtBot, dressed: Dress) -> None:
    view = QTableView()
    qtbot.addWidget(view)
    model = QStandardItemModel(0, 1, view)
    for text in ("owl", "owl", "snow leopard"):
        model.appendRow(QStandardItem(text))
    view.setModel(model)
    assert widest_cell(view, range(0), 0) == 0
    assert widest_cell(view, range(3), 0) == cell_width(view, 2, 0) > cell_width(view, 0, 0)
    plain = cell_width(view, 2, 0)
    model.item(2).setData(QPixmap(8, 8), Qt.ItemDataRole.DecorationRole)
    assert widest_cell(view, range(3), 0) > plain


def test_what_another_station_withholds_is_said_and_takes_nothing(
    library: Library, bridge: Bridge, qtbot: QtBot
) -> None:
    hidden, plain = library.new_id(), library.new_id()
    library.commit(
        [create("location", hidden, {"type": "post"}), create("location", plain, {"name": "Post"})], label=""
    )
    library.write(
        lambda db: db.conn.execute("INSERT INTO withheld VALUES (?, 1, 0, 'location', 'place')", (hidden,)) and None
    )
    form = RecordForm(library, bridge, "location")
    qtbot.addWidget(form)
    form.open_record(hidden)
    assert not line(form, "name").isEnabled()
    assert line(form, "name").placeholderText() == _("(withheld)")
    assert form.editors["country"].control.isEnabled()
    line(form, "country").setText("RU")
    with qtbot.waitSignal(form.saved):
        form.save()
    with library.read() as db:
        found = rows.get(db, "location", hidden)
    assert found is not None
    assert found["country"] == "RU"
    form.open_record(plain)
    assert line(form, "name").isEnabled()
    assert line(form, "name").placeholderText() != _("(withheld)")
