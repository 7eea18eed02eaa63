"""The observation model in Settings: the tree in the user's language, switched, added to, taken in and written out."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from ranger_app.actions import model_write, observation_models, records, undo
from ranger_app.domain import observation_model as om
from ranger_app.domain import threats
from ranger_app.domain.observation_model import Category, Model
from ranger_app.exchange import smart_model
from ranger_app.i18n import LANGUAGES
from ranger_app.library import Library
from ui import fonts
from ui.bridge import Bridge
from ui.settings.model_forms import AttributeForm, CategoryForm, WordsForm
from ui.settings.model_page import ModelPage
from ui.settings.screen import SettingsScreen
from ui.widgets.banner import Banner

TRACK = "animals.sign.track."


@pytest.fixture
def screen(show_screen) -> SettingsScreen:
    made = show_screen(SettingsScreen)
    made.open_at("model")
    return made


@pytest.fixture
def page(screen: SettingsScreen) -> ModelPage:
    return screen.model


def _in_use(library: Library) -> Model:
    with library.read() as db:
        return observation_models.in_use(db)


def _item(page: ModelPage, hkey: str) -> QTreeWidgetItem:
    return next(item for item in page._items() if item.data(0, Qt.ItemDataRole.UserRole) == hkey)


def _choose(page: ModelPage, hkey: str) -> QTreeWidgetItem:
    item = _item(page, hkey)
    page.tree.setCurrentItem(item)
    return item


def test_the_tree_shows_every_category_and_what_is_asked(page: ModelPage) -> None:
    assert len(page._items()) == len(list(om.walk(om.default())))
    _choose(page, TRACK)
    assert page.name.text() == "Animals › Sign of an animal › Track"
    assert page.asked.item(0).text().startswith("Species")
    assert "Pad width  ·  number, cm" in [page.asked.item(row).text() for row in range(page.asked.count())]
    _choose(page, "humanactivity.fire.grassfire.")
    assert page.means.text() == "Pressure · 7.1 Fire (IUCN-CMP 3.3)"
    _choose(page, "position.start.")
    assert page.nothing.isVisible()
    assert not page.asked.isVisible()


def test_words_are_those_of_the_user(page: ModelPage, dressed) -> None:
    dressed("ru", "dark")
    page.refresh(None)
    assert _item(page, TRACK).text(0) == "След"


def test_space_switches_a_category_and_undo_brings_it_back(page: ModelPage, library: Library, qtbot: QtBot) -> None:
    item = _choose(page, "humanactivity.rocksminerals.")
    page.tree.setFocus()
    qtbot.keyClick(page.tree, Qt.Key.Key_Space)
    assert not om.path(_in_use(library), "humanactivity.rocksminerals.")[-1].active
    assert page.current() == "humanactivity.rocksminerals."
    item = _item(page, "humanactivity.rocksminerals.")
    assert item.checkState(0) == Qt.CheckState.Unchecked
    undo.undo(library)
    assert om.path(_in_use(library), "humanactivity.rocksminerals.")[-1].active


def test_an_attribute_is_left_out_of_one_category(page: ModelPage, library: Library, qtbot: QtBot) -> None:
    _choose(page, TRACK)
    row = next(row for row in range(page.asked.count()) if page.asked.item(row).text().startswith("Stride"))
    page.asked.setCurrentRow(row)
    page.asked.setFocus()
    qtbot.keyClick(page.asked, Qt.Key.Key_Space)
    assert "stride" not in [one.key for one in om.attributes_of(_in_use(library), TRACK)]
    assert page.asked.item(row).checkState() == Qt.CheckState.Unchecked  # it can be asked for again


def test_a_category_is_added_with_words_and_attributes(screen: SettingsScreen, library: Library, qtbot: QtBot) -> None:
    panels: list[object] = []
    screen.panel_wanted.connect(lambda panel, _title: panels.append(panel))
    _choose(screen.model, "animals.sign.")
    next(one for one in screen.commands() if one.id == "settings.model_category").run()
    (form,) = panels
    assert isinstance(form, CategoryForm)
    qtbot.addWidget(form)
    form.keep()
    assert form.wrong.text().startswith("The category has no name.")
    form.words["en"].setText("Rolling place")
    form.words["ru"].setText("Купалка")
    first = form.attributes.item(0)
    first.setCheckState(Qt.CheckState.Checked)
    form.keep()
    made = om.category(_in_use(library), "animals.sign.rollingplace.")
    assert made
    assert made.labels == {"en": "Rolling place", "ru": "Купалка"}
    assert made.attributes == (first.data(Qt.ItemDataRole.UserRole),)
    assert screen.model.current() == "animals.sign.rollingplace."


def test_words_are_changed_and_an_attribute_is_added(screen: SettingsScreen, library: Library, qtbot: QtBot) -> None:
    panels: list[object] = []
    screen.panel_wanted.connect(lambda panel, _title: panels.append(panel))
    _choose(screen.model, TRACK)
    screen.model.change_words()
    words = panels.pop()
    assert isinstance(words, WordsForm)
    qtbot.addWidget(words)
    words.words["ru"].setText("Отпечаток")
    words.keep()
    track = om.category(_in_use(library), TRACK)
    assert track
    assert track.labels["ru"] == "Отпечаток"
    assert track.labels["ja"] == "足跡"
    assert "mn" in track.unreviewed
    screen.model.add_attribute()
    form = panels.pop()
    assert isinstance(form, AttributeForm)
    qtbot.addWidget(form)
    assert form.unit.isEnabled()
    form.words["en"].setText("Depth")
    form.type.setCurrentIndex(form.type.findData("LIST"))
    assert not form.unit.isEnabled()
    form.entries.setPlainText("Deep\n\nShallow\n")
    form.keep()
    made = om.attributes_of(_in_use(library), TRACK)[-1]
    assert (made.key, made.type, [one.labels for one in made.items]) == (
        "depth",
        "LIST",
        [{"en": "Deep"}, {"en": "Shallow"}],
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_shipped_words_can_be_drawn(qapp: QApplication, code: str) -> None:
    model = om.default()
    words = [one.labels[code] for _hkey, one in om.walk(model)]
    words += [one.labels[code] for one in model.attributes]
    words += [item.labels[code] for one in model.attributes for _value, item in om.items(one)]
    words += [one[code] for one in threats.labels().values()]
    assert not fonts.missing_glyphs("".join(words), code)


def test_a_word_narrows_the_tree(page: ModelPage) -> None:
    page.wanted_word.setText("grass FIRE")
    shown = [str(item.data(0, Qt.ItemDataRole.UserRole)) for item in page._items() if not item.isHidden()]
    assert shown == ["humanactivity.", "humanactivity.fire.", "humanactivity.fire.grassfire."]
    page.wanted_word.setText("nothing is called so")
    assert page.none.isVisible()
    page.wanted_word.clear()
    assert not page.none.isVisible()


def test_a_model_is_taken_in_used_and_written(page: ModelPage, library: Library, tmp_path: Path) -> None:
    file = tmp_path / "Other.xml"
    file.write_bytes(smart_model.write(Model("Other", categories=(Category("a", {"ru": "Знак"}),))))
    page.take(file)
    banner = page.findChild(Banner)
    assert banner.what.text() == "Other is here now."
    assert len(page._known) == 2
    page._use_taken(page._known[1].id, "Other")
    assert [item.text(0) for item in page._items()] == ["Знак"]
    assert page.chosen.currentIndex() == 1
    page._use_row(0)
    assert len(page._items()) > 100
    page.write_into(tmp_path)
    page.write_into(tmp_path)
    assert len(list(tmp_path.glob("observation-model-*/data_model.xml"))) == 2


def test_who_may_not_is_told_and_the_mark_comes_back(page: ModelPage, library: Library, bridge: Bridge) -> None:
    bridge.problems_expected = True
    told: list[BaseException] = []
    bridge.problem.connect(told.append)
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger"})
    _choose(page, TRACK).setCheckState(0, Qt.CheckState.Unchecked)
    assert [getattr(one, "code", "") for one in told] == ["ROLE_NEEDED"]
    assert _item(page, TRACK).checkState(0) == Qt.CheckState.Checked
    assert model_write.listed(library)[0].in_use
