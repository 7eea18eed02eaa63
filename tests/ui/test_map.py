"""The map in the real web engine: what is drawn, what a click opens, what is drawn by hand is kept, nothing outside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ranger_app.actions import map_page, records
from ranger_app.geo import outline
from ranger_app.jobs import run
from ranger_app.library import Library
from ranger_app.maps import page
from ranger_app.maps.layers import AREAS, POINTS, Layer, MapPage, Thing, extent
from tests.maps.test_page import HOSTILE, hostile_page
from ui.bridge import Bridge
from ui.map.screen import MapScreen
from ui.widgets import web
from ui.widgets.web import WebView

pytestmark = [pytest.mark.xdist_group("web_engine"), pytest.mark.web_engine]
without_display = pytest.mark.qt_log_ignore(
    "^QRhiGles2", "^Failed to create RHI", "^GPUInfo", "^This plugin does not support", extend=True
)
READY_MS = 30_000


def asked(qtbot: QtBot, view: WebView, script: str) -> Any:
    """The value of a script in the page."""
    answers: list[Any] = []
    view.run(script, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    return answers[0]


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> Iterator[WebView]:
    made = WebView()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def shown(qtbot: QtBot, view: WebView, text: str) -> None:
    with qtbot.waitSignal(view.loaded, timeout=READY_MS) as loaded:
        view.show_page(text)
    assert loaded.args == [True]
    qtbot.waitUntil(lambda: asked(qtbot, view, "window.rangerReady || 0") > 0, timeout=READY_MS)


@without_display
@pytest.mark.parametrize("in_window", [True, False])
def test_hostile_names_stay_text_and_nothing_is_asked_for(qtbot: QtBot, view: WebView, in_window: bool) -> None:
    requests = web.load_engine().requests
    before = len(requests.blocked), requests.allowed
    shown(qtbot, view, page.write(hostile_page(in_window)))
    assert view.errors() == []
    # Every card there is, opened: all texts reach the page.
    asked(
        qtbot, view,
        "ranger.layers.forEach(l => l.group.eachLayer(m => (m.getLayers ? m.getLayers() : [m]).forEach("
        "n => n.fire('click')))); 1",
    )  # fmt: skip
    assert asked(qtbot, view, "document.querySelector('.card h2').textContent") in HOSTILE
    assert asked(qtbot, view, "String(window.hacked)") == "undefined"
    assert asked(qtbot, view, "document.querySelectorAll('.card img, .panel img, .card script').length") == 0
    assert (len(requests.blocked), requests.allowed) == (before[0], before[1] + 1), list(requests.blocked)


@without_display
def test_rough_places_are_squares_and_time_and_species_narrow(qtbot: QtBot, view: WebView) -> None:
    things = [
        Thing((42.55, 130.65), "Rough", first=20000, last=20000, words=(0,), size=-1),
        Thing((42.55, 130.65), "Rough too", first=20010, last=20010, words=(1,), size=-1),
        Thing((42.6, 130.7), "Exact", first=20020, last=20020, words=(1,), size=250),
        Thing((42.6, 130.8), "Always", words=(0,)),
    ]
    layer = Layer("observations", "Observations", POINTS, things, ["Tiger", "Leopard"], "species")
    text = page.write(MapPage("Map", [layer], bounds=extent([layer]), in_window=True))
    shown(qtbot, view, text)
    kinds = (
        "JSON.stringify(ranger.byId.observations.group.getLayers().map(l => l instanceof L.Rectangle ? 'square'"
        " : l instanceof L.CircleMarker && !(l instanceof L.Circle) ? 'pin' : 'around').sort())"
    )
    assert json.loads(asked(qtbot, view, kinds)) == ["around", "pin", "pin", "square"]
    square = "ranger.byId.observations.group.getLayers().find(l => l instanceof L.Rectangle).getBounds()"
    assert (
        asked(qtbot, view, f"{square}.getSouth().toFixed(3) + ' ' + {square}.getEast().toFixed(3)") == "42.500 130.700"
    )
    drawn = "ranger.byId.observations.drawn"
    assert asked(qtbot, view, f"ranger.state.species = 'Tiger'; ranger.redraw(); {drawn}") == 2
    assert asked(qtbot, view, f"ranger.state.species = ''; ranger.period(20005, 20015); {drawn}") == 1
    assert asked(qtbot, view, f"ranger.period(20000, 20020); {drawn}") == 4


@without_display
def test_lengths_and_areas_are_those_of_the_ellipsoid(qtbot: QtBot, view: WebView) -> None:
    shown(qtbot, view, page.write(MapPage("Map", [])))
    lines = [
        [(42.41979, 130.63928), (43.1, 131.9)],
        [(42.5, 130.6), (42.5001, 130.6001), (42.51, 130.58)],
        [(48.5, 135.0), (48.7, 134.8), (45.0, 133.0)],
        [(-10.0, 20.0), (10.0, 60.0)],
    ]
    for line in lines:
        metres = asked(qtbot, view, f"rangerGeodesy.length({json.dumps(line)})")
        assert metres == pytest.approx(outline.length([(b, a) for a, b in line]), rel=1e-9)
    rings = [
        [(42.5, 130.6), (42.5, 130.7), (42.6, 130.65)],
        [(42.5, 130.6), (42.502, 130.6), (42.502, 130.603), (42.5, 130.603)],
        [(43.0, 131.0), (43.0, 132.0), (44.0, 132.0), (44.0, 131.0)],
    ]
    for ring in rings:
        area = asked(qtbot, view, f"rangerGeodesy.squareMetres({json.dumps(ring)})")
        assert area == pytest.approx(outline.area([(b, a) for a, b in ring])[0], rel=2e-3)
    assert asked(qtbot, view, "rangerGeodesy.dms(-42.99999999, 'NS')") == "43°00′00.0″S"


@without_display
def test_the_screen_draws_opens_moves_and_undoes(
    library: Library, bridge: Bridge, qtbot: QtBot, dressed: Callable[[str, str], None]
) -> None:
    place = records.add(
        library, "location", {"name": "Hide", "type": "hide", "latitude": 425_000_000, "longitude": 1_306_000_000}
    )
    screen = MapScreen(library, bridge)
    qtbot.addWidget(screen)
    bridge.changed.connect(screen.refresh)
    screen.resize(1100, 680)
    screen.refresh(None)
    screen.show()
    qtbot.waitUntil(lambda: screen.map is not None, timeout=READY_MS)
    qtbot.waitUntil(lambda: not screen.web.busy, timeout=READY_MS)
    assert screen.map is not None
    assert "locations" in {one.id for one in screen.map.layers}
    # Shown by its box in the list; the page hears of it.
    screen.layers.switch("locations", True)
    qtbot.waitUntil(
        lambda: ["locations", 1] in json.loads(asked(qtbot, screen.web, "JSON.stringify(ranger.drawnThings())")),
        timeout=10_000,
    )
    panels: list[tuple[object, str]] = []
    screen.panel_wanted.connect(lambda widget, title: panels.append((widget, title)))
    screen.web.run(f"location.href = 'ranger:open/location/{place.hex()}'")
    qtbot.waitUntil(lambda: bool(panels), timeout=10_000)
    assert panels[0][1] == "Hide"
    # Moved with the page's own tool, saved, taken back.
    screen.web.run(f"location.href = 'ranger:move/location/{place.hex()}'")
    qtbot.waitUntil(lambda: screen.drawing is not None, timeout=10_000)
    qtbot.waitUntil(lambda: asked(qtbot, screen.web, "ranger.busy") is True, timeout=10_000)
    screen.web.run("ranger.add(42.6123, 130.7456); ranger.finish()")

    def latitude() -> object:
        with library.read() as db:
            return records.existing(db, "location", place)["latitude"]

    qtbot.waitUntil(lambda: latitude() == 426_123_000, timeout=10_000)
    # An outline around it, by three corners.
    screen.web.run(f"location.href = 'ranger:outline/location/{place.hex()}'")
    qtbot.waitUntil(lambda: screen.drawing is not None, timeout=10_000)
    qtbot.waitUntil(lambda: asked(qtbot, screen.web, "ranger.busy") is True, timeout=10_000)
    screen.web.run("ranger.add(42.6, 130.7); ranger.add(42.6, 130.8); ranger.add(42.7, 130.75); ranger.finish()")

    def drawn() -> object:
        with library.read() as db:
            return outline.read(records.existing(db, "location", place)["outline"])

    qtbot.waitUntil(lambda: drawn() is not None, timeout=10_000)
    assert drawn() == {
        "type": "Polygon",
        "coordinates": [[[130.7, 42.6], [130.8, 42.6], [130.75, 42.7], [130.7, 42.6]]],
    }
    from ranger_app.actions.undo import undo

    undo(library)
    undo(library)
    assert drawn() is None
    assert latitude() == 425_000_000
    # Where the pointer is: as the page tells it through its title.
    screen.web.run("document.title = 'at 42.419790 130.639280'")
    qtbot.waitUntil(lambda: "52T" in screen.readout.utm.text(), timeout=10_000)
    assert re.search(r"52T ?FM", screen.readout.mgrs.text())
    screen.finder.line.setText("42°25'11.2\"N 130°38'21.4\"E")
    screen.finder.look()
    qtbot.waitUntil(lambda: asked(qtbot, screen.web, "ranger.view()[0].toFixed(3)") == "42.420", timeout=10_000)


@without_display
def test_a_file_opens_by_itself(library: Library, qtbot: QtBot, view: WebView, tmp_path: Path) -> None:
    records.add(library, "location", {"name": "Hide", "latitude": 425_000_000, "longitude": 1_306_000_000})
    made = run(map_page.write(library, tmp_path / "map.html", exact=True))
    assert made.path is not None
    assert made.written == {"locations": 1}
    text = made.path.read_text(encoding="utf-8")
    shown(qtbot, view, text)
    assert view.errors() == []
    assert asked(qtbot, view, "document.querySelectorAll('.leaflet-control-layers').length") == 1
    assert made.bytes < 4_000_000
    assert AREAS in text
