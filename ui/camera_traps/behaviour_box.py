"""What an animal does, in a word: one of those used most, or any other typed. Enter takes it, Escape leaves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QWidget

from ranger_app.actions.review import BEHAVIOURS
from ranger_app.i18n import _

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class BehaviourBox(QComboBox):
    """``chosen(word or None)``; ``left`` when the keyboard goes back to the picture. ``words`` is asked on opening."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, words: Callable[[], Sequence[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._word: str | None = None
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(_("Behaviour"))
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText(_("not said"))
        self.activated.connect(self._picked)

    def open(self) -> None:
        """Offer the words and take the keyboard."""
        self._fill()
        self.setFocus()
        self.showPopup()

    def _fill(self) -> None:
        used = list(self._words())
        self.clear()
        self.addItem(_("not said"), None)
        for word in [*used, *(one for one in BEHAVIOURS if one not in used)]:
            self.addItem(_(word), word)
        self.show_word(self._word)

    def show_word(self, word: str | None) -> None:
        """Show what is said; None for nothing."""
        self._word = word
        self.setCurrentIndex(self.findData(word) if word else -1)
        self.setEditText(_(word) if word else "")

    def _picked(self, index: int) -> None:
        self._take(self.itemData(index))

    def _take(self, word: str | None) -> None:
        self._word = word
        self.show_word(word)
        self.chosen.emit(word)
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        # Enter belongs to the word typed, although it is a key of the window, too.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _ENTER:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.show_word(self._word)
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            text = self.currentText().strip()
            place = self.findText(text, Qt.MatchFlag.MatchFixedString)
            self._take(self.itemData(place) if place >= 0 else (text or None))
        else:
            super().keyPressEvent(event)
