"""A place in any notation, typed once, wherever a form has latitude and longitude."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from ranger_app.actions import border_layer, records
from ranger_app.geo import border, coordinates
from ranger_app.library import Library
from ranger_app.store import rows
from ui.bridge import Bridge
from ui.preferences import load
from ui.settings.general import General
from ui.settings.screen import SettingsScreen
from ui.shell.window import Window
from ui.widgets.coordinate_field import CoordinateField
from ui.widgets.form import RecordForm

Dress = Callable[[str, str], None]


@pytest.fixture
def field(bridge: Bridge, qtbot: QtBot, dressed: Dress) -> CoordinateField:
    made = CoordinateField(bridge)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def form(library: Library, bridge: Bridge, qtbot: QtBot, dressed: Dress) -> RecordForm:
    made = RecordForm(library, bridge, "location")
    qtbot.addWidget(made)
    made.open_new({"country": "RU"})
    made.show()
    assert made.place is not None
    return made


def line(form: RecordForm, name: str) -> QLineEdit:
    control = form.editors[name].control
    assert isinstance(control, QLineEdit)
    return control


def choose(field: CoordinateField, datum: str) -> None:
    field.datum.setCurrentIndex(field.datum.findData(datum))
    field.datum.activated.emit(field.datum.currentIndex())


def test_what_was_understood_is_said(field: CoordinateField, qtbot: QtBot) -> None:
    edits: list[bool] = []
    field.edited.connect(lambda: edits.append(True))
    qtbot.keyClicks(field.control, "42.61234 131.20987")
    assert field.understood.text() == "42.61234 N 131.20987 E · WGS 84"
    assert field.value() == (426_123_400, 1_312_098_700)
    assert edits
    field.control.setText("52S 500000 4000000")
    assert "32" in field.understood.text()
    field.control.setText("somewhere")
    assert field.wrong.text() == ""  # half typed
    with pytest.raises(ValueError, match="not a place"):
        field.value()
    field.control.setText("")
    assert field.value() == (None, None)


def test_the_order_of_two_plain_numbers_is_asked(field: CoordinateField, qtbot: QtBot) -> None:
    field.control.setText("43.5 44.5")
    assert field.ask.isVisible()
    with pytest.raises(ValueError, match="latitude"):
        field.value()
    field._answer("lon")
    assert not field.ask.isVisible()
    assert field.value() == (445_000_000, 435_000_000)
    field.control.setText("43.5 44.6")  # another place is another question
    assert field.ask.isVisible()


def test_the_datum_counts(field: CoordinateField) -> None:
    field.control.setText("42.61234 N 131.20987 E")
    choose(field, coordinates.PULKOVO)
    wanted = coordinates.parse("42.61234 N 131.20987 E", coordinates.PULKOVO)
    assert field.value() == (wanted.latitude, wanted.longitude)
    assert "Pulkovo" in field.understood.text()
    choose(field, coordinates.GCJ02)
    with pytest.raises(ValueError, match="not in China"):
        field.value()
    field.control.setText("42.8624 N 130.3661 E")
    assert "700" in field.understood.text()


def test_a_place_that_nobody_touched_comes_back_to_the_last_digit(field: CoordinateField) -> None:
    for style in coordinates.STYLES:
        coordinates.prefer(style)
        try:
            field.put(426_123_457, 1_312_098_763)
            assert field.value() == (426_123_457, 1_312_098_763)
        finally:
            coordinates.prefer("degrees")
    field.put(None, None)
    assert (field.typed(), field.value()) == ("", (None, None))


def test_a_form_has_one_field_for_the_place(form: RecordForm, library: Library, qtbot: QtBot) -> None:
    assert form.place is not None
    assert not form.editors["latitude"].isVisible()
    saved: list[bytes] = []
    form.saved.connect(saved.append)
    qtbot.keyClicks(line(form, "name"), "Ridge")
    qtbot.keyClicks(form.place.control, "X 4720134 Y 22681254")
    choose(form.place, coordinates.PULKOVO)
    assert line(form, "uncertainty").text() == "6"
    form.save()
    with library.read() as db:
        kept = rows.get(db, "location", saved[0])
    assert kept is not None
    wanted = coordinates.parse("X 4720134 Y 22681254", coordinates.PULKOVO)
    assert (kept["latitude"], kept["longitude"], kept["uncertainty"]) == (wanted.latitude, wanted.longitude, 6)
    form.open_record(saved[0])
    assert form.place.value() == (wanted.latitude, wanted.longitude)
    qtbot.keyClicks(line(form, "name"), " 2")
    form.save()
    with library.read() as db:
        again = rows.get(db, "location", saved[0])
    assert again is not None
    assert again.text("name") != "Ridge"
    assert (again["latitude"], again["longitude"]) == (wanted.latitude, wanted.longitude)


def test_a_place_that_cannot_be_read_is_not_saved(form: RecordForm, library: Library, qtbot: QtBot) -> None:
    assert form.place is not None
    qtbot.keyClicks(line(form, "name"), "Ridge")
    qtbot.keyClicks(form.place.control, "42,131")
    form.save()
    assert form.place.wrong.text() != ""
    with library.read() as db:
        assert rows.find(db, "location") == [] or all(one.text("name") != "Ridge" for one in rows.find(db, "location"))


def test_a_typed_uncertainty_stays(form: RecordForm, qtbot: QtBot) -> None:
    assert form.place is not None
    qtbot.keyClicks(line(form, "uncertainty"), "30")
    form.place.control.setText("42.6 131.2")
    assert line(form, "uncertainty").text() == "30"


def test_a_country_that_the_border_denies_is_warned_of(form: RecordForm, qtbot: QtBot) -> None:
    assert form.place is not None
    form.place.control.setText("42.8630 N 130.3660 E")
    assert "CN" in form.place.warned.text()
    line(form, "country").setText("CN")
    line(form, "country").textEdited.emit("CN")
    assert form.place.warned.text() == ""


def test_a_place_survives_a_change_of_language(
    form: RecordForm, library: Library, bridge: Bridge, qtbot: QtBot
) -> None:
    assert form.place is not None
    form.place.control.setText("N42°36'44.4\" E131°12'35.5\"")
    state = form.state()
    again = RecordForm(library, bridge, "location")
    qtbot.addWidget(again)
    again.restore(state)
    assert again.place is not None
    assert again.place.typed() == "N42°36'44.4\" E131°12'35.5\""
    assert again.place.value() == form.place.value()


def test_a_withheld_place_takes_nothing(form: RecordForm) -> None:
    assert form.place is not None
    form.place.keep_back(True)
    assert not form.place.control.isEnabled()
    assert not form.place.datum.isEnabled()


def test_the_notation_is_a_setting(library: Library, bridge: Bridge, qtbot: QtBot, dressed: Dress) -> None:
    page = General(bridge)
    qtbot.addWidget(page)
    assert isinstance(page.notation, QComboBox)
    try:
        page.notation.setCurrentIndex(page.notation.findData("utm"))
        page.notation.activated.emit(page.notation.currentIndex())
        assert bridge.preferences.notation == "utm"
        record = records.add(library, "location", {"name": "A", "latitude": 426_123_333, "longitude": 1_312_098_611})
        form = RecordForm(library, bridge, "location")
        qtbot.addWidget(form)
        form.open_record(record)
        assert form.place is not None
        assert form.place.typed().startswith("52T 681254")
        assert form.place.value() == (426_123_333, 1_312_098_611)
    finally:
        coordinates.prefer("degrees")
    assert load().notation in coordinates.STYLES


def test_a_border_of_ones_own_is_loaded_in_settings(
    window: Window, library: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    window.go("settings")
    screen = window.current()
    assert isinstance(screen, SettingsScreen)
    card = screen.border
    assert "not an official boundary" in card.used.text()
    line = {"type": "LineString", "coordinates": [[131.0, 42.0], [131.0, 44.0]]}
    path = tmp_path / "survey.geojson"
    path.write_text(
        json.dumps({"type": "Feature", "properties": {"left": "CN", "right": "RU"}, "geometry": line}), "utf-8"
    )
    card.accuracy.setValue(10)
    card.take(path)
    assert card.used.text() == "survey is in use, good to 10 m."
    assert border.side(42.9, 130.9, border_layer.in_use(library)).layer == "survey"
    path.unlink()
    card.refresh()
    assert "survey.geojson is not there now" in card.used.text()
    card.go_back()
    assert border_layer.choice(library) is None
    assert "reference" in card.used.text()
