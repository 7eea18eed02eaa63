"""The notes on one record: what others wrote, and a field to add to it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from ranger_app.actions import notes
from ranger_app.actions.notes import Note
from ranger_app.changes import Changes
from ranger_app.i18n import _
from ranger_app.library import Library
from ui.bridge import Bridge
from ui.numbers import moment
from ui.widgets.buttons import button
from ui.widgets.text import hairline, label, muted


class NotesPanel(QWidget):
    """Notes on a record of ``kind``; ``counted(n)`` whenever they were read."""

    counted = Signal(int)

    def __init__(self, library: Library, bridge: Bridge, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library, self._bridge, self._kind = library, bridge, kind
        self.record: bytes | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(_("Write a note: what you met, what you did"))
        self.text.setAccessibleName(_("Note"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(76)
        column.addWidget(self.text)
        row = QHBoxLayout()
        self.add_button = button(_("Add the note"), self.add, icon="note")
        row.addWidget(self.add_button)
        row.addStretch(1)
        column.addLayout(row)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        inner.setProperty("role", "body")
        self._listed = QVBoxLayout(inner)
        self._listed.setContentsMargins(0, 0, 4, 0)
        self._listed.setSpacing(6)
        area.setWidget(inner)
        column.addWidget(area, 1)
        self.setFocusProxy(self.text)

    def open_record(self, record: bytes | None) -> None:
        """Show the notes on ``record``."""
        if record != self.record:
            self.text.clear()
        self.record = record
        self.setEnabled(record is not None)
        self._read()

    def refresh(self, changes: Changes | None) -> None:
        """Read again where notes changed."""
        if changes is None or "note" in changes.kinds:
            self._read()

    def _read(self) -> None:
        record = self.record
        if record is None:
            self._show(record, [])
            return
        self._bridge.run(
            lambda _cancel: notes.about(self._library, record), lambda found: self._show(record, found), owner=self
        )

    def _show(self, record: bytes | None, found: list[Note]) -> None:
        if record != self.record:
            return
        while (item := self._listed.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        if not found:
            self._listed.addWidget(muted(_("No notes yet. Anything worth knowing later belongs here.")))
        for number, note in enumerate(found):
            if number:
                self._listed.addWidget(hairline())
            at = moment(note.at / 1000, self._library.station.utc_offset) if note.at is not None else ""
            who = " · ".join(part for part in (note.by, at) if part)
            self._listed.addWidget(label(who, "sentence"))
            self._listed.addWidget(label(note.text, wrap=True))
        self._listed.addStretch(1)
        self.counted.emit(len(found))

    def add(self) -> None:
        """Write down what stands in the field."""
        record, text = self.record, self.text.toPlainText()
        if record is None or not text.strip():
            self.text.setFocus()
            return
        self._bridge.act(lambda _cancel: notes.add(self._library, self._kind, record, text), self._added, owner=self)

    def _added(self, _note: bytes) -> None:
        self.text.clear()
        self._bridge.say(_("Note added"), undo=True)
