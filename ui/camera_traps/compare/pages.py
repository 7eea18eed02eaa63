"""The three pages on pairs of animals, as the screen of camera traps shows them over its tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ranger_app.actions import catalogue, same_animal, second_opinion
from ranger_app.changes import Changes
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command

if TYPE_CHECKING:
    from ui.camera_traps.compare.compare_page import ComparePage
    from ui.camera_traps.compare.joins_page import JoinsPage
    from ui.camera_traps.compare.opinions_page import OpinionsPage

COMPARE, JOINS, OPINIONS = "compare", "joins", "opinions"
TABS = "tabs"


class ComparePages(QObject):
    """Pages that are made when they are first wanted and put on ``stack``.

    ``wanted(name)`` when one of them is to be shown, ``told(name)`` when its heading or commands are others,
    ``animal_wanted(id)`` for the page of an animal, ``catalogue_wanted`` for the catalogue.
    """

    wanted = Signal(str)
    told = Signal()
    animal_wanted = Signal(object)
    catalogue_wanted = Signal()

    NAMES = (COMPARE, JOINS, OPINIONS)

    def __init__(self, library: Library, bridge: Bridge, stack: QStackedWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._stack = library, bridge, stack
        self._made: dict[str, Any] = {}
        self._came_from: dict[str, str] = {}

    def page(self, name: str) -> QWidget:
        """The page called ``name``, made now if it was not there."""
        if name not in self._made:
            made = {COMPARE: self._make_compare, JOINS: self._make_joins, OPINIONS: self._make_opinions}[name]()
            made.told.connect(self.told)  # type: ignore[attr-defined]
            self._made[name] = made
            self._stack.addWidget(made)
        found: QWidget = self._made[name]
        return found

    def _make_compare(self) -> QWidget:
        from ui.camera_traps.compare.compare_page import ComparePage

        made = ComparePage(self._library, self._bridge)
        made.statements_wanted.connect(self.open_joins)
        return made

    def _make_joins(self) -> QWidget:
        from ui.camera_traps.compare.joins_page import JoinsPage

        made = JoinsPage(self._library, self._bridge)
        made.compare_wanted.connect(lambda one, other, round_: self.open_pair(one, other, round_, JOINS))
        made.catalogue_wanted.connect(self.catalogue_wanted)
        return made

    def _make_opinions(self) -> QWidget:
        from ui.camera_traps.compare.opinions_page import OpinionsPage

        made = OpinionsPage(self._library, self._bridge)
        made.catalogue_wanted.connect(self.catalogue_wanted)
        made.animal_wanted.connect(self.animal_wanted)
        return made

    @property
    def compare(self) -> ComparePage:
        """Two animals side by side."""
        found: ComparePage = self.page(COMPARE)  # type: ignore[assignment]
        return found

    @property
    def joins(self) -> JoinsPage:
        """All statements on pairs."""
        found: JoinsPage = self.page(JOINS)  # type: ignore[assignment]
        return found

    @property
    def opinions(self) -> OpinionsPage:
        """Second opinions."""
        found: OpinionsPage = self.page(OPINIONS)  # type: ignore[assignment]
        return found

    # -- opening -----------------------------------------------------------------------------------------------

    def open_pair(
        self,
        one: bytes,
        other: bytes | None = None,
        round_: Sequence[tuple[bytes, bytes]] = (),
        came_from: str = TABS,
    ) -> None:
        """An animal beside another one, or beside all that it may be; ``came_from`` is where Back leads."""
        self.compare.open(one, other, round_)
        self._show(COMPARE, came_from)

    def open_joins(self) -> None:
        """All statements on pairs."""
        self.joins.open()
        self._show(JOINS, TABS)

    def open_opinions(self) -> None:
        """Second opinions."""
        self.opinions.open()
        self._show(OPINIONS, TABS)

    def open_at(self, what: str) -> None:
        """What waits of statements ("animals"), else second opinions; "opinions" for these alone."""
        waits = 0
        if what == "animals":
            with self._library.read() as db:
                waits = same_animal.waiting_for_us(self._library, db)
                asked = len(second_opinion.open_for(self._library, db)) if not waits else 0
        if what == "animals" and (waits or not asked):
            self.open_joins()
        else:
            self.open_opinions()

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        """Its pages, for the pictures of all screens."""
        return [("compare", self._first_pair), ("statements", self.open_joins), ("opinions", self.open_opinions)]

    def _first_pair(self) -> None:
        with self._library.read() as db:
            own = next((one for one in catalogue.entries(db) if one.mine), None)
        if own is not None:
            self.open_pair(own.id)

    def _show(self, name: str, came_from: str) -> None:
        self._came_from[name] = came_from
        self.wanted.emit(name)

    # -- what the screen asks of the page shown -----------------------------------------------------------------

    def before(self, name: str) -> str:
        """Where Back leads from a page."""
        return self._came_from.get(name, TABS)

    def heading(self, name: str) -> tuple[str, str]:
        """Title and sentence of a page."""
        self.page(name)
        found: tuple[str, str] = self._made[name].heading()
        return found

    def start_focus(self, name: str) -> QWidget:
        """Where the keyboard goes on a page."""
        return self.opinions.start_focus() if name == OPINIONS else self.page(name)

    def commands(self, name: str, free: Callable[[], bool]) -> list[Command]:
        """What can be done on a page; ``free`` tells whether plain letters are commands now."""
        self.page(name)
        found: list[Command] = self._made[name].commands(free)
        return found

    def refresh(self, changes: Changes) -> None:
        """Read again what ``changes`` touches."""
        for made in self._made.values():
            made.refresh(changes)

    # -- surviving a change of language ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What must survive, by page, and where Back leads."""
        return {"pages": {name: made.state() for name, made in self._made.items()}, "came_from": dict(self._came_from)}

    def restore(self, state: dict[str, Any]) -> None:
        """Show again what state() held."""
        self._came_from = dict(state["came_from"])
        for name, kept in state["pages"].items():
            self.page(name)
            self._made[name].restore(kept)
