"""A screen with a list at the left and the record chosen there at the right.

Patrols and waterbirds differ in what they show; how list and record follow one another is the same and stands here.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from ranger_app.changes import Changes
from ui import theme
from ui.numbers import day_at
from ui.widgets.following import Following
from ui.widgets.record_card import RecordCard
from ui.widgets.screen import Screen
from ui.widgets.table import LineTable


class ListScreen(Screen):
    """A ``table`` and the ``card`` of its chosen record. ``open_at`` takes a record's id; subclasses add words."""

    table: LineTable
    card: RecordCard
    following: Following

    def put_beside(
        self, table: LineTable, card: RecordCard, shares: tuple[int, int], into: QBoxLayout | None = None
    ) -> None:
        """Place ``table`` and ``card`` with these ``shares`` of the width, and let them follow one another; in the
        page itself, or in the layout ``into`` where that is one of several pages."""
        self.table, self.card = table, card
        row = QHBoxLayout()
        row.setSpacing(theme.BETWEEN)
        row.addWidget(table, shares[0])
        row.addWidget(card, shares[1])
        (into or self.body).addLayout(row, 1)
        self.following = Following(table, card, self)

    # -- for the commands --------------------------------------------------------------------------------------

    def shown(self) -> bool:
        """Whether a record, perhaps a new one, is open."""
        return self.card.isVisibleTo(self)

    def some(self) -> bool:
        """Whether a record that is on the disk is open."""
        return self.shown() and self.card.record is not None

    def today(self) -> str:
        """Today's date by the station's clock, as records hold it."""
        return day_at(self.library.now_ms() / 1000, self.library.station.utc_offset).isoformat()

    # -- what the shell asks -----------------------------------------------------------------------------------

    def refresh(self, changes: Changes | None) -> None:
        self.following.refresh(changes)

    def open_at(self, target: Any) -> None:
        if isinstance(target, bytes):
            self.table.choose(target)

    def state(self) -> dict[str, Any]:
        return {
            "record": self.card.record,
            "shown": self.shown(),
            "page": self.card.pages.index,
            "form": self.card.form.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        if not state.get("shown"):
            return
        if state["record"] is not None:
            self.table.choose(state["record"])
            self.card.open_record(state["record"])
        else:
            self.card.open_new({})
        self.card.form.restore(state["form"])
        self.card.pages.choose(state["page"])

    def start_focus(self) -> QWidget | None:
        return self.table.view

    def leave(self) -> bool:
        return self.card.keep_edits()
