"""On which side of a border a place lies, how far from it, and where a line of positions crosses it.

All of it in one file, because whatever draws, warns or reports must agree; every answer names the border's layer and
how far that may be from the truth. The shipped reference is no official boundary, and a library can set another.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ranger_app.errors import DataProblem
from ranger_app.geo import base_map
from ranger_app.i18n import N_, _, language

if TYPE_CHECKING:
    import numpy as np

_STEP = 0.02
"""Degrees of the longest piece a line is cut into: at 2 km a straight line on the map leaves the geodesic by 0.1 m."""
_AT_ONCE = 1e-3  # metres within which two pieces are equally near: they share the corner
_FAR = 50_000.0  # metres: beyond this a line without areas says nothing of sides
_TOUCH = 0.005  # degrees between two areas' edges that are one border
_MOST_CORNERS = 2_000_000
_ONE_AT_A_TIME = threading.Lock()
"""A prepared area makes its index when it is first asked: two threads must not do that at once."""
REFERENCE = N_("Reference border (OpenStreetMap)")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a layer says of one place. ``country`` and ``neighbour`` are ISO 3166-1 alpha-2, "" where not known."""

    country: str
    """Whose side the place is on; "" at sea and outside the layer."""
    neighbour: str
    """Who lies across the nearest border line."""
    metres: float
    """Along the WGS 84 geodesic to the nearest border line of the layer; NaN where the layer has none here."""
    latitude: float
    longitude: float
    """The nearest place on that line, degrees."""
    layer: str
    date: str
    accuracy_m: int
    """How far the nearest piece of the line may be from the truth."""
    uncertain: bool
    """The place is nearer to the line than that, or just off a shore: the side is a guess."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A border crossed between position ``before`` and the next. NaN places: around the line's end, over the sea."""

    before: int
    latitude: float
    longitude: float
    origin: str
    goal: str
    layer: str
    date: str
    accuracy_m: int
    uncertain: bool
    """One of the two positions is nearer to the line than its accuracy."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Border lines cut into short pieces, with the areas beside them where the layer has any."""

    name: str
    date: str
    official: bool
    """False for the shipped reference."""
    pieces: np.ndarray
    """Shape (n, 4): longitude and latitude of both ends, degrees."""
    pairs: tuple[tuple[str, str], ...]
    """The countries left and right of each piece where ``sided``, else both in any order."""
    accuracy: tuple[int, ...]
    sided: bool
    areas: tuple[Any, ...]
    countries: tuple[str, ...]
    region: tuple[float, float, float, float] | None
    """West, south, east, north of what the layer knows; None: everything."""
    tree: Any = field(repr=False)
    area_tree: Any = field(repr=False)


def side(latitude: float, longitude: float, layer: Layer | None = None) -> Answer:
    """Whose side the place (degrees, WGS 84) is on by ``layer``, the reference where none is given."""
    return _answer(latitude, longitude, layer or reference())


def distance(latitude: float, longitude: float, layer: Layer | None = None) -> Answer:
    """How far the place is from the nearest border line, exact to about 1 m on the ellipsoid; the same answer.

    Lines are straight in longitude and latitude between their corners, as GeoJSON has them (RFC 7946, 3.1.1).
    """
    return _answer(latitude, longitude, layer or reference())


def crossings(positions: Sequence[tuple[float, float]], layer: Layer | None = None) -> list[Crossing]:
    """Where the line of ``positions`` (latitude, longitude in degrees, in the order of time) changes country.

    Between two positions the way is taken as straight on the map: the true way is not known. Touching a border
    without leaving the country is no crossing; a change over the sea has no place (NaN).
    """
    layer = layer or reference()
    stops = _stops(layer, positions)
    countries = _countries_at(layer, [(one[2], one[3]) for one in stops])
    found: list[Crossing] = []
    last = ""
    for k, ((before, fraction, _lat, _lon, cut), country) in enumerate(zip(stops, countries, strict=True)):
        if not country:
            continue
        if last and country != last:
            # A border was met where the other country lies right before it; else the change was over the sea.
            met = cut and k and countries[k - 1] == last
            found.append(_crossing(layer, before, positions, fraction if met else math.nan, last, country))
        last = country
    return found


_Stop = tuple[int, float, float, float, bool]
"""The number of the step, the fraction of it, latitude, longitude, and whether a border line is met there."""


def _stops(layer: Layer, positions: Sequence[tuple[float, float]]) -> list[_Stop]:
    """Where to ask for the country: at the positions, and a metre before and behind each border line on the way.

    Of a layer of lines only the ends are asked besides: without meeting a line nobody changes sides of it.
    """
    import numpy as np
    import shapely

    at = np.array([one[:2] for one in positions], float).reshape(-1, 2)
    whole = ~np.isnan(at).any(axis=1)
    steps = (
        np.flatnonzero(whole[:-1] & whole[1:] & (at[:-1] != at[1:]).any(axis=1)) if len(at) > 1 else np.array([], int)
    )
    cuts: dict[int, list[float]] = {}
    if len(steps):
        ways = shapely.linestrings(np.stack((at[steps][:, ::-1], at[steps + 1][:, ::-1]), axis=1))
        numbers, pieces = layer.tree.query(ways, predicate="intersects")
        for number in np.unique(numbers):
            step = int(steps[number])
            cuts[step] = _cuts(at[step], at[step + 1], layer.pieces[pieces[numbers == number]])
    found: list[_Stop] = []
    for i in np.flatnonzero(whole).tolist():
        if layer.areas or i in (0, len(at) - 1) or not found:
            found.append((max(0, i - 1), 1.0 if i else 0.0, float(at[i, 0]), float(at[i, 1]), False))
        if i not in cuts:
            continue
        (a_lat, a_lon), (b_lat, b_lon) = at[i].tolist(), at[i + 1].tolist()
        metre = 1e-5 / max(math.hypot(b_lat - a_lat, b_lon - a_lon), 1e-9)
        ends = [0.0, *cuts[i], 1.0]
        for before, here, behind in zip(ends, ends[1:], ends[2:], strict=False):
            for fraction, cut in (
                (here - min(metre, (here - before) / 3), False),
                (here + min(metre, (behind - here) / 3), True),
            ):
                place = (a_lat + fraction * (b_lat - a_lat), a_lon + fraction * (b_lon - a_lon))
                found.append((i, here, *place, cut))
    return found


def _crossing(
    layer: Layer, before: int, positions: Sequence[tuple[float, float]], fraction: float, origin: str, goal: str
) -> Crossing:
    (a_lat, a_lon), (b_lat, b_lon) = positions[before], positions[before + 1]
    latitude, longitude = a_lat + fraction * (b_lat - a_lat), a_lon + fraction * (b_lon - a_lon)
    ends = (_answer(a_lat, a_lon, layer), _answer(b_lat, b_lon, layer))
    accuracy = max(one.accuracy_m for one in ends)
    if not math.isnan(fraction):
        accuracy = _answer(latitude, longitude, layer).accuracy_m
    unsure = any(one.metres < one.accuracy_m for one in ends)
    return Crossing(before, latitude, longitude, origin, goal, layer.name, layer.date, accuracy, unsure)


def _cuts(start: np.ndarray, end: np.ndarray, pieces: np.ndarray) -> list[float]:
    """The fractions of the way from ``start`` to ``end`` (latitude, longitude) at which it meets pieces, in order."""
    import numpy as np

    dy, dx = (end - start).tolist()
    ex, ey = pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]
    across = dx * ey - dy * ex
    met = across != 0  # a way along the line is beside it, not across
    fractions = ((pieces[met, 0] - start[1]) * ey[met] - (pieces[met, 1] - start[0]) * ex[met]) / across[met]
    inside = fractions[(fractions >= 0) & (fractions <= 1)]
    return [float(one) for one in np.unique(np.round(inside, 12))]


# ---------------------------------------------------------------- one place


def _answer(latitude: float, longitude: float, layer: Layer) -> Answer:
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or _outside(layer, latitude, longitude):
        nothing = (math.nan, math.nan, math.nan)
        return Answer("", "", *nothing, layer.name, layer.date, max(layer.accuracy, default=0), True)
    metres, lat, lon, piece, country = _nearest(layer, latitude, longitude)
    pair = layer.pairs[piece]
    accuracy = layer.accuracy[piece]
    unsure = metres < accuracy
    if layer.areas:
        country = _area_at(layer, latitude, longitude)
        if not country:
            country = _area_beside(layer, latitude, longitude, accuracy)
            unsure = unsure or bool(country)
    elif metres > _FAR:
        country = side(latitude, longitude).country if layer.official else ""
    neighbour = next((one for one in pair if one != country), "") if country in pair else ""
    return Answer(country, neighbour, metres, lat, lon, layer.name, layer.date, accuracy, unsure)


def _outside(layer: Layer, latitude: float, longitude: float) -> bool:
    if layer.region is None:
        return False
    west, south, east, north = layer.region
    return not (west <= longitude <= east and south <= latitude <= north)


def _area_at(layer: Layer, latitude: float, longitude: float) -> str:
    """The country in whose area the place lies; for a layer of lines the side of the nearest line."""
    import shapely

    if not layer.areas:
        return _answer(latitude, longitude, layer).country
    near = layer.area_tree.query(shapely.Point(longitude, latitude))
    with _ONE_AT_A_TIME:
        found = [one for one in near.tolist() if shapely.intersects_xy(layer.areas[one], longitude, latitude)]
    return layer.countries[min(found)] if found else ""


def _countries_at(layer: Layer, places: Sequence[tuple[float, float]]) -> list[str]:
    """``_area_at`` of many places at once."""
    import numpy as np
    import shapely

    if not layer.areas or not places:
        return [_area_at(layer, *one) for one in places]
    at = np.array(places)
    box = shapely.box(at[:, 1].min(), at[:, 0].min(), at[:, 1].max(), at[:, 0].max())
    owner = np.full(len(at), -1)
    with _ONE_AT_A_TIME:
        for number in sorted(layer.area_tree.query(box).tolist(), reverse=True):  # the first area of several wins
            owner[shapely.intersects_xy(layer.areas[number], at[:, 1], at[:, 0])] = number
    return [layer.countries[one] if one >= 0 else "" for one in owner.tolist()]


def _area_beside(layer: Layer, latitude: float, longitude: float, metres: float) -> str:
    """The area nearest to a place outside all of them, within ``metres``: shores are drawn as roughly as borders."""
    import shapely

    reach = metres / 111_195
    squeeze = max(math.cos(math.radians(latitude)), 0.05)
    box = shapely.box(longitude - reach / squeeze, latitude - reach, longitude + reach / squeeze, latitude + reach)
    found = layer.area_tree.query(box, predicate="intersects")
    if not len(found):
        return ""
    point = shapely.Point(longitude, latitude)
    return layer.countries[min(found, key=lambda one: layer.areas[one].distance(point))]


def _nearest(layer: Layer, latitude: float, longitude: float) -> tuple[float, float, float, int, str]:
    """Metres, place, number of the nearest piece, and the country on whose side of it the place lies.

    Azimuth and distance from the place to the ends of the pieces near it are the coordinates of an azimuthal
    equidistant projection around it, in which distances from the middle are true.
    """
    import numpy as np
    import shapely

    geod = _geod()
    first = int(layer.tree.query_nearest(shapely.Point(longitude, latitude), all_matches=False)[0])
    a = layer.pieces[first]
    reach = min(geod.inv(longitude, latitude, a[0], a[1])[2], geod.inv(longitude, latitude, a[2], a[3])[2])
    # Whatever lies within ``reach`` lies within this box; 110,567 m is the shortest degree of latitude.
    up = reach / 110_567 + 1e-6
    squeeze = max(math.cos(math.radians(min(89.0, abs(latitude) + up))), 0.01)
    box = shapely.box(longitude - up / squeeze, latitude - up, longitude + up / squeeze, latitude + up)
    numbers = np.union1d(layer.tree.query(box), [first])
    ends = layer.pieces[numbers].reshape(-1, 2)
    count = len(ends)
    azimuth, _back, far = geod.inv(np.full(count, longitude), np.full(count, latitude), ends[:, 0], ends[:, 1])
    flat = np.column_stack((far * np.sin(np.radians(azimuth)), far * np.cos(np.radians(azimuth)))).reshape(-1, 2, 2)
    start, along = flat[:, 0], flat[:, 1] - flat[:, 0]
    square = np.einsum("ij,ij->i", along, along)
    fraction = np.clip(-np.einsum("ij,ij->i", start, along) / np.where(square > 0, square, 1), 0, 1)
    nearest = start + fraction[:, None] * along
    metres = np.hypot(nearest[:, 0], nearest[:, 1])
    best = int(np.argmin(metres))
    piece = layer.pieces[numbers[best]]
    lon = float(piece[0] + fraction[best] * (piece[2] - piece[0]))
    lat = float(piece[1] + fraction[best] * (piece[3] - piece[1]))
    number = int(numbers[best])
    country = ""
    if layer.sided:
        # At a corner both pieces count, or a place in the wedge beyond it would see only one of them.
        same = metres <= metres[best] + _AT_ONCE
        length = np.sqrt(square[same])
        unit = along[same] / np.where(length > 0, length, 1)[:, None]
        towards = -nearest[same]
        turn = float(np.sum(unit[:, 0] * towards[:, 1] - unit[:, 1] * towards[:, 0]))
        if metres[best] < _AT_ONCE:
            turn = 1.0
        country = layer.pairs[number][0 if turn >= 0 else 1]
    exact = float(geod.inv(longitude, latitude, lon, lat)[2])
    return exact, lat, lon, number, country


@lru_cache(maxsize=1)
def _geod() -> Any:
    from pyproj import Geod

    return Geod(ellps="WGS84")


# ---------------------------------------------------------------- layers


def reference() -> Layer:
    """The shipped reference border: not official, from OpenStreetMap, 500 m and more where a river is wide."""
    return _reference(language())


@lru_cache(maxsize=1)
def _reference(_language: str) -> Layer:
    import shapely

    head = next(one for one in base_map.credits() if one.name == "border")
    lines: list[tuple[Any, tuple[str, str], int]] = []
    for feature in base_map.features("border")["features"]:
        pair = (feature["properties"]["countries"][0], feature["properties"]["countries"][1])
        accuracy = int(feature["properties"]["accuracy_m"])
        lines += [(line, pair, accuracy) for line in _line_parts(feature["geometry"])]
    areas: list[Any] = []
    countries: list[str] = []
    for feature in base_map.features("countries")["features"]:
        for rings in _polygon_parts(feature["geometry"]):
            areas.append(shapely.Polygon(rings[0], rings[1:]))
            countries.append(feature["properties"]["country"])
    return _layer(_(REFERENCE), head.date, False, lines, areas, countries, base_map.REGION, sided=False)


def from_features(collection: base_map.Collection, name: str, date: str, accuracy_m: int) -> Layer:
    """A border layer out of a person's own file: areas with a country each, or lines.

    A country is read from a property such as ``country``, ``iso_a2`` or ``A3``. Lines may name who lies ``left`` and
    ``right`` of them; where they do not, the reference says who lies beside them. DataProblem where there is nothing
    to make a border of.
    """
    import shapely

    lines: list[tuple[Any, tuple[str, str], int]] = []
    areas: list[Any] = []
    countries: list[str] = []
    for feature in collection["features"]:
        geometry = feature.get("geometry") or {}
        properties = {str(key).casefold(): value for key, value in (feature.get("properties") or {}).items()}
        kind = str(geometry.get("type", ""))
        if kind in ("Polygon", "MultiPolygon"):
            for rings in _polygon_parts(geometry):
                made = shapely.make_valid(shapely.Polygon(rings[0], rings[1:]))
                areas.append(made)
                countries.append(_country(properties))
        elif kind in ("LineString", "MultiLineString"):
            pair = (_code(properties.get("left")), _code(properties.get("right")))
            lines += [(line, pair, accuracy_m) for line in _line_parts(geometry)]
    if areas:
        lines = [(line, pair, accuracy_m) for line, pair in _edges(areas, countries)]
    else:
        lines = [(line, pair if all(pair) else _beside(line), accuracy) for line, pair, accuracy in lines]
    if not lines or (areas and not any(countries)):
        raise DataProblem(
            "NO_BORDER",
            _("The file holds no border: no lines, and no areas that name a country and touch another's."),
            _("Choose a file of lines, or of areas with a column such as country or iso_a2."),
        )
    return _layer(name, date, True, lines, areas, countries, None, sided=not areas)


def _layer(
    name: str,
    date: str,
    official: bool,
    lines: Sequence[tuple[Any, tuple[str, str], int]],
    areas: Sequence[Any],
    countries: Sequence[str],
    region: tuple[float, float, float, float] | None,
    *,
    sided: bool,
) -> Layer:
    import numpy as np
    import shapely

    pieces: list[Any] = []
    pairs: list[tuple[str, str]] = []
    accuracy: list[int] = []
    total = 0
    for line, pair, metres in lines:
        corners = shapely.get_coordinates(shapely.segmentize(shapely.LineString(line), _STEP))
        total += len(corners)
        if total > _MOST_CORNERS:
            raise DataProblem(
                "LAYER_TOO_BIG",
                _("The border has more than {n} corners.").format(n=_MOST_CORNERS),
                _("Simplify it in the program it comes from."),
            )
        made = np.hstack((corners[:-1], corners[1:]))
        pieces.append(made)
        pairs += [pair] * len(made)
        accuracy += [metres] * len(made)
    table = np.vstack(pieces)
    tree = shapely.STRtree(shapely.linestrings(table.reshape(-1, 2, 2)))
    area_tree = shapely.STRtree(list(areas)) if areas else None
    if areas:
        shapely.prepare(list(areas))  # many places are asked of few large areas
    return Layer(
        name, date, official, table, tuple(pairs), tuple(accuracy), sided,
        tuple(areas), tuple(countries), region, tree, area_tree,
    )  # fmt: skip


def _line_parts(geometry: dict[str, Any]) -> list[Any]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
    return [[corner[:2] for corner in part] for part in parts if len(part) > 1]


def _polygon_parts(geometry: dict[str, Any]) -> list[Any]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [
        [[corner[:2] for corner in ring] for ring in rings if len(ring) > 3] for rings in parts if len(rings[0]) > 3
    ]


def _edges(areas: Sequence[Any], countries: Sequence[str]) -> list[tuple[Any, tuple[str, str]]]:
    """The edges along which areas of two countries meet; all edges where the layer knows one country only."""
    import numpy as np
    import shapely

    tree = shapely.STRtree(list(areas))
    alone = len(set(countries)) == 1
    found: list[tuple[Any, tuple[str, str]]] = []
    for number, area in enumerate(areas):
        for ring in shapely.get_parts(shapely.get_rings(area)):
            corners = shapely.get_coordinates(ring)
            if alone:
                found.append((corners, (countries[number], "")))
                continue
            middles = shapely.points((corners[:-1] + corners[1:]) / 2)
            edge, other = tree.query(middles, predicate="dwithin", distance=_TOUCH)
            foreign = {
                int(e): countries[o]
                for e, o in zip(edge, other, strict=True)
                if countries[number] < countries[o]  # the edge of one of the two: the line is drawn once
            }
            found += [(np.vstack(corners[e : e + 2]), (countries[number], to)) for e, to in sorted(foreign.items())]
    return found


def _beside(line: Any) -> tuple[str, str]:
    """Who lies left and right of a line by the reference, by most of 25 places 3 km beside it."""
    import shapely

    whole = shapely.LineString(line)
    votes: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for i in range(25):
        a, b = (shapely.line_interpolate_point(whole, (i + step) / 25, normalized=True) for step in (0.4, 0.6))
        squeeze = math.cos(math.radians(a.y))
        dx, dy = (b.x - a.x) * squeeze, b.y - a.y
        length = math.hypot(dx, dy)
        if not length:
            continue
        for votes_of, sign in zip(votes, (1, -1), strict=True):
            x, y = a.x - sign * dy / length * 0.027 / squeeze, a.y + sign * dx / length * 0.027
            country = "" if _outside(reference(), y, x) else _area_at(reference(), y, x)
            if country:
                votes_of[country] = votes_of.get(country, 0) + 1
    left, right = (max(of, key=lambda one: of[one]) if of else "" for of in votes)
    return (left, right) if left != right else ("", "")


_COUNTRY_NAMES = ("country", "iso_a2", "iso2", "iso_2", "a2", "iso_a3", "iso3", "a3", "adm0_a3", "iso", "code", "name")
_CODES = {
    "CHN": "CN", "RUS": "RU", "MNG": "MN", "PRK": "KP", "KOR": "KR", "JPN": "JP", "KAZ": "KZ",
    "CHINA": "CN", "RUSSIA": "RU", "RUSSIAN FEDERATION": "RU", "MONGOLIA": "MN", "JAPAN": "JP",
    "中国": "CN", "俄罗斯": "RU", "蒙古": "MN", "朝鲜": "KP", "韩国": "KR", "日本": "JP",
    "КИТАЙ": "CN", "КНР": "CN", "РОССИЯ": "RU", "МОНГОЛИЯ": "MN", "КНДР": "KP",
}  # fmt: skip


def _code(value: object) -> str:
    text = str(value or "").strip().upper()
    return text if len(text) == 2 and text.isascii() and text.isalpha() else _CODES.get(text, "")


def _country(properties: dict[str, Any]) -> str:
    for name in _COUNTRY_NAMES:
        found = _code(properties.get(name))
        if found:
            return found
    return ""
