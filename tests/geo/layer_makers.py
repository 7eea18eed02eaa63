"""Small files of every kind of layer, made for the tests; and the same files spoiled at random.

Run as a program it reads 100 spoiled files of each kind, and prints what became of them and what it cost: a reader
that hangs or eats the memory must not take the tests with it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pysqlite3

from tests.benchmarks.memory import peak

PULKOVO_PRJ = (
    'GEOGCS["Pulkovo 1942",DATUM["Pulkovo_1942",SPHEROID["Krassowsky 1940",6378245,298.3]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
)
UTM_PRJ = (
    'PROJCS["WGS_1984_UTM_Zone_52N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,'
    '298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",129.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
SQUARE = [[131.0, 43.0], [131.0, 43.2], [131.2, 43.2], [131.2, 43.0], [131.0, 43.0]]
HOLE = [[131.05, 43.05], [131.1, 43.05], [131.1, 43.1], [131.05, 43.1], [131.05, 43.05]]


def shapefile_areas(
    path: Path, *, encoding: str = "utf-8", cpg: str = "UTF-8", prj: str = "", names: Any = None
) -> Path:
    """Areas with a name each."""
    import shapefile

    with shapefile.Writer(str(path), encoding=encoding) as made:
        made.field("NAME", "C", 60)
        made.field("KM2", "N", 10, 2)
        for name in names or ("Кедровая Падь", "豹之乡"):
            made.poly([SQUARE, HOLE])
            made.record(name, 181.2)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    if prj:
        path.with_suffix(".prj").write_text(prj, encoding="ascii")
    return path


def geojson(path: Path) -> Path:
    """An area, a line and a point."""
    features = [
        {"type": "Feature", "properties": {"name": "Сектор 1", "n": 3}, "geometry": {"type": kind, "coordinates": at}}
        for kind, at in (("Polygon", [SQUARE, HOLE]), ("LineString", SQUARE), ("Point", [131.1, 43.1, 12.5]))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def kml(path: Path) -> Path:
    """An area and a point, as KML, or as KMZ where the name ends so."""
    ring = " ".join(f"{x},{y},0" for x, y in SQUARE)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        "<Placemark><name>保护区</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        "<Placemark><name>Post</name><Point><coordinates>131.1,43.1</coordinates></Point></Placemark>"
        "</Document></kml>"
    )
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("doc.kml", text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def wkb(kind: int, coordinates: Any, order: str = "<") -> bytes:
    """Well-Known Binary of a point, line, polygon (1 to 3) or several of them (4 to 6)."""
    head = struct.pack(f"{order}BI", order == "<", kind)
    if kind == 1:
        return head + struct.pack(f"{order}2d", *coordinates)
    count = struct.pack(f"{order}I", len(coordinates))
    if kind == 2:
        return head + count + b"".join(struct.pack(f"{order}2d", *at) for at in coordinates)
    if kind == 3:
        return (
            head
            + count
            + b"".join(
                struct.pack(f"{order}I", len(ring)) + b"".join(struct.pack(f"{order}2d", *at) for at in ring)
                for ring in coordinates
            )
        )
    return head + count + b"".join(wkb(kind - 3, part, order) for part in coordinates)


def geopackage(path: Path, *, srs: int = 4326, shapes: Any = None) -> Path:
    """One feature table."""
    path.unlink(missing_ok=True)
    db = pysqlite3.connect(str(path))
    db.executescript(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,"
        " organization_coordsys_id INTEGER, definition TEXT, description TEXT);"
        "CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);"
        "CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,"
        " srs_id INTEGER, z INTEGER, m INTEGER);"
        "CREATE TABLE sectors (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT);"
    )
    db.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('s', ?, 'EPSG', ?, 'undefined', '')", (srs, srs))
    db.execute("INSERT INTO gpkg_contents VALUES ('sectors', 'features', 'sectors', ?)", (srs,))
    db.execute("INSERT INTO gpkg_geometry_columns VALUES ('sectors', 'geom', 'GEOMETRY', ?, 0, 0)", (srs,))
    for kind, coordinates in shapes or ((3, [SQUARE, HOLE]), (6, [[SQUARE], [HOLE]]), (1, [131.1, 43.1])):
        blob = b"GP\x00\x01" + struct.pack("<i", srs) + wkb(kind, coordinates)
        db.execute("INSERT INTO sectors (geom, name) VALUES (?, ?)", (blob, "扇区"))
    db.commit()
    db.close()
    return path


def png(colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    """A picture of 8 by 8 pixels."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "PNG")
    return buffer.getvalue()


def mbtiles(path: Path, *, form: str = "png", tile: bytes | None = None, view: bool = False) -> Path:
    """Zooms 0 to 3, of which each tile is another colour; ``view``: as tools write them that keep a picture once."""
    path.unlink(missing_ok=True)
    db = pysqlite3.connect(str(path))
    db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    db.executemany(
        "INSERT INTO metadata VALUES (?, ?)",
        [("name", "Test"), ("format", form), ("bounds", "130.0,42.0,132.0,44.0"), ("minzoom", "0")],
    )
    columns = "(zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, "
    if view:
        db.execute(f"CREATE TABLE map {columns}tile_id TEXT)")
        db.execute("CREATE TABLE images (tile_id TEXT, tile_data BLOB)")
        db.execute(
            "CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map"
            " JOIN images ON images.tile_id = map.tile_id"
        )
    else:
        db.execute(f"CREATE TABLE tiles {columns}tile_data BLOB)")
    for z in range(4):
        for x in range(1 << z):
            for row in range(1 << z):
                data = tile if tile is not None else png((z * 60, x * 30, row * 30))
                if view:
                    name = f"{z}/{x}/{row}"
                    db.execute("INSERT INTO map VALUES (?, ?, ?, ?)", (z, x, row, name))
                    db.execute("INSERT INTO images VALUES (?, ?)", (name, data))
                else:
                    db.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (z, x, row, data))
    db.commit()
    db.close()
    return path


def pmtiles(path: Path, *, vectors: bool = False) -> Path:
    """Zooms 0 to 3."""
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer

    with path.open("wb") as file:
        made = Writer(file)
        for number in sorted(zxy_to_tileid(z, x, y) for z in range(4) for x in range(1 << z) for y in range(1 << z)):
            made.write_tile(number, gzip.compress(b"v") if vectors else png((number % 250, 10, 10)))
        head = {
            "tile_type": TileType.MVT if vectors else TileType.PNG,
            "tile_compression": Compression.NONE,
            "min_lon_e7": 1_300_000_000, "min_lat_e7": 420_000_000, "max_lon_e7": 1_320_000_000,
            "max_lat_e7": 440_000_000, "center_zoom": 2, "center_lon_e7": 1_310_000_000, "center_lat_e7": 430_000_000,
        }  # fmt: skip
        made.finalize(head, {"name": "Test"})
    return path


def geotiff(path: Path, *, crs: str = "EPSG:32652", bands: int = 3, kind: str = "uint8", place: bool = True) -> Path:
    """20 by 10 pixels of 100 m, the left half darker, near Khasan."""
    import numpy as np
    import rasterio
    from rasterio.transform import from_origin

    data = np.full((bands, 10, 20), 200, kind)
    data[:, :, :10] = 50
    told = {"crs": crs, "transform": from_origin(630_000, 4_700_000, 100, 100)} if place else {}
    with rasterio.open(path, "w", driver="GTiff", width=20, height=10, count=bands, dtype=kind, **told) as made:
        made.write(data)
    return path


# ---------------------------------------------------------------- spoiled files


def spoil(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, cut, doubled or overwritten."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(made)) if made else 0
        match chance.randrange(6):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at : at + chance.randrange(1, 400)]
            case 2:
                made[at:at] = made[at : at + chance.randrange(1, 400)]
            case 3:
                made[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00"))
            case 4:
                del made[max(at, len(made) // 8) :]
            case 5:
                made[at : at + 8] = chance.randbytes(8)
    return bytes(made)


MAKERS: dict[str, Callable[[Path], Path]] = {
    "area.shp": shapefile_areas,
    "area.kml": kml,
    "area.kmz": kml,
    "area.geojson": geojson,
    "area.gpkg": geopackage,
    "map.mbtiles": mbtiles,
    "map.pmtiles": pmtiles,
}


def read_any(path: Path) -> str:
    """Read a layer as the map would: "read", or the code of the refusal."""
    from ranger_app.errors import RangerError
    from ranger_app.geo import layer_files, tiles

    try:
        if path.suffix in layer_files.TILES:
            found = tiles.open(path)
            try:
                for z in range(4):
                    for x in range(1 << z):
                        found.tile(z, x, x)
            finally:
                found.close()
        else:
            layer_files.vector(path)
    except RangerError as error:
        text = str(error)
        assert len(text) < 600
        assert "\n" not in text
        return error.code
    return "read"


def main(folder: Path, each: int) -> None:
    """Read ``each`` spoiled files of every kind below ``folder`` and print the outcomes as JSON."""
    outcomes: dict[str, int] = {}
    number = 0
    slowest = 0.0
    began = time.process_time()
    for name, make in MAKERS.items():
        whole = make(folder / name)
        parts = [one for one in sorted(folder.iterdir()) if one.stem == whole.stem and one.suffix in (".shp", ".dbf")]
        originals = {one: one.read_bytes() for one in parts or [whole]}
        chance = random.Random(name)
        for _ in range(each):
            target = chance.choice(list(originals)) if name.endswith(".shp") else whole
            target.write_bytes(spoil(originals.get(target, b"") or whole.read_bytes(), chance))
            before = hashlib.sha256(b"".join(one.read_bytes() for one in sorted(folder.iterdir()))).hexdigest()
            around = sorted(folder.iterdir())
            start = time.process_time()
            outcome = read_any(whole)
            slowest = max(slowest, time.process_time() - start)
            assert sorted(folder.iterdir()) == around
            assert hashlib.sha256(b"".join(one.read_bytes() for one in around)).hexdigest() == before
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            number += 1
            for one, data in originals.items():
                one.write_bytes(data)
        for one in folder.iterdir():
            one.unlink()
    memory = round(peak())
    print(
        json.dumps(
            {
                "files": number,
                "outcomes": outcomes,
                "seconds": time.process_time() - began,
                "slowest": slowest,
                "megabytes": memory,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
