"""Given, the page of Exchange: where partners stand, what left, and receipts made and taken in the side panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from ranger_app import jobs
from ranger_app.actions import ledger, partners, receipts, records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.ledger import DAY_MS
from ranger_app.library import Library
from ranger_app.media import qr
from ranger_app.sync.cards import confirmation_digits
from tests.ui.test_today import QUIET
from ui.exchange.receipt_panel import MakeReceipt, TakeReceipt
from ui.exchange.screen import GIVEN, ExchangeScreen
from ui.shell.window import Window
from ui.today.cards import cards_of
from ui.widgets.banner import Banner
from ui.widgets.chip_column import TONE


@pytest.fixture
def neighbour(library: Library, tmp_path: Path) -> Iterator[Library]:
    """A station on the other side; both trust each other."""
    with Library.create(tmp_path / "neighbour", name="Hunchun station", country="CN", utc_offset=480) as made:
        digits = confirmation_digits(library.station.id, made.station.id)
        for one, other in ((library, made), (made, library)):
            card = partners.write_card(other, tmp_path / f"{other.station.country}.json")
            partners.add_partner(one, card, confirm=digits, clearance="full")
        yield made


@pytest.fixture
def screen(show_screen: Callable[[type[ExchangeScreen]], ExchangeScreen]) -> ExchangeScreen:
    made = show_screen(ExchangeScreen)
    made.turn(GIVEN)
    return made


def send(library: Library, neighbour: Library, stick: Path, *, read: bool = True) -> None:
    records.add(library, "location", {"name": "Ridge", "type": "post"})
    jobs.run(write_bundle(library, WriteRequest(stick, (neighbour.station.id,), "none")))
    if read:
        jobs.run(read_bundles(neighbour, stick))


def words(widget: QWidget) -> str:
    QCoreApplication.processEvents()
    return " | ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def state(screen: ExchangeScreen, row: int = 0) -> tuple[str, str]:
    model = screen.ledger.model
    index = model.index(row, 4)
    return str(model.data(index)), str(model.data(index, TONE))


def test_an_empty_ledger_says_what_will_stand_here(screen: ExchangeScreen) -> None:
    assert screen.ledger.table.empty.isVisible()
    assert not screen.ledger.make_button.isEnabled()
    assert not screen.ledger.save_button.isEnabled()
    assert "No partner yet" in words(screen.ledger)
    screen.ledger.make_receipt()  # nobody to make one for


def test_what_was_given_is_listed_and_told(screen: ExchangeScreen, library: Library, neighbour: Library) -> None:
    screen.refresh(None)
    assert "never sent" in words(screen.ledger)
    send(library, neighbour, library.folder.parent / "stick", read=False)
    screen.refresh(None)
    assert state(screen) == ("sent today, not confirmed", "attention")
    told = words(screen.ledger.card)
    for word in ("Bundle 1", "Hunchun station", "Ranger 1", "Full", "Ridge", "stick"):
        assert word in told
    assert "last bundle 1" in words(screen.ledger.rows)


def test_a_receipt_goes_as_text_and_comes_back_by_paste(
    window: Window, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    send(library, neighbour, tmp_path / "stick")
    window.go("exchange", "given")
    screen = window.current()
    assert isinstance(screen, ExchangeScreen)
    code = receipts.code(neighbour, library.station.id)
    screen.ledger.take_button.click()
    panel = window.panel.content
    assert isinstance(panel, TakeReceipt)
    assert not panel.take_button.isEnabled()
    panel.text.setPlainText(f"  {code[:200]}\n{code[200:]} ")
    panel.take_button.click()
    QCoreApplication.processEvents()
    assert panel.findChildren(Banner)[0].what.text() == "Hunchun station has bundle 1."
    assert "They hold everything" in words(panel)
    assert state(screen) == ("confirmed", "own")
    panel.text.setPlainText(code)
    panel.take_text()
    assert "knew this already" in words(panel)
    panel.text.setPlainText(code[:100])
    panel.take_text()
    assert "not a whole receipt" in words(panel)


def test_a_receipt_is_shown_copied_photographed_and_saved(
    window: Window, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    send(neighbour, library, tmp_path / "stick")
    window.go("exchange", "given")
    screen = window.current()
    assert isinstance(screen, ExchangeScreen)
    screen.ledger.make_button.click()
    panel = window.panel.content
    assert isinstance(panel, MakeReceipt)
    panel.show_button.click()
    assert panel.text.toPlainText() == panel.code
    panel.copy_button.click()
    assert QApplication.clipboard().text() == panel.code
    photograph = tmp_path / "photograph.png"
    assert panel.picture.grab().save(str(photograph))
    assert qr.read(photograph) == [panel.code]
    with neighbour.read() as db:
        assert ledger.confirmed(db, b"") is None
    panel.save_to(tmp_path / "back")
    (file,) = (tmp_path / "back").iterdir()
    assert receipts.take_file(neighbour, file).confirmed == [1]
    assert [one.given.what for one in ledger.lines(library)] == ["receipt", "receipt"]


def test_a_photograph_of_the_code_is_taken(
    window: Window, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    send(library, neighbour, tmp_path / "stick")
    picture = tmp_path / "IMG_1.PNG"
    picture.write_bytes(qr.draw(receipts.code(neighbour, library.station.id)))
    window.go("exchange", "given")
    screen = window.current()
    assert isinstance(screen, ExchangeScreen)
    screen.ledger.take_receipt()
    panel = window.panel.content
    assert isinstance(panel, TakeReceipt)
    panel.take_file(picture)
    assert "has bundle 1" in words(panel)


def test_the_ledger_is_saved_to_print(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    send(library, neighbour, tmp_path / "stick", read=False)
    screen.refresh(None)
    screen.ledger.exact.setChecked(True)
    screen.ledger.save_to(tmp_path / "out")
    (folder,) = (tmp_path / "out").iterdir()
    page = (folder / "ledger.html").read_text(encoding="utf-8")
    assert "Ranger 1" in page
    assert "Bundle 1" in page


def test_keys_lead_to_receipts(window: Window, library: Library, neighbour: Library) -> None:
    window.go("exchange", "given")
    keys = {one.id: one.shortcut for one in window.current().commands()}
    assert (keys["exchange.make"], keys["exchange.take_receipt"], keys["exchange.save"]) == ("M", "T", "S")
    assert keys["exchange.given"] == "G"
    assert len(set(keys.values())) == len(keys)


def test_today_asks_for_an_overdue_receipt(
    window: Window, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    send(library, neighbour, tmp_path / "stick", read=False)
    now = library.now_ms()
    library.clock = lambda: now + 8 * DAY_MS
    (missing,) = ledger.receipts_missing(library)
    (card,) = [one for one in cards_of(replace(QUIET, receipts=((missing.name, missing.days),)), []) if one.waits]
    assert (card.what, card.place, card.target) == ("receipt missing", "exchange", "given")
    assert card.remark == "Sent 8 days ago to Hunchun station, and no word since."
    window.go("exchange", card.target)
    screen = window.current()
    assert isinstance(screen, ExchangeScreen)
    assert screen.pages.index == GIVEN
    assert state(screen)[0] == "sent, not confirmed for 8 days"
    several = cards_of(replace(QUIET, receipts=(("A", 9), ("B", 8))), [])
    assert [one.remark for one in several if one.waits] == ["A, B"]


def test_badges_are_drawn_in_the_table(screen: ExchangeScreen, library: Library, neighbour: Library) -> None:
    send(library, neighbour, library.folder.parent / "stick", read=False)
    screen.refresh(None)
    QCoreApplication.processEvents()
    view = screen.ledger.table.view
    box = view.visualRect(screen.ledger.model.index(0, 4))
    drawn = view.viewport().grab(box).toImage()
    colours = {drawn.pixelColor(x, y).name() for x in range(drawn.width()) for y in range(drawn.height())}
    assert "#fcefd9" in colours  # the ground of what waits
    assert view.itemDelegateForColumn(4).sizeHint is not None
    assert screen.ledger.model.data(screen.ledger.model.index(0, 4), Qt.ItemDataRole.DisplayRole)
