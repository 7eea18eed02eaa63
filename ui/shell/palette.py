"""Ctrl+K: find any act or place by a few letters and do it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ranger_app.i18n import _
from ui.commands import Command, matching
from ui.widgets.keycap import keycap
from ui.widgets.text import label

WIDTH = 560
ROW = 40


class Palette(QFrame):
    """A field and the list of what matches; Enter does the first, Escape closes."""

    closed = Signal()

    def __init__(self, commands: Callable[[], Sequence[Command]], parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        self._commands = commands
        self._found: list[Command] = []
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Find anything"))
        self.field.setAccessibleName(_("Find anything"))
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        column.addWidget(self.field)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _item: self._do())
        column.addWidget(self.list, 1)
        self.nothing = label(_("Nothing by that name. Try fewer letters."), "muted")
        column.addWidget(self.nothing)
        self.hide()

    def open(self) -> None:
        """Show the palette with everything in it."""
        self.place()
        self.show()
        self.raise_()
        self.field.clear()
        self._search("")
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def place(self) -> None:
        """Stand at the top, in the middle of the parent."""
        parent = self._page
        width = min(WIDTH, parent.width() - 24)
        height = min(460, parent.height() - 80)
        self.setGeometry((parent.width() - width) // 2, 64, width, height)

    def close_palette(self) -> None:
        """Hide without doing anything."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _search(self, text: str) -> None:
        self._found = matching(self._commands(), text)
        self.list.clear()
        for command in self._found[:60]:
            item = QListWidgetItem()
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(8, 0, 8, 0)
            line.setSpacing(8)
            line.addWidget(label(command.title), 0)
            line.addWidget(label(command.group, "sentence"), 1)
            for key in command.keys[:1]:
                line.addWidget(keycap(key))
            size = row.sizeHint()
            size.setHeight(ROW)
            item.setSizeHint(size)
            self.list.addItem(item)
            self.list.setItemWidget(item, row)
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not self._found)

    def _do(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._found):
            command = self._found[row]
            self.close_palette()
            command.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if event.key() in steps:
                row = self.list.currentRow() + steps[Qt.Key(event.key())]
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._do()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_palette()
                return True
        return super().eventFilter(watched, event)
