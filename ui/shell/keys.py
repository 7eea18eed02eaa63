"""Binds the keys of commands to the window. Keys work only where their screen is visible."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui.commands import Command


class Keys:
    """The keys of one widget's commands; bind() again replaces them."""

    def __init__(self, owner: QWidget) -> None:
        self._owner = owner
        self._bound: list[QShortcut] = []

    def bind(self, commands: Iterable[Command]) -> None:
        """Make the keys of ``commands`` work while the owner is visible."""
        for shortcut in self._bound:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._bound = []
        for command in commands:
            if not command.bound:
                continue
            for key in command.keys:
                shortcut = QShortcut(QKeySequence(key), self._owner)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.activated.connect(lambda command=command: command.enabled() and command.run())
                self._bound.append(shortcut)
                if key == "Return":
                    self._bound.append(self._twin(command))

    def _twin(self, command: Command) -> QShortcut:
        # The key of the number block is another key to Qt.
        twin = QShortcut(QKeySequence("Enter"), self._owner)
        twin.activated.connect(lambda: command.enabled() and command.run())
        return twin
