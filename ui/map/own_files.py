"""A person's own files under the records: added, taken away, their tiles handed to the page one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ranger_app.actions import layers as own_layers
from ranger_app.actions import map_choice, map_own_layers
from ranger_app.actions.map_choice import Shown
from ranger_app.errors import RangerError
from ranger_app.geo import layer_files, tiles
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.choose import choose_file


class OwnFiles(QObject):
    """``changed`` when the list of files is another."""

    changed = Signal()

    def __init__(self, library: Library, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._page = library, bridge, parent
        self._open: dict[str, tiles.Tiles | None] = {}

    def choose(self) -> None:
        """Choose a file to lie under the records."""
        ends = (*layer_files.VECTORS, *layer_files.IMAGES, *layer_files.TILES)
        choose_file(self._page, _("Choose a layer"), self.take, " ".join(f"*{one} *{one.upper()}" for one in ends))

    def take(self, path: Path) -> None:
        """Read a file and remember it as a layer."""
        self._bridge.run(
            lambda _cancel: own_layers.add(self._library, path),
            self._added,
            owner=self,
            title=_("Layer {name}").format(name=path.name),
        )

    def _added(self, added: own_layers.Added) -> None:
        self._bridge.say(" ".join((_("Added {name}.").format(name=added.layer.name), *added.remarks)))
        self.changed.emit()

    def remove(self, layer: str) -> None:
        """Forget the file of a layer of the map; it stays on its disk."""
        if self.has(layer):
            record = layer[len(map_own_layers.PREFIX) :]
            self._bridge.act(
                lambda _cancel: own_layers.remove(self._library, record),
                lambda _none: self.changed.emit(),
                owner=self,
            )

    def has(self, layer: str) -> bool:
        """Whether a layer of the map is such a file."""
        return layer.startswith(map_own_layers.PREFIX)

    def keep(self, states: Sequence[Shown]) -> None:
        """Remember how all layers are shown."""

        def write(_cancel: object) -> None:
            map_choice.save(self._library, states)
            map_own_layers.keep(self._library, [(one.id, one.on, one.opacity) for one in states])

        self._bridge.act(write, owner=self)

    def tile(self, path: str) -> tuple[str, bytes] | None:
        """The picture for ``/tiles/ID/z/x/y``, with its content type."""
        try:
            _none, _word, layer, *numbers = path.split("/")
            z, x, y = (int(one) for one in numbers)
        except ValueError:
            return None
        if layer not in self._open:
            try:
                self._open[layer] = tiles.open(own_layers.find(self._library, layer).path)
            except RangerError:
                self._open[layer] = None
        file = self._open[layer]
        data = file.tile(z, x, y) if file is not None else None
        return (f"image/{tiles.picture_type(data)}", data) if data else None

    def close(self) -> None:
        """Let go of all files."""
        for file in self._open.values():
            if file is not None:
                file.close()
        self._open = {}
