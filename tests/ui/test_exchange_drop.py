"""Drop points on screen: kept in the side panel, offered beside the sticks, and spoken to only when pressed."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ranger_app import jobs
from ranger_app.actions import drop_carry, drop_points, partners, records
from ranger_app.actions.bundle_write import WriteRequest
from ranger_app.library import Library
from ranger_app.media import volumes
from ranger_app.sync.cards import confirmation_digits
from ranger_app.sync.writer import EXCHANGE
from ui.bridge import Bridge
from ui.exchange.drop_panel import DropPanel
from ui.exchange.screen import READ, WRITE, ExchangeScreen
from ui.exchange.steps import StickPanel
from ui.widgets.banner import Banner


@pytest.fixture
def paired(library: Library, tmp_path: Path) -> Iterator[Library]:
    """A trusted neighbour with something to tell."""
    with Library.create(tmp_path / "neighbour", name="Hunchun station", country="CN", utc_offset=480) as made:
        made.person = records.add(made, "person", {"name": "Ranger 7", "role": "exchange", "active": 1})
        digits = confirmation_digits(library.station.id, made.station.id)
        for one, other in ((library, made), (made, library)):
            card = partners.write_card(other, tmp_path / f"{other.station.country}.json")
            partners.add_partner(one, card, confirm=digits)
        yield made


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A folder that both sides reach."""
    folder = tmp_path / "box"
    folder.mkdir()
    return folder


@pytest.fixture
def screen(
    show_screen: Callable[[type[ExchangeScreen]], ExchangeScreen], monkeypatch: pytest.MonkeyPatch
) -> ExchangeScreen:
    monkeypatch.setattr(volumes, "removable", list)
    return show_screen(ExchangeScreen)


@pytest.fixture
def panels(screen: ExchangeScreen, qtbot: QtBot) -> list[QWidget]:
    """The side panels that were opened, shown."""
    shown: list[QWidget] = []

    def take(widget: QWidget, _title: str) -> None:
        qtbot.addWidget(widget)
        widget.show()
        shown.append(widget)

    screen.panel_wanted.connect(take)
    return shown


def words(widget: QWidget) -> str:
    QCoreApplication.processEvents()
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def test_a_drop_point_is_added_tried_and_removed(
    screen: ExchangeScreen, panels: list[QWidget], library: Library, box: Path
) -> None:
    screen.write.manage_drops()
    panel = panels[0]
    assert isinstance(panel, DropPanel)
    panel.name.setText("harbour")
    panel.url.setText("http://host.example/in")
    panel.add_button.click()
    assert "would not be encrypted" in panel.said.text()
    assert drop_points.known(library) == []
    panel.url.setText(str(box))
    panel.password.setText("secret")
    panel.add_button.click()
    assert [one.name for one in drop_points.known(library)] == ["harbour"]
    assert panel.password.text() == ""
    panel.tries[0].click()
    assert panel.said.text() == "harbour answers. 0 bundles lie there."
    shutil.rmtree(box)
    panel.tries[0].click()
    assert "not there" in panel.said.text()
    panel.removes[0].click()
    assert len(drop_points.known(library)) == 1
    panel.removes[0].click()
    assert drop_points.known(library) == []


def test_a_bundle_goes_to_the_drop_point_chosen_in_step_two(
    screen: ExchangeScreen, panels: list[QWidget], library: Library, paired: Library, box: Path
) -> None:
    for one in (library, paired):
        drop_points.add(one, "harbour", str(box))
    screen.refresh(None)
    screen.write.choose_stick()
    panel = panels[0]
    assert isinstance(panel, StickPanel)
    button = next(one for one in panel.findChildren(QPushButton) if one.text() == "To harbour")
    button.click()
    assert "harbour" in screen.write.which.chosen.text()
    assert "free" not in screen.write.which.chosen.text()
    screen.write.write_button.click()
    assert screen.write.safe.isVisible()
    assert screen.write.safe.large.text() == "Sent"
    assert "receipt" in screen.write.safe.where.text()
    assert len(list((box / EXCHANGE).iterdir())) == 1
    assert jobs.run(drop_carry.fetch_and_read(paired, "harbour")).read is not None


def test_what_is_not_all_sent_waits_and_is_sent_on(
    screen: ExchangeScreen, bridge: Bridge, library: Library, paired: Library, box: Path
) -> None:
    point = drop_points.add(library, "harbour", str(box))
    away = box.rename(box.with_name("away"))
    screen.refresh(None)
    screen.write.take_drop(point)
    screen.write.start()
    assert not screen.write.safe.isVisible()
    assert "not there" in words(screen.write)
    waiting = screen.write.waiting
    assert "is not all sent" in words(waiting)
    away.rename(box)
    waiting.findChildren(Banner)[0].findChildren(QPushButton)[0].click()
    assert drop_carry.waiting(library) == []
    assert waiting.isHidden()
    assert len(list((box / EXCHANGE).iterdir())) == 1


def test_reading_fetches_from_a_drop_point(
    screen: ExchangeScreen, library: Library, paired: Library, box: Path, tmp_path: Path
) -> None:
    for one in (library, paired):
        drop_points.add(one, "harbour", str(box))
    request = WriteRequest(Path(), (library.station.id,), "none")
    sent = jobs.run(drop_carry.write_and_send(paired, request, "harbour"))
    assert sent.sent is not None
    screen.turn(READ)
    screen.read.drops.refresh()
    fetch = screen.read.drops.buttons[0]
    assert fetch.text() == "Fetch from harbour"
    fetch.click()
    assert screen.read.result.isVisible()
    assert "Hunchun station" in screen.read.result.name.text()
    fetch.click()
    assert "Nothing new lies at harbour" in words(screen.read)
    records.add(paired, "note", {"text": "later"})
    jobs.run(drop_carry.write_and_send(paired, request, "harbour"))
    newest = sorted((box / EXCHANGE).iterdir())[-1]
    for name in ("ops-0001.pak", "ops-0001.bak"):
        spoilt = bytearray((newest / name).read_bytes())
        spoilt[-1] ^= 1
        (newest / name).write_bytes(spoilt)
    screen.read.drops.buttons[0].click()
    assert screen.read.partial_offered
    screen.read.take_what_is_whole()
    assert screen.read.result.isVisible()
    assert screen.read.result.chip.text() == "taken in part"
    (newest / "DONE").unlink()
    newest.rename(newest.with_name(newest.name[:-8] + "00000000"))
    screen.read.fetch(drop_points.named(library, "harbour"))
    assert "1 bundle is still being sent." in words(screen.read)


def test_showing_the_pages_speaks_to_nobody(
    screen: ExchangeScreen, panels: list[QWidget], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, url in (("a", "sftp://host.example/in"), ("b", "https://host.example/"), ("c", "s3://box/in")):
        drop_points.add(library, name, url, user="u", password="p")

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(drop_points, "open_line", refuse)
    for page in (WRITE, READ):
        screen.turn(page)
        screen.refresh(None)
    screen.write.choose_stick()
    screen.write.manage_drops()
    screen.read.manage_drops()
    assert len(panels) == 3
    assert len(screen.read.drops.buttons) == 3
