"""A field for any species by any of its names: type a few letters, Enter takes it, Escape goes back to the pictures."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from ranger_app.i18n import _
from ui.camera_traps.reviewer import species_meant
from ui.widgets.field_editors import species_offered

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SpeciesField(QLineEdit):
    """``chosen(scientific name)``; ``left`` when the person goes back to the pictures."""

    chosen = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(_("Type a name in any language"))
        self.setAccessibleName(_("Species"))
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(10)
        self._completer = completer
        self.setCompleter(completer)
        self.textEdited.connect(lambda text: self._names.setStringList(species_offered(text)))
        self._taken = False
        completer.activated.connect(self._take)
        self.returnPressed.connect(lambda: self._take(self.text()))

    def _take(self, text: str) -> None:
        # Enter on a name of the list reaches both the list and the field.
        if not text.strip() or self._taken:
            return
        self._taken = True
        name = species_meant(text)
        if (popup := self._completer.popup()) is not None:
            popup.hide()
        self.left.emit()
        self.clear()
        self._taken = False
        self.chosen.emit(name)

    def event(self, event: QEvent) -> bool:
        # Enter belongs to the word typed, although it is a key of the window, too.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _ENTER:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)
