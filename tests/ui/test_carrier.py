"""A carrier's whole way by keyboard alone: two stations pair, a stick goes over, a receipt comes back, "confirmed".

Two real windows, a folder for the stick, and no mouse. The only thing the test does in the person's place is to
answer the platform's file dialogs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from ranger_app.actions import records
from ranger_app.actions.status import current_hash
from ranger_app.library import Library
from ranger_app.media import volumes
from ranger_app.media.volumes import Volume
from ranger_app.store import rows
from ui.bridge import Bridge
from ui.exchange import pairing_page
from ui.exchange.screen import DECIDE, ExchangeScreen
from ui.shell.window import Window

ENTER, TAB = Qt.Key.Key_Return, Qt.Key.Key_Tab


class Person:
    """Somebody at one station's keyboard."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.bridge = Bridge(library, inline=True)
        self.window = Window(library, self.bridge)
        self.window.show()

    def sit_down(self) -> Person:
        """Give this window the keyboard."""
        self.window.activateWindow()
        assert QTest.qWaitForWindowActive(self.window)
        return self

    def press(self, *keys: Qt.Key | str) -> None:
        """Press keys where the keyboard is; text is typed letter by letter."""
        for key in keys:
            if not self.window.isActiveWindow():  # without a window manager a closing panel may leave no window active
                self.sit_down()
            where = QApplication.focusWidget() or self.window
            if isinstance(key, str):
                QTest.keyClicks(where, key)
            else:
                QTest.keyClick(where, key)
            QCoreApplication.processEvents()

    def tab_to(self, words: str) -> None:
        """Tab until the button with these words has the keyboard."""
        for _nth in range(60):
            here = QApplication.focusWidget()
            if isinstance(here, QPushButton) and here.text().strip().startswith(words):
                return
            self.press(TAB)
        raise AssertionError(f"Tab does not come to “{words}”")

    @property
    def screen(self) -> ExchangeScreen:
        found = self.window.current()
        assert isinstance(found, ExchangeScreen)
        return found

    @property
    def keyboard(self) -> str:
        """The words on the button that has the keyboard."""
        here = self.window.focusWidget()
        return here.text().strip() if isinstance(here, QPushButton) else type(here).__name__

    def sees(self, *words: str) -> bool:
        """Whether all of this stands in the window."""
        QCoreApplication.processEvents()
        shown = " | ".join(one.text() for one in self.window.findChildren(QLabel) if one.isVisible())
        return all(one in shown for one in words)

    def leave(self) -> None:
        self.window.close()
        self.bridge.close()


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is plugged in as a stick at both stations, and what a person picks in every file dialog."""
    folder = tmp_path / "stick"
    folder.mkdir()
    plugged = Volume(folder, "KINGSTON", "FAT32", 7_400_000_000, 8_000_000_000, True)
    monkeypatch.setattr(volumes, "removable", lambda: [plugged])

    def pick_folder(_parent: QWidget, _title: str, chosen: Callable[[Path], object], *_more: object) -> None:
        chosen(folder)

    def pick_card(parent: QWidget, _title: str, chosen: Callable[[Path], object], *_more: object) -> None:
        own = parent.window().library.station.id.hex()[:8]  # type: ignore[attr-defined]
        chosen(next(path for path in folder.glob("ranger-*.json") if own not in path.name))

    monkeypatch.setattr(pairing_page, "choose_folder", pick_folder)
    monkeypatch.setattr(pairing_page, "choose_file", pick_card)
    return folder


@pytest.fixture
def two(
    library: Library, tmp_path: Path, stick: Path, dressed: Callable[[str, str], None]
) -> Iterator[tuple[Person, Person]]:
    """A person at Khasan and one at Hunchun; the stations do not know each other."""
    with Library.create(tmp_path / "neighbour", name="Hunchun station", country="CN", utc_offset=480) as other:
        other.person = records.add(other, "person", {"name": "Ranger 7", "role": "manager", "active": 1})
        here, there = Person(library), Person(other)
        yield here, there
        here.leave()
        there.leave()


def pair(here: Person, there: Person) -> None:
    for one in (here, there):
        one.sit_down().window.go("exchange")
        QCoreApplication.processEvents()
        assert one.keyboard == "Add a partner   1"
        one.press(ENTER)
        assert one.keyboard == "Choose picture or file   A"
        one.press("s")  # save my card
        assert one.sees("Card saved as")
    for one, name in ((here, "Hunchun station"), (there, "Khasan station")):
        one.sit_down().press(ENTER)  # choose the file
        assert one.sees(f"Card of {name}")
        one.press(ENTER, ENTER)  # Enter once too often trusts nobody
        assert not any(partner.trusted for partner in one.screen.partners.partners)
        one.press("y")
        assert one.sees("compared the digits on")
        assert one.keyboard == "Write a bundle   W"


def test_a_bundle_goes_over_by_keyboard_alone(two: tuple[Person, Person], stick: Path) -> None:
    here, there = two
    place = records.add(here.library, "location", {"name": "Ridge", "type": "post"})
    pair(here, there)

    here.sit_down().press(ENTER)  # write a bundle
    assert here.sees("Hunchun station, CN", "KINGSTON, 7.4 GB free", "2 records")
    assert here.keyboard == "Write and check   3"
    here.press(ENTER)
    assert here.sees("Safe to remove", "Every file was read back from KINGSTON")
    assert here.keyboard == "Hand-over slip   L"

    there.sit_down().press("r")
    assert there.keyboard == "Read KINGSTON   Ctrl+Enter"
    assert there.sees("Bundle 1 from Khasan station", "new")
    there.press(ENTER)
    assert there.sees("From Khasan station, bundle 1", "Checked and taken in", "Records here: 1 before, 3 now.")
    with there.library.read() as db:
        found = rows.get(db, "location", place)
    assert found is not None
    assert found["name"] == "Ridge"

    assert there.keyboard == "Make a receipt   M"
    there.press(ENTER)
    assert there.keyboard == "As a text"
    there.press(ENTER)
    there.tab_to("Copy the text")
    there.press(ENTER)
    there.press(Qt.Key.Key_Escape)

    here.sit_down().press("g")
    assert here.sees("sent today, not confirmed")
    here.press("t")
    where = QApplication.focusWidget()
    assert where is not None
    QTest.keyClick(where, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    here.tab_to("Take it")
    here.press(ENTER)
    assert here.sees("Hunchun station has bundle 1.")
    here.press(Qt.Key.Key_Escape)
    assert here.screen.ledger.model.index(0, 4).data() == "confirmed"

    here.press("w")
    if here.screen.write.safe.isVisible():
        here.press("n")
    assert here.sees("1 bundle on this stick is confirmed.")
    here.press("f")
    assert here.sees("1 bundle was taken off")
    assert not list(stick.glob("exchange/*/DONE"))


def test_a_difference_is_decided_and_goes_back_by_keyboard_alone(two: tuple[Person, Person], stick: Path) -> None:
    here, there = two
    place = records.add(here.library, "location", {"name": "Ridge", "type": "post"})
    pair(here, there)
    here.sit_down().press(ENTER, ENTER)
    there.sit_down().press("r", ENTER)
    records.edit(here.library, "location", place, {"name": "Ridge south"})
    records.edit(there.library, "location", place, {"name": "Long ridge"})
    here.sit_down().press("n", ENTER)
    assert here.sees("Safe to remove")
    there.sit_down().press("w", "r", ENTER)
    assert there.keyboard == "Decide   D"
    there.press(ENTER)
    assert there.screen.pages.index == DECIDE
    assert there.sees("Ridge south", "Long ridge", "Khasan station", "Hunchun station")
    mine = next(n for n, side in enumerate(there.screen.decisions.sides) if side.value.text() == "Long ridge")
    there.press(str(mine + 1))
    assert there.sees("Nothing to decide")
    there.press("w", "3")
    assert there.sees("Safe to remove")
    here.sit_down().press("r", ENTER)
    assert here.sees("From Hunchun station, bundle 1")
    assert here.keyboard == "Make a receipt   M"  # what was decided there waits for nobody here
    with here.library.read() as db:
        found = rows.get(db, "location", place)
    assert found is not None
    assert found["name"] == "Long ridge"
    assert here.screen.decisions.decisions == []
    here.press("w")
    assert here.sees("confirmed")
    assert current_hash(here.library) != ""
