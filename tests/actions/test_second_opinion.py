"""A second opinion on who an animal is: asked blind, answered by another person, and held beside the first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from ranger_app.actions import records, second_opinion, status
from ranger_app.actions.second_opinion import Asked, Compared
from ranger_app.errors import DataProblem
from ranger_app.library import Library

TIGER = "Panthera tigris"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "khasan", name="Khasan", country="RU", utc_offset=600) as made:
        yield made


class Case:
    """Two reviewers, two tigers, and one picture that the first one has named."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.first = records.add(library, "person", {"name": "Reviewer A", "role": "reviewer"})
        self.second = records.add(library, "person", {"name": "Reviewer B", "role": "reviewer"})
        self.t1, self.t2 = (records.add(library, "individual", {"code": code, "taxon": TIGER}) for code in ("T1", "T2"))
        self.media = records.add(library, "media", {"file_name": "a.jpg", "camera_time": "2026-03-01T10:00:00"})
        self.observation = self.seen({"media": self.media, "individual": self.t1})
        library.person = self.first
        self.question = second_opinion.ask(library, self.observation)

    def seen(self, values: dict[str, object]) -> bytes:
        said = {"type": "animal", "taxon": TIGER, "by": self.first, **values}
        return records.add(self.library, "observation", said)  # type: ignore[arg-type]

    def open_for(self, person: bytes | None) -> list[Asked]:
        self.library.person = person
        with self.library.read() as db:
            return second_opinion.open_for(self.library, db)

    def answer(self, answer: str, individual: bytes | None = None, question: bytes | None = None) -> None:
        self.library.person = self.second
        second_opinion.answer(self.library, question or self.question, answer, individual)

    def answered(self) -> list[Compared]:
        with self.library.read() as db:
            return second_opinion.answered(db)


@pytest.fixture
def case(library: Library) -> Case:
    return Case(library)


def test_what_is_asked_never_holds_the_animal(case: Case) -> None:
    [asked] = case.open_for(case.second)
    assert (asked.id, asked.observation, asked.media, asked.taxon) == (
        case.question, case.observation, (case.media,), TIGER,
    )  # fmt: skip
    flat = [getattr(asked, field.name) for field in fields(asked)]
    assert case.t1 not in [*flat, *asked.media]
    assert status.waiting(case.library)["second_opinions"] == 1


def test_neither_who_asked_nor_who_said_it_first_answers(case: Case) -> None:
    assert case.open_for(case.first) == []
    case.library.person = case.first
    with pytest.raises(DataProblem, match="OWN_QUESTION"):
        second_opinion.answer(case.library, case.question, "animal", case.t1)
    # Somebody else asks about what A named: A still is not blind.
    case.library.person = case.second
    other = second_opinion.ask(case.library, case.observation)
    assert other != case.question
    assert case.open_for(case.first) == []
    case.library.person = case.first
    with pytest.raises(DataProblem, match="OWN_QUESTION"):
        second_opinion.answer(case.library, other, "new")


def test_unnamed_hands_of_one_station_count_as_one_person(library: Library) -> None:
    media = records.add(library, "media", {"file_name": "a.jpg"})
    observation = records.add(library, "observation", {"media": media, "type": "animal"})
    question = second_opinion.ask(library, observation)
    with library.read() as db:
        assert second_opinion.open_for(library, db) == []
    with pytest.raises(DataProblem, match="OWN_QUESTION"):
        second_opinion.answer(library, question, "cannot_tell")


def test_asking_again_while_it_waits_is_the_same_question(case: Case) -> None:
    case.library.person = case.first
    assert second_opinion.ask(case.library, case.observation) == case.question
    case.answer("new")
    case.library.person = case.first
    assert second_opinion.ask(case.library, case.observation) != case.question


def test_answers_are_held_beside_each_other(case: Case) -> None:
    case.answer("animal", case.t1)
    [one] = case.answered()
    assert (one.first, one.second, one.answer, one.agrees) == (case.t1, case.t1, "animal", True)
    assert (one.asked_by, one.by) == ("Reviewer A", "Reviewer B")
    assert case.open_for(case.second) == []
    nobody = case.seen({"media": case.media})
    expected = {case.question: True}
    for observation, answer, animal, agrees in (
        (case.observation, "animal", case.t2, False),
        (case.observation, "new", None, False),
        (case.observation, "cannot_tell", None, False),
        (nobody, "cannot_tell", None, True),
        (nobody, "animal", case.t1, False),
    ):
        case.library.person = case.first
        question = second_opinion.ask(case.library, observation)
        case.answer(answer, animal, question)
        expected[question] = agrees
    assert {one.id: one.agrees for one in case.answered()} == expected
    # Nothing is overwritten by an opinion.
    with case.library.read() as db:
        assert records.existing(db, "observation", case.observation)["individual"] == case.t1


def test_an_answer_must_be_whole_and_is_given_once(case: Case) -> None:
    for answer, animal, code in (
        ("animal", None, "ANIMAL_MISSING"),
        ("new", case.t1, "ANIMAL_MISSING"),
        ("surely", None, "ANSWER_WRONG"),
        ("animal", b"?" * 16, "NO_RECORD"),
    ):
        with pytest.raises(DataProblem, match=code):
            case.answer(answer, animal)
    case.answer("animal", case.t2)
    with pytest.raises(DataProblem, match="ALREADY_ANSWERED"):
        case.answer("animal", case.t1)


def test_an_event_is_shown_whole_and_without_pictures_nothing_is_asked(case: Case) -> None:
    second = records.add(case.library, "media", {"file_name": "b.jpg", "camera_time": "2026-03-01T10:00:05"})
    event = case.seen({"pictures": json.dumps([case.media.hex(), second.hex()]), "individual": case.t2})
    case.library.person = case.first
    question = second_opinion.ask(case.library, event)
    asked = next(one for one in case.open_for(case.second) if one.id == question)
    assert set(asked.media) == {case.media, second}
    bare = case.seen({"individual": case.t1})
    with pytest.raises(DataProblem, match="NO_PICTURE"):
        second_opinion.ask(case.library, bare)
    # The picture is gone: there is nothing left to look at.
    records.delete(case.library, "media", case.media)
    assert {one.observation for one in case.open_for(case.second)} == {event}
