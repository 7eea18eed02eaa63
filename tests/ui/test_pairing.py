"""Two people pair their stations on screen, and keys are withdrawn and lifted there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from ranger_app import jobs
from ranger_app.actions import partners, records, revocations, today
from ranger_app.library import Library
from ranger_app.media import qr
from ranger_app.sync.cards import confirmation_digits
from ui.bridge import Bridge
from ui.exchange.screen import PARTNERS, ExchangeScreen


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "neighbour", name="Hunchun station", country="CN", utc_offset=480) as made:
        made.person = records.add(made, "person", {"name": "Ranger 7", "role": "exchange", "active": 1})
        yield made


@pytest.fixture
def screen(show_screen: Callable[[type[ExchangeScreen]], ExchangeScreen]) -> ExchangeScreen:
    made = show_screen(ExchangeScreen)
    made.turn(PARTNERS)
    return made


def words(widget: QWidget) -> str:
    QCoreApplication.processEvents()
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def press(widget: QWidget, text: str) -> None:
    QCoreApplication.processEvents()
    next(
        one for one in widget.findChildren(QPushButton) if one.isVisible() and one.text().strip().startswith(text)
    ).click()


def trusted(library: Library, other: Library, folder: Path) -> None:
    card = partners.write_card(other, folder / f"{other.station.name}.json")
    partners.add_partner(library, card, confirm=confirmation_digits(library.station.id, other.station.id))


def test_the_code_on_the_screen_is_read_from_a_picture_of_it(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    screen.show_pairing()
    QCoreApplication.processEvents()
    picture = tmp_path / "photograph.png"
    shot: QImage = screen.grab().toImage()
    assert shot.save(str(picture))
    assert qr.read(picture) == [screen.partners.pairing.code.text]
    there = partners.add_partner(neighbour, picture)
    assert there.id == library.station.id


def test_three_steps_end_with_who_compared_and_when(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    changed: list[int] = []
    screen.partners.changed.connect(lambda: changed.append(1))
    press(screen.partners, "Pair with a partner")
    pairing = screen.partners.pairing
    assert pairing.isVisible()
    assert "The digits appear when" in words(pairing)
    assert not pairing.compare.isVisible()
    pairing.add_card(partners.write_card(neighbour, tmp_path / "theirs.png"))
    assert "Card of Hunchun station, CN" in words(pairing)
    digits = confirmation_digits(library.station.id, neighbour.station.id)
    assert " ".join(group.text() for group in pairing.compare.groups) == digits
    screen.partners.confirm()
    assert "Ranger 1 compared the digits on" in words(pairing)
    assert partners.partner(library, neighbour.station.id).trusted
    assert changed
    press(pairing, "Back to the list")
    assert screen.partners.card.isVisible()
    assert screen.partners.card.chip.text() == "trusted"


def test_digits_that_differ_trust_nobody(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    screen.show_pairing()
    pairing = screen.partners.pairing
    pairing.add_card(partners.write_card(neighbour, tmp_path / "theirs.json"))
    pairing.compare.differ.click()
    assert "do not exchange with this card" in words(pairing)
    assert not partners.partner(library, neighbour.station.id).trusted


def test_keys_are_withdrawn_with_a_reason_and_lifted(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    trusted(library, neighbour, tmp_path)
    screen.partners.refresh(None)
    card = screen.partners.card
    press(card, "Withdraw the keys")
    assert "cannot be taken back" in words(card)
    card.withdrawal.reason.setText("The laptop was stolen.")
    press(card, "Withdraw now")
    assert card.chip.text() == "keys withdrawn"
    said = words(card)
    assert "Keys withdrawn by Khasan station" in said
    assert "The laptop was stolen." in said
    assert "Decided here by Ranger 1" in said
    card.withdrawal.save_to(tmp_path)
    assert len(list(tmp_path.glob("ranger-withdrawal-*.json"))) == 1
    press(card, "Lift it")
    assert card.chip.text() == "trusted"


def test_without_a_reason_nothing_is_withdrawn(
    screen: ExchangeScreen, bridge: Bridge, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    bridge.problems_expected = True  # type: ignore[attr-defined]
    trusted(library, neighbour, tmp_path)
    screen.partners.refresh(None)
    screen.partners.card.withdrawal.ask()
    screen.partners.card.withdrawal.withdraw()
    assert revocations.list_(library) == []


@pytest.mark.parametrize(("button", "state"), [("Follow it", "in_force"), ("Do not follow", "not_followed")])
def test_a_partners_statement_waits_on_the_page(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path, button: str, state: str
) -> None:
    with Library.create(tmp_path / "third", name="Rason", country="KP", utc_offset=540) as third:
        for one in (library, neighbour):
            trusted(one, third, tmp_path)
    trusted(library, neighbour, tmp_path)
    jobs.run(revocations.withdraw(neighbour, third.station.id, "Nobody answers there."))
    screen.partners.take_statement(revocations.write_file(neighbour, third.station.id, tmp_path / "s.json"))
    waiting = screen.partners.waiting
    assert "Hunchun station says that the keys of Rason are withdrawn" in words(waiting)
    assert "Nobody answers there." in words(waiting)
    press(waiting, button)
    assert [one.state for one in revocations.list_(library)] == [state]
    assert not waiting.isVisible()


def test_a_station_withdraws_its_own_stolen_keys(screen: ExchangeScreen, library: Library, tmp_path: Path) -> None:
    own = screen.partners.own
    press(own, "Withdraw this station's own keys")
    assert "new library with new keys" in words(own)
    own.reason.setText("A copy was stolen.")
    press(own, "Withdraw now")
    assert "Keys withdrawn by Khasan station" in words(own)
    assert today.day(library).own_withdrawn
    own.save_to(tmp_path)
    assert len(list(tmp_path.glob("ranger-withdrawal-*.json"))) == 1
    press(own, "Lift it")
    assert not today.day(library).own_withdrawn
