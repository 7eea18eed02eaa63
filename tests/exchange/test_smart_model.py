"""SMART's data models in and out: nothing is lost, whatever the letters, and nothing broken or hostile is taken."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings

from ranger_app.domain import observation_model as om
from ranger_app.domain.observation_model import Attribute, Category, Item, Model
from ranger_app.errors import DataProblem
from ranger_app.exchange import smart_model, smart_short_form
from tests.domain.test_observation_model import MODELS

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FILE = (
    HEAD
    + """<ns2:DataModel xmlns:ns2="http://www.smartconservationsoftware.org/xml/1.0/datamodel" build="7">
<ns2:languages><ns2:language code="ru" isdefault="true"/><ns2:language code="zh"/></ns2:languages>
<ns2:attributes>
  <ns2:attribute key="padwidth" isrequired="true" type="NUMERIC" iconkey="paw">
    <ns2:aggregations aggregation="stddev_samp"/><ns2:aggregations aggregation="max"/>
    <ns2:names language_code="ru" value="Ширина &quot;пятки&quot;"/><ns2:names language_code="zh" value="掌垫宽"/>
    <ns2:names language_code="zh" value="第二个"/>
    <ns2:qa_minmax><ns2:MinValue>1.50</ns2:MinValue><ns2:MaxValue>30</ns2:MaxValue></ns2:qa_minmax>
    <ns2:novelty level="2"><ns2:inner>текст</ns2:inner></ns2:novelty>
  </ns2:attribute>
  <ns2:attribute key="plate" isrequired="false" type="TEXT">
    <ns2:qa_regex>[A-Z]{2} &lt;\\d+&gt;</ns2:qa_regex></ns2:attribute>
  <ns2:attribute key="species" isrequired="false" type="TREE">
    <ns2:tree key="panthera_rl" isactive="true"><ns2:names language_code="ru" value="Пантеры"/>
      <ns2:children key="pantherapardus_rl15954" isactive="false" iconkey="leo" order="3">
        <ns2:names language_code="zh" value="豹"/></ns2:children></ns2:tree>
  </ns2:attribute>
  <ns2:attribute key="action" type="MLIST"><ns2:values key="a1"/><ns2:values key="a2" isactive="false"/></ns2:attribute>
  <ns2:attribute key="where" type="POLYGON"/>
  <ns2:attribute key="day" type="DATE"/><ns2:attribute key="ok" type="BOOLEAN"/><ns2:attribute key="one" type="LIST"/>
</ns2:attributes>
<ns2:categories>
  <ns2:category key="знак" ismultiple="false" isactive="false"><ns2:names language_code="ru" value="Знак"/>
    <ns2:attribute attributekey="plate" isactive="false" showdefault="yes"/><ns2:attribute attributekey="species"/>
    <ns2:category key="below"><ns2:attribute attributekey="padwidth"/></ns2:category>
  </ns2:category>
</ns2:categories>
<ns2:icons><ns2:icon key="paw" file="paw.svg"/></ns2:icons>
</ns2:DataModel>
"""
)


def test_a_file_is_read_as_it_stands() -> None:
    model = smart_model.read(FILE.encode(), "Область 豹.xml")
    assert (model.name, model.languages, model.form) == ("Область 豹", ("ru", "zh"), "1.0")
    pad = om.attribute(model, "padwidth")
    assert pad
    assert (pad.minimum, pad.maximum, pad.required, pad.icon) == ("1.50", "30", True, "paw")
    assert pad.aggregations == ("stddev_samp", "max")
    assert pad.labels == {"ru": 'Ширина "пятки"', "zh": "掌垫宽"}
    plate = om.attribute(model, "plate")
    assert plate
    assert plate.pattern == r"[A-Z]{2} <\d+>"
    found = om.path(model, "знак.below.")
    assert [(one.key, one.multiple, one.active, one.off) for one in found] == [
        ("знак", False, False, ("plate",)),
        ("below", True, True, ()),
    ]
    assert [one.key for one in om.attributes_of(model, "знак.below.")] == ["species", "padwidth"]
    find = [{"key": "species", "value": "panthera_rl.pantherapardus_rl15954."}]
    assert om.taxon_of(model, find) == "Panthera pardus"
    species = om.attribute(model, "species")
    assert species
    assert not om.item_path(species, find[0]["value"])[-1].active


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_nothing_of_a_file_is_lost(version: str) -> None:
    model = smart_model.read(FILE.encode(), "m.xml")
    written = smart_model.write(model, version)
    again = smart_model.read(written, "m.xml")
    assert replace(again, form="1.0") == model
    assert again.form == version
    assert smart_model.write(again, version) == written
    for part in (
        'isdefault="true"',
        'build="7"',
        "第二个",
        'level="2"',
        "текст",
        'order="3"',
        "showdefault",
        "paw.svg",
    ):
        assert part in written.decode(), part


def test_the_shipped_model_goes_out_and_comes_back_whole() -> None:
    model = om.default()
    written = smart_model.write(model)
    assert smart_model.read(written, "x.xml") == replace(model, form="1.1")
    assert b'value="Pad width (cm)"' in written


@given(MODELS)
@settings(max_examples=100)
def test_generated_models_come_back(model: Model) -> None:
    first = smart_model.read(smart_model.write(_writable(model)), "n.xml")
    again = smart_model.read(smart_model.write(first), "n.xml")
    assert again == first
    assert [hkey for hkey, _one in om.walk(first)] == [hkey for hkey, _one in om.walk(model)]
    assert [one.key for one in first.attributes] == [one.key for one in model.attributes]


def _writable(model: Model) -> Model:
    """A model made of parts that XML can hold: no control characters, and what is unknown as a file would bring it."""
    text = smart_model.write(model).decode()
    return smart_model.read(text.encode(), "n.xml")


def test_all_types_with_cyrillic_and_chinese_come_back() -> None:
    labels = {"en": "A & <B>", "ru": "Ёж “ёлка”\n'", "zh": "东北虎豹", "ko": "표범", "mn": "Өвөл", "ja": "ヒョウ"}
    items = (Item("i1", labels, active=False, icon="x"), Item("i2", labels))
    tree = (Item("t1", labels, (Item("t2", labels, (Item("t3"),)),)),)
    made = {"LIST": items, "MLIST": items, "TREE": tree}
    model = Model(
        "имя",
        languages=tuple(labels),
        attributes=tuple(
            Attribute(f"a{kind.lower()}", kind, labels, items=made.get(kind, ()))
            for kind in (*om.TYPES, "TIME", "LINE")
        ),
        categories=(Category("c", labels, tuple(f"a{kind.lower()}" for kind in om.TYPES), (Category("д", labels),)),),
        form="1.1",
    )
    assert smart_model.read(smart_model.write(model), "имя.xml") == model


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"   ",
        b"not xml",
        b"<a>",
        FILE.replace("standalone", "stand").encode(),
        (HEAD + BOMB + "<DataModel>&b;</DataModel>").encode(),
        (HEAD + '<!DOCTYPE x SYSTEM "file:///etc/passwd"><DataModel/>').encode(),
        b"<DataModel>" + b"<a>" * 60 + b"</a>" * 60 + b"</DataModel>",
        b"<DataModel>" + b"<a/>" * 500_000 + b"</DataModel>",
        b"<DataModel>" + b" " * smart_model.MOST_BYTES + b"</DataModel>",
        b"<gpx/>",
        b"<DataModel><categories><category/></categories></DataModel>",
        b"<DataModel><categories>" + b'<category key="a">' * 30 + b"</category>" * 30 + b"</categories></DataModel>",
        ("<DataModel><categories>" + '<category key="a"/>' * 6000 + "</categories></DataModel>").encode(),
        ('<DataModel><categories><category key="' + "a" * 9000 + '"/></categories></DataModel>').encode(),
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="klingon"?><DataModel/>',
    ],
)
def test_what_is_no_model_is_refused_in_one_sentence(data: bytes) -> None:
    with pytest.raises(DataProblem) as refused:
        smart_model.read(data, "x.xml")
    assert "\n" not in refused.value.what
    assert refused.value.what.endswith(".")


def test_spoilt_files_are_refused_or_read_but_never_crash() -> None:
    chance = random.Random(5)
    whole = FILE.encode()
    read = 0
    for _turn in range(500):
        data = bytearray(whole)
        for _one in range(chance.randint(1, 6)):
            place = chance.randrange(len(data))
            act = chance.randrange(3)
            if act == 0:
                data[place] = chance.randrange(256)
            elif act == 1:
                del data[place : place + chance.randint(1, 40)]
            else:
                data[place:place] = bytes(chance.choices(b"<>&\"'/=! []-a0", k=chance.randint(1, 12)))
        try:
            model = smart_model.read(bytes(data), "x.xml")
        except DataProblem:
            continue
        read += 1
        smart_model.read(smart_model.write(model), "x.xml")
    assert 0 < read < 500


def test_a_forged_note_changes_no_keys() -> None:
    forged = FILE + '<?ranger-model {"categories":{"знак.":{"threat":["x"],"kind":5}},"items":[1],"name":7}?>'
    model = smart_model.read(forged.encode(), "m.xml")
    assert model == smart_model.read(FILE.encode(), "m.xml")


SHORT = (
    HEAD
    + """<ConfigurableModel instantGps="true"
 xmlns="http://www.smartconservationsoftware.org/xml/1.0/dataentry">
<nodes><node id="1" categoryHkey="animals.sign.track."><attribute attributeKey="species"/>
<attribute attributeKey="number"><option id="IS_VISIBLE" stringValue="false"/></attribute>
<attribute attributeKey="padwidth"><option id="IS_VISIBLE" doubleValue="1.0"/></attribute></node>
<node id="2"><node id="3" categoryHkey="humanactivity.fire"/><node id="4" categoryHkey="no.such."/></node></nodes>
</ConfigurableModel>"""
)


def test_a_short_form_says_what_is_asked_for() -> None:
    form = smart_short_form.read(SHORT.encode(), "Зима.xml")
    assert form.name == "Зима"
    assert list(form.categories) == ["animals.sign.track.", "humanactivity.fire.", "no.such."]
    model, unknown = smart_short_form.applied(om.default(), form)
    assert unknown == ("no.such.",)
    active = [hkey for hkey, one in om.walk(model) if one.active]
    assert active == ["animals.", "animals.sign.", "animals.sign.track.", "humanactivity.", "humanactivity.fire."]
    assert [one.key for one in om.attributes_of(model, "animals.sign.track.")] == ["species", "padwidth"]
    assert {hkey for hkey, _one in om.walk(model)} == {hkey for hkey, _one in om.walk(om.default())}


@pytest.mark.parametrize("data", [b"<ConfigurableModel/>", b"<ConfigurableModel>", b"<other/>"])
def test_a_short_form_without_categories_is_refused(data: bytes) -> None:
    with pytest.raises(DataProblem):
        smart_short_form.read(data, "x.xml")
