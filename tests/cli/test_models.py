"""``model`` on the command line, and models and finds that go over the border in a bundle."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranger_app.actions import observation_models, records
from ranger_app.domain import observation_model as om
from ranger_app.domain.observation_model import Category, Model
from ranger_app.domain.values import canonical
from ranger_app.exchange import smart_model
from ranger_app.library import Library
from tests.cli.conftest import Run

Ok = Callable[..., dict[str, Any]]
THEIRS = Model(
    "Theirs",
    languages=("zh",),
    categories=(Category("本地", {"zh": "本地类别"}, children=(Category("陷阱", {"zh": "猎套"}),)),),
)


@pytest.fixture
def here(tmp_path: Path, ok: Ok) -> Path:
    library = tmp_path / "here"
    ok(library, "init", "--station", "A", "--country", "RU", "--utc-offset", "+10:00")
    return library


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Theirs.xml"
    path.write_bytes(smart_model.write(THEIRS))
    return path


def test_models_are_listed_shown_taken_in_and_used(here: Path, file: Path, ok: Ok, ranger: Run) -> None:
    (shipped,) = ok(here, "model", "list")["models"]
    assert (shipped["id"], shipped["in_use"], shipped["categories"] > 100) == ("default", True, True)
    shown = ok(here, "model", "show", "--language", "ru", "--attributes")
    track = next(one for one in shown["categories"] if one["key"] == "animals.sign.track.")
    assert (track["label"], track["kind"], "padwidth" in track["attributes"]) == ("След", "state", True)
    snare = next(one for one in shown["categories"] if one["key"] == "humanactivity.weaponsequipment.trap.snare.")
    assert snare["threat"] == {"scheme": "IUCN-CMP", "version": "3.3", "code": "5.1"}
    species = next(one for one in shown["attributes"] if one["key"] == "species")
    assert {"value": "cats.pantheratigris.", "label": "Тигр", "taxon": "Panthera tigris", "active": True} in species[
        "items"
    ]
    taken = ok(here, "model", "import", file)
    assert (taken["new"], taken["used"]) == ({"observation_model": 1}, False)
    ok(here, "model", "use", "Theirs")
    assert [one["in_use"] for one in ok(here, "model", "list")["models"]] == [False, True]
    assert [one["key"] for one in ok(here, "model", "show")["categories"]] == ["本地.", "本地.陷阱."]
    ok(here, "model", "use", "default")
    assert ok(here, "model", "show", "default")["name"] == "Ranger"
    assert ranger(here, "model", "use", "nobody's")[0] == 3
    assert ranger(here, "model", "show", "nobody's")[0] == 3


def test_the_model_in_use_is_changed(here: Path, ok: Ok, ranger: Run) -> None:
    made = ok(
        here, "model", "add-category", "animals.sign.", "--label", "en=Rolling place", "--label", "ru=Купалка",
        "--attribute", "substrate", "--kind", "state",
    )  # fmt: skip
    assert made == {"key": "animals.sign.rollingplace."}
    told = ok(
        here, "model", "add-attribute", made["key"], "--label", "en=Depth", "--type", "LIST",
        "--item", "en=Deep;ru=Глубоко",
    )  # fmt: skip
    assert told == {"key": "depth"}
    changed = ok(
        here, "model", "edit", made["key"], "--label", "en=Wallow", "--active", "no",
        "--ask", "sex", "--leave-out", "number",
    )  # fmt: skip
    assert (changed["label"], changed["active"]) == ("Wallow", False)
    assert changed["attributes"] == ["species", "ageofsign", "certainty", "substrate", "depth", "sex"]
    assert ok(here, "model", "add-category", ".", "--label", "en=Weather")["key"] == "weather."
    assert ranger(here, "model", "edit", "no.such.")[0] == 3
    assert ranger(here, "model", "add-category", "animals.", "--label", "Weather")[0] == 2


def test_export_and_import_give_the_same_model(here: Path, tmp_path: Path, ok: Ok) -> None:
    ok(here, "model", "edit", "animals.den.", "--active", "no")
    ok(here, "model", "export", tmp_path / "out")
    taken = ok(here, "import", "smart-model", tmp_path / "out" / "data_model.xml")
    assert taken["read"] == {"observation_model": 1}
    ok(here, "model", "export", tmp_path / "again", "--xml", "1.0")
    assert b"xml/1.0/datamodel" in (tmp_path / "again" / "data_model.xml").read_bytes()
    with Library.open(here) as library, library.read() as db:
        first, second = observation_models.known(db)[:2]
    assert first.categories == second.categories
    assert first.attributes == second.attributes


def test_two_stations_with_different_models_keep_each_other_s_keys(
    pair: tuple[Path, Path], file: Path, tmp_path: Path, ok: Ok
) -> None:
    ours, theirs = pair
    ok(ours, "model", "edit", "animals.den.", "--active", "no")  # ours has a model of its own in use
    ok(theirs, "model", "import", file, "--use")
    given = [{"key": "неизвестно", "value": "1,5 кг", "type": "TEXT"}, {"key": "种", "value": "豹.", "type": "TREE"}]
    with Library.open(theirs) as library:
        patrol = records.add(library, "patrol", {"name": "P"})
        waypoint = records.add(library, "waypoint", {"patrol": patrol, "name": "1"})
        find = records.add(
            library,
            "sighting",
            {"patrol": patrol, "waypoint": waypoint, "category": "本地.陷阱.", "attributes": canonical(given)},
        )
        records.add(library, "sighting", {"patrol": patrol, "waypoint": waypoint, "category": "ничья.категория."})
    ok(theirs, "bundle", "write", tmp_path / "stick", "--to", "Khasan")
    ok(ours, "bundle", "read", tmp_path / "stick")
    with Library.open(ours) as library, library.read() as db:
        came = records.existing(db, "sighting", find)
        assert came["category"] == "本地.陷阱."
        assert came["attributes"] == canonical(given)
        assert observation_models.label(db, "本地.陷阱.") == "猎套"
        assert observation_models.label(db, "ничья.категория.") == "ничья.категория."
        assert not om.path(observation_models.in_use(db), "本地.")  # theirs is here, ours stays in use
        assert observation_models.taxon_of(db, given) is None
    listed = ok(ours, "model", "list")["models"]
    assert [(one["name"], one["in_use"], one["station"]) for one in listed] == [
        ("Ranger", False, None),
        ("Ranger", True, None),
        ("Theirs", False, "Hunchun"),
    ]
    ok(ours, "model", "use", "Theirs")  # a copy of our own
    listed = ok(ours, "model", "list")["models"]
    assert [(one["name"], one["in_use"], one["station"]) for one in listed][-1] == ("Theirs", True, None)
    ok(ours, "model", "edit", "本地.", "--active", "no")
    with Library.open(theirs) as library, library.read() as db:
        assert om.path(observation_models.in_use(db), "本地.")[0].active


def test_a_station_that_never_chose_uses_its_partner_s_model(
    pair: tuple[Path, Path], file: Path, tmp_path: Path, ok: Ok
) -> None:
    ours, theirs = pair
    ok(theirs, "model", "import", file, "--use")
    ok(theirs, "bundle", "write", tmp_path / "stick", "--to", "Khasan")
    ok(ours, "bundle", "read", tmp_path / "stick")
    listed = ok(ours, "model", "list")["models"]
    assert [(one["name"], one["in_use"]) for one in listed] == [("Ranger", False), ("Theirs", True)]
    ok(ours, "model", "use", "default")
    assert next(one["in_use"] for one in ok(ours, "model", "list")["models"] if one["name"] == "Theirs") is False
