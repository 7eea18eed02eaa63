"""What was said of pairs of animals, and second opinions: what a person sees and which key does what."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ranger_app.actions import catalogue, records, same_animal, second_opinion
from tests.ui.comparing import KEY, NOON, Border, Press, agree, animals, border, press, screen, titles
from ui.camera_traps.animals import captures_model
from ui.camera_traps.animals.animal_page import JOINED
from ui.camera_traps.compare.found import STATES
from ui.camera_traps.compare.subject import of_animal
from ui.camera_traps.screen import INDIVIDUALS, CameraTrapsScreen
from ui.commands import same_keys
from ui.looked_at import cut_words
from ui.shell.window import Window
from ui.widgets.chip import Chip

__all__ = ["animals", "border", "press", "screen"]

# -- statements ------------------------------------------------------------------------------------------------


def test_what_waits_stands_first_and_enter_opens_it(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border, press: Press
) -> None:
    same_animal.say(border.ours, animals["T-01"], animals["10"], "different")
    same_animal.say(border.theirs, animals["12"], animals["T-02"], "same")
    border.meet()
    screen.open_at(("animals", "waiting"))
    QApplication.processEvents()
    page = screen.animals.joins
    rows = page.list.joins.rows
    assert [row.state for row in rows if row.is_heading] == ["answer", "different"]
    assert page.list.row() is not None
    assert page.list.row().pair == (animals["T-02"], animals["12"])
    assert "1 waits for your answer" in screen.sentence
    press(KEY.Key_Return)
    assert screen.where == "compare"
    assert titles(screen) == ("RU T-02", "CN 12")
    press(KEY.Key_S)
    assert [one.state for one in border.said()] == ["agreed", "different"]
    press(KEY.Key_Escape)
    assert screen.where == "joins"
    assert page.list.row() is not None


def test_a_statement_is_taken_back_with_one_key_in_the_list(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border, press: Press
) -> None:
    same_animal.say(border.ours, animals["T-01"], animals["12"], "same")
    screen.animals.open_joins()
    QApplication.processEvents()
    press(KEY.Key_T)
    assert border.said() == []
    assert screen.animals.joins.empty.isVisible()  # and the next step is told


def test_a_chain_that_contradicts_itself_is_shown_with_its_pairs(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border, press: Press
) -> None:
    agree(border, animals["T-01"], animals["12"])
    agree(border, animals["T-02"], animals["12"])
    screen.animals.open_joins()
    QApplication.processEvents()
    page = screen.animals.joins
    rows = page.list.joins.rows
    assert [row.state for row in rows if row.is_heading] == ["contradiction"]
    assert rows[0].number == 1
    assert len([row for row in rows if row.said is not None]) == 2
    assert "T-01" in page.words.text()
    assert "T-02" in page.words.text()
    assert "12" in page.words.text()
    press(KEY.Key_2)
    assert screen.where == "compare"
    assert set(screen.animals.compare.pair or ()) <= {animals[one] for one in ("T-01", "T-02", "12")}
    assert screen.animals.compare.chip.text() == "Contradiction"
    screen.animals.compare.step(-1)  # the two that cannot be one, of which nothing was said
    assert screen.animals.compare.chip.text() == "Contradiction"
    screen.animals.compare.step(1)
    screen.animals.compare.take_back()
    assert screen.animals.compare.found is not None
    assert screen.animals.compare.found.wrong == ()


def test_a_page_nobody_sees_reads_when_it_is_shown_again(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border
) -> None:
    screen.animals.open_joins()
    QApplication.processEvents()
    page = screen.animals.joins
    screen.choose_tab(INDIVIDUALS)
    same_animal.say(border.ours, animals["T-01"], animals["12"], "same")
    assert page.found is not None
    assert len(page.found.said) == 0
    screen._show("joins")
    QApplication.processEvents()
    assert len(page.found.said) == 1


# -- the page of an animal -------------------------------------------------------------------------------------


def test_how_a_pair_stands_is_said_in_the_same_words_on_the_page_of_the_animal(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border
) -> None:
    screen.animals.open_individual(animals["T-01"])
    page = screen.animals.individual
    page.pages.choose(JOINED)
    words = {str(word) for word, _tone in STATES.values()}

    def chips() -> list[str]:
        screen.animals.open_individual(animals["T-01"])  # nobody tells the window what meet() carries over
        QApplication.processEvents()
        return [one.text() for one in page.joined.findChildren(Chip) if one.text() in words and one.isVisibleTo(page)]

    same_animal.say(border.theirs, animals["12"], animals["T-01"], "same")
    border.meet()
    assert chips() == ["Waits for your answer"]
    same_animal.say(border.ours, animals["T-01"], animals["12"], "same")
    assert chips() == ["Agreed: one animal"]
    agree(border, animals["T-02"], animals["12"])
    assert chips() == ["Contradiction"]
    assert len(page.joined.said.wrong) == 1


def test_a_page_of_an_animal_behind_another_reads_once_when_it_is_seen_again(
    screen: CameraTrapsScreen, animals: dict[str, bytes], border: Border, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen.animals.open_individual(animals["T-01"])
    page = screen.animals.individual
    reads: list[str] = []
    whole = captures_model.read
    monkeypatch.setattr(captures_model, "read", lambda *given: (reads.append("read"), whole(*given))[1])
    before = len(page.captures.model.met.captures)
    screen.choose_tab(INDIVIDUALS)
    for _key in range(3):  # as the keys of a review do it
        border.capture(border.ours, animals["T-01"], "left")
    assert reads == []
    screen._show("individual")
    assert reads == ["read"]
    assert len(page.captures.model.met.captures) == before + 3
    border.capture(border.ours, animals["T-01"], "left")
    assert reads == ["read", "read"]  # seen, it reads at once


# -- second opinions -------------------------------------------------------------------------------------------


@pytest.fixture
def asked(border: Border, animals: dict[str, bytes]) -> tuple[bytes, bytes]:
    """The second opinion asked of a capture of T-01, one of a burst; and the person who may answer."""
    border.capture(border.ours, animals["T-01"], "left", seconds=12 * 3600)
    observation = border.capture(border.ours, animals["T-01"], "left", seconds=12 * 3600 + 20)
    opinion = second_opinion.ask(border.ours, observation)
    reviewer = records.add(border.ours, "person", {"name": "Reviewer", "role": "reviewer", "active": 1})
    return opinion, reviewer


def test_who_asked_is_not_asked(asked: tuple[bytes, bytes], screen: CameraTrapsScreen) -> None:
    screen.open_at(("opinions", None))
    page = screen.animals.opinions.blind
    assert page.question is None
    assert page.empty.isVisible()


def test_a_second_opinion_is_blind(
    asked: tuple[bytes, bytes], screen: CameraTrapsScreen, border: Border, animals: dict[str, bytes], press: Press
) -> None:
    opinion, border.ours.person = asked
    screen.open_at(("animals", "waiting"))  # no statement waits: Today leads to the opinions
    QApplication.processEvents()
    assert screen.where == "opinions"
    page = screen.animals.opinions.blind
    assert page.question is not None
    about = {one.media for one in page.question.pictures.pictures}
    with border.ours.read() as db:
        (question,) = second_opinion.open_for(border.ours, db)
        every = {one.media: one.taken_at for one in catalogue.pictures(db, animals["T-01"])}
    assert about == set(question.media)
    shown = {one.media for subject in page.question.animals for one in subject.pictures}
    assert not shown & about
    told = screen.title + screen.sentence + page.panes.left.who.text() + page.panes.left.below.text()
    assert "T-01" not in told
    assert {one.title for one in page.question.animals} == {"RU T-01", "RU T-02", "CN 10", "CN 11", "CN 12"}
    assert len(every) == 5
    first = page.question.animals[0].animal
    press(KEY.Key_N)
    second = page.question.animals[page.place].animal
    assert second != first
    press(KEY.Key_S)
    with border.ours.read() as db:
        (answer,) = second_opinion.answered(db)
    assert (answer.id, answer.second, answer.first) == (opinion, second, animals["T-01"])
    assert page.question is None


def test_pictures_of_the_same_burst_do_not_tell(border: Border) -> None:
    tiger = border.animal(border.ours, "T-01")
    for seconds in (0, 20, 1700, 4000):
        border.capture(border.ours, tiger, "left", seconds=seconds)
    with border.ours.read() as db:
        entry = next(one for one in catalogue.entries(db) if one.id == tiger)
        pictures = catalogue.pictures(db, tiger)
        first = [one for one in pictures if one.taken_at == NOON]
        left = of_animal(db, entry, first).pictures
    assert len(first) == 1
    assert [one.taken_at for one in left] == [NOON + 4000]


def test_the_second_answer_can_be_taken(
    asked: tuple[bytes, bytes], screen: CameraTrapsScreen, border: Border, animals: dict[str, bytes], press: Press
) -> None:
    opinion, border.ours.person = asked
    second_opinion.answer(border.ours, opinion, "animal", animals["T-02"])
    screen.open_at(("opinions", None))
    press(KEY.Key_2, Qt.KeyboardModifier.AltModifier)
    page = screen.animals.opinions.answered
    assert page.chip.text() == "The answers differ"
    assert page.move_button.isVisible()
    press(KEY.Key_K)
    with border.ours.read() as db:
        (answer,) = second_opinion.answered(db)
    assert answer.agrees
    assert answer.first == animals["T-02"]
    assert page.chip.text() == "Both agree"
    assert not page.move_button.isVisible()


# -- the screen ------------------------------------------------------------------------------------------------


def test_keys_of_each_page_are_its_own_and_nothing_is_cut(
    asked: tuple[bytes, bytes], screen: CameraTrapsScreen, window: Window, border: Border, animals: dict[str, bytes]
) -> None:
    _opinion, border.ours.person = asked
    same_animal.say(border.ours, animals["T-01"], animals["12"], "same")
    pages = screen.animals
    for show in (lambda: pages.open_pair(animals["T-01"]), pages.open_joins, pages.open_opinions):
        show()
        QApplication.processEvents()
        assert same_keys(window.commands()) == {}
        assert cut_words(window) == []
