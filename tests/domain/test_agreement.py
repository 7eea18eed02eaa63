"""When two independent answers on an event agree: the rule is stated in ``domain/agreement``, point by point."""

from __future__ import annotations

import itertools
from typing import Any

from ranger_app.domain.agreement import Look, Point, complete, differences, looks
from ranger_app.domain.statements import Statement

P = [bytes([n]) * 16 for n in range(10)]
A, B, C = (bytes([200 + n]) * 16 for n in range(3))
TIGER, BOAR = "Panthera tigris", "Sus scrofa"
_ids = itertools.count(1)


def say(by: bytes | None, shown: str, *pictures: int, **more: Any) -> Statement:
    types = ("blank", "human", "vehicle", "unknown", "unclassified")
    about = tuple(P[n] for n in pictures or (0,))
    values: dict[str, Any] = {
        "id": next(_ids).to_bytes(16, "big"), "media": about[0] if len(about) == 1 else None,
        "pictures": about if len(about) > 1 else (), "deployment": None, "type": shown if shown in types else "animal",
        "taxon": None if shown in types else shown, "count": None if shown in types else 1, "sex": None,
        "life_stage": None, "behaviour": None, "individual": None, "by": by, "by_name": "", "at": 1, "method": "human",
        "machine": "", "certainty": None, "box": "", "look": "first", "setup": "", "event": "",
    }  # fmt: skip
    return Statement(**{**values, **more})


def points(*said: Statement, pictures: int = 3) -> list[tuple[str, str]]:
    found = complete(looks(said, frozenset(P[:pictures])))
    return [(one.field, one.shown) for one in differences(found)]


def by(found: list[Look]) -> list[bytes | None]:
    return [one.by for one in found]


def test_the_same_species_and_number_agree_whether_said_of_pictures_or_of_the_event() -> None:
    assert points(say(A, TIGER, 0), say(A, TIGER, 1, count=2), say(A, TIGER, 2), say(B, TIGER, 0, 1, 2, count=2)) == []


def test_another_species_a_number_a_type_are_differences() -> None:
    assert points(say(A, TIGER), say(B, BOAR)) == [("taxon", "")]
    assert points(say(A, TIGER, count=2), say(B, TIGER)) == [("count", TIGER)]
    assert points(say(A, "blank"), say(B, "unknown")) == [("taxon", "")]
    assert points(say(A, "human"), say(B, "human", count=2)) == []  # only one of them counted


def test_several_species_are_compared_as_a_set() -> None:
    assert points(say(A, TIGER), say(A, BOAR, count=3), say(B, BOAR, count=3), say(B, TIGER)) == []
    assert points(say(A, TIGER), say(A, BOAR), say(B, BOAR, count=2)) == [("taxon", ""), ("count", BOAR)]


def test_blank_counts_only_if_nothing_else_was_said() -> None:
    # The animal walks through the second of three pictures.
    apart = [say(A, "blank", 0), say(A, TIGER, 1), say(A, "blank", 2)]
    assert points(*apart, say(B, TIGER, 0, 1, 2)) == []
    assert points(*apart, say(B, "blank", 0, 1, 2)) == [("taxon", "")]


def test_animals_told_apart_are_added_and_the_same_said_twice_is_not() -> None:
    family = [say(A, TIGER, sex="female", life_stage="adult"), say(A, TIGER, life_stage="juvenile", count=2)]
    assert points(*family, say(B, TIGER, count=3)) == []
    assert points(say(A, TIGER), say(A, TIGER), say(B, TIGER)) == []


def test_sex_age_and_individual_are_compared_only_where_both_gave_one() -> None:
    assert points(say(A, TIGER, sex="male"), say(B, TIGER)) == []
    assert points(say(A, TIGER, sex="male"), say(B, TIGER, sex="unknown")) == []
    assert points(say(A, TIGER, sex="male"), say(B, TIGER, sex="female")) == [("sex", TIGER)]
    assert points(say(A, TIGER, life_stage="adult"), say(B, TIGER, life_stage="juvenile")) == [("life_stage", TIGER)]
    assert points(say(A, TIGER, individual=P[8]), say(B, TIGER, individual=P[9])) == [("individual", TIGER)]
    assert points(say(A, TIGER, behaviour="walking"), say(B, TIGER, behaviour="lying")) == []


def test_half_an_event_is_not_compared() -> None:
    whole = [say(A, "blank", 0), say(A, TIGER, 1)]
    assert complete(looks([*whole, say(B, BOAR, 0)], frozenset(P[:2]))) == []
    assert by(complete(looks([*whole, say(B, BOAR, 0), say(B, BOAR, 1)], frozenset(P[:2])))) == [A, B]
    # Both named the same one picture of three: that is what they compare.
    assert points(say(A, TIGER, 1), say(B, BOAR, 1)) == [("taxon", "")]
    # A third person who has only begun changes nothing.
    assert by(complete(looks([*whole, *(say(B, BOAR, n) for n in (0, 1)), say(C, BOAR, 0)], frozenset(P[:2])))) == [
        A,
        B,
    ]


def test_machines_and_what_was_settled_are_nobodys_look() -> None:
    said = [say(A, TIGER), say(None, BOAR, method="machine"), say(B, BOAR, look="settled"), say(C, "unclassified")]
    assert by(looks(said, frozenset(P[:1]))) == [A]


def test_who_spoke_first_stands_first_and_three_answers_are_all_compared() -> None:
    said = [say(A, TIGER, at=30), say(B, TIGER, at=10), say(C, TIGER, at=20, count=2)]
    found = looks(said, frozenset(P[:1]))
    assert [(one.by, one.at) for one in found] == [(B, 10), (C, 20), (A, 30)]
    assert differences(found) == (Point("count", TIGER),)


def test_people_not_listed_here_are_told_apart_by_name() -> None:
    said = [say(None, TIGER, by_name="Observer A"), say(None, BOAR, by_name="Observer B")]
    assert [one.by_name for one in looks(said, frozenset(P[:1]))] == ["Observer A", "Observer B"]
