"""What opens over the tab of individuals: the page of one animal, and from it or the catalogue whatever joins animals.

The screen of camera traps shows these pages by name and asks here for their heading, commands and state.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.camera_traps.compare.pages import OPINIONS, ComparePages
from ui.commands import Command

if TYPE_CHECKING:
    from ui.camera_traps.animals.animal_page import AnimalPage
    from ui.camera_traps.animals.catalogue_page import CataloguePage

INDIVIDUAL = "individual"
TABS = "tabs"
_TURNED = ("captures", "same", "time")
"""The pages of an animal after its record."""


class AnimalPages(QObject):
    """Pages that are made when they are first wanted and put on ``stack``.

    ``wanted(name)`` when one of them is to be shown, ``told`` when its heading or its commands are others.
    """

    wanted = Signal(str)
    told = Signal()

    NAMES = (INDIVIDUAL, *ComparePages.NAMES)

    def __init__(self, library: Library, bridge: Bridge, stack: QStackedWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._stack = library, bridge, stack
        self._made: dict[str, QWidget] = {}
        self._came_from: dict[str, str] = {}
        self.comparing = ComparePages(library, bridge, stack, self)
        self.comparing.wanted.connect(self.wanted)
        self.comparing.told.connect(self.told)
        self.comparing.animal_wanted.connect(self._open_from_opinions)

    def attend(self, catalogue: CataloguePage) -> None:
        """Open what the catalogue asks for."""
        catalogue.compare_wanted.connect(self.comparing.open_pair)
        catalogue.statements_wanted.connect(self.comparing.open_joins)
        catalogue.opinions_wanted.connect(self.comparing.open_opinions)

    def page(self, name: str) -> QWidget:
        """The page called ``name``, made now if it was not there."""
        if name in ComparePages.NAMES:
            return self.comparing.page(name)
        if name not in self._made:
            made = {INDIVIDUAL: self._make_individual}[name]()
            self._made[name] = made
            self._stack.addWidget(made)
        return self._made[name]

    def _make_individual(self) -> QWidget:
        from ui.camera_traps.animals.animal_page import AnimalPage

        made = AnimalPage(self._library, self._bridge)
        made.told.connect(self.told)
        made.compare_wanted.connect(lambda one, other: self.comparing.open_pair(one, other, came_from=INDIVIDUAL))
        return made

    @property
    def individual(self) -> AnimalPage:
        """The page of one known animal."""
        from ui.camera_traps.animals.animal_page import AnimalPage

        made = self.page(INDIVIDUAL)
        assert isinstance(made, AnimalPage)
        return made

    def open_individual(self, record: bytes | None) -> None:
        """The page of a known animal, or an empty one."""
        self.individual.open(record)
        self._show(INDIVIDUAL)

    def _open_from_opinions(self, record: bytes) -> None:
        self.individual.open(record)
        self._show(INDIVIDUAL, OPINIONS)

    def _show(self, name: str, came_from: str = TABS) -> None:
        self._came_from[name] = came_from
        self.wanted.emit(name)

    # -- what the screen asks of the page shown -----------------------------------------------------------------

    def before(self, name: str) -> str:
        """Where Back leads from a page."""
        if name in ComparePages.NAMES:
            return self.comparing.before(name)
        return self._came_from.get(name, TABS)

    def heading(self, name: str) -> tuple[str, str]:
        """Title and sentence of a page."""
        if name in ComparePages.NAMES:
            return self.comparing.heading(name)
        return self.individual.name() or _("A new animal"), self.individual.sentence()

    def start_focus(self, name: str) -> QWidget:
        """Where the keyboard goes on a page."""
        if name in ComparePages.NAMES:
            return self.comparing.start_focus(name)
        return self.individual.start_focus()

    def commands(self, name: str, free: Callable[[], bool]) -> list[Command]:
        """What can be done on a page; ``free`` tells whether plain letters are commands now."""
        if name in ComparePages.NAMES:
            return self.comparing.commands(name, free)
        return self.individual.commands(free)

    def refresh(self, changes: Changes) -> None:
        """Read again what ``changes`` touches."""
        if INDIVIDUAL in self._made:
            self.individual.refresh(changes)
        self.comparing.refresh(changes)

    def pictures(self, open_one: Callable[[], object]) -> list[tuple[str, Callable[[], object]]]:
        """The pages of one animal and those on two, for the pictures of all screens."""
        return [
            ("individual", open_one),
            *((f"individual_{name}", partial(self._turn, page)) for page, name in enumerate(_TURNED, start=1)),
            *self.comparing.pictures(),
        ]

    def _turn(self, page: int) -> None:
        if self.individual.record is not None:
            self.individual.pages.choose(page)

    # -- surviving a change of language ------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What must survive, by page."""
        kept = {INDIVIDUAL: self.individual.state()} if INDIVIDUAL in self._made else {}
        return {**kept, "comparing": self.comparing.state(), "came_from": dict(self._came_from)}

    def restore(self, state: dict[str, Any]) -> None:
        """Show again what state() held."""
        if INDIVIDUAL in state:
            self.individual.restore(state[INDIVIDUAL])
        self._came_from = dict(state["came_from"])
        self.comparing.restore(state["comparing"])
