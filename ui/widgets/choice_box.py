"""A list to choose from that keeps letters for itself: typing one goes to the word that begins with it.

Without that a plain letter would be taken by the commands of the screen, and somebody who chooses a transport would
find himself on another page.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox

_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class ChoiceBox(QComboBox):
    """As QComboBox, but no key that types something reaches the commands."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            types = bool(event.text()) and event.text().isprintable()
            if types and not event.modifiers() & _COMMANDS:
                event.accept()
                return True
        return super().event(event)
