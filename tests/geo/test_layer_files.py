"""A person's own layers in every format, and what damaged or hostile ones come to."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import pysqlite3
import pytest
from PIL import Image
from pyproj import Geod

from ranger_app.errors import DataProblem, EnvironmentProblem, RangerError
from ranger_app.geo import coordinates, layer_files, shapefiles, tiles, wkb
from tests.geo import layer_makers as make

GEOD = Geod(ellps="WGS84")


def refusal(path: Path) -> str:
    read: Callable[[Path], object] = layer_files.vector
    if path.suffix in layer_files.TILES:
        read = tiles.open
    elif path.suffix in layer_files.IMAGES:
        read = layer_files.image
    with pytest.raises(RangerError) as refused:
        read(path)
    return refused.value.code


# ---------------------------------------------------------------- vectors


@pytest.mark.parametrize(
    ("encoding", "cpg"), [("utf-8", "UTF-8"), ("cp1251", "1251"), ("cp1251", "ANSI 1251"), ("cp866", "CP866")]
)
def test_a_shapefile_with_russian_names(tmp_path: Path, encoding: str, cpg: str) -> None:
    path = make.shapefile_areas(tmp_path / "a.shp", encoding=encoding, cpg=cpg, names=("Кедровая Падь",))
    found = layer_files.vector(path)
    (feature,) = found["features"]
    assert feature["properties"] == {"NAME": "Кедровая Падь", "KM2": 181.2}
    assert layer_files.title(feature["properties"]) == "Кедровая Падь"
    assert [len(ring) for ring in feature["geometry"]["coordinates"]] == [5, 5]
    assert sorted(feature["geometry"]["coordinates"][0]) == sorted(make.SQUARE)
    assert any(".prj" in remark for remark in found["remarks"])


@pytest.mark.parametrize(("encoding", "name"), [("gbk", "东北虎豹国家公园"), ("cp1251", "Земля леопарда")])
def test_a_table_that_does_not_say_its_letters_is_tried_and_said(tmp_path: Path, encoding: str, name: str) -> None:
    path = make.shapefile_areas(tmp_path / "a.shp", encoding=encoding, cpg="", names=(name,))
    data = bytearray(path.with_suffix(".dbf").read_bytes())
    data[29] = 0
    path.with_suffix(".dbf").write_bytes(data)
    found = layer_files.vector(path)
    assert found["features"][0]["properties"]["NAME"] == name
    assert any("encoding" in remark for remark in found["remarks"])


def test_a_chinese_table_by_its_cpg(tmp_path: Path) -> None:
    path = make.shapefile_areas(tmp_path / "a.shp", encoding="gbk", cpg="936", names=("珲春",))
    for one in list(tmp_path.iterdir()):  # as Windows programs name them
        one.rename(one.with_suffix(one.suffix.upper()))
    path = path.with_suffix(".SHP")
    assert layer_files.vector(path)["features"][0]["properties"]["NAME"] == "珲春"


def test_a_shapefile_on_pulkovo_is_shifted(tmp_path: Path) -> None:
    path = make.shapefile_areas(tmp_path / "a.shp", prj=make.PULKOVO_PRJ, names=("x",))
    x, y = layer_files.vector(path)["features"][0]["geometry"]["coordinates"][0][0]
    place = coordinates.parse("43.0 N 131.0 E", coordinates.PULKOVO)
    assert GEOD.inv(x, y, place.longitude / 1e7, place.latitude / 1e7)[2] < 10
    assert GEOD.inv(x, y, 131.0, 43.0)[2] > 30


def test_a_shapefile_in_utm(tmp_path: Path) -> None:
    import shapefile

    path = tmp_path / "points.shp"
    with shapefile.Writer(str(path)) as made:
        made.field("NAME", "C", 20)
        made.point(681_254, 4_720_134)
        made.record("post")
        made.null()
        made.record("nothing")
    path.with_suffix(".prj").write_text(make.UTM_PRJ, encoding="ascii")
    found = layer_files.vector(path)
    assert found["skipped"] == 1
    place = coordinates.parse("52T 681254 4720134")
    x, y = found["features"][0]["geometry"]["coordinates"]
    assert (x, y) == pytest.approx((place.longitude / 1e7, place.latitude / 1e7), abs=1e-6)


def test_a_system_nobody_understands_is_refused(tmp_path: Path) -> None:
    assert refusal(make.shapefile_areas(tmp_path / "a.shp", prj="LOCAL_CS[oops]")) == "LAYER_DATUM"


@pytest.mark.parametrize("name", ["a.kml", "a.kmz"])
def test_kml(tmp_path: Path, name: str) -> None:
    found = layer_files.vector(make.kml(tmp_path / name))
    area, point = found["features"]
    assert area["geometry"] == {"type": "Polygon", "coordinates": [make.SQUARE]}
    assert area["properties"]["name"] == "保护区"
    assert point["geometry"] == {"type": "Point", "coordinates": [131.1, 43.1]}


def test_geojson(tmp_path: Path) -> None:
    found = layer_files.vector(make.geojson(tmp_path / "a.geojson"))
    assert [one["geometry"]["type"] for one in found["features"]] == ["Polygon", "LineString", "Point"]
    assert found["features"][2]["geometry"]["coordinates"] == [131.1, 43.1]
    assert found["features"][0]["properties"] == {"name": "Сектор 1", "n": 3}
    assert (found["skipped"], found["remarks"]) == (0, [])


def test_geojson_of_other_shapes(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"type": "Point", "coordinates": [131, 43]}), encoding="utf-8-sig")
    assert len(layer_files.vector(path)["features"]) == 1
    parts = [{"type": "Point", "coordinates": [131, 43]}, {"type": "Point", "coordinates": [999, 43]}, None, 7]
    path.write_text(json.dumps({"type": "GeometryCollection", "geometries": parts}), encoding="utf-8")
    found = layer_files.vector(path)
    assert (len(found["features"]), found["skipped"]) == (1, 3)


@pytest.mark.parametrize("kind", ['["Point"]', '{"a": 1}', "null", "5", "true"])
def test_geojson_whose_shape_has_no_name_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.geojson"
    text = f'{{"type": "Feature", "geometry": {{"type": {kind}, "coordinates": [1, 2]}}, "properties": null}}'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataProblem) as raised:
        layer_files.vector(path)
    assert raised.value.code == "LAYER_EMPTY"


def test_a_geopackage(tmp_path: Path) -> None:
    found = layer_files.vector(make.geopackage(tmp_path / "a.gpkg"))
    assert [one["geometry"]["type"] for one in found["features"]] == ["Polygon", "MultiPolygon", "Point"]
    assert found["features"][0]["geometry"]["coordinates"] == [make.SQUARE, make.HOLE]
    assert found["features"][0]["properties"] == {"fid": 1, "name": "扇区"}


def test_a_geopackage_in_metres(tmp_path: Path) -> None:
    path = make.geopackage(tmp_path / "a.gpkg", srs=32652, shapes=[(1, [681_254.0, 4_720_134.0])])
    x, y = layer_files.vector(path)["features"][0]["geometry"]["coordinates"]
    place = coordinates.parse("52T 681254 4720134")
    assert (x, y) == pytest.approx((place.longitude / 1e7, place.latitude / 1e7), abs=1e-6)


@pytest.mark.parametrize("order", ["<", ">"])
def test_binary_geometries_of_both_byte_orders(order: str) -> None:
    assert wkb.geometry(make.wkb(5, [make.SQUARE, make.HOLE], order)) == {
        "type": "MultiLineString",
        "coordinates": [make.SQUARE, make.HOLE],
    }


def test_binary_geometries_nested_without_end_are_refused_at_once() -> None:
    nested = make.wkb(6, [])[:5] + b"\x01\x00\x00\x00"
    with pytest.raises(ValueError, match="another type"):
        wkb.geometry(nested * 100_000)
    assert wkb.geometry(b"\x01\x07\x00\x00\x00\x00\x00\x00\x00") is None
    with pytest.raises(ValueError, match="more parts"):
        wkb.geometry(b"\x01\x02\x00\x00\x00\xff\xff\xff\x7f" + bytes(64))


# ---------------------------------------------------------------- tiles


@pytest.mark.parametrize("view", [False, True])
def test_mbtiles_count_their_rows_from_the_south(tmp_path: Path, view: bool) -> None:
    found = tiles.open(make.mbtiles(tmp_path / "m.mbtiles", view=view))
    assert found.bounds == (42.0, 130.0, 44.0, 132.0)
    assert found.zooms == (0, 3)
    # Row 7 of the web is row 0 of the file at zoom 3.
    assert found.tile(3, 5, 7) == make.png((180, 150, 0))
    assert found.tile(3, 5, 0) == make.png((180, 150, 210))
    assert found.tile(4, 0, 0) is None
    for wrong in ((3, 8, 0), (3, -1, 0), (99, 0, 0), (3, 0, 8)):
        assert found.tile(*wrong) is None
    found.close()


def test_pmtiles(tmp_path: Path) -> None:
    from pmtiles.tile import zxy_to_tileid

    found = tiles.open(make.pmtiles(tmp_path / "m.pmtiles"))
    assert found.bounds == (42.0, 130.0, 44.0, 132.0)
    assert found.zooms == (0, 3)
    assert found.tile(3, 5, 1) == make.png((zxy_to_tileid(3, 5, 1) % 250, 10, 10))
    assert found.tile(5, 1, 1) is None
    found.close()
    assert found.tile(3, 5, 1) is None


def test_vector_tiles_are_refused_with_a_sentence(tmp_path: Path) -> None:
    for path in (
        make.mbtiles(tmp_path / "a.mbtiles", form="pbf"),
        make.mbtiles(tmp_path / "b.mbtiles", tile=gzip.compress(b"vector")),
        make.pmtiles(tmp_path / "c.pmtiles", vectors=True),
    ):
        assert refusal(path) == "LAYER_VECTOR_TILES"


def test_only_pictures_reach_the_page(tmp_path: Path) -> None:
    path = make.mbtiles(tmp_path / "m.mbtiles")
    db = pysqlite3.connect(str(path))
    db.execute("UPDATE tiles SET tile_data = ? WHERE zoom_level = 2", (b"<script>alert(1)</script>",))
    db.commit()
    db.close()
    found = tiles.open(path)
    assert found.tile(2, 1, 1) is None
    assert found.tile(1, 1, 1) is not None


@pytest.mark.parametrize(
    "view",
    [
        "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, zeroblob(2000000000) AS tile_data",
        "WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM t) SELECT n AS zoom_level, 0 AS tile_column,"
        " 0 AS tile_row, x'00' AS tile_data FROM t",
        "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, load_extension('x') AS tile_data",
    ],
)
def test_a_view_that_computes_is_refused(tmp_path: Path, view: str) -> None:
    path = tmp_path / "m.mbtiles"
    db = pysqlite3.connect(str(path))
    db.execute(f"CREATE VIEW tiles AS {view}")
    db.commit()
    db.close()
    assert refusal(path) == "LAYER_DAMAGED"


def test_a_question_without_end_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "m.mbtiles"
    db = pysqlite3.connect(str(path))
    db.execute("CREATE TABLE n (i INTEGER)")
    db.executemany("INSERT INTO n VALUES (?)", [(i,) for i in range(2000)])
    db.execute(
        "CREATE VIEW tiles AS SELECT a.i + b.i + c.i + d.i AS zoom_level, 0 AS tile_column, 0 AS tile_row,"
        " x'00' AS tile_data FROM n a, n b, n c, n d"
    )
    db.commit()
    db.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "_SECONDS", 0.2)
        assert refusal(path) == "LAYER_TOO_SLOW"


@pytest.mark.parametrize("plain", [bytes(100_000_000), b"\x90\x4e" + b"\xff" * 500_000])
def test_a_directory_that_swells_is_refused(tmp_path: Path, plain: bytes) -> None:
    path = make.pmtiles(tmp_path / "m.pmtiles")
    head = bytearray(path.read_bytes()[:127])
    packed = zlib.compressobj(9, wbits=31)
    directory = packed.compress(plain) + packed.flush()
    head[8:24] = (127).to_bytes(8, "little") + len(directory).to_bytes(8, "little")
    path.write_bytes(bytes(head) + directory)
    assert refusal(path) == "LAYER_DAMAGED"


# ---------------------------------------------------------------- pictures


def test_a_geotiff_is_warped_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    path = make.geotiff(tmp_path / "a.tif")
    found = layer_files.image(path)
    corner = coordinates.parse("52T 630000 4700000")
    assert (found.north, found.west) == pytest.approx((corner.latitude / 1e7, corner.longitude / 1e7), abs=0.002)
    assert found.north - found.south == pytest.approx(0.009, abs=0.002)
    picture = Image.open(io.BytesIO(found.png))
    assert picture.mode == "RGBA"
    width, height = picture.size
    assert picture.getpixel((width // 4, height // 2)) == (50, 50, 50, 255)
    assert picture.getpixel((3 * width // 4, height // 2)) == (200, 200, 200, 255)
    assert picture.getpixel((0, 0))[3] in (0, 255)
    monkeypatch.setattr(layer_files, "MOST_PIXELS", 100)
    assert refusal(path) == "LAYER_TOO_BIG"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.tif"]


def test_heights_are_drawn_in_greys(tmp_path: Path) -> None:
    import io

    found = layer_files.image(make.geotiff(tmp_path / "a.tif", bands=1, kind="float32"))
    picture = Image.open(io.BytesIO(found.png))
    width, height = picture.size
    dark, light = (picture.getpixel((x, height // 2)) for x in (width // 4, 3 * width // 4))
    assert dark[:3] == (0, 0, 0)
    assert light[:3] == (255, 255, 255)


def test_a_picture_without_a_place_or_of_another_format_is_refused(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the writer's: it lacks what is meant to lack
        path = make.geotiff(tmp_path / "a.tif", place=False)
    assert refusal(path) == "LAYER_NO_PLACE"
    (tmp_path / "b.tif").write_bytes(make.png())
    assert refusal(tmp_path / "b.tif") == "LAYER_DAMAGED"
    data = make.geotiff(tmp_path / "c.tif").read_bytes()
    (tmp_path / "c.tif").write_bytes(data[:100])
    assert refusal(tmp_path / "c.tif") == "LAYER_DAMAGED"


# ---------------------------------------------------------------- bounds


def test_too_many_points_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("area.shp", "area.kml", "area.geojson", "area.gpkg"):
        path = make.MAKERS[name](tmp_path / name)
        monkeypatch.setattr(layer_files, "MOST_POINTS", 4)
        assert refusal(path) == "LAYER_TOO_BIG"
        monkeypatch.setattr(layer_files, "MOST_POINTS", 500_000)


def test_an_area_of_very_many_rings_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make.shapefile_areas(tmp_path / "a.shp")
    assert layer_files.vector(path)["features"]
    monkeypatch.setattr(shapefiles, "MOST_RINGS", 1)
    assert refusal(path) == "LAYER_TOO_BIG"


def test_what_is_not_there_or_not_a_layer(tmp_path: Path) -> None:
    for end in (".shp", ".tif", ".mbtiles", ".gpkg"):
        assert refusal(tmp_path / f"none{end}") == "FILE_NOT_FOUND"
    (tmp_path / "folder.kml").mkdir()
    with pytest.raises((DataProblem, EnvironmentProblem)):
        layer_files.vector(tmp_path / "folder.kml")
    (tmp_path / "a.xyz").write_text("x", encoding="utf-8")
    assert refusal(tmp_path / "a.xyz") == "LAYER_UNKNOWN"
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    assert refusal(tmp_path / "a.geojson") == "LAYER_EMPTY"
    (tmp_path / "b.geojson").write_text("[" * 200_000, encoding="utf-8")
    assert refusal(tmp_path / "b.geojson") == "LAYER_DAMAGED"
    (tmp_path / "c.geojson").write_text('{"type":"Point","crs":{"name":"EPSG:3857"},"coordinates":[1,2]}', "utf-8")
    assert refusal(tmp_path / "c.geojson") == "LAYER_DATUM"
    (tmp_path / "d.gpkg").write_bytes(b"SQLite format 3\x00" + bytes(100))
    assert refusal(tmp_path / "d.gpkg") == "LAYER_DAMAGED"


def test_seven_hundred_spoiled_layers_come_to_one_sentence_each(tmp_path: Path) -> None:
    """In a process of its own: what hangs, crashes or eats memory shows."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.geo.layer_makers", str(tmp_path), "100"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        cwd=Path(__file__).resolve().parent.parent.parent,
    )
    assert said.returncode == 0, said.stderr[-3000:]
    found = json.loads(said.stdout)
    assert found["files"] == 700
    assert sum(found["outcomes"].values()) == 700
    assert found["outcomes"]["read"] < 350  # most were truly spoiled
    assert set(found["outcomes"]) - {"read"}
    assert found["seconds"] < 20
    assert found["megabytes"] < 500
