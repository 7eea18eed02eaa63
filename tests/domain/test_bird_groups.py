"""Groups of birds: every listed bird has one, and a survey says which it looked for."""

from __future__ import annotations

import pytest

from ranger_app.domain import bird_groups, taxa


def test_every_listed_bird_has_a_group_and_no_mammal() -> None:
    for taxon in taxa.load():
        group = bird_groups.group_of(taxon.scientific)
        if taxon.group == "bird":
            assert group in bird_groups.GROUPS, taxon.scientific
        else:
            assert group == "", taxon.scientific


@pytest.mark.parametrize(
    ("taxon", "group"),
    [
        ("Antigone vipio", "cranes"),
        ("Leucogeranus leucogeranus", "cranes"),
        ("Mergus squamatus", "ducks"),
        ("Anser serrirostris", "geese"),
        ("Cygnus cygnus", "swans"),
        ("Sternula albifrons", "gulls"),
        ("Calidris pygmaea", "waders"),
        ("Scolopacidae", "waders"),
        ("Platalea minor", "storks"),
        ("Fulica atra", "rails"),
        ("Haliaeetus pelagicus", "raptors"),
        ("Otis tarda", "bustards"),
        ("Corvus corax", "land"),
        ("Aves", "unidentified"),
        ("Strange duck", ""),
    ],
)
def test_groups_go_by_genus(taxon: str, group: str) -> None:
    assert bird_groups.group_of(taxon) == group


def test_no_waterbird_of_the_list_falls_among_land_birds() -> None:
    land = {one.scientific for one in taxa.load() if bird_groups.group_of(one.scientific) == "land"}
    genera = {one.partition(" ")[0] for one in land}
    assert {"Phasianus", "Turdus", "Garrulus", "Dryocopus"} <= genera
    assert not genera & {"Anas", "Grus", "Larus", "Tringa", "Ardea", "Urile", "Saundersilarus", "Butorides"}


def test_waterbirds() -> None:
    assert bird_groups.is_waterbird("Grus monacha")
    assert bird_groups.is_waterbird("Strange duck")
    assert bird_groups.is_waterbird("Aves")
    for other in ("Otis tarda", "Haliaeetus albicilla", "Corvus corax", "Panthera tigris", "Lutra lutra"):
        assert not bird_groups.is_waterbird(other)


def test_codes_and_free_words_live_in_one_field() -> None:
    text = "gulls, Waders far side"
    assert bird_groups.not_counted(text) == {"gulls", "waders"}
    assert bird_groups.free_words(text) == "far side"
    assert bird_groups.written({"gulls", "ducks"}, "far side") == "ducks gulls far side"
    assert bird_groups.written(set()) is None
    assert bird_groups.worded("gulls far side") == "Gulls and terns, far side"


def test_which_groups_a_survey_looked_for() -> None:
    everything = frozenset(bird_groups.GROUPS)
    assert bird_groups.counted({}) == everything
    assert bird_groups.counted({"kind": "full", "not_counted": "gulls"}) == everything - {"gulls"}
    assert bird_groups.counted({"kind": "geese"}) == {"geese"}
    assert bird_groups.counted({"complete": 0}) == frozenset()
    assert bird_groups.counted({"complete": 0, "not_counted": "gulls"}) == everything - {"gulls"}
    assert bird_groups.counted({"complete": 1, "not_counted": None}) == everything
