"""Dated entries of a deployment: the list of them, each with a way to take it back, and the card of its failures."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial

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


class EntryList(QWidget):
    """Entries one below the other in words. ``removed(place, entry)`` asks to take one away."""

    removed = Signal(int, object)

    def __init__(self, none_yet: str, words: Callable[[Entry], str]) -> None:
        super().__init__()
        self._none_yet, self._words = none_yet, words
        self.entries: list[Entry] = []
        self.remove_buttons: list[QWidget] = []
        self._list = QVBoxLayout(self)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)

    def show_entries(self, text: Value) -> None:
        """Show the entries as the deployment keeps them (a JSON list)."""
        try:
            read = json.loads(text) if isinstance(text, str) and text else []
        except ValueError:
            read = []
        self.entries = [one for one in read if isinstance(one, dict)]
        self.remove_buttons = []
        while (item := self._list.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for place, entry in enumerate(self.entries):
            self._list.addWidget(self._line(place, entry))
        if not self.entries:
            self._list.addWidget(muted(self._none_yet))

    def _line(self, place: int, entry: Entry) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        words = self._words(entry)
        row.addWidget(label(words, wrap=True), 1)
        away = button(_("Take away"), partial(self.removed.emit, place, entry), role="quiet")
        away.setAccessibleName(f"{_('Take away')}: {words}")
        self.remove_buttons.append(away)
        row.addWidget(away)
        return box


class PartsCard(Card):
    """The entries of ``field``, a list of parts. ``add(entry)`` and ``removed`` ask the page to write.

    ``hints`` are shown in empty controls, by part.
    """

    added = Signal(object)
    removed = Signal(int, object)

    def __init__(self, title: str, field: Field, none_yet: str, hints: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(title)
        self._field = field
        self.list = EntryList(none_yet, self.words)
        self.list.removed.connect(self.removed)
        self.body.addWidget(self.list)
        self.editors: dict[str, FieldEditor] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for place, part in enumerate(field.parts):
            editor = FieldEditor(part)
            self.editors[part.name] = editor
            grid.addWidget(editor, place // 2, place % 2)
        for name, hint in hints:
            control = self.editors[name].control
            if hasattr(control, "setPlaceholderText"):
                control.setPlaceholderText(hint)
        self.body.addLayout(grid)
        line = QHBoxLayout()
        self.add_button = button(_("Add"), self.add, icon="add")
        line.addWidget(self.add_button)
        line.addStretch(1)
        self.body.addLayout(line)
        self.show_entries(None)

    @property
    def entries(self) -> list[Entry]:
        """The entries shown."""
        return self.list.entries

    def show_entries(self, text: Value) -> None:
        """Show the entries as the deployment keeps them (a JSON list)."""
        self.list.show_entries(text)

    def words(self, entry: Entry) -> str:
        """One entry as a line of text: "2025-11-10 08:00 – 2025-11-12 09:00 · Snow"."""
        texts = {part.name: shown(part, entry.get(part.name)) for part in self._field.parts}
        for part in self._field.parts:
            if part.type is Type.LOCAL_TIME:
                texts[part.name] = _without_seconds(texts[part.name])
        since, until = texts.pop("from", ""), texts.pop("to", "")
        when = f"{since} – {until or _('until taken down')}"
        return " · ".join([when, *(text for text in texts.values() if text)])

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
