"""The map: everything in its place and time, and the tools to go to a place, measure, draw and send.

The page is drawn in the web engine, which is loaded when somebody first comes here; all it shows is made by actions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ranger_app.actions import map_choice, map_edit, map_layers, map_page
from ranger_app.actions.map_choice import Shown
from ranger_app.actions.map_page import MapFile
from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.errors import RangerError
from ranger_app.i18n import _, ngettext
from ranger_app.library import Library
from ranger_app.maps.layers import MapPage
from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.map.find_line import FindLine, Readout
from ui.map.layer_list import LayerList
from ui.map.own_files import OwnFiles
from ui.map.record_panel import RecordPanel
from ui.map.save_panel import EXACT, SavePanel
from ui.memory import give_back
from ui.numbers import number
from ui.widgets.choose import choose_new_file
from ui.widgets.screen import Screen
from ui.widgets.text import label, section
from ui.widgets.web import WebView

_SIDE = 268
_AGAIN_MS = 1500
"""After a change the map is drawn anew, once no further change came for so long."""
_PLACES = {"patrol": "patrols", "survey": "waterbirds"}
"""Kinds whose place opens a record by its id alone."""
_CAMERAS = {"deployment": "deployment"}
_HERE = ("location", "protected_area", "sample", "health_event", "individual")
"""Kinds that are shown in the side panel."""
_KINDS = frozenset(
    ("location", "deployment", "observation", "individual", "patrol", "track", "waypoint", "sighting", "survey",
     "count", "sample", "health_event", "protected_area", "media")
)  # fmt: skip


class MapScreen(Screen):
    """``open_at`` takes (latitude, longitude) in degrees, or ("layer", its id)."""

    help_page = "map"

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(library, bridge, scroll=False)
        self.map: MapPage | None = None
        self.drawing: Callable[[dict[str, Any], float], object] | None = None
        """What happens with the shape that is drawn now."""
        self._wanted: tuple[float, float, int, str] | None = None
        self._view: list[float] | None = None
        self._stale = True
        self._busy = False
        self.files = OwnFiles(library, bridge, self)
        self.files.changed.connect(self._draw_again)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self._draw)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_AGAIN_MS)
        self._keep.timeout.connect(lambda: self.files.keep(self.layers.states()))
        self._build()
        self.set_heading(_("Map"), _("Drawing the map"))
        found = {one.id: one for one in self.commands()}
        self.set_actions(*(found[one] for one in ("map.measure", "map.place", "map.save")))

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.BETWEEN)
        self.web = WebView()
        self.web.link.connect(self._linked)
        self.web.title.connect(self._titled)
        self.web.serve("tiles", self.files.tile)
        self.web.loaded.connect(self._loaded)
        drawn = QWidget()
        self._stack = QStackedLayout(drawn)
        self.waiting = label(_("Drawing the map"), "muted")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self.waiting)
        self._stack.addWidget(self.web)
        row.addWidget(drawn, 1)
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(section(_("Find a place")))
        self.finder = FindLine()
        self.finder.found.connect(self.show_place)
        column.addWidget(self.finder)
        column.addWidget(section(_("Layers")))
        self.layers = LayerList()
        self.layers.switched.connect(self._switched)
        self.layers.ordered.connect(self._ordered)
        self.layers.faded.connect(self._faded)
        column.addWidget(self.layers, 1)
        self.readout = Readout()
        column.addWidget(self.readout)
        row.addWidget(side)
        self.body.addLayout(row, 1)

    # -- commands ----------------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        group, drawn = _("Map"), self.drawn
        page = partial(self._ask_page)
        return [
            Command("map.layers", _("Go to the layers"), lambda: self.layers.setFocus(), "L", group=group),
            Command("map.find", _("Find a place"), lambda: self.finder.setFocus(), "F", group=group),
            Command("map.species", _("Choose a species"), lambda: page("species"), "S", drawn, group),
            Command("map.category", _("Choose a category"), lambda: page("category"), "C", drawn, group),
            Command("map.time", _("Choose the time"), lambda: page("from"), "T", drawn, group),
            Command("map.legend", _("Show the legend"), lambda: self.web.run("ranger.legend()"), "G", drawn, group),
            Command("map.measure", _("Measure a distance"), self.measure, "M", drawn, group),
            Command("map.place", _("New place"), self.new_place, "N", drawn, group),
            Command("map.sector", _("Draw a sector"), self.new_sector, "D", drawn, group),
            Command("map.area", _("Draw a protected area"), self.new_area, "A", drawn, group),
            Command("map.all", _("Show everything"), lambda: self.web.run("ranger.fit()"), "0", drawn, group),
            Command("map.layer", _("Show all of the layer"), self.fit_layer, "Z", drawn, group),
            Command("map.in", _("Zoom in"), lambda: self.web.run("ranger.zoom(1)"), "+", drawn, group, also=("=",)),
            Command("map.out", _("Zoom out"), lambda: self.web.run("ranger.zoom(-1)"), "-", drawn, group),
            Command("map.up", _("Move the layer up"), lambda: self.layers.move_chosen(-1), "U", drawn, group),
            Command("map.down", _("Move the layer down"), lambda: self.layers.move_chosen(1), "J", drawn, group),
            Command("map.add", _("Add a layer from a file"), self.files.choose, "I", group=group),
            Command("map.remove", _("Take the layer away"), self.remove_layer, "Del", self._own_chosen, group),
            Command("map.save", _("Save as file"), self.save, "Ctrl+S", group=group),
            Command("map.print", _("Print as PDF"), self.print_pdf, "Ctrl+P", drawn, group),
        ]

    def drawn(self) -> bool:
        """Whether the map is there."""
        return self.map is not None and self.web.page is not None

    def _ask_page(self, what: str) -> None:
        self.web.setFocus()
        self.web.call("ranger.focus", what)

    def measure(self) -> None:
        """Measure along points that are clicked."""
        self.drawing = None
        self.web.setFocus()
        self.web.run("ranger.measure()")

    def fit_layer(self) -> None:
        """Show all of the layer chosen in the list."""
        self.layers.switch(self.layers.current(), True)
        self.web.call("ranger.fitLayer", self.layers.current())

    def new_place(self) -> None:
        """Click where a new location is, then name it."""
        self._begin("point", _("Click where the new place is."), self._place_drawn)

    def new_sector(self) -> None:
        """Draw the outline of a count sector, then name it."""
        self._begin("area", _("Click along the outline of the sector."), partial(self._area_drawn, "location"))

    def new_area(self) -> None:
        """Draw the outline of a protected area, then name it."""
        self._begin("area", _("Click along the outline of the area."), partial(self._area_drawn, "protected_area"))

    def _own_chosen(self) -> bool:
        return self.files.has(self.layers.current())

    def remove_layer(self) -> None:
        """Forget the file that is chosen in the list of layers."""
        self.files.remove(self.layers.current())

    def save(self) -> None:
        """Ask for rule and layers of a file to send."""
        shown = [one.id for one in self.layers.states() if one.on and one.id in map_layers.RECORDS]
        self.panel_wanted.emit(SavePanel(self.library, shown, self.write), _("Save as file"))

    def write(self, path: Path, rule: str, layers: Sequence[str] | None) -> None:
        """Write the map file."""
        self.panel_done.emit()
        if path.exists():  # the dialog asked whether to replace it
            path.unlink()
        exact = rule == EXACT
        self.bridge.run(
            lambda cancel: map_page.write(
                self.library, path, rule="open" if exact else rule, exact=exact, layers=layers, cancel=cancel
            ),
            self._written,
            owner=self,
            title=_("Map {name}").format(name=path.name),
        )

    def _written(self, made: MapFile) -> None:
        if made.cancelled:
            return
        things = sum(made.written.values())
        self.bridge.say(
            ngettext("Saved {file} with {n} thing on it", "Saved {file} with {n} things on it", things).format(
                file=made.path.name if made.path else "", n=number(things)
            )
        )

    def print_pdf(self) -> None:
        """Print what is seen now to a file."""
        choose_new_file(self, _("Print as PDF"), self._print, _("Map") + ".pdf", "pdf")

    def _print(self, path: Path) -> None:
        self.web.print_pdf(path, self._printed, landscape=True)

    def _printed(self, well: bool) -> None:
        self.bridge.say(_("Printed to a file.") if well else _("The file could not be written."))

    # -- drawing the map ---------------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        if changes is not None and changes.kinds.isdisjoint(_KINDS):
            return
        self._stale = True
        self._again.start(0 if self.map is None else _AGAIN_MS)

    def _draw(self) -> None:
        if self._busy or not self._stale:
            return
        if not self.isVisible():
            self._again.start()
            return
        if self.drawing is not None:  # a half-drawn outline is not thrown away
            self._again.start()
            return
        self._busy, self._stale = True, False
        dark = theme.tokens().name == "dark"
        if not self.drawn():
            self._make(dark)
        else:
            self.web.run("ranger.view()", lambda view: self._make(dark, view))

    def _make(self, dark: bool, view: object = None) -> None:
        self._view = view if isinstance(view, list) else self._view
        self.bridge.run(
            lambda cancel: map_page.for_window(self.library, dark=dark, cancel=cancel),
            self._made,
            self._failed,
            owner=self,
        )

    def _made(self, result: tuple[MapPage, str]) -> None:
        self.map, text = result
        self._busy = False
        self.files.close()
        shown = self._choice()
        self.layers.show_layers(self.map.layers, shown)
        self._stack.setCurrentWidget(self.web)
        self.web.show_page(text)
        records = [one for one in self.map.layers if one.group == "records"]
        things = sum(one.number for one in records)
        if not things:
            self.set_heading(_("Map"), _("Nothing has a place yet. Add a place with N, or a card or a patrol."))
        else:
            self.set_heading(
                _("Map"),
                ngettext("{n} thing in its place", "{n} things in their places", things).format(n=number(things)),
            )
        self.commands_changed.emit()
        if self._stale:
            self._again.start()

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self.set_heading(_("Map"), _("The map could not be drawn."))
        self.bridge.report(error)

    def _choice(self) -> list[Shown]:
        """The layers from below to above as they were left, with new ones where they lie by themselves."""
        assert self.map is not None
        known = {one.id: one for one in map_choice.load(self.library)}
        kept = [one for one in known.values() if any(layer.id == one.id for layer in self.map.layers)]
        shown: list[Shown] = []
        for layer in self.map.layers:
            if layer.group == "own" and layer.id in known:  # what the files' own list says counts
                known[layer.id].on, known[layer.id].opacity = layer.on, layer.opacity
        for layer in self.map.layers:
            if layer.id not in known:
                shown.append(Shown(layer.id, layer.on, layer.opacity))
            elif kept:
                # The layers that a person ordered take each other's places, in their order.
                shown.append(kept.pop(0))
        return shown

    def _loaded(self, well: bool) -> None:
        give_back()
        if not well:
            return
        states = [[one.id, one.on, one.opacity] for one in self.layers.states()]
        self.web.call("ranger.put", states)
        if self._wanted is not None:
            self.web.call("ranger.goTo", *self._wanted)
            self._wanted = None
        elif self._view is not None:
            self.web.call("ranger.setView", self._view)

    def _titled(self, title: str) -> None:
        words = title.split(" ")
        if words[0] == "at" and len(words) == 3:
            try:
                self.readout.show_place(float(words[1]), float(words[2]))
            except (ValueError, RangerError):
                return

    # -- layers ------------------------------------------------------------------------------------------------

    def _switched(self, layer: str, on: bool) -> None:
        self.web.call("ranger.show", layer, on)
        self._keep.start()

    def _ordered(self) -> None:
        self.web.call("ranger.order", [one.id for one in self.layers.states()])
        self._keep.start()

    def _faded(self, layer: str, percent: int) -> None:
        self.web.call("ranger.opacity", layer, percent)
        self._keep.start()

    def _draw_again(self) -> None:
        self._stale = True
        self._again.start(0)

    # -- what the page asks for --------------------------------------------------------------------------------

    def show_place(self, latitude: float, longitude: float, uncertainty: int, words: str) -> None:
        """Go to a place (degrees) and mark it."""
        if self.drawn():
            self.web.call("ranger.goTo", latitude, longitude, uncertainty, words)
        else:
            self._wanted = (latitude, longitude, uncertainty, words)

    def _linked(self, address: str) -> None:
        parts = urlsplit(address)
        words = parts.path.split("/")
        if words[0] == "drawn":
            self._drawn(parse_qs(parts.query))
        elif words[0] == "drawing":
            self.drawing = None
        elif len(words) == 3:
            try:
                kind, record = words[1], bytes.fromhex(words[2])
            except ValueError:
                return
            if words[0] == "open":
                self.open_record(kind, record)
            elif words[0] == "move" and kind == "location":
                self._begin(
                    "point", self._names(_("Click where {name} is."), kind, record), self._reshape(kind, record)
                )
            elif words[0] == "outline" and kind in map_edit.OUTLINED:
                self._begin(
                    "area",
                    self._names(_("Click along the outline of {name}."), kind, record),
                    self._reshape(kind, record),
                    map_edit.corners_of(self.library, kind, record),
                )

    def _names(self, words: str, kind: str, record: bytes) -> str:
        return words.format(name=map_edit.title(self.library, kind, record))

    def open_record(self, kind: str, record: bytes) -> None:
        """Show a record in its own place, or beside the map."""
        if kind in _PLACES:
            self.go.emit(_PLACES[kind], record)
        elif kind in _CAMERAS:
            self.go.emit("camera_traps", (_CAMERAS[kind], record))
        elif kind in _HERE:
            panel = self._panel(kind)
            panel.form.open_record(record)
            self.panel_wanted.emit(panel, map_edit.title(self.library, kind, record))

    def _panel(self, kind: str, fixed: dict[str, Value] | None = None) -> RecordPanel:
        return RecordPanel(self.library, self.bridge, kind, self._saved, fixed)

    def _saved(self) -> None:
        self.panel_done.emit()
        self.bridge.say(_("Saved."), undo=True)

    # -- drawing a shape ---------------------------------------------------------------------------------------

    def _begin(
        self,
        what: str,
        words: str,
        then: Callable[[dict[str, Any], float], object],
        corners: Sequence[Sequence[float]] = (),
    ) -> None:
        self.drawing = then
        self.web.setFocus()
        self.web.call("ranger.draw", what, words, list(corners))

    def _drawn(self, query: dict[str, list[str]]) -> None:
        then, self.drawing = self.drawing, None
        if then is None:
            return
        try:
            geometry = map_edit.read(query.get("geometry", [""])[0])
            then(geometry, min(19.0, max(0.0, float(query.get("zoom", ["12"])[0]))))
        except RangerError as error:
            self.bridge.report(error)
        except ValueError:
            return

    def _place_drawn(self, geometry: dict[str, Any], zoom: float) -> None:
        panel = self._panel("location")
        panel.form.open_new({**map_edit.place(geometry, zoom), "type": "camera_site"})
        self.panel_wanted.emit(panel, _("New place"))

    def _area_drawn(self, kind: str, geometry: dict[str, Any], _zoom: float) -> None:
        fixed = map_edit.outlined(kind, geometry)
        panel = self._panel(kind, fixed)
        if kind == "location":
            panel.form.open_new({**map_edit.middle(geometry), "type": "sector"})
        else:
            panel.form.open_new({"country": self.library.station.country})
        self.panel_wanted.emit(panel, _("New sector") if kind == "location" else _("New protected area"))

    def _reshape(self, kind: str, record: bytes) -> Callable[[dict[str, Any], float], object]:
        def take(geometry: dict[str, Any], zoom: float) -> None:
            self.bridge.act(
                lambda _cancel: map_edit.reshape(self.library, kind, record, geometry, zoom),
                lambda _changes: self.bridge.say(_("Saved."), undo=True),
                owner=self,
            )

        return take

    # -- what the shell asks -----------------------------------------------------------------------------------

    def open_at(self, target: Any) -> None:
        if not isinstance(target, tuple):
            return
        if target[0] == "layer":
            self.layers.switch(str(target[1]), True)
        elif len(target) == 2:
            self.show_place(float(target[0]), float(target[1]), 0, "")

    def start_focus(self) -> QWidget | None:
        return self.web if self.drawn() else self.layers

    def state(self) -> dict[str, Any]:
        return {"find": self.finder.line.text()}

    def restore(self, state: dict[str, Any]) -> None:
        self.finder.line.setText(str(state.get("find", "")))

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            ("find", self._picture_of_finding),
            ("save", self.save),
        ]

    def _picture_of_finding(self) -> None:
        self.panel_done.emit()
        self.finder.line.setText("42.41979 N 130.63928 E")
        self.finder.look()
