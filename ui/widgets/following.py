"""How a list and the card of the record chosen in it follow one another."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ui.widgets.record_card import RecordCard
from ui.widgets.table import LineTable


class Following(QObject):
    """Shows in ``card`` what is chosen in ``table``, both ``within`` one page; what was typed is saved before.

    ``opened(id)`` after another record was chosen and is shown.
    """

    opened = Signal(object)

    def __init__(self, table: LineTable, card: RecordCard, within: QWidget) -> None:
        super().__init__(within)
        self._table, self._card, self._within = table, card, within
        table.selected.connect(self._selected)
        card.saved.connect(table.choose)
        card.gone.connect(lambda: self._selected(table.current()))

    def _selected(self, record: bytes | None) -> None:
        card = self._card
        if record is None:
            if card.record is not None:
                card.show_nothing()
        elif record != card.record:
            if card.keep_edits():
                card.open_record(record)
                self.opened.emit(record)
            elif card.record is not None:
                self._table.choose(card.record)

    def choose_first(self) -> None:
        """Choose the first record of a list just read, where nothing else is chosen or open."""
        lines = self._table.model.lines
        if self._table.current() is None and lines and not self._card.isVisibleTo(self._within):
            self._table.choose(lines[0].id)

    def open_new(self, values: dict[str, Value]) -> None:
        """An empty record to fill in, with ``values`` given."""
        if self._card.keep_edits():
            self._table.view.clearSelection()
            self._card.open_new(values)

    def refresh(self, changes: Changes | None) -> None:
        """Read again what ``changes`` touches; None is everything in the list."""
        self._table.refresh(changes)
        if changes is not None:
            self._card.refresh(changes)
