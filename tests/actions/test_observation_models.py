"""Models at a station: which one is in use, whose words a key gets, and who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ranger_app import jobs
from ranger_app.actions import export_data, import_data, ledger, model_write, observation_models, records, undo
from ranger_app.actions.smart_model_files import FILE, import_model
from ranger_app.domain import observation_model as om
from ranger_app.domain.observation_model import Category, Model
from ranger_app.domain.ops import create
from ranger_app.errors import DataProblem, EnvironmentProblem, RangerError, UsageProblem
from ranger_app.exchange import smart_model
from ranger_app.i18n import use_language
from ranger_app.library import Library

OTHER = Model(
    "Other",
    languages=("en", "ru"),
    categories=(Category("signs", {"en": "Signs", "ru": "Знаки"}, children=(Category("pole", {"ru": "Столб"}),)),),
    form="1.1",
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.create(tmp_path / "ours", name="A", country="RU", utc_offset=600) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Other.xml"
    path.write_bytes(smart_model.write(OTHER))
    return path


def _in_use(library: Library) -> Model:
    with library.read() as db:
        return observation_models.in_use(db)


def test_the_shipped_model_is_in_use_until_somebody_chooses(library: Library, file: Path) -> None:
    assert _in_use(library) == om.default()
    record = import_model(library, file)
    assert _in_use(library) == om.default()
    assert [(one.name, one.in_use) for one in model_write.listed(library)] == [("Ranger", True), ("Other", False)]
    model_write.use(library, record)
    assert _in_use(library) == OTHER
    model_write.use(library, None)
    assert _in_use(library) == om.default()
    undo.undo(library)
    assert _in_use(library) == OTHER


def test_taking_a_model_in_twice_adds_nothing(library: Library, file: Path) -> None:
    first = jobs.run(import_data.import_data(library, "smart-model", file))
    assert (first.new["observation_model"], first.failed) == (1, [])
    again = jobs.run(import_data.import_data(library, "smart-model", file))
    assert (again.new["observation_model"], again.read["observation_model"], again.failed) == (0, 1, [])


def test_what_is_no_model_leaves_the_library_as_it_was(library: Library, tmp_path: Path) -> None:
    before = library.seen
    (tmp_path / "x.xml").write_text("<gpx/>", encoding="utf-8")
    for path in (tmp_path / "x.xml", tmp_path, tmp_path / "missing.xml"):
        with pytest.raises((DataProblem, EnvironmentProblem)):
            import_model(library, path)
    assert library.seen == before


def test_words_come_from_whichever_model_knows_the_key(library: Library, file: Path) -> None:
    import_model(library, file)
    with library.read() as db:
        assert observation_models.label(db, "signs.pole.") == "Столб"
        assert observation_models.full_label(db, "signs.pole.") == "Signs › Столб"
        assert observation_models.label(db, "animals.sign.track.") == "Track"
        assert observation_models.label(db, "знак.никакой.") == "знак.никакой."
        assert observation_models.attribute_label(db, "padwidth") == "Pad width"
        assert observation_models.value_label(db, "typeoftrap", "wiresnare") == "Wire snare"
        assert observation_models.value_label(db, "typeoftrap", "сеть") == "сеть"
        assert observation_models.threat_of(db, "humanactivity.fire.") == ("IUCN-CMP", "3.3", "7.1")
        assert observation_models.kind_of(db, "signs.pole.") == ""
        find = [{"key": "species", "value": "cats.pantheratigris.", "type": "TREE"}]
        assert observation_models.taxon_of(db, find) == "Panthera tigris"
    use_language("ru")
    assert observation_models.label(om.default(), "animals.sign.track.") == "След"
    assert observation_models.label(OTHER, "animals.sign.track.") == "След"


def test_a_patrol_may_name_its_model(library: Library, file: Path) -> None:
    record = import_model(library, file)
    patrol = records.add(library, "patrol", {"name": "P", "model": record})
    plain = records.add(library, "patrol", {"name": "Q"})
    with library.read() as db:
        assert observation_models.model_of(db, patrol) == OTHER
        assert observation_models.model_of(db, plain) == om.default()
        assert observation_models.known(db, OTHER)[0] == OTHER


def test_changing_the_shipped_model_makes_it_this_station_s_own(library: Library) -> None:
    model_write.set_active(library, "humanactivity.rocksminerals.", False)
    model_write.set_asked(library, "animals.sign.track.", "number", False)
    model_write.rename(library, "animals.sign.track.", {"ru": "Отпечаток", "mn": ""})
    new = model_write.add_category(
        library, "animals.sign.", {"en": "Rolling place", "ru": "Купалка"}, attributes=["substrate"], kind="state"
    )
    key = model_write.add_attribute(
        library, new, {"en": "Depth", "ru": "Глубина"}, "LIST", items=[{"en": "Deep"}, {"ru": "Мелко"}, {"en": " "}]
    )
    model = _in_use(library)
    assert not om.path(model, "humanactivity.rocksminerals.")[-1].active
    track = om.path(model, "animals.sign.track.")[-1]
    assert track.labels["ru"] == "Отпечаток"
    assert "mn" not in track.labels
    assert "number" not in [one.key for one in om.attributes_of(model, "animals.sign.track.")]
    assert "number" in [one.key for one in om.attributes_of(model, "animals.sign.dung.")]
    assert (new, key) == ("animals.sign.rollingplace.", "depth")
    assert om.attributes_of(model, new)[-1].labels == {"en": "Depth", "ru": "Глубина"}
    assert [one.key for one in om.attributes_of(model, new)[-1].items] == ["deep", "own"]
    model_write.set_asked(library, "animals.sign.track.", "number", True)
    assert "number" in [one.key for one in om.attributes_of(_in_use(library), "animals.sign.track.")]
    assert [one.in_use for one in model_write.listed(library)] == [False, True]
    assert om.default() != model


def test_a_category_at_the_top_and_a_second_of_the_same_name(library: Library) -> None:
    assert model_write.add_category(library, "", {"ru": "Погода"}) == "own."
    assert model_write.add_category(library, "", {"ru": "Вода"}) == "own2."
    assert model_write.add_category(library, "own.", {"en": "Snow!"}, key="snow_1") == "own.snow_1."
    assert "ru" in _in_use(library).languages


@pytest.mark.parametrize(
    ("above", "labels", "options"),
    [
        ("no.such.", {"en": "A"}, {}),
        ("animals.", {"en": "  "}, {}),
        ("animals.", {}, {}),
        ("animals.", {"en": "A"}, {"key": "Знак"}),
        ("animals.", {"en": "A"}, {"key": "a.b"}),
        ("animals.", {"en": "A"}, {"key": "sign"}),
        ("animals.", {"en": "A"}, {"attributes": ["nosuch"]}),
        ("animals.", {"en": "A" * 6000}, {}),
    ],
)
def test_a_category_that_cannot_be_is_refused(
    library: Library, above: str, labels: dict[str, str], options: dict[str, object]
) -> None:
    before = library.seen
    with pytest.raises(DataProblem):
        model_write.add_category(library, above, labels, **options)  # type: ignore[arg-type]
    assert library.seen == before


def test_unknown_things_are_refused_by_name(library: Library) -> None:
    for act in (
        lambda: model_write.set_active(library, "no.such.", True),
        lambda: model_write.set_asked(library, "animals.", "nosuch", True),
        lambda: model_write.rename(library, "no.such.", {"en": "x"}),
        lambda: model_write.add_attribute(library, "animals.", {"en": "x"}, "COLOUR"),
        lambda: model_write.add_attribute(library, "animals.", {}, "TEXT"),
    ):
        with pytest.raises((DataProblem, UsageProblem)):
            act()


def test_only_a_manager_changes_what_everybody_is_asked_for(library: Library, file: Path) -> None:
    record = import_model(library, file)
    ranger = records.add(library, "person", {"name": "Ranger 1", "role": "ranger"})
    manager = records.add(library, "person", {"name": "Manager 1", "role": "manager"})
    library.person = ranger
    acts = (
        lambda: model_write.use(library, record),
        lambda: model_write.set_active(library, "animals.", False),
        lambda: records.edit(library, "observation_model", record, {"in_use": 1}),
        lambda: records.add(library, "observation_model", {"name": "x", "in_use": 1}),
    )
    for act in acts:
        with pytest.raises(RangerError) as refused:
            act()
        assert refused.value.code == "ROLE_NEEDED"
    library.person = manager
    model_write.use(library, record)
    library.person = ranger
    for act in (
        lambda: records.edit(library, "observation_model", record, {"content": "x"}),
        lambda: records.delete(library, "observation_model", record),
        lambda: undo.undo(library),
    ):
        with pytest.raises(RangerError):
            act()
    assert _in_use(library) == OTHER


def test_a_spoilt_model_of_a_partner_is_passed_over(library: Library) -> None:
    library.commit(
        [create("observation_model", library.new_id(), {"name": "bad", "in_use": 1, "content": "{"})], label="t"
    )
    assert _in_use(library) == om.default()
    assert [one.name for one in model_write.listed(library)] == ["Ranger"]
    with library.read() as db:
        assert observation_models.label(db, "animals.") == "Animals"


def test_export_gives_the_model_in_use_or_another_and_notes_it(library: Library, file: Path, tmp_path: Path) -> None:
    record = import_model(library, file)
    report = jobs.run(export_data.export(library, "smart-model", tmp_path / "one"))
    assert report.written == {"observation_model": 1}
    assert [one["code"] for one in report.failed] == ["no_place_in_format"]
    assert (ledger.lines(library)[0].given.what, ledger.lines(library)[0].given.name) == ("export", "smart-model")
    assert smart_model.read((tmp_path / "one" / FILE).read_bytes(), "x.xml").categories == om.default().categories
    for number, options in enumerate(({"model": "Other"}, {"model": record.hex(), "xml": "1.0"})):
        out = tmp_path / f"other{number}"
        report = jobs.run(export_data.export(library, "smart-model", out, rule="standard", options=options))
        assert report.failed == []
        assert smart_model.read((out / FILE).read_bytes(), "x.xml").categories == OTHER.categories
    with pytest.raises(DataProblem):
        jobs.run(export_data.export(library, "smart-model", tmp_path / "no", options={"model": "nobody's"}))
    assert not (tmp_path / "no").exists()


def test_a_short_form_is_laid_over_the_model_in_use(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "Winter.xml"
    path.write_text(
        '<ConfigurableModel><nodes><node categoryHkey="animals.sign.track."><attribute attributeKey="species"/></node>'
        '<node categoryHkey="no.such."/></nodes></ConfigurableModel>',
        encoding="utf-8",
    )
    report = jobs.run(import_data.import_data(library, "smart-model", path))
    assert [(one["file"], one["code"]) for one in report.failed] == [("no.such.", "unknown_category")]
    (known,) = [one for one in model_write.listed(library) if one.name == "Winter"]
    model_write.use(library, known.id)
    asked = [hkey for hkey, one in om.walk(_in_use(library)) if one.active]
    assert asked == ["animals.", "animals.sign.", "animals.sign.track."]
