"""Who is who across catalogues: agreed pairs, what waits, what is disputed, and chains that contradict themselves."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranger_app.domain.same_animal import DIFFERENT, SAME, WITHDRAWN, Animal, Joins, Said, joins, key

RU, CN, KP = b"R" * 32, b"C" * 32, b"K" * 32
STATIONS = (RU, CN, KP)
TIGER, LEOPARD = "Panthera tigris", "Panthera pardus"


def animal(name: str, station: bytes, taxon: str = TIGER, sex: str = "") -> Animal:
    return Animal(name.encode(), station, name, taxon, sex)


R1, R2, C1, C2, K1 = (
    animal("r1", RU), animal("r2", RU), animal("c1", CN), animal("c2", CN), animal("k1", KP),
)  # fmt: skip
ALL = (R1, R2, C1, C2, K1)


class Talk:
    """Statements in the order they were made."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def say(self, station: bytes, one: Animal, other: Animal, answer: str = SAME) -> Talk:
        number = len(self.said) + 1
        self.said.append(Said(number.to_bytes(2, "big"), station, one.id, other.id, answer, number))
        return self

    def agree(self, one: Animal, other: Animal) -> Talk:
        for station in sorted({one.station, other.station}):
            self.say(station, one, other)
        return self

    def joins(self, animals: tuple[Animal, ...] = ALL) -> Joins:
        return joins(animals, self.said)


def state(found: Joins, one: Animal, other: Animal) -> str:
    return found.pairs[key(one.id, other.id)].state


def test_a_pair_across_catalogues_needs_the_word_of_both() -> None:
    talk = Talk().say(RU, R1, C1)
    waiting = talk.joins()
    assert state(waiting, R1, C1) == "waiting"
    assert waiting.pairs[key(R1.id, C1.id)].lacking == {CN}
    assert waiting.together(R1.id) == (R1.id,)
    agreed = talk.say(CN, C1, R1).joins()  # whichever is named first
    assert state(agreed, R1, C1) == "agreed"
    assert agreed.together(R1.id) == agreed.together(C1.id) == (C1.id, R1.id)
    assert agreed.of(R1.id) == agreed.of(C1.id) == C1.id
    assert agreed.of(R2.id) == R2.id


def test_a_word_taken_back_counts_no_more_and_the_newest_word_of_a_station_counts() -> None:
    talk = Talk().agree(R1, C1).say(CN, R1, C1, WITHDRAWN)
    assert state(talk.joins(), R1, C1) == "waiting"
    assert not talk.joins().groups
    talk.say(RU, R1, C1, WITHDRAWN)
    assert not talk.joins().pairs
    talk.say(RU, R1, C1, DIFFERENT)
    assert state(talk.joins(), R1, C1) == "different"
    talk.say(CN, R1, C1)
    assert state(talk.joins(), R1, C1) == "disputed"
    assert state(talk.say(RU, R1, C1).joins(), R1, C1) == "agreed"


def test_two_records_of_one_catalogue_are_for_its_own_station_to_join() -> None:
    assert state(Talk().say(RU, R1, R2).joins(), R1, R2) == "agreed"
    alone = Talk().say(CN, R1, R2).joins()
    assert state(alone, R1, R2) == "waiting"
    assert alone.pairs[key(R1.id, R2.id)].lacking == {RU}
    assert not alone.groups
    # Nobody else undoes it, and nobody else joins what its station keeps apart.
    assert state(Talk().say(RU, R1, R2).say(CN, R1, R2, DIFFERENT).joins(), R1, R2) == "agreed"
    assert state(Talk().say(RU, R1, R2, DIFFERENT).say(CN, R1, R2).joins(), R1, R2) == "different"


def test_a_third_station_may_object_but_not_join() -> None:
    assert state(Talk().agree(R1, C1).say(KP, R1, C1, DIFFERENT).joins(), R1, C1) == "disputed"
    one_sided = Talk().say(RU, R1, C1).say(KP, R1, C1).joins()
    assert (state(one_sided, R1, C1), one_sided.pairs[key(R1.id, C1.id)].lacking) == ("waiting", {CN})


def test_chains_join_over_three_catalogues() -> None:
    found = Talk().agree(R1, C1).agree(C1, K1).joins()
    assert found.together(R1.id) == (C1.id, K1.id, R1.id)
    assert {found.of(one.id) for one in (R1, C1, K1)} == {C1.id}
    assert found.contradictions == ()


def test_a_chain_against_a_word_that_two_are_different_joins_nobody() -> None:
    found = Talk().agree(R1, C1).agree(C1, K1).say(RU, R1, K1, DIFFERENT).joins()
    [wrong] = found.contradictions
    assert (wrong.why, wrong.between, wrong.chain) == ("different", key(K1.id, R1.id), (K1.id, C1.id, R1.id))
    assert (dict(found.groups), dict(found.whole)) == ({}, {})
    # Animals outside the chain are not touched by it.
    talk = Talk().agree(R1, C1).agree(C1, K1).say(RU, R1, K1, DIFFERENT).agree(R2, C2)
    assert talk.joins().together(R2.id) == (C2.id, R2.id)


def test_one_catalogue_keeping_two_apart_that_a_chain_joins_is_told() -> None:
    talk = Talk().agree(R1, C1).agree(R2, C1)
    [wrong] = talk.joins().contradictions
    assert (wrong.why, wrong.between, wrong.chain) == ("catalogue", (R1.id, R2.id), (R1.id, C1.id, R2.id))
    assert not talk.joins().groups
    # Their own station says that they are one: then there is nothing to settle.
    joined = talk.say(RU, R1, R2).joins()
    assert (joined.contradictions, joined.together(C1.id)) == ((), (C1.id, R1.id, R2.id))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (animal("c9", CN, LEOPARD, "female"), "species"),
        (animal("c9", CN, TIGER, "male"), "sex"),
    ],
)
def test_two_species_or_a_female_and_a_male_are_never_one(other: Animal, why: str) -> None:
    between = animal("k9", KP, "")
    female = animal("r9", RU, TIGER, "female")
    found = Talk().agree(female, between).agree(between, other).joins((female, other, between))
    assert [(one.why, one.between) for one in found.contradictions] == [(why, key(female.id, other.id))]
    assert not found.groups


def test_sex_that_is_not_known_contradicts_nothing() -> None:
    female, unknown = animal("r9", RU, sex="female"), animal("c9", CN, sex="unknown")
    assert Talk().agree(female, unknown).joins((female, unknown)).groups


def test_words_on_animals_that_are_not_here_are_passed_over() -> None:
    talk = Talk().agree(R1, C1).agree(C1, K1)
    found = talk.joins((R1, C1))
    assert list(found.pairs) == [key(R1.id, C1.id)]
    assert found.together(R1.id) == (C1.id, R1.id)
    assert not Talk().say(RU, R1, R1).joins().pairs


_WORDS = st.lists(
    st.tuples(
        st.sampled_from(STATIONS), st.sampled_from(ALL), st.sampled_from(ALL),
        st.sampled_from((SAME, SAME, SAME, DIFFERENT, WITHDRAWN)),
    ),
    max_size=25,
)  # fmt: skip


@given(words=_WORDS, seed=st.integers(0, 2**16))
def test_the_order_in_which_statements_come_makes_no_difference(
    words: list[tuple[bytes, Animal, Animal, str]], seed: int
) -> None:
    talk = Talk()
    for word in words:
        talk.say(*word)
    here = talk.joins()
    mixed, animals = list(talk.said), list(ALL)
    random.Random(seed).shuffle(mixed)
    random.Random(seed).shuffle(animals)
    assert joins(animals, mixed) == here


@given(words=_WORDS)
def test_groups_are_whole_and_rest_on_agreed_pairs_alone(words: list[tuple[bytes, Animal, Animal, str]]) -> None:
    talk = Talk()
    for word in words:
        talk.say(*word)
    found = talk.joins()
    told = [one for group in found.groups.values() for one in group]
    assert len(told) == len(set(told))
    assert set(told) == set(found.whole)
    for pair in found.pairs.values():
        if pair.state == "agreed":  # both are joined, or the chain they are in contradicts itself
            one, other = pair.key
            assert found.whole.get(one) == found.whole.get(other)
            assert one in found.whole or found.contradictions
        keepers = {next(each.station for each in ALL if each.id == one) for one in pair.key}
        same = {station for station, said in pair.said.items() if said.answer == SAME}
        assert (pair.state == "agreed") <= (keepers <= same)
    for chain in found.contradictions:
        assert {chain.chain[0], chain.chain[-1]} == set(chain.between)
        steps = zip(chain.chain, chain.chain[1:], strict=False)
        assert all(found.pairs[key(*step)].state == "agreed" for step in steps)
        assert set(chain.chain).isdisjoint(found.whole)
