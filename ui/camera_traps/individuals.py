"""Known animals: the table of all."""

from __future__ import annotations

from collections.abc import Callable

from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import RecordTable


class IndividualsPage(RecordTable):
    """All known animals of this library."""

    def __init__(self, library: Library, bridge: Bridge, add: Callable[[], object]) -> None:
        empty = EmptyState(
            _("No animal is known by name yet. Enter the first one you can tell apart by its coat."),
            _("Enter an animal"),
            add,
            icon="star",
            key="Ctrl+N",
        )
        super().__init__(library, bridge, "individual", empty)
        self.refresh()

    def open_chosen(self) -> None:
        """The page of the chosen animal."""
        chosen = self.current()
        if chosen is not None:
            self.opened.emit(chosen)
