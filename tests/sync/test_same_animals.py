"""Two stations on their animals: a proposal travels, is answered, taken back, and nobody speaks for the other."""

from __future__ import annotations

import pytest

from ranger_app.actions import catalogue, records, same_animal, second_opinion, status
from ranger_app.actions.same_animal import Listed, Point
from ranger_app.actions.status import current_hash
from ranger_app.actions.undo import undo
from ranger_app.domain.ops import change, create, delete
from ranger_app.errors import DataProblem
from ranger_app.library import Library
from ranger_app.store import animals, conflicts
from tests.sync.conftest import Stations

TIGER = "Panthera tigris"


class Border:
    """A Russian and a Chinese station with a tiger each; clocks that go on by a minute an act."""

    def __init__(self, stations: Stations) -> None:
        self.stations = stations
        self.ru, self.cn = stations.new("Khasan", "RU"), stations.new("Hunchun", "CN")
        stations.pair(self.ru, self.cn)
        self._now, self._sticks = 1_790_000_000_000, 0
        for library in (self.ru, self.cn):
            library.clock = self._clock
        self.ours = self.tiger(self.ru, "T-07")
        self.theirs = self.tiger(self.cn, "12")
        self.both()

    def _clock(self) -> int:
        self._now += 60_000
        return self._now

    def tiger(self, library: Library, code: str, **more: str) -> bytes:
        return records.add(library, "individual", {"code": code, "taxon": TIGER, **more})

    def carry(self, sender: Library, receiver: Library) -> None:
        self._sticks += 1
        self.stations.write(sender, receiver, stick=f"stick{self._sticks}")
        self.stations.read(receiver, stick=f"stick{self._sticks}")

    def both(self) -> None:
        self.carry(self.ru, self.cn)
        self.carry(self.cn, self.ru)
        assert current_hash(self.ru) == current_hash(self.cn)

    def forge(self, library: Library, *ops: object) -> None:
        """What a program that keeps to no rule could write."""
        library.commit(list(ops), label="forged")  # type: ignore[arg-type]


@pytest.fixture
def border(stations: Stations) -> Border:
    return Border(stations)


def pairs(library: Library) -> list[Listed]:
    with library.read() as db:
        return same_animal.listed(library, db)


def states(library: Library) -> list[tuple[str, str, bool]]:
    return [(one.state, one.mine, one.waits_for_us) for one in pairs(library)]


def codes(library: Library, animal: bytes) -> str:
    with library.read() as db:
        return animals.catalogues(db).codes(animal)


def waits(library: Library) -> int | None:
    return status.waiting(library)["same_animals"]


def statement(library: Library) -> bytes:
    with library.read() as db:
        return bytes(db.conn.execute("SELECT id FROM same_animal").fetchone()[0])


def test_a_proposal_waits_there_is_answered_and_taken_back(border: Border) -> None:
    person = records.add(border.ru, "person", {"name": "Reviewer", "role": "reviewer"})
    border.ru.person = person
    mark = Point(b"\1" * 16, 2500, 5000, b"\2" * 16, 2600, 5100)
    same_animal.say(border.ru, border.ours, border.theirs, "same", points=[mark], remarks="three stripes")
    assert (states(border.ru), waits(border.ru)) == ([("waiting", "same", False)], 0)
    border.both()
    [seen] = pairs(border.cn)
    assert (seen.one, seen.other, seen.mine, seen.waits_for_us) == (border.theirs, border.ours, "", True)
    [word] = seen.said
    assert (word.station_name, word.country, word.answer, word.by) == ("Khasan", "RU", "same", "Reviewer")
    assert (word.remarks, word.points) == ("three stripes", (mark.turned(),))
    assert (waits(border.cn), codes(border.cn, border.ours)) == (1, "RU T-07")

    same_animal.say(border.cn, border.theirs, border.ours, "same")
    border.both()
    for library in (border.ru, border.cn):
        assert states(library) == [("agreed", "same", False)]
        assert waits(library) == 0
        assert codes(library, border.ours) == codes(library, border.theirs) == "CN 12 = RU T-07"

    same_animal.take_back(border.cn, border.ours, border.theirs)
    border.both()
    assert states(border.ru) == [("waiting", "same", False)]
    assert states(border.cn) == [("waiting", "", True)]
    assert codes(border.ru, border.ours) == "RU T-07"
    with pytest.raises(DataProblem, match="NOTHING_SAID"):
        same_animal.take_back(border.cn, border.ours, border.theirs)
    # Saying it again changes the same word: a station has one on a pair.
    same_animal.say(border.cn, border.ours, border.theirs, "same")
    with border.cn.read() as db:
        assert db.conn.execute("SELECT count(*) FROM same_animal").fetchone() == (2,)
    assert undo(border.cn) is not None
    assert states(border.cn) == [("waiting", "", True)]


def test_stations_that_say_different_things_are_told_so(border: Border) -> None:
    same_animal.say(border.ru, border.ours, border.theirs, "same")
    same_animal.say(border.cn, border.ours, border.theirs, "different", remarks="other ear")
    border.both()
    assert states(border.ru) == [("disputed", "same", False)]
    assert states(border.cn) == [("disputed", "different", False)]
    with border.ru.read() as db:
        assert conflicts.number(db) == 0  # two words, not two values of one record
    same_animal.say(border.ru, border.ours, border.theirs, "different")
    border.both()
    assert [state for state, _mine, _waits in states(border.cn)] == ["different"]


def test_a_partner_cannot_put_words_into_our_mouth(border: Border) -> None:
    same_animal.say(border.cn, border.ours, border.theirs, "same")
    same_animal.say(border.ru, border.ours, border.theirs, "different")
    border.both()
    with border.cn.read() as db:
        [ours] = [
            row[0]
            for row in db.conn.execute(
                "SELECT s.id FROM same_animal AS s JOIN batch AS b ON b.key = s.batch WHERE b.origin = ?",
                (border.ru.station.id,),
            )
        ]
    second = border.tiger(border.ru, "T-08")
    border.both()
    before = pairs(border.ru)
    for forged in (
        change("same_animal", ours, {"answer": "same"}),
        change("same_animal", ours, {"one": second}),
        change("same_animal", ours, {"remarks": "never said", "points": "[]"}),
        delete("same_animal", ours),
    ):
        border.forge(border.cn, forged)
        border.both()
        assert pairs(border.ru) == before
        assert states(border.cn) == [("disputed", "same", False)]


def test_a_word_that_two_stations_claim_is_nobodys(border: Border) -> None:
    """A partner that makes a record under the id of ours, saying that it never saw it, gains no word of ours."""
    same_animal.say(border.ru, border.ours, border.theirs, "different")
    copied = {"one": border.ours, "other": border.theirs, "answer": "same"}
    same_animal.say(border.cn, border.ours, border.theirs, "same")
    border.forge(border.cn, create("same_animal", statement(border.ru), copied))
    border.both()
    for library in (border.ru, border.cn):
        assert [state for state, _mine, _waits in states(library)] == ["waiting"]
        assert codes(library, border.ours) == "RU T-07"


def test_a_partner_neither_joins_nor_parts_two_animals_of_our_catalogue(border: Border) -> None:
    second = border.tiger(border.ru, "T-08")
    border.both()
    same_animal.say(border.cn, border.ours, second, "same")
    border.both()
    assert (states(border.ru), waits(border.ru)) == ([("waiting", "", True)], 1)
    assert codes(border.cn, second) == "RU T-08"
    same_animal.say(border.ru, border.ours, second, "same")
    border.both()
    assert codes(border.cn, second) == codes(border.ru, second) == "RU T-07 = RU T-08"
    same_animal.say(border.cn, border.ours, second, "different")
    border.both()
    assert codes(border.ru, second) == "RU T-07 = RU T-08"


def test_a_chain_that_contradicts_itself_is_told_in_words_at_both(border: Border) -> None:
    second = border.tiger(border.ru, "T-08")
    border.both()
    for library in (border.ru, border.cn):
        same_animal.say(library, border.ours, border.theirs, "same")
        same_animal.say(library, second, border.theirs, "same")
    border.both()
    told = set()
    for library in (border.ru, border.cn):
        with library.read() as db:
            here = animals.catalogues(db)
        [wrong] = here.joins.contradictions
        told.add(same_animal.words(wrong, here))
        assert codes(library, border.theirs) == "CN 12"
    [sentence] = told
    assert "RU T-07" in sentence and "RU T-08" in sentence  # noqa: PT018
    assert "RU T-07 = CN 12 = RU T-08" in sentence or "RU T-08 = CN 12 = RU T-07" in sentence
    assert "say that the two are the same animal" in sentence
    same_animal.say(border.ru, border.ours, second, "same")
    border.both()
    assert codes(border.cn, border.theirs) == "CN 12 = RU T-07 = RU T-08"


def test_what_cannot_be_said_of_two_animals(border: Border) -> None:
    leopard = records.add(border.ru, "individual", {"code": "L-1", "taxon": "Panthera pardus"})
    for one, other, answer, code in (
        (border.ours, border.ours, "same", "SAME_RECORD"),
        (border.ours, leopard, "same", "SPECIES_DIFFER"),
        (border.ours, b"?" * 16, "same", "NO_RECORD"),
        (border.ours, border.theirs, "perhaps", "ANSWER_WRONG"),
    ):
        with pytest.raises(DataProblem, match=code):
            same_animal.say(border.ru, one, other, answer)
    same_animal.say(border.ru, border.ours, leopard, "different")
    assert states(border.ru) == [("different", "different", False)]


def test_captures_follow_a_join_and_leave_with_it(border: Border) -> None:
    def met(library: Library, animal: bytes, name: str) -> bytes:
        media = records.add(library, "media", {"file_name": name, "camera_time": "2026-03-01T10:00:00"})
        fields = {"media": media, "type": "animal", "taxon": TIGER, "individual": animal}
        return records.add(library, "observation", fields)

    here, there = met(border.ru, border.ours, "a.jpg"), met(border.cn, border.theirs, "b.jpg")
    border.both()

    def found(library: Library, animal: bytes) -> set[bytes]:
        with library.read() as db:
            return {one.observation for one in catalogue.captures(db, animal)}

    assert found(border.cn, border.theirs) == {there}
    for library in (border.ru, border.cn):
        same_animal.say(library, border.ours, border.theirs, "same")
    border.both()
    for library in (border.ru, border.cn):
        assert found(library, border.theirs) == found(library, border.ours) == {here, there}
        with library.read() as db:
            entries = {one.code: one for one in catalogue.entries(db)}
            assert [one.animal for one in catalogue.captures(db, border.ours, joined=False)] == [border.ours]
        assert (entries["12"].captures, entries["12"].joined) == (1, tuple(sorted((border.ours, border.theirs))))
        assert entries["12"].mine is (library is border.cn)
    same_animal.take_back(border.ru, border.ours, border.theirs)
    border.both()
    assert found(border.cn, border.theirs) == {there}


def test_a_second_opinion_is_asked_there_and_comes_back(border: Border) -> None:
    media = records.add(border.ru, "media", {"file_name": "a.jpg", "camera_time": "2026-03-01T10:00:00"})
    asker = records.add(border.ru, "person", {"name": "Reviewer A", "role": "reviewer"})
    border.ru.person = asker
    said = records.add(
        border.ru, "observation", {"media": media, "type": "animal", "individual": border.ours, "by": asker}
    )
    question = second_opinion.ask(border.ru, said)
    border.both()
    border.cn.person = records.add(border.cn, "person", {"name": "Reviewer B", "role": "reviewer"})
    with border.cn.read() as db:
        [asked] = second_opinion.open_for(border.cn, db)
    assert (asked.id, asked.media) == (question, (media,))
    for library in (border.ru, border.cn):
        same_animal.say(library, border.ours, border.theirs, "same")
    second_opinion.answer(border.cn, question, "animal", border.theirs)
    border.both()
    with border.ru.read() as db:
        [compared] = second_opinion.answered(db)
        assert second_opinion.open_for(border.ru, db) == []
    assert (compared.first, compared.second, compared.agrees) == (border.ours, border.theirs, True)
    assert (compared.asked_by, compared.by) == ("Reviewer A", "Reviewer B")
    same_animal.take_back(border.ru, border.ours, border.theirs)
    with border.ru.read() as db:
        assert not second_opinion.answered(db)[0].agrees
