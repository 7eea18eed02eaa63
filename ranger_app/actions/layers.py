"""The layers a person lays under the records on the map: files of their own, remembered by the library.

A layer stays where it is on the disk; the library's settings keep its path, so a file that is gone can be named.
Nothing of it is exchanged.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ranger_app.domain.ids import new_id
from ranger_app.errors import DataProblem
from ranger_app.geo import layer_files, tiles
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.store import settings
from ranger_app.store.connection import Database

VECTOR, IMAGE, TILES = "vector", "image", "tiles"
MOST = 40
_SETTING = "map.layers"
_KINDS = {VECTOR: layer_files.VECTORS, IMAGE: layer_files.IMAGES, TILES: layer_files.TILES}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer as it is remembered."""

    id: str
    name: str
    kind: str
    """VECTOR, IMAGE or TILES."""
    path: Path
    visible: bool
    opacity: int
    """Percent, 0 to 100."""
    order: int
    """0 is drawn first, so everything else lies on top of it."""
    missing: bool
    """The file is not there now."""


@dataclass(frozen=True, slots=True)
class _Kept:
    id: str
    name: str
    path: str
    visible: bool = True
    opacity: int = 100


@dataclass(frozen=True, slots=True)
class Added:
    """A layer just added, with what its file left unsaid or could not be drawn."""

    layer: Layer
    features: int
    """0 for pictures and tiles."""
    skipped: int
    remarks: tuple[str, ...]


def layers(library: Library) -> list[Layer]:
    """All layers in the order they are drawn in, those included whose file is not there now."""
    with library.read() as db:
        kept = _read(db)
    return [_layer(one, order) for order, one in enumerate(kept)]


def missing(library: Library) -> list[Path]:
    """The files of layers that are not there now, for the sentence that names them."""
    return [one.path for one in layers(library) if one.missing]


def add(library: Library, path: Path, name: str = "") -> Added:
    """Add the file as the topmost layer once it proved readable; a file that is there already stays where it is.

    Raises DataProblem for what is no layer (``layer_files``), EnvironmentProblem where it cannot be read.
    """
    path = path.absolute()
    kind = kind_of(path)
    features = skipped = 0
    remarks: tuple[str, ...] = ()
    if kind == VECTOR:
        found = layer_files.vector(path)
        features, skipped, remarks = len(found["features"]), found["skipped"], tuple(found["remarks"])
    elif kind == IMAGE:
        layer_files.image(path)
    else:
        tiles.open(path).close()
    made = _Kept(new_id().hex(), (name.strip() or path.stem)[:100], str(path))

    def change(kept: list[_Kept]) -> list[_Kept]:
        if any(one.path == made.path for one in kept):
            return [replace(one, name=name.strip() or one.name) if one.path == made.path else one for one in kept]
        if len(kept) >= MOST:
            raise DataProblem(
                "LAYERS_FULL",
                _("The map has {n} layers already.").format(n=MOST),
                _("Take one away first."),
            )
        return [*kept, made]

    _change(library, change)
    layer = next(one for one in layers(library) if one.path == path)
    return Added(layer, features, skipped, remarks)


def remove(library: Library, layer: str) -> None:
    """Forget a layer; its file stays."""
    find(library, layer)
    _change(library, lambda kept: [one for one in kept if one.id != layer])


def put(
    library: Library, layer: str, *, name: str | None = None, visible: bool | None = None, opacity: int | None = None
) -> Layer:
    """Change how a layer is shown; ``opacity`` in percent is held between 0 and 100."""
    find(library, layer)

    def change(one: _Kept) -> _Kept:
        return replace(
            one,
            name=(name.strip() or one.name)[:100] if name is not None else one.name,
            visible=one.visible if visible is None else visible,
            opacity=one.opacity if opacity is None else min(100, max(0, opacity)),
        )

    _change(library, lambda kept: [change(one) if one.id == layer else one for one in kept])
    return find(library, layer)


def order(library: Library, ids: list[str]) -> None:
    """Draw the layers in this order, the first lowest; those not named keep their order above them."""
    for one in ids:
        find(library, one)
    places = {one: place for place, one in enumerate(ids)}
    _change(library, lambda kept: sorted(kept, key=lambda one: places.get(one.id, len(places))))


def move(library: Library, layer: str, steps: int) -> None:
    """Raise a layer by ``steps`` (or lower it, where they are negative)."""
    ids = [one.id for one in layers(library)]
    find(library, layer)
    at = ids.index(layer)
    ids.insert(min(len(ids) - 1, max(0, at + steps)), ids.pop(at))
    order(library, ids)


def find(library: Library, text: str) -> Layer:
    """The layer with this id or exactly this name; DataProblem where there is no single one."""
    every = layers(library)
    found = [one for one in every if one.id == text] or [one for one in every if one.name == text]
    if len(found) != 1:
        raise DataProblem(
            "NO_LAYER",
            _("There is no single layer called {name}.").format(name=text),
            _("Look it up with: ranger layer list"),
        )
    return found[0]


def kind_of(path: Path) -> str:
    """VECTOR, IMAGE or TILES by the end of the name; DataProblem LAYER_UNKNOWN for others."""
    end = path.suffix.lower()
    for kind, ends in _KINDS.items():
        if end in ends:
            return kind
    raise layer_files.unknown(path)


def _layer(kept: _Kept, place: int) -> Layer:
    path = Path(kept.path)
    return Layer(kept.id, kept.name, kind_of(path), path, kept.visible, kept.opacity, place, not path.is_file())


def _read(db: Database) -> list[_Kept]:
    try:
        entries: Any = json.loads(settings.get(db, _SETTING, "[]"))
        found = [_Kept(**entry) for entry in entries]
    except (ValueError, TypeError):  # of a later version: shown again once they are added again
        return []
    return [one for one in found if Path(one.path).suffix.lower() in {end for ends in _KINDS.values() for end in ends}]


def _change(library: Library, change: Callable[[list[_Kept]], list[_Kept]]) -> None:
    def write(db: Database) -> None:
        settings.put(db, _SETTING, json.dumps([asdict(one) for one in change(_read(db))], ensure_ascii=False))

    library.write(write)
