"""The sharing rule of a partner in the window: what is chosen is previewed, saved, and in force."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ranger_app.actions import partners, records
from ranger_app.actions.sharing import rule_of
from ranger_app.domain.sharing import FULL, OPEN
from ranger_app.library import Library
from ranger_app.sync.cards import confirmation_digits
from ui.bridge import Bridge
from ui.exchange.rule_page import RulePage

DEN = {"name": "Den", "latitude": 425_678_912, "longitude": 1_306_543_219, "type": "viewpoint"}


@pytest.fixture
def partner(library: Library, tmp_path: Path) -> bytes:
    """A trusted partner with full clearance, and one location here."""
    with Library.create(tmp_path / "neighbour", name="Hunchun station", country="CN", utc_offset=480) as other:
        card = partners.write_card(other, tmp_path / "card.json")
        digits = confirmation_digits(library.station.id, other.station.id)
        partners.add_partner(library, card, confirm=digits, clearance="full")
        records.add(library, "location", DEN)
        return other.station.id


@pytest.fixture
def page(qtbot: QtBot, dressed: Callable[[str, str], None], library: Library, partner: bytes) -> RulePage:
    bridge = Bridge(library)
    made = RulePage(library, bridge)
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    made.refresh(None)
    qtbot.waitUntil(lambda: made.partner == partner and not bridge.busy)
    return made


def said(page: RulePage) -> str:
    return " ".join(one.text() for one in page.seen.findChildren(QLabel))


def settled(qtbot: QtBot, page: RulePage) -> None:
    qtbot.waitUntil(lambda: not page._timer.isActive() and not page._bridge.busy)


def test_a_rule_is_previewed_then_saved(qtbot: QtBot, page: RulePage, library: Library, partner: bytes) -> None:
    settled(qtbot, page)
    assert "42.5679, 130.6543" in said(page)
    assert not page.save_button.isEnabled()
    page.choice.presets.choose(2)
    settled(qtbot, page)
    with library.read() as db:
        assert rule_of(db, partner) == FULL  # nothing is in force before it is saved
    assert "42.57, 130.65" in said(page)
    page.save()
    settled(qtbot, page)
    with library.read() as db:
        assert rule_of(db, partner) == OPEN
    assert not page.is_edited


def test_one_part_changed_makes_a_rule_of_its_own(
    qtbot: QtBot, page: RulePage, library: Library, partner: bytes
) -> None:
    page.choice.people.click()
    page.choice.species.setText("Amur tiger")
    page.choice.species.editingFinished.emit()
    page.choice.kinds["note"].click()
    assert page.choice.presets.index == -1
    page.save()
    settled(qtbot, page)
    with library.read() as db:
        rule = rule_of(db, partner)
    assert not rule.people
    assert rule.species == {"Panthera tigris"}
    assert rule.kinds == {"note"}
    assert rule.tracks


def test_changes_can_be_taken_back(qtbot: QtBot, page: RulePage, library: Library, partner: bytes) -> None:
    page.choice.presets.choose(1)
    page.take_back()
    settled(qtbot, page)
    assert page.choice.rule == FULL
    page.save()
    with library.read() as db:
        assert rule_of(db, partner) == FULL


def test_a_species_nobody_knows_is_not_taken_for_a_rule(
    qtbot: QtBot, page: RulePage, library: Library, partner: bytes
) -> None:
    told: list[BaseException] = []
    page._bridge.problem.connect(told.append)
    page.choice.species.setText("xyzzy")
    page.choice.species.editingFinished.emit()
    page.save()
    qtbot.waitUntil(lambda: bool(told))
    with library.read() as db:
        assert rule_of(db, partner) == FULL
