"""Moves of known animals on a map, on a season worked out by hand (``tests/border_season.py``)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyproj import Geod

from ranger_app.actions import map_layers, map_page, moves
from ranger_app.actions.map_sight import Period, day
from ranger_app.domain import sharing
from ranger_app.domain.sharing import Rule
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.maps.layers import Layer
from tests import border_season
from tests.border_season import PLACES, Season

JOINED = "RU C-9 = RU T-1"
CELLS = Rule("cells", places={0: "2", 1: "2", 2: "2", 3: "2", 4: "2"})
"""A rule that shares known animals and tells every place as a cell of 0.01 degree."""
EXACT = Rule("exact places", kinds=frozenset({"note"}), files=False)


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Season]:
    with Library.create(tmp_path / "library", name="Khasan station", country="RU", utc_offset=600) as made:
        yield border_season.make(made)


def drawn(season: Season, rule: Rule | None = None, **more: object) -> dict[str, Layer]:
    made = run(map_layers.layers(season.library, rule, tuple(moves.NAMES), **more))  # type: ignore[arg-type]
    return {one.id: one for one in made.layers}


def at(name: str) -> tuple[float, float]:
    return PLACES[name][0] / 1e7, PLACES[name][1] / 1e7


def lines(layer: Layer, title: str) -> list[tuple[set[tuple[float, float]], str]]:
    """The ends of an animal's lines in the order of time, and their marks."""
    return [({*one.place[0]}, one.mark) for one in layer.things if one.title == title]


def test_lines_join_consecutive_encounters_and_are_dashed_across_the_border(season: Season) -> None:
    layer = drawn(season)["moves"]
    west, wide, east, field, on_it = (at(name) for name in ("West", "Wide", "East", "Field", "On it"))
    assert lines(layer, JOINED) == [({west, east}, "crosses"), ({east, west}, "crosses"), ({west, wide}, "")]
    assert lines(layer, "RU T-2") == [({east, field}, ""), ({field, on_it}, "crosses"), ({on_it, field}, "crosses")]
    assert {one.title for one in layer.things} == {JOINED, "RU T-2"}, "who is only probably there has no line"
    one, unsure = layer.things[0], next(one for one in layer.things if on_it in one.place[0])
    assert (one.first, one.last, one.kind, one.id) == (
        day("2014-01-05"), day("2014-01-10"), "individual", min(season.animals["T-1"], season.animals["C-9"]).hex(),
    )  # fmt: skip
    assert "Across the border: CN – RU" in one.facts
    assert "West – East" in one.facts
    assert "The side of one end is not certain." in unsure.facts
    assert "The side of one end is not certain." not in one.facts


def test_lines_beyond_the_most_a_layer_has_are_told(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn(season)["moves"]
    assert "not drawn" not in whole.note
    monkeypatch.setattr(moves, "MOST", 4)
    some = drawn(season)["moves"]
    assert [one.title for one in some.things] == [one.title for one in whole.things[:4]]
    assert some.note == f"{whole.note} 2 more lines are not drawn; choose a shorter time."


def test_each_animal_has_one_colour_in_lines_and_ranges(season: Season) -> None:
    layers = drawn(season)
    colours = {one.title: one.words for one in layers["moves"].things}
    assert len(set(colours.values())) == 2
    assert {one.title: one.words for one in layers["ranges"].things} == colours


def test_a_range_is_the_outline_of_an_animals_places_with_its_area(season: Season) -> None:
    layer = drawn(season)["ranges"]
    assert [one.title for one in layer.things] == [JOINED, "RU T-2"]
    (ring,) = layer.things[0].place["coordinates"]
    corners = {at(name) for name in ("West", "East", "Wide")}
    assert (ring[0], {(latitude, longitude) for longitude, latitude in ring}) == (ring[-1], corners)
    area, _around = Geod(ellps="WGS84").polygon_area_perimeter(*zip(*ring[:-1], strict=True))
    assert layer.things[0].facts[1] == f"{abs(area) / 1e6:.1f} km² around 3 places"


def test_stations_grow_with_the_number_of_animals(season: Season) -> None:
    things = {one.title: one for one in drawn(season)["known_animals"].things}
    assert set(things) == {
        "East: 3 known animals", "West: 1 known animal", "Wide: 2 known animals", "Field: 1 known animal",
        "Remote: 1 known animal", "On it: 1 known animal",
    }  # fmt: skip
    east = things["East: 3 known animals"]
    assert east.facts == (["RU C-9 = RU T-1: 1 encounter", "RU T-2: 1 encounter", "RU T-3: 1 encounter"])
    assert east.weight == 3 * things["West: 1 known animal"].weight
    assert len(things["Wide: 2 known animals"].words) == 2, "a tiger and a leopard"


def test_a_period_narrows(season: Season) -> None:
    layers = drawn(season, period=Period(day("2014-01-20"), day("2014-01-31")))
    assert [one.title for one in layers["known_animals"].things] == ["East: 1 known animal", "Field: 1 known animal"]
    assert "ranges" not in layers


def test_under_a_rule_there_are_cells_and_no_lines_between_withheld_places(season: Season) -> None:
    layers = drawn(season, CELLS)
    assert set(layers) == {"known_animals"}
    assert {one.size for one in layers["known_animals"].things} == {-2}
    cells = {one.place for one in layers["known_animals"].things}
    assert at("On it") not in cells
    assert (43.0, 131.11) in cells
    assert drawn(season, sharing.OPEN) == {}
    assert drawn(season, sharing.STANDARD) == {}, "the places of tigers and leopards are withheld"
    exactly = drawn(season, EXACT)
    assert len(exactly["moves"].things) == 6
    assert len(exactly["ranges"].things) == 2


def test_a_place_told_roughly_ends_the_line(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    real = moves.spot_of_station

    def rough(sight: object, place: object, taxon: str) -> object:
        spot = real(sight, place, taxon)  # type: ignore[arg-type]
        return moves.Spot(43.0, 131.2, -1) if spot is not None and spot.place == at("East") else spot

    monkeypatch.setattr(moves, "spot_of_station", rough)
    layers = drawn(season)
    assert lines(layers["moves"], JOINED) == [({at("West"), at("Wide")}, "")], "no line passes over what is rough"
    assert "ranges" not in layers or JOINED not in [one.title for one in layers["ranges"].things]
    assert [one.size for one in layers["known_animals"].things if "3 known" in one.title] == [-1]


def test_the_page_of_one_animal_follows_joins_and_asks_no_host(season: Season) -> None:
    for code in ("C-9", "T-1"):
        shown, text = run(moves.page(season.library, [season.animals[code]]))
        layers = {one.id: one for one in shown.layers if one.group == "records"}
        assert {thing.title for thing in layers["moves"].things} == {JOINED}
        assert len(layers["moves"].things) == 3
        assert all(one.on for one in layers.values())
        assert shown.bounds == pytest.approx((42.9, 130.7, 43.0, 131.15))
    assert "default-src 'none'" in text
    assert not re.findall(r"(?:src|action|data|poster)\s*=\s*[\"']?\s*(?:https?:)?//[\w.-]+", text)
    (block,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.DOTALL)
    told = {one["id"]: one for one in json.loads(block)["layers"]}
    assert [thing[-1] for thing in told["moves"]["things"]][:2] == ["crosses", "crosses"]


def test_of_an_animal_never_met_there_is_a_page_without_moves(season: Season) -> None:
    shown, _text = run(moves.page(season.library, [season.animals["T-4"]]))
    assert (shown.bounds, [one for one in shown.layers if one.group == "records"]) == (None, [])


def test_the_map_of_the_window_has_the_layers_and_a_file_obeys_its_rule(season: Season, tmp_path: Path) -> None:
    shown, _text = run(map_page.for_window(season.library))
    assert {one.id: one.number for one in shown.layers if one.id in moves.NAMES} == {
        "moves": 6, "ranges": 2, "known_animals": 6,
    }  # fmt: skip
    made = run(map_page.write(season.library, tmp_path / "open.html", layers=tuple(moves.NAMES)))
    assert made.written == {}
    text = (tmp_path / "open.html").read_text(encoding="utf-8")
    assert "T-2" not in text
    season.library.person = None
    exact = run(map_page.write(season.library, tmp_path / "exact.html", exact=True, layers=tuple(moves.NAMES)))
    assert exact.written == {"moves": 6, "ranges": 2, "known_animals": 6}
