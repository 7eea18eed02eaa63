"""The count sheet in the real window: a whole winter visit by keys and by taps, and each thing a counter can do.

``RANGER_PICTURES`` names a folder for a picture of each step, for looking at; without it none are taken.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ranger_app.actions import records, tally_read, taps
from ranger_app.actions.count_write import CountEntry, add_count
from ranger_app.domain.tally import Tally
from ranger_app.library import Library
from ranger_app.store import rows
from ui.commands import same_keys
from ui.shell.window import Window
from ui.waterbirds.screen import WaterbirdsScreen
from ui.waterbirds.sheet import CountSheet
from ui.waterbirds.tally import HIGH, letter_of

SECTORS = ("North", "Reeds", "Bay", "Spit", "Lagoon", "Mouth")
SPECIES = 25
KEYS_A_SECOND = 5
SECONDS = 240
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def site(library: Library) -> bytes:
    made = records.add(library, "location", {"name": "Reed Lake", "type": "site"})
    for name in SECTORS:
        records.add(library, "location", {"name": name, "type": "sector", "part_of": made})
    return made


@pytest.fixture
def survey(library: Library, site: bytes) -> bytes:
    return records.add(library, "survey", {"site": site, "date": "2026-01-12", "season": "wintering"})


@pytest.fixture
def sheet(window: Window, survey: bytes, qtbot: QtBot) -> CountSheet:
    return opened(window, survey)


def to_front(window: Window) -> None:
    """Without a window manager a window loses the keyboard by itself, and its shortcuts then go nowhere."""
    QApplication.processEvents()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)


def opened(window: Window, survey: bytes) -> CountSheet:
    window.resize(1366, 768)
    window.go("waterbirds")
    screen = window.current()
    assert isinstance(screen, WaterbirdsScreen)
    screen.table.choose(survey)
    to_front(window)
    QTest.keyClick(screen.table.view, Key.Key_S)
    to_front(window)
    found = screen.door.sheet
    assert found is not None
    assert found.isVisible()
    return found


class Hand:
    """A person at the keyboard or the screen: counts what is pressed."""

    def __init__(self, sheet: QWidget, name: str) -> None:
        self.sheet, self.name = sheet, name
        self.pressed = 0
        self.began = time.monotonic()
        folder = os.environ.get("RANGER_PICTURES")
        self.folder = Path(folder) if folder else None

    def key(self, key: Key | str, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.pressed += 1
        there = QApplication.focusWidget()
        at = there if there is not None and self.sheet.isAncestorOf(there) else self.sheet
        QTest.keyClick(at, key, held)

    @property
    def seconds(self) -> float:
        """How long a person takes for it, or the window, whichever is slower."""
        return max(self.pressed / KEYS_A_SECOND, time.monotonic() - self.began)

    def press(self, widget: QWidget) -> None:
        self.pressed += 1
        assert widget.isVisible()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.width() // 2, widget.height() // 2))

    def button(self, words: str) -> None:
        found = [one for one in self.sheet.findChildren(QPushButton) if one.text().partition("\n")[0] == words]
        self.press(next(one for one in found if one.isVisible()))

    def picture(self, step: str) -> None:
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            QApplication.processEvents()
            assert self.sheet.window().grab().save(str(self.folder / f"{self.name}-{step}.png"))


def winter_visit(seed: int) -> dict[tuple[str, int], int]:
    """Birds by sector and place of the species: every species somewhere, in most sectors a dozen of them."""
    rng = random.Random(seed)
    found = {(rng.choice(SECTORS), place): rng.choice((1, 2, 7, 12, 40, 118, 640, 2350)) for place in range(SPECIES)}
    for sector in SECTORS:
        for place in rng.sample(range(SPECIES), 12):
            found[sector, place] = rng.choice((1, 2, 3, 9, 14, 35, 120, 480))
    return found


def counted(library: Library) -> dict[tuple[str, str], int]:
    with library.read() as db:
        names = {one.id: one.text("name") for one in rows.find(db, "location")}
        found: dict[tuple[str, str], int] = {}
        for one in rows.find(db, "count"):
            where = (names[one["sector"]], one.text("taxon"))  # type: ignore[index]
            assert where not in found, "one count for one species in one sector"
            found[where] = int(one["count"])  # type: ignore[call-overload]
        return found


def go_to(hand: Hand, sheet: CountSheet, sector: str) -> None:
    assert sheet.sheet is not None
    for _sector in sheet.sheet.sectors:
        if dict(sheet.sheet.sectors)[sheet.place.sector] == sector:
            return
        hand.key(Key.Key_PageDown)
    raise AssertionError(f"{sector} is not reached")


def begun_by_keys(window: Window, name: str) -> tuple[Hand, CountSheet]:
    """A new visit to the only site: its date, the rest as proposed, saved, and the count sheet for it."""
    window.resize(1366, 768)
    to_front(window)
    hand = Hand(window, name)
    hand.key(Key.Key_4, CTRL)
    screen = window.current()
    assert isinstance(screen, WaterbirdsScreen)
    hand.key(Key.Key_N)
    hand.key(Key.Key_A, CTRL)  # the date of today is proposed
    for letter in "2026-01-12":
        hand.key(letter)
    hand.picture("0-visit")
    hand.key(Key.Key_S, CTRL)
    to_front(window)
    hand.picture("0-visit-saved")
    assert screen.card.sheet_button.isVisible()
    hand.key(Key.Key_F11)  # in the line for single counts S would be a letter
    to_front(window)
    found = screen.door.sheet
    assert found is not None
    assert found.isVisible()
    hand.sheet = found
    return hand, found


def test_a_winter_visit_from_the_keyboard_in_four_minutes(window: Window, site: bytes, library: Library) -> None:
    hand, sheet = begun_by_keys(window, "keys")
    assert sheet.sheet is not None
    visit = winter_visit(1)
    species = sheet.sheet.species
    hand.picture("0-open")
    for sector in SECTORS:
        go_to(hand, sheet, sector)
        for (where, place), birds in sorted(visit.items()):
            if where == sector:
                for digit in str(birds) if birds > 1 else "":
                    hand.key(digit)
                hand.key(chr(ord("a") + place))
        hand.picture(f"1-{sector}")
    hand.key(Key.Key_Return)
    hand.picture("2-closed")
    assert len({place for _sector, place in visit}) == SPECIES
    assert counted(library) == {(sector, species[place]): birds for (sector, place), birds in visit.items()}
    assert taps.opened(library, sheet.survey or b"") == []
    assert hand.seconds <= SECONDS, f"{hand.pressed} keys"


def test_a_winter_visit_by_taps_in_four_minutes(sheet: CountSheet, library: Library) -> None:
    """Large numbers by the pad and a species' button, small ones bird by bird, +10 and +5 for what comes in rows."""
    assert sheet.sheet is not None
    assert sheet.sectors is not None
    visit = winter_visit(2)
    species = sheet.sheet.species
    hand = Hand(sheet, "taps")
    hand.pressed = 2
    for sector in SECTORS:
        words = [one for one in sheet.sectors.findChildren(QPushButton) if one.text().partition(" · ")[0] == sector]
        hand.press(words[0])
        for (where, place), birds in sorted(visit.items()):
            if where != sector:
                continue
            tile = sheet.tiles.tiles[place]
            sheet.tiles.ensureWidgetVisible(tile)
            if birds <= 3:
                for _bird in range(birds):
                    hand.press(tile)
            elif birds in (14, 35):
                hand.press(tile)
                for step, times in ((10, (birds - 1) // 10), (1, (birds - 1) % 10)):
                    for _time in range(times):
                        hand.button(f"+{step}")
            else:
                for digit in str(birds):
                    hand.button(digit)
                hand.press(tile)
        hand.picture(f"1-{sector}")
    hand.button("Flock done")
    hand.picture("2-closed")
    assert counted(library) == {(sector, species[place]): birds for (sector, place), birds in visit.items()}
    assert hand.seconds <= SECONDS, f"{hand.pressed} presses"


def test_a_tap_is_on_the_disk_before_it_is_shown(
    sheet: CountSheet, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[int, int]] = []
    show = sheet.tiles.show_birds

    def watched(birds, current, sample):  # type: ignore[no-untyped-def]
        stored = sum(one.number for one in taps.opened(library, sheet.survey or b""))
        shown.append((sum(birds.values()), stored))
        show(birds, current, sample)

    monkeypatch.setattr(sheet.tiles, "show_birds", watched)
    for _tap in range(5):
        QTest.keyClick(sheet, Key.Key_Space)
    assert max(shown) == (5, 5)
    assert all(on_screen <= stored for on_screen, stored in shown)


def test_undo_takes_back_the_newest_and_any_older_tap(sheet: CountSheet, library: Library) -> None:
    for key in "ab":
        QTest.keyClick(sheet, key)
    QTest.keyClick(sheet, Key.Key_Backspace)
    assert sheet.totals.birds == 1
    QTest.keyClick(sheet, "a")
    QTest.keyClick(sheet, "5")
    QTest.keyClick(sheet, "a")
    assert sheet.trace.entries.count() == 3
    sheet.trace.entries.setCurrentRow(2)
    QTest.mouseClick(sheet.trace.back, Qt.MouseButton.LeftButton)
    assert sheet.totals.birds == 6
    QTest.keyClick(sheet, Key.Key_Return)
    QTest.keyClick(sheet, Key.Key_Backspace)  # all closed: the newest sub-total
    assert sheet.totals.birds < 6


def test_the_trace_shows_what_a_number_is_made_of(sheet: CountSheet) -> None:
    for birds in ("23", "5", "2", "4"):
        for key in birds:
            QTest.keyClick(sheet, key)
        QTest.keyClick(sheet, "a")
    assert sheet.trace.parts.text() == "23, 5, 2, 4 → 34"
    QTest.keyClick(sheet, Key.Key_Return)
    assert sheet.trace.parts.text() == "23, 5, 2, 4 → 34"


def test_species_are_found_by_code_clash_language_and_latin(sheet: CountSheet, library: Library) -> None:
    for typed, taxon in (("GRMO 12", "Grus monacha"), ("Larus crassirostris", "Larus crassirostris")):
        sheet.ask_species()
        QTest.keyClicks(sheet.search.lines[0], typed)
        QTest.keyClick(sheet.search.lines[0], Key.Key_Return)
        assert sheet.place.taxon == taxon
    assert sheet.totals.of_survey("Grus monacha") == 12
    sheet.ask_species()
    sheet.search.lines[0].insert("луток")
    QTest.keyClick(sheet.search.lines[0], Key.Key_Return)
    assert sheet.place.taxon == "Mergellus albellus"
    sheet.ask_species()
    QTest.keyClicks(sheet.search.lines[0], "HIHI")
    assert not sheet.search.done.isEnabled()
    assert {"Himantopus himantopus", "Histrionicus histrionicus"} <= set(sheet.search.found)
    assert "HIHI" in sheet.search.said.text()


def test_estimates_samples_classes_and_rings_land_in_counts(sheet: CountSheet, library: Library) -> None:
    QTest.keyClick(sheet, Key.Key_F5)
    for line, text in zip(sheet.estimate.lines, ("50", "12", "100"), strict=True):
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Key.Key_Return)
    QTest.keyClick(sheet, Key.Key_F7)
    QTest.keyClick(sheet, Key.Key_F8)
    QTest.keyClick(sheet, "b")
    QTest.keyClick(sheet, Key.Key_F9)
    QTest.keyClicks(sheet.rings.lines[0], "left red K7")
    QTest.keyClick(sheet.rings.lines[0], Key.Key_Return)
    QTest.keyClick(sheet, Key.Key_F4)
    QTest.keyClick(sheet, Key.Key_F6)
    for key in "ccccccdddd":
        QTest.keyClick(sheet, key)
    QTest.keyClick(sheet, Key.Key_F6)
    QTest.keyClicks(sheet.sample.lines[0], "1001")
    QTest.keyClick(sheet.sample.lines[0], Key.Key_Return)
    QTest.keyClick(sheet, Key.Key_Return)
    assert sheet.sheet is not None
    a, b, c, d = sheet.sheet.species[:4]
    with library.read() as db:
        found = {one.text("taxon"): one for one in rows.find(db, "count")}
    assert (found[a]["count"], found[a]["low"], found[a]["high"], found[a]["method"]) == (600, 500, 700, "estimated")
    assert (found[b]["life_stage"], found[b]["sex"], found[b]["rings"]) == ("adult", "female", "left red K7")
    assert (found[c]["count"], found[d]["count"], found[c]["sample_of"]) == (601, 400, 1001)
    assert found[c]["flock"]


def test_a_question_is_asked_beside_the_number_and_stops_nobody(
    sheet: CountSheet, site: bytes, library: Library, window: Window, survey: bytes
) -> None:
    old = records.add(library, "survey", {"site": site, "date": "2025-01-12"})
    assert sheet.sheet is not None
    taxon = sheet.sheet.species[3]
    add_count(library, old, CountEntry("", taxon, 4))
    sheet.open_survey(survey)
    assert sheet.sheet.species[0] == taxon
    for key in "400a":
        QTest.keyClick(sheet, key)
    assert sheet.trace.question.isVisible()
    assert sheet.totals.of_survey(taxon) == 400


def test_leaving_makes_counts_and_coming_back_shows_the_same(
    sheet: CountSheet, window: Window, library: Library, survey: bytes
) -> None:
    QTest.keyClick(sheet, Key.Key_PageDown)
    for key in "aab":
        QTest.keyClick(sheet, key)
    before, place = sheet.totals.by_taxon(sheet.place.sector), sheet.place
    screen = window.current()
    assert isinstance(screen, WaterbirdsScreen)
    QTest.keyClick(sheet, Key.Key_F11)
    assert not sheet.isVisible()
    assert len(counted(library)) == 2
    again = opened(window, survey)
    assert again.place == place
    assert again.totals.by_taxon(place.sector) == before


def test_what_a_crash_left_open_is_shown_and_settled(library: Library, survey: bytes, window: Window) -> None:
    taps.tap(library, survey, Tally(None, "Grus monacha"), 3)
    taps.tap(library, survey, Tally(None, "Grus monacha"), 2, sample=True)
    taps.settle(library)
    sheet = opened(window, survey)
    assert sheet.totals.of_survey("Grus monacha") == 3
    assert sheet.sampling
    assert tally_read.totals(library, survey).sample == {(None, ""): {"Grus monacha": 2}}


def test_buttons_are_large_and_no_key_is_used_twice(sheet: CountSheet, window: Window) -> None:
    assert all(tile.height() >= HIGH >= 64 for tile in sheet.tiles.tiles)
    assert all(one.height() >= 64 for one in sheet.steps.findChildren(QPushButton))
    screen = window.current()
    assert isinstance(screen, WaterbirdsScreen)
    assert same_keys(screen.commands()) == {}


@pytest.mark.parametrize(
    ("language", "typed", "letter"), [("ru", "ф", "A"), ("ru", "ь", "M"), ("mn", "й", "A"), ("en", "é", "")]
)
def test_a_key_counts_whatever_layout_is_on(
    dressed: Callable[[str, str], None], language: str, typed: str, letter: str
) -> None:
    dressed(language, "light")
    assert letter_of(typed) == letter
