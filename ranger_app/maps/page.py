"""Layers as one HTML page by folium, with every script, style and picture inside: it never asks a host for anything.

All that comes from records is JSON in a block of its own with every ``<`` escaped, set into the page as text by our
script; the page's own security policy admits no script but those written here, and no address outside.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any

from ranger_app.maps import leaflet
from ranger_app.maps.layers import AREAS, LINES, POINTS, Layer, MapPage, Thing
from ranger_app.maps.words import words
from ranger_app.paths import resource

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SCRIPTS = ("geodesy.js", "map.js", "panel.js", "tools.js", "ready.js")
_DIGITS = 1e5
"""Lines are written in steps of 0.00001 degree, about a metre."""


def write(page: MapPage) -> str:
    """The page. Where ``in_window`` is set it may also load tiles from its own local address."""
    text = _by_folium(page)
    data = _data_block(page)
    head = "\n".join(
        (
            f"<title>{html.escape(page.title)}</title>",
            f"<style>{leaflet.style()}\n{_own('map.css')}</style>",
            f"<script>{leaflet.script()}</script>",
            # JSON.parse is several times faster on a text than the engine is on the same written as script.
            f'<script type="application/json" id="ranger-data">{data}</script>',
        )
    )
    appearance = "dark" if page.dark else "light"
    text = text.replace("<html>", f'<html lang="{html.escape(page.language)}" data-theme="{appearance}">', 1)
    text = text.replace("</head>", f"{head}\n</head>", 1)
    # Last, when folium's own script has made the map and its groups.
    ours = "\n".join(f"<script>{_own(name)}</script>" for name in SCRIPTS)
    text = text.replace("</html>", f"{ours}\n</html>", 1)
    return text.replace("<head>", f"<head>\n{_policy(text, page.in_window)}", 1)


def _policy(text: str, in_window: bool) -> str:
    """The page's security policy: these scripts by their hash, pictures inside the page, and nothing else."""
    hashes = (hashlib.sha256(one.encode()).digest() for one in _SCRIPT.findall(text))
    scripts = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    pictures = "data: blob: ranger-local:" if in_window else "data: blob:"
    rules = (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src {pictures};"
        " base-uri 'none'; form-action 'none'"
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{rules}">'


def _by_folium(page: MapPage) -> str:
    """folium's page with the map, a group for each layer and the control that switches them."""
    import folium

    bounds = page.bounds or (41.0, 127.0, 50.0, 136.0)
    middle = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    drawn = folium.Map(location=middle, zoom_start=6, tiles=None, prefer_canvas=True, zoom_control=False)
    drawn._id = "ranger"  # folium draws names by chance: the same layers shall give the same page
    drawn.default_js, drawn.default_css = [], []
    for number, layer in enumerate(page.layers):
        group = folium.FeatureGroup(name=layer.name, show=layer.on)
        group._id = f"layer{number}"
        group.add_to(drawn)
    if page.layers and not page.in_window:
        control = folium.LayerControl(collapsed=True)
        control._id = "list"
        control.add_to(drawn)
    return str(drawn.get_root().render())


def _data_block(page: MapPage) -> str:
    data = {
        "layers": [_layer(one, page.in_window) for one in page.layers],
        "title": page.title,
        "made": page.made,
        "notes": page.notes,
        "bounds": page.bounds,
        "inWindow": page.in_window,
        "words": words(),
        "language": page.language.replace("_", "-"),
    }
    return as_block(data)


def as_block(data: object) -> str:
    """JSON that may stand inside a script element: no character of it can end that element or open a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _layer(layer: Layer, in_window: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: getattr(layer, name)
        for name in ("id", "name", "kind", "words", "about", "shape", "colour", "on", "opacity", "note", "credit")
    }
    told |= {"section": layer.group, "clustered": layer.clustered}
    if layer.source:
        told |= {"source": layer.source, "bounds": layer.bounds, "zooms": layer.zooms}
    if layer.pictures:
        told["pictures"] = layer.pictures
    # The shipped ground is written in few digits already, and it is most of the corners of any map.
    shape = "" if layer.group == "ground" and layer.kind == AREAS else layer.kind
    told["things"] = [_thing(shape, one, in_window) for one in layer.things]
    return told


def _thing(kind: str, one: Thing, in_window: bool) -> list[Any]:
    """The order is that of ``map.js``; what is empty at the end is left off. A file opens no record and names none."""
    place: Any = one.place
    if kind == POINTS:
        place = [round(one.place[0], 6), round(one.place[1], 6)]
    elif kind == LINES:
        place = [_steps(piece) for piece in one.place]
    elif kind == AREAS:
        place = _rounded(one.place)
    opens = (one.id, one.kind) if in_window else ("", "")
    row: list[Any] = [
        place, one.title, list(one.facts), *opens, one.first, one.last, list(one.words), int(one.own), one.size,
        one.weight, one.mark,
    ]  # fmt: skip
    while row[-1] in (0, "", None) and len(row) > 9:
        row.pop()
    return row


def _steps(line: Any) -> list[int]:
    """Latitude and longitude of the first place in 0.00001 degree, then the step to each next."""
    import numpy

    here = numpy.rint(numpy.asarray(line, float) * _DIGITS).astype(int)
    flat: list[int] = numpy.diff(here, axis=0, prepend=[[0, 0]]).ravel().tolist()
    return flat


def _rounded(geometry: Any) -> Any:
    if isinstance(geometry, Mapping):
        return {name: _rounded(value) for name, value in geometry.items() if name in _GEOMETRY}
    if isinstance(geometry, (list, tuple)):
        return [_rounded(one) for one in geometry]
    return round(geometry, 6) if isinstance(geometry, float) else geometry


_GEOMETRY = ("type", "coordinates", "geometries")


def _own(name: str) -> str:
    return resource("map", name).read_text(encoding="utf-8")
