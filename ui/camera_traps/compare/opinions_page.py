"""Second opinions: what others ask of the person at work, answered blind, and what was answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.compare.answered_page import AnsweredPage
from ui.camera_traps.compare.blind_page import BlindPage
from ui.camera_traps.compare.found import AT_ONCE, LATER
from ui.commands import Command
from ui.widgets.again import Again
from ui.widgets.segments import Pages

ASKED, ANSWERED = range(2)


class OpinionsPage(QWidget):
    """``catalogue_wanted`` and ``animal_wanted(id)`` lead away from here; ``told`` when heading or commands differ."""

    catalogue_wanted = Signal()
    animal_wanted = Signal(object)
    told = Signal()

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._read = False
        self._again = Again(self, self.open, at_once=AT_ONCE, later=LATER)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        self.blind = BlindPage(library, bridge, self.catalogue_wanted.emit)
        self.answered = AnsweredPage(library, bridge)
        self.pages = Pages([(_("Asked of you"), self.blind), (_("Answered"), self.answered)])
        column.addWidget(self.pages)
        self.blind.told.connect(self._blind_read)
        self.answered.told.connect(self.told)
        self.answered.animal_wanted.connect(self.animal_wanted)
        self.pages.changed.connect(lambda _index: self.told.emit())
        bridge.person_changed.connect(self._person_changed)

    def open(self) -> None:
        """Read what waits and what was answered."""
        self._read = True
        self.blind.read()
        self.answered.read()

    def refresh(self, changes: Changes) -> None:
        """Read again what changed."""
        if self._read:
            self._again.changed(changes)

    def _person_changed(self) -> None:
        if self._read:
            self.open()

    def _blind_read(self) -> None:
        self.pages.tell_number(ASKED, len(self.blind.asked))
        self.told.emit()

    def start_focus(self) -> QWidget:
        """Where the keyboard goes."""
        return self.blind if self.pages.index == ASKED else self.answered

    def heading(self) -> tuple[str, str]:
        """Title and sentence of the page."""
        return _("Second opinions"), self.blind.sentence()

    def commands(self, free: Callable[[], bool]) -> list[Command]:
        """The keys of the page shown."""
        shown = self.blind if self.pages.index == ASKED else self.answered
        return [*shown.commands(free), *self.pages.commands("opinions", _("Second opinions"))]

    def state(self) -> dict[str, Any]:
        """Which of the two is shown."""
        return {"index": self.pages.index, "place": self.blind.place}

    def restore(self, state: dict[str, Any]) -> None:
        """Show it again."""
        self.pages.choose(state["index"])
        self.open()
