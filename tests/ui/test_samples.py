"""Samples and health events by keyboard: entered, handed on, answered by a laboratory."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions import records, samples
from ranger_app.domain.values import shown
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.patrols.samples_page import HEALTH, SAMPLES, SamplesPage
from ui.widgets.form import RecordForm


@pytest.fixture
def page(library: Library, bridge: Bridge, qtbot: QtBot) -> SamplesPage:
    made = SamplesPage(library, bridge)
    qtbot.addWidget(made)
    made.resize(1180, 600)
    made.show()
    made.refresh(None)
    return made


def put(form: RecordForm, **values: object) -> None:
    for name, value in values.items():
        form.editors[name].put(value)
        form.editors[name].edited.emit()


def all_of(library: Library, kind: str) -> list[records.Record]:
    with library.read() as db:
        return list(records.everything(db, kind))


def test_a_sample_goes_from_hand_to_hand_to_a_result(page: SamplesPage, library: Library) -> None:
    page.new_sample()
    put(page.sample_card.form, type="scat", suspected_taxon="Panthera tigris")
    page.save()
    (sample,) = all_of(library, "sample")
    page.refresh(None)
    page.open_sample(sample.id)
    page.sample_card.hand_over()
    put(page.sample_card.hand_form, taken_by="Laboratory")
    page.save()
    (link,) = samples.chain(library, sample.id)
    assert (link.text("given_by"), link.text("taken_by")) == ("Ranger 1", "Laboratory")
    assert "Laboratory" in page.sample_card.holder.text()
    page.sample_card.turn(2)
    put(page.sample_card.result, result_taxon="Panthera tigris", result_sex="female")
    page.save()
    (observation,) = all_of(library, "observation")
    assert (observation["sample"], observation["taxon"]) == (sample.id, "Panthera tigris")


def test_a_sample_of_an_event_takes_its_place(page: SamplesPage, library: Library, qapp: QApplication) -> None:
    page.new_event()
    assert page.pages.index == HEALTH
    put(
        page.health_card.form,
        name="Dead deer",
        taxon="Cervus nippon",
        dead=2,
        latitude=426_000_000,
        longitude=1_310_000_000,
    )
    page.save()
    (event,) = all_of(library, "health_event")
    page.health_card.open_record(event.id)
    page.health_card.new_sample()
    assert page.pages.index == SAMPLES
    page.save()
    (sample,) = all_of(library, "sample")
    assert (sample["health_event"], sample["latitude"], sample["suspected_taxon"]) == (
        event.id,
        426_000_000,
        "Cervus nippon",
    )
    page.open_event(event.id)
    assert [line.texts[0] for line in page.health_card.taken.model.lines] == [shown_code(sample)]


def shown_code(sample: records.Record) -> str:
    from ranger_app.domain.kinds import kind_named

    return shown(kind_named("sample").field("code"), sample["code"])


def test_each_command_has_a_key_of_its_own(page: SamplesPage) -> None:
    for index in (SAMPLES, HEALTH):
        page.pages.choose(index)
        keys = [command.shortcut for command in page.commands()]
        assert len(keys) == len(set(keys))
        assert all(keys)


def test_the_lists_leave_out_columns_before_they_grow_wider_than_their_frame(
    page: SamplesPage, library: Library, qapp: QApplication
) -> None:
    page.new_sample()
    put(page.sample_card.form, type="hair")
    page.save()
    page.refresh(None)
    for width in (1180, 900, 720):
        page.resize(width, 600)
        qapp.processEvents()
        for table in (page.samples.table, page.sample_card.hands):
            assert table.view.horizontalScrollBar().maximum() == 0
    assert not page.samples.table.view.isColumnHidden(0)


def test_what_the_page_is_about_is_its_first_command(page: SamplesPage) -> None:
    assert [one.id for one in page.commands()[:2]] == ["samples.new", "samples.labels"]
    page.pages.choose(HEALTH)
    assert [one.id for one in page.commands()[:2]] == ["samples.event", "samples.new"]
