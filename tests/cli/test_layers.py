"""Layers, the border and places in any notation, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.geo import layer_makers as make

Ok = Callable[..., dict[str, Any]]


@pytest.fixture
def library(tmp_path: Path, ok: Ok) -> Path:
    folder = tmp_path / "library"
    ok(folder, "init", "--station", "Khasan", "--country", "RU", "--utc-offset", "+10:00")
    return folder


def test_layers_are_remembered_in_order(tmp_path: Path, library: Path, ok: Ok, ranger: Run) -> None:
    area = ok(library, "layer", "add", make.geojson(tmp_path / "area.geojson"), "--name", "Квартал 5")
    assert (area["kind"], area["features"], area["order"], area["visible"], area["opacity"]) == (
        "vector",
        3,
        0,
        True,
        100,
    )
    picture = ok(library, "layer", "add", make.geotiff(tmp_path / "photo.tif"))
    sheet = ok(library, "layer", "add", make.mbtiles(tmp_path / "sheet.mbtiles"))
    assert [picture["kind"], sheet["kind"], picture["name"]] == ["image", "tiles", "photo"]
    ok(library, "layer", "order", "sheet", picture["id"])
    listed = ok(library, "layer", "list")["layers"]
    assert [one["name"] for one in listed] == ["sheet", "photo", "Квартал 5"]
    assert [one["order"] for one in listed] == [0, 1, 2]
    shown = ok(library, "layer", "show", "photo", "--visible", "no", "--opacity", "40")
    assert (shown["visible"], shown["opacity"]) == (False, 40)
    (tmp_path / "photo.tif").unlink()
    (gone,) = [one for one in ok(library, "layer", "list")["layers"] if one["missing"]]
    assert gone["path"] == str(tmp_path / "photo.tif")
    ok(library, "layer", "remove", "photo")
    assert len(ok(library, "layer", "list")["layers"]) == 2
    # The same file again is the same layer.
    again = ok(library, "layer", "add", tmp_path / "area.geojson")
    assert (again["id"], again["name"]) == (area["id"], "Квартал 5")
    status, answer = ranger(library, "layer", "remove", "photo")
    assert (status, answer["error"]) == (3, "NO_LAYER")


def test_a_bad_layer_is_refused_and_nothing_changes(tmp_path: Path, library: Path, ok: Ok, ranger: Run) -> None:
    bad = tmp_path / "bad.gpkg"
    bad.write_bytes(b"no database")
    before = ok(library, "status")["state_hash"]
    for path, code in (
        (bad, "LAYER_DAMAGED"),
        (make.mbtiles(tmp_path / "v.mbtiles", form="pbf"), "LAYER_VECTOR_TILES"),
        (tmp_path / "none.shp", "FILE_NOT_FOUND"),
        (tmp_path / "text.txt", "LAYER_UNKNOWN"),
    ):
        status, answer = ranger(library, "layer", "add", path)
        assert (status, answer["error"]) == (3, code)
    assert ok(library, "layer", "list")["layers"] == []
    assert ok(library, "status")["state_hash"] == before


def test_the_border_is_asked_in_any_notation(library: Path, ok: Ok, ranger: Run) -> None:
    answer = ok(library, "border", "北纬42°51′46.8″ 东经130°21′57.6″")
    assert (answer["country"], answer["neighbour"], answer["uncertain"]) == ("CN", "KP", False)
    assert 7_500 < answer["metres"] < 9_000
    assert answer["layer"] == "Reference border (OpenStreetMap)"
    assert (answer["latitude"], answer["longitude"]) == (42.863, 130.366)
    assert 42 < answer["nearest"][0] < 44
    assert 129 < answer["nearest"][1] < 132
    assert answer["accuracy_m"] >= 500
    assert answer["understood"] == "42.86300 N 130.36600 E · WGS 84"
    ok(library, "location", "add", "--name", "Post 1", "--place", "42.8633 N 131.3850 E")
    assert ok(library, "border", "Post 1")["country"] == "RU"
    assert "RU" in ok(library, "border", "Post 1", "--country", "CN")["warning"]
    assert "warning" not in ok(library, "border", "Post 1", "--country", "RU")
    status, answer = ranger(library, "border", "43 44")
    assert (status, answer["error"]) == (3, "COORDINATES_ORDER")
    assert ok(library, "border", "43 44", "--order", "lat")["country"] == ""
    assert ranger(library, "border", "nowhere")[1]["error"] == "COORDINATES_UNCLEAR"


def test_a_border_of_ones_own_takes_the_references_place(tmp_path: Path, library: Path, ok: Ok, ranger: Run) -> None:
    line = tmp_path / "border.geojson"
    shape = {"type": "LineString", "coordinates": [[131.0, 42.0], [131.0, 44.0]]}
    drawn = {"type": "Feature", "properties": {"left": "CN", "right": "RU"}, "geometry": shape}
    line.write_text(json.dumps(drawn), encoding="utf-8")
    assert ok(library, "layer", "border")["reference"] is True
    told = ok(library, "layer", "border", line, "--name", "Survey", "--date", "2024", "--accuracy", "10")
    assert told == {
        "layer": "Survey", "date": "2024", "reference": False, "accuracy_m": 10, "path": str(line), "missing": False,
    }  # fmt: skip
    answer = ok(library, "border", "42.8633 N 130.9 E")
    assert (answer["country"], answer["layer"], answer["date"], answer["accuracy_m"]) == ("CN", "Survey", "2024", 10)
    line.rename(tmp_path / "elsewhere.geojson")
    told = ok(library, "layer", "border")
    assert (told["reference"], told["missing"]) == (True, True)
    assert ok(library, "border", "42.8633 N 131.3850 E")["layer"] == "Reference border (OpenStreetMap)"
    (tmp_path / "elsewhere.geojson").rename(line)
    assert ok(library, "layer", "border")["layer"] == "Survey"
    ok(library, "layer", "border", "--reference")
    assert ok(library, "layer", "border")["path"] is None
    points = make.shapefile_areas(tmp_path / "areas.shp")
    assert ranger(library, "layer", "border", points)[1]["error"] == "NO_BORDER"


def test_a_border_needs_a_manager(tmp_path: Path, library: Path, ok: Ok, ranger: Run) -> None:
    ok(library, "person", "add", "--name", "Manager", "--role", "manager")
    ok(library, "person", "add", "--name", "Ranger 1", "--role", "ranger")
    status, answer = ranger(library, "--as", "Ranger 1", "layer", "border", make.geojson(tmp_path / "a.geojson"))
    assert (status, answer["error"]) == (3, "ROLE_NEEDED")


def test_records_take_a_place_in_any_notation(library: Path, ok: Ok, ranger: Run) -> None:
    made = ok(library, "location", "add", "--name", "A", "--country", "RU", "--place", "52T 681254 4720134")
    assert made["understood"] == "42.61234 N 131.20986 E · WGS 84"
    shown = ok(library, "location", "show", made["id"])
    assert (shown["latitude"], shown["longitude"]) == pytest.approx((42.61234, 131.20986), abs=1e-5)
    assert shown["uncertainty"] is None
    ok(library, "location", "edit", made["id"], "--place", "X 4720134 Y 22681254", "--datum", "PULKOVO1942")
    shown = ok(library, "location", "show", made["id"])
    assert shown["uncertainty"] == 6
    assert shown["longitude"] == pytest.approx(131.2109, abs=2e-3)
    status, answer = ranger(library, "location", "add", "--name", "B", "--place", "42 N 131 E", "--latitude", "42")
    assert (status, answer["error"]) == (2, "PLACE_TWICE")
    status, answer = ranger(library, "location", "add", "--name", "B", "--datum", "GCJ02", "--latitude", "42")
    assert (status, answer["error"]) == (2, "DATUM_ALONE")
    status, answer = ranger(library, "location", "add", "--name", "B", "--place", "somewhere")
    assert (status, answer["error"]) == (3, "COORDINATES_UNCLEAR")


def test_a_country_that_the_border_denies_is_a_warning_and_no_more(library: Path, ok: Ok) -> None:
    made = ok(library, "location", "add", "--name", "A", "--country", "RU", "--place", "42.8630 N 130.3660 E")
    assert "CN" in made["warning"]
    assert ok(library, "location", "show", made["id"])["country"] == "RU"
    near = ok(library, "location", "add", "--name", "B", "--country", "CN", "--place", "42.42 N 130.6393 E")
    assert "warning" not in near  # nearer to the line than anybody can say


def test_an_ingest_takes_a_place_in_any_notation(tmp_path: Path, library: Path, ok: Ok) -> None:
    card = tmp_path / "card"
    card.mkdir()
    (card / "IMG_0001.PNG").write_bytes(make.png())
    told = ok(library, "ingest", card, "--location", "Ridge", "--place", "N42°36'44.4\" E131°12'35.5\"")
    assert told["understood"] == "42.61233 N 131.20986 E · WGS 84"
    (ridge,) = ok(library, "location", "list")["locations"]
    assert (ridge["latitude"], ridge["longitude"]) == pytest.approx((42.6123333, 131.2098611), abs=1e-7)
