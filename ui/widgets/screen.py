"""What every screen is: a page with a heading, commands and a way to hear of changes.

The shell knows screens only by this class; screens never know the shell or one another, they emit signals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.bridge import Bridge
from ui.commands import Command
from ui.widgets.scrolled import ScrolledColumn

if TYPE_CHECKING:
    from ranger_app.changes import Changes
    from ranger_app.library import Library


class Screen(QWidget):
    """A place's page. Put content into ``self.body``; set heading and actions; override commands() and refresh()."""

    help_page = "today"
    """The name of this screen's page in resources/help."""

    heading_changed = Signal()
    commands_changed = Signal()
    go = Signal(str, object)
    """Ask the shell for another place: (place id, what to open there or None), see open_at()."""
    panel_wanted = Signal(object, str)
    """Ask the shell to show a widget in the side panel: (widget, title)."""
    panel_done = Signal()
    """Ask the shell to close the side panel."""

    def __init__(self, library: Library, bridge: Bridge, *, scroll: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.library = library
        self.bridge = bridge
        self.title = ""
        self.sentence = ""
        self.title_actions: list[Command] = []
        self.primary_action = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        margins = QMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN)
        if scroll:
            area = ScrolledColumn(margins)
            outer.addWidget(area)
            self.body = area.column
        else:
            self.body = QVBoxLayout()
            self.body.setContentsMargins(margins)
            outer.addLayout(self.body)
        self.body.setSpacing(theme.BETWEEN)

    def set_heading(self, title: str, sentence: str = "") -> None:
        """The title line: what this is, and one sentence on where things stand and what is left."""
        self.title, self.sentence = title, sentence
        self.heading_changed.emit()

    def set_actions(self, *commands: Command, primary: str = "") -> None:
        """Buttons at the right of the title line; the command whose id is ``primary`` is drawn as the primary one."""
        self.title_actions, self.primary_action = list(commands), primary
        self.heading_changed.emit()

    def commands(self) -> list[Command]:
        """Everything a person can do here; emit ``commands_changed`` when the list differs."""
        return []

    def refresh(self, changes: Changes | None) -> None:
        """Read again what ``changes`` touches; None means read everything (first show, new language)."""

    def open_at(self, target: Any) -> None:
        """Go to something inside this screen, as another screen asked with ``go``; screens say what they accept."""

    def state(self) -> dict[str, Any]:
        """What must survive a change of language: half-written forms, the chosen tab. Given back to restore()."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what state() of the earlier screen held."""

    def leave(self) -> bool:
        """Called before another place is shown; False keeps the person here (say why with bridge.say)."""
        return True

    def pictures(self) -> list[tuple[str, Callable[[], object]]]:
        """Further states worth a picture and a check: (name, how to get there), in order. See ui.screens."""
        return []

    def start_focus(self) -> QWidget | None:
        """Where the keyboard goes when this screen is shown; None lets Qt choose."""
        return None
