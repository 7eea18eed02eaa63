"""The list of layers beside the map: switched, ordered, faded by keys, and found so again the next time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ranger_app.actions import layers as own_layers
from ranger_app.actions import map_choice, records
from ranger_app.actions.map_choice import Shown
from ranger_app.library import Library
from ranger_app.maps.layers import AREAS, POINTS, Layer
from ui.bridge import Bridge
from ui.commands import same_keys
from ui.map.layer_list import LayerList
from ui.map.screen import MapScreen

LAYERS = [Layer(one, one.title(), kind) for one, kind in (("land", AREAS), ("tracks", POINTS), ("finds", POINTS))]


def test_keys_switch_order_and_fade(qtbot: QtBot, dressed: Callable[[str, str], None]) -> None:
    made = LayerList()
    qtbot.addWidget(made)
    made.show_layers(LAYERS, [Shown("land"), Shown("tracks", True, 60), Shown("finds", False)])
    heard: list[object] = []
    made.switched.connect(lambda layer, on: heard.append((layer, on)))
    made.ordered.connect(lambda: heard.append("ordered"))
    made.faded.connect(lambda layer, percent: heard.append((layer, percent)))
    made.show()
    assert made.current() == "finds", "the uppermost layer stands first"
    qtbot.keyClick(made.list, Qt.Key.Key_Space)
    qtbot.keyClick(made.list, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [one.id for one in made.states()] == ["land", "finds", "tracks"]
    made.list.setCurrentRow(0)
    assert made.slider.value() == 60
    made.slider.setValue(40)
    assert heard == [("finds", True), "ordered", ("tracks", 40)]
    assert made.states()[2] == Shown("tracks", True, 40)


def test_what_was_chosen_is_there_the_next_time(
    library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None], tmp_path: Path
) -> None:
    records.add(library, "location", {"name": "Hide", "latitude": 425_000_000, "longitude": 1_306_000_000})
    file = tmp_path / "zone.geojson"
    ring = [[130.5, 42.4], [130.7, 42.4], [130.7, 42.6], [130.5, 42.4]]
    feature = {
        "type": "Feature",
        "properties": {"name": "Core"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")

    def shown() -> MapScreen:
        screen = MapScreen(library, bridge)
        qtbot.addWidget(screen)
        screen.resize(1100, 680)
        screen.show()
        screen.refresh(None)
        screen._draw()
        return screen

    first = shown()
    first.files.take(file)
    first._draw()
    ids = [one.id for one in first.layers.states()]
    own = f"own-{own_layers.layers(library)[0].id}"
    assert own in ids
    assert ids.index("border") < ids.index(own) < ids.index("locations"), "a file lies on the ground, under the records"
    first.layers.switch("rivers", False)
    first.layers.switch(own, False)
    first.files.keep(first.layers.states())
    assert own_layers.layers(library)[0].visible is False
    assert {one.id: one.on for one in map_choice.load(library)}["rivers"] is False
    again = {one.id: one.on for one in shown().layers.states()}
    assert (again["rivers"], again[own], again["land"]) == (False, False, True)
    first.files.remove(own)
    assert own_layers.layers(library) == []
    assert same_keys(first.commands()) == {}
