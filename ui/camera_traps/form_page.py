"""One record of the camera traps as a page: its form at the left, and at the right what is known beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QMargins, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ranger_app.changes import Changes
from ranger_app.domain.fields import Value
from ranger_app.library import Library
from ranger_app.store import rows
from ranger_app.store.rows import Record
from ui import theme
from ui.bridge import Bridge
from ui.camera_traps.side_by_side import SideBySide
from ui.widgets.card import Card
from ui.widgets.form import RecordForm
from ui.widgets.scrolled import ScrolledColumn

WIDE = 900
"""From this width on the rest stands beside the form."""


class FormPage(QWidget):
    """A record of ``kind``. Subclasses fill ``beside`` from above and show in ``_show_rest()`` what is there."""

    saved = Signal(object)

    kind = ""
    kinds: frozenset[str] = frozenset()
    """Kinds of which a change is a reason to show the rest again."""

    def __init__(self, library: Library, bridge: Bridge) -> None:
        super().__init__()
        self._library, self._bridge = library, bridge
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = ScrolledColumn(QMargins(theme.OUTSIDE, 0, theme.OUTSIDE, theme.BETWEEN))
        outer.addWidget(area)
        self.area = area
        row = SideBySide(WIDE)
        area.column.addWidget(row)
        left = Card()
        self.form = RecordForm(library, bridge, self.kind, columns=2, groups=self.groups(), more=self.more())
        self.form.saved.connect(self._saved)
        left.body.addWidget(self.form)
        column = QWidget()
        stacked = QVBoxLayout(column)
        stacked.setContentsMargins(0, 0, 0, 0)
        stacked.addWidget(left)
        stacked.addStretch(1)
        row.add(column, 5)
        right = QWidget()
        self.beside = QVBoxLayout(right)
        self.beside.setContentsMargins(0, 0, 0, 0)
        self.beside.setSpacing(theme.BETWEEN)
        row.add(right, 4)

    def groups(self) -> Sequence[tuple[str, Sequence[str]]]:
        """The form's fields under headings; none = all of them in the order they are declared."""
        return ()

    def more(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Fields that are folded away at first."""
        return ()

    @property
    def record(self) -> bytes | None:
        """The record shown, None for a new one."""
        return self.form.record

    def _found(self) -> Record | None:
        """The record shown as it stands in the library."""
        with self._library.read() as db:
            return rows.get(db, self.kind, self.record) if self.record else None

    def open(self, record: bytes | None) -> None:
        """Show a record, or a new one."""
        if record is None:
            self.form.open_new(self._proposed())
        else:
            self.form.open_record(record)
        self.form.fold()
        self._show_rest()
        self.area.verticalScrollBar().setValue(0)
        self.form.setFocus()

    def _proposed(self) -> dict[str, Value]:
        """What stands in the form of a new record."""
        return {}

    def refresh(self, changes: Changes) -> None:
        """Show again what changed."""
        self.form.refresh(changes)
        if self.kinds & changes.kinds:
            self._show_rest()

    def _show_rest(self) -> None:
        """Show what stands beside the form."""

    def _saved(self, record: bytes) -> None:
        self._show_rest()
        self.saved.emit(record)

    def state(self) -> dict[str, Any]:
        """What was typed and not saved."""
        return self.form.state()
