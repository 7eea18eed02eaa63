"""Exchange on screen: two stations pair, write, read and decide, and a damaged stick costs nothing unasked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ranger_app import jobs
from ranger_app.actions import partners, records
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.actions.identify import Answer, identify
from ranger_app.actions.journal import journal
from ranger_app.actions.status import current_hash
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.media import volumes
from ranger_app.media.volumes import Volume
from ranger_app.store import rows
from ranger_app.sync.cards import confirmation_digits
from ui.bridge import Bridge
from ui.commands import same_keys
from ui.exchange.screen import DECIDE, PARTNERS, READ, WRITE, ExchangeScreen
from ui.exchange.steps import StickPanel, WhoPanel
from ui.shell.window import Window
from ui.widgets.banner import Banner


@pytest.fixture
def neighbour(tmp_path: Path) -> Iterator[Library]:
    """A station on the other side, not paired yet."""
    with Library.create(tmp_path / "neighbour", name="Hunchun station", country="CN", utc_offset=480) as made:
        made.person = records.add(made, "person", {"name": "Ranger 7", "role": "exchange", "active": 1})
        yield made


@pytest.fixture
def paired(library: Library, neighbour: Library, tmp_path: Path) -> Library:
    """The neighbour, trusted by this station and trusting it."""
    digits = confirmation_digits(library.station.id, neighbour.station.id)
    for one, other in ((library, neighbour), (neighbour, library)):
        card = partners.write_card(other, tmp_path / f"{other.station.country}.json")
        partners.add_partner(one, card, confirm=digits, clearance="full")
    return neighbour


@pytest.fixture
def sticks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Volume]:
    """What is plugged in: one stick of 8 GB, unless a test says otherwise."""
    folder = tmp_path / "stick"
    folder.mkdir()
    plugged = [Volume(folder, "KINGSTON", "FAT32", 7_400_000_000, 8_000_000_000, True)]
    monkeypatch.setattr(volumes, "removable", lambda: list(plugged))
    return plugged


@pytest.fixture
def screen(show_screen: Callable[[type[ExchangeScreen]], ExchangeScreen], sticks: list[Volume]) -> ExchangeScreen:
    return show_screen(ExchangeScreen)


def banners(widget: QWidget) -> list[Banner]:
    QCoreApplication.processEvents()  # what was just put into a layout is shown on the next turn
    return [one for one in widget.findChildren(Banner) if one.isVisible()]


def words(widget: QWidget) -> str:
    QCoreApplication.processEvents()
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def bundle_from(sender: Library, receiver: Library, stick: Path) -> Path:
    report = jobs.run(write_bundle(sender, WriteRequest(stick, (receiver.station.id,), "none")))
    assert report.folder is not None
    return report.folder


def fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_mtime_ns}\0".encode())
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def test_without_a_partner_the_first_step_leads_to_the_cards(screen: ExchangeScreen) -> None:
    assert not screen.write.write_button.isEnabled()
    assert screen.write.who_button.text() == "Add a partner   1"
    assert "Nothing has gone over the border yet" in words(screen.write.journal)
    screen.write.who_button.click()
    assert screen.pages.index == PARTNERS
    assert screen.partners.is_pairing


def test_two_people_pair_two_stations(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    screen.partners.save_card_to(tmp_path)
    ours = next(tmp_path.glob("ranger-*.json"))
    theirs = partners.write_card(neighbour, tmp_path / "theirs.json")
    screen.turn(PARTNERS)
    screen.partners.add_card(theirs)
    there = partners.add_partner(neighbour, ours)
    card = screen.partners.card
    assert card.isVisible()
    assert " ".join(group.text() for group in card.digits) == there.confirm
    assert card.chip.text() == "waits for comparing"
    assert not screen.write.ready
    card.same.click()
    assert card.chip.text() == "trusted"
    assert "Ranger 1 compared the digits" in card.how.text()
    assert not card.deciding.isVisible()
    assert screen.write.chosen == (neighbour.station.id,)


def test_wrong_digits_are_refused_and_right_ones_taken(
    screen: ExchangeScreen, bridge: Bridge, library: Library, neighbour: Library, tmp_path: Path, qtbot: QtBot
) -> None:
    bridge.problems_expected = True  # type: ignore[attr-defined]
    problems: list[BaseException] = []
    bridge.problem.connect(problems.append)
    screen.turn(PARTNERS)
    screen.partners.add_card(partners.write_card(neighbour, tmp_path / "theirs.json"))
    card = screen.partners.card
    right = confirmation_digits(library.station.id, neighbour.station.id)
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    qtbot.keyClicks(card.typed, wrong)
    qtbot.keyClick(card.typed, Qt.Key.Key_Return)
    assert isinstance(problems[0], DataProblem)
    assert problems[0].code == "DIGITS_DIFFER"
    assert card.deciding.isVisible()
    card.typed.clear()
    qtbot.keyClicks(card.typed, right.replace(" ", ""))
    qtbot.keyClick(card.typed, Qt.Key.Key_Return)
    assert card.chip.text() == "trusted"


def test_digits_that_differ_end_in_a_warning_and_no_trust(
    screen: ExchangeScreen, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    screen.turn(PARTNERS)
    screen.partners.add_card(partners.write_card(neighbour, tmp_path / "theirs.json"))
    screen.partners.card.differ.click()
    assert "do not exchange with this card" in banners(screen.partners)[0].what.text()
    assert not partners.partner(library, neighbour.station.id).trusted


def test_confirming_needs_the_role(
    screen: ExchangeScreen, bridge: Bridge, library: Library, neighbour: Library, tmp_path: Path
) -> None:
    bridge.problems_expected = True  # type: ignore[attr-defined]
    problems: list[BaseException] = []
    bridge.problem.connect(problems.append)
    screen.turn(PARTNERS)
    screen.partners.add_card(partners.write_card(neighbour, tmp_path / "theirs.json"))
    library.person = records.add(library, "person", {"name": "Ranger 2", "role": "ranger", "active": 1})
    screen.partners.card.confirm()
    assert isinstance(problems[0], DataProblem)
    assert problems[0].code == "ROLE_NEEDED"
    assert screen.partners.card.chip.text() == "waits for comparing"


def test_the_only_partner_and_stick_are_chosen_and_the_bundle_is_written(
    screen: ExchangeScreen, library: Library, paired: Library, sticks: list[Volume]
) -> None:
    records.add(library, "location", {"name": "Ridge", "type": "post"})
    screen.refresh(None)
    write = screen.write
    assert "Hunchun station, CN" in write.who.chosen.text()
    assert "Ranger 1" in write.who.chosen.text()
    assert write.which.chosen.text() == "KINGSTON, 7.4 GB free · FAT32"
    assert write.write.chosen.text() == "2 records, 0 small pictures"
    assert not write.safe.isVisible()
    write.write_button.click()
    assert write.safe.isVisible()
    assert "2 records" in write.safe.what.text()
    assert "KINGSTON" in write.safe.where.text()
    assert not write.see.isVisible()
    assert "not confirmed" in words(write.journal)
    report = jobs.run(read_bundles(paired, sticks[0].path))
    assert report.new == 2
    assert current_hash(paired) != ""


def test_the_journal_says_what_arrived(
    screen: ExchangeScreen, library: Library, paired: Library, sticks: list[Volume]
) -> None:
    screen.refresh(None)
    screen.write.start()
    jobs.run(read_bundles(paired, sticks[0].path))
    back = sticks[0].path / "back"
    bundle_from(paired, library, back)
    screen.turn(READ)
    screen.read.read(back)
    entries = journal(library)
    assert [(one.written, one.counter, one.partner_has) for one in sorted(entries, key=lambda one: one.written)] == [
        (False, 1, False),
        (True, 1, True),
    ]
    screen.turn(WRITE)
    assert "Bundle 1 to Hunchun station" in words(screen.write.journal)
    assert "Bundle 1 from Hunchun station" in words(screen.write.journal)
    assert "confirmed" in words(screen.write.journal)
    assert current_hash(library) == current_hash(paired)


def test_a_stick_that_cannot_be_written_is_said_and_never_safe(
    screen: ExchangeScreen, paired: Library, tmp_path: Path
) -> None:
    screen.refresh(None)
    blocked = tmp_path / "blocked"
    blocked.write_text("a file in place of the folder", encoding="utf-8")
    screen.write.stick = Volume(blocked, "BLOCKED", "", 10**9, 10**9, True)
    screen.write.start()
    assert not screen.write.safe.isVisible()
    assert len(banners(screen.write)) == 1
    assert screen.write.ready


def test_originals_that_do_not_fit_are_said_before_writing(
    screen: ExchangeScreen, library: Library, paired: Library
) -> None:
    fields = {"sha256": "a" * 64, "bytes": 9_000_000_000_000_000, "media_type": "image/jpeg", "file_name": "a.jpg"}
    media = records.add(library, "media", fields)
    identify(library, [media], Answer("blank"))  # an original nobody looked at stays
    screen.write.pictures.setCurrentIndex(2)
    screen.refresh(None)
    there = screen.write.write.chosen.text()
    assert "0 originals" in there
    assert "1 the next time" in there
    screen.write.pictures.setCurrentIndex(0)
    screen.write._changed()
    assert "original" not in screen.write.write.chosen.text()


def test_partners_and_sticks_are_chosen_in_the_side_panel(
    screen: ExchangeScreen, paired: Library, sticks: list[Volume], tmp_path: Path, qtbot: QtBot
) -> None:
    screen.refresh(None)
    shown: list[QWidget] = []
    screen.panel_wanted.connect(lambda widget, _title: shown.append(widget))
    screen.write.choose_who()
    who = shown[0]
    assert isinstance(who, WhoPanel)
    qtbot.addWidget(who)
    who.boxes[0][1].setChecked(False)
    who.button.click()
    assert screen.write.chosen == ()
    assert not screen.write.ready
    screen.write.choose_stick()
    panel = shown[1]
    assert isinstance(panel, StickPanel)
    qtbot.addWidget(panel)
    assert len(panel.buttons) == 1
    screen.write.take_folder(tmp_path)
    assert screen.write.stick is not None
    assert screen.write.stick.path == tmp_path
    sticks.clear()
    screen.write.look_for_sticks()
    assert screen.write.stick.path == tmp_path  # chosen by hand, it stays


def test_a_stick_taken_out_is_no_longer_offered(screen: ExchangeScreen, paired: Library, sticks: list[Volume]) -> None:
    screen.refresh(None)
    assert screen.write.ready
    sticks.clear()
    screen.write.look_for_sticks()
    assert not screen.write.ready
    assert screen.write.which.chosen.text() == "Put in a stick."


def test_reading_tells_in_figures_what_came(
    screen: ExchangeScreen, library: Library, paired: Library, sticks: list[Volume]
) -> None:
    records.add(paired, "location", {"name": "Far bank", "type": "post"})
    bundle_from(paired, library, sticks[0].path)
    before = fingerprint(sticks[0].path)
    screen.turn(READ)
    assert [one.text() for one in screen.read.buttons] == ["Read KINGSTON   Ctrl+Enter"]
    screen.read.buttons[0].click()
    result = screen.read.result
    assert result.isVisible()
    assert result.name.text() == "From Hunchun station, bundle 1"
    assert result.figures["new"].figure.text() == "2"
    assert not result.figures["hard"].button.isVisible()
    screen.read.read_first()
    assert result.figures["new"].figure.text() == "0"
    assert "Nothing changed" in result.sentence.text()
    assert fingerprint(sticks[0].path) == before


def test_a_damaged_bundle_asks_before_anything_is_taken(
    screen: ExchangeScreen, library: Library, paired: Library, sticks: list[Volume]
) -> None:
    records.add(paired, "location", {"name": "Far bank", "type": "post"})
    bundle = bundle_from(paired, library, sticks[0].path)
    for part in bundle.glob("ops-*"):
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 1
        part.write_bytes(data)
    before = current_hash(library)
    screen.turn(READ)
    screen.read.read(sticks[0].path)
    assert not screen.read.result.isVisible()
    assert "not whole" in banners(screen.read)[0].what.text()
    assert screen.read.partial_offered
    assert current_hash(library) == before
    button = next(one for one in screen.read.findChildren(QPushButton) if "Take what is whole" in one.text())
    button.click()
    assert not screen.read.partial_offered or banners(screen.read)
    assert screen.read.result.isVisible()
    assert screen.read.result.chip.text() == "taken in part"
    assert "damaged" in screen.read.result.more.text()


def test_a_strangers_bundle_leads_to_the_partners(
    screen: ExchangeScreen, library: Library, neighbour: Library, sticks: list[Volume], tmp_path: Path
) -> None:
    digits = confirmation_digits(library.station.id, neighbour.station.id)
    partners.add_partner(neighbour, partners.write_card(library, tmp_path / "ours.json"), confirm=digits)
    bundle_from(neighbour, library, sticks[0].path)
    screen.turn(READ)
    screen.read.read(sticks[0].path)
    banner = banners(screen.read)[0]
    next(one for one in banner.findChildren(QPushButton) if one.text() == "Partners   P").click()
    assert screen.pages.index == PARTNERS


def test_an_empty_stick_says_so(screen: ExchangeScreen, sticks: list[Volume]) -> None:
    screen.turn(READ)
    screen.read.read_first()
    assert "no bundle" in banners(screen.read)[0].what.text()
    assert not screen.read.reading


def conflict(library: Library, paired: Library, stick: Path) -> bytes:
    """Both stations change the name of one place without knowing of each other."""
    place = records.add(library, "location", {"name": "Ridge", "type": "post"})
    bundle_from(library, paired, stick / "there")
    jobs.run(read_bundles(paired, stick / "there"))
    records.edit(library, "location", place, {"name": "Ridge south"})
    records.edit(paired, "location", place, {"name": "Long ridge"})
    bundle_from(paired, library, stick / "back")
    return place


def test_a_conflict_is_decided_with_one_key_and_can_be_taken_back(
    window: Window, library: Library, paired: Library, sticks: list[Volume], qtbot: QtBot
) -> None:
    place = conflict(library, paired, sticks[0].path)
    window.go("exchange")
    screen = window.current()
    assert isinstance(screen, ExchangeScreen)
    screen.open_at(sticks[0].path / "back")
    assert screen.read.result.figures["hard"].figure.text() == "1"
    assert screen.pages.segments._group.button(DECIDE).text() == "Decisions · 1"
    screen.read.result.figures["hard"].button.click()
    assert screen.pages.index == DECIDE
    page = screen.decisions
    shown = {side.station.text(): side.value.text() for side in page.sides if side.isVisible()}
    assert shown == {"Khasan station": "Ridge south", "Hunchun station": "Long ridge"}
    tones = {side.station.text(): side.station.property("tone") for side in page.sides if side.isVisible()}
    assert tones == {"Khasan station": "own", "Hunchun station": "partner"}
    assert {side.who.text().split(",")[0] for side in page.sides if side.isVisible()} == {"Ranger 1", "Ranger 7"}
    before = page.sides[0].value.text()
    key = Qt.Key.Key_1 if page.sides[0].value.text() == "Long ridge" else Qt.Key.Key_2
    qtbot.keyClick(page.table.view, key)
    with library.read() as db:
        assert records.title(db, "location", place) == "Long ridge"
    assert page.decisions == []
    assert page.table.empty.isVisible()
    assert screen.sentence == "Both sides agree."
    window.undo()  # the value shown before stands again; a decision it stays
    with library.read() as db:
        assert records.title(db, "location", place) == before


def test_a_count_in_question_goes_by_species_and_visit(
    screen: ExchangeScreen, library: Library, paired: Library, sticks: list[Volume]
) -> None:
    stick = sticks[0].path
    site = records.add(library, "location", {"name": "Reed Lake", "type": "site"})
    survey = records.add(library, "survey", {"site": site, "date": "2026-01-12"})
    count = records.add(library, "count", {"survey": survey, "taxon": "Grus monacha", "count": 10})
    bundle_from(library, paired, stick / "there")
    jobs.run(read_bundles(paired, stick / "there"))
    records.edit(library, "count", count, {"count": 11})
    records.edit(paired, "count", count, {"count": 12})
    bundle_from(paired, library, stick / "back")
    jobs.run(read_bundles(library, stick / "back"))
    screen.refresh(None)
    screen.open_at("decisions")
    assert [one.record for one in screen.decisions.decisions] == ["Hooded crane · Reed Lake 2026-01-12"]
    screen.turn(DECIDE)
    place = next(n for n, side in enumerate(screen.decisions.sides) if side.value.text() == "12")
    screen.decisions.take(place)
    with library.read() as db:
        record = rows.get(db, "count", count)
    assert record is not None
    assert record["count"] == 12


def test_keys_are_unique_on_every_page_of_an_empty_library(screen: ExchangeScreen) -> None:
    opening = {"exchange.folder", "exchange.first", "exchange.card", "exchange.add"}  # the platform's file dialog
    for page in (WRITE, READ, DECIDE, PARTNERS):
        screen.turn(page)
        assert same_keys(screen.commands()) == {}
        for command in screen.commands():
            if command.enabled() and command.id not in opening:
                command.run()
                screen.turn(page)


def test_the_choice_survives_a_change_of_language(
    screen: ExchangeScreen, library: Library, bridge: Bridge, paired: Library, qtbot: QtBot
) -> None:
    screen.refresh(None)
    screen.write.pictures.setCurrentIndex(2)
    screen.turn(PARTNERS)
    again = ExchangeScreen(library, bridge)
    qtbot.addWidget(again)
    again.refresh(None)
    again.restore(screen.state())
    assert again.pages.index == PARTNERS
    assert again.write.media == "originals"
    assert again.write.chosen == (paired.station.id,)


def test_writing_shows_how_far_it_is_and_can_be_stopped(
    library: Library, paired: Library, sticks: list[Volume], qtbot: QtBot, dressed: Callable[[str, str], None]
) -> None:
    bridge = Bridge(library)
    try:
        screen = ExchangeScreen(library, bridge)
        qtbot.addWidget(screen)
        screen.refresh(None)
        screen.show()
        qtbot.waitUntil(lambda: screen.write.ready)
        screen.write.start()
        assert screen.write.progress.isVisible()
        assert "Leave the stick in" in screen.write.progress.what.text()
        assert not screen.write.ready
        screen.write.progress.cancel.click()
        qtbot.waitUntil(lambda: not screen.write.writing)
        assert not screen.write.progress.isVisible()
        done = screen.write.safe.isVisible()
        whole = list(sticks[0].path.glob("exchange/*/DONE"))
        assert done == bool(whole)  # it was stopped in time or written whole, and the screen says which
        if not done:
            assert "Stopped" in banners(screen.write)[0].what.text()
    finally:
        bridge.close()


def test_a_stick_taken_out_after_writing_says_done_and_the_next_one_starts_anew(
    screen: ExchangeScreen, paired: Library, sticks: list[Volume]
) -> None:
    screen.refresh(None)
    write = screen.write
    write.start()
    assert not write.write_button.isEnabled()  # nothing is written twice by pressing on
    plugged = sticks.pop()
    write.look_for_sticks()
    assert write.safe.large.text() == "Done"
    opened: list[Path] = []
    write.open_page = opened.append
    write.slip()  # the slip was made while the stick was in
    assert opened[0].is_file()
    sticks.append(plugged)
    write.look_for_sticks()
    write.write_another()
    assert not write.safe.isVisible()
    assert write.write_button.isEnabled()


def test_what_is_too_damaged_offers_nothing_to_take(
    screen: ExchangeScreen, library: Library, paired: Library, sticks: list[Volume]
) -> None:
    bundle = bundle_from(paired, library, sticks[0].path)
    for part in bundle.iterdir():
        if part.name != "DONE":
            part.write_bytes(b"\0" * part.stat().st_size)
    screen.turn(READ)
    screen.read.read_first()
    assert not screen.read.partial_offered
    assert "too damaged" in banners(screen.read)[0].what.text()


def test_an_open_bundle_shows_the_strictest_rule(screen: ExchangeScreen, paired: Library) -> None:
    screen.refresh(None)
    assert "exact places" in words(screen.write.see)
    screen.write.pictures.setCurrentIndex(3)
    screen.write._changed()
    seen = words(screen.write.see)
    assert "Anybody who holds the stick can read it" in seen
    assert "No pictures are given" in seen
    assert "exact places" not in seen
