"""The list of species: complete, consistent, and found by whatever name a person types."""

from __future__ import annotations

import unicodedata

import pytest

from ranger_app.domain import taxa
from ranger_app.i18n import LANGUAGES

SCRIPTS = {"ru": "CYRILLIC", "mn": "CYRILLIC", "zh_CN": "CJK", "ko": "HANGUL", "ja": "KATAKANA"}


def test_every_row_is_whole() -> None:
    seen = set()
    for taxon in taxa.load():
        genus, *species = taxon.scientific.split()
        assert genus.istitle()
        assert len(species) <= 1
        assert all(word.islower() for word in species)
        assert taxon.iucn in ("", "LC", "NT", "VU", "EN", "CR", "EW", "EX", "DD")
        assert bool(taxon.iucn) == taxon.iucn_date.isdecimal()
        assert taxon.scientific not in seen
        seen.add(taxon.scientific)
        assert taxon.group in ("mammal", "bird", "domestic")
        assert taxon.sensitive in (None, 1, 2, 3, 4)
        assert {"en", "ru", "zh_CN"} <= taxon.names.keys()
        assert taxon.unverified <= LANGUAGES.keys()
        for text in (*taxon.names.values(), *taxon.synonyms):
            assert text == unicodedata.normalize("NFC", text).strip()
            assert "  " not in text
    groups = [taxon.group for taxon in taxa.load()]
    assert groups.count("mammal") + groups.count("domestic") >= 35
    assert groups.count("bird") >= 75


def test_names_are_written_in_their_script() -> None:
    for taxon in taxa.load():
        for language, script in SCRIPTS.items():
            for letter in taxon.names.get(language, ""):
                if letter.isalpha() and letter != "ー":
                    scripts = (script, "CJK") if " " not in taxon.scientific else (script,)  # families: ネコ科
                    assert unicodedata.name(letter).startswith(scripts), (taxon.scientific, language, letter)


def test_no_name_means_two_species() -> None:
    owner: dict[str, str] = {}
    for taxon in taxa.load():
        for known in (taxon.scientific, *taxon.names.values(), *taxon.synonyms):
            assert owner.setdefault(taxa.fold(known), taxon.scientific) == taxon.scientific, known


def test_every_name_finds_its_species() -> None:
    for taxon in taxa.load():
        for known in (taxon.scientific, *taxon.names.values(), *taxon.synonyms):
            assert taxa.match(known) == taxon.scientific
            assert taxa.match(f"  {known.upper()} ") == taxon.scientific


def test_six_flagship_species() -> None:
    assert taxa.flagship() == (
        "Panthera tigris",
        "Panthera pardus",
        "Panthera uncia",
        "Platalea minor",
        "Antigone vipio",
        "Grus monacha",
    )


@pytest.mark.parametrize(
    ("text", "scientific"),
    [
        ("grus monacha", "Grus monacha"),
        ("Hooded Crane", "Grus monacha"),
        ("черный журавль", "Grus monacha"),
        ("Чёрный журавль", "Grus monacha"),
        ("白头鹤", "Grus monacha"),
        ("흑두루미", "Grus monacha"),
        (unicodedata.normalize("NFD", "흑두루미"), "Grus monacha"),
        ("ﾅﾍﾞﾂﾞﾙ", "Grus monacha"),
        ("Хар тогоруу", "Grus monacha"),
        ("GRMO", "Grus monacha"),
        ("grmo", "Grus monacha"),
        ("Grus vipio", "Antigone vipio"),
        ("Baer’s pochard", "Aythya baeri"),
        ("Anas formosa", "Sibirionetta formosa"),
        ("АМУРСКИЙ ТИГР", "Panthera tigris"),
    ],
)
def test_match(text: str, scientific: str) -> None:
    assert taxa.match(text) == scientific


@pytest.mark.parametrize("text", ["", "   ", "unicorn", "crane", "HIHI", "Grus", "Grus monacha vipio"])
def test_no_match_is_none(text: str) -> None:
    assert taxa.match(text) is None


def test_shared_codes_are_listed() -> None:
    assert taxa.clashes()["HIHI"] == ("Histrionicus histrionicus", "Himantopus himantopus")
    assert "GRMO" not in taxa.clashes()


def test_name_falls_back() -> None:
    assert taxa.name("Panthera tigris", "ru") == "Тигр"
    assert taxa.name("Hydropotes inermis", "mn") == "Hydropotes inermis"
    assert taxa.name("a strange bird", "ja") == "a strange bird"


def test_sensitive() -> None:
    assert taxa.sensitive("Panthera tigris") == 1
    assert taxa.sensitive("Anas platyrhynchos") is None
    assert taxa.sensitive("a strange bird") is None


def test_search_ranks_own_language_first() -> None:
    begins = taxa.search("ж", "ru")
    assert begins[0].scientific == "Egretta eulophotes"  # Желтоклювая цапля before the журавль and the Mongolian Жирх
    assert begins[-1].scientific == "Eutamias sibiricus"
    found = [taxon.scientific for taxon in taxa.search("журавль", "ru")]
    assert {"Grus monacha", "Grus japonensis", "Antigone vipio", "Grus grus", "Gruidae"} == set(found)
    assert taxa.search("hoo", "en")[0].scientific == "Grus monacha"
    assert taxa.search("Hoo", "ru")[0].scientific == "Grus monacha"
    assert taxa.search("GRMO", "ja")[0].scientific == "Grus monacha"
    assert [taxon.code for taxon in taxa.search("hihi", "en")] == ["HIHI", "HIHI"]
    assert taxa.search("鹤", "zh_CN")[0].group == "bird"
    assert taxa.search("лебедь", "ru", most=2) == taxa.search("лебедь", "ru")[:2]


def test_search_finds_each_by_its_whole_name() -> None:
    for taxon in taxa.load():
        for language, own in taxon.names.items():
            assert taxa.search(own, language)[0].scientific == taxon.scientific
