"""What opens over the tab of individuals: the page of one animal, two side by side, what was said of pairs, opinions.

The screen of camera traps shows these pages by name and asks here for their heading, commands and state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ranger_app.actions import catalogue, same_animal, second_opinion
from ranger_app.changes import Changes
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.commands import Command

if TYPE_CHECKING:
    from ui.camera_traps.animals.animal_page import AnimalPage
    from ui.camera_traps.animals.catalogue_page import CataloguePage
    from ui.camera_traps.compare.compare_page import ComparePage
    from ui.camera_traps.compare.joins_page import JoinsPage
    from ui.camera_traps.compare.opinions_page import OpinionsPage

INDIVIDUAL, COMPARE, JOINS, OPINIONS = "individual", "compare", "joins", "opinions"
TABS = "tabs"
_TURNED = ("captures", "same", "time")
"""The pages of an animal after its record."""


class AnimalsPage(Protocol):
    """What each of these pages answers; all are widgets."""

    def heading(self) -> tuple[str, str]:
        """Title and sentence."""

    def start_focus(self) -> QWidget:
        """Where the keyboard goes."""

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """What can be done; ``free`` tells whether plain letters are commands now."""

    def refresh(self, changes: Changes) -> None:
        """Read again what ``changes`` touches."""

    def state(self) -> dict[str, Any]:
        """What must survive a change of language."""

    def restore(self, state: dict[str, Any]) -> None:
        """Show again what state() held."""


class AnimalPages(QObject):
    """Pages that are made when they are first wanted and put on ``stack``.

    ``wanted(name)`` when one of them is to be shown, ``told`` when its heading or its commands are others,
    ``catalogue_wanted`` for the catalogue.
    """

    wanted = Signal(str)
    told = Signal()
    catalogue_wanted = Signal()

    NAMES = (INDIVIDUAL, COMPARE, JOINS, OPINIONS)

    def __init__(self, library: Library, bridge: Bridge, stack: QStackedWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._stack = library, bridge, stack
        self._made: dict[str, Any] = {}
        self._came_from: dict[str, str] = {}

    def attend(self, catalogue: CataloguePage) -> None:
        """Open what the catalogue asks for."""
        catalogue.compare_wanted.connect(self.open_pair)
        catalogue.statements_wanted.connect(self.open_joins)
        catalogue.opinions_wanted.connect(self.open_opinions)

    # -- the pages ---------------------------------------------------------------------------------------------

    def page(self, name: str) -> QWidget:
        """The page called ``name``, made now if it was not there."""
        if name not in self._made:
            makers: dict[str, Callable[[], Any]] = {
                INDIVIDUAL: self._make_individual,
                COMPARE: self._make_compare,
                JOINS: self._make_joins,
                OPINIONS: self._make_opinions,
            }
            made = makers[name]()
            made.told.connect(self.told)
            self._made[name] = made
            self._stack.addWidget(made)
        found: QWidget = self._made[name]
        return found

    def _answering(self, name: str) -> AnimalsPage:
        self.page(name)
        found: AnimalsPage = self._made[name]
        return found

    def _make_individual(self) -> AnimalPage:
        from ui.camera_traps.animals.animal_page import AnimalPage

        made = AnimalPage(self._library, self._bridge)
        made.compare_wanted.connect(lambda one, other: self.open_pair(one, other, came_from=INDIVIDUAL))
        return made

    def _make_compare(self) -> ComparePage:
        from ui.camera_traps.compare.compare_page import ComparePage

        made = ComparePage(self._library, self._bridge)
        made.statements_wanted.connect(self.open_joins)
        return made

    def _make_joins(self) -> JoinsPage:
        from ui.camera_traps.compare.joins_page import JoinsPage

        made = JoinsPage(self._library, self._bridge)
        made.compare_wanted.connect(lambda one, other, round_: self.open_pair(one, other, round_, JOINS))
        made.catalogue_wanted.connect(self.catalogue_wanted)
        return made

    def _make_opinions(self) -> OpinionsPage:
        from ui.camera_traps.compare.opinions_page import OpinionsPage

        made = OpinionsPage(self._library, self._bridge)
        made.catalogue_wanted.connect(self.catalogue_wanted)
        made.animal_wanted.connect(lambda animal: self.open_individual(animal, OPINIONS))
        return made

    @property
    def individual(self) -> AnimalPage:
        """The page of one known animal."""
        found: AnimalPage = self.page(INDIVIDUAL)  # type: ignore[assignment]
        return found

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

    def open_individual(self, record: bytes | None, came_from: str = TABS) -> None:
        """The page of a known animal, or an empty one; ``came_from`` is where Back leads."""
        self.individual.open(record)
        self._show(INDIVIDUAL, came_from)

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
        self._show(JOINS)

    def open_opinions(self) -> None:
        """Second opinions."""
        self.opinions.open()
        self._show(OPINIONS)

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

    def _show(self, name: str, came_from: str = TABS) -> None:
        self._came_from[name] = came_from
        self.wanted.emit(name)

    def pictures(self, open_one: Callable[[], object]) -> list[tuple[str, Callable[[], object]]]:
        """The pages of one animal and those on two, for the pictures of all screens."""
        return [
            ("individual", open_one),
            *((f"individual_{name}", partial(self._turn, page)) for page, name in enumerate(_TURNED, start=1)),
            ("compare", self._first_pair),
            ("statements", self.open_joins),
            ("opinions", self.open_opinions),
        ]

    def _turn(self, page: int) -> None:
        if self.individual.record is not None:
            self.individual.pages.choose(page)

    def _first_pair(self) -> None:
        with self._library.read() as db:
            own = next((one for one in catalogue.entries(db) if one.mine), None)
        if own is not None:
            self.open_pair(own.id)

    # -- what the screen asks of the page shown -----------------------------------------------------------------

    def before(self, name: str) -> str:
        """Where Back leads from a page."""
        return self._came_from.get(name, TABS)

    def heading(self, name: str) -> tuple[str, str]:
        """Title and sentence of a page."""
        return self._answering(name).heading()

    def start_focus(self, name: str) -> QWidget:
        """Where the keyboard goes on a page."""
        return self._answering(name).start_focus()

    def commands(self, name: str, free: Callable[[], bool]) -> list[Command]:
        """What can be done on a page; ``free`` tells whether plain letters are commands now."""
        return self._answering(name).commands(free)

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
            self._answering(name).restore(kept)
