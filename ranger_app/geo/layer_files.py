"""A person's own layers: shapefile, KML, GeoJSON and GeoPackage as GeoJSON, GeoTIFF as a picture, all bounded.

The files may come from anybody. Each reader ends in a drawing on WGS 84 or in one sentence, and changes nothing.
"""

from __future__ import annotations

import io
import json
import math
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ranger_app.errors import DataProblem
from ranger_app.geo import kml
from ranger_app.geo.base_map import Collection
from ranger_app.i18n import _
from ranger_app.store import foreign

MOST_BYTES = 200 * 1024 * 1024
MOST_POINTS = 500_000
MOST_FEATURES = 100_000
MOST_PROPERTIES = 40
_LONGEST_TEXT = 500
_SECONDS = 20.0
_MOST_JSON = 30 * 1024 * 1024  # read whole, and ten times as large in memory
VECTORS = (".shp", ".kml", ".kmz", ".geojson", ".json", ".gpkg")
IMAGES = (".tif", ".tiff")
TILES = (".mbtiles", ".pmtiles")
_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_TITLES = ("name", "title", "label", "название", "имя", "наименование", "名称", "名字", "이름", "нэр")

Shift = Callable[[list[float], list[float]], tuple[Any, Any]]
"""Turns x and y of a layer's own system into longitude and latitude, WGS 84 degrees."""


class Image(NamedTuple):
    """A picture in Web Mercator (EPSG:3857) and the degrees of its edges."""

    png: bytes
    south: float
    west: float
    north: float
    east: float


class Vectors:
    """The features taken so far, counted against the bounds."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.features: list[dict[str, Any]] = []
        self.points = 0
        self.skipped = 0
        self.remarks: list[str] = []
        self._until = time.monotonic() + _SECONDS

    def look(self) -> None:
        """DataProblem once the file has taken longer than it may."""
        if time.monotonic() > self._until:
            raise DataProblem(
                "LAYER_TOO_SLOW",
                _("{file} takes too long to read.").format(file=self.path.name),
                _("Choose a smaller extract of it."),
            )

    def add(self, geometry: dict[str, Any] | None, properties: dict[str, Any], shift: Shift | None = None) -> None:
        """One feature; skipped and counted where its geometry is none or lies outside the earth."""
        self.look()
        kind = geometry.get("type") if geometry else None
        if geometry is None or not isinstance(kind, str) or kind not in _DEPTHS:
            self.skipped += 1
            return
        flat: list[list[float]] = []
        shape = _shape(geometry.get("coordinates"), _DEPTHS[kind], flat, MOST_POINTS - self.points)
        self.points += len(flat)
        if self.points > MOST_POINTS or len(self.features) >= MOST_FEATURES:
            raise too_big(self.path)
        if shape is None or not flat:
            self.skipped += 1
            return
        if shift is not None:
            xs, ys = shift([at[0] for at in flat], [at[1] for at in flat])
            for at, x, y in zip(flat, xs, ys, strict=True):
                at[:] = float(x), float(y)
        if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in flat):  # false for NaN
            self.skipped += 1
            return
        self.features.append(
            {"type": "Feature", "properties": plain(properties), "geometry": {"type": kind, "coordinates": shape}}
        )

    def collection(self) -> Collection:
        """All of it; DataProblem where nothing can be drawn."""
        if not self.features:
            raise DataProblem(
                "LAYER_EMPTY",
                _("{file} holds nothing that can be drawn on the map.").format(file=self.path.name),
                _("Choose a file with points, lines or areas on the earth."),
            )
        found: Collection = {"type": "FeatureCollection", "features": self.features}
        return found | {"skipped": self.skipped, "remarks": self.remarks}


def vector(path: Path) -> Collection:
    """The features of a layer's file as GeoJSON on WGS 84, with ``skipped`` (how many) and ``remarks`` (sentences).

    Read by the end of its name (VECTORS). Raises DataProblem for what is damaged, too big, too slow or empty,
    EnvironmentProblem where the file cannot be read.
    """
    if not path.is_file():
        raise foreign.unreadable(path, OSError(0, _("this is a folder")))
    if path.stat().st_size > MOST_BYTES:
        raise too_big(path)
    into = Vectors(path)
    match path.suffix.lower():
        case ".shp":
            from ranger_app.geo import shapefiles

            shapefiles.read(path, into)
        case ".kml" | ".kmz":
            _kml(path, into)
        case ".gpkg":
            from ranger_app.geo import geopackage

            geopackage.read(path, into)
        case ".geojson" | ".json":
            _geojson(path, into)
        case _:
            raise unknown(path)
    return into.collection()


def title(properties: dict[str, Any]) -> str:
    """A feature's name by the column that holds names in most files, "" where there is none."""
    by_name = {str(key).casefold(): value for key, value in properties.items()}
    return next((str(by_name[one]) for one in _TITLES if by_name.get(one)), "")


def too_big(path: Path) -> DataProblem:
    """The refusal of a file beyond the bounds."""
    return DataProblem(
        "LAYER_TOO_BIG",
        _("{file} is too big for the map.").format(file=path.name),
        _("Choose a smaller extract of it, or simplify it in the program it comes from."),
    )


def unknown(path: Path) -> DataProblem:
    """The refusal of a format that is no layer."""
    return DataProblem(
        "LAYER_UNKNOWN",
        _("{file} is no kind of layer that can be read.").format(file=path.name),
        _("Use one of: {kinds}.").format(kinds=", ".join((*VECTORS, *IMAGES, *TILES))),
    )


def plain(properties: dict[str, Any]) -> dict[str, Any]:
    """A feature's facts as texts and numbers of bearable length."""
    found: dict[str, Any] = {}
    for key, value in list(properties.items())[:MOST_PROPERTIES]:
        if value is None or isinstance(value, bytes | dict | list):
            continue
        if isinstance(value, float) and not math.isfinite(value):
            continue
        found[str(key)[:100]] = value if isinstance(value, bool | int | float) else str(value)[:_LONGEST_TEXT]
    return found


def shift_from(crs: Any) -> Shift | None:
    """How to bring positions of a pyproj CRS to WGS 84, x first; None where nothing has to be done."""
    from pyproj import CRS, Transformer

    if crs.equals(CRS.from_epsg(4326), ignore_axis_order=True):
        return None
    whole = Transformer.from_crs(crs, 4326, always_xy=True)

    def shift(xs: list[float], ys: list[float]) -> tuple[Any, Any]:
        return whole.transform(xs, ys)[:2]

    return shift


def _shape(coordinates: Any, depth: int, flat: list[list[float]], most: int) -> Any:
    """The nested positions as [x, y], each also put into ``flat``; None where they are not nested as they should be."""
    if not isinstance(coordinates, list | tuple):
        return None
    if depth == 0:
        if len(coordinates) < 2:
            return None
        x, y = coordinates[0], coordinates[1]
        if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in (x, y)):
            return None
        try:
            at = [float(x), float(y)]
        except OverflowError:
            return None
        flat.append(at)
        return at
    found = []
    for part in coordinates:
        if len(flat) > most:
            break
        made = _shape(part, depth - 1, flat, most)
        if made is None:
            return None
        found.append(made)
    return found or None


def _geojson(path: Path, into: Vectors) -> None:
    if path.stat().st_size > _MOST_JSON:
        raise too_big(path)
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise foreign.damaged(path) from error
    except OSError as error:
        raise foreign.unreadable(path, error) from error
    if not isinstance(content, dict):
        raise foreign.damaged(path)
    named = content.get("crs")
    if named is not None and not any(one in json.dumps(named) for one in ("CRS84", "4326", "4490")):
        raise DataProblem(
            "LAYER_DATUM",
            _("{file} is not in degrees on WGS 84.").format(file=path.name),
            _("Export it again as GeoJSON in WGS 84 (EPSG:4326)."),
        )
    for geometry, properties in _geojson_parts(content, {}, 0):
        into.add(geometry, properties)


def _geojson_parts(
    one: Any, facts: dict[str, Any], depth: int
) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any]]]:
    if not isinstance(one, dict) or depth > 5:
        yield None, facts
        return
    kind = one.get("type")
    if kind == "FeatureCollection" and isinstance(one.get("features"), list):
        for feature in one["features"]:
            yield from _geojson_parts(feature, facts, depth + 1)
    elif kind == "Feature":
        told = one.get("properties")
        yield from _geojson_parts(one.get("geometry"), told if isinstance(told, dict) else {}, depth + 1)
    elif kind == "GeometryCollection" and isinstance(one.get("geometries"), list):
        for geometry in one["geometries"]:
            yield from _geojson_parts(geometry, facts, depth + 1)
    else:
        yield one, facts


def _kml(path: Path, into: Vectors) -> None:
    kinds = {"point": "Point", "line": "LineString", "polygon": "Polygon"}
    for mark in kml.placemarks(path):
        rings = [[list(at) for at in ring if all(map(math.isfinite, at))] for ring in mark.rings]
        shape: Any = rings
        if mark.kind == "point":
            shape = rings[0][0] if rings and rings[0] else None
        elif mark.kind == "line":
            shape = rings[0] if rings else None
        facts = {"name": mark.name, "description": mark.description, **mark.extended}
        facts = {key: value for key, value in facts.items() if value}
        into.add({"type": kinds[mark.kind], "coordinates": shape}, facts)


# ---------------------------------------------------------------- pictures


MOST_PIXELS = 300_000_000
_MOST_RAW = 1_500_000_000  # bytes, unpacked
_LONGEST_SIDE = 3000


def image(path: Path) -> Image:
    """A GeoTIFF warped to Web Mercator as a PNG of at most 3,000 pixels a side; raises as ``vector`` does.

    One band is drawn in greys between its 2nd and 98th hundredth, or in its own colours where it has a table.
    """
    import numpy as np
    import rasterio
    from PIL import Image as Picture
    from rasterio.enums import Resampling
    from rasterio.errors import RasterioError
    from rasterio.vrt import WarpedVRT
    from rasterio.warp import transform_bounds

    if not path.is_file():
        raise foreign.unreadable(path, OSError(0, _("this is a folder")))
    warnings.filterwarnings("ignore", module="rasterio")
    # No file beside it is looked for or written, nothing is fetched, and only this one format is tried.
    options = {
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_CACHEMAX": 64,
        "GDAL_NUM_THREADS": "1",
        "GDAL_HTTP_MAX_RETRY": "0",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    }
    try:
        with rasterio.Env(**options), rasterio.open(path.absolute(), driver="GTiff") as source:
            depth = max(np.dtype(kind).itemsize for kind in source.dtypes)
            raw = source.width * source.height * source.count * depth
            if source.width * source.height > MOST_PIXELS or raw > _MOST_RAW or source.count > 64:
                raise too_big(path)
            if source.crs is None:
                raise DataProblem(
                    "LAYER_NO_PLACE",
                    _("{file} does not say where on the earth it lies.").format(file=path.name),
                    _("Choose a GeoTIFF with its coordinate system."),
                )
            # Web Mercator ends at 85.06 degrees; a picture of the whole world is cut there.
            west, south, east, north = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
            if not all(map(math.isfinite, (west, south, east, north))) or south >= 85 or north <= -85:
                raise foreign.damaged(path)
            colours = _colours(source)
            with WarpedVRT(source, crs="EPSG:3857", resampling=Resampling.nearest, add_alpha=True) as warped:
                scale = min(1.0, _LONGEST_SIDE / max(warped.width, warped.height))
                size = (max(1, round(warped.height * scale)), max(1, round(warped.width * scale)))
                wanted = [1, 2, 3] if source.count >= 3 else [1]
                bands = warped.read(wanted, out_shape=(len(wanted), *size))
                seen = warped.read(warped.count, out_shape=size) > 0
                edges = transform_bounds("EPSG:3857", "EPSG:4326", *warped.bounds)
    except RasterioError as error:
        raise foreign.damaged(path) from error
    except (ValueError, MemoryError, SystemError) as error:  # GDAL's refusals that rasterio does not wrap
        raise foreign.damaged(path) from error
    drawn = _drawn(bands, seen, colours)
    buffer = io.BytesIO()
    Picture.fromarray(np.dstack((drawn, (seen * 255).astype("uint8"))), "RGBA").save(buffer, "PNG")
    west, south, east, north = edges
    return Image(buffer.getvalue(), south, west, north, east)


def _colours(source: Any) -> dict[int, tuple[int, ...]] | None:
    if source.count >= 3 or source.dtypes[0] != "uint8":
        return None
    try:
        found: dict[int, tuple[int, ...]] = source.colormap(1)
    except ValueError:  # none
        return None
    return found


def _drawn(bands: Any, seen: Any, colours: dict[int, tuple[int, ...]] | None) -> Any:
    """Red, green and blue, 0 to 255, shape (height, width, 3)."""
    import numpy as np

    if colours is not None:
        table = np.zeros((256, 3), "uint8")
        for value, colour in colours.items():
            if 0 <= value < 256:
                table[value] = colour[:3]
        return table[bands[0]]
    if bands.dtype != np.uint8:
        values = bands[:, seen].astype(float)
        values = values[np.isfinite(values)]
        low, high = np.percentile(values, (2, 98)) if values.size else (0.0, 1.0)
        stretched = (np.nan_to_num(bands.astype(float)) - low) / ((high - low) or 1.0) * 255
        bands = np.clip(stretched, 0, 255).astype("uint8")
    return np.moveaxis(bands if len(bands) == 3 else np.repeat(bands, 3, axis=0), 0, 2)
