"""Observation models: the shipped one is whole, words and species are found, models go to text and back."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranger_app.domain import observation_model as om
from ranger_app.domain import taxa, threats
from ranger_app.domain.model_check import fits, quick
from ranger_app.domain.model_parts import DEEPEST, MOST_ATTRIBUTES
from ranger_app.domain.observation_model import Attribute, Category, Item, Kept, Model
from ranger_app.errors import DataProblem
from ranger_app.i18n import LANGUAGES, use_language

LEOPARD = "chordata_rl.mammalia_rl.carnivora_rl.felidae_rl.panthera_rl.pantherapardus_rl15954."
# Text as a station may bring it: any letters, but no lone surrogates, which UTF-8 cannot hold, and NFC.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
KEYS = st.text("abcdefghij_0123456789КЖ虎", min_size=1, max_size=8)
LABELS = st.dictionaries(st.sampled_from(["en", "ru", "zh", "zh_CN", "ko", "mn", "ja"]), WORDS, max_size=3)
KEPT = st.recursive(
    st.builds(Kept, KEYS, st.lists(st.tuples(KEYS, WORDS), max_size=2).map(tuple), WORDS),
    lambda below: st.builds(Kept, KEYS, st.just(()), WORDS, st.lists(below, max_size=2).map(tuple)),
    max_leaves=3,
)
ITEMS = st.recursive(
    st.builds(Item, KEYS, LABELS, st.just(()), st.booleans(), WORDS, WORDS),
    lambda below: st.builds(Item, KEYS, LABELS, st.lists(below, max_size=3).map(tuple)),
    max_leaves=6,
)
ATTRIBUTES = st.builds(
    Attribute,
    KEYS,
    st.sampled_from([*om.TYPES, "POLYGON"]),
    LABELS,
    WORDS,
    st.booleans(),
    st.sampled_from(["", "0", "1.50", "-3"]),
    st.sampled_from(["", "10"]),
    WORDS,
    st.lists(st.sampled_from(["sum", "avg", "stddev_samp"]), max_size=2).map(tuple),
    st.lists(ITEMS, max_size=3).map(tuple),
    extra=KEPT,
)
CATEGORIES = st.recursive(
    st.builds(
        Category, KEYS, LABELS, st.lists(KEYS, max_size=3).map(tuple), kind=st.sampled_from(["", *om.KINDS]), extra=KEPT
    ),
    lambda below: st.builds(Category, KEYS, LABELS, st.just(()), st.lists(below, max_size=3).map(tuple), st.booleans()),
    max_leaves=8,
)
MODELS = st.builds(
    Model,
    WORDS,
    WORDS,
    st.lists(st.sampled_from(["en", "ru", "zh_CN"]), max_size=3).map(tuple),
    st.lists(ATTRIBUTES, max_size=4).map(tuple),
    st.lists(CATEGORIES, max_size=3).map(tuple),
    extra=KEPT,
)


@given(MODELS)
@settings(max_examples=150)
def test_a_model_survives_its_text(model: Model) -> None:
    text = om.to_text(model)
    assert om.from_text(text) == model
    assert om.to_text(om.from_text(text)) == text


def test_the_shipped_model_is_whole() -> None:
    model = om.default()
    known = {one.key for one in model.attributes}
    hkeys = [hkey for hkey, _one in om.walk(model)]
    assert len(hkeys) == len(set(hkeys)) >= 100
    assert len(known) == len(model.attributes)
    used = set()
    for hkey, one in om.walk(model):
        assert set(one.labels) == set(LANGUAGES), hkey
        assert all(one.labels.values()), hkey
        assert set(one.attributes) <= known, hkey
        assert len(set(one.attributes)) == len(one.attributes), hkey
        assert re.fullmatch(r"[a-z]+", one.key), hkey
        assert not set(one.unreviewed) - set(LANGUAGES), hkey
        used |= set(one.attributes)
        threat = om.threat_of(model, hkey)
        if threat:
            assert threat[:2] == ("IUCN-CMP", "3.3")
            assert threat[2] in threats.labels(), hkey
        if om.kind_of(model, hkey) == "pressure":
            assert threat, hkey
    assert used == known
    assert {one.type for one in model.attributes} == set(om.TYPES)
    for one in model.attributes:
        assert set(one.labels) == set(LANGUAGES), one.key
        assert bool(one.items) == (one.type in ("LIST", "MLIST", "TREE")), one.key
        values = [value for value, _item in om.items(one)]
        assert len(values) == len(set(values)), one.key
        for value, item in om.items(one):
            assert set(item.labels) == set(LANGUAGES), (one.key, value)
            assert not item.taxon or taxa.find(item.taxon), (one.key, value)
    assert om.from_text(om.to_text(model)) == model
    assert all(set(words) == set(LANGUAGES) and all(words.values()) for words in threats.labels().values())


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("humanactivity.weaponsequipment.trap.snare.", "pressure"),
        ("humanactivity.shelterorcamp.", "pressure"),
        ("humanactivity.gunshotheard.", "pressure"),
        ("humanactivity.timber.", "pressure"),
        ("humanactivity.fire.grassfire.", "pressure"),
        ("humanactivity.transportation.", "pressure"),
        ("humanactivity.domesticanimals.cattle.", "pressure"),
        ("animals.waterbirds.disturbance.", "pressure"),
        ("animals.sign.track.", "state"),
        ("animals.sign.dung.", "state"),
        ("animals.sign.scrape.", "state"),
        ("animals.kill.", "state"),
        ("animals.preysign.", "state"),
        ("animals.carcass.", "state"),
        ("humanactivity.people.", "pressure"),
        ("humanactivity.infrastructureandroads.", "pressure"),
        ("response.snareremoved.", "response"),
        ("response.cameracheck.", "response"),
    ],
)
def test_what_the_shipped_model_knows(word: str, kind: str) -> None:
    assert om.category(om.default(), word)
    assert om.kind_of(om.default(), word) == kind


def test_attributes_are_inherited_and_can_be_left_out_below() -> None:
    model = om.default()
    keys = [one.key for one in om.attributes_of(model, "animals.sign.track.")]
    assert keys[:2] == ["species", "number"]
    assert "padwidth" in keys
    track = om.path(model, "animals.sign.track.")[-1]
    quiet = replace(track, attributes=(*track.attributes, "number"), off=("number",))
    sign = replace(om.path(model, "animals.sign.")[-1], children=(quiet,))
    small = replace(model, categories=(replace(om.path(model, "animals.")[0], children=(sign,)),))
    assert "number" not in [one.key for one in om.attributes_of(small, "animals.sign.track.")]
    assert "number" in [one.key for one in om.attributes_of(small, "animals.sign.")]
    assert "number" in [one.key for one in om.attributes_of(small, "animals.sign.track.", off=True)]
    assert om.attributes_of(model, "no.such.thing.") == ()


def test_words_fall_back() -> None:
    assert om.word({"en": "Tiger", "zh": "虎"}, "zh_CN", "tiger") == "虎"
    assert om.word({"en": "Tiger", "ru": "Тигр"}, "ko", "tiger") == "Tiger"
    assert om.word({"ru": "Тигр"}, "ko", "tiger") == "Тигр"
    assert om.word({"en_GB": "Tiger", "ru": "Тигр"}, "ja", "tiger") == "Tiger"
    assert om.word({}, "ko", "tiger") == "tiger"
    assert om.word({"ko": ""}, "ko", "tiger") == "tiger"


def test_values_are_read_as_words() -> None:
    model = om.default()
    use_language("ru")
    assert om.value_word(model, "species", "cats.pantherapardus.") == "Леопард"
    assert om.value_word(model, "species", "cats.pantherapardus.", "ja") == "ヒョウ"
    assert om.value_word(model, "typeoftrap", "wiresnare") == "Проволочная петля"
    assert om.value_word(model, "typeoftrap", "сеть") == "сеть"
    assert om.value_word(model, "nosuch", "x") == "x"
    assert om.category_word(model, "no.such.") is None
    use_language("en")
    assert om.value_word(model, "sampletaken", "true") == "yes"
    assert om.value_word(model, "padwidth", "10.5") == "10.5 cm"
    assert om.full_word(model, "animals.sign.track.") == "Animals › Sign of an animal › Track"


@pytest.mark.parametrize(
    ("attributes", "hkey", "expected"),
    [
        ([{"key": "species", "value": "cats.pantherapardus."}], "", "Panthera pardus"),
        ([{"key": "species", "value": LEOPARD}], "", "Panthera pardus"),
        ([{"key": "unheardof", "value": LEOPARD}], "", "Panthera pardus"),
        ([{"key": "unheardof", "value": LEOPARD.upper()}], "", "Panthera pardus"),
        ([{"key": "x", "value": f"{LEOPARD}pantherapardusorientalis_rl15957."}], "", "Panthera pardus"),
        ([{"key": "x", "value": "aves_rl.gruidae_rl.grus_rl.grusjaponensis_rl22692167."}], "", "Grus japonensis"),
        ([{"key": "x", "value": "felidae_rl.felis_rl.felischaus_rl8541."}], "", "Felis chaus"),
        ([{"key": "x", "value": "mammalia_rl.felidae_rl."}], "", None),
        ([{"key": "speciesname", "type": "TEXT", "value": "дальневосточный леопард"}], "", "Panthera pardus"),
        ([{"key": "note", "type": "TEXT", "value": "东北虎"}], "", None),
        ([{"key": "wildlife", "type": "LIST", "value": "amurtiger"}], "", "Panthera tigris"),
        ([{"key": "x", "type": "TREE", "value": "cats.panthera_tigris."}], "", "Panthera tigris"),
        ([{"key": "x", "type": "LIST", "value": "platalea_minor"}], "", "Platalea minor"),
        ([{"key": "snaretarget", "value": "muskdeer"}], "", None),
        ([{"key": "livestockspecies", "value": "cattle"}], "", "Bos taurus"),
        ([{"key": "x", "value": f"{LEOPARD}female."}], "", "Panthera pardus"),
        ([{"key": "x", "type": "TREE", "value": "mammals.leopard.withyoung."}], "", "Panthera pardus"),
        ([{"key": "x", "type": "TREE", "value": "felidae.other."}], "", None),
        ([{"key": "number", "type": "NUMERIC", "value": "3"}], "", None),
        ([], "animals.sightings.panthera_tigris.", "Panthera tigris"),
        ([], LEOPARD, "Panthera pardus"),
        ([], "humanactivity.shelterorcamp.", None),
        ([], "", None),
    ],
)
def test_the_species_of_a_find(attributes: list[dict[str, str]], hkey: str, expected: str | None) -> None:
    assert om.taxon_of(om.default(), attributes, hkey) == expected


def test_the_most_sensitive_species_of_a_find_counts() -> None:
    kill = [{"key": "preyspecies", "value": "wild.susscrofa."}, {"key": "species", "value": "cats.pantheratigris."}]
    assert om.taxon_of(om.default(), kill) == "Panthera tigris"
    assert om.taxon_of(om.default(), kill[:1]) == "Sus scrofa"


def test_a_species_that_people_added_is_recognised_at_once() -> None:
    find = [{"key": "x", "type": "TREE", "value": "birds.fancybird."}]
    assert om.taxon_of(om.default(), find) is None
    added = taxa.Taxon("Avis phantasia", "bird", 1, False, {"en": "Fancy bird"}, (), frozenset(), own=True)
    taxa.use_own((added,))
    try:
        assert om.taxon_of(om.default(), find) == "Avis phantasia"
    finally:
        taxa.use_own(())


def test_no_listed_species_of_the_shipped_tree_is_missed() -> None:
    species = om.attribute(om.default(), "species")
    assert species
    for value, item in om.items(species):
        if item.taxon:
            assert om.taxon_of(om.default(), [{"key": "species", "value": value}]) == item.taxon
            assert om.taxon_of(Model(), [{"key": "other", "type": "TREE", "value": value}]) == item.taxon


def test_what_does_not_fit_is_said_and_nothing_is_refused() -> None:
    model = om.default()
    find = [
        {"key": "padwidth", "value": "99"},
        {"key": "stride", "value": "long"},
        {"key": "species", "value": "cats.unicorn."},
        {"key": "unheardof", "value": "x"},
        {"key": "sampletaken", "value": "maybe"},
        {"key": "substrate", "value": "snow"},
        {"key": "substrate", "value": "mud"},
        {"key": "eventdate", "value": "31.12.2026"},
    ]
    codes = [(one.code, one.key) for one in om.check(model, "animals.sign.track.", find)]
    assert codes == [
        ("too_large", "padwidth"),
        ("not_a_number", "stride"),
        ("unknown_item", "species"),
        ("unknown_attribute", "unheardof"),
        ("not_yes_no", "sampletaken"),
        ("several", "substrate"),
        ("not_a_date", "eventdate"),
    ]
    assert [one.code for one in om.check(model, "nothing.of.the.kind.", [])] == ["unknown_category"]
    needs = Model(attributes=(Attribute("a", required=True),), categories=(Category("c", attributes=("a",)),))
    assert [one.code for one in om.check(needs, "c.", [])] == ["missing"]
    good = [{"key": "padwidth", "value": "10,5"}, {"key": "substrate", "value": "snow"}]
    assert om.check(model, "animals.sign.track.", good) == ()


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        (r"[A-Z]{2}-\d{4}", "AB-1234", True),
        (r"[A-Z]{2}-\d{4}", "AB-123", False),
        (r"(?:RU|CN)-\d+", "CN-7", True),
        (r"\d{2}(\.\d{2})?", "12.34", True),
        (r"^\S+@\S+$", "a b", False),
        (r"(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", None),
        (r"(a|a)*b", "aaaa", None),
        (r".*.*.*.*x", "y" * 150, None),
        (r"(\w)\1", "aa", None),
        (r"(?=a)a", "a", None),
        ("[", "[", None),
        ("a" * 300, "a", None),
        ("a**", "a", None),
        ("{1}", "a", None),
    ],
)
def test_patterns_are_tried_only_where_they_are_quick(pattern: str, value: str, expected: bool | None) -> None:
    assert fits(pattern, value) is expected


@given(st.text(r"ab.*+?|()[]{}\d123,^$", max_size=30))
@settings(max_examples=300)
def test_no_pattern_keeps_the_computer_busy(pattern: str) -> None:
    begun = time.process_time()
    if quick(pattern):
        fits(pattern, "a" * 200)
        fits(pattern, "ab" * 99 + "!")
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: [],
        lambda data: data | {"ranger_model": 2},
        lambda data: data | {"attributes": {}},
        lambda data: data | {"attributes": [1]},
        lambda data: data | {"categories": [{"labels": []}]},
        lambda data: data | {"categories": [{"key": 5}]},
        lambda data: data | {"categories": [{"key": "a", "labels": [["en"]]}]},
        lambda data: data | {"categories": [{"key": "a", "labels": [["en", 3]]}]},
        lambda data: data | {"name": "x" * 100_000},
        lambda data: data | {"extra": [1]},
        lambda data: data | {"languages": [["en"]]},
        lambda data: data | {"attributes": [{"key": str(n)} for n in range(MOST_ATTRIBUTES + 1)]},
    ],
)
def test_a_text_that_is_no_model_is_refused(spoil: Callable[[dict[str, object]], object]) -> None:
    data = json.loads(om.to_text(Model(name="m")))
    with pytest.raises(DataProblem) as refused:
        om.from_text(json.dumps(spoil(data)))
    assert refused.value.code == "MODEL_REFUSED"


@pytest.mark.parametrize("text", ["", "{", "null", "[" * 100_000, '{"ranger_model":1' + " " * 3_000_000 + "}"])
def test_broken_texts_are_refused(text: str) -> None:
    with pytest.raises(DataProblem):
        om.from_text(text)


def test_a_model_that_is_too_deep_is_refused() -> None:
    tree: tuple[Category, ...] = ()
    for _level in range(DEEPEST + 1):
        tree = (Category("a", children=tree),)
    with pytest.raises(DataProblem):
        om.from_text(om.to_text(Model(categories=tree)))


def test_fields_of_a_newer_version_are_passed_over() -> None:
    data = json.loads(om.to_text(Model(name="m", categories=(Category("c", kind="state"),))))
    data["novelty"] = {"x": 1}
    data["categories"][0]["novelty"] = 5
    data["categories"][0]["kind"] = "a new kind"
    assert om.from_text(json.dumps(data)) == Model(name="m", categories=(Category("c"),))


def test_threats_are_told_with_scheme_and_version() -> None:
    assert threats.from_smart("biologicalresourceuse.huntingcollectingterrestrialanimals.") == "5.1"
    assert threats.from_smart("none.") == ""
    assert threats.threat_word(("IUCN-CMP", "3.3", "7.1"), "ru") == "7.1 Пожары"
    assert threats.threat_word(("IUCN-CMP", "4.0", "7.1"), "ru") == "7.1"
