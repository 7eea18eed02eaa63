"""Dated entries of a deployment (failures, clock corrections): the list of them and a line to add one."""

from __future__ import annotations

import json

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ranger_app.domain.fields import Field, Type, Value
from ranger_app.domain.values import shown
from ranger_app.i18n import _
from ui.widgets.buttons import button
from ui.widgets.card import Card
from ui.widgets.field_editors import FieldEditor
from ui.widgets.text import label, muted

Entry = dict[str, str | int | None]


class PartsCard(Card):
    """The entries of ``field``, a list of parts. ``add(entry)`` and ``cleared`` ask the page to write."""

    added = Signal(object)
    cleared = Signal()

    def __init__(self, title: str, field: Field, none_yet: str) -> None:
        super().__init__(title)
        self._field, self._none_yet = field, none_yet
        self.clear_button = button(_("Take all away"), self.cleared.emit, role="quiet")
        self.head.addWidget(self.clear_button)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.body.addLayout(self._list)
        self.editors: dict[str, FieldEditor] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for place, part in enumerate(field.parts):
            editor = FieldEditor(part)
            self.editors[part.name] = editor
            grid.addWidget(editor, place // 2, place % 2)
        self._box = QWidget()
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addLayout(grid)
        line = QHBoxLayout()
        self.add_button = button(_("Add"), self.add, icon="add")
        line.addWidget(self.add_button)
        line.addStretch(1)
        inside.addLayout(line)
        self.body.addWidget(self._box)
        self.entries: list[Entry] = []
        self.show_entries(None)

    def show_entries(self, text: Value) -> None:
        """Show the entries as the deployment keeps them (a JSON list)."""
        try:
            read = json.loads(text) if isinstance(text, str) and text else []
        except ValueError:
            read = []
        self.entries = [one for one in read if isinstance(one, dict)]
        while (item := self._list.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for entry in self.entries:
            self._list.addWidget(label(self.words(entry), wrap=True))
        if not self.entries:
            self._list.addWidget(muted(self._none_yet))
        self.clear_button.setVisible(bool(self.entries))

    def words(self, entry: Entry) -> str:
        """One entry as a line of text: "2025-11-10 08:00 · 2025-11-12 09:00 · Snow"."""
        parts = [(part, shown(part, entry.get(part.name))) for part in self._field.parts]
        return " · ".join(
            _without_seconds(text) if part.type is Type.LOCAL_TIME else text for part, text in parts if text
        )

    def add(self) -> None:
        """Ask for the entry typed to be added, if all of it can be read."""
        entry: Entry = {}
        for name, editor in self.editors.items():
            try:
                value = editor.value()
            except ValueError as error:
                editor.say(str(error))
                editor.control.setFocus()
                return
            editor.say("")
            if isinstance(value, str | int):
                entry[name] = value
        if entry:
            self.added.emit(entry)

    def emptied(self) -> None:
        """The entry was written: make room for the next."""
        for editor in self.editors.values():
            editor.put(None)


def _without_seconds(time: str) -> str:
    return time.removesuffix(":00") if len(time) == len("2026-01-31 14:05:00") else time
