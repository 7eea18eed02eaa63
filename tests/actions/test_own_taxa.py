"""Species that people add: known at once by every name, carried to partners, never less secret than the list says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app.actions import own_taxa, records
from ranger_app.actions.identify import Answer
from ranger_app.domain import taxa
from ranger_app.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "l", name="Station A", country="RU", utc_offset=600) as made:
        own_taxa.attend(made)
        yield made


def test_an_added_species_is_found_by_every_name(library: Library) -> None:
    assert taxa.match("Выхухоль") is None
    fields = {"scientific": "Desmana moschata", "russian": "Выхухоль", "group": "mammal", "synonyms": "хохуля"}
    records.add(library, "taxon", dict(fields))
    assert taxa.match("выхухоль") == taxa.match("Хохуля") == "Desmana moschata"
    assert [one.scientific for one in taxa.search("выху", "ru")] == ["Desmana moschata"]
    assert Answer.of("Выхухоль").taxon == "Desmana moschata"


def test_undoing_takes_it_from_the_list_again(library: Library) -> None:
    record = records.add(library, "taxon", {"scientific": "Desmana moschata", "russian": "Выхухоль"})
    records.delete(library, "taxon", record)
    assert taxa.match("Выхухоль") is None


def test_a_listed_species_keeps_what_is_not_changed_and_its_secrecy(library: Library) -> None:
    given = taxa.find("Panthera tigris")
    assert given is not None
    records.add(library, "taxon", {"scientific": "Panthera tigris", "russian": "Амба", "sensitive": 4})
    changed = taxa.find("Panthera tigris")
    assert changed is not None
    assert (changed.names["ru"], changed.names["en"]) == ("Амба", "Tiger")
    assert changed.sensitive == given.sensitive == 1
    assert (changed.iucn, changed.flagship, changed.own) == (given.iucn, True, True)
    assert len(taxa.load()) == len({taxon.scientific for taxon in taxa.load()})


def test_an_added_name_never_takes_a_listed_species_over(library: Library) -> None:
    records.add(library, "taxon", {"scientific": "Felis fabula", "english": "Tiger"})
    assert taxa.match("Tiger") == "Panthera tigris"
    assert taxa.match("Felis fabula") == "Felis fabula"


def test_two_records_of_one_species_give_all_names_and_the_stricter_secrecy(library: Library) -> None:
    records.add(library, "taxon", {"scientific": "Foo bar", "russian": "Фубар", "sensitive": 1})
    records.add(library, "taxon", {"scientific": "Foo bar", "english": "Foobar"})
    found = taxa.find("Foo bar")
    assert found is not None
    assert (found.sensitive, found.names) == (1, {"ru": "Фубар", "en": "Foobar"})
    records.add(library, "taxon", {"scientific": "panthera TIGRIS"})
    assert taxa.find("panthera TIGRIS") is None
    assert taxa.match("panthera tigris") == "Panthera tigris"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *(("человек", "human"), ("Homo sapiens", "human"), ("사람", "human"), ("人", "human"), ("хүн", "human")),
        *(("animal", "animal"), ("车辆", "vehicle"), ("Пусто", "blank"), ("Unclassified", "unclassified")),
    ],
)
def test_a_person_named_in_any_language_is_no_animal(said: str, kind: str) -> None:
    assert (Answer.of(said).type, Answer.of(said).taxon) == (kind, None)


def test_words_for_what_is_no_species_name_no_species() -> None:
    words = [word for words in taxa.TYPE_WORDS.values() for word in words]
    assert [word for word in words if taxa.match(word)] == []
