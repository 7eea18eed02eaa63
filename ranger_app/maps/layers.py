"""What a map is made of: layers of things with a place, a time and a word, as small as a page can carry them.

A thing's precision travels with it, so that a place told roughly is drawn as its cell and never as a pin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

POINTS, LINES, AREAS, IMAGE, TILES = "points", "lines", "areas", "image", "tiles"

Geometry = Mapping[str, Any]
"""A GeoJSON geometry, longitude first, degrees of WGS 84."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing on the map.

    ``place`` is (latitude, longitude) in degrees, for a line the list of its unbroken pieces, each a list of such
    pairs, or a GeoJSON geometry, by the kind of its layer. ``size`` is the uncertainty in metres; -1, -2, -3 say that
    the place is a cell of 0.1, 0.01 or 0.001 degree with its middle there; 0 says nothing. ``first`` and ``last`` are
    days since 1970-01-01 or None.
    """

    place: Any
    title: str
    facts: Sequence[str] = ()
    id: str = ""
    """The record it opens, as 32 hex digits."""
    kind: str = ""
    first: int | None = None
    last: int | None = None
    words: Sequence[int] = ()
    """Indices into the layer's words: species or categories it may be filtered by."""
    own: bool = True
    size: int = 0
    weight: float = 0.0
    """How much of it there is: the size of a count, the shade of a grid cell."""
    mark: str = ""
    """A shape other than the layer's, such as "failed"; "crosses" for a line from one country to another."""


@dataclass(slots=True)
class Layer:
    """A row of the layer list. ``words`` are translated; ``about`` says what they are: species or category."""

    id: str
    name: str
    kind: str
    things: list[Thing] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    about: str = ""
    shape: str = "circle"
    colour: str = "accent"
    """A name of the page's style: accent, partner, attention, problem, muted, water, border."""
    on: bool = True
    opacity: int = 100
    note: str = ""
    """One sentence on what is not drawn, or what the layer is not."""
    credit: str = ""
    group: str = "records"
    """records, ground (shipped) or own (a person's files)."""
    clustered: bool = False
    source: str = ""
    """The data URI or address of a picture, or the address of tiles with {z}, {x}, {y}."""
    bounds: tuple[float, float, float, float] | None = None
    """South, west, north, east of a picture or of tiles."""
    zooms: tuple[int, int] = (0, 18)
    pictures: dict[str, str] = field(default_factory=dict)
    """Tiles as data URIs by ``z/x/y``, where ``source`` is "packed"."""

    number: int = 0
    """How many things it held, where they were let go after the page was written."""

    def word(self, text: str, known: dict[str, int]) -> int:
        """The index of a word, added where it is new."""
        found = known.get(text)
        if found is None:
            found = known[text] = len(self.words)
            self.words.append(text)
        return found


@dataclass(slots=True)
class MapPage:
    """Everything a page shows and says."""

    title: str
    layers: list[Layer]
    language: str = "en"
    made: str = ""
    """One line: by whom, when, under which rule."""
    notes: list[str] = field(default_factory=list)
    bounds: tuple[float, float, float, float] | None = None
    """South, west, north, east to open at; None shows everything."""
    in_window: bool = False
    """Links open records; the window draws the list of layers."""
    dark: bool = False


_CELL = {-1: 0.05, -2: 0.005, -3: 0.0005}


def extent(layers: Sequence[Layer]) -> tuple[float, float, float, float] | None:
    """South, west, north, east of everything in these layers that has a place; None where nothing has."""
    latitudes: list[float] = []
    longitudes: list[float] = []
    for layer in layers:
        for thing in layer.things:
            if layer.kind == POINTS:
                half = _CELL.get(thing.size, 0.0)
                latitudes += (thing.place[0] - half, thing.place[0] + half)
                longitudes += (thing.place[1] - half, thing.place[1] + half)
            elif layer.kind == LINES:
                latitudes += (one[0] for piece in thing.place for one in piece)
                longitudes += (one[1] for piece in thing.place for one in piece)
            else:
                for longitude, latitude in corners(thing.place):
                    latitudes.append(latitude)
                    longitudes.append(longitude)
    if not latitudes:
        return None
    return min(latitudes), min(longitudes), max(latitudes), max(longitudes)


def corners(geometry: Geometry) -> list[tuple[float, float]]:
    """All (longitude, latitude) of a GeoJSON geometry, without its structure."""
    found: list[tuple[float, float]] = []
    waiting: list[Any] = [geometry.get("coordinates", []), *(one for one in geometry.get("geometries", []))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting.append(one.get("coordinates", []))
        elif one and isinstance(one[0], (int, float)):
            found.append((float(one[0]), float(one[1])))
        else:
            waiting.extend(one)
    return found
