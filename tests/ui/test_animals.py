"""Known animals in the window: the catalogue, the page of one animal, and sorting captures to the right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from ranger_app import jobs
from ranger_app.actions import catalogue, records, same_animal
from ranger_app.actions.bundle_read import read_bundles
from ranger_app.actions.bundle_write import WriteRequest, write_bundle
from ranger_app.domain.crossings import Encounter, ledger
from ranger_app.domain.fields import Value
from ranger_app.domain.ops import create
from ranger_app.geo.spread import farthest_apart
from ranger_app.library import Library
from ranger_app.media import vault
from ranger_app.store import rows
from tests.sync.conftest import pair, picture
from ui.bridge import Bridge
from ui.camera_traps.animals.animal_page import CAPTURES, JOINED, TIME, AnimalPage
from ui.camera_traps.animals.captures_page import CapturesPage
from ui.camera_traps.animals.catalogue_model import CODE, PICTURE, AnimalLine
from ui.camera_traps.animals.catalogue_page import CataloguePage
from ui.camera_traps.animals.small_pictures import PICTURE_ROLE
from ui.camera_traps.animals.time_page import facts
from ui.camera_traps.animals.timeline import by_month
from ui.camera_traps.animals.words import next_code
from ui.camera_traps.screen import INDIVIDUALS, CameraTrapsScreen
from ui.commands import same_keys
from ui.shell.window import Window

Dress = Callable[[str, str], None]
TIGER = "Panthera tigris"
NO = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier


def met(library: Library, animal: bytes, times: list[str], **more: Value) -> list[bytes]:
    """Pictures of an animal at one camera, each with a statement; returns the statements."""
    with library.read() as db:
        before = db.conn.execute("SELECT count(*) FROM media").fetchone()[0]
        here = next(iter(rows.find(db, "deployment", '"name" IS ?', [f"Ridge {library.station.country}"])), None)
    side = 1_313_500_000 if library.station.country == "RU" else 1_303_000_000
    deployment = here.id if here else None
    if deployment is None:
        spot: dict[str, Value] = {"latitude": 430_000_000, "longitude": side, "uncertainty": 10}
        place = records.add(library, "location", {"name": f"Ridge {library.station.country}", **spot})
        offset = library.station.utc_offset
        station: dict[str, Value] = {"utc_offset": offset, "start": "2013-01-01T00:00:00", "end": "2016-01-01T00:00:00"}
        named: dict[str, Value] = {"name": f"Ridge {library.station.country}", "location": place}
        deployment = records.add(library, "deployment", {**named, **station})
    ops, said = [], []
    for number, time in enumerate(times, start=before):
        data = picture(number + side % 1000)
        name = sha256(data).hexdigest()
        target = vault.place(library.vault, name, "jpg")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        media, one = library.new_id(), library.new_id()
        kept: dict[str, Value] = {
            "sha256": name,
            "bytes": len(data),
            "media_type": "image/jpeg",
            "file_name": f"I{number}.JPG",
        }
        ops.append(create("media", media, {**kept, "deployment": deployment, "camera_time": time}))
        words: dict[str, Value] = {"type": "animal", "taxon": TIGER, "individual": animal, "count": 1}
        person: dict[str, Value] = {"by": library.person, "at": library.now_ms()}
        ops.append(create("observation", one, {"media": media, "deployment": deployment, **words, **person, **more}))
        said.append(one)
    library.commit(ops, label="met")
    return said


@pytest.fixture
def tiger(library: Library) -> bytes:
    """T-01, met three times."""
    made = records.add(library, "individual", {"code": "T-01", "name": "Cinderella", "taxon": TIGER, "sex": "female"})
    met(library, made, ["2014-03-01T10:00:00", "2014-03-05T11:00:00", "2014-05-02T23:30:00"])
    return made


@pytest.fixture
def other(library: Library) -> bytes:
    """T-02, not met yet."""
    return records.add(library, "individual", {"code": "T-02", "taxon": TIGER, "sex": "male", "status": "dead"})


@pytest.fixture
def neighbour(library: Library, tiger: bytes, tmp_path: Path) -> Iterator[tuple[Library, bytes]]:
    """A station on the other side with a tiger of its own, met once, that it says is T-01; all of it is here."""
    with Library.create(tmp_path / "cn", name="Hunchun", country="CN", utc_offset=480) as there:
        pair(library, there, tmp_path)
        there.person = records.add(there, "person", {"name": "Observer A", "role": "manager", "active": 1})
        theirs = records.add(there, "individual", {"code": "12", "taxon": TIGER, "sex": "female"})
        met(there, theirs, ["2014-04-01T08:00:00"], sureness="probable")
        carry(library, there, tmp_path / "out")
        same_animal.say(there, theirs, tiger, "same", remarks="Third stripe")
        carry(there, library, tmp_path / "in")
        yield there, theirs


def carry(sender: Library, receiver: Library, stick: Path) -> None:
    stick.mkdir()
    jobs.run(write_bundle(sender, WriteRequest(stick, (receiver.station.id,), "originals")))
    jobs.run(read_bundles(receiver, stick))


@pytest.fixture
def window(window: Window) -> Iterator[Window]:
    window.activateWindow()
    window.go("camera_traps")
    yield window
    shown = window.screens["camera_traps"]
    assert isinstance(shown, CameraTrapsScreen)
    if shown._individuals.made is not None:
        shown.individuals.pictures.thumbs.stop()
    if "individual" in shown.animals._made:
        shown.individual.captures.pictures.thumbs.stop()
    if shown._gallery.made is not None:
        shown.gallery.grid.thumbs.stop()


@pytest.fixture
def screen(window: Window) -> CameraTrapsScreen:
    shown = window.current()
    assert isinstance(shown, CameraTrapsScreen)
    return shown


@pytest.fixture
def catalogued(tiger: bytes, other: bytes, screen: CameraTrapsScreen) -> CataloguePage:
    screen.choose_tab(INDIVIDUALS)
    return screen.individuals


@pytest.fixture
def page(tiger: bytes, other: bytes, screen: CameraTrapsScreen) -> AnimalPage:
    screen.open_individual(tiger)
    return screen.individual


@pytest.fixture
def captures(page: AnimalPage) -> CapturesPage:
    page.pages.choose(CAPTURES)
    return page.captures


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def codes(page: CataloguePage) -> list[str]:
    return [line.texts[CODE] for line in page.model.lines]


def value(library: Library, kind: str, record: bytes, field: str) -> Value:
    with library.read() as db:
        found = rows.get(db, kind, record)
    assert found is not None
    return found[field]


def text(page: CapturesPage) -> list[list[str]]:
    model = page.model
    return [[model.index(row, column).data() for column in range(1, 5)] for row in range(model.rowCount())]


# -- the catalogue -------------------------------------------------------------------------------------------


def test_the_catalogue_tells_who_is_known(catalogued: CataloguePage, library: Library, tiger: bytes) -> None:
    assert [line.texts[1:] for line in catalogued.model.lines] == [
        ("T-01", "Cinderella", "Tiger", "Female", "", "ours", "3", "2 May 2014"),
        ("T-02", "", "Tiger", "Male", "Dead", "ours", "", ""),
    ]
    with library.read() as db:
        newest, _second, oldest = catalogue.captures(db, tiger)
    shown = catalogued.model.index(0, PICTURE)
    assert shown.data(PICTURE_ROLE) == newest.sha256
    catalogue.choose_picture(library, tiger, "left", oldest.media)
    assert catalogued.model.index(0, PICTURE).data(PICTURE_ROLE) == oldest.sha256


def test_the_small_picture_comes_in_the_background(catalogued: CataloguePage, qtbot: QtBot) -> None:
    wanted = catalogued.model.index(0, PICTURE).data(PICTURE_ROLE)
    qtbot.waitUntil(lambda: catalogued.pictures.thumbs.get(wanted) is not None)


def test_an_animal_is_found_by_code_and_name_and_nothing_is_left_silent(catalogued: CataloguePage) -> None:
    catalogued.search.setText("cinder")
    assert codes(catalogued) == ["T-01"]
    assert catalogued.count.text() == "1 animal"
    catalogued.search.setText("T-0")
    assert codes(catalogued) == ["T-01", "T-02"]
    catalogued.search.setText("lynx")
    assert catalogued.stack.currentWidget() is catalogued.nothing
    catalogued.nothing.button.click()
    assert codes(catalogued) == ["T-01", "T-02"]
    assert catalogued.search.text() == ""


def test_codes_stand_in_the_order_of_their_numbers(catalogued: CataloguePage, library: Library) -> None:
    for code in ("T-10", "T-9"):
        records.add(library, "individual", {"code": code, "taxon": TIGER})
    assert codes(catalogued) == ["T-01", "T-02", "T-9", "T-10"]


def test_species_are_offered_where_there_are_several(catalogued: CataloguePage, library: Library) -> None:
    assert not catalogued.species.isVisibleTo(catalogued)
    records.add(library, "individual", {"code": "L-01", "taxon": "Panthera pardus"})
    names = [catalogued.species.itemText(n) for n in range(catalogued.species.count())]
    assert names == ["All species", "Leopard", "Tiger"]
    catalogued.species.setCurrentIndex(1)
    catalogued.species.activated.emit(1)
    assert codes(catalogued) == ["L-01"]


def test_a_partners_animal_is_marked_and_its_statement_waits(
    neighbour: tuple[Library, bytes], catalogued: CataloguePage, screen: CameraTrapsScreen
) -> None:
    def shown(whose: str) -> list[str]:
        box = catalogued.whose
        box.setCurrentIndex(box.findData(whose))
        box.activated.emit(box.currentIndex())
        return codes(catalogued)

    (theirs,) = [one for one in catalogued.model.every if isinstance(one, AnimalLine) and not one.entry.mine]
    assert theirs.texts[6] == "China"
    assert catalogued.statements_button.text() == "Statements · 1   S"
    assert screen.sentence == "3 animals are known. 1 statement of a partner waits for your word."
    assert (shown("ours"), shown("theirs"), shown("joined")) == (["T-01", "T-02"], ["12"], [])
    same_animal.say(screen.library, theirs.entry.id, neighbour_of(theirs, catalogued), "same")
    assert shown("joined") == ["CN 12 = RU T-01"] * 2
    assert shown("alone") == ["T-02"]
    assert catalogued.statements_button.text() == "Statements   S"
    assert screen.sentence == "3 animals are known."


def neighbour_of(theirs: AnimalLine, page: CataloguePage) -> bytes:
    return next(one.id for one in page.model.every if one.texts[CODE] == "T-01" and one.id != theirs.id)


def test_the_chosen_animal_is_compared_and_opened_by_one_key(
    window: Window, catalogued: CataloguePage, screen: CameraTrapsScreen, tiger: bytes, other: bytes
) -> None:
    asked: list[tuple[bytes, bytes | None]] = []
    catalogued.compare_wanted.connect(lambda one, two: asked.append((one, two)))
    catalogued.table.choose(other)
    catalogued.compare_button.click()
    assert asked == [(other, None)]
    screen.choose_tab(INDIVIDUALS)
    catalogued.table.choose(tiger)
    press(window, Qt.Key.Key_Return)
    assert screen.title == "T-01 Cinderella"
    assert screen.sentence == "Tiger · Female"


# -- captures ------------------------------------------------------------------------------------------------


def test_captures_are_told_newest_first(captures: CapturesPage, page: AnimalPage) -> None:
    assert text(captures) == [
        ["2014-05-02 23:30", "Ridge RU", "", "Certain"],
        ["2014-03-05 11:00", "Ridge RU", "", "Certain"],
        ["2014-03-01 10:00", "Ridge RU", "", "Certain"],
    ]
    assert captures.told.text() == "2 May 2014 23:30 · Ridge RU"
    assert captures.by.text() == "said by Ranger 1"
    assert captures.picture.pixmap is not None


def test_several_captures_get_a_side_by_one_key_and_one_undo(
    window: Window, captures: CapturesPage, library: Library
) -> None:
    captures._choose([0, 2])
    assert [one.taken_at for one in captures.chosen()] == [1_399_037_400, 1_393_632_000]
    captures.view.selectAll()
    press(window, Qt.Key.Key_L)
    press(window, Qt.Key.Key_2)
    assert [row[2:] for row in text(captures)] == [["Left flank", "Probable"]] * 3
    assert len(captures.chosen()) == 3, "the choice stays"
    window.undo()
    assert [row[2:] for row in text(captures)] == [["Left flank", "Certain"]] * 3
    window.undo()
    assert [row[2:] for row in text(captures)] == [["", "Certain"]] * 3


def test_a_picture_stands_for_a_side_once_somebody_said_which(
    window: Window, captures: CapturesPage, page: AnimalPage, library: Library, tiger: bytes
) -> None:
    press(window, Qt.Key.Key_P)
    assert "Say first which side shows" in window.strip.sentence.text()
    assert value(library, "individual", tiger, "right_picture") is None
    captures.view.setFocus()
    press(window, Qt.Key.Key_R)
    press(window, Qt.Key.Key_P)
    assert value(library, "individual", tiger, "right_picture") == captures.chosen()[0].media
    page.pages.choose(0)
    assert page.about.flanks.side == "right"
    assert page.about.flanks.caption.text() == "Right flank · 2 May 2014"
    assert page.about.flanks.frames["left"].accessibleDescription() == "no picture"


def test_captures_move_to_a_known_animal_and_come_back(
    window: Window, captures: CapturesPage, library: Library, tiger: bytes, other: bytes
) -> None:
    captures._choose([0, 2])
    moved = {one.observation for one in captures.chosen()}
    press(window, Qt.Key.Key_A)
    assert captures.other.title.text() == "Which animal do these 2 captures show?"
    QTest.keyClicks(captures.other.known, "t-99")
    captures.other.take_known()
    assert captures.other.wrong.text() == "Choose an animal of the list, or give the new one a code."
    captures.other.known.setText("t-02")
    captures.other.take_known()
    with library.read() as db:
        assert {one.observation for one in catalogue.captures(db, other)} == moved
    assert len(text(captures)) == 1
    assert window.strip.sentence.text() == "2 captures moved."
    window.undo()
    assert len(text(captures)) == 3


def test_captures_become_a_new_animal_with_the_next_code(
    window: Window, captures: CapturesPage, library: Library, tiger: bytes
) -> None:
    captures._choose([1])
    press(window, Qt.Key.Key_A)
    assert captures.other.code.text() == "T-03"
    captures.other.code.setText("T-02")
    captures.other.make()
    assert captures.other.wrong.text() == "T-02 is taken already."
    captures.other.code.setText("T-03")
    captures.other.make()
    with library.read() as db:
        (made,) = rows.find(db, "individual", '"code" IS ?', ["T-03"])
        assert [one.taken_at for one in catalogue.captures(db, made.id)] == [1_393_981_200]
    assert (made["taxon"], made["sex"]) == (TIGER, "female")
    assert len(text(captures)) == 2
    window.undo()
    with library.read() as db:
        assert len(catalogue.captures(db, tiger)) == 3
        assert not [one for one in rows.find(db, "individual", '"code" IS ?', ["T-03"]) if not one.deleted]


def test_escape_leaves_captures_where_they_are(
    window: Window, captures: CapturesPage, screen: CameraTrapsScreen
) -> None:
    press(window, Qt.Key.Key_A)
    assert captures.below.currentWidget() is captures.other
    press(window, Qt.Key.Key_Escape)
    assert captures.below.currentWidget() is captures.acts
    assert screen.where == "individual"
    press(window, Qt.Key.Key_Escape)
    assert screen.where == "tabs"


def test_a_second_opinion_is_asked_for_the_chosen_capture(
    window: Window, captures: CapturesPage, library: Library
) -> None:
    chosen = captures.chosen()[0].observation
    press(window, Qt.Key.Key_O)
    with library.read() as db:
        (asked,) = rows.find(db, "second_opinion")
    assert (asked["observation"], asked["answer"]) == (chosen, None)


def test_captures_of_a_joined_animal_stand_with_ours_and_are_not_mixed_into_a_new_one(
    neighbour: tuple[Library, bytes], page: AnimalPage, library: Library, tiger: bytes
) -> None:
    same_animal.say(library, tiger, neighbour[1], "same")
    page.pages.choose(CAPTURES)
    captures = page.captures
    assert [row[0] for row in text(captures)] == [
        "2014-05-02 23:30", "2014-04-01 10:00", "2014-03-05 11:00", "2014-03-01 10:00",
    ]  # fmt: skip
    assert [captures.model.code(captures.model.capture(row)) for row in range(4)] == ["T-01", "12", "T-01", "T-01"]
    captures.view.selectAll()
    captures.ask_other()
    captures.other.code.setText("T-09")
    captures.other.make()
    assert "several catalogues" in captures.other.wrong.text()
    with library.read() as db:
        assert len(catalogue.captures(db, tiger)) == 4


# -- whom it is joined with ----------------------------------------------------------------------------------


def test_what_is_said_of_an_animal_is_told_and_taken_back(
    neighbour: tuple[Library, bytes], page: AnimalPage, library: Library, window: Window, tiger: bytes
) -> None:
    page.pages.choose(JOINED)
    (said,) = page.joined.said.others
    assert (said.code, said.mine, said.listed.state, said.listed.waits_for_us) == ("12", False, "waiting", True)
    words = page.joined._told(said.listed.said[0])
    assert words.startswith("Same animal · Observer A, Hunchun · ")
    assert words.endswith(" · Third stripe")
    same_animal.say(library, tiger, neighbour[1], "same")
    assert page.joined.said.others[0].listed.state == "agreed"
    assert page.sentence() == "Tiger · Female · CN 12 = RU T-01"
    press(window, Qt.Key.Key_B)
    assert page.joined.said.others[0].listed.state == "waiting"
    assert page.sentence() == "Tiger · Female"
    window.undo()
    assert page.joined.said.others[0].listed.state == "agreed"


def test_a_partners_animal_says_whose_catalogue_it_is_from(neighbour: tuple[Library, bytes], page: AnimalPage) -> None:
    page.open(neighbour[1])
    assert page.name() == "12"
    assert page.sentence() == "Tiger · Female · catalogue of Hunchun"


def test_nobody_said_anything_leads_to_the_comparison(page: AnimalPage, tiger: bytes) -> None:
    asked: list[tuple[bytes, bytes | None]] = []
    page.compare_wanted.connect(lambda one, two: asked.append((one, two)))
    page.pages.choose(JOINED)
    assert page.joined.empty.isVisibleTo(page)
    page.joined.empty.button.click()
    assert asked == [(tiger, None)]


# -- time, and the family ------------------------------------------------------------------------------------


def test_months_stand_under_the_country_they_were_met_in(
    neighbour: tuple[Library, bytes], page: AnimalPage, library: Library, tiger: bytes
) -> None:
    page.pages.choose(TIME)
    assert page.time.timeline.months.certain == {("RU", "2014-03"): 2, ("RU", "2014-05"): 1}
    same_animal.say(library, tiger, neighbour[1], "same")
    months = page.time.timeline.months
    assert months.months == ["2014-03", "2014-04", "2014-05"]
    assert months.countries == ["RU", "CN"]
    assert months.doubtful == {("CN", "2014-04"): 1}
    assert "China, April 2014: 1" in page.time.timeline.accessibleDescription()
    assert "4 encounters in 3 months: first on 1 Mar 2014, last on 2 May 2014." in page.time.facts.text()
    assert "1 encounter proves no side: who it is is not certain." in page.time.facts.text()


def test_the_map_is_drawn_only_when_asked_for_and_leads_to_captures(
    window: Window, page: AnimalPage, bridge: Bridge, library: Library, tiger: bytes
) -> None:
    page.pages.choose(TIME)
    moves = page.time.moves
    assert moves.stack.currentWidget() is moves.ask
    assert moves.web is None
    press(window, Qt.Key.Key_M)
    assert moves.web is not None
    assert moves.stack.currentWidget() is moves.web
    assert b"T-01" in moves.web._page
    with library.read() as db:
        (place,) = rows.find(db, "location")
    moves._linked(f"ranger:open/location/{place.id.hex()}")
    assert page.pages.index == CAPTURES
    assert len(page.captures.chosen()) == 3
    moves._linked("ranger:open/location/no-hexadecimal")
    page.open(records.add(library, "individual", {"code": "T-77", "taxon": TIGER}))
    page.pages.choose(TIME)
    assert page.time.empty.isVisibleTo(page)


def test_how_it_is_counted_is_one_key_away(window: Window, page: AnimalPage) -> None:
    page.pages.choose(TIME)
    assert page.time.rules.isHidden()
    press(window, Qt.Key.Key_H)
    assert "It is a lower bound" in page.time.rules.text()
    assert not page.time.rules.isHidden()


def test_what_encounters_prove_is_said_in_sentences(dressed: Dress) -> None:
    day = 86_400
    life = [
        Encounter(b"a", at * day, b"p", 43.0, 131.0, country, metres, "", month)
        for at, country, metres, month in (
            (0, "RU", 7_000.0, "1970-01"),
            (40, "CN", 2_500.0, "1970-02"),
            (80, "RU", 1_000.0, "1970-03"),
        )
    ]
    (line,) = ledger(life, farthest_apart)
    assert facts(line, 600) == [
        "3 encounters in 3 months: first on 1 Jan 1970, last on 22 Mar 1970.",
        "At least 2 crossings of the border.",
        "China: 1 certain encounter, up to 2.5 km from the border.",
        "Russia: 2 certain encounters, up to 7.0 km from the border.",
    ]
    assert by_month(life, "CN").countries == ["CN", "RU"]


def test_mother_young_and_litter_lead_to_one_another(page: AnimalPage, library: Library, tiger: bytes) -> None:
    assert not page.about.family.isVisibleTo(page)
    born: dict[str, Value] = {"taxon": TIGER, "mother": tiger, "birth_season": "spring 2014"}
    young = [records.add(library, "individual", {"code": code, **born}) for code in ("T-11", "T-12")]
    later = records.add(library, "individual", {"code": "T-20", **born, "birth_season": "spring 2016"})
    family = page.about.family
    assert [(words, [one.id for one in found]) for words, found in family.lines] == [
        ("Young, spring 2014", young),
        ("Young, spring 2016", [later]),
    ]
    next(one for one in family.findChildren(QPushButton) if one.text().startswith("T-11")).click()
    assert page.record == young[0]
    assert [(words, [one.id for one in found]) for words, found in family.lines] == [
        ("Mother", [tiger]),
        ("Litter", [young[1]]),
    ]


# -- keys, languages -----------------------------------------------------------------------------------------


def test_every_act_has_a_key_of_its_own_on_its_page(
    neighbour: tuple[Library, bytes], page: AnimalPage, screen: CameraTrapsScreen, window: Window
) -> None:
    """From the animal a page is one key away, and each of its acts is another."""
    for number in range(page.pages.stack.count()):
        press(window, Qt.Key(Qt.Key.Key_1.value + number), ALT)
        assert page.pages.index == number
        commands = screen.commands()
        assert same_keys(commands) == {}
        keys = {key for one in commands for key in one.keys}
        shown = page.pages.stack.currentWidget()
        assert shown is not None
        for one in shown.findChildren(QPushButton):
            if one.isVisibleTo(page) and "   " in one.text():
                assert one.text().rsplit("   ", 1)[1] in keys, one.text()
    screen.choose_tab(INDIVIDUALS)
    commands = screen.commands()
    assert same_keys(commands) == {}
    assert {"C", "S", "O", "Ctrl+N", "Ctrl+F", "Return"} <= {key for one in commands for key in one.keys}


def test_search_has_a_key_and_gives_the_keyboard_back(window: Window, catalogued: CataloguePage) -> None:
    press(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is catalogued.search
    QTest.keyClicks(catalogued.search, "dps")  # letters are letters here, and no commands
    assert catalogued.search.text() == "dps"
    press(window, Qt.Key.Key_Escape)
    assert catalogued.search.text() == ""
    assert QApplication.focusWidget() is catalogued.table.view


def test_page_draft_and_search_survive_a_change_of_language(
    page: AnimalPage, screen: CameraTrapsScreen, library: Library, bridge: Bridge, dressed: Dress, qtbot: QtBot
) -> None:
    screen.choose_tab(INDIVIDUALS)
    screen.individuals.search.setText("cinder")
    screen.open_individual(page.record)
    editor = page.form.editors["birth_season"]
    QTest.keyClicks(editor.control, "spring 2012")
    page.pages.choose(CAPTURES)
    kept = screen.state()
    dressed("ru", "light")
    made = CameraTrapsScreen(library, bridge)
    qtbot.addWidget(made)
    made.restore(kept)
    assert made.where == "individual"
    assert made.individual.pages.index == CAPTURES
    assert made.individual.form.editors["birth_season"].typed() == "spring 2012"
    assert made.individuals.search.text() == "cinder"
    assert [line.texts[3] for line in made.individuals.model.lines] == ["Тигр"]
    for thumbs in (made.individuals.pictures.thumbs, made.individual.captures.pictures.thumbs):
        thumbs.stop()


@pytest.mark.parametrize(
    ("taken", "like", "then"),
    [
        (["T-01", "T-02"], "T-01", "T-03"),
        (["T-09", "L-40"], "T-01", "T-10"),
        (["RU-T-7 (demo)"], "RU-T-3 (demo)", "RU-T-8 (demo)"),
        ([], "Boris", ""),
        ([], "12", "13"),
    ],
)
def test_the_next_code_follows_the_last_of_its_kind(taken: list[str], like: str, then: str) -> None:
    assert next_code(taken, like) == then
