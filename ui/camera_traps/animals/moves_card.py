"""The moves of one animal on a map. The web engine is loaded only when somebody asks for the map."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from ranger_app.actions import moves
from ranger_app.i18n import _
from ranger_app.library import Library
from ranger_app.maps.layers import MapPage
from ui import theme
from ui.bridge import Bridge
from ui.memory import give_back
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.text import muted
from ui.widgets.web import WebView

_HEIGHT = 290


class MovesCard(Card):
    """``opened(kind, id)`` when a person opens a thing of the map."""

    opened = Signal(str, object)

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__(_("Moves"))
        self._library, self._bridge = library, bridge
        self.animal: bytes | None = None
        self.web: WebView | None = None
        self._asked = 0
        self._dark = False
        self.drawn = QWidget()
        self.drawn.setMinimumHeight(_HEIGHT)
        self.stack = QStackedLayout(self.drawn)
        self.ask = EmptyState(
            _("Where it was met, in the order of time: a line from each place to the next, and the area around them."),
            _("Show the map"),
            self.show_map,
            icon="map",
            key="M",
        )
        self.waiting = muted(_("Drawing the map"))
        self.nowhere = EmptyState(_("No place is known at which it was met."), icon="map")
        for one in (self.ask, self.waiting, self.nowhere):
            self.stack.addWidget(one)
        self.body.addWidget(self.drawn, 1)

    @property
    def asked(self) -> bool:
        """Whether the map of this animal is here, or on its way."""
        return self.stack.currentWidget() is not self.ask

    def open(self, animal: bytes | None) -> None:
        """Another animal: its map is drawn when somebody asks for it."""
        self.animal = animal
        self._asked += 1
        self.stack.setCurrentWidget(self.ask)

    def changed(self) -> None:
        """What the map rests on was written: draw it again where it is looked at."""
        if self.asked:
            self.show_map()

    def show_map(self) -> None:
        """Draw the map."""
        animal = self.animal
        if animal is None:
            return
        self._asked += 1
        asked = self._asked
        self._dark = theme.tokens().name == "dark"
        dark = self._dark
        if self.stack.currentWidget() is not self.web:
            self.stack.setCurrentWidget(self.waiting)
        self._bridge.run(
            lambda cancel: moves.page(self._library, [animal], dark=dark, cancel=cancel),
            partial(self._take, asked),
            partial(self._failed, asked),
            owner=self,
        )

    def _take(self, asked: int, result: tuple[MapPage, str]) -> None:
        if asked != self._asked:
            return
        page, text = result
        if page.bounds is None:
            self.stack.setCurrentWidget(self.nowhere)
            return
        if self.web is None:
            self.web = WebView()
            self.web.link.connect(self._linked)
            self.web.loaded.connect(lambda _well: give_back())
            self.stack.addWidget(self.web)
        self.stack.setCurrentWidget(self.web)
        self.web.show_page(text)

    def _failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self.stack.setCurrentWidget(self.ask)
            self._bridge.report(error)

    def _linked(self, address: str) -> None:
        words = address.removeprefix("ranger:").split("/")
        if len(words) == 3 and words[0] == "open":
            try:
                self.opened.emit(words[1], bytes.fromhex(words[2]))
            except ValueError:
                return

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange and self.web is not None:
            dark = theme.tokens().name == "dark"
            if dark != self._dark:
                self._dark = dark
                self.web.set_dark(dark)
        super().changeEvent(event)
